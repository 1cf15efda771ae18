-- Suggestions from many customers to one theme, through the backlog, and back to the customers; service
-- requests; the time that cases stand with each department.
BEGIN;
\ir ../lib/small-bank.sql
SELECT plan(73);

CREATE FUNCTION pg_temp.create(p_login text, p_type text, p_customer bigint, p_text text, p_fields text,
                               p_level text DEFAULT 'simple') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_create(%L, %s, ''app'', '''', %L, %L, %L,'
        'p_request => gen_random_uuid())).id', p_type, p_customer, p_text, p_fields, p_level)) $$;
CREATE FUNCTION pg_temp.field(p_case bigint, p_field text) RETURNS text LANGUAGE sql AS
$$ SELECT to_jsonb(f) ->> p_field FROM bank.case_file f WHERE f.case_id = p_case $$;
CREATE FUNCTION pg_temp.step(p_login text, p_case bigint, p_action text, p_note text DEFAULT '',
                             p_how text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_do(%s, %s, %L, %L, %L, ''{}'', NULL, %s, gen_random_uuid())).status',
           f.customer_id, f.case_id, p_action, p_note, p_how, f.version))
      FROM bank.case_file f WHERE f.case_id = p_case $$;
CREATE FUNCTION pg_temp.group(p_login text, p_case bigint, p_theme text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.suggestion_group(%s, %s, %L, %s, gen_random_uuid())).status',
           f.customer_id, f.case_id, p_theme, f.version))
      FROM bank.case_file f WHERE f.case_id = p_case $$;
-- Calls a function of a theme: its arguments between the number and the version.
CREATE FUNCTION pg_temp.theme(p_login text, p_function text, p_theme int, p_more text DEFAULT '')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.theme_%s(%s, %s p_version => %s, p_request => gen_random_uuid())).status',
           p_function, p_theme, p_more, t.version)) FROM bank.theme t WHERE t.theme_id = p_theme $$;

-- What the screens offer: whose the decision is, who moves it on, whether customers wait to be told.
CREATE FUNCTION pg_temp.may(p_login text, p_theme int) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT concat_ws('' '', units, mover, waiting) FROM api.theme_detail(%s)', p_theme)) $$;

-- Three customers suggest, two of them the same.
SELECT is(pg_temp.create('t_clerk', 'suggestion', 101, 'Loan forms are too long', '{}'), 'BO422', 'a suggestion is about something');
SELECT pg_temp.create('t_clerk', 'suggestion', 101, 'The loan form asks everything twice, shorten it', '{"topic": "loan", "pain_point": "long"}') AS a \gset
SELECT pg_temp.create('t_clerk', 'suggestion', 102, 'Please shorten the loan form, it asks everything twice', '{"topic": "loan"}') AS b \gset
SELECT pg_temp.create('t_clerk', 'suggestion', 102, 'Open the branch on Sundays', '{"topic": "branch"}') AS c \gset
SELECT is(pg_temp.field(:a, 'stage') || ' ' || pg_temp.field(:a, 'queue') || coalesce(pg_temp.field(:a, 'owner_id'), ' nobody'),
          'new voice nobody', 'it waits with the team, nobody carries it');
SELECT is(pg_temp.field(:a, 'subject') || '|' || pg_temp.field(:c, 'subject'), 'The loan form asks everything twice, sh…|Open the branch on Sundays',
          'its first words are its title, marked where they are cut');
SELECT is((SELECT string_agg(clock, ' ') FROM bank.case_clock WHERE case_id = :a), 'assess', 'with the clock of its assessment');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.case_list WHERE lane = ''open'' AND case_type = ''complaint'''), '0',
          'it is no complaint');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.worklist'), '0', 'and nobody''s work before it is nearly due');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.voice_list'), '3', 'the list of suggestions has all');
