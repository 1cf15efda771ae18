#include "database/script.h"

#include "base/language.h"
#include "database/failure.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_block_comment(const char *at)
{
    int depth = 0;
    do {
        if (at[0] == '/' && at[1] == '*')
            depth++, at += 2;
        else if (at[0] == '*' && at[1] == '/')
            depth--, at += 2;
        else
            at++;
    } while (*at && depth);
    return at;
}

/* Past a text in quotes; `escapes` for E'…', where a backslash protects the next character. */
static const char *skip_quoted(const char *at, bool escapes)
{
    char quote = *at++;
    for (; *at; at++) {
        if (escapes && *at == '\\' && at[1])
            at++;
        else if (*at == quote && *++at != quote)
            return at;
    }
    return at;
}

static bool is_word(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || (byte & 0x80);
}

/* Past a $tag$ … $tag$ text, or past a single dollar that starts none. */
static const char *skip_dollar(const char *at)
{
    size_t length = 1;
    while (is_word(at[length]))
        length++;
    if (at[length] != '$' || isdigit((unsigned char)at[1]))
        return at + 1;
    length++;
    for (const char *end = at + length; (end = strchr(end, '$')); end++)
        if (!strncmp(end, at, length))
            return end + length;
    return at + strlen(at);
}

/* Past blanks and comments. */
static const char *skip_gap(const char *at)
{
    for (;;) {
        if (isspace((unsigned char)*at))
            at++;
        else if (at[0] == '-' && at[1] == '-')
            at += strcspn(at, "\n");
        else if (at[0] == '/' && at[1] == '*')
            at = skip_block_comment(at);
        else
            return at;
    }
}

/* Past the end of the statement, which is a semicolon outside quotes and parentheses. */
static const char *skip_statement(const char *at)
{
    char before = ' ';
    int depth = 0;
    while (*at && (*at != ';' || depth > 0)) {
        const char *next = skip_gap(at);
        if (next != at)
            before = ' ';
        else if (*at == '\'' || *at == '"')
            next = skip_quoted(at, *at == '\'' && (before == 'e' || before == 'E'));
        else if (*at == '$' && !is_word(before))
            next = skip_dollar(at);
        else
            next = at + 1;
        depth += (*at == '(') - (*at == ')');
        if (next == at + 1)
            before = *at;
        at = next;
    }
    return *at ? at + 1 : at;
}

static int line_at(const char *text, const char *place)
{
    int line = 1;
    for (; text < place; text++)
        line += *text == '\n';
    return line;
}

int script_statement_line(const char *text, int index)
{
    const char *at = skip_gap(text);
    while (*at && (index > 0 || *at == ';')) {
        if (*at == ';') { /* an empty statement gives no result */
            at = skip_gap(at + 1);
            continue;
        }
        at = skip_gap(skip_statement(at));
        index--;
    }
    return line_at(text, at);
}

/* Line of the character (from 1) that the server points at; positions count characters. */
static int line_of_character(const char *text, long position)
{
    const char *at = text;
    for (long seen = 0; *at; at++)
        if ((*at & 0xc0) != 0x80 && ++seen == position)
            break;
    return line_at(text, at);
}

static void locate(const PGresult *result, const char *name, const char *text, int statement,
                   struct error *error)
{
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    int line = position ? line_of_character(text, strtol(position, NULL, 10))
                        : script_statement_line(text, statement);
    snprintf(error->where, sizeof error->where, "%s:%d", name, line);
    if (!error->todo[0])
        snprintf(error->todo, sizeof error->todo, "%s",
                 _("Correct the file; nothing of it was applied."));
}

bool script_run(PGconn *connection, const char *name, const char *text, struct error *error)
{
    struct error found = ERROR_INIT;
    int completed = 0;
    bool good = PQsendQuery(connection, text) || failure_from_connection(connection, &found);
    PGresult *result;
    while ((result = PQgetResult(connection))) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
            PQputCopyEnd(connection, "COPY has no place in a script");
        } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            good = failure_from_result(result, connection, &found);
            locate(result, name, text, completed, &found);
        } else {
            completed++;
        }
        PQclear(result);
    }
    if (good && PQtransactionStatus(connection) != PQTRANS_INTRANS)
        good = error_set(&found, ERROR_INPUT, name, _("Remove BEGIN, COMMIT and ROLLBACK."),
                         _("a script must not end the transaction"));
    if (!good && error)
        *error = found;
    return good;
}
