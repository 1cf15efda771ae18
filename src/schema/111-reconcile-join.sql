-- How the unique pairs of a large run (096) are found: one join of the two sides, whose pairs are written once,
-- by whatever workers the server gives. A line that meets more than one, and a line that meets none, are told
-- by their numbers: 32 of these are one row of recon_word_N, with a bit for each that is in a pair.

-- The lines of one side, as a query: those of fresh statements from the tables in which they stand, and those
-- that were open before. `number` counts the lines of segments, without gaps from one to the next.
-- p_old: NULL, or where lines that were open before stand.
CREATE FUNCTION bank.recon_join_side(p_side text, p_as_of date, p_fresh bigint[], p_absent text[], p_old regclass)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp SET enable_indexscan = on
SET enable_seqscan = off AS $$
DECLARE
    v_absent text[] := p_absent || array_fill(''::text, '{9}'); -- nine words and more are hashed
    v_parts text[] := '{}';
    v_number bigint := 0;
    v_last bigint;
    v_from record;
BEGIN
    FOR v_from IN SELECT s.segment, array_agg(s.statement_id) AS statements FROM recon_statement s
                   WHERE s.statement_id = ANY (p_fresh) AND s.side = p_side GROUP BY s.segment ORDER BY 1 LOOP
        v_parts := v_parts || format('SELECT true AS fresh, i.account_id, i.item_id, %s::bigint AS number,
                %s AS amount, abs(i.amount) AS value, i.value_date, i.day, coalesce(i.reference_key, i.reference) AS key
           FROM bank.recon_item_%s i WHERE i.statement_id = ANY (%L::bigint[]) AND i.day <= %L%s',
            CASE WHEN v_from.segment IS NULL THEN 'NULL' ELSE format('i.item_id - %s', v_from.segment - v_number) END,
            CASE p_side WHEN 'L' THEN 'i.amount' ELSE '-i.amount' END, coalesce(v_from.segment::text, 'base'),
            v_from.statements, p_as_of,
            CASE p_side WHEN 'L' THEN -- which is enough
                 format(' AND coalesce(i.reference_key, i.reference) <> ALL (%L::text[])', v_absent) END);
        IF v_from.segment IS NOT NULL THEN
            EXECUTE format('SELECT max(item_id) FROM bank.recon_item_%s', v_from.segment) INTO v_last;
            v_number := v_number + coalesce(v_last + 1 - v_from.segment, 0);
        END IF;
    END LOOP;
    IF p_old IS NOT NULL OR v_parts = '{}' THEN
        v_parts := v_parts || format('SELECT false AS fresh, o.account_id, o.item_id, NULL::bigint AS number,
                %s AS amount, abs(o.amount) AS value, o.value_date, o.day, o.key
           FROM %s o WHERE o.side = %L AND o.day <= %L AND o.key <> ALL (%L::text[])',
            CASE p_side WHEN 'L' THEN 'o.amount' ELSE '-o.amount' END, coalesce(p_old::text, 'pg_temp.run_open'),
            p_side, p_as_of, v_absent);
    END IF;
    RETURN '(' || array_to_string(v_parts, ' UNION ALL ') || ')';
END $$;

