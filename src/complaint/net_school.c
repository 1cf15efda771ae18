#include "base/alloc.h"
#include "complaint/net.h"
#include "complaint/train.h"
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef float wide __attribute__((vector_size(32)));
enum { LANES = 8, WIDE = NET_HIDDEN / LANES, SIDES = NET_SIDES / LANES };
enum { MOST_ROUNDS = 40, LEAST_ROUNDS = 3, AHEAD = 4 };

/* The output layer learns slower than the hidden one. */
#define OUT_RATE 0.4F
#define START 0.05F /* greatest weight of the hidden layer at the start */
#define LITTLE 1e-3F

/* Where a row of the hidden layer stands in a text, and the words it is made of. */
struct place {
    uint32_t row;
    uint16_t first, second;
};

/* A network while it learns, its weights exact; `seen` are the sums of squared gradients, for each
 * row or base, by which steps shrink (Adagrad, Duchi et al., JMLR 2011). */
struct net_school {
    const struct corpus *corpus;
    const float *rarity;
    const int *numbers;
    const struct net_settings *settings;
    int labels;
    uint32_t row_count, *rows;     /* by bucket: its row + 1, 0 = none */
    wide *weights;                 /* WIDE for each row */
    wide base[WIDE], *out;         /* SIDES for each label */
    float *out_base;
    float *row_seen, *base_seen, *out_seen, *out_base_seen;
    uint64_t random;
    uint32_t *buckets;             /* by row */
    size_t *order, order_count, room; /* texts that are shown; most places in one */
    struct place *places;
    size_t *starts;                /* of a text in them; one more than texts */
    float *values;                 /* by row, of a feature met once */
    uint16_t *counts;              /* by row, all 0 between texts */
    bool *dropped;                 /* by word */
    /* of the text shown */
    uint32_t *row;
    float *value;
    size_t count;
    wide hidden[SIDES], gradient[SIDES];
    float keep[NET_SIDES], wrong[CORPUS_LABELS];
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

static inline uint32_t draw_next(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)(*random >> (64 - DRAW_BITS));
}

static uint32_t draw_bits(struct net_school *school)
{
    return draw_next(&school->random);
}

static float draw(struct net_school *school)
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

/* In how many texts outside a fold each bucket is. */
static uint32_t *count_texts(const struct corpus *corpus, int fold, int folds)
{
    uint32_t *texts = xcalloc(FEATURE_BUCKETS, sizeof *texts);
    for (size_t i = 0; i < corpus->count; i++)
        for (size_t at = corpus->starts[i];
             at < corpus->starts[i + 1] && !train_left_out(corpus->kin[i], fold, folds); at++)
            texts[corpus->features[at].bucket]++;
    return texts;
}

/* Numbers the buckets that stand in two texts or more. */
static void number_rows(struct net_school *school)
{
    uint32_t *texts = count_texts(school->corpus, 0, 0);
    school->rows = xcalloc(FEATURE_BUCKETS, sizeof *school->rows);
    school->buckets = xcalloc(FEATURE_BUCKETS, sizeof *school->buckets);
    for (uint32_t i = 0; i < FEATURE_BUCKETS; i++)
        if (texts[i] > 1 && school->rarity[i] > 0)
            school->buckets[school->row_count++] = i;
    qsort_r(school->buckets, school->row_count, sizeof *school->buckets, compare_texts, texts);
    for (uint32_t row = 0; row < school->row_count; row++)
        school->rows[school->buckets[row]] = row + 1;
    free(texts);
}

