#include "complaint/model.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>

/* Features lie scattered over tables larger than the caches of a processor: what the next ones
 * need is asked for so many features ahead. */
enum { NEAR = 8, FAR = 16 };

/* False when nothing of the text was met in training: then every such text gets the same scores. */
static bool add_scores(const struct model *model, const struct feature *list, size_t count,
                       float *scores)
{
    float square = 0, sums[MODEL_LABELS] = {0};
    for (size_t i = 0; i < count; i++) {
        if (i + FAR < count) {
            __builtin_prefetch(&model->rarity[list[i + FAR].bucket]);
            __builtin_prefetch(&model->starts[list[i + FAR].bucket]);
        }
        if (i + NEAR < count) {
            uint32_t at = model->starts[list[i + NEAR].bucket];
            __builtin_prefetch(&model->classes[at]);
            __builtin_prefetch(&model->weights[at]);
        }
        uint32_t bucket = list[i].bucket;
        float value = model->rarity[bucket];
        if (value <= 0)
            continue;
        if (list[i].count > 1)
            value *= 1 + logf((float)list[i].count);
        square += value * value;
        for (uint32_t at = model->starts[bucket]; at < model->starts[bucket + 1]; at++)
            sums[model->classes[at]] += value * model->weights[at];
    }
    float length = square > 0 ? sqrtf(square) : 1;
    for (int k = 0; k < model->label_count; k++)
        scores[k] = sums[k] * model->scales[k] / length + model->bases[k];
    return square > 0;
}

static int rank(const float *scores, int labels, struct guess *best, int wanted)
{
    int found = 0;
    for (int k = 0; k < labels; k++) {
        int at = found < wanted ? found : wanted;
        while (at > 0 && scores[k] > best[at - 1].score) {
            if (at < wanted)
                best[at] = best[at - 1];
            at--;
        }
        if (at < wanted)
            best[at] = (struct guess){k, scores[k], 0};
        found += found < wanted;
    }
    return found;
}

double model_odds(double others)
{
    return -log(fmin(fmax(others, 1e-9), 1e9));
}

/* Chances of the best answers: the first one's odds are what they were on texts held out from the
 * training, and the others share the rest, none before the first. */
static void be_sure(const struct model *model, const float *scores, bool known, struct guess *best,
                    int found)
{
    double sharpness = known ? (double)model->sharpness : 0, others = 0;
    for (int k = 0; k < model->label_count; k++)
        if (k != best[0].label)
            others += exp((double)(scores[k] - best[0].score) * sharpness);
    double first = 1 / (1 + others);
    if (known)
        first = 1 / (1 + exp(-((double)model->shift +
                               (double)model->slope * model_odds(others))));
    best[0].confidence = (float)first;
    for (int i = 1; i < found; i++) {
        double part = exp((double)(best[i].score - best[0].score) * sharpness) / others;
        best[i].confidence = (float)fmin((1 - first) * part, first);
    }
}

int model_guess(const struct model *model, const struct feature *list, size_t count,
                struct guess *best, int wanted)
{
    float scores[MODEL_LABELS];
    bool known = add_scores(model, list, count, scores);
    if (model->net) {
        for (int k = 0; k < model->label_count; k++)
            scores[k] *= model->mix;
        net_add_scores(model->net, model->rarity, list, count, scores);
    }
    int found = rank(scores, model->label_count, best, wanted);
    if (found)
        be_sure(model, scores, known, best, found);
    return found;
}

size_t model_features(const struct model *model)
{
    size_t count = 0;
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        count += model->rarity[i] > 0;
    return count;
}

size_t model_weights(const struct model *model)
{
    return model->starts[FEATURE_BUCKETS];
}

void model_free(struct model *model)
{
    if (!model)
        return;
    for (int k = 0; k < model->label_count; k++)
        free(model->labels[k]);
    free(model->labels);
    free(model->scales);
    free(model->bases);
    free(model->rarity);
    free(model->starts);
    free(model->classes);
    free(model->weights);
    net_free(model->net);
    free(model);
}
