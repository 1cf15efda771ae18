-- An import by the page: its rows are judged in one statement, and those without a doubt stored together.

-- Reads the rows of a page of an import; `c` as bank.case_from_row would make it, but for its id. Raises
-- data_exception for a moment that is none.
CREATE FUNCTION bank.case_rows_read(i bank.case_import, p_rows jsonb) RETURNS SETOF bank.case_row
LANGUAGE plpgsql STABLE AS $$
DECLARE
    at timestamptz := clock_timestamp();
    me int := bank.my_staff_id();
    zone text := bank.timezone();
    complaint bank.case_type;
BEGIN
    SELECT * INTO complaint FROM bank.case_type y WHERE y.case_type = 'complaint';
    RETURN QUERY
    WITH field AS MATERIALIZED (
        SELECT x.ordinality::int AS n, x.value AS r, (x.value ->> 'row')::int AS row_number,
               coalesce(nullif(btrim(x.value ->> 'id'), ''), left(i.sha256, 40) || ':' || (x.value ->> 'row')) AS id,
               upper(regexp_replace(normalize(nullif(btrim(x.value ->> 'customer'), ''), NFKC), '[\s-]', '', 'g')) AS who,
               nullif(btrim(x.value ->> 'unit'), '') AS unit,
               coalesce(nullif(btrim(x.value ->> 'level'), ''), 'simple') AS level,
               coalesce(nullif(btrim(x.value ->> 'urgency'), ''), '3') AS urgency,
               nullif(btrim(x.value ->> 'received_at'), '') AS received,
               coalesce(nullif(btrim(x.value ->> 'group_size'), ''), '2') AS group_size,
               coalesce(nullif(btrim(x.value ->> 'source'), ''), 'other') AS source,
               coalesce(nullif(btrim(x.value ->> 'channel'), ''), 'A032') AS channel,
               btrim(coalesce(x.value ->> 'text', ''), E' \t\r\n') AS facts,
               nullif(btrim(x.value ->> 'subject'), '') AS subject,
               ARRAY(SELECT DISTINCT f FROM unnest(string_to_array(btrim(coalesce(x.value ->> 'flags', '')), ' ')) f
                      WHERE f <> '') AS flags,
               nullif(btrim(x.value ->> 'complained'), '') AS complained,
               nullif(btrim(x.value ->> 'name'), '') AS name,
               nullif(btrim(x.value ->> 'business'), '') AS business, nullif(btrim(x.value ->> 'reason'), '') AS reason
          FROM jsonb_array_elements(p_rows) WITH ORDINALITY x),
    person AS MATERIALIZED (
        SELECT f.*, count(*) OVER (PARTITION BY f.id) AS same,
               CASE WHEN f.who IS NOT NULL THEN coalesce(
                   (SELECT array_agg(y.customer_id) FROM bank.customer y WHERE y.customer_number = f.who),
                   (SELECT array_agg(DISTINCT y.customer_id) FROM bank.customer_identity y WHERE y.number = f.who),
                   (SELECT array_agg(DISTINCT y.customer_id) FROM bank.phone y WHERE y.phone = f.who),
                   (SELECT array_agg(DISTINCT y.customer_id) FROM bank.card y WHERE y.card_number = f.who),
                   (SELECT array_agg(DISTINCT y.customer_id) FROM bank.account y WHERE y.number = f.who)) END AS ids,
               CASE WHEN f.who IS NULL THEN (SELECT u.unit_id FROM bank.unit u WHERE u.code = f.unit AND u.unit_id
                    BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())) END AS unit_id,
               CASE WHEN f.received IS NULL THEN at
                    WHEN f.received ~ '^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])?$'
                    THEN CASE WHEN f.received ~ '(Z|[+-][0-9:]{4,5})$' AND f.received ~ ':' AND length(f.received) > 16
                              THEN f.received::timestamptz ELSE f.received::timestamp AT TIME ZONE zone END END AS received_at
          FROM field f),
    made AS MATERIALIZED (
        SELECT p.*, k.customer_id, k.home, s.staff_id,
               coalesce(p.subject, bank.facts_title(p.facts)) AS title,
               (SELECT o.import_id <> i.import_id FROM bank.case_origin o
                 WHERE o.system = i.system AND o.external_id = p.id) AS known -- false: earlier in this file
          FROM person p
          LEFT JOIN LATERAL (
                SELECT coalesce(y.customer_id, -p.unit_id) AS customer_id, coalesce(y.unit_id, p.unit_id) AS home
                  FROM (SELECT) one
                  LEFT JOIN bank.customer y ON cardinality(p.ids) = 1 AND y.customer_id = p.ids[1]) k ON true
          LEFT JOIN bank.staff s ON s.login = p.complained AND s.active)
    SELECT m.row_number, m.id,
           CASE WHEN m.same > 1 OR NOT m.known OR coalesce(btrim(m.r ->> 'type'), '') NOT IN ('', 'complaint')
                     OR m.r::text LIKE '%"field.%' THEN 'other'
                WHEN m.known THEN 'known'
                WHEN length(m.id) <= 200 AND m.customer_id IS NOT NULL AND m.home IS NOT NULL
                     AND (m.who IS NULL) = (m.unit_id IS NOT NULL)
                     AND m.level IN ('simple', 'complex', 'major') AND m.urgency IN ('1', '2', '3')
                     AND m.source = ANY (complaint.sources)
                     AND m.received_at BETWEEN at - interval '10 years' + interval '1 minute' AND at
                     AND m.group_size ~ '^[0-9]{1,6}$' AND m.group_size::int >= 2
                     AND length(m.facts) BETWEEN 1 AND 20000 AND m.facts ~ '[^[:space:]]' AND length(m.title) BETWEEN 1 AND 200
                     AND m.flags <@ bank.case_flags() AND (m.complained IS NULL) = (m.staff_id IS NULL)
                     AND EXISTS (SELECT FROM bank.class_code x WHERE x.axis = 'A' AND x.code = m.channel AND x.active)
                     AND (m.business IS NULL AND m.reason IS NULL
                          OR EXISTS (SELECT FROM bank.class_code x WHERE x.axis = 'B' AND x.code = m.business AND x.active)
                             AND EXISTS (SELECT FROM bank.class_code x WHERE x.axis = 'C' AND x.code = m.reason AND x.active)
                             AND m.staff_id IS DISTINCT FROM me
                             AND m.customer_id IS DISTINCT FROM (SELECT (bank.me()).customer_id))
                     AND (m.name IS NULL
                          OR length(m.name) <= 100 AND coalesce(length(btrim(m.r ->> 'contact')), 0) <= 200
                             AND coalesce(length(btrim(m.r ->> 'authority')), 0) <= 500
                             AND coalesce(nullif(btrim(m.r ->> 'role'), ''), 'complainant')
                                 IN ('complainant', 'representative', 'agent', 'heir', 'guardian')
                             AND (coalesce(btrim(m.r ->> 'role'), '') <> 'agent'
                                  OR coalesce(btrim(m.r ->> 'authority'), '') <> ''))
                THEN 'plain' ELSE 'other' END,
           m.business IS NOT NULL, m.r,
           jsonb_populate_record(NULL::bank.case_file, jsonb_build_object(
               'customer_id', m.customer_id, 'unit_id', m.home, 'case_type', 'complaint', 'stage', complaint.first_stage,
               'level', m.level, 'urgency', CASE WHEN m.urgency IN ('1', '2', '3') THEN m.urgency END,
               'source', m.source, 'channel', m.channel, 'subject', m.title, 'facts', m.facts,
               'remedy', coalesce(m.r ->> 'remedy', ''), 'received_at', m.received_at, 'flags', m.flags,
               'group_size', CASE WHEN nullif(btrim(m.r ->> 'group_size'), '') ~ '^[0-9]{1,6}$' THEN m.group_size END,
               'tier', coalesce((SELECT d.rank FROM bank.member x JOIN bank.tier_def d USING (tier)
                                  WHERE x.customer_id = m.customer_id), 0), 'complained_staff_id', m.staff_id,
               'third_party', coalesce(btrim(m.r ->> 'third_party'), ''), 'opened_by', me))
      FROM made m ORDER BY m.n;
