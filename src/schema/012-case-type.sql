-- What a case may be and do, as data: types, stages, transitions, queues, routing.

CREATE TABLE bank.case_type (
    case_type text COLLATE "C" PRIMARY KEY,
    label_en  text NOT NULL,
    label_zh  text NOT NULL,
    first_stage text COLLATE "C" NOT NULL,
    seq       int NOT NULL,
    active    boolean NOT NULL DEFAULT true
);

CREATE TABLE bank.case_stage (
    case_type text COLLATE "C" NOT NULL REFERENCES bank.case_type,
    stage     text COLLATE "C" NOT NULL,
    label_en  text NOT NULL,
    label_zh  text NOT NULL,
    seq       int NOT NULL,
    final     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_type, stage)
);

-- From `stage` the `action` leads to `next_stage`. `level` '' fits every level; a row for one level
-- wins. `own`: only the owner of the case or a supervisor. `needs`: what must be filled.
CREATE TABLE bank.case_transition (
    case_type  text COLLATE "C" NOT NULL,
    stage      text COLLATE "C" NOT NULL,
    action     text COLLATE "C" NOT NULL,
    level      text COLLATE "C" NOT NULL DEFAULT ''
               CHECK (level IN ('', 'simple', 'complex', 'major')),
    next_stage text COLLATE "C" NOT NULL,
    roles      text[] NOT NULL,
    own        boolean NOT NULL DEFAULT false,
    needs      text[] NOT NULL DEFAULT '{}'
               CHECK (needs <@ ARRAY['class', 'decision', 'told', 'outcome', 'note', 'checker']),
    PRIMARY KEY (case_type, stage, action, level),
    FOREIGN KEY (case_type, stage) REFERENCES bank.case_stage,
    FOREIGN KEY (case_type, next_stage) REFERENCES bank.case_stage (case_type, stage)
);

-- `role`: staff of this role are members of the queue for the units they see; further members
-- by name in queue_member.
CREATE TABLE bank.queue (
    queue    text COLLATE "C" PRIMARY KEY,
    label_en text NOT NULL,
    label_zh text NOT NULL,
    role     text,
    seq      int NOT NULL
);

CREATE TABLE bank.queue_member (
    queue    text COLLATE "C" NOT NULL REFERENCES bank.queue,
    staff_id int NOT NULL,
    PRIMARY KEY (queue, staff_id)
);

-- The first rule by seq that fits decides the queue; NULL fits everything. Units are an interval.
-- `skill`: the person who gets the case must have it.
CREATE TABLE bank.route_rule (
    seq       int PRIMARY KEY,
    case_type text COLLATE "C" NOT NULL REFERENCES bank.case_type,
    business  text COLLATE "C",
    reason    text COLLATE "C",
    source    text COLLATE "C",
    level     text COLLATE "C",
    tier_low  int,
    tier_high int,
    language  text COLLATE "C" CHECK (language IN ('zh', 'en')),
    skill     text COLLATE "C",
    unit_low  int,
    unit_high int,
    queue     text COLLATE "C" NOT NULL REFERENCES bank.queue,
    note_en   text NOT NULL,
    note_zh   text NOT NULL,
    active    boolean NOT NULL DEFAULT true,
    version   bigint NOT NULL DEFAULT 1
);

INSERT INTO bank.case_type VALUES ('complaint', 'Complaint', '投诉', 'registered', 1);
INSERT INTO bank.case_stage (case_type, stage, label_en, label_zh, seq, final) VALUES
    ('complaint', 'registered', 'Registered', '已登记', 1, false),
    ('complaint', 'classified', 'Classified', '已分类', 2, false),
    ('complaint', 'assigned', 'In queue', '待受理', 3, false),
    ('complaint', 'accepted', 'Accepted', '已受理', 4, false),
    ('complaint', 'investigating', 'Investigating', '调查中', 5, false),
    ('complaint', 'waiting', 'Waiting', '等待中', 6, false),
    ('complaint', 'proposed', 'Proposed', '拟定方案', 7, false),
    ('complaint', 'approval', 'For approval', '待审批', 8, false),
    ('complaint', 'decided', 'Decided', '已决定', 9, false),
    ('complaint', 'closed', 'Closed', '已办结', 10, true),
    ('complaint', 'reopened', 'Reopened', '重新打开', 11, false),
    ('complaint', 'recheck', 'Re-check', '核查中', 12, false);

