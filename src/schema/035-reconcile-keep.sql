-- Keeping a run: writing its matches, closing what they take, opening the rest.

-- Suggestions of earlier runs give way; one that this run makes again stays as it is.
CREATE FUNCTION bank.recon_run_supersede(p_lane_id int) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_old;
    CREATE TEMP TABLE run_old ON COMMIT DROP AS
    SELECT m.account_id, m.match_id, m.rule, array_agg(x.item_id ORDER BY x.item_id) AS items
      FROM recon_account a JOIN recon_match m USING (account_id)
      JOIN recon_member x ON x.account_id = m.account_id AND x.match_id = m.match_id
     WHERE a.lane_id = p_lane_id AND m.status = 'suggested'
     GROUP BY m.account_id, m.match_id;
    IF NOT EXISTS (SELECT FROM run_old) THEN
        RETURN;
    END IF;
    DROP TABLE IF EXISTS pg_temp.run_kept;
    CREATE TEMP TABLE run_kept ON COMMIT DROP AS
    SELECT o.account_id, o.match_id, n.match_id AS new_id
      FROM run_old o
      JOIN (SELECT match_id, account_id, rule, confirm, ARRAY[least(book_id, statement_id),
                   greatest(book_id, statement_id)] AS items FROM run_pair
             WHERE match_id IS NOT NULL
               AND (NOT confirm OR match_id IN (SELECT match_id FROM run_doubt))
            UNION ALL SELECT match_id, account_id, rule, confirm, items FROM run_group) n
        ON n.account_id = o.account_id AND n.items = o.items AND n.rule = o.rule
     WHERE NOT n.confirm OR n.match_id IN (SELECT match_id FROM run_doubt);
    DELETE FROM run_pair p USING run_kept k WHERE p.match_id = k.new_id;
    DELETE FROM run_part p USING run_group g, run_kept k
     WHERE p.match = g.match AND g.match_id = k.new_id;
    DELETE FROM run_group g USING run_kept k WHERE g.match_id = k.new_id;
    UPDATE recon_match m SET status = 'undone', version = version + 1, undo_code = 'superseded',
           decided_at = clock_timestamp()
      FROM run_old o WHERE m.account_id = o.account_id AND m.match_id = o.match_id
       AND NOT EXISTS (SELECT FROM run_kept k WHERE k.match_id = o.match_id);
    UPDATE recon_member x SET live = false
      FROM run_old o WHERE x.account_id = o.account_id AND x.match_id = o.match_id
       AND NOT EXISTS (SELECT FROM run_kept k WHERE k.match_id = o.match_id);
END $$;

