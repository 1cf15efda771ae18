-- Suggestions of two months with their themes, and service requests: how far each has come.

-- What customers ask for. `weight`: how often; days before now on which it was assessed (NULL: not
-- yet), and came into use (NULL: not yet).
CREATE TEMP TABLE demo_theme ON COMMIT DROP AS
SELECT *
  FROM (VALUES (1, '贷款申请合并为一页', 'loan', 'long', 7, 4, 3, 150, 'accepted', 6, 40,
      '手机银行 7.1', ''),
               (2, '手机银行大字版', 'app', 'blunt', 6, 5, 2, 120, 'accepted', 6, 2, '手机银行 7.3', ''),
               (3, '网点周日营业', 'branch', 'long', 6, 3, 5, 118, 'declined', 0, 0, '',
                   '试点网点周日客流不足平日两成，已改为周六全天营业，感谢您的建议。'),
               (4, '转账收款人分组与搜索', 'payment', 'missing', 5, 3, 2, 90, 'accepted', 5, 0, '', ''),
               (5, '理财到期提前提醒', 'wealth', 'unclear', 6, 4, 1, 62, 'accepted', 4, 0, '', ''),
               (6, '客服热线首层直达人工', 'hotline', 'long', 8, 5, 3, 45, 'accepted', 3, 0, '', ''),
               (7, '企业网银代发工资模板', 'payment', 'missing', 3, 3, 2, 30, 'accepted', 2, 0, '', ''),
               (8, '信用卡账单合并到一页', 'card', 'unclear', 4, 3, 2, 12, 'accepted', 1, 0, '', ''),
               (9, '自助机支持零钱取款', 'branch', 'missing', 3, 2, 4, 6, 'assessed', 0, 0, '', ''),
               (10, '跨行转账全部免费', 'payment', 'price', 7, 2, 5, 60, 'declined', 0, 0, '',
                   '手机银行跨行转账已免费；柜面转账按公示价目执行，暂不调整，感谢您的建议。'),
               (11, 'English on machine receipts', 'branch', 'unclear', 2, 2, 1, 95, 'accepted', 6, 30,
                   'ATM software 4.2', ''),
               (12, 'Export of statements as a spreadsheet', 'app', 'missing', 4, 3, 2, 33, 'accepted',
                   4, 0, '', ''),
               (13, '手机预约取号', 'branch', 'long', 7, 4, 2, 140, 'accepted', 6, 60,
                   '网点排队系统 3.0', ''),
               (14, '电子回单自动发到邮箱', 'payment', 'scattered', 4, 3, 2, 25, 'accepted', 3, 0, '',
                   ''),
               (15, '老年客户专窗与陪同服务', 'branch', 'blunt', 5, 4, 3, 14, 'accepted', 2, 0, '', ''),
               (16, 'Video meeting with the relationship manager', 'app', 'scattered', 3, 0, 0, NULL,
                   'open', 0, 0, '', ''),
               (17, '贷款还款日可自选', 'loan', 'blunt', 5, 0, 0, NULL, 'open', 0, 0, '', ''),
               (18, '积分兑换公益捐赠', 'other', 'missing', 2, 2, 2, 4, 'assessed', 0, 0, '', ''),
               (19, '取消短信通知费', 'card', 'price', 6, 3, 4, 28, 'declined', 0, 0, '',
                   '手机银行动账提醒长期免费，短信提醒涉及运营商费用，暂不取消，感谢您的建议。'),
               (20, '提高活期存款利率', 'wealth', 'price', 5, 2, 5, 8, 'declined', 0, 0, '',
                   '存款利率按市场利率自律机制执行，无法单独上调，感谢您的建议。'),
               (21, 'Free replacement of lost cards', 'card', 'price', 3, 2, 4, 88, 'declined', 0, 0,
                   '', 'The fee covers the making of the card; the first one after three years stays free.')) t (theme, title, topic, pain_point, weight, pain, effort, assessed, state, step, shipped, release, reason);

