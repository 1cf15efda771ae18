#ifndef BANKOPS_TESTS_FUZZ_CHECK_H
#define BANKOPS_TESTS_FUZZ_CHECK_H

#include "reconcile/item.h"

#include <stddef.h>
#include <stdint.h>

/* Reads the bytes as a file of this format ("mt940", "camt", "bai2", "ofx", "csv"; "table": any file
 * that the program takes, by content; "sheet": rows of a workbook; "profile") and aborts when
 * what the reader hands over does not hold together: lines that are not those a statement counts
 * and sums, a statement without account or currency, a refusal without a reason. `profiles` is the
 * folder of the profiles, used for tables. */
void check_bytes(const char *format, const char *profiles, const uint8_t *bytes, size_t length);

/* Each reads through the sink; false with an error when it refuses. */
bool check_container(const char *folder, const void *bytes, size_t length,
                     const struct sink *sink, struct error *error);
bool check_sheet(const char *folder, const void *bytes, size_t length, const struct sink *sink,
                 struct error *error);
bool check_profile(const void *bytes, size_t length, const struct sink *sink, struct error *error);

#endif
