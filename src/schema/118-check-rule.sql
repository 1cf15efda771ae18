-- What the pre-check looks at, and how its rules change: proposed with a trial, agreed by a second person.

-- The rules of the pre-check, as version 1.
WITH r (case_type, rule, seq, weight, label_en, label_zh, advice_en, advice_zh) AS (VALUES
    ('account_opening', 'credit_code', 1, 'must', 'Unified social credit code', '统一社会信用代码',
        'Read the code again from the licence.', '对照营业执照重新录入代码。'),
    ('account_opening', 'licence', 2, 'must', 'Business licence', '营业执照',
        'Bring the original or the electronic licence.', '请携带营业执照正本或电子执照。'),
    ('account_opening', 'licence_dates', 3, 'must', 'Licence dates', '营业执照期限',
        'Have the licence renewed at the registry first.', '请先到登记机关办理换照。'),
    ('account_opening', 'licence_name', 4, 'must', 'Name on the licence', '执照名称一致',
        'Correct the name to what the licence says.', '按营业执照更正企业名称。'),
    ('account_opening', 'rep_identity', 5, 'must', 'Representative''s identity', '法定代表人证件',
        'Bring a valid identity document of the legal representative.', '请携带法定代表人有效身份证件。'),
    ('account_opening', 'rep_known', 6, 'must', 'Representative known here',
        '法定代表人行内核验', 'Clear it with the branch of that customer before going on.',
        '请先与该客户所属机构核实。'),
    ('account_opening', 'owner_identity', 7, 'must', 'Beneficial owner', '受益所有人',
        'Name who holds 25 % or more, with identity document.',
        '请提供持股25%以上的受益所有人及其证件。'),
    ('account_opening', 'owner_known', 8, 'must', 'Owner known here',
        '受益所有人行内核验', 'Clear it with the branch of that customer before going on.',
        '请先与该客户所属机构核实。'),
    ('account_opening', 'rep_companies', 9, 'should', 'Representative''s companies',
        '同一法定代表人名下企业', 'Ask what each company does; look at the premises.',
        '了解各企业实际经营情况并上门核实。'),
    ('account_opening', 'enterprise_twice', 10, 'must', 'Already a customer',
        '企业是否已是客户', 'Use the customer''s record; choose a general account.',
        '使用已有客户记录，或选择一般存款账户。'),
    ('account_opening', 'application_twice', 11, 'must', 'Other open application', '是否有在办申请',
        'Go on with the application that is open.', '请继续办理已有申请。'),
    ('account_opening', 'basic_bank', 12, 'must', 'Bank of the basic account', '基本户开户行',
        'Name the bank that keeps the basic account.', '请填写基本存款账户开户银行。'),
    ('account_opening', 'address', 13, 'must', 'Address with its proof', '注册地址及证明',
        'Bring the lease or the title of the premises.', '请携带经营场所租赁合同或产权证明。'),
    ('account_opening', 'tax', 14, 'must', 'Tax registration', '税务登记信息',
        'Bring the tax registration notice.', '请携带税务登记信息确认表。'),
    ('account_opening', 'phone', 15, 'should', 'Contact phone', '联系电话',
        'Take a number that belongs to the enterprise.', '请留企业本身的联系电话。'),
    ('account_opening', 'payroll', 16, 'must', 'Payroll service', '代发工资信息',
        'Say for how many people and on which day wages are paid.', '请填写代发人数与发薪日。'),
    ('account_opening', 'visit', 17, 'visit', 'Visit: face and originals',
        '面签：人脸识别与原件核对',
        'Done at the one visit: face match, originals seen, signature.',
        '一次到店完成：人脸识别、核对原件、签约。'),
    ('account_opening', 'files', 18, 'must', 'Files of the papers', '资料影像',
        'Bring the originals: their copies are kept.', '请携带原件，以便留存影像。'),
    ('consumer_credit', 'person', 1, 'must', 'A person of full age', '年龄符合的自然人',
        'The loan must end within the age of the product.', '贷款须在产品规定年龄内到期。'),
    ('consumer_credit', 'identity', 2, 'must', 'Identity document', '身份证件',
        'Have the new identity document registered first.', '请先更新身份证件信息。'),
    ('consumer_credit', 'flags', 3, 'must', 'Money laundering flag', '反洗钱名单',
        'Refer to compliance; no promise to the customer.', '转合规部门处理，不得对客户承诺。'),
    ('consumer_credit', 'amount', 4, 'must', 'Amount and term', '金额与期限',
        'Choose an amount and a term within those of the product.', '请在产品规定的金额与期限内选择。'),
    ('consumer_credit', 'consent', 5, 'must', 'Consent to ask the bureau', '征信查询授权',
        'Have the consent signed.', '请客户签署征信查询授权书。'),
    ('consumer_credit', 'bureau', 6, 'must', 'Credit bureau report', '个人征信报告',
        'Order a new report; it takes a minute.', '重新查询征信报告。'),
    ('consumer_credit', 'social', 7, 'should', 'Social insurance record', '社保缴存记录',
        'Ask for the record or a proof of income.', '请提供社保记录或收入证明。'),
    ('consumer_credit', 'account', 8, 'must', 'Account for the payout', '放款账户',
        'Open an account or take a frozen one up with the branch.', '请先开立账户，或由网点处理冻结。'),
    ('consumer_credit', 'application_twice', 9, 'must', 'Other open application', '是否有在办申请',
        'Go on with the application that is open.', '请继续办理已有申请。'),
    ('consumer_credit', 'files', 10, 'must', 'Files of the papers', '资料影像',
        'Bring the originals: their copies are kept.', '请携带原件，以便留存影像。'),
    ('chain_finance', 'supplier', 1, 'must', 'Supplier is a customer', '供应商为本行客户',
        'Open an account for the enterprise first.', '请先为企业开立账户。'),
    ('chain_finance', 'credit_code', 2, 'must', 'Unified social credit code', '统一社会信用代码',
        'Correct the customer''s record.', '请更正客户资料。'),
    ('chain_finance', 'licence_dates', 3, 'must', 'Licence dates', '营业执照期限',
        'Have the licence renewed and the customer''s record changed.', '请先换照并更新客户资料。'),
    ('chain_finance', 'flags', 4, 'must', 'Money laundering flag', '反洗钱名单',
        'Refer to compliance; no promise to the customer.', '转合规部门处理，不得对客户承诺。'),
    ('chain_finance', 'core', 5, 'must', 'Core enterprise', '核心企业',
        'Ask the desk of the core enterprise to renew its line.', '请核心企业管理行续作额度。'),
    ('chain_finance', 'document', 6, 'must', 'Order or receivable', '订单/应收账款',
        'Have the core enterprise report or confirm it.', '请核心企业上报或确认。'),
    ('chain_finance', 'supplier_matches', 7, 'must', 'Document is this supplier''s', '单据归属供应商',
        'Choose a document of this supplier.', '请选择该供应商的单据。'),
    ('chain_finance', 'due', 8, 'must', 'Due day', '到期日',
        'Choose a document that falls due later.', '请选择到期日较晚的单据。'),
    ('chain_finance', 'financed_twice', 9, 'must', 'Not financed already', '未重复融资',
        'A document, or the order it comes from, is financed once.',
        '同一单据及其对应订单只能融资一次。'),
    ('chain_finance', 'advance', 10, 'must', 'Share of the document', '融资比例',
        'Ask for less, up to the share agreed with the core enterprise.',
        '请降低金额至约定融资比例以内。'),
    ('chain_finance', 'limit', 11, 'must', 'Limit of the core enterprise', '核心企业额度',
        'Ask for less, or wait until earlier finance is repaid.', '请降低金额，或待前期融资归还。'),
    ('chain_finance', 'supplier_limit', 12, 'must', 'Limit for one supplier', '单一供应商限额',
        'Ask for less, or wait until earlier finance is repaid.', '请降低金额，或待前期融资归还。'),
    ('chain_finance', 'account', 13, 'must', 'Account for the payout', '放款账户',
        'Open a current account first.', '请先开立结算账户。'),
    ('chain_finance', 'application_twice', 14, 'must', 'Other open application', '是否有在办申请',
        'Go on with the application that is open.', '请继续办理已有申请。'),
    ('chain_finance', 'files', 15, 'must', 'Files of the papers', '资料影像',
        'Bring the originals: their copies are kept.', '请携带原件，以便留存影像。')),
