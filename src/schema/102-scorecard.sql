-- Scorecards: the cards, their versions, and what other institutions tell of a person.

-- The consumer credit card: version 1 as it was, version 2 in use; what it looks at.
INSERT INTO bank.score_fact (fact, seq, unit, label_en, label_zh) VALUES
    ('age', 1, 'number', 'Age in years', '年龄'), ('customer_months', 2, 'number',
        'Months as a customer', '开户月数'),
    ('income', 3, 'money', 'Income a month', '月收入'), ('income_months', 4, 'number',
        'Months with wages, of 6', '6个月中有代发月数'),
    ('assets', 5, 'money', 'Assets here', '本行资产'), ('debt_share', 6, 'number', 'Debts, % of income',
        '负债收入比%'),
    ('overdue', 7, 'number', 'Late payments in 24 months', '24个月逾期次数'),
    ('queries', 8, 'number', 'Lenders asked in 3 months', '3个月审批查询次数'),
    ('social_months', 9, 'number', 'Months insured, of 24', '24个月社保月数'), ('frozen', 10, 'number',
        'Frozen accounts here', '本行冻结账户数');
INSERT INTO bank.scorecard (card, version, label_en, label_zh, state, effective_on, base, approve_at,
    refuse_below, auto_most, rate_bp, note) VALUES
    ('consumer_credit', 1, 'Consumer credit', '个人消费贷', 'approved', '2000-01-01', 500, 640, 540,
        10000000, 520,
        'first card'),
    ('consumer_credit', 2, 'Consumer credit', '个人消费贷', 'approved', '2020-01-01', 500, 600, 520,
        20000000, 480,
        'social insurance added');
