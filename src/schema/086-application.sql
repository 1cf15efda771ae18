-- Applications: what each kind needs besides the case engine. Pre-check rules, documents, findings,
-- scorecards, decisions, core enterprises with their orders and receivables, services of an account.

-- What the machine looks at, in this order. must: stops the application; should: a person looks;
-- visit: done at the one visit, and before anything is opened or paid.
CREATE TABLE bank.check_rule (
    case_type text COLLATE "C" NOT NULL,
    rule      text COLLATE "C" NOT NULL,
    seq       int NOT NULL,
    label_en  text NOT NULL,
    label_zh  text NOT NULL,
    advice_en text NOT NULL,
    advice_zh text NOT NULL,
    told      boolean NOT NULL DEFAULT true, -- the customer may know of it
    takes     text NOT NULL DEFAULT 'none' CHECK (takes IN ('none', 'whole', 'money', 'papers')),
    takes_en  text NOT NULL DEFAULT '', -- what its parameter means
    takes_zh  text NOT NULL DEFAULT '',
    PRIMARY KEY (case_type, rule)
);

-- How strictly, and with which parameter, by version: the newest approved one whose day has come
-- counts. A second person approves; findings keep the version that they were found under.
CREATE TABLE bank.check_rule_version (
    case_type    text COLLATE "C" NOT NULL,
    rule         text COLLATE "C" NOT NULL,
    version      int NOT NULL,
    weight       text NOT NULL CHECK (weight IN ('must', 'should', 'visit')),
    active       boolean NOT NULL DEFAULT true,
    parameter    text NOT NULL DEFAULT '',
    state        text NOT NULL CHECK (state IN ('proposed', 'approved', 'refused')),
    effective_on date NOT NULL,
    note         text NOT NULL DEFAULT '',
    trial        jsonb, -- what it would have changed, as the checker saw it
    made_by      int,
    made_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    checked_by   int,
    checked_at   timestamptz,
    reason       text NOT NULL DEFAULT '',
    PRIMARY KEY (case_type, rule, version),
    FOREIGN KEY (case_type, rule) REFERENCES bank.check_rule,
    CONSTRAINT maker_is_not_checker CHECK (checked_by <> made_by),
    CONSTRAINT approved_by_somebody CHECK (made_by IS NULL OR state <> 'approved'
        OR checked_by IS NOT NULL)
);
CREATE UNIQUE INDEX check_rule_waiting ON bank.check_rule_version (case_type, rule)
    WHERE state = 'proposed';
CREATE VIEW bank.check_rule_now AS
SELECT DISTINCT ON (r.case_type, r.rule) r.*, v.version, v.weight, v.active, v.parameter, v.effective_on
  FROM bank.check_rule r JOIN bank.check_rule_version v USING (case_type, rule)
 WHERE v.state = 'approved' AND v.effective_on <= bank.today()
 ORDER BY r.case_type, r.rule, v.effective_on DESC, v.version DESC;

-- Papers of an application as they were read: number, holder, dates.
CREATE TABLE bank.application_document (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL
                CHECK (kind IN ('licence', 'rep_id', 'owner_id', 'address', 'tax', 'contract',
                                'income', 'other')),
    unit_id     int NOT NULL,
    number      text COLLATE "C" NOT NULL DEFAULT '',
    holder      text NOT NULL DEFAULT '' CHECK (length(holder) <= 200),
    issued_on   date,
    expires_on  date,
    added_by    int,
    added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_id, case_id, kind),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file,
    CHECK (expires_on > issued_on)
);

-- The files of a paper, by edition: each is an attachment of the case (091), and the one that no
-- other has replaced counts.
CREATE TABLE bank.application_file (
    customer_id   bigint NOT NULL,
    case_id       bigint NOT NULL,
    kind          text COLLATE "C" NOT NULL,
    edition       int NOT NULL CHECK (edition > 0),
    unit_id       int NOT NULL,
    attachment_id bigint NOT NULL,
    added_by      int,
    added_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    replaced_by   int,
    replaced_at   timestamptz,
    PRIMARY KEY (customer_id, case_id, kind, edition),
    FOREIGN KEY (customer_id, case_id, kind) REFERENCES bank.application_document
);
CREATE UNIQUE INDEX application_file_now ON bank.application_file (customer_id, case_id, kind)
    WHERE replaced_at IS NULL;

