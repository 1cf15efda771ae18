-- Applications: account opening from the pre-check to the account with its services; lists and reports.
BEGIN;
\ir ../lib/small-bank.sql
\ir ../lib/applicants.sql
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
-- Of age from the birthday on.
SELECT is((SELECT string_agg(f.result, ' ' ORDER BY n) FROM unnest(ARRAY[pg_temp.id_of('11010520081120001'), pg_temp.id_of('11010520081121001')])
             WITH ORDINALITY x (id, n), bank.person_findings('rep', '张三', x.id, '2036-01-01', NULL, '{}') f WHERE f.rule = 'rep_identity'),
          'missing fail', 'eighteen today, and tomorrow');
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
SELECT pg_temp.paper(:o, 'licence', '91350100M000100Y43', '新星科技有限公司', '2020-01-01', '2026-11-20');
SELECT is(pg_temp.result(:o, 'licence_dates'), 'warn', 'which holds to the end of its last day');
SELECT pg_temp.paper(:o, 'licence', '91350100M000100Y43', '新星科技有限公司', '2026-11-20', NULL);
SELECT is(pg_temp.result(:o, 'licence_dates'), 'pass', 'one of this very day');
SELECT pg_temp.paper(:o, 'licence', '91350100M000100Y43', '新星科技有限公司', '2026-11-21', NULL);
SELECT is(pg_temp.result(:o, 'licence_dates'), 'fail', 'not one of a coming day');
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
SELECT is((SELECT followed_at > now() - interval '1 minute' FROM bank.application WHERE case_id = :o), true, 'when, is kept');
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

-- Lists and the report.
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.application_list'), '0', 'other units see nothing');
SELECT is(pg_temp.as('t_rm', format('SELECT string_agg(field, '' '') || '' '' || min(stage) FROM api.application_fields(%s, %s) WHERE fixed', :c, :o)), 'enterprise closed', 'what it is about stays, which the screen knows');
SELECT is(pg_temp.as('t_rm', format('SELECT string_agg(value_en, '' '' ORDER BY seq) FROM api.application_fields(%s, %s) WHERE field IN (''rep_name'', ''rep_id'')', :c, :o)), '*强 1****************' || right(pg_temp.id_of('11010519800505005'), 1), 'personal fields are masked');
SELECT is(pg_temp.as('t_super', 'SELECT on_time_rate || '' '' || handoffs FROM api.report_application(to_char(now() AT TIME ZONE ''Asia/Shanghai'', ''YYYY-MM'')) WHERE case_type = ''account_opening'''), '100.0 5.0', 'time and hand-offs');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.report_application(to_char(now() AT TIME ZONE ''Asia/Shanghai'', ''YYYY-MM''))'), '42501', 'clerks do not read it');
SELECT pg_temp.opened('t_rm', :c);
SELECT is(pg_temp.as('t_rm', format('SELECT count(*) FROM api.customer_applications(%s)', :c)), '4', 'the customer view lists them');
SELECT is(pg_temp.as('t_rm', format('SELECT count(*) FROM api.customer_services(%s)', :c)), '2', 'and the services');
SELECT is((SELECT string_agg(flaw, '; ') FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y, bank.case_type_flaws(y)), NULL, 'the types are whole');
SELECT * FROM finish();
ROLLBACK;
