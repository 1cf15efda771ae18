-- The relationship manager's own customers: who needs a call, tiers, points, campaigns. Customers
-- closed to the caller stand in it by a masked name and without figures.

CREATE INDEX customer_manager ON bank.customer (manager_id, customer_id) WHERE manager_id IS NOT NULL;

-- `reason` is the first that applies: task, maturing, birthday, risk, tier, points, silent; locked
-- and quiet (asked not to be called) rule out the rest.
CREATE VIEW api.portfolio WITH (security_barrier) AS
SELECT p.customer_id, p.customer_number, p.name, p.kind, p.tier, p.tier_rank, p.lifecycle,
       p.risk_level, p.assets, p.gap, p.currency, p.points, p.expiring, p.last_contact, p.next_task,
       p.matures_on, p.birthday, p.open_cases, p.risk_expired, p.no_contact, p.locked,
       CASE WHEN p.locked THEN 'locked'
            WHEN p.no_contact THEN 'quiet'
            WHEN p.next_task < now() + interval '1 day' THEN 'task'
            WHEN p.matures_on <= p.today + 14 THEN 'maturing'
            WHEN p.birthday <= p.today + 7 THEN 'birthday'
            WHEN p.risk_expired THEN 'risk'
            WHEN p.gap > 0 AND p.gap <= p.threshold / 10 THEN 'tier'
            WHEN p.expiring > 0 THEN 'points'
            WHEN coalesce(p.last_contact, '-infinity') < now() - interval '90 days' THEN 'silent'
            ELSE 'none' END AS reason
  FROM (
    SELECT c.customer_id, c.customer_number, l.locked,
           CASE WHEN l.locked THEN bank.mask_name(c.name) ELSE c.name END AS name, c.kind, m.tier,
           coalesce(t.rank, 0) AS tier_rank, c.lifecycle, c.risk_level, c.no_contact, d.today,
           n.threshold, 'CNY' AS currency,
           CASE WHEN NOT l.locked THEN greatest(n.threshold - m.assets_average, 0) END AS gap,
           CASE WHEN NOT l.locked THEN
               coalesce((SELECT sum(a.balance) FROM bank.account a
                          WHERE a.customer_id = c.customer_id AND a.balance > 0
                            AND a.status <> 'closed' AND a.currency = 'CNY'), 0)
             + coalesce((SELECT sum(h.value) FROM bank.holding h
                          WHERE h.customer_id = c.customer_id AND h.currency = 'CNY'), 0)
           END::bigint AS assets,
           CASE WHEN NOT l.locked THEN
               coalesce((SELECT sum(p.available) FROM bank.points_account p
                          WHERE p.customer_id = c.customer_id), 0) END::bigint AS points,
           CASE WHEN NOT l.locked THEN
               coalesce((SELECT sum(b.remaining) FROM bank.points_bucket b
                          WHERE b.customer_id = c.customer_id AND b.remaining > 0 AND NOT b.pending
                            AND b.expires_on <= d.today + 30), 0) END::bigint AS expiring,
           (SELECT max(k.at) FROM bank.contact k WHERE k.customer_id = c.customer_id) AS last_contact,
           (SELECT min(k.due_at) FROM bank.task k WHERE k.customer_id = c.customer_id
               AND k.state = 'open' AND k.owner_id = (SELECT bank.my_staff_id())) AS next_task,
           CASE WHEN NOT l.locked THEN least(
               (SELECT min(a.matures_on) FROM bank.account a WHERE a.customer_id = c.customer_id
                   AND a.status <> 'closed' AND a.matures_on >= d.today),
               (SELECT min(h.matures_on) FROM bank.holding h WHERE h.customer_id = c.customer_id
                   AND h.matures_on >= d.today)) END AS matures_on,
           CASE WHEN c.kind = 'person' AND NOT l.locked THEN
               (c.birth_date + (extract(year FROM age(d.today - 1, c.birth_date)) + 1)
                   * interval '1 year')::date END AS birthday,
           (SELECT count(*) FROM bank.case_file f WHERE f.customer_id = c.customer_id
               AND f.closed_at IS NULL) AS open_cases,
           coalesce(c.risk_expires_on < d.today, false) AS risk_expired
      FROM bank.customer c
      CROSS JOIN (SELECT bank.today() AS today OFFSET 0) d
      CROSS JOIN LATERAL (SELECT c.customer_id IN (SELECT bank.my_locked()) AS locked) l
      LEFT JOIN bank.member m ON m.customer_id = c.customer_id
      LEFT JOIN bank.tier_def t ON t.tier = m.tier
      LEFT JOIN bank.tier_def n ON n.rank = t.rank + 1
     WHERE c.manager_id = (SELECT bank.my_staff_id())
       AND c.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())) p;

