#include "database/copy.h"

#include "database/failure.h"

#include <string.h>

enum { BLOCK = 65536, MESSAGE = 1 << 20 };

static bool start(PGconn *connection, const char *sql, struct error *error)
{
    PGresult *result = PQexec(connection, sql);
    bool started = PQresultStatus(result) == PGRES_COPY_IN;
    if (!started)
        failure_from_result(result, connection, error);
    PQclear(result);
    return started;
}

bool copy_begin(struct copy *copy, PGconn *connection, const char *sql, struct error *error)
{
    memset(copy, 0, sizeof *copy);
    copy->connection = connection;
    return start(connection, sql, error);
}

void copy_gather(struct copy *copy)
{
    memset(copy, 0, sizeof *copy);
}

static void separate(struct copy *copy)
{
    if (copy->row_open)
        buffer_add_char(&copy->block, '\t');
    copy->row_open = true;
}

/* The letter after the backslash for bytes that COPY's text format gives a meaning, else 0. */
static char escape(char byte)
{
    switch (byte) {
    case '\\':
        return '\\';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    }
    return 0;
}

void copy_bytes(struct copy *copy, const char *text, size_t length)
{
    size_t plain = 0;
    separate(copy);
    for (size_t i = 0; i < length; i++) {
        char letter = escape(text[i]);
        if (!letter)
            continue;
        buffer_add_bytes(&copy->block, text + plain, i - plain);
        buffer_add_char(&copy->block, '\\');
        buffer_add_char(&copy->block, letter);
        plain = i + 1;
    }
    if (plain < length)
        buffer_add_bytes(&copy->block, text + plain, length - plain);
}

void copy_text(struct copy *copy, const char *text)
{
    if (text)
        copy_bytes(copy, text, strlen(text));
    else
        copy_null(copy);
}

void copy_null(struct copy *copy)
{
    separate(copy);
    buffer_add_bytes(&copy->block, "\\N", 2);
}

void copy_integer(struct copy *copy, int64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        digits[--at] = '-';
    separate(copy);
    buffer_add_bytes(&copy->block, digits + at, sizeof digits - at);
}

/* In parts that a message can hold. */
static bool flush(struct copy *copy, struct error *error)
{
    int sent = 1;
    for (size_t at = 0; at < copy->block.length && sent == 1;) {
        size_t part = copy->block.length - at < MESSAGE ? copy->block.length - at : MESSAGE;
        sent = PQputCopyData(copy->connection, copy->block.data + at, (int)part);
        at += part;
    }
    buffer_clear(&copy->block);
    return sent == 1 || failure_from_connection(copy->connection, error);
}

bool copy_resume(struct copy *copy, PGconn *connection, const char *sql, struct error *error)
{
    copy->connection = connection;
    if (start(connection, sql, error))
        return true;
    buffer_free(&copy->block);
    return false;
}

bool copy_row_end(struct copy *copy, struct error *error)
{
    if (!copy->binary)
        buffer_add_char(&copy->block, '\n');
    copy->row_open = false;
    copy->rows++;
    return !copy->connection || copy->block.length < BLOCK || flush(copy, error);
}

/* Reads results until the connection is idle; keeps the first failure. */
static bool drain(PGconn *connection, struct error *error)
{
    bool good = true;
    PGresult *result;
    while ((result = PQgetResult(connection))) {
        ExecStatusType status = PQresultStatus(result);
        if (good && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            good = failure_from_result(result, connection, error);
        PQclear(result);
        if (status == PGRES_COPY_IN)
            PQputCopyEnd(connection, "not expected");
    }
    return good &&
           (PQstatus(connection) == CONNECTION_OK || failure_from_connection(connection, error));
}

bool copy_end(struct copy *copy, struct error *error)
{
    if (copy->binary)
        buffer_add_bytes(&copy->block, "\377\377", 2);
    bool sent = !copy->block.length || flush(copy, error);
    buffer_free(&copy->block);
    if (!sent)
        return false;
    if (PQputCopyEnd(copy->connection, NULL) != 1)
        return failure_from_connection(copy->connection, error);
    return drain(copy->connection, error);
}

void copy_abort(struct copy *copy)
{
    buffer_free(&copy->block);
    if (PQputCopyEnd(copy->connection, "given up by the sender") == 1)
        drain(copy->connection, NULL);
}

bool copy_out(PGconn *connection, const char *sql,
              bool (*take)(void *data, const char *line, size_t length, struct error *error),
              void *data, struct error *error)
{
    char *line;
    int length;
    PGresult *result = PQexec(connection, sql);
    bool good = PQresultStatus(result) == PGRES_COPY_OUT;
    if (!good)
        failure_from_result(result, connection, error);
    PQclear(result);
    if (!good)
        return false;
    while ((length = PQgetCopyData(connection, &line, 0)) > 0) {
        good = good && take(data, line, (size_t)length, error);
        PQfreemem(line);
    }
    struct error *first = good ? error : NULL;
    if (length == -2)
        return failure_from_connection(connection, first);
    return drain(connection, first) && good;
}
