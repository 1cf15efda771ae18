-- The audit trail as the auditor reads it: words, before and after field by field, and where the object is.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

-- What the auditor sees of the newest entry of an action.
CREATE FUNCTION pg_temp.seen(p_column text, p_action text, p_language text DEFAULT 'en') RETURNS text LANGUAGE sql AS $$
    SELECT set_config('bankops.language', p_language, true);
    SELECT pg_temp.as('t_audit', format('SELECT %s::text FROM api.audit_list WHERE action = %L
        ORDER BY at DESC, audit_id DESC LIMIT 1', p_column, p_action)) $$;
CREATE FUNCTION pg_temp.entry(p_column text, p_action text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_audit', format('SELECT e.%I::text FROM api.audit_list l, api.audit_entry(l.epoch, l.xid::text, l.audit_id) e
        WHERE l.action = %L ORDER BY l.at DESC, l.audit_id DESC LIMIT 1', p_column, p_action)) $$;
CREATE FUNCTION pg_temp.line(p_field text, p_action text) RETURNS text LANGUAGE sql AS $$
    SELECT set_config('bankops.language', 'en', true);
    SELECT pg_temp.as('t_audit', format('SELECT concat_ws(''|'', c.title, coalesce(c.before, ''-''), coalesce(c.after, ''-''))
        FROM (SELECT * FROM api.audit_list WHERE action = %L ORDER BY at DESC, audit_id DESC LIMIT 1) l,
             api.audit_changes(l.epoch, l.xid::text, l.audit_id) c WHERE c.field = %L', p_action, p_field)) $$;

-- A customer by his number, a case in the names of its fields.
SELECT pg_temp.as('t_clerk', 'SELECT name FROM api.customer_identity(102)') \gset
SELECT is(pg_temp.seen('object_id', 'customer_view'), (SELECT customer_number FROM bank.customer WHERE customer_id = 102),
          'a customer is named by his number');
SELECT is(pg_temp.seen('customer_number', 'customer_view'), pg_temp.seen('object_id', 'customer_view'), 'there too');
SELECT is(pg_temp.seen('changes', 'customer_view'), NULL, 'nothing changed by looking');
SELECT pg_temp.as('t_clerk', 'SELECT (o).id FROM (SELECT api.case_open(102, ''A032'', ''B02'', ''C07'', ''s'', ''事实'',
    p_request => gen_random_uuid()) o) x') AS c \gset
SELECT pg_temp.as('t_clerk', format('SELECT (o).status FROM (SELECT api.case_step(102, %s, ''take'', p_version => version,
    p_request => gen_random_uuid()) o FROM api.case_list WHERE case_id = %s) x', :c, :c)) AS took \gset
SELECT is(pg_temp.entry('screen', 'case_open'), 'case', 'a case can be opened from its entry');
SELECT is(pg_temp.entry('case_id', 'case_open'), :'c', 'that very case');
SELECT alike(pg_temp.seen('changes', 'case_open'), '%Stage: Registered;%Type: Complaint%', 'the fields have their titles');
SELECT unalike(pg_temp.seen('changes', 'case_open'), '%customer_id%', 'and no keys of tables');
SELECT alike(pg_temp.seen('changes', 'case_open', 'zh'), '%环节：已登记；%类型：投诉%', 'in Chinese too');

-- Values: amounts, people, yes and no, lists; what was only said of before is no change.
SELECT bank.audit_write('propose', 'recon_match', '77', NULL, NULL, jsonb_build_object('items', '[3, 5]'::jsonb,
    'adjustment', '-1250', 'currency', 'JPY', 'kind', 'fee', 'note', 'x'));
SELECT is(pg_temp.line('adjustment', 'propose'), 'Adjustment|-|-1,250 JPY', 'an amount in its currency');
SELECT is(pg_temp.line('items', 'propose'), 'Lines|-|3, 5', 'a list');
SELECT is(pg_temp.line('kind', 'propose'), 'Kind|-|fee', 'a code by its name');
SELECT is(pg_temp.line('currency', 'propose'), NULL, 'the currency stands at the amount');
SELECT bank.audit_write('undo', 'recon_match', '77', NULL, '{"status": "confirmed", "rule": "exact", "maker": "t_clerk"}',
                        '{"status": "undone", "code": "returned", "reason": "r"}');
SELECT is(pg_temp.line('status', 'undo'), 'State|confirmed|undone', 'before and after');
SELECT is(pg_temp.line('maker', 'undo'), 'Maker|' || (SELECT coalesce(nullif(name_en, ''), name_zh) FROM bank.staff WHERE login = 't_clerk')
          || '|-', 'a person by name');
SELECT unalike(pg_temp.seen('changes', 'undo'), '%exact →%', 'a fact about it is no change');
SELECT bank.audit_write('endpoint_save', 'endpoint', 'sms', NULL, '{"active": true, "url": "https://a", "version": 1}',
                        '{"active": false, "url": "https://a", "version": 2}');
SELECT is(pg_temp.seen('changes', 'endpoint_save'), 'In use: yes → no', 'only what changed');
SELECT is(pg_temp.seen('changes', 'endpoint_save', 'zh'), '启用：是 → 否', 'in Chinese');
SELECT bank.audit_write('check_rule_propose', 'check_rule', 'a b 1', NULL, NULL, '{"trial": {"applications": 4, "changed": 1}}');
SELECT is(pg_temp.line('applications', 'check_rule_propose'), 'Applications|-|4', 'a record in a record by its fields');
SELECT bank.audit_write('scorecard_change', 'scorecard', 'retail 2', NULL, '[1, 2]', 'null');
SELECT is(pg_temp.seen('changes', 'scorecard_change'), NULL, 'what is no record breaks nothing');
SELECT bank.audit_write('branch_party', 'party', '1', NULL, NULL, '{"cake": "big"}');
SELECT is(pg_temp.seen('action || object_kind || changes', 'branch_party'), 'branch_partypartycake: big',
          'codes of the bank''s own stand as they are until they have words');

-- Who signed in, and what was refused before.
SELECT is(pg_temp.as('t_rm', 'SELECT (api.sign_in(0, NULL, ''00000000-0000-4000-8000-00000000a001'')).status'), 'done', 'a sign-in is kept');
SELECT is(pg_temp.as('t_rm', 'SELECT (api.sign_in(0, NULL, ''00000000-0000-4000-8000-00000000a001'')).status'), 'replayed', 'once');
SELECT is(pg_temp.seen('login || object_id', 'sign_in'), 't_rmt_rm', 'with whom');
SELECT is((SELECT count(*)::int FROM bank.audit WHERE action LIKE 'sign\_in%'), 1, 'and no more');
SELECT pg_temp.as('t_admin', 'SELECT (api.sign_in(3, ''t_clerk'', gen_random_uuid())).status') AS signed \gset
SELECT is(pg_temp.seen('object_id || changes', 'sign_in_failed'), 't_clerkAttempts: 3', 'the name that was refused before, how often');

-- The record: who, and in which sealed block.
SELECT is(pg_temp.entry('role', 'customer_view'), 'clerk', 'what the person is');
SELECT is(pg_temp.entry('block', 'customer_view'), NULL, 'not sealed yet');
SELECT is(pg_temp.entry('opens', 'branch_party'), 'no', 'there is nothing to open');
SELECT is(pg_temp.entry('screen', 'endpoint_save'), 'endpoints', 'an endpoint is in its list');

-- Nobody else.
SELECT is(pg_temp.as(login, attempt), '42501', login || ' may not: ' || attempt)
  FROM unnest('{t_clerk,t_rm,t_super,t_admin}'::text[]) login,
       unnest('{SELECT count(*) FROM api.audit_list,SELECT count(*) FROM api.audit_action_list,
                SELECT count(*) FROM api.audit_object_list}'::text[]) attempt;
SELECT is(pg_temp.as('t_super', 'SELECT count(*) FROM api.audit_entry(1, ''1'', 1)'), '42501', 'nor one entry');

-- A page of a long trail reads hardly more rows than it shows, whatever it is chosen by.
INSERT INTO bank.audit (epoch, xid, at, login, action, object_kind, object_id, customer_id)
SELECT 1, (g + 10)::text::xid8, '2020-01-01'::timestamptz + g * interval '17 seconds', 'c' || g % 40, 'a' || g % 20,
       'k' || g % 8, 'T' || g / 20, CASE WHEN g % 2 = 0 THEN (ARRAY[101, 102, 103, 109, 201])[1 + g % 5] END
  FROM generate_series(1, 30000) g;
INSERT INTO bank.audit (epoch, xid, login, action, object_kind, object_id) VALUES (1, '7', 'rare', 'rare', 'rare', 'rare');
ANALYZE bank.audit;
CREATE FUNCTION pg_temp.most(p_plan jsonb) RETURNS numeric LANGUAGE sql AS $$
    SELECT greatest(CASE WHEN p_plan ->> 'Relation Name' = 'audit'
                         THEN (p_plan ->> 'Actual Rows')::numeric + coalesce((p_plan ->> 'Rows Removed by Filter')::numeric, 0)
                         ELSE 0 END, (SELECT max(pg_temp.most(x)) FROM jsonb_array_elements(p_plan -> 'Plans') x)) $$;
CREATE FUNCTION pg_temp.reads(p_where text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    SET LOCAL SESSION AUTHORIZATION t_audit;
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM api.audit_list WHERE ' || p_where
            || ' ORDER BY at DESC, audit_id DESC LIMIT 51' INTO plan;
    RESET SESSION AUTHORIZATION;
    RETURN pg_temp.most(plan -> 0 -> 'Plan');
END $$;
SELECT cmp_ok(pg_temp.reads(chosen), '<=', 120::numeric, 'a page reads no more than itself: ' || chosen)
  FROM unnest(ARRAY['true', 'login = ''c7''', 'login = ''rare''', 'action = ''a3''', 'action = ''rare''', 'object_kind = ''k3''',
      'object_kind = ''rare''', 'object_kind IN (''rare'', ''none'')', 'object_id = ''T77''', 'object_kind = ''k1'' AND object_id = ''T77''',
      'at >= ''2020-01-03'' AND at <= ''2020-01-03 23:59:59.999999''', '(at, audit_id) < (''2020-01-02'', 100)']) chosen;

-- Only steps that exist can get into the trail.
SELECT is(pg_temp.as('t_super', 'SELECT api.lane_decide(1, ''bake'', ''why not'', 1, gen_random_uuid())'), 'BO422',
          'a lane is not baked');
SELECT is(pg_temp.as('t_super', 'SELECT api.rule_set_decide(1, ''bake'', ''why not'', 1, gen_random_uuid())'), 'BO422',
          'nor a rule set');
SELECT * FROM finish();
ROLLBACK;
