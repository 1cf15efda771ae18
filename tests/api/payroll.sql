-- Services of an account after it is open: wages from the list to the people's accounts, statements and answers.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

UPDATE bank.setting SET value = '2026-11-20' WHERE name = 'business_date';
INSERT INTO bank.product (product, kind, name_zh, name_en) VALUES ('SAV', 'savings', 'x', 'x') ON CONFLICT DO NOTHING;
INSERT INTO bank.calendar_day (day, kind) SELECT d, 'workday' FROM unnest('{2026-11-20,2026-11-23,2026-11-24,2026-11-25,2026-12-01,2026-12-02,2026-12-08,2026-12-09,2026-12-10}'::date[]) d ON CONFLICT DO NOTHING;
INSERT INTO bank.customer (customer_id, customer_number, kind, name, unit_id, opened_on, manager_id)
VALUES (301, 'K301', 'company', '东方电子有限公司', 3, '2020-01-01', 903), (303, 'K303', 'company', '西城贸易有限公司', 5, '2020-01-01', NULL);
INSERT INTO bank.account (customer_id, account_id, number, product, balance, opened_on, unit_id) VALUES
    (301, 9000, '1003020000000000', 'CUR', 1000000, '2026-10-01', 3), (101, 9001, '1003010000000001', 'SAV', 0, '2018-01-01', 3),
    (102, 9002, '1003010000000002', 'SAV', 0, '2018-01-01', 3), (201, 9003, '1005010000000003', 'SAV', 0, '2018-01-01', 5);
INSERT INTO bank.account (customer_id, account_id, number, product, status, opened_on, unit_id) VALUES (109, 9004, '1003010000000004', 'SAV', 'frozen', '2018-01-01', 3);
INSERT INTO bank.account_service (customer_id, account_id, kind, unit_id, cycle, staff_count, pay_day, next_on, opened_by)
VALUES (301, 9000, 'payroll', 3, 'monthly', 3, 10, '2026-12-10', 901);
CREATE FUNCTION pg_temp.take(p_login text, p_text text, p_on text DEFAULT 'NULL') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.payroll_take(301, 9000, %s, ''wages.csv'', %L, gen_random_uuid())).status', p_on, convert_to(p_text, 'UTF8'))) $$;
CREATE FUNCTION pg_temp.decide(p_login text, p_verdict text, p_why text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.payroll_decide(301, %s, %L, %L, gen_random_uuid())).status', (SELECT max(list_id) FROM bank.payroll_list), p_verdict, p_why)) $$;
CREATE FUNCTION pg_temp.last() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', state, people, total, faults, pay_on) FROM bank.payroll_list ORDER BY list_id DESC LIMIT 1 $$;

-- What a list may hold.
SELECT is(bank.csv_cells('"Li, ""N""", 12 ,"8,000.00"', ','), '{"Li, \"N\"",12,"8,000.00"}', 'cells with quotes');
SELECT is(bank.file_text('\xd5c5'), '张', 'a file in GB18030');
SELECT is(pg_temp.take('t_rm', ''), 'BO422', 'an empty file');
SELECT is(pg_temp.take('t_rm', E'姓名,账号,金额\n'), 'BO422', 'titles alone');
SELECT is(pg_temp.as('t_rm', $$SELECT (api.payroll_take(301, 9000, NULL, 'a.xlsx', '\x504b030414000600', gen_random_uuid())).status$$), 'BO422', 'a workbook');
SELECT is(pg_temp.take('t_rm', '张伟民,1003010000000001,1.00', '''2026-11-19'''), 'BO422', 'a day that is over');
SELECT is(pg_temp.as('t_rm', $$SELECT (api.payroll_take(303, 9000, NULL, 'a.csv', 'a', gen_random_uuid())).status$$), 'BO404', 'another branch''s enterprise');
SELECT is(pg_temp.as('t_audit', $$SELECT (api.payroll_take(301, 9000, NULL, 'a.csv', 'a', gen_random_uuid())).status$$), '42501', 'an auditor takes none in');
SELECT is(pg_temp.take('t_rm', E'姓名,账号,金额\n张伟民,1003010000000001,"1,200.50"\n李娜,1003010000000001,5\n王强,9999,5\n周敏,1003010000000004,5\n李娜,1003010000000002,-5\n李娜,1003010000000002\n王强 ，1005010000000003，7\n张伟民,1003010000000001,3\n'),
    'done', 'a list with faults is kept');
