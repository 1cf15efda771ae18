#include "check.h"

#include "reconcile/control.h"
#include "reconcile/formats/bai2.h"
#include "reconcile/formats/camt.h"
#include "reconcile/formats/mt940.h"
#include "reconcile/formats/ofx.h"
#include "reconcile/formats/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sums over all that was handed over, modulo 2^64. */
struct seen {
    uint64_t sum, total, items, counted, statements;
    uint64_t line_controls;
};

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

/* Reads every byte, so that a sanitizer sees a slice that is too long or gone. */
static void touch(struct slice text)
{
    static volatile char last;
    for (size_t at = 0; at < text.length; at++)
        last = text.text[at];
    (void)last;
}

static bool take_item(void *context, const struct item *item, struct error *error)
{
    struct seen *seen = context;
    (void)error;
    touch(item->source_id), touch(item->kind), touch(item->reference);
    touch(item->bank_reference), touch(item->counterparty), touch(item->narrative);
    touch(item->batch);
    if (item->value_date == ITEM_NO_DATE)
        fail("a line without a value date");
    if (item->statement < 1)
        fail("a line of no statement");
    seen->sum += (uint64_t)item->amount;
    seen->items++;
    return true;
}

static bool take_statement(void *context, const struct statement *statement, struct error *error)
{
    struct seen *seen = context;
    (void)error;
    touch(statement->account), touch(statement->reference);
    if (!statement->account.length || strlen(statement->currency) != 3)
        fail("a statement without account or currency");
    seen->total += (uint64_t)statement->movement;
    seen->counted += statement->item_count;
    seen->statements++;
    return true;
}

static bool take_control(void *context, const struct control *control, struct error *error)
{
    struct seen *seen = context;
    (void)error;
    touch(control->label);
    if (!control->label.length || control->statement < 0 || !control_name(control->kind))
        fail("a control without a name or a place");
    seen->line_controls += control->kind == CONTROL_BATCH_SUM;
    return true;
}

static bool read_table(struct source *source, const char *folder, const struct sink *sink,
                     struct error *error)
{
    static struct profiles profiles;
    if (!profiles.count && !profiles_read(folder, "generic", &profiles, error)) {
        error_print(error);
        exit(1);
    }
    return table_read(source, profiles.list[0], sink, error);
}

static const struct {
    const char *name;
    bool (*recognise)(struct slice head);
    bool (*read)(struct source *source, const struct sink *sink, struct error *error);
} readers[] = {{"mt940", mt940_recognise, mt940_read}, {"camt", camt_recognise, camt_read},
               {"bai2", bai2_recognise, bai2_read}, {"ofx", ofx_recognise, ofx_read}};

static bool read_as(const char *format, const char *profiles, struct source *source,
                    const struct sink *sink, struct error *error)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (!strcmp(readers[i].name, format)) {
            readers[i].recognise(source_peek(source));
            return readers[i].read(source, sink, error);
        }
    return read_table(source, profiles, sink, error);
}

/* Files that are more than bytes in memory: 1 read, 0 refused, -1 another format. */
static int read_whole(const char *format, const char *profiles, const uint8_t *bytes,
                      size_t length, const struct sink *sink, struct error *error)
{
    if (!strcmp(format, "table"))
        return check_container(profiles, bytes, length, sink, error);
    if (!strcmp(format, "sheet"))
        return check_sheet(profiles, bytes, length, sink, error);
    if (!strcmp(format, "profile"))
        return check_profile(bytes, length, sink, error);
    return -1;
}

void check_bytes(const char *format, const char *profiles, const uint8_t *bytes, size_t length)
{
    struct error error = ERROR_INIT;
    struct seen seen = {0};
    struct sink sink = {&seen, take_item, take_statement, take_control};
    int whole = read_whole(format, profiles, bytes, length, &sink, &error);
    struct source *source =
        whole < 0 ? source_memory("fuzz", (const char *)bytes, length, &error) : NULL;
    if (whole == 1 || (source && read_as(format, profiles, source, &sink, &error))) {
        if (seen.sum != seen.total || seen.items != seen.counted ||
            (whole < 0 && !seen.statements))
            fail("the statements do not count and sum their lines");
    } else if (error.kind == ERROR_NONE || !error.what[0] ||
               (whole < 0 ? !strstr(error.where, "fuzz") : !error.where[0])) {
        fail("refused without a reason or a place");
    }
    source_close(source);
}
