#include "reconcile/formats/table_part.h"

#include "base/language.h"

#include <string.h>

static const char *const titles[COLUMN_ROLES] = {
    N_("id"), N_("value date"), N_("booking date"), N_("account"), N_("currency"),
    N_("direction"), N_("amount"), N_("income"), N_("expense"), N_("reference"),
    N_("bank reference"), N_("counterparty"), N_("narrative"), N_("kind"), N_("balance"),
    N_("fee"), N_("net amount")};

bool table_refuse(struct table *table, int column, const char *what)
{
    return table_refuse_hint(table, column,
                             _("Correct the file at its source and import it again; nothing was "
                               "imported."),
                             what);
}

bool table_refuse_hint(struct table *table, int column, const char *hint, const char *what)
{
    const struct record *record = &table->record;
    struct slice row = table->line.text ? table->line
                       : record->count  ? record->fields[0]
                                        : (struct slice){"", 0};
    struct slice cell = table->columns[column] >= 0 && table->columns[column] < record->count
                            ? record->fields[table->columns[column]] : row;
    size_t at = !table->decoded && cell.text >= row.text &&
                        cell.text - row.text < SOURCE_LINE_LIMIT
                    ? (size_t)(cell.text - row.text) : 0;
    if (!cell.length && table->profile->columns[column].length) /* trimmed away: where it begins */
        at = (size_t)table->profile->columns[column].at;
    return source_refuse(table->source, at,
                         column < COLUMN_ROLES ? _(titles[column])
                                               : table->profile->columns[column].key,
                         hint, table->error, "%s", what);
}

/* The next character with the full-width forms of ASCII made plain; other characters byte by
 * byte. */
static unsigned next_plain(const char **at, const char *end)
{
    const unsigned char *p = (const unsigned char *)*at;
    if (end - *at >= 3 && p[0] == 0xEF && (p[1] == 0xBC || p[1] == 0xBD)) {
        unsigned code = (p[1] == 0xBC ? 0x20u : 0x60u) + (p[2] - 0x80u);
        if (code > 0x20 && code < 0x7F)
            return *at += 3, code;
    }
    if (end - *at >= 3 && p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80)
        return *at += 3, ' ';
    return ++*at, p[0];
}

/* The same with capitals made small: programs and people write header texts as they like. */
static unsigned next_folded(const char **at, const char *end)
{
    unsigned code = next_plain(at, end);
    return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
}

bool table_same_text(struct slice text, const char *other)
{
    const char *a = text.text, *a_end = a + text.length, *b = other, *b_end = b + strlen(b);
    while (a < a_end && b < b_end)
        if (next_folded(&a, a_end) != next_folded(&b, b_end))
            return false;
    return a == a_end && b == b_end;
}

struct slice table_cell(const struct table *table, int column)
{
    const char *fixed = table->profile->columns[column].fixed;
    int place = table->columns[column];
    if (fixed)
        return (struct slice){fixed, strlen(fixed)};
    return place < 0 || place >= table->record.count ? (struct slice){"", 0}
                                                     : table->record.fields[place];
}

/* Length of the UTF-8 character that begins with this byte. */
static size_t character_length(unsigned char first)
{
    return first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* How many bytes the text's first character takes if it is one of `set`, else 0. */
static size_t leads(struct slice text, const char *set)
{
    for (const char *at = set; *at; at += character_length((unsigned char)*at)) {
        size_t length = character_length((unsigned char)*at);
        if (text.length >= length && !memcmp(text.text, at, length))
            return length;
    }
    return 0;
}

static size_t ends(struct slice text, const char *set)
{
    for (const char *at = set; *at; at += character_length((unsigned char)*at)) {
        size_t length = character_length((unsigned char)*at);
        if (text.length >= length && !memcmp(text.text + text.length - length, at, length))
            return length;
    }
    return 0;
}

static struct slice trim_set(struct slice text, const char *set)
{
    size_t length;
    while ((length = leads(text, set)) || (text.length && strchr(" \t", *text.text))) {
        length = length ? length : 1;
        text.text += length;
        text.length -= length;
    }
    while ((length = ends(text, set)) ||
           (text.length && strchr(" \t", text.text[text.length - 1])))
        text.length -= length ? length : 1;
    return text;
}

struct slice table_text(struct table *table, int column)
{
    const struct profile *profile = table->profile;
    const struct profile_column *from = &profile->columns[column];
    struct slice text = table_cell(table, column);
    if (!text.length || from->fixed)
        return text;
    if (table->plain && !from->from[0])
        return text;
    if (!table->decoded)
        text = source_text(table->source, text);
    if (profile->trim)
        text = trim_set(text, profile->trim);
    if (profile->empty[0] && profile_lists(profile->empty, PROFILE_TEXTS, text))
        return (struct slice){"", 0};
    for (int i = 0; i < PROFILE_VALUES && from->from[i]; i++)
        if (table_same_text(text, from->from[i]))
            return (struct slice){from->to[i], strlen(from->to[i])};
    return text;
}

static bool fits(struct slice text, const char *value)
{
    size_t length = strlen(value);
    bool open_start = length > 1 && value[0] == '*', open_end = length > 1 && value[length - 1] == '*';
    value += open_start;
    length -= (size_t)open_start + open_end;
    if (open_start && open_end)
        return memmem(text.text, text.length, value, length) != NULL;
    if (open_end)
        return text.length >= length && !memcmp(text.text, value, length);
    if (open_start)
        return text.length >= length && !memcmp(text.text + text.length - length, value, length);
    return text.length == length && !memcmp(text.text, value, length);
}

bool table_matches(struct slice text, char *const values[], size_t room)
{
    for (size_t i = 0; i < room && values[i]; i++)
        if (fits(text, values[i]))
            return true;
    return false;
}

/* The text of a cell as the file has it: what means nothing elsewhere can be a sign here. */
static struct slice plain_text(struct table *table, int column)
{
    struct slice text = table_cell(table, column);
    if (!table->decoded)
        text = source_text(table->source, text);
    return table->profile->trim ? trim_set(text, table->profile->trim) : text;
}

bool table_when(struct table *table, const struct profile_when *when)
{
    for (int i = 0; i < when->count; i++) {
        const struct profile_test *test = &when->tests[i];
        if (!table_matches(plain_text(table, test->column), test->values, PROFILE_VALUES))
            return false;
    }
    return true;
}
