-- What the machine says is stored and acted on; people correct it; models are compared and promoted.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

CREATE FUNCTION pg_temp.do(p_login text, p_call text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (o).status || '' '' || (o).id || '' '' || (o).message FROM '
        '(SELECT api.%s, p_request => gen_random_uuid()) o) x', p_call)) $$;
CREATE FUNCTION pg_temp.open(p_more text DEFAULT '') RETURNS bigint LANGUAGE sql AS $$
    SELECT split_part(pg_temp.do('t_clerk', format('case_open(102, ''A032'', NULL, NULL, ''年费'', ''扣了年费''%s',
        p_more)), ' ', 2)::bigint $$;
CREATE FUNCTION pg_temp.say(p_login text, p_case bigint, p_sure text, p_b text DEFAULT 'B02,B01,B03',
    p_r text DEFAULT 'C07,C07,C03') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.do(p_login, format('case_machine(102, %s, 1, ''A01'', 0.4, ''{%s}'', ''{%s}'', ''{%s}''',
        p_case, p_b, p_r, p_sure)) $$;
CREATE FUNCTION pg_temp.add(p_hits int, p_rival text DEFAULT 'NULL', p_rival_hits text DEFAULT 'NULL',
    p_held int DEFAULT 50, p_bytes text DEFAULT 'AAEC') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.do('t_worker', format('model_add(100, 10, 0.8, %s, %s, %s, 30, 29, 0.02, %s, %s, %L, %L',
        p_held, p_hits, p_held, p_rival, p_rival_hits,
        format('{"B": "%s", "C": "AwQF"}', p_bytes), '[{"axis": "B", "code": "B02", "held": 9, "said": 8, "hits": 7}]')) $$;
CREATE FUNCTION pg_temp.field(p_case bigint, p_name text) RETURNS text LANGUAGE sql AS $$
    SELECT to_jsonb(f) ->> p_name FROM bank.case_file f WHERE f.case_id = p_case $$;

-- Models.
ALTER TABLE bank.model ALTER model_id RESTART WITH 1;
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.classify_settings()'), '0', 'at first there is no model');
SELECT is(pg_temp.add(40), 'done 1 The model runs in shadow.', 'a trained model runs in shadow');
SELECT is(pg_temp.do('t_worker', 'model_promote(1'), 'done 1 The model is active.', 'the first needs no rival');
SELECT is(pg_temp.as('t_clerk', $$SELECT string_agg(axis || sha256, ' ') FROM api.model_parts(NULL)$$),
    'B' || encode(sha256('\x000102'), 'hex') || ' C' || encode(sha256('\x030405'), 'hex'), 'its bytes carry their checksum');
SELECT throws_ok($$UPDATE bank.model_part SET data = '\x00' WHERE axis = 'B'$$, '23514', NULL, 'which the table checks');
SELECT pg_temp.add(40, '1', '40') AS made \gset
SELECT is(pg_temp.do('t_worker', 'model_promote(2'), 'BO423', 'one that is as good is not promoted');
SELECT pg_temp.add(45, '1', '40', 49) AS made \gset
UPDATE bank.setting SET value = '50' WHERE name = 'classify_held_least';
SELECT is(pg_temp.do('t_worker', 'model_promote(3'), 'BO423', 'nor one compared on too few cases');
SELECT pg_temp.add(45) AS made \gset
SELECT is(pg_temp.do('t_worker', 'model_promote(4'), 'BO423', 'nor one compared with none');
SELECT pg_temp.add(45, '1', '40', 50, 'AAED') AS made \gset
SELECT is(pg_temp.do('t_clerk', 'model_promote(5'), '42501', 'a clerk promotes nothing');
SELECT is(pg_temp.do('t_super', 'model_promote(5'), 'done 5 The model is active.', 'a better one is');
SELECT is(pg_temp.do('t_super', 'model_promote(1'), 'BO423', 'a retired one is not promoted again');
SELECT is((SELECT string_agg(model_id || state, ' ' ORDER BY model_id) FROM bank.model),
    '1retired 2shadow 3shadow 4shadow 5active', 'one is active');
