-- The customer view: one function for each panel, so that the console fetches them in one round
-- trip. customer_identity comes first and leaves the audit row without which the others refuse.

-- Customers the caller has opened (audited) in the last hours and may still see. The audit row must
-- be committed: one of the running transaction could be rolled back after reading.
CREATE VIEW bank.opened AS
    SELECT c.customer_id
    FROM bank.customer c, bank.staff s
    WHERE s.login = session_user AND s.active
      AND c.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
      AND EXISTS (SELECT FROM bank.audit a
                  WHERE a.customer_id = c.customer_id AND a.action = 'customer_view'
                    AND a.login = session_user AND a.at > now() - interval '12 hours'
                    AND a.xid IS DISTINCT FROM pg_current_xact_id_if_assigned())
      AND (NOT c.restricted AND c.customer_id IS DISTINCT FROM s.customer_id
           OR EXISTS (SELECT FROM bank.access_grant g
                      WHERE g.staff_id = s.staff_id AND g.customer_id = c.customer_id
                        AND g.state = 'granted' AND g.expires_at > now()));
ALTER VIEW bank.opened OWNER TO bankops_api;
REVOKE ALL ON bank.opened FROM PUBLIC;

-- What every panel begins with: the caller may see the customer and has opened him.
CREATE FUNCTION bank.panel_require(p_customer_id bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bank.opened WHERE customer_id = p_customer_id) THEN
        PERFORM bank.customer_require(p_customer_id);
        PERFORM bank.fail('BO423', 'Open the customer first.', p_customer_id::text,
                          'Views of customer data are audited.', 'p_customer_id');
    END IF;
END $$;

