-- Core enterprises, what they ordered and owe, and the applications of their suppliers; after
-- application.sql, with its functions.

DO $d$
#variable_conflict use_column
DECLARE
    now_at timestamptz := to_timestamp(bank.setting('demo_now')::bigint);
    cores int := (SELECT least(6, 2 + bank.setting('demo_customers')::bigint / 1500));
    d record;
    c bank.case_file;
    a bank.application;
    made bank.account;
    rate int;
    amount bigint;
    salt text;
    n int := 0;
    office timestamptz := pg_temp.office(now_at);
BEGIN
    INSERT INTO bank.core_enterprise (customer_id, unit_id, limit_amount, order_rate, receivable_rate,
        supplier_most, rate_bp, valid_until)
    SELECT x.customer_id, x.unit_id, 3000000000, 60 + 5 * (x.n % 3)::int, 75 + 5 * (x.n % 2)::int,
        600000000, 410 + 10 * x.n::int, bank.today() + 300
    FROM (SELECT k.customer_id, k.unit_id, row_number() OVER (ORDER BY max(b.balance) DESC,
        k.customer_id) AS n FROM bank.customer k JOIN bank.account b USING (customer_id)
    WHERE k.kind = 'company' AND NOT k.restricted GROUP BY 1, 2) x WHERE x.n <= cores;
    UPDATE bank.core_enterprise SET valid_until = bank.today() - 12
        WHERE customer_id = (SELECT max(customer_id) FROM bank.core_enterprise) AND cores > 2;
    INSERT INTO bank.core_document (customer_id, unit_id, kind, number, supplier_id, supplier_code,
        amount, issued_on, due_on, confirmed_at, reported_at, state, order_number)
    SELECT e.customer_id, e.unit_id, CASE WHEN o.n % 2 = 0 THEN 'order' ELSE 'receivable' END,
    CASE WHEN o.n % 2 = 0 THEN 'PO' ELSE 'AR' END || to_char(i.issued,
        'YYMM') || lpad((s.n * 10 + o.n)::text, 5, '0'), s.customer_id, s.number,
    (20 + o.h % 280) * 1000000::bigint, i.issued, i.issued + 60 + o.h % 90, CASE WHEN o.h % 7 > 0
        THEN i.issued::timestamp AT TIME ZONE bank.timezone() + interval '34 hours' END,
    i.issued::timestamp AT TIME ZONE bank.timezone() + interval '10 hours',
        CASE WHEN i.issued + 60 + o.h % 90 < bank.today() THEN 'paid' WHEN o.h % 19 = 0 THEN 'cancelled'
        ELSE 'open' END, NULL
    FROM (SELECT k.customer_id, k.unit_id, j.number,
        row_number() OVER (ORDER BY md5('sup' || k.customer_id)) AS n FROM bank.customer k
        JOIN bank.customer_identity j ON j.customer_id = k.customer_id AND j.kind = 'credit_code'
    WHERE k.kind = 'company' AND NOT k.restricted AND (bank.payout_account(k.customer_id,
        'current')).account_id IS NOT NULL AND NOT EXISTS (SELECT FROM bank.core_enterprise x
        WHERE x.customer_id = k.customer_id)
    ORDER BY 4 LIMIT cores * 8) s
    JOIN (SELECT x.*, row_number() OVER (ORDER BY x.customer_id) - 1 AS place
        FROM bank.core_enterprise x) e ON e.place = s.n % cores
    CROSS JOIN LATERAL (SELECT g AS n, pg_temp.h(s.customer_id || 'doc' || g) AS h
        FROM generate_series(1, 4) g) o
    CROSS JOIN LATERAL (SELECT bank.today() - 2 - o.h % 125 AS issued) i;
    UPDATE bank.core_document r SET order_number = o.number FROM bank.core_document o
    WHERE r.kind = 'receivable' AND o.kind = 'order' AND o.customer_id = r.customer_id
        AND o.supplier_id = r.supplier_id AND o.issued_on <= r.issued_on AND pg_temp.h(r.number) % 3 = 0;
    FOR d IN SELECT x.*, e.order_rate, e.receivable_rate, e.valid_until FROM bank.core_document x
        JOIN bank.core_enterprise e USING (customer_id)
    WHERE pg_temp.h(x.number || 'ask') % 5 < 2 AND x.state <> 'cancelled' ORDER BY x.issued_on,
        x.document_id LOOP
        n := n + 1;
        salt := 'chain' || n;
        CONTINUE WHEN (SELECT bank.core_financed(x, NULL) IS NOT NULL FROM bank.core_document x
            WHERE x.customer_id = d.customer_id AND x.document_id = d.document_id)
        OR d.valid_until < bank.today() AND n % 4 > 0 OR d.due_on < bank.today() + 7 AND n % 4 = 0;
        rate := CASE d.kind WHEN 'order' THEN d.order_rate ELSE d.receivable_rate END;
        amount := d.amount * (rate - 5 * (n % 3)) / 100;
        c := pg_temp.apply('chain_finance', d.supplier_id,
            least(office - make_interval(mins => 5 + pg_temp.h(salt) % 240), bank.due_at('service',
            (CASE WHEN n % 4 = 0 THEN bank.today() ELSE d.issued_on + 2
            END)::timestamp AT TIME ZONE bank.timezone(), 60 + pg_temp.h(salt) % 900)), now_at,
        bank.company_name(d.customer_id) || ' ' || d.number, format(E'%s\n%s %s, %s CNY',
            bank.company_name(d.customer_id), d.kind, d.number, bank.money_text(d.amount)),
        jsonb_build_object('amount', amount::text, 'core', bank.company_name(d.customer_id), 'document',
            d.number, 'kind', d.kind), amount, d.customer_id, d.document_id,
        CASE WHEN d.confirmed_at IS NULL OR d.valid_until < bank.today() THEN 'draft' WHEN n % 13 = 5
            THEN 'returned' ELSE 'manual' END, n % 15 = 0, salt);
        PERFORM pg_temp.look(c);
        SELECT * INTO a FROM bank.application x WHERE x.customer_id = c.customer_id
            AND x.case_id = c.case_id;
        IF c.stage IN ('approved', 'executed', 'closed') THEN
            INSERT INTO bank.core_finance (customer_id, document_id, unit_id, supplier_id, case_id,
                amount, state, at, due_on)
            VALUES (d.customer_id, d.document_id, c.unit_id, c.customer_id, c.case_id, a.granted,
                CASE c.stage WHEN 'approved' THEN 'reserved' WHEN 'executed' THEN 'paid' ELSE 'repaid'
                END, a.decided_at, d.due_on);
        END IF;
        UPDATE bank.core_document x SET state = CASE c.stage WHEN 'executed' THEN 'open' ELSE 'paid' END
         WHERE x.customer_id = d.customer_id AND x.document_id = d.document_id
           AND c.stage IN ('executed', 'closed');
        IF c.stage = 'executed' THEN
            INSERT INTO bank.account (customer_id, account_id, number, product, balance, opened_on,
                matures_on, unit_id)
            SELECT c.customer_id, m, bank.account_number_make(bank.unit_code(c.unit_id)::int, 9,
                90000000 + m % 10000000), 'LNS', -a.granted, bank.local_day(a.executed_at), d.due_on,
                c.unit_id
            FROM nextval(pg_get_serial_sequence('bank.account', 'account_id')) m RETURNING * INTO made;
            UPDATE bank.application SET account_id = made.account_id WHERE customer_id = c.customer_id
                AND case_id = c.case_id;
        END IF;
    END LOOP;