-- What they say, in their words; theme 0 is what nobody has grouped yet.
CREATE TEMP TABLE demo_voice ON COMMIT DROP AS
SELECT theme, said, row_number() OVER (PARTITION BY theme ORDER BY n) - 1 AS nth,
    count(*) OVER (PARTITION BY theme) AS many
  FROM (VALUES (1, 1, '申请消费贷要填五个页面，身份信息填了三遍，能不能合并成一页？'),
      (2, 1, '贷款申请步骤太多，填到一半退出又要从头来，建议合并页面并自动保存。'),
      (3, 1, 'The loan application asks for my employer three times. One page would do.'),
      (4, 2, '父母眼睛不好，手机银行字太小看不清，希望出一个大字版。'),
      (5, 2, '建议手机银行增加老年模式，字大一点，按钮少一点。'),
      (6, 3, '平时上班没空去网点，希望周日也能营业。'),
      (7, 3, 'Please open the branch on Sundays, I work all week.'),
      (8, 4, '收款人有一百多个，每次翻很久，建议可以分组和搜索。'),
      (9, 4, '转账时希望能给收款人打标签，比如房租、学费，便于查找。'),
      (10, 5, '理财到期那天才收到短信，建议提前一天提醒，好安排资金。'),
      (11, 5, '产品到期后资金闲了好几天才发现，能否提前提醒？'),
      (12, 6, '打客服电话按了六层菜单才到人工，希望一开始就能选人工。'),
      (13, 6, '老人不会按语音菜单，热线第一层就应该有人工服务。'),
      (14, 6, 'Six menus before I reached a person. Let callers choose a person first.'),
      (15, 7, '公司每月代发工资都要重新做表，建议网银提供可保存的模板。'),
      (16, 8, '信用卡账单分好几页，消费、分期、积分看着很乱，建议合并到一页。'),
      (17, 9, '自助机只能取整百，希望能取十元二十元的零钱。'),
      (18, 10, '跨行转账还要收手续费，别的银行都免费了，建议全部免费。'),
      (19, 10, '柜台转账收费不合理，应该和手机银行一样免费。'),
      (20, 11, 'The receipt of the machine is Chinese only; my accountant needs English.'),
      (21, 12, 'I would like to export my statement as a spreadsheet, not only as PDF.'),
      (22, 12, '希望流水可以导出成表格，做账方便。'),
      (23, 13, '到网点排队一个多小时，建议可以用手机提前预约取号。'),
      (24, 13, '能不能在手机上看到每个网点现在有多少人排队，并远程取号？'),
      (25, 14, '回单要一张张下载，建议交易后自动发到财务邮箱。'),
      (26, 15, '老人办业务听不清也看不清，希望有专门窗口和人陪同。'),
      (27, 15, '建议网点给七十岁以上老人设专窗，不用和年轻人一起排队。'),
      (28, 16, 'Could I meet my relationship manager by video in the app?'),
      (29, 17, '还款日是五号，我十号才发工资，希望可以自己选还款日。'),
      (30, 17, '每次还款日都要先借钱垫上，建议还款日可以改。'),
      (31, 18, '积分换的东西用不上，希望可以捐给公益项目。'),
      (32, 19, '短信提醒每月收两块钱太不合理了，建议取消。'),
      (33, 20, '活期利率太低了，希望能提高一点。'),
      (34, 21, 'Fifteen yuan for a new card after mine was stolen is too much.'),
      (35, 0, '希望手机银行首页可以自己调整常用功能的顺序。'),
      (36, 0, '建议网点增加手机充电口和饮水机。'),
      (37, 0, 'The one-time code arrives late abroad; please offer a code generator.'),
      (38, 0, '希望信用卡可以设置境外消费单独限额。'),
      (39, 0, '客户经理经常换人，希望更换时能提前告诉我。'),
      (40, 0, '还完贷款后希望手机上直接下载结清证明。')) v (n, theme, said);

-- Each suggestion with its customer, its theme by weight, and the moments of its way.
CREATE TEMP TABLE demo_way ON COMMIT DROP AS WITH person AS (SELECT customer_id, unit_id,
    row_number() OVER (ORDER BY customer_id) - 1 AS n, count(*) OVER () AS many FROM bank.customer
    WHERE customer_id > 0 AND NOT restricted AND customer_id NOT IN (SELECT s.customer_id
    FROM bank.staff s WHERE s.customer_id IS NOT NULL)), scale AS (SELECT theme,
    sum(weight) OVER (ORDER BY theme) - weight AS low, sum(weight) OVER (ORDER BY theme) AS high
    FROM demo_theme), idea AS (SELECT i, (i * 104729 + 31) % p.many AS person,
    (i * 7919 + 5) % 128 AS pick FROM (SELECT greatest(90, count(*) / 25) AS wanted, count(*) AS many
    FROM person) p, LATERAL generate_series(1, p.wanted) i)
