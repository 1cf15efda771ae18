#include "console/entry_internal.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/language.h"
#include "base/money.h"
#include "console/ahead.h"
#include "console/dialog.h"
#include "console/field_check.h"
#include "console/file_field.h"
#include "console/format.h"
#include "console/task.h"
#include "terminal/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROSE = 100 }; /* characters from which a line holds words rather than a number or a name */

static const enum form_type form_types[] = {
    [FIELD_TEXT] = FORM_TEXT,     [FIELD_MEMO] = FORM_MEMO,     [FIELD_INTEGER] = FORM_INTEGER,
    [FIELD_MONEY] = FORM_MONEY,   [FIELD_DATE] = FORM_DATE,     [FIELD_CHOICE] = FORM_CHOICE,
    [FIELD_BOOL] = FORM_BOOL,     [FIELD_PASSWORD] = FORM_PASSWORD, [FIELD_SHOW] = FORM_TEXT,
    [FIELD_FILE] = FORM_LOOKUP,   [FIELD_DATETIME] = FORM_DATETIME,
};

/* The ISO code of a money field: fixed, or a value of the page. */
static const char *currency_of(struct entry *entry, const struct defined_field *field)
{
    const char *code = field->currency;
    if (!code)
        return "CNY";
    if (code[0] >= 'A' && code[0] <= 'Z')
        return code;
    code = page_value(entry->page, code);
    return code ? code : "CNY";
}

static void add_field(struct entry *entry, const struct defined_field *field)
{
    struct form_choice *choices = xcalloc((size_t)field->value_count + 1, sizeof *choices);
    int count = 0;
    for (; count < field->value_count; count++)
        choices[count] = (struct form_choice){field->values[count].value,
                                              both_text(&field->values[count].title)};
    struct form_field made = {
        .name = field->name,
        .label = both_text(&field->title),
        .help = field->help.en ? both_text(&field->help) : NULL,
        .type = field->lookup && field->type != FIELD_MEMO ? FORM_LOOKUP : form_types[field->type],
        .length = field->type == FIELD_SHOW ? 0 : field->length,
        .rows = field->rows,
        .required = field->required,
        .listed = field->lookup != NULL,
        .readonly = field->type == FIELD_SHOW,
        .choices = choices,
        .choice_count = count,
        .currency = field->type == FIELD_MONEY ? currency_of(entry, field) : NULL,
        .check = field_check_find(field->check),
    };
    form_add(entry->form, &made);
    free(choices);
}

/* Name under which the console keeps what was sent last in a field; the caller frees. */
static char *sent_name(const struct entry *entry, const struct defined_field *field)
{
    return xasprintf("%s %s", entry->page->name, field->name);
}

static void recall(struct entry *entry, int at)
{
    char *name = sent_name(entry, &entry->fields->items[at]);
    const char *last = values_get(&entry->page->console->sent, name);
    if (last)
        form_recall(entry->form, at, last);
    free(name);
}

void entry_remember(struct entry *entry)
{
    for (int i = 0; i < entry->fields->count; i++) {
        const struct defined_field *field = &entry->fields->items[i];
        const char *value = form_value(entry->form, i);
        if (field->type == FIELD_SHOW || field->type == FIELD_PASSWORD ||
            field->type == FIELD_FILE || !value || !*value)
            continue;
        char *name = sent_name(entry, field);
        values_set(&entry->page->console->sent, name, value);
        free(name);
    }
}

static void build(struct entry *entry)
{
    int days;
    entry->form = form_new();
    for (int i = 0; i < entry->fields->count; i++) {
        add_field(entry, &entry->fields->items[i]);
        recall(entry, i);
    }
    if (date_parse(entry->page->console->identity.today, &days))
        form_set_today(entry->form, days);
}

struct entry *entry_new(struct page *page, const struct fields *fields)
{
    struct entry *entry = xcalloc(1, sizeof *entry);
    entry->page = page;
    entry->fields = fields;
    entry->asked = entry->naming = -1;
    build(entry);
    return entry;
}

void entry_free(struct entry *entry)
{
    if (!entry)
        return;
    connection_drop_owner(entry->page->console->connection, entry);
    form_free(entry->form);
    values_clear(&entry->stored);
    PQclear(entry->found);
    free(entry->kept.text);
    free(entry->sought);
    free(entry);
}

