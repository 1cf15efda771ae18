-- No deadline of the law passes unseen: whatever moves, ends or merges a case, its clock runs on from where it began,
-- and each new due time has its reminders.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
INSERT INTO bank.calendar (calendar, label_en, label_zh, holidays) VALUES ('always', 'Always', '全天', false);
INSERT INTO bank.calendar_slot SELECT 'always', d, '00:00', '24:00' FROM generate_series(1, 7) d;
UPDATE bank.clock_rule SET calendar = 'always';
SELECT bank.calendar_fill();

CREATE FUNCTION pg_temp.open(p_more text DEFAULT '') RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', format('SELECT (api.case_open(101, ''A032'', ''B02'', ''C07'', ''s'', ''f''%s, '
        'p_request => gen_random_uuid())).id', p_more))::bigint $$;
CREATE FUNCTION pg_temp.do(p_login text, p_function text, p_case bigint, p_more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_%s(101, %s, %s p_version => %s, p_request => gen_random_uuid())).status',
        p_function, p_case, p_more, (SELECT version FROM bank.case_file WHERE case_id = p_case))) $$;
-- Lets the case and all that happened to it be older by so much.
CREATE FUNCTION pg_temp.age(p_case bigint, p_by interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    f bank.case_file;
BEGIN
    UPDATE bank.case_clock SET started_at = started_at - p_by, stopped_at = stopped_at - p_by, due_at = due_at - p_by
     WHERE case_id = p_case;
    UPDATE bank.case_pause SET started_at = started_at - p_by, ended_at = ended_at - p_by WHERE case_id = p_case;
    UPDATE bank.case_escalation SET fired_at = fired_at - p_by, due_at = due_at - p_by WHERE case_id = p_case;
    UPDATE bank.case_file SET received_at = received_at - p_by, closed_at = closed_at - p_by, told_at = told_at - p_by
     WHERE case_id = p_case RETURNING * INTO f;
    PERFORM bank.case_clock_refresh(f);
END $$;
CREATE FUNCTION pg_temp.tick() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_worker', 'SELECT steps || '' '' || failed FROM api.clock_tick()') $$;
CREATE FUNCTION pg_temp.statutory(p_case bigint) RETURNS bank.case_clock LANGUAGE sql AS $$
    SELECT k FROM bank.case_clock k WHERE case_id = p_case AND clock = 'statutory' ORDER BY run DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.age_in_days(p_at timestamptz) RETURNS int LANGUAGE sql AS $$
    SELECT round(extract(epoch FROM p_at - now()) / 86400)::int $$;
CREATE FUNCTION pg_temp.told(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(step::text, ' ' ORDER BY step) FROM bank.case_escalation
     WHERE case_id = p_case AND clock = 'statutory' AND seen_at IS NULL $$;

-- The ladder climbs again when the due time moves on.
SELECT pg_temp.open() AS a \gset
SELECT pg_temp.age(:a, '14 days');
SELECT pg_temp.tick();
SELECT is(pg_temp.told(:a), '1 2', 'most of the fifteen days is over: owner and supervisor are told');
SELECT is(pg_temp.do('t_super', 'classify', :a, '''A032'', ''B02'', ''C07'', ''complex'','), 'done', 'it turns out to be complex');
SELECT is((SELECT next_step::int || ' ' || pg_temp.age_in_days(next_at) FROM pg_temp.statutory(:a)), '1 1',
          'of the thirty days half is not over: it will be told again');
UPDATE bank.case_escalation SET seen_at = now() WHERE case_id = :a;
SELECT is(pg_temp.tick(), '0 0', 'nothing is due now');
SELECT pg_temp.age(:a, '11 days');
SELECT isnt(pg_temp.tick(), '0 0', 'most of the thirty days is over');
SELECT is(pg_temp.told(:a), '1 2', 'and they are told of that, too');
SELECT is((SELECT count(*) FROM bank.case_event WHERE case_id = :a AND action = 'escalate' AND note LIKE '%Statutory%'), 4::bigint,
          'the history has all that were told');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(step::text, '' '' ORDER BY step) FROM api.case_alert_list WHERE clock = ''statutory'''),
          '2', 'the supervisor has one alert of it, the last');
SELECT is(pg_temp.tick(), '0 0', 'once');
SELECT is(pg_temp.do('t_super', 'assign', :a, '''t_clerk'', '''','), 'done', 'somebody has it');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_extend_ask(101, %s, ''statutory'', 30, ''experts'', gen_random_uuid())).status', :a)),
          'done', 'asks for thirty days more');
