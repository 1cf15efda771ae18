-- Committing a run: what an engine found is checked line by line against what is open, and judged
-- once more before anything counts as confirmed. The engine may be anybody's.

-- What an engine found, by COPY, under the rules of api.import_line: read by api.run_commit of the
-- same transaction only. A pair of one line each is one row with its mate; any other match has a row
-- for each line.
CREATE UNLOGGED TABLE api.run_line (
    writer xid8 NOT NULL DEFAULT pg_current_xact_id(),
    match int NOT NULL,
    item_id bigint NOT NULL,
    mate_id bigint,
    rule text,                               -- on one row of a match at least
    confirm boolean,
    score smallint,
    why text,
    detail text                              -- JSON
);
GRANT INSERT (match, item_id, mate_id, rule, confirm, score, why, detail)
    ON api.run_line TO bankops_clerk, bankops_supervisor;
REVOKE ALL ON api.run_line FROM PUBLIC;
ALTER TABLE api.run_line OWNER TO bankops_owner;
GRANT SELECT, INSERT, DELETE, TRUNCATE ON api.run_line TO bankops_api;

-- A run works in temporary tables; operators cannot make any.
DO $$ BEGIN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO bankops_api', current_database());
END $$;

-- A run counts only under an approved rule set; another one can be tried and rolled back.
CREATE FUNCTION bank.recon_run_approved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = bank, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM recon_rule_set WHERE rule_set_id = NEW.rule_set_id
                   AND status IN ('approved', 'retired')) THEN
        RAISE EXCEPTION USING ERRCODE = 'BO423', MESSAGE = 'This rule set is not approved.',
            DETAIL = NEW.rule_set_id::text, HINT = 'It can be tried with --dry-run.';
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION bank.recon_run_approved() OWNER TO bankops_owner;
CREATE CONSTRAINT TRIGGER recon_run_rules AFTER INSERT ON bank.recon_run
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bank.recon_run_approved();

