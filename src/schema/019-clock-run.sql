-- How clocks run: due times from start, pauses and extensions; started and stopped by what happens
-- to the case; the next step of the ladder.

-- The regime of the innermost unit that has one.
CREATE FUNCTION bank.regime_of(p_unit_id int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT r.regime FROM bank.unit_regime r JOIN bank.unit u USING (unit_id)
                      WHERE p_unit_id BETWEEN u.low AND u.high
                      ORDER BY u.high - u.low LIMIT 1), 'cn')
$$;

-- The calendar of the unit that works on the case: its owner's, or the case's own while nobody owns it.
CREATE FUNCTION bank.case_calendar(c bank.case_file) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN bank.calendar_of(coalesce((SELECT s.unit_id FROM bank.staff s WHERE s.staff_id = c.owner_id),
                                     c.desk_id, c.unit_id));
END $$;

-- The calendar of the unit that works on each case, for many.
CREATE FUNCTION bank.case_calendars(p_cases bank.case_file[]) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bank.unit_calendar) THEN
        RETURN array_fill('service'::text, ARRAY[cardinality(p_cases)]);
    END IF;
    RETURN (WITH place AS MATERIALIZED (
                SELECT c.ordinality AS n, coalesce(s.unit_id, c.desk_id, c.unit_id) AS unit_id
                  FROM unnest(p_cases) WITH ORDINALITY c LEFT JOIN bank.staff s ON s.staff_id = c.owner_id),
            own AS MATERIALIZED (
                SELECT d.unit_id, bank.calendar_of(d.unit_id) AS calendar FROM (SELECT DISTINCT unit_id FROM place) d)
            SELECT array_agg(o.calendar ORDER BY p.n) FROM place p JOIN own o USING (unit_id));
END $$;

-- The rules of the clocks that the case carries, one for each clock.
CREATE FUNCTION bank.clock_rules(c bank.case_file) RETURNS SETOF bank.clock_rule
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (r.clock) r.case_type, r.regime, r.clock, r.level, r.source, r.measure, r.amount,
           coalesce(r.calendar, k.calendar), r.pausable, r.extend_days, r.version
      FROM bank.clock_rule r, (SELECT bank.case_calendar(c) AS calendar OFFSET 0) k
     WHERE r.case_type = c.case_type AND r.regime = c.regime AND r.level IN ('', c.level)
       AND r.source IN ('', c.source)
     ORDER BY r.clock, r.source DESC, r.level DESC
$$;

-- Whether the clock stands still now: it can pause, it had not run out, and what the case waits for holds it.
CREATE FUNCTION bank.clock_held(k bank.case_clock) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT k.pausable AND EXISTS (
        SELECT FROM bank.case_pause p JOIN bank.clock_kind d ON d.clock = k.clock
         WHERE p.customer_id = k.customer_id AND p.case_id = k.case_id AND p.ended_at IS NULL
           AND p.started_at < k.due_at AND p.waits_for = ANY (d.held_by))
$$;

