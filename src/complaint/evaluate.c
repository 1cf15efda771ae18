#include "complaint/evaluate.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>

void evaluate_start(struct evaluate *evaluate, int labels)
{
    size_t count = (size_t)labels;
    *evaluate = (struct evaluate){.labels = labels};
    evaluate->seen = xcalloc(count, sizeof *evaluate->seen);
    evaluate->said = xcalloc(count, sizeof *evaluate->said);
    evaluate->hit = xcalloc(count, sizeof *evaluate->hit);
    evaluate->confusion = xcalloc(count * count, sizeof *evaluate->confusion);
}

void evaluate_free(struct evaluate *evaluate)
{
    free(evaluate->seen);
    free(evaluate->said);
    free(evaluate->hit);
    free(evaluate->confusion);
    free(evaluate->confidence);
    free(evaluate->right);
    *evaluate = (struct evaluate){0};
}

static void count_bin(struct evaluate *evaluate, float confidence, bool right)
{
    int bin = (int)(confidence * EVALUATE_BINS);
    bin = bin >= EVALUATE_BINS ? EVALUATE_BINS - 1 : bin;
    evaluate->bin_texts[bin]++;
    evaluate->bin_right[bin] += right;
    evaluate->bin_confidence[bin] += (double)confidence;
}

void evaluate_add(struct evaluate *evaluate, const struct guess *best, int found, int truth)
{
    size_t text = evaluate->texts++;
    bool right = truth >= 0 && best[0].label == truth;
    if (text >= evaluate->capacity) {
        evaluate->capacity = evaluate->capacity ? evaluate->capacity * 2 : 1024;
        evaluate->confidence =
            xrealloc(evaluate->confidence, evaluate->capacity * sizeof *evaluate->confidence);
        evaluate->right = xrealloc(evaluate->right, evaluate->capacity * sizeof *evaluate->right);
    }
    evaluate->confidence[text] = best[0].confidence;
    evaluate->right[text] = right;
    count_bin(evaluate, best[0].confidence, right);
    evaluate->said[best[0].label]++;
    if (truth < 0)
        return;
    evaluate->seen[truth]++;
    evaluate->hit[truth] += right;
    evaluate->confusion[truth * evaluate->labels + best[0].label]++;
    for (int i = 0; i < found && i < 3; i++)
        for (int wide = i; best[i].label == truth && wide < 3; wide++)
            evaluate->top[wide]++;
}

static double part(size_t count, size_t all)
{
    return all ? (double)count / (double)all : 0;
}

double evaluate_accuracy(const struct evaluate *evaluate)
{
    return part(evaluate->top[0], evaluate->texts);
}

double evaluate_top3(const struct evaluate *evaluate)
{
    return part(evaluate->top[2], evaluate->texts);
}

double evaluate_macro_f1(const struct evaluate *evaluate)
{
    double sum = 0;
    size_t labels = 0;
    for (int k = 0; k < evaluate->labels; k++) {
        size_t both = evaluate->seen[k] + evaluate->said[k];
        sum += part(2 * evaluate->hit[k], both);
        labels += both > 0;
    }
    return labels ? sum / (double)labels : 0;
}

double evaluate_calibration_error(const struct evaluate *evaluate)
{
    double sum = 0;
    for (int i = 0; i < EVALUATE_BINS; i++)
        sum += fabs(evaluate->bin_confidence[i] - (double)evaluate->bin_right[i]);
    return evaluate->texts ? sum / (double)evaluate->texts : 0;
}

double evaluate_coverage(const struct evaluate *evaluate, double confidence, double *accuracy)
{
    size_t covered = 0, right = 0;
    for (size_t i = 0; i < evaluate->texts; i++) {
        bool sure = (double)evaluate->confidence[i] >= confidence;
        covered += sure;
        right += sure && evaluate->right[i];
    }
    *accuracy = part(right, covered);
    return part(covered, evaluate->texts);
}

int evaluate_pairs(const struct evaluate *evaluate, struct evaluate_pair *pairs, int wanted)
{
    int found = 0, labels = evaluate->labels;
    for (int i = 0; i < labels * labels; i++) {
        struct evaluate_pair pair = {i / labels, i % labels, evaluate->confusion[i]};
        if (!pair.texts || pair.truth == pair.said)
            continue;
        int at = found;
        while (at > 0 && pair.texts > pairs[at - 1].texts) {
            if (at < wanted)
                pairs[at] = pairs[at - 1];
            at--;
        }
        if (at < wanted)
            pairs[at] = pair;
        found += found < wanted;
    }
    return found;
}
