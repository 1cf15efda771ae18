-- Who applies in SQL tests of applications, after small-bank.sql, and short ways to act on a case.
-- A bank to apply to: a supplier, a core enterprise, people with and without a good history.
CREATE FUNCTION pg_temp.id_of(p_seventeen text) RETURNS text LANGUAGE sql AS $$
    SELECT p_seventeen || s FROM regexp_split_to_table('0123456789X', '') s
     WHERE bank.resident_id_fault(p_seventeen || s) IS NULL $$;
CREATE FUNCTION pg_temp.code_of(p_seventeen text) RETURNS text LANGUAGE sql AS $$
    SELECT p_seventeen || s FROM regexp_split_to_table('0123456789ABCDEFGHJKLMNPQRTUWXY', '') s
     WHERE bank.credit_code_fault(p_seventeen || s) IS NULL $$;
UPDATE bank.setting SET value = '2026-11-20' WHERE name = 'business_date';
INSERT INTO bank.product (product, kind, name_zh, name_en) VALUES ('SAV', 'savings', 'x', 'x') ON CONFLICT DO NOTHING;
UPDATE bank.customer SET birth_date = '1990-05-05', opened_on = '2018-01-01' WHERE customer_id IN (101, 102, 109);
INSERT INTO bank.customer (customer_id, customer_number, kind, name, unit_id, opened_on)
VALUES (301, 'K301', 'company', '东方电子有限公司', 3, '2020-01-01'), (302, 'K302', 'company', '远洋供应有限公司', 3, '2020-01-01'),
       (303, 'K303', 'company', '西城贸易有限公司', 5, '2020-01-01'), (304, 'K304', 'company', '别家供应有限公司', 3, '2020-01-01');
INSERT INTO bank.customer_identity (customer_id, kind, number, expires_on, unit_id) VALUES
    (101, 'resident_id', pg_temp.id_of('11010519900505001'), '2036-01-01', 3), (102, 'resident_id', pg_temp.id_of('11010519900505003'), '2020-01-01', 3),
    (201, 'resident_id', pg_temp.id_of('11010519800505005'), '2036-01-01', 5),
    (301, 'credit_code', pg_temp.code_of('91310000100000301'), NULL, 3), (302, 'credit_code', pg_temp.code_of('91310000100000302'), NULL, 3),
    (303, 'credit_code', pg_temp.code_of('91310000100000303'), NULL, 5), (304, 'credit_code', pg_temp.code_of('91310000100000304'), NULL, 3);
INSERT INTO bank.account (customer_id, account_id, number, product, balance, opened_on, unit_id) VALUES
    (101, 9001, '1003010000000001', 'SAV', 5000000, '2018-01-01', 3), (102, 9002, '1003010000000002', 'SAV', 100, '2018-01-01', 3),
    (302, 9003, '1003020000000003', 'CUR', 100, '2020-01-01', 3), (304, 9004, '1003020000000004', 'CUR', 100, '2020-01-01', 3);
INSERT INTO bank.entry (customer_id, account_id, at, amount, balance_after, channel, narrative, unit_id)
SELECT 101, 9001, date '2026-05-15' + make_interval(months => n), 1200000, 0, 'batch', '代发工资', 3 FROM generate_series(0, 5) n;
INSERT INTO bank.outside_fact SELECT 101, s, f, '2026-11-10', 3, v, r FROM (VALUES ('bureau', 'overdue', 0, 'CR1'),
    ('bureau', 'queries', 1, 'CR1'), ('bureau', 'monthly_debt', 100000, 'CR1'), ('social', 'social_months', 24, 'SI1')) x (s, f, v, r);
CREATE FUNCTION pg_temp.call(p_login text, p_what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.%s gen_random_uuid())).status', p_what)) $$;
CREATE FUNCTION pg_temp.stage(p_case bigint) RETURNS text LANGUAGE sql AS $$ SELECT stage || ' ' || coalesce(queue, '') FROM bank.case_file WHERE case_id = p_case $$;
CREATE FUNCTION pg_temp.last_case() RETURNS bigint LANGUAGE sql AS $$ SELECT max(case_id) FROM bank.case_file $$;
CREATE FUNCTION pg_temp.result(p_case bigint, p_rule text) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM bank.application_check WHERE case_id = p_case AND rule = p_rule ORDER BY run DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.stops(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(k.rule, ' ' ORDER BY r.seq) FROM bank.application_check k JOIN bank.case_file f USING (customer_id, case_id)
      JOIN bank.check_rule r ON r.case_type = f.case_type AND r.rule = k.rule
     WHERE k.case_id = p_case AND k.result IN ('fail', 'missing') AND k.run = (SELECT max(run) FROM bank.application_check WHERE case_id = p_case) $$;

-- What the screen offers before it is tried.
CREATE FUNCTION pg_temp.ready(p_login text, p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT ready || '' '' || again FROM api.application(%s, %s)', customer_id, p_case))
      FROM bank.case_file WHERE case_id = p_case $$;
