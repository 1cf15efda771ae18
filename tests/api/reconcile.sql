-- Reconciliation: imports, the gate, exact matches, undoing, balance proof, second person, scope.
BEGIN;
\ir ../lib/small-bank.sql
SELECT plan(114);
UPDATE bank.setting SET value = '2030-01-04' WHERE name = 'business_date';
\if :{?segment}
UPDATE bank.setting SET value = :'segment' WHERE name = 'recon_segment_lines';
\endif

INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES
    ('T-ONE', 'One', 'nostro', 2), ('T-TWO', 'Two', 'nostro', 2), ('T-WEST', 'West', 'nostro', 5);
INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
SELECT l.lane_id, l.unit_id, 'GL' || a.n, 'EX ' || a.n, 'EUR'
  FROM (VALUES ('T-ONE', 1), ('T-ONE', 2), ('T-TWO', 3), ('T-WEST', 5)) a (lane, n)
  JOIN bank.recon_lane l ON l.code = a.lane ORDER BY a.n;

-- Imports one statement with the lines "amount:reference amount:reference …" as the login, as
-- bankops import does; the answer is the status of the file, or the SQLSTATE.
CREATE FUNCTION pg_temp.import(p_login text, p_side text, p_account text, p_day date,
    p_opening bigint, p_lines text, p_wrong bigint DEFAULT 0, p_number int DEFAULT NULL)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    content text := concat_ws('|', p_side, p_account, p_day, p_opening, p_lines, p_wrong, p_number);
    v_sum bigint;
    v_count bigint;
    v_id text;
BEGIN
    SELECT coalesce(sum(split_part(l, ':', 1)::bigint), 0), count(*) INTO v_sum, v_count
      FROM regexp_split_to_table(p_lines, ' ') l WHERE l <> '';
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', p_login);
    INSERT INTO api.import_line (position, line, amount, value_date, book_date, kind, reference,
                                 bank_reference, counterparty, narrative, source_id)
    SELECT 1, n, split_part(l, ':', 1)::bigint, p_day, NULL, '', split_part(l, ':', 2), '', '', '', ''
      FROM regexp_split_to_table(p_lines, ' ') WITH ORDINALITY r (l, n) WHERE l <> '';
    v_id := (api.import_commit(
        jsonb_build_object('name', content, 'sha256', encode(sha256(convert_to(content, 'UTF8')), 'hex'),
            'bytes', 1, 'side', p_side, 'format', 'test', 'parser_version', 1, 'encoding', 'utf-8'),
        jsonb_build_array(jsonb_build_object('position', 1, 'line', 1, 'account', p_account,
            'number', p_number, 'reference', '', 'currency', 'EUR', 'open_date', p_day, 'close_date', p_day,
            'opening', p_opening::text, 'closing', (p_opening + v_sum + p_wrong)::text,
            'movement', v_sum::text, 'lines', v_count)), gen_random_uuid())).id;
    RESET SESSION AUTHORIZATION;
    RETURN (SELECT status FROM bank.recon_file WHERE file_id = v_id::bigint);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.run(p_login text, p_lane text, p_day date) RETURNS text LANGUAGE sql AS
$$ SELECT CASE WHEN answer ~ '^[0-9]+$' AND length(answer) <> 5 THEN 'done' ELSE answer END
     FROM pg_temp.as(p_login, format('SELECT (api.reconcile_run(%L, %L, gen_random_uuid())).id',
                                     p_lane, p_day)) answer $$;
CREATE FUNCTION pg_temp.matched(p_lane text) RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(m.key || ' ' || m.amount, ', ' ORDER BY m.key, m.amount), '')
     FROM bank.recon_match m JOIN bank.recon_account a USING (account_id)
     JOIN bank.recon_lane l USING (lane_id) WHERE l.code = p_lane AND m.status = 'confirmed' $$;
CREATE FUNCTION pg_temp.breaks(p_lane text) RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(i.side || ' ' || i.reference || ' ' || b.category, ', '
                              ORDER BY i.side, i.reference, i.amount, b.category), '')
     FROM bank.recon_break b JOIN bank.recon_item i USING (account_id, item_id)
     JOIN bank.recon_lane l ON l.lane_id = b.lane_id WHERE l.code = p_lane $$;
