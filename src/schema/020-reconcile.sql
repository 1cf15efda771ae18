-- Reconciliation: lanes, files, statements, items of both sides, open items, matches, breaks.
--
-- Sign: recon_item.amount is what the item adds to a match. A book line (side L) of money received
-- counts plus, the statement line (side S) of the same movement counts minus, so that the items of
-- a match sum to zero with its adjustment. `movement` in the views is the amount as both the book
-- and the statement show it: money in is positive, whichever side it stands on.
--
-- An item never changes. It is fresh from its import until a run has looked at it (its statement is
-- `fresh`), so that importing writes it once; what the run leaves open has a row in recon_open from
-- then on, until it is matched.

-- The database's encoding is UTF-8 for good.
CREATE FUNCTION bank.sha256_hex(p_text text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT encode(sha256(convert_to(p_text, 'UTF8')), 'hex') $$;

-- A rule set is a list of versions. A version is drafted and proposed by one person and approved by
-- another; approved, it is what the lanes of that name use. It never changes afterwards.
CREATE TABLE bank.recon_rule_set (
    rule_set_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    version int NOT NULL DEFAULT 1,
    spec text NOT NULL,                      -- JSON as rules.schema.json has it
    sha256 text NOT NULL GENERATED ALWAYS AS (bank.sha256_hex(spec)) STORED,
    status text COLLATE "C" NOT NULL DEFAULT 'draft'
        CHECK (status IN ('draft', 'proposed', 'approved', 'retired', 'refused')),
    note text NOT NULL DEFAULT '',           -- why it was changed
    trial jsonb,                             -- what a dry run of it gave beside the approved one
    created_by text NOT NULL DEFAULT session_user,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    proposed_at timestamptz,
    approved_by text,
    decided_by text,
    decided_at timestamptz,
    decision text NOT NULL DEFAULT '',
    row_version bigint NOT NULL DEFAULT 1,
    UNIQUE (name, version),
    CHECK (approved_by IS DISTINCT FROM created_by),
    CHECK (status NOT IN ('approved', 'retired') OR approved_by IS NOT NULL)
);
CREATE UNIQUE INDEX recon_rule_set_live ON bank.recon_rule_set (name) WHERE status = 'approved';
CREATE UNIQUE INDEX recon_rule_set_work ON bank.recon_rule_set (name)
    WHERE status IN ('draft', 'proposed');

CREATE TABLE bank.recon_lane (
    lane_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL,                      -- in the bank's own language
    name_en text NOT NULL DEFAULT '',
    kind text NOT NULL CHECK (kind IN ('nostro', 'clearing', 'channel', 'suspense', 'internal')),
    unit_id int NOT NULL,
    buffer_days int NOT NULL DEFAULT 1 CHECK (buffer_days BETWEEN 0 AND 30),
    calendar text COLLATE "C" NOT NULL DEFAULT 'working' CHECK (calendar IN ('working', 'every')),
    currency_policy text COLLATE "C" NOT NULL DEFAULT 'many' CHECK (currency_policy IN
        ('one', 'many')),                    -- have its accounts one currency or several
    tolerance bigint NOT NULL DEFAULT 0 CHECK (tolerance BETWEEN 0 AND 1000000), -- minor units
    fee_low int NOT NULL DEFAULT 3800 CHECK (fee_low BETWEEN 0 AND 100000), -- millionths of the
    fee_high int NOT NULL DEFAULT 6000 CHECK (fee_high BETWEEN 0 AND 100000), -- book's amount
    fee_fixed bigint NOT NULL DEFAULT 0 CHECK (fee_fixed BETWEEN 0 AND 1000000), -- and minor units
    rule_set_id int NOT NULL DEFAULT 1 REFERENCES bank.recon_rule_set,
    active boolean NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (fee_low <= fee_high)
);

-- One account of ours against one account at the other bank. The keys are the numbers without
-- blanks and punctuation: the same account is written in many ways.
CREATE TABLE bank.recon_account (
    account_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane_id int NOT NULL REFERENCES bank.recon_lane,
    unit_id int NOT NULL,
    book_account text COLLATE "C" NOT NULL,
    external_account text COLLATE "C" NOT NULL,
    external_bank text NOT NULL DEFAULT '',
    currency char(3) COLLATE "C" NOT NULL,
    numbered boolean NOT NULL DEFAULT true,  -- statement numbers run without gaps
    opening_date date,                       -- balances are those before this day; each is taken
    opening_statement bigint,                -- from the first file of its side when not set
    opening_book bigint,
    book_key text COLLATE "C" GENERATED ALWAYS AS
        (upper(regexp_replace(book_account, '[^0-9A-Za-z]', '', 'g'))) STORED,
    external_key text COLLATE "C" GENERATED ALWAYS AS
        (upper(regexp_replace(external_account, '[^0-9A-Za-z]', '', 'g'))) STORED,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (book_key, currency),
    UNIQUE (external_key, currency)
);
CREATE INDEX recon_account_lane ON bank.recon_account (lane_id);

CREATE TABLE bank.recon_file (
    file_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id int NOT NULL,
    side char(1) COLLATE "C" NOT NULL CHECK (side IN ('L', 'S')),
    name text NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    bytes bigint NOT NULL,
    format text NOT NULL,
    profile text NOT NULL DEFAULT '',
    parser_version int NOT NULL,
    encoding text NOT NULL,
    status text NOT NULL CHECK (status IN ('accepted', 'quarantined', 'released', 'rejected')),
    reason_code text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    statement_count int NOT NULL DEFAULT 0,
    line_count bigint NOT NULL DEFAULT 0,
    new_count bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    imported_by text NOT NULL DEFAULT session_user,
    imported_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    waived_by text,                          -- wants it let in nevertheless
    waived_at timestamptz,
    waive_reason text NOT NULL DEFAULT '',
    requested_by text,                       -- asked the sender for a correct one
    requested_at timestamptz,
    request_note text NOT NULL DEFAULT '',
    decided_by text,
    decided_at timestamptz,
    decision text NOT NULL DEFAULT '',
    CHECK (status <> 'released' OR decided_by <> imported_by AND decided_by <> waived_by),
    CHECK (status <> 'released' OR waived_by IS NOT NULL AND decided_by IS NOT NULL)
);
CREATE INDEX recon_file_held ON bank.recon_file (unit_id, file_id) WHERE status = 'quarantined';
CREATE UNIQUE INDEX recon_file_content ON bank.recon_file (sha256, side) WHERE status <> 'rejected';

CREATE TABLE bank.recon_statement (
    statement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_id bigint NOT NULL REFERENCES bank.recon_file,
    position int NOT NULL,                   -- from 1 within the file
    account_id bigint REFERENCES bank.recon_account,
    unit_id int NOT NULL,
    side char(1) COLLATE "C" NOT NULL CHECK (side IN ('L', 'S')),
    account text NOT NULL,                   -- as the file writes it
    reference text NOT NULL DEFAULT '',
    number int,
    page int,
    currency char(3) COLLATE "C" NOT NULL,
    open_date date,
    close_date date,
    opening bigint,                          -- money in positive; NULL: the file states none
    closing bigint,
    movement bigint NOT NULL,
    line_count bigint NOT NULL,
    kind text COLLATE "C" NOT NULL DEFAULT 'booked' -- interim and advice lines come again in a
        CHECK (kind IN ('booked', 'interim', 'advice')), -- statement: they make no items
    opening_interim boolean NOT NULL DEFAULT false, -- continues the page before
    closing_interim boolean NOT NULL DEFAULT false, -- another page follows
    pending_count bigint NOT NULL DEFAULT 0, -- lines left out, not booked yet
    live boolean NOT NULL,                   -- false while the file is quarantined or rejected
    fresh boolean NOT NULL DEFAULT false,    -- has items that no run has looked at
    segment bigint,                          -- its items stand in this segment; NULL: among the others
    from_date date,                          -- value dates of its items
    to_date date,
    fault_code text NOT NULL DEFAULT '',     -- what the gate found first
    fault text NOT NULL DEFAULT '',
    UNIQUE (file_id, position)
);
CREATE INDEX recon_statement_fresh ON bank.recon_statement (account_id, statement_id) WHERE fresh;

-- What the gate looked at, held or not: one row a check.
CREATE TABLE bank.recon_check (
    file_id bigint NOT NULL REFERENCES bank.recon_file,
    check_no int NOT NULL,
    position int NOT NULL DEFAULT 0,         -- statement within the file, 0: of the whole file
    code text COLLATE "C" NOT NULL,
    label text NOT NULL DEFAULT '',          -- its name in the format
    line bigint,                             -- of the file
    currency text COLLATE "C" NOT NULL DEFAULT '', -- '': counts
    expected bigint,                         -- what is stated; minor units or a count
    found bigint,                            -- what the lines give
    passed boolean NOT NULL,
    detail text NOT NULL DEFAULT '',
    PRIMARY KEY (file_id, check_no)
);

-- Sums of an account by day: of the items in whose balance they stand, of those that no run has
-- looked at, and of those whose confirmed match has its last day then. What is open at the end of a
-- day are all items up to it less all that were closed up to it.
CREATE TABLE bank.recon_day_total (
    account_id bigint NOT NULL,
    day date NOT NULL,
    side char(1) COLLATE "C" NOT NULL CHECK (side IN ('L', 'S')),
    lines bigint NOT NULL DEFAULT 0,
    amount bigint NOT NULL DEFAULT 0,
    fresh_lines bigint NOT NULL DEFAULT 0,
    value bigint NOT NULL DEFAULT 0,         -- sum of the amounts without their sign
    fresh_value bigint NOT NULL DEFAULT 0,
    closed_lines bigint NOT NULL DEFAULT 0,
    closed_amount bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, side, day)
);
CREATE INDEX recon_statement_account
    ON bank.recon_statement (account_id, side, close_date, number, page) WHERE live;

