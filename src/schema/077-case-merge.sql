-- Repeats are seen when a case comes in; duplicates are merged with one key and stay in the register.

-- A repeat_of of 0 says that the writer has looked and found none.
CREATE FUNCTION bank.case_repeat_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.repeat_of = 0 THEN
        NEW.repeat_of := NULL;
    ELSIF TG_OP = 'INSERT' OR (NEW.business, NEW.reason) IS DISTINCT FROM (OLD.business, OLD.reason) THEN
        NEW.repeat_of := bank.case_earlier(NEW, TG_OP = 'UPDATE' AND OLD.business IS NULL AND OLD.reason IS NULL);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.closed_at IS NOT NULL AND NEW.closed_at IS NULL THEN
        NEW.merged_into := NULL;
    END IF;
    RETURN NEW;
END $$;
ALTER FUNCTION bank.case_repeat_note() OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.case_repeat_note TO bankops_api;
CREATE TRIGGER case_repeat_note BEFORE INSERT OR UPDATE OF business, reason, closed_at
    ON bank.case_file FOR EACH ROW EXECUTE FUNCTION bank.case_repeat_note();

-- What an authority forwarded, or is major, stays so in the case it is merged into: that one answers the authority
-- by the same day from then on, and goes to the queue and the person that the rules name for it. Keeps what was
-- marked, too, and the days that the law gives for the one that came first. `p_law`: its clocks of the law as they ran.
CREATE FUNCTION bank.case_merge_weight(parent bank.case_file, child bank.case_file, p_law bank.case_clock[])
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file := parent;
    rule record;
    person int;
    k bank.case_clock;
    was bank.case_clock;
BEGIN
    c.urgency := least(parent.urgency, child.urgency);
    c.flags := ARRAY(SELECT DISTINCT f FROM unnest(parent.flags || child.flags) f ORDER BY f);
    c.group_size := greatest(parent.group_size, child.group_size);
    IF child.level = 'major' OR parent.level = 'simple' THEN
        c.level := child.level;
    END IF;
    IF child.source = 'regulator' THEN
        c.source := 'regulator';
    END IF;
    FOREACH k IN ARRAY p_law LOOP
        PERFORM bank.case_clock_start(c, k.started_at, ARRAY[k.clock]);
        SELECT * INTO was FROM bank.case_clock x WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id
           AND x.clock = k.clock AND x.stopped_at IS NULL;
        IF was.started_at > k.started_at OR was.started_at = k.started_at AND was.extension < k.extension THEN
            UPDATE bank.case_clock x SET started_at = k.started_at, extension = k.extension
             WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id AND x.clock = was.clock AND x.run = was.run;
        END IF;
    END LOOP;
    IF c.source <> parent.source OR c.level = 'major' AND parent.level <> 'major' THEN
        SELECT r.queue, r.seq, r.skill INTO rule FROM bank.case_rules(c) r WHERE r.fits ORDER BY r.seq LIMIT 1;
        IF rule.queue <> coalesce(parent.queue, '') AND (c.business IS NOT NULL
            OR rule.queue = (bank.case_ask_queue(c)).queue) THEN
            c.queue := rule.queue;
            c.route_seq := rule.seq;
            person := bank.route_person(c, rule.queue, rule.skill);
            IF person IS NOT NULL AND parent.phase = 'active' THEN
                c.owner_id := person;
                PERFORM bank.case_clock_owner(c, clock_timestamp());
            END IF;
        END IF;
    END IF;
    RETURN c;
END $$;
GRANT EXECUTE ON FUNCTION bank.case_merge_weight TO bankops_api;

