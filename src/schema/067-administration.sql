-- What administrators keep: settings, units, business hours, and who may use what.

SELECT bank.table_protect('bank.setting', 'SELECT, UPDATE');

-- Settings that the day-end or the installation moves are only shown.
CREATE FUNCTION bank.setting_kind(p_name text, p_value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_name ~ '^demo_' OR p_name = 'business_date' THEN 'fixed'
                WHEN p_value ~ '^[0-9]+$' THEN 'whole'
                WHEN p_value ~ '^[0-9]+[.][0-9]+$' THEN 'share'
                ELSE 'text' END $$;
ALTER FUNCTION bank.setting_kind OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.setting_kind TO bankops_staff, bankops_api;

CREATE VIEW api.setting_list WITH (security_barrier) AS
SELECT s.name, s.value, s.note, coalesce(z.note_zh, s.note) AS note_zh,
       bank.setting_kind(s.name, s.value) AS kind
  FROM bank.setting s
  LEFT JOIN (VALUES ('business_date', '银行营业日，由日终推进'), ('timezone', '营业时间与日期所用时区'),
      ('bank_name_zh', '标题行显示的中文行名'), ('bank_name_en', '标题行显示的英文行名'),
      ('reveal_per_hour', '每名员工每小时可显示的脱敏字段数'), ('grant_hours', '主管授权后可查看记录的小时数'),
      ('recon_learn_after', '手工勾对达到此次数后，提出前缀或付款人名称的建议'),
      ('recon_minutes_a_match', '柜员手工查找并勾对一对账项所需分钟'),
      ('recon_fee_most', '不超过此金额（最小货币单位）且在 1% 以内的差额视为对方手续费'),
      ('recon_date_most', '双方日期相差超过此天数视为日期差异'),
      ('recon_escalate_1', '无人认领的差异逾期多少天后升级'),
      ('recon_escalate_2', '差异账龄达到此天数后上报分行负责人'),
      ('recon_escalate_3', '差异账龄达到此天数后上报总行'),
      ('recheck_days', '客户被告知后可申请核查的天数'),
      ('route_capacity', '每名员工在办工单上限，超过后分给下一人'),
      ('classify_threshold', '置信度达到此值的工单自动分类并分派'),
      ('classify_floor', '置信度低于此值视为类别未知'),
      ('classify_held_least', '模型启用前须对比的最少留存工单数'),
      ('classify_nightly_at', '每晚训练分类器的时刻（HH:MM，当地时间；空为从不）'),
      ('classify_nightly_promote', '当晚训练的模型更好时是否自动启用'),
      ('attachment_bytes', '每个工单附件的最大字节数'), ('attachments_per_case', '每个工单的附件数上限'),
      ('payroll_lines', '一份代发清单的最多行数'),
      ('face_match_least', '人脸比对达到此百分比视为一致'),
      ('opinion_url', '提供第二意见的对话服务地址（…/v1）；空为不使用'), ('opinion_model', '该服务上的模型名称'),
      ('opinion_daily', '每天最多提问次数'), ('opinion_timeout', '等待回答的毫秒数'),
      ('opinion_failures', '连续失败达到此次数后暂停使用'), ('opinion_pause', '暂停使用的秒数'),
      ('recon_segment_lines', '导入行数或一次勾对的匹配数达到此值时单独建表'),
      ('salary_narrative', '信用评分中视为工资的入账摘要'),
      ('suggestion_target', '每月已评估建议应被采纳的百分比'),
      ('demo_seed', '演示银行的随机种子'), ('demo_customers', '演示银行的客户数'),
      ('demo_now', '演示银行生成时的时刻')) AS z (name, note_zh) ON z.name = s.name
 WHERE (SELECT bank.my_role()) IN ('admin', 'auditor', 'supervisor');

-- Changes a setting; p_former is the value that the caller saw.
CREATE FUNCTION api.setting_set(p_name text, p_value text, p_former text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    s bank.setting;
    v_value text := btrim(coalesce(p_value, ''));
    v_kind text;
BEGIN
    PERFORM bank.require_role('admin');
    answer := bank.request_replay(p_request, 'setting_set',
                                  jsonb_build_array(p_name, p_value, p_former));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO s FROM bank.setting WHERE name = p_name FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such setting.', p_name, NULL, 'p_name');
    END IF;
    v_kind := bank.setting_kind(s.name, s.value);
    IF v_kind = 'fixed' THEN
        PERFORM bank.fail('BO403', 'This setting is not changed by hand.', s.name,
                          'The day-end and the installation keep it.', 'p_name');
    ELSIF s.value IS DISTINCT FROM p_former THEN
        PERFORM bank.fail('BO409', 'Somebody changed this in the meantime.', s.name,
                          'Look at it again.', 'p_former');
    ELSIF v_kind = 'whole' AND v_value !~ '^[0-9]{1,9}$'
          OR v_kind = 'share' AND v_value !~ '^(0|1)([.][0-9]{1,6})?$'
          OR v_kind = 'text' AND length(v_value) NOT BETWEEN 1 AND 60
          OR s.name = 'timezone' AND NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = v_value) THEN
        PERFORM bank.fail('BO422', 'This value does not fit the setting.', v_value,
                          'Keep the form of the present value.', 'p_value');
    END IF;
    UPDATE bank.setting SET value = v_value WHERE name = p_name;
    PERFORM bank.audit_write('setting_set', 'setting', s.name, NULL,
        jsonb_build_object('value', s.value), jsonb_build_object('value', v_value));
    RETURN bank.request_done(p_request, s.name, 'The setting is changed.');
END $$;

-- What keeps a unit from being closed, one word for it: units, staff, cases, customers, lanes, none. Cheap enough for a list.
CREATE FUNCTION bank.unit_kept_by(p_unit_id int) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
    SELECT CASE WHEN u.kind = 'head' THEN 'head'
                WHEN EXISTS (SELECT FROM unit b WHERE b.parent_id = u.unit_id AND b.closed_on IS NULL) THEN 'units'
                WHEN EXISTS (SELECT FROM staff s WHERE s.active AND u.unit_id IN (s.unit_id, s.scope_id)) THEN 'staff'
                WHEN EXISTS (SELECT FROM case_file c WHERE c.unit_id = u.unit_id AND c.closed_at IS NULL) THEN 'cases'
                WHEN EXISTS (SELECT FROM case_file c WHERE c.desk_id = u.unit_id AND c.closed_at IS NULL) THEN 'cases'
                WHEN EXISTS (SELECT FROM customer_term t WHERE t.unit_id = u.unit_id) THEN 'customers'
                WHEN EXISTS (SELECT FROM recon_lane l WHERE l.unit_id = u.unit_id AND l.active) THEN 'lanes'
                ELSE 'none' END
      FROM unit u WHERE u.unit_id = p_unit_id
$$;
ALTER FUNCTION bank.unit_kept_by OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.unit_kept_by TO bankops_staff, bankops_api;

-- Units of the caller's scope in tree order, with active staff.
CREATE VIEW api.unit_list WITH (security_barrier) AS
SELECT u.unit_id, u.kind, u.code, u.name_zh, u.name_en, p.name_zh AS parent_zh,
       p.name_en AS parent_en,
       (SELECT count(*) FROM bank.staff s WHERE s.unit_id = u.unit_id AND s.active) AS staff,
       (SELECT count(*) FROM bank.staff s
         WHERE s.unit_id = u.unit_id AND s.active AND s.role = 'rm') AS managers, u.closed_on,
       CASE WHEN u.closed_on IS NULL THEN 'open' ELSE 'closed' END AS state, bank.unit_kept_by(u.unit_id) AS kept_by
  FROM bank.unit u LEFT JOIN bank.unit p ON p.unit_id = u.parent_id
 WHERE u.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.calendar_hours_list WITH (security_barrier) AS
SELECT s.calendar, c.label_zh, c.label_en, s.weekday, s.opens::text AS opens,
       s.closes::text AS closes, s.since, nullif(s.since, '-infinity') AS "from", nullif(s.until, 'infinity') AS until, c.zone, c.holidays
  FROM bank.calendar_slot s JOIN bank.calendar c USING (calendar)
 WHERE (SELECT bank.my_staff_id()) IS NOT NULL AND s.until > (SELECT bank.today());

-- What each role may call and read, as the database itself decides it.
CREATE VIEW api.role_right WITH (security_barrier) AS
SELECT r.role, o.kind, o.name
  FROM unnest('{clerk,rm,supervisor,auditor,admin,worker}'::text[]) AS r (role)
  JOIN (SELECT 'call' AS kind, p.proname::text AS name, p.oid, NULL::oid AS class
          FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace
         UNION ALL
        SELECT 'read', c.relname::text, NULL, c.oid FROM pg_class c
         WHERE c.relnamespace = 'api'::regnamespace AND c.relkind = 'v') o
    ON CASE WHEN o.oid IS NOT NULL
            THEN has_function_privilege('bankops_' || r.role, o.oid, 'EXECUTE')
            ELSE has_table_privilege('bankops_' || r.role, o.class, 'SELECT') END
 WHERE (SELECT bank.my_role()) IN ('admin', 'auditor');

SELECT bank.function_grant('setting_set', 'admin');
SELECT bank.view_grant('setting_list', 'supervisor', 'auditor', 'admin');
SELECT bank.view_grant('unit_list', 'staff');
SELECT bank.view_grant('calendar_hours_list', 'staff');
SELECT bank.view_grant('role_right', 'auditor', 'admin');