kept AS (INSERT INTO bank.check_rule (case_type, rule, seq, label_en, label_zh, advice_en, advice_zh)
    SELECT case_type, rule, seq, label_en, label_zh, advice_en, advice_zh FROM r)
INSERT INTO bank.check_rule_version (case_type, rule, version, weight, state, effective_on)
    SELECT case_type, rule, 1, weight, 'approved', '2000-01-01' FROM r;
UPDATE bank.check_rule r SET takes = x.takes, takes_en = x.en, takes_zh = x.zh
  FROM (VALUES ('licence_dates', 'whole', 'Days before the end that warn', '到期前提示天数'),
               ('rep_identity', 'whole', 'Days before the end that warn', '到期前提示天数'),
               ('owner_identity', 'whole', 'Days before the end that warn', '到期前提示天数'),
               ('identity', 'whole', 'Days before the end that warn', '到期前提示天数'),
               ('rep_companies', 'whole', 'Companies from which it warns', '起提示的企业数'),
               ('phone', 'whole', 'Other companies from which it warns', '起提示的其他企业数'),
               ('person', 'whole', 'Most years at the end of the loan', '贷款到期时最高年龄'),
               ('amount', 'money', 'Largest amount', '最高金额'),
               ('social', 'whole', 'Days that a record counts', '记录有效天数'),
               ('due', 'whole', 'Days that must be left', '距到期最少天数'),
               ('files', 'papers', 'Papers that need a file', '须有影像的资料')) x (rule, takes, en, zh)
 WHERE r.rule = x.rule;
