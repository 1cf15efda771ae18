-- From the pre-check to the decision: submit, ask the customer, propose, decide, visit, prove the identity.

-- Runs the pre-check again.
CREATE FUNCTION api.application_precheck(p_customer_id bigint, p_case_id bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_precheck',
        jsonb_build_array(p_customer_id, p_case_id));
    c bank.case_file;
    looked record;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, NULL, '{draft,returned,review,approved}');
    looked := bank.application_look(c);
    PERFORM bank.case_event_write(c, c, 'precheck', looked.stops::text);
    RETURN bank.request_done(p_request, p_case_id::text, CASE looked.stops WHEN 0
        THEN 'The pre-check finds nothing that stops it.'
        ELSE 'The pre-check names what must be put right.' END);
END $$;

-- Hands the application to the reviewing desk when the pre-check passes, else names everything and
-- leaves it. A consumer credit that the card decides is decided here and now.
CREATE FUNCTION api.application_submit(p_customer_id bigint, p_case_id bigint, p_version bigint,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_submit',
        jsonb_build_array(p_customer_id, p_case_id, p_version));
    was bank.case_file;
    c bank.case_file;
    a bank.application; s bank.application_score; looked record;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.application_open_case(p_customer_id, p_case_id, p_version, '{draft,returned}');
    looked := bank.application_look(was);
    IF looked.stops > 0 THEN
        PERFORM bank.case_event_write(was, was, 'precheck', looked.stops::text);
        RETURN bank.request_done(p_request, p_case_id::text,
            'Not submitted: the pre-check names everything that must be put right.');
    END IF;
    UPDATE bank.application SET submitted_at = coalesce(submitted_at, clock_timestamp())
     WHERE customer_id = p_customer_id AND case_id = p_case_id;
    c := bank.application_move(was, CASE was.stage WHEN 'draft' THEN 'submit' ELSE 'resubmit' END, '');
    IF looked.verdict IN ('approve', 'refuse') THEN
        SELECT * INTO s FROM bank.application_score x WHERE x.customer_id = p_customer_id
            AND x.case_id = p_case_id AND x.run = looked.run;
        UPDATE bank.application x SET how = 'auto', verdict = looked.verdict,
            granted = CASE looked.verdict WHEN 'approve' THEN x.amount END,
               rate_bp = CASE looked.verdict WHEN 'approve'
                   THEN (bank.card_active('consumer_credit')).rate_bp END,
                   decided_at = clock_timestamp(), reason = s.reason_zh
         WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id RETURNING * INTO a;
        c := bank.application_move(c, CASE looked.verdict WHEN 'approve' THEN 'auto_grant'
            ELSE 'auto_decline' END, s.reason_zh);
        PERFORM bank.application_tell(c, a, p_request);
        RETURN bank.request_done(p_request, p_case_id::text, CASE looked.verdict WHEN 'approve'
            THEN 'Approved by the rules; it waits for the payout.'
            ELSE 'Declined by the rules; the customer is told.' END);
    END IF;
    RETURN bank.request_done(p_request, p_case_id::text, 'The application is with the reviewing desk.');
END $$;

-- Sends the customer one list of all that is missing. In review the application waits for him, and
-- the clock with it.
CREATE FUNCTION api.application_ask(p_customer_id bigint, p_case_id bigint, p_how text, p_note text,
    p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_ask',
        jsonb_build_array(p_customer_id, p_case_id, p_how, p_note, p_version));
    c bank.case_file;
    list text;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{draft,review,returned}');
    IF p_how IN ('sms', 'email') AND bank.message_address(jsonb_populate_record(NULL::bank.outbox,
           jsonb_build_object('customer_id', c.customer_id, 'channel', p_how))) IS NULL THEN
        PERFORM bank.fail('BO422', 'The bank has no number or address of the customer for this way.', p_how,
            'Call him, or choose another way.', 'p_how');
    END IF;
    list := concat_ws(E'\n', nullif(btrim(p_note), ''), bank.application_missing(c, true));
    IF list = '' THEN
        PERFORM bank.fail('BO422', 'Nothing is missing: say what the customer shall bring.', c.number,
            NULL, 'p_note');
    ELSIF c.stage = 'review' THEN
        c := bank.application_move(c, 'return', list);
    ELSE
        PERFORM bank.case_event_write(c, c, 'ask_customer', list);
    END IF;
    PERFORM bank.case_message(c, p_how, list, 'application_ask', p_request);
    RETURN bank.request_done(p_request, p_case_id::text,
        'The customer gets one list of all that is missing.');
