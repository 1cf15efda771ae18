-- Matching a lane, opening its breaks, proving its balances.

-- 余额调节表 of an account at the end of a day, from the items alone:
-- book + statement-only − book-only must be what the statement says; approved adjustments that the
-- book has not written yet count with what only the statement has.
CREATE FUNCTION bank.recon_proof(p_account_id bigint, p_day date,
    OUT book bigint, OUT statement_only bigint, OUT book_only bigint, OUT statement bigint,
    OUT statement_stated boolean, OUT difference bigint,
    OUT adjusted bigint)
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    a recon_account;
    sums record;
    late record;
BEGIN
    SELECT * INTO a FROM recon_account WHERE account_id = p_account_id;
    SELECT coalesce(sum(amount) FILTER (WHERE side = 'L'), 0) AS book,
           coalesce(sum(-amount) FILTER (WHERE side = 'S'), 0) AS statement INTO sums
      FROM recon_item WHERE account_id = p_account_id AND day <= p_day;
    book := coalesce(a.opening_book, a.opening_statement, 0) + sums.book;
    SELECT closing INTO statement FROM recon_statement
     WHERE account_id = p_account_id AND side = 'S' AND live AND closing IS NOT NULL
       AND close_date <= p_day
     ORDER BY close_date DESC, number DESC NULLS LAST, page DESC NULLS LAST, statement_id DESC
     LIMIT 1;
    statement_stated := statement IS NOT NULL;
    statement := coalesce(statement,
                          coalesce(a.opening_statement, a.opening_book, 0) + sums.statement);
    SELECT coalesce(sum(amount) FILTER (WHERE side = 'L'), 0) AS book,
           coalesce(sum(-amount) FILTER (WHERE side = 'S'), 0) AS statement INTO sums
      FROM recon_open WHERE account_id = p_account_id AND day <= p_day;
    -- What a later day matched was open on this one.
    SELECT coalesce(sum(i.amount) FILTER (WHERE i.side = 'L'), 0) AS book,
           coalesce(sum(-i.amount) FILTER (WHERE i.side = 'S'), 0) AS statement INTO late
      FROM recon_match m
      JOIN recon_match_item mi ON mi.account_id = m.account_id AND mi.match_id = m.match_id AND mi.live
      JOIN recon_item i ON i.account_id = mi.account_id AND i.item_id = mi.item_id
     WHERE m.account_id = p_account_id AND m.first_day < m.last_day AND m.last_day > p_day
       AND m.first_day <= p_day AND i.day <= p_day;
    book_only := sums.book + late.book;
    statement_only := sums.statement + late.statement;
    -- What confirmed matches adjust and our book has not written yet.
    SELECT coalesce(sum(m.adjustment), 0) INTO adjusted FROM recon_match m
     WHERE m.account_id = p_account_id AND m.adjustment <> 0 AND m.status = 'confirmed'
       AND m.last_day <= p_day;
    difference := book + statement_only - book_only + adjusted - statement;
END $$;

