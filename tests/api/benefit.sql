-- Benefits: what a tier has, what is used and left, and who takes a use back.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
UPDATE bank.setting SET value = '2026-11-20' WHERE name = 'business_date';
INSERT INTO bank.benefit (benefit, seq, kind, name_zh, name_en, period) VALUES
    ('tb-m', 1, 'fee', '月', 'Monthly', 'month'), ('tb-q', 2, 'gift', '季', 'Quarterly', 'quarter'),
    ('tb-y', 3, 'travel', '年', 'Yearly', 'year'), ('tb-other', 4, 'gift', '其他', 'Other', 'year');
INSERT INTO bank.tier_benefit VALUES ('t1', 'tb-m', 2), ('t1', 'tb-q', 1), ('t1', 'tb-y', NULL), ('t5', 'tb-other', 1);
INSERT INTO bank.member (customer_id, member_number, tier, since, joined_on, unit_id) VALUES
    (101, 'M1', 't1', '2024-01-01', '2020-01-01', 3), (201, 'M2', 't1', '2024-01-01', '2020-01-01', 5);
INSERT INTO bank.benefit_use (customer_id, benefit, used_on, quantity, unit_id) VALUES
    (101, 'tb-m', '2026-11-01', 1, 3), (101, 'tb-m', '2026-10-31', 1, 3), (101, 'tb-q', '2026-09-30', 1, 3),
    (101, 'tb-y', '2026-01-01', 7, 3), (101, 'tb-y', '2025-12-31', 9, 3), (101, 'tb-other', '2026-02-01', 1, 3),
    (201, 'tb-m', '2026-11-02', 1, 5);
SELECT pg_temp.opened('t_clerk', 101);

CREATE FUNCTION pg_temp.shown() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', 'SELECT string_agg(concat_ws(''/'', benefit, used, remaining, shown, until), '' '')
                                  FROM api.customer_benefits(101)') $$;
CREATE FUNCTION pg_temp.use(p_login text, p_customer bigint, p_benefit text, p_quantity int,
                            p_key text DEFAULT gen_random_uuid()::text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT status FROM api.benefit_use(%s, %L, %s, ''n'', %L)',
                                      p_customer, p_benefit, coalesce(p_quantity::text, 'NULL'), p_key)) $$;

SELECT is(pg_temp.shown(), 'tb-m/1/1/1/2/2026-11-30 tb-q/0/1/1/1/2026-12-31 tb-y/7/∞/2026-12-31 tb-other/1/0/0/0/2026-12-31',
          'uses count in their own month, quarter and year; one of an earlier tier stays visible');
SELECT is(pg_temp.use('t_clerk', 101, 'tb-m', 2), 'BO423', 'not more than is left');
SELECT is(pg_temp.use('t_clerk', 101, 'tb-m', 1, '00000000-0000-4000-8000-0000000000b1'), 'done', 'the last one');
SELECT is(pg_temp.use('t_clerk', 101, 'tb-m', 1, '00000000-0000-4000-8000-0000000000b1'), 'replayed', 'once for its key');
SELECT is(pg_temp.use('t_clerk', 101, 'tb-m', 1), 'BO423', 'then nothing is left');
SELECT is(pg_temp.use('t_clerk', 101, 'tb-y', 100), 'done', 'what has no limit');
SELECT is(pg_temp.use('t_clerk', 101, 'tb-other', 1), 'BO423', 'not what another tier has');
SELECT is(pg_temp.use('t_clerk', 101, 'tb-q', n), 'BO422', 'no number: ' || coalesce(n::text, 'none'))
FROM unnest(ARRAY[0, -1, 101, NULL]) n;
SELECT is(pg_temp.use('t_clerk', 201, 'tb-m', 1), 'BO404', 'nor for another branch');
SELECT is(pg_temp.use('t_clerk', 103, 'tb-m', 1), 'BO428', 'nor for a restricted customer');
SELECT is(pg_temp.use('t_audit', 101, 'tb-q', 1), '42501', 'an auditor uses nothing');
SELECT is((SELECT count(*)::int FROM bank.audit WHERE action = 'benefit_use' AND customer_id = 101), 2, 'each in the audit');

-- Taking back.
CREATE FUNCTION pg_temp.back(p_login text, p_benefit text, p_day date) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT status FROM api.benefit_take_back(101, %s, ''by mistake'', gen_random_uuid())',
        (SELECT max(use_id) FROM bank.benefit_use WHERE customer_id = 101 AND benefit = p_benefit AND used_on = p_day))) $$;
SELECT is(pg_temp.as('t_super', 'SELECT status FROM api.benefit_take_back(101, 0, ''by mistake'', gen_random_uuid())'), 'BO404', 'what there was not');
SELECT is(pg_temp.back('t_rm', 'tb-m', '2026-11-20'), 'BO403', 'not what another recorded');
SELECT is(pg_temp.back('t_clerk', 'tb-m', '2026-11-20'), 'done', 'one''s own of today');
SELECT is(pg_temp.back('t_clerk', 'tb-m', '2026-11-20'), 'BO423', 'once');
SELECT is(pg_temp.back('t_clerk', 'tb-m', '2026-11-01'), 'BO403', 'not that of another day');
SELECT is(pg_temp.back('t_super', 'tb-m', '2026-11-01'), 'done', 'a supervisor may');
SELECT ok(pg_temp.shown() LIKE 'tb-m/0/2/2/2/%', 'then it can be used again');
SELECT is(pg_temp.as('t_clerk', 'SELECT string_agg(state, '' '' ORDER BY use_id) FROM api.benefit_use_list WHERE benefit = ''tb-m'''),
          'taken_back used taken_back', 'the list keeps all of the caller''s units and nothing of others');
UPDATE bank.customer SET restricted = true WHERE customer_id = 101;
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.benefit_use_list'), '0', 'nor of closed customers');
SELECT * FROM finish();
ROLLBACK;
