#include "demo/desk.h"

#include "base/alloc.h"
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

/* One sitting: who, and what in order. Each statement is a transaction of its own and chooses its
 * rows by what they are, the oldest first, so that the same bank gives the same work. */
struct sitting {
    const char *login;
    const char *const *steps;
};

#define ID "gen_random_uuid()"
#define OLDEST "ORDER BY b.due_on, b.account_id, b.item_id LIMIT "

static const char *const clerk[] = {
    /* Owners, reasons, notes, promises. */
    "SELECT api.break_assign(b.account_id, b.item_id, '', b.version, " ID ") FROM (SELECT * FROM "
    "api.break_list b WHERE lane IN ('NOSTRO-USD', 'CLEARING') AND owner = '' " OLDEST "8) b",
    "SELECT api.break_reason(b.account_id, b.item_id, (ARRAY['bank-error', 'investigating', "
    "'returned'])[1 + (row_number() OVER () % 3)], b.version, " ID ") FROM (SELECT * FROM "
    "api.break_list b WHERE owner = session_user " OLDEST "6) b",
    "SELECT api.break_note(b.account_id, b.item_id, CASE b.side WHEN 'S' THEN '已致电对方行，等待补发"
    "贷记通知。' ELSE '已核对传票，联系经办网点查询。' END, " ID ") FROM (SELECT * FROM api.break_list b "
    "WHERE owner = session_user " OLDEST "5) b",
    "SELECT api.break_promise(b.account_id, b.item_id, (SELECT business_date FROM api.me) + 2, "
    "b.version, " ID ") FROM (SELECT * FROM api.break_list b WHERE owner = session_user " OLDEST
    "3) b",
    /* Small suggestions taken over: three of one payer teach a name. Large ones wait. */
    "SELECT api.match_confirm(s.account_id, s.match_id, s.version, " ID ") FROM (SELECT * FROM "
    "api.suggestion_list WHERE rule = 'amount' AND lane = 'NOSTRO-USD' AND abs(movement) < 10000000 "
    "ORDER BY account_id, match_id LIMIT 3) s",
    "SELECT api.match_confirm(s.account_id, s.match_id, s.version, " ID ") FROM (SELECT * FROM "
    "api.suggestion_list WHERE abs(movement) > 10000000 ORDER BY account_id, match_id LIMIT 2) s",
    /* Differences adjusted. */
    "SELECT api.match_propose(b.account_id, ARRAY[b.item_id, b.related_item_id], 'fee', '', "
    "'对方行扣收手续费', " ID ") FROM (SELECT * FROM api.break_list b WHERE "
    "category = 'fee' AND side = 'L' AND state <> 'checking' " OLDEST "2) b",
    "SELECT api.match_propose(b.account_id, ARRAY[b.item_id, b.related_item_id], 'suspense', '', "
    "'差额待查', " ID ") FROM (SELECT * FROM api.break_list b WHERE category "
    "= 'amount' AND side = 'L' AND state <> 'checking' " OLDEST "1) b",
    "SELECT api.match_propose(b.account_id, ARRAY[b.item_id], 'suspense', '', '长期未达，转挂账', "
    ID ") FROM (SELECT * FROM api.break_list b WHERE category = 'bank-only' AND "
    "age_group = '>90' AND abs(movement) < 100000000 " OLDEST "1) b",
    /* A confirmed match that was wrong, large enough for two. */
    "SELECT api.match_undo(m.account_id, m.match_id, m.version, 'returned', '对方退汇', "
    ID ") FROM (SELECT * FROM api.match_list WHERE status = 'confirmed' AND rule = 'exact' "
    "AND lane = 'CLEARING' AND movement > 10000000 ORDER BY last_day DESC, account_id, match_id "
    "LIMIT 1) m",
    /* Held files: one asked for again, one to be let in. */
    "SELECT api.file_request(f.file_id, f.version, '缺中间一期，请补发', " ID
    ") FROM api.statement_file_list f WHERE status = 'quarantined' AND reason_code = 'gap' AND "
    "requested_by IS NULL",
    "SELECT api.file_waive(f.file_id, f.version, '对方确认该号对账单无发生额', "
    ID ") FROM api.statement_file_list f WHERE status = 'quarantined' AND reason_code = 'sequence' "
    "AND waived_by IS NULL",
    /* Balances of the days before the last are prepared. */
    "SELECT api.balance_prepare(d.account_id, d.day, " ID ") FROM (SELECT * FROM "
    "api.balance_day_list WHERE lane IN ('NOSTRO-USD', 'CLEARING') AND state = 'proved' AND day < "
    "(SELECT max(day) FROM api.balance_day_list) ORDER BY day, account_id) d",
    "SELECT api.lane_open('NOSTRO-JPY', '日元存放同业', 'Nostro JPY', 'nostro', 2, 1, "
    "'1031-392-0001', 'JP0077712345', 'Sakura Bay Bank, Tokyo', 'JPY', NULL, NULL, '新开日元账户', " ID ")",
    NULL};

