#include "customer/search_key.h"

#include "base/text.h"

static bool ignored(uint32_t c)
{
    return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == '-' || c == '\'' || c == 0xB7 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x2015) || c == 0x2019 || c == 0x2022 ||
           (c >= 0x2027 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x2212 ||
           c == 0x3000 || c == 0x30FB || c == 0xFEFF || c == 0xFF65 || c == 0xFFFD;
}

void search_key(struct buffer *out, const char *text, size_t length)
{
    for (size_t at = 0, used; at < length; at += used) {
        uint32_t c;
        used = text_decode(text + at, length - at, &c);
        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFEE0;
        if (ignored(c))
            continue;
        if (c >= 'A' && c <= 'Z')
            c += 'a' - 'A';
        text_encode(out, c);
    }
}
