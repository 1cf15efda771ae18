#ifndef BANKOPS_DEMO_COMPLAINT_SAMPLE_H
#define BANKOPS_DEMO_COMPLAINT_SAMPLE_H

#include "base/buffer.h"
#include "demo/random.h"

#include <stdbool.h>

/* One complaint made of phrases: what it is about, what went wrong, where; with the noise, the
 * length and the overlap of what people write. */
struct complaint_sample {
    const char *channel, *business, *reason; /* codes */
    bool english;
    int day; /* it speaks of */
    struct buffer subject, facts, remedy;
};

#define COMPLAINT_SAMPLE_INIT {NULL, NULL, NULL, false, 0, BUFFER_INIT, BUFFER_INIT, BUFFER_INIT}

/* Writes the texts of a sample whose codes are set; NULL codes are drawn (reason among C01-C12 and
 * now and then C99). The same random numbers give the same texts. */
void complaint_sample_make(struct complaint_sample *sample, struct random *random);
/* Appends a text of complaint-text.h with its choices drawn and its blanks filled. */
void complaint_sample_expand(struct buffer *out, struct random *random, const char *text,
                             bool english, int day);
void complaint_sample_free(struct complaint_sample *sample);

/* The k-th code (from 0) of an axis A, B or C; NULL after the last. */
const char *complaint_code(char axis, size_t k);

/* Appends a day (days since 1970-01-01) as people write it: "3 March" or "3月3日". */
void complaint_day(struct buffer *out, int day, bool english);

#endif
