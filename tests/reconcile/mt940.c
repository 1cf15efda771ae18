#include "reconcile/formats/mt940.h"

#include "../lib/check.h"

#include <stdlib.h>
#include <string.h>

static const char sample[] = ":20:X\r\n:25:ACC\r\n:28C:4/1\r\n:60F:C261120EUR100,00\r\n"
                             ":61:2611211121RC10,50NTRFREF1//B1\r\n:86:free text\r\n"
                             ":61:261121CR1,5NTRFNONREF\r\n:86:166?20EREF+E7 SVWZ+a?32Bob\r\n"
                             ":62F:C261121EUR91,00\r\n:86:of the statement\r\n-\r\n";

struct seen {
    int items, statements;
    int64_t sum;
};

static bool take_item(void *context, const struct item *item, struct error *error)
{
    struct seen *seen = context;
    (void)error;
    seen->items++;
    seen->sum += item->amount;
    return true;
}

static bool take_statement(void *context, const struct statement *statement, struct error *error)
{
    struct seen *seen = context;
    (void)error;
    seen->statements++;
    assert_true(statement->account.length > 0);
    return true;
}

static bool read_text(const char *text, size_t length, struct seen *seen, struct error *error)
{
    struct sink sink = {seen, take_item, take_statement};
    struct source *source = source_memory("sample", text, length, error);
    bool done = source && mt940_read(source, &sink, error);
    source_close(source);
    return done;
}

static void reads_marks_and_sums(void **state)
{
    (void)state;
    struct seen seen = {0, 0, 0};
    struct error error = ERROR_INIT;
    assert_true(read_text(sample, strlen(sample), &seen, &error));
    assert_int_equal(seen.items, 2);
    assert_int_equal(seen.statements, 1);
    assert_int_equal(seen.sum, -1050 + 150);
}

/* A file cut anywhere is read whole or refused with a reason. */
static void cut_files_are_refused(void **state)
{
    (void)state;
    const char *end = strstr(sample, ":62F:C261121EUR91");
    for (size_t length = 1; length < (size_t)(end - sample); length++) {
        struct seen seen = {0, 0, 0};
        struct error error = ERROR_INIT;
        assert_false(read_text(sample, length, &seen, &error));
        assert_true(error.what[0] != '\0' && error.where[0] != '\0');
    }
}

/* Changed bytes never crash it and never fail without a reason. */
static void survives_mutation(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (int round = 0; round < 20000; round++) {
        char text[sizeof sample];
        struct seen seen = {0, 0, 0};
        struct error error = ERROR_INIT;
        memcpy(text, sample, sizeof sample);
        for (int i = 0; i < 3; i++) {
            random = random * 1664525u + 1013904223u;
            text[(random >> 8) % (sizeof sample - 1)] = (char)(random >> 24);
        }
        if (!read_text(text, sizeof sample - 1, &seen, &error))
            assert_true(error.what[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_marks_and_sums),
                                       cmocka_unit_test(cut_files_are_refused),
                                       cmocka_unit_test(survives_mutation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