UPDATE bank.check_rule_version v SET parameter = x.parameter, active = x.active
  FROM (VALUES ('account_opening', 'licence_dates', '30', true), ('account_opening', 'rep_companies',
      '5', true),
               ('account_opening', 'phone', '3', true), ('account_opening', 'rep_identity', '30', true),
               ('account_opening', 'owner_identity', '30', true),
               ('consumer_credit', 'identity', '30', true), ('chain_finance', 'licence_dates', '30', true),
               ('account_opening', 'files', 'licence rep_id owner_id address tax', true),
               ('consumer_credit', 'person', '65', true), ('consumer_credit', 'amount', '30000000', true),
               ('consumer_credit', 'social', '92', true), ('consumer_credit', 'files', 'income', false),
               ('chain_finance', 'due', '7', true), ('chain_finance', 'files', 'contract', false))
       x (case_type, rule, parameter, active)
 WHERE v.case_type = x.case_type AND v.rule = x.rule;
-- Not for the customer: what the bank knows of others, or may not tell.
UPDATE bank.check_rule SET told = false WHERE rule IN ('flags', 'rep_known', 'owner_known',
    'rep_companies');

-- A parameter as people type and read it: money as an amount.
CREATE FUNCTION bank.check_parameter_text(p_takes text, p_parameter text, p_english boolean) RETURNS text
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT CASE p_takes WHEN 'money' THEN bank.money_text(p_parameter::bigint)
        WHEN 'papers' THEN (SELECT string_agg(bank.paper_name(k, p_english), CASE WHEN p_english
            THEN ', ' ELSE '、' END)
                              FROM regexp_split_to_table(p_parameter, '[ ,]+') k)
        ELSE p_parameter END
$$;

-- The rules in force, and what waits for a second person or for its day.
CREATE VIEW api.check_rule_list WITH (security_barrier) AS
SELECT r.case_type, r.rule, r.seq, r.label_en, r.label_zh, r.version, r.weight, CASE WHEN r.active
    THEN 'on' ELSE 'off' END AS active,
       r.takes, r.takes_en, r.takes_zh, bank.check_parameter_text(r.takes, r.parameter,
           true) AS parameter_en,
       bank.check_parameter_text(r.takes, r.parameter, false) AS parameter_zh, r.effective_on,
       CASE WHEN w.state = 'proposed' THEN 'proposed' WHEN w.version IS NOT NULL THEN 'scheduled'
           ELSE 'none' END AS waiting,
       coalesce(w.version, r.version) AS newest
  FROM bank.check_rule_now r
  LEFT JOIN LATERAL (SELECT v.version, v.state FROM bank.check_rule_version v
        WHERE v.case_type = r.case_type AND v.rule = r.rule
          AND (v.state = 'proposed' OR v.state = 'approved' AND v.effective_on > bank.today())
        ORDER BY v.version DESC LIMIT 1) w ON true
 WHERE (SELECT bank.my_staff_id()) IS NOT NULL;

