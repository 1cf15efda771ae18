#include "link/mail.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/language.h"
#include "link/curl.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { WORD_BYTES = 42, LINE_BYTES = 57 };

struct upload {
    struct buffer text;
    size_t sent;
};

static void add_base64(struct buffer *out, const char *bytes, size_t length)
{
    unsigned char coded[4 * ((LINE_BYTES + 2) / 3) + 1];
    EVP_EncodeBlock(coded, (const unsigned char *)bytes, (int)length);
    buffer_add(out, (const char *)coded);
}

/* Bytes of `text` up to `most` that end with a whole character. */
static size_t whole_characters(const char *text, size_t most)
{
    size_t length = strlen(text);
    if (length <= most)
        return length;
    length = most;
    while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

/* An encoded word is at most 75 characters long and holds whole characters (RFC 2047, 2 and 5). */
static void add_subject(struct buffer *out, const char *subject)
{
    buffer_add(out, *subject ? "Subject:" : "Subject:\r\n");
    while (*subject) {
        size_t take = whole_characters(subject, WORD_BYTES);
        if (!take)
            break;
        buffer_add(out, " =?UTF-8?B?");
        add_base64(out, subject, take);
        buffer_add(out, "?=\r\n");
        subject += take;
    }
}

/* Lines of a text end with CR LF also where base64 hides them (RFC 2045, 6.8). */
static void add_body(struct buffer *out, const char *text)
{
    struct buffer lines = BUFFER_INIT;
    for (; *text; text++) {
        if (*text == '\n')
            buffer_add_char(&lines, '\r');
        buffer_add_char(&lines, *text);
    }
    const char *body = buffer_text(&lines);
    size_t left = strlen(body);
    while (left) {
        size_t take = left < LINE_BYTES ? left : LINE_BYTES;
        add_base64(out, body, take);
        buffer_add(out, "\r\n");
        body += take;
        left -= take;
    }
    buffer_free(&lines);
}

/* Names of days and months are English whatever the locale (RFC 5322, 3.3). */
static void add_date(struct buffer *out)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    buffer_format(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday,
                  tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                  tm.tm_sec);
}

static void write_mail(struct buffer *out, const struct mail *mail)
{
    buffer_format(out, "From: <%s>\r\nTo: <%s>\r\n", mail->from, mail->to);
    add_date(out);
    buffer_format(out, "Message-ID: <%s%s>\r\n", mail->key, strchr(mail->from, '@'));
    add_subject(out, mail->subject);
    buffer_add(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
                    "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n");
    add_body(out, mail->body);
}

static size_t give(char *bytes, size_t size, size_t count, void *data)
{
    struct upload *upload = data;
    size_t left = upload->text.length - upload->sent, take = size * count;
    take = take < left ? take : left;
    memcpy(bytes, upload->text.data + upload->sent, take);
    upload->sent += take;
    return take;
}

/* One address and nothing that could begin another header or command. */
static bool address_good(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;
    if (!at || at == address || !at[1] || strchr(at + 1, '@'))
        return false;
    for (const char *p = address; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 127 || strchr("<>\",;\\", *p))
            return false;
    return true;
}

static bool key_good(const char *key)
{
    return *key && strspn(key, "0123456789abcdefABCDEF-") == strlen(key);
}

static bool is_loopback(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    size_t length = strcspn(host, ":/");
    return (length == 9 && (!strncmp(host, "127.0.0.1", 9) || !strncmp(host, "localhost", 9))) ||
           !strncmp(host, "[::1]", 5);
}

static bool check(const struct mail *mail, struct error *error)
{
    if (strncasecmp(mail->url, "smtp://", 7) && strncasecmp(mail->url, "smtps://", 8))
        return error_set(error, ERROR_REFUSED, mail->url, _("Write smtp://HOST or smtps://HOST."),
                         _("not an address of a mail server"));
    if (!address_good(mail->from))
        return error_set(error, ERROR_REFUSED, mail->from, NULL, _("not a sender's address"));
    if (!address_good(mail->to) || !key_good(mail->key))
        return error_set(error, ERROR_REFUSED, mail->to, NULL, _("not a mail address"));
    return true;
}

static void set_options(const struct curl *curl, CURL *handle, const struct mail *mail,
                        struct upload *upload, struct curl_slist *to, const char *from)
{
    curl->easy_setopt(handle, CURLOPT_URL, mail->url);
    curl->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(handle, CURLOPT_USE_SSL,
                      (long)(is_loopback(mail->url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    if (mail->authority)
        curl->easy_setopt(handle, CURLOPT_CAINFO, mail->authority);
    if (mail->user && *mail->user && mail->secret && *mail->secret) {
        curl->easy_setopt(handle, CURLOPT_USERNAME, mail->user);
        curl->easy_setopt(handle, CURLOPT_PASSWORD, mail->secret);
    }
    curl->easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)mail->timeout_ms);
    curl->easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)mail->timeout_ms);
    curl->easy_setopt(handle, CURLOPT_MAIL_FROM, from);
    curl->easy_setopt(handle, CURLOPT_MAIL_RCPT, to);
    curl->easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl->easy_setopt(handle, CURLOPT_READFUNCTION, give);
    curl->easy_setopt(handle, CURLOPT_READDATA, upload);
}

static bool judge(const struct curl *curl, CURL *handle, CURLcode code, const struct mail *mail,
                  const struct upload *upload, struct mail_answer *answer, struct error *error)
{
    long reply = 0;
    curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &reply);
    answer->code = (int)reply;
    if (code == CURLE_OK)
        return true;
    bool refused = reply >= 500 && reply < 600;
    answer->maybe_sent = reply < 400 && upload->sent == upload->text.length;
    return error_set(error, refused ? ERROR_REFUSED : ERROR_UNREACHABLE, mail->url, NULL,
                     reply ? "%s (%ld)" : "%s", curl->easy_strerror(code), reply);
}

bool mail_send(const struct mail *mail, struct mail_answer *answer, struct error *error)
{
    *answer = (struct mail_answer){0, false};
    const struct curl *curl = check(mail, error) ? curl_load(error) : NULL;
    CURL *handle = curl ? curl->easy_init() : NULL;
    if (!handle)
        return curl ? error_set(error, ERROR_SYSTEM, "libcurl", NULL, _("out of memory")) : false;
    struct upload upload = {BUFFER_INIT, 0};
    char *from = xasprintf("<%s>", mail->from), *to = xasprintf("<%s>", mail->to);
    struct curl_slist *list = curl->slist_append(NULL, to);
    write_mail(&upload.text, mail);
    set_options(curl, handle, mail, &upload, list, from);
    bool done = judge(curl, handle, curl->easy_perform(handle), mail, &upload, answer, error);
    curl->slist_free_all(list);
    curl->easy_cleanup(handle);
    buffer_free(&upload.text);
    free(from);
    free(to);
    return done;
}
