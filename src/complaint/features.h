#ifndef BANKOPS_COMPLAINT_FEATURES_H
#define BANKOPS_COMPLAINT_FEATURES_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
    FEATURE_BITS = 18,
    FEATURE_BUCKETS = 1 << FEATURE_BITS,
    FEATURE_TEXT_LIMIT = 32768, /* bytes of a text that are looked at; the rest says nothing new */
    FEATURE_VERSION = 1         /* changes whenever a text would give other features */
};

/* One feature of a text: the bucket of its hash and how often it occurs. */
struct feature {
    uint32_t bucket;
    uint32_t count;
};

/* A place where a feature stands, and the two words of the text (from 0) it is made of. */
struct occurrence {
    uint32_t bucket;
    uint16_t first, second;
};

struct features;

/* Takes ICU for the compatibility forms and the case of characters. NULL with an error without it.
 * One object serves one thread. */
struct features *features_open(struct error *error);
void features_close(struct features *features);

/* The features of a text, each bucket once, in the order they are met: words (stemmed lightly),
 * pairs of neighbours in their order, pairs with up to nine words between in any order, 2-5
 * characters within a word. Each Han character is a word. Any bytes will do. The list belongs to
 * `features` until the next call; returns its length. */
size_t features_of(struct features *features, const char *text, size_t length,
                   const struct feature **list);

/* From now on features_of() also keeps where each feature stands. */
void features_keep_places(struct features *features);
/* The places of the last text, the features' own, and the number of its words. */
size_t features_places(const struct features *features, const struct occurrence **list,
                       size_t *words);

#endif
