#include "reconcile/run_lines.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/language.h"
#include "database/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ITEM, ACCOUNT, SIDE, MOVEMENT, CURRENCY, VALUE_DATE, REFERENCE, NARRATIVE, SOURCE, FINGERPRINT,
    OCCURRENCE, COUNTERPARTY, COLUMNS
};

struct reading {
    struct match_store *store;
    struct buffer line, name;
    char last_account[32]; /* lines come in runs of one account */
    uint32_t account;
};

/* Splits a row of COPY's text format in place and takes its escapes out. */
static bool split(char *text, size_t length, struct slice columns[COLUMNS])
{
    char *from = text, *to = text, *start = text;
    int column = 0;
    for (; from < text + length && column < COLUMNS; from++) {
        if (*from == '\t' || *from == '\n') {
            columns[column++] = (struct slice){start, (size_t)(to - start)};
            start = to = from + 1;
            continue;
        }
        char byte = *from;
        if (byte == '\\' && from + 1 < text + length) {
            byte = *++from;
            byte = byte == 't' ? '\t' : byte == 'n' ? '\n' : byte == 'r' ? '\r' : byte;
        }
        *to++ = byte;
    }
    return column == COLUMNS;
}

static int64_t number(struct slice text)
{
    int64_t value = 0;
    size_t at = text.length && *text.text == '-';
    for (; at < text.length; at++)
        value = value * 10 + (text.text[at] - '0');
    return text.length && *text.text == '-' ? -value : value;
}

static int day_of(struct slice text)
{
    char copy[11] = "";
    int day = ITEM_NO_DATE;
    memcpy(copy, text.text, text.length < 10 ? text.length : 10);
    return date_parse(copy, &day) ? day : ITEM_NO_DATE;
}

static uint32_t account_of(struct reading *reading, struct slice account, struct slice currency)
{
    char code[4] = "", key[sizeof reading->last_account];
    memcpy(code, currency.text, currency.length < 3 ? currency.length : 3);
    snprintf(key, sizeof key, "%.*s %s", (int)account.length, account.text, code);
    if (strcmp(key, reading->last_account)) {
        memcpy(reading->last_account, key, sizeof key);
        reading->account = match_account(reading->store, account, code);
    }
    return reading->account;
}

/* What the file calls the line, then its fingerprint, then the item. */
static struct slice name_of(struct reading *reading, const struct slice columns[COLUMNS])
{
    struct buffer *name = &reading->name;
    buffer_clear(name);
    buffer_add_bytes(name, columns[SOURCE].text, columns[SOURCE].length);
    buffer_add_char(name, ' ');
    buffer_add_bytes(name, columns[FINGERPRINT].text, columns[FINGERPRINT].length);
    buffer_add_char(name, ' ');
    for (size_t digits = columns[OCCURRENCE].length; digits < 6; digits++)
        buffer_add_char(name, '0');
    buffer_add_bytes(name, columns[OCCURRENCE].text, columns[OCCURRENCE].length);
    buffer_add_char(name, ' ');
    buffer_add_bytes(name, columns[ITEM].text, columns[ITEM].length);
    return (struct slice){name->data, name->length};
}

static bool take_line(void *data, const char *line, size_t length, struct error *error)
{
    struct reading *reading = data;
    struct slice columns[COLUMNS];
    buffer_clear(&reading->line);
    buffer_add_bytes(&reading->line, line, length);
    if (!split(reading->line.data, length, columns))
        return error_set(error, ERROR_SYSTEM, "open_line_list", NULL,
                         _("the database sent a line that cannot be read"));
    struct item item = {.amount = number(columns[MOVEMENT]),
                        .value_date = day_of(columns[VALUE_DATE]),
                        .book_date = ITEM_NO_DATE,
                        .source_id = name_of(reading, columns),
                        .reference = columns[REFERENCE],
                        .counterparty = columns[COUNTERPARTY],
                        .narrative = columns[NARRATIVE]};
    return match_add(reading->store, *columns[SIDE].text == 'L' ? MATCH_BOOK : MATCH_STATEMENT,
                     account_of(reading, columns[ACCOUNT], columns[CURRENCY]), &item, error);
}

bool run_read_lines(PGconn *connection, const char *query, struct match_store *store,
                    struct error *error)
{
    struct reading reading = {.store = store, .line = BUFFER_INIT, .name = BUFFER_INIT};
    char *copy = xasprintf("COPY (%s) TO STDOUT", query);
    bool done = copy_out(connection, copy, take_line, &reading, error);
    free(copy);
    buffer_free(&reading.line);
    buffer_free(&reading.name);
    return done;
}

struct slice run_item_id(struct slice name)
{
    size_t at = name.length;
    while (at && name.text[at - 1] != ' ')
        at--;
    return (struct slice){name.text + at, name.length - at};
}