END $d$;

-- Their lines were approved by two persons; one asks for more. The last file of one was taken in today.
INSERT INTO bank.core_line (customer_id, version, unit_id, limit_amount, order_rate, receivable_rate,
    supplier_most, rate_bp,
                            valid_until, line_state, note, state, made_by, made_at, checked_by,
                                checked_at)
SELECT e.customer_id, 1, e.unit_id, e.limit_amount, e.order_rate, e.receivable_rate, e.supplier_most,
    e.rate_bp, e.valid_until,
       e.state, '年度授信', 'approved', m.staff_id, t.at, k.staff_id, t.at + interval '3 hours'
  FROM bank.core_enterprise e, bank.staff m, bank.staff k,
       LATERAL (SELECT (bank.today() - 65)::timestamp AT TIME ZONE bank.timezone() +
           interval '10 hours' AS at) t
 WHERE m.login = 'clerk01' AND k.login = 'super02';
INSERT INTO bank.core_line (customer_id, version, unit_id, limit_amount, order_rate, receivable_rate,
    supplier_most, rate_bp,
                            valid_until, line_state, note, made_by, made_at)
SELECT e.customer_id, 2, e.unit_id, e.limit_amount + 1000000000, e.order_rate, e.receivable_rate,
    e.supplier_most, e.rate_bp,
       bank.today() + 365, 'active', '旺季备货，申请提高额度', m.staff_id,
           to_timestamp(bank.setting('demo_now')::bigint) - interval '2 hours'
  FROM (SELECT * FROM bank.core_enterprise ORDER BY customer_id LIMIT 1) e, bank.staff m
      WHERE m.login = 'clerk01';
