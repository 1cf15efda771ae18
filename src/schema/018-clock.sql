-- Clocks of a case: which there are, how long they run under which rules, who is told when.

-- Whose law the complaint falls under; a unit's row holds for its whole subtree.
CREATE TABLE bank.regime (
    regime   text COLLATE "C" PRIMARY KEY,
    label_en text NOT NULL,
    label_zh text NOT NULL
);
INSERT INTO bank.regime VALUES
    ('cn', 'China: banking and central bank complaint rules', '国内：银行业消费投诉处理办法'),
    ('fca', 'United Kingdom: FCA DISP', '英国：FCA DISP');

CREATE TABLE bank.unit_regime (
    unit_id int PRIMARY KEY REFERENCES bank.unit,
    regime  text COLLATE "C" NOT NULL REFERENCES bank.regime
);

-- What starts and stops one stands with each step of a type of case. `internal`: it drives the work
-- and is no promise to the customer; own runs while a case waits for an owner, idle while its owner
-- does nothing. `held_by`: what a case has to wait for that a clock which can pause stands still; only
-- the time of an outside appraisal, and that in which a complaint was withdrawn, is not counted by the law (CBIRC
-- Order 2020-3). While experts look at it the customer still hears how it goes, so that no case is forgotten.
CREATE TABLE bank.clock_kind (
    clock    text COLLATE "C" PRIMARY KEY,
    label_en text NOT NULL,
    label_zh text NOT NULL,
    seq      int NOT NULL,
    internal boolean NOT NULL DEFAULT false,
    held_by  text[] NOT NULL DEFAULT '{customer,third_party,appraisal,withdrawn}',
    law      boolean NOT NULL DEFAULT false -- a deadline of the law: once it has passed, no step moves it on
);
INSERT INTO bank.clock_kind VALUES
    ('first_response', 'First answer', '首次响应', 1),
    ('next_update', 'Next update', '下次进展', 2),
    ('resolution', 'Promised resolution', '办结承诺', 3),
    ('summary', 'Summary resolution', '三个工作日简易答复', 4),
    ('statutory', 'Statutory', '法定时限', 5),
    ('forwarded', 'Answer to the authority', '转办答复', 6),
    ('final', 'Final response', '最终答复', 7),
    ('recheck', 'Re-check', '核查时限', 10);
UPDATE bank.clock_kind SET held_by = '{appraisal,withdrawn}' WHERE clock IN ('statutory', 'recheck');
UPDATE bank.clock_kind SET held_by = '{customer,third_party,withdrawn}' WHERE clock = 'next_update';
UPDATE bank.clock_kind SET law = true WHERE clock IN ('statutory', 'forwarded', 'final', 'recheck');
INSERT INTO bank.clock_kind VALUES
    ('own', 'Waits for an owner', '待认领', 8, true),
    ('idle', 'Owner inactive', '处理人未动作', 9, true);

-- Clocks that a step of complaints stops and starts. A decision or the closing stops all; reopening
-- starts those of the law again, and that of who shall take it.
UPDATE bank.case_transition t
   SET stops = CASE WHEN s.stage = 'recheck' AND t.action = 'take' THEN '{own,idle}'
                    WHEN n.phase IN ('decided', 'closed')
                    THEN (SELECT array_agg(k.clock ORDER BY k.seq) FROM bank.clock_kind k)
                    WHEN t.action IN ('take', 'assign') THEN '{own,idle}'
                    WHEN t.action = 'reply' THEN '{first_response,next_update,idle}'
                    WHEN t.action IN ('wait', 'release', 'route', 'propose') THEN '{idle}'
                    ELSE '{}' END,
       starts = CASE WHEN n.phase IN ('decided', 'closed') THEN '{}'
                     WHEN n.stage = 'recheck' THEN CASE t.action WHEN 'recheck' THEN '{own,recheck,final}' ELSE '{}' END
                     WHEN t.action IN ('take', 'assign') THEN '{idle}'
                     WHEN t.action IN ('route', 'release') THEN '{own}'
                     WHEN t.action = 'reply' THEN '{next_update}'
                     WHEN s.phase IN ('decided', 'closed') THEN '{own,resolution,statutory,forwarded,final}'
                     ELSE '{}' END::text[]
  FROM bank.case_stage s, bank.case_stage n
 WHERE t.case_type = 'complaint' AND s.case_type = t.case_type AND s.stage = t.stage
   AND n.case_type = t.case_type AND n.stage = t.next_stage;

