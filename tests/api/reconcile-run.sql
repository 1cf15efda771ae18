-- Reconciliation: the gate in every way, runs of an engine that lies, rule sets and lanes under two
-- persons, the order of imports, sums by day.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
UPDATE bank.setting SET value = '2031-01-31' WHERE name = 'business_date';

INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES
    ('R-ONE', 'One', 'nostro', 2), ('R-TWO', 'Two', 'nostro', 2);
INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
SELECT l.lane_id, l.unit_id, 'GR' || a.n, 'ER ' || a.n, 'EUR'
  FROM (VALUES ('R-ONE', 1), ('R-ONE', 2), ('R-TWO', 3)) a (lane, n)
  JOIN bank.recon_lane l ON l.code = a.lane ORDER BY a.n;

-- Imports one statement of the lines "amount:reference …"; p_more: further members of the statement,
-- p_controls: those of the file. The answer is its status, reason code and new lines.
CREATE FUNCTION pg_temp.import(p_side text, p_account text, p_day date, p_opening bigint, p_lines text,
    p_more jsonb DEFAULT '{}', p_controls jsonb DEFAULT '[]')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    content text := concat_ws('|', p_side, p_account, p_day, p_opening, p_lines, p_more, p_controls);
    v_sum bigint;
    v_count bigint;
    v_id text;
BEGIN
    SELECT coalesce(sum(split_part(l, ':', 1)::bigint), 0), count(*) INTO v_sum, v_count
      FROM regexp_split_to_table(p_lines, ' ') l WHERE l <> '';
    SET LOCAL SESSION AUTHORIZATION t_clerk;
    INSERT INTO api.import_line (position, line, amount, value_date, book_date, kind, reference,
                                 bank_reference, counterparty, narrative, source_id)
    SELECT 1, n, split_part(l, ':', 1)::bigint, p_day, NULL, '', split_part(l, ':', 2), '', '',
           split_part(l, ':', 3), ''
      FROM regexp_split_to_table(p_lines, ' ') WITH ORDINALITY r (l, n) WHERE l <> '';
    v_id := (api.import_commit(
        jsonb_build_object('name', 'f', 'sha256', encode(sha256(convert_to(content, 'UTF8')), 'hex'),
            'bytes', 1, 'side', p_side, 'format', 'test', 'parser_version', 1, 'encoding', 'utf-8',
            'controls', p_controls),
        jsonb_build_array(jsonb_build_object('position', 1, 'line', 1, 'account', p_account,
            'reference', '', 'currency', 'EUR', 'open_date', p_day, 'close_date', p_day,
            'opening', p_opening::text, 'closing', (p_opening + v_sum)::text, 'movement', v_sum::text,
            'lines', v_count) || p_more), gen_random_uuid())).id;
    RESET SESSION AUTHORIZATION;
    RETURN (SELECT concat_ws(' ', status, reason_code, new_count) FROM bank.recon_file
             WHERE file_id = v_id::bigint);
END $$;
CREATE FUNCTION pg_temp.item(p_side text, p_reference text) RETURNS bigint LANGUAGE sql AS
$$ SELECT min(item_id) FROM bank.recon_item WHERE side = p_side AND reference = p_reference $$;
-- Ends a run of R-ONE with the matches "rule confirm item[,mate]; …": a pair with a comma, else lines
-- of one match with a plus. The answer: matches by rule and status, or the code of the failure.
CREATE FUNCTION pg_temp.engine(p_matches text, p_rules int DEFAULT 1) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before bigint := (SELECT coalesce(max(match_id), 0) FROM bank.recon_match);
    m text;
    n int := 0;
    w text[];
BEGIN
    SET LOCAL SESSION AUTHORIZATION t_clerk;
    FOREACH m IN ARRAY regexp_split_to_array(p_matches, '; *') LOOP
        n := n + 1;
        w := regexp_split_to_array(m, ' +');
        CONTINUE WHEN m = '';
        IF w[3] ~ ',' THEN
            INSERT INTO api.run_line (match, item_id, mate_id, rule, confirm)
            VALUES (n, split_part(w[3], ',', 1)::bigint, split_part(w[3], ',', 2)::bigint, w[1],
                    w[2] = 'sure');
        ELSE
            INSERT INTO api.run_line (match, item_id, rule, confirm)
            SELECT n, i::bigint, w[1], w[2] = 'sure' FROM regexp_split_to_table(w[3], '\+') i;
        END IF;
    END LOOP;
    PERFORM api.run_commit('R-ONE', '2031-01-31', p_rules, NULL, gen_random_uuid());
    RESET SESSION AUTHORIZATION;
    RETURN (SELECT coalesce(string_agg(k, ', ' ORDER BY k), '') FROM (
        SELECT rule || ' ' || status AS k FROM bank.recon_match
         WHERE match_id > before AND status <> 'undone') x);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.pair(p_rule text, p_sure text, p_book text, p_statement text) RETURNS text
LANGUAGE sql AS $$ SELECT p_rule || ' ' || p_sure || ' ' || pg_temp.item('L', p_book) || ','
                          || pg_temp.item('S', p_statement) $$;
