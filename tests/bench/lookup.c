/* Latency of api.customer_search for each kind of key, as libpq sees it in one session. Usage and
 * environment: README.md. */
#include "base/clock.h"
#include "tests/bench/figures.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEYS = 2000 };

/* $1 the caller's lowest unit, $2 his highest: so that most keys find something. */
#define PEOPLE(expression, condition)                                                              \
    "SELECT " expression " FROM bank.customer c WHERE c.unit_id BETWEEN $1 AND $2 AND " condition  \
    " AND hashint8(c.customer_id) % greatest($3 / 8000, 1)::int = 0 ORDER BY random() LIMIT 2000"
#define OTHERS(expression, table)                                                                  \
    "SELECT " expression " FROM bank." table " t WHERE t.unit_id BETWEEN $1 AND $2 AND "           \
    "hashint8(t.customer_id) % greatest($3 / 8000, 1)::int = 0 ORDER BY random() LIMIT 2000"

static const struct {
    const char *name, *sql;
} kinds[] = {
    {"phone", OTHERS("t.phone", "phone")},
    {"identity number", OTHERS("t.number", "customer_identity")},
    {"card", OTHERS("t.card_number", "card")},
    {"account", OTHERS("t.number", "account")},
    {"customer number", PEOPLE("c.customer_number", "true")},
    {"last four of a phone", OTHERS("t.last4", "phone")},
    {"name, first character", PEOPLE("left(c.name, 1)", "c.kind = 'person'")},
    {"name, first two characters", PEOPLE("left(c.name, 2)", "c.kind = 'person'")},
    {"name, first three characters",
     PEOPLE("left(c.name, 3)", "c.kind = 'person' AND length(c.name) >= 3")},
    {"pinyin", PEOPLE("replace(c.pinyin, ' ', '')", "c.kind = 'person' AND c.pinyin <> ''")},
    {"initials", PEOPLE("c.initials", "c.kind = 'person' AND c.initials <> ''")},
    {"two characters inside",
     PEOPLE("right(c.name, 2)", "c.kind = 'person' AND length(c.name) = 3")},
    {"hot word of companies",
     "SELECT h.gram FROM bank.search_hot h CROSS JOIN generate_series(1, 2000) "
     "WHERE $1 <= $2 AND $3 > 0 LIMIT 2000"},
    {"commonest pair in companies",
     "WITH pair AS (SELECT substr(c.name, i, 2) AS gram FROM bank.customer c, "
     "generate_series(2, length(c.name) - 1) AS i WHERE c.kind = 'company' AND "
     "c.name !~ '^[\\x01-\\x7f]*$' AND $1 <= $2 AND "
     "hashint8(c.customer_id) % greatest($3 / 8000, 1)::int = 0), "
     "top AS (SELECT gram FROM pair GROUP BY gram ORDER BY count(*) DESC LIMIT 10) "
     "SELECT gram FROM top CROSS JOIN generate_series(1, 200)"},
    {"English word", PEOPLE("split_part(c.name_en, ' ', 1 + c.customer_id::int % 2)",
                            "split_part(c.name_en, ' ', 1 + c.customer_id::int % 2) <> ''")},
};

static PGconn *connect_as(const char *login)
{
    const char *keywords[] = {"user", NULL}, *values[] = {login, NULL};
    PGconn *pg = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(pg) == CONNECTION_OK)
        return pg;
    fprintf(stderr, "lookup: %s", PQerrorMessage(pg));
    exit(1);
}

static PGresult *checked(PGconn *pg, PGresult *rows)
{
    if (PQresultStatus(rows) == PGRES_TUPLES_OK)
        return rows;
    fprintf(stderr, "lookup: %s", PQerrorMessage(pg));
    exit(1);
}

static PGresult *ask(PGconn *pg, const char *sql, const char *const *values, int count)
{
    return checked(pg, PQexecParams(pg, sql, count, NULL, values, NULL, NULL, 0));
}