SELECT is(pg_temp.last(), 'faulty 8 120750 6 2026-12-10', 'and nothing of it waits');
SELECT is((SELECT string_agg(line || ' ' || coalesce(fault, 'right'), ', ' ORDER BY line) FROM bank.payroll_line),
    '2 right, 3 name, 4 account, 5 closed, 6 amount, 7 form, 8 right, 9 twice', 'every line says what is wrong with it');
SELECT is(pg_temp.decide('t_super', 'agree'), 'BO423', 'it cannot be released');

-- Maker and checker; the account must cover it; the day comes.
\set good '张伟民,1003010000000001,6000.00\n李娜,1003010000000002,5000\n王强,1005010000000003,4000\n'
SELECT is(pg_temp.take('t_rm', E:'good'), 'done', 'a list without fault, one payee in another branch');
SELECT is(pg_temp.last(), 'proposed 3 1500000 0 2026-12-10', 'waits for a second person');
SELECT is(pg_temp.take('t_rm', E:'good'), 'BO423', 'one at a time');
SELECT is(pg_temp.as('t_super', 'SELECT screen || '' '' || title FROM api.worklist WHERE kind = ''rule'' AND customer_id = 301'), 'payroll-lists 代发工资 3 × 15,000.00', 'on the work list of a supervisor');
SELECT is(pg_temp.decide('t_rm', 'agree'), 'BO403', 'not its maker');
SELECT is(pg_temp.decide('t_clerk2', 'agree'), 'BO403', 'nor a clerk');
SELECT is(pg_temp.decide('t_super', 'refuse'), 'BO422', 'refused with a reason');
SELECT is(pg_temp.decide('t_west', 'agree'), 'BO404', 'nor another branch');
SELECT is(pg_temp.as('t_rm', 'SELECT mine || '' '' || state || '' '' || account FROM (SELECT * FROM api.payroll_lists) x WHERE state = ''proposed'''), 'own proposed 1003********0000', 'the screen says whose it is');
SELECT is(pg_temp.decide('t_super', 'agree'), 'done', 'released');
SELECT is((SELECT sum(balance) FROM bank.account WHERE account_id BETWEEN 9001 AND 9004), 0::numeric, 'not paid before its day');
SELECT pg_temp.opened('t_rm', 301);
SELECT is(pg_temp.as('t_rm', 'SELECT state || '' '' || note FROM api.customer_services(301)'), 'live 2026-12-10 15,000.00', 'the customer view shows it');
UPDATE bank.setting SET value = '2026-12-10' WHERE name = 'business_date';
SELECT pg_temp.as('t_worker', 'SELECT day FROM api.day_end()');
SELECT is(pg_temp.as('t_rm', 'SELECT state FROM api.payroll_lists WHERE people = 3'), 'short', 'its day has come and the account does not cover it');
SELECT is((SELECT string_agg(bank.name_side(title, true) || ' ' || owner_id, ', ') FROM bank.task WHERE customer_id = 301), 'Account does not cover wages: 15,000.00 903', 'its manager is told');
SELECT pg_temp.as('t_worker', 'SELECT day FROM api.day_end()');
SELECT is((SELECT count(*)::int FROM bank.task WHERE customer_id = 301), 1, 'once a day');
SELECT is((SELECT sum(balance) FROM bank.account WHERE account_id BETWEEN 9001 AND 9004), 0::numeric, 'nobody is paid in part');
UPDATE bank.account SET balance = 2000000 WHERE account_id = 9000;
UPDATE bank.account SET status = 'closed' WHERE account_id = 9002;
SELECT pg_temp.as('t_worker', 'SELECT day FROM api.day_end()');
SELECT is((SELECT string_agg(account_id || ' ' || balance, ', ' ORDER BY account_id) FROM bank.account WHERE account_id BETWEEN 9000 AND 9003),
    '9000 1000000, 9001 600000, 9002 0, 9003 400000', 'paid; what is for a closed account stays with the enterprise');
SELECT is((SELECT string_agg(name || ' ' || x.state, ', ' ORDER BY line) FROM bank.payroll_line x JOIN bank.payroll_list l USING (customer_id, list_id) WHERE l.state = 'paid'),
    '张伟民 paid, 李娜 returned, 王强 paid', 'each line says so');
