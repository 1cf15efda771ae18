#ifndef BANKOPS_TESTS_RECONCILE_PARSING_H
#define BANKOPS_TESTS_RECONCILE_PARSING_H

#include "reading.h"

#include "base/date.h"

/* Texts through one reader. Before this file is included, SAMPLE is the name of the file that they
 * stand for, and READ(source, sink, error) calls the reader. */

static inline bool read_bytes(const char *text, size_t length, struct seen *seen,
                              struct error *error)
{
    struct sink sink = {seen, see_item, see_statement, see_control};
    struct source *source = source_memory(SAMPLE, text, length, error);
    bool done = source && READ(source, &sink, error);
    source_close(source);
    return done;
}

/* What a text holds that is read, and whose lines are those that its statements count. */
static inline struct seen reads(const char *text)
{
    struct seen seen = {0};
    struct error error = ERROR_INIT;
    if (!read_bytes(text, strlen(text), &seen, &error))
        fail_msg("%s: %s", error.where, error.what);
    assert_int_equal(seen.sum, seen.total);
    assert_int_equal(seen.wrong, 0);
    return seen;
}

/* Why a text is refused; a place in it comes with what to do. */
static inline struct error refuses(const char *text)
{
    struct seen seen = {0};
    struct error error = ERROR_INIT;
    assert_false(read_bytes(text, strlen(text), &seen, &error));
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_true(error.todo[0] != '\0' || !strstr(error.where, ", field"));
    return error;
}

/* Changed bytes of a sample below 1 kB never crash it, never fail without a reason, and what is
 * read adds up. */
static inline void survives(const char *sample, size_t bytes, uint32_t random)
{
    enum { ROOM = 1024 };
    for (int round = 0; round < 20000; round++) {
        char text[ROOM];
        struct seen seen = {0};
        struct error error = ERROR_INIT;
        memcpy(text, sample, bytes);
        size_t length = mutate(text, bytes, ROOM, &random);
        if (read_bytes(text, length, &seen, &error)) {
            assert_int_equal(seen.sum, seen.total);
            assert_int_equal(seen.wrong, 0);
        } else {
            assert_true(error.what[0] != '\0' && error.where[0] != '\0');
        }
    }
}

static inline int day(int year, int month, int date)
{
    int days;
    assert_true(date_from_civil(year, month, date, &days));
    return days;
}

#endif
