#include "base/alloc.h"
#include "base/buffer.h"
#include "base/language.h"
#include "base/text.h"
#include "command/command.h"
#include "command/options.h"
#include "command/seal.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const char help[] = N_(
    "Usage: bankops staff list\n"
    "       bankops staff add LOGIN --name NAME [--english NAME] --role ROLE --unit CODE\n"
    "                         [--scope CODE]\n"
    "       bankops staff disable LOGIN\n"
    "       bankops staff password LOGIN\n"
    "\n"
    "Members of staff log in as themselves: add makes the database role and its row in the staff\n"
    "list, disable ends the login and keeps the row, password sets a password for servers that\n"
    "ask for one (read without echo, or the first line of standard input).\n"
    "\n"
    "Options:\n"
    "  --role ROLE          clerk, rm, supervisor, auditor, admin or worker\n"
    "                       (worker: the login of unattended jobs, not of a person)\n"
    "  --unit CODE          the unit where the person works\n"
    "  --scope CODE         the unit whose customers the person sees (default: --unit)\n"
    "  --as LOGIN           database role: one that may create roles\n"
    "  --database CONNINFO  use this server instead of the private one\n");

enum { PASSWORD_LENGTH = 200, PASSWORD_LEAST = 10 };

struct staff_choices {
    struct session_options session;
    const char *name, *english, *role, *unit, *scope;
};

static void print_cell(const char *text, int cells)
{
    struct buffer safe = BUFFER_INIT, fitted = BUFFER_INIT;
    text_safe(&safe, text, strlen(text));
    text_fit(&fitted, buffer_text(&safe), cells, TEXT_LEFT);
    printf("%s ", buffer_text(&fitted));
    buffer_free(&safe);
    buffer_free(&fitted);
}

static bool list(PGconn *connection, struct error *error)
{
    static const int widths[] = {16, 14, 12, 24, 24};
    static const char sql_en[] = "SELECT login, name_en, role, unit_en, scope_en, active,"
                                 " can_log_in FROM api.staff_list ORDER BY login";
    static const char sql_zh[] = "SELECT login, name_zh, role, unit_zh, scope_zh, active,"
                                 " can_log_in FROM api.staff_list ORDER BY login";
    PGresult *rows;
    if (!session_rows(connection, language_current() == LANGUAGE_CHINESE ? sql_zh : sql_en, 0,
                      NULL, &rows, error))
        return false;
    for (int row = 0; row < PQntuples(rows); row++) {
        for (int i = 0; i < 5; i++)
            print_cell(PQgetvalue(rows, row, i), widths[i]);
        puts(PQgetvalue(rows, row, 5)[0] != 't'   ? _("disabled")
             : PQgetvalue(rows, row, 6)[0] != 't' ? _("no login")
                                                  : _("active"));
    }
    PQclear(rows);
    return true;
}

static bool complete(const struct staff_choices *choices, struct error *error)
{
    const char *missing = !choices->name ? "--name" : !choices->role ? "--role" : NULL;
    if (!missing && !choices->unit)
        missing = "--unit";
    if (missing)
        return options_refuse(error, "staff", missing, _("this option is needed"));
    static const char *const roles[] = {"clerk", "rm", "supervisor", "auditor", "admin", "worker"};
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++)
        if (!strcmp(choices->role, roles[i]))
            return true;
    return error_set(error, ERROR_USAGE, "--role",
                     _("Use clerk, rm, supervisor, auditor, admin or worker."),
                     _("unknown role '%.40s'"), choices->role);
}

static bool add(PGconn *connection, const struct staff_choices *choices, const char *login,
                struct error *error)
{
    const char *values[] = {login,         choices->name, choices->english ? choices->english : login,
                            choices->role, choices->unit, choices->scope};
    if (!complete(choices, error) ||
        !session_do(connection, "SELECT bank.staff_add($1, $2, $3, $4, $5, $6)", 6, values, error) ||
        !session_allow_login(&choices->session, 1, &login, error))
        return false;
    printf(_("%s may log in now: bankops --as %s\n"), login, login);
    return true;
}

static bool disable(PGconn *connection, const char *login, struct error *error)
{
    const char *values[] = {login};
    if (!session_do(connection, "SELECT bank.staff_remove($1)", 1, values, error))
        return false;
    printf(_("%s can no longer log in\n"), login);
    return true;
}

