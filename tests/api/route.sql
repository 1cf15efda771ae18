-- Routing: which rule, which person, and why.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

CREATE FUNCTION pg_temp.open(p_customer bigint, p_business text, p_reason text, p_more text DEFAULT '',
                             p_facts text DEFAULT '事实') RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', format('SELECT (o).id FROM (SELECT api.case_open(%s, ''A032'', %L, %L, '
        '''s'', %L%s, p_request => gen_random_uuid()) o) x', p_customer, p_business, p_reason, p_facts,
        p_more))::bigint $$;
CREATE FUNCTION pg_temp.owner(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT s.login FROM bank.case_file f LEFT JOIN bank.staff s ON s.staff_id = f.owner_id
     WHERE f.case_id = p_case $$;
CREATE FUNCTION pg_temp.work(p_staff int, p_capacity int, p_skills text DEFAULT '',
                             p_from text DEFAULT NULL, p_to text DEFAULT NULL) RETURNS text
LANGUAGE sql AS $$
    SELECT pg_temp.as('t_super2', format('SELECT (o).status FROM (SELECT api.route_staff_save(%s, %s, %L, '
        '%L, %L, '''', %s, gen_random_uuid()) o) x', p_staff, p_capacity, p_skills, p_from, p_to,
        coalesce((SELECT version FROM bank.staff_work WHERE staff_id = p_staff), 0))) $$;

-- By load: 901 and 902 are the clerks of the branch; 908 works elsewhere.
SELECT pg_temp.open(102, 'B02', 'C07') AS one \gset
SELECT pg_temp.open(102, 'B02', 'C07') AS two \gset
SELECT pg_temp.open(102, 'B02', 'C07') AS three \gset
SELECT is(pg_temp.owner(:one), 't_clerk', 'the case has a named owner');
SELECT is(pg_temp.owner(:two), 't_clerk2', 'the next goes to who has less');
SELECT is(pg_temp.owner(:three), 't_clerk', 'and so on in turn');
SELECT is((SELECT stage FROM bank.case_file WHERE case_id = :one), 'assigned', 'who still has to take it');

-- By capacity: relative, and full is full.
SELECT is(pg_temp.work(901, 100), 'done', 'a supervisor sets how much a person carries');
SELECT is(pg_temp.owner(pg_temp.open(102, 'B02', 'C07')), 't_clerk', 'who can carry more gets more');
SELECT pg_temp.work(901, 2) \gset
SELECT pg_temp.work(902, 1) \gset
SELECT is(pg_temp.owner(pg_temp.open(102, 'B02', 'C07')), NULL, 'when all are full nobody gets it');
SELECT is((SELECT queue FROM bank.case_file ORDER BY case_id DESC LIMIT 1), 'card', 'it waits for the team');
SELECT pg_temp.work(901, 100) \gset
SELECT pg_temp.work(902, 100) \gset

-- By availability.
SELECT pg_temp.work(902, 100, '', (bank.today() - 1)::text, (bank.today() + 2)::text) \gset
SELECT is(pg_temp.owner(pg_temp.open(102, 'B02', 'C07')), 't_clerk', 'an absent person gets nothing');
SELECT pg_temp.work(902, 100, '', (now() - interval '9 days')::date::text, (now() - interval '3 days')::date::text) \gset
SELECT is(pg_temp.owner(pg_temp.open(102, 'B02', 'C07')), 't_clerk2', 'until back');
SELECT is(pg_temp.work(902, 100, '', '2030-01-02', '2030-01-01'), 'BO422', 'an absence has a beginning and an end');
SELECT is(pg_temp.work(902, -1), 'BO422', 'a capacity is no debt');
SELECT is(pg_temp.work(902, 1, 'Big Word!'), 'BO422', 'a skill is a plain word');

-- By language and skill.
SELECT pg_temp.work(901, 100, 'en') \gset
SELECT is(pg_temp.owner(pg_temp.open(102, 'B02', 'C07', '', 'They charged me twice')), 't_clerk',
          'English goes to who speaks it');
SELECT is(pg_temp.owner(pg_temp.open(102, 'B02', 'C07', '', 'They charged me twice')), 't_clerk',
          'before load');
SELECT is(pg_temp.owner(pg_temp.open(102, 'B02', 'C07')), 't_clerk2', 'Chinese by load');
UPDATE bank.route_rule SET skill = 'card' WHERE seq = 60;
SELECT is(pg_temp.owner(pg_temp.open(102, 'B02', 'C07')), NULL, 'without the skill of the rule nobody');
SELECT pg_temp.work(902, 100, 'card, wealth') \gset
SELECT is(pg_temp.owner(pg_temp.open(102, 'B02', 'C07', '', 'They charged me twice')), 't_clerk2',
          'the skill is a must, the language a wish');

-- The person complained about, and the staff's own cases.
SELECT pg_temp.open(102, 'B02', 'C01', ', p_complained => ''t_clerk2''') AS about \gset
SELECT is(pg_temp.owner(:about), NULL, 'the person complained about never gets the case');
SELECT is(pg_temp.as('t_clerk', format('SELECT state FROM api.case_route_people(102, %s) WHERE login = ''t_clerk2''',
          :about)), 'complained', 'and it is said why');
