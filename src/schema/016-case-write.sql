-- What staff do to a case. Every function ends in p_request, the idempotency key, and answers an
-- outcome whose id is the case_id.

-- Opens a complaint and routes it in the same transaction. Without both codes it waits to be
-- classified. `p_complained` is the login of the member of staff complained about.
CREATE FUNCTION api.case_open(
    p_customer_id bigint, p_channel text, p_business text, p_reason text, p_subject text,
    p_facts text, p_remedy text DEFAULT '', p_level text DEFAULT 'simple',
    p_urgency int DEFAULT 3, p_source text DEFAULT 'hotline', p_complained text DEFAULT NULL,
    p_request uuid DEFAULT NULL)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'case_open', jsonb_build_array(p_customer_id,
        p_channel, p_business, p_reason, p_subject, p_facts, p_remedy, p_level, p_urgency,
        p_source, p_complained));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c.customer_id := p_customer_id;
    c.unit_id := (bank.customer_require(p_customer_id)).unit_id;
    c.case_id := nextval('bank.case_id_seq');
    c.case_type := 'complaint';
    c.level := coalesce(p_level, 'simple');
    c.urgency := coalesce(p_urgency, 3);
    c.source := coalesce(p_source, 'hotline');
    c.channel := bank.class_check('A', p_channel, 'p_channel');
    c.subject := btrim(coalesce(p_subject, ''));
    c.facts := btrim(coalesce(p_facts, ''));
    c.remedy := coalesce(p_remedy, '');
    c.tier := bank.customer_tier(p_customer_id);
    c.regime := bank.regime_of(c.unit_id);
    c.complained_staff_id := bank.staff_of_login(p_complained, 'p_complained');
    c.received_at := clock_timestamp();
    c.opened_by := (bank.me()).staff_id;
    PERFORM bank.case_text_check(c);
    c := bank.case_begin(c, '');
    IF nullif(p_business, '') IS NOT NULL AND nullif(p_reason, '') IS NOT NULL THEN
        c := bank.case_class_set(c, p_channel, p_business, p_reason, c.level);
        c := bank.case_to_queue(c, NULL, '');
    END IF;
    RETURN bank.request_done(p_request, c.case_id::text, 'The case is opened.');
END $$;

