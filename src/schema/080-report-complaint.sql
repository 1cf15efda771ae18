-- Reports on complaints over a month, a quarter or a year: the yearly report, promises kept, the
-- register, load of the team.

-- "2026", "2026-Q3", "2026-09"; empty: the quarter of the business date.
CREATE FUNCTION bank.period(p_text text, OUT begins timestamptz, OUT ends timestamptz) LANGUAGE plpgsql STABLE AS $$
DECLARE
    day date;
    length interval := '3 months';
BEGIN
    IF coalesce(p_text, '') = '' THEN
        day := date_trunc('quarter', bank.today());
    ELSIF p_text ~ '^[0-9]{4}$' THEN
        day := make_date(p_text::int, 1, 1);
        length := '1 year';
    ELSIF p_text ~ '^[0-9]{4}-[qQ][1-4]$' THEN
        day := make_date(left(p_text, 4)::int, right(p_text, 1)::int * 3 - 2, 1);
    ELSIF p_text ~ '^[0-9]{4}-(0[1-9]|1[0-2])$' THEN
        day := make_date(left(p_text, 4)::int, right(p_text, 2)::int, 1);
        length := '1 month';
    ELSE
        PERFORM bank.fail('BO422', 'This is no period.', p_text, 'Write 2026, 2026-Q3 or 2026-09.', 'period');
    END IF;
    begins := day::timestamp AT TIME ZONE bank.timezone();
    ends := (day + length)::timestamp AT TIME ZONE bank.timezone();
END $$;

