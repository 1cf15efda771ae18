#include "database/session.h"
#include "demo/load.h"

#include <stdio.h>

/* When each step happened, from what the generator drew: working minutes to the first answer, hours
 * to the decision. Nothing lies in the future: the present caps it. */
static const char times_sql[] =
    "CREATE TEMP TABLE demo_case ON COMMIT DROP AS "
    "SELECT d.*, n.at AS moment, s.rank, t.taken_at, r.responded_at, w.waiting_at, x.told_at, "
    "z.closed_at, "
    "q.queue, q.seq AS route_seq, q.note_zh AS route_note "
    "FROM (SELECT to_timestamp($1::bigint) AS at) n, demo_complaint d "
    "CROSS JOIN LATERAL (SELECT array_position(ARRAY['registered','classified','assigned',"
    "'accepted','investigating','waiting','proposed','approval','decided','closed'], progress) "
    "AS rank) s "
    "CROSS JOIN LATERAL (SELECT CASE WHEN s.rank >= 4 THEN least("
    "bank.due_at('service', received_at, greatest(response_minutes / 2, 1)), "
    "received_at + (n.at - received_at) * 0.3) END AS taken_at) t "
    "CROSS JOIN LATERAL (SELECT CASE WHEN s.rank >= 5 THEN least("
    "bank.due_at('service', received_at, response_minutes), "
    "received_at + (n.at - received_at) * 0.5) END AS responded_at) r "
    "CROSS JOIN LATERAL (SELECT CASE WHEN progress = 'waiting' THEN responded_at "
    "+ (n.at - responded_at) * 0.2 END AS waiting_at) w "
    "CROSS JOIN LATERAL (SELECT CASE WHEN s.rank >= 9 THEN least(greatest("
    "responded_at + interval '40 minutes', received_at + make_interval(hours => decide_hours)), "
    "responded_at + (n.at - responded_at) * 0.7) END AS told_at) x "
    "CROSS JOIN LATERAL (SELECT CASE WHEN s.rank = 10 THEN least(told_at + interval '20 hours', "
    "told_at + (n.at - told_at) * 0.5) END AS closed_at) z "
    "LEFT JOIN LATERAL (SELECT u.seq, u.queue, u.note_zh FROM bank.route_rule u "
    "WHERE u.active AND u.case_type = 'complaint' AND s.rank >= 3 "
    "AND (u.business IS NULL OR u.business = d.business) "
    "AND (u.reason IS NULL OR u.reason = d.reason) "
    "AND (u.source IS NULL OR u.source = d.source) AND (u.level IS NULL OR u.level = d.level) "
    "AND (u.tier_low IS NULL OR d.tier >= u.tier_low) "
    "AND (u.tier_high IS NULL OR d.tier <= u.tier_high) "
    "AND (u.language IS NULL OR u.language = bank.text_language(d.facts)) "
    "AND (u.unit_low IS NULL OR d.unit_id BETWEEN u.unit_low AND u.unit_high) "
    "ORDER BY u.seq LIMIT 1) q ON true";

static const char case_sql[] =
    "INSERT INTO bank.case_file (customer_id, case_id, unit_id, stage, level, urgency, source, "
    "channel, business, reason, subject, facts, remedy, tier, complained_staff_id, queue, "
    "route_seq, owner_id, received_at, opened_by, taken_at, responded_at, decision, decided_by, "
    "approved_by, told_at, told_how, outcome, closed_at) "
    "SELECT customer_id, case_id, unit_id, progress, level, urgency, source, channel, business, "
    "reason, subject, facts, remedy, tier, staff_id, queue, route_seq, "
    "CASE WHEN rank >= 4 THEN handler_id END, received_at, clerk_id, taken_at, responded_at, "
    "CASE WHEN rank >= 7 THEN decision END, CASE WHEN rank >= 8 THEN handler_id END, "
    "CASE WHEN rank >= 9 AND level = 'major' THEN checker_id END, told_at, "
    "CASE WHEN rank >= 8 THEN told_how END, CASE WHEN rank >= 9 THEN outcome END, closed_at "
    "FROM demo_case ORDER BY customer_id, case_id";

/* The record of each case. One of eight went to the general team first, which handed it on. What needs
 * approval and is told by voice is told by its owner after it. */
