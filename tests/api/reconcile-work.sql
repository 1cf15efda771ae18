-- Working the breaks: matches by hand, adjustments, second persons, unmatching, learned aliases,
-- sign-off. What the tables themselves refuse is tried past the functions.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES
    ('T-ONE', 'One', 'nostro', 2), ('T-WEST', 'West', 'nostro', 5);
INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency,
                                opening_date, opening_statement, opening_book)
SELECT l.lane_id, l.unit_id, 'GL' || a.n, 'EX' || a.n, a.currency, '2030-01-01', 0, 0
  FROM (VALUES ('T-ONE', 1, 'EUR'), ('T-ONE', 2, 'USD'), ('T-WEST', 5, 'EUR')) a (lane, n, currency)
  JOIN bank.recon_lane l ON l.code = a.lane ORDER BY a.n;
UPDATE bank.setting SET value = '2030-01-10' WHERE name = 'business_date';

CREATE FUNCTION pg_temp.account(p_book text) RETURNS bigint LANGUAGE sql AS
$$ SELECT account_id FROM bank.recon_account WHERE book_account = p_book $$;
-- Lines of a side, "movement:reference:counterparty …", as a statement with its balances.
CREATE FUNCTION pg_temp.lines(p_side text, p_book text, p_day date, p_lines text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    a bank.recon_account;
    v_file bigint;
    v_statement bigint;
    v_start bigint;
    v_sum bigint;
BEGIN
    SELECT * INTO a FROM bank.recon_account WHERE book_account = p_book;
    SELECT coalesce(sum(CASE side WHEN 'L' THEN amount ELSE -amount END), 0) INTO v_start
      FROM bank.recon_item WHERE account_id = a.account_id AND side = p_side;
    SELECT sum(split_part(l, ':', 1)::bigint) INTO v_sum FROM regexp_split_to_table(p_lines, ' ') l;
    INSERT INTO bank.recon_file (unit_id, side, name, sha256, bytes, format, parser_version,
                                 encoding, status)
    VALUES (a.unit_id, p_side, 'f', sha256(convert_to(p_side || p_book || p_day || p_lines, 'UTF8')),
            1, 'test', 1, 'utf-8', 'accepted') RETURNING file_id INTO v_file;
    INSERT INTO bank.recon_statement (file_id, position, account_id, unit_id, side, account,
        currency, open_date, close_date, opening, closing, movement, line_count, live)
    VALUES (v_file, 1, a.account_id, a.unit_id, p_side, p_book, a.currency, p_day, p_day, v_start,
            v_start + v_sum, v_sum, 1, true) RETURNING statement_id INTO v_statement;
    WITH i AS (
        INSERT INTO bank.recon_item (account_id, unit_id, side, amount, currency, value_date, day,
            reference, counterparty, statement_id, line, fingerprint)
        SELECT a.account_id, a.unit_id, p_side,
               CASE p_side WHEN 'L' THEN 1 ELSE -1 END * split_part(l, ':', 1)::bigint, a.currency,
               p_day, p_day, split_part(l, ':', 2), split_part(l, ':', 3), v_statement, n,
               gen_random_uuid()
          FROM regexp_split_to_table(p_lines, ' ') WITH ORDINALITY r (l, n) RETURNING *)
    INSERT INTO bank.recon_open
    SELECT account_id, item_id, side, amount, currency, value_date, day, bank.recon_key(reference)
      FROM i;
    PERFORM bank.recon_totals_rebuild(a.lane_id);
    PERFORM bank.recon_day_refresh(a.lane_id, p_day);
END $$;
CREATE FUNCTION pg_temp.item(p_side text, p_reference text) RETURNS bigint LANGUAGE sql AS
$$ SELECT min(item_id) FROM bank.recon_item WHERE side = p_side AND reference = p_reference $$;
CREATE FUNCTION pg_temp.run(p_lane text, p_day date) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as('t_clerk', format('SELECT (api.reconcile_run(%L, %L, gen_random_uuid())).status',
                                       p_lane, p_day)) $$;
-- Proposes the lines "L:ref S:ref …" of an account.
CREATE FUNCTION pg_temp.propose(p_login text, p_book text, p_lines text, p_kind text DEFAULT '')
RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.match_propose(%s, %L, %L, '''', ''test'',
       gen_random_uuid())).message', pg_temp.account(p_book),
       (SELECT array_agg(pg_temp.item(split_part(l, ':', 1), split_part(l, ':', 2)))
          FROM regexp_split_to_table(p_lines, ' ') l), p_kind)) $$;
CREATE FUNCTION pg_temp.match_of(p_side text, p_reference text) RETURNS bank.recon_match LANGUAGE sql AS
$$ SELECT m.* FROM bank.recon_match m JOIN bank.recon_match_item mi USING (account_id, match_id)
    WHERE mi.item_id = pg_temp.item(p_side, p_reference) ORDER BY m.match_id DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.decide(p_login text, p_kind text, p_object bigint, p_book text,
    p_version bigint, p_verdict text DEFAULT 'approve', p_reason text DEFAULT '')
RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.recon_decide(%L, %s, %s, %s, %L, %L,
       gen_random_uuid())).message', p_kind, coalesce(pg_temp.account(p_book)::text, 'NULL'),
       p_object, p_version, p_verdict, p_reason)) $$;
CREATE FUNCTION pg_temp.undo(p_login text, p_reference text, p_code text DEFAULT 'wrong-match')
RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.match_undo(%s, %s, %s, %L, ''not the same'',
       gen_random_uuid())).message', m.account_id, m.match_id, m.version, p_code))
     FROM pg_temp.match_of('L', p_reference) m $$;
CREATE FUNCTION pg_temp.proof(p_book text, p_day date) RETURNS bigint LANGUAGE sql AS
$$ SELECT difference FROM bank.recon_proof(pg_temp.account(p_book), p_day) $$;
CREATE FUNCTION pg_temp.category(p_side text, p_reference text) RETURNS text LANGUAGE sql AS
$$ SELECT category FROM bank.recon_break WHERE item_id = pg_temp.item(p_side, p_reference) $$;

SELECT pg_temp.lines('L', 'GL1', '2030-01-02',
    '10000:ONLY1 500000:FEE1 70000:AMT1 -4000:STAT1 8000:DUP1 8000:DUP1 9000:CUR1 12000:A100 300:B200');
SELECT pg_temp.lines('S', 'GL1', '2030-01-02',
    '498000:FEE1 60000:AMT1 4000:STAT1 2222:BANK1 7000:X12 5000:X13 300:C777');
SELECT pg_temp.lines('S', 'GL2', '2030-01-02', '9000:CUR1 1:NOISE1');
SELECT is(pg_temp.run('T-ONE', '2030-01-02'), 'done', 'a lane with every kind of break is run');

-- What kind of break each is, by the database.
SELECT is(pg_temp.category('L', 'ONLY1'), 'ours-only', 'ours only');
SELECT is(pg_temp.category('S', 'BANK1'), 'bank-only', 'bank only');
SELECT is(pg_temp.category('L', 'FEE1') || pg_temp.category('S', 'FEE1'), 'feefee',
          'the other bank kept little: a fee, on both sides');
SELECT is(pg_temp.category('L', 'AMT1'), 'amount', 'it kept much: the amount differs');
SELECT is(pg_temp.category('S', 'STAT1'), 'status', 'the other direction: the status differs');
SELECT is(pg_temp.category('L', 'DUP1'), 'duplicate', 'twice on one side: a duplicate');
SELECT is(pg_temp.category('L', 'CUR1'), 'currency', 'in another currency of the lane');
INSERT INTO bank.recon_open
SELECT account_id, 0, 'L', -amount, currency, value_date - 20, day, key FROM bank.recon_open WHERE key = 'BANK1';
SELECT bank.recon_break_open(l, '2030-01-02', NULL) AS opened FROM bank.recon_lane l WHERE code = 'T-ONE' \gset
SELECT is(string_agg(b.category || ' ' || (b.related_item_id <> b.item_id), ', '), 'date true, date true',
          'the same on a far day: the date differs')
  FROM bank.recon_break b JOIN bank.recon_open o USING (account_id, item_id) WHERE o.key = 'BANK1';
DELETE FROM bank.recon_open WHERE item_id = 0;
DELETE FROM bank.recon_break WHERE item_id = 0;
SELECT bank.recon_break_open(l, '2030-01-02', NULL) AS opened FROM bank.recon_lane l WHERE code = 'T-ONE' \gset
DROP TABLE break_was, break_line, break_group, break_near, break_settled, break_sought, break_waiting,
    break_found;
SELECT is(pg_temp.category('S', 'BANK1'), 'bank-only', 'the other line gone, it stands alone again');
SELECT is((SELECT string_agg(DISTINCT age_group || ' ' || state || ' ' || escalation, ',')
             FROM api.break_list), NULL, 'a stranger sees no break');
SELECT is(pg_temp.as('t_clerk', 'SELECT age_group || '' '' || state || '' '' || escalation
          FROM api.break_list WHERE reference = ''ONLY1'''), '8-30 due 1',
          'age, state and escalation of a break nobody took');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.break_promise(%s, %s, ''2030-01-12'', 1,
          gen_random_uuid())).status', pg_temp.account('GL1'), pg_temp.item('L', 'ONLY1'))), 'done',
          'its owner promises a day');