SELECT nextval('bank.case_id_seq') AS case_id, x.*, x.received + least(interval '1 hour' *
    (2 + i % 30), (x.now - x.received) * 0.6) AS grouped_at
  FROM (SELECT i, p.customer_id, p.unit_id, t.*, v.said, CASE i % 7 WHEN 0 THEN 'branch' WHEN 1
      THEN 'survey' WHEN 2 THEN 'survey' WHEN 3 THEN 'branch' ELSE 'app' END AS source,
      n.at - make_interval(days => coalesce(t.assessed + 2 + (i * 13 % 10)::int, (i * 11 % 8)::int),
      mins => (i * 37 % 700)::int) AS received, n.at - make_interval(days => t.assessed,
      mins => 200) AS assessed_at, n.at - make_interval(days => greatest(t.assessed - 2, 1),
      mins => 90) AS decided_at, n.at - make_interval(days => greatest(t.assessed - 5, 1),
      mins => 30) AS planned_at, n.at - make_interval(days => t.shipped, mins => 20) AS shipped_at,
      n.at - make_interval(days => t.shipped - 2, mins => 10) AS told_at, n.at AS now
      FROM (SELECT to_timestamp(bank.setting('demo_now')::bigint) AS at) n, idea
      JOIN person p ON p.n = idea.person LEFT JOIN scale s ON idea.pick >= s.low AND idea.pick < s.high
      LEFT JOIN demo_theme t ON t.theme = s.theme JOIN demo_voice v ON v.theme = coalesce(s.theme, 0)
      AND v.nth = idea.i % v.many) x
 ORDER BY received, i;

INSERT INTO bank.theme (theme_id, title, topic, pain_point, state, step, pain, effort, note, reason,
    owner_id, target_on, release, shipped_at, assessed_at, decided_at, decided_by, created_at, created_by)
SELECT t.theme, t.title, t.topic, t.pain_point, t.state, nullif(t.step, 0), nullif(t.pain, 0),
    nullif(t.effort, 0), '', t.reason, CASE WHEN t.step > 0 THEN o.staff_id END,
    CASE WHEN t.step BETWEEN 1 AND 5 THEN (w.now + make_interval(days => 18 * (6 - t.step) -
    (t.theme * 7 % 25)))::date END, t.release, CASE WHEN t.step = 6 THEN w.shipped_at END,
    CASE WHEN t.state <> 'open' THEN w.assessed_at END, CASE WHEN t.state IN ('accepted', 'declined')
    THEN w.decided_at END, CASE WHEN t.state IN ('accepted', 'declined') THEN b.staff_id END,
    coalesce(w.first, w.assessed_at - interval '5 days', w.now), c.staff_id
  FROM demo_theme t
 CROSS JOIN LATERAL (SELECT min(d.grouped_at) FILTER (WHERE d.theme = t.theme) AS first,
     min(d.now) - make_interval(days => t.assessed, mins => 200) AS assessed_at,
     min(d.now) - make_interval(days => greatest(t.assessed - 2, 1), mins => 90) AS decided_at,
     min(d.now) - make_interval(days => t.shipped, mins => 20) AS shipped_at, min(d.now) AS now
     FROM demo_way d) w, bank.staff o, bank.staff b, bank.staff c
 WHERE o.login = CASE t.theme % 3 WHEN 0 THEN 'rm01' WHEN 1 THEN 'super01' ELSE 'clerk01' END
     AND b.login = 'super02' AND c.login = 'clerk01' AND w.now IS NOT NULL;
INSERT INTO bank.theme_event (theme_id, at, staff_id, action, note, before, after)
SELECT t.theme_id, e.at, e.staff, e.action, e.note, e.was, e.now
  FROM bank.theme t
 CROSS JOIN LATERAL (VALUES (t.created_at, t.created_by, 'create', '', NULL::jsonb,
     jsonb_build_object('title', t.title)), (t.assessed_at, t.created_by, 'assess', '',
     '{"state": "open"}', jsonb_build_object('state', 'assessed', 'pain', t.pain, 'effort', t.effort)),
     (t.decided_at, t.decided_by, CASE t.state WHEN 'declined' THEN 'decline' ELSE 'accept' END,
     t.reason, '{"state": "assessed"}', jsonb_build_object('state', t.state))) e (at, staff, action,
     note, was, now)
 WHERE e.at IS NOT NULL
