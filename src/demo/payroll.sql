-- Lists of wages of the enterprises whose payroll has been at work for days, in every state: each is a file that
-- the bank's own reading checked, released by a second person; the paid ones moved the money.

CREATE TEMP TABLE demo_wages ON COMMIT DROP AS
SELECT s.*, a.number, c.name AS enterprise, row_number() OVER (ORDER BY near.near DESC, s.opened_at, s.account_id) AS n,
       to_timestamp(bank.setting('demo_now')::bigint) AS now
  FROM bank.account_service s
  JOIN bank.account a USING (customer_id, account_id)
  JOIN bank.customer c USING (customer_id)
 CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM bank.staff t JOIN bank.unit u ON u.unit_id = t.scope_id
        AND s.unit_id BETWEEN u.low AND u.high WHERE t.login = 'super01') AS near) near
 WHERE s.kind = 'payroll' AND s.state = 'active' AND s.task_id IS NULL;

-- Its file: savers of the same city, with wrong lines when `p_state` says so.
CREATE FUNCTION pg_temp.wage_file(p_service demo_wages, p_state text) RETURNS text LANGUAGE sql STABLE AS $f$
SELECT E'姓名,账号,金额\n' || string_agg(CASE WHEN p_state <> 'faulty' OR x.nth NOT IN (3, 8, 11) THEN
        format('%s,%s,%s', x.name, x.number, x.wage) WHEN x.nth = 3 THEN format('%s,%s,%s', left(x.name, 1) || '某', x.number, x.wage)
        WHEN x.nth = 8 THEN format('%s,%s,%s', x.name, overlay(x.number PLACING '00' FROM 9), x.wage)
        ELSE format('%s,%s,', x.name, x.number) END, E'\n' ORDER BY x.nth) || E'\n'
  FROM (SELECT y.name, y.number, y.wage, row_number() OVER (ORDER BY md5(y.number || p_service.number)) AS nth
          FROM (SELECT c.name, a.number, a.status, row_number() OVER (PARTITION BY a.status ORDER BY md5(a.number ||
                       p_service.number)) AS nth,
                       4500 + pg_temp.h(a.number) % 190 * 50 + pg_temp.h(a.number || 'over') % 4 * 12.5 AS wage
                  FROM bank.account a JOIN bank.customer c USING (customer_id)
                 WHERE a.product = 'SAV' AND a.currency = 'CNY' AND c.kind = 'person' AND NOT c.restricted
                   AND a.status IN ('open', 'dormant') AND c.unit_id / 16 = p_service.unit_id / 16
                   AND NOT EXISTS (SELECT FROM bank.entry e WHERE e.customer_id = a.customer_id
                                      AND e.at > p_service.now - interval '1 day')) y
         WHERE y.status = 'open' OR p_state = 'paid' AND y.nth = 1 -- one came to rest meanwhile
         ORDER BY y.status = 'open', y.nth LIMIT p_service.staff_count) x $f$;

