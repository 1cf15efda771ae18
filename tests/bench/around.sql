-- What stands around the complaints of cases.sql: replies that left, were given up or wait, calls, what the classifier
-- said and people corrected, surveys, causes, redress, extensions, files, parties, reminders; and one suggestion for
-- ten complaints with its steps.
\set ON_ERROR_STOP on
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '256MB';
CREATE TEMP TABLE c AS
SELECT f.*, hashint8(f.case_id)::bigint & 2147483647 AS luck, CASE WHEN f.owner_id = 1 THEN 2 ELSE 1 END AS other FROM bank.case_file f WHERE f.case_type = 'complaint';
ANALYZE c;

INSERT INTO bank.outbox (customer_id, unit_id, case_id, kind, channel, body, request, status, attempts, created_at, next_at, sent_at, error)
SELECT c.customer_id, c.unit_id, c.case_id, 'reply', (ARRAY['sms', 'app', 'email', 'letter'])[1 + luck % 4],
       '您反映的问题已核实，处理结果如下：' || c.number, gen_random_uuid(), s.status, 1 + luck % 3, c.responded_at,
       c.responded_at, CASE WHEN s.status = 'sent' THEN c.responded_at + interval '20 seconds' END,
       CASE WHEN s.status IN ('dead', 'failed') THEN '550 mailbox unavailable' END
  FROM c, LATERAL (SELECT CASE WHEN luck % 700 = 0 THEN 'dead' WHEN c.closed_at IS NULL AND luck % 40 = 0 THEN 'failed'
                               WHEN c.closed_at IS NULL AND luck % 30 = 0 THEN 'ready' ELSE 'sent' END AS status) s
 WHERE c.responded_at IS NOT NULL;
INSERT INTO bank.contact (customer_id, at, staff_id, channel, direction, topic, summary, outcome, unit_id)
SELECT c.customer_id, c.taken_at + interval '15 minutes', c.owner_id, 'phone', 'out', 'complaint', c.number || ': 已致电客户', 'done', c.unit_id
  FROM c WHERE c.taken_at IS NOT NULL AND luck % 3 = 0;
INSERT INTO bank.model (state, examples, corrections, threshold, held, hits, top3, auto, auto_hits, calibration, promoted_at)
SELECT 'active', 20000, 0, 0.8, 2000, 1800, 1950, 1500, 1450, 0.01, now() - interval '700 days'
 WHERE NOT EXISTS (SELECT FROM bank.model WHERE state = 'active');
INSERT INTO bank.prediction (customer_id, case_id, unit_id, at, model_id, channel, channel_confidence, business, reason, confidence, threshold, decision)
SELECT c.customer_id, c.case_id, c.unit_id, c.received_at + interval '1 minute', (SELECT max(model_id) FROM bank.model WHERE state = 'active'),
       c.channel, 0.9, ARRAY[CASE WHEN luck % 10 = 0 THEN 'B01' ELSE c.business END, 'B02'], ARRAY[CASE WHEN luck % 10 = 1 THEN 'C01' ELSE c.reason END, 'C02'],
       ARRAY[(0.3 + 0.69 * (luck % 1000) / 1000)::real, 0.01], 0.8, CASE WHEN luck % 1000 > 720 THEN 'routed' ELSE 'asked' END
  FROM c WHERE c.business IS NOT NULL;
INSERT INTO bank.training_label (customer_id, case_id, unit_id, at, staff_id, channel, business, reason, said_business, said_reason)
SELECT c.customer_id, c.case_id, c.unit_id, c.received_at + interval '30 minutes', c.owner_id, c.channel, c.business, c.reason, 'B01', 'C01'
  FROM c WHERE c.business IS NOT NULL AND c.owner_id IS NOT NULL AND luck % 5 = 0;
INSERT INTO bank.case_survey (customer_id, case_id, unit_id, score, way, asked_by, at)
SELECT c.customer_id, c.case_id, c.unit_id, 1 + luck % 5, 'phone', c.owner_id, c.closed_at + interval '1 day'
  FROM c WHERE c.closed_at IS NOT NULL AND luck % 3 = 1;
