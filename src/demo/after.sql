-- What followed complaints, and what people asked of each other: more time, redress, causes and their
-- measures, access, adjusted points, what came in by files; after application.sql, with its functions.

-- Complaints that take long: what happened after so many days. Time for them was asked for, given, refused.
CREATE TEMP TABLE demo_long ON COMMIT DROP AS
SELECT x.*, (SELECT d.label_zh || ' / ' || d.label_en || ' +' || x.days || ': ' FROM bank.clock_kind d
        WHERE d.clock = 'statutory') AS more, p.customer_id, p.unit_id, o.staff_id AS owner, b.staff_id AS boss, n.at AS now,
       bank.due_at('service', n.at - make_interval(days => x.age), 90 + x.n * 35) AS received
  FROM (SELECT to_timestamp(bank.setting('demo_now')::bigint) AS at) n,
       (VALUES (1, 'clerk01', 'super01', 9, NULL::int, 'asked', 15, NULL::int, 'hotline', 'A032', 'B03', 'C09', 'credit',
                '装修分期商户停工，仍按月扣款',
                '去年十月办了装修分期，商户施工一半后失联，多次要求暂停扣款未果，要求核实商户资质并中止分期合同。',
                '中止分期并退还未施工部分', '需等待第三方对工程量鉴定', '', ''),
               (2, 'clerk02', 'super02', 13, 2, 'approved', 30, 6, 'app', 'A033', 'B02', 'C10', 'card',
                '境外六笔交易非本人，要求全额赔付',
                '人在国内，信用卡在境外连续六笔消费共一万八千余元，已报警立案，要求先行赔付并说明风控为何未拦截。',
                '先行赔付并书面说明', '境外收单行调单约需一个月', '同意，请每周向客户通报进展。', ''),
               (3, 'clerk01', 'super02', 11, NULL, 'refused', 20, 5, 'branch', 'A01', 'B05', 'C05', 'wealth',
                '理财到期收益低于宣传，质疑信息披露',
                '购买时客户经理展示的是历史年化百分之四点二，到期实际不足百分之二，要求调阅双录并给出书面答复。',
                '调阅双录，差额补偿', '双录较多，希望多些时间', '双录当日即可调阅，不构成延期理由。', ''),
               (4, 'clerk01', 'super01', 72, 3, 'approved', 20, 21, 'hotline', 'A032', 'B06', 'C05', 'wealth',
                '代销保险退保损失未提示',
                '给父亲买的分红险两年后退保，损失三成多，当时并未说明现金价值，要求退还全部保费。',
                '退还全部保费', '保险公司调取投保资料约需三周', '同意。', '已与保险公司协商，退还扣除成本后的保费并致歉。'))
       x (n, login, checker, age, waits, state, days, decided, source, channel, business, reason, queue, subject,
          facts, remedy, why, note, decision)
  JOIN bank.staff o ON o.login = x.login JOIN bank.staff b ON b.login = x.checker
  CROSS JOIN LATERAL (SELECT c.customer_id, c.unit_id FROM bank.customer c
         WHERE c.kind = 'person' AND NOT c.restricted AND c.customer_id > 50 AND c.unit_id = o.unit_id
           AND NOT EXISTS (SELECT FROM bank.case_file f WHERE f.customer_id = c.customer_id)
           AND NOT EXISTS (SELECT FROM bank.staff s WHERE s.customer_id = c.customer_id)
         ORDER BY md5('long' || c.customer_id) OFFSET x.n - 1 LIMIT 1) p
 ORDER BY x.n;

DO $d$
DECLARE
    w record;
    c bank.case_file;
    k bank.case_clock;
    took timestamptz; called timestamptz; paused timestamptz; back timestamptz; asked timestamptz;
    decided timestamptz; told timestamptz;
    late timestamptz;
