-- Applications: what each kind needs besides the case engine. Pre-check rules, documents, findings,
-- scorecards, decisions, core enterprises with their orders and receivables, services of an account.

-- GB 32100-2015: the 18th character over 31 signs, weight 3^i mod 31. NULL: right; form or check.
CREATE FUNCTION bank.credit_code_fault(p_code text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    signs constant text := '0123456789ABCDEFGHJKLMNPQRTUWXY';
    code text := upper(p_code);
    total int := 0;
    weight int := 1;
BEGIN
    IF code IS NULL OR code !~ '^[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$'
       OR NOT bank.province_known(substr(code, 3, 2)) THEN
        RETURN 'form';
    END IF;
    FOR i IN 1 .. 17 LOOP
        total := total + (strpos(signs, substr(code, i, 1)) - 1) * weight;
        weight := weight * 3 % 31;
    END LOOP;
    RETURN CASE WHEN substr(signs, (31 - total % 31) % 31 + 1, 1) <> substr(code, 18, 1)
                THEN 'check' END;
END $$;

-- Provinces of GB/T 2260, with the residence permits of Taiwan, Hong Kong and Macao.
CREATE FUNCTION bank.province_known(p_code text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_code ~ '^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])$'
$$;

-- GB 11643-1999. NULL: right; form, birth or check.
CREATE FUNCTION bank.resident_id_fault(p_number text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    weights constant int[] := '{7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2}';
    number text := upper(p_number);
    total int := 0;
BEGIN
    IF number IS NULL OR number !~ '^[0-9]{17}[0-9X]$'
       OR NOT bank.province_known(substr(number, 1, 2)) THEN
        RETURN 'form';
    END IF;
    BEGIN
        PERFORM make_date(substr(number, 7, 4)::int, substr(number, 11, 2)::int,
                          substr(number, 13, 2)::int);
    EXCEPTION WHEN datetime_field_overflow THEN
        RETURN 'birth';
    END;
    FOR i IN 1 .. 17 LOOP
        total := total + substr(number, i, 1)::int * weights[i];
    END LOOP;
    RETURN CASE WHEN substr('10X98765432', total % 11 + 1, 1) <> substr(number, 18, 1)
                THEN 'check' END;
END $$;

-- Years between the birth day in the number and p_day.
CREATE FUNCTION bank.resident_age(p_number text, p_day date) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN bank.resident_id_fault(p_number) IS NULL
                THEN extract(year FROM age(p_day, to_date(substr(p_number, 7, 8), 'YYYYMMDD')))::int END
$$;

-- ISO 7064 MOD 97-10 over branch (4), product (2), serial (8): the bank's own account numbers.
CREATE FUNCTION bank.account_number_make(p_branch int, p_product int, p_serial bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT s || lpad((98 - (s || '00')::numeric % 97)::text, 2, '0')
      FROM (SELECT lpad(p_branch::text, 4, '0') || lpad(p_product::text, 2, '0')
                   || lpad(p_serial::text, 8, '0') AS s) t
$$;

-- ISO 7064 MOD 11,10 over nine digits: the bank's own customer numbers.
CREATE FUNCTION bank.customer_number_make(p_serial bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    digits text := lpad(p_serial::text, 9, '0');
    product int := 10;
    total int;
BEGIN
    FOR i IN 1 .. 9 LOOP
        total := (substr(digits, i, 1)::int + product) % 10;
        product := (CASE total WHEN 0 THEN 10 ELSE total END) * 2 % 11;
    END LOOP;
    RETURN digits || (11 - product) % 10;
END $$;

-- Names as they are compared: without blanks, brackets in one width, case folded.
CREATE FUNCTION bank.name_fold(p_name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace(lower(normalize(p_name, NFKC)), '[[:space:]·•.]', '', 'g')
$$;

-- What the machine looks at, in this order. must: stops the application; should: a person looks;
-- visit: done at the one visit, and before anything is opened or paid.
CREATE TABLE bank.check_rule (
    case_type text COLLATE "C" NOT NULL,
    rule      text COLLATE "C" NOT NULL,
    seq       int NOT NULL,
    weight    text NOT NULL CHECK (weight IN ('must', 'should', 'visit')),
    label_en  text NOT NULL,
    label_zh  text NOT NULL,
    advice_en text NOT NULL,
    advice_zh text NOT NULL,
    active    boolean NOT NULL DEFAULT true,
    version   bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (case_type, rule)
);

-- Papers of an application as they were read: number, holder, dates. Pictures of them are files of
-- the case (091).
CREATE TABLE bank.application_document (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL
                CHECK (kind IN ('licence', 'rep_id', 'owner_id', 'address', 'tax', 'contract',
                                'income', 'other')),
    unit_id     int NOT NULL,
    number      text COLLATE "C" NOT NULL DEFAULT '',
    holder      text NOT NULL DEFAULT '' CHECK (length(holder) <= 200),
    issued_on   date,
    expires_on  date,
    added_by    int,
    added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_id, case_id, kind),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file,
    CHECK (expires_on > issued_on)
);

-- Findings of each run of the pre-check; the last run counts.
CREATE TABLE bank.application_check (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    run         int NOT NULL,
    rule        text COLLATE "C" NOT NULL,
    unit_id     int NOT NULL,
    result      text COLLATE "C" NOT NULL
                CHECK (result IN ('pass', 'missing', 'fail', 'warn', 'visit')),
    detail_en   text NOT NULL DEFAULT '',
    detail_zh   text NOT NULL DEFAULT '',
    checked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (customer_id, case_id, run, rule),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file
);

-- Scorecards by version; one of a card is active. Points from `approve_at` on approve up to
-- `auto_most`, points below `refuse_below` refuse, between them two persons decide.
CREATE TABLE bank.scorecard (
    card         text COLLATE "C" NOT NULL,
    version      int NOT NULL,
    label_en     text NOT NULL,
    label_zh     text NOT NULL,
    state        text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'retired')),
    base         int NOT NULL,
    approve_at   int NOT NULL,
    refuse_below int NOT NULL,
    auto_most    bigint NOT NULL CHECK (auto_most >= 0), -- minor units
    report_days  int NOT NULL DEFAULT 30 CHECK (report_days > 0), -- age of a report from outside
    rate_bp      int NOT NULL CHECK (rate_bp BETWEEN 1 AND 2400), -- yearly rate, hundredths of 1 %
    note         text NOT NULL DEFAULT '',
    made_by      int,
    made_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    checked_by   int,
    active_at    timestamptz,
    row_version  bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (card, version),
    CONSTRAINT maker_is_not_checker CHECK (checked_by <> made_by),
    CHECK (refuse_below <= approve_at)
);
CREATE UNIQUE INDEX scorecard_active ON bank.scorecard (card) WHERE state = 'active';

-- A fact from `low` up to below `high` (NULL: open) gives the points; both NULL: the fact is not
-- known. `refuse`: whatever the sum. `refer`: a person decides, whatever the sum.
CREATE TABLE bank.scorecard_rule (
    card     text COLLATE "C" NOT NULL,
    version  int NOT NULL,
    rule     text COLLATE "C" NOT NULL,
    seq      int NOT NULL,
    fact     text COLLATE "C" NOT NULL,
    low      numeric,
    high     numeric,
    points   int NOT NULL,
    effect   text NOT NULL DEFAULT 'points' CHECK (effect IN ('points', 'refuse', 'refer')),
    label_en text NOT NULL,
    label_zh text NOT NULL,
    PRIMARY KEY (card, version, rule),
    FOREIGN KEY (card, version) REFERENCES bank.scorecard,
    CHECK (high > low)
);

-- What other institutions tell of a person: credit bureau, social insurance. One row for a fact.
CREATE TABLE bank.outside_fact (
    customer_id bigint NOT NULL,
    source      text COLLATE "C" NOT NULL CHECK (source IN ('bureau', 'social')),
    fact        text COLLATE "C" NOT NULL,
    as_of       date NOT NULL,
    unit_id     int NOT NULL,
    value       numeric NOT NULL,
    reference   text COLLATE "C" NOT NULL,
    PRIMARY KEY (customer_id, source, fact, as_of)
);

-- The score of one run, and every point of it with its evidence.
CREATE TABLE bank.application_score (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    run         int NOT NULL,
    unit_id     int NOT NULL,
    card        text COLLATE "C" NOT NULL,
    version     int NOT NULL,
    score       int NOT NULL,
    verdict     text NOT NULL CHECK (verdict IN ('approve', 'refuse', 'refer')),
    reason_en   text NOT NULL,
    reason_zh   text NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (customer_id, case_id, run),
    FOREIGN KEY (card, version) REFERENCES bank.scorecard,
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file
);
CREATE TABLE bank.application_point (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    run         int NOT NULL,
    rule        text COLLATE "C" NOT NULL,
    unit_id     int NOT NULL,
    fact        text COLLATE "C" NOT NULL,
    value       numeric,
    points      int NOT NULL,
    effect      text NOT NULL,
    evidence_en text NOT NULL CHECK (length(evidence_en) > 0),
    evidence_zh text NOT NULL CHECK (length(evidence_zh) > 0),
    PRIMARY KEY (customer_id, case_id, run, rule),
    FOREIGN KEY (customer_id, case_id, run) REFERENCES bank.application_score
);

-- One row for each application besides its case: what was decided, how, by whom, what came of it.
CREATE TABLE bank.application (
    customer_id  bigint NOT NULL,
    case_id      bigint NOT NULL,
    unit_id      int NOT NULL,
    amount       bigint CHECK (amount > 0),
    currency     char(3) NOT NULL DEFAULT 'CNY',
    code         text COLLATE "C", -- credit code of the enterprise, for finding duplicates
    core_id      bigint,           -- customer_id of the core enterprise
    document_id  bigint,           -- its order or receivable
    submitted_at timestamptz,
    how          text CHECK (how IN ('auto', 'manual')),
    verdict      text CHECK (verdict IN ('approve', 'refuse')),
    granted      bigint CHECK (granted > 0),
    rate_bp      int CHECK (rate_bp BETWEEN 1 AND 2400),
    maker_id     int,
    made_at      timestamptz,
    reason       text NOT NULL DEFAULT '',
    checker_id   int,
    decided_at   timestamptz,
    visited_at   timestamptz,
    face_score   numeric(5, 2) CHECK (face_score BETWEEN 0 AND 100),
    visited_by   int,
    executed_at  timestamptz,
    executed_by  int,
    account_id   bigint,
    followed_at  timestamptz,
    PRIMARY KEY (customer_id, case_id),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file,
    CONSTRAINT maker_is_not_checker CHECK (maker_id <> checker_id),
    CONSTRAINT two_persons_decide CHECK (decided_at IS NULL OR how = 'auto' AND maker_id IS NULL
        AND checker_id IS NULL OR how = 'manual' AND maker_id IS NOT NULL AND checker_id IS NOT NULL),
    CONSTRAINT decided_before_done CHECK (executed_at IS NULL OR decided_at <= executed_at
                                          AND verdict = 'approve')
);
CREATE INDEX application_code ON bank.application (code) WHERE code IS NOT NULL;
CREATE INDEX application_core ON bank.application (core_id, document_id) WHERE core_id IS NOT NULL;

-- A core enterprise of supply chains: what the bank finances against its name.
CREATE TABLE bank.core_enterprise (
    customer_id     bigint PRIMARY KEY,
    unit_id         int NOT NULL,
    limit_amount    bigint NOT NULL CHECK (limit_amount >= 0),
    currency        char(3) NOT NULL DEFAULT 'CNY',
    order_rate      int NOT NULL CHECK (order_rate BETWEEN 1 AND 100),      -- percent of an order
    receivable_rate int NOT NULL CHECK (receivable_rate BETWEEN 1 AND 100), -- of a receivable
    supplier_most   bigint NOT NULL CHECK (supplier_most >= 0), -- for one supplier
    rate_bp         int NOT NULL CHECK (rate_bp BETWEEN 1 AND 2400),
    valid_until     date NOT NULL,
    state           text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'stopped')),
    version         bigint NOT NULL DEFAULT 1
);

-- Orders it gave and receivables it owes, as its system reported them. A receivable may name the
-- order it comes from.
CREATE TABLE bank.core_document (
    customer_id   bigint NOT NULL REFERENCES bank.core_enterprise,
    document_id   bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id       int NOT NULL,
    kind          text COLLATE "C" NOT NULL CHECK (kind IN ('order', 'receivable')),
    number        text COLLATE "C" NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    supplier_id   bigint,
    supplier_code text COLLATE "C" NOT NULL,
    amount        bigint NOT NULL CHECK (amount > 0),
    currency      char(3) NOT NULL DEFAULT 'CNY',
    issued_on     date NOT NULL,
    due_on        date NOT NULL,
    confirmed_at  timestamptz,
    reported_by   int, -- NULL: by its system
    confirmed_by  int,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'cancelled')),
    order_number  text COLLATE "C",
    reported_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (customer_id, document_id),
    UNIQUE (customer_id, kind, number),
    CONSTRAINT maker_is_not_checker CHECK (confirmed_by <> reported_by),
    CHECK (due_on >= issued_on)
);
CREATE INDEX core_document_supplier ON bank.core_document (supplier_id) WHERE supplier_id IS NOT NULL;

