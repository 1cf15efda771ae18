-- Signing the balance reconciliation statement (余额调节表) of an account and day.

-- The figures as signed. The equation is a constraint: no sign-off can exist that does not add up.
-- `adjusted` are approved adjustments that our book has not written yet.
CREATE TABLE bank.recon_signoff (
    account_id bigint NOT NULL,
    day date NOT NULL,
    revision int NOT NULL DEFAULT 1,
    lane_id int NOT NULL,
    unit_id int NOT NULL,
    book bigint NOT NULL,
    statement_only bigint NOT NULL,
    book_only bigint NOT NULL,
    adjusted bigint NOT NULL,
    statement bigint NOT NULL,
    difference bigint NOT NULL GENERATED ALWAYS AS
        (book + statement_only - book_only + adjusted - statement) STORED CHECK (difference = 0),
    open_lines int NOT NULL,
    items bigint[] NOT NULL,                 -- what was outstanding
    status text COLLATE "C" NOT NULL DEFAULT 'prepared'
        CHECK (status IN ('prepared', 'signed', 'refused', 'reopened')),
    preparer text NOT NULL DEFAULT session_user,
    prepared_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reviewer text,
    reviewed_at timestamptz,
    reason text NOT NULL DEFAULT '',         -- why refused or reopened
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, day, revision),
    CHECK (reviewer IS DISTINCT FROM preparer),
    CHECK (status <> 'signed' OR reviewer IS NOT NULL)
);
CREATE UNIQUE INDEX recon_signoff_live ON bank.recon_signoff (account_id, day)
    WHERE status IN ('prepared', 'signed');
CREATE INDEX recon_signoff_waiting ON bank.recon_signoff (unit_id, day) WHERE status = 'prepared';
SELECT bank.table_protect('bank.recon_signoff', 'SELECT, INSERT, UPDATE');