BEGIN
    FOR w IN SELECT * FROM demo_long LOOP
        took := bank.due_at('service', w.received, 25);
        called := bank.due_at('service', took, 55);
        late := pg_temp.office(w.now) - make_interval(mins => 35 + w.n);
        paused := CASE WHEN w.waits IS NOT NULL
            THEN bank.due_at('service', w.received + make_interval(days => w.waits), 40) END;
        decided := CASE WHEN w.decided IS NOT NULL
            THEN bank.due_at('service', w.received + make_interval(days => w.decided), 120) END;
        asked := CASE WHEN decided IS NULL THEN late ELSE bank.due_at('service',
            w.received + make_interval(days => w.decided - 1), 30) END;
        told := CASE WHEN w.decision <> '' THEN bank.due_at('service', w.received + interval '41 days', 200) END;
        back := told - interval '3 days';
        INSERT INTO bank.case_file (customer_id, unit_id, stage, phase, level, source, channel, business, reason,
            subject, facts, remedy, tier, regime, queue, route_seq, owner_id, received_at, opened_by, taken_at,
            responded_at, decision, decided_by, told_at, told_how, outcome, closed_at)
        SELECT w.customer_id, w.unit_id, s.stage, s.phase, 'complex', w.source, w.channel, w.business, w.reason,
            w.subject, w.facts, w.remedy, bank.customer_tier(w.customer_id), bank.regime_of(w.unit_id), w.queue, 51,
            w.owner, w.received, w.owner, took, called, nullif(w.decision, ''),
            CASE WHEN w.decision <> '' THEN w.owner END, told, CASE WHEN w.decision <> '' THEN 'phone' END,
            CASE WHEN w.decision <> '' THEN 'resolved' END, told + interval '20 hours'
          FROM bank.case_stage s WHERE s.case_type = 'complaint' AND s.stage = CASE WHEN w.decision <> ''
              THEN 'closed' WHEN w.waits IS NOT NULL THEN 'waiting' ELSE 'investigating' END
        RETURNING * INTO c;
        PERFORM pg_temp.note(c, e.at, e.staff, e.action, e.was, e.now, NULL, NULL, e.note)
          FROM (VALUES (w.received, w.owner, 'open', NULL, 'registered', ''),
                 (w.received + interval '2 minutes', w.owner, 'classify', 'registered', 'classified', ''),
                 (w.received + interval '3 minutes', w.owner, 'route', 'classified', 'assigned', ''),
                 (took, w.owner, 'take', 'assigned', 'accepted', ''),
                 (called, w.owner, 'reply', 'accepted', 'investigating', '已致电客户，说明调查安排与时限。'),
                 (paused, w.owner, 'wait', 'investigating', 'waiting', '等待第三方材料'),
                 (asked, w.owner, 'extend_ask', CASE WHEN w.waits IS NULL THEN 'investigating' ELSE 'waiting' END,
                     CASE WHEN w.waits IS NULL THEN 'investigating' ELSE 'waiting' END, w.more || w.why),
                 (decided, w.boss, CASE w.state WHEN 'approved' THEN 'extend_approve' ELSE 'extend_refuse' END,
                     CASE WHEN w.waits IS NULL THEN 'investigating' ELSE 'waiting' END,
                     CASE WHEN w.waits IS NULL THEN 'investigating' ELSE 'waiting' END, w.more || w.note),
                 (CASE WHEN told IS NULL THEN late - interval '30 minutes' END, w.owner, 'reply', c.stage, c.stage,
                     '已向客户通报进展。'),
                 (back, w.owner, 'resume', 'waiting', 'investigating', '资料已收到'),
                 (told, w.owner, 'resolve', 'investigating', 'decided', ''),
                 (told + interval '20 hours', w.owner, 'close', 'decided', 'closed', ''))
               e (at, staff, action, was, now, note)
         WHERE e.at IS NOT NULL ORDER BY e.at;
        INSERT INTO bank.case_pause (customer_id, case_id, started_at, ended_at, unit_id, reason)
        SELECT c.customer_id, c.case_id, paused, back, c.unit_id, '等待第三方材料' WHERE w.waits IS NOT NULL AND back IS NOT NULL;
        PERFORM bank.case_clock_start(c, w.received, '{first_response,resolution,statutory}');
        PERFORM bank.case_clock_start(c, w.received + interval '3 minutes', '{own}');
        PERFORM bank.case_clock_stop(c, '{own}', took), bank.case_clock_stop(c, '{first_response}', called);
        PERFORM bank.case_clock_start(c, late - interval '30 minutes', '{next_update}')
          WHERE told IS NULL AND w.waits IS NULL;
        INSERT INTO bank.case_extension (customer_id, case_id, unit_id, clock, run, days, reason, maker_id, asked_at,
            state, checker_id, decided_at, note, told_at, told_how)
        VALUES (c.customer_id, c.case_id, c.unit_id, 'statutory', 1, w.days, w.why, w.owner, asked, w.state,
            CASE WHEN decided IS NOT NULL THEN w.boss END, decided, w.note,
            CASE w.state WHEN 'approved' THEN decided END, CASE w.state WHEN 'approved' THEN 'phone' END);
        FOR k IN UPDATE bank.case_clock x SET extension = CASE WHEN x.clock = 'statutory' AND w.state = 'approved'
                THEN w.days ELSE 0 END WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id RETURNING x.* LOOP
            k.due_at := bank.clock_due(k);
            k := bank.clock_arm('complaint', k);
            UPDATE bank.case_clock x SET due_at = k.due_at, next_step = k.next_step, next_at = k.next_at
             WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id AND x.clock = k.clock AND x.run = k.run;
        END LOOP;
        -- A clock that stands keeps the due time of before.
        INSERT INTO bank.case_pause (customer_id, case_id, started_at, ended_at, unit_id, reason)
        SELECT c.customer_id, c.case_id, paused, NULL, c.unit_id, '等待第三方材料' WHERE w.waits IS NOT NULL AND back IS NULL;
        UPDATE bank.case_clock x SET next_at = NULL
         WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id AND bank.clock_held(x);
        PERFORM bank.case_clock_stop(c, '{resolution,statutory}', told) WHERE told IS NOT NULL;
        UPDATE bank.case_file f SET due_at = (SELECT coalesce(min(x.due_at) FILTER (WHERE x.stopped_at IS NULL),
                max(x.due_at)) FROM bank.case_clock x JOIN bank.clock_kind d USING (clock)
                WHERE x.customer_id = f.customer_id AND x.case_id = f.case_id AND NOT d.internal)
         WHERE f.customer_id = c.customer_id AND f.case_id = c.case_id;
    END LOOP;
