#include "customer/search_key.h"

#include "base/text.h"

#include <stdbool.h>

static bool dropped(uint32_t c)
{
    return c < 0x20 || c == 0x7F || text_invisible(c) || c == 0xB7 || c == 0x2022 || c == 0x30FB ||
           c == 0xFF65 || c == 0xFFFD;
}

static uint32_t folded(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool grouping(uint32_t c)
{
    return c == '-' || c == '.' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

static void fold(struct buffer *out, const char *text, size_t length, bool compact)
{
    size_t start = out->length;
    bool gap = false;
    for (size_t at = 0, used; at < length; at += used) {
        uint32_t c;
        used = text_decode(text + at, length - at, &c);
        c = folded(c);
        if (text_blank(c)) {
            gap = true;
            continue;
        }
        if (dropped(c) || (compact && grouping(c)))
            continue;
        if (gap && !compact && out->length > start)
            buffer_add_char(out, ' ');
        gap = false;
        text_encode(out, c);
    }
}

void search_fold(struct buffer *out, const char *text, size_t length)
{
    fold(out, text, length, false);
}

void search_key(struct buffer *out, const char *text, size_t length)
{
    fold(out, text, length, true);
}
