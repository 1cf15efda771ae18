-- Points: double entry, replays, first in first out, reversals, debts, expiry, second person, scope.
BEGIN;
\ir ../lib/small-bank.sql
SELECT plan(70);

CREATE FUNCTION pg_temp.post(p_login text, p_rule text, p_points bigint, p_request text DEFAULT NULL,
                             p_customer bigint DEFAULT 101) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.points_post(%s, %L, %s, ''n'', %L)).status',
        p_customer, p_rule, p_points, coalesce(p_request, gen_random_uuid()::text))) $$;
CREATE FUNCTION pg_temp.reverse(p_login text, p_transaction bigint) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.points_reverse(101, %s, ''n'', gen_random_uuid()))'
        '.status', p_transaction)) $$;
CREATE FUNCTION pg_temp.last() RETURNS bigint LANGUAGE sql AS
$$ SELECT max(transaction_id) FROM bank.points_transaction $$;
CREATE FUNCTION pg_temp.account() RETURNS text LANGUAGE sql AS
$$ SELECT format('%s %s %s', available, pending, negative) FROM bank.points_account
    WHERE customer_id = 101 $$;
CREATE FUNCTION pg_temp.buckets() RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(remaining::text, ' ' ORDER BY bucket_id) FROM bank.points_bucket
    WHERE customer_id = 101 $$;
CREATE FUNCTION pg_temp.proof() RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as('t_super', 'SELECT sum(abs(difference)) FROM api.points_proof()') $$;

-- One key, one posting: what a client does after a lost connection.
SELECT is(pg_temp.post('t_clerk', 'card', 500, '00000000-0000-0000-0000-00000000000a'), 'done', 'earned');
SELECT is(pg_temp.post('t_clerk', 'card', 500, '00000000-0000-0000-0000-00000000000a'), 'replayed',
          'the same key answers with the first posting');
SELECT is(pg_temp.account(), '500 0 0', 'and posts nothing more');
SELECT is(pg_temp.post('t_clerk', 'card', 501, '00000000-0000-0000-0000-00000000000a'), 'BO409',
          'the same key with another amount is refused');
SELECT is(pg_temp.post('t_clerk', 'deposit', 500, '00000000-0000-0000-0000-00000000000a'), 'BO409',
          'with another rule too');
SELECT is(pg_temp.post('t_clerk2', 'card', 500, '00000000-0000-0000-0000-00000000000a'), 'BO409',
          'by another person too');
SELECT throws_ok($$INSERT INTO bank.points_transaction (customer_id, programme, unit_id, kind, points,
    request, business_date, balance_after) VALUES (101, 'main', 3, 'earn', 1,
    '00000000-0000-0000-0000-00000000000a', '2030-01-01', 1)$$, '23505', NULL,
    'the table itself holds one posting for each key');
SELECT is((SELECT count(*) FROM bank.audit WHERE action = 'points_earn' AND customer_id = 101), 1::bigint,
          'one audit row');

-- Double entry.
SELECT is((SELECT from_account || ' > ' || to_account || ' ' || points FROM bank.points_posting
            WHERE customer_id = 101), 'bank:issue > member:available 500', 'from the bank to the member');
SELECT is(pg_temp.as('t_super', 'SELECT sum(amount) FROM api.points_entry'), '0', 'entries sum to zero');
SELECT throws_ok($$INSERT INTO bank.points_posting VALUES (101, 1, 50, 3, 'bank:issue', 'bank:issue', 5)$$,
                 '23514', NULL, 'a posting to its own account is refused');
SELECT throws_ok($$INSERT INTO bank.points_posting VALUES (101, 1, 51, 3, 'bank:issue',
                 'member:available', -5)$$, '23514', NULL, 'a negative posting is refused');
SELECT throws_ok($$INSERT INTO bank.points_posting VALUES (101, 1, 52, 3, 'bank:issue', 'x', 5)$$,
                 '23514', NULL, 'an unknown account is refused');

