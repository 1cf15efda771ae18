-- Lanes as data: what one person proposes and another approves.

-- Changes of a lane and its accounts that wait for a second person, and those decided.
CREATE TABLE bank.recon_lane_change (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane_id int REFERENCES bank.recon_lane,  -- NULL: a new one
    unit_id int NOT NULL,
    code text COLLATE "C" NOT NULL,
    before jsonb,
    after jsonb NOT NULL,
    note text NOT NULL DEFAULT '',
    status text COLLATE "C" NOT NULL DEFAULT 'proposed'
        CHECK (status IN ('proposed', 'approved', 'refused', 'withdrawn')),
    maker text NOT NULL DEFAULT session_user,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    checker text,
    decided_at timestamptz,
    decision text NOT NULL DEFAULT '',
    version bigint NOT NULL DEFAULT 1,
    CHECK (checker IS DISTINCT FROM maker),
    CHECK (status <> 'approved' OR checker IS NOT NULL)
);
CREATE UNIQUE INDEX recon_lane_change_waiting ON bank.recon_lane_change (code)
    WHERE status = 'proposed';

SELECT bank.table_protect('bank.recon_lane_change', 'SELECT, INSERT, UPDATE');

-- Proposes other settings of a lane; they count once somebody else approves. p_rule_set: name of a
-- rule set that has an approved version. Rates are per cent with up to four decimals, kept as
-- millionths; amounts are minor units.
CREATE FUNCTION api.lane_propose(p_lane_id int, p_name text, p_name_en text, p_buffer_days int, p_calendar text,
    p_currency_policy text, p_tolerance bigint, p_fee_low numeric, p_fee_high numeric, p_fee_fixed bigint,
    p_rule_set text, p_active text, p_note text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    l bank.recon_lane;
    v_before jsonb;
    v_after jsonb;
    v_id bigint;
BEGIN
    PERFORM bank.require_role('supervisor', 'admin');
    v_after := jsonb_build_object('name', p_name, 'name_en', coalesce(p_name_en, ''), 'buffer_days', p_buffer_days, 'calendar', p_calendar,
        'currency_policy', p_currency_policy, 'tolerance', p_tolerance, 'fee_low', (10000 * p_fee_low)::int,
        'fee_high', (10000 * p_fee_high)::int, 'fee_fixed', p_fee_fixed, 'rule_set', p_rule_set,
        'active', p_active = 'yes');
    answer := bank.request_replay(p_request, 'lane_propose',
                                  jsonb_build_array(p_lane_id, v_after, p_note, p_version));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO l FROM recon_lane WHERE lane_id = p_lane_id
       AND unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such lane in your units.', p_lane_id::text,
                          'Choose it from the list of lanes (:rec).', 'p_lane_id');
    ELSIF l.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.', l.code,
                          'Refresh and try again.');
    ELSIF EXISTS (SELECT FROM recon_lane_change WHERE code = l.code AND status = 'proposed') THEN
        PERFORM bank.fail('BO423', 'A change of this lane waits for a second person already.', l.code,
                          'See the changes of lanes (:lch).');
    ELSIF NOT EXISTS (SELECT FROM recon_rule_set WHERE name = p_rule_set AND status = 'approved') THEN
        PERFORM bank.fail('BO422', 'There is no approved rule set of this name.', p_rule_set,
                          'Choose it from the list (:rules).', 'p_rule_set');
    ELSIF p_currency_policy = 'one' AND (SELECT count(DISTINCT currency) FROM recon_account
                                          WHERE lane_id = p_lane_id) > 1 THEN
        PERFORM bank.fail('BO422', 'The accounts of this lane have several currencies.', l.code, NULL,
                          'p_currency_policy');
    END IF;
    IF NOT coalesce(p_fee_low BETWEEN 0 AND p_fee_high AND p_fee_high <= 10, false) THEN
        PERFORM bank.fail('BO422', 'The fee runs from a lower to a higher rate, at most 10 per cent.',
                          p_fee_low || ' ' || p_fee_high, NULL, 'p_fee_low');
    ELSIF NOT coalesce(p_tolerance BETWEEN 0 AND 1000000 AND p_fee_fixed BETWEEN 0 AND 1000000
                       AND p_buffer_days BETWEEN 0 AND 30, false) THEN
        PERFORM bank.fail('BO422', 'Tolerance and fixed fee are at most 10,000.00, buffer days 30.',
                          l.code, NULL, 'p_tolerance');
    END IF;
    v_before := bank.recon_lane_settings(l);
    IF v_before = v_after THEN
        PERFORM bank.fail('BO422', 'Nothing is changed.', l.code, NULL, 'p_name');
    END IF;
    INSERT INTO recon_lane_change (lane_id, unit_id, code, before, after, note)
    VALUES (l.lane_id, l.unit_id, l.code, v_before, v_after, coalesce(p_note, ''))
    RETURNING change_id INTO v_id;
    PERFORM bank.audit_write('propose', 'recon_lane', l.code, NULL, v_before, v_after);
    RETURN bank.request_done(p_request, v_id::text, 'The change waits for a second person.');
