#ifndef BANKOPS_LINK_MESSAGE_H
#define BANKOPS_LINK_MESSAGE_H

#include "base/error.h"

#include <stdbool.h>

/* One message to a customer on its way out. */
struct message {
    const char *channel, *kind; /* sms, email, app; case_reply, case_decision… */
    const char *address;        /* phone number, mail address, or the customer's number */
    const char *subject, *body;
    const char *key;            /* the same message keeps it, however often it is sent */
};

/* Where the channel leads, as api.endpoint_list says, with its secret. */
struct message_endpoint {
    const char *kind; /* http, webhook, smtp */
    const char *url, *sender;
    const char *secret;    /* bearer token, HMAC key or mail password; "" without one */
    const char *user;      /* of the mail server; "" : the sender */
    const char *authority; /* file of certificates to trust instead of the system's, or NULL */
    int timeout_ms;
};

enum message_result {
    MESSAGE_SENT,    /* the other side has it */
    MESSAGE_RETRY,   /* not now, or nobody knows: send it again under its key */
    MESSAGE_REFUSED, /* it will never be taken */
};

struct message_outcome {
    enum message_result result;
    char provider_id[200]; /* the other side's own number, "" without one */
    char reason[512];      /* why not sent */
    int after;             /* seconds that the other side asks to wait, 0 without a wish */
};

/* Sends it once and judges the answer. An SMS gateway must answer 2xx with a JSON object that has a
 * string or number "id"; anything else of it means that nobody knows, and the message is sent
 * again. A webhook gets an HMAC-SHA-256 over "TIMESTAMP.BODY" in X-Bankops-Signature, and answers
 * 2xx. 408, 425, 429 and 5xx mean later, other statuses never. */
void message_send(const struct message *message, const struct message_endpoint *endpoint,
                  struct message_outcome *outcome);

#endif