CREATE TABLE bank.recon_item (
    account_id bigint NOT NULL,
    item_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id int NOT NULL,
    side char(1) COLLATE "C" NOT NULL CHECK (side IN ('L', 'S')),
    amount bigint NOT NULL,
    currency char(3) COLLATE "C" NOT NULL,
    value_date date NOT NULL,
    book_date date,
    day date NOT NULL,                       -- in whose closing balance it stands
    kind text COLLATE "C" NOT NULL DEFAULT '',
    reference text NOT NULL DEFAULT '',
    bank_reference text NOT NULL DEFAULT '',
    counterparty text NOT NULL DEFAULT '',
    narrative text NOT NULL DEFAULT '',
    source_id text NOT NULL DEFAULT '',      -- the line's own number in the file, if it has one
    statement_id bigint,
    line bigint NOT NULL DEFAULT 0,          -- line of the file, from 1
    fingerprint uuid NOT NULL,               -- first half of SHA-256 over what makes the line
    occurrence int NOT NULL DEFAULT 1,       -- equal legitimate lines count up
    reference_key text COLLATE "C",          -- normalised, NULL when it is written so
    PRIMARY KEY (item_id, account_id)        -- in the order of their coming: made quickly
) PARTITION BY RANGE (item_id);
-- Large imports and runs have tables of their own (095); these take the rest.
CREATE TABLE bank.recon_item_base PARTITION OF bank.recon_item
    FOR VALUES FROM (MINVALUE) TO (10000000000);