-- What the last 100 applications of the caller's units would get under a version of a rule, found today,
-- beside what they get under the rule in force.
CREATE FUNCTION bank.check_trial(v bank.check_rule_version)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, received_at timestamptz, stage text,
    was text, now_is text, was_stops boolean, now_stops boolean, detail_en text, detail_zh text)
LANGUAGE sql STABLE AS $$
    SELECT (c.f).customer_id, (c.f).case_id, (c.f).number, (c.f).received_at, (c.f).stage, o.result,
        n.result,
           o.active AND o.weight = 'must' AND o.result IN ('missing', 'fail'),
           v.active AND v.weight = 'must' AND n.result IN ('missing', 'fail'), n.detail_en, n.detail_zh
      FROM (SELECT f FROM bank.application a JOIN bank.case_file f USING (customer_id, case_id)
             WHERE f.case_type = v.case_type ORDER BY f.received_at DESC, f.case_id DESC LIMIT 100) c
      CROSS JOIN LATERAL (SELECT bank.check_parameters(v.case_type) AS p) k
      JOIN LATERAL (SELECT f.result, r.active, r.weight FROM bank.findings_of(c.f, k.p) f
                      JOIN bank.check_rule_now r ON r.case_type = v.case_type AND r.rule = f.rule
                     WHERE f.rule = v.rule) o ON true
      JOIN LATERAL (SELECT f.* FROM bank.findings_of(c.f,
                        k.p || jsonb_build_object(v.rule, v.parameter)) f WHERE f.rule = v.rule) n ON true
$$;

-- Proposes another version of a rule, with its trial; a second person approves. `p_parameter` as it is
-- typed: an amount, a whole number, or kinds of papers; empty: as it is.
CREATE FUNCTION api.check_rule_propose(p_case_type text, p_rule text, p_weight text, p_active text,
    p_parameter text, p_effective_on date, p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'check_rule_propose',
        jsonb_build_array(p_case_type,
        p_rule, p_weight, p_active, p_parameter, p_effective_on, p_note));
    typed text := btrim(coalesce(p_parameter, ''));
    r record;
    v bank.check_rule_version;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO r FROM bank.check_rule_now x WHERE x.case_type = p_case_type AND x.rule = p_rule;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such rule.', p_rule, NULL, 'p_rule');
    ELSIF EXISTS (SELECT FROM bank.check_rule_version x WHERE x.case_type = p_case_type
        AND x.rule = p_rule
                     AND x.state = 'proposed') THEN
        PERFORM bank.fail('BO423', 'A change of this rule waits for a second person already.', p_rule,
                          'Have that one decided first.');
    END IF;
    PERFORM bank.choice_require(p_weight, 'p_weight', CASE r.weight WHEN 'visit' THEN '{visit}'
        ELSE '{must,should}' END::text[]);
    PERFORM bank.choice_require(p_active, 'p_active', '{on,off}'), bank.text_require(p_note, 'p_note',
        3, 200);
    IF p_effective_on IS NULL OR p_effective_on < bank.today() THEN
        PERFORM bank.fail('BO422', 'The day must not lie in the past.', p_effective_on::text,
                          'Enter today or a later day.', 'p_effective_on');
    ELSIF typed = '' THEN
        typed := r.parameter;
    ELSIF r.takes = 'whole' AND typed ~ '^[0-9]{1,5}$' THEN
        typed := typed::int::text;
    ELSIF r.takes = 'money' AND replace(typed, ',', '') ~ '^[0-9]{1,12}([.][0-9]{1,2})?$' THEN
        typed := (replace(typed, ',', '')::numeric * 100)::bigint::text;
    ELSIF r.takes = 'papers' AND NOT EXISTS (SELECT FROM regexp_split_to_table(typed, '[ ,]+') k
              WHERE bank.paper_name(k, true) IS NULL) THEN
        typed := regexp_replace(typed, '[ ,]+', ' ', 'g');
    ELSE
        PERFORM bank.fail('BO422', 'This value does not fit the rule.', typed, r.takes_en, 'p_parameter');
    END IF;
    INSERT INTO bank.check_rule_version (case_type, rule, version, weight, active, parameter, state,
                                         effective_on, note, made_by)
    SELECT p_case_type, p_rule, 1 + max(x.version), p_weight, p_active = 'on', typed, 'proposed',
        p_effective_on,
           btrim(p_note), bank.my_staff_id()
      FROM bank.check_rule_version x WHERE x.case_type = p_case_type AND x.rule = p_rule
          RETURNING * INTO v;
    UPDATE bank.check_rule_version x SET trial = (SELECT jsonb_build_object('applications', count(*),
               'stopped_before', count(*) FILTER (WHERE t.was_stops), 'stopped_after',
                   count(*) FILTER (WHERE t.now_stops),
               'changed', count(*) FILTER (WHERE t.was <> t.now_is OR t.was_stops <> t.now_stops))
          FROM bank.check_trial(v) t)
     WHERE x.case_type = v.case_type AND x.rule = v.rule AND x.version = v.version RETURNING * INTO v;
    PERFORM bank.wait_begin(concat_ws(' ', 'rule', v.case_type, v.rule, v.version), 'check-rules', NULL,
        r.label_zh || ' / ' || r.label_en, v.note, '{supervisor,admin}', ARRAY[v.made_by],
            bank.my_unit());
    PERFORM bank.audit_write('check_rule_propose', 'check_rule', p_case_type || ' ' || p_rule || ' '
        || v.version, NULL,
        jsonb_build_object('weight', r.weight, 'active', r.active, 'parameter', r.parameter),
        jsonb_build_object('weight', v.weight, 'active', v.active, 'parameter', v.parameter,
            'effective_on',
                           v.effective_on, 'note', v.note, 'trial', v.trial));
    RETURN bank.request_done(p_request, v.version::text, 'The change waits for a second person.');
