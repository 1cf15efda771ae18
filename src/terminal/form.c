#include "terminal/form_internal.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct form *form_new(void)
{
    struct form *form = xcalloc(1, sizeof *form);
    form->focus = -1;
    return form;
}

static void free_choices(struct form_field *field)
{
    struct form_choice *choices = (struct form_choice *)field->choices;
    for (int i = 0; i < field->choice_count; i++) {
        free((char *)choices[i].value);
        free((char *)choices[i].title);
    }
    free(choices);
    field->choices = NULL;
    field->choice_count = 0;
}

static void wipe(struct buffer *buffer)
{
    if (buffer->data)
        explicit_bzero(buffer->data, buffer->capacity);
    buffer_free(buffer);
}

static void free_entry(struct form_entry *entry)
{
    free_choices(&entry->field);
    free((char *)entry->field.name);
    free((char *)entry->field.label);
    free((char *)entry->field.help);
    free((char *)entry->field.currency);
    if (entry->clean)
        explicit_bzero(entry->clean, strlen(entry->clean));
    free(entry->clean);
    free(entry->remembered);
    free(entry->message);
    edit_free(&entry->edit);
    wipe(&entry->value);
    buffer_free(&entry->typed);
}

void form_free(struct form *form)
{
    if (!form)
        return;
    for (size_t i = 0; i < form->count; i++)
        free_entry(&form->entries[i]);
    free(form->entries);
    free(form->places);
    free(form);
}

static char *copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

static void copy_choices(struct form_field *field, const struct form_choice *choices, int count)
{
    struct form_choice *copies = xcalloc((size_t)(count ? count : 1), sizeof *copies);
    for (int i = 0; i < count; i++) {
        copies[i].value = xstrdup(choices[i].value);
        copies[i].title = xstrdup(choices[i].title ? choices[i].title : choices[i].value);
    }
    field->choices = copies;
    field->choice_count = count;
}

static int usual_length(enum form_type type)
{
    static const int lengths[FORM_TYPE_COUNT] = {
        [FORM_TEXT] = 255,  [FORM_MEMO] = 4000,    [FORM_INTEGER] = 20,
        [FORM_MONEY] = 27,  [FORM_DATE] = 10, [FORM_DATETIME] = 16,      [FORM_CHOICE] = 80,
        [FORM_LOOKUP] = 64, [FORM_PASSWORD] = 256, [FORM_BOOL] = 5,
    };
    return lengths[type];
}

int form_add(struct form *form, const struct form_field *field)
{
    ARRAY_RESERVE(form->entries, form->count, form->capacity);
    struct form_entry *entry = &form->entries[form->count];
    memset(entry, 0, sizeof *entry);
    entry->field = *field;
    entry->field.name = xstrdup(field->name ? field->name : "");
    entry->field.label = xstrdup(field->label ? field->label : "");
    entry->field.help = copy(field->help);
    entry->field.currency = copy(field->currency);
    copy_choices(&entry->field, field->choices, field->choice_count);
    if (entry->field.length <= 0 || entry->field.type == FORM_CHOICE)
        entry->field.length = usual_length(field->type);
    entry->edit.limit = (size_t)entry->field.length;
    entry->edit.secret = field->type == FORM_PASSWORD;
    entry->edit.multiline = field->type == FORM_MEMO;
    entry->clean = xstrdup("");
    if (form->focus < 0 && !field->readonly)
        form->focus = (int)form->count;
    return (int)form->count++;
}

int form_count(const struct form *form)
{
    return (int)form->count;
}

const struct form_field *form_get(const struct form *form, int field)
{
    return &form->entries[field].field;
}

int form_find(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (!strcmp(form->entries[i].field.name, name))
            return (int)i;
    return -1;
}

void form_set_today(struct form *form, int days)
{
    form->today = days;
    form->has_today = true;
}

void form_set_choices(struct form *form, int field, const struct form_choice *choices, int count)
{
    struct form_field *changed = &form->entries[field].field, fresh = {0};
    copy_choices(&fresh, choices, count);
    free_choices(changed);
    changed->choices = fresh.choices;
    changed->choice_count = fresh.choice_count;
}

