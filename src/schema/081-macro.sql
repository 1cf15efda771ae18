-- Reply templates with fields, and what was decided in cases like this one.

-- Fields in the text: {number} {subject} {received} {owner} {bank} {day}. Without codes it suits every case. One
-- with a clock is offered only while that clock of the case runs and is not over.
CREATE TABLE bank.macro (
    macro    text COLLATE "C" PRIMARY KEY CHECK (macro ~ '^[a-z0-9-]{2,30}$'),
    title_en text NOT NULL CHECK (length(title_en) BETWEEN 1 AND 80),
    title_zh text NOT NULL CHECK (length(title_zh) BETWEEN 1 AND 80),
    body_en  text NOT NULL CHECK (length(body_en) BETWEEN 1 AND 4000),
    body_zh  text NOT NULL CHECK (length(body_zh) BETWEEN 1 AND 4000),
    business text COLLATE "C",
    reason   text COLLATE "C",
    clock    text COLLATE "C" REFERENCES bank.clock_kind,
    active   boolean NOT NULL DEFAULT true,
    version  bigint NOT NULL DEFAULT 1
);
SELECT bank.table_protect('bank.macro', 'SELECT, INSERT, UPDATE');
INSERT INTO bank.macro (macro, title_en, title_zh, body_en, body_zh, business, reason) VALUES
    ('received', 'We have your complaint', '已收到投诉',
     'Dear customer, we have received your complaint {number} on "{subject}". {owner} is looking into it and will tell you how it goes within two working days. {bank}',
     '尊敬的客户：您关于“{subject}”的投诉（{number}）我行已受理，由{owner}负责核实，两个工作日内向您反馈进展。{bank}', NULL, NULL),
    ('progress', 'Still being looked into', '处理进展',
     'Dear customer, your complaint {number} is still being looked into. We will write again as soon as we know more. {bank}, {day}',
     '尊敬的客户：您的投诉（{number}）正在核查中，一有结果立即告知。感谢您的耐心等待。{bank} {day}', NULL, NULL),
    ('papers', 'Papers are missing', '请补充材料',
     'Dear customer, for your complaint {number} we need the receipt or a screen shot that shows the transaction. You can send it in the app or bring it to any branch. {bank}',
     '尊敬的客户：为核实您的投诉（{number}），请提供交易凭证或页面截图，可通过手机银行上传或到任一网点提交。{bank}', NULL, NULL),
    ('refund-fee', 'The fee is given back', '费用已退还',
     'Dear customer, the fee in your complaint {number} was charged by mistake. It is given back to your account within one working day. We apologise. {bank}',
     '尊敬的客户：经核实，您投诉（{number}）所涉费用系误收，一个工作日内退还至您的账户，谨致歉意。{bank}', NULL, 'C07'),
    ('transfer-trace', 'The transfer is being traced', '转账查询',
     'Dear customer, we have asked the receiving bank about the transfer in your complaint {number}. Its answer takes up to three working days. {bank}',
     '尊敬的客户：您投诉（{number}）所涉转账我行已向收款行发出查询，预计三个工作日内回复。{bank}', 'B04', NULL),
    ('card-blocked', 'The card is blocked', '卡片已止付',
     'Dear customer, your card is blocked and nothing more can be taken. Please bring your identity card to a branch for the written denial of the transaction in complaint {number}. {bank}',
     '尊敬的客户：您的卡片已止付。请携带身份证件到网点办理否认交易手续，投诉编号 {number}。{bank}', 'B02', 'C10'),
    ('service-sorry', 'An apology for the service', '服务致歉',
     'Dear customer, we are sorry for how you were served. The branch has spoken with the colleague, and its manager will call you about your complaint {number}. {bank}',
     '尊敬的客户：对给您带来的不佳体验深表歉意。网点已对相关人员进行教育，负责人将就您的投诉（{number}）致电说明。{bank}', NULL, 'C01');

