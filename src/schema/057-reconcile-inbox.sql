-- The approvals of reconciliation in one list, and what each would change.

CREATE VIEW api.recon_approval_list WITH (security_barrier) AS
SELECT w.kind, w.account_id, w.object, w.made_at, bank.login_name(w.maker) AS maker, coalesce(l.code, '') AS lane,
       coalesce(a.book_account, '') AS book_account, w.title, w.amount, w.currency, w.lines, w.note,
       w.match_id, w.version,
       CASE WHEN session_user IN (w.maker, w.importer) THEN 'own'
            WHEN coalesce(w.limit_amount, 0) > coalesce((SELECT k.check_limit FROM bank.recon_limit k
                    WHERE k.action = w.action AND k.role = (SELECT bank.my_role())
                      AND k.currency IN (w.currency, '') ORDER BY k.currency DESC LIMIT 1), 0)
                 THEN 'limit'
            ELSE 'open' END AS mine,
       concat_ws(' ', l.code, coalesce(nullif(left(w.note, 40), ''), w.title)) AS label
  FROM (
    SELECT CASE WHEN j.kind IS NULL THEN 'match' ELSE 'adjustment' END AS kind, m.account_id,
           m.match_id AS object, m.made_at, m.maker, m.unit_id,
           coalesce(j.kind, m.rule) AS title, coalesce(j.amount, m.amount) AS amount,
           c.currency::text AS currency, m.cardinality AS lines,
           coalesce(j.debit_account || ' / ' || j.credit_account, m.key) AS note, m.match_id,
           m.version, coalesce(j.kind, 'match') AS action,
           abs(coalesce(j.amount, m.amount)) AS limit_amount, c.lane_id, NULL AS importer
      FROM bank.recon_match m JOIN bank.recon_account c USING (account_id)
      LEFT JOIN bank.recon_adjustment j USING (account_id, match_id)
     WHERE m.status = 'proposed'
    UNION ALL
    SELECT 'voucher', j.account_id, j.adjustment_id, j.made_at, j.maker, j.unit_id, j.kind, j.amount,
           j.currency, m.cardinality, j.debit_account || ' / ' || j.credit_account, j.match_id,
           j.version, j.kind, abs(j.amount), j.lane_id, NULL
      FROM bank.recon_adjustment j JOIN bank.recon_match m USING (account_id, match_id)
     WHERE j.status = 'proposed' AND m.status = 'confirmed'
    UNION ALL
    SELECT 'unmatch', u.account_id, u.unmatch_id, u.made_at, u.maker, u.unit_id, u.code, m.amount,
           c.currency, m.cardinality, u.reason, u.match_id, u.version, 'unmatch', abs(m.amount),
           c.lane_id, NULL
      FROM bank.recon_unmatch u JOIN bank.recon_match m USING (account_id, match_id)
      JOIN bank.recon_account c USING (account_id)
     WHERE u.status = 'proposed'
    UNION ALL
    SELECT 'alias', NULL, s.alias_id, s.made_at, s.maker, s.unit_id, s.kind, NULL, '', s.seen::text,
           s.pattern || CASE WHEN s.meaning <> '' THEN ' = ' || s.meaning ELSE '' END, s.match_id,
           s.version, '', (SELECT bank.my_role() <> 'supervisor')::int, s.lane_id, NULL
      FROM bank.recon_alias s WHERE s.status = 'proposed'
    UNION ALL
    SELECT 'signoff', s.account_id, (s.day - date '2000-01-01')::bigint, s.prepared_at, s.preparer,
           s.unit_id, to_char(s.day, 'YYYY-MM-DD'), s.statement, c.currency, s.open_lines::text,
           '', NULL, s.version, 'match', 0, s.lane_id, NULL
      FROM bank.recon_signoff s JOIN bank.recon_account c USING (account_id)
     WHERE s.status = 'prepared'
    UNION ALL
    SELECT 'waiver', NULL, f.file_id, f.waived_at, f.waived_by, f.unit_id, f.reason_code, NULL, '',
           f.line_count::text, f.name || ': ' || f.waive_reason, NULL, f.version, '',
           (SELECT bank.my_role() <> 'supervisor')::int,
           (SELECT min(c.lane_id) FROM bank.recon_statement t JOIN bank.recon_account c
             USING (account_id) WHERE t.file_id = f.file_id), f.imported_by
      FROM bank.recon_file f WHERE f.status = 'quarantined' AND f.waived_by IS NOT NULL
    UNION ALL
    SELECT 'rules', NULL, r.rule_set_id, r.proposed_at, r.created_by, (SELECT bank.my_unit()),
           r.name || ' ' || r.version, NULL, '', '', r.note, NULL, r.row_version, '',
           (SELECT bank.my_role() <> 'supervisor')::int, NULL, NULL
      FROM bank.recon_rule_set r WHERE r.status = 'proposed'
    UNION ALL
    SELECT 'lane', NULL, c.change_id, c.made_at, c.maker, c.unit_id,
           CASE WHEN NOT c.after ? 'book_account' THEN 'settings' WHEN c.after ? 'name'
                THEN 'new-lane' ELSE 'new-account' END, NULL, coalesce(c.after->>'currency', ''), '',
           concat_ws(': ', CASE WHEN c.lane_id IS NULL THEN c.code END,
                     coalesce(nullif(c.note, ''), c.after->>'external_account')), NULL, c.version,
           '', (SELECT bank.my_role() <> 'supervisor')::int, c.lane_id, NULL
      FROM bank.recon_lane_change c WHERE c.status = 'proposed'
  ) w
  LEFT JOIN bank.recon_lane l ON l.lane_id = w.lane_id
  LEFT JOIN bank.recon_account a ON a.account_id = w.account_id
 WHERE w.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('recon_approval_list', 'clerk', 'supervisor', 'auditor', 'admin');

