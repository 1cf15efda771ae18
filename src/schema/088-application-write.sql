-- What staff do to an application: open, complete, pre-check, submit, propose, decide, execute.

-- Looks at everything and keeps each finding. Answers how many of them stop the application; the
-- score follows when a credit application is whole.
CREATE FUNCTION bank.application_look(c bank.case_file, OUT run int, OUT stops int, OUT verdict text)
LANGUAGE plpgsql AS $$
BEGIN
    run := 1 + coalesce((SELECT max(k.run) FROM bank.application_check k
                          WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id), 0);
    INSERT INTO bank.application_check (customer_id, case_id, run, rule, version, weight, unit_id, result,
                                        detail_en, detail_zh)
    SELECT c.customer_id, c.case_id, application_look.run, f.rule, r.version, r.weight, c.unit_id,
        f.result,
           f.detail_en, f.detail_zh
      FROM bank.findings_of(c, bank.check_parameters(c.case_type)) f
      JOIN bank.check_rule_now r ON r.case_type = c.case_type AND r.rule = f.rule AND r.active;
    stops := (SELECT count(*) FROM bank.application_check k
               WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id
                   AND k.run = application_look.run
                 AND k.weight = 'must' AND k.result IN ('missing', 'fail'));
    IF c.case_type = 'consumer_credit' AND stops = 0 THEN
        verdict := (bank.credit_score(c, run)).verdict;
    END IF;
END $$;

-- Takes a step and hands the case to the desk of its next stage; another desk has no owner yet.
CREATE FUNCTION bank.application_move(was bank.case_file, p_action text, p_note text)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file := was;
    t bank.case_transition := bank.case_allowed(was, p_action);
BEGIN
    SELECT d.queue INTO c.queue FROM bank.application_desk d
     WHERE d.case_type = was.case_type AND d.stage = t.next_stage;
    IF c.queue IS DISTINCT FROM was.queue THEN
        c.owner_id := NULL;
        c.taken_at := NULL;
    END IF;
    RETURN bank.case_step(was, c, p_action, p_note);
END $$;

-- The application beside its case, locked; BO404 when the case is none.
CREATE FUNCTION bank.application_lock(c bank.case_file) RETURNS bank.application LANGUAGE plpgsql AS $$
DECLARE
    a bank.application;
BEGIN
    SELECT * INTO a FROM bank.application x
     WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such application.', c.number, NULL, 'p_case_id');
    END IF;
    RETURN a;
END $$;

-- Opens the case of an application, with its first pre-check. Without subject and facts, what its type says.
CREATE FUNCTION bank.application_begin(p_type text, p_customer_id bigint, p_source text, p_subject text,
    p_facts text, p_fields jsonb, p_amount bigint, p_core bigint, p_document bigint)
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file;
BEGIN
    c.customer_id := p_customer_id;
    c.unit_id := (bank.customer_require(p_customer_id)).unit_id;
    IF (bank.me()).customer_id = p_customer_id THEN
        PERFORM bank.fail('BO403', 'You may not handle your own case.', NULL, 'Leave it to a colleague.');
    END IF;
    c.case_id := nextval('bank.case_id_seq');
    c.case_type := p_type;
    c.level := 'simple';
    c.urgency := 3;
    c.source := coalesce(nullif(p_source, ''), 'branch');
    c.fields := bank.case_fields_clean(p_fields);
    c.subject := left(bank.case_subject(p_type, p_subject, c.fields, false), 200);
    c.facts := left(coalesce(p_facts, concat_ws(E'\n', c.subject, bank.case_subject(p_type, NULL, c.fields, true))), 20000);
    c.tier := bank.customer_tier(p_customer_id);
    c.regime := bank.regime_of(c.unit_id);
    c.received_at := clock_timestamp();
    c.opened_by := (bank.me()).staff_id;
    PERFORM bank.case_text_check(c);
    c := bank.case_begin(c, '');
    INSERT INTO bank.application (customer_id, case_id, unit_id, amount, code, core_id, document_id)
    VALUES (c.customer_id, c.case_id, c.unit_id, p_amount, upper(c.fields ->> 'credit_code'), p_core,
        p_document);
    UPDATE bank.case_file f SET queue = d.queue FROM bank.application_desk d
     WHERE f.customer_id = c.customer_id AND f.case_id = c.case_id
       AND d.case_type = c.case_type AND d.stage = c.stage RETURNING f.* INTO c;
    PERFORM bank.application_look(c);
    RETURN c;
