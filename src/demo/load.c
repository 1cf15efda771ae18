#include "demo/load.h"

#include "base/file.h"
#include "base/language.h"
#include "base/place.h"
#include "database/copy.h"
#include "database/failure.h"
#include "database/script.h"
#include "database/session.h"
#include "demo/learn.h"
#include "demo/maker.h"
#include "demo/statement.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 3, BLOCK_CUSTOMERS = 4000, FILE_BYTES = 1 << 20 };

/* Blocks travel from the generating thread to the loading one in a ring. */
struct pipe {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    struct rows blocks[BLOCKS];
    int made, loaded; /* counts of blocks */
    bool stop;        /* the loader gave up */
    struct maker maker;
};

static void *generate(void *data)
{
    struct pipe *pipe = data;
    for (bool last = false; !last;) {
        pthread_mutex_lock(&pipe->lock);
        while (pipe->made - pipe->loaded == BLOCKS && !pipe->stop)
            pthread_cond_wait(&pipe->moved, &pipe->lock);
        bool stop = pipe->stop;
        pthread_mutex_unlock(&pipe->lock);
        if (stop)
            return NULL;
        struct rows *rows = &pipe->blocks[pipe->made % BLOCKS];
        rows_clear(rows);
        maker_fill(&pipe->maker, rows, BLOCK_CUSTOMERS);
        last = rows->last;
        pthread_mutex_lock(&pipe->lock);
        pipe->made++;
        pthread_cond_signal(&pipe->moved);
        pthread_mutex_unlock(&pipe->lock);
    }
    return NULL;
}

static struct rows *next_block(struct pipe *pipe)
{
    pthread_mutex_lock(&pipe->lock);
    while (pipe->made == pipe->loaded)
        pthread_cond_wait(&pipe->moved, &pipe->lock);
    struct rows *rows = &pipe->blocks[pipe->loaded % BLOCKS];
    pthread_mutex_unlock(&pipe->lock);
    return rows;
}

static void release_block(struct pipe *pipe, bool stop)
{
    pthread_mutex_lock(&pipe->lock);
    pipe->loaded++;
    pipe->stop = stop;
    pthread_cond_signal(&pipe->moved);
    pthread_mutex_unlock(&pipe->lock);
}

/* The tables were emptied in this transaction: FREEZE leaves nothing for a later VACUUM. */
static bool send_table(PGconn *connection, const struct rows *rows, enum rows_table table,
                       struct error *error)
{
    const struct rows_target *target = &rows_targets[table];
    const struct buffer *text = &rows->text[table];
    struct copy copy;
    char sql[600];
    if (!text->length)
        return true;
    snprintf(sql, sizeof sql, "COPY %s (%s) FROM STDIN%s", target->table, target->columns,
             table == ROWS_COMPLAINT ? "" : " (FREEZE)");
    if (!copy_begin(&copy, connection, sql, error))
        return false;
    for (size_t at = 0; at < text->length;) {
        size_t part = text->length - at > 1 << 20 ? 1 << 20 : text->length - at;
        if (PQputCopyData(connection, text->data + at, (int)part) != 1) {
            copy_abort(&copy);
            return failure_from_connection(connection, error);
        }
        at += part;
    }
    return copy_end(&copy, error);
}

static bool load_blocks(PGconn *connection, struct pipe *pipe, load_progress progress, void *data,
                        struct error *error)
{
    int64_t total = pipe->maker.plan->customers;
    for (bool last = false, good = true; !last && good;) {
        struct rows *rows = next_block(pipe);
        for (int table = 0; table < ROWS_TABLES && good; table++)
            good = send_table(connection, rows, (enum rows_table)table, error);
        int64_t done = rows->customers;
        last = rows->last;
        release_block(pipe, !good);
        if (!good)
            return false;
        progress(data, LOAD_CUSTOMERS, done, total);
    }
    return true;
}

static bool load_customers(PGconn *connection, const struct plan *plan, struct pinyin *pinyin,
                           load_progress progress, void *data, struct error *error)
{
    struct pipe *pipe = calloc(1, sizeof *pipe);
    pthread_t thread;
    if (!pipe)
        return error_set(error, ERROR_SYSTEM, NULL, NULL, _("out of memory"));
    pthread_mutex_init(&pipe->lock, NULL);
    pthread_cond_init(&pipe->moved, NULL);
    maker_start(&pipe->maker, plan, pinyin);
    bool good = pthread_create(&thread, NULL, generate, pipe) == 0 ||
                error_set(error, ERROR_SYSTEM, NULL, NULL, _("cannot start a thread"));
    if (good) {
        good = load_blocks(connection, pipe, progress, data, error);
        pthread_join(thread, NULL);
    }
    for (int i = 0; i < BLOCKS; i++)
        rows_free(&pipe->blocks[i]);
    pthread_mutex_destroy(&pipe->lock);
    pthread_cond_destroy(&pipe->moved);
    free(pipe);
    return good;
}

