-- What matches by hand teach: prefixes that one side puts before a reference, names that one payer
-- goes by. Proposed as rules of the lane; used by runs once a second person has approved them.

INSERT INTO bank.setting (name, value, note) VALUES
    ('recon_learn_after', '3', 'matches by hand after which a prefix or payer name is proposed');

CREATE TABLE bank.recon_alias (
    alias_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane_id int NOT NULL REFERENCES bank.recon_lane,
    unit_id int NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('prefix', 'payer')),
    side char(1) COLLATE "C" NOT NULL CHECK (side IN ('L', 'S')), -- which side writes `pattern`
    pattern text COLLATE "C" NOT NULL,       -- prefix of a normalised reference, or a payer's name
    meaning text COLLATE "C" NOT NULL DEFAULT '', -- the name that the other side writes
    seen int NOT NULL DEFAULT 1,             -- matches that showed it
    account_id bigint,                       -- the last of them
    match_id bigint,
    status text COLLATE "C" NOT NULL DEFAULT 'learning'
        CHECK (status IN ('learning', 'proposed', 'approved', 'refused', 'retired')),
    maker text NOT NULL DEFAULT session_user, -- whose match proposed it
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    checker text,
    decided_at timestamptz,
    reason text NOT NULL DEFAULT '',
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (lane_id, kind, side, pattern, meaning),
    CHECK (checker IS DISTINCT FROM maker),
    CHECK (status <> 'approved' OR checker IS NOT NULL)
);
SELECT bank.table_protect('bank.recon_alias', 'SELECT, INSERT, UPDATE');

-- Prefixes that a run takes off the references of a side in a lane before it compares them.
CREATE FUNCTION bank.recon_prefixes(p_lane_id int, p_side char)
RETURNS text[] LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT coalesce(array_agg(a.pattern ORDER BY length(a.pattern) DESC, a.pattern), '{}')
      FROM recon_alias a
     WHERE a.lane_id = p_lane_id AND a.side = p_side AND a.kind = 'prefix' AND a.status = 'approved'
$$;

-- Names by which the other side of a lane knows its payers, for the rules of a run: those that hold a
-- letter or digit, as the engine reads them (every character beyond ASCII is one).
CREATE FUNCTION bank.recon_payers(p_lane_id int)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(a.pattern, a.meaning) ORDER BY a.pattern, a.meaning),
                    '[]')
      FROM recon_alias a
     WHERE a.lane_id = p_lane_id AND a.kind = 'payer' AND a.status = 'approved'
       AND a.pattern ~ '[0-9A-Za-z]|[^\x01-\x7f]' AND a.meaning ~ '[0-9A-Za-z]|[^\x01-\x7f]'
$$;

-- Counts one more match that shows an alias; proposes it when enough have shown it.
CREATE FUNCTION bank.recon_alias_count(p_lane bank.recon_lane, p_kind text, p_side char,
    p_pattern text, p_meaning text, p_account_id bigint, p_match_id bigint)
RETURNS void LANGUAGE sql SET search_path = bank, pg_temp AS $$
    INSERT INTO recon_alias AS a (lane_id, unit_id, kind, side, pattern, meaning, account_id,
                                  match_id, status)
    VALUES (p_lane.lane_id, p_lane.unit_id, p_kind, p_side, p_pattern, p_meaning, p_account_id,
            p_match_id, CASE WHEN bank.setting('recon_learn_after')::int <= 1 THEN 'proposed'
                             ELSE 'learning' END)
    ON CONFLICT (lane_id, kind, side, pattern, meaning) DO UPDATE
       SET seen = a.seen + 1, account_id = p_account_id, match_id = p_match_id,
           maker = CASE WHEN a.status = 'learning' THEN session_user ELSE a.maker END,
           made_at = CASE WHEN a.status = 'learning' THEN clock_timestamp() ELSE a.made_at END,
           version = a.version + 1,
           status = CASE WHEN a.status = 'learning'
                              AND a.seen + 1 >= bank.setting('recon_learn_after')::int
                         THEN 'proposed' ELSE a.status END
$$;

