#include "terminal/form_internal.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/language.h"
#include "base/money.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int form_choice(const struct form_entry *entry, const char *value)
{
    for (int i = 0; i < entry->field.choice_count; i++)
        if (!strcmp(entry->field.choices[i].value, value))
            return i;
    return -1;
}

/* An input method leaves full-width characters on: U+FF01 … U+FF5E mirror ASCII. */
static uint32_t narrow(uint32_t character)
{
    if (character >= 0xFF01 && character <= 0xFF5E)
        return character - 0xFF01 + '!';
    if (character == 0x3002)
        return '.';
    return character == 0x3000 ? ' ' : character;
}

bool form_takes(const struct form_entry *entry, uint32_t *character)
{
    const char *allowed;
    switch (entry->field.type) {
    case FORM_INTEGER:
        allowed = "0123456789+-";
        break;
    case FORM_MONEY:
        allowed = "0123456789+-.,";
        break;
    case FORM_DATE:
        allowed = "0123456789+-./";
        break;
    case FORM_DATETIME:
        allowed = "0123456789+-./: ";
        break;
    default:
        return true;
    }
    *character = narrow(*character);
    return *character && *character < 0x80 && strchr(allowed, (int)*character);
}

static bool check_integer(const char *text, struct buffer *out, const char **problem)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    *problem = _("Write a whole number, such as 12 or -3.");
    if (*end || errno == ERANGE || strspn(text, " \t"))
        return false;
    buffer_format(out, "%lld", number);
    return true;
}

static bool check_money(const struct form_entry *entry, const char *text, struct buffer *out,
                        const char **problem)
{
    const char *currency = entry->field.currency ? entry->field.currency : "CNY";
    int digits = money_digits(currency);
    int64_t minor;
    *problem = digits == 0 ? _("Write an amount without decimals, such as 1,234.")
                           : _("Write an amount, such as 1,234.50.");
    if (!money_parse(text, strlen(text), '.', digits, &minor))
        return false;
    char amount[40];
    money_format(minor, currency, amount, sizeof amount);
    for (const char *at = amount; *at; at++)
        if (*at != ',')
            buffer_add_char(out, *at);
    return true;
}

static bool check_date(const struct form *form, const char *text, struct buffer *out,
                       const char **problem)
{
    char plain[16] = "", date[11];
    int days;
    *problem = _("Write 2026-11-21, +3 (in 3 days), . (today).");
    if (form->has_today && (!strcmp(text, ".") || text[0] == '+' || text[0] == '-')) {
        char *end;
        long by = strcmp(text, ".") ? strtol(text, &end, 10) : 0;
        if ((strcmp(text, ".") && (*end || !text[1])) || by > 36500 || by < -36500)
            return false;
        days = form->today + (int)by;
    } else {
        size_t length = strlen(text);
        if (length >= sizeof plain)
            return false;
        for (size_t i = 0; i <= length; i++)
            plain[i] = text[i] == '/' || text[i] == '.' ? '-' : text[i];
        if (!date_parse(plain, &days))
            return false;
    }
    date_format(days, date);
    buffer_add(out, date);
    return true;
}

/* The time is the last word; the day before it is written as a date, and left out for today. */
static bool check_datetime(const struct form *form, const char *text, struct buffer *out,
                           const char **problem)
{
    const char *time = strrchr(text, ' ');
    char *day = time ? xstrndup(text, (size_t)(time - text)) : xstrdup(".");
    int hour, minute, end = 0;
    time = time ? time + 1 : text;
    bool good = sscanf(time, "%2d:%2d%n", &hour, &minute, &end) == 2 && !time[end] && hour >= 0 &&
                hour < 24 && minute >= 0 && minute < 60 && strchr(time, ':')[1] != '-' &&
                check_date(form, day, out, problem);
    if (good)
        buffer_format(out, " %02d:%02d", hour, minute);
    free(day);
    *problem = _("Write a time as 14:05 for today, -1 14:05 for yesterday, or 2026-11-21 14:05.");
    return good;
}

