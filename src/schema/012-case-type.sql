-- What a case may be and do, as data: types, stages, transitions, queues, routing.

-- `screen` shows one case of the type. `roles` may open one, from one of `sources` (the first when
-- none is given). `starts`: clocks that run from the opening on. `topic`: what a conversation about
-- it is filed under. `to_person`: routing names a person of the team, whose load it is; else cases
-- stay with the team. `subject_en`, `subject_zh`: what such a case is about, said from its fields,
-- '{field}'; NULL: as whoever opened it wrote. Routing rules of the type have the numbers route_from + 1 to + 999, the last
-- one fits everything.
CREATE TABLE bank.case_type (
    case_type   text COLLATE "C" PRIMARY KEY CHECK (case_type ~ '^[a-z][a-z_]{1,30}$'),
    label_en    text NOT NULL,
    label_zh    text NOT NULL,
    first_stage text COLLATE "C" NOT NULL,
    seq         int NOT NULL,
    active      boolean NOT NULL DEFAULT true,
    screen      text COLLATE "C" NOT NULL DEFAULT 'case-any',
    roles       text[] NOT NULL DEFAULT '{clerk,rm,supervisor}',
    sources     text[] NOT NULL DEFAULT '{branch,hotline,app,letter,other}'
                CHECK (cardinality(sources) > 0),
    starts      text[] NOT NULL DEFAULT '{}',
    topic       text NOT NULL DEFAULT 'service',
    to_person   boolean NOT NULL DEFAULT true,
    route_from  int NOT NULL UNIQUE CHECK (route_from % 1000 = 0),
    subject_en  text,
    subject_zh  text,
    CHECK ((subject_en IS NULL) = (subject_zh IS NULL))
);

-- `phase`: what the stage means to clocks and lists. waiting: clocks that can pause stand still;
-- approval: a second person decides; decided: the promise is kept; closed: the case is over.
CREATE TABLE bank.case_stage (
    case_type text COLLATE "C" NOT NULL REFERENCES bank.case_type,
    stage     text COLLATE "C" NOT NULL CHECK (stage ~ '^[a-z][a-z_]{1,30}$'),
    label_en  text NOT NULL,
    label_zh  text NOT NULL,
    seq       int NOT NULL,
    phase     text COLLATE "C" NOT NULL DEFAULT 'active'
              CHECK (phase IN ('active', 'waiting', 'approval', 'decided', 'closed')),
    PRIMARY KEY (case_type, stage)
);

-- What a step is called. `plain`: api.case_do takes it; others have a function of their own. Rows of
-- type '*' name what happens to cases of every type besides their steps.
CREATE TABLE bank.case_action (
    case_type text COLLATE "C" NOT NULL,
    action    text COLLATE "C" NOT NULL CHECK (action ~ '^[a-z][a-z_]{1,30}$'),
    label_en  text NOT NULL,
    label_zh  text NOT NULL,
    seq       int NOT NULL,
    plain     boolean NOT NULL DEFAULT true,
    PRIMARY KEY (case_type, action)
);

-- How a case of the type can end. `chosen`: a person may choose it; others come from a step.
CREATE TABLE bank.case_outcome (
    case_type text COLLATE "C" NOT NULL REFERENCES bank.case_type,
    outcome   text COLLATE "C" NOT NULL,
    label_en  text NOT NULL,
    label_zh  text NOT NULL,
    seq       int NOT NULL,
    chosen    boolean NOT NULL DEFAULT true,
    PRIMARY KEY (case_type, outcome)
);

-- Words of case_transition.needs; 'field:NAME' wants that field of the type. checker: somebody who did
-- not decide; superior: of a unit above the one that decided, with no part in it; recent: the customer
-- was told within the setting recheck_days.
CREATE FUNCTION bank.case_needs_known(p_needs text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bool_and(n IN ('class', 'decision', 'told', 'outcome', 'note', 'checker',
                                   'superior', 'recent') OR n ~ '^field:[a-z]'), true) FROM unnest(p_needs) n
$$;

