-- Applications as screens and reports show them.

-- One row for each lane an application is in: open, mine, desk, new, approval, overdue, closed, all.
-- `sort_at`: those whose clock runs
-- first, by time left, then the newest.
CREATE VIEW api.application_list WITH (security_barrier) AS
SELECT n.lane, f.customer_id, f.case_id, f.number, f.case_type, f.stage, CASE WHEN l.locked THEN '***'
    ELSE bank.case_subject(f.case_type, f.subject, f.fields) END AS subject,
       CASE WHEN c.kind = 'company' AND NOT l.locked THEN c.name ELSE bank.mask_name(c.name)
           END AS customer, c.customer_number,
       a.amount, a.currency::text AS currency, a.how, a.verdict, f.queue,
           bank.staff_name(f.owner_id) AS owner, f.unit_id, bank.unit_name(f.unit_id) AS unit,
       f.received_at, a.submitted_at, CASE WHEN a.submitted_at IS NOT NULL AND f.phase IN ('active',
           'approval') THEN f.due_at END AS left_until,
       CASE WHEN a.submitted_at IS NOT NULL AND f.phase IN ('active', 'approval') THEN f.due_at
           ELSE timestamptz '2400-01-01' - (f.received_at - timestamptz '2000-01-01') END AS sort_at,
           f.closed_at, a.executed_at, f.version, (SELECT s.score FROM bank.application_score s
         WHERE s.customer_id = f.customer_id AND s.case_id = f.case_id
             ORDER BY s.run DESC LIMIT 1) AS score,
       bank.staff_name(a.maker_id) AS maker, a.granted, a.maker_id = (SELECT bank.my_staff_id()) AS own,
       CASE WHEN a.maker_id = (SELECT bank.my_staff_id()) THEN 'own'
           WHEN (SELECT bank.my_role()) IS DISTINCT FROM 'supervisor' THEN 'no'
           WHEN a.verdict = 'approve' AND bank.identity_state(a) IN ('low', 'waits') THEN 'identity'
           WHEN a.granted > (SELECT bank.my_decision_limit()) THEN 'limit' ELSE 'open' END AS mine,
       CASE WHEN f.phase IN ('decided', 'closed') THEN 'done' WHEN a.submitted_at IS NULL THEN 'draft'
           WHEN f.phase = 'waiting' THEN 'paused' WHEN f.due_at < now() THEN 'overdue'
            WHEN f.due_at < now() + interval '30 minutes' THEN 'soon' ELSE 'ok' END AS state
  FROM bank.application a JOIN bank.case_file f ON f.customer_id = a.customer_id AND f.case_id = a.case_id
  JOIN bank.customer c ON c.customer_id = a.customer_id
  CROSS JOIN LATERAL (SELECT f.customer_id IN (SELECT bank.my_locked()) AS locked) l
  CROSS JOIN LATERAL (VALUES ('all', true), ('open', f.closed_at IS NULL),
      ('closed', f.closed_at IS NOT NULL), ('approval', f.phase = 'approval'),
       ('mine', f.closed_at IS NULL AND (f.owner_id = (SELECT bank.my_staff_id())
           OR f.opened_by = (SELECT bank.my_staff_id()) AND f.stage IN ('draft', 'returned'))),
       ('desk', f.closed_at IS NULL AND f.queue = ANY ((SELECT bank.my_queues())::text[])),
       ('new', f.closed_at IS NULL AND f.owner_id IS NULL
           AND f.queue = ANY ((SELECT bank.my_queues())::text[])),
       ('overdue', f.phase IN ('active', 'approval') AND a.submitted_at IS NOT NULL
           AND f.due_at < now())) n (lane, inside)
 WHERE n.inside AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- Whose application it is; for a form that has just opened it for an enterprise it did not know.
