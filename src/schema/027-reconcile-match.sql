-- Matches that people make: limits by role, proposals that wait for a second person, adjustments
-- and their vouchers, unmatching.
--
-- A match by hand is 'proposed' until a second person approves it, or 'confirmed' at once within the
-- limit of the maker. Its items are live from the proposal on, so no other match can take them;
-- they stay in recon_open, as outstanding as before, until the match is confirmed. A run therefore
-- leaves items of live matches alone. 'suggested' matches come from rules and give way to a
-- person's proposal.

-- A match sums to zero with its adjustment and stays in one currency, whoever writes it. Checked
-- once per statement over all rows it touched: a match is inserted before its items, and all its
-- items in one statement.
CREATE FUNCTION bank.recon_match_check() RETURNS trigger LANGUAGE plpgsql
    SET search_path = bank, pg_temp SET enable_seqscan = off AS $$
DECLARE wrong record;
BEGIN
    -- What adds nothing to a match leaves its sum as it was; a match with an adjustment is looked
    -- at once more when the transaction ends. Match by match and by its number alone: the planner may take a
    -- table that was analysed while the first matches came for empty, and any index for as good.
    SELECT d.account_id, d.match_id INTO wrong
      FROM (SELECT t.account_id, t.match_id FROM touched t GROUP BY t.account_id, t.match_id
            HAVING sum(t.amount) <> 0 OR TG_OP = 'UPDATE') d
     CROSS JOIN LATERAL (SELECT m.adjustment FROM recon_match m
                          WHERE m.match_id = d.match_id AND m.account_id + 0 = d.account_id OFFSET 0) m
     WHERE (SELECT sum(i.amount) FROM recon_member i
             WHERE i.account_id = d.account_id AND i.match_id = d.match_id) + m.adjustment <> 0
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'BO422',
            MESSAGE = 'The items of a match and its adjustment must sum to zero.',
            DETAIL = 'match ' || wrong.match_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER recon_match_sum_insert AFTER INSERT ON bank.recon_member
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION bank.recon_match_check();
CREATE TRIGGER recon_match_sum_update AFTER UPDATE ON bank.recon_member
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION bank.recon_match_check();
CREATE TRIGGER recon_match_sum_delete AFTER DELETE ON bank.recon_member
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION bank.recon_match_check();

CREATE FUNCTION bank.recon_match_adjusted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = bank, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF (SELECT coalesce(sum(i.amount), 0) + m.adjustment <> 0
          FROM recon_match m LEFT JOIN recon_member i USING (account_id, match_id)
         WHERE m.match_id = NEW.match_id AND m.account_id + 0 = NEW.account_id GROUP BY m.adjustment) THEN
        RAISE EXCEPTION USING ERRCODE = 'BO422',
            MESSAGE = 'The items of a match and its adjustment must sum to zero.',
            DETAIL = 'match ' || NEW.match_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER recon_match_adjusted_insert AFTER INSERT ON bank.recon_match
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.adjustment <> 0)
    EXECUTE FUNCTION bank.recon_match_adjusted();
CREATE CONSTRAINT TRIGGER recon_match_adjusted_update AFTER UPDATE OF adjustment ON bank.recon_match
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.adjustment <> OLD.adjustment)
    EXECUTE FUNCTION bank.recon_match_adjusted();
ALTER FUNCTION bank.recon_match_check() OWNER TO bankops_owner;
ALTER FUNCTION bank.recon_match_adjusted() OWNER TO bankops_owner;

ALTER TABLE bank.recon_match
    ADD COLUMN IF NOT EXISTS score smallint,            -- 0 to 100, of a suggestion
    ADD COLUMN IF NOT EXISTS made_at timestamptz,       -- proposed by its maker
    ADD COLUMN IF NOT EXISTS undo_code text COLLATE "C";
-- Segments hold pairs that a run confirmed and nothing of these (095).
CREATE INDEX recon_match_waiting ON bank.recon_match_base (unit_id, status, account_id, match_id)
    WHERE status IN ('suggested', 'proposed');