END $$;

-- The second person: p_verdict agree or refuse.
CREATE FUNCTION api.check_rule_decide(p_case_type text, p_rule text, p_version int, p_verdict text,
                                      p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'check_rule_decide',
        jsonb_build_array(p_case_type, p_rule, p_version, p_verdict, p_reason));
    v bank.check_rule_version;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.choice_require(p_verdict, 'p_verdict', '{agree,refuse}');
    SELECT * INTO v FROM bank.check_rule_version x
     WHERE x.case_type = p_case_type AND x.rule = p_rule AND x.version = p_version FOR UPDATE;
    IF v.state IS DISTINCT FROM 'proposed' THEN
        PERFORM bank.fail('BO423', 'This change is decided already.', p_rule, 'Refresh the list.');
    ELSIF v.made_by = bank.my_staff_id() AND p_verdict = 'agree' THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', p_rule, 'Ask another supervisor.');
    ELSIF p_verdict = 'refuse' THEN
        PERFORM bank.text_require(p_reason, 'p_reason', 3, 200);
    END IF;
    UPDATE bank.check_rule_version x SET state = CASE p_verdict WHEN 'agree' THEN 'approved'
        ELSE 'refused' END,
           checked_by = nullif(bank.my_staff_id(), v.made_by), checked_at = clock_timestamp(),
           reason = coalesce(btrim(p_reason), ''), effective_on = greatest(v.effective_on, bank.today())
     WHERE x.case_type = p_case_type AND x.rule = p_rule AND x.version = p_version;
    PERFORM bank.wait_end(concat_ws(' ', 'rule', v.case_type, v.rule, v.version));
    PERFORM bank.audit_write('check_rule_' || p_verdict, 'check_rule',
        p_case_type || ' ' || p_rule || ' ' || p_version,
                             NULL, NULL, jsonb_build_object('reason', p_reason));
    RETURN bank.request_done(p_request, p_version::text, CASE p_verdict
        WHEN 'agree' THEN 'The rule changes on its day.' ELSE 'The rule stays as it is.' END);
END $$;