/* Minor units as typed text: 123456 -> 1234.56. */
static void money_text(const char *minor, const char *currency, char *out, size_t capacity)
{
    char shown[64];
    size_t to = 0;
    char *end;
    long long amount = strtoll(minor, &end, 10);
    if (*end) {
        snprintf(out, capacity, "%s", minor);
        return;
    }
    money_format(amount, currency, shown, sizeof shown);
    for (size_t from = 0; shown[from] && to + 1 < capacity; from++)
        if (shown[from] != ',')
            out[to++] = shown[from];
    out[to] = '\0';
}

static const char *initial(struct entry *entry, const struct defined_field *field)
{
    if (!field->initial)
        return "";
    if (field->initial[0] == '@') {
        const char *value = page_value(entry->page, field->initial);
        return value ? value : "";
    }
    return field->initial;
}

/* A value that is only shown, as a list shows it. */
static const char *shown_value(struct entry *entry, const struct defined_field *field,
                               const char *text, char *out, size_t capacity)
{
    struct defined_column items[] = {
        {.name = field->name, .format = field->format, .currency_at = 1, .ends_at = -1},
        {.name = "currency", .currency_at = -1, .ends_at = -1}};
    const struct defined_columns columns = {items, 2};
    const char *cells[] = {text, currency_of(entry, field)};
    const struct named_value *named = named_value_find(field->values, field->value_count, text);
    if (named)
        return both_text(&named->title);
    return field->format == FORMAT_TEXT ? text
                                        : format_cell(&columns, 0, cells,
                                                      console_now(entry->page->console), NULL, out,
                                                      capacity);
}

void entry_fill(struct entry *entry, const struct values *values)
{
    for (int i = 0; i < entry->fields->count; i++) {
        const struct defined_field *field = &entry->fields->items[i];
        const char *text = values ? values_get(values, field->name) : NULL;
        char money[64], shown[1024];
        if (text && field->type == FIELD_SHOW) {
            text = shown_value(entry, field, text, shown, sizeof shown);
        } else if (text && field->type == FIELD_MONEY) {
            money_text(text, currency_of(entry, field), money, sizeof money);
            text = money;
        } else if (text && field->type == FIELD_BOOL) {
            text = text[0] == 't' ? "true" : "false";
        }
        form_fill(entry->form, i, text ? text : initial(entry, field));
    }
    entry_name_rest(entry);
}

const char *entry_value(struct entry *entry, const char *name)
{
    int at = form_find(entry->form, name);
    if (at < 0)
        return file_field_named(entry->fields, name) ? values_get(&entry->stored, name) : NULL;
    const struct defined_field *field = &entry->fields->items[at];
    if (field->type == FIELD_FILE)
        return values_get(&entry->stored, name);
    const char *text = form_value(entry->form, at);
    char minor[32];
    if (!text || !*text || field->type == FIELD_SHOW)
        return NULL;
    if (field->type == FIELD_MONEY &&
        format_money_minor(text, currency_of(entry, field), minor, sizeof minor))
        text = minor;
    values_set(&entry->stored, name, text);
    return values_get(&entry->stored, name);
}

void entry_values(struct entry *entry, struct values *values)
{
    for (int i = 0; i < entry->fields->count; i++)
        if (entry->fields->items[i].type != FIELD_SHOW)
            values_set(values, entry->fields->items[i].name,
                       entry_value(entry, entry->fields->items[i].name));
    for (int i = 0; i < entry->stored.count; i++)
        if (file_field_named(entry->fields, entry->stored.items[i].name))
            values_set(values, entry->stored.items[i].name, entry->stored.items[i].text);
}

struct form *entry_form(struct entry *entry)
{
    return entry->form;
}

bool entry_refuse(struct entry *entry, const char *column, const char *message)
{
    if (!strncmp(column, "p_", 2))
        column += 2;
    int at = form_find(entry->form, column);
    if (at < 0)
        return false;
    /* Without the value itself, which stands in the field: there is little room below it. */
    char *said = xstrdup(message), *value = xasprintf(" (%s)", form_value(entry->form, at));
    size_t length = strlen(said), tail = strlen(value);
    if (tail > 3 && length > tail && !strcmp(said + length - tail, value))
        said[length - tail] = '\0';
    form_set_message(entry->form, at, said);
    form_set_focus(entry->form, at);
    free(value);
    free(said);
    return true;
}

