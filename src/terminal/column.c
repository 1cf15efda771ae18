#include "terminal/column.h"

#include "base/alloc.h"
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

enum { WIDER = 4, DETAIL = 4 };

struct entry {
    struct column now, added; /* strings are shared by both */
    char *name, *title;
    int heading;     /* cells of the title */
    int cell, width; /* of the layout; width 0 = not shown */
};

struct columns {
    struct entry *entries;
    size_t count, capacity;
    int *order; /* entry indexes as placed by the user */
    size_t order_capacity;
    int *shown;
    int shown_count;
    int scroll; /* columns that are not frozen and scrolled off to the left */
    int gap;
};

struct columns *columns_new(void)
{
    return xcalloc(1, sizeof(struct columns));
}

void columns_free(struct columns *columns)
{
    if (!columns)
        return;
    for (size_t i = 0; i < columns->count; i++) {
        free(columns->entries[i].name);
        free(columns->entries[i].title);
    }
    free(columns->entries);
    free(columns->order);
    free(columns->shown);
    free(columns);
}

static int title_width(const char *title)
{
    struct line line = LINE_INIT;
    line_add(&line, STYLE_NORMAL, title);
    int cells = line.cells;
    line_free(&line);
    return cells;
}

/* A column that gives way keeps eight cells, and its title. */
static int least_flexible(const struct entry *entry)
{
    int least = entry->heading > 8 ? entry->heading : 8;
    return entry->now.width > least ? least : entry->now.width;
}

int columns_add(struct columns *columns, const struct column *column)
{
    ARRAY_RESERVE(columns->entries, columns->count, columns->capacity);
    ARRAY_RESERVE(columns->order, columns->count, columns->order_capacity);
    struct entry *entry = &columns->entries[columns->count];
    memset(entry, 0, sizeof *entry);
    entry->name = xstrdup(column->name ? column->name : "");
    entry->title = xstrdup(column->title ? column->title : "");
    entry->heading = title_width(entry->title);
    entry->now = *column;
    entry->now.name = entry->name;
    entry->now.title = entry->title;
    if (entry->now.width <= 0)
        entry->now.width = entry->heading > 0 ? entry->heading : 1;
    if (entry->now.minimum <= 0)
        entry->now.minimum = column->flex ? least_flexible(entry) : entry->now.width;
    entry->added = entry->now;
    columns->order[columns->count] = (int)columns->count;
    columns->count++;
    columns->shown = xrealloc(columns->shown, columns->count * sizeof *columns->shown);
    return (int)columns->count - 1;
}

int columns_count(const struct columns *columns)
{
    return (int)columns->count;
}

const struct column *columns_get(const struct columns *columns, int index)
{
    return &columns->entries[index].now;
}

int columns_find(const struct columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (!strcmp(columns->entries[i].name, name))
            return (int)i;
    return -1;
}

void columns_set_title(struct columns *columns, int index, const char *title)
{
    struct entry *entry = &columns->entries[index];
    free(entry->title);
    entry->title = xstrdup(title);
    entry->heading = title_width(title);
    entry->now.title = entry->added.title = entry->title;
}

bool columns_hide(struct columns *columns, int index, bool hidden)
{
    int others = 0;
    for (size_t i = 0; i < columns->count; i++)
        others += (int)i != index && !columns->entries[i].now.hidden;
    if (hidden && others == 0)
        return false;
    columns->entries[index].now.hidden = hidden;
    return true;
}

void columns_freeze(struct columns *columns, int index, bool frozen)
{
    columns->entries[index].now.frozen = frozen;
}

void columns_move(struct columns *columns, int index, int by)
{
    int at = 0, last = (int)columns->count - 1;
    while (at <= last && columns->order[at] != index)
        at++;
    int to = at + by < 0 ? 0 : at + by > last ? last : at + by;
    for (int step = to > at ? 1 : -1; at != to; at += step)
        columns->order[at] = columns->order[at + step];
    columns->order[to] = index;
}

void columns_widen(struct columns *columns, int index, int by)
{
    struct entry *entry = &columns->entries[index];
    int width = (entry->width ? entry->width : entry->now.width) + by;
    entry->now.width = width < 1 ? 1 : width > 500 ? 500 : width;
    entry->now.minimum = entry->now.width;
    entry->now.flex = entry->now.roomy = 0;
}

void columns_reset(struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        columns->entries[i].now = columns->entries[i].added;
        columns->order[i] = (int)i;
    }
    columns->scroll = 0;
}

