-- What cases of every type have in common: plain steps of the type, waiting, opening with fields, changing them.

-- Takes any plain step of the case's type. `p_note`: what was said, decided or found. `p_how`: how
-- the customer hears of it, where the step tells or answers him. `p_fields`: fields of the type that
-- change with it. `p_outcome`: how the case ends, where that is open.
CREATE FUNCTION bank.case_do(p_customer_id bigint, p_case_id bigint, p_action text, p_note text,
    p_how text, p_fields jsonb, p_outcome text, p_version bigint, p_request uuid)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    was bank.case_file;
    c bank.case_file;
    sets text[];
BEGIN
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    IF NOT EXISTS (SELECT FROM bank.case_action a WHERE a.case_type = was.case_type
                      AND a.action = p_action AND a.plain) THEN
        PERFORM bank.fail('BO422', 'There is no such step.', p_action, NULL, 'p_action');
    END IF;
    c := was;
    sets := (bank.case_allowed(was, p_action)).sets;
    IF p_how <> '' THEN
        c.told_how := bank.told_how_check(p_how);
    END IF;
    c.fields := bank.case_fields_put(was.fields, p_fields);
    c.outcome := coalesce(bank.outcome_check(c.case_type, p_outcome), c.outcome);
    c := bank.case_step(was, c, p_action, p_note);
    IF 'tell' = ANY (sets) AND c.told_how IS NOT NULL AND c.told_at IS NOT NULL OR 'respond' = ANY (sets) AND p_how <> '' THEN
        PERFORM bank.case_message(c, c.told_how, CASE WHEN 'approve' = ANY (sets) THEN c.decision
            ELSE coalesce(nullif(btrim(p_note), ''), c.decision) END,
            CASE WHEN 'approve' = ANY (sets) THEN 'case_decision' ELSE 'case_' || p_action END,
            p_request);
    END IF;
    RETURN c;
END $$;

