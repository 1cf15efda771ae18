-- Customer lookup: one box that understands whatever the clerk types.
-- Tables without row level security, reached only by api.customer_search, which carries the
-- caller's units in every probe (an index on bigrams cannot be used under row level security).

CREATE TABLE bank.customer_search (
    customer_id bigint PRIMARY KEY,
    unit_id int NOT NULL,
    folded text COLLATE "C" NOT NULL,    -- the name as bank.search_fold makes it
    name text NOT NULL,
    kind text NOT NULL,
    restricted boolean NOT NULL,
    customer_number text COLLATE "C" NOT NULL,
    phone_masked text,
    identity_masked text
);

-- What a prefix can hit: name, pinyin without spaces, initials, English from the start of each word.
CREATE TABLE bank.customer_term (
    customer_id bigint NOT NULL,
    term text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('name', 'pinyin', 'initials', 'english')),
    unit_id int NOT NULL,
    PRIMARY KEY (customer_id, term)
);

SELECT bank.table_protect('bank.customer_search', 'SELECT, INSERT, UPDATE, DELETE', false);
SELECT bank.table_protect('bank.customer_term', 'SELECT, INSERT, DELETE', false);

-- One spelling for what is stored and what is typed: compatibility forms (full-width digits and
-- letters), lower case, single spaces, no zero-width characters, no middle dot.
CREATE FUNCTION bank.search_fold(p_text text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT btrim(regexp_replace(regexp_replace(lower(normalize(p_text, NFKC)),
          '[\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069\u00b7\u2022\u30fb]', '', 'g'),
          '\s+', ' ', 'g')) $$;

-- Two-character pieces of a name, alone and behind the unit ('37:伟民'), for one GIN index that
-- serves a single unit and the whole bank alike. Names in Latin letters have none.
CREATE FUNCTION bank.name_grams(p_unit_id int, p_name text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    grams text[] := '{}';
    gram text;
BEGIN
    IF p_name ~ '^[\x01-\x7f]*$' THEN
        RETURN grams;
    END IF;
    FOR i IN 1 .. length(p_name) - 1 LOOP
        gram := substr(p_name, i, 2);
        grams := grams || gram || (p_unit_id || ':' || gram);
    END LOOP;
    RETURN grams;
END $$;

-- The grams a name must hold to contain p_text; p_unit_id NULL for any unit.
CREATE FUNCTION bank.query_grams(p_unit_id int, p_text text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(coalesce(p_unit_id || ':', '') || substr(p_text, i, 2))
    FROM generate_series(1, length(p_text) - 1) AS i $$;

-- Terms of one customer. English: 'harbour machinery co' is found by harbour, machinery, co.
CREATE FUNCTION bank.customer_terms(p_customer bank.customer)
RETURNS TABLE (term text, kind text) LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT ON (t.term) t.term, t.kind FROM (
        SELECT 1 AS place, replace(bank.search_fold(p_customer.name), ' ', '') AS term, 'name' AS kind
        WHERE p_customer.name !~ '^[\x01-\x7f]*$'
        UNION ALL SELECT 2, replace(lower(p_customer.pinyin), ' ', ''), 'pinyin'
        UNION ALL SELECT 3, replace(lower(p_customer.pinyin_other), ' ', ''), 'pinyin'
        UNION ALL SELECT 4, lower(p_customer.initials), 'initials'
        UNION ALL
        SELECT 5, array_to_string(w.words[i:], ' '), 'english'
        FROM (SELECT string_to_array(regexp_replace(bank.search_fold(e.name), '[^[:alnum:] ]+', '',
                                                    'g'), ' ') AS words
              FROM (VALUES (p_customer.name_en), (p_customer.name)) AS e (name)
              WHERE e.name ~ '^[\x01-\x7f]+$') AS w,
             generate_subscripts(w.words, 1) AS i
    ) AS t WHERE t.term <> '' ORDER BY t.term, t.place $$;

-- Rebuilds the search rows of one customer, after his name, unit, number or phone changed.
CREATE FUNCTION bank.search_refresh(p_customer_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM bank.customer_search WHERE customer_id = p_customer_id;
    DELETE FROM bank.customer_term WHERE customer_id = p_customer_id;
    INSERT INTO bank.customer_search
    SELECT c.customer_id, c.unit_id, replace(bank.search_fold(c.name), ' ', ''), c.name, c.kind,
           c.restricted, c.customer_number,
           (SELECT bank.mask_phone(p.phone) FROM bank.phone p
            WHERE p.customer_id = c.customer_id ORDER BY p.main DESC, p.phone LIMIT 1),
           (SELECT bank.mask_identity(i.number) FROM bank.customer_identity i
            WHERE i.customer_id = c.customer_id ORDER BY i.kind DESC LIMIT 1)
    FROM bank.customer c WHERE c.customer_id = p_customer_id;
    INSERT INTO bank.customer_term (customer_id, term, kind, unit_id)
    SELECT c.customer_id, t.term, t.kind, c.unit_id
    FROM bank.customer c, bank.customer_terms(c) AS t WHERE c.customer_id = p_customer_id;
END $$;

-- Indexes of lookup and of the customer view; dropped before a bulk load, created after it.
CREATE FUNCTION bank.search_index_create() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE INDEX IF NOT EXISTS customer_term_unit
        ON bank.customer_term (unit_id, term, customer_id) INCLUDE (kind);
    CREATE INDEX IF NOT EXISTS customer_term_all
        ON bank.customer_term (term, customer_id) INCLUDE (unit_id, kind);
    CREATE INDEX IF NOT EXISTS customer_search_grams
        ON bank.customer_search USING gin (bank.name_grams(unit_id, folded)) WITH (fastupdate = off);
    CREATE INDEX IF NOT EXISTS customer_number ON bank.customer (customer_number);
    CREATE INDEX IF NOT EXISTS customer_identity_number ON bank.customer_identity (number);
    CREATE INDEX IF NOT EXISTS phone_number ON bank.phone (phone);
    CREATE INDEX IF NOT EXISTS phone_last4 ON bank.phone (last4, unit_id, customer_id);
    CREATE INDEX IF NOT EXISTS account_number ON bank.account (number);
    CREATE INDEX IF NOT EXISTS card_number ON bank.card (card_number);
    CREATE INDEX IF NOT EXISTS entry_at ON bank.entry (customer_id, at, entry_id);
    CREATE INDEX IF NOT EXISTS contact_at ON bank.contact (customer_id, at, contact_id);
END $$;

CREATE FUNCTION bank.search_index_drop() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DROP INDEX IF EXISTS bank.customer_term_unit, bank.customer_term_all, bank.customer_search_grams,
        bank.customer_number, bank.customer_identity_number, bank.phone_number, bank.phone_last4,
        bank.account_number, bank.card_number, bank.entry_at, bank.contact_at;
END $$;

-- Fills the search tables from the customers, after a bulk load; indexes are created after it.
CREATE FUNCTION bank.search_rebuild() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE bank.customer_search, bank.customer_term;
    INSERT INTO bank.customer_search
    SELECT c.customer_id, c.unit_id, replace(bank.search_fold(c.name), ' ', ''), c.name, c.kind,
           c.restricted, c.customer_number, bank.mask_phone(p.phone), bank.mask_identity(i.number)
    FROM bank.customer c
    LEFT JOIN (SELECT DISTINCT ON (customer_id) customer_id, phone FROM bank.phone
               ORDER BY customer_id, main DESC, phone) AS p USING (customer_id)
    LEFT JOIN (SELECT DISTINCT ON (customer_id) customer_id, number FROM bank.customer_identity
               ORDER BY customer_id, kind DESC) AS i USING (customer_id);
    INSERT INTO bank.customer_term (customer_id, term, kind, unit_id)
    SELECT c.customer_id, t.term, t.kind, c.unit_id
    FROM bank.customer c, bank.customer_terms(c) AS t;
END $$;

SELECT bank.search_index_create();
ALTER FUNCTION bank.search_rebuild OWNER TO bankops_owner;
