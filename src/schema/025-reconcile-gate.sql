-- The acceptance gate: what a file must hold to before its lines count.

-- The statement before one in its account, whatever became of it: one that is held back is still
-- the one before, so that a missing day is one gap.
CREATE FUNCTION bank.recon_before(s bank.recon_statement) RETURNS bank.recon_statement
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT t.* FROM recon_statement t JOIN recon_file f USING (file_id)
     WHERE t.account_id = s.account_id AND t.side = s.side AND t.closing IS NOT NULL
       AND t.kind = 'booked'
       AND (t.live OR f.status = 'quarantined' AND (t.close_date < s.close_date OR t.number < s.number))
       AND (t.file_id, t.position) <> (s.file_id, s.position)
       AND (t.close_date < s.close_date
            OR (t.close_date = s.close_date AND t.number IS NOT NULL AND s.number IS NOT NULL
                AND (t.number, coalesce(t.page, 0)) < (s.number, coalesce(s.page, 0)))
            OR (t.close_date = s.close_date AND (t.number IS NULL OR s.number IS NULL)
                AND (t.file_id < s.file_id OR (t.file_id = s.file_id AND t.position < s.position))))
     ORDER BY t.close_date DESC, t.number DESC NULLS LAST, t.page DESC NULLS LAST,
              t.live DESC, t.statement_id DESC LIMIT 1
$$;

-- Whether a period is told again, or one that overlaps it: it starts at a balance already known.
CREATE FUNCTION bank.recon_told_before(s bank.recon_statement) RETURNS boolean
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT EXISTS (SELECT FROM recon_statement t
                    WHERE t.account_id = s.account_id AND t.side = s.side AND t.live
                      AND t.opening = s.opening AND t.open_date <= s.close_date
                      AND t.close_date >= s.open_date
                      AND (t.file_id, t.position) <> (s.file_id, s.position))
$$;

-- Numbers and pages: none between this statement and the one before may be missing.
CREATE FUNCTION bank.recon_gate_number(s bank.recon_statement, last bank.recon_statement,
    OUT code text, OUT expected bigint, OUT seen bigint, OUT passed boolean, OUT detail text)
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    numbered boolean := (SELECT a.numbered FROM recon_account a WHERE a.account_id = s.account_id);
BEGIN
    code := 'sequence';
    passed := true;
    IF s.number IS NULL OR last.number IS NULL OR NOT numbered THEN
        code := NULL;
    ELSIF s.number > last.number + 1 THEN
        expected := last.number + 1;
        seen := s.number;
        passed := false;
        detail := format('statement %s follows %s: one between them is missing', s.number, last.number);
    ELSIF s.number = last.number AND s.page > last.page + 1 THEN
        code := 'page';
        expected := last.page + 1;
        seen := s.page;
        passed := false;
        detail := format('page %s follows page %s: one between them is missing', s.page, last.page);
    ELSIF s.number <> last.number AND (s.page > 1 AND s.opening_interim OR last.closing_interim) THEN
        code := 'page';
        passed := false;
        detail := CASE WHEN last.closing_interim
                       THEN format('statement %s ended with page %s, another one was to follow',
                                   last.number, last.page)
                       ELSE format('statement %s begins with page %s', s.number, s.page) END;
    ELSE
        seen := s.number;
        detail := format('follows statement %s', last.number);
    END IF;
END $$;