CREATE FUNCTION pg_temp.item(p_side text, p_reference text) RETURNS bigint LANGUAGE sql AS
$$ SELECT min(item_id) FROM bank.recon_item WHERE side = p_side AND reference = p_reference $$;
CREATE FUNCTION pg_temp.account(p_book text) RETURNS bigint LANGUAGE sql AS
$$ SELECT account_id FROM bank.recon_account WHERE book_account = p_book $$;
CREATE FUNCTION pg_temp.lane(p_code text) RETURNS int LANGUAGE sql AS
$$ SELECT lane_id FROM bank.recon_lane WHERE code = p_code $$;
CREATE FUNCTION pg_temp.last_file() RETURNS bigint LANGUAGE sql AS
$$ SELECT max(file_id) FROM bank.recon_file $$;
CREATE FUNCTION pg_temp.decide(p_login text, p_verb text, p_reason text, p_version bigint DEFAULT 1)
RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.file_%s(%s, %s, %L, gen_random_uuid())).status',
                                     p_verb, pg_temp.last_file(), p_version, p_reason)) $$;
CREATE FUNCTION pg_temp.undo(p_login text, p_key text, p_reason text, p_version bigint DEFAULT 1)
RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.match_undo(%s, %s, %s, ''wrong-match'', %L, gen_random_uuid())).status',
       account_id, match_id, p_version, p_reason))
     FROM bank.recon_match WHERE key = p_key ORDER BY match_id LIMIT 1 $$;
