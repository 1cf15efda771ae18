-- Suggestions of customers, the themes that many of them share, and the backlog that a theme walks
-- through; service requests.

INSERT INTO bank.case_type (case_type, label_en, label_zh, first_stage, seq, screen, sources, starts,
                            topic, to_person, route_from) VALUES
    ('suggestion', 'Suggestion', '建议', 'new', 2, 'suggestion', '{app,survey,branch,hotline,other}',
     '{assess}', 'service', false, 1000),
    ('service', 'Service request', '服务申请', 'new', 3, 'service', '{branch,hotline,app,other}',
     '{first_response,resolution}', 'service', true, 2000);
INSERT INTO bank.case_stage VALUES
    ('suggestion', 'new', 'New', '新建议', 1, 'active'),
    ('suggestion', 'grouped', 'Grouped', '已归并', 2, 'active'),
    ('suggestion', 'assessed', 'Assessed', '已评估', 3, 'active'),
    ('suggestion', 'accepted', 'Accepted', '已采纳', 4, 'decided'),
    ('suggestion', 'planned', 'Planned', '已排期', 5, 'decided'),
    ('suggestion', 'shipped', 'Shipped', '已上线', 6, 'active'),
    ('suggestion', 'told', 'Told', '已告知', 7, 'closed'),
    ('suggestion', 'declined', 'Declined', '未采纳', 8, 'closed'),
    ('suggestion', 'dropped', 'Withdrawn', '已撤回', 9, 'closed'),
    ('service', 'new', 'New', '新申请', 1, 'active'),
    ('service', 'assigned', 'In queue', '待受理', 2, 'active'),
    ('service', 'accepted', 'In work', '办理中', 3, 'active'),
    ('service', 'waiting', 'Waiting', '等待中', 4, 'waiting'),
    ('service', 'checking', 'To be checked', '待复核', 5, 'approval'),
    ('service', 'done', 'Done', '已办妥', 6, 'decided'),
    ('service', 'closed', 'Closed', '已办结', 7, 'closed'),
    ('service', 'refused', 'Refused', '已退回', 8, 'closed'),
    ('service', 'cancelled', 'Cancelled', '已取消', 9, 'closed');
INSERT INTO bank.case_outcome VALUES
    ('suggestion', 'adopted', 'Adopted', '已采纳', 1, false),
    ('suggestion', 'declined', 'Declined', '未采纳', 2, false),
    ('suggestion', 'withdrawn', 'Withdrawn', '已撤回', 3, false),
    ('service', 'done', 'Done', '已办妥', 1, false),
    ('service', 'refused', 'Refused', '已退回', 2, false),
    ('service', 'cancelled', 'Cancelled', '已取消', 3, false);
INSERT INTO bank.case_action VALUES
    ('suggestion', 'route', 'Routed', '分派', 1, false),
    ('suggestion', 'group', 'Grouped', '归并', 2, false),
    ('suggestion', 'assess', 'Assessed', '评估', 3, false),
    ('suggestion', 'accept', 'Accepted', '采纳', 4, false),
    ('suggestion', 'plan', 'Planned', '排期', 5, false),
    ('suggestion', 'ship', 'Shipped', '上线', 6, false),
    ('suggestion', 'reply', 'Answered', '答复', 7, true),
    ('suggestion', 'decline', 'Declined', '不采纳', 8, true),
    ('suggestion', 'tell', 'Told', '告知客户', 9, true),
    ('suggestion', 'withdraw', 'Withdrawn', '撤回', 10, true),
    ('service', 'route', 'Routed', '分派', 1, false),
    ('service', 'take', 'Taken', '受理', 2, false),
    ('service', 'assign', 'Assigned', '指派', 3, false),
    ('service', 'release', 'Given back', '退回队列', 4, true),
    ('service', 'reply', 'Answered', '答复', 5, true),
    ('service', 'wait', 'Waiting', '等待', 6, true),
    ('service', 'resume', 'Resumed', '恢复', 7, true),
    ('service', 'finish', 'Done', '办妥', 8, true),
    ('service', 'approve', 'Approved', '复核通过', 9, true),
    ('service', 'reject', 'Sent back', '驳回', 10, true),
    ('service', 'refuse', 'Refused', '退回申请', 11, true),
    ('service', 'cancel', 'Cancelled', '取消', 12, true),
    ('service', 'close', 'Closed', '办结', 13, true),
    ('service', 'reopen', 'Reopened', '重新打开', 14, true);