/* Nanoseconds that the server's process was on a processor, 0 when it cannot be read. */
static int64_t server_ns(PGconn *pg)
{
    static int fd = -1, open_for;
    char path[64], text[64] = "";
    if (fd < 0 || open_for != PQbackendPID(pg)) {
        if (fd >= 0)
            close(fd);
        open_for = PQbackendPID(pg);
        snprintf(path, sizeof path, "/proc/%d/schedstat", open_for);
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    return fd >= 0 && pread(fd, text, sizeof text - 1, 0) > 0 ? strtoll(text, NULL, 10) : 0;
}

/* The answer's time on the wall, and what of it the server worked: the second hardly depends on
 * what else the machine does. */
static void print(const char *label, double *wall, double *work, int count)
{
    figures_sort(wall, count);
    figures_sort(work, count);
    printf("%-42s p50 %6.2f  p99 %6.2f ms   server works p50 %6.2f  p99 %6.2f ms\n", label,
           wall[count / 2], wall[count * 99 / 100], work[count / 2], work[count * 99 / 100]);
    fflush(stdout);
}

static void measure(PGconn *pg, const char *name, const PGresult *keys)
{
    static const char sql[] =
        "SELECT \"customer_id\", \"name\", \"customer_number\", \"phone\", \"identity\", \"tier\", "
        "\"kind\", \"unit_zh\", \"match\", \"locked\" "
        "FROM api.customer_search(\"p_query\" => $1, \"p_limit\" => $2)";
    static double times[KEYS], work[KEYS];
    char label[64];
    long found = 0;
    int count = PQntuples(keys) < KEYS ? PQntuples(keys) : KEYS;
    /* The console too has the server keep a statement that it repeats. */
    PQclear(PQprepare(pg, "", sql, 2, NULL));
    for (int i = -20; i < count; i++) {
        const char *values[] = {PQgetvalue(keys, i < 0 ? -i % count : i, 0), "51"};
        int64_t worked = server_ns(pg), then = clock_us();
        PGresult *rows = checked(pg, PQexecPrepared(pg, "", 2, values, NULL, NULL, 0));
        if (i >= 0) {
            times[i] = (double)(clock_us() - then) / 1000;
            work[i] = (double)(server_ns(pg) - worked) / 1e6;
            found += PQntuples(rows);
        }
        PQclear(rows);
    }
    snprintf(label, sizeof label, "  %-28s %5.1f rows", name, (double)found / count);
    print(label, times, work, count);
}

static void as(PGconn *dba, const char *login)
{
    static const char scope[] =
        "SELECT u.low, u.high, (SELECT max(customer_id) FROM bank.customer), s.role, u.name_en "
        "FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id WHERE s.login = $1";
    const char *name[] = {login};
    PGresult *person = ask(dba, scope, name, 1);
    if (!PQntuples(person)) {
        fprintf(stderr, "lookup: nobody is called %s\n", login);
        exit(1);
    }
    const char *range[] = {PQgetvalue(person, 0, 0), PQgetvalue(person, 0, 1),
                           PQgetvalue(person, 0, 2)};
    PGconn *pg = connect_as(login);
    printf("%s, %s of %s\n", login, PQgetvalue(person, 0, 3), PQgetvalue(person, 0, 4));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        PGresult *keys = ask(dba, kinds[i].sql, range, 3);
        if (PQntuples(keys))
            measure(pg, kinds[i].name, keys);
        else
            printf("  %-28s no such key in this bank\n", kinds[i].name);
        PQclear(keys);
    }
    PQfinish(pg);
    PQclear(person);
}

int main(int argc, char **argv)
{
    PGconn *dba = connect_as("bankops_dba");
    static const char sql[] =
        "SELECT count(*), current_setting('shared_buffers') FROM bank.customer";
    PGresult *size = ask(dba, sql, NULL, 0);
    figures_machine();
    printf("%s customers, shared_buffers %s\n", PQgetvalue(size, 0, 0), PQgetvalue(size, 0, 1));
    PQclear(size);
    if (argc < 2) {
        as(dba, "clerk01");
        as(dba, "super02");
    }
    for (int i = 1; i < argc; i++)
        as(dba, argv[i]);
    PQfinish(dba);
    return 0;
}
