-- Calendars of units: proposed by one person, agreed by another; clocks of a case that moves between them.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

CREATE FUNCTION pg_temp.calendar(p_login text, p_code text, p_week text[], p_from date DEFAULT NULL, p_closed text DEFAULT '',
                                 p_makeup int DEFAULT 1)
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.calendar_propose(%L, ''Days'', ''日子'', ''Asia/Shanghai'', false, %s, %s, %L, '
        '%L, %L, ''why'', gen_random_uuid())).status', p_code, p_makeup,
        (SELECT string_agg(quote_nullable(p_week[d]), ',' ORDER BY d) FROM generate_series(1, 7) d), p_closed, '', coalesce(p_from, bank.today() + 1))) $$;
CREATE FUNCTION pg_temp.settle(p_login text, p_verb text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.calendar_change_decide(%s, %L, ''seen'', gen_random_uuid())).status',
        (SELECT max(change_id) FROM bank.calendar_change), p_verb)) $$;
CREATE FUNCTION pg_temp.unit(p_unit int, p_calendar text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_admin', format('SELECT (api.unit_calendar_propose(%s, %L, ''why'', gen_random_uuid())).status',
                                        p_unit, p_calendar)) $$;

-- What is refused.
SELECT is(pg_temp.calendar('t_admin', 'shut', '{}'), 'BO422', 'a calendar with no working day is refused');
SELECT is(pg_temp.calendar('t_admin', 'bad', '{09:00-12:00 11:00-13:00}'), 'BO422', 'hours that overlap are refused');
SELECT is(pg_temp.calendar('t_admin', 'bad', '{12:00-09:00}'), 'BO422', 'hours that end before they begin');
SELECT is(pg_temp.calendar('t_admin', 'bad', '{nine to five}'), 'BO422', 'hours that nobody can read');
SELECT is(pg_temp.calendar('t_admin', 'Bad Code', '{09:00-12:00}'), 'BO422', 'a code of odd letters');
SELECT is(pg_temp.calendar('t_admin', 'bad', '{09:00-12:00}', bank.today()), 'BO422', 'hours of a day that has begun');
SELECT is(pg_temp.calendar('t_admin', 'bad', '{09:00-12:00}', NULL, 'tomorrow'), 'BO422', 'a day that is none');
SELECT is(pg_temp.calendar('t_admin', 'bad', '{09:00-12:00}', NULL, '', 3), 'BO422', 'make-up hours of a closed day');
SELECT is(pg_temp.calendar('t_super', 'bad', '{09:00-12:00}'), 'BO403', 'a branch decides no calendar');
SELECT is(pg_temp.calendar('t_clerk', 'bad', '{09:00-12:00}'), '42501', 'nor does a clerk');

-- A branch that opens on the weekend.
SELECT is(pg_temp.calendar('t_admin', 'wide', '{10:00-14:00 15:00-18:00,"10：00-14：00, 15:00-18:00",10:00-18:00,10:00-18:00,'
          '10:00-18:00,9:00-12:00,9:00-12:00}'), 'done', 'a calendar of its own');
SELECT is_empty('SELECT FROM bank.calendar WHERE calendar = ''wide''', 'which waits');
SELECT is(pg_temp.unit(5, 'wide'), 'BO422', 'and cannot be used');
SELECT is(pg_temp.settle('t_admin', 'approve') || pg_temp.settle('t_super2', 'approve'), 'BO403done', 'until a second person agrees');
SELECT is(pg_temp.as('t_clerk', 'SELECT concat_ws(''|'', day1, day2, day7, units) FROM api.calendar_list WHERE calendar = ''wide'''),
          '10:00-14:00 15:00-18:00|10:00-14:00 15:00-18:00|09:00-12:00|0', 'everybody reads it');
SELECT is(bank.due_at('wide', '2031-03-07 17:30+08', 60), '2031-03-08 09:30+08'::timestamptz, 'Friday evening goes on on Saturday');
SELECT is(pg_temp.unit(2, 'wide') || pg_temp.settle('t_super2', 'approve'), 'donedone', 'a unit gets it');
SELECT is(bank.calendar_of(2) || bank.calendar_of(3) || bank.calendar_of(5) || bank.calendar_of(1), 'widewideserviceservice',
          'and those below it, not its neighbours');
SELECT is(pg_temp.unit(2, 'wide'), 'BO422', 'which it has then');

-- Other hours begin on a coming day; what was counted stays.
SELECT is(bank.working_minutes('wide', '2031-03-03 00:00+08', '2031-03-04 00:00+08'), 420, 'a Monday');
INSERT INTO bank.calendar_own_day VALUES ('wide', bank.today(), false);
SELECT is(pg_temp.calendar('t_admin', 'wide', '{00:00-24:00}', '2031-03-10', '2031-03-17') || pg_temp.settle('t_super2', 'approve'),
          'donedone', 'Mondays only, but all day, from a later day on');
