-- A type of case that a bank adds by data alone, walked from its opening to its end.
BEGIN;
\ir ../lib/small-bank.sql
SELECT plan(51);

-- What comes with the program is whole.
SELECT is_empty($$SELECT y.case_type, f.flaw FROM bank.case_type y,
                  LATERAL bank.case_type_flaws(y.case_type) f$$, 'every type has what it needs');

-- Certificates of deposit: asked for at the counter, made, checked by a second person, handed over.
INSERT INTO bank.case_type (case_type, label_en, label_zh, first_stage, seq, sources, starts, topic,
                            route_from)
VALUES ('certificate', 'Certificate of deposit', '存款证明', 'asked', 50, '{branch,app}',
        '{resolution}', 'service', 9000);
INSERT INTO bank.case_stage VALUES
    ('certificate', 'asked', 'Asked for', '已申请', 1, 'active'),
    ('certificate', 'making', 'Being made', '制作中', 2, 'active'),
    ('certificate', 'papers', 'Papers are missing', '待补材料', 3, 'waiting'),
    ('certificate', 'checking', 'To be checked', '待复核', 4, 'approval'),
    ('certificate', 'ready', 'Ready', '待领取', 5, 'decided'),
    ('certificate', 'over', 'Handed over', '已领取', 6, 'closed');
INSERT INTO bank.case_action (case_type, action, label_en, label_zh, seq, plain) VALUES
    ('certificate', 'route', 'Routed', '分派', 1, false),
    ('certificate', 'make', 'Make it', '制作', 2, true),
    ('certificate', 'miss', 'Papers are missing', '缺材料', 3, true),
    ('certificate', 'bring', 'Papers came', '材料已补', 4, true),
    ('certificate', 'submit', 'Submit', '提交复核', 5, true),
    ('certificate', 'agree', 'Agree', '复核通过', 6, true),
    ('certificate', 'hand', 'Hand over', '领取', 7, true);
INSERT INTO bank.case_outcome VALUES ('certificate', 'handed', 'Handed over', '已领取', 1, false);
INSERT INTO bank.case_transition
    (case_type, stage, action, next_stage, roles, own, needs, sets, outcome, stops) VALUES
    ('certificate', 'asked', 'route', 'asked', '{clerk,supervisor}', false, '{}', '{}', NULL, '{}'),
    ('certificate', 'asked', 'make', 'making', '{clerk,supervisor}', false, '{}', '{take}', NULL, '{}'),
    ('certificate', 'making', 'miss', 'papers', '{clerk,supervisor}', true, '{note}', '{}', NULL, '{}'),
    ('certificate', 'papers', 'bring', 'making', '{clerk,supervisor}', false, '{}', '{}', NULL, '{}'),
    ('certificate', 'making', 'submit', 'checking', '{clerk,supervisor}', true,
     '{decision,field:serial}', '{decide}', NULL, '{}'),
    ('certificate', 'checking', 'agree', 'ready', '{supervisor}', false, '{checker}',
     '{approve,tell}', NULL, '{resolution}'),
    ('certificate', 'ready', 'hand', 'over', '{clerk,supervisor}', false, '{}', '{}', 'handed', '{}');
INSERT INTO bank.case_field
    (case_type, field, seq, kind, label_en, label_zh, required_in, least, most, length, pattern, personal) VALUES
    ('certificate', 'amount', 1, 'money', 'Amount', '金额', '{asked,making}', 1, 100000000, 20, NULL, false),
    ('certificate', 'currency', 2, 'choice', 'Currency', '币种', '{asked}', NULL, NULL, 3, NULL, false),
    ('certificate', 'until', 3, 'date', 'Frozen until', '冻结至', '{}', NULL, NULL, 10, NULL, false),
    ('certificate', 'serial', 4, 'text', 'Serial number', '编号', '{ready,over}', NULL, NULL, 12, '^CD[0-9]{6}$', false),
    ('certificate', 'passport', 5, 'text', 'Passport', '护照号', '{}', NULL, NULL, 20, NULL, true),
    ('certificate', 'copies', 6, 'integer', 'Copies', '份数', '{}', 1, 9, 2, NULL, false),
    ('certificate', 'english', 7, 'bool', 'In English', '英文版', '{}', NULL, NULL, 5, NULL, false);
SELECT set_eq($$SELECT flaw FROM bank.case_type_flaws('certificate')$$,
    ARRAY['a clock of the type has no rule: resolution', 'a choice without values: currency',
          'no last routing rule that fits everything'], 'what is still missing is said');
INSERT INTO bank.case_choice VALUES ('certificate', 'currency', 'CNY', 'Renminbi', '人民币', 1),
    ('certificate', 'currency', 'USD', 'US dollar', '美元', 2);
INSERT INTO bank.clock_rule VALUES
    ('certificate', 'cn', 'resolution', '', '', 'working_days', 2, 'service', true, 0);
