-- Clocks of a case: regimes, the ladder taken once, idle owners, extensions, changes of policy.
BEGIN;
\ir ../lib/small-bank.sql
INSERT INTO bank.phone (customer_id, phone, unit_id) SELECT customer_id, '13900000101', unit_id FROM bank.customer
 WHERE customer_id = 101;
SELECT * FROM no_plan();

-- A calendar that is always open, so that the hour of the test does not matter.
INSERT INTO bank.calendar (calendar, label_en, label_zh, holidays)
VALUES ('always', 'Always', '全天', false);
INSERT INTO bank.calendar_slot SELECT 'always', d, '00:00', '24:00' FROM generate_series(1, 7) d;
UPDATE bank.clock_rule SET calendar = 'always';

CREATE FUNCTION pg_temp.open(p_login text, p_customer bigint, p_more text DEFAULT '')
RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_open(%s, ''A032'', ''B02'', ''C07'', ''s'', '
        '''f''%s, p_request => gen_random_uuid())).id', p_customer, p_more))::bigint $$;
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
-- Lets the case be older by so much.
CREATE FUNCTION pg_temp.age(p_case bigint, p_by interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    f bank.case_file;
BEGIN
    UPDATE bank.case_clock SET started_at = started_at - p_by, stopped_at = stopped_at - p_by,
           due_at = due_at - p_by WHERE case_id = p_case;
    UPDATE bank.case_pause SET started_at = started_at - p_by, ended_at = ended_at - p_by
     WHERE case_id = p_case;
    UPDATE bank.case_file SET received_at = received_at - p_by WHERE case_id = p_case
    RETURNING * INTO f;
    PERFORM bank.case_clock_refresh(f);
END $$;
CREATE FUNCTION pg_temp.tick() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_worker', 'SELECT steps || '' '' || failed FROM api.clock_tick()') $$;
CREATE FUNCTION pg_temp.fired(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(clock || step, ' ' ORDER BY clock, run, step) FROM bank.case_escalation
     WHERE case_id = p_case $$;
CREATE FUNCTION pg_temp.running(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(clock, ' ' ORDER BY clock) FROM bank.case_clock
     WHERE case_id = p_case AND stopped_at IS NULL $$;

-- The ladder.
SELECT pg_temp.open('t_clerk', 101) AS a \gset
SELECT is(pg_temp.running(:a), 'first_response own resolution statutory', 'a complaint has its clocks');
SELECT is(pg_temp.tick(), '0 0', 'nothing is due at once');
SELECT pg_temp.age(:a, '31 min');
SELECT is(pg_temp.tick(), '1 0', 'nobody took it for half an hour');
SELECT is(pg_temp.fired(:a), 'own1', 'that is told');
SELECT pg_temp.age(:a, '30 min');
SELECT is(pg_temp.tick(), '1 0', 'half of the two hours is over');
SELECT is(pg_temp.tick(), '0 0', 'each step is taken once');
SELECT is(pg_temp.as('t_clerk', 'SELECT clock || action FROM api.case_alert_list'),
          'first_responseremind', 'the queue is reminded');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(clock, '' '') FROM api.case_alert_list'), 'own',
          'the supervisor knows that nobody took it');
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.case_alert_list'), '0',
          'other branches see nothing');
SELECT pg_temp.age(:a, '36 min');
SELECT is(pg_temp.tick(), '1 0', 'four fifths');
SELECT pg_temp.age(:a, '24 min');
SELECT is(pg_temp.tick(), '1 0', 'the promise is broken');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(state, '' '') FROM api.case_breach_list'),
          'overdue', 'the supervisor sees the breach');
SELECT pg_temp.age(:a, '1 day');
SELECT is(pg_temp.tick(), '1 0', 'two hours more: head office');
SELECT is(pg_temp.as('t_super2', 'SELECT count(*) FROM api.case_alert_list WHERE action = ''executive'''),
          '1', 'head office is told');