SELECT is(pg_temp.step('t_super', :a, 'accept', 'x'), 'BO422', 'no decision passes by the theme');
SELECT is(pg_temp.step('t_super', :a, 'decline', 'x', 'sms'), 'BO423', 'nor before it is assessed');
SELECT is(pg_temp.step('t_clerk', :a, 'reply', 'Thank you, we look at it', 'sms'), 'done', 'thanks go out at once');
SELECT ok(pg_temp.field(:a, 'responded_at') IS NOT NULL AND pg_temp.field(:a, 'stage') = 'new', 'and count as the answer');

-- Grouping.
SELECT is(pg_temp.group('t_clerk', :a, 'Shorter loan form'), 'done', 'a title makes a theme');
SELECT theme_id AS t FROM bank.theme WHERE title = 'Shorter loan form' \gset
SELECT is(pg_temp.as('t_clerk', format('SELECT theme || '' '' || (alike > 60) FROM api.suggestion_themes(102, %s) LIMIT 1', :b)),
          :t || ' true', 'the theme is offered to a suggestion like it');
SELECT is(pg_temp.group('t_clerk', :b, 'shorter LOAN form'), 'done', 'the same title is the same theme');
SELECT is((SELECT count(*)::int FROM bank.theme), 1, 'and makes no other');
SELECT is(pg_temp.group('t_clerk', :c, '999999'), 'BO404', 'a number must be one');
SELECT is(pg_temp.group('t_clerk', :c, ' '), 'BO422', 'and something must be named');
SELECT is(pg_temp.group('t_clerk', :c, 'Sunday hours'), 'done', 'another theme');
SELECT theme_id AS s FROM bank.theme WHERE title = 'Sunday hours' \gset
SELECT is(pg_temp.as('t_clerk', format('SELECT votes FROM api.theme_list WHERE theme_id = %s', :t)), '2', 'a theme has votes');

-- Deciding.
SELECT is(pg_temp.theme('t_super', 'accept', :t, 'p_note => ''yes'', p_owner => ''t_rm'', p_target_on => NULL,'), 'BO423',
          'no decision before the assessment');
SELECT is(pg_temp.theme('t_clerk', 'assess', :t, 'p_pain => 6, p_effort => 2, p_note => '''','), 'BO422', 'judged from 1 to 5');
SELECT is(pg_temp.theme('t_clerk', 'assess', :t, 'p_pain => 4, p_effort => 2, p_note => ''often'','), 'done', 'assessed');
SELECT is(pg_temp.field(:b, 'stage'), 'assessed', 'with all its suggestions');
SELECT is(pg_temp.as('t_clerk', format('SELECT priority FROM api.theme_list WHERE theme_id = %s', :t)), '4.0',
          'votes times pain by effort');
SELECT is(pg_temp.theme('t_clerk', 'accept', :t, 'p_note => ''yes'', p_owner => ''t_rm'', p_target_on => NULL,'), '42501',
          'a clerk decides nothing');
SELECT is(pg_temp.theme('t_super', 'accept', :t, 'p_note => ''yes'', p_owner => ''t_rm'', p_target_on => ''2000-01-01'','), 'BO422',
          'not for a day that has passed');
SELECT is(pg_temp.theme('t_super', 'accept', :t, 'p_note => ''yes'', p_owner => ''t_rm'', p_target_on => NULL,'), 'done', 'accepted');
SELECT is((SELECT state || step FROM bank.theme WHERE theme_id = :t) || pg_temp.field(:a, 'stage'), 'accepted1accepted',
          'it is in the backlog, its suggestions are adopted');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(changes_en, ''; '' ORDER BY at) FROM api.theme_history(%s)', :t)),
          'State Open > Assessed, Pain 4, Effort 2; Step Requirement, State Assessed > Accepted, Owner rm', 'its history in English');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(changes, ''; '' ORDER BY at) FROM api.theme_history(%s)', :t)),
          '状态 待评估 > 已评估, 痛感 4, 工作量 2; 步骤 需求管理, 状态 已评估 > 已采纳, 负责人 rm', 'and in Chinese, without codes');
SELECT is((SELECT stopped_at IS NOT NULL FROM bank.case_clock WHERE case_id = :a), true, 'the clock of the answer has stopped');
SELECT is(pg_temp.theme('t_clerk', 'assess', :s, 'p_pain => 2, p_effort => 5, p_note => '''','), 'done', 'the other is assessed');
SELECT is(pg_temp.theme('t_super', 'decline', :s, 'p_reason => '''', p_how => ''sms'','), 'BO422', 'to decline wants a reason');
SELECT is(pg_temp.theme('t_super', 'decline', :s, 'p_reason => ''Too few come'', p_how => ''phone'','), 'BO422', 'and a written way');
SELECT is(pg_temp.theme('t_super', 'decline', :s, 'p_reason => ''Too few come'', p_how => ''sms'','), 'done', 'declined');
SELECT is((SELECT action || ' ' || note FROM bank.theme_event WHERE theme_id = :s ORDER BY event_id DESC LIMIT 1), 'decline Too few come', 'the history knows');
SELECT is(pg_temp.field(:c, 'stage') || pg_temp.field(:c, 'outcome') || (SELECT body FROM bank.outbox WHERE case_id = :c),
          'declineddeclinedToo few come', 'the customer is told the reason');

-- The backlog.
SELECT throws_ok(format('UPDATE bank.theme SET step = 3 WHERE theme_id = %s', :t), 'BO423', NULL, 'no step is skipped, whoever writes');
SELECT throws_ok(format('UPDATE bank.theme SET state = ''open'', step = NULL WHERE theme_id = %s', :t), 'BO423', NULL, 'nor a decision taken back');
SELECT is(pg_temp.theme('t_clerk', 'move', :t, 'p_back => false, p_note => '''','), 'BO403', 'its owner or a supervisor moves it');
SELECT is(pg_temp.may('t_clerk', :t) || ', ' || pg_temp.may('t_rm', :t) || ', ' || pg_temp.may('t_super', :t),
          'own owner f, own you f, own you f', 'which they see before they try');
