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

-- A second person confirms a document that a colleague typed.
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
           AND e.valid_until < bank.today() THEN 'ended' ELSE e.state END AS state, e.version,
       EXISTS (SELECT FROM bank.core_line x WHERE x.customer_id = e.customer_id AND x.state = 'proposed') AS proposed
  FROM bank.core_enterprise e CROSS JOIN LATERAL (SELECT coalesce(sum(f.amount), 0)::bigint AS used
      FROM bank.core_finance f WHERE f.customer_id = e.customer_id AND f.state IN ('reserved', 'paid')) u
 WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
CREATE VIEW api.core_document_list WITH (security_barrier) AS
SELECT d.customer_id, d.document_id, bank.company_name(d.customer_id) AS core, d.kind, d.number,
    d.supplier_id, bank.company_name(d.supplier_id) AS supplier, d.amount, d.currency::text AS currency,
    d.issued_on, d.due_on,
       coalesce(f.amount, 0) AS financed, CASE WHEN d.state = 'paid' THEN 'settled' WHEN d.state <> 'open' THEN d.state
           WHEN f.amount IS NOT NULL THEN f.state WHEN d.confirmed_at IS NULL THEN 'unconfirmed'
           WHEN d.due_on < bank.today() + 7 THEN 'due' ELSE 'free' END AS state,
       CASE WHEN d.state <> 'open' THEN 2 WHEN f.amount IS NOT NULL THEN 1 ELSE 0 END AS place -- what can be lent on first
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

-- What the form of a chain application shows: the customer, the document, and the most that may be lent on it.
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


-- Proposes a line for an enterprise, or another one in place of the one it has; a second person whose
-- limit reaches so far approves. `p_rate`: yearly, percent.
CREATE FUNCTION api.core_line_propose(p_customer_id bigint, p_limit bigint, p_order_rate int,
    p_receivable_rate int,
    p_supplier_most bigint, p_rate text, p_valid_until date, p_state text, p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'core_line_propose',
        jsonb_build_array(p_customer_id, p_limit,
        p_order_rate, p_receivable_rate, p_supplier_most, p_rate, p_valid_until, p_state, p_note));
    c bank.customer;
    v int;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.customer_require(p_customer_id);
    PERFORM bank.choice_require(p_state, 'p_state', '{active,stopped}'), bank.text_require(p_note,
        'p_note', 3, 200);
    IF c.kind <> 'company' THEN
        PERFORM bank.fail('BO422', 'The customer is no enterprise.', c.customer_number,
            'Choose an enterprise.', 'p_customer_id');
    ELSIF EXISTS (SELECT FROM bank.core_line l WHERE l.customer_id = c.customer_id
        AND l.state = 'proposed') THEN
        PERFORM bank.fail('BO423', 'A line of this enterprise waits for a second person already.', c.name,
                          'Have that one decided first.');
    ELSIF NOT coalesce(p_limit >= 0 AND p_supplier_most BETWEEN 0 AND p_limit, false) THEN
        PERFORM bank.fail('BO422', 'The line is an amount, and one supplier has at most all of it.',
            NULL, NULL, 'p_supplier_most');
    ELSIF NOT coalesce(p_order_rate BETWEEN 1 AND 100 AND p_receivable_rate BETWEEN 1 AND 100, false) THEN
        PERFORM bank.fail('BO422', 'Shares are 1 to 100 percent.', NULL, NULL, 'p_order_rate');
    ELSIF coalesce(p_rate, '') !~ '^[0-9]{1,2}(\.[0-9]{1,2})?$' OR p_rate::numeric NOT BETWEEN 0.01
        AND 24 THEN
        PERFORM bank.fail('BO422', 'The rate is written like 4.80.', p_rate, NULL, 'p_rate');
    ELSIF p_valid_until IS NULL OR p_valid_until <= bank.today() THEN
        PERFORM bank.fail('BO422', 'The line ends on a later day.', p_valid_until::text, NULL,
            'p_valid_until');
    END IF;
    INSERT INTO bank.core_line (customer_id, version, unit_id, limit_amount, order_rate,
        receivable_rate, supplier_most,
                                rate_bp, valid_until, line_state, note, made_by)
    SELECT c.customer_id, 1 + coalesce(max(l.version), 0), c.unit_id, p_limit, p_order_rate,
        p_receivable_rate,
           p_supplier_most, round(p_rate::numeric * 100), p_valid_until, p_state, btrim(p_note),
               bank.my_staff_id()
      FROM bank.core_line l WHERE l.customer_id = c.customer_id RETURNING version INTO v;
    PERFORM bank.wait_begin(concat_ws(' ', 'line', c.customer_id, v), 'core-lines', c.customer_id,
        bank.money_text(p_limit) || ' CNY', btrim(p_note), '{supervisor}', ARRAY[bank.my_staff_id()],
            c.unit_id);
    PERFORM bank.audit_write('core_line_propose', 'core_line', c.customer_number || ' ' || v, c.customer_id,
        NULL,
        jsonb_build_object('limit', p_limit, 'supplier_most', p_supplier_most, 'valid_until',
            p_valid_until,
                           'state', p_state, 'note', p_note));
    RETURN bank.request_done(p_request, c.customer_id::text, 'The line waits for a second person.');