UNION ALL
SELECT t.theme_id, t.decided_at + (coalesce(t.shipped_at, (SELECT min(d.now) FROM demo_way d)) -
    t.decided_at) * (k - 1) / (t.step - 1), coalesce(t.owner_id, t.created_by), 'move', CASE WHEN k = 6
    THEN t.release ELSE '' END, jsonb_build_object('step', k - 1), jsonb_build_object('step', k)
  FROM bank.theme t, LATERAL generate_series(2, t.step) k
 WHERE t.step > 1
 ORDER BY 2;

-- How far each suggestion has come.
INSERT INTO bank.case_file (customer_id, case_id, unit_id, case_type, stage, source, subject, facts,
    fields, tier, regime, queue, route_seq, received_at, opened_by, responded_at, decision, decided_by,
    told_at, told_how, outcome, closed_at)
SELECT w.customer_id, w.case_id, w.unit_id, 'suggestion', s.stage, w.source,
    CASE WHEN length(w.said) > 40 THEN left(w.said, 39) || '…' ELSE w.said END, w.said,
    jsonb_strip_nulls(jsonb_build_object('topic', coalesce(w.topic, CASE WHEN w.said ~ '信用卡' THEN 'card'
        WHEN w.said ~ '贷款' THEN 'loan' WHEN w.said ~ '网点' THEN 'branch' WHEN w.said ~ '客户经理' THEN 'other'
        ELSE 'app' END), 'pain_point', w.pain_point,
    'theme', w.theme::text)), bank.customer_tier(w.customer_id), bank.regime_of(w.unit_id), 'voice',
    1999, w.received, c.staff_id, CASE WHEN w.i % 3 = 0 THEN least(w.received + interval '90 minutes',
    w.now) END, CASE s.stage WHEN 'declined' THEN w.reason WHEN 'new' THEN NULL WHEN 'grouped' THEN NULL
    WHEN 'assessed' THEN NULL ELSE w.title END, CASE WHEN s.decided THEN b.staff_id END, s.told,
    CASE WHEN s.told IS NOT NULL THEN 'app' END, CASE s.stage WHEN 'declined' THEN 'declined'
    WHEN 'told' THEN 'adopted' END, s.told
  FROM demo_way w
 CROSS JOIN LATERAL (SELECT y.stage, y.stage IN ('accepted', 'planned', 'shipped', 'told',
     'declined') AS decided, CASE y.stage WHEN 'declined' THEN w.decided_at WHEN 'told' THEN w.told_at
     END AS told FROM (SELECT CASE WHEN w.theme IS NULL THEN 'new' WHEN w.state = 'open' THEN 'grouped'
     WHEN w.state = 'assessed' THEN 'assessed' WHEN w.state = 'declined' THEN 'declined' WHEN w.step = 1
     THEN 'accepted' WHEN w.step < 6 THEN 'planned' WHEN w.shipped > 2 THEN 'told' ELSE 'shipped'
     END AS stage) y) s, bank.staff c, bank.staff b
 WHERE c.login = 'clerk01' AND b.login = 'super02'
 ORDER BY w.case_id;

INSERT INTO bank.case_event (customer_id, case_id, unit_id, at, staff_id, action, stage_before,
    stage_after, note, before, after)