CREATE FUNCTION pg_temp.rebuilt() RETURNS SETOF bank.recon_day_total LANGUAGE sql AS $$
    SELECT x.account_id, x.day, x.side, sum(x.a)::bigint, sum(x.b)::bigint, 0::bigint, sum(x.v)::bigint,
           0::bigint, sum(x.c)::bigint, sum(x.d)::bigint
      FROM (SELECT account_id, day, side, 1 AS a, amount AS b, 0 AS c, 0 AS d, abs(amount) AS v
              FROM bank.recon_item
            UNION ALL SELECT m.account_id, m.last_day, i.side, 0, 0, 1, mi.amount, 0
              FROM bank.recon_match m JOIN bank.recon_match_item mi USING (account_id, match_id)
              JOIN bank.recon_item i USING (account_id, item_id)
             WHERE m.status = 'confirmed' AND mi.live) x
     GROUP BY 1, 2, 3 $$;
CREATE FUNCTION pg_temp.totals() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM (SELECT account_id, side, day, lines, amount, value, closed_lines, closed_amount
                            FROM bank.recon_day_total
                          EXCEPT SELECT account_id, side, day, lines, amount, value, closed_lines, closed_amount
                            FROM pg_temp.rebuilt()) x $$;

-- The gate.
SELECT is(pg_temp.import('S', 'ER1', '2031-01-02', 0, '100:A1', '{"number": 1}'), 'accepted  1', 'a first statement');
SELECT is(pg_temp.import('S', 'ER1', '2031-01-04', 150, '10:A3', '{"number": 3}'), 'quarantined gap 0',
          'a day is missing: a gap');
SELECT is(pg_temp.import('S', 'ER1', '2031-01-05', 160, '10:A4', '{"number": 4}'), 'quarantined waits 0',
          'the next one hangs on it: one gap, not two');
SELECT is(pg_temp.import('S', 'ER1', '2031-01-03', 100, '50:A2', '{"number": 2}'), 'accepted  1',
          'the missing day comes');
SELECT is((SELECT string_agg(status, ' ') FROM bank.recon_file), 'accepted accepted accepted accepted',
          'and lets in what waited for it');
SELECT is((SELECT count(*) FROM bank.recon_item WHERE reference ~ '^A'), 4::bigint, 'with all lines');
SELECT is(pg_temp.import('L', 'GR3', '2031-01-02', 0, '1:N1', '{"number": 1}'), 'accepted  1', 'number 1');
SELECT is(pg_temp.import('L', 'GR3', '2031-01-03', 1, '1:N3', '{"number": 3}'), 'quarantined sequence 0',
          'a number is missing though the balance agrees');
SELECT is(pg_temp.import('S', 'ER2', '2031-01-02', 0, '5:P1', '{"number": 1, "page": 1, "closing_interim": true}'),
          'accepted  1', 'a first page');
SELECT is(pg_temp.import('S', 'ER2', '2031-01-02', 5, '5:P3',
          '{"number": 1, "page": 3, "opening_interim": true}'), 'quarantined page 0', 'the second page is missing');
SELECT is(pg_temp.import('L', 'GR2', '2031-01-02', 0, '5:P1', '{"number": 1, "page": 1, "closing_interim": true}'),
          'accepted  1', 'a first page of our book');
SELECT is(pg_temp.import('L', 'GR2', '2031-01-03', 5, '7:P4', '{"number": 2, "page": 1}'), 'quarantined page 0',
          'a statement ended with a page that was not the last');
SELECT is(pg_temp.import('L', 'GR1', '2031-01-02', 0, '100:A1 7:B1', '{}', '[{"position": 1, "kind": "sum",
          "label": ":90C:", "line": 9, "currency": "EUR", "expected": "106", "found": "107"}]'),
          'quarantined control 0', 'a control total that is a cent off');
SELECT alike((SELECT reason FROM bank.recon_file ORDER BY file_id DESC LIMIT 1),
          '%: line 9: :90C: 1.06 stated, 1.07 in the lines', 'with its line and figures');
SELECT is(bank.recon_gate_zh((SELECT reason FROM bank.recon_file ORDER BY file_id DESC LIMIT 1)),
          '账户 GR1 对账单 #1：第 9 行 :90C：声明 1.06，明细合计 1.07', 'in both languages');
SELECT is(pg_temp.import('L', 'GR1', '2031-01-02', 0, '100:A1 7:B1', '{}', '[{"position": 0, "kind": "records",
          "label": "BAI 99", "line": 9, "currency": "", "expected": "5", "found": "4"}]'),
          'quarantined control 0', 'a count of the whole file');
SELECT is(pg_temp.import('L', 'GR1', '2031-01-02', 0, '100:A1 7:B1', '{}', '[{"position": 1, "kind": "sum",
          "label": ":90C:", "line": 9, "currency": "EUR", "expected": "107", "found": "107"}]'),
          'accepted  2', 'controls that hold');
