-- Reports: the figures of one month from known cases, who may read them, and other months apart.
BEGIN;
\ir ../lib/small-bank.sql
SELECT plan(17);

CREATE FUNCTION pg_temp.case(p_customer bigint, p_queue text, p_received text, p_answered text,
                             p_closed text, p_outcome text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO bank.case_file (customer_id, unit_id, stage, channel, business, reason, subject,
        facts, queue, owner_id, received_at, responded_at, told_at, told_how, decision, closed_at,
        outcome)
    SELECT p_customer, unit_id, CASE WHEN p_closed IS NULL THEN 'accepted' ELSE 'closed' END, 'A01',
        'B02', CASE p_queue WHEN 'card' THEN 'C07' ELSE 'C10' END, 's', 'f', p_queue, 901,
        p_received::timestamptz, p_answered::timestamptz, p_closed::timestamptz, 'app', 'd',
        p_closed::timestamptz, p_outcome
      FROM bank.customer WHERE customer_id = p_customer $$;
UPDATE bank.setting SET value = '2030-04-30' WHERE name = 'business_date';
-- Monday 2030-04-08: answered in 60 and 180 working minutes, never, and one of another branch.
SELECT pg_temp.case(101, 'card', '2030-04-08 09:00+08', '2030-04-08 10:00+08', '2030-04-09 10:00+08', 'resolved'),
       pg_temp.case(101, 'card', '2030-04-08 09:00+08', '2030-04-08 13:30+08', '2030-04-30 10:00+08', 'not_upheld'),
       pg_temp.case(102, 'card', '2030-04-08 09:00+08', NULL, NULL, NULL),
       pg_temp.case(102, 'fraud', '2030-04-09 09:00+08', '2030-04-09 09:30+08', '2030-04-09 10:00+08', 'withdrawn'),
       pg_temp.case(201, 'card', '2030-04-08 09:00+08', '2030-04-08 09:10+08', '2030-04-08 10:00+08', 'resolved'),
       pg_temp.case(101, 'card', '2030-03-31 23:59+08', '2030-04-01 09:10+08', '2030-04-02 10:00+08', 'resolved');
SELECT is(bank.case_clock_fill(), 6::bigint, 'cases loaded from outside get their clocks');
SELECT is(bank.case_clock_fill(), 0::bigint, 'once');
CREATE FUNCTION pg_temp.level(p_login text, p_month text, p_queue text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT format(''%%s %%s %%s %%s %%s %%s %%s %%s'', received, answered, in_time,
   response_rate, closed, resolved, resolution_rate, statutory_rate) FROM api.report_service_level(%L) WHERE queue = %L',
   p_month, p_queue)) $$;
SELECT is(pg_temp.level('t_super', '2030-04', 'card'), '3 2 1 50.0 2 1 50.0 50.0',
          'a case still open inside its clock counts in no rate; late ones count against it')
 WHERE bank.due_at('service', '2030-04-08 09:00+08', 120) > now();
SELECT is(pg_temp.level('t_super2', '2030-04', 'card'), '4 3 2 66.7 3 2 66.7 66.7', 'head office sees all')
 WHERE bank.due_at('service', '2030-04-08 09:00+08', 120) > now();
SELECT is(pg_temp.level('t_super', '2030-04', 'fraud'), '1 1 1 100.0 1 0  100.0',
          'a withdrawn case has no share in the resolution rate');
SELECT is(pg_temp.level('t_super', '2030-03', 'card'), '1 1 1 100.0 1 1 100.0 100.0',
          'the last minute of March belongs to March');
SELECT is(pg_temp.level('t_super', '', 'card'), pg_temp.level('t_super', '2030-04', 'card'),
          'no month is the month of the business date');
SELECT is(pg_temp.level('t_audit', '2030-04', 'fraud'), '1 1 1 100.0 1 0  100.0', 'auditors read reports');
SELECT is(pg_temp.level('t_clerk', '2030-04', 'card'), '42501', 'clerks do not');
SELECT is(pg_temp.level('t_super', '2030-13', 'card'), 'BO422', 'a month that does not exist');
SELECT is(pg_temp.level('t_super', '30-4', 'card'), 'BO422', 'a month written otherwise');
SELECT is(pg_temp.as('t_super', 'SELECT format(''%s %s'', count(*), sum(received)) FROM api.report_case_day(''2030-04'')'),
          '30 4', 'every day has its line');
SELECT is(pg_temp.as('t_super', 'SELECT received || '' '' || share FROM api.report_case_mix(''2030-04'') WHERE reason = ''C07'''),
          '3 75.0', 'shares of business and reason');
SELECT is(pg_temp.as('t_super', 'SELECT received FROM api.report_case_owner(''2030-04'') WHERE login = ''t_clerk'''), '4',
          'by owner');

-- The points roll-forward closes.
SELECT pg_temp.as('t_clerk', 'SELECT api.points_post(101, ''card'', 1000, '''', gen_random_uuid())'),
       pg_temp.as('t_clerk', 'SELECT api.points_post(101, ''gift'', 300, '''', gen_random_uuid())');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(points::text, '' '' ORDER BY line) FROM api.report_points(''2030-04'')'),
          '0 1000 -300 0 0 700', 'opening, issued, redeemed, expired, adjusted, closing');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(points::text, '' '' ORDER BY line) FROM api.report_points(''2030-05'')'),
          '700 0 0 0 0 700', 'the next month opens with it');
SELECT is(pg_temp.as('t_super2', 'SELECT worth || currency FROM api.report_points(''2030-04'') WHERE line = 6'), '140CNY',
          'and what they are worth');

SELECT * FROM finish();
ROLLBACK;
