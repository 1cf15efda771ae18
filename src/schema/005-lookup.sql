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

CREATE TYPE bank.search_hit AS (rank int, match text, customer_id bigint);

-- Exact identifiers, and the last four or the first seven and more digits of a phone.
-- p_key: folded, without spaces and dashes, upper case.
CREATE FUNCTION bank.search_number(p_key text, p_unit int, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE plpgsql STABLE AS $$
DECLARE
    digits boolean := p_key ~ '^[0-9]+$';
    phone_key text := regexp_replace(p_key, '^(\+|00)?86(?=1[3-9][0-9]{9}$)', '');
BEGIN
    IF digits AND length(p_key) = 4 THEN
        RETURN QUERY
            (SELECT 0, 'last4', p.customer_id FROM bank.phone p
             WHERE p.last4 = p_key AND p.unit_id = p_unit AND p_unit BETWEEN p_low AND p_high
             ORDER BY p.customer_id LIMIT p_limit)
            UNION ALL
            (SELECT 0, 'last4', p.customer_id FROM bank.phone p
             WHERE p.last4 = p_key AND p.unit_id BETWEEN p_low AND p_high AND p.unit_id <> p_unit
             ORDER BY p.unit_id, p.customer_id LIMIT p_limit)
            LIMIT p_limit;
        RETURN;
    END IF;
    IF phone_key ~ '^[0-9]{7,12}$' THEN
        RETURN QUERY SELECT 0, 'phone', p.customer_id FROM bank.phone p
            WHERE p.phone = phone_key AND p.unit_id BETWEEN p_low AND p_high LIMIT p_limit;
        RETURN QUERY SELECT 1, 'phone', p.customer_id FROM bank.phone p
            WHERE p.phone > phone_key AND p.phone < phone_key || ':' AND length(phone_key) < 11
              AND p.unit_id BETWEEN p_low AND p_high ORDER BY p.phone, p.customer_id LIMIT p_limit;
    END IF;
    IF length(p_key) >= 5 THEN
        RETURN QUERY SELECT 0, 'number', c.customer_id FROM bank.customer c
            WHERE c.customer_number = p_key AND c.unit_id BETWEEN p_low AND p_high LIMIT p_limit;
    END IF;
    IF length(p_key) BETWEEN 6 AND 20 THEN
        RETURN QUERY SELECT 0, i.kind, i.customer_id FROM bank.customer_identity i
            WHERE i.number = p_key AND i.unit_id BETWEEN p_low AND p_high LIMIT p_limit;
    END IF;
    IF length(p_key) >= 8 THEN
        RETURN QUERY SELECT 0, 'account', a.customer_id FROM bank.account a
            WHERE a.number = p_key AND a.unit_id BETWEEN p_low AND p_high LIMIT p_limit;
    END IF;
    IF digits AND length(p_key) BETWEEN 12 AND 19 THEN
        RETURN QUERY SELECT 0, 'card', c.customer_id FROM bank.card c
            WHERE c.card_number = p_key AND c.unit_id BETWEEN p_low AND p_high LIMIT p_limit;
    END IF;
END $$;

-- Names from their start: the exact term first, the own unit first, then by term. Each part stops
-- by itself, and the later ones do not run once p_limit rows are found. Few units are probed one
-- by one, many through the index over all.
CREATE FUNCTION bank.search_term(p_term text, p_unit int, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE sql STABLE AS $$
    (SELECT 0, t.kind, t.customer_id FROM bank.customer_term t
     WHERE t.unit_id = p_unit AND p_unit BETWEEN p_low AND p_high AND t.term = p_term
     ORDER BY t.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 0, t.kind, t.customer_id FROM bank.customer_term t
     WHERE p_high - p_low >= 16 AND t.term = p_term
       AND t.unit_id BETWEEN p_low AND p_high AND t.unit_id <> p_unit
     ORDER BY t.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 0, t.kind, t.customer_id
     FROM generate_series(p_low, p_high) AS u (unit_id)
     CROSS JOIN LATERAL (SELECT x.kind, x.customer_id FROM bank.customer_term x
                         WHERE x.unit_id = u.unit_id AND x.term = p_term
                         ORDER BY x.customer_id LIMIT p_limit) AS t
     WHERE p_high - p_low < 16 AND u.unit_id <> p_unit LIMIT p_limit)
    UNION ALL
    (SELECT 1, t.kind, t.customer_id FROM bank.customer_term t
     WHERE t.unit_id = p_unit AND p_unit BETWEEN p_low AND p_high
       AND t.term > p_term AND t.term < p_term || U&'\+10FFFF'
     ORDER BY t.term, t.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 1, t.kind, t.customer_id FROM bank.customer_term t
     WHERE p_high - p_low >= 16 AND t.term > p_term AND t.term < p_term || U&'\+10FFFF'
       AND t.unit_id BETWEEN p_low AND p_high AND t.unit_id <> p_unit
     ORDER BY t.term, t.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 1, t.kind, t.customer_id
     FROM generate_series(p_low, p_high) AS u (unit_id)
     CROSS JOIN LATERAL (SELECT x.kind, x.customer_id, x.term FROM bank.customer_term x
                         WHERE x.unit_id = u.unit_id
                           AND x.term > p_term AND x.term < p_term || U&'\+10FFFF'
                         ORDER BY x.term, x.customer_id LIMIT p_limit) AS t
     WHERE p_high - p_low < 16 AND u.unit_id <> p_unit
     ORDER BY t.term, t.customer_id LIMIT p_limit)
    LIMIT p_limit $$;

-- Names that hold the text further in (two characters at least).
CREATE FUNCTION bank.search_inside(p_text text, p_unit int, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE sql STABLE AS $$
    (SELECT 2, 'inside', s.customer_id FROM bank.customer_search s
     WHERE bank.name_grams(s.unit_id, s.folded) @> bank.query_grams(p_unit, p_text)
       AND s.unit_id = p_unit AND p_unit BETWEEN p_low AND p_high
       AND position(p_text IN s.folded) > 1 LIMIT p_limit)
    UNION ALL
    (SELECT 2, 'inside', s.customer_id FROM bank.customer_search s
     WHERE p_high - p_low >= 16
       AND bank.name_grams(s.unit_id, s.folded) @> bank.query_grams(NULL, p_text)
       AND s.unit_id BETWEEN p_low AND p_high AND s.unit_id <> p_unit
       AND position(p_text IN s.folded) > 1 LIMIT p_limit)
    UNION ALL
    (SELECT 2, 'inside', t.customer_id
     FROM generate_series(p_low, p_high) AS u (unit_id)
     CROSS JOIN LATERAL (SELECT s.customer_id FROM bank.customer_search s
                         WHERE bank.name_grams(s.unit_id, s.folded)
                               @> bank.query_grams(u.unit_id, p_text)
                           AND s.unit_id = u.unit_id
                           AND position(p_text IN s.folded) > 1 LIMIT p_limit) AS t
     WHERE p_high - p_low < 16 AND u.unit_id <> p_unit LIMIT p_limit)
    LIMIT p_limit $$;

-- All hits for what was typed, best first, a customer perhaps more than once.
CREATE FUNCTION bank.search_hits(p_query text, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE plpgsql STABLE AS $$
DECLARE
    me bank.staff := bank.me();
    low int := bank.my_scope_low();
    high int := bank.my_scope_high();
    folded text := bank.search_fold(p_query);
    -- spaces, dashes and dots are how people group digits and part names
    compact text := regexp_replace(folded, '[\s\u2010-\u2015\u2212.-]', '', 'g');
    found_count int := 0;
    part int;
    term text;
BEGIN
    IF compact ~ '[0-9]' AND compact ~ '^\+?[0-9a-z]+$' THEN
        RETURN QUERY SELECT * FROM bank.search_number(upper(compact), me.unit_id, low, high, p_limit);
        GET DIAGNOSTICS found_count = ROW_COUNT;
    END IF;
    IF compact = '' OR compact ~ '^\+?[0-9]+$' OR found_count >= p_limit THEN
        RETURN;
    END IF;
    -- 'zhang san' is pinyin without the space, and may be the start of an English name with it;
    -- keyboards without ü write lv and nv.
    FOREACH term IN ARRAY ARRAY[compact, folded, regexp_replace(compact, '([ln])[vü]', '\1u', 'g')] LOOP
        CONTINUE WHEN found_count > 0 AND term = compact;
        RETURN QUERY SELECT * FROM bank.search_term(term, me.unit_id, low, high, p_limit * 2);
        GET DIAGNOSTICS part = ROW_COUNT;
        found_count := found_count + part + 1;
    END LOOP;
    IF found_count < p_limit * 2 AND length(compact) >= 2 AND compact ~ '[^\x01-\x7f]' THEN
        RETURN QUERY SELECT * FROM bank.search_inside(compact, me.unit_id, low, high, p_limit);
    END IF;
END $$;

-- Customers for what the clerk typed, best first: exact before prefix before inside, the own unit
-- first. At most p_limit rows (page + 1 tells that there are more). The name of a restricted
-- customer and of the caller's own record is masked until a grant opens it.
CREATE FUNCTION api.customer_search(p_query text, p_limit int DEFAULT 51)
RETURNS TABLE (place bigint, customer_id bigint, name text, kind text, match text, rank int,
               customer_number text, phone text, identity text, tier text, unit_id int,
               unit_zh text, unit_en text, locked boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = api, bank, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    most int := least(greatest(coalesce(p_limit, 51), 1), 500);
    own_id bigint := (bank.me()).customer_id;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    RETURN QUERY
    WITH hit AS (
        SELECT h.rank, h.match, h.customer_id, row_number() OVER () AS place
        FROM bank.search_hits(left(p_query, 200), most) AS h
    ), best AS (
        SELECT DISTINCT ON (h.customer_id) h.rank, h.match, h.customer_id, h.place
        FROM hit h ORDER BY h.customer_id, h.rank, h.place
    ), page AS (
        SELECT b.rank, b.match, b.customer_id, row_number() OVER (ORDER BY b.rank, b.place) AS place
        FROM best b ORDER BY b.rank, b.place LIMIT most
    )
    SELECT p.place, p.customer_id, CASE WHEN l.locked THEN bank.mask_name(s.name) ELSE s.name END,
           s.kind, p.match, p.rank, s.customer_number, s.phone_masked, s.identity_masked, m.tier,
           s.unit_id, u.name_zh, u.name_en, l.locked
    FROM page p
    JOIN bank.customer_search s ON s.customer_id = p.customer_id
    JOIN bank.unit u ON u.unit_id = s.unit_id
    LEFT JOIN bank.member m ON m.customer_id = p.customer_id
    CROSS JOIN LATERAL (SELECT (s.restricted OR s.customer_id IS NOT DISTINCT FROM own_id)
                               AND NOT bank.access_granted(s.customer_id) AS locked) AS l
    ORDER BY p.place;
END $$;
SELECT bank.function_grant('customer_search', 'clerk', 'rm', 'supervisor');
