#ifndef BANKOPS_COMPLAINT_NET_H
#define BANKOPS_COMPLAINT_NET_H

#include "complaint/corpus.h"

#include <math.h>

enum { NET_HIDDEN = 112, NET_SIDES = 2 * NET_HIDDEN };

/* A network with one hidden layer over the features that stand in two texts or more. What a hidden
 * unit says goes on as two: its positive part, and behind all of these its negative part with the
 * sign turned (Shang et al., ICML 2016), so that it can speak for and against a
 * label. The weights of a feature are bytes, times the scale of its row. */
struct net {
    uint32_t row_count;
    uint32_t *rows;     /* by bucket: its row + 1, 0 = none */
    int8_t *weights;    /* NET_HIDDEN for each row */
    float *scales;      /* by row */
    float base[NET_HIDDEN];
    int label_count;
    float *out, *out_base; /* NET_SIDES for each label; by label */
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
    size_t least_texts; /* with fewer the linear scores alone do better */
    int texts_shown;    /* in all, so that small corpora are shown more often; at most 40 times each */
    int texts_before;   /* shown before that, of a part only, when confidence is fitted on the rest */
    double rate;        /* of learning at the start, falling to 0 */
    double words_out, features_out, units_out;
    double push;        /* how far hidden units are moved to where the answer is worst */
};

/* A network while it learns from a corpus; rarity is by bucket, numbers[] turns a label of the corpus
 * into one of the model. All three are kept, not copied. Deterministic. */
struct net_school;
struct net_school *net_school_open(const struct corpus *corpus, const float *rarity,
                                   const int *numbers, const struct net_settings *settings);
/* Shows texts, so many in all: those outside a fold (as train_left_out), with folds 0 all. */
void net_school_teach(struct net_school *school, int texts_shown, int fold, int folds);
/* The network as it is now, of the features that stand in two texts outside the fold or more. */
struct net *net_school_net(const struct net_school *school, int fold, int folds);
void net_school_close(struct net_school *school);

/* Adds the network's scores to scores[label_count]. */
void net_add_scores(const struct net *net, const float *rarity, const struct feature *list,
                    size_t count, float *scores);
void net_free(struct net *net);

#endif