/* Tables that are emptied and loaded, and all that refer to them; all others keep what they hold.
 */
static const char tables_sql[] =
    "CREATE TEMP TABLE demo_table ON COMMIT DROP AS WITH RECURSIVE emptied AS ("
    "SELECT t::regclass::oid AS id FROM unnest(ARRAY["
    "'bank.customer','bank.customer_search','bank.customer_term','bank.customer_identity',"
    "'bank.phone','bank.email','bank.address','bank.household','bank.household_member',"
    "'bank.relation',"
    "'bank.account','bank.card','bank.holding','bank.balance_month','bank.entry',"
    "'bank.external_asset','bank.consent','bank.customer_tag','bank.lifecycle_event',"
    "'bank.contact','bank.task','bank.member','bank.campaign_member','bank.benefit_use',"
    "'bank.points_account',"
    "'bank.points_transaction','bank.points_posting','bank.points_bucket','bank.points_use',"
    "'bank.points_adjustment','bank.case_file','bank.case_event','bank.case_clock',"
    "'bank.case_clock_change','bank.case_extension','bank.case_escalation',"
    "'bank.case_pause','bank.case_party','bank.case_redress','bank.case_cause',"
    "'bank.case_survey','bank.case_presence','bank.theme','bank.theme_event',"
    "'bank.outbox','bank.prediction','bank.training_label','bank.opinion_call',"
    "'bank.outside_fact','bank.core_enterprise','bank.core_document','bank.core_finance']) t "
    "UNION SELECT c.conrelid FROM pg_constraint c JOIN emptied e ON c.confrelid = e.id "
    "WHERE c.contype = 'f') SELECT id::regclass AS id FROM emptied";

static const char empty_sql[] = "DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(id::text, "
                                "', ') FROM demo_table); END $$";

/* Keys and indexes go before the load and come back after it, from their own definitions: sorting
 * once is several times faster than inserting one by one. */
static const char keep_sql[] =
    "CREATE TEMP TABLE demo_index ON COMMIT DROP AS "
    "SELECT 1 AS seq, pg_get_indexdef(i.indexrelid) AS build, "
    "'DROP INDEX ' || i.indexrelid::regclass AS forget "
    "FROM pg_index i JOIN demo_table d ON d.id = i.indrelid "
    "WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid "
    "AND c.contype IN ('p', 'u', 'x')) "
    "UNION ALL SELECT CASE c.contype WHEN 'f' THEN 2 ELSE 0 END, "
    "format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, "
    "pg_get_constraintdef(c.oid)), "
    "format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) "
    "FROM pg_constraint c JOIN demo_table d ON d.id = c.conrelid "
    "WHERE c.contype IN ('p', 'u', 'f')";

static const char forget_sql[] = "DO $$ DECLARE each record; BEGIN "
                                 "FOR each IN SELECT forget FROM demo_index ORDER BY seq DESC LOOP "
                                 "EXECUTE each.forget; END LOOP; END $$";

static const char complaint_sql[] =
    "CREATE TEMP TABLE demo_complaint (customer_id bigint, case_id bigint, unit_id int, level "
    "text, "
    "urgency smallint, source text, channel text, business text, reason text, subject text, "
    "facts text, remedy text, tier int, staff_id int, clerk_id int, handler_id int, "
    "checker_id int, progress text, received_at timestamptz, response_minutes int, "
    "decide_hours int, decision text, told_how text, outcome text) ON COMMIT DROP";

/* Two customers of five gave the bank an address; RFC 2606 keeps this domain for nobody. */
static const char email_sql[] =
    "INSERT INTO bank.email (customer_id, address, verified_at, unit_id) SELECT customer_id, "
    "'c' || lower(customer_number) || '@mail.example', opened_on, unit_id FROM bank.customer "
    "WHERE customer_id % 5 < 2";