INSERT INTO bank.scorecard_rule (card, version, seq, rule, fact, low, high, points, effect, label_en,
    label_zh)
    SELECT 'consumer_credit', v, n, r, f, low, high, points, effect, en, zh
        FROM generate_series(1, 2) v, (VALUES
    (1, 'age_22', 'age', NULL, 22, -20, 'points', 'Younger than 22', '未满22岁'), (2, 'age_30', 'age',
        22, 30, 10, 'points', '22 to 29 years', '22至29岁'),
    (3, 'age_55', 'age', 30, 55, 30, 'points', '30 to 54 years', '30至54岁'), (4, 'age_up', 'age', 55,
        NULL, 0, 'points', '55 and older', '55岁及以上'),
    (5, 'since_6', 'customer_months', NULL, 6, -15, 'points', 'Customer for less than 6 months',
        '开户不足6个月'), (6, 'since_24', 'customer_months', 6, 24, 5, 'points',
        'Customer for 6 to 23 months', '开户6至23个月'),
    (7, 'since_60', 'customer_months', 24, 60, 20, 'points', 'Customer for 2 to 4 years', '开户2至4年'),
        (8, 'since_up', 'customer_months', 60, NULL, 35, 'points', 'Customer for 5 years or more',
        '开户5年及以上'),
    (9, 'income_none', 'income', NULL, NULL, 0, 'refer', 'Income is not known', '收入未知'),
        (10, 'income_4k', 'income', NULL, 400000, -30, 'points', 'Income below 4,000',
        '月收入不足4000元'),
    (11, 'income_8k', 'income', 400000, 800000, 10, 'points', 'Income 4,000 to 7,999',
        '月收入4000至7999元'), (12, 'income_15k', 'income', 800000, 1500000, 35, 'points',
        'Income 8,000 to 14,999', '月收入8000至14999元'),
    (13, 'income_up', 'income', 1500000, NULL, 55, 'points', 'Income of 15,000 or more',
        '月收入15000元及以上'), (14, 'wages_3', 'income_months', NULL, 3, -20, 'points',
        'Wages in fewer than 3 months', '代发不足3个月'),
    (15, 'wages_6', 'income_months', 3, 6, 5, 'points', 'Wages in 3 to 5 months', '代发3至5个月'),
        (16, 'wages_all', 'income_months', 6, NULL, 20, 'points', 'Wages in every month', '每月均有代发'),
    (17, 'assets_10k', 'assets', NULL, 1000000, 0, 'points', 'Assets below 10,000', '资产不足1万元'),
        (18, 'assets_100k', 'assets', 1000000, 10000000, 15, 'points', 'Assets 10,000 to 99,999',
        '资产1万至10万元'),
    (19, 'assets_500k', 'assets', 10000000, 50000000, 30, 'points', 'Assets 100,000 to 499,999',
        '资产10万至50万元'), (20, 'assets_up', 'assets', 50000000, NULL, 45, 'points',
        'Assets of 500,000 or more', '资产50万元及以上'),
    (21, 'debt_none', 'debt_share', NULL, NULL, 0, 'refer', 'Burden cannot be computed',
        '无法计算负债比'), (22, 'debt_30', 'debt_share', NULL, 30, 40, 'points',
        'Debts below 30 % of income', '负债收入比低于30%'),
    (23, 'debt_50', 'debt_share', 30, 50, 15, 'points', 'Debts 30 to 49 % of income',
        '负债收入比30%至50%'), (24, 'debt_70', 'debt_share', 50, 70, -30, 'points',
        'Debts 50 to 69 % of income', '负债收入比50%至70%'),
    (25, 'debt_up', 'debt_share', 70, NULL, -60, 'refuse', 'Debts of 70 % of income or more',
        '负债收入比70%及以上'), (26, 'late_0', 'overdue', NULL, 1, 45, 'points',
        'Never late in 24 months', '24个月无逾期'),
    (27, 'late_2', 'overdue', 1, 3, 0, 'points', 'Late once or twice', '逾期1至2次'),
        (28, 'late_5', 'overdue', 3, 6, -60, 'points', 'Late three to five times', '逾期3至5次'),
    (29, 'late_up', 'overdue', 6, NULL, -120, 'refuse', 'Late six times or more', '逾期6次及以上'),
        (30, 'asked_2', 'queries', NULL, 3, 15, 'points', 'Fewer than 3 lenders asked',
        '审批查询不足3次'),
    (31, 'asked_5', 'queries', 3, 6, 0, 'points', '3 to 5 lenders asked', '审批查询3至5次'),
        (32, 'asked_up', 'queries', 6, NULL, -35, 'points', '6 lenders or more asked',
        '审批查询6次及以上'),
    (33, 'social_none', 'social_months', NULL, NULL, -10, 'points', 'No social insurance record',
        '无社保记录'), (34, 'social_12', 'social_months', NULL, 12, 0, 'points',
        'Insured for less than 12 months', '社保不足12个月'),
    (35, 'social_24', 'social_months', 12, 24, 20, 'points', 'Insured for 12 to 23 months',
        '社保12至23个月'), (36, 'social_up', 'social_months', 24, NULL, 30, 'points',
        'Insured for all 24 months', '社保满24个月'),
    (37, 'frozen', 'frozen', 1, NULL, 0, 'refer', 'A frozen account here', '本行有冻结账户')) x (n, r,
        f, low, high, points, effect, en, zh)
     WHERE v = 2 OR f <> 'social_months';

