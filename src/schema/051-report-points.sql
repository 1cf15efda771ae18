-- The roll-forward of the points liability for one month: opening + issued - redeemed - expired
-- ± adjusted = closing, in points and in money, for the caller's units.

CREATE FUNCTION api.report_points(p_month text)
RETURNS TABLE (line int, item text, points bigint, worth bigint, currency text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    first date := bank.local_day(bank.month_start(p_month));
    next date := bank.local_day(bank.month_start(p_month, 1));
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    WITH move AS (
        SELECT t.business_date < first AS before,
               CASE WHEN p.from_account LIKE 'bank:%' THEN p.from_account ELSE p.to_account END
                   AS account,
               sum(CASE WHEN p.from_account LIKE 'bank:%' THEN p.points ELSE -p.points END) AS points
          FROM bank.points_transaction t
          JOIN bank.points_posting p USING (customer_id, transaction_id)
         WHERE t.business_date < next AND t.unit_id BETWEEN (SELECT bank.my_scope_low())
               AND (SELECT bank.my_scope_high())
           AND (p.from_account LIKE 'bank:%' OR p.to_account LIKE 'bank:%')
         GROUP BY 1, 2),
    line (line, item, points) AS (
        SELECT 1, 'opening', (SELECT sum(m.points) FROM move m WHERE m.before) UNION ALL
        SELECT 2, 'issued', (SELECT sum(m.points) FROM move m
                              WHERE NOT m.before AND account = 'bank:issue') UNION ALL
        SELECT 3, 'redeemed', (SELECT sum(m.points) FROM move m
                                WHERE NOT m.before AND account = 'bank:redeemed') UNION ALL
        SELECT 4, 'expired', (SELECT sum(m.points) FROM move m
                               WHERE NOT m.before AND account = 'bank:expired') UNION ALL
        SELECT 5, 'adjusted', (SELECT sum(m.points) FROM move m
                                WHERE NOT m.before AND account = 'bank:adjust') UNION ALL
        SELECT 6, 'closing', (SELECT sum(m.points) FROM move m))
    SELECT l.line, l.item, coalesce(l.points, 0)::bigint,
           (coalesce(l.points, 0) * g.value_minor / g.value_points)::bigint, g.currency::text
      FROM line l, bank.programme g
     WHERE g.programme = 'main'
     ORDER BY l.line;
END $$;
SELECT bank.function_grant('report_points', 'supervisor', 'auditor', 'admin');