SELECT is((SELECT count(*) FROM bank.recon_check WHERE code = 'control' AND passed), 1::bigint,
          'are kept with the file');
-- A correct file comes for those that are held: nobody lets them in beside it.
CREATE FUNCTION pg_temp.steps() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', 'SELECT coalesce(string_agg(step, '' '' ORDER BY file_id), ''none'')
        FROM api.statement_file_list WHERE status = ''quarantined'' AND reason_code = ''control''') $$;
CREATE FUNCTION pg_temp.held(p_login text, p_call text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.%s(file_id, version, ''for a reason'', gen_random_uuid())).status
        FROM api.statement_file_list WHERE file_id = %s', p_call,
        (SELECT min(file_id) FROM bank.recon_file WHERE status = 'quarantined' AND reason_code = 'control'))) $$;
SELECT is(pg_temp.steps(), 'came came', 'they are told by number or balance');
SELECT is(pg_temp.held('t_clerk', 'file_waive'), 'BO423', 'nobody asks to let them in');
UPDATE bank.recon_file SET waived_by = 't_clerk', waived_at = now(), waive_reason = 'before it came'
 WHERE reason_code = 'control';
SELECT is(pg_temp.held('t_super', 'file_release'), 'BO423', 'nor does a waiver of before');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(let_in::text, '' '') FROM api.file_follows(%s)',
             (SELECT max(file_id) FROM bank.recon_file))), 'false false', 'the correct file names them');
SELECT alike(pg_temp.as('t_clerk', 'SELECT steps FROM api.statement_file_list WHERE step = ''came'' LIMIT 1'),
             E'%：% — before it came\n%：% f', 'the page of the file says so');
SELECT is(pg_temp.held('t_clerk', 'file_reject') || pg_temp.held('t_clerk', 'file_reject'), 'donedone', 'they are rejected');
SELECT alike(pg_temp.as('t_clerk', 'SELECT steps FROM api.statement_file_list WHERE decision LIKE ''let in%'' LIMIT 1'),
             '缺失部分已补齐，自动放行：文件 %', 'as it does of what a missing day let in');
-- Without numbers and balances only who was asked for it again is answered.
SELECT is(pg_temp.import('S', 'ER3', '2031-01-01', 0, '9:I0', '{"opening": null, "closing": null}', '[{"position": 1,
          "kind": "sum", "label": "sum", "line": 3, "currency": "EUR", "expected": "8", "found": "9"}]'),
          'quarantined control 0', 'a table whose sum is wrong');
SELECT is(pg_temp.import('S', 'ER3', '2031-01-01', 0, '8:I0', '{"opening": null, "closing": null}'), 'accepted  1',
          'another table of the day');
SELECT is(pg_temp.steps(), '', 'may be that of the afternoon');
SELECT is(pg_temp.held('t_clerk', 'file_request') || pg_temp.steps(), 'donecame', 'or what was asked for');
SELECT is(pg_temp.held('t_clerk', 'file_reject'), 'done', 'the first is rejected');
SELECT is(pg_temp.import('S', 'ER3', '2031-01-02', 0, '9:I1', '{"kind": "interim", "opening": null, "closing": null}'),
          'accepted  0', 'lines of a day so far make no items');
SELECT is((SELECT string_agg(reference, ' ') FROM bank.recon_held_line WHERE file_id = (SELECT max(file_id) FROM bank.recon_file)), 'I1',
          'but are kept to be seen');
SELECT is(pg_temp.import('S', 'ER3', '2031-01-02', 0, '9:I1'), 'accepted  1', 'the statement brings them');
SELECT is(pg_temp.import('S', 'ER3', '2031-01-03', 9, '9:D 9:D'), 'accepted  2', 'two equal lines are two');
SELECT is(pg_temp.import('S', 'ER3', '2031-01-03', 9, '9:D 9:D 4:E'), 'accepted  1', 'told again, only the new');
SELECT is(pg_temp.totals(), 0::bigint, 'the sums by day are those of the items');
SELECT throws_ok($$UPDATE bank.recon_file SET status = 'released', waived_by = 'a', decided_by = 'a'
                   WHERE status = 'quarantined'$$, '23514', NULL, 'nobody releases what he asked to');

-- Pages one after the other; the same again in another form or with other lines; a statement that states no
-- opening balance. On either side.
INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
SELECT lane_id, 2, 'GRC', 'ERC', 'EUR' FROM bank.recon_lane WHERE code = 'R-TWO';
CREATE FUNCTION pg_temp.say(p_side text, p_day int, p_opening bigint, p_lines text, p_more jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.import(p_side, CASE p_side WHEN 'L' THEN 'GRC' ELSE 'ERC' END, date '2031-01-01' + p_day, p_opening, p_lines, p_more) $$;
SELECT is(pg_temp.say(side, 1, 0, '5:c1', '{"number": 1, "page": 1, "closing_interim": true}'), 'accepted  1', side || ': page 1'),
       is(pg_temp.say(side, 1, 5, '6:c2', '{"number": 1, "page": 2, "opening_interim": true}'), 'accepted  1', side || ': page 2')
  FROM unnest('{L,S}'::text[]) side;
SELECT is(pg_temp.say(side, 2, 11, v || ':c3'), 'accepted  1', side || ': the day after'),
       is(pg_temp.say(side, 2, 11, v || ':c3', '{"reference": "again"}'), 'accepted  0', side || ': which is nothing new in another file'),
       is(pg_temp.say(side, 3, 11 + v, '1:c4', '{"opening": null}'), 'accepted  1', side || ': without an opening balance it leads to its own'),
       is(pg_temp.say(side, 4, 13 + v, '1:c5', '{"opening": null}'), 'quarantined gap 0', side || ': or is held back')
  FROM (VALUES ('L', 7), ('S', 8)) x (side, v);
SELECT is((SELECT string_agg(substring(f.reason FROM 'closes with.*'), '; ' ORDER BY f.file_id) FROM bank.recon_file f WHERE reason LIKE '%the new lines make it%'),
          'closes with 0.19 on 2031-01-04, the new lines make it 0.20, but closing is 0.21; '
          'closes with 0.20 on 2031-01-04, the new lines make it 0.21, but closing is 0.22', 'with the figures');
SELECT is((SELECT string_agg(c.expected || ' ' || c.found, ', ' ORDER BY file_id) FROM bank.recon_check c JOIN bank.recon_file f USING (file_id)
            WHERE f.reason LIKE '%the new lines make it%' AND c.code = 'gap'), '21 20, 22 21', 'which are kept');
SELECT is(pg_temp.say(side, 2, 11, v || ':other'), 'quarantined repeated 0', side || ': the same again with other lines') FROM (VALUES ('L', 7), ('S', 8)) x (side, v);
UPDATE bank.recon_file SET format = 'older' WHERE status = 'accepted';
SELECT is(pg_temp.say(side, 2, 11, v || ':third'), 'quarantined repeated 0', side || ': or in another form') FROM (VALUES ('L', 7), ('S', 8)) x (side, v);
SELECT is((SELECT string_agg(regexp_replace(reason, '.*there is|.*is there from file \d+ \(f\), ', ''), '; ' ORDER BY file_id) FROM bank.recon_file
            WHERE reason_code = 'repeated'), 'with other lines; with other lines; in another form; in another form', 'and it says which');
UPDATE bank.recon_file SET format = 'test' WHERE format = 'older';

-- An engine that lies.
SELECT is(pg_temp.import('L', 'GR1', '2031-01-03', 107,
          '50:A2 20:K1 30:K2 30:K2 60:M1 33:TX20310103000017 90:Q-100020 1000:F100030 40:Z1'), 'accepted  9', 'our book');
SELECT is(pg_temp.import('S', 'ER1', '2031-01-06', 170,
          '21:K1 30:K2 30:OTHER 60:M2 33:x:20310103-000017 40:Q-100020-1 50:Q-100020-2 995:F100030 77:Z2', '{"number": 5}'),
          'accepted  9', 'the statement');
SELECT is(pg_temp.engine('exact sure ' || pg_temp.item('L', 'A1') || ',' || pg_temp.item('S', 'A2')), 'BO409',
          'amounts that differ are no pair');
SELECT is(pg_temp.engine('exact sure 999999,' || pg_temp.item('S', 'A1')), 'BO409', 'a line that is not there');
SELECT is(pg_temp.engine(pg_temp.pair('exact', 'sure', 'A1', 'A1') || '; ' || pg_temp.pair('exact', 'sure', 'A1', 'A1')),
          'BO409', 'a line twice');
SELECT is(pg_temp.engine('exact sure ' || pg_temp.item('S', 'I1') || '+' || pg_temp.item('L', 'A1')), 'BO409',
          'a line of another lane');
SELECT is(pg_temp.engine(pg_temp.pair('exact', 'sure', 'A1', 'A1'), 7), 'BO409', 'rules that are not those of the lane');
SELECT is((SELECT count(*) FROM bank.recon_match), 0::bigint, 'nothing of it is kept');
SELECT is(pg_temp.engine(concat_ws('; ', pg_temp.pair('exact', 'sure', 'A1', 'A1'),
          pg_temp.pair('exact', 'sure', 'A2', 'A2'), pg_temp.pair('exact', 'sure', 'M1', 'M2'),
          pg_temp.pair('exact', 'sure', 'K2', 'K2'),
          pg_temp.pair('nonsense', 'sure', 'TX20310103000017', 'x'))),
          'exact confirmed, exact confirmed, exact confirmed, exact suggested, nonsense suggested',
          'what is not keyed and unique, or by no rule, is only suggested');
SELECT is((SELECT held_back FROM bank.recon_run ORDER BY run_id DESC LIMIT 1), 2::bigint, 'the run counts it');
SELECT is((SELECT count(*) FROM bank.recon_open o JOIN bank.recon_match_item USING (account_id, item_id)), 4::bigint,
          'suggested lines stay open');
SELECT is(pg_temp.engine(concat_ws('; ', pg_temp.pair('narrative', 'sure', 'TX20310103000017', 'x'),
          'split sure ' || pg_temp.item('L', 'Q-100020') || '+' || pg_temp.item('S', 'Q-100020-1') || '+'
          || pg_temp.item('S', 'Q-100020-2'),
          'fee sure ' || pg_temp.item('L', 'F100030') || '+' || pg_temp.item('S', 'F100030'),
          'total sure ' || pg_temp.item('L', 'Z1') || '+' || pg_temp.item('S', 'Z2'))),
          'fee confirmed, narrative confirmed, split confirmed, total suggested',
          'a later run: keyed ones are confirmed, a difference that is no fee is not');
SELECT is((SELECT amount || ' ' || status FROM bank.recon_adjustment), '-5 proposed', 'the fee waits for a second person');
SELECT is((SELECT count(*) FROM bank.recon_match m WHERE m.adjustment + (SELECT sum(amount) FROM bank.recon_match_item i
           WHERE i.account_id = m.account_id AND i.match_id = m.match_id) <> 0), 0::bigint, 'every match sums to zero');
SELECT is((SELECT count(*) FROM (SELECT 1 FROM bank.recon_match_item WHERE live GROUP BY account_id, item_id
           HAVING count(*) > 1) x), 0::bigint, 'no line is in two');
SELECT is(pg_temp.totals(), 0::bigint, 'the sums by day are those of the matches');
SELECT is((SELECT string_agg(difference::text, ' ') FROM bank.recon_account a, bank.recon_proof(a.account_id, '2031-01-31')
           WHERE a.external_account IN ('ER 1', 'ER 2')), '0 0', 'the balances are explained');
SELECT throws_ok($$INSERT INTO bank.recon_member (account_id, match_id, item_id, amount)
           SELECT account_id, match_id + 1, item_id, 0 FROM bank.recon_match_item WHERE live LIMIT 1$$, '23505', NULL,
           'nor can it be, whoever writes');
SELECT throws_ok($$UPDATE bank.recon_match SET adjustment = 1 WHERE status = 'confirmed' AND adjustment = 0;
           SET CONSTRAINTS ALL IMMEDIATE$$, 'BO422', NULL, 'nor a sum that is not zero');
SET CONSTRAINTS ALL DEFERRED;

-- A standing order: of last week's movement a copy of the statement's line is left, of this week's the
-- book's line. Then an order that was late for days, without one before it.
INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
SELECT lane_id, 2, 'GR9', 'ER 9', 'EUR' FROM bank.recon_lane WHERE code = 'R-ONE';
CREATE FUNCTION pg_temp.newest(p_reference text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(x.id, ',' ORDER BY x.side) FROM (
        SELECT side, max(item_id)::text AS id FROM bank.recon_item WHERE reference = p_reference
         GROUP BY side) x $$;
SELECT is(pg_temp.import('L', 'GR9', '2031-01-06', 0, '45:Q7') || pg_temp.import('S', 'ER9', '2031-01-06', 0, '45:Q7'),
          'accepted  1accepted  1', 'a first week');
SELECT is(pg_temp.engine('exact sure ' || pg_temp.newest('Q7')), 'exact confirmed', 'is settled');
SELECT is(pg_temp.import('S', 'ER9', '2031-01-07', 45, '45:Q7 9:Q8')
              || pg_temp.import('L', 'GR9', '2031-01-13', 45, '45:Q7 9:Q8'),
          'accepted  2accepted  2', 'a copy, and the next week');
SELECT is(pg_temp.engine('exact sure ' || pg_temp.newest('Q7') || '; exact sure ' || pg_temp.newest('Q8')),
          'exact confirmed, exact suggested', 'the two weeks are not one movement');
SELECT alike((SELECT evidence FROM bank.recon_match WHERE key = 'Q7' AND status = 'suggested'),
          '%not confirmed: a settled line of the reference lies nearer in days', 'it says why');
-- A prefix that a checker approved is no part of a reference, however short the rest of it.
INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
SELECT lane_id, 2, 'GR8', 'ER 8', 'EUR' FROM bank.recon_lane WHERE code = 'R-ONE';
SELECT is(pg_temp.import('L', 'GR8', '2031-01-06', 0, '61:QX7K2M 62:HB3M9T 63:PW4N8R 63:NN2222')
              || pg_temp.import('S', 'ER8', '2031-01-06', 0, '61:ZXQX7K2M 62:ZXHB3M9T 62:ZXZXHB3M9T 63:YYPW4N8R'),
          'accepted  4accepted  4', 'references behind a prefix');
CREATE FUNCTION pg_temp.prefixed() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.engine(concat_ws('; ', pg_temp.pair('normalised', 'sure', 'QX7K2M', 'ZXQX7K2M'),
        pg_temp.pair('normalised', 'sure', 'HB3M9T', 'ZXHB3M9T'),
        pg_temp.pair('normalised', 'sure', 'PW4N8R', 'YYPW4N8R'))) $$;
SELECT is(pg_temp.prefixed(), 'normalised suggested, normalised suggested, normalised suggested',
          'one that nobody approved is part of it');
INSERT INTO bank.recon_alias (lane_id, unit_id, kind, side, pattern, status, maker, checker)
SELECT lane_id, 2, 'prefix', 'S', 'ZX', 'approved', 't_clerk', 't_super' FROM bank.recon_lane WHERE code = 'R-ONE';
SELECT is(pg_temp.prefixed(), 'normalised confirmed',
          'approved, it is not');
SELECT is((SELECT string_agg(m.key || ' ' || m.status, ', ' ORDER BY m.key) FROM bank.recon_match m
            WHERE m.key IN ('QX7K2M', 'HB3M9T', 'PW4N8R') AND m.status <> 'undone'),
          'HB3M9T suggested, PW4N8R suggested, QX7K2M confirmed',
          'unless another line has the rest of it too, or the prefix is another one');
-- Lines that add up and carry no common reference are no sure match, whatever an engine says of them.
SELECT is(pg_temp.import('L', 'GR9', '2031-01-14', 99, '30:U11111111') || pg_temp.import('S', 'ER9', '2031-01-14', 99, '10:V22222222 20:W33333333'),
          'accepted  1accepted  2', 'one line and two that make it up');
SELECT is(pg_temp.engine('split sure ' || pg_temp.item('L', 'U11111111') || '+' || pg_temp.item('S', 'V22222222') || '+'
              || pg_temp.item('S', 'W33333333')), 'split suggested', 'are only suggested');
SELECT is(pg_temp.as('t_clerk', $$SELECT count(*) FROM api.run_begin('R-ONE', '9999-01-01', NULL)$$),
          'BO422', 'no run up to a day that has not come');
SELECT is(pg_temp.as('t_clerk', format($$SELECT count(*) FROM api.run_begin('R-ONE', %L, NULL)$$, bank.today())),
          '1', 'but up to the business date');
SELECT is(pg_temp.as('t_admin', $$SELECT count(*) FROM api.run_begin('R-ONE', NULL, NULL)$$), '1',
          'an administrator may try his draft');
-- Rule sets.
CREATE FUNCTION pg_temp.rules(p_login text, p_call text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.%s).status', p_call)) $$;
SELECT is(pg_temp.rules('t_clerk', $$rule_set_draft(1, '', 'x', gen_random_uuid())$$), '42501', 'a clerk drafts no rules');
SELECT is(pg_temp.rules('t_super', format('rule_set_draft(1, %L, ''x'', gen_random_uuid())', name)), 'BO422', 'no name: ' || name)
  FROM unnest('{Two Words,abcdefghijklmnopqrstuvwxyz-1234567}'::text[]) name;
SELECT is(pg_temp.rules('t_super', $$rule_set_draft(1, '', 'less', gen_random_uuid())$$), 'done', 'a supervisor does');
SELECT is(pg_temp.rules('t_super2', $$rule_set_draft(1, '', 'more', gen_random_uuid())$$), 'BO423', 'one at a time');
SELECT throws_ok($$INSERT INTO bank.recon_rule_set (name, version, spec, created_by, status)
    SELECT name, version + 1, spec, created_by, 'draft' FROM bank.recon_rule_set WHERE status = 'draft'$$, '23505', NULL, 'whoever writes');
SELECT throws_ok($$INSERT INTO bank.recon_run (lane_id, unit_id, as_of, rule_set_id, book_count, statement_count, match_count, break_count, started_at)
    SELECT lane_id, unit_id, '2031-01-31', (SELECT max(rule_set_id) FROM bank.recon_rule_set), 0, 0, 0, 0, now() FROM bank.recon_lane LIMIT 1;
    SET CONSTRAINTS ALL IMMEDIATE$$, 'BO423', NULL, 'no run counts under a draft');
SET CONSTRAINTS ALL DEFERRED;
CREATE FUNCTION pg_temp.draft() RETURNS int LANGUAGE sql AS $$ SELECT max(rule_set_id) FROM bank.recon_rule_set $$;
SELECT is(pg_temp.rules('t_super', format($$rule_change(%s, 'near', 'near', 10, 'suggest', 1, 3, '{"risk": 5}', 1, gen_random_uuid())$$,
          pg_temp.draft())), 'done', 'a rule is changed');
SELECT is((SELECT login || ' ' || (after ->> 'name') || ' ' || (after -> 'days' ->> 'late') FROM bank.audit
            WHERE action = 'change' AND object_kind = 'recon_rule_set'), 't_super near 3', 'the audit knows what it became');
SELECT is(pg_temp.rules('t_super', format($$rule_change(%s, 'subset', 'subset', 14, 'confirm', 1, 3, '{}', 2, gen_random_uuid())$$,
          pg_temp.draft())), 'BO422', 'sums of some lines never confirm');
SELECT is(pg_temp.rules('t_super', format($$rule_change(%s, 'near', 'near', 10, 'suggest', 1, 3, '[1', 2, gen_random_uuid())$$,
          pg_temp.draft())), 'BO422', 'settings are JSON');
SELECT is(pg_temp.as('t_audit', format($$SELECT string_agg(rule || ' ' || setting || ' ' || change, ', ' ORDER BY rule, setting)
          FROM api.rule_set_diff(%s)$$, pg_temp.draft())),
          'near block changed, near neighbours changed, near risk changed, near status changed', 'the difference is shown');
SELECT is(pg_temp.rules('t_super', format($$rule_set_decide(%s, 'propose', '', 2, gen_random_uuid())$$, pg_temp.draft())), 'BO423',
          'it is tried first');
SELECT is(pg_temp.rules('t_super', format($$rule_set_tried(%s, %L, gen_random_uuid())$$, pg_temp.draft(),
              format('{"lane": "R-ONE", "lines": 3, "examples": [{"change": "lost", "before": "fee confirmed", "after": "fee suggested",
                      "currency": "EUR", "amount": "100", "reference": "S %s"}]}', pg_temp.item('S', 'A1')))),
          'done', 'a trial');
SELECT is(pg_temp.as('t_super', format($$SELECT concat_ws(' ', change, side, reference, value_date, before, after, item_id)
                                         FROM api.rule_set_trial(%s)$$, pg_temp.draft())),
          'lost S A1 2031-01-02 fee 确认 fee 建议 ' || pg_temp.item('S', 'A1'), 'tells its lines as people know them');
SELECT is(pg_temp.rules('t_super', format($$rule_set_decide(%s, 'propose', '', 2, gen_random_uuid())$$, pg_temp.draft())), 'done',
          'then proposed');
SELECT is(pg_temp.rules('t_super', format($$rule_set_decide(%s, 'approve', 'fine', 3, gen_random_uuid())$$, pg_temp.draft())), 'BO403',
          'not approved by its author');
SELECT throws_ok(format('UPDATE bank.recon_rule_set SET approved_by = created_by WHERE rule_set_id = %s', pg_temp.draft()),
          '23514', NULL, 'the table itself wants two persons');
SELECT is(pg_temp.rules('t_super2', format($$rule_set_decide(%s, 'approve', 'fine', 3, gen_random_uuid())$$, pg_temp.draft())), 'done',
          'a second person approves');
SELECT is((SELECT bool_and(rule_set_id = pg_temp.draft()) FROM bank.recon_lane), true, 'all lanes of its name use it');
SELECT is(pg_temp.rules('t_super', format($$rule_change(%s, 'near', 'near', 10, 'confirm', 1, 3, '{}', 4, gen_random_uuid())$$,
          pg_temp.draft())), 'BO423', 'approved, it never changes');
SELECT is(pg_temp.engine('', 1), 'BO409', 'a run under the old one is refused');
SELECT is(pg_temp.engine('', pg_temp.draft()), '', 'under the new one it is not');

-- Lanes.
CREATE FUNCTION pg_temp.propose(p_login text, p_tolerance int, p_version int) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.rules(p_login, format($q$lane_propose(%s, 'One', '', 1, 'working', 'many', %s, 0.38, 0.6, 0, 'default', 'yes', 'why', %s,
          gen_random_uuid())$q$, (SELECT lane_id FROM bank.recon_lane WHERE code = 'R-ONE'), p_tolerance, p_version)) $$;
SELECT is(pg_temp.propose('t_clerk', 5, 2), '42501', 'a clerk changes no lane');
SELECT is(pg_temp.propose('t_super', 5, 1), 'BO409', 'the version seen counts');
SELECT is(pg_temp.propose('t_super', 0, 2), 'BO422', 'nothing changed');
SELECT is(pg_temp.propose('t_super', 5, 2), 'done', 'a proposal');
SELECT is(pg_temp.propose('t_super2', 6, 2), 'BO423', 'one at a time');
SELECT is(pg_temp.as('t_audit', 'SELECT setting || '' '' || before || '' '' || after FROM api.lane_change_diff((SELECT max(change_id)
          FROM api.lane_change_list))'), 'tolerance 0.00 0.05', 'shown before and after');
CREATE FUNCTION pg_temp.decide(p_login text, p_verb text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.rules(p_login, format($q$lane_decide(%s, %L, 'because', 1, gen_random_uuid())$q$,
          (SELECT max(change_id) FROM bank.recon_lane_change), p_verb)) $$;
SELECT is(pg_temp.rules('t_super2', format($$lane_decide(%s, 'refuse', ' ', 1, gen_random_uuid())$$,
          (SELECT max(change_id) FROM bank.recon_lane_change))), 'BO422', 'not without a reason');
SELECT is(pg_temp.rules('t_super2', $$lane_decide(0, 'approve', 'because', 1, gen_random_uuid())$$), 'BO404', 'nor what there is not');
SELECT is(pg_temp.decide('t_super', 'approve'), 'BO403', 'not by its maker');
SELECT is(pg_temp.decide('t_super2', 'approve'), 'done', 'by a second person');
SELECT is((SELECT tolerance FROM bank.recon_lane WHERE code = 'R-ONE'), 5::bigint, 'it counts');
SELECT is(pg_temp.decide('t_super2', 'approve'), 'BO423', 'once');
SELECT is((SELECT count(*) FROM jsonb_array_elements(bank.recon_rules_of((SELECT l FROM bank.recon_lane l WHERE code = 'R-ONE'),
          pg_temp.draft())->'rules') r WHERE r->>'name' = 'tolerance' AND r->>'status' = 'suggest'), 1::bigint,
          'the engine gets it as a rule that suggests');
SELECT throws_ok('UPDATE bank.recon_lane_change SET checker = maker', '23514', NULL, 'the table itself wants two persons');

-- A lane has a name in each language, one at a time.
UPDATE bank.recon_lane SET name = '一号', name_en = 'Lane one' WHERE code = 'R-ONE';
SELECT is(pg_temp.as('t_clerk', 'SELECT name FROM api.lane_list WHERE code = ''R-ONE'''), '一号', 'in Chinese');
SELECT set_config('bankops.language', 'en', true);
SELECT is(pg_temp.as('t_clerk', 'SELECT name FROM api.lane_list WHERE code = ''R-ONE'''), 'Lane one', 'in English');
SELECT is(bank.login_name('t_clerk'), (SELECT coalesce(nullif(name_en, ''), name_zh) FROM bank.staff WHERE login = 't_clerk'),
          'as a member of staff has');
