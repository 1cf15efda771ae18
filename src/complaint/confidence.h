#ifndef BANKOPS_COMPLAINT_CONFIDENCE_H
#define BANKOPS_COMPLAINT_CONFIDENCE_H

#include "complaint/corpus.h"
#include "complaint/model.h"

#include <stdbool.h>

/* Scores of texts that a model was not trained on, from which it learns how sure it can be. */
struct confidence {
    int labels;
    float *scores; /* of all labels, text by text, that of the truth first */
    bool *own;     /* by text: the bank's own, not one that the program wrote */
    size_t count, capacity, own_count;
};

/* Asks the model about the texts of this fold and keeps what it scores. numbers[] turns a label of
 * the corpus into one of the model. */
void confidence_add(struct confidence *confidence, const struct model *model,
                    const struct corpus *corpus, const int *numbers, int fold, int folds);
/* Sets sharpness, shift and slope of a model. Texts that the program wrote count together as much as a
 * few of the bank's own, when there are any. */
void confidence_fit(const struct confidence *confidence, struct model *model);
void confidence_free(struct confidence *confidence);

#endif
