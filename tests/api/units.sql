-- Units: made, renamed, closed and opened again by two persons; a new one lies inside the interval of the unit above.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.wish(p_login text, p_code text, p_parent text, p_kind text, p_regime text DEFAULT '',
                             p_calendar text DEFAULT '', p_why text DEFAULT 'needed') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.unit_propose(%L, %L, %L, ''新支行'', ''New Unit'', %L, %L, %L, gen_random_uuid())).status',
        p_code, p_parent, p_kind, p_regime, p_calendar, p_why)) $$;
CREATE FUNCTION pg_temp.ask(p_login text, p_what text, p_code text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.unit_%s(%L, ''needed'', gen_random_uuid())).status', p_what, p_code)) $$;
CREATE FUNCTION pg_temp.settle(p_login text, p_verb text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.unit_change_decide(%s, %L, ''seen'', gen_random_uuid())).status',
        (SELECT max(change_id) FROM bank.unit_change), p_verb)) $$;
CREATE FUNCTION pg_temp.sound() RETURNS bigint LANGUAGE sql AS $$ -- units outside the one above, or across another
    SELECT count(*) FROM bank.unit u LEFT JOIN bank.unit p ON p.unit_id = u.parent_id
     WHERE u.kind <> 'head' AND NOT (u.low > p.low AND u.high <= p.high)
        OR EXISTS (SELECT FROM bank.unit o WHERE o.unit_id <> u.unit_id AND o.low <= u.high AND o.high >= u.low
                      AND NOT (o.low < u.low AND o.high >= u.high OR u.low < o.low AND u.high >= o.high)) $$;
SELECT is(pg_temp.sound(), 0::bigint, 'the numbers are sound before');

SELECT is(pg_temp.wish('t_clerk', 'T7', 'T2', 'sub_branch') || pg_temp.wish('t_super2', 'T7', 'T2', 'sub_branch'), '4250142501',
          'neither a clerk nor a supervisor proposes a unit');
SELECT is(pg_temp.wish('t_admin', 't 7', 'T2', 'sub_branch'), 'BO422', 'a code is digits and capital letters');
SELECT is(pg_temp.wish('t_admin', 'T3', 'T2', 'sub_branch'), 'BO409', 'one that is taken is not taken again');
SELECT is(pg_temp.wish('t_admin', 'T7', 'T9', 'sub_branch'), 'BO404', 'there must be a unit above');
SELECT is(pg_temp.wish('t_admin', 'T7', 'T3', 'sub_branch') || pg_temp.wish('t_admin', 'T7', 'T1', 'sub_branch')
          || pg_temp.wish('t_admin', 'T7', 'T2', 'branch'), 'BO422BO422BO422', 'of the kind above');
SELECT is(pg_temp.wish('t_admin', 'T7', 'T2', 'sub_branch', 'mars'), 'BO422', 'under a law that there is');
SELECT is(pg_temp.wish('t_admin', 'T7', 'T2', 'sub_branch', '', 'mars'), 'BO422', 'and a calendar');
SELECT is(pg_temp.wish('t_admin', 'T7', 'T2', 'sub_branch', '', '', ' '), 'BO422', 'for a reason');

-- A new branch with its law, at the end; the whole bank grows with it.
SELECT is(pg_temp.wish('t_admin', 'B9', 'T1', 'branch', 'fca', 'service'), 'done', 'an administrator proposes a branch');
SELECT is(pg_temp.wish('t_admin', 'B9', 'T1', 'branch'), 'BO409', 'once at a time');
SELECT is(pg_temp.as('t_super2', 'SELECT count(*) FROM api.worklist WHERE screen = ''unit-changes'''), '1',
          'a second person finds it in the work list');
SELECT is((SELECT count(*) FROM bank.unit WHERE code = 'B9'), 0::bigint, 'it is not there yet');
SELECT is(pg_temp.settle('t_admin', 'approve') || pg_temp.settle('t_super', 'approve'), 'BO403BO403', 'its maker does not agree, nor does a branch');
SELECT is(pg_temp.settle('t_super2', 'approve'), 'done', 'a second person of head office does');
SELECT is(pg_temp.settle('t_super2', 'approve'), 'BO409', 'once');
SELECT is(pg_temp.sound(), 0::bigint, 'the numbers are sound');
SELECT is((SELECT u.high FROM bank.unit u WHERE u.code = 'T1'), (SELECT u.high FROM bank.unit u WHERE u.code = 'B9'), 'head office reaches over it');
SELECT is(pg_temp.as('t_super2', 'SELECT name_en FROM api.unit_choice WHERE code = ''B9'''), 'New Unit', 'who sees the bank sees it');
SELECT is(pg_temp.as('t_super', 'SELECT count(*) FROM api.unit_list WHERE code = ''B9'''), '0', 'another branch does not');
SELECT is((SELECT bank.regime_of(unit_id) FROM bank.unit WHERE code = 'B9'), 'fca', 'its complaints fall under the law chosen');
SELECT is((SELECT string_agg(action, ' ' ORDER BY audit_id) FROM bank.audit WHERE object_kind = 'unit' AND object_id = 'B9'),
          'unit_propose unit_approve', 'both steps stand in the trail');

-- Sub-branches fill the room of the branch, and the last branch grows.
DO $$
DECLARE
    n int;
