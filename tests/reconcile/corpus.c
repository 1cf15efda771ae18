/* Reads the real files of the folder that BANKOPS_CORPUS names; skips without it. */
#include "reading.h"

#include "reconcile/format.h"

#include <ftw.h>

static struct profiles profiles;
static const char *ending;
static int files, complete, read_whole, refused, without_reason, not_adding_up;
static int64_t lines;

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && !strcmp(text + length - wanted, end);
}

/* Many files of the corpus are single fields cut out for a test of another program. */
static bool holds_statement(struct slice text)
{
    static const char *const tags[] = {":20:", ":25:", ":60", ":62"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (!memmem(text.text, text.length, tags[i], strlen(tags[i])))
            return false;
    return true;
}

static int take_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    struct seen seen = {0};
    struct error error = ERROR_INIT;
    struct sink sink = {&seen, see_item, see_statement, NULL};
    struct format format;
    (void)status, (void)place;
    if (kind != FTW_F || !ends_with(path, ending))
        return 0;
    struct source *source = source_open(path, &error);
    complete += source && holds_statement(source_peek(source));
    bool done = source && format_recognise(source, &profiles, false, &format, &error) &&
                format_read(source, &format, &sink, &error);
    source_close(source);
    files++;
    lines += seen.items;
    read_whole += done;
    refused += !done;
    not_adding_up += done && (seen.sum != seen.total || seen.wrong || !seen.statements);
    without_reason += !done && (!error.what[0] || !strstr(error.where, strrchr(path, '/') + 1));
    if (!done)
        print_message("# %s: %s\n", error.where, error.what);
    return 0;
}

static void read_folder(const char *name, const char *end)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("BANKOPS_CORPUS"), name);
    files = complete = read_whole = refused = without_reason = not_adding_up = 0;
    lines = 0;
    ending = end;
    assert_int_equal(nftw(path, take_file, 16, FTW_PHYS), 0);
    print_message("# %s: %d files, %d complete, %d read, %d refused, %lld lines\n", name, files,
                  complete, read_whole, refused, (long long)lines);
    assert_true(files > 0);
    assert_int_equal(without_reason, 0);
    assert_int_equal(not_adding_up, 0);
}

static void every_mt940_is_read_or_refused(void **state)
{
    (void)state;
    read_folder("statements/mt940", ".sta");
    assert_true(read_whole * 10 >= complete * 8);
}

static void labelled_tables_are_read_whole(void **state)
{
    static const char *const sets[] = {"reconcile/labelled-long", "reconcile/labelled-rrn",
                                       "reconcile/labelled-seq"};
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        read_folder(sets[i], "ledger.csv");
        assert_int_equal(refused, 0);
        read_folder(sets[i], "statement.csv");
        assert_int_equal(refused, 0);
    }
}

static int find_profiles(void **state)
{
    struct error error = ERROR_INIT;
    char folder[4096];
    (void)state;
    snprintf(folder, sizeof folder, "%s/src/reconcile/profiles",
             getenv("BANKOPS_SOURCE") ? getenv("BANKOPS_SOURCE") : ".");
    return profiles_read(folder, NULL, &profiles, &error) ? 0 : -1;
}

static int free_profiles(void **state)
{
    (void)state;
    profiles_free(&profiles);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_mt940_is_read_or_refused),
                                       cmocka_unit_test(labelled_tables_are_read_whole)};
    if (!getenv("BANKOPS_CORPUS")) {
        puts("1..0 # SKIP BANKOPS_CORPUS names no folder");
        return 0;
    }
    return cmocka_run_group_tests(tests, find_profiles, free_profiles);
}