-- Findings of each run of the pre-check; the last run counts.
CREATE TABLE bank.application_check (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    run         int NOT NULL,
    rule        text COLLATE "C" NOT NULL,
    version     int NOT NULL, -- of the rule
    weight      text NOT NULL,
    unit_id     int NOT NULL,
    result      text COLLATE "C" NOT NULL
                CHECK (result IN ('pass', 'missing', 'fail', 'warn', 'visit')),
    detail_en   text NOT NULL DEFAULT '',
    detail_zh   text NOT NULL DEFAULT '',
    checked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (customer_id, case_id, run, rule),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file
);

-- Scorecards by version: the newest approved one whose day has come counts. Points from `approve_at`
-- on approve up to
-- `auto_most`, points below `refuse_below` refuse, between them two persons decide.
CREATE TABLE bank.scorecard (
    card         text COLLATE "C" NOT NULL,
    version      int NOT NULL,
    label_en     text NOT NULL,
    label_zh     text NOT NULL,
    state        text NOT NULL DEFAULT 'draft'
                 CHECK (state IN ('draft', 'proposed', 'approved', 'dropped')),
    effective_on date,
    base         int NOT NULL,
    approve_at   int NOT NULL,
    refuse_below int NOT NULL,
    auto_most    bigint NOT NULL CHECK (auto_most >= 0), -- minor units
    report_days  int NOT NULL DEFAULT 30 CHECK (report_days > 0), -- age of a report from outside
    rate_bp      int NOT NULL CHECK (rate_bp BETWEEN 1 AND 2400), -- yearly rate, hundredths of 1 %
    note         text NOT NULL DEFAULT '',
    makers       int[] NOT NULL DEFAULT '{}', -- everybody who changed the draft
    made_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    trial        jsonb, -- what it would have decided, of the draft as it stands
    checked_by   int,
    checked_at   timestamptz,
    reason       text NOT NULL DEFAULT '',
    row_version  bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (card, version),
    CONSTRAINT maker_is_not_checker CHECK (checked_by <> ALL (makers)),
    CONSTRAINT approved_from_a_day CHECK (state <> 'approved' OR effective_on IS NOT NULL),
    CONSTRAINT approved_by_somebody CHECK (state <> 'approved' OR makers = '{}' OR checked_by IS NOT NULL),
    CHECK (refuse_below <= approve_at)
);
CREATE UNIQUE INDEX scorecard_draft ON bank.scorecard (card) WHERE state IN ('draft', 'proposed');

-- The facts that a card may use. `unit`: minor units of money are typed and shown as amounts.
CREATE TABLE bank.score_fact (
    fact     text COLLATE "C" PRIMARY KEY,
    seq      int NOT NULL,
    unit     text NOT NULL DEFAULT 'number' CHECK (unit IN ('number', 'money')),
    label_en text NOT NULL,
    label_zh text NOT NULL
);

CREATE VIEW bank.card_in_use AS
SELECT DISTINCT ON (s.card) s.card, s.version FROM bank.scorecard s
 WHERE s.state = 'approved' AND s.effective_on <= bank.today()
 ORDER BY s.card, s.effective_on DESC, s.version DESC;

-- A fact from `low` up to below `high` (NULL: open) gives the points; both NULL: the fact is not
-- known. `refuse`: whatever the sum. `refer`: a person decides, whatever the sum.
CREATE TABLE bank.scorecard_rule (
    card     text COLLATE "C" NOT NULL,
    version  int NOT NULL,
    rule     text COLLATE "C" NOT NULL,
    seq      int NOT NULL,
    fact     text COLLATE "C" NOT NULL,
    low      numeric,
    high     numeric,
    points   int NOT NULL,
    effect   text NOT NULL DEFAULT 'points' CHECK (effect IN ('points', 'refuse', 'refer')),
    label_en text NOT NULL,
    label_zh text NOT NULL,
    PRIMARY KEY (card, version, rule),
    FOREIGN KEY (card, version) REFERENCES bank.scorecard,
    CHECK (high > low)
);

-- What other institutions tell of a person: credit bureau, social insurance. One row for a fact.
CREATE TABLE bank.outside_fact (
    customer_id bigint NOT NULL,
    source      text COLLATE "C" NOT NULL CHECK (source IN ('bureau', 'social')),
    fact        text COLLATE "C" NOT NULL,
    as_of       date NOT NULL,
    unit_id     int NOT NULL,
    value       numeric NOT NULL,
    reference   text COLLATE "C" NOT NULL,
    PRIMARY KEY (customer_id, source, fact, as_of)
);

