/* Training and answering of the text classifier: time, size, cross-validation. Usage: README.md. */
#include "base/alloc.h"
#include "base/csv_reader.h"
#include "complaint/train.h"
#include "tests/bench/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FOLDS = 5, SPLITS = 2, BINS = 10 };

/* What cross-validation found: by split and text whether the answer was right; sums over both. */
struct outcome {
    bool *right[SPLITS];
    size_t first, third, texts, bin_texts[BINS], bin_right[BINS];
    double surprise, bin_said[BINS]; /* -ln(confidence of the truth), confidence of the answer */
    double sharpness; /* ln of that of the models, on average */
};

static struct error error;

static void stop(void)
{
    error_print(&error);
    exit(1);
}

/* Seconds of the processor. */
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The texts of the file. */
struct texts {
    struct text {
        char *text, *label;
        size_t length;
    } *list;
    size_t count, capacity;
};

static void read_texts(const char *path, const char *const *columns, struct texts *texts)
{
    static struct csv_reader reader;
    if (!csv_reader_open(&reader, path, &error))
        stop();
    int text = csv_reader_column(&reader, columns[0], &error);
    int label = text < 0 ? -1 : csv_reader_column(&reader, columns[1], &error);
    if (label < 0)
        stop();
    while (csv_reader_next(&reader, &error)) {
        const struct csv_cell *cell = &reader.row[text], *name = &reader.row[label];
        ARRAY_RESERVE(texts->list, texts->count, texts->capacity);
        texts->list[texts->count++] = (struct text){xstrndup(cell->text, cell->length),
                                                    xstrndup(name->text, name->length),
                                                    cell->length};
    }
    if (error.kind != ERROR_NONE)
        stop();
    csv_reader_close(&reader);
}

/* A text by its place in an order as a labelled text of a corpus. */
static void add_text(const struct texts *texts, size_t at, struct features *features,
                     struct corpus *corpus)
{
    const struct text *text = &texts->list[at];
    if (!corpus_add(corpus, features, text->text, text->length, text->label, &error))
        stop();
}

static uint64_t draw(uint64_t *random, uint64_t below)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random % below;
}

static const struct text *sorted;

static int compare_labels(const void *left, const void *right)
{
    size_t one = *(const size_t *)left, other = *(const size_t *)right;
    int order = strcmp(sorted[one].label, sorted[other].label);
    return order ? order : one < other ? -1 : one > other;
}

/* An order in which each fold of train_left_out() has its share of each label: shuffled, dealt
 * label by label to the places of the folds in turn. */
static void deal(const struct texts *texts, int split, size_t *order)
{
    uint64_t random = 88172645463325252u + (uint64_t)split * 7919;
    size_t *dealt = xcalloc(texts->count, sizeof *dealt), next[FOLDS] = {0};
    for (size_t i = 0; i < texts->count; i++)
        dealt[i] = i;
    sorted = texts->list;
    qsort(dealt, texts->count, sizeof *dealt, compare_labels);
    for (size_t i = 0; i + 1 < texts->count; i++) {
        size_t end = i + 1;
        const char *label = texts->list[dealt[i]].label;
        while (end < texts->count && !strcmp(texts->list[dealt[end]].label, label))
            end++;
        size_t other = i + draw(&random, end - i), kept = dealt[i];
        dealt[i] = dealt[other];
        dealt[other] = kept;
    }
    int fold = (int)draw(&random, FOLDS);
    for (size_t i = 0; i < texts->count; i++) {
        for (int tried = 0; tried <= FOLDS; tried++, fold = (fold + 1) % FOLDS) {
            while (next[fold] < texts->count && !train_left_out(next[fold], fold, FOLDS))
                next[fold]++;
            if (next[fold] < texts->count)
                break;
        }
        order[next[fold]++] = dealt[i];
        fold = (fold + 1) % FOLDS;
    }
    free(dealt);
}

static void note(struct outcome *outcome, const struct guess *best, int found, int truth,
                 bool *right)
{
    int bin = (int)(best[0].confidence * BINS);
    bin = bin < BINS ? bin : BINS - 1;
    *right = best[0].label == truth;
    outcome->texts++;
    outcome->first += *right;
    outcome->bin_texts[bin]++;
    outcome->bin_right[bin] += *right;
    outcome->bin_said[bin] += (double)best[0].confidence;
    for (int i = 0; i < found; i++)
        if (best[i].label == truth) {
            outcome->third += i < 3;
            outcome->surprise -= log(fmax((double)best[i].confidence, 1e-12));
        }
}