END $$;

-- The enterprise by its code, else a new customer without accounts. BO409 when it is another unit's.
CREATE FUNCTION bank.enterprise_find(p_name text, p_code text, p_address text, p_phone text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    known record;
    made bigint;
    unit int := (bank.me()).unit_id;
BEGIN
    IF bank.credit_code_fault(p_code) = 'check' THEN
        PERFORM bank.fail('BO422', 'The check character of the credit code is wrong.', p_code,
                          'Read the 18 characters again from the licence.', 'p_credit_code');
    ELSIF bank.credit_code_fault(p_code) IS NOT NULL THEN
        PERFORM bank.fail('BO422', 'This is no unified social credit code (GB 32100).', p_code,
                          'Read the 18 characters again from the licence.', 'p_credit_code');
    END IF;
    SELECT * INTO known FROM bank.known_company(p_code);
    IF known.customer_id IS NOT NULL AND NOT bank.in_scope(known.unit_id) THEN
        PERFORM bank.fail('BO409', 'This enterprise is a customer of another unit.',
                          bank.unit_name(known.unit_id), 'Ask that unit to open the account.',
                              'p_credit_code');
    ELSIF known.customer_id IS NOT NULL THEN
        RETURN known.customer_id;
    END IF;
    PERFORM bank.text_require(p_name, 'p_enterprise', 2, 120);
    made := nextval(pg_get_serial_sequence('bank.customer', 'customer_id'));
    INSERT INTO bank.customer (customer_id, customer_number, kind, name, unit_id, lifecycle, opened_on)
    VALUES (made, bank.customer_number_make(100000000 + (made * 7 + 3) % 900000000), 'company',
        btrim(p_name),
            unit, 'prospect', bank.today());
    INSERT INTO bank.customer_identity (customer_id, kind, number, unit_id)
    VALUES (made, 'credit_code', upper(p_code), unit);
    IF coalesce(p_address, '') <> '' THEN
        INSERT INTO bank.address (customer_id, kind, address, unit_id) VALUES (made, 'registered',
            p_address, unit);
    END IF;
    IF p_phone ~ '^[0-9]{7,15}$' THEN
        INSERT INTO bank.phone (customer_id, phone, kind, unit_id) VALUES (made, p_phone, 'work', unit);
    END IF;
    PERFORM bank.search_refresh(made);
    PERFORM bank.audit_write('customer_create', 'customer', bank.customer_number(made), made, NULL,
                             jsonb_build_object('kind', 'company', 'lifecycle', 'prospect'));
    RETURN made;
END $$;

-- What the bank holds of an enterprise, as fields of an application.
CREATE FUNCTION bank.enterprise_fields(p_customer_id bigint) RETURNS jsonb LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('enterprise', c.name,
        'credit_code', (SELECT i.number FROM customer_identity i WHERE i.customer_id = c.customer_id
            AND i.kind = 'credit_code'),
        'registered_address', (SELECT a.address FROM address a WHERE a.customer_id = c.customer_id
            ORDER BY a.kind = 'registered' DESC LIMIT 1),
        'contact_phone', (SELECT p.phone FROM phone p WHERE p.customer_id = c.customer_id
            ORDER BY p.main DESC, p.phone LIMIT 1),
        'rep_name', r.name, 'rep_id', r.number, 'rep_id_to', r.expires_on,
        'owner_name', o.name, 'owner_id', o.number, 'owner_share', floor(o.share_percent)::int))
      FROM customer c
      LEFT JOIN LATERAL (SELECT p.name, i.number, i.expires_on FROM relation x
            JOIN customer p ON p.customer_id = x.other_id
            JOIN customer_identity i ON i.customer_id = p.customer_id
           WHERE x.customer_id = c.customer_id AND x.kind = 'represented_by' LIMIT 1) r ON true
      LEFT JOIN LATERAL (SELECT p.name, i.number, x.share_percent FROM relation x
            JOIN customer p ON p.customer_id = x.other_id
            JOIN customer_identity i ON i.customer_id = p.customer_id
           WHERE x.customer_id = c.customer_id AND x.kind = 'owned_by' AND x.share_percent >= 25
           ORDER BY x.share_percent DESC LIMIT 1) o ON true
     WHERE c.customer_id = p_customer_id
