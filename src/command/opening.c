#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "base/place.h"
#include "command/command.h"
#include "command/options.h"
#include "command/seal.h"
#include "database/session.h"
#include "reconcile/original.h"
#include "reconcile/run.h"
#include "reconcile/upload.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops opening [OPTION…]\n"
    "\n"
    "The opening job of the bank's day: imports the statement and book files of a folder,\n"
    "reconciles the lanes that got new lines, and routes the complaints that are classified.\n"
    "Files that were imported before are left alone, so a second run changes nothing.\n"
    "\n"
    "Options:\n"
    "  --files FOLDER       where the files are (default: files/statements of the data folder);\n"
    "                       names that begin with book- are our own book\n"
    "  --as LOGIN           work as this member of staff (default, on the private database:\n"
    "                       clerk01 for files and lanes, super02 for complaints)\n"
    "  --database CONNINFO  use this server instead of the private one\n"
    "  --progress           tell each file and lane\n"
    "  --quiet              say nothing unless something fails\n");

struct opening {
    const char *conninfo, *as, *files;
    bool progress, quiet;
    /* what was done */
    int imported, known, held;
    long long lines;
    int lanes;
    int routed, left;
};

static PGconn *open_session(const struct opening *opening, const char *usual, struct error *error)
{
    struct session_options wanted = {.conninfo = opening->conninfo, .as = opening->as};
    session_default_role(&wanted, usual);
    return session_open(&wanted, error);
}

static void tell(const struct opening *opening, const char *name, const char *what)
{
    if (opening->progress && !opening->quiet) {
        printf("%s: %s\n", name, what);
        fflush(stdout);
    }
}

/* A file that was imported before, under whatever name, is no failure here. */
static bool was_known(struct opening *opening, const char *name, struct error *error)
{
    if (strcmp(error->code, "BO409"))
        return false;
    *error = (struct error)ERROR_INIT;
    opening->known++;
    tell(opening, name, _("imported before"));
    return true;
}

static void count_file(struct opening *opening, const char *name,
                       const struct upload_result *result)
{
    if (!result->accepted) {
        opening->held++;
        tell(opening, name, result->reason);
        return;
    }
    char text[64];
    opening->imported++;
    opening->lines += result->fresh;
    tell(opening, name, language_count(text, "%lld line", "%lld lines", result->lines));
}

