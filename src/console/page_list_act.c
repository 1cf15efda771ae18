#include "console/page_list.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"
#include "base/place.h"
#include "console/copy.h"
#include "console/dialog.h"
#include "console/export.h"
#include "console/perform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sort: choose a column. */
static void sort_chosen(void *data, int tag)
{
    struct page *page = data;
    struct list_state *state = page->state;
    if (tag < 0)
        return;
    bool again = state->order_count && state->order[0].column == tag;
    list_page_sort(page, tag, again && !state->order[0].descending);
    list_page_settings_write(page);
    list_page_restart(page);
}

static void sort_dialog(struct page *page)
{
    struct list_state *state = page->state;
    const struct defined_columns *columns = &page->definition->columns;
    struct dialog_items items = {NULL, 0, 0};
    if (!state->order_count) {
        console_refuse(page->console, _("This list keeps its own order."));
        return;
    }
    for (int i = 0; i < columns->count; i++) {
        const struct defined_column *column = &columns->items[i];
        bool sorted = state->order[0].column == i;
        if (!column->hidden)
            dialog_item_add(&items, i, both_text(&column->title),
                            !sorted                      ? NULL
                            : state->order[0].descending ? _("down")
                                                         : _("up"),
                            column->sortable ? NULL : _("The list cannot be sorted by it."),
                            sorted ? _("Enter sorts the other way round.") : NULL);
    }
    struct dialog *dialog =
        dialog_choose(page->console, _("Sort by"), &items, sort_chosen, page);
    dialog_choose_select(dialog, state->order[0].column);
}

/* Columns: hide, freeze, move, widen. */
static void column_items(struct page *page, struct dialog_items *items)
{
    struct list_state *state = page->state;
    char *settings = columns_settings(state->columns), *rest = settings, *part;
    while ((part = strsep(&rest, ","))) {
        part[strcspn(part, ":")] = '\0';
        int at = columns_find(state->columns, part);
        if (at < 0)
            continue;
        const struct column *column = columns_get(state->columns, at);
        char note[64];
        snprintf(note, sizeof note, "%d%s%s", column->width, column->hidden ? _(" hidden") : "",
                 column->frozen ? _(" frozen") : "");
        dialog_item_add(items, at, column->title, note, NULL, NULL);
    }
    free(settings);
}

struct column_edit {
    struct page *page;
    struct dialog *dialog;
};

static bool column_key(void *data, const struct key *key, int tag)
{
    struct column_edit *edit = data;
    struct list_state *state = edit->page->state;
    const struct column *column = columns_get(state->columns, tag);
    struct dialog_items items = {NULL, 0, 0};
    switch (key->code) {
    case ' ':
        if (!columns_hide(state->columns, tag, !column->hidden))
            screen_bell();
        break;
    case '!':
        columns_freeze(state->columns, tag, !column->frozen);
        break;
    case '<':
        columns_move(state->columns, tag, -1);
        break;
    case '>':
        columns_move(state->columns, tag, 1);
        break;
    case '+':
    case K_RIGHT:
        columns_widen(state->columns, tag, 1);
        break;
    case '-':
    case K_LEFT:
        columns_widen(state->columns, tag, -1);
        break;
    case '=':
        columns_reset(state->columns);
        break;
    default:
        return false;
    }
    column_items(edit->page, &items);
    dialog_choose_replace(edit->dialog, &items);
    dialog_choose_select(edit->dialog, tag);
    return true;
}

static void columns_done(void *data, int tag)
{
    struct column_edit *edit = data;
    (void)tag;
    list_page_settings_write(edit->page);
    free(edit);
}

static void columns_dialog(struct page *page)
{
    struct column_edit *edit = xcalloc(1, sizeof *edit);
    struct dialog_items items = {NULL, 0, 0};
    column_items(page, &items);
    edit->page = page;
    edit->dialog = dialog_choose(page->console, _("Columns"), &items, columns_done, edit);
    dialog_choose_keys(edit->dialog,
                       _("Space hide  ! freeze  < > move  + - width  = reset  Esc"),
                       column_key);
}

/* Filter: one small form over all filters of the screen. */
struct filter_edit {
    struct page *page;
    struct fields fields;
    struct named_value **values;
};

static void filter_free(struct filter_edit *edit)
{
    for (int i = 0; i < edit->fields.count; i++)
        free(edit->values[i]);
    free(edit->values);
    free(edit->fields.items);
    free(edit);
}