SELECT f.customer_id, f.case_id, f.unit_id, e.at, e.staff, e.action, e.was, e.now, e.note,
    CASE WHEN e.was IS NOT NULL THEN jsonb_build_object('stage', e.was) END, jsonb_build_object('stage',
    e.now) || coalesce(e.more, '{}')
  FROM demo_way w
  JOIN bank.case_file f ON f.customer_id = w.customer_id AND f.case_id = w.case_id
  JOIN bank.case_stage g ON g.case_type = 'suggestion' AND g.stage = f.stage
 CROSS JOIN LATERAL (SELECT CASE f.stage WHEN 'declined' THEN 3 ELSE g.seq END AS reached) r
 CROSS JOIN LATERAL (VALUES (1, 1, f.received_at, f.opened_by, 'open', NULL, 'new', '', NULL::jsonb),
     (2, 1, f.received_at + interval '1 second', f.opened_by, 'route', 'new', 'new', '全部建议',
     '{"queue": "voice"}'), (3, 1, f.responded_at, f.opened_by, 'reply', 'new', 'new',
     '感谢您的建议，我们会认真研究。', NULL), (4, 2, w.grouped_at, f.opened_by, 'group', 'new',
     'grouped', w.theme || ' ' || w.title, jsonb_build_object('fields', jsonb_build_object('theme',
     w.theme::text))), (5, 3, w.assessed_at, f.opened_by, 'assess', 'grouped', 'assessed', '', NULL),
     (6, 4, w.decided_at, f.decided_by, 'accept', 'assessed', 'accepted', w.title, NULL),
     (7, 5, w.planned_at, f.decided_by, 'plan', 'accepted', 'planned', w.title, NULL),
     (8, 6, w.shipped_at, f.decided_by, 'ship', 'planned', 'shipped', w.release, NULL),
     (9, 7, f.told_at, f.opened_by, 'tell', 'shipped', 'told', w.title || '：' || w.release,
     '{"outcome": "adopted"}')) e (seq, needs, at, staff, action, was, now, note, more)
 WHERE e.at IS NOT NULL AND r.reached >= e.needs
UNION ALL
SELECT f.customer_id, f.case_id, f.unit_id, f.told_at, f.decided_by, 'decline', 'assessed', 'declined',
    f.decision, '{"stage": "assessed"}', '{"stage": "declined", "outcome": "declined"}'
  FROM bank.case_file f
 WHERE f.case_type = 'suggestion' AND f.stage = 'declined'
 ORDER BY 4;

SELECT count(bank.case_clock_start(f, f.received_at, '{assess}')::text)
  FROM bank.case_file f
 WHERE f.case_type = 'suggestion';
SELECT count(bank.case_clock_stop(f, '{assess}', w.decided_at)::text)
  FROM bank.case_file f
  JOIN demo_way w USING (customer_id, case_id)
 WHERE f.stage IN ('accepted', 'planned', 'shipped', 'told', 'declined');
SELECT count(bank.case_clock_start(f, w.shipped_at, '{tell}')::text)
  FROM bank.case_file f
  JOIN demo_way w USING (customer_id, case_id)
 WHERE f.stage IN ('shipped', 'told');
SELECT count(bank.case_clock_stop(f, '{tell}', f.told_at)::text)
  FROM bank.case_file f
  JOIN demo_way w USING (customer_id, case_id)
 WHERE f.stage = 'told';
UPDATE bank.case_file f
   SET due_at = (SELECT coalesce(min(k.due_at) FILTER (WHERE k.stopped_at IS NULL), max(k.due_at))
       FROM bank.case_clock k WHERE k.customer_id = f.customer_id AND k.case_id = f.case_id)
 WHERE f.case_type = 'suggestion';

-- Service requests of the last 60 days, the youngest still open.
CREATE TEMP TABLE demo_service ON COMMIT DROP AS WITH person AS (SELECT customer_id, unit_id,
    row_number() OVER (ORDER BY customer_id) - 1 AS n, count(*) OVER () AS many FROM bank.customer
    WHERE customer_id > 0 AND NOT restricted AND kind = 'person'
    AND customer_id NOT IN (SELECT s.customer_id FROM bank.staff s WHERE s.customer_id IS NOT NULL))
