#ifndef BANKOPS_LINK_MAIL_H
#define BANKOPS_LINK_MAIL_H

#include "base/error.h"

#include <stdbool.h>

/* One plain text mail over SMTP by libcurl (RFC 5321, 5322, 2045, 2047). */
struct mail {
    const char *url;       /* smtp://HOST[:PORT] or smtps://HOST[:PORT] */
    const char *user;      /* with secret; NULL: no login */
    const char *secret;
    const char *from, *to; /* addresses */
    const char *subject, *body; /* UTF-8 */
    const char *key;       /* the left part of the Message-ID: the same mail keeps it */
    const char *authority; /* file of certificates to trust instead of the system's, or NULL */
    int timeout_ms;        /* for the whole exchange */
};

struct mail_answer {
    int code;        /* the server's last reply, 0 without one (RFC 5321, 4.2) */
    bool maybe_sent; /* after a failure: the server may have taken the mail */
};

/* Sends it. The connection is always encrypted and the certificate verified, except to the loopback
 * address. False with an error when the server did not take it: ERROR_REFUSED when it never will
 * (5xx, a bad address), else ERROR_UNREACHABLE. */
bool mail_send(const struct mail *mail, struct mail_answer *answer, struct error *error);

#endif