WITH batch AS (
    SELECT d.customer_id, d.document_id FROM bank.core_document d
     WHERE d.customer_id = (SELECT min(customer_id) FROM bank.core_enterprise)
         AND d.issued_on > bank.today() - 20),
kept AS (
    INSERT INTO bank.core_import (file, sha256, rows, added, changed, same, staff_id, unit_id, at)
    SELECT 'core-documents.csv', encode(sha256(convert_to(string_agg(b.document_id::text, ' '),
        'UTF8')), 'hex'), count(*), count(*), 0, 0,
           m.staff_id, m.unit_id, to_timestamp(bank.setting('demo_now')::bigint) - interval '5 hours'
      FROM batch b, bank.staff m WHERE m.login = 'clerk01' GROUP BY m.staff_id, m.unit_id
          RETURNING import_id)
UPDATE bank.core_document d SET import_id = kept.import_id FROM kept, batch b
 WHERE d.customer_id = b.customer_id AND d.document_id = b.document_id;

-- A new version of the card waits for a second person, and so does a rule of the pre-check.
INSERT INTO bank.scorecard (card, version, label_en, label_zh, state, effective_on, base, approve_at,
    refuse_below, auto_most,
                            rate_bp, note, makers, made_at)
SELECT s.card, s.version + 1, s.label_en, s.label_zh, 'proposed', bank.today() + 7, s.base,
    s.approve_at + 10, s.refuse_below,
       s.auto_most, s.rate_bp, '收紧查询次数', ARRAY[m.staff_id],
           to_timestamp(bank.setting('demo_now')::bigint) - interval '1 day'
  FROM bank.card_active('consumer_credit') s, bank.staff m WHERE m.login = 'super01';
INSERT INTO bank.scorecard_rule
SELECT r.card, r.version + 1, r.rule, r.seq, r.fact, r.low, r.high, CASE r.rule WHEN 'asked_up' THEN -60
    ELSE r.points END, r.effect,
       r.label_en, r.label_zh
  FROM bank.scorecard_rule r JOIN bank.card_in_use u USING (card, version);
UPDATE bank.scorecard s SET trial = (SELECT jsonb_build_object('applications', count(*), 'changed',
    count(*) FILTER (WHERE t.was <> t.now_is))
    FROM bank.card_trial(s) t) WHERE s.state = 'proposed';
INSERT INTO bank.check_rule_version (case_type, rule, version, weight, active, parameter, state,
    effective_on, note, made_by, made_at)
SELECT r.case_type, r.rule, r.version + 1, r.weight, r.active, '5000000', 'proposed', bank.today() + 3,
    '控制单户风险',
       m.staff_id, to_timestamp(bank.setting('demo_now')::bigint) - interval '4 hours'
  FROM bank.check_rule_now r, bank.staff m WHERE r.case_type = 'consumer_credit'
      AND r.rule = 'amount' AND m.login = 'super01';
UPDATE bank.check_rule_version v SET trial = (SELECT jsonb_build_object('applications', count(*),
        'stopped_before', count(*) FILTER (WHERE t.was_stops), 'stopped_after',
            count(*) FILTER (WHERE t.now_stops),
        'changed', count(*) FILTER (WHERE t.was <> t.now_is OR t.was_stops <> t.now_stops))
            FROM bank.check_trial(v) t)
 WHERE v.state = 'proposed';

-- What waits stands on the work list of who may decide it.
SELECT bank.wait_begin('scorecard ' || s.card || ' ' || s.version, 'scorecards', NULL,
       s.label_zh || ' / ' || s.label_en || ' ' || s.version, s.note, '{supervisor,admin}', s.makers,
           m.unit_id)
  FROM bank.scorecard s JOIN bank.staff m ON m.staff_id = s.makers[1] WHERE s.state = 'proposed';
SELECT bank.wait_begin(concat_ws(' ', 'rule', v.case_type, v.rule, v.version), 'check-rules', NULL,
       r.label_zh || ' / ' || r.label_en, v.note, '{supervisor,admin}', ARRAY[v.made_by], m.unit_id)
  FROM bank.check_rule_version v JOIN bank.check_rule r USING (case_type, rule)
  JOIN bank.staff m ON m.staff_id = v.made_by WHERE v.state = 'proposed';
SELECT bank.wait_begin(concat_ws(' ', 'line', l.customer_id, l.version), 'core-lines', l.customer_id,
       bank.money_text(l.limit_amount) || ' CNY', l.note, '{supervisor}', ARRAY[l.made_by], l.unit_id)
  FROM bank.core_line l WHERE l.state = 'proposed';
