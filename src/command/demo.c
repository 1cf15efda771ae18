#include "base/alloc.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/language.h"
#include "base/place.h"
#include "command/command.h"
#include "command/options.h"
#include "command/seal.h"
#include "complaint/store.h"
#include "database/address.h"
#include "database/session.h"
#include "demo/desk.h"
#include "demo/load.h"
#include "demo/statement.h"
#include "demo/summary.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CUSTOMERS = 20000000, LEAST_CUSTOMERS = 100, PASS = 1000 };

static struct {
    const char *conninfo, *as;
    int64_t customers;
    const char *load_only; /* an option given that only loading takes, NULL: none */
    uint64_t seed;
    int64_t now;
    const char *files; /* folder of the statement files */
    bool bare, progress, summary, desk, quiet;
} options;

static const char help[] = N_(
    "Usage: bankops demo [OPTION…]\n"
    "\n"
    "Fills an empty database with an invented bank: units, staff, customers, accounts, 18 "
    "months of\n"
    "history, complaints, applications, points. The same seed, size and moment give the same bank. "
    "All or "
    "nothing.\n"
    "\n"
    "Options:\n"
    "  --customers N        how many customers (default 100000; 100 to 20000000)\n"
    "  --seed S             another bank of the same kind (default 1)\n"
    "  --now \"YYYY-MM-DD HH:MM\"  moment that the bank takes for now, in China (default: the "
    "clock)\n"
    "  --files FOLDER       where the statement files go (default: files/statements of the data\n"
    "                       folder)\n"
    "  --no-history         only people, accounts and holdings, to measure searching in a large "
    "bank:\n"
    "                       no entries, contacts, complaints, points\n"
    "  --progress           show how far it is, also when the output is no terminal\n"
    "  --summary            only say what the database holds\n"
    "  --desk               after the opening job: what colleagues did at the reconciliation desk, "
    "so\n"
    "                       that approvals, owners, notes and signed balances are there\n"
    "  --quiet              say nothing unless something fails\n"
    "  --database CONNINFO  use this server instead of the private one\n"
    "  --as ROLE            connect as this role\n");

/* What is shown while loading. */
struct meter {
    int64_t started, shown; /* ms */
    int64_t customers;
    bool terminal;
    int percent; /* last one printed as a line */
};

/* Loading takes about three quarters of the time, keys and indexes most of the rest. */
static int percent_done(enum load_stage stage, int64_t done, int64_t total)
{
    static const int from[] = {0, 74, 97}, share[] = {74, 23, 3};
    return from[stage] + (int)(total ? done * share[stage] / total : 0);
}

static void show(void *data, enum load_stage stage, int64_t done, int64_t total)
{
    static const char *const stages[] = {N_("customers"), N_("indexes"), N_("statistics")};
    struct meter *meter = data;
    int64_t now = clock_ms(), spent = now - meter->started;
    int percent = percent_done(stage, done, total);
    int left = percent > 2 ? (int)(spent * (100 - percent) / percent / 1000) : -1;
    if (options.quiet || (!meter->terminal && !options.progress))
        return;
    if (meter->terminal ? now - meter->shown < 100 && percent < 100 : percent < meter->percent + 10)
        return;
    meter->shown = now;
    meter->percent = percent - percent % 10;
    char bar[31];
    memset(bar, ' ', 30);
    memset(bar, '#', (size_t)percent * 30 / 100);
    bar[30] = '\0';
    if (meter->terminal)
        printf("\r[%s] ", bar);
    printf("%3d %%  %s %lld/%lld", percent, _(stages[stage]), (long long)done, (long long)total);
    if (left >= 0 && percent < 100)
        printf(_(", about %d s left"), left);
    fputs(meter->terminal ? "\033[K" : "\n", stdout);
    if (meter->terminal && percent == 100)
        putchar('\n');
    fflush(stdout);
}

static bool number(const char *name, const char *text, int64_t low, int64_t high, int64_t *value,
                   struct error *error)
{
    char *end;
    *value = strtoll(text, &end, 10);
    return (*text >= '0' && *text <= '9' && !*end && *value >= low && *value <= high) ||
           options_refuse(error, "demo", name, _("\"%s\" is not a number from %lld to %lld"), text,
                          (long long)low, (long long)high);
}

/* Moment in China. */
static bool moment(const char *text, int64_t *value, struct error *error)
{
    char day_text[11] = "";
    int day, hour = -1, minute = -1, used = 0;
    if (strlen(text) == 16 && sscanf(text + 10, " %2d:%2d%n", &hour, &minute, &used) == 2 &&
        used == 6 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60) {
        memcpy(day_text, text, 10);
        if (date_parse(day_text, &day)) {
            *value = plan_moment(day, hour * 3600 + minute * 60);
            return true;
        }
    }
    return options_refuse(error, "demo", "--now", _("\"%s\" is not YYYY-MM-DD HH:MM"), text);
}

/* An option that only loading takes is remembered by its name. */
static void loads(const char *name, bool given)
{
    if (given)
        options.load_only = name;
}

static bool read_numbers(const char *customers, const char *seed, const char *now,
                         struct error *error)
{
    int64_t value = 1;
    options.customers = 100000;
    options.now = (int64_t)time(NULL) / 60 * 60;
    loads("--customers", customers);
    loads("--seed", seed);
    loads("--now", now);
    loads("--files", options.files);
    loads("--no-history", options.bare);
    bool good = (!customers || number("--customers", customers, LEAST_CUSTOMERS, MOST_CUSTOMERS,
                                      &options.customers, error)) &&
                (!seed || number("--seed", seed, 0, INT64_MAX, &value, error)) &&
                (!now || moment(now, &options.now, error));
    options.seed = (uint64_t)value;
    return good;
}

