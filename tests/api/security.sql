-- A member of staff with psql: what each group may call, and what nobody gets at.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

CREATE TEMP TABLE decided (kind text, groups text, names text);
\ir granted.sql

CREATE TEMP VIEW api_object AS
    SELECT 'function' AS kind, proname::text AS name, oid FROM pg_proc
     WHERE pronamespace = 'api'::regnamespace
    UNION ALL
    SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'r' THEN 'table' ELSE relkind::text END,
           relname, oid FROM pg_class
     WHERE relnamespace = 'api'::regnamespace AND relkind NOT IN ('i', 'c');
CREATE TEMP VIEW grp AS
    SELECT g, 'bankops_' || g AS role, n
      FROM unnest('{clerk,rm,supervisor,auditor,admin,worker}'::text[]) WITH ORDINALITY AS t (g, n);

SELECT set_eq($$
    SELECT o.kind, o.name, coalesce(string_agg(grp.g, ' ' ORDER BY n), '')
      FROM api_object o LEFT JOIN grp ON CASE o.kind
           WHEN 'function' THEN has_function_privilege(grp.role, o.oid, 'EXECUTE')
           ELSE has_table_privilege(grp.role, o.oid, 'SELECT') END
     GROUP BY o.kind, o.name, o.oid $$, $$
    SELECT d.kind, n, replace(d.groups, 'staff', 'clerk rm supervisor auditor admin worker')
      FROM decided d, regexp_split_to_table(btrim(d.names), '\s+') n $$,
    'every object of the api goes to the groups that were decided');
SELECT is_empty($$ SELECT o.name, grp.g, p FROM api_object o, grp,
    unnest('{INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) p
    WHERE o.kind <> 'function' AND has_table_privilege(grp.role, o.oid, p) $$,
    'nobody writes to a view or table as a whole');
SELECT set_eq($$ SELECT attname FROM pg_attribute WHERE attrelid = 'api.import_line'::regclass
    AND attnum > 0 AND NOT has_column_privilege('bankops_clerk', attrelid, attnum, 'INSERT') $$,
    '{writer}'::text[], 'import lines are written without naming their transaction');
SELECT is_empty($$ SELECT c.oid::regclass, grp.g FROM pg_class c, grp
    WHERE c.relnamespace = 'bank'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
      AND has_any_column_privilege(grp.role, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
    UNION ALL
    SELECT c.oid::regclass, grp.g FROM pg_class c, grp
    WHERE c.relnamespace IN ('bank'::regnamespace, 'api'::regnamespace) AND c.relkind = 'S'
      AND has_sequence_privilege(grp.role, c.oid, 'USAGE, SELECT, UPDATE') $$,
    'no group reads a table, view or sequence of the bank');
SELECT is_empty($$ SELECT grp.g FROM grp WHERE has_schema_privilege(grp.role, 'bank', 'USAGE, CREATE')
    OR has_schema_privilege(grp.role, 'api', 'CREATE')
    OR has_schema_privilege(grp.role, 'public', 'USAGE, CREATE')
    OR has_database_privilege(grp.role, current_database(), 'CREATE, TEMP') $$,
    'no group creates anything, not even for a moment');

-- How functions and views are made.
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'api'::regnamespace
      AND (NOT p.prosecdef OR p.proowner <> 'bankops_api'::regrole
           OR NOT coalesce('search_path=api, bank, pg_temp' = ANY (p.proconfig), false)) $$,
    'every api function runs as bankops_api with the fixed path');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'bank'::regnamespace AND p.prosecdef
      AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c ~ '^search_path=.*, pg_temp$') $$,
    'every helper that runs as its owner has a fixed path too');
SELECT set_eq($$ SELECT relname::text FROM pg_class WHERE relnamespace = 'api'::regnamespace
    AND relkind = 'v' AND NOT coalesce(reloptions @> '{security_barrier=true}'
                                       OR reloptions @> '{security_barrier}', false) $$,
    -- Read a page through an index; row level security of their tables is the barrier (below).
    '{audit_list,case_list,case_breach_list,points_account_list,worklist}'::text[], 'every other view is a barrier');