-- Which clocks a case carries: a row for its source wins over source '', then one for its level
-- over level ''. `calendar` NULL: that of the unit which works on the case. `extend_days`: how far approved
-- extensions may lengthen it altogether.
CREATE TABLE bank.clock_rule (
    case_type   text COLLATE "C" NOT NULL REFERENCES bank.case_type,
    regime      text COLLATE "C" NOT NULL REFERENCES bank.regime,
    clock       text COLLATE "C" NOT NULL REFERENCES bank.clock_kind,
    level       text COLLATE "C" NOT NULL DEFAULT '',
    source      text COLLATE "C" NOT NULL DEFAULT '',
    measure     text NOT NULL
                CHECK (measure IN ('working_minutes', 'working_days', 'calendar_days')),
    amount      int NOT NULL CHECK (amount > 0),
    calendar    text COLLATE "C" REFERENCES bank.calendar,
    pausable    boolean NOT NULL,
    extend_days int NOT NULL DEFAULT 0 CHECK (extend_days >= 0),
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (case_type, regime, clock, level, source),
    CHECK (extend_days = 0 OR measure <> 'working_minutes')
);
-- 15, 30 and 30 more days: CBIRC Order 2020-3; 15 to 60 for what the central bank forwards: PBOC
-- Order 2020-5; three business days and eight weeks: FCA DISP 1.5 and 1.6. The rest is the bank's
-- own promise.
INSERT INTO bank.clock_rule VALUES
    ('complaint', 'cn', 'first_response', '', '', 'working_minutes', 120, NULL, false, 0),
    ('complaint', 'cn', 'next_update', '', '', 'working_minutes', 840, NULL, true, 0),
    ('complaint', 'cn', 'resolution', '', '', 'working_minutes', 2100, NULL, true, 0),
    ('complaint', 'cn', 'resolution', 'complex', '', 'working_minutes', 4200, NULL, true, 0),
    ('complaint', 'cn', 'resolution', 'major', '', 'working_minutes', 4200, NULL, true, 0),
    ('complaint', 'cn', 'statutory', '', '', 'calendar_days', 15, NULL, true, 0),
    ('complaint', 'cn', 'statutory', 'complex', '', 'calendar_days', 30, NULL, true, 30),
    ('complaint', 'cn', 'statutory', 'major', '', 'calendar_days', 30, NULL, true, 30),
    ('complaint', 'cn', 'forwarded', '', 'regulator', 'calendar_days', 15, NULL, false, 45),
    ('complaint', 'cn', 'recheck', '', '', 'calendar_days', 30, NULL, true, 0),
    ('complaint', 'fca', 'first_response', '', '', 'working_minutes', 120, NULL, false, 0),
    ('complaint', 'fca', 'next_update', '', '', 'working_minutes', 840, NULL, true, 0),
    ('complaint', 'fca', 'summary', '', '', 'working_days', 3, NULL, false, 0),
    ('complaint', 'fca', 'final', '', '', 'calendar_days', 56, NULL, false, 0);
INSERT INTO bank.clock_rule
    SELECT 'complaint', r, k, '', '', 'working_minutes', m, NULL, false, 0
      FROM unnest('{cn,fca}'::text[]) r, (VALUES ('own', 30), ('idle', 60)) i (k, m);