CREATE FUNCTION pg_temp.wage_list(s demo_wages, p_state text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
    file text := pg_temp.wage_file(s, p_state);
    maker int := pg_temp.person(CASE WHEN s.n % 2 = 0 THEN 'rm' ELSE 'clerk' END, s.unit_id, s.number, NULL);
    checker int := pg_temp.person('supervisor', s.unit_id, s.number || 'wages', maker);
    paid timestamptz := least(bank.local_time(bank.today() || ' 00:05', ''), s.now);
    l bank.payroll_list;
BEGIN
    INSERT INTO bank.payroll_list (customer_id, account_id, unit_id, pay_on, state, file, sha256, people, total, faults,
        made_by, made_at, checked_by, checked_at, reason, told_on)
    SELECT s.customer_id, s.account_id, s.unit_id, CASE WHEN p_state IN ('paid', 'short') THEN bank.today() ELSE s.next_on END,
        CASE p_state WHEN 'short' THEN 'approved' WHEN 'paid' THEN 'approved' ELSE p_state END,
        CASE WHEN s.n % 3 = 0 THEN 'wages-' ELSE '工资表' END || to_char(p_at, 'YYYYMM') || '.csv',
        sha256(convert_to(file, 'UTF8')), count(*), coalesce(sum(r.amount) FILTER (WHERE r.fault IS NULL OR p_state = 'paid'), 0),
        count(r.fault) FILTER (WHERE p_state = 'faulty'), maker, p_at, CASE WHEN d.decided THEN checker END,
        CASE WHEN d.decided THEN p_at + interval '35 minutes' END,
        CASE p_state WHEN 'refused' THEN '合计与企业付款指令不符，请企业核对后重报。' WHEN 'withdrawn' THEN '企业更正人员名单' ELSE '' END,
        CASE p_state WHEN 'short' THEN bank.today() END
      FROM bank.payroll_read(file) r, LATERAL (SELECT p_state IN ('refused', 'approved', 'paid', 'short') AS decided) d
     GROUP BY d.decided RETURNING * INTO l;
    INSERT INTO bank.payroll_line (customer_id, list_id, line, unit_id, name, number, amount, payee_id, payee_account,
        fault, state)
    SELECT l.customer_id, l.list_id, r.line, l.unit_id, r.name, r.number, r.amount, r.payee_id, r.payee_account,
        CASE WHEN p_state = 'faulty' THEN r.fault END,
        CASE WHEN p_state <> 'paid' THEN 'waits' WHEN r.fault = 'closed' THEN 'returned' ELSE 'paid' END
      FROM bank.payroll_read(file) r;
    IF p_state = 'proposed' THEN
        PERFORM bank.wait_begin('payroll ' || l.list_id, 'payroll-lists', l.customer_id,
            format('代发工资 %1$s × %2$s / Wages %1$s × %2$s', l.people, bank.money_text(l.total)), l.pay_on::text,
            '{supervisor}', ARRAY[maker], l.unit_id);
    ELSIF p_state = 'short' THEN
        PERFORM bank.service_task(y, format('代发账户余额不足：%1$s / Account does not cover wages: %1$s',
            bank.money_text(l.total)), bank.mask_account(s.number))
           FROM bank.account_service y WHERE y.customer_id = s.customer_id AND y.account_id = s.account_id
            AND y.kind = 'payroll';
    END IF;
    IF p_state IN ('paid', 'approved', 'proposed') THEN -- what the enterprise was paid covers it
        PERFORM pg_temp.wage_entry(l.customer_id, l.account_id, l.total + 1250000, p_at - interval '50 minutes', '货款');
    END IF;
    IF p_state = 'paid' THEN
        PERFORM pg_temp.wage_entry(p.payee_id, p.payee_account, p.amount, paid, bank.setting('salary_narrative'))
           FROM bank.payroll_line p WHERE p.customer_id = l.customer_id AND p.list_id = l.list_id AND p.state = 'paid';
        PERFORM pg_temp.wage_entry(l.customer_id, l.account_id, -sum(p.amount)::bigint, paid,
                                   bank.setting('salary_narrative') || ' ' || l.list_id)
           FROM bank.payroll_line p WHERE p.customer_id = l.customer_id AND p.list_id = l.list_id AND p.state = 'paid';
        UPDATE bank.payroll_list x SET state = 'paid', paid_at = paid, returned = (SELECT count(*) FROM bank.payroll_line p
                   WHERE p.customer_id = l.customer_id AND p.list_id = l.list_id AND p.state = 'returned')
         WHERE x.customer_id = l.customer_id AND x.list_id = l.list_id;
    END IF;
END $f$;

CREATE FUNCTION pg_temp.wage_entry(p_customer_id bigint, p_account_id bigint, p_amount bigint, p_at timestamptz,
    p_narrative text) RETURNS void LANGUAGE sql AS $f$
WITH a AS (UPDATE bank.account SET balance = balance + p_amount
            WHERE customer_id = p_customer_id AND account_id = p_account_id RETURNING *)
INSERT INTO bank.entry (customer_id, account_id, at, amount, balance_after, channel, narrative, unit_id)
SELECT a.customer_id, a.account_id, p_at, p_amount, a.balance, CASE WHEN p_narrative = '货款' THEN 'online' ELSE 'batch' END,
       p_narrative, a.unit_id FROM a $f$;

DO $d$
DECLARE
    s demo_wages;
    states text[] := ARRAY['refused proposed', 'faulty approved', ' paid', 'withdrawn short', ' faulty', 'faulty paid'];
    of_it text[];
    at timestamptz;
BEGIN
    FOR s IN SELECT * FROM demo_wages ORDER BY n LOOP
        of_it := string_to_array(states[1 + (s.n - 1) % 6], ' ');
        at := pg_temp.office(s.now - interval '4 days') - interval '95 minutes';
        IF of_it[1] <> '' AND at > s.opened_at THEN
            PERFORM pg_temp.wage_list(s, of_it[1], at);
        END IF;
        PERFORM pg_temp.wage_list(s, of_it[2], pg_temp.office(s.now - interval '1 day') - interval '140 minutes');
    END LOOP;
END $d$;