CREATE FUNCTION bank.recon_run_refuse(p_detail text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bank.fail('BO409', 'The matches do not fit the open lines of the lane.', p_detail,
                      'Run the lane again.', 'run_line');
END $$;

-- The pairs: one line of each side, same account and currency, amounts equal. `same`: they carry one
-- reference as it is written.
CREATE FUNCTION bank.recon_run_pairs(p_lane_id int, p_as_of date, p_fresh bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_nestloop = off SET join_collapse_limit = 1 SET enable_mergejoin = off
SET work_mem = '128MB' AS $$
DECLARE
    wanted bigint := (SELECT count(*) FROM api.run_line
                       WHERE writer = pg_current_xact_id() AND mate_id IS NOT NULL);
    found_pairs bigint;
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_pair;
    CREATE TEMP TABLE run_pair ON COMMIT DROP AS
    SELECT nextval('bank.recon_match_match_id_seq') AS match_id, p.* FROM (
        SELECT r.match, r.rule, r.confirm, r.score, r.why, r.detail, b.account_id,
               b.item_id AS book_id, s.item_id AS statement_id, b.amount,
               bank.recon_key(b.reference) AS key,
               bank.recon_key(b.reference) = bank.recon_key(s.reference) AND b.reference <> '' AS same,
               b.reference, b.narrative, s.reference AS other_reference,
               s.narrative AS other_narrative, b.value_date AS book_date, s.value_date AS statement_date,
               least(b.day, s.day) AS first_day, greatest(b.day, s.day) AS last_day
          FROM api.run_line r
          JOIN (SELECT true AS fresh, i.account_id, i.item_id, i.side, i.amount, i.currency, i.value_date, i.day,
               i.reference, i.narrative FROM recon_item i WHERE i.statement_id = ANY (p_fresh)
             UNION ALL SELECT * FROM run_open) b ON b.item_id = r.item_id
               AND b.side = 'L' AND b.day <= p_as_of
          JOIN (SELECT true AS fresh, i.account_id, i.item_id, i.side, i.amount, i.currency, i.value_date, i.day,
               i.reference, i.narrative FROM recon_item i WHERE i.statement_id = ANY (p_fresh)
             UNION ALL SELECT * FROM run_open) s ON s.item_id = r.mate_id
               AND s.side = 'S' AND s.day <= p_as_of AND s.account_id = b.account_id
               AND s.currency = b.currency AND s.amount = -b.amount
         WHERE r.writer = pg_current_xact_id() AND r.mate_id IS NOT NULL
         ORDER BY b.account_id, b.item_id) p;
    GET DIAGNOSTICS found_pairs = ROW_COUNT;
    IF found_pairs <> wanted THEN
        PERFORM bank.recon_run_refuse(format('%s of %s pairs', wanted - found_pairs, wanted));
    END IF;
    -- What a person took apart is not put together again by a rule.
    DELETE FROM run_pair p USING recon_match_item x
      JOIN recon_match m ON m.account_id = x.account_id AND m.match_id = x.match_id
      JOIN recon_match_item y ON y.account_id = x.account_id AND y.match_id = x.match_id
     WHERE x.account_id = p.account_id AND x.item_id = p.book_id AND NOT x.live
       AND y.item_id = p.statement_id AND NOT y.live
       AND m.undo_code IS DISTINCT FROM 'superseded';
END $$;

-- The other matches, line by line and as a whole.
CREATE FUNCTION bank.recon_run_groups(p_lane_id int, p_as_of date, p_fresh bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_nestloop = off SET join_collapse_limit = 1 SET work_mem = '64MB' AS $$
DECLARE
    wrong text;
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_part, pg_temp.run_group;
    CREATE TEMP TABLE run_part ON COMMIT DROP AS
    SELECT r.match, u.account_id, u.item_id, u.side, u.amount, u.currency, u.value_date, u.day,
           u.fresh, u.reference, u.narrative, bank.recon_core(u.reference) AS core
      FROM api.run_line r JOIN (SELECT true AS fresh, i.account_id, i.item_id, i.side, i.amount, i.currency, i.value_date, i.day,
               i.reference, i.narrative FROM recon_item i WHERE i.statement_id = ANY (p_fresh)
             UNION ALL SELECT * FROM run_open) u ON u.item_id = r.item_id
           AND u.day <= p_as_of
     WHERE r.writer = pg_current_xact_id() AND r.mate_id IS NULL;
    IF (SELECT count(*) FROM run_part) <> (SELECT count(*) FROM api.run_line
            WHERE writer = pg_current_xact_id() AND mate_id IS NULL) THEN
        PERFORM bank.recon_run_refuse('lines of groups');
    END IF;
    CREATE TEMP TABLE run_group ON COMMIT DROP AS
    SELECT nextval('bank.recon_match_match_id_seq') AS match_id, g.*, r.rule, r.confirm, r.score,
           r.why, r.detail
      FROM (SELECT p.match, min(p.account_id) AS account_id, sum(p.amount)::bigint AS total,
                   count(*) FILTER (WHERE p.side = 'L') AS book,
                   count(*) FILTER (WHERE p.side = 'S') AS statement,
                   coalesce(sum(p.amount) FILTER (WHERE p.side = 'L'), 0)::bigint AS amount,
                   min(p.day) AS first_day, max(p.day) AS last_day,
                   max(p.account_id) <> min(p.account_id) OR max(p.currency) <> min(p.currency)
                       OR count(*) < 2 OR count(DISTINCT p.item_id) < count(*) AS wrong,
                   CASE WHEN count(p.core) = count(*) AND min(p.core) = max(p.core)
                        THEN min(p.core) END AS core,
                   array_agg(p.item_id ORDER BY p.item_id) AS items
              FROM run_part p GROUP BY p.match) g
      JOIN (SELECT l.match, max(l.rule) AS rule, bool_or(l.confirm) AS confirm, max(l.score) AS score,
                   max(l.why) AS why, max(l.detail) AS detail
              FROM api.run_line l
             WHERE l.writer = pg_current_xact_id() AND l.mate_id IS NULL GROUP BY l.match) r USING (match)
     ORDER BY g.account_id, g.match;
    SELECT match::text INTO wrong FROM run_group WHERE run_group.wrong LIMIT 1;
    IF FOUND THEN
        PERFORM bank.recon_run_refuse('match ' || wrong);
    END IF;
    DELETE FROM run_group g USING (
        SELECT m.account_id, array_agg(x.item_id ORDER BY x.item_id) AS items
          FROM recon_match m JOIN recon_match_item x USING (account_id, match_id)
         WHERE m.status = 'undone' AND m.undo_code IS DISTINCT FROM 'superseded' AND NOT x.live
           AND m.account_id IN (SELECT account_id FROM run_group)
         GROUP BY m.account_id, m.match_id) u
     WHERE u.account_id = g.account_id AND u.items = g.items;
    DELETE FROM run_part p WHERE NOT EXISTS (SELECT FROM run_group g WHERE g.match = p.match);
END $$;

-- Open lines that no match claims: what could speak against one.
CREATE FUNCTION bank.recon_run_rest(p_lane_id int, p_as_of date, p_fresh bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_nestloop = off SET join_collapse_limit = 1 SET enable_mergejoin = off
SET work_mem = '128MB' AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_rest;
    CREATE TEMP TABLE run_rest ON COMMIT DROP AS
    SELECT u.account_id, u.item_id, u.side, u.amount, u.currency, u.value_date, u.day, u.fresh,
           u.day <= p_as_of AS due, bank.recon_key(u.reference) AS key,
           bank.recon_core(u.reference) AS core, u.reference
      FROM (SELECT true AS fresh, i.account_id, i.item_id, i.side, i.amount, i.currency, i.value_date, i.day,
               i.reference, i.narrative FROM recon_item i WHERE i.statement_id = ANY (p_fresh)
             UNION ALL SELECT * FROM run_open) u
      LEFT JOIN (SELECT book_id AS item_id FROM run_pair UNION ALL SELECT statement_id FROM run_pair
                 UNION ALL SELECT item_id FROM run_part) c ON c.item_id = u.item_id
     WHERE c.item_id IS NULL;
    ANALYZE run_rest;
END $$;

-- Matches that ask to be confirmed and are not, with the reason: the rule only suggests, the lines
-- do not visibly carry one reference, or another open line carries it too.
CREATE FUNCTION bank.recon_run_judge(p_rules jsonb, p_lane bank.recon_lane) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_nestloop = off SET join_collapse_limit = 1 SET work_mem = '128MB' AS $$
DECLARE
    sure text[] := ARRAY(SELECT r->>'name' FROM jsonb_array_elements(p_rules->'rules') r
                          WHERE r->>'status' = 'confirm' AND r->>'match' NOT IN ('amount', 'subset'));
    near text[] := ARRAY(SELECT r->>'name' FROM jsonb_array_elements(p_rules->'rules') r
                          WHERE r->>'match' = 'near');
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_doubt;
    CREATE TEMP TABLE run_doubt (match_id bigint NOT NULL, why text NOT NULL) ON COMMIT DROP;
    INSERT INTO run_doubt
    SELECT match_id, 'the rule only suggests' FROM run_pair
     WHERE confirm AND NOT coalesce(rule = ANY (sure), false)
    UNION ALL
    SELECT match_id, 'the rule only suggests' FROM run_group
     WHERE confirm AND NOT coalesce(rule = ANY (sure), false);
    -- Several pairs of one reference and amount: only when nothing tells them apart.
    INSERT INTO run_doubt
    SELECT p.match_id, 'the reference is used twice'
      FROM run_pair p JOIN (
          SELECT account_id, key, amount FROM run_pair WHERE confirm AND same
           GROUP BY account_id, key, amount
          HAVING count(*) > 1 AND (min(book_date) <> max(book_date)
                                   OR min(statement_date) <> max(statement_date))) t
           USING (account_id, key, amount)
     WHERE p.confirm AND p.same;
    -- A line that is left over with the same reference and amount, or its reversal.
    INSERT INTO run_doubt
    SELECT p.match_id, 'another line carries the reference'
      FROM run_pair p JOIN run_rest r ON r.account_id = p.account_id AND r.key = p.key
     WHERE p.confirm AND p.same AND r.due AND abs(r.amount) = abs(p.amount)
       AND NOT (r.side = 'L' AND r.amount = p.amount AND r.value_date = p.book_date
                OR r.side = 'S' AND r.amount = -p.amount AND r.value_date = p.statement_date);
    PERFORM bank.recon_run_judge_written(near);
    PERFORM bank.recon_run_judge_groups(p_lane);
END $$;

-- Pairs whose references are written differently.
CREATE FUNCTION bank.recon_run_judge_written(p_near text[]) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_other;
    CREATE TEMP TABLE run_other ON COMMIT DROP AS
    SELECT p.match_id, p.account_id, p.book_id, p.amount, p.book_date, p.statement_date, p.key,
           bank.recon_key(p.other_reference) AS other_key, bank.recon_core(p.reference) AS core,
           bank.recon_core(p.other_reference) AS other_core, p.rule = ANY (p_near) AS near,
           bank.recon_keyed(p.reference, p.narrative, p.other_reference, p.other_narrative) AS keyed
      FROM run_pair p WHERE p.confirm AND NOT p.same;
    INSERT INTO run_doubt
    SELECT o.match_id, 'the lines do not carry one reference' FROM run_other o
     WHERE NOT o.keyed AND NOT (o.near AND bank.recon_alike(o.key, o.other_key) >= 60);
    INSERT INTO run_doubt
    SELECT o.match_id, 'another line carries the reference'
      FROM run_other o JOIN run_rest r ON r.account_id = o.account_id AND r.core = o.core
     WHERE r.due AND abs(r.amount) = abs(o.amount)
    UNION ALL
    SELECT o.match_id, 'another line carries the reference'
      FROM run_other o JOIN run_rest r ON r.account_id = o.account_id AND r.core = o.other_core
     WHERE r.due AND abs(r.amount) = abs(o.amount);
    -- A typing error: no line left over may be as near to either of the two.
    INSERT INTO run_doubt
    SELECT o.match_id, 'another reference is as near'
      FROM run_other o JOIN run_rest r ON r.account_id = o.account_id
           AND r.amount IN (o.amount, -o.amount) AND r.due
     WHERE o.near AND NOT o.keyed
       AND (r.side = 'S' AND r.amount = -o.amount
            AND bank.recon_alike(r.key, o.key) >= bank.recon_alike(o.other_key, o.key)
            OR r.side = 'L' AND r.amount = o.amount
            AND bank.recon_alike(r.key, o.other_key) >= bank.recon_alike(o.other_key, o.key));
    INSERT INTO run_doubt
    SELECT o.match_id, 'two pairs of one reference'
      FROM run_other o JOIN (SELECT account_id, core, amount FROM run_other GROUP BY 1, 2, 3
                             HAVING count(*) > 1) t USING (account_id, core, amount);
END $$;

-- Matches of more lines, reversals, and pairs with a fee.
CREATE FUNCTION bank.recon_run_judge_groups(p_lane bank.recon_lane) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    INSERT INTO run_doubt
    SELECT g.match_id, 'the lines do not carry one reference' FROM run_group g
     WHERE g.confirm AND g.core IS NULL;
    INSERT INTO run_doubt
    SELECT g.match_id, 'another line carries the reference'
      FROM run_group g JOIN run_rest r ON r.account_id = g.account_id AND r.core = g.core
     WHERE g.confirm AND r.due;
    -- What our book still has to write must be the lane's fee: kept by the other bank, so that a
    -- match of both sides lacks no more than that.
    INSERT INTO run_doubt
    SELECT g.match_id, 'the difference is not the fee of the lane' FROM run_group g
     WHERE g.confirm AND g.total <> 0
       AND NOT (g.book = 1 AND g.statement = 1 AND g.total * sign(g.amount) > 0
                AND abs(g.total) BETWEEN abs(g.amount) * p_lane.fee_low / 1000000 + p_lane.fee_fixed
                    AND (abs(g.amount) * p_lane.fee_high + 999999) / 1000000 + p_lane.fee_fixed);
    -- One side alone: a line and its reversal.
    INSERT INTO run_doubt
    SELECT g.match_id, 'lines of one side that are no reversal' FROM run_group g
     WHERE g.confirm AND 0 IN (g.book, g.statement) AND NOT (g.book + g.statement = 2 AND g.total = 0);
END $$;
