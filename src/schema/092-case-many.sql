-- Many cases with one call; complaints as they are told at the desk: by somebody unknown, for a group,
-- through an agent; mediation.

-- Assigns, routes or closes every case of `p_rows` ([{"customer_id", "case_id", "version"}, …]). Each
-- is done for itself, in the order of their ids; the answer has one row for each, in the order given:
-- done, replayed or refused with the reason. A repeat with the same key does nothing twice.
CREATE FUNCTION api.case_bulk(p_rows jsonb, p_action text, p_login text, p_queue text, p_outcome text,
                              p_how text, p_text text, p_request uuid)
RETURNS TABLE (status text, id text, message text, detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    r record;
    done api.outcome;
    key uuid;
    answers jsonb := '{}';
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    IF p_request IS NULL THEN
        PERFORM bank.fail('BO422', 'The request key is missing.', NULL, 'Pass a fresh uuid as p_request.', 'p_request');
    ELSIF NOT coalesce(p_action IN ('assign', 'route', 'close'), false) THEN
        PERFORM bank.fail('BO422', 'There is no such step.', p_action, 'assign, route, close', 'p_action');
    ELSIF NOT coalesce(jsonb_typeof(p_rows) = 'array' AND jsonb_array_length(p_rows) BETWEEN 1 AND 500, false) THEN
        PERFORM bank.fail('BO422', 'Choose 1 to 500 cases.', NULL, NULL, 'p_rows');
    END IF;
    FOR r IN SELECT x.customer_id, x.case_id, x.version, t.place
               FROM jsonb_array_elements(p_rows) WITH ORDINALITY t(item, place),
                    jsonb_to_record(t.item) x(customer_id bigint, case_id bigint, version bigint)
              ORDER BY x.customer_id, x.case_id LOOP
        key := md5(p_request::text || ' ' || coalesce(r.case_id, 0))::uuid;
        BEGIN
            CASE p_action
            WHEN 'assign' THEN
                done := api.case_assign(r.customer_id, r.case_id, p_login, p_text, r.version, key);
            WHEN 'route' THEN
                done := api.case_route(r.customer_id, r.case_id, p_queue, p_text, r.version, key);
            ELSE
                done := bank.case_close_one(r.customer_id, r.case_id, p_text, p_how, p_outcome, r.version, key);
            END CASE;
            answers := answers || jsonb_build_object(r.place, to_jsonb(done));
        EXCEPTION WHEN OTHERS THEN
            IF SQLSTATE !~ '^BO' THEN
                RAISE;
            END IF;
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
            answers := answers || jsonb_build_object(r.place, jsonb_build_object('status', 'refused',
                'id', r.case_id, 'message', message, 'detail', detail));
        END;
    END LOOP;
    RETURN QUERY SELECT a.value ->> 'status', a.value ->> 'id', a.value ->> 'message',
                        coalesce(a.value ->> 'detail', '')
                   FROM jsonb_each(answers) a ORDER BY a.key::int;
END $$;

-- Ends one case for the given reason: a decided one is closed and keeps the reason as a note, another
-- is resolved with the reason as its decision.
CREATE FUNCTION bank.case_close_one(p_customer_id bigint, p_case_id bigint, p_text text, p_how text,
                                    p_outcome text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bank.text_require(p_text, 'p_text', 3, 2000);
    IF EXISTS (SELECT FROM bank.case_file f WHERE f.customer_id = p_customer_id AND f.case_id = p_case_id
                  AND f.stage = 'decided' AND bank.in_scope(f.unit_id)) THEN
        PERFORM api.case_note(p_customer_id, p_case_id, p_text, md5('note ' || p_request)::uuid);
        RETURN api.case_close(p_customer_id, p_case_id, p_outcome, p_version, p_request);
    END IF;
    RETURN api.case_resolve(p_customer_id, p_case_id, p_text, p_how, '', p_outcome, p_version, p_request);
END $$;
GRANT EXECUTE ON FUNCTION bank.case_close_one TO bankops_api;

-- What the customer rests his claim on: a contract, a price list, a promise.
INSERT INTO bank.case_field (case_type, field, seq, kind, label_en, label_zh, length)
VALUES ('complaint', 'basis', 1, 'text', 'Basis of the claim', '投诉依据', 500);

-- Writes a complaint down as it is told: api.case_open with everything the register asks for besides.
-- Without a customer it is anonymous and belongs to the caller's unit.
CREATE FUNCTION api.case_take_down(p_customer_id bigint, p_channel text, p_business text, p_reason text,
    p_subject text, p_facts text, p_remedy text, p_level text, p_urgency int, p_source text,
    p_complained text, p_flags text, p_group_size int, p_third_party text, p_party_role text,
    p_party_name text, p_party_contact text, p_party_authority text, p_basis text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    who bigint := p_customer_id;
    case_no bigint;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'case_take_down', jsonb_build_array(p_customer_id, p_channel,
        p_business, p_reason, p_subject, p_facts, p_remedy, p_level, p_urgency, p_source, p_complained, p_flags,
        p_group_size, p_third_party, p_party_role, p_party_name, p_party_contact, p_party_authority, p_basis));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF who IS NULL THEN
        who := bank.anonymous_customer((bank.me()).unit_id);
    END IF;
    IF coalesce(btrim(p_party_name), '') = '' AND concat(p_party_contact, p_party_authority) ~ '[^[:space:]]' THEN
        PERFORM bank.fail('BO422', 'Write the name.', NULL, 'Whose contact or authority is it?', 'p_party_name');
    END IF;
    answer := api.case_open(who, p_channel, p_business, p_reason, p_subject, p_facts, p_remedy, p_level, p_urgency,
                            p_source, p_complained, md5('open ' || p_request)::uuid);
    case_no := answer.id::bigint;
    IF concat(p_flags, p_group_size, p_third_party) ~ '[^[:space:]]' THEN
        PERFORM api.case_mark(who, case_no, p_flags, coalesce(p_urgency, 3), p_group_size, p_third_party, NULL,
                              md5('mark ' || p_request)::uuid);
    END IF;
    IF coalesce(btrim(p_basis), '') <> '' THEN
        PERFORM api.case_field_set(who, case_no, 'basis', btrim(p_basis), NULL, md5('basis ' || p_request)::uuid);
    END IF;
    IF coalesce(btrim(p_party_name), '') <> '' THEN
        PERFORM api.case_party_add(who, case_no, coalesce(nullif(p_party_role, ''), 'complainant'), p_party_name,
                                   p_party_contact, p_party_authority, md5('party ' || p_request)::uuid);
    END IF;
    RETURN bank.request_done(p_request, answer.id, answer.message);
END $$;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor') FROM unnest('{case_bulk,case_take_down}'::text[]) name;

-- What the bank knows, for the form of a new complaint: shown, not asked: open cases too, and those
-- of the last 90 days, which the new one may repeat.
CREATE FUNCTION api.case_desk_form(p_customer_id bigint)
RETURNS TABLE (customer_number text, customer text, phone text, unit text, tier text, open_cases text,
               recent_cases text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    person bank.customer := bank.customer_require(p_customer_id);
BEGIN
    RETURN QUERY
    SELECT person.customer_number, bank.mask_name(person.name),
           (SELECT bank.mask_phone(p.phone) FROM bank.phone p WHERE p.customer_id = person.customer_id LIMIT 1),
           bank.unit_name(person.unit_id),
           coalesce((SELECT d.name_zh FROM bank.member m JOIN bank.tier_def d USING (tier)
                      WHERE m.customer_id = person.customer_id), '-'),
           coalesce((SELECT string_agg(f.number || ' ' || f.subject, ', ' ORDER BY f.case_id DESC)
                       FROM bank.case_file f WHERE f.customer_id = person.customer_id AND f.closed_at IS NULL), '-'),
           coalesce((SELECT string_agg(f.number || ' ' || f.subject, ', ' ORDER BY f.case_id DESC)
                       FROM bank.case_file f WHERE f.customer_id = person.customer_id
                        AND f.closed_at > now() - interval '90 days'), '-');
END $$;
SELECT bank.function_grant('case_desk_form', 'clerk', 'rm', 'supervisor');

-- Mediation by a body outside the bank: asked for, then agreed, failed or refused. One for each case,
-- the latest; the history keeps the earlier ones.
CREATE TABLE bank.case_mediation (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    unit_id     int NOT NULL,
    body        text NOT NULL CHECK (length(body) BETWEEN 1 AND 200),
    asked_on    date NOT NULL,
    result      text COLLATE "C" NOT NULL CHECK (result IN ('asked', 'agreed', 'failed', 'refused')),
    ended_on    date,
    agreement   text NOT NULL DEFAULT '' CHECK (length(agreement) <= 2000),
    set_by      int NOT NULL,
    set_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_id, case_id),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file,
    CHECK ((result = 'asked') = (ended_on IS NULL)),
    CHECK (ended_on >= asked_on),
    CHECK (result <> 'agreed' OR agreement <> '')
);
SELECT bank.table_protect('bank.case_mediation', 'SELECT, INSERT, UPDATE');
INSERT INTO bank.case_action (case_type, action, label_en, label_zh, seq, plain)
VALUES ('complaint', 'mediate', 'Mediation', '调解', 23, false);

CREATE FUNCTION api.case_mediation(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (body text, asked_on date, result text, ended_on date, agreement text, set_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT m.body, m.asked_on, m.result, m.ended_on, m.agreement, bank.staff_name(m.set_by)
      FROM bank.case_mediation m
     WHERE m.customer_id = (bank.customer_require(p_customer_id)).customer_id AND m.case_id = p_case_id
       AND bank.in_scope(m.unit_id)
$$;
SELECT bank.function_grant('case_mediation', 'clerk', 'rm', 'supervisor', 'auditor');

-- What was given, found and said after the decision: redress, root cause with its measure, survey; the first that
-- came first. `sort`: the kind of redress, the cause, or the score of 1 to 5; `day`: when the measure is due, else
-- the day it was asked or said.
CREATE FUNCTION api.case_followed(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (what text, sort text, detail text, person text, day date, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    WITH c AS (SELECT f.customer_id, f.case_id FROM bank.case_file f
                WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
                  AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)),
    x (what, sort, detail, person, day, state, at) AS (
        SELECT 'redress', r.kind, concat_ws('  ', CASE WHEN r.points IS NOT NULL THEN to_char(r.points, 'FM999,999,999,999')
               ELSE bank.recon_money(r.amount, r.currency::text) || ' ' || r.currency END, r.reason),
               r.maker_id, bank.local_day(r.asked_at), r.state, r.asked_at
          FROM c JOIN bank.case_redress r USING (customer_id, case_id)
        UNION ALL
        SELECT 'cause', k.cause, concat_ws('  ', k.finding, nullif(k.measure, ''), nullif(k.result, '')), coalesce(k.done_by, k.owner_id),
               k.due_on, CASE WHEN k.measure = '' THEN 'none' WHEN k.done_at IS NOT NULL THEN 'done'
                              WHEN k.due_on < bank.today() THEN 'overdue' ELSE 'open' END, k.set_at
          FROM c JOIN bank.case_cause k USING (customer_id, case_id)
        UNION ALL
        SELECT 'survey', v.score::text, v.comment, v.asked_by, bank.local_day(v.at), NULL, v.at
          FROM c JOIN bank.case_survey v USING (customer_id, case_id))
    SELECT x.what, x.sort, x.detail, bank.staff_name(x.person), x.day, x.state FROM x ORDER BY x.at
$$;
SELECT bank.function_grant('case_followed', 'clerk', 'rm', 'supervisor', 'auditor');

-- The mediation as its form shows it; asked for today before there is one.
CREATE FUNCTION api.case_mediation_form(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (number text, subject text, body text, asked_on text, result text, ended_on text, agreement text,
               version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT f.number, f.subject, m.body, coalesce(m.asked_on, bank.today())::text, coalesce(m.result, 'asked'),
           m.ended_on::text, m.agreement, coalesce(m.version, 0)::text
      FROM bank.case_file f LEFT JOIN bank.case_mediation m USING (customer_id, case_id)
     WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)
$$;

-- Keeps the mediation of a case: `p_result` asked, agreed (then with what was agreed), failed or refused;
-- `p_ended_on` empty: today.
CREATE FUNCTION api.case_mediation_set(p_customer_id bigint, p_case_id bigint, p_body text, p_asked_on date,
    p_result text, p_ended_on date, p_agreement text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
    was bank.case_mediation;
    ended date := CASE WHEN p_result = 'asked' THEN NULL ELSE coalesce(p_ended_on, bank.today()) END;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'case_mediation_set', jsonb_build_array(p_customer_id, p_case_id,
        p_body, p_asked_on, p_result, p_ended_on, p_agreement, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.case_lock(p_customer_id, p_case_id, NULL);
    SELECT * INTO was FROM bank.case_mediation x WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id;
    IF coalesce(was.version, 0) IS DISTINCT FROM coalesce(p_version, 0) THEN
        PERFORM bank.fail('BO409', 'Somebody changed this in the meantime.', c.number, 'Look at it again.',
                          'p_version');
    ELSIF c.complained_staff_id = bank.my_staff_id() THEN
        PERFORM bank.fail('BO403', 'The person complained about may not handle the case.', c.number,
                          'Leave it to a colleague.');
    ELSIF c.outcome = 'mediated' AND p_result IS DISTINCT FROM 'agreed' THEN
        PERFORM bank.fail('BO423', 'The case rests on this agreement.', c.number, 'Reopen the case first.');
    ELSIF NOT coalesce(p_result IN ('asked', 'agreed', 'failed', 'refused'), false) THEN
        PERFORM bank.fail('BO422', 'There is no such result of a mediation.', p_result, NULL, 'p_result');
    ELSIF p_asked_on IS NULL OR p_asked_on > bank.today() THEN
        PERFORM bank.fail('BO422', 'This day cannot be.', p_asked_on::text, NULL, 'p_asked_on');
    ELSIF ended < p_asked_on OR ended > bank.today() THEN
        PERFORM bank.fail('BO422', 'This day cannot be.', ended::text, NULL, 'p_ended_on');
    ELSIF p_result = 'agreed' AND coalesce(btrim(p_agreement), '') = '' THEN
        PERFORM bank.fail('BO422', 'Write what was agreed.', NULL, NULL, 'p_agreement');
    END IF;
    PERFORM bank.text_require(p_body, 'p_body', 1, 200);
    INSERT INTO bank.case_mediation (customer_id, case_id, unit_id, body, asked_on, result, ended_on, agreement, set_by)
    VALUES (c.customer_id, c.case_id, c.unit_id, btrim(p_body), p_asked_on, p_result, ended,
            left(coalesce(btrim(p_agreement), ''), 2000), bank.my_staff_id())
    ON CONFLICT (customer_id, case_id) DO UPDATE SET body = excluded.body, asked_on = excluded.asked_on,
        result = excluded.result, ended_on = excluded.ended_on, agreement = excluded.agreement,
        set_by = excluded.set_by, set_at = clock_timestamp(), version = case_mediation.version + 1;
    PERFORM bank.case_event_write(c, c, 'mediate', btrim(p_body) || ': ' || (SELECT v.zh || ' / ' || v.en
        FROM (VALUES ('asked', '调解中', 'under way'), ('agreed', '达成协议', 'agreed'), ('failed', '调解不成', 'failed'),
                     ('refused', '一方拒绝', 'refused by one side')) v (result, zh, en) WHERE v.result = p_result)
                                  || coalesce(' ' || nullif(btrim(p_agreement), ''), ''));
    RETURN bank.request_done(p_request, c.case_id::text, 'The mediation is kept.');
END $$;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{case_mediation_form,case_mediation_set}'::text[]) name;

-- No case ends as mediated but by a mediation that ended in an agreement, whoever writes.
CREATE FUNCTION bank.case_mediated_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bank.case_mediation m WHERE m.customer_id = NEW.customer_id
                      AND m.case_id = NEW.case_id AND m.result = 'agreed' AND m.ended_on IS NOT NULL) THEN
        PERFORM bank.fail('BO424', 'No mediation of this case has ended in an agreement.', NEW.number,
                          'Keep who mediated, since when and what was agreed; then decide.', 'p_outcome');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_mediated_guard BEFORE UPDATE OF outcome ON bank.case_file
    FOR EACH ROW WHEN (NEW.outcome = 'mediated' AND OLD.outcome IS DISTINCT FROM NEW.outcome)
    EXECUTE FUNCTION bank.case_mediated_guard();
CREATE TRIGGER case_mediated_begin BEFORE INSERT ON bank.case_file
    FOR EACH ROW WHEN (NEW.outcome = 'mediated') EXECUTE FUNCTION bank.case_mediated_guard();
ALTER FUNCTION bank.case_mediated_guard() OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.case_mediated_guard TO bankops_api;

-- First values of the form that answers the customer: no message reaches somebody who gave no name.
CREATE FUNCTION api.case_reply_form(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (number text, subject text, customer text, language text, how text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT d.number, d.subject, d.customer, d.language, CASE WHEN d.customer_id < 0 THEN 'phone' ELSE 'app' END
      FROM api.case_detail(p_customer_id, p_case_id) d
$$;

-- The same of the form that decides: what was agreed with a mediator ends the case as mediated. Refused before
-- anybody writes a decision that the checklist does not allow yet.
CREATE FUNCTION api.case_resolve_form(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (number text, subject text, how text, outcome text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    missing text := (SELECT bank.case_checks_open(f) FROM bank.case_file f WHERE f.customer_id = p_customer_id
                        AND f.case_id = p_case_id AND bank.in_scope(f.unit_id));
BEGIN
    IF missing IS NOT NULL THEN
        PERFORM bank.fail('BO423', 'Required items of the checklist are open.', missing,
                          'Tick them on the case''s page 4, then decide.');
    END IF;
    RETURN QUERY
    SELECT d.number, d.subject, d.how, CASE WHEN m.result = 'agreed' THEN 'mediated' ELSE 'resolved' END
      FROM api.case_reply_form(p_customer_id, p_case_id) d
      LEFT JOIN bank.case_mediation m ON m.customer_id = p_customer_id AND m.case_id = p_case_id;
END $$;
SELECT bank.function_grant('case_reply_form', 'clerk', 'rm', 'supervisor');
SELECT bank.function_grant('case_resolve_form', 'clerk', 'rm', 'supervisor');

-- Accounts that a redress may go to: those of the customer, as the bank knows them.
CREATE FUNCTION api.redress_accounts(p_customer_id bigint)
RETURNS TABLE (account text, product_zh text, product_en text, currency text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT bank.mask_account(a.number), p.name_zh, p.name_en, a.currency::text
      FROM bank.account a JOIN bank.product p USING (product)
     WHERE a.customer_id = (bank.customer_require(p_customer_id)).customer_id AND a.status = 'open'
     ORDER BY a.account_id
$$;
SELECT bank.function_grant('redress_accounts', 'clerk', 'rm', 'supervisor');
