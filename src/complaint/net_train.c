#include "base/alloc.h"
#include "complaint/net.h"
#include "complaint/train.h"
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef float wide __attribute__((vector_size(32)));
enum { LANES = 8, WIDE = NET_HIDDEN / LANES, MOST_ROUNDS = 40, LEAST_ROUNDS = 3, AHEAD = 4 };

/* The output layer learns slower than the hidden one. */
#define OUT_RATE 0.4F
#define START 0.05F /* greatest weight of the hidden layer at the start */

/* Where a row of the hidden layer stands in a text, and the words it is made of. */
struct place {
    uint32_t row;
    uint16_t first, second;
};

/* A network while it learns, its weights exact; `seen` are the sums of squared gradients, for each
 * row or base, by which steps shrink (Adagrad, Duchi et al., JMLR 2011). */
struct school {
    const struct corpus *corpus;
    const float *rarity;
    const int *numbers;
    const struct net_settings *settings;
    struct net *net;
    wide *weights;                 /* WIDE for each row */
    wide base[WIDE], *out;
    float *row_seen, *base_seen, *out_seen, *out_base_seen;
    uint64_t random;
    uint32_t *buckets;             /* by row */
    size_t *order, order_count, room; /* texts of this part; most places in one */
    struct place *places;          /* of all texts of this part */
    size_t *starts;                /* of a text in them, two for each text of the corpus */
    float *values;                 /* by row, of a feature met once */
    uint16_t *counts;              /* by row, all 0 between texts */
    bool *dropped;                 /* by word */
    /* of the text shown */
    uint32_t *row;
    float *value;
    size_t count;
    wide hidden[WIDE], gradient[WIDE];
    float keep[NET_HIDDEN], scores[CORPUS_LABELS];
};

/* The inner loops also for processors with wider registers: the same sums in the same order. */
#if defined(__x86_64__) && !defined(BANKOPS_SANITIZED)
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif

static inline float sum_lanes(const wide *sum)
{
    const float *s = (const float *)sum;
    return (s[0] + s[1] + (s[2] + s[3])) + (s[4] + s[5] + (s[6] + s[7]));
}

enum { DRAW_BITS = 24 };

static uint32_t draw_bits(struct school *school)
{
    school->random ^= school->random << 13;
    school->random ^= school->random >> 7;
    school->random ^= school->random << 17;
    return (uint32_t)(school->random >> (64 - DRAW_BITS));
}

static float draw(struct school *school)
{
    return (float)draw_bits(school) / (float)(1 << DRAW_BITS);
}

/* What draw_bits() must be below to be one of this part of the draws. */
static uint32_t part_bits(double part)
{
    return (uint32_t)ceilf((float)part * (float)(1 << DRAW_BITS));
}

/* Common features first, so that the rows used most lie together. */
static int compare_texts(const void *left, const void *right, void *texts)
{
    uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;
    const uint32_t *of = texts;
    return of[one] > of[other] ? -1 : of[one] < of[other] ? 1 : one < other ? -1 : one > other;
}

/* Numbers the buckets that stand in two texts or more. */
static void number_rows(struct school *school, int fold, int folds)
{
    const struct corpus *corpus = school->corpus;
    struct net *net = school->net;
    uint32_t *texts = xcalloc(FEATURE_BUCKETS, sizeof *texts);
    for (size_t i = 0; i < corpus->count; i++) {
        if (train_left_out(i, fold, folds))
            continue;
        school->order[school->order_count++] = i;
        for (size_t at = corpus->starts[i]; at < corpus->starts[i + 1]; at++)
            texts[corpus->features[at].bucket]++;
    }
    net->rows = xcalloc(FEATURE_BUCKETS, sizeof *net->rows);
    school->buckets = xcalloc(FEATURE_BUCKETS, sizeof *school->buckets);
    for (uint32_t i = 0; i < FEATURE_BUCKETS; i++)
        if (texts[i] > 1 && school->rarity[i] > 0)
            school->buckets[net->row_count++] = i;
    qsort_r(school->buckets, net->row_count, sizeof *school->buckets, compare_texts, texts);
    for (uint32_t row = 0; row < net->row_count; row++)
        net->rows[school->buckets[row]] = row + 1;
    free(texts);
}

