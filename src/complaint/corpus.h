#ifndef BANKOPS_COMPLAINT_CORPUS_H
#define BANKOPS_COMPLAINT_CORPUS_H

#include "complaint/features.h"

#include <stdbool.h>

enum { CORPUS_LABELS = 256, CORPUS_LABEL_BYTES = 200 };

/* Labelled texts as counts of features. */
struct corpus {
    char *labels[CORPUS_LABELS]; /* in the order they are first met */
    int label_count;
    size_t count, capacity; /* texts */
    size_t *starts;         /* of each text in `features`; one more than texts */
    int *label;             /* of each text */
    size_t *kin;            /* of each text: its number, or that of the first of its variants */
    bool *written;          /* of each text: the program wrote it, it is none of the bank's own */
    struct feature *features;
    size_t feature_count, feature_capacity;
    size_t *place_starts;   /* of each text in `places`; one more than texts */
    size_t *words;          /* of each text */
    struct occurrence *places;
    size_t place_count, place_capacity;
};

#define CORPUS_INIT {.label_count = 0}

/* Adds one text. Refuses an empty or overlong label and more than CORPUS_LABELS of them: *error has
 * no place then, the caller knows it. */
bool corpus_add(struct corpus *corpus, struct features *features, const char *text, size_t length,
                const char *label, struct error *error);
/* Of the text added last: `again`, it is a copy or a variant of the one before, so that both are in
 * the same fold; `written`, the program wrote it, it is none of the bank's own. */
void corpus_mark(struct corpus *corpus, bool again, bool written);
/* Number of a label, -1 when there is none. */
int corpus_label(const struct corpus *corpus, const char *label);
void corpus_free(struct corpus *corpus);

#endif