SELECT is(pg_temp.theme('t_rm', 'move', :t, 'p_back => false, p_note => '''','), 'done', 'planning');
SELECT is(pg_temp.field(:b, 'stage'), 'planned', 'its suggestions are planned');
SELECT is(pg_temp.theme('t_rm', 'move', :t, 'p_back => true, p_note => '''','), 'BO422', 'back only with the reason');
SELECT is(pg_temp.theme('t_rm', 'move', :t, 'p_back => false, p_note => '''','), 'done', 'design');
SELECT is(pg_temp.theme('t_rm', 'move', :t, 'p_back => true, p_note => ''new law'','), 'done', 'back to planning');
SELECT is(pg_temp.field(:b, 'stage'), 'planned', 'which changes nothing for the customers');
SELECT is((SELECT string_agg(pg_temp.theme('t_rm', 'move', :t, 'p_back => false, p_note => '''','), ' ') FROM generate_series(1, 3)),
          'done done done', 'design, development, testing');
SELECT is(pg_temp.theme('t_rm', 'move', :t, 'p_back => false, p_note => '''','), 'BO422', 'in use by what');
SELECT is(pg_temp.theme('t_rm', 'move', :t, 'p_back => false, p_note => ''Release 7.2'','), 'done', 'in use');
SELECT is(pg_temp.field(:a, 'stage') || (SELECT string_agg(clock, ' ') FROM bank.case_clock WHERE case_id = :a AND stopped_at IS NULL),
          'shippedtell', 'shipped; now the customers must be told');
SELECT is(pg_temp.may('t_clerk', :t), 'own owner t', 'which everybody sees');
-- One more of the same comes late.
SELECT pg_temp.create('t_clerk', 'suggestion', 101, 'Loan form is too long', '{"topic": "loan"}') AS d \gset
SELECT is(pg_temp.group('t_clerk', :d, :'t'), 'done', 'a late one joins');
SELECT is(pg_temp.field(:d, 'stage'), 'shipped', 'and is where its theme is');
SELECT is(pg_temp.theme('t_clerk', 'tell', :t, 'p_text => ''The form is short now'', p_how => ''app'','), 'done', 'all are told at once');
SELECT is((SELECT count(*)::int FROM bank.case_file WHERE stage = 'told' AND outcome = 'adopted'), 3, 'and the cases are over');
SELECT is((SELECT count(*)::int FROM bank.outbox WHERE body = 'The form is short now'), 3, 'a message to each');
SELECT is(pg_temp.theme('t_clerk', 'tell', :t, 'p_text => ''Again'', p_how => ''app'','), 'BO423', 'nobody is told twice');
SELECT is(pg_temp.as('t_super', 'SELECT concat_ws('' '', received, assessed, adopted, accepted, declined, shipped, told, adoption, met) FROM api.report_suggestion('''') '
          'ORDER BY month DESC LIMIT 1'), '4 4 3 3 1 3 3 75.0 t', 'the month in numbers: of four that were assessed three were adopted');

