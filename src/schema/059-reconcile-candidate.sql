-- What an open line may belong to, ranked, with reasons a person can read.

-- How alike two normalised texts are, 0 to 100: shared pairs of characters.
CREATE FUNCTION bank.recon_alike(p_a text, p_b text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN length(p_a) < 4 OR length(p_b) < 4 THEN 0 WHEN p_a = p_b THEN 100
                ELSE (200 * (SELECT count(*) FROM
                        (SELECT substr(p_a, n, 2) AS pair FROM generate_series(1, length(p_a) - 1) n
                         INTERSECT ALL
                         SELECT substr(p_b, n, 2) FROM generate_series(1, length(p_b) - 1) n) s)
                      / (length(p_a) + length(p_b) - 2))::int END
$$;

-- Open lines near one: of the other side by reference, by amount and date, by nearly its amount; of
-- its own side what may reverse it. Not those that wait for a second person.
CREATE FUNCTION bank.recon_near(p_item bank.recon_open, p_keys text[])
RETURNS SETOF bank.recon_open LANGUAGE plpgsql STABLE ROWS 100 SET search_path = bank, pg_temp AS $$
DECLARE
    v_other char(1) := CASE p_item.side WHEN 'L' THEN 'S' ELSE 'L' END;
    v_low bigint := least(-p_item.amount * 97 / 100, -p_item.amount * 103 / 100);
    v_high bigint := greatest(-p_item.amount * 97 / 100, -p_item.amount * 103 / 100);
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (n.item_id) n.* FROM (
        (SELECT o.* FROM recon_open o
          WHERE o.account_id = p_item.account_id AND o.key = ANY (p_keys)
            AND (o.side <> p_item.side OR o.amount = -p_item.amount) LIMIT 60)
        UNION ALL
        (SELECT o.* FROM recon_reference r
           JOIN recon_open o ON o.account_id = r.account_id AND o.item_id = r.item_id
          WHERE r.account_id = p_item.account_id AND r.key = ANY (p_keys)
            AND o.side <> p_item.side LIMIT 60)
        UNION ALL
        (SELECT o.* FROM recon_open o
          WHERE o.account_id = p_item.account_id AND o.side IN ('L', 'S')
            AND o.amount = -p_item.amount
            AND o.value_date BETWEEN p_item.value_date - 30 AND p_item.value_date + 30
          ORDER BY abs(o.value_date - p_item.value_date), o.item_id LIMIT 60)
        UNION ALL
        (SELECT o.* FROM recon_open o
          WHERE o.account_id = p_item.account_id AND o.side = v_other
            AND o.amount BETWEEN v_low AND v_high
            AND o.value_date BETWEEN p_item.value_date - 4 AND p_item.value_date + 4
          ORDER BY abs(o.amount + p_item.amount), o.item_id LIMIT 30)) n
     WHERE n.item_id <> p_item.item_id
       AND NOT EXISTS (SELECT FROM recon_match_item x
                         JOIN recon_match m ON m.account_id = x.account_id AND m.match_id = x.match_id
                        WHERE x.account_id = n.account_id AND x.item_id = n.item_id AND x.live
                          AND m.status = 'proposed');
END $$;

-- Two or three lines of the other side that make up the amount together, when so few stand within
-- two days of it that this says something; and all that share its reference.
CREATE FUNCTION bank.recon_near_groups(p_item bank.recon_open)
RETURNS TABLE (items bigint[], why text, first_date date) LANGUAGE plpgsql STABLE
SET search_path = bank, pg_temp AS $$
DECLARE
    pool recon_open[];
    v_other char(1) := CASE p_item.side WHEN 'L' THEN 'S' ELSE 'L' END;
BEGIN
    RETURN QUERY
    SELECT array_agg(o.item_id ORDER BY o.item_id), 'group-reference', min(o.value_date)
      FROM recon_open o
     WHERE o.account_id = p_item.account_id AND o.key = p_item.key AND o.key <> ''
       AND o.side = v_other
    HAVING count(*) > 1 AND sum(o.amount) = -p_item.amount;
    pool := ARRAY(SELECT o FROM recon_open o
                   WHERE o.account_id = p_item.account_id AND o.side = v_other
                     AND o.amount BETWEEN least(0, -p_item.amount) AND greatest(0, -p_item.amount)
                     AND o.amount <> -p_item.amount
                     AND o.value_date BETWEEN p_item.value_date - 2 AND p_item.value_date + 2
                   LIMIT 81);
    IF cardinality(pool) BETWEEN 2 AND 80 THEN
        RETURN QUERY
        SELECT ARRAY[a.item_id, b.item_id], 'group-sum', least(a.value_date, b.value_date)
          FROM unnest(pool) a JOIN unnest(pool) b
            ON b.item_id > a.item_id AND a.amount + b.amount = -p_item.amount
         LIMIT 10;
    END IF;
    IF cardinality(pool) BETWEEN 3 AND 30 THEN
        RETURN QUERY
        SELECT ARRAY[a.item_id, b.item_id, c.item_id], 'group-sum',
               least(a.value_date, b.value_date, c.value_date)
          FROM unnest(pool) a JOIN unnest(pool) b ON b.item_id > a.item_id
          JOIN unnest(pool) c ON c.item_id > b.item_id
               AND a.amount + b.amount + c.amount = -p_item.amount
         LIMIT 10;
    END IF;
END $$;

-- The reasons of a candidate in words, by code.
CREATE FUNCTION bank.recon_reason_text(p_codes text[], p_days int, p_difference text, p_zh boolean)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(CASE c
        WHEN 'suggested' THEN CASE WHEN p_zh THEN '规则建议' ELSE 'suggested by a rule' END
        WHEN 'reference' THEN CASE WHEN p_zh THEN '参考号一致' ELSE 'same reference' END
        WHEN 'inside' THEN CASE WHEN p_zh THEN '一方参考号包含另一方' ELSE 'one reference holds the other' END
        WHEN 'mentioned' THEN CASE WHEN p_zh THEN '附言中有该参考号' ELSE 'reference named in the text' END
        WHEN 'alike' THEN CASE WHEN p_zh THEN '参考号相近' ELSE 'references alike' END
        WHEN 'amount' THEN CASE WHEN p_zh THEN '金额一致' ELSE 'same amount' END
        WHEN 'fee' THEN CASE WHEN p_zh THEN '差额似手续费' ELSE 'difference like a fee' END
        WHEN 'near' THEN CASE WHEN p_zh THEN '金额相近' ELSE 'amount near' END
        WHEN 'date' THEN CASE WHEN p_days = 0 THEN CASE WHEN p_zh THEN '同日' ELSE 'same day' END
                              ELSE CASE WHEN p_zh THEN '相差' || p_days || '天'
                                        ELSE p_days || CASE p_days WHEN 1 THEN ' day apart'
                                                                   ELSE ' days apart' END END END
        WHEN 'payer' THEN CASE WHEN p_zh THEN '户名一致' ELSE 'same payer' END
        WHEN 'alias' THEN CASE WHEN p_zh THEN '户名为已知别名' ELSE 'known name of the payer' END
        WHEN 'reversal' THEN CASE WHEN p_zh THEN '同方冲正' ELSE 'reverses it on its own side' END
        WHEN 'only' THEN CASE WHEN p_zh THEN '该金额唯一' ELSE 'the only one of this amount' END
        WHEN 'group-reference' THEN CASE WHEN p_zh THEN '同一参考号合计相等' ELSE 'together the same, one reference' END
        WHEN 'group-sum' THEN CASE WHEN p_zh THEN '合计相等' ELSE 'together the same amount' END
        ELSE c END, CASE WHEN p_zh THEN '，' ELSE ', ' END ORDER BY n)
      FROM unnest(p_codes) WITH ORDINALITY AS t (c, n)
$$;

-- Candidates for an open line, best first: single lines, groups (several items in one row), and
-- suggestions of rules. `score` 0 to 99; `lead`: how far the first is ahead of the runner-up.
CREATE FUNCTION api.break_candidates(p_account_id bigint, p_item_id bigint)
RETURNS TABLE (rank int, items text, lines int, side char(1), value_date date, currency text,
    movement bigint, difference bigint, reference text, counterparty text, narrative text,
    score int, lead int, why text, why_zh text, match_id bigint, match_version bigint,
    ours int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    own bank.recon_open;
    full_item bank.recon_item;
    keys text[];
    v_lane int;
    v_fee bigint := bank.setting('recon_fee_most')::bigint;
BEGIN
    SELECT o.* INTO own FROM recon_open o JOIN recon_account a USING (account_id)
     WHERE o.account_id = p_account_id AND o.item_id = p_item_id
       AND a.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high();
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO full_item FROM recon_item WHERE account_id = p_account_id AND item_id = p_item_id;
    SELECT lane_id INTO v_lane FROM recon_account WHERE account_id = p_account_id;
    keys := array_remove(own.key::text || ARRAY(SELECT r.key FROM recon_reference r
        WHERE r.account_id = p_account_id AND r.item_id = p_item_id), '');
    RETURN QUERY
    WITH single AS (
        SELECT ARRAY[n.item_id] AS items, n.amount, n.value_date,
               abs(n.value_date - own.value_date) AS days, NULL::bigint AS match_id,
               NULL::bigint AS match_version, 0 AS bonus,
               array_remove(ARRAY[
                   CASE WHEN n.side = own.side THEN 'reversal' END,
                   CASE WHEN n.key = own.key AND n.key <> '' THEN 'reference'
                        WHEN length(least(n.key, own.key)) >= 6
                             AND (strpos(n.key, own.key) > 0 OR strpos(own.key, n.key) > 0)
                             AND n.key <> '' AND own.key <> '' THEN 'inside'
                        WHEN n.key = ANY (keys) OR cardinality(keys) > 0 AND EXISTS (SELECT
                             FROM recon_reference r WHERE r.account_id = n.account_id
                               AND r.item_id = n.item_id AND r.key = ANY (keys)) THEN 'mentioned'
                        WHEN n.amount = -own.amount AND bank.recon_alike(n.key, own.key) >= 60
                             THEN 'alike' END,
                   CASE WHEN n.amount = -own.amount THEN 'amount'
                        WHEN n.amount + own.amount BETWEEN 1 AND least(v_fee, abs(own.amount) / 100)
                             THEN 'fee'
                        WHEN abs(n.amount + own.amount) * 20 <= abs(own.amount) THEN 'near' END,
                   CASE WHEN i.counterparty = '' THEN NULL
                        WHEN i.counterparty = full_item.counterparty THEN 'payer'
                        WHEN EXISTS (SELECT FROM recon_alias s WHERE s.lane_id = v_lane
                             AND s.kind = 'payer' AND s.status = 'approved'
                             AND (s.pattern, s.meaning) IN
                                 ((i.counterparty, full_item.counterparty),
                                  (full_item.counterparty, i.counterparty))) THEN 'alias' END,
                   CASE WHEN n.amount = -own.amount AND count(*) OVER (PARTITION BY n.side, n.amount)
                             = 1 THEN 'only' END,
                   'date'], NULL) AS codes
          FROM bank.recon_near(own, keys) n
          JOIN recon_item i ON i.account_id = n.account_id AND i.item_id = n.item_id),
    rule AS (
        SELECT array_agg(mi.item_id ORDER BY mi.item_id) AS items, sum(mi.amount) AS amount,
               min(o.value_date) AS value_date,
               min(abs(o.value_date - own.value_date)) AS days, m.match_id, m.version,
               coalesce(m.score, 60) AS bonus, ARRAY['suggested'] AS codes
          FROM recon_match_item own_item
          JOIN recon_match m ON m.account_id = own_item.account_id
               AND m.match_id = own_item.match_id AND m.status = 'suggested'
          JOIN recon_match_item mi ON mi.account_id = m.account_id AND mi.match_id = m.match_id
               AND mi.item_id <> p_item_id
          JOIN recon_open o ON o.account_id = mi.account_id AND o.item_id = mi.item_id
         WHERE own_item.account_id = p_account_id AND own_item.item_id = p_item_id
         GROUP BY m.account_id, m.match_id),
    grouped AS (
        SELECT g.items, -own.amount AS amount, g.first_date, abs(g.first_date - own.value_date),
               NULL::bigint, NULL::bigint, 0, ARRAY[g.why, 'date'] FROM bank.recon_near_groups(own) g),
    scored AS (
        SELECT c.*, least(99, greatest(c.bonus, (SELECT sum(CASE k
                   WHEN 'reference' THEN 50 WHEN 'inside' THEN 42 WHEN 'mentioned' THEN 40
                   WHEN 'alike' THEN 25 WHEN 'amount' THEN 35 WHEN 'fee' THEN 25 WHEN 'near' THEN 8
                   WHEN 'payer' THEN 8 WHEN 'alias' THEN 7 WHEN 'only' THEN 6
                   WHEN 'reversal' THEN -6 WHEN 'group-reference' THEN 80 WHEN 'group-sum' THEN 40
                   WHEN 'date' THEN CASE WHEN c.days = 0 THEN 8 WHEN c.days <= 1 THEN 6
                                         WHEN c.days <= 4 THEN 3 WHEN c.days > 10 THEN -10 ELSE 0 END
                   ELSE 0 END) FROM unnest(c.codes) k)))::int AS score
          FROM (SELECT * FROM single UNION ALL SELECT * FROM rule UNION ALL SELECT * FROM grouped) c),
    once AS ( -- lines that a rule suggests and that also stand near each other are one candidate
        SELECT DISTINCT ON (s.items) s.items, s.amount, s.value_date, s.days, s.bonus, s.codes,
               max(s.match_id) OVER same AS match_id, max(s.match_version) OVER same AS match_version,
               s.score
          FROM scored s WINDOW same AS (PARTITION BY s.items)
         ORDER BY s.items, s.score DESC, s.match_id NULLS LAST),
    best AS (
        SELECT s.*, row_number() OVER (ORDER BY s.score DESC, abs(s.amount + own.amount), s.days,
                                       s.items) AS place,
               lead(s.score) OVER (ORDER BY s.score DESC, abs(s.amount + own.amount), s.days,
                                   s.items) AS second
          FROM once s WHERE s.score >= 10)
    SELECT b.place::int, array_to_string(b.items, ','), cardinality(b.items), i.side, b.value_date,
           own.currency::text, CASE i.side WHEN 'L' THEN b.amount ELSE -b.amount END::bigint,
           (b.amount + own.amount)::bigint,
           CASE WHEN cardinality(b.items) = 1 THEN i.reference
                ELSE (SELECT string_agg(coalesce(nullif(x.reference, ''), '#' || x.item_id), ' + '
                             ORDER BY x.item_id)
                        FROM recon_item x WHERE x.account_id = p_account_id
                         AND x.item_id = ANY (b.items)) END,
           i.counterparty, i.narrative, b.score, b.score - coalesce(b.second, 0),
           coalesce((SELECT nullif(bank.recon_why(m.rule, m.evidence), '') FROM recon_match m
                      WHERE m.account_id = p_account_id AND m.match_id = b.match_id),
                    bank.recon_reason_text(b.codes, b.days, '', false)),
           coalesce((SELECT nullif(bank.recon_evidence_zh(bank.recon_why(m.rule, m.evidence)), '') FROM recon_match m
                      WHERE m.account_id = p_account_id AND m.match_id = b.match_id),
                    bank.recon_reason_text(b.codes, b.days, '', true)),
           b.match_id, b.match_version,
           (SELECT count(*)::int FROM recon_item x WHERE x.account_id = p_account_id
               AND x.item_id = ANY (b.items) AND x.side = 'L')
      FROM best b CROSS JOIN LATERAL (
          SELECT x.* FROM recon_item x -- a line of the other side stands for a group
           WHERE x.account_id = p_account_id AND x.item_id = ANY (b.items)
           ORDER BY x.side = own.side, x.item_id LIMIT 1) i
     WHERE b.place <= 50
     ORDER BY b.place;
END $$;
SELECT bank.function_grant('break_candidates', 'clerk', 'supervisor', 'auditor', 'admin');

-- The other lines of a match that holds this line and waits for a second person.
CREATE FUNCTION bank.match_waiting(p_account_id bigint, p_item_id bigint)
RETURNS TABLE (rank int, items text, lines int, side char(1), value_date date, currency text,
    movement bigint, difference bigint, reference text, counterparty text, narrative text,
    score int, lead int, why text, why_zh text, match_id bigint, match_version bigint,
    ours int)
LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT row_number() OVER (ORDER BY i.item_id)::int, i.item_id::text, 1, i.side, i.value_date, i.currency::text,
           CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END, (i.amount + own.amount)::bigint, i.reference,
           i.counterparty, i.narrative, NULL::int, NULL::int,
           'waits for a second person (:apr)', '待第二人复核（:apr）',
           NULL::bigint, NULL::bigint, (i.side = 'L')::int
      FROM recon_match_item x
      JOIN recon_match m ON m.account_id = x.account_id AND m.match_id = x.match_id AND m.status = 'proposed'
      JOIN recon_item own ON own.account_id = x.account_id AND own.item_id = x.item_id
      JOIN recon_match_item y ON y.account_id = m.account_id AND y.match_id = m.match_id AND y.item_id <> x.item_id
      JOIN recon_item i ON i.account_id = y.account_id AND i.item_id = y.item_id
     WHERE x.account_id = p_account_id AND x.item_id = p_item_id AND x.live AND in_scope(i.unit_id)
$$;

-- The right side of the matcher: candidates of a line, or with p_find all open lines of its account
-- whose reference, counterparty, text or amount holds what was typed.
CREATE FUNCTION api.match_candidates(p_account_id bigint, p_item_id bigint, p_find text)
RETURNS TABLE (rank int, items text, lines int, side char(1), value_date date, currency text,
    movement bigint, difference bigint, reference text, counterparty text, narrative text,
    score int, lead int, why text, why_zh text, match_id bigint, match_version bigint,
    ours int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    wanted text := trim(coalesce(p_find, ''));
    digits text := regexp_replace(wanted, '[^0-9]', '', 'g');
    own bigint := (SELECT o.amount FROM recon_open o
                    WHERE o.account_id = p_account_id AND o.item_id = p_item_id);
BEGIN
    IF wanted = '' THEN
        RETURN QUERY SELECT * FROM bank.match_waiting(p_account_id, p_item_id);
        IF NOT FOUND THEN
            RETURN QUERY SELECT * FROM api.break_candidates(p_account_id, p_item_id);
        END IF;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT row_number() OVER (ORDER BY i.value_date DESC, i.item_id)::int, i.item_id::text, 1, i.side,
           i.value_date, i.currency::text, CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END,
           (i.amount + coalesce(own, 0))::bigint, i.reference, i.counterparty, i.narrative, 0, 0,
           'found'::text, '查找'::text, NULL::bigint, NULL::bigint, (i.side = 'L')::int
      FROM recon_open o JOIN recon_item i USING (account_id, item_id)
     WHERE o.account_id = p_account_id AND o.item_id <> p_item_id AND bank.in_scope(i.unit_id)
       AND (strpos(lower(i.reference), lower(wanted)) > 0
            OR strpos(lower(i.bank_reference), lower(wanted)) > 0
            OR strpos(lower(i.counterparty), lower(wanted)) > 0
            OR strpos(lower(i.narrative), lower(wanted)) > 0
            OR digits <> '' AND wanted ~ '^[0-9.,]+$'
               AND abs(i.amount)::text IN (digits, digits || '00'))
       AND NOT EXISTS (SELECT FROM recon_match_item x JOIN recon_match m USING (account_id, match_id)
                        WHERE x.account_id = o.account_id AND x.item_id = o.item_id AND x.live
                          AND m.status = 'proposed')
     ORDER BY i.value_date DESC, i.item_id LIMIT 200;
END $$;
SELECT bank.function_grant('match_candidates', 'clerk', 'supervisor', 'auditor', 'admin');

-- The left side: open breaks of a lane or of all (NULL), those that wait for nobody; p_item_id is
-- among them in any case.
CREATE FUNCTION api.match_breaks(p_lane text, p_account_id bigint, p_item_id bigint)
RETURNS TABLE (account_id bigint, item_id bigint, side char(1), lane text, reference text,
    currency text, movement bigint, value_date date, category text, age int, counterparty text,
    narrative text, due_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    WITH wanted AS (
        (SELECT b.account_id, b.item_id FROM recon_break b
          WHERE b.account_id = p_account_id AND b.item_id = p_item_id)
        UNION
        (SELECT b.account_id, b.item_id FROM recon_break b
          WHERE b.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()
            AND (p_lane IS NULL OR b.lane_id = (SELECT l.lane_id FROM recon_lane l
                                                 WHERE l.code = p_lane))
            AND NOT EXISTS (SELECT FROM recon_match_item x
                              JOIN recon_match m USING (account_id, match_id)
                             WHERE x.account_id = b.account_id AND x.item_id = b.item_id AND x.live
                               AND m.status = 'proposed')
          ORDER BY b.due_on, b.account_id, b.item_id LIMIT 1000))
    SELECT b.account_id, b.item_id, i.side, l.code, i.reference, i.currency::text,
           CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END, i.value_date, b.category,
           bank.today() - b.aged_from, i.counterparty, i.narrative, b.due_on
      FROM wanted JOIN recon_break b USING (account_id, item_id)
      JOIN recon_item i USING (account_id, item_id)
      JOIN recon_lane l ON l.lane_id = b.lane_id
     WHERE b.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()
     ORDER BY b.due_on, b.account_id, b.item_id
$$;
SELECT bank.function_grant('match_breaks', 'clerk', 'supervisor', 'auditor', 'admin');
