-- Who is moved or disabled leaves nothing behind: cases and breaks go to the team, tasks to the nearest supervisor.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.id(p_login text) RETURNS int LANGUAGE sql AS 'SELECT staff_id FROM bank.staff WHERE login = p_login';
CREATE FUNCTION pg_temp.version(p_login text) RETURNS bigint LANGUAGE sql AS 'SELECT version FROM bank.staff WHERE login = p_login';
CREATE FUNCTION pg_temp.opens(p_login text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, 'SELECT id FROM api.case_open(101, ''A032'', ''B02'', ''C07'', ''s'', ''f'', p_request => gen_random_uuid())') $$;
CREATE FUNCTION pg_temp.move(p_login text, p_role text, p_unit text, p_scope text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_admin', format('SELECT (api.staff_propose(%L, ''某'', ''Some One'', %L, %L, %L, ''w'', %s, gen_random_uuid())).status',
        p_login, p_role, p_unit, p_scope, pg_temp.version(p_login))) $$;
CREATE FUNCTION pg_temp.agree() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_super2', format('SELECT (api.staff_change_decide(%s, ''approve'', ''n'', gen_random_uuid())).message',
        (SELECT max(change_id) FROM bank.staff_change))) $$;
CREATE FUNCTION pg_temp.has(p_login text) RETURNS text LANGUAGE sql AS
    'SELECT bank.open_work_words(w.cases, w.tasks, w.breaks, false) FROM bank.staff_open_work(pg_temp.id(p_login), p_login, NULL, NULL) w';

DO $$
DECLARE
    made text := pg_temp.opens('t_clerk');
BEGIN
    UPDATE bank.case_file SET owner_id = pg_temp.id('t_clerk'), stage = 'accepted', queue = coalesce(queue, 'service'), taken_at = now()
     WHERE case_id = made::bigint;
END $$;
SELECT lives_ok($$SELECT pg_temp.as('t_clerk', 'SELECT (api.task_create(101, ''ring him'', '''', bank.today(), NULL, gen_random_uuid())).status')$$, 'a task');
INSERT INTO bank.task (customer_id, title, due_at, owner_id, created_by, unit_id)
SELECT 101, 'ring him', now() + interval '1 day', pg_temp.id('t_clerk'), pg_temp.id('t_clerk'), 3
 WHERE NOT EXISTS (SELECT FROM bank.task WHERE owner_id = pg_temp.id('t_clerk'));
INSERT INTO bank.recon_break (account_id, item_id, lane_id, unit_id, category, aged_from, due_on, owner, promised_on)
VALUES (9, 9, 9, 3, 'fee', bank.today(), bank.today(), 't_clerk', bank.today());
SELECT is(pg_temp.has('t_clerk'), 'cases 1, tasks 1, breaks 1', 'a clerk has a case, a task and a break');
SELECT is(pg_temp.as('t_admin', 'SELECT work FROM api.staff_form(''t_clerk'')'), '工单 1、任务 1、差异 1',
          'the form of a change says so');

-- Only another name: everything stays.
SELECT is(pg_temp.move('t_clerk', 'clerk', 'T3', (SELECT v.code FROM bank.staff s JOIN bank.unit v ON v.unit_id = s.scope_id WHERE s.login = 't_clerk')),
          'done', 'another name is proposed');
SELECT is(pg_temp.as('t_super2', 'SELECT work FROM api.staff_change_list WHERE state = ''asked'''), '', 'which gives nothing away');
SELECT is(pg_temp.agree(), 'The change counts from the next request of this login on.', 'it is agreed');
SELECT is(pg_temp.has('t_clerk'), 'cases 1, tasks 1, breaks 1', 'he keeps what he has');

-- Another branch.
SELECT is(pg_temp.move('t_clerk', 'clerk', 'T5'), 'done', 'a move is proposed');
SELECT is(pg_temp.as('t_super2', 'SELECT work FROM api.staff_change_list WHERE state = ''asked'''), 'cases 1, tasks 1, breaks 1', 'it says what it moves');
SELECT is(pg_temp.agree(), 'The change counts from now on; what he had open went back to the teams.', 'it is agreed');
SELECT is(pg_temp.has('t_clerk'), '', 'he has nothing left behind');
SELECT is((SELECT stage || coalesce(owner_id::text, ' nobody') || (queue IS NOT NULL)::text FROM bank.case_file WHERE customer_id = 101 ORDER BY case_id DESC LIMIT 1),
          'assigned nobodytrue', 'the case waits in the queue of its team');
