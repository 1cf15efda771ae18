-- What the screens of reconciliation show. Amounts here are movements: money in is positive on
-- either side.

CREATE VIEW api.lane_list WITH (security_barrier) AS
SELECT l.lane_id, l.code, l.name, l.kind, u.name_zh AS unit_zh, u.name_en AS unit_en, l.unit_id,
       l.buffer_days, l.active
  FROM bank.recon_lane l JOIN bank.unit u USING (unit_id)
 WHERE l.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- `proof`: is the balance of the day explained; `cause`: why the lane is not done, by code.
CREATE VIEW api.lane_day WITH (security_barrier) AS
SELECT d.day, d.lane_id, l.code, l.name, l.kind, d.status, d.book_count, d.statement_count,
       d.book_open, d.statement_open, d.book_open + d.statement_open AS open_count,
       CASE WHEN d.book_count + d.statement_count > 0
            THEN round(100.0 * (d.book_count + d.statement_count - d.book_open - d.statement_open)
                       / (d.book_count + d.statement_count), 1) END AS rate,
       CASE WHEN d.value > 0 THEN round(100.0 * (d.value - d.open_value) / d.value, 1) END AS value_rate,
       d.difference_count, d.held_files, d.run_id, d.run_at,
       (SELECT r.started_by FROM bank.recon_run r WHERE r.run_id = d.run_id) AS run_by,
       (SELECT count(*) FROM bank.recon_break b
         WHERE b.lane_id = d.lane_id AND EXISTS
               (SELECT FROM bank.recon_open o WHERE o.account_id = b.account_id
                AND o.item_id = b.item_id AND o.day = d.day)) AS break_count,
       CASE WHEN d.held_files > 0 THEN 'held'
            WHEN d.book_count = 0 OR d.statement_count = 0 THEN 'missing'
            WHEN d.difference_count > 0 THEN 'differs' ELSE 'proved' END AS proof,
       CASE WHEN d.held_files > 0 THEN
                (SELECT min(f.reason_code) FROM bank.recon_file f
                   JOIN bank.recon_statement s USING (file_id)
                   JOIN bank.recon_account a USING (account_id)
                  WHERE f.status = 'quarantined' AND a.lane_id = d.lane_id
                    AND s.close_date = d.day)
            WHEN d.statement_count = 0 THEN 'no-statement'
            WHEN d.book_count = 0 THEN 'no-book'
            WHEN d.run_id IS NULL THEN 'not-run'
            WHEN d.difference_count > 0 THEN 'differs'
            WHEN d.book_open + d.statement_open > 0 THEN 'open' ELSE '' END AS cause
  FROM bank.recon_lane_day d JOIN bank.recon_lane l USING (lane_id)
 WHERE d.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.statement_file_list WITH (security_barrier) AS
SELECT f.file_id, f.name, f.side, f.format, f.profile, f.encoding, f.bytes, f.status,
       f.reason_code, f.reason, f.statement_count, f.line_count, f.new_count,
       f.line_count - f.new_count AS known_count, f.imported_by, f.imported_at, f.decided_by,
       f.decided_at, f.version, encode(f.sha256, 'hex') AS sha256, f.requested_by, f.requested_at,
       f.request_note, f.waived_by, f.waived_at, f.waive_reason, f.decision,
       CASE WHEN f.status <> 'quarantined' THEN '' WHEN f.waived_by IS NOT NULL THEN 'waiver'
            WHEN f.requested_by IS NOT NULL THEN 'asked' ELSE '' END AS step
  FROM bank.recon_file f
 WHERE f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.statement_list WITH (security_barrier) AS
SELECT s.statement_id, s.file_id, f.name AS file, s.position, s.account_id, a.lane_id,
       l.code AS lane, s.side, s.account, s.number, s.page, s.reference, s.currency, s.open_date,
       s.close_date, s.opening, s.movement, s.opening + s.movement AS expected, s.closing,
       s.closing - s.opening - s.movement AS difference, s.line_count, s.live,
       CASE WHEN s.live THEN 'live' WHEN f.status = 'quarantined' THEN 'held'
            ELSE 'rejected' END AS state,
       s.fault_code, s.fault
  FROM bank.recon_statement s
  JOIN bank.recon_file f USING (file_id)
  JOIN bank.recon_account a USING (account_id)
  JOIN bank.recon_lane l USING (lane_id)
 WHERE s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- Lines of a statement, those of a held file among them (state held, no item yet).