SELECT is(pg_temp.as('t_super2', format('SELECT (api.case_extend_decide(101, %s, (SELECT extension_id FROM api.case_extension_list),
          true, '''', ''phone'', 1, gen_random_uuid())).status', :a)), 'done', 'and gets them');
SELECT is((SELECT next_step::int || ' ' || pg_temp.age_in_days(next_at) FROM pg_temp.statutory(:a)), '1 5',
          'half and four fifths of the sixty days are still to be reminded of');
-- A deadline that has passed is not lengthened any more: not by asking, nor by calling the case a complex one.
SELECT pg_temp.open() AS o \gset
SELECT pg_temp.do('t_clerk', 'take', :o);
SELECT pg_temp.age(:o, '16 days');
SELECT due_at AS missed FROM pg_temp.statutory(:o) \gset
SELECT is(pg_temp.do('t_super', 'classify', :o, '''A032'', ''B02'', ''C07'', ''complex'','), 'done', 'found to be complex too late');
SELECT is((SELECT due_at FROM pg_temp.statutory(:o)), :'missed'::timestamptz, 'it stays over time');
SELECT is((SELECT amount FROM bank.case_clock WHERE case_id = :o AND clock = 'resolution'), 4200, 'the bank''s own promise follows the level');
SELECT pg_temp.open(', p_level => ''complex''') AS o \gset
SELECT pg_temp.do('t_clerk', 'take', :o);
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_extend_ask(101, %s, ''statutory'', 5, ''experts'', gen_random_uuid())).status', :o)),
          'done', 'more time asked for in time');
SELECT pg_temp.age(:o, '32 days');
SELECT is(pg_temp.as('t_super2', format('SELECT (api.case_extend_decide(101, %s, (SELECT extension_id FROM api.case_extension_list WHERE state = ''asked''),
          true, '''', ''phone'', 1, gen_random_uuid())).status', :o)), 'BO423', 'cannot be given afterwards');
SELECT is(pg_temp.as('t_super2', format('SELECT (api.case_extend_decide(101, %s, (SELECT extension_id FROM api.case_extension_list WHERE state = ''asked''),
          false, ''too late'', '''', 1, gen_random_uuid())).status', :o)), 'done', 'only refused');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_extend_ask(101, %s, ''statutory'', 5, ''experts'', gen_random_uuid())).status', :o)),
          'BO423', 'nor asked for');
-- Of many at once.
SELECT pg_temp.open() AS m \gset
SELECT pg_temp.age(:m, '14 days');
SELECT pg_temp.tick();
UPDATE bank.case_file SET level = 'complex' WHERE case_id = :m;
SELECT bank.clocks_refresh(ARRAY(SELECT f FROM bank.case_file f WHERE case_id = :m));
SELECT is((SELECT next_step FROM pg_temp.statutory(:m)), 1::smallint, 'also where many are worked out at once');

-- A pause repeats no step, and saves no clock that has run out.
SELECT pg_temp.open() AS p \gset
SELECT pg_temp.do('t_clerk', 'take', :p);
SELECT pg_temp.do('t_clerk', 'reply', :p, '''phone'', ''t'',');
SELECT pg_temp.age(:p, '8 days');
SELECT pg_temp.tick();
SELECT is(pg_temp.told(:p), '1', 'half of the time is reminded of');
SELECT is(pg_temp.do('t_clerk', 'wait', :p, '''appraisal'', ''experts'', ''phone'','), 'done', 'an outside examination');
SELECT pg_temp.age(:p, '6 days');
SELECT is(pg_temp.do('t_clerk', 'step', :p, '''resume'', '''','), 'done', 'of six days');
SELECT is((SELECT next_step::int || ' ' || pg_temp.age_in_days(due_at) FROM pg_temp.statutory(:p)), '2 8',
          'is not counted, and what was said is not said again');
SELECT pg_temp.age(:p, '9 days');
SELECT pg_temp.tick();
SELECT due_at AS missed FROM pg_temp.statutory(:p) \gset
SELECT ok(:'missed' < now(), 'the time is over');
SELECT is(pg_temp.do('t_clerk', 'wait', :p, '''appraisal'', ''experts'', ''phone'','), 'done', 'an examination afterwards');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(state, '' '') FROM api.case_breach_list WHERE clock = ''statutory'' AND case_id = ' || :p),
          'overdue', 'does not take the case from those that are over time');
SELECT is(pg_temp.as('t_super', format('SELECT state FROM api.case_clocks(101, %s) WHERE clock = ''statutory''', :p)), 'over',
          'nor say that it stands still');