END $d$;

-- What was given back after complaints that were upheld, by two persons; some of it still waits.
CREATE TEMP TABLE demo_redress ON COMMIT DROP AS
SELECT f.customer_id, f.case_id, f.unit_id, f.stage, f.owner_id AS maker, z.n, z.kind, z.amount, z.reason, z.state,
       z.at AS asked, bank.due_at('service', z.at, 20 + h % 50) AS decided, k.staff_id AS checker
  FROM (SELECT x.*, pg_temp.h(x.number || 'redress') AS h,
               to_timestamp(bank.setting('demo_now')::bigint) AS now FROM bank.case_file x) f
 CROSS JOIN LATERAL (SELECT h % 5 AS n, (ARRAY['fee', 'refund', 'compensation', 'fee', 'gift'])[1 + h % 5] AS kind,
        (ARRAY[1000 + h % 9 * 500, 20000 + h % 17 * 1500, 10000 + h % 8 * 2500, 3000 + h % 5 * 1000, 5000])[1 + h % 5]
            AS amount,
        (ARRAY['误收费用予以退还', '重复扣款核实属实', '给客户造成不便，适当补偿', '服务等待过久，免收当月服务费',
               '登门致歉，赠送小礼品'])[1 + h % 5] AS reason,
        CASE WHEN f.closed_at IS NULL THEN 'asked' WHEN h % 9 = 0 THEN 'refused' ELSE 'approved' END AS state,
        CASE WHEN f.closed_at IS NULL THEN greatest(f.responded_at,
                pg_temp.office(f.now) - make_interval(mins => 12 + h % 90))
             ELSE greatest(f.responded_at, f.told_at - interval '2 hours') END AS at) z
 CROSS JOIN LATERAL (SELECT pg_temp.person('supervisor', f.unit_id, f.number || 'redress', f.owner_id) AS staff_id) k
 WHERE f.case_type = 'complaint' AND f.owner_id IS NOT NULL AND f.responded_at IS NOT NULL AND k.staff_id IS NOT NULL
   AND f.received_at > f.now - interval '240 days' AND f.customer_id > 0
   AND CASE WHEN f.closed_at IS NULL THEN f.phase IN ('active', 'waiting') AND h % 3 < 2
            ELSE f.outcome = 'resolved' AND f.told_at IS NOT NULL AND h % 10 < 4 END
 ORDER BY f.received_at, f.case_id;