SELECT throws_ok('UPDATE bank.model SET state = ''active'' WHERE model_id = 2', '23505', NULL, 'and no two can be');
SELECT is(pg_temp.do('t_worker', 'model_rollback(p_request => gen_random_uuid()) o) x --'),
    'done 1 The model before is active again.', 'one command brings the former back');
SELECT is(pg_temp.do('t_worker', 'model_rollback(p_request => gen_random_uuid()) o) x --'), 'BO423', 'there is none before the first');
SELECT is((SELECT count(*)::int FROM bank.audit WHERE object_kind = 'model'), 8, 'all of it is audited');

-- Above the threshold.
SELECT pg_temp.open() AS sure \gset
SELECT is(pg_temp.field(:sure, 'stage'), 'registered', 'without codes it waits');
SELECT is(pg_temp.as('t_worker', 'SELECT string_agg(case_id::text, '' '') FROM api.classify_waiting(0, 9)'), :'sure',
    'a worker finds it');
SELECT is(pg_temp.say('t_clerk', :sure, '0.97,0.02,0.01'), format('done %s The machine classified the case; it is in its queue.', :sure),
    'sure enough, it goes its way');
SELECT is(pg_temp.field(:sure, 'stage') || ' ' || pg_temp.field(:sure, 'queue') || ' ' || pg_temp.field(:sure, 'business'),
    'assigned card B02', 'to its queue');
SELECT isnt(pg_temp.field(:sure, 'owner_id'), NULL, 'to a named person');
SELECT is((SELECT count(*)::int FROM bank.training_label), 0, 'the machine does not teach itself');
SELECT is(pg_temp.say('t_clerk', :sure, '0.97,0.02,0.01'), format('done %s The case is classified already.', :sure),
    'a second voice changes nothing');
SELECT is(pg_temp.as('t_worker', 'SELECT count(*) FROM api.classify_waiting(0, 9)'), '0', 'nothing waits any more');

-- Below it.
SELECT pg_temp.open() AS unsure \gset
SELECT is(pg_temp.say('t_clerk', :unsure, '0.5,0.3,0.1'),
    format('done %s The machine is not sure: choose the class with 1, 2 or 3.', :unsure), 'unsure, it asks');
SELECT is(pg_temp.field(:unsure, 'stage') || ' ' || pg_temp.field(:unsure, 'queue') || ' ' ||
    (SELECT login FROM bank.staff WHERE staff_id = pg_temp.field(:unsure, 'owner_id')::int), 'registered triage t_clerk',
    'whoever has it on the screen');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(rank || business || reason || confidence, '' '' ORDER BY rank) '
    'FROM api.case_suggestions(102, %s)', :unsure)), '1B02C0750 2B01C0730 3B03C0310', 'with three to choose from');
SELECT is(pg_temp.as('t_west', format('SELECT count(*) FROM api.case_suggestions(102, %s)', :unsure)), 'BO404', 'not elsewhere');
CREATE FUNCTION pg_temp.choose(p_case bigint, p_rank int, p_shown text, p_before int DEFAULT 0, p_login text DEFAULT 't_clerk')
RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.do(p_login, format('case_choose(102, %s, %s, %L, %s', p_case, p_rank, p_shown,
    pg_temp.field(p_case, 'version')::int - p_before)) $$;
SELECT is(pg_temp.choose(:unsure, 4, 'B02 C07'), 'BO422', 'there is no fourth');
SELECT is(pg_temp.choose(:unsure, 2, 'B01 C07', 1), 'BO409', 'nor an old version');
SELECT is(pg_temp.choose(:unsure, 2, 'B02 C07'), 'BO409', 'nor the key of what was not shown there');
SELECT is(pg_temp.choose(:unsure, 2, NULL), 'BO409', 'nor one that says nothing of it');
SELECT is(pg_temp.field(:unsure, 'stage'), 'registered', 'all of it leaves the case as it was');
SELECT is(pg_temp.as('t_clerk', format('SELECT count(*) FROM api.case_suggestions(102, %s, true)', :unsure)), '3', 'three while it waits');
SELECT is(pg_temp.choose(:unsure, 2, 'B01 C07'), format('done %s The case is classified.', :unsure), 'one key classifies');
SELECT is(pg_temp.as('t_clerk', format('SELECT count(*) FROM api.case_suggestions(102, %s, true)', :unsure)), '0', 'none any more');
SELECT is(pg_temp.as('t_clerk', format('SELECT count(*) FROM api.case_suggestions(102, %s)', :unsure)), '3', 'what was said is kept');
SELECT is(pg_temp.field(:unsure, 'queue'), 'payment', 'and routes');
SELECT is((SELECT business || reason || said_business || said_reason FROM bank.training_label WHERE case_id = :unsure),
    'B01C07B02C07', 'the correction is a row to learn from');
