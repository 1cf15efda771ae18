/* Training and answering of the text classifier: time, size, five-fold cross-validation. Usage:
 * README.md. */
#include "base/csv_reader.h"
#include "complaint/train.h"
#include "tests/bench/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FOLDS = 5 };

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

static void read_texts(struct csv_reader *reader, const char *const *columns,
                       struct features *features, struct corpus *corpus)
{
    int text = csv_reader_column(reader, columns[0], &error);
    int label = text < 0 ? -1 : csv_reader_column(reader, columns[1], &error);
    if (label < 0)
        stop();
    while (csv_reader_next(reader, &error)) {
        const struct csv_cell *cell = &reader->row[text], *name = &reader->row[label];
        char *copy = strndup(name->text, name->length);
        if (!corpus_add(corpus, features, cell->text, cell->length, copy, &error))
            stop();
        free(copy);
    }
    if (error.kind != ERROR_NONE)
        stop();
}

static void answer(const struct model *model, const struct corpus *corpus, size_t text,
                   size_t *first, size_t *third)
{
    struct guess best[3];
    int found = model_guess(model, corpus->features + corpus->starts[text],
                            corpus->starts[text + 1] - corpus->starts[text], best, 3);
    for (int i = 0; i < found; i++)
        if (!strcmp(model->labels[best[i].label], corpus->labels[corpus->label[text]])) {
            *first += i == 0;
            ++*third;
        }
}

static void validate(const struct corpus *corpus)
{
    size_t first = 0, third = 0;
    for (int fold = 0; fold < FOLDS; fold++) {
        struct model *model = train_fold(corpus, &train_settings_default, fold, FOLDS, &error);
        if (!model)
            stop();
        for (size_t i = 0; i < corpus->count; i++)
            if (train_left_out(i, fold, FOLDS))
                answer(model, corpus, i, &first, &third);
        model_free(model);
    }
    printf("cross-validation  accuracy %.2f  top-3 %.2f\n",
           100.0 * (double)first / (double)corpus->count,
           100.0 * (double)third / (double)corpus->count);
}

static void time_answers(const char *path, const char *text_column, struct features *features,
                         const struct model *model)
{
    static struct csv_reader reader;
    struct guess best[3];
    const struct feature *list;
    size_t texts = 0;
    if (!csv_reader_open(&reader, path, &error))
        stop();
    int text = csv_reader_column(&reader, text_column, &error);
    double spent = 0;
    while (csv_reader_next(&reader, &error)) {
        const struct csv_cell *cell = &reader.row[text];
        double start = seconds();
        size_t count = features_of(features, cell->text, cell->length, &list);
        model_guess(model, list, count, best, 3);
        spent += seconds() - start;
        texts++;
    }
    printf("answer            %.1f us a text (%zu texts)\n", spent * 1e6 / (double)texts, texts);
    csv_reader_close(&reader);
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
    static struct csv_reader reader;
    struct corpus corpus = CORPUS_INIT;
    if (argc < 4)
        return fputs("usage: classify FILE.csv TEXT-COLUMN LABEL-COLUMN [validate]\n", stderr), 2;
    struct features *features = features_open(&error);
    if (!features || !csv_reader_open(&reader, argv[1], &error))
        stop();
    figures_machine();
    double start = seconds();
    read_texts(&reader, (const char *const *)argv + 2, features, &corpus);
    double read = seconds();
    struct model *model = train(&corpus, &train_settings_default, &error);
    if (!model)
        stop();
    double trained = seconds();
    printf("training          %.2f s of the processor (%.2f s of it reading), %zu features, "
           "%zu weights, sharpness %.2f\n", trained - start, read - start, model_features(model),
           model_weights(model), (double)model->sharpness);
    time_file(model);
    time_answers(argv[1], argv[2], features, model);
    if (argc > 4)
        validate(&corpus);
    model_free(model);
    corpus_free(&corpus);
    csv_reader_close(&reader);
    features_close(features);
    return 0;
}
