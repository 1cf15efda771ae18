#ifndef BANKOPS_COMPLAINT_MODEL_H
#define BANKOPS_COMPLAINT_MODEL_H

#include "base/buffer.h"
#include "complaint/net.h"

enum { MODEL_LABELS = 256 };

/* A linear classifier over hashed features, with or without a small network beside it. Weights are
 * bytes, times the scale of their class; the weights of one bucket lie together. */
struct model {
    int label_count;
    char **labels;          /* sorted by their bytes */
    float *scales, *bases;  /* by label */
    float sharpness;        /* of the confidence: the softmax takes score times this */
    float shift, slope;     /* of ln(odds) of the best answer, after the softmax */
    uint32_t examples;      /* it was trained with */
    float *rarity;          /* by bucket; 0: not met in training */
    uint32_t *starts;       /* by bucket, one more than buckets */
    uint8_t *classes;       /* by weight */
    int8_t *weights;
    float mix;              /* weight of the linear scores beside the network's */
    struct net *net;        /* NULL: none */
};

/* One answer. Confidence: the chance, 0 to 1, that it is right, fitted on texts held out from the
 * training; score: distance from the plane of this class, with a network the mixed score. */
struct guess {
    int label;
    float score, confidence;
};

/* The best answers for these features, best first; returns how many: at most `wanted`. */
int model_guess(const struct model *model, const struct feature *list, size_t count,
                struct guess *best, int wanted);

/* ln of the odds of the best answer when the others have this part of its chance, bounded. */
double model_odds(double others);

/* A number for features met and weights kept. */
size_t model_features(const struct model *model);
size_t model_weights(const struct model *model);
void model_free(struct model *model);

/* Writes the file whole or not at all; *bytes (may be NULL) is its size. */
bool model_save(const struct model *model, const char *path, size_t *bytes, struct error *error);
/* The same in memory: appends the bytes. */
void model_write(const struct model *model, struct buffer *out);
/* From bytes in memory, `name` for messages; as model_load() else. The caller frees it. */
struct model *model_read(const char *name, const char *data, size_t length, struct error *error);
/* Whether these are the bytes of a model that another version of the program wrote. */
bool model_is_foreign(const char *data, size_t length);
/* NULL with a reason when the file cannot be read, is no model, of another version, or damaged. */
struct model *model_load(const char *path, struct error *error);

#endif