-- Brings the lane's line for a day up to date.
CREATE FUNCTION bank.recon_day_refresh(p_lane_id int, p_day date, p_run bigint DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    n record;
    held int;
    unequal int;
    v_status text;
    v_run bigint;
BEGIN
    SELECT (SELECT count(*) FROM recon_item i JOIN recon_account a USING (account_id)
             WHERE a.lane_id = p_lane_id AND i.day = p_day AND i.side = 'L') AS book,
           (SELECT count(*) FROM recon_item i JOIN recon_account a USING (account_id)
             WHERE a.lane_id = p_lane_id AND i.day = p_day AND i.side = 'S') AS statement,
           count(*) FILTER (WHERE o.side = 'L') AS book_open,
           count(*) FILTER (WHERE o.side = 'S') AS statement_open INTO n
      FROM recon_open o JOIN recon_account a USING (account_id)
     WHERE a.lane_id = p_lane_id AND o.day = p_day;
    SELECT count(DISTINCT f.file_id) INTO held
      FROM recon_file f JOIN recon_statement s USING (file_id) JOIN recon_account a USING (account_id)
     WHERE f.status = 'quarantined' AND a.lane_id = p_lane_id AND s.close_date = p_day;
    SELECT count(*) INTO unequal
      FROM recon_account a, LATERAL bank.recon_proof(a.account_id, p_day) p
     WHERE a.lane_id = p_lane_id AND p.difference <> 0;
    SELECT coalesce(p_run, max(run_id)) INTO v_run FROM recon_run
     WHERE lane_id = p_lane_id AND as_of >= p_day;
    v_status := CASE WHEN held > 0 THEN 'held'
                     WHEN n.book = 0 OR n.statement = 0 THEN 'waiting'
                     WHEN v_run IS NULL THEN 'imported'
                     WHEN unequal > 0 THEN 'differs'
                     WHEN n.book_open + n.statement_open > 0 THEN 'breaks'
                     ELSE 'balanced' END;
    INSERT INTO recon_lane_day AS d (lane_id, day, unit_id, status, book_count, statement_count,
        book_open, statement_open, held_files, difference_count, run_id, run_at)
    SELECT p_lane_id, p_day, l.unit_id, v_status, n.book, n.statement, n.book_open,
           n.statement_open, held, unequal, v_run, r.ended_at
      FROM recon_lane l LEFT JOIN recon_run r ON r.run_id = v_run
     WHERE l.lane_id = p_lane_id
    ON CONFLICT (lane_id, day) DO UPDATE SET status = excluded.status,
        book_count = excluded.book_count, statement_count = excluded.statement_count,
        book_open = excluded.book_open, statement_open = excluded.statement_open,
        held_files = excluded.held_files, difference_count = excluded.difference_count,
        run_id = excluded.run_id, run_at = excluded.run_at;
END $$;

-- The days that a held, released or rejected file touches.
CREATE FUNCTION bank.recon_held_refresh(p_file bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    PERFORM bank.recon_day_refresh(d.lane_id, d.day)
       FROM (SELECT DISTINCT a.lane_id, s.close_date AS day
               FROM recon_statement s JOIN recon_account a USING (account_id)
              WHERE s.file_id = p_file AND s.close_date IS NOT NULL) d;
END $$;

-- Rule "exact": same normalised reference, amount and currency, and nothing else on either side
-- that could be meant. Returns the number of matches. Each step keeps far more rows than the planner
-- expects: without nested loops a run over 10,000 lines takes 1.5 s instead of 6 s.
CREATE FUNCTION bank.recon_match_exact(p_lane bank.recon_lane, p_as_of date, p_run bigint, p_version int)
RETURNS bigint LANGUAGE plpgsql SET search_path = bank, pg_temp SET enable_nestloop = off AS $$
DECLARE
    matched bigint;
BEGIN
    WITH book AS MATERIALIZED (
        SELECT o.* FROM recon_open o JOIN recon_account a USING (account_id)
         WHERE a.lane_id = p_lane.lane_id AND o.side = 'L' AND o.key <> '' AND o.day <= p_as_of
           AND NOT EXISTS (SELECT FROM recon_match_item x WHERE x.account_id = o.account_id
                           AND x.item_id = o.item_id AND x.live)),
    statement AS MATERIALIZED (
        SELECT o.* FROM recon_open o JOIN recon_account a USING (account_id)
         WHERE a.lane_id = p_lane.lane_id AND o.side = 'S' AND o.key <> '' AND o.day <= p_as_of
           AND NOT EXISTS (SELECT FROM recon_match_item x WHERE x.account_id = o.account_id
                           AND x.item_id = o.item_id AND x.live)),
    pair AS MATERIALIZED (
        SELECT b.account_id, b.item_id AS book_id, s.item_id AS statement_id, b.amount, b.key,
               least(b.day, s.day) AS first_day, greatest(b.day, s.day) AS last_day
          FROM book b JOIN statement s
            ON s.account_id = b.account_id AND s.key = b.key AND s.currency = b.currency
           AND s.amount = -b.amount),
    unique_book AS (
        SELECT account_id, book_id, min(statement_id) AS statement_id, min(amount) AS amount,
               min(key) AS key, min(first_day) AS first_day, min(last_day) AS last_day
          FROM pair GROUP BY account_id, book_id HAVING count(*) = 1),
    unique_statement AS (
        SELECT account_id, statement_id FROM pair
         GROUP BY account_id, statement_id HAVING count(*) = 1),
    chosen AS MATERIALIZED (
        SELECT nextval('bank.recon_match_match_id_seq') AS match_id, b.*
          FROM unique_book b JOIN unique_statement s USING (account_id, statement_id)
         -- What a person took apart is not put together again by a rule.
         WHERE NOT EXISTS (SELECT FROM recon_match_item x JOIN recon_match_item y
                               ON y.account_id = x.account_id AND y.match_id = x.match_id
                            WHERE x.account_id = b.account_id AND x.item_id = b.book_id
                              AND NOT x.live AND y.item_id = b.statement_id AND NOT y.live)),
    matches AS (
        INSERT INTO recon_match (account_id, match_id, unit_id, run_id, rule, rule_version,
            cardinality, key, amount, first_day, last_day, evidence, status)
        OVERRIDING SYSTEM VALUE
        SELECT account_id, match_id, p_lane.unit_id, p_run, 'exact', p_version, '1:1', key, amount,
               first_day, last_day, '', 'confirmed'
          FROM chosen),
    items AS (
        INSERT INTO recon_match_item (account_id, match_id, item_id, amount)
        SELECT account_id, match_id, book_id, amount FROM chosen
        UNION ALL
        SELECT account_id, match_id, statement_id, -amount FROM chosen),
    gone AS (
        DELETE FROM recon_open o USING (SELECT account_id, book_id AS item_id FROM chosen
                                        UNION ALL SELECT account_id, statement_id FROM chosen) c
         WHERE o.account_id = c.account_id AND o.item_id = c.item_id),
    healed AS (
        DELETE FROM recon_break o USING (SELECT account_id, book_id AS item_id FROM chosen
                                         UNION ALL SELECT account_id, statement_id FROM chosen) c
         WHERE o.account_id = c.account_id AND o.item_id = c.item_id)
    SELECT count(*) INTO matched FROM chosen;
    RETURN matched;
END $$;

-- Matches what is open in a lane up to a day (NULL: the business date) and opens breaks for the
-- rest. Two runs of a lane wait for each other; the second finds nothing left to do. The answer's
-- id is the run.
CREATE FUNCTION api.reconcile_run(p_lane text, p_as_of date, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    lane bank.recon_lane;
    v_as_of date := coalesce(p_as_of, bank.today());
    v_started timestamptz := clock_timestamp();
    v_run bigint;
    v_matched bigint;
    v_version int;
    seen record;
    d date;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'reconcile_run', jsonb_build_array(p_lane, p_as_of));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO lane FROM recon_lane l
     WHERE l.code = p_lane AND l.active
       AND l.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such lane in your units.', p_lane,
                          'Choose it from the list of lanes (:rec).', 'p_lane');
    END IF;
    SELECT version INTO v_version FROM recon_rule_set WHERE rule_set_id = lane.rule_set_id;
    SELECT count(*) FILTER (WHERE o.side = 'L') AS book,
           count(*) FILTER (WHERE o.side = 'S') AS statement INTO seen
      FROM recon_open o JOIN recon_account a USING (account_id)
     WHERE a.lane_id = lane.lane_id AND o.day <= v_as_of;
    INSERT INTO recon_run (lane_id, unit_id, as_of, rule_set_id, book_count, statement_count,
                           match_count, break_count, started_at)
    VALUES (lane.lane_id, lane.unit_id, v_as_of, lane.rule_set_id, seen.book, seen.statement, 0, 0,
            v_started)
    RETURNING run_id INTO v_run;
    -- Vouchers of approved adjustments that came with our book, before any rule.
    PERFORM bank.recon_vouchers_settle(lane, v_as_of, v_run);
    v_matched := bank.recon_match_exact(lane, v_as_of, v_run, v_version);
    UPDATE recon_run SET match_count = v_matched,
           break_count = bank.recon_break_open(lane, v_as_of, v_run), ended_at = clock_timestamp()
     WHERE run_id = v_run;
    FOR d IN SELECT m.first_day FROM recon_match m WHERE m.run_id = v_run
             UNION SELECT m.last_day FROM recon_match m WHERE m.run_id = v_run
             UNION SELECT day FROM recon_lane_day
                    WHERE lane_id = lane.lane_id AND day <= v_as_of AND status <> 'balanced' LOOP
        PERFORM bank.recon_day_refresh(lane.lane_id, d, v_run);
    END LOOP;
    PERFORM bank.audit_write('run', 'recon_lane', lane.lane_id::text, NULL, NULL,
        jsonb_build_object('run', v_run, 'as_of', v_as_of, 'matched', v_matched));
    RETURN bank.request_done(p_request, v_run::text, 'The lane is reconciled.');
END $$;
SELECT bank.function_grant('reconcile_run', 'clerk', 'supervisor');

CREATE FUNCTION bank.recon_break_locked(p_account_id bigint, p_item_id bigint, p_version bigint)
RETURNS bank.recon_break LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    b recon_break;
BEGIN
    SELECT * INTO b FROM recon_break
     WHERE account_id = p_account_id AND item_id = p_item_id
       AND unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such break in your units.', p_item_id::text,
                          'It may be matched meanwhile; refresh the list.', 'p_item_id');
    ELSIF p_version IS NOT NULL AND b.version <> p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.',
                          coalesce(b.owner, ''), 'Refresh and try again.');
    END IF;
    RETURN b;
