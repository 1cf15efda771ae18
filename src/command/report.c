#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "command/command.h"
#include "console/catalogue.h"
#include "console/csv.h"
#include "console/format.h"
#include "console/names.h"
#include "console/query.h"
#include "console/values.h"
#include "database/session.h"
#include "report/table.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_CELLS = 100, CELL_BYTES = 4096 };

struct choices {
    struct session_options session;
    struct values asked;
    bool csv;
    const char *output;
};

/* A report with its rows, shown columns only. */
struct result {
    const struct definition *definition;
    int *shown, columns;
    char **cells; /* rows * columns */
    int64_t *bars;
    char **totals;
    int rows, label, bar;
};

static void print_help(void)
{
    printf(_("Usage: bankops report NAME [--month YYYY-MM] [--set FIELD=VALUE] [--format text|csv]\n"
             "                    [--output FILE] [--as NAME] [--database CONNINFO]\n"
             "       bankops report --list\n\n"
             "Runs a report of the screens and writes it as text or CSV.\n\n"
             "--month      month of the report; without it the month of the business date\n"
             "--set        any other field that the report asks for\n"
             "--format     text (default) or csv\n"
             "--output     file to write, whole or not at all; default: standard output\n"
             "--as         database role: a supervisor, auditor or administrator\n"
             "--list       the reports there are\n\n"
             "Exit status: 0 done, 1 refused or failed, 2 wrong use, 3 no server.\n"));
}

static const char *asked_value(void *data, const char *name)
{
    return values_get(data, name);
}

/* The raw cells of one row by column of the definition. */
static void raw_row(PGresult *rows, int row, int columns, const char **raw)
{
    for (int i = 0; i < columns; i++)
        raw[i] = PQgetisnull(rows, row, i) ? NULL : PQgetvalue(rows, row, i);
}

/* A number with at most one decimal as tenths, -1 when it is none. */
static int64_t tenths(const char *text)
{
    char *end;
    if (!text || !*text)
        return -1;
    double value = strtod(text, &end);
    return *end || value < 0 || value > 1e15 ? -1 : (int64_t)(value * 10 + 0.5);
}

static char *cell_text(const struct choices *choices, const struct defined_columns *columns,
                       int column, const char *const *raw)
{
    char text[CELL_BYTES];
    if (choices->csv)
        format_export(columns, column, raw, text, sizeof text);
    else
        format_cell(columns, column, raw, 0, NULL, text, sizeof text);
    return xstrdup(text);
}

static void add_totals(struct result *result, const struct choices *choices, PGresult *rows)
{
    const struct definition *definition = result->definition;
    const struct defined_columns *columns = &definition->columns;
    const char **raw = xcalloc((size_t)columns->count, sizeof *raw);
    if (definition->total_count)
        result->totals = xcalloc((size_t)result->columns, sizeof *result->totals);
    for (int at = 0; at < result->columns && definition->total_count; at++) {
        int64_t sum = 0;
        bool totalled = false;
        char number[32];
        for (int i = 0; i < definition->total_count; i++)
            totalled = totalled || definition->totals[i] == result->shown[at];
        if (!totalled)
            continue;
        for (int row = 0; row < result->rows; row++) {
            const char *text = PQgetvalue(rows, row, result->shown[at]);
            if (__builtin_add_overflow(sum, strtoll(text, NULL, 10), &sum))
                totalled = false;
        }
        if (!totalled || !result->rows)
            continue;
        raw_row(rows, 0, columns->count, raw);
        snprintf(number, sizeof number, "%lld", (long long)sum);
        raw[result->shown[at]] = number;
        result->totals[at] = cell_text(choices, columns, result->shown[at], raw);
    }
    if (result->totals && !result->totals[0])
        result->totals[0] = xstrdup(_("Total"));
    free(raw);
}

static void collect(struct result *result, const struct choices *choices, PGresult *rows)
{
    const struct definition *definition = result->definition;
    const struct defined_columns *columns = &definition->columns;
    const char **raw = xcalloc((size_t)columns->count, sizeof *raw);
    result->shown = xcalloc((size_t)columns->count, sizeof *result->shown);
    result->label = result->bar = -1;
    for (int i = 0; i < columns->count; i++) {
        if (columns->items[i].hidden)
            continue;
        if (i == definition->chart.x)
            result->label = result->columns;
        if (i == definition->chart.y)
            result->bar = result->columns;
        result->shown[result->columns++] = i;
    }
    if (result->label < 0)
        result->bar = -1;
    result->rows = PQntuples(rows);
    result->cells = xcalloc((size_t)result->rows * (size_t)result->columns + 1, sizeof(char *));
    result->bars = xcalloc((size_t)result->rows + 1, sizeof *result->bars);
    for (int row = 0; row < result->rows; row++) {
        raw_row(rows, row, columns->count, raw);
        for (int at = 0; at < result->columns; at++)
            result->cells[row * result->columns + at] =
                cell_text(choices, columns, result->shown[at], raw);
        if (result->bar >= 0)
            result->bars[row] = tenths(raw[definition->chart.y]);
    }
    add_totals(result, choices, rows);
    free(raw);
}

static void result_free(struct result *result)
{
    for (int i = 0; i < result->rows * result->columns; i++)
        free(result->cells[i]);
    for (int i = 0; result->totals && i < result->columns; i++)
        free(result->totals[i]);
    free(result->totals);
    free(result->cells);
    free(result->bars);
    free(result->shown);
}