END $$;
SELECT bank.function_grant('lane_propose', 'supervisor', 'admin');

CREATE FUNCTION bank.recon_lane_settings(l bank.recon_lane) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT jsonb_build_object('name', l.name, 'name_en', l.name_en, 'buffer_days', l.buffer_days, 'calendar', l.calendar,
        'currency_policy', l.currency_policy, 'tolerance', l.tolerance, 'fee_low', l.fee_low,
        'fee_high', l.fee_high, 'fee_fixed', l.fee_fixed, 'rule_set', s.name, 'active', l.active)
      FROM recon_rule_set s WHERE s.rule_set_id = l.rule_set_id
$$;

-- Decides about a proposed change or a new account (api.lane_open) as a second person, or withdraws
-- one's own. p_verb: approve, refuse, withdraw.
CREATE FUNCTION api.lane_decide(p_change_id bigint, p_verb text, p_reason text, p_version bigint,
                                p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.recon_lane_change;
BEGIN
    PERFORM bank.require_role('supervisor', 'admin',
                              CASE WHEN p_verb = 'withdraw' THEN 'clerk' ELSE 'admin' END);
    PERFORM bank.choice_require(p_verb, 'p_verb', '{approve,refuse,withdraw}');
    answer := bank.request_replay(p_request, 'lane_decide',
                                  jsonb_build_array(p_change_id, p_verb, p_reason, p_version));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO c FROM recon_lane_change WHERE change_id = p_change_id
       AND unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such change.', p_change_id::text,
                          'See the changes of lanes (:lch).', 'p_change_id');
    ELSIF c.status <> 'proposed' OR c.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO423', 'This change is decided already.', c.status, 'Refresh the list.');
    ELSIF (c.maker = session_user) <> (p_verb = 'withdraw') THEN
        PERFORM bank.fail('BO403', 'A second person must decide this.', bank.login_name(c.maker),
                          'Its maker can only withdraw it.');
    END IF;
    IF p_verb <> 'withdraw' THEN
        PERFORM bank.recon_require_reason(p_reason);
    END IF;
    IF p_verb = 'approve' AND c.after ? 'book_account' THEN
        c.lane_id := bank.recon_lane_open(c);
    ELSIF p_verb = 'approve' THEN
        UPDATE recon_lane l SET name = c.after->>'name',
               name_en = coalesce(c.after->>'name_en', l.name_en),
               buffer_days = (c.after->>'buffer_days')::int, calendar = c.after->>'calendar',
               currency_policy = c.after->>'currency_policy', tolerance = (c.after->>'tolerance')::bigint,
               fee_low = (c.after->>'fee_low')::int, fee_high = (c.after->>'fee_high')::int,
               fee_fixed = (c.after->>'fee_fixed')::bigint, active = (c.after->>'active')::boolean,
               rule_set_id = (SELECT s.rule_set_id FROM recon_rule_set s
                               WHERE s.name = c.after->>'rule_set' AND s.status = 'approved'),
               version = l.version + 1
         WHERE l.lane_id = c.lane_id;
    END IF;
    UPDATE recon_lane_change SET lane_id = c.lane_id, status = CASE p_verb WHEN 'approve' THEN 'approved'
               WHEN 'refuse' THEN 'refused' ELSE 'withdrawn' END,
           checker = CASE p_verb WHEN 'withdraw' THEN NULL ELSE session_user END,
           decided_at = clock_timestamp(), decision = coalesce(p_reason, ''), version = version + 1
     WHERE change_id = p_change_id;
    PERFORM bank.audit_write(p_verb, 'recon_lane', c.code, NULL, c.before,
                             c.after || jsonb_build_object('reason', p_reason));
    RETURN bank.request_done(p_request, p_change_id::text, CASE p_verb
        WHEN 'approve' THEN 'The lane is changed.' ELSE 'The lane stays as it is.' END);
