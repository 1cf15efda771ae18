/* libFuzzer target for the statement readers; see README.md here. The first byte chooses the
 * format, the rest is the file. */
#include "reconcile/formats/table.h"
#include "reconcile/formats/mt940.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct profiles profiles;
static int64_t sum, total;

static bool take_item(void *context, const struct item *item, struct error *error)
{
    const struct slice slices[] = {item->source_id, item->kind, item->reference,
                                   item->bank_reference, item->counterparty, item->narrative};
    volatile char last;
    (void)context, (void)error;
    for (size_t i = 0; i < sizeof slices / sizeof *slices; i++)
        for (size_t at = 0; at < slices[i].length; at++)
            last = slices[i].text[at];
    (void)last;
    sum = (int64_t)((uint64_t)sum + (uint64_t)item->amount);
    return true;
}

static bool take_statement(void *context, const struct statement *statement, struct error *error)
{
    (void)context, (void)error;
    if (!statement->account.length || strlen(statement->currency) != 3)
        abort();
    total = (int64_t)((uint64_t)total + (uint64_t)statement->movement);
    return true;
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    struct error error = ERROR_INIT;
    const char *folder = getenv("BANKOPS_PROFILES");
    (void)count, (void)arguments;
    if (!profiles_read(folder ? folder : "share/profiles", "generic", &profiles, &error)) {
        error_print(&error);
        exit(1);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct error error = ERROR_INIT;
    struct sink sink = {NULL, take_item, take_statement, NULL};
    if (!length)
        return 0;
    struct source *source = source_memory("fuzz", (const char *)bytes + 1, length - 1, &error);
    if (!source)
        return 0;
    sum = total = 0;
    mt940_recognise(source_peek(source));
    bool done = bytes[0] & 1 ? table_read(source, profiles.list[0], &sink, &error)
                             : mt940_read(source, &sink, &error);
    if (done ? sum != total : !error.what[0])
        abort();
    source_close(source);
    return 0;
}
