-- The ladder of escalation: the worker takes each step that is due once, whoever runs it and
-- however often; who is told sees it and says so.

-- Who gets the case after its owner: the best of its team who is free.
CREATE FUNCTION bank.case_next_person(c bank.case_file) RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT p.staff_id
              FROM bank.route_people(c, c.queue, (SELECT r.skill FROM bank.route_rule r
                                                   WHERE r.seq = c.route_seq)) WITH ORDINALITY
                   p (staff_id, load, capacity, speaks, state, n)
             WHERE p.state = 'free' AND p.staff_id IS DISTINCT FROM c.owner_id
             ORDER BY p.n LIMIT 1);
END $$;

-- The owner loses the case to the next, or to the queue when there is nobody or p_queue says so.
CREATE FUNCTION bank.case_reassign(was bank.case_file, p_note text, p_queue boolean DEFAULT false) RETURNS bank.case_file
LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file := was;
    at timestamptz := clock_timestamp();
BEGIN
    c.owner_id := CASE WHEN NOT p_queue THEN bank.case_next_person(was) END;
    c.taken_at := CASE WHEN c.owner_id IS NOT NULL THEN at END;
    IF c.owner_id IS NULL THEN
        c.stage := coalesce((SELECT t.next_stage FROM bank.case_transition t
            WHERE t.case_type = was.case_type AND t.stage = was.stage AND t.action = 'release'
              AND t.level IN ('', was.level) ORDER BY t.level DESC LIMIT 1), was.stage);
    END IF;
    PERFORM bank.case_clock_owner(c, at);
    c.due_at := bank.case_clock_refresh(c);
    c.version := was.version + 1;
    UPDATE bank.case_file SET owner_id = c.owner_id, taken_at = c.taken_at, stage = c.stage,
           due_at = c.due_at, version = c.version
     WHERE customer_id = c.customer_id AND case_id = c.case_id;
    PERFORM bank.case_event_write(was, c, 'reassign', p_note);
    RETURN c;
END $$;

-- Takes one step of a ladder on a locked case; one that was taken for an earlier due time is told anew. Answers the
-- case as it is then.
CREATE FUNCTION bank.clock_step_take(c bank.case_file, k bank.case_clock, r bank.escalation_rule)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    was bank.case_file := c;
    note text := (SELECT d.label_zh || ' / ' || d.label_en FROM bank.clock_kind d WHERE d.clock = k.clock)
                 || ' ' || coalesce(r.at_percent || ' %', '+' || r.after_minutes || ' min');
BEGIN
    INSERT INTO bank.case_escalation (customer_id, case_id, clock, run, step, unit_id, due_at,
                                      action, to_staff_id, to_queue, to_role, detail)
    VALUES (c.customer_id, c.case_id, k.clock, k.run, r.step, c.unit_id, k.due_at, r.action,
            CASE WHEN r.action IN ('remind', 'reassign') THEN c.owner_id END,
            CASE WHEN r.action = 'remind' AND c.owner_id IS NULL THEN c.queue END,
            CASE WHEN r.action IN ('supervisor', 'executive') THEN r.action END, note)
    ON CONFLICT (customer_id, case_id, clock, run, step) DO UPDATE SET fired_at = clock_timestamp(),
        due_at = excluded.due_at, action = excluded.action, to_staff_id = excluded.to_staff_id,
        to_queue = excluded.to_queue, to_role = excluded.to_role, detail = excluded.detail, seen_at = NULL, seen_by = NULL,
        moved = false;
    IF r.action = 'reassign' THEN
        RETURN bank.case_reassign(c, note);
    ELSIF r.action = 'executive' THEN
        c.urgency := 1;
        UPDATE bank.case_file SET urgency = 1, version = version + 1
         WHERE customer_id = c.customer_id AND case_id = c.case_id RETURNING * INTO c;
    END IF;
    PERFORM bank.case_event_write(was, c, 'escalate', note || ': ' || CASE r.action
        WHEN 'remind' THEN '提醒处理人 / owner reminded' WHEN 'supervisor' THEN '通知主管 / supervisor told'
        ELSE '上报总行 / head office told' END);
    RETURN c;
END $$;

