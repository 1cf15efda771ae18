-- Training, comparing, promoting and rolling back models; how well they do.

-- Texts that people classified, with a fifth held out by case number, for ever the same.
CREATE FUNCTION api.classify_examples(p_after bigint, p_limit int)
RETURNS TABLE (case_id bigint, text text, channel text, business text, reason text, held boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT f.case_id, f.subject || E'\n' || f.facts, l.channel, l.business, l.reason,
           f.case_id % 5 = 0
      FROM bank.training_label l
      JOIN bank.case_file f ON f.customer_id = l.customer_id AND f.case_id = l.case_id
     WHERE f.case_id > coalesce(p_after, 0) AND bank.in_scope(f.unit_id)
     ORDER BY f.case_id
     LIMIT least(greatest(p_limit, 1), 5000)
$$;

-- A trained model, in shadow: bytes (base64) by axis, figures on the held-out cases, those of the
-- active model on the same ones, and by class [{axis, code, held, said, hits}].
CREATE FUNCTION api.model_add(
    p_examples int, p_corrections int, p_threshold real, p_held int, p_hits int, p_top3 int,
    p_auto int, p_auto_hits int, p_calibration real, p_rival_id int, p_rival_hits int,
    p_parts jsonb, p_classes jsonb, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    made int;
BEGIN
    answer := bank.request_replay(p_request, 'model_add', p_parts);
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF NOT EXISTS (SELECT FROM jsonb_each(p_parts) k WHERE k.key = 'B')
       OR NOT EXISTS (SELECT FROM jsonb_each(p_parts) k WHERE k.key = 'C') THEN
        PERFORM bank.fail('BO422', 'A model needs a part for business and one for reason.', NULL,
                          NULL, 'p_parts');
    END IF;
    INSERT INTO bank.model (state, trained_by, examples, corrections, threshold, held, hits, top3,
                            auto, auto_hits, calibration, rival_id, rival_hits)
    VALUES ('shadow', bank.my_staff_id(), p_examples, p_corrections, p_threshold, p_held, p_hits,
            p_top3, p_auto, p_auto_hits, p_calibration, p_rival_id, p_rival_hits)
    RETURNING model_id INTO made;
    INSERT INTO bank.model_part (model_id, axis, sha256, data)
    SELECT made, k.key, sha256(decode(k.value, 'base64')), decode(k.value, 'base64')
      FROM jsonb_each_text(p_parts) k;
    INSERT INTO bank.model_class (model_id, axis, code, held, said, hits)
    SELECT made, c.axis, c.code, c.held, c.said, c.hits
      FROM jsonb_to_recordset(p_classes) AS c (axis text, code text, held int, said int, hits int);
    PERFORM bank.audit_write('model_add', 'model', made::text, NULL, NULL, jsonb_build_object(
        'examples', p_examples, 'corrections', p_corrections, 'held', p_held, 'hits', p_hits,
        'rival', p_rival_id, 'rival_hits', p_rival_hits));
    RETURN bank.request_done(p_request, made::text, 'The model runs in shadow.');
END $$;

-- Makes a shadow model the active one, only when it did better than the present one on enough of the
-- same held-out cases. The first model needs no rival.
CREATE FUNCTION api.model_promote(p_model_id int, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    m bank.model;
    active int;
BEGIN
    answer := bank.request_replay(p_request, 'model_promote', to_jsonb(p_model_id));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM FROM bank.model x WHERE x.state = 'active' FOR UPDATE;
    SELECT x.model_id INTO active FROM bank.model x WHERE x.state = 'active';
    SELECT * INTO m FROM bank.model x WHERE x.model_id = p_model_id FOR UPDATE;
    IF m.model_id IS NULL THEN
        PERFORM bank.fail('BO404', 'There is no such model.', p_model_id::text, NULL, 'p_model_id');
    ELSIF m.state <> 'shadow' THEN
        PERFORM bank.fail('BO423', 'Only a model in shadow can be promoted.', m.state,
                          'bankops classify rollback brings back the one before.');
    ELSIF active IS NOT NULL AND m.rival_id IS DISTINCT FROM active THEN
        PERFORM bank.fail('BO423', 'The model was not compared with the active one.',
                          coalesce(m.rival_id::text, '-') || ', ' || active,
                          'Train it again.');
    ELSIF active IS NOT NULL AND (SELECT count(DISTINCT x.sha256) FROM api.model_list x
                                   WHERE x.model_id IN (active, p_model_id)) = 1 THEN
        PERFORM bank.fail('BO423', 'The model is the same as the active one.', m.hits || ' / ' || m.held,
                          'Nobody has corrected a class since that one was trained.');
    ELSIF active IS NOT NULL AND m.held < bank.setting('classify_held_least')::int THEN
        PERFORM bank.fail('BO423', 'The model was compared on too few cases.', m.held::text,
                          'Wait until people have classified more.');
    ELSIF active IS NOT NULL AND m.hits <= m.rival_hits THEN
        PERFORM bank.fail('BO423', 'The model is not better than the active one.',
                          m.hits || ' <= ' || m.rival_hits || ' / ' || m.held,
                          'It stays in shadow.');
    END IF;
    UPDATE bank.model SET state = 'retired', retired_at = clock_timestamp()
     WHERE model_id = active;
    UPDATE bank.model SET state = 'active', promoted_at = clock_timestamp(),
           promoted_by = bank.my_staff_id() WHERE model_id = p_model_id;
    PERFORM bank.audit_write('model_promote', 'model', p_model_id::text, NULL,
                             jsonb_build_object('active', active),
                             jsonb_build_object('active', p_model_id));
    RETURN bank.request_done(p_request, p_model_id::text, 'The model is active.');
END $$;

-- Brings back the model that was active before, never one that was itself rolled back.
CREATE FUNCTION api.model_rollback(p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    active int;
    before int;
BEGIN
    answer := bank.request_replay(p_request, 'model_rollback', 'null');
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM FROM bank.model x WHERE x.state = 'active' FOR UPDATE;
    SELECT x.model_id INTO active FROM bank.model x WHERE x.state = 'active';
    SELECT x.model_id INTO before FROM bank.model x
     WHERE x.state = 'retired' AND NOT x.rolled_back
       AND x.promoted_at < (SELECT a.promoted_at FROM bank.model a WHERE a.model_id = active)
     ORDER BY x.promoted_at DESC LIMIT 1;
    IF before IS NULL THEN
        PERFORM bank.fail('BO423', 'No model was active before.', active::text,
                          'Train and promote another one.');
    END IF;
    UPDATE bank.model SET state = 'retired', retired_at = clock_timestamp(), rolled_back = true
     WHERE model_id = active;
    UPDATE bank.model SET state = 'active', retired_at = NULL, rolled_back = false WHERE model_id = before;
    PERFORM bank.audit_write('model_rollback', 'model', before::text, NULL,
                             jsonb_build_object('active', active),
                             jsonb_build_object('active', before));
    RETURN bank.request_done(p_request, before::text, 'The model before is active again.');
END $$;

CREATE VIEW api.model_list WITH (security_barrier) AS
SELECT m.model_id, m.state, m.trained_at, bank.staff_name(m.trained_by) AS trained_by, m.examples,
       m.corrections, m.held,
       round(100.0 * m.hits / nullif(m.held, 0), 2)::float AS accuracy,
       round(100.0 * m.top3 / nullif(m.held, 0), 2)::float AS top3,
       round(100.0 * m.auto / nullif(m.held, 0), 2)::float AS auto_share,
       round(100.0 * m.auto_hits / nullif(m.auto, 0), 2)::float AS auto_accuracy,
       round(100 * m.calibration::numeric, 2)::float AS calibration,
       m.rival_id, round(100.0 * m.rival_hits / nullif(m.held, 0), 2)::float AS rival_accuracy,
       m.threshold::float AS threshold, m.promoted_at, bank.staff_name(m.promoted_by) AS promoted_by,
       (SELECT sum(length(p.data)) FROM bank.model_part p WHERE p.model_id = m.model_id)::bigint
           AS bytes,
       (SELECT encode(sha256(string_agg(p.sha256, NULL ORDER BY p.axis)), 'hex')
          FROM bank.model_part p WHERE p.model_id = m.model_id) AS sha256,
       (CASE WHEN m.rolled_back THEN 'rolled_back' ELSE m.state END) COLLATE "C" AS fate
  FROM bank.model m;

-- Predictions with what became of them. settled: a person classified the case, or it was decided
-- with the machine's class; right: the class of the case is what the machine said first.
CREATE VIEW bank.prediction_fate AS
SELECT p.customer_id, p.case_id, p.unit_id, p.at, p.model_id, p.decision, p.confidence[1] AS confidence,
       p.business[1] AS business, p.reason[1] AS reason, f.business AS true_business,
       f.reason AS true_reason,
       l.case_id IS NOT NULL OR f.stage IN ('decided', 'closed') AS settled,
       (f.business, f.reason) IS NOT DISTINCT FROM (p.business[1], p.reason[1]) AS "right"
  FROM bank.prediction p
  JOIN bank.case_file f ON f.customer_id = p.customer_id AND f.case_id = p.case_id
  LEFT JOIN bank.training_label l ON l.customer_id = p.customer_id AND l.case_id = p.case_id
 WHERE p.service IS NULL;
ALTER VIEW bank.prediction_fate OWNER TO bankops_owner;
GRANT SELECT ON bank.prediction_fate TO bankops_api;

-- The days of a report, both included; without them the last year.
CREATE FUNCTION bank.period_start(p_day date) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce(p_day, bank.today() - 365)::timestamp AT TIME ZONE bank.timezone()
$$;
CREATE FUNCTION bank.period_end(p_day date) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT (coalesce(p_day, bank.today() + 1) + 1)::timestamp AT TIME ZONE bank.timezone()
$$;

-- By class of an axis (B or C), or with p_code by month of one class: cases, share routed by
-- themselves, accuracy of what is settled. The class is the true one.
CREATE FUNCTION api.report_classifier(p_from date, p_to date, p_axis text, p_code text)
RETURNS TABLE (label text, label_en text, label_zh text, cases int, auto_share float,
               settled int, accuracy float, auto_accuracy float)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp SET work_mem = '64MB' AS $$
    SELECT CASE WHEN nullif(p_code, '') IS NULL THEN k.code
                ELSE to_char(x.at AT TIME ZONE (SELECT bank.timezone()), 'YYYY-MM') END, k.label_en, k.label_zh,
           count(*)::int,
           round(100.0 * count(*) FILTER (WHERE x.decision = 'routed') / count(*), 1)::float,
           count(*) FILTER (WHERE x.settled)::int,
           round(100.0 * count(*) FILTER (WHERE x.settled AND x.right)
                 / nullif(count(*) FILTER (WHERE x.settled), 0), 1)::float,
           round(100.0 * count(*) FILTER (WHERE x.settled AND x.right AND x.decision = 'routed')
                 / nullif(count(*) FILTER (WHERE x.settled AND x.decision = 'routed'), 0),
                 1)::float
      FROM bank.prediction_fate x
      JOIN bank.class_code k ON k.axis = coalesce(nullif(p_axis, ''), 'B')
           AND k.code = CASE coalesce(nullif(p_axis, ''), 'B') WHEN 'B' THEN x.true_business ELSE x.true_reason END
     WHERE x.at BETWEEN (SELECT bank.period_start(p_from)) AND (SELECT bank.period_end(p_to))
       AND (x.unit_id < (SELECT bank.my_scope_low())) IS NOT TRUE AND (x.unit_id > (SELECT bank.my_scope_high())) IS NOT TRUE
       AND (nullif(p_code, '') IS NULL OR k.code = p_code)
     GROUP BY 1, 2, 3 ORDER BY 1
$$;

-- Over time: by month, all classes.
CREATE FUNCTION api.report_classifier_month(p_from date, p_to date)
RETURNS TABLE (month date, cases int, auto_share float, settled int, accuracy float,
               auto_accuracy float, corrections int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp SET work_mem = '64MB' AS $$
    SELECT date_trunc('month', x.at AT TIME ZONE (SELECT bank.timezone()))::date, count(*)::int,
           round(100.0 * count(*) FILTER (WHERE x.decision = 'routed') / count(*), 1)::float,
           count(*) FILTER (WHERE x.settled)::int,
           round(100.0 * count(*) FILTER (WHERE x.settled AND x.right)
                 / nullif(count(*) FILTER (WHERE x.settled), 0), 1)::float,
           round(100.0 * count(*) FILTER (WHERE x.settled AND x.right AND x.decision = 'routed')
                 / nullif(count(*) FILTER (WHERE x.settled AND x.decision = 'routed'), 0),
                 1)::float,
           count(*) FILTER (WHERE x.settled AND NOT x.right)::int
      FROM bank.prediction_fate x
     WHERE x.at BETWEEN (SELECT bank.period_start(p_from)) AND (SELECT bank.period_end(p_to))
       AND (x.unit_id < (SELECT bank.my_scope_low())) IS NOT TRUE AND (x.unit_id > (SELECT bank.my_scope_high())) IS NOT TRUE
     GROUP BY 1 ORDER BY 1
$$;

-- Reliability: said and seen accuracy by confidence, of what is settled.
CREATE FUNCTION api.report_classifier_reliability(p_from date, p_to date)
RETURNS TABLE (low int, high int, cases int, said float, seen float)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp SET work_mem = '64MB' AS $$
    SELECT b * 10, b * 10 + 10, count(*)::int, round(100 * avg(x.confidence)::numeric, 1)::float,
           round(100.0 * count(*) FILTER (WHERE x.right) / count(*), 1)::float
      FROM bank.prediction_fate x
     CROSS JOIN LATERAL (SELECT least(floor(x.confidence * 10)::int, 9) AS b) bin
     WHERE x.settled AND x.at BETWEEN (SELECT bank.period_start(p_from)) AND (SELECT bank.period_end(p_to))
       AND (x.unit_id < (SELECT bank.my_scope_low())) IS NOT TRUE AND (x.unit_id > (SELECT bank.my_scope_high())) IS NOT TRUE
     GROUP BY b ORDER BY b
$$;

-- The class of a model on its held-out cases.
CREATE VIEW api.model_class_list WITH (security_barrier) AS
SELECT c.model_id, c.axis, c.code, k.label_en, k.label_zh, c.held, c.said, c.hits,
       round(100.0 * c.hits / nullif(c.held, 0), 1)::float AS recall,
       round(100.0 * c.hits / nullif(c.said, 0), 1)::float AS precision
  FROM bank.model_class c
  LEFT JOIN bank.class_code k ON k.axis = c.axis AND k.code = c.code;

SELECT bank.view_grant(name, 'supervisor', 'auditor', 'admin', 'worker')
  FROM unnest('{model_list,model_class_list}'::text[]) name;
SELECT bank.function_grant(name, 'supervisor', 'auditor', 'admin')
  FROM unnest('{report_classifier,report_classifier_month,report_classifier_reliability}'::text[]) name;
SELECT bank.function_grant(name, 'worker')
  FROM unnest('{classify_examples,model_add}'::text[]) name;
SELECT bank.function_grant(name, 'worker', 'supervisor', 'admin')
  FROM unnest('{model_promote,model_rollback}'::text[]) name;
GRANT EXECUTE ON FUNCTION bank.period_start, bank.period_end TO bankops_api;

-- Work of the night that is done once, by whichever machine comes first.
INSERT INTO bank.setting (name, value, note) VALUES
    ('classify_nightly_at', '02:30', 'when the classifier is trained each night (HH:MM, local time; empty: never)'),
    ('classify_nightly_promote', 'true', 'whether the night''s model becomes active when it was better');

-- `try_no`: who claims again after a worker that was lost has the next number; the lost one can no
-- longer finish. state: claimed, done, skipped (nothing new to learn), failed.
CREATE TABLE bank.nightly (
    job        text COLLATE "C" NOT NULL CHECK (job IN ('classify')),
    night      date NOT NULL,
    state      text COLLATE "C" NOT NULL CHECK (state IN ('claimed', 'done', 'skipped', 'failed')),
    try_no     int NOT NULL DEFAULT 1,
    claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at   timestamptz,
    model_id   int REFERENCES bank.model,
    promoted   boolean,
    note       text NOT NULL DEFAULT '',
    PRIMARY KEY (job, night)
);
SELECT bank.table_protect('bank.nightly', 'SELECT, INSERT, UPDATE');

-- Claims this night's training when its time has come and nobody has it. No row: nothing to do now.
-- A worker that has been lost keeps its claim for half an hour; a night is tried three times.
CREATE FUNCTION api.nightly_claim()
RETURNS TABLE (night date, try_no int, promote boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    moment timestamp := clock_timestamp() AT TIME ZONE bank.timezone();
    begins text := bank.setting('classify_nightly_at');
    n bank.nightly;
BEGIN
    PERFORM bank.require_role('worker');
    IF begins !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' THEN
        RETURN;
    ELSIF moment::time < begins::time THEN
        RETURN;
    END IF;
    INSERT INTO bank.nightly AS x (job, night, state) VALUES ('classify', moment::date, 'claimed')
    ON CONFLICT (job, night) DO UPDATE SET state = 'claimed', try_no = x.try_no + 1, claimed_at = clock_timestamp(),
           ended_at = NULL
     WHERE x.try_no < 3 AND (x.state = 'failed'
           OR x.state = 'claimed' AND x.claimed_at < clock_timestamp() - interval '30 minutes')
    RETURNING * INTO n;
    IF n.job IS NULL THEN
        RETURN;
    END IF;
    -- Trained on the same labels already: the model would be the same.
    IF NOT EXISTS (SELECT FROM bank.training_label l
                    WHERE l.at > (SELECT coalesce(max(m.trained_at), '-infinity') FROM bank.model m)) THEN
        UPDATE bank.nightly x SET state = 'skipped', ended_at = clock_timestamp()
         WHERE x.job = n.job AND x.night = n.night;
        RETURN;
    END IF;
    RETURN QUERY SELECT n.night, n.try_no, bank.setting('classify_nightly_promote') = 'true';
END $$;

-- Ends the claim in the transaction that stored the model, so that both are there or neither. BO409 when
-- somebody else has taken the night over. `p_model_id` NULL: it failed, `p_note` says why.
CREATE FUNCTION api.nightly_done(p_night date, p_try int, p_model_id int, p_promoted boolean, p_note text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('worker');
    UPDATE bank.nightly x
       SET state = CASE WHEN p_model_id IS NULL THEN 'failed' ELSE 'done' END, ended_at = clock_timestamp(),
           model_id = p_model_id, promoted = p_promoted, note = left(coalesce(p_note, ''), 300)
     WHERE x.job = 'classify' AND x.night = p_night AND x.try_no = p_try AND x.state = 'claimed';
    IF NOT FOUND THEN
        PERFORM bank.fail('BO409', 'Somebody else changed this.', p_night::text, 'Refresh the list.');
    END IF;
    PERFORM bank.audit_write('nightly_train', 'model', coalesce(p_model_id::text, '-'), NULL, NULL,
        jsonb_build_object('night', p_night, 'try', p_try, 'promoted', p_promoted, 'note', p_note));
END $$;
SELECT bank.function_grant(name, 'worker') FROM unnest('{nightly_claim,nightly_done}'::text[]) name;

-- What became of a model.
CREATE FUNCTION bank.model_fate(m bank.model) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN m.model_id IS NULL THEN NULL WHEN m.state = 'active' THEN 'active'
                WHEN m.rolled_back THEN 'rolled_back' WHEN m.state = 'retired' THEN 'replaced'
                ELSE 'shadow' END
$$;
GRANT EXECUTE ON FUNCTION bank.model_fate TO bankops_api, bankops_staff;

-- The nights, the last first: `accuracy` of the night's model, `rival` of the one active before, on the
-- same held-out cases; `fate` of the model.
CREATE VIEW api.nightly_list WITH (security_barrier) AS
SELECT n.night, n.state, n.try_no, n.claimed_at, n.ended_at, n.model_id, n.promoted, n.note, m.held,
       round(100.0 * m.hits / nullif(m.held, 0), 1)::float AS accuracy,
       round(100.0 * m.rival_hits / nullif(m.held, 0), 1)::float AS rival,
       round(100.0 * (m.hits - m.rival_hits) / nullif(m.held, 0), 1)::float AS gain,
       bank.model_fate(m) AS fate
  FROM bank.nightly n LEFT JOIN bank.model m USING (model_id)
 WHERE (SELECT bank.my_role()) IN ('supervisor', 'auditor', 'admin');
SELECT bank.view_grant('nightly_list', 'supervisor', 'auditor', 'admin');