$$;
ALTER FUNCTION bank.enterprise_fields OWNER TO bankops_owner;

-- A person of the caller's units whose identity number was typed is not asked for name and dates again.
CREATE FUNCTION bank.person_fields(v jsonb, p_who text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT jsonb_strip_nulls(jsonb_build_object(p_who || '_name', k.name,
               p_who || '_id_to', CASE p_who WHEN 'rep' THEN k.expires_on END)) || v
          FROM bank.known_person(v ->> (p_who || '_id')) k WHERE bank.in_scope(k.unit_id)), v)
$$;

-- Opens an application for an account. `p_customer_id` NULL: the enterprise is found by its code or
-- entered as a prospect. What is left empty is taken from what the bank holds.
CREATE FUNCTION api.opening_open(p_customer_id bigint, p_enterprise text, p_credit_code text,
    p_licence_from date, p_licence_to date, p_address text, p_phone text, p_rep_name text, p_rep_id text,
    p_rep_id_to date, p_owner_name text, p_owner_id text, p_owner_share int, p_account_kind text,
    p_basic_bank text, p_recon_cycle text, p_payroll_staff int, p_payroll_day int, p_source text,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    id bigint := p_customer_id;
    c bank.case_file;
    held jsonb;
    typed jsonb := bank.case_fields_clean(jsonb_build_object('enterprise', p_enterprise,
        'credit_code', upper(p_credit_code), 'licence_from', p_licence_from, 'licence_to', p_licence_to,
        'registered_address', p_address, 'contact_phone', regexp_replace(p_phone, '[ -]', '', 'g'),
        'rep_name', p_rep_name, 'rep_id', upper(p_rep_id), 'rep_id_to', p_rep_id_to,
        'owner_name', p_owner_name, 'owner_id', upper(p_owner_id), 'owner_share', p_owner_share,
        'account_kind', p_account_kind, 'basic_bank', p_basic_bank, 'recon_cycle', p_recon_cycle,
        'payroll_staff', p_payroll_staff, 'payroll_day', p_payroll_day));
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'opening_open', jsonb_build_array(p_customer_id, typed,
        p_source));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.choice_require(p_account_kind, 'p_account_kind', '{basic,general}');
    PERFORM bank.choice_require(p_recon_cycle, 'p_recon_cycle', '{none,daily,monthly,quarterly}');
    IF p_payroll_staff NOT BETWEEN 0 AND 100000 OR p_payroll_day NOT BETWEEN 1 AND 28 THEN
        PERFORM bank.fail('BO422', 'Wages are paid to 1 to 100000 people on day 1 to 28.',
                          concat_ws(', ', p_payroll_staff, p_payroll_day), NULL, CASE WHEN p_payroll_staff
                              NOT BETWEEN 0 AND 100000 THEN 'p_payroll_staff' ELSE 'p_payroll_day' END);
    ELSIF id IS NULL THEN
        id := bank.enterprise_find(p_enterprise, p_credit_code, p_address, typed ->> 'contact_phone');
    END IF;
    IF (bank.customer_require(id)).kind <> 'company' THEN
        PERFORM bank.fail('BO422', 'The customer is no enterprise.', id::text, 'Choose an enterprise.',
            'p_customer_id');
    END IF;
    held := bank.enterprise_fields(id);
    IF typed ->> 'credit_code' <> held ->> 'credit_code' THEN
        PERFORM bank.fail('BO422', 'The bank knows this enterprise by another code.', held ->> 'credit_code',
                          'Check the code on the licence; a changed code is changed in the customer first.', 'p_credit_code');
    END IF;
    typed := held || typed;
    typed := bank.person_fields(bank.person_fields(typed, 'rep'), 'owner');
    IF typed ->> 'owner_id' IS NULL AND p_owner_name IS NULL AND p_owner_share >= 25 THEN
        typed := typed || jsonb_build_object('owner_name', typed ->> 'rep_name', 'owner_id',
            typed ->> 'rep_id');
    END IF;
    c := bank.application_begin('account_opening', id, p_source, typed ->> 'enterprise',
        concat_ws(E'\n', typed ->> 'enterprise', typed ->> 'credit_code'), typed, NULL, NULL, NULL);
    RETURN bank.request_done(p_request, c.case_id::text, 'The application is opened and pre-checked.');