SELECT is(pg_temp.as('t_super', 'SELECT count(*) FROM api.case_alert_list WHERE action = ''executive'''),
          '0', 'not the branch');
SELECT is((SELECT urgency FROM bank.case_file WHERE case_id = :a), 1::smallint, 'and it is urgent');
SELECT is(pg_temp.fired(:a), 'first_response1 first_response2 first_response3 first_response4 own1',
          'the whole ladder, each step once');
SELECT is((SELECT count(*) FROM bank.case_event WHERE case_id = :a AND action = 'escalate'), 5::bigint,
          'each is an event on the case');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_alert_seen(101, %s, ''first_response'', 1, 1,
          gen_random_uuid())).status', :a)), 'done', 'seen');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.case_alert_list'), '0', 'and gone');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_alert_seen(101, %s, ''first_response'', 1, 4,
          gen_random_uuid())).status', :a)), 'BO404', 'another''s alert is not there');
SELECT is(pg_temp.as('t_super', 'SELECT count(*) FROM api.clock_tick()'), '42501', 'only the worker ticks');

-- A clock that jumps back takes nothing again.
UPDATE bank.case_clock SET next_step = 1, next_at = now() - interval '1 hour'
 WHERE case_id = :a AND clock = 'first_response';
SELECT is(pg_temp.tick(), '0 0', 'a step recorded is never taken again');

-- An owner who does nothing.
SELECT pg_temp.open('t_clerk', 101) AS b \gset
SELECT is(pg_temp.do('t_clerk2', 'take', :b), 'done', 'taken');
SELECT is(pg_temp.running(:b), 'first_response idle resolution statutory', 'the owner''s clock runs');
SELECT pg_temp.age(:b, '61 min');
SELECT is(pg_temp.tick(), '3 0', 'reminded of the first answer and of being idle; then it moves on');
SELECT is((SELECT owner_id FROM bank.case_file WHERE case_id = :b), 901, 'to the next of the queue');
SELECT is((SELECT stage FROM bank.case_file WHERE case_id = :b), 'accepted', 'in the same stage');
SELECT is((SELECT max(run) FROM bank.case_clock WHERE case_id = :b AND clock = 'idle'), 2::smallint,
          'whose clock begins anew');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_note(101, %s, ''working on it'',
          gen_random_uuid())).status', :b)), 'done', 'a note of the owner');
SELECT is(pg_temp.running(:b), 'first_response resolution statutory', 'shows that he is at work');
-- Nobody else left: back to the queue.
UPDATE bank.staff SET active = false WHERE login IN ('t_clerk2');
SELECT pg_temp.open('t_clerk', 102) AS c \gset
SELECT pg_temp.do('t_clerk', 'take', :c);
SELECT pg_temp.age(:c, '61 min');
SELECT pg_temp.tick();
SELECT is((SELECT stage || coalesce(owner_id, 0) FROM bank.case_file WHERE case_id = :c), 'assigned0',
          'with nobody else it waits in its queue again');
UPDATE bank.staff SET active = true WHERE login IN ('t_clerk2');

-- Answers and updates.
SELECT is(pg_temp.do('t_clerk', 'reply', :b, 'p_how => ''app'', p_text => ''t'','), 'done', 'answered');
SELECT is(pg_temp.running(:b), 'next_update resolution statutory', 'the next update is promised');
SELECT is((SELECT stopped_at <= due_at FROM bank.case_clock WHERE case_id = :b
            AND clock = 'first_response'), true, 'the first answer was in time');
SELECT pg_temp.do('t_clerk', 'reply', :b, 'p_how => ''app'', p_text => ''more'',');
SELECT is((SELECT max(run) FROM bank.case_clock WHERE case_id = :b AND clock = 'next_update'),
          2::smallint, 'each answer starts the next');

-- Paused: the ladder stands still, and the due time moves by the pause alone.
SELECT is(pg_temp.do('t_clerk', 'wait', :b, 'p_for => ''nobody'', p_note => ''n'', p_how => NULL,'), 'BO422', 'for whom?');
SELECT is(pg_temp.do('t_clerk', 'wait', :b, 'p_for => ''customer'', p_note => ''papers'', p_how => NULL,'), 'done',
          'it waits for the customer');