SELECT nextval('bank.case_id_seq') AS case_id, p.customer_id, p.unit_id, x.i, k.*,
    h.staff_id AS handler, h.checker, CASE WHEN x.i % 9 = 0 THEN 'hotline' WHEN x.i % 9 < 4 THEN 'app'
    ELSE 'branch' END AS source, x.received, bank.due_at('service', x.received,
    12 + (x.i * 7 % 50)::int) AS taken, bank.due_at('service', x.received,
    62 + (x.i * 11 % 70)::int) AS answered, bank.due_at('service', x.received,
    180 + (x.i * 97 % 1500)::int) AS done, n.at AS now
  FROM (SELECT to_timestamp(bank.setting('demo_now')::bigint) AS at) n
 CROSS JOIN LATERAL (SELECT greatest(40, count(*) / 60) AS wanted, count(*) AS many FROM person) m
 CROSS JOIN LATERAL (SELECT i, n.at - make_interval(mins => (i * i * 37 % 86400)::int + 15) AS received
     FROM generate_series(1, m.wanted) i) x
  JOIN person p ON p.n = (x.i * 15485863 + 7) % m.many
  JOIN (VALUES (0, 'statement', '打印近一年的工资流水，办签证用。', 'branch', 'simple', NULL::bigint),
               (1, 'card', '卡片磁条损坏，在自助机上读不出，申请换卡。', 'branch', 'simple', NULL),
               (2, 'limit', '下周要付装修款，申请临时提高手机转账日限额。', 'app', 'major', 20000000),
               (3, 'certificate', 'Certificate of deposit for a student visa, in English please.',
                   'branch', 'simple', 10000000),
               (4, 'contact', '换了手机号，请更新预留号码。', 'branch', 'simple', NULL),
               (5, 'unlock', '密码输错被锁定，申请解锁。', 'branch', 'simple', NULL),
               (6, 'repay', '想提前还清剩余车贷，请告知金额和日期。', 'app', 'simple', 8600000),
               (7, 'other', 'Please send my annual tax statement again by e-mail.', 'email', 'simple',
                   NULL)) k (nth, kind, said, handover, level, amount) ON k.nth = x.i % 8
 CROSS JOIN LATERAL (SELECT s.staff_id, (SELECT b.staff_id FROM bank.staff b
     WHERE b.login = 'super02') AS checker FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id
     WHERE s.role = 'clerk' AND s.active AND p.unit_id BETWEEN u.low AND u.high
     ORDER BY (s.staff_id * 31 + x.i) % 17, s.staff_id LIMIT 1) h
 ORDER BY x.received, x.i;

INSERT INTO bank.case_file (customer_id, case_id, unit_id, case_type, stage, level, source, subject,
    facts, fields, tier, regime, queue, route_seq, owner_id, received_at, opened_by, taken_at,
    responded_at, decision, decided_by, approved_by, told_at, told_how, outcome, closed_at)
SELECT w.customer_id, w.case_id, w.unit_id, 'service', s.stage, w.level, w.source, left(w.said, 40),
    w.said, jsonb_strip_nulls(jsonb_build_object('kind', w.kind, 'handover', w.handover, 'amount',
    w.amount::text)), bank.customer_tier(w.customer_id), bank.regime_of(w.unit_id), 'service', 2999,
    CASE WHEN s.rank >= 3 THEN w.handler END, w.received, w.handler, CASE WHEN s.rank >= 3 THEN w.taken
    END, CASE WHEN s.rank >= 3 AND w.answered < w.now THEN w.answered END, CASE WHEN s.rank >= 5
    THEN '已按申请办理完毕。' END, CASE WHEN s.rank >= 5 THEN w.handler END, CASE WHEN s.rank >= 6
    AND w.level = 'major' THEN w.checker END, CASE WHEN s.rank >= 6 THEN w.done END,
    CASE WHEN s.rank >= 6 THEN 'sms' END, CASE s.stage WHEN 'closed' THEN 'done' WHEN 'refused'
    THEN 'refused' END, CASE WHEN s.stage IN ('closed', 'refused') THEN least(w.done + CASE s.stage
    WHEN 'closed' THEN interval '4 hours' ELSE '0' END, w.now) END
  FROM demo_service w
 CROSS JOIN LATERAL (SELECT y.stage, g.seq AS rank FROM (SELECT CASE WHEN w.taken > w.now
     THEN 'assigned' WHEN w.done > w.now AND w.i % 5 = 0 THEN 'waiting' WHEN w.done > w.now
     THEN 'accepted' WHEN w.level = 'major' AND w.done > w.now - interval '2 days' THEN 'checking'
     WHEN w.i % 23 = 0 THEN 'refused' WHEN w.done > w.now - interval '30 hours' THEN 'done'
     ELSE 'closed' END AS stage) y JOIN bank.case_stage g ON g.case_type = 'service'
     AND g.stage = y.stage) s
 ORDER BY w.case_id;
INSERT INTO bank.case_pause (customer_id, case_id, started_at, unit_id, reason)
SELECT f.customer_id, f.case_id, greatest(f.taken_at, coalesce(f.responded_at, f.taken_at)) +
    interval '1 minute', f.unit_id, '等待客户补充材料'
  FROM bank.case_file f
 WHERE f.case_type = 'service' AND f.stage = 'waiting';