INSERT INTO bank.case_redress (customer_id, case_id, unit_id, kind, amount, reason, maker_id, asked_at, state,
    checker_id, decided_at, note)
SELECT r.customer_id, r.case_id, r.unit_id, r.kind, r.amount, r.reason, r.maker, r.asked, r.state,
       CASE WHEN r.state <> 'asked' THEN r.checker END,
       CASE WHEN r.state <> 'asked' THEN least(r.decided, r.asked + interval '90 minutes') END,
       CASE r.state WHEN 'refused' THEN '责任不在我行，请向客户说明。' ELSE '' END
  FROM demo_redress r;

-- Why it happened and what is changed for it: mostly done, some due soon, one or two late by days.
CREATE TEMP TABLE demo_cause ON COMMIT DROP AS
SELECT f.customer_id, f.case_id, f.unit_id, f.owner_id AS setter, z.*, f.told_at + interval '30 minutes' AS at,
       pg_temp.person('supervisor', f.unit_id, f.number || 'cause', NULL) AS keeper,
       bank.local_day(f.told_at) + 14 + h % 21 AS due_on, h
  FROM (SELECT x.*, pg_temp.h(x.number || 'cause') AS h,
               to_timestamp(bank.setting('demo_now')::bigint) AS now FROM bank.case_file x) f
 CROSS JOIN LATERAL (SELECT * FROM (VALUES
        ('process', '多部门流转，客户重复提交材料', '统一材料清单，首次即一次告知', '网点运营主管'),
        ('staff', '解释不清，未主动告知收费规则', '晨会培训，张贴收费公示并抽查', '当班柜员'),
        ('system', '短信通知延迟，客户误以为扣款失败', '调整短信队列优先级，增加失败告警', '信息科技部'),
        ('disclosure', '宣传材料未注明历史业绩不代表未来', '下架旧版材料，统一新版风险提示', '财富管理部'),
        ('third_party', '外包催收联系频次超出约定', '约谈外包公司，调整频次上限并按周抽听录音', '外包公司'),
        ('product', '还款日与工资发放日不匹配', '上线还款日调整功能', '消费信贷部'),
        ('customer', '客户对规则理解有误，已耐心解释', '', '')) v (cause, finding, measure, accountable)
        ORDER BY md5(v.cause || f.number) LIMIT 1) z
 WHERE f.case_type = 'complaint' AND f.closed_at IS NOT NULL AND f.told_at IS NOT NULL AND f.owner_id IS NOT NULL
   AND f.told_at > f.now - interval '120 days' AND f.outcome IN ('resolved', 'not_upheld') AND f.customer_id > 0
   AND (f.outcome = 'resolved' OR h % 3 = 0)
 ORDER BY f.received_at, f.case_id;
INSERT INTO bank.case_cause (customer_id, case_id, unit_id, cause, finding, measure, owner_id, due_on, done_at,
    done_by, result, accountable, set_by, set_at)
