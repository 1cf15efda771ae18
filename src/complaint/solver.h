#ifndef BANKOPS_COMPLAINT_SOLVER_H
#define BANKOPS_COMPLAINT_SOLVER_H

#include <stddef.h>
#include <stdint.h>

/* Rows of a sparse matrix, each of length 1 besides the constant feature. */
struct solver_rows {
    size_t count;
    uint32_t columns;
    const size_t *starts;     /* one more than rows */
    const uint32_t *column;
    const float *value;
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
 * where it starts from and what it comes to; from all 0, or from the result on similar rows, which
 * is faster. */
double solver_run(const struct solver_rows *rows, const int *label, int wanted,
                  const struct solver_costs *costs, double *alpha, float *weights);

#endif