-- What was lent against a document. One live row for each document: nothing is financed twice.
CREATE TABLE bank.core_finance (
    customer_id bigint NOT NULL, -- of the core enterprise
    document_id bigint NOT NULL,
    finance_id  bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id     int NOT NULL,
    supplier_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    state       text NOT NULL CHECK (state IN ('reserved', 'paid', 'repaid', 'released')),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_on      date NOT NULL,
    PRIMARY KEY (customer_id, document_id, finance_id),
    FOREIGN KEY (customer_id, document_id) REFERENCES bank.core_document
);
CREATE UNIQUE INDEX core_finance_once ON bank.core_finance (customer_id, document_id)
    WHERE state IN ('reserved', 'paid');

-- What comes with an account: reconciliation statements, payroll.
CREATE TABLE bank.account_service (
    customer_id bigint NOT NULL,
    account_id  bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL CHECK (kind IN ('reconciliation', 'payroll')),
    unit_id     int NOT NULL,
    state       text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'stopped')),
    cycle       text NOT NULL CHECK (cycle IN ('daily', 'monthly', 'quarterly')),
    staff_count int CHECK (staff_count > 0),
    pay_day     int CHECK (pay_day BETWEEN 1 AND 28),
    next_on     date NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    opened_by   int,
    case_id     bigint,
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_id, account_id, kind),
    FOREIGN KEY (customer_id, account_id) REFERENCES bank.account,
    CHECK (kind <> 'payroll' OR staff_count IS NOT NULL AND pay_day IS NOT NULL)
);