END $$;

-- Customers with several of these stored cases: which of them repeats an earlier one.
CREATE FUNCTION bank.cases_repeat_among(p_cases bank.case_file[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.case_file f SET repeat_of = bank.case_earlier(f, false)
      FROM (SELECT u.customer_id, u.case_id, count(*) OVER (PARTITION BY u.customer_id) AS several
              FROM unnest(p_cases) u WHERE u.customer_id > 0) x
     WHERE x.several > 1 AND f.customer_id = x.customer_id AND f.case_id = x.case_id;
END $$;

-- bank.case_take_in for many plain rows: stores them with their clocks; those with both codes are
-- classified and go to their queues.
CREATE FUNCTION bank.cases_take_in(i bank.case_import, p_rows bank.case_row[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    count int := coalesce(cardinality(p_rows), 0);
    cases bank.case_file[] := '{}';
    clocks bank.case_clock[];
    due timestamptz[];
    notes text[] := '{}';
    was bank.case_file[] := '{}';
    coded bank.case_file[] := '{}';
    c bank.case_file;
    regime text[];
BEGIN
    IF count = 0 THEN
        RETURN;
    END IF;
    PERFORM bank.anonymous_customer(-x.customer_id::int)
       FROM (SELECT DISTINCT (r.c).customer_id FROM unnest(p_rows) r WHERE (r.c).customer_id < 0) x;
    regime := ARRAY(SELECT d.regime FROM unnest(p_rows) WITH ORDINALITY r
                      JOIN (SELECT u.unit_id, bank.regime_of(u.unit_id) AS regime
                              FROM (SELECT DISTINCT (y.c).unit_id FROM unnest(p_rows) y) u OFFSET 0) d
                           ON d.unit_id = (r.c).unit_id
                     ORDER BY r.ordinality);
    FOR g IN 1 .. count LOOP
        c := (p_rows[g]).c;
        c.case_id := nextval('bank.case_id_seq');
        c.regime := regime[g];
        cases := cases || c;
        notes := notes || (i.system || ' ' || (p_rows[g]).id);
    END LOOP;
    clocks := bank.clocks_begin(cases, NULL, (SELECT y.starts FROM bank.case_type y WHERE y.case_type = 'complaint'));
    SELECT array_agg(coalesce(k.due, u.received_at) ORDER BY u.ordinality) INTO due
      FROM unnest(cases) WITH ORDINALITY u
      LEFT JOIN (SELECT x.case_id, min(x.due_at) AS due FROM unnest(clocks) x JOIN bank.clock_kind d ON d.clock = x.clock
                  WHERE NOT d.internal GROUP BY x.case_id) k ON k.case_id = u.case_id;
    WITH stored AS (
        INSERT INTO bank.case_file AS f (customer_id, case_id, unit_id, case_type, stage, level, urgency, source,
            channel, subject, facts, remedy, tier, regime, complained_staff_id, received_at, opened_by, due_at, flags,
            group_size, third_party, repeat_of)
        SELECT x.customer_id, x.case_id, x.unit_id, x.case_type, x.stage, x.level, x.urgency, x.source, x.channel,
               x.subject, x.facts, x.remedy, x.tier, x.regime, x.complained_staff_id, x.received_at, x.opened_by,
               due[x.ordinality], x.flags, x.group_size, x.third_party,
               CASE WHEN x.customer_id < 0 OR NOT EXISTS (SELECT FROM bank.case_file e
                        WHERE e.customer_id = x.customer_id) THEN 0 END
          FROM unnest(cases) WITH ORDINALITY x ORDER BY x.ordinality
        RETURNING f AS stored)
    SELECT array_agg(s.stored ORDER BY (s.stored).case_id) INTO cases FROM stored s;
    PERFORM bank.cases_repeat_among(cases);
    INSERT INTO bank.case_clock SELECT k.* FROM unnest(clocks) k;
    PERFORM bank.cases_event_write(NULL, cases, 'open', notes);
    INSERT INTO bank.case_party (customer_id, case_id, unit_id, role, name, contact, authority, added_by)
    SELECT x.customer_id, x.case_id, x.unit_id, coalesce(nullif(btrim(j.r ->> 'role'), ''), 'complainant'),
           btrim(j.r ->> 'name'), coalesce(btrim(j.r ->> 'contact'), ''), coalesce(btrim(j.r ->> 'authority'), ''),
           x.opened_by
      FROM unnest(cases) WITH ORDINALITY x, LATERAL (SELECT (p_rows[x.ordinality]).r) j
     WHERE nullif(btrim(j.r ->> 'name'), '') IS NOT NULL ORDER BY x.ordinality;
    INSERT INTO bank.case_origin (system, external_id, import_id, row_number, customer_id, case_id)
    SELECT i.system, (p_rows[x.ordinality]).id, i.import_id, (p_rows[x.ordinality]).row_number, x.customer_id, x.case_id
      FROM unnest(cases) WITH ORDINALITY x;
    FOR g IN 1 .. count LOOP
        IF (p_rows[g]).coded THEN
            c := cases[g];
            was := was || c;
            c.business := btrim((p_rows[g]).r ->> 'business');
            c.reason := btrim((p_rows[g]).r ->> 'reason');
            coded := coded || c;
        END IF;
    END LOOP;
    IF cardinality(coded) > 0 THEN
        coded := bank.cases_step(was, coded, 'classify', '{}', false);
        INSERT INTO bank.training_label (customer_id, case_id, unit_id, staff_id, channel, business, reason)
        SELECT x.customer_id, x.case_id, x.unit_id, x.opened_by, x.channel, x.business, x.reason FROM unnest(coded) x;
        PERFORM bank.cases_route(coded);
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION bank.case_rows_read, bank.cases_repeat_among, bank.cases_take_in TO bankops_api;