INSERT INTO bank.case_cause (customer_id, case_id, unit_id, cause, finding, measure, owner_id, due_on, done_at, done_by, set_by, set_at)
SELECT c.customer_id, c.case_id, c.unit_id, (ARRAY['staff', 'process', 'system', 'product'])[1 + luck % 4], '流程节点缺少复核', '增加复核',
       c.owner_id, c.closed_at::date + 30, CASE WHEN luck % 100 > 4 THEN c.closed_at + interval '20 days' END,
       CASE WHEN luck % 100 > 4 THEN c.owner_id END, c.owner_id, c.closed_at
  FROM c WHERE c.closed_at IS NOT NULL AND luck % 9 = 2;
INSERT INTO bank.case_redress (customer_id, case_id, unit_id, kind, amount, reason, maker_id, asked_at, state, checker_id, decided_at)
SELECT c.customer_id, c.case_id, c.unit_id, 'refund', 5000 + luck % 90000, '退回已收费用', c.owner_id, c.received_at + interval '2 days',
       CASE WHEN luck % 200 = 0 THEN 'asked' ELSE 'approved' END, CASE WHEN luck % 200 > 0 THEN other END, c.received_at + interval '3 days'
  FROM c WHERE c.owner_id IS NOT NULL AND luck % 20 = 0;
INSERT INTO bank.case_extension (customer_id, case_id, unit_id, clock, run, days, reason, maker_id, asked_at, state, checker_id, decided_at, told_at, told_how)
SELECT c.customer_id, c.case_id, c.unit_id, 'statutory', 1, 30, '需要外部机构协查', c.owner_id, c.received_at + interval '10 days', 'approved', other, c.received_at + interval '11 days', c.received_at + interval '11 days', 'phone'
  FROM c WHERE c.owner_id IS NOT NULL AND luck % 50 = 3;
INSERT INTO bank.case_party (customer_id, case_id, unit_id, role, name, authority)
SELECT c.customer_id, c.case_id, c.unit_id, 'agent', '委托代理人', '授权委托书' FROM c WHERE luck % 60 = 5;
INSERT INTO bank.attachment (customer_id, case_id, unit_id, name, kind, sha256, bytes, added_by, added_at)
SELECT c.customer_id, c.case_id, c.unit_id, '通话录音-' || c.number || '.mp3', 'audio/mpeg', sha256(c.number::bytea), 100000, c.owner_id, c.received_at
  FROM c WHERE c.owner_id IS NOT NULL AND luck % 4 = 0;
-- Of the open ones a reminder has fired; half of them nobody has seen.
INSERT INTO bank.case_escalation (customer_id, case_id, clock, run, step, unit_id, fired_at, due_at, action, to_staff_id, to_queue, to_role, seen_at, seen_by)
SELECT k.customer_id, k.case_id, k.clock, k.run, s, k.unit_id, least(k.due_at, now()) - s * interval '1 minute', k.due_at,
       CASE s WHEN 1 THEN 'remind' ELSE 'supervisor' END, CASE s WHEN 1 THEN c.owner_id END,
       CASE WHEN s = 1 AND c.owner_id IS NULL THEN c.queue END, CASE s WHEN 2 THEN 'supervisor' END,
       CASE WHEN luck % 2 = 0 THEN now() END, CASE WHEN luck % 2 = 0 THEN 1 END
  FROM c JOIN bank.case_clock k USING (customer_id, case_id), generate_series(1, 2) s
 WHERE c.closed_at IS NULL AND k.clock IN ('first_response', 'statutory');

