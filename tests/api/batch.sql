-- A page of cases taken in, classified and routed at once ends as the same cases one by one do.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
SELECT bank.calendar_fill();

INSERT INTO bank.staff_skill VALUES (902, 'en');
INSERT INTO bank.staff_work (staff_id, capacity) VALUES (901, 6), (904, 3);
INSERT INTO bank.staff_work (staff_id, capacity, away_from, away_until) VALUES (903, 9, now() - interval '1 day', now() + interval '1 day');
INSERT INTO bank.unit_regime VALUES (5, 'fca');
INSERT INTO bank.route_rule (seq, case_type, language, skill, queue, note_en, note_zh)
VALUES (55, 'complaint', 'en', 'en', 'service', 'English', '英文');
INSERT INTO bank.model (state, examples, corrections, threshold, held, hits, top3, auto, auto_hits, calibration)
VALUES ('active', 9, 0, 0.8, 1, 1, 1, 1, 1, 0) RETURNING model_id AS model \gset

-- Sixty rows: known and unknown people, all levels and sources, codes or none, repeats, and bad ones.
CREATE TEMP TABLE line AS
SELECT n, jsonb_strip_nulls(jsonb_build_object('row', n, 'id', 'r' || CASE WHEN n = 44 THEN 43 ELSE n END,
    'customer', CASE WHEN n % 7 = 3 THEN NULL WHEN n = 20 THEN 'nobody' ELSE (ARRAY['K101', 'K102', ' k201 '])[1 + n % 3] END,
    'unit', CASE WHEN n % 7 = 3 THEN 'T3' END,
    'received_at', CASE n % 5 WHEN 0 THEN '2026-11-20 10:00' WHEN 1 THEN '2026-11-19T23:10:30Z' WHEN 2 THEN '2026-11-21 03:00+08:00'
                   ELSE '2026-11-2' || n % 3 || ' 16:' || 10 + n % 40 END,
    'source', (ARRAY['app', 'letter', 'regulator', NULL, 'hotline'])[1 + n % 5],
    'level', (ARRAY['simple', 'complex', NULL, 'major'])[1 + n % 4],
    'urgency', CASE WHEN n % 6 = 0 THEN '1' WHEN n = 25 THEN 'at once' END,
    'flags', CASE WHEN n % 8 = 0 THEN 'media legal media' WHEN n = 31 THEN 'loud' END,
    'group_size', CASE WHEN n % 9 = 0 THEN '12' WHEN n = 37 THEN '1' END,
    'complained', CASE WHEN n = 50 THEN 't_worker' WHEN n % 10 = 0 THEN 't_clerk' WHEN n = 33 THEN 'nobody' END,
    'name', CASE WHEN n % 11 = 0 THEN '王某' END, 'role', CASE WHEN n = 22 THEN 'agent' END,
    'third_party', CASE WHEN n % 13 = 0 THEN '某支付公司' END, 'remedy', CASE WHEN n % 4 = 0 THEN '退费' END,
    'subject', CASE WHEN n % 12 = 0 THEN '年费' END,
    'business', CASE WHEN n % 2 = 0 THEN (ARRAY['B02', 'B03', 'B13', 'B01'])[1 + n % 4] WHEN n = 41 THEN 'B77' END,
    'reason', CASE WHEN n % 2 = 0 THEN (ARRAY['C07', 'C10', 'C12'])[1 + n % 3] WHEN n = 41 THEN 'C07' END,
    'text', CASE WHEN n = 47 THEN ' ' WHEN n % 5 = 4 THEN 'They charged my card twice for one ride ' || n
                 ELSE (ARRAY['信用卡年费重复收取两次 😀', '手机银行无法登录，柜台也不理', '催收电话一天十几个'])[1 + n % 3] END)) AS r
  FROM generate_series(1, 60) n;
UPDATE line SET r = r || '{"received_at": "2026-02-30 10:00"}' WHERE n = 52;
UPDATE line SET r = r || '{"received_at": "2031-01-01 10:00"}' WHERE n = 53;
GRANT SELECT ON line TO PUBLIC;

