-- A relationship manager's own customers, and what administrators keep.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

UPDATE bank.customer SET manager_id = (SELECT staff_id FROM bank.staff WHERE login = 't_rm')
 WHERE customer_id IN (101, 102);
SELECT results_eq($$ SELECT pg_temp.as('t_rm', 'SELECT count(*) FROM api.portfolio') $$,
                  $$ VALUES ('2') $$, 'the manager sees the customers he manages');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.portfolio'), '42501', 'a clerk has no portfolio');
SELECT is(pg_temp.as('t_rm', 'SELECT customers FROM api.portfolio_summary()'), '2', 'the figures are of them');
SELECT is(pg_temp.as('t_rm', 'SELECT sum(customers) FROM api.portfolio_tiers()'),
          (SELECT count(*)::text FROM bank.member WHERE customer_id IN (101, 102)), 'every tier counts them once');
INSERT INTO bank.task (customer_id, title, due_at, owner_id, created_by, unit_id)
SELECT 101, 'call', now() + interval '1 hour', s.staff_id, s.staff_id, c.unit_id
  FROM bank.staff s, bank.customer c WHERE s.login = 't_rm' AND c.customer_id = 101;
SELECT is(pg_temp.as('t_rm', 'SELECT reason FROM api.portfolio_calls(10) WHERE customer_id = 101'), 'task',
          'a task due today is the first reason to call');
UPDATE bank.customer SET no_contact = true WHERE customer_id = 101;
SELECT is(pg_temp.as('t_rm', 'SELECT count(*) FROM api.portfolio_calls(10) WHERE customer_id = 101'), '0',
          'nobody is told to call who asked not to be called');
UPDATE bank.customer SET restricted = true WHERE customer_id = 102;
SELECT is(pg_temp.as('t_rm', 'SELECT reason || coalesce(assets::text, '' no figure'') FROM api.portfolio WHERE customer_id = 102'),
          'locked no figure', 'a restricted customer shows no figure');
SELECT is(pg_temp.as('t_rm', 'SELECT name FROM api.portfolio WHERE customer_id = 102'),
          (SELECT bank.mask_name(name) FROM bank.customer WHERE customer_id = 102), 'and a masked name');

INSERT INTO bank.campaign (campaign_id, code, name_zh, name_en, purpose, starts_on, ends_on, state)
VALUES (900, 'T-RUN', 't', 't', 'grow', '2026-01-01', '2099-12-31', 'running');
INSERT INTO bank.campaign_member (customer_id, campaign_id, variant, state, at, unit_id)
SELECT customer_id, 900, CASE customer_id WHEN 101 THEN 'A' ELSE 'control' END,
       CASE customer_id WHEN 101 THEN 'sent' ELSE 'held_back' END, now(), unit_id
  FROM bank.customer WHERE customer_id IN (101, 102);
SELECT is(pg_temp.as('t_rm', 'SELECT string_agg(customer_id::text, '','') FROM api.campaign_target WHERE campaign_id = 900'),
          '101', 'the control group is not shown as somebody to call');
SELECT is(pg_temp.as('t_rm', 'SELECT sent FROM api.portfolio_campaigns() WHERE code = ''T-RUN'''), '1', 'and is not counted');

SELECT is(pg_temp.as(login, format('SELECT (api.setting_set(%L, %L, %L, gen_random_uuid())).status', name, value, former)),
          wanted, login || ' sets ' || name || ' to ' || value)
  FROM (VALUES ('t_admin', 'grant_hours', '12', '8', 'done'), ('t_admin', 'grant_hours', '13', '8', 'BO409'),
    ('t_admin', 'grant_hours', 'many', '12', 'BO422'), ('t_admin', 'business_date', '2030-01-01', bank.setting('business_date'), 'BO403'),
    ('t_admin', 'timezone', 'Mars/Base', 'Asia/Shanghai', 'BO422'), ('t_admin', 'nothing', '1', '1', 'BO404'),
    ('t_super', 'grant_hours', '9', '12', '42501')) AS t (login, name, value, former, wanted);
SELECT is(bank.setting('grant_hours'), '12', 'the good one is kept');
SELECT is((SELECT after->>'value' FROM bank.audit WHERE action = 'setting_set' ORDER BY audit_id DESC LIMIT 1), '12',
          'and stands in the audit trail');
SELECT is(pg_temp.as('t_admin', format('SELECT (api.calendar_day_propose(%L, ''holiday'', ''假'', ''free'', ''x'', gen_random_uuid())).status',
          bank.today() + 3)), 'done', 'a coming day shall become a holiday');
SELECT is(pg_temp.as('t_super2', 'SELECT (api.calendar_change_decide(change_id, ''approve'', '''', gen_random_uuid())).status
          FROM api.calendar_change_list'), 'done', 'and is one when a second person agrees');
SELECT is(pg_temp.as('t_admin', format('SELECT (api.calendar_day_propose(%L, ''holiday'', '''', '''', ''x'', gen_random_uuid())).status',
          bank.today())), 'BO422', 'a day that has begun stays');
SELECT is(pg_temp.as('t_clerk', format('SELECT kind FROM api.calendar_month(%L) WHERE day = %L', bank.today() + 3, bank.today() + 3)),
          'holiday', 'everybody sees it');
SELECT is(pg_temp.as('t_audit', 'SELECT count(*) FROM api.role_right WHERE role = ''clerk'' AND name = ''setting_set'''), '0',
          'the rights of a role are those of the database');
SELECT * FROM finish();
ROLLBACK;