CREATE FUNCTION pg_temp.proof(p_lane text, p_day date) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as('t_clerk', format('SELECT string_agg(difference::text || '' '' || state, '', ''
       ORDER BY account_id) FROM api.balance_statement(%s, %L)', pg_temp.lane(p_lane), p_day)) $$;

-- Imports: whole, once, only what is new.
SELECT is(pg_temp.import('t_clerk', 'L', 'GL1', '2030-01-02', 1000,
          '100:A-1 200:B2 300:C3 300:C3 -50:D4 70: 8:E5'), 'accepted', 'a book file');
SELECT is((SELECT count(*) FROM bank.recon_item WHERE account_id = pg_temp.account('GL1')), 7::bigint,
          'with all its lines, the two equal ones too');
SELECT is((SELECT login || ' ' || (after ->> 'new') || ' ' || (after ->> 'side') FROM bank.audit
            WHERE action = 'import' AND object_kind = 'recon_file'), 't_clerk 7 L', 'the audit knows who brought how many');
SELECT is(pg_temp.import('t_clerk', 'L', 'GL1', '2030-01-02', 1000,
          '100:A-1 200:B2 300:C3 300:C3 -50:D4 70: 8:E5'), 'BO409', 'the same file again is refused');
SELECT is(pg_temp.as('t_clerk', format($$SELECT cause FROM api.lane_day WHERE lane_id = %s$$,
          pg_temp.lane('T-ONE'))), 'no-statement', 'the lane waits for the statement and says so');
SELECT is(pg_temp.import('t_clerk', 'S', 'ex1', '2030-01-02', 1000,
          '70: -51:D4 300:C3 300:C3 200:b/2 100:a1 8:E5 8:E5'), 'accepted',
          'a statement; the account is found however it is written');
SELECT is(pg_temp.import('t_clerk', 'S', 'EX9', '2030-01-02', 0, '1:Q'), 'BO404',
          'an account of no lane is refused');
SELECT is(pg_temp.as('t_clerk', 'SELECT (api.import_commit(''{"sha256": "00", "side": "S"}'', ''[]'', NULL)).id'),
          'BO422', 'an import without a key is refused');
SELECT is((SELECT count(*) FROM api.import_line), 0::bigint, 'nothing is left on the way in');

-- Exact and unique on both sides, nothing else.
SELECT is(pg_temp.as('t_clerk', format($$SELECT cause FROM api.lane_day WHERE lane_id = %s$$,
          pg_temp.lane('T-ONE'))), 'not-run', 'the lane waits for a run');
SELECT is(pg_temp.as('t_clerk', format($$SELECT bool_and(parts = total)::text || ' ' || sum(lines) FROM (
          SELECT sum(amount) FILTER (WHERE line <= 6) AS parts, sum(amount) FILTER (WHERE line = 7) AS total,
                 sum(lines) AS lines FROM api.balance_sheet(%s, '2030-01-02') GROUP BY account_id) s$$,
          pg_temp.lane('T-ONE'))), 'true 15', 'the sheet adds up before any run has looked at the lines');
SELECT is(pg_temp.run('t_clerk', 'T-ONE', '2030-01-05'), 'BO422', 'a day that has not come is refused');
SELECT is(pg_temp.run('t_clerk', 'T-ONE', '2030-01-02'), 'done', 'a clerk runs the lane');
SELECT is(pg_temp.matched('T-ONE'), 'A1 100, B2 200',
          'references that differ in case and punctuation match; nothing that is not unique');
SELECT is(pg_temp.breaks('T-ONE'), 'L  ours-only, L C3 duplicate, L C3 duplicate, L D4 amount, '
          'L E5 duplicate, S  bank-only, S C3 duplicate, S C3 duplicate, S D4 amount, S E5 duplicate, '
          'S E5 duplicate', 'the rest are breaks by kind');
SELECT is((SELECT sum(mi.amount) FROM bank.recon_match_item mi), 0::numeric, 'matches sum to zero');
SELECT is((SELECT count(*) FROM bank.recon_open o JOIN bank.recon_match_item mi USING (account_id, item_id)
            WHERE mi.live), 0::bigint, 'no matched line is open');
SELECT is(pg_temp.run('t_clerk', 'T-ONE', '2030-01-02'), 'done', 'a second run');
SELECT is(pg_temp.matched('T-ONE'), 'A1 100, B2 200', 'changes nothing');
SELECT is((SELECT match_count FROM bank.recon_run ORDER BY run_id DESC LIMIT 1), 0::bigint,
          'and says that it matched nothing');
SELECT is(pg_temp.as('t_clerk', format($$SELECT rate || ' ' || value_rate FROM api.lane_day
          WHERE lane_id = %s$$, pg_temp.lane('T-ONE'))), '26.666667 29.055690',
          'four of fifteen lines, 600 of 2065 by value');
SELECT is(pg_temp.proof('T-ONE', '2030-01-02'), '0 explained, 0 equal', 'the balances are explained');
SELECT is(pg_temp.as('t_clerk', format($$SELECT sum(amount) FILTER (WHERE line <= 6)
          = sum(amount) FILTER (WHERE line = 7) FROM api.balance_sheet(%s, '2030-01-02')$$,
          pg_temp.lane('T-ONE'))), 'true', 'the lines of the sheet add up');
SELECT is(pg_temp.as('t_clerk', format($$SELECT string_agg(lines || ' ' || amount, ', ' ORDER BY line)
          FROM api.balance_sheet(%s, '2030-01-02') WHERE line BETWEEN 2 AND 5
          AND account_id = %s$$, pg_temp.lane('T-ONE'), pg_temp.account('GL1'))),
          '5 686, 1 -51, 4 -678, 1 50', 'each with its number of lines');
SELECT is(pg_temp.as('t_clerk', format($$SELECT count(*) FROM api.balance_items(%s, '2030-01-02')$$,
          pg_temp.lane('T-ONE'))), '11', 'and the lines behind them');

-- Whatever the order of loading, the result is the same.
SELECT is(pg_temp.import('t_clerk', 'S', 'EX3', '2030-01-02', 1000,
          '8:E5 100:a1 300:C3 200:b/2 300:C3 8:E5 -51:D4 70:'), 'accepted', 'the statement first');
SELECT is(pg_temp.import('t_clerk', 'L', 'GL3', '2030-01-02', 1000,
          '8:E5 70: -50:D4 300:C3 200:B2 300:C3 100:A-1'), 'accepted', 'then the book, in another order');
SELECT is(pg_temp.run('t_super', 'T-TWO', '2030-01-02'), 'done', 'the lane is run');
SELECT is(pg_temp.matched('T-TWO'), pg_temp.matched('T-ONE'), 'the same matches');
SELECT is(pg_temp.breaks('T-TWO'), pg_temp.breaks('T-ONE'), 'the same breaks');

CREATE FUNCTION pg_temp.ready(p_lane text, p_day date) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as('t_clerk', format('SELECT string_agg(ready, '','' ORDER BY account_id) FROM api.balance_statement(%s, %L)',
                                       pg_temp.lane(p_lane), p_day)) $$;
SELECT is(pg_temp.ready('T-TWO', '2030-01-02'), 'proved', 'its statement of the day is there');
-- Accounts are never crossed; a counterpart that comes later is matched then.
SELECT is(pg_temp.import('t_clerk', 'L', 'GL2', '2030-01-03', 0, '500:Z9 40:LATE'), 'accepted',
          'a line of one account');
SELECT is(pg_temp.import('t_clerk', 'S', 'EX1', '2030-01-03', 1935, '500:Z9'), 'accepted',
          'the same on the statement of another');
SELECT is(pg_temp.run('t_clerk', 'T-ONE', '2030-01-03'), 'done', 'the lane is run');
SELECT unalike(pg_temp.matched('T-ONE'), '%Z9%', 'accounts are not crossed');
SELECT is(pg_temp.import('t_clerk', 'S', 'EX2', '2030-01-04', 0, '40:LATE'), 'accepted',
          'the counterpart a day later');
SELECT is(pg_temp.run('t_clerk', 'T-ONE', '2030-01-04'), 'done', 'the lane is run');
SELECT alike(pg_temp.matched('T-ONE'), '%LATE 40%', 'it is matched then');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(state, '','' ORDER BY account_id)
          FROM api.item_list WHERE item_id = %s', pg_temp.item('L', 'LATE'))), 'matched',
          'its break is gone');