CREATE INDEX recon_match_made ON bank.recon_match_base (maker, made_at) WHERE made_at IS NOT NULL;
CREATE INDEX recon_match_adjustment ON bank.recon_match_base (account_id, last_day) WHERE adjustment <> 0;
CREATE INDEX recon_open_amount ON bank.recon_open (account_id, amount, side, value_date);

-- What each role may do, by amount in minor units of the currency ('': any currency without a row).
CREATE TABLE bank.recon_limit (
    action text COLLATE "C" NOT NULL
        CHECK (action IN ('match', 'unmatch', 'write-off', 'fee', 'suspense', 'reversal')),
    role text COLLATE "C" NOT NULL CHECK (role IN ('clerk', 'supervisor')),
    currency text COLLATE "C" NOT NULL DEFAULT '',
    make_limit bigint NOT NULL CHECK (make_limit >= 0),
    alone_limit bigint NOT NULL CHECK (alone_limit BETWEEN 0 AND make_limit),
    check_limit bigint NOT NULL CHECK (check_limit >= 0),
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (action, role, currency),
    -- Money that is written somewhere else always takes two persons.
    CHECK (action IN ('match', 'unmatch') OR alone_limit = 0)
);
INSERT INTO bank.recon_limit (action, role, make_limit, alone_limit, check_limit) VALUES
    ('match', 'clerk', 100000000000, 10000000, 10000000),
    ('match', 'supervisor', 10000000000000, 500000000, 10000000000000),
    ('unmatch', 'clerk', 100000000000, 10000000, 10000000),
    ('unmatch', 'supervisor', 10000000000000, 500000000, 10000000000000),
    ('fee', 'clerk', 1000000, 0, 0), ('fee', 'supervisor', 100000000, 0, 100000000),
    ('write-off', 'clerk', 100000, 0, 0), ('write-off', 'supervisor', 10000000, 0, 10000000),
    ('suspense', 'clerk', 100000000, 0, 0), ('suspense', 'supervisor', 100000000000, 0, 100000000000),
    ('reversal', 'clerk', 100000000, 0, 0), ('reversal', 'supervisor', 100000000000, 0, 100000000000);

-- Accounts of the general ledger that an adjustment may be written to.
CREATE TABLE bank.ledger_account (
    ledger_account text COLLATE "C" PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    adjusts text[] NOT NULL,                 -- kinds of adjustment
    direction smallint NOT NULL DEFAULT 0,   -- default when our account gains (1) or loses (-1)
    active boolean NOT NULL DEFAULT true
);
INSERT INTO bank.ledger_account (ledger_account, name_zh, name_en, adjusts, direction) VALUES
    ('6421-01', '手续费支出', 'Fees and commissions paid', '{fee}', -1),
    ('6021-01', '手续费收入', 'Fees and commissions received', '{fee}', 1),
    ('6711-09', '营业外支出—对账差错核销', 'Losses, reconciliation differences', '{write-off}', -1),
    ('6301-09', '营业外收入—对账差错核销', 'Gains, reconciliation differences', '{write-off}', 1),
    ('1231-05', '其他应收款—对账挂账', 'Receivables in suspense', '{suspense,reversal}', -1),
    ('2241-05', '其他应付款—对账挂账', 'Payables in suspense', '{suspense,reversal}', 1);

