-- Breaks: what kind each is, when it counts, who owns it, what must go higher.

INSERT INTO bank.setting (name, value, note) VALUES
    ('recon_fee_most', '5000', 'a difference up to this (minor units) and 1 % in favour of the other bank is a fee'),
    ('recon_date_most', '5', 'days between the sides beyond which a break is one of dates'),
    ('recon_escalate_1', '2', 'days after its due day when a break nobody took is escalated'),
    ('recon_escalate_2', '30', 'age in days at which a break goes to the head of the branch'),
    ('recon_escalate_3', '90', 'age in days at which a break goes to the head office');

-- The breaks that a lane has: break_was; and its lines that wait for a second person: break_waiting. Read by
-- index, few beside those of all lanes.
CREATE FUNCTION bank.recon_break_known(p_lane_id int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO pg_temp.break_was
    SELECT b.account_id, b.item_id, b.category, b.related_item_id
      FROM recon_account a JOIN recon_break b USING (account_id) WHERE a.lane_id = p_lane_id;
    INSERT INTO pg_temp.break_waiting
    SELECT x.account_id, x.item_id
      FROM recon_match m -- few wait, in the whole bank
      JOIN recon_account a ON a.account_id = m.account_id AND a.lane_id = p_lane_id
      JOIN recon_member x ON x.account_id = m.account_id AND x.match_id = m.match_id AND x.live
     WHERE m.status = 'proposed';
END $$;
ALTER FUNCTION bank.recon_break_known(int) OWNER TO bankops_owner;
REVOKE ALL ON FUNCTION bank.recon_break_known(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bank.recon_break_known(int) TO bankops_api;

-- The open lines of a lane and whether others carry their reference: break_line. A reference stands for
-- one account; where a lane has several currencies (p_many), also for lines of the others.
CREATE FUNCTION bank.recon_break_lines(p_lane_id int, p_as_of date, p_many boolean) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning SET work_mem = '128MB'
SET default_statistics_target = 10 AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.break_was, pg_temp.break_waiting, pg_temp.break_line;
    CREATE TEMP TABLE break_was (account_id bigint, item_id bigint, category text COLLATE "C", related_item_id bigint)
        ON COMMIT DROP;
    CREATE TEMP TABLE break_waiting (account_id bigint, item_id bigint) ON COMMIT DROP;
    GRANT INSERT ON break_was, break_waiting TO bankops_owner;
    PERFORM bank.recon_break_known(p_lane_id);
    ANALYZE break_was;
    CREATE TEMP TABLE break_line ON COMMIT DROP AS
    WITH line AS MATERIALIZED (
        SELECT o.account_id, o.item_id, o.side, o.amount, o.currency, o.value_date, o.key, o.day <= p_as_of AS due,
               CASE o.side WHEN 'L' THEN o.amount ELSE -o.amount END AS movement,
               CASE WHEN o.key <> ''
                    THEN hashtextextended(o.key, CASE WHEN p_many THEN 0 ELSE o.account_id END) END AS told
          FROM recon_account a JOIN recon_open o USING (account_id)
         WHERE a.lane_id = p_lane_id),
    again AS MATERIALIZED (
        SELECT t.told FROM (SELECT told FROM line WHERE told IS NOT NULL ORDER BY told OFFSET 0) t
         GROUP BY t.told HAVING count(*) > 1)
    SELECT l.*, l.told IN (SELECT a.told FROM again a) IS TRUE AS alike, b.category, b.related_item_id AS related,
           b.item_id IS NOT NULL AS known
      FROM line l LEFT JOIN break_was b USING (account_id, item_id);
END $$;

-- What stands near the lines of break_line that share their reference (break_near): their like on their own
-- side, and the line of the other side whose movement comes nearest.
CREATE FUNCTION bank.recon_break_near() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET work_mem = '64MB' SET enable_nestloop = off SET enable_mergejoin = off AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.break_group, pg_temp.break_near;
    -- Equal lines; less and more: the movements of the other side next to theirs.
    CREATE TEMP TABLE break_group ON COMMIT DROP AS
    SELECT t.*, CASE t.side WHEN 'L' THEN 'S' ELSE 'L' END AS facing,
           CASE t.side WHEN 'L' THEN max(movement) FILTER (WHERE side = 'S') OVER below
                       ELSE max(movement) FILTER (WHERE side = 'L') OVER below END AS less,
           CASE t.side WHEN 'L' THEN min(movement) FILTER (WHERE side = 'S') OVER above
                       ELSE min(movement) FILTER (WHERE side = 'L') OVER above END AS more
      FROM (SELECT account_id, key, side, movement, min(currency) AS currency, count(*) AS copies,
                   min(item_id) AS first, max(item_id) AS last, min(value_date) AS value_date
              FROM break_line WHERE alike GROUP BY account_id, key, side, movement) t
    WINDOW below AS (PARTITION BY account_id, key ORDER BY movement),
           above AS (PARTITION BY account_id, key ORDER BY movement
                     RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING);
    CREATE TEMP TABLE break_near ON COMMIT DROP AS
    SELECT g.account_id, g.key, g.side, g.movement, g.last,
           CASE WHEN g.copies > 1 THEN 'duplicate' WHEN o.first IS NOT NULL THEN 'status' END AS own,
           CASE WHEN g.copies > 1 THEN g.first ELSE o.first END AS own_id,
           CASE WHEN n.more THEN m.movement ELSE l.movement END AS other,
           CASE WHEN n.more THEN m.first ELSE l.first END AS other_id,
           CASE WHEN n.more THEN m.value_date ELSE l.value_date END AS other_date,
           CASE WHEN n.more THEN m.copies ELSE l.copies END AS copies, x.foreign_id
      FROM break_group g
      LEFT JOIN break_group o ON o.account_id = g.account_id AND o.key = g.key AND o.side = g.side
           AND o.movement = -g.movement AND g.movement <> 0
      LEFT JOIN break_group l ON l.account_id = g.account_id AND l.key = g.key AND l.side = g.facing
           AND l.movement = g.less
      LEFT JOIN break_group m ON m.account_id = g.account_id AND m.key = g.key AND m.side = g.facing
           AND m.movement = g.more
      LEFT JOIN (SELECT g.key, g.side, g.currency, min(x.first) AS foreign_id
                   FROM (SELECT DISTINCT key, side, currency FROM break_group) g
                   JOIN break_group x ON x.key = g.key AND x.side <> g.side AND x.currency <> g.currency
                  GROUP BY g.key, g.side, g.currency) x
             ON x.key = g.key AND x.side = g.side AND x.currency = g.currency
     CROSS JOIN LATERAL (SELECT l.first IS NULL OR (m.movement - g.movement, m.first)
                                                   < (g.movement - l.movement, l.first) AS more) n;
END $$;

-- Which lines of break_line a confirmed match has already, by reference and amount: all matches of the lane
-- are looked through for lines that are no break yet or are known so; for the others those made by hand,
-- and by what this transaction wrote. p_unique: a segment of pairs whose reference and amount no other line
-- had that the run read (096); what it did not read are lines that wait for a second person.
CREATE FUNCTION bank.recon_break_settled(p_lane_id int, p_unique bigint) RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning AS $$
DECLARE
    v_part record;
BEGIN
    DROP TABLE IF EXISTS pg_temp.break_settled, pg_temp.break_sought;
    CREATE TEMP TABLE break_settled (item_id bigint) ON COMMIT DROP;
    CREATE TEMP TABLE break_sought ON COMMIT DROP AS
    SELECT l.item_id, l.account_id, l.key, l.movement,
           CASE WHEN (l.account_id, l.item_id) IN (SELECT w.account_id, w.item_id FROM break_waiting w) THEN 'waiting'
                WHEN l.known AND l.category <> 'duplicate' THEN 'known' ELSE 'new' END AS kind
      FROM break_line l WHERE l.due AND l.key <> '' ORDER BY l.key, l.account_id;
    GRANT SELECT ON break_sought TO bankops_owner;
    GRANT INSERT ON break_settled TO bankops_owner;
    FOR v_part IN SELECT NULL::bigint AS low, 'new known waiting' AS of UNION ALL
                  SELECT g.low, CASE WHEN g.low = p_unique THEN 'waiting' WHEN g.made_at >= now() THEN 'new known waiting'
                                     ELSE 'new waiting' END
                    FROM recon_segment g WHERE g.kind = 'match' AND g.lane_id = p_lane_id LOOP
        PERFORM bank.recon_segment_settled(v_part.low, v_part.of);
    END LOOP;
END $$;

-- The category of each open line from what stands near it (break_found):
--   duplicate  its like stands on its own side, or is matched already
--   status     one side shows it reversed or in the other direction
--   fee        the other side differs by what a bank may keep
--   amount     the other side differs by more
--   date       the other side is the same on another day
--   currency   the other side has it in another currency
--   bank-only, ours-only   nothing of it on the other side
CREATE FUNCTION bank.recon_break_kinds() RETURNS void
LANGUAGE plpgsql SET search_path = bank, pg_temp SET client_min_messages = warning
SET work_mem = '64MB' SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE
    v_fee bigint := bank.setting('recon_fee_most')::bigint;
    v_days int := bank.setting('recon_date_most')::int;
BEGIN
    DROP TABLE IF EXISTS pg_temp.break_found;
    CREATE TEMP TABLE break_found ON COMMIT DROP AS
    SELECT l.account_id, l.item_id, l.value_date, l.known, l.category AS was, l.related AS was_related,
           CASE WHEN n.own IS NOT NULL THEN n.own
                WHEN n.other = l.movement AND n.copies > 1 OR s.item_id IS NOT NULL THEN 'duplicate'
                WHEN n.other IS NULL AND n.foreign_id IS NOT NULL THEN 'currency'
                WHEN n.other = l.movement AND abs(n.other_date - l.value_date) > v_days THEN 'date'
                WHEN n.other <> l.movement AND sign(n.other) = -sign(l.movement) THEN 'status'
                -- What the other bank kept: more left, or less came, than our book says.
                WHEN c.net BETWEEN 1 AND least(v_fee, abs(l.movement) / 100) THEN 'fee'
                WHEN c.net <> 0 THEN 'amount'
                WHEN l.side = 'S' THEN 'bank-only' ELSE 'ours-only' END AS category,
           CASE WHEN n.own IS NOT NULL THEN CASE n.own_id WHEN l.item_id THEN n.last ELSE n.own_id END
                ELSE coalesce(n.other_id, CASE WHEN s.item_id IS NULL THEN n.foreign_id END) END AS related
      FROM break_line l
      LEFT JOIN break_near n ON l.alike AND n.account_id = l.account_id AND n.key = l.key AND n.side = l.side
           AND n.movement = l.movement
      LEFT JOIN (SELECT DISTINCT item_id FROM break_settled) s ON s.item_id = l.item_id
     CROSS JOIN LATERAL (SELECT CASE l.side WHEN 'L' THEN l.movement - n.other ELSE n.other - l.movement END AS net) c
     WHERE l.due;
END $$;

-- Classifies what stays open: one break per item, its category renewed when the facts change. The caller
-- holds the lane. Answers how many breaks the lane has.
-- p_unique: a segment that this run filled, as of bank.recon_break_settled.
CREATE FUNCTION bank.recon_break_open(p_lane bank.recon_lane, p_as_of date, p_run bigint,
                                      p_unique bigint DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SET search_path = bank, pg_temp SET work_mem = '64MB' AS $$
BEGIN
    PERFORM bank.recon_break_lines(p_lane.lane_id, p_as_of, (SELECT count(DISTINCT a.currency) > 1
        FROM recon_account a WHERE a.lane_id = p_lane.lane_id));
    PERFORM bank.recon_break_near();
    PERFORM bank.recon_break_settled(p_lane.lane_id, p_unique);
    PERFORM bank.recon_break_kinds();
    UPDATE recon_break b SET category = f.category, related_item_id = f.related, version = b.version + 1
      FROM break_found f
     WHERE f.known AND (f.category <> f.was OR f.related IS DISTINCT FROM f.was_related)
       AND b.account_id = f.account_id AND b.item_id = f.item_id;
    WITH due AS MATERIALIZED ( -- working days are looked up once a day, not once an item
        SELECT d.value_date,
               CASE WHEN p_lane.buffer_days = 0 OR p_lane.calendar = 'every'
                    THEN d.value_date + p_lane.buffer_days
                    ELSE coalesce(bank.working_day_after(d.value_date, p_lane.buffer_days),
                                  d.value_date + p_lane.buffer_days) END AS due_on
          FROM (SELECT DISTINCT f.value_date FROM break_found f WHERE NOT f.known) d)
    INSERT INTO recon_break (account_id, item_id, lane_id, unit_id, category, aged_from, due_on,
                             related_item_id, opened_by_run)
    SELECT f.account_id, f.item_id, p_lane.lane_id, p_lane.unit_id, f.category, f.value_date, due.due_on,
           f.related, p_run
      FROM break_found f JOIN due USING (value_date)
     WHERE NOT f.known ORDER BY f.account_id, f.item_id;
    RETURN (SELECT count(*) FROM break_was) + (SELECT count(*) FROM break_found f WHERE NOT f.known);
END $$;

-- `state`: waiting (within the buffer days), due, checking (in a match that a second person has not
-- approved). `escalation`: 0, 1 (nobody took it, or a promise is broken), 2 and 3 (by age).
CREATE VIEW api.break_list WITH (security_barrier) AS
SELECT b.due_on, b.account_id, b.item_id, b.lane_id, l.code AS lane, a.book_account,
       a.external_account, i.side, b.category, i.value_date, i.day, i.currency,
       CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END AS movement, i.reference,
       i.counterparty, i.narrative, t.day - b.aged_from AS age,
       CASE WHEN t.day - b.aged_from <= 1 THEN '0-1' WHEN t.day - b.aged_from <= 7 THEN '2-7'
            WHEN t.day - b.aged_from <= 30 THEN '8-30'
            WHEN t.day - b.aged_from <= 90 THEN '31-90' ELSE '>90' END AS age_group,
       CASE WHEN p.match_id IS NOT NULL THEN 'checking' WHEN b.due_on >= t.day THEN 'waiting'
            ELSE 'due' END AS state,
       coalesce(b.owner, '') AS owner, coalesce(bank.login_name(b.owner), '') AS owner_name, b.promised_on, b.reason, b.related_item_id, b.opened_at,
       b.version, p.match_id AS proposal_id,
       bank.recon_label(i.reference, CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END,
                        i.currency::text) AS label,
       CASE WHEN t.day - b.aged_from > t.third THEN 3 WHEN t.day - b.aged_from > t.second THEN 2
            WHEN b.promised_on < t.day OR b.owner IS NULL AND b.due_on + t.first < t.day THEN 1
            ELSE 0 END AS escalation,
       coalesce((SELECT n.text FROM bank.recon_note n
                  WHERE n.account_id = b.account_id AND n.item_id = b.item_id
                  ORDER BY n.note_id DESC LIMIT 1), '') AS last_note
  FROM bank.recon_break b
  JOIN bank.recon_item i ON i.account_id = b.account_id AND i.item_id = b.item_id
  JOIN bank.recon_account a ON a.account_id = b.account_id
  JOIN bank.recon_lane l ON l.lane_id = b.lane_id
  LEFT JOIN LATERAL (SELECT m.match_id FROM bank.recon_match_item x
                       JOIN bank.recon_match m ON m.account_id = x.account_id
                            AND m.match_id = x.match_id AND m.status = 'proposed'
                      WHERE x.account_id = b.account_id AND x.item_id = b.item_id AND x.live) p
       ON true
  CROSS JOIN (SELECT bank.today() AS day,
                     max(value) FILTER (WHERE name = 'recon_escalate_1')::int AS first,
                     max(value) FILTER (WHERE name = 'recon_escalate_2')::int AS second,
                     max(value) FILTER (WHERE name = 'recon_escalate_3')::int AS third
                FROM bank.setting WHERE name LIKE 'recon\_escalate\__') t
 WHERE b.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('break_list', 'clerk', 'supervisor', 'auditor', 'admin');

-- The day by which the owner of a break promises to have it done (NULL: none).
CREATE FUNCTION api.break_promise(p_account_id bigint, p_item_id bigint, p_day date,
                                  p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    b bank.recon_break;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'break_promise',
        jsonb_build_array(p_account_id, p_item_id, p_day, p_version));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF p_day < bank.today() THEN
        PERFORM bank.fail('BO422', 'The day is past.', p_day::text, 'Name a day from today on.',
                          'p_day');
    END IF;
    b := bank.recon_break_locked(p_account_id, p_item_id, p_version);
    UPDATE recon_break SET promised_on = p_day, owner = coalesce(owner, session_user),
           version = version + 1
     WHERE account_id = p_account_id AND item_id = p_item_id;
    PERFORM bank.audit_write('promise', 'recon_item', p_item_id::text, NULL,
        jsonb_build_object('day', b.promised_on), jsonb_build_object('day', p_day));
    RETURN bank.request_done(p_request, p_item_id::text, 'The day is kept.');
END $$;
SELECT bank.function_grant('break_promise', 'clerk', 'supervisor');

-- Who may be given a break of the caller's lanes.
CREATE VIEW api.break_owner_list WITH (security_barrier) AS
SELECT s.login, s.name_zh, s.name_en, s.role,
       (SELECT count(*) FROM bank.recon_break b WHERE b.owner = s.login) AS breaks
  FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id
 WHERE s.active AND s.role IN ('clerk', 'supervisor')
   AND EXISTS (SELECT FROM bank.recon_lane l WHERE l.unit_id BETWEEN u.low AND u.high
               AND l.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high()));
SELECT bank.view_grant('break_owner_list', 'clerk', 'supervisor', 'auditor', 'admin');
