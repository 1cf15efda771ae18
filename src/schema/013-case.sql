-- Cases: the file itself, its events, pauses, and the outbox that carries replies away.

CREATE SEQUENCE bank.case_id_seq OWNED BY NONE;
ALTER SEQUENCE bank.case_id_seq OWNER TO bankops_owner;
GRANT USAGE ON SEQUENCE bank.case_id_seq TO bankops_api;

-- `due_at` repeats the earliest due time of the running clocks, so that queues read one index.
CREATE TABLE bank.case_file (
    customer_id   bigint NOT NULL,
    case_id       bigint NOT NULL DEFAULT nextval('bank.case_id_seq'),
    number        text COLLATE "C" NOT NULL
                  GENERATED ALWAYS AS ('T' || lpad(case_id::text, 9, '0')) STORED,
    unit_id       int NOT NULL,
    case_type     text COLLATE "C" NOT NULL DEFAULT 'complaint',
    stage         text COLLATE "C" NOT NULL,
    phase         text COLLATE "C" NOT NULL, -- of the stage; a trigger keeps it
    level         text COLLATE "C" NOT NULL DEFAULT 'simple'
                  CHECK (level IN ('simple', 'complex', 'major')),
    urgency       smallint NOT NULL DEFAULT 3 CHECK (urgency BETWEEN 1 AND 3),
    source        text COLLATE "C" NOT NULL DEFAULT 'hotline',
    channel       text COLLATE "C",
    business      text COLLATE "C",
    reason        text COLLATE "C",
    subject       text NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    facts         text NOT NULL CHECK (length(facts) BETWEEN 1 AND 20000),
    remedy        text NOT NULL DEFAULT '',
    fields        jsonb NOT NULL DEFAULT '{}', -- the type's own, texts by name (bank.case_field)
    tier          int NOT NULL DEFAULT 0,
    complained_staff_id int,
    regime        text COLLATE "C" NOT NULL DEFAULT 'cn',
    queue         text COLLATE "C",
    route_seq     int,
    owner_id      int,
    received_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    opened_by     int,
    taken_at      timestamptz,
    responded_at  timestamptz,
    due_at        timestamptz,
    decision      text,
    decided_by    int,
    approved_by   int,
    told_at       timestamptz,
    told_how      text CHECK (told_how IN ('phone', 'sms', 'email', 'app', 'letter', 'visit')),
    outcome       text COLLATE "C",
    closed_at     timestamptz,
    flags         text[] NOT NULL DEFAULT '{}',
    group_size    int CHECK (group_size BETWEEN 2 AND 1000000),
    third_party   text NOT NULL DEFAULT '',
    repeat_of     bigint, -- an earlier case of the customer about the same
    merged_into   bigint,
    desk_id       int, -- the unit that works on it, when that is not the customer's
    reopened      smallint NOT NULL DEFAULT 0,
    version       bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_id, case_id),
    FOREIGN KEY (case_type, stage) REFERENCES bank.case_stage (case_type, stage),
    FOREIGN KEY (case_type, outcome) REFERENCES bank.case_outcome (case_type, outcome),
    CHECK (owner_id IS DISTINCT FROM complained_staff_id OR owner_id IS NULL),
    CHECK (approved_by IS DISTINCT FROM decided_by OR approved_by IS NULL),
    CHECK ((closed_at IS NOT NULL) = (phase = 'closed')),
    CHECK (closed_at IS NULL OR outcome IS NOT NULL),
    CHECK (merged_into IS NULL OR outcome = 'merged' AND merged_into <> case_id)
);
CREATE INDEX case_file_id ON bank.case_file (case_id);
CREATE INDEX case_file_received ON bank.case_file (case_type, received_at, unit_id);
-- The lists order by due_at, customer_id, case_id.
CREATE INDEX case_file_number ON bank.case_file (number);
-- Those that begin with the type are for who asks for one: in the order of types the rows lie closer together, so that the
-- planner would read all of them and sort, where the order of due times needs a page of them.
CREATE INDEX case_file_open ON bank.case_file (case_type, due_at, customer_id, case_id)
    WHERE closed_at IS NULL AND case_type IS NOT NULL;
