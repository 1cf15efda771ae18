-- Matches that people make: limits by role, proposals that wait for a second person, adjustments
-- and their vouchers, unmatching.
--
-- A match by hand is 'proposed' until a second person approves it, or 'confirmed' at once within the
-- limit of the maker. Its items are live from the proposal on, so no other match can take them;
-- they stay in recon_open, as outstanding as before, until the match is confirmed. A run therefore
-- leaves items of live matches alone. 'suggested' matches come from rules and give way to a
-- person's proposal.

ALTER TABLE bank.recon_match DROP CONSTRAINT recon_match_status_check;
ALTER TABLE bank.recon_match
    ADD CONSTRAINT recon_match_status_check
        CHECK (status IN ('suggested', 'proposed', 'confirmed', 'refused', 'undone')),
    ADD COLUMN IF NOT EXISTS score smallint,            -- 0 to 100, of a suggestion
    ADD COLUMN IF NOT EXISTS made_at timestamptz,       -- proposed by its maker
    ADD COLUMN IF NOT EXISTS undo_code text COLLATE "C",
    -- By hand with an adjustment: never without a second person.
    ADD CONSTRAINT recon_match_adjusted CHECK
        (status <> 'confirmed' OR adjustment = 0 OR run_id IS NOT NULL OR checker IS NOT NULL);
CREATE INDEX recon_match_waiting ON bank.recon_match (unit_id, status, account_id, match_id)
    WHERE status IN ('suggested', 'proposed');
CREATE INDEX recon_match_adjustment ON bank.recon_match (account_id, last_day) WHERE adjustment <> 0;
CREATE INDEX recon_open_amount ON bank.recon_open (account_id, side, amount, value_date);

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
    ('match', 'clerk', 1000000000000, 500000000, 10000000),
    ('match', 'supervisor', 100000000000000, 10000000000, 100000000000000),
    ('unmatch', 'clerk', 1000000000000, 500000000, 10000000),
    ('unmatch', 'supervisor', 100000000000000, 10000000000, 100000000000000),
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