INSERT INTO bank.case_event (customer_id, case_id, unit_id, at, staff_id, action, stage_before,
    stage_after, note, before, after)
SELECT f.customer_id, f.case_id, f.unit_id, e.at, e.staff, e.action, e.was, e.now, e.note,
    CASE WHEN e.was IS NOT NULL THEN jsonb_build_object('stage', e.was) END, jsonb_build_object('stage',
    e.now) || coalesce(e.more, '{}')
  FROM demo_service w
  JOIN bank.case_file f ON f.customer_id = w.customer_id AND f.case_id = w.case_id
 CROSS JOIN LATERAL (VALUES (1, f.received_at, f.opened_by, 'open', NULL, 'new', '', NULL::jsonb),
     (2, f.received_at + interval '1 second', f.opened_by, 'route', 'new', 'assigned', '',
     jsonb_build_object('queue', CASE WHEN w.i % 6 = 0 THEN 'payment' ELSE 'service' END)),
     (3, CASE WHEN w.i % 6 = 0 THEN f.received_at + (least(w.taken, w.now) - f.received_at) * 0.6 END,
     f.opened_by, 'route', 'assigned', 'assigned', '不属本队列', '{"queue": "service"}'),
     (4, f.taken_at, f.owner_id, 'take', 'assigned', 'accepted', '', jsonb_build_object('owner_id',
     f.owner_id)), (5, f.responded_at, f.owner_id, 'reply', 'accepted', 'accepted',
     '已收到您的申请，正在办理。', NULL), (6, CASE WHEN f.stage = 'waiting'
     THEN coalesce(f.responded_at, f.taken_at) + interval '1 minute' END, f.owner_id, 'wait',
     'accepted', 'waiting', '等待客户补充材料', NULL), (7, CASE WHEN f.decided_by IS NOT NULL
     AND f.stage <> 'refused' AND w.level = 'major' THEN w.done - interval '20 minutes' END,
     f.decided_by, 'finish', 'accepted', 'checking', f.decision, NULL),
     (8, CASE WHEN f.stage <> 'refused' THEN f.told_at END, coalesce(f.approved_by, f.decided_by),
     CASE WHEN w.level = 'major' THEN 'approve' ELSE 'finish' END, CASE WHEN w.level = 'major'
     THEN 'checking' ELSE 'accepted' END, 'done', f.decision, '{"told_how": "sms"}'),
     (9, CASE WHEN f.stage = 'refused' THEN f.told_at END, f.decided_by, 'refuse', 'accepted',
     'refused', '材料不符合要求，请补齐后重新申请。', '{"outcome": "refused"}'),
     (10, CASE WHEN f.stage = 'closed' THEN f.closed_at END, f.owner_id, 'close', 'done', 'closed', '',
     '{"outcome": "done"}')) e (seq, at, staff, action, was, now, note, more)
 WHERE e.at IS NOT NULL
 ORDER BY e.at, f.case_id, e.seq;
SELECT bank.case_clock_fill();

-- What waits for its customer is due as far from the moment of this bank as it was when it began to wait,
-- whatever the hour it is loaded at.
UPDATE bank.case_clock k SET due_at = bank.due_at(k.calendar, to_timestamp(bank.setting('demo_now')::bigint),
       greatest(0, k.amount - bank.working_minutes(k.calendar, k.started_at, p.started_at)))
  FROM bank.case_pause p JOIN bank.case_file f USING (customer_id, case_id)
 WHERE p.ended_at IS NULL AND f.case_type = 'service' AND k.customer_id = f.customer_id AND k.case_id = f.case_id
   AND k.pausable AND k.stopped_at IS NULL AND k.measure = 'working_minutes';
UPDATE bank.case_file f SET due_at = k.due_at
  FROM (SELECT c.customer_id, c.case_id, min(c.due_at) AS due_at FROM bank.case_clock c
         WHERE c.stopped_at IS NULL GROUP BY 1, 2) k, bank.case_pause p
 WHERE f.case_type = 'service' AND k.customer_id = f.customer_id AND k.case_id = f.case_id
   AND p.customer_id = f.customer_id AND p.case_id = f.case_id AND p.ended_at IS NULL;
