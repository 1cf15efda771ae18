#include "console/names.h"

#include "base/alloc.h"
#include "database/session.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 500 };

/* One code list; its texts live as long as the program, because forms and dialogs point at them. */
struct code_list {
    char *view, *value, *en, *zh, *order;
    struct named_value *items;
    int count;
    bool known;
};

static struct code_list *lists;
static int list_count, list_capacity;

static bool same(const char *one, const char *other)
{
    return !strcmp(one ? one : "", other ? other : "");
}

static int list_of(const struct defined_names *names)
{
    for (int i = 0; i < list_count; i++)
        if (same(lists[i].view, names->view) && same(lists[i].value, names->value) &&
            same(lists[i].en, names->en) && same(lists[i].order, names->order))
            return i;
    ARRAY_RESERVE(lists, list_count, list_capacity);
    lists[list_count] = (struct code_list){xstrdup(names->view), xstrdup(names->value),
                                           xstrdup(names->en),   xstrdup(names->zh),
                                           names->order ? xstrdup(names->order) : NULL,
                                           NULL,                 0,
                                           false};
    return list_count++;
}

/* Every place of the definition that can have names. */
struct place {
    struct defined_names *names;
    struct named_value **values;
    int *count;
};
typedef void place_visit(const struct place *place, void *data);

static void in_columns(struct defined_columns *columns, place_visit *visit, void *data)
{
    for (int i = 0; i < columns->count; i++) {
        struct defined_column *column = &columns->items[i];
        if (column->names.view)
            visit(&(struct place){&column->names, &column->values, &column->value_count}, data);
    }
}

static void in_fields(struct fields *fields, place_visit *visit, void *data)
{
    for (int i = 0; i < fields->count; i++) {
        struct defined_field *field = &fields->items[i];
        if (field->names.view)
            visit(&(struct place){&field->names, &field->values, &field->value_count}, data);
        if (field->lookup)
            in_columns(&field->lookup->columns, visit, data);
    }
}

static void in_actions(struct actions *actions, place_visit *visit, void *data)
{
    for (int i = 0; i < actions->count; i++)
        in_fields(&actions->items[i].ask, visit, data);
}

static void each_place(const struct definition *shown, place_visit *visit, void *data)
{
    struct definition *definition = (struct definition *)shown; /* the catalogue's, to be filled */
    in_columns(&definition->columns, visit, data);
    in_fields(&definition->fields, visit, data);
    in_actions(&definition->actions, visit, data);
    for (int i = 0; i < definition->filter_count; i++) {
        struct defined_filter *filter = &definition->filters[i];
        if (filter->names.view)
            visit(&(struct place){&filter->names, &filter->values, &filter->value_count}, data);
    }
    for (int i = 0; i < definition->panel_count; i++) {
        in_columns(&definition->panels[i].columns, visit, data);
        in_actions(&definition->panels[i].actions, visit, data);
    }
}

struct each {
    void (*visit)(const struct defined_names *names, void *data);
    void *data;
};

static void visit_names(const struct place *place, void *data)
{
    const struct each *each = data;
    each->visit(place->names, each->data);
}

void names_each(const struct definition *definition,
                void (*visit)(const struct defined_names *names, void *data), void *data)
{
    struct each each = {visit, data};
    each_place(definition, visit_names, &each);
}

/* Distinct lists of a screen. */
struct wanted {
    int lists[32];
    int count;
};

static void collect(const struct defined_names *names, void *data)
{
    struct wanted *wanted = data;
    int list = list_of(names);
    for (int i = 0; i < wanted->count; i++)
        if (wanted->lists[i] == list)
            return;
    if (wanted->count < (int)ARRAY_LENGTH(wanted->lists))
        wanted->lists[wanted->count++] = list;
}

bool names_next(const struct definition *definition, bool again, int *done, struct query *query,
                int *list)
{
    struct wanted wanted = {.count = 0};
    names_each(definition, collect, &wanted);
    while (*done < wanted.count) {
        const struct code_list *next = &lists[wanted.lists[*done]];
        *list = wanted.lists[(*done)++];
        if (next->known && !again)
            continue;
        struct defined_column items[] = {{.name = next->value}, {.name = next->en},
                                         {.name = next->zh}, {.name = next->order}};
        struct defined_columns columns = {items, next->order ? 4 : 3};
        struct source source = {.view = next->view};
        struct order order = {next->order ? 3 : 0, false};
        struct query_page page = {.source = &source, .columns = &columns, .order = &order,
                                  .order_count = 1, .limit = NAMES_MOST};
        query_page(query, &page);
        return true;
    }
    return false;
}

static struct named_value *find(struct code_list *list, const char *value)
{
    return (struct named_value *)named_value_find(list->items, list->count, value);
}

/* Texts that stay the same are not copied again. */
static void keep(const char **text, const char *now)
{
    if (!*text || strcmp(*text, now) != 0)
        *text = xstrdup(now);
}

void names_take(int at, const PGresult *rows)
{
    struct code_list *list = &lists[at];
    int count = PQntuples(rows);
    struct named_value *items = xcalloc((size_t)count + 1, sizeof *items);
    for (int i = 0; i < count; i++) {
        const struct named_value *former = find(list, PQgetvalue(rows, i, 0));
        if (former)
            items[i] = *former;
        keep(&items[i].value, PQgetvalue(rows, i, 0));
        keep(&items[i].title.en, PQgetvalue(rows, i, 1));
        keep(&items[i].title.zh, PQgetvalue(rows, i, 2));
    }
    free(list->items);
    list->items = items;
    list->count = count;
    list->known = true;
}

static bool same_values(const struct named_value *one, int count, const struct named_value *other,
                        int others)
{
    bool same = count == others;
    for (int i = 0; same && i < count; i++)
        same = one[i].value == other[i].value && one[i].title.en == other[i].title.en &&
               one[i].title.zh == other[i].title.zh;
    return same;
}

static void apply(const struct place *place, void *data)
{
    struct defined_names *names = place->names;
    struct code_list *list = &lists[list_of(names)];
    struct named_value *all;
    (void)data;
    if (!list->known)
        return;
    if (names->own < 0)
        names->own = *place->count;
    all = xcalloc((size_t)(names->own + list->count) + 1, sizeof *all);
    for (int i = 0; i < names->own; i++) {
        const struct named_value *known = find(list, (*place->values)[i].value);
        all[i] = (*place->values)[i];
        if (!all[i].title.en && known)
            all[i].title = known->title;
    }
    int count = names->own;
    for (int i = 0; i < list->count; i++)
        if (!named_value_find(all, names->own, list->items[i].value))
            all[count++] = list->items[i];
    if (same_values(all, count, *place->values, *place->count)) {
        free(all); /* a question that is open has the former */
        return;
    }
    free(*place->values);
    *place->values = all;
    *place->count = count;
}

void names_apply(const struct definition *definition)
{
    each_place(definition, apply, NULL);
}

bool names_read(PGconn *connection, const struct definition *definition, struct error *error)
{
    struct query query = QUERY_INIT;
    int done = 0, list;
    bool good = true;
    while (good && names_next(definition, false, &done, &query, &list)) {
        PGresult *rows = NULL;
        good = session_rows(connection, buffer_text(&query.sql), query.count,
                            (const char *const *)query.values, &rows, error);
        if (good)
            names_take(list, rows);
        PQclear(rows);
        query_free(&query);
        query = (struct query)QUERY_INIT;
    }
    names_apply(definition);
    return good;
}