-- A version of a rule beside the one in force, with its trial in numbers.
CREATE FUNCTION api.check_rule(p_case_type text, p_rule text, p_version int)
RETURNS TABLE (case_type text, rule text, version int, label_en text, label_zh text, state text,
    weight text,
    active text, takes_en text, takes_zh text, parameter_en text, parameter_zh text, now_version int,
        now_weight text, now_active text,
    now_parameter_en text, now_parameter_zh text, effective_on date, note text, made_by text,
        made_at timestamptz, checked_by text, reason text,
    applications int, stopped_before int, stopped_after int, changed int, typed text,
    mine text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT v.case_type, v.rule, v.version, r.label_en, r.label_zh,
           CASE WHEN v.state <> 'approved' THEN v.state WHEN v.version = r.version THEN 'active'
                WHEN v.effective_on > bank.today() THEN 'scheduled' ELSE 'retired' END, v.weight,
           CASE WHEN v.active THEN 'on' ELSE 'off' END, r.takes_en, r.takes_zh,
           bank.check_parameter_text(r.takes, v.parameter, true), bank.check_parameter_text(r.takes,
               v.parameter, false),
           r.version, r.weight, CASE WHEN r.active THEN 'on' ELSE 'off' END,
           bank.check_parameter_text(r.takes, r.parameter, true), bank.check_parameter_text(r.takes,
               r.parameter, false),
           v.effective_on, v.note, bank.staff_name(v.made_by), v.made_at, bank.staff_name(v.checked_by),
           v.reason, (v.trial ->> 'applications')::int, (v.trial ->> 'stopped_before')::int,
           (v.trial ->> 'stopped_after')::int, (v.trial ->> 'changed')::int,
           CASE r.takes WHEN 'money' THEN to_char(v.parameter::numeric / 100, 'FM999999999990.00')
               ELSE v.parameter END,
           CASE WHEN v.state <> 'proposed' THEN 'done' WHEN v.made_by = bank.my_staff_id() THEN 'own'
               ELSE 'open' END
      FROM bank.check_rule_version v JOIN bank.check_rule_now r USING (case_type, rule)
     WHERE v.case_type = p_case_type AND v.rule = p_rule AND v.version = p_version
$$;

-- Its trial application by application, what changes first; and all versions of the rule.
CREATE FUNCTION api.check_rule_trial(p_case_type text, p_rule text, p_version int)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, received_at timestamptz, was text,
    now_is text,
    effect text, detail_en text, detail_zh text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT t.customer_id, t.case_id, t.number, t.received_at, t.was, t.now_is,
           CASE WHEN t.now_stops AND NOT t.was_stops THEN 'stops' WHEN t.was_stops AND NOT t.now_stops
               THEN 'frees'
                WHEN t.now_stops THEN 'both' ELSE 'none' END, t.detail_en, t.detail_zh
      FROM bank.check_rule_version v, bank.check_trial(v) t
     WHERE v.case_type = p_case_type AND v.rule = p_rule AND v.version = p_version
     ORDER BY t.was_stops = t.now_stops, t.was = t.now_is, t.received_at DESC, t.case_id
$$;
CREATE FUNCTION api.check_rule_versions(p_case_type text, p_rule text)
RETURNS TABLE (version int, state text, weight text, active text, parameter_en text, parameter_zh text,
    effective_on date, note text,
    made_by text, checked_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT x.version, d.state, x.weight, CASE WHEN x.active THEN 'on' ELSE 'off' END, d.parameter_en,
        d.parameter_zh, x.effective_on,
           x.note, bank.staff_name(x.made_by), bank.staff_name(x.checked_by)
      FROM bank.check_rule_version x, api.check_rule(x.case_type, x.rule, x.version) d
     WHERE x.case_type = p_case_type AND x.rule = p_rule ORDER BY x.version DESC
$$;
ALTER FUNCTION bank.check_parameter_text OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.check_parameter_text TO bankops_staff, bankops_api;
GRANT EXECUTE ON FUNCTION bank.check_trial TO bankops_api;
SELECT bank.function_grant(name, 'supervisor', 'admin')
    FROM unnest('{check_rule_propose,check_rule_decide}'::text[]) name;
SELECT bank.function_grant(name, 'clerk', 'supervisor', 'auditor', 'admin')
  FROM unnest('{check_rule,check_rule_trial,check_rule_versions}'::text[]) name;
SELECT bank.view_grant('check_rule_list', 'clerk', 'supervisor', 'auditor', 'admin');
