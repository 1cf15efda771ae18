-- A case handed to the desk of another unit: who may, where to, its clocks and its history; who is asked in words.
BEGIN;
\ir ../lib/small-bank.sql
SELECT plan(36);
INSERT INTO bank.unit (unit_id, parent_id, kind, code, name_zh, name_en, low, high)
VALUES (4, 2, 'sub_branch', 'T4', '北门支行', 'North gate', 4, 4);
INSERT INTO bank.staff (staff_id, login, name_zh, name_en, role, unit_id, scope_id)
VALUES (920, 't_north', '北门柜员', 'North clerk', 'clerk', 4, 2);
CREATE ROLE t_north LOGIN IN ROLE bankops_clerk;
INSERT INTO bank.calendar (calendar, label_en, label_zh, holidays) VALUES ('always', 'Always', '全天', false);
INSERT INTO bank.calendar_slot SELECT 'always', d, '00:00', '24:00' FROM generate_series(1, 7) d;
INSERT INTO bank.unit_calendar VALUES (4, 'always');
SELECT bank.calendar_fill();
SELECT pg_temp.as('t_clerk', $$SELECT (api.case_open(101, 'A032', 'B02', 'C07', 's', 'f', p_request => gen_random_uuid())).id$$)
    AS a \gset
CREATE FUNCTION pg_temp.hand(p_login text, p_case bigint, p_unit text, p_queue text DEFAULT '', p_note text DEFAULT 'nearer to him')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_transfer(101, %s, %L, %L, %L, %s, gen_random_uuid())).status',
        p_case, p_unit, p_queue, p_note, (SELECT version FROM bank.case_file WHERE case_id = p_case))) $$;
CREATE FUNCTION pg_temp.take(p_login text, p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_take(101, %s, %s, gen_random_uuid())).status', p_case,
        (SELECT version FROM bank.case_file WHERE case_id = p_case))) $$;