-- The draft of a voucher: what our book has to write so that a match adds up. `amount` is the
-- movement of our account, money in positive; it is the adjustment of the match.
CREATE TABLE bank.recon_adjustment (
    account_id bigint NOT NULL,
    adjustment_id bigint GENERATED ALWAYS AS IDENTITY,
    match_id bigint NOT NULL,
    lane_id int NOT NULL,
    unit_id int NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('write-off', 'fee', 'suspense', 'reversal')),
    amount bigint NOT NULL CHECK (amount <> 0),
    currency char(3) COLLATE "C" NOT NULL,
    debit_account text COLLATE "C" NOT NULL,
    credit_account text COLLATE "C" NOT NULL CHECK (credit_account <> debit_account),
    voucher text COLLATE "C" NOT NULL UNIQUE,
    note text NOT NULL DEFAULT '',
    status text COLLATE "C" NOT NULL DEFAULT 'proposed'
        CHECK (status IN ('proposed', 'approved', 'booked', 'refused', 'withdrawn', 'undone')),
    maker text NOT NULL DEFAULT session_user,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    checker text,
    decided_at timestamptz,
    booked_match_id bigint,                  -- the match that took the voucher's line of our book
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, adjustment_id),
    CHECK (checker IS DISTINCT FROM maker),
    CHECK (status NOT IN ('approved', 'booked') OR checker IS NOT NULL)
);
CREATE UNIQUE INDEX recon_adjustment_match ON bank.recon_adjustment (account_id, match_id);
CREATE INDEX recon_adjustment_approved ON bank.recon_adjustment (account_id, status)
    WHERE status = 'approved';

-- An unmatch that waits for a second person.
CREATE TABLE bank.recon_unmatch (
    account_id bigint NOT NULL,
    match_id bigint NOT NULL,
    unmatch_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id int NOT NULL,
    code text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    status text COLLATE "C" NOT NULL DEFAULT 'proposed'
        CHECK (status IN ('proposed', 'approved', 'refused', 'withdrawn')),
    maker text NOT NULL DEFAULT session_user,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    checker text,
    decided_at timestamptz,
    decision text,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, unmatch_id),
    CHECK (checker IS DISTINCT FROM maker),
    CHECK (status <> 'approved' OR checker IS NOT NULL)
);
CREATE UNIQUE INDEX recon_unmatch_waiting ON bank.recon_unmatch (account_id, match_id)
    WHERE status = 'proposed';

-- A day by which the owner promised to have a break done.
ALTER TABLE bank.recon_break ADD COLUMN IF NOT EXISTS promised_on date;

SELECT bank.table_protect('bank.recon_limit', 'SELECT, UPDATE, INSERT'),
       bank.table_protect('bank.ledger_account', 'SELECT'),
       bank.table_protect('bank.recon_adjustment', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_unmatch', 'SELECT, INSERT, UPDATE');
GRANT USAGE ON SEQUENCE bank.recon_adjustment_adjustment_id_seq TO bankops_api;

-- The limits of the caller for an action in a currency; all zero when nothing is written down.
CREATE FUNCTION bank.recon_limit_of(p_action text, p_currency text)
RETURNS bank.recon_limit LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    answer recon_limit;
BEGIN
    SELECT l.* INTO answer FROM recon_limit l
     WHERE l.action = p_action AND l.role = bank.my_role() AND l.currency IN (p_currency, '')
     ORDER BY l.currency DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT p_action, bank.my_role(), p_currency, 0, 0, 0, 0 INTO answer;
    END IF;
    RETURN answer;
END $$;

CREATE FUNCTION bank.recon_require_limit(p_amount bigint, p_limit bigint, p_currency text)
RETURNS void LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
BEGIN
    IF p_amount > p_limit THEN
        PERFORM bank.fail('BO403', 'The amount is above your limit.',
            bank.recon_money(p_amount, p_currency) || ' ' || p_currency || ' > '
            || bank.recon_money(p_limit, p_currency), 'Ask a colleague with a higher limit.');
    END IF;
END $$;

-- The lane of an account in the caller's units, locked as a run locks it.
CREATE FUNCTION bank.recon_lane_locked(p_account_id bigint)
RETURNS bank.recon_lane LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    lane recon_lane;
BEGIN
    SELECT l.* INTO lane FROM recon_lane l JOIN recon_account a USING (lane_id)
     WHERE a.account_id = p_account_id
       AND a.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE OF l;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such account in your units.', p_account_id::text,
                          'Choose it from a list.', 'p_account_id');
    END IF;
    RETURN lane;