CREATE INDEX recon_item_statement ON bank.recon_item (statement_id, line);

-- Further references of an item (bank reference, those found in the narrative), normalised.
CREATE TABLE bank.recon_reference (
    account_id bigint NOT NULL,
    item_id bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, item_id, kind, key)
);
CREATE INDEX recon_reference_key ON bank.recon_reference (account_id, key);

-- What runs left open: narrow, so that a run reads little and a match deletes cheaply.
CREATE TABLE bank.recon_open (
    account_id bigint NOT NULL,
    item_id bigint NOT NULL,
    side char(1) COLLATE "C" NOT NULL,
    amount bigint NOT NULL,
    currency char(3) COLLATE "C" NOT NULL,
    value_date date NOT NULL,
    day date NOT NULL,
    key text COLLATE "C" NOT NULL,           -- normalised reference, '' when none
    PRIMARY KEY (account_id, item_id)
);

CREATE INDEX recon_open_key ON bank.recon_open (account_id, key, side);

CREATE TABLE bank.recon_run (
    run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane_id int NOT NULL REFERENCES bank.recon_lane,
    unit_id int NOT NULL,
    as_of date NOT NULL,
    rule_set_id int NOT NULL REFERENCES bank.recon_rule_set,
    book_count bigint NOT NULL,              -- open items seen by the run
    statement_count bigint NOT NULL,
    match_count bigint NOT NULL,
    break_count bigint NOT NULL,
    started_by text NOT NULL DEFAULT session_user,
    suggest_count bigint NOT NULL DEFAULT 0,
    held_back bigint NOT NULL DEFAULT 0,     -- asked to be confirmed, only suggested
    book_value numeric NOT NULL DEFAULT 0,   -- minor units without sign, seen and matched
    matched_value numeric NOT NULL DEFAULT 0,
    rules jsonb NOT NULL DEFAULT '{}',       -- matches by rule
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX recon_run_lane ON bank.recon_run (lane_id, run_id);

CREATE TABLE bank.recon_match (
    account_id bigint NOT NULL,
    match_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id int NOT NULL,
    run_id bigint,
    rule text COLLATE "C" NOT NULL,          -- 'manual' or the rule's name
    rule_version int NOT NULL DEFAULT 1,
    cardinality text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL DEFAULT '', -- reference that its items share
    amount bigint NOT NULL DEFAULT 0,        -- of the book side, money in positive
    first_day date NOT NULL,                 -- of its items
    last_day date NOT NULL,
    adjustment bigint NOT NULL DEFAULT 0,
    evidence text NOT NULL DEFAULT '',       -- why, for a person to read
    detail jsonb,                            -- the same with its figures, from the engine
    status text COLLATE "C" NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    maker text NOT NULL DEFAULT session_user,
    checker text,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    undo_reason text,
    book_id bigint,                          -- the pair of a large run has its two lines here (096),
    statement_id bigint,                     -- all other matches have them in recon_member
    PRIMARY KEY (match_id, account_id),
    -- One condition for all, a million times. By hand with an adjustment: never without a second person.
    CONSTRAINT recon_match_sound CHECK (CASE WHEN book_id IS NOT NULL
        THEN statement_id IS NOT NULL AND status = 'confirmed' AND adjustment = 0 AND checker IS NULL
        ELSE statement_id IS NULL AND checker IS DISTINCT FROM maker
             AND status IN ('suggested', 'proposed', 'confirmed', 'refused', 'undone')
             AND (status <> 'confirmed' OR adjustment = 0 OR run_id IS NOT NULL OR checker IS NOT NULL)
        END)
) PARTITION BY RANGE (match_id);
CREATE TABLE bank.recon_match_base PARTITION OF bank.recon_match
    FOR VALUES FROM (MINVALUE) TO (10000000000);
CREATE INDEX recon_match_key ON bank.recon_match (key, account_id);
-- A segment has its pairs nearly in the order of their days and needs less (096).
CREATE INDEX recon_match_run ON bank.recon_match_base USING brin (run_id) WITH (pages_per_range = 32);
CREATE INDEX recon_match_late ON bank.recon_match_base (account_id, last_day) WHERE first_day < last_day;

CREATE TABLE bank.recon_member (
    account_id bigint NOT NULL,
    match_id bigint NOT NULL,
    item_id bigint NOT NULL,
    amount bigint NOT NULL,
    live boolean NOT NULL DEFAULT true,
    PRIMARY KEY (account_id, match_id, item_id)
);
CREATE UNIQUE INDEX recon_member_live ON bank.recon_member (account_id, item_id) WHERE live;
CREATE INDEX recon_member_undone ON bank.recon_member (account_id, item_id) WHERE NOT live;

-- The lines of all matches, whichever way they are kept.
CREATE VIEW bank.recon_match_item AS
SELECT account_id, match_id, item_id, amount, live FROM bank.recon_member
UNION ALL
SELECT account_id, match_id, book_id, amount, true FROM bank.recon_match WHERE book_id IS NOT NULL
UNION ALL
SELECT account_id, match_id, statement_id, -amount, true FROM bank.recon_match
 WHERE statement_id IS NOT NULL;
ALTER VIEW bank.recon_match_item OWNER TO bankops_owner;
GRANT SELECT ON bank.recon_match_item TO bankops_api;

CREATE TABLE bank.recon_break (
    account_id bigint NOT NULL,
    item_id bigint NOT NULL,
    lane_id int NOT NULL,
    unit_id int NOT NULL,
    category text COLLATE "C" NOT NULL CHECK (category IN
        ('bank-only', 'ours-only', 'amount', 'fee', 'status', 'duplicate', 'date', 'currency')),
    aged_from date NOT NULL,                 -- value date: the age counts from here
    due_on date NOT NULL,                    -- after the lane's buffer days
    owner text COLLATE "C",
    reason text NOT NULL DEFAULT '',
    related_item_id bigint,                  -- the item it nearly matches
    opened_by_run bigint,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, item_id)
);
CREATE INDEX recon_break_due ON bank.recon_break (unit_id, due_on, account_id, item_id);
CREATE INDEX recon_break_owner ON bank.recon_break (owner, due_on) WHERE owner IS NOT NULL;

