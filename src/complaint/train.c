#include "complaint/train.h"

#include "base/alloc.h"
#include "base/language.h"
#include "complaint/confidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Confidence is fitted on one part of the texts, a few texts on several in turn: until ENOUGH were held
 * out. Smaller parts leave a small corpus more to learn from. */
enum { PARTS = 5, FEW = 2000, PARTS_OF_FEW = 10, ENOUGH = 400, SCALE_STEPS = 127 };

const struct train_settings train_settings_default = {
    .costs = {.positive = 3, .negative = 1, .tolerance = 0.6, .rounds = 100},
    .rarity_power = 0.5,
    .least_texts = 1,
    .least_weight = 0,
    .mix = 5,
    .net = {.texts_shown = 64000, .texts_before = 64000, .least_texts = 400, .rate = 0.08,
            .words_out = 0.3, .features_out = 0.3, .units_out = 0.1, .push = 0.6},
};

/* One kept weight of a class. */
struct weight {
    uint32_t bucket;
    int8_t value;
};

/* The texts that take part, as the solver wants them. */
struct part {
    struct solver_rows rows;
    size_t *starts, *times_starts;
    uint32_t *column, *columns, *buckets; /* of an entry; by bucket; by column */
    float *times, *scale, *size, *square;
    int *label;
};

bool train_left_out(size_t text, int fold, int folds)
{
    uint32_t spread = (uint32_t)text * 2654435761u >> 8;
    return folds && (int)(spread % (uint32_t)folds) == fold;
}

/* In how many texts outside a fold each bucket is. */
static void count_texts(const struct corpus *corpus, int fold, int folds, uint32_t *texts)
{
    for (size_t i = 0; i < corpus->count; i++)
        for (size_t at = corpus->starts[i];
             at < corpus->starts[i + 1] && !train_left_out(corpus->kin[i], fold, folds); at++)
            texts[corpus->features[at].bucket]++;
}

static void set_rarity(struct model *model, const struct train_settings *settings,
                       const uint32_t *texts, size_t rows)
{
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        if (texts[i] && texts[i] >= (uint32_t)settings->least_texts)
            model->rarity[i] = (float)pow(log((1.0 + (double)rows) / (1.0 + texts[i])) + 1,
                                          settings->rarity_power);
}

/* Appends one text, scaled to length 1: what it has once, then the rest. */
static void add_row(struct part *part, const struct model *model, const struct feature *list,
                    size_t count)
{
    size_t end = part->starts[part->rows.count], more = part->times_starts[part->rows.count];
    double square = 0;
    for (int repeated = 0; repeated < 2; repeated++)
        for (size_t i = 0; i < count; i++) {
            float value = model->rarity[list[i].bucket];
            if (value <= 0 || (list[i].count > 1) != repeated)
                continue;
            if (repeated)
                value *= part->times[more++] = 1 + logf((float)list[i].count);
            square += (double)value * (double)value;
            part->column[end++] = part->columns[list[i].bucket];
        }
    part->scale[part->rows.count] = square > 0 ? (float)(1 / sqrt(square)) : 0;
    part->starts[++part->rows.count] = end;
    part->times_starts[part->rows.count] = more;
}

static void part_free(struct part *part)
{
    free(part->starts);
    free(part->column);
    free(part->columns);
    free(part->buckets);
    free(part->times_starts);
    free(part->times);
    free(part->scale);
    free(part->size);
    free(part->square);
    free(part->label);
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
    part->size = xcalloc(part->rows.columns + 1, sizeof *part->size);
    part->square = xcalloc(part->rows.columns + 1, sizeof *part->square);
    for (uint32_t i = 0; i < part->rows.columns; i++) {
        float size = model->rarity[part->buckets[i]];
        part->columns[part->buckets[i]] = i;
        part->size[i] = size;
        part->square[i] = size * size;
    }
}

static void point_rows(struct part *part)
{
    part->rows.starts = part->starts;
    part->rows.times_starts = part->times_starts;
    part->rows.column = part->column;
    part->rows.times = part->times;
    part->rows.scale = part->scale;
    part->rows.size = part->size;
    part->rows.square = part->square;
}