bool form_check_value(const struct form *form, const struct form_entry *entry, struct buffer *out,
                      const char **problem)
{
    const char *text = edit_text(&entry->edit);
    buffer_clear(out);
    buffer_add(out, "");
    *problem = NULL;
    if (!*text)
        return true;
    switch (entry->field.type) {
    case FORM_INTEGER:
        return check_integer(text, out, problem);
    case FORM_MONEY:
        return check_money(entry, text, out, problem);
    case FORM_DATE:
        return check_date(form, text, out, problem);
    case FORM_DATETIME:
        return check_datetime(form, text, out, problem);
    case FORM_CHOICE:
        *problem = _("Pick one of the values.");
        buffer_add(out, text);
        return form_choice(entry, text) >= 0;
    case FORM_BOOL:
        *problem = _("Answer yes or no.");
        buffer_add(out, text);
        return !strcmp(text, "true") || !strcmp(text, "false");
    case FORM_TEXT:
        if (entry->field.check && !entry->field.check(text, problem))
            return false;
        break;
    case FORM_MEMO:
    case FORM_LOOKUP:
    case FORM_PASSWORD:
    case FORM_TYPE_COUNT:
        break;
    }
    buffer_add(out, text);
    return true;
}

char *form_shown_value(const struct form_entry *entry, const char *value)
{
    const char *currency = entry->field.currency ? entry->field.currency : "CNY";
    int64_t minor;
    char amount[40];
    if (entry->field.type == FORM_MONEY && *value &&
        money_parse(value, strlen(value), '.', money_digits(currency), &minor))
        return xstrdup(money_format(minor, currency, amount, sizeof amount));
    return xstrdup(value);
}

bool form_type(struct form *form, int field, const char *value)
{
    struct form_entry *entry = &form->entries[field];
    char *shown = form_shown_value(entry, value ? value : "");
    enum edit_result result = edit_replace(&entry->edit, shown);
    free(shown);
    if (result == EDIT_CHANGED)
        form_set_message(form, field, NULL);
    return result != EDIT_FULL;
}

void form_refuse_paste(struct form *form)
{
    const struct form_field *field = &form->entries[form->focus].field;
    char text[160];
    if (field->type == FORM_TEXT || field->type == FORM_MEMO)
        snprintf(text, sizeof text,
                 _("Too long: at most %d characters; not taken."),
                 field->length ? field->length : KEY_PASTE_MAX);
    else
        snprintf(text, sizeof text, "%s",
                 _("This does not fit the field; not taken."));
    form_set_message(form, form->focus, text);
}

const char *form_value(struct form *form, int field)
{
    struct form_entry *entry = &form->entries[field];
    const char *problem;
    if (!form_check_value(form, entry, &entry->value, &problem)) {
        buffer_clear(&entry->value);
        buffer_add(&entry->value, edit_text(&entry->edit));
    }
    return buffer_text(&entry->value);
}

void form_set(struct form *form, int field, const char *value)
{
    struct form_entry *entry = &form->entries[field];
    char *shown = form_shown_value(entry, value ? value : "");
    edit_set(&entry->edit, shown);
    entry->untouched = false;
    free(shown);
    free(entry->clean);
    entry->clean = xstrdup(form_value(form, field));
    form_set_message(form, field, NULL);
}

void form_fill(struct form *form, int field, const char *value)
{
    struct form_entry *entry = &form->entries[field];
    if (!strcmp(form_value(form, field), entry->clean)) {
        form_set(form, field, value);
        entry->untouched = true;
        return;
    }
    free(entry->clean);
    entry->clean = xstrdup(value ? value : "");
}

void form_copy(struct form *form, const struct form *from)
{
    for (int i = 0; i < form_count(from); i++) {
        form_set(form, i, form_value((struct form *)from, i));
        form->entries[i].untouched = from->entries[i].untouched;
        free(form->entries[i].clean);
        form->entries[i].clean = xstrdup(from->entries[i].clean);
    }
}

bool form_changed(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form_value((struct form *)form, (int)i), form->entries[i].clean))
            return true;
    return false;
}

void form_clean(struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        free(form->entries[i].clean);
        form->entries[i].clean = xstrdup(form_value(form, (int)i));
    }
}

void form_recall(struct form *form, int field, const char *value)
{
    free(form->entries[field].remembered);
    form->entries[field].remembered = xstrdup(value);
}
