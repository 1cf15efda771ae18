-- Applications in all stages, made in the database by its own checks and cards: each goes as far as
-- its time has come. What happens to one lies within office hours; nothing lies in the future.

-- Draws from names, so that the same bank has the same applications; members of staff who see the
-- unit, some of those with a login more often; working minutes; credit codes; events.
CREATE FUNCTION pg_temp.h(p_text text) RETURNS int LANGUAGE sql IMMUTABLE AS $f$
SELECT ('x' || substr(md5(p_text), 1, 7))::bit(28)::int $f$;
CREATE FUNCTION pg_temp.person(p_role text, p_unit int, p_salt text,
    p_but int) RETURNS int LANGUAGE sql STABLE AS $f$
SELECT s.staff_id FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id AND p_unit BETWEEN u.low
    AND u.high
WHERE s.role = p_role AND s.active AND s.staff_id IS DISTINCT FROM p_but
ORDER BY pg_temp.h(p_salt) % 3 = 0 AND s.login LIKE '%0_' DESC, u.high - u.low,
    md5(s.login || p_salt) LIMIT 1 $f$;
CREATE FUNCTION pg_temp.later(p_at timestamptz, p_least int, p_most int,
    p_salt text) RETURNS timestamptz LANGUAGE sql STABLE AS $f$
SELECT bank.due_at('service', p_at, p_least + pg_temp.h(p_salt) % (p_most - p_least + 1)) $f$;
CREATE FUNCTION pg_temp.code(p_n int) RETURNS text LANGUAGE sql STABLE AS $f$
SELECT s || x FROM (SELECT '91310115' || lpad((70000000 + p_n * 37 % 9999999)::text, 8,
    '0') || 'X' AS s) b,
regexp_split_to_table('0123456789ABCDEFGHJKLMNPQRTUWXY', '') x
    WHERE bank.credit_code_fault(s || x) IS NULL $f$;
CREATE FUNCTION pg_temp.note(c bank.case_file, p_at timestamptz, p_staff int, p_action text,
    p_before text, p_after text,
p_from text, p_to text, p_note text) RETURNS void LANGUAGE sql AS $f$
INSERT INTO bank.case_event (customer_id, case_id, unit_id, at, staff_id, action, stage_before,
    stage_after, note, before, after)
