#include "base/alloc.h"
#include "base/error.h"
#include "base/language.h"
#include "command/command.h"
#include "command/options.h"
#include "command/patience.h"
#include "command/report_file.h"
#include "command/report_stream.h"
#include "console/catalogue.h"
#include "console/names.h"
#include "console/query.h"
#include "console/report_period.h"
#include "console/values.h"
#include "database/session.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAPER_LINES = 60, PAPER_CELLS = 100 };

static const char *const layouts[LAYOUTS] = {"text", "paper", "csv", "xlsx"};

struct choices {
    struct session_options session;
    struct values asked;
    enum layout layout;
    int lines, cells; /* of a page */
    const char *output;
};

static void print_help(void)
{
    printf(_("Usage: bankops report NAME [--month YYYY-MM] [--set FIELD=VALUE] [--output FILE]\n"
             "                    [--format text|paper|csv|xlsx] [--as NAME] [--database CONNINFO]\n"
             "       bankops report --list\n\n"
             "Runs a report of the screens and writes it as text, for paper, as CSV or as a\n"
             "workbook.\n\n"
             "--month      month of the report; without it the month of the business date\n"
             "--set        any other field that the report asks for\n"
             "--format     text (default), paper (pages with heading, footer and signatures), csv\n"
             "             or xlsx\n"
             "--page       lines and cells of a page of paper, 60x100 unless given\n"
             "--output     file to write, whole or not at all; default: standard output\n"
             "--as         database role: a supervisor, auditor or administrator (private database:\n"
             "             super01)\n"
             "--list       the reports there are\n\n"
             "Exit status: 0 done, 1 refused or failed, 2 wrong use, 3 no server.\n"));
}

static const char *asked_value(void *data, const char *name)
{
    return values_get(data, name);
}

/* What a field is called and its value, in the language: "Month 2026-10". What stands in brackets
 * behind the name says how it is written: it is left out. */
static void describe_field(const struct definition *definition, const char *name, const char *text,
                           struct buffer *out)
{
    const struct defined_field *field = NULL;
    for (int i = 0; i < definition->fields.count; i++)
        if (!strcmp(definition->fields.items[i].name, name))
            field = &definition->fields.items[i];
    const struct named_value *value =
        field ? named_value_find(field->values, field->value_count, text) : NULL;
    const char *title = field ? both_text(&field->title) : name;
    const char *bracket = strstr(title, " (");
    int length = (int)(bracket ? (size_t)(bracket - title) : strlen(title));
    buffer_format(out, "%.*s %s · ", length, title,
                  value ? both_text(&value->title) : text);
}

/* "Month 2026-10 · He Qing · 2026-11-22 16:00:01": what was asked, by whom, when. */
static bool describe(PGconn *connection, const struct definition *definition,
                     const struct choices *choices, struct buffer *out, struct error *error)
{
    char *who;
    for (int i = 0; i < choices->asked.count; i++)
        if (choices->asked.items[i].text)
            describe_field(definition, choices->asked.items[i].name,
                           choices->asked.items[i].text, out);
    bool english = language_current() == LANGUAGE_ENGLISH;
    if (!session_value(connection,
                       "SELECT coalesce(nullif(CASE $1 WHEN 'en' THEN name_en END, ''), name_zh) || "
                       "' · ' || to_char(now(), 'YYYY-MM-DD HH24:MI:SS TZ') FROM "
                       "api.console_identity()",
                       1, (const char *[]){english ? "en" : "zh"}, &who, error))
        return false;
    buffer_add(out, who);
    free(who);
    return true;
}

static bool write_rows(const struct report_file *file, PGconn *connection,
                       const struct query *query, struct error *error)
{
    PGresult *rows = NULL;
    patience_begin();
    if (file->layout == LAYOUT_CSV || file->layout == LAYOUT_XLSX) {
        bool written = report_stream_write(file, connection, query, error);
        patience_end();
        return written;
    }
    bool good = session_rows(connection, buffer_text(&query->sql), query->count,
                             (const char *const *)query->values, &rows, error);
    patience_end();
    good = good && report_file_write(file, rows, error);
    PQclear(rows);
    return good;
}