-- A theme that customers of other units share.
SELECT pg_temp.create('t_west', 'suggestion', 201, 'More seats', '{"topic": "branch"}') AS w \gset
SELECT is(pg_temp.group('t_west', :w, 'Seats'), 'done', 'another unit');
SELECT theme_id AS u FROM bank.theme WHERE title = 'Seats' \gset
SELECT is(pg_temp.theme('t_clerk', 'assess', :u, 'p_pain => 2, p_effort => 1, p_note => '''','), 'done', 'everybody may judge');
SELECT is(pg_temp.theme('t_super', 'accept', :u, 'p_note => '''', p_owner => '''', p_target_on => NULL,'), 'BO403',
          'who does not see all its customers does not decide');
SELECT is(pg_temp.may('t_super', :u) || ', ' || pg_temp.may('t_super2', :u), 'other you f, own you f', 'and sees it before');
SELECT is(pg_temp.theme('t_super2', 'accept', :u, 'p_note => '''', p_owner => '''', p_target_on => NULL,'), 'done', 'head office does');
SELECT is((SELECT string_agg(pg_temp.theme('t_super', 'move', :u, 'p_back => false, p_note => '''','), ' ') FROM generate_series(1, 4)),
          'done done done done', 'any supervisor moves it on');
SELECT is(pg_temp.may('t_super', :u) || ' ' || pg_temp.theme('t_super', 'move', :u, 'p_back => false, p_note => ''x'','), 'other above f BO403',
          'but not into use, which its customers are told');

-- A service request.
SELECT pg_temp.create('t_clerk', 'service', 101, 'Raise the limit', '{"kind": "limit", "amount": "5000000"}', 'major') AS r \gset
UPDATE bank.case_file SET owner_id = NULL WHERE case_id = :r;
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_take(101, %s, %s, gen_random_uuid())).status', :r, pg_temp.field(:r, 'version'))),
          'done', 'a clerk takes it');
SELECT is(pg_temp.step('t_clerk2', :r, 'finish', 'Raised', 'app'), 'BO403', 'what a colleague has, another does not do');
SELECT is(pg_temp.step('t_clerk', :r, 'finish', 'Raised', 'app'), 'done', 'does it');
SELECT is(pg_temp.field(:r, 'stage'), 'checking', 'one of weight is checked');
SELECT is(pg_temp.step('t_super', :r, 'approve', '', 'app') || pg_temp.step('t_clerk', :r, 'close'), 'donedone', 'and done');
SELECT is(pg_temp.field(:r, 'outcome') || (SELECT count(*) FROM bank.case_clock WHERE case_id = :r AND stopped_at IS NULL), 'done0',
          'no clock runs any more');
SELECT is(pg_temp.as('t_super', $$SELECT string_agg(kind || ':' || code || ':' || cases, ' ' ORDER BY kind, code)
          FROM api.report_handoff('', 'service')$$), 'queue:service:1 unit:3:1', 'where it stood');

SELECT * FROM finish();
ROLLBACK;
