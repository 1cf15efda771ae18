#ifndef BANKOPS_COMPLAINT_TRIAGE_H
#define BANKOPS_COMPLAINT_TRIAGE_H

#include "base/buffer.h"
#include "complaint/model.h"

enum { TRIAGE_PAIRS = 3 };

/* The classifier of complaints: one model for each axis of the standard (A channel of handling,
 * B business, C reason) over the same features. */
struct triage {
    int model_id; /* in the database */
    struct features *features;
    struct model *channel, *business, *reason; /* channel may be NULL */
};

/* What it says of a text: pairs of business and reason, best first, with the chance that both are
 * right. The codes belong to the models. */
struct triage_answer {
    const char *channel; /* "" when there is no model for it */
    float channel_confidence;
    int count;
    const char *business[TRIAGE_PAIRS], *reason[TRIAGE_PAIRS];
    float confidence[TRIAGE_PAIRS];
};

/* NULL with an error without ICU. Add the models with triage_add(). */
struct triage *triage_open(int model_id, struct error *error);
/* Reads the bytes of the model of one axis: 'A', 'B' or 'C'. */
bool triage_add(struct triage *triage, char axis, const char *data, size_t length,
                struct error *error);
/* Both models that are needed are there. */
bool triage_ready(const struct triage *triage);
void triage_say(struct triage *triage, const char *text, size_t length,
                struct triage_answer *answer);
/* Appends the pairs as literals of arrays for the database: businesses, reasons, chances. */
void triage_arrays(const struct triage_answer *answer, struct buffer lists[3]);
void triage_close(struct triage *triage);

#endif