bool entry_says_all(const struct entry *entry)
{
    return form_messages_fit(entry->form);
}

void entry_translate(struct entry *entry)
{
    struct form *old = entry->form;
    int focus = form_focus(old);
    build(entry);
    form_copy(entry->form, old);
    for (int i = 0; i < entry->fields->count; i++) {
        const struct defined_lookup *lookup = entry->fields->items[i].lookup;
        const struct form_field *field = form_get(old, i);
        if (lookup && lookup->search) /* what was found by a search is asked for by nothing else */
            form_set_choices(entry->form, i, field->choices, field->choice_count);
    }
    form_set_focus(entry->form, focus);
    form_free(old);
    entry_name_rest(entry);
}

static void picked_value(void *data, int tag)
{
    struct entry *entry = data;
    int at = entry->asked;
    entry->asked = -1;
    if (tag >= 0 && at >= 0)
        form_set(entry->form, at, entry->fields->items[at].values[tag].value);
}

static void pick_choice(struct entry *entry, int at)
{
    const struct defined_field *field = &entry->fields->items[at];
    struct dialog_items items = {NULL, 0, 0};
    for (int i = 0; i < field->value_count; i++)
        dialog_item_add(&items, i, both_text(&field->values[i].title), field->values[i].value, NULL,
                        NULL);
    entry->asked = at;
    dialog_choose(entry->page->console, both_text(&field->title), &items, picked_value, entry);
}

static void picked_file(void *data, const char *path)
{
    struct entry *entry = data;
    if (path && entry->asked >= 0)
        form_type(entry->form, entry->asked, path);
    entry->asked = -1;
}

static void pick_file(struct entry *entry, int at)
{
    entry->asked = at;
    file_field_pick(entry->page->console, both_text(&entry->fields->items[at].title),
                    form_value(entry->form, at), picked_file, entry);
}

static void pick(struct entry *entry)
{
    int at = form_focus(entry->form);
    if (at < 0)
        return;
    const struct defined_field *field = &entry->fields->items[at];
    if (field->lookup)
        entry_lookup(entry, at);
    else if (field->value_count)
        pick_choice(entry, at);
    else if (field->type == FIELD_FILE)
        pick_file(entry, at);
    else
        console_say(entry->page->console, STYLE_MESSAGE, "%s",
                    field->type == FIELD_DATE
                        ? _("Type YYYY-MM-DD, . for today, or +3 for three days on.")
                    : field->type == FIELD_DATETIME
                        ? _("Type 14:05 for today, -1 14:05 for yesterday, or 2026-11-21 14:05.")
                        : _("This field has no list of values."));
}

/* The key as the form knows it: other key maps use other function keys for prompt and submit. */
static struct key translated(const struct entry *entry, const struct key *key)
{
    struct key copy = *key;
    enum keymap map = entry->page->console->keymap;
    enum action_id id = action_for_key(map, CONTEXT_FORM, true, key->code);
    if (id == ACTION_PROMPT)
        copy.code = K_F(4);
    else if (id == ACTION_SUBMIT)
        copy.code = K_F(10);
    else if (key->code == K_F(4))
        copy.code = K_TAB;
    return copy;
}

bool entry_unnamed(const struct entry *entry, const struct key *key)
{
    int at = form_focus(entry->form);
    return entry->page->console->names_open > 0 &&
           (translated(entry, key).code == K_F(10) ||
            (at >= 0 && form_get(entry->form, at)->type == FORM_CHOICE));
}

bool entry_unread(const struct entry *entry, const struct key *key)
{
    int at = form_focus(entry->form);
    const struct defined_field *field = at < 0 ? NULL : &entry->fields->items[at];
    return field && ((field->loaded && !values_has(&entry->page->arguments, field->name)) ||
                     form_get(entry->form, at)->type == FORM_LOOKUP ||
                     translated(entry, key).code == K_F(4) || key->code == (K_ALT | K_DOWN));
}

