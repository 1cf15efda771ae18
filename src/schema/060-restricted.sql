-- Restricted customers and the staff's own records: asking a supervisor for access, and deciding.

-- The caller may know that the customer exists (he found it in lookup), but not open it.
CREATE FUNCTION api.access_ask(p_customer_id bigint, p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff;
    c bank.customer;
    answer api.outcome;
    made bigint;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    me := bank.me();
    c := bank.customer_known(p_customer_id);
    answer := bank.request_replay(p_request, 'access_ask',
                                  jsonb_build_array(p_customer_id, p_reason));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.text_require(p_reason, 'p_reason', 5, 200);
    IF NOT c.restricted AND c.customer_id IS DISTINCT FROM me.customer_id THEN
        PERFORM bank.fail('BO423', 'This customer needs no grant.', p_customer_id::text,
                          'Open it.', 'p_customer_id');
    ELSIF EXISTS (SELECT FROM bank.access_grant WHERE customer_id = p_customer_id
                  AND staff_id = me.staff_id AND state = 'asked') THEN
        PERFORM bank.fail('BO423', 'You have asked for this already.', p_customer_id::text,
                          'Remind a supervisor.', 'p_customer_id');
    END IF;
    INSERT INTO bank.access_grant (customer_id, staff_id, reason, unit_id)
    VALUES (p_customer_id, me.staff_id, p_reason, c.unit_id) RETURNING grant_id INTO made;
    PERFORM bank.audit_write('access_ask', 'access_grant', made::text, p_customer_id, NULL,
                             jsonb_build_object('reason', p_reason));
    RETURN bank.request_done(p_request, made::text, 'A supervisor has been asked.');
END $$;

-- Grants or refuses: p_decision granted | refused. Nobody decides on his own request.
CREATE FUNCTION bank.access_decide(p_customer_id bigint, p_grant_id bigint, p_decision text,
                                   p_note text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql AS $$
DECLARE
    me bank.staff;
    g bank.access_grant;
    answer api.outcome;
BEGIN
    PERFORM bank.require_role('supervisor');
    me := bank.me();
    answer := bank.request_replay(p_request, 'access_' || p_decision,
        jsonb_build_array(p_customer_id, p_grant_id, p_note, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO g FROM bank.access_grant
    WHERE customer_id = p_customer_id AND grant_id = p_grant_id
      AND unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such request in your units.', p_grant_id::text, NULL,
                          'p_grant_id');
    ELSIF g.state <> 'asked' THEN
        PERFORM bank.fail('BO423', 'This request has been decided already.',
                          bank.staff_name(g.decided_by), NULL, 'p_grant_id');
    ELSIF g.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this in the meantime.', p_grant_id::text,
                          'Look at it again.', 'p_version');
    ELSIF g.staff_id = me.staff_id THEN
        PERFORM bank.fail('BO403', 'You cannot decide on your own request.', p_grant_id::text,
                          'Ask another supervisor.', 'p_grant_id');
    ELSIF p_customer_id IS NOT DISTINCT FROM me.customer_id THEN
        PERFORM bank.fail('BO403', 'You cannot decide on your own record.', p_grant_id::text,
                          'Ask another supervisor.', 'p_grant_id');
    END IF;
    UPDATE bank.access_grant
    SET state = p_decision, decided_by = me.staff_id, decided_at = now(), decision_note = p_note,
        expires_at = CASE p_decision WHEN 'granted'
            THEN now() + make_interval(hours => bank.setting('grant_hours')::int) END,
        version = version + 1
    WHERE customer_id = p_customer_id AND grant_id = p_grant_id;
    PERFORM bank.audit_write('access_' || p_decision, 'access_grant', p_grant_id::text,
        p_customer_id, jsonb_build_object('state', 'asked', 'staff_id', g.staff_id),
        jsonb_build_object('state', p_decision, 'note', p_note));
    RETURN bank.request_done(p_request, p_grant_id::text,
        CASE p_decision WHEN 'granted' THEN 'Access granted.' ELSE 'Access refused.' END);
END $$;

CREATE FUNCTION api.access_grant(p_customer_id bigint, p_grant_id bigint, p_note text,
                                 p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE sql SECURITY DEFINER SET search_path = api, bank, pg_temp
AS $$ SELECT bank.access_decide(p_customer_id, p_grant_id, 'granted', p_note, p_version, p_request) $$;

CREATE FUNCTION api.access_refuse(p_customer_id bigint, p_grant_id bigint, p_note text,
                                  p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE sql SECURITY DEFINER SET search_path = api, bank, pg_temp
AS $$ SELECT bank.access_decide(p_customer_id, p_grant_id, 'refused', p_note, p_version, p_request) $$;

-- Requests: a supervisor sees those of his units, everybody else his own.
CREATE VIEW api.access_list WITH (security_barrier) AS
    SELECT g.customer_id, g.grant_id, bank.mask_name(c.name) AS customer, c.customer_number,
           g.staff_id, bank.in_language(s.name_zh, s.name_en) AS asked_by, g.reason, g.asked_at,
           CASE WHEN g.state = 'granted' AND g.expires_at <= now() THEN 'expired' ELSE g.state END
               AS state,
           bank.in_language(d.name_zh, d.name_en) AS decided_by, g.decided_at, g.decision_note, g.expires_at, g.version,
           g.staff_id = (SELECT bank.my_staff_id()) AS mine
    FROM bank.access_grant g
    JOIN bank.customer c ON c.customer_id = g.customer_id
    JOIN bank.staff s ON s.staff_id = g.staff_id
    LEFT JOIN bank.staff d ON d.staff_id = g.decided_by
    WHERE g.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
      AND (g.staff_id = (SELECT bank.my_staff_id()) OR (SELECT bank.my_role()) = 'supervisor');

SELECT bank.function_grant('access_ask', 'clerk', 'rm', 'supervisor');
SELECT bank.function_grant('access_grant', 'supervisor');
SELECT bank.function_grant('access_refuse', 'supervisor');
SELECT bank.view_grant('access_list', 'clerk', 'rm', 'supervisor');
