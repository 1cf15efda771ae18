#include "terminal/form_internal.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

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

void form_tidy(struct form *form, int field)
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
        form_tidy(form, form->focus);
    form->focus = field;
    struct edit *edit = &form->entries[field].edit;
    edit->cursor = edit->multiline ? edit->cursor : edit->text.length;
    return true;
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

bool form_more(const struct form *form)
{
    return form->top + form->rows < (int)form->place_count;
}