-- What an approval would change, line by line, before and after. what: line (of a side), break,
-- voucher, outstanding (lines and sum of the account that only one side has), balance, rule.
CREATE FUNCTION api.recon_approval_effect(p_kind text, p_account_id bigint, p_object bigint)
RETURNS TABLE (line int, what text, subject text, amount bigint, currency text, before text,
               after text, subject_zh text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    v_match bigint := CASE p_kind WHEN 'unmatch' THEN
        (SELECT u.match_id FROM recon_unmatch u
          WHERE u.account_id = p_account_id AND u.unmatch_id = p_object)
        WHEN 'voucher' THEN (SELECT j.match_id FROM recon_adjustment j
          WHERE j.account_id = p_account_id AND j.adjustment_id = p_object) ELSE p_object END;
    undo boolean := p_kind = 'unmatch';
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'auditor', 'admin');
    IF p_kind = 'alias' THEN
        RETURN QUERY SELECT 1, 'rule'::text, s.pattern::text, NULL::bigint, ''::text,
               'absent'::text, s.kind::text, s.pattern::text
          FROM recon_alias s WHERE s.alias_id = p_object AND bank.in_scope(s.unit_id);
        RETURN;
    ELSIF p_kind = 'waiver' THEN
        RETURN QUERY SELECT row_number() OVER (ORDER BY t.position)::int, 'balance'::text,
               coalesce(nullif(t.fault, ''), t.account), t.closing, t.currency::text, 'held'::text,
               'imported'::text, coalesce(nullif(bank.recon_gate_zh(t.fault), ''), t.account)
          FROM recon_statement t WHERE t.file_id = p_object AND bank.in_scope(t.unit_id);
        RETURN;
    ELSIF p_kind = 'rules' THEN
        RETURN QUERY SELECT row_number() OVER ()::int, 'rule'::text, d.rule || ' ' || d.setting,
               NULL::bigint, ''::text, d.before, d.after, d.rule || ' ' || d.setting
          FROM api.rule_set_diff(p_object::int) d;
        RETURN;
    ELSIF p_kind = 'lane' THEN
        RETURN QUERY SELECT row_number() OVER (ORDER BY d.setting)::int, 'setting'::text, d.setting,
               NULL::bigint, ''::text, coalesce(d.before, 'none'), d.after, d.setting
          FROM api.lane_change_diff(p_object) d;
        RETURN;
    ELSIF p_kind = 'signoff' THEN
        RETURN QUERY SELECT e.line, 'balance'::text, e.item, e.amount, c.currency::text,
               'prepared'::text, CASE WHEN s.changed THEN 'changed' ELSE 'signed' END, e.item
          FROM recon_signoff s JOIN recon_account c USING (account_id),
               LATERAL (VALUES (1, 'book', s.book), (2, 'statement-only', s.statement_only),
                        (3, 'book-only', -s.book_only), (4, 'adjusted', s.adjusted),
                        (5, 'statement', s.statement), (6, 'difference', s.difference))
                   e (line, item, amount)
         WHERE s.account_id = p_account_id AND s.status = 'prepared' AND bank.in_scope(s.unit_id)
           AND s.day = date '2000-01-01' + p_object::int;
        RETURN;
    END IF;
    RETURN QUERY
    WITH item AS (
        SELECT i.*, b.category FROM recon_match_item mi
          JOIN recon_item i ON i.account_id = mi.account_id AND i.item_id = mi.item_id
          LEFT JOIN recon_break b ON b.account_id = i.account_id AND b.item_id = i.item_id
         WHERE mi.account_id = p_account_id AND mi.match_id = v_match
           AND bank.in_scope(i.unit_id)),
    rest AS (
        SELECT count(*) AS lines, coalesce(sum(o.amount), 0) AS total FROM recon_open o
         WHERE o.account_id = p_account_id),
    moved AS (
        SELECT count(*) AS lines, coalesce(sum(i.amount), 0) AS total FROM item i)
    SELECT x.line::int, x.what, x.subject, x.amount, x.currency, x.before, x.after, x.subject FROM (
        SELECT row_number() OVER (ORDER BY i.side, i.value_date, i.item_id) AS line,
               CASE i.side WHEN 'L' THEN 'ours' ELSE 'bank' END AS what,
               coalesce(nullif(i.reference, ''), i.counterparty) AS subject,
               CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END AS amount,
               i.currency::text AS currency,
               CASE WHEN undo OR p_kind = 'voucher' THEN 'matched'
                    ELSE coalesce(i.category, 'open') END AS before,
               CASE WHEN undo THEN 'open' ELSE 'matched' END AS after
          FROM item i
        UNION ALL
        SELECT 1000, 'voucher', j.voucher || '  ' || j.debit_account || ' / ' || j.credit_account,
               j.amount, j.currency::text, CASE WHEN undo THEN j.status ELSE 'none' END,
               CASE WHEN undo THEN 'cancelled' ELSE 'to-book' END
          FROM recon_adjustment j
         WHERE j.account_id = p_account_id AND j.match_id = v_match AND bank.in_scope(j.unit_id)
        UNION ALL
        SELECT 1001, 'outstanding', '', NULL, c.currency::text, rest.lines::text,
               (rest.lines + CASE WHEN p_kind = 'voucher' THEN 0 WHEN undo THEN moved.lines
                                  ELSE -moved.lines END)::text
          FROM rest, moved, recon_account c
         WHERE c.account_id = p_account_id AND bank.in_scope(c.unit_id)) x
     ORDER BY x.line;
