-- What people do with a file that the gate holds back: ask for a correct one, let it in with a second
-- person, drop it.

-- Locks a held file of the caller's units. BO404, BO409 when `p_version` is not the present one, BO423.
CREATE FUNCTION bank.recon_file_held(p_file_id bigint, p_version bigint) RETURNS bank.recon_file
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    f recon_file;
BEGIN
    SELECT * INTO f FROM recon_file WHERE file_id = p_file_id
       AND unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such file in your units.', p_file_id::text,
                          'Choose it from the list of files.', 'p_file_id');
    ELSIF f.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.',
                          bank.login_name(coalesce(f.decided_by, f.imported_by)), 'Refresh and try again.');
    ELSIF f.status <> 'quarantined' THEN
        PERFORM bank.fail('BO423', 'The file is not held back.', f.status, 'Refresh the list.');
    END IF;
    RETURN f;
END $$;

-- A held file that came again correctly is not let in beside it.
CREATE FUNCTION bank.recon_require_last(f bank.recon_file) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    came bigint := bank.recon_came(f);
BEGIN
    IF came IS NOT NULL THEN
        PERFORM bank.fail('BO423', 'A correct file came for this one.',
                          (SELECT came || ' ' || name FROM recon_file WHERE file_id = came), 'Reject this one (t).');
    END IF;
END $$;

