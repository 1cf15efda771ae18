#include "terminal/form_internal.h"

#include "base/alloc.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define BESIDE_COLUMNS 50 /* labels stand left of the boxes from this width on */

static int box_rows(const struct form_entry *entry)
{
    if (entry->field.type != FORM_MEMO)
        return 1;
    return entry->field.rows > 0 ? entry->field.rows : 4;
}

static int title_cells(const struct form_field *field)
{
    int most = 4;
    for (int i = 0; i < field->choice_count; i++) {
        struct line line = LINE_INIT;
        line_add(&line, STYLE_NORMAL, field->choices[i].title);
        most = line.cells > most ? line.cells : most;
        line_free(&line);
    }
    return most;
}

static int wanted_cells(const struct form_field *field)
{
    switch (field->type) {
    case FORM_TEXT:
        return field->length < 40 ? field->length + 1 : 40;
    case FORM_MEMO:
        return 500;
    case FORM_INTEGER:
        return field->length < 20 ? field->length + 1 : 20;
    case FORM_MONEY:
        return 22;
    case FORM_DATE:
        return 11;
    case FORM_DATETIME:
        return 17;
    case FORM_CHOICE:
        return title_cells(field);
    case FORM_LOOKUP:
        return field->length < 24 ? field->length + 1 : 24;
    case FORM_PASSWORD:
        return 32;
    case FORM_BOOL:
        return 3;
    case FORM_TYPE_COUNT:
        break;
    }
    return 20;
}

/* Cells of the field's box in the present layout. */
static int box_cells(const struct form *form, const struct form_entry *entry)
{
    int room = form->columns - 2 - (form->beside ? form->label_cells + 2 : 0);
    int cells = entry->field.width > 0 ? entry->field.width : wanted_cells(&entry->field);
    cells = cells < room ? cells : room;
    return cells > 1 ? cells : 1;
}

static void add_place(struct form *form, int part, int field, int row)
{
    ARRAY_RESERVE(form->places, form->place_count, form->place_capacity);
    form->places[form->place_count++] = (struct form_place){part, field, row};
}

static void place_fields(struct form *form)
{
    form->place_count = 0;
    for (int i = 0; i < (int)form->count; i++) {
        const struct form_entry *entry = &form->entries[i];
        if (!form->beside)
            add_place(form, PLACE_LABEL, i, 0);
        for (int row = 0; row < box_rows(entry); row++)
            add_place(form, PLACE_BOX, i, row);
        if (entry->message)
            add_place(form, PLACE_MESSAGE, i, 0);
    }
}

/* Scrolls so that all lines of the focused field are in view, its last ones if they do not fit. */
static void follow_focus(struct form *form)
{
    int first = -1, last = -1;
    for (int i = 0; i < (int)form->place_count; i++)
        if (form->places[i].field == form->focus) {
            first = first < 0 ? i : first;
            last = i;
        }
    if (first >= 0 && form->top > first)
        form->top = first;
    if (last >= 0 && form->top < last - form->rows + 1)
        form->top = last - form->rows + 1;
    int most = (int)form->place_count - form->rows;
    if (form->top > most)
        form->top = most;
    if (form->top < 0)
        form->top = 0;
}

int form_layout(struct form *form, int columns, int rows)
{
    form->columns = columns > 0 ? columns : 1;
    form->rows = rows > 0 ? rows : 1;
    form->beside = columns >= BESIDE_COLUMNS;
    form->label_cells = 0;
    for (size_t i = 0; i < form->count; i++) {
        struct line label = LINE_INIT;
        line_add(&label, STYLE_LABEL, form->entries[i].field.label);
        form->label_cells = label.cells > form->label_cells ? label.cells : form->label_cells;
        line_free(&label);
    }
    if (form->label_cells > columns * 2 / 5)
        form->label_cells = columns * 2 / 5;
    place_fields(form);
    follow_focus(form);
    return (int)form->place_count;
}

/* Cells of the reader's character at an offset. */
static int cells_at(const char *text, size_t from, size_t to)
{
    struct buffer safe = BUFFER_INIT;
    text_safe(&safe, text + from, to - from);
    int cells = text_width(buffer_text(&safe));
    buffer_free(&safe);
    return cells;
}