-- Sets the three codes and the level. A case that was not yet in a queue, or has no owner, is
-- routed anew.
CREATE FUNCTION api.case_classify(
    p_customer_id bigint, p_case_id bigint, p_channel text, p_business text, p_reason text,
    p_level text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
BEGIN
    answer := bank.request_replay(p_request, 'case_classify', jsonb_build_array(p_customer_id,
        p_case_id, p_channel, p_business, p_reason, p_level, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    c := bank.case_class_set(was, p_channel, p_business, p_reason, p_level);
    -- What turns out to be major goes where major ones go, whoever works on it.
    IF c.stage IN ('classified', 'assigned')
       OR c.level = 'major' AND was.level <> 'major' AND c.stage IN ('accepted', 'investigating')
          AND c.queue IS DISTINCT FROM (SELECT r.queue FROM bank.case_rules(c) r WHERE r.fits ORDER BY r.seq LIMIT 1) THEN
        c := bank.case_to_queue(c, NULL, '');
    END IF;
    IF was.queue IS NOT NULL AND c.queue IS DISTINCT FROM was.queue THEN
        RETURN bank.request_done(p_request, c.case_id::text, 'The case is classified and goes to another desk.');
    END IF;
    RETURN bank.request_done(p_request, c.case_id::text, 'The case is classified.');
END $$;

-- Makes the caller the owner of a case of one of his queues.
CREATE FUNCTION api.case_take(p_customer_id bigint, p_case_id bigint, p_version bigint,
                              p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
    who bank.staff := bank.me();
BEGIN
    answer := bank.request_replay(p_request, 'case_take',
                                  jsonb_build_array(p_customer_id, p_case_id, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    PERFORM bank.case_allowed(was, 'take');
    IF who.role <> 'supervisor' AND NOT was.queue = ANY (bank.my_queues()) THEN
        PERFORM bank.fail('BO403', 'The case waits in a queue that is not yours.',
                          (SELECT bank.in_language(q.label_zh, q.label_en) FROM bank.queue q WHERE q.queue = was.queue),
                          'Ask a supervisor to assign it to you.');
    ELSIF who.role <> 'supervisor' AND who.unit_id <> was.desk_id THEN
        PERFORM bank.fail('BO403', 'The case waits at the desk of another unit.', bank.unit_name(was.desk_id),
                          'Ask a supervisor to assign it to you.');
    END IF;
    c := bank.case_step(was, was, 'take', '');
    RETURN bank.request_done(p_request, c.case_id::text, 'The case is yours.');
END $$;

-- A supervisor gives the case to a member of staff who sees its unit.
CREATE FUNCTION api.case_assign(p_customer_id bigint, p_case_id bigint, p_login text, p_note text,
                                p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
BEGIN
    answer := bank.request_replay(p_request, 'case_assign', jsonb_build_array(p_customer_id,
        p_case_id, p_login, p_note, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    PERFORM bank.case_allowed(was, 'assign');
    c := was;
    c.owner_id := bank.staff_of_login(p_login, 'p_login');
    IF c.owner_id IS NULL OR NOT EXISTS (
           SELECT FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id
            WHERE s.staff_id = c.owner_id AND c.unit_id BETWEEN u.low AND u.high
              AND s.role IN ('clerk', 'rm', 'supervisor')) THEN
        PERFORM bank.fail('BO422', 'This person cannot handle cases of the customer''s unit.',
                          p_login, 'Choose somebody of that unit.', 'p_login');
    ELSIF c.owner_id = c.complained_staff_id THEN
        PERFORM bank.fail('BO403', 'The person complained about may not handle the case.',
                          c.number, 'Choose somebody else.', 'p_login');
    END IF;
    c.desk_id := (SELECT s.unit_id FROM bank.staff s WHERE s.staff_id = c.owner_id AND s.unit_id = c.desk_id);
    c.taken_at := clock_timestamp();
    c := bank.case_step(was, c, 'assign', p_note);
    RETURN bank.request_done(p_request, c.case_id::text, 'The case has a new owner.');
END $$;

-- Sends the case to a queue; `p_queue` empty: where the rules say.
CREATE FUNCTION api.case_route(p_customer_id bigint, p_case_id bigint, p_queue text, p_note text,
                               p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
BEGIN
    answer := bank.request_replay(p_request, 'case_route', jsonb_build_array(p_customer_id,
        p_case_id, p_queue, p_note, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.case_lock(p_customer_id, p_case_id, p_version);
    c := bank.case_to_queue(c, nullif(p_queue, ''), p_note);
    RETURN bank.request_done(p_request, c.case_id::text, 'The case is in its queue.');
END $$;

-- Routes every classified case of the caller's units that is in no queue yet; the id of the answer
-- is their number. Cases of customers or about staff that the caller may not handle stay.
CREATE FUNCTION api.case_route_waiting(p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    page bank.case_file[];
    done bigint := 0;
BEGIN
    answer := bank.request_replay(p_request, 'case_route_waiting', 'null');
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    LOOP
        page := ARRAY(SELECT f FROM bank.case_file f
              WHERE f.closed_at IS NULL AND f.stage = 'classified' AND bank.in_scope(f.unit_id)
                AND bank.may_open(f.customer_id)
                AND f.complained_staff_id IS DISTINCT FROM bank.my_staff_id()
              ORDER BY f.customer_id, f.case_id LIMIT 1000 FOR UPDATE SKIP LOCKED);
        EXIT WHEN page = '{}';
        page := bank.cases_route(page);
        done := done + cardinality(page);
    END LOOP;
    RETURN bank.request_done(p_request, done::text, 'The waiting cases are in their queues.');
END $$;
SELECT bank.function_grant('case_route_waiting', 'clerk', 'supervisor');

-- Answers the customer. The first answer stops the first-response clock. By phone or visit it is
-- recorded; other ways leave through the outbox.
CREATE FUNCTION api.case_reply(p_customer_id bigint, p_case_id bigint, p_how text, p_text text,
                               p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
BEGIN
    answer := bank.request_replay(p_request, 'case_reply', jsonb_build_array(p_customer_id,
        p_case_id, p_how, p_text, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    PERFORM bank.case_way_check(was, p_how);
    c := bank.case_step(was, was, 'reply', p_text);
    PERFORM bank.case_message(c, p_how, p_text, 'case_reply', p_request);
    RETURN bank.request_done(p_request, c.case_id::text, 'The answer is on its way.');
END $$;

-- A note never waits for a version, a stage, an owner or another session. That the owner is at work is said by his
-- next one when somebody holds his clock now.
CREATE FUNCTION api.case_note(p_customer_id bigint, p_case_id bigint, p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'case_note',
                                  jsonb_build_array(p_customer_id, p_case_id, p_note));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF coalesce(p_note, '') !~ '[^[:space:]]' THEN
        PERFORM bank.fail('BO422', 'Write a note.', NULL, NULL, 'p_note');
    END IF;
    c := bank.case_of(p_customer_id, p_case_id);
    PERFORM bank.case_event_write(c, c, 'note', p_note);
    IF c.owner_id = (bank.me()).staff_id AND EXISTS (
           SELECT FROM bank.case_clock k WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id
              AND k.clock = 'idle' AND k.stopped_at IS NULL FOR UPDATE SKIP LOCKED) THEN
        PERFORM bank.case_clock_stop(c, '{idle}', clock_timestamp());
    END IF;
    RETURN bank.request_done(p_request, c.case_id::text, 'The note is kept.');
END $$;

-- Decides and tells the customer; with an outcome the case is closed too. A major case goes to a
-- supervisor for approval instead. `p_told_at`: when he was told, '2026-11-23 14:05'; empty: now.
CREATE FUNCTION api.case_resolve(p_customer_id bigint, p_case_id bigint, p_decision text,
                                 p_how text, p_told_at text, p_outcome text, p_version bigint,
                                 p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
    told timestamptz;
BEGIN
    answer := bank.request_replay(p_request, 'case_resolve', jsonb_build_array(p_customer_id,
        p_case_id, p_decision, p_how, p_told_at, p_outcome, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    c := was;
    c.decision := btrim(p_decision);
    c.told_how := bank.told_how_check(p_how);
    c.told_at := bank.told_at_check(was, p_how, p_told_at);
    told := c.told_at;
    IF told IS NULL THEN
        PERFORM bank.case_way_check(was, p_how);
    END IF;
    IF told IS NOT NULL AND 'tell' <> ALL ((bank.case_allowed(was, CASE was.stage WHEN 'recheck' THEN 'decide'
                                                              ELSE 'resolve' END)).sets) THEN
        PERFORM bank.fail('BO422', 'The customer is told after the approval.', was.number,
                          'Leave the time empty.', 'p_told_at');
    END IF;
    c.outcome := bank.outcome_check(c.case_type, p_outcome);
    c := bank.case_step(was, c, CASE was.stage WHEN 'recheck' THEN 'decide' ELSE 'resolve' END,
                        p_decision);
    IF c.phase = 'approval' THEN
        RETURN bank.request_done(p_request, c.case_id::text, 'The decision waits for approval.');
    END IF;
    PERFORM bank.case_message(c, p_how, p_decision, 'case_decision', p_request, told);
    RETURN bank.request_done(p_request, c.case_id::text, 'The case is resolved.');
END $$;

-- Closes a decided case.
CREATE FUNCTION api.case_close(p_customer_id bigint, p_case_id bigint, p_outcome text,
                               p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
BEGIN
    answer := bank.request_replay(p_request, 'case_close', jsonb_build_array(p_customer_id,
        p_case_id, p_outcome, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    c := was;
    c.outcome := coalesce(bank.outcome_check(c.case_type, p_outcome), c.outcome);
    c := bank.case_step(was, c, 'close', '');
    RETURN bank.request_done(p_request, c.case_id::text, 'The case is closed.');
END $$;

SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{case_open,case_classify,case_take,case_route,case_reply,case_note,case_resolve,case_close}'::text[]) name;
SELECT bank.function_grant('case_assign', 'supervisor');
