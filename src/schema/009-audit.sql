-- The seal over the audit trail. Rows are closed in blocks some time after their commit; each block
-- keeps the id and SHA-256 of its rows in order and is chained to the block before.

CREATE TABLE bank.audit_block (
    block_id bigint PRIMARY KEY,
    rows int NOT NULL CHECK (rows > 0),
    last_epoch int NOT NULL,             -- position of the last row; rows are ordered by
    last_xid xid8 NOT NULL,              -- epoch, xid, audit_id
    last_audit_id bigint NOT NULL,
    audit_ids bigint[] NOT NULL,
    hashes bytea NOT NULL,               -- 32 bytes a row
    previous bytea NOT NULL,             -- head of the block before; zeros for the first
    head bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT bank.table_protect('bank.audit_block', 'SELECT, INSERT');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank.audit_block
    FOR EACH STATEMENT EXECUTE FUNCTION bank.append_only();

-- One row: where the next block begins. Its lock lets one sealer work at a time.
CREATE TABLE bank.audit_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    block_id bigint NOT NULL DEFAULT 0,
    last_epoch int NOT NULL DEFAULT 0,
    last_xid xid8 NOT NULL DEFAULT '0',
    last_audit_id bigint NOT NULL DEFAULT 0,
    head bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
);
INSERT INTO bank.audit_head DEFAULT VALUES;
SELECT bank.table_protect('bank.audit_head', 'SELECT, UPDATE');

-- One field of the text that is hashed: length in bytes, colon, value; a dash for NULL.
CREATE FUNCTION bank.audit_field(p_value text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT coalesce(octet_length(p_value)::text || ':' || p_value, '-') $$;

-- SHA-256 of a row; `bankops audit verify` computes the same without this function.
CREATE FUNCTION bank.audit_hash(a bank.audit) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(
        bank.audit_field(a.audit_id::text) || bank.audit_field(a.epoch::text)
        || bank.audit_field(a.xid::text)
        || bank.audit_field((extract(epoch FROM a.at) * 1000000)::bigint::text)
        || bank.audit_field(a.login) || bank.audit_field(a.action)
        || bank.audit_field(a.object_kind) || bank.audit_field(a.object_id)
        || bank.audit_field(a.customer_id::text) || bank.audit_field(a.before::text)
        || bank.audit_field(a.after::text), 'UTF8')) $$;

-- Head of a block: SHA-256 over number, rows, head before, ids and hashes.
CREATE FUNCTION bank.audit_block_head(p_block_id bigint, p_previous bytea, p_ids bigint[],
                                      p_hashes bytea)
RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(convert_to(p_block_id || ':' || cardinality(p_ids) || ':'
                             || encode(p_previous, 'hex') || ':' || array_to_string(p_ids, ',')
                             || ':', 'UTF8') || p_hashes) $$;

-- Closes one block of at most p_most rows; false when nothing can be sealed yet. Only rows of
-- transactions older than every running one: no row can appear before them any more.
CREATE FUNCTION bank.audit_seal_block(p_most int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    done bank.audit_head;
    block bank.audit_block;
    epoch_now int := bank.audit_epoch_now();
BEGIN
    SELECT * INTO done FROM bank.audit_head FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false; -- somebody else seals
    END IF;
    SELECT count(*), array_agg(r.audit_id ORDER BY r.epoch, r.xid, r.audit_id),
           string_agg(r.hash, '' ORDER BY r.epoch, r.xid, r.audit_id),
           (array_agg(r.epoch ORDER BY r.epoch DESC, r.xid DESC, r.audit_id DESC))[1],
           (array_agg(r.xid ORDER BY r.epoch DESC, r.xid DESC, r.audit_id DESC))[1],
           (array_agg(r.audit_id ORDER BY r.epoch DESC, r.xid DESC, r.audit_id DESC))[1]
    INTO block.rows, block.audit_ids, block.hashes, block.last_epoch, block.last_xid,
         block.last_audit_id
    FROM (SELECT a.audit_id, a.epoch, a.xid, bank.audit_hash(a) AS hash
          FROM bank.audit a
          WHERE (a.epoch, a.xid, a.audit_id) > (done.last_epoch, done.last_xid, done.last_audit_id)
            AND (a.epoch < epoch_now OR a.xid < pg_snapshot_xmin(pg_current_snapshot()))
          ORDER BY a.epoch, a.xid, a.audit_id LIMIT p_most) AS r;
    IF block.rows = 0 THEN
        RETURN false;
    END IF;
    block.block_id := done.block_id + 1;
    block.head := bank.audit_block_head(block.block_id, done.head, block.audit_ids, block.hashes);
    INSERT INTO bank.audit_block (block_id, rows, last_epoch, last_xid, last_audit_id, audit_ids,
                                  hashes, previous, head)
    VALUES (block.block_id, block.rows, block.last_epoch, block.last_xid, block.last_audit_id,
            block.audit_ids, block.hashes, done.head, block.head);
    UPDATE bank.audit_head
    SET block_id = block.block_id, last_epoch = block.last_epoch, last_xid = block.last_xid,
        last_audit_id = block.last_audit_id, head = block.head;
    RETURN true;
END $$;

-- Seals what can be sealed; returns the last block and its head for the anchor outside.
CREATE FUNCTION api.audit_seal()
RETURNS TABLE (blocks int, block_id bigint, head text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    made int := 0;
BEGIN
    WHILE bank.audit_seal_block(10000) LOOP
        made := made + 1;
    END LOOP;
    RETURN QUERY SELECT made, h.block_id, encode(h.head, 'hex') FROM bank.audit_head h;
END $$;

-- True for an active auditor, and for the installer, who is no member of staff.
CREATE FUNCTION bank.may_audit() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN coalesce(my_role() = 'auditor', pg_has_role(session_user, 'bankops_owner', 'MEMBER'));
END $$;
ALTER FUNCTION bank.may_audit OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.may_audit TO bankops_staff;

-- Evidence for `bankops audit verify`.
CREATE VIEW api.audit_evidence_block WITH (security_barrier) AS
    SELECT block_id, rows, last_epoch, last_xid, last_audit_id,
           array_to_string(audit_ids, ',') AS audit_ids, encode(hashes, 'hex') AS hashes,
           encode(previous, 'hex') AS previous, encode(head, 'hex') AS head, sealed_at
    FROM bank.audit_block WHERE (SELECT bank.may_audit());

-- The rows that a seal covers, as the verifier hashes them: `at` in microseconds since 1970.
CREATE VIEW api.audit_evidence_row WITH (security_barrier) AS
    SELECT audit_id, epoch, xid, (extract(epoch FROM at) * 1000000)::bigint AS at, login, action,
           object_kind, object_id, customer_id, before, after
    FROM bank.audit WHERE (SELECT bank.may_audit());

-- Everybody: it seals and shows nothing but the number and head of the last block.
SELECT bank.function_grant('audit_seal', 'staff');
SELECT bank.view_grant(name, 'auditor')
FROM unnest(ARRAY['audit_evidence_block', 'audit_evidence_row']) AS t (name);
