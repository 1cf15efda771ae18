-- The machine classifies: what it says is stored, and above the threshold the case goes its way.

-- Which model is active; no row before the first.
CREATE FUNCTION api.classify_settings()
RETURNS TABLE (model_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT m.model_id
      FROM bank.model m WHERE m.state = 'active'
$$;

-- From which confidence a case goes its way by itself, and below which its class counts as unknown.
CREATE FUNCTION api.classify_bounds()
RETURNS TABLE (threshold float, floor float)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT bank.setting('classify_threshold')::float, bank.setting('classify_floor')::float
     WHERE bank.my_staff_id() IS NOT NULL OR pg_has_role(session_user, 'bankops_owner', 'MEMBER')
$$;

-- The bytes of a model (NULL: the active one), by axis.
CREATE FUNCTION api.model_parts(p_model_id int)
RETURNS TABLE (model_id int, axis char, sha256 text, data bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT p.model_id, p.axis, encode(p.sha256, 'hex'), p.data
      FROM bank.model m JOIN bank.model_part p ON p.model_id = m.model_id
     WHERE CASE WHEN p_model_id IS NULL THEN m.state = 'active' ELSE m.model_id = p_model_id END
     ORDER BY p.axis
$$;

-- Cases of the caller's units that wait for a class and that the active model has not seen, after
-- this one; as many as asked for. They stay locked until the transaction ends, so that workers at the
-- same time get different ones.
CREATE FUNCTION api.classify_waiting(p_after bigint, p_limit int)
RETURNS TABLE (customer_id bigint, case_id bigint, text text)
LANGUAGE sql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT f.customer_id, f.case_id, f.subject || E'\n' || f.facts
      FROM bank.case_file f
     WHERE f.stage = 'registered' AND f.business IS NULL AND f.case_id > coalesce(p_after, 0)
       AND f.case_type = 'complaint'
       AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
       AND NOT EXISTS (SELECT FROM bank.prediction p
                         JOIN bank.model m ON m.model_id = p.model_id AND m.state = 'active'
                        WHERE p.customer_id = f.customer_id AND p.case_id = f.case_id)
     ORDER BY f.case_id
     LIMIT least(greatest(p_limit, 1), 5000)
       FOR UPDATE OF f SKIP LOCKED
$$;

-- Stores what the model said of one locked case and does what follows from it.
CREATE FUNCTION bank.case_machine(was bank.case_file, p_model_id int, p_channel text,
                                  p_channel_confidence real, p_business text[], p_reason text[],
                                  p_confidence real[], p_threshold real, p_floor real)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file := was;
    waits record;
    say text := CASE WHEN p_confidence[1] >= p_threshold THEN 'routed'
                     WHEN p_confidence[1] >= p_floor THEN 'asked' ELSE 'unknown' END;
BEGIN
    IF p_business[1] = 'B99' AND p_reason[1] = 'C99' THEN
        say := 'unknown';
    END IF;
    INSERT INTO bank.prediction (customer_id, case_id, unit_id, model_id, channel,
        channel_confidence, business, reason, confidence, threshold, decision)
    VALUES (c.customer_id, c.case_id, c.unit_id, p_model_id, p_channel, p_channel_confidence,
            p_business, p_reason, p_confidence, p_threshold, say);
    IF say = 'routed' THEN
        c.business := p_business[1];
        c.reason := p_reason[1];
        c := bank.case_step(was, c, 'classify', format('model %s, %s %%', p_model_id,
                                                       round(100 * p_confidence[1]::numeric)));
        c := bank.case_to_queue(c, NULL, '');
        RETURN say;
    END IF;
    -- A person classifies: who has it on the screen, else one of the team. What goes to a desk whatever its class
    -- goes there at once, to somebody of that desk.
    waits := bank.case_ask_queue(c);
    c.queue := waits.queue;
    c.route_seq := waits.seq;
    c.owner_id := CASE WHEN bank.my_role() <> 'worker'
                            AND bank.my_staff_id() IS DISTINCT FROM c.complained_staff_id
                            AND c.queue = ANY (array_append(bank.my_queues(), 'triage'))
                       THEN bank.my_staff_id() ELSE bank.route_person(c, c.queue, waits.skill) END;
    c.version := was.version + 1;
    UPDATE bank.case_file SET queue = c.queue, route_seq = c.route_seq, owner_id = c.owner_id, version = c.version
     WHERE customer_id = c.customer_id AND case_id = c.case_id;
    PERFORM bank.case_event_write(was, c, 'ask', format('model %s, %s %%', p_model_id,
                                                        round(100 * p_confidence[1]::numeric)));
    RETURN say;
END $$;

-- Refuses pairs that are no codes in use.
CREATE FUNCTION bank.classify_check(p_business text[], p_reason text[], p_confidence real[])
RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF coalesce(cardinality(p_business), 0) NOT BETWEEN 1 AND 3
       OR cardinality(p_reason) IS DISTINCT FROM cardinality(p_business)
       OR cardinality(p_confidence) IS DISTINCT FROM cardinality(p_business) THEN
        PERFORM bank.fail('BO422', 'One to three pairs of business and reason are expected.',
                          NULL, NULL, 'p_business');
    END IF;
    PERFORM bank.class_check('B', b, 'p_business') FROM unnest(p_business) b;
    PERFORM bank.class_check('C', r, 'p_reason') FROM unnest(p_reason) r;
END $$;

-- One case, on the screen of whoever opened it. Answers routed, asked or unknown as the message.
CREATE FUNCTION api.case_machine(
    p_customer_id bigint, p_case_id bigint, p_model_id int, p_channel text,
    p_channel_confidence real, p_business text[], p_reason text[], p_confidence real[],
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
    said text;
BEGIN
    answer := bank.request_replay(p_request, 'case_machine', jsonb_build_array(p_customer_id,
        p_case_id, p_model_id, p_business, p_reason, p_confidence));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.classify_check(p_business, p_reason, p_confidence);
    c := bank.case_lock(p_customer_id, p_case_id, NULL);
    IF c.case_type <> 'complaint' OR c.stage <> 'registered' OR c.business IS NOT NULL THEN
        RETURN bank.request_done(p_request, p_case_id::text, 'The case is classified already.');
    END IF;
    said := bank.case_machine(c, p_model_id, p_channel, p_channel_confidence, p_business, p_reason,
                              p_confidence, bank.setting('classify_threshold')::real,
                              bank.setting('classify_floor')::real);
    RETURN bank.request_done(p_request, p_case_id::text, CASE said
        WHEN 'routed' THEN 'The machine classified the case; it is in its queue.'
        WHEN 'asked' THEN 'The machine is not sure: choose the class with 1, 2 or 3.'
        ELSE 'The machine does not know this kind of case: classify it.' END);
END $$;

-- Many cases at once, as lists of equal length; pairs and confidences of a case are separated by
-- blanks, best first. Cases that somebody classified or holds meanwhile are left out. The id of the
-- answer is "routed asked unknown", three numbers.
CREATE FUNCTION api.case_machine_batch(
    p_model_id int, p_customer_id bigint[], p_case_id bigint[], p_channel text[],
    p_channel_confidence real[], p_business text[], p_reason text[], p_confidence text[],
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    cases bank.case_file[];
    at int[];
    me bank.staff := bank.me();
    done int[];
BEGIN
    PERFORM bank.require_role('worker', 'supervisor');
    answer := bank.request_replay(p_request, 'case_machine_batch', jsonb_build_array(p_model_id,
        p_case_id, p_business, p_reason, p_confidence));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.class_check('B', b, 'p_business')
       FROM (SELECT DISTINCT unnest(string_to_array(x, ' ')) b FROM unnest(p_business) x) d;
    PERFORM bank.class_check('C', b, 'p_reason')
       FROM (SELECT DISTINCT unnest(string_to_array(x, ' ')) b FROM unnest(p_reason) x) d;
    SELECT array_agg(l.f) INTO cases
      FROM (SELECT f FROM bank.case_file f JOIN unnest(p_customer_id, p_case_id) t (customer, id)
                ON f.customer_id = t.customer AND f.case_id = t.id
             WHERE f.stage = 'registered' AND f.case_type = 'complaint' AND f.business IS NULL
               AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
             ORDER BY f.customer_id, f.case_id FOR UPDATE OF f SKIP LOCKED) l;
    -- Another worker may have asked for a case since it was read; what the caller may not handle stays.
    SELECT array_agg(cases[u.ordinality] ORDER BY u.ordinality), array_agg(t.n::int ORDER BY u.ordinality)
      INTO cases, at
      FROM unnest(cases) WITH ORDINALITY u
      JOIN unnest(p_customer_id, p_case_id) WITH ORDINALITY t (customer, id, n)
           ON t.customer = u.customer_id AND t.id = u.case_id
     WHERE (me.customer_id = u.customer_id OR me.staff_id = u.complained_staff_id) IS NOT TRUE
       AND NOT EXISTS (SELECT FROM bank.prediction p
                        WHERE p.customer_id = u.customer_id AND p.case_id = u.case_id AND p.model_id = p_model_id);
    done := bank.cases_machine(coalesce(cases, '{}'), p_model_id, bank.pick(p_channel, at),
        bank.pick(p_channel_confidence, at), bank.pick(p_business, at), bank.pick(p_reason, at),
        bank.pick(p_confidence, at));
    RETURN bank.request_done(p_request, array_to_string(done, ' '),
                             'The waiting cases are classified.');
END $$;

-- What the machine and, if asked, a service say of a case: the console's 1, 2, 3. A pair that only the service
-- names is the third, before the machine's own third, so that it is seen and has a key. `shown` is what a clerk
-- sees of a row, as case_choose wants it back. p_waiting: only while a person has to choose.
CREATE FUNCTION api.case_suggestions(p_customer_id bigint, p_case_id bigint, p_waiting boolean DEFAULT false)
RETURNS TABLE (rank int, business text, reason text, confidence float, source text, decision text, shown text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.customer_require(p_customer_id);
    RETURN QUERY
    SELECT (row_number() OVER (ORDER BY s.place))::int, s.b, s.r,
           round(100 * s.sure::numeric, 1)::float, s.source, s.decision, s.b || ' ' || s.r
      FROM (SELECT u.b, u.r, min(CASE WHEN p.service IS NULL THEN u.nth ELSE 2.5 END) AS place,
                   (array_agg(u.sure ORDER BY p.service IS NOT NULL))[1] AS sure,
                   string_agg(coalesce(p.service, bank.in_language('模型 ', 'model ') || p.model_id), ' + '
                              ORDER BY p.service IS NOT NULL) AS source,
                   min(p.decision) AS decision
              FROM (SELECT DISTINCT ON (x.service IS NULL) x.* FROM bank.prediction x
                     WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id
                       AND bank.in_scope(x.unit_id)
                     ORDER BY x.service IS NULL, x.prediction_id DESC) p,
                   unnest(p.business, p.reason, p.confidence) WITH ORDINALITY
                       AS u (b, r, sure, nth)
             WHERE p_waiting IS NOT TRUE
                OR EXISTS (SELECT FROM bank.case_file f WHERE f.customer_id = p_customer_id
                              AND f.case_id = p_case_id AND f.stage = 'registered' AND f.business IS NULL)
             GROUP BY u.b, u.r) s
     ORDER BY 1
     LIMIT 3;
END $$;

-- A person takes one of the suggestions: its rank, and the codes he saw there. What stands there now may be
-- another pair, because an opinion came since; that is refused.
CREATE FUNCTION api.case_choose(p_customer_id bigint, p_case_id bigint, p_rank int, p_shown text,
                                p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
    chosen record;
BEGIN
    answer := bank.request_replay(p_request, 'case_choose', jsonb_build_array(p_customer_id,
        p_case_id, p_rank, p_shown, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.case_lock(p_customer_id, p_case_id, p_version);
    SELECT s.business, s.reason, s.shown INTO chosen
      FROM api.case_suggestions(p_customer_id, p_case_id) s WHERE s.rank = p_rank;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO422', 'There is no such suggestion.', p_rank::text,
                          'Classify the case by hand.', 'p_rank');
    ELSIF chosen.shown IS DISTINCT FROM btrim(p_shown) THEN
        PERFORM bank.fail('BO409', 'Another suggestion has this key by now.',
                          (SELECT p_rank || ': ' || string_agg(bank.in_language(k.label_zh, k.label_en), ', ' ORDER BY k.axis)
                             FROM bank.class_code k
                            WHERE (k.axis, k.code) IN (('B', chosen.business), ('C', chosen.reason))),
                          'Look at the suggestions, then press the key again.', 'p_shown');
    END IF;
    c := bank.case_class_set(c, c.channel, chosen.business, chosen.reason, c.level);
    IF c.stage IN ('classified', 'assigned') THEN
        c := bank.case_to_queue(c, NULL, '');
    END IF;
    RETURN bank.request_done(p_request, c.case_id::text, 'The case is classified.');
END $$;

SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor', 'worker')
  FROM unnest('{classify_settings,classify_bounds,model_parts,case_machine}'::text[]) name;
SELECT bank.function_grant(name, 'supervisor', 'worker')
  FROM unnest('{classify_waiting,case_machine_batch}'::text[]) name;
SELECT bank.function_grant('case_suggestions', 'clerk', 'rm', 'supervisor', 'auditor');
SELECT bank.function_grant('case_choose', 'clerk', 'rm', 'supervisor');
GRANT EXECUTE ON FUNCTION bank.case_machine, bank.classify_check TO bankops_api;
