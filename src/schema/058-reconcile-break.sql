-- Breaks: what kind each is, when it counts, who owns it, what must go higher.

INSERT INTO bank.setting (name, value, note) VALUES
    ('recon_fee_most', '5000', 'a difference up to this (minor units) and 1 % in favour of the other bank is a fee'),
    ('recon_date_most', '5', 'days between the sides beyond which a break is one of dates'),
    ('recon_escalate_1', '2', 'days after its due day when a break nobody took is escalated'),
    ('recon_escalate_2', '30', 'age in days at which a break goes to the head of the branch'),
    ('recon_escalate_3', '90', 'age in days at which a break goes to the head office');

-- The category of an open item from what stands near it:
--   duplicate  its like stands on its own side, or is matched already
--   status     one side shows it reversed or in the other direction
--   fee        the other side differs by what a bank may keep
--   amount     the other side differs by more
--   date       the other side is the same on another day
--   currency   the other side has it in another currency
--   bank-only, ours-only   nothing of it on the other side
CREATE FUNCTION bank.recon_category(p_item bank.recon_open, p_lane_id int, p_fee bigint, p_days int,
                                    OUT category text, OUT related bigint)
LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    o recon_open;
    copies int := 0;
    net bigint;
BEGIN
    category := CASE p_item.side WHEN 'S' THEN 'bank-only' ELSE 'ours-only' END;
    IF p_item.key = '' THEN
        RETURN;
    END IF;
    SELECT t.* INTO o FROM recon_open t
     WHERE t.account_id = p_item.account_id AND t.key = p_item.key
       AND (t.side = p_item.side) IS TRUE -- not by the index on amounts, whatever is guessed
       AND abs(t.amount) = abs(p_item.amount) AND t.item_id <> p_item.item_id
     ORDER BY t.amount <> p_item.amount, t.item_id LIMIT 1;
    IF FOUND THEN
        related := o.item_id;
        category := CASE WHEN o.amount = p_item.amount THEN 'duplicate' ELSE 'status' END;
        RETURN;
    END IF;
    SELECT t.* INTO o FROM recon_open t
     WHERE t.account_id = p_item.account_id AND t.key = p_item.key AND t.side <> p_item.side
     ORDER BY abs(t.amount + p_item.amount), t.item_id LIMIT 1;
    IF FOUND THEN
        related := o.item_id;
        SELECT count(*) INTO copies FROM recon_open t
         WHERE t.account_id = p_item.account_id AND t.key = p_item.key AND t.side <> p_item.side
           AND t.amount = o.amount;
    END IF;
    IF o.amount = -p_item.amount AND copies > 1
       OR EXISTS (SELECT FROM recon_match m
                   WHERE m.account_id = p_item.account_id AND m.key = p_item.key
                     AND m.status = 'confirmed' AND m.amount = CASE p_item.side
                         WHEN 'L' THEN p_item.amount ELSE -p_item.amount END) THEN
        category := 'duplicate';
        RETURN;
    END IF;
    IF related IS NULL THEN
        SELECT t.* INTO o FROM recon_account a JOIN recon_open t USING (account_id)
         WHERE a.lane_id = p_lane_id AND a.currency <> p_item.currency AND t.key = p_item.key
           AND t.side <> p_item.side
         ORDER BY t.item_id LIMIT 1;
        IF FOUND THEN
            related := o.item_id;
            category := 'currency';
        END IF;
        RETURN;
    END IF;
    -- What the other bank kept: more left, or less came, than our book says.
    net := p_item.amount + o.amount;
    category := CASE
        WHEN net = 0 AND abs(o.value_date - p_item.value_date) > p_days THEN 'date'
        WHEN net = 0 THEN category
        WHEN sign(o.amount) = sign(p_item.amount) THEN 'status'
        WHEN net BETWEEN 1 AND least(p_fee, abs(p_item.amount) / 100) THEN 'fee'
        ELSE 'amount' END;
END $$;

-- Classifies what stays open: one break per item, its category renewed when the facts change.
CREATE FUNCTION bank.recon_break_open(p_lane bank.recon_lane, p_as_of date, p_run bigint)
RETURNS bigint LANGUAGE plpgsql SET search_path = bank, pg_temp
SET enable_seqscan = off SET work_mem = '64MB' AS $$
DECLARE
    v_fee bigint := bank.setting('recon_fee_most')::bigint;
    v_days int := bank.setting('recon_date_most')::int;
    -- Another currency is looked for where there is one.
    v_lane int := (SELECT p_lane.lane_id FROM recon_account a WHERE a.lane_id = p_lane.lane_id
                   HAVING count(DISTINCT a.currency) > 1);
