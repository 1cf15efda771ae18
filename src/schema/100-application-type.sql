-- The three types of application on the case engine. Only the functions of 088, 089 and 119 open
-- and move them (no role may do so by the general functions): they pre-check first.
INSERT INTO bank.case_type (case_type, label_en, label_zh, first_stage, seq, screen, roles, sources,
    topic, route_from, subject_en, subject_zh) VALUES
    ('account_opening', 'Account opening', '企业开户', 'draft', 21, 'application', '{}',
        '{branch,app,hotline,other}', 'service', 21000, NULL, NULL),
    ('consumer_credit', 'Consumer credit', '个人消费贷', 'draft', 22, 'application', '{}',
        '{branch,app,hotline,other}', 'sales', 22000,
        '{purpose} loan of CNY {amount} over {months} months', '{purpose}贷款 {amount} 元，分 {months} 期'),
    ('chain_finance', 'Supply-chain finance', '供应链融资', 'draft', 23, 'application', '{}',
        '{branch,app,hotline,other}', 'sales', 23000,
        'CNY {amount} on {kind} {document} of {core}', '{kind} {document} 融资 {amount} 元（{core}）');
INSERT INTO bank.case_stage (case_type, stage, label_en, label_zh, seq, phase)
    SELECT y, stage, en, zh, seq, phase
        FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y,
    (VALUES ('draft', 'Draft', '草拟', 1, 'active'), ('review', 'In review', '审查中', 2, 'active'),
            ('returned', 'Waits for customer', '待客户补件', 3, 'waiting'), ('approval', 'For approval',
                '待审批', 4, 'approval'),
            ('approved', 'Approved', '已批准', 5, 'active'), ('executed', 'Executed', '已执行', 6,
                'decided'),
            ('closed', 'Followed up', '已回访', 7, 'closed'), ('declined', 'Declined', '已拒绝', 8,
                'closed'),
            ('withdrawn', 'Withdrawn', '已撤回', 9, 'closed')) s (stage, en, zh, seq, phase);
INSERT INTO bank.case_outcome (case_type, outcome, label_en, label_zh, seq, chosen)
    SELECT y, o, en, zh, n, false FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[])
        y,
    (VALUES ('granted', 'Granted', '已办成', 1), ('declined', 'Declined', '已拒绝', 2),
        ('withdrawn', 'Withdrawn', '已撤回', 3)) x (o, en, zh, n);
INSERT INTO bank.case_action (case_type, action, label_en, label_zh, seq, plain)
    SELECT y, a, en, zh, n, a = 'release' FROM
        unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y,
    (VALUES ('submit', 'Submitted', '提交', 1), ('take', 'Taken', '受理', 2), ('assign', 'Assigned',
        '指派', 3), ('release', 'Given back', '退回队列', 4),
            ('return', 'Customer asked', '通知补件', 5), ('resubmit', 'Completed', '补件完成', 6),
                ('propose', 'Proposed', '拟定意见', 7),
            ('grant', 'Approved', '批准', 8), ('decline', 'Declined', '拒绝', 9),
                ('revise', 'Sent back', '退回修改', 10),
            ('auto_grant', 'Approved by rules', '规则批准', 11), ('auto_decline', 'Declined by rules',
                '规则拒绝', 12), ('visit', 'Visit done', '完成面签', 13),
            ('execute', 'Executed', '执行', 14), ('follow', 'Followed up', '回访', 15),
                ('withdraw', 'Withdrawn', '撤回', 16), ('override', 'Taken up again', '复议', 17),
            ('identify', 'Identity confirmed', '确认身份', 18), ('doubt', 'Identity not confirmed',
                '未确认身份', 19)) x (a,
                    en, zh, n);
INSERT INTO bank.case_action (case_type, action, label_en, label_zh, seq, plain) VALUES
    ('*', 'precheck', 'Pre-checked', '预审', 30, false), ('*', 'document', 'Document', '登记证件', 31,
        false),
    ('*', 'ask_customer', 'Customer told', '告知客户', 32, false);
INSERT INTO bank.clock_kind (clock, label_en, label_zh, seq)
    VALUES ('application', 'Promise to the applicant', '申请办结承诺', 10), ('follow_up', 'Follow-up call', '客户回访', 11);
