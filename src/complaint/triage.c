#include "complaint/triage.h"

#include "base/alloc.h"

#include <stdlib.h>

enum { WIDTH = 6 }; /* the best codes of each axis that pairs are made of */

struct triage *triage_open(int model_id, struct error *error)
{
    struct features *features = features_open(error);
    if (!features)
        return NULL;
    struct triage *triage = xcalloc(1, sizeof *triage);
    triage->model_id = model_id;
    triage->features = features;
    return triage;
}

static struct model **place_of(struct triage *triage, char axis)
{
    return axis == 'A' ? &triage->channel : axis == 'B' ? &triage->business : &triage->reason;
}

bool triage_add(struct triage *triage, char axis, const char *data, size_t length,
                struct error *error)
{
    char name[16] = "model/";
    name[6] = axis;
    struct model *model = model_read(name, data, length, error), **place = place_of(triage, axis);
    if (!model)
        return false;
    model_free(*place);
    *place = model;
    return true;
}

bool triage_ready(const struct triage *triage)
{
    return triage && triage->business && triage->reason;
}

static void add_pair(struct triage_answer *answer, const char *business, const char *reason,
                     float confidence)
{
    int at = answer->count;
    while (at > 0 && confidence > answer->confidence[at - 1]) {
        if (at < TRIAGE_PAIRS) {
            answer->business[at] = answer->business[at - 1];
            answer->reason[at] = answer->reason[at - 1];
            answer->confidence[at] = answer->confidence[at - 1];
        }
        at--;
    }
    if (at < TRIAGE_PAIRS) {
        answer->business[at] = business;
        answer->reason[at] = reason;
        answer->confidence[at] = confidence;
    }
    answer->count += answer->count < TRIAGE_PAIRS;
}

void triage_say(struct triage *triage, const char *text, size_t length,
                struct triage_answer *answer)
{
    const struct feature *list;
    struct guess business[WIDTH], reason[WIDTH], channel;
    size_t count = features_of(triage->features, text, length, &list);
    *answer = (struct triage_answer){.channel = ""};
    int left = model_guess(triage->business, list, count, business, WIDTH);
    int right = model_guess(triage->reason, list, count, reason, WIDTH);
    for (int i = 0; i < left; i++)
        for (int j = 0; j < right; j++)
            add_pair(answer, triage->business->labels[business[i].label],
                     triage->reason->labels[reason[j].label],
                     business[i].confidence * reason[j].confidence);
    if (triage->channel && model_guess(triage->channel, list, count, &channel, 1)) {
        answer->channel = triage->channel->labels[channel.label];
        answer->channel_confidence = channel.confidence;
    }
}

void triage_arrays(const struct triage_answer *answer, struct buffer lists[3])
{
    for (int i = 0; i < 3; i++)
        buffer_add_char(&lists[i], '{');
    for (int k = 0; k < answer->count; k++) {
        const char *before = k ? "," : "";
        buffer_format(&lists[0], "%s%s", before, answer->business[k]);
        buffer_format(&lists[1], "%s%s", before, answer->reason[k]);
        buffer_format(&lists[2], "%s%.4f", before, (double)answer->confidence[k]);
    }
    for (int i = 0; i < 3; i++)
        buffer_add_char(&lists[i], '}');
}

void triage_close(struct triage *triage)
{
    if (!triage)
        return;
    features_close(triage->features);
    model_free(triage->channel);
    model_free(triage->business);
    model_free(triage->reason);
    free(triage);
}
