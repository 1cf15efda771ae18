#include "terminal/form_internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
    form_tidy(form, form->focus);
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
        form_tidy(form, form->focus);
        return FORM_SUBMIT;
    case K_CTRL | 'd':
        return entry->remembered ? put_value(form, entry, entry->remembered) : FORM_BELL;
    case K_CTRL | 'x':
        return put_value(form, entry, "");
    default:
        return value_key(form, entry, key);
    }
}
