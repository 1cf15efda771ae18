-- How the staged lines of a file become items: none twice, and equal lines as often as they are told.

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