-- The ladder: at a share of the clock's time, or so long after its end. remind: the owner, or the
-- queue when nobody owns it; supervisor: of the unit; executive: of head office, and the case
-- becomes urgent; reassign: the owner loses the case to the next.
CREATE TABLE bank.escalation_rule (
    case_type     text COLLATE "C" NOT NULL REFERENCES bank.case_type,
    clock         text COLLATE "C" NOT NULL REFERENCES bank.clock_kind,
    step          smallint NOT NULL CHECK (step > 0),
    at_percent    int CHECK (at_percent BETWEEN 1 AND 100),
    after_minutes int CHECK (after_minutes > 0),
    action        text COLLATE "C" NOT NULL
                  CHECK (action IN ('remind', 'supervisor', 'executive', 'reassign')),
    PRIMARY KEY (case_type, clock, step),
    CHECK ((at_percent IS NULL) <> (after_minutes IS NULL))
);
INSERT INTO bank.escalation_rule
    SELECT 'complaint', k, s, percent, minutes, action
      FROM unnest('{first_response,statutory,forwarded,final,recheck}'::text[]) k,
           (VALUES (1, 50, NULL, 'remind'), (2, 80, NULL, 'supervisor'),
                   (3, 100, NULL, 'supervisor'), (4, NULL, 120, 'executive'))
               r (s, percent, minutes, action);
INSERT INTO bank.escalation_rule VALUES
    ('complaint', 'next_update', 1, 80, NULL, 'remind'),
    ('complaint', 'next_update', 2, 100, NULL, 'supervisor'),
    ('complaint', 'resolution', 1, 80, NULL, 'remind'),
    ('complaint', 'resolution', 2, 100, NULL, 'supervisor'),
    ('complaint', 'summary', 1, 80, NULL, 'remind'),
    ('complaint', 'summary', 2, 100, NULL, 'supervisor'),
    ('complaint', 'own', 1, 100, NULL, 'supervisor'),
    ('complaint', 'idle', 1, 50, NULL, 'remind'),
    ('complaint', 'idle', 2, 100, NULL, 'reassign');

-- One row for each run of a clock: a restart after reopening is a new row. `next_at`: when the
-- ladder's next step is due (NULL: none, or the clock stands still).
CREATE TABLE bank.case_clock (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    clock       text COLLATE "C" NOT NULL REFERENCES bank.clock_kind,
    run         smallint NOT NULL DEFAULT 1,
    unit_id     int NOT NULL,
    started_at  timestamptz NOT NULL,
    measure     text NOT NULL,
    amount      int NOT NULL,
    calendar    text COLLATE "C" NOT NULL,
    pausable    boolean NOT NULL,
    extension   int NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL,
    stopped_at  timestamptz,
    next_step   smallint,
    next_at     timestamptz,
    PRIMARY KEY (customer_id, case_id, clock, run),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file
);
CREATE INDEX case_clock_next ON bank.case_clock (next_at)
    WHERE stopped_at IS NULL AND next_at IS NOT NULL;
CREATE INDEX case_clock_due ON bank.case_clock (due_at) WHERE stopped_at IS NULL;

-- A clock counted in this calendar until the case came to a unit with another; since the last of them in the
-- one that stands with the clock.
CREATE TABLE bank.case_clock_part (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    clock       text COLLATE "C" NOT NULL,
    run         smallint NOT NULL,
    until       timestamptz NOT NULL,
    unit_id     int NOT NULL,
    calendar    text COLLATE "C" NOT NULL REFERENCES bank.calendar,
    PRIMARY KEY (customer_id, case_id, clock, run, until),
    FOREIGN KEY (customer_id, case_id, clock, run) REFERENCES bank.case_clock
);

-- What a running clock was before its rule, the case's level or a pause changed it.
CREATE TABLE bank.case_clock_change (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    change_id   bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id     int NOT NULL,
    clock       text COLLATE "C" NOT NULL,
    run         smallint NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    staff_id    int,
    cause       text COLLATE "C" NOT NULL,
    due_before  timestamptz NOT NULL,
    due_after   timestamptz NOT NULL,
    before      jsonb NOT NULL,
    after       jsonb NOT NULL,
    PRIMARY KEY (customer_id, case_id, change_id)
);