SELECT c.customer_id, c.case_id, c.unit_id, c.cause, c.finding, c.measure, CASE WHEN m.is THEN c.keeper END,
       CASE WHEN m.is THEN c.due_on END, d.at, CASE WHEN d.at IS NOT NULL THEN c.keeper END,
       CASE WHEN d.at IS NOT NULL THEN '已完成，抽查无异常' ELSE '' END, c.accountable, c.setter, c.at
  FROM demo_cause c
 CROSS JOIN LATERAL (SELECT c.measure <> '' AND c.keeper IS NOT NULL AS is) m
 CROSS JOIN LATERAL (SELECT CASE WHEN m.is AND c.due_on < bank.today() + 3 AND NOT (c.due_on BETWEEN bank.today() - 5
        AND bank.today() + 3 AND h % 2 = 0) THEN bank.due_at('service', (c.due_on - 1 - h % 6)::timestamp
        AT TIME ZONE bank.timezone(), 60 + h % 300) END AS day) e
 CROSS JOIN LATERAL (SELECT CASE WHEN e.day < to_timestamp(bank.setting('demo_now')::bigint) THEN e.day END AS at) d
 WHERE m.is OR c.measure = '';

-- One went to mediation, one is there.
INSERT INTO bank.case_mediation (customer_id, case_id, unit_id, body, asked_on, result, ended_on, agreement, set_by,
    set_at)
SELECT f.customer_id, f.case_id, f.unit_id, '市银行业纠纷调解中心', bank.local_day(f.received_at) + CASE WHEN
       f.closed_at IS NULL THEN 5 ELSE 12 END, CASE WHEN f.closed_at IS NULL THEN 'asked' ELSE 'agreed' END,
       CASE WHEN f.closed_at IS NOT NULL THEN bank.local_day(f.received_at) + 36 END,
       CASE WHEN f.closed_at IS NOT NULL THEN '退还扣除成本后的保费，双方不再争议。' ELSE '' END, f.owner_id,
       least(f.received_at + interval '5 days', to_timestamp(bank.setting('demo_now')::bigint))
  FROM demo_long l JOIN bank.case_file f ON f.customer_id = l.customer_id AND f.subject = l.subject
 WHERE l.n IN (2, 4);

-- The history says so too.
INSERT INTO bank.case_event (customer_id, case_id, unit_id, at, staff_id, action, stage_before, stage_after, note,
    before, after)
SELECT e.customer_id, e.case_id, e.unit_id, e.at, e.staff, e.action, s.stage, s.stage, e.note, '{}', '{}'
  FROM (SELECT r.customer_id, r.case_id, r.unit_id, r.asked_at AS at, r.maker_id AS staff, 'redress_ask' AS action,
               bank.redress_words(r.kind, r.amount, r.points) || ': ' || r.reason AS note FROM bank.case_redress r
        UNION ALL
        SELECT r.customer_id, r.case_id, r.unit_id, r.decided_at, r.checker_id,
               CASE r.state WHEN 'approved' THEN 'redress_approve' ELSE 'redress_refuse' END,
               bank.redress_words(r.kind, r.amount, r.points) || coalesce(': ' || nullif(r.note, ''), '')
          FROM bank.case_redress r WHERE r.decided_at IS NOT NULL
        UNION ALL
        SELECT c.customer_id, c.case_id, c.unit_id, c.set_at, c.set_by, 'cause', c.finding FROM bank.case_cause c
        UNION ALL
        SELECT c.customer_id, c.case_id, c.unit_id, c.done_at, c.done_by, 'cause_done', c.result
          FROM bank.case_cause c WHERE c.done_at IS NOT NULL
        UNION ALL
        SELECT m.customer_id, m.case_id, m.unit_id, m.set_at, m.set_by, 'mediate', m.body FROM bank.case_mediation m) e
  JOIN LATERAL (SELECT x.stage_after AS stage FROM bank.case_event x
         WHERE x.customer_id = e.customer_id AND x.case_id = e.case_id AND x.at <= e.at
         ORDER BY x.at DESC, x.event_id DESC LIMIT 1) s ON true
 ORDER BY e.at, e.case_id;

-- Access to restricted customers: asked for, granted, refused, ended.
INSERT INTO bank.access_grant (customer_id, staff_id, reason, asked_at, state, decided_by, decided_at, decision_note,
    expires_at, unit_id)
