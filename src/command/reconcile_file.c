#include "command/reconcile_file.h"

#include "base/clock.h"
#include "base/language.h"
#include "base/place.h"
#include "reconcile/match_file.h"

#include <stdio.h>
#include <stdlib.h>

static double share(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void summarise(const struct match_store *store, const struct match_rules *rules,
                      double seconds)
{
    struct match_counts counts;
    match_count(store, &counts);
    for (int side = 0; side < 2; side++)
        printf(side == MATCH_BOOK
                   ? _("book: %llu lines, %llu in confirmed matches, %llu in suggested ones\n")
                   : _("statement: %llu lines, %llu in confirmed matches, %llu in suggested "
                       "ones\n"),
               (unsigned long long)counts.lines[side],
               (unsigned long long)counts.confirmed_lines[side],
               (unsigned long long)counts.suggested_lines[side]);
    for (size_t rule = 0; rule < rules->count; rule++)
        if (counts.confirmed[rule] || counts.suggested[rule])
            printf(_("%s: %llu matches confirmed, %llu suggested\n"), rules->list[rule].name,
                   (unsigned long long)counts.confirmed[rule],
                   (unsigned long long)counts.suggested[rule]);
    printf(_("cleared %.2f%% of the lines in %.2f s\n"),
           share(counts.confirmed_lines[0] + counts.confirmed_lines[1],
                 counts.lines[0] + counts.lines[1]),
           seconds);
}

int reconcile_file(const struct reconcile_file *files, int quiet)
{
    struct error error = ERROR_INIT;
    struct profiles profiles = {NULL, 0};
    struct match_rules *rules = files->rules ? match_rules_read(files->rules, &error)
                                             : match_rules_default(&error);
    struct match_store *store = match_store_new(rules);
    int64_t start = clock_us();
    char *folder = place_share("profiles");
    bool forced = files->profile != NULL;
    bool done = rules && profiles_read(folder, files->profile, &profiles, &error) &&
                match_load(store, MATCH_BOOK, files->book, &profiles, forced, &error) &&
                match_load(store, MATCH_STATEMENT, files->statement, &profiles, forced, &error);
    free(folder);
    profiles_free(&profiles);
    if (done) {
        match_run(store);
        done = match_write(store, files->output, &error);
    }
    if (done && !quiet)
        summarise(store, rules, (double)(clock_us() - start) / 1e6);
    match_store_free(store);
    match_rules_free(rules);
    if (done)
        return 0;
    error_print(&error);
    return error_exit_status(&error);
}