BEGIN
    FOR n IN 1 .. 20 LOOP
        PERFORM pg_temp.wish('t_admin', 'S' || lpad(n::text, 2, '0'), 'B9', 'sub_branch'), pg_temp.settle('t_super2', 'approve');
    END LOOP;
END $$;
SELECT is((SELECT count(*) FROM bank.unit u JOIN bank.unit b ON u.unit_id BETWEEN b.low + 1 AND b.high WHERE b.code = 'B9'), 20::bigint,
          'twenty sub-branches lie in the last branch');
SELECT is(pg_temp.sound(), 0::bigint, 'and the numbers are still sound');
SELECT is((SELECT bank.regime_of(unit_id) FROM bank.unit WHERE code = 'S20'), 'fca', 'they have the law of the branch');
SELECT is(pg_temp.wish('t_admin', 'T4', 'T2', 'sub_branch') || pg_temp.settle('t_super2', 'approve'), 'donedone', 'the free number of a branch is taken');
SELECT is((SELECT unit_id FROM bank.unit WHERE code = 'T4'), 4, 'inside it');
SELECT is(pg_temp.wish('t_admin', 'T7', 'T2', 'sub_branch') || pg_temp.settle('t_super2', 'approve'), 'doneBO409',
          'a branch shut in by others takes no more, rather than reach into them');
SELECT is(pg_temp.settle('t_admin', 'withdraw'), 'done', 'its maker takes the proposal back');
SELECT is(pg_temp.sound(), 0::bigint, 'the numbers are sound');

-- A person of the new unit works there.
SELECT is(pg_temp.as('t_admin', 'SELECT (api.staff_propose(''t_new'', ''新人'', ''New'', ''clerk'', ''S01'', '''', ''w'', NULL, gen_random_uuid())).status'),
          'done', 'a clerk is proposed for it');
SELECT is(pg_temp.as('t_super2', format('SELECT (api.staff_change_decide(%s, ''approve'', ''n'', gen_random_uuid())).status',
                                        (SELECT max(change_id) FROM bank.staff_change))), 'done', 'and put into it');
SELECT is(pg_temp.as('t_new', 'SELECT count(*) FROM api.unit_list'), '1', 'and sees his unit alone');

-- Names.
SELECT is(pg_temp.as('t_admin', 'SELECT (api.unit_rename(''S02'', ''改名'', ''Renamed'', ''r'', gen_random_uuid())).status')
          || pg_temp.settle('t_super2', 'approve'), 'donedone', 'two persons give a unit other names');
SELECT is(pg_temp.as('t_super2', 'SELECT changes FROM api.unit_change_list ORDER BY change_id DESC LIMIT 1'),
          'Chinese name: 新支行 → 改名; English name: New Unit → Renamed', 'before and after stand in words');
SELECT is((SELECT name_en || low FROM bank.unit WHERE code = 'S02'), (SELECT 'Renamed' || unit_id FROM bank.unit WHERE code = 'S02'), 'its number stays');

-- Closing.
SELECT is(pg_temp.as('t_super2', 'SELECT string_agg(code || '' '' || kept_by, '','' ORDER BY code) FROM api.unit_list WHERE code IN (''T1'', ''T2'', ''B9'', ''S01'', ''S02'')'),
          'B9 units,S01 staff,S02 none,T1 head,T2 units', 'the list says what keeps a unit open');
SELECT is(pg_temp.ask('t_admin', 'close', 'B9') || pg_temp.ask('t_admin', 'close', 'S01') || pg_temp.ask('t_admin', 'close', 'T3'),
          'BO409BO409BO409', 'a unit with units, staff or customers is not closed');
SELECT is(bank.unit_kept_by(3) || ' ' || (bank.unit_holds(3) ~ '员工 [0-9]+、客户 [0-9]+')::text, 'staff true', 'it is said how many there are');
SELECT is(pg_temp.ask('t_admin', 'close', 'S02'), 'done', 'an empty one is proposed');
UPDATE bank.staff SET unit_id = (SELECT unit_id FROM bank.unit WHERE code = 'S02') WHERE login = 't_new';
SELECT is(pg_temp.settle('t_super2', 'approve'), 'BO409', 'but not closed over somebody who came meanwhile');
UPDATE bank.staff SET unit_id = (SELECT unit_id FROM bank.unit WHERE code = 'S01') WHERE login = 't_new';
SELECT is(pg_temp.settle('t_super2', 'approve'), 'done', 'then it is closed');
SELECT is(pg_temp.as('t_super2', 'SELECT count(*) FROM api.unit_choice WHERE code = ''S02'''), '0', 'nobody is offered it');
SELECT is(pg_temp.as('t_admin', 'SELECT (api.staff_propose(''t_new2'', ''新人'', ''New'', ''clerk'', ''S02'', '''', ''w'', NULL, gen_random_uuid())).status'),
          'BO404', 'nor put into it');
SELECT is(pg_temp.ask('t_admin', 'close', 'S02'), 'BO422', 'it is closed once');
SELECT is(pg_temp.ask('t_admin', 'reopen', 'S02') || pg_temp.settle('t_super2', 'approve'), 'donedone', 'and opened again');
SELECT is((SELECT closed_on FROM bank.unit WHERE code = 'S02'), NULL, 'for good');
SELECT is(pg_temp.as('t_admin', 'UPDATE bank.unit SET high = 99'), '42501', 'nobody changes a unit past the two persons');
SELECT * FROM finish();
ROLLBACK;
