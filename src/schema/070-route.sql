-- From the team to the person: skills, capacity and absence as data; the choice, and why.

-- What a member of staff can take. Without a row: the setting's number of open cases, never away.
CREATE TABLE bank.staff_work (
    staff_id   int PRIMARY KEY REFERENCES bank.staff,
    capacity   int NOT NULL CHECK (capacity BETWEEN 0 AND 1000),
    away_from  timestamptz,
    away_until timestamptz,
    away_why   text NOT NULL DEFAULT '',
    version    bigint NOT NULL DEFAULT 1,
    CHECK ((away_from IS NULL) = (away_until IS NULL)),
    CHECK (away_until > away_from)
);

-- A skill is what a routing rule asks for (collection, wealth ...) or a language ('en').
CREATE TABLE bank.staff_skill (
    staff_id int NOT NULL REFERENCES bank.staff,
    skill    text COLLATE "C" NOT NULL CHECK (skill ~ '^[a-z][a-z_]{1,30}$'),
    PRIMARY KEY (staff_id, skill)
);
SELECT bank.table_protect('bank.staff_work', 'SELECT, INSERT, UPDATE');
SELECT bank.table_protect('bank.staff_skill', 'SELECT, INSERT, DELETE');
GRANT INSERT, UPDATE, DELETE ON bank.route_rule TO bankops_api;

INSERT INTO bank.setting (name, value, note) VALUES
    ('route_capacity', '40', 'open cases one member of staff carries before the next gets more');

-- Open cases of everybody who has any in all units, also those the caller does not see.
CREATE FUNCTION bank.staff_loads() RETURNS TABLE (staff_id int, load int) LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT f.owner_id, count(*)::int FROM case_file f
                  WHERE f.closed_at IS NULL AND f.owner_id IS NOT NULL GROUP BY f.owner_id;
END $$;
ALTER FUNCTION bank.staff_loads OWNER TO bankops_owner;