END $$;

-- Nobody approves or opens an account for somebody whose identity was doubted at the visit.
CREATE FUNCTION bank.identity_require(c bank.case_file, a bank.application) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF bank.identity_state(a) IN ('low', 'waits') THEN
        PERFORM bank.fail('BO423', 'The identity of who came is not proved.',
            (SELECT bank.in_language(f.detail_zh, f.detail_en) FROM bank.visit_finding(a) f), CASE bank.identity_state(a)
                WHEN 'waits' THEN 'A second person who saw it confirms it.'
                ELSE 'Record the visit with other means.' END);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION bank.identity_require TO bankops_api;

-- The reviewer's proposal; another person decides. `p_rate`: yearly, percent. `p_told`: the reason of a
-- decline as the customer is told it; of a credit the card has reasons of its own.
CREATE FUNCTION api.application_propose(p_customer_id bigint, p_case_id bigint, p_verdict text,
    p_amount bigint, p_rate text, p_reason text, p_told text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_propose',
        jsonb_build_array(p_customer_id, p_case_id, p_verdict, p_amount, p_rate, p_reason, p_told,
            p_version));
    c bank.case_file;
    a bank.application;
    looked record; rate int;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{review}');
    a := bank.application_lock(c);
    PERFORM bank.choice_require(p_verdict, 'p_verdict', '{approve,refuse}');
    IF coalesce(p_rate, '') !~ '^([0-9]{1,2}(\.[0-9]{1,2})?)?$' THEN
        PERFORM bank.fail('BO422', 'The rate is written like 4.80.', p_rate, NULL, 'p_rate');
    END IF;
    rate := coalesce(round(nullif(p_rate, '')::numeric * 100), CASE c.case_type WHEN 'consumer_credit'
        THEN (bank.card_active('consumer_credit')).rate_bp
        WHEN 'chain_finance' THEN (SELECT e.rate_bp FROM bank.core_enterprise e
            WHERE e.customer_id = a.core_id) END);
    IF p_verdict = 'approve' THEN
        looked := bank.application_look(c);
        PERFORM bank.identity_require(c, a);
        IF looked.stops > 0 THEN
            PERFORM bank.fail('BO423', 'The pre-check does not pass.', bank.application_missing(c),
                'Ask the customer, or propose to decline.');
        ELSIF coalesce(p_amount, a.amount) > a.amount OR p_amount <= 0 THEN
            PERFORM bank.fail('BO422', 'At most what was applied for.', bank.money_text(a.amount), NULL,
                'p_amount');
        END IF;
    ELSIF coalesce(btrim(p_told), '') = '' AND bank.decline_reasons(c, false) IS NULL THEN
        PERFORM bank.fail('BO422', 'Say what the customer is told as the reason.', c.number,
            'One sentence in his language; your own reason stays inside.', 'p_told');
    END IF;
    UPDATE bank.application x SET how = 'manual', verdict = p_verdict, granted = CASE p_verdict
        WHEN 'approve' THEN coalesce(p_amount, x.amount) END,
           rate_bp = CASE WHEN p_verdict = 'approve' AND x.amount IS NOT NULL THEN rate END,
               maker_id = bank.my_staff_id(), made_at = clock_timestamp(),
           reason = coalesce(p_reason, ''), told = coalesce(btrim(p_told), ''), checker_id = NULL,
               decided_at = NULL
     WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id;
    PERFORM bank.application_move(c, 'propose', p_reason);
    RETURN bank.request_done(p_request, p_case_id::text, 'The proposal waits for a second person.');
END $$;

-- Money of a chain is taken from the core enterprise's limit before anybody else takes it.
CREATE FUNCTION bank.core_reserve(c bank.case_file,
    a bank.application) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    d bank.core_document;
BEGIN
    PERFORM FROM bank.core_enterprise e WHERE e.customer_id = a.core_id FOR UPDATE;
    SELECT * INTO d FROM bank.core_document x WHERE x.customer_id = a.core_id
        AND x.document_id = a.document_id;
    IF (bank.application_look(c)).stops > 0 THEN
        PERFORM bank.fail('BO423', 'The pre-check does not pass.', bank.application_missing(c),
            'Send it back to the reviewer.');
    END IF;
    INSERT INTO bank.core_finance (customer_id, document_id, unit_id, supplier_id, case_id, amount,
        state, due_on)
    VALUES (a.core_id, a.document_id, c.unit_id, c.customer_id, c.case_id, a.granted, 'reserved',
        d.due_on);
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.fail('BO409', 'This document is financed already.', d.number,
        'Send it back to the reviewer.');