INSERT INTO bank.case_transition (case_type, stage, action, level, next_stage, roles, own, needs, sets,
    outcome, starts, stops)
    SELECT y, s, action, '', coalesce(next_stage, s), string_to_array(roles, ' '), own,
        string_to_array(needs, ' '),
           string_to_array(sets, ' '), o, CASE WHEN action = 'execute' AND y <> 'chain_finance'
               THEN '{follow_up}' ELSE string_to_array(starts, ' ') END,
           CASE WHEN coalesce(next_stage, s) = 'closed' THEN '{application,follow_up}'
               WHEN coalesce(next_stage, s) IN ('executed', 'declined', 'withdrawn')
               THEN '{application}' ELSE '{}' END::text[]
      FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y,
      (VALUES
        ('draft', 'submit', 'review', 'clerk rm supervisor', false, '', '', NULL, 'application'),
        ('review approved', 'take', NULL, 'clerk supervisor', false, '', 'take', NULL, ''),
        ('review approved', 'assign', NULL, 'supervisor', false, '', '', NULL, ''),
        ('review', 'release', NULL, 'clerk supervisor', true, '', 'release', NULL, ''),
        ('review', 'return', 'returned', 'clerk supervisor', true, 'note', '', NULL, ''),
        ('returned', 'resubmit', 'review', 'clerk rm supervisor', false, '', '', NULL, ''),
        ('review', 'propose', 'approval', 'clerk supervisor', true, 'note', 'decide', NULL, ''),
        ('approval', 'grant', 'approved', 'supervisor', false, 'checker', 'approve', NULL, ''),
        ('approval', 'decline', 'declined', 'supervisor', false, 'checker', 'approve', 'declined', ''),
        ('approval', 'revise', 'review', 'supervisor', false, 'checker note', '', NULL, ''),
        ('review', 'auto_grant', 'approved', 'clerk rm supervisor worker', false, '', '', NULL, ''),
        ('review', 'auto_decline', 'declined', 'clerk rm supervisor worker', false, '', '', 'declined',
            ''),
        ('draft returned review approval approved', 'visit', NULL, 'clerk rm supervisor', false, '', '',
            NULL, ''),
        ('draft returned review approval approved', 'identify', NULL, 'clerk supervisor', false, '', '',
            NULL, ''),
        ('draft returned review approval approved', 'doubt', NULL, 'clerk supervisor', false, 'note', '',
            NULL, ''),
        ('declined approved', 'override', 'review', 'supervisor', false, 'note', 'reopen', NULL,
            'application'),
        ('approved', 'execute', 'executed', 'clerk supervisor', false, '', '', 'granted', ''),
        ('executed', 'follow', 'closed', 'clerk rm supervisor', false, 'note', '', 'granted', ''),
        ('draft review returned approved', 'withdraw', 'withdrawn', 'clerk rm supervisor', false,
            'note', '', 'withdrawn', '')
      ) t (stages, action, next_stage, roles, own, needs, sets, o, starts),
          unnest(string_to_array(stages, ' ')) s
     WHERE (y = 'consumer_credit' OR action NOT LIKE 'auto%') AND (y = 'account_opening'
         OR action NOT IN ('visit', 'identify', 'doubt')) AND (y = 'consumer_credit' OR action <> 'override');
-- One business day; one working hour; two business days: 7 hours of service each.
INSERT INTO bank.clock_rule (case_type, regime, clock, level, source, measure, amount, calendar, pausable)
    SELECT y, r, 'application', '', '', m, n, NULL, true FROM unnest('{cn,fca}'::text[]) r,
    (VALUES ('account_opening', 'working_minutes', 420), ('consumer_credit', 'working_minutes', 60),
        ('chain_finance', 'working_minutes', 840)) x (y, m, n);
-- Who has his account or money is called within five working days; a chain waits for the due day.
INSERT INTO bank.clock_rule (case_type, regime, clock, level, source, measure, amount, calendar, pausable)
    SELECT y, r, 'follow_up', '', '', 'working_days', 5, NULL, true
      FROM unnest('{cn,fca}'::text[]) r, unnest('{account_opening,consumer_credit}'::text[]) y;
INSERT INTO bank.escalation_rule (case_type, clock, step, at_percent, action)
    SELECT y, 'follow_up', 1, 100, 'remind' FROM unnest('{account_opening,consumer_credit}'::text[]) y
    UNION ALL
    SELECT y, 'application', n, p, a
        FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y,
    (VALUES (1, 50, 'remind'), (2, 80, 'supervisor'), (3, 100, 'supervisor')) x (n, p, a);