INSERT INTO bank.route_rule (seq, case_type, queue, note_en, note_zh)
VALUES (9999, 'certificate', 'service', 'All', '全部');
SELECT is_empty($$SELECT * FROM bank.case_type_flaws('certificate')$$, 'then nothing is');
UPDATE bank.case_type SET subject_en = '{papers} certificate', subject_zh = '{papers}' WHERE case_type = 'certificate';
SELECT set_eq($$SELECT flaw FROM bank.case_type_flaws('certificate')$$, ARRAY['the subject names no field of the type: papers'],
    'but a subject of a field that does not exist');
UPDATE bank.case_type SET subject_en = 'Certificate in {currency}', subject_zh = '{currency}存款证明' WHERE case_type = 'certificate';
SELECT is(bank.case_subject('certificate', 'x', '{"currency": "USD"}', true) || bank.case_subject('certificate', 'x', '{"currency": "USD"}', false),
    'Certificate in US dollar美元存款证明', 'a type says what its cases are about, in both languages');
SELECT is(bank.case_subject('certificate', 'as written', '{}', true), 'as written', 'as long as its fields are filled');
UPDATE bank.case_type SET subject_en = NULL, subject_zh = NULL WHERE case_type = 'certificate';

-- Opening.
CREATE FUNCTION pg_temp.create(p_login text, p_fields text, p_source text DEFAULT '')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_create(''certificate'', 101, %L, '''','
        '''For the visa'', %L, p_request => gen_random_uuid())).id', p_source, p_fields)) $$;
SELECT is(pg_temp.create('t_clerk', '{}'), 'BO422', 'a required field is required');
SELECT is(pg_temp.create('t_clerk', '{"amount": "12.50", "currency": "CNY"}'), 'BO422', 'money is in minor units');
SELECT is(pg_temp.create('t_clerk', '{"amount": "0", "currency": "CNY"}'), 'BO422', 'not too little');
SELECT is(pg_temp.create('t_clerk', '{"amount": "5000000", "currency": "JPY"}'), 'BO422', 'a choice is one of its values');
SELECT is(pg_temp.create('t_clerk', '{"amount": "5000000", "currency": "CNY", "until": "2030-02-30"}'), 'BO422',
          'a date is one');
SELECT is(pg_temp.create('t_clerk', '{"amount": "5000000", "currency": "CNY", "colour": "red"}'), 'BO422',
          'no other fields');
SELECT is(pg_temp.create('t_clerk', '{"amount": "5000000", "currency": "CNY", "english": "yes"}'), 'BO422',
          'yes and no have their words');
SELECT is(pg_temp.create('t_clerk', '{"amount": "5000000", "currency": "CNY"}', 'regulator'), 'BO422',
          'only from its sources');
SELECT is(pg_temp.create('t_audit', '{"amount": "5000000", "currency": "CNY"}'), '42501', 'an auditor opens none');
SELECT pg_temp.create('t_clerk', '{"amount": "5000000", "currency": "CNY", "copies": "", "passport": "E12345678"}') AS id \gset
SELECT is((SELECT f.stage || ' ' || f.phase || ' ' || f.queue || ' ' || f.source || ' ' || (f.fields ->> 'amount')
             FROM bank.case_file f WHERE case_id = :id), 'asked active service branch 5000000',
          'it waits in the queue of its rule');
SELECT is((SELECT string_agg(clock, ' ') FROM bank.case_clock WHERE case_id = :id), 'resolution', 'its clock runs');
SELECT ok((SELECT after -> 'fields' ->> 'passport' LIKE '#%' FROM bank.case_event WHERE case_id = :id AND action = 'open'),
          'a personal field is not in the record');

-- Its steps.
CREATE FUNCTION pg_temp.step(p_login text, p_case bigint, p_action text, p_note text DEFAULT '',
                             p_how text DEFAULT NULL, p_fields text DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_do(%s, %s, %L, %L, %L, %L, NULL, %s, gen_random_uuid())).status',
           f.customer_id, f.case_id, p_action, p_note, p_how, p_fields, f.version))
      FROM bank.case_file f WHERE f.case_id = p_case $$;
CREATE FUNCTION pg_temp.stage(p_case bigint) RETURNS text LANGUAGE sql AS
$$ SELECT stage FROM bank.case_file WHERE case_id = p_case $$;
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(action, '' '') FROM api.case_steps(101, %s) WHERE allowed', :id)),
          'make', 'the case says what can be done');
SELECT is(pg_temp.step('t_clerk', :id, 'submit', 'x'), 'BO423', 'no step is skipped');
SELECT is(pg_temp.step('t_clerk', :id, 'resolve', 'x'), 'BO422', 'nor taken from another type');
SELECT is(pg_temp.step('t_clerk', :id, 'route'), 'BO422', 'a step with a function of its own is not plain');
SELECT is(pg_temp.step('t_clerk', :id, 'make'), 'done', 'a clerk makes it');
SELECT is((SELECT s.login FROM bank.case_file f JOIN bank.staff s ON s.staff_id = f.owner_id WHERE case_id = :id),
          't_clerk', 'and owns it');
