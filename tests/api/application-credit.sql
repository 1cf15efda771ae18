-- Consumer credit: score with evidence, rules that decide, two persons, and the rules themselves.
BEGIN;
\ir ../lib/small-bank.sql
\ir ../lib/applicants.sql
SELECT * FROM no_plan();

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
SAVEPOINT reports;
CREATE FUNCTION pg_temp.fact(p_case bigint, p_fact text) RETURNS text LANGUAGE sql AS $$
    SELECT f.value::text FROM bank.case_file c, bank.credit_facts(c, jsonb_build_object('amount', '1000000', 'months', '12')) f
     WHERE c.case_id = p_case AND f.fact = p_fact $$;
UPDATE bank.outside_fact SET as_of = bank.today() - (bank.card_active('consumer_credit')).report_days;
SELECT is(pg_temp.fact(:k, 'overdue'), '0', 'a report counts to its last day');
UPDATE bank.outside_fact SET as_of = as_of - 1;
SELECT is(pg_temp.fact(:k, 'overdue'), NULL, 'an older one is none');
UPDATE bank.entry SET at = '2026-05-01 00:00+08' WHERE at < '2026-06-01' AND customer_id = 101;
SELECT is(pg_temp.fact(:k, 'income_months'), '6', 'wages of the first minute of six months count');
UPDATE bank.entry SET at = '2026-04-30 23:59:59+08' WHERE at < '2026-06-01' AND customer_id = 101;
SELECT is(pg_temp.fact(:k, 'income_months'), '5', 'those before do not');
UPDATE bank.entry SET at = '2026-11-01 00:00+08' WHERE at < '2026-06-01' AND customer_id = 101;
SELECT is(pg_temp.fact(:k, 'income_months'), '5', 'nor those of this month');
ROLLBACK TO reports;
SAVEPOINT generous;
UPDATE bank.scorecard SET base = 900 WHERE card = 'consumer_credit' AND version = 2;
SELECT is((SELECT verdict || ' ' || reason_en FROM bank.case_file c, bank.credit_score(c, 99) WHERE c.case_id = :x), 'refer Income is not known: two persons decide. Score 935.', 'what is not known is for people, whatever the score');
ROLLBACK TO generous;
SELECT score AS reached FROM bank.application_score WHERE case_id = :k ORDER BY run DESC LIMIT 1 \gset
SAVEPOINT bounds;
CREATE FUNCTION pg_temp.verdict(p_case bigint, p_run int, p_bound int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.scorecard SET approve_at = p_bound WHERE card = 'consumer_credit' AND version = 2;
    RETURN (SELECT s.verdict || (s.reason_en LIKE '%: approved.') FROM bank.case_file c, bank.credit_score(c, p_run) s WHERE c.case_id = p_case);
END $$;
SELECT is(pg_temp.verdict(:k, 97, :reached) || ' ' || pg_temp.verdict(:k, 98, :reached + 1), 'approvetrue referfalse', 'a score approves from the bound on, and says so');
ROLLBACK TO bounds;
SELECT is(pg_temp.as('t_rm', format('SELECT count(*) FROM (SELECT rule FROM api.application_findings(101, %s) GROUP BY rule HAVING count(*) > 1) x', :k)),
    '0', 'the findings are those of the last look');
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
SELECT throws_ok($$INSERT INTO bank.scorecard SELECT (jsonb_populate_record(s, '{"version": 99}')).* FROM bank.scorecard s WHERE state = 'draft'$$, '23505', NULL,
    'whoever writes');
SELECT throws_ok($$UPDATE bank.scorecard SET state = 'approved', effective_on = bank.today() WHERE state = 'draft'$$, '23514', NULL, 'nor is one approved by nobody');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(state || '' '' || drafted, '', '' ORDER BY state) FROM api.scorecard_list WHERE state IN (''active'', ''draft'')'),
          'active true, draft true', 'which the list knows');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(DISTINCT b.state, '' '') FROM api.scorecard_list s, api.scorecard_bins(s.card, s.version) b WHERE s.state = ''active'''),
          'approved', 'bins of one in use are not offered for change');
CREATE FUNCTION pg_temp.bin(p_login text, p_rule text, p_fact text, p_low text, p_high text, p_points int) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('scorecard_rule_save(''consumer_credit'', 3, %L, %L, %L, %L, %L, ''points'', ''a bin'', ''区间'',', p_rule, p_fact, p_low, p_high, p_points)) $$;
SELECT is(pg_temp.bin('t_super', 'late_0', 'overdue', '', '1', 501), 'BO422', 'points within bounds');
SELECT is(pg_temp.bin('t_super', 'late_0', 'weather', '', '1', 50), 'BO422', 'of a fact that there is');
SELECT is(pg_temp.bin('t_super', 'late_never', 'overdue', '', '1', 50), 'BO404', 'of a bin that is there');
SELECT is(pg_temp.bin('t_super', 'late_0', 'overdue', '3', '1', 50), 'BO422', 'the upper bound above the lower');
SELECT is(pg_temp.bin('t_super', 'late_0', 'overdue', '', '1', 50), 'done', 'other points');
SELECT is(pg_temp.bin('t_super', NULL, 'income', '12000', '15000', 60), 'done', 'a bin more, in yuan');
SELECT is((SELECT low::text FROM bank.scorecard_rule WHERE version = 3 AND rule LIKE 'income\_%' ORDER BY seq DESC LIMIT 1), '1200000', 'kept in cents');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(fact || '' '' || flaw || '' '' || at_value, '', '') FROM api.scorecard_flaws(''consumer_credit'', 3)'), 'income overlap 12000', 'two bins for one value are named');
SELECT is(pg_temp.call('t_super', 'scorecard_propose(''consumer_credit'', 3, ''2026-11-20'','), 'BO422', 'such a card is not proposed');
SELECT is(pg_temp.bin('t_super', 'income_15k', 'income', '8000', '11000', 35), 'done', 'the other bin ends before');
SELECT is(pg_temp.call('t_super', 'scorecard_rule_drop(''consumer_credit'', 3, ''never'','), 'BO404', 'a bin that is not there is not dropped');
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
SELECT throws_ok($$INSERT INTO bank.check_rule_version SELECT (jsonb_populate_record(v, '{"version": 99}')).* FROM bank.check_rule_version v WHERE state = 'proposed'$$,
    '23505', NULL, 'one waits at a time, whoever writes');
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

SELECT is(pg_temp.as('t_west', format('SELECT count(*) FROM api.application(101, %s)', :k)), 'BO404', 'other branches do not see the application');
SELECT is(pg_temp.as('t_super', 'SELECT auto_rate || '' '' || approved || '' '' || declined FROM api.report_application(to_char(now() AT TIME ZONE ''Asia/Shanghai'', ''YYYY-MM'')) WHERE case_type = ''consumer_credit'''), '33.3 2 1', 'the report counts what the rules decided');

-- A report of the bureau from outside.
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2026-11-19'', ''CR7'', 0, NULL, NULL, NULL,'), 'BO422', 'all figures of the bureau or none');
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2030-01-01'', ''CR7'', 0, 0, 0, NULL,'), 'BO422', 'not of a coming day');
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2026-11-19'', ''C'', 0, 1, 0, 12,'), 'BO422', 'with a number of its own');
SELECT is(pg_temp.call('t_rm', 'outside_report_save(102, ''2026-11-19'', ''CR7'', 0, 0, 0, NULL,'), '42501', 'not by sales');
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2026-11-19'', ''CR7'', 0, 1, 0, 12,'), 'done', 'a report');
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2026-11-19'', ''CR7'', 0, 1, 0, 12,'), 'BO409', 'once a day');
SELECT is(pg_temp.call('t_clerk2', 'outside_report_save(102, ''2026-11-20'', ''CR8'', 0, 1, 0, 12,'), 'done', 'of this very day, too');
SELECT pg_temp.call('t_rm', format('application_precheck(102, %s,', :x));
SELECT is(pg_temp.result(:x, 'bureau') || pg_temp.result(:x, 'social'), 'passpass', 'which the pre-check finds');
SELECT * FROM finish();
ROLLBACK;
