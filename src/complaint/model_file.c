#include "base/alloc.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/language.h"
#include "complaint/model.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

/* The file, all numbers little endian: the magic line; version of the features, labels, examples,
 * sharpness, shift and slope; for each label its length, bytes, scale and base; for each bucket the
 * number of its weights plus 1, 0 when it was not met in training (2 bytes); for each bucket met its
 * rarity; the classes of all weights, the weights; the weight beside the network, 0 without one; of
 * the network a bit for each bucket it knows, the scales of those rows, their weights, the hidden
 * base, the outer weights and base; the SHA-256 of everything before. */
static const char magic[] = "bankops classifier 5\n";
static const char kind[] = "bankops classifier ";

enum { FILE_LIMIT = 256 << 20, LABEL_BYTES = 200 };

static void put_number(struct buffer *out, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buffer_add_char(out, (char)(number >> 8 * i));
}

static void put_float(struct buffer *out, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_number(out, bits, 4);
}

static void put_floats(struct buffer *out, const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_float(out, values[i]);
}

static void put_net(struct buffer *out, const struct net *net)
{
    size_t labels = (size_t)net->label_count;
    for (size_t i = 0; i < FEATURE_BUCKETS; i += 8) {
        unsigned bits = 0;
        for (size_t bit = 0; bit < 8; bit++)
            bits |= (unsigned)(net->rows[i + bit] != 0) << bit;
        buffer_add_char(out, (char)bits);
    }
    put_floats(out, net->scales, net->row_count);
    buffer_add_bytes(out, net->weights, (size_t)net->row_count * NET_HIDDEN);
    put_floats(out, net->base, NET_HIDDEN);
    put_floats(out, net->out, labels * NET_SIDES);
    put_floats(out, net->out_base, labels);
}

static void put_model(struct buffer *out, const struct model *model)
{
    buffer_add(out, magic);
    put_number(out, FEATURE_VERSION, 4);
    put_number(out, (uint32_t)model->label_count, 4);
    put_number(out, model->examples, 4);
    put_float(out, model->sharpness);
    put_float(out, model->shift);
    put_float(out, model->slope);
    for (int k = 0; k < model->label_count; k++) {
        put_number(out, (uint32_t)strlen(model->labels[k]), 4);
        buffer_add(out, model->labels[k]);
        put_float(out, model->scales[k]);
        put_float(out, model->bases[k]);
    }
    const uint32_t *starts = model->starts;
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        put_number(out, model->rarity[i] > 0 ? starts[i + 1] - starts[i] + 1 : 0, 2);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        if (model->rarity[i] > 0)
            put_float(out, model->rarity[i]);
    buffer_add_bytes(out, model->classes, starts[FEATURE_BUCKETS]);
    buffer_add_bytes(out, model->weights, starts[FEATURE_BUCKETS]);
    put_float(out, model->net ? model->mix : 0);
    if (model->net)
        put_net(out, model->net);
}

void model_write(const struct model *model, struct buffer *out)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    size_t start = out->length;
    put_model(out, model);
    SHA256((const unsigned char *)out->data + start, out->length - start, digest);
    buffer_add_bytes(out, digest, sizeof digest);
}

bool model_save(const struct model *model, const char *path, size_t *bytes, struct error *error)
{
    struct buffer out = BUFFER_INIT;
    model_write(model, &out);
    bool done = file_write(path, out.data, out.length, error);
    if (bytes)
        *bytes = out.length;
    buffer_free(&out);
    return done;
}

/* What is left to read; `good` turns false when a read goes beyond it. */
struct input {
    const unsigned char *at;
    size_t left;
    bool good;
};

static const unsigned char *take(struct input *input, size_t bytes)
{
    const unsigned char *at = input->at;
    if (!input->good || bytes > input->left)
        return input->good = false, NULL;
    input->at += bytes;
    input->left -= bytes;
    return at;
}

static uint32_t take_number(struct input *input, int bytes)
{
    const unsigned char *at = take(input, (size_t)bytes);
    uint32_t number = 0;
    for (int i = 0; at && i < bytes; i++)
        number |= (uint32_t)at[i] << 8 * i;
    return number;
}

