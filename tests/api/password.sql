-- One's own password: changed by a verifier, by oneself, without a trace of it.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.verifier(p_seed text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SCRAM-SHA-256$4096:%s$%s:%s', encode(substr(sha256(convert_to(p_seed, 'UTF8')), 1, 16), 'base64'),
        encode(sha256(convert_to('a' || p_seed, 'UTF8')), 'base64'), encode(sha256(convert_to('b' || p_seed, 'UTF8')), 'base64')) $$;
CREATE FUNCTION pg_temp.change(p_login text, p_verifier text, p_request uuid DEFAULT gen_random_uuid())
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.password_change(%L, %L)).status', p_verifier, p_request)) $$;
CREATE FUNCTION pg_temp.stored(p_login text) RETURNS text LANGUAGE sql AS
    'SELECT rolpassword FROM pg_authid WHERE rolname = p_login';

SELECT is(pg_temp.change('t_clerk', 'a password in clear'), 'BO422', 'a password in clear is refused');
SELECT is(pg_temp.change('t_clerk', 'md5' || md5('a')), 'BO422', 'so is a weak hash');
SELECT is(pg_temp.change('t_clerk', NULL), 'BO422', 'and none');
SELECT is(pg_temp.stored('t_clerk'), NULL, 'nothing was set');
UPDATE bank.staff SET password_first = true WHERE login IN ('t_clerk', 't_rm');
SELECT is(pg_temp.as('t_clerk', 'SELECT password_first FROM api.console_identity()'), 'true', 'the console learns that he must choose');
SELECT is(pg_temp.change('t_clerk', pg_temp.verifier('one'), '6c0b1f2e-0000-4000-8000-000000000001'), 'done', 'a verifier is taken');
SELECT is(pg_temp.stored('t_clerk'), pg_temp.verifier('one'), 'and is what the server compares with');
SELECT is(pg_temp.as('t_clerk', 'SELECT password_first FROM api.console_identity()'), 'false', 'the password is his own now');
SELECT is((SELECT password_first FROM bank.staff WHERE login = 't_rm'), true, 'of nobody else');
SELECT is(pg_temp.change('t_clerk', pg_temp.verifier('one'), '6c0b1f2e-0000-4000-8000-000000000001'), 'replayed', 'sent again it counts once');
SELECT is(pg_temp.change('t_clerk', pg_temp.verifier('two'), '6c0b1f2e-0000-4000-8000-000000000001'), 'BO409', 'another under the same key not at all');
SELECT is((SELECT string_agg(action || coalesce(before::text, '') || coalesce(after::text, ''), ' ' ORDER BY audit_id)
             FROM bank.audit WHERE object_kind = 'staff' AND object_id = 't_clerk'), 'password_change',
          'the trail says that it was changed, and nothing of it');
SELECT is((SELECT count(*)::int FROM bank.request r WHERE r::text LIKE '%SCRAM%'), 0, 'the request keeps no verifier');

ALTER ROLE t_rm CREATEROLE;
SELECT is(pg_temp.change('t_rm', pg_temp.verifier('three')), 'BO403', 'a login with privileges is none of the program''s');
ALTER ROLE t_rm NOCREATEROLE;
UPDATE bank.staff SET active = false WHERE login = 't_rm';
SELECT is(pg_temp.change('t_rm', pg_temp.verifier('three')), 'BO001', 'one who left changes nothing');
SELECT is(pg_temp.as('t_admin', format('SELECT bank.login_password_set(''t_clerk'', %L)', pg_temp.verifier('x'))), '42501',
          'an administrator of the console sets nobody''s password');
SELECT bank.staff_password_set('t_super', pg_temp.verifier('four'));
SELECT is((SELECT password_first FROM bank.staff WHERE login = 't_super'), true, 'one that the installer set is to be changed');
SELECT is((SELECT action FROM bank.audit WHERE object_id = 't_super' ORDER BY audit_id DESC LIMIT 1), 'staff_password',
          'and stands in the trail');
SELECT * FROM finish();
ROLLBACK;
