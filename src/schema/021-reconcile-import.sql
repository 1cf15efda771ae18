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

-- What makes a line: two lines with the same text are the same movement told twice, or two equal
-- ones. src/reconcile/upload.c computes the same.
CREATE FUNCTION bank.recon_fingerprint(p_side text, i api.import_line)
RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT left(encode(sha256(convert_to(concat_ws(E'\x1f', p_side, i.amount, i.value_date,
        i.book_date, i.reference, i.bank_reference, i.source_id, i.counterparty, i.narrative),
        'UTF8')), 'hex'), 32)::uuid $$;

-- Statements of a file that begin where another one ended: all their lines are new, equal ones too.
CREATE FUNCTION bank.recon_adjoining(p_file bigint) RETURNS int[]
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT coalesce(array_agg(s.position), '{}') FROM recon_statement s
     WHERE s.file_id = p_file AND s.opening IS NOT NULL
       AND EXISTS (SELECT FROM recon_statement p
                   WHERE p.account_id = s.account_id AND p.side = s.side AND p.live
                     AND p.statement_id <> s.statement_id AND p.closing = s.opening
                     AND p.close_date <= s.close_date)
       AND NOT EXISTS (SELECT FROM recon_statement t
                       WHERE t.account_id = s.account_id AND t.side = s.side AND t.live
                         AND t.kind = 'booked' AND t.file_id <> p_file AND t.opening = s.opening
                         AND t.open_date <= s.close_date AND t.close_date >= s.open_date
                         AND t.line_count > 0)
$$;

-- Statements of other files whose lines may be told again by this one.
CREATE FUNCTION bank.recon_overlapping(p_file bigint) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT array_agg(DISTINCT t.statement_id)
      FROM recon_statement s
      JOIN recon_statement t ON t.account_id = s.account_id AND t.side = s.side AND t.live
           AND t.kind = 'booked' AND t.file_id <> s.file_id
           AND t.from_date <= s.to_date AND t.to_date >= s.from_date
     WHERE s.file_id = p_file AND s.kind = 'booked'
$$;

