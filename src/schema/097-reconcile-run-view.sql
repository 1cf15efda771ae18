-- What a run did, for those who started it and for its screen.

-- How sure a suggestion is, 5 to 97, from what the engine noted of it: the fewer typing errors, days
-- and lines, and the farther the next best, the surer.
CREATE FUNCTION bank.recon_score(p_detail jsonb) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(5, least(97,
        CASE WHEN p_detail IS NULL THEN 60
             WHEN p_detail ? 'distance' THEN 94 - 8 * (p_detail->>'distance')::int
                  + 2 * least(3, coalesce((p_detail->>'margin')::int, 0)) - 6
             WHEN lines > 2 THEN 80 - 4 * least(lines - 2, 6)
             WHEN '' IN (p_detail->>'book_reference', p_detail->>'statement_reference') THEN 74
             ELSE 86 END
        - least(24, 2 * abs(coalesce((p_detail->>'days')::int, 0)))
        - CASE WHEN p_detail ? 'demoted' THEN 8 ELSE 0 END))::smallint
      FROM (SELECT coalesce((p_detail->>'book_lines')::int, 1)
                   + coalesce((p_detail->>'statement_lines')::int, 1) AS lines) l
$$;

-- Matches of a run by rule, in the order of its rule set.
CREATE VIEW api.run_rule_list WITH (security_barrier) AS
SELECT r.run_id, e.rule, coalesce(t.n, 1000) AS seq, coalesce(t.title->>'en', e.rule) AS title_en,
       coalesce(t.title->>'zh', e.rule) AS title_zh, (e.counts->>0)::bigint AS confirmed,
       (e.counts->>1)::bigint AS suggested
  FROM bank.recon_run r CROSS JOIN LATERAL jsonb_each(r.rules) e (rule, counts)
  JOIN bank.recon_rule_set s ON s.rule_set_id = r.rule_set_id
  LEFT JOIN LATERAL (
      SELECT o.n, o.item->'title' AS title
        FROM jsonb_array_elements(s.spec::jsonb->'rules') WITH ORDINALITY AS o (item, n)
       WHERE o.item->>'name' = e.rule) t ON true
 WHERE r.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- One run. waiting: suggestions of the lane that nobody has taken over or dismissed, now; vouchers:
-- of fees that it found, not approved yet; unexplained: accounts whose balances did not agree at its
-- day as they stand now.
CREATE FUNCTION api.run_detail(p_run_id bigint)
RETURNS TABLE (run_id bigint, lane_id int, lane text, as_of date, rule_set text, rule_version int,
    book_count bigint, statement_count bigint, match_count bigint, suggest_count bigint,
    held_back bigint, break_count bigint, waiting bigint, vouchers bigint,
    unexplained bigint, started_by text, started_at timestamptz, ended_at timestamptz,
    seconds numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT r.run_id, r.lane_id, l.code, r.as_of, s.name, s.version, r.book_count, r.statement_count,
           r.match_count, r.suggest_count, r.held_back, r.break_count,
           (SELECT count(*) FROM recon_account a JOIN recon_match m USING (account_id)
             WHERE a.lane_id = r.lane_id AND m.status = 'suggested'),
           (SELECT count(*) FROM recon_adjustment j
              JOIN recon_match m ON m.account_id = j.account_id AND m.match_id = j.match_id
             WHERE m.match_id < 10000000000 -- no pair of a segment has one (095)
               AND m.run_id = r.run_id AND j.lane_id = r.lane_id AND j.status = 'proposed'),
           (SELECT count(*) FROM recon_account a, bank.recon_proof(a.account_id, r.as_of) p
             WHERE a.lane_id = r.lane_id AND p.difference <> 0),
           bank.login_name(r.started_by), r.started_at, r.ended_at,
           round(extract(epoch FROM r.ended_at - r.started_at), 2)
      FROM recon_run r JOIN recon_lane l USING (lane_id)
      JOIN recon_rule_set s ON s.rule_set_id = r.rule_set_id
     WHERE r.run_id = p_run_id AND bank.in_scope(r.unit_id)
$$;
SELECT bank.view_grant('run_rule_list', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.function_grant('run_detail', 'clerk', 'supervisor', 'auditor', 'admin');
