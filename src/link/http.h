#ifndef BANKOPS_LINK_HTTP_H
#define BANKOPS_LINK_HTTP_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>

/* One HTTP exchange over libcurl. Only http and https; certificates and host names are always
 * verified; redirects are not followed, so that a request with a key or personal data never goes to
 * another host. */
struct http_request {
    const char *method;         /* NULL: GET, or POST with a body */
    const char *url;
    const char *const *headers; /* "Name: value", NULL after the last; may be NULL */
    const char *body;           /* NULL: none */
    size_t body_length;
    const char *authority;      /* file of certificates to trust instead of the system's, or NULL */
    int timeout_ms;             /* for the whole exchange; 0: 30 s */
    int connect_ms;             /* to reach the server; 0: 10 s */
    size_t limit;               /* bytes of the answer; 0: 16 MiB */
};

struct http_answer {
    int status;         /* 200, 404 ... */
    struct buffer body;
    char type[128];     /* Content-Type, "" without one */
    int retry_after;    /* seconds of Retry-After, -1 without a number there (RFC 9110, 10.2.3) */
    bool maybe_sent;    /* after a failure: the server may have got the request */
};

#define HTTP_ANSWER_INIT {0, BUFFER_INIT, "", -1, false}

/* Sends the request and waits for the answer. True when one came, whatever its status. False with
 * an error (ERROR_USAGE: bad address or header; else ERROR_UNREACHABLE) when none came whole in
 * time; answer->maybe_sent then tells whether to repeat it under the same key. Free the answer in
 * both cases. */
bool http_send(const struct http_request *request, struct http_answer *answer,
               struct error *error);
void http_answer_free(struct http_answer *answer);

#endif
