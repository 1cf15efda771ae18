-- Cases as the screens show them: lists by lane, the case with its clocks and history, lookups.

-- False while the customer is the caller himself or restricted, and no grant opens the record.
CREATE FUNCTION bank.may_open(p_customer_id bigint) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN (SELECT NOT (c.restricted OR c.customer_id IS NOT DISTINCT FROM s.customer_id)
           OR EXISTS (SELECT FROM access_grant g
                       WHERE g.staff_id = s.staff_id AND g.customer_id = c.customer_id
                         AND g.state = 'granted' AND g.expires_at > clock_timestamp())
      FROM customer c, staff s
     WHERE c.customer_id = p_customer_id AND s.login = session_user AND s.active);
END $$;

-- The customers of the caller's units that he may not open now. Lists that name customers only
-- masked also hide what else they would tell about these.
CREATE FUNCTION bank.my_locked() RETURNS SETOF bigint LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    low int := my_scope_low();
    high int := my_scope_high();
    me int := my_staff_id();
BEGIN
    RETURN QUERY
    SELECT l.id FROM (SELECT c.customer_id AS id FROM customer c
                       WHERE c.restricted AND c.unit_id BETWEEN low AND high
                       UNION
                      SELECT s.customer_id FROM staff s
                       WHERE s.staff_id = me AND s.customer_id IS NOT NULL) l
     WHERE NOT EXISTS (SELECT FROM access_grant g
                        WHERE g.staff_id = me AND g.customer_id = l.id
                          AND g.state = 'granted' AND g.expires_at > clock_timestamp());
END $$;
ALTER FUNCTION bank.may_open OWNER TO bankops_owner;
ALTER FUNCTION bank.my_locked OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.may_open, bank.my_locked TO bankops_staff, bankops_api;

-- In whose hands a case is: 'you' for its owner and for supervisors, else the owner's name, so that a screen
-- refuses at once what only he does, and says who.
CREATE FUNCTION bank.case_hand(p_owner_id int) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN CASE WHEN p_owner_id = my_staff_id() OR my_role() = 'supervisor' THEN 'you'
                ELSE coalesce(staff_name(p_owner_id), in_language('无人', 'nobody')) END;
END $$;

-- The same of a decision that somebody else has to check: 'you', or the caller's name when he made it.
CREATE FUNCTION bank.case_check_hand(p_made_by int) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN CASE WHEN p_made_by = my_staff_id() THEN staff_name(p_made_by) ELSE 'you' END;
END $$;

-- The same of a decision that is to be checked again: 'you', or who may check it instead.
CREATE FUNCTION bank.case_recheck_hand(p_customer_id bigint, p_case_id bigint, p_decided_by int, p_unit_id int)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN CASE case_decision_part(p_customer_id, p_case_id, p_decided_by, p_unit_id)
        WHEN 'decision' THEN in_language('未参与原决定的人员', 'somebody with no part in the decision')
        WHEN 'unit' THEN in_language('上级机构', 'a superior unit') ELSE 'you' END;
END $$;

-- The same of asking the customer what he says of the outcome.
CREATE FUNCTION bank.case_survey_hand(c bank.case_file) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN CASE WHEN EXISTS (SELECT FROM case_survey v WHERE v.customer_id = c.customer_id AND v.case_id = c.case_id)
                THEN in_language('已回访', 'done already')
                WHEN my_staff_id() IN (c.owner_id, c.decided_by, c.complained_staff_id)
                THEN in_language('由同事办理', 'for a colleague') ELSE 'you' END;
END $$;

-- The open case that a repeat of this one is merged into: itself, or the one that it was merged into; NULL when
-- that is decided or closed.
CREATE FUNCTION bank.case_into(p_customer_id bigint, p_case_id bigint) RETURNS bigint LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    at bigint := p_case_id;
    further bigint;
    stands text;
BEGIN
    LOOP
        SELECT f.merged_into, f.phase INTO further, stands FROM case_file f
         WHERE f.customer_id = p_customer_id AND f.case_id = at;
        IF NOT FOUND OR further IS NULL THEN
            RETURN CASE WHEN FOUND AND stands NOT IN ('decided', 'closed') THEN at END;
        END IF;
        at := further;
    END LOOP;
