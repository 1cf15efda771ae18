#include "customer/conceal.h"

#include "base/text.h"
#include "customer/conceal_part.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { DIGITS = 40, GAP = 3 };

/* A run of digits as it stands in the text. */
struct run {
    char digits[DIGITS + 1];
    size_t count, bytes;
    bool plus, ends_x;
};

bool conceal_starts(const char *text, size_t length, const char *word)
{
    return strlen(word) <= length && !strncasecmp(text, word, strlen(word));
}

bool conceal_han(const char *text, size_t length)
{
    uint32_t c = 0;
    if (length)
        text_decode(text, length, &c);
    return c >= 0x4E00 && c <= 0x9FFF;
}

/* The plain character for one of another width, 0: it takes no room, itself: there is none. */
static uint32_t fold_character(uint32_t c)
{
    if ((c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF3A) ||
        (c >= 0xFF41 && c <= 0xFF5A) || c == 0xFF08 || c == 0xFF09 || c == 0xFF0B ||
        c == 0xFF0D || c == 0xFF0E || c == 0xFF20 || c == 0xFF3F)
        return c - 0xFEE0;
    if (c > 0x7F && text_blank(c))
        return ' ';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
        return '-';
    return text_invisible(c) ? 0 : c;
}

void conceal_fold(struct buffer *out, const char *text, size_t length)
{
    uint32_t c;
    for (size_t at = 0, used; at < length; at += used) {
        used = text_decode(text + at, length - at, &c);
        uint32_t plain = fold_character(c);
        if (plain == c || plain > 0x7F)
            buffer_add_bytes(out, text + at, used);
        else if (plain)
            buffer_add_char(out, (char)plain);
    }
}

/* The digit that a character is, -1 for none; Han ones too. */
static int digit_at(const char *text, size_t length, size_t *used)
{
    static const uint32_t han[] = {0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                   0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
    uint32_t c;
    *used = text_decode(text, length, &c);
    if (c >= '0' && c <= '9')
        return (int)c - '0';
    for (int digit = 0; digit < 10; digit++)
        if (c == han[digit])
            return digit;
    return c == 0x3007 ? 0 : c == 0x5E7A ? 1 : -1;
}

/* Bytes of signs between two digits, 0 when no digit follows. */
static size_t gap_at(const char *text, size_t length)
{
    size_t at = 0, used;
    while (at < length && at < GAP && strchr(" -.()", text[at]))
        at++;
    return at < length && digit_at(text + at, length - at, &used) >= 0 ? at : 0;
}

/* Digits from here on, with a few blanks, hyphens, dots or brackets between two of them. */
static struct run read_run(const char *text, size_t length)
{
    struct run run = {.plus = length && *text == '+'};
    size_t at = run.plus, used;
    for (int digit; at < length && (digit = digit_at(text + at, length - at, &used)) >= 0;) {
        if (run.count < DIGITS)
            run.digits[run.count++] = (char)('0' + digit);
        run.bytes = at += used;
        at += gap_at(text + at, length - at);
    }
    size_t x = run.bytes + (run.bytes < length && strchr(" -", text[run.bytes]));
    if (run.count == 17 && x < length && (text[x] | 32) == 'x') {
        run.ends_x = true;
        run.bytes = x + 1;
    }
    return run;
}

static const char *name_run(const struct run *run)
{
    const char *d = run->digits;
    if (run->ends_x || (run->count == 18 && strchr("123456", d[0]) &&
                        (!strncmp(d + 6, "19", 2) || !strncmp(d + 6, "20", 2))))
        return "[ID]";
    if (run->plus && run->count >= 8)
        return "[PHONE]";
    if (run->count == 11 && d[0] == '1' && d[1] >= '3')
        return "[PHONE]";
    if ((run->count == 13 && !strncmp(d, "861", 3)) ||
        (d[0] == '0' && run->count >= 10 && run->count <= 12) ||
        (run->count == 10 && !strncmp(d, "400", 3)))
        return "[PHONE]";
    if (run->count == 15 && strchr("123456", d[0]))
        return "[ID]";
    if (run->count >= 12)
        return "[CARD]";
    return run->count >= 6 ? "[NUMBER]" : NULL;
}

static bool word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Bytes of a mail address that stands here, 0 for none. */
static size_t mail_at(const char *text, size_t length)
{
    size_t at = 0, dots = 0;
    while (at < length && (word_byte(text[at]) || strchr(".+-%", text[at])))
        at++;
    if (!at || at >= length || text[at] != '@')
        return 0;
    size_t start = ++at;
    while (at < length && (word_byte(text[at]) || text[at] == '-' || text[at] == '.'))
        dots += text[at++] == '.';
    while (at > start && text[at - 1] == '.')
        at--, dots--;
    return at > start + 2 && dots ? at : 0;
}

/* A passport or permit: one or two letters and 7 to 9 digits. */
static size_t passport_at(const char *text, size_t length)
{
    size_t letters = 0;
    while (letters < length && letters < 3 && isalpha((unsigned char)text[letters]))
        letters++;
    size_t blank = letters < length && text[letters] == ' ';
    if (letters < 1 || letters > 2 || letters + blank >= length ||
        !isdigit((unsigned char)text[letters + blank]) || (blank && !isupper((unsigned char)*text)))
        return 0;
    struct run run = read_run(text + letters + blank, length - letters - blank);
    return run.count >= 7 && run.count <= 9 ? letters + blank + run.bytes : 0;
}

/* What stands at the beginning of a word of letters and digits. */
static size_t conceal_word(struct buffer *out, const char *text, size_t length)
{
    size_t used = mail_at(text, length);
    const char *name = "[EMAIL]";
    if (!used) {
        used = passport_at(text, length);
        name = "[ID]";
    }
    if (used)
        buffer_add(out, name);
    return used;
}

static void conceal_folded(struct buffer *out, const char *text, size_t length,
                           const char *const *names)
{
    bool inside = false; /* a word of ASCII letters or digits */
    for (size_t at = 0, used; at < length; at += used) {
        const char *here = text + at;
        size_t left = length - at;
        if ((used = conceal_name(out, here, left, names, inside)) ||
            (used = conceal_place(out, here, left, inside)) ||
            (!inside && (used = conceal_word(out, here, left)))) {
            inside = false;
            continue;
        }
        struct run run = read_run(here, left);
        const char *name = run.count ? name_run(&run) : NULL;
        uint32_t c;
        used = name ? run.bytes : text_decode(here, left, &c);
        if (name)
            buffer_add(out, name);
        else
            buffer_add_bytes(out, here, used);
        inside = word_byte(here[used - 1]);
    }
}

void conceal(struct buffer *out, const char *text, size_t length, const char *const *names)
{
    struct buffer plain = BUFFER_INIT;
    conceal_fold(&plain, text, length);
    conceal_folded(out, buffer_text(&plain), plain.length, names);
    buffer_free(&plain);
}
