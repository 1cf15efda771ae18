#include "link/http.h"

#include "base/language.h"
#include "link/curl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TIMEOUT_MS = 30000, CONNECT_MS = 10000, LIMIT = 16 * 1024 * 1024 };

/* The exchange under way. */
struct exchange {
    struct http_answer *answer;
    size_t limit;
    bool too_long;
};

static size_t take_body(char *bytes, size_t size, size_t count, void *data)
{
    struct exchange *exchange = data;
    struct buffer *body = &exchange->answer->body;
    exchange->too_long = size * count > exchange->limit - body->length;
    if (exchange->too_long)
        return 0;
    buffer_add_bytes(body, bytes, size * count);
    return size * count;
}

/* The value of a header line of this name, NULL for another. */
static const char *value_of(const char *line, size_t length, const char *name)
{
    size_t used = strlen(name);
    if (length <= used || strncasecmp(line, name, used) || line[used] != ':')
        return NULL;
    const char *value = line + used + 1;
    while (value < line + length && (*value == ' ' || *value == '\t'))
        value++;
    return value;
}

static size_t take_header(char *line, size_t size, size_t count, void *data)
{
    struct http_answer *answer = ((struct exchange *)data)->answer;
    size_t length = size * count;
    const char *value;
    if ((value = value_of(line, length, "content-type"))) {
        size_t kept = strcspn(value, "\r\n");
        kept = kept < sizeof answer->type ? kept : sizeof answer->type - 1;
        memcpy(answer->type, value, kept);
        answer->type[kept] = '\0';
    } else if ((value = value_of(line, length, "retry-after")) && *value >= '0' && *value <= '9') {
        long seconds = strtol(value, NULL, 10);
        answer->retry_after = seconds > 86400 ? 86400 : (int)seconds;
    }
    return length;
}

/* A header of one line, so that a value from data cannot add another. */
static bool add_headers(const struct curl *curl, const char *const *headers,
                        struct curl_slist **list, struct error *error)
{
    for (; headers && *headers; headers++) {
        if (strpbrk(*headers, "\r\n") || !strchr(*headers, ':'))
            return error_set(error, ERROR_USAGE, "HTTP", NULL,
                             _("a header is one line, a name and a value"));
        struct curl_slist *longer = curl->slist_append(*list, *headers);
        if (!longer)
            return error_set(error, ERROR_SYSTEM, "HTTP", NULL, _("out of memory"));
        *list = longer;
    }
    return true;
}

static bool check_url(const char *url, struct error *error)
{
    return !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8) ||
           error_set(error, ERROR_USAGE, url, _("Give an address that begins with https://."),
                     _("not an address of a web service"));
}

static void set_options(const struct curl *curl, CURL *handle, const struct http_request *request,
                        struct exchange *exchange, struct curl_slist *headers)
{
    curl->easy_setopt(handle, CURLOPT_URL, request->url);
    curl->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    curl->easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl->easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
    curl->easy_setopt(handle, CURLOPT_USERAGENT, "bankops");
    curl->easy_setopt(handle, CURLOPT_TIMEOUT_MS,
                      (long)(request->timeout_ms ? request->timeout_ms : TIMEOUT_MS));
    curl->easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                      (long)(request->connect_ms ? request->connect_ms : CONNECT_MS));
    curl->easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl->easy_setopt(handle, CURLOPT_WRITEDATA, exchange);
    curl->easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl->easy_setopt(handle, CURLOPT_HEADERDATA, exchange);
    if (request->authority)
        curl->easy_setopt(handle, CURLOPT_CAINFO, request->authority);
    if (request->body) {
        curl->easy_setopt(handle, CURLOPT_POST, 1L);
        curl->easy_setopt(handle, CURLOPT_POSTFIELDS, request->body);
        curl->easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
    }
    if (request->method)
        curl->easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
}

/* Whether a failure of this kind leaves open if the server has the request. */
static bool may_have_arrived(CURLcode code)
{
    return code != CURLE_COULDNT_RESOLVE_HOST && code != CURLE_COULDNT_RESOLVE_PROXY &&
           code != CURLE_COULDNT_CONNECT && code != CURLE_URL_MALFORMAT &&
           code != CURLE_SSL_CONNECT_ERROR && code != CURLE_PEER_FAILED_VERIFICATION &&
           code != CURLE_SSL_CACERT_BADFILE && code != CURLE_UNSUPPORTED_PROTOCOL;
}

static bool judge(const struct curl *curl, CURL *handle, CURLcode code,
                  const struct exchange *exchange, const struct http_request *request,
                  struct error *error)
{
    long status = 0, connected = 0;
    curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    exchange->answer->status = (int)status;
    if (code == CURLE_OK)
        return true;
    curl->easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connected);
    exchange->answer->maybe_sent = connected > 0 && may_have_arrived(code);
    if (exchange->too_long)
        return error_set(error, ERROR_UNREACHABLE, request->url, NULL,
                         _("the answer is longer than %zu bytes"), exchange->limit);
    return error_set(error, code == CURLE_URL_MALFORMAT ? ERROR_USAGE : ERROR_UNREACHABLE,
                     request->url, _("Check the address, the network and the certificate."), "%s",
                     curl->easy_strerror(code));
}

bool http_send(const struct http_request *request, struct http_answer *answer, struct error *error)
{
    const struct curl *curl = check_url(request->url, error) ? curl_load(error) : NULL;
    CURL *handle = curl ? curl->easy_init() : NULL;
    struct curl_slist *headers = NULL;
    struct exchange exchange = {answer, request->limit ? request->limit : LIMIT, false};
    if (!handle)
        return curl ? error_set(error, ERROR_SYSTEM, "libcurl", NULL, _("out of memory")) : false;
    bool done = add_headers(curl, request->headers, &headers, error);
    if (done) {
        set_options(curl, handle, request, &exchange, headers);
        done = judge(curl, handle, curl->easy_perform(handle), &exchange, request, error);
    }
    curl->slist_free_all(headers);
    curl->easy_cleanup(handle);
    return done;
}

void http_answer_free(struct http_answer *answer)
{
    buffer_free(&answer->body);
    *answer = (struct http_answer)HTTP_ANSWER_INIT;
}