CREATE FUNCTION pg_temp.told(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', format('SELECT note_en || '' | '' || note FROM api.case_history WHERE case_id = %s '
        'AND action = ''classify'' ORDER BY at DESC LIMIT 1', p_case)) $$;
SELECT matches(pg_temp.told(:unsure), '^Suggestion taken: 2, model 1, [0-9]+ % \| 采纳建议: 2, model 1, ', 'the history tells which was taken');
SELECT is(pg_temp.do('t_super', format('case_classify(102, %s, ''A01'', ''B05'', ''C01'', ''simple'', %s', :unsure,
    pg_temp.field(:unsure, 'version'))) LIKE 'done%', true, 'somebody decides otherwise');
SELECT matches(pg_temp.told(:unsure), '^Instead of: B02 C07, model 1, [0-9]+ % \| 未采纳: ', 'and instead of what');
SELECT is((SELECT business || reason || said_business || said_reason FROM bank.training_label WHERE case_id = :unsure),
    'B05C01B02C07', 'the last word is the one to learn');
SELECT is(pg_temp.do('t_super', format('case_classify(102, %s, ''A01'', ''B01'', ''C07'', ''simple'', %s', :unsure,
    pg_temp.field(:unsure, 'version'))) LIKE 'done%', true, 'and may be taken back');

-- Unknown, by a worker: a person of the team gets it.
SELECT pg_temp.open() AS strange \gset
SELECT is(pg_temp.do('t_worker', format('case_machine_batch(1, ''{102,102,102}'', ''{%s,%s,999999}'', ''{A01,A01,A01}'', ''{1,1,1}'', '
    '''{"B02 B01","B02","B02"}'', ''{"C07 C07","C01","C01"}'', ''{"0.11 0.1","0.9","0.9"}''', :strange, :sure)), 'done 0 0 1 The waiting cases are classified.',
    'a batch leaves out what is classified or gone');
SELECT is(pg_temp.field(:strange, 'queue') || ' ' || (pg_temp.field(:strange, 'owner_id') IS NOT NULL), 'triage true',
    'an unknown one goes to a person');
SELECT is((SELECT decision FROM bank.prediction WHERE case_id = :strange), 'unknown', 'and is called so');
SELECT pg_temp.open() AS other \gset
SELECT is(pg_temp.say('t_clerk', :other, '0.99', 'B99', 'C99') ~ 'does not know', true, 'surely something else is unknown too');
SELECT pg_temp.open(', p_complained => ''t_clerk''') AS about \gset
SELECT pg_temp.as('t_super', format('SELECT api.case_machine(102, %s, 1, ''A01'', 1, ''{B02}'', ''{C01}'', ''{0.4}'', gen_random_uuid())', :about)) AS done \gset
SELECT isnt((SELECT login FROM bank.staff WHERE staff_id = pg_temp.field(:about, 'owner_id')::int), 't_clerk', 'never to the person complained about');
SELECT is(pg_temp.say('t_clerk', pg_temp.open(), '0.9', 'B77', 'C01'), 'BO422', 'a code that does not exist is refused');
SELECT is(pg_temp.say('t_clerk', pg_temp.open(), '0.9', 'B02', 'C77'), 'BO422', 'on either axis');
SELECT is(pg_temp.say('t_clerk', pg_temp.open(), '0.9,0.1', 'B02', 'C01'), 'BO422', 'as are lists of unequal length');

