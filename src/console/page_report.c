#include "console/page_report.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/copy.h"
#include "console/dialog.h"
#include "console/export.h"
#include "console/format.h"
#include "console/page_columns.h"
#include "console/report_period.h"
#include "console/report_total.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a report that can be asked for its first rows no more are shown than ROWS_SHOWN. */
enum { ROWS_SHOWN = 2000, ROWS_MOST = 10000 };

static const char *report_value(struct page *page, const char *name)
{
    struct report_state *state = page->state;
    int column = defined_columns_find(&page->definition->columns, name);
    if (values_has(&state->parameters, name))
        return values_get(&state->parameters, name);
    if (column >= 0 && state->rows && state->at < PQntuples(state->rows))
        return PQgetvalue(state->rows, state->at, column);
    return NULL;
}

static void totals_free(struct page *page)
{
    struct report_state *state = page->state;
    for (int i = 0; state->totals && i < page->definition->columns.count; i++)
        free(state->totals[i]);
    free(state->totals);
    state->totals = NULL;
}

static void add_totals(struct page *page)
{
    struct report_state *state = page->state;
    const struct definition *definition = page->definition;
    struct report_total total;
    const char *cells[REPORT_CELLS_MOST];
    char text[32];
    totals_free(page);
    if (!definition->total_count || !PQntuples(state->rows))
        return;
    report_total_start(&total, definition);
    for (int row = 0; row < PQntuples(state->rows); row++) {
        for (int i = 0; i < definition->columns.count; i++)
            cells[i] = PQgetisnull(state->rows, row, i) ? NULL : PQgetvalue(state->rows, row, i);
        report_total_add(&total, cells);
    }
    state->totals = xcalloc((size_t)definition->columns.count, sizeof *state->totals);
    for (int i = 0; i < definition->columns.count; i++) {
        const char *cell = report_total_cell(&total, i, text);
        state->totals[i] = cell ? xstrdup(cell) : NULL;
    }
    if (columns_count(state->columns) && !state->totals[state->shown_of[0]])
        state->totals[state->shown_of[0]] = xstrdup(_("Total"));
    report_total_free(&total);
}

static void arrived(void *data, struct answer *answer)
{
    struct page *page = data;
    struct report_state *state = page->state;
    screen_dirty();
    if (answer->error) {
        console_error(page->console, answer->error);
        return;
    }
    PQclear(state->rows);
    state->rows = answer->rows;
    answer->rows = NULL;
    page->stale = false;
    state->at = state->at < PQntuples(state->rows) ? state->at : 0;
    add_totals(page);
}

int report_rows_most(const struct page *page)
{
    return page->definition->source.limit ? ROWS_SHOWN : ROWS_MOST;
}

static void report_refresh(struct page *page)
{
    struct query query = QUERY_INIT;
    query_source(&query, &page->definition->source, &page->definition->columns,
                 report_rows_most(page), page_lookup, page);
    console_ask(page, &query, arrived, page);
}

static void parameters_done(void *data, const struct values *values)
{
    struct page *page = data;
    struct report_state *state = page->state;
    if (!values)
        return;
    values_copy(&state->parameters, values);
    report_refresh(page);
}

static void ask_parameters(struct page *page)
{
    struct report_state *state = page->state;
    if (page->definition->fields.count)
        dialog_entry(page, both_text(&page->definition->title), NULL, &page->definition->fields,
                     &state->parameters, parameters_done, page);
    else
        report_refresh(page);
}

/* YYYY-MM of the business date. */
static const char *this_month(struct page *page, char month[8])
{
    snprintf(month, 8, "%.7s", page_value(page, "@today"));
    return month;
}

/* The field that says of when the report is. */
static const char *period_field(struct page *page)
{
    const struct fields *fields = &page->definition->fields;
    for (int i = 0; i < fields->count; i++)
        if (!strcmp(fields->items[i].name, "month") || !strcmp(fields->items[i].name, "period"))
            return fields->items[i].name;
    return NULL;
}

/* The month, quarter or year before (-1) or after; refused past that of the business date. */
static void change_period(struct page *page, int by)
{
    struct report_state *state = page->state;
    const char *name = period_field(page), *text = name ? values_get(&state->parameters, name) : NULL;
    char next[8];
    if (name && (!text || !*text))
        text = page_value(page, "@quarter");
    if (!text || !period_step(text, by, next)) {
        console_refuse(page->console, _("This report has no period."));
        return;
    }
    if (by > 0 && !period_begun(next, page_value(page, "@today"))) {
        console_refuse(page->console, _("The period after this one has not begun."));
        return;
    }
    values_set(&state->parameters, name, next);
    report_refresh(page);
}