END $$;
SELECT bank.function_grant('recon_approval_effect', 'clerk', 'supervisor', 'auditor', 'admin');

-- Adjustments with their vouchers, for the ledger and for the record.
CREATE VIEW api.adjustment_list WITH (security_barrier) AS
SELECT j.account_id, j.adjustment_id, j.match_id, l.code AS lane, a.book_account, j.kind, j.amount,
       j.currency::text AS currency, j.debit_account, j.credit_account,
       coalesce(d.name_zh, a.book_account) AS debit_zh, coalesce(d.name_en, a.book_account) AS debit_en,
       coalesce(c.name_zh, a.book_account) AS credit_zh,
       coalesce(c.name_en, a.book_account) AS credit_en,
       j.voucher, j.note, j.status, bank.login_name(j.maker) AS maker, j.made_at,
       coalesce(bank.login_name(j.checker), '') AS checker,
       j.decided_at, j.version
  FROM bank.recon_adjustment j
  JOIN bank.recon_account a USING (account_id)
  JOIN bank.recon_lane l ON l.lane_id = j.lane_id
  LEFT JOIN bank.ledger_account d ON d.ledger_account = j.debit_account
  LEFT JOIN bank.ledger_account c ON c.ledger_account = j.credit_account
 WHERE j.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.ledger_account_list WITH (security_barrier) AS
