-- A page of cases reads hardly more rows than it shows, whoever asks for which queue of which type, and in whatever order
-- the cases lie on the disk.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

SET LOCAL session_replication_role = replica;
SELECT setseed(0.3);
INSERT INTO bank.case_file (customer_id, case_id, unit_id, case_type, stage, phase, source, channel, business, reason, subject, facts,
        queue, received_at, due_at, closed_at, outcome)
SELECT c.customer_id, 100000 + g, c.unit_id, y.case_type, CASE WHEN g % 5 = 0 THEN 'closed' ELSE 'registered' END,
       CASE WHEN g % 5 = 0 THEN 'closed' ELSE 'active' END, 'hotline', 'A032', CASE WHEN g % 3 > 0 THEN 'B0' || 1 + g % 7 END,
       CASE WHEN g % 3 > 0 THEN 'C0' || 1 + g % 7 END, 'subject ' || g, repeat('facts ', 20), q.names[1 + g % cardinality(q.names)],
       now() + (random() * 20 - 10) * interval '1 day', now() + (random() * 20 - 10) * interval '1 day',
       CASE WHEN g % 5 = 0 THEN now() END, CASE WHEN g % 5 = 0 THEN 'resolved' END
  FROM (SELECT array_agg(queue ORDER BY queue) AS names FROM bank.queue) q, generate_series(1, 20000) g
  JOIN LATERAL (SELECT * FROM bank.customer WHERE customer_id IN (101, 102, 103, 201)
                 ORDER BY customer_id OFFSET g % 4 LIMIT 1) c ON true
  JOIN LATERAL (SELECT CASE WHEN g % 2 = 0 OR hashint4(g) % 7 > 1 THEN 'complaint' ELSE 'suggestion' END AS case_type) y ON true;
RESET session_replication_role;
ANALYZE bank.case_file;
-- Somebody with most of the queues, and somebody with one.
INSERT INTO bank.queue_member (queue, staff_id) SELECT queue, 902 FROM bank.queue ON CONFLICT DO NOTHING;

CREATE FUNCTION pg_temp.most(p_plan jsonb) RETURNS numeric LANGUAGE sql AS $$
    SELECT greatest(CASE WHEN p_plan ->> 'Relation Name' = 'case_file'
                         THEN ((p_plan ->> 'Actual Rows')::numeric + coalesce((p_plan ->> 'Rows Removed by Filter')::numeric, 0))
                              * (p_plan ->> 'Actual Loops')::numeric ELSE 0 END,
                    (SELECT max(pg_temp.most(x)) FROM jsonb_array_elements(p_plan -> 'Plans') x)) $$;
CREATE FUNCTION pg_temp.reads(p_login text, p_where text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', p_login);
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) SELECT lane, customer_id, case_id, version, repeated, channel, due_at, number, stage,
        subject, customer, owner, queue, state, business, reason, level, urgency, source, unit, received_at, flags
        FROM api.case_list WHERE ' || p_where || ' ORDER BY due_at, lane, customer_id, case_id LIMIT 51' INTO plan;
    RESET SESSION AUTHORIZATION;
    RETURN pg_temp.most(plan -> 0 -> 'Plan');
END $$;

SELECT is(current_setting('random_page_cost'), '1', 'a page out of order costs what one in order does');
SELECT cmp_ok(pg_temp.reads(login, format('lane = %L AND %s', lane, kind)), '<=', 1200::numeric,
              login || ' reads hardly more than a page of ' || lane || ', ' || kind)
  FROM unnest('{t_clerk,t_clerk2,t_super,t_super2}'::text[]) login,
       unnest('{open,team,new,overdue,closed,all}'::text[]) lane,
       unnest('{true,case_type = ''complaint''}'::text[]) kind;

SELECT * FROM finish();
ROLLBACK;
