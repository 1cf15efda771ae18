-- Every session of this database speaks the bank's local time, compiles no plans and reads a page where it lies.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(),
                   bank.setting('timezone'));
    -- A list has many branches of which one is read: compiling them would take longer than they run.
    EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
    -- The first of many rows in an order are worth more here than all of them in the order of the disk.
    EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1', current_database());
EXCEPTION WHEN invalid_parameter_value THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
        MESSAGE = 'The database server does not know the bank''s time zone.',
        DETAIL = bank.setting('timezone'),
        HINT = 'Install the package tzdata on the server''s machine and start again.';
END $$;

-- What the console shows in its title line: who is working, where, and the bank's day and clock.
CREATE FUNCTION api.console_identity(
    OUT login text, OUT role text, OUT name_en text, OUT name_zh text, OUT unit_id int,
    OUT unit_en text, OUT unit_zh text, OUT bank_en text, OUT bank_zh text, OUT today date,
    OUT now_ms bigint, OUT zone_ms bigint, OUT password_first boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff := bank.me();
BEGIN
    SELECT me.login, me.role, me.name_en, me.name_zh, u.unit_id, u.name_en, u.name_zh,
           bank.setting('bank_name_en'), bank.setting('bank_name_zh'), bank.today(),
           (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
           (extract(timezone FROM clock_timestamp()) * 1000)::bigint, me.password_first
    INTO login, role, name_en, name_zh, unit_id, unit_en, unit_zh, bank_en, bank_zh, today, now_ms,
         zone_ms, password_first
    FROM bank.unit u WHERE u.unit_id = me.unit_id;
END $$;
SELECT bank.function_grant('console_identity', 'staff');