SELECT set_config('bankops.language', '', true);

-- New lanes and accounts.
CREATE FUNCTION pg_temp.open(p_login text, p_code text, p_name text, p_book text, p_external text, p_opening text)
RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.rules(p_login, format($q$lane_open(%L, %L, '', 'nostro', 2, 1, %L, %L, 'Bank', 'JPY', %s, 'new nostro',
          gen_random_uuid())$q$, p_code, p_name, p_book, p_external, p_opening)) $$;
UPDATE bank.recon_lane SET currency_policy = 'one' WHERE code = 'R-ONE';
SELECT is(pg_temp.open('t_clerk', 'R-ONE', '', '77', '88', 'NULL, NULL'), 'BO422', 'no yen in a lane of one currency');
SELECT is(pg_temp.open('t_audit', 'R-JPY', 'Yen', '77', '88', 'NULL, NULL'), '42501', 'an auditor proposes no lane');
SELECT is(pg_temp.open('t_clerk', code, 'Yen', '77', '88', 'NULL, NULL'), 'BO422', 'no code: ' || code)
  FROM unnest('{R,-JPY,R JPY,R_JPY,ABCDEFGHIJKLMNOPQRSTUVWXY}'::text[]) code;
SELECT is(pg_temp.open('t_clerk', 'R-JPY', '', '77', '88', 'NULL, NULL'), 'BO422', 'a new lane needs a name');
SELECT is(pg_temp.open('t_clerk', 'R-JPY', 'Yen', '77', '88', $$'2026-01-05', 1.5$$), 'BO422', 'half a yen');
SELECT is(pg_temp.open('t_clerk', 'R-JPY', 'Yen', '77', '88', $$'2026-01-05', 1500$$), 'done', 'a clerk proposes a lane');
SELECT is((SELECT count(*) FROM bank.recon_lane WHERE code = 'R-JPY'), 0::bigint, 'which is none yet');
SELECT is(pg_temp.open('t_super', 'R-YEN', 'Yen', '7-7', '99', 'NULL, NULL'), 'BO409', 'the account is proposed already');
SELECT is(pg_temp.decide('t_clerk', 'approve'), 'BO403', 'a clerk approves no lane');
SELECT is(pg_temp.as('t_super', 'SELECT kind || '' '' || title || '' '' || mine FROM api.recon_approval_list WHERE kind = ''lane'''),
          'lane new-lane open', 'it waits in the approvals');
