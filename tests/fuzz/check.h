#ifndef BANKOPS_TESTS_FUZZ_CHECK_H
#define BANKOPS_TESTS_FUZZ_CHECK_H

#include <stddef.h>
#include <stdint.h>

/* Reads the bytes as a file of this format ("mt940", "camt", "bai2", "ofx", "csv") and aborts when
 * what the reader hands over does not hold together: lines that are not those a statement counts
 * and sums, a statement without account or currency, a refusal without a reason. `profiles` is the
 * folder of the profiles, used for tables. */
void check_bytes(const char *format, const char *profiles, const uint8_t *bytes, size_t length);

#endif
