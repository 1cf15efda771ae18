#ifndef BANKOPS_TESTS_LIB_HTTP_SERVER_H
#define BANKOPS_TESTS_LIB_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/* A real HTTP/1.1 server on a port of 127.0.0.1, in a thread of the test. It serves one connection
 * at a time, one request each. */
struct http_server;

/* What it got, and what it shall do about it. */
struct http_served {
    char *method, *target, *headers, *body; /* strings; the server's */
    size_t body_length;
    int number;         /* of the request, from 1 */
    int status;         /* to answer with; set to 200 before the call */
    char extra[512];    /* further header lines, each with \r\n */
    char *answer;       /* malloc'd by the handler, freed by the server; NULL: empty */
    bool hang;          /* keep the connection open without an answer until the client leaves */
    bool cut;           /* close after half of the answer */
};

typedef void (*http_handler)(struct http_served *served, void *data);

/* Starts it, "http://127.0.0.1:PORT" is its address. Fails the test program (abort) when it cannot
 * listen. */
struct http_server *http_server_start(http_handler handler, void *data);
const char *http_server_address(const struct http_server *server);
int http_server_requests(struct http_server *server);
void http_server_stop(struct http_server *server);

#endif