END $$;
SELECT bank.function_grant('lane_decide', 'clerk', 'supervisor', 'admin');

-- A setting as people write it: rates in per cent, amounts with their decimals.
-- Lists call it as who reads them, who may not look into the schema of the functions in it.
CREATE FUNCTION bank.recon_setting_text(p_setting text, p_value text, p_currency text) RETURNS text
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT CASE WHEN p_setting IN ('fee_low', 'fee_high') THEN round(p_value::numeric / 10000, 4)::float8 || ' %'
                WHEN p_setting IN ('tolerance', 'fee_fixed', 'opening')
                THEN bank.recon_money(p_value::bigint, p_currency)
                ELSE p_value END
$$;
ALTER FUNCTION bank.recon_setting_text OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.recon_setting_text TO bankops_staff, bankops_api;

-- Names of settings, and values that are codes, as they are said.
CREATE FUNCTION bank.recon_setting_word(p_word text, p_zh boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce((SELECT CASE WHEN p_zh THEN w.zh ELSE w.en END FROM (VALUES
        ('book_account', 'our account', '我方账号'), ('external_account', 'their account', '对方账号'),
        ('external_bank', 'other bank', '对方银行'), ('opening_date', 'starts on', '起始日'),
        ('opening', 'balance before', '期初余额'), ('unit_id', 'unit', '机构'), ('kind', 'kind', '类型'),
        ('name', 'name', '名称'), ('name_en', 'English name', '英文名称'), ('buffer_days', 'buffer days', '缓冲天数'),
        ('calendar', 'counted in', '计日'), ('currency', 'currency', '币种'),
        ('currency_policy', 'currencies', '币种限制'), ('tolerance', 'tolerance', '容差'),
        ('fee_low', 'fee from', '费率起'), ('fee_high', 'fee to', '费率至'),
        ('fee_fixed', 'fixed fee', '固定手续费'), ('rule_set', 'rule set', '规则集'),
        ('active', 'in use', '启用'), ('nostro', 'nostro', '存放同业'), ('clearing', 'clearing', '清算'),
        ('channel', 'channel', '渠道'), ('suspense', 'suspense', '暂挂'), ('internal', 'internal', '内部'),
        ('working', 'working days', '工作日'), ('every', 'every day', '自然日'),
        ('one', 'one currency', '单一币种'), ('many', 'several currencies', '多币种'),
        ('true', 'yes', '是'), ('false', 'no', '否')) w (code, en, zh) WHERE w.code = p_word), p_word)
$$;
GRANT EXECUTE ON FUNCTION bank.recon_setting_word TO bankops_staff;

CREATE VIEW api.lane_change_list WITH (security_barrier) AS
SELECT c.change_id, c.lane_id, c.code, c.status, c.note, bank.login_name(c.maker) AS maker, c.made_at,
       bank.login_name(c.checker) AS checker, c.decided_at,
       c.decision, c.version,
       CASE WHEN NOT c.after ? 'book_account' THEN 'change' WHEN c.after ? 'name' THEN 'lane'
            ELSE 'account' END AS what, t.changes, t.changes_zh
  FROM bank.recon_lane_change c CROSS JOIN LATERAL (
       SELECT string_agg(bank.recon_setting_word(d.key, false) || ': '
                         || coalesce(bank.recon_setting_word(d.before, false) || ' → ', '')
                         || bank.recon_setting_word(d.after, false), '; ' ORDER BY d.key),
              string_agg(bank.recon_setting_word(d.key, true) || '：'
                         || coalesce(bank.recon_setting_word(d.before, true) || ' → ', '')
                         || bank.recon_setting_word(d.after, true), '；' ORDER BY d.key)
         FROM (SELECT k.key, bank.recon_setting_text(k.key, c.before->>k.key, y.currency) AS before,
                      CASE k.key WHEN 'unit_id' THEN (SELECT u.code FROM bank.unit u
                                                       WHERE u.unit_id = (k.value #>> '{}')::int)
                           ELSE bank.recon_setting_text(k.key, k.value #>> '{}', y.currency) END AS after
                 FROM jsonb_each(c.after) k, LATERAL (SELECT coalesce(c.after->>'currency',
                      (SELECT min(a.currency) FROM bank.recon_account a WHERE a.lane_id = c.lane_id))) y (currency)
                WHERE k.value IS DISTINCT FROM c.before->k.key) d) t (changes, changes_zh)
 WHERE c.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- A change setting by setting.
CREATE FUNCTION api.lane_change_diff(p_change_id bigint)
RETURNS TABLE (setting text, before text, after text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT k.key, bank.recon_setting_text(k.key, c.before->>k.key, y.currency),
           CASE k.key WHEN 'unit_id' THEN (SELECT u.code FROM unit u
                                            WHERE u.unit_id = (k.value #>> '{}')::int)
                ELSE bank.recon_setting_text(k.key, k.value #>> '{}', y.currency) END
      FROM recon_lane_change c, jsonb_each(c.after) k, LATERAL (SELECT coalesce(c.after->>'currency',
           (SELECT min(a.currency) FROM recon_account a WHERE a.lane_id = c.lane_id))) y (currency)
     WHERE c.change_id = p_change_id AND k.value IS DISTINCT FROM c.before->k.key
       AND c.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()
     ORDER BY 1
$$;

-- Settings of a lane, for its screen and its form.
CREATE VIEW api.lane_setting WITH (security_barrier) AS
SELECT l.lane_id, l.code, l.name, l.name_en, bank.in_language(l.name, l.name_en) AS title, l.kind, u.name_zh AS unit_zh, u.name_en AS unit_en, l.buffer_days,
       l.calendar, l.currency_policy, l.tolerance, l.fee_low, l.fee_high, l.fee_fixed,
       (l.fee_low / 10000.0)::float8::numeric AS fee_low_percent,
       (l.fee_high / 10000.0)::float8::numeric AS fee_high_percent,
       s.name AS rule_set, s.version AS rule_version, l.rule_set_id,
       CASE WHEN l.active THEN 'yes' ELSE 'no' END AS active, l.version,
       (SELECT min(a.currency) FROM bank.recon_account a WHERE a.lane_id = l.lane_id) AS currency,
       (SELECT count(*) FROM bank.recon_account a WHERE a.lane_id = l.lane_id) AS accounts,
       (SELECT c.change_id FROM bank.recon_lane_change c
         WHERE c.code = l.code AND c.status = 'proposed') AS change_id
  FROM bank.recon_lane l JOIN bank.unit u USING (unit_id) JOIN bank.recon_rule_set s USING (rule_set_id)
 WHERE l.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('lane_change_list', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.view_grant('lane_setting', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.function_grant('lane_change_diff', 'clerk', 'supervisor', 'auditor', 'admin');