/* One line without its end; from a terminal without echo. */
static bool read_password(const char *prompt, char *text, size_t capacity, struct error *error)
{
    struct termios kept, silent;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &kept) == 0;
    if (terminal) {
        silent = kept;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        fputs(prompt, stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    bool read = fgets(text, (int)capacity, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &kept);
        fputc('\n', stderr);
    }
    text[read ? strcspn(text, "\r\n") : 0] = '\0';
    return strlen(text) >= PASSWORD_LEAST ||
           error_set(error, ERROR_INPUT, "password", _("Type a longer one."),
                     _("a password has at least %d characters"), PASSWORD_LEAST);
}

/* The server only ever sees the SCRAM verifier, never the password. */
static bool set_password(PGconn *connection, const char *login, const char *password,
                         struct error *error)
{
    char *verifier = PQencryptPasswordConn(connection, password, login, "scram-sha-256");
    const char *values[] = {login, verifier};
    bool done = verifier ? session_do(connection, "SELECT bank.staff_password_set($1, $2)", 2,
                                      values, error)
                         : error_set(error, ERROR_SYSTEM, login, NULL,
                                     _("the password cannot be prepared"));
    PQfreemem(verifier);
    return done;
}

static bool password(PGconn *connection, const char *login, struct error *error)
{
    char first[PASSWORD_LENGTH] = "", second[PASSWORD_LENGTH] = "", *known;
    const char *values[] = {login};
    if (!session_value(connection, "SELECT 1 FROM bank.staff WHERE login = $1 AND active", 1, values,
                       &known, error))
        return false;
    bool done = *known != '\0' ||
                error_set(error, ERROR_INPUT, login, _("bankops staff list shows them."),
                          _("there is no such active member of staff"));
    free(known);
    done = done && read_password(_("New password: "), first, sizeof first, error);
    if (done && isatty(STDIN_FILENO))
        done = read_password(_("Once more: "), second, sizeof second, error) &&
               (!strcmp(first, second) || error_set(error, ERROR_INPUT, "password", NULL,
                                                    _("the two passwords differ")));
    done = done && set_password(connection, login, first, error);
    explicit_bzero(first, sizeof first);
    explicit_bzero(second, sizeof second);
    if (done)
        printf(_("the password of %s is set; the console will ask for another at the next login\n"),
               login);
    return done;
}

static bool read_options(int argc, char **argv, struct staff_choices *choices, bool *helped,
                         struct error *error)
{
    const struct command_option options[] = {
        {"name", &choices->name, NULL},
        {"english", &choices->english, NULL},
        {"role", &choices->role, NULL},
        {"unit", &choices->unit, NULL},
        {"scope", &choices->scope, NULL},
        {"as", &choices->session.as, NULL},
        {"database", &choices->session.conninfo, NULL},
    };
    bool good = options_read(options, ARRAY_LENGTH(options), argc, argv, helped, error);
    if (*helped)
        fputs(_(help), stdout);
    return good;
}

static bool act(PGconn *connection, const struct staff_choices *choices, const char *what,
                const char *login, struct error *error)
{
    if (!strcmp(what, "list"))
        return list(connection, error);
    if (!strcmp(what, "add"))
        return add(connection, choices, login, error);
    return !strcmp(what, "disable") ? disable(connection, login, error)
                                    : password(connection, login, error);
}

static bool run(int argc, char **argv, struct error *error)
{
    struct staff_choices choices = {0};
    bool helped = false;
    if (!read_options(argc, argv, &choices, &helped, error) || helped)
        return error->kind == ERROR_NONE;
    const char *what = optind < argc ? argv[optind] : "";
    bool listing = !strcmp(what, "list");
    if ((!listing && strcmp(what, "add") && strcmp(what, "disable") && strcmp(what, "password")) ||
        argc - optind != (listing ? 1 : 2))
        return error_set(error, ERROR_USAGE, "staff", _("bankops staff --help explains them."),
                         _("say what to do: list, or add, disable or password with one login"));
    PGconn *connection = session_open(&choices.session, error);
    if (!connection)
        return false;
    bool done = act(connection, &choices, what, argv[argc - 1], error);
    if (!listing)
        seal_trail(connection);
    PQfinish(connection);
    return done;
}

int command_staff(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    if (!run(argc, argv, &error))
        error_print(&error);
    return error_exit_status(&error);
}
