#include "complaint/corpus.h"

#include "base/alloc.h"
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

int corpus_label(const struct corpus *corpus, const char *label)
{
    for (int i = 0; i < corpus->label_count; i++)
        if (!strcmp(corpus->labels[i], label))
            return i;
    return -1;
}

static int need_label(struct corpus *corpus, const char *label, struct error *error)
{
    int known = corpus_label(corpus, label);
    if (known >= 0)
        return known;
    if (!*label || strlen(label) > CORPUS_LABEL_BYTES)
        return error_set(error, ERROR_INPUT, NULL, _("Give every row its class or remove it."),
                         _("a label has 1 to %d bytes"), CORPUS_LABEL_BYTES), -1;
    if (corpus->label_count == CORPUS_LABELS)
        return error_set(error, ERROR_INPUT, NULL, _("Is this the column of the labels?"),
                         _("more than %d different labels"), CORPUS_LABELS), -1;
    corpus->labels[corpus->label_count] = xstrdup(label);
    return corpus->label_count++;
}

static void add_places(struct corpus *corpus, const struct features *features)
{
    const struct occurrence *list;
    size_t count = features_places(features, &list, &corpus->words[corpus->count]);
    ARRAY_RESERVE(corpus->places, corpus->place_count + count, corpus->place_capacity);
    if (count)
        memcpy(corpus->places + corpus->place_count, list, count * sizeof *list);
    corpus->place_starts[corpus->count] = corpus->place_count;
    corpus->place_count += count;
    corpus->place_starts[corpus->count + 1] = corpus->place_count;
}

bool corpus_add(struct corpus *corpus, struct features *features, const char *text, size_t length,
                const char *label, struct error *error)
{
    int number = need_label(corpus, label, error);
    if (number < 0)
        return false;
    if (corpus->count + 1 >= corpus->capacity) {
        corpus->capacity = corpus->capacity ? corpus->capacity * 2 : 1024;
        corpus->starts = xrealloc(corpus->starts, corpus->capacity * sizeof *corpus->starts);
        corpus->label = xrealloc(corpus->label, corpus->capacity * sizeof *corpus->label);
        corpus->kin = xrealloc(corpus->kin, corpus->capacity * sizeof *corpus->kin);
        corpus->written = xrealloc(corpus->written, corpus->capacity);
        corpus->words = xrealloc(corpus->words, corpus->capacity * sizeof *corpus->words);
        corpus->place_starts =
            xrealloc(corpus->place_starts, corpus->capacity * sizeof *corpus->place_starts);
    }
    const struct feature *list;
    features_keep_places(features);
    size_t count = features_of(features, text, length, &list);
    add_places(corpus, features);
    ARRAY_RESERVE(corpus->features, corpus->feature_count + count, corpus->feature_capacity);
    if (count)
        memcpy(corpus->features + corpus->feature_count, list, count * sizeof *list);
    corpus->starts[corpus->count] = corpus->feature_count;
    corpus->kin[corpus->count] = corpus->count;
    corpus->written[corpus->count] = false;
    corpus->label[corpus->count++] = number;
    corpus->feature_count += count;
    corpus->starts[corpus->count] = corpus->feature_count;
    return true;
}

void corpus_mark(struct corpus *corpus, bool again, bool written)
{
    size_t last = corpus->count - 1;
    corpus->kin[last] = again && last ? corpus->kin[last - 1] : last;
    corpus->written[last] = written;
}

void corpus_free(struct corpus *corpus)
{
    for (int i = 0; i < corpus->label_count; i++)
        free(corpus->labels[i]);
    free(corpus->starts);
    free(corpus->label);
    free(corpus->kin);
    free(corpus->written);
    free(corpus->features);
    free(corpus->words);
    free(corpus->place_starts);
    free(corpus->places);
    *corpus = (struct corpus)CORPUS_INIT;
}
