#include "console/panel.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"
#include "console/console.h"
#include "console/format.h"
#include "terminal/chart.h"
#include "terminal/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MOST = 400, CHART_ROWS = 8, MARK_CELLS = 2, LABEL_LEAST = 12, VALUE_LEAST = 18 };
enum { BYTES_MOST = 16 }; /* of a cell of text */

/* A masked value that is being shown replaces the masked one. */
static const char *cell_text(struct panel *panel, int column, const char *const *cells,
                             unsigned *style, char *text, size_t capacity)
{
    const char *key = panel->list && list_cursor(panel->list) >= 0
                          ? list_key(panel->list, list_cursor(panel->list))
                          : "";
    const char *instead = panel->overlay ? panel->overlay(panel, column, key) : NULL;
    if (instead) {
        *style = STYLE_WARNING;
        return instead;
    }
    return format_cell(&panel->definition->columns, column, cells,
                       console_now(panel->page->console), style, text, capacity);
}

/* As wide as the longest title, within a third of a wide panel; a narrow one keeps room for values. */
static int label_width(const struct panel *panel, int columns)
{
    const struct defined_columns *defined = &panel->definition->columns;
    int most = columns >= 60 ? columns / 3 : columns - VALUE_LEAST, widest = LABEL_LEAST;
    for (int i = 0; i < defined->count; i++) {
        int width = text_width(both_text(&defined->items[i].title));
        if (!defined->items[i].hidden && width > widest)
            widest = width;
    }
    return widest < most ? widest : most;
}

static void paint_fields(struct panel *panel, const struct area *area)
{
    const struct defined_columns *columns = &panel->definition->columns;
    const char *const *cells = panel_row(panel);
    int label = label_width(panel, area->columns), line = -panel->top;
    char text[4096];
    for (int i = 0; cells && i < columns->count; i++) {
        unsigned style = STYLE_NORMAL;
        if (columns->items[i].hidden || !cells[i])
            continue;
        const char *value = cell_text(panel, i, cells, &style, text, sizeof text);
        if (!*value)
            continue;
        if (line >= 0 && line < area->rows) {
            draw_text(area->top + line, area->left, label, STYLE_LABEL,
                      both_text(&columns->items[i].title));
            draw_text(area->top + line, area->left + label + 1, area->columns - label - 1, style,
                      value);
        }
        line++;
    }
}

struct row_paint {
    struct panel *panel;
    const char *const *cells;
    bool selected;
    char text[2048];
};

static const char *paint_cell(int index, unsigned *style, void *data)
{
    struct row_paint *paint = data;
    int column = paint->panel->shown_of[index];
    if (paint->selected)
        return cell_text(paint->panel, column, paint->cells, style, paint->text,
                         sizeof paint->text);
    return format_cell(&paint->panel->definition->columns, column, paint->cells,
                       console_now(paint->panel->page->console), style, paint->text,
                       sizeof paint->text);
}

/* Index among the columns that can be shown, -1 when it is none. */
static int shown_at(const struct panel *panel, int column)
{
    for (int i = 0; i < columns_count(panel->columns); i++)
        if (panel->shown_of[i] == column)
            return i;
    return -1;
}

static void paint_table(struct panel *panel, const struct area *area, bool focused)
{
    struct row_paint paint = {.panel = panel};
    struct line line = LINE_INIT;
    bool head = area->rows >= 4;
    int height = area->rows - head;
    list_set_height(panel->list, height > 0 ? height : 1);
    int marks = panel->marking ? MARK_CELLS : 0;
    int sorted = panel->own_order ? shown_at(panel, panel->order[0].column) : -1;
    columns_layout(panel->columns, area->columns - marks, 1);
    if (head) {
        columns_head(panel->columns, &line, sorted, sorted >= 0 && panel->order[0].descending,
                     !screen_unicode());
        draw_line(area->top, area->left + marks, area->columns - marks, &line, STYLE_MUTED, 0);
    }
    for (int i = 0; i < height && list_top(panel->list) + i < list_count(panel->list); i++) {
        int row = list_top(panel->list) + i;
        const char *cells[PANEL_CELLS];
        for (int c = 0; c < panel->definition->columns.count && c < PANEL_CELLS; c++)
            cells[c] = list_cell(panel->list, row, c);
        paint.cells = cells;
        paint.selected = row == list_cursor(panel->list);
        line_clear(&line);
        columns_row(panel->columns, &line, STYLE_NORMAL, paint_cell, &paint);
        unsigned flags = paint.selected && focused ? STYLE_ON_SELECTED : 0;
        if (marks)
            draw_text(area->top + head + i, area->left, marks, STYLE_KEY | flags,
                      list_marked(panel->list, list_key(panel->list, row)) ? "*" : "");
        draw_line(area->top + head + i, area->left + marks, area->columns - marks, &line,
                  STYLE_NORMAL, flags);
        if (paint.selected && focused)
            draw_cursor(area->top + head + i, area->left, true);
    }
    line_free(&line);
}

