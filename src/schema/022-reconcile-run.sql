-- Proving the balances of a lane and keeping its days up to date.

-- 余额调节表 of an account at the end of a day: book + statement-only − book-only, with what is
-- adjusted and not yet booked, must be what the statement says.
CREATE FUNCTION bank.recon_proof(p_account_id bigint, p_day date,
    OUT book bigint, OUT statement_only bigint, OUT book_only bigint, OUT statement bigint,
    OUT statement_stated boolean, OUT difference bigint,
    OUT adjusted bigint)
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    a recon_account;
    sums record;
BEGIN
    SELECT * INTO a FROM recon_account WHERE account_id = p_account_id;
    SELECT coalesce(sum(t.amount) FILTER (WHERE t.side = 'L'), 0) AS book,
           coalesce(sum(-t.amount) FILTER (WHERE t.side = 'S'), 0) AS statement,
           coalesce(sum(t.amount - t.closed_amount) FILTER (WHERE t.side = 'L'), 0) AS book_only,
           coalesce(sum(t.closed_amount - t.amount) FILTER (WHERE t.side = 'S'), 0) AS statement_only
      INTO sums
      FROM recon_day_total t WHERE t.account_id = p_account_id AND t.day <= p_day;
    book := coalesce(a.opening_book, a.opening_statement, 0) + sums.book;
    book_only := sums.book_only;
    statement_only := sums.statement_only;
    SELECT closing INTO statement FROM recon_statement
     WHERE account_id = p_account_id AND side = 'S' AND live AND closing IS NOT NULL
       AND kind = 'booked' AND close_date <= p_day
     ORDER BY close_date DESC, number DESC NULLS LAST, page DESC NULLS LAST, statement_id DESC
     LIMIT 1;
    statement_stated := statement IS NOT NULL;
    statement := coalesce(statement,
                          coalesce(a.opening_statement, a.opening_book, 0) + sums.statement);
    -- What confirmed matches adjust and our book has not written yet.
    SELECT coalesce(sum(m.adjustment), 0) INTO adjusted FROM recon_match m
     WHERE m.account_id = p_account_id AND m.adjustment <> 0 AND m.status = 'confirmed'
       AND m.last_day <= p_day;
    difference := book + statement_only - book_only + adjusted - statement;
END $$;

-- Counts the items of a confirmed match as closed on its last day (p_sign 1) or no longer (-1).
CREATE FUNCTION bank.recon_match_close(p_account_id bigint, p_match_id bigint, p_sign int)
RETURNS void LANGUAGE sql SET search_path = bank, pg_temp AS $$
    INSERT INTO recon_day_total AS t (account_id, side, day, closed_lines, closed_amount)
    SELECT m.account_id, i.side, m.last_day, p_sign * count(*), p_sign * sum(mi.amount)
      FROM recon_match m
      JOIN recon_match_item mi ON mi.account_id = m.account_id AND mi.match_id = m.match_id
      JOIN recon_item i ON i.account_id = mi.account_id AND i.item_id = mi.item_id
     WHERE m.account_id = p_account_id AND m.match_id = p_match_id
     GROUP BY m.account_id, i.side, m.last_day
    ON CONFLICT (account_id, side, day) DO UPDATE
       SET closed_lines = t.closed_lines + excluded.closed_lines,
           closed_amount = t.closed_amount + excluded.closed_amount;
$$;

-- Computes the sums of a lane once more from its items and matches.
CREATE FUNCTION bank.recon_totals_rebuild(p_lane_id int) RETURNS void
LANGUAGE sql SET search_path = bank, pg_temp AS $$
    UPDATE recon_day_total t SET lines = 0, amount = 0, closed_lines = 0, closed_amount = 0
      FROM recon_account a WHERE a.lane_id = p_lane_id AND t.account_id = a.account_id;
    INSERT INTO recon_day_total AS t (account_id, side, day, lines, amount, closed_lines, closed_amount)
    SELECT x.account_id, x.side, x.day, sum(x.lines), sum(x.amount), sum(x.closed_lines),
           sum(x.closed_amount)
      FROM (SELECT i.account_id, i.side, i.day, 1 AS lines, i.amount, 0 AS closed_lines,
                   0 AS closed_amount
              FROM recon_item i JOIN recon_account a USING (account_id) WHERE a.lane_id = p_lane_id
            UNION ALL
            SELECT i.account_id, i.side, m.last_day, 0, 0, 1, mi.amount
              FROM recon_account a JOIN recon_match m USING (account_id)
              JOIN recon_match_item mi USING (account_id, match_id)
              JOIN recon_item i USING (account_id, item_id)
             WHERE a.lane_id = p_lane_id AND m.status = 'confirmed' AND mi.live) x
     GROUP BY x.account_id, x.side, x.day
    ON CONFLICT (account_id, side, day) DO UPDATE
       SET lines = excluded.lines, amount = excluded.amount, closed_lines = excluded.closed_lines,
           closed_amount = excluded.closed_amount;