SELECT is(pg_temp.step('t_clerk2', :id, 'miss', 'no passport'), 'BO403', 'another clerk does not act on it');
SELECT is(pg_temp.step('t_clerk', :id, 'miss', ' '), 'BO422', 'a note that is wanted is wanted');
SELECT is(pg_temp.step('t_clerk', :id, 'miss', 'no passport'), 'done', 'it waits');
SELECT is((SELECT f.phase || ' ' || (p.ended_at IS NULL) FROM bank.case_file f JOIN bank.case_pause p USING (case_id)
            WHERE f.case_id = :id), 'waiting true', 'its clock stands still');
SELECT is(pg_temp.as('t_clerk', format('SELECT count(*) FROM api.case_list WHERE lane = ''waiting'' AND case_id = %s', :id)),
          '1', 'the lane of waiting cases has it');
SELECT is(pg_temp.step('t_clerk', :id, 'bring'), 'done', 'it goes on');
SELECT ok((SELECT ended_at IS NOT NULL FROM bank.case_pause WHERE case_id = :id), 'the pause has an end');
SELECT is(pg_temp.step('t_clerk', :id, 'submit', 'made'), 'BO422', 'the step wants a field');
SELECT is(pg_temp.step('t_clerk', :id, 'submit', 'made', NULL, '{"serial": "7"}'), 'BO422', 'that has its form');
SELECT is(pg_temp.step('t_super', :id, 'submit', 'made', NULL, '{"serial": "CD000007", "copies": "2"}'), 'done',
          'it is made');
SELECT is(pg_temp.step('t_clerk', :id, 'agree'), 'BO403', 'a clerk does not check');
SELECT is(pg_temp.step('t_super', :id, 'agree', '', 'sms'), 'BO403', 'nor the one who decided');
SELECT is(pg_temp.stage(:id), 'checking', 'it waits for a second person');
SELECT is((SELECT count(*)::int FROM pg_temp.as('t_super2', format(
          'SELECT count(*) FROM api.worklist WHERE kind = ''approval'' AND case_id = %s AND screen = ''case-any''', :id)) n
          WHERE n = '1'), 1, 'whose worklist has it');
SELECT is(pg_temp.step('t_super2', :id, 'agree', '', 'sms'), 'done', 'the second person checks');
SELECT is((SELECT body FROM bank.outbox WHERE case_id = :id), 'made', 'and the customer is told the decision');
SELECT ok((SELECT stopped_at IS NOT NULL FROM bank.case_clock WHERE case_id = :id), 'the clock has stopped');
SELECT is(pg_temp.step('t_clerk', :id, 'hand'), 'done', 'it is handed over');
SELECT is((SELECT outcome || ' ' || phase || ' ' || (closed_at IS NOT NULL) FROM bank.case_file WHERE case_id = :id),
          'handed closed true', 'and over');

-- The record, and the fence under it.
SELECT is(pg_temp.as('t_clerk', format('SELECT changes_en || ''; '' || changes FROM api.case_history '
          'WHERE customer_id = 101 AND case_id = %s AND action = ''submit''', :id)),
          'Serial number CD000007, Copies 2; 编号 CD000007, 份数 2', 'what changed is said in words of the type');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(concat_ws('' '', label_en, before_en, now_en), '', '') '
          'FROM api.case_changes(101, %s, 4) WHERE field IN (''serial'', ''copies'', ''stage'')', :id)),
          'Copies 2, Serial number CD000007, Stage Papers are missing Handed over', 'also to the second of two people');
SELECT is(pg_temp.as('t_clerk', format('SELECT shown_zh FROM api.case_fields(101, %s) WHERE field = ''currency''', :id)),
          '人民币', 'a choice is shown by its name');
SELECT is((SELECT before ->> 'fields' || ' ' || (after ->> 'fields') FROM bank.case_event
            WHERE case_id = :id AND action = 'submit'), '{"copies": null, "serial": null} {"copies": "2", "serial": "CD000007"}',
          'the record has the fields that changed');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(action_en, '', '' ORDER BY event_id) FROM api.case_history '
          'WHERE customer_id = 101 AND case_id = %s', :id)),
          'Opened, Routed, Make it, Papers are missing, Papers came, Submit, Agree, Hand over', 'in words of the type');
SELECT throws_ok(format('UPDATE bank.case_file SET stage = ''asked'', closed_at = NULL WHERE case_id = %s', :id), 'BO423',
                 NULL, 'no way back, whoever writes');
SELECT throws_ok(format($$UPDATE bank.case_file SET fields = '{"amount": "-1"}' WHERE case_id = %s$$, :id), 'BO422',
                 NULL, 'nor an impossible value');
SELECT is(pg_temp.as('t_super', $$SELECT sum(received)::int FROM api.report_case_day('')$$), '0',
          'it counts as no complaint');

SELECT * FROM finish();
ROLLBACK;
