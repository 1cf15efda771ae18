#include "customer/search_key.h"

#include "base/text.h"

#include <stdbool.h>

static bool blank(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

static bool dropped(uint32_t c)
{
    return c < 0x09 || (c >= 0x0E && c < 0x20) || c == 0x7F ||
           (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xB7 ||
           c == 0x2022 || c == 0x30FB || c == 0xFF65 || c == 0xFFFD;
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
        if (blank(c)) {
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