SELECT is(pg_temp.as('t_clerk', 'SELECT owner || '' '' || promised_on || '' '' || escalation
          FROM api.break_list WHERE reference = ''ONLY1'''), 't_clerk 2030-01-12 0', 'it is his then');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.break_promise(%s, %s, ''2030-01-02'', 2,
          gen_random_uuid())).status', pg_temp.account('GL1'), pg_temp.item('L', 'ONLY1'))), 'BO422',
          'no day of the past');

-- Candidates, ranked, with reasons.
SELECT is(pg_temp.as('t_clerk', format('SELECT rank || '' '' || reference || '' '' || difference
          || '' '' || why FROM api.break_candidates(%s, %s) LIMIT 1', pg_temp.account('GL1'),
          pg_temp.item('L', 'FEE1'))), '1 FEE1 2000 same reference, difference like a fee, same day',
          'a fee is found by its reference');
SELECT is(pg_temp.as('t_clerk', format('SELECT reference || '': '' || why FROM
          api.break_candidates(%s, %s) LIMIT 1', pg_temp.account('GL1'), pg_temp.item('L', 'A100'))),
          'X12 + X13: together the same amount, same day', 'two lines that make up one');
SELECT is(pg_temp.as('t_clerk', format('SELECT reference || '' '' || score || '' '' || lead FROM
          api.break_candidates(%s, %s) LIMIT 1', pg_temp.account('GL1'), pg_temp.item('L', 'B200'))),
          'C777 49 49', 'the only one of the amount, and nothing next to it');
SELECT is(pg_temp.as('t_west', format('SELECT count(*) FROM api.break_candidates(%s, %s)',
          pg_temp.account('GL1'), pg_temp.item('L', 'B200'))), '0', 'none for another branch');
SELECT is(pg_temp.as('t_clerk', format('SELECT count(*) FROM api.match_candidates(%s, %s, ''70.00'')',
          pg_temp.account('GL1'), pg_temp.item('L', 'B200'))), '1', 'search by amount');

-- Matches by hand: at once within the limit, else with a second person.
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:A100 S:X12'), 'BO422', 'not when it is not zero');
SELECT is(pg_temp.propose('t_west', 'GL1', 'L:A100 S:X12 S:X13'), 'BO404', 'not in another branch');
SELECT is(pg_temp.propose('t_audit', 'GL1', 'L:A100 S:X12 S:X13'), '42501', 'not by an auditor');
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:A100 S:X12 S:X13'), 'The lines are matched.',
          'one to two');
SELECT is((SELECT cardinality || ' ' || status || ' ' || amount FROM pg_temp.match_of('L', 'A100')),
          '1:2 confirmed 12000', 'is a confirmed match');
SELECT is((SELECT count(*) FROM bank.recon_open WHERE key IN ('A100', 'X12', 'X13')), 0::bigint,
          'whose lines are open no longer');
SELECT is(pg_temp.proof('GL1', '2030-01-02'), 0::bigint, 'the balance stays proved');
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:A100 S:BANK1'), 'BO409', 'a matched line is gone');
SELECT is(pg_temp.as('t_clerk', 'SELECT (api.match_take_back(''elsewhere'', NULL, gen_random_uuid())).message'),
          'BO404', 'nothing of another lane is taken back by the way');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.match_take_back(NULL, %s, gen_random_uuid())).message', pg_temp.account('GL2'))),
          'BO404', 'nor of another account');
SELECT is(pg_temp.as('t_clerk', 'SELECT (api.match_take_back(NULL, NULL, gen_random_uuid())).id'),
          pg_temp.account('GL1') || '/' || pg_temp.item('L', 'A100'), 'one key takes it back, and says which');
SELECT is((SELECT count(*) FROM bank.recon_open WHERE key IN ('A100', 'X12', 'X13')), 3::bigint,
          'its lines are open again');
SELECT is(pg_temp.as('t_clerk2', 'SELECT (api.match_take_back(NULL, NULL, gen_random_uuid())).message'),
          'BO404', 'nobody takes back what others did');
UPDATE bank.recon_limit SET alone_limit = 1000 WHERE action = 'match' AND role = 'clerk';
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:A100 S:X12 S:X13'),
          'The match waits for a second person.', 'above the limit it waits');
SELECT is(pg_temp.as('t_clerk', 'SELECT state FROM api.break_list WHERE reference = ''A100'''),
          'checking', 'its breaks say so');