SELECT is((SELECT note FROM bank.case_event WHERE customer_id = 101 ORDER BY event_id DESC LIMIT 1), '员工已调动 / Member of staff moved',
          'its history says why');
SELECT is((SELECT s.role || (t.unit_id BETWEEN u.low AND u.high)::text FROM bank.task t JOIN bank.staff s ON s.staff_id = t.owner_id
             JOIN bank.unit u ON u.unit_id = s.scope_id WHERE t.customer_id = 101), 'supervisortrue', 'the task went to a supervisor who sees the customer');
SELECT is((SELECT coalesce(owner, 'nobody') || coalesce(promised_on::text, '') FROM bank.recon_break), 'nobody', 'the break is nobody''s');
SELECT is((SELECT after ->> 'cases' || (after ->> 'tasks') || (after ->> 'breaks') FROM bank.audit
            WHERE action = 'staff_approve' ORDER BY audit_id DESC LIMIT 1), '111', 'the trail counts them');
SELECT is((SELECT count(*)::int FROM bank.audit WHERE action IN ('case_reassign', 'task_move')), 2, 'and has a row for each case and task');
SELECT is(pg_temp.as('t_super2', 'SELECT work FROM api.staff_change_list ORDER BY change_id DESC LIMIT 1'), 'cases 1, tasks 1, breaks 1',
          'the change keeps what it moved');

-- Disabled.
UPDATE bank.case_file SET owner_id = pg_temp.id('t_rm'), stage = 'accepted', taken_at = now() WHERE customer_id = 101;
SELECT is(pg_temp.as('t_admin', format('SELECT (api.staff_disable(%s, %s, gen_random_uuid())).message', pg_temp.id('t_rm'), pg_temp.version('t_rm'))),
          'Login disabled; what he had open went back to the teams.', 'one who is disabled gives his work back');
SELECT is(pg_temp.has('t_rm'), '', 'all of it');
SELECT is((SELECT note FROM bank.case_event WHERE customer_id = 101 ORDER BY event_id DESC LIMIT 1), '员工已停用 / Member of staff disabled', 'and it says why');
SELECT is(pg_temp.as('t_admin', format('SELECT (api.staff_enable(%s, %s, gen_random_uuid())).message', pg_temp.id('t_rm'), pg_temp.version('t_rm'))),
          'Login enabled.', 'enabled again he starts anew');
-- By the installer, on the command line.
UPDATE bank.case_file SET owner_id = pg_temp.id('t_clerk2'), stage = 'accepted', taken_at = now() WHERE customer_id = 101;
SELECT lives_ok($$SELECT bank.staff_remove('t_clerk2')$$, 'the installer ends a login');
SELECT is((SELECT coalesce(owner_id::text, 'nobody') || ' ' || stage FROM bank.case_file WHERE customer_id = 101 ORDER BY case_id DESC LIMIT 1),
          'nobody assigned', 'the case goes back to its team as well');
SELECT is((SELECT coalesce(staff_id::text, 'nobody of staff') || ': ' || note FROM bank.case_event WHERE customer_id = 101 ORDER BY event_id DESC LIMIT 1),
          'nobody of staff: 员工已停用 / Member of staff disabled', 'and its history says why');
-- A role that works no cases gives all away.
UPDATE bank.case_file SET owner_id = pg_temp.id('t_rm'), stage = 'accepted', taken_at = now() WHERE customer_id = 101;
SELECT is(pg_temp.move('t_rm', 'auditor', 'T1', 'T1'), 'done', 'a manager becomes an auditor');
SELECT is(pg_temp.as('t_super2', 'SELECT work FROM api.staff_change_list WHERE state = ''asked'''), 'cases 1', 'who keeps no case');
SELECT * FROM finish();
ROLLBACK;