CREATE INDEX case_file_open_any ON bank.case_file (due_at, customer_id, case_id) WHERE closed_at IS NULL;
CREATE INDEX case_file_closed ON bank.case_file (due_at, customer_id, case_id) WHERE closed_at IS NOT NULL;
CREATE INDEX case_file_any ON bank.case_file (due_at, customer_id, case_id);
CREATE INDEX case_file_stage ON bank.case_file (case_type, stage, due_at, customer_id, case_id)
    WHERE closed_at IS NULL AND case_type IS NOT NULL;
CREATE INDEX case_file_level ON bank.case_file (level, due_at, customer_id, case_id)
    WHERE closed_at IS NULL AND level <> 'simple';
CREATE INDEX case_file_team ON bank.case_file (queue, due_at, customer_id, case_id) INCLUDE (unit_id) WHERE closed_at IS NULL;
-- Few cases are open, but most of those that nobody owns: without this the planner takes them for a handful.
CREATE STATISTICS bank.case_file_state (mcv) ON closed_at, owner_id FROM bank.case_file;
CREATE INDEX case_file_open_class ON bank.case_file (business, reason, due_at) WHERE closed_at IS NULL;
CREATE INDEX case_file_owner ON bank.case_file (owner_id, due_at, customer_id, case_id)
    WHERE closed_at IS NULL AND owner_id IS NOT NULL;
CREATE INDEX case_file_free ON bank.case_file (due_at, customer_id, case_id) WHERE closed_at IS NULL AND owner_id IS NULL;
CREATE INDEX case_file_free_type ON bank.case_file (case_type, due_at, customer_id, case_id)
    WHERE closed_at IS NULL AND owner_id IS NULL AND case_type IS NOT NULL;
-- What is counted in a queue stands in the index.
CREATE INDEX case_file_queue ON bank.case_file (queue, due_at, customer_id, case_id)
    INCLUDE (unit_id, complained_staff_id, phase, case_type) WHERE closed_at IS NULL AND owner_id IS NULL;
CREATE INDEX case_file_unit ON bank.case_file (unit_id, due_at, case_id) WHERE closed_at IS NULL;
CREATE INDEX case_file_due ON bank.case_file (case_type, due_at, customer_id, case_id);
CREATE INDEX case_file_phase ON bank.case_file (phase, due_at, customer_id, case_id)
    WHERE closed_at IS NULL AND phase IN ('waiting', 'approval');
CREATE INDEX case_file_regulator ON bank.case_file (due_at, customer_id, case_id)
    WHERE closed_at IS NULL AND source = 'regulator';

CREATE TABLE bank.case_event (
    customer_id  bigint NOT NULL,
    case_id      bigint NOT NULL,
    event_id     bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id      int NOT NULL,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    staff_id     int,
    action       text COLLATE "C" NOT NULL,
    stage_before text COLLATE "C",
    stage_after  text COLLATE "C",
    note         text NOT NULL DEFAULT '',
    before       jsonb,
    after        jsonb,
    version      bigint, -- of the case after it
    PRIMARY KEY (customer_id, case_id, event_id)
);
-- Where a case went and what was decided: what the hand-offs and the register read of a long history.
CREATE INDEX case_event_move ON bank.case_event (customer_id, case_id, event_id)
    WHERE after ? 'queue' OR after ? 'owner_id' OR after ? 'desk_id' OR action IN ('recheck', 'decide');

CREATE TABLE bank.case_pause (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    unit_id     int NOT NULL,
    reason      text NOT NULL,
    waits_for   text COLLATE "C" NOT NULL DEFAULT 'customer'
                CHECK (waits_for IN ('customer', 'third_party', 'appraisal', 'withdrawn')),
    PRIMARY KEY (customer_id, case_id, started_at),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file,
    CHECK (ended_at >= started_at)
);

