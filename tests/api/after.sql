-- After the decision: redress within limits, root causes, what customers say; reports over a period.
BEGIN;
\ir ../lib/small-bank.sql
INSERT INTO bank.phone (customer_id, phone, unit_id) SELECT customer_id, '13900000101', unit_id FROM bank.customer
 WHERE customer_id = 101;
SELECT * FROM no_plan();
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(101, ''A032'', ''B02'', ''C07'', ''fee'', ''charged twice'',
    p_request => gen_random_uuid())).id')::bigint AS a \gset
CREATE FUNCTION pg_temp.call(p_login text, p_what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.%s gen_random_uuid())).status', p_what)) $$;
CREATE FUNCTION pg_temp.version() RETURNS bigint LANGUAGE sql AS $$
    SELECT version FROM bank.case_file ORDER BY case_id LIMIT 1 $$;
SELECT pg_temp.call('t_clerk2', format('case_take(101, %s, %s,', :a, pg_temp.version()));

-- Redress.
CREATE FUNCTION pg_temp.too_much(p_case bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    why text;
BEGIN
    SET LOCAL SESSION AUTHORIZATION t_clerk2;
    PERFORM api.case_redress_ask(101, p_case, 'refund', 150000000, NULL, '', 'twice', gen_random_uuid());
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
    RETURN why;
END $$;
SELECT is(pg_temp.call('t_clerk', format('case_redress_ask(101, %s, ''refund'', 5000, NULL, '''', ''twice'',', :a)), 'BO403',
          'only the owner asks');
SELECT is(pg_temp.too_much(:a), '1,500,000.00 > 1,000,000.00', 'nobody approves so much: told in money');
SELECT is(pg_temp.call('t_clerk2', format('case_redress_ask(101, %s, ''refund'', 0, NULL, '''', ''twice'',', :a)), 'BO422',
          'for something');
SELECT is(pg_temp.call('t_clerk2', format('case_redress_ask(101, %s, ''refund'', 3000000, NULL, '''', '' '',', :a)), 'BO422',
          'for a reason');
SELECT is(pg_temp.call('t_clerk2', format('case_redress_ask(101, %s, ''refund'', 3000000, NULL, ''no such'', ''twice'',', :a)), 'BO422',
          'to an account of the customer');
INSERT INTO bank.account (customer_id, account_id, number, product, currency, balance, status, opened_on, unit_id)
SELECT 101, 880001, '6225990000000001', min(product), 'CNY', 0, 'open', '2024-01-01', unit_id FROM bank.product, bank.customer WHERE customer_id = 101 GROUP BY unit_id;
SELECT '6225990000000001' AS number \gset
SELECT is(pg_temp.call('t_clerk2', format('case_redress_ask(101, %s, ''refund'', 3000000, NULL, %L, ''twice'',', :a,
          bank.mask_account(:'number'))), 'done', 'asked');
SELECT is((SELECT account FROM bank.case_redress WHERE case_id = :a), :'number', 'to the account that was meant');
SELECT is(pg_temp.as('t_super', 'SELECT account FROM api.case_redress_list'), bank.mask_account(:'number'), 'shown masked');
CREATE FUNCTION pg_temp.decide(p_login text, p_yes boolean) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('case_redress_decide(101, %s, %s, %L, ''n'', 1,', case_id, redress_id, p_yes))
      FROM bank.case_redress ORDER BY redress_id DESC LIMIT 1 $$;
SELECT is(pg_temp.decide('t_clerk2', true), '42501', 'a clerk does not decide');
SELECT is(pg_temp.as('t_super', 'SELECT decidable || '' '' || within || '' '' || decides FROM api.case_redress_list'), 'true false head', 'seen before he decides, and who can');
SELECT is(pg_temp.as('t_super2', 'SELECT decidable || '' '' || within || '' '' || decides FROM api.case_redress_list'), 'true true here', 'head office is asked');
CREATE FUNCTION pg_temp.waits(p_login text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, 'SELECT count(*) || coalesce(min(detail), '''') FROM api.worklist WHERE kind = ''redress''') $$;
SELECT is(pg_temp.waits('t_super') || ', ' || pg_temp.waits('t_super2') || ', ' || pg_temp.waits('t_clerk'),
          '0, 130,000.00, 0', 'it is work of whoever may approve it');
SELECT is((SELECT pg_temp.call('t_super2', format('case_redress_decide(101, %s, %s, false, '' '', 1,', case_id, redress_id))
             FROM bank.case_redress), 'BO422', 'not refused without a word');
SELECT is(pg_temp.decide('t_super', true), 'BO403', 'above the limit of the branch');
SELECT is(pg_temp.decide('t_super2', true), 'done', 'head office may');
SELECT is(pg_temp.decide('t_super2', false), 'BO409', 'once');
SELECT throws_ok('UPDATE bank.case_redress SET checker_id = maker_id', '23514', NULL,
                 'the table itself keeps maker and checker apart');

-- Points are points: no amount, limits of their own, posted when they are approved.
CREATE FUNCTION pg_temp.ask_points(p_case bigint, p_amount text, p_points text, p_kind text DEFAULT 'points', p_account text DEFAULT '')
RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.call('t_clerk2', format('case_redress_ask(101, %s, %L, %s, %s, %L, ''for the trouble'',',
    p_case, p_kind, p_amount, p_points, p_account)) $$;
SELECT is(pg_temp.ask_points(:a, '5000', 'NULL'), 'BO422', 'points are no amount');
SELECT is(pg_temp.ask_points(:a, '5000', '5000'), 'BO422', 'nor both');
SELECT is(pg_temp.ask_points(:a, '5000', '5000', 'refund'), 'BO422', 'a refund has no points');
SELECT is(pg_temp.ask_points(:a, 'NULL', '0'), 'BO422', 'none is nothing');
SELECT is(pg_temp.ask_points(:a, 'NULL', '1000001'), 'BO422', 'nobody approves so many');
SELECT is(pg_temp.ask_points(:a, 'NULL', '5000', 'points', :'number'), 'BO422', 'they go to no account');
SELECT is(pg_temp.ask_points(:a, 'NULL', '250000'), 'done', 'points are asked for');
SELECT is(pg_temp.as('t_super', 'SELECT coalesce(amount, 0) || '' '' || points || '' '' || within FROM api.case_redress_list WHERE kind = ''points'''),
    '0 250000 false', 'the list has them as points, with the limit of the branch');
SELECT is(pg_temp.decide('t_super', true), 'BO403', 'which holds');
SELECT is(pg_temp.waits('t_super') || ', ' || pg_temp.waits('t_super2'), '0, 1250,000 积分', 'so it is work of head office');
SELECT is((SELECT count(*)::int FROM bank.points_transaction WHERE customer_id = 101), 0, 'nothing is posted before');
SELECT is(pg_temp.decide('t_super2', true), 'done', 'who approves');
SELECT is((SELECT t.kind || ' ' || t.rule || ' ' || t.points || ' ' || (t.staff_id = r.maker_id) || ' ' || (t.checked_by = r.checker_id) || ' '
        || p.from_account || ' > ' || p.to_account || ' ' || p.points
      FROM bank.case_redress r JOIN bank.points_transaction t USING (customer_id, transaction_id) JOIN bank.points_posting p USING (customer_id, transaction_id)),
    'earn goodwill 250000 true true bank:issue > member:available 250000', 'then the ledger has them, with maker and checker');
SELECT is((SELECT available FROM bank.points_account WHERE customer_id = 101), 250000::bigint, 'and so has the customer');
SELECT is((SELECT note FROM bank.case_event WHERE case_id = :a AND action = 'redress_ask' ORDER BY event_id DESC LIMIT 1),
    '积分 / Points 250,000: for the trouble', 'the history says points');
SELECT is(pg_temp.ask_points(:a, 'NULL', '9000'), 'done', 'fewer');
SELECT is(pg_temp.decide('t_super', true), 'done', 'are within the limit of the branch');
SELECT throws_ok('UPDATE bank.case_redress SET points = 5 WHERE kind = ''refund''', '23514', NULL, 'the table itself keeps amounts and points apart');

-- The root cause.
SELECT is(pg_temp.call('t_clerk2', format('case_cause_set(101, %s, ''system'', ''posted twice'', ''check ids'', '
          '''t_super'', NULL, '''', 0,', :a)), 'BO422', 'a measure has a day');
SELECT is(pg_temp.call('t_clerk2', format('case_cause_set(101, %s, ''weather'', ''x'', '''', '''', NULL, '''', 0,', :a)),
          'BO422', 'of a known kind');
SELECT is(pg_temp.call('t_clerk2', format('case_cause_set(101, %s, ''system'', '' '', '''', '''', NULL, '''', 0,', :a)),
          'BO422', 'with what was found');
SELECT is(pg_temp.call('t_clerk2', format('case_cause_set(101, %s, ''system'', ''posted twice'', ''check ids'', '
          '''t_super'', ''2020-01-31'', '''', 0,', :a)), 'done', 'kept');
SELECT is(pg_temp.call('t_clerk2', format('case_cause_set(101, %s, ''system'', ''posted twice'', ''check ids'', '
          ''''', ''2020-01-31'', '''', 1,', :a)), 'BO422', 'a measure has somebody who sees to it');
SELECT is(pg_temp.call('t_clerk2', format('case_cause_set(101, %s, ''system'', ''posted twice'', ''check ids'', '
          '''t_west'', ''2020-01-31'', '''', 1,', :a)), 'BO422', 'and who sees the case');
SELECT is(pg_temp.as('t_super', 'SELECT state FROM api.case_cause_list'), 'overdue', 'seen when it is late');
CREATE FUNCTION pg_temp.to_rectify(p_login text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, 'SELECT concat_ws('' '', screen, title, state, due_at) FROM api.worklist WHERE kind = ''cause''') $$;
SELECT is(pg_temp.to_rectify('t_super'), 'case-causes check ids overdue 2020-02-01 00:00:00+08', 'it is his work, by its day');
SELECT is(pg_temp.to_rectify('t_super2'), NULL, 'and of nobody else');
SELECT is(pg_temp.call('t_super', format('case_cause_done(101, %s, ''live since May'', 1,', :a)), 'done', 'done');
SELECT is(pg_temp.as('t_super', 'SELECT state FROM api.case_cause_list'), 'done', 'and shown so');
SELECT is(pg_temp.to_rectify('t_super'), NULL, 'done, it is work no more');
SELECT is(pg_temp.call('t_super', format('case_cause_set(101, %s, ''system'', ''posted twice, and late'', ''check ids'', '
          '''t_super'', ''2020-02-28'', '''', 2,', :a)), 'done', 'the finding is put right');
SELECT is(pg_temp.as('t_super', 'SELECT state || '' '' || result FROM api.case_cause_list'), 'done live since May', 'what was done stays done');
SELECT is(pg_temp.call('t_super', format('case_cause_set(101, %s, ''system'', ''posted twice'', ''check ids and days'', '
          '''t_super'', ''2020-02-28'', '''', 3,', :a)), 'done', 'another measure');
SELECT is(pg_temp.as('t_super', 'SELECT state || '' '' || result FROM api.case_cause_list'), 'overdue ', 'is to be done anew');
SELECT is(pg_temp.call('t_super', format('case_cause_done(101, %s, ''live since May'', 4,', :a)), 'done', 'and done');

-- The survey.
SELECT is(pg_temp.call('t_clerk', format('case_survey_set(101, %s, 5, ''good'', ''phone'',', :a)), 'BO423',
          'not before the decision');
SELECT pg_temp.call('t_clerk2', format('case_resolve(101, %s, ''refunded'', ''sms'', '''', ''resolved'', NULL,', :a));
SELECT is(pg_temp.call('t_clerk2', format('case_survey_set(101, %s, 5, ''good'', ''phone'',', :a)), 'BO403',
          'not by the owner');
SET LOCAL bankops.language = 'en';
CREATE FUNCTION pg_temp.asks(p_login text, p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT survey_hand FROM api.case_detail(101, %s)', p_case)) $$;
SELECT is(pg_temp.asks('t_clerk2', :a) || ', ' || pg_temp.asks('t_clerk', :a), 'for a colleague, you', 'the screen says so at once');
SELECT is(pg_temp.call('t_clerk', format('case_survey_set(101, %s, 6, ''good'', ''phone'',', :a)), 'BO422', 'one to five');
SELECT is(pg_temp.call('t_clerk', format('case_survey_set(101, %s, 4, ''good'', ''phone'',', :a)), 'done', 'kept');
SELECT is(pg_temp.call('t_clerk', format('case_survey_set(101, %s, 4, ''again'', ''phone'',', :a)), 'BO409', 'once');
SELECT is(pg_temp.asks('t_clerk', :a), 'done already', 'which the screen says at once');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(concat_ws('' '', what, sort, state), '', '') FROM api.case_followed(101, %s)
          WHERE what <> ''redress'' OR state = ''asked''', :a)), 'cause system done, survey 4', 'the case shows what followed');
SELECT is(pg_temp.as('t_west', format('SELECT count(*) FROM api.case_followed(101, %s)', :a)), '0', 'elsewhere nothing of it');
SET LOCAL bankops.language = 'zh';

-- Templates and cases like this one.
SELECT is(pg_temp.as('t_clerk', format('SELECT text FROM api.macro_texts(101, %s) WHERE macro = ''received''', :a)),
    (SELECT 'Dear customer, we have received your complaint ' || number || ' on "fee". clerk2 is looking into it and '
        || 'will tell you how it goes within two working days. ' || bank.setting('bank_name_en') FROM bank.case_file
      WHERE case_id = :a), 'fields are filled in the language of the case');
SELECT is(pg_temp.as('t_clerk', format('SELECT macro FROM api.macro_texts(101, %s) LIMIT 1', :a)), 'refund-fee',
          'its own class comes first');
SELECT is(pg_temp.call('t_super', 'macro_save(''x'', '''', ''t'', ''b'', ''b'', '''', '''', '''', true, 0,'), 'BO422', 'whole or not');
SELECT is(pg_temp.call('t_super', 'macro_save(''thanks'', ''谢谢'', ''Thanks'', ''谢谢'', ''Thanks'', ''B02'', '''', '''', true, 0,'),
          'done', 'a new one');
SELECT is(pg_temp.call('t_super', 'macro_save(''late'', ''迟'', ''Late'', ''迟'', ''Late'', '''', '''', ''moon'', true, 0,'), 'BO422',
          'only in the time of a clock that there is');
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(102, ''A032'', ''B02'', ''C07'', ''fee'', ''charged twice again'',
    p_request => gen_random_uuid())).id')::bigint AS b \gset
SELECT is(pg_temp.as('t_clerk', format('SELECT decision || outcome FROM api.case_similar(102, %s)', :b)), 'refundedresolved',
          'what was decided in a case like this');

-- Reports.
SELECT is((SELECT ends - begins FROM bank.period('2026-Q1')), interval '90 days', 'a quarter');
SELECT is((SELECT begins FROM bank.period('2026')), '2026-01-01 00:00+08'::timestamptz, 'a year begins in the bank''s zone');
SELECT throws_ok('SELECT bank.period(''2026-13'')', 'BO422', NULL, 'no period is refused');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(received || coalesce('' '' || satisfied_rate, ''''), '','')
    FROM api.report_complaint('''') WHERE section IN (''business'', ''satisfaction'')'), '2 100.0,1,1 100.0', 'the complaint report');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg((received IS NULL)::text || (ratio > 0), '' '') FROM api.report_complaint('''')
    WHERE section = ''ratio'''), 'truetrue truetrue', 'ratios are no numbers of complaints');
