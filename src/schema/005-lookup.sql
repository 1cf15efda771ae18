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
    identity_masked text,
    tier text
);

-- What a prefix can hit: name, pinyin without spaces, initials, English from the start of each word.
CREATE TABLE bank.customer_term (
    customer_id bigint NOT NULL,
    term text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('name', 'pinyin', 'initials', 'english')),
    unit_id int NOT NULL,
    PRIMARY KEY (customer_id, term)
);

-- Pieces so common that a page of them is found in the first units asked.
CREATE TABLE bank.search_hot (gram text COLLATE "C" PRIMARY KEY);

SELECT bank.table_protect('bank.customer_search', 'SELECT, INSERT, UPDATE, DELETE', false);
SELECT bank.table_protect('bank.customer_term', 'SELECT, INSERT, DELETE', false);
SELECT bank.table_protect('bank.search_hot', 'SELECT', false);

-- One spelling for what is stored and what is typed: compatibility forms (full-width digits and
-- letters), lower case, single spaces, no invisible characters (text_invisible in C), no middle dot.
CREATE FUNCTION bank.search_fold(p_text text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT btrim(regexp_replace(regexp_replace(lower(normalize(p_text, NFKC)),
          '[\u0001-\u0008\u000e-\u001f\u007f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00b7\u2022\u30fb]', '', 'g'),
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
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    grams text[] := '{}';
    lead text := coalesce(p_unit_id || ':', '');
BEGIN
    FOR i IN 1 .. length(p_text) - 1 LOOP
        grams := grams || (lead || substr(p_text, i, 2));
    END LOOP;
    RETURN grams;
END $$;

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
            WHERE i.customer_id = c.customer_id ORDER BY i.kind DESC LIMIT 1),
           (SELECT m.tier FROM bank.member m WHERE m.customer_id = c.customer_id)
    FROM bank.customer c WHERE c.customer_id = p_customer_id;
    INSERT INTO bank.customer_term (customer_id, term, kind, unit_id)
    SELECT c.customer_id, t.term, t.kind, c.unit_id
    FROM bank.customer c, bank.customer_terms(c) AS t WHERE c.customer_id = p_customer_id;
END $$;

-- Indexes of lookup and of the customer view.
CREATE INDEX customer_term_unit
    ON bank.customer_term (unit_id, term, customer_id) INCLUDE (kind);
CREATE INDEX customer_term_all
    ON bank.customer_term (term, customer_id) INCLUDE (unit_id, kind);
CREATE INDEX customer_search_grams
    ON bank.customer_search USING gin (bank.name_grams(unit_id, folded)) WITH (fastupdate = off);
CREATE INDEX customer_number ON bank.customer (customer_number);
CREATE INDEX customer_identity_number ON bank.customer_identity (number);
CREATE INDEX phone_number ON bank.phone (phone);
CREATE INDEX phone_last4 ON bank.phone (last4, unit_id, customer_id);
CREATE INDEX account_number ON bank.account (number);
CREATE INDEX card_number ON bank.card (card_number);
CREATE INDEX entry_at ON bank.entry (customer_id, at, entry_id);
CREATE INDEX contact_at ON bank.contact (customer_id, at, contact_id);

-- Finds the grams that more than 10,000 names have further in, from a sample; part of every bulk load.
-- (The index collects all of a gram's hits before the first is seen: 10,000 take a millisecond.)
CREATE FUNCTION bank.search_hot_fill() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    names bigint := (SELECT greatest(count(*), 1) FROM bank.customer_search);
    sample_percent real := least(100, 3e6 / names);
BEGIN
    TRUNCATE bank.search_hot;
    INSERT INTO bank.search_hot
    WITH sample AS (
        SELECT bank.query_grams(NULL, substr(s.folded, 2)) AS grams, count(*) OVER () AS size
        FROM bank.customer_search s TABLESAMPLE BERNOULLI (sample_percent) REPEATABLE (1)
    )
    SELECT g.gram FROM sample, unnest(sample.grams) AS g (gram)
    GROUP BY g.gram HAVING count(*) > max(sample.size) * 10000.0 / names;
END $$;

-- Puts the search rows of one branch, and in it those of one name, side by side on the disk: a page of
-- hits is read from a few blocks. After a bulk load, before its indexes are made.
CREATE FUNCTION bank.search_sort() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE search_sorted AS
    SELECT s.* FROM bank.customer_search s JOIN bank.customer c USING (customer_id)
    ORDER BY s.unit_id, c.pinyin, s.customer_id;
    TRUNCATE bank.customer_search;
    INSERT INTO bank.customer_search SELECT * FROM search_sorted;
    DROP TABLE search_sorted;
END $$;

-- Fills the search tables from the customers, after a bulk load; indexes are created after it.
CREATE FUNCTION bank.search_rebuild() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE bank.customer_search, bank.customer_term;
    INSERT INTO bank.customer_search
    SELECT c.customer_id, c.unit_id, replace(bank.search_fold(c.name), ' ', ''), c.name, c.kind,
           c.restricted, c.customer_number, bank.mask_phone(p.phone), bank.mask_identity(i.number),
           m.tier
    FROM bank.customer c
    LEFT JOIN (SELECT DISTINCT ON (customer_id) customer_id, phone FROM bank.phone
               ORDER BY customer_id, main DESC, phone) AS p USING (customer_id)
    LEFT JOIN (SELECT DISTINCT ON (customer_id) customer_id, number FROM bank.customer_identity
               ORDER BY customer_id, kind DESC) AS i USING (customer_id)
    LEFT JOIN bank.member m USING (customer_id)
    ORDER BY c.unit_id, c.pinyin, c.customer_id;
    INSERT INTO bank.customer_term (customer_id, term, kind, unit_id)
    SELECT c.customer_id, t.term, t.kind, c.unit_id
    FROM bank.customer c, bank.customer_terms(c) AS t;
    PERFORM bank.search_hot_fill();
END $$;


-- A tier that changes shows in the next lookup.
CREATE FUNCTION bank.search_tier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.customer_search SET tier = NEW.tier WHERE customer_id = NEW.customer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_tier AFTER UPDATE OF tier ON bank.member
    FOR EACH ROW WHEN (OLD.tier IS DISTINCT FROM NEW.tier) EXECUTE FUNCTION bank.search_tier();

CREATE TYPE bank.search_hit AS (rank int, match text, customer_id bigint);

-- Who searches: his own unit, his units, his own record as a customer.
CREATE TYPE bank.searcher AS (staff_id int, role text, unit_id int, low int, high int,
                              customer_id bigint);

-- A phone by its last four digits, the own unit first.
CREATE FUNCTION bank.search_last4(p_digits text, p_unit int, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE sql STABLE AS $$
    (SELECT 0, 'last4', p.customer_id FROM bank.phone p
     WHERE p.last4 = p_digits AND p.unit_id = p_unit AND p_unit BETWEEN p_low AND p_high
     ORDER BY p.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 0, 'last4', p.customer_id FROM bank.phone p
     WHERE p.last4 = p_digits AND p.unit_id BETWEEN p_low AND p_high AND p.unit_id <> p_unit
     ORDER BY p.unit_id, p.customer_id LIMIT p_limit)
    LIMIT p_limit $$;

-- A whole phone number, or its first seven and more digits while it is being typed.
CREATE FUNCTION bank.search_phone(p_digits text, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE sql STABLE AS $$
    SELECT (p.phone <> p_digits)::int, 'phone', p.customer_id FROM bank.phone p
    WHERE p.phone >= p_digits AND p.phone < p_digits || ':'
      AND p.unit_id BETWEEN p_low AND p_high
    ORDER BY p.phone, p.customer_id LIMIT p_limit $$;

-- Identifiers that only hit whole: upper case, without spaces and dashes.
CREATE FUNCTION bank.search_number(p_key text, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE sql STABLE AS $$
    SELECT 0, 'number', c.customer_id FROM bank.customer c
    WHERE c.customer_number = p_key AND c.unit_id BETWEEN p_low AND p_high
    UNION ALL
    SELECT 0, i.kind, i.customer_id FROM bank.customer_identity i
    WHERE length(p_key) BETWEEN 6 AND 20 AND i.number = p_key
      AND i.unit_id BETWEEN p_low AND p_high
    UNION ALL
    SELECT 0, 'account', a.customer_id FROM bank.account a
    WHERE length(p_key) >= 8 AND a.number = p_key AND a.unit_id BETWEEN p_low AND p_high
    UNION ALL
    SELECT 0, 'card', c.customer_id FROM bank.card c
    WHERE length(p_key) BETWEEN 12 AND 19 AND c.card_number = p_key
      AND c.unit_id BETWEEN p_low AND p_high
    LIMIT p_limit $$;

-- Names from their start, for callers with many units: the exact term first, the own unit first,
-- then by term. Later parts do not run once enough rows are found.
CREATE FUNCTION bank.search_term_wide(p_term text, p_unit int, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE sql STABLE AS $$
    (SELECT 0, t.kind, t.customer_id FROM bank.customer_term t
     WHERE t.unit_id = p_unit AND t.term = p_term ORDER BY t.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 0, t.kind, t.customer_id FROM bank.customer_term t
     WHERE t.term = p_term AND t.unit_id BETWEEN p_low AND p_high AND t.unit_id <> p_unit
     ORDER BY t.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 1, t.kind, t.customer_id FROM bank.customer_term t
     WHERE t.unit_id = p_unit AND t.term > p_term AND t.term < p_term || U&'\+10FFFF'
     ORDER BY t.term, t.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 1, t.kind, t.customer_id FROM bank.customer_term t
     WHERE t.term > p_term AND t.term < p_term || U&'\+10FFFF'
       AND t.unit_id BETWEEN p_low AND p_high AND t.unit_id <> p_unit
     ORDER BY t.term, t.customer_id LIMIT p_limit) $$;

-- The same for callers with few units: each unit is probed by itself, so that a common surname in
-- a large bank costs no more than a rare one.
CREATE FUNCTION bank.search_term_narrow(p_term text, p_unit int, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE sql STABLE AS $$
    (SELECT 0, t.kind, t.customer_id FROM bank.customer_term t
     WHERE t.unit_id = p_unit AND t.term = p_term ORDER BY t.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 0, t.kind, t.customer_id
     FROM bank.unit AS u
     CROSS JOIN LATERAL (SELECT x.kind, x.customer_id FROM bank.customer_term x
                         WHERE x.unit_id = u.unit_id AND x.term = p_term
                         ORDER BY x.customer_id LIMIT p_limit) AS t
     WHERE u.unit_id BETWEEN p_low AND p_high AND u.unit_id <> p_unit LIMIT p_limit)
    UNION ALL
    (SELECT 1, t.kind, t.customer_id FROM bank.customer_term t
     WHERE t.unit_id = p_unit AND t.term > p_term AND t.term < p_term || U&'\+10FFFF'
     ORDER BY t.term, t.customer_id LIMIT p_limit)
    UNION ALL
    (SELECT 1, t.kind, t.customer_id
     FROM bank.unit AS u
     CROSS JOIN LATERAL (SELECT x.kind, x.customer_id, x.term FROM bank.customer_term x
                         WHERE x.unit_id = u.unit_id
                           AND x.term > p_term AND x.term < p_term || U&'\+10FFFF'
                         ORDER BY x.term, x.customer_id LIMIT p_limit) AS t
     WHERE u.unit_id BETWEEN p_low AND p_high AND u.unit_id <> p_unit ORDER BY t.term, t.customer_id LIMIT p_limit) $$;

-- Names that hold the text further in (two characters at least). Not sorted: sorting a common
-- word would mean reading every name that has it.
CREATE FUNCTION bank.search_inside_wide(p_text text, p_unit int, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE sql STABLE AS $$
    (SELECT 2, 'inside', s.customer_id FROM bank.customer_search s
     WHERE bank.name_grams(s.unit_id, s.folded) @> bank.query_grams(p_unit, p_text)
       AND s.unit_id = p_unit AND position(p_text IN s.folded) > 1 LIMIT p_limit)
    UNION ALL
    (SELECT 2, 'inside', s.customer_id FROM bank.customer_search s
     WHERE bank.name_grams(s.unit_id, s.folded) @> bank.query_grams(NULL, p_text)
       AND s.unit_id BETWEEN p_low AND p_high AND s.unit_id <> p_unit
       AND position(p_text IN s.folded) > 1 LIMIT p_limit) $$;

-- The same unit by unit, until there are enough: for callers with few units, and for a text whose
-- every piece is common.
CREATE FUNCTION bank.search_inside_narrow(p_text text, p_unit int, p_low int, p_high int, p_limit int)
RETURNS SETOF bank.search_hit LANGUAGE sql STABLE AS $$
    (SELECT 2, 'inside', s.customer_id FROM bank.customer_search s
     WHERE bank.name_grams(s.unit_id, s.folded) @> bank.query_grams(p_unit, p_text)
       AND s.unit_id = p_unit AND position(p_text IN s.folded) > 1 LIMIT p_limit)
    UNION ALL
    (SELECT 2, 'inside', t.customer_id
     FROM bank.unit AS u
     CROSS JOIN LATERAL (SELECT s.customer_id FROM bank.customer_search s
                         WHERE bank.name_grams(s.unit_id, s.folded)
                               @> bank.query_grams(u.unit_id, p_text)
                           AND s.unit_id = u.unit_id
                           AND position(p_text IN s.folded) > 1 LIMIT p_limit) AS t
     WHERE u.unit_id BETWEEN p_low AND p_high AND u.unit_id <> p_unit LIMIT p_limit) $$;

-- A page of hits, in order; people: how many different customers they are.
CREATE TYPE bank.search_page AS (ids bigint[], matches text[], ranks int[], people int);

-- The hits for one spelling of what was typed. p_way: which of the probes above; p_limit: how many
-- of each part of it, p_most: how many in all. A probe stops as soon as it has them.
CREATE FUNCTION bank.search_probe(p_way text, p_text text, me bank.searcher, p_limit int, p_most int)
RETURNS bank.search_page LANGUAGE plpgsql STABLE AS $$
DECLARE
    page bank.search_page;
    narrow boolean := me.high - me.low < 16;
    unit int := CASE WHEN me.unit_id BETWEEN me.low AND me.high THEN me.unit_id ELSE me.low END;
BEGIN
    IF p_way = 'last4' THEN
        SELECT array_agg(customer_id), array_agg(match), array_agg(rank), count(DISTINCT customer_id)
        INTO page FROM bank.search_last4(p_text, unit, me.low, me.high, p_limit);
    ELSIF p_way = 'phone' THEN
        SELECT array_agg(customer_id), array_agg(match), array_agg(rank), count(DISTINCT customer_id)
        INTO page FROM bank.search_phone(p_text, me.low, me.high, p_limit);
    ELSIF p_way = 'number' THEN
        SELECT array_agg(customer_id), array_agg(match), array_agg(rank), count(DISTINCT customer_id)
        INTO page FROM bank.search_number(p_text, me.low, me.high, p_limit);
    ELSIF p_way = 'term' AND narrow THEN
        SELECT array_agg(customer_id), array_agg(match), array_agg(rank), count(DISTINCT customer_id)
        INTO page FROM (SELECT * FROM bank.search_term_narrow(p_text, unit, me.low, me.high, p_limit) LIMIT p_most) AS h;
    ELSIF p_way = 'term' THEN
        SELECT array_agg(customer_id), array_agg(match), array_agg(rank), count(DISTINCT customer_id)
        INTO page FROM (SELECT * FROM bank.search_term_wide(p_text, unit, me.low, me.high, p_limit) LIMIT p_most) AS h;
    ELSIF narrow OR bank.query_grams(NULL, p_text) <@ ARRAY(SELECT gram FROM bank.search_hot) THEN
        SELECT array_agg(customer_id), array_agg(match), array_agg(rank), count(DISTINCT customer_id)
        INTO page FROM (SELECT * FROM bank.search_inside_narrow(p_text, unit, me.low, me.high, p_limit) LIMIT p_most) AS h;
    ELSE
        SELECT array_agg(customer_id), array_agg(match), array_agg(rank), count(DISTINCT customer_id)
        INTO page FROM (SELECT * FROM bank.search_inside_wide(p_text, unit, me.low, me.high, p_limit) LIMIT p_most) AS h;
    END IF;
    RETURN page;
END $$;

-- What was typed, as the probes that can find it: {way, text} pairs, the most exact first.
CREATE FUNCTION bank.search_ways(p_query text) RETURNS text[][] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    folded text;
    compact text;
    phone text;
    pinyin text;
    words text;
    ways text[][] := '{}';
BEGIN
    -- Most of what is typed needs no cleaning: letters of pinyin, Chinese characters.
    IF p_query ~ '^([a-z]+|[\u4e00-\u9fff]+)$' AND p_query !~ '[ln]v' THEN
        RETURN CASE WHEN p_query ~ '^[a-z]' OR length(p_query) < 2 THEN ARRAY[['term', p_query]]
                    ELSE ARRAY[['term', p_query], ['inside', p_query]] END;
    END IF;
    folded := CASE WHEN p_query ~ '^[0-9]+$' THEN p_query ELSE bank.search_fold(p_query) END;
    -- spaces, dashes and dots are how people group digits and part names; (86) leads a phone
    compact := regexp_replace(folded, '[\s\u2010-\u2015\u2212.-]', '', 'g');
    IF compact ~ '^[+(]*[0-9][0-9()]*$' THEN
        compact := regexp_replace(compact, '[()]', '', 'g');
        phone := regexp_replace(compact, '^(\+|00)?86(?=1[3-9][0-9]{1,9}$)', '');
        IF length(compact) = 4 THEN
            ways := ways || ARRAY[['last4', compact]];
        END IF;
        IF length(phone) BETWEEN 7 AND 12 THEN
            ways := ways || ARRAY[['phone', phone]];
        END IF;
        RETURN ways || ARRAY[['number', compact]];
    END IF;
    pinyin := regexp_replace(compact, '([ln])[vü]', '\1u', 'g');
    -- English names are kept in words without marks: O'Neil is oneil
    words := btrim(regexp_replace(folded, '[^[:alnum:] ]+', '', 'g'));
    IF compact ~ '^[0-9a-z]*[0-9][0-9a-z]*$' THEN
        ways := ways || ARRAY[['number', upper(compact)]];
    END IF;
    IF compact <> '' THEN
        ways := ways || ARRAY[['term', compact]];
    END IF;
    -- 'zhang san' is pinyin without its space, and may be the start of an English name with it
    IF words <> compact AND words <> '' AND folded ~ '^[\x20-\x7f]+$' THEN
        ways := ways || ARRAY[['term', words]];
    END IF;
    -- keyboards without ü write lv and nv
    IF pinyin <> compact AND pinyin ~ '^[a-z]+$' THEN
        ways := ways || ARRAY[['term', pinyin]];
    END IF;
    IF length(compact) >= 2 AND compact ~ '[^\x01-\x7f]' THEN
        ways := ways || ARRAY[['inside', compact]];
    END IF;
    RETURN ways;
END $$;

-- Everybody of a page where he stands first, without those whom p_known has.
CREATE FUNCTION bank.search_distinct(p_page bank.search_page, p_known bigint[])
RETURNS bank.search_page LANGUAGE plpgsql STABLE AS $$
DECLARE
    page bank.search_page;
BEGIN
    SELECT array_agg(d.id ORDER BY d.place), array_agg(d.match ORDER BY d.place),
           array_agg(d.rank ORDER BY d.place), count(*) INTO page
    FROM (SELECT DISTINCT ON (h.id) h.id, h.match, h.rank, h.place
          FROM unnest(p_page.ids, p_page.matches, p_page.ranks)
               WITH ORDINALITY AS h (id, match, rank, place)
          WHERE h.id <> ALL (p_known) ORDER BY h.id, h.place) AS d;
    RETURN page;
END $$;

-- The customers of a page, in order: runs the probes until p_limit are found. Runs as the owner of the
-- tables, whom row level security exempts: every probe carries the caller's units.
CREATE FUNCTION bank.search_found(p_query text, p_limit int, me bank.searcher,
                                  OUT ids bigint[], OUT matches text[], OUT ranks int[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    way text[];
    page bank.search_page;
    room int := p_limit;
    mixed boolean := false;
    ways text[] := bank.search_ways(p_query);
BEGIN
    ids := '{}';
    IF cardinality(ways) = 0 THEN RETURN; END IF;
    FOREACH way SLICE 1 IN ARRAY ways LOOP
        page := bank.search_probe(way[1], way[2], me, p_limit,
                                  CASE WHEN room < p_limit THEN p_limit * 2 ELSE p_limit END);
        CONTINUE WHEN page.people = 0;
        -- Somebody hit twice, or by an earlier probe, is kept where he stands first.
        IF page.people < cardinality(page.ids) OR page.ids && ids THEN
            IF room = p_limit THEN
                page := bank.search_probe(way[1], way[2], me, p_limit, p_limit * 2);
            END IF;
            page := bank.search_distinct(page, ids);
            CONTINUE WHEN page.people = 0;
        END IF;
        mixed := mixed OR page.ranks[1] < ranks[cardinality(ranks)];
        ids := ids || page.ids[:room];
        matches := matches || page.matches[:room];
        ranks := ranks || page.ranks[:room];
        room := p_limit - cardinality(ids);
        EXIT WHEN room = 0;
    END LOOP;
    -- A later way may be the more exact one.
    IF mixed THEN
        SELECT array_agg(h.id ORDER BY h.rank, h.place), array_agg(h.match ORDER BY h.rank, h.place),
               array_agg(h.rank ORDER BY h.rank, h.place) INTO ids, matches, ranks
        FROM unnest(ids, matches, ranks) WITH ORDINALITY AS h (id, match, rank, place);
    END IF;
END $$;
ALTER FUNCTION bank.search_found OWNER TO bankops_owner;

-- Customers for what the clerk typed, best first: exact before prefix before inside, the own unit
-- first. At most p_limit rows (page + 1 tells that there are more). The name of a restricted customer
-- and of the caller's own record is masked until a grant opens it.
CREATE FUNCTION api.customer_search(p_query text, p_limit int DEFAULT 51)
RETURNS TABLE (place bigint, customer_id bigint, name text, kind text, match text, rank int,
               customer_number text, phone text, identity text, tier text, unit_id int,
               unit_zh text, unit_en text, locked boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = api, bank, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    me bank.searcher;
    found record;
BEGIN
    SELECT s.staff_id, s.role, s.unit_id, u.low, u.high, s.customer_id INTO me
    FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id
    WHERE s.login = session_user AND s.active;
    IF me.role IS NULL OR me.role NOT IN ('clerk', 'rm', 'supervisor') THEN
        PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    END IF;
    found := bank.search_found(left(p_query, 200), least(greatest(coalesce(p_limit, 51), 1), 500),
                               me);
    IF cardinality(found.ids) = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT h.place, s.customer_id, CASE WHEN l.locked THEN bank.mask_name(s.name) ELSE s.name END,
           s.kind, h.match, h.rank, s.customer_number, s.phone_masked, s.identity_masked, s.tier,
           s.unit_id, u.name_zh, u.name_en, l.locked
    FROM unnest(found.ids, found.matches, found.ranks) WITH ORDINALITY
         AS h (customer_id, match, rank, place)
    JOIN bank.customer_search s ON s.customer_id = h.customer_id
    JOIN bank.unit u ON u.unit_id = s.unit_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN s.restricted OR s.customer_id = me.customer_id
                    THEN NOT bank.access_granted(s.customer_id) ELSE false END AS locked) AS l
    ORDER BY h.place;
END $$;
SELECT bank.function_grant('customer_search', 'clerk', 'rm', 'supervisor');