END $$;

-- The second person: agree or refuse; its maker may withdraw it.
CREATE FUNCTION api.core_line_decide(p_customer_id bigint, p_version int, p_verdict text, p_reason text,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'core_line_decide',
        jsonb_build_array(p_customer_id, p_version, p_verdict, p_reason));
    l bank.core_line;
    me int := bank.my_staff_id();
    most bigint := bank.my_decision_limit();
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.choice_require(p_verdict, 'p_verdict', '{agree,refuse,withdraw}');
    SELECT * INTO l FROM bank.core_line x WHERE x.customer_id = p_customer_id AND x.version = p_version
       AND bank.in_scope(x.unit_id) FOR UPDATE;
    IF l.state IS DISTINCT FROM 'proposed' THEN
        PERFORM bank.fail('BO423', 'There is nothing to decide.', p_version::text, 'Refresh the list.');
    ELSIF (l.made_by = me) <> (p_verdict = 'withdraw') THEN
        PERFORM bank.fail('BO403', 'A second person must decide this.', bank.staff_name(l.made_by),
                          'Its maker can only withdraw it.');
    ELSIF p_verdict <> 'withdraw' AND bank.my_role() <> 'supervisor' THEN
        PERFORM bank.fail('BO403', 'A supervisor decides on lines.', NULL, 'Ask a supervisor.');
    ELSIF p_verdict = 'agree' AND l.limit_amount > most THEN
        PERFORM bank.fail('BO403', 'The amount is above your limit.', bank.money_text(most),
            'Ask a supervisor of head office.');
    ELSIF p_verdict = 'refuse' THEN
        PERFORM bank.text_require(p_reason, 'p_reason', 3, 200);
    END IF;
    UPDATE bank.core_line x SET state = CASE p_verdict WHEN 'agree' THEN 'approved' WHEN 'refuse'
        THEN 'refused' ELSE 'withdrawn' END,
           checked_by = CASE WHEN p_verdict <> 'withdraw' THEN me END, checked_at = clock_timestamp(),
               reason = coalesce(btrim(p_reason), '')
     WHERE x.customer_id = p_customer_id AND x.version = p_version;
    IF p_verdict = 'agree' THEN
        INSERT INTO bank.core_enterprise AS e (customer_id, unit_id, limit_amount, order_rate,
            receivable_rate, supplier_most,
                                               rate_bp, valid_until, state)
        VALUES (l.customer_id, l.unit_id, l.limit_amount, l.order_rate, l.receivable_rate,
            l.supplier_most, l.rate_bp,
                l.valid_until, l.line_state)
        ON CONFLICT (customer_id) DO UPDATE SET limit_amount = EXCLUDED.limit_amount,
            order_rate = EXCLUDED.order_rate,
            receivable_rate = EXCLUDED.receivable_rate, supplier_most = EXCLUDED.supplier_most,
                rate_bp = EXCLUDED.rate_bp,
            valid_until = EXCLUDED.valid_until, state = EXCLUDED.state, version = e.version + 1;
    END IF;
    PERFORM bank.wait_end(concat_ws(' ', 'line', p_customer_id, p_version));
    PERFORM bank.audit_write('core_line_' || p_verdict, 'core_line', bank.customer_number(p_customer_id) || ' ' || p_version,
        p_customer_id, NULL,
                             jsonb_build_object('reason', p_reason));
    RETURN bank.request_done(p_request, p_customer_id::text, CASE p_verdict WHEN 'agree'
        THEN 'The line is in force.'
        ELSE 'The line stays as it is.' END);