static void part_make(struct part *part, const struct corpus *corpus, struct model *model,
                      const struct train_settings *settings)
{
    uint32_t *texts = xcalloc(FEATURE_BUCKETS, sizeof *texts);
    size_t rows = corpus->count, entries = corpus->feature_count;
    count_texts(corpus, 0, 0, texts);
    set_rarity(model, settings, texts, rows);
    free(texts);
    part->starts = xcalloc(rows + 1, sizeof *part->starts);
    part->label = xcalloc(rows + 1, sizeof *part->label);
    part->column = xcalloc(entries + 1, sizeof *part->column);
    part->times_starts = xcalloc(rows + 1, sizeof *part->times_starts);
    part->times = xcalloc(entries + 1, sizeof *part->times);
    part->scale = xcalloc(rows + 1, sizeof *part->scale);
    number_columns(part, model);
    for (size_t i = 0; i < corpus->count; i++) {
        part->label[i] = corpus->label[i];
        add_row(part, model, corpus->features + corpus->starts[i],
                corpus->starts[i + 1] - corpus->starts[i]);
    }
    point_rows(part);
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
    model->sharpness = model->slope = 1;
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

/* All classes; alpha, by class and row, is where it starts from and what it comes to. */
static void solve(struct model *model, const struct corpus *corpus, const struct part *part,
                  const struct train_settings *settings, const bool *out, float *alpha)
{
    struct weight *kept[CORPUS_LABELS], *room;
    size_t counts[CORPUS_LABELS];
    float *exact = xcalloc(part->rows.columns + 1, sizeof *exact);
    room = xmalloc((part->rows.columns + 1) * sizeof *room);
    for (int k = 0; k < model->label_count; k++) {
        int wanted = corpus_label(corpus, model->labels[k]);
        model->bases[k] = (float)solver_run(&part->rows, part->label, wanted, &settings->costs, out,
                                            alpha + (size_t)k * part->rows.count, exact);
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

/* What a training goes through. */
struct course {
    const struct corpus *corpus;
    const struct train_settings *settings;
    struct part part;
    float *alpha;               /* by label of the model and text */
    int numbers[CORPUS_LABELS]; /* by label of the corpus, that of the model */
    struct net_school *school;  /* NULL: linear only */
};

/* The model of the texts outside a fold. */
static void learn(struct course *course, struct model *model, int texts_shown, int fold, int folds)
{
    const struct corpus *corpus = course->corpus;
    bool *out = xcalloc(corpus->count + 1, sizeof *out);
    for (size_t i = 0; i < corpus->count; i++) {
        out[i] = train_left_out(corpus->kin[i], fold, folds);
        for (size_t k = 0; k < (size_t)model->label_count && out[i]; k++)
            course->alpha[k * corpus->count + i] = 0;
    }
    solve(model, corpus, &course->part, course->settings, out, course->alpha);
    free(out);
    if (!course->school)
        return;
    net_school_teach(course->school, texts_shown, fold, folds);
    model->mix = (float)course->settings->mix;
    model->net = net_school_net(course->school, fold, folds);
}

/* What the model of the texts outside a fold says of those in it. */
static void hold_out(struct course *course, const struct model *whole, int fold, int folds,
                     struct confidence *confidence)
{
    struct model *held = new_model(course->corpus);
    uint32_t *texts = xcalloc(FEATURE_BUCKETS, sizeof *texts);
    count_texts(course->corpus, fold, folds, texts);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        held->rarity[i] = texts[i] ? whole->rarity[i] : 0;
    free(texts);
    learn(course, held, course->settings->net.texts_before, fold, folds);
    confidence_add(confidence, held, course->corpus, course->numbers, fold, folds);
    model_free(held);
}

/* The texts that confidence is fitted on, besides a few: the bank's own, if it has any. */
static size_t count_own(const struct corpus *corpus)
{
    size_t own = 0;
    for (size_t i = 0; i < corpus->count; i++)
        own += !corpus->written[i];
    return own ? own : corpus->count;
}

/* A network goes on learning where it was interrupted, so it has one part only. */
static void find_confidence(struct course *course, struct model *model)
{
    struct confidence confidence = {0};
    bool few = !course->school && count_own(course->corpus) < FEW;
    int parts = few ? PARTS_OF_FEW : PARTS;
    for (int fold = 0; fold < (few ? parts : 1); fold++) {
        hold_out(course, model, fold, parts, &confidence);
        if ((confidence.own_count ? confidence.own_count : confidence.count) >= ENOUGH)
            break;
    }
    confidence_fit(&confidence, model);
    confidence_free(&confidence);
}

static void run_course(struct course *course, struct model *model)
{
    const struct corpus *corpus = course->corpus;
    part_make(&course->part, corpus, model, course->settings);
    for (int k = 0; k < model->label_count; k++)
        course->numbers[corpus_label(corpus, model->labels[k])] = k;
    course->alpha = xcalloc((size_t)model->label_count * corpus->count, sizeof *course->alpha);
    if (course->settings->mix > 0 && corpus->count >= course->settings->net.least_texts)
        course->school = net_school_open(corpus, model->rarity, course->numbers,
                                         &course->settings->net);
    find_confidence(course, model);
    learn(course, model, course->settings->net.texts_shown, 0, 0);
    model->examples = (uint32_t)corpus->count;
    net_school_close(course->school);
    free(course->alpha);
    part_free(&course->part);
}

struct model *train(const struct corpus *corpus, const struct train_settings *settings,
                    struct error *error)
{
    if (corpus->label_count < 2)
        return error_set(error, ERROR_INPUT, NULL, _("Name the column that holds the classes."),
                         _("training needs texts of at least two labels")), NULL;
    if (!corpus->starts[corpus->count])
        return error_set(error, ERROR_INPUT, NULL, _("Name the column that holds the texts."),
                         _("there is no word in any of the texts")), NULL;
    struct course course = {.corpus = corpus, .settings = settings};
    struct model *model = new_model(corpus);
    run_course(&course, model);
    return model;
}
