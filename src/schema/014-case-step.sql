-- What every write to a case shares: find and lock it, check the step, run its clocks, record it.

-- Queues whose cases the caller may take.
CREATE FUNCTION bank.my_queues() RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(q.queue), '{}')
      FROM bank.queue q
     WHERE q.role = bank.my_role()
        OR EXISTS (SELECT FROM bank.queue_member m
                    WHERE m.queue = q.queue AND m.staff_id = bank.my_staff_id()));
END $$;

-- True when more than 1,000 open cases of the caller's units, or such that nobody owns, wait in his queues. Planned with
-- the value of `p_free`, for each has an index of its own.
CREATE FUNCTION bank.my_queues_full(p_free boolean) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = bank, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    queues text[] := my_queues();
    low int := my_scope_low();
    high int := my_scope_high();
BEGIN
    RETURN (SELECT count(*) FROM (SELECT FROM case_file f WHERE f.closed_at IS NULL AND (f.owner_id IS NULL OR NOT p_free)
               AND f.queue = ANY (queues) AND f.unit_id BETWEEN low AND high LIMIT 1001) x) > 1000;
END $$;

-- Keys whose value differs, with the values of `p_from`.
CREATE FUNCTION bank.json_changes(p_from jsonb, p_before jsonb, p_after jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(k, p_from -> k), '{}')
      FROM jsonb_object_keys(p_before || p_after) k
     WHERE p_before -> k IS DISTINCT FROM p_after -> k AND k <> 'version'
$$;

-- A case as its record keeps it: without the texts that stand in the case itself; `fields` with
-- personal ones only as a checksum.
CREATE FUNCTION bank.case_record(c bank.case_file) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    record jsonb := to_jsonb(c) - '{facts,subject,remedy,phase}'::text[];
    name text;
BEGIN
    IF c.fields = '{}' THEN
        RETURN record - 'fields';
    END IF;
    FOR name IN SELECT f.field FROM bank.case_field f WHERE f.case_type = c.case_type AND f.personal
                   AND c.fields ? f.field LOOP
        record := jsonb_set(record, ARRAY['fields', name],
                            to_jsonb('#' || left(md5(c.case_id || (c.fields ->> name)), 8)));
    END LOOP;
    RETURN record;
END $$;

-- A case of the caller's units, if he may open its customer; not locked: what is only added to it waits for nobody.
-- BO404 where there is none.
CREATE FUNCTION bank.case_of(p_customer_id bigint, p_case_id bigint) RETURNS bank.case_file
LANGUAGE plpgsql STABLE AS $$
DECLARE
    c bank.case_file;
BEGIN
    PERFORM bank.customer_require(p_customer_id);
    SELECT * INTO c FROM bank.case_file f
     WHERE f.customer_id = p_customer_id AND f.case_id = p_case_id AND bank.in_scope(f.unit_id);
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such case.', p_case_id::text, 'Search for it again.',
            'p_case_id');
    END IF;
    RETURN c;
END $$;

-- Locks the case. BO404 outside the caller's units, BO409 when `p_version` (NULL: any) is not the
-- present one, with who changed it and when.
CREATE FUNCTION bank.case_lock(p_customer_id bigint, p_case_id bigint, p_version bigint)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file;
    last text;
BEGIN
    SELECT * INTO c FROM bank.case_file
     WHERE customer_id = p_customer_id AND case_id = p_case_id AND bank.in_scope(unit_id)
       FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such case.', p_case_id::text,
                          'Search for it again.', 'p_case_id');
    END IF;
    PERFORM bank.customer_require(p_customer_id);
    IF c.version <> p_version THEN
        SELECT concat_ws(', ', bank.staff_name(e.staff_id),
                         to_char(e.at AT TIME ZONE bank.timezone(), 'YYYY-MM-DD HH24:MI'),
                         (SELECT bank.in_language(a.label_zh, a.label_en) FROM bank.case_action a
                           WHERE a.case_type IN (c.case_type, '*') AND a.action = e.action LIMIT 1)) INTO last
          FROM bank.case_event e
         WHERE e.customer_id = c.customer_id AND e.case_id = c.case_id AND e.action <> 'note'
         ORDER BY e.event_id DESC LIMIT 1;
        PERFORM bank.fail('BO409', 'Somebody else changed this case.', last,
                          'Look at it again, then repeat what you wanted.', 'p_version');
    END IF;
    RETURN c;
END $$;