-- First in, first out, by expiry.
SELECT is(pg_temp.post('t_clerk', 'card', 300), 'done', 'earned more');
UPDATE bank.points_bucket SET expires_on = bank.today() + 10 WHERE bucket_id = pg_temp.last();
SELECT is(pg_temp.post('t_clerk', 'gift', 400), 'done', 'redeemed');
SELECT is(pg_temp.buckets(), '400 0', 'the earliest expiry goes first, the rest from the next');
SELECT is(pg_temp.account(), '400 0 0', 'the balance follows');
SELECT pg_temp.last() AS gift \gset
SELECT is(pg_temp.as('t_clerk', 'SELECT expires_next FROM api.points_balance(101)'), '400',
          'what expires next');
SELECT is(pg_temp.post('t_clerk', 'gift', 401), 'BO422', 'more than there is, is refused');
SELECT is(pg_temp.account(), '400 0 0', 'and changes nothing');
SELECT throws_ok('UPDATE bank.points_account SET available = -1 WHERE customer_id = 101', '23514', NULL,
                 'the table itself refuses an overdraft');

-- Reversals.
SELECT is(pg_temp.reverse('t_clerk', :gift), '42501', 'a clerk may not reverse');
SELECT is(pg_temp.reverse('t_super', :gift), 'done', 'a supervisor may');
SELECT is(pg_temp.buckets(), '500 300', 'the points are back in their buckets');
SELECT is((SELECT expires_on - bank.today() FROM bank.points_bucket ORDER BY bucket_id DESC LIMIT 1), 10,
          'with their expiry');
SELECT is(pg_temp.reverse('t_super', :gift), 'BO423', 'but once');
SELECT throws_ok($$INSERT INTO bank.points_transaction (customer_id, programme, unit_id, kind, points, request, reverses, business_date, balance_after)
    SELECT customer_id, programme, unit_id, kind, points, gen_random_uuid(), reverses, business_date, balance_after
      FROM bank.points_transaction WHERE reverses IS NOT NULL LIMIT 1$$, '23505', NULL, 'whoever writes');
SELECT is(pg_temp.reverse('t_super', pg_temp.last()), 'BO423', 'a reversal is not reversed');
SELECT is(pg_temp.proof(), '0', 'the ledger is in balance');

-- An earning taken back after it was spent is owed, and repaid first.
SELECT is(pg_temp.post('t_clerk', 'gift', 600), 'done', 'most is spent');
SELECT is(pg_temp.reverse('t_super', (SELECT min(transaction_id) FROM bank.points_transaction)), 'done',
          'the first earning is taken back');
SELECT is(pg_temp.account(), '0 0 300', 'what was spent is owed');
SELECT is(pg_temp.post('t_clerk', 'card', 100), 'done', 'the next earning');
SELECT is(pg_temp.account(), '0 0 200', 'repays');
SELECT is(pg_temp.post('t_clerk', 'card', 250), 'done', 'and the next');
SELECT is(pg_temp.account(), '50 0 0', 'leaves the rest');
SELECT is(pg_temp.proof(), '0', 'the ledger is in balance');

-- Limits, pending points.
SELECT is(pg_temp.post('t_clerk', 'card', 20001), 'BO422', 'more than the rule allows at once');
SELECT is(pg_temp.post('t_clerk', 'card', 0), 'BO422', 'nothing');
SELECT is(pg_temp.post('t_clerk', 'goodwill', 1000), 'done', 'the day''s limit');
SELECT is(pg_temp.post('t_clerk', 'goodwill', 1), 'BO422', 'is kept');
SELECT is(pg_temp.post('t_clerk', 'wealth', 10), 'BO403', 'a rule for other roles');
SELECT is(pg_temp.post('t_rm', 'wealth', 700), 'done', 'pending points');
SELECT is(pg_temp.account(), '1050 700 0', 'cannot be used yet');
SELECT is(pg_temp.post('t_rm', 'gift', 1051), 'BO422', 'not even a little');
UPDATE bank.setting SET value = (bank.today() + 15)::text WHERE name = 'business_date';
SELECT is(pg_temp.as('t_super', 'SELECT (api.points_day_end(gen_random_uuid())).id'), '1',
          'the day end releases them');
