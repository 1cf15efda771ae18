#include "reconcile/formats/table.h"
#include "reconcile/formats/table_part.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES = 8, CELLS = 30 }; /* names of columns that are told, and what of each */

static bool is_used(const struct table *table, int at)
{
    for (int i = 0; i < table->profile->column_count; i++)
        if (table->columns[i] == at)
            return true;
    return false;
}

/* The header text of a column, fit for a terminal; long ones end in "…". */
static void add_name(struct table *table, int at, struct buffer *names)
{
    struct buffer text = BUFFER_INIT;
    struct slice field = record_trim(table->record.fields[at]);
    if (!table->decoded)
        field = source_text(table->source, field);
    text_safe(&text, field.text, field.length);
    const char *safe = buffer_text(&text);
    size_t length = text_clip(safe, CELLS, NULL);
    buffer_add(names, names->length ? ", " : "");
    buffer_add_bytes(names, safe, length);
    buffer_add(names, safe[length] ? "…" : "");
    buffer_free(&text);
}

static void tell_columns(struct table *table, struct buffer *out)
{
    struct buffer names = BUFFER_INIT;
    int count = 0;
    for (int at = 0; at < table->record.count; at++)
        if (record_trim(table->record.fields[at]).length && !is_used(table, at) && count++ < NAMES)
            add_name(table, at, &names);
    if (count > NAMES)
        buffer_format(out, _("columns not used: %s and %d more"), buffer_text(&names),
                      count - NAMES);
    else if (count)
        buffer_format(out, _("columns not used: %s"), buffer_text(&names));
    buffer_free(&names);
}

static bool is_missing(const struct table *table, enum column_role role)
{
    const struct profile_column *column = &table->profile->columns[role];
    return column->names[0] && !column->fixed && table->columns[role] < 0;
}

static void tell_references(const struct table *table, struct buffer *out)
{
    if (!is_missing(table, COLUMN_REFERENCE) || !is_missing(table, COLUMN_NARRATIVE))
        return;
    buffer_add(out, out->length ? _("; ") : "");
    buffer_format(out, _("no column %s or %s: its lines have no references"),
                  table->profile->columns[COLUMN_REFERENCE].names[0],
                  table->profile->columns[COLUMN_NARRATIVE].names[0]);
}

bool table_unused(struct source *source, const struct profile *profile, struct buffer *out,
                  struct error *error)
{
    struct error why = ERROR_INIT;
    if (!profile->tell_unused || profile->layout != LAYOUT_SEPARATED)
        return true;
    struct table *table = xcalloc(1, sizeof *table);
    *table = (struct table){.source = source, .profile = profile, .error = &why,
                            .from = ITEM_NO_DATE, .to = ITEM_NO_DATE, .year_day = ITEM_NO_DATE};
    if (table_begin(table)) {
        tell_columns(table, out);
        tell_references(table, out);
    }
    table_free_accounts(table);
    record_free(&table->record);
    free(table);
    return source_rewind(source, error);
}