SELECT is(bank.working_minutes('wide', '2031-03-03 00:00+08', '2031-03-04 00:00+08'), 420, 'the Monday before stays');
SELECT is(bank.working_minutes('wide', '2031-03-10 00:00+08', '2031-03-16 00:00+08'), 1440, 'the week from then on is new');
SELECT is(bank.working_minutes('wide', '2031-03-17 00:00+08', '2031-03-18 00:00+08'), 0, 'closed on a day of its own');
SELECT is((SELECT open FROM bank.calendar_own_day WHERE calendar = 'wide' AND day = bank.today()), false, 'this day stays as it began');
SELECT is(bank.working_minutes('service', '2031-03-17 00:00+08', '2031-03-18 00:00+08'), 420, 'which is no other''s');

-- A case that moves: each part of its time counts in the hours of the unit that had it.
INSERT INTO bank.calendar (calendar, label_en, label_zh, holidays) VALUES ('always', 'Always', '全天', false);
INSERT INTO bank.calendar_slot SELECT 'always', d, '00:00', '24:00' FROM generate_series(1, 7) d;
INSERT INTO bank.unit_calendar VALUES (3, 'always');
DELETE FROM bank.unit_calendar WHERE unit_id = 2;
SELECT bank.calendar_fill();
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(101, ''A032'', ''B02'', ''C07'', ''s'', ''f'', p_request => gen_random_uuid())).id') AS a \gset
SELECT is((SELECT string_agg(DISTINCT calendar, ' ') FROM bank.case_clock WHERE case_id = :a), 'always', 'a case has the hours of its unit');
SELECT is((SELECT due_at - started_at FROM bank.case_clock WHERE case_id = :a AND clock = 'first_response'), interval '2 hours',
          'in which its clocks run');
UPDATE bank.case_clock SET started_at = '2031-03-08 10:00+08' WHERE case_id = :a; -- a Saturday
SELECT is((SELECT bank.clock_due(k) FROM bank.case_clock k WHERE case_id = :a AND clock = 'first_response'),
          '2031-03-08 12:00+08'::timestamptz, 'on a Saturday, too');
INSERT INTO bank.case_clock_part SELECT customer_id, case_id, clock, run, '2031-03-08 11:30+08', unit_id, 'always'
  FROM bank.case_clock WHERE case_id = :a;
SELECT is((SELECT bank.clock_due(ROW(customer_id, case_id, clock, run, unit_id, started_at, measure, amount, 'service', pausable,
                  extension, due_at, stopped_at, next_step, next_at)::bank.case_clock) FROM bank.case_clock
            WHERE case_id = :a AND clock = 'first_response'), '2031-03-10 09:30+08'::timestamptz,
          'handed to a unit that opens on Monday, the half hour left ends there');
UPDATE bank.case_clock_part SET until = '2031-03-08 13:00+08' WHERE case_id = :a;
SELECT is((SELECT bank.clock_due(ROW(customer_id, case_id, clock, run, unit_id, started_at, measure, amount, 'service', pausable,
                  extension, due_at, stopped_at, next_step, next_at)::bank.case_clock) FROM bank.case_clock
            WHERE case_id = :a AND clock = 'first_response'), '2031-03-08 12:00+08'::timestamptz,
          'handed on too late, it was late before');
INSERT INTO bank.case_pause (customer_id, case_id, started_at, ended_at, unit_id, reason)
VALUES (101, :a, '2031-03-08 12:00+08', '2031-03-08 12:30+08', 3, 'x');
UPDATE bank.case_clock SET pausable = true WHERE case_id = :a AND clock = 'first_response';
SELECT is((SELECT bank.clock_moment(ROW(customer_id, case_id, clock, run, unit_id, started_at, measure, amount, 'service', pausable,
                  extension, due_at, stopped_at, next_step, next_at)::bank.case_clock, 180) FROM bank.case_clock
            WHERE case_id = :a AND clock = 'first_response'), '2031-03-10 09:30+08'::timestamptz,
          'a wait in the first unit is not counted');
SELECT is((SELECT bank.clock_workday(ROW(customer_id, case_id, clock, run, unit_id, started_at, measure, amount, 'service', pausable,
                  extension, due_at, stopped_at, next_step, next_at)::bank.case_clock, 2) FROM bank.case_clock
            WHERE case_id = :a AND clock = 'first_response'), '2031-03-12 00:00+08'::timestamptz,
          'business days are those of the unit that has it then');