-- Refuses what only the owner does, with who that is and how the caller would come to do it.
CREATE FUNCTION bank.case_own_fail(c bank.case_file) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM bank.fail('BO403', 'Only the owner of the case or a supervisor may do this.',
                      concat_ws(', ', c.number, bank.staff_name(c.owner_id)),
                      CASE WHEN c.owner_id IS NULL THEN 'Take the case first.'
                           ELSE 'Ask its owner, or a supervisor to assign it to you.' END);
END $$;

-- The transition that `p_action` takes from the case's stage; fails when there is none or the
-- caller may not take it.
CREATE FUNCTION bank.case_allowed(c bank.case_file, p_action text)
RETURNS bank.case_transition LANGUAGE plpgsql STABLE AS $$
DECLARE
    t bank.case_transition;
    who bank.staff := bank.me();
BEGIN
    SELECT * INTO t FROM bank.case_transition x
     WHERE x.case_type = c.case_type AND x.stage = c.stage AND x.action = p_action
       AND x.level IN ('', c.level)
     ORDER BY x.level DESC LIMIT 1;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO423', 'The case cannot take this step in its present stage.',
                          c.number || ': ' || coalesce((SELECT bank.in_language(s.label_zh, s.label_en) FROM bank.case_stage s
                                                          WHERE s.case_type = c.case_type AND s.stage = c.stage), c.stage)
                              || ', ' || coalesce((SELECT bank.in_language(a.label_zh, a.label_en) FROM bank.case_action a
                                                   WHERE a.case_type = c.case_type AND a.action = p_action), p_action),
                          'Refresh the case and look at its stage.');
    END IF;
    IF NOT who.role = ANY (t.roles) THEN
        PERFORM bank.fail('BO403', 'Your role does not permit this.',
                          bank.role_names(t.roles), 'Ask a colleague with that role.');
    END IF;
    IF who.customer_id = c.customer_id THEN
        PERFORM bank.fail('BO403', 'You may not handle your own case.', c.number,
                          'Leave it to a colleague.');
    END IF;
    IF who.staff_id = c.complained_staff_id THEN
        PERFORM bank.fail('BO403', 'The person complained about may not handle the case.',
                          c.number, 'Leave it to a colleague.');
    END IF;
    IF t.own AND who.staff_id IS DISTINCT FROM c.owner_id AND who.role <> 'supervisor' THEN
        PERFORM bank.case_own_fail(c);
    END IF;
    IF 'recent' = ANY (t.needs)
       AND c.told_at < bank.recheck_since() THEN
        PERFORM bank.fail('BO423', 'The time in which a re-check can be asked for is over.',
                          to_char(c.told_at AT TIME ZONE bank.timezone(), 'YYYY-MM-DD'),
                          'Reopen the case instead.');
    ELSIF 'superior' = ANY (t.needs) THEN
        PERFORM bank.case_superior(c);
    END IF;
    RETURN t;
END $$;

-- A re-check is for a unit above the one that decided, or for head office, and for nobody who had a
-- part in the decision (CBIRC Order 2020-3).
CREATE FUNCTION bank.case_decision_part(p_customer_id bigint, p_case_id bigint, p_decided_by int, p_unit_id int) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN (SELECT CASE WHEN w.staff_id = p_decided_by OR EXISTS (SELECT FROM case_event e
                             WHERE e.customer_id = p_customer_id AND e.case_id = p_case_id AND e.action = 'approve'
                               AND e.staff_id = w.staff_id) THEN 'decision'
                        WHEN u.kind <> 'head' AND (d.unit_id NOT BETWEEN u.low AND u.high OR d.unit_id = u.unit_id)
                        THEN 'unit' END
              FROM staff w JOIN unit u USING (unit_id),
                   (SELECT coalesce((SELECT s.unit_id FROM staff s WHERE s.staff_id = p_decided_by), p_unit_id)) d (unit_id)
             WHERE w.staff_id = my_staff_id());
END $$;
ALTER FUNCTION bank.case_decision_part OWNER TO bankops_owner;


CREATE FUNCTION bank.case_superior(c bank.case_file) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    part text := bank.case_decision_part(c.customer_id, c.case_id, c.decided_by, c.unit_id);
BEGIN
    IF part = 'decision' THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', c.number,
                          'Leave it to somebody who had no part in the decision.');
    ELSIF part = 'unit' THEN
        PERFORM bank.fail('BO403', 'A superior unit must check this.', c.number,
                          'Leave it to the branch or to head office.');
    END IF;
END $$;

