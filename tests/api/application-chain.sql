-- Supply-chain finance: orders and receivables, the line of the core enterprise, its files, payout and repayment.
BEGIN;
\ir ../lib/small-bank.sql
\ir ../lib/applicants.sql
SELECT * FROM no_plan();

-- Supply chain: orders and receivables of a core enterprise.
INSERT INTO bank.core_enterprise (customer_id, unit_id, limit_amount, order_rate, receivable_rate, supplier_most, rate_bp, valid_until)
VALUES (301, 3, 10000000, 70, 80, 8000000, 430, '2027-06-30');
INSERT INTO bank.core_document (customer_id, document_id, unit_id, kind, number, supplier_id, supplier_code, amount, issued_on, due_on, confirmed_at, order_number, state)
SELECT 301, n, 3, k, num, s, (SELECT number FROM bank.customer_identity WHERE customer_id = s), a, '2026-10-01', d::date, CASE WHEN yes THEN timestamptz '2026-10-02' END, o, st
  FROM (VALUES (801, 'order', 'PO1', 302, 8000000, '2027-01-31', true, NULL, 'open'), (802, 'receivable', 'AR1', 302, 8000000, '2027-01-31', true, 'PO1', 'open'),
               (803, 'receivable', 'AR2', 302, 4000000, '2027-01-31', false, NULL, 'open'), (804, 'receivable', 'AR3', 302, 9000000, '2027-01-31', true, NULL, 'open'),
               (805, 'receivable', 'AR4', 304, 9000000, '2027-01-31', true, NULL, 'open'), (806, 'order', 'PO2', 302, 500000, '2026-11-22', true, NULL, 'open'),
               (807, 'order', 'PO3', 302, 500000, '2027-01-22', true, NULL, 'paid')) x (n, k, num, s, a, d, yes, o, st);
