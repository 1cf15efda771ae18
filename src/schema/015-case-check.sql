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

CREATE FUNCTION bank.outcome_check(p_outcome text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_outcome <> '' AND NOT p_outcome = ANY ('{resolved,not_upheld,merged,mediated}') THEN
        PERFORM bank.fail('BO422', 'Choose the outcome.', p_outcome,
                          'resolved, not_upheld, merged, mediated', 'p_outcome');
    END IF;
    RETURN nullif(p_outcome, '');
END $$;

-- Texts and choices of a new case that the table would refuse, named by field.
CREATE FUNCTION bank.case_text_check(c bank.case_file) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT length(c.subject) BETWEEN 1 AND 200 THEN
        PERFORM bank.fail('BO422', 'The subject takes 1 to 200 characters.',
                          length(c.subject)::text, NULL, 'p_subject');
    ELSIF NOT length(c.facts) BETWEEN 1 AND 20000 THEN
        PERFORM bank.fail('BO422', 'The facts take 1 to 20000 characters.',
                          length(c.facts)::text, NULL, 'p_facts');
    ELSIF NOT c.level = ANY ('{simple,complex,major}') THEN
        PERFORM bank.fail('BO422', 'There is no such level.', c.level,
                          'simple, complex, major', 'p_level');
    ELSIF NOT c.urgency BETWEEN 1 AND 3 THEN
        PERFORM bank.fail('BO422', 'The urgency is 1, 2 or 3.', c.urgency::text, NULL,
                          'p_urgency');
    ELSIF NOT c.source = ANY ('{hotline,card,app,branch,letter,regulator,other}') THEN
        PERFORM bank.fail('BO422', 'There is no such source.', c.source, NULL, 'p_source');
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
    c := bank.case_step(was, c, 'classify', '');
    PERFORM bank.classify_learn(c);
    RETURN c;
END $$;

-- A message to the customer: into the outbox, or recorded as a contact when somebody spoke to him.
CREATE FUNCTION bank.case_message(c bank.case_file, p_how text, p_text text, p_kind text,
                                  p_request uuid)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF bank.told_how_check(p_how) IN ('phone', 'visit') THEN
        INSERT INTO bank.contact (customer_id, staff_id, channel, direction, topic, summary,
                                  unit_id)
        VALUES (c.customer_id, (bank.me()).staff_id, p_how, 'out', 'complaint',
                c.number || ': ' || left(p_text, 500), c.unit_id);
    ELSE
        INSERT INTO bank.outbox (customer_id, unit_id, case_id, kind, channel, body, request)
        VALUES (c.customer_id, c.unit_id, c.case_id, p_kind, p_how, p_text, p_request);
    END IF;
END $$;

-- What a plain step changes besides the stage.
CREATE FUNCTION bank.case_effect(was bank.case_file, p_action text, p_note text)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file := was;
BEGIN
    CASE p_action
    WHEN 'release' THEN
        c.owner_id := NULL;
    WHEN 'propose' THEN
        c.decision := btrim(p_note);
    WHEN 'approve' THEN
        c.approved_by := (bank.me()).staff_id;
        c.told_at := clock_timestamp();
        c.responded_at := coalesce(c.responded_at, c.told_at);
    WHEN 'withdraw' THEN
        c.outcome := 'withdrawn';
    WHEN 'reopen', 'recheck' THEN
        c.reopened := was.reopened + 1;
        c.owner_id := NULL;
        c.outcome := NULL;
        c.told_at := NULL;
        c.told_how := NULL;
        c.approved_by := NULL;
    ELSE
        NULL;
    END CASE;
    RETURN c;
END $$;

GRANT EXECUTE ON FUNCTION bank.case_flags, bank.class_check, bank.staff_of_login,
    bank.told_how_check, bank.outcome_check, bank.case_text_check, bank.case_class_set,
    bank.case_message, bank.case_effect TO bankops_api;
