-- One line of either side with all that is known of it, and the balance reconciliation statement
-- line by line.

CREATE VIEW api.item_list WITH (security_barrier) AS
SELECT i.account_id, i.item_id, a.lane_id, l.code AS lane, a.book_account, a.external_account,
       i.side, i.value_date, i.book_date, i.day, i.currency,
       CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END AS movement, i.kind, i.reference,
       i.bank_reference, i.counterparty, i.narrative, i.source_id, i.statement_id,
       f.file_id, f.name AS file, i.line,
       CASE WHEN b.item_id IS NOT NULL THEN 'break' WHEN o.item_id IS NOT NULL THEN 'open'
            ELSE 'matched' END AS state,
       (SELECT mi.match_id FROM bank.recon_match_item mi
         WHERE mi.account_id = i.account_id AND mi.item_id = i.item_id AND mi.live) AS match_id,
       b.category, bank.today() - b.aged_from AS age, b.due_on, coalesce(bank.login_name(b.owner), '') AS owner,
       b.reason, b.version, coalesce(nullif(i.reference, ''), i.item_id::text) AS label
  FROM bank.recon_item i
  JOIN bank.recon_account a ON a.account_id = i.account_id
  JOIN bank.recon_lane l ON l.lane_id = a.lane_id
  LEFT JOIN bank.recon_open o ON o.account_id = i.account_id AND o.item_id = i.item_id
  LEFT JOIN bank.recon_break b ON b.account_id = i.account_id AND b.item_id = i.item_id
  LEFT JOIN bank.recon_statement s ON s.statement_id = i.statement_id
  LEFT JOIN bank.recon_file f ON f.file_id = s.file_id
 WHERE i.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- What an item may belong to, or is in a match with. why: match, reference, amount, twin (the same
-- line again on its own side), done (a match of the same reference and amount exists already).
CREATE FUNCTION api.item_candidates(p_account_id bigint, p_item_id bigint)
RETURNS TABLE (account_id bigint, item_id bigint, why text, side char(1), value_date date,
    currency text, movement bigint, difference bigint, reference text, counterparty text,
    narrative text, match_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    WITH own AS (
        SELECT i.*, bank.recon_key(i.reference) AS key FROM recon_item i
         WHERE i.account_id = p_account_id AND i.item_id = p_item_id
           AND i.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()),
    near AS (
        SELECT mi.item_id, 'match' AS why, 1 AS rank, mi.match_id
          FROM own JOIN recon_match_item m USING (account_id, item_id)
          JOIN recon_match_item mi ON mi.account_id = m.account_id AND mi.match_id = m.match_id
         WHERE m.live AND mi.item_id <> own.item_id
        UNION ALL
        SELECT o.item_id,
               CASE WHEN o.side = own.side THEN 'twin' WHEN o.key = own.key AND own.key <> ''
                    THEN 'reference' ELSE 'amount' END,
               CASE WHEN o.key = own.key AND own.key <> '' THEN 2 ELSE 4 END, NULL
          FROM own JOIN recon_open o ON o.account_id = own.account_id AND o.item_id <> own.item_id
         WHERE (o.side = own.side AND o.key = own.key AND own.key <> '' AND o.amount = own.amount)
            OR (o.side <> own.side AND o.currency = own.currency
                AND ((o.key = own.key AND own.key <> '')
                     OR (o.amount = -own.amount
                         AND o.value_date BETWEEN own.value_date - 10 AND own.value_date + 10)))
        UNION ALL
        SELECT mi.item_id, 'done', 3, mi.match_id
          FROM own JOIN recon_match m ON m.account_id = own.account_id AND m.key = own.key
                AND own.key <> '' AND m.status = 'confirmed'
          JOIN recon_match_item mi ON mi.account_id = m.account_id AND mi.match_id = m.match_id
         WHERE mi.item_id <> own.item_id AND mi.live
           AND NOT EXISTS (SELECT FROM recon_match_item x WHERE x.account_id = own.account_id
                           AND x.match_id = m.match_id AND x.item_id = own.item_id))
    SELECT i.account_id, i.item_id, n.why, i.side, i.value_date, i.currency::text,
           CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END,
           CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END
               - CASE own.side WHEN 'L' THEN own.amount ELSE -own.amount END,
           i.reference, i.counterparty, i.narrative, n.match_id
      FROM near n CROSS JOIN own
      JOIN recon_item i ON i.account_id = own.account_id AND i.item_id = n.item_id
     ORDER BY n.rank, abs(i.amount + own.amount), abs(i.value_date - own.value_date), i.item_id
     LIMIT 50
$$;
SELECT bank.function_grant('item_candidates', 'clerk', 'supervisor', 'auditor', 'admin');

-- Files that belong to a lane's day.
CREATE VIEW api.lane_file_list WITH (security_barrier) AS
SELECT a.lane_id, s.close_date AS day, f.file_id, f.name, f.side, f.status, f.reason_code,
       sum(s.line_count) AS line_count, bank.login_name(f.imported_by) AS imported_by, f.imported_at
  FROM bank.recon_statement s
  JOIN bank.recon_account a USING (account_id)
  JOIN bank.recon_file f USING (file_id)
 WHERE s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
 GROUP BY a.lane_id, s.close_date, f.file_id;

-- What was open in an account at the end of a day, also when a later day matched it. Lines that no run
-- has looked at are not in recon_open yet.
CREATE FUNCTION bank.recon_outstanding(p_account_id bigint, p_day date)
RETURNS TABLE (item_id bigint) LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT o.item_id FROM recon_open o WHERE o.account_id = p_account_id AND o.day <= p_day
    UNION ALL
    SELECT i.item_id FROM recon_statement s
      JOIN recon_item i ON i.statement_id = s.statement_id AND i.account_id = s.account_id
     WHERE s.account_id = p_account_id AND s.fresh AND s.live AND i.day <= p_day
       AND NOT EXISTS (SELECT FROM recon_open o
                        WHERE o.account_id = i.account_id AND o.item_id = i.item_id)
    UNION ALL
    SELECT i.item_id
      FROM recon_match m
      JOIN recon_match_item mi ON mi.account_id = m.account_id AND mi.match_id = m.match_id AND mi.live
      JOIN recon_item i ON i.account_id = mi.account_id AND i.item_id = mi.item_id
     WHERE m.account_id = p_account_id AND m.first_day < m.last_day AND m.last_day > p_day
       AND m.first_day <= p_day AND i.day <= p_day
$$;

SELECT bank.view_grant('item_list', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.view_grant('lane_file_list', 'clerk', 'supervisor', 'auditor', 'admin');