CREATE TABLE bank.recon_note (
    account_id bigint NOT NULL,
    item_id bigint NOT NULL,
    note_id bigint GENERATED ALWAYS AS IDENTITY,
    written_by text NOT NULL DEFAULT session_user,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    PRIMARY KEY (account_id, item_id, note_id)
);

-- What a lane shows for a day; kept up by imports, runs and changes of matches.
CREATE TABLE bank.recon_lane_day (
    lane_id int NOT NULL REFERENCES bank.recon_lane,
    day date NOT NULL,
    unit_id int NOT NULL,
    status text COLLATE "C" NOT NULL,        -- waiting, imported, breaks, differs, balanced
    book_count bigint NOT NULL,
    statement_count bigint NOT NULL,
    book_open bigint NOT NULL,
    statement_open bigint NOT NULL,
    held_files int NOT NULL,
    difference_count int NOT NULL,           -- accounts whose balance proof is not zero
    value bigint NOT NULL DEFAULT 0,         -- of all lines and of the open ones, without sign
    open_value bigint NOT NULL DEFAULT 0,
    run_id bigint,
    run_at timestamptz,
    PRIMARY KEY (lane_id, day)
);
CREATE INDEX recon_lane_day_day ON bank.recon_lane_day (day, lane_id);

-- Lines of a file that the gate holds back, until a second person releases or rejects it.
CREATE TABLE bank.recon_held_line (
    file_id bigint NOT NULL REFERENCES bank.recon_file,
    position int NOT NULL,
    line bigint NOT NULL,
    amount bigint NOT NULL,
    value_date date NOT NULL,
    book_date date,
    kind text NOT NULL,
    reference text NOT NULL,
    bank_reference text NOT NULL,
    counterparty text NOT NULL,
    narrative text NOT NULL,
    source_id text NOT NULL,
    fingerprint uuid
);
CREATE INDEX recon_held_line_file ON bank.recon_held_line (file_id, position, line);