END $$;
ALTER FUNCTION bank.case_into OWNER TO bankops_owner;

-- Who was told before this cannot ask for a re-check any more.
CREATE FUNCTION bank.recheck_since() RETURNS timestamptz LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN now() - make_interval(days => setting('recheck_days')::int);
END $$;
ALTER FUNCTION bank.recheck_since OWNER TO bankops_owner;
ALTER FUNCTION bank.case_recheck_hand OWNER TO bankops_owner;
ALTER FUNCTION bank.case_survey_hand OWNER TO bankops_owner;
ALTER FUNCTION bank.case_hand OWNER TO bankops_owner;
ALTER FUNCTION bank.case_check_hand OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.case_hand, bank.case_check_hand, bank.case_recheck_hand, bank.case_survey_hand,
    bank.recheck_since, bank.case_into TO bankops_staff, bankops_api;

-- What a case is about: as its type says it from its fields, else as it was written.
CREATE FUNCTION bank.case_subject(p_type text, p_subject text, p_fields jsonb, p_english boolean) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    said text := (SELECT CASE WHEN p_english THEN y.subject_en ELSE y.subject_zh END
                    FROM case_type y WHERE y.case_type = p_type);
    f record;
    value text;
BEGIN
    IF said IS NULL THEN
        RETURN p_subject;
    END IF;
    FOR f IN SELECT d.field, d.kind, p_fields ->> d.field AS value, k.label_en, k.label_zh
               FROM case_field d LEFT JOIN case_choice k ON d.kind = 'choice' AND k.case_type = d.case_type
                                                        AND k.field = d.field AND k.choice = p_fields ->> d.field
              WHERE d.case_type = p_type AND position('{' || d.field || '}' IN said) > 0 LOOP
        IF coalesce(f.value, '') = '' THEN
            RETURN p_subject;
        ELSIF f.kind = 'money' THEN
            value := regexp_replace(to_char(f.value::numeric / 100, 'FM999,999,999,999,999,990.00'), '\.00$', '');
        ELSIF f.kind <> 'choice' THEN
            value := bank.name_side(f.value, p_english);
        ELSE
            value := coalesce(CASE WHEN p_english THEN f.label_en ELSE f.label_zh END, f.value);
            IF value ~ '^[A-Z][a-z]' AND position('{' || f.field || '}' IN said) > 1 THEN
                value := lower(left(value, 1)) || substr(value, 2);
            END IF;
        END IF;
        said := replace(said, '{' || f.field || '}', value);
    END LOOP;
    RETURN said;
END $$;
-- In the caller's language.
CREATE FUNCTION bank.case_subject(p_type text, p_subject text, p_fields jsonb) RETURNS text LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    IF p_type = 'complaint' THEN
        RETURN p_subject;
    END IF;
    RETURN bank.case_subject(p_type, p_subject, p_fields, bank.in_language('', '1') = '1');
END $$;
ALTER FUNCTION bank.case_subject(text, text, jsonb, boolean) OWNER TO bankops_owner;
ALTER FUNCTION bank.case_subject(text, text, jsonb) OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.case_subject(text, text, jsonb, boolean), bank.case_subject(text, text, jsonb)
    TO bankops_staff, bankops_api;