SELECT is((SELECT sum(amount) FROM bank.entry WHERE account_id BETWEEN 9000 AND 9003), 0::numeric, 'the entries sum to nothing');
SELECT is((SELECT count(*)::int FROM bank.entry WHERE narrative = bank.setting('salary_narrative')), 2, 'wages, as the scorecard reads them');
SELECT is((SELECT next_on::text FROM bank.account_service WHERE kind = 'payroll'), '2027-01-10', 'the next pay day');
SELECT is((SELECT bank.name_side(title, true) FROM bank.task WHERE customer_id = 301 ORDER BY task_id DESC LIMIT 1), 'Wages returned: 1', 'and the manager hears of the returned one');
SELECT pg_temp.as('t_worker', 'SELECT day FROM api.day_end()');
SELECT is((SELECT balance FROM bank.account WHERE account_id = 9000), 1000000::bigint, 'nothing is paid twice');
UPDATE bank.account SET status = 'open' WHERE account_id = 9002;
SELECT is(pg_temp.take('t_rm', E:'good', '''2026-12-11'''), 'BO409', 'nor the same file again');
SELECT is(pg_temp.take('t_rm', '李娜,1003010000000002,5000', '''2026-12-10'''), 'done', 'the returned one anew');
SELECT is(pg_temp.decide('t_super', 'agree'), 'done', 'of today');
SELECT is((SELECT balance FROM bank.account WHERE account_id = 9002), 500000::bigint, 'is paid at once');
SELECT is(pg_temp.take('t_rm', '李娜,1003010000000002,1'), 'done', 'another');
SELECT is(pg_temp.as('t_rm', $$SELECT (api.service_stop(301, 9000, 'payroll', 'moved away', gen_random_uuid())).status$$), 'BO423', 'a service with a list that waits goes on');
SELECT is(pg_temp.decide('t_rm', 'withdraw'), 'done', 'withdrawn by its maker');
SELECT is(pg_temp.as('t_rm', 'SELECT string_agg(name || '' '' || number, '', '' ORDER BY line) FROM api.payroll_lines(301, (SELECT max(list_id) FROM api.payroll_lists WHERE people = 3))'),
    '*伟民 1003********0001, *娜 1003********0002, *强 1005********0003', 'names and accounts are masked');
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.payroll_lists'), '0', 'another branch sees none');

-- Three working days before a pay day without a list the manager is asked for it.
DELETE FROM bank.task;
UPDATE bank.account_service SET next_on = '2026-12-10';
UPDATE bank.setting SET value = '2026-12-02' WHERE name = 'business_date';
SELECT pg_temp.as('t_worker', 'SELECT day FROM api.day_end()'), pg_temp.as('t_worker', 'SELECT day FROM api.day_end()');
SELECT is((SELECT string_agg(bank.name_side(title, true), ', ') FROM bank.task), 'List of wages is due: 2026-12-10', 'asked once');
SELECT is(pg_temp.as('t_rm', $$SELECT (api.service_stop(301, 9000, 'payroll', 'moved away', gen_random_uuid())).status$$), 'done', 'stopped');
SELECT is(pg_temp.take('t_rm', '李娜,1003010000000002,1'), 'BO423', 'and takes no list any more');

-- Statements: the balance at the end of the cycle, whatever came after; the answer; a difference is work.
INSERT INTO bank.recon_lane_change (change_id, code, unit_id, maker, after) OVERRIDING SYSTEM VALUE
    VALUES (77, 'CORP-9000', 3, 't_clerk', '{}');
INSERT INTO bank.account_service (customer_id, account_id, kind, unit_id, cycle, next_on, opened_by, change_id)
VALUES (301, 9000, 'reconciliation', 3, 'monthly', '2026-12-01', 901, 77);
DELETE FROM bank.entry;
INSERT INTO bank.entry (customer_id, account_id, at, amount, balance_after, channel, unit_id)
    VALUES (301, 9000, '2026-11-30 23:59+08', 1, 0, 'batch', 3), (301, 9000, '2026-12-01 00:00+08', 300, 0, 'batch', 3);