-- The closing balance of the statement before must be the opening balance of this one.
CREATE FUNCTION bank.recon_gate_chain(s bank.recon_statement, last bank.recon_statement,
    OUT code text, OUT expected bigint, OUT seen bigint, OUT passed boolean, OUT detail text)
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
BEGIN
    code := 'gap';
    seen := s.opening;
    IF last.statement_id IS NULL THEN
        SELECT CASE s.side WHEN 'S' THEN a.opening_statement ELSE a.opening_book END INTO expected
          FROM recon_account a
         WHERE a.account_id = s.account_id AND s.open_date >= a.opening_date - 1;
        passed := expected IS NULL OR expected = s.opening
                  OR EXISTS (SELECT FROM recon_statement t WHERE t.account_id = s.account_id
                             AND t.side = s.side AND t.live AND t.opening = s.closing);
        detail := CASE WHEN passed THEN 'the first of its account'
                       ELSE format('the account starts with %s, this statement opens with %s',
                                   bank.recon_money(expected, s.currency),
                                   bank.recon_money(s.opening, s.currency)) END;
        RETURN;
    END IF;
    expected := last.closing;
    passed := last.closing = s.opening OR bank.recon_told_before(s);
    detail := CASE WHEN last.closing = s.opening THEN format('follows %s', last.close_date)
                   WHEN passed THEN 'a period told before'
                   ELSE format('the statement before closes with %s on %s, this one opens with %s',
                               bank.recon_money(last.closing, s.currency), last.close_date,
                               bank.recon_money(s.opening, s.currency)) END;
    -- It adds up, but hangs on a file that is not let in.
    IF passed AND NOT last.live AND last.file_id <> s.file_id THEN
        code := 'waits';
        passed := false;
        detail := format('follows the statement of %s, which is held back in file %s',
                         last.close_date, last.file_id);
    END IF;
END $$;

-- The same period from another kind of file, say camt after MT940: its texts differ, so its lines
-- cannot be told from those that are there.
CREATE FUNCTION bank.recon_gate_form(s bank.recon_statement)
RETURNS TABLE (code text, expected bigint, seen bigint, passed boolean, detail text)
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT 'repeated', NULL::bigint, NULL::bigint, false,
           format('the same statement is there from file %s (%s), in another form', f.file_id, f.name)
      FROM recon_statement t
      JOIN recon_file f ON f.file_id = t.file_id
      JOIN recon_file o ON o.file_id = s.file_id
     WHERE t.account_id = s.account_id AND t.side = s.side AND t.live AND t.kind = 'booked'
       AND t.file_id <> s.file_id AND t.close_date = s.close_date
       AND (t.closing, t.movement, t.line_count) = (s.closing, s.movement, s.line_count)
       AND s.kind = 'booked' AND s.line_count > 0 AND (f.format, f.profile) <> (o.format, o.profile)
     ORDER BY t.statement_id LIMIT 1
$$;

-- The statement of this file that is there already, from another one; NULL: none is.
CREATE FUNCTION bank.recon_twin(s bank.recon_statement) RETURNS bank.recon_statement
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT t.* FROM recon_statement t
     WHERE t.account_id = s.account_id AND t.side = s.side AND t.live AND t.kind = 'booked'
       AND s.kind = 'booked' AND t.file_id <> s.file_id AND t.close_date = s.close_date AND s.line_count > 0
       AND (t.closing, t.movement, t.line_count) = (s.closing, s.movement, s.line_count)
       AND (t.opening, t.number, t.page) IS NOT DISTINCT FROM (s.opening, s.number, s.page)
     ORDER BY t.statement_id LIMIT 1
$$;

-- A statement that states no opening balance: what was not there before must lead from the closing
-- balance of the one before to its own, with the lines that came meanwhile without any balance. Known
-- only once its lines are booked; no row when it does.
CREATE FUNCTION bank.recon_closing_gap(p_file bigint)
RETURNS TABLE (place int, code text, expected bigint, seen bigint, detail text)
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT s.position, CASE WHEN t.live THEN 'gap' ELSE 'waits' END, s.closing, t.closing + n.movement,
           CASE WHEN t.live THEN format('the statement before closes with %s on %s, the new lines make it %s, but closing is %s',
                    bank.recon_money(t.closing, s.currency), t.close_date,
                    bank.recon_money(t.closing + n.movement, s.currency), bank.recon_money(s.closing, s.currency))
                ELSE format('follows the statement of %s, which is held back in file %s', t.close_date, t.file_id) END
      FROM recon_statement s
     CROSS JOIN LATERAL bank.recon_before(s) t
     CROSS JOIN LATERAL (SELECT coalesce(sum(CASE s.side WHEN 'L' THEN i.amount ELSE -i.amount END), 0)::bigint AS movement
                           FROM recon_item i
                          WHERE i.statement_id = ANY (s.statement_id || ARRAY(
                                    SELECT u.statement_id FROM recon_statement u
                                     WHERE u.account_id = s.account_id AND u.side = s.side AND u.live
                                       AND u.kind = 'booked' AND u.opening IS NULL AND u.closing IS NULL))
                            AND (i.statement_id = s.statement_id OR i.day > t.close_date AND i.day <= s.close_date)) n
     WHERE s.file_id = p_file AND s.kind = 'booked' AND s.opening IS NULL AND s.closing IS NOT NULL
       AND t.statement_id IS NOT NULL AND t.file_id <> p_file
       AND (NOT t.live OR t.closing + n.movement <> s.closing)
     ORDER BY s.position