static bool read_options(int argc, char **argv, bool *helped, struct error *error)
{
    const char *customers = NULL, *seed = NULL, *now = NULL;
    const struct command_option list[] = {
        {"customers", &customers, NULL},
        {"seed", &seed, NULL},
        {"now", &now, NULL},
        {"files", &options.files, NULL},
        {"no-history", NULL, &options.bare},
        {"progress", NULL, &options.progress},
        {"summary", NULL, &options.summary},
        {"desk", NULL, &options.desk},
        {"quiet", NULL, &options.quiet},
        {"database", &options.conninfo, NULL},
        {"as", &options.as, NULL},
    };
    if (!options_read(list, ARRAY_LENGTH(list), argc, argv, helped, error))
        return false;
    if (*helped)
        return true;
    if (!read_numbers(customers, seed, now, error))
        return false;
    if (options.desk && options.load_only)
        return error_set(error, ERROR_USAGE, "--desk",
                         _("In this order: bankops demo …, bankops opening, bankops demo --desk."),
                         _("does not load a bank and takes no options of loading"));
    return options_end("demo", argc, argv, error);
}

static void report(void *data, const char *what)
{
    (void)data;
    if (!options.quiet)
        printf("%s …\n", what);
}

/* The logins of the demo bank may enter over the private cluster's socket. */
static bool allow_logins(const struct session_options *session, const struct plan *plan,
                         struct error *error)
{
    const char *names[PLAN_STAFF];
    int count = 0;
    for (int i = 0; i < PLAN_STAFF; i++)
        if (plan->staff[i].has_login)
            names[count++] = plan->staff[i].login;
    return session_allow_login(session, count, names, error);
}

/* The cases of today that still wait for a class get what a worker would give them. */
static bool classify_waiting(const struct session_options *session, struct error *error)
{
    struct session_options worker = *session;
    struct triage *triage = NULL;
    struct store_pass pass = {0};
    bool more = true;
    worker.as = "worker01";
    PGconn *connection = session_open(&worker, error);
    bool good = connection && store_load(connection, NULL, &triage, error);
    while (good && triage && more)
        good = store_pass_run(connection, triage, PASS, &pass, &more, error);
    triage_close(triage);
    PQfinish(connection);
    return good;
}

/* Written before the load commits: a bank without its files would be half a bank. */
static bool write_files(const struct plan *plan, struct error *error)
{
    char *data = place_data(), *folder = xasprintf("%s/files/statements", data);
    bool good = statement_write(plan, options.files ? options.files : folder, error);
    free(data);
    free(folder);
    return good;
}

static bool fill(PGconn *connection, const struct session_options *session, struct error *error)
{
    struct meter meter = {clock_ms(), 0, options.customers, isatty(STDOUT_FILENO) == 1, 0};
    struct pinyin *pinyin = pinyin_open(error);
    struct plan *plan = calloc(1, sizeof *plan);
    bool good = pinyin && plan;
    if (good) {
        plan_make(plan, pinyin, options.seed, options.customers, options.now);
        plan->bare = options.bare;
        good = write_files(plan, error) &&
               load_run(connection, plan, pinyin, show, &meter, error) &&
               allow_logins(session, plan, error) &&
               (!address_is_private(session->conninfo) || classify_waiting(session, error));
    }
    if (good && !options.quiet)
        printf(_("%lld customers in %.1f s\n"), (long long)options.customers,
               (double)(clock_ms() - meter.started) / 1000);
    free(plan);
    pinyin_close(pinyin);
    return good;
}

static bool run(struct error *error)
{
    enum load_state state = LOAD_EMPTY;
    struct session_options session = {
        .conninfo = options.conninfo, .as = options.as, .report = report};
    PGconn *connection = session_open(&session, error);
    if (!connection)
        return false;
    if (options.desk) {
        bool there = load_state(connection, options.seed, options.customers, &state, error);
        PQfinish(connection);
        if (there && state == LOAD_EMPTY)
            return error_set(error, ERROR_REFUSED, "--desk",
                             _("In this order: bankops demo …, bankops opening, bankops demo --desk."),
                             _("there is no demo bank here yet"));
        return there && desk_fill(&session, error);
    }
    bool good =
        options.summary || load_state(connection, options.seed, options.customers, &state, error);
    if (good && state == LOAD_OTHER)
        good =
            error_set(error, ERROR_REFUSED, PQdb(connection),
                      _("Nothing was changed. Give another place: BANKOPS_DATA=FOLDER."),
                      _("the database holds customers already; the demo bank needs an empty one"));
    if (good && !options.summary && state == LOAD_EMPTY)
        good = fill(connection, &session, error);
    else if (good && state == LOAD_SAME && !options.quiet)
        puts(_("this demo bank is there already"));
    if (good && !options.quiet)
        good = summary_print(connection, error);
    if (state == LOAD_EMPTY)
        seal_trail(connection);
    PQfinish(connection);
    return good;
}

int command_demo(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    bool helped = false;
    bool good = read_options(argc, argv, &helped, &error) && !helped && run(&error);
    return options_finish(good, helped, help, &error);
}
