-- The machine's look at an application before people do: everything that is missing or wrong is
-- named at once, each with what to do; and the score of a credit application with its evidence.

-- Who in the whole bank has this identity number; nothing leaves but what the check needs.
CREATE FUNCTION bank.known_person(p_number text)
RETURNS TABLE (customer_id bigint, name text, aml_flag boolean, expires_on date, unit_id int,
               companies int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.customer_id, c.name::text, c.aml_flag, i.expires_on, c.unit_id,
           (SELECT count(DISTINCT r.other_id)::int FROM relation r
             WHERE r.customer_id = c.customer_id AND r.kind = 'legal_representative_of')
      FROM customer_identity i JOIN customer c ON c.customer_id = i.customer_id
     WHERE i.number = upper(p_number) AND i.kind <> 'credit_code'
     ORDER BY c.customer_id LIMIT 1;
END $$;

-- The company of the whole bank with this code, and whether it has an open current account.
CREATE FUNCTION bank.known_company(p_code text)
RETURNS TABLE (customer_id bigint, customer_number text, name text, unit_id int, accounts int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.customer_id, c.customer_number::text, c.name::text, c.unit_id,
           (SELECT count(*)::int FROM account a JOIN product p ON p.product = a.product
             WHERE a.customer_id = c.customer_id AND p.kind = 'current' AND a.status <> 'closed')
      FROM customer_identity i JOIN customer c ON c.customer_id = i.customer_id
     WHERE i.number = upper(p_code) AND i.kind = 'credit_code'
     ORDER BY c.customer_id LIMIT 1;
END $$;

-- Earlier open applications of the same kind anywhere in the bank, by code of the enterprise or customer.
CREATE FUNCTION bank.application_others(c bank.case_file, p_code text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(f.number ORDER BY f.case_id), '{}') FROM case_file f
             JOIN application a ON a.customer_id = f.customer_id AND a.case_id = f.case_id
            WHERE f.case_type = c.case_type AND f.closed_at IS NULL AND f.case_id < c.case_id
              AND f.stage NOT IN ('executed')
              AND (a.code = upper(p_code) OR p_code IS NULL AND f.customer_id = c.customer_id));
END $$;

-- How many companies of the bank give this phone number.
CREATE FUNCTION bank.phone_companies(p_phone text, p_but bigint) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN (SELECT count(DISTINCT p.customer_id)::int FROM phone p JOIN customer c USING (customer_id)
             WHERE p.phone = p_phone AND c.kind = 'company' AND p.customer_id <> p_but);
END $$;
ALTER FUNCTION bank.known_person OWNER TO bankops_owner;
ALTER FUNCTION bank.known_company OWNER TO bankops_owner;
ALTER FUNCTION bank.application_others OWNER TO bankops_owner;
ALTER FUNCTION bank.phone_companies OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.known_person, bank.known_company, bank.application_others,
    bank.phone_companies TO bankops_api;

-- The parameters of the rules in force.
CREATE FUNCTION bank.check_parameters(p_type text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_object_agg(r.rule, r.parameter), '{}') FROM bank.check_rule_now r
     WHERE r.case_type = p_type AND r.parameter <> ''
$$;

CREATE FUNCTION bank.paper_name(p_kind text, p_english boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_english THEN n.en ELSE n.zh END
      FROM (VALUES ('licence', 'Licence', '营业执照'), ('rep_id', 'Representative''s identity',
          '法人证件'),
                   ('owner_id', 'Owner''s identity', '受益人证件'), ('address', 'Premises', '场所证明'),
                   ('tax', 'Tax registration', '税务登记'), ('contract', 'Contract', '合同'),
                   ('income', 'Proof of income', '收入证明'), ('other', 'Other', '其他')) n (kind, en, zh)
     WHERE n.kind = p_kind
$$;

CREATE TYPE bank.finding AS (rule text, result text, detail_en text, detail_zh text);
GRANT USAGE ON TYPE bank.finding TO bankops_api;

CREATE FUNCTION bank.found(p_rule text, p_result text, p_en text DEFAULT '', p_zh text DEFAULT '')
RETURNS bank.finding LANGUAGE sql IMMUTABLE AS $$ SELECT (p_rule, p_result, p_en, p_zh)::bank.finding $$;

-- Identity number, its end, and who has it: two findings, p_who || '_identity' and '_known'.
CREATE FUNCTION bank.person_findings(p_who text, p_name text, p_number text, p_until date,
                                     p_paper bank.application_document, p jsonb)
RETURNS SETOF bank.finding LANGUAGE plpgsql STABLE AS $$
DECLARE
    fault text := bank.resident_id_fault(p_number);
    age int := bank.resident_age(p_number, bank.today());
    until date := coalesce(p_until, p_paper.expires_on);
    known record;
BEGIN
    RETURN NEXT CASE
        WHEN coalesce(p_name, '') = '' OR coalesce(p_number, '') = '' THEN
            bank.found(p_who || '_identity', 'missing', 'Name or identity number is missing.',
                '姓名或证件号码未填。')
        WHEN fault IS NOT NULL THEN
            bank.found(p_who || '_identity', 'fail',
                'The identity number ' || bank.mask_identity(p_number) || ' is not right: ' || fault
                    || '.',
                '证件号码 ' || bank.mask_identity(p_number) || ' 有误（'
                || CASE fault WHEN 'check' THEN '校验码' WHEN 'birth' THEN '出生日期' ELSE '格式'
                    END || '）。')
        WHEN age < 18 THEN
            bank.found(p_who || '_identity', 'fail', format('%s years old.', age), format('年龄%s岁。',
                age))
        WHEN until < bank.today() THEN
            bank.found(p_who || '_identity', 'fail', format('Expired on %s.', until),
                format('已于%s到期。', until))
        WHEN p_paper.kind IS NULL AND until < bank.today() + (p ->> (p_who || '_identity'))::int THEN
            bank.found(p_who || '_identity', 'missing',
                format('No copy of the identity document, which expires on %s.', until),
                format('缺少证件影印件，且证件将于%s到期。', until))
        WHEN p_paper.kind IS NULL THEN
            bank.found(p_who || '_identity', 'missing', 'No copy of the identity document.',
                '缺少证件影印件。')
        WHEN p_paper.number <> '' AND upper(p_paper.number) <> upper(p_number) THEN
            bank.found(p_who || '_identity', 'fail', 'The document has another number.',
                '证件与录入号码不一致。')
        WHEN until < bank.today() + (p ->> (p_who || '_identity'))::int THEN
            bank.found(p_who || '_identity', 'warn', format('Expires on %s.', until),
                format('将于%s到期。', until))
        ELSE bank.found(p_who || '_identity', 'pass',
                format('Check digit right, %s years old.', age), format('校验码正确，%s岁。', age)) END;
    SELECT * INTO known FROM bank.known_person(p_number);
    RETURN NEXT CASE
        WHEN coalesce(p_number, '') = '' OR fault IS NOT NULL THEN
            bank.found(p_who || '_known', 'missing', 'Not looked up: no valid number.',
                '号码无效，未核验。')
        WHEN known.customer_id IS NULL THEN
            bank.found(p_who || '_known', 'pass', 'Not known to the bank.', '行内无记录。')
        WHEN bank.name_fold(known.name) <> bank.name_fold(p_name) THEN
            bank.found(p_who || '_known', 'fail',
                'The bank knows this number under the name ' || bank.mask_name(known.name) || '.',
                '该证件号码在行内登记姓名为' || bank.mask_name(known.name) || '。')
        WHEN known.aml_flag THEN
            bank.found(p_who || '_known', 'fail', 'Flagged for money laundering.', '列入反洗钱关注名单。')
        ELSE bank.found(p_who || '_known', 'pass', 'Known to the bank, the name agrees.',
            '行内已有记录，姓名一致。')
        END;
    IF p_who = 'rep' THEN
        RETURN NEXT CASE WHEN known.companies >= (p ->> 'rep_companies')::int THEN
            bank.found('rep_companies', 'warn', format('Represents %s companies here.',
                known.companies), format('在行内已代表%s家企业。', known.companies))
            ELSE bank.found('rep_companies', 'pass',
                format('Represents %s other companies here.', coalesce(known.companies, 0)),
                    format('在行内代表其他企业%s家。', coalesce(known.companies, 0))) END;
    END IF;
END $$;

-- Code, licence and its dates and name.
CREATE FUNCTION bank.licence_findings(v jsonb, p_paper bank.application_document, p jsonb)
RETURNS SETOF bank.finding LANGUAGE plpgsql STABLE AS $$
DECLARE
    fault text := bank.credit_code_fault(v ->> 'credit_code');
    starts date := coalesce(p_paper.issued_on, (v ->> 'licence_from')::date);
    ends date := coalesce(p_paper.expires_on, (v ->> 'licence_to')::date);
    today date := bank.today();
BEGIN
    RETURN NEXT CASE
        WHEN coalesce(v ->> 'credit_code', '') = '' THEN
            bank.found('credit_code', 'missing', 'The code is missing.', '代码未填。')
        WHEN fault = 'form' THEN bank.found('credit_code', 'fail',
            'The code has not the form of GB 32100.', '代码格式不符合GB 32100。')
        WHEN fault = 'check' THEN
            bank.found('credit_code', 'fail', 'The check character of the code is wrong (GB 32100).',
                '代码校验码错误（GB 32100）。')
        ELSE bank.found('credit_code', 'pass', 'Form and check character are right (GB 32100).',
            '格式与校验码正确（GB 32100）。') END;
    RETURN NEXT CASE
        WHEN p_paper.kind IS NULL THEN bank.found('licence', 'missing', 'No copy of the licence.',
            '缺少营业执照影印件。')
        WHEN p_paper.number <> '' AND upper(p_paper.number) <> upper(v ->> 'credit_code') THEN
            bank.found('licence', 'fail', 'The licence has the code ' || p_paper.number || '.',
                       '执照代码为' || p_paper.number || '，与录入不一致。')
        WHEN p_paper.number = '' THEN bank.found('licence', 'pass', 'The licence is here; its code was not read.',
            '已有执照影印件，未录入其代码。')
        ELSE bank.found('licence', 'pass', 'The licence is here and has this code.',
            '已有执照，代码一致。') END;
    RETURN NEXT CASE
        WHEN starts IS NULL THEN bank.found('licence_dates', 'missing',
            'The licence''s first day is missing.', '未填成立（起始）日期。')
        WHEN starts > today THEN bank.found('licence_dates', 'fail', format('Valid only from %s.',
            starts), format('%s起方有效。', starts))
        WHEN ends < today THEN bank.found('licence_dates', 'fail', format('Expired on %s.', ends),
            format('已于%s到期。', ends))
        WHEN ends < today + (p ->> 'licence_dates')::int THEN
            bank.found('licence_dates', 'warn', format('Expires on %s.', ends), format('将于%s到期。',
                ends))
        WHEN ends IS NULL THEN bank.found('licence_dates', 'pass', format('From %s, without end.',
            starts), format('%s起，长期有效。', starts))
        ELSE bank.found('licence_dates', 'pass', format('%s to %s.', starts, ends), format('%s至%s。',
            starts, ends)) END;
    RETURN NEXT CASE
        WHEN coalesce(v ->> 'enterprise', '') = '' THEN bank.found('licence_name', 'missing',
            'The name is missing.', '未填企业名称。')
        WHEN coalesce(p_paper.holder, '') <> ''
             AND bank.name_fold(p_paper.holder) <> bank.name_fold(v ->> 'enterprise') THEN
            bank.found('licence_name', 'fail', 'The licence says ' || p_paper.holder || '.',
                '执照名称为' || p_paper.holder || '。')
        ELSE bank.found('licence_name', 'pass', 'The names agree.', '名称一致。') END;
END $$;

-- The visit: done, and who came is who he says, by his face or by other means that two persons saw.
CREATE FUNCTION bank.visit_finding(a bank.application) RETURNS bank.finding LANGUAGE plpgsql STABLE AS $$
DECLARE
    en text := coalesce(format('Face match %s %%', a.face_score), 'No face match');
    zh text := coalesce(format('人脸识别%s%%', a.face_score), '未做人脸识别');
    other_en text := format('%s: %s', bank.means_name(a.identity_means, true), a.identity_proof);
    other_zh text := format('%s：%s', bank.means_name(a.identity_means, false), a.identity_proof);
BEGIN
    RETURN CASE bank.identity_state(a)
        WHEN 'low' THEN bank.found('visit', 'warn',
            format('%s, at least %s %% proves it: prove the identity by other means.', en,
                bank.setting('face_match_least')),
            format('%s，须达%s%%：请以其他方式核实身份。', zh, bank.setting('face_match_least')))
        WHEN 'waits' THEN bank.found('visit', 'warn',
            format('%s. %s; a second person has to confirm it.', en, other_en),
            format('%s。%s，待第二人确认。', zh, other_zh))
        WHEN 'proved' THEN CASE a.identity_means WHEN 'face' THEN
                bank.found('visit', 'pass', en || ', originals seen.', zh || '，已核对原件。')
            ELSE bank.found('visit', 'pass', format('%s. %s, confirmed by a second person, originals seen.', en, other_en),
                format('%s。%s，已经第二人确认，已核对原件。', zh, other_zh)) END
        ELSE bank.found('visit', 'visit', 'Still to be done.', '待到店办理。') END;
END $$;

CREATE FUNCTION bank.opening_findings(c bank.case_file, v jsonb, p jsonb) RETURNS SETOF bank.finding
LANGUAGE plpgsql STABLE AS $$
DECLARE
    papers jsonb := (SELECT coalesce(jsonb_object_agg(d.kind, to_jsonb(d)), '{}')
                       FROM bank.application_document d
                      WHERE d.customer_id = c.customer_id AND d.case_id = c.case_id);
    other record;
    same text[] := bank.application_others(c, upper(v ->> 'credit_code'));
    shared int := bank.phone_companies(v ->> 'contact_phone', c.customer_id);
BEGIN
    RETURN QUERY SELECT * FROM bank.licence_findings(v,
        jsonb_populate_record(NULL::bank.application_document, papers -> 'licence'), p);
    RETURN QUERY SELECT * FROM bank.person_findings('rep', v ->> 'rep_name', v ->> 'rep_id',
        (v ->> 'rep_id_to')::date, jsonb_populate_record(NULL::bank.application_document,
            papers -> 'rep_id'), p);
    -- A representative who is the beneficial owner shows his document once.
    RETURN QUERY SELECT * FROM bank.person_findings('owner', v ->> 'owner_name', v ->> 'owner_id', NULL,
        jsonb_populate_record(NULL::bank.application_document,
            CASE WHEN upper(v ->> 'owner_id') = upper(v ->> 'rep_id') THEN papers -> 'rep_id'
                 ELSE papers -> 'owner_id' END), p);
    SELECT * INTO other FROM bank.known_company(v ->> 'credit_code');
    RETURN NEXT CASE
        WHEN other.customer_id IS NULL OR other.customer_id = c.customer_id AND other.accounts = 0 THEN
            bank.found('enterprise_twice', 'pass', 'No account of this enterprise here.',
                '行内无该企业账户。')
        WHEN other.accounts > 0 AND v ->> 'account_kind' = 'basic' THEN
            bank.found('enterprise_twice', 'fail',
                format('Customer %s at %s has open accounts: %s.', other.customer_number, bank.unit_name(other.unit_id, true), other.accounts),
                format('该企业为%s客户%s，已有%s个结算账户。', bank.unit_name(other.unit_id, false), other.customer_number, other.accounts))
        WHEN other.customer_id <> c.customer_id THEN
            bank.found('enterprise_twice', 'fail',
                format('Customer %s of %s has this code.', other.customer_number,
                    bank.unit_name(other.unit_id, true)), format('该代码属于%s客户%s。',
                    bank.unit_name(other.unit_id, false), other.customer_number))
        ELSE bank.found('enterprise_twice', 'warn', format('Has %s account%s here already.',
            other.accounts, CASE WHEN other.accounts = 1 THEN '' ELSE 's' END), format('行内已有%s个结算账户。', other.accounts)) END;
    RETURN NEXT CASE WHEN cardinality(same) > 0 THEN
        bank.found('application_twice', 'fail', 'Open: ' || array_to_string(same, ', '),
            '在办：' || array_to_string(same, '、'))
        ELSE bank.found('application_twice', 'pass', 'None open.', '无在办申请。') END;
    RETURN NEXT CASE
        WHEN v ->> 'account_kind' = 'basic' THEN bank.found('basic_bank', 'pass',
            'This is the basic account.', '本户即基本存款账户。')
        WHEN coalesce(v ->> 'basic_bank', '') = '' THEN
            bank.found('basic_bank', 'missing', 'A general account needs the bank of the basic one.',
                '一般户须填写基本户开户行。')
        ELSE bank.found('basic_bank', 'pass', v ->> 'basic_bank', v ->> 'basic_bank') END;
    RETURN NEXT CASE
        WHEN coalesce(v ->> 'registered_address', '') = '' THEN bank.found('address', 'missing',
            'The address is missing.', '未填注册地址。')
        WHEN NOT papers ? 'address' THEN bank.found('address', 'missing', 'No lease or title.',
            '缺少租赁合同或产权证明。')
        WHEN (papers -> 'address' ->> 'expires_on')::date < bank.today() THEN
            bank.found('address', 'fail', 'The lease ended on ' || (papers -> 'address' ->>
                'expires_on') || '.',
                       '租赁合同已于' || (papers -> 'address' ->> 'expires_on') || '到期。')
        ELSE bank.found('address', 'pass', 'Address and proof are here.', '地址及证明齐备。') END;
    RETURN NEXT CASE WHEN NOT papers ? 'tax' THEN bank.found('tax', 'missing', 'No tax registration.',
        '缺少税务登记信息。')
        WHEN papers -> 'tax' ->> 'number' <> '' AND upper(papers -> 'tax' ->> 'number') <>
            upper(v ->> 'credit_code') THEN
            bank.found('tax', 'fail', 'The tax number is not the credit code.',
                '纳税人识别号与信用代码不一致。')
        ELSE bank.found('tax', 'pass', 'The tax registration is here.', '税务登记信息齐备。') END;
    RETURN NEXT CASE
        WHEN coalesce(v ->> 'contact_phone', '') !~ '^1[3-9][0-9]{9}$|^0[0-9]{9,11}$' THEN
            bank.found('phone', 'missing', 'No telephone number of the mainland.', '缺少有效联系电话。')
        WHEN shared >= (p ->> 'phone')::int THEN bank.found('phone', 'warn',
            format('%s other companies give this number.',
            shared), format('另有%s家企业使用该号码。', shared))
        ELSE bank.found('phone', 'pass', 'Form is right.', '格式正确。') END;
    RETURN NEXT CASE
        WHEN coalesce((v ->> 'payroll_staff')::int, 0) = 0 THEN bank.found('payroll', 'pass',
            'No payroll wanted.', '不办理代发工资。')
        WHEN v ->> 'payroll_day' IS NULL THEN bank.found('payroll', 'missing',
            'The pay day is missing.', '未填发薪日。')
        ELSE bank.found('payroll', 'pass', format('%s people, on day %s.', v ->> 'payroll_staff',
            v ->> 'payroll_day'),
                        format('%s人，每月%s日。', v ->> 'payroll_staff', v ->> 'payroll_day')) END;
    RETURN NEXT bank.visit_finding((SELECT a FROM bank.application a WHERE a.customer_id = c.customer_id
        AND a.case_id = c.case_id));
    RETURN NEXT bank.files_finding(c, v, p);
END $$;

CREATE FUNCTION bank.money_text(p_amount bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT to_char(p_amount / 100.0, 'FM999,999,999,999,990.00')
$$;

-- The account money is paid to: the customer's oldest open one of the kind.
CREATE FUNCTION bank.payout_account(p_customer_id bigint, p_kind text) RETURNS bank.account
LANGUAGE sql STABLE AS $$
    SELECT a FROM bank.account a JOIN bank.product p ON p.product = a.product
     WHERE a.customer_id = p_customer_id AND p.kind = p_kind AND a.status = 'open' AND a.currency = 'CNY'
     ORDER BY a.opened_on, a.account_id LIMIT 1
$$;

CREATE FUNCTION bank.account_finding(c bank.case_file, p_kind text) RETURNS bank.finding
LANGUAGE plpgsql STABLE AS $$
DECLARE
    a bank.account := bank.payout_account(c.customer_id, p_kind);
BEGIN
    RETURN CASE WHEN a.account_id IS NULL THEN bank.found('account', 'missing', 'No open account.',
        '无可用账户。')
        ELSE bank.found('account', 'pass', bank.mask_account(a.number), bank.mask_account(a.number)) END;
END $$;

-- The newest value of a fact from outside that is not older than p_days.
CREATE FUNCTION bank.outside(p_customer_id bigint, p_source text, p_fact text, p_days int)
RETURNS bank.outside_fact LANGUAGE sql STABLE AS $$
    SELECT o FROM bank.outside_fact o
     WHERE o.customer_id = p_customer_id AND o.source = p_source AND o.fact = p_fact
       AND o.as_of >= bank.today() - p_days
     ORDER BY o.as_of DESC LIMIT 1
$$;

-- Amounts and terms of the product.
CREATE FUNCTION bank.credit_range(p_english boolean, p jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT format(CASE WHEN p_english THEN 'from %s to %s CNY, for 3 to 60 months' ELSE '%s至%s元，3至60个月' END,
                  bank.money_text(100000), bank.money_text((p ->> 'amount')::bigint))
$$;
GRANT EXECUTE ON FUNCTION bank.credit_range TO bankops_api;

CREATE FUNCTION bank.credit_findings(c bank.case_file, v jsonb, p jsonb) RETURNS SETOF bank.finding
LANGUAGE plpgsql STABLE AS $$
DECLARE
    who bank.customer := (SELECT x FROM bank.customer x WHERE x.customer_id = c.customer_id);
    paper bank.customer_identity := (SELECT i FROM bank.customer_identity i
        WHERE i.customer_id = c.customer_id AND i.kind <> 'credit_code' LIMIT 1);
    card bank.scorecard := bank.card_active('consumer_credit');
    report bank.outside_fact := bank.outside(c.customer_id, 'bureau', 'overdue', card.report_days);
    social bank.outside_fact := bank.outside(c.customer_id, 'social', 'social_months',
        (p ->> 'social')::int);
    amount bigint := (v ->> 'amount')::bigint;
    months int := (v ->> 'months')::int;
    oldest int := extract(year FROM age(bank.today() + make_interval(months => coalesce(months, 0)),
        who.birth_date));
    same text[] := bank.application_others(c, NULL);
BEGIN
    RETURN NEXT CASE
        WHEN who.kind <> 'person' THEN bank.found('person', 'fail', 'The customer is an enterprise.',
            '客户为企业。')
        WHEN who.birth_date IS NULL THEN bank.found('person', 'missing', 'No birth date on record.',
            '行内无出生日期。')
        WHEN age(bank.today(), who.birth_date) < interval '18 years' OR oldest > (p ->> 'person')::int
            THEN
            bank.found('person', 'fail', format('%s years old at the end of the loan.', oldest),
                format('贷款到期时%s岁。', oldest))
        ELSE bank.found('person', 'pass', format('%s years old at the end of the loan.', oldest),
            format('贷款到期时%s岁。', oldest)) END;
    RETURN NEXT CASE
        WHEN paper.number IS NULL THEN bank.found('identity', 'missing',
            'No identity document on record.', '行内无证件信息。')
        WHEN paper.expires_on < bank.today() THEN
            bank.found('identity', 'fail', format('Expired on %s.', paper.expires_on),
                format('已于%s到期。', paper.expires_on))
        WHEN paper.expires_on < bank.today() + (p ->> 'identity')::int THEN
            bank.found('identity', 'warn', format('Expires on %s.', paper.expires_on),
                format('将于%s到期。', paper.expires_on))
        ELSE bank.found('identity', 'pass', coalesce('Valid until ' || paper.expires_on || '.', 'Valid.'),
            coalesce('有效期至' || paper.expires_on || '。', '有效。')) END;
    RETURN NEXT CASE WHEN who.aml_flag THEN bank.found('flags', 'fail', 'Flagged for money laundering.',
        '列入反洗钱关注名单。')
        ELSE bank.found('flags', 'pass', 'Not flagged.', '未列入名单。') END;
    RETURN NEXT CASE
        WHEN amount IS NULL OR months IS NULL THEN bank.found('amount', 'missing',
            'Amount or term is missing.', '金额或期限未填。')
        WHEN amount NOT BETWEEN 100000 AND (p ->> 'amount')::bigint OR months NOT BETWEEN 3 AND 60 THEN
            bank.found('amount', 'fail', format('%s CNY for %s month%s; the product goes %s.', bank.money_text(amount),
                months, CASE WHEN months = 1 THEN '' ELSE 's' END, bank.credit_range(true, p)),
                format('%s元，%s个月；产品范围%s。', bank.money_text(amount), months, bank.credit_range(false, p)))
        ELSE bank.found('amount', 'pass', format('%s CNY for %s months.', bank.money_text(amount),
            months), format('%s元，%s个月。', bank.money_text(amount), months)) END;
    RETURN NEXT CASE WHEN v ->> 'consent' = 'true' THEN bank.found('consent', 'pass', 'Given.',
        '已授权。')
        ELSE bank.found('consent', 'missing', 'Not given.', '未授权。') END;
    RETURN NEXT CASE WHEN report.customer_id IS NULL THEN
        bank.found('bureau', 'missing', format('None of the last %s days.', card.report_days),
            format('近%s天无报告。', card.report_days))
        ELSE bank.found('bureau', 'pass', report.reference || ', ' || report.as_of,
            report.reference || '，' || report.as_of) END;
    RETURN NEXT CASE WHEN social.customer_id IS NULL THEN bank.found('social', 'warn',
        'No record of the last quarter.', '近一季度无记录。')
        ELSE bank.found('social', 'pass', social.reference || ', ' || social.as_of,
            social.reference || '，' || social.as_of) END;
    RETURN NEXT bank.files_finding(c, v, p);
    RETURN NEXT bank.account_finding(c, 'savings');
    RETURN NEXT CASE WHEN cardinality(same) > 0 THEN
        bank.found('application_twice', 'fail', 'Open: ' || array_to_string(same, ', '),
            '在办：' || array_to_string(same, '、'))
        ELSE bank.found('application_twice', 'pass', 'None open.', '无在办申请。') END;
END $$;

-- What the machine finds, under the parameters given.
CREATE FUNCTION bank.findings_of(c bank.case_file, p jsonb) RETURNS SETOF bank.finding
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF c.case_type = 'account_opening' THEN
        RETURN QUERY SELECT * FROM bank.opening_findings(c, c.fields, p);
    ELSIF c.case_type = 'consumer_credit' THEN
        RETURN QUERY SELECT * FROM bank.credit_findings(c, c.fields, p);
    ELSE
        RETURN QUERY SELECT * FROM bank.chain_findings(c, c.fields, p);
    END IF;
END $$;

-- The card in use today.
CREATE FUNCTION bank.card_active(p_card text) RETURNS bank.scorecard LANGUAGE sql STABLE AS $$
    SELECT s FROM bank.scorecard s JOIN bank.card_in_use u USING (card, version) WHERE s.card = p_card
$$;
-- The last look at an application.
CREATE FUNCTION bank.application_run(c bank.case_file) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT max(k.run) FROM bank.application_check k
     WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id
$$;

GRANT EXECUTE ON FUNCTION bank.found, bank.findings_of, bank.check_parameters, bank.paper_name,
    bank.application_run, bank.visit_finding, bank.person_findings, bank.licence_findings, bank.opening_findings,
    bank.money_text, bank.payout_account, bank.account_finding, bank.outside, bank.credit_findings,
    bank.card_active TO bankops_api;
