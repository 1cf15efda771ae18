-- What each role can do with psql and its own login: nothing that the screens do not allow.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

-- No login of staff reaches a table, makes an object or becomes somebody else.
SELECT is(pg_temp.as(login, attempt), '42501', login || ' may not: ' || attempt)
FROM unnest(ARRAY['t_clerk', 't_rm', 't_super', 't_audit', 't_admin']) AS l (login),
     unnest(ARRAY['SELECT count(*) FROM bank.customer', 'SELECT count(*) FROM bank.customer_search',
                  'UPDATE bank.staff SET role = ''admin''', 'DELETE FROM bank.audit',
                  'SELECT bank.my_scope_low()', 'SELECT count(*) FROM bank.opened',
                  'CREATE TABLE public.mine (a int)', 'CREATE TEMP TABLE mine (a int)',
                  'CREATE SCHEMA mine', 'CREATE FUNCTION api.mine() RETURNS int LANGUAGE sql AS ''SELECT 1''',
                  'CREATE VIEW api.mine AS SELECT 1', 'SET LOCAL ROLE bankops_api',
                  'SET LOCAL ROLE bankops_owner',
                  'COPY (SELECT 1) TO PROGRAM ''true''']) AS a (attempt);

-- Functions and views of other roles.
SELECT is(pg_temp.as(login, attempt), '42501', login || ' may not: ' || attempt)
FROM (VALUES ('t_audit', 'SELECT count(*) FROM api.customer_search(''张'')'),
             ('t_admin', 'SELECT count(*) FROM api.customer_search(''张'')'),
             ('t_admin', 'SELECT count(*) FROM api.customer_identity(101)'),
             ('t_audit', 'SELECT count(*) FROM api.customer_timeline'),
             ('t_clerk', 'SELECT count(*) FROM api.audit_list'),
             ('t_admin', 'SELECT count(*) FROM api.audit_list'),
             ('t_super', 'SELECT count(*) FROM api.audit_evidence_row'),
             ('t_clerk', 'SELECT count(*) FROM api.staff_list'),
             ('t_clerk', 'SELECT api.access_grant(103, 1, NULL, 1, gen_random_uuid())'),
             ('t_rm', 'SELECT api.staff_disable(901, 1, gen_random_uuid())')) AS t (login, attempt);

-- Nobody but staff: PUBLIC may execute nothing of api or bank, and every api function has a fixed path.
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname IN ('api', 'bank')
    WHERE has_function_privilege('public', p.oid, 'EXECUTE')$$, 'PUBLIC executes nothing');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'api'::regnamespace
      AND (NOT p.prosecdef OR pg_get_userbyid(p.proowner) <> 'bankops_api'
           OR NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%'))$$,
    'every api function is the api''s own, with a fixed search path');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'bank'::regnamespace AND c.relkind = 'r' AND a.attname = 'customer_id'
      AND NOT c.relrowsecurity AND EXISTS (SELECT FROM pg_attribute u WHERE u.attrelid = c.oid
          AND u.attname = 'unit_id')
      AND c.relname NOT IN ('customer_search', 'customer_term', 'staff')
      -- suppliers and their core enterprise may belong to different units
      AND c.relname NOT IN ('core_enterprise', 'core_document', 'core_finance')$$,
    'customer data is behind row level security');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace = 'bank'::regnamespace AND c.relrowsecurity
      AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'by_unit')$$,
    'every such table has its policy');
-- Whatever fence a function has of its own, this one must not be open.
SELECT is_empty($$SELECT p.polrelid::regclass FROM pg_policy p, pg_get_expr(p.polqual, p.polrelid) e
    WHERE e ~ '\mOR\M' OR NOT p.polpermissive OR p.polcmd <> '*' OR p.polroles <> ARRAY['bankops_api'::regrole::oid]
       OR e !~ 'unit_id >= .*my_scope_low.* AND .*unit_id <= .*my_scope_high'
          AND e !~ 'unit_id < .*my_scope_low.* IS NOT TRUE.* AND .*unit_id > .*my_scope_high.* IS NOT TRUE'$$,
    'which shows the units of the caller, and nothing else');
CREATE TABLE bank.later (unit_id int);
SELECT bank.table_protect('bank.later', 'SELECT');
SELECT policies_are('bank', 'later', ARRAY['by_unit'], 'one that is added later has it at once');
DROP TABLE bank.later;

-- The second fence holds when a function forgets its predicate.
CREATE FUNCTION api.naive() RETURNS text LANGUAGE sql SECURITY DEFINER
SET search_path = api, bank, pg_temp
AS $$ SELECT string_agg(customer_id::text, ',' ORDER BY customer_id) FROM bank.customer
      WHERE customer_id < 1000 $$;
SELECT bank.function_grant('naive', 'staff');
SELECT is(pg_temp.as('t_clerk', 'SELECT api.naive()'), '101,102,103,109', 'a clerk: his branch');
SELECT is(pg_temp.as('t_west', 'SELECT api.naive()'), '201', 'the other branch: its own');
UPDATE bank.staff SET active = false WHERE login = 't_west';
SELECT is(pg_temp.as('t_west', 'SELECT api.naive()'), NULL, 'a disabled login sees nothing');
SELECT is(pg_temp.as('t_west', 'SELECT api.customer_identity(201)'), 'BO001', 'and is no staff');

-- Outside the units is the same as not there, and no cast in a predicate leaks.
SELECT is(pg_temp.as('t_clerk', 'SELECT api.customer_identity(201)'), 'BO404', 'another branch');
SELECT is(pg_temp.as('t_clerk', 'SELECT api.customer_identity(999999)'), 'BO404', 'nobody');
SELECT is(pg_temp.as('t_clerk',
    'SELECT count(*) FROM api.customer_timeline WHERE (detail || ''x'')::int = 1'), '0',
    'a predicate that fails on a hidden row is not evaluated on it');

-- Whoever checks is another person than the maker, and nothing is approved by nobody: in every table with a checker.
CREATE TEMP TABLE checked AS
SELECT a.attrelid::regclass AS name, a.attname::text AS checker, c.def
  FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid
  LEFT JOIN LATERAL (SELECT pg_get_constraintdef(x.oid) AS def FROM pg_constraint x
                      WHERE x.conrelid = a.attrelid AND x.contype = 'c' AND pg_get_constraintdef(x.oid) ~ a.attname) c ON true
 WHERE r.relnamespace = 'bank'::regnamespace AND r.relkind = 'r'
   AND (a.attname IN ('checker', 'checker_id', 'reviewer', 'approved_by', 'checked_by', 'confirmed_by')
        OR a.attname = 'decided_by' AND r.relname IN ('access_grant', 'recon_file'));
SELECT is_empty($$SELECT name FROM checked GROUP BY name, checker
    HAVING NOT bool_or(coalesce(def ~ (checker || ' (<>|IS DISTINCT FROM)|(<>|IS DISTINCT FROM) ' || checker), false))$$,
    'no table lets its maker check');
SELECT is_empty($$SELECT name FROM checked
    WHERE name NOT IN ('bank.case_file'::regclass, 'bank.points_transaction', 'bank.core_document') -- not all of them are checked
    GROUP BY name, checker
    HAVING NOT bool_or(coalesce(def ~ 'stat(e|us)|decided_at' AND def ~ (checker || ' IS (NOT )?NULL'), false))$$,
    'nor approves without a checker');

SELECT * FROM finish();
ROLLBACK;
