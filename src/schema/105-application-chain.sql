-- Orders and receivables: what the machine finds about the document and the limits of the core
-- enterprise, and what is already lent on it.

-- Live finance of a core enterprise, and of one supplier with it.
CREATE FUNCTION bank.core_used(p_core bigint, p_supplier bigint DEFAULT NULL, p_but bigint DEFAULT NULL)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(f.amount), 0)::bigint FROM bank.core_finance f
     WHERE f.customer_id = p_core AND f.state IN ('reserved', 'paid')
       AND (p_supplier IS NULL OR f.supplier_id = p_supplier) AND f.case_id IS DISTINCT FROM p_but
$$;

-- Orders and receivables: the document, what was lent on it, and the limits.
CREATE FUNCTION bank.chain_findings(c bank.case_file, v jsonb, p jsonb) RETURNS SETOF bank.finding
LANGUAGE plpgsql STABLE AS $$
DECLARE
    a bank.application;
    supplier bank.customer := (SELECT x FROM bank.customer x WHERE x.customer_id = c.customer_id);
    licence bank.customer_identity := (SELECT i FROM bank.customer_identity i
                   WHERE i.customer_id = c.customer_id AND i.kind = 'credit_code' LIMIT 1);
    code text := licence.number;
    core bank.core_enterprise;
    d bank.core_document;
    twin text;
    rate int;
    room bigint;
    same text[];
