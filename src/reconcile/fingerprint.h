#ifndef BANKOPS_RECONCILE_FINGERPRINT_H
#define BANKOPS_RECONCILE_FINGERPRINT_H

#include "base/buffer.h"
#include "reconcile/item.h"

#include <openssl/types.h>

enum { FINGERPRINT_TEXT = 37 }; /* a uuid and its end */

/* Computes what makes a line: the same text as bank.recon_fingerprint, first half of its SHA-256. */
struct fingerprint {
    struct buffer text;
    EVP_MD_CTX *context;
};

void fingerprint_start(struct fingerprint *fingerprint);
/* Writes the fingerprint of a line of our book ('L') or a statement ('S') as a uuid. */
bool fingerprint_item(struct fingerprint *fingerprint, char side, const struct item *item,
                      char text[FINGERPRINT_TEXT]);
void fingerprint_end(struct fingerprint *fingerprint);

#endif
