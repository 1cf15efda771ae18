-- Checks and small parts of the case functions.

-- The code when the axis has it and it is in use; BO422 names the field.
CREATE FUNCTION bank.class_check(p_axis char, p_code text, p_field text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bank.class_code k
                    WHERE k.axis = p_axis AND k.code = p_code AND k.active) THEN
        PERFORM bank.fail('BO422', 'There is no such code.', p_code, 'Choose one of the list.',
                          p_field);
    END IF;
    RETURN p_code;
END $$;

-- What makes a complaint sensitive: an authority, the public, a court, a petition, an extreme or
-- upset complainant, somebody vulnerable, a special occupation.
CREATE FUNCTION bank.case_flags() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{regulator,media,legal,petition,extreme,emotional,vulnerable,occupation}'::text[]
$$;

CREATE FUNCTION bank.flag_label() RETURNS TABLE (flag text, label_en text, label_zh text, seq int)
LANGUAGE sql IMMUTABLE AS $$
    VALUES ('regulator', 'Goes to the regulator', '涉监管', 1), ('media', 'Press or network', '涉舆情', 2),
           ('legal', 'Lawyer or court', '涉司法', 3), ('petition', 'Petition', '信访', 4),
           ('extreme', 'Extreme words or acts', '过激', 5), ('emotional', 'Very upset', '情绪激动', 6),
           ('vulnerable', 'Old, ill or disabled', '特殊群体', 7), ('occupation', 'Special occupation', '特殊职业', 8)
$$;
GRANT EXECUTE ON FUNCTION bank.flag_label TO bankops_staff, bankops_api, bankops_owner;

-- staff_id of an active login; NULL for none given, BO422 for an unknown one.
CREATE FUNCTION bank.staff_of_login(p_login text, p_field text) RETURNS int
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found_id int;
BEGIN
    IF coalesce(p_login, '') = '' THEN
        RETURN NULL;
    END IF;
    SELECT staff_id INTO found_id FROM bank.staff WHERE login = p_login AND active;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO422', 'There is no such member of staff.', p_login,
                          'Give the login.', p_field);
    END IF;
    RETURN found_id;
END $$;