BEGIN
    SELECT * INTO a FROM bank.application x WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id;
    SELECT * INTO core FROM bank.core_enterprise x WHERE x.customer_id = a.core_id;
    SELECT * INTO d FROM bank.core_document x WHERE x.customer_id = a.core_id
        AND x.document_id = a.document_id;
    rate := CASE d.kind WHEN 'order' THEN core.order_rate ELSE core.receivable_rate END;
    RETURN NEXT CASE WHEN supplier.kind = 'company' THEN bank.found('supplier', 'pass',
        'An enterprise.', '企业客户。')
        ELSE bank.found('supplier', 'fail', 'The customer is a person.', '客户为个人。') END;
    RETURN NEXT CASE WHEN bank.credit_code_fault(code) IS NULL THEN
        bank.found('credit_code', 'pass', 'Form and check character are right (GB 32100).',
            '格式与校验码正确（GB 32100）。')
        ELSE bank.found('credit_code', 'fail', 'No valid code on record.', '行内无有效代码。') END;
    RETURN NEXT CASE
        WHEN licence.expires_on < bank.today() THEN bank.found('licence_dates', 'fail',
            format('Expired on %s.', licence.expires_on), format('已于%s到期。', licence.expires_on))
        WHEN licence.expires_on < bank.today() + (p ->> 'licence_dates')::int THEN
            bank.found('licence_dates', 'warn', format('Expires on %s.', licence.expires_on),
                format('将于%s到期。', licence.expires_on))
        WHEN licence.expires_on IS NULL THEN bank.found('licence_dates', 'pass', 'Without end.', '长期有效。')
        ELSE bank.found('licence_dates', 'pass', format('Valid until %s.', licence.expires_on),
            format('有效期至%s。', licence.expires_on)) END;
    RETURN NEXT CASE WHEN supplier.aml_flag THEN bank.found('flags', 'fail',
        'Flagged for money laundering.', '列入反洗钱关注名单。')
        ELSE bank.found('flags', 'pass', 'Not flagged.', '未列入名单。') END;
    RETURN NEXT CASE
        WHEN core.customer_id IS NULL THEN bank.found('core', 'missing', 'No core enterprise chosen.',
            '未选择核心企业。')
        WHEN core.state <> 'active' THEN bank.found('core', 'fail', 'Its line is stopped.',
            '其额度已停用。')
        WHEN core.valid_until < bank.today() THEN
            bank.found('core', 'fail', format('Its line ended on %s.', core.valid_until),
                format('其额度已于%s到期。', core.valid_until))
        ELSE bank.found('core', 'pass', format('Line until %s.', core.valid_until),
            format('额度有效期至%s。', core.valid_until)) END;
    RETURN NEXT CASE
        WHEN d.document_id IS NULL THEN bank.found('document', 'missing', 'No order or receivable.',
            '未选择订单或应收账款。')
        WHEN d.state <> 'open' THEN
            bank.found('document', 'fail', d.number || ' is ' || d.state || '.',
                       d.number || CASE d.state WHEN 'paid' THEN '已付款。' ELSE '已取消。' END)
        WHEN d.confirmed_at IS NULL THEN
            bank.found('document', 'missing', d.number || ' is not confirmed by the core enterprise.',
                d.number || '尚未经核心企业确认。')
        ELSE bank.found('document', 'pass', format('%s, %s CNY, confirmed on %s.', d.number,
            bank.money_text(d.amount), bank.local_day(d.confirmed_at)),
                        format('%s，%s元，%s确认。', d.number, bank.money_text(d.amount),
                            bank.local_day(d.confirmed_at))) END;
    IF d.document_id IS NULL OR core.customer_id IS NULL THEN
        RETURN;
    END IF;
    RETURN NEXT CASE WHEN d.supplier_code = code THEN bank.found('supplier_matches', 'pass',
        'Same credit code.', '信用代码一致。')
        ELSE bank.found('supplier_matches', 'fail', 'The document names ' || bank.mask(d.supplier_code,
            4, 4) || '.',
                        '单据供应商代码为' || bank.mask(d.supplier_code, 4, 4) || '。') END;
    RETURN NEXT CASE WHEN d.due_on < bank.today() + (p ->> 'due')::int THEN
        bank.found('due', 'fail', format('Falls due on %s.', d.due_on), format('%s到期。', d.due_on))
        ELSE bank.found('due', 'pass', format('Falls due on %s.', d.due_on), format('%s到期。',
            d.due_on)) END;
    twin := bank.core_financed(d, c.case_id);
    RETURN NEXT CASE WHEN twin IS NOT NULL THEN
        bank.found('financed_twice', 'fail', 'Financed already: ' || twin || '.',
            '已融资：' || twin || '。')
        ELSE bank.found('financed_twice', 'pass', 'Neither it nor its order is financed.',
            '该单据及其订单均未融资。') END;
    RETURN NEXT CASE WHEN a.amount * 100 > d.amount * rate THEN
        bank.found('advance', 'fail', format('At most %s CNY (%s %%).',
            bank.money_text(d.amount * rate / 100), rate), format('最高%s元（%s%%）。',
            bank.money_text(d.amount * rate / 100), rate))
        ELSE bank.found('advance', 'pass', format('%s %% of the document, at most %s %%.',
            round(100.0 * a.amount / d.amount, 1), rate),
                        format('占单据金额%s%%，上限%s%%。', round(100.0 * a.amount / d.amount, 1),
                            rate)) END;
    room := core.limit_amount - bank.core_used(core.customer_id, NULL, c.case_id);
    RETURN NEXT CASE WHEN a.amount > room THEN
        bank.found('limit', 'fail', format('%s CNY are left.', bank.money_text(greatest(room, 0))),
            format('剩余额度%s元。', bank.money_text(greatest(room, 0))))
        ELSE bank.found('limit', 'pass', format('%s CNY are left before this.', bank.money_text(room)),
            format('本笔之前剩余额度%s元。', bank.money_text(room))) END;
    room := core.supplier_most - bank.core_used(core.customer_id, c.customer_id, c.case_id);
    RETURN NEXT CASE WHEN a.amount > room THEN
        bank.found('supplier_limit', 'fail', format('%s CNY are left.',
            bank.money_text(greatest(room, 0))), format('剩余限额%s元。',
            bank.money_text(greatest(room, 0))))
        ELSE bank.found('supplier_limit', 'pass', format('%s CNY are left before this.',
            bank.money_text(room)), format('本笔之前剩余限额%s元。', bank.money_text(room))) END;
    RETURN NEXT bank.files_finding(c, v, p);
    RETURN NEXT bank.account_finding(c, 'current');
    same := bank.document_others(a);
    RETURN NEXT CASE WHEN cardinality(same) > 0 THEN
        bank.found('application_twice', 'fail', 'Open: ' || array_to_string(same, ', '),
            '在办：' || array_to_string(same, '、'))
        ELSE bank.found('application_twice', 'pass', 'None open on this document.',
            '该单据无其他在办申请。') END;
END $$;

-- What the document, or the order it comes from, is financed under; or a receivable of this order.
CREATE FUNCTION bank.core_financed(d bank.core_document,
    p_but bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT o.number || ', ' || f.at::date FROM bank.core_finance f
      JOIN bank.core_document o ON o.customer_id = f.customer_id AND o.document_id = f.document_id
     WHERE f.customer_id = d.customer_id AND f.state IN ('reserved', 'paid')
       AND f.case_id IS DISTINCT FROM p_but
       AND (o.document_id = d.document_id
            OR o.kind = 'order' AND d.kind = 'receivable' AND o.number = d.order_number
            OR o.kind = 'receivable' AND d.kind = 'order' AND o.order_number = d.number)
     LIMIT 1
$$;

-- Earlier open applications on the same document, of any branch.
CREATE FUNCTION bank.document_others(a bank.application) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(f.number ORDER BY f.case_id), '{}') FROM application x
             JOIN case_file f ON f.customer_id = x.customer_id AND f.case_id = x.case_id
            WHERE x.core_id = a.core_id AND x.document_id = a.document_id
              AND x.case_id < a.case_id AND f.closed_at IS NULL AND x.executed_at IS NULL);
END $$;
ALTER FUNCTION bank.document_others OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.core_used, bank.chain_findings, bank.core_financed,
    bank.document_others TO bankops_api;
