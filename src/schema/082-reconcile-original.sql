-- The bytes of delivered files as they came, in parts, once for each content.

CREATE TABLE bank.recon_original (
    original_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256      bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
    bytes       bigint NOT NULL CHECK (bytes >= 0),
    whole       boolean NOT NULL DEFAULT false,
    kept_by     text NOT NULL DEFAULT session_user,
    kept_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE bank.recon_original_part (
    original_id bigint NOT NULL REFERENCES bank.recon_original,
    part        int NOT NULL CHECK (part >= 0),
    data        bytea NOT NULL,
    PRIMARY KEY (original_id, part)
);
CREATE TABLE bank.recon_file_original (
    file_id     bigint PRIMARY KEY REFERENCES bank.recon_file,
    original_id bigint NOT NULL REFERENCES bank.recon_original
);
SELECT bank.table_protect('bank.recon_original', 'SELECT, INSERT, UPDATE');
SELECT bank.table_protect('bank.recon_original_part', 'SELECT, INSERT');
SELECT bank.table_protect('bank.recon_file_original', 'SELECT, INSERT');

-- Begins to keep a file; `have`: its content is there already and no part is wanted.
CREATE FUNCTION api.original_begin(p_sha256 text, p_bytes bigint)
RETURNS TABLE (original_id bigint, have boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    IF NOT coalesce(p_sha256 ~ '^[0-9a-f]{64}$' AND p_bytes >= 0, false) THEN
        PERFORM bank.fail('BO422', 'A file is named by its SHA-256 and its size.', p_sha256, NULL, 'p_sha256');
    END IF;
    INSERT INTO bank.recon_original AS o (sha256, bytes) VALUES (decode(p_sha256, 'hex'), p_bytes)
    ON CONFLICT (sha256) DO NOTHING;
    RETURN QUERY SELECT o.original_id, o.whole FROM bank.recon_original o
                  WHERE o.sha256 = decode(p_sha256, 'hex');
END $$;

-- Adds a part of a file that the caller began to keep, from 0.
CREATE FUNCTION api.original_part(p_original_id bigint, p_part int, p_data bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    INSERT INTO bank.recon_original_part (original_id, part, data)
    SELECT o.original_id, p_part, p_data FROM bank.recon_original o
     WHERE o.original_id = p_original_id AND NOT o.whole AND o.kept_by = session_user;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such file to keep.', p_original_id::text);
    END IF;
END $$;

-- Ends it: the parts are the content that was named, and these files were read from it.
CREATE FUNCTION api.original_link(p_original_id bigint, p_files bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    o bank.recon_original;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    SELECT * INTO o FROM bank.recon_original x WHERE x.original_id = p_original_id FOR UPDATE;
    IF NOT o.whole THEN
        IF o.bytes <> (SELECT coalesce(sum(length(p.data)), 0) FROM bank.recon_original_part p
                        WHERE p.original_id = o.original_id)
           OR o.bytes <= 268435456 AND o.sha256 <> (SELECT sha256(coalesce(string_agg(p.data, '' ORDER BY p.part), ''))
                                                      FROM bank.recon_original_part p
                                                     WHERE p.original_id = o.original_id) THEN
            PERFORM bank.fail('BO422', 'The file was changed while it was being kept.', p_original_id::text,
                              'Import it again.');
        END IF;
        UPDATE bank.recon_original SET whole = true WHERE original_id = o.original_id;
    END IF;
    INSERT INTO bank.recon_file_original (file_id, original_id)
    SELECT f.file_id, o.original_id FROM bank.recon_file f
     WHERE f.file_id = ANY (p_files) AND bank.in_scope(f.unit_id) AND f.imported_by = session_user
    ON CONFLICT DO NOTHING;
END $$;

-- A part of the file that was delivered; no row behind the last. The first read is audited.
CREATE FUNCTION api.original_read(p_file_id bigint, p_part int) RETURNS TABLE (data bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'auditor', 'admin');
    IF NOT EXISTS (SELECT FROM bank.recon_file f JOIN bank.recon_file_original l USING (file_id)
                    WHERE f.file_id = p_file_id AND bank.in_scope(f.unit_id)) THEN
        PERFORM bank.fail('BO404', 'There is no such file.', p_file_id::text,
                          'The list of files (:stm) has the numbers.');
    END IF;
    IF p_part = 0 THEN
        PERFORM bank.audit_write('original_read', 'file', p_file_id::text, NULL, NULL, NULL);
    END IF;
    RETURN QUERY SELECT p.data FROM bank.recon_file_original l
                   JOIN bank.recon_original_part p USING (original_id)
                  WHERE l.file_id = p_file_id AND p.part = p_part;
END $$;
SELECT bank.function_grant(name, 'clerk', 'supervisor', 'admin')
  FROM unnest('{original_begin,original_part,original_link}'::text[]) name;
SELECT bank.function_grant('original_read', 'clerk', 'supervisor', 'auditor', 'admin');
