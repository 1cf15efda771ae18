-- Applications: pre-check, score, maker and checker, limits of core enterprises, services of an account.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

-- Numbers. The examples of the standards, and each with one sign changed.
SELECT is(bank.credit_code_fault('91350100M000100Y43'), NULL, 'the example of GB 32100');
SELECT is(bank.credit_code_fault('91350100M000100Y44'), 'check', 'another check character');
SELECT is(bank.credit_code_fault('91350100M000010Y43'), 'check', 'two signs exchanged');
SELECT is(bank.credit_code_fault('9135010OM000100Y43'), 'form', 'the letter O is not of the alphabet');
SELECT is(bank.credit_code_fault('91990100M000100Y43'), 'form', 'there is no province 99');
SELECT is(bank.credit_code_fault('91350100M000100Y4'), 'form', 'too short');
SELECT is(bank.resident_id_fault('11010519491231002X'), NULL, 'the example of GB 11643');
SELECT is(bank.resident_id_fault('110105194912310021'), 'check', 'another check digit');
SELECT is(bank.resident_id_fault('11010519491331002X'), 'birth', 'there is no 13th month');
SELECT is(bank.resident_id_fault('1101051949123100X2'), 'form', 'a letter inside');
SELECT is(bank.account_number_make(1003, 2, 90000001)::numeric % 97, 1::numeric, 'own account numbers: MOD 97-10');
SELECT is(bank.customer_number_make(100000704), '1000007040', 'own customer numbers: MOD 11,10');

-- A bank to apply to: a supplier, a core enterprise, people with and without a good history.
CREATE FUNCTION pg_temp.id_of(p_seventeen text) RETURNS text LANGUAGE sql AS $$
    SELECT p_seventeen || s FROM regexp_split_to_table('0123456789X', '') s
     WHERE bank.resident_id_fault(p_seventeen || s) IS NULL $$;
CREATE FUNCTION pg_temp.code_of(p_seventeen text) RETURNS text LANGUAGE sql AS $$
    SELECT p_seventeen || s FROM regexp_split_to_table('0123456789ABCDEFGHJKLMNPQRTUWXY', '') s
     WHERE bank.credit_code_fault(p_seventeen || s) IS NULL $$;
UPDATE bank.setting SET value = '2026-11-20' WHERE name = 'business_date';
INSERT INTO bank.product (product, kind, name_zh, name_en) VALUES ('SAV', 'savings', 'x', 'x') ON CONFLICT DO NOTHING;
UPDATE bank.customer SET birth_date = '1990-05-05', opened_on = '2018-01-01' WHERE customer_id IN (101, 102, 109);
INSERT INTO bank.customer (customer_id, customer_number, kind, name, unit_id, opened_on)
VALUES (301, 'K301', 'company', '东方电子有限公司', 3, '2020-01-01'), (302, 'K302', 'company', '远洋供应有限公司', 3, '2020-01-01'),
       (303, 'K303', 'company', '西城贸易有限公司', 5, '2020-01-01'), (304, 'K304', 'company', '别家供应有限公司', 3, '2020-01-01');
INSERT INTO bank.customer_identity (customer_id, kind, number, expires_on, unit_id) VALUES
    (101, 'resident_id', pg_temp.id_of('11010519900505001'), '2036-01-01', 3), (102, 'resident_id', pg_temp.id_of('11010519900505003'), '2020-01-01', 3),
    (201, 'resident_id', pg_temp.id_of('11010519800505005'), '2036-01-01', 5),
    (301, 'credit_code', pg_temp.code_of('91310000100000301'), NULL, 3), (302, 'credit_code', pg_temp.code_of('91310000100000302'), NULL, 3),
    (303, 'credit_code', pg_temp.code_of('91310000100000303'), NULL, 5), (304, 'credit_code', pg_temp.code_of('91310000100000304'), NULL, 3);
INSERT INTO bank.account (customer_id, account_id, number, product, balance, opened_on, unit_id) VALUES
    (101, 9001, '1003010000000001', 'SAV', 5000000, '2018-01-01', 3), (102, 9002, '1003010000000002', 'SAV', 100, '2018-01-01', 3),
    (302, 9003, '1003020000000003', 'CUR', 100, '2020-01-01', 3), (304, 9004, '1003020000000004', 'CUR', 100, '2020-01-01', 3);