INSERT INTO bank.case_field (case_type, field, seq, kind, label_en, label_zh, most, personal)
    SELECT y, f, row_number() OVER (), k, en, zh, most, personal FROM (VALUES
    ('account_opening', 'enterprise', 'text', 'Enterprise', '企业名称', NULL, false),
    ('account_opening', 'credit_code', 'text', 'Credit code', '统一社会信用代码', NULL, false),
    ('account_opening', 'licence_from', 'date', 'Licence from', '执照起始日', NULL, false),
    ('account_opening', 'licence_to', 'date', 'Licence to', '执照到期日', NULL, false),
    ('account_opening', 'registered_address', 'text', 'Address', '注册地址', NULL, true),
    ('account_opening', 'contact_phone', 'text', 'Contact phone', '联系电话', NULL, true),
    ('account_opening', 'rep_name', 'text', 'Representative', '法定代表人', NULL, true),
    ('account_opening', 'rep_id', 'text', 'Rep. identity', '法人证件号码', NULL, true),
    ('account_opening', 'rep_id_to', 'date', 'Rep. valid until', '法人证件到期日', NULL, false),
    ('account_opening', 'owner_name', 'text', 'Owner', '受益所有人', NULL, true),
    ('account_opening', 'owner_id', 'text', 'Owner identity', '受益人证件号码', NULL, true),
    ('account_opening', 'owner_share', 'integer', 'Share, percent', '持股比例%', 100, false),
    ('account_opening', 'account_kind', 'choice', 'Kind of account', '账户性质', NULL, false),
    ('account_opening', 'basic_bank', 'text', 'Basic bank', '基本户开户行', NULL, false),
    ('account_opening', 'recon_cycle', 'choice', 'Reconciliation', '银企对账', NULL, false),
    ('account_opening', 'payroll_staff', 'integer', 'Payroll people', '代发人数', 100000, false),
    ('account_opening', 'payroll_day', 'integer', 'Payroll day', '发薪日', 28, false),
    ('consumer_credit', 'amount', 'money', 'Amount', '申请金额', NULL, false),
    ('consumer_credit', 'months', 'integer', 'Months', '期限（月）', 360, false),
    ('consumer_credit', 'purpose', 'choice', 'Purpose', '用途', NULL, false),
    ('consumer_credit', 'consent', 'bool', 'Consent', '征信授权', NULL, false),
    ('chain_finance', 'amount', 'money', 'Amount', '申请金额', NULL, false),
    ('chain_finance', 'core', 'text', 'Core', '核心企业', NULL, false),
    ('chain_finance', 'kind', 'choice', 'Against', '融资标的', NULL, false),
    ('chain_finance', 'document', 'text', 'Number', '单据号', NULL, false)) x (y, f, k, en, zh, most,
        personal);
INSERT INTO bank.case_choice (case_type, field, choice, label_en, label_zh, seq) VALUES
    ('account_opening', 'account_kind', 'basic', 'Basic account', '基本存款账户', 1),
        ('account_opening', 'account_kind', 'general', 'General account', '一般存款账户', 2),
    ('account_opening', 'recon_cycle', 'none', 'None', '不开通', 1), ('account_opening', 'recon_cycle',
        'daily', 'Daily', '每日', 2),
    ('account_opening', 'recon_cycle', 'monthly', 'Monthly', '每月', 3), ('account_opening',
        'recon_cycle', 'quarterly', 'Quarterly', '每季', 4),
    ('consumer_credit', 'purpose', 'renovation', 'Renovation', '装修', 1), ('consumer_credit',
        'purpose', 'education', 'Education', '教育', 2),
    ('consumer_credit', 'purpose', 'travel', 'Travel', '旅游', 3), ('consumer_credit', 'purpose',
        'appliance', 'Appliances', '家电家具', 4),
    ('consumer_credit', 'purpose', 'car', 'Car', '购车', 5), ('consumer_credit', 'purpose', 'medical',
        'Medical', '医疗', 6),
    ('chain_finance', 'kind', 'order', 'Order', '订单', 1), ('chain_finance', 'kind', 'receivable',
        'Receivable', '应收账款', 2);

-- Departments are desks (queues); a stage belongs to one, so a change of desk is a hand-off.
INSERT INTO bank.queue VALUES
    ('front', 'Front office', '营销前台', 'rm', 31), ('compliance', 'Account compliance', '账户合规',
        'clerk', 32),
    ('credit_review', 'Consumer credit review', '消费贷审查', 'clerk', 33),
        ('chain_desk', 'Supply-chain desk', '供应链金融', 'clerk', 34),
    ('credit_check', 'Approval', '审批岗', 'supervisor', 35), ('operations', 'Account operations',
        '账务运营', 'clerk', 36),
    ('follow_up', 'Follow-up', '客户回访', 'rm', 37);
INSERT INTO bank.application_desk (case_type, stage, queue)
    SELECT y, s, CASE WHEN s = 'review' THEN d ELSE q END
      FROM (VALUES ('account_opening', 'compliance'), ('consumer_credit', 'credit_review'),
          ('chain_finance', 'chain_desk')) t (y, d),
           (VALUES ('draft', 'front'), ('review', ''), ('returned', 'front'),
               ('approval', 'credit_check'), ('approved', 'operations'),
                   ('executed', 'follow_up'), ('closed', 'follow_up'), ('declined', 'front'),
                       ('withdrawn', 'front')) x (s, q);
INSERT INTO bank.route_rule (seq, case_type, queue, note_en, note_zh) VALUES
    (21999, 'account_opening', 'compliance', 'Account openings', '企业开户'), (22999, 'consumer_credit',
        'credit_review', 'Consumer credit', '个人消费贷'),
    (23999, 'chain_finance', 'chain_desk', 'Supply-chain finance', '供应链融资');
INSERT INTO bank.product (product, kind, name_zh, name_en) VALUES
    ('CUR', 'current', '单位活期', 'Corporate current account'), ('LNC', 'loan', '个人消费贷款',
        'Consumer loan'),
    ('LNS', 'loan', '供应链融资', 'Supply-chain finance') ON CONFLICT DO NOTHING;
