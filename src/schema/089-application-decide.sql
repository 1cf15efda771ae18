-- From the pre-check to the end: submit, ask the customer, propose, decide, visit, execute; lists.

-- Runs the pre-check again.
CREATE FUNCTION api.application_precheck(p_customer_id bigint, p_case_id bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_precheck', jsonb_build_array(p_customer_id, p_case_id));
    c bank.case_file;
    looked record;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, NULL, '{draft,returned,review,approved}');
    looked := bank.application_look(c);
    PERFORM bank.case_event_write(c, c, 'precheck', looked.stops::text);
    RETURN bank.request_done(p_request, p_case_id::text, CASE looked.stops WHEN 0 THEN 'The pre-check finds nothing that stops it.'
        ELSE 'The pre-check names what must be put right.' END);
END $$;

-- Hands the application to the reviewing desk when the pre-check passes, else names everything and
-- leaves it. A consumer credit that the card decides is decided here and now.
CREATE FUNCTION api.application_submit(p_customer_id bigint, p_case_id bigint, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_submit', jsonb_build_array(p_customer_id, p_case_id, p_version));
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
        RETURN bank.request_done(p_request, p_case_id::text, 'Not submitted: the pre-check names everything that must be put right.');
    END IF;
    UPDATE bank.application SET submitted_at = coalesce(submitted_at, clock_timestamp())
     WHERE customer_id = p_customer_id AND case_id = p_case_id;
    c := bank.application_move(was, CASE was.stage WHEN 'draft' THEN 'submit' ELSE 'resubmit' END, '');
    IF looked.verdict IN ('approve', 'refuse') THEN
        SELECT * INTO s FROM bank.application_score x WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id AND x.run = looked.run;
        UPDATE bank.application x SET how = 'auto', verdict = looked.verdict, granted = CASE looked.verdict WHEN 'approve' THEN x.amount END,
               rate_bp = CASE looked.verdict WHEN 'approve' THEN (bank.card_active('consumer_credit')).rate_bp END, decided_at = clock_timestamp(), reason = s.reason_zh
         WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id RETURNING * INTO a;
        c := bank.application_move(c, CASE looked.verdict WHEN 'approve' THEN 'auto_grant' ELSE 'auto_decline' END, s.reason_zh);
        PERFORM bank.application_tell(c, a, p_request);
        RETURN bank.request_done(p_request, p_case_id::text, CASE looked.verdict WHEN 'approve' THEN 'Approved by the rules; it waits for the payout.'
            ELSE 'Declined by the rules; the customer is told.' END);
    END IF;
    RETURN bank.request_done(p_request, p_case_id::text, 'The application is with the reviewing desk.');
END $$;

-- Sends the customer one list of all that is missing. In review the application waits for him, and
-- the clock with it.
CREATE FUNCTION api.application_ask(p_customer_id bigint, p_case_id bigint, p_how text, p_note text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_ask', jsonb_build_array(p_customer_id, p_case_id, p_how, p_note, p_version));
    c bank.case_file;
    list text;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{draft,review,returned}');
    list := concat_ws(E'\n', nullif(btrim(p_note), ''), bank.application_missing(c));
    IF list = '' THEN
        PERFORM bank.fail('BO422', 'Nothing is missing: say what the customer shall bring.', c.number, NULL, 'p_note');
    ELSIF c.stage = 'review' THEN
        c := bank.application_move(c, 'return', list);
    ELSE
        PERFORM bank.case_event_write(c, c, 'ask_customer', list);
    END IF;
    PERFORM bank.case_message(c, p_how, list, 'application_ask', p_request);
    RETURN bank.request_done(p_request, p_case_id::text, 'The customer gets one list of all that is missing.');
END $$;

-- The reviewer's proposal; another person decides. `p_rate`: yearly, percent.
CREATE FUNCTION api.application_propose(p_customer_id bigint, p_case_id bigint, p_verdict text, p_amount bigint, p_rate text,
                                        p_reason text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_propose', jsonb_build_array(p_customer_id, p_case_id, p_verdict, p_amount, p_rate, p_reason, p_version));
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
    rate := coalesce(round(nullif(p_rate, '')::numeric * 100), CASE c.case_type WHEN 'consumer_credit' THEN (bank.card_active('consumer_credit')).rate_bp
        WHEN 'chain_finance' THEN (SELECT e.rate_bp FROM bank.core_enterprise e WHERE e.customer_id = a.core_id) END);
    IF p_verdict = 'approve' THEN
        looked := bank.application_look(c);
        IF looked.stops > 0 THEN
            PERFORM bank.fail('BO423', 'The pre-check does not pass.', bank.application_missing(c), 'Ask the customer, or propose to decline.');
        ELSIF coalesce(p_amount, a.amount) > a.amount OR p_amount <= 0 THEN
            PERFORM bank.fail('BO422', 'At most what was applied for.', bank.money_text(a.amount), NULL, 'p_amount');
        END IF;
    END IF;
    UPDATE bank.application x SET how = 'manual', verdict = p_verdict, granted = CASE p_verdict WHEN 'approve' THEN coalesce(p_amount, x.amount) END,
           rate_bp = CASE WHEN p_verdict = 'approve' AND x.amount IS NOT NULL THEN rate END, maker_id = bank.my_staff_id(), made_at = clock_timestamp(),
           reason = coalesce(p_reason, ''), checker_id = NULL, decided_at = NULL
     WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id;
    PERFORM bank.application_move(c, 'propose', p_reason);
    RETURN bank.request_done(p_request, p_case_id::text, 'The proposal waits for a second person.');
END $$;

-- Money of a chain is taken from the core enterprise's limit before anybody else takes it.
CREATE FUNCTION bank.core_reserve(c bank.case_file, a bank.application) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    d bank.core_document;
BEGIN
    PERFORM FROM bank.core_enterprise e WHERE e.customer_id = a.core_id FOR UPDATE;
    SELECT * INTO d FROM bank.core_document x WHERE x.customer_id = a.core_id AND x.document_id = a.document_id;
    IF (bank.application_look(c)).stops > 0 THEN
        PERFORM bank.fail('BO423', 'The pre-check does not pass.', bank.application_missing(c), 'Send it back to the reviewer.');
    END IF;
    INSERT INTO bank.core_finance (customer_id, document_id, unit_id, supplier_id, case_id, amount, state, due_on)
    VALUES (a.core_id, a.document_id, c.unit_id, c.customer_id, c.case_id, a.granted, 'reserved', d.due_on);
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.fail('BO409', 'This document is financed already.', d.number, 'Send it back to the reviewer.');
END $$;

-- The second person: agree with the proposal, or send it back with a reason.
CREATE FUNCTION api.application_decide(p_customer_id bigint, p_case_id bigint, p_verdict text, p_note text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_decide', jsonb_build_array(p_customer_id, p_case_id, p_verdict, p_note, p_version));
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
        PERFORM bank.fail('BO403', 'A second person must check this.', c.number, 'Ask another supervisor.');
    ELSIF p_verdict = 'back' THEN
        PERFORM bank.application_move(c, 'revise', p_note);
        UPDATE bank.case_file SET owner_id = a.maker_id WHERE customer_id = p_customer_id AND case_id = p_case_id;
        RETURN bank.request_done(p_request, p_case_id::text, 'Sent back to the reviewer.');
    END IF;
    most := bank.my_decision_limit();
    IF a.granted > most THEN
        PERFORM bank.fail('BO403', 'The amount is above your limit.', bank.money_text(most), 'Ask a supervisor of head office.');
    ELSIF c.case_type = 'chain_finance' AND a.verdict = 'approve' THEN
        PERFORM bank.core_reserve(c, a);
    END IF;
    UPDATE bank.application SET checker_id = bank.my_staff_id(), decided_at = clock_timestamp()
     WHERE customer_id = p_customer_id AND case_id = p_case_id RETURNING * INTO a;
    c := bank.application_move(c, CASE a.verdict WHEN 'approve' THEN 'grant' ELSE 'decline' END, coalesce(p_note, ''));
    PERFORM bank.application_tell(c, a, p_request);
    RETURN bank.request_done(p_request, p_case_id::text, CASE a.verdict WHEN 'approve' THEN 'Approved; it waits for account operations.' ELSE 'Declined; the customer is told.' END);
END $$;
CREATE FUNCTION bank.my_decision_limit() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT l.amount FROM staff s JOIN unit u ON u.unit_id = s.unit_id JOIN decision_limit l ON l.unit_kind = u.kind
                      WHERE s.login = session_user AND s.role = 'supervisor'), 0);
END $$;
ALTER FUNCTION bank.my_decision_limit OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.my_decision_limit TO bankops_staff, bankops_api;

-- The one visit: face match in percent, originals seen, signed.
CREATE FUNCTION api.application_visit(p_customer_id bigint, p_case_id bigint, p_face text, p_originals boolean, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_visit', jsonb_build_array(p_customer_id, p_case_id, p_face, p_originals, p_version));
    c bank.case_file;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{draft,review,approval,approved}');
    IF coalesce(p_face, '') !~ '^[0-9]{1,3}(\.[0-9]{1,2})?$' OR p_face::numeric > 100 OR p_face::numeric < bank.setting('face_match_least')::numeric THEN
        PERFORM bank.fail('BO422', 'The face match is too low.', p_face, 'At least ' || bank.setting('face_match_least') || ' %; else check the identity by other means.', 'p_face');
    ELSIF NOT coalesce(p_originals, false) THEN
        PERFORM bank.fail('BO422', 'The originals must be seen.', NULL, NULL, 'p_originals');
    END IF;
    UPDATE bank.application SET face_score = p_face::numeric, visited_at = clock_timestamp(), visited_by = bank.my_staff_id()
     WHERE customer_id = p_customer_id AND case_id = p_case_id;
    c := bank.application_move(c, 'visit', p_face || ' %');
    PERFORM bank.application_look(c);
    RETURN bank.request_done(p_request, p_case_id::text, 'The visit is recorded.');
END $$;

-- A new account of the customer at his unit; numbers of accounts opened here begin above the rest.
CREATE FUNCTION bank.account_open(c bank.case_file, p_product text, p_months int) RETURNS bank.account LANGUAGE plpgsql AS $$
DECLARE
    id bigint := nextval(pg_get_serial_sequence('bank.account', 'account_id'));
    a bank.account;
BEGIN
    INSERT INTO bank.account (customer_id, account_id, number, product, opened_on, matures_on, unit_id)
    VALUES (c.customer_id, id, bank.account_number_make(1000 + c.unit_id, CASE p_product WHEN 'CUR' THEN 2 ELSE 9 END, 90000000 + id % 10000000),
            p_product, bank.today(), (bank.today() + make_interval(months => p_months))::date, c.unit_id) RETURNING * INTO a;
    PERFORM bank.audit_write('account_open', 'account', id::text, c.customer_id, NULL, jsonb_build_object('product', p_product, 'case', c.number));
    RETURN a;
END $$;
CREATE FUNCTION bank.account_post(p_account bank.account, p_amount bigint, p_narrative text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    rest bigint;
BEGIN
    UPDATE bank.account SET balance = balance + p_amount WHERE customer_id = p_account.customer_id AND account_id = p_account.account_id RETURNING balance INTO rest;
    INSERT INTO bank.entry (customer_id, account_id, at, amount, balance_after, channel, narrative, unit_id)
    VALUES (p_account.customer_id, p_account.account_id, clock_timestamp(), p_amount, rest, 'batch', p_narrative, p_account.unit_id);
END $$;

-- Representative and owner that the bank knows, both ways.
CREATE FUNCTION bank.enterprise_relate(c bank.case_file) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    INSERT INTO relation (customer_id, other_id, kind, share_percent, since, unit_id)
    SELECT x.* FROM (VALUES ('rep_id', 'represented_by', 'legal_representative_of', false), ('owner_id', 'owned_by', 'owner_of', true)) r (field, one, other, share),
           LATERAL known_person(c.fields ->> r.field) p,
           LATERAL (VALUES (c.customer_id, p.customer_id, r.one, CASE WHEN r.share THEN (c.fields ->> 'owner_share')::numeric END, today(), c.unit_id),
                           (p.customer_id, c.customer_id, r.other, CASE WHEN r.share THEN (c.fields ->> 'owner_share')::numeric END, today(), p.unit_id)) x
    ON CONFLICT DO NOTHING;
END $$;
ALTER FUNCTION bank.enterprise_relate OWNER TO bankops_owner;

-- Opens the account with its services, or pays the credit out.
CREATE FUNCTION api.application_execute(p_customer_id bigint, p_case_id bigint, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_execute', jsonb_build_array(p_customer_id, p_case_id, p_version));
    c bank.case_file;
    a bank.application;
    made bank.account; cycle text;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{approved}');
    a := bank.application_lock(c);
    IF bank.my_staff_id() = a.checker_id THEN
        PERFORM bank.fail('BO403', 'Who approved it does not execute it.', c.number, 'Leave it to account operations.');
    ELSIF c.case_type = 'account_opening' AND a.visited_at IS NULL THEN
        PERFORM bank.fail('BO423', 'The visit comes first: face match, originals, signature.', c.number, 'Record the visit.');
    ELSIF (bank.application_look(c)).stops > 0 THEN
        PERFORM bank.fail('BO423', 'The pre-check does not pass.', bank.application_missing(c), 'Put it right, or withdraw the application.');
    END IF;
    IF c.case_type = 'account_opening' THEN
        made := bank.account_open(c, 'CUR', NULL);
        cycle := coalesce(c.fields ->> 'recon_cycle', 'none');
        INSERT INTO bank.account_service (customer_id, account_id, kind, unit_id, cycle, staff_count, pay_day, next_on, opened_by, case_id)
        SELECT c.customer_id, made.account_id, s.kind, c.unit_id, s.cycle, s.people, s.day, s.next_on, bank.my_staff_id(), c.case_id
          FROM (VALUES ('reconciliation', cycle, NULL::int, NULL::int, CASE cycle WHEN 'daily' THEN bank.working_day_after(bank.today(), 1)
                    WHEN 'monthly' THEN (date_trunc('month', bank.today()) + interval '1 month')::date ELSE (date_trunc('quarter', bank.today()) + interval '3 months')::date END),
                  ('payroll', 'monthly', (c.fields ->> 'payroll_staff')::int, (c.fields ->> 'payroll_day')::int,
                   (date_trunc('month', bank.today()) + interval '1 month')::date + coalesce((c.fields ->> 'payroll_day')::int, 1) - 1)) s (kind, cycle, people, day, next_on)
         WHERE s.cycle <> 'none' AND (s.kind <> 'payroll' OR s.people > 0);
        UPDATE bank.customer SET lifecycle = 'new', opened_on = bank.today(), version = version + 1 WHERE customer_id = c.customer_id AND lifecycle = 'prospect';
        PERFORM bank.enterprise_relate(c);
    ELSE
        made := bank.account_open(c, CASE c.case_type WHEN 'consumer_credit' THEN 'LNC' ELSE 'LNS' END, (c.fields ->> 'months')::int);
        PERFORM bank.account_post(made, -a.granted, '放款 ' || c.number);
        PERFORM bank.account_post(bank.payout_account(c.customer_id, CASE c.case_type WHEN 'consumer_credit' THEN 'savings' ELSE 'current' END), a.granted, '放款 ' || c.number);
        UPDATE bank.core_finance SET state = 'paid' WHERE customer_id = a.core_id AND document_id = a.document_id AND case_id = c.case_id AND state = 'reserved';
    END IF;
    UPDATE bank.application SET executed_at = clock_timestamp(), executed_by = bank.my_staff_id(), account_id = made.account_id
     WHERE customer_id = p_customer_id AND case_id = p_case_id;
    PERFORM bank.application_move(c, 'execute', bank.mask_account(made.number));
    RETURN bank.request_done(p_request, p_case_id::text, CASE c.case_type WHEN 'account_opening' THEN 'The account is open, with its services.' ELSE 'The money is paid out.' END);
END $$;

-- The end: what the customer says, or, of a chain, that the loan is repaid from his account.
CREATE FUNCTION api.application_follow(p_customer_id bigint, p_case_id bigint, p_note text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_follow', jsonb_build_array(p_customer_id, p_case_id, p_note, p_version));
    c bank.case_file;
    a bank.application;
    loan bank.account; own bank.account;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{executed}');
    a := bank.application_lock(c);
    IF c.case_type = 'chain_finance' THEN
        SELECT * INTO loan FROM bank.account x WHERE x.customer_id = c.customer_id AND x.account_id = a.account_id FOR UPDATE;
        own := bank.payout_account(c.customer_id, 'current');
        IF coalesce(own.balance, 0) < -loan.balance THEN
            PERFORM bank.fail('BO423', 'The account does not hold the amount to be repaid.', bank.money_text(-loan.balance), 'Wait for the payment of the core enterprise.');
        END IF;
        PERFORM bank.account_post(own, loan.balance, '还款 ' || c.number);
        PERFORM bank.account_post(loan, -loan.balance, '还款 ' || c.number);
        UPDATE bank.account SET status = 'closed' WHERE customer_id = loan.customer_id AND account_id = loan.account_id;
        UPDATE bank.core_finance SET state = 'repaid' WHERE customer_id = a.core_id AND document_id = a.document_id AND case_id = c.case_id AND state = 'paid';
    END IF;
    UPDATE bank.application SET followed_at = clock_timestamp() WHERE customer_id = p_customer_id AND case_id = p_case_id;
    PERFORM bank.application_move(c, 'follow', p_note);
    RETURN bank.request_done(p_request, p_case_id::text, 'The application is closed.');
END $$;

CREATE FUNCTION api.application_withdraw(p_customer_id bigint, p_case_id bigint, p_note text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_withdraw', jsonb_build_array(p_customer_id, p_case_id, p_note, p_version));
    c bank.case_file;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{draft,review,returned,approved}');
    UPDATE bank.core_finance SET state = 'released' WHERE case_id = c.case_id AND supplier_id = c.customer_id AND state = 'reserved';
    PERFORM bank.application_move(c, 'withdraw', p_note);
    RETURN bank.request_done(p_request, p_case_id::text, 'The application is withdrawn.');
END $$;

-- One row for each lane an application is in: open, mine, desk, new, approval, overdue, closed, all. `sort_at`: those whose clock runs
-- first, by time left, then the newest.
CREATE VIEW api.application_list WITH (security_barrier) AS
SELECT n.lane, f.customer_id, f.case_id, f.number, f.case_type, f.stage, CASE WHEN l.locked THEN '***' ELSE f.subject END AS subject,
       CASE WHEN c.kind = 'company' AND NOT l.locked THEN c.name ELSE bank.mask_name(c.name) END AS customer, c.customer_number,
       a.amount, a.currency::text AS currency, a.how, a.verdict, f.queue, bank.staff_name(f.owner_id) AS owner, f.unit_id, bank.unit_name(f.unit_id) AS unit,
       f.received_at, a.submitted_at, CASE WHEN a.submitted_at IS NOT NULL AND f.phase IN ('active', 'approval') THEN f.due_at END AS left_until,
       CASE WHEN a.submitted_at IS NOT NULL AND f.phase IN ('active', 'approval') THEN f.due_at ELSE timestamptz '2400-01-01' - (f.received_at - timestamptz '2000-01-01') END AS sort_at, f.closed_at, a.executed_at, f.version, (SELECT s.score FROM bank.application_score s
         WHERE s.customer_id = f.customer_id AND s.case_id = f.case_id ORDER BY s.run DESC LIMIT 1) AS score,
       bank.staff_name(a.maker_id) AS maker, a.granted, a.maker_id = (SELECT bank.my_staff_id()) AS own,
       CASE WHEN a.maker_id = (SELECT bank.my_staff_id()) THEN 'own' WHEN a.granted > (SELECT bank.my_decision_limit()) THEN 'limit' ELSE 'open' END AS mine,
       CASE WHEN f.phase IN ('decided', 'closed') THEN 'done' WHEN a.submitted_at IS NULL THEN 'draft' WHEN f.phase = 'waiting' THEN 'paused' WHEN f.due_at < now() THEN 'overdue'
            WHEN f.due_at < now() + interval '30 minutes' THEN 'soon' ELSE 'ok' END AS state
  FROM bank.application a JOIN bank.case_file f ON f.customer_id = a.customer_id AND f.case_id = a.case_id
  JOIN bank.customer c ON c.customer_id = a.customer_id
  CROSS JOIN LATERAL (SELECT f.customer_id IN (SELECT bank.my_locked()) AS locked) l
  CROSS JOIN LATERAL (VALUES ('all', true), ('open', f.closed_at IS NULL), ('closed', f.closed_at IS NOT NULL), ('approval', f.phase = 'approval'),
       ('mine', f.closed_at IS NULL AND (f.owner_id = (SELECT bank.my_staff_id()) OR f.opened_by = (SELECT bank.my_staff_id()) AND f.stage IN ('draft', 'returned'))),
       ('desk', f.closed_at IS NULL AND f.queue = ANY ((SELECT bank.my_queues())::text[])),
       ('new', f.closed_at IS NULL AND f.owner_id IS NULL AND f.queue = ANY ((SELECT bank.my_queues())::text[])),
       ('overdue', f.phase IN ('active', 'approval') AND a.submitted_at IS NOT NULL AND f.due_at < now())) n (lane, inside)
 WHERE n.inside AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- Whose application it is; for a form that has just opened it for an enterprise it did not know.
CREATE FUNCTION bank.application_customer(p_customer_id bigint, p_case_id bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(p_customer_id, (SELECT a.customer_id FROM bank.application a WHERE a.case_id = p_case_id AND bank.in_scope(a.unit_id)))
$$;
-- The application whole.
CREATE FUNCTION api.application(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, case_type text, stage text, subject text, customer text, customer_number text, queue text, owner text,
    unit text, opened_by text, received_at timestamptz, submitted_at timestamptz, due_at timestamptz, amount bigint, currency text, findings int, score int,
    score_verdict text, score_reason_en text, score_reason_zh text, how text, verdict text, granted bigint, rate numeric, maker text, reason text, checker text,
    decided_at timestamptz, face_score numeric, executed_at timestamptz, account text, mine text, version bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    person bank.customer := bank.customer_require(bank.application_customer(p_customer_id, p_case_id));
BEGIN
    RETURN QUERY SELECT f.customer_id, f.case_id, f.number, f.case_type, f.stage, f.subject, CASE person.kind WHEN 'company' THEN person.name ELSE bank.mask_name(person.name) END,
        person.customer_number::text, f.queue, bank.staff_name(f.owner_id), bank.unit_name(f.unit_id), bank.staff_name(f.opened_by), f.received_at, a.submitted_at,
        CASE WHEN a.submitted_at IS NOT NULL AND f.closed_at IS NULL AND a.executed_at IS NULL THEN f.due_at END, a.amount, a.currency::text,
        (SELECT count(*)::int FROM bank.application_check k JOIN bank.check_rule r ON r.case_type = f.case_type AND r.rule = k.rule WHERE k.customer_id = f.customer_id
            AND k.case_id = f.case_id AND k.run = bank.application_run(f) AND r.weight = 'must' AND k.result IN ('missing', 'fail')),
        s.score, s.verdict, s.reason_en, s.reason_zh, a.how, a.verdict, a.granted, round(a.rate_bp / 100.0, 2), bank.staff_name(a.maker_id), a.reason, bank.staff_name(a.checker_id),
        a.decided_at, a.face_score, a.executed_at, (SELECT bank.mask_account(x.number) FROM bank.account x WHERE x.customer_id = a.customer_id AND x.account_id = a.account_id),
        CASE WHEN f.phase <> 'approval' THEN '' WHEN a.maker_id = bank.my_staff_id() THEN 'own' WHEN a.granted > bank.my_decision_limit() THEN 'limit' ELSE 'open' END, f.version
      FROM bank.application a JOIN bank.case_file f ON f.customer_id = a.customer_id AND f.case_id = a.case_id
      LEFT JOIN LATERAL (SELECT * FROM bank.application_score x WHERE x.customer_id = a.customer_id AND x.case_id = a.case_id ORDER BY x.run DESC LIMIT 1) s ON true
     WHERE a.customer_id = person.customer_id AND a.case_id = p_case_id AND bank.in_scope(f.unit_id);
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such application.', p_case_id::text, 'Search for it again.', 'p_case_id');
    END IF;
END $$;

-- What the views below begin with: the case, when the caller may open the customer and sees its unit.
CREATE FUNCTION bank.application_seen(p_customer_id bigint, p_case_id bigint) RETURNS SETOF bank.case_file LANGUAGE sql STABLE AS $$
    SELECT f.* FROM bank.case_file f WHERE f.customer_id = (bank.customer_require(bank.application_customer(p_customer_id, p_case_id))).customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)
$$;
-- The last pre-check, what stops it first; `advice` only where something is to be done.
CREATE FUNCTION api.application_findings(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (seq int, rule text, result text, weight text, label_en text, label_zh text, detail_en text, detail_zh text, advice_en text, advice_zh text, checked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT (row_number() OVER (ORDER BY array_position('{fail,missing,warn,visit,pass}', k.result), r.seq))::int, k.rule, k.result, r.weight, r.label_en, r.label_zh, k.detail_en, k.detail_zh,
           CASE WHEN k.result <> 'pass' THEN r.advice_en ELSE '' END, CASE WHEN k.result <> 'pass' THEN r.advice_zh ELSE '' END, k.checked_at
      FROM bank.application_seen(p_customer_id, p_case_id) c JOIN bank.application_check k ON k.customer_id = c.customer_id AND k.case_id = c.case_id AND k.run = bank.application_run(c)
      JOIN bank.check_rule r ON r.case_type = c.case_type AND r.rule = k.rule ORDER BY 1
$$;
-- Every point of the last score with its evidence.
CREATE FUNCTION api.application_points(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (seq int, label_en text, label_zh text, points int, effect text, evidence_en text, evidence_zh text, card text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT 0, 'Base', '基础分', s.base, 'points', 'Card ' || s.card || ', version ' || s.version, s.label_zh || '评分卡第' || s.version || '版', s.card || ' ' || s.version
      FROM bank.application_seen(p_customer_id, p_case_id) c, LATERAL (SELECT k.* FROM bank.application_score z JOIN bank.scorecard k ON k.card = z.card AND k.version = z.version
           WHERE z.customer_id = c.customer_id AND z.case_id = c.case_id ORDER BY z.run DESC LIMIT 1) s
    UNION ALL
    SELECT r.seq, r.label_en, r.label_zh, p.points, p.effect, p.evidence_en, p.evidence_zh, z.card || ' ' || z.version
      FROM bank.application_seen(p_customer_id, p_case_id) c, LATERAL (SELECT * FROM bank.application_score x WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id ORDER BY x.run DESC LIMIT 1) z
      JOIN bank.application_point p ON p.customer_id = z.customer_id AND p.case_id = z.case_id AND p.run = z.run
      JOIN bank.scorecard_rule r ON r.card = z.card AND r.version = z.version AND r.rule = p.rule ORDER BY 1
$$;
-- Fields as people read them, personal ones masked; and the papers.
CREATE FUNCTION api.application_fields(p_customer_id bigint, p_case_id bigint) RETURNS TABLE (seq int, field text, label_en text, label_zh text, value_en text, value_zh text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT d.seq, d.field, d.label_en, d.label_zh, coalesce(k.label_en, v.shown), coalesce(k.label_zh, v.shown)
      FROM bank.application_seen(p_customer_id, p_case_id) c JOIN bank.case_field d ON d.case_type = c.case_type
      CROSS JOIN LATERAL (SELECT c.fields ->> d.field AS value) x
      CROSS JOIN LATERAL (SELECT CASE WHEN d.field LIKE '%\_id' THEN bank.mask_identity(x.value) WHEN d.field LIKE '%\_name' THEN bank.mask_name(x.value)
          WHEN d.field = 'contact_phone' THEN bank.mask_phone(x.value) WHEN d.field = 'registered_address' THEN bank.mask_address(x.value)
          WHEN d.kind = 'money' THEN bank.money_text(x.value::bigint) WHEN d.kind = 'bool' THEN CASE x.value WHEN 'true' THEN '✓' ELSE '✗' END ELSE x.value END AS shown) v
      LEFT JOIN bank.case_choice k ON k.case_type = d.case_type AND k.field = d.field AND k.choice = x.value ORDER BY d.seq
$$;
CREATE FUNCTION api.application_documents(p_customer_id bigint, p_case_id bigint) RETURNS TABLE (kind text, number text, holder text, issued_on date, expires_on date, added_by text, added_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT d.kind, CASE WHEN d.kind IN ('rep_id', 'owner_id') THEN bank.mask_identity(d.number) ELSE d.number END, CASE WHEN d.kind IN ('rep_id', 'owner_id') THEN bank.mask_name(d.holder) ELSE d.holder END,
           d.issued_on, d.expires_on, bank.staff_name(d.added_by), d.added_at
      FROM bank.application_seen(p_customer_id, p_case_id) c JOIN bank.application_document d ON d.customer_id = c.customer_id AND d.case_id = c.case_id ORDER BY d.added_at, d.kind
$$;
-- Applications and account services of a customer, for his view.
CREATE FUNCTION api.customer_applications(p_customer_id bigint) RETURNS TABLE (customer_id bigint, case_id bigint, number text, case_type text, stage text, amount bigint, currency text, received_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY SELECT f.customer_id, f.case_id, f.number, f.case_type, f.stage, coalesce(a.granted, a.amount), a.currency::text, f.received_at
      FROM bank.application a JOIN bank.case_file f ON f.customer_id = a.customer_id AND f.case_id = a.case_id WHERE a.customer_id = p_customer_id ORDER BY f.received_at DESC, f.case_id LIMIT 20;
END $$;
CREATE FUNCTION api.customer_services(p_customer_id bigint) RETURNS TABLE (account text, kind text, cycle text, staff_count int, next_on date, state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY SELECT bank.mask_account(a.number), s.kind, s.cycle, s.staff_count, s.next_on, s.state
      FROM bank.account_service s JOIN bank.account a ON a.customer_id = s.customer_id AND a.account_id = s.account_id WHERE s.customer_id = p_customer_id ORDER BY a.number, s.kind;
END $$;
-- Core enterprises with what is left of their lines; their orders and receivables of the caller's suppliers or units.
CREATE VIEW api.core_list WITH (security_barrier) AS
SELECT e.customer_id, bank.company_name(e.customer_id) AS name, bank.unit_name(e.unit_id) AS unit, e.limit_amount, u.used, e.limit_amount - u.used AS room, e.currency::text AS currency, e.order_rate, e.receivable_rate,
       e.supplier_most, round(e.rate_bp / 100.0, 2) AS rate, e.valid_until, CASE WHEN e.state = 'active' AND e.valid_until < bank.today() THEN 'ended' ELSE e.state END AS state, e.version
  FROM bank.core_enterprise e CROSS JOIN LATERAL (SELECT coalesce(sum(f.amount), 0)::bigint AS used FROM bank.core_finance f WHERE f.customer_id = e.customer_id AND f.state IN ('reserved', 'paid')) u
 WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
CREATE VIEW api.core_document_list WITH (security_barrier) AS
SELECT d.customer_id, d.document_id, bank.company_name(d.customer_id) AS core, d.kind, d.number, d.supplier_id, bank.company_name(d.supplier_id) AS supplier, d.amount, d.currency::text AS currency, d.issued_on, d.due_on,
       coalesce(f.amount, 0) AS financed, CASE WHEN d.state <> 'open' THEN d.state WHEN f.amount IS NOT NULL THEN f.state WHEN d.confirmed_at IS NULL THEN 'unconfirmed' WHEN d.due_on < bank.today() + 7 THEN 'due' ELSE 'free' END AS state
  FROM bank.core_document d LEFT JOIN bank.core_finance f ON f.customer_id = d.customer_id AND f.document_id = d.document_id AND f.state IN ('reserved', 'paid')
 WHERE d.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
    OR EXISTS (SELECT FROM bank.customer c WHERE c.customer_id = d.supplier_id AND c.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high()));
CREATE VIEW api.scorecard_list WITH (security_barrier) AS
SELECT s.card, s.version, s.label_en, s.label_zh, s.state, s.base, s.approve_at, s.refuse_below, s.auto_most, 'CNY' AS currency, round(s.rate_bp / 100.0, 2) AS rate, s.note, s.made_at,
       (SELECT count(*) FROM bank.scorecard_rule r WHERE r.card = s.card AND r.version = s.version) AS rules FROM bank.scorecard s WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
CREATE VIEW api.scorecard_rule_list WITH (security_barrier) AS
SELECT r.card, r.version, r.seq, r.rule, r.fact, round(r.low / m.unit) AS low, round(r.high / m.unit) AS high, r.points, r.effect, r.label_en, r.label_zh FROM bank.scorecard_rule r
 CROSS JOIN LATERAL (SELECT CASE WHEN r.fact IN ('income', 'assets') THEN 100 ELSE 1 END AS unit) m WHERE (SELECT bank.my_staff_id()) IS NOT NULL;

-- Hand-offs between desks, from the stays of the case (083): when, from where to where, and the working minutes until somebody took it up there.
CREATE FUNCTION bank.application_hops(p_customer_id bigint, p_case_id bigint) RETURNS TABLE (at timestamptz, from_desk text, to_desk text, taken_at timestamptz, waited int)
LANGUAGE sql STABLE AS $$
    SELECT s.since, coalesce(s.was, 'front'), s.place, n.at, bank.working_minutes('service', s.since, coalesce(n.at, now()))
      FROM (SELECT x.*, lag(x.place) OVER (ORDER BY x.since) AS was FROM bank.case_stays(p_customer_id, p_case_id, NULL) x WHERE x.kind = 'queue') s
      LEFT JOIN LATERAL (SELECT min(x.at) AS at FROM bank.case_event x WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id AND x.at > s.since
           AND x.action NOT IN ('precheck', 'note', 'escalate', 'ask_customer')) n ON true
     WHERE (s.was IS NOT NULL OR s.place <> 'front') AND s.place <> 'follow_up'
$$;

-- From desk to desk, and what happened; the clock.
CREATE FUNCTION api.application_trail(p_customer_id bigint, p_case_id bigint) RETURNS TABLE (at timestamptz, from_desk text, to_desk text, taken_at timestamptz, waited int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT h.* FROM bank.application_seen(p_customer_id, p_case_id) c, bank.application_hops(c.customer_id, c.case_id) h ORDER BY h.at
$$;
CREATE FUNCTION api.application_history(p_customer_id bigint, p_case_id bigint) RETURNS TABLE (at timestamptz, staff text, action_zh text, action_en text, note text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT h.at, h.staff, h.action_zh, h.action_en, h.note FROM bank.application_seen(p_customer_id, p_case_id) c
      JOIN api.case_history h ON h.customer_id = c.customer_id AND h.case_id = c.case_id ORDER BY h.event_id DESC
$$;
CREATE FUNCTION api.application_clocks(p_customer_id bigint, p_case_id bigint) RETURNS TABLE (clock_zh text, clock_en text, state text, due_at timestamptz, left_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT k.clock_zh, k.clock_en, k.state, k.due_at, k.left_until FROM bank.application_seen(p_customer_id, p_case_id) c, api.case_clocks(c.customer_id, c.case_id) k
$$;

-- First values of the forms: what the bank holds is shown, not asked.
CREATE FUNCTION api.application_form(p_customer_id bigint)
RETURNS TABLE (customer text, customer_number text, code text, held_address text, held_phone text, held_rep text, held_owner text, open_applications text, account text, account_kind text, recon_cycle text, payroll_staff int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    person bank.customer := bank.customer_require(p_customer_id);
    h jsonb := bank.enterprise_fields(p_customer_id);
BEGIN
    RETURN QUERY SELECT CASE person.kind WHEN 'company' THEN person.name ELSE bank.mask_name(person.name) END, person.customer_number::text, h ->> 'credit_code', coalesce(bank.mask_address(h ->> 'registered_address'), '-'),
        coalesce(bank.mask_phone(h ->> 'contact_phone'), '-'), coalesce(bank.mask_name(h ->> 'rep_name') || ' ' || bank.mask_identity(h ->> 'rep_id'), '-'),
        coalesce(bank.mask_name(h ->> 'owner_name') || ' ' || (h ->> 'owner_share') || '%', '-'),
        coalesce((SELECT string_agg(f.number || ' ' || f.case_type, ', ' ORDER BY f.case_id) FROM bank.application a JOIN bank.case_file f ON f.customer_id = a.customer_id AND f.case_id = a.case_id WHERE f.customer_id = p_customer_id AND f.closed_at IS NULL), '-'),
        coalesce(bank.mask_account((bank.payout_account(p_customer_id, CASE person.kind WHEN 'company' THEN 'current' ELSE 'savings' END)).number), '-'), 'basic', 'monthly', 0;
END $$;

-- What a supplier may have financed, and the form with one of them chosen.
CREATE FUNCTION api.chain_documents(p_customer_id bigint) RETURNS TABLE (document_id bigint, number text, kind text, core text, amount bigint, currency text, due_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT d.document_id, d.number, d.kind, d.core, d.amount, d.currency, d.due_on FROM api.core_document_list d
     WHERE d.supplier_id = (bank.customer_require(p_customer_id)).customer_id AND d.state IN ('free', 'unconfirmed', 'due') ORDER BY d.due_on, d.document_id LIMIT 200
$$;
CREATE FUNCTION api.chain_form(p_customer_id bigint, p_document_id bigint) RETURNS TABLE (customer text, account text, open_applications text, document text, document_id bigint, amount bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT f.customer, f.account, f.open_applications, coalesce(d.core || ' ' || d.number, '-'), d.document_id, d.amount * CASE d.kind WHEN 'order' THEN e.order_rate ELSE e.receivable_rate END / 100
      FROM api.application_form(p_customer_id) f LEFT JOIN api.core_document_list d ON d.document_id = p_document_id AND d.supplier_id = p_customer_id LEFT JOIN bank.core_enterprise e ON e.customer_id = d.customer_id
$$;

-- Applications submitted in the month by type: on time, decided by rules, hand-offs between desks and how long they wait there.
CREATE FUNCTION api.report_application(p_month text)
RETURNS TABLE (case_type text, opened bigint, submitted bigint, on_time_rate numeric, median_hours numeric, decided bigint, auto_rate numeric, approved bigint, declined bigint, executed bigint, still_open bigint, handoffs numeric, handoff_minutes numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    WITH app AS (
        SELECT f.case_type, f.customer_id, f.case_id, f.closed_at, f.phase, a.submitted_at, a.decided_at, a.executed_at, a.how, a.verdict, k.started_at, k.stopped_at, k.due_at AS promised FROM bank.application a
          JOIN bank.case_file f ON f.customer_id = a.customer_id AND f.case_id = a.case_id
          LEFT JOIN bank.case_clock k ON k.customer_id = f.customer_id AND k.case_id = f.case_id AND k.clock = 'application' AND k.run = 1
         WHERE f.received_at >= bank.month_start(p_month) AND f.received_at < bank.month_start(p_month, 1) AND f.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()),
    hop AS (SELECT p.case_type, p.case_id, count(h.*) AS n, sum(h.waited) AS waited FROM app p LEFT JOIN LATERAL bank.application_hops(p.customer_id, p.case_id) h ON true WHERE p.submitted_at IS NOT NULL GROUP BY 1, 2)
    SELECT y.case_type, count(p.case_id), count(p.submitted_at),
           bank.share(count(*) FILTER (WHERE p.stopped_at <= p.promised), count(*) FILTER (WHERE p.stopped_at IS NOT NULL OR p.promised < now())),
           round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM p.stopped_at - p.started_at)) / 3600)::numeric, 1), count(p.decided_at),
           bank.share(count(*) FILTER (WHERE p.how = 'auto' AND p.decided_at IS NOT NULL), count(p.decided_at)), count(*) FILTER (WHERE p.decided_at IS NOT NULL AND p.verdict = 'approve'),
           count(*) FILTER (WHERE p.decided_at IS NOT NULL AND p.verdict = 'refuse'), count(p.executed_at), count(*) FILTER (WHERE p.closed_at IS NULL AND p.executed_at IS NULL),
           (SELECT round(avg(h.n), 1) FROM hop h WHERE h.case_type = y.case_type), (SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY h.waited / nullif(h.n, 0)))::numeric) FROM hop h WHERE h.case_type = y.case_type)
      FROM bank.case_type y LEFT JOIN app p ON p.case_type = y.case_type WHERE y.case_type IN ('account_opening', 'consumer_credit', 'chain_finance') GROUP BY y.case_type, y.seq ORDER BY y.seq;
END $$;
GRANT EXECUTE ON FUNCTION bank.core_reserve, bank.account_open, bank.account_post, bank.enterprise_relate, bank.application_seen, bank.application_hops, bank.application_customer TO bankops_api;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor') FROM unnest('{application_precheck,application_submit,application_ask,application_visit,application_follow,application_withdraw,'
    'customer_applications,customer_services,application_form,chain_documents,chain_form}'::text[]) name;
SELECT bank.function_grant(name, 'clerk', 'supervisor') FROM unnest('{application_propose,application_execute}'::text[]) name;
SELECT bank.function_grant('application_decide', 'supervisor'), bank.function_grant('report_application', 'supervisor', 'auditor', 'admin');
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor', 'auditor') FROM unnest('{application,application_findings,application_points,application_fields,application_documents,application_trail,application_history,application_clocks}'::text[]) name;
SELECT bank.view_grant(name, 'clerk', 'rm', 'supervisor', 'auditor') FROM unnest('{application_list,core_list,core_document_list}'::text[]) name;
SELECT bank.view_grant(name, 'clerk', 'supervisor', 'auditor', 'admin') FROM unnest('{scorecard_list,scorecard_rule_list}'::text[]) name;
