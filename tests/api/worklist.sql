-- The worklist: what is due for me, from all parts, and nothing of other people or branches.
BEGIN;
\ir ../lib/small-bank.sql
SELECT plan(29);

CREATE FUNCTION pg_temp.kinds(p_login text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, 'SELECT coalesce(string_agg(kind || '' '' || screen, '', '' ORDER BY kind, object_id), ''none'') FROM api.worklist') $$;
CREATE FUNCTION pg_temp.open(p_customer bigint, p_level text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as('t_super2', format('SELECT (api.case_open(%s, ''A01'', ''B02'', ''C07'', ''s'', ''f'', '
   'p_level => %L, p_request => gen_random_uuid())).id', p_customer, p_level)) $$;

-- Nobody is free, so that cases wait in their queues.
UPDATE bank.setting SET value = '0' WHERE name = 'route_capacity';
SELECT is(pg_temp.kinds('t_clerk'), 'none', 'nothing is due in an empty bank');
SELECT pg_temp.open(101, 'simple') AS card, pg_temp.open(101, 'major') AS major,
       pg_temp.open(201, 'simple') AS west \gset
SELECT is(pg_temp.kinds('t_clerk'), 'queue case', 'a case in my queue, not that of another branch');
SELECT is(pg_temp.kinds('t_west'), 'queue case', 'which sees its own');
SELECT is(pg_temp.kinds('t_rm'), 'none', 'not of another role''s queue');
SELECT is(pg_temp.kinds('t_audit'), 'none', 'an auditor has no work there');
SELECT pg_temp.as('t_clerk', format('SELECT api.case_take(101, %s, 3, gen_random_uuid())', :'card'));
SELECT is(pg_temp.kinds('t_clerk'), 'case case', 'taken, it is mine');
SELECT is(pg_temp.kinds('t_clerk2'), 'none', 'and no longer anybody''s');
INSERT INTO bank.task (customer_id, title, due_at, owner_id, created_by, unit_id)
VALUES (101, 'call', now() - interval '1 hour', 901, 904, 3), (101, 'call', now(), 902, 904, 3);
SELECT is(pg_temp.kinds('t_clerk'), 'case case, task my-tasks', 'my task, not my colleague''s');
SELECT is(pg_temp.as('t_clerk', 'SELECT kind || state FROM api.worklist ORDER BY due_at LIMIT 1'),
          'taskoverdue', 'the most urgent first');
DELETE FROM bank.checklist;
SELECT pg_temp.as('t_super', format('SELECT api.case_take(101, %s, 3, gen_random_uuid())', :'major'));
SELECT pg_temp.as('t_super', format('SELECT api.case_resolve(101, %s, ''d'', ''app'', '''', ''resolved'', 4, gen_random_uuid())', :'major'));
SELECT pg_temp.as('t_super', 'SELECT api.points_adjust(101, 5, ''r'', gen_random_uuid())');
INSERT INTO bank.access_grant (customer_id, staff_id, reason, unit_id) VALUES (103, 901, 'asked by phone', 2);
SELECT is(pg_temp.kinds('t_super'), 'case case, grant access-requests',
          'a maker does not find his own decisions to approve');
SELECT is(pg_temp.kinds('t_super2'), 'adjustment points-adjustments, approval case, grant access-requests',
          'the second person does');
SELECT is(pg_temp.as('t_super2', 'SELECT decisions FROM api.worklist_summary()'), '3', 'counted');
SELECT is(pg_temp.as('t_clerk', 'SELECT format(''%s %s %s'', mine, tasks, overdue) FROM api.worklist_summary()'),
          '1 1 1', 'for each his own');
-- A message that nobody could deliver is work of who answers for it.
CREATE FUNCTION pg_temp.undelivered(p_login text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, 'SELECT concat_ws('' '', screen, detail) FROM api.worklist WHERE kind = ''message''') $$;
INSERT INTO bank.endpoint (channel, kind, url) VALUES ('sms', 'http', 'http://127.0.0.1/') ON CONFLICT DO NOTHING;
SELECT is((SELECT count(*)::int FROM bank.phone WHERE customer_id = 101), 0, 'a customer without a phone');
INSERT INTO bank.outbox (customer_id, unit_id, case_id, kind, channel, body, request)
VALUES (101, 3, :'card', 'case_reply', 'sms', 'hello', gen_random_uuid());
SELECT pg_temp.as('t_worker', 'SELECT api.deliver_claim(10)');
SELECT is(pg_temp.undelivered('t_clerk'), 'case 没有客户的该渠道联系方式', 'the owner of its case');
SELECT is(pg_temp.undelivered('t_super'), 'outbox 没有客户的该渠道联系方式',
          'and the supervisor, in the list where he settles it');
SELECT is(pg_temp.undelivered('t_clerk2'), NULL, 'nobody else');
SELECT is(pg_temp.as('t_clerk', format('SELECT note || '' | '' || note_en FROM api.case_history WHERE case_id = %s AND action = ''undelivered''', :'card')),
          '短信, 没有客户的该渠道联系方式 | Text message, no address of the customer', 'the history of the case tells it in both languages');
-- So is one that has not left after a day: a letter that nobody posted, a way without an endpoint, no worker.
UPDATE bank.outbox SET status = 'sent';
INSERT INTO bank.outbox (customer_id, unit_id, case_id, kind, channel, body, request, created_at)
VALUES (101, 3, :'card', 'case_reply', 'letter', 'today', gen_random_uuid(), now() - interval '23 hours');
SELECT is(pg_temp.undelivered('t_super'), NULL, 'a day is time to post a letter');
UPDATE bank.outbox SET created_at = now() - interval '25 hours' WHERE status = 'ready';
SELECT is(pg_temp.undelivered('t_super'), 'outbox 超过一天未发出', 'then it is work');
SELECT is(pg_temp.undelivered('t_clerk'), 'case 超过一天未发出', 'of the owner, too');
-- Complaints that another system sent and that could not be taken in, and a system that does not answer.
CREATE FUNCTION pg_temp.intake(p_login text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, 'SELECT string_agg(concat_ws('' '', kind, screen, number, detail, state), '', '' ORDER BY kind, object_id)
                                  FROM api.worklist WHERE kind IN (''intake'', ''source'')') $$;
INSERT INTO bank.case_source (system, url) VALUES ('mouth', 'https://x.example/');
INSERT INTO bank.case_import (import_id, system, name, sha256, staff_id) VALUES (900, 'mouth', 'x', 'x', 909);
INSERT INTO bank.case_reject (system, import_id, row_data, field, reason)
SELECT 'mouth', 900, j, 'text', 'r' FROM unnest('{"{\"id\": \"e1\"}",7}'::jsonb[]) j;
SELECT is(pg_temp.intake('t_super'), 'intake case-rejects e1 mouth: text ok, intake case-rejects - mouth: text ok', 'within two hours');
SELECT is(pg_temp.intake('t_clerk'), NULL, 'of who leads');
UPDATE bank.case_reject SET settled_at = now();
SELECT is(pg_temp.intake('t_super'), NULL, 'until it is settled');
UPDATE bank.case_source SET failures = 2, last_at = now() - interval '1 minute';
SELECT is(pg_temp.intake('t_super'), NULL, 'a system may fail twice');
UPDATE bank.case_source SET failures = 3, last_error = 'HTTP 500';
SELECT is(pg_temp.intake('t_admin'), 'source case-sources mouth HTTP 500 overdue', 'then somebody is to look');
UPDATE bank.case_source SET failures = 0, last_error = '', next_at = now() - interval '11 minutes';
SELECT is(pg_temp.intake('t_super'), 'source case-sources mouth overdue', 'and when nobody asks it');
SELECT is(pg_temp.as('t_clerk', 'SELECT customer FROM api.worklist LIMIT 1'), '*伟民', 'names are masked');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM bank.task'), '42501', 'nobody reads the tables');

SELECT * FROM finish();
ROLLBACK;