-- Takes every step of one clock that is due. NULL: somebody is working on the case now, the next
-- round looks again.
CREATE FUNCTION bank.clock_fire(p_customer_id bigint, p_case_id bigint, p_clock text, p_run int)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file;
    k bank.case_clock;
    r bank.escalation_rule;
    steps int := 0;
BEGIN
    SELECT * INTO c FROM bank.case_file
     WHERE customer_id = p_customer_id AND case_id = p_case_id FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    LOOP
        SELECT * INTO k FROM bank.case_clock
         WHERE customer_id = p_customer_id AND case_id = p_case_id AND clock = p_clock
           AND run = p_run AND stopped_at IS NULL AND next_at <= clock_timestamp() FOR UPDATE;
        EXIT WHEN NOT FOUND;
        SELECT * INTO r FROM bank.escalation_rule e
         WHERE e.case_type = c.case_type AND e.clock = p_clock AND e.step = k.next_step;
        IF FOUND AND bank.clock_step_at(k, r) <= clock_timestamp() AND NOT EXISTS (
               SELECT FROM bank.case_escalation x WHERE x.customer_id = p_customer_id
                  AND x.case_id = p_case_id AND x.clock = p_clock AND x.run = p_run
                  AND x.step = r.step AND NOT x.moved) THEN
            c := bank.clock_step_take(c, k, r);
            steps := steps + 1;
        END IF;
        SELECT * INTO k FROM bank.case_clock
         WHERE customer_id = p_customer_id AND case_id = p_case_id AND clock = p_clock
           AND run = p_run;
        EXIT WHEN k.stopped_at IS NOT NULL;
        k := bank.clock_arm(c.case_type, k);
        UPDATE bank.case_clock SET next_step = k.next_step, next_at = k.next_at
         WHERE customer_id = p_customer_id AND case_id = p_case_id AND clock = p_clock
           AND run = p_run;
    END LOOP;
    RETURN steps;
END $$;