-- What the credit bureau and social insurance answered, as read from their report; a worker or a
-- clerk enters it.
CREATE FUNCTION api.outside_report_save(p_customer_id bigint, p_as_of date, p_reference text,
    p_overdue int, p_queries int, p_monthly_debt bigint,
                                        p_social_months int, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'outside_report_save',
        jsonb_build_array(p_customer_id, p_as_of, p_reference, p_overdue, p_queries, p_monthly_debt,
        p_social_months));
    unit int;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    unit := (bank.customer_require(p_customer_id)).unit_id;
    PERFORM bank.text_require(p_reference, 'p_reference', 3, 60);
    IF p_as_of IS NULL OR p_as_of > bank.today() OR least(p_overdue, p_queries, p_monthly_debt,
        p_social_months) < 0 OR num_nulls(p_overdue, p_queries, p_monthly_debt) NOT IN (0, 3)
       OR coalesce(p_overdue, p_social_months) IS NULL THEN
        PERFORM bank.fail('BO422', 'A report has its day and its figures, all of the bureau or none.',
            p_as_of::text, NULL, 'p_overdue');
    END IF;
    INSERT INTO bank.outside_fact (customer_id, source, fact, as_of, unit_id, value, reference)
    SELECT p_customer_id, f.source, f.fact, p_as_of, unit, f.value, btrim(p_reference)
      FROM (VALUES ('bureau', 'overdue', p_overdue::numeric), ('bureau', 'queries', p_queries),
          ('bureau', 'monthly_debt', p_monthly_debt), ('social', 'social_months',
          p_social_months)) f (source, fact, value)
     WHERE f.value IS NOT NULL;
    PERFORM bank.audit_write('outside_report', 'customer', bank.customer_number(p_customer_id), p_customer_id, NULL,
        jsonb_build_object('reference', p_reference, 'as_of', p_as_of));
    RETURN bank.request_done(p_request, p_customer_id::text, 'The report is kept; check again.');
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.fail('BO409', 'A report of this day is here already.', p_as_of::text, NULL, 'p_as_of');
END $$;

-- A new version of a card: a copy of the one in use, changed while it is a draft.
CREATE FUNCTION api.scorecard_draft(p_card text, p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'scorecard_draft', jsonb_build_array(p_card,
        p_note));
    old bank.scorecard;
    v int;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.text_require(p_note, 'p_note', 3, 200);
    old := bank.card_active(p_card);
    PERFORM FROM bank.scorecard s WHERE s.card = p_card FOR UPDATE;
    IF old.card IS NULL THEN
        PERFORM bank.fail('BO404', 'There is no such scorecard.', p_card, NULL, 'p_card');
    ELSIF EXISTS (SELECT FROM bank.scorecard s WHERE s.card = p_card AND s.state IN ('draft',
        'proposed')) THEN
        PERFORM bank.fail('BO423', 'A draft of this card waits already.', p_card, 'Change that one.');
    END IF;
    v := 1 + (SELECT max(s.version) FROM bank.scorecard s WHERE s.card = p_card);
    INSERT INTO bank.scorecard (card, version, label_en, label_zh, base, approve_at, refuse_below,
        auto_most,
                                report_days, rate_bp, note, makers)
    VALUES (p_card, v, old.label_en, old.label_zh, old.base, old.approve_at, old.refuse_below,
        old.auto_most,
            old.report_days, old.rate_bp, btrim(p_note), ARRAY[bank.my_staff_id()]);
    INSERT INTO bank.scorecard_rule
    SELECT r.card, v, r.rule, r.seq, r.fact, r.low, r.high, r.points, r.effect, r.label_en, r.label_zh
      FROM bank.scorecard_rule r WHERE r.card = p_card AND r.version = old.version;
    PERFORM bank.audit_write('scorecard_draft', 'scorecard', p_card || ' ' || v, NULL, NULL,
                             jsonb_build_object('from', old.version, 'note', p_note));
    RETURN bank.request_done(p_request, v::text, 'The draft is there.');
END $$;

-- The draft, locked; BO423 when the version is no draft.
CREATE FUNCTION bank.scorecard_lock(p_card text,
    p_version int) RETURNS bank.scorecard LANGUAGE plpgsql AS $$
DECLARE
    s bank.scorecard;
BEGIN
    SELECT * INTO s FROM bank.scorecard x WHERE x.card = p_card AND x.version = p_version FOR UPDATE;
    IF s.state IS DISTINCT FROM 'draft' THEN
        PERFORM bank.fail('BO423', 'Only a draft can be changed.', p_card || ' ' || p_version,
                          'Make a new version first.');
    END IF;
    RETURN s;
END $$;

