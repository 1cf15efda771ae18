#include "reconcile/formats/narrative.h"

#include <ctype.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct slice trim(struct slice text)
{
    while (text.length && (text.text[0] == ' ' || text.text[0] == '\n'))
        text.text++, text.length--;
    while (text.length &&
           (text.text[text.length - 1] == ' ' || text.text[text.length - 1] == '\n'))
        text.length--;
    return text;
}

bool narrative_no_reference(struct slice reference)
{
    enum { LONGEST = 12 };
    static const char *const none[] = {"NONREF", "NOTPROVIDED", "NOREF", "NOT PROVIDED",
                                       "KREF+", "EREF+"};
    reference = trim(reference);
    if (!reference.length || reference.length > LONGEST || !strchr("NKE", *reference.text))
        return reference.length == 0;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (reference.length == strlen(none[i]) &&
            !memcmp(reference.text, none[i], reference.length))
            return true;
    return false;
}

/* Separator of German sub-fields: three digits (may be missing), the mark, two digits. */
static char structured(struct slice text)
{
    size_t at = 0;
    while (at < 3 && at < text.length && is_digit(text.text[at]))
        at++;
    if (at + 3 > text.length || !text.text[at] || !strchr("?~><^@|", text.text[at]))
        return 0;
    return is_digit(text.text[at + 1]) && is_digit(text.text[at + 2]) ? text.text[at] : 0;
}

/* The code of the sub-field whose mark is at `at`; -1 when the mark is a character of the text. */
static int field_code(const char *at, const char *end)
{
    return end - at > 2 && is_digit(at[1]) && is_digit(at[2]) ? (at[1] - '0') * 10 + at[2] - '0'
                                                              : -1;
}

/* Copies the sub-fields with low <= code <= high. */
static size_t copy_fields(struct slice input, char mark, int low, int high, char *out)
{
    const char *at = input.text, *end = at + input.length;
    size_t used = 0;
    bool wanted = false;
    while (at < end) {
        const char *next = memchr(at, mark, (size_t)(end - at));
        size_t length = (size_t)((next ? next : end) - at);
        if (wanted)
            memcpy(out + used, at, length);
        used += wanted ? length : 0;
        if (!next)
            break;
        int code = field_code(next, end);
        if (code < 0 && wanted)
            out[used++] = mark;
        if (code >= 0)
            wanted = code >= low && code <= high;
        at = next + (code < 0 ? 1 : 3);
    }
    return used;
}

/* Marks inside the purpose: four capitals and a plus sign (SEPA) or a colon (messages of banks). */
static bool is_sepa_mark(const char *text, size_t left)
{
    return left >= 5 && (text[4] == '+' || text[4] == ':') && isupper((unsigned char)text[0]) &&
           isupper((unsigned char)text[1]) && isupper((unsigned char)text[2]) &&
           isupper((unsigned char)text[3]);
}

static struct slice sepa_field(struct slice text, const char *mark)
{
    for (size_t i = 0; i + 5 <= text.length; i++) {
        if (text.text[i] != mark[0] || memcmp(text.text + i, mark, 5))
            continue;
        size_t end = i + 5;
        while (end < text.length && !is_sepa_mark(text.text + end, text.length - end))
            end++;
        return trim((struct slice){text.text + i + 5, end - i - 5});
    }
    return (struct slice){"", 0};
}

/* Line ends fall anywhere in a structured text, inside a code too: they are no part of it. */
static struct slice unwrap(struct slice input, char *out)
{
    const char *at = input.text, *end = at + input.length;
    size_t used = 0;
    if (!memchr(at, '\n', input.length))
        return input;
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((next ? next : end) - at);
        memcpy(out + used, at, length);
        used += length;
        at += length + 1;
    }
    return (struct slice){out, used};
}

/* Sub-fields 60 to 63 continue the purpose when 29 is in use, else they are something else. */
static void read_structured(struct slice input, char mark, struct narrative *narrative)
{
    char *out = narrative->text;
    input = unwrap(input, out + 2 * input.length + 2);
    bool full = copy_fields(input, mark, 29, 29, out);
    size_t purpose = copy_fields(input, mark, 20, 29, out);
    size_t own = purpose, more = copy_fields(input, mark, 60, 63, out + purpose + !full);
    if (more && !full)
        out[purpose] = ' ';
    purpose += more ? more + !full : 0;
    size_t name = copy_fields(input, mark, 32, 33, out + purpose);
    narrative->purpose = trim((struct slice){out, purpose});
    narrative->name = trim((struct slice){out + purpose, name});
    struct slice part = {out, full ? purpose : own};
    struct slice reference = sepa_field(part, "EREF+");
    if (narrative_no_reference(reference))
        reference = sepa_field(part, "KREF+");
    narrative->reference = reference;
}

/* Dutch fields: /CODE/value, ended by the next /CODE/ of two to four capitals. */
static bool is_slash_code(const char *text, size_t left)
{
    size_t n = 1;
    if (left < 4 || text[0] != '/')
        return false;
    while (n < left && n <= 4 && isupper((unsigned char)text[n]))
        n++;
    return n >= 3 && n < left && text[n] == '/';
}

static struct slice slash_field(struct slice text, const char *code)
{
    size_t length = strlen(code);
    for (size_t i = 0; i + length <= text.length; i++) {
        if (text.text[i] != '/' || memcmp(text.text + i, code, length))
            continue;
        size_t start = i + length, end = start;
        while (end < text.length && !is_slash_code(text.text + end, text.length - end))
            end++;
        while (end > start && text.text[end - 1] == '/')
            end--; /* some banks end a field with a slash of its own */
        return trim((struct slice){text.text + start, end - start});
    }
    return (struct slice){"", 0};
}

/* The first of these fields that says something; the list ends with NULL. */
static struct slice first_field(struct slice text, const char *const *codes)
{
    struct slice found = {"", 0};
    for (; *codes && narrative_no_reference(found); codes++)
        found = slash_field(text, *codes);
    return narrative_no_reference(found) ? (struct slice){"", 0} : found;
}

/* Lines of a coded text continue each other; lines of a free text are separate. */
static size_t join_lines(struct slice input, bool coded, char *out)
{
    size_t used = 0;
    for (size_t i = 0; i < input.length; i++) {
        char c = input.text[i];
        if (c == '\n' && coded)
            continue;
        if (c == '\n' || (unsigned char)c < ' ')
            c = ' ';
        if (c == ' ' && (!used || out[used - 1] == ' '))
            continue;
        out[used++] = c;
    }
    return used;
}

void narrative_read(struct slice input, struct narrative *narrative)
{
    /* Names of the other party; references end to end, of the payer and for the payee. */
    static const char *const names[] = {"/NAME/", "/ORDP/", "/BENM/", "/ULTD/", "/ULTB/", NULL};
    static const char *const references[] = {"/EREF/", "/KREF/", "/ROC/", "/RFB/", "/INV/", NULL};
    char mark = structured(input = trim(input));
    narrative->name = narrative->reference = (struct slice){"", 0};
    if (mark) {
        read_structured(input, mark, narrative);
        return;
    }
    bool coded = is_slash_code(input.text, input.length);
    narrative->purpose =
        trim((struct slice){narrative->text, join_lines(input, coded, narrative->text)});
    if (!coded)
        return;
    narrative->name = first_field(narrative->purpose, names);
    narrative->reference = first_field(narrative->purpose, references);
}
