#include "database/copy_binary.h"

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