-- Every member of the queue's team who sees the case's unit, best first, and whether the case may
-- go there: free; complained (about this person), own (the person's own case), skill (lacks the
-- rule's), away, full. A language other than Chinese goes before load to those who speak it.
CREATE FUNCTION bank.route_people(c bank.case_file, p_queue text, p_skill text)
RETURNS TABLE (staff_id int, load int, capacity int, speaks boolean, state text)
LANGUAGE sql STABLE AS $$
    WITH team AS (
        SELECT s.staff_id, s.customer_id, s.unit_id, u.high - u.low AS width,
               coalesce(l.load, 0) AS load,
               coalesce(w.capacity, (SELECT bank.setting('route_capacity')::int)) AS capacity,
               w.away_from <= now() AND w.away_until > now() IS TRUE AS away,
               p_skill IS NULL OR EXISTS (SELECT FROM bank.staff_skill k
                    WHERE k.staff_id = s.staff_id AND k.skill = p_skill) AS skilled,
               EXISTS (SELECT FROM bank.staff_skill k WHERE k.staff_id = s.staff_id
                    AND k.skill = bank.text_language(c.subject || c.facts)) AS speaks
          FROM bank.queue q
          JOIN bank.staff s ON s.active AND s.role IN ('clerk', 'rm', 'supervisor')
               AND (s.role = q.role OR EXISTS (SELECT FROM bank.queue_member m
                    WHERE m.queue = q.queue AND m.staff_id = s.staff_id))
          JOIN bank.unit u ON u.unit_id = s.scope_id AND c.unit_id BETWEEN u.low AND u.high
               AND (c.desk_id IS NULL OR s.unit_id = c.desk_id)
          LEFT JOIN bank.staff_work w ON w.staff_id = s.staff_id
          LEFT JOIN bank.staff_loads() l ON l.staff_id = s.staff_id
         WHERE q.queue = p_queue)
    SELECT t.staff_id, t.load, t.capacity, t.speaks, j.state
      FROM team t CROSS JOIN LATERAL (SELECT CASE
               WHEN t.staff_id = c.complained_staff_id THEN 'complained'
               WHEN t.customer_id = c.customer_id THEN 'own'
               WHEN NOT t.skilled THEN 'skill'
               WHEN t.away THEN 'away'
               WHEN t.load >= t.capacity THEN 'full'
               ELSE 'free' END AS state) j
     ORDER BY j.state <> 'free',
              t.speaks DESC,
              t.load::float / greatest(t.capacity, 1), t.unit_id <> coalesce(c.desk_id, c.unit_id), t.width, t.load,
              t.staff_id
$$;

-- Who gets the case: the first free one, NULL when nobody of the team is.
CREATE FUNCTION bank.route_person(c bank.case_file, p_queue text, p_skill text) RETURNS int
LANGUAGE sql STABLE AS $$
    SELECT p.staff_id FROM bank.route_people(c, p_queue, p_skill) p WHERE p.state = 'free' LIMIT 1
$$;

-- The language that subject and facts of a case are written in.
CREATE FUNCTION api.case_language(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (language text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT bank.text_language(f.subject || f.facts) FROM bank.case_file f
     WHERE f.customer_id = (bank.customer_require(p_customer_id)).customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id)
$$;
SELECT bank.function_grant('case_language', 'clerk', 'rm', 'supervisor', 'auditor');

-- The team of a case's queue as routing sees it now, best first.
CREATE FUNCTION api.case_route_people(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (login text, name_zh text, name_en text, unit text, load int, capacity int,
               speaks boolean, state text, owner boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    f bank.case_file := bank.case_of(p_customer_id, p_case_id);
    wanted text;
BEGIN
    SELECT r.skill INTO wanted FROM bank.route_rule r WHERE r.seq = f.route_seq;
    RETURN QUERY
    SELECT s.login, s.name_zh, s.name_en, bank.unit_name(s.unit_id), p.load, p.capacity, p.speaks,
           p.state, s.staff_id IS NOT DISTINCT FROM f.owner_id
      FROM bank.route_people(f, f.queue, wanted) WITH ORDINALITY p (staff_id, load, capacity,
                                                                    speaks, state, nth)
      JOIN bank.staff s ON s.staff_id = p.staff_id
     ORDER BY p.nth;
END $$;
SELECT bank.function_grant('case_route_people', 'clerk', 'rm', 'supervisor', 'auditor');

-- A rule changed or added (p_version 0). Texts '' mean: fits everything.
CREATE FUNCTION api.route_rule_save(
    p_seq int, p_business text, p_reason text, p_source text, p_level text, p_tier_low int,
    p_tier_high int, p_language text, p_unit_low int, p_unit_high int, p_queue text, p_skill text,
    p_note_en text, p_note_zh text, p_active boolean, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.route_rule;
    r bank.route_rule;
BEGIN
    PERFORM bank.require_role('admin');
    answer := bank.request_replay(p_request, 'route_rule_save', jsonb_build_array(p_seq, p_business,
        p_reason, p_source, p_level, p_tier_low, p_tier_high, p_language, p_unit_low, p_unit_high,
        p_queue, p_skill, p_note_en, p_note_zh, p_active, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO was FROM bank.route_rule WHERE seq = p_seq FOR UPDATE;
    IF coalesce(was.version, 0) <> coalesce(p_version, 0) THEN
        PERFORM bank.fail('BO409', 'Somebody else changed this rule.', p_seq::text,
                          'Look at it again, then repeat what you wanted.', 'p_version');
    ELSIF NOT EXISTS (SELECT FROM bank.case_type y
                       WHERE p_seq BETWEEN y.route_from + 1 AND y.route_from + 999) THEN
        PERFORM bank.fail('BO422', 'The order is no number of a type of case.', p_seq::text,
            (SELECT string_agg(y.case_type || ' ' || y.route_from + 1 || '-' || y.route_from + 999,
                               ', ' ORDER BY y.route_from) FROM bank.case_type y), 'p_seq');
    ELSIF NOT EXISTS (SELECT FROM bank.queue q WHERE q.queue = p_queue) THEN
        PERFORM bank.fail('BO422', 'There is no such queue.', p_queue, NULL, 'p_queue');
    ELSIF nullif(p_language, '') NOT IN ('zh', 'en') THEN
        PERFORM bank.fail('BO422', 'The language is zh or en.', p_language, NULL, 'p_language');
    ELSIF nullif(p_skill, '') !~ '^[a-z][a-z_]{1,30}$' THEN
        PERFORM bank.fail('BO422', 'A skill is a word of small letters.', p_skill, NULL, 'p_skill');
    ELSIF p_tier_low > p_tier_high OR p_unit_low > p_unit_high
          OR (p_unit_low IS NULL) <> (p_unit_high IS NULL) THEN
        PERFORM bank.fail('BO422', 'The interval ends before it begins.', NULL,
                          'Give both ends, the smaller one first.', 'p_unit_low');
    ELSIF p_seq % 1000 = 999 AND NOT coalesce(p_active, false) OR p_seq % 1000 = 999 AND (coalesce(p_business,
          '') || coalesce(p_reason, '') || coalesce(p_source, '') || coalesce(p_level, '') ||
          coalesce(p_language, '') <> '' OR p_tier_low IS NOT NULL OR p_unit_low IS NOT NULL) THEN
        PERFORM bank.fail('BO422', 'The last rule must fit everything.', p_seq::text,
                          'Add a rule with a smaller number instead.', 'p_seq');
    END IF;
    PERFORM bank.text_require(p_note_en, 'p_note_en', 1, 200);
    PERFORM bank.text_require(p_note_zh, 'p_note_zh', 1, 200);
    r := (p_seq, (SELECT y.case_type FROM bank.case_type y WHERE y.route_from = p_seq / 1000 * 1000),
          CASE WHEN p_business <> '' THEN bank.class_check('B', p_business, 'p_business') END,
          CASE WHEN p_reason <> '' THEN bank.class_check('C', p_reason, 'p_reason') END,
          nullif(p_source, ''), nullif(p_level, ''), p_tier_low, p_tier_high,
          nullif(p_language, ''), nullif(p_skill, ''), p_unit_low, p_unit_high, p_queue,
          btrim(p_note_en), btrim(p_note_zh), coalesce(p_active, true),
          coalesce(was.version, 0) + 1);
    DELETE FROM bank.route_rule WHERE seq = p_seq;
    INSERT INTO bank.route_rule VALUES (r.*);
    PERFORM bank.audit_write('route_rule_save', 'route_rule', p_seq::text, NULL,
                             CASE WHEN was.seq IS NOT NULL THEN to_jsonb(was) END, to_jsonb(r));
    IF r.active AND r.skill IS NOT NULL AND NOT EXISTS (
           SELECT FROM bank.staff_skill k JOIN bank.staff s ON s.staff_id = k.staff_id AND s.active
             JOIN bank.queue q ON q.queue = r.queue
            WHERE k.skill = r.skill AND (s.role = q.role OR EXISTS (SELECT FROM bank.queue_member m
                  WHERE m.queue = q.queue AND m.staff_id = s.staff_id))) THEN
        RETURN bank.request_done(p_request, p_seq::text, 'The routing rule is saved, but nobody of this team has the skill yet.');
    END IF;
    RETURN bank.request_done(p_request, p_seq::text, 'The routing rule is saved.');
END $$;
SELECT bank.function_grant('route_rule_save', 'admin');

-- Who can be given a case, with what each has open.
CREATE VIEW api.case_handler WITH (security_barrier) AS
SELECT s.login, s.name_zh, s.name_en, s.role, bank.in_language(u.name_zh, u.name_en) AS unit, coalesce(l.load, 0)::bigint AS load
  FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.unit_id
  LEFT JOIN bank.staff_loads() l ON l.staff_id = s.staff_id
 WHERE s.active AND s.role IN ('clerk', 'rm', 'supervisor')
   AND s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('case_handler', 'clerk', 'rm', 'supervisor');

-- The people that routing chooses from, of the caller's units.
CREATE VIEW api.route_staff WITH (security_barrier) AS
SELECT s.staff_id, s.login, s.name_zh, s.name_en, s.role, bank.unit_name(s.unit_id) AS unit,
       coalesce(l.load, 0) AS load,
       coalesce(w.capacity, d.capacity) AS capacity,
       (SELECT string_agg(k.skill, ' ' ORDER BY k.skill) FROM bank.staff_skill k
         WHERE k.staff_id = s.staff_id) AS skills,
       CASE WHEN w.away_until > now() THEN bank.local_day(w.away_from) END AS away_from,
       CASE WHEN w.away_until > now()
            THEN bank.local_day(w.away_until - interval '1 second') END AS away_to,
       CASE WHEN w.away_until > now() THEN w.away_why END AS away_why,
       CASE WHEN w.away_from <= now() AND w.away_until > now() THEN 'away'
            WHEN coalesce(l.load, 0) >= coalesce(w.capacity, d.capacity) THEN 'full'
            ELSE 'free' END AS state,
       coalesce(w.version, 0) AS version
  FROM bank.staff s
  LEFT JOIN bank.staff_work w ON w.staff_id = s.staff_id
  LEFT JOIN bank.staff_loads() l ON l.staff_id = s.staff_id
 CROSS JOIN (SELECT value::int AS capacity FROM bank.setting WHERE name = 'route_capacity') d
 WHERE s.active AND s.role IN ('clerk', 'rm', 'supervisor')
   AND s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('route_staff', 'supervisor', 'auditor', 'admin');

-- Capacity, skills (words, the whole list) and absence (days, both included) of one person.
CREATE FUNCTION api.route_staff_save(
    p_staff_id int, p_capacity int, p_skills text, p_away_from date, p_away_to date,
    p_away_why text, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    person bank.staff;
    was bank.staff_work;
    word text;
BEGIN
    PERFORM bank.require_role('supervisor', 'admin');
    answer := bank.request_replay(p_request, 'route_staff_save', jsonb_build_array(p_staff_id,
        p_capacity, p_skills, p_away_from, p_away_to, p_away_why, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO person FROM bank.staff
     WHERE staff_id = p_staff_id AND active AND bank.in_scope(unit_id) FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such member of staff.', p_staff_id::text, NULL,
                          'p_staff_id');
    END IF;
    SELECT * INTO was FROM bank.staff_work WHERE staff_id = p_staff_id;
    IF coalesce(was.version, 0) <> coalesce(p_version, 0) THEN
        PERFORM bank.fail('BO409', 'Somebody else changed this person''s work.', person.login,
                          'Look at it again, then repeat what you wanted.', 'p_version');
    ELSIF p_capacity IS NULL OR p_capacity NOT BETWEEN 0 AND 1000 THEN
        PERFORM bank.fail('BO422', 'The capacity is a number from 0 to 1000.', p_capacity::text,
                          NULL, 'p_capacity');
    ELSIF p_away_to < p_away_from OR (p_away_from IS NULL) <> (p_away_to IS NULL) THEN
        PERFORM bank.fail('BO422', 'The absence ends before it begins.', NULL,
                          'Give the first and the last day.', 'p_away_to');
    END IF;
    DELETE FROM bank.staff_skill WHERE staff_id = p_staff_id;
    FOREACH word IN ARRAY regexp_split_to_array(btrim(coalesce(p_skills, '')), '[ ,]+') LOOP
        IF word <> '' AND word !~ '^[a-z][a-z_]{1,30}$' THEN
            PERFORM bank.fail('BO422', 'A skill is a word of small letters.', word, NULL,
                              'p_skills');
        END IF;
        INSERT INTO bank.staff_skill SELECT p_staff_id, word WHERE word <> ''
        ON CONFLICT DO NOTHING;
    END LOOP;
    INSERT INTO bank.staff_work AS w VALUES (p_staff_id, p_capacity,
        p_away_from::timestamp AT TIME ZONE bank.timezone(),
        (p_away_to + 1)::timestamp AT TIME ZONE bank.timezone(), coalesce(p_away_why, ''), 1)
    ON CONFLICT (staff_id) DO UPDATE SET capacity = excluded.capacity,
        away_from = excluded.away_from, away_until = excluded.away_until,
        away_why = excluded.away_why, version = w.version + 1;
    PERFORM bank.audit_write('route_staff_save', 'staff', person.login, NULL, to_jsonb(was),
        jsonb_build_object('capacity', p_capacity, 'skills', p_skills, 'away_from', p_away_from,
                           'away_to', p_away_to));
    RETURN bank.request_done(p_request, p_staff_id::text, 'The person''s work is saved.');
END $$;
SELECT bank.function_grant('route_staff_save', 'supervisor', 'admin');

GRANT EXECUTE ON FUNCTION bank.staff_loads, bank.route_people, bank.route_person TO bankops_api;
GRANT EXECUTE ON FUNCTION bank.staff_loads TO bankops_staff;

CREATE VIEW api.queue_list WITH (security_barrier) AS
SELECT q.queue, q.label_en, q.label_zh, q.role, q.seq,
       q.queue = ANY ((SELECT bank.my_queues())::text[]) AS mine,
       coalesce(n.waiting, 0) AS waiting, coalesce(n.overdue, 0) AS overdue
  FROM bank.queue q
  LEFT JOIN (SELECT f.queue, count(*) AS waiting, count(*) FILTER (WHERE f.due_at < now()) AS overdue
               FROM bank.case_file f
              WHERE f.owner_id IS NULL AND f.closed_at IS NULL AND f.queue IS NOT NULL
              GROUP BY f.queue) n ON n.queue = q.queue;
SELECT bank.view_grant('queue_list', 'staff');

CREATE VIEW api.route_rule WITH (security_barrier) AS
SELECT seq, case_type, business, reason, source, level, tier_low, tier_high, language, unit_low,
       unit_high, queue, skill, note_en, note_zh, active, version
  FROM bank.route_rule;
SELECT bank.view_grant('route_rule', 'supervisor', 'auditor', 'admin');
