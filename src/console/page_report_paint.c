#include "console/page_report.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"
#include "console/dialog.h"
#include "console/format.h"
#include "console/page_columns.h"
#include "terminal/chart.h"
#include "terminal/draw.h"

#include <stdlib.h>

enum { CHART_CELLS = 30, SPARK_CELLS = 31 };

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
        int64_t value =
            (int64_t)strtod(PQgetvalue(state->rows, i, page->definition->chart.y), NULL);
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
    if (state->rows && PQntuples(state->rows) >= report_rows_most(page))
        buffer_format(&text, "%s", text.length ? "   " : ""),
            buffer_format(&text, _("The first %d rows; x exports all."), report_rows_most(page));
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
    const char *cells[REPORT_CELLS_MOST];
    char text[256];
    if (top + 1 + count > area->top + area->rows - below) {
        paint_spark(page, area);
        return;
    }
    draw_text(top, area->left + 1, area->columns - 2, STYLE_LABEL,
              both_text(&columns->items[definition->chart.y].title));
    for (int row = 0; row < count; row++) {
        struct line line = LINE_INIT;
        for (int c = 0; c < columns->count && c < REPORT_CELLS_MOST; c++)
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

void report_paint(struct page *page, const struct area *area)
{
    struct report_state *state = page->state;
    const struct definition *definition = page->definition;
    struct line line = LINE_INIT;
    const char *cells[REPORT_CELLS_MOST];
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
        for (int c = 0; c < definition->columns.count && c < REPORT_CELLS_MOST; c++)
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