DELETE FROM bank.case_clock_part WHERE case_id = :a;
DELETE FROM bank.case_pause WHERE case_id = :a;
UPDATE bank.case_clock SET pausable = false, started_at = now() - interval '30 minutes' WHERE case_id = :a;
SELECT bank.case_clock_recompute(NULL, 'calendar');
SELECT due_at AS before FROM bank.case_clock WHERE case_id = :a AND clock = 'first_response' \gset
SELECT is(pg_temp.as('t_super2', format('SELECT (api.case_assign(101, %s, ''t_super2'', '''', %s, gen_random_uuid())).status', :a,
          (SELECT version FROM bank.case_file WHERE case_id = :a))), 'done', 'head office takes the case over');
SELECT is((SELECT calendar FROM bank.case_clock WHERE case_id = :a AND clock = 'first_response'), 'service', 'its clocks change hours');
SELECT is((SELECT calendar FROM bank.case_clock_part WHERE case_id = :a AND clock = 'first_response'), 'always', 'what they counted is kept');
SELECT is((SELECT cause || ' ' || (before ->> 'calendar') || ' ' || (after ->> 'calendar') FROM bank.case_clock_change
            WHERE case_id = :a AND clock = 'first_response' AND cause = 'unit'), 'unit always service', 'and stands in the history');
SELECT is((SELECT round(bank.working_time('service', p.until, k.due_at)) FROM bank.case_clock k JOIN bank.case_clock_part p
            USING (customer_id, case_id, clock, run) WHERE case_id = :a AND clock = 'first_response'), 90::numeric,
          'an hour and a half is left, in its hours');
SELECT is((SELECT f.due_at FROM bank.case_file f WHERE case_id = :a), (SELECT min(k.due_at) FROM bank.case_clock k JOIN bank.clock_kind d
            USING (clock) WHERE k.case_id = :a AND k.stopped_at IS NULL AND NOT d.internal), 'and the queue shows it');

-- By the page as one by one.
INSERT INTO bank.case_file (customer_id, unit_id, stage, phase, subject, facts, received_at, case_type)
SELECT c, u, 'registered', 'active', 's', 'f', now(), 'complaint' FROM (VALUES (102, 3), (201, 5)) x (c, u);
SELECT is((SELECT string_agg(DISTINCT k.unit_id || k.calendar, ' ') FROM unnest(bank.clocks_begin(ARRAY(SELECT f FROM bank.case_file f
            WHERE f.subject = 's' AND f.case_id <> :a), NULL, '{first_response,resolution}')) k), '3always 5service',
          'cases by the page have the hours of their units');

-- The bank's own days: a weekend day that is worked, a working day that is not.
INSERT INTO bank.calendar_day (day, kind) VALUES ('2031-03-15', 'workday'), ('2031-03-18', 'weekend')
ON CONFLICT (day) DO UPDATE SET kind = excluded.kind;
SELECT is(bank.working_minutes('service', '2031-03-15 00:00+08', '2031-03-16 00:00+08'), 420, 'a Saturday that is a workday has hours');
SELECT is(bank.working_minutes('service', '2031-03-18 00:00+08', '2031-03-19 00:00+08'), 0, 'a Tuesday that is none has not');

-- What was worked out ahead is forgotten with any change of what it came from.
CREATE FUNCTION pg_temp.forgets(p_change text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bank.calendar_fill();
    IF NOT EXISTS (SELECT FROM bank.calendar_open) THEN
        RETURN NULL;
    END IF;
    EXECUTE p_change;
    RETURN NOT EXISTS (SELECT FROM bank.calendar_open);
END $$;
SELECT ok(pg_temp.forgets(change), change) FROM unnest(ARRAY[
    'UPDATE bank.calendar SET zone = zone', 'UPDATE bank.calendar_slot SET until = until',
    'INSERT INTO bank.calendar_own_day VALUES (''wide'', bank.today() + 40, false)',
    'DELETE FROM bank.calendar_own_day WHERE day = bank.today() + 40',
    'UPDATE bank.calendar_day SET kind = kind']) WITH ORDINALITY c (change, n) ORDER BY n;

-- Nothing may close the bank for good.
SELECT is(pg_temp.calendar('t_admin', 'service2', '{09:00-10:00}', NULL, (SELECT string_agg((bank.today() + d)::text, ' ')
          FROM generate_series(1, 800) d)) || pg_temp.settle('t_super2', 'approve'), 'donedone', 'a calendar that closes on all its days');
UPDATE bank.clock_rule SET calendar = 'service2' WHERE (case_type, regime, clock) = ('complaint', 'fca', 'summary');
SELECT is(pg_temp.unit(5, 'wide') || pg_temp.settle('t_super2', 'approve'), 'doneBO422', 'is refused where it is used');
SELECT * FROM finish();
ROLLBACK;