SELECT is(pg_temp.rules('t_super', format($$recon_decide('lane', NULL, %s, 1, 'approve', '', gen_random_uuid())$$,
          (SELECT max(change_id) FROM bank.recon_lane_change))), 'done', 'where a supervisor approves it');
SELECT is((SELECT l.name || ' ' || a.opening_book || ' ' || s.version FROM bank.recon_lane l JOIN bank.recon_account a USING (lane_id)
             JOIN bank.recon_rule_set s ON s.rule_set_id = l.rule_set_id AND s.status = 'approved'
            WHERE l.code = 'R-JPY'), 'Yen 1500 2', 'the lane is there, under the approved rules');
SELECT is(pg_temp.open('t_super', 'r-jpy', '', '771', '881', 'NULL, NULL'), 'done', 'a second account');
SELECT is(pg_temp.rules('t_super', format($$recon_decide('lane', NULL, %s, 1, 'approve', '', gen_random_uuid())$$,
          (SELECT max(change_id) FROM bank.recon_lane_change))), 'BO403', 'not by its maker');
SELECT is(pg_temp.decide('t_super2', 'approve'), 'done', 'by a second person');
SELECT is((SELECT count(*) FROM bank.recon_account JOIN bank.recon_lane USING (lane_id) WHERE code = 'R-JPY'), 2::bigint,
          'the lane has two accounts');

SELECT * FROM finish();
ROLLBACK;