-- The five tables of a bank's public complaint report: region, channel, business, reason,
-- satisfaction, and the regulator's two ratios.
CREATE FUNCTION api.report_complaint(p_period text)
RETURNS TABLE (section text, code text, name_zh text, name_en text, received bigint, share numeric,
               closed bigint, closing_rate numeric, satisfied_rate numeric, ratio bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    p record := bank.period(p_period);
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    -- Counted once by everything that the sections divide by.
    WITH c AS MATERIALIZED (
        SELECT f.unit_id, f.channel, f.business, f.reason, s.score, count(*) AS received, count(f.closed_at) AS closed
          FROM bank.case_file f LEFT JOIN bank.case_survey s USING (customer_id, case_id)
         WHERE f.case_type = 'complaint' AND f.received_at >= p.begins AND f.received_at < p.ends AND f.merged_into IS NULL
           AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
         GROUP BY f.unit_id, f.channel, f.business, f.reason, s.score),
    total AS (SELECT coalesce(sum(c.received), 0)::bigint AS received FROM c),
    part AS (
        SELECT 1 AS n, 'region' AS section, b.code, b.name_zh, b.name_en, c.*
          FROM c JOIN bank.unit u ON u.unit_id = c.unit_id
          JOIN LATERAL (SELECT x.* FROM bank.unit x WHERE u.unit_id BETWEEN x.low AND x.high
                           AND x.kind <> 'sub_branch' ORDER BY x.low DESC LIMIT 1) b ON true
        UNION ALL
        SELECT 2, 'channel', k.code, k.label_zh, k.label_en, c.* FROM c
          JOIN bank.class_code k ON k.axis = 'A' AND k.code = c.channel
        UNION ALL
        SELECT 3, 'business', coalesce(k.code, '-'), coalesce(k.label_zh, '未分类'),
               coalesce(k.label_en, 'Not classified'), c.* FROM c
          LEFT JOIN bank.class_code k ON k.axis = 'B' AND k.code = c.business
        UNION ALL
        SELECT 4, 'reason', coalesce(k.code, '-'), coalesce(k.label_zh, '未分类'),
               coalesce(k.label_en, 'Not classified'), c.* FROM c
          LEFT JOIN bank.class_code k ON k.axis = 'C' AND k.code = c.reason
        UNION ALL
        SELECT 5, 'satisfaction', coalesce(c.score::text, '-'),
               coalesce(c.score || ' 分', '未回访'), coalesce('Score ' || c.score, 'Not asked'), c.* FROM c)
    SELECT section, code, name_zh, name_en, received, share, closed, closing_rate, satisfied_rate, ratio FROM (
        SELECT n, section, code, name_zh, name_en, sum(part.received)::bigint AS received,
               bank.share(sum(part.received)::bigint, (SELECT t.received FROM total t)) AS share,
               sum(part.closed)::bigint AS closed,
               bank.share(sum(part.closed)::bigint, sum(part.received)::bigint) AS closing_rate,
               bank.share(coalesce(sum(part.received) FILTER (WHERE score >= 4), 0)::bigint,
                          coalesce(sum(part.received) FILTER (WHERE score IS NOT NULL), 0)::bigint) AS satisfied_rate,
               NULL::bigint AS ratio
          FROM part GROUP BY n, section, code, name_zh, name_en
        UNION ALL
        SELECT 6, 'ratio', 'branches', '每千个网点', 'Per 1,000 branches', NULL, NULL, NULL, NULL, NULL,
               (1000.0 * (SELECT t.received FROM total t) / greatest(1, (SELECT count(*) FROM bank.unit u
                WHERE u.kind = 'sub_branch' AND bank.in_scope(u.unit_id))))::bigint
        UNION ALL
        SELECT 6, 'ratio', 'customers', '每千万客户', 'Per 10 mn customers', NULL, NULL, NULL, NULL, NULL,
               (10000000.0 * (SELECT t.received FROM total t) / greatest(1, (SELECT count(*) FROM bank.customer x
                WHERE x.customer_id > 0 AND x.unit_id BETWEEN (SELECT bank.my_scope_low())
                AND (SELECT bank.my_scope_high()))))::bigint) r
     ORDER BY n, received DESC, code;
END $$;

-- Promises kept, by month of receipt, and at the end in the whole period (month 'all'). A repeat counts also when it
-- was merged into the one it repeats.
CREATE FUNCTION api.report_promise(p_period text)
RETURNS TABLE (month text, received bigint, two_hours numeric, days_15 numeric, days_30 numeric,
    days_60 numeric, statutory numeric, extended bigint, resolved numeric, repeated numeric,
    forwarded numeric, satisfied numeric, rectified numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    zone text := bank.timezone();
    p record := bank.period(p_period);
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    WITH k AS MATERIALIZED (
        -- Read as a whole: no clock starts before its case is received.
        SELECT k.case_id, bool_and(o.kept) FILTER (WHERE k.clock = 'first_response' AND k.run = 1) AS in_time,
               bool_and(o.kept) FILTER (WHERE k.clock <> 'first_response') AS lawful
          FROM bank.case_clock k
         CROSS JOIN LATERAL (SELECT CASE WHEN k.stopped_at <= k.due_at THEN true
                                         WHEN k.stopped_at IS NOT NULL OR k.due_at < now() THEN false END AS kept) o
         WHERE k.clock IN ('first_response', 'statutory', 'final') AND k.started_at >= p.begins
           AND k.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
         GROUP BY k.case_id),
    c AS (
        SELECT f.received_at, f.closed_at, f.outcome, f.repeat_of IS NOT NULL OR g.case_id IS NOT NULL AS repeated, f.source, k.in_time, k.lawful,
               to_char(f.received_at AT TIME ZONE zone, 'YYYY-MM') AS month, s.score,
               coalesce(f.told_at, f.closed_at) AS over, e.case_id IS NOT NULL AS longer,
               CASE WHEN r.case_id IS NOT NULL THEN r.done_at IS NOT NULL END AS mended
          FROM bank.case_file f
          LEFT JOIN k USING (case_id)
          LEFT JOIN bank.case_survey s USING (customer_id, case_id)
          LEFT JOIN (SELECT DISTINCT x.customer_id, x.case_id FROM bank.case_extension x WHERE x.state = 'approved') e
                    USING (customer_id, case_id)
          LEFT JOIN bank.case_cause r ON r.customer_id = f.customer_id AND r.case_id = f.case_id AND r.measure <> ''
          LEFT JOIN (SELECT DISTINCT x.customer_id, x.merged_into AS case_id FROM bank.case_file x
                      WHERE x.merged_into IS NOT NULL AND x.received_at >= p.begins) g
                 ON g.customer_id = f.customer_id AND g.case_id = f.case_id
         WHERE f.case_type = 'complaint' AND f.received_at >= p.begins AND f.received_at < p.ends AND f.merged_into IS NULL
           AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high()))
    SELECT coalesce(c.month, 'all'), count(*),
           bank.share(count(*) FILTER (WHERE in_time), count(in_time)),
           bank.share(count(*) FILTER (WHERE over <= received_at + interval '15 days'),
                      count(*) FILTER (WHERE over IS NOT NULL OR received_at < now() - interval '15 days')),
           bank.share(count(*) FILTER (WHERE over <= received_at + interval '30 days'),
                      count(*) FILTER (WHERE over IS NOT NULL OR received_at < now() - interval '30 days')),
           bank.share(count(*) FILTER (WHERE over <= received_at + interval '60 days'),
                      count(*) FILTER (WHERE over IS NOT NULL OR received_at < now() - interval '60 days')),
           bank.share(count(*) FILTER (WHERE lawful), count(lawful)), count(*) FILTER (WHERE longer),
           bank.share(count(*) FILTER (WHERE closed_at IS NOT NULL AND outcome = 'resolved'),
                      count(*) FILTER (WHERE closed_at IS NOT NULL AND outcome NOT IN ('withdrawn', 'merged'))),
           bank.share(count(*) FILTER (WHERE repeated), count(*)),
           bank.share(count(*) FILTER (WHERE source = 'regulator'), count(*)),
           bank.share(count(*) FILTER (WHERE score >= 4), count(score)),
           bank.share(count(*) FILTER (WHERE mended), count(mended))
      FROM c GROUP BY GROUPING SETS ((c.month), ()) HAVING count(*) > 0 ORDER BY c.month;
END $$;

-- The register: every field that the rules ask for, one row a complaint, merged ones included; with p_limit the
-- first ones. Names come by joins, what belongs to one complaint (parties and their authority, extensions with
-- their approver, the mediation, whom it went to, how the customer was reached) by its own index, read once for
-- both languages.
CREATE FUNCTION api.report_register(p_period text, p_limit int DEFAULT NULL)
RETURNS TABLE (number text, received_at timestamptz, source text, channel text, customer_number text,
    customer text, parties text, unit text, complained text, third_party text, subject text, remedy text,
    business text, reason text, level text, urgency int, flags text, group_size int, repeat_of text,
    merged_into text, queue text, owner text, stage text, responded_at timestamptz, due_at timestamptz,
    extensions text, decision text, decided_by text, approved_by text, told_at timestamptz, told_how text,
    outcome text, redress numeric, redress_currency text, closed_at timestamptz, reopened int, satisfaction int,
    cause text, measure text, measure_due date, measure_done timestamptz, accountable text,
    mediation text, files int, business_std text, reason_std text, cfpb_product text, cfpb_issue text,
    parties_en text, extensions_en text, mediation_en text, flags_en text, identity text, contact text, address text,
    representative text, facts text, basis text, transfers text, contacts text, recheck text, finding text,
    recordings text, measure_owner text, measure_result text, redress_points numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp SET work_mem = '64MB' AS $$
DECLARE
    english boolean := coalesce(current_setting('bankops.language', true), '') = 'en';
    ways jsonb := '{"app": "手机银行", "sms": "短信", "email": "电子邮件", "phone": "电话", "letter": "信函", "visit": "上门", "branch": "网点",
                    "wechat": "微信"}';
    p record := bank.period(p_period);
    zone text := bank.timezone();
    me bigint := (bank.me()).customer_id;
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor');
    RETURN QUERY
    SELECT f.number, f.received_at, f.source, f.channel, f.customer_number, f.customer, party.zh,
           bank.in_language(u.name_zh, u.name_en), bank.in_language(about.name_zh, about.name_en),
           f.third_party, CASE WHEN f.shut THEN '***' ELSE f.subject END, f.remedy, f.business, f.reason, f.level,
           f.urgency::int, flag.zh, f.group_size, 'T' || lpad(f.repeat_of::text, 9, '0'),
           'T' || lpad(f.merged_into::text, 9, '0'), f.queue, bank.in_language(own.name_zh, own.name_en),
           f.stage, f.responded_at, f.due_at,
           extension.zh, CASE WHEN f.shut THEN '***' ELSE f.decision END, bank.in_language(decider.name_zh, decider.name_en),
           bank.in_language(approver.name_zh, approver.name_en),
           f.told_at, f.told_how, f.outcome, r.amount, r.currency, f.closed_at, f.reopened::int, s.score::int, k.cause,
           k.measure, k.due_on, k.done_at, k.accountable,
           m.body || ' ' || m.asked_on || ' ' || way.zh || coalesce(' ' || m.ended_on, ''), file.count,
           b.std_code, w.std_code, b.cfpb_code, w.cfpb_code, party.en, extension.en,
           m.body || ' ' || m.asked_on || ' ' || way.en || coalesce(' ' || m.ended_on, ''), flag.en,
           (SELECT bank.mask_identity(i.number) FROM bank.customer_identity i WHERE i.customer_id = f.customer_id
             ORDER BY i.kind DESC LIMIT 1),
           (SELECT bank.mask_phone(h.phone) FROM bank.phone h WHERE h.customer_id = f.customer_id
             ORDER BY h.main DESC, h.phone LIMIT 1),
           (SELECT bank.mask_address(a.address) FROM bank.address a WHERE a.customer_id = f.customer_id
             ORDER BY a.kind <> 'registered', a.kind LIMIT 1),
           (SELECT string_agg(bank.mask_name(o.name), ', ' ORDER BY o.customer_id) FROM bank.relation t
              JOIN bank.customer o ON o.customer_id = t.other_id
             WHERE t.customer_id = f.customer_id AND t.kind = 'represented_by'),
           CASE WHEN f.shut THEN '***' ELSE f.facts END, f.fields ->> 'basis', way_of.went,
           (SELECT string_agg(to_char(x.at AT TIME ZONE zone, 'MM-DD HH24:MI') || ' ' ||
                              CASE WHEN english THEN initcap(x.way)
                                   ELSE coalesce(ways ->> x.way, x.way) END, '; ' ORDER BY x.at)
              FROM (SELECT coalesce(o.sent_at, o.created_at) AS at, o.channel AS way FROM bank.outbox o
                     WHERE o.customer_id = f.customer_id AND o.case_id = f.case_id
                    UNION ALL
                    SELECT c.at, c.channel FROM bank.contact c
                     WHERE c.customer_id = f.customer_id AND c.summary LIKE f.number || ':%') x),
           way_of.recheck, k.finding, file.names, bank.staff_name(k.owner_id), k.result, r.points
      FROM (SELECT * FROM (
            SELECT y.*, x.customer_number,
                   CASE WHEN x.customer_id < 0 THEN bank.in_language('匿名', 'Anonymous') ELSE bank.mask_name(x.name) END AS customer,
                   CASE WHEN x.restricted OR x.customer_id = me THEN NOT bank.may_open(x.customer_id) ELSE false END AS shut
              FROM bank.case_file y JOIN bank.customer x USING (customer_id)
             WHERE y.received_at >= p.begins AND y.received_at < p.ends AND y.case_type = 'complaint'
               AND y.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
             ORDER BY y.received_at, y.case_id LIMIT p_limit) page
             ORDER BY page.customer_id, page.case_id OFFSET 0) f -- neighbours in every index below
      LEFT JOIN bank.unit u ON u.unit_id = f.unit_id
      LEFT JOIN bank.staff about ON about.staff_id = f.complained_staff_id
      LEFT JOIN bank.staff own ON own.staff_id = f.owner_id
      LEFT JOIN bank.staff decider ON decider.staff_id = f.decided_by
      LEFT JOIN bank.staff approver ON approver.staff_id = f.approved_by
      LEFT JOIN bank.class_code b ON b.axis = 'B' AND b.code = f.business
      LEFT JOIN bank.class_code w ON w.axis = 'C' AND w.code = f.reason
      LEFT JOIN bank.case_survey s ON s.customer_id = f.customer_id AND s.case_id = f.case_id
      LEFT JOIN bank.case_cause k ON k.customer_id = f.customer_id AND k.case_id = f.case_id
      LEFT JOIN bank.case_mediation m ON m.customer_id = f.customer_id AND m.case_id = f.case_id
      LEFT JOIN (VALUES ('asked', 'under way', '调解中'), ('agreed', 'agreed', '达成协议'), ('failed', 'failed', '调解不成'),
                 ('refused', 'refused', '一方拒绝')) way (result, en, zh) ON way.result = m.result
     CROSS JOIN LATERAL (SELECT sum(d.amount) AS amount, sum(d.points) AS points, min(d.currency)::text AS currency
                           FROM bank.case_redress d WHERE d.customer_id = f.customer_id
                            AND d.case_id = f.case_id AND d.state = 'approved') r
     CROSS JOIN LATERAL (SELECT count(*)::int AS count, string_agg(a.name, '; ' ORDER BY a.attachment_id) AS names
                           FROM bank.attachment a WHERE a.customer_id = f.customer_id AND a.case_id = f.case_id
                            AND a.removed_at IS NULL) file
     CROSS JOIN LATERAL (SELECT string_agg(g.label_zh, '、' ORDER BY g.seq) AS zh, string_agg(g.label_en, ', ' ORDER BY g.seq) AS en
                           FROM api.case_flag g WHERE f.flags <> '{}' AND g.flag = ANY (f.flags)) flag
     CROSS JOIN LATERAL (
        SELECT string_agg(CASE z.role WHEN 'complainant' THEN '投诉人' WHEN 'representative' THEN '代表人' WHEN 'agent' THEN '受托人'
                               WHEN 'heir' THEN '继承人' WHEN 'guardian' THEN '监护人' END || z.who, '; ' ORDER BY z.party_id) AS zh,
               string_agg(CASE z.role WHEN 'complainant' THEN 'Complainant' WHEN 'representative' THEN 'Representative'
                               WHEN 'agent' THEN 'Agent' WHEN 'heir' THEN 'Heir' WHEN 'guardian' THEN 'Guardian' END || z.who, '; '
                          ORDER BY z.party_id) AS en
          FROM (SELECT y.role, y.party_id, ' ' || bank.mask_name(y.name) || coalesce(' ' || nullif(bank.party_contact(y.contact), ''), '')
                         || coalesce(' (' || nullif(y.authority, '') || ')', '') AS who
                  FROM bank.case_party y WHERE y.customer_id = f.customer_id AND y.case_id = f.case_id) z) party
     CROSS JOIN LATERAL (
        SELECT string_agg((SELECT d.label_zh FROM bank.clock_kind d WHERE d.clock = e.clock) || ' +' || e.days || '天，'
                          || CASE e.state WHEN 'asked' THEN '待批' WHEN 'approved' THEN '已批准' WHEN 'refused' THEN '已拒绝' WHEN 'void' THEN '作废' END
                          || coalesce(' ' || bank.staff_name(e.checker_id), ''), '; ' ORDER BY e.extension_id) AS zh,
               string_agg((SELECT d.label_en FROM bank.clock_kind d WHERE d.clock = e.clock) || ' +' || e.days || ' days, '
                          || e.state
                          || coalesce(' ' || bank.staff_name(e.checker_id), ''), '; ' ORDER BY e.extension_id) AS en
          FROM bank.case_extension e WHERE e.customer_id = f.customer_id AND e.case_id = f.case_id) extension
     CROSS JOIN LATERAL ( -- all from the index of where a case went and what was decided
        SELECT string_agg(to_char(e.at AT TIME ZONE zone, 'MM-DD HH24:MI') || ' ' || concat_ws(' ',
                          (SELECT bank.unit_name(coalesce((e.after ->> 'desk_id')::int, f.unit_id)) WHERE e.after ? 'desk_id'),
                          (SELECT bank.in_language(q.label_zh, q.label_en) FROM bank.queue q WHERE q.queue = e.after ->> 'queue'),
                          (SELECT bank.in_language(c.name_zh, c.name_en) FROM bank.staff c WHERE c.staff_id = (e.after ->> 'owner_id')::int)), '; '
                          ORDER BY e.event_id) FILTER (WHERE e.after ? 'owner_id' OR e.after ? 'queue' OR e.after ? 'desk_id') AS went,
               string_agg(to_char(e.at AT TIME ZONE zone, 'YYYY-MM-DD') || ' ' || e.note, '; ' ORDER BY e.event_id)
                          FILTER (WHERE e.action IN ('recheck', 'decide')) AS recheck
          FROM bank.case_event e
         WHERE e.customer_id = f.customer_id AND e.case_id = f.case_id
           AND (e.after ? 'queue' OR e.after ? 'owner_id' OR e.after ? 'desk_id' OR e.action IN ('recheck', 'decide'))) way_of
     ORDER BY f.received_at, f.case_id;
END $$;

-- What each member of the team carries now, and did in the last 30 days.
CREATE FUNCTION api.report_team_load()
RETURNS TABLE (login text, name_zh text, name_en text, role text, unit text, open bigint, overdue bigint,
    due_today bigint, waiting bigint, closed_30 bigint, in_time_30 numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    SELECT s.login, s.name_zh, s.name_en, s.role, bank.unit_name(s.unit_id),
           count(*) FILTER (WHERE f.closed_at IS NULL AND f.case_id IS NOT NULL),
           count(*) FILTER (WHERE f.closed_at IS NULL AND f.due_at < now() AND f.stage <> 'decided'),
           count(*) FILTER (WHERE f.closed_at IS NULL AND bank.local_day(f.due_at) = bank.today()),
           count(*) FILTER (WHERE f.stage = 'waiting'),
           count(*) FILTER (WHERE f.closed_at > now() - interval '30 days' AND f.merged_into IS NULL),
           bank.share(count(*) FILTER (WHERE k.stopped_at <= k.due_at AND f.received_at > now() - interval '30 days'),
                      count(*) FILTER (WHERE k.stopped_at IS NOT NULL AND f.received_at > now() - interval '30 days'))
      FROM bank.staff s
      LEFT JOIN bank.case_file f ON f.owner_id = s.staff_id
           AND (f.closed_at IS NULL OR f.closed_at > now() - interval '30 days')
           AND f.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()
      LEFT JOIN bank.case_clock k ON k.customer_id = f.customer_id AND k.case_id = f.case_id
           AND k.clock = 'first_response' AND k.run = 1
     WHERE s.active AND s.role IN ('clerk', 'rm', 'supervisor') AND bank.in_scope(s.unit_id)
     GROUP BY s.staff_id
    HAVING count(f.case_id) > 0
     ORDER BY count(*) FILTER (WHERE f.closed_at IS NULL) DESC, s.login;
END $$;
SELECT bank.function_grant(name, 'supervisor', 'auditor', 'admin')
  FROM unnest('{report_complaint,report_promise,report_team_load}'::text[]) name;
SELECT bank.function_grant('report_register', 'supervisor', 'auditor');
GRANT EXECUTE ON FUNCTION bank.period TO bankops_api;

-- Training of the classifier: how it stands now.
CREATE FUNCTION api.training_state()
RETURNS TABLE (active int, since timestamptz, accuracy float, auto_share float, held int, at text,
               promotes boolean, last_night date, last_state text, labels int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT m.model_id, m.promoted_at, round(100.0 * m.hits / nullif(m.held, 0), 1)::float,
           round(100.0 * m.auto / nullif(m.held, 0), 1)::float, m.held,
           bank.setting('classify_nightly_at'), bank.setting('classify_nightly_promote') = 'true', n.night, n.state,
           (SELECT count(*)::int FROM bank.training_label l
             WHERE l.at > (SELECT coalesce(max(x.trained_at), '-infinity') FROM bank.model x))
      FROM (SELECT 1) one LEFT JOIN bank.model m ON m.state = 'active'
      LEFT JOIN LATERAL (SELECT * FROM bank.nightly x ORDER BY x.night DESC LIMIT 1) n ON true
$$;

-- The last thirty models in the order they were trained, with the one each had to beat.
CREATE FUNCTION api.training_trend()
RETURNS TABLE (label text, model_id int, trained_at timestamptz, accuracy float, rival float, auto_share float, fate text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT to_char(bank.local_day(t.trained_at), 'MM-DD') || ' #' || t.model_id, t.model_id, t.trained_at,
           round(100.0 * t.hits / nullif(t.held, 0), 1)::float,
           round(100.0 * t.rival_hits / nullif(t.held, 0), 1)::float,
           round(100.0 * t.auto / nullif(t.held, 0), 1)::float, bank.model_fate(t)
      FROM (SELECT * FROM bank.model m ORDER BY m.model_id DESC LIMIT 30) x
      JOIN bank.model t ON t.model_id = x.model_id ORDER BY t.model_id
$$;

-- One model, and its classes beside those of the model it was compared with: of the held-out cases of the
-- class the share it found, and of those it called so the share that was.
CREATE FUNCTION api.model_detail(p_model_id int)
RETURNS TABLE (model_id int, fate text, state text, trained_at timestamptz, trained_by text, examples int, corrections int,
               held int, accuracy float, rival_id int, rival_accuracy float, top3 float, auto_share float,
               auto_accuracy float, calibration float, threshold float, promoted_at timestamptz, promoted_by text,
               night date, note text, bytes bigint, sha256 text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT l.model_id, bank.model_fate(m), l.state, l.trained_at, l.trained_by, l.examples, l.corrections, l.held, l.accuracy,
           l.rival_id, l.rival_accuracy, l.top3, l.auto_share, l.auto_accuracy, l.calibration, 100 * l.threshold,
           l.promoted_at, l.promoted_by, n.night, n.note, l.bytes, l.sha256
      FROM api.model_list l JOIN bank.model m USING (model_id)
      LEFT JOIN bank.nightly n ON n.model_id = l.model_id
     WHERE l.model_id = p_model_id AND bank.my_role() IN ('supervisor', 'auditor', 'admin')
$$;

-- How well a model does on the held-out cases of each code of an axis, beside the one it was compared with.
CREATE FUNCTION api.model_classes(p_model_id int, p_axis text)
RETURNS TABLE (code text, label_en text, label_zh text, held int, recall float, before float, gain float, exact float)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT c.code, c.label_en, c.label_zh, c.held, c.recall, r.recall,
           round((c.recall - r.recall)::numeric, 1)::float, c.precision
      FROM api.model_class_list c
      LEFT JOIN api.model_class_list r ON r.axis = c.axis AND r.code = c.code
           AND r.model_id = (SELECT m.rival_id FROM bank.model m WHERE m.model_id = p_model_id)
     WHERE c.model_id = p_model_id AND c.axis = p_axis
     ORDER BY c.code
$$;

-- One class: what it is called, what became of its cases in the last year, and how the models of the last
-- trainings did on its held-out cases.
CREATE FUNCTION api.class_quality(p_axis text, p_code text)
RETURNS TABLE (axis text, code text, label_en text, label_zh text, cases int, settled int, accuracy float,
               auto_share float, auto_accuracy float)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT k.axis::text, k.code, k.label_en, k.label_zh, coalesce(r.cases, 0), coalesce(r.settled, 0), r.accuracy,
           r.auto_share, r.auto_accuracy
      FROM bank.class_code k
      LEFT JOIN api.report_classifier(NULL, NULL, p_axis, NULL) r ON r.label = k.code
     WHERE k.axis = p_axis AND k.code = p_code
$$;
-- The last twelve months: all classes of an axis, or one by month.
CREATE FUNCTION api.class_course(p_axis text, p_code text)
RETURNS TABLE (label text, label_en text, label_zh text, cases int, auto_share float, settled int, accuracy float,
               auto_accuracy float)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT * FROM api.report_classifier(NULL, NULL, p_axis, p_code)
$$;

-- One code over all nights of training.
CREATE FUNCTION api.class_trend(p_axis text, p_code text)
RETURNS TABLE (label text, held int, recall float, exact float)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT t.label, c.held, c.recall, c.precision
      FROM api.training_trend() t JOIN api.model_class_list c ON c.model_id = t.model_id
     WHERE c.axis = p_axis AND c.code = p_code ORDER BY t.model_id
$$;
SELECT bank.function_grant(name, 'supervisor', 'auditor', 'admin')
  FROM unnest('{training_state,training_trend,model_detail,model_classes,class_quality,class_course,class_trend}'::text[]) name;