static void filter_done(void *data, const struct values *values)
{
    struct filter_edit *edit = data;
    struct page *page = edit->page;
    struct list_state *state = page->state;
    for (int i = 0; values && i < page->definition->filter_count; i++) {
        const char *text = values_get(values, page->definition->filters[i].name);
        free(state->filters[i]);
        state->filters[i] = text && *text ? xstrdup(text) : NULL;
    }
    filter_free(edit);
    if (values)
        list_page_restart(page);
}

static enum field_type filter_type(const struct defined_filter *filter)
{
    if (filter->value_count)
        return FIELD_CHOICE;
    if (!strcmp(filter->type, "integer"))
        return FIELD_INTEGER;
    if (!strcmp(filter->type, "money"))
        return FIELD_MONEY;
    return !strcmp(filter->type, "date") ? FIELD_DATE : FIELD_TEXT;
}

static void filter_field(struct filter_edit *edit, int at)
{
    const struct defined_filter *filter = &edit->page->definition->filters[at];
    struct defined_field *field = &edit->fields.items[at];
    field->name = filter->name;
    field->title = filter->title;
    field->type = filter_type(filter);
    field->length = 60;
    field->rows = 1;
    if (!filter->value_count)
        return;
    edit->values[at] = xcalloc((size_t)filter->value_count + 1, sizeof **edit->values);
    edit->values[at][0] = (struct named_value){"", {"(all)", "（全部）"}, STYLE_NORMAL};
    memcpy(&edit->values[at][1], filter->values,
           (size_t)filter->value_count * sizeof **edit->values);
    field->values = edit->values[at];
    field->value_count = filter->value_count + 1;
}

static void filter_dialog(struct page *page)
{
    struct list_state *state = page->state;
    int count = page->definition->filter_count;
    struct values initial = VALUES_INIT;
    if (page->definition->search) {
        state->box = true;
        return;
    }
    if (!count) {
        console_refuse(page->console, _("This list has no filter; use position-to."));
        return;
    }
    struct filter_edit *edit = xcalloc(1, sizeof *edit);
    edit->page = page;
    edit->fields = (struct fields){xcalloc((size_t)count, sizeof *edit->fields.items), count};
    edit->values = xcalloc((size_t)count, sizeof *edit->values);
    for (int i = 0; i < count; i++) {
        filter_field(edit, i);
        values_set(&initial, page->definition->filters[i].name, state->filters[i]);
    }
    dialog_entry(page, _("Filter"), _("Rows that meet every condition are shown."), &edit->fields,
                 &initial, filter_done, edit);
    values_clear(&initial);
}

/* Position-to. */
static struct defined_field position_field = {
    .name = "position", .type = FIELD_TEXT, .length = 60, .rows = 1, .required = true};
static const struct fields position_fields = {&position_field, 1};

static void position_done(void *data, const struct values *values)
{
    struct page *page = data;
    struct list_state *state = page->state;
    int column = defined_columns_find(&page->definition->columns, page->definition->position);
    if (!values)
        return;
    if (column >= 0 && state->order[0].column != column) {
        list_page_sort(page, column, false);
        list_restart(state->list, true);
    }
    list_position(state->list, values_get(values, "position"));
}

static void position_dialog(struct page *page)
{
    struct list_state *state = page->state;
    int column = page->definition->position
                     ? defined_columns_find(&page->definition->columns, page->definition->position)
                     : -1;
    if (column < 0 && state->order_count)
        column = state->order[0].column;
    if (column < 0 || page->definition->source.function) {
        console_refuse(page->console, _("This list has no position-to; use the filter."));
        return;
    }
    position_field.title = page->definition->columns.items[column].title.en
                               ? page->definition->columns.items[column].title
                               : page->definition->title;
    dialog_entry(page, _("Position to"), _("The list goes to the first row from this value on."),
                 &position_fields, NULL, position_done, page);
}

/* Marks and options. */
static void mark(struct page *page)
{
    struct list_state *state = page->state;
    int row = list_cursor(state->list);
    if (row < 0)
        return;
    if (list_marked(state->list, list_key(state->list, row)))
        list_unmark(state->list, list_key(state->list, row));
    else
        list_mark(state->list, row, "");
    list_move(state->list, 1);
}

static const struct defined_action *option_action(struct page *page, const char *option)
{
    for (int i = 0; i < page->definition->actions.count; i++) {
        const struct defined_action *action = &page->definition->actions.items[i];
        if (action->option && !strcmp(action->option, option))
            return action;
    }
    return NULL;
}

