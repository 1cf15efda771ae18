-- Importing statement and book files: whole or not at all, held back by the gate, idempotent.

-- The account that a statement names: its key, or its key with the currency behind it.
CREATE FUNCTION bank.recon_account_find(p_side char, p_account text, p_currency text, p_lane text)
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
            p_account || ' ' || p_currency,
            'Check the account number, or have an administrator add it to a lane.', 'account');
    END IF;
    RETURN account;
END $$;

-- An amount of minor units as people write it.
CREATE FUNCTION bank.recon_money(p_amount bigint, p_currency text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN p_currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF',
                                     'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF')
                  THEN to_char(p_amount, 'FM999,999,999,999,999,990')
                  WHEN p_currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND')
                  THEN to_char(p_amount / 1000.0, 'FM999,999,999,999,999,990.000')
                  ELSE to_char(p_amount / 100.0, 'FM999,999,999,999,999,990.00') END $$;

-- What is wrong with a statement, '' when nothing; p_fault says it with figures.
CREATE FUNCTION bank.recon_gate(p_statement bank.recon_statement, OUT p_code text, OUT p_fault text)
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    s recon_statement := p_statement;
    last recon_statement;
    start bigint;
BEGIN
    p_code := '';
    p_fault := '';
    IF s.opening IS NOT NULL AND s.closing IS NOT NULL AND s.opening + s.movement <> s.closing THEN
        p_code := 'balance';
        p_fault := format('opening %s + movements %s = %s, but closing is %s',
                          bank.recon_money(s.opening, s.currency),
                          bank.recon_money(s.movement, s.currency),
                          bank.recon_money(s.opening + s.movement, s.currency),
                          bank.recon_money(s.closing, s.currency));
        RETURN;
    END IF;
    IF s.opening IS NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM recon_statement t WHERE t.file_id = s.file_id AND t.position < s.position
               AND (t.account_id, t.side, t.number, t.page, t.open_date, t.close_date, t.opening,
                    t.closing) IS NOT DISTINCT FROM
                   (s.account_id, s.side, s.number, s.page, s.open_date, s.close_date, s.opening,
                    s.closing) AND t.line_count > 0) THEN
        p_code := 'repeated';
        p_fault := 'the file holds the same statement twice';
        RETURN;
    END IF;
    SELECT * INTO last FROM recon_statement t
     WHERE t.account_id = s.account_id AND t.side = s.side AND t.live AND t.closing IS NOT NULL
       AND (t.file_id, t.position) <> (s.file_id, s.position)
       AND (t.close_date < s.close_date
            OR (t.close_date = s.close_date AND t.number IS NOT NULL AND s.number IS NOT NULL
                AND (t.number, coalesce(t.page, 0)) < (s.number, coalesce(s.page, 0)))
            OR (t.close_date = s.close_date AND (t.number IS NULL OR s.number IS NULL)
                AND (t.file_id < s.file_id OR (t.file_id = s.file_id AND t.position < s.position))))
     ORDER BY t.close_date DESC, t.number DESC NULLS LAST, t.page DESC NULLS LAST,
              t.statement_id DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT CASE s.side WHEN 'S' THEN a.opening_statement ELSE a.opening_book END INTO start
          FROM recon_account a
         WHERE a.account_id = s.account_id AND s.open_date >= a.opening_date - 1;
        IF start <> s.opening
           AND NOT EXISTS (SELECT FROM recon_statement t WHERE t.account_id = s.account_id
                           AND t.side = s.side AND t.live AND t.opening = s.closing) THEN
            p_code := 'gap';
            p_fault := format('the account starts with %s, this statement opens with %s',
                              bank.recon_money(start, s.currency),
                              bank.recon_money(s.opening, s.currency));
        END IF;
        RETURN;
    END IF;
    IF last.closing = s.opening THEN
        IF s.number > last.number + 1 AND s.page IS NOT DISTINCT FROM last.page
           AND (SELECT a.numbered FROM recon_account a WHERE a.account_id = s.account_id) THEN
            p_code := 'sequence';
            p_fault := format('statement %s follows %s: one between them is missing', s.number,
                              last.number);
        END IF;
        RETURN;
    END IF;
    -- A period delivered again, or one that overlaps it, starts at a balance already known.
    IF EXISTS (SELECT FROM recon_statement t WHERE t.account_id = s.account_id AND t.side = s.side
               AND t.live AND t.opening = s.opening AND t.open_date <= s.close_date
               AND t.close_date >= s.open_date AND (t.file_id, t.position) <> (s.file_id, s.position))
    THEN
        RETURN;
    END IF;
    p_code := 'gap';
    p_fault := format('the statement before closes with %s on %s, this one opens with %s',
                      bank.recon_money(last.closing, s.currency), last.close_date,
                      bank.recon_money(s.opening, s.currency));