int form_focus(const struct form *form)
{
    return form->focus;
}

/* Shows a value in its usual form once its field is left, or says what is wrong with it. */
static void tidy(struct form *form, int field)
{
    struct form_entry *entry = &form->entries[field];
    struct buffer plain = BUFFER_INIT;
    const char *problem = NULL;
    if (entry->field.type == FORM_PASSWORD || entry->field.type == FORM_MEMO) {
        /* stays as it was typed */
    } else if (!form_check_value(form, entry, &plain, &problem)) {
        form_set_message(form, field, problem);
    } else {
        char *shown = form_shown_value(entry, buffer_text(&plain));
        if (strcmp(shown, edit_text(&entry->edit)))
            edit_set(&entry->edit, shown);
        free(shown);
    }
    buffer_free(&plain);
    buffer_clear(&entry->typed);
    entry->edit.overwrite = false;
}

bool form_set_focus(struct form *form, int field)
{
    if (field < 0 || field >= (int)form->count || form->entries[field].field.readonly)
        return false;
    if (form->focus >= 0 && form->focus != field)
        tidy(form, form->focus);
    form->focus = field;
    struct edit *edit = &form->entries[field].edit;
    edit->cursor = edit->multiline ? edit->cursor : edit->text.length;
    return true;
}

/* Next field in a direction that takes input, -1 at the end. */
static int neighbour(const struct form *form, int from, int by)
{
    int at = from + by;
    while (at >= 0 && at < (int)form->count && form->entries[at].field.readonly)
        at += by;
    return at >= 0 && at < (int)form->count ? at : -1;
}

static enum form_result go(struct form *form, int by, bool around)
{
    int to = neighbour(form, form->focus, by);
    if (to < 0 && around)
        to = neighbour(form, by > 0 ? -1 : (int)form->count, by);
    if (to < 0)
        return FORM_BELL;
    form_set_focus(form, to);
    return FORM_HANDLED;
}

void form_set_message(struct form *form, int field, const char *message)
{
    char *fresh = copy(message);
    free(form->entries[field].message);
    form->entries[field].message = fresh;
}

const char *form_message(const struct form *form, int field)
{
    return form->entries[field].message;
}

int form_validate(struct form *form)
{
    int bad = -1;
    for (size_t i = 0; i < form->count; i++) {
        struct form_entry *entry = &form->entries[i];
        const char *problem = NULL;
        if (entry->field.readonly)
            continue;
        bool right = form_check_value(form, entry, &entry->value, &problem);
        if (right && entry->field.required && !*buffer_text(&entry->value)) {
            right = false;
            problem = _("This field must be filled in.");
        }
        form_set_message(form, (int)i, right ? NULL : problem);
        if (!right && bad < 0)
            bad = (int)i;
    }
    if (bad >= 0)
        form_set_focus(form, bad);
    return bad;
}

static enum form_result edited(struct form *form)
{
    form_set_message(form, form->focus, NULL);
    return FORM_EDITED;
}

static enum form_result put_value(struct form *form, struct form_entry *entry, const char *value)
{
    if (!strcmp(edit_text(&entry->edit), value))
        return FORM_HANDLED;
    edit_erase(&entry->edit);
    edit_insert(&entry->edit, value, strlen(value));
    return edited(form);
}

static bool begins(const char *text, const char *with)
{
    return !strncasecmp(text, with, strlen(with));
}

/* Finds the choice whose value or title begins with what was typed; a lone digit counts. */
static int find_typed(const struct form_entry *entry)
{
    const char *typed = buffer_text(&entry->typed);
    for (int i = 0; i < entry->field.choice_count; i++)
        if (begins(entry->field.choices[i].title, typed) ||
            begins(entry->field.choices[i].value, typed))
            return i;
    int number = typed[0] - '1';
    return typed[0] >= '1' && !typed[1] && number < entry->field.choice_count && number < 9 ? number
                                                                                            : -1;
}