CREATE VIEW api.statement_line_list WITH (security_barrier) AS
SELECT i.account_id, i.item_id, i.statement_id, i.line, i.side, i.value_date, i.day, i.currency,
       CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END AS movement, i.kind, i.reference,
       i.bank_reference, i.counterparty, i.narrative, i.source_id, i.occurrence,
       CASE WHEN o.item_id IS NOT NULL THEN 'open' ELSE 'matched' END AS state,
       (SELECT mi.match_id FROM bank.recon_match_item mi
         WHERE mi.account_id = i.account_id AND mi.item_id = i.item_id AND mi.live) AS match_id
  FROM bank.recon_item i
  LEFT JOIN bank.recon_open o ON o.account_id = i.account_id AND o.item_id = i.item_id
 WHERE i.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
UNION ALL
SELECT s.account_id, NULL, s.statement_id, h.line, s.side, h.value_date, s.close_date, s.currency,
       h.amount, h.kind, h.reference, h.bank_reference, h.counterparty, h.narrative, h.source_id, 1,
       CASE WHEN s.kind = 'booked' THEN 'held' ELSE s.kind END, NULL
  FROM bank.recon_held_line h
  JOIN bank.recon_statement s ON s.file_id = h.file_id AND s.position = h.position
 WHERE s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.break_note_list WITH (security_barrier) AS
SELECT n.account_id, n.item_id, n.note_id, n.written_at, n.written_by, n.text
  FROM bank.recon_note n JOIN bank.recon_account a USING (account_id)
 WHERE a.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.match_list WITH (security_barrier) AS
SELECT m.account_id, m.match_id, l.lane_id, l.code AS lane, a.book_account, a.external_account,
       m.rule, m.rule_version, m.cardinality, m.status, m.key AS reference, m.amount AS movement,
       a.currency, m.adjustment, m.first_day, m.last_day, m.run_id, m.maker,
       coalesce(m.checker, '') AS checker, m.decided_at, coalesce(m.undo_reason, '') AS undo_reason,
       m.version,
       CASE WHEN m.rule = 'exact' THEN 'Reference, amount and currency agree and are unique on both sides.'
            ELSE m.evidence END AS evidence,
       CASE WHEN m.rule = 'exact' THEN '参考号、金额与币种一致，且双方均唯一。'
            ELSE m.evidence END AS evidence_zh
  FROM bank.recon_match m
  JOIN bank.recon_account a USING (account_id)
  JOIN bank.recon_lane l USING (lane_id)
 WHERE m.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.match_line_list WITH (security_barrier) AS
SELECT mi.account_id, mi.match_id, mi.item_id, i.side, i.value_date, i.currency,
       CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END AS movement, i.reference,
       i.bank_reference, i.counterparty, i.narrative, i.statement_id, i.line,
       f.name AS file, mi.live
  FROM bank.recon_match_item mi
  JOIN bank.recon_item i ON i.account_id = mi.account_id AND i.item_id = mi.item_id
  LEFT JOIN bank.recon_statement s ON s.statement_id = i.statement_id
  LEFT JOIN bank.recon_file f ON f.file_id = s.file_id
 WHERE i.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.lane_run_list WITH (security_barrier) AS
SELECT r.run_id, r.lane_id, l.code AS lane, r.as_of, r.book_count, r.statement_count,
       r.match_count, r.break_count, r.started_by, r.started_at, r.ended_at,
       round(extract(epoch FROM r.ended_at - r.started_at), 3) AS seconds,
       CASE WHEN r.book_count + r.statement_count > 0
            THEN round(200.0 * r.match_count / (r.book_count + r.statement_count), 2) END AS rate
  FROM bank.recon_run r JOIN bank.recon_lane l USING (lane_id)
 WHERE r.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.reconcile_account_list WITH (security_barrier) AS
SELECT a.account_id, a.lane_id, l.code AS lane, a.book_account, a.external_account,
       a.external_bank, a.currency, a.opening_date
  FROM bank.recon_account a JOIN bank.recon_lane l USING (lane_id)
 WHERE a.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['lane_list', 'lane_day', 'statement_file_list', 'statement_list',
        'statement_line_list', 'break_note_list', 'match_list', 'match_line_list',
        'lane_run_list', 'reconcile_account_list'] LOOP
        PERFORM bank.view_grant(name, 'clerk', 'supervisor', 'auditor', 'admin');
    END LOOP;
END $$;
