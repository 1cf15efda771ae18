-- fixture: demo
-- The demo bank: its numbers add up and its people look like people.
BEGIN;
SELECT plan(42);

-- Check digits, written a second time here, in SQL.
CREATE FUNCTION pg_temp.resident_good(p text) RETURNS boolean LANGUAGE sql AS $$
    SELECT p ~ '^[1-8][0-9]{16}[0-9X]$' AND substr('10X98765432', 1 + (sum(substr(p, i, 1)::int
               * (ARRAY[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2])[i]) % 11)::int, 1) = right(p, 1)
      FROM generate_series(1, 17) i $$;
CREATE FUNCTION pg_temp.credit_good(p text) RETURNS boolean LANGUAGE sql AS $$
    SELECT substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + ((31 - sum(
               (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(p, i, 1)) - 1)
               * (3 ^ (i - 1))::bigint % 31) % 31) % 31)::int, 1) = right(p, 1)
      FROM generate_series(1, 17) i $$;
CREATE FUNCTION pg_temp.luhn_good(p text) RETURNS boolean LANGUAGE sql AS $$
    SELECT sum(CASE WHEN (length(p) - i) % 2 = 0 THEN d WHEN d > 4 THEN d * 2 - 9 ELSE d * 2 END)
           % 10 = 0
      FROM generate_series(1, length(p)) i, LATERAL (SELECT substr(p, i, 1)::int AS d) x $$;

-- An enterprise that applied for its first account comes on top.
CREATE TEMP VIEW loaded AS SELECT * FROM bank.customer c WHERE NOT EXISTS (SELECT FROM bank.case_file f
    WHERE f.customer_id = c.customer_id AND f.case_type = 'account_opening');
SELECT is((SELECT count(*) FROM loaded), 2000::bigint, 'all customers are there');
SELECT is((SELECT count(*) FROM loaded WHERE kind = 'company'), 100::bigint,
          'one in twenty is a company');
SELECT is_empty($$ SELECT number FROM bank.customer_identity WHERE kind = 'resident_id'
                   AND NOT pg_temp.resident_good(number) $$, 'resident ids check');
SELECT is_empty($$ SELECT number FROM bank.customer_identity WHERE kind = 'credit_code'
                   AND NOT pg_temp.credit_good(number) $$, 'credit codes check');
SELECT is_empty($$ SELECT card_number FROM bank.card WHERE NOT pg_temp.luhn_good(card_number) $$,
                'card numbers check');
SELECT is_empty($$ SELECT number FROM bank.account WHERE number::numeric % 97 <> 1 $$,
                'account numbers check');
SELECT is_empty($$ SELECT phone FROM bank.phone WHERE phone !~ '^1[3-9][0-9]{9}$' $$,
                'phones are of the mainland plan');
SELECT is_empty($$ SELECT number FROM bank.customer_identity GROUP BY number HAVING count(*) > 1 $$,
                'no identity number twice');
SELECT is_empty($$ SELECT card_number FROM bank.card GROUP BY card_number HAVING count(*) > 1
                   UNION SELECT number FROM bank.account GROUP BY number HAVING count(*) > 1 $$,
                'no card or account number twice');
SELECT is_empty($$ SELECT customer_id FROM bank.customer c JOIN bank.customer_identity i
                   USING (customer_id) WHERE i.kind = 'resident_id' AND
                   (to_char(birth_date, 'YYYYMMDD') <> substr(number, 7, 8) OR
                    (substr(number, 17, 1)::int % 2 = 1) <> (sex = 'M')) $$,
                'the identity number tells birth day and sex');

SELECT is_empty($$ SELECT account_id FROM (SELECT account_id, amount, balance_after - lag(balance_after)
                   OVER (PARTITION BY account_id ORDER BY entry_id) AS step FROM bank.entry) e
                   WHERE step <> amount $$, 'entries carry a running balance');
SELECT is_empty($$ SELECT account_id FROM (SELECT DISTINCT ON (account_id) account_id, balance_after
                   FROM bank.entry ORDER BY account_id, entry_id DESC) e
                   JOIN bank.account a USING (account_id) WHERE a.balance <> e.balance_after $$,
                'accounts hold the balance after their last entry');
