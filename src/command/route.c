#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "command/command.h"
#include "command/options.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops route [OPTION…]\n"
    "\n"
    "Sends every classified case that is in no queue yet where the routing rules say, and names\n"
    "the person of that team who shall take it. With --explain it changes nothing.\n"
    "\n"
    "Options:\n"
    "  --explain CASE       say why this case (its number) is where it is: the rule that decided,\n"
    "                       those before it that did not fit, and the people of the team\n"
    "  --as LOGIN           database role: clerk or supervisor (default, on the private\n"
    "                       database: super01)\n"
    "  --database CONNINFO  use this server instead of the private one\n");

struct route_choices {
    struct session_options session;
    const char *explain;
};

static const char *cell(const PGresult *rows, int row, int column)
{
    return PQgetvalue(rows, row, column);
}

static bool is_true(const PGresult *rows, int row, int column)
{
    return cell(rows, row, column)[0] == 't';
}

static void say(struct buffer *out, const char *text, int cells)
{
    struct buffer safe = BUFFER_INIT;
    text_safe(&safe, text, strlen(text));
    if (cells)
        text_fit(out, buffer_text(&safe), cells, TEXT_LEFT);
    else
        buffer_add(out, buffer_text(&safe));
    buffer_free(&safe);
}

/* The word for a value that has no table of its own in the database. */
static const char *word_of(const char *value)
{
    static const char *const words[][2] = {
        {"hotline", N_("Hotline")},     {"card", N_("Credit card centre")},
        {"app", N_("App")},             {"branch", N_("Branch")},
        {"letter", N_("Letter")},       {"regulator", N_("Regulator")},
        {"other", N_("Other")},         {"simple", N_("Simple")},
        {"complex", N_("Complex")},     {"major", N_("Major")},
        {"zh", N_("Chinese")},          {"en", N_("English")},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], value))
            return _(words[i][1]);
    return value[0] ? value : "-";
}

static void say_case(struct buffer *out, const PGresult *rows)
{
    static const char *const names[] = {N_("Case"),   N_("Stage"), N_("Business"), N_("Reason"),
                                        N_("Source"), N_("Level"), N_("Tier"),     N_("Language"),
                                        N_("Unit"),   N_("Queue"), N_("Owner")};
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
        say(out, _(names[i]), 12);
        say(out, word_of(cell(rows, 0, i + 2)), 0);
        buffer_add_char(out, '\n');
    }
}

static void say_rules(struct buffer *out, const PGresult *rows)
{
    int chinese = language_current() == LANGUAGE_CHINESE;
    bool decided = false;
    for (int i = 0; i < PQntuples(rows); i++)
        decided = decided || is_true(rows, i, 6);
    buffer_add(out, decided ? _("\nRules, from the one that decides back to the first\n")
                            : _("\nRules; none decides before the class is known\n"));
    for (int i = 0; i < PQntuples(rows); i++) {
        buffer_format(out, "  %4s  ", cell(rows, i, 0));
        say(out, is_true(rows, i, 6) ? _("decides") : is_true(rows, i, 5) ? _("fits") : _("no"), 9);
        say(out, cell(rows, i, 7 + chinese), 24);
        buffer_add_char(out, ' ');
        say(out, cell(rows, i, 3 + chinese), 0);
        if (cell(rows, i, 2)[0])
            buffer_format(out, _(" (skill: %s)"), cell(rows, i, 2));
        buffer_add_char(out, '\n');
    }
}

static const char *state_text(const char *state)
{
    static const char *const states[][2] = {
        {"free", N_("free")},
        {"complained", N_("the complaint is about this person")},
        {"own", N_("the person's own case")},
        {"skill", N_("lacks the skill")},
        {"away", N_("away")},
        {"full", N_("has as many as he can take")},
    };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (!strcmp(states[i][0], state))
            return _(states[i][1]);
    return state;
}

static void say_people(struct buffer *out, const PGresult *rows)
{
    int name = language_current() == LANGUAGE_CHINESE ? 1 : 2;
    buffer_add(out, _("\nPeople of the team, in the order of choice\n"));
    for (int i = 0; i < PQntuples(rows); i++) {
        buffer_add(out, is_true(rows, i, 8) ? "  > " : "    ");
        say(out, cell(rows, i, 0), 14);
        say(out, cell(rows, i, name), 16);
        buffer_format(out, " %4s/%-4s ", cell(rows, i, 4), cell(rows, i, 5));
        say(out, state_text(cell(rows, i, 7)), 0);
        if (is_true(rows, i, 6))
            say(out, _(", speaks the language"), 0);
        buffer_add_char(out, '\n');
    }
    if (!PQntuples(rows))
        say(out, _("    nobody sees this unit"), 0);
}