END $$;

-- Opens a credit application.
CREATE FUNCTION api.credit_open(p_customer_id bigint, p_amount bigint, p_months int, p_purpose text,
                                p_consent boolean, p_source text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'credit_open', jsonb_build_array(p_customer_id, p_amount,
        p_months, p_purpose, p_consent, p_source));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF NOT coalesce(p_amount > 0 AND p_months BETWEEN 1 AND 360, false) THEN
        PERFORM bank.fail('BO422', 'Say how much and for how many months.', NULL, NULL, 'p_amount');
    ELSIF (bank.customer_require(p_customer_id)).kind <> 'person' THEN
        PERFORM bank.fail('BO422', 'Consumer credit is for persons.', NULL, 'Choose a person.',
            'p_customer_id');
    END IF;
    PERFORM bank.choice_require(p_purpose, 'p_purpose',
        '{renovation,education,travel,appliance,car,medical}');
    c := bank.application_begin('consumer_credit', p_customer_id, p_source,
        NULL, NULL,
        jsonb_build_object('amount', p_amount, 'months', p_months, 'purpose', p_purpose,
                           'consent', coalesce(p_consent, false)), p_amount, NULL, NULL);
    RETURN bank.request_done(p_request, c.case_id::text, 'The application is opened and pre-checked.');
END $$;

-- Opens an application of a supplier for finance on an order or receivable.
CREATE FUNCTION api.chain_open(p_customer_id bigint, p_document_id bigint, p_amount bigint,
                               p_source text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
    d bank.core_document;
    core text;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'chain_open', jsonb_build_array(p_customer_id,
        p_document_id, p_amount, p_source));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO d FROM bank.core_document x WHERE x.document_id = p_document_id
       AND (x.supplier_id = p_customer_id OR bank.in_scope(x.unit_id));
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such order or receivable.', p_document_id::text,
                          'F4 lists those of the supplier.', 'p_document_id');
    ELSIF NOT coalesce(p_amount > 0, false) THEN
        PERFORM bank.fail('BO422', 'Say how much.', NULL, NULL, 'p_amount');
    END IF;
    core := bank.company_name(d.customer_id);
    c := bank.application_begin('chain_finance', p_customer_id, p_source, NULL, NULL,
        jsonb_build_object('amount', p_amount, 'core', core, 'document', d.number, 'kind', d.kind),
        p_amount, d.customer_id, d.document_id);
    RETURN bank.request_done(p_request, c.case_id::text, 'The application is opened and pre-checked.');
END $$;

-- The name of an enterprise, for its partners in a supply chain.
CREATE FUNCTION bank.company_name(p_customer_id bigint) RETURNS text LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN (SELECT c.name FROM customer c WHERE c.customer_id = p_customer_id AND c.kind = 'company');
END $$;
ALTER FUNCTION bank.company_name OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.company_name TO bankops_api, bankops_staff;

