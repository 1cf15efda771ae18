#include "console/query.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Greatest character: closes the range of a prefix under COLLATE "C". */
#define LAST_CHARACTER "\xf4\x8f\xbf\xbf"

void query_free(struct query *query)
{
    for (int i = 0; i < query->count; i++)
        free(query->values[i]);
    free(query->values);
    buffer_free(&query->sql);
    *query = (struct query)QUERY_INIT;
}

/* Appends a bound value, NULL for null. */
static void bind(struct query *query, const char *text)
{
    ARRAY_RESERVE(query->values, query->count, query->capacity);
    query->values[query->count++] = text ? xstrdup(text) : NULL;
    buffer_format(&query->sql, "$%d", query->count);
}

/* A name as an identifier. The loader has let only [a-z0-9_] through; quotes keep key words. */
static void name(struct query *query, const char *identifier)
{
    buffer_format(&query->sql, "\"%s\"", identifier);
}

/* The database column a screen column is read from in the present language. */
static const char *read_from(const struct defined_column *column)
{
    return column->english && language_current() == LANGUAGE_ENGLISH ? column->english : column->name;
}

static void select_columns(struct query *query, const struct defined_columns *columns)
{
    buffer_add(&query->sql, "SELECT ");
    for (int i = 0; i < columns->count; i++) {
        if (i)
            buffer_add(&query->sql, ", ");
        name(query, read_from(&columns->items[i]));
    }
    buffer_add(&query->sql, " FROM api.");
}

static void arguments(struct query *query, const struct bindings *bindings,
                      const char *(*value)(void *data, const char *name), void *data)
{
    for (int i = 0; i < bindings->count; i++) {
        const struct binding *binding = &bindings->items[i];
        if (i)
            buffer_add(&query->sql, ", ");
        name(query, binding->parameter);
        buffer_add(&query->sql, " => ");
        if (binding->fields) {
            char *object = values_object(binding->fields, value, data);
            bind(query, object);
            free(object);
            continue;
        }
        bind(query, binding->name ? value(data, binding->name) : binding->value);
    }
}

/* The number that a short one stands for in a column of numbers (357 and T357 for T000000357), else
 * the text as it was typed; the caller frees it. */
static char *whole_number(const struct defined_column *column, const char *text)
{
    const char *whole = column ? column->whole : NULL;
    const char *digits = whole && (*text | 0x20) == (*whole | 0x20) ? text + 1 : text;
    size_t length = strlen(digits), zeros;
    if (!whole || !length || strspn(digits, "0123456789") != length)
        return xstrdup(text);
    zeros = *digits == '0' || length >= strlen(whole + 1) ? 0 : strlen(whole + 1) - length;
    return xasprintf("%c%.*s%s", *whole, (int)zeros, whole + 1, digits);
}

/* Starts the next condition. */
static void condition(struct query *query, bool *first)
{
    buffer_add(&query->sql, *first ? " WHERE " : " AND ");
    *first = false;
}

static void where(struct query *query, const struct source *source, bool *first,
                  const char *(*value)(void *data, const char *name), void *data)
{
    for (int i = 0; i < source->where.count; i++) {
        const struct binding *binding = &source->where.items[i];
        condition(query, first);
        name(query, binding->parameter);
        buffer_add(&query->sql, " = ");
        bind(query, binding->name ? value(data, binding->name) : binding->value);
    }
}

/* column = ANY of the parts of a text divided by commas. */
static void filter_in(struct query *query, const char *column, const char *text)
{
    char *list = xstrdup(text), *rest = list, *part;
    bool first = true;
    name(query, column);
    buffer_add(&query->sql, " IN (");
    while ((part = strsep(&rest, ","))) {
        buffer_add(&query->sql, first ? "" : ", ");
        bind(query, part);
        first = false;
    }
    buffer_add(&query->sql, ")");
    free(list);
}

/* Up to that value; up to a day means all of that day, also where the column is a moment. */
static void filter_to(struct query *query, const struct query_filter *filter)
{
    bool day = filter->filter->type && !strcmp(filter->filter->type, "date");
    char *last = xasprintf("%s%s", filter->text, day ? " 23:59:59.999999" : "");
    name(query, filter->filter->column);
    buffer_add(&query->sql, " <= ");
    bind(query, last);
    free(last);
}

/* Column from `text` on and before `end`. */
static void filter_between(struct query *query, const char *column, const char *text, const char *end)
{
    buffer_add(&query->sql, "(");
    name(query, column);
    buffer_add(&query->sql, " >= ");
    bind(query, text);
    buffer_add(&query->sql, " AND ");
    name(query, column);
    buffer_add(&query->sql, " < ");
    bind(query, end);
    buffer_add(&query->sql, ")");
}