BEGIN
    WITH open AS MATERIALIZED ( -- most open lines share their reference with no other
        SELECT o AS item, o.account_id, o.item_id, o.side, o.amount, o.key, o.value_date,
               CASE WHEN o.key = '' THEN 1
                    ELSE count(*) OVER (PARTITION BY o.key, CASE WHEN v_lane IS NULL THEN o.account_id END)
               END AS alike
          FROM recon_account a JOIN recon_open o USING (account_id)
         WHERE a.lane_id = p_lane.lane_id AND o.day <= p_as_of),
    due AS MATERIALIZED ( -- working days are looked up once a day, not once an item
        SELECT d.value_date,
               CASE WHEN p_lane.buffer_days = 0 OR p_lane.calendar = 'every'
                    THEN d.value_date + p_lane.buffer_days
                    ELSE coalesce(bank.working_day_after(d.value_date, p_lane.buffer_days),
                                  d.value_date + p_lane.buffer_days) END AS due_on
          FROM (SELECT DISTINCT o.value_date FROM open o) d),
    -- What bank.recon_category finds, for all that share a reference with a few others at once.
    near AS MATERIALIZED (
        SELECT o.item_id, o.amount, t.item_id AS other_id, t.amount AS other, t.value_date AS other_date,
               (t.side = o.side) AS own
          FROM open o JOIN recon_open t ON t.account_id = o.account_id AND t.key = o.key
         WHERE o.alike BETWEEN 2 AND 50 AND v_lane IS NULL AND t.item_id <> o.item_id),
    own AS (
        SELECT DISTINCT ON (n.item_id) n.item_id, n.other_id,
               CASE WHEN n.other = n.amount THEN 'duplicate' ELSE 'status' END AS category
          FROM near n WHERE n.own AND abs(n.other) = abs(n.amount)
         ORDER BY n.item_id, n.other <> n.amount, n.other_id),
    facing AS (
        SELECT DISTINCT ON (n.item_id) n.item_id, n.other_id, n.other, n.other_date,
               count(*) OVER (PARTITION BY n.item_id, n.other) AS copies
          FROM near n WHERE NOT n.own
         ORDER BY n.item_id, abs(n.other + n.amount), n.other_id),
    found AS MATERIALIZED (
        SELECT o.*, c.category, c.related
          FROM open o, LATERAL bank.recon_category(o.item, v_lane, v_fee, v_days) c
         WHERE o.alike > CASE WHEN v_lane IS NULL THEN 50 ELSE 1 END
        UNION ALL
        SELECT o.*, coalesce(w.category, CASE
                   WHEN f.other = -o.amount AND f.copies > 1 THEN 'duplicate'
                   WHEN EXISTS (SELECT FROM recon_match m
                                 WHERE m.account_id = o.account_id AND m.key = o.key AND o.key <> ''
                                   AND m.status = 'confirmed'
                                   AND m.amount = CASE o.side WHEN 'L' THEN o.amount ELSE -o.amount END)
                   THEN 'duplicate'
                   WHEN f.other = -o.amount AND abs(f.other_date - o.value_date) > v_days THEN 'date'
                   WHEN sign(f.other) = sign(o.amount) THEN 'status'
                   WHEN o.amount + f.other BETWEEN 1 AND least(v_fee, abs(o.amount) / 100) THEN 'fee'
                   WHEN o.amount + f.other <> 0 THEN 'amount'
                   WHEN o.side = 'S' THEN 'bank-only' ELSE 'ours-only' END),
               coalesce(w.other_id, f.other_id)
          FROM open o LEFT JOIN own w USING (item_id) LEFT JOIN facing f USING (item_id)
         WHERE o.alike <= CASE WHEN v_lane IS NULL THEN 50 ELSE 1 END)
    INSERT INTO recon_break AS b (account_id, item_id, lane_id, unit_id, category, aged_from,
                                  due_on, related_item_id, opened_by_run)
    SELECT o.account_id, o.item_id, p_lane.lane_id, p_lane.unit_id, o.category,
           o.value_date, due.due_on, o.related, p_run
      FROM found o JOIN due USING (value_date)
     WHERE NOT EXISTS (SELECT FROM recon_break x -- most are as they were
                        WHERE x.account_id = o.account_id AND x.item_id = o.item_id
                          AND x.category = o.category
                          AND x.related_item_id IS NOT DISTINCT FROM o.related)
    ON CONFLICT (account_id, item_id) DO UPDATE
       SET category = excluded.category, related_item_id = excluded.related_item_id,
           version = b.version + 1
     WHERE b.category <> excluded.category
        OR b.related_item_id IS DISTINCT FROM excluded.related_item_id;
    RETURN (SELECT count(*) FROM recon_break b WHERE b.lane_id = p_lane.lane_id);
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
       coalesce(b.owner, '') AS owner, b.promised_on, b.reason, b.related_item_id, b.opened_at,
       b.version, p.match_id AS proposal_id,
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
SELECT bank.view_grant('break_owner_list', 'clerk', 'supervisor');