-- One by one, whatever the row.
CREATE FUNCTION api.slow_rows(p_import int) RETURNS TABLE (row_number int, field text, message text)
LANGUAGE sql SECURITY DEFINER AS $$
    SELECT t.row_number, t.field, t.message
      FROM bank.case_import i, line, bank.case_run_take(i, ARRAY[ROW(NULL, NULL, 'other', false, line.r, NULL)::bank.case_row]) t
     WHERE i.import_id = p_import ORDER BY n $$;
-- What the machine says of a case.
CREATE FUNCTION api.slow_word(c bank.case_file, OUT b text[], OUT r text[], OUT s real[]) LANGUAGE sql AS $$
    SELECT CASE WHEN n % 5 = 4 THEN '{B99,B02}' WHEN n % 2 = 0 THEN '{B02,B01}' ELSE '{B03,B13}' END::text[],
           CASE WHEN n % 5 = 4 THEN '{C99,C01}' ELSE '{C07,C10}' END::text[],
           CASE n % 4 WHEN 0 THEN '{0.95,0.01}' WHEN 1 THEN '{0.81,0.1}' WHEN 2 THEN '{0.5,0.3}' ELSE '{0.2,0.1}' END::real[]
      FROM (SELECT o.row_number AS n FROM bank.case_origin o WHERE o.case_id = c.case_id) x $$;