UPDATE bank.account SET balance = 1000 WHERE account_id = 9000;
SELECT pg_temp.as('t_worker', 'SELECT day FROM api.day_end()');
SELECT is((SELECT count(*)::int FROM bank.account_statement), 0, 'none while its lane waits for a second person');
UPDATE bank.recon_lane_change SET status = 'approved', checker = 't_super', decided_at = now() WHERE change_id = 77;
SELECT pg_temp.as('t_worker', 'SELECT day FROM api.day_end()'), pg_temp.as('t_worker', 'SELECT day FROM api.day_end()');
SELECT is((SELECT concat_ws(' ', as_of, balance, entries) FROM bank.account_statement), '2026-11-30 700 1', 'the balance of the last day of the cycle');
SELECT is((SELECT string_agg(body, '; ') FROM bank.outbox WHERE customer_id = 301), '账户1003********0000截至2026-11-30余额7.00元，本期1笔。请核对并回复相符或不符。', 'told once, in his language');
SELECT is((SELECT next_on::text FROM bank.account_service WHERE kind = 'reconciliation'), '2027-01-01', 'and the next cycle');
CREATE FUNCTION pg_temp.answer(p_answer text, p_note text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_rm', format('SELECT (api.statement_answer(301, 9000, ''2026-11-30'', %L, %L, gen_random_uuid())).status', p_answer, p_note)) $$;
SELECT is(pg_temp.answer('differs', ''), 'BO422', 'a difference has a note');
DELETE FROM bank.task;
SELECT is(pg_temp.answer('differs', '9.00 in our books'), 'done', 'it differs');
SELECT is((SELECT bank.name_side(title, true) || ' ' || note || ' ' || owner_id FROM bank.task), 'Books of the customer differ: 2026-11-30 9.00 in our books 903', 'work of its manager');
SELECT is(pg_temp.answer('agrees', ''), 'done', 'until it agrees');
SELECT is(pg_temp.answer('differs', 'again'), 'BO423', 'which stands');
SELECT is(pg_temp.as('t_rm', 'SELECT concat_ws('' '', as_of, balance, answer, account) FROM api.account_statements'), '2026-11-30 700 agrees 1003********0000', 'as the list shows');

-- What the day end cannot do is work of who leads, and the doctor's; it rests a while and is tried again.
UPDATE bank.payroll_list SET state = 'withdrawn' WHERE state IN ('proposed', 'approved');
UPDATE bank.account SET balance = 1000000 WHERE account_id = 9000;
UPDATE bank.account_service SET state = 'active', next_on = bank.today() + 60;
CREATE FUNCTION pg_temp.undone(p_login text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, 'SELECT string_agg(concat_ws('' '', screen, customer_id, title, detail), '', '') FROM api.worklist WHERE kind = ''service''') $$;
CREATE FUNCTION pg_temp.end_day() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_worker', 'SELECT failed FROM api.day_end()') $$;
SELECT pg_temp.take('t_rm', '张伟民,1003010000000001,123.00', quote_literal(bank.today() + 1)) AS taken,
       pg_temp.decide('t_super', 'agree') AS decided;
SELECT pg_temp.end_day();
UPDATE bank.setting SET value = (bank.today() + 1)::text WHERE name = 'business_date';
ALTER TABLE bank.entry ADD CONSTRAINT broken CHECK (amount <> 12300) NOT VALID;
SELECT is(pg_temp.end_day(), '1', 'a payment that fails is counted');
SELECT is(pg_temp.undone('t_super'), 'payroll-lists 301 代发工资未能入账 new row for relation "entry" violates check constraint "broken"', 'and work of the supervisor');
SELECT is(pg_temp.undone('t_clerk'), NULL, 'not of clerks');
SELECT is(pg_temp.undone('t_west'), NULL, 'nor of another branch');
SELECT is(pg_temp.as('t_admin', 'SELECT failed || '' '' || error FROM api.day_watch()'), '1 new row for relation "entry" violates check constraint "broken"', 'the doctor hears of it');
SELECT is(pg_temp.as('t_clerk', 'SELECT failed FROM api.day_watch()'), '42501', 'clerks do not');
SELECT is(pg_temp.end_day(), '0', 'it is not tried every second');
UPDATE bank.day_failure SET at = at - interval '6 minutes';
SELECT pg_temp.end_day();
SELECT is((SELECT failures FROM bank.day_failure), 2, 'but every five minutes');
ALTER TABLE bank.entry DROP CONSTRAINT broken;
UPDATE bank.day_failure SET at = at - interval '6 minutes';
SELECT pg_temp.end_day();
SELECT is((SELECT state FROM bank.payroll_list ORDER BY list_id DESC LIMIT 1), 'paid', 'until it can be done');
SELECT is(pg_temp.undone('t_super'), NULL, 'then nobody is told any more');
INSERT INTO bank.day_failure (customer_id, work, object_id, unit_id, at, error) VALUES (301, 'ask', 9000, 3, now() - interval '2 hours', 'x');
SELECT pg_temp.end_day();
SELECT is((SELECT count(*)::int FROM bank.day_failure), 0, 'what is no longer due is forgotten');
SELECT * FROM finish();
ROLLBACK;
