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

-- Matches that ask to be confirmed and are not, with the reason: the rule only suggests, the lines
-- do not visibly carry one reference, or another open line carries it too.
CREATE FUNCTION bank.recon_run_judge(p_rules jsonb, p_lane bank.recon_lane) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_nestloop = off SET join_collapse_limit = 1 SET work_mem = '128MB' AS $$
DECLARE
    sure text[] := ARRAY(SELECT r->>'name' FROM jsonb_array_elements(p_rules->'rules') r
                          WHERE r->>'status' = 'confirm' AND r->>'match' NOT IN ('payer', 'amount', 'subset'));
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
    WITH again AS MATERIALIZED ( -- nearly none: told by a number first
        SELECT hashtextextended(key, amount) AS h FROM run_pair WHERE confirm AND same
         GROUP BY hashtextextended(key, amount) HAVING count(*) > 1),
    twice AS MATERIALIZED (
        SELECT * FROM run_pair WHERE confirm AND same
           AND hashtextextended(key, amount) IN (SELECT h FROM again))
    INSERT INTO run_doubt
    SELECT p.match_id, 'the reference is used twice'
      FROM twice p JOIN (
          SELECT account_id, key, amount FROM twice GROUP BY account_id, key, amount
          HAVING count(*) > 1 AND (min(book_date) <> max(book_date)
                                   OR min(statement_date) <> max(statement_date))) t
           USING (account_id, key, amount);
    -- A line that is left over with the same reference and amount, or its reversal.
    WITH carried AS MATERIALIZED (
        SELECT * FROM run_pair WHERE confirm AND same AND hashtextextended(key, abs(amount)) IN
            (SELECT hashtextextended(r.key, abs(r.amount)) FROM run_rest r WHERE r.due))
    INSERT INTO run_doubt
    SELECT p.match_id, 'another line carries the reference'
      FROM carried p JOIN run_rest r ON r.account_id = p.account_id AND r.key = p.key
     WHERE r.due AND abs(r.amount) = abs(p.amount)
       AND NOT (r.side = 'L' AND r.amount = p.amount AND r.value_date = p.book_date
                OR r.side = 'S' AND r.amount = -p.amount AND r.value_date = p.statement_date);
    PERFORM bank.recon_run_judge_written(near, ARRAY(SELECT jsonb_array_elements_text(p_rules->'absent')),
                                         ARRAY(SELECT jsonb_array_elements_text(p_rules->'prefixes')));
    PERFORM bank.recon_run_judge_settled();
    PERFORM bank.recon_run_judge_groups(p_lane);
END $$;

-- A reference that was settled before comes again: a pair that is days apart may join two of its
-- movements, when a settled line of it lies nearer to either. Two days are usual between two banks.
CREATE FUNCTION bank.recon_run_judge_settled() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET enable_nestloop = on SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO run_doubt
    SELECT p.match_id, 'a settled line of the reference lies nearer in days'
      FROM (SELECT *, abs(statement_date - book_date) AS apart FROM run_pair
             WHERE confirm AND key <> '' AND abs(statement_date - book_date) > 2) p
     WHERE EXISTS (SELECT FROM recon_match m
                    WHERE m.account_id = p.account_id AND m.key = p.key AND m.amount = p.amount
                      AND m.status = 'confirmed'
                      AND least(abs(m.first_day - p.book_date), abs(m.last_day - p.book_date),
                                abs(m.first_day - p.statement_date),
                                abs(m.last_day - p.statement_date)) < p.apart);
END $$;