CREATE FUNCTION bank.told_how_check(p_how text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_how IS NULL OR NOT p_how = ANY ('{phone,sms,email,app,letter,visit}') THEN
        PERFORM bank.fail('BO422', 'Say how the customer was told.', p_how,
                          'phone, sms, email, app, letter, visit', 'p_how');
    END IF;
    RETURN p_how;
END $$;

-- A message that will leave needs an address: refused while its writer can still choose another way, not when the
-- worker finds none. Nobody knows where an anonymous complainant lives or whether he has the app.
CREATE FUNCTION bank.case_way_check(c bank.case_file, p_how text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    o bank.outbox;
BEGIN
    o.customer_id := c.customer_id;
    o.channel := bank.told_how_check(p_how);
    IF p_how NOT IN ('phone', 'visit') AND (c.customer_id < 0 OR bank.message_address(o) IS NULL) THEN
        PERFORM bank.fail('BO422', 'The bank has no address of the customer for this way.', c.number,
                          'Choose another way, or phone or see the customer and say so.', 'p_how');
    END IF;
END $$;

CREATE FUNCTION bank.outcome_check(p_type text, p_outcome text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_outcome <> '' AND NOT EXISTS (SELECT FROM bank.case_outcome o WHERE o.case_type = p_type
                                          AND o.outcome = p_outcome AND o.chosen) THEN
        PERFORM bank.fail('BO422', 'Choose the outcome.', p_outcome,
            (SELECT string_agg(o.outcome, ', ' ORDER BY o.seq) FROM bank.case_outcome o
              WHERE o.case_type = p_type AND o.chosen), 'p_outcome');
    END IF;
    RETURN nullif(p_outcome, '');
END $$;

-- Texts and choices of a new case that the table would refuse, named by field.
CREATE FUNCTION bank.case_text_check(c bank.case_file) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT length(c.subject) BETWEEN 1 AND 200 THEN
        PERFORM bank.fail('BO422', 'The subject takes 1 to 200 characters.',
                          length(c.subject)::text, NULL, 'p_subject');
    ELSIF NOT length(c.facts) BETWEEN 1 AND 20000 OR c.facts !~ '[^[:space:]]' THEN
        PERFORM bank.fail('BO422', 'The facts take 1 to 20000 characters.',
                          length(c.facts)::text, NULL, 'p_facts');
    ELSIF NOT c.level = ANY ('{simple,complex,major}') THEN
        PERFORM bank.fail('BO422', 'There is no such level.', c.level,
                          'simple, complex, major', 'p_level');
    ELSIF NOT c.urgency BETWEEN 1 AND 3 THEN
        PERFORM bank.fail('BO422', 'The urgency is 1, 2 or 3.', c.urgency::text, NULL,
                          'p_urgency');
    ELSIF NOT EXISTS (SELECT FROM bank.case_type y WHERE y.case_type = c.case_type
                         AND c.source = ANY (y.sources)) THEN
        PERFORM bank.fail('BO422', 'There is no such source.', c.source,
            (SELECT array_to_string(y.sources, ', ') FROM bank.case_type y WHERE y.case_type = c.case_type),
            'p_source');
    END IF;
END $$;

-- Sets codes and level through the step 'classify'.
CREATE FUNCTION bank.case_class_set(was bank.case_file, p_channel text, p_business text,
                                    p_reason text, p_level text)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file := was;
BEGIN
    c.channel := bank.class_check('A', p_channel, 'p_channel');
    c.business := bank.class_check('B', p_business, 'p_business');
    c.reason := bank.class_check('C', p_reason, 'p_reason');
    c.level := coalesce(nullif(p_level, ''), was.level);
    PERFORM bank.case_text_check(c);
    -- A major decision needs a second person; nobody gets round it by calling the case a small one.
    IF was.level = 'major' AND c.level <> 'major' AND (bank.me()).role <> 'supervisor' THEN
        PERFORM bank.fail('BO403', 'Only a supervisor may lower the level of a major case.',
                          c.number, 'Ask a supervisor.', 'p_level');
    END IF;
    c := bank.case_step(was, c, 'classify', CASE WHEN (c.business, c.reason) IS DISTINCT FROM (was.business, was.reason)
                        THEN bank.class_note(c) ELSE '' END);
    PERFORM bank.classify_learn(c);
    RETURN c;
END $$;

-- A time as people write it, '2026-11-23 14:05' by the clock of the bank; NULL for none.
CREATE FUNCTION bank.local_time(p_text text, p_field text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF coalesce(btrim(p_text), '') = '' THEN
        RETURN NULL;
    ELSIF btrim(p_text) !~ '^\d{4}-\d\d-\d\d \d\d:\d\d$' THEN
        RAISE invalid_datetime_format;
    END IF;
    RETURN btrim(p_text)::timestamp AT TIME ZONE bank.timezone();
EXCEPTION WHEN invalid_datetime_format OR datetime_field_overflow THEN
    PERFORM bank.fail('BO422', 'This is no time.', p_text, 'Write it as 2026-11-23 14:05.', p_field);
END $$;

-- When the customer was told, as the caller says it: not in the future and not before there was
-- something to tell: the complaint, its reopening, a proposed decision, an approval. NULL when he says
-- nothing: now. A message of the bank's own tells when it leaves, which nobody can set back. That it was before a
-- deadline of the law which has passed in the meantime is for a supervisor to say.
CREATE FUNCTION bank.told_at_check(c bank.case_file, p_how text, p_told_at text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    said timestamptz := bank.local_time(p_told_at, 'p_told_at');
    since timestamptz := greatest(c.received_at, (SELECT max(e.at) FROM bank.case_event e
        WHERE e.customer_id = c.customer_id AND e.case_id = c.case_id
          AND e.action IN ('reopen', 'recheck', 'propose', 'approve')));
BEGIN
    IF said IS NULL THEN
        RETURN NULL;
    ELSIF NOT coalesce(p_how IN ('phone', 'visit', 'letter'), false) THEN
        PERFORM bank.fail('BO422', 'This message tells the customer when it leaves.', p_how,
                          'Leave the time empty, or say that he was told by phone, visit or letter.', 'p_told_at');
    ELSIF said > clock_timestamp() THEN
        PERFORM bank.fail('BO422', 'The customer cannot have been told in the future.', p_told_at, NULL, 'p_told_at');
    ELSIF said < date_trunc('minute', since) THEN
        PERFORM bank.fail('BO422', 'The customer cannot have been told before there was anything to tell.',
                          to_char(since AT TIME ZONE bank.timezone(), 'YYYY-MM-DD HH24:MI'),
                          'The detail says since when.', 'p_told_at');
    ELSIF bank.my_role() <> 'supervisor' AND EXISTS (
              SELECT FROM bank.case_clock k JOIN bank.clock_kind d ON d.clock = k.clock AND d.law
               WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id AND k.due_at < clock_timestamp()
                 AND said <= k.due_at AND (k.stopped_at IS NULL OR k.stopped_at > k.due_at)) THEN
        PERFORM bank.fail('BO403', 'The deadline has passed; only a supervisor can say that the customer was told before it.',
                          p_told_at, 'Leave the time empty, or ask a supervisor.', 'p_told_at');
    END IF;
    RETURN greatest(said, since);
END $$;

-- A message to the customer: into the outbox, or recorded as a contact when somebody spoke to him.
-- `p_at`: when that was, if not now; a letter of then is with him already.
CREATE FUNCTION bank.case_message(c bank.case_file, p_how text, p_text text, p_kind text,
                                  p_request uuid, p_at timestamptz DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF bank.told_how_check(p_how) IN ('phone', 'visit') THEN
        INSERT INTO bank.contact (customer_id, at, staff_id, channel, direction, topic, summary,
                                  unit_id)
        VALUES (c.customer_id, coalesce(p_at, now()), (bank.me()).staff_id, p_how, 'out',
                (SELECT y.topic FROM bank.case_type y WHERE y.case_type = c.case_type),
                c.number || ': ' || left(p_text, 500), c.unit_id);
    ELSE
        INSERT INTO bank.outbox (customer_id, unit_id, case_id, kind, channel, body, request, status, sent_at)
        VALUES (c.customer_id, c.unit_id, c.case_id, p_kind, p_how, p_text, p_request,
                CASE WHEN p_at IS NULL THEN 'ready' ELSE 'sent' END, p_at);
    END IF;
END $$;

-- Fields as they come from a form: without the empty ones, texts trimmed.
CREATE FUNCTION bank.case_fields_clean(p_fields jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(f.key, btrim(f.value)), '{}')
      FROM jsonb_each_text(coalesce(p_fields, '{}')) f WHERE btrim(f.value) <> ''
$$;

-- The fields of a case with those of a form put in; an empty one takes the value away.
CREATE FUNCTION bank.case_fields_put(p_was jsonb, p_fields jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_was - coalesce((SELECT array_agg(k) FROM jsonb_object_keys(p_fields) k), '{}')
           || bank.case_fields_clean(p_fields)
$$;

-- Stores a new case, checked before, with the clocks of its type; a step of the type named route that
-- wants no class takes it to its queue.
CREATE FUNCTION bank.case_begin(c bank.case_file, p_note text) RETURNS bank.case_file
LANGUAGE plpgsql AS $$
DECLARE
    y bank.case_type;
BEGIN
    SELECT * INTO y FROM bank.case_type x WHERE x.case_type = c.case_type;
    INSERT INTO bank.case_file (customer_id, case_id, unit_id, case_type, stage, level, urgency,
        source, channel, subject, facts, remedy, fields, tier, regime, complained_staff_id,
        received_at, opened_by, due_at, flags, group_size, third_party)
    VALUES (c.customer_id, c.case_id, c.unit_id, c.case_type, y.first_stage, c.level, c.urgency,
        c.source, c.channel, c.subject, c.facts, coalesce(c.remedy, ''), coalesce(c.fields, '{}'),
        c.tier, c.regime, c.complained_staff_id, c.received_at, c.opened_by, c.received_at,
        coalesce(c.flags, '{}'), c.group_size, coalesce(c.third_party, ''))
    RETURNING * INTO c;
    PERFORM bank.case_clock_start(c, c.received_at, y.starts);
    c.due_at := bank.case_clock_refresh(c);
    UPDATE bank.case_file SET due_at = c.due_at
     WHERE customer_id = c.customer_id AND case_id = c.case_id;
    PERFORM bank.case_event_write(NULL, c, 'open', p_note);
    IF EXISTS (SELECT FROM bank.case_transition t WHERE t.case_type = c.case_type
                  AND t.stage = c.stage AND t.action = 'route' AND NOT 'class' = ANY (t.needs)
                  AND bank.my_role() = ANY (t.roles)) THEN
        c := bank.case_to_queue(c, NULL, '');
    END IF;
    RETURN c;
END $$;

GRANT EXECUTE ON FUNCTION bank.case_flags, bank.class_check, bank.staff_of_login,
    bank.told_how_check, bank.case_way_check, bank.outcome_check, bank.case_text_check, bank.case_class_set,
    bank.case_message, bank.local_time, bank.told_at_check, bank.case_fields_clean, bank.case_fields_put, bank.case_begin TO bankops_api;
