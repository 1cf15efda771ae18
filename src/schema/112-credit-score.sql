-- The score of a credit application: facts with their evidence, the points that a card gives them, its verdict.

-- The facts a scorecard may use, each with the evidence a person can read. NULL: not known.
CREATE FUNCTION bank.credit_facts(c bank.case_file, v jsonb)
RETURNS TABLE (fact text, value numeric, evidence_en text, evidence_zh text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    id bigint := c.customer_id;
    who bank.customer := (SELECT x FROM bank.customer x WHERE x.customer_id = id);
    card bank.scorecard := bank.card_active('consumer_credit');
    first_day date := date_trunc('month', bank.today()) - interval '6 months';
    wage record;
    o bank.outside_fact;
    debt bank.outside_fact := bank.outside(id, 'bureau', 'monthly_debt', card.report_days);
    months int := (v ->> 'months')::int;
    instalment numeric := (v ->> 'amount')::numeric * (1 + card.rate_bp / 10000.0 * months / 12) / months;
    frozen int := (SELECT count(*) FROM bank.account a WHERE a.customer_id = id AND a.status = 'frozen');
BEGIN
    SELECT count(DISTINCT date_trunc('month', e.at)) AS months, sum(e.amount) / 6 AS mean INTO wage
      FROM bank.entry e WHERE e.customer_id = id AND e.amount > 0
       AND e.narrative = bank.setting('salary_narrative')
       AND e.at >= first_day::timestamp AT TIME ZONE bank.timezone()
       AND e.at < date_trunc('month', bank.today())::timestamp AT TIME ZONE bank.timezone();
    RETURN QUERY SELECT 'age', extract(year FROM age(bank.today(), who.birth_date))::numeric,
        format('Born in %s, identity document on record', extract(year FROM who.birth_date)),
        format('证件登记出生年份%s', extract(year FROM who.birth_date));
    RETURN QUERY SELECT 'customer_months', floor((bank.today() - who.opened_on) / 30.4375),
        format('Customer since %s', who.opened_on), format('%s开户', who.opened_on);
    RETURN QUERY SELECT 'income', CASE WHEN wage.months > 0 THEN round(wage.mean) END,
        CASE WHEN wage.months > 0
            THEN format('Salary credits of %s of 6 months since %s, mean %s CNY a month', wage.months,
            first_day, bank.money_text(wage.mean::bigint))
             ELSE 'No salary is paid here' END,
        CASE WHEN wage.months > 0 THEN format('%s起6个月中%s个月有代发工资，月均%s元', first_day,
            wage.months, bank.money_text(wage.mean::bigint))
             ELSE '本行无代发工资' END;
    RETURN QUERY SELECT 'income_months', wage.months::numeric,
        format('Salary in %s of the last 6 full months', wage.months),
            format('近6个整月中%s个月有代发工资', wage.months);
    RETURN QUERY SELECT 'assets', bank.customer_assets(id)::numeric,
        format('Accounts and holdings here: %s CNY', bank.money_text(bank.customer_assets(id))),
        format('本行账户及持有产品合计%s元', bank.money_text(bank.customer_assets(id)));
    RETURN QUERY SELECT 'debt_share', CASE WHEN wage.mean > 0
        THEN round(100 * (instalment + coalesce(debt.value, 0)) / wage.mean, 1) END,
        CASE WHEN wage.mean > 0 THEN format('Instalment %s + other debts %s (%s) of income %s CNY',
            bank.money_text(instalment::bigint),
                 bank.money_text(coalesce(debt.value, 0)::bigint), coalesce(debt.reference,
                     'no report'), bank.money_text(wage.mean::bigint))
             ELSE 'Income is not known' END,
        CASE WHEN wage.mean > 0 THEN format('月还款%s元＋其他负债月供%s元（%s），月收入%s元',
            bank.money_text(instalment::bigint),
                 bank.money_text(coalesce(debt.value, 0)::bigint), coalesce(debt.reference, '无报告'),
                     bank.money_text(wage.mean::bigint))
             ELSE '收入未知' END;
    o := bank.outside(id, 'bureau', 'overdue', card.report_days);
    RETURN QUERY SELECT 'overdue', o.value,
        CASE WHEN o.value IS NULL THEN 'No report of the credit bureau'
             ELSE format('%s late payments in 24 months (report %s of %s)', o.value, o.reference,
            o.as_of) END,
        CASE WHEN o.value IS NULL THEN '无征信报告'
             ELSE format('近24个月逾期%s次（报告%s，%s）', o.value, o.reference, o.as_of) END;
    o := bank.outside(id, 'bureau', 'queries', card.report_days);
    RETURN QUERY SELECT 'queries', o.value,
        CASE WHEN o.value IS NULL THEN 'No report of the credit bureau'
             ELSE format('%s lender%s asked in 3 months (report %s of %s)', o.value,
            CASE WHEN o.value = 1 THEN '' ELSE 's' END, o.reference, o.as_of) END,
        CASE WHEN o.value IS NULL THEN '无征信报告'
             ELSE format('近3个月贷款审批查询%s次（报告%s，%s）', o.value, o.reference, o.as_of) END;
    o := bank.outside(id, 'social', 'social_months', 92);
    RETURN QUERY SELECT 'social_months', o.value,
        CASE WHEN o.value IS NULL THEN 'No record of social insurance'
             ELSE format('Social insurance paid in %s of 24 months (%s of %s)', o.value, o.reference,
            o.as_of) END,
        CASE WHEN o.value IS NULL THEN '无社保记录'
             ELSE format('近24个月社保缴存%s个月（%s，%s）', o.value, o.reference, o.as_of) END;
    RETURN QUERY SELECT 'frozen', frozen::numeric, format('%s frozen account%s here', frozen,
        CASE WHEN frozen = 1 THEN '' ELSE 's' END),
        format('本行冻结账户%s个', frozen);
END $$;
INSERT INTO bank.setting (name, value, note) VALUES
    ('salary_narrative', '代发工资', 'narrative of entries that are wages, for credit scoring'),
    ('face_match_least', '99', 'percent from which a face match counts');

-- The rules of a card that fit the facts, with their evidence.
CREATE FUNCTION bank.credit_points(c bank.case_file, p_card bank.scorecard)
RETURNS TABLE (rule text, fact text, value numeric, points int, effect text, label_en text,
               label_zh text, evidence_en text, evidence_zh text)
LANGUAGE sql STABLE AS $$
    SELECT r.rule, f.fact, f.value, r.points, r.effect, r.label_en, r.label_zh, f.evidence_en,
        f.evidence_zh
      FROM bank.scorecard_rule r JOIN bank.credit_facts(c, c.fields) f ON f.fact = r.fact
     WHERE r.card = p_card.card AND r.version = p_card.version
       AND CASE WHEN r.low IS NULL AND r.high IS NULL THEN f.value IS NULL
                ELSE f.value >= coalesce(r.low, '-Infinity') AND f.value < coalesce(r.high, 'Infinity')
                    END
     ORDER BY r.seq
$$;

-- Scores a credit application with the card of the day; keeps the score, its points and the evidence.
CREATE FUNCTION bank.credit_score(c bank.case_file, p_run int) RETURNS bank.application_score
LANGUAGE plpgsql AS $$
DECLARE
    card bank.scorecard := bank.card_active('consumer_credit');
    amount bigint := (c.fields ->> 'amount')::bigint;
    most text := bank.money_text(card.auto_most);
    low int := card.refuse_below;
    high int := card.approve_at;
    s bank.application_score;
    p record;
    refuse record;
    refer record;
    refused boolean;
    referred boolean;
BEGIN
    s.score := card.base;
    FOR p IN SELECT * FROM bank.credit_points(c, card) LOOP
        s.score := s.score + p.points;
        IF p.effect = 'refuse' AND refuse IS NULL THEN
            refuse := p;
        ELSIF p.effect = 'refer' AND refer IS NULL THEN
            refer := p;
        END IF;
    END LOOP;
    -- NOT (x IS NULL): a point whose value is unknown holds a NULL, so that IS NOT NULL is false of it.
    refused := NOT (refuse IS NULL);
    referred := NOT (refer IS NULL);
    s.verdict := bank.card_verdict(card, s.score, refused, referred, amount);
    IF refused THEN
        s.reason_en := format('%s: refused whatever the score of %s.', refuse.label_en, s.score);
        s.reason_zh := format('%s：无论得分（%s分）均拒绝。', refuse.label_zh, s.score);
    ELSIF s.score < card.refuse_below THEN
        s.reason_en := format('Score %s, below %s: refused.', s.score, card.refuse_below);
        s.reason_zh := format('得分%s，低于%s分：拒绝。', s.score, card.refuse_below);
    ELSIF referred THEN
        s.reason_en := format('%s: two persons decide. Score %s.', refer.label_en, s.score);
        s.reason_zh := format('%s：须双人审批。得分%s。', refer.label_zh, s.score);
    ELSIF s.score < card.approve_at THEN
        s.reason_en := format('Score %s, not below %s but below %s: two persons decide.', s.score, low, high);
        s.reason_zh := format('得分%s，在%s至%s分之间：须双人审批。', s.score, low, high);
    ELSIF amount > card.auto_most THEN
        s.reason_en := format('Score %s, but above %s CNY two persons decide.', s.score, most);
        s.reason_zh := format('得分%s，金额超过%s元：须双人审批。', s.score, most);
    ELSE
        s.reason_en := format('Score %s, from %s on and up to %s CNY: approved.', s.score, high, most);
        s.reason_zh := format('得分%s，达到%s分且不超过%s元：通过。', s.score, high, most);
    END IF;
    INSERT INTO bank.application_score (customer_id, case_id, run, unit_id, card, version, score,
        verdict, reason_en, reason_zh)
    VALUES (c.customer_id, c.case_id, p_run, c.unit_id, card.card, card.version, s.score, s.verdict,
        s.reason_en, s.reason_zh)
    RETURNING * INTO s;
    INSERT INTO bank.application_point (customer_id, case_id, run, rule, unit_id, fact, value, points,
        effect, evidence_en, evidence_zh)
    SELECT c.customer_id, c.case_id, p_run, x.rule, c.unit_id, x.fact, x.value, x.points, x.effect,
           x.evidence_en, x.evidence_zh FROM bank.credit_points(c, card) x;
    INSERT INTO bank.application_fact (customer_id, case_id, run, fact, unit_id, value)
    SELECT c.customer_id, c.case_id, p_run, f.fact, c.unit_id, f.value
        FROM bank.credit_facts(c, c.fields) f;
    RETURN s;
END $$;

GRANT EXECUTE ON FUNCTION bank.credit_facts, bank.credit_points, bank.credit_score TO bankops_api;