/* The places of the numbered rows, text by text, and the values of the rows. */
static void keep_places(struct school *school)
{
    const struct corpus *corpus = school->corpus;
    const uint32_t *rows = school->net->rows;
    size_t count = 0;
    school->places = xcalloc(corpus->place_count + 1, sizeof *school->places);
    school->starts = xcalloc(corpus->count * 2 + 1, sizeof *school->starts);
    for (size_t i = 0; i < school->order_count; i++) {
        size_t text = school->order[i], start = count;
        for (size_t at = corpus->place_starts[text]; at < corpus->place_starts[text + 1]; at++) {
            const struct occurrence *from = &corpus->places[at];
            if (rows[from->bucket])
                school->places[count++] =
                    (struct place){rows[from->bucket] - 1, from->first, from->second};
        }
        school->starts[text * 2] = start;
        school->starts[text * 2 + 1] = count;
        school->room = count - start > school->room ? count - start : school->room;
    }
    school->values = xcalloc(school->net->row_count + 1, sizeof *school->values);
    for (uint32_t row = 0; row < school->net->row_count; row++)
        school->values[row] = net_value(school->rarity[school->buckets[row]], 1);
}

static void *aligned(size_t count, size_t size)
{
    size_t bytes = (count * size + 63) / 64 * 64;
    void *memory = aligned_alloc(64, bytes ? bytes : 64);
    if (!memory)
        abort();
    memset(memory, 0, bytes);
    return memory;
}

static void fill(struct school *school, float *weights, size_t count, float most)
{
    for (size_t i = 0; i < count; i++)
        weights[i] = (draw(school) * 2 - 1) * most;
}

static void begin(struct school *school, int fold, int folds)
{
    struct net *net = school->net;
    size_t labels = (size_t)net->label_count;
    school->order = xcalloc(school->corpus->count + 1, sizeof *school->order);
    number_rows(school, fold, folds);
    keep_places(school);
    school->weights = aligned(net->row_count * (size_t)WIDE, sizeof *school->weights);
    school->out = aligned(labels * WIDE, sizeof *school->out);
    school->row_seen = xcalloc(net->row_count + 1, sizeof *school->row_seen);
    school->base_seen = xcalloc(NET_HIDDEN, sizeof *school->base_seen);
    school->out_seen = xcalloc(labels, sizeof *school->out_seen);
    school->out_base_seen = xcalloc(labels, sizeof *school->out_base_seen);
    net->out_base = xcalloc(labels, sizeof *net->out_base);
    school->counts = xcalloc(net->row_count + 1, sizeof *school->counts);
    school->dropped = xcalloc(UINT16_MAX + 1, sizeof *school->dropped);
    school->row = xcalloc(school->room + 1, sizeof *school->row);
    school->value = xcalloc(school->room + 1, sizeof *school->value);
    fill(school, (float *)school->weights, net->row_count * (size_t)NET_HIDDEN, START);
    fill(school, (float *)school->out, labels * NET_HIDDEN, sqrtf(3.0F / NET_HIDDEN));
}

static void end(struct school *school)
{
    free(school->order);
    free(school->buckets);
    free(school->places);
    free(school->starts);
    free(school->values);
    free(school->weights);
    free(school->out);
    free(school->row_seen);
    free(school->base_seen);
    free(school->out_seen);
    free(school->out_base_seen);
    free(school->counts);
    free(school->dropped);
    free(school->row);
    free(school->value);
}

static void drop_words(struct school *school, size_t text)
{
    size_t words = school->corpus->words[text], left = 0;
    uint32_t out = part_bits(school->settings->words_out);
    for (size_t i = 0; i < words; i++) {
        school->dropped[i] = draw_bits(school) < out;
        left += !school->dropped[i];
    }
    if (!left)
        memset(school->dropped, 0, words * sizeof *school->dropped);
}