INSERT INTO bank.case_transition (case_type, stage, action, level, next_stage, roles, own, needs)
    SELECT 'complaint', s, action, level, coalesce(next_stage, s), string_to_array(roles, ' '), own,
           string_to_array(needs, ' ')
      FROM (VALUES
        ('registered classified', 'classify', '', 'classified', 'clerk rm supervisor worker', false, ''),
        ('assigned accepted investigating waiting', 'classify', '', NULL,
         'clerk rm supervisor', false, ''),
        ('registered classified assigned accepted investigating reopened', 'route', '', 'assigned',
         'clerk rm supervisor worker', false, 'class'),
        ('assigned reopened', 'take', '', 'accepted', 'clerk rm supervisor', false, 'class'),
        ('assigned accepted investigating waiting reopened', 'assign', '', 'accepted',
         'supervisor', false, 'class'),
        ('accepted investigating', 'release', '', 'assigned', 'clerk rm supervisor', true, ''),
        ('accepted', 'reply', '', 'investigating', 'clerk rm supervisor', true, 'note'),
        ('investigating waiting', 'reply', '', NULL, 'clerk rm supervisor', true, 'note'),
        ('accepted investigating', 'wait', '', 'waiting', 'clerk rm supervisor', true, 'note'),
        ('waiting', 'resume', '', 'investigating', 'clerk rm supervisor', true, ''),
        ('accepted investigating', 'propose', '', 'proposed', 'clerk rm supervisor', true, 'note'),
        ('proposed', 'revise', '', 'investigating', 'clerk rm supervisor', true, ''),
        ('accepted investigating waiting proposed', 'resolve', '', 'decided',
         'clerk rm supervisor', true, 'decision told'),
        ('accepted investigating waiting proposed', 'resolve', 'major', 'approval',
         'clerk rm supervisor', true, 'decision'),
        ('approval', 'approve', '', 'decided', 'supervisor', false, 'checker'),
        ('approval', 'reject', '', 'investigating', 'supervisor', false, 'checker note'),
        ('recheck', 'decide', '', 'decided', 'supervisor', false, 'decision told'),
        ('decided', 'close', '', 'closed', 'clerk rm supervisor', false, 'decision told outcome'),
        ('registered classified assigned accepted investigating waiting proposed reopened',
         'withdraw', '', 'closed', 'clerk rm supervisor', false, 'note'),
        ('registered classified assigned accepted investigating waiting proposed reopened',
         'merge', '', 'closed', 'clerk rm supervisor', false, ''),
        ('closed', 'reopen', '', 'reopened', 'clerk rm supervisor', false, 'note'),
        ('closed', 'recheck', '', 'recheck', 'supervisor', false, 'note')
      ) t(stages, action, level, next_stage, roles, own, needs),
      LATERAL unnest(string_to_array(stages, ' ')) s;

INSERT INTO bank.queue VALUES
    ('executive', 'Executive desk', '高管督办', 'supervisor', 1),
    ('regulator', 'Forwarded by regulators', '监管转办', 'supervisor', 2),
    ('vip', 'Private and premium customers', '高价值客户', 'rm', 3),
    ('fraud', 'Safety of funds and data', '资金与信息安全', 'clerk', 4),
    ('collection', 'Collection', '催收', 'clerk', 5),
    ('card', 'Cards', '银行卡', 'clerk', 6),
    ('credit', 'Loans', '贷款', 'clerk', 7),
    ('wealth', 'Wealth and agency products', '理财与代销', 'clerk', 8),
    ('payment', 'Accounts and payments', '账户与支付', 'clerk', 9),
    ('service', 'General service', '综合服务', 'clerk', 10);

INSERT INTO bank.route_rule
    (seq, case_type, business, reason, source, level, tier_low, queue, note_en, note_zh) VALUES
    (10, 'complaint', NULL, NULL, NULL, 'major', NULL, 'executive',
     'Major complaints go to the executive desk', '重大投诉由高管督办'),
    (20, 'complaint', NULL, NULL, 'regulator', NULL, NULL, 'executive',
     'Forwarded by a regulator: the executive desk', '监管部门转办，由高管督办'),
    (30, 'complaint', NULL, 'C10', NULL, NULL, NULL, 'fraud',
     'Safety of funds comes first', '资金安全优先'),
    (31, 'complaint', NULL, 'C11', NULL, NULL, NULL, 'fraud',
     'Safety of information comes first', '信息安全优先'),
    (40, 'complaint', NULL, NULL, NULL, NULL, 4, 'vip',
     'Customers of the upper tiers have their own desk', '高等级客户专属受理'),
    (50, 'complaint', 'B13', NULL, NULL, NULL, NULL, 'collection', 'Collection', '债务催收'),
    (51, 'complaint', NULL, 'C12', NULL, NULL, NULL, 'collection',
     'Collection methods', '催收方式'),
    (60, 'complaint', 'B02', NULL, NULL, NULL, NULL, 'card', 'Bank cards', '银行卡'),
    (61, 'complaint', 'B03', NULL, NULL, NULL, NULL, 'credit', 'Loans', '贷款'),
    (62, 'complaint', 'B05', NULL, NULL, NULL, NULL, 'wealth', 'Own wealth products', '自营理财'),
    (63, 'complaint', 'B06', NULL, NULL, NULL, NULL, 'wealth', 'Agency business', '代理业务'),
    (64, 'complaint', 'B01', NULL, NULL, NULL, NULL, 'payment', 'Savings', '储蓄'),
    (65, 'complaint', 'B04', NULL, NULL, NULL, NULL, 'payment', 'Payments', '支付结算'),
    (66, 'complaint', 'B08', NULL, NULL, NULL, NULL, 'payment', 'Foreign exchange', '外汇'),
    (999, 'complaint', NULL, NULL, NULL, NULL, NULL, 'service',
     'No earlier rule fits', '其他情形');

SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT')
  FROM unnest('{case_type,case_stage,case_transition,queue,queue_member,route_rule}'::text[]) t;
