-- Benefits: what a tier is entitled to in a month, quarter or year, and every use of it.

-- First and last day of the period of a kind around a day.
CREATE FUNCTION bank.benefit_period(p_period text, p_day date, OUT first date, OUT last date)
LANGUAGE sql STABLE AS $$
    SELECT p.first, (p.first + make_interval(months => p.months) - interval '1 day')::date
    FROM (SELECT date_trunc(p_period, p_day)::date AS first,
                 CASE p_period WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 ELSE 12 END AS months) p $$;

CREATE FUNCTION bank.benefit_used(p_customer_id bigint, p_benefit text, p_from date)
RETURNS int LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(quantity), 0)::int FROM bank.benefit_use
    WHERE customer_id = p_customer_id AND benefit = p_benefit AND used_on >= p_from
      AND taken_back_at IS NULL $$;

-- What the customer may use now: the entitlement of his tier, and what he used of another tier.
-- `entitled` and `remaining` are null where there is no limit; `shown` is "2/5", left of entitled.
CREATE FUNCTION api.customer_benefits(p_customer_id bigint)
RETURNS TABLE (customer_id bigint, benefit text, name_zh text, name_en text, kind text, period text,
               entitled int, used int, remaining int, shown text, until date, last_used date,
               usable boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT p_customer_id, b.benefit, b.name_zh, b.name_en, b.kind, b.period,
           CASE WHEN t.benefit IS NULL THEN 0 ELSE t.quantity END, u.used,
           CASE WHEN t.benefit IS NULL THEN 0 ELSE t.quantity - least(u.used, t.quantity) END,
           CASE WHEN t.benefit IS NULL THEN '0/0'
                ELSE coalesce(t.quantity - least(u.used, t.quantity) || '/' || t.quantity, '∞') END, p.last,
           (SELECT max(x.used_on) FROM bank.benefit_use x WHERE x.customer_id = p_customer_id
               AND x.benefit = b.benefit AND x.taken_back_at IS NULL),
           t.benefit IS NOT NULL AND (t.quantity IS NULL OR t.quantity > u.used)
    FROM bank.benefit b
    CROSS JOIN LATERAL bank.benefit_period(b.period, bank.today()) p
    CROSS JOIN LATERAL (SELECT bank.benefit_used(p_customer_id, b.benefit, p.first) AS used) u
    JOIN bank.member m ON m.customer_id = p_customer_id
    LEFT JOIN bank.tier_benefit t ON t.tier = m.tier AND t.benefit = b.benefit
    WHERE b.active AND (t.benefit IS NOT NULL OR u.used > 0)
    ORDER BY b.seq, b.benefit;
END $$;

-- Records that a member uses a benefit, today, within what his tier has left of the period.
CREATE FUNCTION api.benefit_use(p_customer_id bigint, p_benefit text, p_quantity int, p_note text,
                                p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff;
    c bank.customer;
    answer api.outcome;
    told record;
    used int;
    made bigint;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    me := bank.me();
    c := bank.customer_require(p_customer_id);
    answer := bank.request_replay(p_request, 'benefit_use',
        jsonb_build_array(p_customer_id, p_benefit, p_quantity, p_note));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF p_quantity IS NULL OR p_quantity NOT BETWEEN 1 AND 100 THEN
        PERFORM bank.fail('BO422', 'The number must be from 1 to 100.', p_quantity::text, NULL,
                          'p_quantity');
    END IF;
    PERFORM bank.text_require(p_note, 'p_note', 0, 200);
    PERFORM FROM bank.member WHERE customer_id = p_customer_id FOR UPDATE; -- two uses, one entitlement
    SELECT t.quantity, b.period INTO told
    FROM bank.member m
    JOIN bank.tier_benefit t ON t.tier = m.tier
    JOIN bank.benefit b ON b.benefit = t.benefit AND b.active
    WHERE m.customer_id = p_customer_id AND t.benefit = p_benefit;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO423', 'The tier of this customer does not have this benefit.', p_benefit,
                          'Look at what the tier has.', 'p_benefit');
    END IF;
    used := bank.benefit_used(p_customer_id, p_benefit,
                              (bank.benefit_period(told.period, bank.today())).first);
    IF used + p_quantity > told.quantity THEN
        PERFORM bank.fail('BO423', 'Not so much of this benefit is left.',
                          greatest(told.quantity - used, 0)::text,
                          'Take less, or wait for the next period.', 'p_quantity');
    END IF;
    INSERT INTO bank.benefit_use (customer_id, benefit, quantity, used_on, staff_id, note, unit_id)
    VALUES (p_customer_id, p_benefit, p_quantity, bank.today(), me.staff_id, coalesce(p_note, ''),
            c.unit_id)
    RETURNING use_id INTO made;
    PERFORM bank.audit_write('benefit_use', 'benefit_use', made::text, p_customer_id, NULL,
        jsonb_build_object('benefit', p_benefit, 'quantity', p_quantity));
    RETURN bank.request_done(p_request, made::text, 'The benefit is recorded as used.');
END $$;

-- Takes a use back that was recorded by mistake: who recorded it, on the same day, or a supervisor.
CREATE FUNCTION api.benefit_take_back(p_customer_id bigint, p_use_id bigint, p_reason text,
                                      p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff;
    u bank.benefit_use;
    answer api.outcome;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    me := bank.me();
    PERFORM bank.customer_require(p_customer_id);
    answer := bank.request_replay(p_request, 'benefit_take_back',
        jsonb_build_array(p_customer_id, p_use_id, p_reason));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.text_require(p_reason, 'p_reason', 2, 200);
    SELECT * INTO u FROM bank.benefit_use WHERE customer_id = p_customer_id AND use_id = p_use_id
    FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such use of a benefit.', p_use_id::text, NULL,
                          'p_use_id');
    ELSIF u.taken_back_at IS NOT NULL THEN
        PERFORM bank.fail('BO423', 'This use was taken back already.', u.taken_back_at::text, NULL,
                          'p_use_id');
    ELSIF me.role <> 'supervisor'
          AND (u.staff_id IS DISTINCT FROM me.staff_id OR u.used_on <> bank.today()) THEN
        PERFORM bank.fail('BO403', 'Only who recorded it, the same day, or a supervisor may take it back.',
                          bank.staff_name(u.staff_id), 'Ask a supervisor.', 'p_use_id');
    END IF;
    UPDATE bank.benefit_use SET taken_back_at = now(), taken_back_by = me.staff_id
    WHERE customer_id = p_customer_id AND use_id = p_use_id;
    PERFORM bank.audit_write('benefit_take_back', 'benefit_use', p_use_id::text, p_customer_id, NULL,
        jsonb_build_object('benefit', u.benefit, 'quantity', u.quantity, 'reason', p_reason));
    RETURN bank.request_done(p_request, p_use_id::text, 'The use is taken back.');
END $$;

-- Uses in the caller's units, without customers closed to him.
CREATE VIEW api.benefit_use_list WITH (security_barrier) AS
SELECT u.customer_id, u.use_id, c.customer_number, c.name AS customer, m.tier, u.benefit, b.name_zh,
       b.name_en, u.quantity, u.used_on, u.at, bank.in_language(s.name_zh, s.name_en) AS staff, u.note,
       CASE WHEN u.taken_back_at IS NULL THEN 'used' ELSE 'taken_back' END AS state
  FROM bank.benefit_use u
  JOIN bank.customer c ON c.customer_id = u.customer_id
  JOIN bank.benefit b ON b.benefit = u.benefit
  LEFT JOIN bank.member m ON m.customer_id = u.customer_id
  LEFT JOIN bank.staff s ON s.staff_id = u.staff_id
 WHERE u.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
   AND u.customer_id NOT IN (SELECT bank.my_locked());

-- What each tier has.
CREATE VIEW api.tier_benefit_list WITH (security_barrier) AS
SELECT d.rank, t.tier, b.seq, t.benefit, b.name_zh, b.name_en, b.kind, b.period, t.quantity,
       coalesce(t.quantity::text, '∞') AS shown, d.threshold,
       d.currency::text AS currency
  FROM bank.tier_benefit t
  JOIN bank.benefit b ON b.benefit = t.benefit AND b.active
  JOIN bank.tier_def d ON d.tier = t.tier;

SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
FROM unnest('{customer_benefits,benefit_use,benefit_take_back}'::text[]) name;
SELECT bank.view_grant('benefit_use_list', 'clerk', 'rm', 'supervisor');
SELECT bank.view_grant('tier_benefit_list', 'clerk', 'rm', 'supervisor');