-- Writes the matches but for unique pairs; pairs to a segment when they are many.
CREATE FUNCTION bank.recon_run_write(p_lane bank.recon_lane, p_run bigint, p_version int) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_nestloop = off SET join_collapse_limit = 1 SET work_mem = '128MB' AS $$
BEGIN
    PERFORM bank.recon_sure_write(p_lane, p_run, p_version);
    INSERT INTO recon_match (account_id, match_id, unit_id, run_id, rule, rule_version, cardinality,
        key, amount, first_day, last_day, score, evidence, detail, status)
    OVERRIDING SYSTEM VALUE
    SELECT p.account_id, p.match_id, p_lane.unit_id, p_run, p.rule, p_version, '1:1', p.key, p.amount,
           p.first_day, p.last_day,
           CASE WHEN p.confirm AND d.match_id IS NULL THEN NULL
                ELSE coalesce(p.score, bank.recon_score(p.detail::jsonb)) END,
           coalesce(p.why, '') || coalesce('; not confirmed: ' || d.why, ''), p.detail::jsonb,
           CASE WHEN p.confirm AND d.match_id IS NULL THEN 'confirmed' ELSE 'suggested' END
      FROM run_pair p
      LEFT JOIN (SELECT match_id, min(why) AS why FROM run_doubt GROUP BY match_id) d USING (match_id)
     WHERE p.match_id IS NOT NULL AND p.match_id NOT IN (SELECT match_id FROM run_sure);
    INSERT INTO recon_match (account_id, match_id, unit_id, run_id, rule, rule_version, cardinality,
        key, amount, first_day, last_day, adjustment, score, evidence, detail, status)
    OVERRIDING SYSTEM VALUE
    SELECT g.account_id, g.match_id, p_lane.unit_id, p_run, g.rule, p_version,
           g.book || ':' || g.statement, coalesce(g.core, ''), g.amount, g.first_day, g.last_day,
           -g.total, CASE WHEN g.confirm AND d.match_id IS NULL THEN NULL
                ELSE coalesce(g.score, bank.recon_score(g.detail::jsonb)) END,
           coalesce(g.why, '') || coalesce('; not confirmed: ' || d.why, ''),
           g.detail::jsonb,
           CASE WHEN g.confirm AND d.match_id IS NULL THEN 'confirmed' ELSE 'suggested' END
      FROM run_group g
      LEFT JOIN (SELECT match_id, min(why) AS why FROM run_doubt GROUP BY match_id) d USING (match_id);
    INSERT INTO recon_member (account_id, match_id, item_id, amount)
    SELECT p.account_id, p.match_id, i.item_id, i.amount
      FROM run_pair p CROSS JOIN LATERAL (VALUES (p.book_id, p.amount), (p.statement_id, -p.amount)) i (item_id, amount)
     WHERE p.match_id IS NOT NULL AND p.match_id NOT IN (SELECT match_id FROM run_sure)
    UNION ALL
    SELECT p.account_id, g.match_id, p.item_id, p.amount FROM run_part p JOIN run_group g USING (match);
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.recon_run_refuse('a line in two matches');
END $$;

