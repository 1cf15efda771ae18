-- Committing a run: what an engine claims is checked line by line against what is open. The engine may be anybody's.

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

-- What people took apart in this lane, line by line: no rule puts it together again.
CREATE FUNCTION bank.recon_run_undone(p_lane_id int) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_undone;
    CREATE TEMP TABLE run_undone ON COMMIT DROP AS
    SELECT m.account_id, m.match_id, m.status, x.item_id
      FROM recon_account a
      JOIN recon_member x ON x.account_id = a.account_id AND NOT x.live
      JOIN recon_match m ON m.account_id = x.account_id AND m.match_id = x.match_id
     WHERE a.lane_id = p_lane_id AND m.undo_code IS DISTINCT FROM 'superseded';
END $$;

-- The pairs, one line of each side, same account and currency, amounts equal; and in the same table,
-- without a match, each open line that stands in none. `same`: the two carry one reference as it is
-- written. p_exact: found here, by one reference and amount that nothing else of either side has;
-- else what an engine claims, checked. p_met: only lines of run_met are looked at, no others can be in a pair.
CREATE FUNCTION bank.recon_run_pairs(p_as_of date, p_fresh bigint[], p_exact boolean, p_met boolean, p_absent text[])
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_nestloop = off SET join_collapse_limit = 1 SET enable_mergejoin = off
SET work_mem = '128MB' AS $$
DECLARE
    lines text := $lines$(SELECT true AS fresh, i.account_id, i.item_id, i.side, i.amount, i.currency,
                   i.value_date, i.day, i.reference, i.narrative, i.bank_reference,
                   coalesce(i.reference_key, i.reference) AS key
              FROM recon_line i WHERE i.statement_id = ANY (%L)
            UNION ALL SELECT * FROM run_open WHERE side = %L$lines$
        || CASE WHEN p_met THEN ' AND item_id IN (SELECT item_id FROM run_met))' ELSE ')' END;
    book text := format(lines, ARRAY(SELECT statement_id FROM recon_statement
                                      WHERE statement_id = ANY (p_fresh) AND side = 'L'), 'L');
    statement text := format(lines, ARRAY(SELECT statement_id FROM recon_statement
                                           WHERE statement_id = ANY (p_fresh) AND side = 'S'), 'S');
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_pair;
    EXECUTE format($make$
    CREATE TEMP TABLE run_pair ON COMMIT DROP AS
    SELECT CASE WHEN r.match IS NOT NULL THEN nextval('bank.recon_match_match_id_seq') END AS match_id,
           r.rule, coalesce(r.confirm, false) AS confirm, r.score, r.why, r.detail,
           coalesce(b.account_id, s.account_id) AS account_id,
           b.item_id AS book_id, s.item_id AS statement_id, coalesce(b.amount, s.amount) AS amount,
           r.match IS NOT NULL AND s.account_id = b.account_id AND s.currency = b.currency
               AND s.amount = -b.amount AND b.day <= %L AND s.day <= %1$L AS fits,
           coalesce(b.key, s.key) AS key, k.same,
           CASE WHEN NOT coalesce(k.same, false) THEN coalesce(b.reference, s.reference) END AS reference,
           CASE WHEN NOT coalesce(k.same, false) THEN coalesce(b.narrative, s.narrative) END AS narrative,
           CASE WHEN NOT k.same THEN s.reference END AS other_reference,
           CASE WHEN NOT k.same THEN s.narrative END AS other_narrative,
           CASE WHEN r.match IS NULL THEN coalesce(b.bank_reference, s.bank_reference) END AS bank_reference,
           coalesce(b.currency, s.currency) AS currency, b.value_date AS book_date,
           s.value_date AS statement_date, least(b.day, s.day) AS first_day,
           greatest(b.day, s.day) AS last_day, b.fresh AS book_fresh, s.fresh AS statement_fresh
      FROM %s
     CROSS JOIN LATERAL (SELECT CASE WHEN r.match IS NOT NULL THEN b.reference <> '' AND
                                     b.key = s.key END AS same) k $make$,
        p_as_of,
        CASE WHEN p_exact THEN bank.recon_exact_from(book, statement, p_as_of, p_absent)
             ELSE format($from$%s b LEFT JOIN (SELECT * FROM api.run_line
                  WHERE writer = (SELECT pg_current_xact_id()) AND mate_id IS NOT NULL) r ON r.item_id = b.item_id
      FULL JOIN %s s ON s.item_id = r.mate_id$from$, book, statement) END);
    PERFORM bank.recon_run_fits(p_exact);
END $$;

-- How the database finds pairs itself: a line that is the only one of its side with its reference and
-- amount is joined to the only one of the other side. p_absent: words that stand for no reference.
CREATE FUNCTION bank.recon_exact_from(p_book text, p_statement text, p_as_of date, p_absent text[]) RETURNS text
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET work_mem = '64MB' AS $$
DECLARE
    told text := $told$(SELECT l.*, CASE WHEN l.day <= %L AND l.key <> '' AND l.key <> ALL (%L::text[]) THEN
                          hashtextextended(l.key,
                              hashint8extended(CASE l.side WHEN 'L' THEN l.amount ELSE -l.amount END,
                                               l.account_id)) END AS told
                     FROM %s l)$told$;
    lonely text := $only$(SELECT l.*, CASE WHEN l.told NOT IN (SELECT told FROM run_twice) THEN l.told END AS lone
                     FROM %s l)$only$;
    book text := format(told, p_as_of, p_absent, p_book);
    statement text := format(told, p_as_of, p_absent, p_statement);
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_twice;
    EXECUTE format('CREATE TEMP TABLE run_twice ON COMMIT DROP AS
        SELECT told FROM %s l WHERE told IS NOT NULL GROUP BY told HAVING count(*) > 1
        UNION ALL
        SELECT told FROM %s l WHERE told IS NOT NULL GROUP BY told HAVING count(*) > 1', book, statement);
    IF EXISTS (SELECT FROM run_undone) THEN -- what people took apart
        EXECUTE format('INSERT INTO run_twice
            SELECT b.told FROM run_undone x JOIN run_undone y USING (account_id, match_id)
              JOIN %s b ON b.item_id = x.item_id
              JOIN %s s ON s.item_id = y.item_id AND s.told = b.told', book, statement);
    END IF;
    RETURN format($from$%s b FULL JOIN %s s ON s.lone = b.lone AND s.account_id = b.account_id
                                                AND s.amount = -b.amount
     CROSS JOIN LATERAL (SELECT CASE WHEN b.key = s.key
                                     THEN 1 END AS match, 'exact' AS rule, b.key = s.key AS confirm,
                                NULL::smallint AS score, NULL::text AS why, NULL::text AS detail) r$from$,
                  format(lonely, book), format(lonely, statement));
END $$;

-- All pairs that an engine claims must be such, and no line may be lost between two references.
CREATE FUNCTION bank.recon_run_fits(p_exact boolean) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    wanted bigint;
    good bigint;
    lost bigint;
BEGIN
    SELECT count(*) FILTER (WHERE fits),
           count(*) FILTER (WHERE match_id IS NULL AND book_id IS NOT NULL AND statement_id IS NOT NULL)
      INTO good, lost FROM run_pair;
    IF NOT p_exact THEN
        SELECT count(*) INTO wanted FROM api.run_line
         WHERE writer = pg_current_xact_id() AND mate_id IS NOT NULL;
    END IF;
    IF good <> wanted OR lost > 0 THEN
        PERFORM bank.recon_run_refuse(format('%s of %s pairs', coalesce(wanted - good, lost),
                                             coalesce(wanted, good)));
    END IF;
END $$;

-- Claims of pairs that people took apart are no claims.
CREATE FUNCTION bank.recon_run_forget() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM run_undone) THEN
        DELETE FROM api.run_line r USING run_undone x JOIN run_undone y USING (account_id, match_id)
         WHERE r.writer = pg_current_xact_id() AND r.item_id = x.item_id AND r.mate_id = y.item_id;
    END IF;
END $$;

-- The lines that stand in no pair, with what they can be told by: the exact rule needs no more than the
-- reference as it is written. p_met: as in recon_run_pairs.
CREATE FUNCTION bank.recon_run_single(p_as_of date, p_exact boolean, p_met boolean) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET default_statistics_target = 10 AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_single;
    IF p_met THEN
        ALTER TABLE run_else RENAME TO run_single;
        INSERT INTO run_single
        SELECT o.account_id, o.item_id, o.side, o.amount, o.currency, o.value_date, o.day, o.fresh, o.day <= p_as_of,
               o.key, NULL, o.reference, o.narrative, o.bank_reference
          FROM run_open o WHERE o.item_id NOT IN (SELECT m.item_id FROM run_met m);
    ELSE
        CREATE TEMP TABLE run_single (account_id bigint, item_id bigint, side char(1) COLLATE "C", amount bigint,
            currency char(3) COLLATE "C", value_date date, day date, fresh boolean, due boolean, key text COLLATE "C",
            core text, reference text, narrative text, bank_reference text) ON COMMIT DROP;
    END IF;
    INSERT INTO run_single
    SELECT p.account_id, coalesce(p.book_id, p.statement_id), CASE WHEN p.book_id IS NULL THEN 'S' ELSE 'L' END, p.amount,
           p.currency, coalesce(p.book_date, p.statement_date), p.first_day, coalesce(p.book_fresh, p.statement_fresh),
           p.first_day <= p_as_of, p.key, CASE WHEN NOT p_exact THEN bank.recon_core(p.reference) END, p.reference,
           p.narrative, p.bank_reference
      FROM run_pair p WHERE p.match_id IS NULL;
    ANALYZE run_single (account_id, item_id, key);
END $$;

-- The other matches, line by line and as a whole.
CREATE FUNCTION bank.recon_run_groups() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_nestloop = off SET join_collapse_limit = 1 SET work_mem = '64MB' SET default_statistics_target = 10 AS $$
DECLARE
    wrong text;
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_part, pg_temp.run_group;
    CREATE TEMP TABLE run_part ON COMMIT DROP AS
    SELECT r.match, u.account_id, u.item_id, u.side, u.amount, u.currency, u.value_date, u.day,
           u.fresh, u.reference, u.narrative, u.core
      FROM api.run_line r JOIN run_single u ON u.item_id = r.item_id AND u.due
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
    IF EXISTS (SELECT FROM run_undone) THEN
        DELETE FROM run_group g USING (
            SELECT u.account_id, array_agg(u.item_id ORDER BY u.item_id) AS items
              FROM run_undone u WHERE u.status = 'undone' GROUP BY u.account_id, u.match_id) u
         WHERE u.account_id = g.account_id AND u.items = g.items;
        DELETE FROM run_part p WHERE NOT EXISTS (SELECT FROM run_group g WHERE g.match = p.match);
    END IF;
    ANALYZE run_part (match, item_id);
    ANALYZE run_group (match);
END $$;

-- Open lines that no match claims: what could speak against one.
CREATE FUNCTION bank.recon_run_rest() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET default_statistics_target = 10 AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_rest;
    IF NOT EXISTS (SELECT FROM run_part) THEN
        ALTER TABLE run_single RENAME TO run_rest;
        RETURN;
    END IF;
    CREATE TEMP TABLE run_rest ON COMMIT DROP AS
    SELECT * FROM run_single u WHERE u.item_id NOT IN (SELECT item_id FROM run_part);
    ANALYZE run_rest (account_id, item_id, key);
END $$;
