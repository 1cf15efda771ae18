#include "base/text.h"

#include <string.h>
#include <wchar.h>

static bool ambiguous_wide;

void text_set_ambiguous_wide(bool wide)
{
    ambiguous_wide = wide;
}

static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    if (lead >= 0xF0 && lead <= 0xF4)
        return 4;
    return 0;
}

/* Bytes of one valid character, 0 when it is invalid or incomplete. */
static size_t decode_valid(const char *text, size_t length, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)text;
    size_t need = sequence_length(byte[0]);
    if (need == 0 || need > length)
        return 0;
    uint32_t value = need == 1 ? byte[0] : byte[0] & (0xFFu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((byte[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (byte[i] & 0x3F);
    }
    if (value < least[need] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *character = value;
    return need;
}

size_t text_decode(const char *text, size_t length, uint32_t *character)
{
    if (length == 0)
        return 0;
    size_t used = decode_valid(text, length, character);
    if (used)
        return used;
    *character = 0xFFFD;
    return 1;
}

void text_encode(struct buffer *buffer, uint32_t c)
{
    char bytes[4];
    size_t n = 0;
    if (c < 0x80) {
        bytes[n++] = (char)c;
    } else if (c < 0x800) {
        bytes[n++] = (char)(0xC0 | c >> 6);
        bytes[n++] = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        bytes[n++] = (char)(0xE0 | c >> 12);
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        bytes[n++] = (char)(0x80 | (c & 0x3F));
    } else {
        bytes[n++] = (char)(0xF0 | c >> 18);
        bytes[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        bytes[n++] = (char)(0x80 | (c & 0x3F));
    }
    buffer_add_bytes(buffer, bytes, n);
}

bool text_valid(const char *text, size_t length, size_t *bad)
{
    uint32_t character;
    for (size_t at = 0; at < length;) {
        size_t used = decode_valid(text + at, length - at, &character);
        if (!used) {
            if (bad)
                *bad = at;
            return false;
        }
        at += used;
    }
    return true;
}

static bool ambiguous(uint32_t c)
{
    return (c >= 0x2010 && c <= 0x2027) || (c >= 0x2460 && c <= 0x24FF) ||
           (c >= 0x2500 && c <= 0x25FF) || c == 0xB7 || c == 0xD7 || c == 0xF7 ||
           (c >= 0x2190 && c <= 0x2199) || (c >= 0x391 && c <= 0x3C9) || (c >= 0x410 && c <= 0x44F);
}

int text_character_width(uint32_t c)
{
    if (c >= 0x20 && c < 0x7F)
        return 1;
    if (ambiguous_wide && ambiguous(c))
        return 2;
    int width = wcwidth((wchar_t)c);
    return width < 0 ? 1 : width;
}

bool text_blank(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

bool text_invisible(uint32_t c)
{
    return c == 0xAD || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

/* Characters of which a reader of the screen sees nothing where they stand. */
static bool unseen(uint32_t c)
{
    return text_invisible(c) || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF) ||
           c == 0x180E || c == 0x2028 || c == 0x2029 || (c >= 0xFE00 && c <= 0xFE0F) ||
           c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0;
}

static void add_safe(struct buffer *out, uint32_t c)
{
    if (c == '\n')
        text_encode(out, 0x23CE);
    else if (c == '\t')
        buffer_add_char(out, ' ');
    else if (c < 0x20)
        text_encode(out, 0x2400 + c);
    else if (c == 0x7F)
        text_encode(out, 0x2421);
    else if ((c >= 0x80 && c < 0xA0) || unseen(c))
        buffer_format(out, "<U+%04X>", (unsigned)c);
    else
        text_encode(out, wcwidth((wchar_t)c) < 0 ? 0xFFFD : c);
}

void text_safe(struct buffer *out, const char *text, size_t length)
{
    int marks = 0;
    bool based = false;
    buffer_add_bytes(out, "", 0);
    for (size_t at = 0; at < length;) {
        uint32_t c;
        at += text_decode(text + at, length - at, &c);
        bool mark = c >= 0x300 && !unseen(c) && wcwidth((wchar_t)c) == 0;
        marks = mark ? marks + 1 : 0;
        if (marks > 2)
            continue;
        if (mark && !based)
            text_encode(out, 0x25CC);
        based = true;
        add_safe(out, c);
    }
}

/* Those that Unicode keeps out of interchange; a workbook with one cannot be opened. */
static bool no_character(uint32_t c)
{
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

/* Characters that order others or hide, and belong to no writing. */
static bool acts(uint32_t c)
{
    bool written = c == 0xAD || c == 0x200C || c == 0x200D;
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (text_invisible(c) && !written) ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F) || no_character(c);
}

void text_plain(struct buffer *out, const char *text, size_t length, char line_end)
{
    buffer_add_bytes(out, "", 0);
    for (size_t at = 0; at < length;) {
        uint32_t c;
        at += text_decode(text + at, length - at, &c);
        if (c == '\r' && at < length && text[at] == '\n')
            continue;
        if (c == 0x0A || c == 0x0B || c == 0x0C || c == 0x0D || c == 0x85 || c == 0x2028 ||
            c == 0x2029)
            buffer_add_char(out, line_end);
        else if (c == '\t')
            buffer_add_char(out, ' ');
        else if (!acts(c))
            text_encode(out, c);
    }
}

int text_width(const char *text)
{
    int cells = 0;
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t c;
        at += text_decode(text + at, length - at, &c);
        cells += text_character_width(c);
    }
    return cells;
}

size_t text_clip(const char *text, int cells, int *used)
{
    int width = 0;
    size_t at = 0, length = strlen(text);
    while (at < length) {
        uint32_t c;
        size_t bytes = text_decode(text + at, length - at, &c);
        int more = text_character_width(c);
        if (width + more > cells)
            break;
        width += more;
        at += bytes;
    }
    if (used)
        *used = width;
    return at;
}

static void blanks(struct buffer *out, int count)
{
    for (int i = 0; i < count; i++)
        buffer_add_char(out, ' ');
}

void text_fit(struct buffer *out, const char *text, int cells, enum text_align align)
{
    int used;
    if (cells <= 0) {
        buffer_add_bytes(out, "", 0);
        return;
    }
    size_t bytes = text_clip(text, cells, &used);
    bool cut = text[bytes] != '\0';
    if (cut)
        bytes = text_clip(text, cells - text_character_width(0x2026), &used);
    int pad = cells - used - (cut ? text_character_width(0x2026) : 0);
    if (align == TEXT_RIGHT)
        blanks(out, pad);
    buffer_add_bytes(out, text, bytes);
    if (cut)
        buffer_add(out, "…");
    if (align == TEXT_LEFT)
        blanks(out, pad);
}

size_t text_wrap(const char *text, int cells, size_t *next)
{
    size_t end = text_clip(text, cells, NULL);
    if (text[end] == '\0' || end == 0) {
        *next = end;
        return end;
    }
    uint32_t after = 0, before = 0;
    text_decode(text + end, strlen(text + end), &after);
    size_t cut = 0, cut_next = 0;
    for (size_t at = 0; at < end;) {
        uint32_t c;
        size_t bytes = text_decode(text + at, end - at, &c);
        if (c == ' ') {
            cut = at;
            cut_next = at + bytes;
        } else if (before && text_character_width(c) == 2) {
            cut = cut_next = at;
        }
        before = c;
        at += bytes;
    }
    if (after == ' ') {
        *next = end + 1;
        return end;
    }
    if (cut == 0 || text_character_width(after) == 2) {
        *next = end;
        return end;
    }
    *next = cut_next;
    return cut;
}
