-- Cases: business hours, routing, stages, clocks, replays, scope, second person.
BEGIN;
\ir ../lib/small-bank.sql
SELECT plan(89);

-- Business hours: 9-12 and 13:30-17:30, Monday to Friday; a holiday on Wednesday 2030-05-01, and
-- Saturday the 4th made up for it.
INSERT INTO bank.calendar_day (day, kind) VALUES ('2030-05-01', 'holiday'), ('2030-05-04', 'makeup')
ON CONFLICT (day) DO UPDATE SET kind = excluded.kind;
CREATE FUNCTION pg_temp.due(p_start text, p_minutes int) RETURNS text LANGUAGE sql AS
$$ SELECT to_char(bank.due_at('service', p_start::timestamp AT TIME ZONE 'Asia/Shanghai', p_minutes)
                  AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') $$;
SELECT is(pg_temp.due('2030-04-29 09:00', 120), '2030-04-29 11:00', 'inside the morning');
SELECT is(pg_temp.due('2030-04-29 11:00', 120), '2030-04-29 14:30', 'over the noon break');
SELECT is(pg_temp.due('2030-04-29 12:10', 30), '2030-04-29 14:00', 'begun in the noon break');
SELECT is(pg_temp.due('2030-04-29 10:00', 120), '2030-04-29 12:00', 'ends with the interval');
SELECT is(pg_temp.due('2030-04-30 17:00', 120), '2030-05-02 10:30', 'over a holiday');
SELECT is(pg_temp.due('2030-05-03 17:00', 120), '2030-05-04 10:30', 'a make-up Saturday works');
SELECT is(pg_temp.due('2030-05-04 17:00', 60), '2030-05-06 09:30', 'an ordinary Sunday does not');
SELECT is(pg_temp.due('2030-04-27 03:00', 120), '2030-04-29 11:00', 'begun on a weekend');
SELECT is(pg_temp.due('2030-04-29 23:59', 0), '2030-04-30 09:00', 'nothing is due before opening');
SELECT is(pg_temp.due('2030-04-29 09:00', 420 * 5), '2030-05-04 17:30', 'five working days');
-- The intervals worked out ahead give the same as the walk from day to day.
SELECT bank.calendar_fill();
SELECT is_empty($$SELECT s, m FROM generate_series(date_trunc('hour', now()) - interval '9 days', now() + interval '30 days',
    interval '97 minutes') s, unnest('{0,1,30,119,120,121,210,211,420,840,2100,4200}'::int[]) m
    WHERE bank.due_at('service', s, m) IS DISTINCT FROM bank.due_at_slowly('service', s, m)$$,
    'worked out ahead or day by day, due times are the same');
SELECT isnt_empty($$SELECT FROM bank.calendar_open$$, 'and they are worked out ahead');
SELECT is(bank.working_minutes('service', '2030-04-29 11:00+08', '2030-04-30 09:30+08'), 330,
          'working minutes between two moments');
SELECT is(bank.working_minutes('service', '2030-04-30 09:30+08', '2030-04-29 11:00+08'), 0,
          'none when they are in the wrong order');
SELECT is(bank.due_day('service', '2030-03-30 23:30+08', 15), '2030-04-15 00:00+08'::timestamptz,
          'statutory days are calendar days, to the end of the last');
INSERT INTO bank.calendar (calendar, label_en, label_zh) VALUES ('never', 'Never', '从不');
SELECT throws_ok($$SELECT bank.due_at('never', now(), 10)$$, 'BO422', NULL,
                 'a calendar without working time is refused');

-- Opening and routing.
CREATE FUNCTION pg_temp.open(p_login text, p_customer bigint, p_business text, p_reason text,
                             p_more text DEFAULT '') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    answer text := pg_temp.as(p_login, format('SELECT (api.case_open(%s, ''A032'', %L, %L, ''s'', ''f'''
        '%s, p_request => gen_random_uuid())).id', p_customer, p_business, p_reason, p_more));
BEGIN
    RETURN answer::bigint;
EXCEPTION WHEN invalid_text_representation THEN
    RAISE EXCEPTION 'not opened: %', answer;
END $$;
CREATE FUNCTION pg_temp.field(p_case bigint, p_field text) RETURNS text LANGUAGE sql AS
$$ SELECT to_jsonb(f) ->> p_field FROM bank.case_file f WHERE f.case_id = p_case $$;
-- Calls a case function at the present version: pg_temp.do('t_clerk', 'take', 7) and so on.
CREATE FUNCTION pg_temp.do(p_login text, p_function text, p_case bigint, p_more text DEFAULT '')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    f bank.case_file;
BEGIN
    SELECT * INTO f FROM bank.case_file WHERE case_id = p_case;
    RETURN pg_temp.as(p_login, format('SELECT (api.case_%s(%s, %s, %s p_version => %s, '
        'p_request => gen_random_uuid())).status', p_function, f.customer_id, f.case_id, p_more,
        f.version));
END $$;
CREATE FUNCTION pg_temp.step(p_login text, p_case bigint, p_action text, p_note text DEFAULT 'n')
RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.do(p_login, 'step', p_case, format('p_action => %L, p_note => %L,', p_action, p_note)) $$;
CREATE FUNCTION pg_temp.resolve(p_login text, p_case bigint, p_outcome text DEFAULT 'resolved')
RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.do(p_login, 'resolve', p_case,
                     format('p_decision => ''d'', p_how => ''app'', p_told_at => '''', p_outcome => %L,', p_outcome)) $$;

SELECT pg_temp.open('t_clerk', 101, 'B02', 'C07') AS card \gset
SELECT is(pg_temp.field(:card, 'stage'), 'assigned', 'a classified complaint is in a queue at once');
SELECT is(pg_temp.field(:card, 'queue'), 'card', 'in that of its business');
SELECT is((SELECT string_agg(action, ' ' ORDER BY event_id) FROM bank.case_event
            WHERE case_id = :card), 'open classify route', 'each step is an event');
SELECT is((SELECT count(*) FROM bank.audit WHERE object_id = pg_temp.field(:card, 'number')), 3::bigint,
          'and an audit row');
SELECT is((SELECT string_agg(clock, ' ' ORDER BY clock) FROM bank.case_clock WHERE case_id = :card
            AND stopped_at IS NULL), 'first_response own resolution statutory', 'its clocks run');
SELECT is(pg_temp.field(:card, 'due_at')::timestamptz, (SELECT bank.due_at('service', received_at, 120)
            FROM bank.case_file WHERE case_id = :card), 'the first to end is the case''s due time');
SELECT is(pg_temp.field(pg_temp.open('t_clerk', 101, 'B02', 'C10'), 'queue'), 'fraud',
          'an earlier rule wins');
SELECT is(pg_temp.field(pg_temp.open('t_clerk', 101, 'B02', 'C07', ', p_level => ''major'''), 'queue'),
          'executive', 'major complaints go to the executive desk');