CREATE FUNCTION api.slow_machine(p_model int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    c bank.case_file;
    done int := 0;
BEGIN
    FOR c IN SELECT * FROM bank.case_file WHERE stage = 'registered' ORDER BY customer_id, case_id LOOP
        PERFORM bank.case_machine(c, p_model, 'A01', 0.5, w.b, w.r, w.s, 0.8, 0.25) FROM api.slow_word(c) w;
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;

-- The bank's memory of these cases, without moments of now and with ids counted from the first.
CREATE FUNCTION pg_temp.line_of(p_case bigint) RETURNS text LANGUAGE sql AS
$$ SELECT external_id FROM bank.case_origin WHERE case_id = p_case $$;
CREATE FUNCTION pg_temp.plain(p jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT (p - '{case_id,number,event_id,party_id,prediction_id,at,added_at,audit_id,xid,repeat_of}'::text[])::text
           || coalesce(' repeats ' || pg_temp.line_of((p ->> 'repeat_of')::bigint), '') $$;
CREATE FUNCTION pg_temp.picture(p_table text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE CASE p_table
        WHEN 'case_clock' THEN 'SELECT pg_temp.line_of(case_id) || pg_temp.plain(to_jsonb(t) - ''{started_at,due_at,next_at}''::text[])
            || CASE WHEN clock = ''own'' THEN '''' ELSE started_at || '' '' || due_at || '' '' || coalesce(next_at::text, ''-'') END
            FROM bank.case_clock t ORDER BY pg_temp.line_of(case_id), clock'
        WHEN 'audit' THEN 'SELECT pg_temp.line_of(substr(object_id, 2)::bigint) || action || login || coalesce(pg_temp.plain(before), ''-'')
            || pg_temp.plain(after) FROM bank.audit t WHERE object_kind = ''case'' ORDER BY pg_temp.line_of(substr(object_id, 2)::bigint), audit_id'
        WHEN 'case_event' THEN 'SELECT pg_temp.line_of(case_id) || pg_temp.plain(to_jsonb(t) - ''{before,after}''::text[])
            || coalesce(pg_temp.plain(before), ''-'') || pg_temp.plain(after) FROM bank.case_event t ORDER BY pg_temp.line_of(case_id), event_id'
        ELSE format('SELECT pg_temp.line_of(case_id) || pg_temp.plain(to_jsonb(t)) FROM bank.%I t ORDER BY pg_temp.line_of(case_id), 1', p_table)
        END;
END $$;
CREATE FUNCTION pg_temp.pictures() RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_object_agg(t, (SELECT jsonb_agg(p) FROM pg_temp.picture(t) p))
      FROM unnest('{case_file,case_clock,case_event,audit,case_party,case_origin,training_label,prediction}'::text[]) t $$;
CREATE FUNCTION pg_temp.bad(p_sql text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_worker', format('SELECT string_agg(row_number || '' '' || field || '' '' || message, ''|'' ORDER BY row_number) FROM %s', p_sql)) $$;

GRANT EXECUTE ON FUNCTION api.slow_rows, api.slow_machine TO bankops_worker;
-- Lines of one that the other has not.
CREATE FUNCTION pg_temp.missing(p_from jsonb, p_other jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(left(x, 600), E'\n') FROM (SELECT jsonb_array_elements_text(p_from) EXCEPT ALL
        SELECT jsonb_array_elements_text(p_other) LIMIT 3) y (x) $$;

SAVEPOINT before;
SELECT pg_temp.as('t_worker', $$SELECT api.case_import_begin('s', 'f', 'x')$$) AS import \gset
SELECT pg_temp.bad(format('api.slow_rows(%s)', :'import')) AS slow_bad \gset
SELECT pg_temp.as('t_worker', format('SELECT api.slow_machine(%s)', :'model')) AS slow_done \gset
SELECT pg_temp.pictures() AS slow \gset
SELECT opened || ' ' || known AS slow_counts FROM bank.case_import WHERE import_id = :import \gset
ROLLBACK TO before;
SELECT setval('bank.case_import_import_id_seq', :import, false) AS again \gset
SELECT pg_temp.as('t_worker', $$SELECT api.case_import_begin('s', 'f', 'x')$$) AS import \gset
SELECT pg_temp.bad(format('api.case_import_rows(%s, (SELECT jsonb_agg(r ORDER BY n) FROM line))', :'import')) AS fast_bad \gset
SELECT opened || ' ' || known AS fast_counts FROM bank.case_import WHERE import_id = :import \gset
CREATE TEMP TABLE arrays AS
SELECT array_agg(c.customer_id) AS customers, array_agg(c.case_id) AS cases, array_agg('A01'::text) AS channels,
       array_agg(0.5::real) AS sure, array_agg(array_to_string(w.b, ' ')) AS b, array_agg(array_to_string(w.r, ' ')) AS r,
       array_agg(array_to_string(w.s, ' ')) AS s
  FROM bank.case_file c, api.slow_word(c) w WHERE c.stage = 'registered';
GRANT SELECT ON arrays TO PUBLIC;
SELECT pg_temp.as('t_worker', format('SELECT (o).id FROM (SELECT api.case_machine_batch(%s, customers, cases, channels, sure,
    b, r, s, gen_random_uuid()) AS o FROM arrays) x', :'model')) AS fast_done \gset
SELECT pg_temp.pictures() AS fast \gset

SELECT is(:'fast_bad'::text, :'slow_bad', 'the same rows are bad, for the same reasons');
SELECT ok(:'slow_bad' LIKE '20 customer There is no such customer%53 received_at The time of receipt cannot be.%', 'which are named');
SELECT is(:'fast_counts'::text, :'slow_counts', 'as many are opened and known');
SELECT is((SELECT sum(x::int)::text FROM unnest(string_to_array(:'fast_done', ' ')) x), :'slow_done', 'as many are classified');
SELECT is(pg_temp.missing(:'fast'::jsonb -> t, :'slow'::jsonb -> t), pg_temp.missing(:'slow'::jsonb -> t, :'fast'::jsonb -> t),
          t || ' is the same')
  FROM unnest('{case_file,case_clock,case_event,audit,case_party,case_origin,training_label,prediction}'::text[]) t;
SELECT cmp_ok(jsonb_array_length(:'fast'::jsonb -> t), '>', least, t || ' is not empty')
  FROM (VALUES ('case_file', 45), ('case_clock', 150), ('case_event', 100), ('audit', 100), ('training_label', 20), ('prediction', 20)) x (t, least);
SELECT cmp_ok((SELECT count(DISTINCT owner_id)::int FROM bank.case_file), '>', 3, 'several people get them');
SELECT cmp_ok((SELECT count(*)::int FROM bank.case_file WHERE repeat_of IS NOT NULL), '>', 10, 'repeats are seen');
SELECT is(pg_temp.as('t_worker', format('SELECT (o).id FROM (SELECT api.case_machine_batch(%s, customers, cases, channels, sure,
    b, r, s, gen_random_uuid()) AS o FROM arrays) x', :'model')), '0 0 0', 'once more, nothing is left to do');

-- Cases with a class and no queue: all together, and one by one.
UPDATE bank.case_file SET stage = 'classified', business = 'B02', reason = 'C07'
 WHERE stage = 'registered';
SELECT count(*) AS waiting FROM bank.case_file WHERE stage = 'classified' \gset
CREATE FUNCTION api.slow_route() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    SELECT count(bank.case_to_queue(c, NULL, '')) FROM (SELECT f AS c FROM bank.case_file f
     WHERE f.stage = 'classified' AND bank.in_scope(f.unit_id) AND f.complained_staff_id IS DISTINCT FROM bank.my_staff_id()
     ORDER BY f.customer_id, f.case_id) x $$;
GRANT EXECUTE ON FUNCTION api.slow_route TO bankops_supervisor;
SAVEPOINT waiting;
SELECT pg_temp.as('t_super', 'SELECT api.slow_route()') AS slow_done \gset
SELECT pg_temp.pictures() AS slow \gset
ROLLBACK TO waiting;
SELECT pg_temp.as('t_super', 'SELECT id FROM api.case_route_waiting(gen_random_uuid())') AS fast_done \gset
SELECT pg_temp.pictures() AS fast \gset
SELECT cmp_ok(:slow_done, '>', 2, 'cases wait to be routed');
SELECT is(:'fast_done'::text, :'slow_done', 'as many are routed together as one by one');
SELECT is((SELECT count(*)::int FROM bank.case_file WHERE stage = 'classified'), :waiting - :slow_done, 'those of other units wait on');
SELECT is(pg_temp.missing(:'fast'::jsonb -> t, :'slow'::jsonb -> t), pg_temp.missing(:'slow'::jsonb -> t, :'fast'::jsonb -> t),
          t || ' is the same')
  FROM unnest('{case_file,case_clock,case_event,audit}'::text[]) t;

-- Cases that the caller may not see into, or that are about himself, wait for another.
INSERT INTO bank.case_file (customer_id, unit_id, stage, phase, subject, facts, received_at, case_type, business, reason,
                            complained_staff_id)
SELECT c, u, 'classified', 'active', 's', 'f', now(), 'complaint', 'B02', 'C07', about
  FROM (VALUES (103, 2, NULL), (102, 3, 904)) x (c, u, about);
SELECT is(pg_temp.as('t_super', 'SELECT id FROM api.case_route_waiting(gen_random_uuid())'), '0',
          'nobody routes cases of closed customers, or about himself');

-- Nobody gets his own case, by the page either.
CREATE FUNCTION pg_temp.person(p_customer bigint) RETURNS int LANGUAGE sql AS $$
    SELECT (bank.route_persons(ARRAY[jsonb_populate_record(f, jsonb_build_object('customer_id', p_customer, 'unit_id', 3))], '{service}', '{""}', '{NULL}'))[1]
      FROM bank.case_file f LIMIT 1 $$;
UPDATE bank.staff_work SET capacity = 1000;
UPDATE bank.staff SET active = login = 't_clerk' WHERE role IN ('clerk', 'rm', 'supervisor');
SELECT is(pg_temp.person(101) || ' ' || coalesce(pg_temp.person(109), 0), '901 0', 'nobody gets his own case');
UPDATE bank.staff SET active = true;

-- A calendar without opening hours has no due times: nothing begins under it.
DELETE FROM bank.calendar_slot;
SELECT bank.calendar_fill();
SELECT throws_ok($$ SELECT bank.due_at('service', now(), 10) $$, 'BO422', 'This calendar has no working time.', 'a calendar without hours is refused');
SELECT throws_ok($$ SELECT * FROM bank.clock_times('working_minutes', 120, 0, 'service', now(), 50, NULL) $$, 'BO422',
                 'This calendar has no working time.', 'by the page too');
SELECT pg_temp.as('t_worker', $$SELECT api.case_import_begin('closed', 'f', 'x')$$) AS import \gset
SELECT is(pg_temp.bad(format('api.case_import_rows(%s, (SELECT jsonb_agg(r) FROM line WHERE n = 1))', :'import')),
          '1  This calendar has no working time.', 'and no complaint is taken in under it');

SELECT * FROM finish();
ROLLBACK;