INSERT INTO bank.case_transition (case_type, stage, action, level, next_stage, roles, own, needs, sets,
                                  outcome, starts, stops)
    SELECT type, s, action, level, coalesce(next_stage, s), string_to_array(roles, ' '), own,
           string_to_array(needs, ' '), string_to_array(sets, ' '), outcome,
           string_to_array(starts, ' '), string_to_array(stops, ' ')
      FROM (VALUES
        ('suggestion', 'new', 'route', '', 'new', 'clerk rm supervisor worker', false, '', '', NULL,
         '', ''),
        ('suggestion', 'new grouped assessed', 'group', '', 'grouped', 'clerk rm supervisor', false,
         'field:theme', '', NULL, '', ''),
        ('suggestion', 'grouped', 'assess', '', 'assessed', 'clerk rm supervisor', false, '', '', NULL,
         '', ''),
        ('suggestion', 'assessed', 'accept', '', 'accepted', 'clerk rm supervisor', false, '', 'decide',
         NULL, '', 'assess'),
        ('suggestion', 'accepted', 'plan', '', 'planned', 'clerk rm supervisor', false, '', '', NULL,
         '', ''),
        ('suggestion', 'planned', 'ship', '', 'shipped', 'clerk rm supervisor', false, '', '', NULL,
         'tell', ''),
        ('suggestion', 'new grouped assessed accepted planned', 'reply', '', NULL,
         'clerk rm supervisor', false, 'note', 'respond', NULL, '', ''),
        ('suggestion', 'assessed', 'decline', '', 'declined', 'supervisor', false, 'decision told',
         'decide tell respond', 'declined', '', 'assess'),
        ('suggestion', 'shipped', 'tell', '', 'told', 'clerk rm supervisor', false, 'note told',
         'tell respond', 'adopted', '', 'tell'),
        ('suggestion', 'new grouped assessed accepted planned', 'withdraw', '', 'dropped',
         'clerk rm supervisor', false, 'note', '', 'withdrawn', '', 'assess'),
        ('service', 'new', 'route', '', 'assigned', 'clerk rm supervisor worker', false, '', '', NULL,
         'own', ''),
        ('service', 'assigned accepted', 'route', '', 'assigned', 'clerk rm supervisor', false, '',
         'release', NULL, 'own', 'idle'),
        ('service', 'assigned', 'take', '', 'accepted', 'clerk rm supervisor', false, '', 'take', NULL,
         'idle', 'own'),
        ('service', 'assigned accepted waiting', 'assign', '', 'accepted', 'supervisor', false, '', '',
         NULL, 'idle', 'own idle'),
        ('service', 'accepted', 'release', '', 'assigned', 'clerk rm supervisor', true, '', 'release',
         NULL, 'own', 'idle'),
        ('service', 'accepted waiting', 'reply', '', NULL, 'clerk rm supervisor', true, 'note',
         'respond', NULL, '', 'first_response idle'),
        ('service', 'accepted', 'wait', '', 'waiting', 'clerk rm supervisor', true, 'note', '', NULL,
         '', 'idle'),
        ('service', 'waiting', 'resume', '', 'accepted', 'clerk rm supervisor', true, '', '', NULL, '',
         ''),
        ('service', 'accepted waiting', 'finish', '', 'done', 'clerk rm supervisor', true,
         'decision told', 'decide tell respond', NULL, '', 'first_response resolution own idle'),
        ('service', 'accepted waiting', 'finish', 'major', 'checking', 'clerk rm supervisor', true,
         'decision', 'decide', NULL, '', 'idle'),
        ('service', 'checking', 'approve', '', 'done', 'supervisor', false, 'checker told',
         'approve tell respond', NULL, '', 'first_response resolution own idle'),
        ('service', 'checking', 'reject', '', 'accepted', 'supervisor', false, 'checker note', '', NULL,
         'idle', ''),
        ('service', 'assigned accepted waiting', 'refuse', '', 'refused', 'clerk rm supervisor', false,
         'decision told', 'decide tell respond', 'refused', '',
         'first_response resolution own idle'),
        ('service', 'new assigned accepted waiting', 'cancel', '', 'cancelled', 'clerk rm supervisor',
         false, 'note', '', 'cancelled', '', 'first_response resolution own idle'),
        ('service', 'done', 'close', '', 'closed', 'clerk rm supervisor', false, '', '', 'done', '',
         ''),
        ('service', 'done closed', 'reopen', '', 'assigned', 'clerk rm supervisor', false, 'note',
         'reopen', NULL, 'resolution own', '')
      ) t(type, stages, action, level, next_stage, roles, own, needs, sets, outcome, starts, stops),
      LATERAL unnest(string_to_array(stages, ' ')) s;

