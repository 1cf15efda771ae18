#ifndef BANKOPS_RECONCILE_FORMATS_OFX_TOKEN_H
#define BANKOPS_RECONCILE_FORMATS_OFX_TOKEN_H

#include "base/buffer.h"
#include "reconcile/source.h"

/* The tags of a file that is SGML or XML or something between, one by one. */
struct ofx_tokens {
    struct source *source;
    const char *block, *at, *end; /* the piece of the file being read, in UTF-8 */
    const char *counted;          /* up to here `line` is counted */
    uint64_t line, offset;
    struct buffer markup, raw, value;
};

struct ofx_token {
    char tag[40];       /* in capitals, without the slash */
    bool closes;
    struct slice value; /* the text behind an opening tag, without blanks around it */
    uint64_t line, offset;
};

/* Next tag; comments, declarations and processing instructions are passed over. False at the end
 * of the file, and on failure: then error->kind is not ERROR_NONE. The value lives until the next
 * call. */
bool ofx_token_next(struct ofx_tokens *tokens, struct ofx_token *token, struct error *error);
void ofx_token_free(struct ofx_tokens *tokens);

#endif
