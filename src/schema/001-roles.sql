-- Roles, the two schemas, and what every function leans on: privileges, idempotency, audit.

SET LOCAL client_min_messages = warning;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bankops_owner', 'bankops_api', 'bankops_staff', 'bankops_clerk',
                                'bankops_rm', 'bankops_supervisor', 'bankops_auditor',
                                'bankops_admin', 'bankops_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
    END LOOP;
    -- An installer that is no superuser must be a member of the roles it hands objects to.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT bankops_owner, bankops_api TO %I', current_user);
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO bankops_staff', current_database());
END $$;

GRANT bankops_staff TO bankops_clerk, bankops_rm, bankops_supervisor, bankops_auditor, bankops_admin,
    bankops_worker;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;

-- Large objects are things anybody may make and fill; nothing here uses them. Only a
-- superuser can take them away; another installer gets a warning.
REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(int), pg_catalog.lo_create(oid),
    pg_catalog.lo_from_bytea(oid, bytea) FROM PUBLIC;

CREATE SCHEMA bank;
CREATE SCHEMA api;
GRANT USAGE, CREATE ON SCHEMA bank TO bankops_owner;
GRANT USAGE ON SCHEMA bank TO bankops_api;
GRANT USAGE, CREATE ON SCHEMA api TO bankops_api;
GRANT USAGE ON SCHEMA api TO bankops_staff;
-- Functions of bank are helpers of these two; nobody else has USAGE on the schema.
ALTER DEFAULT PRIVILEGES IN SCHEMA bank GRANT EXECUTE ON FUNCTIONS TO bankops_owner, bankops_api;

-- What a write function answers: done | replayed, the object's id, an English sentence (msgid).
CREATE TYPE api.outcome AS (status text, id text, message text);
GRANT USAGE ON TYPE api.outcome TO bankops_staff, bankops_api;

-- Raises one of the program's errors. The message is a fixed sentence that the console translates.
CREATE FUNCTION bank.fail(p_code text, p_message text, p_detail text DEFAULT NULL,
                          p_hint text DEFAULT NULL, p_field text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = p_code, MESSAGE = p_message, DETAIL = coalesce(p_detail, ''),
        HINT = coalesce(p_hint, ''), COLUMN = coalesce(p_field, '');
END $$;

-- Hands a table to bankops_owner, gives bankops_api the named privileges ('SELECT, INSERT'),
-- and, where it has a unit_id and p_by_unit, row level security by the caller's units.
CREATE FUNCTION bank.table_protect(p_table regclass, p_privileges text,
                                   p_by_unit boolean DEFAULT true)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    has_unit boolean := p_by_unit AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = p_table
                                AND attname = 'unit_id' AND NOT attisdropped);