static bool run_on(PGconn *connection, const struct definition *definition,
                   const struct choices *choices, struct error *error)
{
    struct query query = QUERY_INIT;
    struct buffer subtitle = BUFFER_INIT;
    char *bank = NULL;
    query_source(&query, &definition->source, &definition->columns, 0, asked_value,
                 (void *)&choices->asked);
    bool good = describe(connection, definition, choices, &subtitle, error) &&
                session_value(connection,
                              language_current() == LANGUAGE_CHINESE
                                  ? "SELECT bank_zh FROM api.console_identity()"
                                  : "SELECT bank_en FROM api.console_identity()",
                              0, NULL, &bank, error);
    if (good) {
        struct report_file file = {definition, choices->layout, choices->lines, choices->cells,
                                   bank, buffer_text(&subtitle), choices->output};
        good = write_rows(&file, connection, &query, error);
    }
    free(bank);
    query_free(&query);
    buffer_free(&subtitle);
    return good;
}

/* The report by its name, with or without "report-", or by its code. */
static const struct definition *find_report(struct catalogue *catalogue, const char *name,
                                            struct error *error)
{
    char *longer = xasprintf("report-%s", name);
    const struct catalogue_entry *entry = catalogue_find(catalogue, name);
    if (!entry || entry->kind != KIND_REPORT)
        entry = catalogue_find(catalogue, longer);
    if (!entry)
        entry = catalogue_find_code(catalogue, name);
    free(longer);
    if (entry && entry->kind == KIND_REPORT)
        return catalogue_load(catalogue, entry->name, error);
    error_set(error, ERROR_USAGE, name, _("bankops report --list shows them."),
              _("there is no report of this name"));
    return NULL;
}

static bool check_fields(const struct definition *definition, const struct choices *choices,
                         struct error *error)
{
    for (int i = 0; i < choices->asked.count; i++) {
        bool known = false;
        for (int f = 0; f < definition->fields.count; f++)
            known = known || !strcmp(definition->fields.items[f].name, choices->asked.items[i].name);
        if (!known)
            return options_refuse(error, "report", choices->asked.items[i].name,
                                  _("the report %s has no such field"), definition->name);
    }
    return true;
}

/* What was not asked, as the console fills it: the form's own value, or the month of the business
 * date. */
static bool fill_fields(PGconn *connection, const struct definition *definition,
                        struct values *asked, struct error *error)
{
    char *today = NULL, part[8];
    if (!session_value(connection, "SELECT today FROM api.console_identity()", 0, NULL, &today, error))
        return false;
    for (int i = 0; i < definition->fields.count; i++) {
        const struct defined_field *field = &definition->fields.items[i];
        const char *text = field->initial;
        if (text && !strcmp(text, "@quarter")) {
            period_quarter(today, part);
            text = part;
        } else if (text && !strcmp(text, "@today"))
            text = today;
        else if (!text && !strcmp(field->name, "month")) {
            snprintf(part, sizeof part, "%.7s", today);
            text = part;
        }
        if (text && text[0] != '@' && !values_has(asked, field->name))
            values_set(asked, field->name, text);
    }
    free(today);
    return true;
}

static bool run_report(struct catalogue *catalogue, const char *name,
                       struct choices *choices, struct error *error)
{
    const struct definition *definition = find_report(catalogue, name, error);
    if (!definition || !check_fields(definition, choices, error))
        return false;
    PGconn *connection = session_open(&choices->session, error);
    if (!connection)
        return false;
    bool good = names_read(connection, definition, error) && session_speak(connection, error) &&
                fill_fields(connection, definition, &choices->asked, error) &&
                run_on(connection, definition, choices, error) &&
                session_script(connection, "COMMIT", error);
    PQfinish(connection);
    return good;
}