-- What a file did beyond its own lines: held files that it let in, and those it came in place of.
CREATE FUNCTION api.file_follows(p_file_id bigint)
RETURNS TABLE (file_id bigint, name text, let_in boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT f.file_id, f.name, f.status = 'accepted' FROM recon_file f
     WHERE bank.in_scope(f.unit_id)
       AND (f.status = 'accepted' AND f.decision = format('let in by file %s', p_file_id)
            OR f.status = 'quarantined' AND bank.recon_came(f) = p_file_id)
     ORDER BY f.file_id
$$;
SELECT bank.function_grant('file_follows', 'clerk', 'supervisor', 'admin');

CREATE FUNCTION bank.recon_require_reason(p_reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(length(trim(p_reason)), 0) < 3 THEN
        PERFORM bank.fail('BO422', 'A reason is needed.', NULL, 'Say why in a few words.', 'p_reason');
    END IF;
END $$;

-- Notes that the sender was asked for a correct file; it stays held until that comes.
CREATE FUNCTION api.file_request(p_file_id bigint, p_version bigint, p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    f bank.recon_file;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'file_request',
                                  jsonb_build_array(p_file_id, p_version, p_note));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    f := bank.recon_file_held(p_file_id, p_version);
    UPDATE recon_file SET requested_by = session_user, requested_at = clock_timestamp(),
           request_note = coalesce(p_note, ''), version = version + 1
     WHERE file_id = p_file_id;
    PERFORM bank.audit_write('request', 'recon_file', p_file_id::text, NULL,
        jsonb_build_object('fault', f.reason), jsonb_build_object('note', p_note));
    RETURN bank.request_done(p_request, p_file_id::text, 'The request to the sender is noted.');
END $$;
SELECT bank.function_grant('file_request', 'clerk', 'supervisor');

-- Asks to let a held file in although it does not add up; a supervisor decides (file_release).
CREATE FUNCTION api.file_waive(p_file_id bigint, p_version bigint, p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    f bank.recon_file;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'file_waive',
                                  jsonb_build_array(p_file_id, p_version, p_reason));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.recon_require_reason(p_reason);
    f := bank.recon_file_held(p_file_id, p_version);
    PERFORM bank.recon_require_last(f);
    IF f.waived_by IS NOT NULL THEN
        PERFORM bank.fail('BO423', 'Somebody asked for it already.', bank.login_name(f.waived_by),
                          'A supervisor decides.');
    END IF;
    UPDATE recon_file SET waived_by = session_user, waived_at = clock_timestamp(),
           waive_reason = p_reason, version = version + 1
     WHERE file_id = p_file_id;
    PERFORM bank.audit_write('waive', 'recon_file', p_file_id::text, NULL,
        jsonb_build_object('fault', f.reason), jsonb_build_object('reason', p_reason));
    RETURN bank.request_done(p_request, p_file_id::text, 'A supervisor has to agree now.');
END $$;
SELECT bank.function_grant('file_waive', 'clerk', 'supervisor');

-- Agrees to a waiver, as a second person: the file is let in as it is.
CREATE FUNCTION api.file_release(p_file_id bigint, p_version bigint, p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    f bank.recon_file;
    v_new bigint;
BEGIN
    PERFORM bank.require_role('supervisor');
    answer := bank.request_replay(p_request, 'file_release',
                                  jsonb_build_array(p_file_id, p_version, p_reason));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.recon_require_reason(p_reason);
    f := bank.recon_file_held(p_file_id, p_version);
    PERFORM bank.recon_require_last(f);
    IF f.waived_by IS NULL THEN
        PERFORM bank.fail('BO423', 'Nobody asked to let this file in.', f.name,
                          'Its clerk asks first (w), then a supervisor decides.');
    ELSIF session_user IN (f.imported_by, f.waived_by) THEN
        PERFORM bank.fail('BO403', 'A second person must decide this.', bank.login_name(f.waived_by),
                          'Ask another supervisor.');
    END IF;
    v_new := bank.recon_held_accept(p_file_id);
    UPDATE recon_file SET status = 'released', version = version + 1, new_count = v_new,
           decided_by = session_user, decided_at = clock_timestamp(), decision = p_reason
     WHERE file_id = p_file_id;
    PERFORM bank.recon_held_refresh(p_file_id);
    PERFORM bank.recon_gate_again(p_file_id);
    PERFORM bank.audit_write('release', 'recon_file', p_file_id::text, NULL,
        jsonb_build_object('status', 'quarantined', 'fault', f.reason, 'waived_by', f.waived_by),
        jsonb_build_object('status', 'released', 'reason', p_reason, 'new', v_new));
    RETURN bank.request_done(p_request, p_file_id::text, 'The file is released and imported.');
END $$;
SELECT bank.function_grant('file_release', 'supervisor');

-- Drops a held file; the corrected one of the sender may then be imported.
CREATE FUNCTION api.file_reject(p_file_id bigint, p_version bigint, p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    f bank.recon_file;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'file_reject',
                                  jsonb_build_array(p_file_id, p_version, p_reason));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    f := bank.recon_file_held(p_file_id, p_version);
    DELETE FROM recon_held_line WHERE file_id = p_file_id;
    UPDATE recon_file SET status = 'rejected', version = version + 1, decided_by = session_user,
           decided_at = clock_timestamp(), decision = coalesce(p_reason, '')
     WHERE file_id = p_file_id;
    PERFORM bank.recon_held_refresh(p_file_id);
    PERFORM bank.recon_gate_again(p_file_id);
    PERFORM bank.audit_write('reject', 'recon_file', p_file_id::text, NULL,
        jsonb_build_object('status', 'quarantined', 'fault', f.reason),
        jsonb_build_object('status', 'rejected', 'reason', p_reason));
    RETURN bank.request_done(p_request, p_file_id::text,
                             'The file is rejected; ask the bank for a new one.');
END $$;
SELECT bank.function_grant('file_reject', 'clerk', 'supervisor');

-- Checks of a file, those that failed first.
CREATE VIEW api.file_check_list WITH (security_barrier) AS
SELECT c.file_id, c.check_no, c.passed, c.position, c.code, c.label, c.line, c.currency, c.expected,
       c.found, c.found - c.expected AS difference, x.account || c.detail AS detail, x.account || bank.recon_gate_zh(c.detail) AS detail_zh,
       coalesce(s.account, '') AS account,
       s.number, CASE WHEN c.passed THEN 'held' ELSE 'failed' END AS state,
       CASE WHEN c.currency = '' THEN c.expected END AS expected_count,
       CASE WHEN c.currency = '' THEN c.found END AS found_count,
       CASE WHEN c.currency <> '' THEN c.expected END AS expected_amount,
       CASE WHEN c.currency <> '' THEN c.found END AS found_amount
  FROM bank.recon_check c JOIN bank.recon_file f USING (file_id)
  LEFT JOIN bank.recon_statement s ON s.file_id = c.file_id AND s.position = c.position
 CROSS JOIN LATERAL (SELECT CASE WHEN f.statement_count > 1 AND s.account <> '' THEN s.account || ' · '
                            ELSE '' END) x (account) -- where it needs saying
 WHERE f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('file_check_list', 'clerk', 'supervisor', 'auditor', 'admin');