/* Defaults, then what the screen was opened with. */
static void first_parameters(struct page *page)
{
    char month[8];
    struct report_state *state = page->state;
    const struct fields *fields = &page->definition->fields;
    for (int i = 0; i < fields->count; i++) {
        const char *text = fields->items[i].initial;
        if (values_has(&page->arguments, fields->items[i].name))
            text = values_get(&page->arguments, fields->items[i].name);
        else if (text && text[0] == '@')
            text = page_value(page, text);
        else if (!text && !strcmp(fields->items[i].name, "month"))
            text = this_month(page, month);
        if (text)
            values_set(&state->parameters, fields->items[i].name, text);
    }
}

static bool complete(struct page *page)
{
    struct report_state *state = page->state;
    const struct fields *fields = &page->definition->fields;
    for (int i = 0; i < fields->count; i++)
        if (fields->items[i].required && !values_get(&state->parameters, fields->items[i].name))
            return false;
    return true;
}

static void report_open(struct page *page)
{
    struct report_state *state = xcalloc(1, sizeof *state);
    page->state = state;
    state->columns = page_columns(&page->definition->columns, REPORT_CELLS_MOST, state->shown_of);
    first_parameters(page);
    if (complete(page))
        report_refresh(page);
    else
        ask_parameters(page);
}

static void report_close(struct page *page)
{
    struct report_state *state = page->state;
    totals_free(page);
    PQclear(state->rows);
    columns_free(state->columns);
    values_clear(&state->parameters);
    free(state);
}

static bool move(struct page *page, int by)
{
    struct report_state *state = page->state;
    int count = state->rows ? PQntuples(state->rows) : 0, at = state->at + by;
    at = at >= count ? count - 1 : at;
    at = at < 0 ? 0 : at;
    if (at == state->at)
        screen_bell();
    state->at = at;
    return true;
}

/* Enter and copying: the row under the cursor. */
static void use_row(struct page *page, enum action_id id)
{
    struct report_state *state = page->state;
    const struct defined_columns *columns = &page->definition->columns;
    const char *cells[REPORT_CELLS_MOST] = {NULL};
    const char *const *row = cells;
    if (!state->rows || state->at >= PQntuples(state->rows)) {
        screen_bell();
        return;
    }
    for (int i = 0; i < columns->count && i < REPORT_CELLS_MOST; i++)
        cells[i] =
            PQgetisnull(state->rows, state->at, i) ? NULL : PQgetvalue(state->rows, state->at, i);
    if (id == ACTION_COPY)
        copy_rows(page, columns, state->shown_of, columns_count(state->columns), &row, 1);
    else if (id == ACTION_COPY_CELL)
        copy_cell(page, columns, cells);
    else
        dialog_row(page, columns, cells);
}

static bool report_act(struct page *page, enum action_id id)
{
    struct report_state *state = page->state;
    switch (id) {
    case ACTION_UP:
        return move(page, -1);
    case ACTION_DOWN:
        return move(page, 1);
    case ACTION_PAGE_UP:
        return move(page, -state->height);
    case ACTION_PAGE_DOWN:
        return move(page, state->height);
    case ACTION_TOP:
        return move(page, -1000000);
    case ACTION_BOTTOM:
        return move(page, 1000000);
    case ACTION_LEFT:
        return columns_scroll(state->columns, -1), true;
    case ACTION_RIGHT:
        return columns_scroll(state->columns, 1), true;
    case ACTION_MONTH_BACK:
    case ACTION_MONTH_NEXT:
        change_period(page, id == ACTION_MONTH_BACK ? -1 : 1);
        return true;
    case ACTION_FILTER:
        ask_parameters(page);
        return true;
    case ACTION_OPEN:
    case ACTION_COPY:
    case ACTION_COPY_CELL:
        use_row(page, id);
        return true;
    case ACTION_EXPORT:
        if (state->rows)
            export_report(page);
        return true;
    default:
        return false;
    }
}

/* Keys about a row wait for the rows asked for. */
static bool report_waits(struct page *page, const struct key *key)
{
    if (!connection_pending(page->console->connection, page))
        return false;
    switch (action_for_key(page->console->keymap, CONTEXT_REPORT, false, key->code)) {
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
    case ACTION_TOP:
    case ACTION_BOTTOM:
    case ACTION_OPEN:
    case ACTION_COPY:
    case ACTION_COPY_CELL:
    case ACTION_EXPORT:
        return true;
    default:
        return false;
    }
}

static void report_forget(struct page *page)
{
    struct report_state *state = page->state;
    totals_free(page);
    PQclear(state->rows);
    state->rows = NULL;
    page->stale = true;
}

static void report_translate(struct page *page)
{
    struct report_state *state = page->state;
    page_columns_translate(state->columns, &page->definition->columns, state->shown_of);
}

const struct page_ops report_page_ops = {
    .open = report_open,
    .close = report_close,
    .paint = report_paint,
    .waits = report_waits,
    .act = report_act,
    .value = report_value,
    .refresh = report_refresh,
    .forget = report_forget,
    .translate = report_translate,
};