SELECT is_empty($$ SELECT account_id FROM (SELECT account_id, at, lag(at) OVER
                   (PARTITION BY account_id ORDER BY entry_id) AS before FROM bank.entry) e
                   WHERE at < before OR at > now() $$, 'entries stand in order, none in the future');
SELECT is_empty($$ SELECT account_id FROM bank.account JOIN bank.product p USING (product)
                   WHERE p.kind IN ('savings', 'current', 'deposit') AND balance < 0 $$,
                'no deposit is overdrawn');
SELECT is_empty($$ SELECT customer_id FROM bank.member m LEFT JOIN (SELECT customer_id, sum(average) AS a
                   FROM bank.balance_month WHERE month = date_trunc('month', bank.today() - interval
                   '1 month') GROUP BY 1) b USING (customer_id)
                   WHERE m.assets_average <> coalesce(b.a, 0) OR m.tier <> (SELECT tier FROM bank.tier_def WHERE threshold <= m.assets_average
                                    ORDER BY rank DESC LIMIT 1) $$,
                'tiers follow from average assets');

SELECT is((SELECT sum(available + pending - negative) FROM bank.points_account),
          (SELECT sum(remaining)::numeric FROM bank.points_bucket), 'points balances are their buckets');
SELECT is_empty($$ SELECT a.customer_id FROM bank.points_account a WHERE available <> (SELECT
                   coalesce(sum(points) FILTER (WHERE to_account = 'member:available'), 0)
                   - coalesce(sum(points) FILTER (WHERE from_account = 'member:available'), 0)
                   FROM bank.points_posting p WHERE p.customer_id = a.customer_id) $$,
                'points balances are the sums of their postings');
SELECT is_empty($$ SELECT b.bucket_id FROM bank.points_bucket b LEFT JOIN bank.points_use u
                   USING (customer_id, bucket_id) GROUP BY b.customer_id, b.bucket_id, b.points,
                   b.remaining HAVING b.points - coalesce(sum(u.points), 0) <> b.remaining $$,
                'buckets hold what was not used');
SELECT is_empty($$ SELECT bucket_id FROM bank.points_bucket WHERE expires_on <>
                   bank.points_expiry(programme, earned_on)
                   OR (remaining > 0 AND expires_on < bank.today()) $$,
                'buckets expire as the rule says');

SELECT is_empty($$ SELECT case_id FROM bank.case_file WHERE received_at > now() OR closed_at > now()
                   OR told_at > closed_at OR responded_at > told_at OR taken_at > responded_at
                   OR received_at > taken_at $$, 'the times of cases are in order');
SELECT is_empty($$ SELECT case_id FROM bank.case_file f WHERE stage IS DISTINCT FROM (SELECT
                   stage_after FROM bank.case_event e WHERE e.case_id = f.case_id
                   ORDER BY at DESC, event_id DESC LIMIT 1) $$,
                'the history of a case ends in its stage');
SELECT is_empty($$ SELECT case_id FROM bank.case_file f WHERE f.case_type = 'complaint'
                   AND NOT EXISTS (SELECT FROM bank.case_clock k WHERE k.case_id = f.case_id AND k.clock = 'first_response') $$,
                'every complaint has its clock');
SELECT is_empty($$ SELECT subject FROM bank.case_file WHERE subject || facts || remedy ~ '[][{}|]' $$,
                'no blank of a text was left open');
SELECT ok((SELECT count(*) FROM bank.case_file WHERE stage = 'classified') > 0,
          'some complaints wait for the opening job');

-- Search rows are made by the loader: the database would make the same.
CREATE TEMP TABLE term AS SELECT * FROM bank.customer_term;
CREATE TEMP TABLE shown AS SELECT * FROM bank.customer_search;
SELECT bank.search_rebuild();
SELECT is_empty($$ (SELECT customer_id, term, kind, unit_id FROM bank.customer_term EXCEPT SELECT
                   customer_id, term, kind, unit_id FROM term) UNION ALL (SELECT customer_id, term,
                   kind, unit_id FROM term EXCEPT SELECT customer_id, term, kind, unit_id
                   FROM bank.customer_term) $$, 'search terms are what the database makes');
SELECT is_empty($$ SELECT * FROM bank.customer_search EXCEPT SELECT * FROM shown $$,
                'search rows are what the database makes');