END $$;

-- The second person: agree with the proposal, or send it back with a reason.
CREATE FUNCTION api.application_decide(p_customer_id bigint, p_case_id bigint, p_verdict text,
    p_note text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_decide',
        jsonb_build_array(p_customer_id, p_case_id, p_verdict, p_note, p_version));
    c bank.case_file;
    a bank.application;
    most bigint;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{approval}');
    a := bank.application_lock(c);
    PERFORM bank.choice_require(p_verdict, 'p_verdict', '{agree,back}');
    IF a.maker_id = bank.my_staff_id() THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', c.number,
            'Ask another supervisor.');
    ELSIF p_verdict = 'back' THEN
        PERFORM bank.application_move(c, 'revise', p_note);
        UPDATE bank.case_file SET owner_id = a.maker_id WHERE customer_id = p_customer_id
            AND case_id = p_case_id;
        RETURN bank.request_done(p_request, p_case_id::text, 'Sent back to the reviewer.');
    END IF;
    most := bank.my_decision_limit(a.verdict = 'approve'
        AND (SELECT s.verdict FROM bank.application_score s
        WHERE s.customer_id = c.customer_id AND s.case_id = c.case_id ORDER BY s.run DESC LIMIT 1)
            = 'refuse');
    IF a.granted > most THEN
        PERFORM bank.fail('BO403', 'The amount is above your limit.', bank.money_text(most),
            'Ask a supervisor of head office.');
    ELSIF a.verdict = 'approve' THEN
        PERFORM bank.identity_require(c, a);
    END IF;
    IF c.case_type = 'chain_finance' AND a.verdict = 'approve' THEN
        PERFORM bank.core_reserve(c, a);
    END IF;
    UPDATE bank.application SET checker_id = bank.my_staff_id(), decided_at = clock_timestamp()
     WHERE customer_id = p_customer_id AND case_id = p_case_id RETURNING * INTO a;
    c := bank.application_move(c, CASE a.verdict WHEN 'approve' THEN 'grant' ELSE 'decline' END,
        coalesce(p_note, ''));
    PERFORM bank.application_tell(c, a, p_request);
    RETURN bank.request_done(p_request, p_case_id::text, CASE a.verdict WHEN 'approve'
        THEN 'Approved; it waits for account operations.' ELSE 'Declined; the customer is told.' END);
END $$;
-- Up to how much the caller decides; `p_override`: against a refusal of the card.
CREATE FUNCTION bank.my_decision_limit(p_override boolean DEFAULT false) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT CASE WHEN coalesce(p_override, false) THEN l.override ELSE l.amount END
        FROM staff s JOIN unit u ON u.unit_id = s.unit_id JOIN decision_limit l ON l.unit_kind = u.kind
       WHERE s.login = session_user AND s.role = 'supervisor'), 0);
END $$;
ALTER FUNCTION bank.my_decision_limit OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.my_decision_limit TO bankops_staff, bankops_api;

