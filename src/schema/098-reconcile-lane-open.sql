-- New lanes and further accounts: anybody who reconciles may propose one, a second person approves.

-- Whether an account of ours or of another bank is in a lane already, or proposed for one.
CREATE FUNCTION bank.recon_account_taken(p_book text, p_external text, p_currency text)
RETURNS text LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT l.code FROM recon_account a JOIN recon_lane l USING (lane_id)
     WHERE a.currency = p_currency
       AND (a.book_key = bank.recon_key(p_book) OR a.external_key = bank.recon_key(p_external))
    UNION ALL
    SELECT c.code FROM recon_lane_change c
     WHERE c.status = 'proposed' AND c.after->>'currency' = p_currency
       AND (bank.recon_key(c.after->>'book_account') = bank.recon_key(p_book)
            OR bank.recon_key(c.after->>'external_account') = bank.recon_key(p_external))
    LIMIT 1
$$;

-- Proposes an account of another bank against one of ours: for the lane of that code, or with a new
-- lane. p_unit_id NULL: the caller's. p_opening: balance before p_opening_date as it is written
-- (1234.50); NULL: taken from the first files. The answer's id is the change (api.lane_decide).
CREATE FUNCTION api.lane_open(p_code text, p_name text, p_name_en text, p_kind text, p_unit_id int,
    p_buffer_days int, p_book_account text, p_external_account text, p_external_bank text,
    p_currency text, p_opening_date date, p_opening numeric, p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    l bank.recon_lane;
    v_code text := upper(trim(p_code));
    v_unit int := coalesce(p_unit_id, bank.my_unit());
    v_taken text;
    v_minor numeric := p_opening
        * 10 ^ length(split_part(bank.recon_money(0, p_currency), '.', 2));
    v_after jsonb;
    v_id bigint;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    answer := bank.request_replay(p_request, 'lane_open', jsonb_build_array(p_code, p_name, p_name_en,
        p_kind, p_unit_id, p_buffer_days, p_book_account, p_external_account, p_external_bank, p_currency,
        p_opening_date, p_opening, p_note));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO l FROM recon_lane WHERE code = v_code FOR UPDATE;
    v_taken := bank.recon_account_taken(p_book_account, p_external_account, p_currency);
    IF v_code IS NULL OR v_code !~ '^[A-Z0-9][A-Z0-9-]{1,23}$' THEN
        PERFORM bank.fail('BO422', 'The code of a lane is 2 to 24 letters, digits and dashes.',
                          p_code, NULL, 'p_code');
    ELSIF p_currency IS NULL OR p_currency !~ '^[A-Z]{3}$' THEN
        PERFORM bank.fail('BO422', 'The currency is a code of three letters.', p_currency, NULL,
                          'p_currency');
    ELSIF coalesce(bank.recon_key(p_book_account), '') = '' THEN
        PERFORM bank.fail('BO422', 'Our own account is needed.', NULL, NULL, 'p_book_account');
    ELSIF coalesce(bank.recon_key(p_external_account), '') = '' THEN
        PERFORM bank.fail('BO422', 'The account at the other bank is needed.', NULL, NULL,
                          'p_external_account');
    ELSIF NOT bank.in_scope(coalesce(l.unit_id, v_unit)) THEN
        PERFORM bank.fail('BO404', 'There is no such unit.', v_unit::text, NULL, 'p_unit_id');
    ELSIF v_taken IS NOT NULL THEN
        PERFORM bank.fail('BO409', 'One of these accounts is in a lane already.', v_taken,
                          'See the lanes (:lan) and their changes (:lch).', 'p_external_account');
    ELSIF EXISTS (SELECT FROM recon_lane_change WHERE code = v_code AND status = 'proposed') THEN
        PERFORM bank.fail('BO423', 'A change of this lane waits for a second person already.', v_code,
                          'See the changes of lanes (:lch).', 'p_code');
    ELSIF v_minor <> trunc(v_minor) OR abs(v_minor) > 10 ^ 17
          OR (p_opening IS NULL) <> (p_opening_date IS NULL) THEN
        PERFORM bank.fail('BO422', 'The opening balance needs its day, and no parts of a cent.',
                          p_opening::text, 'Leave both empty to take them from the first files.',
                          'p_opening');
    ELSIF l.currency_policy = 'one' AND EXISTS (SELECT FROM recon_account a
              WHERE a.lane_id = l.lane_id AND a.currency <> p_currency) THEN
        PERFORM bank.fail('BO422', 'This lane has accounts of one currency only.', v_code,
                          'Propose another lane.', 'p_currency');
    END IF;
    v_after := jsonb_build_object('book_account', trim(p_book_account), 'external_account',
        trim(p_external_account), 'external_bank', trim(coalesce(p_external_bank, '')),
        'currency', p_currency, 'opening_date', p_opening_date, 'opening', v_minor::bigint);
    IF l.lane_id IS NULL THEN
        IF coalesce(trim(p_name), '') = '' THEN
            PERFORM bank.fail('BO422', 'A new lane needs a name.', NULL, NULL, 'p_name');
        ELSIF p_kind IS NULL
              OR p_kind NOT IN ('nostro', 'clearing', 'channel', 'suspense', 'internal') THEN
            PERFORM bank.fail('BO422', 'A new lane needs a kind.', p_kind, NULL, 'p_kind');
        ELSIF NOT coalesce(p_buffer_days, 1) BETWEEN 0 AND 30 THEN
            PERFORM bank.fail('BO422', 'Buffer days are 0 to 30.', p_buffer_days::text, NULL,
                              'p_buffer_days');
        END IF;
        v_after := v_after || jsonb_build_object('name', trim(p_name), 'name_en', trim(p_name_en), 'kind', p_kind,
            'buffer_days', coalesce(p_buffer_days, 1), 'unit_id', v_unit);
    END IF;
    INSERT INTO recon_lane_change (lane_id, unit_id, code, after, note)
    VALUES (l.lane_id, coalesce(l.unit_id, v_unit), v_code, jsonb_strip_nulls(v_after),
            coalesce(p_note, ''))
    RETURNING change_id INTO v_id;
    PERFORM bank.audit_write('propose', 'recon_lane', v_code, NULL, NULL, v_after);
    RETURN bank.request_done(p_request, v_id::text, 'The account waits for a second person.');
END $$;
SELECT bank.function_grant('lane_open', 'clerk', 'supervisor', 'admin');

-- What was proposed becomes a lane, or an account more; answers the lane. Under the approved rule
-- set that the program comes with.
CREATE FUNCTION bank.recon_lane_open(c bank.recon_lane_change) RETURNS int
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    v_lane int := c.lane_id;
    v_taken text;
BEGIN
    SELECT l.code INTO v_taken FROM recon_account a JOIN recon_lane l USING (lane_id)
     WHERE a.currency = c.after->>'currency'
       AND (a.book_key = bank.recon_key(c.after->>'book_account')
            OR a.external_key = bank.recon_key(c.after->>'external_account'));
    IF FOUND OR v_lane IS NULL AND EXISTS (SELECT FROM recon_lane WHERE code = c.code) THEN
        PERFORM bank.fail('BO409', 'One of these accounts is in a lane already.',
                          coalesce(v_taken, c.code), 'Refuse it and have it proposed again.');
    END IF;
    IF v_lane IS NULL THEN
        INSERT INTO recon_lane (code, name, name_en, kind, unit_id, buffer_days, rule_set_id)
        SELECT c.code, c.after->>'name', coalesce(c.after->>'name_en', ''), c.after->>'kind', c.unit_id,
               (c.after->>'buffer_days')::int, s.rule_set_id
          FROM recon_rule_set s WHERE s.name = 'default' AND s.status = 'approved'
        RETURNING lane_id INTO v_lane;
    END IF;
    INSERT INTO recon_account (lane_id, unit_id, book_account, external_account, external_bank,
                               currency, opening_date, opening_statement, opening_book)
    VALUES (v_lane, c.unit_id, c.after->>'book_account', c.after->>'external_account',
            c.after->>'external_bank', c.after->>'currency', (c.after->>'opening_date')::date,
            (c.after->>'opening')::bigint, (c.after->>'opening')::bigint);
    RETURN v_lane;
END $$;