-- The one table operators may write to directly: lines of the file they are importing, by COPY.
-- `writer` cannot be set by them, so a commit sees only the lines of its own transaction; what a
-- transaction leaves here without api.import_commit is never read and is swept away later.
CREATE UNLOGGED TABLE api.import_line (
    writer xid8 NOT NULL DEFAULT pg_current_xact_id(),
    position int NOT NULL,
    line bigint NOT NULL,
    amount bigint NOT NULL,
    value_date date NOT NULL,
    book_date date,
    kind text NOT NULL,
    reference text NOT NULL,
    bank_reference text NOT NULL,
    counterparty text NOT NULL,
    narrative text NOT NULL,
    source_id text NOT NULL,
    fingerprint uuid,                        -- over what makes the line; computed here when NULL
    reference_key text COLLATE "C",          -- as in recon_item; counts when the file says it is prepared
    CONSTRAINT import_line_length CHECK (octet_length(reference) <= 1000) -- it is indexed
);
GRANT INSERT (position, line, amount, value_date, book_date, kind, reference, bank_reference,
              counterparty, narrative, source_id, fingerprint, reference_key)
    ON api.import_line TO bankops_clerk, bankops_supervisor, bankops_admin;

-- A reference without case, blanks and punctuation.
CREATE FUNCTION bank.recon_key(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN p_text ~ '^[0-9A-Z]*$' THEN p_text
                  ELSE upper(regexp_replace(p_text, '[^0-9A-Za-z]', '', 'g')) END $$;

SELECT bank.table_protect('bank.recon_rule_set', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_check', 'SELECT, INSERT, DELETE'),
       bank.table_protect('bank.recon_day_total', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_lane', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_account', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_file', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_statement', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_item', 'SELECT, INSERT'),
       bank.table_protect('bank.recon_reference', 'SELECT, INSERT'),
       bank.table_protect('bank.recon_open', 'SELECT, INSERT, UPDATE, DELETE'),
       bank.table_protect('bank.recon_run', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_match', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_member', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_break', 'SELECT, INSERT, UPDATE, DELETE'),
       bank.table_protect('bank.recon_note', 'SELECT, INSERT'),
       bank.table_protect('bank.recon_lane_day', 'SELECT, INSERT, UPDATE'),
       bank.table_protect('bank.recon_held_line', 'SELECT, INSERT, DELETE');
GRANT USAGE ON SEQUENCE bank.recon_match_match_id_seq, bank.recon_statement_statement_id_seq TO bankops_api;
ALTER TABLE bank.recon_item_base OWNER TO bankops_owner;
ALTER TABLE bank.recon_match_base OWNER TO bankops_owner;
REVOKE ALL ON api.import_line FROM PUBLIC;
ALTER TABLE api.import_line OWNER TO bankops_owner;
GRANT SELECT, INSERT, DELETE, TRUNCATE ON api.import_line TO bankops_api;
-- The lines of statements that are known to be the caller's (recon_statement told so): their units are not
-- asked for a million times more.
CREATE VIEW bank.recon_line AS SELECT * FROM bank.recon_item;
ALTER VIEW bank.recon_line OWNER TO bankops_owner;
GRANT SELECT ON bank.recon_line TO bankops_api;