SELECT is((SELECT string_agg(clock, ' ' ORDER BY clock) FROM bank.case_clock WHERE case_id = :b
            AND stopped_at IS NULL AND next_at IS NULL), 'next_update resolution',
          'the promises of the bank stand still, the law does not');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(clock, '' '' ORDER BY clock) FROM api.case_clocks(101, %s)
          WHERE state = ''paused''', :b)), 'next_update resolution', 'as its clocks say');
SELECT pg_temp.do('t_clerk', 'step', :b, 'p_action => ''resume'', p_note => ''n'',');
SELECT is(pg_temp.do('t_clerk', 'wait', :b, 'p_for => ''appraisal'', p_note => ''expert'', p_how => NULL,'), 'BO422',
          'of an outside examination the customer is told');
SELECT is(pg_temp.do('t_clerk', 'wait', :b, 'p_for => ''appraisal'', p_note => ''expert'', p_how => ''sms'','), 'done',
          'it waits for an outside examination');
SELECT is((SELECT count(*) FROM bank.outbox WHERE case_id = :b AND kind = 'case_wait' AND body LIKE '%expert%'),
          1::bigint, 'he is');
SELECT is((SELECT string_agg(clock, ' ' ORDER BY clock) FROM bank.case_clock WHERE case_id = :b
            AND stopped_at IS NULL AND next_at IS NULL), 'resolution statutory',
          'no step of these is due while it waits');
SELECT pg_temp.age(:b, '100 days');
SELECT is(pg_temp.tick(), '2 0', 'however long; but the customer is to hear how it goes');
SELECT is(pg_temp.do('t_clerk', 'step', :b, 'p_action => ''resume'', p_note => ''n'','), 'done', 'resumed');
SELECT is((SELECT date_trunc('day', due_at - started_at) FROM bank.case_clock WHERE case_id = :b
            AND clock = 'statutory'), interval '115 days', 'fifteen days and the pause');

-- Extensions.
SELECT pg_temp.open('t_clerk', 101, ', p_level => ''complex''') AS d \gset
SELECT pg_temp.do('t_clerk', 'take', :d);
CREATE FUNCTION pg_temp.ask(p_login text, p_case bigint, p_days int) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_extend_ask(101, %s, ''statutory'', %s, ''r'',
           gen_random_uuid())).status', p_case, p_days)) $$;
CREATE FUNCTION pg_temp.decide(p_login text, p_case bigint, p_yes boolean, p_how text DEFAULT 'letter')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_extend_decide(101, %s, %s, %L, ''n'', %L, 1,
           gen_random_uuid())).status', p_case, (SELECT max(extension_id) FROM bank.case_extension
           WHERE case_id = p_case), p_yes, p_how)) $$;