SELECT is(pg_temp.as('t_clerk', format($$SELECT string_agg(state, ',') FROM api.balance_items(%s,
          '2030-01-03') WHERE reference = 'LATE'$$, pg_temp.lane('T-ONE'))), 'later',
          'and the day before still shows it as open then');
SELECT is(pg_temp.as('t_clerk', format($$SELECT count(*) FROM api.balance_items(%s, '2030-01-04') WHERE reference = 'LATE'$$,
          pg_temp.lane('T-ONE'))), '0', 'on its own day it is settled');
SELECT is(pg_temp.proof('T-ONE', '2030-01-02'), '0 explained, 0 equal', 'the first day is still proved');
SELECT is(pg_temp.proof('T-ONE', '2030-01-04'), '0 explained, 0 explained', 'the last too');

-- The tables themselves hold what a match is.
SELECT throws_ok(format('INSERT INTO bank.recon_member (account_id, match_id, item_id, amount)
    SELECT account_id, match_id, %s, 1 FROM bank.recon_match WHERE key = ''A1'' LIMIT 1',
    pg_temp.item('L', 'D4')), 'BO422', NULL, 'a match that does not sum to zero is refused');
SELECT throws_ok($$INSERT INTO bank.recon_member (account_id, match_id, item_id, amount)
    SELECT m.account_id, n.match_id, mi.item_id, mi.amount FROM bank.recon_match m
      JOIN bank.recon_match_item mi USING (account_id, match_id)
      JOIN bank.recon_match n ON n.account_id = m.account_id AND n.key = 'B2'
     WHERE m.key = 'A1'$$, '23505', NULL, 'an item in a second live match is refused');
SELECT throws_ok($$UPDATE bank.recon_match SET checker = maker WHERE key = 'A1'$$, '23514', NULL,
                 'a match checked by its maker is refused');

-- Undoing.
SELECT is(pg_temp.undo('t_clerk', 'A1', ''), 'BO422', 'undoing needs a reason');
SELECT is(pg_temp.undo('t_clerk', 'A1', 'wrong payer', 9), 'BO409', 'and the version that was seen');
SELECT is(pg_temp.undo('t_audit', 'A1', 'wrong payer'), '42501', 'an auditor may not');
SELECT is(pg_temp.undo('t_clerk', 'A1', 'wrong payer'), 'done', 'a clerk undoes a match');
SELECT is((SELECT count(*) FROM bank.recon_open WHERE account_id = pg_temp.account('GL1')
            AND key = 'A1'), 2::bigint, 'its lines are open again');
SELECT alike(pg_temp.breaks('T-ONE'), '%L A-1 ours-only%', 'and breaks');
SELECT is(pg_temp.proof('T-ONE', '2030-01-02'), '0 explained, 0 equal', 'the balance is still proved');
SELECT is((SELECT after->>'reason' FROM bank.audit WHERE action = 'undo' AND object_kind = 'recon_match'),
          'wrong payer', 'the reason is in the audit');