SELECT c.customer_id, a.staff_id, z.reason, z.at, z.state, CASE WHEN z.state <> 'asked' THEN k.staff_id END,
       CASE WHEN z.state <> 'asked' THEN z.at + interval '9 minutes' END, z.note, CASE z.state WHEN 'granted'
       THEN z.at + interval '9 minutes' + make_interval(hours => bank.setting('grant_hours')::int) END, c.unit_id
  FROM (SELECT x.*, row_number() OVER (ORDER BY EXISTS (SELECT FROM bank.staff s JOIN bank.unit u
               ON u.unit_id = s.scope_id AND x.unit_id BETWEEN u.low AND u.high WHERE s.login = 'super01') DESC,
               x.customer_id) AS n FROM bank.customer x WHERE x.restricted AND x.customer_id > 0) c
 CROSS JOIN LATERAL (SELECT pg_temp.office(to_timestamp(bank.setting('demo_now')::bigint)) AS at) o
  JOIN (VALUES (1, 'asked', '客户到柜台办理大额转账，需核对账户', interval '21 minutes', ''),
               (2, 'granted', '投诉处理，需查看近期交易', interval '70 minutes', '限本次投诉'),
               (3, 'refused', '想了解客户持有产品，便于营销', interval '49 hours', '营销不构成查询理由'),
               (4, 'granted', '协助司法冻结，核对账号', interval '12 days', '凭协助执行通知书'),
               (5, 'asked', '客户来电更换预留手机号', interval '44 minutes', '')) v (n, state, reason, ago, note)
    ON v.n = c.n
 CROSS JOIN LATERAL (SELECT v.state, v.reason, v.note, CASE WHEN v.ago > interval '1 day' THEN bank.due_at('service',
        o.at - v.ago, 5) ELSE o.at - v.ago END AS at) z
 CROSS JOIN LATERAL (SELECT pg_temp.person(CASE c.n % 2 WHEN 0 THEN 'clerk' ELSE 'rm' END, c.unit_id, 'grant' || c.n,
        NULL) AS staff_id) a
 CROSS JOIN LATERAL (SELECT pg_temp.person('supervisor', c.unit_id, 'grant' || c.n, a.staff_id) AS staff_id) k
 WHERE a.staff_id IS NOT NULL AND k.staff_id IS NOT NULL;

-- Points that were put right: two wait, one was refused, the others are posted.
DO $d$
DECLARE
    p record;
    t bank.points_transaction;
    answer api.outcome;
    at timestamptz;
    maker int; checker int;
    office timestamptz := pg_temp.office(to_timestamp(bank.setting('demo_now')::bigint));
