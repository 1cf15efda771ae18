#include "reconcile/formats/table.h"
#include "reconcile/formats/table_part.h"

#include "base/language.h"

#include <string.h>

bool table_next(struct table *table)
{
    return table->profile->layout == LAYOUT_FIXED
               ? table_fixed_next(table)
               : record_next(table->source, &table->style, &table->record, table->error);
}

static bool refuse_header(struct table *table)
{
    char missing[400] = "";
    for (int i = 0; i < table->profile->column_count; i++) {
        const struct profile_column *column = &table->profile->columns[i];
        if (column->required && column->names[0])
            strncat(strncat(missing, " ", sizeof missing - strlen(missing) - 1), column->names[0],
                    sizeof missing - strlen(missing) - 2);
    }
    return error_set(table->error, ERROR_INPUT, source_name(table->source),
                     _("Name the right profile with --profile; bankops import --profiles lists "
                       "them."),
                     _("no header with the columns%s in the first %d lines"), missing,
                     PROFILE_HEADER_LINES);
}

/* Two columns of the name that the profile reads: nothing says which of them counts. */
static bool check_columns(struct table *table)
{
    for (int i = 0; i < table->profile->column_count; i++) {
        struct slice name = record_trim(table_cell(table, i));
        for (int at = table->columns[i] + 1; at > 0 && at < table->record.count; at++) {
            struct slice other = record_trim(table->record.fields[at]);
            if (name.length == other.length && !memcmp(name.text, other.text, name.length))
                return table_refuse(table, i, _("the header names this column twice"));
        }
    }
    return true;
}

static bool find_header(struct table *table)
{
    if (table->profile->layout == LAYOUT_FIXED) {
        for (int i = 0; i < table->profile->column_count; i++)
            table->columns[i] = table->profile->columns[i].length ? i : -1;
        table->width = table->profile->column_count;
        return true;
    }
    for (int line = 0; line < PROFILE_HEADER_LINES; line++) {
        if (!table_next(table))
            break;
        table->width = table->record.count;
        if (table_columns(table->source, &table->record, table->decoded, table->profile,
                          table->columns))
            return check_columns(table);
        if (!table_label(table))
            return false;
    }
    return table->error->kind == ERROR_NONE &&
           !table_mixed(table->source, table->profile, table->error) && refuse_header(table);
}

static bool refuse_encoding(const struct table *table)
{
    return error_set(table->error, ERROR_INPUT, source_name(table->source),
                     _("Name the encoding in a copy of the profile, as \"encoding\": "
                       "\"windows-1252\" or \"gb18030\", and import with --profile."),
                     _("byte %llu is not UTF-8, and the text is not GB18030 throughout: nothing "
                       "tells which encoding it has"),
                     (unsigned long long)source_scan(table->source)->invalid);
}

/* The encoding that the profile names; but text that is UTF-8 throughout is UTF-8. Nothing is guessed:
 * a wrong encoding makes wrong names of right ones. */
static bool choose_encoding(struct table *table, enum encoding *encoding)
{
    const struct profile *profile = table->profile;
    const struct scan *scan = source_scan(table->source);
    *encoding = scan->encoding;
    if (!profile->has_encoding && scan->mixed && !scan->certain)
        return refuse_encoding(table);
    if (!profile->has_encoding || source_is_decoded(table->source) ||
        (profile->encoding != ENCODING_UTF8 && !scan->mixed && !scan->ascii))
        return true;
    *encoding = profile->encoding;
    return source_set_encoding(table->source, profile->encoding, table->error);
}

static bool prepare(struct table *table)
{
    const struct profile *profile = table->profile;
    bool sheet = source_is_sheet(table->source);
    enum encoding encoding;
    if (!choose_encoding(table, &encoding))
        return false;
    table->style = record_style(sheet ? '\t' : table_separator(table, encoding), encoding);
    table->style.decode &= !sheet && !source_scan(table->source)->ascii;
    table->style.quotes = profile->quotes && !sheet;
    table->style.mark = sheet ? '\0' : profile->field_mark;
    table->decoded = table->style.decode;
    table->plain = !profile->trim && !profile->empty[0] &&
                   (table->decoded || source_is_utf8(table->source));
    table->year_day = profile->day;
    if (profile->day == ITEM_NO_DATE)
        table_file_name(table);
    return true;
}

bool table_begin(struct table *table)
{
    return prepare(table) && find_header(table);
}
