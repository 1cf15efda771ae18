#include "console/plain_internal.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/money.h"
#include "base/text.h"
#include "console/file_field.h"
#include "console/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plain_say(const char *text)
{
    struct buffer safe = BUFFER_INIT;
    text_safe(&safe, text, strlen(text));
    puts(buffer_text(&safe));
    buffer_free(&safe);
}

void plain_error(const struct error *error)
{
    struct buffer text = BUFFER_INIT;
    buffer_format(&text, "%s: %s", _("Error"), error->what);
    plain_say(buffer_text(&text));
    if (error->todo[0])
        plain_say(error->todo);
    buffer_free(&text);
}

char *plain_ask(const char *question)
{
    char *line = NULL;
    size_t capacity = 0;
    printf("%s ", question);
    fflush(stdout);
    ssize_t length = getline(&line, &capacity, stdin);
    if (length < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

bool plain_is_end(const char *text)
{
    text += *text == ':';
    return !strcmp(text, "q") || !strcmp(text, "quit") || !strcmp(text, "exit");
}

void plain_row(struct plain *plain, const struct defined_columns *columns,
                    const PGresult *rows, int row, int number, bool fields)
{
    struct buffer line = BUFFER_INIT;
    const char *cells[PLAIN_CELLS], *between = "";
    char text[4096];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    for (int i = 0; i < columns->count && i < PLAIN_CELLS; i++)
        cells[i] = PQgetisnull(rows, row, i) ? NULL : PQgetvalue(rows, row, i);
    if (number)
        buffer_format(&line, "%d. ", number);
    for (int i = 0; i < columns->count && i < PLAIN_CELLS; i++) {
        if (columns->items[i].hidden || !cells[i])
            continue;
        format_cell(columns, i, cells,
                    (int64_t)now.tv_sec * 1000 + plain->identity.offset_ms, NULL, text,
                    sizeof text);
        buffer_format(&line, "%s%s: %s", between, both_text(&columns->items[i].title), text);
        between = fields ? "" : "; ";
        if (fields) {
            plain_say(buffer_text(&line));
            buffer_clear(&line);
        }
    }
    if (line.length)
        plain_say(buffer_text(&line));
    buffer_free(&line);
}

/* A lookup's source: what is searched for, what was entered so far, then the sheet. */
struct search {
    struct sheet *sheet;
    const struct defined_lookup *lookup;
    const struct values *values;
    const char *text;
};

static const char *search_value(void *data, const char *name)
{
    struct search *search = data;
    if (search->lookup->search && !strcmp(name, search->lookup->search))
        return search->text;
    return values_has(search->values, name) ? values_get(search->values, name)
                                            : sheet_value(search->sheet, name);
}

/* Says what a field can hold: its values, or the rows of its lookup. */
static void say_values(struct sheet *sheet, const struct defined_field *field,
                       const struct values *values, const char *text)
{
    struct search search = {sheet, field->lookup, values, text};
    struct query query = QUERY_INIT;
    for (int i = 0; i < field->value_count; i++) {
        char line[160];
        snprintf(line, sizeof line, "  %s = %s", field->values[i].value,
                 both_text(&field->values[i].title));
        plain_say(line);
    }
    if (!field->lookup)
        return;
    query_source(&query, &field->lookup->source, &field->lookup->columns, PLAIN_ROWS, search_value,
                 &search);
    PGresult *rows = sheet_query(sheet->plain, &query);
    int key = defined_columns_find(&field->lookup->columns, field->lookup->value);
    for (int i = 0; rows && i < PQntuples(rows); i++) {
        printf("  %s = ", key >= 0 ? PQgetvalue(rows, i, key) : "");
        plain_row(sheet->plain, &field->lookup->columns, rows, i, 0, false);
    }
    PQclear(rows);
}

/* "2026-11-21 14:05" */
static bool is_datetime(const char *text)
{
    char day[11];
    int days, hour, minute, end = 0;
    snprintf(day, sizeof day, "%s", text);
    return strlen(text) == 16 && date_parse(day, &days) &&
           sscanf(text + 10, " %2d:%2d%n", &hour, &minute, &end) == 2 && end == 6 && hour < 24 &&
           minute < 60 && !strpbrk(text + 10, "+-");
}

/* The value of a typed text as the database takes it; NULL when it is not right. */
static const char *field_value(const struct defined_field *field, const char *text,
                               char *converted, size_t capacity)
{
    int days;
    bool good = true;
    if (field->type == FIELD_MONEY) {
        good = format_money_minor(text, "CNY", converted, capacity);
        return good ? converted : NULL;
    }
    if (field->type == FIELD_DATE)
        good = date_parse(text, &days);
    else if (field->type == FIELD_DATETIME)
        good = is_datetime(text);
    else if (field->type == FIELD_CHOICE)
        good = named_value_find(field->values, field->value_count, text) != NULL;
    else if (field->type == FIELD_INTEGER)
        good = text[strspn(text, "-0123456789")] == '\0';
    return good ? text : NULL;
}

static const char *field_default(struct sheet *sheet, const struct defined_field *field)
{
    const char *text = sheet_value(sheet, field->name);
    if (!text && field->initial)
        text = field->initial[0] == '@' ? sheet_value(sheet, field->initial) : field->initial;
    return text && *text ? text : NULL;
}

/* "Amount (required) [12.00]:" */
static char *field_question(const struct defined_field *field, const char *initial)
{
    struct buffer question = BUFFER_INIT;
    char money[64];
    buffer_format(&question, "%s%s", both_text(&field->title),
                  field->required && !initial ? _(" (required)") : "");
    if (initial && field->type == FIELD_MONEY)
        initial = money_format(strtoll(initial, NULL, 10), "CNY", money, sizeof money);
    if (initial)
        buffer_format(&question, " [%s]", initial);
    buffer_format(&question, "%s:", field->lookup ? _(" (? and a text lists values)") : "");
    char *text = xstrdup(buffer_text(&question));
    buffer_free(&question);
    return text;
}

/* Asks for one field until it is valid; false at the end of input. */
static bool field_ask(struct sheet *sheet, const struct defined_field *field,
                      struct values *values)
{
    const char *initial = field_default(sheet, field);
    char *question = field_question(field, initial), *text, converted[32];
    bool done = false;
    say_values(sheet, field->lookup ? &(struct defined_field){.values = NULL} : field, values, "");
    while (!done && (text = plain_ask(question))) {
        const char *value = *text ? field_value(field, text, converted, sizeof converted) : initial;
        if (*text == '?' && (field->lookup || field->value_count)) {
            say_values(sheet, field, values, text + 1 + strspn(text + 1, " "));
        } else if ((*text && !value) || (!value && field->required)) {
            plain_say(_("This value is not right; try again."));
        } else if (value && field->type == FIELD_FILE) {
            struct error error = ERROR_INIT;
            done = file_field_read(value, field->name, values, &error);
            if (!done)
                plain_error(&error);
        } else {
            values_set(values, field->name, value);
            done = true;
        }
        free(text);
    }
    free(question);
    return done;
}

/* A field that is only shown is said when it has something to say. */
static void field_show(struct sheet *sheet, const struct defined_field *field)
{
    const char *text = sheet_value(sheet, field->name);
    struct buffer line = BUFFER_INIT;
    buffer_format(&line, "%s: %s", both_text(&field->title), text ? text : "");
    if (text)
        plain_say(buffer_text(&line));
    buffer_free(&line);
}

bool plain_fields(struct sheet *sheet, const struct fields *fields, struct values *values)
{
    for (int i = 0; i < fields->count; i++) {
        if (fields->items[i].type == FIELD_SHOW)
            field_show(sheet, &fields->items[i]);
        else if (!field_ask(sheet, &fields->items[i], values))
            return false;
    }
    return true;
}

bool plain_yes(const char *question)
{
    char *text = plain_ask(question);
    bool yes = text && (!strcmp(text, "y") || !strcmp(text, "yes"));
    free(text);
    return yes;
}