$$;

-- Keeps a fault that was found after the others, and says it as recon_gate_file does.
CREATE FUNCTION bank.recon_gate_late(p_file bigint, p_place int, p_code text, p_expected bigint, p_seen bigint,
    p_detail text) RETURNS text LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    s recon_statement;
BEGIN
    UPDATE recon_statement SET fault_code = p_code, fault = p_detail
     WHERE file_id = p_file AND position = p_place RETURNING * INTO s;
    INSERT INTO recon_check (file_id, check_no, position, code, currency, expected, found, passed, detail)
    SELECT p_file, coalesce(max(check_no), 0) + 1, p_place, p_code, CASE WHEN p_expected IS NULL THEN '' ELSE s.currency END,
           p_expected, p_seen, false, p_detail
      FROM recon_check WHERE file_id = p_file;
    RETURN format('statement %s of account %s: %s',
                  coalesce(s.number::text || coalesce('/' || s.page, ''), '#' || s.position), s.account, p_detail);
END $$;

-- Books the lines of a file that the gate let in, unless a statement that is there already would bring
-- lines once more (sent again with other texts or days, they cannot be told from those that are there)
-- or one without an opening balance does not follow from the one before.
CREATE FUNCTION bank.recon_accept_once(p_file bigint, p_told jsonb, OUT p_new bigint, OUT p_code text, OUT p_fault text)
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    late record;
BEGIN
    IF NOT EXISTS (SELECT FROM recon_statement s, LATERAL bank.recon_twin(s) t
                    WHERE s.file_id = p_file AND t.statement_id IS NOT NULL)
       AND NOT EXISTS (SELECT FROM recon_statement s WHERE s.file_id = p_file AND s.kind = 'booked'
                          AND s.opening IS NULL AND s.closing IS NOT NULL) THEN
        p_new := bank.recon_accept(p_file, p_told);
        RETURN;
    END IF;
    BEGIN
        p_new := bank.recon_accept(p_file, p_told);
        SELECT s.position AS place, 'repeated'::text AS code, NULL::bigint AS expected, NULL::bigint AS seen,
               format('the same statement is there from file %s (%s), with other lines', f.file_id, f.name) AS detail
          INTO late
          FROM recon_statement s, LATERAL bank.recon_twin(s) t JOIN recon_file f ON f.file_id = t.file_id
         WHERE s.file_id = p_file AND t.statement_id IS NOT NULL AND s.fresh
         ORDER BY s.position LIMIT 1;
        IF NOT FOUND THEN
            SELECT * INTO late FROM bank.recon_closing_gap(p_file) LIMIT 1;
        END IF;
        IF FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'BO498'; -- takes back what was booked
        END IF;
    EXCEPTION WHEN SQLSTATE 'BO498' THEN
        p_new := 0;
        p_code := late.code;
        p_fault := bank.recon_gate_late(p_file, late.place, late.code, late.expected, late.seen, late.detail);
    END;
END $$;