-- Which desk (queue) works in which stage: an application that changes it changes department.
CREATE TABLE bank.application_desk (
    case_type text COLLATE "C" NOT NULL,
    stage     text COLLATE "C" NOT NULL,
    queue     text COLLATE "C" NOT NULL,
    PRIMARY KEY (case_type, stage)
);

SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT, INSERT, UPDATE')
  FROM unnest('{application,application_document,account_service,scorecard}'::text[]) t;
SELECT bank.table_protect('bank.scorecard_rule', 'SELECT, INSERT, UPDATE, DELETE');
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT, INSERT')
  FROM unnest('{application_check,application_score,application_point}'::text[]) t;
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT')
  FROM unnest('{check_rule,application_desk}'::text[]) t;
SELECT bank.table_protect('bank.outside_fact', 'SELECT, INSERT');
-- Suppliers and the core enterprise are often at different branches: no fence by unit here, the
-- functions say who sees what.
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT, INSERT, UPDATE', false)
  FROM unnest('{core_enterprise,core_document,core_finance}'::text[]) t;
-- An application makes customers, accounts and their entries.
GRANT INSERT ON bank.customer, bank.customer_identity, bank.phone, bank.address, bank.relation,
    bank.account, bank.entry TO bankops_api;
GRANT UPDATE ON bank.account TO bankops_api;
GRANT USAGE ON SEQUENCE bank.customer_customer_id_seq, bank.account_account_id_seq TO bankops_api;
GRANT EXECUTE ON FUNCTION bank.credit_code_fault, bank.resident_id_fault, bank.province_known,
    bank.resident_age, bank.account_number_make, bank.customer_number_make, bank.name_fold
    TO bankops_api;