CREATE FUNCTION bank.application_customer(p_customer_id bigint,
    p_case_id bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(p_customer_id, (SELECT a.customer_id FROM bank.application a
        WHERE a.case_id = p_case_id AND bank.in_scope(a.unit_id)))
$$;
-- Whether the next step is possible for the caller: yes, or what stands before a proposal to approve (identity),
-- before the account or the payout (visit, identity, findings, checker: who approved does not execute) or before
-- the end (short: the loan is not covered).
CREATE FUNCTION bank.application_ready(c bank.case_file, a bank.application, p_findings int) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    loan bank.account;
BEGIN
    IF c.stage = 'review' AND bank.identity_state(a) IN ('low', 'waits') THEN
        RETURN 'identity';
    ELSIF c.stage = 'approved' THEN
        RETURN CASE WHEN c.case_type = 'account_opening' AND a.visited_at IS NULL THEN 'visit'
                    WHEN bank.identity_state(a) IN ('low', 'waits') THEN 'identity'
                    WHEN a.checker_id = bank.my_staff_id() THEN 'checker'
                    WHEN p_findings > 0 THEN 'findings' ELSE 'yes' END;
    ELSIF c.stage = 'executed' AND c.case_type = 'chain_finance' THEN
        SELECT * INTO loan FROM bank.account x WHERE x.customer_id = a.customer_id AND x.account_id = a.account_id;
        RETURN CASE WHEN coalesce((bank.payout_account(c.customer_id, 'current')).balance, 0)
            < bank.chain_interest(a, loan) - loan.balance THEN 'short'
                    ELSE 'yes' END;
    END IF;
    RETURN 'yes';
END $$;
GRANT EXECUTE ON FUNCTION bank.application_ready TO bankops_api;

-- The application whole. `again`: whether the caller's limit lets him take up again what the card refused.
CREATE FUNCTION api.application(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, case_type text, stage text,
    subject text, customer text, customer_number text, queue text, owner text,
    unit text, opened_by text, received_at timestamptz, submitted_at timestamptz, due_at timestamptz,
        amount bigint, currency text, findings int, score int,
    score_verdict text, score_reason_en text, score_reason_zh text, how text, verdict text,
        granted bigint, rate numeric, maker text, reason text, reason_en text, checker text,
    decided_at timestamptz, face_score numeric, executed_at timestamptz, account text, mine text,
        version bigint, hand text, ready text, again text, identity text, identity_means text,
        identity_proof text, identity_by text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    person bank.customer := bank.customer_require(bank.application_customer(p_customer_id, p_case_id));
BEGIN
    RETURN QUERY SELECT f.customer_id, f.case_id, f.number, f.case_type, f.stage,
        bank.case_subject(f.case_type, f.subject, f.fields),
        CASE person.kind WHEN 'company' THEN person.name ELSE bank.mask_name(person.name) END,
        person.customer_number::text, f.queue, bank.staff_name(f.owner_id), bank.unit_name(f.unit_id),
            bank.staff_name(f.opened_by), f.received_at, a.submitted_at,
        CASE WHEN a.submitted_at IS NOT NULL AND f.closed_at IS NULL THEN f.due_at END, a.amount, a.currency::text,
        n.findings, s.score, s.verdict, s.reason_en, s.reason_zh, a.how, a.verdict, a.granted,
            round(a.rate_bp / 100.0, 2), bank.staff_name(a.maker_id),
        a.reason, CASE a.how WHEN 'auto' THEN s.reason_en ELSE a.reason END,
            bank.staff_name(a.checker_id),
        a.decided_at, a.face_score, a.executed_at, (SELECT bank.mask_account(x.number)
            FROM bank.account x WHERE x.customer_id = a.customer_id AND x.account_id = a.account_id),
        CASE WHEN f.phase <> 'approval' THEN '' WHEN a.maker_id = bank.my_staff_id() THEN 'own'
            WHEN bank.my_role() IS DISTINCT FROM 'supervisor' THEN 'no'
            WHEN a.verdict = 'approve' AND bank.identity_state(a) IN ('low', 'waits') THEN 'identity'
            WHEN a.granted > bank.my_decision_limit() THEN 'limit' ELSE 'open' END, f.version,
        bank.case_hand(f.owner_id), bank.application_ready(f, a, n.findings),
        CASE WHEN a.how = 'auto' AND a.verdict = 'refuse' AND a.amount > bank.my_decision_limit(true) THEN 'limit'
             ELSE 'yes' END,
        CASE WHEN f.case_type = 'account_opening' THEN CASE WHEN bank.identity_state(a) = 'waits'
            AND a.visited_by = bank.my_staff_id() THEN 'own' ELSE bank.identity_state(a) END END,
        a.identity_means, a.identity_proof, bank.staff_name(a.identity_by)
      FROM bank.application a JOIN bank.case_file f ON f.customer_id = a.customer_id
          AND f.case_id = a.case_id
      LEFT JOIN LATERAL (SELECT * FROM bank.application_score x WHERE x.customer_id = a.customer_id
          AND x.case_id = a.case_id ORDER BY x.run DESC LIMIT 1) s ON true
     CROSS JOIN LATERAL (SELECT count(*)::int AS findings FROM bank.application_check k
            JOIN bank.check_rule r ON r.case_type = f.case_type AND r.rule = k.rule
            WHERE k.customer_id = f.customer_id
            AND k.case_id = f.case_id AND k.run = bank.application_run(f) AND k.weight = 'must'
                AND k.result IN ('missing', 'fail')) n
     WHERE a.customer_id = person.customer_id AND a.case_id = p_case_id AND bank.in_scope(f.unit_id);
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such application.', p_case_id::text,
            'Search for it again.', 'p_case_id');
    END IF;
END $$;

-- What the views below begin with: the case, when the caller may open the customer and sees its unit.
CREATE FUNCTION bank.application_seen(p_customer_id bigint,
    p_case_id bigint) RETURNS SETOF bank.case_file LANGUAGE sql STABLE AS $$
    SELECT f.* FROM bank.case_file f WHERE f.customer_id
        = (bank.customer_require(bank.application_customer(p_customer_id, p_case_id))).customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)