BEGIN
    EXECUTE format('ALTER TABLE %s OWNER TO bankops_owner', p_table);
    IF has_table_privilege('public', p_table, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') THEN
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', p_table);
    END IF;
    EXECUTE format('GRANT %s ON %s TO bankops_api', p_privileges, p_table);
    IF has_unit THEN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', p_table);
        EXECUTE format('CREATE POLICY by_unit ON %s TO bankops_api USING (unit_id BETWEEN '
                       '(SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high()))', p_table);
    END IF;
END $$;

-- The same fence, written so that no index is sought by it: of a table whose lists are read in their own order. How many
-- units somebody sees is not known when the plan is made.
CREATE FUNCTION bank.table_in_order(p_table regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER POLICY by_unit ON %s USING ('
        '(unit_id < (SELECT coalesce(bank.my_scope_low(), 2147483647))) IS NOT TRUE '
        'AND (unit_id > (SELECT coalesce(bank.my_scope_high(), -1))) IS NOT TRUE)', p_table);
END $$;

-- Hands every function api.NAME to bankops_api and grants it to the named groups
-- ('clerk', 'supervisor' … or 'staff' for all); nobody else may execute it.
CREATE FUNCTION bank.function_grant(p_name text, VARIADIC p_groups text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    routine regprocedure;
    grantees text := (SELECT string_agg('bankops_' || g, ', ') FROM unnest(p_groups) g);
BEGIN
    FOR routine IN SELECT p.oid::regprocedure FROM pg_proc p
                   WHERE p.pronamespace = 'api'::regnamespace AND p.proname = p_name LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO bankops_api', routine);
        IF has_function_privilege('public', routine, 'EXECUTE') THEN
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', routine);
        END IF;
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', routine, grantees);
    END LOOP;
    IF routine IS NULL THEN
        RAISE EXCEPTION 'there is no function api.%', p_name;
    END IF;
END $$;

-- The same for the view api.NAME.
CREATE FUNCTION bank.view_grant(p_name text, VARIADIC p_groups text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER VIEW api.%I OWNER TO bankops_api', p_name);
    IF has_table_privilege('public', format('api.%I', p_name), 'SELECT') THEN
        EXECUTE format('REVOKE ALL ON api.%I FROM PUBLIC', p_name);
    END IF;
    EXECUTE format('GRANT SELECT ON api.%I TO %s', p_name,
                   (SELECT string_agg('bankops_' || g, ', ') FROM unnest(p_groups) g));
END $$;

-- Sets every identity sequence of bank behind the largest value loaded by COPY.
CREATE FUNCTION bank.sequence_sync() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place record;
    top bigint;
BEGIN
    FOR place IN SELECT c.oid::regclass AS tab, a.attname AS col,
                        pg_get_serial_sequence(c.oid::regclass::text, a.attname) AS seq
                 FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                 WHERE c.relnamespace = 'bank'::regnamespace AND a.attidentity <> '' LOOP
        EXECUTE format('SELECT max(%I) FROM %s', place.col, place.tab) INTO top;
        PERFORM setval(place.seq, greatest(top, 0) + 1, false) WHERE top IS NOT NULL;
    END LOOP;
END $$;

-- One row for each write that carried an idempotency key.
CREATE TABLE bank.request (
    request_id uuid PRIMARY KEY,
    login text NOT NULL DEFAULT session_user,
    action text NOT NULL,
    content_hash bytea NOT NULL,
    id text,
    message text,
    at timestamptz NOT NULL DEFAULT now()
);
SELECT bank.table_protect('bank.request', 'SELECT, INSERT, UPDATE');

-- Claims the key. NULL: new, go on and end with request_done(). Otherwise the first answer again.
-- A second caller with the same key waits here until the first has committed.
CREATE FUNCTION bank.request_replay(p_request uuid, p_action text, p_content jsonb)
RETURNS api.outcome LANGUAGE plpgsql AS $$
DECLARE
    hash bytea := sha256(convert_to(coalesce(p_content, 'null')::text, 'UTF8'));
    known bank.request;
BEGIN
    IF p_request IS NULL THEN
        PERFORM bank.fail('BO422', 'The request key is missing.', NULL,
                          'Pass a fresh uuid as p_request.', 'p_request');
    END IF;
    INSERT INTO bank.request (request_id, action, content_hash) VALUES (p_request, p_action, hash)
    ON CONFLICT (request_id) DO NOTHING;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO known FROM bank.request WHERE request_id = p_request;
    IF (known.login, known.action, known.content_hash) IS DISTINCT FROM
       (session_user::text, p_action, hash) THEN
        PERFORM bank.fail('BO409', 'This request key was used for another request.',
                          p_request::text, 'Start the entry again.', 'p_request');
    END IF;
    RETURN ('replayed', known.id, known.message)::api.outcome;
END $$;

-- Keeps the answer for a replay and returns it.
CREATE FUNCTION bank.request_done(p_request uuid, p_id text, p_message text)
RETURNS api.outcome LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.request SET id = p_id, message = p_message WHERE request_id = p_request;
    RETURN ('done', p_id, p_message)::api.outcome;
END $$;

-- Transaction ids start again when a dump is restored into another cluster; the epoch counts those.
CREATE TABLE bank.audit_epoch (
    epoch int PRIMARY KEY,
    system_identifier bigint NOT NULL UNIQUE,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT bank.table_protect('bank.audit_epoch', 'SELECT, INSERT');

CREATE TABLE bank.audit (
    audit_id bigint GENERATED ALWAYS AS IDENTITY,
    epoch int NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    login text NOT NULL DEFAULT session_user,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    customer_id bigint,
    before jsonb,
    after jsonb,
    PRIMARY KEY (epoch, xid, audit_id)
);
CREATE INDEX audit_at ON bank.audit (at, audit_id);
-- What the auditor asks for, each in the order of the list.
CREATE INDEX audit_by_customer ON bank.audit (customer_id, at, audit_id) WHERE customer_id IS NOT NULL;
CREATE INDEX audit_by_object ON bank.audit (object_id, at, audit_id);
CREATE INDEX audit_by_kind ON bank.audit (object_kind, at, audit_id);
CREATE INDEX audit_by_login ON bank.audit (login, at, audit_id);
CREATE INDEX audit_by_action ON bank.audit (action, at, audit_id);
CREATE INDEX audit_row ON bank.audit USING brin (audit_id);
SELECT bank.table_protect('bank.audit', 'SELECT, INSERT');

CREATE FUNCTION bank.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'BO403', MESSAGE = 'The audit trail can only be appended to.',
        DETAIL = TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank.audit
    FOR EACH STATEMENT EXECUTE FUNCTION bank.append_only();

-- The epoch of this cluster; its first audit row makes it known.
CREATE FUNCTION bank.audit_epoch_now() RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    system bigint := (pg_control_system()).system_identifier;
    answer int;
BEGIN
    SELECT epoch INTO answer FROM bank.audit_epoch WHERE system_identifier = system;
    IF answer IS NULL THEN
        INSERT INTO bank.audit_epoch (epoch, system_identifier)
        SELECT coalesce(max(epoch), 0) + 1, system FROM bank.audit_epoch ON CONFLICT DO NOTHING;
        SELECT epoch INTO STRICT answer FROM bank.audit_epoch WHERE system_identifier = system;
    END IF;
    RETURN answer;
END $$;

-- Writes one audit row in the caller's transaction. before/after hold what changed, personal data
-- only masked.
CREATE FUNCTION bank.audit_write(p_action text, p_object_kind text, p_object_id text,
                                 p_customer_id bigint DEFAULT NULL, p_before jsonb DEFAULT NULL,
                                 p_after jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bank.audit (epoch, action, object_kind, object_id, customer_id, before, after)
    VALUES (bank.audit_epoch_now(), p_action, p_object_kind, p_object_id, p_customer_id, p_before,
            p_after);
END $$;

