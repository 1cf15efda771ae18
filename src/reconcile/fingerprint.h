#ifndef BANKOPS_RECONCILE_FINGERPRINT_H
#define BANKOPS_RECONCILE_FINGERPRINT_H

#include "base/buffer.h"
#include "reconcile/item.h"

#include <openssl/types.h>
#include <stdint.h>

enum { FINGERPRINT_BYTES = 16 }; /* a uuid */

/* Computes what makes a line: the same text as bank.recon_fingerprint, first half of its SHA-256. */
struct fingerprint {
    struct buffer text;
    EVP_MD_CTX *context;
    EVP_MD *digest;
    uint64_t *seen; /* beginnings of those so far, open addressing */
    size_t slots, count;
    bool twice;
};

/* Begins for one file. Free it with fingerprint_end(). */
void fingerprint_start(struct fingerprint *fingerprint);
/* Computes the fingerprint of a line of our book ('L') or a statement ('S'). */
bool fingerprint_item(struct fingerprint *fingerprint, char side, const struct item *item,
                      unsigned char print[FINGERPRINT_BYTES]);
/* Whether two of them may be equal; also when they are too many to tell. */
bool fingerprint_twice(const struct fingerprint *fingerprint);
void fingerprint_end(struct fingerprint *fingerprint);

#endif
