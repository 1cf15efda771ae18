-- The bulk of a large run: references that stand for one line of each side and nothing else. The
-- database finds these pairs itself, in one pass over the open lines, and keeps each in one row; only
-- what is left over goes the way of single claims (026). While it does so an engine reads and matches
-- the same lines over a connection of its own; it names the rule by which it would have made these
-- pairs, how many it expects, and those that it wants otherwise.

-- Takes from among the pairs what people took apart and those days apart that a settled line lies nearer to,
-- which are claimed like any other and judged so.
CREATE FUNCTION bank.recon_unique_except(p_rule text) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    v_undone bigint[] := '{}';
    v_settled bigint[];
    v_dropped bigint;
BEGIN
    IF EXISTS (SELECT FROM run_undone) THEN
        v_undone := ARRAY(SELECT t.book_id FROM run_told t
             JOIN run_undone x ON x.item_id = t.book_id AND x.account_id = t.account_id
             JOIN run_undone y ON y.account_id = x.account_id AND y.match_id = x.match_id
                              AND y.item_id = t.statement_id
            WHERE t.good);
    END IF;
    v_settled := ARRAY(SELECT u.book_id FROM bank.recon_unique_settled() u
                        WHERE u.book_id <> ALL (v_undone) ORDER BY u.book_id);
    IF v_settled <> '{}' THEN
        INSERT INTO api.run_line (match, item_id, mate_id, rule, confirm)
        SELECT -row_number() OVER (ORDER BY t.book_id), t.book_id, t.statement_id, p_rule, true
          FROM run_told t WHERE t.good AND t.book_id = ANY (v_settled);
    END IF;
    IF v_undone || v_settled <> '{}' THEN
        UPDATE run_told SET good = false, dropped = true WHERE good AND book_id = ANY (v_undone || v_settled);
        GET DIAGNOSTICS v_dropped = ROW_COUNT;
        UPDATE run_found SET dropped = v_dropped;
    END IF;
END $$;

-- As bank.recon_run_judge_settled.
CREATE FUNCTION bank.recon_unique_settled() RETURNS TABLE (book_id bigint, statement_id bigint)
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp SET enable_nestloop = on SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
BEGIN
    RETURN QUERY
    SELECT t.book_id, t.statement_id FROM run_told t
     WHERE t.good AND t.apart > 2
       AND EXISTS (SELECT FROM recon_match m
                     JOIN recon_item b ON b.account_id = t.account_id AND b.item_id = t.book_id
                     JOIN recon_item s ON s.account_id = t.account_id AND s.item_id = t.statement_id
                    WHERE m.account_id = t.account_id AND m.key = t.key AND m.amount = t.amount
                      AND m.status = 'confirmed'
                      AND least(abs(m.first_day - b.value_date), abs(m.last_day - b.value_date),
                                abs(m.first_day - s.value_date), abs(m.last_day - s.value_date)) < t.apart);
END $$;

