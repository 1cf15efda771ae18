#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/csv_reader.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "command/classify_database.h"
#include "command/command.h"
#include "command/options.h"
#include "complaint/evaluate.h"
#include "complaint/train.h"
#include "console/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] = N_(
    "Usage: bankops classify train|evaluate|predict --input FILE.csv --text-column NAME\n"
    "                        [--label-column NAME] --model FILE [--output FILE]\n"
    "       bankops classify train --from-database [--promote]\n"
    "       bankops classify cases|nightly|promote|rollback|models|texts [OPTION…]\n"
    "\n"
    "Learns from texts whose class is known to say the class of others, in any language.\n"
    "\n"
    "train      makes a model of the texts and their labels and writes it to a file;\n"
    "           --from-database: of what people decided on complaints, kept in the database in\n"
    "           shadow and compared with the active model on held-out cases\n"
    "evaluate   compares a model with texts whose label is known\n"
    "predict    writes a CSV row for each text: the class, how sure it is (0 to 1), how far the\n"
    "           next class is, and the next two classes\n"
    "cases      worker: classifies the complaints that wait; sure ones are routed, the others\n"
    "           left to a person with three suggestions\n"
    "nightly    worker: trains each night at the time of the setting classify_nightly_at, once\n"
    "           whatever restarts and wherever it runs\n"
    "promote    makes a model in shadow the active one, when it was better\n"
    "rollback   brings back the model that was active before\n"
    "models     lists the models of the database\n"
    "texts      writes complaints of all codes in two languages as CSV\n"
    "\n"
    "Options:\n"
    "  --input FILE           CSV in UTF-8 or GB18030; the first row names the columns\n"
    "  --text-column NAME     the column of the texts\n"
    "  --label-column NAME    the column of the labels: for train and evaluate\n"
    "  --model FILE           the model: train writes it, the others read it; promote: its number\n"
    "                         (default: the newest in shadow)\n"
    "  --output FILE          where the result goes, whole or not at all; default: standard\n"
    "                         output\n"
    "  --from-database        train: on the bank's own cases\n"
    "  --promote              train: make the model active if it is better\n"
    "  --once                 cases, nightly: until nothing is left to do, then end\n"
    "  --quiet                cases, nightly: say nothing unless something fails\n"
    "  --count N              texts: how many (default 1000)\n"
    "  --seed S               texts: others of the same kind (default 1)\n"
    "  --as LOGIN             database role (default, on the private database: worker01)\n"
    "  --database CONNINFO    use this server instead of the private one\n"
    "\n"
    "Exit status: 0 done, 1 bad file, 2 wrong use, 3 no database.\n");

enum { OUT_PIECE = 1 << 16 };

struct choices {
    const char *action, *input, *text, *label, *model, *output, *count, *seed;
    struct session_options session;
    bool from_database, promote, once, quiet;
};

/* The open input and what is needed to read it. */
struct work {
    struct csv_reader reader;
    int text, label; /* columns */
    struct features *features;
    struct model *model;
    struct buffer out;
};

static bool work_open(struct work *work, const struct choices *choices, bool model,
                      struct error *error)
{
    if (!csv_reader_open_pieces(&work->reader, choices->input, error))
        return false;
    work->text = csv_reader_column(&work->reader, choices->text, error);
    if (work->text < 0)
        return false;
    work->label = choices->label ? csv_reader_column(&work->reader, choices->label, error) : -1;
    if (choices->label && work->label < 0)
        return false;
    work->features = features_open(error);
    work->model = work->features && model ? model_load(choices->model, error) : NULL;
    return work->features && (!model || work->model);
}

static void work_close(struct work *work)
{
    csv_reader_close(&work->reader);
    features_close(work->features);
    model_free(work->model);
    buffer_free(&work->out);
}

/* The row's label as a string, refused when it is empty or holds a control character. */
static bool read_label(const struct work *work, char label[CORPUS_LABEL_BYTES + 1],
                       struct error *error)
{
    const struct csv_cell *field = &work->reader.row[work->label];
    bool good = field->length > 0 && field->length <= CORPUS_LABEL_BYTES;
    for (size_t i = 0; good && i < field->length; i++)
        good = (unsigned char)field->text[i] >= ' ' && field->text[i] != 0x7F;
    if (!good)
        return csv_reader_refuse(&work->reader, work->label,
                                 _("Give every row its class or remove it."), error,
                                 _("a label has 1 to %d bytes and no control character"),
                                 CORPUS_LABEL_BYTES);
    memcpy(label, field->text, field->length);
    label[field->length] = '\0';
    return true;
}

