-- The customer view figure by figure against the tables, and everything staff write about a customer.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
UPDATE bank.setting SET value = '2026-11-20' WHERE name = 'business_date';

INSERT INTO bank.product (product, name_zh, name_en, kind) VALUES ('tp', '活期', 'Current', 'current'), ('tf', '基金', 'Fund', 'fund');
INSERT INTO bank.account (customer_id, account_id, number, product, currency, balance, status, opened_on, unit_id) VALUES
    (101, 1, '6230000000010001', 'tp', 'CNY', 1000, 'open', '2020-01-01', 3),
    (101, 2, '6230000000010002', 'tp', 'CNY', -300, 'open', '2020-01-01', 3),
    (101, 3, '6230000000010003', 'tp', 'CNY', 50, 'closed', '2020-01-01', 3),
    (101, 4, '6230000000010004', 'tp', 'USD', 70, 'open', '2020-01-01', 3),
    (101, 5, '6230000000010005', 'tp', 'CNY', 9, 'dormant', '2020-01-01', 3),
    (102, 6, '6230000000010006', 'tp', 'CNY', 200, 'open', '2020-01-01', 3),
    (103, 7, '6230000000010007', 'tp', 'CNY', 7000, 'open', '2020-01-01', 2),
    (201, 8, '6230000000010008', 'tp', 'CNY', 80000, 'open', '2020-01-01', 5);
INSERT INTO bank.card (customer_id, card_number, account_id, kind, unit_id) VALUES (101, '6228480402564890018', 1, 'debit', 3);
INSERT INTO bank.holding (customer_id, product, value, cost, currency, unit_id)
VALUES (101, 'tf', 500, 450, 'CNY', 3), (101, 'tf', 40, 40, 'USD', 3);
INSERT INTO bank.member (customer_id, member_number, tier, since, assets_average, joined_on, unit_id) VALUES
    (101, 'M1', 't1', '2024-01-01', 150, '2020-01-01', 3), (102, 'M2', 't5', '2024-01-01', 9999, '2020-01-01', 3);
INSERT INTO bank.balance_month (customer_id, account_id, month, balance, average, currency, unit_id) VALUES
    (101, 1, '2026-10-01', 900, 800, 'CNY', 3), (101, 0, '2026-10-01', 500, 500, 'CNY', 3),
    (101, 2, '2026-10-01', -300, -300, 'CNY', 3), (101, 4, '2026-10-01', 70, 70, 'USD', 3),
    (101, 1, '2025-05-01', 11, 12, 'CNY', 3), (101, 1, '2025-04-01', 13, 14, 'CNY', 3);
INSERT INTO bank.household (household_id, name, head_customer_id, unit_id) VALUES (1, 'h', 101, 3);
INSERT INTO bank.household_member (customer_id, household_id, role, unit_id) VALUES
    (101, 1, 'head', 3), (102, 1, 'spouse', 3), (103, 1, 'parent', 2), (201, 1, 'child', 5), (109, 1, 'other', 3);
INSERT INTO bank.relation (customer_id, other_id, kind, share_percent, unit_id) VALUES (101, 102, 'guarantor_of', NULL, 3),
    (101, 201, 'supplier_of', NULL, 3);
INSERT INTO bank.customer (customer_id, customer_number, kind, name, unit_id, opened_on)
VALUES (106, 'K106', 'company', '海风有限公司', 3, '2020-01-01');
INSERT INTO bank.relation (customer_id, other_id, kind, share_percent, unit_id) VALUES
    (102, 101, 'guaranteed_by', NULL, 3), (102, 109, 'legal_representative_of', NULL, 3), (102, 109, 'owner_of', 60, 3),
    (102, 106, 'owner_of', 40, 3);
