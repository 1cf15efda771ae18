#include "complaint/confidence.h"

#include "base/alloc.h"
#include "complaint/train.h"

#include <math.h>
#include <stdlib.h>

/* What texts of the program count for together beside the bank's own ones; how many texts that say
 * "shift 0, slope 1" are added to those met; bounds of the slope, so that order is kept. */
#define WRITTEN_WEIGHT 50.0
#define BELIEF 5.0
#define LEAST_SLOPE 0.2
#define GREATEST_SLOPE 3.0

enum { SHARPNESS_STEPS = 16, NEWTON_STEPS = 20 };

void confidence_add(struct confidence *confidence, const struct model *model,
                    const struct corpus *corpus, const int *numbers, int fold, int folds)
{
    struct guess best[MODEL_LABELS];
    size_t labels = (size_t)model->label_count;
    confidence->labels = model->label_count;
    for (size_t i = 0; i < corpus->count; i++) {
        if (!train_left_out(corpus->kin[i], fold, folds))
            continue;
        if (confidence->count == confidence->capacity) {
            confidence->capacity = confidence->capacity ? confidence->capacity * 2 : 256;
            confidence->scores = xrealloc(confidence->scores, confidence->capacity * labels *
                                                                  sizeof *confidence->scores);
            confidence->own = xrealloc(confidence->own, confidence->capacity);
        }
        float *scores = confidence->scores + confidence->count * labels;
        int truth = numbers[corpus->label[i]], at = 1;
        model_guess(model, corpus->features + corpus->starts[i],
                    corpus->starts[i + 1] - corpus->starts[i], best, model->label_count);
        for (int k = 0; k < model->label_count; k++)
            scores[best[k].label == truth ? 0 : at++] = best[k].score;
        confidence->own[confidence->count++] = !corpus->written[i];
        confidence->own_count += !corpus->written[i];
    }
}

static double weight_of(const struct confidence *confidence, size_t text)
{
    double written = (double)(confidence->count - confidence->own_count);
    return confidence->own[text] || !confidence->own_count ? 1 : fmin(1, WRITTEN_WEIGHT / written);
}

/* Sum of -ln(chance of the truth). */
static double loss(const struct confidence *confidence, double sharpness)
{
    double total = 0;
    for (size_t i = 0; i < confidence->count; i++) {
        const float *scores = confidence->scores + i * (size_t)confidence->labels;
        double sum = 1;
        for (int k = 1; k < confidence->labels; k++)
            sum += exp(fmin((double)(scores[k] - scores[0]) * sharpness, 500));
        total += weight_of(confidence, i) * log(sum);
    }
    return total;
}

/* The sharpness with the least loss, by golden section between 1/4 and 64. */
static double fit_sharpness(const struct confidence *confidence)
{
    double low = log(0.25), high = log(64), part = (sqrt(5) - 1) / 2;
    double left = high - part * (high - low), right = low + part * (high - low);
    double left_loss = loss(confidence, exp(left)), right_loss = loss(confidence, exp(right));
    for (int i = 0; i < SHARPNESS_STEPS; i++) {
        if (left_loss < right_loss) {
            high = right, right = left, right_loss = left_loss;
            left = high - part * (high - low);
            left_loss = loss(confidence, exp(left));
        } else {
            low = left, left = right, left_loss = right_loss;
            right = low + part * (high - low);
            right_loss = loss(confidence, exp(right));
        }
    }
    return exp((low + high) / 2);
}

/* ln of the odds of a text's first answer, as model_guess() finds them; whether it is right. */
static double odds(const struct confidence *confidence, size_t text, double sharpness, bool *right)
{
    const float *scores = confidence->scores + text * (size_t)confidence->labels;
    int best = 0;
    double others = 0;
    for (int k = 1; k < confidence->labels; k++)
        best = scores[k] > scores[best] ? k : best;
    for (int k = 0; k < confidence->labels; k++)
        others += k == best ? 0 : exp((double)(scores[k] - scores[best]) * sharpness);
    *right = best == 0;
    return model_odds(others);
}

/* One step of Newton's method on -ln(chance) of shift and slope with the belief in 0 and 1. */
static void step(const struct confidence *confidence, const double *odds_of, const bool *right,
                 double *shift, double *slope)
{
    double a = BELIEF * *shift, b = BELIEF * (*slope - 1), aa = BELIEF, bb = BELIEF, ab = 0;
    for (size_t i = 0; i < confidence->count; i++) {
        double weight = weight_of(confidence, i), at = odds_of[i];
        double chance = 1 / (1 + exp(-(*shift + *slope * at)));
        double wrong = weight * (chance - right[i]), bend = weight * chance * (1 - chance);
        a += wrong;
        b += wrong * at;
        aa += bend;
        ab += bend * at;
        bb += bend * at * at;
    }
    double area = aa * bb - ab * ab;
    *shift -= (bb * a - ab * b) / area;
    *slope -= (aa * b - ab * a) / area;
    *slope = fmin(fmax(*slope, LEAST_SLOPE), GREATEST_SLOPE);
    *shift = fmin(fmax(*shift, -GREATEST_SLOPE), GREATEST_SLOPE);
}

void confidence_fit(const struct confidence *confidence, struct model *model)
{
    double sharpness = fit_sharpness(confidence), shift = 0, slope = 1;
    double *odds_of = xcalloc(confidence->count + 1, sizeof *odds_of);
    bool *right = xcalloc(confidence->count + 1, sizeof *right);
    for (size_t i = 0; i < confidence->count; i++)
        odds_of[i] = odds(confidence, i, sharpness, &right[i]);
    for (int i = 0; i < NEWTON_STEPS; i++)
        step(confidence, odds_of, right, &shift, &slope);
    model->sharpness = (float)sharpness;
    model->shift = (float)shift;
    model->slope = (float)slope;
    free(odds_of);
    free(right);
}

void confidence_free(struct confidence *confidence)
{
    free(confidence->scores);
    free(confidence->own);
    *confidence = (struct confidence){0};
}