static float take_float(struct input *input)
{
    uint32_t bits = take_number(input, 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void take_labels(struct input *input, struct model *model)
{
    uint32_t count = take_number(input, 4);
    model->examples = take_number(input, 4);
    model->sharpness = take_float(input);
    model->shift = take_float(input);
    model->slope = take_float(input);
    if (count < 2 || count > MODEL_LABELS)
        input->good = false;
    if (!input->good)
        return;
    model->labels = xcalloc(count, sizeof *model->labels);
    model->scales = xcalloc(count, sizeof *model->scales);
    model->bases = xcalloc(count, sizeof *model->bases);
    for (uint32_t k = 0; k < count && input->good; k++) {
        uint32_t length = take_number(input, 4);
        const unsigned char *text = length <= LABEL_BYTES ? take(input, length) : NULL;
        model->labels[model->label_count++] = xstrndup(text ? (const char *)text : "",
                                                       text ? length : 0);
        model->scales[k] = take_float(input);
        model->bases[k] = take_float(input);
        input->good = input->good && text;
    }
}

static void take_weights(struct input *input, struct model *model)
{
    model->rarity = xcalloc(FEATURE_BUCKETS, sizeof *model->rarity);
    model->starts = xcalloc(FEATURE_BUCKETS + 1, sizeof *model->starts);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        uint32_t count = take_number(input, 2);
        model->rarity[i] = count ? 1 : 0;
        model->starts[i + 1] = model->starts[i] + (count ? count - 1 : 0);
    }
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        if (model->rarity[i] > 0)
            model->rarity[i] = take_float(input);
    size_t total = model->starts[FEATURE_BUCKETS];
    const unsigned char *classes = take(input, total), *weights = take(input, total);
    if (!weights)
        return;
    model->classes = xmalloc(total + 1);
    model->weights = xmalloc(total + 1);
    memcpy(model->classes, classes, total);
    memcpy(model->weights, weights, total);
    for (size_t i = 0; i < total; i++)
        input->good = input->good && classes[i] < model->label_count;
}

static float *take_floats(struct input *input, size_t count)
{
    if (count > input->left / 4)
        input->good = false;
    float *values = xcalloc(input->good ? count + 1 : 1, sizeof *values);
    for (size_t i = 0; i < count && input->good; i++)
        values[i] = take_float(input);
    return values;
}

static void take_net(struct input *input, struct model *model)
{
    struct net *net = model->net = xcalloc(1, sizeof *net);
    size_t labels = (size_t)model->label_count;
    const unsigned char *bits = take(input, FEATURE_BUCKETS / 8);
    net->label_count = model->label_count;
    net->rows = xcalloc(FEATURE_BUCKETS, sizeof *net->rows);
    for (size_t i = 0; bits && i < FEATURE_BUCKETS; i++)
        if (bits[i / 8] >> i % 8 & 1)
            net->rows[i] = ++net->row_count;
    net->scales = take_floats(input, net->row_count);
    size_t bytes = (size_t)net->row_count * NET_HIDDEN;
    const unsigned char *weights = take(input, bytes);
    net->weights = xmalloc(weights ? bytes + 1 : 1);
    if (weights)
        memcpy(net->weights, weights, bytes);
    for (int unit = 0; unit < NET_HIDDEN; unit++)
        net->base[unit] = take_float(input);
    net->out = take_floats(input, labels * NET_SIDES);
    net->out_base = take_floats(input, labels);
}

static bool refuse(const char *path, struct error *error)
{
    return error_set(error, ERROR_INPUT, path, _("Train the model again or copy it once more."),
                     _("the model is damaged"));
}

static bool is_model(const char *data, size_t length)
{
    return length >= strlen(kind) && !memcmp(data, kind, strlen(kind));
}

bool model_is_foreign(const char *data, size_t length)
{
    size_t head = strlen(magic);
    if (!is_model(data, length) || length < head + 4)
        return false;
    struct input version = {(const unsigned char *)data + head, 4, true};
    return memcmp(data, magic, head) || take_number(&version, 4) != FEATURE_VERSION;
}

static bool check_kind(const char *path, const char *data, size_t length, struct error *error)
{
    if (!is_model(data, length))
        return error_set(error, ERROR_INPUT, path,
                         _("Name a file that bankops classify train wrote."),
                         _("is no model of bankops"));
    if (length < strlen(magic) + 4 + SHA256_DIGEST_LENGTH)
        return refuse(path, error);
    if (model_is_foreign(data, length))
        return error_set(error, ERROR_INPUT, path, _("Train the model again."),
                         _("the model is of another version of bankops"));
    return true;
}

static bool check_digest(const char *path, const char *data, size_t length, struct error *error)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)data, length - sizeof digest, digest);
    return !memcmp(digest, data + length - sizeof digest, sizeof digest) || refuse(path, error);
}

static struct model *parse(const char *path, const char *data, size_t length, struct error *error)
{
    size_t head = strlen(magic) + 4;
    struct model *model = xcalloc(1, sizeof *model);
    struct input input = {(const unsigned char *)data + head,
                          length - head - SHA256_DIGEST_LENGTH, true};
    take_labels(&input, model);
    if (input.good)
        take_weights(&input, model);
    model->mix = take_float(&input);
    if (input.good && model->mix > 0)
        take_net(&input, model);
    if (input.good && !input.left)
        return model;
    refuse(path, error);
    model_free(model);
    return NULL;
}

struct model *model_read(const char *name, const char *data, size_t length, struct error *error)
{
    return check_kind(name, data, length, error) && check_digest(name, data, length, error)
               ? parse(name, data, length, error)
               : NULL;
}

struct model *model_load(const char *path, struct error *error)
{
    char *data;
    size_t length;
    if (!file_read(path, FILE_LIMIT, &data, &length, error))
        return NULL;
    struct model *model = model_read(path, data, length, error);
    free(data);
    return model;
}