SELECT is(pg_temp.undo('t_clerk', 'A1', 'again', 2), 'BO423', 'but once');
SELECT is(pg_temp.run('t_clerk', 'T-ONE', '2030-01-04'), 'done', 'the next run');
SELECT unalike(pg_temp.matched('T-ONE'), 'A1 %', 'does not put together what a person took apart');

-- Breaks.
SELECT is(pg_temp.as('t_clerk', format($$SELECT (api.break_note(%s, %s, 'asked the bank',
          gen_random_uuid())).status$$, pg_temp.account('GL1'), pg_temp.item('L', 'D4'))), 'done',
          'a note');
SELECT is(pg_temp.as('t_clerk', format($$SELECT (api.break_assign(%s, %s, '', 1, gen_random_uuid())).status$$,
          pg_temp.account('GL1'), pg_temp.item('L', 'D4'))), 'done', 'a clerk takes a break');
SELECT is(pg_temp.as('t_clerk', format($$SELECT (api.break_assign(%s, %s, 't_clerk2', 2,
          gen_random_uuid())).status$$, pg_temp.account('GL1'), pg_temp.item('L', 'D4'))), 'BO403',
          'but does not give it to others');
SELECT is(pg_temp.as('t_super', format($$SELECT (api.break_assign(%s, %s, 't_west', 2,
          gen_random_uuid())).status$$, pg_temp.account('GL1'), pg_temp.item('L', 'D4'))), 'BO422',
          'nor a supervisor to somebody of another unit');
SELECT is(pg_temp.as('t_clerk', format($$SELECT (api.break_reason(%s, %s, 'fee', 2,
          gen_random_uuid())).status$$, pg_temp.account('GL1'), pg_temp.item('L', 'D4'))), 'done',
          'the reason');
SELECT is(pg_temp.as('t_clerk', format($$SELECT (api.break_reason(%s, %s, 'whim', 3,
          gen_random_uuid())).status$$, pg_temp.account('GL1'), pg_temp.item('L', 'D4'))), 'BO422',
          'only one of the list');
SELECT is(pg_temp.as('t_clerk', format($$SELECT owner || ' ' || reason || ' ' || last_note
          FROM api.break_list WHERE item_id = %s$$, pg_temp.item('L', 'D4'))),
          't_clerk fee asked the bank', 'all are kept');
SELECT is(pg_temp.as('t_clerk', format($$SELECT count(*) FROM api.worklist WHERE kind = 'break'
          AND item_id = %s AND number = 'D4' AND screen = 'recon-item'$$, pg_temp.item('L', 'D4'))), '1',
          'it is in the owner''s worklist');
SELECT is(pg_temp.as('t_clerk', format($$SELECT string_agg(why || ' ' || difference, ', ')
          FROM api.item_candidates(%s, %s)$$, pg_temp.account('GL1'), pg_temp.item('L', 'D4'))),
          'reference -1', 'what it may belong to');
SELECT is(pg_temp.as('t_clerk', format($$SELECT string_agg(why, ', ') FROM api.item_candidates(%s, %s)$$,
          pg_temp.account('GL1'), pg_temp.item('L', 'B2'))), 'match', 'what a line is matched with');

-- The gate, and the second person.
SELECT is(pg_temp.import('t_super', 'S', 'EX1', '2030-01-05', 2435, '10:W1', 5), 'quarantined',
          'a statement whose closing balance is wrong is held back');
SELECT is((SELECT count(*) FROM bank.recon_item WHERE reference = 'W1'), 0::bigint, 'with its lines');
SELECT is(pg_temp.as('t_clerk', format($$SELECT state FROM api.statement_line_list WHERE statement_id =
          (SELECT max(statement_id) FROM api.statement_list)$$)), 'held', 'which can be seen');
SELECT alike(pg_temp.as('t_clerk', format('SELECT reason FROM api.statement_file_list WHERE file_id = %s',
          pg_temp.last_file())), '%24.35 + movements 0.10 = 24.45, but closing is 24.50',
          'the reason has the figures');