static void add_memo_line(struct form_memo_line **lines, size_t *count, size_t *capacity,
                          size_t start, size_t end)
{
    ARRAY_RESERVE(*lines, *count, *capacity);
    (*lines)[(*count)++] = (struct form_memo_line){start, end};
}

/* Lines of a memo wrapped at `cells`; the caller frees. */
static struct form_memo_line *memo_wrap(const char *text, int cells, size_t *count)
{
    struct form_memo_line *lines = NULL;
    size_t length = strlen(text), capacity = 0, start = 0, at = 0, blank = 0;
    int used = 0;
    *count = 0;
    while (at < length) {
        size_t next = edit_next(text, length, at);
        if (text[at] == '\n') {
            add_memo_line(&lines, count, &capacity, start, at);
            start = blank = at = next;
            used = 0;
            continue;
        }
        int width = cells_at(text, at, next);
        if (used + width > cells && at > start) {
            size_t end = blank > start && width < 2 ? blank : at;
            add_memo_line(&lines, count, &capacity, start, end);
            start = blank = at = end;
            used = 0;
            continue;
        }
        used += width;
        if (text[at] == ' ')
            blank = next;
        at = next;
    }
    add_memo_line(&lines, count, &capacity, start, length);
    return lines;
}

/* Line that holds the byte offset. */
static size_t memo_find(const struct form_memo_line *lines, size_t count, size_t at)
{
    size_t line = 0;
    while (line + 1 < count && lines[line + 1].start <= at)
        line++;
    return line;
}

/* Cells from the start of a memo line to an offset. */
static int memo_cell(const char *text, const struct form_memo_line *line, size_t at)
{
    int cells = 0;
    for (size_t from = line->start; from < at && from < line->end;) {
        size_t next = edit_next(text, line->end, from);
        cells += cells_at(text, from, next);
        from = next;
    }
    return cells;
}

bool form_memo_move(struct form *form, struct form_entry *entry, int by)
{
    size_t count, length = entry->edit.text.length;
    const char *text = edit_text(&entry->edit);
    struct form_memo_line *lines =
        memo_wrap(text, form->columns ? box_cells(form, entry) - 1 : 60, &count);
    size_t now = memo_find(lines, count, entry->edit.cursor);
    bool moved = by < 0 ? now > 0 : now + 1 < count;
    if (moved) {
        const struct form_memo_line *to = &lines[by < 0 ? now - 1 : now + 1];
        int cell = memo_cell(text, &lines[now], entry->edit.cursor), used = 0;
        size_t at = to->start;
        while (at < to->end && used < cell) {
            size_t next = edit_next(text, length, at);
            used += cells_at(text, at, next);
            at = next;
        }
        bool wrapped = at == to->end && at < length && text[at] != '\n' && at > to->start;
        entry->edit.cursor = wrapped ? edit_previous(text, at) : at;
    }
    free(lines);
    return moved;
}

static unsigned box_style(const struct form *form, int field)
{
    if (form->entries[field].field.readonly)
        return STYLE_NORMAL;
    return form->focus == field ? STYLE_FOCUS : STYLE_INPUT;
}

static void memo_line(struct form *form, struct form_entry *entry, int row, unsigned style,
                      struct line *line, int cells, int *cursor)
{
    size_t count;
    const char *text = edit_text(&entry->edit);
    struct form_memo_line *lines = memo_wrap(text, cells - 1, &count);
    int now = (int)memo_find(lines, count, entry->edit.cursor), rows = box_rows(entry);
    if (entry->memo_top > now)
        entry->memo_top = now;
    if (entry->memo_top < now - rows + 1)
        entry->memo_top = now - rows + 1;
    int end = line->cells + cells;
    size_t shown = (size_t)(entry->memo_top + row);
    if (shown < count) {
        char *part = xstrndup(text + lines[shown].start, lines[shown].end - lines[shown].start);
        line_add(line, style, part);
        free(part);
    }
    line_pad(line, style, end);
    if (cursor)
        *cursor = (int)shown == now && form->focus == (int)(entry - form->entries)
                      ? memo_cell(text, &lines[now], entry->edit.cursor)
                      : -1;
    free(lines);
}