END $$;

-- Lines by version of the caller's units, what waits first to be seen beside what it would replace.
CREATE VIEW api.core_line_list WITH (security_barrier) AS
SELECT l.customer_id, l.version, bank.company_name(l.customer_id) AS name, l.limit_amount,
    'CNY' AS currency,
       e.limit_amount AS limit_now, l.order_rate, l.receivable_rate, l.supplier_most,
           round(l.rate_bp / 100.0, 2) AS rate,
       l.valid_until, l.line_state, l.note, l.state, bank.staff_name(l.made_by) AS made_by, l.made_at,
       bank.staff_name(l.checked_by) AS checked_by, l.checked_at, l.reason,
       CASE WHEN l.state <> 'proposed' THEN 'done' WHEN l.made_by = (SELECT bank.my_staff_id()) THEN 'own'
            WHEN l.limit_amount > (SELECT bank.my_decision_limit()) THEN 'limit' ELSE 'open' END AS mine
  FROM bank.core_line l LEFT JOIN bank.core_enterprise e USING (customer_id)
 WHERE l.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- First values of the form of a line: the one in force, else what is usual.
CREATE FUNCTION api.core_line_form(p_customer_id bigint)
RETURNS TABLE (customer text, customer_number text, limit_amount bigint, order_rate int,
    receivable_rate int, supplier_most bigint,
               rate numeric, valid_until date, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT c.name, c.customer_number::text, e.limit_amount, coalesce(e.order_rate, 70),
        coalesce(e.receivable_rate, 80), e.supplier_most,
           round(coalesce(e.rate_bp, 430) / 100.0, 2), greatest(e.valid_until,
               (bank.today() + interval '1 year')::date),
           coalesce(e.state, 'active')
      FROM bank.customer_require(p_customer_id) c LEFT JOIN bank.core_enterprise e USING (customer_id)
$$;

-- A core enterprise: its line and what is lent against its name; supplier by supplier; lines before.
CREATE FUNCTION api.core(p_customer_id bigint)
RETURNS TABLE (customer_id bigint, name text, unit text, state text, currency text, limit_amount bigint,
    reserved bigint, lent bigint,
    room bigint, used_percent numeric, supplier_most bigint, order_rate int, receivable_rate int,
        rate numeric, valid_until date, documents bigint,
    unconfirmed bigint, next_due date, suppliers bigint, waiting text, proposed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT l.customer_id, l.name, l.unit, l.state, l.currency, l.limit_amount, f.reserved, f.lent, l.room,
           bank.share(l.used, l.limit_amount), l.supplier_most, l.order_rate, l.receivable_rate, l.rate,
               l.valid_until,
           d.documents, d.unconfirmed, f.next_due, d.suppliers,
           (SELECT bank.money_text(x.limit_amount) || ' ' || bank.staff_name(x.made_by)
               FROM bank.core_line x
             WHERE x.customer_id = l.customer_id AND x.state = 'proposed'), l.proposed
      FROM api.core_list l
      CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount) FILTER (WHERE x.state = 'reserved'),
          0)::bigint AS reserved,
                 coalesce(sum(x.amount) FILTER (WHERE x.state = 'paid'), 0)::bigint AS lent,
                     min(x.due_on) AS next_due
            FROM bank.core_finance x WHERE x.customer_id = l.customer_id AND x.state IN ('reserved',
                'paid')) f
      CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE x.state = 'open') AS documents,
                 count(*) FILTER (WHERE x.state = 'open' AND x.confirmed_at IS NULL) AS unconfirmed,
                 count(DISTINCT x.supplier_code) AS suppliers
            FROM bank.core_document x WHERE x.customer_id = l.customer_id) d
     WHERE l.customer_id = p_customer_id