-- Merges a case into another open one of the same customer (NULL: the one it repeats, or
-- where that one was merged). Both rows are
-- locked in the order of their ids. With new facts the statutory clock of the other starts again
-- from now (CBIRC Order 2020-3, article 18).
-- Whom the merged case complains about loses the other one.
CREATE FUNCTION api.case_merge(p_customer_id bigint, p_case_id bigint, p_into text,
                               p_new_facts boolean, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
    parent bank.case_file;
    before bank.case_file;
    law bank.case_clock[];
    target bigint := nullif(p_into, '')::bigint;
BEGIN
    answer := bank.request_replay(p_request, 'case_merge', jsonb_build_array(p_customer_id,
        p_case_id, p_into, p_new_facts, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF target IS NULL THEN
        SELECT f.repeat_of INTO target FROM bank.case_file f
         WHERE f.customer_id = p_customer_id AND f.case_id = p_case_id AND bank.in_scope(f.unit_id);
        IF target IS NULL THEN
            PERFORM bank.fail('BO423', 'This case repeats no other.', p_case_id::text,
                              'Name the case that it belongs to.', 'p_into');
        END IF;
        target := coalesce(bank.case_into(p_customer_id, target), target);
    END IF;
    PERFORM 1 FROM bank.case_file f WHERE f.customer_id = p_customer_id
        AND f.case_id IN (p_case_id, target) ORDER BY f.case_id FOR UPDATE;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    parent := bank.case_lock(p_customer_id, target, NULL);
    IF parent.case_id = was.case_id OR (parent.case_type, parent.regime) <> (was.case_type, was.regime) THEN
        PERFORM bank.fail('BO422', 'A case is merged into another of its kind.', parent.number,
                          NULL, 'p_into');
    ELSIF parent.phase IN ('decided', 'closed') THEN -- its clocks stand: this one's would be lost
        PERFORM bank.fail('BO423', CASE parent.phase WHEN 'closed' THEN 'The other case is closed.'
                                                     ELSE 'The other case is decided.' END, parent.number,
                          'Reopen it first, or handle this one for itself.', 'p_into');
    ELSIF parent.complained_staff_id = (bank.me()).staff_id THEN
        PERFORM bank.fail('BO403', 'The person complained about may not handle the case.',
                          parent.number, 'Leave it to a colleague.');
    END IF;
    IF parent.complained_staff_id <> was.complained_staff_id THEN
        PERFORM bank.fail('BO422', 'The two cases complain about different members of staff.', parent.number,
                          'Handle each for itself.', 'p_into');
    END IF;
    law := ARRAY(SELECT k FROM bank.case_clock k
                  WHERE k.customer_id = p_customer_id AND k.case_id = p_case_id AND k.stopped_at IS NULL
                    AND k.clock IN ('statutory', 'forwarded', 'final'));
    c := was;
    c.outcome := 'merged';
    c := bank.case_step(was, c, 'merge', parent.number);
    UPDATE bank.case_file SET merged_into = target
     WHERE customer_id = p_customer_id AND case_id = p_case_id;
    before := parent;
    parent.complained_staff_id := coalesce(parent.complained_staff_id, was.complained_staff_id);
    IF parent.owner_id = parent.complained_staff_id THEN
        parent := bank.case_reassign(parent, was.number);
        before := parent;
        before.complained_staff_id := NULL;
    END IF;
    c := bank.case_merge_weight(parent, was, law);
    IF p_new_facts THEN
        PERFORM bank.case_clock_stop(parent, '{statutory}', clock_timestamp());
        PERFORM bank.case_clock_start(c, clock_timestamp(), '{statutory}');
    END IF;
    c.due_at := bank.case_clock_refresh(c, CASE WHEN p_new_facts THEN 'new facts' ELSE 'merged' END);
    UPDATE bank.case_file SET due_at = c.due_at, version = version + 1, urgency = c.urgency, flags = c.flags,
           group_size = c.group_size, level = c.level, source = c.source, queue = c.queue, route_seq = c.route_seq,
           owner_id = c.owner_id, complained_staff_id = c.complained_staff_id
     WHERE customer_id = p_customer_id AND case_id = target RETURNING * INTO c;
    PERFORM bank.case_event_write(before, c, 'merge_in', was.number || ': ' || was.subject || E'\n'
                                  || left(was.facts, 2000));
    RETURN bank.request_done(p_request, target::text, 'The case is merged; it stays in the register.');
END $$;
SELECT bank.function_grant('case_merge', 'clerk', 'rm', 'supervisor');

-- Other cases of the customer that belong together: open ones, those merged into this, the one it was
-- merged into or repeats. overlap: share of the text in common.
CREATE FUNCTION api.case_related(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, relation text, subject text,
               stage text, received_at timestamptz, overlap int, owner text, screen text,
               type_zh text, type_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    c bank.case_file;
BEGIN
    PERFORM bank.customer_require(p_customer_id);
    SELECT * INTO c FROM bank.case_file f WHERE f.customer_id = p_customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id);
    RETURN QUERY
    SELECT f.customer_id, f.case_id, f.number,
           CASE WHEN f.merged_into = c.case_id THEN 'child' WHEN c.merged_into = f.case_id THEN 'parent'
                WHEN c.repeat_of = f.case_id THEN 'repeated' WHEN f.repeat_of = c.case_id THEN 'repeats'
                ELSE 'open' END,
           f.subject, f.stage, f.received_at,
           round(100 * bank.text_overlap(f.subject || f.facts, c.subject || c.facts))::int,
           bank.staff_name(f.owner_id), y.screen, y.label_zh, y.label_en
      FROM bank.case_file f JOIN bank.case_type y ON y.case_type = f.case_type
     WHERE f.customer_id = c.customer_id AND f.case_id <> c.case_id AND c.customer_id > 0
       AND (f.closed_at IS NULL OR f.merged_into = c.case_id OR c.merged_into = f.case_id
            OR c.repeat_of = f.case_id OR f.repeat_of = c.case_id)
     ORDER BY f.received_at DESC, f.case_id DESC LIMIT 50;
END $$;
SELECT bank.function_grant('case_related', 'clerk', 'rm', 'supervisor', 'auditor');

-- How somebody besides the customer is reached, as far as others see it.
CREATE FUNCTION bank.party_contact(p_contact text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_contact = '' THEN '' WHEN p_contact ~ '^[0-9+ -]{7,20}$' THEN bank.mask_phone(p_contact)
                ELSE bank.mask_address(p_contact) END
$$;
GRANT EXECUTE ON FUNCTION bank.party_contact TO bankops_api;

CREATE FUNCTION bank.party_role(p_role text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT v.zh || ' / ' || v.en
      FROM (VALUES ('complainant', '投诉人', 'Complainant'), ('representative', '代表人', 'Representative'),
                   ('agent', '受托人', 'Agent'), ('heir', '继承人', 'Heir'), ('guardian', '监护人', 'Guardian'))
           v (role, zh, en) WHERE v.role = p_role
$$;
GRANT EXECUTE ON FUNCTION bank.party_role TO bankops_api;

-- The people of a case besides the customer, those first who speak now. `state`: current, expired (the authority),
-- ended.
CREATE FUNCTION api.case_parties(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, party_id bigint, role text, name text, contact text, authority text,
               name_field text, contact_field text, valid_until date, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT p.customer_id, p.party_id, p.role, bank.mask_name(p.name), bank.party_contact(p.contact), p.authority, 'party_name:' || p.party_id, 'party_contact:' || p.party_id,
           p.valid_until, s.state
      FROM bank.case_party p CROSS JOIN LATERAL (SELECT CASE WHEN p.ended_at IS NOT NULL THEN 'ended'
               WHEN p.valid_until < bank.today() THEN 'expired' ELSE 'current' END AS state) s
     WHERE p.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND p.case_id = p_case_id AND bank.in_scope(p.unit_id)
     ORDER BY s.state <> 'current', p.ended_at IS NOT NULL, p.party_id
$$;
SELECT bank.function_grant('case_parties', 'clerk', 'rm', 'supervisor', 'auditor');

-- Adds a person to a case, whose authority may end on a day. A group has at most five representatives at a time
-- (CBIRC Order 2020-3, article 12).
CREATE FUNCTION api.case_party_add(p_customer_id bigint, p_case_id bigint, p_role text, p_name text,
                                   p_contact text, p_authority text, p_request uuid, p_until date DEFAULT NULL)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'case_party_add', jsonb_build_array(p_customer_id,
        p_case_id, p_role, p_name, p_contact, p_authority, p_until));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.case_lock(p_customer_id, p_case_id, NULL);
    IF NOT coalesce(length(btrim(p_name)) BETWEEN 1 AND 100, false) THEN
        PERFORM bank.fail('BO422', 'Write the name.', NULL, NULL, 'p_name');
    ELSIF NOT coalesce(p_role IN ('complainant', 'representative', 'agent', 'heir', 'guardian'), false) THEN
        PERFORM bank.fail('BO422', 'There is no such role of a party.', p_role, NULL, 'p_role');
    ELSIF p_role = 'agent' AND coalesce(btrim(p_authority), '') = '' THEN
        PERFORM bank.fail('BO422', 'An agent needs a power of attorney.', p_name,
                          'Write its date and number.', 'p_authority');
    ELSIF p_until < bank.today() THEN
        PERFORM bank.fail('BO422', 'This authority has expired.', p_until::text,
                          'Ask for a new one; until then the customer speaks himself.', 'p_until');
    ELSIF EXISTS (SELECT FROM bank.case_party p WHERE p.customer_id = c.customer_id AND p.case_id = c.case_id
                     AND p.role = p_role AND p.ended_at IS NULL AND bank.name_fold(p.name) = bank.name_fold(btrim(p_name))
                     AND (p.valid_until < bank.today()) IS NOT TRUE) THEN
        PERFORM bank.fail('BO422', 'This person is a party already.', p_name,
                          'End the former entry first, if its authority changes.', 'p_name');
    ELSIF p_role = 'representative' AND 5 <= (SELECT count(*) FROM bank.case_party p
              WHERE p.customer_id = c.customer_id AND p.case_id = c.case_id AND p.role = 'representative'
               AND p.ended_at IS NULL AND (p.valid_until < bank.today()) IS NOT TRUE) THEN
        PERFORM bank.fail('BO422', 'A group has at most five representatives.', c.number,
                          'End one of them before another is added.', 'p_role');
    END IF;
    INSERT INTO bank.case_party (customer_id, case_id, unit_id, role, name, contact, authority, valid_until, added_by)
    VALUES (c.customer_id, c.case_id, c.unit_id, p_role, btrim(p_name), left(coalesce(btrim(p_contact), ''), 200),
            left(coalesce(btrim(p_authority), ''), 500), p_until, (bank.me()).staff_id);
    PERFORM bank.case_event_write(c, c, 'party_add', bank.party_role(p_role) || ': '
        || concat_ws(', ', bank.mask_name(p_name), nullif(btrim(p_authority), ''), '– ' || p_until));
    RETURN bank.request_done(p_request, c.case_id::text, 'The party is added.');
END $$;

-- Ends that somebody speaks in a case: the authority was withdrawn, another took the place. The entry stays.
CREATE FUNCTION api.case_party_end(p_customer_id bigint, p_case_id bigint, p_party_id bigint, p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
    p bank.case_party;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'case_party_end', jsonb_build_array(p_customer_id, p_case_id, p_party_id,
        p_reason));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.case_lock(p_customer_id, p_case_id, NULL);
    PERFORM bank.text_require(p_reason, 'p_reason', 1, 200);
    UPDATE bank.case_party x SET ended_at = clock_timestamp(), ended_by = bank.my_staff_id()
     WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id AND x.party_id = p_party_id AND x.ended_at IS NULL
    RETURNING * INTO p;
    IF p.party_id IS NULL THEN
        PERFORM bank.fail('BO404', 'There is no such party.', p_party_id::text, 'F4 lists the parties.', 'p_party_id');
    END IF;
    PERFORM bank.case_event_write(c, c, 'party_end', bank.party_role(p.role) || ': ' || bank.mask_name(p.name) || ', '
                                  || btrim(p_reason));
    RETURN bank.request_done(p_request, c.case_id::text, 'The party speaks no more in this case.');
END $$;
SELECT bank.function_grant('case_party_end', 'clerk', 'rm', 'supervisor');

-- Sets sensitivity, urgency, size of the group and the third party of a case, and whom it complains about (empty:
-- as before; only a supervisor puts another in the place of one), who loses it.
CREATE FUNCTION api.case_mark(p_customer_id bigint, p_case_id bigint, p_flags text, p_urgency int,
                              p_group_size int, p_third_party text, p_version bigint, p_request uuid,
                              p_complained text DEFAULT NULL)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
    about int;
    wanted text[] := coalesce((SELECT array_agg(DISTINCT f ORDER BY f)
                                 FROM regexp_split_to_table(coalesce(p_flags, ''), '\s+') f
                                WHERE f <> ''), '{}');
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'case_mark', jsonb_build_array(p_customer_id, p_case_id,
        p_flags, p_urgency, p_group_size, p_third_party, p_version, p_complained));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    about := (SELECT s.staff_id FROM bank.staff s WHERE s.staff_id = was.complained_staff_id AND s.login = btrim(p_complained));
    about := coalesce(about, bank.staff_of_login(btrim(p_complained), 'p_complained'), was.complained_staff_id);
    IF NOT wanted <@ bank.case_flags() THEN
        PERFORM bank.fail('BO422', 'There is no such flag.', p_flags,
                          array_to_string(bank.case_flags(), ' '), 'p_flags');
    ELSIF NOT coalesce(p_urgency BETWEEN 1 AND 3, false) THEN
        PERFORM bank.fail('BO422', 'The urgency is 1, 2 or 3.', p_urgency::text, NULL, 'p_urgency');
    ELSIF NOT coalesce(p_group_size BETWEEN 2 AND 1000000, true) THEN
        PERFORM bank.fail('BO422', 'A group has at least two people.', p_group_size::text, NULL,
                          'p_group_size');
    ELSIF was.complained_staff_id = bank.my_staff_id() OR (about = was.owner_id AND was.phase = 'closed') THEN
        PERFORM bank.fail('BO403', 'The person complained about may not handle the case.', was.number);
    ELSIF about <> was.complained_staff_id AND bank.my_role() <> 'supervisor' THEN
        PERFORM bank.fail('BO403', 'Your role does not permit this.', bank.role_names('{supervisor}'),
                          'Ask a colleague with that role.', 'p_complained');
    END IF;
    c := was;
    c.complained_staff_id := about;
    IF about = was.owner_id THEN
        UPDATE bank.case_file SET owner_id = NULL, complained_staff_id = about
         WHERE customer_id = p_customer_id AND case_id = p_case_id;
        c := bank.case_reassign(c, '被投诉员工 / Complained about');
        c.complained_staff_id := was.complained_staff_id;
        was := c;
    END IF;
    UPDATE bank.case_file SET complained_staff_id = about, flags = wanted, urgency = p_urgency, group_size = p_group_size,
           third_party = left(coalesce(btrim(p_third_party), ''), 200), version = version + 1
     WHERE customer_id = p_customer_id AND case_id = p_case_id RETURNING * INTO c;
    PERFORM bank.case_event_write(was, c, 'mark', '');
    RETURN bank.request_done(p_request, p_case_id::text, 'The case is marked.');
END $$;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{case_party_add,case_mark}'::text[]) name;

-- First values of the form that marks a case.
CREATE FUNCTION api.case_mark_form(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (number text, subject text, flags text, urgency text, group_size text, third_party text,
               complained text, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT f.number, f.subject, array_to_string(f.flags, ' '), f.urgency::text, f.group_size::text,
           f.third_party, (SELECT s.login FROM bank.staff s WHERE s.staff_id = f.complained_staff_id), f.version::text
      FROM bank.case_file f
     WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)
$$;
SELECT bank.function_grant('case_mark_form', 'clerk', 'rm', 'supervisor');