SELECT is(pg_temp.as('t_super', 'SELECT received || '' '' || two_hours || '' '' || rectified FROM api.report_promise('''')'),
          '2 100.0 100.0', 'promises kept');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(concat_ws('' '', month, received, resolved, repeated), '', '') FROM api.report_promise('''')'),
          to_char(bank.today(), 'YYYY-MM') || ' 2 100.0 0.0, all 2 100.0 0.0', 'by month, and in all');
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(101, ''A032'', ''B02'', ''C07'', ''fee'', ''charged twice, still'','
    ' p_request => gen_random_uuid())).id')::bigint AS m1 \gset
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(101, ''A032'', ''B02'', ''C07'', ''fee'', ''charged twice, still and still'','
    ' p_request => gen_random_uuid())).id')::bigint AS m2 \gset
UPDATE bank.case_file SET repeat_of = 0 WHERE case_id = :m1;
SELECT pg_temp.call('t_clerk', format('case_merge(101, %s, %L, false, NULL,', :m2, :'m1'));
UPDATE bank.case_file SET outcome = 'resolved' WHERE case_id = :m1; -- as a decision that waits for its second person
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(concat_ws('' '', received, resolved, repeated), '', '') FROM api.report_promise('''') WHERE month = ''all'''),
          '3 100.0 33.3', 'what is not closed is not resolved; a repeat that was merged is one');