CREATE FUNCTION pg_temp.chain(p_supplier bigint, p_document bigint, p_amount bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call('t_rm', format('chain_open(%s, %s, %s, ''branch'',', p_supplier, p_document, p_amount)) || ' ' || coalesce(pg_temp.stops(pg_temp.last_case()), '') $$;
SELECT is(pg_temp.call('t_rm', 'chain_open(302, 999, 100, ''branch'','), 'BO404', 'an order that does not exist');
SELECT is(pg_temp.call('t_west', 'chain_open(303, 801, 100, ''branch'','), 'BO404', 'nor somebody else''s of another branch');
SELECT is(pg_temp.chain(302, 803, 1000000), 'done document', 'not confirmed by the core enterprise');
SELECT is(pg_temp.chain(302, 807, 100000), 'done document', 'paid already');
SELECT is(pg_temp.chain(302, 806, 100000), 'done due', 'due in two days');
SELECT is(pg_temp.chain(304, 804, 1000000), 'done supplier_matches', 'another supplier''s');
SELECT is(pg_temp.chain(302, 801, 5700000), 'done advance', 'more than 70 % of an order');
SELECT is(pg_temp.call('t_rm', format('application_field_set(302, %s, ''amount'', ''56,000'', NULL,', pg_temp.last_case())), 'done', 'exactly 70 %');
SELECT pg_temp.last_case() AS p \gset
SELECT is(pg_temp.stops(:p), NULL, 'may be lent');
SELECT is((SELECT bank.case_subject(case_type, subject, fields, false) || ' | ' || bank.case_subject(case_type, subject, fields, true)
             FROM bank.case_file WHERE case_id = :p), '订单 PO1 融资 56,000 元（东方电子有限公司） | CNY 56,000 on order PO1 of 东方电子有限公司',
    'the subject follows the amount');
SELECT is(pg_temp.chain(302, 801, 100000), 'done application_twice', 'a second application on the order');
SELECT pg_temp.call('t_rm', format('application_withdraw(302, %s, ''twice'', NULL,', pg_temp.last_case()));
SELECT is(pg_temp.call('t_rm', format('application_submit(302, %s, NULL,', :p)), 'done', 'handed in');
SELECT is(pg_temp.stage(:p), 'review chain_desk', 'with the supply-chain desk');
SELECT is((SELECT measure || ' ' || amount FROM bank.case_clock WHERE case_id = :p AND clock = 'application'), 'working_minutes 840', 'two business days');
SELECT pg_temp.call('t_clerk2', format('case_take(302, %s, NULL,', :p)), pg_temp.call('t_clerk2', format('application_propose(302, %s, ''approve'', NULL, '''', ''ok'', '''', NULL,', :p));
UPDATE bank.decision_limit SET amount = 5000000, override = 900000 WHERE unit_kind = 'branch';
SELECT is(pg_temp.call('t_super', format('application_decide(302, %s, ''agree'', '''', NULL,', :p)), 'BO403', 'above the limit of the branch');
UPDATE bank.core_enterprise SET valid_until = '2026-11-01';
SELECT is(pg_temp.call('t_super2', format('application_decide(302, %s, ''agree'', '''', NULL,', :p)), 'BO423', 'the line has ended meanwhile');
UPDATE bank.core_enterprise SET valid_until = '2027-06-30';
SELECT is(pg_temp.call('t_super2', format('application_decide(302, %s, ''agree'', '''', NULL,', :p)), 'done', 'head office agrees');
SELECT is((SELECT state || ' ' || amount FROM bank.core_finance WHERE document_id = 801), 'reserved 5600000', 'the limit is reserved');
SAVEPOINT withdrawn;
SELECT is(pg_temp.call('t_rm', format('application_withdraw(302, %s, ''not needed'', NULL,', :p)), 'done', 'until the application is withdrawn');
SELECT is((SELECT state FROM bank.core_finance WHERE document_id = 801), 'released', 'then it is free again');
ROLLBACK TO withdrawn;
SELECT is(pg_temp.chain(302, 802, 100000), 'done financed_twice', 'the receivable of a financed order');
SAVEPOINT licence;
UPDATE bank.customer_identity SET expires_on = '2026-11-19' WHERE customer_id = 304;
SELECT is(pg_temp.chain(304, 805, 100000), 'done licence_dates', 'the supplier''s licence has ended');
UPDATE bank.customer_identity SET expires_on = '2026-12-01' WHERE customer_id = 304;
SELECT pg_temp.call('t_rm', format('application_precheck(304, %s,', pg_temp.last_case()));
SELECT is(pg_temp.result(pg_temp.last_case(), 'licence_dates'), 'warn', 'or ends in days');
ROLLBACK TO licence;
SELECT throws_ok('INSERT INTO bank.core_finance (customer_id, document_id, unit_id, supplier_id, case_id, amount, state, due_on) VALUES (301, 801, 3, 302, 1, 1, ''paid'', ''2027-01-01'')', '23505', NULL,
                 'the table itself finances nothing twice');
SELECT is(pg_temp.chain(302, 804, 3000000), 'done supplier_limit application_twice', 'more than one supplier may have, and asked for before');
SELECT is(pg_temp.chain(304, 805, 5000000), 'done limit', 'more than is left of the line');
SELECT is(pg_temp.call('t_clerk2', format('application_execute(302, %s, NULL,', :p)), 'done', 'paid out');
SELECT is((SELECT due_at AT TIME ZONE 'Asia/Shanghai' FROM bank.case_file WHERE case_id = :p), '2027-02-01'::timestamp, 'it is to be repaid by the end of the day the order is due');
SELECT is((SELECT string_agg(product || ' ' || balance, ', ' ORDER BY product) FROM bank.account WHERE customer_id = 302), 'CUR 5600100, LNS -5600000', 'to the supplier');
SELECT is(pg_temp.as('t_clerk2', 'SELECT used || '' '' || room FROM api.core_list WHERE customer_id = 301'), '5600000 4400000', 'the line shows it');
UPDATE bank.account SET opened_on = opened_on - 36 WHERE customer_id = 302 AND product = 'LNS';
SELECT (5600000.0 * rate_bp / 100000.0)::bigint AS i FROM bank.application WHERE case_id = :p \gset
UPDATE bank.account SET balance = 5600000 WHERE account_id = 9003;
SELECT is(pg_temp.ready('t_rm', :p), 'short yes', 'not while the account does not cover loan and interest');
SELECT is(pg_temp.call('t_rm', format('application_follow(302, %s, ''paid'', NULL,', :p)), 'BO423', 'repaid only from what is there');
UPDATE bank.account SET balance = 6000000 WHERE account_id = 9003;
SELECT is(pg_temp.ready('t_rm', :p), 'yes yes', 'now it does');
SELECT is(pg_temp.call('t_rm', format('application_follow(302, %s, ''paid'', NULL,', :p)), 'done', 'repaid');
SELECT is((SELECT state FROM bank.core_finance WHERE document_id = 801), 'repaid', 'and the line is free again');
SELECT ok(:i > 0, 'with interest');
SELECT is((SELECT string_agg(product || ' ' || balance, ', ' ORDER BY product) FROM bank.account WHERE customer_id = 302), 'CUR ' || 6000000 - 5600000 - :i || ', LNS 0', 'the loan with 36 days of interest');

-- The line of a core enterprise: proposed by one, approved by another whose limit reaches so far.
CREATE FUNCTION pg_temp.line(p_login text, p_customer bigint, p_limit bigint, p_most bigint, p_until text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('core_line_propose(%s, %s, 70, 80, %s, ''4.30'', %L, ''active'', ''review'',', p_customer, p_limit, p_most, p_until)) $$;
SELECT is(pg_temp.line('t_west', 304, 100, 100, '2027-06-30'), 'BO404', 'not of another unit');
SELECT is(pg_temp.line('t_clerk2', 101, 100, 100, '2027-06-30'), 'BO422', 'a person has no line');
SELECT is(pg_temp.line('t_clerk2', 304, 100, 200, '2027-06-30'), 'BO422', 'one supplier has at most all of it');
SELECT is(pg_temp.line('t_clerk2', 304, 100, 100, '2026-11-20'), 'BO422', 'it ends later');
SELECT is(pg_temp.line('t_clerk2', 304, 6000000, 3000000, '2027-06-30'), 'done', 'proposed');
SELECT is(pg_temp.line('t_clerk2', 304, 7000000, 3000000, '2027-06-30'), 'BO423', 'one at a time');
SELECT is((SELECT count(*) FROM bank.core_enterprise WHERE customer_id = 304), 0::bigint, 'no line before it is approved');
SELECT throws_ok($$INSERT INTO bank.core_line SELECT (jsonb_populate_record(l, '{"version": 99, "line_id": 99}')).* FROM bank.core_line l WHERE state = 'proposed'$$,
    '23505', NULL, 'one waits at a time, whoever writes');
SELECT is(pg_temp.call('t_clerk2', 'core_line_decide(304, 1, ''agree'', '''','), 'BO403', 'not by its maker');
SELECT is(pg_temp.call('t_clerk', 'core_line_decide(304, 1, ''agree'', '''','), 'BO403', 'nor by a clerk');
SELECT is(pg_temp.call('t_super', 'core_line_decide(304, 1, ''agree'', '''','), 'BO403', 'nor above the limit of the branch');
SELECT is(pg_temp.as('t_super', 'SELECT mine FROM api.core_line_list WHERE customer_id = 304'), 'limit', 'which its list says');
SELECT is(pg_temp.as('t_super2', 'SELECT screen || '' '' || title || '' '' || customer FROM api.worklist WHERE kind = ''rule'' AND customer_id = 304'), 'core-lines 60,000.00 CNY 别****司', 'it stands on the work list of who may decide it');
SELECT is(pg_temp.as('t_clerk2', 'SELECT count(*) FROM api.worklist WHERE kind = ''rule'''), '0', 'not on that of its maker');
SELECT is(pg_temp.call('t_super2', 'core_line_decide(304, 1, ''agree'', '''','), 'done', 'by head office');
SELECT is((SELECT limit_amount || ' ' || state FROM bank.core_enterprise WHERE customer_id = 304), '6000000 active', 'in force');
SELECT is(pg_temp.as('t_super2', 'SELECT count(*) FROM api.worklist WHERE kind = ''rule'' AND customer_id = 304'), '0', 'and is off the list when it is decided');
SELECT is(pg_temp.line('t_clerk2', 304, 100, 100, '2027-06-30'), 'done', 'another one');
SELECT is(pg_temp.call('t_super', 'core_line_decide(304, 2, ''refuse'', '''','), 'BO422', 'refused with a reason');
SELECT is(pg_temp.as('t_super', 'SELECT proposed || '' '' || (SELECT proposed FROM api.core(304)) FROM api.core_list WHERE customer_id = 304'), 'true true',
          'while it waits no other is offered');
SELECT is(pg_temp.call('t_super', 'core_line_decide(304, 2, ''refuse'', ''too low'','), 'done', 'refused');
SELECT is(pg_temp.as('t_super', 'SELECT proposed FROM api.core_list WHERE customer_id = 304'), 'false', 'then one is');
SELECT is((SELECT limit_amount FROM bank.core_enterprise WHERE customer_id = 304), 6000000::bigint, 'the line stays');
SELECT is(pg_temp.as('t_super', 'SELECT reserved || '' '' || lent || '' '' || room || '' '' || suppliers FROM api.core(301)'), '0 0 10000000 2', 'exposure and headroom');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(supplier_id || '' '' || used || '' '' || room, '', '' ORDER BY supplier_id) FROM api.core_suppliers(301)'), '302 0 8000000, 304 0 8000000', 'and of each supplier');

-- Its data from a file: whole or not at all, each file once.
SELECT pg_temp.code_of('91310000100000301') AS core, pg_temp.code_of('91310000100000302') AS one, pg_temp.code_of('91310000100000999') AS other \gset
CREATE FUNCTION pg_temp.file_row(n int, p_core text, p_number text, p_supplier text, p_amount text, p_due text, p_more jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('row', n, 'core', p_core, 'kind', 'receivable', 'number', p_number, 'supplier', p_supplier, 'amount', p_amount,
        'issued', '2026-11-01', 'due', p_due) || p_more $$;
CREATE FUNCTION pg_temp.import(p_login text, p_hash text, p_rows jsonb, p_dry boolean) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT string_agg(concat_ws('' '', "row", field, added, changed, same, nullif(message, '''')), ''; '' ORDER BY "row") FROM api.core_import(''ar.csv'', %L, %L, %L, gen_random_uuid())', p_hash, p_rows, p_dry)) $$;
SELECT jsonb_build_array(pg_temp.file_row(1, :'core', 'F1', :'one', '100.00', '2027-01-01', '{"confirmed": "yes"}'), pg_temp.file_row(2, :'core', 'F2', :'other', '200', '2027-01-01', '{}')) AS rows \gset
SELECT is(pg_temp.import('t_rm', 'h1', :'rows', false), '42501', 'sales import nothing');
SELECT is(pg_temp.import('t_west', 'h1', :'rows', false), '1 core There is no such core enterprise in your units.; 2 core There is no such core enterprise in your units.', 'another branch has no such enterprise');
SELECT is(pg_temp.import('t_worker', 'h1', (SELECT jsonb_agg(pg_temp.file_row(n, :'core', num, s, a, d, m)) FROM (VALUES (1, 'F1', :'one', '1', '2027-01-01', '{}'::jsonb),
    (2, 'F3', 'X', '1', '2027-01-01', '{}'), (3, 'F4', :'one', '1.234', '2027-01-01', '{}'), (4, 'F5', :'one', '1', '2027-02-30', '{}'), (5, 'F1', :'one', '1', '2027-01-01', '{}'),
    (6, 'F6', :'one', '1', '2026-01-01', '{}'), (7, 'F7', :'one', '1', '2027-01-01', '{"state": "gone"}')) x (n, num, s, a, d, m)), false),
    '2 supplier This is no unified social credit code (GB 32100).; 3 amount The amount is written like 1234.50.; 4 due A day is written like 2026-11-22.; '
    '5 number The same document stands in the file twice.; 6 due It falls due before it is issued.; 7 state The state is open, paid or cancelled.', 'each bad row is named');
SELECT is((SELECT count(*) FROM bank.core_document WHERE number LIKE 'F_'), 0::bigint, 'and nothing is kept');
SELECT is(pg_temp.import('t_worker', 'h1', :'rows', true), '2 0 0', 'a dry run says what would come');
SELECT is((SELECT count(*) FROM bank.core_document WHERE number LIKE 'F_'), 0::bigint, 'and keeps nothing');
SELECT is(pg_temp.import('t_worker', 'h1', :'rows', false), '2 0 0', 'taken in');
SELECT is((SELECT string_agg(number || ' ' || coalesce(supplier_id, 0) || ' ' || (confirmed_at IS NOT NULL) || ' ' || (reported_by IS NULL), ', ' ORDER BY number) FROM bank.core_document WHERE number LIKE 'F_'),
    'F1 302 true true, F2 0 false true', 'reported by the enterprise, confirmed where it says so');
SELECT is(pg_temp.import('t_worker', 'h1', :'rows', false), '2 0 0 This file was taken in before.', 'the same file once');
SELECT is(pg_temp.import('t_worker', 'h2', jsonb_set(:'rows'::jsonb, '{1,confirmed}', '"yes"'), false), '0 1 1', 'another file only changes what is other');
INSERT INTO bank.core_finance (customer_id, document_id, unit_id, supplier_id, case_id, amount, state, due_on) SELECT 301, document_id, 3, 302, 1, 1, 'paid', due_on FROM bank.core_document WHERE number = 'F1';
SELECT is(pg_temp.import('t_worker', 'h3', jsonb_build_array(pg_temp.file_row(1, :'core', 'F1', :'one', '99', '2027-01-01', '{}')), false), '1 number The document is financed: it does not change.', 'what is lent on does not change');
SELECT is(pg_temp.import('t_worker', 'h4', jsonb_build_array(pg_temp.file_row(1, :'core', 'F1', :'one', '100', '2027-01-01', '{"state": "cancelled"}')), false), '1 state The document is financed: it cannot be cancelled.', 'nor is it cancelled');
DELETE FROM bank.core_finance WHERE case_id = 1;

-- An order from outside: entered, and confirmed by another person.
CREATE FUNCTION pg_temp.report(p_login text, p_code text, p_due text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('core_document_save(301, ''order'', ''PO9'', %L, 100, ''2026-11-01'', %L, '''',', p_code, p_due)) $$;
SELECT is(pg_temp.report('t_west', pg_temp.code_of('91310000100000302'), '2027-01-01'), 'BO404', 'not by another branch');
SELECT is(pg_temp.report('t_clerk2', '91310000100000302X', '2027-01-01'), 'BO422', 'a wrong code');
SELECT is(pg_temp.report('t_clerk2', pg_temp.code_of('91310000100000302'), '2026-01-01'), 'BO422', 'due before it was given');
SAVEPOINT same_day;
SELECT is(pg_temp.report('t_clerk2', pg_temp.code_of('91310000100000302'), '2026-11-01'), 'done', 'but on the day itself it may be');
ROLLBACK TO same_day;
SELECT is(pg_temp.report('t_clerk2', pg_temp.code_of('91310000100000302'), '2027-01-01'), 'done', 'an order');
SELECT is(pg_temp.report('t_clerk2', pg_temp.code_of('91310000100000302'), '2027-01-01'), 'BO409', 'once');
SELECT document_id AS d FROM bank.core_document WHERE number = 'PO9' \gset
SELECT is((SELECT supplier_id FROM bank.core_document WHERE document_id = :d), 302::bigint, 'of the supplier with this code');
SELECT is(pg_temp.call('t_clerk2', format('core_document_confirm(301, %s,', :d)), 'BO403', 'who entered it does not confirm it');
SELECT is(pg_temp.call('t_clerk', format('core_document_confirm(301, %s,', :d)), 'done', 'a colleague does');
SELECT is(pg_temp.call('t_clerk', format('core_document_confirm(301, %s,', :d)), 'BO423', 'once');

SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.core_document_list'), '0', 'other branches see no orders');
UPDATE bank.core_document SET state = 'paid' WHERE document_id = :d;
SELECT is(pg_temp.as('t_clerk', 'SELECT state FROM api.core_document_list WHERE number = ''PO9'''), 'settled',
          'what the enterprise has paid is not what the bank has lent on');

SELECT * FROM finish();
ROLLBACK;