static void filter_prefix(struct query *query, const struct query_filter *filter,
                          const struct defined_columns *columns)
{
    int at = defined_columns_find(columns, filter->filter->column);
    char *text = whole_number(at < 0 ? NULL : &columns->items[at], filter->text);
    char *end = xasprintf("%s" LAST_CHARACTER, text);
    filter_between(query, filter->filter->column, text, end);
    free(end);
    free(text);
}

static void filter_one(struct query *query, const struct query_filter *filter,
                       const struct defined_columns *columns)
{
    const char *column = filter->filter->column;
    switch (filter->filter->operation) {
    case OPERATOR_EQUAL:
        name(query, column);
        buffer_add(&query->sql, " = ");
        bind(query, filter->text);
        break;
    case OPERATOR_FROM:
        name(query, column);
        buffer_add(&query->sql, " >= ");
        bind(query, filter->text);
        break;
    case OPERATOR_TO:
        filter_to(query, filter);
        break;
    case OPERATOR_PREFIX:
        filter_prefix(query, filter, columns);
        break;
    case OPERATOR_CONTAINS:
        buffer_add(&query->sql, "strpos(lower(");
        name(query, column);
        buffer_add(&query->sql, "), lower(");
        bind(query, filter->text);
        buffer_add(&query->sql, ")) > 0");
        break;
    case OPERATOR_IN:
        filter_in(query, column, filter->text);
        break;
    }
}

static bool backwards(const struct query_page *page)
{
    return page->edge == EDGE_BEFORE || page->edge == EDGE_LAST;
}

static const struct defined_column *order_column(const struct query_page *page, int at)
{
    return &page->columns->items[page->order[at].column];
}

/* col (>|<) value of one ordered column, nulls standing last when ascending in list order. */
static void beyond(struct query *query, const struct query_page *page, int at, const char *text)
{
    bool down = page->order[at].descending != backwards(page);
    bool nulls_last = !backwards(page);
    const char *column = read_from(order_column(page, at));
    if (!text) {
        if (nulls_last)
            buffer_add(&query->sql, "false");
        else
            buffer_format(&query->sql, "\"%s\" IS NOT NULL", column);
        return;
    }
    buffer_format(&query->sql, "(\"%s\" %s ", column, down ? "<" : ">");
    bind(query, text);
    if (nulls_last && page->nullable)
        buffer_format(&query->sql, " OR \"%s\" IS NULL", column);
    buffer_add(&query->sql, ")");
}

static bool row_comparable(const struct query_page *page)
{
    for (int i = 0; i < page->order_count; i++)
        if (page->order[i].descending != page->order[0].descending ||
            !page->row[page->order[i].column])
            return false;
    return !page->nullable;
}

/* (a, b, c) > ($1, $2, $3): what an index serves directly. */
static void compare_row(struct query *query, const struct query_page *page, bool inclusive)
{
    bool down = page->order[0].descending != backwards(page);
    buffer_add(&query->sql, "(");
    for (int i = 0; i < page->order_count; i++)
        buffer_format(&query->sql, "%s\"%s\"", i ? ", " : "", read_from(order_column(page, i)));
    buffer_format(&query->sql, ") %s%s (", down ? "<" : ">", inclusive ? "=" : "");
    for (int i = 0; i < page->order_count; i++) {
        buffer_add(&query->sql, i ? ", " : "");
        bind(query, page->row[page->order[i].column]);
    }
    buffer_add(&query->sql, ")");
}

/* (a > $1) OR (a = $1 AND b > $2) …: mixed directions and nulls. */
static void compare_each(struct query *query, const struct query_page *page, bool inclusive)
{
    buffer_add(&query->sql, "(");
    for (int last = 0; last < page->order_count + inclusive; last++) {
        buffer_add(&query->sql, last ? " OR (" : "(");
        for (int i = 0; i < last; i++) {
            const char *text = page->row[page->order[i].column];
            buffer_format(&query->sql, "\"%s\" %s", read_from(order_column(page, i)),
                          text ? "= " : "IS NULL");
            if (text)
                bind(query, text);
            if (i + 1 < last || last < page->order_count)
                buffer_add(&query->sql, " AND ");
        }
        if (last < page->order_count)
            beyond(query, page, last, page->row[page->order[last].column]);
        buffer_add(&query->sql, ")");
    }
    buffer_add(&query->sql, ")");
}

static void position(struct query *query, const struct query_page *page)
{
    name(query, read_from(order_column(page, 0)));
    buffer_add(&query->sql, page->order[0].descending ? " <= " : " >= ");
    char *from = whole_number(order_column(page, 0), page->position);
    bind(query, from);
    free(from);
}