INSERT INTO bank.case_field (case_type, field, seq, kind, label_en, label_zh, required_in, least, most,
                             length, valid) VALUES
    ('suggestion', 'topic', 1, 'choice', 'About', '涉及业务', '{new}', NULL, NULL, 20, NULL),
    ('suggestion', 'pain_point', 2, 'choice', 'Pain point', '痛点', '{}', NULL, NULL, 20, NULL),
    ('suggestion', 'theme', 3, 'integer', 'Theme', '主题', '{grouped,assessed,accepted,planned,shipped}',
     1, 2147483647, 10, 'theme_known'),
    ('service', 'kind', 1, 'choice', 'Kind', '申请类型', '{new}', NULL, NULL, 20, NULL),
    ('service', 'account', 2, 'text', 'Account or card, last digits', '账号或卡号尾号', '{}', NULL, NULL,
     8, NULL),
    ('service', 'wanted_on', 3, 'date', 'Wanted by', '期望办妥日', '{}', NULL, NULL, 10, NULL),
    ('service', 'handover', 4, 'choice', 'Handover', '交付方式', '{}', NULL, NULL, 10, NULL),
    ('service', 'amount', 5, 'money', 'Amount', '金额', '{}', 1, 100000000000, 15, NULL);
UPDATE bank.case_field SET pattern = '^[0-9]{4,8}$' WHERE case_type = 'service' AND field = 'account';
INSERT INTO bank.case_choice
    SELECT type, field, c, en, zh, row_number() OVER (PARTITION BY type, field ORDER BY n)::int
      FROM (VALUES
        (1, 'suggestion', 'topic', 'app', 'Mobile app', '手机银行'),
        (2, 'suggestion', 'topic', 'branch', 'Branch service', '网点服务'),
        (3, 'suggestion', 'topic', 'loan', 'Loans', '贷款'),
        (4, 'suggestion', 'topic', 'card', 'Cards', '银行卡'),
        (5, 'suggestion', 'topic', 'payment', 'Payments', '支付结算'),
        (6, 'suggestion', 'topic', 'wealth', 'Wealth products', '理财'),
        (7, 'suggestion', 'topic', 'hotline', 'Hotline', '客服热线'),
        (8, 'suggestion', 'topic', 'other', 'Something else', '其他'),
        (9, 'suggestion', 'pain_point', 'long', 'Process takes too long', '流程长'),
        (10, 'suggestion', 'pain_point', 'scattered', 'Channels are scattered', '渠道散'),
        (11, 'suggestion', 'pain_point', 'blunt', 'Service does not fit', '服务钝'),
        (12, 'suggestion', 'pain_point', 'missing', 'Function is missing', '功能缺失'),
        (13, 'suggestion', 'pain_point', 'unclear', 'Hard to understand', '信息不清'),
        (14, 'suggestion', 'pain_point', 'price', 'Price or fee', '费用价格'),
        (15, 'service', 'kind', 'statement', 'Statement or voucher', '流水及凭证打印'),
        (16, 'service', 'kind', 'certificate', 'Certificate of deposit', '存款证明'),
        (17, 'service', 'kind', 'contact', 'Change of contact data', '联系信息变更'),
        (18, 'service', 'kind', 'card', 'New or replaced card', '换卡补卡'),
        (19, 'service', 'kind', 'limit', 'Change of a limit', '限额调整'),
        (20, 'service', 'kind', 'unlock', 'Unlock an account', '账户解锁'),
        (21, 'service', 'kind', 'repay', 'Early repayment of a loan', '提前还款'),
        (22, 'service', 'kind', 'other', 'Something else', '其他'),
        (23, 'service', 'handover', 'branch', 'At the branch', '网点领取'),
        (24, 'service', 'handover', 'post', 'By post', '邮寄'),
        (25, 'service', 'handover', 'email', 'By e-mail', '电子邮件'),
        (26, 'service', 'handover', 'app', 'In the app', '手机银行')
      ) v(n, type, field, c, en, zh);

