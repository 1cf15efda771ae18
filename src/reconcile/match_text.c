#include "reconcile/match_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Marks that channels put before a merchant's reference. */
static const char *const prefixes[] = {"REF", "UPOP", "NET", "ALI", "WX", "TX"};
static const char *const absent[] = {"NONREF", "NOTPROVIDED", "NOREF", "NA"};

enum { DIGITS_LEAST = 8, CORE_LEAST = 5 };

struct match_form match_plain(struct slice reference)
{
    struct match_form form;
    form.length = 0;
    for (size_t i = 0; i < reference.length; i++) {
        unsigned char byte = (unsigned char)reference.text[i];
        if (!isalnum(byte) && byte < 0x80)
            continue;
        if (form.length == MATCH_FORM)
            return form.length = 0, form;
        form.text[form.length++] = (char)(byte < 0x80 ? toupper(byte) : byte);
    }
    return form;
}

bool match_no_reference(struct slice reference)
{
    struct match_form form;
    if (!reference.length)
        return true;
    if (isdigit((unsigned char)reference.text[0]) || reference.length > 16)
        return false;
    form = match_plain(reference);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (form.length == strlen(absent[i]) && !memcmp(form.text, absent[i], form.length))
            return true;
    return !form.length;
}

static void drop(struct match_form *form, size_t count)
{
    form->length -= count;
    memmove(form->text, form->text + count, form->length);
}

/* Letters before nothing but digits. Returns how many letters, -1 when it is built otherwise. */
static int letters_before_digits(const struct match_form *form)
{
    size_t letters = 0;
    while (letters < form->length && isalpha((unsigned char)form->text[letters]))
        letters++;
    for (size_t i = letters; i < form->length; i++)
        if (!isdigit((unsigned char)form->text[i]))
            return -1;
    return form->length - letters < DIGITS_LEAST ? -1 : (int)letters;
}

static void drop_prefixes(struct match_form *form)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i]);
        if (form->length > length + CORE_LEAST && !memcmp(form->text, prefixes[i], length))
            drop(form, length);
    }
}

struct match_form match_core(struct slice reference)
{
    struct match_form form = match_plain(reference);
    size_t zeros = 0;
    int letters = letters_before_digits(&form);
    if (letters >= 0)
        drop(&form, (size_t)letters);
    else
        drop_prefixes(&form);
    while (zeros < form.length && form.text[zeros] == '0')
        zeros++;
    drop(&form, zeros);
    return form.length < CORE_LEAST ? (struct match_form){"", 0} : form;
}

struct match_form match_mined(struct slice narrative)
{
    struct match_form found = {"", 0};
    for (size_t at = 0; at < narrative.length;) {
        size_t end = at;
        while (end < narrative.length && !isspace((unsigned char)narrative.text[end]))
            end++;
        struct slice word = {narrative.text + at, end - at};
        struct match_form plain = match_plain(word);
        at = end + 1;
        if (letters_before_digits(&plain) < 0)
            continue;
        struct match_form core = match_core(word);
        if (found.length &&
            (found.length != core.length || memcmp(found.text, core.text, core.length)))
            return (struct match_form){"", 0};
        found = core;
    }
    return found;
}

struct match_form match_form_of(struct slice reference, struct slice narrative)
{
    struct match_form form;
    if (match_no_reference(reference))
        return match_mined(narrative);
    form = match_core(reference);
    if (!form.length && reference.length <= MATCH_FORM) {
        form.length = reference.length;
        memcpy(form.text, reference.text, reference.length);
    }
    return form;
}

bool match_parent(struct slice reference, struct slice *parent)
{
    size_t length = reference.length, digits = 0;
    while (digits < length && isdigit((unsigned char)reference.text[length - digits - 1]))
        digits++;
    *parent = reference;
    if (digits < 1 || digits > 2 || length < digits + 1 + CORE_LEAST ||
        reference.text[length - digits - 1] != '-')
        return false;
    parent->length = length - digits - 1;
    return true;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

int match_distance(struct slice one, struct slice other)
{
    int rows[3][MATCH_FORM + 2];
    size_t n = one.length, m = other.length;
    if (n > MATCH_FORM || m > MATCH_FORM || (n > m ? n - m : m - n) > 2)
        return n == m && !memcmp(one.text, other.text, n) ? 0 : 3;
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
