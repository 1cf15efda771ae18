-- Points as the screens show them, and the proof of the ledger.

-- Balances of a customer with their worth and what expires next.
CREATE FUNCTION api.points_balance(p_customer_id bigint)
RETURNS TABLE (customer_id bigint, customer_number text, customer text, programme text,
    available bigint, pending bigint, negative bigint, worth bigint, currency text,
    expires_next bigint, expires_on date, expires_90 bigint, blocked boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    person bank.customer := bank.customer_require(p_customer_id);
BEGIN
    RETURN QUERY
    SELECT person.customer_id, person.customer_number, bank.mask_name(person.name), p.programme,
           coalesce(a.available, 0), coalesce(a.pending, 0), coalesce(a.negative, 0),
           coalesce(a.available, 0) * p.value_minor / p.value_points, p.currency::text,
           n.points, n.expires_on, coalesce(n.soon, 0), person.aml_flag
      FROM bank.programme p
      LEFT JOIN bank.points_account a
             ON a.customer_id = person.customer_id AND a.programme = p.programme
      LEFT JOIN LATERAL (
           SELECT sum(b.remaining) FILTER (WHERE b.expires_on = f.first)::bigint AS points,
                  min(b.expires_on) AS expires_on,
                  sum(b.remaining) FILTER (WHERE b.expires_on <= bank.today() + 90)::bigint AS soon
             FROM (SELECT x.*, min(x.expires_on) OVER () AS first FROM bank.points_bucket x
                    WHERE x.customer_id = person.customer_id AND x.programme = p.programme
                      AND x.remaining > 0) b, LATERAL (SELECT b.first) f) n ON true
     WHERE p.active
     ORDER BY p.programme;
END $$;

-- The first values of the forms that post or adjust points.
CREATE FUNCTION api.points_form(p_customer_id bigint)
RETURNS TABLE (customer text, available bigint, rule text, points bigint, note text, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT b.customer, b.available, NULL::text, NULL::bigint, NULL::text, NULL::text
      FROM api.points_balance(p_customer_id) b WHERE b.programme = 'main'
$$;
SELECT bank.function_grant('points_form', 'clerk', 'rm', 'supervisor');

-- Open buckets in the order in which they are used.
CREATE FUNCTION api.points_buckets(p_customer_id bigint)
RETURNS TABLE (bucket_id bigint, label_en text, label_zh text, points bigint, remaining bigint,
    pending boolean, earned_on date, available_on date, expires_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT b.bucket_id, r.label_en, r.label_zh, b.points, b.remaining, b.pending, b.earned_on,
           b.available_on, b.expires_on
      FROM bank.points_bucket b
      LEFT JOIN bank.points_transaction t
             ON t.customer_id = b.customer_id AND t.transaction_id = b.bucket_id
      LEFT JOIN bank.points_rule r ON r.rule = t.rule
     WHERE b.customer_id = (bank.customer_require(p_customer_id)).customer_id AND b.remaining > 0
     ORDER BY b.pending, b.expires_on, b.bucket_id
$$;

CREATE VIEW api.points_history WITH (security_barrier) AS
SELECT t.customer_id, t.transaction_id, t.posted_at, t.business_date, t.kind, t.rule, t.points,
       t.balance_after, t.note, t.reverses, bank.in_language(s.name_zh, s.name_en) AS staff,
       bank.in_language(k.name_zh, k.name_en) AS checker,
       EXISTS (SELECT FROM bank.points_transaction x
                WHERE x.customer_id = t.customer_id AND x.reverses = t.transaction_id) AS reversed
  FROM bank.points_transaction t
  LEFT JOIN bank.staff s ON s.staff_id = t.staff_id
  LEFT JOIN bank.staff k ON k.staff_id = t.checked_by
 WHERE t.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
   AND bank.may_open(t.customer_id);

-- The double entry of a transaction, signed: each posting is two entries that sum to zero.
CREATE VIEW api.points_entry WITH (security_barrier) AS
SELECT p.customer_id, p.transaction_id, p.line * 2 + e.side AS line, e.account, e.amount
  FROM bank.points_posting p,
       LATERAL (VALUES (0, p.from_account, -p.points), (1, p.to_account, p.points))
           e (side, account, amount)
 WHERE p.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
   AND bank.may_open(p.customer_id);

-- Without security_barrier, so that a page is read through an index: the tables' row level security
-- keeps other units out, whatever condition a caller adds.
CREATE VIEW api.points_account_list AS
SELECT a.customer_id, a.programme,
       (SELECT c.customer_number FROM bank.customer c WHERE c.customer_id = a.customer_id)
           AS customer_number,
       (SELECT bank.mask_name(c.name) FROM bank.customer c WHERE c.customer_id = a.customer_id)
           AS customer,
       (SELECT bank.in_language(u.name_zh, u.name_en) FROM bank.unit u WHERE u.unit_id = a.unit_id) AS unit, a.unit_id,
       a.available, a.pending, a.negative,
       (SELECT min(b.expires_on) FROM bank.points_bucket b
         WHERE b.customer_id = a.customer_id AND b.programme = a.programme
           AND b.remaining > 0) AS expires_on
  FROM bank.points_account a
 WHERE a.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
   AND a.customer_id NOT IN (SELECT bank.my_locked());

CREATE VIEW api.points_adjustment_list WITH (security_barrier) AS
SELECT j.customer_id, j.adjustment_id, c.customer_number, bank.mask_name(c.name) AS customer,
       CASE WHEN j.customer_id IN (SELECT bank.my_locked()) THEN NULL ELSE j.points END AS points,
       CASE WHEN j.customer_id IN (SELECT bank.my_locked()) THEN '***' ELSE j.reason END AS reason, j.status,
       bank.in_language(m.name_zh, m.name_en) AS maker, j.made_at, bank.in_language(k.name_zh, k.name_en) AS checker,
       j.checked_at, j.checker_note, j.version,
       CASE WHEN j.maker_id = (SELECT bank.my_staff_id()) THEN 'mine' ELSE 'other' END AS made_by
  FROM bank.points_adjustment j
  JOIN bank.customer c ON c.customer_id = j.customer_id
  JOIN bank.staff m ON m.staff_id = j.maker_id
  LEFT JOIN bank.staff k ON k.staff_id = j.checker_id
 WHERE j.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- Rules that the caller may post by.
CREATE VIEW api.points_rule WITH (security_barrier) AS
SELECT rule, kind, label_en, label_zh, most, per_day, pending_days, seq
  FROM bank.points_rule WHERE active AND (SELECT bank.my_role()) = ANY (roles);

SELECT bank.view_grant(name, 'clerk', 'rm', 'supervisor', 'auditor')
  FROM unnest('{points_history,points_account_list,points_adjustment_list,points_rule,'
              'points_entry}'::text[]) name;
SELECT bank.function_grant('points_balance', 'clerk', 'rm', 'supervisor', 'auditor');
SELECT bank.function_grant('points_buckets', 'clerk', 'rm', 'supervisor', 'auditor');

-- The proof of the ledger in the caller's units: cached balances and buckets against postings.
-- Every line must show a difference of 0.
CREATE FUNCTION api.points_proof()
RETURNS TABLE (line int, item text, ledger bigint, kept bigint, difference bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    WITH entry AS (
        SELECT e.account, sum(e.amount) AS total
          FROM bank.points_posting p,
               LATERAL (VALUES (p.from_account, -p.points), (p.to_account, p.points))
                   e (account, amount)
         WHERE p.unit_id BETWEEN (SELECT bank.my_scope_low())
               AND (SELECT bank.my_scope_high()) GROUP BY e.account),
    cached AS (
        SELECT sum(a.available) AS available, sum(a.pending) AS pending,
               -sum(a.negative) AS negative
          FROM bank.points_account a WHERE a.unit_id BETWEEN (SELECT bank.my_scope_low())
               AND (SELECT bank.my_scope_high())),
    bucket AS (
        SELECT sum(b.remaining) FILTER (WHERE NOT b.pending) AS available,
               sum(b.remaining) FILTER (WHERE b.pending) AS pending
          FROM bank.points_bucket b WHERE b.unit_id BETWEEN (SELECT bank.my_scope_low())
               AND (SELECT bank.my_scope_high())),
    line (line, item, ledger, kept) AS (
        SELECT 1, 'sum of all entries', (SELECT sum(total) FROM entry), 0 UNION ALL
        SELECT 2, 'member:available, accounts',
               (SELECT total FROM entry WHERE account = 'member:available'),
               (SELECT available FROM cached) UNION ALL
        SELECT 3, 'member:pending, accounts',
               (SELECT total FROM entry WHERE account = 'member:pending'),
               (SELECT pending FROM cached) UNION ALL
        SELECT 4, 'member:negative, accounts',
               (SELECT total FROM entry WHERE account = 'member:negative'),
               (SELECT negative FROM cached) UNION ALL
        SELECT 5, 'member:available, buckets',
               (SELECT total FROM entry WHERE account = 'member:available'),
               (SELECT available FROM bucket) UNION ALL
        SELECT 6, 'member:pending, buckets',
               (SELECT total FROM entry WHERE account = 'member:pending'),
               (SELECT pending FROM bucket))
    SELECT l.line, l.item, coalesce(l.ledger, 0)::bigint, coalesce(l.kept, 0)::bigint,
           (coalesce(l.ledger, 0) - coalesce(l.kept, 0))::bigint
      FROM line l ORDER BY l.line;
END $$;
SELECT bank.function_grant('points_proof', 'supervisor', 'auditor', 'admin');
