-- Lookup, opening, reveal, and the grant that a restricted or own record needs; the seal.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
INSERT INTO bank.phone (customer_id, phone, unit_id) VALUES (101, '13800138000', 3), (201, '13900138000', 5);
UPDATE bank.customer SET pinyin = 'zhang wei min', initials = 'zwm' WHERE customer_id = 101;
SELECT bank.search_refresh(customer_id) FROM bank.customer WHERE customer_id < 1000;

CREATE FUNCTION pg_temp.find(p_login text, p_query text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT string_agg(customer_id || '':'' || match, '','' ORDER BY place)
   FROM api.customer_search(%L) WHERE customer_id < 1000', p_query)) $$;
SELECT is(pg_temp.find('t_clerk', typed), hit, 'typed: ' || typed)
FROM (VALUES ('13800138000', '101:phone'), ('+86 138-0013-8000', '101:phone'),
             ('１３８００１３８０００', '101:phone'), ('张伟', '101:name'), ('伟民', '101:inside'),
             ('zhang wei', '101:pinyin'), ('ZWM', '101:initials'), ('k101', '101:number'),
             ('王强', NULL), ('13900138000', NULL), ('%', NULL), ('', NULL)) AS t (typed, hit);
SELECT is(pg_temp.find('t_super2', '8000'), '101:last4,201:last4', 'last four, head office');
SELECT is(pg_temp.as('t_clerk', $$SELECT name || locked FROM api.customer_search('单于婷')$$),
          '*于婷true', 'a restricted name is masked');

SELECT is(pg_temp.as('t_clerk', 'SELECT api.customer_flags(101)'), 'BO423', 'panels need the audited opening');
SELECT is(pg_temp.as('t_clerk', 'SELECT phone FROM api.customer_identity(101)'), '138****8000', 'masked');
SELECT is((SELECT count(*) FROM bank.audit WHERE login = 't_clerk' AND action = 'customer_view'
           AND customer_id = 101), 1::bigint, 'the view is audited');
SELECT is(pg_temp.as('t_clerk', 'SELECT api.customer_flags(101)'), 'BO423',
          'a view that could still be rolled back opens nothing');
SELECT pg_temp.opened('t_clerk', 101);
SELECT is(pg_temp.as('t_clerk', 'SELECT lifecycle FROM api.customer_flags(101)'), 'active', 'a committed one does');
SELECT gen_random_uuid() AS key \gset
SELECT format('SELECT value FROM api.customer_reveal(101, ''phone'', ''call back'', %L)', :'key') AS reveal \gset
SELECT is(pg_temp.as('t_clerk', :'reveal'), NULL, 'the first call only records');
SELECT is(pg_temp.as('t_clerk', :'reveal'), NULL, 'and no call shows what could be rolled back');
UPDATE bank.reveal_log SET xid = '3' WHERE request = :'key';
SELECT is(pg_temp.as('t_clerk', :'reveal'), '13800138000', 'a later call with the key reveals');
UPDATE bank.reveal_log SET at = at - interval '2 minutes' WHERE request = :'key';
SELECT is(pg_temp.as('t_clerk', :'reveal'), 'BO423', 'for a minute');
UPDATE bank.reveal_log SET at = at + interval '2 minutes' WHERE request = :'key';
SELECT is(pg_temp.as('t_clerk', format('SELECT value FROM api.customer_reveal(101, ''phone'', '''', %L)',
    gen_random_uuid())), 'BO422', 'not without one');
INSERT INTO bank.reveal_log (customer_id, staff_id, field, reason, unit_id)
SELECT 101, 901, 'phone', 'filler', 3 FROM generate_series(1, 19);
SELECT is(pg_temp.as('t_clerk', format('SELECT value FROM api.customer_reveal(101, ''phone'', ''call back'', %L)',
    gen_random_uuid())), 'BO403', 'twenty in an hour');

SELECT is(pg_temp.as('t_clerk', 'SELECT api.customer_identity(103)'), 'BO428', 'restricted');
SET SESSION AUTHORIZATION t_clerk;
DO $$
DECLARE
    said text;
BEGIN
    PERFORM api.customer_identity(103);
EXCEPTION WHEN SQLSTATE 'BO428' THEN
    GET STACKED DIAGNOSTICS said = PG_EXCEPTION_DETAIL;
    PERFORM set_config('test.said', said, true);
END $$;
RESET SESSION AUTHORIZATION;
SELECT is(current_setting('test.said'), 'K103', 'the refusal names the customer by his number');
SELECT is(pg_temp.as('t_clerk', 'SELECT api.customer_identity(109)'), 'BO428', 'own record');
CREATE FUNCTION api.locked() RETURNS SETOF bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT bank.my_locked()';
GRANT EXECUTE ON FUNCTION api.locked TO bankops_staff;
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(id::text, '' '') FROM api.locked() id') || '|' ||
          pg_temp.as('t_clerk', 'SELECT string_agg(id::text, '' '' ORDER BY id) FROM api.locked() id'), '103|103 109', 'lists hide what may not be opened');
SELECT is(pg_temp.as('t_super', format('SELECT status FROM api.access_ask(103, ''client meeting'', %L)',
    gen_random_uuid())), 'done', 'a supervisor asks');
SELECT grant_id FROM bank.access_grant WHERE customer_id = 103 \gset
SELECT is(pg_temp.as('t_super', format('SELECT api.access_grant(103, %s, NULL, 1, %L)', :grant_id,
    gen_random_uuid())), 'BO403', 'and may not grant it himself');
SELECT throws_ok(format('UPDATE bank.access_grant SET state = ''granted'', decided_by = staff_id,
    decided_at = now(), expires_at = now() WHERE grant_id = %s', :grant_id), '23514', NULL,
    'a constraint refuses it too');
SELECT is(pg_temp.as('t_super2', format('SELECT status FROM api.access_grant(103, %s, NULL, 1, %L)', :grant_id,
    gen_random_uuid())), 'done', 'another grants');
SELECT is(pg_temp.as('t_super', 'SELECT name FROM api.customer_identity(103)'), '单于婷', 'it opens');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(id::text, '' '') FROM api.locked() id'), NULL, 'in lists, too');
UPDATE bank.access_grant SET expires_at = now() - interval '1 s' WHERE grant_id = :grant_id;
SELECT is(pg_temp.as('t_super', 'SELECT api.customer_flags(103)'), 'BO428', 'until it expires');

SELECT throws_ok('UPDATE bank.audit SET action = ''x''', 'BO403', NULL, 'the trail is append-only');
SELECT throws_ok('DELETE FROM bank.audit', 'BO403', NULL, 'nothing is deleted from it');
SELECT throws_ok('TRUNCATE bank.audit', 'BO403', NULL, 'nor all of it');
SELECT is((SELECT count(*) FROM bank.audit a, bank.audit_head h WHERE a.xid = pg_current_xact_id()
           AND (a.epoch, a.xid, a.audit_id) <= (h.last_epoch, h.last_xid, h.last_audit_id)), 0::bigint,
          'rows of a running transaction are not sealed');
SELECT * FROM finish();
ROLLBACK;