SELECT is(pg_temp.account(), '1750 0 0', 'when their day has come');

-- Expiry.
UPDATE bank.setting SET value = '2040-01-01' WHERE name = 'business_date';
SELECT is(pg_temp.as('t_clerk', 'SELECT api.points_day_end(gen_random_uuid())'), '42501',
          'a clerk does not run the day end');
SELECT ok(pg_temp.as('t_super', 'SELECT (api.points_day_end(gen_random_uuid())).id')::int > 0,
          'points past their last day');
SELECT is(pg_temp.account(), '0 0 0', 'expire');
SELECT is(pg_temp.proof(), '0', 'the ledger is in balance');
-- The day end of the worker: the bank's day follows the calendar, the points follow the day.
UPDATE bank.setting SET value = (bank.local_day(now()) - 3)::text WHERE name = 'business_date';
SELECT is(pg_temp.post('t_rm', 'wealth', 300), 'done', 'pending points of three days ago');
UPDATE bank.points_bucket SET available_on = earned_on + 2 WHERE pending;
SELECT is(pg_temp.as('t_worker', 'SELECT day || '' '' || moved || '' '' || points || '' '' || failed FROM api.day_end()'),
          bank.local_day(now()) || ' true 1 0', 'the day moves on and the points are released');
SELECT is(pg_temp.account(), '300 0 0', 'once');
SELECT is(pg_temp.as('t_worker', 'SELECT moved || '' '' || points || '' '' || failed FROM api.day_end()'),
          'false 0 0', 'then nothing is left to do');
SELECT is((SELECT before::text || ' ' || after::text FROM bank.audit WHERE action = 'day_end'),
          format('{"value": "%s"} {"value": "%s"}', bank.local_day(now()) - 3, bank.today()),
          'it is in the trail once');
SELECT is((SELECT bank.points_bucket_end(customer_id, bucket_id, bank.today(), gen_random_uuid()) FROM bank.points_bucket
            WHERE remaining = 300 AND NOT pending), false, 'who comes late releases nothing again');
SELECT is(pg_temp.account(), '300 0 0', 'and nothing is owed');
UPDATE bank.setting SET value = '2040-01-01' WHERE name = 'business_date';
SELECT is(pg_temp.as('t_worker', 'SELECT day || '' '' || moved || '' '' || points FROM api.day_end()'),
          '2040-01-01 false 1', 'a day ahead of the calendar stays; points expire by it');
SELECT is(pg_temp.as('t_clerk', 'SELECT api.day_end()'), '42501', 'a clerk does not end the day');
SELECT is(pg_temp.account(), '0 0 0', 'nothing is left');
SELECT is(pg_temp.proof(), '0', 'the ledger is in balance');
SELECT is(bank.points_expiry('main', '2026-01-31'), '2028-01-31'::date, 'to the end of the month');

-- Adjustments: a second person.
SELECT is(pg_temp.as('t_super', $$SELECT (api.points_adjust(101, 70, 'missing', gen_random_uuid())).status$$),
          'done', 'asked for');
SELECT is(pg_temp.as('t_super', format($$SELECT api.points_adjust_decide(101, %s, 'approve', '',
          gen_random_uuid())$$, (SELECT max(adjustment_id) FROM bank.points_adjustment))), 'BO403',
          'the maker does not decide');
SELECT is(pg_temp.as('t_super2', format($$SELECT (api.points_adjust_decide(101, %s, 'approve', '',
          gen_random_uuid())).status$$, (SELECT max(adjustment_id) FROM bank.points_adjustment))), 'done',
          'somebody else does');
SELECT is(pg_temp.account(), '70 0 0', 'and it is posted');

-- Scope.
SELECT is(pg_temp.post('t_west', 'card', 5), 'BO404', 'another branch does not find the customer');
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.points_history'), '0', 'or see the postings');
SELECT is(pg_temp.as('t_west', 'SELECT count(*) FROM api.points_account_list WHERE 1 / (available - 70) = 1'),
          '0', 'or learn of the account through a condition that fails');

SELECT * FROM finish();
ROLLBACK;