-- The three types of application on the case engine. Only the functions of 088 and 089 open and move
-- them (no role may do so by the general functions): they pre-check first.
INSERT INTO bank.case_type (case_type, label_en, label_zh, first_stage, seq, screen, roles, sources, topic, route_from) VALUES
    ('account_opening', 'Account opening', '企业开户', 'draft', 21, 'application', '{}', '{branch,app,hotline,other}', 'service', 21000),
    ('consumer_credit', 'Consumer credit', '个人消费贷', 'draft', 22, 'application', '{}', '{branch,app,hotline,other}', 'sales', 22000),
    ('chain_finance', 'Supply-chain finance', '供应链融资', 'draft', 23, 'application', '{}', '{branch,app,hotline,other}', 'sales', 23000);
INSERT INTO bank.case_stage (case_type, stage, label_en, label_zh, seq, phase)
    SELECT y, stage, en, zh, seq, phase FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y,
    (VALUES ('draft', 'Draft', '草拟', 1, 'active'), ('review', 'In review', '审查中', 2, 'active'),
            ('returned', 'Waits for customer', '待客户补件', 3, 'waiting'), ('approval', 'For approval', '待审批', 4, 'approval'),
            ('approved', 'Approved', '已批准', 5, 'active'), ('executed', 'Executed', '已执行', 6, 'decided'),
            ('closed', 'Followed up', '已回访', 7, 'closed'), ('declined', 'Declined', '已拒绝', 8, 'closed'),
            ('withdrawn', 'Withdrawn', '已撤回', 9, 'closed')) s (stage, en, zh, seq, phase);
