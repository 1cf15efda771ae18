#include "complaint/confidence.h"
#include "complaint/evaluate.h"
#include "complaint/train.h"
#include "tests/complaint/texts.h"
#include "tests/lib/check.h"

#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEARNED = sizeof learned / sizeof *learned, ASKED = sizeof asked / sizeof *asked };

static struct features *features;
static struct error error;
static char path[64];

static struct model *learn(void)
{
    struct corpus corpus = CORPUS_INIT;
    for (size_t i = 0; i < LEARNED; i++)
        assert_true(corpus_add(&corpus, features, learned[i].text, strlen(learned[i].text),
                               learned[i].label, &error));
    struct train_settings settings = train_settings_default;
    settings.net.least_texts = 0;
    struct model *model = train(&corpus, &settings, &error);
    corpus_free(&corpus);
    assert_non_null(model);
    return model;
}

static int ask(const struct model *model, const char *text, struct guess best[3])
{
    const struct feature *list;
    size_t count = features_of(features, text, strlen(text), &list);
    return model_guess(model, list, count, best, 3);
}

static int start(void **state)
{
    (void)state;
    error = (struct error)ERROR_INIT;
    snprintf(path, sizeof path, "classify-test.%ld", (long)getpid());
    features = features_open(&error);
    return features ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    features_close(features);
    unlink(path);
    return 0;
}

static void learns_two_languages(void **state)
{
    struct model *model = learn();
    struct guess best[3];
    (void)state;
    for (size_t i = 0; i < ASKED; i++) {
        assert_int_equal(ask(model, asked[i].text, best), 3);
        assert_string_equal(model->labels[best[0].label], asked[i].label);
        assert_true(best[0].score > best[1].score && best[1].score >= best[2].score);
        float sum = best[0].confidence + best[1].confidence + best[2].confidence;
        assert_true(fabsf(sum - 1) < 1e-4F && best[0].confidence > 0.34F);
    }
    assert_int_equal(model->examples, LEARNED);
    model_free(model);
}

/* A text without any known feature still has an answer, and says that it is none. */
static void unknown_texts_are_unsure(void **state)
{
    struct model *model = learn();
    struct guess best[3];
    (void)state;
    assert_int_equal(ask(model, "", best), 3);
    assert_true(best[0].confidence < 0.6F);
    assert_int_equal(ask(model, "qqq 🙂 ЖЖЖ", best), 3);
    assert_true(best[0].confidence < 0.6F);
    model_free(model);
}

static char *saved(const struct model *model, size_t *length)
{
    char *data;
    size_t bytes;
    assert_true(model_save(model, path, &bytes, &error));
    assert_true(file_read(path, 64 << 20, &data, length, &error));
    assert_int_equal(bytes, *length);
    return data;
}

static void same_input_same_bytes(void **state)
{
    struct model *first = learn(), *second = learn();
    size_t one, two;
    (void)state;
    char *left = saved(first, &one), *right = saved(second, &two);
    assert_int_equal(one, two);
    assert_memory_equal(left, right, one);
    free(left);
    free(right);
    model_free(first);
    model_free(second);
}

static void file_keeps_everything(void **state)
{
    struct model *model = learn();
    struct guess before[3], after[3];
    (void)state;
    assert_true(model_save(model, path, NULL, &error));
    struct model *loaded = model_load(path, &error);
    assert_non_null(loaded);
    assert_int_equal(model_features(loaded), model_features(model));
    assert_int_equal(model_weights(loaded), model_weights(model));
    assert_int_equal(loaded->examples, model->examples);
    for (size_t i = 0; i < ASKED; i++) {
        ask(model, asked[i].text, before);
        ask(loaded, asked[i].text, after);
        assert_memory_equal(before, after, sizeof before);
    }
    model_free(model);
    model_free(loaded);
}

static void expect_refused(const char *data, size_t length, const char *what)
{
    struct error refusal = ERROR_INIT;
    assert_true(file_write(path, data, length, &error));
    assert_null(model_load(path, &refusal));
    assert_string_equal(refusal.what, what);
    assert_string_equal(refusal.where, path);
}

static void damaged_files_are_refused(void **state)
{
    struct model *model = learn();
    size_t length;
    (void)state;
    char *data = saved(model, &length);
    for (size_t i = 26; i < length; i += 1 + length / 40) {
        data[i] ^= 4;
        expect_refused(data, length, "the model is damaged");
        data[i] ^= 4;
        if (i > 60)
            expect_refused(data, i, "the model is damaged");
    }
    data[19]++;
    expect_refused(data, length, "the model is of another version of bankops");
    data[19]--;
    data[0] = 'B';
    expect_refused(data, length, "is no model of bankops");
    expect_refused("", 0, "is no model of bankops");
    expect_refused("bankops classifier 1\n", 21, "the model is damaged");
    assert_true(model_save(model, path, NULL, &error));
    free(data);
    model_free(model);
}

