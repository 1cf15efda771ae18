-- How clocks run: due times from start, pauses and extensions; started and stopped by what happens
-- to the case; the next step of the ladder.

-- The regime of the innermost unit that has one.
CREATE FUNCTION bank.regime_of(p_unit_id int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT r.regime FROM bank.unit_regime r JOIN bank.unit u USING (unit_id)
                      WHERE p_unit_id BETWEEN u.low AND u.high
                      ORDER BY u.high - u.low LIMIT 1), 'cn')
$$;

-- The rules of the clocks that the case carries, one for each clock.
CREATE FUNCTION bank.clock_rules(c bank.case_file) RETURNS SETOF bank.clock_rule
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (r.clock) r.* FROM bank.clock_rule r
     WHERE r.case_type = c.case_type AND r.regime = c.regime AND r.level IN ('', c.level)
       AND r.source IN ('', c.source)
     ORDER BY r.clock, r.source DESC, r.level DESC
$$;

-- Time that the clock stood still: as it passed, and in minutes of its calendar.
CREATE FUNCTION bank.clock_paused(k bank.case_clock, OUT passed interval, OUT minutes int)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    passed := '0';
    minutes := 0;
    IF k.pausable THEN
        SELECT coalesce(sum(coalesce(p.ended_at, now()) - greatest(p.started_at, k.started_at)),
                        '0'),
               coalesce(sum(bank.working_minutes(k.calendar, greatest(p.started_at, k.started_at),
                                                 coalesce(p.ended_at, now()))), 0)
          INTO passed, minutes
          FROM bank.case_pause p
         WHERE p.customer_id = k.customer_id AND p.case_id = k.case_id
           AND coalesce(p.ended_at, now()) > k.started_at;
    END IF;
END $$;

-- Due time of one run of a clock, from its start, its extensions and the pauses since.
CREATE FUNCTION bank.clock_due(k bank.case_clock) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    paused record := bank.clock_paused(k);
BEGIN
    RETURN CASE k.measure
        WHEN 'calendar_days' THEN
            bank.due_day(k.calendar, k.started_at, k.amount + k.extension) + paused.passed
        WHEN 'working_days' THEN
            bank.due_workday(k.calendar, k.started_at, k.amount + k.extension) + paused.passed
        ELSE bank.due_at(k.calendar, k.started_at, k.amount + paused.minutes) END;
END $$;

-- When a step of the ladder is due.
CREATE FUNCTION bank.clock_step_at(k bank.case_clock, r bank.escalation_rule)
RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF r.at_percent = 100 THEN
        RETURN k.due_at;
    ELSIF k.measure = 'working_minutes' THEN
        RETURN CASE WHEN r.at_percent IS NULL THEN bank.due_at(k.calendar, k.due_at, r.after_minutes)
                    ELSE bank.due_at(k.calendar, k.started_at, k.amount * r.at_percent / 100
                                     + (bank.clock_paused(k)).minutes) END;
    ELSIF r.at_percent IS NULL THEN
        RETURN k.due_at + make_interval(mins => r.after_minutes);
    END IF;
    RETURN k.started_at + (k.due_at - k.started_at) * r.at_percent / 100;
END $$;

-- The clock with the first step of its ladder that was not taken, and when that is due.
CREATE FUNCTION bank.clock_arm(p_type text, k bank.case_clock, p_paused boolean)
RETURNS bank.case_clock LANGUAGE plpgsql STABLE AS $$
DECLARE
    r bank.escalation_rule;
BEGIN
    SELECT * INTO r FROM bank.escalation_rule e
     WHERE e.case_type = p_type AND e.clock = k.clock
       AND NOT EXISTS (SELECT FROM bank.case_escalation x
                        WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id
                          AND x.clock = k.clock AND x.run = k.run AND x.step = e.step)
     ORDER BY e.step LIMIT 1;
    k.next_step := r.step;
    k.next_at := CASE WHEN r.step IS NOT NULL AND NOT (p_paused AND k.pausable)
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
        k := bank.clock_arm(c.case_type, k, c.phase = 'waiting');
        INSERT INTO bank.case_clock VALUES (k.*);
    END LOOP;
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

-- The owner changed without a step of the type: one who has to act, or nobody.
CREATE FUNCTION bank.case_clock_owner(c bank.case_file, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bank.case_clock_stop(c, '{own,idle}', p_at);
    PERFORM bank.case_clock_start(c, p_at, CASE WHEN c.owner_id IS NULL THEN '{own}'
                                                ELSE '{idle}' END::text[]);
END $$;

-- Recomputes the running clocks from their present rule, start, extensions and pauses, and keeps
-- what they were; answers the earliest due time of those that are a promise, or the last one when
-- none runs. `p_cause`: why, for the record.
CREATE FUNCTION bank.case_clock_refresh(c bank.case_file, p_cause text DEFAULT 'step')
RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    was bank.case_clock;
    k bank.case_clock;
    r bank.clock_rule;
    soonest timestamptz;
    paused boolean := EXISTS (SELECT FROM bank.case_pause p WHERE p.customer_id = c.customer_id
                                 AND p.case_id = c.case_id AND p.ended_at IS NULL);
BEGIN
    FOR was IN SELECT * FROM bank.case_clock x WHERE x.customer_id = c.customer_id
                AND x.case_id = c.case_id AND x.stopped_at IS NULL ORDER BY x.clock LOOP
        k := was;
        SELECT * INTO r FROM bank.clock_rules(c) x WHERE x.clock = k.clock;
        IF FOUND THEN
            k.measure := r.measure;
            k.amount := r.amount;
            k.calendar := r.calendar;
            k.pausable := r.pausable;
        END IF;
        k.due_at := bank.clock_due(k);
        k := bank.clock_arm(c.case_type, k, paused);
        IF k IS DISTINCT FROM was THEN
            UPDATE bank.case_clock x
               SET measure = k.measure, amount = k.amount, calendar = k.calendar,
                   pausable = k.pausable, due_at = k.due_at, next_step = k.next_step,
                   next_at = k.next_at
             WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id AND x.clock = k.clock
               AND x.run = k.run;
        END IF;
        IF abs(extract(epoch FROM k.due_at - was.due_at)) >= 1 AND NOT (paused AND k.pausable) THEN
            PERFORM bank.clock_change_keep(was, k, p_cause);
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
GRANT EXECUTE ON FUNCTION bank.regime_of, bank.clock_rules, bank.clock_paused, bank.clock_due,
    bank.clock_step_at, bank.clock_arm, bank.case_clock_start, bank.case_clock_stop,
    bank.case_clock_owner, bank.case_clock_refresh, bank.clock_change_keep TO bankops_api;

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
                WHEN k.pausable AND EXISTS (SELECT FROM bank.case_pause p
                     WHERE p.customer_id = k.customer_id AND p.case_id = k.case_id
                       AND p.ended_at IS NULL) THEN 'paused'
                WHEN k.due_at < now() THEN 'over'
                ELSE 'running' END
      FROM bank.case_clock k JOIN bank.clock_kind d USING (clock)
     WHERE k.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND k.case_id = p_case_id AND bank.in_scope(k.unit_id)
       AND NOT (d.internal AND k.stopped_at IS NOT NULL)
     ORDER BY k.stopped_at IS NOT NULL, k.due_at, d.seq, k.run
$$;
SELECT bank.function_grant('case_clocks', 'clerk', 'rm', 'supervisor', 'auditor');
