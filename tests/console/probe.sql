-- What the console tests look at: two members of staff, rows with hostile texts, a change.
INSERT INTO bank.unit (unit_id, parent_id, kind, code, name_zh, name_en, low, high) VALUES
    (1, NULL, 'head', 'T1', '总行', 'Head office', 1, 9),
    (2, 1, 'branch', 'T2', '东城支行', 'East branch', 2, 4);
INSERT INTO bank.staff (login, name_zh, name_en, role, unit_id, scope_id) VALUES
    ('t_clerk', '王芳', 'Wang Fang', 'clerk', 2, 2), ('t_super', '李强', 'Li Qiang', 'supervisor', 1, 1);
CREATE ROLE t_clerk LOGIN IN ROLE bankops_clerk;
CREATE ROLE t_super LOGIN IN ROLE bankops_supervisor;
CREATE ROLE t_stranger LOGIN IN ROLE bankops_clerk;
UPDATE bank.setting SET value = '2026-11-21' WHERE name = 'business_date';

CREATE TABLE bank.probe (
    probe_id int PRIMARY KEY, name text COLLATE "C" NOT NULL, stage text NOT NULL, amount bigint,
    currency text NOT NULL DEFAULT 'CNY', due_at timestamptz, version bigint NOT NULL DEFAULT 1);
INSERT INTO bank.probe (probe_id, name, stage, amount, due_at)
SELECT n, 'Row ' || lpad(n::text, 5, '0'), CASE n % 3 WHEN 0 THEN 'new' WHEN 1 THEN 'open' ELSE 'done' END,
       n * 12345, timestamptz '2026-11-21 14:00:00+08' + n * interval '10 min'
FROM generate_series(1, 3000) n;
UPDATE bank.probe SET name = '=cmd|calc' WHERE probe_id = 2;
UPDATE bank.probe SET name = E'evil\x1b[2J\x1b]0;owned\x07\u202eeman' WHERE probe_id = 3;
UPDATE bank.probe SET name = '很长的中文客户名称需要在双宽字符边界处截断才不会破坏整张表格的对齐' WHERE probe_id = 4;
SELECT bank.table_protect('bank.probe', 'SELECT, INSERT, UPDATE');
CREATE VIEW api.probe_list AS SELECT * FROM bank.probe;
SELECT bank.view_grant('probe_list', 'staff');
CREATE VIEW api.probe_slow AS SELECT 1 AS probe_id, 'x'::text AS name FROM (SELECT pg_sleep(60)) s;
SELECT bank.view_grant('probe_slow', 'staff');

CREATE FUNCTION api.probe_search(p_query text, p_limit int) RETURNS TABLE (probe_id int, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT probe_id, name FROM bank.probe WHERE name ILIKE '%' || p_query || '%'
    ORDER BY probe_id LIMIT p_limit $$;
SELECT bank.function_grant('probe_search', 'staff');

CREATE FUNCTION api.probe_rename(p_probe_id int, p_name text, p_amount bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'probe_rename',
                                              jsonb_build_array(p_probe_id, p_name, p_amount));
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF p_name = 'bad' THEN
        PERFORM bank.fail('BO422', 'This name is refused.', p_name, 'Choose another.', 'p_name');
    END IF;
    UPDATE bank.probe SET name = p_name, amount = coalesce(p_amount, amount), version = version + 1
    WHERE probe_id = p_probe_id;
    RETURN bank.request_done(p_request, p_probe_id::text, 'Renamed.');
END $$;
SELECT bank.function_grant('probe_rename', 'clerk', 'supervisor');

CREATE FUNCTION api.probe_close(p_probe_id int, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    UPDATE bank.probe SET stage = 'done' WHERE probe_id = p_probe_id;
    RETURN ('done', p_probe_id::text, 'Closed.')::api.outcome;
END $$;
SELECT bank.function_grant('probe_close', 'supervisor');