$$;

-- Suppliers of a core enterprise: what it owes them, what is lent on it, what is left.
CREATE FUNCTION api.core_suppliers(p_customer_id bigint)
RETURNS TABLE (supplier_id bigint, supplier text, currency text, documents bigint, amount bigint,
    used bigint, room bigint, next_due date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT d.supplier_id, coalesce(bank.company_name(d.supplier_id), bank.mask(d.supplier_code, 4, 4)),
        'CNY',
           count(*) FILTER (WHERE d.state = 'open'),
               coalesce(sum(d.amount) FILTER (WHERE d.state = 'open'), 0)::bigint, u.used,
           greatest(0, least(l.supplier_most - u.used, l.room)), u.next_due
      FROM api.core_list l JOIN bank.core_document d USING (customer_id)
      CROSS JOIN LATERAL (SELECT coalesce(sum(f.amount), 0)::bigint AS used, min(f.due_on) AS next_due
          FROM bank.core_finance f
            WHERE f.customer_id = d.customer_id AND f.supplier_id = d.supplier_id
                AND f.state IN ('reserved', 'paid')) u
     WHERE l.customer_id = p_customer_id
     GROUP BY d.supplier_id, d.supplier_code, u.used, u.next_due, l.supplier_most, l.room
     ORDER BY u.used DESC, 5 DESC, d.supplier_code LIMIT 200
$$;

-- The last twenty lines that were proposed for it, the newest first.
CREATE FUNCTION api.core_lines(p_customer_id bigint) RETURNS SETOF api.core_line_list
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT l.* FROM api.core_line_list l WHERE l.customer_id = p_customer_id
        ORDER BY l.version DESC LIMIT 20
$$;

CREATE FUNCTION bank.date_or_null(p_text text) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE WHEN p_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN p_text::date END;
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END $$;

-- What is wrong with a row of a core enterprise's file: field, message, detail. NULL: nothing.
CREATE FUNCTION bank.core_row_fault(r jsonb, e bank.core_enterprise, d bank.core_document,
    OUT field text, OUT message text,
                                    OUT detail text) LANGUAGE plpgsql STABLE AS $$
DECLARE
    live boolean := d.document_id IS NOT NULL AND EXISTS (SELECT FROM bank.core_finance f
        WHERE f.customer_id = d.customer_id AND f.document_id = d.document_id
            AND f.state IN ('reserved', 'paid'));
BEGIN
    IF e.customer_id IS NULL THEN
        field := 'core'; message := 'There is no such core enterprise in your units.';
    ELSIF coalesce(r ->> 'kind', '') NOT IN ('order', 'receivable') THEN
        field := 'kind'; message := 'The kind is order or receivable.';
    ELSIF coalesce(length(r ->> 'number'), 0) NOT BETWEEN 1 AND 40 THEN
        field := 'number'; message := 'The number has 1 to 40 characters.';
    ELSIF bank.credit_code_fault(r ->> 'supplier') IS NOT NULL THEN
        field := 'supplier'; message := 'This is no unified social credit code (GB 32100).';
    ELSIF coalesce(r ->> 'amount', '') !~ '^[0-9]{1,13}([.][0-9]{1,2})?$'
        OR (r ->> 'amount')::numeric = 0 THEN
        field := 'amount'; message := 'The amount is written like 1234.50.';
    ELSIF bank.date_or_null(r ->> 'issued') IS NULL THEN
        field := 'issued'; message := 'A day is written like 2026-11-22.';
    ELSIF bank.date_or_null(r ->> 'due') IS NULL THEN
        field := 'due'; message := 'A day is written like 2026-11-22.';
    ELSIF bank.date_or_null(r ->> 'due') < bank.date_or_null(r ->> 'issued') THEN
        field := 'due'; message := 'It falls due before it is issued.';
    ELSIF coalesce(r ->> 'confirmed', 'no') NOT IN ('yes', 'no') THEN
        field := 'confirmed'; message := 'Confirmed is yes or no.';
    ELSIF coalesce(r ->> 'state', 'open') NOT IN ('open', 'paid', 'cancelled') THEN
        field := 'state'; message := 'The state is open, paid or cancelled.';
    ELSIF live AND (d.amount, d.due_on, d.supplier_code) IS DISTINCT
        FROM ((r ->> 'amount')::numeric * 100,
              (r ->> 'due')::date, upper(r ->> 'supplier')) THEN
        field := 'number'; message := 'The document is financed: it does not change.';
    ELSIF live AND r ->> 'state' = 'cancelled' THEN
        field := 'state'; message := 'The document is financed: it cannot be cancelled.';
    ELSIF d.state IN ('paid', 'cancelled') AND coalesce(r ->> 'state', 'open') <> d.state THEN
        field := 'state'; message := 'The document is closed.';
    END IF;
    detail := r ->> field;
END $$;

-- Takes the rows of a core enterprise's file (an array of objects with texts: row core kind number
-- supplier
-- amount issued due order confirmed state) whole or not at all. Rows that are refused are answered,
-- each by
-- its number; else one row without a number says what came of the file. What is here already is
-- passed over.
CREATE FUNCTION api.core_import(p_file text, p_sha256 text, p_rows jsonb, p_dry boolean, p_request uuid)
RETURNS TABLE ("row" int, field text, message text, detail text, added int, changed int, same int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'core_import', jsonb_build_array(p_file,
        p_sha256, p_dry));
    known bank.core_import;
    made bigint;
    r jsonb;
    e bank.core_enterprise;
    d bank.core_document;
    fault record;
    first int;
    n_bad int := 0; n_added int := 0; n_changed int := 0; n_same int := 0;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'worker');
    PERFORM pg_advisory_xact_lock(hashtextextended(p_sha256, 103));
    SELECT * INTO known FROM bank.core_import i WHERE i.sha256 = p_sha256;
    IF known.import_id IS NOT NULL THEN
        IF answer IS NULL THEN
            PERFORM bank.request_done(p_request, known.import_id::text, 'known');
        END IF;
        RETURN QUERY SELECT NULL::int, NULL::text, 'This file was taken in before.',
            bank.local_day(known.at)::text,
                            known.added, known.changed, known.same;
        RETURN;
    END IF;
    FOR r, first IN SELECT x, min((x ->> 'row')::int) OVER (PARTITION BY x ->> 'core', x ->> 'kind',
        x ->> 'number')
                      FROM jsonb_array_elements(p_rows) WITH ORDINALITY l (x, n) ORDER BY n LOOP
        SELECT c.* INTO e FROM bank.core_enterprise c WHERE c.customer_id = (SELECT k.customer_id
            FROM bank.known_company(r ->> 'core') k)
           AND bank.in_scope(c.unit_id);
        SELECT x.* INTO d FROM bank.core_document x WHERE x.customer_id = e.customer_id
            AND x.kind = r ->> 'kind'
           AND x.number = r ->> 'number' FOR UPDATE;
        fault := bank.core_row_fault(r, e, d);
        IF fault.field IS NULL AND first < (r ->> 'row')::int THEN
            fault.field := 'number';
            fault.message := 'The same document stands in the file twice.';
            fault.detail := first::text;
        END IF;
        IF fault.field IS NOT NULL THEN
            n_bad := n_bad + 1;
            RETURN QUERY SELECT (r ->> 'row')::int, fault.field, fault.message, fault.detail, NULL::int,
                NULL::int, NULL::int;
            EXIT WHEN n_bad = 1000;
        ELSIF d.document_id IS NULL THEN
            n_added := n_added + 1;
        ELSIF (d.amount, d.issued_on, d.due_on, d.supplier_code, d.order_number, d.state) IS DISTINCT
            FROM ((r ->> 'amount')::numeric * 100,
                  (r ->> 'issued')::date, (r ->> 'due')::date, upper(r ->> 'supplier'),
                      nullif(r ->> 'order', ''), coalesce(r ->> 'state', 'open'))
              OR d.confirmed_at IS NULL AND r ->> 'confirmed' = 'yes' THEN
            n_changed := n_changed + 1;
        ELSE
            n_same := n_same + 1;
        END IF;
    END LOOP;
    IF n_bad > 0 THEN
        PERFORM bank.request_done(p_request, '', 'refused');
        RETURN;
    ELSIF NOT p_dry THEN
        INSERT INTO bank.core_import (file, sha256, rows, added, changed, same, staff_id, unit_id)
        VALUES (left(p_file, 200), p_sha256, jsonb_array_length(p_rows), n_added, n_changed, n_same,
            bank.my_staff_id(), bank.my_unit())
        RETURNING import_id INTO made;
        INSERT INTO bank.core_document AS x (customer_id, unit_id, kind, number, supplier_id,
            supplier_code, amount, issued_on, due_on,
                                             order_number, confirmed_at, state, import_id)
        SELECT c.customer_id, c.unit_id, f.kind, f.number, s.customer_id, upper(f.supplier),
            (f.amount::numeric * 100)::bigint,
               f.issued::date, f.due::date, nullif(f."order", ''), CASE WHEN f.confirmed = 'yes'
                   THEN clock_timestamp() END,
               coalesce(f.state, 'open'), made
          FROM jsonb_to_recordset(p_rows) f (core text, kind text, number text, supplier text,
              amount text, issued text, due text,
                                             "order" text, confirmed text, state text)
          CROSS JOIN LATERAL bank.known_company(f.core) k JOIN bank.core_enterprise c ON c.customer_id
              = k.customer_id
          LEFT JOIN LATERAL bank.known_company(f.supplier) s ON true
        ON CONFLICT (customer_id, kind, number) DO UPDATE SET supplier_id = EXCLUDED.supplier_id,
            supplier_code = EXCLUDED.supplier_code,
            amount = EXCLUDED.amount, issued_on = EXCLUDED.issued_on, due_on = EXCLUDED.due_on,
                order_number = EXCLUDED.order_number,
            confirmed_at = coalesce(x.confirmed_at, EXCLUDED.confirmed_at), state = EXCLUDED.state,
                import_id = EXCLUDED.import_id
         WHERE (x.amount, x.issued_on, x.due_on, x.supplier_code, x.order_number, x.state) IS DISTINCT
             FROM (EXCLUDED.amount,
                EXCLUDED.issued_on, EXCLUDED.due_on, EXCLUDED.supplier_code, EXCLUDED.order_number,
                    EXCLUDED.state)
            OR x.confirmed_at IS NULL AND EXCLUDED.confirmed_at IS NOT NULL;
        PERFORM bank.audit_write('core_import', 'core_import', made::text, NULL, NULL,
            jsonb_build_object('file', left(p_file, 200),
            'sha256', p_sha256, 'added', n_added, 'changed', n_changed, 'same', n_same));
    END IF;
    PERFORM bank.request_done(p_request, made::text, 'done');
    RETURN QUERY SELECT NULL::int, NULL::text, ''::text, NULL::text, n_added, n_changed, n_same;
END $$;

-- Files taken in, the newest first.
CREATE VIEW api.core_import_list WITH (security_barrier) AS
SELECT i.import_id, i.file, i.rows, i.added, i.changed, i.same, left(i.sha256, 16) AS sha256,
    bank.staff_name(i.staff_id) AS staff, i.at
  FROM bank.core_import i WHERE i.unit_id BETWEEN (SELECT bank.my_scope_low())
      AND (SELECT bank.my_scope_high());

GRANT EXECUTE ON FUNCTION bank.date_or_null, bank.core_row_fault TO bankops_api;
SELECT bank.view_grant(name, 'clerk', 'rm', 'supervisor', 'auditor')
  FROM unnest('{core_list,core_document_list,core_line_list,core_import_list}'::text[]) name;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor', 'auditor')
  FROM unnest('{core,core_suppliers,core_lines}'::text[]) name;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{chain_documents,chain_form,core_line_form,core_line_propose,core_line_decide}'::text[])
      name;
SELECT bank.function_grant(name, 'clerk', 'supervisor', 'worker')
  FROM unnest('{core_document_save,core_import}'::text[]) name;
SELECT bank.function_grant('core_document_confirm', 'clerk', 'supervisor');
