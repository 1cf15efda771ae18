-- Members of staff: proposed by an administrator, agreed by a second person, then able to log in; moved and given
-- another role the same way.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.wish(p_login text, p_who text, p_role text, p_unit text, p_version bigint DEFAULT NULL,
                             p_scope text DEFAULT '', p_why text DEFAULT 'needed')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.staff_propose(%L, ''新人'', ''New One'', %L, %L, %L, %L, %s, '
        'gen_random_uuid())).status', p_who, p_role, p_unit, p_scope, p_why, coalesce(p_version::text, 'NULL'))) $$;
CREATE FUNCTION pg_temp.settle(p_login text, p_verb text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.staff_change_decide(%s, %L, ''seen'', gen_random_uuid())).status',
        (SELECT max(change_id) FROM bank.staff_change), p_verb)) $$;
CREATE FUNCTION pg_temp.version(p_login text) RETURNS bigint LANGUAGE sql AS
    'SELECT version FROM bank.staff WHERE login = p_login';
CREATE FUNCTION pg_temp.groups(p_login text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(g.rolname, ' ' ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
      JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = p_login $$;

SELECT is(pg_temp.wish('t_clerk', 't_new', 'clerk', 'T3'), '42501', 'a clerk proposes nobody');
SELECT is(pg_temp.wish('t_super2', 't_new', 'clerk', 'T3'), '42501', 'nor does a supervisor of head office');
SELECT is(pg_temp.wish('t_admin', 'T New', 'clerk', 'T3'), 'BO422', 'a login is small letters');
SELECT is(pg_temp.wish('t_admin', 'bankops_admin', 'clerk', 'T3'), 'BO422', 'and no group of the program');
SELECT is(pg_temp.wish('t_admin', 't_new', 'king', 'T3'), 'BO422', 'there must be such a role');
SELECT is(pg_temp.wish('t_admin', 't_new', 'clerk', 'T9'), 'BO404', 'and such a unit');
SELECT is(pg_temp.wish('t_admin', 't_new', 'clerk', 'T3', NULL, '', ' '), 'BO422', 'for a reason');
SELECT is(pg_temp.wish('t_admin', 't_clerk', 'clerk', 'T3'), 'BO409', 'a login that is taken is not made again');
SELECT is(pg_temp.wish('t_admin', 't_admin', 'clerk', 'T3', pg_temp.version('t_admin')), 'BO403', 'nobody changes himself');

SELECT is(pg_temp.wish('t_admin', 't_new', 'clerk', 'T3'), 'done', 'an administrator proposes a clerk');
SELECT is(pg_temp.wish('t_admin', 't_new', 'rm', 'T3'), 'BO409', 'once at a time');
SELECT is((SELECT count(*)::int FROM pg_roles WHERE rolname = 't_new'), 0, 'who has no login yet');
SELECT is(pg_temp.as('t_super2', 'SELECT count(*) FROM api.worklist WHERE screen = ''staff-changes'''), '1',
          'a second person of head office finds it in the work list');
SELECT is(pg_temp.settle('t_admin', 'approve') || pg_temp.settle('t_super', 'approve') || pg_temp.settle('t_clerk', 'approve'),
          'BO403BO40342501', 'the maker does not agree, nor does a branch or a clerk');
SELECT is(pg_temp.settle('t_super2', 'approve'), 'done', 'a second person of head office does');
SELECT is(pg_temp.groups('t_new'), 'bankops_clerk', 'the login is a clerk and nothing else');
SELECT is(pg_temp.as('t_new', 'SELECT role || unit_id FROM api.me'), 'clerk3', 'and works where he was put');
CREATE FUNCTION pg_temp.takes() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_new', 'SELECT (api.case_open(101, ''A032'', ''B02'', ''C07'', ''s'', ''f'', p_request => gen_random_uuid())).status') $$;
SELECT is(pg_temp.takes(), 'done', 'he takes a complaint of a customer of his unit');
SELECT is((SELECT string_agg(action, ' ' ORDER BY audit_id) FROM bank.audit WHERE object_id = 't_new'),
          'staff_propose staff_approve', 'both steps stand in the audit trail');
SELECT is(pg_temp.settle('t_super2', 'approve'), 'BO409', 'it is decided once');

-- Moved to another branch, with another role.
SELECT is(pg_temp.wish('t_admin', 't_new', 'supervisor', 'T5', pg_temp.version('t_new') + 1), 'BO409', 'an old look is refused');
SELECT is(pg_temp.wish('t_admin', 't_new', 'supervisor', 'T5', pg_temp.version('t_new')), 'done', 'a move is proposed');
SELECT is(pg_temp.as('t_super2', 'SELECT changes FROM api.staff_change_list WHERE state = ''asked'''),
          (SELECT format('role: clerk → supervisor; works at: %s → %s; sees: %s → %s', a.name_en, b.name_en, a.name_en, b.name_en)
             FROM bank.unit a, bank.unit b WHERE a.code = 'T3' AND b.code = 'T5'), 'before and after stand in words');
UPDATE bank.staff SET version = version + 1, unit_id = 2 WHERE login = 't_new';
SELECT is(pg_temp.settle('t_super2', 'approve'), 'BO409', 'what changed meanwhile is not overwritten');
UPDATE bank.staff SET unit_id = 3 WHERE login = 't_new';
SELECT is(pg_temp.settle('t_super2', 'approve'), 'done', 'a second person agrees to the move');
SELECT is(pg_temp.groups('t_new'), 'bankops_supervisor', 'the old group is gone');
SELECT is(pg_temp.as('t_new', 'SELECT role || unit_id FROM api.me'), 'supervisor5', 'he works in the other branch');
SELECT is(pg_temp.takes(), 'BO404', 'and no longer reaches customers of the first');

SELECT is(pg_temp.wish('t_admin', 't_late', 'clerk', 'T5'), 'done', 'another is to work there');
UPDATE bank.unit SET closed_on = bank.today() WHERE code = 'T5';
SELECT is(pg_temp.settle('t_super2', 'approve'), 'BO409', 'not in a unit that was closed meanwhile');
UPDATE bank.unit SET closed_on = NULL WHERE code = 'T5';
SELECT is(pg_temp.settle('t_admin', 'withdraw'), 'done', 'it is taken back');

-- Refused, withdrawn, and the one whom it is about.
SELECT is(pg_temp.wish('t_admin', 't_super2', 'clerk', 'T3', pg_temp.version('t_super2')), 'done', 'a change of the checker');
SELECT is(pg_temp.settle('t_super2', 'refuse'), 'BO403', 'is not his to decide');
SELECT is(pg_temp.settle('t_admin', 'withdraw'), 'done', 'its maker takes it back');
SELECT is((SELECT role FROM bank.staff WHERE login = 't_super2'), 'supervisor', 'nothing changed');

-- Roles that staff must never be.
CREATE ROLE t_strong LOGIN CREATEROLE;
SELECT is(pg_temp.wish('t_admin', 't_strong', 'clerk', 'T3') || pg_temp.settle('t_super2', 'approve'), 'doneBO409',
          'a role with privileges does not become a member of staff');
SELECT is(pg_temp.groups('t_strong'), NULL, 'and is in no group');
SELECT is(pg_temp.as('t_admin', 'SELECT bank.staff_login_set(''t_x'', ''clerk'', ''admin'')'), '42501',
          'nobody makes logins past the two persons');
SELECT throws_ok(format('SELECT bank.staff_login_set(''t_x'', ''clerk'', %L)', r), 'BO422', NULL, 'nor is anybody made ' || coalesce(r, 'nothing'))
  FROM unnest('{owner,api,staff,dba,NULL}'::text[]) r;
SELECT * FROM finish();
ROLLBACK;
