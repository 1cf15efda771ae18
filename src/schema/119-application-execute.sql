-- How an application ends: the account opened or the credit paid out, followed up, or withdrawn.

-- A new account of the customer at his unit; numbers of accounts opened here begin above the rest.
CREATE FUNCTION bank.account_open(c bank.case_file, p_product text,
    p_months int) RETURNS bank.account LANGUAGE plpgsql AS $$
DECLARE
    id bigint := nextval(pg_get_serial_sequence('bank.account', 'account_id'));
    a bank.account;
BEGIN
    INSERT INTO bank.account (customer_id, account_id, number, product, opened_on, matures_on, unit_id)
    VALUES (c.customer_id, id, bank.account_number_make(1000 + c.unit_id, CASE p_product WHEN 'CUR'
        THEN 2 ELSE 9 END, 90000000 + id % 10000000),
            p_product, bank.today(), (bank.today() + make_interval(months => p_months))::date,
                c.unit_id) RETURNING * INTO a;
    PERFORM bank.audit_write('account_open', 'account', id::text, c.customer_id, NULL,
        jsonb_build_object('product', p_product, 'case', c.number));
    RETURN a;
END $$;
CREATE FUNCTION bank.account_post(p_account bank.account, p_amount bigint,
    p_narrative text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    rest bigint;
BEGIN
    UPDATE bank.account SET balance = balance + p_amount WHERE customer_id = p_account.customer_id
        AND account_id = p_account.account_id RETURNING balance INTO rest;
    INSERT INTO bank.entry (customer_id, account_id, at, amount, balance_after, channel, narrative,
        unit_id)
    VALUES (p_account.customer_id, p_account.account_id, clock_timestamp(), p_amount, rest, 'batch',
        p_narrative, p_account.unit_id);
END $$;

-- Representative and owner that the bank knows, both ways.
CREATE FUNCTION bank.enterprise_relate(c bank.case_file) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = bank, pg_temp AS $$
BEGIN
    INSERT INTO relation (customer_id, other_id, kind, share_percent, since, unit_id)
    SELECT x.* FROM (VALUES ('rep_id', 'represented_by', 'legal_representative_of', false),
        ('owner_id', 'owned_by', 'owner_of', true)) r (field, one, other, share),
           LATERAL known_person(c.fields ->> r.field) p,
           LATERAL (VALUES (c.customer_id, p.customer_id, r.one, CASE WHEN r.share
               THEN (c.fields ->> 'owner_share')::numeric END, today(), c.unit_id),
                           (p.customer_id, c.customer_id, r.other, CASE WHEN r.share
                               THEN (c.fields ->> 'owner_share')::numeric END, today(), p.unit_id)) x
    ON CONFLICT DO NOTHING;
END $$;
ALTER FUNCTION bank.enterprise_relate OWNER TO bankops_owner;

-- Opens the account with its services, or pays the credit out.
CREATE FUNCTION api.application_execute(p_customer_id bigint, p_case_id bigint, p_version bigint,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_execute',
        jsonb_build_array(p_customer_id, p_case_id, p_version));
    c bank.case_file;
    a bank.application;
    made bank.account;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{approved}');
    a := bank.application_lock(c);
    IF bank.my_staff_id() = a.checker_id THEN
        PERFORM bank.fail('BO403', 'Who approved it does not execute it.', c.number,
            'Leave it to account operations.');
    ELSIF c.case_type = 'account_opening' AND a.visited_at IS NULL THEN
        PERFORM bank.fail('BO423', 'The visit comes first: face match, originals, signature.', c.number,
            'Record the visit.');
    END IF;
    PERFORM bank.identity_require(c, a);
    IF (bank.application_look(c)).stops > 0 THEN
        PERFORM bank.fail('BO423', 'The pre-check does not pass.', bank.application_missing(c),
            'Put it right, or withdraw the application.');
    END IF;
    IF c.case_type = 'account_opening' THEN
        made := bank.account_open(c, 'CUR', NULL);
        PERFORM bank.services_open(c, made, p_request);
        UPDATE bank.customer SET lifecycle = 'new', opened_on = bank.today(), version = version + 1
            WHERE customer_id = c.customer_id AND lifecycle = 'prospect';
        PERFORM bank.enterprise_relate(c);
        UPDATE bank.customer_identity i SET expires_on = (c.fields ->> 'licence_to')::date
         WHERE i.customer_id = c.customer_id AND i.kind = 'credit_code' AND c.fields ? 'licence_to';
    ELSE
        made := bank.account_open(c, CASE c.case_type WHEN 'consumer_credit' THEN 'LNC' ELSE 'LNS' END,
            (c.fields ->> 'months')::int);
        PERFORM bank.account_post(made, -a.granted, '放款 ' || c.number);
        PERFORM bank.account_post(bank.payout_account(c.customer_id, CASE c.case_type
            WHEN 'consumer_credit' THEN 'savings' ELSE 'current' END), a.granted, '放款 ' || c.number);
        UPDATE bank.core_finance SET state = 'paid' WHERE customer_id = a.core_id
            AND document_id = a.document_id AND case_id = c.case_id AND state = 'reserved';
        c.due_at := coalesce((SELECT (d.due_on + 1)::timestamp AT TIME ZONE bank.timezone()
            FROM bank.core_document d WHERE d.customer_id = a.core_id
             AND d.document_id = a.document_id), c.due_at); -- when it is to be repaid
    END IF;
    UPDATE bank.application SET executed_at = clock_timestamp(), executed_by = bank.my_staff_id(),
        account_id = made.account_id
     WHERE customer_id = p_customer_id AND case_id = p_case_id;
    PERFORM bank.application_move(c, 'execute', bank.mask_account(made.number));
    RETURN bank.request_done(p_request, p_case_id::text, CASE c.case_type WHEN 'account_opening'
        THEN 'The account is open, with its services.' ELSE 'The money is paid out.' END);
END $$;

-- Interest of a loan on an order or receivable up to today: simple, by days of a year of 360.
CREATE FUNCTION bank.chain_interest(a bank.application, p_loan bank.account) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT round(-least(p_loan.balance, 0) * coalesce(a.rate_bp, 0) / 10000.0
                 * greatest(bank.today() - p_loan.opened_on, 0) / 360)::bigint
$$;
GRANT EXECUTE ON FUNCTION bank.chain_interest TO bankops_api;

-- The end: what the customer says, or, of a chain, that the loan is repaid from his account.
CREATE FUNCTION api.application_follow(p_customer_id bigint, p_case_id bigint, p_note text,
    p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_follow',
        jsonb_build_array(p_customer_id, p_case_id, p_note, p_version));
    c bank.case_file;
    a bank.application;
    loan bank.account; own bank.account;
    interest bigint;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{executed}');
    a := bank.application_lock(c);
    IF c.case_type = 'chain_finance' THEN
        SELECT * INTO loan FROM bank.account x WHERE x.customer_id = c.customer_id
            AND x.account_id = a.account_id FOR UPDATE;
        own := bank.payout_account(c.customer_id, 'current');
        interest := bank.chain_interest(a, loan);
        IF coalesce(own.balance, 0) < interest - loan.balance THEN
            PERFORM bank.fail('BO423', 'The account does not hold the amount to be repaid.',
                bank.money_text(interest - loan.balance), 'Wait for the payment of the core enterprise.');
        END IF;
        IF interest > 0 THEN
            PERFORM bank.account_post(loan, -interest, '利息 ' || c.number);
        END IF;
        PERFORM bank.account_post(own, loan.balance - interest, '还款 ' || c.number);
        PERFORM bank.account_post(loan, interest - loan.balance, '还款 ' || c.number);
        UPDATE bank.account SET status = 'closed' WHERE customer_id = loan.customer_id
            AND account_id = loan.account_id;
        UPDATE bank.core_finance SET state = 'repaid' WHERE customer_id = a.core_id
            AND document_id = a.document_id AND case_id = c.case_id AND state = 'paid';
    END IF;
    UPDATE bank.application SET followed_at = clock_timestamp() WHERE customer_id = p_customer_id
        AND case_id = p_case_id;
    PERFORM bank.application_move(c, 'follow', p_note);
    RETURN bank.request_done(p_request, p_case_id::text, 'The application is closed.');
END $$;

-- The customer withdraws; what was reserved of a core enterprise's line is free again.
CREATE FUNCTION api.application_withdraw(p_customer_id bigint, p_case_id bigint, p_note text,
    p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_withdraw',
        jsonb_build_array(p_customer_id, p_case_id, p_note, p_version));
    c bank.case_file;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version,
        '{draft,review,returned,approved}');
    UPDATE bank.core_finance SET state = 'released' WHERE case_id = c.case_id
        AND supplier_id = c.customer_id AND state = 'reserved';
    PERFORM bank.application_move(c, 'withdraw', p_note);
    RETURN bank.request_done(p_request, p_case_id::text, 'The application is withdrawn.');
END $$;

GRANT EXECUTE ON FUNCTION bank.account_open, bank.account_post, bank.enterprise_relate TO bankops_api;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{application_follow,application_withdraw}'::text[]) name;
SELECT bank.function_grant('application_execute', 'clerk', 'supervisor');
