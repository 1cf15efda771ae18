#ifndef BANKOPS_RECONCILE_PLAIN_KEY_H
#define BANKOPS_RECONCILE_PLAIN_KEY_H

#include "reconcile/item.h"

/* A reference without case, blanks and punctuation, sign by sign as bank.recon_key() keeps them. */

/* Takes the next letter or digit from the text, in capitals; 0 at its end. */
static inline char plain_key_sign(struct slice *text)
{
    while (text->length) {
        char byte = *text->text++;
        text->length--;
        if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z'))
            return byte;
        if (byte >= 'a' && byte <= 'z')
            return (char)(byte - 'a' + 'A');
    }
    return 0;
}

#endif