SELECT is(pg_temp.as('t_clerk', format('SELECT state FROM api.case_route_people(102, %s) WHERE login = ''t_clerk''',
          :about)), 'skill', 'as for the others');
UPDATE bank.route_rule SET skill = NULL WHERE seq = 60;
SELECT is(pg_temp.as('t_clerk2', 'SELECT (o).id FROM (SELECT api.case_open(109, ''A032'', ''B02'', ''C07'', '
          '''s'', ''English only'', p_request => gen_random_uuid()) o) x') ~ '^\d+$', true, 'a colleague opens a case');
SELECT is((SELECT s.login FROM bank.case_file f JOIN bank.staff s ON s.staff_id = f.owner_id
            WHERE f.customer_id = 109), 't_clerk2', 'a clerk''s own case goes to another, whatever the language');

-- Executive desk.
SELECT pg_temp.open(102, 'B02', 'C07', ', p_source => ''regulator''') AS sent \gset
SELECT is((SELECT queue FROM bank.case_file WHERE case_id = :sent), 'executive', 'what a regulator forwards goes to the executives');
SELECT is((SELECT s.role FROM bank.case_file f JOIN bank.staff s ON s.staff_id = f.owner_id
            ORDER BY case_id DESC LIMIT 1), 'supervisor', 'to a named person there');

-- Rules as data.
CREATE FUNCTION pg_temp.rule(p_login text, p_seq int, p_more text, p_version int DEFAULT 0) RETURNS text
LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (o).status FROM (SELECT api.route_rule_save(p_seq => %s, '
        'p_version => %s, p_request => gen_random_uuid(), p_note_en => ''n'', p_note_zh => ''注'', %s) o) x',
        p_seq, p_version, p_more)) $$;
\set all 'p_business => NULL, p_reason => NULL, p_source => NULL, p_level => NULL, p_tier_high => NULL, p_unit_low => NULL, p_unit_high => NULL, p_active => true, '
SELECT is(pg_temp.rule('t_admin', 5, :'all' || 'p_tier_low => NULL, p_language => ''en'', p_queue => ''service'', p_skill => ''en'''),
          'done', 'an administrator adds a rule');
SELECT pg_temp.open(102, 'B02', 'C07', '', 'English') AS foreign \gset
SELECT is((SELECT queue FROM bank.case_file WHERE case_id = :foreign), 'service', 'it works at once');
SELECT is(pg_temp.as('t_admin', format('SELECT (o).message FROM (SELECT api.route_rule_save(p_seq => 7, p_version => 0, '
          'p_request => gen_random_uuid(), p_note_en => ''n'', p_note_zh => ''x'', p_tier_low => NULL, p_language => NULL, '
          'p_queue => ''card'', p_skill => ''juggling'', %s) o) x', rtrim(:'all', ', '))),
          'The routing rule is saved, but nobody of this team has the skill yet.', 'that nobody can do it is said');
DELETE FROM bank.route_rule WHERE seq = 7;
SELECT is(pg_temp.rule('t_admin', 5, :'all' || 'p_tier_low => NULL, p_language => ''en'', p_queue => ''card'', p_skill => NULL'),
          'BO409', 'not over a newer version');
SELECT is(pg_temp.rule('t_admin', 6, :'all' || 'p_tier_low => NULL, p_language => ''fr'', p_queue => ''card'', p_skill => NULL'),
          'BO422', 'nor with an unknown language');
SELECT is(pg_temp.rule('t_admin', 6, :'all' || 'p_tier_low => NULL, p_language => NULL, p_queue => ''moon'', p_skill => NULL'),
          'BO422', 'nor to an unknown queue');
SELECT is(pg_temp.rule('t_admin', 999, :'all' || 'p_tier_low => 3, p_language => NULL, p_queue => ''card'', p_skill => NULL', 1),
          'BO422', 'the last rule keeps fitting everything');
SELECT is(pg_temp.rule('t_super', 6, :'all' || 'p_tier_low => NULL, p_language => NULL, p_queue => ''card'', p_skill => NULL'),
          '42501', 'only an administrator');
SELECT is((SELECT count(*)::int FROM bank.audit WHERE object_kind = 'route_rule'), 2, 'each change is audited');
SELECT is(pg_temp.as('t_west', format('SELECT count(*) FROM api.case_route_people(102, %s)', :one)), 'BO404',
          'other branches learn nothing');

-- Names in the language that the request says.
SELECT is(pg_temp.as('t_super2', 'SELECT unit FROM api.case_handler WHERE login = ''t_clerk'''), '东门支行',
          'the own language of the bank, where nothing is said');
SET LOCAL bankops.language = 'en';
SELECT is(pg_temp.as('t_super2', 'SELECT unit FROM api.case_handler WHERE login = ''t_clerk'''), 'East gate',
          'English when it is asked for');
UPDATE bank.unit SET name_en = '' WHERE unit_id = 3;
SELECT is(pg_temp.as('t_super2', 'SELECT unit FROM api.case_handler WHERE login = ''t_clerk'''), '东门支行',
          'unless there is no English name');
SELECT is(bank.unit_name(5, false) || bank.unit_name(5, true), '西城分行West branch',
          'what is kept in both languages does not depend on it');
SELECT * FROM finish();
ROLLBACK;