SELECT is(pg_temp.propose('t_clerk2', 'GL1', 'L:A100 S:X12 S:X13'), 'BO423',
          'nobody else takes its lines');
SELECT is(pg_temp.run('T-ONE', '2030-01-02'), 'done', 'a run');
SELECT is((SELECT status FROM pg_temp.match_of('L', 'A100')), 'proposed', 'leaves it alone');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(reference || '': '' || why, ''; '' ORDER BY rank) FROM
          api.match_candidates(%s, %s, '''')', pg_temp.account('GL1'), pg_temp.item('L', 'A100'))),
          'X12: waits for a second person (:apr); X13: waits for a second person (:apr)',
          'the matcher says with which lines it waits, and for whom');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(ours::text, '' '' ORDER BY rank) FROM api.match_candidates(%s, %s, '''')',
          pg_temp.account('GL1'), pg_temp.item('S', 'X12'))), '1 0', 'and on which side they are');
SELECT is((SELECT pg_temp.decide('t_clerk', 'match', match_id, 'GL1', version)
             FROM pg_temp.match_of('L', 'A100')), 'BO403', 'its maker does not approve it');
SELECT is((SELECT pg_temp.decide('t_west', 'match', match_id, 'GL1', version)
             FROM pg_temp.match_of('L', 'A100')), 'BO404', 'nor another branch');
SELECT is((SELECT pg_temp.decide('t_super', 'match', match_id, 'GL1', version + 1)
             FROM pg_temp.match_of('L', 'A100')), 'BO409', 'nor who saw an older one');
SELECT is(pg_temp.as('t_super', 'SELECT kind || '' '' || maker || '' '' || mine
          FROM api.recon_approval_list'), 'match ' || bank.login_name('t_clerk') || ' open', 'it is in the approvals, with the name of its maker');
SELECT is(pg_temp.as('t_clerk', 'SELECT mine FROM api.recon_approval_list'), 'own',
          'where its maker sees that it is his own');
SELECT is(pg_temp.as('t_super', format('SELECT string_agg(what || '' '' || before || '' '' || after,
          '', '' ORDER BY line) FROM api.recon_approval_effect(''match'', %s, %s)',
          pg_temp.account('GL1'), (pg_temp.match_of('L', 'A100')).match_id)),
          'ours ours-only matched, bank bank-only matched, bank bank-only matched, outstanding 16 13',
          'with before and after');
SELECT is((SELECT pg_temp.decide('t_super', 'match', match_id, 'GL1', version, 'refuse')
             FROM pg_temp.match_of('L', 'A100')), 'BO422', 'refusing needs a reason');
SELECT is((SELECT pg_temp.decide('t_super', 'match', match_id, 'GL1', version, 'refuse', 'not alike')
             FROM pg_temp.match_of('L', 'A100')), 'Refused.', 'a second person refuses');
SELECT is((SELECT count(*) FROM bank.recon_match_item WHERE item_id = pg_temp.item('L', 'A100')
            AND live), 0::bigint, 'and the lines are free');
-- What is withdrawn before anybody agreed was never a match, so none that was wrong.
CREATE FUNCTION pg_temp.by_hand() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_super', 'SELECT matches || '' '' || undone || '' '' || wrong FROM api.report_recon_rule(''2030-01'')
                                   WHERE rule = ''manual''') $$;
SELECT pg_temp.by_hand() AS by_hand \gset
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:A100 S:X12 S:X13'),
          'The match waits for a second person.', 'proposed again');
SELECT is(pg_temp.undo('t_clerk', 'A100', 'returned'), 'The match is undone.', 'and withdrawn');
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:A100 S:X12 S:X13'),
          'The match waits for a second person.', 'proposed a third time');
SELECT is(pg_temp.as('t_clerk', 'SELECT (api.match_take_back(NULL, NULL, gen_random_uuid())).status'), 'done',
          'taken back by one key');
SELECT is(pg_temp.by_hand(), :'by_hand', 'the report of false matches counts neither');
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:A100 S:X12 S:X13'),
          'The match waits for a second person.', 'proposed once more');
SELECT is((SELECT pg_temp.decide('t_super', 'match', match_id, 'GL1', version)
             FROM pg_temp.match_of('L', 'A100')), 'Approved.', 'a second person approves');
SELECT is((SELECT status || ' ' || maker || ' ' || checker FROM pg_temp.match_of('L', 'A100')),
          'confirmed t_clerk t_super', 'both are kept');
SELECT is((SELECT login || ' ' || (before ->> 'status') || ' ' || (after ->> 'status') FROM bank.audit
            WHERE action = 'approve' AND object_kind = 'recon_match'), 't_super proposed confirmed', 'the audit knows who approved');

-- Nobody gets past the second person, not with SQL either.
SELECT is(pg_temp.as(login, 'UPDATE bank.recon_match SET status = ''confirmed'''), '42501',
          login || ' cannot write matches') FROM bank.staff WHERE login LIKE 't\_%';
SELECT is(pg_temp.as(login, 'SELECT bank.recon_match_settle(1, 1, 1)'), '42501',
          login || ' cannot call helpers') FROM bank.staff WHERE login LIKE 't\_%';
