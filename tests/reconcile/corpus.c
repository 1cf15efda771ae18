/* Reads the real files of the folder that BANKOPS_CORPUS names and compares them with what other
 * programs made of them; skips without it. */
#include "corpus_file.h"
#include "reading.h"

#include <ftw.h>

static struct profiles profiles;
static const char *ending;
static int files, read_whole, refused, without_reason, not_adding_up;
static int64_t lines;

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && !strcmp(text + length - wanted, end);
}

/* The lines of each statement are those that it counts and sums. */
static bool adds_up(const struct corpus_file *file)
{
    for (size_t s = 0; s < file->statement_count; s++) {
        const struct corpus_statement *statement = &file->statements[s];
        int64_t sum = 0;
        uint64_t count = 0;
        for (size_t i = 0; i < file->item_count; i++)
            if (file->items[i].item.statement == statement->statement.position)
                sum += file->items[i].item.amount, count++;
        if (sum != statement->statement.movement || count != statement->statement.item_count ||
            !*statement->account || strlen(statement->statement.currency) != 3)
            return false;
    }
    return file->statement_count > 0;
}

/* What stands beside the file: what another program read of it. */
static void compare(const struct corpus_file *file)
{
    char other[4096], broken[40] = "";
    size_t stem = strlen(file->path) - strlen(ending);
    snprintf(other, sizeof other, "%.*s.yml", (int)stem, file->path);
    corpus_mt940(file, other);
    snprintf(other, sizeof other, "%.*s.json", (int)stem, file->path);
    corpus_camt(file, other);
    corpus_ledger(file);
    if (!file->read)
        corpus_differ(file->path, "refused", "", file->error.what);
    if (file->broken)
        snprintf(broken, sizeof broken, "%d of %d do not hold", file->broken, file->controls);
    corpus_differ(file->path, "controls", "", broken);
}

static int take_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    struct corpus_file file;
    (void)status, (void)place;
    if (kind != FTW_F || !ends_with(path, ending) || ends_with(path, "requirements.txt"))
        return 0;
    corpus_file_read(&file, path, &profiles);
    files++;
    lines += (int64_t)file.item_count;
    read_whole += file.read;
    refused += !file.read;
    not_adding_up += file.read && !adds_up(&file);
    without_reason += !file.read && (!file.error.what[0] ||
                                     !strstr(file.error.where, strrchr(path, '/') + 1));
    compare(&file);
    corpus_file_free(&file);
    return 0;
}

static void read_folder(const char *name, const char *end)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("BANKOPS_CORPUS"), name);
    files = read_whole = refused = without_reason = not_adding_up = 0;
    lines = 0;
    ending = end;
    assert_int_equal(nftw(path, take_file, 16, FTW_PHYS), 0);
    print_message("# %s: %d files, %d read, %d refused, %lld lines\n", name, files, read_whole,
                  refused, (long long)lines);
    assert_true(files > 0);
    assert_int_equal(without_reason, 0);
    assert_int_equal(not_adding_up, 0);
}

static void every_statement_is_read_or_refused(void **state)
{
    (void)state;
    read_folder("statements/mt940", ".sta");
    read_folder("statements/mt940", ".txt");
    read_folder("statements/camt", ".xml");
    read_folder("statements/bai2", ".txt");
    read_folder("statements/ofx", ".ofx");
}

/* Some exports do not name their account: it is given. */
static void every_export_is_read(void **state)
{
    static const char *const endings[] = {".csv", ".xls", ".xlsx"};
    (void)state;
    profiles_assume(&profiles, "6222000011112222", ITEM_NO_DATE);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        read_folder("statements/china", endings[i]);
        assert_int_equal(refused, 0);
    }
    profiles_assume(&profiles, NULL, ITEM_NO_DATE);
}

/* Runs last: every difference is in the table, and every row of the table is met. */
static void differences_are_listed(void **state)
{
    (void)state;
    assert_int_equal(corpus_table_close(), 0);
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
    const char *source = getenv("BANKOPS_SOURCE") ? getenv("BANKOPS_SOURCE") : ".";
    snprintf(folder, sizeof folder, "%s/tests/reconcile/CORPUS.md", source);
    corpus_table_open(folder);
    snprintf(folder, sizeof folder, "%s/src/reconcile/profiles", source);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_statement_is_read_or_refused),
                                       cmocka_unit_test(every_export_is_read),
                                       cmocka_unit_test(labelled_tables_are_read_whole),
                                       cmocka_unit_test(differences_are_listed)};
    if (!getenv("BANKOPS_CORPUS")) {
        puts("1..0 # SKIP BANKOPS_CORPUS names no folder");
        return 0;
    }
    return cmocka_run_group_tests(tests, find_profiles, free_profiles);
}