INSERT INTO bank.clock_kind VALUES
    ('assess', 'Assessment', '评估答复', 10),
    ('tell', 'Tell the customer', '告知客户', 11);
INSERT INTO bank.clock_rule
    SELECT t, r, k, '', '', m, n, 'service', p, 0 FROM unnest('{cn,fca}'::text[]) r, (VALUES
        ('suggestion', 'assess', 'working_days', 10, false),
        ('suggestion', 'tell', 'working_days', 3, false),
        ('service', 'first_response', 'working_minutes', 120, false),
        ('service', 'resolution', 'working_minutes', 1260, true),
        ('service', 'own', 'working_minutes', 30, false),
        ('service', 'idle', 'working_minutes', 120, false)) v (t, k, m, n, p);
INSERT INTO bank.escalation_rule VALUES
    ('suggestion', 'assess', 1, 80, NULL, 'remind'),
    ('suggestion', 'assess', 2, 100, NULL, 'supervisor'),
    ('suggestion', 'tell', 1, 100, NULL, 'remind'),
    ('service', 'first_response', 1, 80, NULL, 'remind'),
    ('service', 'first_response', 2, 100, NULL, 'supervisor'),
    ('service', 'resolution', 1, 80, NULL, 'remind'),
    ('service', 'resolution', 2, 100, NULL, 'supervisor'),
    ('service', 'own', 1, 100, NULL, 'supervisor'),
    ('service', 'idle', 1, 100, NULL, 'reassign');
INSERT INTO bank.queue VALUES ('voice', 'Voice of the customer', '客户之声', 'clerk', 12);
INSERT INTO bank.route_rule (seq, case_type, queue, note_en, note_zh) VALUES
    (1999, 'suggestion', 'voice', 'All suggestions', '全部建议'),
    (2999, 'service', 'service', 'All service requests', '全部服务申请');
INSERT INTO bank.setting (name, value, note) VALUES
    ('suggestion_target', '30', 'percent of assessed suggestions that shall be adopted in a month');

-- The six steps of the backlog; the last one is reached when the change is in use.
CREATE TABLE bank.backlog_step (
    step     smallint PRIMARY KEY CHECK (step BETWEEN 1 AND 6),
    label_en text NOT NULL,
    label_zh text NOT NULL
);
INSERT INTO bank.backlog_step VALUES (1, 'Requirement', '需求管理'), (2, 'Planning', '产品规划'),
    (3, 'Design', '设计'), (4, 'Development', '研发'), (5, 'Testing', '测试'), (6, 'In use', '上线跟踪');

