-- Passwords of staff, on servers that ask for one. The database is only ever given a SCRAM verifier: the password
-- itself is in no statement, no log and no audit row.

-- Runs as the installer, because a function of another owner may not change a login; only the functions below reach it.
CREATE FUNCTION bank.login_password_set(p_login text, p_verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    IF p_verifier IS NULL OR p_verifier !~ '^SCRAM-SHA-256\$[0-9]{4,7}:[A-Za-z0-9+/]{22,}={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$' THEN
        PERFORM bank.fail('BO422', 'A password is sent as a SCRAM verifier only.', NULL,
                          'Change it in the console, or in psql.', 'p_verifier');
    ELSIF EXISTS (SELECT FROM pg_roles WHERE rolname = p_login AND (rolsuper OR rolbypassrls OR rolcreaterole
                  OR rolcreatedb OR rolreplication)) THEN
        PERFORM bank.fail('BO403', 'This database role has privileges that staff must not have.', p_login,
                          'Change it in psql.');
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', p_login, p_verifier);
EXCEPTION WHEN insufficient_privilege THEN -- the statement with the verifier stays out of the message
    PERFORM bank.fail('BO403', 'This server does not let the program change passwords.', p_login,
                      'Ask whoever installed it, or change it in psql.');
END $$;

-- For the installer: the first password of a member of staff, or a new one for somebody who forgot his.
CREATE FUNCTION bank.staff_password_set(p_login text, p_verifier text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.staff SET password_first = true WHERE login = p_login AND active AND role <> 'worker';
    PERFORM bank.login_password_set(p_login, p_verifier);
    PERFORM bank.audit_write('staff_password', 'staff', p_login);
END $$;

-- The caller's own password; the console has asked him for the present one.
CREATE FUNCTION api.password_change(p_verifier text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff := bank.me();
    answer api.outcome := bank.request_replay(p_request, 'password_change',
                                              to_jsonb(encode(sha256(convert_to(coalesce(p_verifier, ''), 'UTF8')), 'hex')));
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.login_password_set(me.login, p_verifier);
    UPDATE bank.staff SET password_first = false WHERE staff_id = me.staff_id AND password_first;
    PERFORM bank.audit_write('password_change', 'staff', me.login);
    RETURN bank.request_done(p_request, me.login, 'Your password is changed.');
END $$;
SELECT bank.function_grant('password_change', 'staff');

INSERT INTO bank.audit_action (action, label_zh, label_en) VALUES
    ('staff_password', '设置员工密码', 'Password of staff set'), ('password_change', '修改本人密码', 'Own password changed');
