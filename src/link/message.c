#include "link/message.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/language.h"
#include "base/text.h"
#include "link/http.h"
#include "link/mail.h"

#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "sha256=" and the signature in hexadecimal; `out` has room for 72 bytes. */
static void sign_body(const char *secret, const char *timestamp, const char *body, char *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    char *text = xasprintf("%s.%s", timestamp, body);
    HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, strlen(text),
         digest, &length);
    free(text);
    snprintf(out, 8, "sha256=");
    digest_hex(digest, length, out + 7);
}

/* What is stored is English: screens/outbox.json says it in the reader's language. */
static const char unclear[] = "the gateway's answer cannot be understood";
static const char silent[] = "no answer came; it may have been received";

static void fail(struct message_outcome *outcome, enum message_result result, const char *reason)
{
    outcome->result = result;
    snprintf(outcome->reason, sizeof outcome->reason, "%s", reason);
}

static bool later(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

/* The gateway's number of the message; false when the answer has none. */
static bool read_id(const struct http_answer *answer, char *id, size_t size)
{
    struct error error = ERROR_INIT;
    cJSON *object = json_parse("", buffer_text(&answer->body), answer->body.length, &error);
    const cJSON *value = object ? cJSON_GetObjectItemCaseSensitive(object, "id") : NULL;
    bool found = true;
    if (cJSON_IsString(value) && value->valuestring[0])
        snprintf(id, size, "%s", value->valuestring);
    else if (cJSON_IsNumber(value))
        snprintf(id, size, "%.0f", value->valuedouble);
    else
        found = false;
    cJSON_Delete(object);
    return found;
}

static void judge(const struct http_answer *answer, bool wants_id, struct message_outcome *outcome)
{
    char text[64];
    snprintf(text, sizeof text, "HTTP %d", answer->status);
    outcome->after = answer->retry_after > 0 ? answer->retry_after : 0;
    bool has_id = read_id(answer, outcome->provider_id, sizeof outcome->provider_id);
    if (answer->status < 200 || answer->status > 299)
        fail(outcome, later(answer->status) ? MESSAGE_RETRY : MESSAGE_REFUSED, text);
    else if (wants_id && !has_id)
        fail(outcome, MESSAGE_RETRY, unclear);
    else
        outcome->result = MESSAGE_SENT;
}

static void post(const struct message_endpoint *endpoint, const char *body,
                 const char *const *headers, bool wants_id, struct message_outcome *outcome)
{
    struct error error = ERROR_INIT;
    struct http_answer answer = HTTP_ANSWER_INIT;
    struct http_request request = {.url = endpoint->url,
                                   .headers = headers,
                                   .body = body,
                                   .body_length = strlen(body),
                                   .authority = endpoint->authority,
                                   .timeout_ms = endpoint->timeout_ms,
                                   .connect_ms = endpoint->timeout_ms,
                                   .limit = 65536};
    if (http_send(&request, &answer, &error))
        judge(&answer, wants_id, outcome);
    else
        fail(outcome, error.kind == ERROR_USAGE ? MESSAGE_REFUSED : MESSAGE_RETRY,
             answer.maybe_sent ? silent : error.what);
    http_answer_free(&answer);
}

static char *write_json(const char *const *pairs)
{
    cJSON *object = cJSON_CreateObject();
    for (; *pairs; pairs += 2)
        cJSON_AddStringToObject(object, pairs[0], pairs[1]);
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}

static void send_sms(const struct message *message, const struct message_endpoint *endpoint,
                     struct message_outcome *outcome)
{
    const char *const pairs[] = {"to",          message->address, "text",
                                 message->body, "reference",      message->key,
                                 "sender",      endpoint->sender, NULL};
    char *body = write_json(pairs);
    char *key = xasprintf("Idempotency-Key: %s", message->key);
    char *login = xasprintf("Authorization: Bearer %s", endpoint->secret);
    const char *const headers[] = {"Content-Type: application/json; charset=utf-8", key,
                                   *endpoint->secret ? login : NULL, NULL};
    post(endpoint, body, headers, true, outcome);
    free(body);
    free(key);
    free(login);
}

static void send_webhook(const struct message *message, const struct message_endpoint *endpoint,
                         struct message_outcome *outcome)
{
    char at[32], signature[72];
    snprintf(at, sizeof at, "%lld", (long long)time(NULL));
    const char *const pairs[] = {"id",          message->key,  "event",
                                 message->kind, "customer",    message->address,
                                 "text",        message->body, NULL};
    char *body = write_json(pairs);
    sign_body(endpoint->secret, at, body, signature);
    char *key = xasprintf("Idempotency-Key: %s", message->key);
    char *stamp = xasprintf("X-Bankops-Timestamp: %s", at);
    char *sign = xasprintf("X-Bankops-Signature: %s", signature);
    const char *const headers[] = {"Content-Type: application/json; charset=utf-8", key, stamp,
                                   *endpoint->secret ? sign : NULL, NULL};
    post(endpoint, body, headers, false, outcome);
    free(body);
    free(key);
    free(stamp);
    free(sign);
}

static void send_mail(const struct message *message, const struct message_endpoint *endpoint,
                      struct message_outcome *outcome)
{
    struct error error = ERROR_INIT;
    struct mail_answer answer;
    struct mail mail = {.url = endpoint->url,
                        .user = *endpoint->user ? endpoint->user : endpoint->sender,
                        .secret = endpoint->secret,
                        .from = endpoint->sender,
                        .to = message->address,
                        .subject = message->subject,
                        .body = message->body,
                        .key = message->key,
                        .authority = endpoint->authority,
                        .timeout_ms = endpoint->timeout_ms};
    if (mail_send(&mail, &answer, &error))
        snprintf(outcome->provider_id, sizeof outcome->provider_id, "%s", message->key);
    else
        fail(outcome, error.kind == ERROR_REFUSED ? MESSAGE_REFUSED : MESSAGE_RETRY,
             answer.maybe_sent ? silent : error.what);
}

void message_send(const struct message *message, const struct message_endpoint *endpoint,
                  struct message_outcome *outcome)
{
    struct buffer subject = BUFFER_INIT, body = BUFFER_INIT, address = BUFFER_INIT;
    struct message plain = *message;
    text_plain(&subject, message->subject, strlen(message->subject), ' ');
    text_plain(&body, message->body, strlen(message->body), '\n');
    text_plain(&address, message->address, strlen(message->address), ' ');
    plain.subject = buffer_text(&subject);
    plain.body = buffer_text(&body);
    plain.address = buffer_text(&address);
    *outcome = (struct message_outcome){.result = MESSAGE_SENT};
    if (!strcmp(endpoint->kind, "smtp"))
        send_mail(&plain, endpoint, outcome);
    else if (!strcmp(endpoint->kind, "webhook"))
        send_webhook(&plain, endpoint, outcome);
    else
        send_sms(&plain, endpoint, outcome);
    buffer_free(&subject);
    buffer_free(&body);
    buffer_free(&address);
}
