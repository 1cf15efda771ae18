-- Segments: what a large import or run writes goes to tables of its own, a range of numbers each.
-- They are filled before they have an index and join the others at the end of the transaction, so
-- that a million lines cost little more than their bytes.

INSERT INTO bank.setting (name, value, note) VALUES
    ('recon_segment_lines', '100000', 'lines of an import, or matches of a run, that get a table of their own');

-- 100,000,000 numbers each. The numbers of all that came in small files lie below the first.
CREATE SEQUENCE bank.recon_segment_low START 10000000000 INCREMENT 100000000;
CREATE TABLE bank.recon_segment (
    low bigint PRIMARY KEY,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('item', 'match')),
    lane_id int,                             -- of matches
    first_item bigint,                       -- of matches: range of the lines in its pairs
    last_item bigint,
    statements bigint[],                     -- numbers kept for the statements of an import, by position
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT bank.table_protect('bank.recon_segment', 'SELECT');

-- An empty table like those of the others; p_kind: item or match; p_columns: what differs between its
-- rows, the rest comes by recon_segment_widen; NULL: all; '{}': the caller makes it; p_lane_id: of matches.
-- Answers where its numbers begin.
CREATE FUNCTION bank.recon_segment_new(p_kind text, p_columns text[] DEFAULT NULL, p_lane_id int DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    v_low bigint := nextval('bank.recon_segment_low');
BEGIN
    INSERT INTO recon_segment (low, kind, lane_id) VALUES (v_low, p_kind, p_lane_id);
    IF p_columns = '{}' THEN
        RETURN v_low;
    ELSIF p_columns IS NOT NULL THEN
        EXECUTE format('CREATE TABLE bank.recon_%1$s_%2$s AS SELECT %3$s FROM bank.recon_%1$s WITH NO DATA',
                       p_kind, v_low, array_to_string(p_columns, ', '));
    ELSE
        EXECUTE format('CREATE TABLE bank.recon_%1$s_%2$s (LIKE bank.recon_%1$s INCLUDING DEFAULTS)', p_kind, v_low);
        PERFORM bank.recon_segment_widen(p_kind, v_low, '{}');
    END IF;
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON bank.recon_%s_%s TO bankops_api', p_kind, v_low);
    RETURN v_low;
END $$;

-- Gives a segment the columns that it lacks, with the same value in all its rows (p_same, else the usual
-- one), which costs nothing; then all conditions that hold for the others, in one pass.
CREATE FUNCTION bank.recon_segment_widen(p_kind text, p_low bigint, p_same jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    v_table regclass := format('bank.recon_%s_%s', p_kind, p_low)::regclass;
    v_parent regclass := format('bank.recon_%s', p_kind)::regclass;
    v_parts text[];
BEGIN
    SELECT array_agg(CASE WHEN o.attnum IS NOT NULL THEN format('ALTER %I SET NOT NULL', c.attname)
                ELSE format('ADD %I %s%s%s%s', c.attname, format_type(c.atttypid, c.atttypmod),
                     CASE WHEN c.attcollation <> t.typcollation THEN ' COLLATE "C"' END,
                     CASE WHEN c.attnotnull THEN ' NOT NULL' END,
                     ' DEFAULT ' || coalesce(quote_literal(p_same->>c.attname), pg_get_expr(d.adbin, d.adrelid)))
                END ORDER BY c.attnum)
      INTO v_parts
      FROM pg_attribute c JOIN pg_type t ON t.oid = c.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = c.attrelid AND d.adnum = c.attnum
      LEFT JOIN pg_attribute o ON o.attrelid = v_table AND o.attname = c.attname
     WHERE c.attrelid = v_parent AND c.attnum > 0 AND NOT c.attisdropped
       AND (o.attnum IS NULL OR c.attnotnull AND NOT o.attnotnull);
    v_parts := coalesce(v_parts, '{}') || ARRAY(
            SELECT format('ADD CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid))
              FROM pg_constraint k WHERE k.conrelid = v_parent AND k.contype = 'c')
        || format('ADD CHECK (%s_id >= %s AND %1$s_id < %3$s)', p_kind, p_low, p_low + 100000000);
    IF p_kind = 'match' THEN -- what the planner need not look for here
        v_parts := v_parts || 'ADD CHECK (status IN (''confirmed'', ''undone'') AND adjustment = 0 AND made_at IS NULL)'::text;
    END IF;
    EXECUTE format('ALTER TABLE %s %s', v_table, array_to_string(v_parts, ', '));
END $$;

-- A segment for lines that a client copies into it: in schema api, and its session may write there, until
-- recon_segment_take.
CREATE FUNCTION bank.recon_segment_lend(p_statements int) RETURNS bank.recon_segment
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    v_columns text[] := '{item_id,account_id,amount,statement_id,line,value_date,day,fingerprint,reference,'
                        'reference_key,book_date,kind,bank_reference,counterparty,narrative,source_id}';
    v_low bigint := bank.recon_segment_new('item', v_columns);
    v_segment recon_segment;
BEGIN
    EXECUTE format('ALTER TABLE bank.recon_item_%s SET SCHEMA api', v_low);
    EXECUTE format('GRANT INSERT ON api.recon_item_%s TO %I', v_low, session_user);
    UPDATE recon_segment SET statements = ARRAY(
            SELECT nextval('bank.recon_statement_statement_id_seq') FROM generate_series(1, p_statements))
     WHERE low = v_low RETURNING * INTO v_segment;
    RETURN v_segment;
END $$;

-- Takes it back with what is in it; p_same: what is the same in all its lines. NULL: drops it.
CREATE FUNCTION bank.recon_segment_take(p_low bigint, p_same jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    IF p_same IS NULL THEN
        EXECUTE format('DROP TABLE api.recon_item_%s', p_low);
        DELETE FROM recon_segment WHERE low = p_low;
        RETURN;
    END IF;
    EXECUTE format('REVOKE ALL ON api.recon_item_%s FROM %I', p_low, session_user);
    EXECUTE format('ALTER TABLE api.recon_item_%s SET SCHEMA bank', p_low);
    PERFORM bank.recon_segment_widen('item', p_low, p_same);
END $$;

-- Makes the indexes of a segment that is filled. Once one is attached, nobody else attaches another
-- until that transaction ends; therefore before.
CREATE FUNCTION bank.recon_segment_index(p_kind text, p_low bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp SET maintenance_work_mem = '128MB' AS $$
DECLARE
    v_table text := format('bank.recon_%s_%s', p_kind, p_low);
    v_index record;
BEGIN
    FOR v_index IN SELECT i.indisprimary, pg_get_indexdef(i.indexrelid) AS made, pg_get_constraintdef(c.oid) AS key
                     FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'p'
                    WHERE i.indrelid = ('bank.recon_' || p_kind)::regclass LOOP
        EXECUTE CASE WHEN v_index.indisprimary THEN format('ALTER TABLE %s ADD %s', v_table, v_index.key)
                     ELSE regexp_replace(v_index.made, 'INDEX \S+ ON (ONLY )?\S+', 'INDEX ON ' || v_table) END;
    END LOOP;
    IF p_kind = 'match' THEN
        PERFORM bank.recon_segment_pairs(p_low);
    END IF;
END $$;

-- Which lines of import_print a segment has, to import_known. The index by which they are found is
-- made when it is first wanted, since most imports tell nothing twice.
CREATE FUNCTION bank.recon_segment_known(p_low bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp SET maintenance_work_mem = '128MB'
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7206, (p_low / 100000000)::int);
    IF to_regclass(format('bank.recon_item_%s_known', p_low)) IS NULL THEN
        EXECUTE format('CREATE INDEX recon_item_%1$s_known ON bank.recon_item_%1$s (fingerprint)', p_low);
        EXECUTE format('ANALYZE bank.recon_item_%s (fingerprint)', p_low);
    END IF;
    EXECUTE format('INSERT INTO pg_temp.import_known
        SELECT o.account_id, o.side, o.fingerprint, o.occurrence
          FROM pg_temp.import_print p JOIN bank.recon_item_%s o ON o.fingerprint = p.fingerprint
           AND o.side = p.side AND o.account_id = p.account_id', p_low);
END $$;

-- Which lines of break_sought (058) a confirmed match of a segment (NULL: of those outside) has already, by
-- reference and amount, to break_settled; p_of: which lines of break_sought to look for. They come in the
-- order of the index.
CREATE FUNCTION bank.recon_segment_settled(p_low bigint, p_of text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp SET enable_bitmapscan = off
SET enable_seqscan = off SET enable_sort = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    EXECUTE format('INSERT INTO pg_temp.break_settled
        SELECT l.item_id FROM pg_temp.break_sought l CROSS JOIN LATERAL (
            SELECT FROM bank.recon_match_%s m WHERE m.key = l.key AND m.account_id = l.account_id
               AND m.amount = l.movement AND m.status = ''confirmed'' LIMIT 1) m
         WHERE l.kind = ANY ($1)', coalesce(p_low::text, 'base')) USING string_to_array(p_of, ' ');
END $$;

-- Puts a segment with its indexes beside the others, where the usual rights hold.
CREATE FUNCTION bank.recon_segment_join(p_kind text, p_low bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp SET default_statistics_target = 10 AS $$
DECLARE
    v_table text := format('bank.recon_%s_%s', p_kind, p_low);
BEGIN
    EXECUTE format('REVOKE ALL ON %s FROM bankops_api', v_table);
    EXECUTE format('ALTER TABLE bank.recon_%s ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)', p_kind,
                   v_table, p_low, p_low + 100000000);
    -- The planner has to know at once how few statements a segment holds, and once that numbers differ.
    IF p_kind = 'item' THEN
        EXECUTE format('ANALYZE %s (statement_id)', v_table);
    ELSE
        PERFORM bank.recon_segment_once(p_low);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_stats WHERE schemaname = 'bank' AND inherited
                                         AND tablename = 'recon_' || p_kind) THEN
        EXECUTE format('ANALYZE bank.recon_%1$s (account_id, %1$s_id)', p_kind);
    END IF;
END $$;

-- A segment joins the others in the transaction that makes it, or there is none.
CREATE FUNCTION bank.recon_segment_joined() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = bank, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM recon_segment WHERE low = NEW.low)
       AND NOT EXISTS (SELECT FROM pg_inherits
                        WHERE inhrelid = to_regclass(format('bank.recon_%s_%s', NEW.kind, NEW.low))) THEN
        PERFORM bank.fail('BO423', 'The run was prepared and not ended.', NEW.low::text, 'Run the lane again.');
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION bank.recon_segment_joined() OWNER TO bankops_owner;
CREATE CONSTRAINT TRIGGER recon_segment_joined AFTER INSERT ON bank.recon_segment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bank.recon_segment_joined();

-- Counts the rows of segment p_low while they are written; cheaper than a window over all of them.
CREATE FUNCTION bank.recon_number_from(p_low bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
BEGIN
    IF p_low IS NOT NULL THEN
        DROP SEQUENCE IF EXISTS pg_temp.recon_number;
        EXECUTE format('CREATE TEMP SEQUENCE recon_number MINVALUE %s CACHE 1000', p_low);
    END IF;
END $$;

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['bank.recon_segment_new(text, text[], int)',
                             'bank.recon_segment_widen(text, bigint, jsonb)',
                             'bank.recon_segment_lend(int)', 'bank.recon_segment_take(bigint, jsonb)',
                             'bank.recon_segment_index(text, bigint)',
                             'bank.recon_segment_known(bigint)',
                             'bank.recon_segment_settled(bigint, text)',
                             'bank.recon_segment_join(text, bigint)'] LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO bankops_owner', f);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO bankops_api', f);
    END LOOP;
    ALTER SEQUENCE bank.recon_segment_low OWNER TO bankops_owner;
END $$;

-- The bytes of files are packed quickly where the server can.
DO $$ BEGIN
    ALTER TABLE bank.recon_original_part ALTER COLUMN data SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;
GRANT CREATE ON SCHEMA api TO bankops_owner;

-- Lends a client a segment for the lines of a large file, to copy them into at once: api.recon_item_N, N the
-- segment's first number. No rows where that cannot be: the file is not large, tells of days that were
-- told before, is not all of booked lines in one currency and unit; then api.import_line takes them.
-- p_statements: as of api.import_commit, with from_date and to_date of their lines. The transaction
-- must end with api.import_commit, told of the segment in p_file.
CREATE FUNCTION api.import_segment(p_side text, p_lane text, p_statements jsonb)
RETURNS TABLE (segment bigint, "position" int, statement_id bigint, account_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    v_count int := jsonb_array_length(p_statements);
    v_accounts bigint[] := '{}';
    v_unit int;
    v_segment bank.recon_segment;
    account bank.recon_account;
    s record;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    IF (SELECT coalesce(sum((e->>'lines')::bigint), 0) FROM jsonb_array_elements(p_statements) e)
       < bank.setting('recon_segment_lines')::bigint THEN
        RETURN;
    END IF;
    FOR s IN SELECT * FROM jsonb_to_recordset(p_statements) AS j(position int, line bigint, account text,
                 currency text, kind text, from_date date, to_date date) ORDER BY j.position LOOP
        account := bank.recon_account_find(p_side::char, s.account, s.currency, p_lane, s.line);
        IF s.position <> cardinality(v_accounts) + 1 OR s.kind <> 'booked'
           OR account.unit_id <> v_unit OR s.currency <> p_statements->0->>'currency'
           OR EXISTS (SELECT FROM recon_statement t
                       WHERE t.account_id = account.account_id AND t.side = p_side AND t.live
                         AND t.kind = 'booked' AND t.from_date <= s.to_date AND t.to_date >= s.from_date) THEN
            RETURN;
        END IF;
        v_accounts := v_accounts || account.account_id;
        v_unit := account.unit_id;
    END LOOP;
    v_segment := bank.recon_segment_lend(v_count);
    RETURN QUERY SELECT v_segment.low, n, v_segment.statements[n], v_accounts[n] FROM generate_series(1, v_count) n;
END $$;
SELECT bank.function_grant('import_segment', 'clerk', 'supervisor', 'admin');

-- The segment that a client filled for a file, NULL when it did not.
CREATE FUNCTION bank.recon_lent(p_told jsonb) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    v_low bigint := (p_told->>'segment')::bigint;
BEGIN
    IF v_low IS NOT NULL AND (to_regclass(format('api.recon_item_%s', v_low)) IS NULL OR NOT (p_told->>'distinct')::boolean) THEN
        PERFORM bank.fail('BO409', 'The lines sent are not those of the statements.', v_low::text,
                          'Import the file again.', 'segment');
    END IF;
    RETURN v_low;
END $$;

-- Its lines become items as they are: none of them can be known already, and no two are equal.
CREATE FUNCTION bank.recon_store_lent(p_file bigint, p_low bigint, p_over bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    IF p_over IS NOT NULL THEN -- another import came first
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.', p_low::text,
                          'Import the file again.', 'segment');
    END IF;
    PERFORM bank.recon_segment_take(p_low, (SELECT to_jsonb(x) FROM (
        SELECT DISTINCT s.unit_id, s.side, s.currency, 1 AS occurrence FROM recon_statement s
         WHERE s.file_id = p_file) x));
    PERFORM bank.recon_segment_index('item', p_low);
    PERFORM bank.recon_segment_join('item', p_low);
    PERFORM bank.recon_store_sums(p_file, true);
    UPDATE recon_statement SET segment = p_low WHERE file_id = p_file AND fresh;
    RETURN (SELECT coalesce(sum(lines), 0) FROM import_day);
END $$;
