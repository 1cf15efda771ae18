-- Core enterprises of supply chains: their orders and receivables, and what is lent on them.

-- An order or receivable that a core enterprise reports; another person confirms it with the enterprise.
CREATE FUNCTION api.core_document_save(p_core_id bigint, p_kind text, p_number text,
    p_supplier_code text, p_amount bigint, p_issued_on date, p_due_on date,
                                       p_order_number text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'core_document_save',
        jsonb_build_array(p_core_id, p_kind, p_number, p_supplier_code, p_amount, p_issued_on, p_due_on,
        p_order_number));
    e bank.core_enterprise;
    made bigint;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO e FROM bank.core_enterprise x WHERE x.customer_id = p_core_id
        AND bank.in_scope(x.unit_id);
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such core enterprise in your units.', p_core_id::text,
            NULL, 'p_core_id');
    END IF;
    PERFORM bank.choice_require(p_kind, 'p_kind', '{order,receivable}'), bank.text_require(p_number,
        'p_number', 1, 40);
    IF bank.credit_code_fault(p_supplier_code) IS NOT NULL THEN
        PERFORM bank.fail('BO422', 'This is no unified social credit code (GB 32100).', p_supplier_code,
            NULL, 'p_supplier_code');
    ELSIF NOT coalesce(p_amount > 0 AND p_due_on >= p_issued_on, false) THEN
        PERFORM bank.fail('BO422', 'Amount, day of issue and due day are needed in their order.', NULL,
            NULL, 'p_amount');
    END IF;
    INSERT INTO bank.core_document (customer_id, unit_id, kind, number, supplier_id, supplier_code,
        amount, issued_on, due_on, order_number, reported_by)
    VALUES (p_core_id, e.unit_id, p_kind, btrim(p_number),
        (SELECT k.customer_id FROM bank.known_company(p_supplier_code) k), upper(p_supplier_code),
        p_amount, p_issued_on, p_due_on,
            nullif(btrim(p_order_number), ''), bank.my_staff_id()) RETURNING document_id INTO made;
    PERFORM bank.audit_write('core_document', 'core_document', made::text, p_core_id, NULL,
        jsonb_build_object('number', p_number, 'amount', p_amount));
    RETURN bank.request_done(p_request, made::text, 'The document is kept; a second person confirms it.');
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.fail('BO409', 'This number is here already.', p_number, NULL, 'p_number');
END $$;
CREATE FUNCTION api.core_document_confirm(p_core_id bigint, p_document_id bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'core_document_confirm',
        jsonb_build_array(p_core_id, p_document_id));
    d bank.core_document;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO d FROM bank.core_document x WHERE x.customer_id = p_core_id
        AND x.document_id = p_document_id AND bank.in_scope(x.unit_id) FOR UPDATE;
    IF NOT FOUND OR d.confirmed_at IS NOT NULL OR d.state <> 'open' THEN
        PERFORM bank.fail('BO423', 'There is nothing to confirm.', p_document_id::text, NULL,
            'p_document_id');
    ELSIF d.reported_by = bank.my_staff_id() THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', d.number, 'Ask a colleague.');
    END IF;
    UPDATE bank.core_document SET confirmed_at = clock_timestamp(), confirmed_by = bank.my_staff_id()
        WHERE customer_id = p_core_id AND document_id = p_document_id;
    PERFORM bank.audit_write('core_confirm', 'core_document', p_document_id::text, p_core_id, NULL,
        jsonb_build_object('number', d.number));
    RETURN bank.request_done(p_request, p_document_id::text, 'The document is confirmed.');
END $$;
-- Core enterprises with what is left of their lines; their orders and receivables of the caller's
-- suppliers or units.
CREATE VIEW api.core_list WITH (security_barrier) AS
SELECT e.customer_id, bank.company_name(e.customer_id) AS name, bank.unit_name(e.unit_id) AS unit,
    e.limit_amount, u.used, e.limit_amount - u.used AS room, e.currency::text AS currency, e.order_rate,
    e.receivable_rate,
       e.supplier_most, round(e.rate_bp / 100.0, 2) AS rate, e.valid_until, CASE WHEN e.state = 'active'
           AND e.valid_until < bank.today() THEN 'ended' ELSE e.state END AS state, e.version
  FROM bank.core_enterprise e CROSS JOIN LATERAL (SELECT coalesce(sum(f.amount), 0)::bigint AS used
      FROM bank.core_finance f WHERE f.customer_id = e.customer_id AND f.state IN ('reserved', 'paid')) u
 WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
CREATE VIEW api.core_document_list WITH (security_barrier) AS
SELECT d.customer_id, d.document_id, bank.company_name(d.customer_id) AS core, d.kind, d.number,
    d.supplier_id, bank.company_name(d.supplier_id) AS supplier, d.amount, d.currency::text AS currency,
    d.issued_on, d.due_on,
       coalesce(f.amount, 0) AS financed, CASE WHEN d.state <> 'open' THEN d.state
           WHEN f.amount IS NOT NULL THEN f.state WHEN d.confirmed_at IS NULL THEN 'unconfirmed'
           WHEN d.due_on < bank.today() + 7 THEN 'due' ELSE 'free' END AS state
  FROM bank.core_document d LEFT JOIN bank.core_finance f ON f.customer_id = d.customer_id
      AND f.document_id = d.document_id AND f.state IN ('reserved', 'paid')
 WHERE d.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
    OR EXISTS (SELECT FROM bank.customer c WHERE c.customer_id = d.supplier_id
        AND c.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high()));
-- What a supplier may have financed, and the form with one of them chosen.
CREATE FUNCTION api.chain_documents(p_customer_id bigint) RETURNS TABLE (document_id bigint,
    number text, kind text, core text, amount bigint, currency text, due_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT d.document_id, d.number, d.kind, d.core, d.amount, d.currency, d.due_on
        FROM api.core_document_list d
     WHERE d.supplier_id = (bank.customer_require(p_customer_id)).customer_id AND d.state IN ('free',
         'unconfirmed', 'due') ORDER BY d.due_on, d.document_id LIMIT 200
$$;
CREATE FUNCTION api.chain_form(p_customer_id bigint, p_document_id bigint) RETURNS TABLE (customer text,
    account text, open_applications text, document text, document_id bigint, amount bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT f.customer, f.account, f.open_applications, coalesce(d.core || ' ' || d.number, '-'),
        d.document_id, d.amount * CASE d.kind WHEN 'order' THEN e.order_rate ELSE e.receivable_rate
        END / 100
      FROM api.application_form(p_customer_id) f LEFT JOIN api.core_document_list d ON d.document_id
          = p_document_id AND d.supplier_id = p_customer_id LEFT
          JOIN bank.core_enterprise e ON e.customer_id = d.customer_id
$$;

SELECT bank.view_grant(name, 'clerk', 'rm', 'supervisor', 'auditor')
  FROM unnest('{core_list,core_document_list}'::text[]) name;
SELECT bank.function_grant('core_document_save', 'clerk', 'supervisor', 'worker'),
       bank.function_grant('core_document_confirm', 'clerk', 'supervisor');
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{chain_documents,chain_form}'::text[]) name;