-- Notes who changed the draft; its trial no longer counts.
CREATE FUNCTION bank.scorecard_touch(p_card text, p_version int, p_before jsonb,
    p_after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.scorecard s SET row_version = s.row_version + 1, trial = NULL,
           makers = CASE WHEN bank.my_staff_id() = ANY (s.makers) THEN s.makers
               ELSE s.makers || bank.my_staff_id() END
     WHERE s.card = p_card AND s.version = p_version;
    PERFORM bank.audit_write('scorecard_change', 'scorecard', p_card || ' ' || p_version, NULL,
        p_before, p_after);
END $$;

-- Base, bounds and what the rules may decide alone. `p_rate`: yearly, percent.
CREATE FUNCTION api.scorecard_bounds_set(p_card text, p_version int, p_base int, p_approve int,
    p_refuse int,
    p_auto bigint, p_report_days int, p_rate text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'scorecard_bounds_set',
        jsonb_build_array(p_card, p_version,
        p_base, p_approve, p_refuse, p_auto, p_report_days, p_rate));
    was bank.scorecard;
    s bank.scorecard;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.scorecard_lock(p_card, p_version);
    IF NOT coalesce(p_refuse <= p_approve AND p_auto >= 0 AND abs(p_base) <= 2000 AND p_approve <= 5000,
        false) THEN
        PERFORM bank.fail('BO422', 'Refuse below is at most the approval bound.', NULL, NULL, 'p_refuse');
    ELSIF p_report_days IS NULL OR p_report_days NOT BETWEEN 1 AND 365 THEN
        PERFORM bank.fail('BO422', 'A report counts for 1 to 365 days.', p_report_days::text, NULL,
            'p_report_days');
    ELSIF coalesce(p_rate, '') !~ '^[0-9]{1,2}(\.[0-9]{1,2})?$' OR p_rate::numeric NOT BETWEEN 0.01
        AND 24 THEN
        PERFORM bank.fail('BO422', 'The rate is written like 4.80.', p_rate, NULL, 'p_rate');
    END IF;
    UPDATE bank.scorecard x SET base = p_base, approve_at = p_approve, refuse_below = p_refuse,
        auto_most = p_auto,
           report_days = p_report_days, rate_bp = round(p_rate::numeric * 100)
     WHERE x.card = p_card AND x.version = p_version RETURNING * INTO s;
    PERFORM bank.scorecard_touch(p_card, p_version,
        to_jsonb(was) - '{trial,makers,row_version}'::text[], to_jsonb(s) - '{trial,makers,row_version}'::text[]);
    RETURN bank.request_done(p_request, p_version::text, 'The draft is changed.');
END $$;

-- One bin of a draft: a fact from p_low up to below p_high. Amounts of money in units, not in cents.
-- `p_rule` NULL: a new one.
CREATE FUNCTION api.scorecard_rule_save(p_card text, p_version int, p_rule text, p_fact text,
    p_low text, p_high text,
    p_points int, p_effect text, p_label_en text, p_label_zh text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'scorecard_rule_save',
        jsonb_build_array(p_card, p_version,
        p_rule, p_fact, p_low, p_high, p_points, p_effect, p_label_en, p_label_zh));
    f bank.score_fact;
    was bank.scorecard_rule;
    r bank.scorecard_rule;
    factor int;
    typed text;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.scorecard_lock(p_card, p_version);
    SELECT * INTO f FROM bank.score_fact x WHERE x.fact = p_fact;
    SELECT * INTO was FROM bank.scorecard_rule x WHERE x.card = p_card AND x.version = p_version
        AND x.rule = p_rule;
    PERFORM bank.choice_require(p_effect, 'p_effect', '{points,refuse,refer}');
    PERFORM bank.text_require(p_label_en, 'p_label_en', 2, 80), bank.text_require(p_label_zh,
        'p_label_zh', 2, 80);
    FOREACH typed IN ARRAY ARRAY[p_low, p_high] LOOP
        IF coalesce(btrim(typed), '') !~ '^(-?[0-9]{1,12}([.][0-9]{1,2})?)?$' THEN
            PERFORM bank.fail('BO422', 'A bound is a number, or empty.', typed, NULL, 'p_low');
        END IF;
    END LOOP;
    IF f.fact IS NULL THEN
        PERFORM bank.fail('BO422', 'Choose the fact.', p_fact, NULL, 'p_fact');
    ELSIF p_rule IS NOT NULL AND was.rule IS NULL THEN
        PERFORM bank.fail('BO404', 'There is no such rule.', p_rule, NULL, 'p_rule');
    ELSIF p_points IS NULL OR p_points NOT BETWEEN -500 AND 500 THEN
        PERFORM bank.fail('BO422', 'A rule gives -500 to 500 points.', p_points::text, NULL, 'p_points');
    END IF;
    factor := CASE f.unit WHEN 'money' THEN 100 ELSE 1 END;
    r.card := p_card;
    r.version := p_version;
    r.rule := coalesce(p_rule, p_fact || '_' || (SELECT count(*) + 1 FROM bank.scorecard_rule x
        WHERE x.card = p_card AND x.version = p_version) || '_' || substr(p_request::text, 1, 4));
    r.low := nullif(btrim(p_low), '')::numeric * factor;
    r.high := nullif(btrim(p_high), '')::numeric * factor;
    IF r.high <= r.low THEN
        PERFORM bank.fail('BO422', 'The upper bound is above the lower one.', p_high, NULL, 'p_high');
    END IF;
    INSERT INTO bank.scorecard_rule AS x (card, version, rule, seq, fact, low, high, points, effect,
        label_en, label_zh)
    VALUES (r.card, r.version, r.rule, coalesce(was.seq, (SELECT max(y.seq) + 1 FROM bank.scorecard_rule y
                WHERE y.card = p_card AND y.version = p_version)), p_fact, r.low, r.high, p_points,
                    p_effect,
            btrim(p_label_en), btrim(p_label_zh))
    ON CONFLICT (card, version, rule) DO UPDATE SET fact = EXCLUDED.fact, low = EXCLUDED.low,
        high = EXCLUDED.high,
        points = EXCLUDED.points, effect = EXCLUDED.effect, label_en = EXCLUDED.label_en,
            label_zh = EXCLUDED.label_zh
    RETURNING * INTO r;
    PERFORM bank.scorecard_touch(p_card, p_version, to_jsonb(was), to_jsonb(r));
    RETURN bank.request_done(p_request, r.rule, 'The draft is changed.');
END $$;

-- Takes a bin out of a draft.
CREATE FUNCTION api.scorecard_rule_drop(p_card text, p_version int, p_rule text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'scorecard_rule_drop',
        jsonb_build_array(p_card, p_version, p_rule));
    was bank.scorecard_rule;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.scorecard_lock(p_card, p_version);
    DELETE FROM bank.scorecard_rule x WHERE x.card = p_card AND x.version = p_version
        AND x.rule = p_rule RETURNING * INTO was;
    IF was.rule IS NULL THEN
        PERFORM bank.fail('BO404', 'There is no such rule.', p_rule, NULL, 'p_rule');
    END IF;
    PERFORM bank.scorecard_touch(p_card, p_version, to_jsonb(was), NULL);
    RETURN bank.request_done(p_request, p_rule, 'The draft is changed.');
END $$;

-- What is wrong with the bins of a card: two that fit one value, values that none fits.
CREATE FUNCTION bank.scorecard_flaws(p_card text, p_version int)
RETURNS TABLE (fact text, flaw text, at_value numeric) LANGUAGE sql STABLE AS $$
    WITH bin AS (
        SELECT r.*, coalesce(r.low, '-Infinity') AS l, coalesce(r.high, 'Infinity') AS h
          FROM bank.scorecard_rule r WHERE r.card = p_card AND r.version = p_version
           AND (r.low IS NOT NULL OR r.high IS NOT NULL)),
    next_one AS (
        SELECT b.*, lead(b.l) OVER (PARTITION BY b.fact ORDER BY b.l, b.h) AS next_low,
               row_number() OVER (PARTITION BY b.fact ORDER BY b.l, b.h) AS n FROM bin b)
    SELECT n.fact, 'overlap', n.next_low FROM next_one n WHERE n.next_low < n.h
    UNION ALL SELECT n.fact, 'gap', n.h FROM next_one n WHERE n.next_low > n.h
    UNION ALL
    SELECT r.fact, 'unknown twice', NULL FROM bank.scorecard_rule r
     WHERE r.card = p_card AND r.version = p_version AND r.low IS NULL AND r.high IS NULL
     GROUP BY r.fact HAVING count(*) > 1
$$;

-- What a card says of a sum of points: approve, refuse or refer.
CREATE FUNCTION bank.card_verdict(p_card bank.scorecard, p_score int, p_refuse boolean, p_refer boolean,
                                  p_amount bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN coalesce(p_refuse, false) OR p_score < p_card.refuse_below THEN 'refuse'
                WHEN coalesce(p_refer, false) OR p_score < p_card.approve_at
                    OR p_amount > p_card.auto_most
                    THEN 'refer'
                ELSE 'approve' END
$$;
GRANT EXECUTE ON FUNCTION bank.card_verdict TO bankops_api;

-- What the last 100 scored applications of the caller's units would get under a card, from the facts
-- that were known then, beside what they got.
CREATE FUNCTION bank.card_trial(p_card bank.scorecard)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, at timestamptz, amount bigint,
    was_score int,
               was text, score int, now_is text)
LANGUAGE sql STABLE AS $$
    SELECT t.customer_id, t.case_id, t.number, t.at, t.amount, t.was_score, t.was, p_card.base + x.points,
           bank.card_verdict(p_card, p_card.base + x.points, x.refuse, x.refer, t.amount)
      FROM (SELECT f.customer_id, f.case_id, f.number, s.run, s.at, s.score AS was_score,
          s.verdict AS was,
                   (f.fields ->> 'amount')::bigint AS amount
              FROM bank.case_file f
              JOIN LATERAL (SELECT * FROM bank.application_score z WHERE z.customer_id = f.customer_id
                               AND z.case_id = f.case_id ORDER BY z.run DESC LIMIT 1) s ON true
             WHERE f.case_type = p_card.card ORDER BY f.received_at DESC, f.case_id DESC LIMIT 100) t
      CROSS JOIN LATERAL (
            SELECT coalesce(sum(r.points), 0)::int AS points, bool_or(r.effect = 'refuse') AS refuse,
                   bool_or(r.effect = 'refer') AS refer
              FROM bank.application_fact k JOIN bank.scorecard_rule r ON r.fact = k.fact
             WHERE k.customer_id = t.customer_id AND k.case_id = t.case_id AND k.run = t.run
               AND r.card = p_card.card AND r.version = p_card.version
               AND CASE WHEN r.low IS NULL AND r.high IS NULL THEN k.value IS NULL
                        ELSE k.value >= coalesce(r.low, '-Infinity') AND k.value < coalesce(r.high,
                            'Infinity') END) x
$$;

-- Proposes the draft from a day on, with its trial: nobody changes it any more, a second person decides.
CREATE FUNCTION api.scorecard_propose(p_card text, p_version int, p_effective_on date, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'scorecard_propose', jsonb_build_array(p_card,
        p_version, p_effective_on));
    s bank.scorecard;
    flaw record;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    s := bank.scorecard_lock(p_card, p_version);
    SELECT * INTO flaw FROM bank.scorecard_flaws(p_card, p_version) LIMIT 1;
    IF flaw.fact IS NOT NULL THEN
        PERFORM bank.fail('BO422', 'The bins of a fact overlap or leave a gap.',
            concat_ws(' ', flaw.fact, flaw.flaw, flaw.at_value),
                          'Put its bounds right; the list of flaws names each.');
    ELSIF p_effective_on IS NULL OR p_effective_on < bank.today() THEN
        PERFORM bank.fail('BO422', 'The day must not lie in the past.', p_effective_on::text,
                          'Enter today or a later day.', 'p_effective_on');
    END IF;
    UPDATE bank.scorecard x SET state = 'proposed', effective_on = p_effective_on,
        row_version = x.row_version + 1,
           trial = (SELECT jsonb_build_object('applications', count(*),
               'changed', count(*) FILTER (WHERE t.was <> t.now_is),
               'approve_before', count(*) FILTER (WHERE t.was = 'approve'), 'approve_after',
                   count(*) FILTER (WHERE t.now_is = 'approve'),
               'refer_before', count(*) FILTER (WHERE t.was = 'refer'), 'refer_after',
                   count(*) FILTER (WHERE t.now_is = 'refer'),
               'refuse_before', count(*) FILTER (WHERE t.was = 'refuse'), 'refuse_after',
                   count(*) FILTER (WHERE t.now_is = 'refuse'))
               FROM bank.card_trial(s) t)
     WHERE x.card = p_card AND x.version = p_version RETURNING * INTO s;
    PERFORM bank.wait_begin('scorecard ' || p_card || ' ' || p_version, 'scorecards', NULL,
        s.label_zh || ' ' || p_version || ' / ' || s.label_en || ' ' || p_version, s.note, '{supervisor,admin}', s.makers,
            bank.my_unit());
    PERFORM bank.audit_write('scorecard_propose', 'scorecard', p_card || ' ' || p_version, NULL, NULL,
                             jsonb_build_object('effective_on', p_effective_on, 'trial', s.trial));
    RETURN bank.request_done(p_request, p_version::text, 'The draft waits for a second person.');
END $$;

-- The second person, who changed nothing of it: agree, back (a draft again), or drop (the maker may too).
CREATE FUNCTION api.scorecard_decide(p_card text, p_version int, p_verdict text, p_reason text,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'scorecard_decide',
        jsonb_build_array(p_card, p_version, p_verdict, p_reason));
    s bank.scorecard;
    me int := bank.my_staff_id();
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.choice_require(p_verdict, 'p_verdict', '{agree,back,drop}');
    SELECT * INTO s FROM bank.scorecard x WHERE x.card = p_card AND x.version = p_version FOR UPDATE;
    IF coalesce(s.state, '') NOT IN ('proposed', 'draft') OR p_verdict <> 'drop' AND s.state = 'draft'
        THEN
        PERFORM bank.fail('BO423', 'There is nothing to decide.', p_card || ' ' || p_version,
            'Refresh the list.');
    ELSIF p_verdict = 'agree' AND me = ANY (s.makers) THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', p_card || ' ' || p_version,
            'Ask another supervisor.');
    ELSIF p_verdict <> 'agree' THEN
        PERFORM bank.text_require(p_reason, 'p_reason', 3, 200);
    END IF;
    UPDATE bank.scorecard x SET state = CASE p_verdict WHEN 'agree' THEN 'approved' WHEN 'back'
        THEN 'draft' ELSE 'dropped' END,
           effective_on = CASE WHEN p_verdict = 'agree' THEN greatest(x.effective_on, bank.today()) END,
           checked_by = CASE WHEN p_verdict = 'agree' THEN me END, checked_at = clock_timestamp(),
           reason = coalesce(btrim(p_reason), ''), row_version = x.row_version + 1
     WHERE x.card = p_card AND x.version = p_version;
    PERFORM bank.wait_end('scorecard ' || p_card || ' ' || p_version);
    PERFORM bank.audit_write('scorecard_' || p_verdict, 'scorecard', p_card || ' ' || p_version, NULL,
        NULL,
                             jsonb_build_object('reason', p_reason));
    RETURN bank.request_done(p_request, p_version::text, CASE p_verdict WHEN 'agree'
        THEN 'The new version counts from its day.'
        WHEN 'back' THEN 'It is a draft again.' ELSE 'The draft is dropped.' END);