SELECT throws_ok($$UPDATE bank.recon_match SET checker = maker WHERE status = 'confirmed'$$,
                 '23514', NULL, 'no match is checked by its maker');
SELECT throws_ok(format('DELETE FROM bank.recon_member WHERE live AND item_id = %s', pg_temp.item('S', 'X12')), 'BO422', NULL,
                 'no line is taken out of a match');
SELECT throws_ok(format('UPDATE bank.recon_member SET live = true WHERE item_id = %s', pg_temp.item('S', 'X12')), '23505', NULL,
                 'no match that was refused takes its line back');
SELECT throws_ok($$INSERT INTO bank.recon_match (account_id, unit_id, rule, cardinality, key, amount, first_day, last_day, adjustment, status)
    VALUES (1, 2, 'fee', '1:1', 'X', 1, '2030-01-02', '2030-01-02', -5, 'suggested'); SET CONSTRAINTS ALL IMMEDIATE$$, 'BO422', NULL,
    'no adjustment is without lines');
SET CONSTRAINTS ALL DEFERRED;
SELECT throws_ok($$INSERT INTO bank.recon_match (account_id, unit_id, rule, cardinality, key, amount, first_day, last_day, status, book_id, statement_id)
    VALUES (1, 2, 'exact', '1:1', 'X', 1, '2030-01-02', '2030-01-02', 'suggested', 1, 2)$$, '23514', NULL, 'nor a pair outside a run');
SELECT throws_ok($$INSERT INTO bank.recon_unmatch (account_id, match_id, unit_id, code, reason,
    status, maker, checker) VALUES (1, 1, 2, 'other', 'x', 'approved', 'a', 'a')$$, '23514', NULL,
    'nor an unmatch');
SELECT throws_ok($$INSERT INTO bank.recon_unmatch (account_id, match_id, unit_id, code, reason,
    status) VALUES (1, 1, 2, 'other', 'x', 'approved')$$, '23514', NULL, 'nor without a checker');
SELECT throws_ok($$INSERT INTO bank.recon_alias (lane_id, unit_id, kind, side, pattern, status, maker,
    checker) SELECT lane_id, 2, 'prefix', 'S', 'X', 'approved', 'a', 'a' FROM bank.recon_lane LIMIT 1$$,
    '23514', NULL, 'nor a rule');
SELECT throws_ok($$INSERT INTO bank.recon_signoff (account_id, day, lane_id, unit_id, book,
    statement_only, book_only, adjusted, statement, open_lines, items, preparer, reviewer)
    VALUES (1, '2030-01-01', 1, 2, 1, 0, 0, 0, 1, 0, '{}', 'a', 'a')$$, '23514', NULL, 'nor a sign-off');
SELECT throws_ok($$INSERT INTO bank.recon_signoff (account_id, day, lane_id, unit_id, book,
    statement_only, book_only, adjusted, statement, open_lines, items)
    VALUES (1, '2030-01-01', 1, 2, 100, 5, 3, 0, 101, 0, '{}')$$, '23514', NULL,
    'a sign-off that does not add up does not exist');
SELECT throws_ok($$UPDATE bank.recon_limit SET alone_limit = 1 WHERE action = 'fee'$$, '23514', NULL,
                 'no limit lets one person adjust');

-- Adjustments.
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:AMT1 S:AMT1', 'write-off'),
          'The match waits for a second person.', 'a write-off of 100.00');
SELECT is(pg_temp.as('t_clerk', 'SELECT kind || '' '' || amount || '' '' || debit_account || ''/''
          || credit_account || '' '' || status FROM api.adjustment_list'),
          'write-off -10000 6711-09/GL1 proposed', 'drafts a voucher: our account loses, it is credited');
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'S:BANK1', 'gift'), 'BO422', 'only known kinds');
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:B200 S:C777', 'fee'), 'BO422', 'nothing to adjust');
UPDATE bank.recon_limit SET make_limit = 100 WHERE action = 'suspense' AND role = 'clerk';
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'S:BANK1', 'suspense'), 'BO403', 'above his limit');
SELECT is((SELECT pg_temp.decide('t_clerk2', 'adjustment', match_id, 'GL1', version)
             FROM pg_temp.match_of('L', 'AMT1')), 'BO403', 'a clerk may not approve it');
SELECT throws_ok($$UPDATE bank.recon_match SET status = 'confirmed' WHERE status = 'proposed'
                   AND adjustment <> 0$$, '23514', NULL, 'nor the table without a checker');
SELECT throws_ok($$UPDATE bank.recon_adjustment SET checker = maker$$, '23514', NULL,
                 'nor the voucher by its maker');
SELECT is((SELECT pg_temp.decide('t_super', 'adjustment', match_id, 'GL1', version)
             FROM pg_temp.match_of('L', 'AMT1')), 'Approved.', 'a supervisor does');
SELECT is(pg_temp.proof('GL1', '2030-01-02'), 0::bigint,
          'the balance is proved with the voucher that our book has to write');
SELECT is((SELECT adjusted FROM bank.recon_proof(pg_temp.account('GL1'), '2030-01-02')), -10000::bigint,
          'which stands on a line of its own');
SELECT pg_temp.lines('L', 'GL1', '2030-01-03', '-10000:' || voucher) FROM bank.recon_adjustment;
SELECT pg_temp.lines('S', 'GL1', '2030-01-03', '1:Z1');
SELECT is(pg_temp.proof('GL1', '2030-01-03'), 0::bigint, 'the book writes it');
SELECT is(pg_temp.run('T-ONE', '2030-01-03'), 'done', 'the next run');
SELECT is((SELECT status FROM bank.recon_adjustment), 'booked', 'finds the voucher');
SELECT is((SELECT adjusted FROM bank.recon_proof(pg_temp.account('GL1'), '2030-01-03')), 0::bigint,
          'and nothing is left to be booked');
SELECT is(pg_temp.proof('GL1', '2030-01-03') || ' ' || pg_temp.proof('GL1', '2030-01-02'), '0 0',
          'both days are proved');

SELECT is((SELECT difference_count FROM bank.recon_lane_day d JOIN bank.recon_lane USING (lane_id)
            WHERE code = 'T-ONE' AND d.day = '2030-01-02'), 0, 'as the lane says');
-- The voucher's line was another one: the voucher waits for its own again, and finds it.
SELECT is(pg_temp.undo('t_clerk', voucher, 'other'), 'Undoing the match waits for a second person.', 'what a voucher found')
  FROM bank.recon_adjustment;