-- More time for a clock: asked by the owner, decided by somebody of a superior unit, told to the
-- customer.
CREATE TABLE bank.case_extension (
    customer_id  bigint NOT NULL,
    case_id      bigint NOT NULL,
    extension_id bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id      int NOT NULL,
    clock        text COLLATE "C" NOT NULL,
    run          smallint NOT NULL,
    days         int NOT NULL CHECK (days > 0),
    reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    maker_id     int NOT NULL,
    asked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    state        text COLLATE "C" NOT NULL DEFAULT 'asked'
                 CHECK (state IN ('asked', 'approved', 'refused', 'void')),
    checker_id   int,
    decided_at   timestamptz,
    note         text NOT NULL DEFAULT '',
    told_at      timestamptz,
    told_how     text,
    version      bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_id, case_id, extension_id),
    FOREIGN KEY (customer_id, case_id, clock, run) REFERENCES bank.case_clock,
    CHECK (maker_id IS DISTINCT FROM checker_id),
    CHECK ((state IN ('approved', 'refused')) = (checker_id IS NOT NULL)),
    CHECK (state <> 'approved' OR told_at IS NOT NULL)
);
CREATE INDEX case_extension_time ON bank.case_extension (asked_at DESC, customer_id, case_id, extension_id)
    INCLUDE (unit_id, state);
CREATE UNIQUE INDEX case_extension_asked ON bank.case_extension (customer_id, case_id, clock)
    WHERE state = 'asked';

-- Steps of the ladder that were taken: the primary key makes each happen once. `moved`: the due time
-- moved on, and the step is to be taken again; what was told before is in the history of the case.
CREATE TABLE bank.case_escalation (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    clock       text COLLATE "C" NOT NULL,
    run         smallint NOT NULL,
    step        smallint NOT NULL,
    unit_id     int NOT NULL,
    fired_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at      timestamptz NOT NULL,
    action      text COLLATE "C" NOT NULL,
    to_staff_id int,
    to_queue    text COLLATE "C",
    to_role     text COLLATE "C",
    detail      text NOT NULL DEFAULT '',
    seen_at     timestamptz,
    seen_by     int,
    moved       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (customer_id, case_id, clock, run, step),
    FOREIGN KEY (customer_id, case_id, clock, run) REFERENCES bank.case_clock
);
-- Each alert is for a person, a queue or a role.
CREATE INDEX case_escalation_person ON bank.case_escalation (to_staff_id, fired_at DESC, customer_id, case_id, clock, run, step)
    WHERE seen_at IS NULL AND to_staff_id IS NOT NULL;
CREATE INDEX case_escalation_queue ON bank.case_escalation (to_queue, fired_at DESC, customer_id, case_id, clock, run, step)
    WHERE seen_at IS NULL AND to_queue IS NOT NULL;
CREATE INDEX case_escalation_role ON bank.case_escalation (fired_at DESC, customer_id, case_id, clock, run, step)
    INCLUDE (unit_id, action, to_staff_id, to_queue, to_role) WHERE seen_at IS NULL AND to_role IS NOT NULL;

-- What the worker could not do; it tries again later.
CREATE TABLE bank.clock_failure (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    failure_id  bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id     int NOT NULL,
    clock       text COLLATE "C" NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    error       text NOT NULL,
    PRIMARY KEY (customer_id, case_id, failure_id)
);
CREATE INDEX clock_failure_at ON bank.clock_failure (at);

SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT', false)
  FROM unnest('{regime,unit_regime,clock_kind,escalation_rule}'::text[]) t;
SELECT bank.table_protect('bank.clock_rule', 'SELECT, INSERT, UPDATE, DELETE');
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT, INSERT, UPDATE')
  FROM unnest('{case_clock,case_extension,case_escalation}'::text[]) t;
SELECT bank.table_in_order(('bank.' || t)::regclass) FROM unnest('{case_clock,case_escalation,case_extension}'::text[]) t;
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT, INSERT')
  FROM unnest('{case_clock_change,case_clock_part,clock_failure}'::text[]) t;
