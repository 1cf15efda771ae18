#ifndef BANKOPS_COMPLAINT_CORPUS_H
#define BANKOPS_COMPLAINT_CORPUS_H

#include "complaint/features.h"

enum { CORPUS_LABELS = 256, CORPUS_LABEL_BYTES = 200 };

/* Labelled texts as counts of features. */
struct corpus {
    char *labels[CORPUS_LABELS]; /* in the order they are first met */
    int label_count;
    size_t count, capacity; /* texts */
    size_t *starts;         /* of each text in `features`; one more than texts */
    int *label;             /* of each text */
    struct feature *features;
    size_t feature_count, feature_capacity;
    size_t *place_starts;   /* of each text in `places`; one more than texts */
    size_t *words;          /* of each text */
    struct occurrence *places;
    size_t place_count, place_capacity;
};

#define CORPUS_INIT {{NULL}, 0, 0, 0, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, 0}

/* Adds one text. Refuses an empty or overlong label and more than CORPUS_LABELS of them: *error has
 * no place then, the caller knows it. */
bool corpus_add(struct corpus *corpus, struct features *features, const char *text, size_t length,
                const char *label, struct error *error);
/* Number of a label, -1 when there is none. */
int corpus_label(const struct corpus *corpus, const char *label);
void corpus_free(struct corpus *corpus);

#endif