INSERT INTO bank.case_outcome (case_type, outcome, label_en, label_zh, seq, chosen)
    SELECT y, o, en, zh, n, false FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y,
    (VALUES ('granted', 'Granted', '已办成', 1), ('declined', 'Declined', '已拒绝', 2), ('withdrawn', 'Withdrawn', '已撤回', 3)) x (o, en, zh, n);
INSERT INTO bank.case_action (case_type, action, label_en, label_zh, seq, plain)
    SELECT y, a, en, zh, n, a = 'release' FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y,
    (VALUES ('submit', 'Submitted', '提交', 1), ('take', 'Taken', '受理', 2), ('assign', 'Assigned', '指派', 3), ('release', 'Given back', '退回队列', 4),
            ('return', 'Customer asked', '通知补件', 5), ('resubmit', 'Completed', '补件完成', 6), ('propose', 'Proposed', '拟定意见', 7),
            ('grant', 'Approved', '批准', 8), ('decline', 'Declined', '拒绝', 9), ('revise', 'Sent back', '退回修改', 10),
            ('auto_grant', 'Approved by rules', '规则批准', 11), ('auto_decline', 'Declined by rules', '规则拒绝', 12), ('visit', 'Visit done', '完成面签', 13),
            ('execute', 'Executed', '执行', 14), ('follow', 'Followed up', '回访', 15), ('withdraw', 'Withdrawn', '撤回', 16)) x (a, en, zh, n);
INSERT INTO bank.case_action (case_type, action, label_en, label_zh, seq, plain) VALUES
    ('*', 'precheck', 'Pre-checked', '预审', 30, false), ('*', 'document', 'Document', '登记证件', 31, false),
    ('*', 'ask_customer', 'Customer told', '告知客户', 32, false);
