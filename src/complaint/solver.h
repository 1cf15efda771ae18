#ifndef BANKOPS_COMPLAINT_SOLVER_H
#define BANKOPS_COMPLAINT_SOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows of a sparse matrix, each of length 1 (or empty) besides the constant feature. What a feature
 * counts in a row is the row's scale times the size of its column, times `times` where the text has
 * it more than once. Most have it once: such an entry is its column and nothing else, which the
 * processor reads in half the time. */
struct solver_rows {
    size_t count;
    uint32_t columns;
    const size_t *starts;       /* of a row in `column`; one more than rows */
    const size_t *times_starts; /* in `times`: of the entries at the end of a row; one more */
    const uint32_t *column;
    const float *times, *scale; /* by repeated entry, by row */
    const float *size, *square; /* by column: the size, its square */
};

struct solver_costs {
    double positive, negative; /* of an error on a row of the class, of another */
    double tolerance;          /* of the gradient: greatest minus least */
    int rounds;                /* at most */
};

/* A linear machine with squared hinge loss that tells the rows whose label is `wanted` from all
 * others, by dual coordinate descent (Hsieh et al., ICML 2008). Rows that came to rest are not
 * looked at again; cross-validation shows no loss by it. Fills weights[columns]; returns the weight
 * of the constant feature. The same input gives the same result. alpha[rows], the dual variables, is
 * where it starts from and what it comes to; from all 0, or from the result on some of the rows, which
 * is faster. Rows that are `out` (NULL: none) take no part, their alpha is 0. */
double solver_run(const struct solver_rows *rows, const int *label, int wanted,
                  const struct solver_costs *costs, const bool *out, float *alpha, float *weights);

#endif
