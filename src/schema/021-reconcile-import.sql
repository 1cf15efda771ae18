-- Importing statement and book files: whole or not at all, held back by the gate, idempotent.

-- The account that a statement names: its key, or its key with the currency behind it.
CREATE FUNCTION bank.recon_account_find(p_side char, p_account text, p_currency text, p_lane text,
                                       p_line bigint)
RETURNS bank.recon_account LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    wanted text := bank.recon_key(p_account);
    account recon_account;
BEGIN
    SELECT a.* INTO account FROM recon_account a JOIN recon_lane l USING (lane_id)
     WHERE a.currency = p_currency AND l.active AND (p_lane IS NULL OR l.code = p_lane)
       AND CASE p_side WHEN 'S' THEN a.external_key ELSE a.book_key END
           IN (wanted, regexp_replace(wanted, p_currency || '$', ''))
       AND a.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high();
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'No lane holds the account of this statement.',
            p_account || ' ' || p_currency || bank.in_language('，第 ' || p_line || ' 行', ', line ' || p_line),
            'Check the account number, or propose it for a lane (:lch, then F6).', 'account');
    END IF;
    RETURN account;
END $$;

-- Each side of an account takes its start from its first file when nobody set it.
CREATE FUNCTION bank.recon_opening(p_file bigint) RETURNS void
LANGUAGE sql SET search_path = bank, pg_temp AS $$
    UPDATE recon_account a
       SET opening_date = coalesce(a.opening_date, f.open_date),
           opening_statement = CASE f.side WHEN 'S' THEN f.opening ELSE a.opening_statement END,
           opening_book = CASE f.side WHEN 'L' THEN f.opening ELSE a.opening_book END
      FROM (SELECT DISTINCT ON (s.account_id, s.side) s.account_id, s.side, s.opening, s.open_date
              FROM recon_statement s WHERE s.file_id = p_file AND s.opening IS NOT NULL
             ORDER BY s.account_id, s.side, s.open_date, s.position) f
     WHERE a.account_id = f.account_id
       AND CASE f.side WHEN 'S' THEN a.opening_statement ELSE a.opening_book END IS NULL
       AND NOT EXISTS (SELECT FROM recon_statement o
                       WHERE o.account_id = f.account_id AND o.side = f.side AND o.live
                         AND o.opening IS NOT NULL AND o.file_id <> p_file);
$$;