/* The first option and every other row with the same one; a screen opens for one row at a time. */
static bool choose_options(struct page *page)
{
    struct list_state *state = page->state;
    const struct defined_action *action = NULL;
    const char *const *rows[256];
    char *keys[256];
    int count = 0;
    for (int i = 0; i < list_mark_count(state->list) && count < 256; i++) {
        const char *option, *const *cells;
        const char *key = list_mark_at(state->list, i, &option, &cells);
        if (!*option || (action && strcmp(action->option, option) != 0))
            continue;
        action = option_action(page, option);
        keys[count] = xstrdup(key);
        rows[count++] = cells;
        if (action->screen || action->form)
            break;
    }
    if (!action)
        return false;
    const char *why = perform_refusal(page, action);
    bool ready = !why || (action->needs & (NEED_ROW | NEED_MARKS));
    if (!ready)
        console_refuse(page->console, why);
    else
        perform_rows(page, action, rows, count);
    for (int i = 0; i < count; i++) {
        if (ready)
            list_unmark(state->list, keys[i]);
        free(keys[i]);
    }
    return true;
}

static void open_row(struct page *page)
{
    struct list_state *state = page->state;
    if (choose_options(page))
        return;
    if (list_cursor(state->list) < 0)
        screen_bell();
    else if (!page->definition->enter.screen)
        dialog_row(page, &page->definition->columns,
                   list_page_cells(page, list_cursor(state->list)));
    else
        console_jump(page, &page->definition->enter, page_lookup, page);
}

bool list_page_step(struct page *page, int by)
{
    struct list_state *state = page->state;
    if (!list_settled(state->list) || !list_move(state->list, by) || !list_settled(state->list))
        return false;
    console_jump(page, &page->definition->enter, page_lookup, page);
    return true;
}

/* The marked rows, else the one under the cursor, with the columns in the user's order. */
static void copy(struct page *page)
{
    struct list_state *state = page->state;
    int marks = list_mark_count(state->list), cursor = list_cursor(state->list);
    const char *const **rows = xcalloc((size_t)marks + 1, sizeof *rows);
    for (int i = 0; i < marks; i++)
        list_mark_at(state->list, i, NULL, &rows[i]);
    if (!marks && cursor >= 0)
        rows[0] = list_page_cells(page, cursor);
    copy_rows(page, &page->definition->columns, state->shown_of, columns_count(state->columns),
              rows, marks ? marks : cursor >= 0);
    free(rows);
}

static void copy_value(struct page *page)
{
    struct list_state *state = page->state;
    if (list_cursor(state->list) >= 0)
        copy_cell(page, &page->definition->columns,
                  list_page_cells(page, list_cursor(state->list)));
    else
        screen_bell();
}

static void moved(bool ok)
{
    if (!ok)
        screen_bell();
}

bool list_page_act(struct page *page, enum action_id id)
{
    struct list_state *state = page->state;
    switch (id) {
    case ACTION_UP:
        moved(list_move(state->list, -1));
        return true;
    case ACTION_DOWN:
        moved(list_move(state->list, 1));
        return true;
    case ACTION_PAGE_UP:
        moved(list_page(state->list, -1));
        return true;
    case ACTION_PAGE_DOWN:
        moved(list_page(state->list, 1));
        return true;
    case ACTION_TOP:
        moved(list_home(state->list));
        return true;
    case ACTION_BOTTOM:
        moved(list_end(state->list));
        return true;
    case ACTION_LEFT:
        moved(columns_scroll(state->columns, -1));
        return true;
    case ACTION_RIGHT:
        moved(columns_scroll(state->columns, 1));
        return true;
    case ACTION_OPEN:
        open_row(page);
        return true;
    case ACTION_MARK:
        mark(page);
        return true;
    case ACTION_MARK_ALL:
        for (int i = 0; i < list_count(state->list); i++)
            list_mark(state->list, i, "");
        return true;
    case ACTION_UNMARK:
        list_unmark_all(state->list);
        return true;
    case ACTION_FILTER:
        filter_dialog(page);
        return true;
    case ACTION_POSITION:
        position_dialog(page);
        return true;
    case ACTION_SORT:
        sort_dialog(page);
        return true;
    case ACTION_COLUMNS:
        columns_dialog(page);
        return true;
    case ACTION_COPY:
        copy(page);
        return true;
    case ACTION_COPY_CELL:
        copy_value(page);
        return true;
    case ACTION_EXPORT:
        export_list(page);
        return true;
    default:
        return false;
    }
}
