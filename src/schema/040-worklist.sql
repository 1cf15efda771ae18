-- What is due for the caller, from every part of the bank. `screen` is the screen that Enter opens.
-- Without security_barrier, so that only what a page shows is named: what is not the caller's is kept out below,
-- whatever condition he adds.

CREATE VIEW api.worklist AS
SELECT w.kind, w.object_id, w.screen, w.customer_id, w.case_id, w.account_id, w.item_id, w.number,
       CASE WHEN w.kind IN ('case', 'queue', 'approval', 'adjustment', 'extension')
                 AND w.customer_id IN (SELECT bank.my_locked()) THEN '***'
            ELSE w.title END AS title,
       coalesce(w.customer, (SELECT bank.mask_name(c.name) FROM bank.customer c WHERE c.customer_id = w.customer_id)) AS customer,
       CASE WHEN w.kind = 'adjustment' AND w.customer_id IN (SELECT bank.my_locked()) THEN '***'
            ELSE w.detail END AS detail, w.due_at,
       CASE WHEN w.due_at < now() THEN 'overdue'
            WHEN w.due_at < now() + interval '30 minutes' THEN 'soon'
            ELSE 'ok' END AS state
  FROM (
    -- Cases are read in the order of their due times, whatever the caller's units: row level security
    -- keeps others out.
    SELECT m.kind, m.case_id AS object_id, y.screen, m.customer_id, m.case_id, NULL::bigint AS account_id,
           NULL::bigint AS item_id, m.number, m.subject AS title, NULL::text AS customer, m.detail, m.due_at
      FROM (
        -- Those that I own.
        SELECT 'case' AS kind, f.case_id, f.case_type, f.customer_id, f.number, f.subject, f.stage AS detail, f.due_at
          FROM bank.case_file f
         WHERE f.closed_at IS NULL AND f.owner_id = (SELECT bank.my_staff_id())
        UNION ALL
        -- Of those that nobody owns the 50 of each queue of mine, and of the ones without a queue, that are due
        -- first; of those that stay with the team, the ones due within a day.
        (SELECT 'queue', f.case_id, f.case_type, f.customer_id, f.number, f.subject, coalesce(f.queue, f.stage), f.due_at
           FROM unnest(bank.my_queues()) q,
                LATERAL (SELECT x.* FROM bank.case_file x
                          WHERE x.closed_at IS NULL AND x.owner_id IS NULL AND x.queue = q
                            AND x.complained_staff_id IS DISTINCT FROM (SELECT bank.my_staff_id())
                            AND (x.phase = 'active' AND x.due_at < now() + interval '1 day'
                                 OR x.case_type IN (SELECT t.case_type FROM bank.case_type t WHERE t.to_person))
                          ORDER BY x.due_at, x.customer_id, x.case_id LIMIT 50) f)
        UNION ALL
        (SELECT 'queue', f.case_id, f.case_type, f.customer_id, f.number, f.subject, f.stage, f.due_at
           FROM bank.case_file f
          WHERE (SELECT bank.my_role()) IN ('clerk', 'rm', 'supervisor')
            AND f.closed_at IS NULL AND f.owner_id IS NULL AND f.queue IS NULL
            AND f.complained_staff_id IS DISTINCT FROM (SELECT bank.my_staff_id())
            AND (f.phase = 'active' AND f.due_at < now() + interval '1 day'
                 OR f.case_type IN (SELECT t.case_type FROM bank.case_type t WHERE t.to_person))
          ORDER BY f.due_at, f.customer_id, f.case_id LIMIT 50)
        UNION ALL
        -- Decisions that a second person must approve.
        SELECT 'approval', f.case_id, f.case_type, f.customer_id, f.number, f.subject, f.stage, f.due_at
          FROM bank.case_file f
         WHERE f.closed_at IS NULL AND f.phase = 'approval' AND (SELECT bank.my_role()) = 'supervisor'
           AND f.decided_by IS DISTINCT FROM (SELECT bank.my_staff_id())) m
      JOIN bank.case_type y USING (case_type)
    UNION ALL
    SELECT o.kind, o.object_id, o.screen, o.customer_id, o.case_id, o.account_id, o.item_id, o.number, o.title, o.customer,
           o.detail, o.due_at
      FROM (
    SELECT 'adjustment' AS kind, j.adjustment_id AS object_id, 'points-adjustments' AS screen, j.customer_id,
           NULL::bigint AS case_id, NULL::bigint AS account_id, NULL::bigint AS item_id, j.adjustment_id::text AS number,
           j.reason AS title, bank.mask_name(c.name) AS customer, j.points::text AS detail,
           j.made_at + interval '1 day' AS due_at, j.unit_id
      FROM bank.points_adjustment j JOIN bank.customer c USING (customer_id)
     WHERE j.status = 'waiting' AND (SELECT bank.my_role()) = 'supervisor'
       AND j.maker_id <> (SELECT bank.my_staff_id())
    UNION ALL
    SELECT 'extension', e.extension_id, 'case-extensions', e.customer_id, e.case_id, NULL, NULL,
           f.number, f.subject, bank.mask_name(c.name), '+' || e.days,
           e.asked_at + interval '1 day', e.unit_id
      FROM bank.case_extension e
      JOIN bank.case_file f ON f.customer_id = e.customer_id AND f.case_id = e.case_id
      JOIN bank.customer c ON c.customer_id = e.customer_id
     WHERE e.state = 'asked' AND (SELECT bank.my_role()) = 'supervisor'
       AND e.maker_id <> (SELECT bank.my_staff_id())
    UNION ALL
    SELECT 'grant', g.grant_id, 'access-requests', g.customer_id, NULL, NULL, NULL, g.grant_id::text,
           g.reason, bank.mask_name(c.name), bank.staff_name(g.staff_id),
           g.asked_at + interval '1 hour', g.unit_id
      FROM bank.access_grant g JOIN bank.customer c USING (customer_id)
     WHERE g.state = 'asked' AND (SELECT bank.my_role()) = 'supervisor'
       AND g.staff_id <> (SELECT bank.my_staff_id())
    UNION ALL
    SELECT 'task', t.task_id, 'my-tasks', t.customer_id, NULL, NULL, NULL, t.task_id::text,
           t.title, bank.mask_name(c.name), left(t.note, 80), t.due_at, t.unit_id
      FROM bank.task t JOIN bank.customer c USING (customer_id)
     WHERE t.state = 'open' AND t.owner_id = (SELECT bank.my_staff_id())
    UNION ALL
    -- Breaks of the reconciliation: mine, and those nobody took that are due; the whole day is theirs.
    SELECT 'break', b.item_id, 'recon-item', NULL, NULL, b.account_id, b.item_id,
           coalesce(nullif(i.reference, ''), b.item_id::text), b.category, i.counterparty,
           b.reason, (b.due_on + 1)::timestamp AT TIME ZONE (SELECT bank.timezone()), b.unit_id
      FROM bank.recon_break b
      JOIN bank.recon_item i ON i.account_id = b.account_id AND i.item_id = b.item_id
     WHERE b.owner = session_user
        OR b.owner IS NULL AND b.due_on <= bank.today()
           AND (SELECT bank.my_role()) IN ('clerk', 'supervisor')
    UNION ALL
    -- Matches, adjustments and sign-offs of others that wait for a second person.
    SELECT 'check', m.match_id, 'recon-approvals', NULL, NULL, m.account_id, NULL, m.key, m.rule, '',
           m.cardinality, m.made_at + interval '1 day', m.unit_id
      FROM bank.recon_match m
     WHERE m.status = 'proposed' AND m.maker <> session_user
       AND (SELECT bank.my_role()) = 'supervisor'
    UNION ALL
    SELECT 'check', s.revision, 'recon-approvals', NULL, NULL, s.account_id, NULL, a.book_account,
           to_char(s.day, 'YYYY-MM-DD'), '', s.status, s.prepared_at + interval '1 day', s.unit_id
      FROM bank.recon_signoff s JOIN bank.recon_account a USING (account_id)
     WHERE s.status = 'prepared' AND s.preparer <> session_user
       AND (SELECT bank.my_role()) = 'supervisor'
      ) o
     WHERE o.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
  ) w;