static void list_reports(const struct catalogue *catalogue)
{
    for (int i = 0; i < catalogue_count(catalogue); i++) {
        const struct catalogue_entry *entry = catalogue_at(catalogue, i);
        if (entry->kind == KIND_REPORT)
            printf("%-24s %-6s %s\n", entry->name, entry->code ? entry->code : "-",
                   catalogue_title(entry));
    }
}

static bool wrong_use(struct error *error, const char *where, const char *what)
{
    return options_refuse(error, "report", where, "%s", what);
}

/* One option; false when its value is wrong. */
static bool take_option(struct choices *choices, int option, char **argv, struct error *error)
{
    char *equals;
    switch (option) {
    case 'm':
        values_set(&choices->asked, "month", optarg);
        return true;
    case 's':
        equals = strchr(optarg, '=');
        if (!equals || equals == optarg)
            return wrong_use(error, optarg, _("write --set FIELD=VALUE"));
        *equals = '\0';
        values_set(&choices->asked, optarg, equals + 1);
        return true;
    case 'f':
        for (choices->layout = 0; choices->layout < LAYOUTS; choices->layout++)
            if (!strcmp(optarg, layouts[choices->layout]))
                return true;
        return wrong_use(error, optarg, _("the format is text, paper, csv or xlsx"));
    case 'p':
        if (sscanf(optarg, "%dx%d", &choices->lines, &choices->cells) != 2 ||
            choices->lines < 20 || choices->lines > 1000 || choices->cells < 40 ||
            choices->cells > 1000)
            return wrong_use(error, optarg, _("a page is LINESxCELLS, as 60x100"));
        return true;
    case 'o':
        choices->output = optarg;
        return true;
    case 'a':
        choices->session.as = optarg;
        return true;
    case 'd':
        choices->session.conninfo = optarg;
        return true;
    default:
        return wrong_use(error, argv[optind - 1], _("unknown option, or its value is missing"));
    }
}

int command_report(int argc, char **argv)
{
    static const struct option options[] = {
        {"month", required_argument, NULL, 'm'},  {"set", required_argument, NULL, 's'},
        {"format", required_argument, NULL, 'f'},
        {"page", required_argument, NULL, 'p'},   {"output", required_argument, NULL, 'o'},
        {"as", required_argument, NULL, 'a'},     {"database", required_argument, NULL, 'd'},
        {"list", no_argument, NULL, 'l'},         {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct error error = ERROR_INIT;
    struct choices choices = {
        .asked = VALUES_INIT, .lines = PAPER_LINES, .cells = PAPER_CELLS};
    bool good = true, list = false;
    int option;
    opterr = 0;
    while (good && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h')
            return print_help(), values_clear(&choices.asked), 0;
        if (option == 'l')
            list = true;
        else
            good = take_option(&choices, option, argv, &error);
    }
    session_default_role(&choices.session, "super01");
    if (good && !list && optind != argc - 1)
        good = wrong_use(&error, "report", _("give the name of one report"));
    if (good && !list && choices.layout < LAYOUTS && !strcmp(layouts[choices.layout], "xlsx") &&
        !choices.output && isatty(STDOUT_FILENO))
        good = error_set(&error, ERROR_USAGE, "--format xlsx",
                         _("Name a file with --output, or send it on with > or |."),
                         _("a workbook cannot be shown on a terminal"));
    struct catalogue *catalogue = good ? catalogue_new(NULL, &error) : NULL;
    good = good && catalogue;
    if (good && list)
        list_reports(catalogue);
    else if (good)
        good = run_report(catalogue, argv[optind], &choices, &error);
    catalogue_free(catalogue);
    values_clear(&choices.asked);
    if (!good)
        error_print(&error);
    return good ? 0 : error_exit_status(&error);
}
