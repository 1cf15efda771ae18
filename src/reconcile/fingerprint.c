#include "reconcile/fingerprint.h"

#include "base/alloc.h"
#include "base/date.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEPARATOR = 0x1f,
    MOST = 1 << 23 /* fingerprints that are remembered, 128 MB */
};

void fingerprint_start(struct fingerprint *fingerprint)
{
    *fingerprint = (struct fingerprint){.text = BUFFER_INIT,
                                        .context = EVP_MD_CTX_new(),
                                        .digest = EVP_MD_fetch(NULL, "SHA256", NULL)};
}

void fingerprint_end(struct fingerprint *fingerprint)
{
    buffer_free(&fingerprint->text);
    EVP_MD_CTX_free(fingerprint->context);
    EVP_MD_free(fingerprint->digest);
    free(fingerprint->seen);
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

static void put(uint64_t *slots, size_t count, uint64_t value, bool *twice)
{
    size_t at = value & (count - 1);
    while (slots[at] && slots[at] != value)
        at = (at + 1) & (count - 1);
    *twice = *twice || slots[at];
    slots[at] = value;
}

static void grow(struct fingerprint *fingerprint)
{
    size_t slots = fingerprint->slots ? fingerprint->slots * 4 : 4096;
    uint64_t *larger = xcalloc(slots, sizeof *larger);
    bool ignored = false;
    for (size_t i = 0; i < fingerprint->slots; i++)
        if (fingerprint->seen[i])
            put(larger, slots, fingerprint->seen[i], &ignored);
    free(fingerprint->seen);
    fingerprint->seen = larger;
    fingerprint->slots = slots;
}

/* Remembers the beginning of a digest; no longer when two were equal or they are too many. */
static void remember(struct fingerprint *fingerprint, const unsigned char *digest)
{
    uint64_t value;
    if (fingerprint->twice)
        return;
    if (fingerprint->count >= MOST) {
        fingerprint->twice = true;
        return;
    }
    if (fingerprint->count * 2 >= fingerprint->slots)
        grow(fingerprint);
    memcpy(&value, digest, sizeof value);
    put(fingerprint->seen, fingerprint->slots, value | 1, &fingerprint->twice);
    fingerprint->count++;
}

bool fingerprint_item(struct fingerprint *fingerprint, char side, const struct item *item,
                      unsigned char print[FINGERPRINT_BYTES])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    write_text(&fingerprint->text, side, item);
    if (!fingerprint->context || !fingerprint->digest ||
        !EVP_DigestInit_ex(fingerprint->context, fingerprint->digest, NULL) ||
        !EVP_DigestUpdate(fingerprint->context, fingerprint->text.data, fingerprint->text.length) ||
        !EVP_DigestFinal_ex(fingerprint->context, digest, NULL))
        return false;
    memcpy(print, digest, FINGERPRINT_BYTES);
    remember(fingerprint, digest);
    return true;
}

bool fingerprint_twice(const struct fingerprint *fingerprint)
{
    return fingerprint->twice;
}