static bool finish(const struct work *work, const struct choices *choices, struct error *error)
{
    const char *text = buffer_text(&work->out);
    if (choices->output)
        return file_write(choices->output, text, work->out.length, error);
    if (fwrite(text, 1, work->out.length, stdout) == work->out.length && !fflush(stdout))
        return true;
    return error_errno(error, _("standard output"), NULL, _("cannot be written"));
}

static bool read_corpus(struct work *work, struct corpus *corpus, struct error *error)
{
    char label[CORPUS_LABEL_BYTES + 1];
    while (csv_reader_next(&work->reader, error)) {
        const struct csv_cell *text = &work->reader.row[work->text];
        struct error inner = ERROR_INIT;
        if (!read_label(work, label, error))
            return false;
        if (!corpus_add(corpus, work->features, text->text, text->length, label, &inner))
            return csv_reader_refuse(&work->reader, work->label, inner.todo, error, "%s",
                                     inner.what);
    }
    return error->kind == ERROR_NONE;
}

static bool train_model(struct work *work, const struct choices *choices, struct error *error)
{
    struct corpus corpus = CORPUS_INIT;
    size_t bytes = 0;
    int64_t start = clock_ms();
    clock_t busy = clock();
    bool done = read_corpus(work, &corpus, error);
    if (done)
        work->model = train(&corpus, &train_settings_default, error);
    if (done && !work->model && !error->where[0])
        snprintf(error->where, sizeof error->where, "%.200s", choices->input);
    done = done && work->model && model_save(work->model, choices->model, &bytes, error);
    if (done) {
        buffer_format(&work->out, _("texts     %zu\nlabels    %d\n"), corpus.count,
                      corpus.label_count);
        buffer_format(&work->out, _("features  %zu\nweights   %zu\n"), model_features(work->model),
                      model_weights(work->model));
        buffer_format(&work->out,
                      _("size      %.2f MB\ntime      %.2f s (%.2f s of a processor)\n"),
                      (double)bytes / 1e6, (double)(clock_ms() - start) / 1e3,
                      (double)(clock() - busy) / CLOCKS_PER_SEC);
    }
    corpus_free(&corpus);
    return done && finish(work, choices, error);
}

static int find_label(const struct model *model, const char *label)
{
    for (int k = 0; k < model->label_count; k++)
        if (!strcmp(model->labels[k], label))
            return k;
    return -1;
}

static int guess(struct work *work, struct guess best[3])
{
    const struct csv_cell *text = &work->reader.row[work->text];
    const struct feature *list;
    size_t count = features_of(work->features, text->text, text->length, &list);
    return model_guess(work->model, list, count, best, 3);
}

static void say_coverage(struct buffer *out, const struct evaluate *evaluate)
{
    static const double thresholds[] = {0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99};
    buffer_add(out, _("\nconfidence  coverage  accuracy\n"));
    for (size_t i = 0; i < ARRAY_LENGTH(thresholds); i++) {
        double accuracy, covered = evaluate_coverage(evaluate, thresholds[i], &accuracy);
        buffer_format(out, "%10.2f %9.2f", thresholds[i], 100 * covered);
        buffer_format(out, covered > 0 ? " %9.2f\n" : "         -\n", 100 * accuracy);
    }
}

static void say_reliability(struct buffer *out, const struct evaluate *evaluate)
{
    buffer_add(out, _("\nconfidence     texts  said  right\n"));
    for (int i = 0; i < EVALUATE_BINS; i++) {
        double texts = (double)evaluate->bin_texts[i];
        if (texts > 0)
            buffer_format(out, "%3d - %3d %% %8zu %5.1f %6.1f\n", 100 / EVALUATE_BINS * i,
                          100 / EVALUATE_BINS * (i + 1), evaluate->bin_texts[i],
                          100 * evaluate->bin_confidence[i] / texts,
                          100 * (double)evaluate->bin_right[i] / texts);
    }
    buffer_format(out, _("calibration error %.2f\n"), 100 * evaluate_calibration_error(evaluate));
}

