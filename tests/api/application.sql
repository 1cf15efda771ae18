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

-- What the screen offers before it is tried.
CREATE FUNCTION pg_temp.ready(p_login text, p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT ready || '' '' || again FROM api.application(%s, %s)', customer_id, p_case))
      FROM bank.case_file WHERE case_id = p_case $$;

-- Account opening of an enterprise that the bank does not know.
CREATE FUNCTION pg_temp.opening(p_login text, p_customer text, p_code text, p_rep text, p_rep_id text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('opening_open(%s, ''新星科技有限公司'', %L, ''2024-01-01'', NULL, ''东门路1号'', ''138-0013 8000'', %L, %L, ''2030-01-01'', '
        '''李明'', %L, 60, ''basic'', '''', ''monthly'', 12, 10, ''branch'',', p_customer, p_code, p_rep, p_rep_id, pg_temp.id_of('11010519850505007'))) $$;
SELECT is(pg_temp.opening('t_rm', 'NULL', '91350100M000100Y44', '王一', ''), 'BO422', 'a wrong check character makes no customer');
SELECT is(pg_temp.opening('t_rm', 'NULL', pg_temp.code_of('91310000100000303'), '王一', ''), 'BO409', 'another unit''s enterprise is its own');
CREATE FUNCTION pg_temp.wages_fault(p_staff int, p_day int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    field text;
BEGIN
    SET LOCAL SESSION AUTHORIZATION t_rm;
    PERFORM api.opening_open(NULL, '新星科技有限公司', '91350100M000100Y43', '2024-01-01', NULL, '', '', '', '', NULL, '', '', NULL, 'basic', '', 'monthly',
        p_staff, p_day, 'branch', gen_random_uuid());
    RETURN 'opened';
EXCEPTION WHEN SQLSTATE 'BO422' THEN
    GET STACKED DIAGNOSTICS field = COLUMN_NAME;
    RETURN field;
END $$;
SELECT is(pg_temp.wages_fault(12, 31), 'p_payroll_day', 'wages on day 31: the day is named');
SELECT is(pg_temp.wages_fault(100001, 10), 'p_payroll_staff', 'wages of too many people: the number is named');
SELECT is(pg_temp.opening('t_audit', 'NULL', '91350100M000100Y43', '王一', ''), '42501', 'an auditor opens nothing');
SELECT is(pg_temp.opening('t_rm', '101', '91350100M000100Y43', '王一', ''), 'BO422', 'a person is no enterprise');
SELECT is(pg_temp.opening('t_rm', 'NULL', '91350100M000100Y43', '王一', pg_temp.id_of('11010519800505005')), 'done', 'opened');
SELECT pg_temp.last_case() AS o \gset
SELECT customer_id AS c FROM bank.case_file WHERE case_id = :o \gset
SELECT is((SELECT kind || ' ' || lifecycle FROM bank.customer WHERE customer_id = :c), 'company prospect', 'a prospect, not yet a customer');
SELECT is((SELECT phone FROM bank.phone WHERE customer_id = :c), '13800138000', 'with the number that was typed in parts');
SELECT is(pg_temp.stage(:o), 'draft front', 'in the front office');
SELECT is((SELECT count(*) FROM bank.case_clock WHERE case_id = :o), 0::bigint, 'no clock before it is handed in');
SELECT is(pg_temp.stops(:o), 'licence rep_identity rep_known owner_identity address tax files', 'everything that is missing is named at once');
SELECT is(pg_temp.result(:o, 'visit'), 'visit', 'the visit is still to come');
SELECT is(pg_temp.call('t_rm', format('application_field_set(%s, %s, ''rep_id_to'', ''2026-11-19'', NULL,', :c, :o)), 'done', 'his document ended yesterday');
SELECT is(pg_temp.result(:o, 'rep_identity'), 'fail', 'which is said before its copy is here: he brings the new one');
SELECT is(pg_temp.call('t_rm', format('application_field_set(%s, %s, ''rep_id_to'', ''2030-01-01'', NULL,', :c, :o)), 'done', 'and has a new one');
CREATE FUNCTION pg_temp.paper(p_case bigint, p_kind text, p_number text, p_holder text, p_from text, p_to text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call('t_rm', format('application_document_save(%s, %s, %L, %L, %L, %L, %L, NULL, NULL,', customer_id, p_case, p_kind, p_number, p_holder, p_from, p_to)) FROM bank.case_file WHERE case_id = p_case $$;
SAVEPOINT early;
SELECT pg_temp.paper(:o, 'rep_id', '', '', NULL, NULL);
SELECT is(pg_temp.call('t_rm', format('application_field_set(%s, %s, ''rep_id_to'', ''2026-11-30'', NULL,', :c, :o)), 'done', 'one that ends in ten days');
SELECT is(pg_temp.result(:o, 'rep_identity'), 'warn', 'is named');
ROLLBACK TO early;
SELECT is(pg_temp.result(:o, 'credit_code'), 'pass', 'the code is right');
SELECT is(pg_temp.call('t_rm', format('application_submit(%s, %s, NULL,', :c, :o)), 'done', 'handing it in early says what is missing');
SELECT is(pg_temp.stage(:o), 'draft front', 'and leaves it where it is');
SELECT is(pg_temp.call('t_rm', format('application_ask(%s, %s, ''email'', '''', NULL,', :c, :o)), 'BO422', 'no mail to who has no address');
SELECT is(pg_temp.call('t_rm', format('application_ask(%s, %s, ''sms'', '''', NULL,', :c, :o)), 'done', 'the customer is told');
SELECT ok((SELECT body LIKE '1. 营业执照%人脸识别%缺少影像：营业执照、法人证件、受益人证件、场所证明、税务登记%' AND body NOT LIKE '%核验%' FROM bank.outbox WHERE case_id = :o),
          'in one message, with the visit: he comes once; not what the bank knows of others');
SELECT is((SELECT detail_en FROM bank.licence_findings('{"credit_code": "91350100M000100Y43"}', jsonb_populate_record(NULL::bank.application_document,
    '{"kind": "licence", "number": ""}'), '{}') WHERE rule = 'licence'), 'The licence is here; its code was not read.', 'what was not read is not said to agree');
-- The number is known under another name.
SELECT is(pg_temp.call('t_rm', format('application_field_set(%s, %s, ''rep_name'', ''王强'', NULL,', :c, :o)), 'done', 'the name is corrected');
SELECT is(pg_temp.result(:o, 'rep_known'), 'pass', 'known to the bank, in another unit, under this name');
UPDATE bank.customer SET aml_flag = true WHERE customer_id = 201;
SELECT is(pg_temp.call('t_rm', format('application_precheck(%s, %s,', :c, :o)), 'done', 'looked at again');
SELECT is(pg_temp.result(:o, 'rep_known'), 'fail', 'flagged for money laundering');
UPDATE bank.customer SET aml_flag = false WHERE customer_id = 201;
SELECT is(pg_temp.call('t_rm', format('application_field_set(%s, %s, ''enterprise'', ''x'', NULL,', :c, :o)), 'BO422', 'the enterprise stays the same');
SELECT is(pg_temp.call('t_rm', format('application_document_save(%s, %s, ''photo'', '''', '''', NULL, NULL, NULL, NULL,', :c, :o)), 'BO422', 'documents are of known kinds');
SELECT is(pg_temp.call('t_rm', format('application_document_save(%s, %s, ''licence'', '''', '''', ''2024-01-01'', ''2023-01-01'', NULL, NULL,', :c, :o)), 'BO422', 'and end after they begin');
SELECT pg_temp.paper(:o, 'licence', '91350100M000100Y43', '新星科技有限公司', '2020-01-01', '2026-01-01');
SELECT is(pg_temp.result(:o, 'licence_dates'), 'fail', 'an expired licence');
SELECT pg_temp.paper(:o, 'licence', '91350100M000100Y43', '旧星科技有限公司', '2020-01-01', '2026-12-01');
SELECT is(pg_temp.result(:o, 'licence_dates') || ' ' || pg_temp.result(:o, 'licence_name'), 'warn fail', 'about to expire, and of another name');
SELECT pg_temp.paper(:o, 'licence', '91310000100000301X', '新星科技有限公司', '2020-01-01', NULL);
SELECT is(pg_temp.result(:o, 'licence'), 'fail', 'of another code');
SELECT pg_temp.paper(:o, 'licence', '91350100M000100Y43', '新星科技有限公司', '2020-01-01', NULL), pg_temp.paper(:o, 'rep_id', '', '', NULL, '2030-01-01'),
       pg_temp.paper(:o, 'owner_id', '', '', NULL, '2020-01-01'), pg_temp.paper(:o, 'tax', '', '', NULL, NULL), pg_temp.paper(:o, 'address', '', '', NULL, '2020-01-01');
SELECT is(pg_temp.stops(:o), 'owner_identity address files', 'an expired document of the owner, a lease that ended, no files');
SELECT pg_temp.paper(:o, 'owner_id', '', '', NULL, '2030-01-01'), pg_temp.paper(:o, 'address', '', '', NULL, '2030-01-01');
SELECT is(pg_temp.stops(:o), 'files', 'read, but without files');
-- Files of the papers: each where it belongs, editions kept.
CREATE FUNCTION pg_temp.file(p_case bigint, p_kind text, p_text text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call('t_rm', format('application_file_attach(%s, %s, %L, %L, %L,', customer_id, p_case, p_kind, p_kind || '.txt', p_text::bytea)) FROM bank.case_file WHERE case_id = p_case $$;
SELECT is(pg_temp.file(:o, 'photo', 'x'), 'BO422', 'a file belongs to a paper of a known kind');
SELECT is(pg_temp.file(:o, 'licence', ''), 'BO422', 'an empty file is none');
SELECT is(pg_temp.file(:o, 'licence', E'\\x7f454c46aa'), 'BO422', 'nor is a program');
SELECT is(pg_temp.file(:o, 'licence', 'scan 1'), 'done', 'a file');
SELECT is(pg_temp.file(:o, 'licence', 'scan 1'), 'BO423', 'is not attached twice');
SELECT is(pg_temp.file(:o, 'licence', 'scan 2'), 'done', 'another takes its place');
SELECT is(pg_temp.as('t_audit', format('SELECT string_agg(kind || '' '' || state || coalesce('' '' || edition, ''''), '', '' ORDER BY kind COLLATE "C", edition) FROM api.application_documents(%s, %s)', :c, :o)),
    'address read, licence replaced 1, licence here 2, owner_id read, rep_id read, tax read', 'and the edition before is kept');
SELECT is(pg_temp.as('t_audit', format('SELECT convert_from(data, ''UTF8'') FROM api.application_documents(%s, %s) d, api.attachment_read(d.customer_id, d.case_id, d.attachment_id, gen_random_uuid()) WHERE d.edition = 1', :c, :o)),
    'scan 1', 'and can be read');
SELECT is((SELECT detail_en FROM bank.application_check WHERE case_id = :o AND rule = 'files' ORDER BY run DESC LIMIT 1),
          'No file: Representative''s identity, Owner''s identity, Premises, Tax registration.', 'the pre-check names the papers without a file');
SELECT pg_temp.file(:o, k, 'scan 3') FROM unnest('{rep_id,owner_id,address,tax}'::text[]) k;
SELECT is((SELECT count(*) FROM bank.attachment WHERE case_id = :o), 3::bigint, 'one scan of several papers is kept once');
SELECT is(pg_temp.stops(:o), NULL, 'whole');
SELECT is(pg_temp.as('t_super', format('SELECT (api.attachment_remove(%s, %s, %s, ''wrong'', gen_random_uuid())).status', :c, :o, (SELECT max(attachment_id) FROM bank.attachment WHERE case_id = :o))), 'done', 'a file is taken away');
SELECT pg_temp.call('t_rm', format('application_precheck(%s, %s,', :c, :o));
SELECT is(pg_temp.stops(:o), 'files', 'and lacks again');
SELECT pg_temp.file(:o, k, 'scan 4') FROM unnest('{rep_id,owner_id,address,tax}'::text[]) k;
SELECT is(pg_temp.opening('t_rm', 'NULL', '91350100M000100Y43', '王强', ''), 'done', 'a second application');
SELECT is(pg_temp.result(pg_temp.last_case(), 'application_twice'), 'fail', 'is found out');
SELECT is(pg_temp.call('t_rm', format('application_withdraw(%s, %s, ''twice'', NULL,', :c, pg_temp.last_case())), 'done', 'and withdrawn');
SELECT is(pg_temp.as('t_rm', format('SELECT (api.case_create(''account_opening'', %s, ''branch'', ''s'', ''f'', ''{}'', p_request => gen_random_uuid())).status', :c)), 'BO403', 'no way round the pre-check');
SELECT is(pg_temp.call('t_rm', format('application_submit(%s, %s, 1,', :c, :o)), 'BO409', 'not by an old version');
SELECT is(pg_temp.call('t_rm', format('application_submit(%s, %s, NULL,', :c, :o)), 'done', 'handed in');
SELECT is(pg_temp.stage(:o), 'review compliance', 'with compliance: another department');
SELECT is((SELECT measure || ' ' || amount FROM bank.case_clock WHERE case_id = :o AND clock = 'application'), 'working_minutes 420', 'one business day runs');
SELECT is(pg_temp.call('t_clerk2', format('application_propose(%s, %s, ''approve'', NULL, '''', ''fine'', '''', NULL,', :c, :o)), 'BO403', 'first taken, then proposed');
SELECT is(pg_temp.call('t_rm', format('case_take(%s, %s, NULL,', :c, :o)), 'BO403', 'sales do not review');
SELECT is(pg_temp.call('t_clerk2', format('case_take(%s, %s, NULL,', :c, :o)), 'done', 'taken');
SELECT is(pg_temp.call('t_clerk2', format('application_ask(%s, %s, ''sms'', ''copy of the seal'', NULL,', :c, :o)), 'done', 'the reviewer asks');
SELECT is(pg_temp.stage(:o), 'returned front', 'it waits for the customer');
SELECT is((SELECT count(*) FROM bank.case_pause WHERE case_id = :o AND ended_at IS NULL), 1::bigint, 'and the clock stands');
CREATE FUNCTION pg_temp.visit(p_login text, p_case bigint, p_face text, p_originals boolean, p_means text, p_proof text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('application_visit(%s, %s, %L, %L, %L, %L, NULL,', customer_id, p_case, p_face, p_originals, p_means, p_proof)) FROM bank.case_file WHERE case_id = p_case $$;
CREATE FUNCTION pg_temp.identity(p_login text, p_case bigint, p_verdict text, p_note text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('application_identity(%s, %s, %L, %L, NULL,', customer_id, p_case, p_verdict, p_note)) FROM bank.case_file WHERE case_id = p_case $$;
SAVEPOINT brought;
SELECT is(pg_temp.visit('t_rm', :o, '99.9', true, '', ''), 'done', 'who brings what was missing is seen then and there');
SELECT is(pg_temp.stage(:o) || ' ' || (SELECT count(*) FROM bank.case_pause WHERE case_id = :o AND ended_at IS NULL), 'returned front 1', 'and it still waits for the papers');
ROLLBACK TO brought;
SELECT is(pg_temp.call('t_rm', format('application_submit(%s, %s, NULL,', :c, :o)), 'done', 'completed');
SELECT is(pg_temp.call('t_clerk2', format('case_take(%s, %s, NULL,', :c, :o)), 'done', 'taken again');
-- What was doubted at the visit is neither proposed nor approved.
SAVEPOINT doubted;
SELECT is(pg_temp.ready('t_clerk2', :o), 'yes yes', 'the reviewer may propose');
SELECT is(pg_temp.visit('t_rm', :o, '97', true, '', ''), 'done', 'he comes early');
SELECT is(pg_temp.ready('t_clerk2', :o), 'identity yes', 'what is left is a decline, as the screen says before its form opens');
SELECT is(pg_temp.call('t_clerk2', format('application_propose(%s, %s, ''approve'', NULL, '''', ''fine'', '''', NULL,', :c, :o)), 'BO423', 'and is not proposed while his face does not match');
ROLLBACK TO doubted;
SELECT is(pg_temp.call('t_rm', format('application_propose(%s, %s, ''approve'', NULL, '''', ''fine'', '''', NULL,', :c, :o)), '42501', 'sales do not propose');
SELECT is(pg_temp.call('t_clerk2', format('application_propose(%s, %s, ''approve'', NULL, '''', '''', '''', NULL,', :c, :o)), 'BO422', 'a proposal has its reason');
SELECT is(pg_temp.call('t_clerk2', format('application_propose(%s, %s, ''refuse'', NULL, '''', ''no'', '''', NULL,', :c, :o)), 'BO422', 'a decline says what the customer is told');
SELECT is(pg_temp.call('t_clerk2', format('application_propose(%s, %s, ''approve'', NULL, '''', ''fine'', '''', NULL,', :c, :o)), 'done', 'proposed');
SELECT is(pg_temp.call('t_clerk2', format('application_decide(%s, %s, ''agree'', '''', NULL,', :c, :o)), '42501', 'a clerk does not decide');
SELECT is(pg_temp.call('t_super', format('application_decide(%s, %s, ''back'', '''', NULL,', :c, :o)), 'BO422', 'sent back only with a reason');
SELECT is(pg_temp.as('t_super', format('SELECT mine FROM api.application_list WHERE lane = ''approval'' AND case_id = %s', :o)), 'open', 'it is in the inbox');
SELECT is(pg_temp.as('t_audit', format('SELECT mine || '' '' || (SELECT mine FROM api.application(customer_id, case_id)) FROM api.application_list WHERE lane = ''approval'' AND case_id = %s', :o)), 'no no', 'an auditor sees it, but decides nothing');
SAVEPOINT doubted;
SELECT is(pg_temp.visit('t_rm', :o, '97', true, '', ''), 'done', 'he comes, but his face does not match');
SELECT is(pg_temp.as('t_super', format('SELECT mine FROM api.application_list WHERE lane = ''approval'' AND case_id = %s', :o)), 'identity', 'the inbox says that it is not proved');
SELECT is(pg_temp.call('t_super', format('application_decide(%s, %s, ''agree'', '''', NULL,', :c, :o)), 'BO423', 'not approved so');
UPDATE bank.application SET verdict = 'refuse', granted = NULL, told = 'no' WHERE case_id = :o;
SELECT is(pg_temp.call('t_super', format('application_decide(%s, %s, ''agree'', '''', NULL,', :c, :o)), 'done', 'but declined');
ROLLBACK TO doubted;
SELECT is(pg_temp.call('t_super', format('application_decide(%s, %s, ''agree'', '''', NULL,', :c, :o)), 'done', 'a second person agrees');
SELECT is(pg_temp.stage(:o), 'approved operations', 'account operations have it');
SELECT is(pg_temp.call('t_clerk2', format('application_execute(%s, %s, NULL,', :c, :o)), 'BO423', 'not before the visit');
SELECT is(pg_temp.ready('t_clerk2', :o), 'visit yes', 'which the screen says before');
SELECT is(pg_temp.visit('t_rm', :o, '99.50', false, '', ''), 'BO422', 'originals not seen');
SELECT is(pg_temp.visit('t_rm', :o, '', true, '', ''), 'BO422', 'neither face nor other means');
SELECT is(pg_temp.visit('t_rm', :o, '100.01', true, '', ''), 'BO422', 'more than all of it');
SELECT is(pg_temp.visit('t_rm', :o, '98.99', true, '', ''), 'done', 'a face match below 99 is kept');
SELECT is(pg_temp.result(:o, 'visit'), 'warn', 'as a warning');
SELECT is(pg_temp.ready('t_clerk2', :o), 'identity yes', 'with which nothing is opened, as the screen says');
SELECT is(pg_temp.call('t_clerk2', format('application_execute(%s, %s, NULL,', :c, :o)), 'BO423', 'whoever asks');
SELECT is(pg_temp.identity('t_clerk2', :o, 'agree', ''), 'BO423', 'nothing waits for a second person yet');
SELECT is(pg_temp.visit('t_rm', :o, '98.99', true, 'letter', 'x1234'), 'BO422', 'other means are of known kinds');
SELECT is(pg_temp.visit('t_rm', :o, '98.99', true, 'counter', ' '), 'BO422', 'and have their proof');
SELECT is(pg_temp.visit('t_clerk2', :o, '98.99', true, 'counter', 'LW20261120-118'), 'done', 'compared at the counter');
SELECT is(pg_temp.ready('t_clerk2', :o), 'identity yes', 'by one person, which is not enough');
SELECT is(pg_temp.as('t_clerk2', format('SELECT identity FROM api.application(%s, %s)', :c, :o)) || ' ' || pg_temp.as('t_super', format('SELECT identity FROM api.application(%s, %s)', :c, :o)),
          'own waits', 'the screen knows whose turn it is');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(kind || '' '' || screen || '' '' || detail, '','') FROM api.worklist WHERE kind = ''identity'''), 'identity application 柜面人工核对', 'it is on the work list of a colleague');
SELECT is(pg_temp.as('t_clerk2', 'SELECT count(*) FROM api.worklist WHERE kind = ''identity''') || pg_temp.as('t_west', 'SELECT count(*) FROM api.worklist WHERE kind = ''identity'''), '00', 'not on one''s own, nor on another unit''s');
SELECT is(pg_temp.identity('t_rm', :o, 'agree', ''), '42501', 'sales do not confirm');
SELECT is(pg_temp.identity('t_clerk2', :o, 'agree', ''), 'BO403', 'nor who compared');
SELECT is(pg_temp.identity('t_super', :o, 'refuse', ''), 'BO422', 'refused with a reason');
SELECT is(pg_temp.identity('t_super', :o, 'refuse', 'another photo'), 'done', 'a colleague does not find it so');
SELECT is(pg_temp.ready('t_clerk2', :o) || ' ' || pg_temp.result(:o, 'visit'), 'identity yes warn', 'then it is open again');
SELECT is(pg_temp.visit('t_rm', :o, '', true, 'video', 'REC-5512'), 'done', 'a video call, without the machine');
SELECT is(pg_temp.identity('t_clerk2', :o, 'agree', ''), 'done', 'which a second person confirms');
SELECT is(pg_temp.result(:o, 'visit') || ' ' || (SELECT identity_means || ' ' || identity_proof FROM bank.application WHERE case_id = :o), 'pass video REC-5512', 'proved');
SELECT is(pg_temp.visit('t_rm', :o, '99.50', true, '', ''), 'BO423', 'one visit');
SELECT throws_ok(format('UPDATE bank.application SET identity_by = visited_by WHERE case_id = %s', :o), '23514', NULL, 'who compared does not confirm: the table says so');
SELECT throws_ok(format('UPDATE bank.application SET identity_by = NULL WHERE case_id = %s', :o), '23514', NULL, 'nor is a video proved by one');
SELECT is((SELECT string_agg(note, '; ' ORDER BY at, event_id) FROM bank.case_event WHERE case_id = :o AND action IN ('visit', 'identify', 'doubt')),
    '人脸识别 / Face match 98.99 %; 人脸识别 / Face match 98.99 %, 柜面人工核对 / Compared at the counter; another photo; 远程视频核实 / Video call; 远程视频核实 / Video call', 'the history tells all of it');
INSERT INTO bank.calendar_day (day, kind) VALUES ('2026-12-04', 'workday'), ('2026-12-07', 'workday'), ('2026-12-08', 'workday'), ('2026-12-09', 'workday') ON CONFLICT DO NOTHING;
SELECT is(pg_temp.ready('t_clerk2', :o) || ', ' || pg_temp.ready('t_super', :o), 'yes yes, checker yes', 'now account operations may go on');
UPDATE bank.application_check SET result = 'fail' WHERE case_id = :o AND rule = 'tax';
SELECT is(pg_temp.ready('t_clerk2', :o), 'findings yes', 'unless something is wrong again');
UPDATE bank.application_check SET result = 'pass' WHERE case_id = :o AND rule = 'tax';
SELECT is(pg_temp.call('t_super', format('application_execute(%s, %s, NULL,', :c, :o)), 'BO403', 'who approved does not execute');
SELECT is(pg_temp.call('t_clerk2', format('application_execute(%s, %s, NULL,', :c, :o)), 'done', 'the account is opened');
SELECT is((SELECT string_agg(kind || ' ' || cycle || ' ' || coalesce(staff_count, 0), ', ' ORDER BY kind) FROM bank.account_service WHERE customer_id = :c),
          'payroll monthly 12, reconciliation monthly 0', 'with reconciliation and payroll');
-- The services are work for somebody: a lane for a second person, a task for the manager.
SELECT opened_by AS m, (SELECT number FROM bank.account WHERE customer_id = :c) AS acc FROM bank.case_file WHERE case_id = :o \gset
SELECT is((SELECT code || ' ' || status || ' ' || maker FROM bank.recon_lane_change), 'CORP-' || :'acc' || ' proposed t_clerk2', 'a lane is proposed for the account');
SELECT is((SELECT due_at::date || ' ' || owner_id || ' ' || state FROM bank.task WHERE customer_id = :c),
    '2026-12-07 ' || :m || ' open', 'payroll is a task of the manager before the first pay day');
SELECT is(pg_temp.as('t_rm', 'SELECT title FROM api.worklist WHERE kind = ''task'''), '代发工资开通：12人，每月10日', 'on the worklist, in one language');
SELECT pg_temp.opened('t_rm', :c);
SELECT is(pg_temp.as('t_rm', format('SELECT string_agg(kind || '' '' || state, '', '' ORDER BY kind) FROM api.customer_services(%s)', :c)), 'payroll waits, reconciliation waits', 'the customer view says that they wait');
SELECT is(pg_temp.as('t_clerk2', 'SELECT (api.lane_decide(change_id, ''approve'', ''fine'', version, gen_random_uuid())).status FROM api.lane_change_list'), 'BO403', 'not approved by its maker');
SELECT is(pg_temp.as('t_super', 'SELECT (api.lane_decide(change_id, ''approve'', ''fine'', version, gen_random_uuid())).status FROM api.lane_change_list'), 'done', 'approved');
SELECT is((SELECT count(*) FROM bank.recon_account WHERE book_account = :'acc'), 1::bigint, 'and the account is reconciled from then on');
SELECT is(pg_temp.as('t_rm', format('SELECT string_agg(kind || '' '' || state, '', '' ORDER BY kind) FROM api.customer_services(%s)', :c)), 'payroll waits, reconciliation live', 'which the customer view shows');
SELECT is((SELECT lifecycle || ' ' || a.number::numeric % 97 FROM bank.customer c JOIN bank.account a USING (customer_id) WHERE customer_id = :c), 'new 1', 'the prospect is a customer with a valid account number');
SELECT is((SELECT count(*) FROM bank.relation WHERE customer_id = :c OR other_id = :c), 2::bigint, 'and related to the representative the bank knows');
SELECT is((SELECT stopped_at <= due_at FROM bank.case_clock WHERE case_id = :o AND clock = 'application'), true, 'the clock has stopped in time');
SELECT is((SELECT k.measure || ' ' || k.amount || ' ' || (f.due_at = k.due_at) FROM bank.case_clock k JOIN bank.case_file f USING (customer_id, case_id) WHERE case_id = :o AND clock = 'follow_up'), 'working_days 5 true', 'he is called within five working days');
SELECT is(pg_temp.call('t_rm', format('application_follow(%s, %s, ''content'', NULL,', :c, :o)), 'done', 'followed up');
SELECT is((SELECT stopped_at IS NOT NULL FROM bank.case_clock WHERE case_id = :o AND clock = 'follow_up'), true, 'which ends that clock');
SELECT is((SELECT stage || ' ' || outcome FROM bank.case_file WHERE case_id = :o), 'closed granted', 'closed');
SELECT is((SELECT string_agg(to_desk, ' ' ORDER BY at) FROM bank.application_hops(:c, :o)), 'compliance front compliance credit_check operations', 'each hand-off between departments is there');
SELECT throws_ok(format('UPDATE bank.application SET checker_id = maker_id WHERE case_id = %s', :o), '23514', NULL, 'maker is not checker: the table says so');
SELECT throws_ok(format('UPDATE bank.application SET checker_id = NULL WHERE case_id = %s', :o), '23514', NULL, 'nor is one person enough');
SELECT is(pg_temp.opening('t_rm', :'c', '', '', ''), 'done', 'another basic account');
SELECT is(pg_temp.result(pg_temp.last_case(), 'enterprise_twice'), 'fail', 'is refused: it has one');
SELECT is((SELECT fields ->> 'rep_name' FROM bank.case_file WHERE case_id = pg_temp.last_case()), '王强', 'what the bank holds was not asked again');
SELECT is(pg_temp.opening('t_rm', :'c', '', '赵六', ''), 'done', 'one with another representative');
SELECT is((SELECT fields ->> 'rep_name' FROM bank.case_file WHERE case_id = pg_temp.last_case()), '赵六', 'what was typed stands');
SELECT is(pg_temp.opening('t_rm', :'c', pg_temp.code_of('91310000100000309'), '', ''), 'BO422', 'another code than the bank''s is refused');

-- Consumer credit.
CREATE FUNCTION pg_temp.credit(p_login text, p_customer bigint, p_amount bigint, p_consent boolean) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('credit_open(%s, %s, 24, ''car'', %L, ''app'',', p_customer, p_amount, p_consent)) $$;
SELECT is(pg_temp.credit('t_rm', 302, 1000000, true), 'BO422', 'an enterprise takes no consumer credit');
SELECT is(pg_temp.credit('t_rm', 101, 0, true), 'BO422', 'nothing is no amount');
SELECT is(pg_temp.credit('t_clerk', 109, 1000000, true), 'BO428', 'not for oneself');
SELECT is(pg_temp.credit('t_rm', 102, 1000000, false), 'done', 'somebody of whom nothing is known');
SELECT pg_temp.last_case() AS x \gset
SELECT is(pg_temp.as('t_rm', format('SELECT subject FROM api.application(102, %s)', :x)), '购车贷款 10,000 元，分 24 期', 'its subject as a person says it');
SET LOCAL bankops.language = 'en';
SELECT is(pg_temp.as('t_rm', format('SELECT string_agg(DISTINCT l.subject, ''; '') || ''; '' || (SELECT subject FROM api.case_detail(102, %1$s)) FROM '
    '(SELECT subject FROM api.case_list WHERE lane = ''all'' AND case_id = %1$s UNION ALL SELECT subject FROM api.application_list WHERE lane = ''all'' AND case_id = %1$s) l', :x)),
    'Car loan of CNY 10,000 over 24 months; Car loan of CNY 10,000 over 24 months', 'in either language, wherever it stands');
SET LOCAL bankops.language = 'zh';
SELECT is((SELECT subject || ' | ' || facts FROM bank.case_file WHERE case_id = :x),
    E'购车贷款 10,000 元，分 24 期 | 购车贷款 10,000 元，分 24 期\nCar loan of CNY 10,000 over 24 months', 'and so it is kept');
SELECT is(pg_temp.stops(:x), 'identity consent bureau', 'identity expired, no consent, no report');
SAVEPOINT soon;
UPDATE bank.customer_identity SET expires_on = '2026-12-19' WHERE customer_id = 102;
SELECT is(pg_temp.call('t_rm', format('application_precheck(102, %s,', :x)), 'done', 'a document that ends in 29 days');
SELECT is(pg_temp.result(:x, 'identity'), 'warn', 'is named before it ends');
UPDATE bank.customer_identity SET expires_on = '2026-12-20' WHERE customer_id = 102;
SELECT pg_temp.call('t_rm', format('application_precheck(102, %s,', :x));
SELECT is(pg_temp.result(:x, 'identity'), 'pass', 'not a month before');
ROLLBACK TO soon;
SELECT is((SELECT array_length(string_to_array(pg_temp.as('t_rm', format('SELECT todo_en FROM api.application_todo(102, %s)', :x)), E'\n'), 1)), (SELECT count(*)::int FROM bank.application_check WHERE case_id = :x AND result <> 'pass'), 'every finding to put right in full, a line each');
SELECT is(pg_temp.as('t_rm', format('SELECT todo_en FROM api.application_todo(102, %s)', :x)) ~ 'Consent to ask [^\n]*: .+\. .+\.', true, 'with what was found and what to do');
SELECT is(pg_temp.result(:x, 'social'), 'warn', 'no social insurance: a person looks');
SELECT is(pg_temp.credit('t_rm', 101, 50000000, true), 'done', 'too much');
SELECT is(pg_temp.stops(pg_temp.last_case()), 'amount', 'is found out');
SELECT is((SELECT detail_en FROM bank.application_check WHERE case_id = pg_temp.last_case() AND rule = 'amount'),
          '500,000.00 CNY for 24 months; the product goes from 1,000.00 to 300,000.00 CNY, for 3 to 60 months.', 'with what is possible');
SELECT is(pg_temp.call('t_rm', format('application_field_set(101, %s, ''amount'', ''much'', NULL,', pg_temp.last_case())), 'BO422', 'an amount is a number');
SELECT is(pg_temp.call('t_rm', format('application_field_set(101, %s, ''amount'', ''100,000.00'', NULL,', pg_temp.last_case())), 'done', 'and corrected, as an amount');
SELECT pg_temp.last_case() AS k \gset
SELECT is(pg_temp.stops(:k), NULL, 'whole');
SELECT is((SELECT base + sum(p.points) FROM bank.application_point p, bank.scorecard WHERE case_id = :k AND p.run = (SELECT max(run) FROM bank.application_score WHERE case_id = :k) AND version = 2 GROUP BY base),
    (SELECT score::bigint FROM bank.application_score WHERE case_id = :k ORDER BY run DESC LIMIT 1), 'the score is the sum of its points');
SELECT is((SELECT string_agg(rule || ' ' || points, ', ' ORDER BY rule) FROM bank.application_point WHERE case_id = :k AND run = (SELECT max(run) FROM bank.application_score WHERE case_id = :k)),
    'age_55 30, asked_2 15, assets_100k 15, debt_50 15, income_15k 35, late_0 45, since_up 35, social_up 30, wages_all 20', 'each fact gives its points');
SELECT is((SELECT count(*) FROM bank.application_point WHERE case_id = :k AND (evidence_en = '' OR evidence_zh = '')), 0::bigint, 'each with evidence');
SELECT is((SELECT string_agg(f::text, ' ') FROM bank.case_file c, bank.credit_facts(c, jsonb_build_object('amount', '1000000', 'months', '12')) f
            WHERE c.case_id = :x AND f::text ~ 'overdue|social_months'), '(overdue,,"No report of the credit bureau",无征信报告) (social_months,,"No record of social insurance",无社保记录)', 'and what is not known says so');
SAVEPOINT generous;
UPDATE bank.scorecard SET base = 900 WHERE card = 'consumer_credit' AND version = 2;
SELECT is((SELECT verdict || ' ' || reason_en FROM bank.case_file c, bank.credit_score(c, 99) WHERE c.case_id = :x), 'refer Income is not known: two persons decide. Score 935.', 'what is not known is for people, whatever the score');
ROLLBACK TO generous;
SELECT is((SELECT evidence_en FROM bank.application_point WHERE case_id = :k AND rule = 'late_0' ORDER BY run DESC LIMIT 1), '0 late payments in 24 months (report CR1 of 2026-11-10)', 'that a person can read');
SELECT is(pg_temp.as('t_rm', 'SELECT open_applications FROM api.application_form(101)') ~ '(Consumer credit|消费贷[^ ]*)$', true, 'an open application is named by its kind');
SELECT is(pg_temp.call('t_rm', format('application_submit(101, %s, NULL,', :k)), 'done', 'handed in');
SELECT is(pg_temp.stage(:k), 'approved operations', 'the rules have approved it at once');
SELECT is((SELECT how || ' ' || verdict || ' ' || granted || ' ' || rate_bp FROM bank.application WHERE case_id = :k), 'auto approve 10000000 480', 'with amount and rate');
SELECT is(pg_temp.call('t_clerk2', format('application_execute(101, %s, NULL,', :k)), 'done', 'paid out');
SELECT is((SELECT string_agg(product || ' ' || balance, ', ' ORDER BY product) FROM bank.account WHERE customer_id = 101), 'LNC -10000000, SAV 15000000', 'a loan, and the money in the account');
SELECT is((SELECT measure || ' ' || amount FROM bank.case_clock WHERE case_id = :k AND clock = 'application'), 'working_minutes 60', 'within the hour');
-- Above the amount of the card two persons decide.
SELECT is(pg_temp.credit('t_rm', 101, 20000100, true), 'done', 'above the automatic amount');
SELECT pg_temp.last_case() AS m \gset
SELECT is(pg_temp.call('t_rm', format('application_field_set(101, %s, ''months'', ''60'', NULL,', :m)), 'done', 'over five years');
SELECT is(pg_temp.call('t_rm', format('application_submit(101, %s, NULL,', :m)), 'done', 'handed in');
SELECT is(pg_temp.stage(:m), 'review credit_review', 'two persons decide');
SELECT is(pg_temp.credit('t_rm', 101, 1000000, true), 'done', 'another beside it');
SELECT is(pg_temp.stops(pg_temp.last_case()), 'application_twice', 'is found out');
SELECT pg_temp.call('t_super', format('case_take(101, %s, NULL,', :m));
SELECT is(pg_temp.call('t_super', format('application_propose(101, %s, ''approve'', 30000000, '''', ''ok'', '''', NULL,', :m)), 'BO422', 'not more than applied for');
SELECT is(pg_temp.call('t_super', format('application_propose(101, %s, ''approve'', 15000000, ''a'', ''ok'', '''', NULL,', :m)), 'BO422', 'a rate is a number');
SELECT is(pg_temp.call('t_super', format('application_propose(101, %s, ''approve'', 15000000, ''5.20'', ''ok'', '''', NULL,', :m)), 'done', 'less, at another rate');
SELECT is(pg_temp.call('t_super', format('application_decide(101, %s, ''agree'', '''', NULL,', :m)), 'BO403', 'the maker does not check');
SELECT is(pg_temp.as('t_super', format('SELECT mine FROM api.application_list WHERE lane = ''approval'' AND case_id = %s', :m)), 'own', 'his inbox says so');
SELECT is(pg_temp.call('t_super2', format('application_decide(101, %s, ''back'', ''lower'', NULL,', :m)), 'done', 'sent back');
SELECT is(pg_temp.call('t_super', format('application_propose(101, %s, ''refuse'', NULL, '''', ''too much'', '''', NULL,', :m)), 'done', 'proposed to decline');
SELECT is(pg_temp.call('t_super2', format('application_decide(101, %s, ''agree'', '''', NULL,', :m)), 'done', 'agreed');
SELECT is((SELECT stage || ' ' || outcome FROM bank.case_file WHERE case_id = :m), 'declined declined', 'declined by two persons');
SELECT is(pg_temp.call('t_super2', format('application_override(101, %s, ''again'', NULL,', :m)), 'BO423', 'what two persons decided is not taken up again');
-- The rules decline.
UPDATE bank.outside_fact SET value = 7 WHERE fact = 'overdue';
DELETE FROM bank.case_event WHERE case_id > :m;
SELECT pg_temp.call('t_rm', format('application_withdraw(101, %s, ''again'', NULL,', pg_temp.last_case()));
SELECT pg_temp.credit('t_rm', 101, 1000000, true);
SELECT is(pg_temp.call('t_rm', format('application_submit(101, %s, NULL,', pg_temp.last_case())), 'done', 'late seven times');
SELECT is(pg_temp.stage(pg_temp.last_case()), 'declined front', 'declined whatever the score');
SELECT is((SELECT effect FROM bank.application_point WHERE case_id = pg_temp.last_case() AND rule = 'late_up' LIMIT 1), 'refuse', 'and the score says why');
SELECT is((SELECT string_agg(split_part(l, '. ', 2), ', ' ORDER BY n) FROM bank.outbox o, regexp_split_to_table(o.body, E'\n') WITH ORDINALITY x (l, n)
            WHERE o.case_id = pg_temp.last_case() AND l ~ '^[1-4]'), '逾期6次及以上, 月收入8000至14999元, 资产10万至50万元', 'the customer is told the reasons in his language');
UPDATE bank.customer SET name = 'Wei Zhang' WHERE customer_id = 101;
SELECT ok((SELECT bank.decline_reasons(f, bank.case_language(f) = 'en') FROM bank.case_file f WHERE case_id = pg_temp.last_case()) LIKE '1. Late six times or more%', 'in English to who writes English');
-- A person looks at it again, within the limits of his unit.
SELECT pg_temp.last_case() AS v \gset
SELECT is(pg_temp.call('t_clerk2', format('application_override(101, %s, ''known well'', NULL,', :v)), '42501', 'a clerk takes nothing back');
UPDATE bank.decision_limit SET override = 900000 WHERE unit_kind = 'branch';
SELECT is(pg_temp.call('t_super', format('application_override(101, %s, ''known well'', NULL,', :v)), 'BO403', 'above what a branch may do against the card');
SELECT is(pg_temp.ready('t_super', :v) || ', ' || pg_temp.ready('t_super2', :v), 'yes limit, yes yes', 'as the screen says');
SELECT is(pg_temp.call('t_super2', format('application_override(101, %s, '''', NULL,', :v)), 'BO422', 'not without a reason');
SELECT is(pg_temp.call('t_super2', format('application_override(101, %s, ''known well'', NULL,', :v)), 'done', 'taken up again by head office');
SELECT is(pg_temp.stage(:v), 'review credit_review', 'two persons decide');
SELECT pg_temp.call('t_clerk2', format('case_take(101, %s, NULL,', :v)), pg_temp.call('t_clerk2', format('application_propose(101, %s, ''approve'', NULL, '''', ''old arrears are paid'', '''', NULL,', :v));
SELECT is(pg_temp.call('t_super', format('application_decide(101, %s, ''agree'', '''', NULL,', :v)), 'BO403', 'a branch not above its limit against the card');
SELECT is(pg_temp.call('t_super2', format('application_decide(101, %s, ''agree'', '''', NULL,', :v)), 'done', 'head office does');
SELECT is((SELECT stage || ' ' || how FROM bank.case_file f JOIN bank.application USING (customer_id, case_id) WHERE case_id = :v), 'approved manual', 'approved by two persons');
SELECT ok((SELECT body LIKE 'Your application % is approved. Amount 10,000.00 CNY at 4.80 % a year.' FROM bank.outbox WHERE case_id = :v ORDER BY outbox_id DESC LIMIT 1), 'and told in English');
SELECT pg_temp.call('t_rm', format('application_withdraw(101, %s, ''again'', NULL,', :v));
UPDATE bank.outside_fact SET value = 0 WHERE fact = 'overdue';

-- A new version of the card takes two persons, and counts from its day.
SELECT is(pg_temp.call('t_clerk2', 'scorecard_draft(''consumer_credit'', ''try'','), '42501', 'a clerk changes no card');
SELECT is(pg_temp.call('t_super', 'scorecard_rule_save(''consumer_credit'', 2, ''late_0'', ''overdue'', '''', ''1'', 50, ''points'', ''never'', ''从未'','), 'BO423', 'a card in use does not change');
SELECT is(pg_temp.call('t_super', 'scorecard_draft(''consumer_credit'', ''try'','), 'done', 'a draft');
SELECT is(pg_temp.call('t_super', 'scorecard_draft(''consumer_credit'', ''again'','), 'BO423', 'one at a time');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(state || '' '' || drafted, '', '' ORDER BY state) FROM api.scorecard_list WHERE state IN (''active'', ''draft'')'),
          'active true, draft true', 'which the list knows');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(DISTINCT b.state, '' '') FROM api.scorecard_list s, api.scorecard_bins(s.card, s.version) b WHERE s.state = ''active'''),
          'approved', 'bins of one in use are not offered for change');
CREATE FUNCTION pg_temp.bin(p_login text, p_rule text, p_fact text, p_low text, p_high text, p_points int) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('scorecard_rule_save(''consumer_credit'', 3, %L, %L, %L, %L, %L, ''points'', ''a bin'', ''区间'',', p_rule, p_fact, p_low, p_high, p_points)) $$;
SELECT is(pg_temp.bin('t_super', 'late_0', 'overdue', '', '1', 501), 'BO422', 'points within bounds');
SELECT is(pg_temp.bin('t_super', 'late_0', 'weather', '', '1', 50), 'BO422', 'of a fact that there is');
SELECT is(pg_temp.bin('t_super', 'late_0', 'overdue', '3', '1', 50), 'BO422', 'the upper bound above the lower');
SELECT is(pg_temp.bin('t_super', 'late_0', 'overdue', '', '1', 50), 'done', 'other points');
SELECT is(pg_temp.bin('t_super', NULL, 'income', '12000', '15000', 60), 'done', 'a bin more, in yuan');
SELECT is((SELECT low::text FROM bank.scorecard_rule WHERE version = 3 AND rule LIKE 'income\_%' ORDER BY seq DESC LIMIT 1), '1200000', 'kept in cents');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(fact || '' '' || flaw || '' '' || at_value, '', '') FROM api.scorecard_flaws(''consumer_credit'', 3)'), 'income overlap 12000', 'two bins for one value are named');
SELECT is(pg_temp.call('t_super', 'scorecard_propose(''consumer_credit'', 3, ''2026-11-20'','), 'BO422', 'such a card is not proposed');
SELECT is(pg_temp.bin('t_super', 'income_15k', 'income', '8000', '11000', 35), 'done', 'the other bin ends before');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(fact || '' '' || flaw || '' '' || at_value, '', '') FROM api.scorecard_flaws(''consumer_credit'', 3)'), 'income gap 11000', 'values that no bin fits are named');
SELECT is(pg_temp.bin('t_super', 'income_15k', 'income', '8000', '12000', 35), 'done', 'whole');
SELECT is(pg_temp.call('t_super', 'scorecard_bounds_set(''consumer_credit'', 3, 500, 500, 600, 100, 30, ''4.80'','), 'BO422', 'bounds in their order');
SELECT is(pg_temp.call('t_super', 'scorecard_bounds_set(''consumer_credit'', 3, 500, 790, 530, 100, 30, ''4.80'','), 'done', 'other bounds');
SELECT is(pg_temp.call('t_super', 'scorecard_decide(''consumer_credit'', 3, ''agree'', '''','), 'BO423', 'a draft is proposed first');
SELECT is(pg_temp.call('t_super', 'scorecard_propose(''consumer_credit'', 3, ''2026-11-19'','), 'BO422', 'from today on at the earliest');
SELECT is(pg_temp.call('t_super', 'scorecard_propose(''consumer_credit'', 3, ''2026-11-25'','), 'done', 'proposed from a day on');
SELECT is(pg_temp.bin('t_super2', 'late_0', 'overdue', '', '1', 60), 'BO423', 'what waits does not change');
SELECT ok((SELECT (trial ->> 'applications')::int > 2 AND (trial ->> 'approve_before')::int > 0 AND (trial ->> 'approve_after')::int = 0 FROM bank.scorecard WHERE version = 3),
          'with what the last applications would have got');
SELECT is(pg_temp.as('t_super2', 'SELECT after FROM api.scorecard_trial_sum(''consumer_credit'', 3) WHERE verdict = ''approve'''), '0', 'which the second person sees');
SELECT is(pg_temp.as('t_super2', 'SELECT bool_and(score = was_score) FROM api.scorecard_trial(''consumer_credit'', 2)'), 'true', 'the card in use scores them as it did');
SELECT is(pg_temp.call('t_super', 'scorecard_decide(''consumer_credit'', 3, ''agree'', '''','), 'BO403', 'its maker does not put it to use');
SELECT is(pg_temp.call('t_super2', 'scorecard_decide(''consumer_credit'', 3, ''back'', '''','), 'BO422', 'sent back with a reason');
SELECT is(pg_temp.call('t_super2', 'scorecard_decide(''consumer_credit'', 3, ''back'', ''more'','), 'done', 'sent back');
SELECT is(pg_temp.bin('t_super2', 'late_0', 'overdue', '', '1', 40), 'done', 'changed by the other');
SELECT is(pg_temp.call('t_super', 'scorecard_propose(''consumer_credit'', 3, ''2026-11-25'','), 'done', 'proposed again');
SELECT is(pg_temp.call('t_super2', 'scorecard_decide(''consumer_credit'', 3, ''agree'', '''','), 'BO403', 'who changed it once does not put it to use either');
SELECT is(pg_temp.call('t_admin', 'scorecard_decide(''consumer_credit'', 3, ''agree'', '''','), 'done', 'a third person does');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(version || '' '' || state, '', '' ORDER BY version) FROM api.scorecard_list'), '1 retired, 2 active, 3 scheduled', 'it waits for its day');
SELECT throws_ok('UPDATE bank.scorecard SET checked_by = makers[1] WHERE version = 3', '23514', NULL, 'maker is not checker: the table says so');
UPDATE bank.setting SET value = '2026-11-25' WHERE name = 'business_date';
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(version || '' '' || state, '', '' ORDER BY version) FROM api.scorecard_list'), '1 retired, 2 retired, 3 active', 'then it is in use');
SELECT pg_temp.credit('t_rm', 101, 1000000, true);
SELECT is((SELECT version FROM bank.application_score WHERE case_id = pg_temp.last_case()), 3, 'and scores');
SELECT is((SELECT version FROM bank.application_score WHERE case_id = :k ORDER BY run DESC LIMIT 1), 2, 'what was decided keeps its version');
SELECT pg_temp.call('t_rm', format('application_withdraw(101, %s, ''again'', NULL,', pg_temp.last_case()));
UPDATE bank.setting SET value = '2026-11-20' WHERE name = 'business_date';

-- Rules of the pre-check take two persons too.
CREATE FUNCTION pg_temp.rule(p_login text, p_rule text, p_weight text, p_active text, p_parameter text, p_day text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('check_rule_propose(''consumer_credit'', %L, %L, %L, %L, %L, ''because'',', p_rule, p_weight, p_active, p_parameter, p_day)) $$;
SELECT is(pg_temp.rule('t_clerk2', 'amount', 'must', 'on', '5000', '2026-11-20'), '42501', 'a clerk changes no rule');
SELECT is(pg_temp.rule('t_super', 'weather', 'must', 'on', '', '2026-11-20'), 'BO404', 'a rule that there is');
SELECT is(pg_temp.rule('t_super', 'amount', 'visit', 'on', '', '2026-11-20'), 'BO422', 'the visit stays the visit');
SELECT is(pg_temp.rule('t_super', 'amount', 'must', 'on', 'much', '2026-11-20'), 'BO422', 'an amount is a number');
SELECT is(pg_temp.rule('t_super', 'files', 'must', 'on', 'photo', '2026-11-20'), 'BO422', 'papers are of known kinds');
SELECT is(pg_temp.rule('t_super', 'amount', 'must', 'on', '5,000', '2026-11-20'), 'done', 'a lower amount');
SELECT is(pg_temp.rule('t_super', 'amount', 'must', 'on', '6000', '2026-11-20'), 'BO423', 'one change at a time');
SELECT ok((SELECT (trial ->> 'stopped_after')::int > (trial ->> 'stopped_before')::int FROM bank.check_rule_version WHERE rule = 'amount' AND version = 2), 'its trial says whom it would stop');
SELECT is(pg_temp.as('t_super2', 'SELECT count(*) FROM api.check_rule_trial(''consumer_credit'', ''amount'', 2) WHERE effect = ''stops'''),
          (SELECT ((trial ->> 'stopped_after')::int - (trial ->> 'stopped_before')::int)::text FROM bank.check_rule_version WHERE rule = 'amount' AND version = 2), 'one by one');
SELECT is(pg_temp.call('t_super', 'check_rule_decide(''consumer_credit'', ''amount'', 2, ''agree'', '''','), 'BO403', 'its maker does not approve it');
SELECT is(pg_temp.call('t_super2', 'check_rule_decide(''consumer_credit'', ''amount'', 2, ''agree'', '''','), 'done', 'another person does');
SELECT is(pg_temp.as('t_super2', 'SELECT parameter_en || '' '' || version FROM api.check_rule_list WHERE case_type = ''consumer_credit'' AND rule = ''amount'''), '5,000.00 2', 'in force');
SELECT pg_temp.credit('t_rm', 101, 1000000, true);
SELECT is(pg_temp.stops(pg_temp.last_case()), 'amount', 'and stops');
SELECT is((SELECT version FROM bank.application_check WHERE case_id = pg_temp.last_case() AND rule = 'amount'), 2, 'findings name the version of their rule');
SELECT is((SELECT max(version) FROM bank.application_check WHERE case_id = :k AND rule = 'amount'), 1, 'earlier ones keep theirs');
SELECT is(pg_temp.rule('t_super', 'amount', 'must', 'off', '300000', '2026-11-21'), 'done', 'switched off from tomorrow');
SELECT is(pg_temp.call('t_super2', 'check_rule_decide(''consumer_credit'', ''amount'', 3, ''agree'', '''','), 'done', 'approved');
SELECT is(pg_temp.as('t_super2', 'SELECT active || '' '' || waiting FROM api.check_rule_list WHERE case_type = ''consumer_credit'' AND rule = ''amount'''), 'on scheduled', 'today it is still on');
SELECT throws_ok('UPDATE bank.check_rule_version SET checked_by = made_by WHERE made_by IS NOT NULL', '23514', NULL, 'maker is not checker: the table says so');
SELECT pg_temp.call('t_rm', format('application_withdraw(101, %s, ''again'', NULL,', pg_temp.last_case()));

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
UPDATE bank.decision_limit SET amount = 5000000 WHERE unit_kind = 'branch';
SELECT is(pg_temp.call('t_super', format('application_decide(302, %s, ''agree'', '''', NULL,', :p)), 'BO403', 'above the limit of the branch');
UPDATE bank.core_enterprise SET valid_until = '2026-11-01';
SELECT is(pg_temp.call('t_super2', format('application_decide(302, %s, ''agree'', '''', NULL,', :p)), 'BO423', 'the line has ended meanwhile');
UPDATE bank.core_enterprise SET valid_until = '2027-06-30';
SELECT is(pg_temp.call('t_super2', format('application_decide(302, %s, ''agree'', '''', NULL,', :p)), 'done', 'head office agrees');
SELECT is((SELECT state || ' ' || amount FROM bank.core_finance WHERE document_id = 801), 'reserved 5600000', 'the limit is reserved');
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
SELECT is(pg_temp.as('t_west', format('SELECT count(*) FROM api.application(101, %s)', :k)), 'BO404', 'nor the application');
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.core_document_list'), '0', 'nor the orders');
SELECT is(pg_temp.as('t_rm', format('SELECT string_agg(field, '' '') || '' '' || min(stage) FROM api.application_fields(%s, %s) WHERE fixed', :c, :o)), 'enterprise closed', 'what it is about stays, which the screen knows');
UPDATE bank.core_document SET state = 'paid' WHERE document_id = :d;
SELECT is(pg_temp.as('t_clerk', 'SELECT state FROM api.core_document_list WHERE number = ''PO9'''), 'settled',
          'what the enterprise has paid is not what the bank has lent on');
SELECT is(pg_temp.as('t_rm', format('SELECT string_agg(value_en, '' '' ORDER BY seq) FROM api.application_fields(%s, %s) WHERE field IN (''rep_name'', ''rep_id'')', :c, :o)), '*强 1****************' || right(pg_temp.id_of('11010519800505005'), 1), 'personal fields are masked');
SELECT is(pg_temp.as('t_super', 'SELECT auto_rate || '' '' || approved || '' '' || declined FROM api.report_application(to_char(now() AT TIME ZONE ''Asia/Shanghai'', ''YYYY-MM'')) WHERE case_type = ''consumer_credit'''), '33.3 2 1', 'the report counts what the rules decided');
SELECT is(pg_temp.as('t_super', 'SELECT on_time_rate || '' '' || handoffs FROM api.report_application(to_char(now() AT TIME ZONE ''Asia/Shanghai'', ''YYYY-MM'')) WHERE case_type = ''account_opening'''), '100.0 5.0', 'time and hand-offs');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.report_application(to_char(now() AT TIME ZONE ''Asia/Shanghai'', ''YYYY-MM''))'), '42501', 'clerks do not read it');
SELECT pg_temp.opened('t_rm', :c);
SELECT is(pg_temp.as('t_rm', format('SELECT count(*) FROM api.customer_applications(%s)', :c)), '4', 'the customer view lists them');
SELECT is(pg_temp.as('t_rm', format('SELECT count(*) FROM api.customer_services(%s)', :c)), '2', 'and the services');
SELECT is((SELECT string_agg(flaw, '; ') FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y, bank.case_type_flaws(y)), NULL, 'the types are whole');
SELECT * FROM finish();
ROLLBACK;