SELECT is(pg_temp.as('t_super', 'SELECT redress || '' '' || redress_points || cause || satisfaction FROM api.report_register('''') WHERE cause IS NOT NULL'), '3000000 259000system4',
          'the register holds it all');
SELECT pg_temp.call('t_clerk2', format('case_party_add(101, %s, ''agent'', ''Li Lei'', ''13912345678'', ''power of attorney 7'',', :a));
SELECT is(pg_temp.as('t_super', format('SELECT concat_ws('' / '', parties_en, finding, length(facts) > 0, transfers ~ ''clerk2'','
          ' contacts ~ ''短信'') FROM api.report_register('''') WHERE number = %L',
          (SELECT number FROM bank.case_file WHERE case_id = :a))),
    'Agent L*** 139****5678 (power of attorney 7) / posted twice / t / t / t', 'with parties, finding, facts, transfers and contacts');
SELECT is(pg_temp.as('t_super', 'SELECT measure || '' '' || measure_owner || '' '' || measure_result FROM api.report_register('''') WHERE cause IS NOT NULL'),
          'check ids and days super live since May', 'who sees to the measure, and what came of it');
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_take_down(NULL, ''A032'', ''B02'', ''C01'', ''rude'', ''at the desk'', '''','
    '''simple'', 2, ''letter'', NULL, '''', NULL, '''', ''complainant'', ''Wu'', ''13812345678'', '''', '''', gen_random_uuid())).id');
SELECT is(pg_temp.as('t_super', 'SELECT concat_ws('' / '', customer, contact, parties_en) FROM api.report_register('''') WHERE customer_number LIKE ''ANON%'''),
          '匿名 / Complainant W*** 138****5678', 'who gave no name stands as such, with how he is reached');
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.report_register('''')'), '42501', 'clerks do not read it');
SELECT is(pg_temp.as('t_super', 'SELECT sum(closed_30) FROM api.report_team_load()'), '1', 'load of the team');
-- A re-check: asked for in time, decided above by somebody who had no part in it.
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(102, ''A032'', ''B02'', ''C07'', ''fee'', ''charged again'',
    p_request => gen_random_uuid())).id')::bigint AS r \gset
CREATE FUNCTION pg_temp.on(p_login text, p_case bigint, p_what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format(p_what, f.customer_id, f.case_id, f.version))
      FROM bank.case_file f WHERE f.case_id = p_case $$;
SELECT pg_temp.on('t_clerk2', :r, 'case_take(%s, %s, %s,');
SELECT pg_temp.on('t_clerk2', :r, 'case_resolve(%s, %s, ''no'', ''phone'', '''', ''not_upheld'', %s,');
UPDATE bank.case_file SET told_at = now() - interval '31 days' WHERE case_id = :r;
SELECT is(pg_temp.on('t_clerk', :r, 'case_step(%s, %s, ''recheck'', ''look again'', %s,'), 'BO423', 'asked for too late');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(DISTINCT recent::text, '' '') FROM api.case_list
    WHERE lane = ''all'' AND case_id = %s', :r)) || pg_temp.as('t_clerk', format('SELECT recent FROM api.case_detail(102, %s)', :r)),
          'falsefalse', 'which list and case say at once');