static void say_pairs(struct buffer *out, const struct evaluate *evaluate,
                      const struct model *model)
{
    struct evaluate_pair pairs[10];
    int count = evaluate_pairs(evaluate, pairs, 10);
    if (count)
        buffer_add(out, _("\ntexts  truth > said\n"));
    for (int i = 0; i < count; i++) {
        buffer_format(out, "%5zu  ", pairs[i].texts);
        text_safe(out, model->labels[pairs[i].truth], strlen(model->labels[pairs[i].truth]));
        buffer_add(out, " > ");
        text_safe(out, model->labels[pairs[i].said], strlen(model->labels[pairs[i].said]));
        buffer_add_char(out, '\n');
    }
}

static bool evaluate_model(struct work *work, const struct choices *choices, struct error *error)
{
    struct evaluate evaluate;
    struct guess best[3];
    char label[CORPUS_LABEL_BYTES + 1];
    size_t unknown = 0;
    bool good = true;
    evaluate_start(&evaluate, work->model->label_count);
    while (good && csv_reader_next(&work->reader, error)) {
        good = read_label(work, label, error);
        int truth = good ? find_label(work->model, label) : -1;
        unknown += truth < 0;
        if (good)
            evaluate_add(&evaluate, best, guess(work, best), truth);
    }
    good = good && error->kind == ERROR_NONE;
    if (good && !evaluate.texts)
        good = error_set(error, ERROR_INPUT, choices->input, _("The first row names the columns."),
                         _("there is no text"));
    struct buffer *out = &work->out;
    buffer_format(out, "accuracy %.2f\n", 100 * evaluate_accuracy(&evaluate));
    buffer_format(out, "macro-f1 %.2f\ntop-3 %.2f\n", 100 * evaluate_macro_f1(&evaluate),
                  100 * evaluate_top3(&evaluate));
    buffer_format(out, _("texts %zu, of them with a label that the model does not know: %zu\n"),
                  evaluate.texts, unknown);
    say_coverage(out, &evaluate);
    say_reliability(out, &evaluate);
    say_pairs(out, &evaluate, work->model);
    evaluate_free(&evaluate);
    return good && finish(work, choices, error);
}

/* The row of one text. */
static void say_guess(struct work *work)
{
    struct guess best[3];
    struct buffer *out = &work->out;
    int found = guess(work, best);
    csv_field(out, work->model->labels[best[0].label]);
    buffer_format(out, ",%.4f,%.4f", (double)best[0].confidence,
                  (double)(best[0].score - best[1].score));
    for (int i = 1; i < 3; i++) {
        csv_separator(out);
        csv_field(out, i < found ? work->model->labels[best[i].label] : "");
    }
    csv_end(out);
}

/* Row by row, so that a file of any length needs the same memory. */
static bool predict(struct work *work, const struct choices *choices, struct error *error)
{
    struct file_writer writer;
    struct buffer *out = &work->out;
    if (!file_writer_open(&writer, choices->output, error))
        return false;
    bool good = true;
    buffer_add(out, "label,confidence,margin,second,third");
    csv_end(out);
    while (good && csv_reader_next(&work->reader, error)) {
        say_guess(work);
        if (out->length < OUT_PIECE)
            continue;
        good = file_writer_add(&writer, out->data, out->length, error);
        buffer_clear(out);
    }
    good = good && error->kind == ERROR_NONE &&
           file_writer_add(&writer, out->data, out->length, error);
    return file_writer_close(&writer, good, error);
}

static const struct {
    const char *name;
    bool label, model;
    bool (*run)(struct work *, const struct choices *, struct error *);
} file_actions[] = {
    {"train", true, false, train_model},
    {"evaluate", true, true, evaluate_model},
    {"predict", false, true, predict},
};

static const char *const database_actions[] = {"cases",    "nightly", "promote",
                                               "rollback", "models",  "texts"};