INSERT INTO bank.clock_kind (clock, label_en, label_zh, seq) VALUES ('application', 'Promise to the applicant', '申请办结承诺', 10);
INSERT INTO bank.case_transition (case_type, stage, action, level, next_stage, roles, own, needs, sets, outcome, starts, stops)
    SELECT y, s, action, '', coalesce(next_stage, s), string_to_array(roles, ' '), own, string_to_array(needs, ' '),
           string_to_array(sets, ' '), o, string_to_array(starts, ' '),
           CASE WHEN coalesce(next_stage, s) IN ('executed', 'declined', 'withdrawn', 'closed') THEN '{application}' ELSE '{}' END::text[]
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
        ('review', 'auto_decline', 'declined', 'clerk rm supervisor worker', false, '', '', 'declined', ''),
        ('draft review approval approved', 'visit', NULL, 'clerk rm supervisor', false, '', '', NULL, ''),
        ('approved', 'execute', 'executed', 'clerk supervisor', false, '', '', 'granted', ''),
        ('executed', 'follow', 'closed', 'clerk rm supervisor', false, 'note', '', 'granted', ''),
        ('draft review returned approved', 'withdraw', 'withdrawn', 'clerk rm supervisor', false, 'note', '', 'withdrawn', '')
      ) t (stages, action, next_stage, roles, own, needs, sets, o, starts), unnest(string_to_array(stages, ' ')) s
     WHERE (y = 'consumer_credit' OR action NOT LIKE 'auto%') AND (y = 'account_opening' OR action <> 'visit');
-- One business day; one working hour; two business days: 7 hours of service each.
INSERT INTO bank.clock_rule (case_type, regime, clock, level, source, measure, amount, calendar, pausable)
    SELECT y, r, 'application', '', '', m, n, 'service', true FROM unnest('{cn,fca}'::text[]) r,
    (VALUES ('account_opening', 'working_minutes', 420), ('consumer_credit', 'working_minutes', 60), ('chain_finance', 'working_minutes', 840)) x (y, m, n);
INSERT INTO bank.escalation_rule (case_type, clock, step, at_percent, action)
    SELECT y, 'application', n, p, a FROM unnest('{account_opening,consumer_credit,chain_finance}'::text[]) y,
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
    ('chain_finance', 'document', 'text', 'Number', '单据号', NULL, false)) x (y, f, k, en, zh, most, personal);
INSERT INTO bank.case_choice (case_type, field, choice, label_en, label_zh, seq) VALUES
    ('account_opening', 'account_kind', 'basic', 'Basic account', '基本存款账户', 1), ('account_opening', 'account_kind', 'general', 'General account', '一般存款账户', 2),
    ('account_opening', 'recon_cycle', 'none', 'None', '不开通', 1), ('account_opening', 'recon_cycle', 'daily', 'Daily', '每日', 2),
    ('account_opening', 'recon_cycle', 'monthly', 'Monthly', '每月', 3), ('account_opening', 'recon_cycle', 'quarterly', 'Quarterly', '每季', 4),
    ('consumer_credit', 'purpose', 'renovation', 'Renovation', '装修', 1), ('consumer_credit', 'purpose', 'education', 'Education', '教育', 2),
    ('consumer_credit', 'purpose', 'travel', 'Travel', '旅游', 3), ('consumer_credit', 'purpose', 'appliance', 'Appliances', '家电家具', 4),
    ('consumer_credit', 'purpose', 'car', 'Car', '购车', 5), ('consumer_credit', 'purpose', 'medical', 'Medical', '医疗', 6),
    ('chain_finance', 'kind', 'order', 'Order', '订单', 1), ('chain_finance', 'kind', 'receivable', 'Receivable', '应收账款', 2);