-- Messages to customers leave from here after the commit; one row for each request.
CREATE TABLE bank.outbox (
    customer_id bigint NOT NULL,
    outbox_id   bigint GENERATED BY DEFAULT AS IDENTITY,
    unit_id     int NOT NULL,
    case_id     bigint,
    kind        text COLLATE "C" NOT NULL,
    channel     text COLLATE "C" NOT NULL CHECK (channel IN ('sms', 'email', 'app', 'letter')),
    body        text NOT NULL,
    request     uuid NOT NULL,
    -- failed: tried, and to be tried again; dead: given up, for a person to decide.
    status      text COLLATE "C" NOT NULL DEFAULT 'ready'
                CHECK (status IN ('ready', 'sending', 'sent', 'failed', 'dead')),
    attempts    int NOT NULL DEFAULT 0,
    claimed_at  timestamptz,
    provider_id text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at     timestamptz,
    error       text,
    PRIMARY KEY (customer_id, outbox_id),
    UNIQUE (customer_id, request, kind)
);
CREATE INDEX outbox_created ON bank.outbox (created_at DESC, customer_id, outbox_id) INCLUDE (unit_id, status);
CREATE INDEX outbox_status ON bank.outbox (status, created_at DESC, customer_id, outbox_id) INCLUDE (unit_id)
    WHERE status <> 'sent';
CREATE INDEX outbox_due ON bank.outbox (next_at, outbox_id)
    WHERE status IN ('ready', 'sending', 'failed');

-- Whether a text is a possible value of the field; else why not, for the detail of the error.
CREATE FUNCTION bank.case_value_flaw(f bank.case_field, p_value text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    fits boolean;
BEGIN
    IF length(p_value) > f.length THEN
        RETURN bank.in_language('超过' || f.length || '个字符', 'longer than ' || f.length);
    ELSIF f.pattern IS NOT NULL AND p_value !~ f.pattern THEN
        RETURN f.pattern;
    END IF;
    CASE f.kind
    WHEN 'integer', 'money' THEN
        IF p_value !~ '^-?[0-9]{1,18}$' THEN
            RETURN bank.in_language('整数', 'a whole number');
        ELSIF p_value::bigint < f.least OR p_value::bigint > f.most THEN
            RETURN concat_ws(bank.in_language(' 至 ', ' to '), f.least, f.most);
        END IF;
    WHEN 'date' THEN
        IF p_value !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' OR to_char(to_date(p_value, 'YYYY-MM-DD'),
               'YYYY-MM-DD') <> p_value THEN
            RETURN 'YYYY-MM-DD';
        END IF;
    WHEN 'bool' THEN
        IF p_value NOT IN ('true', 'false') THEN
            RETURN 'true, false';
        END IF;
    WHEN 'choice' THEN
        IF NOT EXISTS (SELECT FROM bank.case_choice k WHERE k.case_type = f.case_type
                          AND k.field = f.field AND k.choice = p_value) THEN
            RETURN (SELECT string_agg(k.choice, ', ' ORDER BY k.seq) FROM bank.case_choice k
                     WHERE k.case_type = f.case_type AND k.field = f.field);
        END IF;
    WHEN 'customer' THEN
        IF NOT EXISTS (SELECT FROM bank.customer c WHERE c.customer_number = p_value) THEN
            RETURN bank.in_language('客户号', 'a customer number');
        END IF;
    WHEN 'staff' THEN
        IF NOT EXISTS (SELECT FROM bank.staff s WHERE s.login = p_value) THEN
            RETURN bank.in_language('登录名', 'a login');
        END IF;
    ELSE
        NULL;
    END CASE;
    IF f.valid IS NOT NULL THEN
        EXECUTE format('SELECT bank.%I($1)', f.valid) INTO fits USING p_value;
        IF fits IS NOT TRUE THEN
            RETURN f.valid;
        END IF;
    END IF;
    RETURN NULL;
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN 'YYYY-MM-DD';
END $$;

-- Refuses fields that the type has not, values that cannot be, and fields missing in this stage.
CREATE FUNCTION bank.case_fields_check(p_type text, p_stage text, p_fields jsonb) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
    f bank.case_field;
    said jsonb;
    flaw text;
    known int := 0;