SELECT is(pg_temp.ask('t_clerk2', :d, 10), 'BO403', 'only the owner asks');
SELECT is(pg_temp.ask('t_clerk', :d, 31), 'BO422', 'for no more than the law allows');
SELECT is(pg_temp.ask('t_clerk', :b, 5), 'BO422', 'a simple case cannot be extended');
CREATE FUNCTION pg_temp.form(p_login text, p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT clock FROM api.case_extend_form(101, %s)', p_case)) $$;
SELECT is(pg_temp.form('t_clerk2', :d), 'BO403', 'the form is not for others');
SELECT is(pg_temp.form('t_clerk', :d), 'statutory', 'the owner has it');
SELECT is(pg_temp.ask('t_clerk', :d, 20), 'done', 'asked');
SELECT is(pg_temp.ask('t_clerk', :d, 5), 'BO409', 'once at a time');
SELECT is(pg_temp.form('t_clerk', :d), 'BO409', 'which the form says before it is filled in');
CREATE FUNCTION pg_temp.asked(p_login text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, 'SELECT decidable || '' '' || superior FROM api.case_extension_list WHERE state = ''asked''') $$;
SELECT is(pg_temp.asked('t_super'), 'true true', 'the branch above sees it as one to decide');
SELECT is(pg_temp.decide('t_clerk', :d, true), '42501', 'a clerk does not decide');
SELECT is(pg_temp.decide('t_super', :d, true, NULL), 'BO422', 'approval must tell the customer');
SELECT is(pg_temp.decide('t_super', :d, true), 'done', 'the branch approves what its sub-branch asked');
SELECT is(pg_temp.decide('t_super', :d, true), 'BO409', 'once');
SELECT is((SELECT amount + extension FROM bank.case_clock WHERE case_id = :d AND clock = 'statutory'),
          50, 'thirty days and twenty');
SELECT is((SELECT due_at FROM bank.case_file WHERE case_id = :d), (SELECT min(k.due_at) FROM bank.case_clock k JOIN bank.clock_kind x USING (clock)
            WHERE k.case_id = :d AND k.stopped_at IS NULL AND NOT x.internal), 'which the queue shows');
SELECT is((SELECT count(*) FROM bank.outbox WHERE case_id = :d AND kind = 'case_extension'), 1::bigint,
          'the notice is on its way');
SELECT is((SELECT cause FROM bank.case_clock_change WHERE case_id = :d AND clock = 'statutory'),
          'extension', 'what it was is kept');
SELECT is(pg_temp.as('t_clerk', format('SELECT cause || '' '' || (due_after > due_before) FROM api.case_clock_changes(%s, %s) WHERE clock = ''statutory'' LIMIT 1', (SELECT customer_id FROM bank.case_file WHERE case_id = :d), :d)),
          'extension true', 'and told to who works on the case');
SELECT is(pg_temp.ask('t_super', :d, 11), 'BO422', 'ten days are left');
SELECT is(pg_temp.ask('t_super', :d, 10), 'done', 'the branch asks');
UPDATE bank.staff SET role = 'supervisor' WHERE login = 't_clerk';
SELECT is(pg_temp.asked('t_clerk') || ', ' || pg_temp.asked('t_super2'), 'true false, true true', 'head office decides, none below');
UPDATE bank.staff SET role = 'clerk' WHERE login = 't_clerk';
SELECT is(pg_temp.decide('t_super', :d, true), 'BO403', 'and cannot approve itself');
SELECT is((SELECT pg_temp.as('t_super2', format('SELECT (api.case_extend_decide(101, %s, %s, false, '' '', NULL, 1, gen_random_uuid())).status', :d, max(extension_id)))
             FROM bank.case_extension WHERE case_id = :d), 'BO422', 'not refused without a word');
SELECT is(pg_temp.decide('t_super2', :d, false), 'done', 'head office refuses');
SELECT is((SELECT extension FROM bank.case_clock WHERE case_id = :d AND clock = 'statutory'), 20,
          'which changes nothing');
SELECT throws_ok(format('UPDATE bank.case_extension SET checker_id = maker_id WHERE case_id = %s', :d),
                 '23514', NULL, 'the table itself keeps maker and checker apart');

-- Forwarded by an authority; another regime.
SELECT is(pg_temp.running(pg_temp.open('t_clerk', 101, ', p_source => ''regulator''')),
          'first_response forwarded own resolution statutory', 'the authority has its own clock');
SELECT is(pg_temp.as('t_super', $$SELECT (api.unit_regime_ask(5, 'fca', 'A branch in London', gen_random_uuid())).status$$),
          'BO403', 'which law a unit is under is asked for at head office');
SELECT is(pg_temp.as('t_admin', $$SELECT (api.unit_regime_ask(5, 'moon', 'x', gen_random_uuid())).status$$), 'BO422',
          'a law that there is');
SELECT is(pg_temp.as('t_admin', $$SELECT (api.unit_regime_ask(5, 'fca', 'A branch in London', gen_random_uuid())).status$$),
          'done', 'by one person');
SELECT is(pg_temp.as('t_admin', $$SELECT (api.unit_regime_ask(5, 'fca', 'again', gen_random_uuid())).status$$), 'BO409',
          'once');
SELECT is(pg_temp.as('t_super2', 'SELECT regime || wanted || decidable FROM api.unit_regime_list WHERE unit_id = 5'),
          'cnfcaopen', 'and is as it was, for somebody else to see');
SELECT is(pg_temp.as('t_admin', format('SELECT (api.unit_regime_decide(%s, true, '''', gen_random_uuid())).status',
          (SELECT change_id FROM bank.unit_regime_change))), 'BO403', 'until somebody else');
SELECT is(pg_temp.as('t_super2', format('SELECT (api.unit_regime_decide(%s, true, '''', gen_random_uuid())).status',
          (SELECT change_id FROM bank.unit_regime_change))), 'done', 'agrees');
SELECT is(bank.regime_of(5), 'fca', 'then it counts');
SELECT pg_temp.open('t_west', 201) AS e \gset
SELECT is(pg_temp.running(:e), 'final first_response own summary', 'a unit under the FCA');
SELECT is((SELECT (due_at AT TIME ZONE 'Asia/Shanghai')::date
                - (started_at AT TIME ZONE 'Asia/Shanghai')::date FROM bank.case_clock
            WHERE case_id = :e AND clock = 'final'), 57, 'eight weeks, to the end of the day');
SELECT is(bank.due_workday('service', '2030-04-26 10:00+08', 3),
          '2030-05-02 00:00+08'::timestamptz, 'three business days over a weekend');

-- A change of policy recomputes what runs and keeps what it was.
CREATE FUNCTION pg_temp.rule(p_login text, p_amount int, p_calendar text, p_version int) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.clock_rule_propose(''complaint'', ''cn'', ''first_response'', '''', '
        ''''', ''working_minutes'', %s, %L, false, 0, ''why'', %s, gen_random_uuid())).status', p_amount, p_calendar, p_version)) $$;
