#ifndef BANKOPS_COMPLAINT_TRAIN_H
#define BANKOPS_COMPLAINT_TRAIN_H

#include "complaint/corpus.h"
#include "complaint/model.h"
#include "complaint/net.h"
#include "complaint/solver.h"

struct train_settings {
    struct solver_costs costs;
    double rarity_power; /* of ln((1 + texts) / (1 + texts with it)) + 1 */
    int least_texts;     /* a feature in fewer is left out */
    double least_weight; /* a weight below this part of its class's greatest is left out */
    double mix; /* weight of the linear scores beside those of a network; 0: no network */
    struct net_settings net;
};

/* What cross-validation on the training part of BANKING77 chose; tests/bench/README.md has what was
 * tried. */
extern const struct train_settings train_settings_default;

/* Whether a text (from 0) is in this one of `folds` parts, over which texts are spread evenly however
 * they are ordered; false without folds. */
bool train_left_out(size_t text, int fold, int folds);

/* A model of all texts, its confidence fitted on a fifth of them before these take part. NULL with an
 * error when there are fewer than two labels. Deterministic. */
struct model *train(const struct corpus *corpus, const struct train_settings *settings,
                    struct error *error);

#endif