-- The summary resolution communication of FCA DISP 1.5.4: that a complaint was made and counts as resolved, the
-- Ombudsman and his website, and that the time limit is not waived, in the words of DISP 1 Annex 3(1).
INSERT INTO bank.macro (macro, title_en, title_zh, body_en, body_zh, clock) VALUES
    ('fca-summary', 'FCA summary resolution', 'FCA 简易处理结果通知',
'Dear customer,

Summary resolution communication: your complaint {number} of {received}, "{subject}"

You made a complaint and accepted our response to it. We now consider your complaint to be resolved.

If you later decide that you are not satisfied with how it was resolved, you have the right to refer your complaint to the Financial Ombudsman Service, free of charge – but you must do so within six months of the date of this letter.

If you do not refer your complaint in time, the Ombudsman will not have our permission to consider your complaint and so will only be able to do so in very limited circumstances. For example, if the Ombudsman believes that the delay was as a result of exceptional circumstances.

More about the Ombudsman stands on its website: www.financial-ombudsman.org.uk

{bank}, {day}',
'尊敬的客户：

您于 {received} 提出的投诉“{subject}”（{number}）的简易处理结果通知

您提出了投诉，并已接受我行的答复，我行认为该投诉已经解决。

如您日后对处理结果不满意，您有权将投诉提交英国金融申诉专员服务机构（Financial Ombudsman Service），免收费用，但须在本函日期起六个月内提出。

逾期提出的，我行不同意申诉专员受理，申诉专员仅在极少数情况下可以受理，例如其认为逾期系特殊情况所致。

有关申诉专员的更多信息，见其网站 www.financial-ombudsman.org.uk 。

{bank} {day}', 'summary');

-- The language of messages to the customer; '' when he has not said.
CREATE FUNCTION api.customer_language_set(p_customer_id bigint, p_language text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.customer;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'customer_language_set', jsonb_build_array(p_customer_id, p_language));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.customer_require(p_customer_id);
    IF NOT coalesce(nullif(p_language, '') IN ('zh', 'en'), true) THEN
        PERFORM bank.fail('BO422', 'There is no such language.', p_language, 'zh, en', 'p_language');
    END IF;
    UPDATE bank.customer SET language = nullif(p_language, ''), version = version + 1, updated_at = now()
     WHERE customer_id = p_customer_id;
    PERFORM bank.audit_write('customer_language', 'customer', was.customer_number, p_customer_id,
        jsonb_build_object('language', was.language), jsonb_build_object('language', nullif(p_language, '')));
    RETURN bank.request_done(p_request, p_customer_id::text, 'The language of messages is kept.');
END $$;
SELECT bank.function_grant('customer_language_set', 'clerk', 'rm', 'supervisor');

-- Templates for a case, its own class first, with their fields filled in the customer's language.
CREATE FUNCTION api.macro_texts(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (text text, title_zh text, title_en text, macro text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    c bank.case_file;
    english boolean;
    owner bank.staff;
BEGIN
    PERFORM bank.customer_require(p_customer_id);
    SELECT * INTO c FROM bank.case_file f WHERE f.customer_id = p_customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id);
    english := bank.case_language(c) = 'en';
    SELECT * INTO owner FROM bank.staff s WHERE s.staff_id = coalesce(c.owner_id, bank.my_staff_id());
    RETURN QUERY
    SELECT replace(replace(replace(replace(replace(replace(CASE WHEN english THEN m.body_en ELSE m.body_zh END,
               '{number}', c.number), '{received}', (c.received_at AT TIME ZONE bank.timezone())::date::text),
               '{owner}', CASE WHEN english THEN owner.name_en ELSE owner.name_zh END),
               '{bank}', bank.setting(CASE WHEN english THEN 'bank_name_en' ELSE 'bank_name_zh' END)),
               '{day}', bank.today()::text), '{subject}', c.subject), -- the customer's own words last
           m.title_zh, m.title_en, m.macro
      FROM bank.macro m
     WHERE m.active AND c.case_id IS NOT NULL AND (m.business IS NULL OR m.business = c.business)
       AND (m.reason IS NULL OR m.reason = c.reason)
       AND (m.clock IS NULL OR EXISTS (SELECT FROM bank.case_clock k WHERE k.customer_id = c.customer_id
                AND k.case_id = c.case_id AND k.clock = m.clock AND k.stopped_at IS NULL AND k.due_at > now()))
     ORDER BY (m.clock IS NULL)::int, (m.business IS NULL)::int + (m.reason IS NULL)::int, m.macro;
END $$;
SELECT bank.function_grant('macro_texts', 'clerk', 'rm', 'supervisor');

CREATE VIEW api.macro_list WITH (security_barrier) AS
SELECT m.macro, m.title_zh, m.title_en, m.business, m.reason, left(m.body_zh, 200) AS body_zh,
       left(m.body_en, 200) AS body_en, m.clock, m.active, m.version
  FROM bank.macro m WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
SELECT bank.view_grant('macro_list', 'clerk', 'rm', 'supervisor', 'auditor');

-- A template as its form shows it; of '' an empty one.
CREATE FUNCTION api.macro_form(p_macro text)
RETURNS TABLE (name text, title_zh text, title_en text, body_zh text, body_en text, business text, reason text,
               clock text, active text, version text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('supervisor');
    RETURN QUERY SELECT m.macro, m.title_zh, m.title_en, m.body_zh, m.body_en, m.business, m.reason, m.clock,
                        m.active::text, m.version::text FROM bank.macro m WHERE m.macro = p_macro;
    IF NOT FOUND THEN
        RETURN QUERY SELECT '', '', '', '', '', NULL::text, NULL::text, NULL::text, 'true', '0';
    END IF;
END $$;

-- Keeps a template; `p_version` 0 or NULL makes a new one, BO409 when somebody changed it meanwhile.
CREATE FUNCTION api.macro_save(p_macro text, p_title_zh text, p_title_en text, p_body_zh text, p_body_en text,
    p_business text, p_reason text, p_clock text, p_active boolean, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.macro;
    m bank.macro;
BEGIN
    PERFORM bank.require_role('supervisor');
    answer := bank.request_replay(p_request, 'macro_save', jsonb_build_array(p_macro, p_title_zh, p_title_en,
        p_body_zh, p_body_en, p_business, p_reason, p_clock, p_active, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO was FROM bank.macro x WHERE x.macro = p_macro FOR UPDATE;
    IF coalesce(was.version, 0) IS DISTINCT FROM coalesce(p_version, 0) THEN
        PERFORM bank.fail('BO409', 'Somebody changed this in the meantime.', p_macro, 'Look at it again.',
                          'p_version');
    END IF;
    IF nullif(p_business, '') IS NOT NULL THEN
        PERFORM bank.class_check('B', p_business, 'p_business');
    END IF;
    IF nullif(p_reason, '') IS NOT NULL THEN
        PERFORM bank.class_check('C', p_reason, 'p_reason');
    END IF;
    IF NOT EXISTS (SELECT FROM bank.clock_kind k WHERE k.clock = p_clock) AND nullif(p_clock, '') IS NOT NULL THEN
        PERFORM bank.fail('BO422', 'There is no such clock.', p_clock, 'Choose one of the list.', 'p_clock');
    END IF;
    INSERT INTO bank.macro VALUES (p_macro, btrim(p_title_en), btrim(p_title_zh), btrim(p_body_en), btrim(p_body_zh),
        nullif(p_business, ''), nullif(p_reason, ''), nullif(p_clock, ''), coalesce(p_active, true))
    ON CONFLICT (macro) DO UPDATE SET title_en = excluded.title_en, title_zh = excluded.title_zh,
        body_en = excluded.body_en, body_zh = excluded.body_zh, business = excluded.business,
        reason = excluded.reason, clock = excluded.clock, active = excluded.active, version = macro.version + 1
    RETURNING * INTO m;
    PERFORM bank.audit_write('macro_save', 'macro', p_macro, NULL, to_jsonb(was), to_jsonb(m));
    RETURN bank.request_done(p_request, p_macro, 'The template is kept.');
EXCEPTION WHEN check_violation OR not_null_violation THEN
    PERFORM bank.fail('BO422', 'The template is not whole.', SQLERRM,
                      'A short name in small letters, titles and texts in both languages.', 'p_macro');
END $$;
SELECT bank.function_grant(name, 'supervisor') FROM unnest('{macro_form,macro_save}'::text[]) name;

-- Decided cases of the same class in the caller's units, the most alike of the latest thirty first.
CREATE FUNCTION api.case_similar(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, overlap int, subject text, outcome text,
               decision text, days int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    c bank.case_file;
    pieces text[];
BEGIN
    PERFORM bank.customer_require(p_customer_id);
    SELECT * INTO c FROM bank.case_file f WHERE f.customer_id = p_customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id);
    pieces := bank.text_pieces(c.subject || c.facts);
    RETURN QUERY
    SELECT s.customer_id, s.case_id, s.number,
           round(100 * bank.pieces_overlap(bank.text_pieces(s.subject || s.facts), pieces))::int AS alike, s.subject,
           s.outcome, s.decision, greatest(1, ceil(extract(epoch FROM s.told_at - s.received_at) / 86400))::int
      FROM (SELECT f.* FROM bank.case_file f
             WHERE f.business = c.business AND f.reason = c.reason AND f.closed_at IS NOT NULL
               AND f.outcome IN ('resolved', 'not_upheld', 'mediated') AND f.case_id <> c.case_id
               AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
               AND bank.may_open(f.customer_id)
             ORDER BY f.closed_at DESC LIMIT 30) s
     ORDER BY alike DESC, s.closed_at DESC LIMIT 5;
END $$;
SELECT bank.function_grant('case_similar', 'clerk', 'rm', 'supervisor', 'auditor');
CREATE INDEX case_file_class ON bank.case_file (business, reason, closed_at DESC) WHERE closed_at IS NOT NULL;