SELECT ok((SELECT count(*) FILTER (WHERE name ~ '^[王李张刘陈]') * 100.0 / count(*) BETWEEN 24 AND 37
             FROM bank.customer WHERE kind = 'person'), 'the five great surnames have their share');
SELECT is_empty($$ SELECT login FROM bank.staff s WHERE login ~ '0[12]$' AND login !~ '^e' AND NOT
                   pg_has_role(login, 'bankops_' || role, 'MEMBER') $$,
                'demo logins have the role of their work');
SELECT is_empty($$ SELECT f.number FROM bank.case_file f JOIN bank.case_event e USING (customer_id, case_id)
                   WHERE f.case_type = 'complaint' AND f.level = 'major' AND f.told_how IN ('phone', 'visit') AND e.action = 'approve'
                     AND (e.stage_after <> 'approved' OR e.at >= f.told_at) $$,
                'who is told by voice was not told when it was approved');
-- What follows complaints and applications is there, and no older than a desk would let it be.
SELECT is_empty($$ SELECT t FROM unnest('{case_extension,case_redress,case_cause,case_mediation,access_grant,
                   points_adjustment,case_import,case_origin}'::text[]) t
                   WHERE (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM bank.' || t, false, true,
                   '')))[1]::text = '0' $$, 'no list of what follows a case is empty');
SELECT is((SELECT string_agg(state, ' ' ORDER BY state) FROM bank.case_extension), 'approved approved asked refused',
          'more time is asked for, given and refused');
SELECT is_empty($$ SELECT k.case_id FROM bank.case_clock k WHERE k.due_at <> bank.clock_due(k) AND NOT bank.clock_held(k)
                   AND k.case_id IN (SELECT case_id FROM bank.case_extension) $$, 'and its clocks are what the rules make of it');
SELECT is_empty($$ SELECT case_id FROM bank.case_redress WHERE checker_id = maker_id OR decided_at < asked_at
                   UNION SELECT case_id FROM bank.case_cause WHERE done_at < set_at $$, 'by two persons, in order');
SELECT is_empty($$ SELECT case_id FROM bank.case_cause WHERE measure <> '' AND done_at IS NULL
                   AND due_on < bank.today() - 6 $$, 'no measure is late by more than days');
SELECT is_empty($$ SELECT number, due_at FROM bank.case_file WHERE stage = 'executed'
                   AND due_at < now() - interval '12 days' $$, 'no follow-up is late by weeks');
SELECT is_empty($$ SELECT task_id FROM bank.task WHERE state = 'open' AND due_at < now() - interval '9 days' $$,
                'nor a task');
SELECT is((SELECT string_agg(DISTINCT state, ' ' ORDER BY state) FROM bank.payroll_list),
          'approved faulty paid proposed refused withdrawn', 'lists of wages in every state');
SELECT ok((SELECT sum(returned) > 0 FROM bank.payroll_list), 'some of it came back');
SELECT is_empty($$ SELECT l.list_id FROM bank.payroll_list l CROSS JOIN LATERAL (SELECT count(*) AS people, count(fault) AS
                   faults, sum(amount) FILTER (WHERE fault IS NULL) AS total FROM bank.payroll_line p
                   WHERE p.customer_id = l.customer_id AND p.list_id = l.list_id) x
                   WHERE (l.people, l.faults, l.total) IS DISTINCT FROM (x.people, x.faults, x.total)
                      OR (l.faults > 0) <> (l.state = 'faulty') OR l.state = 'approved' AND l.pay_on > bank.today()
                         AND l.total > (SELECT a.balance FROM bank.account a WHERE a.account_id = l.account_id) $$,
                'they add up, and what is released is covered');
SELECT is((SELECT sum(e.amount) FROM bank.entry e JOIN bank.payroll_list l ON e.at = l.paid_at
            WHERE e.narrative LIKE bank.setting('salary_narrative') || '%'), 0::numeric, 'what was paid came from the enterprise');
SELECT is((SELECT string_agg(DISTINCT bank.identity_state(a), ' ') FROM bank.application a WHERE a.visited_at IS NOT NULL),
          'low proved waits', 'of those who came to the visit some are still to be proved');
SELECT is_empty($$ SELECT e.case_id FROM bank.case_event e WHERE e.at > clock_timestamp() $$, 'and nothing happens in the future');
SELECT * FROM finish();
ROLLBACK;