-- Departments are desks (queues); a stage belongs to one, so a change of desk is a hand-off.
INSERT INTO bank.queue VALUES
    ('front', 'Front office', '营销前台', 'rm', 31), ('compliance', 'Account compliance', '账户合规', 'clerk', 32),
    ('credit_review', 'Consumer credit review', '消费贷审查', 'clerk', 33), ('chain_desk', 'Supply-chain desk', '供应链金融', 'clerk', 34),
    ('credit_check', 'Approval', '审批岗', 'supervisor', 35), ('operations', 'Account operations', '账务运营', 'clerk', 36),
    ('follow_up', 'Follow-up', '客户回访', 'rm', 37);
INSERT INTO bank.application_desk (case_type, stage, queue)
    SELECT y, s, CASE WHEN s = 'review' THEN d ELSE q END
      FROM (VALUES ('account_opening', 'compliance'), ('consumer_credit', 'credit_review'), ('chain_finance', 'chain_desk')) t (y, d),
           (VALUES ('draft', 'front'), ('review', ''), ('returned', 'front'), ('approval', 'credit_check'), ('approved', 'operations'),
                   ('executed', 'follow_up'), ('closed', 'follow_up'), ('declined', 'front'), ('withdrawn', 'front')) x (s, q);
INSERT INTO bank.route_rule (seq, case_type, queue, note_en, note_zh) VALUES
    (21999, 'account_opening', 'compliance', 'Account openings', '企业开户'), (22999, 'consumer_credit', 'credit_review', 'Consumer credit', '个人消费贷'),
    (23999, 'chain_finance', 'chain_desk', 'Supply-chain finance', '供应链融资');
INSERT INTO bank.product (product, kind, name_zh, name_en) VALUES
    ('CUR', 'current', '单位活期', 'Corporate current account'), ('LNC', 'loan', '个人消费贷款', 'Consumer loan'),
    ('LNS', 'loan', '供应链融资', 'Supply-chain finance') ON CONFLICT DO NOTHING;
-- Up to `amount` minor units a supervisor of a unit of this kind decides as the second person.
CREATE TABLE bank.decision_limit (
    unit_kind text PRIMARY KEY CHECK (unit_kind IN ('head', 'branch', 'sub_branch')),
    amount    bigint NOT NULL CHECK (amount >= 0)
);
INSERT INTO bank.decision_limit VALUES ('sub_branch', 5000000), ('branch', 50000000), ('head', 100000000000);
SELECT bank.table_protect('bank.decision_limit', 'SELECT');

-- What the credit bureau and social insurance answered, as read from their report; a worker or a clerk enters it.
CREATE FUNCTION api.outside_report_save(p_customer_id bigint, p_as_of date, p_reference text, p_overdue int, p_queries int, p_monthly_debt bigint,
                                        p_social_months int, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'outside_report_save', jsonb_build_array(p_customer_id, p_as_of, p_reference, p_overdue, p_queries, p_monthly_debt, p_social_months));
    unit int;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    unit := (bank.customer_require(p_customer_id)).unit_id;
    PERFORM bank.text_require(p_reference, 'p_reference', 3, 60);
    IF p_as_of IS NULL OR p_as_of > bank.today() OR least(p_overdue, p_queries, p_monthly_debt, p_social_months) < 0 OR num_nulls(p_overdue, p_queries, p_monthly_debt) NOT IN (0, 3)
       OR coalesce(p_overdue, p_social_months) IS NULL THEN
        PERFORM bank.fail('BO422', 'A report has its day and its figures, all of the bureau or none.', p_as_of::text, NULL, 'p_overdue');
    END IF;
    INSERT INTO bank.outside_fact (customer_id, source, fact, as_of, unit_id, value, reference)
    SELECT p_customer_id, f.source, f.fact, p_as_of, unit, f.value, btrim(p_reference)
      FROM (VALUES ('bureau', 'overdue', p_overdue::numeric), ('bureau', 'queries', p_queries), ('bureau', 'monthly_debt', p_monthly_debt), ('social', 'social_months', p_social_months)) f (source, fact, value)
     WHERE f.value IS NOT NULL;
    PERFORM bank.audit_write('outside_report', 'customer', p_customer_id::text, p_customer_id, NULL, jsonb_build_object('reference', p_reference, 'as_of', p_as_of));
    RETURN bank.request_done(p_request, p_customer_id::text, 'The report is kept; check again.');
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.fail('BO409', 'A report of this day is here already.', p_as_of::text, NULL, 'p_as_of');
END $$;

