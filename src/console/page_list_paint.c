#include "console/page_list.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/format.h"
#include "terminal/draw.h"

#include <stdlib.h>
#include <string.h>

enum { LEAD = 3, HEAD_ROWS = LIST_HEAD_ROWS };

struct row_paint {
    struct page *page;
    const char *const *cells;
    char text[4096];
};

static const char *paint_cell(int index, unsigned *style, void *data)
{
    struct row_paint *paint = data;
    struct list_state *state = paint->page->state;
    return format_cell(&paint->page->definition->columns, state->shown_of[index], paint->cells,
                       console_now(paint->page->console), style, paint->text, sizeof paint->text);
}

static void paint_row(struct page *page, struct row_paint *paint, int row, int at,
                      const struct area *area)
{
    struct list_state *state = page->state;
    struct line line = LINE_INIT;
    const char *option = list_marked(state->list, list_key(state->list, row));
    bool selected = row == list_cursor(state->list);
    unsigned flags = selected ? STYLE_ON_SELECTED : option ? STYLE_ON_MARKED : 0;
    paint->cells = list_page_cells(page, row);
    line_add(&line, STYLE_NORMAL, " ");
    line_add_fit(&line, STYLE_ACCENT, option ? (*option ? option : "*") : "", 1, TEXT_LEFT);
    line_add(&line, STYLE_NORMAL, " ");
    columns_row(state->columns, &line, STYLE_NORMAL, paint_cell, paint);
    draw_line(at, area->left, area->columns, &line, STYLE_NORMAL, flags);
    if (selected && !state->box)
        draw_cursor(at, area->left + 1, true);
    line_free(&line);
}

static void paint_head(struct page *page, int row, const struct area *area)
{
    struct list_state *state = page->state;
    struct line line = LINE_INIT;
    int sorted = -1;
    for (int i = 0; state->order_count && i < columns_count(state->columns); i++)
        if (state->shown_of[i] == state->order[0].column)
            sorted = i;
    line_add(&line, STYLE_HEADING, state->has_options ? " # " : "   ");
    columns_head(state->columns, &line, sorted, state->order_count && state->order[0].descending,
                 !screen_unicode());
    draw_line(row, area->left, area->columns, &line, STYLE_HEADING, 0);
    line_free(&line);
}

/* "Stage: New   Owner: me" */
static void filter_text(struct page *page, struct buffer *out)
{
    struct list_state *state = page->state;
    for (int i = 0; i < page->definition->filter_count; i++) {
        const struct defined_filter *filter = &page->definition->filters[i];
        const struct named_value *value =
            named_value_find(filter->values, filter->value_count, state->filters[i]);
        if (state->filters[i] && *state->filters[i])
            buffer_format(out, "%s%s: %s", out->length ? "   " : "", both_text(&filter->title),
                          value ? both_text(&value->title) : state->filters[i]);
    }
}

static void paint_top(struct page *page, const struct area *area)
{
    struct list_state *state = page->state;
    struct buffer left = BUFFER_INIT, right = BUFFER_INIT;
    int marks = list_mark_count(state->list), width;
    if (marks)
        buffer_format(&right, ngettext("%d marked   ", "%d marked   ", (unsigned long)marks), marks);
    if (state->truncated)
        buffer_format(&right, _("first %d, there are more: type more to narrow"), state->limit);
    else if (list_loaded(state->list))
        list_status(state->list, &right);
    width = text_width(buffer_text(&right));
    draw_text(area->top, area->left + area->columns - width - 1, width, STYLE_MUTED,
              buffer_text(&right));
    if (page->definition->search) {
        struct line line = LINE_INIT;
        int cursor, used = draw_word(area->top, area->left + 1, STYLE_LABEL, _("Search: "));
        int cells = area->columns - width - used - 4;
        edit_line(&state->search, &line, state->box ? STYLE_FOCUS : STYLE_INPUT, cells, &cursor);
        draw_line(area->top, area->left + 1 + used, cells, &line, STYLE_INPUT, 0);
        if (state->box)
            draw_cursor(area->top, area->left + 1 + used + cursor, true);
        line_free(&line);
    } else {
        filter_text(page, &left);
        draw_text(area->top, area->left + 1, area->columns - width - 3, STYLE_LABEL,
                  left.length ? buffer_text(&left) : "");
    }
    buffer_free(&left);
    buffer_free(&right);
}

static void paint_empty(struct page *page, const struct area *area)
{
    struct list_state *state = page->state;
    const char *text = both_text(&page->definition->empty);
    if (!list_loaded(state->list))
        text = list_loading(state->list) ? _("Reading…") : "";
    else if (page->definition->search && !*edit_text(&state->search))
        text = both_text(&page->definition->help);
    else if (!*text)
        text = _("No rows. Change the filter or press the refresh key.");
    size_t at = 0;
    struct buffer safe = BUFFER_INIT;
    text_safe(&safe, text, strlen(text));
    for (int row = 1; row < area->rows - HEAD_ROWS && buffer_text(&safe)[at]; row++) {
        size_t next = 0, bytes = text_wrap(buffer_text(&safe) + at, area->columns - 8, &next);
        char *line = xstrndup(buffer_text(&safe) + at, bytes);
        draw_word(area->top + HEAD_ROWS + row, area->left + 4, STYLE_MUTED, line);
        free(line);
        if (!next)
            break;
        at += next;
    }
    buffer_free(&safe);
}

void list_page_paint(struct page *page, const struct area *area)
{
    struct list_state *state = page->state;
    struct row_paint paint = {.page = page};
    int height = area->rows - HEAD_ROWS;
    list_set_height(state->list, height);
    columns_layout(state->columns, area->columns - LEAD - 1, 1);
    paint_top(page, area);
    paint_head(page, area->top + 1, area);
    if (!list_count(state->list))
        paint_empty(page, area);
    for (int i = 0; i < height && list_top(state->list) + i < list_count(state->list); i++)
        paint_row(page, &paint, list_top(state->list) + i, area->top + HEAD_ROWS + i, area);
}