-- The score of one run, and every point of it with its evidence.
CREATE TABLE bank.application_score (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    run         int NOT NULL,
    unit_id     int NOT NULL,
    card        text COLLATE "C" NOT NULL,
    version     int NOT NULL,
    score       int NOT NULL,
    verdict     text NOT NULL CHECK (verdict IN ('approve', 'refuse', 'refer')),
    reason_en   text NOT NULL,
    reason_zh   text NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (customer_id, case_id, run),
    FOREIGN KEY (card, version) REFERENCES bank.scorecard,
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file
);
CREATE TABLE bank.application_point (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    run         int NOT NULL,
    rule        text COLLATE "C" NOT NULL,
    unit_id     int NOT NULL,
    fact        text COLLATE "C" NOT NULL,
    value       numeric,
    points      int NOT NULL,
    effect      text NOT NULL,
    evidence_en text NOT NULL CHECK (length(evidence_en) > 0),
    evidence_zh text NOT NULL CHECK (length(evidence_zh) > 0),
    PRIMARY KEY (customer_id, case_id, run, rule),
    FOREIGN KEY (customer_id, case_id, run) REFERENCES bank.application_score
);

-- All facts of one run, also those that gave no points: for the trial of another card.
CREATE TABLE bank.application_fact (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    run         int NOT NULL,
    fact        text COLLATE "C" NOT NULL,
    unit_id     int NOT NULL,
    value       numeric,
    PRIMARY KEY (customer_id, case_id, run, fact),
    FOREIGN KEY (customer_id, case_id, run) REFERENCES bank.application_score
);

-- One row for each application besides its case: what was decided, how, by whom, what came of it.
CREATE TABLE bank.application (
    customer_id  bigint NOT NULL,
    case_id      bigint NOT NULL,
    unit_id      int NOT NULL,
    amount       bigint CHECK (amount > 0),
    currency     char(3) NOT NULL DEFAULT 'CNY',
    code         text COLLATE "C", -- credit code of the enterprise, for finding duplicates
    core_id      bigint,           -- customer_id of the core enterprise
    document_id  bigint,           -- its order or receivable
    submitted_at timestamptz,
    how          text CHECK (how IN ('auto', 'manual')),
    verdict      text CHECK (verdict IN ('approve', 'refuse')),
    granted      bigint CHECK (granted > 0),
    rate_bp      int CHECK (rate_bp BETWEEN 1 AND 2400),
    maker_id     int,
    made_at      timestamptz,
    reason       text NOT NULL DEFAULT '',
    told         text NOT NULL DEFAULT '' CHECK (length(told) <= 500), -- to the customer, of a decline
    checker_id   int,
    decided_at   timestamptz,
    visited_at   timestamptz,
    face_score   numeric(5, 2) CHECK (face_score BETWEEN 0 AND 100),
    visited_by   int,
    identity_means text COLLATE "C" CHECK (identity_means IN ('face', 'counter', 'video', 'notary')),
    identity_proof text NOT NULL DEFAULT '' CHECK (length(identity_proof) <= 200),
    identity_by  int,         -- who confirmed what the machine did not prove
    identity_at  timestamptz, -- from when on it is proved
    executed_at  timestamptz,
    executed_by  int,
    account_id   bigint,
    followed_at  timestamptz,
    PRIMARY KEY (customer_id, case_id),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file,
    CONSTRAINT maker_is_not_checker CHECK (maker_id <> checker_id),
    CONSTRAINT two_persons_decide CHECK (decided_at IS NULL OR how = 'auto' AND maker_id IS NULL
        AND checker_id IS NULL OR how = 'manual' AND maker_id IS NOT NULL AND checker_id IS NOT NULL),
    CONSTRAINT second_person_confirms CHECK (identity_by <> visited_by),
    CONSTRAINT identity_proved CHECK (identity_at IS NULL OR coalesce(visited_at IS NOT NULL
        AND (identity_means = 'face') = (identity_by IS NULL)
        AND (identity_means = 'face' OR identity_proof <> ''), false)),
    CONSTRAINT identity_before_done CHECK (executed_at IS NULL OR visited_at IS NULL
        OR identity_at IS NOT NULL),
    CONSTRAINT decided_before_done CHECK (executed_at IS NULL OR decided_at <= executed_at
                                          AND verdict = 'approve')
);
CREATE INDEX application_code ON bank.application (code) WHERE code IS NOT NULL;
CREATE INDEX application_unproved ON bank.application (unit_id)
    WHERE identity_means IS NOT NULL AND identity_at IS NULL;
