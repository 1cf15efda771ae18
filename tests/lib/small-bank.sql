-- A bank of two branches for SQL tests, inside the test's transaction; and a way to act as somebody.
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL client_min_messages = warning;

INSERT INTO bank.unit (unit_id, parent_id, kind, code, name_zh, name_en, low, high) VALUES
    (1, NULL, 'head', 'T1', '总行', 'Head office', 1, 9),
    (2, 1, 'branch', 'T2', '东城分行', 'East branch', 2, 4),
    (3, 2, 'sub_branch', 'T3', '东门支行', 'East gate', 3, 3),
    (5, 1, 'branch', 'T5', '西城分行', 'West branch', 5, 7);

INSERT INTO bank.staff (staff_id, login, name_zh, name_en, role, unit_id, scope_id, customer_id)
SELECT n, 't_' || login, login, login, role, unit, scope, own
  FROM (VALUES (901, 'clerk', 'clerk', 3, 2, 109), (902, 'clerk2', 'clerk', 3, 2, NULL),
               (903, 'rm', 'rm', 3, 2, NULL), (904, 'super', 'supervisor', 2, 2, NULL),
               (905, 'super2', 'supervisor', 1, 1, NULL), (906, 'audit', 'auditor', 1, 1, NULL),
               (907, 'admin', 'admin', 1, 1, NULL), (908, 'west', 'clerk', 5, 5, NULL),
               (909, 'worker', 'worker', 1, 1, NULL))
       s (n, login, role, unit, scope, own);

DO $$
DECLARE
    s record;
BEGIN
    FOR s IN SELECT * FROM bank.staff WHERE login LIKE 't\_%' LOOP
        EXECUTE format('CREATE ROLE %I LOGIN IN ROLE %I', s.login, 'bankops_' || s.role);
    END LOOP;
END $$;

INSERT INTO bank.customer (customer_id, customer_number, kind, name, unit_id, opened_on, restricted)
SELECT n, 'K' || n, 'person', name, unit, '2020-01-01', closed
  FROM (VALUES (101, '张伟民', 3, false), (102, '李娜', 3, false), (103, '单于婷', 2, true),
               (109, '周敏', 3, false), (201, '王强', 5, false)) c (n, name, unit, closed);

INSERT INTO bank.tier_def (tier, rank, name_zh, name_en, threshold)
SELECT 't' || n, n, 'T' || n, 'T' || n, n * 100 FROM generate_series(0, 5) n
ON CONFLICT DO NOTHING;

-- Runs one statement as the login; answers its first value as text, or the SQLSTATE of its error.
CREATE FUNCTION pg_temp.as(p_login text, p_sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', p_login);
    EXECUTE p_sql INTO answer;
    RESET SESSION AUTHORIZATION;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

-- Leaves the audit row of a customer view that an earlier transaction committed.
CREATE FUNCTION pg_temp.opened(p_login text, p_customer_id bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO bank.audit (epoch, xid, login, action, object_kind, object_id, customer_id)
    VALUES (bank.audit_epoch_now(), '3', p_login, 'customer_view', 'customer',
            p_customer_id::text, p_customer_id) $$;
