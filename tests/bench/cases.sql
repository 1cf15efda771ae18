-- 350,000 complaints of two years, one in twenty of them open, with their clocks and 10,000,000 events, as
-- the program writes them, into a bank with customers and none. psql variables: cases, events (of a case,
-- in the mean), texts (a file of `bankops classify texts`).
\set ON_ERROR_STOP on
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '256MB';
SELECT setseed(0.5);
SELECT bank.calendar_fill();
CREATE TEMP TABLE text_read (text text, channel text, business text, reason text, language text);
\set read_texts '\\copy text_read FROM ' :texts ' CSV HEADER'
:read_texts
CREATE TEMP TABLE word AS SELECT row_number() OVER () AS n, t.* FROM text_read t;
ALTER TABLE word ADD PRIMARY KEY (n);
CREATE TEMP TABLE person AS
SELECT row_number() OVER (ORDER BY customer_id) AS n, customer_id, unit_id FROM bank.customer WHERE customer_id > 0 AND NOT restricted;
ALTER TABLE person ADD PRIMARY KEY (n);
-- Who works for a unit, its own people first.
CREATE TEMP TABLE hand AS
SELECT u.unit_id, array_agg(s.staff_id) AS staff FROM bank.unit u
  JOIN bank.unit w ON u.unit_id BETWEEN w.low AND w.high
  JOIN bank.staff s ON s.scope_id = w.unit_id AND s.role IN ('clerk', 'rm', 'supervisor') GROUP BY u.unit_id;
ANALYZE word, person, hand;

-- age: share of the two years; the last ones are open.
CREATE TEMP TABLE plan AS
SELECT g AS n, 1 + (hashint8(g)::bigint & 2147483647) % (SELECT count(*) FROM person) AS person,
       1 + (hashint8(g + 77)::bigint & 2147483647) % (SELECT count(*) FROM word) AS word,
       now() - interval '730 days' * power(1 - g::float / :cases, 1.0) - interval '1 minute' AS received,
       g > :cases * 0.96 OR g % 100 = 7 AND g > :cases * 0.5 AS is_open, random() AS luck, random() AS more
  FROM generate_series(1, :cases) g;
INSERT INTO bank.case_file (customer_id, case_id, unit_id, case_type, stage, phase, level, urgency, source, channel,
    business, reason, subject, facts, tier, queue, route_seq, owner_id, received_at, taken_at, responded_at, due_at,
    decision, decided_by, told_at, told_how, outcome, closed_at, flags, version)
SELECT c.customer_id, p.n, c.unit_id, 'complaint', s.stage,
       CASE s.stage WHEN 'waiting' THEN 'waiting' WHEN 'approval' THEN 'approval' WHEN 'decided' THEN 'decided'
                    WHEN 'closed' THEN 'closed' ELSE 'active' END,
       l.level, CASE WHEN p.n % 50 = 0 THEN 1 ELSE 3 END,
       CASE WHEN p.n % 33 = 0 THEN 'regulator' ELSE (ARRAY['hotline', 'app', 'branch', 'card'])[1 + p.n % 4] END,
       w.channel, CASE WHEN s.stage <> 'registered' THEN w.business END, CASE WHEN s.stage <> 'registered' THEN w.reason END,
       left(split_part(w.text, E'\n', 1), 200), left(w.text, 20000), 0,
       CASE WHEN s.stage = 'registered' THEN 'triage' ELSE coalesce(r.queue, 'service') END, coalesce(r.seq, 999),
       CASE WHEN s.owned THEN h.staff[1 + (p.n % cardinality(h.staff))::int] END, p.received,
       CASE WHEN s.owned THEN p.received + interval '20 minutes' END,
       CASE WHEN s.owned AND p.luck > 0.2 OR s.stage IN ('decided', 'closed') THEN p.received + interval '70 minutes' END,
       p.received + interval '15 days', CASE WHEN s.stage IN ('decided', 'closed') THEN '已核实并答复客户' END,
       CASE WHEN s.stage IN ('decided', 'closed') THEN h.staff[1] END,
       CASE WHEN s.stage IN ('decided', 'closed') THEN least(p.received + interval '4 days', now()) END,
       CASE WHEN s.stage IN ('decided', 'closed') THEN 'phone' END,
       CASE WHEN s.stage = 'closed' THEN CASE WHEN p.more > 0.06 THEN 'resolved' ELSE 'not_upheld' END END,
       CASE WHEN s.stage = 'closed' THEN least(p.received + interval '5 days', now()) END,
       CASE WHEN p.n % 40 = 0 THEN '{media}'::text[] ELSE '{}' END, 6
  FROM plan p
  JOIN person c ON c.n = p.person
  JOIN word w ON w.n = p.word
  JOIN hand h ON h.unit_id = c.unit_id
 CROSS JOIN LATERAL (SELECT CASE WHEN p.n % 60 = 0 THEN 'major' WHEN p.n % 8 = 0 THEN 'complex' ELSE 'simple' END AS level) l
 CROSS JOIN LATERAL (SELECT CASE WHEN NOT p.is_open THEN 'closed' WHEN p.luck < 0.05 THEN 'registered' WHEN p.luck < 0.4 THEN 'assigned'
       WHEN p.luck < 0.6 THEN 'accepted' WHEN p.luck < 0.84 THEN 'investigating' WHEN p.luck < 0.94 THEN 'waiting'
       WHEN p.luck < 0.96 THEN 'approval' ELSE 'decided' END AS stage, NOT p.is_open OR p.luck > 0.25 AS owned) s
  LEFT JOIN LATERAL (SELECT r.seq, r.queue FROM bank.route_rule r
       WHERE r.case_type = 'complaint' AND r.active AND (r.business IS NULL OR r.business = w.business)
         AND (r.reason IS NULL OR r.reason = w.reason) AND (r.level IS NULL OR r.level = l.level)
         AND (r.source IS NULL OR r.source = 'regulator' AND p.n % 33 = 0) AND r.tier_low IS NULL AND r.language IS NULL
       ORDER BY r.seq LIMIT 1) r ON true
 ORDER BY p.n;