-- What the transition wants filled, checked on the case as it will be.
CREATE FUNCTION bank.case_needs(c bank.case_file, t bank.case_transition, p_note text)
RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    wanted text;
BEGIN
    IF 'class' = ANY (t.needs) AND (c.business IS NULL OR c.reason IS NULL) THEN
        PERFORM bank.fail('BO422', 'Classify the case first: business and reason.', c.number,
                          'Choose both codes.', 'p_business');
    ELSIF 'decision' = ANY (t.needs) AND coalesce(c.decision, '') !~ '[^[:space:]]' THEN
        PERFORM bank.fail('BO422', 'Write the decision.', c.number, NULL, 'p_decision');
    ELSIF 'told' = ANY (t.needs) AND (c.told_at IS NULL OR c.told_how IS NULL) THEN
        PERFORM bank.fail('BO422', 'Say how the customer was told.', c.number, NULL, 'p_how');
    ELSIF 'outcome' = ANY (t.needs) AND c.outcome IS NULL THEN
        PERFORM bank.fail('BO422', 'Choose the outcome.', c.number, NULL, 'p_outcome');
    ELSIF 'note' = ANY (t.needs) AND coalesce(p_note, '') !~ '[^[:space:]]' THEN
        PERFORM bank.fail('BO422', 'Write a note.', c.number, NULL, 'p_note');
    ELSIF 'checker' = ANY (t.needs) AND c.decided_by = (bank.me()).staff_id THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', c.number,
                          'Ask another supervisor.');
    ELSIF t.outcome = 'withdrawn' AND bank.my_role() <> 'supervisor' AND EXISTS (
              SELECT FROM bank.case_clock k WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id
                 AND k.clock = 'forwarded' AND k.stopped_at IS NULL) THEN
        PERFORM bank.fail('BO403', 'An authority waits for the answer; only a supervisor may withdraw this case.', c.number,
                          'Ask a supervisor.');
    END IF;
    FOR wanted IN SELECT substr(n, 7) FROM unnest(t.needs) n WHERE n LIKE 'field:%' LOOP
        IF NOT c.fields ? wanted THEN
            PERFORM bank.fail('BO422', 'This field must be filled.',
                (SELECT bank.in_language(f.label_zh, f.label_en) FROM bank.case_field f
                  WHERE f.case_type = c.case_type AND f.field = wanted), NULL,
                'p_' || wanted);
        END IF;
    END LOOP;
END $$;