-- Learns from a confirmed match of one line a side: what one reference has before the other, and two
-- names of one payer.
CREATE FUNCTION bank.recon_learn(p_lane bank.recon_lane, p_account_id bigint, p_match_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    ours recon_item;
    theirs recon_item;
    a text;
    b text;
BEGIN
    SELECT i.* INTO ours FROM recon_match_item mi JOIN recon_item i USING (account_id, item_id)
     WHERE mi.account_id = p_account_id AND mi.match_id = p_match_id AND i.side = 'L';
    SELECT i.* INTO theirs FROM recon_match_item mi JOIN recon_item i USING (account_id, item_id)
     WHERE mi.account_id = p_account_id AND mi.match_id = p_match_id AND i.side = 'S';
    IF ours.item_id IS NULL OR theirs.item_id IS NULL OR 2 <> (SELECT count(*)
       FROM recon_match_item WHERE account_id = p_account_id AND match_id = p_match_id) THEN
        RETURN;
    END IF;
    a := bank.recon_key(ours.reference);
    b := bank.recon_key(theirs.reference);
    IF length(a) >= 6 AND length(b) - length(a) BETWEEN 1 AND 12 AND right(b, length(a)) = a THEN
        PERFORM bank.recon_alias_count(p_lane, 'prefix', 'S', left(b, length(b) - length(a)), '',
                                       p_account_id, p_match_id);
    ELSIF length(b) >= 6 AND length(a) - length(b) BETWEEN 1 AND 12 AND right(a, length(b)) = b THEN
        PERFORM bank.recon_alias_count(p_lane, 'prefix', 'L', left(a, length(a) - length(b)), '',
                                       p_account_id, p_match_id);
    END IF;
    a := upper(trim(ours.counterparty));
    b := upper(trim(theirs.counterparty));
    IF a <> '' AND b <> '' AND a <> b THEN
        PERFORM bank.recon_alias_count(p_lane, 'payer', 'S', trim(theirs.counterparty),
                                       trim(ours.counterparty), p_account_id, p_match_id);
    END IF;
END $$;

-- Approves or refuses a proposed alias; or retires one (refuse of an approved one).
CREATE FUNCTION bank.recon_decide_alias(p_alias_id bigint, p_version bigint, p_approve boolean,
                                        p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    s recon_alias;
BEGIN
    PERFORM bank.require_role('supervisor');
    SELECT * INTO s FROM recon_alias WHERE alias_id = p_alias_id
       AND unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high() FOR UPDATE;
    IF NOT FOUND OR s.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.', bank.login_name(s.maker),
                          'Refresh and try again.');
    ELSIF s.status <> 'proposed' AND NOT (s.status = 'approved' AND NOT p_approve) THEN
        PERFORM bank.fail('BO423', 'The rule is not proposed.', s.status, 'Refresh the list.');
    ELSIF s.maker = session_user THEN
        PERFORM bank.fail('BO403', 'A second person must decide this.', bank.login_name(s.maker),
                          'Ask a colleague who may check it.');
    END IF;
    UPDATE recon_alias SET status = CASE WHEN p_approve THEN 'approved'
                                         WHEN s.status = 'approved' THEN 'retired' ELSE 'refused' END,
           checker = session_user, decided_at = clock_timestamp(), version = version + 1,
           reason = coalesce(p_reason, '')
     WHERE alias_id = p_alias_id;
    PERFORM bank.audit_write(CASE WHEN p_approve THEN 'approve' ELSE 'refuse' END, 'recon_alias',
        p_alias_id::text, NULL, jsonb_build_object('status', s.status, 'maker', s.maker),
        jsonb_build_object('kind', s.kind, 'pattern', s.pattern, 'meaning', s.meaning,
                           'reason', coalesce(p_reason, '')));
END $$;

-- Rules learned or being learned.
CREATE VIEW api.alias_list WITH (security_barrier) AS
SELECT s.alias_id, l.code AS lane, s.kind, s.side, s.pattern, s.meaning, s.seen, s.account_id,
       s.match_id, s.status, bank.login_name(s.maker) AS maker, s.made_at,
       coalesce(bank.login_name(s.checker), '') AS checker, s.decided_at,
       s.reason, s.version
  FROM bank.recon_alias s JOIN bank.recon_lane l USING (lane_id)
 WHERE s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('alias_list', 'clerk', 'supervisor', 'auditor', 'admin');