-- Whether one reference is the other with a typing error: a character left out, put in or another, or two
-- in turn. Two such errors from 10 characters on, none below 7, as the engine counts them.
CREATE FUNCTION bank.recon_typed(p_a text, p_b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    most int := CASE WHEN least(length(p_a), length(p_b)) >= 10 THEN 2
                     WHEN least(length(p_a), length(p_b)) >= 7 THEN 1 ELSE 0 END;
    same int := 0;
    a text[];
    b text[];
    before int[];
    last int[];
    this int[];
BEGIN
    IF p_a IS NULL OR p_b IS NULL OR most = 0 OR abs(length(p_a) - length(p_b)) > most THEN
        RETURN false;
    END IF;
    WHILE same < least(length(p_a), length(p_b)) AND substr(p_a, same + 1, 1) = substr(p_b, same + 1, 1) LOOP
        same := same + 1;
    END LOOP;
    p_a := reverse(substr(p_a, same + 1));
    p_b := reverse(substr(p_b, same + 1));
    same := 0;
    WHILE same < least(length(p_a), length(p_b)) AND substr(p_a, same + 1, 1) = substr(p_b, same + 1, 1) LOOP
        same := same + 1;
    END LOOP;
    p_a := substr(p_a, same + 1);
    p_b := substr(p_b, same + 1);
    IF greatest(length(p_a), length(p_b)) <= 1 OR length(p_a) = 2 AND p_a = reverse(p_b) THEN
        RETURN true;
    ELSIF most = 1 OR least(length(p_a), length(p_b)) = 0 THEN
        RETURN greatest(length(p_a), length(p_b)) <= most;
    END IF;
    a := string_to_array(p_a, NULL);
    b := string_to_array(p_b, NULL);
    last := ARRAY(SELECT generate_series(0, cardinality(b))); -- errors between nothing and the first of b
    FOR i IN 1 .. cardinality(a) LOOP
        this := ARRAY[i];
        FOR j IN 1 .. cardinality(b) LOOP
            this := this || least(last[j + 1] + 1, this[j] + 1, last[j] + (a[i] <> b[j])::int,
                CASE WHEN i > 1 AND j > 1 AND a[i] = b[j - 1] AND a[i - 1] = b[j] THEN before[j - 1] + 1 END);
        END LOOP;
        before := last;
        last := this;
    END LOOP;
    RETURN last[cardinality(b) + 1] <= most;
END $$;

-- The number of a reference without the prefixes that rules of a lane know (at least five characters stay).
CREATE FUNCTION bank.recon_bare(p_reference text, p_prefixes text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    k text := bank.recon_key(regexp_replace(bank.recon_narrow(p_reference), '[-/][0-9]{1,2}$', ''));
    cut int;
BEGIN
    LOOP
        cut := (SELECT max(length(w)) FROM unnest(p_prefixes) w WHERE starts_with(k, w) AND length(k) > length(w) + 5);
        EXIT WHEN cut IS NULL;
        k := substr(k, cut + 1);
    END LOOP;
    RETURN bank.recon_core(k);
END $$;

-- Pairs whose references are written differently. p_absent: words that stand for no reference;
-- p_prefixes: what the rules take off references.
CREATE FUNCTION bank.recon_run_judge_written(p_near text[], p_absent text[], p_prefixes text[]) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_other;
    CREATE TEMP TABLE run_other ON COMMIT DROP AS
    SELECT p.match_id, p.account_id, p.book_id, p.amount, p.book_date, p.statement_date, p.key,
           bank.recon_key(p.other_reference) AS other_key,
           CASE WHEN bank.recon_key(p.reference) <> ALL (p_absent) THEN bank.recon_core(p.reference) END AS core,
           CASE WHEN bank.recon_key(p.other_reference) <> ALL (p_absent)
                THEN bank.recon_core(p.other_reference) END AS other_core, p.rule = ANY (p_near) AS near,
           bank.recon_keyed(p.reference, p.narrative, p.other_reference, p.other_narrative) AS keyed, b.bare
      FROM run_pair p
      LEFT JOIN LATERAL (SELECT bank.recon_bare(p.reference, p_prefixes) AS bare) b
             ON p_prefixes <> '{}' AND b.bare = bank.recon_bare(p.other_reference, p_prefixes)
     WHERE p.confirm AND NOT p.same;
    UPDATE run_other SET keyed = true WHERE NOT keyed AND bare IS NOT NULL;
    INSERT INTO run_doubt
    SELECT o.match_id, 'another line carries the reference'
      FROM run_other o JOIN run_rest r ON r.account_id = o.account_id AND abs(r.amount) = abs(o.amount)
     WHERE o.bare IS NOT NULL AND r.due AND bank.recon_bare(r.reference, p_prefixes) = o.bare;
    INSERT INTO run_doubt
    SELECT o.match_id, 'two pairs of one reference'
      FROM run_other o JOIN (SELECT account_id, bare, amount FROM run_other WHERE bare IS NOT NULL GROUP BY 1, 2, 3
                             HAVING count(*) > 1) t USING (account_id, bare, amount);
    INSERT INTO run_doubt
    SELECT o.match_id, 'the lines do not carry one reference' FROM run_other o
     WHERE NOT o.keyed AND NOT (o.near AND (bank.recon_typed(o.key, o.other_key) OR bank.recon_typed(o.core, o.other_core)
                                             OR bank.recon_alike(o.key, o.other_key) >= 60));
    INSERT INTO run_doubt
    SELECT o.match_id, 'another line carries the reference'
      FROM run_other o JOIN run_rest r ON r.account_id = o.account_id AND r.core = o.core
     WHERE r.due AND abs(r.amount) = abs(o.amount)
    UNION ALL
    SELECT o.match_id, 'another line carries the reference'
      FROM run_other o JOIN run_rest r ON r.account_id = o.account_id AND r.core = o.other_core
     WHERE r.due AND abs(r.amount) = abs(o.amount);
    PERFORM bank.recon_run_judge_near();
    INSERT INTO run_doubt
    SELECT o.match_id, 'two pairs of one reference'
      FROM run_other o JOIN (SELECT account_id, core, amount FROM run_other GROUP BY 1, 2, 3
                             HAVING count(*) > 1) t USING (account_id, core, amount);
END $$;

-- A typing error: no line left over may be as near to either of the two as they are to each other, by
-- the pairs of characters they share (bank.recon_alike), counted for all at once.
CREATE FUNCTION bank.recon_run_judge_near() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET work_mem = '64MB' SET enable_nestloop = off
SET enable_mergejoin = off SET enable_sort = off AS $$
BEGIN
    WITH typed AS MATERIALIZED (
        SELECT match_id, account_id, amount, key, other_key FROM run_other WHERE near AND NOT keyed),
    rest AS MATERIALIZED ( -- what could stand in place of either line, and the pairs that have such
        SELECT r.item_id, r.account_id, r.side, r.amount, r.key FROM run_rest r
         WHERE r.due AND (r.account_id, CASE r.side WHEN 'L' THEN r.amount ELSE -r.amount END)
                         IN (SELECT account_id, amount FROM typed)),
    near AS MATERIALIZED (
        SELECT * FROM typed WHERE (account_id, amount) IN (
            SELECT account_id, CASE side WHEN 'L' THEN amount ELSE -amount END FROM rest)),
    word AS (
        SELECT false AS left_over, 'S' AS side, match_id AS id, key, account_id, -amount AS amount FROM near
        UNION ALL SELECT false, 'L', match_id, other_key, account_id, amount FROM near
        UNION ALL SELECT true, side, item_id, key, account_id, amount FROM rest),
    gram AS MATERIALIZED (
        SELECT w.left_over, w.side, w.id, w.account_id, w.amount, length(w.key) AS length,
               substr(w.key, n, 2) AS gram, count(*) AS copies
          FROM word w, generate_series(1, length(w.key) - 1) n WHERE length(w.key) >= 4
         GROUP BY w.left_over, w.side, w.id, w.account_id, w.amount, w.key, substr(w.key, n, 2)),
    own AS MATERIALIZED (
        SELECT a.id AS match_id, 200 * sum(least(a.copies, b.copies))::bigint / (a.length + b.length - 2) AS alike
          FROM gram a JOIN gram b ON NOT b.left_over AND b.side = 'L' AND b.id = a.id AND b.gram = a.gram
         WHERE NOT a.left_over AND a.side = 'S' GROUP BY a.id, a.length, b.length),
    other AS (
        SELECT g.id AS match_id,
               200 * sum(least(g.copies, x.copies))::bigint / (g.length + x.length - 2) AS alike
          FROM gram g JOIN gram x ON x.left_over AND x.side = g.side AND x.account_id = g.account_id
               AND x.amount = g.amount AND x.gram = g.gram
         WHERE NOT g.left_over
         GROUP BY g.id, g.side, g.length, x.length, x.id)
    INSERT INTO run_doubt
    SELECT match_id, 'another reference is as near' FROM own JOIN other USING (match_id)
     WHERE other.alike >= own.alike;
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