-- How well it does.
SELECT is(pg_temp.as('t_super', 'SELECT cases || '' '' || auto_share || '' '' || settled || '' '' || accuracy || '' '' || corrections '
    'FROM api.report_classifier_month(''2000-01-01'', ''2100-01-01'')'), '5 20 1 0 1', 'by month: cases, share, accuracy');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(label || settled || coalesce(accuracy, -1), '' '') '
    'FROM api.report_classifier(''2000-01-01'', ''2100-01-01'', ''B'', NULL)'), 'B0110 B020-1', 'by class, under the true one');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(label, '' '') FROM api.report_classifier(NULL, NULL, ''B'', ''B01'')'),
    to_char(bank.local_day(now()), 'YYYY-MM'), 'or one class by month');
SELECT is(pg_temp.as('t_super', 'SELECT low || '' '' || cases || '' '' || said || '' '' || seen '
    'FROM api.report_classifier_reliability(''2000-01-01'', ''2100-01-01'')'), '50 1 50 0', 'said against seen');
CREATE FUNCTION pg_temp.reports(p_scope int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.staff SET scope_id = p_scope WHERE login = 't_super';
    RETURN pg_temp.as('t_super', 'SELECT concat_ws('' '', (SELECT sum(cases) FROM api.report_classifier(NULL, NULL, ''B'', NULL)),
        (SELECT sum(cases) FROM api.report_classifier_month(NULL, NULL)), (SELECT sum(cases) FROM api.report_classifier_reliability(NULL, NULL)))');
END $$;
SELECT is(pg_temp.reports(3), pg_temp.reports(2), 'a unit sees how well it does for itself');
SELECT is(pg_temp.reports(5), '', 'and nothing of another');
SELECT is(pg_temp.reports(2) ~ ' .* ', true, 'which is something');
SELECT is(pg_temp.as('t_worker', 'SELECT string_agg(business || reason, '' '') FROM api.classify_examples(0, 99)'), 'B01C07',
    'a worker reads the examples');
SELECT is(pg_temp.as('t_audit', 'SELECT accuracy || '' '' || auto_accuracy || '' '' || bytes FROM api.model_list WHERE model_id = 5'),
    '90 96.67 6', 'models show their figures');
SELECT is(pg_temp.as('t_audit', 'SELECT recall || '' '' || precision FROM api.model_class_list WHERE model_id = 5'), '77.8 87.5', 'by class too');
-- What a regulator forwards, and what is major, waits for its class at the executive desk.
SELECT pg_temp.open(', p_source => ''regulator''') AS forwarded \gset
SELECT pg_temp.say('t_clerk', :forwarded, '0.4,0.3,0.1') AS done \gset
SELECT is(pg_temp.field(:forwarded, 'stage') || ' ' || pg_temp.field(:forwarded, 'queue') || ' ' || pg_temp.field(:forwarded, 'route_seq')
    || ' ' || (SELECT role FROM bank.staff WHERE staff_id = pg_temp.field(:forwarded, 'owner_id')::int),
    'registered executive 20 supervisor', 'one that a regulator forwarded is at the executive desk though nobody knows its class');
SELECT pg_temp.open(', p_level => ''major''') AS major \gset
SELECT pg_temp.do('t_worker', format('case_machine_batch(1, ''{102}'', ''{%s}'', ''{A01}'', ''{1}'', ''{B02}'', ''{C07}'', ''{0.11}''', :major)) AS done \gset
SELECT is(pg_temp.field(:major, 'stage') || ' ' || pg_temp.field(:major, 'queue') || ' ' || pg_temp.field(:major, 'route_seq')
    || ' ' || (SELECT role FROM bank.staff WHERE staff_id = pg_temp.field(:major, 'owner_id')::int),
    'registered executive 10 supervisor', 'and so is a major one');
SELECT is(pg_temp.as('t_super', format('SELECT string_agg(seq::text, '' '') FROM api.case_route_explain(102, %s) WHERE decides', :forwarded)),
    '20', 'which is what the explanation says');
SELECT is(pg_temp.as('t_super', format('SELECT count(*) FROM api.case_route_explain(102, %s) WHERE decides', :strange)),
    '0', 'of another one no rule decides yet');
SELECT pg_temp.choose(:major, 1, 'B02 C07', 0, 't_super') AS done \gset
SELECT is(pg_temp.field(:major, 'stage') || ' ' || pg_temp.field(:major, 'queue'), 'assigned executive', 'it stays there with its class');

-- A second opinion: the third key when it names another pair, beside the machine's when it agrees.
CREATE FUNCTION pg_temp.opinion(p_case bigint, p_b text, p_r text) RETURNS text LANGUAGE sql AS $$
    INSERT INTO bank.opinion_call (customer_id, case_id, unit_id, day)
    SELECT customer_id, case_id, unit_id, '2000-01-01' FROM bank.case_file WHERE case_id = p_case;
    SELECT pg_temp.do('t_worker', format('opinion_answer(102, %s, %L, %L, 0.7, %L', p_case, p_b, p_r, 'judge-1')) $$;
CREATE FUNCTION pg_temp.keys(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', format('SELECT string_agg(rank || business || reason || '' '' || source, ''; '' ORDER BY rank) '
        'FROM api.case_suggestions(102, %s, true)', p_case)) $$;