-- One row for each lane that a case is in: all, open, mine, team, new (nobody's, in my queues),
-- soon (due within 30 minutes), overdue, waiting, approval, regulator, closed. Choose one lane.
-- Without security_barrier, so that a page is read through an index: the tables' row level security
-- keeps other units out, whatever condition a caller adds.
-- Each lane is in the order of due times, so that a page of it reads no more than the page; who sees few
-- units reads the busy lanes by them instead.
CREATE VIEW api.case_list AS
SELECT l.lane, l.customer_id, l.case_id, l.number, l.case_type, l.stage, l.level, l.urgency,
       l.source, l.channel, l.business, l.reason,
       CASE WHEN l.customer_id IN (SELECT bank.my_locked()) THEN '***'
            ELSE bank.case_subject(l.case_type, l.subject, l.fields) END AS subject,
       l.queue, l.owner_id,
       (SELECT bank.in_language(s.name_zh, s.name_en) FROM bank.staff s WHERE s.staff_id = l.owner_id) AS owner,
       (SELECT s.login FROM bank.staff s WHERE s.staff_id = l.owner_id) AS owner_login, l.unit_id,
       (SELECT bank.in_language(u.name_zh, u.name_en) FROM bank.unit u
         WHERE u.unit_id = coalesce(l.desk_id, l.unit_id)) AS unit,
       (SELECT c.customer_number FROM bank.customer c WHERE c.customer_id = l.customer_id)
           AS customer_number,
       (SELECT CASE WHEN c.customer_id < 0 THEN bank.in_language('匿名', 'Anonymous') ELSE bank.mask_name(c.name) END FROM bank.customer c WHERE c.customer_id = l.customer_id)
           AS customer, l.tier, l.received_at, l.due_at,
       l.responded_at, l.closed_at, l.outcome, l.version,
       coalesce(l.closed_at, CASE WHEN l.phase = 'decided' THEN coalesce(l.told_at, l.received_at) END) AS stopped_at,
       l.repeat_of IS NOT NULL AS repeated, (SELECT p.number || CASE WHEN l.customer_id IN (SELECT bank.my_locked()) THEN '' ELSE '  ' || p.subject END
          FROM bank.case_file p WHERE p.customer_id = l.customer_id
           AND p.case_id = coalesce(bank.case_into(l.customer_id, l.repeat_of), l.repeat_of)) AS repeats,
       CASE WHEN l.repeat_of IS NULL THEN false ELSE bank.case_into(l.customer_id, l.repeat_of) IS NOT NULL END AS mergeable,
       array_to_string(l.flags, ' ') AS flags,
       bank.case_hand(l.owner_id) AS hand, bank.case_check_hand(l.decided_by) AS check_hand,
       CASE WHEN l.stage <> 'recheck' THEN 'you'
            ELSE bank.case_recheck_hand(l.customer_id, l.case_id, l.decided_by, l.unit_id) END AS recheck_hand,
       (l.told_at < (SELECT bank.recheck_since())) IS NOT TRUE AS recent,
       l.phase,
       (SELECT y.screen FROM bank.case_type y WHERE y.case_type = l.case_type) AS screen,
       (SELECT y.label_zh FROM bank.case_type y WHERE y.case_type = l.case_type) AS type_zh,
       (SELECT y.label_en FROM bank.case_type y WHERE y.case_type = l.case_type) AS type_en,
       (SELECT k.label_zh FROM bank.case_field d JOIN bank.case_choice k USING (case_type, field)
         WHERE d.case_type = l.case_type AND d.seq = 1 AND k.choice = l.fields ->> d.field) AS kind_zh,
       (SELECT k.label_en FROM bank.case_field d JOIN bank.case_choice k USING (case_type, field)
         WHERE d.case_type = l.case_type AND d.seq = 1 AND k.choice = l.fields ->> d.field) AS kind_en,
       (SELECT s.label_zh FROM bank.case_stage s WHERE s.case_type = l.case_type
           AND s.stage = l.stage) AS stage_zh,
       (SELECT s.label_en FROM bank.case_stage s WHERE s.case_type = l.case_type
           AND s.stage = l.stage) AS stage_en,
       CASE WHEN l.phase IN ('decided', 'closed') THEN 'done'
            WHEN l.due_at < now() THEN 'overdue'
            WHEN l.due_at < now() + interval '30 minutes' THEN 'soon'
            ELSE 'ok' END AS state
  FROM (
    (SELECT 'open' AS lane, f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL
       AND NOT (SELECT bank.my_scope_narrow())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'open', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL
       AND (SELECT bank.my_scope_narrow())
       AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'mine', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.owner_id = (SELECT bank.my_staff_id())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    -- Whose queues are full finds enough of his among the first that are due (written so that the planner
    -- expects it); else they are read by queue.
    (SELECT 'team', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND array_position((SELECT bank.my_queues())::text[], f.queue) IS NOT NULL
       AND NOT (SELECT bank.my_scope_narrow()) AND (SELECT bank.my_queues_full(false))
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'team', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.queue = ANY ((SELECT bank.my_queues())::text[])
       AND NOT (SELECT bank.my_scope_narrow()) AND NOT (SELECT bank.my_queues_full(false))
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'team', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.queue = ANY ((SELECT bank.my_queues())::text[])
       AND (SELECT bank.my_scope_narrow())
       AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'new', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.owner_id IS NULL
       AND (f.queue IS NULL OR array_position((SELECT bank.my_queues())::text[], f.queue) IS NOT NULL)
       AND NOT (SELECT bank.my_scope_narrow()) AND (SELECT bank.my_queues_full(true))
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'new', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.owner_id IS NULL
       AND (f.queue = ANY ((SELECT bank.my_queues())::text[]) OR f.queue IS NULL)
       AND NOT (SELECT bank.my_scope_narrow()) AND NOT (SELECT bank.my_queues_full(true))
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'new', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.owner_id IS NULL
       AND (f.queue = ANY ((SELECT bank.my_queues())::text[]) OR f.queue IS NULL)
       AND (SELECT bank.my_scope_narrow())
       AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'soon', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.due_at >= now()
       AND f.due_at < now() + interval '30 minutes' AND f.phase <> 'decided'
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'overdue', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.due_at < now() AND f.phase <> 'decided'
       AND NOT (SELECT bank.my_scope_narrow())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'overdue', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.due_at < now() AND f.phase <> 'decided'
       AND (SELECT bank.my_scope_narrow())
       AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'waiting', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.phase = 'waiting'
       AND NOT (SELECT bank.my_scope_narrow())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'waiting', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.phase = 'waiting'
       AND (SELECT bank.my_scope_narrow())
       AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'approval', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.phase = 'approval'
       AND NOT (SELECT bank.my_scope_narrow())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'approval', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.phase = 'approval'
       AND (SELECT bank.my_scope_narrow())
       AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'regulator', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.source = 'regulator'
       AND NOT (SELECT bank.my_scope_narrow())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'regulator', f.* FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.source = 'regulator'
       AND (SELECT bank.my_scope_narrow())
       AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'closed', f.* FROM bank.case_file f
     WHERE f.closed_at IS NOT NULL
     ORDER BY f.due_at, f.customer_id, f.case_id)
    UNION ALL
    (SELECT 'all', f.* FROM bank.case_file f
     ORDER BY f.due_at, f.customer_id, f.case_id)
  ) l;
SELECT bank.view_grant('case_list', 'clerk', 'rm', 'supervisor', 'auditor');

-- The case whole; BO404 outside the caller's units, BO428 when the customer needs a grant.
CREATE FUNCTION api.case_detail(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, stage text, level text,
    urgency int, source text, channel text, business text, reason text, subject text, remedy text,
    customer_number text, customer text, tier int, unit text, queue text, owner text,
    complained text, opened_by text, received_at timestamptz, due_at timestamptz,
    responded_at timestamptz, decision text, decided_by text, approved_by text,
    told_at timestamptz, told_how text, outcome text, closed_at timestamptz, reopened int,
    version bigint, repeated boolean, flags text, group_size int, third_party text,
    stopped_at timestamptz, case_type text, type_zh text, type_en text, stage_zh text,
    stage_en text, phase text, outcome_zh text, outcome_en text, fields jsonb,
    language text, basis text, choices int, repeats text, hand text, check_hand text,
    recheck_hand text, recent boolean, survey_hand text, mergeable boolean, classed_by text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    person bank.customer := bank.customer_require(p_customer_id);
    f bank.case_file := bank.case_of(p_customer_id, p_case_id);
BEGIN
    RETURN QUERY SELECT f.customer_id, f.case_id, f.number, f.stage, f.level, f.urgency::int,
        f.source, f.channel, f.business, f.reason,
        bank.case_subject(f.case_type, f.subject, f.fields), f.remedy, person.customer_number,
        CASE WHEN p_customer_id < 0 THEN bank.in_language('匿名', 'Anonymous') ELSE bank.mask_name(person.name) END, f.tier, bank.unit_name(coalesce(f.desk_id, f.unit_id)), f.queue,
        bank.staff_name(f.owner_id), bank.staff_name(f.complained_staff_id),
        bank.staff_name(f.opened_by), f.received_at, f.due_at, f.responded_at, f.decision,
        bank.staff_name(f.decided_by), bank.staff_name(f.approved_by), f.told_at, f.told_how,
        f.outcome, f.closed_at, nullif(f.reopened, 0)::int, f.version, f.repeat_of IS NOT NULL,
        array_to_string(f.flags, ' '), f.group_size, f.third_party,
        coalesce(f.closed_at, CASE WHEN f.phase = 'decided' THEN coalesce(f.told_at, f.received_at) END),
        f.case_type, y.label_zh, y.label_en, s.label_zh, s.label_en, f.phase, o.label_zh, o.label_en, f.fields,
        bank.case_language(f), f.fields ->> 'basis',
        CASE WHEN f.stage = 'registered' AND f.business IS NULL AND f.case_type = 'complaint' THEN
            (SELECT count(*) FROM api.case_suggestions(p_customer_id, p_case_id)) END::int,
        (SELECT p.number || '  ' || p.subject FROM bank.case_file p WHERE p.customer_id = f.customer_id
            AND p.case_id = coalesce(bank.case_into(f.customer_id, f.repeat_of), f.repeat_of)),
        bank.case_hand(f.owner_id), bank.case_check_hand(f.decided_by),
        CASE WHEN f.stage <> 'recheck' THEN 'you'
             ELSE bank.case_recheck_hand(f.customer_id, f.case_id, f.decided_by, f.unit_id) END,
        (f.told_at < bank.recheck_since()) IS NOT TRUE,
        CASE WHEN f.phase IN ('decided', 'closed') THEN bank.case_survey_hand(f) ELSE 'you' END,
        bank.case_into(f.customer_id, f.repeat_of) IS NOT NULL, bank.case_classed_by(f)
      FROM bank.case_type y
      JOIN bank.case_stage s ON s.case_type = y.case_type AND s.stage = f.stage
      LEFT JOIN bank.case_outcome o ON o.case_type = y.case_type AND o.outcome = f.outcome
     WHERE y.case_type = f.case_type;
END $$;

-- What the customer said, whole.
CREATE FUNCTION api.case_facts(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (facts text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT f.facts FROM bank.case_file f
     WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)
$$;

-- The name of a stored value of a case, for people.
CREATE FUNCTION bank.case_value(p_type text, p_field text, p_value text, p_english boolean) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT coalesce(CASE p_field
        WHEN 'stage' THEN (SELECT CASE WHEN p_english THEN s.label_en ELSE s.label_zh END FROM bank.case_stage s
                            WHERE s.case_type = p_type AND s.stage = p_value)
        WHEN 'queue' THEN (SELECT CASE WHEN p_english THEN q.label_en ELSE q.label_zh END FROM bank.queue q
                            WHERE q.queue = p_value)
        WHEN 'owner_id' THEN bank.staff_name(p_value::int, p_english)
        WHEN 'desk_id' THEN bank.unit_name(p_value::int, p_english)
        WHEN 'decided_by' THEN bank.staff_name(p_value::int, p_english)
        WHEN 'level' THEN CASE WHEN p_english THEN initcap(p_value) ELSE CASE p_value WHEN 'simple' THEN '普通'
             WHEN 'complex' THEN '复杂' WHEN 'major' THEN '重大' END END
        WHEN 'source' THEN (SELECT CASE WHEN p_english THEN v.en ELSE v.zh END
            FROM (VALUES ('hotline', 'Hotline', '客服电话'), ('card', 'Credit card centre', '信用卡中心'), ('app', 'App', '手机银行'),
                         ('branch', 'Branch', '网点现场'), ('letter', 'Letter', '信访'), ('regulator', 'Regulator', '监管转办'),
                         ('other', 'Other', '其他')) v (source, en, zh) WHERE v.source = p_value)
        WHEN 'outcome' THEN (SELECT CASE WHEN p_english THEN o.label_en ELSE o.label_zh END
                               FROM bank.case_outcome o WHERE o.case_type = p_type AND o.outcome = p_value)
        WHEN 'urgency' THEN repeat('I', p_value::int)
        WHEN 'flags' THEN (SELECT string_agg(CASE WHEN p_english THEN l.label_en ELSE l.label_zh END, '; ' ORDER BY l.seq)
                             FROM bank.flag_label() l WHERE p_value::jsonb ? l.flag)
        WHEN 'told_how' THEN CASE WHEN p_english THEN initcap(p_value) ELSE CASE p_value WHEN 'app' THEN '手机银行'
             WHEN 'sms' THEN '短信' WHEN 'email' THEN '电子邮件' WHEN 'phone' THEN '电话' WHEN 'letter' THEN '信函'
             WHEN 'visit' THEN '上门' END END
        ELSE (SELECT CASE WHEN p_english THEN k.label_en ELSE k.label_zh END FROM bank.class_code k
               WHERE k.axis = CASE p_field WHEN 'channel' THEN 'A' WHEN 'business' THEN 'B'
                                           WHEN 'reason' THEN 'C' END AND k.code = p_value)
        END, (SELECT CASE WHEN p_english THEN k.label_en ELSE k.label_zh END FROM bank.case_choice k
               WHERE k.case_type = p_type AND k.field = p_field AND k.choice = p_value),
        (SELECT to_char(p_value::numeric / 100, 'FM999,999,999,999,990.00') FROM bank.case_field d
          WHERE d.case_type = p_type AND d.field = p_field AND d.kind = 'money' AND p_value ~ '^-?[0-9]+$'),
        CASE WHEN p_field <> 'flags' THEN p_value END)
$$;
ALTER FUNCTION bank.case_value OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.case_value TO bankops_staff, bankops_api;

-- What a rule wrote into the history stands there in both languages, '申请 / Asked: …': one of them.
CREATE FUNCTION bank.note_side(p_action text, p_note text, p_english boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN position(' / ' IN p_note) = 0 OR NOT p_action = ANY (
        '{classify,escalate,reassign,wait,party_add,party_end,survey,cause,redress_ask,redress_approve,redress_refuse,'
        'extend_ask,extend_approve,extend_refuse,visit,identify,undelivered}'::text[]) THEN p_note
        ELSE regexp_replace(left(p_note, n), '([一-龥]+) / ([A-Za-z''-]+( [A-Za-z''-]+)*)',
                            CASE WHEN p_english THEN '\2' ELSE '\1' END, 'g') || substr(p_note, n + 1) END
      FROM (SELECT CASE WHEN p_action IN ('escalate', 'reassign') THEN length(p_note)
                        ELSE coalesce(nullif(position(':' IN p_note), 0), length(p_note)) END AS n) head
$$;
GRANT EXECUTE ON FUNCTION bank.note_side TO bankops_staff, bankops_api;

-- In the order of the events, so that a page of a long history reads no more than the page.
CREATE VIEW api.case_history WITH (security_barrier) AS
SELECT e.customer_id, e.case_id, e.event_id, e.at, bank.in_language(s.name_zh, s.name_en) AS staff, e.action,
       coalesce(a.label_zh, e.action) AS action_zh, coalesce(a.label_en, e.action) AS action_en,
       e.stage_before, e.stage_after, bank.note_side(e.action, e.note, false) AS note,
       bank.note_side(e.action, e.note, true) AS note_en,
       nullif(concat_ws(', ', (SELECT string_agg(CASE k WHEN 'urgency' THEN '紧急程度 ' WHEN 'flags' THEN '标识 '
                   WHEN 'group_size' THEN '群体人数 ' WHEN 'third_party' THEN '第三方 ' ELSE '' END
                   || coalesce(nullif(bank.case_value(f.case_type, k, e.before ->> k, false), '') || ' > ', '')
                   || coalesce(nullif(bank.case_value(f.case_type, k, e.after ->> k, false), ''), '-'), ', ' ORDER BY k)
          FROM jsonb_object_keys(e.after) k
         WHERE k IN ('source', 'channel', 'business', 'reason', 'level', 'queue', 'desk_id', 'owner_id', 'outcome', 'urgency', 'flags',
                     'group_size', 'third_party', 'told_how') AND e.action <> 'open'),
       (SELECT string_agg(d.label_zh || ' ' || coalesce(bank.case_value(f.case_type, d.field,
                    e.before -> 'fields' ->> d.field, false) || ' > ', '')
                    || coalesce(bank.case_value(f.case_type, d.field,
                    e.after -> 'fields' ->> d.field, false), '-'), ', ' ORDER BY d.seq)
          FROM bank.case_field d
         WHERE d.case_type = f.case_type AND e.action <> 'open'
           AND (e.after -> 'fields' ? d.field OR e.before -> 'fields' ? d.field))), '') AS changes,
       nullif(concat_ws(', ', (SELECT string_agg(CASE k WHEN 'urgency' THEN 'Urgency ' WHEN 'flags' THEN 'Flags '
                   WHEN 'group_size' THEN 'Group of ' WHEN 'third_party' THEN 'Third party ' ELSE '' END
                   || coalesce(nullif(bank.case_value(f.case_type, k, e.before ->> k, true), '') || ' > ', '')
                   || coalesce(nullif(bank.case_value(f.case_type, k, e.after ->> k, true), ''), '-'), ', ' ORDER BY k)
          FROM jsonb_object_keys(e.after) k
         WHERE k IN ('source', 'channel', 'business', 'reason', 'level', 'queue', 'desk_id', 'owner_id', 'outcome', 'urgency', 'flags',
                     'group_size', 'third_party', 'told_how') AND e.action <> 'open'),
       (SELECT string_agg(d.label_en || ' ' || coalesce(bank.case_value(f.case_type, d.field,
                    e.before -> 'fields' ->> d.field, true) || ' > ', '')
                    || coalesce(bank.case_value(f.case_type, d.field,
                    e.after -> 'fields' ->> d.field, true), '-'), ', ' ORDER BY d.seq)
          FROM bank.case_field d
         WHERE d.case_type = f.case_type AND e.action <> 'open'
           AND (e.after -> 'fields' ? d.field OR e.before -> 'fields' ? d.field))), '') AS changes_en
  FROM bank.case_event e
  JOIN bank.case_file f ON f.customer_id = e.customer_id AND f.case_id = e.case_id
  LEFT JOIN LATERAL (SELECT x.label_zh, x.label_en FROM bank.case_action x
                      WHERE x.case_type IN (f.case_type, '*') AND x.action = e.action
                      ORDER BY x.case_type DESC LIMIT 1) a ON true
  LEFT JOIN bank.staff s ON s.staff_id = e.staff_id
 WHERE e.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
   AND bank.may_open(e.customer_id)
 ORDER BY e.customer_id DESC, e.case_id DESC, e.event_id DESC;
SELECT bank.view_grant('case_history', 'clerk', 'rm', 'supervisor', 'auditor');

-- Why a case is in its queue: the rule that decided, then those before it that did not fit. Before its class is
-- known only a rule that needs none decides.
CREATE FUNCTION api.case_route_explain(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (seq int, queue text, skill text, note_en text, note_zh text, fits boolean,
               decides boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    WITH rule AS (
        SELECT r.*, min(r.seq) FILTER (WHERE r.fits) OVER () AS first,
               f.case_type <> 'complaint' OR f.business IS NOT NULL OR (bank.case_ask_queue(f)).seq IS NOT NULL AS known
          FROM bank.case_file f, bank.case_rules(f) r
         WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
           AND f.case_id = p_case_id AND bank.in_scope(f.unit_id))
    SELECT r.seq, r.queue, r.skill, r.note_en, r.note_zh, r.fits, r.known AND r.seq = r.first
      FROM rule r WHERE r.seq <= coalesce(r.first, r.seq) ORDER BY r.seq DESC
$$;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor', 'auditor')
  FROM unnest('{case_detail,case_facts,case_route_explain}'::text[]) name;