-- From `stage` the `action` leads to `next_stage`. `level` '' fits every level; a row for one level
-- wins. `own`: only the owner of the case or a supervisor. `needs`: what must be filled. `sets`: what
-- the step itself writes: take (the caller owns it), release (nobody does), draft (the note is the
-- proposed decision), decide (the note is the caller's decision), approve (by the caller), respond
-- (the customer's first answer), tell (the customer is told), reopen. `outcome`: how the case ends by
-- it. `starts`, `stops`: clocks. `follow`: the step taken at once after it when the outcome is known.
-- `untold_stage`: where it leads instead while somebody has still to speak to the customer.
CREATE TABLE bank.case_transition (
    case_type  text COLLATE "C" NOT NULL,
    stage      text COLLATE "C" NOT NULL,
    action     text COLLATE "C" NOT NULL,
    level      text COLLATE "C" NOT NULL DEFAULT ''
               CHECK (level IN ('', 'simple', 'complex', 'major')),
    next_stage text COLLATE "C" NOT NULL,
    roles      text[] NOT NULL,
    own        boolean NOT NULL DEFAULT false,
    needs      text[] NOT NULL DEFAULT '{}' CHECK (bank.case_needs_known(needs)),
    sets       text[] NOT NULL DEFAULT '{}'
               CHECK (sets <@ ARRAY['take', 'release', 'draft', 'decide', 'approve', 'respond',
                                    'tell', 'reopen']),
    outcome    text COLLATE "C",
    starts     text[] NOT NULL DEFAULT '{}',
    stops      text[] NOT NULL DEFAULT '{}',
    follow     text COLLATE "C",
    untold_stage text COLLATE "C",
    PRIMARY KEY (case_type, stage, action, level),
    FOREIGN KEY (case_type, stage) REFERENCES bank.case_stage,
    FOREIGN KEY (case_type, next_stage) REFERENCES bank.case_stage (case_type, stage),
    FOREIGN KEY (case_type, untold_stage) REFERENCES bank.case_stage (case_type, stage),
    FOREIGN KEY (case_type, action) REFERENCES bank.case_action,
    FOREIGN KEY (case_type, outcome) REFERENCES bank.case_outcome
);

-- A type's own fields. Values are texts: money in minor units, dates YYYY-MM-DD, bool true or false,
-- customer a customer number, staff a login. `required_in`: stages in which it must be filled.
-- `valid`: a function bank.NAME(text) that answers whether the value is possible. `personal`: events
-- and audit say that it changed, not to what.
CREATE TABLE bank.case_field (
    case_type   text COLLATE "C" NOT NULL REFERENCES bank.case_type,
    field       text COLLATE "C" NOT NULL CHECK (field ~ '^[a-z][a-z0-9_]{1,40}$'),
    seq         int NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('text', 'memo', 'integer', 'money', 'date', 'bool',
                                              'choice', 'customer', 'staff')),
    label_en    text NOT NULL,
    label_zh    text NOT NULL,
    required_in text[] NOT NULL DEFAULT '{}',
    least       bigint,
    most        bigint,
    length      int NOT NULL DEFAULT 200 CHECK (length BETWEEN 1 AND 20000),
    pattern     text,
    valid       text COLLATE "C",
    personal    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_type, field)
);

