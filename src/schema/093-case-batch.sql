-- Cases by the page: what the functions for one case do, for a thousand at once. The rules stay in the
-- functions for one case; here is their reading and writing in few statements.

-- The elements of an array at these places.
CREATE FUNCTION bank.pick(p_from anyarray, p_at int[]) RETURNS anyarray LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(p_from[a.at] ORDER BY a.n), '{}') FROM unnest(p_at) WITH ORDINALITY a (at, n)
$$;

-- bank.due_at in two parts, as rows, so that they become part of the statement around them: the opening seconds of
-- a calendar until a moment, and the moment when so many have passed (no row behind the calendar's last).
CREATE FUNCTION bank.open_seconds(p_calendar text, p_moment timestamptz) RETURNS TABLE (seconds numeric)
LANGUAGE sql STABLE AS $$
    SELECT x.before + extract(epoch FROM least(p_moment, x.closes_at) - x.opens_at)
      FROM bank.calendar_open x
     WHERE x.calendar = p_calendar AND x.opens_at <= p_moment
     ORDER BY x.opens_at DESC LIMIT 1
$$;
CREATE FUNCTION bank.open_moment(p_calendar text, p_seconds numeric) RETURNS TABLE (moment timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT m.at FROM (SELECT x.opens_at + make_interval(secs => (p_seconds - x.before)::float) AS at, x.closes_at
                        FROM bank.calendar_open x
                       WHERE x.calendar = p_calendar AND x.before < ceil(p_seconds)::bigint
                       ORDER BY x.before DESC LIMIT 1) m
     WHERE m.at <= m.closes_at
$$;

-- Due time of a clock that was never paused, and when the given step of its ladder is due
-- (bank.clock_due and bank.clock_step_at).
CREATE FUNCTION bank.clock_times(p_measure text, p_amount int, p_extension int, p_calendar text, p_start timestamptz,
                                 p_percent int, p_after int)
RETURNS TABLE (due_at timestamptz, next_at timestamptz) LANGUAGE sql STABLE AS $$
    SELECT d.due, CASE WHEN p_percent = 100 THEN d.due
                       WHEN p_measure <> 'working_minutes' THEN
                           CASE WHEN p_percent IS NULL THEN d.due + make_interval(mins => p_after)
                                ELSE p_start + (d.due - p_start) * p_percent / 100 END
                       WHEN w.part > 0 AND s.moment IS NOT NULL THEN s.moment
                       WHEN w.part IS NOT NULL THEN bank.due_at_slowly(p_calendar, p_start, w.part) END
      FROM (SELECT CASE WHEN p_measure <> 'working_minutes' OR p_percent = 100 THEN NULL
                        WHEN p_percent IS NULL THEN p_amount + p_after
                        ELSE p_amount * p_percent / 100 END AS part) w
      LEFT JOIN LATERAL bank.open_seconds(CASE WHEN p_measure = 'working_minutes' THEN p_calendar END, p_start) o ON true
      LEFT JOIN LATERAL bank.open_moment(p_calendar, o.seconds + 60 * p_amount) e ON true
      LEFT JOIN LATERAL bank.open_moment(p_calendar, o.seconds + 60 * w.part) s ON true
     CROSS JOIN LATERAL (SELECT CASE p_measure
               WHEN 'working_minutes' THEN coalesce(e.moment, bank.due_at_slowly(p_calendar, p_start, p_amount))
               WHEN 'working_days' THEN bank.due_workday(p_calendar, p_start, p_amount + p_extension)
               ELSE (SELECT ((p_start AT TIME ZONE c.zone)::date + p_amount + p_extension + 1)::timestamp
                            AT TIME ZONE c.zone
                       FROM bank.calendar c WHERE c.calendar = p_calendar) END AS due) d
$$;

-- bank.case_clock_refresh for many: recomputes the running clocks, keeps what they were, answers the
-- due time of each case.
CREATE FUNCTION bank.clocks_refresh(p_cases bank.case_file[]) RETURNS timestamptz[] LANGUAGE plpgsql AS $$
DECLARE
    answer timestamptz[];
    places text[] := bank.case_calendars(p_cases);
    -- A case that has waited, that was escalated, that is in other hours than the first, or that came to a unit with
    -- another calendar is worked out for itself.
    alone int[] := ARRAY(
        SELECT u.ordinality FROM unnest(p_cases) WITH ORDINALITY u
         WHERE EXISTS (SELECT FROM bank.case_pause p
                        WHERE p.customer_id = u.customer_id AND p.case_id = u.case_id)
            OR EXISTS (SELECT FROM bank.case_escalation y
                        WHERE y.customer_id = u.customer_id AND y.case_id = u.case_id)
            OR places[u.ordinality] <> places[1]
            OR EXISTS (SELECT FROM bank.unit_calendar)
               AND EXISTS (SELECT FROM bank.case_clock k
                            WHERE k.customer_id = u.customer_id AND k.case_id = u.case_id AND k.stopped_at IS NULL
                              AND (k.calendar <> places[u.ordinality] OR EXISTS (
                                   SELECT FROM bank.case_clock_part x WHERE x.customer_id = k.customer_id
                                      AND x.case_id = k.case_id AND x.clock = k.clock AND x.run = k.run))));
    at int;
BEGIN
    WITH kind AS MATERIALIZED (
        SELECT DISTINCT ON (d.case_type, d.regime, d.level, d.source, r.clock) d.*, r.clock, r.measure, r.amount,
               coalesce(r.calendar, places[1]) AS calendar, r.pausable
          FROM (SELECT DISTINCT c.case_type, c.regime, c.level, c.source FROM unnest(p_cases) c) d
          JOIN bank.clock_rule r ON r.case_type = d.case_type AND r.regime = d.regime
               AND r.level IN ('', d.level) AND r.source IN ('', d.source)
         ORDER BY d.case_type, d.regime, d.level, d.source, r.clock, r.source DESC, r.level DESC),
    running AS MATERIALIZED (
        SELECT c.ordinality AS n, k AS was, d.internal,
               coalesce(r.measure, k.measure) AS measure, coalesce(r.amount, k.amount) AS amount,
               coalesce(r.calendar, k.calendar) AS calendar, coalesce(r.pausable, k.pausable) AS pausable,
               t.due_at, e.step, CASE WHEN e.step IS NOT NULL THEN t.next_at END AS next_at
          FROM unnest(p_cases) WITH ORDINALITY c
          JOIN bank.case_clock k ON k.customer_id = c.customer_id AND k.case_id = c.case_id AND k.stopped_at IS NULL
          JOIN bank.clock_kind d ON d.clock = k.clock
          LEFT JOIN kind r ON r.case_type = c.case_type AND r.regime = c.regime AND r.level = c.level
               AND r.source = c.source AND r.clock = k.clock
          LEFT JOIN LATERAL (SELECT x.* FROM bank.escalation_rule x
                              WHERE x.case_type = c.case_type AND x.clock = k.clock
                              ORDER BY x.step LIMIT 1) e ON true,
               bank.clock_times(coalesce(r.measure, k.measure), coalesce(r.amount, k.amount), k.extension,
                                coalesce(r.calendar, k.calendar), k.started_at, e.at_percent, e.after_minutes) t
         WHERE alone = '{}' OR NOT c.ordinality = ANY (alone)),
    changed AS (
        UPDATE bank.case_clock x
           SET measure = n.measure, amount = n.amount, calendar = n.calendar, pausable = n.pausable,
               due_at = n.due_at, next_step = n.step, next_at = n.next_at
          FROM running n
         WHERE x.customer_id = (n.was).customer_id AND x.case_id = (n.was).case_id AND x.clock = (n.was).clock
           AND x.run = (n.was).run
           AND (n.measure, n.amount, n.calendar, n.pausable, n.due_at, n.step, n.next_at) IS DISTINCT FROM
               ((n.was).measure, (n.was).amount, (n.was).calendar, (n.was).pausable, (n.was).due_at,
                (n.was).next_step, (n.was).next_at)
        RETURNING x AS k, n.was),
    kept AS (
        SELECT bank.clock_change_keep(g.was, g.k, 'step') FROM changed g
         WHERE abs(extract(epoch FROM (g.k).due_at - (g.was).due_at)) >= 1)
    SELECT array_agg(coalesce(r.soonest, c.due_at) ORDER BY c.ordinality) INTO answer
      FROM unnest(p_cases) WITH ORDINALITY c
      LEFT JOIN (SELECT x.n, min(x.due_at) FILTER (WHERE NOT x.internal) AS soonest
                   FROM running x GROUP BY x.n) r ON r.n = c.ordinality
     CROSS JOIN (SELECT count(*) FROM kept) done;
    FOREACH at IN ARRAY alone LOOP
        answer[at] := bank.case_clock_refresh(p_cases[at]);
    END LOOP;
    RETURN answer;
END $$;

-- What of a case the steps by the page change.
CREATE FUNCTION bank.case_part(c bank.case_file) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('stage', c.stage, 'level', c.level, 'channel', c.channel, 'business', c.business,
        'reason', c.reason, 'queue', c.queue, 'route_seq', c.route_seq, 'owner_id', c.owner_id, 'taken_at', c.taken_at,
        'responded_at', c.responded_at, 'due_at', c.due_at)
$$;

-- bank.case_event_write for many cases of which no more than that changes: events and audit rows. `p_before` NULL:
-- they are new.
CREATE FUNCTION bank.cases_event_write(p_before bank.case_file[], p_after bank.case_file[], p_action text,
                                       p_notes text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    me int := (bank.me()).staff_id;
    epoch_now int := bank.audit_epoch_now();
BEGIN
    WITH pair AS MATERIALIZED (
        SELECT g AS n, p_before[g] AS b, p_after[g] AS a, p_notes[g] AS note FROM generate_subscripts(p_after, 1) g),
    change AS MATERIALIZED (
        SELECT p.n, (p.a).customer_id, (p.a).case_id, (p.a).number, (p.a).unit_id, (p.b).stage AS stage_before,
               (p.a).stage, (p.a).version, p.note,
               CASE WHEN (p.b).case_id IS NOT NULL THEN bank.case_part(p.b) - d.same END AS old,
               CASE WHEN (p.b).case_id IS NOT NULL THEN bank.case_part(p.a) - d.same
                    ELSE jsonb_strip_nulls(bank.case_record(p.a)) END AS new
          FROM pair p
          LEFT JOIN LATERAL (
                SELECT ARRAY[CASE WHEN (p.b).stage = (p.a).stage THEN 'stage' END,
                             CASE WHEN (p.b).level = (p.a).level THEN 'level' END,
                             CASE WHEN (p.b).channel IS NOT DISTINCT FROM (p.a).channel THEN 'channel' END,
                             CASE WHEN (p.b).business IS NOT DISTINCT FROM (p.a).business THEN 'business' END,
                             CASE WHEN (p.b).reason IS NOT DISTINCT FROM (p.a).reason THEN 'reason' END,
                             CASE WHEN (p.b).queue IS NOT DISTINCT FROM (p.a).queue THEN 'queue' END,
                             CASE WHEN (p.b).route_seq IS NOT DISTINCT FROM (p.a).route_seq THEN 'route_seq' END,
                             CASE WHEN (p.b).owner_id IS NOT DISTINCT FROM (p.a).owner_id THEN 'owner_id' END,
                             CASE WHEN (p.b).taken_at IS NOT DISTINCT FROM (p.a).taken_at THEN 'taken_at' END,
                             CASE WHEN (p.b).responded_at IS NOT DISTINCT FROM (p.a).responded_at THEN 'responded_at' END,
                             CASE WHEN (p.b).due_at IS NOT DISTINCT FROM (p.a).due_at THEN 'due_at' END] AS same
                 WHERE (p.b).case_id IS NOT NULL) d ON true),
    event AS (
        INSERT INTO bank.case_event (customer_id, case_id, unit_id, staff_id, action, stage_before, stage_after, note,
                                     before, after, version)
        SELECT c.customer_id, c.case_id, c.unit_id, me, p_action, c.stage_before, c.stage, coalesce(c.note, ''), c.old,
               c.new, c.version
          FROM change c ORDER BY c.n)
    INSERT INTO bank.audit (epoch, action, object_kind, object_id, customer_id, before, after)
    SELECT epoch_now, 'case_' || p_action, 'case', c.number, c.customer_id, c.old, c.new FROM change c ORDER BY c.n;
END $$;

-- bank.case_step for many, for steps that begin and end no wait, close nothing and have none to follow. Not
-- `p_store`: the caller stores the cases after a further step.
CREATE FUNCTION bank.cases_step(p_before bank.case_file[], p_cases bank.case_file[], p_action text, p_notes text[],
                                p_store boolean)
RETURNS bank.case_file[] LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
    me bank.staff := bank.me();
    was bank.case_file;
    c bank.case_file;
    t bank.case_transition;
    level text;
    stage_phase text;
    steps bank.case_transition[] := '{}';
    step int;
    which int[] := '{}';
    part bank.case_file[];
    -- A promise may have another due time: for another level, or in the hours of another unit.
    stale boolean := EXISTS (SELECT FROM bank.unit_calendar);
    due timestamptz[];
BEGIN
    IF coalesce(cardinality(p_cases), 0) = 0 THEN
        RETURN p_cases;
    END IF;
    FOR i IN 1 .. cardinality(p_cases) LOOP
        was := p_before[i];
        c := p_cases[i];
        IF i = 1 OR t.case_type <> was.case_type OR t.stage <> was.stage OR level <> was.level OR t.own
           OR me.customer_id = was.customer_id OR me.staff_id = was.complained_staff_id THEN
            t := bank.case_allowed(was, p_action);
            level := was.level;
            SELECT s.phase INTO stage_phase FROM bank.case_stage s
             WHERE s.case_type = t.case_type AND s.stage = t.next_stage;
            IF NOT t = ANY (steps) THEN
                steps := steps || t;
            END IF;
            step := array_position(steps, t);
        END IF;
        stale := stale OR c.level <> was.level;
        IF t.sets = '{}' THEN
            c.stage := t.next_stage;
            c.outcome := coalesce(t.outcome, c.outcome);
        ELSE
            c := bank.case_effect(was, c, t, p_notes[i], at);
        END IF;
        IF t.needs <> '{}' AND (t.needs <> '{class}' OR c.business IS NULL OR c.reason IS NULL) THEN
            PERFORM bank.case_needs(c, t, p_notes[i]);
        END IF;
        c.phase := stage_phase;
        c.version := c.version + 1;
        p_cases[i] := c;
        which[i] := step;
    END LOOP;
    FOR i IN 1 .. cardinality(steps) LOOP
        t := steps[i];
        CONTINUE WHEN t.starts = '{}' AND t.stops = '{}';
        part := ARRAY(SELECT p_cases[g] FROM generate_subscripts(which, 1) g WHERE which[g] = i ORDER BY g);
        stale := stale OR EXISTS (SELECT FROM bank.clock_kind k
                                   WHERE k.clock = ANY (t.starts || t.stops) AND NOT k.internal);
        UPDATE bank.case_clock k SET stopped_at = greatest(at, k.started_at), next_at = NULL
          FROM unnest(part) x
         WHERE k.customer_id = x.customer_id AND k.case_id = x.case_id AND k.clock = ANY (t.stops) AND k.stopped_at IS NULL;
        UPDATE bank.case_extension k SET state = 'void', version = k.version + 1
          FROM unnest(part) x
         WHERE k.customer_id = x.customer_id AND k.case_id = x.case_id AND k.clock = ANY (t.stops) AND k.state = 'asked';
        INSERT INTO bank.case_clock SELECT k.* FROM unnest(bank.clocks_begin(part, at, t.starts)) k;
    END LOOP;
    IF stale THEN
        due := bank.clocks_refresh(p_cases);
        FOR i IN 1 .. cardinality(p_cases) LOOP
            c := p_cases[i];
            c.due_at := due[i];
            p_cases[i] := c;
        END LOOP;
    END IF;
    IF p_store THEN
        -- Who has no other case repeats none.
        UPDATE bank.case_file f
           SET stage = x.stage, level = x.level, channel = x.channel, business = x.business, reason = x.reason,
               queue = x.queue, route_seq = x.route_seq, owner_id = x.owner_id, taken_at = x.taken_at,
               responded_at = x.responded_at, due_at = x.due_at, version = x.version,
               repeat_of = CASE WHEN EXISTS (SELECT FROM bank.case_file e WHERE e.customer_id = x.customer_id
                                                AND e.case_id <> x.case_id) THEN f.repeat_of ELSE 0 END
          FROM unnest(p_cases) x
         WHERE f.customer_id = x.customer_id AND f.case_id = x.case_id;
    END IF;
    PERFORM bank.cases_event_write(p_before, p_cases, p_action, p_notes);
    RETURN p_cases;
END $$;

-- bank.route_person for many, one after the other: each case counts for the load of who got it. Those in
-- `p_given` have their person already.
CREATE FUNCTION bank.route_persons(p_cases bank.case_file[], p_queue text[], p_skill text[], p_given int[])
RETURNS int[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    loads int[];
    answer int[] := '{}';
    t record;
    who int;
BEGIN
    SELECT array_agg(coalesce(l.load, 0) ORDER BY g) INTO loads
      FROM generate_series(1, (SELECT max(s.staff_id) FROM bank.staff s)) g
      LEFT JOIN bank.staff_loads() l ON l.staff_id = g;
    FOR t IN
        WITH wanted AS MATERIALIZED (
            SELECT c.ordinality AS n, c.unit_id, c.customer_id, c.complained_staff_id, p_queue[c.ordinality] AS queue,
                   coalesce(p_skill[c.ordinality], '') AS skill, bank.text_language(c.subject || c.facts) AS language
              FROM unnest(p_cases) WITH ORDINALITY c),
        above AS MATERIALIZED (
            SELECT d.unit_id, u.unit_id AS scope_id, u.high - u.low AS width
              FROM (SELECT DISTINCT w.unit_id FROM wanted w) d JOIN bank.unit u ON d.unit_id BETWEEN u.low AND u.high),
        people AS MATERIALIZED (
            SELECT a.unit_id, a.width, s.staff_id, s.role, s.customer_id, s.unit_id <> a.unit_id AS far,
                   coalesce(w.capacity, (SELECT bank.setting('route_capacity')::int)) AS capacity
              FROM above a
              JOIN bank.staff s ON s.scope_id = a.scope_id AND s.active AND s.role IN ('clerk', 'rm', 'supervisor')
              LEFT JOIN bank.staff_work w ON w.staff_id = s.staff_id
             WHERE NOT (w.away_from <= now() AND w.away_until > now() IS TRUE)),
        team AS MATERIALIZED (
            SELECT k.queue, k.skill, k.unit_id, k.language, array_agg(p.staff_id) AS staff,
                   array_agg(p.capacity) AS capacity, array_agg(p.far) AS far, array_agg(p.width) AS width,
                   array_agg(p.customer_id) AS customer,
                   array_agg(EXISTS (SELECT FROM bank.staff_skill x
                                      WHERE x.staff_id = p.staff_id AND x.skill = k.language)) AS speaks
              FROM (SELECT DISTINCT w.queue, w.skill, w.unit_id, w.language FROM wanted w) k
              JOIN bank.queue q ON q.queue = k.queue
              JOIN people p ON p.unit_id = k.unit_id
             WHERE (p.role = q.role OR EXISTS (SELECT FROM bank.queue_member m
                                                WHERE m.queue = q.queue AND m.staff_id = p.staff_id))
               AND (k.skill = '' OR EXISTS (SELECT FROM bank.staff_skill x
                                             WHERE x.staff_id = p.staff_id AND x.skill = k.skill))
             GROUP BY k.queue, k.skill, k.unit_id, k.language)
        SELECT w.n, w.customer_id, w.complained_staff_id, m.staff, m.capacity, m.far, m.width, m.customer, m.speaks
          FROM wanted w LEFT JOIN team m USING (queue, skill, unit_id, language) ORDER BY w.n
    LOOP
        who := p_given[t.n];
        IF who IS NULL THEN
            SELECT p.id INTO who
              FROM unnest(t.staff, t.capacity, t.far, t.width, t.customer, t.speaks)
                   p (id, capacity, far, width, customer, speaks)
             WHERE loads[p.id] < p.capacity AND p.id IS DISTINCT FROM t.complained_staff_id
               AND (p.customer = t.customer_id) IS NOT TRUE
             ORDER BY p.speaks DESC, loads[p.id]::float / greatest(p.capacity, 1), p.far, p.width, loads[p.id], p.id
             LIMIT 1;
        END IF;
        answer[t.n] := who;
        IF who IS NOT NULL THEN
            loads[who] := loads[who] + 1;
        END IF;
    END LOOP;
    RETURN answer;
END $$;

-- The queue, rule and skill of each case, by bank.case_rules. A case in `p_given` has its queue already.
CREATE FUNCTION bank.cases_rule(p_cases bank.case_file[], p_given text[], OUT queue text[], OUT seq int[],
                                OUT skill text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
    none bigint;
BEGIN
    SELECT array_agg(coalesce(p_given[u.n], r.queue) ORDER BY u.n), array_agg(r.seq ORDER BY u.n),
           array_agg(r.skill ORDER BY u.n),
           min((u.c).case_id) FILTER (WHERE p_given[u.n] IS NULL AND r.queue IS NULL)
      INTO queue, seq, skill, none
      FROM (SELECT p_cases[g] AS c, g AS n FROM generate_subscripts(p_cases, 1) g OFFSET 0) u
      LEFT JOIN LATERAL (SELECT x.queue, x.seq, x.skill FROM bank.case_rules(u.c) x
                          WHERE p_given[u.n] IS NULL AND x.fits ORDER BY x.seq LIMIT 1) r ON true;
    IF none IS NOT NULL THEN
        PERFORM bank.fail('BO422', 'No routing rule fits this case.', none::text,
                          'Choose a queue, and tell an administrator.', 'p_queue');
    END IF;
END $$;

-- Sends classified cases to the queues that the rules say and names the persons; as bank.cases_step.
CREATE FUNCTION bank.cases_route(p_cases bank.case_file[]) RETURNS bank.case_file[]
LANGUAGE plpgsql AS $$
DECLARE
    rule record := bank.cases_rule(p_cases, '{}');
    named boolean[] := ARRAY(SELECT y.to_person FROM unnest(p_cases) WITH ORDINALITY u
                               JOIN bank.case_type y USING (case_type) ORDER BY u.ordinality);
    person int[] := bank.route_persons(p_cases, ARRAY(SELECT CASE WHEN q.named THEN q.queue END
                        FROM unnest(named, rule.queue) WITH ORDINALITY q (named, queue, n) ORDER BY q.n), rule.skill, '{}');
    was bank.case_file[] := p_cases;
    c bank.case_file;
BEGIN
    FOR i IN 1 .. coalesce(cardinality(p_cases), 0) LOOP
        c := p_cases[i];
        c.queue := rule.queue[i];
        c.route_seq := rule.seq[i];
        IF named[i] THEN
            c.owner_id := person[i];
        END IF;
        p_cases[i] := c;
    END LOOP;
    RETURN bank.cases_step(was, p_cases, 'route', '{}', true);
END $$;

-- bank.case_machine for many locked cases; pairs and confidences of a case are separated by blanks, best
-- first. Answers how many were routed, are asked and are unknown.
CREATE FUNCTION bank.cases_machine(p_cases bank.case_file[], p_model_id int, p_channel text[],
                                   p_channel_confidence real[], p_business text[], p_reason text[], p_confidence text[])
RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    bound real := bank.setting('classify_threshold')::real;
    least_sure real := bank.setting('classify_floor')::real;
    me bank.staff := bank.me();
    sure real[];
    say text[];
    note text[];
    given_queue text[];
    given_seq int[];
    given_person int[];
    rule record;
    person int[];
    c bank.case_file;
    was bank.case_file[] := '{}'; -- routed
    sorted bank.case_file[] := '{}';
    before bank.case_file[] := '{}'; -- left to a person
    asked bank.case_file[] := '{}';
    sorted_note text[] := '{}';
    asked_note text[] := '{}';
    at int[] := '{}';
BEGIN
    IF coalesce(cardinality(p_cases), 0) = 0 THEN
        RETURN '{0,0,0}';
    END IF;
    WITH said AS MATERIALIZED (
        SELECT u.ordinality AS n, u.customer_id, u.case_id, u.unit_id, u.complained_staff_id,
               string_to_array(p_business[u.ordinality], ' ') AS business,
               string_to_array(p_reason[u.ordinality], ' ') AS reason,
               string_to_array(p_confidence[u.ordinality], ' ')::real[] AS sure
          FROM unnest(p_cases) WITH ORDINALITY u),
    judged AS MATERIALIZED (
        SELECT s.*, CASE WHEN s.business[1] = 'B99' AND s.reason[1] = 'C99' THEN 'unknown'
                         WHEN s.sure[1] >= bound THEN 'routed'
                         WHEN s.sure[1] >= least_sure THEN 'asked' ELSE 'unknown' END AS say
          FROM said s),
    kept AS (
        INSERT INTO bank.prediction (customer_id, case_id, unit_id, model_id, channel, channel_confidence, business,
                                     reason, confidence, threshold, decision)
        SELECT j.customer_id, j.case_id, j.unit_id, p_model_id, p_channel[j.n], p_channel_confidence[j.n], j.business,
               j.reason, j.sure, bound, j.say
          FROM judged j ORDER BY j.n)
    SELECT array_agg(j.say ORDER BY j.n),
           array_agg(format('model %s, %s %%', p_model_id, round(100 * j.sure[1]::numeric)) ORDER BY j.n),
           array_agg(w.queue ORDER BY j.n), array_agg(w.seq ORDER BY j.n),
           array_agg(CASE WHEN j.say <> 'routed' AND me.role <> 'worker' AND me.staff_id IS DISTINCT FROM j.complained_staff_id
                               AND w.queue = ANY (array_append(bank.my_queues(), 'triage')) THEN me.staff_id END ORDER BY j.n)
      INTO say, note, given_queue, given_seq, given_person
      FROM judged j LEFT JOIN LATERAL bank.case_ask_queue(p_cases[j.n]) w ON j.say <> 'routed';
    FOR i IN 1 .. coalesce(cardinality(p_cases), 0) LOOP
        c := p_cases[i];
        IF say[i] = 'routed' THEN
            was := was || c;
            c.business := split_part(p_business[i], ' ', 1);
            c.reason := split_part(p_reason[i], ' ', 1);
            sorted := sorted || c;
            sorted_note := sorted_note || note[i];
            p_cases[i] := c;
        END IF;
    END LOOP;
    rule := bank.cases_rule(p_cases, given_queue);
    person := bank.route_persons(p_cases, rule.queue, rule.skill, given_person);
    sorted := bank.cases_step(was, sorted, 'classify', sorted_note, false);
    was := sorted;
    FOR i IN 1 .. coalesce(cardinality(p_cases), 0) LOOP
        IF say[i] = 'routed' THEN
            at := at || i;
            c := sorted[cardinality(at)];
            c.queue := rule.queue[i];
            c.route_seq := rule.seq[i];
            c.owner_id := person[i];
            sorted[cardinality(at)] := c;
        ELSE
            c := p_cases[i];
            before := before || c;
            c.queue := given_queue[i];
            c.route_seq := given_seq[i];
            c.owner_id := person[i];
            c.version := c.version + 1;
            asked := asked || c;
            asked_note := asked_note || note[i];
        END IF;
    END LOOP;
    PERFORM bank.cases_step(was, sorted, 'route', '{}', true);
    UPDATE bank.case_file f SET queue = x.queue, route_seq = x.route_seq, owner_id = x.owner_id, version = x.version
      FROM unnest(asked) x WHERE f.customer_id = x.customer_id AND f.case_id = x.case_id;
    PERFORM bank.cases_event_write(before, asked, 'ask', asked_note);
    RETURN ARRAY[cardinality(sorted), cardinality(array_positions(say, 'asked')),
                 cardinality(array_positions(say, 'unknown'))];
END $$;

GRANT EXECUTE ON FUNCTION bank.pick, bank.case_part, bank.open_seconds, bank.open_moment, bank.clock_times, bank.clocks_begin, bank.clocks_refresh,
    bank.cases_event_write, bank.cases_step, bank.route_persons, bank.cases_rule, bank.cases_machine,
    bank.cases_route TO bankops_api;