-- The lines that this transaction brought, staged or in the segment p_low, by statement and day: what check
-- and totals need of them. Of a segment no line may be of another statement, account or day than it says.
CREATE FUNCTION bank.recon_line_sums(p_file bigint, p_low bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.import_day;
    IF p_low IS NULL THEN
        CREATE TEMP TABLE import_day ON COMMIT DROP AS
        SELECT i.position, coalesce(i.book_date, i.value_date) AS booked_on, count(*) AS lines,
               sum(i.amount) AS amount, sum(abs(i.amount)) AS value, min(i.value_date) AS from_date,
               max(i.value_date) AS to_date
          FROM api.import_line i WHERE i.writer = (SELECT pg_current_xact_id())
         GROUP BY i.position, coalesce(i.book_date, i.value_date);
        RETURN;
    END IF;
    EXECUTE format($make$
    CREATE TEMP TABLE import_day ON COMMIT DROP AS
    SELECT CASE WHEN s.account_id = i.account_id AND i.day = CASE WHEN s.closing IS NOT NULL THEN s.close_date
                     ELSE i.booked_on END THEN s.position ELSE 0 END AS position, i.booked_on, i.lines,
           CASE s.side WHEN 'L' THEN i.amount ELSE -i.amount END AS amount, i.value, i.from_date, i.to_date
      FROM (SELECT i.statement_id, i.account_id, i.day, coalesce(i.book_date, i.value_date) AS booked_on,
                   count(*) AS lines, sum(i.amount) AS amount, sum(abs(i.amount)) AS value,
                   min(i.value_date) AS from_date, max(i.value_date) AS to_date
              FROM api.recon_item_%s i
             GROUP BY i.statement_id, i.account_id, i.day, coalesce(i.book_date, i.value_date)) i
      LEFT JOIN recon_statement s ON s.statement_id = i.statement_id AND s.file_id = %s $make$, p_low, p_file);
END $$;

-- Whether two of the staged lines may be equal. A false alarm costs time and nothing else.
CREATE FUNCTION bank.recon_line_twice(p_side text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = bank, pg_temp SET work_mem = '64MB' AS $$
    SELECT count(*) <> count(DISTINCT uuid_hash_extended(
               coalesce(i.fingerprint, bank.recon_fingerprint(p_side, i)), 0))
      FROM api.import_line i WHERE i.writer = (SELECT pg_current_xact_id())
$$;

-- How often the staged lines are there already, in statements that tell of the same days (p_over): few
-- are looked up one by one, so that a file costs as many as it has.
CREATE FUNCTION bank.recon_known(p_file bigint, p_over bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning SET work_mem = '64MB'
SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE
    few boolean;
    part record;
BEGIN
    DROP TABLE IF EXISTS pg_temp.import_known, pg_temp.import_print;
    CREATE TEMP TABLE import_known (account_id bigint, side char(1) COLLATE "C", fingerprint uuid, copies int)
        ON COMMIT DROP;
    IF p_over IS NULL THEN
        RETURN;
    END IF;
    CREATE TEMP TABLE import_print ON COMMIT DROP AS
    SELECT DISTINCT s.account_id, s.side, coalesce(i.fingerprint, bank.recon_fingerprint(s.side, i)) AS fingerprint
      FROM api.import_line i JOIN recon_statement s ON s.file_id = p_file AND s.position = i.position
     WHERE i.writer = (SELECT pg_current_xact_id()) AND s.kind = 'booked';
    ANALYZE import_print;
    GRANT SELECT ON import_print TO bankops_owner;
    GRANT INSERT ON import_known TO bankops_owner;
    few := (SELECT count(*) FROM import_print) <= 20000;
    FOR part IN SELECT s.segment AS low, array_agg(s.statement_id) AS statements FROM recon_statement s
                 WHERE s.statement_id = ANY (p_over) GROUP BY s.segment LOOP
        IF few AND part.low IS NOT NULL THEN
            PERFORM bank.recon_segment_known(part.low);
        ELSE
            INSERT INTO import_known
            SELECT o.account_id, o.side, o.fingerprint, o.occurrence
              FROM import_print p JOIN recon_item o ON o.fingerprint = p.fingerprint AND o.side = p.side
               AND o.account_id = p.account_id
             WHERE o.statement_id = ANY (part.statements);
        END IF;
    END LOOP;
END $$;

-- Makes items of the staged lines of this transaction, in the segment p_low or among the others when
-- NULL. p_plain: none of them can be known already and no two are equal, the usual case, one pass.
-- Else equal lines of a file count up; of as many as are there already, none is added; those of an
-- adjoining statement count on from them. p_prepared: the client computed key and fingerprint.
CREATE FUNCTION bank.recon_store_lines(p_file bigint, p_low bigint, p_plain boolean, p_prepared boolean)
RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp SET work_mem = '128MB' SET enable_nestloop = off SET enable_sort = off AS $$
DECLARE
    adjoining int[] := CASE WHEN NOT p_plain THEN bank.recon_adjoining(p_file) END;
    added bigint;
BEGIN
    PERFORM bank.recon_number_from(p_low);
    EXECUTE format($make$
    WITH staged AS (
        SELECT s.account_id, s.unit_id, s.side, CASE s.side WHEN 'L' THEN i.amount ELSE -i.amount END AS amount,
               s.currency, i.value_date, i.book_date,
               CASE WHEN s.closing IS NOT NULL THEN s.close_date
                    ELSE coalesce(i.book_date, i.value_date) END AS day,
               i.kind, i.reference, %6$s AS reference_key,
               i.bank_reference, i.counterparty, i.narrative, i.source_id, s.statement_id, i.line,
               %7$s AS fingerprint, i.position
          FROM api.import_line i
          JOIN recon_statement s ON s.file_id = $1 AND s.position = i.position AND s.kind = 'booked'
         WHERE i.writer = (SELECT pg_current_xact_id())) %4$s
    INSERT INTO bank.%1$I (%2$s account_id, unit_id, side, amount, currency, value_date, book_date,
        day, kind, reference, reference_key, bank_reference, counterparty, narrative, source_id, statement_id,
        line, fingerprint, occurrence)
    SELECT %3$s c.account_id, c.unit_id, c.side, c.amount, c.currency, c.value_date, c.book_date, c.day,
           c.kind, c.reference, c.reference_key, c.bank_reference, c.counterparty, c.narrative, c.source_id,
           c.statement_id, c.line, c.fingerprint, %5$s $make$,
        CASE WHEN p_low IS NULL THEN 'recon_item' ELSE 'recon_item_' || p_low END,
        CASE WHEN p_low IS NOT NULL THEN 'item_id,' END,
        CASE WHEN p_low IS NOT NULL THEN 'nextval(''pg_temp.recon_number''),' END,
        CASE WHEN NOT p_plain THEN $counted$,
    known AS MATERIALIZED (
        SELECT o.account_id, o.side, o.fingerprint, max(o.copies) AS copies FROM import_known o
         GROUP BY o.account_id, o.side, o.fingerprint),
    placed AS (SELECT t.*, t.position = ANY ($2) AS adjoining FROM staged t),
    counted AS (
        SELECT t.*, coalesce(k.copies, 0) AS copies,
               row_number() OVER (PARTITION BY t.account_id, t.fingerprint, t.adjoining
                                  ORDER BY t.position, t.line) AS n,
               count(*) FILTER (WHERE NOT t.adjoining) OVER (PARTITION BY t.account_id, t.fingerprint)
                   AS others
          FROM placed t LEFT JOIN known k USING (account_id, side, fingerprint)) $counted$ END,
        CASE WHEN p_plain THEN '1 FROM staged c' ELSE $counted$
           CASE WHEN c.adjoining THEN greatest(c.copies, c.others) + c.n ELSE c.n END
      FROM (SELECT * FROM counted ORDER BY position, line) c
     WHERE c.adjoining OR c.n > c.copies $counted$ END,
        CASE WHEN p_prepared THEN 'i.reference_key' ELSE 'nullif(bank.recon_key(i.reference), i.reference)' END,
        CASE WHEN p_prepared THEN 'i.fingerprint'
             ELSE 'coalesce(i.fingerprint, bank.recon_fingerprint(s.side, i))' END)
    USING p_file, adjoining;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END $$;

-- Makes items of the lines; answers how many are new. The caller holds the accounts of the file's side,
-- so nobody else adds to them meanwhile. p_told: p_file of api.import_commit.
CREATE FUNCTION bank.recon_store(p_file bigint, p_told jsonb) RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    over bigint[] := bank.recon_overlapping(p_file);
    prepared boolean := coalesce((p_told->>'prepared')::boolean, false);
    plain boolean := over IS NULL
        AND (prepared AND (p_told->>'distinct')::boolean
             OR NOT bank.recon_line_twice((SELECT side FROM recon_file WHERE file_id = p_file))) IS TRUE;
    low bigint := bank.recon_lent(p_told);
    added bigint;
BEGIN
    IF low IS NOT NULL THEN
        RETURN bank.recon_store_lent(p_file, low, over);
    END IF;
    IF (SELECT sum(lines) FROM import_day) >= bank.setting('recon_segment_lines')::bigint THEN
        low := bank.recon_segment_new('item');
    END IF;
    IF NOT plain THEN
        PERFORM bank.recon_known(p_file, over);
    END IF;
    added := bank.recon_store_lines(p_file, low, plain, prepared);
    IF low IS NOT NULL THEN
        PERFORM bank.recon_segment_index('item', low);
        PERFORM bank.recon_segment_join('item', low);
    END IF;
    PERFORM bank.recon_store_sums(p_file, plain);
    UPDATE recon_statement SET segment = low WHERE file_id = p_file AND fresh AND low IS NOT NULL;
    PERFORM bank.recon_line_clear();
    RETURN added;
END $$;

-- Notes which statements have lines that no run has looked at and adds them to the sums by day.
-- p_plain: the new lines are all that are staged.
CREATE FUNCTION bank.recon_store_sums(p_file bigint, p_plain boolean) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.import_sum;
    CREATE TEMP TABLE import_sum ON COMMIT DROP AS
    SELECT s.account_id, s.side, s.statement_id, d.lines, d.value,
           CASE s.side WHEN 'L' THEN d.amount ELSE -d.amount END AS amount,
           CASE WHEN s.closing IS NOT NULL THEN s.close_date ELSE d.booked_on END AS day
      FROM import_day d JOIN recon_statement s ON s.file_id = p_file AND s.position = d.position
           AND s.kind = 'booked'
     WHERE p_plain;
    IF NOT p_plain THEN
        INSERT INTO import_sum (account_id, side, day, statement_id, lines, amount, value)
        SELECT i.account_id, i.side, i.day, i.statement_id, count(*), sum(i.amount), sum(abs(i.amount))
          FROM recon_item i
         WHERE i.statement_id IN (SELECT statement_id FROM recon_statement WHERE file_id = p_file)
         GROUP BY i.account_id, i.side, i.day, i.statement_id;
    END IF;
    UPDATE recon_statement s SET fresh = true
     WHERE s.statement_id IN (SELECT f.statement_id FROM import_sum f);
    INSERT INTO recon_day_total AS t (account_id, side, day, lines, amount, fresh_lines, value,
                                      fresh_value)
    SELECT f.account_id, f.side, f.day, sum(f.lines), sum(f.amount), sum(f.lines), sum(f.value),
           sum(f.value) FROM import_sum f
     GROUP BY f.account_id, f.side, f.day
    ON CONFLICT (account_id, side, day) DO UPDATE
       SET lines = t.lines + excluded.lines, amount = t.amount + excluded.amount,
           fresh_lines = t.fresh_lines + excluded.fresh_lines,
           value = t.value + excluded.value,
           fresh_value = t.fresh_value + excluded.fresh_value;
END $$;

-- Empties the table of staged lines when nobody else is staging; else the next one does: nobody reads
-- the lines of another transaction. Row by row only when that has gone on for long.
CREATE FUNCTION bank.recon_line_clear() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    BEGIN
        LOCK TABLE api.import_line IN ACCESS EXCLUSIVE MODE NOWAIT;
        TRUNCATE api.import_line;
    EXCEPTION WHEN lock_not_available THEN
        IF pg_relation_size('api.import_line') > 1000000000 THEN
            DELETE FROM api.import_line WHERE writer = pg_current_xact_id();
        END IF;
    END;
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
