#include "demo/learn.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/language.h"
#include "complaint/evaluate.h"
#include "complaint/train.h"
#include "database/session.h"
#include "demo/complaint-sample.h"
#include "demo/complaint-text.h"

#include <openssl/evp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* WRITTEN texts of phrases for each pair of codes and AGAIN of each whole text; HELD_WRITTEN
 * fresh ones to compare on; a person's word counts as much as WEIGHT of them. */
enum { AXES = 3, WRITTEN = 24, AGAIN = 12, HELD_WRITTEN = 600, WEIGHT = 3, PAGE = 1000 };
enum { CODE_BYTES = 16 };
enum { SEED_TRAIN = 71, SEED_HELD = 72 };

/* A labelled text kept out of training. */
struct held {
    char *text;
    char code[AXES][CODE_BYTES];
};

struct learning {
    struct features *features;
    struct corpus corpus[AXES];
    struct held *held;
    size_t held_count, held_capacity;
    struct triage *triage;
    struct buffer bytes[AXES];
    struct buffer classes; /* JSON */
    double threshold;
    struct learn_result *result;
};

static const char axes[] = "ABC";

static bool add_text(struct learning *learning, const char *text, const char *const codes[AXES],
                     bool again, bool written, struct error *error)
{
    for (int i = 0; i < AXES; i++)
        if (!corpus_add(&learning->corpus[i], learning->features, text, strlen(text), codes[i],
                        error))
            return false;
        else
            corpus_mark(&learning->corpus[i], again, written);
    return true;
}

static void hold_text(struct learning *learning, const char *text, const char *const codes[AXES])
{
    ARRAY_RESERVE(learning->held, learning->held_count, learning->held_capacity);
    struct held *held = &learning->held[learning->held_count++];
    held->text = xstrdup(text);
    for (int i = 0; i < AXES; i++)
        snprintf(held->code[i], CODE_BYTES, "%s", codes[i]);
}

/* One text of the program; the codes of its axes. */
static void write_sample(struct random *random, const char *business, const char *reason,
                         struct buffer *text, const char *codes[AXES])
{
    struct complaint_sample sample = COMPLAINT_SAMPLE_INIT;
    sample.business = business;
    sample.reason = reason;
    sample.english = random_chance(random, 4000);
    sample.day = (int)random_between(random, 20000, 21000);
    complaint_sample_make(&sample, random);
    buffer_clear(text);
    buffer_format(text, "%s\n%s", buffer_text(&sample.subject), buffer_text(&sample.facts));
    codes[0] = sample.channel;
    codes[1] = sample.business;
    codes[2] = sample.reason;
    complaint_sample_free(&sample);
}

static bool add_written(struct learning *learning, struct error *error)
{
    struct random random;
    struct buffer text = BUFFER_INIT;
    const char *business, *reason, *codes[AXES];
    bool good = true;
    random_start(&random, SEED_TRAIN, 0, 0);
    for (size_t b = 0; good && (business = complaint_code('B', b)); b++)
        for (size_t c = 0; good && (reason = complaint_code('C', c)); c++)
            for (int i = 0; good && i < WRITTEN; i++) {
                write_sample(&random, business, reason, &text, codes);
                good = add_text(learning, buffer_text(&text), codes, false, true, error);
                learning->result->examples++;
            }
    buffer_free(&text);
    return good;
}

/* Every other whole text: of the rest the first model knows nothing, as of what comes in life. */
static bool add_whole(struct learning *learning, const struct complaint_text *texts, bool english,
                      struct error *error)
{
    struct random random;
    struct buffer text = BUFFER_INIT;
    bool good = true;
    random_start(&random, SEED_TRAIN, 1, english);
    for (size_t t = 0; good && texts[t].business; t++)
        for (int i = 0; good && i < AGAIN && t % 2; i++) {
            int day = (int)random_between(&random, 20000, 21000);
            buffer_clear(&text);
            complaint_sample_expand(&text, &random, texts[t].subject, english, day);
            buffer_add_char(&text, '\n');
            complaint_sample_expand(&text, &random, texts[t].facts, english, day);
            good = corpus_add(&learning->corpus[1], learning->features, text.data, text.length,
                              texts[t].business, error) &&
                   corpus_add(&learning->corpus[2], learning->features, text.data, text.length,
                              texts[t].reason, error);
            for (int axis = 1; good && axis < AXES; axis++)
                corpus_mark(&learning->corpus[axis], i > 0, true);
            learning->result->examples++;
        }
    buffer_free(&text);
    return good;
}

static void hold_written(struct learning *learning)
{
    struct random random;
    struct buffer text = BUFFER_INIT;
    const char *codes[AXES];
    random_start(&random, SEED_HELD, 0, 0);
    for (int i = 0; i < HELD_WRITTEN; i++) {
        write_sample(&random, NULL, NULL, &text, codes);
        hold_text(learning, buffer_text(&text), codes);
    }
    buffer_free(&text);
}