CREATE INDEX application_core ON bank.application (core_id, document_id) WHERE core_id IS NOT NULL;

-- How far the identity of who came to the visit is proved: none (no visit yet), low (the face did not
-- match), waits (compared by other means, for a second person), proved.
CREATE FUNCTION bank.identity_state(a bank.application) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN a.visited_at IS NULL THEN 'none' WHEN a.identity_at IS NOT NULL THEN 'proved'
                WHEN a.identity_means IS NULL THEN 'low' ELSE 'waits' END
$$;
CREATE FUNCTION bank.means_name(p_means text, p_english boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_english THEN n.en ELSE n.zh END
      FROM (VALUES ('face', 'Face match', '人脸识别'), ('counter', 'Compared at the counter', '柜面人工核对'),
                   ('video', 'Video call', '远程视频核实'), ('notary', 'Notarial deed', '公证文书')) n (means, en, zh)
     WHERE n.means = p_means
$$;
GRANT EXECUTE ON FUNCTION bank.identity_state, bank.means_name TO bankops_api, bankops_staff;

-- A core enterprise of supply chains: what the bank finances against its name.
CREATE TABLE bank.core_enterprise (
    customer_id     bigint PRIMARY KEY,
    unit_id         int NOT NULL,
    limit_amount    bigint NOT NULL CHECK (limit_amount >= 0),
    currency        char(3) NOT NULL DEFAULT 'CNY',
    order_rate      int NOT NULL CHECK (order_rate BETWEEN 1 AND 100),      -- percent of an order
    receivable_rate int NOT NULL CHECK (receivable_rate BETWEEN 1 AND 100), -- of a receivable
    supplier_most   bigint NOT NULL CHECK (supplier_most >= 0), -- for one supplier
    rate_bp         int NOT NULL CHECK (rate_bp BETWEEN 1 AND 2400),
    valid_until     date NOT NULL,
    state           text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'stopped')),
    version         bigint NOT NULL DEFAULT 1
);

-- Every line that was proposed for it; what a second person approves becomes the row above.
CREATE TABLE bank.core_line (
    customer_id     bigint NOT NULL,
    version         int NOT NULL,
    unit_id         int NOT NULL,
    limit_amount    bigint NOT NULL CHECK (limit_amount >= 0),
    order_rate      int NOT NULL CHECK (order_rate BETWEEN 1 AND 100),
    receivable_rate int NOT NULL CHECK (receivable_rate BETWEEN 1 AND 100),
    supplier_most   bigint NOT NULL CHECK (supplier_most >= 0),
    rate_bp         int NOT NULL CHECK (rate_bp BETWEEN 1 AND 2400),
    valid_until     date NOT NULL,
    line_state      text NOT NULL CHECK (line_state IN ('active', 'stopped')),
    note            text NOT NULL DEFAULT '',
    state           text NOT NULL DEFAULT 'proposed'
                    CHECK (state IN ('proposed', 'approved', 'refused', 'withdrawn')),
    made_by         int NOT NULL,
    made_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    checked_by      int,
    checked_at      timestamptz,
    reason          text NOT NULL DEFAULT '',
    PRIMARY KEY (customer_id, version),
    CONSTRAINT maker_is_not_checker CHECK (checked_by <> made_by),
    CONSTRAINT approved_by_somebody CHECK (state <> 'approved' OR checked_by IS NOT NULL),
    CHECK (supplier_most <= limit_amount)
);
CREATE UNIQUE INDEX core_line_waiting ON bank.core_line (customer_id) WHERE state = 'proposed';