SELECT is(pg_temp.hand('t_clerk', :a, 'T4'), '42501', 'a clerk cannot hand a case to another unit');
SELECT is(pg_temp.hand('t_super', :a, 'T9'), 'BO422', 'there must be such a unit');
SELECT is(pg_temp.hand('t_super', :a, 'T5'), 'BO422', 'where somebody may see the customer');
SELECT is(pg_temp.hand('t_super', :a, 'T3'), 'BO422', 'another than the one it is at');
SELECT is(pg_temp.hand('t_super', :a, 'T4', '', ' '), 'BO422', 'for a reason');
SELECT is(pg_temp.hand('t_super', :a, 'T4', 'nowhere'), 'BO422', 'into a queue that exists');
CREATE FUNCTION pg_temp.refused(p_login text, p_case bigint, p_unit text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    what text; why text; todo text;
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', p_login);
    PERFORM api.case_transfer(101, p_case, p_unit, '', 'n', NULL, gen_random_uuid());
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS what = MESSAGE_TEXT, why = PG_EXCEPTION_DETAIL, todo = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', what, why, todo);
END $$;
SELECT is(pg_temp.refused('t_super', :a, 'T5'), 'That region does not see this customer. | 总行: super2 | '
          'Hand it to head office, which sees both and asks that unit.', 'the refusal of another region names who can');
SELECT is(pg_temp.as('t_super', format('SELECT string_agg(code || '' '' || people, '', '') FROM api.case_desks(101, %s)', :a)),
          'T1 高管督办: 1 人，在办 0 件, T4 1 人，在办 0 件', 'the list shows where it can go: at head office to the executive desk');
SELECT isnt((SELECT calendar FROM bank.case_clock WHERE case_id = :a AND clock = 'resolution'), 'always', 'before');
SELECT is(pg_temp.hand('t_super', :a, 'T4'), 'done', 'to the other sub-branch');
SELECT is((SELECT owner_id || ' ' || desk_id || ' ' || unit_id || ' ' || stage FROM bank.case_file WHERE case_id = :a),
          '920 4 3 assigned', 'whose clerk has it; the customer stays where he is');
SELECT is((SELECT calendar FROM bank.case_clock WHERE case_id = :a AND clock = 'resolution'), 'always',
          'its clocks go on in the other unit''s calendar');
SELECT ok((SELECT count(*) > 0 FROM bank.case_clock_part WHERE case_id = :a), 'and keep what they counted');
SELECT ok((SELECT count(*) > 0 FROM bank.case_clock_change WHERE case_id = :a AND cause = 'unit'), 'with the change on record');
SELECT is(pg_temp.as('t_super', format('SELECT action_en || '': '' || note || ''; '' || changes_en FROM api.case_history '
          'WHERE case_id = %s AND action = ''transfer''', :a)),
          'Handed to another unit: nearer to him; North gate, clerk > North clerk', 'the history says where it went');
SELECT is(pg_temp.as('t_clerk', format('SELECT unit FROM api.case_detail(101, %s)', :a)), '北门支行',
          'those of the customer''s own unit see it and where it is');
SELECT is(pg_temp.as('t_clerk', format('SELECT hand FROM api.case_detail(101, %s)', :a)), '北门柜员', 'and in whose hands');
SELECT is(pg_temp.as('t_super', format('SELECT hand FROM api.case_detail(101, %s)', :a)), 'you', 'a supervisor may act for him');
SELECT is(pg_temp.take('t_north', :a), 'done', 'who takes it');
SELECT pg_temp.as('t_north', format('SELECT (api.case_step(101, %s, ''release'', '''', %s, gen_random_uuid())).status',
          :a, (SELECT version FROM bank.case_file WHERE case_id = :a)));
SELECT is(pg_temp.take('t_clerk', :a), 'BO403', 'given back it waits there: nobody of another unit takes it');
SELECT is((SELECT string_agg(place, ' ' ORDER BY since) FROM bank.case_stays(101, :a, NULL) WHERE kind = 'unit'), '3 4',
          'and stands with that unit, though nobody owns it');
SELECT is(pg_temp.as('t_super', $$SELECT string_agg(code || ' ' || cases || ' ' || stays || ' ' || handed_on || ' ' || standing, ', ' ORDER BY code)
          FROM api.report_handoff('', 'complaint') WHERE kind = 'unit'$$), '3 1 1 1 0, 4 1 1 0 1', 'in the report of all too');
SELECT is(pg_temp.take('t_north', :a), 'done', 'but a colleague there');
SELECT is(pg_temp.hand('t_super', :a, 'T3'), 'done', 'and home again');
SELECT is((SELECT coalesce(desk_id, 0) FROM bank.case_file WHERE case_id = :a), 0, 'where the customer is');

-- Sent to a team that has nobody at the other unit it comes home, where somebody can take it.
SELECT is(pg_temp.hand('t_super', :a, 'T4'), 'done', 'once more');
INSERT INTO bank.queue (queue, label_en, label_zh, role, seq) VALUES ('rm_only', 'Managers', '客户经理', 'rm', 990);
SELECT is(pg_temp.as('t_super', format('SELECT (api.case_route(101, %s, ''rm_only'', ''n'', %s, gen_random_uuid())).status', :a,
          (SELECT version FROM bank.case_file WHERE case_id = :a))), 'done', 'to a team of managers');
SELECT is((SELECT concat_ws(' ', desk_id, owner_id, queue) FROM bank.case_file WHERE case_id = :a), '903 rm_only',
          'who sit where the customer is');

-- Head office is the way to another region: its executive desk takes what its clerks could not.
SELECT is(pg_temp.hand('t_super', :a, 'T1', 'rm_only'), 'BO422', 'not into a team that nobody there belongs to');
SELECT is(pg_temp.hand('t_super', :a, 'T1', '', 'it happened at West branch'), 'done', 'to head office, without a queue');
SELECT is((SELECT concat_ws(' ', desk_id, owner_id, queue) FROM bank.case_file WHERE case_id = :a), '1 905 executive',
          'whose executive desk has it, with a name');
SELECT is((SELECT login FROM bank.staff s JOIN bank.case_event e USING (staff_id) WHERE e.case_id = :a AND e.action = 'transfer'
            ORDER BY event_id DESC LIMIT 1), 't_super', 'the case says who handed it on');
SELECT is((SELECT count(*)::int FROM bank.audit WHERE action LIKE '%transfer' AND object_id = (SELECT number FROM bank.case_file WHERE case_id = :a)
              AND after ->> 'queue' = 'executive'), 1, 'and so does the audit trail');
SELECT is(pg_temp.take('t_super2', :a), 'done', 'there it is taken');
SELECT is(pg_temp.hand('t_super2', :a, 'T5'), 'BO422', 'head office, too, gives it to nobody who may not see the customer');
SELECT is(pg_temp.hand('t_super2', :a, 'T3', 'card'), 'done', 'and sends it home');
SELECT * FROM finish();
ROLLBACK;