-- An order or receivable that a core enterprise reports; another person confirms it with the enterprise.
CREATE FUNCTION api.core_document_save(p_core_id bigint, p_kind text, p_number text, p_supplier_code text, p_amount bigint, p_issued_on date, p_due_on date,
                                       p_order_number text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'core_document_save', jsonb_build_array(p_core_id, p_kind, p_number, p_supplier_code, p_amount, p_issued_on, p_due_on, p_order_number));
    e bank.core_enterprise;
    made bigint;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO e FROM bank.core_enterprise x WHERE x.customer_id = p_core_id AND bank.in_scope(x.unit_id);
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such core enterprise in your units.', p_core_id::text, NULL, 'p_core_id');
    END IF;
    PERFORM bank.choice_require(p_kind, 'p_kind', '{order,receivable}'), bank.text_require(p_number, 'p_number', 1, 40);
    IF bank.credit_code_fault(p_supplier_code) IS NOT NULL THEN
        PERFORM bank.fail('BO422', 'This is no unified social credit code (GB 32100).', p_supplier_code, NULL, 'p_supplier_code');
    ELSIF NOT coalesce(p_amount > 0 AND p_due_on >= p_issued_on, false) THEN
        PERFORM bank.fail('BO422', 'Amount, day of issue and due day are needed in their order.', NULL, NULL, 'p_amount');
    END IF;
    INSERT INTO bank.core_document (customer_id, unit_id, kind, number, supplier_id, supplier_code, amount, issued_on, due_on, order_number, reported_by)
    VALUES (p_core_id, e.unit_id, p_kind, btrim(p_number), (SELECT k.customer_id FROM bank.known_company(p_supplier_code) k), upper(p_supplier_code), p_amount, p_issued_on, p_due_on,
            nullif(btrim(p_order_number), ''), bank.my_staff_id()) RETURNING document_id INTO made;
    PERFORM bank.audit_write('core_document', 'core_document', made::text, p_core_id, NULL, jsonb_build_object('number', p_number, 'amount', p_amount));
    RETURN bank.request_done(p_request, made::text, 'The document is kept; a second person confirms it.');
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.fail('BO409', 'This number is here already.', p_number, NULL, 'p_number');
END $$;
CREATE FUNCTION api.core_document_confirm(p_core_id bigint, p_document_id bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'core_document_confirm', jsonb_build_array(p_core_id, p_document_id));
    d bank.core_document;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO d FROM bank.core_document x WHERE x.customer_id = p_core_id AND x.document_id = p_document_id AND bank.in_scope(x.unit_id) FOR UPDATE;
    IF NOT FOUND OR d.confirmed_at IS NOT NULL OR d.state <> 'open' THEN
        PERFORM bank.fail('BO423', 'There is nothing to confirm.', p_document_id::text, NULL, 'p_document_id');
    ELSIF d.reported_by = bank.my_staff_id() THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', d.number, 'Ask a colleague.');
    END IF;
    UPDATE bank.core_document SET confirmed_at = clock_timestamp(), confirmed_by = bank.my_staff_id() WHERE customer_id = p_core_id AND document_id = p_document_id;
    PERFORM bank.audit_write('core_confirm', 'core_document', p_document_id::text, p_core_id, NULL, jsonb_build_object('number', d.number));
    RETURN bank.request_done(p_request, p_document_id::text, 'The document is confirmed.');
END $$;
SELECT bank.function_grant(name, 'clerk', 'supervisor', 'worker') FROM unnest('{outside_report_save,core_document_save}'::text[]) name;
SELECT bank.function_grant('core_document_confirm', 'clerk', 'supervisor');
