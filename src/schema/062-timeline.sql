-- One timeline over everything that happened with a customer the caller has open. Read it with
-- customer_id = X, newest first by (at, key): the console fetches pages by keyset.

-- Names of what a move leads from and to; a risk level is its own name.
CREATE VIEW bank.move_name AS
    SELECT 'tier' AS kind, tier AS value, name_en AS en, name_zh AS zh FROM bank.tier_def
    UNION ALL
    VALUES ('stage', 'prospect', 'Prospect', '潜在'), ('stage', 'new', 'New', '新客'),
           ('stage', 'active', 'Active', '活跃'), ('stage', 'growing', 'Growing', '成长'),
           ('stage', 'dormant', 'Dormant', '沉睡'), ('stage', 'leaving', 'Leaving', '流失预警'),
           ('stage', 'lost', 'Lost', '已流失');
ALTER VIEW bank.move_name OWNER TO bankops_api;
REVOKE ALL ON bank.move_name FROM PUBLIC;

CREATE VIEW api.customer_timeline WITH (security_barrier) AS
    SELECT t.customer_id, t.at, t.key, t.source, t.code, t.detail, t.detail_en, t.amount, t.currency,
           bank.in_language(s.name_zh, s.name_en) AS staff
    FROM (
        SELECT c.customer_id, c.at, ('contact:' || lpad(c.contact_id::text, 19, '0')) AS key,
               'contact' AS source, c.channel AS code, c.summary AS detail, c.summary AS detail_en,
               NULL::bigint AS amount,
               NULL::text AS currency, c.staff_id
        FROM bank.contact c
        UNION ALL
        SELECT e.customer_id, e.at, 'entry:' || lpad(e.entry_id::text, 19, '0'), 'entry', e.channel,
               x.detail, x.detail, e.amount, e.currency::text, NULL
        FROM bank.entry e
        CROSS JOIN LATERAL (SELECT concat_ws(' · ', nullif(e.counterparty, ''),
                                             nullif(e.narrative, '')) AS detail) x
        UNION ALL
        SELECT e.customer_id, e.at, 'case:' || lpad(e.event_id::text, 19, '0'), 'case', e.action,
               concat_ws(' · ', f.number, a.label_zh,
                         bank.case_subject(f.case_type, f.subject, f.fields, false), nullif(e.note, '')),
               concat_ws(' · ', f.number, a.label_en,
                         bank.case_subject(f.case_type, f.subject, f.fields, true), nullif(e.note, '')), NULL, NULL, e.staff_id
        FROM bank.case_event e
        JOIN bank.case_file f ON f.customer_id = e.customer_id AND f.case_id = e.case_id
        LEFT JOIN bank.case_action a ON a.case_type = f.case_type AND a.action = e.action
        UNION ALL
        SELECT p.customer_id, p.posted_at, 'points:' || lpad(p.transaction_id::text, 19, '0'),
               'points', p.kind,
               concat_ws(' · ', to_char(p.points, 'FMS999,999,999,990'), r.label_zh,
                         nullif(p.note, '')),
               concat_ws(' · ', to_char(p.points, 'FMS999,999,999,990'), r.label_en,
                         nullif(p.note, '')), NULL, NULL, p.staff_id
        FROM bank.points_transaction p LEFT JOIN bank.points_rule r ON r.rule = p.rule
        UNION ALL
        SELECT m.customer_id, m.at, 'campaign:' || lpad(m.campaign_id::text, 19, '0'), 'campaign',
               m.state, g.name_zh, g.name_en, NULL, NULL, NULL
        FROM bank.campaign_member m JOIN bank.campaign g ON g.campaign_id = m.campaign_id
        WHERE m.variant <> 'control'
        UNION ALL
        SELECT l.customer_id, l.at, 'move:' || lpad(l.event_id::text, 19, '0'), 'move', l.kind,
               concat_ws(' ', coalesce(f.zh, l.from_value), '→', coalesce(g.zh, l.to_value),
                         nullif(l.reason, '')),
               concat_ws(' ', coalesce(f.en, l.from_value), '→', coalesce(g.en, l.to_value),
                         nullif(l.reason, '')), NULL, NULL, NULL
        FROM bank.lifecycle_event l
        LEFT JOIN bank.move_name f ON f.kind = l.kind AND f.value = l.from_value
        LEFT JOIN bank.move_name g ON g.kind = l.kind AND g.value = l.to_value
        UNION ALL
        SELECT u.customer_id, u.at, 'benefit:' || lpad(u.use_id::text, 19, '0'), 'benefit', u.benefit,
               concat_ws(' · ', b.name_zh, '×' || u.quantity, nullif(u.note, ''),
                         CASE WHEN u.taken_back_at IS NOT NULL THEN '已撤回' END),
               concat_ws(' · ', b.name_en, '×' || u.quantity, nullif(u.note, ''),
                         CASE WHEN u.taken_back_at IS NOT NULL THEN 'taken back' END),
               NULL, NULL, u.staff_id
        FROM bank.benefit_use u JOIN bank.benefit b ON b.benefit = u.benefit
        UNION ALL
        SELECT v.customer_id, v.at, 'reveal:' || lpad(v.reveal_id::text, 19, '0'), 'reveal',
               split_part(v.field, ':', 1), v.reason, v.reason, NULL, NULL, v.staff_id
        FROM bank.reveal_log v
        UNION ALL
        SELECT k.customer_id, k.created_at, 'task:' || lpad(k.task_id::text, 19, '0'), 'task',
               k.state, bank.name_side(k.title, false), bank.name_side(k.title, true), NULL, NULL, k.created_by
        FROM bank.task k
    ) AS t
    LEFT JOIN bank.staff s ON s.staff_id = t.staff_id
    WHERE t.customer_id IN (SELECT o.customer_id FROM bank.opened o);

SELECT bank.view_grant('customer_timeline', 'clerk', 'rm', 'supervisor');
