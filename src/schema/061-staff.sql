-- Staff and their logins. The list and the switch are the administrator's; roles of the database
-- are made by `bankops staff`, which connects as the installer.

CREATE VIEW api.staff_list WITH (security_barrier) AS
    SELECT s.staff_id, s.login, s.name_zh, s.name_en, s.role, u.name_zh AS unit_zh,
           u.name_en AS unit_en, v.name_zh AS scope_zh, v.name_en AS scope_en, s.active,
           EXISTS (SELECT FROM pg_roles r WHERE r.rolname = s.login AND r.rolcanlogin) AS can_log_in,
           s.created_at, s.version
    FROM bank.staff s
    JOIN bank.unit u ON u.unit_id = s.unit_id
    JOIN bank.unit v ON v.unit_id = s.scope_id
    WHERE s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- Colleagues who can be given work, by login.
CREATE VIEW api.colleague_list WITH (security_barrier) AS
    SELECT s.login, s.name_zh, s.name_en, s.role, u.name_zh AS unit_zh, u.name_en AS unit_en
    FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.unit_id
    WHERE s.active AND s.role IN ('clerk', 'rm', 'supervisor')
      AND s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- What somebody has open that he may not work on any more, with these units in sight (NULL: none at all).
CREATE FUNCTION bank.staff_open_work(p_staff_id int, p_login text, p_low int, p_high int,
                                     OUT cases bigint, OUT tasks bigint, OUT breaks bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT (SELECT count(*) FROM case_file c WHERE c.owner_id = p_staff_id AND c.closed_at IS NULL
              AND (c.unit_id BETWEEN p_low AND p_high) IS NOT TRUE),
           (SELECT count(*) FROM task t WHERE t.owner_id = p_staff_id AND t.state = 'open'
              AND (t.unit_id BETWEEN p_low AND p_high) IS NOT TRUE),
           (SELECT count(*) FROM recon_break b WHERE b.owner = p_login
              AND (b.unit_id BETWEEN p_low AND p_high) IS NOT TRUE)
$$;
ALTER FUNCTION bank.staff_open_work OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.staff_open_work TO bankops_api, bankops_staff;

-- The same in words; empty: nothing.
CREATE FUNCTION bank.open_work_words(p_cases bigint, p_tasks bigint, p_breaks bigint, p_zh boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(string_agg(CASE WHEN p_zh THEN zh ELSE en END || ' ' || n, CASE WHEN p_zh THEN '、' ELSE ', ' END ORDER BY seq), '')
      FROM (VALUES (1, '工单', 'cases', p_cases), (2, '任务', 'tasks', p_tasks), (3, '差异', 'breaks', p_breaks)) x (seq, zh, en, n)
     WHERE n > 0
$$;
GRANT EXECUTE ON FUNCTION bank.open_work_words TO bankops_api, bankops_staff;

-- Hands that over: cases to the queue of their team, breaks to nobody in particular, tasks to the supervisor nearest to the
-- customer. Answers the counts for the audit row, {} when there was nothing. p_note: why, in both languages.
CREATE FUNCTION bank.staff_hand_over(s bank.staff, p_low int, p_high int, p_note text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file;
    t bank.task;
    boss int;
    cases int := 0;
    tasks int := 0;
    breaks int;
BEGIN
    FOR c IN SELECT * FROM bank.case_file f WHERE f.owner_id = s.staff_id AND f.closed_at IS NULL
               AND (f.unit_id BETWEEN p_low AND p_high) IS NOT TRUE ORDER BY f.case_id FOR UPDATE LOOP
        PERFORM bank.case_reassign(c, p_note, true);
        cases := cases + 1;
    END LOOP;
    FOR t IN SELECT * FROM bank.task f WHERE f.owner_id = s.staff_id AND f.state = 'open'
               AND (f.unit_id BETWEEN p_low AND p_high) IS NOT TRUE ORDER BY f.task_id FOR UPDATE LOOP
        SELECT b.staff_id INTO boss FROM bank.staff b JOIN bank.unit u ON u.unit_id = b.scope_id
         WHERE b.active AND b.role = 'supervisor' AND t.unit_id BETWEEN u.low AND u.high AND b.staff_id <> s.staff_id
         ORDER BY u.high - u.low, b.staff_id LIMIT 1;
        CONTINUE WHEN boss IS NULL;
        UPDATE bank.task f SET owner_id = boss, version = f.version + 1
         WHERE f.customer_id = t.customer_id AND f.task_id = t.task_id;
        PERFORM bank.audit_write('task_move', 'task', t.task_id::text, t.customer_id,
            jsonb_build_object('owner_id', s.staff_id), jsonb_build_object('owner_id', boss, 'note', p_note));
        tasks := tasks + 1;
    END LOOP;
    UPDATE bank.recon_break b SET owner = NULL, promised_on = NULL, version = b.version + 1
     WHERE b.owner = s.login AND (b.unit_id BETWEEN p_low AND p_high) IS NOT TRUE;
    GET DIAGNOSTICS breaks = ROW_COUNT;
    RETURN jsonb_strip_nulls(jsonb_build_object('cases', nullif(cases, 0), 'tasks', nullif(tasks, 0), 'breaks', nullif(breaks, 0)));
END $$;

-- Switches a member of staff on or off. Off: his login finds nothing from its next call on.
CREATE FUNCTION bank.staff_switch(p_staff_id int, p_active boolean, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql AS $$
DECLARE
    me bank.staff := bank.me();
    s bank.staff;
    handed jsonb := '{}';
    answer api.outcome;
BEGIN
    PERFORM bank.require_role('admin');
    answer := bank.request_replay(p_request, 'staff_switch',
                                  jsonb_build_array(p_staff_id, p_active, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO s FROM bank.staff WHERE staff_id = p_staff_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such member of staff.', p_staff_id::text, NULL,
                          'p_staff_id');
    ELSIF s.staff_id = me.staff_id THEN
        PERFORM bank.fail('BO403', 'You cannot switch your own login.', s.login,
                          'Ask another administrator.', 'p_staff_id');
    ELSIF s.version IS DISTINCT FROM p_version OR s.active = p_active THEN
        PERFORM bank.fail('BO409', 'Somebody changed this in the meantime.', s.login,
                          'Look at it again.', 'p_version');
    END IF;
    IF NOT p_active THEN
        handed := bank.staff_hand_over(s, NULL, NULL, '员工已停用 / Member of staff disabled');
    END IF;
    UPDATE bank.staff SET active = p_active, version = version + 1 WHERE staff_id = p_staff_id;
    PERFORM bank.audit_write(CASE WHEN p_active THEN 'staff_enable' ELSE 'staff_disable' END, 'staff',
        s.login, NULL, jsonb_build_object('active', s.active),
        jsonb_build_object('active', p_active) || handed);
    RETURN bank.request_done(p_request, s.login,
        CASE WHEN p_active THEN 'Login enabled.' WHEN handed = '{}' THEN 'Login disabled.'
             ELSE 'Login disabled; what he had open went back to the teams.' END);
END $$;

-- Lets a login in again, or keeps it out at once: see staff_switch.
CREATE FUNCTION api.staff_enable(p_staff_id int, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE sql SECURITY DEFINER SET search_path = api, bank, pg_temp
AS $$ SELECT bank.staff_switch(p_staff_id, true, p_version, p_request) $$;

CREATE FUNCTION api.staff_disable(p_staff_id int, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE sql SECURITY DEFINER SET search_path = api, bank, pg_temp
AS $$ SELECT bank.staff_switch(p_staff_id, false, p_version, p_request) $$;

-- Everybody's own place: shown in the title line of the console.
CREATE VIEW api.me WITH (security_barrier) AS
    SELECT s.staff_id, s.login, s.name_zh, s.name_en, s.role, s.unit_id, u.name_zh AS unit_zh,
           u.name_en AS unit_en, (SELECT bank.today()) AS business_date
    FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.unit_id
    WHERE s.login = session_user AND s.active;

-- For the installer, a role that may create roles: a member of staff with his database role.
CREATE FUNCTION bank.staff_add(p_login text, p_name_zh text, p_name_en text, p_role text,
                               p_unit text, p_scope text)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    unit bank.unit;
    scope bank.unit;
    made int;
BEGIN
    IF p_login !~ '^[a-z][a-z0-9_.-]{1,30}$' OR p_login ~ '^(pg_|bankops)' THEN
        PERFORM bank.fail('BO422', 'This cannot be a login.', p_login,
                          'Use small letters and digits, a letter first.', 'login');
    END IF;
    SELECT * INTO unit FROM bank.unit WHERE code = p_unit;
    SELECT * INTO scope FROM bank.unit WHERE code = coalesce(p_scope, p_unit);
    IF unit.unit_id IS NULL OR scope.unit_id IS NULL THEN
        PERFORM bank.fail('BO404', 'There is no such unit.', concat_ws(', ', p_unit, p_scope),
                          'Give the code of a unit.', 'unit');
    ELSIF EXISTS (SELECT FROM bank.staff WHERE login = p_login) THEN
        PERFORM bank.fail('BO409', 'This login is taken.', p_login, 'Choose another.', 'login');
    ELSIF EXISTS (SELECT FROM pg_roles WHERE rolname = p_login AND (rolsuper OR rolbypassrls
                  OR rolcreaterole OR rolcreatedb OR rolreplication)) THEN
        PERFORM bank.fail('BO409', 'This database role has privileges that staff must not have.',
                          p_login, 'Choose another login.', 'login');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = p_login) THEN
        EXECUTE format('CREATE ROLE %I LOGIN IN ROLE %I', p_login, 'bankops_' || p_role);
    ELSE
        EXECUTE format('ALTER ROLE %I LOGIN', p_login);
        EXECUTE format('GRANT %I TO %I', 'bankops_' || p_role, p_login);
    END IF;
    INSERT INTO bank.staff (login, name_zh, name_en, role, unit_id, scope_id)
    VALUES (p_login, p_name_zh, p_name_en, p_role, unit.unit_id, scope.unit_id)
    RETURNING staff_id INTO made;
    PERFORM bank.audit_write('staff_add', 'staff', p_login, NULL, NULL,
        jsonb_build_object('role', p_role, 'unit', p_unit, 'scope', coalesce(p_scope, p_unit)));
    RETURN made;
END $$;

-- For the installer: ends a login for good; the row stays for the history.
CREATE FUNCTION bank.staff_remove(p_login text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s bank.staff;
    handed jsonb;
BEGIN
    SELECT * INTO s FROM bank.staff WHERE login = p_login AND active FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such active member of staff.', p_login, NULL, 'login');
    END IF;
    handed := bank.staff_hand_over(s, NULL, NULL, '员工已停用 / Member of staff disabled');
    UPDATE bank.staff SET active = false, version = version + 1 WHERE login = p_login;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = p_login) THEN
        EXECUTE format('ALTER ROLE %I NOLOGIN', p_login);
    END IF;
    PERFORM bank.audit_write('staff_disable', 'staff', p_login, NULL, NULL,
                             jsonb_build_object('active', false) || handed);
END $$;

SELECT bank.function_grant('staff_enable', 'admin');
SELECT bank.function_grant('staff_disable', 'admin');
SELECT bank.view_grant('staff_list', 'supervisor', 'admin', 'auditor');
SELECT bank.view_grant('colleague_list', 'clerk', 'rm', 'supervisor');
SELECT bank.view_grant('me', 'staff');