/* First and last point in words: what a chart without axes does not say. `terse` 1: without what stands
 * behind the point of a number, 2: the last one alone. */
static void say_ends(const struct panel *panel, int count, int terse, struct buffer *text)
{
    const struct defined_panel *definition = panel->definition;
    const char *cells[PANEL_CELLS];
    char cell[64];
    buffer_clear(text);
    for (int end = terse == 2; count && end < 2; end++) {
        for (int c = 0; c < definition->columns.count && c < PANEL_CELLS; c++)
            cells[c] = PQgetvalue(panel->rows, end ? count - 1 : 0, c);
        for (int part = 0; part < 2; part++) {
            format_cell(&definition->columns, part ? definition->chart.y : definition->chart.x,
                        cells, 0, NULL, cell, sizeof cell);
            if (terse == 1 && part)
                cell[strcspn(cell, ".")] = '\0';
            buffer_format(text, "%s%s", text->length ? part ? " " : " … " : "", cell);
        }
    }
}

static void paint_ends(const struct panel *panel, int row, const struct area *area, int count)
{
    struct buffer text = BUFFER_INIT;
    for (int terse = 0; terse < 3; terse++) {
        say_ends(panel, count, terse, &text);
        if (text_width(buffer_text(&text)) <= area->columns)
            break;
    }
    draw_text(row, area->left, area->columns, STYLE_MUTED, buffer_text(&text));
    buffer_free(&text);
}

static void paint_chart(struct panel *panel, const struct area *area)
{
    const struct defined_panel *definition = panel->definition;
    int64_t values[VALUES_MOST];
    struct line *lines = xcalloc((size_t)area->rows + 1, sizeof *lines);
    int count = PQntuples(panel->rows);
    int chart = area->rows - 1 < CHART_ROWS ? area->rows - 1 : CHART_ROWS;
    count = count < VALUES_MOST ? count : VALUES_MOST;
    for (int i = 0; i < count; i++)
        values[i] = PQgetisnull(panel->rows, i, definition->chart.y)
                        ? CHART_NONE
                        : (int64_t)strtod(PQgetvalue(panel->rows, i, definition->chart.y), NULL);
    if (definition->chart.kind == PLOT_LINE)
        chart_points(lines, chart, STYLE_ACCENT, values, count, area->columns, !screen_unicode());
    else
        chart_area(lines, chart, STYLE_ACCENT, values, count, area->columns, !screen_unicode());
    for (int i = 0; i < chart; i++) {
        draw_line(area->top + i, area->left, area->columns, &lines[i], STYLE_NORMAL, 0);
        line_free(&lines[i]);
    }
    free(lines);
    paint_ends(panel, area->top + chart, area, count);
}

static void paint_text(struct panel *panel, const struct area *area)
{
    const char *const *cells = panel_row(panel);
    const char *text = cells && cells[0] ? cells[0] : "";
    int line = -panel->top;
    while (*text) {
        size_t length = strcspn(text, "\n"), at = 0;
        struct buffer safe = BUFFER_INIT;
        text_safe(&safe, text, length);
        do {
            size_t next = 0, bytes = text_wrap(buffer_text(&safe) + at, area->columns, &next);
            char *part = xstrndup(buffer_text(&safe) + at, bytes);
            if (line >= 0 && line < area->rows)
                draw_text(area->top + line, area->left, area->columns, STYLE_NORMAL, part);
            free(part);
            line++;
            at += next;
            if (!next)
                break;
        } while (buffer_text(&safe)[at]);
        buffer_free(&safe);
        text += length + (text[length] == '\n');
    }
}

static bool is_loaded(const struct panel *panel)
{
    return panel->list ? list_loaded(panel->list) : panel->rows != NULL;
}

