#include "reconcile/match_text.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_LEAST = 8, ABSENT_MOST = 24 };

/* The C library's functions depend on the locale and are slower. */
static bool is_digit(unsigned char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(unsigned char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* What a byte counts as: itself, in upper case, or 0 for a mark. */
static unsigned char upper(unsigned char byte)
{
    if (byte >= 'a' && byte <= 'z')
        return (unsigned char)(byte - 'a' + 'A');
    return is_digit(byte) || is_letter(byte) || byte >= 0x80 ? byte : 0;
}

/* Full-width forms U+FF01 to U+FF5E are ASCII from '!' on; 0 for other characters. */
static unsigned char half_width(const char *text, size_t left)
{
    const unsigned char *at = (const unsigned char *)text;
    if (left < 3 || at[0] != 0xEF || (at[1] != 0xBC && at[1] != 0xBD) || at[2] < 0x80)
        return 0;
    unsigned code = (at[1] & 3u) << 6 | (at[2] & 0x3Fu);
    return code >= 1 && code <= 0x5E ? (unsigned char)(0x20 + code) : 0;
}

static bool is_plain(unsigned char byte)
{
    return is_digit(byte) || (byte >= 'A' && byte <= 'Z');
}

struct match_form match_plain(struct slice reference)
{
    struct match_form form;
    size_t i = 0;
    for (; i < reference.length && i < MATCH_FORM && is_plain((unsigned char)reference.text[i]); i++)
        form.text[i] = reference.text[i];
    form.length = (uint8_t)i;
    form.head = 0;
    for (; i < reference.length; i++) {
        unsigned char byte = (unsigned char)reference.text[i];
        if (byte == 0xEF && half_width(reference.text + i, reference.length - i)) {
            byte = half_width(reference.text + i, reference.length - i);
            i += 2;
        }
        if (!(byte = upper(byte)))
            continue;
        if (form.length == MATCH_FORM)
            return form.length = 0, form;
        form.text[form.length++] = (char)byte;
    }
    return form;
}

bool match_no_reference(struct slice reference, const struct match_words *absent)
{
    if (!reference.length)
        return true;
    if (reference.length > ABSENT_MOST)
        return false;
    unsigned char first = upper((unsigned char)reference.text[0]);
    bool possible = !first || first == '0';
    for (size_t i = 0; i < absent->count; i++)
        possible = possible || (unsigned char)absent->words[i][0] == first;
    if (!possible && first < 0x80)
        return false;
    struct match_form form = match_plain(reference);
    for (size_t i = 0; i < absent->count; i++)
        if (strlen(absent->words[i]) == form.length &&
            !memcmp(form.text, absent->words[i], form.length))
            return true;
    for (size_t i = 0; i < form.length; i++)
        if (form.text[i] != '0')
            return false;
    return true;
}

/* Letters before nothing but digits. Returns how many letters, -1 when it is built otherwise. */
static int letters_before_digits(const struct match_form *form)
{
    size_t letters = 0;
    while (letters < form->length && is_letter((unsigned char)form->text[letters]))
        letters++;
    for (size_t i = letters; i < form->length; i++)
        if (!is_digit((unsigned char)form->text[i]))
            return -1;
    return form->length - letters < DIGITS_LEAST ? -1 : (int)letters;
}

/* Bytes of the known prefix that the text begins with, 0 when it has none. */
static size_t prefix_of(const char *text, size_t length, const struct match_words *prefixes)
{
    for (size_t i = 0; i < prefixes->count; i++) {
        size_t size = strlen(prefixes->words[i]);
        if (length > size + MATCH_CORE_LEAST && !memcmp(text, prefixes->words[i], size))
            return size;
    }
    return 0;
}

struct match_form match_core(struct slice reference, const struct match_words *prefixes)
{
    struct match_form form = match_plain(reference);
    int letters = letters_before_digits(&form);
    size_t head = letters > 0 ? (size_t)letters : 0, cut;
    while (letters < 0 && (cut = prefix_of(form.text + head, form.length - head, prefixes)))
        head += cut;
    while (form.length > head + MATCH_CORE_LEAST && form.text[head] == '0')
        head++;
    form.head = (uint8_t)head;
    if (form.length - head < MATCH_CORE_LEAST)
        form.length = form.head = 0;
    return form;
}

struct slice match_form_core(const struct match_form *form)
{
    return (struct slice){form->text + form->head, (size_t)form->length - form->head};
}

static bool is_date(const struct match_form *form)
{
    const char *text = form->text;
    int month, day;
    if (form->length != 8 || (memcmp(text, "19", 2) && memcmp(text, "20", 2)))
        return false;
    month = (text[4] - '0') * 10 + text[5] - '0';
    day = (text[6] - '0') * 10 + text[7] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_wordly(unsigned char byte)
{
    return is_digit(byte) || is_letter(byte) || byte == '-';
}

bool match_mined(struct slice narrative, const struct match_words *prefixes, size_t *at,
                 struct match_form *form)
{
    while (*at < narrative.length) {
        size_t start = *at, end, digits = 0;
        while (start < narrative.length && !is_wordly((unsigned char)narrative.text[start]))
            start++;
        for (end = start; end < narrative.length && is_wordly((unsigned char)narrative.text[end]);
             end++)
            digits += is_digit((unsigned char)narrative.text[end]);
        *at = end + 1;
        if (digits < DIGITS_LEAST)
            continue;
        struct slice word = {narrative.text + start, end - start};
        *form = match_plain(word);
        if (letters_before_digits(form) < 0 || is_date(form))
            continue;
        *form = match_core(word, prefixes);
        if (form->length)
            return true;
    }
    return false;
}

size_t match_numbered(struct slice text, size_t end)
{
    size_t digits = 0;
    if (end >= text.length || !memchr("/.#_", text.text[end], 4))
        return 0;
    while (digits < 3 && end + 1 + digits < text.length &&
           is_digit((unsigned char)text.text[end + 1 + digits]))
        digits++;
    return digits < 3 ? digits : 0;
}

bool match_same_reference(const struct match_form *one, const struct match_form *other)
{
    struct slice a = match_form_core(one), b = match_form_core(other);
    return a.length == b.length && !memcmp(a.text, b.text, a.length) &&
           match_same_head(one, other);
}

static struct match_form only_mined(struct slice narrative, const struct match_words *prefixes)
{
    struct match_form found = {.length = 0}, form;
    size_t at = 0;
    while (match_mined(narrative, prefixes, &at, &form)) {
        if (found.length && !match_same_reference(&found, &form))
            return (struct match_form){.length = 0};
        found = form;
    }
    return found;
}

/* Capitals before nothing but digits are their own form; nearly all references are built so. */
bool match_quick_core(struct slice reference, const struct match_rules *rules, struct slice *core)
{
    size_t letters = 0, zeros;
    while (letters < reference.length && reference.text[letters] >= 'A' &&
           reference.text[letters] <= 'Z')
        letters++;
    for (size_t i = letters; i < reference.length; i++)
        if (!is_digit((unsigned char)reference.text[i]))
            return false;
    for (zeros = letters; reference.length > zeros + MATCH_CORE_LEAST && reference.text[zeros] == '0';)
        zeros++;
    for (size_t i = 0; reference.length <= MATCH_WORD && i < rules->absent.count; i++)
        if (rules->absent.words[i][0] == reference.text[0])
            return false;
    *core = (struct slice){reference.text + zeros, reference.length - zeros};
    return reference.length <= MATCH_FORM && reference.length >= letters + DIGITS_LEAST &&
           core->length >= MATCH_CORE_LEAST;
}

struct match_form match_form_of(struct slice reference, struct slice narrative,
                                const struct match_rules *rules)
{
    struct match_form form;
    if (match_no_reference(reference, &rules->absent))
        return only_mined(narrative, &rules->prefixes);
    form = match_core(reference, &rules->prefixes);
    if (!form.length && reference.length <= MATCH_FORM) {
        form.length = (uint8_t)reference.length;
        memcpy(form.text, reference.text, reference.length);
    }
    return form;
}

/* The letters that the form begins with. */
static struct slice letters_of(const struct match_form *form)
{
    size_t end = 0;
    while (end < form->head && is_letter((unsigned char)form->text[end]))
        end++;
    return (struct slice){form->text, end};
}

/* The letters without the words that say nothing but that a reference follows. */
static struct slice without_mark(struct slice letters)
{
    static const char *const marks[] = {"REF", "NO", "NR"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t length = strlen(marks[i]);
        if (letters.length >= length && !memcmp(letters.text, marks[i], length))
            return (struct slice){letters.text + length, letters.length - length};
    }
    return letters;
}

bool match_same_head(const struct match_form *one, const struct match_form *other)
{
    if (one->head == other->head && !memcmp(one->text, other->text, one->head))
        return true;
    struct slice a = without_mark(letters_of(one)), b = without_mark(letters_of(other));
    if (a.length > b.length) {
        struct slice swap = a;
        a = b;
        b = swap;
    }
    return !memcmp(a.text, b.text + b.length - a.length, a.length);
}

bool match_parent(struct slice reference, struct slice *parent)
{
    size_t length = reference.length, digits = 0;
    while (digits < length && digits < 3 &&
           is_digit((unsigned char)reference.text[length - digits - 1]))
        digits++;
    *parent = reference;
    if (digits < 1 || digits > 2 || length < digits + 1 + MATCH_CORE_LEAST ||
        !memchr("-/.#_", reference.text[length - digits - 1], 5))
        return false;
    parent->length = length - digits - 1;
    return true;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The texts without what they begin and end with alike. */
static void strip(struct slice *one, struct slice *other)
{
    while (one->length && other->length && one->text[0] == other->text[0]) {
        one->text++, one->length--;
        other->text++, other->length--;
    }
    while (one->length && other->length &&
           one->text[one->length - 1] == other->text[other->length - 1])
        one->length--, other->length--;
}

int match_distance(struct slice one, struct slice other)
{
    int rows[3][MATCH_FORM + 2];
    if (one.length > MATCH_FORM || other.length > MATCH_FORM)
        return one.length == other.length && !memcmp(one.text, other.text, one.length) ? 0 : 3;
    strip(&one, &other);
    size_t n = one.length, m = other.length;
    if ((n > m ? n - m : m - n) > 2)
        return 3;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        size_t low = i > 3 ? i - 2 : 1, high = i + 2 < m ? i + 2 : m;
        int best = row[low - 1] = low == 1 ? (int)i : 3;
        for (size_t j = low; j <= high; j++) {
            int differs = one.text[i - 1] != other.text[j - 1];
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + differs);
            if (i > 1 && j > 1 && one.text[i - 1] == other.text[j - 2] &&
                one.text[i - 2] == other.text[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
            best = least(best, row[j]);
        }
        row[high + 1] = 3; /* farther from the diagonal it is more than two edits */
        if (best > 2)
            return 3;
    }
    return least(rows[n % 3][m], 3);
}

int match_differences(const struct match_form *one, const struct match_form *other)
{
    int count = 0;
    for (size_t i = 0; i < one->length && count < 9; i += 8) {
        uint64_t a, b, mask;
        memcpy(&a, one->text + i, 8);
        memcpy(&b, other->text + i, 8);
        mask = a ^ b;
        if (one->length - i < 8)
            mask &= (1ull << 8 * (one->length - i)) - 1;
        mask |= mask >> 4;
        mask |= mask >> 2;
        mask |= mask >> 1;
        count += __builtin_popcountll(mask & 0x0101010101010101u);
    }
    return count;
}

int match_form_distance(const struct match_form *one, const struct match_form *other)
{
    int distance = match_distance((struct slice){one->text, one->length},
                                  (struct slice){other->text, other->length});
    return one->head == other->head
               ? distance
               : least(distance, match_distance(match_form_core(one), match_form_core(other)));
}
