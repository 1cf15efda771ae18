#include "complaint/train.h"

#include "base/alloc.h"
#include "base/language.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_OUT = 5, SCALE_STEPS = 127 };

const struct train_settings train_settings_default = {
    .costs = {.positive = 3, .negative = 1, .tolerance = 0.3, .rounds = 100},
    .rarity_power = 0.5,
    .least_texts = 1,
    .least_weight = 0,
    .mix = 3,
    .net = {.texts_shown = 128000, .rate = 0.05, .words_out = 0.3, .features_out = 0.3,
            .units_out = 0.1, .smooth = 0.05},
};

/* One kept weight of a class. */
struct weight {
    uint32_t bucket;
    int8_t value;
};

/* The texts that take part, as the solver wants them. */
struct part {
    struct solver_rows rows;
    size_t *starts;
    uint32_t *column, *columns, *buckets; /* of an entry; by bucket; by column */
    float *value;
    int *label;
    size_t *text; /* by row, its number in the corpus */
};

bool train_left_out(size_t text, int fold, int folds)
{
    uint32_t spread = (uint32_t)text * 2654435761u >> 8;
    return folds && (int)(spread % (uint32_t)folds) == fold;
}

/* In how many texts each bucket is; returns the texts that take part. */
static size_t count_texts(const struct corpus *corpus, int fold, int folds, uint32_t *texts,
                          size_t *entries)
{
    size_t rows = 0;
    for (size_t i = 0; i < corpus->count; i++) {
        if (train_left_out(i, fold, folds))
            continue;
        rows++;
        *entries += corpus->starts[i + 1] - corpus->starts[i];
        for (size_t at = corpus->starts[i]; at < corpus->starts[i + 1]; at++)
            texts[corpus->features[at].bucket]++;
    }
    return rows;
}

static void set_rarity(struct model *model, const struct train_settings *settings,
                       const uint32_t *texts, size_t rows)
{
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        if (texts[i] && texts[i] >= (uint32_t)settings->least_texts)
            model->rarity[i] = (float)pow(log((1.0 + (double)rows) / (1.0 + texts[i])) + 1,
                                          settings->rarity_power);
}

/* Appends one text, scaled to length 1. */
static void add_row(struct part *part, const struct model *model, const struct feature *list,
                    size_t count)
{
    size_t start = part->starts[part->rows.count], end = start;
    double square = 0;
    for (size_t i = 0; i < count; i++) {
        float value = model->rarity[list[i].bucket];
        if (value <= 0)
            continue;
        value *= 1 + logf((float)list[i].count);
        square += (double)value * (double)value;
        part->column[end] = part->columns[list[i].bucket];
        part->value[end++] = value;
    }
    for (size_t at = start; at < end; at++)
        part->value[at] /= (float)sqrt(square);
    part->starts[++part->rows.count] = end;
}

static void part_free(struct part *part)
{
    free(part->starts);
    free(part->column);
    free(part->columns);
    free(part->buckets);
    free(part->value);
    free(part->label);
    free(part->text);
}

/* Common features first, so that the weights used most lie together. */
static int compare_rarity(const void *left, const void *right, void *rarity)
{
    uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;
    const float *of = rarity;
    return of[one] < of[other] ? -1 : of[one] > of[other] ? 1 : one < other ? -1 : one > other;
}

static void number_columns(struct part *part, const struct model *model)
{
    part->columns = xcalloc(FEATURE_BUCKETS, sizeof *part->columns);
    part->buckets = xcalloc(FEATURE_BUCKETS, sizeof *part->buckets);
    for (uint32_t i = 0; i < FEATURE_BUCKETS; i++)
        if (model->rarity[i] > 0)
            part->buckets[part->rows.columns++] = i;
    qsort_r(part->buckets, part->rows.columns, sizeof *part->buckets, compare_rarity,
            model->rarity);
    for (uint32_t i = 0; i < part->rows.columns; i++)
        part->columns[part->buckets[i]] = i;
}

