#include "reconcile/run_lines.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/language.h"
#include "database/copy.h"
#include "database/copy_binary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ITEM,
    ACCOUNT,
    SIDE,
    MOVEMENT,
    CURRENCY,
    VALUE_DATE,
    REFERENCE,
    NARRATIVE,
    SOURCE,
    FINGERPRINT,
    OCCURRENCE,
    COUNTERPARTY,
    COLUMNS
};

struct reading {
    struct match_store *store;
    struct buffer name;
    struct copy_binary_reader reader;
    int64_t last_account; /* lines come in runs of one account */
    char last_currency[4];
    uint32_t account;
};

static struct slice text_of(struct copy_field field)
{
    return (struct slice){field.bytes, field.length};
}

static uint32_t account_of(struct reading *reading, int64_t account, struct slice currency)
{
    char code[4] = "", name[24];
    memcpy(code, currency.text, currency.length < 3 ? currency.length : 3);
    if (account != reading->last_account || strcmp(code, reading->last_currency) != 0) {
        int length = snprintf(name, sizeof name, "%lld", (long long)account);
        memcpy(reading->last_currency, code, sizeof code);
        reading->last_account = account;
        reading->account =
            match_account(reading->store, (struct slice){name, (size_t)length}, code);
    }
    return reading->account;
}

static void add_uuid(struct buffer *name, struct copy_field uuid)
{
    char text[36];
    size_t at = 0;
    for (size_t i = 0; i < uuid.length && i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[at++] = '-';
        text[at++] = "0123456789abcdef"[(unsigned char)uuid.bytes[i] >> 4];
        text[at++] = "0123456789abcdef"[uuid.bytes[i] & 15];
    }
    buffer_add_bytes(name, text, at);
}

/* With zeros in front of fewer digits than `width`. */
static void add_number(struct buffer *name, int64_t value, size_t width)
{
    char digits[24];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    while (sizeof digits - at < width)
        digits[--at] = '0';
    buffer_add_bytes(name, digits + at, sizeof digits - at);
}

/* What the file calls the line, then its fingerprint, then the item. */
static struct slice name_of(struct reading *reading, const struct copy_field columns[COLUMNS])
{
    struct buffer *name = &reading->name;
    buffer_clear(name);
    if (columns[SOURCE].length)
        buffer_add_bytes(name, columns[SOURCE].bytes, columns[SOURCE].length);
    buffer_add_char(name, ' ');
    add_uuid(name, columns[FINGERPRINT]);
    buffer_add_char(name, ' ');
    add_number(name, copy_binary_number(columns[OCCURRENCE]), 6);
    buffer_add_char(name, ' ');
    add_number(name, copy_binary_number(columns[ITEM]), 1);
    return (struct slice){name->data, name->length};
}

static bool take_line(void *data, const char *line, size_t length, struct error *error)
{
    struct reading *reading = data;
    struct copy_field columns[COLUMNS];
    int count = copy_binary_read(&reading->reader, line, length, columns, COLUMNS);
    if (count == COPY_BINARY_END)
        return true;
    if (count != COLUMNS)
        return error_set(error, ERROR_SYSTEM, "open_line_list", NULL,
                         _("the database sent a line that cannot be read"));
    struct item item = {.amount = copy_binary_number(columns[MOVEMENT]),
                        .value_date = copy_binary_day(columns[VALUE_DATE]),
                        .book_date = ITEM_NO_DATE,
                        .source_id = name_of(reading, columns),
                        .reference = text_of(columns[REFERENCE]),
                        .counterparty = text_of(columns[COUNTERPARTY]),
                        .narrative = text_of(columns[NARRATIVE])};
    return match_add(
        reading->store, *columns[SIDE].bytes == 'L' ? MATCH_BOOK : MATCH_STATEMENT,
        account_of(reading, copy_binary_number(columns[ACCOUNT]), text_of(columns[CURRENCY])),
        &item, error);
}

bool run_read_lines(PGconn *connection, const char *query, struct match_store *store,
                    struct error *error)
{
    struct reading reading = {.store = store, .name = BUFFER_INIT, .last_account = -1};
    char *copy = xasprintf("COPY (%s) TO STDOUT (FORMAT binary)", query);
    bool done = copy_out(connection, copy, take_line, &reading, error);
    free(copy);
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