SELECT is_empty($$ SELECT oid::regclass FROM pg_class WHERE relnamespace = 'api'::regnamespace
    AND relkind = 'v' AND (relowner <> 'bankops_api'::regrole
                           OR reloptions @> '{security_invoker=true}') $$,
    'views read as bankops_api');
SELECT is_empty($$ SELECT DISTINCT d.refobjid::regclass FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'r'
    WHERE r.ev_class IN ('api.case_list'::regclass, 'api.case_breach_list'::regclass, 'api.worklist'::regclass,
                         'api.points_account_list'::regclass)
      AND NOT c.relrowsecurity AND c.relname NOT IN ('staff', 'unit', 'case_type', 'case_stage', 'case_field',
                                                 'case_choice', 'clock_kind') $$,
    'and where they are no barrier, every table of customers has row level security');
SELECT is_empty($$ SELECT rolname FROM pg_roles WHERE rolname LIKE 'bankops\_%'
    AND rolname <> 'bankops_dba' AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole
        OR rolcreatedb OR rolreplication) $$, 'the roles of the program have no powers');
SELECT is_empty($$ SELECT s.classid::regclass, s.objid FROM pg_shdepend s JOIN pg_roles r
    ON r.oid = s.refobjid AND s.refclassid = 'pg_authid'::regclass AND s.deptype = 'o'
    WHERE pg_has_role(r.oid, 'bankops_staff', 'MEMBER') AND NOT r.rolsuper
      AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) $$,
    'no login of staff owns anything');
SELECT is_empty($$ SELECT extname FROM pg_extension WHERE extname NOT IN ('plpgsql', 'pgtap') $$,
    'no extension opens another way out');

-- What one finds out by trying, and what errors and plans say.
CREATE FUNCTION pg_temp.said(p_login text, p_sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    heard text := '';
    detail text;
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', p_login);
    FOR line IN EXECUTE p_sql LOOP
        heard := heard || line || E'\n';
    END LOOP;
    RESET SESSION AUTHORIZATION;
    RETURN heard;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM, detail);
END $$;
INSERT INTO bank.case_file (customer_id, unit_id, stage, channel, subject, facts)
VALUES (101, 3, 'registered', 'A01', 'near', 'x'), (201, 5, 'registered', 'A01', 'FARAWAY', 'x'),
       (103, 2, 'registered', 'A01', 'LOCKEDAWAY', 'x'), (109, 3, 'registered', 'A01', 'OWNCASE', 'x');
INSERT INTO bank.points_account (customer_id, programme, unit_id, available)
VALUES (101, 'main', 3, 5), (201, 'main', 5, 777001), (103, 'main', 2, 777002), (109, 'main', 3, 777003);
INSERT INTO bank.entry (customer_id, account_id, at, amount, balance_after, channel, narrative, unit_id)
VALUES (201, 1, now(), 777004, 0, 'atm', 'FARAWAY', 5);
ANALYZE bank.case_file, bank.points_account, bank.entry, bank.customer;

SELECT unalike(pg_temp.said('t_clerk', attempt), '%FARAWAY%', 'no word of another branch: ' || attempt)
FROM unnest(ARRAY[
    'SELECT subject FROM api.case_list',
    'SELECT subject FROM api.case_list WHERE (subject || '''')::int = 1',
    'SELECT subject FROM api.case_list WHERE subject::xml IS NULL',
    'SELECT subject FROM api.case_list ORDER BY (subject || '''')::date',
    'SELECT max(subject) FROM api.case_list GROUP BY (''x'' || subject)::regclass',
    'EXPLAIN (ANALYZE, VERBOSE) SELECT subject FROM api.case_list WHERE (subject || '''')::int = 1',
    'EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM api.case_list WHERE subject LIKE ''F%''',
    'SELECT detail FROM api.customer_timeline WHERE (detail || '''')::int = 1',
    'SELECT coalesce(string_agg(s::text, '',''), '''') FROM pg_stats s WHERE schemaname = ''bank''',
    'SELECT string_agg(query, '','') FROM pg_stat_activity']) AS t (attempt);