END $$;

-- Writes a note to a break.
CREATE FUNCTION api.break_note(p_account_id bigint, p_item_id bigint, p_text text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'break_note',
                                  jsonb_build_array(p_account_id, p_item_id, p_text));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF coalesce(length(trim(p_text)), 0) NOT BETWEEN 1 AND 2000 THEN
        PERFORM bank.fail('BO422', 'The note needs 1 to 2000 characters.', NULL, NULL, 'p_text');
    END IF;
    PERFORM bank.recon_break_locked(p_account_id, p_item_id, NULL);
    INSERT INTO recon_note (account_id, item_id, text) VALUES (p_account_id, p_item_id, p_text);
    PERFORM bank.audit_write('note', 'recon_item', p_item_id::text, NULL, NULL,
                             jsonb_build_object('text', p_text));
    RETURN bank.request_done(p_request, p_item_id::text, 'The note is kept.');
END $$;
SELECT bank.function_grant('break_note', 'clerk', 'supervisor');

-- Gives a break to a member of staff whose units include it (NULL or '': the caller).
CREATE FUNCTION api.break_assign(p_account_id bigint, p_item_id bigint, p_owner text,
                                 p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    b bank.recon_break;
    v_owner text := coalesce(nullif(trim(p_owner), ''), session_user);
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'break_assign',
        jsonb_build_array(p_account_id, p_item_id, p_owner, p_version));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    b := bank.recon_break_locked(p_account_id, p_item_id, p_version);
    IF v_owner <> session_user THEN
        PERFORM bank.require_role('supervisor');
    END IF;
    IF NOT EXISTS (SELECT FROM staff s JOIN unit u ON u.unit_id = s.scope_id
                   WHERE s.login = v_owner AND s.active AND s.role IN ('clerk', 'supervisor')
                     AND b.unit_id BETWEEN u.low AND u.high) THEN
        PERFORM bank.fail('BO422', 'This colleague does not work on this lane.', v_owner,
                          'Name a clerk or supervisor whose units include it.', 'p_owner');
    END IF;
    UPDATE recon_break SET owner = v_owner, version = version + 1
     WHERE account_id = p_account_id AND item_id = p_item_id;
    PERFORM bank.audit_write('assign', 'recon_item', p_item_id::text, NULL,
        jsonb_build_object('owner', b.owner), jsonb_build_object('owner', v_owner));
    RETURN bank.request_done(p_request, p_item_id::text, 'The break has an owner.');
END $$;
SELECT bank.function_grant('break_assign', 'clerk', 'supervisor');

-- Says why a break is there, by code.
CREATE FUNCTION api.break_reason(p_account_id bigint, p_item_id bigint, p_reason text,
                                 p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    b bank.recon_break;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'break_reason',
        jsonb_build_array(p_account_id, p_item_id, p_reason, p_version));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF p_reason IS NULL OR p_reason NOT IN ('timing', 'fee', 'our-error', 'bank-error', 'returned',
                                            'document', 'investigating') THEN
        PERFORM bank.fail('BO422', 'There is no such reason.', p_reason,
                          'Choose one of the list.', 'p_reason');
    END IF;
    b := bank.recon_break_locked(p_account_id, p_item_id, p_version);
    UPDATE recon_break SET reason = p_reason, version = version + 1
     WHERE account_id = p_account_id AND item_id = p_item_id;
    PERFORM bank.audit_write('reason', 'recon_item', p_item_id::text, NULL,
        jsonb_build_object('reason', b.reason), jsonb_build_object('reason', p_reason));
    RETURN bank.request_done(p_request, p_item_id::text, 'The reason is kept.');
END $$;
SELECT bank.function_grant('break_reason', 'clerk', 'supervisor');