char *columns_settings(const struct columns *columns)
{
    struct buffer text = BUFFER_INIT;
    for (size_t i = 0; i < columns->count; i++) {
        const struct column *now = &columns->entries[columns->order[i]].now;
        const struct column *added = &columns->entries[columns->order[i]].added;
        bool own_width = now->width != added->width || now->flex != added->flex;
        buffer_format(&text, "%s%s:%d%s%s", i ? "," : "", now->name, own_width ? now->width : 0,
                      now->frozen ? "!" : "", now->hidden ? "-" : "");
    }
    return buffer_take(&text);
}

/* Applies one "name:width!-" and moves the column to `place`; false when it is not written so. */
static bool apply_one(struct columns *columns, const char *text, size_t length, int *place)
{
    const char *colon = memchr(text, ':', length);
    if (!colon || colon == text)
        return false;
    char *name = xstrndup(text, (size_t)(colon - text)), *end;
    int index = columns_find(columns, name);
    free(name);
    long width = strtol(colon + 1, &end, 10);
    bool frozen = *end == '!';
    end += frozen;
    bool hidden = *end == '-';
    end += hidden;
    if (end != text + length || width < 0 || width > 500 || colon[1] < '0' || colon[1] > '9')
        return false;
    if (index < 0)
        return true;
    struct column *now = &columns->entries[index].now;
    now->frozen = frozen;
    now->hidden = hidden;
    if (width > 0) {
        now->width = now->minimum = (int)width;
        now->flex = now->roomy = 0;
    }
    int at = 0;
    while (columns->order[at] != index)
        at++;
    if (at >= *place) {
        columns_move(columns, index, *place - at);
        ++*place;
    }
    return true;
}

bool columns_apply(struct columns *columns, const char *settings, struct error *error)
{
    int place = 0, visible = 0;
    columns_reset(columns);
    while (*settings) {
        size_t length = strcspn(settings, ",");
        if (!apply_one(columns, settings, length, &place)) {
            columns_reset(columns);
            return error_set(error, ERROR_INPUT, _("columns"),
                             _("Write name:width, with ! for frozen and - for hidden."),
                             _("'%.*s' is not a column setting"), (int)(length < 60 ? length : 60),
                             settings);
        }
        settings += length + (settings[length] == ',');
    }
    for (size_t i = 0; i < columns->count; i++)
        visible += !columns->entries[i].now.hidden;
    if (visible == 0 && columns->count > 0)
        columns->entries[columns->order[0]].now.hidden = false;
    return true;
}

static struct entry *shown_entry(const struct columns *columns, int nth)
{
    return &columns->entries[columns->shown[nth]];
}

/* Cells that the first `count` shown columns need at least, or as they are wanted. */
static int needed(const struct columns *columns, int count, bool wanted)
{
    int cells = count > 1 ? (count - 1) * columns->gap : 0;
    for (int i = 0; i < count; i++) {
        const struct column *now = &shown_entry(columns, i)->now;
        cells += wanted ? now->width : now->minimum;
    }
    return cells;
}

static int least(const struct columns *columns, int count)
{
    return needed(columns, count, false);
}

static void leave_out(struct columns *columns, int nth)
{
    columns->shown_count--;
    memmove(columns->shown + nth, columns->shown + nth + 1,
            (size_t)(columns->shown_count - nth) * sizeof *columns->shown);
}

/* Position of the column to leave out next: greatest priority number, the rightmost of them; -1
 * when all that are left have a smaller one than `from`. */
static int least_wanted(const struct columns *columns, int from)
{
    int found = -1, most = from;
    for (int i = 0; i < columns->shown_count; i++)
        if (shown_entry(columns, i)->now.priority >= most) {
            most = shown_entry(columns, i)->now.priority;
            found = i;
        }
    return found;
}

/* Frozen columns first, then the others from the scroll position on. Details leave before a column
 * with flex gets narrower than wanted, others before it gets narrower than its minimum. */
static void choose(struct columns *columns, int cells)
{
    int skip = columns->scroll;
    columns->shown_count = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < columns->count; i++) {
            const struct column *now = &columns->entries[columns->order[i]].now;
            if (now->hidden || now->frozen != (pass == 0))
                continue;
            if (pass == 1 && skip > 0)
                skip--;
            else
                columns->shown[columns->shown_count++] = columns->order[i];
        }
    while (columns->scroll == 0 && needed(columns, columns->shown_count, true) > cells &&
           least_wanted(columns, DETAIL) >= 0)
        leave_out(columns, least_wanted(columns, DETAIL));
    while (columns->scroll == 0 && least(columns, columns->shown_count) > cells &&
           least_wanted(columns, 1) >= 0)
        leave_out(columns, least_wanted(columns, 1));
    while (columns->shown_count > 1 && least(columns, columns->shown_count) > cells)
        columns->shown_count--;
}

static int wanted(const struct entry *entry)
{
    return entry->now.width;
}