static const char *heading(const struct result *result, int at)
{
    return both_text(&result->definition->columns.items[result->shown[at]].title);
}

static void write_csv(const struct result *result, struct buffer *out)
{
    for (int at = 0; at < result->columns; at++) {
        if (at)
            csv_separator(out);
        csv_field(out, heading(result, at));
    }
    csv_end(out);
    for (int i = 0; i < result->rows * result->columns; i++) {
        if (i % result->columns)
            csv_separator(out);
        csv_field(out, result->cells[i]);
        if (i % result->columns == result->columns - 1)
            csv_end(out);
    }
}

static void write_text(const struct result *result, const char *subtitle, struct buffer *out)
{
    const struct definition *definition = result->definition;
    const char **headings = xcalloc((size_t)result->columns, sizeof *headings);
    bool *right = xcalloc((size_t)result->columns, sizeof *right);
    for (int at = 0; at < result->columns; at++) {
        headings[at] = heading(result, at);
        right[at] = definition->columns.items[result->shown[at]].right;
    }
    bool percent = result->bar >= 0 &&
                   definition->columns.items[definition->chart.y].format == FORMAT_PERCENT;
    report_table_text(&(struct report_table){.title = both_text(&definition->title),
                                             .subtitle = subtitle,
                                             .notes = both_text(&definition->notes),
                                             .headings = headings,
                                             .right = right,
                                             .columns = result->columns,
                                             .cells = (const char *const *)result->cells,
                                             .rows = result->rows,
                                             .totals = (const char *const *)result->totals,
                                             .label = result->label,
                                             .bar = result->bar,
                                             .bars = result->bars,
                                             .greatest = percent ? 1000 : 0},
                      TEXT_CELLS, out);
    free(headings);
    free(right);
}

/* "month 2026-10 · super01 · 2026-11-22 16:00:01": what was asked, by whom, when. */
static bool describe(PGconn *connection, const struct choices *choices, struct buffer *out,
                     struct error *error)
{
    char *who;
    for (int i = 0; i < choices->asked.count; i++)
        if (choices->asked.items[i].text)
            buffer_format(out, "%s %s · ", choices->asked.items[i].name,
                          choices->asked.items[i].text);
    if (!session_value(connection,
                       "SELECT session_user || ' · ' || to_char(now(), 'YYYY-MM-DD HH24:MI:SS TZ')",
                       0, NULL, &who, error))
        return false;
    buffer_add(out, who);
    free(who);
    return true;
}

static bool put(const struct choices *choices, const struct buffer *out, struct error *error)
{
    if (choices->output && strcmp(choices->output, "-"))
        return file_write(choices->output, buffer_text(out), out->length, error);
    if (fwrite(buffer_text(out), 1, out->length, stdout) != out->length || fflush(stdout))
        return error_errno(error, _("standard output"), NULL, _("cannot write"));
    return true;
}

static bool run_on(PGconn *connection, const struct definition *definition,
                   const struct choices *choices, struct error *error)
{
    struct query query = QUERY_INIT;
    struct buffer out = BUFFER_INIT, subtitle = BUFFER_INIT;
    struct result result = {.definition = definition};
    PGresult *rows = NULL;
    query_source(&query, &definition->source, &definition->columns, 0, asked_value,
                 (void *)&choices->asked);
    bool good = names_read(connection, definition, error) &&
                session_rows(connection, buffer_text(&query.sql), query.count,
                             (const char *const *)query.values, &rows, error) &&
                describe(connection, choices, &subtitle, error);
    if (good) {
        collect(&result, choices, rows);
        if (choices->csv)
            write_csv(&result, &out);
        else
            write_text(&result, buffer_text(&subtitle), &out);
        good = put(choices, &out, error);
        result_free(&result);
    }
    PQclear(rows);
    query_free(&query);
    buffer_free(&out);
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
            return error_set(error, ERROR_USAGE, choices->asked.items[i].name,
                             _("bankops report --help lists the options."),
                             _("the report %s has no such field"), definition->name);
    }
    return true;
}

static bool run_report(struct catalogue *catalogue, const char *name,
                       const struct choices *choices, struct error *error)
{
    const struct definition *definition = find_report(catalogue, name, error);
    if (!definition || !check_fields(definition, choices, error))
        return false;
    PGconn *connection = session_open(&choices->session, error);
    if (!connection)
        return false;
    bool good = run_on(connection, definition, choices, error);
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
    return error_set(error, ERROR_USAGE, where, _("bankops report --help lists the options."), "%s",
                     what);
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
        choices->csv = !strcmp(optarg, "csv");
        if (!choices->csv && strcmp(optarg, "text"))
            return wrong_use(error, optarg, _("the format is text or csv"));
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
        {"format", required_argument, NULL, 'f'}, {"output", required_argument, NULL, 'o'},
        {"as", required_argument, NULL, 'a'},     {"database", required_argument, NULL, 'd'},
        {"list", no_argument, NULL, 'l'},         {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct error error = ERROR_INIT;
    struct choices choices = {.asked = VALUES_INIT};
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
    if (good && !list && optind != argc - 1)
        good = wrong_use(&error, "report", _("give the name of one report"));
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