static bool import_file(struct opening *opening, PGconn *connection,
                        const struct profiles *profiles, const char *folder, const char *name,
                        struct error *error)
{
    struct upload_options options = {.side = strncmp(name, "book-", 5) ? 'S' : 'L'};
    struct upload_result result = {.accepted = false};
    struct format format;
    char *path = xasprintf("%s/%s", folder, name);
    struct source *source = source_open(path, error);
    bool good = source && format_recognise(source, profiles, false, &format, error) &&
                upload_begin(connection, error);
    if (good) {
        char files[32];
        good = upload_file(connection, source, &format, &options, &result, error);
        snprintf(files, sizeof files, "{%s}", result.file_id);
        good = good && original_keep(connection, path, files, error);
        good = upload_end(connection, good, path, error) && good;
    }
    if (source)
        source_close(source);
    free(path);
    if (!good)
        return was_known(opening, name, error);
    count_file(opening, name, &result);
    return true;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool import_folder(struct opening *opening, PGconn *connection, const char *folder,
                          struct error *error)
{
    struct dirent **entries;
    struct profiles profiles = {NULL, 0};
    int count = scandir(folder, &entries, visible, alphasort);
    if (count < 0)
        return error_errno(error, folder, _("bankops demo writes the files of a demo bank there."),
                           _("the folder of the files cannot be read"));
    char *place = place_share("profiles");
    bool good = profiles_read(place, NULL, &profiles, error);
    for (int i = 0; i < count; i++) {
        good =
            good && import_file(opening, connection, &profiles, folder, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    free(place);
    profiles_free(&profiles);
    return good;
}

/* Lanes with lines that no run has looked at yet; one whose statement is held back waits for it. */
static const char lanes_sql[] =
    "SELECT l.code, api_me.business_date FROM api.lane_list l, api.me api_me WHERE l.active AND "
    "EXISTS (SELECT FROM api.statement_list s JOIN api.statement_file_list f USING (file_id) "
    "WHERE s.lane = l.code AND s.live AND f.imported_at > coalesce((SELECT max(r.ended_at) "
    "FROM api.lane_run_list r WHERE r.lane = l.code), '-infinity')) AND NOT EXISTS (SELECT FROM "
    "api.statement_list s JOIN api.statement_file_list f USING (file_id) WHERE s.lane = l.code "
    "AND f.status = 'quarantined') ORDER BY l.code";

static bool reconcile_lanes(struct opening *opening, PGconn *connection, struct error *error)
{
    PGresult *lanes;
    if (!session_rows(connection, lanes_sql, 0, NULL, &lanes, error))
        return false;
    bool good = true;
    for (int i = 0; i < PQntuples(lanes) && good; i++) {
        const char *lane = PQgetvalue(lanes, i, 0);
        struct run_options options = {.lane = lane, .date = PQgetvalue(lanes, i, 1)};
        good = run_lane(connection, &options, error);
        opening->lanes += good;
        if (good)
            tell(opening, lane, _("reconciled"));
    }
    PQclear(lanes);
    return good;
}

/* Classified cases in no queue: those the caller may route, and those closed to him. */
static bool count_waiting(PGconn *connection, int *mine, int *closed, struct error *error)
{
    PGresult *rows;
    if (!session_rows(connection,
                      "SELECT count(*) FILTER (WHERE subject <> '***'), count(*) FILTER (WHERE "
                      "subject = '***') FROM api.case_list WHERE lane = 'open' AND stage = "
                      "'classified'",
                      0, NULL, &rows, error))
        return false;
    *mine = atoi(PQgetvalue(rows, 0, 0));
    *closed = atoi(PQgetvalue(rows, 0, 1));
    PQclear(rows);
    return true;
}

/* Cases of customers that are closed to the caller stay, for a supervisor with a grant. */
static bool route_cases(struct opening *opening, struct error *error)
{
    int waiting = 0;
    char key[37], *routed = NULL;
    PGconn *connection = open_session(opening, "super02", error);
    clock_uuid(key);
    const char *values[] = {key};
    bool good = connection && count_waiting(connection, &waiting, &opening->left, error);
    if (good && waiting)
        good = session_value(connection, "SELECT id FROM api.case_route_waiting($1::uuid)", 1,
                             values, &routed, error);
    if (routed)
        opening->routed = (int)strtol(routed, NULL, 10);
    free(routed);
    PQfinish(connection);
    return good;
}

/* Figures of one lane: lines of both sides, what is open, percentage matched. */
static bool print_lanes(PGconn *connection, struct error *error)
{
    PGresult *days;
    if (!session_rows(connection,
                      "SELECT code, sum(book_count + statement_count), sum(open_count), "
                      "coalesce(round(100.0 - 100.0 * sum(open_count) / nullif(sum(book_count + "
                      "statement_count), 0), 1), 0) FROM api.lane_day GROUP BY code ORDER BY code",
                      0, NULL, &days, error))
        return false;
    for (int i = 0; i < PQntuples(days); i++) {
        char lines[64];
        language_count(lines, "%6lld line", "%6lld lines", atoll(PQgetvalue(days, i, 1)));
        printf(_("  %-12s %-12s %4s open, %5s %% matched\n"), PQgetvalue(days, i, 0), lines,
               PQgetvalue(days, i, 2), PQgetvalue(days, i, 3));
    }
    PQclear(days);
    return true;
}

static bool print_summary(const struct opening *opening, PGconn *connection, struct error *error)
{
    char lines[64];
    printf(_("files: %d imported with %s, %d known before, %d held back\n"), opening->imported,
           language_count(lines, "%lld new line", "%lld new lines", opening->lines),
           opening->known, opening->held);
    printf(_("lanes reconciled: %d\n"), opening->lanes);
    if (!print_lanes(connection, error))
        return false;
    printf(_("complaints routed: %d\n"), opening->routed);
    if (opening->left)
        printf(_("complaints left to a supervisor with a grant: %d\n"), opening->left);
    return true;
}

static bool run(struct opening *opening, struct error *error)
{
    char *data = place_data(), *usual = xasprintf("%s/files/statements", data);
    PGconn *connection = open_session(opening, "clerk01", error);
    bool good =
        connection &&
        import_folder(opening, connection, opening->files ? opening->files : usual, error) &&
        reconcile_lanes(opening, connection, error) && route_cases(opening, error) &&
        (opening->quiet || print_summary(opening, connection, error));
    seal_trail(connection);
    PQfinish(connection);
    free(data);
    free(usual);
    return good;
}

static bool read_options(struct opening *opening, int argc, char **argv, bool *helped,
                         struct error *error)
{
    const struct command_option options[] = {
        {"files", &opening->files, NULL},       {"as", &opening->as, NULL},
        {"database", &opening->conninfo, NULL}, {"progress", NULL, &opening->progress},
        {"quiet", NULL, &opening->quiet},
    };
    return options_read(options, ARRAY_LENGTH(options), argc, argv, helped, error) &&
           (*helped || options_end("opening", argc, argv, error));
}

int command_opening(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct opening opening = {.conninfo = NULL};
    bool helped = false;
    bool good =
        read_options(&opening, argc, argv, &helped, &error) && !helped && run(&opening, &error);
    return options_finish(good, helped, help, &error);
}