BEGIN
    FOR p IN SELECT a.customer_id, a.unit_id, v.*
        FROM (SELECT x.*, row_number() OVER (ORDER BY c.unit_id <> (SELECT s.unit_id FROM bank.staff s
                WHERE s.login = 'clerk01'), md5('adjust' || x.customer_id)) AS n FROM bank.points_account x
                JOIN bank.customer c USING (customer_id) WHERE NOT c.restricted AND c.customer_id > 50
                 AND NOT EXISTS (SELECT FROM bank.staff s WHERE s.customer_id = c.customer_id)) a
        JOIN (VALUES (1, 500, 'waiting', '活动积分漏发，客户提供报名截图', 40, ''),
                     (2, -800, 'waiting', '退货后消费积分未扣回', 95, ''),
                     (3, 1200, 'approved', '系统升级期间消费积分漏记', 185, '已核对流水'),
                     (4, 300, 'approved', '生日积分未到账', 260, ''),
                     (5, 20000, 'refused', '客户要求补发去年活动积分', 2900, '活动已截止，无依据'))
             v (n, points, status, reason, ago, note) USING (n)
       ORDER BY v.n LOOP
        at := CASE WHEN p.ago > 1000 THEN bank.due_at('service', office - make_interval(mins => p.ago), 5)
                   ELSE office - make_interval(mins => p.ago) END;
        maker := pg_temp.person('clerk', p.unit_id, 'adjust' || p.n, NULL);
        checker := pg_temp.person('supervisor', p.unit_id, 'adjust' || p.n, maker);
        answer := NULL;
        IF p.status = 'approved' THEN
            t := bank.points_begin(p.customer_id, 'main', p.unit_id, 'adjust', md5('adjust' || p.n)::uuid);
            t.points := p.points;
            t.note := p.reason;
            t.staff_id := maker;
            t.checked_by := checker;
            t.business_date := bank.local_day(at);
            answer := bank.points_in(t, bank.points_lock(p.customer_id, 'main', p.unit_id), 'bank:adjust', 0);
            UPDATE bank.points_transaction x SET posted_at = at + interval '25 minutes'
             WHERE x.customer_id = p.customer_id AND x.transaction_id = t.transaction_id;
        END IF;
        INSERT INTO bank.points_adjustment (customer_id, programme, unit_id, points, reason, status, maker_id, made_at,
            checker_id, checked_at, checker_note, transaction_id)
        VALUES (p.customer_id, 'main', p.unit_id, p.points, p.reason, p.status, maker, at,
            CASE WHEN p.status <> 'waiting' THEN checker END,
            CASE WHEN p.status <> 'waiting' THEN at + interval '25 minutes' END, p.note, answer.id::bigint);
    END LOOP;
END $d$;

-- How the last complaints came in: pulled from the systems of the channels, one by one; letters as a file.
WITH came AS (
    SELECT f.customer_id, f.case_id, f.number, f.received_at + interval '40 seconds' AS at,
           CASE f.source WHEN 'app' THEN 'mobile-app' WHEN 'card' THEN 'card-centre' WHEN 'regulator' THEN 'regulator'
                ELSE 'call-centre' END AS system,
           row_number() OVER (ORDER BY f.received_at, f.case_id) AS import_id, w.staff_id
      FROM (SELECT * FROM bank.case_file x WHERE x.case_type = 'complaint' AND x.customer_id > 0
               AND x.source IN ('app', 'card', 'hotline', 'regulator')
               AND x.received_at < to_timestamp(bank.setting('demo_now')::bigint) - interval '1 minute'
             ORDER BY x.received_at DESC, x.case_id LIMIT 30) f, bank.staff w WHERE w.login = 'worker01'),
kept AS (INSERT INTO bank.case_import (import_id, system, name, sha256, staff_id, at, opened, known, skipped, cursor)
    SELECT c.import_id, c.system, c.system || ' ' || to_char(c.at AT TIME ZONE bank.timezone(), 'MM-DD HH24:MI'),
           encode(sha256(convert_to(c.number, 'UTF8')), 'hex'), c.staff_id, c.at, 1, (c.import_id % 7 = 3)::int, 0,
           c.import_id::text FROM came c)
INSERT INTO bank.case_origin (system, external_id, import_id, row_number, customer_id, case_id)
SELECT c.system, upper(left(c.system, 2)) || to_char(c.at AT TIME ZONE bank.timezone(), 'YYMMDD')
       || lpad((c.case_id % 100000)::text, 5, '0'), c.import_id, 1, c.customer_id, c.case_id FROM came c;
SELECT setval(pg_get_serial_sequence('bank.case_import', 'import_id'), greatest(1, (SELECT max(import_id)
    FROM bank.case_import)));
INSERT INTO bank.case_import (system, name, sha256, staff_id, at, opened, known, skipped)
SELECT 'letters', 'letters-' || to_char(o.at AT TIME ZONE bank.timezone(), 'YYYYMMDD') || '.csv',
       encode(sha256(convert_to('letters' || o.at, 'UTF8')), 'hex'), m.staff_id, o.at, 0, 2, 1
  FROM bank.staff m, (SELECT pg_temp.office(to_timestamp(bank.setting('demo_now')::bigint)) - interval '65 minutes'
      AS at) o WHERE m.login = 'clerk01';