VALUES (c.customer_id, c.case_id, c.unit_id, p_at, p_staff, p_action, p_before, p_after, p_note,
CASE WHEN p_from IS DISTINCT FROM p_to THEN jsonb_build_object('queue', p_from) ELSE '{}' END,
CASE WHEN p_from IS DISTINCT FROM p_to THEN jsonb_build_object('queue', p_to) ELSE '{}' END) $f$;
CREATE FUNCTION pg_temp.office(p_now timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $f$
SELECT max(least((d::date + k.closes) AT TIME ZONE bank.timezone(), p_now))
    FROM generate_series(bank.local_day(p_now) - 12, bank.local_day(p_now), interval '1 day') d,
    bank.calendar_hours('service', d::date) k (opens, closes)
    WHERE (d::date + k.opens) AT TIME ZONE bank.timezone() < p_now $f$;

-- The number of a look-up at the network of identity photographs.
CREATE FUNCTION pg_temp.check_number(p_at timestamptz, p_salt text) RETURNS text LANGUAGE sql STABLE AS $f$
SELECT 'LW' || to_char(bank.local_day(p_at), 'YYYYMMDD') || '-' || lpad((pg_temp.h(p_salt || 'look') % 1000)::text,
    3, '0') $f$;

-- pg_temp.apply(): opened, submitted, taken, proposed, decided, executed, followed up. The rules
-- decide at once (auto), two persons (manual), nobody yet (draft, returned).
CREATE FUNCTION pg_temp.apply(p_type text, p_customer bigint, p_at timestamptz, p_now timestamptz,
    p_subject text, p_facts text,
p_fields jsonb, p_amount bigint, p_core bigint, p_document bigint, p_how text, p_refuse boolean,
    p_salt text)
RETURNS bank.case_file LANGUAGE plpgsql AS $f$
DECLARE
    c bank.case_file;
    slow int := CASE WHEN pg_temp.h(p_salt || 'slow') % 9 = 0 THEN 6 ELSE 1 END;
    pace int := CASE p_type WHEN 'consumer_credit' THEN 1 WHEN 'account_opening' THEN 3 ELSE 5 END;
    t timestamptz[];
    stages text[] := '{draft,review,review,approval,approved,executed,closed}';
    reached int := 1;
    rm int; clerk int; operator int; boss int;
    desk text[];
    due date;
    visited boolean;
    unlike boolean := pg_temp.h(p_salt || 'unlike') % 8 = 0; -- a face that the machine did not know again
BEGIN
    c.customer_id := p_customer;
    SELECT unit_id INTO c.unit_id FROM bank.customer WHERE customer_id = p_customer;
    c.case_id := nextval('bank.case_id_seq');
    rm := pg_temp.person('rm', c.unit_id, p_salt || 'rm', NULL);
    clerk := pg_temp.person('clerk', c.unit_id, p_salt || 'clerk', NULL);
    operator := pg_temp.person('clerk', c.unit_id, p_salt || 'operator', NULL);
    boss := pg_temp.person('supervisor', c.unit_id, p_salt || 'boss', clerk);
    IF p_how IN ('draft', 'returned') AND p_at < p_now - interval '9 days' THEN
        p_at := pg_temp.office(p_now) - make_interval(hours => 20 + pg_temp.h(p_salt || 'old') % 150);
    END IF;
    t[1] := p_at;
    t[2] := pg_temp.later(t[1], 4, 25, p_salt || 2);
    t[3] := pg_temp.later(t[2], 3 * pace, 12 * pace * slow, p_salt || 3);
    t[4] := pg_temp.later(t[3], 5 * pace, 15 * pace * slow, p_salt || 4);
    t[5] := CASE p_how WHEN 'auto' THEN t[2] + interval '2 seconds' ELSE pg_temp.later(t[4], 3 * pace,
        10 * pace * slow, p_salt || 5) END;
    t[6] := pg_temp.later(t[5], 4 * pace, 12 * pace, p_salt || 6);
    t[7] := pg_temp.later(t[6], 600, CASE slow WHEN 1 THEN 1900 ELSE 2800 END, p_salt || 7);
    IF p_document IS NOT NULL THEN -- repaid when the document is paid, a few of them late
        SELECT x.due_on INTO due FROM bank.core_document x WHERE x.customer_id = p_core
            AND x.document_id = p_document;
        t[7] := pg_temp.later(due::timestamp AT TIME ZONE bank.timezone(), 30, CASE slow WHEN 1 THEN 400
            ELSE 2500 END, p_salt || 7);
    END IF;
    IF p_how <> 'draft' THEN
        SELECT count(*) INTO reached FROM unnest(t) x WHERE x <= p_now;
    END IF;
    IF p_how = 'returned' AND reached > 3 THEN
        reached := 3;
        stages[3] := 'returned';
    ELSIF p_how = 'auto' AND reached IN (2, 3, 4) THEN
        reached := 5;
    END IF;
    IF p_refuse AND reached >= 5 THEN
        reached := 5;
        stages[5] := 'declined';
    END IF;
    visited := reached >= 6 AND p_type = 'account_opening';
    SELECT array_agg(coalesce(d.queue, 'front') ORDER BY x.n) INTO desk
        FROM unnest(stages) WITH ORDINALITY x (stage, n)
    LEFT JOIN bank.application_desk d ON d.case_type = p_type AND d.stage = x.stage;
    INSERT INTO bank.case_file (customer_id, case_id, unit_id, case_type, stage, phase, source, subject,
        facts, fields, tier, queue, owner_id, received_at, opened_by,
    taken_at, decision, decided_by, approved_by, outcome, closed_at, due_at)
    VALUES (p_customer, c.case_id, c.unit_id, p_type, stages[reached],
        (SELECT phase FROM bank.case_stage s WHERE s.case_type = p_type AND s.stage = stages[reached]),
    CASE pg_temp.h(p_salt || 'source') % 3 WHEN 0 THEN 'app' ELSE 'branch' END, p_subject, p_facts,
        p_fields, bank.customer_tier(p_customer), desk[reached],
    CASE WHEN reached = 3 AND stages[3] = 'review' THEN clerk END, p_at, rm, CASE WHEN reached >= 3
        AND p_how <> 'auto' THEN t[3] END,
    CASE WHEN reached >= 4 AND p_how <> 'auto' THEN CASE WHEN p_refuse THEN '不符合准入条件，建议拒绝'
        ELSE '资料齐全、背景真实，建议同意' END END,
    CASE WHEN reached >= 4 AND p_how <> 'auto' THEN clerk END, CASE WHEN reached >= 5
        AND p_how <> 'auto' THEN boss END,
    CASE WHEN stages[reached] = 'declined' THEN 'declined' WHEN reached >= 6 THEN 'granted' END,
    CASE WHEN stages[reached] = 'declined' THEN t[5] WHEN reached = 7 THEN t[7] END, p_at)
    RETURNING * INTO c;
    INSERT INTO bank.application (customer_id, case_id, unit_id, amount, code, core_id, document_id,
        submitted_at, how, verdict, granted, rate_bp, maker_id, made_at, reason,
    checker_id, decided_at, visited_at, face_score, visited_by, identity_means, identity_proof, identity_by,
    identity_at, executed_at, executed_by, followed_at)
    VALUES (p_customer, c.case_id, c.unit_id, p_amount, p_fields ->> 'credit_code', p_core, p_document,
        CASE WHEN reached >= 2 THEN t[2] END,
    CASE WHEN p_how = 'auto' AND reached >= 5 THEN 'auto' WHEN reached >= 4 THEN 'manual' END,
        CASE WHEN reached >= 4 THEN CASE WHEN p_refuse THEN 'refuse' ELSE 'approve' END END,
    CASE WHEN reached >= 4 AND NOT p_refuse THEN p_amount END, CASE WHEN reached >= 4 AND NOT p_refuse
        AND p_amount > 0 THEN 480 END,
    CASE WHEN reached >= 4 AND p_how <> 'auto' THEN clerk END, CASE WHEN reached >= 4
        AND p_how <> 'auto' THEN t[4] END, coalesce(c.decision, ''),
    CASE WHEN reached >= 5 AND p_how <> 'auto' THEN boss END, CASE WHEN reached >= 5 THEN t[5] END,
    CASE WHEN visited THEN t[5] + (t[6] - t[5]) / 2 END,
    CASE WHEN visited THEN CASE WHEN unlike THEN 96 ELSE 99 END + pg_temp.h(p_salt || 'face') % 100 / 100.0 END,
    CASE WHEN visited THEN rm END, CASE WHEN visited THEN CASE WHEN unlike THEN 'counter' ELSE 'face' END END,
    CASE WHEN visited AND unlike THEN pg_temp.check_number(t[5], p_salt) ELSE '' END,
    CASE WHEN visited AND unlike THEN operator END,
    CASE WHEN visited THEN t[5] + (t[6] - t[5]) / 2 + CASE WHEN unlike THEN interval '4 minutes' ELSE '0' END END,
    CASE WHEN reached >= 6 THEN t[6] END, CASE WHEN reached >= 6 THEN operator END,
        CASE WHEN reached = 7 THEN t[7] END);
    PERFORM pg_temp.note(c, t[1], rm, 'open', NULL, 'draft', NULL, desk[1], '');
    PERFORM pg_temp.note(c, t[2], rm, 'submit', 'draft', 'review', 'front', desk[2], '')
        WHERE reached >= 2;
    IF p_how = 'auto' THEN
        PERFORM pg_temp.note(c, t[5], rm, CASE WHEN p_refuse THEN 'auto_decline' ELSE 'auto_grant' END,
            'review', stages[5], desk[2], desk[5], '') WHERE reached >= 5;
    ELSE
        PERFORM pg_temp.note(c, t[3], clerk, 'take', 'review', 'review', desk[2], desk[2], '')
            WHERE reached >= 3;
        PERFORM pg_temp.note(c, t[3] + interval '7 minutes', clerk, 'return', 'review', 'returned',
            desk[2], 'front', '请补充经营场所证明') WHERE stages[reached] = 'returned';
        PERFORM pg_temp.note(c, t[4], clerk, 'propose', 'review', 'approval', desk[2], desk[4],
            c.decision) WHERE reached >= 4;
        PERFORM pg_temp.note(c, t[5], boss, CASE WHEN p_refuse THEN 'decline' ELSE 'grant' END,
            'approval', stages[5], desk[4], desk[5], '') WHERE reached >= 5;
    END IF;
    IF visited THEN
        PERFORM pg_temp.note(c, t[5] + (t[6] - t[5]) / 2, rm, 'visit', 'approved', 'approved', desk[5], desk[5],
            (SELECT bank.visit_words(a) FROM bank.application a WHERE a.customer_id = c.customer_id
                AND a.case_id = c.case_id));
        PERFORM pg_temp.note(c, t[5] + (t[6] - t[5]) / 2 + interval '4 minutes', operator, 'identify', 'approved',
            'approved', desk[5], desk[5], '柜面人工核对 / Compared at the counter') WHERE unlike;
    END IF;
    PERFORM pg_temp.note(c, t[6], operator, 'execute', 'approved', 'executed', desk[5], desk[6], '')
        WHERE reached >= 6;
    PERFORM pg_temp.note(c, t[7], rm, 'follow', 'executed', 'closed', desk[6], desk[6], '客户满意')
        WHERE reached = 7;
    IF reached >= 2 THEN
        PERFORM bank.case_clock_start(c, t[2], '{application}');
        IF stages[reached] = 'returned' THEN
            INSERT INTO bank.case_pause (customer_id, case_id, started_at, unit_id, reason)
                VALUES (c.customer_id, c.case_id, t[3] + interval '7 minutes', c.unit_id,
                '请补充经营场所证明');
        ELSIF stages[reached] = 'declined' OR reached >= 6 THEN
            PERFORM bank.case_clock_stop(c, '{application}', CASE WHEN reached >= 6 THEN t[6] ELSE t[5]
                END);
        END IF;
        IF reached >= 6 AND due IS NULL THEN
            PERFORM bank.case_clock_start(c, t[6], '{follow_up}');
            PERFORM bank.case_clock_stop(c, '{follow_up}', t[7]) WHERE reached = 7;
        END IF;
        UPDATE bank.case_file f SET due_at = coalesce(CASE WHEN reached >= 6
                THEN (due + 1)::timestamp AT TIME ZONE bank.timezone() END, k.due_at)
            FROM bank.case_clock k WHERE f.customer_id = c.customer_id AND f.case_id = c.case_id
        AND k.customer_id = c.customer_id AND k.case_id = c.case_id
        AND k.clock = CASE WHEN reached >= 6 AND due IS NULL THEN 'follow_up' ELSE 'application' END;
    END IF;
    RETURN c;
END $f$;

-- The pre-check as it was then.
CREATE FUNCTION pg_temp.look(c bank.case_file) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
    PERFORM bank.application_look(c);
    UPDATE bank.application_check SET checked_at = c.received_at + interval '3 minutes'
        WHERE customer_id = c.customer_id AND case_id = c.case_id;
    UPDATE bank.application_check SET result = 'pass' WHERE customer_id = c.customer_id
        AND case_id = c.case_id AND rule IN ('due', 'document') AND c.stage <> 'draft';
    UPDATE bank.application_score SET at = c.received_at + interval '3 minutes'
        WHERE customer_id = c.customer_id AND case_id = c.case_id;
END $f$;

-- Scans of the papers: a page of PDF each with what was read. Who is asked for the proof of the premises
-- lacks that one; some licences were scanned twice.
CREATE FUNCTION pg_temp.pdf(p_text text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $f$
DECLARE
    page text := format('BT /F1 16 Tf 72 760 Td (%s) Tj ET', p_text);
    parts text[] := ARRAY['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
        format(E'<</Length %s>>stream\n%s\nendstream', length(page), page),
        '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'];
    body text := E'%PDF-1.4\n';
    places text := '';
BEGIN
    FOR i IN 1 .. 5 LOOP
        places := places || lpad(length(body)::text, 10, '0') || E' 00000 n \n';
        body := body || format(E'%s 0 obj%sendobj\n', i, parts[i]);
    END LOOP;
    RETURN convert_to(body || E'xref\n0 6\n0000000000 65535 f \n' || places
        || format(E'trailer<</Size 6/Root 1 0 R>>\nstartxref\n%s\n%%%%EOF\n', length(body)), 'UTF8');
END $f$;
CREATE FUNCTION pg_temp.scan(c bank.case_file, p_how text) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
    d record;
    made bigint;
    data bytea;
BEGIN
    FOR d IN SELECT x.kind, x.number, x.added_at, x.added_by, e AS edition,
        count(*) OVER (PARTITION BY x.kind) AS editions
               FROM bank.application_document x,
                    generate_series(1, CASE WHEN x.kind = 'licence'
                        AND pg_temp.h(c.number || 'again') % 6 = 0 THEN 2 ELSE 1 END) e
              WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id
                AND NOT (p_how = 'returned' AND x.kind = 'address')
                AND (p_how <> 'draft' OR pg_temp.h(c.number || x.kind) % 2 = 0)
              ORDER BY x.kind, e LOOP
        data := pg_temp.pdf(format('Specimen - %s %s - scan %s', c.number, d.kind, d.edition));
        INSERT INTO bank.file_content (sha256, bytes, data) VALUES (sha256(data), length(data), data)
            ON CONFLICT DO NOTHING;
        INSERT INTO bank.attachment (customer_id, case_id, unit_id, name, kind, sha256, bytes, added_by,
            added_at)
        VALUES (c.customer_id, c.case_id, c.unit_id, d.kind || CASE d.edition WHEN 1 THEN '' ELSE '-2'
            END || '.pdf', 'pdf',
                sha256(data), length(data), d.added_by, d.added_at + d.edition * interval '20 seconds')
                    RETURNING attachment_id INTO made;
        INSERT INTO bank.application_file (customer_id, case_id, kind, edition, unit_id, attachment_id,
            added_by, added_at, replaced_by, replaced_at)
        VALUES (c.customer_id, c.case_id, d.kind, d.edition, c.unit_id, made, d.added_by,
            d.added_at + d.edition * interval '20 seconds',
                CASE WHEN d.edition < d.editions THEN d.added_by END, CASE WHEN d.edition < d.editions
                    THEN d.added_at + interval '40 seconds' END);
    END LOOP;
END $f$;

-- What the credit bureau and social insurance tell of people who may ask; consumer credit.
DO $d$
#variable_conflict use_column
DECLARE
    p record;
    c bank.case_file;
    now_at timestamptz := to_timestamp(bank.setting('demo_now')::bigint);
    card bank.scorecard := bank.card_active('consumer_credit');
    sum record;
    v jsonb;
    wage bigint;
    amount bigint;
    months int;
    salt text;
    office timestamptz := pg_temp.office(now_at);
BEGIN
    INSERT INTO bank.outside_fact (customer_id, source, fact, as_of, unit_id, value, reference)
    SELECT c.customer_id, f.source, f.fact, bank.today() - 1 - pg_temp.h(c.customer_id || 'day') % 20,
        c.unit_id,
    CASE f.fact WHEN 'overdue' THEN greatest(0, x.h % 30 - 22) WHEN 'queries' THEN x.h % 5 + CASE
        WHEN x.h % 17 = 0 THEN 4 ELSE 0 END
    WHEN 'monthly_debt' THEN CASE WHEN x.h % 3 = 0 THEN 0 ELSE 50000 + x.h % 250000 END ELSE least(24,
        6 + x.h % 40) END,
    CASE f.source WHEN 'bureau' THEN 'CR' ELSE 'SI' END || to_char(bank.today(),
        'YYYYMM') || lpad(c.customer_id::text, 9, '0')
    FROM (SELECT * FROM bank.customer WHERE kind = 'person'
        AND birth_date > bank.today() - interval '60 years' AND NOT restricted AND customer_id > 50
    ORDER BY md5(customer_id::text) LIMIT 4000) c,
    (VALUES ('bureau', 'overdue'), ('bureau', 'queries'), ('bureau', 'monthly_debt'),
        ('social', 'social_months')) f (source, fact),
    LATERAL (SELECT pg_temp.h(c.customer_id || f.fact) AS h) x
    WHERE f.source = 'bureau' OR x.h % 8 > 0;
    FOR p IN SELECT c.customer_id, row_number() OVER (ORDER BY md5(c.customer_id::text)) AS n
        FROM bank.customer c
    WHERE EXISTS (SELECT FROM bank.outside_fact o WHERE o.customer_id = c.customer_id)
        AND (bank.payout_account(c.customer_id, 'savings')).account_id IS NOT NULL
    AND c.opened_on < bank.today() - 90
    ORDER BY 2 LIMIT (SELECT least(150, 12 + bank.setting('demo_customers')::bigint / 60)) LOOP
        salt := 'credit' || p.n;
        SELECT coalesce(sum(e.amount) / 6, 0) INTO wage FROM bank.entry e
            WHERE e.customer_id = p.customer_id AND e.narrative = bank.setting('salary_narrative')
            AND e.at > now_at - interval '6 months';
        CONTINUE WHEN wage = 0 AND p.n % 9 > 0;
        amount := greatest(1000000, least(30000000,
            (wage * (3 + pg_temp.h(salt || 'a') % 10) / 500000)::bigint * 500000));
        months := (ARRAY[24, 36, 36, 48, 60])[1 + pg_temp.h(salt || 'm') % 5];
        v := jsonb_build_object('amount', amount::text, 'months', months::text, 'consent',
            (p.n % 23 > 0)::text,
        'purpose', (ARRAY['renovation', 'education', 'travel', 'appliance', 'car',
            'medical'])[1 + pg_temp.h(salt || 'p') % 6]);
        c := NULL;
        c.customer_id := p.customer_id;
        c.fields := v;
        SELECT card.base + coalesce(sum(x.points), 0) AS score, bool_or(x.effect = 'refuse') AS refuse,
            bool_or(x.effect = 'refer') AS refer INTO sum FROM bank.credit_points(c, card) x;
        c := pg_temp.apply('consumer_credit', p.customer_id, CASE WHEN p.n % 5 < 2
            THEN office - make_interval(mins => 3 + pg_temp.h(salt) % 60) ELSE bank.due_at('service',
            now_at - make_interval(days => 4 + pg_temp.h(salt) % 60), 30 + pg_temp.h(salt) % 400) END,
            now_at,
        bank.case_subject('consumer_credit', '', v, false), bank.case_subject('consumer_credit', '', v,
            false), v, amount, NULL, NULL,
        CASE WHEN v ->> 'consent' = 'false' OR EXISTS (SELECT FROM bank.credit_findings(c, v,
            bank.check_parameters('consumer_credit')) f
            JOIN bank.check_rule_now r USING (rule) WHERE r.case_type = 'consumer_credit' AND r.active
                AND r.weight = 'must'
            AND f.result IN ('fail', 'missing') AND f.rule NOT IN ('application_twice')) THEN 'draft'
        WHEN sum.refuse OR sum.score < card.refuse_below OR NOT sum.refer
            AND sum.score >= card.approve_at AND amount <= card.auto_most THEN 'auto' ELSE 'manual' END,
        sum.refuse OR sum.score < card.refuse_below OR NOT (NOT sum.refer
            AND sum.score >= card.approve_at AND amount <= card.auto_most) AND p.n % 4 = 0, salt);
        PERFORM pg_temp.look(c);
        IF c.stage IN ('executed', 'closed') THEN
            WITH made AS (INSERT INTO bank.account (customer_id, account_id, number, product, balance,
                opened_on, matures_on, unit_id)
            SELECT c.customer_id, m, bank.account_number_make(bank.unit_code(c.unit_id)::int, 9,
                90000000 + m % 10000000), 'LNC', -amount, bank.local_day(c.received_at),
                (bank.local_day(c.received_at) + make_interval(months => months))::date, c.unit_id
            FROM nextval(pg_get_serial_sequence('bank.account', 'account_id')) m RETURNING account_id)
            UPDATE bank.application x SET account_id = made.account_id FROM made
                WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id;
        END IF;
    END LOOP;
END $d$;