ANALYZE bank.case_file;

-- Clocks by the program's own rules, by the page.
DO $$
DECLARE
    page bank.case_file[];
    after bigint := 0;
BEGIN
    LOOP
        SELECT array_agg(f) INTO page FROM (SELECT f FROM bank.case_file f WHERE f.case_id > after ORDER BY f.case_id LIMIT 5000) x;
        EXIT WHEN page IS NULL;
        INSERT INTO bank.case_clock SELECT k.* FROM unnest(bank.clocks_begin(page, NULL,
            (SELECT y.starts || '{own}'::text[] FROM bank.case_type y WHERE y.case_type = 'complaint'))) k;
        after := page[cardinality(page)].case_id;
    END LOOP;
END $$;
ANALYZE bank.case_clock;
UPDATE bank.case_clock k SET next_at = NULL, stopped_at = greatest(k.started_at, s.at)
  FROM (SELECT f.customer_id, f.case_id, c.clock, CASE WHEN f.phase IN ('decided', 'closed') THEN f.told_at
               WHEN c.clock = 'own' THEN f.taken_at WHEN c.clock = 'first_response' THEN f.responded_at END AS at
          FROM bank.case_file f, bank.clock_kind c) s
 WHERE k.customer_id = s.customer_id AND k.case_id = s.case_id AND k.clock = s.clock AND s.at IS NOT NULL;
UPDATE bank.case_file f SET due_at = k.due
  FROM (SELECT x.customer_id, x.case_id, coalesce(min(x.due_at) FILTER (WHERE x.stopped_at IS NULL), max(x.due_at)) AS due
          FROM bank.case_clock x JOIN bank.clock_kind d USING (clock) WHERE NOT d.internal GROUP BY 1, 2) k
 WHERE f.customer_id = k.customer_id AND f.case_id = k.case_id;

INSERT INTO bank.case_event (customer_id, case_id, unit_id, at, staff_id, action, stage_before, stage_after, note, before, after, version)
SELECT f.customer_id, f.case_id, f.unit_id, f.received_at + e * interval '35 minutes', coalesce(f.owner_id, 1),
       CASE e WHEN 1 THEN 'open' WHEN 2 THEN 'classify' WHEN 3 THEN 'route' WHEN 4 THEN 'take'
              ELSE (ARRAY['note', 'reply', 'note', 'escalate'])[1 + e % 4] END,
       CASE WHEN e > 1 THEN 'registered' END, CASE WHEN e > 1 THEN 'registered' ELSE 'assigned' END,
       CASE WHEN e > 4 THEN '已致电客户核实交易明细，客户要求书面答复 ' || e ELSE '' END,
       CASE WHEN e BETWEEN 2 AND 4 THEN jsonb_build_object('stage', 'registered', 'due_at', f.due_at) END,
       CASE WHEN e = 1 THEN jsonb_build_object('stage', 'registered', 'level', f.level, 'source', f.source, 'channel', f.channel,
                'unit_id', f.unit_id, 'received_at', f.received_at, 'due_at', f.due_at)
            WHEN e <= 4 THEN jsonb_build_object('stage', 'assigned', 'due_at', f.due_at, 'queue', f.queue) END, e
  FROM bank.case_file f, generate_series(1, CASE WHEN f.case_id % 2 = 0 THEN :events + 10 ELSE :events - 9 END) e
 ORDER BY f.customer_id, f.case_id, e;
SELECT bank.sequence_sync();
SELECT setval('bank.case_id_seq', (SELECT max(case_id) + 1 FROM bank.case_file), false);
RESET session_replication_role;
VACUUM (ANALYZE) bank.case_file, bank.case_clock, bank.case_event;
SELECT (SELECT count(*) FROM bank.case_file) || ' cases, ' || (SELECT count(*) FROM bank.case_file WHERE closed_at IS NULL)
    || ' of them open, ' || (SELECT count(*) FROM bank.case_clock) || ' clocks, '
    || (SELECT count(*) FROM bank.case_event) || ' events';