END $$;

-- One version, its bins with their flaws, for its screen; one bin for its form (without a rule: a new
-- one).
CREATE FUNCTION api.scorecard(p_card text, p_version int) RETURNS SETOF api.scorecard_list
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT s.* FROM api.scorecard_list s WHERE s.card = p_card AND s.version = p_version
$$;
CREATE FUNCTION api.scorecard_bins(p_card text, p_version int) RETURNS SETOF api.scorecard_rule_list
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT r.* FROM api.scorecard_rule_list r JOIN bank.score_fact f USING (fact)
     WHERE r.card = p_card AND r.version = p_version ORDER BY f.seq, r.low NULLS FIRST,
         r.high NULLS FIRST, r.seq
$$;
-- What is wrong with them, at which value as people type it.
CREATE FUNCTION api.scorecard_flaws(p_card text, p_version int)
RETURNS TABLE (fact text, label_en text, label_zh text, flaw text, at_value text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT x.fact, f.label_en, f.label_zh, x.flaw,
           trim_scale(x.at_value / CASE f.unit WHEN 'money' THEN 100 ELSE 1 END)::text
      FROM bank.scorecard_flaws(p_card, p_version) x JOIN bank.score_fact f USING (fact) ORDER BY f.seq,
          x.at_value
$$;
CREATE FUNCTION api.scorecard_bin(p_card text, p_version int, p_rule text)
RETURNS TABLE (fact text, low numeric, high numeric, points int, effect text, label_en text,
    label_zh text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT r.fact, r.low, r.high, r.points, r.effect, r.label_en, r.label_zh
        FROM api.scorecard_rule_list r
     WHERE r.card = p_card AND r.version = p_version AND r.rule = p_rule
    UNION ALL SELECT 'age', NULL, NULL, 0, 'points', '', '' WHERE p_card <> '' AND p_rule IS NULL
$$;

-- The trial: verdicts before and after, then application by application, what changes first.
CREATE FUNCTION api.scorecard_trial_sum(p_card text, p_version int)
RETURNS TABLE (verdict text, before bigint, after bigint, share_before numeric, share_after numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    WITH t AS MATERIALIZED (SELECT x.* FROM bank.scorecard s, bank.card_trial(s) x WHERE s.card = p_card
        AND s.version = p_version)
    SELECT v, count(*) FILTER (WHERE t.was = v), count(*) FILTER (WHERE t.now_is = v),
           bank.share(count(*) FILTER (WHERE t.was = v), count(t.was)),
               bank.share(count(*) FILTER (WHERE t.now_is = v), count(t.was))
      FROM unnest('{approve,refer,refuse}'::text[]) WITH ORDINALITY o (v, n) LEFT JOIN t ON true
          WHERE p_version IS NOT NULL
          GROUP BY v, n ORDER BY n
$$;
-- What the last applications would get by a version, one by one, those that change first.
CREATE FUNCTION api.scorecard_trial(p_card text, p_version int)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, at timestamptz, amount bigint,
    currency text,
               was_score int, was text, score int, now_is text, effect text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT t.customer_id, t.case_id, t.number, t.at, t.amount, 'CNY', t.was_score, t.was, t.score,
        t.now_is,
           CASE WHEN t.was = t.now_is THEN 'same' ELSE 'changed' END
      FROM bank.scorecard s, bank.card_trial(s) t WHERE s.card = p_card AND s.version = p_version
     ORDER BY t.was = t.now_is, t.at DESC, t.case_id
$$;
GRANT EXECUTE ON FUNCTION bank.scorecard_lock, bank.scorecard_touch, bank.scorecard_flaws,
    bank.card_trial TO bankops_api;
SELECT bank.function_grant(name, 'supervisor', 'admin')
  FROM unnest('{scorecard_draft,scorecard_bounds_set,scorecard_rule_save,scorecard_rule_drop,scorecard_propose,
               scorecard_decide}'::text[]) name;
SELECT bank.function_grant(name, 'clerk', 'supervisor', 'auditor', 'admin')
  FROM unnest('{scorecard,scorecard_bins,scorecard_flaws,scorecard_bin,scorecard_trial_sum,scorecard_trial}'::text[]) name;
SELECT bank.function_grant('outside_report_save', 'clerk', 'supervisor', 'worker');