SELECT is(pg_temp.do('t_clerk', 'step', :p, '''resume'', '''','), 'done', 'when it is over');
SELECT is((SELECT due_at FROM pg_temp.statutory(:p)), :'missed'::timestamptz, 'the clock has run out when it had');

-- While experts look at it the customer is still to hear something.
SELECT pg_temp.open() AS w \gset
SELECT pg_temp.do('t_clerk', 'take', :w);
SELECT pg_temp.do('t_clerk', 'reply', :w, '''phone'', ''t'',');
SELECT pg_temp.do('t_clerk', 'wait', :w, '''appraisal'', ''experts'', ''phone'',');
SELECT is((SELECT string_agg(clock, ' ' ORDER BY clock) FROM bank.case_clock WHERE case_id = :w AND next_at IS NOT NULL), 'next_update',
          'a case that waits for experts is not forgotten');

-- Merging loses no day.
SELECT pg_temp.open() AS old \gset
SELECT pg_temp.age(:old, '14 days');
SELECT pg_temp.open() AS new \gset
SELECT due_at AS first_due FROM pg_temp.statutory(:old) \gset
SELECT is(pg_temp.do('t_clerk', 'merge', :old, format('''%s'', false,', :new)), 'done', 'an older complaint goes into a newer one');
SELECT is((SELECT due_at FROM pg_temp.statutory(:new)), :'first_due'::timestamptz, 'which is due when the older was');
SELECT is((SELECT count(*) FROM bank.case_clock_change WHERE case_id = :new AND clock = 'statutory' AND cause = 'merged'), 1::bigint,
          'the record says why');
SELECT pg_temp.open() AS third \gset
SELECT is(pg_temp.do('t_clerk', 'merge', :third, format('''%s'', false,', :new)), 'done', 'a newer one into it');
SELECT is((SELECT due_at FROM pg_temp.statutory(:new)), :'first_due'::timestamptz, 'changes nothing');

-- Merged by mistake and taken out again it is as old as it was.
SELECT is(pg_temp.do('t_clerk', 'step', :old, '''reopen'', ''another matter'','), 'done', 'taken out again');
SELECT is((SELECT run::int || ' ' || (due_at = :'first_due') FROM pg_temp.statutory(:old)), '1 true', 'its clock never stood');
SELECT ok((SELECT next_at IS NOT NULL FROM pg_temp.statutory(:old)), 'and reminds');
SELECT is((SELECT count(*) FROM bank.case_clock WHERE case_id = :old AND clock = 'first_response' AND stopped_at IS NULL), 1::bigint,
          'nobody had answered it either');
-- Withdrawn and taken up again: the time in between is not counted, the time before is.
SELECT pg_temp.open() AS back \gset
SELECT pg_temp.age(:back, '10 days');
SELECT due_at AS first_due FROM pg_temp.statutory(:back) \gset
SELECT is(pg_temp.do('t_clerk', 'step', :back, '''withdraw'', ''he says so'','), 'done', 'withdrawn');
SELECT pg_temp.age(:back, '3 days');
SELECT is(pg_temp.do('t_clerk', 'step', :back, '''reopen'', ''he does not'','), 'done', 'taken up again after three days');
SELECT is((SELECT run::int || ' ' || round(extract(epoch FROM due_at - :'first_due') / 86400) FROM pg_temp.statutory(:back)), '1 0',
          'is due three days later than it was'); -- the case is three days older now
SELECT is((SELECT count(*) FROM bank.case_pause WHERE case_id = :back AND ended_at IS NULL), 0::bigint, 'nothing waits any more');

-- Decided, told and opened again: the law's clocks begin anew, that of an authority too, and somebody is to take it.
SELECT pg_temp.open(', p_source => ''regulator''') AS f \gset
SELECT pg_temp.do('t_super2', 'take', :f);
SELECT is(pg_temp.do('t_super2', 'resolve', :f, '''no'', ''phone'', '''', ''not_upheld'','), 'done', 'decided');
SELECT is(pg_temp.do('t_super2', 'step', :f, '''reopen'', ''he rings'','), 'done', 'opened again');
SELECT is((SELECT string_agg(clock || run, ' ' ORDER BY clock) FROM bank.case_clock WHERE case_id = :f AND stopped_at IS NULL),
          'forwarded2 own2 resolution2 statutory2', 'every clock of the law, and that of who shall take it');
SELECT is(pg_temp.do('t_super2', 'take', :f), 'done', 'taken');
SELECT is((SELECT count(*) FROM bank.case_clock WHERE case_id = :f AND clock = 'own' AND stopped_at IS NULL), 0::bigint, 'by its owner');

-- A deadline that has passed is not met afterwards by saying that the customer was told before it: who leads may.
CREATE FUNCTION pg_temp.told(p_login text, p_case bigint, p_ago interval) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.do(p_login, 'resolve', p_case, format('''paid'', ''phone'', %L, ''resolved'',',
        to_char((clock_timestamp() - p_ago) AT TIME ZONE bank.timezone(), 'YYYY-MM-DD HH24:MI'))) $$;
SELECT pg_temp.open() AS l \gset
SELECT pg_temp.do('t_clerk', 'take', :l);
SELECT pg_temp.age(:l, '17 days');
SELECT is(pg_temp.told('t_clerk', :l, '3 days'), 'BO403', 'a clerk cannot say that it was before the deadline');
SELECT is(pg_temp.told('t_clerk', :l, '1 hour'), 'done', 'he can say that it was after it');
SELECT is(pg_temp.as('t_clerk', format('SELECT state FROM api.case_clocks(101, %s) WHERE clock = ''statutory''', :l)), 'late', 'which is late');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_told_set(101, %s, ''phone'', %L, ''it was earlier'', NULL, gen_random_uuid())).status', :l,
          to_char((clock_timestamp() - interval '3 days') AT TIME ZONE bank.timezone(), 'YYYY-MM-DD HH24:MI'))), 'BO403', 'nor afterwards');
SELECT pg_temp.open() AS n \gset
SELECT pg_temp.do('t_clerk', 'take', :n);
SELECT pg_temp.age(:n, '17 days');
SELECT is(pg_temp.told('t_super', :n, '3 days'), 'done', 'who leads may, and stands for it');

-- What an authority waits for is not ended by one who handles it.
SELECT pg_temp.open(', p_source => ''regulator''') AS g \gset
SELECT is(pg_temp.do('t_clerk', 'step', :g, '''withdraw'', ''he says so'','), 'BO403', 'a clerk cannot withdraw what an authority waits for');
SELECT is(pg_temp.do('t_super', 'step', :g, '''withdraw'', ''the authority knows'','), 'done', 'who leads can');

-- Three business days under the second regime: who leads is told when they are over.
SELECT is((SELECT action FROM bank.escalation_rule WHERE clock = 'summary' AND at_percent = 100), 'supervisor', 'summary');

-- What the worker cannot do, and that none runs, is told to who leads.
CREATE FUNCTION pg_temp.listed(p_login text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, 'SELECT string_agg(CASE WHEN case_id IS NULL THEN title ELSE detail END, '', '' ORDER BY object_id)
                                  FROM api.worklist WHERE kind = ''clock''') $$;
SET LOCAL bankops.language = 'en';
UPDATE bank.case_clock SET next_at = NULL WHERE stopped_at IS NULL;
SELECT is(pg_temp.listed('t_super'), NULL, 'nothing has failed');
SELECT pg_temp.open() AS x \gset
SELECT pg_temp.age(:x, '16 days');
SELECT is(pg_temp.listed('t_super'), 'No worker watches the clocks', 'steps are due and nobody takes them');
SELECT ok(pg_temp.as('t_super', 'SELECT alerts FROM api.worklist_summary()') LIKE '%, no worker watches the clocks since 20%',
          'it stands where the alerts are counted');
SELECT ok(pg_temp.as('t_clerk', 'SELECT alerts FROM api.worklist_summary()') NOT LIKE '%no worker%', 'for who leads');
SELECT ok((SELECT due_since < now() - interval '6 days' FROM api.clock_watch()), 'the doctor sees it, too');
SELECT is(pg_temp.listed('t_clerk'), NULL, 'clerks have other work');
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON bank.case_escalation FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse();
SELECT is(pg_temp.tick(), '0 4', 'a case that the worker cannot handle');
SELECT is(pg_temp.listed('t_super'), 'refused', 'is told to the supervisor');
DROP TRIGGER refuse ON bank.case_escalation;
SELECT * FROM finish();
ROLLBACK;