static void keyset(struct query *query, const struct query_page *page, bool *first)
{
    if (page->edge == EDGE_FIRST || page->edge == EDGE_LAST)
        return;
    condition(query, first);
    if (page->edge == EDGE_POSITION)
        position(query, page);
    else if (row_comparable(page))
        compare_row(query, page, page->edge == EDGE_AT);
    else
        compare_each(query, page, page->edge == EDGE_AT);
}

static void order_by(struct query *query, const struct query_page *page)
{
    for (int i = 0; i < page->order_count; i++) {
        bool down = page->order[i].descending != backwards(page);
        buffer_add(&query->sql, i ? ", " : " ORDER BY ");
        name(query, read_from(order_column(page, i)));
        buffer_add(&query->sql, down ? " DESC" : "");
        if (page->nullable)
            buffer_add(&query->sql, backwards(page) ? (down ? "" : " NULLS FIRST")
                                                : (down ? " NULLS LAST" : ""));
    }
}

static void limit(struct query *query, int rows)
{
    if (rows > 0)
        buffer_format(&query->sql, " LIMIT %d", rows);
}

/* api.f(p_a => $1, p_limit => $2) */
static void function(struct query *query, const struct source *source, int rows,
                     const struct query_filter *filters, int filter_count,
                     const char *(*value)(void *data, const char *name), void *data)
{
    int count = source->arguments.count;
    name(query, source->function);
    buffer_add(&query->sql, "(");
    arguments(query, &source->arguments, value, data);
    for (int i = 0; i < filter_count; i++) {
        if (!filters[i].filter->argument)
            continue;
        buffer_add(&query->sql, count++ ? ", " : "");
        name(query, filters[i].filter->argument);
        buffer_add(&query->sql, " => ");
        bind(query, filters[i].text);
    }
    if (source->limit && rows > 0) {
        char text[16];
        snprintf(text, sizeof text, "%d", rows);
        buffer_add(&query->sql, count ? ", " : "");
        name(query, source->limit);
        buffer_add(&query->sql, " => ");
        bind(query, text);
    }
    buffer_add(&query->sql, ")");
}

void query_page(struct query *query, const struct query_page *page)
{
    bool first = true;
    select_columns(query, page->columns);
    if (page->source->function) {
        function(query, page->source, page->limit, page->filters, page->filter_count, page->value,
                 page->data);
        limit(query, page->limit);
        query->repeats = true; /* a function plans for itself */
        return;
    }
    name(query, page->source->view);
    where(query, page->source, &first, page->value, page->data);
    for (int i = 0; i < page->filter_count; i++) {
        if (!page->filters[i].filter->column)
            continue;
        condition(query, &first);
        filter_one(query, &page->filters[i], page->columns);
    }
    keyset(query, page, &first);
    order_by(query, page);
    limit(query, page->limit);
}

void query_source(struct query *query, const struct source *source,
                  const struct defined_columns *columns, int rows,
                  const char *(*value)(void *data, const char *name), void *data)
{
    struct query_page page = {
        .source = source, .columns = columns, .limit = rows, .value = value, .data = data};
    query_page(query, &page);
}

static void call(struct query *query, const char *selected, const char *called,
                 const struct bindings *bindings, const char *request,
                 const char *(*value)(void *data, const char *name), void *data)
{
    buffer_format(&query->sql, "SELECT %s FROM api.", selected);
    name(query, called);
    buffer_add(&query->sql, "(");
    arguments(query, bindings, value, data);
    buffer_add(&query->sql, bindings->count ? ", p_request => " : "p_request => ");
    bind(query, request);
    buffer_add(&query->sql, ")");
}

void query_call(struct query *query, const char *called, const struct bindings *bindings,
                const char *request, const char *(*value)(void *data, const char *name),
                void *data)
{
    call(query, "status, id, message", called, bindings, request, value, data);
}

void query_call_rows(struct query *query, const char *called, const struct bindings *bindings,
                     const char *request, const char *(*value)(void *data, const char *name),
                     void *data)
{
    call(query, "status, id, message, detail", called, bindings, request, value, data);
}

void query_call_file(struct query *query, const char *called, const struct bindings *bindings,
                     const char *request, const char *(*value)(void *data, const char *name),
                     void *data)
{
    call(query, "name, kind, data", called, bindings, request, value, data);
}

void query_reveal(struct query *query, const char *called, const struct bindings *bindings,
                  const char *request, const char *(*value)(void *data, const char *name),
                  void *data)
{
    call(query, "value, message", called, bindings, request, value, data);
}