END $$;

-- A match that stands in one of the states, locked; its version must be the one seen.
CREATE FUNCTION bank.recon_match_locked(p_account_id bigint, p_match_id bigint, p_version bigint,
                                        VARIADIC p_states text[])
RETURNS bank.recon_match LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    m recon_match;
BEGIN
    SELECT * INTO m FROM recon_match WHERE account_id = p_account_id AND match_id = p_match_id
       AND unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such match in your units.', p_match_id::text,
                          'Refresh the list.', 'p_match_id');
    ELSIF m.status = 'undone' THEN
        PERFORM bank.fail('BO423', 'The match is undone already.', p_match_id::text,
                          'Refresh the list.');
    ELSIF NOT m.status = ANY (p_states) THEN
        PERFORM bank.fail('BO423', 'The match is not in a state for this.', m.status,
                          'Refresh the list.');
    ELSIF m.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.', bank.login_name(m.maker),
                          'Refresh and try again.');
    END IF;
    RETURN m;
END $$;

-- The days whose open lines a match changes.
CREATE FUNCTION bank.recon_match_days(p_lane_id int, p_account_id bigint, p_match_id bigint)
RETURNS void LANGUAGE sql SET search_path = bank, pg_temp AS $$
    SELECT bank.recon_day_refresh(p_lane_id, d.day)
      FROM (SELECT DISTINCT i.day FROM recon_match_item mi
              JOIN recon_item i ON i.account_id = mi.account_id AND i.item_id = mi.item_id
             WHERE mi.account_id = p_account_id AND mi.match_id = p_match_id) d;
$$;

