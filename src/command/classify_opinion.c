#include "command/classify_opinion.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "customer/conceal.h"
#include "database/session.h"
#include "link/opinion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char codes_sql[] =
    "SELECT string_agg(code || ' ' || label_en || ' / ' || label_zh, E'\\n' ORDER BY axis, code) "
    "FROM api.class_code WHERE axis IN ('B', 'C')";

static const char claim_sql[] =
    "SELECT c.customer_id, c.case_id, c.text, c.url, c.model, c.timeout_ms, "
    "array_to_string(c.names, E'\\n') FROM api.opinion_claim() c";

static bool store(PGconn *connection, const PGresult *claim, const struct opinion *opinion,
                  struct error *error)
{
    char sure[24], service[80], request[37];
    const char *const values[] = {PQgetvalue(claim, 0, 0), PQgetvalue(claim, 0, 1),
                                  opinion->business,       opinion->reason,
                                  sure,                    service,
                                  request};
    snprintf(sure, sizeof sure, "%.4f", opinion->confidence);
    snprintf(service, sizeof service, "%s", opinion->model);
    clock_uuid(request);
    return session_do(connection,
                      "SELECT api.opinion_answer($1::bigint, $2::bigint, $3, $4, $5::real, $6, "
                      "$7::uuid)",
                      7, values, error);
}

static bool count_failure(PGconn *connection, const PGresult *claim, const char *why,
                          struct error *error)
{
    char request[37];
    const char *const values[] = {PQgetvalue(claim, 0, 0), PQgetvalue(claim, 0, 1), why, request};
    clock_uuid(request);
    return session_do(connection, "SELECT api.opinion_failed($1::bigint, $2::bigint, $3, $4::uuid)",
                      4, values, error);
}

/* The lines of a text, ended by NULL; free() the list. The text loses its line feeds. */
static const char **split_lines(char *text)
{
    size_t count = 0;
    for (const char *at = text; *at; at++)
        count += *at == '\n';
    const char **lines = xcalloc(count + 2, sizeof *lines);
    count = 0;
    for (char *rest = text, *line; (line = strtok_r(rest, "\n", &rest));)
        lines[count++] = line;
    return lines;
}

/* An answer of codes that the bank does not use is a failure of the service too. */
static bool ask_one(PGconn *connection, const PGresult *claim, const char *codes,
                    struct error *error)
{
    char *known = xstrdup(PQgetvalue(claim, 0, 6));
    const char **names = split_lines(known);
    struct buffer text = BUFFER_INIT;
    struct opinion opinion;
    struct error why = ERROR_INIT;
    conceal(&text, PQgetvalue(claim, 0, 2), (size_t)PQgetlength(claim, 0, 2), names);
    free(names);
    free(known);
    struct opinion_question question = {.url = PQgetvalue(claim, 0, 3),
                                        .model = PQgetvalue(claim, 0, 4),
                                        .key = getenv("BANKOPS_OPINION_KEY"),
                                        .timeout_ms = atoi(PQgetvalue(claim, 0, 5)),
                                        .codes = codes,
                                        .text = buffer_text(&text)};
    bool answered = opinion_ask(&question, &opinion, &why) &&
                    store(connection, claim, &opinion, &why);
    buffer_free(&text);
    return answered || (PQstatus(connection) == CONNECTION_OK
                            ? count_failure(connection, claim, why.what, error)
                            : (*error = why, false));
}

bool classify_opinions(PGconn *connection, int most, int *asked, struct error *error)
{
    char *codes = NULL;
    bool good = true;
    *asked = 0;
    while (good && *asked < most) {
        PGresult *claim;
        if (!session_rows(connection, claim_sql, 0, NULL, &claim, error)) {
            good = false;
            break;
        }
        bool found = PQntuples(claim) == 1;
        if (found && !codes)
            good = session_value(connection, codes_sql, 0, NULL, &codes, error);
        if (found && good)
            good = ask_one(connection, claim, codes, error);
        *asked += found;
        PQclear(claim);
        if (!found)
            break;
    }
    free(codes);
    return good;
}