SELECT unalike(pg_temp.said('t_clerk', attempt), '%77700%', 'no figure of others: ' || attempt)
FROM unnest(ARRAY[
    'SELECT available FROM api.points_account_list',
    'SELECT customer_id FROM api.points_account_list WHERE (''x'' || available)::int = 1',
    'SELECT 1 / (available - available) FROM api.points_account_list WHERE customer_id > 101',
    'SELECT customer_id FROM api.points_account_list WHERE (available || ''.'')::date IS NULL',
    'EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM api.points_account_list WHERE available > 700000',
    'SELECT coalesce(string_agg(s::text, '',''), '''') FROM pg_stats s WHERE schemaname = ''bank''']) AS t (attempt);
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.case_list WHERE lane = ''all''
              AND 1 / (customer_id - 201) IS NOT NULL'), '3',
          'a condition that fails on a hidden row is not evaluated on it');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.points_account_list
              WHERE 1 / (customer_id - 201) IS NOT NULL'), '1', 'nor in the list of points');
SELECT unalike(pg_temp.said('t_clerk', 'SELECT concat(subject, title) FROM (SELECT subject, NULL AS title
              FROM api.case_list UNION ALL SELECT NULL, title FROM api.worklist) t'), '%AWAY%',
          'lists say nothing about a restricted customer''s case');
SELECT unalike(pg_temp.said('t_clerk', 'SELECT subject FROM api.case_list'), '%OWNCASE%',
          'nor about one''s own');
SELECT is(pg_temp.as('t_clerk', format('SELECT api.case_note(103, %s, ''x'', gen_random_uuid())',
              (SELECT case_id FROM bank.case_file WHERE customer_id = 103))), 'BO428',
          'no note on a restricted customer''s case');