/* -1: a label that was not among the few texts that the model learned from. */
static int label_of(const struct model *model, const char *label)
{
    for (int k = 0; k < model->label_count; k++)
        if (!strcmp(model->labels[k], label))
            return k;
    return -1;
}

/* The texts outside a fold, or `most` of them drawn by lot, as a corpus. */
static void make_corpus(const struct texts *texts, struct features *features, const size_t *order,
                        int fold, size_t most, struct corpus *corpus)
{
    size_t *outside = xcalloc(texts->count, sizeof *outside), count = 0;
    uint64_t random = 88172645463325252u;
    for (size_t i = 0; i < texts->count; i++)
        if (!train_left_out(i, fold, FOLDS))
            outside[count++] = order[i];
    for (size_t i = 0; i < count && (!most || i < most); i++) {
        size_t other = most ? i + draw(&random, count - i) : i, kept = outside[i];
        outside[i] = outside[other];
        outside[other] = kept;
        add_text(texts, outside[i], features, corpus);
    }
    free(outside);
}

/* Trains on the texts outside each fold, or on so many of them, and asks about those in it. */
static void validate_split(const struct texts *texts, struct features *features,
                           const size_t *order, int split, const struct train_settings *settings,
                           size_t most, struct outcome *outcome)
{
    struct guess best[MODEL_LABELS];
    const struct feature *list;
    for (int fold = 0; fold < FOLDS; fold++) {
        struct corpus corpus = CORPUS_INIT;
        make_corpus(texts, features, order, fold, most, &corpus);
        struct model *model = train(&corpus, settings, &error);
        if (!model)
            stop();
        for (size_t i = 0; i < texts->count; i++) {
            const struct text *text = &texts->list[order[i]];
            if (!train_left_out(i, fold, FOLDS))
                continue;
            size_t count = features_of(features, text->text, text->length, &list);
            int found = model_guess(model, list, count, best, model->label_count);
            note(outcome, best, found, label_of(model, text->label),
                 &outcome->right[split][order[i]]);
        }
        outcome->sharpness += log((double)model->sharpness) / FOLDS / SPLITS;
        model_free(model);
        corpus_free(&corpus);
    }
}

static void say_outcome(const char *name, const struct outcome *outcome,
                        const struct outcome *base, size_t texts)
{
    double count = (double)outcome->texts, error_sum = 0, sum = 0, squares = 0;
    for (int i = 0; i < BINS; i++)
        error_sum += fabs(outcome->bin_said[i] - (double)outcome->bin_right[i]);
    printf("%-20s accuracy %.2f  top-3 %.2f  -ln p %.4f  calibration error %.2f  sharpness %.2f", name,
           100.0 * (double)outcome->first / count, 100.0 * (double)outcome->third / count,
           outcome->surprise / count, 100 * error_sum / count,
           exp(outcome->sharpness));
    for (size_t i = 0; base && i < texts; i++) {
        int gain = 0; /* of a text over both splits: they share its difficulty */
        for (int split = 0; split < SPLITS; split++)
            gain += outcome->right[split][i] - base->right[split][i];
        sum += gain;
        squares += gain * gain;
    }
    if (base)
        printf("  gain %+.2f +- %.2f", 100 * sum / count,
               100 * sqrt(squares - sum * sum / (double)texts) / count);
    printf("\n");
    for (int i = 0; i < BINS; i++)
        if (outcome->bin_texts[i])
            printf("  said %5.1f  right %5.1f  of %zu\n",
                   100 * outcome->bin_said[i] / (double)outcome->bin_texts[i],
                   100.0 * (double)outcome->bin_right[i] / (double)outcome->bin_texts[i],
                   outcome->bin_texts[i]);
    fflush(stdout);
}