$$;
-- The last pre-check, what stops it first; `advice` only where something is to be done.
CREATE FUNCTION api.application_findings(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (seq int, rule text, result text, weight text, label_en text, label_zh text,
    detail_en text, detail_zh text, advice_en text, advice_zh text, checked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT (row_number() OVER (ORDER BY array_position('{fail,missing,warn,visit,pass}', k.result),
        r.seq))::int, k.rule, k.result, k.weight, r.label_en, r.label_zh, k.detail_en, k.detail_zh,
           CASE WHEN k.result <> 'pass' THEN r.advice_en ELSE '' END, CASE WHEN k.result <> 'pass'
               THEN r.advice_zh ELSE '' END, k.checked_at
      FROM bank.application_seen(p_customer_id, p_case_id) c
          JOIN bank.application_check k ON k.customer_id = c.customer_id AND k.case_id = c.case_id
          AND k.run = bank.application_run(c)
      JOIN bank.check_rule r ON r.case_type = c.case_type AND r.rule = k.rule ORDER BY 1
$$;
-- What is missing or wrong in full sentences, one line each, the worst first; no row when all is right.
CREATE FUNCTION api.application_todo(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (todo_en text, todo_zh text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT string_agg(concat_ws(' ', '• ' || f.label_en || ':', f.detail_en, f.advice_en), E'\n' ORDER BY f.seq),
           string_agg('• ' || f.label_zh || '：' || concat(f.detail_zh, f.advice_zh), E'\n' ORDER BY f.seq)
      FROM api.application_findings(p_customer_id, p_case_id) f
     WHERE f.result <> 'pass' HAVING count(*) > 0
$$;
SELECT bank.function_grant('application_todo', 'clerk', 'rm', 'supervisor', 'auditor');
-- Every point of the last score with its evidence.
CREATE FUNCTION api.application_points(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (seq int, label_en text, label_zh text, points int, effect text, evidence_en text,
    evidence_zh text, card text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT 0, 'Base', '基础分', s.base, 'points', 'Card ' || s.card || ', version ' || s.version,
        s.label_zh || '评分卡第' || s.version || '版', s.card || ' ' || s.version
      FROM bank.application_seen(p_customer_id, p_case_id) c, LATERAL (SELECT k.*
          FROM bank.application_score z JOIN bank.scorecard k ON k.card = z.card AND k.version = z.version
           WHERE z.customer_id = c.customer_id AND z.case_id = c.case_id ORDER BY z.run DESC LIMIT 1) s
    UNION ALL
    SELECT r.seq, r.label_en, r.label_zh, p.points, p.effect, p.evidence_en, p.evidence_zh,
        z.card || ' ' || z.version
      FROM bank.application_seen(p_customer_id, p_case_id) c, LATERAL (SELECT *
          FROM bank.application_score x WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id
          ORDER BY x.run DESC LIMIT 1) z
      JOIN bank.application_point p ON p.customer_id = z.customer_id AND p.case_id = z.case_id
          AND p.run = z.run
      JOIN bank.scorecard_rule r ON r.card = z.card AND r.version = z.version AND r.rule = p.rule
          ORDER BY 1
$$;
-- Fields as people read them, personal ones masked. `fixed`: what the application is about stays.
CREATE FUNCTION api.application_fields(p_customer_id bigint, p_case_id bigint) RETURNS TABLE (seq int,
    field text, label_en text, label_zh text, value_en text, value_zh text, stage text, fixed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT d.seq, d.field, d.label_en, d.label_zh, coalesce(k.label_en, v.shown), coalesce(k.label_zh,
        v.shown), c.stage, bank.application_fixed(d.field)
      FROM bank.application_seen(p_customer_id, p_case_id) c
          JOIN bank.case_field d ON d.case_type = c.case_type
      CROSS JOIN LATERAL (SELECT c.fields ->> d.field AS value) x
      CROSS JOIN LATERAL (SELECT CASE WHEN d.field LIKE '%\_id' THEN bank.mask_identity(x.value)
          WHEN d.field LIKE '%\_name' THEN bank.mask_name(x.value)
          WHEN d.field = 'contact_phone' THEN bank.mask_phone(x.value)
              WHEN d.field = 'registered_address' THEN bank.mask_address(x.value)
          WHEN d.kind = 'money' THEN bank.money_text(x.value::bigint) WHEN d.kind = 'bool' THEN
              CASE x.value WHEN 'true' THEN '✓' ELSE '✗' END ELSE x.value END AS shown) v
      LEFT JOIN bank.case_choice k ON k.case_type = d.case_type AND k.field = d.field
          AND k.choice = x.value ORDER BY d.seq
$$;
-- What a field can have, where that is a list; for the form that changes it.
CREATE FUNCTION api.application_choices(p_customer_id bigint, p_case_id bigint, p_field text)
RETURNS TABLE (choice text, label_en text, label_zh text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT k.choice, k.label_en, k.label_zh FROM bank.application_seen(p_customer_id, p_case_id) c
      JOIN bank.case_choice k ON k.case_type = c.case_type AND k.field = p_field ORDER BY k.seq
$$;
SELECT bank.function_grant('application_choices', 'clerk', 'rm', 'supervisor');
-- The choice that a text means: its word, or the beginning of its name where that is only one's.
CREATE FUNCTION bank.choice_said(p_type text, p_field text, p_text text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN count(*) = 1 THEN min(k.choice) ELSE p_text END FROM bank.case_choice k
     WHERE k.case_type = p_type AND k.field = p_field AND btrim(p_text) <> ''
       AND (starts_with(lower(k.label_en), lower(btrim(p_text))) OR starts_with(k.label_zh, btrim(p_text))
            OR starts_with(k.choice, lower(btrim(p_text))))
$$;
GRANT EXECUTE ON FUNCTION bank.choice_said TO bankops_api;
-- Applications of a customer, for his view.
CREATE FUNCTION api.customer_applications(p_customer_id bigint) RETURNS TABLE (customer_id bigint,
    case_id bigint, number text, case_type text, stage text, amount bigint, currency text,
    received_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY SELECT f.customer_id, f.case_id, f.number, f.case_type, f.stage, coalesce(a.granted,
        a.amount), a.currency::text, f.received_at
      FROM bank.application a JOIN bank.case_file f ON f.customer_id = a.customer_id
          AND f.case_id = a.case_id WHERE a.customer_id = p_customer_id ORDER BY f.received_at DESC,
          f.case_id LIMIT 20;
END $$;
-- Hand-offs between desks, from the stays of the case (083): when, from where to where, and the
-- working minutes until somebody took it up there.
CREATE FUNCTION bank.application_hops(p_customer_id bigint,
    p_case_id bigint) RETURNS TABLE (at timestamptz, from_desk text, to_desk text, taken_at timestamptz,
    waited int)
LANGUAGE sql STABLE AS $$
    SELECT s.since, coalesce(s.was, 'front'), s.place, n.at, bank.working_minutes(
        bank.calendar_of(f.unit_id), s.since, coalesce(n.at, now()))
      FROM (SELECT x.*, lag(x.place) OVER (ORDER BY x.since) AS was FROM bank.case_stays(p_customer_id,
          p_case_id, NULL) x WHERE x.kind = 'queue') s
      JOIN bank.case_file f ON f.customer_id = p_customer_id AND f.case_id = p_case_id
      LEFT JOIN LATERAL (SELECT min(x.at) AS at FROM bank.case_event x
          WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id AND x.at > s.since
           AND x.action NOT IN ('precheck', 'note', 'escalate', 'ask_customer', 'visit', 'identify',
               'doubt')) n ON true
     WHERE (s.was IS NOT NULL OR s.place <> 'front') AND s.place <> 'follow_up'
$$;

-- From desk to desk, and what happened; the clock.
CREATE FUNCTION api.application_trail(p_customer_id bigint,
    p_case_id bigint) RETURNS TABLE (at timestamptz, from_desk text, to_desk text, taken_at timestamptz,
    waited int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT h.* FROM bank.application_seen(p_customer_id, p_case_id) c,
        bank.application_hops(c.customer_id, c.case_id) h ORDER BY h.at
$$;

-- What happened to an application, for who may see it.
CREATE FUNCTION api.application_history(p_customer_id bigint,
    p_case_id bigint) RETURNS TABLE (at timestamptz, staff text, action_zh text, action_en text,
    note text, note_en text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT h.at, h.staff, h.action_zh, h.action_en, h.note, h.note_en FROM bank.application_seen(p_customer_id,
        p_case_id) c
      JOIN api.case_history h ON h.customer_id = c.customer_id AND h.case_id = c.case_id
          ORDER BY h.event_id DESC
$$;

-- Its clocks.
CREATE FUNCTION api.application_clocks(p_customer_id bigint,
    p_case_id bigint) RETURNS TABLE (clock_zh text, clock_en text, state text, started_at timestamptz,
    due_at timestamptz, stopped_at timestamptz, left_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT k.clock_zh, k.clock_en, k.state, k.started_at, k.due_at, k.stopped_at, k.left_until
        FROM bank.application_seen(p_customer_id, p_case_id) c, api.case_clocks(c.customer_id,
        c.case_id) k
$$;

-- Why its due times moved.
CREATE FUNCTION api.application_clock_changes(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (at timestamptz, clock_zh text, clock_en text, cause text, due_before timestamptz,
    due_after timestamptz, staff text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT k.at, k.clock_zh, k.clock_en, k.cause, k.due_before, k.due_after, k.staff
        FROM bank.application_seen(p_customer_id, p_case_id) c, api.case_clock_changes(c.customer_id,
        c.case_id) k
$$;

-- First values of the forms: what the bank holds is shown, not asked.
CREATE FUNCTION api.application_form(p_customer_id bigint)
RETURNS TABLE (customer text, customer_number text, code text, held_address text, held_phone text,
    held_rep text, held_owner text, open_applications text, account text, account_kind text,
    recon_cycle text, payroll_staff int, product_range text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    person bank.customer := bank.customer_require(p_customer_id);
    h jsonb := bank.enterprise_fields(p_customer_id);
BEGIN
    RETURN QUERY SELECT CASE person.kind WHEN 'company' THEN person.name
        ELSE bank.mask_name(person.name) END, person.customer_number::text, h ->> 'credit_code',
        coalesce(bank.mask_address(h ->> 'registered_address'), '-'),
        coalesce(bank.mask_phone(h ->> 'contact_phone'), '-'),
            coalesce(bank.mask_name(h ->> 'rep_name') || ' ' || bank.mask_identity(h ->> 'rep_id'), '-'),
        coalesce(bank.mask_name(h ->> 'owner_name') || ' ' || (h ->> 'owner_share') || '%', '-'),
        coalesce((SELECT string_agg(f.number || ' ' || bank.in_language(t.label_zh, t.label_en), ', '
                ORDER BY f.case_id)
            FROM bank.application a JOIN bank.case_file f ON f.customer_id = a.customer_id
            AND f.case_id = a.case_id JOIN bank.case_type t USING (case_type)
           WHERE f.customer_id = p_customer_id AND f.closed_at IS NULL), '-'),
        coalesce(bank.mask_account((bank.payout_account(p_customer_id, CASE person.kind WHEN 'company'
            THEN 'current' ELSE 'savings' END)).number), '-'), 'basic', 'monthly', 0,
        (SELECT bank.in_language(bank.credit_range(false, k), bank.credit_range(true, k))
            FROM bank.check_parameters('consumer_credit') k);
END $$;

-- Applications submitted in the month by type: on time, decided by rules, hand-offs between desks and
-- how long they wait there.
CREATE FUNCTION api.report_application(p_month text)
RETURNS TABLE (case_type text, opened bigint, submitted bigint, on_time_rate numeric,
    median_hours numeric, decided bigint, auto_rate numeric, approved bigint, declined bigint,
    executed bigint, still_open bigint, handoffs numeric, handoff_minutes numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    WITH app AS (
        SELECT f.case_type, f.customer_id, f.case_id, f.closed_at, f.phase, a.submitted_at,
            a.decided_at, a.executed_at, a.how, a.verdict, k.started_at, k.stopped_at,
            k.due_at AS promised FROM bank.application a
          JOIN bank.case_file f ON f.customer_id = a.customer_id AND f.case_id = a.case_id
          LEFT JOIN bank.case_clock k ON k.customer_id = f.customer_id AND k.case_id = f.case_id
              AND k.clock = 'application' AND k.run = 1
         WHERE f.received_at >= bank.month_start(p_month) AND f.received_at < bank.month_start(p_month,
             1) AND f.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()),
    hop AS (SELECT p.case_type, p.case_id, count(h.*) AS n, sum(h.waited) AS waited FROM app p LEFT JOIN
        LATERAL bank.application_hops(p.customer_id, p.case_id) h ON true
        WHERE p.submitted_at IS NOT NULL GROUP BY 1, 2)
    SELECT y.case_type, count(p.case_id), count(p.submitted_at),
           bank.share(count(*) FILTER (WHERE p.stopped_at <= p.promised),
               count(*) FILTER (WHERE p.stopped_at IS NOT NULL OR p.promised < now())),
           round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM p.stopped_at -
               p.started_at)) / 3600)::numeric, 1), count(p.decided_at),
           bank.share(count(*) FILTER (WHERE p.how = 'auto' AND p.decided_at IS NOT NULL),
               count(p.decided_at)), count(*) FILTER (WHERE p.decided_at IS NOT NULL
               AND p.verdict = 'approve'),
           count(*) FILTER (WHERE p.decided_at IS NOT NULL AND p.verdict = 'refuse'),
               count(p.executed_at), count(*) FILTER (WHERE p.closed_at IS NULL
               AND p.executed_at IS NULL),
           (SELECT round(avg(h.n), 1) FROM hop h WHERE h.case_type = y.case_type),
               (SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY h.waited / nullif(h.n,
               0)))::numeric) FROM hop h WHERE h.case_type = y.case_type)
      FROM bank.case_type y LEFT JOIN app p ON p.case_type = y.case_type
          WHERE y.case_type IN ('account_opening', 'consumer_credit', 'chain_finance')
          GROUP BY y.case_type, y.seq ORDER BY y.seq;
END $$;
GRANT EXECUTE ON FUNCTION bank.application_seen, bank.application_hops, bank.application_customer
    TO bankops_api;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{customer_applications,application_form}'::text[]) name;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor', 'auditor')
  FROM unnest('{application,application_findings,application_points,application_fields,
               application_trail,application_history,
               application_clocks,application_clock_changes}'::text[]) name;
SELECT bank.function_grant('report_application', 'supervisor', 'auditor', 'admin'),
       bank.view_grant('application_list', 'clerk', 'rm', 'supervisor', 'auditor');

-- Cards by version; `state` as people know it: one is in use today.
CREATE VIEW api.scorecard_list WITH (security_barrier) AS
SELECT s.card, s.version, s.label_en, s.label_zh,
       CASE WHEN s.state <> 'approved' THEN s.state WHEN s.version = u.version THEN 'active'
            WHEN s.effective_on > bank.today() THEN 'scheduled' ELSE 'retired' END AS state,
       s.effective_on, s.base, s.approve_at, s.refuse_below, s.auto_most, 'CNY' AS currency,
       round(s.rate_bp / 100.0, 2) AS rate, s.report_days, s.note, s.made_at,
       (SELECT string_agg(bank.staff_name(m), ', ') FROM unnest(s.makers) m) AS makers,
       bank.staff_name(s.checked_by) AS checked_by, s.checked_at, s.reason,
       (SELECT count(*) FROM bank.scorecard_rule r WHERE r.card = s.card
           AND r.version = s.version) AS rules,
       CASE WHEN s.state <> 'proposed' THEN 'done'
            WHEN (SELECT bank.my_staff_id()) = ANY (s.makers) THEN 'own' ELSE 'open' END AS mine,
       EXISTS (SELECT FROM bank.scorecard d WHERE d.card = s.card AND d.state IN ('draft', 'proposed')) AS drafted
  FROM bank.scorecard s JOIN bank.card_in_use u USING (card)
 WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
-- Bins, each beside the one of that name in the card in use.
CREATE VIEW api.scorecard_rule_list WITH (security_barrier) AS
SELECT r.card, r.version, r.rule, r.seq, r.fact, f.label_en AS fact_en, f.label_zh AS fact_zh,
       trim_scale(r.low / m.factor) AS low, trim_scale(r.high / m.factor) AS high, r.points, r.effect,
       r.label_en, r.label_zh,
       CASE WHEN o.rule IS NULL THEN 'new'
            WHEN (o.low, o.high, o.points, o.effect) IS DISTINCT FROM (r.low, r.high, r.points, r.effect)
                THEN 'changed' ELSE 'same' END AS against, s.state
  FROM bank.scorecard_rule r JOIN bank.scorecard s USING (card, version) JOIN bank.score_fact f USING (fact)
  JOIN bank.card_in_use u USING (card)
 CROSS JOIN LATERAL (SELECT CASE f.unit WHEN 'money' THEN 100 ELSE 1 END AS factor) m
  LEFT JOIN bank.scorecard_rule o ON o.card = r.card AND o.rule = r.rule AND o.version = u.version
 WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
CREATE VIEW api.score_fact_list WITH (security_barrier) AS
SELECT f.fact, f.seq, f.label_en, f.label_zh FROM bank.score_fact f
    WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
SELECT bank.view_grant(name, 'clerk', 'supervisor', 'auditor', 'admin')
  FROM unnest('{scorecard_list,scorecard_rule_list,score_fact_list}'::text[]) name;