static bool prepare(PGconn *connection, struct error *error)
{
    return session_script(connection, "SET LOCAL client_min_messages = warning", error) &&
           session_script(connection, "SET LOCAL maintenance_work_mem = '256MB'", error) &&
           session_script(connection, tables_sql, error) &&
           session_script(connection, empty_sql, error) &&
           session_script(connection, keep_sql, error) &&
           session_script(connection, forget_sql, error) &&
           session_script(connection, complaint_sql, error);
}

static bool rebuild(PGconn *connection, load_progress progress, void *data, struct error *error)
{
    PGresult *list;
    if (!session_rows(connection, "SELECT build FROM demo_index ORDER BY seq, build", 0, NULL,
                      &list, error))
        return false;
    int count = PQntuples(list);
    bool good = true;
    for (int i = 0; i < count && good; i++) {
        progress(data, LOAD_INDEXES, i, count);
        good = session_script(connection, PQgetvalue(list, i, 0), error);
    }
    PQclear(list);
    progress(data, LOAD_INDEXES, count, count);
    return good;
}

/* Runs share/demo/NAME.sql: what the database makes itself, with its own checks and rules. */
static bool run_file(PGconn *connection, const char *name, struct error *error)
{
    char part[64], *text = NULL;
    size_t length;
    snprintf(part, sizeof part, "demo/%s.sql", name);
    char *path = place_share(part);
    bool good = file_read(path, FILE_BYTES, &text, &length, error) &&
                script_run(connection, part, text, error);
    free(text);
    free(path);
    return good;
}

static bool load_all(PGconn *connection, const struct plan *plan, struct pinyin *pinyin,
                     load_progress progress, void *data, struct error *error)
{
    return prepare(connection, error) && organisation_load(connection, plan, error) &&
           statement_load_lanes(connection, plan, error) &&
           load_customers(connection, plan, pinyin, progress, data, error) &&
           session_script(connection, email_sql, error) &&
           session_script(connection, "SELECT bank.search_sort()", error) &&
           rebuild(connection, progress, data, error) && case_load(connection, plan->now, error) &&
           (plan->bare || run_file(connection, "voice", error)) &&
           learn_history(connection, error) &&
           session_script(connection, "SELECT bank.search_hot_fill()", error) &&
           session_script(connection, "SELECT bank.sequence_sync()", error) &&
           (plan->bare || (run_file(connection, "application", error) &&
                           run_file(connection, "enterprise", error) &&
                           run_file(connection, "core", error) &&
                           run_file(connection, "after", error) &&
                           run_file(connection, "payroll", error))) &&
           session_script(connection,
                          "SELECT bank.audit_write('demo_load', 'bank', 'demo', NULL, NULL, "
                          "jsonb_build_object('customers', bank.setting('demo_customers'), "
                          "'seed', bank.setting('demo_seed')))",
                          error);
}

bool load_run(PGconn *connection, const struct plan *plan, struct pinyin *pinyin,
              load_progress progress, void *data, struct error *error)
{
    if (!session_begin(connection, error))
        return false;
    if (!load_all(connection, plan, pinyin, progress, data, error)) {
        session_script(connection, "ROLLBACK", NULL);
        return false;
    }
    if (!session_script(connection, "COMMIT", error))
        return false;
    progress(data, LOAD_STATISTICS, 0, 1);
    /* the rows of a search are read one by one: pages known to be visible are read faster */
    bool good = session_script(connection, "VACUUM bank.customer_search", error) &&
                session_script(connection, "ANALYZE", error);
    progress(data, LOAD_STATISTICS, 1, 1);
    return good;
}

bool load_state(PGconn *connection, uint64_t seed, int64_t customers, enum load_state *state,
                struct error *error)
{
    char *found, wanted[64];
    if (!session_value(connection,
                       "SELECT CASE WHEN NOT EXISTS (SELECT FROM bank.customer) AND NOT EXISTS "
                       "(SELECT FROM bank.unit) THEN 'empty' ELSE coalesce((SELECT s.value || ' ' "
                       "|| c.value FROM bank.setting s, bank.setting c WHERE s.name = 'demo_seed' "
                       "AND c.name = 'demo_customers'), '') END",
                       0, NULL, &found, error))
        return false;
    snprintf(wanted, sizeof wanted, "%llu %lld", (unsigned long long)seed, (long long)customers);
    *state = !strcmp(found, "empty") ? LOAD_EMPTY : !strcmp(found, wanted) ? LOAD_SAME : LOAD_OTHER;
    free(found);
    return true;
}