-- Opens a customer: who he is, masked. Writes one audit row for each ten minutes of viewing.
CREATE FUNCTION api.customer_identity(p_customer_id bigint)
RETURNS TABLE (customer_id bigint, customer_number text, kind text, name text, name_en text,
               sex text, age int, identity_kind text, identity text, phone text, phones int,
               address text, occupation text, industry text, unit_id int, unit_zh text,
               unit_en text, manager text, opened_on date, version bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c bank.customer;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    c := bank.customer_require(p_customer_id);
    IF NOT EXISTS (SELECT FROM bank.audit a
                   WHERE a.customer_id = p_customer_id AND a.action = 'customer_view'
                     AND a.login = session_user AND a.at > now() - interval '10 minutes') THEN
        PERFORM bank.audit_write('customer_view', 'customer', c.customer_number, p_customer_id);
    END IF;
    RETURN QUERY
    SELECT c.customer_id, c.customer_number, c.kind, c.name, c.name_en, c.sex,
           extract(year FROM age(bank.today(), c.birth_date))::int,
           i.kind, bank.mask_identity(i.number), bank.mask_phone(p.phone), n.phones,
           bank.mask_address(a.address), c.occupation, c.industry, c.unit_id, u.name_zh, u.name_en,
           bank.in_language(s.name_zh, s.name_en), c.opened_on, c.version
    FROM bank.unit u
    LEFT JOIN bank.staff s ON s.staff_id = c.manager_id
    LEFT JOIN LATERAL (SELECT * FROM bank.customer_identity x WHERE x.customer_id = c.customer_id
                       ORDER BY x.kind DESC LIMIT 1) AS i ON true
    LEFT JOIN LATERAL (SELECT * FROM bank.phone x WHERE x.customer_id = c.customer_id
                       ORDER BY x.main DESC, x.phone LIMIT 1) AS p ON true
    LEFT JOIN LATERAL (SELECT * FROM bank.address x WHERE x.customer_id = c.customer_id
                       ORDER BY x.kind LIMIT 1) AS a ON true
    CROSS JOIN LATERAL (SELECT count(*)::int AS phones FROM bank.phone x
                        WHERE x.customer_id = c.customer_id) AS n
    WHERE u.unit_id = c.unit_id;
END $$;

-- Lifecycle, risk and the flags a clerk must see before he speaks: true, or null so that a view
-- shows those that are set and no list of "no".
CREATE FUNCTION api.customer_flags(p_customer_id bigint)
RETURNS TABLE (lifecycle text, risk_level text, risk_expires_on date, risk_expired boolean,
               elderly boolean, restricted boolean, aml_flag boolean, no_contact boolean,
               own_record boolean, language text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT c.lifecycle, c.risk_level, c.risk_expires_on,
           nullif(c.risk_expires_on < bank.today(), false), nullif(c.elderly, false),
           nullif(c.restricted, false), nullif(c.aml_flag, false), nullif(c.no_contact, false),
           nullif(c.customer_id IS NOT DISTINCT FROM (bank.me()).customer_id, false), c.language
    FROM bank.customer c WHERE c.customer_id = p_customer_id;
END $$;

-- Money the customer has with the bank today: open accounts in credit and holdings, in CNY.
CREATE FUNCTION bank.customer_assets(p_customer_id bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT (coalesce((SELECT sum(a.balance) FROM bank.account a
                      WHERE a.customer_id = p_customer_id AND a.balance > 0
                        AND a.status <> 'closed' AND a.currency = 'CNY'), 0)
          + coalesce((SELECT sum(h.value) FROM bank.holding h
                      WHERE h.customer_id = p_customer_id AND h.currency = 'CNY'), 0))::bigint $$;

-- Tier, what it is judged by, and what is missing to the next one.
CREATE FUNCTION api.customer_tier(p_customer_id bigint)
RETURNS TABLE (member_number text, tier text, tier_zh text, tier_en text, since date,
               protect_until date, assets bigint, assets_average bigint, next_tier text,
               next_zh text, next_en text, gap bigint, currency text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT m.member_number, t.tier, t.name_zh, t.name_en, m.since, m.protect_until,
           bank.customer_assets(p_customer_id), m.assets_average, n.tier, n.name_zh, n.name_en,
           greatest(n.threshold - m.assets_average, 0), 'CNY'
    FROM bank.member m
    JOIN bank.tier_def t ON t.tier = m.tier
    LEFT JOIN bank.tier_def n ON n.rank = t.rank + 1
    WHERE m.customer_id = p_customer_id;
END $$;

-- Panels of a customer whom the caller has opened (panel_require); numbers are masked.
CREATE FUNCTION api.customer_tags(p_customer_id bigint)
RETURNS TABLE (tag text, name_zh text, name_en text, kind text, source text, confidence numeric,
               verified boolean, verified_by text, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT t.tag, d.name_zh, d.name_en, d.kind, t.source, t.confidence * 100, t.verified, s.name_zh,
           t.at
    FROM bank.customer_tag t
    JOIN bank.tag_def d ON d.tag = t.tag
    LEFT JOIN bank.staff s ON s.staff_id = t.verified_by
    WHERE t.customer_id = p_customer_id
    ORDER BY t.verified DESC, t.confidence DESC, t.tag LIMIT 50;
END $$;

CREATE FUNCTION api.customer_accounts(p_customer_id bigint)
RETURNS TABLE (customer_id bigint, account_id bigint, number text, card text, product_zh text,
               product_en text, currency text, balance bigint, status text, opened_on date,
               matures_on date, account_field text, card_field text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT a.customer_id, a.account_id, bank.mask_account(a.number), bank.mask_card(c.card_number),
           p.name_zh, p.name_en, a.currency::text, a.balance, a.status, a.opened_on, a.matures_on,
           'account:' || a.account_id,
           CASE WHEN c.card_number IS NOT NULL THEN 'card:' || a.account_id END
    FROM bank.account a
    JOIN bank.product p ON p.product = a.product
    LEFT JOIN LATERAL (SELECT x.card_number FROM bank.card x
                       WHERE x.customer_id = a.customer_id AND x.account_id = a.account_id
                       ORDER BY x.status <> 'open', x.card_number LIMIT 1) AS c ON true
    WHERE a.customer_id = p_customer_id
    ORDER BY a.status = 'closed', a.balance DESC, a.account_id LIMIT 100;
END $$;

CREATE FUNCTION api.customer_holdings(p_customer_id bigint)
RETURNS TABLE (customer_id bigint, holding_id bigint, product text, product_zh text,
               product_en text, kind text, risk_level text, units numeric, value bigint,
               profit bigint, currency text, matures_on date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT h.customer_id, h.holding_id, h.product, p.name_zh, p.name_en, p.kind, p.risk_level,
           h.units, h.value, h.value - h.cost, h.currency::text, h.matures_on
    FROM bank.holding h JOIN bank.product p ON p.product = h.product
    WHERE h.customer_id = p_customer_id
    ORDER BY h.value DESC, h.holding_id LIMIT 100;
END $$;

-- Month-end total of the last 18 months, months without a record as zero.
CREATE FUNCTION api.customer_asset_trend(p_customer_id bigint)
RETURNS TABLE (month date, total bigint, average bigint, currency text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    newest date := date_trunc('month', bank.today()) - interval '1 month';
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT g.month::date, coalesce(sum(b.balance), 0)::bigint, coalesce(sum(b.average), 0)::bigint,
           'CNY'
    FROM generate_series(newest - interval '17 months', newest, interval '1 month') AS g (month)
    LEFT JOIN bank.balance_month b ON b.customer_id = p_customer_id AND b.month = g.month
                                  AND b.currency = 'CNY' AND b.balance > 0
    GROUP BY g.month ORDER BY g.month;
END $$;

-- Household and companies with their assets, each customer once, rolled up in the last rows: the
-- household, the companies, all together. Buyers, suppliers and guarantors are shown, not counted.
-- Related customers the caller may not see are named only as such.
CREATE FUNCTION api.customer_relations(p_customer_id bigint)
RETURNS TABLE (other_id bigint, name text, kind text, relation text, share_percent numeric,
               tier text, assets bigint, currency text, access text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    own_id bigint := (bank.me()).customer_id;
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    WITH related AS (
        SELECT p_customer_id AS id, 'self' AS relation, NULL::numeric AS share, 0 AS place
        UNION ALL
        SELECT m.customer_id, m.role, NULL, 1
        FROM bank.household_member own
        JOIN bank.household_member m ON m.household_id = own.household_id
        WHERE own.customer_id = p_customer_id AND m.customer_id <> p_customer_id
        UNION ALL
        SELECT r.other_id,
               CASE array_agg(r.kind ORDER BY r.kind)
                   WHEN '{legal_representative_of,owner_of}' THEN 'owner_and_head_of'
                   WHEN '{owned_by,represented_by}' THEN 'owned_and_headed_by'
                   ELSE min(r.kind) END, max(r.share_percent), 2
        FROM bank.relation r
        WHERE r.customer_id = p_customer_id
          AND r.kind IN ('owner_of', 'owned_by', 'legal_representative_of', 'represented_by')
        GROUP BY r.other_id
        UNION ALL
        SELECT r.other_id, r.kind, r.share_percent, 3
        FROM bank.relation r
        WHERE r.customer_id = p_customer_id
          AND r.kind IN ('supplier_of', 'buyer_from', 'guarantor_of', 'guaranteed_by')
    ), shown AS (
        SELECT r.*, c.name, c.kind, m.tier,
               CASE WHEN c.customer_id IS NULL THEN 'other_unit'
                    WHEN (c.restricted OR c.customer_id IS NOT DISTINCT FROM own_id)
                         AND NOT bank.access_granted(c.customer_id) THEN 'locked'
                    ELSE 'open' END AS access
        FROM related r
        LEFT JOIN bank.customer c ON c.customer_id = r.id
        LEFT JOIN bank.member m ON m.customer_id = r.id
    ), valued AS (
        SELECT s.*, CASE WHEN s.access = 'open' THEN bank.customer_assets(s.id) END AS assets
        FROM shown s
    )
    (SELECT v.id, CASE v.access WHEN 'open' THEN v.name WHEN 'locked' THEN bank.mask_name(v.name) END,
            v.kind, v.relation, v.share, CASE WHEN v.access = 'open' THEN v.tier END, v.assets, 'CNY',
            v.access
     FROM valued v ORDER BY v.place, v.assets DESC NULLS LAST, v.id, v.relation LIMIT 50)
    UNION ALL
    (SELECT NULL, NULL, NULL, g.relation, NULL, NULL, sum(d.assets)::bigint, 'CNY', 'sum'
     FROM (VALUES (1, 'household', '{0,1}'::int[]), (2, 'companies', '{2}'), (3, 'total', '{0,1,2}'))
          g (rank, relation, places)
     CROSS JOIN LATERAL (SELECT DISTINCT v.id, v.assets FROM valued v
                         WHERE v.place = ANY (g.places)) AS d
     WHERE g.rank = 3 OR EXISTS (SELECT FROM valued v WHERE v.place = g.rank)
                     AND EXISTS (SELECT FROM valued v WHERE v.place = 3 - g.rank)
     GROUP BY g.rank, g.relation ORDER BY g.rank);
END $$;

CREATE FUNCTION api.customer_contacts(p_customer_id bigint)
RETURNS TABLE (contact_id bigint, at timestamptz, channel text, direction text, topic text,
               summary text, outcome text, staff text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT c.contact_id, c.at, c.channel, c.direction, c.topic, c.summary, c.outcome,
           bank.in_language(s.name_zh, s.name_en)
    FROM bank.contact c LEFT JOIN bank.staff s ON s.staff_id = c.staff_id
    WHERE c.customer_id = p_customer_id ORDER BY c.at DESC, c.contact_id DESC LIMIT 20;
END $$;

CREATE FUNCTION api.customer_campaigns(p_customer_id bigint)
RETURNS TABLE (code text, name_zh text, name_en text, purpose text, campaign_state text,
               variant text, state text, at timestamptz, ends_on date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT g.code, g.name_zh, g.name_en, g.purpose, g.state, m.variant, m.state, m.at, g.ends_on
    FROM bank.campaign_member m JOIN bank.campaign g ON g.campaign_id = m.campaign_id
    WHERE m.customer_id = p_customer_id ORDER BY m.at DESC, m.campaign_id LIMIT 20;
END $$;

CREATE FUNCTION api.customer_consents(p_customer_id bigint)
RETURNS TABLE (channel text, purpose text, granted boolean, at timestamptz, source text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT c.channel, c.purpose, c.granted, c.at, c.source FROM bank.consent c
    WHERE c.customer_id = p_customer_id ORDER BY c.purpose, c.channel;
END $$;

-- Assets elsewhere, as told or estimated.
CREATE FUNCTION api.customer_external_assets(p_customer_id bigint)
RETURNS TABLE (institution text, kind text, value bigint, currency text, as_of date, source text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT e.institution, e.kind, e.value, e.currency::text, e.as_of, e.source
    FROM bank.external_asset e WHERE e.customer_id = p_customer_id
    ORDER BY e.value DESC, e.asset_id LIMIT 50;
END $$;

SELECT bank.function_grant('customer_' || name, 'clerk', 'rm', 'supervisor')
FROM unnest(ARRAY['identity', 'flags', 'tier', 'tags', 'accounts', 'holdings', 'asset_trend',
                  'relations', 'contacts', 'campaigns', 'consents', 'external_assets']) AS t (name);