SELECT is(pg_temp.as('t_clerk', $$SELECT cause || ' ' || proof FROM api.lane_day
          WHERE day = '2030-01-05' AND code = 'T-ONE'$$), 'balance held', 'the lane says so');
SELECT is(pg_temp.decide('t_clerk', 'release', 'bank confirmed'), '42501', 'a clerk may not release');
SELECT is(pg_temp.decide('t_super2', 'release', 'bank confirmed'), 'BO423', 'nor anybody unasked');
SELECT is(pg_temp.decide('t_clerk', 'request', 'asked the bank'), 'done', 'a correct one is asked for');
SELECT is(pg_temp.decide('t_clerk', 'waive', '', 2), 'BO422', 'a waiver needs a reason');
SELECT is(pg_temp.decide('t_clerk', 'waive', 'bank confirmed by phone', 2), 'done', 'it is asked for');
SELECT is(pg_temp.decide('t_super', 'release', 'bank confirmed', 3), 'BO403', 'not who imported it');
SELECT is(pg_temp.decide('t_super2', 'release', '', 3), 'BO422', 'a reason is needed');
SELECT is(pg_temp.decide('t_super2', 'release', 'bank confirmed', 7), 'BO409', 'and the version seen');
SELECT is(pg_temp.decide('t_super2', 'release', 'bank confirmed', 3), 'done', 'somebody else releases it');
SELECT is((SELECT count(*) FROM bank.recon_item WHERE reference = 'W1'), 1::bigint, 'then its lines are in');
SELECT is(pg_temp.decide('t_super2', 'release', 'bank confirmed', 4), 'BO423', 'but once');
SELECT throws_ok(format('UPDATE bank.recon_file SET decided_by = imported_by WHERE file_id = %s',
                 pg_temp.last_file()), '23514', NULL, 'the table itself wants two persons');
SELECT is(pg_temp.import('t_clerk', 'S', 'EX2', '2030-01-06', 4000, '1:GAP'), 'quarantined',
          'a statement that does not follow the last is held back');
SELECT is(pg_temp.decide('t_clerk', 'reject', 'wrong file'), 'done', 'and rejected');
SELECT is(pg_temp.decide('t_clerk', 'reject', 'wrong file', 2), 'BO423', 'but once');
SELECT is((SELECT count(*) FROM bank.recon_item WHERE reference = 'GAP'), 0::bigint,
          'nothing of it is kept');
SELECT is(pg_temp.import('t_clerk', 'S', 'EX2', '2030-01-06', 4000, '1:GAP'), 'quarantined',
          'a rejected file may come again');

-- A period that comes again adds only what is new; equal lines of the next period are new.
SELECT is(pg_temp.import('t_clerk', 'L', 'GL3', '2030-01-02', 1000,
          '8:E5 70: -50:D4 300:C3 200:B2 300:C3 100:A-1 5:NEW'), 'accepted', 'an overlapping file');
SELECT is((SELECT new_count FROM bank.recon_file WHERE file_id = pg_temp.last_file()), 1::bigint,
          'adds only the new line');
SELECT is(pg_temp.import('t_clerk', 'L', 'GL3', '2030-01-03', 1933, '300:C3'), 'accepted',
          'the next period with a line equal to an old one');
SELECT is((SELECT count(*) FROM bank.recon_item WHERE account_id = pg_temp.account('GL3')
            AND side = 'L' AND reference = 'C3'), 3::bigint, 'it is new');
SELECT is(pg_temp.ready('T-TWO', '2030-01-03'), 'missing', 'of this day there is no statement yet');
SELECT is(pg_temp.ready('T-TWO', '2030-01-04'), 'missing', 'nor is there on the next, without lines of its own');
INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES ('T-NOBOOK', 'No book', 'nostro', 2);
INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
SELECT lane_id, 2, 'GL77', 'EX77', 'EUR' FROM bank.recon_lane WHERE code = 'T-NOBOOK';
SELECT is(pg_temp.import('t_clerk', 'S', 'EX77', '2030-01-02', 0, '5:NB'), 'accepted', 'a statement whose book never came');
SELECT is(pg_temp.ready('T-NOBOOK', '2030-01-02') || ' ' || pg_temp.ready('T-NOBOOK', '2030-01-03'), 'no-book no-book',
          'is not proved, nor by the next day');