-- The voucher of each fee that a confirmed match found, for a second person to approve.
CREATE FUNCTION bank.recon_run_vouchers(p_lane bank.recon_lane, p_run bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    lost text;
    gained text;
    today text := to_char(bank.today(), 'YYYYMMDD');
BEGIN
    IF NOT EXISTS (SELECT FROM run_group WHERE total <> 0) THEN
        RETURN;
    END IF;
    lost := bank.recon_counter_account('fee', -1, NULL);
    gained := bank.recon_counter_account('fee', 1, NULL);
    INSERT INTO recon_adjustment (account_id, adjustment_id, match_id, lane_id, unit_id, kind, amount,
        currency, debit_account, credit_account, voucher, note)
    OVERRIDING SYSTEM VALUE
    SELECT j.account_id, j.id, j.match_id, p_lane.lane_id, p_lane.unit_id, 'fee', j.amount, j.currency,
           CASE WHEN j.amount > 0 THEN j.book_account ELSE lost END,
           CASE WHEN j.amount > 0 THEN gained ELSE j.book_account END,
           'ADJ' || today || lpad(j.id::text, 6, '0'),
           format('run %s, rule %s', p_run, j.rule)
      FROM (SELECT g.account_id, g.match_id, -g.total AS amount, a.currency, a.book_account, g.rule,
                   nextval('bank.recon_adjustment_adjustment_id_seq') AS id
              FROM run_group g JOIN recon_account a ON a.account_id = g.account_id
             WHERE g.total <> 0 AND g.confirm AND g.match_id NOT IN (SELECT d.match_id FROM run_doubt d)) j;
END $$;

-- What is confirmed is open no longer; what is fresh and not confirmed is open from now on.
CREATE FUNCTION bank.recon_run_settle(p_lane_id int, p_fresh bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_hashjoin = off SET enable_mergejoin = off SET work_mem = '64MB' SET default_statistics_target = 10 AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_left, pg_temp.run_gone, pg_temp.run_opened;
    -- Lines of matches that are only suggested.
    CREATE TEMP TABLE run_left ON COMMIT DROP AS
    SELECT p.account_id, i.item_id, i.fresh
      FROM run_pair p, LATERAL (VALUES (p.book_id, p.book_fresh),
                                       (p.statement_id, p.statement_fresh)) i (item_id, fresh)
     WHERE p.match_id IS NOT NULL
       AND (NOT p.confirm OR p.match_id IN (SELECT match_id FROM run_doubt))
    UNION
    SELECT p.account_id, p.item_id, p.fresh FROM run_part p
     WHERE p.match IN (SELECT g.match FROM run_group g -- IS TRUE: looked up, never one group after the other
                        WHERE NOT g.confirm OR g.match_id IN (SELECT match_id FROM run_doubt)) IS TRUE;
    ANALYZE run_left;
    -- Lines that were open before and are confirmed now.
    CREATE TEMP TABLE run_gone ON COMMIT DROP AS
    SELECT x.account_id, x.item_id FROM (
        SELECT account_id, book_id AS item_id FROM run_pair WHERE match_id IS NOT NULL AND NOT book_fresh
        UNION ALL
        SELECT account_id, statement_id FROM run_pair WHERE match_id IS NOT NULL AND NOT statement_fresh
        UNION ALL
        SELECT account_id, item_id FROM run_part WHERE NOT fresh
        UNION ALL
        SELECT account_id, item_id FROM run_paid) x
     WHERE x.item_id NOT IN (SELECT l.item_id FROM run_left l);
    ANALYZE run_gone;
    DELETE FROM recon_open o USING run_gone g
     WHERE o.account_id = g.account_id AND o.item_id = g.item_id;
    DELETE FROM recon_break b USING run_gone g
     WHERE b.account_id = g.account_id AND b.item_id = g.item_id;
    CREATE TEMP TABLE run_opened ON COMMIT DROP AS
    SELECT i.account_id, i.item_id, i.side, i.amount, i.currency, i.value_date, i.day,
           bank.recon_key(i.reference) AS key, i.bank_reference
      FROM run_left l JOIN recon_item i ON i.account_id = l.account_id AND i.item_id = l.item_id
     WHERE l.fresh;
    INSERT INTO recon_open (account_id, item_id, side, amount, currency, value_date, day, key)
    SELECT account_id, item_id, side, amount, currency, value_date, day, key FROM run_opened
    UNION ALL
    SELECT account_id, item_id, side, amount, currency, value_date, day, key FROM run_rest WHERE fresh
     ORDER BY account_id, item_id;
    INSERT INTO recon_reference
    SELECT o.account_id, o.item_id, 'bank', bank.recon_key(o.bank_reference)
      FROM (SELECT account_id, item_id, bank_reference FROM run_opened WHERE bank_reference <> ''
            UNION ALL
            SELECT account_id, item_id, bank_reference FROM run_rest WHERE fresh AND bank_reference <> '') o
     WHERE bank.recon_key(o.bank_reference) <> ''
    ON CONFLICT DO NOTHING;
    UPDATE recon_statement SET fresh = false WHERE statement_id = ANY (p_fresh);
    UPDATE recon_day_total t SET fresh_lines = 0, fresh_value = 0
      FROM recon_account a WHERE a.lane_id = p_lane_id AND t.account_id = a.account_id
       AND t.fresh_lines <> 0
       AND NOT EXISTS (SELECT FROM recon_statement s WHERE s.account_id = a.account_id
                       AND s.side = t.side AND s.fresh);
END $$;

-- Closed lines by day, of all that this run confirmed.
CREATE FUNCTION bank.recon_run_close() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    INSERT INTO recon_day_total AS t (account_id, side, day, closed_lines, closed_amount)
    SELECT c.account_id, c.side, c.day, sum(c.lines), sum(c.amount) FROM (
        SELECT p.account_id, s.side, p.day, p.lines,
               CASE s.side WHEN 'L' THEN p.amount ELSE -p.amount END AS amount
          FROM (SELECT account_id, last_day AS day, count(*) AS lines, sum(amount) AS amount
                  FROM run_pair
                 WHERE confirm AND match_id NOT IN (SELECT match_id FROM run_doubt)
                 GROUP BY account_id, last_day
                UNION ALL SELECT account_id, day, lines, amount FROM run_day) p
         CROSS JOIN (VALUES ('L'), ('S')) s (side)
        UNION ALL
        SELECT g.account_id, p.side, g.last_day, count(*), sum(p.amount)
          FROM run_group g JOIN run_part p USING (match)
         WHERE g.confirm AND NOT EXISTS (SELECT FROM run_doubt d WHERE d.match_id = g.match_id)
         GROUP BY g.account_id, p.side, g.last_day) c
     GROUP BY c.account_id, c.side, c.day
    ON CONFLICT (account_id, side, day) DO UPDATE
       SET closed_lines = t.closed_lines + excluded.closed_lines,
           closed_amount = t.closed_amount + excluded.closed_amount;
END $$;

-- Figures of a run by rule.
CREATE FUNCTION bank.recon_run_count(p_run bigint, p_rule text) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    WITH made AS (
        SELECT p.rule, p.confirm AND match_id NOT IN (SELECT match_id FROM run_doubt) AS sure,
               p.confirm AS asked, count(*) AS n, sum(abs(p.amount)) AS value
          FROM run_pair p WHERE p.match_id IS NOT NULL
         GROUP BY 1, 2, 3
        UNION ALL
        SELECT p_rule, true, true, sum(lines), sum(value) FROM run_day HAVING count(*) > 0
        UNION ALL
        SELECT g.rule, g.confirm AND d.match_id IS NULL, g.confirm, count(*),
               sum(abs(g.amount)::numeric)
          FROM run_group g LEFT JOIN (SELECT DISTINCT match_id FROM run_doubt) d USING (match_id)
         GROUP BY 1, 2, 3)
    UPDATE recon_run r
       SET match_count = r.match_count + m.sure, suggest_count = m.suggested, held_back = m.held,
           matched_value = m.value, rules = coalesce(m.rules, '{}')
      FROM (SELECT coalesce(sum(n) FILTER (WHERE sure), 0) AS sure,
                   coalesce(sum(n) FILTER (WHERE NOT sure), 0) AS suggested,
                   coalesce(sum(n) FILTER (WHERE asked AND NOT sure), 0) AS held,
                   coalesce(sum(value) FILTER (WHERE sure), 0) AS value,
                   (SELECT jsonb_object_agg(x.rule, x.counts)
                      FROM (SELECT rule, jsonb_build_array(
                                coalesce(sum(n) FILTER (WHERE sure), 0),
                                coalesce(sum(n) FILTER (WHERE NOT sure), 0)) AS counts
                              FROM made GROUP BY rule) x) AS rules FROM made) m
     WHERE r.run_id = p_run;
END $$;

-- Lines that a run looks at, found by account: few beside those of all lanes.
CREATE FUNCTION bank.recon_run_seen(p_lane_id int, p_as_of date, OUT book bigint, OUT statement bigint)
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
BEGIN
    SELECT coalesce(sum(n) FILTER (WHERE side = 'L'), 0)::bigint,
           coalesce(sum(n) FILTER (WHERE side = 'S'), 0)::bigint
      INTO book, statement
      FROM (SELECT o.side, count(*) AS n FROM recon_open o JOIN recon_account a USING (account_id)
             WHERE a.lane_id = p_lane_id AND o.day <= p_as_of GROUP BY o.side
            UNION ALL
            SELECT t.side, sum(t.fresh_lines) FROM recon_day_total t JOIN recon_account a USING (account_id)
             WHERE a.lane_id = p_lane_id AND t.day <= p_as_of AND t.fresh_lines <> 0
             GROUP BY t.side) c;
END $$;

-- Prepares a run, unless api.run_prepare did; answers where its unique pairs are.
CREATE FUNCTION bank.recon_run_found(p_lane bank.recon_lane, p_as_of date, p_rule_set_id int, p_fresh bigint[],
    p_exact boolean, p_unique jsonb, OUT low bigint, OUT run_id bigint, OUT rule text)
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    IF p_unique IS NULL OR to_regclass('pg_temp.run_found') IS NULL THEN
        PERFORM bank.recon_run_prepare(p_lane, p_as_of, p_rule_set_id,
                                       CASE WHEN p_exact THEN 'exact' ELSE p_unique->>'rule' END);
    END IF;
    IF to_regclass('pg_temp.run_found') IS NOT NULL THEN
        SELECT f.low, f.run_id, f.rule INTO low, run_id, rule FROM run_found f
         WHERE f.lane_id = p_lane.lane_id AND f.as_of = p_as_of AND f.rule_set_id = p_rule_set_id
           AND f.fresh = p_fresh;
    END IF;
    IF low IS NULL AND p_unique IS NOT NULL OR rule <> p_unique->>'rule' THEN
        PERFORM bank.recon_run_refuse('unique pairs');
    END IF;
END $$;

-- Checks, judges and keeps what a run found, opens breaks for the rest. p_exact: the database finds
-- the pairs itself; else api.run_line holds what an engine of this transaction claims.
CREATE FUNCTION bank.recon_run_keep(p_lane text, p_as_of date, p_rule_set_id int, p_exact boolean,
                                    p_unique jsonb, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
DECLARE
    answer api.outcome;
    lane bank.recon_lane;
    v_as_of date := coalesce(p_as_of, bank.today());
    v_started timestamptz := clock_timestamp();
    v_rules jsonb;
    v_version int;
    v_run bigint;
    v_fresh bigint[];
    v_settled int;
    v_met boolean;
    seen record;
    uniq record;                             -- the unique pairs, all NULL where they are not looked for
BEGIN
    answer := bank.request_replay(p_request, 'run_commit',
                                  jsonb_build_array(p_lane, p_as_of, p_rule_set_id));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.recon_day_come(p_as_of);
    lane := bank.recon_lane_claim(p_lane);
    SELECT r.version INTO v_version FROM recon_rule_set r
     WHERE r.rule_set_id = p_rule_set_id;
    IF NOT FOUND OR p_rule_set_id <> lane.rule_set_id AND EXISTS (
        SELECT FROM recon_rule_set WHERE rule_set_id = p_rule_set_id
           AND status IN ('approved', 'retired')) THEN
        PERFORM bank.fail('BO409', 'The rules of this lane were changed meanwhile.',
                          p_rule_set_id::text, 'Run the lane again.', 'p_rule_set_id');
    END IF;
    v_rules := bank.recon_rules_of(lane, p_rule_set_id);
    v_fresh := bank.recon_fresh(lane.lane_id);
    SELECT * INTO seen FROM bank.recon_run_seen(lane.lane_id, v_as_of);
    SELECT * INTO uniq FROM bank.recon_run_found(lane, v_as_of, p_rule_set_id, v_fresh, p_exact, p_unique);
    INSERT INTO recon_run (run_id, lane_id, unit_id, as_of, rule_set_id, book_count, statement_count,
                           match_count, break_count, started_at)
    OVERRIDING SYSTEM VALUE
    VALUES (coalesce(uniq.run_id, nextval('bank.recon_run_run_id_seq')), lane.lane_id, lane.unit_id, v_as_of,
            p_rule_set_id, seen.book, seen.statement, 0, 0, v_started)
    RETURNING run_id INTO v_run;
    IF uniq.low IS NOT NULL THEN
        PERFORM bank.recon_unique_settle(uniq.low, (p_unique->>'pairs')::bigint, p_exact);
    END IF;
    IF NOT p_exact THEN
        PERFORM bank.recon_run_forget();
    END IF;
    v_met := p_exact AND uniq.low IS NOT NULL;
    PERFORM bank.recon_run_pairs(v_as_of, CASE WHEN uniq.low IS NULL THEN v_fresh ELSE '{}' END, p_exact, v_met,
                                 ARRAY(SELECT jsonb_array_elements_text(v_rules->'absent')));
    PERFORM bank.recon_run_single(v_as_of, p_exact, v_met);
    PERFORM bank.recon_run_groups();
    PERFORM bank.recon_run_rest();
    PERFORM bank.recon_run_judge(v_rules, lane);
    PERFORM bank.recon_run_supersede(lane.lane_id);
    PERFORM bank.recon_run_write(lane, v_run, v_version);
    IF uniq.low IS NOT NULL THEN
        PERFORM bank.recon_segment_join('match', uniq.low);
    END IF;
    PERFORM bank.recon_run_vouchers(lane, v_run);
    PERFORM bank.recon_run_settle(lane.lane_id, v_fresh);
    PERFORM bank.recon_run_close();
    PERFORM bank.recon_run_count(v_run, uniq.rule);
    PERFORM bank.recon_run_clear();
    DROP TABLE IF EXISTS pg_temp.run_found;
    -- Vouchers of approved adjustments that came with our book.
    v_settled := bank.recon_vouchers_settle(lane, v_as_of, v_run);
    UPDATE recon_run SET match_count = match_count + v_settled,
           break_count = bank.recon_break_open(lane, v_as_of, v_run, uniq.low)
     WHERE run_id = v_run;
    UPDATE recon_run SET ended_at = clock_timestamp() WHERE run_id = v_run;
    PERFORM bank.recon_days_refresh(lane.lane_id, ARRAY(
        SELECT DISTINCT t.day FROM recon_day_total t JOIN recon_account a USING (account_id)
          JOIN recon_lane_day d ON d.lane_id = a.lane_id AND d.day = t.day
         WHERE a.lane_id = lane.lane_id AND t.day <= v_as_of
           AND (d.status <> 'balanced' OR d.run_id IS NULL)
        UNION SELECT d.day FROM recon_lane_day d WHERE d.lane_id = lane.lane_id AND d.day <= v_as_of
           AND d.status <> 'balanced'), v_run);
    PERFORM bank.audit_write('run', 'recon_lane', lane.code, NULL, NULL,
        (SELECT jsonb_build_object('run', v_run, 'as_of', v_as_of, 'rules', p_rule_set_id, 'matched',
                    r.match_count, 'suggested', r.suggest_count) FROM recon_run r WHERE r.run_id = v_run));
    RETURN bank.request_done(p_request, v_run::text, 'The lane is reconciled.');
END $$;

-- Ends a run: keeps what api.run_line holds of this transaction. p_rule_set_id: what the matches were
-- made by; p_unique: NULL, or what it leaves to the database (096): rule, pairs. The answer's id is the
-- run.
CREATE FUNCTION api.run_commit(p_lane text, p_as_of date, p_rule_set_id int, p_unique jsonb,
                               p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    RETURN bank.recon_run_keep(p_lane, p_as_of, p_rule_set_id, false, p_unique, p_request);
END $$;
SELECT bank.function_grant('run_commit', 'clerk', 'supervisor');

CREATE FUNCTION bank.recon_run_clear() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    BEGIN
        LOCK TABLE api.run_line IN ACCESS EXCLUSIVE MODE NOWAIT;
        TRUNCATE api.run_line;
    EXCEPTION WHEN lock_not_available THEN
        IF pg_relation_size('api.run_line') > 1000000000 THEN
            DELETE FROM api.run_line WHERE writer = pg_current_xact_id();
        END IF;
    END;
END $$;

-- Matches what is open in a lane up to a day (NULL: the business date) by reference and amount
-- alone, without an engine. Two runs of a lane wait for each other; the second finds nothing left
-- to do. The answer's id is the run.
CREATE FUNCTION api.reconcile_run(p_lane text, p_as_of date, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    lane bank.recon_lane;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    IF NOT EXISTS (SELECT FROM request WHERE request_id = p_request) THEN
        lane := bank.recon_lane_claim(p_lane);
    ELSE
        SELECT * INTO lane FROM recon_lane WHERE code = p_lane;
    END IF;
    RETURN bank.recon_run_keep(p_lane, p_as_of, lane.rule_set_id, true, NULL, p_request);
END $$;
SELECT bank.function_grant('reconcile_run', 'clerk', 'supervisor');
