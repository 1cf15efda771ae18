-- Large imports and runs keep what they write in tables of their own: where it stands, what holds for
-- it, and that the order of imports makes no difference.
BEGIN;
\ir ../lib/small-bank.sql
SELECT plan(41);
UPDATE bank.setting SET value = '2032-02-01' WHERE name = 'business_date';
UPDATE bank.setting SET value = '5' WHERE name = 'recon_segment_lines';

INSERT INTO bank.recon_lane (code, name, kind, unit_id)
VALUES ('G-ONE', 'One', 'nostro', 2), ('G-TWO', 'Two', 'nostro', 2);
INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
SELECT l.lane_id, l.unit_id, 'GG' || a.n, 'EG ' || a.n, 'EUR'
  FROM (VALUES ('G-ONE', 1), ('G-TWO', 2)) a (lane, n) JOIN bank.recon_lane l ON l.code = a.lane;

-- Imports lines "amount:reference …" of one statement without balances; the answer: status and new
-- lines, or the code of the failure.
CREATE FUNCTION pg_temp.import(p_side text, p_account text, p_lines text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    content text := concat_ws('|', p_side, p_account, p_lines);
    v_sum bigint;
    v_count bigint;
    v_id text;
BEGIN
    SELECT sum(split_part(l, ':', 1)::bigint), count(*) INTO v_sum, v_count
      FROM regexp_split_to_table(p_lines, ' ') l;
    SET LOCAL SESSION AUTHORIZATION t_clerk;
    INSERT INTO api.import_line (position, line, amount, value_date, book_date, kind, reference,
                                 bank_reference, counterparty, narrative, source_id)
    SELECT 1, n, split_part(l, ':', 1)::bigint, '2032-01-02', NULL, '', split_part(l, ':', 2), '', '', '', ''
      FROM regexp_split_to_table(p_lines, ' ') WITH ORDINALITY r (l, n);
    v_id := (api.import_commit(
        jsonb_build_object('name', 'f', 'sha256', encode(sha256(convert_to(content, 'UTF8')), 'hex'),
            'bytes', 1, 'side', p_side, 'format', 'test', 'parser_version', 1, 'encoding', 'utf-8'),
        jsonb_build_array(jsonb_build_object('position', 1, 'line', 1, 'account', p_account,
            'reference', '', 'currency', 'EUR', 'movement', v_sum::text, 'lines', v_count)),
        gen_random_uuid())).id;
    RESET SESSION AUTHORIZATION;
    RETURN (SELECT concat_ws(' ', status, new_count) FROM bank.recon_file WHERE file_id = v_id::bigint);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.run(p_lane text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as('t_clerk', format('SELECT (api.reconcile_run(%L, ''2032-01-31'', '
                                       'gen_random_uuid())).status', p_lane)) $$;
-- In which tables the rows of a lane's account stand, "name rows …".
CREATE FUNCTION pg_temp.tables(p_table text, p_account text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT string_agg(name || '' '' || n, '', '' ORDER BY name, n) FROM (
        SELECT CASE WHEN t.tableoid = %L::regclass THEN ''base'' ELSE ''own'' END AS name, count(*) AS n
          FROM bank.%I t JOIN bank.recon_account a USING (account_id)
         WHERE a.book_account = %L GROUP BY t.tableoid) x', 'bank.' || p_table || '_base', p_table, p_account)
       INTO answer;
    RETURN answer;
END $$;
CREATE FUNCTION pg_temp.result(p_lane text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(r, ', ' ORDER BY r) FROM (
        SELECT m.key || ' ' || m.amount || ' ' || m.status AS r
          FROM bank.recon_match m JOIN bank.recon_account a USING (account_id)
          JOIN bank.recon_lane l USING (lane_id) WHERE l.code = p_lane
        UNION ALL
        SELECT b.category || ' ' || i.side || ' ' || i.reference || ' ' || i.amount
          FROM bank.recon_break b JOIN bank.recon_item i USING (account_id, item_id)
          JOIN bank.recon_lane l ON l.lane_id = b.lane_id WHERE l.code = p_lane) x $$;

-- How many sums by day of a lane are not those of its items and matches.
CREATE FUNCTION pg_temp.wrong_totals(p_lane text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_lane int := (SELECT lane_id FROM bank.recon_lane WHERE code = p_lane);
    v_kept text[] := ARRAY(SELECT t::text FROM bank.recon_day_total t JOIN bank.recon_account a USING (account_id)
                            WHERE a.lane_id = v_lane);
BEGIN
    PERFORM bank.recon_totals_rebuild(v_lane);
    RETURN (SELECT count(*) FROM bank.recon_day_total t JOIN bank.recon_account a USING (account_id)
             WHERE a.lane_id = v_lane AND t::text <> ALL (v_kept));
END $$;

SELECT is(pg_temp.import('L', 'GG1', '1:A-1 2:B2 3:C3 4:D4 5:E5 6:F6 6:F6'), 'accepted 7', 'a book of seven lines');
SELECT is(pg_temp.import('S', 'EG1', '6:F6 5:e5 4:D4 3:C3 2:B2 1:a1 9:G9'), 'accepted 7', 'its statement');
SELECT is(pg_temp.tables('recon_item', 'GG1'), 'own 7, own 7', 'each in a table of its own');
SELECT is(pg_temp.import('S', 'EG1', '6:F6 5:e5 4:D4 3:C3 2:B2 1:a1 9:G9'), 'BO409', 'again it is refused');
SELECT is(pg_temp.import('S', 'EG1', '9:G9 5:e5 4:D4 3:C3 2:B2 8:H8'), 'accepted 1',
          'of one that overlaps only the new line is taken');
SELECT is(pg_temp.import('S', 'EG1', '9:G9 7:K7'), 'accepted 1', 'of a small one too');
SELECT is(pg_temp.tables('recon_item', 'GG1'), 'base 1, own 1, own 7, own 7', 'small ones stand together');
SELECT is(pg_temp.run('G-ONE'), 'done', 'the lane is run');
SELECT is(pg_temp.wrong_totals('G-ONE'), 0::bigint, 'only what is matched is closed');
SELECT is(pg_temp.result('G-ONE'), 'A1 1 confirmed, B2 2 confirmed, C3 3 confirmed, D4 4 confirmed, '
          'E5 5 confirmed, bank-only S G9 -9, bank-only S H8 -8, bank-only S K7 -7, duplicate L F6 6, '
          'duplicate L F6 6, duplicate S F6 -6', 'what is unique on both sides matches');
SELECT is(pg_temp.tables('recon_match', 'GG1'), 'own 5', 'the matches in one table');
SELECT is((SELECT count(*) FROM bank.recon_match WHERE book_id IS NOT NULL), 5::bigint, 'one row each');
SELECT is((SELECT count(*) FROM bank.recon_match_item) || ' ' || (SELECT count(*) FROM bank.recon_member), '10 0',
          'with two lines');
SELECT is((SELECT count(*) FROM (SELECT 1 FROM bank.recon_match_item i JOIN bank.recon_match m
            USING (account_id, match_id) GROUP BY m.account_id, m.match_id, m.adjustment
           HAVING sum(i.amount) + m.adjustment <> 0) x), 0::bigint, 'all sum to zero');

-- What holds for the tables together holds for each of them.
SELECT throws_ok($$INSERT INTO bank.recon_member (account_id, match_id, item_id, amount)
    SELECT a.account_id, b.match_id, a.item_id, 0 FROM bank.recon_match_item a
      JOIN bank.recon_match_item b ON b.account_id = a.account_id AND b.match_id > a.match_id LIMIT 1$$,
    '23505', NULL, 'a line in a second live match is refused');
SELECT throws_ok($$UPDATE bank.recon_match m SET book_id = o.statement_id FROM bank.recon_match o
    WHERE m.book_id < o.book_id AND o.account_id = m.account_id$$, '23514', NULL,
    'pairs are not changed, but taken apart');
SELECT throws_ok($$UPDATE bank.recon_match SET status = 'suggested' WHERE book_id IS NOT NULL$$, '23514', NULL,
                 'and are confirmed or none');
SELECT throws_ok($$UPDATE bank.recon_match SET checker = maker$$, '23514', NULL,
                 'a match checked by its maker is refused');
SELECT is((SELECT count(*) FROM pg_class c, unnest('{bankops_api,t_clerk,t_admin}'::name[]) who
            WHERE c.relnamespace = 'bank'::regnamespace AND c.relkind = 'r'
              AND c.relname ~ '^recon_(item|match)_(base|[0-9]+)$'
              AND has_table_privilege(who, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')), 0::bigint,
          'nobody reaches the tables but through the whole');
SELECT is(pg_temp.as('t_admin', 'SELECT bank.recon_segment_new(''item'')'), '42501',
          'and nobody makes one');

-- Undoing and running again.
SELECT is((SELECT pg_temp.as('t_clerk', format('SELECT (api.match_undo(%s, %s, 1, ''wrong-match'', ''wrong payer'', '
              'gen_random_uuid())).status', account_id, match_id)) FROM bank.recon_match WHERE key = 'C3'), 'done',
          'a match is undone');
SELECT is((SELECT string_agg(i.live || ' ' || (m.book_id IS NULL), ', ') FROM bank.recon_match m JOIN bank.recon_match_item i
            USING (account_id, match_id) WHERE m.key = 'C3'), 'false true, false true', 'and keeps its lines');
SELECT throws_ok($$UPDATE bank.recon_member SET amount = amount + 1$$, 'BO422', NULL,
                 'members that do not sum to zero are refused');
SELECT is(pg_temp.run('G-ONE'), 'done', 'the next run');
SELECT is((SELECT string_agg(status, ',') FROM bank.recon_match WHERE key = 'C3'), 'undone',
          'does not make it again');

-- The same lines in another order, the statement first, give the same.
SELECT is(pg_temp.import('S', 'EG2', '8:H8 7:K7 9:G9 1:a1 2:B2 3:C3 4:D4 5:e5 6:F6'), 'accepted 9', 'another lane');
SELECT is(pg_temp.import('L', 'GG2', '6:F6 5:E5 6:F6 4:D4 3:C3 2:B2 1:A-1') || ' ' || pg_temp.run('G-TWO'),
          'accepted 7 done', 'run when its book has come last');
SELECT is(pg_temp.result('G-TWO'), 'A1 1 confirmed, B2 2 confirmed, C3 3 confirmed, D4 4 confirmed, '
          'E5 5 confirmed, bank-only S G9 -9, bank-only S H8 -8, bank-only S K7 -7, duplicate L F6 6, '
          'duplicate L F6 6, duplicate S F6 -6', 'gives the same matches and breaks');

-- A client writes the lines of a large file into a segment that is lent to it.
-- p_spoil: what is wrong with them; p_closing: what the statement closes with when it opens with 0.
CREATE FUNCTION pg_temp.lent(p_side text, p_lines text, p_day date, p_spoil text DEFAULT '', p_closing bigint DEFAULT NULL)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_statements jsonb;
    lent record;
    v_id text;
BEGIN
    SELECT jsonb_build_array(jsonb_build_object('position', 1, 'line', 1, 'account', 'GG1', 'reference', '', 'currency',
               'EUR', 'movement', sum(split_part(l, ':', 1)::bigint)::text, 'lines', count(*), 'kind', 'booked',
               'from_date', p_day, 'to_date', p_day) || CASE WHEN p_closing IS NULL THEN '{}' ELSE jsonb_build_object(
               'opening', 0, 'closing', p_closing, 'open_date', p_day, 'close_date', p_day) END)
      INTO v_statements FROM regexp_split_to_table(p_lines, ' ') l;
    SET LOCAL SESSION AUTHORIZATION t_clerk;
    SELECT * INTO lent FROM api.import_segment(p_side, 'G-ONE', v_statements);
    IF lent.segment IS NULL THEN
        RESET SESSION AUTHORIZATION;
        RETURN 'none';
    END IF;
    EXECUTE format('INSERT INTO api.recon_item_%s (item_id, account_id, day, statement_id, line, amount, value_date, kind,
            reference, bank_reference, counterparty, narrative, source_id, fingerprint)
        SELECT %1$s + CASE %2$L WHEN ''range'' THEN -n WHEN ''number'' THEN 0 ELSE n END, %3$s + (%2$L = ''account'')::int,
               %4$L::date + (%2$L = ''day'')::int, %5$s - (%2$L = ''statement'')::int, n, split_part(l, '':'', 1)::bigint, %4$L,
               '''', split_part(l, '':'', 2), '''', '''', '''', '''', gen_random_uuid()
          FROM regexp_split_to_table(%6$L, '' '') WITH ORDINALITY r (l, n)', lent.segment, p_spoil, lent.account_id, p_day,
        lent.statement_id, p_lines);
    IF p_spoil = 'forgotten' THEN
        SET CONSTRAINTS ALL IMMEDIATE;
    END IF;
    v_id := (api.import_commit(jsonb_build_object('name', 'f', 'sha256', encode(sha256(convert_to(p_lines || p_day, 'UTF8')),
            'hex'), 'bytes', 1, 'side', p_side, 'format', 'test', 'parser_version', 1, 'encoding', 'utf-8', 'prepared', true,
            'distinct', p_spoil <> 'twice', 'segment', lent.segment + (p_spoil = 'other')::int), v_statements,
        gen_random_uuid())).id;
    RESET SESSION AUTHORIZATION;
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    RETURN (SELECT concat_ws(' ', status, new_count) FROM bank.recon_file WHERE file_id = v_id::bigint);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT is(pg_temp.lent('L', '1:J1 2:J2 3:J3 4:J4', '2032-02-01'), 'none', 'few lines get no segment');
SELECT is(string_agg(s || ' ' || pg_temp.lent('L', '1:J1 2:J2 3:J3 4:J4 5:J5', '2032-02-01', s), ', '),
          'account BO422, day BO422, statement BO422, range 23514, number 23505, twice BO409, other BO409, forgotten BO423',
          'lines that are not what they should be, and a segment that is left, undo the import')
  FROM unnest('{account,day,statement,range,number,twice,other,forgotten}'::text[]) s;
SELECT is(pg_temp.lent('L', '1:J1 2:J2 3:J3 4:J4 5:J5', '2032-02-01'), 'accepted 5', 'lines written into a segment');
SELECT is((SELECT string_agg(concat_ws(' ', i.side, i.amount, i.currency, i.day, i.occurrence, i.unit_id, s.fresh,
              s.segment <= i.item_id, t.fresh_lines), '' ORDER BY i.item_id) FROM bank.recon_item i
             JOIN bank.recon_statement s USING (statement_id)
             JOIN bank.recon_day_total t ON t.account_id = i.account_id AND t.side = i.side AND t.day = i.day
            WHERE i.reference = 'J5'), 'L 5 EUR 2032-02-01 1 2 t t 5', 'are items as others are');
SELECT is(pg_temp.lent('L', '1:J1 2:J2 3:J3 4:J4 6:J6', '2032-02-01'), 'none', 'a day told again gets no segment');
SELECT is(pg_temp.lent('L', '1:Q1 2:Q2 3:Q3 4:Q4 6:Q6', '2032-02-02', '', 4711), 'quarantined 0',
          'lines that do not add up are held back');
SELECT is((SELECT string_agg(h.amount || h.reference, ' ' ORDER BY h.line) FROM bank.recon_held_line h),
          '1Q1 2Q2 3Q3 4Q4 6Q6', 'as they came');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'api'::regnamespace AND relname LIKE 'recon\_item\_%'), 0::bigint,
          'and no segment stays with anybody');
-- The tables were analysed while they had no rows that anybody could see, as in the middle of a first run.
UPDATE pg_class SET reltuples = 0, relpages = 100 WHERE oid IN ('bank.recon_match_base'::regclass, 'bank.recon_member'::regclass);
CREATE TEMP TABLE read_by_key AS
SELECT i.inhrelid AS index, pg_stat_get_xact_tuples_returned(i.inhrelid) AS n FROM pg_inherits i
  JOIN pg_index x ON x.indexrelid = i.inhrelid AND x.indrelid = 'bank.recon_match_base'::regclass
 WHERE i.inhparent = 'bank.recon_match_key'::regclass;
INSERT INTO bank.recon_match (account_id, match_id, unit_id, rule, cardinality, first_day, last_day, adjustment, status,
    run_id) OVERRIDING SYSTEM VALUE
SELECT 4711, 4000000 + n, 2, 'fee', '1:1', '2032-02-01', '2032-02-01', -5, 'confirmed', 1 FROM generate_series(1, 400) n;
INSERT INTO bank.recon_member (account_id, match_id, item_id, amount)
SELECT 4711, 4000000 + n, 4000000 + 2 * n + k, CASE k WHEN 0 THEN 105 ELSE -100 END
  FROM generate_series(1, 400) n, generate_series(0, 1) k;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT is((SELECT pg_stat_get_xact_tuples_returned(index) - n FROM read_by_key), 0::bigint,
          'each match is checked by itself, not among all, whatever the statistics say');

SET CONSTRAINTS ALL DEFERRED;
-- A word that stands for no reference makes no pair, among many and among few.
INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES ('G-ABS', 'Absent', 'nostro', 2);
INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
SELECT lane_id, unit_id, 'GG9', 'EG 9', 'EUR' FROM bank.recon_lane WHERE code = 'G-ABS';
SELECT pg_temp.import('L', 'GG9', '31:NONREF 32:P2 33:P3 34:P4 35:P5 36:P6'),
       pg_temp.import('S', 'EG9', '31:NONREF 32:P2 33:P3 34:P4 35:P5 36:P6'), pg_temp.run('G-ABS') \gset
SELECT is((SELECT string_agg(key, ' ' ORDER BY key) FROM bank.recon_match WHERE amount BETWEEN 31 AND 36),
          'P2 P3 P4 P5 P6', 'no word for a missing reference matches');
SELECT is(pg_temp.wrong_totals('G-ABS'), 0::bigint, 'nor is its line closed');
SELECT pg_temp.import('L', 'GG9', '41:NOREF 42:Q2'), pg_temp.import('S', 'EG9', '41:NOREF 42:Q2'), pg_temp.run('G-ABS') \gset
SELECT is((SELECT string_agg(key, ' ' ORDER BY key) FROM bank.recon_match WHERE amount BETWEEN 41 AND 42), 'Q2',
          'nor in a small run');
SELECT is(pg_temp.wrong_totals('G-ABS'), 0::bigint, 'where it stays open too');

SELECT * FROM finish();
ROLLBACK;