-- One event on the case and one audit row, with the fields that changed.
CREATE FUNCTION bank.case_event_write(p_before bank.case_file, p_after bank.case_file,
                                      p_action text, p_note text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := bank.case_record(p_before);
    now jsonb := bank.case_record(p_after);
    old jsonb := CASE WHEN p_before.case_id IS NOT NULL THEN bank.json_changes(was, was, now) END;
    new jsonb := CASE WHEN p_before.case_id IS NULL THEN jsonb_strip_nulls(now)
                      ELSE bank.json_changes(now, was, now) END;
BEGIN
    IF old ? 'fields' THEN
        was := coalesce(was -> 'fields', '{}');
        now := coalesce(now -> 'fields', '{}');
        old := old || jsonb_build_object('fields', bank.json_changes(was, was, now));
        new := new || jsonb_build_object('fields', bank.json_changes(now, was, now));
    END IF;
    INSERT INTO bank.case_event (customer_id, case_id, unit_id, staff_id, action, stage_before,
                                 stage_after, note, before, after, version)
    VALUES (p_after.customer_id, p_after.case_id, p_after.unit_id, bank.my_staff_id(), p_action,
            p_before.stage, p_after.stage, coalesce(p_note, ''), old, new, p_after.version);
    PERFORM bank.audit_write('case_' || p_action, 'case', p_after.number, p_after.customer_id,
                             old, new);
END $$;

-- What the step itself writes. A `told_at` that the caller changed is when the customer was told; else
-- he is told now.
CREATE FUNCTION bank.case_effect(was bank.case_file, c bank.case_file, t bank.case_transition,
                                 p_note text, p_at timestamptz)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    said timestamptz := CASE WHEN c.told_at IS DISTINCT FROM was.told_at THEN c.told_at END;
BEGIN
    c.stage := t.next_stage;
    IF 'reopen' = ANY (t.sets) THEN
        c.reopened := was.reopened + 1;
        c.owner_id := NULL;
        c.outcome := NULL;
        c.told_at := NULL;
        c.told_how := NULL;
        c.approved_by := NULL;
    END IF;
    IF 'take' = ANY (t.sets) THEN
        c.owner_id := (bank.me()).staff_id;
        c.taken_at := p_at;
    ELSIF 'release' = ANY (t.sets) THEN
        c.owner_id := NULL;
    END IF;
    IF 'draft' = ANY (t.sets) OR 'decide' = ANY (t.sets) THEN
        c.decision := coalesce(nullif(btrim(p_note), ''), c.decision);
    END IF;
    IF 'decide' = ANY (t.sets) THEN
        c.decided_by := (bank.me()).staff_id;
        c.approved_by := NULL;
        c.told_at := NULL;
    ELSIF 'approve' = ANY (t.sets) THEN
        c.approved_by := (bank.me()).staff_id;
    END IF;
    IF 'tell' = ANY (t.sets) THEN
        c.told_at := coalesce(said, p_at);
    END IF;
    IF 'respond' = ANY (t.sets) THEN
        c.responded_at := coalesce(c.responded_at, said, p_at);
    END IF;
    c.outcome := coalesce(t.outcome, c.outcome);
    RETURN c;
END $$;

-- Takes one step: checks it, moves the stage, keeps pauses and clocks in step, stores and records.
-- `c` is the case with the caller's changes, `was` as it was locked. Answers the stored row.
CREATE FUNCTION bank.case_step(was bank.case_file, c bank.case_file, p_action text, p_note text)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    t bank.case_transition := bank.case_allowed(was, p_action);
    at timestamptz := clock_timestamp();
BEGIN
    -- Who is told by voice has not been told yet: his clocks run on.
    IF t.untold_stage IS NOT NULL AND c.told_how IN ('phone', 'visit') THEN
        t.next_stage := t.untold_stage;
        t.sets := array_remove(array_remove(t.sets, 'tell'), 'respond');
        t.stops := '{idle}';
        t.starts := CASE WHEN c.owner_id IS NULL THEN '{own}' ELSE '{idle}' END;
        t.follow := NULL;
    END IF;
    c := bank.case_effect(was, c, t, p_note, at);
    PERFORM bank.case_needs(c, t, p_note);
    SELECT s.phase INTO c.phase FROM bank.case_stage s
     WHERE s.case_type = c.case_type AND s.stage = c.stage;
    IF was.phase = 'waiting' AND c.phase <> 'waiting' THEN
        UPDATE bank.case_pause SET ended_at = greatest(at, started_at)
         WHERE customer_id = c.customer_id AND case_id = c.case_id AND ended_at IS NULL;
    ELSIF c.phase = 'waiting' AND was.phase <> 'waiting' THEN
        INSERT INTO bank.case_pause (customer_id, case_id, started_at, unit_id, reason)
        VALUES (c.customer_id, c.case_id, at, c.unit_id, p_note);
    END IF;
    PERFORM bank.case_clock_stop(c, t.stops, CASE WHEN 'tell' = ANY (t.sets) THEN c.told_at ELSE at END);
    IF 'reopen' = ANY (t.sets) AND was.told_at IS NULL THEN
        PERFORM bank.case_clock_go_on(was, at);
    END IF;
    PERFORM bank.case_clock_start(c, at, t.starts);
    c.closed_at := CASE WHEN c.phase = 'closed' THEN at END;
    c.due_at := bank.case_clock_refresh(c);
    c.version := was.version + 1;
    UPDATE bank.case_file SET
        stage = c.stage, level = c.level, channel = c.channel, business = c.business,
        reason = c.reason, fields = c.fields, queue = c.queue, route_seq = c.route_seq, desk_id = c.desk_id,
        owner_id = c.owner_id, taken_at = c.taken_at, responded_at = c.responded_at,
        due_at = c.due_at, decision = c.decision, decided_by = c.decided_by,
        approved_by = c.approved_by, told_at = c.told_at, told_how = c.told_how,
        outcome = c.outcome, closed_at = c.closed_at, reopened = c.reopened, version = c.version
     WHERE customer_id = c.customer_id AND case_id = c.case_id;
    PERFORM bank.case_event_write(was, c, p_action, p_note);
    IF t.follow IS NOT NULL AND c.outcome IS NOT NULL THEN
        c := bank.case_step(c, c, t.follow, '');
    END IF;
    RETURN c;
END $$;

-- The rank of the customer's tier, 0 without one.
CREATE FUNCTION bank.customer_tier(p_customer_id bigint) RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT d.rank FROM bank.member m JOIN bank.tier_def d USING (tier)
                      WHERE m.customer_id = p_customer_id), 0);
END $$;