-- What many customers suggest: assessed, accepted or declined as one, and walked through the backlog.
-- `pain`, `effort`: 1 to 5. It holds no data of customers.
CREATE TABLE bank.theme (
    theme_id    int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    title       text NOT NULL CHECK (length(title) BETWEEN 2 AND 120),
    topic       text COLLATE "C" NOT NULL,
    pain_point  text COLLATE "C",
    state       text COLLATE "C" NOT NULL DEFAULT 'open'
                CHECK (state IN ('open', 'assessed', 'accepted', 'declined')),
    step        smallint REFERENCES bank.backlog_step,
    pain        smallint CHECK (pain BETWEEN 1 AND 5),
    effort      smallint CHECK (effort BETWEEN 1 AND 5),
    note        text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    reason      text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
    owner_id    int,
    target_on   date,
    release     text NOT NULL DEFAULT '' CHECK (length(release) <= 200),
    shipped_at  timestamptz,
    assessed_at timestamptz,
    decided_at  timestamptz,
    decided_by  int,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by  int,
    version     bigint NOT NULL DEFAULT 1,
    CHECK ((state = 'accepted') = (step IS NOT NULL)),
    CHECK ((step = 6 IS TRUE) = (shipped_at IS NOT NULL)),
    CHECK (state = 'open' OR pain IS NOT NULL AND effort IS NOT NULL),
    CHECK (state <> 'declined' OR reason <> '')
);
CREATE UNIQUE INDEX theme_title ON bank.theme (lower(title)) WHERE state IN ('open', 'assessed');

CREATE TABLE bank.theme_event (
    theme_id int NOT NULL REFERENCES bank.theme,
    event_id bigint GENERATED BY DEFAULT AS IDENTITY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    staff_id int,
    action   text COLLATE "C" NOT NULL,
    note     text NOT NULL DEFAULT '',
    before   jsonb,
    after    jsonb,
    PRIMARY KEY (theme_id, event_id)
);
CREATE INDEX case_file_theme ON bank.case_file ((fields ->> 'theme'))
    WHERE case_type = 'suggestion';
SELECT bank.table_protect('bank.backlog_step', 'SELECT');
SELECT bank.table_protect('bank.theme', 'SELECT, INSERT, UPDATE');
SELECT bank.table_protect('bank.theme_event', 'SELECT, INSERT');

CREATE FUNCTION bank.theme_known(p_value text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM bank.theme t WHERE t.theme_id = p_value::bigint)
$$;

-- No step of the backlog is skipped, and nothing comes back from where it was decided, whoever writes.
CREATE FUNCTION bank.theme_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.step IS DISTINCT FROM OLD.step AND NOT coalesce(abs(NEW.step - OLD.step) = 1,
           OLD.step IS NULL AND NEW.step = 1)
       OR OLD.step = 6 AND NEW.step <> 6
       OR OLD.state IN ('accepted', 'declined') AND NEW.state <> OLD.state
       OR OLD.state = 'open' AND NEW.state IN ('accepted', 'declined') THEN
        RAISE EXCEPTION USING ERRCODE = 'BO423',
            MESSAGE = 'The theme cannot take this step in its present state.',
            DETAIL = concat_ws(' ', OLD.state, OLD.step, '>', NEW.state, NEW.step);
    END IF;
    RETURN NEW;
END $$;
ALTER FUNCTION bank.theme_guard() OWNER TO bankops_owner;
CREATE TRIGGER theme_guard BEFORE UPDATE ON bank.theme FOR EACH ROW
    EXECUTE FUNCTION bank.theme_guard();