-- Files of core enterprises that were taken in; a file is taken once.
CREATE TABLE bank.core_import (
    import_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    file      text NOT NULL,
    sha256    text COLLATE "C" NOT NULL UNIQUE,
    rows      int NOT NULL,
    added     int NOT NULL,
    changed   int NOT NULL,
    same      int NOT NULL,
    staff_id  int NOT NULL,
    unit_id   int NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Orders it gave and receivables it owes, as its system reported them. A receivable may name the
-- order it comes from.
CREATE TABLE bank.core_document (
    customer_id   bigint NOT NULL REFERENCES bank.core_enterprise,
    document_id   bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id       int NOT NULL,
    kind          text COLLATE "C" NOT NULL CHECK (kind IN ('order', 'receivable')),
    number        text COLLATE "C" NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    supplier_id   bigint,
    supplier_code text COLLATE "C" NOT NULL,
    amount        bigint NOT NULL CHECK (amount > 0),
    currency      char(3) NOT NULL DEFAULT 'CNY',
    issued_on     date NOT NULL,
    due_on        date NOT NULL,
    confirmed_at  timestamptz,
    reported_by   int, -- NULL: by its system
    confirmed_by  int,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'cancelled')),
    order_number  text COLLATE "C",
    reported_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    import_id     bigint REFERENCES bank.core_import, -- the file it came with
    PRIMARY KEY (customer_id, document_id),
    UNIQUE (customer_id, kind, number),
    CONSTRAINT maker_is_not_checker CHECK (confirmed_by <> reported_by),
    CHECK (due_on >= issued_on)
);
CREATE INDEX core_document_supplier ON bank.core_document (supplier_id) WHERE supplier_id IS NOT NULL;

-- What was lent against a document. One live row for each document: nothing is financed twice.
CREATE TABLE bank.core_finance (
    customer_id bigint NOT NULL, -- of the core enterprise
    document_id bigint NOT NULL,
    finance_id  bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id     int NOT NULL,
    supplier_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    state       text NOT NULL CHECK (state IN ('reserved', 'paid', 'repaid', 'released')),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_on      date NOT NULL,
    PRIMARY KEY (customer_id, document_id, finance_id),
    FOREIGN KEY (customer_id, document_id) REFERENCES bank.core_document
);
CREATE UNIQUE INDEX core_finance_once ON bank.core_finance (customer_id, document_id)
    WHERE state IN ('reserved', 'paid');

-- Which desk (queue) works in which stage: an application that changes it changes department.
CREATE TABLE bank.application_desk (
    case_type text COLLATE "C" NOT NULL,
    stage     text COLLATE "C" NOT NULL,
    queue     text COLLATE "C" NOT NULL,
    PRIMARY KEY (case_type, stage)
);

SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT, INSERT, UPDATE')
  FROM unnest('{application,application_document,application_file,scorecard,
                check_rule_version,core_line}'::text[]) t;
SELECT bank.table_protect('bank.scorecard_rule', 'SELECT, INSERT, UPDATE, DELETE');
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT, INSERT')
  FROM unnest('{application_check,application_score,application_point,application_fact,core_import}'::text[]) t;
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT')
  FROM unnest('{check_rule,application_desk,score_fact}'::text[]) t;
ALTER VIEW bank.check_rule_now OWNER TO bankops_owner;
ALTER VIEW bank.card_in_use OWNER TO bankops_owner;
GRANT SELECT ON bank.check_rule_now, bank.card_in_use TO bankops_api;
SELECT bank.table_protect('bank.outside_fact', 'SELECT, INSERT');
-- Suppliers and the core enterprise are often at different branches: no fence by unit here, the
-- functions say who sees what.
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT, INSERT, UPDATE', false)
  FROM unnest('{core_enterprise,core_document,core_finance}'::text[]) t;
-- An application makes customers, accounts and their entries.
GRANT INSERT ON bank.customer, bank.customer_identity, bank.phone, bank.address, bank.relation,
    bank.account, bank.entry TO bankops_api;
GRANT UPDATE ON bank.account, bank.customer_identity TO bankops_api;
GRANT USAGE ON SEQUENCE bank.customer_customer_id_seq, bank.account_account_id_seq TO bankops_api;
-- Up to `amount` minor units a supervisor of a unit of this kind decides as the second person; up to
-- `override` against the verdict of the card.
CREATE TABLE bank.decision_limit (
    unit_kind text PRIMARY KEY CHECK (unit_kind IN ('head', 'branch', 'sub_branch')),
    amount    bigint NOT NULL CHECK (amount >= 0),
    override  bigint NOT NULL CHECK (override BETWEEN 0 AND amount)
);
INSERT INTO bank.decision_limit VALUES ('sub_branch', 5000000, 0), ('branch', 50000000, 10000000),
    ('head', 100000000000, 100000000000);
SELECT bank.table_protect('bank.decision_limit', 'SELECT');