SELECT is(pg_temp.as(login, format('SELECT %s', call)), wanted, what)
  FROM (VALUES ('t_clerk', $$have FROM api.original_begin(repeat('0', 64), 1)$$, 'false', 'the bytes of a file are kept'),
               ('t_clerk2', $$api.original_part((SELECT original_id FROM api.original_begin(repeat('0', 64), 1)), 0, 'x')$$,
                'BO404', 'by who began it, nobody else'),
               ('t_clerk', $$api.original_part((SELECT original_id FROM api.original_begin(repeat('0', 64), 1)), 0, 'x')$$,
                '', 'as he does')) c (login, call, wanted, what);
SELECT is(pg_temp.as('t_clerk', format('SELECT api.original_link((SELECT original_id FROM api.original_begin(%L, 1)), %L)', sha, '{}')), wanted, what)
  FROM (VALUES (repeat('0', 64), 'BO422', 'bytes that are not those named are not kept'),
               (repeat('0', 63), 'BO422', 'nor under half a name')) x (sha, wanted, what);
SELECT is(pg_temp.as('t_clerk', format('SELECT api.original_part((SELECT original_id FROM api.original_begin(%1$L, 1)), 0, ''x'')', encode(sha256('x'), 'hex')))
          || pg_temp.as('t_clerk', format('SELECT api.original_link((SELECT original_id FROM api.original_begin(%1$L, 1)), ''{}'')', encode(sha256('x'), 'hex'))),
          '', 'those that are');
SELECT is(pg_temp.as('t_clerk2', format('SELECT have FROM api.original_begin(%L, 1)', encode(sha256('x'), 'hex'))), 'true', 'are there for everybody');

-- Scope and roles.
SELECT is(pg_temp.as('t_west', $$SELECT (SELECT count(*) FROM api.lane_day)
          + (SELECT count(*) FROM api.statement_file_list) + (SELECT count(*) FROM api.statement_list)
          + (SELECT count(*) FROM api.statement_line_list) + (SELECT count(*) FROM api.break_list)
          + (SELECT count(*) FROM api.match_list) + (SELECT count(*) FROM api.match_line_list)
          + (SELECT count(*) FROM api.item_list) + (SELECT count(*) FROM api.lane_file_list)
          + (SELECT count(*) FROM api.break_note_list) + (SELECT count(*) FROM api.lane_run_list)$$), '0',
          'another branch sees nothing of it');
SELECT is(pg_temp.as('t_west', format($$SELECT (SELECT count(*) FROM api.balance_sheet(%s, '2030-01-02'))
          + (SELECT count(*) FROM api.balance_items(%s, '2030-01-02'))
          + (SELECT count(*) FROM api.item_candidates(%s, %s))$$, pg_temp.lane('T-ONE'),
          pg_temp.lane('T-ONE'), pg_temp.account('GL1'), pg_temp.item('L', 'D4'))), '0',
          'nor through functions');
SELECT is(pg_temp.import('t_west', 'S', 'EX1', '2030-02-01', 0, '1:X'), 'BO404', 'nor imports into it');
SELECT is(pg_temp.import('t_west', 'S', 'ex1', '2030-01-02', 1000,
          '70: -51:D4 300:C3 300:C3 200:b/2 100:a1 8:E5 8:E5'), 'BO409',
          'and a file that a unit out of sight has is refused like any that was imported before');
SELECT is(pg_temp.run('t_west', 'T-ONE', '2030-01-04'), 'BO404', 'nor runs it');
SELECT is(pg_temp.undo('t_west', 'B2', 'mischief'), 'BO404', 'nor undoes a match');
SELECT is(pg_temp.run('t_audit', 'T-ONE', '2030-01-04'), '42501', 'an auditor does not run a lane');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM bank.recon_item'), '42501',
          'a clerk does not read the tables');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.import_line'), '42501',
          'nor the lines on their way in');
SELECT is(pg_temp.as('t_clerk', $$INSERT INTO api.import_line (writer, position, line, amount, value_date,
          kind, reference, bank_reference, counterparty, narrative, source_id)
          VALUES ('1', 1, 1, 1, now(), '', '', '', '', '', '') RETURNING 1$$), '42501',
          'nor writes into the import of somebody else');

SELECT * FROM finish();
ROLLBACK;