SELECT is((SELECT pg_temp.decide('t_super', 'unmatch', unmatch_id, 'GL1', version)
             FROM bank.recon_unmatch WHERE status = 'proposed'), 'Approved.', 'is taken apart by two persons');
SELECT is((SELECT status || coalesce(booked_match_id::text, '') FROM bank.recon_adjustment), 'approved', 'the voucher waits again');
SELECT is((SELECT count(*) FROM bank.recon_break b JOIN bank.recon_item USING (account_id, item_id)
            WHERE reference LIKE 'ADJ%'), 1::bigint, 'its line is a break');
SELECT is(pg_temp.run('T-ONE', '2030-01-03'), 'done', 'the next run');
SELECT is((SELECT status FROM bank.recon_adjustment), 'booked', 'finds it again');
SELECT is((SELECT count(*) FROM bank.recon_break b JOIN bank.recon_item USING (account_id, item_id)
            WHERE reference LIKE 'ADJ%'), 0::bigint, 'and it is a break no longer');

-- Unmatching: at once when nobody checked it, else with a second person; always with a reason.
SELECT is(pg_temp.undo('t_clerk', 'AMT1', 'whim'), 'BO422', 'the reason is one of the list');
SELECT is(pg_temp.undo('t_clerk', 'AMT1'), 'Undoing the match waits for a second person.',
          'a checked match waits');
SELECT is(pg_temp.undo('t_clerk2', 'AMT1'), 'BO423', 'but once');
SELECT is((SELECT pg_temp.decide('t_clerk', 'unmatch', unmatch_id, 'GL1', version)
             FROM bank.recon_unmatch WHERE status = 'proposed'), 'BO403', 'not by who asked');
SELECT is((SELECT pg_temp.decide('t_super', 'unmatch', unmatch_id, 'GL1', version)
             FROM bank.recon_unmatch WHERE status = 'proposed'), 'Approved.', 'a second person agrees');
SELECT is((SELECT count(*) FROM bank.recon_open WHERE key = 'AMT1' OR key LIKE 'ADJ%'), 3::bigint,
          'its lines and that of its voucher are open again');
SELECT is(pg_temp.proof('GL1', '2030-01-03') || ' ' || pg_temp.proof('GL1', '2030-01-02'), '0 0',
          'both days are still proved');
SELECT is((SELECT count(*) FROM bank.audit WHERE action = 'undo' AND object_kind = 'recon_match'
            AND after->>'code' = 'wrong-match'), 2::bigint, 'and it is in the audit');
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:B200 S:C777'), 'The lines are matched.', 'a small one');
SELECT is(pg_temp.undo('t_clerk2', 'B200'), 'The match is undone.', 'is undone at once');
SAVEPOINT limits;
UPDATE bank.recon_limit SET alone_limit = 300 WHERE action = 'unmatch' AND role = 'clerk';
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:B200 S:C777'), 'The lines are matched.', 'one of just the limit');
SELECT is(pg_temp.undo('t_clerk2', 'B200'), 'The match is undone.', 'is, too');
UPDATE bank.recon_limit SET alone_limit = 299 WHERE action = 'unmatch' AND role = 'clerk';
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:B200 S:C777'), 'The lines are matched.', 'one above it');
SELECT is(pg_temp.undo('t_clerk2', 'B200'), 'Undoing the match waits for a second person.', 'waits');
ROLLBACK TO limits;
SELECT is((SELECT pg_temp.as('t_clerk', format('SELECT (api.break_note(%s, %s, ''x'', gen_random_uuid())).status', account_id, item_id)))
             , 'BO404', 'no note on a line that is no break') FROM bank.recon_match_item WHERE live LIMIT 1;

-- Suggestions of a rule.
CREATE FUNCTION pg_temp.suggest() RETURNS void LANGUAGE sql AS $$
    WITH m AS (INSERT INTO bank.recon_match (account_id, unit_id, rule, cardinality, key, amount,
                   first_day, last_day, evidence, status, score)
               VALUES (pg_temp.account('GL1'), 2, 'fuzzy', '1:1', 'B200', 300, '2030-01-02',
                       '2030-01-02', 'one letter differs', 'suggested', 90) RETURNING *)
    INSERT INTO bank.recon_member (account_id, match_id, item_id, amount)
    SELECT m.account_id, m.match_id, o.item_id, o.amount FROM m JOIN bank.recon_open o
        ON o.item_id IN (pg_temp.item('L', 'B200'), pg_temp.item('S', 'C777')) $$;
