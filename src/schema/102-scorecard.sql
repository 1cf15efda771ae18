-- Scorecards: the cards, their versions, and what other institutions tell of a person.

-- The consumer credit card: version 1 as it was, version 2 in use.
INSERT INTO bank.scorecard (card, version, label_en, label_zh, state, base, approve_at, refuse_below,
    auto_most, rate_bp, note) VALUES
    ('consumer_credit', 1, 'Consumer credit', '个人消费贷', 'retired', 500, 640, 540, 10000000, 520,
        'first card'),
    ('consumer_credit', 2, 'Consumer credit', '个人消费贷', 'active', 500, 600, 520, 20000000, 480,
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
    PERFORM bank.audit_write('outside_report', 'customer', p_customer_id::text, p_customer_id, NULL,
        jsonb_build_object('reference', p_reference, 'as_of', p_as_of));
    RETURN bank.request_done(p_request, p_customer_id::text, 'The report is kept; check again.');
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.fail('BO409', 'A report of this day is here already.', p_as_of::text, NULL, 'p_as_of');
END $$;

-- A new version of a card: a copy of the one in use, changed while it is a draft, put to use by
-- another person.
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
    SELECT * INTO old FROM bank.scorecard s WHERE s.card = p_card AND s.state = 'active' FOR UPDATE;
    PERFORM bank.text_require(p_note, 'p_note', 3, 200);
    IF old.card IS NULL THEN
        PERFORM bank.fail('BO404', 'There is no such scorecard.', p_card, NULL, 'p_card');
    ELSIF EXISTS (SELECT FROM bank.scorecard s WHERE s.card = p_card AND s.state = 'draft') THEN
        PERFORM bank.fail('BO423', 'A draft of this card waits already.', p_card, 'Change that one.');
    END IF;
    v := 1 + (SELECT max(s.version) FROM bank.scorecard s WHERE s.card = p_card);
    INSERT INTO bank.scorecard (card, version, label_en, label_zh, base, approve_at, refuse_below,
        auto_most, report_days, rate_bp, note, made_by)
    VALUES (p_card, v, old.label_en, old.label_zh, old.base, old.approve_at, old.refuse_below,
        old.auto_most, old.report_days, old.rate_bp, p_note, bank.my_staff_id());
    INSERT INTO bank.scorecard_rule SELECT r.card, v, r.rule, r.seq, r.fact, r.low, r.high, r.points,
        r.effect, r.label_en, r.label_zh
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
        PERFORM bank.fail('BO423', 'Only a draft can be changed or put to use.',
            p_card || ' ' || p_version, 'Make a new version first.');
    END IF;
    RETURN s;
END $$;

CREATE FUNCTION api.scorecard_rule_set(p_card text, p_version int, p_rule text, p_points int,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'scorecard_rule_set', jsonb_build_array(p_card,
        p_version, p_rule, p_points));
    was int;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.scorecard_lock(p_card, p_version);
    SELECT r.points INTO was FROM bank.scorecard_rule r WHERE r.card = p_card AND r.version = p_version
        AND r.rule = p_rule;
    IF was IS NULL OR p_points IS NULL OR p_points NOT BETWEEN -500 AND 500 THEN
        PERFORM bank.fail('BO422', 'A rule gives -500 to 500 points.', p_points::text, NULL, 'p_points');
    END IF;
    UPDATE bank.scorecard_rule r SET points = p_points WHERE r.card = p_card AND r.version = p_version
        AND r.rule = p_rule;
    UPDATE bank.scorecard SET made_by = bank.my_staff_id(), row_version = row_version + 1
        WHERE card = p_card AND version = p_version;
    PERFORM bank.audit_write('scorecard_rule', 'scorecard', p_card || ' ' || p_version, NULL,
        jsonb_build_object(p_rule, was), jsonb_build_object(p_rule, p_points));
    RETURN bank.request_done(p_request, p_rule, 'The draft is changed.');
END $$;

CREATE FUNCTION api.scorecard_bounds_set(p_card text, p_version int, p_approve int, p_refuse int,
    p_auto bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'scorecard_bounds_set',
        jsonb_build_array(p_card, p_version, p_approve, p_refuse, p_auto));
    was bank.scorecard;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.scorecard_lock(p_card, p_version);
    IF NOT coalesce(p_refuse <= p_approve AND p_auto >= 0, false) THEN
        PERFORM bank.fail('BO422', 'Refuse below is at most the approval bound.', NULL, NULL, 'p_refuse');
    END IF;
    UPDATE bank.scorecard SET approve_at = p_approve, refuse_below = p_refuse, auto_most = p_auto,
        made_by = bank.my_staff_id(), row_version = row_version + 1
     WHERE card = p_card AND version = p_version;
    PERFORM bank.audit_write('scorecard_bounds', 'scorecard', p_card || ' ' || p_version, NULL,
        jsonb_build_array(was.approve_at, was.refuse_below, was.auto_most),
                             jsonb_build_array(p_approve, p_refuse, p_auto));
    RETURN bank.request_done(p_request, p_version::text, 'The draft is changed.');
END $$;

-- Who changed the draft last does not put it to use.
CREATE FUNCTION api.scorecard_activate(p_card text, p_version int, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'scorecard_activate', jsonb_build_array(p_card,
        p_version));
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF (bank.scorecard_lock(p_card, p_version)).made_by = bank.my_staff_id() THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', p_card || ' ' || p_version,
            'Ask another supervisor.');
    END IF;
    UPDATE bank.scorecard SET state = 'retired' WHERE card = p_card AND state = 'active';
    UPDATE bank.scorecard SET state = 'active', checked_by = bank.my_staff_id(),
        active_at = clock_timestamp(), row_version = row_version + 1
     WHERE card = p_card AND version = p_version;
    PERFORM bank.audit_write('scorecard_activate', 'scorecard', p_card || ' ' || p_version, NULL, NULL,
        NULL);
    RETURN bank.request_done(p_request, p_version::text, 'The new version is in use.');
END $$;
GRANT EXECUTE ON FUNCTION bank.scorecard_lock TO bankops_api;
SELECT bank.function_grant(name, 'supervisor', 'admin')
    FROM unnest('{scorecard_draft,scorecard_rule_set,scorecard_bounds_set,scorecard_activate}'::text[])
    name;

CREATE VIEW api.scorecard_list WITH (security_barrier) AS
SELECT s.card, s.version, s.label_en, s.label_zh, s.state, s.base, s.approve_at, s.refuse_below,
    s.auto_most, 'CNY' AS currency, round(s.rate_bp / 100.0, 2) AS rate, s.note, s.made_at,
       (SELECT count(*) FROM bank.scorecard_rule r WHERE r.card = s.card
           AND r.version = s.version) AS rules FROM bank.scorecard s
           WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
CREATE VIEW api.scorecard_rule_list WITH (security_barrier) AS
SELECT r.card, r.version, r.seq, r.rule, r.fact, round(r.low / m.unit) AS low,
    round(r.high / m.unit) AS high, r.points, r.effect, r.label_en, r.label_zh FROM bank.scorecard_rule r
 CROSS JOIN LATERAL (SELECT CASE WHEN r.fact IN ('income', 'assets') THEN 100 ELSE 1 END AS unit) m
     WHERE (SELECT bank.my_staff_id()) IS NOT NULL;

SELECT bank.view_grant(name, 'clerk', 'supervisor', 'auditor', 'admin')
  FROM unnest('{scorecard_list,scorecard_rule_list}'::text[]) name;
SELECT bank.function_grant('outside_report_save', 'clerk', 'supervisor', 'worker');