-- How many suggestions a theme has in the whole bank, still open, and outside the caller's units.
CREATE FUNCTION bank.theme_votes() RETURNS TABLE (theme_id int, votes bigint, open bigint,
                                                  outside bigint, latest timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT (f.fields ->> 'theme')::int, count(*),
           count(*) FILTER (WHERE f.closed_at IS NULL),
           count(*) FILTER (WHERE NOT f.unit_id BETWEEN my_scope_low() AND my_scope_high()),
           max(f.received_at)
      FROM case_file f WHERE f.case_type = 'suggestion' AND f.fields ? 'theme' GROUP BY 1;
END $$;
ALTER FUNCTION bank.theme_votes() OWNER TO bankops_owner;

GRANT EXECUTE ON FUNCTION bank.theme_known, bank.theme_guard, bank.theme_votes TO bankops_api;
GRANT EXECUTE ON FUNCTION bank.theme_votes TO bankops_staff;

-- Themes with the voice behind them: `votes` counts the suggestions of the whole bank, `to_tell` those of
-- the caller's units that wait to be told. priority: votes times pain for each point of effort. `units`:
-- whose customers they are; `mover`: whether the caller may move it on, or who does.
CREATE VIEW api.theme_list WITH (security_barrier) AS
SELECT t.theme_id, t.title, t.topic, t.pain_point, t.state, coalesce(t.step, 0)::int AS step,
       coalesce(b.label_zh, '-') AS step_zh, coalesce(b.label_en, '-') AS step_en,
       coalesce(v.votes, 0) AS votes, coalesce(v.open, 0) AS open, t.pain::int AS pain,
       t.effort::int AS effort,
       coalesce(round(coalesce(v.votes, 0)::numeric * t.pain / t.effort, 1), 0) AS priority,
       bank.staff_name(t.owner_id) AS owner, t.target_on,
       t.step < 6 AND t.target_on < bank.today() IS TRUE AS late,
       t.shipped_at, t.release, t.created_at, v.latest,
       w.to_tell, w.to_tell > 0 AS waiting, CASE WHEN v.outside > 0 THEN 'other' ELSE 'own' END AS units,
       CASE WHEN (SELECT bank.my_role()) <> 'supervisor'
                 AND t.owner_id IS DISTINCT FROM (SELECT bank.my_staff_id()) THEN 'owner'
            WHEN t.step = 5 AND v.outside > 0 THEN 'above' ELSE 'you' END AS mover, t.version
  FROM bank.theme t
  LEFT JOIN bank.backlog_step b ON b.step = t.step
  LEFT JOIN bank.theme_votes() v ON v.theme_id = t.theme_id
 CROSS JOIN LATERAL (SELECT count(*) AS to_tell FROM bank.case_file f WHERE f.case_type = 'suggestion'
           AND f.fields ->> 'theme' = t.theme_id::text AND f.stage = 'shipped'
           AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())) w
 WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
SELECT bank.view_grant('theme_list', 'clerk', 'rm', 'supervisor', 'auditor');