-- Makes the segment p_low of all that meet: lines of both sides with one account, reference and amount whatever its
-- sign. What could be no pair, or needs a closer look, has no number of a match but -1 - (days apart) * 4
-- - (fresh) * 2 - (amounts equal).
CREATE FUNCTION bank.recon_join_meet(p_as_of date, p_fresh bigint[], p_absent text[], p_low bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp SET client_min_messages = warning
SET work_mem = '256MB' SET enable_indexscan = off SET enable_bitmapscan = off SET enable_mergejoin = off
SET enable_nestloop = off SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0 AS $$
DECLARE
    v_old regclass;
BEGIN
    IF EXISTS (SELECT FROM pg_temp.run_open) THEN -- workers see no temporary table
        EXECUTE format('CREATE UNLOGGED TABLE bank.recon_old_%s AS
            SELECT account_id, item_id, side, amount, value_date, day, key FROM pg_temp.run_open', p_low);
        v_old := format('bank.recon_old_%s', p_low);
    END IF;
    EXECUTE format($make$
    CREATE TABLE bank.recon_match_%1$s AS
    SELECT b.account_id, CASE WHEN b.amount = s.amount AND b.amount <> 0 AND b.fresh AND s.fresh
                                   AND abs(b.value_date - s.value_date) <= 2
                              THEN %1$s + %2$s
                              ELSE -1 - abs(b.value_date - s.value_date)::bigint * 4
                                   - CASE WHEN b.fresh AND s.fresh THEN 2 ELSE 0 END
                                   - CASE WHEN b.amount = s.amount AND b.amount <> 0 THEN 1 ELSE 0 END
                         END AS match_id,
           b.amount, b.item_id AS book_id, s.item_id AS statement_id, least(b.day, s.day) AS first_day,
           greatest(b.day, s.day) AS last_day, b.key COLLATE "C" AS key
      FROM %3$s s JOIN %4$s b ON b.key = s.key AND b.account_id = s.account_id AND b.value = s.value $make$,
        p_low,
        CASE WHEN EXISTS (SELECT FROM recon_statement s WHERE s.statement_id = ANY (p_fresh)
                           AND s.side = 'S' AND s.segment IS NULL)
             THEN 'row_number() OVER () - 1' ELSE 's.number' END,
        bank.recon_join_side('S', p_as_of, p_fresh, p_absent, v_old),
        bank.recon_join_side('L', p_as_of, p_fresh, p_absent, v_old));
    IF v_old IS NOT NULL THEN
        EXECUTE format('DROP TABLE %s', v_old);
    END IF;
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON bank.recon_match_%s TO bankops_api', p_low);
END $$;

-- Makes recon_word_N of the lines that segment p_low names.
CREATE FUNCTION bank.recon_join_words(p_low bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp SET client_min_messages = warning
SET work_mem = '64MB' SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0 AS $$
BEGIN
    EXECUTE format('CREATE UNLOGGED TABLE bank.recon_word_%1$s AS
        SELECT word, bit_or(bits) AS bits, sum(lines) AS lines FROM (
            SELECT book_id >> 5 AS word, bit_or(1::bigint << (book_id & 31)::int) AS bits, count(*) AS lines
              FROM bank.recon_match_%1$s GROUP BY 1
            UNION ALL
            SELECT statement_id >> 5, bit_or(1::bigint << (statement_id & 31)::int), count(*)
              FROM bank.recon_match_%1$s GROUP BY 1) w
         GROUP BY word', p_low);
    EXECUTE format('ANALYZE bank.recon_word_%s', p_low);
    EXECUTE format('GRANT SELECT, UPDATE ON bank.recon_word_%s TO bankops_api', p_low);
END $$;

CREATE FUNCTION bank.recon_join_forget(p_low bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TABLE bank.recon_word_%s', p_low);
END $$;

-- Finds the pairs that nothing can speak against any more: they stay in the segment p_low, in the order in which
-- the lines came, which is nearly that of their days. run_told has a row for any other two lines that meet; good:
-- they meet nothing else. A reversal speaks against a pair too.
CREATE FUNCTION bank.recon_unique_join(p_as_of date, p_fresh bigint[], p_absent text[], p_low bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
DECLARE
    v_twice bigint[];
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_told;
    CREATE TEMP TABLE run_told (account_id bigint, key text COLLATE "C", book_id bigint, statement_id bigint,
        amount bigint, first_day date, last_day date, apart int, fresh boolean, good boolean, dropped boolean)
        ON COMMIT DROP;
    GRANT SELECT ON run_open TO bankops_owner;
    BEGIN
        PERFORM bank.recon_join_meet(p_as_of, p_fresh, p_absent, p_low);
    EXCEPTION WHEN disk_full OR out_of_memory OR insufficient_resources THEN
        -- The workers of a query share memory, of which a container may have little.
        PERFORM set_config('max_parallel_workers_per_gather', '0', true);
        PERFORM bank.recon_join_meet(p_as_of, p_fresh, p_absent, p_low);
    END;
    PERFORM bank.recon_join_words(p_low);
    EXECUTE format('SELECT array_agg(word) FROM bank.recon_word_%s
        WHERE lines <> bit_count(bits::bit(64))', p_low) INTO v_twice;
    PERFORM bank.recon_join_take(p_low, coalesce(v_twice, '{}'));
END $$;

-- Takes from segment p_low what is no plain pair. p_twice: words with a line that meets more than one.
CREATE FUNCTION bank.recon_join_take(p_low bigint, p_twice bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET work_mem = '64MB' SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0 AS $$
DECLARE
    v_twice bigint[] := p_twice || array_fill(-1::bigint, '{9}'); -- nine and more are hashed
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_odd, pg_temp.run_twice;
    EXECUTE format('CREATE TEMP TABLE run_odd ON COMMIT DROP AS
        SELECT m.ctid AS place, m.match_id, m.book_id, m.statement_id FROM bank.recon_match_%s m
         WHERE m.match_id < 0 OR m.book_id >> 5 = ANY ($1) OR m.statement_id >> 5 = ANY ($1)', p_low)
        USING v_twice;
    CREATE TEMP TABLE run_twice ON COMMIT DROP AS
    SELECT o.book_id AS item_id FROM (SELECT book_id FROM run_odd ORDER BY 1 OFFSET 0) o GROUP BY 1 HAVING count(*) > 1
    UNION ALL
    SELECT o.statement_id FROM (SELECT statement_id FROM run_odd ORDER BY 1 OFFSET 0) o GROUP BY 1 HAVING count(*) > 1;
    EXECUTE format('WITH gone AS (
            DELETE FROM bank.recon_match_%s WHERE ctid = ANY ($1) RETURNING *)
        INSERT INTO run_told
        SELECT account_id, key, book_id, statement_id, amount, first_day, last_day,
               CASE WHEN match_id < 0 THEN (-1 - match_id) / 4 ELSE 0 END,
               match_id >= 0 OR (-1 - match_id) & 2 > 0,
               (match_id >= 0 OR (-1 - match_id) & 1 > 0) AND book_id NOT IN (SELECT item_id FROM run_twice)
                   AND statement_id NOT IN (SELECT item_id FROM run_twice), false
          FROM gone', p_low)
        USING ARRAY(SELECT o.place FROM run_odd o
                     WHERE o.match_id < 0 OR o.book_id IN (SELECT t.item_id FROM run_twice t)
                        OR o.statement_id IN (SELECT t.item_id FROM run_twice t));
    DROP TABLE run_odd, run_twice;
END $$;

-- The fresh lines that are in no such pair: run_else, as bank.recon_run_single has them.
CREATE FUNCTION bank.recon_unique_rest(p_as_of date, p_fresh bigint[], p_low bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET work_mem = '64MB' SET enable_mergejoin = off SET enable_nestloop = off SET enable_indexscan = off
SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0 AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_else;
    EXECUTE format('UPDATE bank.recon_word_%s w SET bits = w.bits & ~o.bits
          FROM (SELECT x.item_id >> 5 AS word, bit_or(1::bigint << (x.item_id & 31)::int) AS bits
                  FROM run_told t CROSS JOIN LATERAL (VALUES (t.book_id), (t.statement_id)) x (item_id)
                 WHERE NOT t.good GROUP BY 1) o WHERE o.word = w.word', p_low);
    EXECUTE format('CREATE TEMP TABLE run_else ON COMMIT DROP AS
        SELECT i.account_id, i.item_id, i.side, i.amount, i.currency, i.value_date, i.day, true AS fresh,
               i.day <= $2 AS due, coalesce(i.reference_key, i.reference) AS key, NULL::text AS core, i.reference,
               i.narrative, i.bank_reference
          FROM recon_line i LEFT JOIN bank.recon_word_%s w ON w.word = i.item_id >> 5
         WHERE i.statement_id = ANY ($1) AND (w.bits >> (i.item_id & 31)::int) & 1 IS DISTINCT FROM 1', p_low)
        USING p_fresh, p_as_of;
    PERFORM bank.recon_join_forget(p_low);
END $$;

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['bank.recon_join_side(text, date, bigint[], text[], regclass)',
                             'bank.recon_join_meet(date, bigint[], text[], bigint)',
                             'bank.recon_join_words(bigint)', 'bank.recon_join_forget(bigint)'] LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO bankops_owner', f);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO bankops_api', f);
    END LOOP;
END $$;