static enum form_result type_choice(struct form *form, struct form_entry *entry, int code)
{
    size_t before = entry->typed.length;
    text_encode(&entry->typed, (uint32_t)code);
    int found = find_typed(entry);
    if (found < 0 && before > 0) { /* a new word */
        buffer_clear(&entry->typed);
        text_encode(&entry->typed, (uint32_t)code);
        found = find_typed(entry);
    }
    if (found < 0) {
        buffer_clear(&entry->typed);
        return FORM_BELL;
    }
    return put_value(form, entry, entry->field.choices[found].value);
}

static enum form_result choice_key(struct form *form, struct form_entry *entry, int code)
{
    int count = entry->field.choice_count, at = form_choice(entry, edit_text(&entry->edit));
    if (code == K_RIGHT || (code == ' ' && entry->typed.length == 0))
        at = at + 1 < count ? at + 1 : 0;
    else if (code == K_LEFT)
        at = at > 0 ? at - 1 : count - 1;
    else if (code == K_HOME)
        at = 0;
    else if (code == K_END)
        at = count - 1;
    else if (key_is_text(code))
        return type_choice(form, entry, code);
    else if (code == K_DELETE || code == K_BACKSPACE)
        return buffer_clear(&entry->typed), put_value(form, entry, "");
    else
        return FORM_IGNORED;
    buffer_clear(&entry->typed);
    return count > 0 ? put_value(form, entry, entry->field.choices[at].value) : FORM_BELL;
}

static enum form_result bool_key(struct form *form, struct form_entry *entry, int code)
{
    bool now = !strcmp(edit_text(&entry->edit), "true");
    switch (code) {
    case ' ':
        return put_value(form, entry, now ? "false" : "true");
    case 'y':
    case 'Y':
    case '1':
        return put_value(form, entry, "true");
    case 'n':
    case 'N':
    case '0':
        return put_value(form, entry, "false");
    default:
        return key_is_text(code) ? FORM_BELL : FORM_IGNORED;
    }
}

/* Whether what is typed now takes the place of a number or day that stood there before. */
static bool replaces(const struct form_entry *entry)
{
    return entry->untouched && (entry->field.type == FORM_INTEGER ||
                                entry->field.type == FORM_MONEY ||
                                entry->field.type == FORM_DATE ||
                                entry->field.type == FORM_DATETIME);
}

/* What a field takes of a pasted text: numbers and dates copied with blanks or units around. */
static enum edit_result paste(struct form_entry *entry, const struct key *key)
{
    struct buffer kept = BUFFER_INIT;
    enum edit_result result;
    if (!key->text || entry->field.type == FORM_TEXT || entry->field.type == FORM_MEMO ||
        entry->field.type == FORM_PASSWORD || entry->field.type == FORM_LOOKUP)
        return edit_key(&entry->edit, key);
    bool refused = false;
    for (size_t at = 0; at < key->length;) {
        uint32_t character;
        at += text_decode(key->text + at, key->length - at, &character);
        if (text_blank(character))
            continue;
        refused = refused || !form_takes(entry, &character);
        text_encode(&kept, character);
    }
    if (refused)
        result = EDIT_FULL;
    else if (replaces(entry))
        result = edit_replace(&entry->edit, buffer_text(&kept));
    else
        result = edit_insert(&entry->edit, buffer_text(&kept), kept.length);
    buffer_free(&kept);
    return result;
}

static enum form_result editor_key(struct form *form, struct form_entry *entry,
                                   const struct key *key)
{
    struct key taken = *key;
    enum edit_result result;
    if (key_is_text(key->code)) {
        uint32_t character = (uint32_t)key->code;
        if (!form_takes(entry, &character))
            return FORM_BELL;
        taken.code = (int)character;
        if (replaces(entry))
            edit_erase(&entry->edit);
    }
    result = key->code == K_PASTE ? paste(entry, &taken) : edit_key(&entry->edit, &taken);
    entry->untouched = entry->untouched && (result == EDIT_IGNORED || result == EDIT_FULL);
    switch (result) {
    case EDIT_IGNORED:
        return FORM_IGNORED;
    case EDIT_MOVED:
        return FORM_HANDLED;
    case EDIT_CHANGED:
        return edited(form);
    case EDIT_FULL:
        return FORM_BELL;
    }
    return FORM_IGNORED;
}