-- Writes the pairs of run_told to the segment p_low too, one row each, and what is the same for all once.
CREATE FUNCTION bank.recon_unique_write(p_lane bank.recon_lane, p_run bigint, p_version int, p_rule text,
                                        p_low bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET work_mem = '128MB' SET client_min_messages = warning
SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0 AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_sum;
    PERFORM bank.recon_number_from(p_low + 50000000); -- the others are counted like their lines
    EXECUTE format($make$
    INSERT INTO bank.recon_match_%s (account_id, match_id, key, amount, first_day, last_day, book_id, statement_id)
    SELECT t.account_id, nextval('pg_temp.recon_number'), t.key, t.amount, t.first_day, t.last_day, t.book_id,
           t.statement_id
      FROM (SELECT * FROM run_told WHERE good ORDER BY last_day) t $make$, p_low);
    PERFORM bank.recon_segment_widen('match', p_low, jsonb_build_object('unit_id', p_lane.unit_id,
        'run_id', p_run, 'rule', p_rule, 'rule_version', p_version, 'cardinality', '1:1', 'status', 'confirmed',
        'maker', session_user, 'decided_at', clock_timestamp()));
    EXECUTE format('CREATE TEMP TABLE run_sum ON COMMIT DROP AS -- no INSERT has workers
        SELECT account_id, last_day, count(*) AS lines, sum(amount) AS amount, sum(abs(amount)) AS value
          FROM bank.recon_match_%s GROUP BY account_id, last_day', p_low);
    INSERT INTO run_day SELECT * FROM run_sum;
END $$;

-- All that does not depend on an engine. The caller holds the lane.
CREATE FUNCTION bank.recon_unique_find(p_lane bank.recon_lane, p_as_of date, p_rule_set_id int, p_rule text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
DECLARE
    v_fresh bigint[] := bank.recon_fresh(p_lane.lane_id);
    v_low bigint := bank.recon_segment_new('match', '{}', p_lane.lane_id);
    v_run bigint := nextval('bank.recon_run_run_id_seq');
    v_absent text[] := ARRAY(SELECT jsonb_array_elements_text(
        bank.recon_rules_of(p_lane, p_rule_set_id)->'absent'));
BEGIN
    CREATE TEMP TABLE run_found ON COMMIT DROP AS
    SELECT p_lane.lane_id, p_as_of AS as_of, p_rule_set_id AS rule_set_id, p_rule AS rule, v_fresh AS fresh,
           v_low AS low, v_run AS run_id, 0::bigint AS dropped;
    PERFORM bank.recon_unique_join(p_as_of, v_fresh, v_absent, v_low);
    PERFORM bank.recon_unique_except(p_rule);
    PERFORM bank.recon_unique_rest(p_as_of, v_fresh, v_low);
    PERFORM bank.recon_unique_write(p_lane, v_run,
        (SELECT r.version FROM recon_rule_set r WHERE r.rule_set_id = p_rule_set_id), p_rule, v_low);
    PERFORM bank.recon_segment_index('match', v_low);
END $$;

-- What every run begins with: what is open from before and what people took apart. p_rule: of the
-- unique pairs, which are looked for where both sides are large and the rules confirm them so.
CREATE FUNCTION bank.recon_run_prepare(p_lane bank.recon_lane, p_as_of date, p_rule_set_id int, p_rule text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
DECLARE
    seen record;
BEGIN
    IF to_regclass('pg_temp.run_found') IS NOT NULL THEN
        PERFORM bank.recon_run_refuse('prepared twice');
    END IF;
    DROP TABLE IF EXISTS pg_temp.run_paid, pg_temp.run_day, pg_temp.run_sure;
    CREATE TEMP TABLE run_paid (account_id bigint, item_id bigint) ON COMMIT DROP;
    CREATE TEMP TABLE run_day (account_id bigint, day date, lines bigint, amount bigint, value numeric)
        ON COMMIT DROP;
    CREATE TEMP TABLE run_sure (match_id bigint) ON COMMIT DROP;
    PERFORM bank.recon_run_open(p_lane.lane_id);
    PERFORM bank.recon_run_undone(p_lane.lane_id);
    SELECT * INTO seen FROM bank.recon_run_seen(p_lane.lane_id, p_as_of);
    IF least(seen.book, seen.statement) >= bank.setting('recon_segment_lines')::bigint
       AND EXISTS (SELECT FROM jsonb_array_elements(bank.recon_rules_of(p_lane, p_rule_set_id)->'rules') r
                    WHERE r->>'name' = p_rule AND r->>'match' = 'reference' AND r->>'status' = 'confirm'
                      AND coalesce(r->>'writing', 'same') = 'same') THEN
        PERFORM bank.recon_unique_find(p_lane, p_as_of, p_rule_set_id, p_rule);
    END IF;
END $$;

-- Begins the work of api.run_commit in the transaction of api.run_begin, so that an engine can read and
-- match the lines meanwhile. p_rule: by which it makes unique pairs.
CREATE FUNCTION api.run_prepare(p_lane text, p_as_of date, p_rule_set_id int, p_rule text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    PERFORM bank.recon_run_prepare(bank.recon_lane_claim(p_lane), p_as_of, p_rule_set_id, p_rule);
END $$;
SELECT bank.function_grant('run_prepare', 'clerk', 'supervisor');

-- Pairs that the engine wants otherwise (its lines of match 0) are none; it must expect all others.
-- From here on run_open holds all lines that are in no such pair, fresh or not, and run_paid those that
-- were open before and are in one; run_met names the lines that meet others and are in no such pair. p_exact: no
-- engine claims any line; fresh ones that meet no other stay in run_else.
CREATE FUNCTION bank.recon_unique_settle(p_low bigint, p_wanted bigint, p_exact boolean) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET default_statistics_target = 10 AS $$
DECLARE
    v_others bigint[] := ARRAY(SELECT l.item_id FROM api.run_line l
                                WHERE l.writer = pg_current_xact_id() AND l.match = 0);
    good bigint := (SELECT dropped FROM run_found) + coalesce((SELECT sum(lines) FROM run_day), 0);
BEGIN
    IF v_others <> '{}' THEN
        DELETE FROM api.run_line l WHERE l.writer = pg_current_xact_id()
           AND (l.match = 0 OR l.match < 0 AND l.item_id = ANY (v_others));
        good := good - bank.recon_unique_drop(v_others, p_low);
    END IF;
    IF p_wanted IS NOT NULL AND p_wanted <> good THEN
        PERFORM bank.recon_run_refuse(format('%s of %s unique pairs', good, p_wanted));
    END IF;
    IF EXISTS (SELECT FROM run_open) THEN
        INSERT INTO run_paid
        SELECT o.account_id, o.item_id
          FROM (SELECT t.account_id, t.book_id AS item_id FROM run_told t WHERE t.good AND NOT t.fresh
                UNION ALL SELECT t.account_id, t.statement_id FROM run_told t WHERE t.good AND NOT t.fresh) t
          JOIN run_open o USING (account_id, item_id);
        DELETE FROM run_open o USING run_paid p WHERE o.account_id = p.account_id AND o.item_id = p.item_id;
    END IF;
    DROP TABLE IF EXISTS pg_temp.run_met;
    CREATE TEMP TABLE run_met ON COMMIT DROP AS
    SELECT x.item_id FROM run_told t CROSS JOIN LATERAL (VALUES (t.book_id), (t.statement_id)) x (item_id)
     WHERE NOT t.good;
    INSERT INTO run_open
    SELECT e.fresh, e.account_id, e.item_id, e.side, e.amount, e.currency, e.value_date, e.day, e.reference,
           e.narrative, e.bank_reference, e.key
      FROM run_else e WHERE NOT p_exact OR e.item_id IN (SELECT m.item_id FROM run_met m);
    ANALYZE run_open;
    IF p_exact THEN
        DELETE FROM run_else e WHERE e.item_id IN (SELECT m.item_id FROM run_met m);
    END IF;
END $$;

-- Takes the pairs of these lines of our book out again; answers how many there were, with those dropped.
CREATE FUNCTION bank.recon_unique_drop(p_books bigint[], p_low bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
DECLARE
    v_count bigint;
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_less;
    EXECUTE format('CREATE TEMP TABLE run_less ON COMMIT DROP AS
        SELECT m.account_id, m.last_day, m.amount, m.book_id, m.statement_id
          FROM bank.recon_match_%s m WHERE m.book_id = ANY ($1)', p_low) USING p_books;
    v_count := (SELECT count(*) FROM run_less)
               + (SELECT count(*) FROM run_told t WHERE t.dropped AND t.book_id = ANY (p_books));
    EXECUTE format('DELETE FROM bank.recon_match_%s m USING run_less l
        WHERE m.book_id = l.book_id AND m.account_id = l.account_id', p_low);
    UPDATE run_told SET good = false WHERE good AND book_id = ANY (p_books);
    UPDATE run_day d SET lines = d.lines - l.lines, amount = d.amount - l.amount, value = d.value - l.value
      FROM (SELECT account_id, last_day, count(*) AS lines, sum(amount) AS amount, sum(abs(amount)) AS value
              FROM run_less GROUP BY account_id, last_day) l
     WHERE d.account_id = l.account_id AND d.day = l.last_day;
    INSERT INTO run_else
    SELECT i.account_id, i.item_id, i.side, i.amount, i.currency, i.value_date, i.day, true, true,
           coalesce(i.reference_key, i.reference), NULL, i.reference, i.narrative, i.bank_reference
      FROM run_less l CROSS JOIN LATERAL (VALUES (l.book_id), (l.statement_id)) x (item_id)
      JOIN recon_item i ON i.account_id = l.account_id AND i.item_id = x.item_id
     WHERE x.item_id NOT IN (SELECT o.item_id FROM run_open o);
    RETURN v_count;
END $$;

-- The pairs of single claims (run_sure), when these are many, go to a segment under other numbers.
CREATE FUNCTION bank.recon_sure_write(p_lane bank.recon_lane, p_run bigint, p_version int) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    v_low bigint;
BEGIN
    INSERT INTO run_sure
    SELECT p.match_id FROM run_pair p
     WHERE p.match_id IS NOT NULL AND p.confirm AND p.match_id NOT IN (SELECT match_id FROM run_doubt);
    IF (SELECT count(*) FROM run_sure) < bank.setting('recon_segment_lines')::bigint THEN
        TRUNCATE run_sure;
        RETURN;
    END IF;
    v_low := bank.recon_segment_new('match', NULL, p_lane.lane_id);
    PERFORM bank.recon_number_from(v_low);
    EXECUTE format($make$
    INSERT INTO bank.recon_match_%s (account_id, match_id, unit_id, run_id, rule, rule_version, cardinality,
        key, amount, first_day, last_day, status, book_id, statement_id, maker, decided_at, evidence, detail)
    SELECT p.account_id, nextval('pg_temp.recon_number'), $1, $2, p.rule, $3, '1:1', p.key, p.amount,
           p.first_day, p.last_day, 'confirmed', p.book_id, p.statement_id, $4, $5, coalesce(p.why, ''),
           p.detail::jsonb
      FROM (SELECT * FROM run_pair WHERE match_id IN (SELECT match_id FROM run_sure) ORDER BY last_day) p $make$,
        v_low)
    USING p_lane.unit_id, p_run, p_version, session_user::text, clock_timestamp();
    PERFORM bank.recon_segment_index('match', v_low);
    PERFORM bank.recon_segment_join('match', v_low);
END $$;

-- No line is in two live matches, whichever way they are kept: within recon_member and within a
-- segment by unique indexes, between them by the checks below. Both ways hold the account meanwhile.
CREATE FUNCTION bank.recon_line_taken(p_account_id bigint, p_item_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'unique_violation', MESSAGE = 'A line stands in two matches.',
        DETAIL = format('account %s, line %s', p_account_id, p_item_id);
END $$;

CREATE FUNCTION bank.recon_member_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = bank, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_table text;
    twice record;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7205, account_id::int)
       FROM (SELECT DISTINCT account_id FROM touched WHERE live ORDER BY account_id) a;
    -- A segment that is not joined yet has no range and looks here when it is.
    FOR v_table IN
        SELECT 'bank.recon_match_base' UNION ALL
        SELECT 'bank.recon_match_' || g.low
          FROM recon_segment g, (SELECT min(item_id) AS first, max(item_id) AS last FROM touched WHERE live) t
         WHERE g.kind = 'match' AND g.first_item <= t.last AND g.last_item >= t.first LOOP
        EXECUTE format('SELECT t.account_id, t.item_id
              FROM (SELECT account_id, item_id FROM touched WHERE live ORDER BY item_id) t
             WHERE EXISTS (SELECT FROM %1$s m WHERE m.account_id = t.account_id AND m.book_id = t.item_id)
                OR EXISTS (SELECT FROM %1$s m WHERE m.account_id = t.account_id AND m.statement_id = t.item_id)
             LIMIT 1', v_table) INTO twice;
        IF twice.item_id IS NOT NULL THEN
            PERFORM bank.recon_line_taken(twice.account_id, twice.item_id);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
ALTER FUNCTION bank.recon_member_once() OWNER TO bankops_owner;
CREATE TRIGGER recon_member_once_insert AFTER INSERT ON bank.recon_member
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION bank.recon_member_once();
CREATE TRIGGER recon_member_once_update AFTER UPDATE ON bank.recon_member
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION bank.recon_member_once();

-- Pairs come with a segment and in no other way.
CREATE FUNCTION bank.recon_pair_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        MESSAGE = 'Only the segment of a run holds pairs; other matches have their lines in recon_member.';
END $$;
ALTER FUNCTION bank.recon_pair_refuse() OWNER TO bankops_owner;
CREATE TRIGGER recon_pair_insert BEFORE INSERT ON bank.recon_match FOR EACH ROW
    WHEN (NEW.book_id IS NOT NULL) EXECUTE FUNCTION bank.recon_pair_refuse();
CREATE TRIGGER recon_pair_update BEFORE UPDATE ON bank.recon_match FOR EACH ROW
    WHEN (NEW.book_id IS NOT NULL AND (NEW.book_id, NEW.statement_id, NEW.account_id)
          IS DISTINCT FROM (OLD.book_id, OLD.statement_id, OLD.account_id))
    EXECUTE FUNCTION bank.recon_pair_refuse();

-- The indexes of the pairs of a segment.
CREATE FUNCTION bank.recon_segment_pairs(p_low bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    v_table text := format('bank.recon_match_%s', p_low);
BEGIN
    EXECUTE format('CREATE UNIQUE INDEX ON %s (book_id, account_id) WHERE book_id IS NOT NULL', v_table);
    EXECUTE format('CREATE UNIQUE INDEX ON %s (statement_id, account_id) WHERE statement_id IS NOT NULL',
                   v_table);
    EXECUTE format('CREATE INDEX ON %s USING brin (last_day, first_day, run_id) WITH (pages_per_range = 16)', v_table);
END $$;

-- Whether others have lines of a segment's pairs: looked at where the ranges of their numbers meet.
CREATE FUNCTION bank.recon_segment_once(p_low bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp SET work_mem = '64MB' AS $$
DECLARE
    v_table text := format('bank.recon_match_%s', p_low);
    own record;
    other record;
    twice record;
BEGIN
    EXECUTE format('UPDATE recon_segment SET first_item = least(x.book_first, x.statement_first),
               last_item = greatest(x.book_last, x.statement_last)
          FROM (SELECT (SELECT min(book_id) FROM %1$s WHERE book_id IS NOT NULL) AS book_first,
                       (SELECT max(book_id) FROM %1$s WHERE book_id IS NOT NULL) AS book_last,
                       (SELECT min(statement_id) FROM %1$s WHERE statement_id IS NOT NULL) AS statement_first,
                       (SELECT max(statement_id) FROM %1$s WHERE statement_id IS NOT NULL) AS statement_last) x
         WHERE low = $1 RETURNING first_item, last_item, lane_id, x.*', v_table)
        INTO own USING p_low;
    IF own.first_item IS NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7205, a.account_id::int)
       FROM (SELECT account_id FROM recon_account WHERE lane_id = own.lane_id ORDER BY account_id) a;
    FOR other IN
        SELECT 'bank.recon_member' AS name, format('(SELECT account_id, item_id FROM bank.recon_member
            WHERE live AND item_id BETWEEN %s AND %s AND account_id = ANY (ARRAY(
                SELECT account_id FROM bank.recon_account WHERE lane_id = %s)))',
            own.first_item, own.last_item, own.lane_id) AS lines
        UNION ALL
        SELECT 'bank.recon_match_' || low, format('(SELECT account_id, book_id AS item_id FROM bank.recon_match_%1$s
            WHERE book_id IS NOT NULL UNION ALL SELECT account_id, statement_id FROM bank.recon_match_%1$s
            WHERE statement_id IS NOT NULL)', low)
          FROM recon_segment WHERE kind = 'match' AND low <> p_low
           AND first_item <= own.last_item AND last_item >= own.first_item LOOP
        EXECUTE format('SELECT o.account_id, o.item_id FROM %s o
             WHERE o.item_id BETWEEN $1 AND $2 AND EXISTS (SELECT FROM %s m
                       WHERE m.account_id = o.account_id AND m.book_id = o.item_id)
                OR o.item_id BETWEEN $3 AND $4 AND EXISTS (SELECT FROM %2$s m
                       WHERE m.account_id = o.account_id AND m.statement_id = o.item_id)
             LIMIT 1', other.lines, v_table) INTO twice
            USING own.book_first, own.book_last, own.statement_first, own.statement_last;
        IF twice.item_id IS NOT NULL THEN
            PERFORM bank.recon_line_taken(twice.account_id, twice.item_id);
        END IF;
    END LOOP;
END $$;
ALTER FUNCTION bank.recon_segment_pairs(bigint) OWNER TO bankops_owner;
ALTER FUNCTION bank.recon_segment_once(bigint) OWNER TO bankops_owner;
REVOKE ALL ON FUNCTION bank.recon_segment_pairs(bigint), bank.recon_segment_once(bigint) FROM PUBLIC;
GRANT USAGE ON SEQUENCE bank.recon_run_run_id_seq TO bankops_api;
CREATE INDEX recon_match_base_book ON bank.recon_match_base (book_id, account_id) WHERE book_id IS NOT NULL;
CREATE INDEX recon_match_base_statement ON bank.recon_match_base (statement_id, account_id)
    WHERE statement_id IS NOT NULL;

-- The lines of a pair as those of any other match, before it is changed.
CREATE FUNCTION bank.recon_pair_spell(p_account_id bigint, p_match_id bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    m recon_match;
BEGIN
    SELECT * INTO m FROM recon_match
     WHERE account_id = p_account_id AND match_id = p_match_id AND book_id IS NOT NULL FOR UPDATE;
    IF FOUND THEN
        UPDATE recon_match SET book_id = NULL, statement_id = NULL
         WHERE account_id = p_account_id AND match_id = p_match_id;
        INSERT INTO recon_member (account_id, match_id, item_id, amount)
        VALUES (p_account_id, p_match_id, m.book_id, m.amount),
               (p_account_id, p_match_id, m.statement_id, -m.amount);
    END IF;
END $$;