END $$;

-- Judges all live statements of a file and keeps what was found in them; NULL or the first fault.
CREATE FUNCTION bank.recon_gate_file(p_file bigint, OUT p_code text, OUT p_fault text)
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    s recon_statement;
    verdict record;
BEGIN
    FOR s IN SELECT * FROM recon_statement WHERE file_id = p_file ORDER BY position LOOP
        SELECT * INTO verdict FROM bank.recon_gate(s);
        CONTINUE WHEN verdict.p_code = '';
        UPDATE recon_statement SET fault_code = verdict.p_code, fault = verdict.p_fault
         WHERE statement_id = s.statement_id;
        IF p_code IS NULL THEN
            p_code := verdict.p_code;
            p_fault := format('statement %s of account %s: %s',
                              coalesce(s.number::text || coalesce('/' || s.page, ''),
                                       '#' || s.position), s.account, verdict.p_fault);
        END IF;
    END LOOP;
END $$;

-- Makes items of the staged lines of this transaction. Equal lines of one file count up; lines that
-- are there already from an overlapping file are not added again; lines of a statement that
-- continues the last one are new even where an equal line stands in an earlier one.
CREATE FUNCTION bank.recon_store(p_file bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    added bigint;
    wanted bigint;
    more bigint := 0;
BEGIN
    SELECT coalesce(sum(line_count), 0) INTO wanted FROM recon_statement WHERE file_id = p_file;
    WITH staged AS (
        SELECT s.account_id, s.unit_id, s.side,
               CASE s.side WHEN 'L' THEN i.amount ELSE -i.amount END AS amount, s.currency,
               i.value_date, i.book_date,
               CASE WHEN s.closing IS NOT NULL THEN s.close_date
                    ELSE coalesce(i.book_date, i.value_date) END AS day,
               i.kind, i.reference, i.bank_reference, i.counterparty, i.narrative, i.source_id,
               s.statement_id, s.position, i.line,
               left(encode(sha256(convert_to(concat_ws(E'\x1f', s.side, i.amount, i.value_date,
                   i.book_date, i.reference, i.bank_reference, i.source_id, i.counterparty,
                   i.narrative), 'UTF8')), 'hex'), 32)::uuid AS fingerprint
          FROM api.import_line i
          JOIN recon_statement s ON s.file_id = p_file AND s.position = i.position
         WHERE i.writer = pg_current_xact_id()),
    fresh AS (
        INSERT INTO recon_item (account_id, unit_id, side, amount, currency, value_date, book_date,
            day, kind, reference, bank_reference, counterparty, narrative, source_id, statement_id,
            line, fingerprint, occurrence)
        SELECT account_id, unit_id, side, amount, currency, value_date, book_date, day, kind,
               reference, bank_reference, counterparty, narrative, source_id, statement_id, line,
               fingerprint,
               row_number() OVER (PARTITION BY account_id, fingerprint ORDER BY position, line)
          FROM staged
        ON CONFLICT DO NOTHING
        RETURNING account_id, item_id, side, amount, currency, value_date, day, reference)
    INSERT INTO recon_open
    SELECT account_id, item_id, side, amount, currency, value_date, day, bank.recon_key(reference)
      FROM fresh;
    GET DIAGNOSTICS added = ROW_COUNT;
    IF added < wanted THEN
        more := bank.recon_store_adjoining(p_file);
    END IF;
    INSERT INTO recon_reference
    SELECT i.account_id, i.item_id, 'bank', bank.recon_key(i.bank_reference)
      FROM recon_statement s JOIN recon_item i USING (statement_id)
     WHERE s.file_id = p_file AND bank.recon_key(i.bank_reference) <> '';
    DELETE FROM api.import_line WHERE writer = pg_current_xact_id();
    RETURN added + more;
END $$;

-- The lines that recon_store() found equal to older ones although their statement begins where
-- another one ended: they are new.
CREATE FUNCTION bank.recon_store_adjoining(p_file bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    added bigint;
BEGIN
    WITH adjoining AS (
        SELECT s.* FROM recon_statement s
         WHERE s.file_id = p_file AND s.opening IS NOT NULL
           AND EXISTS (SELECT FROM recon_statement p
                       WHERE p.account_id = s.account_id AND p.side = s.side AND p.live
                         AND p.statement_id <> s.statement_id AND p.closing = s.opening
                         AND p.close_date <= s.close_date)
           AND NOT EXISTS (SELECT FROM recon_statement t
                           WHERE t.account_id = s.account_id AND t.side = s.side AND t.live
                             AND t.file_id <> p_file AND t.opening = s.opening
                             AND t.open_date <= s.close_date AND t.close_date >= s.open_date
                             AND t.line_count > 0)),
    missed AS (
        SELECT a.*, i.amount, i.value_date, i.book_date, i.kind, i.reference AS own_reference,
               i.bank_reference, i.counterparty, i.narrative, i.source_id, i.line,
               left(encode(sha256(convert_to(concat_ws(E'\x1f', a.side, i.amount, i.value_date,
                   i.book_date, i.reference, i.bank_reference, i.source_id, i.counterparty,
                   i.narrative), 'UTF8')), 'hex'), 32)::uuid AS fingerprint
          FROM adjoining a
          JOIN api.import_line i ON i.position = a.position AND i.writer = pg_current_xact_id()
         WHERE NOT EXISTS (SELECT FROM recon_item o
                           WHERE o.statement_id = a.statement_id AND o.line = i.line)),
    fresh AS (
        INSERT INTO recon_item (account_id, unit_id, side, amount, currency, value_date, book_date,
            day, kind, reference, bank_reference, counterparty, narrative, source_id, statement_id,
            line, fingerprint, occurrence)
        SELECT m.account_id, m.unit_id, m.side, CASE m.side WHEN 'L' THEN m.amount ELSE -m.amount END,
               m.currency, m.value_date, m.book_date, m.close_date, m.kind, m.own_reference,
               m.bank_reference, m.counterparty, m.narrative, m.source_id, m.statement_id, m.line,
               m.fingerprint,
               (SELECT max(o.occurrence) FROM recon_item o
                 WHERE (o.account_id, o.fingerprint, o.side) = (m.account_id, m.fingerprint, m.side))
               + row_number() OVER (PARTITION BY m.account_id, m.fingerprint
                                    ORDER BY m.position, m.line)
          FROM missed m
        RETURNING account_id, item_id, side, amount, currency, value_date, day, reference)
    INSERT INTO recon_open
    SELECT account_id, item_id, side, amount, currency, value_date, day, bank.recon_key(reference)
      FROM fresh;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
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
            format('file %s, %s, %s, %s', known.file_id, known.name, known.imported_by,
                   to_char(known.imported_at, 'YYYY-MM-DD HH24:MI')),
            'Nothing has to be done.', 'sha256');
    END IF;
END $$;

CREATE FUNCTION bank.recon_add_statements(p_file bigint, p_side char, p_lane text,
                                          p_statements jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    s record;
    account recon_account;
BEGIN
    FOR s IN SELECT * FROM jsonb_to_recordset(p_statements) AS s(position int, line bigint,
                 account text, reference text, number int, page int, currency text, open_date date,
                 close_date date, opening bigint, closing bigint, movement bigint, lines bigint)
             ORDER BY position LOOP
        account := bank.recon_account_find(p_side, s.account, s.currency, p_lane);
        INSERT INTO recon_statement (file_id, position, account_id, unit_id, side, account,
            reference, number, page, currency, open_date, close_date, opening, closing, movement,
            line_count, live)
        VALUES (p_file, s.position, account.account_id, account.unit_id, p_side, s.account,
            s.reference, s.number, s.page, s.currency, s.open_date, s.close_date, s.opening,
            s.closing, s.movement, s.lines, true);
    END LOOP;
    -- One import at a time per account, always locked in the same order.
    PERFORM FROM recon_account WHERE account_id IN
        (SELECT account_id FROM recon_statement WHERE file_id = p_file)
     ORDER BY account_id FOR UPDATE;
END $$;

-- The staged lines must be those that the statements count and sum.
CREATE FUNCTION bank.recon_check_lines(p_file bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    wrong record;
BEGIN
    SELECT * INTO wrong
      FROM (SELECT position, movement, line_count FROM recon_statement WHERE file_id = p_file) s
      FULL JOIN (SELECT position, sum(amount) AS movement, count(*) AS line_count
                   FROM api.import_line WHERE writer = pg_current_xact_id() GROUP BY position) i
      USING (position)
     WHERE (coalesce(s.movement, -1), coalesce(s.line_count, -1))
           IS DISTINCT FROM (coalesce(i.movement, 0), coalesce(i.line_count, 0))
     LIMIT 1;
    IF FOUND THEN
        PERFORM bank.fail('BO422', 'The lines sent are not those of the statements.',
            'statement ' || wrong.position, 'Import the file again.', 'lines');
    END IF;
END $$;

CREATE FUNCTION bank.recon_accept(p_file bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    added bigint := bank.recon_store(p_file);
BEGIN
    PERFORM bank.recon_opening(p_file);
    PERFORM bank.recon_day_refresh(lane_id, day)
       FROM (SELECT DISTINCT a.lane_id, s.close_date AS day
               FROM recon_statement s JOIN recon_account a USING (account_id)
              WHERE s.file_id = p_file AND s.close_date IS NOT NULL) d;
    RETURN added;
END $$;

CREATE FUNCTION bank.recon_hold(p_file bigint) RETURNS void
LANGUAGE sql SET search_path = bank, pg_temp AS $$
    UPDATE recon_statement SET live = false WHERE file_id = p_file;
    INSERT INTO recon_held_line
    SELECT p_file, position, line, amount, value_date, book_date, kind, reference, bank_reference,
           counterparty, narrative, source_id
      FROM api.import_line WHERE writer = pg_current_xact_id();
    DELETE FROM api.import_line WHERE writer = pg_current_xact_id();
$$;

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
-- encoding, lane (optional). p_statements: array of position, line, account, reference, number,
-- page, currency, open_date, close_date, opening, closing, movement, lines. Amounts are strings of
-- minor units. The answer's id is the file; its status says whether the gate let it pass.
CREATE FUNCTION api.import_commit(p_file jsonb, p_statements jsonb, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    v_file bigint;
    v_unit int;
    v_sha bytea := decode(p_file->>'sha256', 'hex');
    verdict record;
    v_new bigint := 0;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    answer := bank.request_replay(p_request, 'import_commit', p_file);
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.recon_file_refuse_known(v_sha, p_file->>'side');
    INSERT INTO recon_file (unit_id, side, name, sha256, bytes, format, profile, parser_version,
                            encoding, status, statement_count, line_count)
    SELECT bank.my_unit(), p_file->>'side', left(p_file->>'name', 255), v_sha,
           (p_file->>'bytes')::bigint, p_file->>'format', coalesce(p_file->>'profile', ''),
           (p_file->>'parser_version')::int, p_file->>'encoding', 'accepted', count(*),
           coalesce(sum((s->>'lines')::bigint), 0)
      FROM jsonb_array_elements(p_statements) s
    RETURNING file_id INTO v_file;
    PERFORM bank.recon_add_statements(v_file, (p_file->>'side')::char, p_file->>'lane', p_statements);
    PERFORM bank.recon_check_lines(v_file);
    SELECT min(unit_id) INTO v_unit FROM recon_statement WHERE file_id = v_file;
    SELECT * INTO verdict FROM bank.recon_gate_file(v_file);
    IF verdict.p_code IS NULL THEN
        v_new := bank.recon_accept(v_file);
    ELSE
        PERFORM bank.recon_hold(v_file);
    END IF;
    UPDATE recon_file SET unit_id = v_unit, new_count = v_new,
           status = CASE WHEN verdict.p_code IS NULL THEN 'accepted' ELSE 'quarantined' END,
           reason_code = coalesce(verdict.p_code, ''), reason = coalesce(verdict.p_fault, '')
     WHERE file_id = v_file;
    PERFORM bank.recon_held_refresh(v_file);
    PERFORM bank.audit_write('import', 'recon_file', v_file::text, NULL, NULL,
        jsonb_build_object('name', p_file->>'name', 'sha256', p_file->>'sha256', 'side',
            p_file->>'side', 'new', v_new, 'fault', coalesce(verdict.p_code, '')));
    RETURN bank.request_done(p_request, v_file::text,
        CASE WHEN verdict.p_code IS NULL THEN 'The file is imported.'
             ELSE 'The file is held back: its balances or numbers do not add up.' END);
END $$;
SELECT bank.function_grant('import_commit', 'clerk', 'supervisor', 'admin');

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
                          coalesce(f.decided_by, f.imported_by), 'Refresh and try again.');
    ELSIF f.status <> 'quarantined' THEN
        PERFORM bank.fail('BO423', 'The file is not held back.', f.status, 'Refresh the list.');
    END IF;
    RETURN f;
END $$;

-- Lets a held file in although its balances do not add up; a second person decides.
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
    IF coalesce(length(trim(p_reason)), 0) < 3 THEN
        PERFORM bank.fail('BO422', 'A reason is needed.', NULL, 'Say why in a few words.', 'p_reason');
    END IF;
    f := bank.recon_file_held(p_file_id, p_version);
    IF f.imported_by = session_user THEN
        PERFORM bank.fail('BO403', 'A second person must decide this.', f.imported_by,
                          'Ask another supervisor.');
    END IF;
    UPDATE recon_statement SET live = true WHERE file_id = p_file_id;
    INSERT INTO api.import_line (position, line, amount, value_date, book_date, kind, reference,
                                 bank_reference, counterparty, narrative, source_id)
    SELECT position, line, amount, value_date, book_date, kind, reference, bank_reference,
           counterparty, narrative, source_id FROM recon_held_line WHERE file_id = p_file_id;
    DELETE FROM recon_held_line WHERE file_id = p_file_id;
    v_new := bank.recon_accept(p_file_id);
    UPDATE recon_file SET status = 'released', version = version + 1, new_count = v_new,
           decided_by = session_user, decided_at = clock_timestamp() WHERE file_id = p_file_id;
    PERFORM bank.recon_held_refresh(p_file_id);
    PERFORM bank.audit_write('release', 'recon_file', p_file_id::text, NULL,
        jsonb_build_object('status', 'quarantined', 'fault', f.reason),
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
           decided_at = clock_timestamp() WHERE file_id = p_file_id;
    PERFORM bank.recon_held_refresh(p_file_id);
    PERFORM bank.audit_write('reject', 'recon_file', p_file_id::text, NULL,
        jsonb_build_object('status', 'quarantined', 'fault', f.reason),
        jsonb_build_object('status', 'rejected', 'reason', p_reason));
    RETURN bank.request_done(p_request, p_file_id::text,
                             'The file is rejected; ask the bank for a new one.');
END $$;
SELECT bank.function_grant('file_reject', 'clerk', 'supervisor');

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