static int titled(const struct entry *entry)
{
    return entry->heading;
}

static int roomy(const struct entry *entry)
{
    return entry->now.roomy;
}

/* Hands out cells, from the left, to columns narrower than they are to be; answers what is left. */
static int grow(const struct columns *columns, int left, int (*to)(const struct entry *entry))
{
    for (int i = 0; i < columns->shown_count; i++) {
        struct entry *entry = shown_entry(columns, i);
        int more = to(entry) - entry->width;
        more = more < 0 ? 0 : more > left ? left : more;
        entry->width += more;
        left -= more;
    }
    return left;
}

/* Hands out the cells left over: first up to the widths wanted, then for titles, then for texts
 * where there is room, then by flex shares, up to a width
 * over which the eye still finds the next column. */
static void widen(struct columns *columns, int left)
{
    int shares = 0;
    left = grow(columns, left, wanted);
    left = grow(columns, left, titled);
    left = grow(columns, left, roomy);
    for (int i = 0; i < columns->shown_count; i++)
        shares += shown_entry(columns, i)->now.flex;
    for (int i = 0; i < columns->shown_count && shares > 0; i++) {
        struct entry *entry = shown_entry(columns, i);
        int more = left * entry->now.flex / shares, most = WIDER * entry->now.width - entry->width;
        more = most < 0 ? 0 : more > most ? most : more;
        entry->width += more;
        left -= more;
        shares -= entry->now.flex;
    }
}

void columns_layout(struct columns *columns, int cells, int gap)
{
    columns->gap = gap;
    if (cells < 0)
        cells = 0;
    int most = 0;
    for (size_t i = 0; i < columns->count; i++) {
        columns->entries[i].width = 0;
        most += !columns->entries[i].now.hidden && !columns->entries[i].now.frozen;
    }
    if (columns->scroll > most - 1)
        columns->scroll = most > 0 ? most - 1 : 0;
    choose(columns, cells);
    for (int i = 0; i < columns->shown_count; i++)
        shown_entry(columns, i)->width = shown_entry(columns, i)->now.minimum;
    int used = least(columns, columns->shown_count);
    if (used < cells)
        widen(columns, cells - used);
    else if (columns->shown_count == 1 && used > cells)
        shown_entry(columns, 0)->width = cells;
    for (int i = 0, cell = 0; i < columns->shown_count; i++) {
        shown_entry(columns, i)->cell = cell;
        cell += shown_entry(columns, i)->width + gap;
    }
}

int columns_shown(const struct columns *columns)
{
    return columns->shown_count;
}

int columns_shown_at(const struct columns *columns, int nth, int *cell, int *width)
{
    if (cell)
        *cell = shown_entry(columns, nth)->cell;
    if (width)
        *width = shown_entry(columns, nth)->width;
    return columns->shown[nth];
}

/* Columns that are neither hidden nor shown nor scrolled off to the left. */
bool columns_more_right(const struct columns *columns)
{
    int wanted = 0;
    for (size_t i = 0; i < columns->count; i++)
        wanted += !columns->entries[i].now.hidden;
    return wanted - columns->scroll > columns->shown_count;
}

bool columns_scroll(struct columns *columns, int by)
{
    int to = columns->scroll + by;
    if (by > 0 && !columns_more_right(columns))
        return false;
    if (to < 0)
        to = 0;
    bool moved = to != columns->scroll;
    columns->scroll = to;
    return moved;
}

void columns_head(const struct columns *columns, struct line *line, int sorted, bool descending,
                  bool ascii)
{
    const char *mark = ascii ? (descending ? "v" : "^") : descending ? "▼" : "▲";
    int from = line->cells;
    for (int i = 0; i < columns->shown_count; i++) {
        const struct entry *entry = shown_entry(columns, i);
        bool marked = columns->shown[i] == sorted && entry->width > 1;
        bool beside = marked && columns->gap && entry->heading >= entry->width;
        line_pad(line, STYLE_HEADING, from + entry->cell);
        line_add_fit(line, STYLE_HEADING, entry->title, entry->width - (marked && !beside),
                     entry->now.align);
        if (marked)
            line_add(line, STYLE_HEADING, mark);
    }
}

void columns_row(const struct columns *columns, struct line *line, unsigned style,
                 const char *(*cell)(int index, unsigned *style, void *data), void *data)
{
    for (int i = 0; i < columns->shown_count; i++) {
        const struct entry *entry = shown_entry(columns, i);
        unsigned own = style;
        const char *text = cell(columns->shown[i], &own, data);
        if (i > 0)
            line_pad(line, style, line->cells + columns->gap);
        line_add_fit(line, own, text ? text : "", entry->width, entry->now.align);
    }
}