-- Values of a field of kind choice.
CREATE TABLE bank.case_choice (
    case_type text COLLATE "C" NOT NULL,
    field     text COLLATE "C" NOT NULL,
    choice    text COLLATE "C" NOT NULL,
    label_en  text NOT NULL,
    label_zh  text NOT NULL,
    seq       int NOT NULL,
    PRIMARY KEY (case_type, field, choice),
    FOREIGN KEY (case_type, field) REFERENCES bank.case_field
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

INSERT INTO bank.case_type (case_type, label_en, label_zh, first_stage, seq, screen, sources, starts,
                            topic, route_from) VALUES
    ('complaint', 'Complaint', '投诉', 'registered', 1, 'case',
     '{hotline,card,app,branch,letter,regulator,other}',
     '{first_response,resolution,summary,statutory,forwarded,final}', 'complaint', 0);
INSERT INTO bank.case_stage (case_type, stage, label_en, label_zh, seq, phase) VALUES
    ('complaint', 'registered', 'Registered', '已登记', 1, 'active'),
    ('complaint', 'classified', 'Classified', '已分类', 2, 'active'),
    ('complaint', 'assigned', 'In queue', '待受理', 3, 'active'),
    ('complaint', 'accepted', 'Accepted', '已受理', 4, 'active'),
    ('complaint', 'investigating', 'Investigating', '调查中', 5, 'active'),
    ('complaint', 'waiting', 'Waiting', '等待中', 6, 'waiting'),
    ('complaint', 'proposed', 'Proposed', '拟定方案', 7, 'active'),
    ('complaint', 'approval', 'For approval', '待审批', 8, 'approval'),
    ('complaint', 'approved', 'Approved, to be told', '已批准待告知', 9, 'active'),
    ('complaint', 'decided', 'Decided', '已决定', 10, 'decided'),
    ('complaint', 'closed', 'Closed', '已办结', 11, 'closed'),
    ('complaint', 'reopened', 'Reopened', '重新打开', 12, 'active'),
    ('complaint', 'recheck', 'Re-check', '核查中', 13, 'active');
INSERT INTO bank.case_outcome VALUES
    ('complaint', 'resolved', 'Resolved', '已解决', 1, true),
    ('complaint', 'not_upheld', 'Not upheld', '不成立', 2, true),
    ('complaint', 'mediated', 'Mediated', '调解', 3, true),
    ('complaint', 'merged', 'Merged', '合并', 4, false),
    ('complaint', 'withdrawn', 'Withdrawn', '撤诉', 5, false);
INSERT INTO bank.case_action VALUES
    ('*', 'open', 'Opened', '登记', 1, false),
    ('*', 'note', 'Note', '备注', 2, false),
    ('*', 'edit', 'Changed', '修改', 3, false),
    ('*', 'mark', 'Flags', '标记', 4, false),
    ('*', 'undelivered', 'Not delivered', '未送达', 5, false),
    ('*', 'ask', 'Person asked', '待人工分类', 5, false),
    ('*', 'unknown', 'Not known', '机器未识别', 6, false),
    ('*', 'escalate', 'Escalated', '催办升级', 7, false),
    ('*', 'reassign', 'Reassigned', '自动改派', 8, false),
    ('*', 'merge_in', 'Took one in', '并入一单', 9, false),
    ('*', 'party_add', 'Party', '当事人', 10, false),
    ('*', 'party_end', 'Party ended', '当事人终止', 10, false),
    ('*', 'extend_ask', 'Time asked', '申请延期', 11, false),
    ('*', 'extend_approve', 'Time given', '批准延期', 12, false),
    ('*', 'extend_refuse', 'Time refused', '拒绝延期', 13, false),
    ('*', 'redress_ask', 'Redress', '申请补偿', 14, false),
    ('*', 'redress_approve', 'Redress yes', '批准补偿', 15, false),
    ('*', 'redress_refuse', 'Redress no', '拒绝补偿', 16, false),
    ('*', 'cause', 'Root cause', '根因', 17, false),
    ('*', 'cause_done', 'Rectified', '整改完成', 18, false),
    ('*', 'survey', 'Call back', '回访', 19, false),
    ('*', 'check', 'Ticked', '核对', 20, false),
    ('*', 'uncheck', 'Unticked', '取消核对', 21, false),
    ('*', 'attach', 'File added', '添加附件', 22, false),
    ('*', 'detach', 'File removed', '移除附件', 23, false),
    ('*', 'told', 'Told anew', '更正告知', 24, false),
    ('complaint', 'classify', 'Classified', '分类', 1, false),
    ('complaint', 'route', 'Routed', '分派队列', 2, false),
    ('complaint', 'take', 'Taken', '受理', 3, false),
    ('complaint', 'assign', 'Assigned', '指派', 4, false),
    ('complaint', 'release', 'Given back', '退回队列', 5, true),
    ('complaint', 'reply', 'Answered', '答复', 6, false),
    ('complaint', 'wait', 'Waiting', '等待', 7, true),
    ('complaint', 'resume', 'Resumed', '恢复', 8, true),
    ('complaint', 'propose', 'Proposed', '拟定方案', 9, true),
    ('complaint', 'revise', 'Revised', '修改方案', 10, true),
    ('complaint', 'resolve', 'Resolved', '处理决定', 11, false),
    ('complaint', 'approve', 'Approved', '批准', 12, true),
    ('complaint', 'reject', 'Sent back', '驳回', 13, true),
    ('complaint', 'tell', 'Told', '告知客户', 14, false),
    ('complaint', 'decide', 'Decided', '核查决定', 14, false),
    ('complaint', 'close', 'Closed', '办结', 15, false),
    ('complaint', 'withdraw', 'Withdrawn', '撤诉', 16, true),
    ('complaint', 'merge', 'Merged', '并入他单', 17, false),
    ('complaint', 'reopen', 'Reopened', '重新打开', 18, true),
    ('complaint', 'recheck', 'Re-check', '核查', 19, true);

-- Clocks of these steps: 018-clock.sql.
INSERT INTO bank.case_transition (case_type, stage, action, level, next_stage, roles, own, needs, sets,
                                  outcome, follow, untold_stage)
    SELECT 'complaint', s, action, level, coalesce(next_stage, s), string_to_array(roles, ' '), own,
           string_to_array(needs, ' '), string_to_array(sets, ' '),
           CASE action WHEN 'withdraw' THEN 'withdrawn' WHEN 'merge' THEN 'merged' END,
           CASE WHEN action IN ('approve', 'tell', 'decide') OR action = 'resolve' AND level = '' THEN 'close' END,
           CASE action WHEN 'approve' THEN 'approved' END
      FROM (VALUES
        ('registered classified', 'classify', '', 'classified', 'clerk rm supervisor worker', false,
         '', ''),
        ('assigned accepted investigating waiting', 'classify', '', NULL,
         'clerk rm supervisor', false, '', ''),
        ('registered classified assigned accepted investigating reopened', 'route', '', 'assigned',
         'clerk rm supervisor worker', false, 'class', ''),
        ('assigned reopened', 'take', '', 'accepted', 'clerk rm supervisor', false, 'class', 'take'),
        ('assigned accepted investigating waiting reopened', 'assign', '', 'accepted',
         'supervisor', false, 'class', ''),
        ('accepted investigating', 'release', '', 'assigned', 'clerk rm supervisor', true, '',
         'release'),
        ('accepted', 'reply', '', 'investigating', 'clerk rm supervisor', true, 'note', 'respond'),
        ('investigating waiting', 'reply', '', NULL, 'clerk rm supervisor', true, 'note', 'respond'),
        ('accepted investigating', 'wait', '', 'waiting', 'clerk rm supervisor', true, 'note', ''),
        ('waiting', 'resume', '', 'investigating', 'clerk rm supervisor', true, '', ''),
        ('accepted investigating', 'propose', '', 'proposed', 'clerk rm supervisor', true, 'note',
         'draft'),
        ('proposed', 'revise', '', 'investigating', 'clerk rm supervisor', true, '', ''),
        ('accepted investigating waiting proposed', 'resolve', '', 'decided',
         'clerk rm supervisor', true, 'decision told', 'decide tell respond'),
        ('accepted investigating waiting proposed', 'resolve', 'major', 'approval',
         'clerk rm supervisor', true, 'decision', 'decide'),
        ('approval', 'approve', '', 'decided', 'supervisor', false, 'checker',
         'approve tell respond'),
        ('approved', 'tell', '', 'decided', 'clerk rm supervisor', true, 'decision told', 'tell respond'),
        ('approved', 'take', '', NULL, 'clerk rm supervisor', false, '', 'take'),
        ('approved', 'assign', '', NULL, 'supervisor', false, '', ''),
        ('approved', 'withdraw', '', 'closed', 'clerk rm supervisor', false, 'note', ''),
        ('approval', 'reject', '', 'investigating', 'supervisor', false, 'checker note', ''),
        ('recheck', 'take', '', NULL, 'supervisor', false, 'superior', 'take'),
        ('recheck', 'decide', '', 'decided', 'supervisor', false, 'decision told superior',
         'decide tell'),
        ('decided', 'close', '', 'closed', 'clerk rm supervisor', false, 'decision told outcome', ''),
        ('registered classified assigned accepted investigating waiting proposed approval reopened recheck',
         'withdraw', '', 'closed', 'clerk rm supervisor', false, 'note', ''),
        ('registered classified assigned accepted investigating waiting proposed reopened',
         'merge', '', 'closed', 'clerk rm supervisor', false, '', ''),
        ('closed', 'reopen', '', 'reopened', 'clerk rm supervisor', false, 'note', 'reopen'),
        ('closed', 'recheck', '', 'recheck', 'clerk rm supervisor', false, 'note recent', 'reopen')
      ) t(stages, action, level, next_stage, roles, own, needs, sets),
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

GRANT EXECUTE ON FUNCTION bank.case_needs_known TO bankops_api;
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT')
  FROM unnest('{case_type,case_stage,case_action,case_outcome,case_transition,case_field,case_choice,'
              'queue,queue_member,route_rule}'::text[]) t;