/* The features that are left of the words that are left, scaled to length 1. */
static void show(struct school *school, size_t text)
{
    float square = 0;
    uint32_t out = part_bits(school->settings->features_out);
    const size_t *range = school->starts + text * 2;
    drop_words(school, text);
    school->count = 0;
    for (size_t at = range[0]; at < range[1]; at++) {
        const struct place *place = &school->places[at];
        if (school->dropped[place->first] || school->dropped[place->second] ||
            draw_bits(school) < out)
            continue;
        if (!school->counts[place->row])
            school->row[school->count++] = place->row;
        school->counts[place->row] += school->counts[place->row] < UINT16_MAX;
    }
    for (size_t i = 0; i < school->count; i++) {
        uint16_t times = school->counts[school->row[i]];
        school->counts[school->row[i]] = 0;
        school->value[i] = school->values[school->row[i]];
        if (times > 1)
            school->value[i] *= 1 + logf((float)times);
        square += school->value[i] * school->value[i];
    }
    float scale = square > 0 ? 1 / sqrtf(square) : 0;
    for (size_t i = 0; i < school->count; i++)
        school->value[i] *= scale;
}

/* Fetches the row of a feature that comes soon. */
static void prefetch(const struct school *school, size_t i)
{
    if (i >= school->count)
        return;
    const char *row = (const char *)(school->weights + (size_t)school->row[i] * WIDE);
    for (size_t line = 0; line < NET_HIDDEN * sizeof(float); line += 64)
        __builtin_prefetch(row + line);
}

/* From the features shown to scores; the units left out and the negative ones are 0. */
FAST static void forward(struct school *school)
{
    float out = (float)school->settings->units_out;
    wide hidden[WIDE];
    memcpy(hidden, school->base, sizeof hidden);
    for (size_t i = 0; i < school->count; i++) {
        const wide *weights = school->weights + (size_t)school->row[i] * WIDE;
        prefetch(school, i + AHEAD);
        for (int q = 0; q < WIDE; q++)
            hidden[q] += weights[q] * school->value[i];
    }
    memcpy(school->hidden, hidden, sizeof school->hidden);
    for (int unit = 0; unit < NET_HIDDEN; unit++) {
        float *one = (float *)school->hidden + unit;
        school->keep[unit] = *one <= 0 ? 0 : draw(school) < out ? 0 : 1 / (1 - out);
        *one *= school->keep[unit];
    }
    for (int k = 0; k < school->net->label_count; k++) {
        wide sum = {0};
        for (int q = 0; q < WIDE; q++)
            sum += school->out[k * WIDE + q] * school->hidden[q];
        school->scores[k] = school->net->out_base[k] + sum_lanes(&sum);
    }
}

/* Scores become chances. */
static void soften(float *scores, int labels)
{
    float most = scores[0], sum = 0;
    for (int k = 1; k < labels; k++)
        most = scores[k] > most ? scores[k] : most;
    for (int k = 0; k < labels; k++)
        sum += scores[k] = expf(scores[k] - most);
    for (int k = 0; k < labels; k++)
        scores[k] /= sum;
}

static void step(float *weight, float *seen, float gradient, float rate)
{
    *seen += gradient * gradient;
    *weight -= rate * gradient / (sqrtf(*seen) + 1e-4F);
}

/* Teaches the output layer; gathers the gradient of the hidden units. */
FAST static void teach_out(struct school *school, int truth, float rate)
{
    int labels = school->net->label_count;
    float smooth = (float)school->settings->smooth;
    wide squares = {0};
    for (int q = 0; q < WIDE; q++)
        squares += school->hidden[q] * school->hidden[q];
    float square = sum_lanes(&squares) / NET_HIDDEN;
    memset(school->gradient, 0, sizeof school->gradient);
    for (int k = 0; k < labels; k++) {
        float wrong = school->scores[k] - smooth / (float)labels - (k == truth ? 1 - smooth : 0);
        if (fabsf(wrong) < 1e-3F)
            continue;
        wide *out = school->out + k * WIDE;
        school->out_seen[k] += wrong * wrong * square;
        float much = wrong * rate / (sqrtf(school->out_seen[k]) + 1e-4F);
        for (int q = 0; q < WIDE; q++) {
            school->gradient[q] += out[q] * wrong;
            out[q] -= school->hidden[q] * much;
        }
        step(&school->net->out_base[k], &school->out_base_seen[k], wrong, rate);
    }
}

