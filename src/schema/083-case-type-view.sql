-- Types of cases as screens show them: the steps that a case can take now, its own fields, and what is
-- wrong with a type that a bank has added.

-- The steps from the case's stage, each with whether the caller may take it now; why not, else.
CREATE FUNCTION api.case_steps(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (action text, label_zh text, label_en text, next_zh text, next_en text, note boolean,
               how boolean, outcome boolean, allowed boolean, why text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    c bank.case_file;
    t record;
BEGIN
    PERFORM bank.customer_require(p_customer_id);
    SELECT * INTO c FROM bank.case_file x
     WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id AND bank.in_scope(x.unit_id);
    FOR t IN
        SELECT x.action, x.needs, x.sets, x.outcome, a.label_zh AS step_zh, a.label_en AS step_en,
               s.label_zh AS stage_zh, s.label_en AS stage_en
          FROM bank.case_transition x
          JOIN bank.case_action a USING (case_type, action)
          JOIN bank.case_stage s ON s.case_type = x.case_type AND s.stage = x.next_stage
         WHERE x.case_type = c.case_type AND x.stage = c.stage AND a.plain
           AND x.level = (SELECT max(y.level) FROM bank.case_transition y
                           WHERE y.case_type = x.case_type AND y.stage = x.stage
                             AND y.action = x.action AND y.level IN ('', c.level))
         ORDER BY a.seq LOOP
        action := t.action;
        label_zh := t.step_zh;
        label_en := t.step_en;
        next_zh := t.stage_zh;
        next_en := t.stage_en;
        note := t.needs && '{note,decision}';
        how := t.sets && '{tell,respond}';
        outcome := 'outcome' = ANY (t.needs) AND t.outcome IS NULL;
        allowed := true;
        why := NULL;
        BEGIN
            PERFORM bank.case_allowed(c, t.action);
        EXCEPTION WHEN SQLSTATE 'BO403' THEN
            allowed := false;
            why := SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
END $$;

-- The fields of the case's type with the values of the case, as people read them.
CREATE FUNCTION api.case_fields(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, case_id bigint, field text, label_zh text, label_en text,
               kind text, value text, shown_zh text, shown_en text, required boolean, choices text,
               version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT f.customer_id, f.case_id, d.field, d.label_zh, d.label_en, d.kind, v.value,
           coalesce(k.label_zh, s.name_zh, v.shown), coalesce(k.label_en, s.name_en, v.shown),
           f.stage = ANY (d.required_in),
           (SELECT string_agg(x.choice || ' = ' || bank.in_language(x.label_zh, x.label_en), ', '
                              ORDER BY x.seq)
              FROM bank.case_choice x WHERE x.case_type = d.case_type AND x.field = d.field),
           f.version
      FROM bank.case_file f
      JOIN bank.case_field d ON d.case_type = f.case_type
      CROSS JOIN LATERAL (SELECT f.fields ->> d.field AS value,
               CASE WHEN d.kind = 'money'
                    THEN to_char((f.fields ->> d.field)::numeric / 100, 'FM999,999,999,999,990.00')
                    WHEN d.kind = 'bool'
                    THEN CASE f.fields ->> d.field WHEN 'true' THEN '✓' WHEN 'false' THEN '✗' END
                    ELSE f.fields ->> d.field END AS shown) v
      LEFT JOIN bank.case_choice k ON k.case_type = d.case_type AND k.field = d.field
                                  AND k.choice = v.value
      LEFT JOIN bank.staff s ON d.kind = 'staff' AND s.login = v.value
     WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)
     ORDER BY d.seq, d.field
$$;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor', 'auditor')
  FROM unnest('{case_steps,case_fields}'::text[]) name;

-- Types, for lists and their filters.
CREATE VIEW api.case_type_list WITH (security_barrier) AS
SELECT y.case_type, y.label_zh, y.label_en, y.seq, y.active, y.screen, y.route_from,
       array_to_string(y.roles, ' ') AS roles, array_to_string(y.sources, ' ') AS sources,
       (SELECT count(*) FROM bank.case_stage s WHERE s.case_type = y.case_type) AS stages,
       (SELECT count(*) FROM bank.case_transition t WHERE t.case_type = y.case_type) AS transitions,
       (SELECT count(*) FROM bank.case_field f WHERE f.case_type = y.case_type) AS fields
  FROM bank.case_type y WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
SELECT bank.view_grant('case_type_list', 'staff');

-- What a type's data lacks; no row when it is whole. For whoever adds one.
CREATE FUNCTION bank.case_type_flaws(p_type text) RETURNS TABLE (flaw text) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE y AS (SELECT * FROM bank.case_type WHERE case_type = p_type),
    reached (stage) AS (
        SELECT y.first_stage FROM y
        UNION
        SELECT n.stage FROM reached r JOIN bank.case_transition t ON t.case_type = p_type AND t.stage = r.stage
         CROSS JOIN LATERAL unnest(ARRAY[t.next_stage, t.untold_stage]) n (stage) WHERE n.stage IS NOT NULL),
    ending (stage) AS (
        SELECT s.stage FROM bank.case_stage s WHERE s.case_type = p_type AND s.phase = 'closed'
        UNION
        SELECT t.stage FROM ending e JOIN bank.case_transition t
            ON t.case_type = p_type AND t.next_stage = e.stage)
    SELECT 'there is no such type' WHERE NOT EXISTS (SELECT FROM y)
    UNION ALL
    SELECT 'the first stage does not exist: ' || y.first_stage FROM y WHERE NOT EXISTS (
        SELECT FROM bank.case_stage s WHERE s.case_type = p_type AND s.stage = y.first_stage)
    UNION ALL
    SELECT 'no way leads to the stage: ' || s.stage FROM bank.case_stage s
     WHERE s.case_type = p_type AND s.stage NOT IN (SELECT r.stage FROM reached r)
    UNION ALL
    SELECT 'no way leads from the stage to a closed one: ' || s.stage FROM bank.case_stage s
     WHERE s.case_type = p_type AND s.stage NOT IN (SELECT e.stage FROM ending e)
    UNION ALL
    SELECT 'a step to a closed stage gives no outcome and asks for none: ' || t.stage || ' ' || t.action
      FROM bank.case_transition t JOIN bank.case_stage s ON s.case_type = t.case_type
           AND s.stage = t.next_stage AND s.phase = 'closed'
     WHERE t.case_type = p_type AND t.outcome IS NULL AND NOT 'outcome' = ANY (t.needs)
    UNION ALL
    SELECT 'there is no such clock: ' || k.clock FROM (
        SELECT DISTINCT unnest(t.starts || t.stops) AS clock FROM bank.case_transition t
         WHERE t.case_type = p_type UNION SELECT unnest(y.starts) FROM y) k
     WHERE k.clock NOT IN (SELECT c.clock FROM bank.clock_kind c)
    UNION ALL
    SELECT 'a clock of the type has no rule: ' || k.clock
      FROM (SELECT DISTINCT unnest(y.starts) AS clock FROM y) k
     WHERE k.clock NOT IN (SELECT r.clock FROM bank.clock_rule r WHERE r.case_type = p_type)
    UNION ALL
    SELECT 'there is no such field: ' || substr(n.word, 7) FROM (
        SELECT DISTINCT unnest(t.needs) AS word FROM bank.case_transition t
         WHERE t.case_type = p_type) n
     WHERE n.word LIKE 'field:%' AND substr(n.word, 7) NOT IN (
           SELECT f.field FROM bank.case_field f WHERE f.case_type = p_type)
    UNION ALL
    SELECT 'the subject names no field of the type: ' || w.field[1]
      FROM y, LATERAL (SELECT DISTINCT m AS field
                         FROM regexp_matches(concat(y.subject_en, y.subject_zh), '\{([^}]*)\}', 'g') m) w
     WHERE w.field[1] NOT IN (SELECT f.field FROM bank.case_field f WHERE f.case_type = p_type)
    UNION ALL
    SELECT 'a field is required in no stage of the type: ' || f.field || ' ' || r.stage
      FROM bank.case_field f, unnest(f.required_in) r (stage)
     WHERE f.case_type = p_type AND r.stage NOT IN (
           SELECT s.stage FROM bank.case_stage s WHERE s.case_type = p_type)
    UNION ALL
    SELECT 'a choice without values: ' || f.field FROM bank.case_field f
     WHERE f.case_type = p_type AND f.kind = 'choice' AND NOT EXISTS (
           SELECT FROM bank.case_choice k WHERE k.case_type = p_type AND k.field = f.field)
    UNION ALL
    SELECT 'a field is checked by no function: ' || f.valid FROM bank.case_field f
     WHERE f.case_type = p_type AND f.valid IS NOT NULL
       AND to_regprocedure(format('bank.%I(text)', f.valid)) IS NULL
    UNION ALL
    SELECT 'no last routing rule that fits everything' FROM y
     WHERE EXISTS (SELECT FROM bank.case_transition t WHERE t.case_type = p_type
                      AND t.action = 'route')
       AND NOT EXISTS (SELECT FROM bank.route_rule r WHERE r.case_type = p_type AND r.active
              AND r.seq = y.route_from + 999)
$$;

-- How the case may end when a person chooses.
CREATE FUNCTION api.case_outcomes(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (outcome text, label_zh text, label_en text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT o.outcome, o.label_zh, o.label_en
      FROM bank.case_file f JOIN bank.case_outcome o ON o.case_type = f.case_type AND o.chosen
     WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)
     ORDER BY o.seq
$$;
SELECT bank.function_grant('case_outcomes', 'clerk', 'rm', 'supervisor', 'auditor');

-- Where cases stood, from their events: a row for each stay in a queue (kind queue) and with a unit (kind
-- unit): that of its owner, else the one at whose desk it was put (108), else '-', nobody yet. `until`
-- NULL: it stands there now. A case ends when its customer is told, or when it is closed.
CREATE FUNCTION bank.place_unit(p_owner_id int, p_desk_id int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT s.unit_id FROM bank.staff s WHERE s.staff_id = p_owner_id), p_desk_id)::text
$$;
CREATE FUNCTION bank.case_stays(p_customer_id bigint, p_case_id bigint, p_end timestamptz)
RETURNS TABLE (kind text, place text, since timestamptz, until timestamptz)
LANGUAGE sql STABLE AS $$
    WITH e AS (
        SELECT e.event_id, e.at, 'queue' AS kind, coalesce(e.after ->> 'queue', '-') AS place
          FROM bank.case_event e
         WHERE e.customer_id = p_customer_id AND e.case_id = p_case_id AND e.after ? 'queue'
        UNION ALL
        SELECT h.event_id, h.at, 'unit', coalesce(bank.place_unit(first_value(h.owner_id) OVER (PARTITION BY h.owners ORDER BY h.event_id),
               first_value(h.desk_id) OVER (PARTITION BY h.desks ORDER BY h.event_id)), '-')
          FROM (SELECT e.event_id, e.at, (e.after ->> 'owner_id')::int AS owner_id, (e.after ->> 'desk_id')::int AS desk_id,
                       count(*) FILTER (WHERE e.after ? 'owner_id') OVER w AS owners,
                       count(*) FILTER (WHERE e.after ? 'desk_id') OVER w AS desks
                  FROM bank.case_event e
                 WHERE e.customer_id = p_customer_id AND e.case_id = p_case_id AND e.after ?| '{owner_id,desk_id}'
                WINDOW w AS (ORDER BY e.event_id)) h),
    moved AS (
        SELECT e.*, lag(e.place) OVER (PARTITION BY e.kind ORDER BY e.event_id) AS was FROM e)
    SELECT m.kind, m.place, m.at, coalesce(lead(m.at) OVER (PARTITION BY m.kind ORDER BY m.event_id),
        p_end)
      FROM moved m WHERE m.place IS DISTINCT FROM m.was
$$;
GRANT EXECUTE ON FUNCTION bank.case_stays, bank.place_unit TO bankops_api;

-- Opening hours of a calendar between two moments, from the intervals worked out ahead (011); day by day
-- where those do not reach.
CREATE FUNCTION bank.opening_seconds(p_calendar text, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT o.before + extract(epoch FROM least(p_at, o.closes_at) - o.opens_at) FROM bank.calendar_open o
     WHERE o.calendar = p_calendar AND o.opens_at <= p_at ORDER BY o.opens_at DESC LIMIT 1
$$;
CREATE FUNCTION bank.working_hours(p_calendar text, p_from timestamptz, p_to timestamptz) RETURNS numeric
LANGUAGE sql STABLE AS $$
    SELECT greatest(0, coalesce((bank.opening_seconds(p_calendar, p_to) - bank.opening_seconds(p_calendar, p_from)) / 3600,
                                bank.working_minutes(p_calendar, p_from, p_to) / 60.0))
$$;
-- The calendar that cases of a type keep in a unit: that of their first clock under the unit's rules.
CREATE FUNCTION bank.type_calendar(p_type text, p_unit_id int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT r.calendar FROM bank.clock_rule r
        WHERE r.case_type = p_type AND r.regime = bank.regime_of(p_unit_id) AND r.measure = 'working_minutes'
        ORDER BY r.clock, r.level, r.source LIMIT 1), bank.calendar_of(p_unit_id))
$$;
GRANT EXECUTE ON FUNCTION bank.opening_seconds, bank.working_hours, bank.type_calendar TO bankops_api;

-- The same of one case, for its screen.
CREATE FUNCTION api.case_stays(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (kind text, name_zh text, name_en text, since timestamptz, until timestamptz, hours numeric,
               work_hours numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT s.kind, coalesce(q.label_zh, u.name_zh, '-'), coalesce(q.label_en, u.name_en, '-'), s.since,
           s.until, round((extract(epoch FROM coalesce(s.until, now()) - s.since) / 3600)::numeric, 1),
           round(bank.working_hours(bank.type_calendar(f.case_type, coalesce(u.unit_id, f.unit_id)), s.since, coalesce(s.until, now())), 1)
      FROM bank.case_file f,
           LATERAL bank.case_stays(f.customer_id, f.case_id, CASE WHEN f.phase IN ('decided', 'closed')
                                   THEN coalesce(f.told_at, f.closed_at) END) s
      LEFT JOIN bank.queue q ON s.kind = 'queue' AND q.queue = s.place
      LEFT JOIN bank.unit u ON s.kind = 'unit' AND u.unit_id::text = s.place
     WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)
     ORDER BY s.since DESC, s.kind
$$;
SELECT bank.function_grant('case_stays', 'clerk', 'rm', 'supervisor', 'auditor');

-- How long cases received in the period stood with each team and each unit, and how often they were
-- handed on from there. `p_type` empty: of every type. Stays that last are counted up to now. As bank.case_stays,
-- read for all cases at once; a unit's hours are those of its own calendar. Opening hours are looked up in one list for each calendar.
CREATE FUNCTION api.report_handoff(p_period text, p_type text)
RETURNS TABLE (kind text, code text, name_zh text, name_en text, cases bigint, stays bigint,
    handed_on bigint, median_hours numeric, p90_hours numeric, work_median numeric, work_p90 numeric,
    total_days numeric, work_total numeric, standing bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp SET work_mem = '64MB' AS $$
DECLARE
    p record := bank.period(p_period);
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    WITH file AS MATERIALIZED (
        SELECT f.customer_id, f.case_id, f.case_type, f.unit_id,
               CASE WHEN f.phase IN ('decided', 'closed') THEN coalesce(f.told_at, f.closed_at) END AS over
          FROM bank.case_file f
         WHERE f.case_type IN (SELECT y.case_type FROM bank.case_type y
                                WHERE y.case_type = coalesce(nullif(p_type, ''), y.case_type))
           AND f.received_at >= p.begins AND f.received_at < p.ends AND f.merged_into IS NULL
           AND f.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()),
    event AS MATERIALIZED (
        SELECT f.case_id, f.case_type, f.unit_id, f.over, e.event_id, e.at, e.after ? 'queue' AS queued,
               e.after ->> 'queue' AS queue, e.after ? 'owner_id' AS owned, (e.after ->> 'owner_id')::int AS owner_id,
               e.after ? 'desk_id' AS desked, (e.after ->> 'desk_id')::int AS desk_id
          FROM file f JOIN bank.case_event e ON e.customer_id = f.customer_id AND e.case_id = f.case_id
         WHERE e.after ?| '{queue,owner_id,desk_id}'),
    -- Cases that were put to the desk of another unit: where they stand while nobody owns them.
    away AS (SELECT DISTINCT e.case_id FROM event e WHERE e.desk_id IS NOT NULL),
    away_event AS (
        SELECT e.*, count(*) FILTER (WHERE e.owned) OVER w AS owners, count(*) FILTER (WHERE e.desked) OVER w AS desks
          FROM event e WHERE (e.owned OR e.desked) AND e.case_id IN (SELECT a.case_id FROM away a)
        WINDOW w AS (PARTITION BY e.case_id ORDER BY e.event_id)),
    place AS (
        SELECT e.case_id, e.case_type, e.unit_id, e.over, e.event_id, e.at, 'queue' AS kind, coalesce(e.queue, '-') AS place
          FROM event e WHERE e.queued
        UNION ALL
        SELECT e.case_id, e.case_type, e.unit_id, e.over, e.event_id, e.at, 'unit', coalesce(s.unit_id::text, '-')
          FROM event e LEFT JOIN bank.staff s ON s.staff_id = e.owner_id
         WHERE e.owned AND e.case_id NOT IN (SELECT a.case_id FROM away a)
        UNION ALL
        SELECT e.case_id, e.case_type, e.unit_id, e.over, e.event_id, e.at, 'unit', coalesce(bank.place_unit(
               first_value(e.owner_id) OVER (PARTITION BY e.case_id, e.owners ORDER BY e.event_id),
               first_value(e.desk_id) OVER (PARTITION BY e.case_id, e.desks ORDER BY e.event_id)), '-')
          FROM away_event e),
    moved AS (
        SELECT x.*, lag(x.place) OVER w AS was FROM place x WINDOW w AS (PARTITION BY x.case_id, x.kind ORDER BY x.event_id)),
    stood AS (
        SELECT m.case_id, m.case_type, m.unit_id, m.kind, m.place, m.at AS since,
               coalesce(lead(m.at) OVER w, m.over) AS until, lead(m.place) OVER w AS next
          FROM moved m WHERE m.place IS DISTINCT FROM m.was
        WINDOW w AS (PARTITION BY m.case_id, m.kind ORDER BY m.event_id)),
    calendar AS MATERIALIZED (
        SELECT y.case_type, u.unit_id, bank.type_calendar(y.case_type, u.unit_id) AS calendar
          FROM bank.case_type y, bank.unit u),
    opening AS MATERIALIZED (
        SELECT o.calendar, array_agg(extract(epoch FROM o.opens_at)::float8 ORDER BY o.opens_at) AS opens,
               array_agg(extract(epoch FROM o.closes_at)::float8 ORDER BY o.opens_at) AS closes,
               array_agg(o.before::float8 ORDER BY o.opens_at) AS before
          FROM bank.calendar_open o GROUP BY o.calendar),
    place_stay AS MATERIALIZED (
        SELECT s.*, extract(epoch FROM coalesce(s.until, now()) - s.since)::float8 / 3600 AS hours,
               CASE WHEN a.i > 0 AND b.i > 0 THEN
                    greatest(0, (o.before[b.i] + least(t.until, o.closes[b.i]) - o.opens[b.i])
                                - (o.before[a.i] + least(t.since, o.closes[a.i]) - o.opens[a.i])) / 3600
                    ELSE bank.working_minutes(k.calendar, s.since, coalesce(s.until, now())) / 60.0 END AS work
          FROM stood s
          JOIN calendar k ON k.case_type = s.case_type
               AND k.unit_id = CASE WHEN s.kind = 'unit' AND s.place <> '-' THEN s.place::int ELSE s.unit_id END
          LEFT JOIN opening o ON o.calendar = k.calendar
         CROSS JOIN LATERAL (SELECT extract(epoch FROM s.since)::float8 AS since,
                                    extract(epoch FROM coalesce(s.until, now()))::float8 AS until) t
         CROSS JOIN LATERAL (SELECT width_bucket(t.since, o.opens) AS i) a
         CROSS JOIN LATERAL (SELECT width_bucket(t.until, o.opens) AS i) b)
    SELECT s.kind, s.place, coalesce(q.label_zh, u.name_zh, '待认领'),
           coalesce(q.label_en, u.name_en, 'Nobody yet'), count(DISTINCT s.case_id), count(*),
           count(s.next), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY s.hours)::numeric, 1),
           round(percentile_cont(0.9) WITHIN GROUP (ORDER BY s.hours)::numeric, 1),
           round(percentile_cont(0.5) WITHIN GROUP (ORDER BY s.work)::numeric, 1),
           round(percentile_cont(0.9) WITHIN GROUP (ORDER BY s.work)::numeric, 1),
           round((sum(s.hours) / 24)::numeric, 1), round(sum(s.work)::numeric, 0), count(*) FILTER (WHERE s.until IS NULL)
      FROM place_stay s
      LEFT JOIN bank.queue q ON s.kind = 'queue' AND q.queue = s.place
      LEFT JOIN bank.unit u ON s.kind = 'unit' AND u.unit_id::text = s.place
     GROUP BY s.kind, s.place, q.label_zh, q.label_en, u.name_zh, u.name_en
     ORDER BY s.kind, sum(s.hours) DESC, s.place;
END $$;
SELECT bank.function_grant('report_handoff', 'supervisor', 'auditor', 'admin');