/* The reviewer signs the oldest of them, approves one fee, and makes something himself. */
static const char *const supervisor[] = {
    "SELECT api.recon_decide(a.kind, a.account_id, a.object, a.version, 'approve', '', " ID ") FROM "
    "(SELECT * FROM api.recon_approval_list WHERE kind = 'signoff' AND mine = 'open' ORDER BY "
    "object, account_id LIMIT 6) a",
    "SELECT api.recon_decide(a.kind, a.account_id, a.object, a.version, 'approve', '', " ID ") FROM "
    "(SELECT * FROM api.recon_approval_list WHERE kind = 'voucher' AND mine = 'open' ORDER BY "
    "account_id, object LIMIT 1) a",
    "SELECT api.match_propose(b.account_id, ARRAY[b.item_id, b.related_item_id], 'reversal', '', "
    "'对方行借贷方向记反', " ID ") FROM (SELECT * FROM api.break_list b "
    "WHERE category = 'status' AND side = 'L' AND state <> 'checking' " OLDEST "1) b",
    "SELECT api.balance_prepare(d.account_id, d.day, " ID ") FROM (SELECT * FROM "
    "api.balance_day_list WHERE lane IN ('NOSTRO-HK', 'WALLET') AND state = 'proved' ORDER BY day, "
    "account_id LIMIT 2) d",
    NULL};

static const struct sitting sittings[] = {{"clerk01", clerk}, {"super02", supervisor}};

static bool sit(const struct session_options *session, const struct sitting *sitting,
                struct error *error)
{
    struct session_options own = *session;
    own.as = sitting->login;
    PGconn *connection = session_open(&own, error);
    bool good = connection != NULL;
    for (int i = 0; sitting->steps[i] && good; i++)
        good = session_do(connection, sitting->steps[i], 0, NULL, error);
    PQfinish(connection);
    return good;
}

/* Whether the first of them has an account here and has not worked yet. */
static bool is_due(const struct session_options *session, bool *due, struct error *error)
{
    char *count = NULL;
    struct session_options own = *session;
    own.as = sittings[0].login;
    PGconn *connection = session_open(&own, error);
    bool good = connection && session_value(connection,
                                            "SELECT (SELECT count(*) FROM api.break_list WHERE "
                                            "owner = session_user) + (SELECT count(*) FROM "
                                            "api.match_list WHERE maker = session_user AND rule = "
                                            "'manual')",
                                            0, NULL, &count, error);
    *due = good && !strcmp(count, "0");
    free(count);
    PQfinish(connection);
    return good;
}

bool desk_fill(const struct session_options *session, struct error *error)
{
    bool due;
    if (!is_due(session, &due, error))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(sittings) && due; i++)
        if (!sit(session, &sittings[i], error))
            return false;
    return true;
}
