#ifndef BANKOPS_COMPLAINT_EVALUATE_H
#define BANKOPS_COMPLAINT_EVALUATE_H

#include "base/buffer.h"
#include "complaint/model.h"

#include <stdbool.h>

enum { EVALUATE_BINS = 10 };

/* Two labels that are taken for each other. */
struct evaluate_pair {
    int truth, said;
    size_t texts;
};

/* What a model did on labelled texts, text by text. */
struct evaluate {
    int labels;
    size_t texts, top[3];     /* right within the first 1, 2, 3 */
    size_t *seen, *said, *hit; /* by label: in truth, by the model, both */
    size_t *confusion;        /* labels * labels, truth by row */
    float *confidence;        /* by text */
    bool *right;
    size_t capacity;
    size_t bin_texts[EVALUATE_BINS], bin_right[EVALUATE_BINS];
    double bin_confidence[EVALUATE_BINS];
};

/* Begins for a model of so many labels. Free it with evaluate_free(). */
void evaluate_start(struct evaluate *evaluate, int labels);
/* One text: the model's best answers, and its true label (-1: one that the model does not know). */
void evaluate_add(struct evaluate *evaluate, const struct guess *best, int found, int truth);
void evaluate_free(struct evaluate *evaluate);

/* Parts of 1. Labels that are neither in truth nor said count for nothing. */
double evaluate_accuracy(const struct evaluate *evaluate);
double evaluate_macro_f1(const struct evaluate *evaluate);
double evaluate_top3(const struct evaluate *evaluate);
/* Mean distance of confidence and accuracy over the bins. */
double evaluate_calibration_error(const struct evaluate *evaluate);
/* Part of the texts with at least this confidence; *accuracy is theirs, 0 when there are none. */
double evaluate_coverage(const struct evaluate *evaluate, double confidence, double *accuracy);
/* The pairs of different labels confused most, worst first; returns how many. */
int evaluate_pairs(const struct evaluate *evaluate, struct evaluate_pair *pairs, int wanted);

#endif