SELECT is(pg_temp.do('t_worker', format('opinion_answer(102, %s, ''B02'', ''C07'', 0.7, ''judge-1''', pg_temp.open())), 'BO404', 'no opinion that nobody asked for');
SELECT pg_temp.open() AS second \gset
SELECT pg_temp.say('t_clerk', :second, '0.5,0.3,0.1') AS done \gset
SELECT pg_temp.opinion(:second, 'B05', 'C06') AS done \gset
SELECT is(pg_temp.keys(:second), '1B02C07 模型 1; 2B01C07 模型 1; 3B05C06 judge-1', 'the service''s pair has the third key, under its name');
SELECT is(pg_temp.choose(:second, 3, 'B03 C03'), 'BO409', 'who still saw the machine''s third there does not get the other one');
SELECT is(pg_temp.choose(:second, 3, 'B05 C06'), format('done %s The case is classified.', :second), 'who saw it takes it');
SELECT is(pg_temp.field(:second, 'business') || pg_temp.field(:second, 'reason'), 'B05C06', 'and that is its class');
SELECT pg_temp.open() AS agreed \gset
SELECT pg_temp.say('t_clerk', :agreed, '0.5,0.3,0.1') AS done \gset
SELECT pg_temp.opinion(:agreed, 'B03', 'C03') AS done \gset
SELECT is(pg_temp.keys(:agreed), '1B02C07 模型 1; 2B01C07 模型 1; 3B03C03 模型 1 + judge-1', 'where both agree, both are named');

-- The codes of the bought standard are filled in by who keeps the system.
SELECT is(pg_temp.as('t_super', $$SELECT (api.class_code_save('B', 'B02', '0102', '', 1, gen_random_uuid())).status$$), '42501', 'not by a supervisor');
SELECT is(pg_temp.as('t_admin', $$SELECT (api.class_code_save('B', 'B02', '0102', 'Credit card', 1, gen_random_uuid())).status$$), 'done', 'a code is filled in');
SELECT is(pg_temp.as('t_clerk', $$SELECT std_code FROM api.class_code WHERE axis = 'B' AND code = 'B02'$$), '0102', 'everybody sees it');
SELECT is(pg_temp.as('t_admin', $$SELECT concat_ws(' ', std_code, cfpb_code, version) FROM api.class_code_form('B', 'B02')$$), '0102 Credit card 2', 'the form brings what is there');
SELECT is((SELECT concat_ws(' ', before ->> 'std_code', after ->> 'std_code', object_id) FROM bank.audit WHERE action = 'class_code_save'),
    '0102 B02', 'the audit knows what it became');
SELECT is(pg_temp.as('t_admin', $$SELECT (api.class_code_save('B', 'B02', '0103', '', 1, gen_random_uuid())).status$$), 'BO409', 'not over somebody else''s');
SELECT is(pg_temp.as('t_admin', $$SELECT (api.class_code_save('B', 'B02', 'a b', '', 2, gen_random_uuid())).status$$), 'BO422', 'no words');
SELECT is(pg_temp.as('t_admin', $$SELECT (api.class_code_save('B', 'B77', '1', '', NULL, gen_random_uuid())).status$$), 'BO409', 'nor for one that is not there');

SELECT * FROM finish();
ROLLBACK;