-- All checks of one statement, in the order in which they count.
CREATE FUNCTION bank.recon_gate(s bank.recon_statement)
RETURNS TABLE (code text, expected bigint, seen bigint, passed boolean, detail text)
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    last recon_statement;
BEGIN
    IF s.opening IS NOT NULL AND s.closing IS NOT NULL THEN
        RETURN QUERY SELECT 'balance', s.closing, s.opening + s.movement,
            s.opening + s.movement = s.closing,
            format('opening %s + movements %s = %s, ', bank.recon_money(s.opening, s.currency),
                   bank.recon_money(s.movement, s.currency),
                   bank.recon_money(s.opening + s.movement, s.currency))
            || CASE WHEN s.opening + s.movement = s.closing THEN 'as stated'
                    ELSE format('but closing is %s', bank.recon_money(s.closing, s.currency)) END;
    END IF;
    RETURN QUERY SELECT * FROM bank.recon_gate_form(s);
    IF s.opening IS NULL OR s.kind <> 'booked' THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM recon_statement t WHERE t.file_id = s.file_id AND t.position < s.position
               AND (t.account_id, t.side, t.number, t.page, t.open_date, t.close_date, t.opening,
                    t.closing) IS NOT DISTINCT FROM
                   (s.account_id, s.side, s.number, s.page, s.open_date, s.close_date, s.opening,
                    s.closing) AND t.line_count > 0) THEN
        RETURN QUERY SELECT 'repeated', NULL::bigint, NULL::bigint, false,
                            'the file holds the same statement twice';
    END IF;
    last := bank.recon_before(s);
    RETURN QUERY SELECT c.* FROM bank.recon_gate_chain(s, last) c;
    IF last.statement_id IS NOT NULL AND last.closing = s.opening THEN
        RETURN QUERY SELECT n.* FROM bank.recon_gate_number(s, last) n WHERE n.code IS NOT NULL;
    END IF;
END $$;

-- Notes the control totals that the parser read beside what the lines give.
CREATE FUNCTION bank.recon_gate_controls(p_file bigint, p_controls jsonb) RETURNS void
LANGUAGE sql SET search_path = bank, pg_temp AS $$
    DELETE FROM recon_check WHERE file_id = p_file;
    INSERT INTO recon_check (file_id, check_no, position, code, label, line, currency, expected,
                             found, passed, detail)
    SELECT p_file, row_number() OVER (ORDER BY c.position, c.line, n), c.position,
           'control', left(coalesce(nullif(c.label, ''), c.kind), 60), c.line,
           coalesce(c.currency, ''), c.expected, c.found, c.expected = c.found,
           CASE WHEN c.line > 0 THEN format('line %s: ', c.line) ELSE '' END
           || format('%s: %s stated, %s in the lines', rtrim(coalesce(nullif(c.label, ''), c.kind), ':：'),
                  CASE WHEN coalesce(c.currency, '') = '' THEN c.expected::text
                       ELSE bank.recon_money(c.expected, c.currency) END,
                  CASE WHEN coalesce(c.currency, '') = '' THEN c.found::text
                       ELSE bank.recon_money(c.found, c.currency) END)
      FROM jsonb_array_elements(coalesce(p_controls, '[]')) WITH ORDINALITY AS e (o, n),
           jsonb_to_record(e.o) AS c (position int, kind text, label text, line bigint,
                                      currency text, expected bigint, found bigint)
     LIMIT 5000
$$;

-- Judges all statements of a file, keeps every check and in each statement the first that failed;
-- NULL or the first fault of the file.
CREATE FUNCTION bank.recon_gate_file(p_file bigint, OUT p_code text, OUT p_fault text)
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    s recon_statement;
    first record;
    v_no int;
BEGIN
    DELETE FROM recon_check WHERE file_id = p_file AND code <> 'control';
    SELECT coalesce(max(check_no), 0) INTO v_no FROM recon_check WHERE file_id = p_file;
    FOR s IN SELECT * FROM recon_statement WHERE file_id = p_file ORDER BY position LOOP
        INSERT INTO recon_check (file_id, check_no, position, code, currency, expected, found, passed,
                                 detail)
        SELECT p_file, v_no + g.n, s.position, g.code, CASE WHEN g.code IN ('balance', 'gap', 'waits')
               THEN s.currency ELSE '' END, g.expected, g.seen, g.passed, coalesce(g.detail, '')
          FROM (SELECT c.*, row_number() OVER () AS n FROM bank.recon_gate(s) c) g;
        v_no := v_no + 10;
        SELECT c.code, c.detail INTO first FROM recon_check c
         WHERE c.file_id = p_file AND c.position = s.position AND NOT c.passed
         ORDER BY c.code = 'control', c.check_no LIMIT 1;
        UPDATE recon_statement SET fault_code = coalesce(first.code, ''),
               fault = coalesce(first.detail, '')
         WHERE statement_id = s.statement_id
           AND (fault_code, fault) <> (coalesce(first.code, ''), coalesce(first.detail, ''));
        IF p_code IS NULL AND first.code IS NOT NULL THEN
            p_code := first.code;
            p_fault := format('statement %s of account %s: %s',
                              coalesce(s.number::text || coalesce('/' || s.page, ''),
                                       '#' || s.position), s.account, first.detail);
        END IF;
    END LOOP;
    IF p_code IS NULL THEN
        SELECT c.code, c.detail INTO p_code, p_fault FROM recon_check c
         WHERE c.file_id = p_file AND c.position = 0 AND NOT c.passed ORDER BY c.check_no LIMIT 1;
    END IF;