INSERT INTO bank.phone (customer_id, phone, unit_id) VALUES (101, '13800138000', 3);
INSERT INTO bank.customer_identity (customer_id, kind, number, unit_id) VALUES (101, 'resident_id', '11010519491231002X', 3);
INSERT INTO bank.address (customer_id, kind, address, unit_id) VALUES (101, 'home', '北京市东城区东门大街八号', 3);
UPDATE bank.customer SET birth_date = '1949-12-31' WHERE customer_id = 101;
INSERT INTO bank.tag_def (tag, name_zh, name_en, kind) VALUES ('tt', 't', 't', 'need');
INSERT INTO bank.customer_tag (customer_id, tag, source, confidence, unit_id) VALUES (101, 'tt', 'model', 0.7, 3);
SELECT pg_temp.opened('t_clerk', c) FROM unnest(ARRAY[101, 102, 103, 109, 201]::bigint[]) c;

-- Figures.
SELECT is(pg_temp.as('t_clerk', 'SELECT concat_ws('' '', assets, assets_average, tier, next_tier, gap) FROM api.customer_tier(101)'),
          '1509 150 t1 t2 50', 'assets: open, positive, in CNY, with holdings; gap to the next tier');
SELECT is(pg_temp.as('t_clerk', 'SELECT concat_ws('' '', assets, tier, next_tier, gap) FROM api.customer_tier(102)'),
          '200 t5 0', 'there is nothing above the highest tier');
