-- What an engine claims to be sure of is judged once more before anything counts as confirmed.

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