END $$;

-- Stages the lines of a held file once more and books them.
CREATE FUNCTION bank.recon_held_accept(p_file bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7203, s.account_id::int * 2 + (s.side = 'L')::int)
       FROM (SELECT DISTINCT account_id, side FROM recon_statement WHERE file_id = p_file
              ORDER BY account_id) s;
    UPDATE recon_statement SET live = true WHERE file_id = p_file;
    INSERT INTO api.import_line (position, line, amount, value_date, book_date, kind, reference,
                                 bank_reference, counterparty, narrative, source_id, fingerprint)
    SELECT position, line, amount, value_date, book_date, kind, reference, bank_reference,
           counterparty, narrative, source_id, fingerprint
      FROM recon_held_line WHERE file_id = p_file;
    DELETE FROM recon_held_line WHERE file_id = p_file;
    PERFORM bank.recon_line_sums(NULL, NULL);
    RETURN bank.recon_accept(p_file);
END $$;

-- A file came in: those held back only because it was missing are judged again, and let in when
-- nothing is left against them.
CREATE FUNCTION bank.recon_gate_again(p_file bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    held recon_file;
    verdict record;
    late record;
    v_new bigint;
    healed boolean := true;
BEGIN
    WHILE healed LOOP
        healed := false;
        FOR held IN SELECT f.* FROM recon_file f
                     WHERE f.status = 'quarantined' AND f.reason_code IN ('gap', 'sequence', 'page', 'waits')
                       AND EXISTS (SELECT FROM recon_statement h JOIN recon_statement n
                                       ON n.account_id = h.account_id AND n.side = h.side
                                    WHERE h.file_id = f.file_id AND n.file_id = p_file)
                     ORDER BY (SELECT min(close_date) FROM recon_statement h
                                WHERE h.file_id = f.file_id), f.file_id FOR UPDATE LOOP
            SELECT * INTO verdict FROM bank.recon_gate_file(held.file_id);
            UPDATE recon_file SET reason_code = coalesce(verdict.p_code, reason_code),
                   reason = coalesce(verdict.p_fault, reason), version = version + 1
             WHERE file_id = held.file_id AND verdict.p_fault IS DISTINCT FROM reason;
            CONTINUE WHEN verdict.p_code IS NOT NULL;
            BEGIN
                v_new := bank.recon_held_accept(held.file_id);
                SELECT * INTO late FROM bank.recon_closing_gap(held.file_id) LIMIT 1;
                IF FOUND THEN
                    RAISE EXCEPTION USING ERRCODE = 'BO498';
                END IF;
            EXCEPTION WHEN SQLSTATE 'BO498' THEN
                UPDATE recon_file SET reason_code = late.code, version = version + 1,
                       reason = bank.recon_gate_late(held.file_id, late.place, late.code, late.expected, late.seen,
                                                     late.detail)
                 WHERE file_id = held.file_id;
                CONTINUE;
            END;
            UPDATE recon_file SET status = 'accepted', reason_code = '', reason = '',
                   new_count = v_new, decided_at = clock_timestamp(),
                   decision = format('let in by file %s', p_file)
             WHERE file_id = held.file_id;
            PERFORM bank.recon_held_refresh(held.file_id);
            PERFORM bank.audit_write('heal', 'recon_file', held.file_id::text, NULL,
                jsonb_build_object('status', 'quarantined', 'fault', held.reason),
                jsonb_build_object('status', 'accepted', 'by_file', p_file));
            healed := true;
        END LOOP;
    END LOOP;
END $$;