static void part_make(struct part *part, const struct corpus *corpus, struct model *model,
                      const struct train_settings *settings, int fold, int folds)
{
    uint32_t *texts = xcalloc(FEATURE_BUCKETS, sizeof *texts);
    size_t entries = 0, rows = count_texts(corpus, fold, folds, texts, &entries);
    set_rarity(model, settings, texts, rows);
    free(texts);
    part->starts = xcalloc(rows + 1, sizeof *part->starts);
    part->label = xcalloc(rows + 1, sizeof *part->label);
    part->text = xcalloc(rows + 1, sizeof *part->text);
    part->column = xcalloc(entries + 1, sizeof *part->column);
    part->value = xcalloc(entries + 1, sizeof *part->value);
    number_columns(part, model);
    for (size_t i = 0; i < corpus->count; i++) {
        if (train_left_out(i, fold, folds))
            continue;
        part->label[part->rows.count] = corpus->label[i];
        part->text[part->rows.count] = i;
        add_row(part, model, corpus->features + corpus->starts[i],
                corpus->starts[i + 1] - corpus->starts[i]);
    }
    part->rows.starts = part->starts;
    part->rows.column = part->column;
    part->rows.value = part->value;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static struct model *new_model(const struct corpus *corpus)
{
    struct model *model = xcalloc(1, sizeof *model);
    size_t labels = (size_t)corpus->label_count;
    model->label_count = corpus->label_count;
    model->labels = xcalloc(labels, sizeof *model->labels);
    for (size_t k = 0; k < labels; k++)
        model->labels[k] = xstrdup(corpus->labels[k]);
    qsort(model->labels, labels, sizeof *model->labels, compare_names);
    model->scales = xcalloc(labels, sizeof *model->scales);
    model->bases = xcalloc(labels, sizeof *model->bases);
    model->rarity = xcalloc(FEATURE_BUCKETS, sizeof *model->rarity);
    model->starts = xcalloc(FEATURE_BUCKETS + 1, sizeof *model->starts);
    model->sharpness = 1;
    return model;
}

/* The weights of one class as bytes, by bucket; returns how many are not zero. */
static size_t round_weights(const struct part *part, const float *exact, double least,
                            struct weight *kept, float *scale)
{
    size_t count = 0;
    float greatest = 0;
    for (uint32_t i = 0; i < part->rows.columns; i++)
        greatest = fmaxf(greatest, fabsf(exact[i]));
    *scale = greatest > 0 ? greatest / SCALE_STEPS : 1;
    for (uint32_t i = 0; i < part->rows.columns; i++) {
        long value = lrintf(exact[i] / *scale);
        if (value && fabsf(exact[i]) >= (float)least * greatest)
            kept[count++] = (struct weight){part->buckets[i], (int8_t)value};
    }
    return count;
}

/* Puts the weights of all classes in the order of buckets. */
static void store(struct model *model, struct weight *const *kept, const size_t *counts)
{
    uint32_t *starts = model->starts;
    for (int k = 0; k < model->label_count; k++)
        for (size_t i = 0; i < counts[k]; i++)
            starts[kept[k][i].bucket + 1]++;
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        starts[i + 1] += starts[i];
    size_t total = starts[FEATURE_BUCKETS];
    model->classes = xmalloc(total + 1);
    model->weights = xmalloc(total + 1);
    uint32_t *next = xmalloc(FEATURE_BUCKETS * sizeof *next);
    memcpy(next, starts, FEATURE_BUCKETS * sizeof *next);
    for (int k = 0; k < model->label_count; k++)
        for (size_t i = 0; i < counts[k]; i++) {
            uint32_t at = next[kept[k][i].bucket]++;
            model->classes[at] = (uint8_t)k;
            model->weights[at] = kept[k][i].value;
        }
    free(next);
}

/* Solves one class. known (NULL: nothing) holds the dual variable of each text of the corpus, where
 * it starts from and which it leaves behind. */
static double solve_class(const struct part *part, int wanted, const struct solver_costs *costs,
                          float *known, float *exact)
{
    double *alpha = xcalloc(part->rows.count + 1, sizeof *alpha);
    for (size_t i = 0; known && i < part->rows.count; i++)
        alpha[i] = (double)known[part->text[i]];
    double base = solver_run(&part->rows, part->label, wanted, costs, alpha, exact);
    for (size_t i = 0; known && i < part->rows.count; i++)
        known[part->text[i]] = (float)alpha[i];
    free(alpha);
    return base;
}

static void solve(struct model *model, const struct corpus *corpus, const struct part *part,
                  const struct train_settings *settings, float *known)
{
    struct weight *kept[CORPUS_LABELS], *room;
    size_t counts[CORPUS_LABELS];
    float *exact = xcalloc(part->rows.columns + 1, sizeof *exact);
    room = xmalloc((part->rows.columns + 1) * sizeof *room);
    for (int k = 0; k < model->label_count; k++) {
        int wanted = corpus_label(corpus, model->labels[k]);
        model->bases[k] = (float)solve_class(part, wanted, &settings->costs,
                                             known ? known + (size_t)k * corpus->count : NULL,
                                             exact);
        counts[k] = round_weights(part, exact, settings->least_weight, room, &model->scales[k]);
        kept[k] = xmalloc((counts[k] + 1) * sizeof *room);
        memcpy(kept[k], room, counts[k] * sizeof *room);
    }
    store(model, kept, counts);
    for (int k = 0; k < model->label_count; k++)
        free(kept[k]);
    free(exact);
    free(room);
}

static void add_net(struct model *model, const struct corpus *corpus,
                    const struct train_settings *settings, int fold, int folds)
{
    int numbers[CORPUS_LABELS];
    for (int k = 0; k < model->label_count; k++)
        numbers[corpus_label(corpus, model->labels[k])] = k;
    model->mix = (float)settings->mix;
    model->net = net_train(corpus, model->rarity, numbers, &settings->net, fold, folds);
}

/* train_fold() with the dual variables of all classes, by model's label and text. */
static struct model *train_from(const struct corpus *corpus, const struct train_settings *settings,
                                int fold, int folds, float *known, struct error *error)
{
    if (corpus->label_count < 2)
        return error_set(error, ERROR_INPUT, NULL, _("Name the column that holds the classes."),
                         _("training needs texts of at least two labels")), NULL;
    if (!corpus->starts[corpus->count])
        return error_set(error, ERROR_INPUT, NULL, _("Name the column that holds the texts."),
                         _("there is no word in any of the texts")), NULL;
    struct part part = {0};
    struct model *model = new_model(corpus);
    part_make(&part, corpus, model, settings, fold, folds);
    model->examples = (uint32_t)part.rows.count;
    solve(model, corpus, &part, settings, known);
    part_free(&part);
    if (settings->mix > 0)
        add_net(model, corpus, settings, fold, folds);
    return model;
}

struct model *train_fold(const struct corpus *corpus, const struct train_settings *settings,
                         int fold, int folds, struct error *error)
{
    return train_from(corpus, settings, fold, folds, NULL, error);
}

/* Differences to the truth's score of all other scores, text by text, of the texts held out. */
static double *held_differences(const struct model *model, const struct corpus *corpus,
                                size_t *count)
{
    struct guess best[MODEL_LABELS];
    size_t others = (size_t)model->label_count - 1;
    double *differences = xcalloc(corpus->count * others, sizeof *differences);
    *count = 0;
    for (size_t i = 0; i < corpus->count; i++) {
        if (!train_left_out(i, 0, HELD_OUT))
            continue;
        const char *truth = corpus->labels[corpus->label[i]];
        float score = 0;
        model_guess(model, corpus->features + corpus->starts[i],
                    corpus->starts[i + 1] - corpus->starts[i], best, model->label_count);
        for (int k = 0; k < model->label_count; k++)
            if (!strcmp(model->labels[best[k].label], truth))
                score = best[k].score;
        for (int k = 0; k < model->label_count; k++)
            if (strcmp(model->labels[best[k].label], truth))
                differences[(*count)++] = (double)(best[k].score - score);
    }
    return differences;
}

/* Sum of -ln(confidence of the truth). */
static double loss(const double *differences, size_t count, size_t others, double sharpness)
{
    double total = 0;
    for (size_t start = 0; start < count; start += others) {
        double sum = 1;
        for (size_t i = start; i < start + others; i++)
            sum += exp(fmin(differences[i] * sharpness, 500));
        total += log(sum);
    }
    return total;
}

/* The sharpness with the least loss, by golden section between 1/4 and 64. */
static float fit_sharpness(const struct model *model, const struct corpus *corpus)
{
    size_t count, others = (size_t)model->label_count - 1;
    double low = log(0.25), high = log(64), part = (sqrt(5) - 1) / 2;
    double *differences = held_differences(model, corpus, &count);
    for (int i = 0; i < 14; i++) {
        double left = high - part * (high - low), right = low + part * (high - low);
        if (loss(differences, count, others, exp(left)) <
            loss(differences, count, others, exp(right)))
            high = right;
        else
            low = left;
    }
    free(differences);
    return (float)exp((low + high) / 2);
}

struct model *train(const struct corpus *corpus, const struct train_settings *settings,
                    struct error *error)
{
    size_t labels = (size_t)corpus->label_count;
    float *known = xcalloc(labels * corpus->count + 1, sizeof *known);
    struct train_settings shorter = *settings; /* how sure it is shows early */
    shorter.net.texts_shown = settings->net.texts_shown / 2;
    struct model *held = train_from(corpus, &shorter, 0, HELD_OUT, known, error);
    if (!held) {
        free(known);
        return NULL;
    }
    float sharpness = fit_sharpness(held, corpus);
    model_free(held);
    struct model *model = train_from(corpus, settings, 0, 0, known, error);
    if (model)
        model->sharpness = sharpness;
    free(known);
    return model;
}