UPDATE bank.case_file SET told_at = now() - interval '29 days' WHERE case_id = :r;
SELECT is(pg_temp.on('t_clerk', :r, 'case_step(%s, %s, ''recheck'', ''look again'', %s,'), 'done', 'in time, by whoever hears of it');
SET LOCAL bankops.language = 'en';
CREATE FUNCTION pg_temp.checks(p_login text, p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT d.recheck_hand FROM api.case_detail(102, %s) d JOIN api.case_list l
        ON l.lane = ''all'' AND l.case_id = d.case_id AND l.recheck_hand = d.recheck_hand', p_case)) $$;
SELECT is((SELECT string_agg(clock, ' ') FROM bank.case_clock WHERE case_id = :r AND stopped_at IS NULL AND clock <> 'own'), 'recheck',
          'it has a clock of its own');
SELECT is((SELECT date_trunc('day', due_at - started_at) >= interval '29 days' FROM bank.case_clock
            WHERE case_id = :r AND clock = 'recheck'), true, 'of thirty days');
UPDATE bank.case_file SET decided_by = (SELECT staff_id FROM bank.staff WHERE login = 't_super') WHERE case_id = :r;
SELECT is(pg_temp.on('t_super', :r, 'case_resolve(%s, %s, ''no'', ''phone'', '''', ''not_upheld'', %s,'), 'BO403',
          'not by the one who decided');
SELECT is(pg_temp.checks('t_super', :r) || ', ' || pg_temp.checks('t_clerk', :r),
          'somebody with no part in the decision, a superior unit', 'who sees at once who may');
UPDATE bank.case_file SET decided_by = (SELECT staff_id FROM bank.staff WHERE login = 't_super2') WHERE case_id = :r;
SELECT is(pg_temp.on('t_super', :r, 'case_resolve(%s, %s, ''no'', ''phone'', '''', ''not_upheld'', %s,'), 'BO403',
          'nor by a unit below');
SELECT is(pg_temp.on('t_super', :r, 'case_take(%s, %s, %s,'), 'BO403', 'which does not take it either');
SELECT is(pg_temp.checks('t_super', :r), 'a superior unit', 'nor is it offered');
UPDATE bank.case_file SET decided_by = (SELECT staff_id FROM bank.staff WHERE login = 't_clerk2') WHERE case_id = :r;
SELECT is(pg_temp.checks('t_super', :r), 'you', 'the branch above is asked');
SELECT is(pg_temp.on('t_super', :r, 'case_take(%s, %s, %s,'), 'done', 'and takes it');
SELECT is((SELECT stage FROM bank.case_file WHERE case_id = :r), 'recheck', 'where it stays');
SELECT is(pg_temp.on('t_super', :r, 'case_resolve(%s, %s, ''yes after all'', ''phone'', '''', ''resolved'', %s,'), 'done',
          'and decides');
SELECT is((SELECT stage || ' ' || outcome FROM bank.case_file WHERE case_id = :r), 'closed resolved', 'it is closed again');
SELECT is((SELECT count(*) FROM bank.case_clock WHERE case_id = :r AND stopped_at IS NULL), 0::bigint, 'with its clock');

-- The letter of the FCA for what is resolved within three business days: offered as long as that clock runs.
CREATE FUNCTION pg_temp.letter(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', format('SELECT text FROM api.macro_texts(102, %s) WHERE macro = ''fca-summary''', p_case)) $$;
INSERT INTO bank.unit_regime SELECT unit_id, 'fca' FROM bank.customer WHERE customer_id = 102;
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(102, ''A032'', ''B02'', ''C07'', ''say {bank}'', ''charged a third time'',
    p_request => gen_random_uuid())).id')::bigint AS fca \gset
SELECT is(pg_temp.letter(:b), NULL, 'no letter of the FCA for a complaint under another law');
UPDATE bank.customer SET language = 'en' WHERE customer_id = 102;
SELECT matches(pg_temp.letter(:fca), w, 'the letter says: ' || w) FROM unnest('{now consider your complaint to be resolved,
    refer your complaint to the Financial Ombudsman Service,within six months of the date of this letter,
    only be able to do so in very limited circumstances,www.financial-ombudsman.org.uk,"\"say .bank.\""}'::text[]) w;
UPDATE bank.customer SET language = 'zh' WHERE customer_id = 102;
SELECT matches(pg_temp.letter(:fca), w, 'and in Chinese: ' || w)
  FROM unnest('{已经解决,六个月,www.financial-ombudsman.org.uk}'::text[]) w;
UPDATE bank.case_clock SET due_at = now() - interval '1 minute' WHERE customer_id = 102 AND case_id = :fca AND clock = 'summary';
SELECT is(pg_temp.letter(:fca), NULL, 'not when the three days are over');

SELECT * FROM finish();

ROLLBACK;