CREATE FUNCTION api.case_do(p_customer_id bigint, p_case_id bigint, p_action text, p_note text,
    p_how text, p_fields jsonb, p_outcome text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
BEGIN
    answer := bank.request_replay(p_request, 'case_do', jsonb_build_array(p_customer_id,
        p_case_id, p_action, p_note, p_how, p_fields, p_outcome, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.case_do(p_customer_id, p_case_id, p_action, p_note, p_how, p_fields, p_outcome,
                         p_version, p_request);
    RETURN bank.request_done(p_request, p_case_id::text, 'The case has moved on.');
END $$;

-- The case waits for `p_for`: customer, third_party or appraisal, an examination outside the bank, of
-- which the customer is told by `p_how` because the law does not count its time (clock_kind.held_by).
CREATE FUNCTION api.case_wait(p_customer_id bigint, p_case_id bigint, p_for text, p_note text, p_how text,
                              p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
BEGIN
    answer := bank.request_replay(p_request, 'case_wait', jsonb_build_array(p_customer_id, p_case_id,
        p_for, p_note, p_how, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    ELSIF NOT coalesce(p_for IN ('customer', 'third_party', 'appraisal'), false) THEN
        PERFORM bank.fail('BO422', 'Say for whom the case waits.', p_for, NULL, 'p_for');
    ELSIF p_for = 'appraisal' THEN
        PERFORM bank.told_how_check(p_how);
    END IF;
    c := bank.case_do(p_customer_id, p_case_id, 'wait', CASE WHEN p_note ~ '[^[:space:]]' THEN CASE p_for
        WHEN 'customer' THEN '等待客户 / For the customer: ' WHEN 'third_party' THEN '等待第三方 / For a third party: '
        ELSE '外部鉴定 / Outside examination: ' END || p_note END, NULL, '{}', NULL, p_version, p_request);
    UPDATE bank.case_pause SET waits_for = p_for
     WHERE customer_id = c.customer_id AND case_id = c.case_id AND ended_at IS NULL;
    c.due_at := bank.case_clock_refresh(c);
    UPDATE bank.case_file SET due_at = c.due_at WHERE customer_id = c.customer_id AND case_id = c.case_id;
    IF p_for = 'appraisal' THEN
        PERFORM bank.case_way_check(c, p_how);
        PERFORM bank.case_message(c, p_how, CASE bank.case_language(c)
            WHEN 'zh' THEN format('%s：您的投诉需由外部机构鉴定，鉴定期间不计入办理期限。说明：%s', c.number, p_note)
            ELSE format('Your complaint %s needs an outside examination; its time does not count towards '
                        'the time we have to answer. Note: %s', c.number, p_note) END, 'case_wait', p_request);
        RETURN bank.request_done(p_request, p_case_id::text,
                                 'The case waits and the customer is told; the statutory clock stands still.');
    END IF;
    RETURN bank.request_done(p_request, p_case_id::text, 'The case waits; the statutory clock runs on.');
END $$;
SELECT bank.function_grant('case_wait', 'clerk', 'rm', 'supervisor');

-- The same of a step that needs at most a note.
CREATE FUNCTION api.case_step(p_customer_id bigint, p_case_id bigint, p_action text, p_note text,
                              p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
BEGIN
    answer := bank.request_replay(p_request, 'case_step', jsonb_build_array(p_customer_id,
        p_case_id, p_action, p_note, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.case_do(p_customer_id, p_case_id, p_action, p_note, NULL, '{}', NULL, p_version,
                         p_request);
    RETURN bank.request_done(p_request, p_case_id::text, CASE p_action
        WHEN 'release' THEN 'The case is back in its queue.'
        WHEN 'resume' THEN 'The case is worked on again; its clocks run.'
        WHEN 'propose' THEN 'The proposal is kept.'
        WHEN 'approve' THEN 'The decision is approved.'
        WHEN 'reject' THEN 'The decision goes back to its owner.'
        WHEN 'withdraw' THEN 'The case is withdrawn and closed.'
        WHEN 'reopen' THEN 'The case is open again.'
        WHEN 'recheck' THEN 'A superior unit checks the decision again.'
        ELSE 'The case has moved on.' END);
END $$;

-- Opens a case of any type with its own fields: `p_fields` holds texts by name, money in minor units,
-- dates as YYYY-MM-DD. A complaint has more to it: case_open.
CREATE FUNCTION api.case_create(p_case_type text, p_customer_id bigint, p_source text,
    p_subject text, p_facts text, p_fields jsonb, p_level text DEFAULT 'simple',
    p_urgency int DEFAULT 3, p_request uuid DEFAULT NULL)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
    y bank.case_type;
BEGIN
    answer := bank.request_replay(p_request, 'case_create', jsonb_build_array(p_case_type,
        p_customer_id, p_source, p_subject, p_facts, p_fields, p_level, p_urgency));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO y FROM bank.case_type x WHERE x.case_type = p_case_type AND x.active;
    IF NOT FOUND OR y.case_type = 'complaint' THEN
        PERFORM bank.fail('BO422', 'There is no such type of case.', p_case_type,
            (SELECT string_agg(x.case_type, ', ' ORDER BY x.seq) FROM bank.case_type x
              WHERE x.active AND x.case_type <> 'complaint'), 'p_case_type');
    END IF;
    PERFORM bank.require_role(VARIADIC y.roles);
    c.customer_id := p_customer_id;
    c.unit_id := (bank.customer_require(p_customer_id)).unit_id;
    c.case_id := nextval('bank.case_id_seq');
    c.case_type := y.case_type;
    c.level := coalesce(nullif(p_level, ''), 'simple');
    c.urgency := coalesce(p_urgency, 3);
    c.source := coalesce(nullif(p_source, ''), y.sources[1]);
    c.facts := btrim(coalesce(p_facts, ''));
    c.subject := coalesce(nullif(btrim(p_subject), ''),
                          regexp_replace(btrim(regexp_replace(c.facts, '\s+', ' ', 'g')), '^(.{39}).{2,}$', '\1…'));
    c.fields := bank.case_fields_clean(p_fields);
    c.tier := bank.customer_tier(p_customer_id);
    c.regime := bank.regime_of(c.unit_id);
    c.received_at := clock_timestamp();
    c.opened_by := (bank.me()).staff_id;
    PERFORM bank.case_text_check(c);
    c := bank.case_begin(c, '');
    RETURN bank.request_done(p_request, c.case_id::text, 'The case is opened.');
END $$;

-- Changes fields of an open case besides a step; an empty value takes the field away.
CREATE FUNCTION api.case_edit(p_customer_id bigint, p_case_id bigint, p_fields jsonb,
                              p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
BEGIN
    answer := bank.request_replay(p_request, 'case_edit', jsonb_build_array(p_customer_id,
        p_case_id, p_fields, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    PERFORM bank.require_role(VARIADIC (SELECT y.roles FROM bank.case_type y
                                         WHERE y.case_type = was.case_type));
    IF was.phase NOT IN ('active', 'waiting') THEN
        PERFORM bank.fail('BO423', 'The case cannot be changed in its present stage.', was.number,
                          'Refresh the case and look at its stage.');
    ELSIF (bank.me()).customer_id = was.customer_id THEN
        PERFORM bank.fail('BO403', 'You may not handle your own case.', was.number,
                          'Leave it to a colleague.');
    END IF;
    UPDATE bank.case_file SET fields = bank.case_fields_put(was.fields, p_fields),
           version = version + 1
     WHERE customer_id = p_customer_id AND case_id = p_case_id RETURNING * INTO c;
    PERFORM bank.case_event_write(was, c, 'edit', '');
    RETURN bank.request_done(p_request, p_case_id::text, 'The case is changed.');
END $$;

-- The same of one field.
CREATE FUNCTION api.case_field_set(p_customer_id bigint, p_case_id bigint, p_field text,
                                   p_value text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE sql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT api.case_edit(p_customer_id, p_case_id,
                         jsonb_build_object(coalesce(p_field, ''), p_value), p_version, p_request)
$$;

SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{case_step,case_do,case_create,case_edit,case_field_set}'::text[]) name;