FAST static void teach_hidden(struct school *school, float rate)
{
    float *gradient = (float *)school->gradient, *base = (float *)school->base, square = 0;
    for (int unit = 0; unit < NET_HIDDEN; unit++) {
        gradient[unit] *= school->keep[unit];
        square += gradient[unit] * gradient[unit] / NET_HIDDEN;
        step(&base[unit], &school->base_seen[unit], gradient[unit], rate * OUT_RATE);
    }
    for (size_t i = 0; i < school->count; i++) {
        uint32_t row = school->row[i];
        wide *weights = school->weights + (size_t)row * WIDE;
        school->row_seen[row] += square * school->value[i] * school->value[i];
        float much = rate * school->value[i] / (sqrtf(school->row_seen[row]) + 1e-4F);
        for (int q = 0; q < WIDE; q++)
            weights[q] -= school->gradient[q] * much;
    }
}

static void shuffle(struct school *school)
{
    for (size_t i = 0; i + 1 < school->order_count; i++) {
        size_t other = i + (size_t)(draw(school) * (float)(school->order_count - i));
        size_t kept = school->order[i];
        school->order[i] = school->order[other];
        school->order[other] = kept;
    }
}

static void learn(struct school *school)
{
    size_t texts = school->order_count, step_count = 0;
    size_t rounds = texts ? ((size_t)school->settings->texts_shown + texts - 1) / texts : 0;
    rounds = rounds > MOST_ROUNDS ? MOST_ROUNDS : rounds < LEAST_ROUNDS ? LEAST_ROUNDS : rounds;
    for (size_t round = 0; round < rounds; round++) {
        shuffle(school);
        for (size_t i = 0; i < texts; i++) {
            size_t text = school->order[i];
            double left = 1 - (double)step_count++ / (double)(texts * rounds);
            float rate = (float)(school->settings->rate * left);
            show(school, text);
            forward(school);
            soften(school->scores, school->net->label_count);
            teach_out(school, school->numbers[school->corpus->label[text]], rate * OUT_RATE);
            teach_hidden(school, rate);
        }
    }
}

/* Rounds the hidden layer to bytes, rows in the order of buckets. */
static void keep(struct school *school)
{
    struct net *net = school->net;
    const float *exact = (const float *)school->weights;
    size_t outs = (size_t)net->label_count * NET_HIDDEN;
    net->weights = xmalloc((size_t)net->row_count * NET_HIDDEN + 1);
    net->scales = xcalloc(net->row_count + 1, sizeof *net->scales);
    uint32_t row = 0;
    for (size_t bucket = 0; bucket < FEATURE_BUCKETS; bucket++) {
        if (!net->rows[bucket])
            continue;
        const float *from = exact + (size_t)(net->rows[bucket] - 1) * NET_HIDDEN;
        float most = 0;
        for (int unit = 0; unit < NET_HIDDEN; unit++)
            most = fmaxf(most, fabsf(from[unit]));
        net->scales[row] = most > 0 ? most / 127 : 1;
        for (int unit = 0; unit < NET_HIDDEN; unit++)
            net->weights[(size_t)row * NET_HIDDEN + (size_t)unit] =
                (int8_t)lrintf(from[unit] / net->scales[row]);
        net->rows[bucket] = ++row;
    }
    memcpy(net->base, school->base, sizeof net->base);
    net->out = xcalloc(outs, sizeof *net->out);
    memcpy(net->out, school->out, outs * sizeof *net->out);
}

struct net *net_train(const struct corpus *corpus, const float *rarity, const int *numbers,
                      const struct net_settings *settings, int fold, int folds)
{
    struct school *school = aligned(1, sizeof *school);
    struct net *net = xcalloc(1, sizeof *net);
    net->label_count = corpus->label_count;
    school->corpus = corpus;
    school->rarity = rarity;
    school->numbers = numbers;
    school->settings = settings;
    school->net = net;
    school->random = 88172645463325252u;
    begin(school, fold, folds);
    learn(school);
    keep(school);
    end(school);
    free(school);
    return net;
}