/* Lines of a text, as far as `most`. */
static int text_lines(const char *text, int columns, int most)
{
    int lines = 0;
    while (*text && lines < most) {
        size_t length = strcspn(text, "\n"), at = 0;
        size_t enough = (size_t)columns * (size_t)(most - lines) * BYTES_MOST;
        struct buffer safe = BUFFER_INIT;
        text_safe(&safe, text, length < enough ? length : enough);
        do {
            size_t next = 0;
            text_wrap(buffer_text(&safe) + at, columns, &next);
            lines++;
            at += next;
            if (!next)
                break;
        } while (buffer_text(&safe)[at] && lines < most);
        buffer_free(&safe);
        text += length + (text[length] == '\n');
    }
    return lines;
}

static int field_lines(const struct panel *panel)
{
    const struct defined_columns *columns = &panel->definition->columns;
    int lines = 0;
    for (int i = 0; i < columns->count; i++) {
        const char *cell = columns->items[i].hidden ? NULL : panel_cell(panel, 0, i);
        lines += cell && *cell;
    }
    return lines;
}

int panel_need(const struct panel *panel, int columns, int most)
{
    int lines;
    if (panel->failure || !is_loaded(panel))
        return panel->definition->rows;
    switch (panel->definition->kind) {
    case PANEL_FIELDS:
        lines = field_lines(panel);
        break;
    case PANEL_TEXT:
        lines = text_lines(panel_cell(panel, 0, 0) ? panel_cell(panel, 0, 0) : "", columns - 2, most);
        break;
    default:
        lines = panel->list ? list_count(panel->list) : most;
        lines += lines > 3; /* the head of a table that is not short */
        break;
    }
    lines += !lines && !panel->definition->fit; /* says that there is none */
    return lines + 1 < most ? lines + 1 : most;
}

static bool has_rows(const struct panel *panel)
{
    return panel->list ? list_count(panel->list) > 0 : panel->rows && PQntuples(panel->rows) > 0;
}

static void paint_heading(struct panel *panel, const struct area *area, bool focused)
{
    struct buffer status = BUFFER_INIT;
    int width = 0;
    if (panel->list && focused && list_count(panel->list)) {
        list_status(panel->list, &status);
        width = text_width(buffer_text(&status)) + 1;
    }
    char title[256];
    snprintf(title, sizeof title, "%s %s", focused ? (screen_unicode() ? "▸" : ">") : " ",
             both_text(&panel->definition->title));
    draw_text(area->top, area->left, area->columns - width, STYLE_HEADING, title);
    if (width)
        draw_text(area->top, area->left + area->columns - width, width, STYLE_MUTED,
                  buffer_text(&status));
    buffer_free(&status);
}

static void paint_body(struct panel *panel, struct area body, bool focused)
{
    const char *empty = both_text(&panel->definition->empty);
    const char *failure = panel->failure   ? panel->failure
                          : panel->object ? panel->object->failure
                                          : NULL;
    if (body.rows < 1)
        return;
    if (panel->failure || !has_rows(panel)) {
        if (panel->list)
            list_set_height(panel->list, body.rows > 1 ? body.rows - 1 : 1);
        draw_text(body.top, body.left + 1, body.columns - 1,
                  failure ? STYLE_ERROR : STYLE_MUTED,
                  failure             ? failure
                  : !is_loaded(panel) ? "…"
                  : *empty              ? empty
                                        : _("none"));
        return;
    }
    draw_clip(body.top, body.left, body.rows, body.columns);
    switch (panel->definition->kind) {
    case PANEL_FIELDS:
        paint_fields(panel, &body);
        break;
    case PANEL_TABLE:
    case PANEL_TIMELINE:
        paint_table(panel, &body, focused);
        break;
    case PANEL_CHART:
        paint_chart(panel, &body);
        break;
    case PANEL_TEXT:
        paint_text(panel, &body);
        break;
    }
    draw_clip_end();
}

void panel_paint(struct panel *panel, const struct area *area, bool focused)
{
    struct area body = {area->top + 1, area->left + 1, area->rows - 1, area->columns - 2};
    panel->area = *area;
    if (focused)
        draw_cursor(area->top, area->left, true);
    paint_body(panel, body, focused);
    paint_heading(panel, area, focused); /* its figures follow the height of the body */
}
