#include "reconcile/formats/table_part.h"

#include "base/language.h"

#include <stdio.h>
#include <string.h>

/* Whether the first lines hold the header when fields are parted as the style says. Rewinds. */
static bool has_header(struct table *table, const struct record_style *style)
{
    struct error why = ERROR_INIT;
    bool found = false;
    for (int line = 0; line < PROFILE_HEADER_LINES && !found; line++) {
        if (!record_next(table->source, style, &table->record, &why))
            break;
        found = table_columns(table->source, &table->record, style->decode, table->profile,
                              table->columns);
    }
    return source_rewind(table->source, &why) && found;
}

char table_separator(struct table *table, enum encoding encoding)
{
    const char *separators = table->profile->separators;
    for (const char *at = separators; separators[1] && *at; at++) {
        struct record_style style = record_style(*at, encoding);
        style.decode &= !source_scan(table->source)->ascii;
        style.quotes = table->profile->quotes;
        if (has_header(table, &style))
            return *at;
    }
    return separators[0];
}

static struct slice unquoted(const char *start, const char *end)
{
    struct slice text = record_trim((struct slice){start, (size_t)(end - start)});
    if (text.length > 1 && *text.text == '"' && text.text[text.length - 1] == '"')
        text = (struct slice){text.text + 1, text.length - 2};
    return text;
}

/* Cuts the line at every separator; *second is where one stands that is not the first of them. */
static void cut(struct slice line, const char *separators, struct record *record,
                const char **second)
{
    const char *start = line.text, *end = line.text + line.length;
    char first = '\0';
    record->count = 0;
    *second = NULL;
    for (const char *at = start; at <= end && record->count < RECORD_FIELDS; at++) {
        if (at < end && !strchr(separators, *at))
            continue;
        record->fields[record->count++] = unquoted(start, at);
        start = at + 1;
        if (at < end && !first)
            first = *at;
        else if (at < end && *at != first && !*second)
            *second = at;
    }
}

/* A separator as a message shows it. */
static const char *shown(char separator, char text[4])
{
    if (separator == '\t')
        return _("tab");
    snprintf(text, 4, "\"%c\"", separator);
    return text;
}

bool table_mixed(struct source *source, const struct profile *profile, struct error *error)
{
    struct record record = {.scratch = NULL};
    struct error why = ERROR_INIT;
    struct slice line;
    int columns[PROFILE_COLUMNS];
    char text[4];
    const char *second;
    if (!profile->separators[1] || source_is_sheet(source) || !source_rewind(source, &why))
        return false;
    for (int i = 0; i < PROFILE_HEADER_LINES && source_next(source, &line, &why); i++) {
        cut(line, profile->separators, &record, &second);
        if (second && table_columns(source, &record, false, profile, columns))
            return !source_refuse(source, (size_t)(second - line.text), _("header"),
                                  _("Save the table with one separator throughout; nothing was "
                                    "imported."),
                                  error, _("%s stands between columns here, another separator "
                                           "before it"), shown(*second, text));
    }
    return false;
}

bool table_other_separator(const struct table *table)
{
    const struct record *record = &table->record;
    int others = 0;
    if (table->decoded || source_is_sheet(table->source) || !table->profile->separators[1])
        return false;
    for (int i = 0; i < record->count; i++)
        for (size_t at = 0; at < record->fields[i].length; at++) {
            char c = record->fields[i].text[at];
            others += c && c != table->style.separator && strchr(table->profile->separators, c);
        }
    return record->count < table->width && record->count + others >= table->width;
}
