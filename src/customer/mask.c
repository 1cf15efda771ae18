#include "customer/mask.h"

#include "base/text.h"

#include <string.h>

static void stars(struct buffer *out, size_t count)
{
    while (count--)
        buffer_add_char(out, '*');
}

/* Keeps `head` and `tail` bytes of an ASCII text; all asterisks when nothing would be hidden. */
static void keep(struct buffer *out, const char *text, size_t head, size_t tail)
{
    size_t length = strlen(text);
    if (length <= head + tail) {
        stars(out, length);
        return;
    }
    buffer_add_bytes(out, text, head);
    stars(out, length - head - tail);
    buffer_add_bytes(out, text + length - tail, tail);
}

void mask_phone(struct buffer *out, const char *phone)
{
    keep(out, phone, 3, 4);
}

void mask_card(struct buffer *out, const char *card)
{
    keep(out, card, 6, 4);
}

void mask_resident(struct buffer *out, const char *number)
{
    keep(out, number, 6, 4);
}

void mask_account(struct buffer *out, const char *account)
{
    keep(out, account, 0, 4);
}

static void mask_words(struct buffer *out, const char *name, size_t length)
{
    uint32_t character;
    bool first = true;
    for (size_t at = 0, used; at < length; at += used) {
        used = text_decode(name + at, length - at, &character);
        if (character == ' ' || character == '-' || first)
            buffer_add_bytes(out, name + at, used);
        else
            buffer_add_char(out, '*');
        first = character == ' ' || character == '-';
    }
}

void mask_name(struct buffer *out, const char *name)
{
    size_t length = strlen(name), at = 0, last = 0, count = 0;
    uint32_t character = 0;
    while (at < length) {
        last = at;
        at += text_decode(name + at, length - at, &character);
        count++;
    }
    if (count && character < 0x2E80) {
        mask_words(out, name, length);
        return;
    }
    stars(out, count > 1 ? count - 1 : count);
    if (count > 1)
        buffer_add(out, name + last);
}

void mask_email(struct buffer *out, const char *email)
{
    const char *at = strrchr(email, '@');
    if (!at || at == email) {
        stars(out, strlen(email));
        return;
    }
    buffer_add_char(out, *email);
    buffer_add(out, "***");
    buffer_add(out, at);
}