SELECT pg_temp.suggest();
SELECT is(pg_temp.as('t_clerk', format('SELECT score || '' '' || why FROM api.break_candidates(%s, %s)
          LIMIT 1', pg_temp.account('GL1'), pg_temp.item('L', 'B200'))), '90 one letter differs',
          'a suggestion is the first candidate, with its evidence');
SELECT is((SELECT pg_temp.as('t_clerk', format('SELECT (api.match_confirm(%s, %s, %s,
          gen_random_uuid())).message', account_id, match_id, version))
             FROM pg_temp.match_of('L', 'B200')), 'The lines are matched.', 'it is confirmed');
SELECT is((SELECT count(*) FROM bank.recon_open WHERE key IN ('B200', 'C777')), 0::bigint, 'its lines are open no longer');
SELECT is((SELECT rule || ' ' || maker FROM pg_temp.match_of('L', 'B200')), 'fuzzy t_clerk',
          'it keeps its rule and has a maker');
SELECT is(pg_temp.undo('t_clerk', 'B200'), 'The match is undone.', 'and can be undone');
SELECT pg_temp.suggest();
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:B200 S:C777'), 'The lines are matched.',
          'a match by hand takes the place of a suggestion');
SELECT is((SELECT count(*) FROM bank.recon_match WHERE status = 'suggested'), 0::bigint, 'which is gone');

-- The voucher of a fee that a rule confirmed waits by itself.
WITH m AS (INSERT INTO bank.recon_match (account_id, unit_id, run_id, rule, cardinality, key, amount,
               first_day, last_day, adjustment, status)
           VALUES (pg_temp.account('GL1'), 2, (SELECT max(run_id) FROM bank.recon_run), 'fee', '1:1',
                   'FEE1', 500000, '2030-01-02', '2030-01-02', -2000, 'confirmed') RETURNING *),
i AS (INSERT INTO bank.recon_member (account_id, match_id, item_id, amount)
      SELECT m.account_id, m.match_id, o.item_id, o.amount FROM m JOIN bank.recon_open o
          ON o.item_id IN (pg_temp.item('L', 'FEE1'), pg_temp.item('S', 'FEE1')))
INSERT INTO bank.recon_adjustment (account_id, match_id, lane_id, unit_id, kind, amount, currency,
    debit_account, credit_account, voucher, maker)
SELECT m.account_id, m.match_id, a.lane_id, 2, 'fee', -2000, 'EUR', '6421-01', 'GL1', 'ADJFEE1', 't_clerk'
  FROM m JOIN bank.recon_account a USING (account_id);
SELECT bank.recon_match_settle(a.lane_id, m.account_id, m.match_id)
  FROM pg_temp.match_of('L', 'FEE1') m JOIN bank.recon_account a USING (account_id);
SELECT is(pg_temp.as('t_super', 'SELECT mine FROM api.recon_approval_list WHERE kind = ''voucher'''),
          'open', 'the voucher of a rule''s fee is in the approvals');
SELECT is((SELECT pg_temp.decide('t_clerk', 'voucher', adjustment_id, 'GL1', version)
             FROM bank.recon_adjustment WHERE voucher = 'ADJFEE1'), 'BO403', 'not for its maker');
SELECT is((SELECT pg_temp.decide('t_super', 'voucher', adjustment_id, 'GL1', version, 'refuse', 'too much')
             FROM bank.recon_adjustment WHERE voucher = 'ADJFEE1'), 'Refused.', 'refused by another');
SELECT is((SELECT count(*) FROM bank.recon_open WHERE key = 'FEE1'), 2::bigint,
          'its match is taken apart');

-- A held file that somebody wants let in waits there too.
INSERT INTO bank.recon_file (unit_id, side, name, sha256, bytes, format, parser_version, encoding,
    status, reason_code, imported_by, waived_by, waived_at, waive_reason)
VALUES (2, 'S', 'held.sta', sha256('held'), 1, 'test', 1, 'utf-8', 'quarantined', 'balance',
    't_super', 't_clerk', clock_timestamp(), 'bank said so');
SELECT is(pg_temp.as(login, 'SELECT mine FROM api.recon_approval_list WHERE kind = ''waiver'''), wanted,
          login || ' sees a held file as ' || wanted)
  FROM (VALUES ('t_clerk', 'own'), ('t_clerk2', 'limit'), ('t_super', 'own'), ('t_super2', 'open'))
       AS t (login, wanted);
SELECT is((SELECT pg_temp.decide(login, 'waiver', file_id, NULL, version)
             FROM bank.recon_file WHERE name = 'held.sta'), wanted, login || ': ' || wanted)
  FROM (VALUES ('t_clerk2', 'BO403'), ('t_super', 'BO403'), ('t_super2', 'Approved.')) AS t (login, wanted);
SELECT is((SELECT status || ' ' || decided_by FROM bank.recon_file WHERE name = 'held.sta'),
          'released t_super2', 'it is let in by a third person');
SELECT is(pg_temp.as('t_audit', 'SELECT regexp_replace(steps, ''\d{4}-\d\d-\d\d \d\d:\d\d'', ''@'', ''g'')
             FROM api.statement_file_list WHERE name = ''held.sta'''),
          format(E'申请放行：%s @ — bank said so\n放行：%s @ — approved', bank.login_name('t_clerk'), bank.login_name('t_super2')),
          'what was done with it is said in words, by whom and when');
SELECT is(bank.recon_label('', -123456, 'EUR') || ', ' || bank.recon_label('R1', 1, 'EUR'), '-1,234.56 EUR, R1',
          'what has no reference is called by its amount');

-- What matches by hand teach.
SELECT pg_temp.lines('L', 'GL1', '2030-01-04', '11:PAY00001:Acme 12:PAY00002:Acme 13:PAY00003:Acme');
SELECT pg_temp.lines('S', 'GL1', '2030-01-04',
                     '11:TRFPAY00001:ACME-INC 12:TRFPAY00002:ACME-INC 13:TRFPAY00003:ACME-INC');
SELECT is(pg_temp.run('T-ONE', '2030-01-04'), 'done', 'a run knows nothing of the prefix');
UPDATE bank.recon_item SET narrative = 'Blue Harbour' WHERE reference = 'TRFPAY00002';
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(DISTINCT reference, '' '') FROM api.match_candidates(%s, %s, %L) WHERE side = ''S''',
          pg_temp.account('GL1'), pg_temp.item('L', 'PAY00001'), words)), found, 'sought by ' || words)
  FROM (VALUES ('acme-inc', 'TRFPAY00001 TRFPAY00002 TRFPAY00003'), ('harbour', 'TRFPAY00002'), ('pay00003', 'TRFPAY00003')) w (words, found);
SELECT is(pg_temp.propose('t_clerk', 'GL1', 'L:PAY0000' || n || ' S:TRFPAY0000' || n),
          'The lines are matched.', 'a match by hand') FROM generate_series(1, 3) n;
SELECT is((SELECT string_agg(kind || ' ' || side || ' ' || pattern || '=' || meaning || ' ' || seen
           || ' ' || status, ', ' ORDER BY kind) FROM bank.recon_alias WHERE pattern IN ('TRF', 'ACME-INC')),
          'payer S ACME-INC=Acme 3 proposed, prefix S TRF= 3 proposed', 'three of them propose rules');
SELECT is((SELECT pg_temp.decide('t_clerk2', 'alias', alias_id, NULL, version)
             FROM bank.recon_alias WHERE pattern = 'TRF'), 'BO403', 'a clerk does not approve a rule');
SELECT is((SELECT pg_temp.decide('t_super', 'alias', alias_id, NULL, version)
             FROM bank.recon_alias WHERE pattern = 'TRF'), 'Approved.', 'a supervisor does');
SELECT is(bank.recon_prefixes((SELECT lane_id FROM bank.recon_lane WHERE code = 'T-ONE'), 'S'),
          '{TRF}'::text[], 'runs are told');
SELECT is((SELECT pg_temp.decide('t_super', 'alias', alias_id, NULL, version)
             FROM bank.recon_alias WHERE pattern = 'ACME-INC'), 'Approved.', 'and of the name of a payer');
