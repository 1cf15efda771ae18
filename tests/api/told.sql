-- What the customer is told: when, how, in which language; mediation; who has a case open.
BEGIN;
\ir ../lib/small-bank.sql
INSERT INTO bank.phone (customer_id, phone, unit_id) SELECT customer_id, '13900000101', unit_id FROM bank.customer
 WHERE customer_id = 101;
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.open(p_facts text, p_level text DEFAULT 'simple') RETURNS bigint
LANGUAGE sql AS $$ SELECT pg_temp.as('t_clerk', format('SELECT (api.case_open(101, ''A032'', ''B02'', ''C07'', ''s'', %L,'
    'p_level => %L, p_request => gen_random_uuid())).id', p_facts, p_level))::bigint $$;
CREATE FUNCTION pg_temp.call(p_login text, p_what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.%s gen_random_uuid())).status', p_what)) $$;
CREATE FUNCTION pg_temp.version(p_case bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT version FROM bank.case_file WHERE case_id = p_case $$;
CREATE FUNCTION pg_temp.taken(p_facts text, p_level text DEFAULT 'simple') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    c bigint := pg_temp.open(p_facts, p_level);
BEGIN
    PERFORM pg_temp.call('t_clerk', format('case_take(101, %s, %s,', c, pg_temp.version(c)));
    RETURN c;
END $$;
CREATE FUNCTION pg_temp.resolve(p_case bigint, p_how text, p_at text, p_outcome text DEFAULT 'resolved') RETURNS text
LANGUAGE sql AS $$
    SELECT pg_temp.call('t_clerk', format('case_resolve(101, %s, ''paid back'', %L, %L, %L, %s,', p_case, p_how, p_at,
                                          p_outcome, pg_temp.version(p_case))) $$;
-- A time by the bank's clock, as a person types it.
CREATE FUNCTION pg_temp.clock(p_ago interval) RETURNS text LANGUAGE sql AS $$
    SELECT to_char((clock_timestamp() - p_ago) AT TIME ZONE bank.timezone(), 'YYYY-MM-DD HH24:MI') $$;
-- The case is moved three hours back, clocks and history (append-only) with it.
CREATE FUNCTION pg_temp.age(p_case bigint) RETURNS void LANGUAGE sql SET session_replication_role = replica AS $$
    UPDATE bank.case_file SET received_at = received_at - interval '3 hours' WHERE case_id = p_case;
    UPDATE bank.case_clock SET started_at = started_at - interval '3 hours' WHERE case_id = p_case;
    UPDATE bank.case_event SET at = at - interval '3 hours' WHERE case_id = p_case $$;

-- When.
SELECT pg_temp.taken('f') AS a \gset
SELECT pg_temp.age(:a);
SELECT is(pg_temp.resolve(:a, 'phone', 'yesterday'), 'BO422', 'a time is written as one');
SELECT is(pg_temp.resolve(:a, 'phone', '2026-02-30 10:00'), 'BO422', 'of a day that exists');
SELECT is(pg_temp.resolve(:a, 'phone', pg_temp.clock('-10 minutes')), 'BO422', 'not in the future');
SELECT is(pg_temp.resolve(:a, 'phone', pg_temp.clock('4 hours')), 'BO422', 'not before the complaint');
SELECT is(pg_temp.resolve(:a, 'sms', pg_temp.clock('1 hour')), 'BO422', 'a message tells when it leaves');
SELECT is(pg_temp.resolve(:a, 'phone', pg_temp.clock('1 hour')), 'done', 'an hour ago by phone');
SELECT is((SELECT to_char(told_at AT TIME ZONE bank.timezone(), 'YYYY-MM-DD HH24:MI') FROM bank.case_file
            WHERE case_id = :a), pg_temp.clock('1 hour'), 'is kept');
SELECT is((SELECT count(*)::int FROM bank.case_clock k JOIN bank.case_file f USING (customer_id, case_id)
            WHERE f.case_id = :a AND k.clock = 'resolution' AND k.stopped_at = f.told_at), 1, 'the promise ends with it');
SELECT is((SELECT c.at = f.told_at FROM bank.contact c, bank.case_file f WHERE f.case_id = :a
              AND c.customer_id = 101 ORDER BY c.contact_id DESC LIMIT 1), true, 'and the contact was then');
SELECT pg_temp.taken('f') AS b \gset
SELECT is(pg_temp.resolve(:b, 'phone', ''), 'done', 'without a time it is now');
SELECT ok((SELECT told_at > clock_timestamp() - interval '5 seconds' FROM bank.case_file WHERE case_id = :b), 'now');
SELECT pg_temp.taken('f') AS c \gset
SELECT pg_temp.age(:c);
SELECT pg_temp.call('t_clerk', format('case_step(101, %s, ''propose'', ''give it back'', %s,', :c, pg_temp.version(:c)));
SELECT is(pg_temp.resolve(:c, 'phone', pg_temp.clock('1 hour')), 'BO422', 'not before the decision was drafted');
SELECT pg_temp.open('f', 'major') AS d \gset
SELECT pg_temp.call('t_super', format('case_take(101, %s, %s,', :d, pg_temp.version(:d)));
UPDATE bank.checklist SET required = false;
SELECT is(pg_temp.call('t_super', format('case_resolve(101, %s, ''paid'', ''phone'', %L, ''resolved'', %s,', :d, pg_temp.clock('0'),
          pg_temp.version(:d))), 'BO422', 'not before the approval');
SELECT is(pg_temp.call('t_super', format('case_resolve(101, %s, ''paid'', ''phone'', '''', ''resolved'', %s,', :d, pg_temp.version(:d))),
          'done', 'to be told by phone');
SELECT pg_temp.age(:d);
SELECT is(pg_temp.call('t_super2', format('case_step(101, %s, ''approve'', '''', %s,', :d, pg_temp.version(:d))), 'done', 'it is approved');
SELECT is((SELECT stage || coalesce(told_at::text, ' nobody told') FROM bank.case_file WHERE case_id = :d), 'approved nobody told',
          'which is not told yet');
SELECT is((SELECT string_agg(clock, ' ' ORDER BY clock) FROM bank.case_clock WHERE case_id = :d AND stopped_at IS NULL),
          'first_response idle resolution statutory', 'and its clocks run on');
SELECT is((SELECT count(*)::int FROM bank.contact WHERE summary LIKE '%paid'), 0, 'nobody has called');
SELECT is(pg_temp.as('t_super', format('SELECT detail FROM api.worklist WHERE object_id = %s', :d)), 'approved', 'its owner has to');
SELECT is(pg_temp.call('t_clerk2', format('case_tell(101, %s, ''phone'', '''', %s,', :d, pg_temp.version(:d))), 'BO403', 'not just anybody');
SELECT is(pg_temp.call('t_super', format('case_tell(101, %s, ''phone'', %L, %s,', :d, pg_temp.clock('10 minutes'), pg_temp.version(:d))),
          'BO422', 'not before the approval');
SELECT is(pg_temp.call('t_super', format('case_tell(101, %s, ''phone'', %L, %s,', :d, pg_temp.clock('0'), pg_temp.version(:d))), 'done',
          'the customer is told');
SELECT is((SELECT stage || outcome || told_how FROM bank.case_file WHERE case_id = :d), 'closedresolvedphone', 'and the case closed');
SELECT is((SELECT count(*)::int FROM bank.case_clock k JOIN bank.case_file f USING (customer_id, case_id)
            WHERE f.case_id = :d AND k.clock = 'statutory' AND k.stopped_at = f.told_at), 1, 'its clock stopped with it');
SELECT is((SELECT count(*)::int FROM bank.contact WHERE summary LIKE '%paid'), 1, 'the call is a contact');
SELECT pg_temp.open('f', 'major') AS g \gset
SELECT pg_temp.call('t_super', format('case_take(101, %s, %s,', :g, pg_temp.version(:g)));
SELECT pg_temp.call('t_super', format('case_resolve(101, %s, ''sent'', ''sms'', '''', ''resolved'', %s,', :g, pg_temp.version(:g)));
SELECT is(pg_temp.call('t_super2', format('case_step(101, %s, ''approve'', '''', %s,', :g, pg_temp.version(:g))), 'done', 'by message');
SELECT is((SELECT stage || (told_at IS NOT NULL) FROM bank.case_file WHERE case_id = :g), 'closedtrue', 'he is told when it leaves');

-- A way on which the customer cannot be reached is refused while its writer can choose another.
SELECT pg_temp.taken('f') AS w \gset
DELETE FROM bank.email WHERE customer_id = 101;
SELECT is(pg_temp.call('t_clerk', format('case_reply(101, %s, ''email'', ''seen'', %s,', :w, pg_temp.version(:w))), 'BO422',
          'no mail to a customer without an address');
SELECT is(pg_temp.resolve(:w, 'email', ''), 'BO422', 'nor the decision');
SELECT is(pg_temp.call('t_clerk', format('case_reply(101, %s, ''app'', ''seen'', %s,', :w, pg_temp.version(:w))), 'done',
          'by the app he hears it');
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_take_down(NULL, ''A032'', ''B02'', ''C07'', ''s'', ''nobody'', '''','
    '''simple'', 3, ''branch'', NULL, '''', NULL, '''', '''', '''', '''', '''', '''', gen_random_uuid())).id') AS n \gset
SELECT customer_id AS nobody FROM bank.case_file WHERE case_id = :n \gset
SET LOCAL bankops.language = 'en';
SELECT is(pg_temp.as('t_clerk', format('SELECT l.customer || '', '' || d.customer FROM api.case_list l, api.case_detail(%s, %s) d
    WHERE l.lane = ''all'' AND l.case_id = d.case_id', :nobody, :n)), 'Anonymous, Anonymous', 'nobody has a name in the language of the reader');
SET LOCAL bankops.language = 'zh';
SELECT pg_temp.call('t_clerk', format('case_take(%s, %s, %s,', :nobody, :n, pg_temp.version(:n)));
SELECT is(pg_temp.call('t_clerk', format('case_reply(%s, %s, %L, ''seen'', %s,', :nobody, :n, way, pg_temp.version(:n))), 'BO422',
          'no answer to nobody by ' || way) FROM unnest('{app,letter,sms,email}'::text[]) way;
SELECT is((SELECT responded_at FROM bank.case_file WHERE case_id = :n), NULL, 'nothing counts as an answer');
SELECT is(pg_temp.call('t_clerk', format('case_reply(%s, %s, ''phone'', ''seen'', %s,', :nobody, :n, pg_temp.version(:n))), 'done',
          'who calls back is answered');

-- Put right afterwards.
SELECT is(pg_temp.call('t_clerk2', format('case_told_set(101, %s, ''visit'', %L, ''seen'', %s,', :a, pg_temp.clock('30 minutes'),
          pg_temp.version(:a))), 'BO403', 'by the owner only');
SELECT is(pg_temp.call('t_clerk', format('case_told_set(101, %s, ''visit'', %L, '''', %s,', :a, pg_temp.clock('30 minutes'),
          pg_temp.version(:a))), 'BO422', 'with the reason');
SELECT is(pg_temp.call('t_clerk', format('case_told_set(101, %s, ''visit'', %L, ''seen'', %s,', :a, pg_temp.clock('9 hours'),
          pg_temp.version(:a))), 'BO422', 'within what is possible');
SELECT is(pg_temp.call('t_clerk', format('case_told_set(101, %s, ''visit'', %L, ''seen'', %s,', :a, pg_temp.clock('30 minutes'),
          pg_temp.version(:a))), 'done', 'told anew');
SELECT is((SELECT f.told_how || ' ' || (k.stopped_at = f.told_at) FROM bank.case_file f JOIN bank.case_clock k USING (customer_id, case_id)
            WHERE f.case_id = :a AND k.clock = 'resolution'), 'visit true', 'the clocks follow');
SELECT is((SELECT action FROM bank.case_event WHERE case_id = :a ORDER BY event_id DESC LIMIT 1), 'told', 'the history knows');

-- Mediation.
SELECT pg_temp.taken('f') AS m \gset
SELECT is(pg_temp.resolve(:m, 'phone', '', 'mediated'), 'BO424', 'mediated needs a mediation');
SELECT throws_ok(format('UPDATE bank.case_file SET outcome = ''mediated'' WHERE case_id = %s', :m), 'BO424',
                 'No mediation of this case has ended in an agreement.', 'whoever writes');
SELECT throws_ok('INSERT INTO bank.case_file (customer_id, unit_id, stage, phase, subject, facts, received_at, case_type, outcome)
    VALUES (101, 3, ''registered'', ''active'', ''s'', ''f'', now(), ''complaint'', ''mediated'')', 'BO424', NULL, 'from the first row on');
SELECT pg_temp.call('t_clerk', format('case_mediation_set(101, %s, ''Centre'', %L, ''asked'', NULL, '''', 0,', :m, bank.today()));
SELECT is(pg_temp.resolve(:m, 'phone', '', 'mediated'), 'BO424', 'that has ended');
SELECT pg_temp.call('t_clerk', format('case_mediation_set(101, %s, ''Centre'', %L, ''failed'', NULL, '''', 1,', :m, bank.today()));
SELECT is(pg_temp.resolve(:m, 'phone', '', 'mediated'), 'BO424', 'in an agreement');
SELECT pg_temp.call('t_clerk', format('case_mediation_set(101, %s, ''Centre'', %L, ''agreed'', NULL, ''half'', 2,', :m, bank.today()));
SELECT is(pg_temp.resolve(:m, 'phone', '', 'mediated'), 'done', 'then it is');
SELECT is(pg_temp.call('t_clerk', format('case_mediation_set(101, %s, ''Centre'', %L, ''failed'', NULL, '''', 3,', :m, bank.today())),
          'BO423', 'and the agreement stays');
SELECT is(pg_temp.resolve(pg_temp.taken('f'), 'phone', '', 'merged'), 'BO422', 'merged is what merging does');

-- Language.
SELECT pg_temp.taken('The fee was taken twice') AS e \gset
SELECT pg_temp.taken('多扣了一次费用') AS z \gset
CREATE FUNCTION pg_temp.language(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT bank.case_language(f) FROM bank.case_file f WHERE case_id = p_case $$;
SELECT is(pg_temp.language(:e) || pg_temp.language(:z), 'enzh', 'the customer''s own words say');
SELECT is(pg_temp.call('t_clerk', 'customer_language_set(101, ''fr'','), 'BO422', 'a known language');
SELECT is(pg_temp.call('t_audit', 'customer_language_set(101, ''en'','), '42501', 'not by an auditor');
SELECT is(pg_temp.call('t_clerk', 'customer_language_set(101, ''en'','), 'done', 'unless he chose one');
SELECT is(pg_temp.language(:e) || pg_temp.language(:z), 'enen', 'which then holds');
SELECT matches(pg_temp.as('t_clerk', format('SELECT text FROM api.macro_texts(101, %s) WHERE macro = ''received''', :z)),
               '^Dear customer', 'templates are in it');
SELECT is(pg_temp.as('t_clerk', format('SELECT language FROM api.case_detail(101, %s)', :z)), 'en', 'the case says which');
SELECT is((SELECT bank.extension_notice(f, k, row(f.customer_id, f.case_id, 1, 1, 'resolution', 1, 5, 'post',
                  1, now(), 'asked', NULL, NULL, '', NULL, NULL, 1)::bank.case_extension)
             FROM bank.case_file f JOIN bank.case_clock k USING (customer_id, case_id)
            WHERE f.case_id = :z AND k.clock = 'resolution') ~ '[\u3400-\u9fff]', false, 'so is the notice of an extension');
SELECT pg_temp.call('t_clerk', 'customer_language_set(101, '''',');
SELECT is(pg_temp.language(:z), 'zh', 'taken back');

-- Who has it open.
SELECT pg_temp.as('t_clerk', format('SELECT 1 FROM api.case_desk(101, %s)', :e));
SELECT isnt(pg_temp.as('t_clerk2', format('SELECT here FROM api.case_desk(101, %s)', :e)), NULL, 'a colleague is there');
SELECT is(pg_temp.as('t_clerk', format('SELECT status FROM api.case_left(101, %s)', :e)), 'done', 'he leaves');
SELECT is(pg_temp.as('t_clerk2', format('SELECT coalesce(here, ''-'') FROM api.case_desk(101, %s)', :e)), '-', 'at once');
SELECT pg_temp.as('t_clerk', format('SELECT 1 FROM api.case_desk(101, %s)', :e));
UPDATE bank.case_presence SET backend = 2147483647 WHERE staff_id = 901;
SELECT is(pg_temp.as('t_clerk2', format('SELECT coalesce(here, ''-'') FROM api.case_desk(101, %s)', :e)), '-',
          'a session that ended is not there');
SELECT * FROM finish();
ROLLBACK;