BEGIN
    FOR f IN SELECT * FROM bank.case_field x WHERE x.case_type = p_type ORDER BY x.seq LOOP
        said := p_fields -> f.field;
        IF said IS NULL THEN
            IF p_stage = ANY (f.required_in) THEN
                PERFORM bank.fail('BO422', 'This field must be filled.', bank.in_language(f.label_zh, f.label_en),
                                  NULL, 'p_' || f.field);
            END IF;
            CONTINUE;
        END IF;
        known := known + 1;
        flaw := CASE WHEN jsonb_typeof(said) <> 'string' THEN 'a text'
                     WHEN said #>> '{}' = '' THEN 'not empty'
                     ELSE bank.case_value_flaw(f, said #>> '{}') END;
        IF flaw IS NOT NULL THEN
            PERFORM bank.fail('BO422', 'The field cannot have this value.',
                              bank.in_language(f.label_zh, f.label_en) || ': ' || left(said #>> '{}', 60),
                              flaw, 'p_' || f.field);
        END IF;
    END LOOP;
    IF known < (SELECT count(*) FROM jsonb_object_keys(p_fields)) THEN
        PERFORM bank.fail('BO422', 'This type of case has no such field.',
            (SELECT string_agg(k, ', ') FROM jsonb_object_keys(p_fields) k
              WHERE NOT EXISTS (SELECT FROM bank.case_field x WHERE x.case_type = p_type
                                   AND x.field = k)), NULL, 'p_fields');
    END IF;
END $$;

-- The fence under the functions, whoever writes: a stage changes only along a transition, a case keeps
-- its type, comes from a source of its type, and its fields are what the type says.
CREATE FUNCTION bank.case_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    astray boolean; -- no transition leads to the stage
    strange boolean; -- the source is none of the type
    filled boolean;
BEGIN
    IF NEW.case_type <> OLD.case_type THEN
        RAISE EXCEPTION USING ERRCODE = 'BO423', MESSAGE = 'A case keeps its type.';
    END IF;
    SELECT s.phase, NEW.stage <> OLD.stage AND NOT EXISTS (
               SELECT FROM bank.case_transition t
                WHERE t.case_type = NEW.case_type AND t.stage = OLD.stage
                  AND NEW.stage IN (t.next_stage, t.untold_stage) AND t.level IN ('', NEW.level)),
           NEW.source IS DISTINCT FROM OLD.source AND NOT NEW.source = ANY (y.sources),
           NEW.fields <> '{}' OR EXISTS (SELECT FROM bank.case_field f WHERE f.case_type = NEW.case_type
                                             AND NEW.stage = ANY (f.required_in))
      INTO NEW.phase, astray, strange, filled
      FROM bank.case_type y LEFT JOIN bank.case_stage s ON s.case_type = y.case_type AND s.stage = NEW.stage
     WHERE y.case_type = NEW.case_type;
    IF astray THEN
        RAISE EXCEPTION USING ERRCODE = 'BO423',
            MESSAGE = 'The case cannot take this step in its present stage',
            DETAIL = OLD.stage || ' > ' || NEW.stage;
    ELSIF strange THEN
        RAISE EXCEPTION USING ERRCODE = 'BO422', MESSAGE = 'There is no such source.',
            DETAIL = NEW.case_type || ': ' || NEW.source, COLUMN = 'p_source';
    ELSIF filled THEN
        PERFORM bank.case_fields_check(NEW.case_type, NEW.stage, NEW.fields);
    END IF;
    RETURN NEW;
END $$;
ALTER FUNCTION bank.case_guard() OWNER TO bankops_owner;
CREATE TRIGGER case_guard BEFORE INSERT OR UPDATE OF stage, case_type, source, fields, phase
    ON bank.case_file FOR EACH ROW EXECUTE FUNCTION bank.case_guard();

SELECT bank.table_protect('bank.case_file', 'SELECT, INSERT, UPDATE');
SELECT bank.table_in_order('bank.case_file');
SELECT bank.table_protect('bank.case_event', 'SELECT, INSERT');
SELECT bank.table_protect('bank.case_pause', 'SELECT, INSERT, UPDATE');
SELECT bank.table_protect('bank.outbox', 'SELECT, INSERT, UPDATE');
SELECT bank.table_in_order('bank.outbox');
GRANT EXECUTE ON FUNCTION bank.case_guard, bank.case_fields_check, bank.case_value_flaw TO bankops_api;