-- One round of the worker: takes up to p_limit clocks whose next step is due. Safe to call from
-- several machines at once, and again after a crash. A case that cannot be handled is recorded and
-- tried again in five minutes; it never stops the others, nor do cases that somebody else holds. `next_at`: when to
-- come again.
CREATE FUNCTION api.clock_tick(p_limit int DEFAULT 200)
RETURNS TABLE (clocks int, steps int, busy int, failed int, next_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    k record;
    done int;
BEGIN
    PERFORM bank.require_role('worker');
    PERFORM bank.calendar_fill();
    clocks := 0;
    steps := 0;
    busy := 0;
    failed := 0;
    FOR k IN SELECT x.customer_id, x.case_id, x.clock, x.run, x.unit_id FROM bank.case_clock x
              WHERE x.stopped_at IS NULL AND x.next_at <= clock_timestamp()
              ORDER BY x.next_at, x.case_id, x.clock LOOP
        EXIT WHEN clocks - busy >= p_limit;
        clocks := clocks + 1;
        BEGIN
            done := bank.clock_fire(k.customer_id, k.case_id, k.clock, k.run);
            steps := steps + coalesce(done, 0);
            busy := busy + (done IS NULL)::int;
        EXCEPTION WHEN query_canceled OR admin_shutdown OR crash_shutdown THEN
            RAISE;
        WHEN OTHERS THEN
            failed := failed + 1;
            INSERT INTO bank.clock_failure (customer_id, case_id, unit_id, clock, error)
            VALUES (k.customer_id, k.case_id, k.unit_id, k.clock, left(SQLERRM, 500));
            UPDATE bank.case_clock x SET next_at = clock_timestamp() + interval '5 minutes'
             WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id AND x.clock = k.clock
               AND x.run = k.run AND x.stopped_at IS NULL;
        END;
    END LOOP;
    next_at := (SELECT min(x.next_at) FROM bank.case_clock x WHERE x.stopped_at IS NULL);
    RETURN NEXT;
END $$;
SELECT bank.function_grant('clock_tick', 'worker');
GRANT EXECUTE ON FUNCTION bank.case_next_person, bank.case_reassign, bank.clock_step_take,
    bank.clock_fire TO bankops_api;

-- What the day end could not do of points and of services of accounts: tried again every five minutes, and
-- forgotten when it was done or is no longer due. `object_id`: of a bucket, an account, a list of wages.
CREATE TABLE bank.day_failure (
    customer_id bigint NOT NULL,
    work        text COLLATE "C" NOT NULL CHECK (work IN ('points', 'statement', 'ask', 'pay')),
    object_id   bigint NOT NULL,
    failure_id  bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id     int NOT NULL,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    failures    int NOT NULL DEFAULT 1,
    error       text NOT NULL,
    PRIMARY KEY (customer_id, work, object_id)
);
SELECT bank.table_protect('bank.day_failure', 'SELECT, INSERT, UPDATE, DELETE');

CREATE FUNCTION bank.day_failed(p_customer_id bigint, p_work text, p_object_id bigint, p_error text) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO bank.day_failure AS x (customer_id, work, object_id, unit_id, error)
    SELECT p_customer_id, p_work, p_object_id, coalesce((SELECT c.unit_id FROM bank.customer c
        WHERE c.customer_id = p_customer_id), (SELECT u.unit_id FROM bank.unit u WHERE u.parent_id IS NULL)),
        left(p_error, 500)
    ON CONFLICT (customer_id, work, object_id) DO UPDATE SET at = excluded.at, error = excluded.error,
        failures = x.failures + 1
$$;
-- Whether it failed so lately that it is not tried yet.
CREATE FUNCTION bank.day_rests(p_customer_id bigint, p_work text, p_object_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM bank.day_failure x WHERE x.customer_id = p_customer_id AND x.work = p_work
                      AND x.object_id = p_object_id AND x.at > now() - interval '5 minutes')
$$;
GRANT EXECUTE ON FUNCTION bank.day_failed, bank.day_rests TO bankops_api;

-- The day end, once however many workers ask: the bank's day follows the calendar in the bank's zone,
-- then up to p_limit buckets of points whose day has come are released or expire, and services of accounts do
-- what is due: wages, statements. What cannot be done is kept in bank.day_failure. `points`: how many were done, 0
-- when nothing is left; `failed`: of points and services.
CREATE FUNCTION api.day_end(p_limit int DEFAULT 200)
RETURNS TABLE (day date, moved boolean, points int, failed int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    former text;
    b record;
BEGIN
    PERFORM bank.require_role('worker');
    day := bank.local_day(clock_timestamp());
    points := 0;
    failed := 0;
    UPDATE bank.setting s SET value = day::text FROM bank.setting old
     WHERE s.name = 'business_date' AND old.name = s.name AND s.value::date < day
    RETURNING old.value INTO former;
    moved := FOUND;
    IF moved THEN
        PERFORM bank.audit_write('day_end', 'setting', 'business_date', NULL,
            jsonb_build_object('value', former), jsonb_build_object('value', day));
    END IF;
    day := bank.today();
    IF NOT pg_try_advisory_xact_lock(hashtext('bankops.day_end')) THEN
        RETURN NEXT;
        RETURN;
    END IF;
    DELETE FROM bank.day_failure x WHERE x.at < clock_timestamp() - interval '1 hour'; -- no longer due
    FOR b IN (SELECT x.customer_id, x.bucket_id FROM bank.points_bucket x
               WHERE x.pending AND x.available_on <= day AND NOT bank.day_rests(x.customer_id, 'points', x.bucket_id)
               ORDER BY x.available_on LIMIT p_limit)
             UNION
             (SELECT x.customer_id, x.bucket_id FROM bank.points_bucket x
               WHERE x.remaining > 0 AND x.expires_on < day AND NOT bank.day_rests(x.customer_id, 'points', x.bucket_id)
               ORDER BY x.expires_on LIMIT p_limit)
             ORDER BY 1, 2 LOOP
        BEGIN
            points := points + bank.points_bucket_end(b.customer_id, b.bucket_id, day,
                                                      md5('day end ' || day)::uuid)::int;
            DELETE FROM bank.day_failure x WHERE x.customer_id = b.customer_id AND x.work = 'points'
               AND x.object_id = b.bucket_id;
        EXCEPTION WHEN query_canceled OR admin_shutdown OR crash_shutdown THEN
            RAISE;
        WHEN OTHERS THEN
            failed := failed + 1;
            PERFORM bank.day_failed(b.customer_id, 'points', b.bucket_id, SQLERRM);
        END;
    END LOOP;
    failed := failed + bank.services_run(p_limit);
    RETURN NEXT;
END $$;
SELECT bank.function_grant('day_end', 'worker');

-- How much of the day end fails, since when, and the last error. For staff and who keeps the database.
CREATE FUNCTION bank.day_watch(OUT failed bigint, OUT since timestamptz, OUT error text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT count(*), min(x.since), (array_agg(x.error ORDER BY x.at DESC))[1] FROM day_failure x
$$;
ALTER FUNCTION bank.day_watch OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.day_watch TO bankops_api;
CREATE FUNCTION api.day_watch() RETURNS TABLE (failed bigint, since timestamptz, error text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT w.failed, w.since, w.error FROM bank.day_watch() w
     WHERE bank.my_role() IN ('supervisor', 'admin', 'worker') OR pg_has_role(session_user, 'bankops_owner', 'MEMBER')
$$;
SELECT bank.function_grant('day_watch', 'supervisor', 'admin', 'worker');

-- The bank's day and the calendar's in the bank's zone. `late`: the day end is overdue, for a worker looks every
-- few seconds. For staff and who keeps the database.
CREATE FUNCTION api.business_day() RETURNS TABLE (day date, calendar date, late boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT bank.today(), bank.local_day(clock_timestamp()),
           bank.today() < bank.local_day(clock_timestamp() - interval '5 minutes')
     WHERE bank.my_staff_id() IS NOT NULL OR pg_has_role(session_user, 'bankops_owner', 'MEMBER')
$$;
SELECT bank.function_grant('business_day', 'staff');

-- What was due before this and still waits, no worker took: each looks every few seconds.
CREATE FUNCTION bank.worker_missed() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT now() - interval '10 minutes'
$$;
ALTER FUNCTION bank.worker_missed OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.worker_missed TO bankops_api;

-- Since when steps of clocks of these units are due that no worker took; NULL: none.
CREATE FUNCTION bank.clocks_left_since(p_low int, p_high int) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT min(k.next_at) FROM bank.case_clock k
             WHERE k.stopped_at IS NULL AND k.next_at < bank.worker_missed() AND k.unit_id BETWEEN p_low AND p_high);
END $$;
ALTER FUNCTION bank.clocks_left_since OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.clocks_left_since TO bankops_api;

-- Whether the clocks are watched: since when steps are due that no worker took, NULL when none is; and how many could
-- not be taken in a day. For staff and who keeps the database.
CREATE FUNCTION bank.clock_watch(OUT due_since timestamptz, OUT failed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT (SELECT clocks_left_since(u.low, u.high) FROM unit u WHERE u.parent_id IS NULL),
           (SELECT count(*) FROM clock_failure f WHERE f.at > now() - interval '1 day')
$$;
ALTER FUNCTION bank.clock_watch OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.clock_watch TO bankops_api;
CREATE FUNCTION api.clock_watch() RETURNS TABLE (due_since timestamptz, failed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT w.due_since, w.failed FROM bank.clock_watch() w
     WHERE bank.my_staff_id() IS NOT NULL OR pg_has_role(session_user, 'bankops_owner', 'MEMBER')
$$;
SELECT bank.function_grant('clock_watch', 'staff');

-- Steps of the ladder that the caller was told of and has not seen yet, of each clock the last.
CREATE VIEW bank.my_alert AS
SELECT x.* FROM (
    (SELECT p.fired_at, p.customer_id, p.case_id, p.clock, p.run::int AS run, p.step::int AS step, p.unit_id,
            p.action, p.to_staff_id, p.to_queue, p.to_role FROM bank.case_escalation p
      WHERE p.seen_at IS NULL AND p.to_staff_id = (SELECT bank.my_staff_id())
      ORDER BY p.fired_at DESC, p.customer_id, p.case_id, p.clock, p.run::int, p.step::int)
    UNION ALL
    (SELECT q.fired_at, q.customer_id, q.case_id, q.clock, q.run::int AS run, q.step::int AS step, q.unit_id,
            q.action, q.to_staff_id, q.to_queue, q.to_role FROM bank.case_escalation q
      WHERE q.seen_at IS NULL AND q.to_queue = ANY ((SELECT bank.my_queues())::text[])
        AND q.to_staff_id IS DISTINCT FROM (SELECT bank.my_staff_id())
      ORDER BY q.fired_at DESC, q.customer_id, q.case_id, q.clock, q.run::int, q.step::int)
    UNION ALL
    (SELECT r.fired_at, r.customer_id, r.case_id, r.clock, r.run::int AS run, r.step::int AS step, r.unit_id,
            r.action, r.to_staff_id, r.to_queue, r.to_role FROM bank.case_escalation r
      WHERE r.seen_at IS NULL AND r.to_role IS NOT NULL AND (SELECT bank.my_role()) = 'supervisor'
        AND (r.to_role = 'supervisor' OR r.to_role = 'executive' AND (SELECT bank.my_scope_low()) = 1)
        AND r.to_staff_id IS DISTINCT FROM (SELECT bank.my_staff_id())
        AND (r.to_queue = ANY ((SELECT bank.my_queues())::text[])) IS NOT TRUE
      ORDER BY r.fired_at DESC, r.customer_id, r.case_id, r.clock, r.run::int, r.step::int)) x
 WHERE NOT EXISTS (SELECT FROM bank.case_escalation y
                    WHERE y.customer_id = x.customer_id AND y.case_id = x.case_id
                      AND y.clock = x.clock AND y.run = x.run AND y.step > x.step AND y.fired_at >= x.fired_at
                      AND (y.to_staff_id, y.to_queue, y.to_role)
                          IS NOT DISTINCT FROM (x.to_staff_id, x.to_queue, x.to_role))
   AND (x.unit_id < (SELECT bank.my_scope_low())) IS NOT TRUE AND (x.unit_id > (SELECT bank.my_scope_high())) IS NOT TRUE;
ALTER VIEW bank.my_alert OWNER TO bankops_api;
CREATE VIEW api.case_alert_list WITH (security_barrier) AS
SELECT x.fired_at, x.customer_id, x.case_id, x.clock, x.run, x.step,
       o.label_zh AS clock_zh, o.label_en AS clock_en, x.action, o.number,
       (SELECT y.screen FROM bank.case_type y WHERE y.case_type = o.case_type) AS screen,
       CASE WHEN x.customer_id IN (SELECT bank.my_locked()) THEN '***' ELSE bank.case_subject(o.case_type, o.subject, o.fields) END AS subject,
       (SELECT CASE WHEN p.customer_id < 0 THEN bank.in_language('匿名', 'Anonymous') ELSE bank.mask_name(p.name) END FROM bank.customer p WHERE p.customer_id = x.customer_id)
           AS customer,
       bank.staff_name(o.owner_id) AS owner, o.queue, o.stage, o.level, o.unit_id,
       bank.unit_name(o.unit_id) AS unit, o.due_at,
       CASE WHEN o.stopped_at IS NOT NULL THEN 'done'
            WHEN o.due_at < now() THEN 'overdue'
            WHEN o.due_at < now() + interval '30 minutes' THEN 'soon' ELSE 'ok' END AS state
  FROM bank.my_alert x
 CROSS JOIN LATERAL (
        SELECT f.number, f.case_type, f.subject, f.fields, f.owner_id, f.queue, f.stage, f.level, f.unit_id, k.due_at, k.stopped_at,
               d.label_zh, d.label_en
          FROM bank.case_file f
          JOIN bank.case_clock k ON k.customer_id = f.customer_id AND k.case_id = f.case_id
                                AND k.clock = x.clock AND k.run = x.run
          JOIN bank.clock_kind d ON d.clock = k.clock
         WHERE f.customer_id = x.customer_id AND f.case_id = x.case_id OFFSET 0) o
 ORDER BY x.fired_at DESC, x.customer_id, x.case_id, x.clock, x.run, x.step;
SELECT bank.view_grant('case_alert_list', 'clerk', 'rm', 'supervisor');

-- Says that the caller knows.
CREATE FUNCTION api.case_alert_seen(p_customer_id bigint, p_case_id bigint, p_clock text, p_run int,
                                    p_step int, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
BEGIN
    answer := bank.request_replay(p_request, 'case_alert_seen', jsonb_build_array(p_customer_id,
        p_case_id, p_clock, p_run, p_step));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF NOT EXISTS (SELECT FROM api.case_alert_list a
                    WHERE a.customer_id = p_customer_id AND a.case_id = p_case_id
                      AND a.clock = p_clock AND a.run = p_run AND a.step = p_step) THEN
        PERFORM bank.fail('BO404', 'There is no such alert for you.', p_case_id::text,
                          'Somebody else has seen it; refresh the list.', 'p_step');
    END IF;
    UPDATE bank.case_escalation SET seen_at = clock_timestamp(), seen_by = bank.my_staff_id()
     WHERE customer_id = p_customer_id AND case_id = p_case_id AND clock = p_clock
       AND run = p_run AND step = p_step AND seen_at IS NULL;
    PERFORM bank.audit_write('case_alert_seen', 'case', (SELECT f.number FROM bank.case_file f
        WHERE f.customer_id = p_customer_id AND f.case_id = p_case_id), p_customer_id, NULL,
        jsonb_build_object('clock', p_clock, 'run', p_run, 'step', p_step));
    RETURN bank.request_done(p_request, p_case_id::text, 'You have seen the alert.');
END $$;
SELECT bank.function_grant('case_alert_seen', 'clerk', 'rm', 'supervisor');

-- Promises that are broken or will be within the hour, nearest first. Without security_barrier as
-- api.case_list: row level security keeps other units out.
CREATE VIEW api.case_breach_list AS
SELECT k.due_at, k.customer_id, k.case_id, k.clock, k.run::int AS run, d.label_zh AS clock_zh,
       d.label_en AS clock_en, f.number,
       (SELECT y.screen FROM bank.case_type y WHERE y.case_type = f.case_type) AS screen,
       CASE WHEN f.customer_id IN (SELECT bank.my_locked()) THEN '***' ELSE bank.case_subject(f.case_type, f.subject, f.fields) END AS subject,
       bank.staff_name(f.owner_id) AS owner, f.queue, f.stage, s.label_zh AS stage_zh,
       s.label_en AS stage_en, f.level, f.urgency::int AS urgency,
       f.unit_id, bank.unit_name(coalesce(f.desk_id, f.unit_id)) AS unit, f.version,
       CASE WHEN k.due_at < now() THEN 'overdue' ELSE 'soon' END AS state
  FROM bank.case_clock k
  JOIN bank.clock_kind d ON d.clock = k.clock AND NOT d.internal
  CROSS JOIN LATERAL ( -- of each clock in the order of its due time: OFFSET keeps the planner to it
       SELECT * FROM bank.case_file c
        WHERE c.customer_id = k.customer_id AND c.case_id = k.case_id OFFSET 0) f
  JOIN bank.case_stage s ON s.case_type = f.case_type AND s.stage = f.stage
 WHERE k.stopped_at IS NULL AND k.due_at < now() + interval '1 hour'
   AND k.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
   AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
   AND NOT (k.pausable AND f.phase = 'waiting'
            AND EXISTS (SELECT FROM bank.case_pause p
                         WHERE p.customer_id = k.customer_id AND p.case_id = k.case_id
                           AND p.ended_at IS NULL AND p.started_at < k.due_at AND p.waits_for = ANY (d.held_by)));
SELECT bank.view_grant('case_breach_list', 'supervisor');

-- What moved the due times of a case.
CREATE FUNCTION api.case_clock_changes(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (at timestamptz, clock text, clock_zh text, clock_en text, cause text,
               due_before timestamptz, due_after timestamptz, staff text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT x.at, x.clock, d.label_zh, d.label_en, x.cause, x.due_before, x.due_after,
           bank.staff_name(x.staff_id)
      FROM bank.case_clock_change x JOIN bank.clock_kind d USING (clock)
     WHERE x.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND x.case_id = p_case_id AND bank.in_scope(x.unit_id)
     ORDER BY x.change_id DESC
$$;
SELECT bank.function_grant('case_clock_changes', 'clerk', 'rm', 'supervisor', 'auditor');
