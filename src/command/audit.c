#include "base/alloc.h"
#include "base/language.h"
#include "command/audit_verify.h"
#include "command/command.h"
#include "command/options.h"
#include "database/session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char help[] = N_(
    "Usage: bankops audit verify [--anchor FILE]\n"
    "       bankops audit seal [--every SECONDS] [--anchor FILE]\n"
    "\n"
    "The audit trail is closed in blocks; each block holds the SHA-256 of its rows and of the\n"
    "block before. verify computes all of them again and names the first row that was edited,\n"
    "removed, inserted or moved. seal closes what is finished.\n"
    "\n"
    "Options:\n"
    "  --anchor FILE        seal: add the newest block's hash to this file, best on another\n"
    "                       machine; verify: the blocks named there must still be there\n"
    "  --every SECONDS      seal again and again until stopped\n"
    "  --as LOGIN           database role: an auditor (seal: or an administrator)\n"
    "  --database CONNINFO  use this server instead of the private one\n");

static volatile sig_atomic_t stopped;

struct audit_choices {
    struct session_options session;
    const char *anchor;
    int every;
};

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

/* Adds one line to the anchor and waits until it is on the disk. */
static bool anchor_add(const char *path, const char *block, const char *head, struct error *error)
{
    char line[160], day[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    int length = snprintf(line, sizeof line, "%s %s %s\n", block, head, day);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(error, path, NULL, "%s", _("the anchor cannot be opened"));
    off_t before = lseek(fd, 0, SEEK_END);
    bool done = write(fd, line, (size_t)length) == length && fsync(fd) == 0;
    if (!done) {
        error_errno(error, path, _("Free some space; the same block is added next time."), "%s",
                    _("the anchor cannot be written"));
        if (ftruncate(fd, before) < 0)
            error_errno(error, path, _("Remove its last line."), "%s",
                        _("half a line was left in the anchor"));
    }
    close(fd);
    return done;
}

/* Seals once; *last is the newest block already in the anchor. */
static bool seal_once(PGconn *connection, const struct audit_choices *choices, int64_t *last,
                      bool tell, struct error *error)
{
    PGresult *rows;
    if (!session_rows(connection, "SELECT blocks, block_id, head FROM api.audit_seal()", 0, NULL,
                      &rows, error))
        return false;
    int64_t block = strtoll(PQgetvalue(rows, 0, 1), NULL, 10);
    bool done = true;
    if (choices->anchor && block > *last)
        done = anchor_add(choices->anchor, PQgetvalue(rows, 0, 1), PQgetvalue(rows, 0, 2), error);
    long long sealed = atoll(PQgetvalue(rows, 0, 0));
    if (done && tell)
        printf(ngettext("%lld block sealed; the last is %s, head %s\n",
                        "%lld blocks sealed; the last is %s, head %s\n", (unsigned long)sealed),
               sealed, PQgetvalue(rows, 0, 1), PQgetvalue(rows, 0, 2));
    *last = block;
    PQclear(rows);
    return done;
}

static bool seal(PGconn *connection, const struct audit_choices *choices, struct error *error)
{
    struct sigaction action = {.sa_handler = stop};
    struct timespec pause = {choices->every, 0};
    int64_t last = 0;
    if (choices->anchor && !audit_anchor_newest(choices->anchor, &last, error))
        return false;
    if (!choices->every)
        return seal_once(connection, choices, &last, true, error);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    while (!stopped) {
        if (!seal_once(connection, choices, &last, false, error))
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

static bool verify(PGconn *connection, const struct audit_choices *choices, struct error *error)
{
    struct audit_count count;
    if (!audit_verify(connection, choices->anchor, &count, error))
        return false;
    char blocks[64], rows[64], open[64];
    printf(_("the audit trail is whole: %s, %s; %s not sealed yet\nhead %s\n"),
           language_count(blocks, "%lld block", "%lld blocks", count.blocks),
           language_count(rows, "%lld row", "%lld rows", count.rows),
           language_count(open, "%lld row", "%lld rows", count.open_rows), count.head);
    return true;
}

static bool read_every(const char *text, int *every, struct error *error)
{
    char *end;
    long seconds = strtol(text, &end, 10);
    *every = (int)seconds;
    return (!*end && seconds >= 1 && seconds <= 3600) ||
           error_set(error, ERROR_USAGE, "--every", _("bankops audit --help explains them."),
                     _("a number of seconds from 1 to 3600 is expected, not '%.40s'"), text);
}

static bool read_options(int argc, char **argv, struct audit_choices *choices, bool *helped,
                         struct error *error)
{
    const char *every = NULL;
    const struct command_option options[] = {
        {"anchor", &choices->anchor, NULL},
        {"every", &every, NULL},
        {"as", &choices->session.as, NULL},
        {"database", &choices->session.conninfo, NULL},
    };
    if (!options_read(options, ARRAY_LENGTH(options), argc, argv, helped, error))
        return false;
    if (*helped)
        fputs(_(help), stdout);
    return *helped || !every || read_every(every, &choices->every, error);
}

static bool run(int argc, char **argv, struct error *error)
{
    struct audit_choices choices = {0};
    bool helped = false;
    if (!read_options(argc, argv, &choices, &helped, error) || helped)
        return error->kind == ERROR_NONE;
    const char *what = optind + 1 == argc ? argv[optind] : "";
    if (strcmp(what, "verify") && strcmp(what, "seal"))
        return error_set(error, ERROR_USAGE, "audit", _("bankops audit --help explains them."),
                         _("say what to do: verify or seal"));
    PGconn *connection = session_open(&choices.session, error);
    if (!connection)
        return false;
    bool done = !strcmp(what, "seal") ? seal(connection, &choices, error)
                                      : verify(connection, &choices, error);
    PQfinish(connection);
    return done;
}

int command_audit(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    if (!run(argc, argv, &error))
        error_print(&error);
    return error_exit_status(&error);
}