$$;

-- Accounts of a lane whose proof is not zero, by day.
CREATE FUNCTION bank.recon_days_unequal(p_lane_id int, p_days date[])
RETURNS TABLE (day date, accounts bigint) LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT s.day, count(*) FILTER (WHERE s.difference <> 0)
      FROM (SELECT d.day,
                   (coalesce(a.opening_book, a.opening_statement, 0)
                    + coalesce(sum(t.closed_amount), 0)
                    + coalesce(sum(-t.amount) FILTER (WHERE t.side = 'S'), 0)
                    + (SELECT coalesce(sum(m.adjustment), 0) FROM recon_match m
                        WHERE m.account_id = a.account_id AND m.adjustment <> 0
                          AND m.status = 'confirmed' AND m.last_day <= d.day)
                    - coalesce((SELECT s.closing FROM recon_statement s
                                 WHERE s.account_id = a.account_id AND s.side = 'S' AND s.live
                                   AND s.closing IS NOT NULL AND s.kind = 'booked'
                                   AND s.close_date <= d.day
                                 ORDER BY s.close_date DESC, s.number DESC NULLS LAST,
                                          s.page DESC NULLS LAST, s.statement_id DESC LIMIT 1),
                               coalesce(a.opening_statement, a.opening_book, 0)
                               + coalesce(sum(-t.amount) FILTER (WHERE t.side = 'S'), 0)))
                   AS difference
              FROM recon_account a CROSS JOIN unnest(p_days) d (day)
              LEFT JOIN recon_day_total t ON t.account_id = a.account_id AND t.day <= d.day
             WHERE a.lane_id = p_lane_id
             GROUP BY a.account_id, d.day) s
     GROUP BY s.day
$$;