/* The places of the numbered rows, text by text, and the values of the rows. */
static void keep_places(struct net_school *school)
{
    const struct corpus *corpus = school->corpus;
    size_t count = 0;
    school->places = xcalloc(corpus->place_count + 1, sizeof *school->places);
    school->starts = xcalloc(corpus->count + 1, sizeof *school->starts);
    for (size_t i = 0; i < corpus->count; i++) {
        for (size_t at = corpus->place_starts[i]; at < corpus->place_starts[i + 1]; at++) {
            const struct occurrence *from = &corpus->places[at];
            if (school->rows[from->bucket])
                school->places[count++] =
                    (struct place){school->rows[from->bucket] - 1, from->first, from->second};
        }
        school->starts[i + 1] = count;
        if (count - school->starts[i] > school->room)
            school->room = count - school->starts[i];
    }
    school->values = xcalloc(school->row_count + 1, sizeof *school->values);
    for (uint32_t row = 0; row < school->row_count; row++)
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

static void fill(struct net_school *school, float *weights, size_t count, float most)
{
    for (size_t i = 0; i < count; i++)
        weights[i] = (draw(school) * 2 - 1) * most;
}

static void begin(struct net_school *school)
{
    size_t labels = (size_t)school->labels, rows = school->row_count;
    school->order = xcalloc(school->corpus->count + 1, sizeof *school->order);
    school->weights = aligned(rows * WIDE, sizeof *school->weights);
    school->out = aligned(labels * SIDES, sizeof *school->out);
    school->row_seen = xcalloc(rows + 1, sizeof *school->row_seen);
    school->base_seen = xcalloc(NET_HIDDEN, sizeof *school->base_seen);
    school->out_seen = xcalloc(labels, sizeof *school->out_seen);
    school->out_base_seen = xcalloc(labels, sizeof *school->out_base_seen);
    school->out_base = xcalloc(labels, sizeof *school->out_base);
    school->counts = xcalloc(rows + 1, sizeof *school->counts);
    school->dropped = xcalloc(UINT16_MAX + 1, sizeof *school->dropped);
    school->row = xcalloc(school->room + 1, sizeof *school->row);
    school->value = xcalloc(school->room + 1, sizeof *school->value);
    fill(school, (float *)school->weights, rows * NET_HIDDEN, START);
    fill(school, (float *)school->out, labels * NET_SIDES, sqrtf(3.0F / NET_SIDES));
}

void net_school_close(struct net_school *school)
{
    if (!school)
        return;
    free(school->rows);
    free(school->out_base);
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
    free(school);
}

static void drop_words(struct net_school *school, size_t text)
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

/* The features that are left of the words that are left. Without branches: what is left out is a
 * matter of chance, which a processor cannot foresee. */
static void choose(struct net_school *school, const struct place *place, const struct place *end)
{
    const uint32_t out = part_bits(school->settings->features_out);
    const bool *dropped = school->dropped;
    uint32_t *row = school->row;
    uint64_t random = school->random;
    size_t count = 0;
    for (; place < end; place++) {
        unsigned left = !dropped[place->first] & !dropped[place->second] &
                        (draw_next(&random) >= out);
        uint16_t *times = &school->counts[place->row], before = *times;
        row[count] = place->row;
        count += left & !before;
        *times = (uint16_t)(before + (left & (before < UINT16_MAX)));
    }
    school->random = random;
    school->count = count;
}

/* Shows a text: what is left of it, scaled to length 1. */
static void show(struct net_school *school, size_t text)
{
    float square = 0;
    drop_words(school, text);
    choose(school, school->places + school->starts[text], school->places + school->starts[text + 1]);
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
static void prefetch(const struct net_school *school, size_t i)
{
    if (i >= school->count)
        return;
    const char *row = (const char *)(school->weights + (size_t)school->row[i] * WIDE);
    for (size_t line = 0; line < NET_HIDDEN * sizeof(float); line += 64)
        __builtin_prefetch(row + line);
}

/* What a hidden unit says goes to the side that it speaks for; `left` is 0 for a unit left out. */
static inline void speak(struct net_school *school, int unit, float said, float left)
{
    float *sides = (float *)school->hidden;
    school->keep[unit] = said > 0 ? left : 0;
    school->keep[NET_HIDDEN + unit] = said > 0 ? 0 : left;
    sides[unit] = said * school->keep[unit];
    sides[NET_HIDDEN + unit] = -said * school->keep[NET_HIDDEN + unit];
}

/* From the features shown to what the hidden units say. */
FAST static void listen(struct net_school *school)
{
    uint32_t out = part_bits(school->settings->units_out);
    float left = (float)(1 / (1 - school->settings->units_out));
    wide hidden[WIDE];
    memcpy(hidden, school->base, sizeof hidden);
    for (size_t i = 0; i < school->count; i++) {
        const wide *weights = school->weights + (size_t)school->row[i] * WIDE;
        prefetch(school, i + AHEAD);
        for (int q = 0; q < WIDE; q++)
            hidden[q] += weights[q] * school->value[i];
    }
    for (int unit = 0; unit < NET_HIDDEN; unit++)
        speak(school, unit, ((float *)hidden)[unit], draw_bits(school) < out ? 0 : left);
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

/* By how much the chance of each label is wrong: what is below LITTLE counts as nothing. */
FAST static void compare(struct net_school *school, int truth)
{
    for (int k = 0; k < school->labels; k++) {
        wide sum = {0};
        for (int q = 0; q < SIDES; q++)
            sum += school->out[k * SIDES + q] * school->hidden[q];
        school->wrong[k] = school->out_base[k] + sum_lanes(&sum);
    }
    soften(school->wrong, school->labels);
    school->wrong[truth] -= 1;
    for (int k = 0; k < school->labels; k++)
        if (fabsf(school->wrong[k]) < LITTLE)
            school->wrong[k] = 0;
}

static void step(float *weight, float *seen, float gradient, float rate)
{
    *seen += gradient * gradient;
    *weight -= rate * gradient / (sqrtf(*seen) + 1e-4F);
}

/* The gradient of both sides as that of the hidden units; returns the sum of its squares. */
static float join_sides(struct net_school *school)
{
    float *gradient = (float *)school->gradient, square = 0;
    for (int unit = 0; unit < NET_HIDDEN; unit++) {
        gradient[unit] = gradient[unit] * school->keep[unit] -
                         gradient[NET_HIDDEN + unit] * school->keep[NET_HIDDEN + unit];
        square += gradient[unit] * gradient[unit];
    }
    return square;
}

/* Moves what the hidden units say a little to where the answer gets worst: to learn from that keeps
 * texts apart that differ little (Goodfellow et al., ICLR 2015; Miyato et al., ICLR 2017). */
FAST static void push(struct net_school *school)
{
    memset(school->gradient, 0, sizeof school->gradient);
    for (int k = 0; k < school->labels; k++)
        for (int q = 0; q < SIDES && school->wrong[k] != 0; q++)
            school->gradient[q] += school->out[k * SIDES + q] * school->wrong[k];
    float square = join_sides(school), *sides = (float *)school->hidden;
    float by = square > 0 ? (float)school->settings->push / sqrtf(square) : 0;
    const float *gradient = (const float *)school->gradient;
    float whole = (float)(1 - school->settings->units_out);
    for (int unit = 0; unit < NET_HIDDEN; unit++)
        speak(school, unit, (sides[unit] - sides[NET_HIDDEN + unit]) * whole + gradient[unit] * by,
              fmaxf(school->keep[unit], school->keep[NET_HIDDEN + unit]));
}

/* Teaches the output layer; gathers the gradient of the hidden units. */
FAST static void teach_out(struct net_school *school, float rate)
{
    wide squares = {0};
    for (int q = 0; q < SIDES; q++)
        squares += school->hidden[q] * school->hidden[q];
    float square = sum_lanes(&squares) / NET_SIDES;
    memset(school->gradient, 0, sizeof school->gradient);
    for (int k = 0; k < school->labels; k++) {
        float wrong = school->wrong[k];
        if (wrong == 0)
            continue;
        wide *out = school->out + k * SIDES;
        school->out_seen[k] += wrong * wrong * square;
        float much = wrong * rate / (sqrtf(school->out_seen[k]) + 1e-4F);
        for (int q = 0; q < SIDES; q++) {
            school->gradient[q] += out[q] * wrong;
            out[q] -= school->hidden[q] * much;
        }
        step(&school->out_base[k], &school->out_base_seen[k], wrong, rate);
    }
}

FAST static void teach_hidden(struct net_school *school, float rate)
{
    float *gradient = (float *)school->gradient, *base = (float *)school->base;
    float square = join_sides(school) / NET_HIDDEN;
    if (square == 0)
        return;
    for (int unit = 0; unit < NET_HIDDEN; unit++)
        step(&base[unit], &school->base_seen[unit], gradient[unit], rate * OUT_RATE);
    for (size_t i = 0; i < school->count; i++) {
        uint32_t row = school->row[i];
        wide *weights = school->weights + (size_t)row * WIDE;
        school->row_seen[row] += square * school->value[i] * school->value[i];
        float much = rate * school->value[i] / (sqrtf(school->row_seen[row]) + 1e-4F);
        for (int q = 0; q < WIDE; q++)
            weights[q] -= school->gradient[q] * much;
    }
}

static void teach(struct net_school *school, size_t text, float rate)
{
    int truth = school->numbers[school->corpus->label[text]];
    show(school, text);
    listen(school);
    compare(school, truth);
    push(school);
    compare(school, truth);
    teach_out(school, rate * OUT_RATE);
    teach_hidden(school, rate);
}

static void shuffle(struct net_school *school)
{
    for (size_t i = 0; i + 1 < school->order_count; i++) {
        size_t other = i + (size_t)(draw(school) * (float)(school->order_count - i));
        size_t kept = school->order[i];
        school->order[i] = school->order[other];
        school->order[other] = kept;
    }
}

void net_school_teach(struct net_school *school, int texts_shown, int fold, int folds)
{
    size_t texts, step_count = 0;
    school->order_count = 0;
    for (size_t i = 0; i < school->corpus->count; i++)
        if (!train_left_out(school->corpus->kin[i], fold, folds))
            school->order[school->order_count++] = i;
    texts = school->order_count;
    size_t rounds = texts ? ((size_t)texts_shown + texts - 1) / texts : 0;
    rounds = rounds > MOST_ROUNDS ? MOST_ROUNDS : rounds < LEAST_ROUNDS ? LEAST_ROUNDS : rounds;
    for (size_t round = 0; round < rounds; round++) {
        shuffle(school);
        for (size_t i = 0; i < texts; i++) {
            double left = 1 - (double)step_count++ / (double)(texts * rounds);
            float rate = (float)(school->settings->rate * left);
            teach(school, school->order[i], rate);
        }
    }
}

/* The weights of a row as bytes; returns their scale. */
static float round_row(const float *exact, int8_t *rounded)
{
    float most = 0;
    for (int unit = 0; unit < NET_HIDDEN; unit++)
        most = fabsf(exact[unit]) > most ? fabsf(exact[unit]) : most;
    float scale = most > 0 ? most / 127 : 1;
    for (int unit = 0; unit < NET_HIDDEN; unit++)
        rounded[unit] = (int8_t)lrintf(exact[unit] / scale);
    return scale;
}

struct net *net_school_net(const struct net_school *school, int fold, int folds)
{
    const float *exact = (const float *)school->weights;
    struct net *net = xcalloc(1, sizeof *net);
    size_t labels = (size_t)school->labels;
    uint32_t *texts = count_texts(school->corpus, fold, folds);
    net->label_count = school->labels;
    net->rows = xcalloc(FEATURE_BUCKETS, sizeof *net->rows);
    net->weights = xmalloc((size_t)school->row_count * NET_HIDDEN + 1);
    net->scales = xcalloc(school->row_count + 1, sizeof *net->scales);
    for (size_t bucket = 0; bucket < FEATURE_BUCKETS; bucket++) {
        if (!school->rows[bucket] || texts[bucket] < 2)
            continue;
        uint32_t row = net->row_count++;
        net->scales[row] = round_row(exact + (size_t)(school->rows[bucket] - 1) * NET_HIDDEN,
                                     net->weights + (size_t)row * NET_HIDDEN);
        net->rows[bucket] = row + 1;
    }
    memcpy(net->base, school->base, sizeof net->base);
    net->out = xcalloc(labels * NET_SIDES, sizeof *net->out);
    net->out_base = xcalloc(labels, sizeof *net->out_base);
    memcpy(net->out, school->out, labels * NET_SIDES * sizeof *net->out);
    memcpy(net->out_base, school->out_base, labels * sizeof *net->out_base);
    free(texts);
    return net;
}

struct net_school *net_school_open(const struct corpus *corpus, const float *rarity,
                                   const int *numbers, const struct net_settings *settings)
{
    struct net_school *school = aligned(1, sizeof *school);
    school->corpus = corpus;
    school->rarity = rarity;
    school->numbers = numbers;
    school->settings = settings;
    school->labels = corpus->label_count;
    school->random = 88172645463325252u;
    number_rows(school);
    keep_places(school);
    begin(school);
    return school;
}
