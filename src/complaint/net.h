#ifndef BANKOPS_COMPLAINT_NET_H
#define BANKOPS_COMPLAINT_NET_H

#include "complaint/corpus.h"

#include <math.h>

enum { NET_HIDDEN = 96 };

/* A network with one hidden layer of rectified units over the features that stand in two texts or
 * more. The weights of a feature are bytes, times the scale of its row. */
struct net {
    uint32_t row_count;
    uint32_t *rows;     /* by bucket: its row + 1, 0 = none */
    int8_t *weights;    /* NET_HIDDEN for each row */
    float *scales;      /* by row */
    float base[NET_HIDDEN];
    int label_count;
    float *out, *out_base; /* NET_HIDDEN for each label; by label */
};

/* What a feature counts for that stands so many times in a text, before the text is scaled to
 * length 1: common ones less than in the linear scores, which take the rarity itself. */
static inline float net_value(float rarity, uint32_t count)
{
    return rarity * rarity * (count > 1 ? 1 + logf((float)count) : 1);
}

/* How it learns. Each time a text is shown a part of its words, of the features of the other words
 * and of the hidden units is left out. */
struct net_settings {
    int texts_shown;    /* in all, so that small corpora are shown more often; at most 40 times each */
    double rate;        /* of learning at the start, falling to 0 */
    double words_out, features_out, units_out;
    double smooth;      /* part of the truth that is spread over all labels */
};

/* Learns from the texts outside a fold (as train_fold); rarity is by bucket, numbers[] turns a label
 * of the corpus into one of the model. Deterministic. */
struct net *net_train(const struct corpus *corpus, const float *rarity, const int *numbers,
                      const struct net_settings *settings, int fold, int folds);

/* Adds the network's scores to scores[label_count]. */
void net_add_scores(const struct net *net, const float *rarity, const struct feature *list,
                    size_t count, float *scores);
void net_free(struct net *net);

#endif