-- What a write to an application begins with: the case locked, an application, in one of the stages.
CREATE FUNCTION bank.application_open_case(p_customer_id bigint, p_case_id bigint, p_version bigint,
    p_stages text[])
RETURNS bank.case_file LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file := bank.case_lock(p_customer_id, p_case_id, p_version);
BEGIN
    PERFORM bank.application_lock(c);
    IF (bank.me()).customer_id = c.customer_id THEN
        PERFORM bank.fail('BO403', 'You may not handle your own case.', c.number,
            'Leave it to a colleague.');
    ELSIF NOT c.stage = ANY (p_stages) THEN
        PERFORM bank.fail('BO423', 'The case cannot take this step in its present stage.',
            c.number || ': ' || c.stage,
                          'Refresh the case and look at its stage.');
    END IF;
    RETURN c;
END $$;

-- Fields that say what the application is about: another one is another application.
CREATE FUNCTION bank.application_fixed(p_field text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_field IN ('core', 'document', 'kind', 'enterprise')
$$;
GRANT EXECUTE ON FUNCTION bank.application_fixed TO bankops_api;

-- An amount as people type it, in minor units; BO422 when it is none.
CREATE FUNCTION bank.amount_typed(p_text text, p_field text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF btrim(p_text) <> '' AND replace(p_text, ',', '') !~ '^ *[0-9]{1,12}([.][0-9]{1,2})? *$' THEN
        PERFORM bank.fail('BO422', 'The amount is written like 1234.50.', p_text, NULL, p_field);
    END IF;
    RETURN (nullif(btrim(replace(p_text, ',', '')), '')::numeric * 100)::bigint::text;
END $$;
GRANT EXECUTE ON FUNCTION bank.amount_typed TO bankops_api;

-- One field of the form, money as an amount; the pre-check runs again.
CREATE FUNCTION api.application_field_set(p_customer_id bigint, p_case_id bigint, p_field text,
    p_value text,
                                          p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_field_set',
        jsonb_build_array(p_customer_id, p_case_id, p_field, p_value, p_version));
    typed text;
    was bank.case_file;
    c bank.case_file;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.application_open_case(p_customer_id, p_case_id, p_version, '{draft,returned,review}');
    IF p_field IS NULL OR bank.application_fixed(p_field) OR NOT EXISTS (
           SELECT FROM bank.case_field f WHERE f.case_type = was.case_type AND f.field = p_field) THEN
        PERFORM bank.fail('BO422', 'This field cannot be changed.', p_field, NULL, 'p_field');
    END IF;
    typed := CASE (SELECT f.kind FROM bank.case_field f WHERE f.case_type = was.case_type AND f.field = p_field)
        WHEN 'money' THEN bank.amount_typed(p_value, 'p_value') ELSE bank.choice_said(was.case_type, p_field, p_value) END;
    UPDATE bank.case_file SET fields = bank.case_fields_put(was.fields, jsonb_build_object(p_field, typed)),
        version = version + 1
     WHERE customer_id = p_customer_id AND case_id = p_case_id RETURNING * INTO c;
    UPDATE bank.application SET amount = coalesce((c.fields ->> 'amount')::bigint, amount),
        code = coalesce(upper(c.fields ->> 'credit_code'), code)
     WHERE customer_id = p_customer_id AND case_id = p_case_id;
    PERFORM bank.case_event_write(was, c, 'edit', '');
    PERFORM bank.application_look(c);
    RETURN bank.request_done(p_request, p_case_id::text, 'Changed; the pre-check has run again.');
END $$;

GRANT EXECUTE ON FUNCTION bank.application_look, bank.application_open_case, bank.application_move,
        bank.application_lock,
    bank.application_begin, bank.enterprise_find, bank.enterprise_fields, bank.person_fields TO bankops_api;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{opening_open,credit_open,chain_open,application_field_set}'::text[]) name;