CREATE FUNCTION pg_temp.settle(p_login text, p_verb text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.calendar_change_decide(%s, %L, ''seen'', gen_random_uuid())).status',
        (SELECT max(change_id) FROM bank.calendar_change), p_verb)) $$;
SELECT is(pg_temp.rule('t_admin', 60, 'always', 1), 'done', 'one person wants the promise to become an hour');
SELECT is((SELECT amount FROM bank.clock_rule WHERE (case_type, regime, clock, level) = ('complaint', 'cn', 'first_response', '')), 120, 'which changes nothing yet');
SELECT is(pg_temp.rule('t_super2', 90, 'always', 1), 'BO409', 'while it waits, nobody else asks');
SELECT is(pg_temp.settle('t_admin', 'approve'), 'BO403', 'its maker does not agree himself');
SELECT throws_ok('UPDATE bank.calendar_change SET state = ''approved'', checker_id = maker_id', '23514', NULL,
                 'and the table itself keeps maker and checker apart');
SELECT is(pg_temp.as('t_super2', 'SELECT changes FROM api.calendar_change_list WHERE decidable = ''open'''), 'time: 120 → 60',
          'the second person sees before and after');
SELECT is(pg_temp.as('t_super2', 'SELECT screen FROM api.worklist WHERE kind = ''rule'''), 'calendar-changes', 'on his work list');
SELECT is(pg_temp.settle('t_super2', 'approve'), 'done', 'and agrees');
SELECT is(pg_temp.as('t_super2', 'SELECT count(*) FROM api.worklist WHERE kind = ''rule'''), '0', 'which ends the work');
SELECT is((SELECT due_at - started_at FROM bank.case_clock WHERE case_id = :d
            AND clock = 'first_response'), interval '1 hour', 'also for cases that are open');
SELECT is((SELECT before ->> 'amount' || ' ' || (after ->> 'amount') FROM bank.case_clock_change
            WHERE case_id = :d AND cause = 'policy'), '120 60', 'with its history');