-- Suggestions: of each month some are new, the others assessed, most of these adopted or declined.
INSERT INTO bank.theme (title, topic, state, step, pain, effort, reason, created_at)
SELECT '主题 ' || g, (SELECT choice FROM bank.case_choice WHERE case_type = 'suggestion' AND field = 'topic' ORDER BY seq OFFSET g % 3 LIMIT 1),
       CASE WHEN g % 3 = 0 THEN 'accepted' WHEN g % 3 = 1 THEN 'declined' ELSE 'open' END, CASE WHEN g % 3 = 0 THEN 1 + g % 5 END,
       CASE WHEN g % 3 < 2 THEN 3 END, CASE WHEN g % 3 < 2 THEN 2 END, CASE WHEN g % 3 = 1 THEN '暂不考虑' ELSE '' END, now() - g * interval '1 day'
  FROM generate_series(1, 300) g;
CREATE TEMP TABLE idea AS
SELECT c.*, t.theme_id, t.topic, x.stage AS now_in
  FROM c JOIN (SELECT *, row_number() OVER (ORDER BY theme_id) AS n FROM bank.theme) t ON t.n = 1 + c.luck % 300
 CROSS JOIN LATERAL (SELECT CASE WHEN luck % 7 = 0 THEN 'new' WHEN luck % 7 < 3 THEN 'declined' WHEN luck % 7 < 5 THEN 'told'
                                 WHEN luck % 7 = 5 THEN 'accepted' ELSE 'grouped' END AS stage) x
 WHERE c.case_id % 10 = 3;
SELECT bank.sequence_sync();
SELECT setval('bank.case_id_seq', (SELECT max(case_id) + 1 FROM bank.case_file), false);
ALTER TABLE idea ADD COLUMN idea_id bigint;
UPDATE idea SET idea_id = nextval('bank.case_id_seq');
INSERT INTO bank.case_file (customer_id, case_id, unit_id, case_type, stage, phase, source, subject, facts, fields, queue, received_at,
    due_at, decision, outcome, closed_at, version)
SELECT customer_id, idea_id, unit_id, 'suggestion', now_in, CASE now_in WHEN 'told' THEN 'closed' WHEN 'declined' THEN 'closed'
       WHEN 'accepted' THEN 'decided' ELSE 'active' END, (ARRAY['app', 'survey', 'branch', 'hotline'])[1 + luck % 4], '建议 ' || left(subject, 150), facts,
       jsonb_build_object('topic', topic) || CASE WHEN now_in = 'new' THEN '{}' ELSE jsonb_build_object('theme', theme_id::text) END, 'voice',
       received_at, received_at + interval '10 days', CASE WHEN now_in IN ('told', 'declined') THEN '感谢您的建议' END,
       CASE now_in WHEN 'told' THEN 'adopted' WHEN 'declined' THEN 'declined' END,
       CASE WHEN now_in IN ('told', 'declined') THEN least(now(), received_at + interval '40 days') END, 5
  FROM idea;
INSERT INTO bank.case_event (customer_id, case_id, unit_id, at, staff_id, action, stage_before, stage_after, after, version)
SELECT i.customer_id, i.idea_id, i.unit_id, least(now(), i.received_at + e.n * interval '5 days'), 1, e.action, 'new', i.now_in, '{}', e.n
  FROM idea i JOIN (VALUES ('open', 1, '{new,grouped,accepted,told,declined}'::text[]), ('group', 2, '{grouped,accepted,told,declined}'),
       ('assess', 3, '{accepted,told,declined}'), ('accept', 4, '{accepted,told}'), ('decline', 4, '{declined}'), ('ship', 5, '{told}'),
       ('tell', 6, '{told}')) e (action, n, of) ON i.now_in = ANY (e.of)
 ORDER BY i.customer_id, i.idea_id, e.n;
SELECT bank.sequence_sync();
SELECT setval('bank.case_id_seq', (SELECT max(case_id) + 1 FROM bank.case_file), false);
RESET session_replication_role;
VACUUM (ANALYZE) bank.outbox, bank.contact, bank.prediction, bank.training_label, bank.case_survey, bank.case_cause, bank.case_redress,
    bank.case_extension, bank.case_party, bank.attachment, bank.case_escalation, bank.theme, bank.case_file, bank.case_event;
