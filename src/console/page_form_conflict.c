#include "console/page_form_conflict.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/conflict.h"
#include "console/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One form is open at a time; its page drops its answers when it is left. */
static struct form_conflict *current;

/* The name of the value that holds the version. */
static const char *version_name(const struct page *page)
{
    const struct bindings *arguments = &page->definition->submit.arguments;
    for (int i = 0; i < arguments->count; i++)
        if (!strcmp(arguments->items[i].parameter, "p_version"))
            return arguments->items[i].name;
    return NULL;
}

/* From now on the form changes the present version. */
static void chosen(struct page *page, bool go_on)
{
    const char *name = version_name(page);
    if (!go_on || !name || !current->version) {
        console_say(page->console, STYLE_WARNING, "%s",
                    _("Not sent. The entries stay here; send again to compare anew."));
        return;
    }
    values_set(current->loaded, name, current->version);
    if (values_has(&page->arguments, name))
        values_set(&page->arguments, name, current->version);
    console_say(page->console, STYLE_MESSAGE, "%s",
                _("Look it over, then send it again: it now goes onto the present state."));
}

static const char *cell(const PGresult *rows, int row, const char *name)
{
    int column = PQfnumber(rows, name);
    return column < 0 || PQgetisnull(rows, row, column) ? NULL : PQgetvalue(rows, row, column);
}

/* "李四, 2026-11-22 10:22" */
static char *who_of(const PGresult *rows, int row)
{
    const char *staff = cell(rows, row, "staff"), *at = cell(rows, row, "at");
    return xasprintf("%s%s%.16s", staff ? staff : "", staff && at ? ", " : "", at ? at : "");
}

/* Rows of a `conflict` source: one for each field or step. */
static void from_changes(struct conflict *conflict, const PGresult *rows)
{
    bool english = language_current() == LANGUAGE_ENGLISH;
    for (int i = 0; i < PQntuples(rows); i++) {
        const char *field = cell(rows, i, "field");
        const char *label = cell(rows, i, english ? "label_en" : "label_zh");
        const char *before = cell(rows, i, english ? "before_en" : "before_zh");
        const char *now = cell(rows, i, english ? "now_en" : "now_zh");
        char *who = who_of(rows, i);
        conflict_add(conflict, field ? field : "", label ? label : "", before ? before : "",
                     now ? now : "", cell(rows, i, "value"), who);
        free(who);
    }
}

/* The row of `load` as it is now against the one the form was opened with. */
static void from_load(struct page *page, struct conflict *conflict, const PGresult *rows)
{
    const struct fields *fields = &page->definition->fields;
    for (int i = 0; i < fields->count; i++) {
        const struct defined_field *field = &fields->items[i];
        const char *now = cell(rows, 0, field->name);
        const char *before = values_get(current->loaded, field->name);
        if (field->loaded && PQfnumber(rows, field->name) >= 0 &&
            strcmp(now ? now : "", before ? before : "") != 0)
            conflict_add(conflict, field->name, both_text(&field->title), NULL, NULL, now, NULL);
    }
}

static void answered(void *data, struct answer *answer)
{
    struct page *page = data;
    const char *name = version_name(page), *version;
    current->asking = false;
    if (answer->error || !PQntuples(answer->rows)) {
        if (answer->error)
            console_error(page->console, answer->error);
        return;
    }
    bool changes = page->definition->conflict.function != NULL;
    struct conflict *conflict = conflict_new(page, current->entry, current->loaded);
    if (changes)
        from_changes(conflict, answer->rows);
    else
        from_load(page, conflict, answer->rows);
    version = cell(answer->rows, 0, changes ? "version" : name);
    free(current->version);
    current->version = version ? xstrdup(version) : NULL;
    conflict_show(conflict, chosen);
}

static bool none_given(void *data, const char *name)
{
    (void)data;
    (void)name;
    return false;
}

static struct defined_columns change_columns(struct defined_column *items)
{
    static const char *const names[] = {"field",  "label_en", "label_zh", "before_en",
                                        "before_zh", "now_en",   "now_zh",   "value",
                                        "staff",  "at",       "version"};
    struct defined_columns columns = {items, 0};
    memset(items, 0, LOAD_MOST * sizeof *items);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        items[columns.count++].name = names[i];
    return columns;
}

bool form_conflict_ask(struct page *page, struct form_conflict *conflict,
                       const struct error *error)
{
    const struct definition *definition = page->definition;
    struct defined_column items[LOAD_MOST];
    struct query query = QUERY_INIT;
    if (strcmp(error->code, "BO409") != 0 || strcmp(error->where, "p_version") != 0 ||
        !version_name(page))
        return false;
    if (definition->conflict.function) {
        struct defined_columns columns = change_columns(items);
        query_source(&query, &definition->conflict, &columns, 0, page_lookup, page);
    } else if (definition->load.function || definition->load.view) {
        struct defined_columns all = definition_load(definition, none_given, page, items);
        query_source(&query, &definition->load, &all, 1, page_lookup, page);
    } else {
        return false;
    }
    current = conflict;
    conflict->asking = true;
    console_ask(page, &query, answered, page);
    return true;
}