/* The files named are read when the form is sent; a field says why its file cannot be. */
static bool read_files(struct entry *entry)
{
    struct error error = ERROR_INIT;
    for (int i = 0; i < entry->fields->count; i++) {
        const struct defined_field *field = &entry->fields->items[i];
        const char *path = field->type == FIELD_FILE ? form_value(entry->form, i) : "";
        if (*path && !file_field_read(path, field->name, &entry->stored, &error)) {
            form_set_message(entry->form, i, error.what);
            form_set_focus(entry->form, i);
            return false;
        }
    }
    return true;
}

/* A question before it is sent shall say names: the key waits for one that is not known. */
static bool hold(struct entry *entry, const struct key *key)
{
    entry->held = entry->naming >= 0;
    for (int i = 0; i < entry->fields->count && !entry->held; i++)
        entry->held = entry_name(entry, i);
    if (entry->held)
        ahead_put_back(entry->page->console, key);
    return entry->held;
}

/* What was typed where a search gives the value, a name or number of a customer say, is searched for
 * before the form is sent; not what the page was opened with. Whether there was such a field. */
static bool find_first(struct entry *entry)
{
    for (int i = 0; i < entry->fields->count; i++) {
        const struct defined_field *field = &entry->fields->items[i];
        const char *value = form_value(entry->form, i);
        const char *given = values_get(&entry->page->arguments, field->name);
        char *known = field->lookup && field->lookup->search ? entry_named(entry, i) : NULL;
        bool typed = field->lookup && field->lookup->search && value && *value && !known &&
                     (!given || strcmp(given, value) != 0);
        free(known);
        if (typed) {
            form_set_focus(entry->form, i);
            entry_lookup(entry, i);
            return true;
        }
    }
    return false;
}

/* A character of a running text, of many lines or one (a subject), or a whole one that was pasted. */
static bool is_text(const struct form *form, const struct key *key)
{
    int at = form_focus(form);
    const struct form_field *field = at < 0 ? NULL : form_get(form, at);
    bool prose = field && field->type == FORM_TEXT && field->length >= PROSE;
    return field && (field->type == FORM_MEMO || prose) &&
           (key->code == K_PASTE || key_is_text(key->code));
}

enum entry_result entry_key(struct entry *entry, const struct key *key)
{
    struct key copy = translated(entry, key);
    if (action_for_key(entry->page->console->keymap, CONTEXT_FORM, true, key->code) ==
        ACTION_EDITOR) {
        entry_editor(entry->page, &entry->form, &entry->kept);
        return ENTRY_USED;
    }
    int before = form_focus(entry->form);
    enum form_result result = form_key(entry->form, &copy);
    if (before >= 0 && form_focus(entry->form) != before)
        entry_name(entry, before);
    switch (result) {
    case FORM_IGNORED:
        return ENTRY_IGNORED;
    case FORM_HANDLED:
        return ENTRY_USED;
    case FORM_EDITED:
        if (is_text(entry->form, &copy))
            task_uncount(entry->page->console);
        return ENTRY_USED;
    case FORM_BELL:
        screen_bell();
        return ENTRY_USED;
    case FORM_PICK:
        pick(entry);
        return ENTRY_USED;
    case FORM_SUBMIT:
        if (form_validate(entry->form) < 0 && read_files(entry))
            return find_first(entry) || hold(entry, key) ? ENTRY_USED : ENTRY_SUBMIT;
        screen_bell();
        return ENTRY_USED;
    }
    return ENTRY_IGNORED;
}

int entry_rows(struct entry *entry, int columns)
{
    return form_layout(entry->form, columns, 200);
}

void entry_paint(struct entry *entry, const struct area *area)
{
    struct line line = LINE_INIT;
    int row, column;
    form_layout(entry->form, area->columns, area->rows);
    for (int i = 0; i < area->rows; i++) {
        line_clear(&line);
        form_line(entry->form, i, &line, !screen_unicode());
        draw_line(area->top + i, area->left, area->columns, &line, STYLE_NORMAL, 0);
    }
    line_free(&line);
    if (form_cursor(entry->form, &row, &column))
        draw_cursor(area->top + row, area->left + column, true);
}