-- The language a text is written in, as far as routing needs it: Han characters mean Chinese.
CREATE FUNCTION bank.text_language(p_text text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_text ~ '[\u3400-\u9fff]' THEN 'zh' ELSE 'en' END
$$;

-- The language that the customer is written to in: the one he chose; else that of his own words, which
-- a complaint or suggestion holds; else that of his name.
CREATE FUNCTION bank.case_language(c bank.case_file) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(k.language, bank.text_language(CASE
               WHEN c.case_type IN ('complaint', 'suggestion') AND c.facts ~ '[[:alpha:]]'
               THEN c.subject || c.facts ELSE coalesce(k.name, '') END))
      FROM (SELECT 1) one LEFT JOIN bank.customer k ON k.customer_id = c.customer_id
$$;

-- Every routing rule of the case's type in order, and whether it fits; the first that fits decides.
CREATE FUNCTION bank.case_rules(c bank.case_file)
RETURNS TABLE (seq int, queue text, skill text, note_en text, note_zh text, fits boolean)
LANGUAGE sql STABLE AS $$
    SELECT r.seq, r.queue, r.skill, r.note_en, r.note_zh,
           (r.business IS NULL OR r.business = c.business IS TRUE)
           AND (r.reason IS NULL OR r.reason = c.reason IS TRUE)
           AND (r.source IS NULL OR r.source = c.source)
           AND (r.level IS NULL OR r.level = c.level)
           AND (r.tier_low IS NULL OR c.tier >= r.tier_low)
           AND (r.tier_high IS NULL OR c.tier <= r.tier_high)
           AND (r.language IS NULL OR r.language = bank.text_language(c.subject || c.facts))
           AND (r.unit_low IS NULL OR c.unit_id BETWEEN r.unit_low AND r.unit_high)
      FROM bank.route_rule r
     WHERE r.active AND r.case_type = c.case_type
     ORDER BY r.seq
$$;

-- Where a case waits until its class is known: a rule that asks for a source or a level, not for a class, holds
-- for it already; the rest is with those who classify.
CREATE FUNCTION bank.case_ask_queue(c bank.case_file, OUT queue text, OUT seq int, OUT skill text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT x.queue, x.seq, x.skill INTO queue, seq, skill FROM bank.case_rules(c) x WHERE x.fits ORDER BY x.seq LIMIT 1;
    IF NOT EXISTS (SELECT FROM bank.route_rule r WHERE r.seq = case_ask_queue.seq
                      AND (r.source IS NOT NULL OR r.level IS NOT NULL)) THEN
        queue := 'triage';
        seq := NULL;
        skill := NULL;
    END IF;
END $$;

-- Puts the case into the queue of the first rule that fits (or `p_queue`) and names the person of
-- that team who shall take it, if one is free (070-route.sql).
CREATE FUNCTION bank.case_to_queue(was bank.case_file, p_queue text, p_note text)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file := was;
    skill text;
BEGIN
    IF p_queue IS NULL THEN
        SELECT r.seq, r.queue, r.skill INTO c.route_seq, c.queue, skill FROM bank.case_rules(c) r
         WHERE r.fits ORDER BY r.seq LIMIT 1;
        IF NOT FOUND THEN
            PERFORM bank.fail('BO422', 'No routing rule fits this case.', c.number,
                              'Choose a queue, and tell an administrator.', 'p_queue');
        END IF;
    ELSIF NOT EXISTS (SELECT FROM bank.queue q WHERE q.queue = p_queue) THEN
        PERFORM bank.fail('BO422', 'There is no such queue.', p_queue, NULL, 'p_queue');
    ELSE
        c.queue := p_queue;
        c.route_seq := NULL;
    END IF;
    IF c.desk_id IS NOT NULL AND NOT EXISTS (SELECT FROM bank.unit u, bank.desk_people(c, u, c.queue)
                                              WHERE u.unit_id = c.desk_id) THEN
        c.desk_id := NULL; -- nobody of that team is at the other unit: it goes home
    END IF;
    IF (SELECT y.to_person FROM bank.case_type y WHERE y.case_type = c.case_type) THEN
        c.owner_id := bank.route_person(c, c.queue, skill);
    END IF;
    RETURN bank.case_step(was, c, 'route', p_note);
END $$;

ALTER FUNCTION bank.my_queues OWNER TO bankops_owner;
ALTER FUNCTION bank.my_queues_full OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.my_queues, bank.my_queues_full TO bankops_staff;
GRANT EXECUTE ON FUNCTION bank.my_queues, bank.my_queues_full, bank.case_ask_queue, bank.json_changes, bank.case_of, bank.case_lock, bank.case_own_fail,
    bank.case_allowed, bank.case_decision_part, bank.case_superior, bank.case_needs, bank.case_record, bank.case_event_write, bank.case_effect,
    bank.case_step, bank.customer_tier,
    bank.text_language, bank.case_language, bank.case_rules, bank.case_to_queue TO bankops_api;
