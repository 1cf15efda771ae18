-- The server's clock is set back by an hour while cases are being worked on: every step goes on, no promise
-- is moved nearer, no step of a ladder is taken twice.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
SELECT bank.calendar_fill();

CREATE FUNCTION pg_temp.do(p_login text, p_call text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (o).status FROM (SELECT api.%s, p_request => gen_random_uuid()) o) x', p_call)) $$;
CREATE FUNCTION pg_temp.tick() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_worker', 'SELECT steps || '' '' || failed FROM api.clock_tick()') $$;
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(101, ''A032'', ''B02'', ''C07'', ''年费'', ''扣了年费'',
    p_request => gen_random_uuid())).id') AS c \gset
SELECT is(pg_temp.do('t_super', format('case_assign(101, %s, ''t_clerk'', '''', NULL', :c)), 'done', 'a case has its owner');
SELECT is(pg_temp.do('t_clerk', format('case_step(101, %s, ''wait'', ''等客户资料'', NULL', :c)), 'done', 'who waits for papers');
UPDATE bank.case_clock SET next_at = now() - interval '1 second' WHERE case_id = :c AND clock = 'first_response' AND stopped_at IS NULL;
UPDATE bank.case_clock SET started_at = started_at - interval '40 days', due_at = due_at - interval '40 days'
 WHERE case_id = :c AND clock = 'first_response';
SELECT isnt(pg_temp.tick(), '0 0', 'steps of the ladder are taken');
SELECT count(*) AS fired FROM bank.case_escalation WHERE case_id = :c \gset

-- The clock goes back: whatever was written stands an hour in the future.
UPDATE bank.case_file SET received_at = received_at + interval '1 hour', taken_at = taken_at + interval '1 hour',
       responded_at = responded_at + interval '1 hour' WHERE case_id = :c;
UPDATE bank.case_pause SET started_at = started_at + interval '1 hour' WHERE case_id = :c;
UPDATE bank.case_event SET at = at + interval '1 hour' WHERE case_id = :c;
UPDATE bank.case_escalation SET fired_at = fired_at + interval '1 hour' WHERE case_id = :c;
UPDATE bank.case_clock SET started_at = started_at + interval '1 hour', stopped_at = stopped_at + interval '1 hour',
       next_at = next_at + interval '1 hour' WHERE case_id = :c AND clock <> 'first_response';
CREATE TEMP TABLE due AS SELECT clock, due_at FROM bank.case_clock WHERE case_id = :c AND stopped_at IS NULL AND clock = 'statutory';

SELECT is(pg_temp.tick(), '0 0', 'no step is taken again, none fails');
SELECT is((SELECT count(*) FROM bank.case_escalation WHERE case_id = :c), :fired::bigint, 'each is there once');
SELECT is(pg_temp.do('t_clerk', format('case_step(101, %s, ''resume'', '''', NULL', :c)), 'done', 'the wait ends');
SELECT ok((SELECT ended_at >= started_at FROM bank.case_pause WHERE case_id = :c), 'with no negative length');
SELECT ok((SELECT bool_and(k.due_at >= d.due_at) FROM bank.case_clock k JOIN due d USING (clock) WHERE k.case_id = :c AND k.stopped_at IS NULL),
          'no statutory promise has come nearer');
SELECT is(pg_temp.do('t_clerk', format('case_reply(101, %s, ''phone'', ''已致电'', NULL', :c)), 'done', 'the customer is answered');
SELECT is(pg_temp.do('t_clerk', format('case_resolve(101, %s, ''退费'', ''phone'', '''', ''resolved'', NULL', :c)), 'done', 'the case is resolved');
SELECT is((SELECT count(*) FROM bank.case_clock WHERE case_id = :c AND (stopped_at IS NULL OR stopped_at < started_at)), 0::bigint,
          'every clock stands, none before its start');
SELECT is((SELECT count(DISTINCT event_id) FROM bank.case_event WHERE case_id = :c),
          (SELECT count(*) FROM bank.audit WHERE action LIKE 'case\_%' AND object_id = (SELECT number FROM bank.case_file WHERE case_id = :c)
              AND action NOT IN ('case_alert_seen')), 'each event has its audit row');

-- Texts that nobody expects, by the screen's own function.
CREATE FUNCTION pg_temp.open(p_text text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.do('t_clerk', format('case_open(102, ''A032'', NULL, NULL, ''s'', %L', p_text)) $$;
SELECT is(pg_temp.open(repeat('诉', 350000)), 'BO422', 'a text of 1 MB is refused');
SELECT is(pg_temp.open(''), 'BO422', 'an empty one too');
SELECT is(pg_temp.open(E' \n\t '), 'BO422', 'and one of blanks');
SELECT is(pg_temp.open(repeat('😀', 20000)), 'done', 'twenty thousand emoji are 20,000 characters');
SELECT is(pg_temp.open(E'a\u0007\u001b[2Jb\u202ec\ufeffd'), 'done', 'control and bidi characters are kept as they came');
SELECT is((SELECT octet_length(facts) FROM bank.case_file ORDER BY case_id DESC LIMIT 1), octet_length(E'a\u0007\u001b[2Jb\u202ec\ufeffd'), 'to the byte');
SELECT * FROM finish();
ROLLBACK;
