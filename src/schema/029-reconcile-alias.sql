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