-- Brings the lane's lines for some days up to date.
CREATE FUNCTION bank.recon_days_refresh(p_lane_id int, p_days date[], p_run bigint DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    INSERT INTO recon_lane_day (lane_id, day, unit_id, status, book_count, statement_count,
        book_open, statement_open, held_files, difference_count)
    SELECT p_lane_id, d, l.unit_id, 'waiting', 0, 0, 0, 0, 0, 0
      FROM recon_lane l, unnest(p_days) d WHERE l.lane_id = p_lane_id AND d IS NOT NULL
     ORDER BY d
    ON CONFLICT DO NOTHING;
    -- Who comes second counts what the first has written.
    PERFORM FROM recon_lane_day WHERE lane_id = p_lane_id AND day = ANY (p_days)
      ORDER BY day FOR UPDATE;
    WITH total AS (
        SELECT t.day, sum(t.lines) FILTER (WHERE t.side = 'L') AS book,
               sum(t.lines) FILTER (WHERE t.side = 'S') AS statement,
               sum(t.fresh_lines) FILTER (WHERE t.side = 'L') AS book_fresh,
               sum(t.fresh_lines) FILTER (WHERE t.side = 'S') AS statement_fresh,
               sum(t.value) AS value, sum(t.fresh_value) AS fresh_value
          FROM recon_account a JOIN recon_day_total t USING (account_id)
         WHERE a.lane_id = p_lane_id AND t.day = ANY (p_days) GROUP BY t.day),
    open AS (
        SELECT o.day, count(*) FILTER (WHERE o.side = 'L') AS book,
               count(*) FILTER (WHERE o.side = 'S') AS statement, sum(abs(o.amount)) AS value
          FROM recon_account a JOIN recon_open o USING (account_id)
         WHERE a.lane_id = p_lane_id AND o.day = ANY (p_days) GROUP BY o.day),
    held AS (
        SELECT s.close_date AS day, count(DISTINCT f.file_id) AS files
          FROM recon_file f JOIN recon_statement s USING (file_id) JOIN recon_account a USING (account_id)
         WHERE f.status = 'quarantined' AND a.lane_id = p_lane_id AND s.close_date = ANY (p_days)
         GROUP BY s.close_date),
    fact AS (
        SELECT d.day, coalesce(t.book, 0) AS book, coalesce(t.statement, 0) AS statement,
               coalesce(o.book, 0) + coalesce(t.book_fresh, 0) AS book_open,
               coalesce(o.statement, 0) + coalesce(t.statement_fresh, 0) AS statement_open,
               coalesce(t.value, 0) AS value,
               coalesce(o.value, 0) + coalesce(t.fresh_value, 0) AS open_value,
               coalesce(h.files, 0) AS held, coalesce(u.accounts, 0) AS unequal,
               coalesce(p_run, (SELECT max(r.run_id) FROM recon_run r
                                 WHERE r.lane_id = p_lane_id AND r.as_of >= d.day)) AS run_id
          FROM unnest(p_days) d (day)
          LEFT JOIN total t USING (day) LEFT JOIN open o USING (day) LEFT JOIN held h USING (day)
          LEFT JOIN bank.recon_days_unequal(p_lane_id, p_days) u USING (day))
    UPDATE recon_lane_day l
       SET book_count = f.book, statement_count = f.statement, book_open = f.book_open,
           statement_open = f.statement_open, held_files = f.held, difference_count = f.unequal,
           value = f.value, open_value = f.open_value, run_id = f.run_id,
           run_at = (SELECT r.ended_at FROM recon_run r WHERE r.run_id = f.run_id),
           status = CASE WHEN f.held > 0 THEN 'held'
                         WHEN f.book = 0 OR f.statement = 0 THEN 'waiting'
                         WHEN f.run_id IS NULL THEN 'imported'
                         WHEN f.unequal > 0 THEN 'differs'
                         WHEN f.book_open + f.statement_open > 0 THEN 'breaks'
                         ELSE 'balanced' END
      FROM fact f WHERE l.lane_id = p_lane_id AND l.day = f.day;
END $$;

CREATE FUNCTION bank.recon_day_refresh(p_lane_id int, p_day date, p_run bigint DEFAULT NULL)
RETURNS void LANGUAGE sql SET search_path = bank, pg_temp AS $$
    SELECT bank.recon_days_refresh(p_lane_id, ARRAY[p_day], p_run) $$;

-- The days that an imported, held, released or rejected file touches: its own, and those after it,
-- whose balances it may change.
CREATE FUNCTION bank.recon_held_refresh(p_file bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    touched record;
BEGIN
    FOR touched IN SELECT a.lane_id, array_agg(DISTINCT s.close_date)
                              FILTER (WHERE s.close_date IS NOT NULL) AS days,
                          min(least(s.open_date, s.close_date, (
                              SELECT min(t.day) FROM recon_day_total t
                               WHERE t.account_id = s.account_id AND t.side = s.side
                                 AND t.fresh_lines > 0))) AS first
                     FROM recon_statement s JOIN recon_account a USING (account_id)
                    WHERE s.file_id = p_file GROUP BY a.lane_id ORDER BY a.lane_id LOOP
        PERFORM bank.recon_days_refresh(touched.lane_id, array_agg(d.day))
           FROM (SELECT unnest(touched.days) AS day UNION
                 SELECT l.day FROM recon_lane_day l
                  WHERE l.lane_id = touched.lane_id AND l.day > touched.first) d
         WHERE d.day IS NOT NULL HAVING count(*) > 0;
        PERFORM bank.recon_signed_refresh(touched.lane_id, touched.first);
    END LOOP;
END $$;

-- Statements of a lane that no run has looked at.
CREATE FUNCTION bank.recon_fresh(p_lane_id int) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT coalesce(array_agg(s.statement_id ORDER BY s.statement_id), '{}')
      FROM recon_account a JOIN recon_statement s USING (account_id)
     WHERE a.lane_id = p_lane_id AND s.fresh AND s.live
$$;

-- What earlier runs left open and nobody has proposed to match.
CREATE VIEW bank.recon_left AS
SELECT a.lane_id, i.*
  FROM bank.recon_account a
  JOIN bank.recon_open o ON o.account_id = a.account_id
  JOIN bank.recon_item i ON i.account_id = o.account_id AND i.item_id = o.item_id
 WHERE (o.account_id, o.item_id) NOT IN ( -- few: looked up once
           SELECT x.account_id, x.item_id FROM bank.recon_match m
             JOIN bank.recon_member x USING (account_id, match_id)
            WHERE m.status = 'proposed' AND x.live);
ALTER VIEW bank.recon_left OWNER TO bankops_api;

-- The latter of one lane in a table of the transaction: read by index, few beside all that ever was.
CREATE FUNCTION bank.recon_run_open(p_lane_id int) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET enable_hashjoin = off SET enable_mergejoin = off SET default_statistics_target = 10 AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.run_open;
    CREATE TEMP TABLE run_open ON COMMIT DROP AS
    SELECT false AS fresh, l.account_id, l.item_id, l.side, l.amount, l.currency, l.value_date, l.day,
           l.reference, l.narrative, l.bank_reference, bank.recon_key(l.reference) AS key
      FROM recon_left l WHERE l.lane_id = p_lane_id;
    ANALYZE run_open;
END $$;

-- What an engine reads. Fresh lines: by the statements that api.run_begin names. Amounts are
-- movements.
CREATE VIEW api.fresh_line_list WITH (security_barrier) AS
SELECT i.statement_id, i.day, i.item_id, i.account_id, i.side,
       CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END AS movement, i.currency, i.value_date,
       i.reference, i.narrative, i.source_id, i.fingerprint, i.occurrence, i.counterparty
  FROM bank.recon_line i
 WHERE i.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
CREATE VIEW api.open_line_list WITH (security_barrier) AS
SELECT l.lane_id, l.day, l.item_id, l.account_id, l.side,
       CASE l.side WHEN 'L' THEN l.amount ELSE -l.amount END AS movement, l.currency, l.value_date,
       l.reference, l.narrative, l.source_id, l.fingerprint, l.occurrence, l.counterparty
  FROM bank.recon_left l
 WHERE l.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('fresh_line_list', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.view_grant('open_line_list', 'clerk', 'supervisor', 'auditor', 'admin');

-- The lane, locked until the transaction ends: a second run of it waits.
CREATE FUNCTION bank.recon_lane_claim(p_lane text) RETURNS bank.recon_lane
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    lane recon_lane;
BEGIN
    SELECT * INTO lane FROM recon_lane l
     WHERE l.code = p_lane AND l.active
       AND l.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such lane in your units.', p_lane,
                          'Choose it from the list of lanes (:rec).', 'p_lane');
    END IF;
    RETURN lane;
END $$;

-- A lane's rule set as the engine gets it: with the lane's own fee and tolerance, and the prefixes
-- and names of payers that a checker approved.
CREATE FUNCTION bank.recon_rules_of(p_lane bank.recon_lane, p_rule_set_id int) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT jsonb_set(jsonb_set(jsonb_set(r.spec::jsonb, '{rules}',
               (SELECT jsonb_agg(CASE WHEN e.rule ? 'fee' THEN jsonb_set(e.rule, '{fee}',
                           jsonb_build_object(
                               'low', trim_scale(round(p_lane.fee_low / 10000.0, 4))::text,
                               'high', trim_scale(round(p_lane.fee_high / 10000.0, 4))::text)
                           || CASE WHEN p_lane.fee_fixed > 0 THEN
                                   jsonb_build_object('fixed', p_lane.fee_fixed::text)
                              ELSE '{}' END) ELSE e.rule END ORDER BY e.n)
                  FROM jsonb_array_elements(r.spec::jsonb->'rules') WITH ORDINALITY AS e (rule, n))
               || CASE WHEN p_lane.tolerance = 0 THEN '[]' ELSE jsonb_build_array(jsonb_build_object(
                      'name', 'tolerance', 'match', 'reference', 'writing', 'same',
                      'days', '{"early": 5, "late": 10}'::jsonb,
                      'amount', jsonb_build_object('tolerance', p_lane.tolerance::text),
                      'status', 'suggest')) END),
               '{prefixes}', (SELECT coalesce(jsonb_agg(DISTINCT w), '[]') FROM (
                   SELECT jsonb_array_elements_text(r.spec::jsonb->'prefixes') AS w
                   UNION SELECT unnest(bank.recon_prefixes(p_lane.lane_id, 'L')
                                       || bank.recon_prefixes(p_lane.lane_id, 'S'))) p
                   WHERE w ~ '^[A-Z0-9]{1,16}$')),
               '{payers}', coalesce(r.spec::jsonb->'payers', '[]') || bank.recon_payers(p_lane.lane_id))
      FROM recon_rule_set r WHERE r.rule_set_id = p_rule_set_id
$$;

-- Refuses a run up to a day that has not come: by the business date or, where the day-end is late, by
-- the calendar.
CREATE FUNCTION bank.recon_day_come(p_as_of date) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    IF p_as_of > greatest(bank.today(), bank.local_day(now())) THEN
        PERFORM bank.fail('BO422', 'This day has not come yet.', p_as_of::text,
                          'Reconcile up to the business date, or a day before it.', 'p_as_of');
    END IF;
END $$;

-- Begins a run in the transaction of the caller: locks the lane, names its fresh statements and tells
-- by which rules to match them and what api.open_line_list shows of it up to the day. p_rule_set_id:
-- NULL for the approved set; another one can be tried, but not committed (api.run_commit). bulk: from
-- so many plain pairs on the database finds them itself (p_unique of api.run_commit).
CREATE FUNCTION api.run_begin(p_lane text, p_as_of date, p_rule_set_id int)
RETURNS TABLE (lane_id int, as_of date, rule_set_id int, rule_version int, rules text, fresh text,
              bulk boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    lane bank.recon_lane;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    PERFORM bank.recon_day_come(p_as_of);
    lane := bank.recon_lane_claim(p_lane);
    RETURN QUERY SELECT lane.lane_id, coalesce(p_as_of, bank.today()), r.rule_set_id, r.version,
                        bank.recon_rules_of(lane, r.rule_set_id)::text,
                        bank.recon_fresh(lane.lane_id)::text,
                        (SELECT least(s.book, s.statement) FROM bank.recon_run_seen(lane.lane_id,
                             coalesce(p_as_of, bank.today())) s) >= bank.setting('recon_segment_lines')::bigint
      FROM recon_rule_set r WHERE r.rule_set_id = coalesce(p_rule_set_id, lane.rule_set_id);
END $$;
SELECT bank.function_grant('run_begin', 'clerk', 'supervisor', 'admin'); -- who only tries rules, too

-- The text with full-width digits and letters as the narrow ones, as an engine reads them.
CREATE FUNCTION bank.recon_narrow(p_text text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_text ~ '^[ -~]*$' THEN p_text
                ELSE translate(p_text, '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ',
                               '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') END
$$;

-- The number that a reference is built around: without letters before at least eight digits or a
-- known prefix, without leading zeros, but for the last five characters, and the number of a part
-- ("-2"). NULL when there are fewer.
CREATE FUNCTION bank.recon_core(p_reference text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    k text;
BEGIN
    IF p_reference ~ '^[1-9][0-9]{4,}$' THEN
        RETURN p_reference;
    END IF;
    k := bank.recon_key(regexp_replace(bank.recon_narrow(p_reference), '[-/][0-9]{1,2}$', ''));
    k := CASE WHEN k ~ '^[A-Z]+[0-9]{8,}$' THEN ltrim(k, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
              ELSE regexp_replace(k, '^(REF|UPOP|NET|ALI|WX|TX)(?=.{5,})', '') END;
    k := CASE WHEN k ~ '^0+$' THEN '' WHEN k ~ '^0+.{0,4}$' THEN right(k, 5) ELSE ltrim(k, '0') END;
    RETURN CASE WHEN length(k) >= 5 THEN k END;
END $$;

-- Whether a text holds a reference of at least eight characters, with its leading zeros or without.
CREATE FUNCTION bank.recon_holds(p_text text, p_reference text, p_core text)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT length(p_core) >= 8 AND strpos(t.key, p_core) > 0
           OR length(r.key) >= 8 AND strpos(t.key, r.key) > 0
      FROM (SELECT bank.recon_key(bank.recon_narrow(p_text)) AS key) t,
           (SELECT bank.recon_key(bank.recon_narrow(p_reference)) AS key) r
$$;

-- Whether two lines visibly carry one reference: the same number, or the one inside what the other
-- says (at least eight characters of it).
CREATE FUNCTION bank.recon_keyed(p_reference text, p_text text, p_other text, p_other_text text)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    a text := coalesce(bank.recon_core(p_reference), '-');
    b text := coalesce(bank.recon_core(p_other), '=');
BEGIN
    RETURN coalesce(a = b OR length(least(a, b)) >= 8 AND length(a) <> length(b)
                       AND (left(a, length(b)) = b OR left(b, length(a)) = a
                            OR right(a, length(b)) = b OR right(b, length(a)) = a)
                    OR bank.recon_holds(p_other || p_other_text, p_reference, a)
                    OR bank.recon_holds(p_reference || p_text, p_other, b), false);
END $$;

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
                          coalesce(bank.login_name(b.owner), ''), 'Refresh and try again.');
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