CREATE FUNCTION bank.recon_file_refuse_known(p_sha256 bytea, p_side text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    known recon_file;
BEGIN
    SELECT * INTO known FROM recon_file
     WHERE sha256 = p_sha256 AND side = p_side AND status <> 'rejected';
    IF FOUND THEN
        PERFORM bank.fail('BO409', 'This file was imported before; nothing was added.',
            concat_ws(', ', bank.in_language('文件 ', 'file ') || known.file_id, known.name,
                   bank.login_name(known.imported_by), to_char(known.imported_at, 'YYYY-MM-DD HH24:MI')),
            CASE known.status WHEN 'quarantined' THEN 'It is held back since then: :stm says why.'
                 ELSE 'Nothing has to be done.' END);
    END IF;
END $$;

-- The row of a file. Somebody else may have committed the same one just now, or in a unit that the
-- caller does not see.
CREATE FUNCTION bank.recon_file_add(p_file jsonb, p_statements jsonb) RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    v_file bigint;
    v_sha bytea := decode(p_file->>'sha256', 'hex');
BEGIN
    PERFORM bank.recon_file_refuse_known(v_sha, p_file->>'side');
    BEGIN
        INSERT INTO recon_file (unit_id, side, name, sha256, bytes, format, profile, parser_version,
                                encoding, status, statement_count, line_count)
        SELECT bank.my_unit(), p_file->>'side', left(p_file->>'name', 255), v_sha,
               (p_file->>'bytes')::bigint, p_file->>'format', coalesce(p_file->>'profile', ''),
               (p_file->>'parser_version')::int, p_file->>'encoding', 'accepted', count(*),
               coalesce(sum((s->>'lines')::bigint), 0)
          FROM jsonb_array_elements(p_statements) s
        RETURNING file_id INTO v_file;
        RETURN v_file;
    EXCEPTION WHEN unique_violation THEN
        PERFORM bank.recon_file_refuse_known(v_sha, p_file->>'side');
        PERFORM bank.fail('BO409', 'This file was imported before; nothing was added.', p_file->>'name',
                          'A unit outside of yours has it; ask head office.');
    END;
END $$;

CREATE FUNCTION bank.recon_add_statements(p_file bigint, p_side char, p_lane text,
                                          p_statements jsonb, p_low bigint)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    s record;
    account recon_account;
    v_kept bigint[] := (SELECT g.statements FROM recon_segment g WHERE g.low = p_low);
BEGIN
    FOR s IN SELECT * FROM jsonb_to_recordset(p_statements) AS s(position int, line bigint,
                 account text, reference text, number int, page int, currency text, open_date date,
                 close_date date, opening bigint, closing bigint, movement bigint, lines bigint,
                 kind text, opening_interim boolean, closing_interim boolean, pending bigint)
             ORDER BY position LOOP
        account := bank.recon_account_find(p_side, s.account, s.currency, p_lane, s.line);
        INSERT INTO recon_statement (statement_id, file_id, position, account_id, unit_id, side, account,
            reference, number, page, currency, open_date, close_date, opening, closing, movement,
            line_count, kind, opening_interim, closing_interim, pending_count, live)
        OVERRIDING SYSTEM VALUE
        VALUES (coalesce(v_kept[s.position], nextval('bank.recon_statement_statement_id_seq')),
            p_file, s.position, account.account_id, account.unit_id, p_side, s.account,
            s.reference, s.number, s.page, s.currency, s.open_date, s.close_date, s.opening,
            s.closing, s.movement, s.lines, coalesce(s.kind, 'booked'),
            coalesce(s.opening_interim, false), coalesce(s.closing_interim, false),
            coalesce(s.pending, 0), true);
    END LOOP;
    -- One import at a time per account and side, always locked in the same order.
    PERFORM pg_advisory_xact_lock(7203, a.account_id::int * 2 + (p_side = 'L')::int)
       FROM (SELECT DISTINCT account_id FROM recon_statement WHERE file_id = p_file
              ORDER BY account_id) a;
END $$;

-- The staged lines must be those that the statements count and sum; notes their value dates.
CREATE FUNCTION bank.recon_check_lines(p_file bigint, p_low bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    l record;
    seen int[] := '{}';
BEGIN
    PERFORM bank.recon_line_sums(p_file, p_low);
    FOR l IN SELECT d.position, sum(d.amount) AS movement, sum(d.lines) AS lines,
                    min(d.from_date) AS from_date, max(d.to_date) AS to_date
               FROM import_day d GROUP BY d.position LOOP
        UPDATE recon_statement s SET from_date = l.from_date, to_date = l.to_date
         WHERE s.file_id = p_file AND s.position = l.position
           AND s.movement = l.movement AND s.line_count = l.lines;
        seen := CASE WHEN FOUND THEN seen || l.position ELSE seen || 0 END;
    END LOOP;
    IF 0 = ANY (seen) OR EXISTS (SELECT FROM recon_statement s WHERE s.file_id = p_file
                                 AND NOT s.position = ANY (seen)
                                 AND (s.line_count, s.movement) <> (0, 0)) THEN
        PERFORM bank.fail('BO422', 'The lines sent are not those of the statements.',
            NULL, 'Import the file again.', 'lines');
    END IF;
END $$;

-- Books the staged lines of a file. Lines of a day so far and of advices stay apart: the statement
-- brings them again.
CREATE FUNCTION bank.recon_accept(p_file bigint, p_told jsonb DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    added bigint;
BEGIN
    IF EXISTS (SELECT FROM recon_statement WHERE file_id = p_file AND kind <> 'booked') THEN
        INSERT INTO recon_held_line
        SELECT p_file, i.position, i.line, i.amount, i.value_date, i.book_date, i.kind, i.reference,
               i.bank_reference, i.counterparty, i.narrative, i.source_id, i.fingerprint
          FROM api.import_line i JOIN recon_statement s ON s.file_id = p_file
               AND s.position = i.position AND s.kind <> 'booked'
         WHERE i.writer = pg_current_xact_id();
    END IF;
    added := bank.recon_store(p_file, p_told);
    PERFORM bank.recon_opening(p_file);
    -- A statement without balances stands in the days of its lines.
    PERFORM bank.recon_days_refresh(d.lane_id, d.days)
       FROM (SELECT a.lane_id, array_agg(DISTINCT x.day) AS days
               FROM recon_statement s JOIN recon_account a USING (account_id),
                    LATERAL (SELECT s.close_date AS day UNION
                             SELECT t.day FROM recon_day_total t
                              WHERE t.account_id = s.account_id AND t.side = s.side
                                AND s.closing IS NULL AND t.fresh_lines > 0) x
              WHERE s.file_id = p_file AND x.day IS NOT NULL
              GROUP BY a.lane_id ORDER BY a.lane_id) d;
    RETURN added;
END $$;

CREATE FUNCTION bank.recon_hold(p_file bigint, p_low bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    UPDATE recon_statement SET live = false WHERE file_id = p_file;
    IF p_low IS NOT NULL THEN
        EXECUTE format('INSERT INTO recon_held_line
            SELECT s.file_id, s.position, i.line, CASE s.side WHEN ''L'' THEN i.amount ELSE -i.amount END, i.value_date,
                   i.book_date, i.kind, i.reference, i.bank_reference, i.counterparty, i.narrative, i.source_id,
                   i.fingerprint
              FROM api.recon_item_%s i JOIN recon_statement s USING (statement_id)', p_low);
        PERFORM bank.recon_segment_take(p_low, NULL);
        RETURN;
    END IF;
    INSERT INTO recon_held_line
    SELECT p_file, position, line, amount, value_date, book_date, kind, reference, bank_reference,
           counterparty, narrative, source_id, fingerprint
      FROM api.import_line WHERE writer = pg_current_xact_id();
    PERFORM bank.recon_line_clear();
END $$;

-- True when a file of this content is there already (p_sha256 in hex), so that a client need not
-- send it. Fails then like import_commit().
CREATE FUNCTION api.import_check(p_sha256 text, p_side text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    PERFORM bank.recon_file_refuse_known(decode(p_sha256, 'hex'), p_side);
    RETURN true;
END $$;
SELECT bank.function_grant('import_check', 'clerk', 'supervisor', 'admin');

-- Ends an import: in one transaction a client copies the lines to api.import_line and calls this.
-- p_file: name, sha256 (hex), bytes, side (L book, S statement), format, profile, parser_version,
-- encoding, lane (optional), controls: array of position (0: the file), kind, label, line, currency,
-- expected, found; prepared: every line has its fingerprint and reference_key, distinct: and no two
-- fingerprints are equal; segment: the lines are in that of api.import_segment, distinct. p_statements:
-- array of position, line, account, reference, number, page, currency, open_date, close_date, opening,
-- closing, movement, lines, kind (booked, interim, advice), opening_interim, closing_interim, pending.
-- Amounts are strings of minor units. The answer's id is the file; its status says whether it was let in.
CREATE FUNCTION api.import_commit(p_file jsonb, p_statements jsonb, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    v_file bigint;
    v_unit int;
    verdict record;
    v_low bigint;
    v_new bigint := 0;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    answer := bank.request_replay(p_request, 'import_commit', p_file);
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    v_low := bank.recon_lent(p_file);
    v_file := bank.recon_file_add(p_file, p_statements);
    PERFORM bank.recon_add_statements(v_file, (p_file->>'side')::char, p_file->>'lane', p_statements, v_low);
    PERFORM bank.recon_check_lines(v_file, v_low);
    SELECT min(unit_id) INTO v_unit FROM recon_statement WHERE file_id = v_file;
    PERFORM bank.recon_gate_controls(v_file, p_file->'controls');
    SELECT * INTO verdict FROM bank.recon_gate_file(v_file);
    IF verdict.p_code IS NULL THEN
        SELECT * INTO v_new, verdict.p_code, verdict.p_fault FROM bank.recon_accept_once(v_file, p_file);
    END IF;
    IF verdict.p_code IS NOT NULL THEN
        PERFORM bank.recon_hold(v_file, v_low);
    END IF;
    UPDATE recon_file SET unit_id = v_unit, new_count = v_new,
           status = CASE WHEN verdict.p_code IS NULL THEN 'accepted' ELSE 'quarantined' END,
           reason_code = coalesce(verdict.p_code, ''), reason = coalesce(verdict.p_fault, '')
     WHERE file_id = v_file;
    PERFORM bank.recon_held_refresh(v_file);
    IF verdict.p_code IS NULL THEN
        PERFORM bank.recon_gate_again(v_file);
    END IF;
    PERFORM bank.audit_write('import', 'recon_file', v_file::text, NULL, NULL,
        jsonb_build_object('name', p_file->>'name', 'sha256', p_file->>'sha256', 'side',
            p_file->>'side', 'new', v_new, 'fault', coalesce(verdict.p_code, '')));
    RETURN bank.request_done(p_request, v_file::text,
        CASE WHEN verdict.p_code IS NULL THEN 'The file is imported.'
             ELSE 'The file is held back: its balances or numbers do not add up.' END);
END $$;
SELECT bank.function_grant('import_commit', 'clerk', 'supervisor', 'admin');

-- What remains of imports that never committed their call.
CREATE FUNCTION api.import_sweep() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = api, bank, pg_temp AS $$
DECLARE
    swept bigint;
BEGIN
    PERFORM bank.require_role('admin');
    DELETE FROM api.import_line WHERE writer < pg_snapshot_xmin(pg_current_snapshot());
    GET DIAGNOSTICS swept = ROW_COUNT;
    RETURN swept;
END $$;
SELECT bank.function_grant('import_sweep', 'admin');
