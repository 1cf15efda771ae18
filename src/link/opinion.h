#ifndef BANKOPS_LINK_OPINION_H
#define BANKOPS_LINK_OPINION_H

#include "base/error.h"

#include <stddef.h>

/* Asks a chat service that speaks the protocol of OpenAI (POST URL/chat/completions) for the class
 * of a complaint. What is sent has no personal data left: that is the caller's duty (conceal()). */
struct opinion_question {
    const char *url;   /* up to /v1 */
    const char *model; /* of the service */
    const char *key;   /* sent as bearer token; NULL or "": none */
    int timeout_ms;
    const char *codes; /* lines "B01 Savings ..." and "C01 ..." */
    const char *text;
};

struct opinion {
    char business[8], reason[8];
    double confidence;
    char model[64]; /* as the service names it */
};

/* False with an error when no answer came in time, the service refused, or the answer names no
 * business and reason. */
bool opinion_ask(const struct opinion_question *question, struct opinion *opinion,
                 struct error *error);

#endif
