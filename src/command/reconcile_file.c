#include "command/reconcile_file.h"
#include "command/reconcile_hint.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/language.h"
#include "base/place.h"
#include "reconcile/match_file.h"
#include "reconcile/match_pair.h"
#include "reconcile/match_store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static double share(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* What a rule of the shipped set finds, in words; NULL for others. */
static const char *rule_words(const char *name)
{
    static const char *const words[][2] = {
        {"exact", N_("exactly equal")},
        {"reversal", N_("cancelled by its reversal")},
        {"normalised", N_("reference written otherwise")},
        {"narrative", N_("reference in the narrative")},
        {"truncated", N_("reference cut off")},
        {"identical", N_("lines that look the same")},
        {"split", N_("booked in parts")},
        {"total", N_("totals agree")},
        {"fee", N_("less a known fee")},
        {"near", N_("typing error")},
        {"ambiguous", N_("told apart by date")},
        {"payer", N_("amount and payer")},
        {"amount", N_("amount alone")},
        {"subset", N_("sum of some lines")},
        {"tolerance", N_("within tolerance")},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (!strcmp(words[i][0], name))
            return _(words[i][1]);
    return NULL;
}

static void tell_rule(const char *name, uint64_t confirmed, uint64_t suggested)
{
    char text[64], title[160];
    const char *words = rule_words(name);
    if (words)
        snprintf(title, sizeof title, _("%s (%s)"), name, words);
    else
        snprintf(title, sizeof title, "%s", name);
    printf(_("%s: %s, %llu suggested\n"), title,
           language_count(text, "%lld match confirmed", "%lld matches confirmed", confirmed),
           (unsigned long long)suggested);
}

static void summarise(const struct match_store *store, const struct match_rules *rules,
                      double seconds)
{
    struct match_counts counts;
    match_count(store, &counts);
    char text[64];
    for (int side = 0; side < 2; side++)
        printf(side == MATCH_BOOK
                   ? _("book: %s, %llu in confirmed matches, %llu in suggested ones\n")
                   : _("statement: %s, %llu in confirmed matches, %llu in suggested ones\n"),
               language_count(text, "%lld line", "%lld lines", counts.lines[side]),
               (unsigned long long)counts.confirmed_lines[side],
               (unsigned long long)counts.suggested_lines[side]);
    for (int side = 0; side < 2; side++)
        fputs(buffer_text(&store->remarks[side]), stdout);
    for (size_t rule = 0; rule < rules->count; rule++)
        if (counts.confirmed[rule] || counts.suggested[rule])
            tell_rule(rules->list[rule].name, counts.confirmed[rule], counts.suggested[rule]);
    printf(_("cleared %.2f%% of the lines in %.2f s\n"),
           share(counts.confirmed_lines[0] + counts.confirmed_lines[1],
                 counts.lines[0] + counts.lines[1]),
           seconds);
}

/* The book as it is recognised, or as the profile says when nothing else knows it. */
static bool load_book(struct match_store *store, const struct reconcile_file *files,
                      const struct profiles *all, const struct profiles *chosen,
                      struct error *error)
{
    if (match_load(store, MATCH_BOOK, files->book, all, false, error))
        return true;
    if (!files->profile || store->count || error->kind != ERROR_INPUT)
        return false;
    struct error first = *error;
    *error = (struct error)ERROR_INIT;
    buffer_clear(&store->remarks[MATCH_BOOK]);
    if (match_load(store, MATCH_BOOK, files->book, chosen, true, error))
        return true;
    *error = first;
    return false;
}

/* The statement, read while the book is. */
struct reading {
    struct match_store *store;
    const char *path;
    const struct profiles *profiles;
    bool forced, done;
    struct error error;
};

static void *read_statement(void *context)
{
    struct reading *reading = context;
    reading->error = (struct error)ERROR_INIT;
    reading->done = match_load(reading->store, MATCH_STATEMENT, reading->path, reading->profiles,
                               reading->forced, &reading->error);
    return NULL;
}

/* Whether the file looks like text: archives and workbooks need libraries, which are not loaded
 * twice at the same time. */
static bool is_text(const char *path)
{
    struct stat status;
    unsigned char head[2] = {0, 0};
    FILE *file = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? fopen(path, "re") : NULL;
    size_t count = file ? fread(head, 1, 2, file) : 0;
    if (file)
        fclose(file);
    return count == 2 && head[0] > 0x08 && head[0] != 0x1F && head[0] < 0xD0 &&
           memcmp(head, "PK", 2) != 0;
}

/* A statement that names no account is of the only one of the book: then it is read again. */
static bool load_both(struct match_store *store, const struct reconcile_file *files,
                      struct profiles *all, struct profiles *chosen, struct error *error)
{
    struct profiles *profiles = files->profile ? chosen : all;
    struct reading reading = {.store = match_store_new(store->rules),
                              .path = files->statement,
                              .profiles = profiles,
                              .forced = files->profile != NULL};
    pthread_t thread;
    bool beside = is_text(files->book) && is_text(files->statement) &&
                  !pthread_create(&thread, NULL, read_statement, &reading);
    bool done = load_book(store, files, all, chosen, error);
    if (beside)
        pthread_join(thread, NULL);
    if (done && !reading.done) {
        if (store->account_count == 1)
            profiles_fall_back(profiles, store->accounts[0].name);
        match_store_free(reading.store);
        reading.store = match_store_new(store->rules);
        read_statement(&reading);
    }
    match_store_absorb(store, reading.store);
    if (done && !reading.done)
        *error = reading.error;
    return done && reading.done;
}

static bool load(struct match_store *store, const struct reconcile_file *files, struct error *error)
{
    struct profiles all = {NULL, 0}, chosen = {NULL, 0};
    char *folder = place_share("profiles");
    bool done = profiles_read(folder, NULL, &all, error) &&
                (!files->profile || profiles_choose(folder, files->profile, &chosen, error));
    free(folder);
    profiles_assume(&all, files->account, ITEM_NO_DATE);
    profiles_assume(&chosen, files->account, ITEM_NO_DATE);
    done = done && load_both(store, files, &all, &chosen, error);
    profiles_free(&all);
    profiles_free(&chosen);
    return done;
}

/* A result does not replace what it is made from. */
static bool distinct(const struct reconcile_file *files, struct error *error)
{
    const char *const sources[] = {files->book, files->statement, files->rules, files->profile};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (sources[i] && file_same(sources[i], files->output))
            return error_set(error, ERROR_USAGE, files->output,
                             _("Name another file with --output; nothing was written."),
                             _("the result would replace a file that it is made from"));
    return true;
}

/* A file against itself clears everything and proves nothing: said, not forbidden. */
static void warn_same(const struct reconcile_file *files)
{
    struct error note = ERROR_INIT;
    if (!file_same(files->book, files->statement))
        return;
    error_set(&note, ERROR_INPUT, files->statement,
              _("Name the lines of our own book with --book, the bank's with --statement."),
              _("book and statement are the same file"));
    error_print(&note);
}

int reconcile_file(const struct reconcile_file *files, int quiet)
{
    struct error error = ERROR_INIT;
    if (!distinct(files, &error)) {
        error_print(&error);
        return error_exit_status(&error);
    }
    warn_same(files);
    struct match_rules *rules =
        files->rules ? match_rules_read(files->rules, &error) : match_rules_default(&error);
    struct match_store *store = match_store_new(rules);
    int64_t start = clock_us();
    bool done = rules && load(store, files, &error);
    if (done) {
        match_pair_accounts(store);
        match_run(store);
        done = match_check_ids(store, MATCH_BOOK, files->book, &error) &&
               match_check_ids(store, MATCH_STATEMENT, files->statement, &error) &&
               match_write(store, files->output, &error);
    }
    if (done && !quiet) {
        summarise(store, rules, (double)(clock_us() - start) / 1e6);
        reconcile_hint(store);
    }
    match_store_free(store);
    match_rules_free(rules);
    if (done)
        return 0;
    error_print(&error);
    return error_exit_status(&error);
}