SELECT bank.view_grant('worklist', 'staff');

-- How much of each kind, and how much of all is overdue; of the cases that nobody owns all, not only the first.
CREATE FUNCTION api.worklist_summary()
RETURNS TABLE (to_take bigint, mine bigint, overdue bigint, tasks bigint, breaks bigint,
               decisions bigint, alerts bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    SELECT count(*), count(*) FILTER (WHERE f.due_at < now()) INTO to_take, overdue
      FROM bank.case_file f
     WHERE f.closed_at IS NULL AND f.owner_id IS NULL
       AND (f.queue = ANY ((SELECT bank.my_queues())::text[]) OR f.queue IS NULL AND (SELECT bank.my_role()) IN ('clerk', 'rm', 'supervisor'))
       AND f.complained_staff_id IS DISTINCT FROM (SELECT bank.my_staff_id())
       AND (f.phase = 'active' AND f.due_at < now() + interval '1 day'
            OR f.case_type IN (SELECT t.case_type FROM bank.case_type t WHERE t.to_person));
    SELECT count(*) FILTER (WHERE w.kind = 'case'), overdue + count(*) FILTER (WHERE w.state = 'overdue'),
           count(*) FILTER (WHERE w.kind = 'task'), count(*) FILTER (WHERE w.kind = 'break'),
           count(*) FILTER (WHERE w.kind IN ('approval', 'adjustment', 'extension', 'grant', 'check'))
      INTO mine, overdue, tasks, breaks, decisions
      FROM api.worklist w WHERE w.kind <> 'queue';
    alerts := (SELECT count(*) FROM api.case_alert_list);
    RETURN NEXT;
END $$;
SELECT bank.function_grant('worklist_summary', 'staff');