static const char event_sql[] =
    "INSERT INTO bank.case_event (customer_id, case_id, unit_id, at, staff_id, action, "
    "stage_before, stage_after, note, before, after) "
    "SELECT c.customer_id, c.case_id, c.unit_id, e.at, e.staff, e.action, e.was, e.now, "
    "e.note, CASE WHEN e.was IS NOT NULL THEN jsonb_build_object('stage', e.was) END, "
    "jsonb_build_object('stage', e.now) || coalesce(e.more, '{}') "
    "FROM demo_case c CROSS JOIN LATERAL (SELECT case_id % 8 = 3 AND queue <> 'service' AND "
    "coalesce(taken_at, received_at + interval '1 hour') > received_at + interval '8 minutes' "
    "AS handed, jsonb_build_object('queue', queue) AS there) h CROSS JOIN LATERAL (SELECT "
    "least(interval '1 minute', (coalesce(taken_at, moment) - received_at) / 8) AS soon, "
    "level = 'major' AND rank >= 9 AND told_how IN ('phone', 'visit') AS later, "
    "responded_at + CASE WHEN rank >= 9 THEN (told_at - responded_at) * 0.5 "
    "ELSE least(interval '4 hours', (moment - responded_at) * 0.5) END AS put_at) v "
    "CROSS JOIN LATERAL (VALUES "
    "(1, 1, received_at, clerk_id, 'open', NULL, 'registered', '', NULL), "
    "(2, 2, received_at + v.soon * 2, clerk_id, 'classify', 'registered', 'classified', "
    "'', jsonb_build_object('business', business, 'reason', reason)), "
    "(3, 3, received_at + v.soon * 3, clerk_id, 'route', 'classified', 'assigned', "
    "CASE WHEN h.handed THEN '' ELSE route_note END, "
    "CASE WHEN h.handed THEN '{\"queue\": \"service\"}' ELSE h.there END), "
    "(4, 3, CASE WHEN h.handed THEN received_at + v.soon * 3 + (coalesce(taken_at, "
    "least(moment, received_at + interval '1 hour')) - received_at - v.soon * 3) / 2 END, clerk_id, "
    "'route', 'assigned', 'assigned', route_note, h.there), "
    "(5, 4, taken_at, handler_id, 'take', 'assigned', 'accepted', '', "
    "jsonb_build_object('owner_id', handler_id)), "
    "(6, 5, responded_at, handler_id, 'reply', 'accepted', 'investigating', "
    "'已联系客户，确认收到投诉并告知处理时限。', NULL), "
    "(7, 6, waiting_at, handler_id, 'wait', 'investigating', 'waiting', '等待客户补充材料', NULL), "
    "(8, 7, CASE WHEN progress = 'proposed' THEN v.put_at END, "
    "handler_id, "
    "'propose', 'investigating', 'proposed', decision, NULL), "
    "(9, 8, CASE WHEN level = 'major' THEN v.put_at END, handler_id, "
    "'resolve', 'investigating', 'approval', '', NULL), "
    "(10, 9, CASE WHEN v.later THEN v.put_at + (told_at - v.put_at) * 0.5 END, checker_id, "
    "'approve', 'approval', 'approved', '', jsonb_build_object('told_how', told_how)), "
    "(11, 9, told_at, CASE WHEN level = 'major' AND NOT v.later THEN checker_id ELSE handler_id END, "
    "CASE WHEN v.later THEN 'tell' WHEN level = 'major' THEN 'approve' ELSE 'resolve' END, "
    "CASE WHEN v.later THEN 'approved' WHEN level = 'major' THEN 'approval' ELSE 'investigating' END, "
    "'decided', '', jsonb_build_object('outcome', outcome, 'told_how', told_how)), "
    "(12, 10, closed_at, handler_id, 'close', 'decided', 'closed', '', NULL)) "
    "AS e (seq, needs, at, staff, action, was, now, note, more) "
    "WHERE e.at IS NOT NULL AND c.rank >= e.needs ORDER BY e.at, c.case_id, e.seq";

static const char pause_sql[] =
    "INSERT INTO bank.case_pause (customer_id, case_id, started_at, unit_id, reason) "
    "SELECT customer_id, case_id, waiting_at, unit_id, '等待客户补充材料' FROM demo_case "
    "WHERE waiting_at IS NOT NULL";

/* Seven of ten closed complaints were called back, by a supervisor who did not handle them. */
static const char survey_sql[] =
    "INSERT INTO bank.case_survey (customer_id, case_id, unit_id, score, way, asked_by, at) "
    "SELECT f.customer_id, f.case_id, f.unit_id, CASE WHEN h < 48 THEN 5 WHEN h < 88 THEN 4 "
    "WHEN h < 95 THEN 3 WHEN h < 98 THEN 2 ELSE 1 END, 'phone', s.staff_id, "
    "f.closed_at + interval '1 day' FROM bank.case_file f, bank.staff s, "
    "LATERAL (SELECT f.case_id * 7919 % 101 AS h) x WHERE f.closed_at IS NOT NULL "
    "AND f.outcome NOT IN ('withdrawn', 'merged') AND f.case_id * 31 % 10 < 7 "
    "AND s.login = 'super02' AND f.owner_id IS DISTINCT FROM s.staff_id";

/* Who complains only in English has asked for letters in English. */
static const char language_sql[] =
    "UPDATE bank.customer SET language = 'en' WHERE customer_id IN (SELECT f.customer_id "
    "FROM bank.case_file f WHERE f.case_type = 'complaint' GROUP BY 1 "
    "HAVING bool_and(bank.text_language(f.subject || f.facts) = 'en'))";

bool case_load(PGconn *connection, int64_t now, struct error *error)
{
    char moment[24];
    const char *values[] = {moment};
    snprintf(moment, sizeof moment, "%lld", (long long)now);
    return session_do(connection, times_sql, 1, values, error) &&
           session_do(connection, case_sql, 0, NULL, error) &&
           session_do(connection, pause_sql, 0, NULL, error) &&
           session_do(connection, event_sql, 0, NULL, error) &&
           session_do(connection, "SELECT bank.case_clock_fill()", 0, NULL, error) &&
           session_script(connection, survey_sql, error) &&
           session_script(connection, language_sql, error);
}
