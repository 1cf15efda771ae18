#include "console/page.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"
#include "console/console.h"
#include "console/copy.h"
#include "console/dialog.h"
#include "console/export.h"
#include "console/format.h"
#include "console/page_columns.h"
#include "console/report_total.h"
#include "terminal/chart.h"
#include "terminal/column.h"
#include "terminal/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MOST = 60, CHART_CELLS = 30, SPARK_CELLS = 31 };
/* Of a report that can be asked for its first rows no more are shown than ROWS_SHOWN. */
enum { ROWS_SHOWN = 2000, ROWS_MOST = 10000 };

struct report_state {
    struct values parameters;
    PGresult *rows;
    struct columns *columns;
    int shown_of[CELLS_MOST];
    int at, top, height;
    char **totals; /* sums by column, NULL where there is none */
};

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
    const char *cells[CELLS_MOST];
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

static int rows_most(const struct page *page)
{
    return page->definition->source.limit ? ROWS_SHOWN : ROWS_MOST;
}

static void report_refresh(struct page *page)
{
    struct query query = QUERY_INIT;
    query_source(&query, &page->definition->source, &page->definition->columns, rows_most(page),
                 page_lookup, page);
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

/* The month before (-1) or after; refused past the month of the business date. */
static void change_month(struct page *page, int by)
{
    struct report_state *state = page->state;
    const char *text = values_get(&state->parameters, "month");
    char now[8], month[16];
    int year, number;
    if (!text || sscanf(text, "%4d-%2d", &year, &number) != 2) {
        console_refuse(page->console, _("This report has no month."));
        return;
    }
    number = year * 12 + number - 1 + by;
    snprintf(month, sizeof month, "%04d-%02d", number / 12, number % 12 + 1);
    if (by > 0 && strcmp(month, this_month(page, now)) > 0) {
        console_refuse(page->console, _("The month after this one has not begun."));
        return;
    }
    values_set(&state->parameters, "month", month);
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
    state->columns = page_columns(&page->definition->columns, CELLS_MOST, state->shown_of);
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

struct cell_paint {
    struct page *page;
    const char *const *cells;
    char text[1024];
};

static const char *cell_text(int index, unsigned *style, void *data)
{
    struct cell_paint *paint = data;
    struct report_state *state = paint->page->state;
    return format_cell(&paint->page->definition->columns, state->shown_of[index], paint->cells,
                       console_now(paint->page->console), style, paint->text, sizeof paint->text);
}

static int64_t greatest(const struct page *page)
{
    const struct report_state *state = page->state;
    int64_t most = 1;
    for (int i = 0; i < PQntuples(state->rows); i++) {
        int64_t value = (int64_t)strtod(PQgetvalue(state->rows, i, page->definition->chart.y), NULL);
        most = value > most ? value : most;
    }
    return most;
}

static void paint_row(struct page *page, const char *const *cells, int row, const struct area *area,
                      unsigned style, unsigned flags, int64_t most)
{
    struct report_state *state = page->state;
    struct cell_paint paint = {.page = page, .cells = cells};
    struct line line = LINE_INIT;
    line_add(&line, style, " ");
    columns_row(state->columns, &line, style, cell_text, &paint);
    if (most) {
        const char *text = cells[page->definition->chart.y];
        line_add(&line, style, "  ");
        chart_bar(&line, STYLE_ACCENT, text ? (int64_t)strtod(text, NULL) : 0, most,
                  CHART_CELLS - 4, !screen_unicode());
    }
    draw_line(row, area->left, area->columns, &line, STYLE_NORMAL, flags);
    line_free(&line);
}

static void paint_parameters(struct page *page, const struct area *area)
{
    struct report_state *state = page->state;
    struct buffer text = BUFFER_INIT;
    const struct fields *fields = &page->definition->fields;
    for (int i = 0; i < fields->count; i++) {
        const char *value = values_get(&state->parameters, fields->items[i].name);
        const struct named_value *named =
            named_value_find(fields->items[i].values, fields->items[i].value_count, value);
        if (value)
            buffer_format(&text, "%s%s: %s", text.length ? "   " : "",
                          both_text(&fields->items[i].title),
                          named ? both_text(&named->title) : value);
    }
    if (state->rows && PQntuples(state->rows) >= rows_most(page))
        buffer_format(&text, "%s", text.length ? "   " : ""),
            buffer_format(&text, _("The first %d rows; x exports all."), rows_most(page));
    draw_text(area->top, area->left + 1, area->columns - 2, STYLE_LABEL, buffer_text(&text));
    buffer_free(&text);
}

/* Lines of the notes, at most four. */
static int note_rows(const struct page *page, int columns)
{
    const char *text = both_text(&page->definition->notes);
    int rows = 0;
    for (size_t at = 0, next = 1; text[at] && next && rows < 4; rows++) {
        text_wrap(text + at, columns, &next);
        at += next;
    }
    return rows;
}

/* No room for bars: one line of them at the right of the first line. */
static void paint_spark(const struct page *page, const struct area *area)
{
    const struct report_state *state = page->state;
    const struct defined_chart *chart = &page->definition->chart;
    const char *title = both_text(&page->definition->columns.items[chart->y].title);
    int count = PQntuples(state->rows), cells = count < SPARK_CELLS ? count : SPARK_CELLS;
    int64_t *values = xcalloc((size_t)count + 1, sizeof *values);
    struct line line = LINE_INIT;
    for (int i = 0; i < count; i++)
        values[i] = (int64_t)strtod(PQgetvalue(state->rows, i, chart->y), NULL);
    line_add(&line, STYLE_LABEL, title);
    line_add(&line, STYLE_LABEL, " ");
    chart_spark(&line, STYLE_ACCENT, values, count, cells, !screen_unicode());
    int width = text_width(title) + 1 + cells;
    draw_line(area->top, area->left + area->columns - width - 1, width, &line, STYLE_LABEL, 0);
    line_free(&line);
    free(values);
}

/* In a narrow window the bars stand below the rows, when there is room for all of them. */
static void paint_chart(struct page *page, const struct area *area, int below, int64_t most)
{
    struct report_state *state = page->state;
    const struct definition *definition = page->definition;
    const struct defined_columns *columns = &definition->columns;
    int count = PQntuples(state->rows), top = area->top + 2 + count + 1;
    const char *cells[CELLS_MOST];
    char text[256];
    if (top + 1 + count > area->top + area->rows - below) {
        paint_spark(page, area);
        return;
    }
    draw_text(top, area->left + 1, area->columns - 2, STYLE_LABEL,
              both_text(&columns->items[definition->chart.y].title));
    for (int row = 0; row < count; row++) {
        struct line line = LINE_INIT;
        for (int c = 0; c < columns->count && c < CELLS_MOST; c++)
            cells[c] = PQgetisnull(state->rows, row, c) ? NULL : PQgetvalue(state->rows, row, c);
        const char *value = cells[definition->chart.y];
        line_add(&line, STYLE_NORMAL, " ");
        line_add_fit(&line, STYLE_NORMAL,
                     format_cell(columns, definition->chart.x, cells, 0, NULL, text, sizeof text),
                     22, TEXT_LEFT);
        line_add(&line, STYLE_NORMAL, " ");
        chart_bar(&line, STYLE_ACCENT, value ? (int64_t)strtod(value, NULL) : 0, most,
                  area->columns - 40, !screen_unicode());
        line_add(&line, STYLE_NORMAL, " ");
        line_add(&line, STYLE_NORMAL,
                 format_cell(columns, definition->chart.y, cells, 0, NULL, text, sizeof text));
        draw_line(top + 1 + row, area->left, area->columns, &line, STYLE_NORMAL, 0);
        line_free(&line);
    }
}

static void report_paint(struct page *page, const struct area *area)
{
    struct report_state *state = page->state;
    const struct definition *definition = page->definition;
    struct line line = LINE_INIT;
    const char *cells[CELLS_MOST];
    int count = state->rows ? PQntuples(state->rows) : 0;
    bool chart = definition->chart.kind && area->columns >= 100 && count;
    int64_t most = chart ? greatest(page) : 0;
    struct area note = {0, area->left + 1, note_rows(page, area->columns - 2), area->columns - 2};
    int below = (state->totals != NULL) + note.rows;
    paint_parameters(page, area);
    columns_layout(state->columns, area->columns - 2 - (chart ? CHART_CELLS : 0), 1);
    line_add(&line, STYLE_HEADING, " ");
    columns_head(state->columns, &line, -1, false, !screen_unicode());
    draw_line(area->top + 1, area->left, area->columns, &line, STYLE_HEADING, 0);
    line_free(&line);
    state->height = area->rows - 2 - below;
    if (state->at < state->top)
        state->top = state->at;
    if (state->at >= state->top + state->height)
        state->top = state->at - state->height + 1;
    for (int i = 0; i < state->height && state->top + i < count; i++) {
        int row = state->top + i;
        for (int c = 0; c < definition->columns.count && c < CELLS_MOST; c++)
            cells[c] = PQgetisnull(state->rows, row, c) ? NULL : PQgetvalue(state->rows, row, c);
        paint_row(page, cells, area->top + 2 + i, area, STYLE_NORMAL,
                  row == state->at ? STYLE_ON_SELECTED : 0, most);
        if (row == state->at)
            draw_cursor(area->top + 2 + i, area->left + 1, true);
    }
    if (state->rows && !count)
        draw_text(area->top + 3, area->left + 4, area->columns - 8, STYLE_MUTED,
                  _("No figures for these parameters."));
    if (state->totals)
        paint_row(page, (const char *const *)state->totals, area->top + area->rows - below, area,
                  STYLE_HEADING, 0, 0);
    note.top = area->top + area->rows - note.rows;
    if (note.rows)
        dialog_paragraph(both_text(&definition->notes), &note, STYLE_MUTED);
    if (definition->chart.kind && !chart && count)
        paint_chart(page, area, below, greatest(page));
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
    const char *cells[CELLS_MOST] = {NULL};
    const char *const *row = cells;
    if (!state->rows || state->at >= PQntuples(state->rows)) {
        screen_bell();
        return;
    }
    for (int i = 0; i < columns->count && i < CELLS_MOST; i++)
        cells[i] = PQgetisnull(state->rows, state->at, i)
                       ? NULL
                       : PQgetvalue(state->rows, state->at, i);
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
        change_month(page, id == ACTION_MONTH_BACK ? -1 : 1);
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