/* Runs a function of the case's two keys. */
static bool ask(PGconn *connection, const PGresult *found, const char *sql, PGresult **rows,
                struct error *error)
{
    const char *const keys[] = {cell(found, 0, 0), cell(found, 0, 1)};
    return session_rows(connection, sql, 2, keys, rows, error);
}

static bool explain(PGconn *connection, const char *number, struct error *error)
{
    PGresult *found = NULL, *rules = NULL, *people = NULL;
    struct buffer out = BUFFER_INIT;
    bool good = session_speak(connection, error) && session_rows(
        connection,
        "SELECT l.customer_id, l.case_id, l.number, "
        "CASE $2 WHEN 'zh' THEN l.stage_zh ELSE l.stage_en END, "
        "(SELECT CASE $2 WHEN 'zh' THEN b.label_zh ELSE b.label_en END || ' (' || b.code || ')' "
        "FROM api.class_business b WHERE b.code = l.business), "
        "(SELECT CASE $2 WHEN 'zh' THEN r.label_zh ELSE r.label_en END || ' (' || r.code || ')' "
        "FROM api.class_reason r WHERE r.code = l.reason), l.source, "
        "l.level, l.tier, (SELECT language FROM api.case_language(l.customer_id, l.case_id)), l.unit, "
        "(SELECT CASE $2 WHEN 'zh' THEN q.label_zh ELSE q.label_en END || ' (' || q.queue || ')' "
        "FROM api.queue_list q WHERE q.queue = l.queue), "
        "coalesce(l.owner || ' (' || l.owner_login || ')', '') "
        "FROM api.case_list l WHERE l.lane = 'all' AND l.number = upper($1)",
        2, (const char *const[]){number, language_current() == LANGUAGE_CHINESE ? "zh" : "en"}, &found,
        error);
    if (good && !PQntuples(found))
        good = error_set(error, ERROR_INPUT, number, _("Give the number as the console shows it."),
                         _("there is no such case in your units"));
    good = good &&
           ask(connection, found,
               "SELECT e.seq, e.queue, e.skill, e.note_en, e.note_zh, e.fits, e.decides, "
               "q.label_en, q.label_zh FROM api.case_route_explain($1, $2) WITH ORDINALITY e "
               "LEFT JOIN api.queue_list q USING (queue) ORDER BY e.ordinality",
               &rules, error) &&
           ask(connection, found,
               "SELECT login, name_zh, name_en, unit, load, capacity, speaks, state, owner FROM "
               "api.case_route_people($1, $2)",
               &people, error);
    if (good) {
        say_case(&out, found);
        say_rules(&out, rules);
        say_people(&out, people);
        good = fputs(buffer_text(&out), stdout) >= 0 && fflush(stdout) == 0;
    }
    buffer_free(&out);
    PQclear(found);
    PQclear(rules);
    PQclear(people);
    return good;
}

static bool route_waiting(PGconn *connection, struct error *error)
{
    char request[37], *count = NULL;
    const char *const values[] = {request};
    clock_uuid(request);
    if (!session_value(connection, "SELECT id FROM api.case_route_waiting($1::uuid)", 1, values,
                       &count, error))
        return false;
    printf(_("cases routed: %s\n"), count);
    free(count);
    return true;
}

static bool read_options(int argc, char **argv, struct route_choices *choices, bool *helped,
                         struct error *error)
{
    const struct command_option options[] = {
        {"explain", &choices->explain, NULL},
        {"as", &choices->session.as, NULL},
        {"database", &choices->session.conninfo, NULL},
    };
    return options_read(options, ARRAY_LENGTH(options), argc, argv, helped, error) &&
           (*helped || options_end("route", argc, argv, error));
}

int command_route(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct route_choices choices = {0};
    bool helped = false;
    bool good = read_options(argc, argv, &choices, &helped, &error) && !helped;
    session_default_role(&choices.session, "super01");
    PGconn *connection = good ? session_open(&choices.session, &error) : NULL;
    good = connection && (choices.explain ? explain(connection, choices.explain, &error)
                                          : route_waiting(connection, &error));
    PQfinish(connection);
    return options_finish(good, helped, help, &error);
}
