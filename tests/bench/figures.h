#ifndef BANKOPS_TESTS_BENCH_FIGURES_H
#define BANKOPS_TESTS_BENCH_FIGURES_H

#include <stdbool.h>

/* What the benchmarks share. */

/* Paths of the program and of a file of the source tree; owned by the library until the next call
 * of the same function. */
const char *figures_program(void);
const char *figures_source(const char *name);

/* Smallest first. */
void figures_sort(double *values, int count);
/* Sorts the values (ms) and prints p50 and p99. */
void figures_print(const char *what, double *values, int count);
/* Prints date, number of processors and load: what the figures depend on. */
void figures_machine(void);
/* Runs SQL with psql in the throw-away database; false when it failed. */
bool figures_sql(const char *sql);

#endif