SELECT is(pg_temp.field(pg_temp.open('t_clerk', 101, 'B02', 'C07', ', p_source => ''regulator'''),
          'queue'), 'executive', 'forwarded ones too');
INSERT INTO bank.member (customer_id, member_number, tier, since, joined_on, unit_id)
VALUES (102, 'M102', (SELECT tier FROM bank.tier_def ORDER BY rank DESC LIMIT 1), '2020-01-01',
        '2020-01-01', 3);
SELECT is(pg_temp.field(pg_temp.open('t_clerk', 102, 'B02', 'C07'), 'queue'), 'vip',
          'the upper tiers have their own desk');
SELECT is(pg_temp.field(pg_temp.open('t_clerk', 101, 'B10', 'C99'), 'queue'), 'service',
          'the last rule fits everything');
SELECT is(pg_temp.as('t_clerk', format('SELECT seq FROM api.case_route_explain(101, %s) WHERE decides',
          :card)), '60', 'the reason can be asked for');
SELECT pg_temp.open('t_clerk', 101, NULL, NULL) AS plain \gset
SELECT is(pg_temp.field(:plain, 'stage'), 'registered', 'without codes it waits to be classified');
SELECT is(pg_temp.do('t_clerk', 'take', :plain), 'BO423', 'and cannot be taken');
CREATE FUNCTION pg_temp.why(p_login text, p_case bigint, p_language text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    f bank.case_file;
    why text;
BEGIN
    SELECT * INTO f FROM bank.case_file WHERE case_id = p_case;
    PERFORM set_config('bankops.language', p_language, true);
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', p_login);
    PERFORM api.case_take(f.customer_id, f.case_id, f.version, gen_random_uuid());
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
    RETURN replace(why, f.number, 'N');
END $$;
SELECT is(pg_temp.why('t_clerk', :plain, 'en') || '; ' || pg_temp.why('t_clerk', :plain, 'zh'),
          (SELECT format('N: %s, %s; N: %s, %s', s.label_en, a.label_en, s.label_zh, a.label_zh)
             FROM bank.case_file f JOIN bank.case_stage s USING (case_type, stage)
             JOIN bank.case_action a ON a.case_type = f.case_type AND a.action = 'take' WHERE f.case_id = :plain),
          'told in the words of the reader');
SELECT is(pg_temp.do('t_clerk', 'classify', :plain, 'p_channel => ''A01'', p_business => ''B03'', '
          'p_reason => ''C05'', p_level => ''complex'','), 'done', 'it is classified');
SELECT is(pg_temp.field(:plain, 'queue'), 'credit', 'and routed');
SELECT is((SELECT amount FROM bank.case_clock WHERE case_id = :plain AND clock = 'statutory'), 30,
          'a complex case has thirty days');

-- Idempotency.
CREATE FUNCTION pg_temp.again(p_subject text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as('t_clerk', format('SELECT (o).status || (o).id FROM (SELECT api.case_open(101, '
   '''A032'', ''B01'', ''C01'', %L, ''f'', p_request => ''11111111-1111-1111-1111-111111111111'') o) x',
   p_subject)) $$;
SELECT pg_temp.again('one') AS first \gset
SELECT is(pg_temp.again('one'), replace(:'first', 'done', 'replayed'), 'the same key, the same case');
SELECT is(pg_temp.again('two'), 'BO409', 'the same key with other content is refused');

-- Bad values name themselves.
SELECT is(pg_temp.as('t_clerk', $$SELECT api.case_open(101, 'X', 'B01', 'C01', 's', 'f',
          p_request => gen_random_uuid())$$), 'BO422', 'an unknown channel');
SELECT is(pg_temp.as('t_clerk', format($$SELECT api.case_open(101, 'A01', 'B01', 'C01', 's', repeat('f', %s),
          p_request => gen_random_uuid())$$, n)), 'BO422', 'facts of ' || n || ' characters') FROM unnest('{0,20001}'::int[]) n;
SELECT is(pg_temp.as('t_clerk', $$SELECT api.case_open(101, 'A01', 'B01', 'C01', '', 'f',
          p_request => gen_random_uuid())$$), 'BO422', 'an empty subject');
SELECT is(pg_temp.as('t_clerk', $$SELECT api.case_open(101, 'A01', 'B01', 'C01', 's', 'f',
          p_level => 'huge', p_request => gen_random_uuid())$$), 'BO422', 'an unknown level');
SELECT is(pg_temp.as('t_clerk', $$SELECT api.case_open(101, 'A01', 'B01', 'C01', 's', 'f')$$),
          'BO422', 'no request key');

-- Scope and roles.
SELECT is(pg_temp.as('t_west', format('SELECT api.case_detail(101, %s)', :card)), 'BO404',
          'another branch does not find the case');
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.case_list'), '0', 'or see it in a list');
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.case_list WHERE 1 / (length(subject) - 1) = 1'),
          '0', 'or learn of it through a condition that fails');
SELECT is(pg_temp.do('t_west', 'take', :card), 'BO404', 'or take it');
SELECT is(pg_temp.as('t_west', format('SELECT count(*) FROM api.case_history')), '0', 'or its history');
SELECT is(pg_temp.do('t_audit', 'take', :card), '42501', 'an auditor may not act');
SELECT is(pg_temp.as('t_audit', format('SELECT number FROM api.case_detail(101, %s)', :card)),
          pg_temp.field(:card, 'number'), 'but reads');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM bank.case_file'), '42501',
          'nobody reads the tables');
SELECT is(pg_temp.as('t_clerk', 'SELECT customer FROM api.case_list WHERE lane = ''open'' LIMIT 1'),
          '*伟民', 'the name is masked');
SELECT is(pg_temp.do('t_rm', 'take', :card), 'BO403', 'not a queue of the relationship manager');
SELECT is(pg_temp.as('t_clerk', $$SELECT api.case_open(103, 'A01', 'B01', 'C01', 's', 'f',
          p_request => gen_random_uuid())$$), 'BO428', 'a restricted customer needs a grant');

-- Work: take, answer, resolve.
SELECT is(pg_temp.do('t_clerk', 'reply', :card, 'p_how => ''app'', p_text => ''t'','), 'BO423',
          'nobody answers before taking');
SELECT is(pg_temp.do('t_clerk', 'take', :card), 'done', 'a clerk takes it');
SELECT is(pg_temp.do('t_clerk2', 'take', :card), 'BO423', 'the second one cannot');
SELECT is(pg_temp.do('t_clerk2', 'reply', :card, 'p_how => ''app'', p_text => ''t'','), 'BO403',
          'only the owner answers');
SELECT is(pg_temp.as('t_clerk', format('SELECT api.case_reply(101, %s, ''app'', ''t'', 1, '
          'gen_random_uuid())', :card)), 'BO409', 'an old version is refused');
SELECT is(pg_temp.as('t_clerk2', format('SELECT (api.case_note(101, %s, ''seen'', gen_random_uuid()))'
          '.status', :card)), 'done', 'a note is always kept');
SELECT is(pg_temp.do('t_clerk', 'reply', :card, 'p_how => ''app'', p_text => '' '','), 'BO422',
          'an empty answer is refused');
SELECT is(pg_temp.do('t_clerk', 'reply', :card, 'p_how => ''app'', p_text => ''sorry'','), 'done',
          'the owner answers');
SELECT ok((SELECT stopped_at <= due_at FROM bank.case_clock WHERE case_id = :card
            AND clock = 'first_response'), 'the first answer stops its clock');
SELECT is((SELECT body || ' ' || channel || ' ' || status FROM bank.outbox WHERE case_id = :card),
          'sorry app ready', 'and is in the outbox');
SELECT is(pg_temp.step('t_clerk', :card, 'wait', ''), 'BO422', 'waiting needs a reason');
SELECT is(pg_temp.do('t_clerk', 'wait', :card, 'p_for => ''appraisal'', p_note => ''n'', p_how => ''phone'','), 'done',
          'the case waits for an expert');
UPDATE bank.case_clock SET started_at = started_at - interval '3 days' WHERE case_id = :card;
UPDATE bank.case_pause SET started_at = started_at - interval '2 days' WHERE case_id = :card;
SELECT is(pg_temp.step('t_clerk', :card, 'resume'), 'done', 'and goes on');
SELECT is((SELECT date_trunc('hour', due_at - bank.due_day('service', started_at, 15))
             FROM bank.case_clock WHERE case_id = :card AND clock = 'statutory'),
          interval '48 hours', 'the statutory clock stood still for two days');
SELECT is(pg_temp.resolve('t_clerk', :card), 'done', 'the owner resolves it');
SELECT is(pg_temp.field(:card, 'stage') || ' ' || pg_temp.field(:card, 'outcome'), 'closed resolved',
          'it is closed');
SELECT is((SELECT count(*) FROM bank.case_clock WHERE case_id = :card AND stopped_at IS NULL),
          0::bigint, 'no clock runs');
SELECT is(pg_temp.step('t_clerk', :card, 'reopen'), 'done', 'it can be opened again');
SELECT is((SELECT max(run) FROM bank.case_clock WHERE case_id = :card AND clock = 'statutory'),
          2::smallint, 'with a new statutory clock, the old one kept');

-- Major: a second person.
SELECT pg_temp.open('t_super', 101, 'B02', 'C07', ', p_level => ''major''') AS major \gset
SELECT is(pg_temp.do('t_super', 'take', :major), 'done', 'a supervisor takes a major case');
SELECT is(pg_temp.resolve('t_super', :major), 'BO423', 'the checklist of a major case comes first');
SELECT pg_temp.as('t_super', format('SELECT (api.case_check(101, %s, %s, true, gen_random_uuid())).status', :major, item))
  FROM bank.case_file f, bank.case_checklist(f) k WHERE f.case_id = :major AND k.required;
SELECT is(pg_temp.resolve('t_super', :major), 'done', 'and decides');
SELECT is(pg_temp.field(:major, 'stage'), 'approval', 'the decision waits');
SELECT is((SELECT count(*) FROM bank.outbox WHERE case_id = :major), 0::bigint, 'nobody was told');
SELECT is(pg_temp.step('t_super', :major, 'approve'), 'BO403', 'the maker may not approve');
SELECT is(pg_temp.step('t_super2', :major, 'approve'), 'done', 'another supervisor does');
SELECT is(pg_temp.field(:major, 'stage'), 'closed', 'then it is closed');

SELECT pg_temp.open('t_clerk', 101, 'B02', 'C07', '') AS grows \gset
SELECT pg_temp.do('t_clerk', 'take', :grows);
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_classify(101, %s, ''A032'', ''B02'', ''C07'', ''major'', %s, '
          'gen_random_uuid())).message', :grows, pg_temp.field(:grows, 'version'))),
          'The case is classified and goes to another desk.', 'a case that turns out to be major leaves its owner');
SELECT is(pg_temp.field(:grows, 'queue'), 'executive', 'for the executive desk');

-- The person complained about, and one's own case.
SELECT pg_temp.open('t_clerk2', 101, 'B02', 'C01', ', p_complained => ''t_clerk''') AS about \gset
SELECT is(pg_temp.do('t_clerk', 'take', :about), 'BO403', 'never the person complained about');
SELECT is(pg_temp.do('t_super', 'assign', :about, 'p_login => ''t_clerk'', p_note => '''','), 'BO403',
          'not by assignment either');
SELECT throws_ok(format('UPDATE bank.case_file SET owner_id = 901 WHERE case_id = %s', :about), '23514',
                 NULL, 'nor by the owner of the tables');
SELECT is(pg_temp.do('t_super', 'assign', :about, 'p_login => ''t_west'', p_note => '''','), 'BO422',
          'nor to somebody who cannot see it');
SELECT pg_temp.open('t_clerk2', 109, 'B02', 'C01') AS own \gset
SELECT is(pg_temp.do('t_clerk', 'take', :own), 'BO428', 'nobody handles his own complaint');

-- Every pair of stages that no transition joins is refused by the table itself.
CREATE FUNCTION pg_temp.illegal() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    p record;
    tried int := 0;
BEGIN
    FOR p IN SELECT a.stage AS old, b.stage AS new FROM bank.case_stage a, bank.case_stage b
              WHERE a.case_type = 'complaint' AND b.case_type = 'complaint' AND a.stage <> b.stage
                AND NOT EXISTS (SELECT FROM bank.case_transition t WHERE t.case_type = 'complaint'
                    AND t.stage = a.stage AND b.stage IN (t.next_stage, t.untold_stage)) LOOP
        tried := tried + 1;
        BEGIN
            INSERT INTO bank.case_file (customer_id, case_id, unit_id, stage, channel, subject, facts,
                                        closed_at, outcome)
            VALUES (101, 999999, 3, p.old, 'A01', 's', 'f',
                    CASE p.old WHEN 'closed' THEN now() END, 'resolved');
            UPDATE bank.case_file SET stage = p.new,
                   closed_at = CASE p.new WHEN 'closed' THEN now() END WHERE case_id = 999999;
            RETURN p.old || ' > ' || p.new;
        EXCEPTION WHEN SQLSTATE 'BO423' THEN
            NULL;
        END;
    END LOOP;
    RETURN CASE WHEN tried > 80 THEN 'all refused' ELSE tried::text END;
END $$;
SELECT is(pg_temp.illegal(), 'all refused', 'no stage is skipped, whoever writes');

-- Every action in a stage that has no transition for it is refused by the functions.
CREATE FUNCTION pg_temp.illegal_action() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    p record;
    tried int := 0;
BEGIN
    FOR p IN SELECT s.stage, a.action FROM bank.case_stage s,
                    (SELECT DISTINCT action FROM bank.case_transition) a
              WHERE s.case_type = 'complaint' AND NOT EXISTS (SELECT FROM bank.case_transition t
                    WHERE t.case_type = 'complaint' AND t.stage = s.stage
                      AND t.action = a.action) LOOP
        tried := tried + 1;
        BEGIN
            PERFORM bank.case_allowed((SELECT f FROM jsonb_populate_record(NULL::bank.case_file,
                jsonb_build_object('case_type', 'complaint', 'stage', p.stage, 'level', 'simple')) f),
                p.action);
            RETURN p.stage || ', ' || p.action;
        EXCEPTION WHEN SQLSTATE 'BO423' THEN
            NULL;
        END;
    END LOOP;
    RETURN CASE WHEN tried > 100 THEN 'all refused' ELSE tried::text END;
END $$;
INSERT INTO bank.staff (login, name_zh, name_en, role, unit_id, scope_id)
SELECT session_user, 'dba', 'dba', 'supervisor', 1, 1
 WHERE NOT EXISTS (SELECT FROM bank.staff WHERE login = session_user);
SELECT is(pg_temp.illegal_action(), 'all refused', 'no action outside its stages');

SELECT * FROM finish();
ROLLBACK;
