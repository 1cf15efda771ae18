#ifndef BANKOPS_BASE_CLOCK_H
#define BANKOPS_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Monotonic time in milliseconds and microseconds; for durations and timers only. */
int64_t clock_ms(void);
int64_t clock_us(void);

/* Version 4 UUID (RFC 9562) in text form, for idempotency keys. text holds 37 bytes. */
void clock_uuid(char text[37]);

#endif