/* A setting as NAME=VALUE. */
static void set(struct train_settings *settings, const char *text)
{
    const struct {
        const char *name;
        double *place;
    } known[] = {{"rate", &settings->net.rate},
                 {"words-out", &settings->net.words_out},
                 {"features-out", &settings->net.features_out},
                 {"units-out", &settings->net.units_out},
                 {"push", &settings->net.push},
                 {"mix", &settings->mix},
                 {"rarity-power", &settings->rarity_power},
                 {"positive", &settings->costs.positive},
                 {"negative", &settings->costs.negative},
                 {"tolerance", &settings->costs.tolerance}};
    const char *value = strchr(text, '=');
    size_t length = value ? (size_t)(value - text) : 0;
    for (size_t i = 0; i < ARRAY_LENGTH(known) && value; i++)
        if (strlen(known[i].name) == length && !strncmp(known[i].name, text, length)) {
            *known[i].place = strtod(value + 1, NULL);
            return;
        }
    if (value && !strncmp(text, "texts-shown=", 12)) {
        settings->net.texts_shown = atoi(value + 1);
        return;
    }
    if (value && !strncmp(text, "texts-before=", 13)) {
        settings->net.texts_before = atoi(value + 1);
        return;
    }
    fprintf(stderr, "%s: no such setting\n", text);
    exit(2);
}

/* Cross-validation of the settings in force, and of each other one beside them on the same folds. */
static void validate(const struct texts *texts, struct features *features, size_t most,
                     char *const *others, int count)
{
    struct outcome *outcomes = xcalloc((size_t)count + 1, sizeof *outcomes);
    size_t *order = xcalloc(texts->count, sizeof *order);
    for (int split = 0; split < SPLITS; split++) {
        deal(texts, split, order);
        for (int i = 0; i <= count; i++) {
            struct train_settings settings = train_settings_default;
            if (i)
                set(&settings, others[i - 1]);
            outcomes[i].right[split] = xcalloc(texts->count, sizeof(bool));
            validate_split(texts, features, order, split, &settings, most, &outcomes[i]);
        }
    }
    for (int i = 0; i <= count; i++)
        say_outcome(i ? others[i - 1] : "in force", &outcomes[i], i ? outcomes : NULL,
                    texts->count);
    for (int i = 0; i <= count; i++)
        for (int split = 0; split < SPLITS; split++)
            free(outcomes[i].right[split]);
    free(outcomes);
    free(order);
}

static void time_answers(const struct texts *texts, struct features *features,
                         const struct model *model)
{
    struct guess best[3];
    const struct feature *list;
    double start = seconds();
    for (size_t i = 0; i < texts->count; i++) {
        size_t count = features_of(features, texts->list[i].text, texts->list[i].length, &list);
        model_guess(model, list, count, best, 3);
    }
    printf("answer            %.1f us a text (%zu texts)\n",
           (seconds() - start) * 1e6 / (double)texts->count, texts->count);
}

static void time_file(const struct model *model)
{
    char path[] = "classify-bench.XXXXXX";
    size_t bytes = 0;
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) < 0 || !model_save(model, path, &bytes, &error))
        stop();
    double start = seconds();
    struct model *loaded = model_load(path, &error);
    double spent = seconds() - start;
    unlink(path);
    if (!loaded)
        stop();
    model_free(loaded);
    printf("file              %.2f MB, loaded in %.1f ms\n", (double)bytes / 1e6, spent * 1e3);
}

int main(int argc, char **argv)
{
    struct texts texts = {0};
    struct corpus corpus = CORPUS_INIT;
    size_t most = 0;
    bool all = argc > 4 && !strcmp(argv[4], "validate");
    if (argc < 4 || (argc > 4 && !all && sscanf(argv[4], "validate=%zu", &most) != 1))
        return fputs("usage: classify FILE.csv TEXT-COLUMN LABEL-COLUMN "
                     "[validate[=TEXTS] [NAME=VALUE...]]\n", stderr), 2;
    for (int i = 5; i < argc; i++)
        set(&(struct train_settings){0}, argv[i]);
    struct features *features = features_open(&error);
    if (!features)
        stop();
    figures_machine();
    double start = seconds();
    read_texts(argv[1], (const char *const *)argv + 2, &texts);
    for (size_t i = 0; i < texts.count; i++)
        add_text(&texts, i, features, &corpus);
    double read = seconds();
    struct model *model = train(&corpus, &train_settings_default, &error);
    if (!model)
        stop();
    printf("training          %.2f s of the processor (%.2f s of it reading), %zu features, "
           "%zu weights, sharpness %.2f\n", seconds() - start, read - start, model_features(model),
           model_weights(model), (double)model->sharpness);
    time_file(model);
    time_answers(&texts, features, model);
    if (argc > 4)
        validate(&texts, features, most, argv + 5, argc - 5);
    for (size_t i = 0; i < texts.count; i++) {
        free(texts.list[i].text);
        free(texts.list[i].label);
    }
    free(texts.list);
    model_free(model);
    corpus_free(&corpus);
    features_close(features);
    return 0;
}