SELECT is(pg_temp.as('t_clerk', attempt), code, 'refused: ' || attempt)
FROM (VALUES
    ('COPY api.import_line FROM ''/etc/passwd''', '42501'),
    ('COPY (SELECT 1) TO ''/tmp/x''', '42501'),
    ('SELECT pg_read_file(''PG_VERSION'')', '42501'), ('SELECT pg_ls_dir(''.'')', '42501'),
    ('SELECT lo_import(''/etc/passwd'')', '42501'), ('SELECT lo_creat(-1)', '42501'),
    ('SELECT lo_create(0)', '42501'), ('SELECT lo_from_bytea(0, ''x'')', '42501'),
    ('CREATE EXTENSION dblink', '42501'), ('CREATE EXTENSION postgres_fdw', '42501'),
    ('CREATE OPERATOR api.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)', '42501'),
    ('CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)', '42501'),
    ('CREATE CAST (text AS int) WITH INOUT', '42501'), ('CREATE ROLE mine', '42501'),
    ('CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION bank.append_only()', '42501'),
    ('ALTER ROLE t_clerk SUPERUSER', '42501'), ('GRANT bankops_supervisor TO t_clerk', '42501'),
    ('SET LOCAL ROLE bankops_supervisor', '42501'), ('SET LOCAL ROLE t_super', '42501'),
    ('SET LOCAL session_replication_role = replica', '42501'),
    ('ALTER TABLE bank.audit DISABLE TRIGGER ALL', '42501'),
    ('SELECT * FROM api.case_list FOR UPDATE', '42501'),
    ('LOCK TABLE api.case_list IN ACCESS EXCLUSIVE MODE', '42501'),
    ('UPDATE api.case_list SET subject = ''x''', '55000'),
    ('SELECT count(*) FROM api.import_line', '42501'), ('DELETE FROM api.import_line', '42501'),
    ('INSERT INTO api.import_line (writer) VALUES (''3'')', '42501'),
    ('SELECT count(*) FROM pg_statistic', '42501'), ('SELECT count(*) FROM pg_authid', '42501'),
    ('SELECT count(*) FROM pg_hba_file_rules', '42501'),
    ('SELECT count(*) FROM pg_stats WHERE schemaname = ''bank''', '0'),
    ('SELECT count(*) FROM pg_stat_activity WHERE usename <> current_user
      AND query NOT IN ('''', ''<insufficient privilege>'')', '0'),
    ('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = pg_backend_pid()', '42501'),
    ('DO $x$ BEGIN EXECUTE ''CREATE TEMP TABLE mine (a int)''; END $x$', '42501')) AS t (attempt, code);
SET LOCAL row_security = off;
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.case_list'), '42501',
          'without row level security the list refuses to be read');
SET LOCAL row_security = on;
SELECT is(pg_temp.as('t_clerk', 'SELECT (SELECT login FROM api.me) FROM (SELECT
              set_config(''role'', ''bankops_clerk'', true)) s'), 't_clerk',
          'acting as the group one stays oneself');

-- A second person decides a major case; calling it a small one is no way round.
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(101, ''A01'', ''B02'', ''C01'', ''s'', ''f'', p_level => ''major'',
    p_request => gen_random_uuid())).id') AS major \gset
SELECT is(pg_temp.as(login, format('SELECT (api.case_classify(101, %s, ''A01'', ''B02'', ''C01'', ''simple'', NULL, gen_random_uuid())).status',
              :major)), code, login || ' lowers a major case') FROM (VALUES ('t_clerk', 'BO403'), ('t_super', 'done')) t (login, code);

-- Whatever is left out, a function answers with one of its own errors, or with nothing.
CREATE FUNCTION pg_temp.call_empty(p_login text, p_oid oid) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT count(t) FROM api.%I(%s) t', p.proname,
        (SELECT string_agg('NULL::' || format_type(a, NULL), ', ' ORDER BY n)
           FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY x (a, n))))
      FROM pg_proc p WHERE p.oid = p_oid $$;
SELECT is_empty($$ SELECT o.name, g.login, pg_temp.call_empty(g.login, o.oid) AS answer
    FROM api_object o, (VALUES ('t_clerk'), ('t_super'), ('t_audit'), ('t_admin')) AS g (login)
    WHERE o.kind = 'function' AND has_function_privilege(g.login, o.oid, 'EXECUTE')
      AND pg_temp.call_empty(g.login, o.oid) !~ '^(BO[0-9]{3}|[0-9]{1,4})$' $$,
    'a function without arguments given says what it misses');

-- A login that was disabled keeps its database role, and finds nothing.
SELECT bank.audit_write('test', 'test', '1');
SELECT isnt(pg_temp.as('t_audit', 'SELECT count(*) FROM api.audit_list'), '0', 'an auditor reads the trail');
UPDATE bank.staff SET active = false WHERE login ~ '^t_(clerk|super|audit|admin)$';
SELECT set_eq($$ SELECT o.name FROM api_object o,
    (VALUES ('t_clerk'), ('t_super'), ('t_audit'), ('t_admin')) AS g (login)
    WHERE o.kind = 'view' AND has_table_privilege(g.login, o.oid, 'SELECT')
      AND pg_temp.as(g.login, format('SELECT count(*) FROM api.%I', o.name)) <> '0' $$,
    '{class_business,class_channel,class_code,class_reason,queue_list,route_rule}'::text[],
    'a disabled login reads no view but the names of codes, queues and rules');
SELECT is_empty($$ SELECT o.name, g.login, pg_temp.call_empty(g.login, o.oid)
    FROM api_object o, (VALUES ('t_clerk'), ('t_super'), ('t_audit'), ('t_admin')) AS g (login)
    WHERE o.kind = 'function' AND has_function_privilege(g.login, o.oid, 'EXECUTE')
      AND pg_temp.call_empty(g.login, o.oid) !~ '^(BO001|BO422|0)$'
      AND o.name NOT IN ('audit_seal', 'worklist_summary', 'training_state') $$, 'and gets nothing of a function');
SELECT is(pg_temp.as('t_clerk', call), 'BO001', 'nor with good arguments: ' || call)
FROM unnest(ARRAY['SELECT api.customer_search(''张'')', 'SELECT api.customer_identity(101)',
    'SELECT api.case_detail(101, 1)', 'SELECT api.points_balance(101)',
    'SELECT api.customer_reveal(101, ''phone'', ''call back'', gen_random_uuid())',
    'SELECT api.export_log(''x'', 1, ''0123456789abcdef'', NULL, gen_random_uuid())']) AS t (call);

SELECT * FROM finish();
ROLLBACK;