INSERT INTO bank.entry (customer_id, account_id, at, amount, balance_after, channel, narrative, unit_id)
SELECT 101, 9001, date '2026-05-15' + make_interval(months => n), 1200000, 0, 'batch', '代发工资', 3 FROM generate_series(0, 5) n;
INSERT INTO bank.outside_fact SELECT 101, s, f, '2026-11-10', 3, v, r FROM (VALUES ('bureau', 'overdue', 0, 'CR1'),
    ('bureau', 'queries', 1, 'CR1'), ('bureau', 'monthly_debt', 100000, 'CR1'), ('social', 'social_months', 24, 'SI1')) x (s, f, v, r);
CREATE FUNCTION pg_temp.call(p_login text, p_what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.%s gen_random_uuid())).status', p_what)) $$;
CREATE FUNCTION pg_temp.stage(p_case bigint) RETURNS text LANGUAGE sql AS $$ SELECT stage || ' ' || coalesce(queue, '') FROM bank.case_file WHERE case_id = p_case $$;
CREATE FUNCTION pg_temp.last_case() RETURNS bigint LANGUAGE sql AS $$ SELECT max(case_id) FROM bank.case_file $$;
CREATE FUNCTION pg_temp.result(p_case bigint, p_rule text) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM bank.application_check WHERE case_id = p_case AND rule = p_rule ORDER BY run DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.stops(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(k.rule, ' ' ORDER BY r.seq) FROM bank.application_check k JOIN bank.case_file f USING (customer_id, case_id)
      JOIN bank.check_rule r ON r.case_type = f.case_type AND r.rule = k.rule
     WHERE k.case_id = p_case AND k.result IN ('fail', 'missing') AND k.run = (SELECT max(run) FROM bank.application_check WHERE case_id = p_case) $$;

-- Account opening of an enterprise that the bank does not know.
CREATE FUNCTION pg_temp.opening(p_login text, p_customer text, p_code text, p_rep text, p_rep_id text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('opening_open(%s, ''新星科技有限公司'', %L, ''2024-01-01'', NULL, ''东门路1号'', ''13800138000'', %L, %L, ''2030-01-01'', '
        '''李明'', %L, 60, ''basic'', '''', ''monthly'', 12, 10, ''branch'',', p_customer, p_code, p_rep, p_rep_id, pg_temp.id_of('11010519850505007'))) $$;
SELECT is(pg_temp.opening('t_rm', 'NULL', '91350100M000100Y44', '王一', ''), 'BO422', 'a wrong check character makes no customer');
SELECT is(pg_temp.opening('t_rm', 'NULL', pg_temp.code_of('91310000100000303'), '王一', ''), 'BO409', 'another unit''s enterprise is its own');
SELECT is(pg_temp.opening('t_audit', 'NULL', '91350100M000100Y43', '王一', ''), '42501', 'an auditor opens nothing');
SELECT is(pg_temp.opening('t_rm', '101', '91350100M000100Y43', '王一', ''), 'BO422', 'a person is no enterprise');
SELECT is(pg_temp.opening('t_rm', 'NULL', '91350100M000100Y43', '王一', pg_temp.id_of('11010519800505005')), 'done', 'opened');
SELECT pg_temp.last_case() AS o \gset
SELECT customer_id AS c FROM bank.case_file WHERE case_id = :o \gset
SELECT is((SELECT kind || ' ' || lifecycle FROM bank.customer WHERE customer_id = :c), 'company prospect', 'a prospect, not yet a customer');
SELECT is(pg_temp.stage(:o), 'draft front', 'in the front office');
SELECT is((SELECT count(*) FROM bank.case_clock WHERE case_id = :o), 0::bigint, 'no clock before it is handed in');
SELECT is(pg_temp.stops(:o), 'licence rep_identity rep_known owner_identity address tax', 'everything that is missing is named at once');
SELECT is(pg_temp.result(:o, 'visit'), 'visit', 'the visit is still to come');
SELECT is(pg_temp.result(:o, 'credit_code'), 'pass', 'the code is right');
SELECT is(pg_temp.call('t_rm', format('application_submit(%s, %s, NULL,', :c, :o)), 'done', 'handing it in early says what is missing');
SELECT is(pg_temp.stage(:o), 'draft front', 'and leaves it where it is');
SELECT is(pg_temp.call('t_rm', format('application_ask(%s, %s, ''sms'', '''', NULL,', :c, :o)), 'done', 'the customer is told');
SELECT ok((SELECT body LIKE '1. 营业执照%人脸识别%' AND body LIKE E'%\n6. %' FROM bank.outbox WHERE case_id = :o), 'in one message, with the visit: he comes once');
-- The number is known under another name.
SELECT is(pg_temp.call('t_rm', format('application_field_set(%s, %s, ''rep_name'', ''王强'', NULL,', :c, :o)), 'done', 'the name is corrected');
SELECT is(pg_temp.result(:o, 'rep_known'), 'pass', 'known to the bank, in another unit, under this name');
UPDATE bank.customer SET aml_flag = true WHERE customer_id = 201;
SELECT is(pg_temp.call('t_rm', format('application_precheck(%s, %s,', :c, :o)), 'done', 'looked at again');
SELECT is(pg_temp.result(:o, 'rep_known'), 'fail', 'flagged for money laundering');
UPDATE bank.customer SET aml_flag = false WHERE customer_id = 201;
SELECT is(pg_temp.call('t_rm', format('application_field_set(%s, %s, ''enterprise'', ''x'', NULL,', :c, :o)), 'BO422', 'the enterprise stays the same');
SELECT is(pg_temp.call('t_rm', format('application_document_save(%s, %s, ''photo'', '''', '''', NULL, NULL,', :c, :o)), 'BO422', 'documents are of known kinds');
SELECT is(pg_temp.call('t_rm', format('application_document_save(%s, %s, ''licence'', '''', '''', ''2024-01-01'', ''2023-01-01'',', :c, :o)), 'BO422', 'and end after they begin');
CREATE FUNCTION pg_temp.paper(p_case bigint, p_kind text, p_number text, p_holder text, p_from text, p_to text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call('t_rm', format('application_document_save(%s, %s, %L, %L, %L, %L, %L,', customer_id, p_case, p_kind, p_number, p_holder, p_from, p_to)) FROM bank.case_file WHERE case_id = p_case $$;
SELECT pg_temp.paper(:o, 'licence', '91350100M000100Y43', '新星科技有限公司', '2020-01-01', '2026-01-01');
SELECT is(pg_temp.result(:o, 'licence_dates'), 'fail', 'an expired licence');
SELECT pg_temp.paper(:o, 'licence', '91350100M000100Y43', '旧星科技有限公司', '2020-01-01', '2026-12-01');
SELECT is(pg_temp.result(:o, 'licence_dates') || ' ' || pg_temp.result(:o, 'licence_name'), 'warn fail', 'about to expire, and of another name');
SELECT pg_temp.paper(:o, 'licence', '91310000100000301X', '新星科技有限公司', '2020-01-01', NULL);
SELECT is(pg_temp.result(:o, 'licence'), 'fail', 'of another code');
SELECT pg_temp.paper(:o, 'licence', '91350100M000100Y43', '新星科技有限公司', '2020-01-01', NULL), pg_temp.paper(:o, 'rep_id', '', '', NULL, '2030-01-01'),
       pg_temp.paper(:o, 'owner_id', '', '', NULL, '2020-01-01'), pg_temp.paper(:o, 'tax', '', '', NULL, NULL), pg_temp.paper(:o, 'address', '', '', NULL, '2020-01-01');
SELECT is(pg_temp.stops(:o), 'owner_identity address', 'an expired document of the owner, a lease that ended');
SELECT pg_temp.paper(:o, 'owner_id', '', '', NULL, '2030-01-01'), pg_temp.paper(:o, 'address', '', '', NULL, '2030-01-01');
SELECT is(pg_temp.stops(:o), NULL, 'whole');
SELECT is(pg_temp.opening('t_rm', 'NULL', '91350100M000100Y43', '王强', ''), 'done', 'a second application');
SELECT is(pg_temp.result(pg_temp.last_case(), 'application_twice'), 'fail', 'is found out');
SELECT is(pg_temp.call('t_rm', format('application_withdraw(%s, %s, ''twice'', NULL,', :c, pg_temp.last_case())), 'done', 'and withdrawn');
SELECT is(pg_temp.as('t_rm', format('SELECT (api.case_create(''account_opening'', %s, ''branch'', ''s'', ''f'', ''{}'', p_request => gen_random_uuid())).status', :c)), 'BO403', 'no way round the pre-check');
SELECT is(pg_temp.call('t_rm', format('application_submit(%s, %s, 1,', :c, :o)), 'BO409', 'not by an old version');
SELECT is(pg_temp.call('t_rm', format('application_submit(%s, %s, NULL,', :c, :o)), 'done', 'handed in');
SELECT is(pg_temp.stage(:o), 'review compliance', 'with compliance: another department');
SELECT is((SELECT measure || ' ' || amount FROM bank.case_clock WHERE case_id = :o AND clock = 'application'), 'working_minutes 420', 'one business day runs');
SELECT is(pg_temp.call('t_clerk2', format('application_propose(%s, %s, ''approve'', NULL, '''', ''fine'', NULL,', :c, :o)), 'BO403', 'first taken, then proposed');
SELECT is(pg_temp.call('t_rm', format('case_take(%s, %s, NULL,', :c, :o)), 'BO403', 'sales do not review');
SELECT is(pg_temp.call('t_clerk2', format('case_take(%s, %s, NULL,', :c, :o)), 'done', 'taken');
SELECT is(pg_temp.call('t_clerk2', format('application_ask(%s, %s, ''sms'', ''copy of the seal'', NULL,', :c, :o)), 'done', 'the reviewer asks');
SELECT is(pg_temp.stage(:o), 'returned front', 'it waits for the customer');
SELECT is((SELECT count(*) FROM bank.case_pause WHERE case_id = :o AND ended_at IS NULL), 1::bigint, 'and the clock stands');
SELECT is(pg_temp.call('t_rm', format('application_submit(%s, %s, NULL,', :c, :o)), 'done', 'completed');
SELECT is(pg_temp.call('t_clerk2', format('case_take(%s, %s, NULL,', :c, :o)), 'done', 'taken again');
SELECT is(pg_temp.call('t_rm', format('application_propose(%s, %s, ''approve'', NULL, '''', ''fine'', NULL,', :c, :o)), '42501', 'sales do not propose');
SELECT is(pg_temp.call('t_clerk2', format('application_propose(%s, %s, ''approve'', NULL, '''', '''', NULL,', :c, :o)), 'BO422', 'a proposal has its reason');
SELECT is(pg_temp.call('t_clerk2', format('application_propose(%s, %s, ''approve'', NULL, '''', ''fine'', NULL,', :c, :o)), 'done', 'proposed');
SELECT is(pg_temp.call('t_clerk2', format('application_decide(%s, %s, ''agree'', '''', NULL,', :c, :o)), '42501', 'a clerk does not decide');
SELECT is(pg_temp.call('t_super', format('application_decide(%s, %s, ''back'', '''', NULL,', :c, :o)), 'BO422', 'sent back only with a reason');
SELECT is(pg_temp.as('t_super', format('SELECT mine FROM api.application_list WHERE lane = ''approval'' AND case_id = %s', :o)), 'open', 'it is in the inbox');
SELECT is(pg_temp.call('t_super', format('application_decide(%s, %s, ''agree'', '''', NULL,', :c, :o)), 'done', 'a second person agrees');
SELECT is(pg_temp.stage(:o), 'approved operations', 'account operations have it');
SELECT is(pg_temp.call('t_clerk2', format('application_execute(%s, %s, NULL,', :c, :o)), 'BO423', 'not before the visit');
SELECT is(pg_temp.call('t_rm', format('application_visit(%s, %s, ''98.99'', true, NULL,', :c, :o)), 'BO422', 'a face match below 99');
SELECT is(pg_temp.call('t_rm', format('application_visit(%s, %s, ''99.50'', false, NULL,', :c, :o)), 'BO422', 'originals not seen');
SELECT is(pg_temp.call('t_rm', format('application_visit(%s, %s, ''99.50'', true, NULL,', :c, :o)), 'done', 'the one visit');
SELECT is(pg_temp.call('t_super', format('application_execute(%s, %s, NULL,', :c, :o)), 'BO403', 'who approved does not execute');
SELECT is(pg_temp.call('t_clerk2', format('application_execute(%s, %s, NULL,', :c, :o)), 'done', 'the account is opened');
SELECT is((SELECT string_agg(kind || ' ' || cycle || ' ' || coalesce(staff_count, 0), ', ' ORDER BY kind) FROM bank.account_service WHERE customer_id = :c),
          'payroll monthly 12, reconciliation monthly 0', 'with reconciliation and payroll');
SELECT is((SELECT lifecycle || ' ' || a.number::numeric % 97 FROM bank.customer c JOIN bank.account a USING (customer_id) WHERE customer_id = :c), 'new 1', 'the prospect is a customer with a valid account number');
SELECT is((SELECT count(*) FROM bank.relation WHERE customer_id = :c OR other_id = :c), 2::bigint, 'and related to the representative the bank knows');
SELECT is((SELECT stopped_at <= due_at FROM bank.case_clock WHERE case_id = :o AND clock = 'application'), true, 'the clock has stopped in time');
SELECT is(pg_temp.call('t_rm', format('application_follow(%s, %s, ''content'', NULL,', :c, :o)), 'done', 'followed up');
SELECT is((SELECT stage || ' ' || outcome FROM bank.case_file WHERE case_id = :o), 'closed granted', 'closed');
SELECT is((SELECT string_agg(to_desk, ' ' ORDER BY at) FROM bank.application_hops(:c, :o)), 'compliance front compliance credit_check operations', 'each hand-off between departments is there');
SELECT throws_ok(format('UPDATE bank.application SET checker_id = maker_id WHERE case_id = %s', :o), '23514', NULL, 'maker is not checker: the table says so');
SELECT throws_ok(format('UPDATE bank.application SET checker_id = NULL WHERE case_id = %s', :o), '23514', NULL, 'nor is one person enough');
SELECT is(pg_temp.opening('t_rm', :'c', '', '', ''), 'done', 'another basic account');
SELECT is(pg_temp.result(pg_temp.last_case(), 'enterprise_twice'), 'fail', 'is refused: it has one');
SELECT is((SELECT fields ->> 'rep_name' FROM bank.case_file WHERE case_id = pg_temp.last_case()), '王强', 'what the bank holds was not asked again');

-- Consumer credit.
CREATE FUNCTION pg_temp.credit(p_login text, p_customer bigint, p_amount bigint, p_consent boolean) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('credit_open(%s, %s, 24, ''car'', %L, ''app'',', p_customer, p_amount, p_consent)) $$;
SELECT is(pg_temp.credit('t_rm', 302, 1000000, true), 'BO422', 'an enterprise takes no consumer credit');
SELECT is(pg_temp.credit('t_rm', 101, 0, true), 'BO422', 'nothing is no amount');
SELECT is(pg_temp.credit('t_clerk', 109, 1000000, true), 'BO428', 'not for oneself');
SELECT is(pg_temp.credit('t_rm', 102, 1000000, false), 'done', 'somebody of whom nothing is known');
SELECT pg_temp.last_case() AS x \gset
SELECT is(pg_temp.stops(:x), 'identity consent bureau', 'identity expired, no consent, no report');
SELECT is(pg_temp.result(:x, 'social'), 'warn', 'no social insurance: a person looks');
SELECT is(pg_temp.credit('t_rm', 101, 50000000, true), 'done', 'too much');
SELECT is(pg_temp.stops(pg_temp.last_case()), 'amount', 'is found out');
SELECT is(pg_temp.call('t_rm', format('application_field_set(101, %s, ''amount'', ''10000000'', NULL,', pg_temp.last_case())), 'done', 'and corrected');
SELECT pg_temp.last_case() AS k \gset
SELECT is(pg_temp.stops(:k), NULL, 'whole');
SELECT is((SELECT base + sum(p.points) FROM bank.application_point p, bank.scorecard WHERE case_id = :k AND p.run = (SELECT max(run) FROM bank.application_score WHERE case_id = :k) AND state = 'active' GROUP BY base),
    (SELECT score::bigint FROM bank.application_score WHERE case_id = :k ORDER BY run DESC LIMIT 1), 'the score is the sum of its points');
SELECT is((SELECT string_agg(rule || ' ' || points, ', ' ORDER BY rule) FROM bank.application_point WHERE case_id = :k AND run = (SELECT max(run) FROM bank.application_score WHERE case_id = :k)),
    'age_55 30, asked_2 15, assets_100k 15, debt_50 15, income_15k 35, late_0 45, since_up 35, social_up 30, wages_all 20', 'each fact gives its points');
SELECT is((SELECT count(*) FROM bank.application_point WHERE case_id = :k AND (evidence_en = '' OR evidence_zh = '')), 0::bigint, 'each with evidence');
SELECT is((SELECT evidence_en FROM bank.application_point WHERE case_id = :k AND rule = 'late_0' ORDER BY run DESC LIMIT 1), '0 late payments in 24 months (report CR1 of 2026-11-10)', 'that a person can read');
SELECT is(pg_temp.call('t_rm', format('application_submit(101, %s, NULL,', :k)), 'done', 'handed in');
SELECT is(pg_temp.stage(:k), 'approved operations', 'the rules have approved it at once');
SELECT is((SELECT how || ' ' || verdict || ' ' || granted || ' ' || rate_bp FROM bank.application WHERE case_id = :k), 'auto approve 10000000 480', 'with amount and rate');
SELECT is(pg_temp.call('t_clerk2', format('application_execute(101, %s, NULL,', :k)), 'done', 'paid out');
SELECT is((SELECT string_agg(product || ' ' || balance, ', ' ORDER BY product) FROM bank.account WHERE customer_id = 101), 'LNC -10000000, SAV 15000000', 'a loan, and the money in the account');
SELECT is((SELECT measure || ' ' || amount FROM bank.case_clock WHERE case_id = :k), 'working_minutes 60', 'within the hour');
-- Above the amount of the card two persons decide.
SELECT is(pg_temp.credit('t_rm', 101, 20000100, true), 'done', 'above the automatic amount');
SELECT pg_temp.last_case() AS m \gset
SELECT is(pg_temp.call('t_rm', format('application_field_set(101, %s, ''months'', ''60'', NULL,', :m)), 'done', 'over five years');
SELECT is(pg_temp.call('t_rm', format('application_submit(101, %s, NULL,', :m)), 'done', 'handed in');
SELECT is(pg_temp.stage(:m), 'review credit_review', 'two persons decide');
SELECT is(pg_temp.credit('t_rm', 101, 1000000, true), 'done', 'another beside it');
SELECT is(pg_temp.stops(pg_temp.last_case()), 'application_twice', 'is found out');
SELECT pg_temp.call('t_super', format('case_take(101, %s, NULL,', :m));
SELECT is(pg_temp.call('t_super', format('application_propose(101, %s, ''approve'', 30000000, '''', ''ok'', NULL,', :m)), 'BO422', 'not more than applied for');
SELECT is(pg_temp.call('t_super', format('application_propose(101, %s, ''approve'', 15000000, ''a'', ''ok'', NULL,', :m)), 'BO422', 'a rate is a number');
SELECT is(pg_temp.call('t_super', format('application_propose(101, %s, ''approve'', 15000000, ''5.20'', ''ok'', NULL,', :m)), 'done', 'less, at another rate');
SELECT is(pg_temp.call('t_super', format('application_decide(101, %s, ''agree'', '''', NULL,', :m)), 'BO403', 'the maker does not check');
SELECT is(pg_temp.as('t_super', format('SELECT mine FROM api.application_list WHERE lane = ''approval'' AND case_id = %s', :m)), 'own', 'his inbox says so');
SELECT is(pg_temp.call('t_super2', format('application_decide(101, %s, ''back'', ''lower'', NULL,', :m)), 'done', 'sent back');
SELECT is(pg_temp.call('t_super', format('application_propose(101, %s, ''refuse'', NULL, '''', ''too much'', NULL,', :m)), 'done', 'proposed to decline');
SELECT is(pg_temp.call('t_super2', format('application_decide(101, %s, ''agree'', '''', NULL,', :m)), 'done', 'agreed');
SELECT is((SELECT stage || ' ' || outcome FROM bank.case_file WHERE case_id = :m), 'declined declined', 'declined by two persons');
-- The rules decline.
UPDATE bank.outside_fact SET value = 7 WHERE fact = 'overdue';
DELETE FROM bank.case_event WHERE case_id > :m;
SELECT pg_temp.call('t_rm', format('application_withdraw(101, %s, ''again'', NULL,', pg_temp.last_case()));
SELECT pg_temp.credit('t_rm', 101, 1000000, true);
SELECT is(pg_temp.call('t_rm', format('application_submit(101, %s, NULL,', pg_temp.last_case())), 'done', 'late seven times');
SELECT is(pg_temp.stage(pg_temp.last_case()), 'declined front', 'declined whatever the score');
SELECT is((SELECT effect FROM bank.application_point WHERE case_id = pg_temp.last_case() AND rule = 'late_up' LIMIT 1), 'refuse', 'and the score says why');
UPDATE bank.scorecard SET state = 'retired' WHERE version = 2;
UPDATE bank.scorecard SET state = 'active' WHERE version = 1;
UPDATE bank.outside_fact SET value = 0 WHERE fact = 'overdue';
SELECT pg_temp.credit('t_rm', 101, 1000000, true);
SELECT is((SELECT version FROM bank.application_score WHERE case_id = pg_temp.last_case()), 1, 'the rules are data: another version scores');
SELECT throws_ok('UPDATE bank.scorecard SET state = ''active'' WHERE version = 2', '23505', NULL, 'one card is active');

-- A new version of the card takes two persons.
SELECT is(pg_temp.call('t_clerk2', 'scorecard_draft(''consumer_credit'', ''try'','), '42501', 'a clerk changes no card');
SELECT is(pg_temp.call('t_super', 'scorecard_rule_set(''consumer_credit'', 1, ''late_0'', 50,'), 'BO423', 'a card in use does not change');
SELECT is(pg_temp.call('t_super', 'scorecard_draft(''consumer_credit'', ''try'','), 'done', 'a draft');
SELECT is(pg_temp.call('t_super', 'scorecard_draft(''consumer_credit'', ''again'','), 'BO423', 'one at a time');
SELECT is(pg_temp.call('t_super', 'scorecard_rule_set(''consumer_credit'', 3, ''late_0'', 501,'), 'BO422', 'within bounds');
SELECT is(pg_temp.call('t_super', 'scorecard_rule_set(''consumer_credit'', 3, ''late_0'', 50,'), 'done', 'with other points');
SELECT is(pg_temp.call('t_super', 'scorecard_bounds_set(''consumer_credit'', 3, 500, 600, 100,'), 'BO422', 'bounds in their order');
SELECT is(pg_temp.call('t_super', 'scorecard_bounds_set(''consumer_credit'', 3, 610, 530, 100,'), 'done', 'and other bounds');
SELECT is(pg_temp.call('t_super', 'scorecard_activate(''consumer_credit'', 3,'), 'BO403', 'its maker does not put it to use');
SELECT is(pg_temp.call('t_super2', 'scorecard_activate(''consumer_credit'', 3,'), 'done', 'another person does');
SELECT is((SELECT string_agg(version || ' ' || state, ', ' ORDER BY version) FROM bank.scorecard), '1 retired, 2 retired, 3 active', 'the one before is kept');
SELECT throws_ok('UPDATE bank.scorecard SET checked_by = made_by WHERE version = 3', '23514', NULL, 'maker is not checker: the table says so');

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
SELECT is(pg_temp.call('t_rm', format('application_field_set(302, %s, ''amount'', ''5600000'', NULL,', pg_temp.last_case())), 'done', 'exactly 70 %');
SELECT pg_temp.last_case() AS p \gset
SELECT is(pg_temp.stops(:p), NULL, 'may be lent');
SELECT is(pg_temp.chain(302, 801, 100000), 'done application_twice', 'a second application on the order');
SELECT pg_temp.call('t_rm', format('application_withdraw(302, %s, ''twice'', NULL,', pg_temp.last_case()));
SELECT is(pg_temp.call('t_rm', format('application_submit(302, %s, NULL,', :p)), 'done', 'handed in');
SELECT is(pg_temp.stage(:p), 'review chain_desk', 'with the supply-chain desk');
SELECT is((SELECT measure || ' ' || amount FROM bank.case_clock WHERE case_id = :p), 'working_minutes 840', 'two business days');
SELECT pg_temp.call('t_clerk2', format('case_take(302, %s, NULL,', :p)), pg_temp.call('t_clerk2', format('application_propose(302, %s, ''approve'', NULL, '''', ''ok'', NULL,', :p));
UPDATE bank.decision_limit SET amount = 5000000 WHERE unit_kind = 'branch';
SELECT is(pg_temp.call('t_super', format('application_decide(302, %s, ''agree'', '''', NULL,', :p)), 'BO403', 'above the limit of the branch');
UPDATE bank.core_enterprise SET valid_until = '2026-11-01';
SELECT is(pg_temp.call('t_super2', format('application_decide(302, %s, ''agree'', '''', NULL,', :p)), 'BO423', 'the line has ended meanwhile');
UPDATE bank.core_enterprise SET valid_until = '2027-06-30';
SELECT is(pg_temp.call('t_super2', format('application_decide(302, %s, ''agree'', '''', NULL,', :p)), 'done', 'head office agrees');
SELECT is((SELECT state || ' ' || amount FROM bank.core_finance WHERE document_id = 801), 'reserved 5600000', 'the limit is reserved');
SELECT is(pg_temp.chain(302, 802, 100000), 'done financed_twice', 'the receivable of a financed order');
SELECT throws_ok('INSERT INTO bank.core_finance (customer_id, document_id, unit_id, supplier_id, case_id, amount, state, due_on) VALUES (301, 801, 3, 302, 1, 1, ''paid'', ''2027-01-01'')', '23505', NULL,
                 'the table itself finances nothing twice');
SELECT is(pg_temp.chain(302, 804, 3000000), 'done supplier_limit application_twice', 'more than one supplier may have, and asked for before');
SELECT is(pg_temp.chain(304, 805, 5000000), 'done limit', 'more than is left of the line');
SELECT is(pg_temp.call('t_clerk2', format('application_execute(302, %s, NULL,', :p)), 'done', 'paid out');
SELECT is((SELECT string_agg(product || ' ' || balance, ', ' ORDER BY product) FROM bank.account WHERE customer_id = 302), 'CUR 5600100, LNS -5600000', 'to the supplier');
SELECT is(pg_temp.as('t_clerk2', 'SELECT used || '' '' || room FROM api.core_list WHERE customer_id = 301'), '5600000 4400000', 'the line shows it');
UPDATE bank.account SET balance = 100 WHERE account_id = 9003;
SELECT is(pg_temp.call('t_rm', format('application_follow(302, %s, ''paid'', NULL,', :p)), 'BO423', 'repaid only from what is there');
UPDATE bank.account SET balance = 6000000 WHERE account_id = 9003;
SELECT is(pg_temp.call('t_rm', format('application_follow(302, %s, ''paid'', NULL,', :p)), 'done', 'repaid');
SELECT is((SELECT state FROM bank.core_finance WHERE document_id = 801), 'repaid', 'and the line is free again');

-- What comes from outside: entered, and confirmed by another person.
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2026-11-19'', ''CR7'', 0, NULL, NULL, NULL,'), 'BO422', 'all figures of the bureau or none');
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2030-01-01'', ''CR7'', 0, 0, 0, NULL,'), 'BO422', 'not of a coming day');
SELECT is(pg_temp.call('t_rm', 'outside_report_save(102, ''2026-11-19'', ''CR7'', 0, 0, 0, NULL,'), '42501', 'not by sales');
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2026-11-19'', ''CR7'', 0, 1, 0, 12,'), 'done', 'a report');
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2026-11-19'', ''CR7'', 0, 1, 0, 12,'), 'BO409', 'once a day');
SELECT pg_temp.call('t_rm', format('application_precheck(102, %s,', :x));
SELECT is(pg_temp.result(:x, 'bureau') || pg_temp.result(:x, 'social'), 'passpass', 'which the pre-check finds');
CREATE FUNCTION pg_temp.report(p_login text, p_code text, p_due text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('core_document_save(301, ''order'', ''PO9'', %L, 100, ''2026-11-01'', %L, '''',', p_code, p_due)) $$;
SELECT is(pg_temp.report('t_west', pg_temp.code_of('91310000100000302'), '2027-01-01'), 'BO404', 'not by another branch');
SELECT is(pg_temp.report('t_clerk2', '91310000100000302X', '2027-01-01'), 'BO422', 'a wrong code');
SELECT is(pg_temp.report('t_clerk2', pg_temp.code_of('91310000100000302'), '2026-01-01'), 'BO422', 'due before it was given');
SELECT is(pg_temp.report('t_clerk2', pg_temp.code_of('91310000100000302'), '2027-01-01'), 'done', 'an order');
SELECT is(pg_temp.report('t_clerk2', pg_temp.code_of('91310000100000302'), '2027-01-01'), 'BO409', 'once');
SELECT document_id AS d FROM bank.core_document WHERE number = 'PO9' \gset
SELECT is((SELECT supplier_id FROM bank.core_document WHERE document_id = :d), 302::bigint, 'of the supplier with this code');
SELECT is(pg_temp.call('t_clerk2', format('core_document_confirm(301, %s,', :d)), 'BO403', 'who entered it does not confirm it');
SELECT is(pg_temp.call('t_clerk', format('core_document_confirm(301, %s,', :d)), 'done', 'a colleague does');
SELECT is(pg_temp.call('t_clerk', format('core_document_confirm(301, %s,', :d)), 'BO423', 'once');

-- Lists and the report.
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.application_list'), '0', 'other units see nothing');
SELECT is(pg_temp.as('t_west', format('SELECT count(*) FROM api.application_findings(101, %s)', :k)), 'BO404', 'nor the findings');
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.core_document_list'), '0', 'nor the orders');
SELECT is(pg_temp.as('t_rm', format('SELECT string_agg(value_en, '' '' ORDER BY seq) FROM api.application_fields(%s, %s) WHERE field IN (''rep_name'', ''rep_id'')', :c, :o)), '*强 1****************' || right(pg_temp.id_of('11010519800505005'), 1), 'personal fields are masked');
SELECT is(pg_temp.as('t_super', 'SELECT auto_rate || '' '' || approved || '' '' || declined FROM api.report_application('''') WHERE case_type = ''consumer_credit'''), '66.7 1 2', 'the report counts what the rules decided');
SELECT is(pg_temp.as('t_super', 'SELECT on_time_rate || '' '' || handoffs FROM api.report_application('''') WHERE case_type = ''account_opening'''), '100.0 5.0', 'time and hand-offs');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.report_application('''')'), '42501', 'clerks do not read it');
SELECT pg_temp.opened('t_rm', :c);
SELECT is(pg_temp.as('t_rm', format('SELECT count(*) FROM api.customer_applications(%s)', :c)), '3', 'the customer view lists them');
SELECT is(pg_temp.as('t_rm', format('SELECT count(*) FROM api.customer_services(%s)', :c)), '2', 'and the services');
SELECT is((SELECT string_agg(flaw, '; ') FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y, bank.case_type_flaws(y)), NULL, 'the types are whole');
SELECT * FROM finish();
ROLLBACK;