-- One row of figures over the portfolio.
CREATE FUNCTION api.portfolio_summary()
RETURNS TABLE (customers bigint, companies bigint, assets bigint, currency text, tasks_today bigint,
               tasks_late bigint, to_call bigint, maturing bigint, birthdays bigint,
               risk_expired bigint, silent bigint, expiring bigint, open_cases bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.require_role('rm');
    RETURN QUERY
    SELECT count(*), count(*) FILTER (WHERE p.kind = 'company'), sum(p.assets)::bigint, 'CNY',
           (SELECT count(*) FROM bank.task t WHERE t.state = 'open'
               AND t.owner_id = bank.my_staff_id() AND bank.local_day(t.due_at) <= bank.today()),
           (SELECT count(*) FROM bank.task t WHERE t.state = 'open'
               AND t.owner_id = bank.my_staff_id() AND t.due_at < now()),
           count(*) FILTER (WHERE p.reason NOT IN ('none', 'locked', 'quiet')),
           count(*) FILTER (WHERE p.matures_on <= bank.today() + 14),
           count(*) FILTER (WHERE p.birthday <= bank.today() + 7),
           count(*) FILTER (WHERE p.risk_expired),
           count(*) FILTER (WHERE coalesce(p.last_contact, '-infinity') < now() - interval '90 days'),
           coalesce(sum(p.expiring), 0)::bigint, coalesce(sum(p.open_cases), 0)::bigint
      FROM api.portfolio p;
END $$;

-- Whom to call, most urgent reason first, then the largest assets.
CREATE FUNCTION api.portfolio_calls(p_limit int)
RETURNS TABLE (customer_id bigint, customer_number text, name text, tier text, reason text,
               next_task timestamptz, on_day date, gap bigint, expiring bigint, assets bigint,
               currency text, last_contact timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.require_role('rm');
    RETURN QUERY
    SELECT p.customer_id, p.customer_number, p.name, p.tier, p.reason, p.next_task,
           CASE p.reason WHEN 'maturing' THEN p.matures_on WHEN 'birthday' THEN p.birthday
                         WHEN 'task' THEN bank.local_day(p.next_task) END,
           CASE WHEN p.reason = 'tier' THEN p.gap END,
           CASE WHEN p.reason = 'points' THEN p.expiring END, p.assets, p.currency, p.last_contact
      FROM api.portfolio p
     WHERE p.reason NOT IN ('none', 'locked', 'quiet')
     ORDER BY array_position(ARRAY['task', 'maturing', 'birthday', 'risk', 'tier', 'points',
                                   'silent'], p.reason), p.assets DESC NULLS LAST, p.customer_id
     LIMIT least(coalesce(p_limit, 50), 500);
END $$;

-- Customers of the caller by tier, with their assets and how many are near the next one.
CREATE FUNCTION api.portfolio_tiers()
RETURNS TABLE (tier text, name_zh text, name_en text, customers bigint, assets bigint, currency text,
               near bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.require_role('rm');
    RETURN QUERY
    SELECT t.tier, t.name_zh, t.name_en, count(p.customer_id), coalesce(sum(p.assets), 0)::bigint,
           'CNY', count(*) FILTER (WHERE p.gap > 0 AND p.gap <= n.threshold / 10)
      FROM bank.tier_def t
      LEFT JOIN bank.tier_def n ON n.rank = t.rank + 1
      LEFT JOIN api.portfolio p ON p.tier = t.tier
     GROUP BY t.tier, t.rank, t.name_zh, t.name_en ORDER BY t.rank DESC;
END $$;

-- Campaigns with customers of the caller, those that run first; how far they are.
CREATE FUNCTION api.portfolio_campaigns()
RETURNS TABLE (code text, name_zh text, name_en text, purpose text, state text, ends_on date,
               customers bigint, planned bigint, sent bigint, accepted bigint, declined bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.require_role('rm');
    RETURN QUERY
    SELECT g.code, g.name_zh, g.name_en, g.purpose, g.state, g.ends_on,
           count(*) FILTER (WHERE m.state <> 'held_back'), count(*) FILTER (WHERE m.state = 'planned'),
           count(*) FILTER (WHERE m.state IN ('sent', 'seen')),
           count(*) FILTER (WHERE m.state = 'accepted'), count(*) FILTER (WHERE m.state = 'declined')
      FROM bank.campaign g
      JOIN bank.campaign_member m ON m.campaign_id = g.campaign_id
      JOIN bank.customer c ON c.customer_id = m.customer_id AND c.manager_id = bank.my_staff_id()
     GROUP BY g.campaign_id
     ORDER BY array_position(ARRAY['running', 'scheduled', 'paused', 'ended', 'reviewed'], g.state),
              g.ends_on DESC, g.campaign_id LIMIT 100;
END $$;

-- Customers of the caller in campaigns; the control group is never shown as somebody to call.
CREATE VIEW api.campaign_target WITH (security_barrier) AS
SELECT g.code, g.name_zh, g.name_en, g.purpose, g.state AS campaign_state, g.ends_on, m.campaign_id,
       c.customer_id, c.customer_number,
       CASE WHEN c.customer_id IN (SELECT bank.my_locked()) THEN bank.mask_name(c.name)
            ELSE c.name END AS name, b.tier, m.state, m.at, c.no_contact
  FROM bank.customer c
  JOIN bank.campaign_member m ON m.customer_id = c.customer_id AND m.state <> 'held_back'
  JOIN bank.campaign g ON g.campaign_id = m.campaign_id
  LEFT JOIN bank.member b ON b.customer_id = c.customer_id
 WHERE c.manager_id = (SELECT bank.my_staff_id())
   AND c.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

SELECT bank.view_grant('portfolio', 'rm');
SELECT bank.view_grant('campaign_target', 'rm');
SELECT bank.function_grant('portfolio_' || name, 'rm')
FROM unnest('{summary,calls,tiers,campaigns}'::text[]) name;
