#include "database/copy_binary.h"

#include <string.h>

enum { DAYS_TO_2000 = 10957 }; /* from 1970-01-01; PostgreSQL counts days from 2000-01-01 */

static void number(struct copy *copy, uint64_t value, size_t bytes)
{
    char text[8];
    for (size_t i = bytes; i-- > 0; value >>= 8)
        text[i] = (char)(value & 0xff);
    buffer_add_bytes(&copy->block, text, bytes);
}

bool copy_binary_begin(struct copy *copy, PGconn *connection, const char *sql, struct error *error)
{
    if (!copy_begin(copy, connection, sql, error))
        return false;
    copy->binary = true;
    buffer_add_bytes(&copy->block, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    return true;
}

void copy_binary_row(struct copy *copy, int fields)
{
    number(copy, (uint64_t)fields, 2);
}

void copy_binary_null(struct copy *copy)
{
    number(copy, UINT32_MAX, 4);
}

void copy_binary_bytes(struct copy *copy, const void *bytes, size_t length)
{
    number(copy, length, 4);
    if (length)
        buffer_add_bytes(&copy->block, bytes, length);
}

void copy_binary_int4(struct copy *copy, int32_t value)
{
    number(copy, 4, 4);
    number(copy, (uint32_t)value, 4);
}

void copy_binary_int8(struct copy *copy, int64_t value)
{
    number(copy, 8, 4);
    number(copy, (uint64_t)value, 8);
}

void copy_binary_date(struct copy *copy, int day)
{
    copy_binary_int4(copy, day - DAYS_TO_2000);
}

static int64_t number_at(const char *text, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | (unsigned char)text[i];
    /* Negative numbers keep their sign when they are widened. */
    return bytes && bytes < 8 && (text[0] & 0x80) ? (int64_t)(value | UINT64_MAX << 8 * bytes)
                                                  : (int64_t)value;
}

int copy_binary_read(struct copy_binary_reader *reader, const char *row, size_t length,
                     struct copy_field *fields, int most)
{
    const char *at = row, *end = row + length;
    if (!reader->begun) {
        if (length < 21 || memcmp(row, "PGCOPY\n\377\r\n\0", 11) != 0)
            return COPY_BINARY_BAD;
        reader->begun = true;
        at += 19 + number_at(row + 15, 4);
    }
    if (end - at < 2)
        return COPY_BINARY_BAD;
    int count = (int)number_at(at, 2);
    at += 2;
    if (count < 0)
        return COPY_BINARY_END;
    for (int i = 0; i < count; i++) {
        if (i == most || end - at < 4)
            return COPY_BINARY_BAD;
        int64_t bytes = number_at(at, 4);
        at += 4;
        if (bytes > end - at)
            return COPY_BINARY_BAD;
        fields[i] = (struct copy_field){at, bytes < 0 ? 0 : (size_t)bytes};
        at += fields[i].length;
    }
    return count;
}

int64_t copy_binary_number(struct copy_field field)
{
    return field.length <= 8 ? number_at(field.bytes, field.length) : 0;
}

int copy_binary_day(struct copy_field field)
{
    return (int)copy_binary_number(field) + DAYS_TO_2000;
}