UPDATE bank.member SET assets_average = 250 WHERE customer_id = 101;
SELECT is(pg_temp.as('t_clerk', 'SELECT gap FROM api.customer_tier(101)'), '0', 'no negative gap');
SELECT is(pg_temp.as('t_clerk', 'SELECT string_agg(concat_ws(''/'', month, total, average), '' '' ORDER BY month)
              FILTER (WHERE total > 0) || '' of '' || count(*) FROM api.customer_asset_trend(101)'),
          '2025-05-01/11/12 2026-10-01/1400/1300 of 18', 'eighteen months to the last full one of the bank''s day');
SELECT is(pg_temp.as('t_clerk', 'SELECT string_agg(concat_ws(''/'', relation, name, assets, access), '' '') FROM api.customer_relations(101)'),
          'self/张伟民/1509/open spouse/李娜/200/open parent/*于婷/locked other/*敏/locked '
          || 'guarantor_of/李娜/200/open supplier_of/other_unit total/1709/sum', 'the household adds up once and hides who is locked or elsewhere');
INSERT INTO bank.account (customer_id, account_id, number, product, currency, balance, status, opened_on, unit_id)
VALUES (106, 9, '6230000000010009', 'tp', 'CNY', 5000, 'open', '2020-01-01', 3);
SELECT is(pg_temp.as('t_clerk', 'SELECT string_agg(concat_ws(''/'', relation, share_percent, assets), '' '') FROM api.customer_relations(102)'),
          'self/200 head/1509 parent other owner_of/40.00/5000 owner_and_head_of/60.00 guaranteed_by/1509 '
          || 'household/1709 companies/5000 total/6709', 'companies and household add up apart and together, each customer once');
SELECT is(pg_temp.as('t_clerk', 'SELECT string_agg(concat_ws(''/'', account_id, number, card, balance), '' '') FROM api.customer_accounts(101)'),
          '1/6230********0001/622848*********0018/1000 4/6230********0004/70 5/6230********0005/9 '
          || '2/6230********0002/-300 3/6230********0003/50', 'accounts and cards are masked, closed ones last');
SELECT is(pg_temp.as('t_clerk', 'SELECT sum(value) || '' '' || sum(profit) FROM api.customer_holdings(101)'), '540 50', 'holdings');
SELECT is(pg_temp.as('t_clerk', 'SELECT concat_ws('' '', name, age, identity, phone, address) FROM api.customer_identity(101)'),
          '张伟民 76 1****************X 138****8000 北京市东城区****', 'identity is masked, age is of the bank''s day');

-- The timeline: pages by (at, key) hold each row once, whatever happened at the same moment.
INSERT INTO bank.contact (customer_id, at, channel, direction, topic, summary, unit_id)
SELECT 101, '2026-11-01 10:00+08', 'phone', 'in', 'service', 'c' || n, 3 FROM generate_series(1, 23) n;
INSERT INTO bank.entry (customer_id, account_id, at, amount, balance_after, channel, unit_id)
SELECT 101, 1, '2026-11-01 10:00+08'::timestamptz + (n / 5) * interval '1 microsecond', n, n, 'atm', 3 FROM generate_series(1, 23) n;
CREATE FUNCTION pg_temp.walk(p_login text, p_customer bigint, p_rows int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    seen text[] := '{}';
    last_at timestamptz := 'infinity';
    last_key text := '';
    r record;
    got int;
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', p_login);
    LOOP
        got := 0;
        FOR r IN SELECT at, key FROM api.customer_timeline WHERE customer_id = p_customer
                 AND (at, key) < (last_at, last_key) ORDER BY at DESC, key DESC LIMIT p_rows LOOP
            seen := seen || r.key;
            last_at := r.at;
            last_key := r.key;
            got := got + 1;
        END LOOP;
        EXIT WHEN got < p_rows;
    END LOOP;
    RESET SESSION AUTHORIZATION;
    RETURN cardinality(seen) || ' ' || (SELECT count(DISTINCT k) FROM unnest(seen) k);
END $$;
SELECT is(pg_temp.walk('t_clerk', 101, n), '46 46', 'in pages of ' || n) FROM unnest(ARRAY[1, 2, 5, 7, 46, 100]) n;
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.customer_timeline WHERE customer_id IN (103, 109, 201)'), '0',
          'nothing of locked or other customers');

-- Panels: only of a customer who was opened, is open to the caller and is in his units.
CREATE TEMP VIEW panel AS SELECT proname FROM pg_proc WHERE pronamespace = 'api'::regnamespace
    AND proname LIKE 'customer\_%' AND pronargs = 1 AND proname <> 'customer_identity';
GRANT SELECT ON panel TO PUBLIC;
SELECT cmp_ok((SELECT count(*) FROM panel), '>=', 12::bigint, 'there are panels');
SELECT is(pg_temp.as(login, format('SELECT count(*) FROM api.%I(%s)', proname, id)), code, format('%s of %s by %s', proname, id, login))
FROM panel, (VALUES (103, 't_clerk', 'BO428'), (109, 't_clerk', 'BO428'), (201, 't_clerk', 'BO404'),
                    (999, 't_clerk', 'BO404'), (101, 't_rm', 'BO423')) t (id, login, code);
SELECT is_empty($$ SELECT proname, pg_temp.as('t_clerk', format('SELECT count(*) FROM api.%I(101)', proname)) FROM panel
    WHERE pg_temp.as('t_clerk', format('SELECT count(*) FROM api.%I(101)', proname)) !~ '^[0-9]+$' $$, 'and open otherwise');
INSERT INTO bank.audit (epoch, xid, at, login, action, object_kind, object_id, customer_id)
VALUES (bank.audit_epoch_now(), '3', now() - interval '13 hours', 't_rm', 'customer_view', 'customer', '101', 101);
SELECT is(pg_temp.as('t_rm', 'SELECT api.customer_flags(101)'), 'BO423', 'yesterday''s opening opens nothing');
SELECT pg_temp.as('t_rm', 'SELECT api.customer_identity(101)') \gset ignore_
SELECT pg_temp.as('t_rm', 'SELECT api.customer_identity(101)') \gset ignore_
SELECT is((SELECT count(*) FROM bank.audit WHERE login = 't_rm' AND action = 'customer_view' AND at > now() - interval '1 hour'),
          1::bigint, 'looking twice in ten minutes is one view');

-- Revealing.
CREATE FUNCTION pg_temp.reveal(p_login text, p_field text, p_customer bigint DEFAULT 101) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    key uuid := gen_random_uuid();
    call text := format('SELECT value FROM api.customer_reveal(%s, %L, ''call back'', %L)', p_customer, p_field, key);
    first text := pg_temp.as(p_login, call);
BEGIN
    UPDATE bank.reveal_log SET xid = '3' WHERE request = key;
    RETURN coalesce(first, pg_temp.as(p_login, call));
END $$;
UPDATE bank.setting SET value = '100' WHERE name = 'reveal_per_hour';
SELECT is(pg_temp.reveal('t_clerk', field), value, 'reveal ' || field)
FROM (VALUES ('phone', '13800138000'), ('identity', '11010519491231002X'), ('birth_date', '1949-12-31'),
             ('address', '北京市东城区东门大街八号'), ('account:1', '6230000000010001'), ('card:1', '6228480402564890018'),
             ('account:7', 'BO404'), ('account:8', 'BO404'), ('account:', 'BO404'), ('account:1 OR 1=1', 'BO404'),
             ('card:2', 'BO404'), ('name', 'BO404'), ('', 'BO404'), (''';SELECT', 'BO404'),
             ('account:99999999999999999999', 'BO404')) AS t (field, value);
SELECT is(pg_temp.reveal('t_clerk', 'phone', id), code, 'reveal of ' || id)
FROM (VALUES (103, 'BO428'), (109, 'BO428'), (201, 'BO404')) t (id, code);
SELECT is((SELECT count(*) FROM bank.audit WHERE action = 'customer_reveal'), 6::bigint, 'each reveal is one audit row');
SELECT is_empty($$ SELECT after FROM bank.audit WHERE action = 'customer_reveal' AND after::text ~ '138001|1949|62300|62284|东门' $$,
                'which does not hold the value');
SELECT request AS key FROM bank.reveal_log WHERE field = 'phone' \gset
SELECT is(pg_temp.as('t_clerk', format('SELECT value FROM api.customer_reveal(101, %L, %L, %L)', field, reason, :'key')), 'BO409',
          'a key shows nothing else: ' || field) FROM (VALUES ('identity', 'call back'), ('phone', 'other reason')) t (field, reason);
SELECT is(pg_temp.as('t_clerk2', format('SELECT value FROM api.customer_reveal(101, ''phone'', ''call back'', %L)', :'key')), 'BO409',
          'nor to a colleague');
UPDATE bank.setting SET value = '6' WHERE name = 'reveal_per_hour';
SELECT is(pg_temp.reveal('t_clerk', 'phone'), 'BO403', 'so many an hour');
SELECT is(pg_temp.reveal('t_clerk2', 'phone'), '13800138000', 'for each member of staff');
UPDATE bank.reveal_log SET at = at - interval '1 hour' WHERE field = 'phone' AND staff_id = 901;
SELECT is(pg_temp.reveal('t_clerk', 'phone'), '13800138000', 'and after an hour again');

-- A grant from asking to its end.
CREATE FUNCTION pg_temp.ask(p_login text, p_customer bigint, p_reason text DEFAULT 'client meeting') RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.access_ask(%s, %L, gen_random_uuid())).status', p_customer, p_reason)) $$;
CREATE FUNCTION pg_temp.decide(p_login text, p_what text, p_grant bigint, p_version text DEFAULT '1', p_customer bigint DEFAULT 103) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.as(p_login, format('SELECT (api.access_%s(%s, %s, NULL, %s, gen_random_uuid())).status', p_what, p_customer, p_grant, p_version)) $$;
SELECT is(pg_temp.ask(login, id, reason), code, format('%s asks for %s', login, id))
FROM (VALUES ('t_clerk', 101, 'client meeting', 'BO423'), ('t_clerk', 201, 'client meeting', 'BO404'), ('t_clerk', 103, 'no', 'BO422'),
             ('t_clerk', 103, '      ', 'BO422'), ('t_audit', 103, 'client meeting', '42501'),
             ('t_clerk', 103, 'client meeting', 'done'), ('t_clerk', 103, 'client meeting', 'BO423'),
             ('t_clerk', 109, 'client meeting', 'done')) t (login, id, reason, code);
SELECT max(grant_id) FILTER (WHERE customer_id = 103) AS g, max(grant_id) FILTER (WHERE customer_id = 109) AS own FROM bank.access_grant \gset
SELECT is(pg_temp.decide(login, what, :g, version), code, format('%s %ss, version %s', login, what, version))
FROM (VALUES ('t_clerk2', 'grant', '1', '42501'), ('t_audit', 'grant', '1', '42501'), ('t_super', 'grant', '2', 'BO409'),
             ('t_super', 'grant', 'NULL', 'BO409'), ('t_super', 'refuse', '1', 'done'), ('t_super2', 'grant', '2', 'BO423')) t (login, what, version, code);
SELECT is(pg_temp.as('t_clerk', 'SELECT api.customer_flags(103)'), 'BO428', 'refused is not granted');
SELECT isnt(pg_temp.as('t_audit', 'SELECT count(*) FROM api.audit_list l WHERE customer_number = (SELECT ''' || customer_number || ''')'),
            '0', 'the trail names the customer by his number') FROM bank.customer WHERE customer_id = 103;
SELECT is(pg_temp.ask('t_clerk', 103), 'done', 'one may ask again');
SELECT max(grant_id) AS g FROM bank.access_grant WHERE customer_id = 103 \gset
SELECT is(pg_temp.decide('t_super', 'grant', :g), 'done', 'granted');
SELECT is(pg_temp.as('t_clerk', 'SELECT restricted FROM api.customer_flags(103)'), 'true', 'the panels open');
SELECT is(pg_temp.as('t_clerk2', 'SELECT api.customer_identity(103)'), 'BO428', 'to him alone');
SELECT is(pg_temp.as('t_clerk', format('SELECT state FROM api.access_list WHERE grant_id = %s', :g)), 'granted', 'the list says so');
UPDATE bank.access_grant SET expires_at = now() - interval '1 second' WHERE grant_id = :g;
SELECT is(pg_temp.as('t_clerk', format('SELECT state FROM api.access_list WHERE grant_id = %s', :g)), 'expired', 'until it expires');
SELECT is(pg_temp.as('t_clerk', 'SELECT api.customer_flags(103)'), 'BO428', 'then the panels are closed');
SELECT is(pg_temp.decide('t_super', 'grant', :own, '1', 109), 'done', 'his own record can be granted');
SELECT is(pg_temp.as('t_clerk', 'SELECT own_record FROM api.customer_flags(109)'), 'true', 'and is shown');
SELECT is(pg_temp.as('t_clerk', 'SELECT api.points_post(109, ''card'', 5, ''n'', gen_random_uuid())'), 'BO403', 'but he moves no points there');
SELECT is(pg_temp.as('t_clerk', 'SELECT api.points_adjust(109, 5, ''n'', gen_random_uuid())'), 'BO403', 'nor asks for any');
SELECT throws_ok($$ UPDATE bank.access_grant SET decided_by = staff_id WHERE state = 'granted' $$, '23514', NULL, 'maker is not checker, by constraint');

-- What staff write: once for one key, never something else for it, each with its audit row.
CREATE FUNCTION pg_temp.thrice(p_login text, p_call text, p_other text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', pg_temp.as(p_login, 'SELECT (' || replace(p_call, 'KEY', quote_literal(key)) || ').status'),
                     pg_temp.as(p_login, 'SELECT (' || replace(p_call, 'KEY', quote_literal(key)) || ').status'),
                     pg_temp.as(p_login, 'SELECT (' || replace(p_other, 'KEY', quote_literal(key)) || ').status'))
      FROM (SELECT gen_random_uuid()::text AS key) k $$;
SELECT is(pg_temp.thrice('t_clerk', call, other), 'done replayed BO409', call)
FROM (VALUES
    ('api.contact_log(101, ''phone'', ''in'', ''service'', ''hello'', ''done'', NULL, KEY)', 'api.contact_log(101, ''phone'', ''out'', ''service'', ''hello'', ''done'', NULL, KEY)'),
    ('api.task_create(101, ''call'', '''', ''2026-11-20'', ''t_rm'', KEY)', 'api.task_create(101, ''call'', '''', ''2026-11-21'', ''t_rm'', KEY)'),
    ('api.tag_verify(101, ''tt'', KEY)', 'api.tag_verify(101, ''xx'', KEY)'),
    ('api.export_log(''customer'', 3, ''0123456789abcdef'', 101, KEY)', 'api.export_log(''customer'', 4, ''0123456789abcdef'', 101, KEY)'),
    ('api.saved_view_save(''case-list'', ''mine'', ''{"a":1}'', KEY)', 'api.saved_view_save(''case-list'', ''mine'', ''{"a":2}'', KEY)'),
    ('api.saved_view_delete(''case-list'', ''none'', KEY)', 'api.saved_view_delete(''case-list'', ''mine'', KEY)')) t (call, other);
SELECT is((SELECT count(*) FROM bank.contact WHERE summary = 'hello'), 1::bigint, 'one contact');
SELECT is((SELECT string_agg(action, ' ' ORDER BY action) FROM bank.audit WHERE login = 't_clerk' AND customer_id = 101
           AND action IN ('contact_log', 'task_create', 'tag_verify', 'export')), 'contact_log export tag_verify task_create', 'one audit row each');
SELECT is(pg_temp.as('t_clerk', call), code, code || ': ' || call) FROM (VALUES
    ('SELECT api.contact_log(101, ''fax'', ''in'', ''service'', ''hello'', ''done'', NULL, gen_random_uuid())', 'BO422'),
    ('SELECT api.contact_log(101, ''phone'', NULL, ''service'', ''hello'', ''done'', NULL, gen_random_uuid())', 'BO422'),
    ('SELECT api.contact_log(101, ''phone'', ''in'', ''service'', ''h'', ''done'', NULL, gen_random_uuid())', 'BO422'),
    ('SELECT api.contact_log(101, ''phone'', ''in'', ''service'', repeat(''h'', 2001), ''done'', NULL, gen_random_uuid())', 'BO422'),
    ('SELECT api.contact_log(101, ''phone'', ''in'', ''service'', ''hello'', ''call_back'', NULL, gen_random_uuid())', 'BO422'),
    ('SELECT api.contact_log(101, ''phone'', ''in'', ''service'', ''hello'', ''call_back'', ''2026-11-19'', gen_random_uuid())', 'BO422'),
    ('SELECT api.contact_log(101, ''phone'', ''in'', ''service'', ''hello'', ''done'', NULL, NULL)', 'BO422'),
    ('SELECT api.contact_log(103, ''phone'', ''in'', ''service'', ''hello'', ''done'', NULL, gen_random_uuid())', 'BO428'),
    ('SELECT api.contact_log(201, ''phone'', ''in'', ''service'', ''hello'', ''done'', NULL, gen_random_uuid())', 'BO404'),
    ('SELECT api.task_create(101, ''call'', '''', ''2026-11-20'', ''t_west'', gen_random_uuid())', 'BO422'),
    ('SELECT api.task_create(101, ''call'', '''', ''2026-11-20'', ''nobody'', gen_random_uuid())', 'BO422'),
    ('SELECT api.tag_verify(101, ''tt'', gen_random_uuid())', 'BO423'),
    ('SELECT api.export_log(''customer'', -1, ''0123456789abcdef'', 101, gen_random_uuid())', 'BO422'),
    ('SELECT api.export_log(NULL, 1, ''0123456789abcdef'', 101, gen_random_uuid())', 'BO422'),
    ('SELECT api.export_log(''customer'', 1, ''0123456789abcdef'', 103, gen_random_uuid())', 'BO428'),
    ('SELECT api.saved_view_save(''case-list'', repeat(''x'', 41), ''{}'', gen_random_uuid())', 'BO422'),
    ('SELECT api.saved_view_save(NULL, ''x'', ''{}'', gen_random_uuid())', 'BO422'),
    ('SELECT api.task_timing_log(''x'', ''y'', -1, 5, ''done'')', 'BO422'),
    ('SELECT api.task_timing_log(''x'', ''y'', 1, 5, ''gone'')', 'BO422')) t (call, code);
SELECT task_id AS task FROM bank.task WHERE title = 'call' \gset
SELECT is(pg_temp.as(login, format('SELECT (api.task_done(101, %s, '''', %s, gen_random_uuid())).status', :task, version)), code,
          format('%s ends the task of a colleague, version %s', login, version))
FROM (VALUES ('t_clerk', '1', 'BO403'), ('t_rm', '7', 'BO409'), ('t_rm', 'NULL', 'BO409'), ('t_rm', '1', 'done'), ('t_rm', '2', 'BO423')) t (login, version, code);
SELECT is(pg_temp.as('t_clerk', 'SELECT definition FROM api.saved_view_list'), '{"a": 1}', 'a view is kept');
SELECT is(pg_temp.as('t_clerk2', 'SELECT count(*) FROM api.saved_view_list'), '0', 'for him alone');

SELECT * FROM finish();
ROLLBACK;