SELECT ledger_account, name_zh, name_en, direction,
       (SELECT string_agg(CASE k.kind WHEN 'fee' THEN '手续费' WHEN 'write-off' THEN '核销'
                                      WHEN 'suspense' THEN '挂账' ELSE '冲正' END, '、' ORDER BY k.n)
          FROM unnest(adjusts) WITH ORDINALITY k (kind, n)) AS adjusts_zh,
       (SELECT string_agg(replace(k.kind, '-', ' '), ', ' ORDER BY k.n)
          FROM unnest(adjusts) WITH ORDINALITY k (kind, n)) AS adjusts_en
  FROM bank.ledger_account WHERE active AND (SELECT bank.my_role()) IS NOT NULL;

-- Who may do what up to which amount.
CREATE VIEW api.recon_limit_list WITH (security_barrier) AS
SELECT action, role, currency, make_limit, alone_limit, check_limit, version
  FROM bank.recon_limit WHERE (SELECT bank.my_role()) IS NOT NULL;

SELECT bank.view_grant('adjustment_list', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.view_grant('ledger_account_list', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.view_grant('recon_limit_list', 'clerk', 'supervisor', 'auditor', 'admin');

-- Sets the limits of a role for an action; administrators only, audited.
CREATE FUNCTION api.recon_limit_save(p_action text, p_role text, p_currency text,
    p_make bigint, p_alone bigint, p_check bigint, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    old bank.recon_limit;
BEGIN
    PERFORM bank.require_role('admin');
    answer := bank.request_replay(p_request, 'recon_limit_save', jsonb_build_array(p_action,
        p_role, p_currency, p_make, p_alone, p_check, p_version));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO old FROM recon_limit WHERE action = p_action AND role = p_role
       AND currency = coalesce(p_currency, '') FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such limit.', p_action, NULL, 'p_action');
    ELSIF old.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.', NULL,
                          'Refresh and try again.');
    ELSIF NOT coalesce(p_make >= 0 AND p_check >= 0 AND p_alone BETWEEN 0 AND p_make, false) THEN
        PERFORM bank.fail('BO422', 'Alone is at most what may be proposed.', NULL, NULL, 'p_alone');
    ELSIF p_alone > 0 AND p_action NOT IN ('match', 'unmatch') THEN
        PERFORM bank.fail('BO422', 'An adjustment always takes two persons.', NULL, NULL, 'p_alone');
    END IF;
    UPDATE recon_limit SET make_limit = p_make, alone_limit = p_alone, check_limit = p_check,
           version = version + 1
     WHERE action = p_action AND role = p_role AND currency = coalesce(p_currency, '');
    PERFORM bank.audit_write('save', 'recon_limit', concat_ws(' ', p_action, p_role, nullif(p_currency, '')), NULL,
        jsonb_build_object('make', old.make_limit::text, 'alone', old.alone_limit::text,
                           'check', old.check_limit::text),
        jsonb_build_object('make', p_make::text, 'alone', p_alone::text, 'check', p_check::text,
                           'currency', nullif(p_currency, '')));
    RETURN bank.request_done(p_request, p_action, 'The limits are kept.');
END $$;
SELECT bank.function_grant('recon_limit_save', 'admin');

-- One approval, for its screen: a key of three columns, of which the account may be null.
CREATE FUNCTION api.recon_approval(p_kind text, p_account_id bigint, p_object bigint)
RETURNS SETOF api.recon_approval_list LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = api, bank, pg_temp AS $$
    SELECT a.* FROM api.recon_approval_list a
     WHERE a.kind = p_kind AND a.account_id IS NOT DISTINCT FROM p_account_id
       AND a.object = p_object
$$;
SELECT bank.function_grant('recon_approval', 'clerk', 'supervisor', 'auditor', 'admin');

-- Suggestions of rules that wait for a person, the surest first.
CREATE VIEW api.suggestion_list WITH (security_barrier) AS
SELECT m.account_id, m.match_id, l.code AS lane, a.book_account, coalesce(m.score, 60) AS score,
       m.rule, m.cardinality, m.key AS reference, m.amount AS movement,
       a.currency::text AS currency, m.adjustment, m.last_day,
       bank.recon_why(m.rule, m.evidence) AS evidence,
       bank.recon_evidence_zh(bank.recon_why(m.rule, m.evidence)) AS evidence_zh, m.version,
       bank.recon_label(m.key, m.amount, a.currency::text) AS label
  FROM bank.recon_match m JOIN bank.recon_account a USING (account_id)
  JOIN bank.recon_lane l USING (lane_id)
 WHERE m.status = 'suggested'
   AND m.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('suggestion_list', 'clerk', 'supervisor', 'auditor', 'admin');