/* Appends one line of the box; *cursor = cell of the cursor in it. */
static void box_line(struct form *form, struct form_entry *entry, int row, struct line *line,
                     bool ascii, int *cursor)
{
    int cells = box_cells(form, entry), at = 0;
    unsigned style = box_style(form, (int)(entry - form->entries));
    const char *value = edit_text(&entry->edit);
    (void)ascii;
    if (entry->field.type == FORM_MEMO) {
        memo_line(form, entry, row, style, line, cells, cursor);
        return;
    }
    if (entry->field.type == FORM_CHOICE) {
        int choice = form_choice(entry, value);
        line_add_fit(line, style, choice >= 0 ? entry->field.choices[choice].title : value, cells,
                     TEXT_LEFT);
    } else if (entry->field.type == FORM_BOOL) {
        line_add_fit(line, style, !strcmp(value, "true") ? "[x]" : "[ ]", cells, TEXT_LEFT);
        at = cells > 1 ? 1 : 0;
    } else {
        if (entry->field.readonly)
            entry->edit.cursor = 0; /* its beginning is shown */
        edit_line(&entry->edit, line, style, cells, &at);
    }
    if (cursor)
        *cursor = at;
}

/* What stands right of the box: currency, the title of a looked-up value, the position among the
 * choices. */
static void add_hint(const struct form_entry *entry, struct line *line)
{
    const char *value = edit_text(&entry->edit);
    int choice = form_choice(entry, value);
    if (entry->field.type == FORM_MONEY) {
        line_add(line, STYLE_MUTED, " ");
        line_add(line, STYLE_MUTED, entry->field.currency ? entry->field.currency : "CNY");
    } else if (entry->field.type == FORM_LOOKUP && choice >= 0 && *value) {
        line_add(line, STYLE_MUTED, " ");
        line_add(line, STYLE_MUTED, entry->field.choices[choice].title);
    } else if (entry->field.type == FORM_CHOICE && !entry->field.readonly) {
        struct buffer place = BUFFER_INIT;
        buffer_format(&place, " %d/%d", choice + 1, entry->field.choice_count);
        line_add(line, STYLE_MUTED, buffer_text(&place));
        buffer_free(&place);
    }
}

static void add_label(const struct form_entry *entry, int cells, struct line *line)
{
    line_add(line, STYLE_LABEL, entry->field.required ? "*" : " ");
    line_add_fit(line, STYLE_LABEL, entry->field.label, cells, TEXT_LEFT);
}

/* Cells before the box. */
static int indent(const struct form *form)
{
    return form->beside ? 1 + form->label_cells + 2 : 1;
}

bool form_messages_fit(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        const char *message = form->entries[i].message;
        if (message && indent(form) + 2 + text_width(message) > form->columns)
            return false;
    }
    return true;
}

void form_line(struct form *form, int row, struct line *line, bool ascii)
{
    size_t index = (size_t)(form->top + row);
    if (row < 0 || index >= form->place_count)
        return;
    struct form_place place = form->places[index];
    struct form_entry *entry = &form->entries[place.field];
    if (place.part == PLACE_LABEL) {
        add_label(entry, form->columns - 1, line);
        return;
    }
    if (place.part == PLACE_BOX && form->beside && place.row == 0) {
        add_label(entry, form->label_cells, line);
        line_add(line, STYLE_LABEL, ": ");
    } else {
        line_pad(line, STYLE_NORMAL, line->cells + indent(form));
    }
    if (place.part == PLACE_MESSAGE) {
        line_add(line, STYLE_ERROR, "! ");
        int room = form->columns - line->cells;
        if (text_width(entry->message) <= room)
            line_add(line, STYLE_ERROR, entry->message);
        else
            line_add_fit(line, STYLE_ERROR, entry->message, room, TEXT_LEFT);
        return;
    }
    box_line(form, entry, place.row, line, ascii, NULL);
    if (place.row == 0)
        add_hint(entry, line);
}

bool form_cursor(struct form *form, int *row, int *column)
{
    for (int i = 0; i < (int)form->place_count; i++) {
        struct form_place place = form->places[i];
        int cell = -1;
        if (place.field != form->focus || place.part != PLACE_BOX)
            continue;
        struct line line = LINE_INIT;
        box_line(form, &form->entries[place.field], place.row, &line, true, &cell);
        line_free(&line);
        if (cell < 0 || i < form->top || i >= form->top + form->rows)
            continue;
        *row = i - form->top;
        *column = indent(form) + cell;
        return true;
    }
    return false;
}