/* One page of what people decided; *after is the last case read, *found how many. */
static bool add_page(struct learning *learning, PGconn *connection, char after[24], int *found,
                     struct error *error)
{
    PGresult *rows;
    char count[16];
    const char *values[] = {after, count};
    snprintf(count, sizeof count, "%d", PAGE);
    if (!session_rows(connection,
                      "SELECT case_id, text, channel, business, reason, held FROM "
                      "api.classify_examples($1::bigint, $2::int)",
                      2, values, &rows, error))
        return false;
    bool good = true;
    *found = PQntuples(rows);
    for (int i = 0; good && i < *found; i++) {
        const char *codes[AXES] = {PQgetvalue(rows, i, 2), PQgetvalue(rows, i, 3),
                                   PQgetvalue(rows, i, 4)};
        snprintf(after, 24, "%s", PQgetvalue(rows, i, 0));
        if (*PQgetvalue(rows, i, 5) == 't') {
            hold_text(learning, PQgetvalue(rows, i, 1), codes);
            continue;
        }
        for (int again = 0; good && again < WEIGHT; again++)
            good = add_text(learning, PQgetvalue(rows, i, 1), codes, again > 0, false, error);
        learning->result->examples++;
        learning->result->corrections++;
    }
    PQclear(rows);
    return good;
}

static bool add_decided(struct learning *learning, PGconn *connection, struct error *error)
{
    char after[24] = "0";
    int found = PAGE;
    while (found == PAGE)
        if (!add_page(learning, connection, after, &found, error))
            return false;
    return true;
}

/* Linear models: of these few classes the network knows no more, and they are small. */
static bool train_axes(struct learning *learning, struct error *error)
{
    struct train_settings settings = train_settings_default;
    settings.mix = 0;
    settings.least_texts = 2;
    settings.least_weight = 0.02;
    learning->triage = triage_open(0, error);
    for (int i = 0; i < AXES && learning->triage; i++) {
        struct model *model = train(&learning->corpus[i], &settings, error);
        if (!model)
            return false;
        model_write(model, &learning->bytes[i]);
        model_free(model);
        if (!triage_add(learning->triage, axes[i], learning->bytes[i].data,
                        learning->bytes[i].length, error))
            return false;
    }
    return learning->triage != NULL;
}

/* Right pair first, and its rank (3: not among them). */
static int rank_of(const struct triage_answer *answer, const struct held *held)
{
    for (int i = 0; i < answer->count; i++)
        if (!strcmp(answer->business[i], held->code[1]) &&
            !strcmp(answer->reason[i], held->code[2]))
            return i;
    return TRIAGE_PAIRS;
}

/* held, said and hits of each code of an axis, as JSON records. */
static void add_classes(struct learning *learning, int axis, const struct triage_answer *answers)
{
    const char *code;
    for (size_t k = 0; (code = complaint_code(axes[axis], k)); k++) {
        int held = 0, said = 0, hits = 0;
        for (size_t i = 0; i < learning->held_count; i++) {
            const struct triage_answer *answer = &answers[i];
            const char *mine = axis == 0   ? answer->channel
                               : axis == 1 ? answer->business[0]
                                           : answer->reason[0];
            bool true_one = !strcmp(learning->held[i].code[axis], code);
            bool said_it = !strcmp(mine, code);
            held += true_one;
            said += said_it;
            hits += true_one && said_it;
        }
        if (held || said)
            buffer_format(&learning->classes,
                          "%s{\"axis\":\"%c\",\"code\":\"%s\",\"held\":%d,\"said\":%d,\"hits\":%d}",
                          learning->classes.length > 1 ? "," : "", axes[axis], code, held, said,
                          hits);
    }
}

/* Mean distance of confidence and accuracy over ten bins. */
static double calibration(const struct triage_answer *answers, const bool *right, size_t count)
{
    double said[EVALUATE_BINS] = {0}, sum = 0;
    int seen[EVALUATE_BINS] = {0};
    for (size_t i = 0; i < count; i++) {
        int bin = (int)(answers[i].confidence[0] * EVALUATE_BINS);
        bin = bin < EVALUATE_BINS ? bin : EVALUATE_BINS - 1;
        said[bin] += (double)answers[i].confidence[0];
        seen[bin] += right[i];
    }
    for (int bin = 0; bin < EVALUATE_BINS; bin++)
        sum += fabs(said[bin] - seen[bin]);
    return count ? sum / (double)count : 0;
}

static void compare(struct learning *learning, struct triage *rival)
{
    size_t count = learning->held_count;
    struct triage_answer *answers = xcalloc(count + 1, sizeof *answers);
    bool *right = xcalloc(count + 1, sizeof *right);
    struct learn_result *result = learning->result;
    for (size_t i = 0; i < count; i++) {
        const struct held *held = &learning->held[i];
        triage_say(learning->triage, held->text, strlen(held->text), &answers[i]);
        int rank = rank_of(&answers[i], held);
        bool sure = (double)answers[i].confidence[0] >= learning->threshold;
        right[i] = rank == 0;
        result->hits += rank == 0;
        result->top3 += rank < TRIAGE_PAIRS;
        result->automatic += sure;
        result->automatic_hits += sure && rank == 0;
    }
    result->held = (int)count;
    result->calibration = calibration(answers, right, count);
    buffer_add_char(&learning->classes, '[');
    for (int axis = 0; axis < AXES; axis++)
        add_classes(learning, axis, answers);
    buffer_add_char(&learning->classes, ']');
    for (size_t i = 0; i < count && triage_ready(rival); i++) {
        struct triage_answer answer;
        triage_say(rival, learning->held[i].text, strlen(learning->held[i].text), &answer);
        result->rival_hits += rank_of(&answer, &learning->held[i]) == 0;
    }
    result->rival_id = rival ? rival->model_id : 0;
    free(answers);
    free(right);
}