static void needs_two_labels(void **state)
{
    struct corpus corpus = CORPUS_INIT;
    struct error refusal = ERROR_INIT;
    char name[CORPUS_LABEL_BYTES + 2];
    (void)state;
    assert_null(train(&corpus, &train_settings_default, &refusal));
    assert_true(corpus_add(&corpus, features, "a", 1, "one", &error));
    assert_null(train(&corpus, &train_settings_default, &refusal));
    assert_string_equal(refusal.what, "training needs texts of at least two labels");
    assert_false(corpus_add(&corpus, features, "a", 1, "", &refusal));
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_false(corpus_add(&corpus, features, "a", 1, name, &refusal));
    for (int i = corpus.label_count; i < CORPUS_LABELS; i++) {
        snprintf(name, sizeof name, "label %d", i);
        assert_true(corpus_add(&corpus, features, "a", 1, name, &error));
    }
    assert_false(corpus_add(&corpus, features, "a", 1, "one more", &refusal));
    corpus_free(&corpus);
}

/* Two texts, one of them empty, one label each: as little as there can be. */
static void trains_on_next_to_nothing(void **state)
{
    struct corpus corpus = CORPUS_INIT;
    struct guess best[3];
    (void)state;
    assert_true(corpus_add(&corpus, features, "", 0, "empty", &error));
    assert_true(corpus_add(&corpus, features, "card", 4, "full", &error));
    struct model *model = train(&corpus, &train_settings_default, &error);
    assert_non_null(model);
    assert_int_equal(ask(model, "card", best), 2);
    assert_string_equal(model->labels[best[0].label], "full");
    /* Nothing of it was met before: no label is likelier than another. */
    assert_int_equal(ask(model, "zzz", best), 2);
    assert_true(fabsf(best[0].confidence - 0.5F) < 1e-6F);
    model_free(model);
    corpus_free(&corpus);
}

/* Texts of no sense with labels by lot, each three times: whoever holds a copy back from the
 * training and asks about another one takes himself for sure. */
static void copies_are_held_out_together(void **state)
{
    struct guess best[3];
    char text[40];
    (void)state;
    for (int marked = 0; marked < 2; marked++) {
        struct corpus corpus = CORPUS_INIT;
        for (unsigned i = 0; i < 240; i++) {
            snprintf(text, sizeof text, "w%u v%u", i / 3 * 7919 % 97, i / 3 * 104729 % 89);
            assert_true(corpus_add(&corpus, features, text, strlen(text),
                                   i / 3 * 2654435761u >> 20 & 1 ? "one" : "two", &error));
            corpus_mark(&corpus, marked && i % 3, false);
        }
        struct model *model = train(&corpus, &train_settings_default, &error);
        assert_non_null(model);
        ask(model, "w5 v8", best);
        assert_true(marked ? best[0].confidence < 0.75F : best[0].confidence > 0.85F);
        model_free(model);
        corpus_free(&corpus);
    }
}

/* The model scores these texts all alike, and is right with seven of ten. */
static void says_what_it_reaches(void **state)
{
    struct model *model = learn();
    struct confidence confidence = {.labels = 2, .count = 1000};
    float scores[2000];
    bool own[1000];
    (void)state;
    for (int i = 0; i < 1000; i++) {
        scores[i * 2] = i % 10 < 7 ? 2 : -2;
        scores[i * 2 + 1] = -scores[i * 2];
        own[i] = i / 10 % 2;
        confidence.own_count += own[i];
    }
    confidence.scores = scores;
    confidence.own = own;
    confidence_fit(&confidence, model);
    double odds = (double)model->shift +
                  (double)model->slope * model_odds(exp(-4 * (double)model->sharpness));
    assert_true(fabs(1 / (1 + exp(-odds)) - 0.7) < 0.02);
    model_free(model);
}

/* Figures worked out by hand: truth 0 0 1 1, said 0 1 1 1. */
static void evaluates(void **state)
{
    static const int truths[] = {0, 0, 1, 1}, said[] = {0, 1, 1, 1};
    static const float sure[] = {0.95F, 0.55F, 0.85F, 0.65F};
    struct evaluate evaluate;
    struct evaluate_pair pairs[3];
    double accuracy;
    (void)state;
    evaluate_start(&evaluate, 3);
    for (int i = 0; i < 4; i++) {
        struct guess best[3] = {{said[i], 1, sure[i]}, {2, 0, 0}, {!said[i], -1, 0}};
        evaluate_add(&evaluate, best, 3, truths[i]);
    }
    assert_true(fabs(evaluate_accuracy(&evaluate) - 0.75) < 1e-9);
    assert_true(fabs(evaluate_macro_f1(&evaluate) - (2.0 / 3 + 4.0 / 5) / 2) < 1e-9);
    assert_true(fabs(evaluate_top3(&evaluate) - 1) < 1e-9);
    assert_true(fabs(evaluate_coverage(&evaluate, 0.6, &accuracy) - 0.75) < 1e-9);
    assert_true(fabs(accuracy - 1) < 1e-9);
    assert_true(fabs(evaluate_calibration_error(&evaluate) - (0.05 + 0.55 + 0.15 + 0.35) / 4) < 1e-6);
    assert_int_equal(evaluate_pairs(&evaluate, pairs, 3), 1);
    assert_int_equal(pairs[0].truth, 0);
    assert_int_equal(pairs[0].said, 1);
    evaluate_free(&evaluate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_two_languages),
        cmocka_unit_test(unknown_texts_are_unsure),
        cmocka_unit_test(same_input_same_bytes),
        cmocka_unit_test(file_keeps_everything),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(needs_two_labels),
        cmocka_unit_test(trains_on_next_to_nothing),
        cmocka_unit_test(copies_are_held_out_together),
        cmocka_unit_test(says_what_it_reaches),
        cmocka_unit_test(evaluates),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