SELECT is((SELECT bank.recon_rules_of(l, l.rule_set_id)->'payers' FROM bank.recon_lane l WHERE code = 'T-ONE'),
          '[["ACME-INC", "Acme"]]', 'which is part of their rules');
INSERT INTO bank.recon_alias (lane_id, unit_id, kind, side, pattern, meaning, account_id, match_id,
                              status, maker, checker)
SELECT lane_id, unit_id, kind, side, p, m, account_id, match_id, status, maker, checker
  FROM bank.recon_alias, (VALUES ('宏达', '宏达商贸有限公司'), ('--', 'Acme')) AS n (p, m)
 WHERE pattern = 'ACME-INC';
SELECT is((SELECT bank.recon_payers(lane_id) FROM bank.recon_lane WHERE code = 'T-ONE'),
          '[["ACME-INC", "Acme"], ["宏达", "宏达商贸有限公司"]]', 'Chinese names are names, marks are none');

-- The age of a proposed rule is that of its proposal, whatever is counted after it.
CREATE FUNCTION pg_temp.count_alias(p_made date) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    a bank.recon_alias;
BEGIN
    UPDATE bank.recon_alias SET made_at = p_made WHERE pattern = 'XY';
    PERFORM bank.recon_alias_count(l, 'prefix', 'S', 'XY', '', 1, 1) FROM bank.recon_lane l WHERE code = 'T-ONE';
    SELECT * INTO a FROM bank.recon_alias WHERE pattern = 'XY';
    RETURN concat_ws(' ', a.seen, a.status, a.made_at = p_made);
END $$;
SELECT is(pg_temp.count_alias('2030-01-01'), wanted, 'counted: ' || wanted)
  FROM unnest('{1 learning f,2 learning f,3 proposed f,4 proposed t}'::text[]) WITH ORDINALITY w (wanted, n) ORDER BY n;

-- Signing the balance statement.
CREATE FUNCTION pg_temp.sign(p_login text, p_day date) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.balance_prepare(%s, %L, gen_random_uuid())).status',
                                     pg_temp.account('GL1'), p_day)) $$;
CREATE FUNCTION pg_temp.review(p_login text, p_day date, p_verdict text DEFAULT 'approve')
RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.decide(p_login, 'signoff', p_day - date '2000-01-01', 'GL1', version, p_verdict,
                         'as seen') FROM bank.recon_signoff WHERE day = p_day AND status = 'prepared' $$;
SELECT is(pg_temp.sign('t_west', '2030-01-02'), 'BO404', 'not in another branch');
SELECT is(pg_temp.sign('t_clerk', '2030-01-02'), 'done', 'a clerk signs a day as preparer');
SELECT is(pg_temp.sign('t_clerk2', '2030-01-02'), 'BO423', 'once');
SELECT is(pg_temp.review('t_clerk', '2030-01-02'), 'BO403', 'he does not review it');
SELECT is(pg_temp.as('t_super', 'SELECT kind FROM api.recon_approval_list WHERE kind = ''signoff'''),
          'signoff', 'it is in the approvals');
SELECT is(pg_temp.review('t_super', '2030-01-02'), 'Approved.', 'a second person does');
SELECT is((SELECT login || ' ' || (before ->> 'preparer') FROM bank.audit WHERE action = 'sign' AND object_kind = 'recon_signoff'),
          't_super t_clerk', 'the audit knows both');
SELECT is(pg_temp.as('t_clerk', format($$SELECT sign || ' ' || preparer || ' ' || reviewer
    FROM api.balance_statement(%s, '2030-01-02') WHERE book_account = 'GL1'$$,
    (SELECT lane_id FROM bank.recon_lane WHERE code = 'T-ONE'))), 'signed ' || bank.login_name('t_clerk') || ' ' || bank.login_name('t_super'), 'both stand, by name');
SELECT ok(bank.login_name('t_clerk') <> 't_clerk' AND bank.login_name('bankops') = 'bankops', 'a login has a name, a program none');
SELECT is((SELECT cardinality(items) = open_lines AND open_lines > 0 FROM bank.recon_signoff
            WHERE day = '2030-01-02'), true, 'with the lines that were outstanding');
SELECT is(pg_temp.sign('t_clerk', '2030-01-06'), 'done', 'a day without lines can be signed');
INSERT INTO bank.recon_item (account_id, unit_id, side, amount, currency, value_date, day, reference,
                             fingerprint)
VALUES (pg_temp.account('GL1'), 2, 'S', -90000, 'EUR', '2030-01-05', '2030-01-05', 'GHOST',
        gen_random_uuid());
INSERT INTO bank.recon_open SELECT account_id, item_id, side, amount, currency, value_date, day,
    'GHOST' FROM bank.recon_item WHERE reference = 'GHOST';
SELECT bank.recon_totals_rebuild(lane_id) FROM bank.recon_account WHERE book_account = 'GL1';
SELECT is(pg_temp.proof('GL1', '2030-01-05'), 90000::bigint, 'a line that no balance knows');
SELECT is(pg_temp.sign('t_clerk', '2030-01-05'), 'BO423', 'cannot be signed over');
CREATE FUNCTION pg_temp.detail() RETURNS text LANGUAGE plpgsql AS $$
DECLARE words text;
BEGIN
    SET LOCAL SESSION AUTHORIZATION t_clerk;
    PERFORM api.balance_prepare(1 * (SELECT account_id FROM api.reconcile_account_list
        WHERE book_account = 'GL1'), '2030-01-05', gen_random_uuid());
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS words = PG_EXCEPTION_DETAIL;
    RETURN words;
END $$;
SELECT is(pg_temp.detail(), '900.00 EUR: GHOST 2030-01-05 900.00',
          'the refusal says by how much and which line');
RESET SESSION AUTHORIZATION;
-- A file that comes late reaches the days after its own.
SELECT bank.recon_signed_refresh(lane_id, '2030-01-05') FROM bank.recon_account WHERE book_account = 'GL1';
SELECT is((SELECT string_agg(day || ' ' || changed, ', ' ORDER BY day) FROM bank.recon_signoff),
          '2030-01-02 false, 2030-01-06 true', 'what is signed after it has changed');