CREATE FUNCTION api.theme_detail(p_theme_id int)
RETURNS TABLE (theme_id int, title text, topic text, pain_point text, state text, step int,
    step_zh text, step_en text, votes bigint, pain int, effort int, priority numeric, owner text,
    owner_login text, target_on date, late boolean, note text, reason text, release text,
    shipped_at timestamptz, assessed_at timestamptz, decided_at timestamptz, decided_by text,
    created_at timestamptz, to_tell bigint, waiting boolean, units text, mover text, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT l.theme_id, l.title, l.topic, l.pain_point, l.state, l.step, l.step_zh, l.step_en, l.votes,
           l.pain, l.effort, l.priority, l.owner,
           (SELECT s.login FROM bank.staff s WHERE s.staff_id = t.owner_id), l.target_on, l.late,
           t.note, t.reason, t.release, t.shipped_at, t.assessed_at, t.decided_at,
           bank.staff_name(t.decided_by), t.created_at, l.to_tell, l.waiting, l.units,
           l.mover, t.version
      FROM api.theme_list l JOIN bank.theme t USING (theme_id) WHERE l.theme_id = p_theme_id
$$;

-- A value of a theme as people read it: names for persons, steps, states and choices.
CREATE FUNCTION bank.theme_word(p_key text, p_value text, p_english boolean)
RETURNS text LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT CASE
        WHEN p_key = 'owner_id' THEN bank.staff_name(p_value::int)
        WHEN p_key = 'step' THEN (SELECT CASE WHEN p_english THEN b.label_en ELSE b.label_zh END
                                    FROM bank.backlog_step b WHERE b.step = p_value::int)
        WHEN p_key = 'state' THEN (SELECT CASE WHEN p_english THEN en ELSE zh END
             FROM (VALUES ('open', 'Open', '待评估'), ('assessed', 'Assessed', '已评估'),
                          ('accepted', 'Accepted', '已采纳'), ('declined', 'Declined', '未采纳'))
                  s (state, en, zh) WHERE s.state = p_value)
        WHEN p_key IN ('topic', 'pain_point')
             THEN (SELECT CASE WHEN p_english THEN c.label_en ELSE c.label_zh END
                     FROM bank.case_choice c
                    WHERE c.case_type = 'suggestion' AND c.field = p_key AND c.choice = p_value)
        ELSE left(p_value, 40) END
$$;

-- What a step changed in a theme, in one language; empty for the first.
CREATE FUNCTION bank.theme_changes(p_before jsonb, p_after jsonb, p_english boolean)
RETURNS text LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT string_agg(CASE WHEN p_english THEN k.en ELSE k.zh END || ' '
               || coalesce(bank.theme_word(k.key, p_before ->> k.key, p_english) || ' > ', '')
               || coalesce(bank.theme_word(k.key, p_after ->> k.key, p_english), '-'), ', '
               ORDER BY k.seq)
      FROM (VALUES (1, 'step', 'Step', '步骤'), (2, 'state', 'State', '状态'),
                   (3, 'title', 'Theme', '主题'), (4, 'topic', 'About', '涉及业务'),
                   (5, 'pain_point', 'Pain point', '痛点'), (6, 'pain', 'Pain', '痛感'),
                   (7, 'effort', 'Effort', '工作量'), (8, 'owner_id', 'Owner', '负责人'),
                   (9, 'target_on', 'In use by', '计划上线'),
                   (10, 'release', 'Came with', '上线版本')) k (seq, key, en, zh)
     WHERE p_before IS NOT NULL AND p_after ? k.key
$$;
GRANT EXECUTE ON FUNCTION bank.theme_word, bank.theme_changes TO bankops_api;

-- The last 200 changes of a theme, the newest first.
CREATE FUNCTION api.theme_history(p_theme_id int)
RETURNS TABLE (at timestamptz, staff text, action text, note text, changes text, changes_en text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT e.at, bank.staff_name(e.staff_id), e.action, e.note,
           bank.theme_changes(e.before, e.after, false), bank.theme_changes(e.before, e.after, true)
      FROM bank.theme_event e WHERE e.theme_id = p_theme_id AND bank.my_staff_id() IS NOT NULL
     ORDER BY e.event_id DESC LIMIT 200
$$;
SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor', 'auditor')
  FROM unnest('{theme_detail,theme_history}'::text[]) name;

-- Suggestions of the caller's units.
CREATE VIEW api.voice_list WITH (security_barrier) AS
SELECT f.customer_id, f.case_id, f.number, f.received_at, f.stage, s.label_zh AS stage_zh,
       s.label_en AS stage_en, s.seq, f.phase, f.source, f.fields ->> 'topic' AS topic,
       f.fields ->> 'pain_point' AS pain_point, f.fields ->> 'theme' AS theme, t.title AS theme_title,
       f.fields ? 'theme' AS grouped,
       CASE WHEN f.customer_id IN (SELECT bank.my_locked()) THEN '***' ELSE f.subject END AS subject,
       bank.mask_name(c.name) AS customer, bank.unit_name(f.unit_id) AS unit, f.due_at,
       CASE WHEN f.phase IN ('decided', 'closed') THEN coalesce(f.closed_at, f.received_at) END
           AS stopped_at, f.told_at, f.outcome, f.version
  FROM bank.case_file f
  JOIN bank.case_stage s ON s.case_type = f.case_type AND s.stage = f.stage
  JOIN bank.customer c ON c.customer_id = f.customer_id
  LEFT JOIN bank.theme t ON t.theme_id = (f.fields ->> 'theme')::int
 WHERE f.case_type = 'suggestion'
   AND f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('voice_list', 'clerk', 'rm', 'supervisor', 'auditor');

-- Themes that say what this suggestion says, the most alike first.
CREATE FUNCTION api.suggestion_themes(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, case_id bigint, version bigint, theme text, title text, state text,
               votes bigint, alike int, mine boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT * FROM (
        SELECT f.customer_id, f.case_id, f.version, t.theme_id::text AS theme_id, t.title, t.state,
               coalesce(v.votes, 0),
               round(100 * greatest(bank.text_overlap(f.facts, t.title), (
                   SELECT max(bank.text_overlap(f.facts, x.facts))
                     FROM (SELECT o.facts FROM bank.case_file o WHERE o.case_type = 'suggestion'
                              AND o.fields ->> 'theme' = t.theme_id::text AND o.case_id <> f.case_id
                            ORDER BY o.case_id DESC LIMIT 4) x)))::int AS alike,
               f.fields ->> 'theme' = t.theme_id::text IS TRUE AS mine
          FROM bank.case_file f
          JOIN bank.theme t ON t.state <> 'declined' OR f.fields ->> 'theme' = t.theme_id::text
          LEFT JOIN bank.theme_votes() v ON v.theme_id = t.theme_id
         WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
           AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)) l
     -- Two texts in letters share more pairs by chance than two in Chinese.
     WHERE l.mine OR l.alike >= CASE bank.text_language(l.title) WHEN 'zh' THEN 20 ELSE 45 END
     ORDER BY l.mine DESC, l.alike DESC, l.theme_id
     LIMIT 6
$$;
SELECT bank.function_grant('suggestion_themes', 'clerk', 'rm', 'supervisor', 'auditor');

-- One suggestion whole; BO404 outside the caller's units, BO428 when the customer needs a grant.
CREATE FUNCTION api.voice_detail(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, stage text, stage_zh text, stage_en text,
    due_at timestamptz, stopped_at timestamptz, subject text, theme text, theme_title text,
    theme_state text, step_zh text, step_en text, grouped boolean, topic text, pain_point text,
    source text, customer text, customer_number text, unit text, received_at timestamptz,
    responded_at timestamptz, told_at timestamptz, outcome_zh text, outcome_en text, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT d.customer_id, d.case_id, d.number, d.stage, d.stage_zh, d.stage_en, d.due_at,
           CASE WHEN d.phase IN ('decided', 'closed') THEN coalesce(d.closed_at, d.received_at) END,
           d.subject, d.fields ->> 'theme', t.title, t.state, b.label_zh, b.label_en,
           d.fields ? 'theme', d.fields ->> 'topic', d.fields ->> 'pain_point', d.source, d.customer,
           d.customer_number, d.unit, d.received_at, d.responded_at, d.told_at, d.outcome_zh,
           d.outcome_en, d.version
      FROM api.case_detail(p_customer_id, p_case_id) d
      LEFT JOIN bank.theme t ON t.theme_id = (d.fields ->> 'theme')::int
      LEFT JOIN bank.backlog_step b ON b.step = t.step
     WHERE d.case_type = 'suggestion'
$$;

-- First values of the form that changes a theme.
CREATE FUNCTION api.theme_form(p_theme_id int)
RETURNS TABLE (title text, topic text, pain_point text, owner text, target_on text, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT t.title, t.topic, t.pain_point, t.owner_login, t.target_on::text, t.version::text
      FROM api.theme_detail(p_theme_id) t
$$;
SELECT bank.function_grant('voice_detail', 'clerk', 'rm', 'supervisor', 'auditor');
SELECT bank.function_grant('theme_form', 'clerk', 'rm', 'supervisor');

-- The suggestions of one theme that the caller sees.
CREATE FUNCTION api.theme_suggestions(p_theme_id int)
RETURNS TABLE (customer_id bigint, case_id bigint, number text, received_at timestamptz, source text,
               stage text, stage_zh text, stage_en text, subject text, customer text, unit text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT l.customer_id, l.case_id, l.number, l.received_at, l.source, l.stage, l.stage_zh,
           l.stage_en, l.subject, l.customer, l.unit
      FROM api.voice_list l WHERE l.theme = p_theme_id::text
     ORDER BY l.received_at DESC, l.case_id DESC LIMIT 500
$$;
SELECT bank.function_grant('theme_suggestions', 'clerk', 'rm', 'supervisor', 'auditor');

-- Themes that a suggestion can still join, the latest first.
CREATE VIEW api.theme_choice WITH (security_barrier) AS
SELECT t.theme_id, t.title, t.state, t.step_zh, t.step_en, t.votes
  FROM api.theme_list t WHERE t.state <> 'declined' AND t.step < 6
 ORDER BY t.theme_id DESC;
SELECT bank.view_grant('theme_choice', 'clerk', 'rm', 'supervisor');