static char *parts_json(const struct learning *learning)
{
    struct buffer out = BUFFER_INIT;
    for (int i = 0; i < AXES; i++) {
        const struct buffer *bytes = &learning->bytes[i];
        char *text = xmalloc(bytes->length / 3 * 4 + 8);
        EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)bytes->data,
                        (int)bytes->length);
        buffer_format(&out, "%s\"%c\":\"", i ? "," : "{", axes[i]);
        buffer_add(&out, text);
        buffer_add_char(&out, '"');
        free(text);
    }
    buffer_add_char(&out, '}');
    return buffer_take(&out);
}

static bool store(struct learning *learning, PGconn *connection, struct error *error)
{
    struct learn_result *result = learning->result;
    const int numbers[] = {result->examples,       result->corrections, result->held,
                           result->hits,           result->top3,        result->automatic,
                           result->automatic_hits, result->rival_id,    result->rival_hits};
    char text[9][16], threshold[24], error_text[24], request[37], *parts = parts_json(learning), *id;
    const char *values[14];
    for (int i = 0; i < 9; i++) {
        snprintf(text[i], sizeof text[i], "%d", numbers[i]);
        values[i] = i >= 7 && !result->rival_id ? NULL : text[i];
    }
    snprintf(threshold, sizeof threshold, "%.4f", learning->threshold);
    snprintf(error_text, sizeof error_text, "%.5f", result->calibration);
    clock_uuid(request);
    values[9] = threshold;
    values[10] = error_text;
    values[11] = parts;
    values[12] = buffer_text(&learning->classes);
    values[13] = request;
    bool good = session_value(connection,
                              "SELECT id FROM api.model_add($1::int, $2::int, $10::real, $3::int, "
                              "$4::int, $5::int, $6::int, $7::int, $11::real, $8::int, $9::int, "
                              "$12::jsonb, $13::jsonb, $14::uuid)",
                              14, values, &id, error);
    if (good) {
        result->model_id = atoi(id);
        free(id);
    }
    free(parts);
    return good;
}

static void learning_free(struct learning *learning)
{
    for (int i = 0; i < AXES; i++) {
        corpus_free(&learning->corpus[i]);
        buffer_free(&learning->bytes[i]);
    }
    for (size_t i = 0; i < learning->held_count; i++)
        free(learning->held[i].text);
    free(learning->held);
    buffer_free(&learning->classes);
    triage_close(learning->triage);
    features_close(learning->features);
    free(learning);
}

static bool read_threshold(struct learning *learning, PGconn *connection, struct error *error)
{
    char *text;
    if (!session_value(connection, "SELECT threshold FROM api.classify_bounds()", 0, NULL, &text,
                       error))
        return false;
    learning->threshold = strtod(text, NULL);
    free(text);
    return learning->threshold > 0 || error_set(error, ERROR_REFUSED, "classify", NULL,
                                                _("the bounds cannot be read"));
}

bool learn_run(PGconn *connection, struct triage *rival, struct learn_result *result,
               struct error *error)
{
    struct learning *learning = xcalloc(1, sizeof *learning);
    int64_t start = clock_ms();
    *result = (struct learn_result){0};
    learning->result = result;
    learning->features = features_open(error);
    bool good = learning->features && read_threshold(learning, connection, error) &&
                add_written(learning, error) &&
                add_whole(learning, complaint_texts, false, error) &&
                add_whole(learning, complaint_texts_english, true, error) &&
                add_decided(learning, connection, error);
    result->own_cases = learning->held_count > 0;
    if (good && !result->own_cases)
        hold_written(learning);
    good = good && train_axes(learning, error);
    if (good) {
        compare(learning, rival);
        good = store(learning, connection, error);
    }
    result->seconds = (double)(clock_ms() - start) / 1e3;
    learning_free(learning);
    return good;
}

bool learn_begin(PGconn *connection, struct error *error)
{
    struct learn_result result;
    char *active, id[16], request[37];
    const char *values[] = {id, request};
    if (!session_value(connection, "SELECT model_id FROM api.classify_settings()", 0, NULL, &active,
                       error))
        return false;
    bool known = *active != '\0';
    free(active);
    if (known)
        return true;
    if (!learn_run(connection, NULL, &result, error))
        return false;
    snprintf(id, sizeof id, "%d", result.model_id);
    clock_uuid(request);
    return session_do(connection, "SELECT api.model_promote($1::int, $2::uuid)", 2, values, error);
}