CREATE FUNCTION pg_temp.day_state(p_day date) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as('t_clerk', format('SELECT state || '' '' || (SELECT ready FROM api.balance_statement(d.lane_id, d.day) b
     WHERE b.account_id = d.account_id) FROM api.balance_day_list d WHERE book_account = ''GL1'' AND day = %L', p_day)) $$;
SELECT is(pg_temp.day_state('2030-01-02'), 'signed proved', 'what is signed before it stays');
INSERT INTO bank.recon_lane_day (lane_id, day, unit_id, status, book_count, statement_count, book_open,
    statement_open, held_files, difference_count)
SELECT lane_id, d, 2, 'waiting', 0, 0, 0, 0, 0, 0 FROM bank.recon_account, (VALUES ('2030-01-05'::date), ('2030-01-06')) v (d)
 WHERE book_account = 'GL1' ON CONFLICT DO NOTHING;
SELECT bank.recon_days_refresh(lane_id, '{2030-01-05,2030-01-06}') FROM bank.recon_account WHERE book_account = 'GL1';
SELECT is(pg_temp.day_state('2030-01-05'), 'differs differs', 'a day that differs is shown so, before anybody signs');
SELECT is(pg_temp.as('t_clerk', format('SELECT (b.statement = d.statement AND b.book = d.book AND b.difference = d.difference
     AND d.difference = 90000) || '' '' || d.open_lines || d.preparer FROM api.balance_day_list d,
     api.balance_statement(d.lane_id, d.day) b WHERE b.account_id = d.account_id AND d.book_account = ''GL1'' AND d.day = %L',
     '2030-01-05')), 'true ' || (SELECT count(*) FROM bank.recon_outstanding(pg_temp.account('GL1'), '2030-01-05')),
     'with the figures of now, prepared by nobody');
SELECT is(pg_temp.day_state('2030-01-06'), 'changed differs', 'and one that was prepared says that it changed');
SELECT is(pg_temp.as('t_clerk', 'SELECT string_agg(status, '' '' ORDER BY day) FROM api.signoff_list WHERE book_account = ''GL1'''),
          'signed changed', 'as its history does');
SELECT is(pg_temp.as('t_super', format('SELECT string_agg(DISTINCT after, '' '') FROM api.recon_approval_effect(''signoff'', %s, %s)',
             pg_temp.account('GL1'), date '2030-01-06' - date '2000-01-01')), 'changed', 'and who is to review it sees it');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(coalesce(nullif(item, ''''), ''-''), '','' ORDER BY line) || '': '' ||
    max(item) FILTER (WHERE line = 11) FROM api.balance_sheet(%s, ''2030-01-05'') WHERE account_id = %s AND line > 8',
    (SELECT lane_id FROM bank.recon_lane WHERE code = 'T-ONE'), pg_temp.account('GL1'))),
    'difference,clues,GHOST 2030-01-05 900.00: GHOST 2030-01-05 900.00', 'the sheet says what it may come from');
SELECT is(pg_temp.review('t_super', '2030-01-06'), 'BO423', 'nor reviewed');
SELECT is(pg_temp.review('t_super', '2030-01-06', 'refuse'), 'Refused.', 'but refused');
SELECT is(pg_temp.as('t_super', format($$SELECT (api.balance_reopen(%s, '2030-01-03', 'late file',
          gen_random_uuid())).status$$, pg_temp.account('GL1'))), 'BO423', 'a day that nobody signed is open already');
SELECT is(pg_temp.as('t_clerk', format($$SELECT (api.balance_reopen(%s, '2030-01-02', 'late file',
          gen_random_uuid())).status$$, pg_temp.account('GL1'))), 'BO403',
          'a clerk does not reopen a signed day');
SELECT is(pg_temp.as('t_super', format($$SELECT (api.balance_reopen(%s, '2030-01-02', 'late file',
          gen_random_uuid())).status$$, pg_temp.account('GL1'))), 'done', 'a supervisor does');
SELECT is(pg_temp.as('t_clerk', 'SELECT string_agg(status || '' '' || reviewer, '', '' ORDER BY day)
          FROM api.signoff_list WHERE book_account = ''GL1'''), format('reopened %s, refused %1$s', bank.login_name('t_super')),
          'the history keeps all');

-- Limits are for administrators, and are audited.
SELECT is(pg_temp.as('t_super', 'SELECT (api.recon_limit_save(''match'', ''clerk'', '''', 9, 9, 9, 1,
          gen_random_uuid())).status'), '42501', 'a supervisor sets no limits');
SELECT is(pg_temp.as('t_admin', 'SELECT (api.recon_limit_save(''fee'', ''clerk'', '''', 9, 9, 9, 1,
          gen_random_uuid())).status'), 'BO422', 'no limit lets one person adjust');
SELECT is(pg_temp.as('t_admin', 'SELECT (api.recon_limit_save(''match'', ''clerk'', '''', 9, 8, 7, 1,
          gen_random_uuid())).status'), 'done', 'an administrator does');

-- Whatever happened above: matches sum to zero, items are in one live match, days are proved.
SELECT is_empty($$SELECT m.match_id FROM bank.recon_match m JOIN bank.recon_match_item mi
    USING (account_id, match_id) GROUP BY m.account_id, m.match_id, m.adjustment
    HAVING sum(mi.amount) + m.adjustment <> 0$$, 'every match sums to zero with its adjustment');
SELECT is_empty($$SELECT item_id FROM bank.recon_match_item mi JOIN bank.recon_match m
    USING (account_id, match_id) JOIN bank.recon_open o USING (account_id, item_id)
    WHERE mi.live AND m.status = 'confirmed'$$, 'no matched line is open');
SELECT is_empty($$SELECT item_id FROM bank.recon_item i WHERE NOT EXISTS (SELECT FROM bank.recon_open o
    WHERE o.account_id = i.account_id AND o.item_id = i.item_id) AND NOT EXISTS
    (SELECT FROM bank.recon_match_item mi WHERE mi.account_id = i.account_id
     AND mi.item_id = i.item_id AND mi.live)$$, 'every line is open or matched');
SELECT is_empty($$SELECT d FROM generate_series(date '2030-01-02', '2030-01-04', interval '1 day') d,
    bank.recon_proof(pg_temp.account('GL1'), d::date) p WHERE p.difference <> 0$$,
    'every day is proved');
SELECT * FROM finish();
ROLLBACK;
