#include "reconcile/fingerprint.h"

#include "base/date.h"

#include <openssl/evp.h>
#include <stdio.h>

enum { SEPARATOR = 0x1f };

void fingerprint_start(struct fingerprint *fingerprint)
{
    *fingerprint = (struct fingerprint){BUFFER_INIT, EVP_MD_CTX_new()};
}

void fingerprint_end(struct fingerprint *fingerprint)
{
    buffer_free(&fingerprint->text);
    EVP_MD_CTX_free(fingerprint->context);
}

static void add_day(struct buffer *text, int day)
{
    char date[11];
    if (day == ITEM_NO_DATE)
        return;
    date_format(day, date);
    buffer_add_char(text, SEPARATOR);
    buffer_add_bytes(text, date, 10);
}

static void add_slice(struct buffer *text, struct slice slice)
{
    buffer_add_char(text, SEPARATOR);
    if (slice.length)
        buffer_add_bytes(text, slice.text, slice.length);
}

static void write_text(struct buffer *text, char side, const struct item *item)
{
    char amount[24];
    int length = snprintf(amount, sizeof amount, "%lld", (long long)item->amount);
    buffer_clear(text);
    buffer_add_char(text, side);
    add_slice(text, (struct slice){amount, (size_t)length});
    add_day(text, item->value_date);
    add_day(text, item->book_date);
    add_slice(text, item->reference);
    add_slice(text, item->bank_reference);
    add_slice(text, item->source_id);
    add_slice(text, item->counterparty);
    add_slice(text, item->narrative);
}

bool fingerprint_item(struct fingerprint *fingerprint, char side, const struct item *item,
                      char text[FINGERPRINT_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t at = 0;
    write_text(&fingerprint->text, side, item);
    if (!fingerprint->context || !EVP_DigestInit_ex(fingerprint->context, EVP_sha256(), NULL) ||
        !EVP_DigestUpdate(fingerprint->context, fingerprint->text.data, fingerprint->text.length) ||
        !EVP_DigestFinal_ex(fingerprint->context, digest, NULL))
        return false;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[at++] = '-';
        text[at++] = digits[digest[i] >> 4];
        text[at++] = digits[digest[i] & 15];
    }
    text[at] = '\0';
    return true;
}