static enum form_result value_key(struct form *form, struct form_entry *entry,
                                  const struct key *key)
{
    bool listed = entry->field.type == FORM_CHOICE || entry->field.type == FORM_BOOL;
    if (key->code == K_PASTE) {
        enum form_result result = listed ? FORM_BELL : editor_key(form, entry, key);
        if (result == FORM_BELL)
            form_refuse_paste(form);
        return result;
    }
    if (listed)
        return entry->field.type == FORM_BOOL ? bool_key(form, entry, key->code)
                                              : choice_key(form, entry, key->code);
    return editor_key(form, entry, key);
}

static enum form_result enter(struct form *form, struct form_entry *entry)
{
    if (entry->field.type == FORM_MEMO) {
        enum edit_result result = edit_insert(&entry->edit, "\n", 1);
        return result == EDIT_FULL ? FORM_BELL : edited(form);
    }
    if (neighbour(form, form->focus, 1) >= 0)
        return go(form, 1, false);
    tidy(form, form->focus);
    return FORM_SUBMIT;
}

static enum form_result vertical(struct form *form, struct form_entry *entry, int by)
{
    if (entry->field.type == FORM_MEMO && form_memo_move(form, entry, by))
        return FORM_HANDLED;
    return go(form, by, false);
}

/* To the field a screen further down or up, in a form that does not fit; the last or first one
 * beyond. */
static enum form_result turn(struct form *form, int by)
{
    int at = 0, count = (int)form->place_count, to = form->focus;
    if (count <= form->rows)
        return FORM_IGNORED;
    while (at < count && form->places[at].field != form->focus)
        at++;
    while (by > 0 && at + 1 < count && form->places[at + 1].field == form->focus)
        at++;
    for (int step = 1; step < form->rows && at + by * step >= 0 && at + by * step < count; step++) {
        int field = form->places[at + by * step].field;
        to = form->entries[field].field.readonly ? to : field;
    }
    if (to == form->focus)
        return FORM_BELL;
    form_set_focus(form, to);
    return FORM_HANDLED;
}

bool form_more(const struct form *form)
{
    return form->top + form->rows < (int)form->place_count;
}

static bool has_list(const struct form_entry *entry)
{
    return entry->field.listed || entry->field.type == FORM_CHOICE ||
           entry->field.type == FORM_LOOKUP || entry->field.type == FORM_DATE ||
           entry->field.type == FORM_DATETIME;
}

enum form_result form_key(struct form *form, const struct key *key)
{
    if (form->focus < 0)
        return key->code == K_F(10) || key->code == (K_CTRL | 's') ? FORM_SUBMIT : FORM_IGNORED;
    struct form_entry *entry = &form->entries[form->focus];
    switch (key->code) {
    case K_TAB:
        return go(form, 1, true);
    case K_SHIFT | K_TAB:
        return go(form, -1, true);
    case K_DOWN:
        return vertical(form, entry, 1);
    case K_UP:
        return vertical(form, entry, -1);
    case K_ENTER:
        return enter(form, entry);
    case K_CTRL | 'n':
        return entry->field.type == FORM_MEMO ? enter(form, entry) : FORM_IGNORED;
    case K_PAGE_DOWN:
        return turn(form, 1);
    case K_PAGE_UP:
        return turn(form, -1);
    case K_CTRL | K_HOME:
        return form_set_focus(form, neighbour(form, -1, 1)) ? FORM_HANDLED : FORM_BELL;
    case K_CTRL | K_END:
        return form_set_focus(form, neighbour(form, (int)form->count, -1)) ? FORM_HANDLED
                                                                           : FORM_BELL;
    case K_F(4):
    case K_ALT | K_DOWN:
        return has_list(entry) ? FORM_PICK : FORM_IGNORED;
    case K_F(10):
    case K_CTRL | 's':
        tidy(form, form->focus);
        return FORM_SUBMIT;
    case K_CTRL | 'd':
        return entry->remembered ? put_value(form, entry, entry->remembered) : FORM_BELL;
    case K_CTRL | 'x':
        return put_value(form, entry, "");
    default:
        return value_key(form, entry, key);
    }
}