-- The one visit: originals seen, signed, and the face match in percent. Where that is too low, or there is
-- none, the identity is proved by `p_means` (counter, video, notary) with `p_proof` (the number of the
-- network check, recording or deed), which somebody else confirms; until then nobody approves.
CREATE FUNCTION api.application_visit(p_customer_id bigint, p_case_id bigint, p_face text,
    p_originals boolean, p_means text, p_proof text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_visit', jsonb_build_array(
        p_customer_id, p_case_id, p_face, p_originals, p_means, p_proof, p_version));
    c bank.case_file;
    a bank.application;
    means text := nullif(p_means, '');
    face numeric;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version,
        '{draft,returned,review,approval,approved}');
    IF bank.identity_state(bank.application_lock(c)) = 'proved' THEN
        PERFORM bank.fail('BO423', 'The visit is recorded, and the identity proved.', c.number);
    ELSIF NOT (coalesce(p_face, '') = '' AND means IS NOT NULL)
        AND (coalesce(p_face, '') !~ '^[0-9]{1,3}(\.[0-9]{1,2})?$' OR p_face::numeric > 100) THEN
        PERFORM bank.fail('BO422', 'The face match is written like 99.50.', p_face,
            'Empty only where other means prove the identity.', 'p_face');
    ELSIF NOT coalesce(p_originals, false) THEN
        PERFORM bank.fail('BO422', 'The originals must be seen.', NULL, NULL, 'p_originals');
    END IF;
    IF means IS NOT NULL THEN
        PERFORM bank.choice_require(means, 'p_means', '{counter,video,notary}');
    END IF;
    face := nullif(p_face, '')::numeric;
    IF face >= bank.setting('face_match_least')::numeric THEN
        means := 'face';
    ELSIF means IS NOT NULL THEN
        PERFORM bank.text_require(p_proof, 'p_proof', 3, 200);
    END IF;
    UPDATE bank.application x SET face_score = face, visited_at = clock_timestamp(),
        visited_by = bank.my_staff_id(), identity_means = means,
        identity_proof = CASE WHEN means <> 'face' THEN btrim(p_proof) ELSE '' END,
        identity_by = NULL, identity_at = CASE means WHEN 'face' THEN clock_timestamp() END
     WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id RETURNING * INTO a;
    PERFORM bank.application_move(c, 'visit', bank.visit_words(a));
    PERFORM bank.application_look(c);
    RETURN bank.request_done(p_request, p_case_id::text, CASE bank.identity_state(a)
        WHEN 'proved' THEN 'The visit is recorded.'
        WHEN 'waits' THEN 'The visit is recorded; a second person confirms the identity.'
        ELSE 'The visit is recorded, but the face match is too low: prove the identity by other means.' END);
END $$;

-- What the history says of it, in both languages.
CREATE FUNCTION bank.visit_words(a bank.application) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws(', ', '人脸识别 / Face match ' || a.face_score || ' %',
                     bank.means_name(m, false) || ' / ' || bank.means_name(m, true))
      FROM nullif(a.identity_means, 'face') m
$$;

-- The second person on what the machine did not prove: agree, or refuse with a note.
CREATE FUNCTION api.application_identity(p_customer_id bigint, p_case_id bigint, p_verdict text,
    p_note text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_identity',
        jsonb_build_array(p_customer_id, p_case_id, p_verdict, p_note, p_version));
    c bank.case_file;
    a bank.application;
    agreed boolean := p_verdict = 'agree';
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version,
        '{draft,returned,review,approval,approved}');
    a := bank.application_lock(c);
    PERFORM bank.choice_require(p_verdict, 'p_verdict', '{agree,refuse}');
    IF bank.identity_state(a) <> 'waits' THEN
        PERFORM bank.fail('BO423', 'No proof of identity waits for a second person.', c.number,
            'Refresh the case and look at its stage.');
    ELSIF a.visited_by = bank.my_staff_id() THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', c.number,
            'Ask a colleague who saw it.');
    ELSIF NOT agreed THEN
        PERFORM bank.text_require(p_note, 'p_note', 1, 200);
    END IF;
    UPDATE bank.application x SET identity_by = CASE WHEN agreed THEN bank.my_staff_id() END,
        identity_at = CASE WHEN agreed THEN clock_timestamp() END,
        identity_means = CASE WHEN agreed THEN x.identity_means END,
        identity_proof = CASE WHEN agreed THEN x.identity_proof ELSE '' END
     WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id;
    PERFORM bank.application_move(c, CASE WHEN agreed THEN 'identify' ELSE 'doubt' END,
        coalesce(nullif(btrim(p_note), ''), CASE WHEN agreed THEN bank.means_name(a.identity_means, false)
            || ' / ' || bank.means_name(a.identity_means, true) ELSE '' END));
    PERFORM bank.application_look(c);
    RETURN bank.request_done(p_request, p_case_id::text, CASE WHEN agreed
        THEN 'The identity is proved: two persons saw it.'
        ELSE 'Not confirmed: the identity is still to be proved.' END);
END $$;

GRANT EXECUTE ON FUNCTION bank.visit_words, bank.core_reserve TO bankops_api;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{application_precheck,application_submit,application_ask,application_visit}'::text[]) name;
SELECT bank.function_grant(name, 'clerk', 'supervisor')
  FROM unnest('{application_propose,application_identity}'::text[]) name;
SELECT bank.function_grant('application_decide', 'supervisor');