-- When a run is due that would be at p_due if the case had never waited. A pause counts when it began before the
-- clock had run out: what is over time stays so.
CREATE FUNCTION bank.clock_paused(k bank.case_clock, p_due timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    p record;
    due timestamptz := p_due;
BEGIN
    IF k.pausable THEN
        FOR p IN SELECT greatest(x.started_at, k.started_at) AS since, coalesce(x.ended_at, now()) AS until
                   FROM bank.case_pause x JOIN bank.clock_kind d ON d.clock = k.clock
                  WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id
                    AND x.waits_for = ANY (d.held_by) AND coalesce(x.ended_at, now()) > k.started_at
                  ORDER BY x.started_at LOOP
            EXIT WHEN p.since >= due;
            due := due + greatest(p.until - p.since, '0');
        END LOOP;
    END IF;
    RETURN due;
END $$;

-- The same in opening minutes of a calendar: when p_minutes of it have passed since p_start without the pauses, as
-- far as those lie before p_until (NULL: all). `stood`: the minutes of all of these pauses.
CREATE FUNCTION bank.clock_reached(k bank.case_clock, p_calendar text, p_start timestamptz, p_minutes numeric,
                                   p_until timestamptz, OUT moment timestamptz, OUT stood numeric)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p record;
    length numeric;
    over boolean := false;
BEGIN
    moment := bank.due_at(p_calendar, p_start, p_minutes);
    stood := 0;
    IF k.pausable THEN
        FOR p IN SELECT greatest(x.started_at, p_start) AS since, least(coalesce(x.ended_at, now()), p_until) AS until
                   FROM bank.case_pause x JOIN bank.clock_kind d ON d.clock = k.clock
                  WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id
                    AND x.waits_for = ANY (d.held_by) AND coalesce(x.ended_at, now()) > p_start
                    AND (x.started_at < p_until OR p_until IS NULL) ORDER BY x.started_at LOOP
            length := bank.working_time(p_calendar, p.since, p.until);
            stood := stood + length;
            over := over OR p.since >= moment;
            moment := CASE WHEN over OR length = 0 THEN moment ELSE bank.due_at(p_calendar, p_start, p_minutes + stood) END;
        END LOOP;
    END IF;
END $$;

-- When so many working minutes of a run have passed, counted in each calendar as long as the case was under
-- it. A limit that was reached before the case moved on stays reached.
CREATE FUNCTION bank.clock_moment(k bank.case_clock, p_minutes int) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    part bank.case_clock_part;
    since timestamptz := k.started_at;
    remaining numeric := p_minutes;
    here record;
BEGIN
    FOR part IN SELECT * FROM bank.case_clock_part p
                 WHERE p.customer_id = k.customer_id AND p.case_id = k.case_id AND p.clock = k.clock AND p.run = k.run
                 ORDER BY p.until LOOP
        here := bank.clock_reached(k, part.calendar, since, remaining, part.until);
        IF here.moment <= part.until THEN
            RETURN here.moment;
        END IF;
        remaining := remaining - (bank.working_time(part.calendar, since, part.until) - here.stood);
        since := part.until;
    END LOOP;
    RETURN (bank.clock_reached(k, k.calendar, since, remaining, NULL)).moment;
END $$;

-- The end of the p_days-th day on which the unit that had the case then was open (bank.due_workday).
CREATE FUNCTION bank.clock_workday(k bank.case_clock, p_days int) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    zone text := (SELECT c.zone FROM bank.calendar c WHERE c.calendar = k.calendar);
    day date := (k.started_at AT TIME ZONE zone)::date;
    last date := (SELECT (max(p.until) AT TIME ZONE zone)::date FROM bank.case_clock_part p
                   WHERE p.customer_id = k.customer_id AND p.case_id = k.case_id AND p.clock = k.clock AND p.run = k.run);
    remaining int := p_days;
BEGIN
    WHILE day < last LOOP
        day := day + 1;
        IF EXISTS (SELECT FROM bank.calendar_hours(coalesce((SELECT p.calendar FROM bank.case_clock_part p
                     WHERE p.customer_id = k.customer_id AND p.case_id = k.case_id AND p.clock = k.clock AND p.run = k.run
                       AND p.until > day::timestamp AT TIME ZONE zone ORDER BY p.until LIMIT 1), k.calendar), day)) THEN
            remaining := remaining - 1;
            IF remaining = 0 THEN
                RETURN (day + 1)::timestamp AT TIME ZONE zone;
            END IF;
        END IF;
    END LOOP;
    RETURN bank.due_workday(k.calendar, day::timestamp AT TIME ZONE zone, remaining);
END $$;

-- Due time of one run of a clock, from its start, its extensions and the pauses since.
CREATE FUNCTION bank.clock_due(k bank.case_clock) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE k.measure
        WHEN 'calendar_days' THEN
            bank.clock_paused(k, bank.due_day(k.calendar, k.started_at, k.amount + k.extension))
        WHEN 'working_days' THEN
            bank.clock_paused(k, bank.clock_workday(k, k.amount + k.extension))
        ELSE bank.clock_moment(k, k.amount) END;
END $$;

-- When a step of the ladder is due.
CREATE FUNCTION bank.clock_step_at(k bank.case_clock, r bank.escalation_rule)
RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF r.at_percent = 100 THEN
        RETURN k.due_at;
    ELSIF k.measure = 'working_minutes' THEN
        RETURN CASE WHEN r.at_percent IS NULL THEN bank.due_at(k.calendar, k.due_at, r.after_minutes)
                    ELSE bank.clock_moment(k, k.amount * r.at_percent / 100) END;
    ELSIF r.at_percent IS NULL THEN
        RETURN k.due_at + make_interval(mins => r.after_minutes);
    END IF;
    RETURN k.started_at + (k.due_at - k.started_at) * r.at_percent / 100;
END $$;

-- The clock with the first step of its ladder that was not taken, and when that is due.
CREATE FUNCTION bank.clock_arm(p_type text, k bank.case_clock)
RETURNS bank.case_clock LANGUAGE plpgsql STABLE AS $$
DECLARE
    r bank.escalation_rule;
BEGIN
    SELECT * INTO r FROM bank.escalation_rule e
     WHERE e.case_type = p_type AND e.clock = k.clock
       AND NOT EXISTS (SELECT FROM bank.case_escalation x
                        WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id
                          AND x.clock = k.clock AND x.run = k.run AND x.step = e.step AND NOT x.moved)
     ORDER BY e.step LIMIT 1;
    k.next_step := r.step;
    k.next_at := CASE WHEN r.step IS NOT NULL AND NOT bank.clock_held(k)
                      THEN bank.clock_step_at(k, r) END;
    RETURN k;
END $$;

-- Starts clocks that are not running (run = 1 + earlier runs).
CREATE FUNCTION bank.case_clock_start(c bank.case_file, p_at timestamptz, p_clocks text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    k bank.case_clock;
    r bank.clock_rule;
BEGIN
    FOR r IN SELECT * FROM bank.clock_rules(c) x WHERE x.clock = ANY (p_clocks) LOOP
        CONTINUE WHEN EXISTS (SELECT FROM bank.case_clock o WHERE o.customer_id = c.customer_id
            AND o.case_id = c.case_id AND o.clock = r.clock AND o.stopped_at IS NULL);
        k := NULL;
        k.customer_id := c.customer_id;
        k.case_id := c.case_id;
        k.clock := r.clock;
        k.run := (SELECT count(*) + 1 FROM bank.case_clock o WHERE o.customer_id = c.customer_id
                     AND o.case_id = c.case_id AND o.clock = r.clock);
        k.unit_id := c.unit_id;
        k.started_at := p_at;
        k.measure := r.measure;
        k.amount := r.amount;
        k.calendar := r.calendar;
        k.pausable := r.pausable;
        k.extension := 0;
        k.due_at := bank.clock_due(k);
        k := bank.clock_arm(c.case_type, k);
        INSERT INTO bank.case_clock VALUES (k.*);
    END LOOP;
END $$;

-- The clocks of `p_clocks` that the cases begin at `p_at` (NULL: they are new, and begin when received), as
-- bank.case_clock_start makes them for a case that does not wait.
CREATE FUNCTION bank.clocks_begin(p_cases bank.case_file[], p_at timestamptz, p_clocks text[])
RETURNS bank.case_clock[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    places text[] := bank.case_calendars(p_cases);
    place text;
    part bank.case_file[] := p_cases;
    answer bank.case_clock[] := '{}';
BEGIN
    FOR place IN SELECT DISTINCT x FROM unnest(places) x LOOP
        IF cardinality(array_remove(places, place)) > 0 THEN
            part := ARRAY(SELECT p_cases[g] FROM generate_subscripts(places, 1) g WHERE places[g] = place);
        END IF;
        answer := answer || ARRAY(
        WITH kind AS MATERIALIZED (
            SELECT DISTINCT ON (d.case_type, d.regime, d.level, d.source, r.clock)
                   d.*, r.clock, r.measure, r.amount, coalesce(r.calendar, place) AS calendar, r.pausable, e.step,
                   e.at_percent, e.after_minutes
              FROM (SELECT DISTINCT c.case_type, c.regime, c.level, c.source FROM unnest(part) c) d
              JOIN bank.clock_rule r ON r.case_type = d.case_type AND r.regime = d.regime
                   AND r.level IN ('', d.level) AND r.source IN ('', d.source) AND r.clock = ANY (p_clocks)
              LEFT JOIN LATERAL (SELECT x.* FROM bank.escalation_rule x
                                  WHERE x.case_type = d.case_type AND x.clock = r.clock
                                  ORDER BY x.step LIMIT 1) e ON true
             ORDER BY d.case_type, d.regime, d.level, d.source, r.clock, r.source DESC, r.level DESC),
        -- Cases that begin at the same moment under the same rule share their due times.
        due AS MATERIALIZED (
            SELECT k.*, d.start, t.due_at, CASE WHEN k.step IS NOT NULL THEN t.next_at END AS next_at
              FROM (SELECT DISTINCT c.case_type, c.regime, c.level, c.source, coalesce(p_at, c.received_at) AS start
                      FROM unnest(part) c) d
              JOIN kind k USING (case_type, regime, level, source),
                   bank.clock_times(k.measure, k.amount, 0, k.calendar, d.start, k.at_percent, k.after_minutes) t)
        SELECT ROW(c.customer_id, c.case_id, k.clock, 1 + coalesce(o.runs, 0), c.unit_id, k.start,
                   k.measure, k.amount, k.calendar, k.pausable, 0, k.due_at, NULL, k.step, k.next_at)::bank.case_clock
          FROM unnest(part) WITH ORDINALITY c
          JOIN due k ON k.case_type = c.case_type AND k.regime = c.regime AND k.level = c.level AND k.source = c.source
               AND k.start = coalesce(p_at, c.received_at)
          LEFT JOIN LATERAL (SELECT count(*) AS runs, bool_or(x.stopped_at IS NULL) AS runs_now
                               FROM bank.case_clock x
                              WHERE p_at IS NOT NULL AND x.customer_id = c.customer_id AND x.case_id = c.case_id
                                AND x.clock = k.clock) o ON true
         WHERE NOT coalesce(o.runs_now, false)
         ORDER BY c.ordinality, k.clock);
    END LOOP;
    RETURN answer;
END $$;

CREATE FUNCTION bank.case_clock_stop(c bank.case_file, p_clocks text[], p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.case_clock SET stopped_at = greatest(p_at, started_at), next_at = NULL
     WHERE customer_id = c.customer_id AND case_id = c.case_id AND clock = ANY (p_clocks)
       AND stopped_at IS NULL;
    UPDATE bank.case_extension SET state = 'void', version = version + 1
     WHERE customer_id = c.customer_id AND case_id = c.case_id AND clock = ANY (p_clocks)
       AND state = 'asked';
END $$;

-- A case comes back that nobody had decided: withdrawn, or merged by mistake. The promises that ran when it was closed
-- run on, none begins anew; the time in which a complaint was withdrawn is a pause.
CREATE FUNCTION bank.case_clock_go_on(was bank.case_file, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF was.merged_into IS NULL THEN
        INSERT INTO bank.case_pause (customer_id, case_id, started_at, ended_at, unit_id, reason, waits_for)
        VALUES (was.customer_id, was.case_id, was.closed_at, greatest(p_at, was.closed_at), was.unit_id, '', 'withdrawn')
        ON CONFLICT DO NOTHING;
    END IF;
    UPDATE bank.case_clock k SET stopped_at = NULL
      FROM bank.clock_kind d
     WHERE k.customer_id = was.customer_id AND k.case_id = was.case_id AND d.clock = k.clock AND NOT d.internal
       AND k.stopped_at >= was.closed_at;
END $$;

-- The owner changed without a step of the type: one who has to act, or nobody.
CREATE FUNCTION bank.case_clock_owner(c bank.case_file, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bank.case_clock_stop(c, '{own,idle}', p_at);
    PERFORM bank.case_clock_start(c, p_at, CASE WHEN c.owner_id IS NULL THEN '{own}'
                                                ELSE '{idle}' END::text[]);
END $$;

-- The due time of a clock moved on: steps of its ladder that were taken and come only later now are to be taken again.
-- A pause leaves those that were before it behind.
CREATE FUNCTION bank.clock_steps_again(p_type text, k bank.case_clock, p_at timestamptz) RETURNS void
LANGUAGE sql AS $$
    UPDATE bank.case_escalation x SET moved = true FROM bank.escalation_rule e
     WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id AND x.clock = k.clock AND x.run = k.run AND NOT x.moved
       AND e.case_type = p_type AND e.clock = k.clock AND e.step = x.step
       AND x.due_at < k.due_at - interval '1 minute' AND bank.clock_step_at(k, e) > p_at + interval '1 minute'
$$;

-- Recomputes the running clocks from their present rule, start, extensions and pauses, and keeps
-- what they were; answers the earliest due time of those that are a promise, or the last one when
-- none runs. `p_cause`: why, for the record. A step of the case, as another level, moves no deadline of the law that
-- has passed. A case that came to a unit with another calendar keeps what it
-- used of its time in the one before.
CREATE FUNCTION bank.case_clock_refresh(c bank.case_file, p_cause text DEFAULT 'step')
RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    was bank.case_clock;
    k bank.case_clock;
    r bank.clock_rule;
    soonest timestamptz;
    at timestamptz := clock_timestamp();
    moved boolean;
BEGIN
    FOR was IN SELECT * FROM bank.case_clock x WHERE x.customer_id = c.customer_id
                AND x.case_id = c.case_id AND x.stopped_at IS NULL ORDER BY x.clock LOOP
        k := was;
        SELECT * INTO r FROM bank.clock_rules(c) x WHERE x.clock = k.clock;
        IF FOUND AND NOT (p_cause = 'step' AND was.due_at < at AND (r.measure, r.amount) <> (k.measure, k.amount)
                          AND (SELECT law FROM bank.clock_kind x WHERE x.clock = k.clock)) THEN
            k.measure := r.measure;
            k.amount := r.amount;
            k.calendar := r.calendar;
            k.pausable := r.pausable;
        END IF;
        moved := k.calendar <> was.calendar AND p_cause <> 'policy' AND k.started_at < at;
        IF moved THEN
            INSERT INTO bank.case_clock_part VALUES (k.customer_id, k.case_id, k.clock, k.run, at, k.unit_id,
                                                     was.calendar);
        END IF;
        k.due_at := bank.clock_due(k);
        IF k.due_at > was.due_at + interval '1 minute' THEN
            PERFORM bank.clock_steps_again(c.case_type, k, at);
        END IF;
        k := bank.clock_arm(c.case_type, k);
        IF k IS DISTINCT FROM was THEN
            UPDATE bank.case_clock x
               SET measure = k.measure, amount = k.amount, calendar = k.calendar,
                   pausable = k.pausable, due_at = k.due_at, next_step = k.next_step,
                   next_at = k.next_at
             WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id AND x.clock = k.clock
               AND x.run = k.run;
        END IF;
        IF moved OR abs(extract(epoch FROM k.due_at - was.due_at)) >= 1 AND NOT bank.clock_held(k) THEN
            PERFORM bank.clock_change_keep(was, k, CASE WHEN moved THEN 'unit' ELSE p_cause END);
        END IF;
        IF NOT (SELECT internal FROM bank.clock_kind x WHERE x.clock = k.clock) THEN
            soonest := least(soonest, k.due_at);
        END IF;
    END LOOP;
    RETURN coalesce(soonest, c.due_at);
END $$;

CREATE FUNCTION bank.clock_change_keep(was bank.case_clock, k bank.case_clock, p_cause text)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO bank.case_clock_change (customer_id, case_id, unit_id, clock, run, staff_id, cause,
                                        due_before, due_after, before, after)
    SELECT k.customer_id, k.case_id, k.unit_id, k.clock, k.run, bank.my_staff_id(), p_cause,
           was.due_at, k.due_at, f.b, f.a
      FROM (SELECT jsonb_build_object('measure', x.measure, 'amount', x.amount, 'calendar',
                       x.calendar, 'pausable', x.pausable, 'extension', x.extension) AS b,
                   jsonb_build_object('measure', y.measure, 'amount', y.amount, 'calendar',
                       y.calendar, 'pausable', y.pausable, 'extension', y.extension) AS a
              FROM (SELECT was.*) x, (SELECT k.*) y) f
$$;

-- After a load by COPY: gives every case without clocks its clocks, computed from received_at,
-- taken_at, responded_at, told_at and closed_at, and sets due_at. Answers the number of cases.
CREATE FUNCTION bank.case_clock_fill() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file;
    over timestamptz;
    filled bigint := 0;
BEGIN
    PERFORM bank.calendar_fill();
    FOR c IN SELECT * FROM bank.case_file f WHERE NOT EXISTS (SELECT FROM bank.case_clock k
              WHERE k.customer_id = f.customer_id AND k.case_id = f.case_id) LOOP
        over := CASE WHEN c.phase IN ('decided', 'closed') THEN coalesce(c.told_at, c.closed_at) END;
        PERFORM bank.case_clock_start(c, c.received_at, (SELECT y.starts FROM bank.case_type y
                                                          WHERE y.case_type = c.case_type));
        IF c.queue IS NOT NULL THEN
            PERFORM bank.case_clock_start(c, c.received_at, '{own}');
            PERFORM bank.case_clock_stop(c, '{own}', coalesce(c.taken_at, over))
              WHERE coalesce(c.taken_at, over) IS NOT NULL;
        END IF;
        IF coalesce(c.responded_at, over) IS NOT NULL THEN
            PERFORM bank.case_clock_stop(c, '{first_response}', coalesce(c.responded_at, over));
        END IF;
        IF over IS NOT NULL THEN
            PERFORM bank.case_clock_stop(c, (SELECT array_agg(clock) FROM bank.clock_kind), over);
        ELSIF c.responded_at IS NOT NULL THEN
            PERFORM bank.case_clock_start(c, c.responded_at, '{next_update}');
        END IF;
        UPDATE bank.case_file f SET due_at =
               (SELECT coalesce(min(k.due_at) FILTER (WHERE k.stopped_at IS NULL), max(k.due_at))
                  FROM bank.case_clock k JOIN bank.clock_kind d USING (clock)
                 WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id AND NOT d.internal)
         WHERE f.customer_id = c.customer_id AND f.case_id = c.case_id;
        filled := filled + 1;
    END LOOP;
    PERFORM setval('bank.case_id_seq', greatest((SELECT max(case_id) FROM bank.case_file), 0) + 1,
                   false);
    RETURN filled;
END $$;
GRANT EXECUTE ON FUNCTION bank.regime_of, bank.case_calendar, bank.case_calendars, bank.clock_rules, bank.clock_held, bank.clock_paused, bank.clock_reached, bank.clock_steps_again, bank.clock_moment,
    bank.clock_workday, bank.clock_due,
    bank.clock_step_at, bank.clock_arm, bank.case_clock_start, bank.case_clock_stop,
    bank.case_clock_go_on, bank.case_clock_owner, bank.case_clock_refresh, bank.clock_change_keep TO bankops_api;

-- state: running, paused, met, late (stopped after its due time), over (running past it).
CREATE FUNCTION api.case_clocks(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (clock text, clock_zh text, clock_en text, run int, started_at timestamptz,
               due_at timestamptz, stopped_at timestamptz, left_until timestamptz, amount int,
               measure text, extension int, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT k.clock, d.label_zh, d.label_en, k.run::int, k.started_at, k.due_at, k.stopped_at,
           CASE WHEN k.stopped_at IS NULL THEN k.due_at END, k.amount, k.measure, k.extension,
           CASE WHEN k.stopped_at <= k.due_at THEN 'met'
                WHEN k.stopped_at IS NOT NULL THEN 'late'
                WHEN bank.clock_held(k) THEN 'paused'
                WHEN k.due_at < now() THEN 'over'
                ELSE 'running' END
      FROM bank.case_clock k JOIN bank.clock_kind d USING (clock)
     WHERE k.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND k.case_id = p_case_id AND bank.in_scope(k.unit_id)
       AND NOT (d.internal AND k.stopped_at IS NOT NULL)
     ORDER BY k.stopped_at IS NOT NULL, k.due_at, d.seq, k.run
$$;
SELECT bank.function_grant('case_clocks', 'clerk', 'rm', 'supervisor', 'auditor');
