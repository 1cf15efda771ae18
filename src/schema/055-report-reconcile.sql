-- Reports of reconciliation, for the caller's units. Months are those of the lines' days.

INSERT INTO bank.setting (name, value, note) VALUES
    ('recon_minutes_a_match', '2', 'minutes a clerk takes to find and match a pair by hand');

-- How much the rules matched, by lines and by value; what people matched; what is open.
CREATE FUNCTION api.report_recon_rate(p_month text)
RETURNS TABLE (lane text, currency text, lines bigint, auto_lines bigint, auto_rate numeric,
    value bigint, value_rate numeric, hand_lines bigint, open_lines bigint, minutes_saved bigint,
    auto_value bigint, label text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    first date := bank.local_day(bank.month_start(p_month));
    next date := bank.local_day(bank.month_start(p_month, 1));
    minutes int := bank.setting('recon_minutes_a_match')::int;
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    WITH item AS (
        SELECT a.lane_id, i.account_id, i.currency, abs(i.amount) AS amount, m.match_id,
               CASE WHEN m.match_id IS NULL THEN 'open' WHEN m.made_at IS NULL THEN 'auto'
                    ELSE 'hand' END AS how
          FROM recon_item i JOIN recon_account a USING (account_id)
          LEFT JOIN recon_match_item mi ON mi.account_id = i.account_id
               AND mi.item_id = i.item_id AND mi.live
          LEFT JOIN recon_match m ON m.account_id = mi.account_id AND m.match_id = mi.match_id
               AND m.status = 'confirmed'
         WHERE i.day >= first AND i.day < next
           AND i.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high())
    SELECT l.code, i.currency::text, count(*), count(*) FILTER (WHERE how = 'auto'),
           round(100.0 * count(*) FILTER (WHERE how = 'auto') / count(*), 6),
           sum(i.amount)::bigint,
           round(100.0 * coalesce(sum(i.amount) FILTER (WHERE how = 'auto'), 0)
                 / nullif(sum(i.amount), 0), 6),
           count(*) FILTER (WHERE how = 'hand'), count(*) FILTER (WHERE how = 'open'),
           count(DISTINCT (i.account_id, i.match_id)) FILTER (WHERE how = 'auto') * minutes,
           coalesce(sum(i.amount) FILTER (WHERE how = 'auto'), 0)::bigint,
           l.code || ' ' || i.currency
      FROM item i JOIN recon_lane l USING (lane_id)
     GROUP BY l.code, i.currency ORDER BY l.code, i.currency;
END $$;

-- How often each rule was right: what it confirmed and how much of that people took apart as wrong;
-- p_by: 'rule' (when empty), 'lane' or 'both'.
CREATE FUNCTION api.report_recon_rule(p_month text, p_lane text DEFAULT NULL, p_by text DEFAULT NULL)
RETURNS TABLE (lane text, rule text, matches bigint, undone bigint, wrong bigint, wrong_rate numeric,
    suggested bigint, taken bigint, dismissed bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    first date := bank.local_day(bank.month_start(p_month));
    next date := bank.local_day(bank.month_start(p_month, 1));
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    SELECT m.lane, m.rule, count(*) FILTER (WHERE m.kept),
           count(*) FILTER (WHERE m.kept AND m.status = 'undone'),
           count(*) FILTER (WHERE m.kept AND m.undo_code = 'wrong-match'),
           round(100.0 * count(*) FILTER (WHERE m.kept AND m.undo_code = 'wrong-match')
                 / nullif(count(*) FILTER (WHERE m.kept), 0), 6),
           count(*) FILTER (WHERE m.suggested),
           count(*) FILTER (WHERE m.suggested AND m.kept),
           count(*) FILTER (WHERE m.suggested AND NOT m.kept AND m.status IN ('undone', 'refused'))
      FROM (SELECT CASE WHEN p_by IN ('lane', 'both') THEN l.code ELSE 'all' END AS lane,
                   CASE WHEN p_by = 'lane' THEN 'all' ELSE x.rule END AS rule, x.status, coalesce(x.undo_code, '') AS undo_code,
                   x.score IS NOT NULL AS suggested, -- by a rule; made_at: a person took it over
                   x.status <> 'suggested' AND coalesce(x.undo_code, '') <> 'superseded'
                       AND (x.score IS NULL AND x.rule <> 'manual' OR x.made_at IS NOT NULL)
                       AND (x.status = 'confirmed' OR x.status = 'undone') AS kept
              FROM recon_match x JOIN recon_account a USING (account_id)
              JOIN recon_lane l USING (lane_id)
             WHERE (coalesce(p_lane, '') = '' OR l.code = p_lane) AND x.last_day >= first AND x.last_day < next
               AND x.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()) m
     WHERE NOT (m.suggested AND m.undo_code = 'superseded')
     GROUP BY m.lane, m.rule ORDER BY m.lane, m.rule;
END $$;

-- Breaks by age, currency and side.
CREATE FUNCTION api.report_recon_ageing(p_lane text)
RETURNS TABLE (age_group text, currency text, lines bigint, ours bigint, ours_amount bigint,
    theirs bigint, theirs_amount bigint, oldest int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'auditor', 'admin');
    RETURN QUERY
    SELECT g.name, b.currency::text, count(b.item_id), count(b.item_id) FILTER (WHERE b.side = 'L'),
           coalesce(sum(b.movement) FILTER (WHERE b.side = 'L'), 0)::bigint,
           count(b.item_id) FILTER (WHERE b.side = 'S'),
           coalesce(sum(b.movement) FILTER (WHERE b.side = 'S'), 0)::bigint, max(b.age)
      FROM (VALUES (1, '0-1'), (2, '2-7'), (3, '8-30'), (4, '31-90'), (5, '>90')) g (n, name)
      LEFT JOIN api.break_list b ON b.age_group = g.name
           AND (coalesce(p_lane, '') = '' OR b.lane = p_lane)
     GROUP BY g.n, g.name, b.currency ORDER BY g.n, b.currency;
END $$;

-- 长款 (the other side has more than our book) and 短款 (less), from the lines that are open now.
CREATE FUNCTION api.report_recon_long_short(p_lane text)
RETURNS TABLE (lane text, currency text, long_lines bigint, long_amount bigint,
    short_lines bigint, short_amount bigint, net bigint, label text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'auditor', 'admin');
    RETURN QUERY
    SELECT l.code, o.currency::text, count(*) FILTER (WHERE o.amount < 0),
           coalesce(-sum(o.amount) FILTER (WHERE o.amount < 0), 0)::bigint,
           count(*) FILTER (WHERE o.amount > 0),
           coalesce(sum(o.amount) FILTER (WHERE o.amount > 0), 0)::bigint,
           -sum(o.amount)::bigint, l.code || ' ' || o.currency
      FROM recon_open o JOIN recon_account a USING (account_id) JOIN recon_lane l USING (lane_id)
     WHERE a.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()
       AND (coalesce(p_lane, '') = '' OR l.code = p_lane)
     GROUP BY l.code, o.currency ORDER BY l.code, o.currency;
END $$;

-- 余额调节表 with its lines and who has signed it, for paper: each account of a lane (all lanes when empty)
-- at the end of a day (the last one with files when empty), a sheet for each.
CREATE FUNCTION api.report_balance(p_lane text, p_day date)
RETURNS TABLE (account text, part int, item text, value_date date, reference text,
    counterparty text, amount bigint, currency text, sheet text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    v_day date := coalesce(p_day, (SELECT max(d.day) FROM recon_lane_day d));
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'auditor', 'admin');
    RETURN QUERY
    WITH lane AS (
        SELECT l.lane_id, l.code FROM recon_lane l
         WHERE (coalesce(p_lane, '') = '' OR l.code = p_lane)
           AND l.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()),
    balance AS (SELECT b.*, concat_ws(' · ', lane.code, b.book_account, b.currency, v_day) AS sheet
                  FROM lane, api.balance_statement(lane.lane_id, v_day) b),
    signed AS (SELECT s.* FROM recon_signoff s
                WHERE s.day = v_day AND s.status IN ('prepared', 'signed')),
    total AS (
        SELECT b.book_account, b.external_account, b.account_id, e.part, e.item, e.amount, b.currency
          FROM balance b CROSS JOIN LATERAL (VALUES (10, 'book', b.book), (20, 'statement-only', b.statement_only),
                        (30, 'book-only', -b.book_only), (40, 'adjusted', b.adjusted),
                        (50, 'calculated', b.calculated), (60, 'statement', b.statement),
                        (70, 'difference', b.difference)) e (part, item, amount)),
    detail AS (
        SELECT b.book_account, b.account_id, CASE i.side WHEN 'S' THEN 21 ELSE 31 END AS part,
               'line' AS item, i.value_date, i.reference, i.counterparty,
               -i.amount AS amount, b.currency,
               i.item_id
          FROM balance b CROSS JOIN LATERAL bank.recon_outstanding(b.account_id, v_day) o
          JOIN recon_item i ON i.account_id = b.account_id AND i.item_id = o.item_id)
    SELECT x.book_account, x.part, x.item, x.value_date, x.reference, x.counterparty, x.amount,
           x.currency, b.sheet
      FROM (SELECT t.book_account, t.account_id, t.part, t.item, CASE WHEN t.part IN (10, 60)
                   THEN v_day END AS value_date,
                   CASE t.part WHEN 10 THEN t.book_account WHEN 60 THEN t.external_account END AS reference,
                   NULL::text AS counterparty, t.amount, t.currency,
                   0::bigint AS item_id FROM total t
            UNION ALL
            SELECT d.book_account, d.account_id, d.part, d.item, d.value_date, d.reference,
                   d.counterparty, d.amount, d.currency, d.item_id FROM detail d
            UNION ALL
            SELECT b.book_account, b.account_id, p.part, p.item, bank.local_day(p.at), p.login,
                   bank.in_language(f.name_zh, f.name_en), NULL, b.currency, 0
              FROM balance b JOIN signed s ON s.account_id = b.account_id
              CROSS JOIN LATERAL (VALUES (80, 'prepared', s.preparer, s.prepared_at),
                                         (81, 'reviewed', s.reviewer, s.reviewed_at)) p (part, item, login, at)
              LEFT JOIN staff f ON f.login = p.login
             WHERE p.login IS NOT NULL
            UNION ALL
            SELECT b.book_account, b.account_id, 79,
                   CASE WHEN s.changed THEN 'changed' ELSE b.ready END, NULL, NULL, NULL, NULL, b.currency, 0
              FROM balance b LEFT JOIN signed s ON s.account_id = b.account_id
             WHERE s.changed OR s.status IS NULL AND b.ready NOT IN ('proved', 'differs')) x
      JOIN balance b ON b.account_id = x.account_id
     ORDER BY b.sheet, x.account_id, x.part, x.value_date, x.item_id;
END $$;
DO $$
BEGIN
    PERFORM bank.function_grant(name, 'supervisor', 'auditor', 'admin')
       FROM unnest(ARRAY['report_recon_rate', 'report_recon_rule']) name;
    PERFORM bank.function_grant(name, 'clerk', 'supervisor', 'auditor', 'admin')
       FROM unnest(ARRAY['report_recon_ageing', 'report_recon_long_short', 'report_balance']) name;
END $$;