/* False with an error, or with *helped when help was shown. */
static bool read_options(struct choices *choices, int argc, char **argv, bool *helped,
                         struct error *error)
{
    const struct command_option options[] = {
        {"input", &choices->input, NULL},
        {"text-column", &choices->text, NULL},
        {"label-column", &choices->label, NULL},
        {"model", &choices->model, NULL},
        {"output", &choices->output, NULL},
        {"count", &choices->count, NULL},
        {"seed", &choices->seed, NULL},
        {"as", &choices->session.as, NULL},
        {"database", &choices->session.conninfo, NULL},
        {"from-database", NULL, &choices->from_database},
        {"promote", NULL, &choices->promote},
        {"once", NULL, &choices->once},
        {"quiet", NULL, &choices->quiet},
    };
    if (!options_read(options, ARRAY_LENGTH(options), argc, argv, helped, error))
        return false;
    if (*helped) {
        fputs(_(help), stdout);
        return false;
    }
    choices->action = optind < argc ? argv[optind++] : "";
    bool known_one = optind >= argc;
    for (size_t i = 0; i < ARRAY_LENGTH(file_actions) && known_one; i++)
        if (!strcmp(file_actions[i].name, choices->action))
            return true;
    for (size_t i = 0; i < ARRAY_LENGTH(database_actions) && known_one; i++)
        if (!strcmp(database_actions[i], choices->action))
            return true;
    return options_refuse(
        error, "classify", "classify",
        _("one of train, evaluate, predict, cases, nightly, promote, rollback, models, "
          "texts is expected"));
}

static bool check_choices(const struct choices *choices, bool label, struct error *error)
{
    const struct {
        const char *name, *value;
    } needed[] = {{"--input", choices->input},
                  {"--text-column", choices->text},
                  {"--model", choices->model},
                  {"--label-column", label ? choices->label : ""}};
    for (size_t i = 0; i < ARRAY_LENGTH(needed); i++)
        if (!needed[i].value)
            return options_refuse(error, "classify", needed[i].name, _("this option is needed"));
    return true;
}

static bool run_on_file(const struct choices *choices, struct error *error)
{
    size_t at = 0;
    while (strcmp(file_actions[at].name, choices->action))
        at++;
    struct work *work = xcalloc(1, sizeof *work);
    bool done = check_choices(choices, file_actions[at].label, error) &&
                work_open(work, choices, file_actions[at].model, error) &&
                file_actions[at].run(work, choices, error);
    work_close(work);
    free(work);
    return done;
}

/* A number of an option, or its default; -1 with an error. */
static long long number(const char *name, const char *text, long long usual, long long most,
                        struct error *error)
{
    char empty[] = "", *end = empty;
    long long value = text ? strtoll(text, &end, 10) : usual;
    if (*end || (text && !*text) || value < 0 || value > most)
        return options_refuse(error, "classify", name, _("a number from 0 to %lld is expected"),
                              most),
               -1;
    return value;
}

static bool write_texts(const struct choices *choices, struct error *error)
{
    long long count = number("--count", choices->count, 1000, 10000000, error);
    long long seed = count < 0 ? -1 : number("--seed", choices->seed, 1, INT32_MAX, error);
    return seed >= 0 && classify_texts((int)count, (uint64_t)seed, choices->output, error);
}

static bool run(const struct choices *choices, struct error *error)
{
    const struct session_options *session = &choices->session;
    if (!strcmp(choices->action, "cases"))
        return classify_cases(session, choices->once, choices->quiet, error);
    if (!strcmp(choices->action, "nightly"))
        return classify_nightly(session, choices->once, choices->quiet, error);
    if (!strcmp(choices->action, "promote"))
        return classify_promote(session, choices->model, error);
    if (!strcmp(choices->action, "rollback"))
        return classify_rollback(session, error);
    if (!strcmp(choices->action, "models"))
        return classify_models(session, error);
    if (!strcmp(choices->action, "texts"))
        return write_texts(choices, error);
    if (choices->from_database && !strcmp(choices->action, "train"))
        return classify_learn(session, choices->promote, error);
    return run_on_file(choices, error);
}

int command_classify(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct choices choices = {0};
    bool helped = false;
    if (read_options(&choices, argc, argv, &helped, &error) && run(&choices, &error))
        return 0;
    if (helped)
        return 0;
    error_print(&error);
    return error_exit_status(&error);
}
