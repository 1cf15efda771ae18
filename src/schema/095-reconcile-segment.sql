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
    first_item bigint,                       -- of matches: range of the lines in its pairs
    last_item bigint,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT bank.table_protect('bank.recon_segment', 'SELECT');

-- An empty table like those of the others; p_kind: item or match; p_columns: what differs between its
-- rows, the rest comes by recon_segment_widen; NULL: all. Answers where its numbers begin.
CREATE FUNCTION bank.recon_segment_new(p_kind text, p_columns text[] DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    v_low bigint := nextval('bank.recon_segment_low');
BEGIN
    INSERT INTO recon_segment (low, kind) VALUES (v_low, p_kind);
    IF p_columns IS NOT NULL THEN
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

-- Puts a segment with its indexes beside the others, where the usual rights hold.
CREATE FUNCTION bank.recon_segment_join(p_kind text, p_low bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
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
    IF NOT EXISTS (SELECT FROM pg_inherits
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
    FOREACH f IN ARRAY ARRAY['bank.recon_segment_new(text, text[])',
                             'bank.recon_segment_widen(text, bigint, jsonb)',
                             'bank.recon_segment_index(text, bigint)',
                             'bank.recon_segment_known(bigint)',
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