SELECT is(pg_temp.rule('t_super', 60, 'always', 2), 'BO403', 'head office only');
SELECT is(pg_temp.rule('t_admin', 60, 'always', 1), 'BO409', 'on what stands now');
INSERT INTO bank.calendar (calendar, label_en, label_zh) VALUES ('never', 'Never', '从不');
SELECT is(pg_temp.rule('t_admin', 60, 'never', 2), 'BO422', 'a calendar without working time is refused');
INSERT INTO bank.calendar_slot (calendar, weekday, opens, closes, until) VALUES ('never', 1, '09:00', '17:00', bank.today());
SELECT is(pg_temp.rule('t_admin', 60, 'never', 2), 'BO422', 'and one whose last hours have ended');
SELECT is(pg_temp.rule('t_admin', 50, 'always', 2) || pg_temp.settle('t_super2', 'refuse') || pg_temp.rule('t_admin', 50, 'always', 2)
          || pg_temp.settle('t_super2', 'withdraw') || pg_temp.settle('t_admin', 'withdraw'), 'donedonedoneBO403done',
          'refused by the other, or withdrawn by the maker');
SELECT is((SELECT amount FROM bank.clock_rule WHERE (case_type, regime, clock, level) = ('complaint', 'cn', 'first_response', '')), 60, 'it stays');
-- A sudden holiday.
UPDATE bank.clock_rule SET calendar = NULL WHERE clock = 'resolution';
SELECT bank.case_clock_recompute(NULL, 'policy');
SELECT due_at AS before FROM bank.case_clock WHERE case_id = :d AND clock = 'resolution' \gset
SELECT is(pg_temp.as('t_admin', format($$SELECT (api.calendar_day_propose(%L, 'feast', 'x', 'x', 'Feast',
          gen_random_uuid())).status$$, bank.today() + 3)), 'BO422', 'a kind of day that there is not');
SELECT is(pg_temp.as('t_admin', format($$SELECT (api.calendar_day_propose(%L, 'holiday', '临时放假',
          'Closed', 'Typhoon', gen_random_uuid())).status$$, (SELECT min(d)::date FROM generate_series(
          bank.today() + 1, bank.today() + 9, interval '1 day') d WHERE extract(isodow FROM d) < 6
          AND NOT EXISTS (SELECT FROM bank.calendar_day x WHERE x.day = d AND NOT working)))), 'done',
          'a holiday announced late');
SELECT is(pg_temp.settle('t_super2', 'approve'), 'done', 'by two persons');
SELECT ok((SELECT due_at > :'before' FROM bank.case_clock WHERE case_id = :d AND clock = 'resolution'),
          'moves the due times after it');


-- One case that fails does not stop the others.
SELECT pg_temp.open('t_clerk', 102) AS f \gset
SELECT pg_temp.open('t_clerk', 102) AS g \gset
SELECT pg_temp.age(:f, '31 min'), pg_temp.age(:g, '31 min');
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON bank.case_escalation FOR EACH ROW
    WHEN (NEW.clock = 'own' AND NEW.case_id % 2 = 0) EXECUTE FUNCTION pg_temp.refuse();
SELECT is(split_part(pg_temp.tick(), ' ', 2), '1', 'one fails');
SELECT is((SELECT count(*) FROM bank.case_escalation WHERE case_id IN (:f, :g) AND clock = 'own'), 1::bigint,
          'the other is told');
SELECT is((SELECT error FROM bank.clock_failure), 'no', 'the failure is on record');
DROP TRIGGER refuse ON bank.case_escalation;
UPDATE bank.case_clock SET next_at = now() WHERE case_id IN (:f, :g) AND clock = 'own'
   AND next_at IS NOT NULL;
SELECT pg_temp.tick();
SELECT is((SELECT count(*) FROM bank.case_escalation WHERE case_id IN (:f, :g) AND clock = 'own'), 2::bigint,
          'and repaired by a later round');
SELECT * FROM finish();
ROLLBACK;