-- A confirmed match: its items are open no longer.
CREATE FUNCTION bank.recon_match_settle(p_lane_id int, p_account_id bigint, p_match_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    DELETE FROM recon_open o USING recon_match_item mi
     WHERE mi.account_id = p_account_id AND mi.match_id = p_match_id
       AND o.account_id = mi.account_id AND o.item_id = mi.item_id;
    DELETE FROM recon_break b USING recon_match_item mi
     WHERE mi.account_id = p_account_id AND mi.match_id = p_match_id
       AND b.account_id = mi.account_id AND b.item_id = mi.item_id;
    PERFORM bank.recon_match_close(p_account_id, p_match_id, 1);
    PERFORM bank.recon_match_days(p_lane_id, p_account_id, p_match_id);
END $$;

-- Its items are nobody's any more; those of a confirmed match are open again.
CREATE FUNCTION bank.recon_match_release(p_lane bank.recon_lane, p_match bank.recon_match,
                                         p_status text, p_code text, p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
BEGIN
    PERFORM bank.recon_pair_spell(p_match.account_id, p_match.match_id);
    UPDATE recon_match SET status = p_status, version = version + 1, undo_reason = p_reason,
           undo_code = p_code, decided_at = clock_timestamp()
     WHERE account_id = p_match.account_id AND match_id = p_match.match_id;
    UPDATE recon_member SET live = false
     WHERE account_id = p_match.account_id AND match_id = p_match.match_id;
    INSERT INTO recon_open
    SELECT i.account_id, i.item_id, i.side, i.amount, i.currency, i.value_date, i.day,
           bank.recon_key(i.reference)
      FROM recon_match_item mi JOIN recon_item i USING (account_id, item_id)
     WHERE mi.account_id = p_match.account_id AND mi.match_id = p_match.match_id
    ON CONFLICT DO NOTHING;
    IF p_match.status = 'confirmed' THEN
        PERFORM bank.recon_match_close(p_match.account_id, p_match.match_id, -1);
        PERFORM bank.recon_break_open(p_lane, p_match.last_day, NULL);
        PERFORM bank.recon_match_days(p_lane.lane_id, p_match.account_id, p_match.match_id);
    END IF;
    PERFORM bank.audit_write(CASE p_status WHEN 'refused' THEN 'refuse' ELSE 'undo' END, 'recon_match',
        p_match.match_id::text, NULL,
        jsonb_build_object('status', p_match.status, 'rule', p_match.rule, 'maker', p_match.maker),
        jsonb_build_object('status', p_status, 'code', p_code, 'reason', p_reason));
END $$;

-- The sum, amount, keys and days of open items that are to be matched; the caller holds the lane.
CREATE FUNCTION bank.recon_items_open(p_account_id bigint, p_items bigint[],
    OUT total bigint, OUT value bigint, OUT book int, OUT statement int, OUT movement bigint,
    OUT key text, OUT currency text, OUT first_day date, OUT last_day date)
LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    found_items int;
BEGIN
    SELECT count(*), sum(o.amount),
           greatest(sum(abs(o.amount)) FILTER (WHERE o.side = 'L'),
                    sum(abs(o.amount)) FILTER (WHERE o.side = 'S')),
           count(*) FILTER (WHERE o.side = 'L'), count(*) FILTER (WHERE o.side = 'S'),
           coalesce(sum(o.amount) FILTER (WHERE o.side = 'L'), -sum(o.amount)),
           coalesce(min(o.key) FILTER (WHERE o.side = 'L' AND o.key <> ''), max(o.key)),
           min(o.currency), min(o.day), max(o.day)
      INTO found_items, total, value, book, statement, movement, key, currency, first_day, last_day
      FROM recon_open o WHERE o.account_id = p_account_id AND o.item_id = ANY (p_items);
    IF coalesce(array_length(p_items, 1), 0) NOT BETWEEN 1 AND 500 THEN
        PERFORM bank.fail('BO422', 'Mark 1 to 500 lines.', NULL, NULL, 'p_items');
    ELSIF found_items <> (SELECT count(DISTINCT i) FROM unnest(p_items) i) THEN
        PERFORM bank.fail('BO409', 'One of these lines is matched already.', NULL,
                          'Refresh and try again.', 'p_items');
    ELSIF EXISTS (SELECT FROM recon_match_item mi JOIN recon_match m USING (account_id, match_id)
                   WHERE mi.account_id = p_account_id AND mi.item_id = ANY (p_items) AND mi.live
                     AND m.status = 'proposed') THEN
        PERFORM bank.fail('BO423', 'One of these lines waits for a second person already.', NULL,
                          'See the approvals (:apr).', 'p_items');
    END IF;
END $$;

-- Suggestions of rules give way to what a person decides about their items.
CREATE FUNCTION bank.recon_suggestions_drop(p_account_id bigint, p_items bigint[], p_but bigint)
RETURNS void LANGUAGE sql SET search_path = bank, pg_temp AS $$
    WITH gone AS (
        UPDATE recon_match m SET status = 'undone', version = version + 1, undo_code = 'superseded',
               decided_at = clock_timestamp()
         WHERE m.account_id = p_account_id AND m.status = 'suggested'
           AND m.match_id IS DISTINCT FROM p_but
           AND m.match_id IN (SELECT mi.match_id FROM recon_match_item mi
                               WHERE mi.account_id = p_account_id AND mi.item_id = ANY (p_items)
                                 AND mi.live)
        RETURNING m.match_id)
    UPDATE recon_member mi SET live = false FROM gone
     WHERE mi.account_id = p_account_id AND mi.match_id = gone.match_id;
$$;

-- The account that an adjustment is written to when nobody names one.
CREATE FUNCTION bank.recon_counter_account(p_kind text, p_amount bigint, p_wanted text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    answer text;
BEGIN
    SELECT l.ledger_account INTO answer FROM ledger_account l
     WHERE l.active AND p_kind = ANY (l.adjusts)
       AND (l.ledger_account = p_wanted OR coalesce(p_wanted, '') = ''
            AND l.direction IN (sign(p_amount), 0))
     ORDER BY l.ledger_account LIMIT 1;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO422', 'This account takes no adjustment of this kind.', p_wanted,
                          'Choose one of the list.', 'p_counter_account');
    END IF;
    RETURN answer;
END $$;

-- Drafts the voucher of a match: when our account gains, it is debited.
CREATE FUNCTION bank.recon_adjustment_draft(p_lane bank.recon_lane, p_account_id bigint,
    p_match_id bigint, p_kind text, p_amount bigint, p_currency text, p_counter text, p_note text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    v_counter text := bank.recon_counter_account(p_kind, p_amount, p_counter);
    v_own text := (SELECT book_account FROM recon_account WHERE account_id = p_account_id);
    v_id bigint := nextval('bank.recon_adjustment_adjustment_id_seq');
BEGIN
    PERFORM bank.recon_require_limit(abs(p_amount),
        (bank.recon_limit_of(p_kind, p_currency)).make_limit, p_currency);
    INSERT INTO recon_adjustment (account_id, adjustment_id, match_id, lane_id, unit_id, kind,
        amount, currency, debit_account, credit_account, voucher, note)
    OVERRIDING SYSTEM VALUE
    VALUES (p_account_id, v_id, p_match_id, p_lane.lane_id, p_lane.unit_id, p_kind, p_amount,
        p_currency, CASE WHEN p_amount > 0 THEN v_own ELSE v_counter END,
        CASE WHEN p_amount > 0 THEN v_counter ELSE v_own END,
        'ADJ' || to_char(bank.today(), 'YYYYMMDD') || lpad(v_id::text, 6, '0'),
        coalesce(p_note, ''));
END $$;

-- Matches open lines of one account, of either side. p_kind: '' when they sum to zero, else the
-- adjustment that makes up the rest (write-off, fee, suspense, reversal), drafted with
-- p_counter_account ('': the usual one). Takes effect at once within the caller's limit and without
-- an adjustment; else it waits for a second person. The answer's id is the match.
CREATE FUNCTION api.match_propose(p_account_id bigint, p_items bigint[], p_kind text,
    p_counter_account text, p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    lane bank.recon_lane;
    items bigint[] := (SELECT array_agg(DISTINCT i ORDER BY i) FROM unnest(p_items) i);
    s record;
    v_limit bank.recon_limit;
    v_match bigint;
    v_status text;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'match_propose', jsonb_build_array(p_account_id,
        to_jsonb(items), p_kind, p_counter_account, p_note));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    lane := bank.recon_lane_locked(p_account_id);
    SELECT * INTO s FROM bank.recon_items_open(p_account_id, items);
    IF coalesce(p_kind, '') = '' AND s.total <> 0 THEN
        PERFORM bank.fail('BO422', 'The marked lines do not sum to zero.',
            bank.recon_money(s.total, s.currency) || ' ' || s.currency,
            'Mark the lines that are missing, or adjust the difference.', 'p_items');
    ELSIF coalesce(p_kind, '') <> '' AND s.total = 0 THEN
        PERFORM bank.fail('BO422', 'There is no difference to adjust.', NULL, NULL, 'p_kind');
    END IF;
    v_limit := bank.recon_limit_of('match', s.currency);
    PERFORM bank.recon_require_limit(s.value, v_limit.make_limit, s.currency);
    v_status := CASE WHEN s.total = 0 AND s.value <= v_limit.alone_limit THEN 'confirmed'
                     ELSE 'proposed' END;
    PERFORM bank.recon_suggestions_drop(p_account_id, items, NULL);
    INSERT INTO recon_match (account_id, unit_id, rule, cardinality, key, amount, first_day,
        last_day, adjustment, evidence, status, made_at)
    VALUES (p_account_id, lane.unit_id, 'manual', s.book || ':' || s.statement, coalesce(s.key, ''),
        s.movement, s.first_day, s.last_day, -s.total, coalesce(p_note, ''), v_status,
        clock_timestamp())
    RETURNING match_id INTO v_match;
    INSERT INTO recon_member (account_id, match_id, item_id, amount)
    SELECT o.account_id, v_match, o.item_id, o.amount FROM recon_open o
     WHERE o.account_id = p_account_id AND o.item_id = ANY (items);
    IF s.total <> 0 THEN
        PERFORM bank.recon_adjustment_draft(lane, p_account_id, v_match, p_kind, -s.total,
            s.currency, p_counter_account, p_note);
    END IF;
    IF v_status = 'confirmed' THEN
        PERFORM bank.recon_match_settle(lane.lane_id, p_account_id, v_match);
        PERFORM bank.recon_learn(lane, p_account_id, v_match);
    END IF;
    PERFORM bank.audit_write(CASE v_status WHEN 'confirmed' THEN 'match' ELSE 'propose' END,
        'recon_match', v_match::text, NULL, NULL, jsonb_build_object('items', items, 'adjustment',
        (-s.total)::text, 'currency', s.currency, 'kind', coalesce(p_kind, ''), 'note', p_note));
    RETURN bank.request_done(p_request, v_match::text, CASE v_status
        WHEN 'confirmed' THEN 'The lines are matched.'
        ELSE 'The match waits for a second person.' END);
END $$;
SELECT bank.function_grant('match_propose', 'clerk', 'supervisor');

-- Takes over the suggestion of a rule: confirmed within the caller's limit, else proposed.
CREATE FUNCTION api.match_confirm(p_account_id bigint, p_match_id bigint, p_version bigint,
                                  p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    lane bank.recon_lane;
    m bank.recon_match;
    items bigint[];
    s record;
    v_limit bank.recon_limit;
    v_status text;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'match_confirm',
                                  jsonb_build_array(p_account_id, p_match_id, p_version));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    lane := bank.recon_lane_locked(p_account_id);
    m := bank.recon_match_locked(p_account_id, p_match_id, p_version, 'suggested');
    items := (SELECT array_agg(item_id) FROM recon_match_item
               WHERE account_id = p_account_id AND match_id = p_match_id);
    SELECT * INTO s FROM bank.recon_items_open(p_account_id, items);
    v_limit := bank.recon_limit_of('match', s.currency);
    PERFORM bank.recon_require_limit(s.value, v_limit.make_limit, s.currency);
    v_status := CASE WHEN m.adjustment = 0 AND s.value <= v_limit.alone_limit THEN 'confirmed'
                     ELSE 'proposed' END;
    PERFORM bank.recon_suggestions_drop(p_account_id, items, p_match_id);
    UPDATE recon_match SET status = v_status, maker = session_user, version = version + 1,
           made_at = clock_timestamp(), decided_at = clock_timestamp()
     WHERE account_id = p_account_id AND match_id = p_match_id;
    UPDATE recon_member SET live = true
     WHERE account_id = p_account_id AND match_id = p_match_id AND NOT live;
    IF m.adjustment <> 0 AND NOT EXISTS (SELECT FROM recon_adjustment WHERE account_id = p_account_id
                                         AND match_id = p_match_id) THEN
        PERFORM bank.recon_adjustment_draft(lane, p_account_id, p_match_id, 'fee', m.adjustment,
            s.currency, NULL, m.rule);
    END IF;
    IF v_status = 'confirmed' THEN
        PERFORM bank.recon_match_settle(lane.lane_id, p_account_id, p_match_id);
        PERFORM bank.recon_learn(lane, p_account_id, p_match_id);
    END IF;
    PERFORM bank.audit_write('confirm', 'recon_match', p_match_id::text, NULL,
        jsonb_build_object('status', m.status, 'rule', m.rule, 'score', m.score),
        jsonb_build_object('status', v_status));
    RETURN bank.request_done(p_request, p_match_id::text, CASE v_status
        WHEN 'confirmed' THEN 'The lines are matched.'
        ELSE 'The match waits for a second person.' END);
END $$;
SELECT bank.function_grant('match_confirm', 'clerk', 'supervisor');
