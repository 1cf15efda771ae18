-- A case moves to the desk of another unit: another sub-branch, the branch, head office. The customer stays
-- where he is, and who sees the case too; who works on it, and the calendar its clocks count in, is the other
-- unit's. It goes only where somebody may see the customer: another region does not, so that head office, which
-- sees both, is the way there; its executive desk takes what no team of it could.

INSERT INTO bank.case_action (case_type, action, label_en, label_zh, seq, plain)
SELECT t.case_type, 'transfer', 'Handed to another unit', '转交其他机构', 90, false
  FROM bank.case_transition t WHERE t.action = 'route' GROUP BY t.case_type;
INSERT INTO bank.case_transition (case_type, stage, action, level, next_stage, roles, own, needs, sets, outcome,
                                  starts, stops, follow)
SELECT t.case_type, t.stage, 'transfer', t.level, t.next_stage, '{supervisor}', false, '{note}', t.sets,
       t.outcome, t.starts, t.stops, t.follow
  FROM bank.case_transition t
 WHERE t.action = 'route' AND t.stage NOT IN ('registered', 'classified', 'new');

-- Who of a unit may work on the case: members of its queue's team, or of any team without one.
CREATE FUNCTION bank.desk_people(c bank.case_file, p_unit bank.unit, p_queue text) RETURNS SETOF bank.staff
LANGUAGE sql STABLE AS $$
    SELECT s.* FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id
     WHERE s.active AND s.role IN ('clerk', 'rm', 'supervisor') AND s.unit_id = p_unit.unit_id
       AND c.unit_id BETWEEN u.low AND u.high AND s.staff_id IS DISTINCT FROM c.complained_staff_id
       AND (p_queue IS NULL OR EXISTS (SELECT FROM bank.queue q WHERE q.queue = p_queue
             AND (s.role = q.role OR EXISTS (SELECT FROM bank.queue_member m
                                              WHERE m.queue = q.queue AND m.staff_id = s.staff_id))))
$$;
GRANT EXECUTE ON FUNCTION bank.desk_people TO bankops_api;

-- The queue in which that unit gets the case: the wanted one when somebody of it is there, at head office else, when
-- none was `chosen`, the executive desk; NULL: nobody there can.
CREATE FUNCTION bank.desk_queue(c bank.case_file, p_unit bank.unit, p_queue text, p_chosen boolean) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM bank.desk_people(c, p_unit, p_queue)) THEN p_queue
                WHEN p_unit.kind = 'head' AND NOT p_chosen
                     AND EXISTS (SELECT FROM bank.desk_people(c, p_unit, 'executive')) THEN 'executive' END
$$;
-- Who at head office could work on it, by name.
CREATE FUNCTION bank.desk_above(c bank.case_file) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT bank.unit_name(u.unit_id) || ': ' || string_agg(x.name, ', ' ORDER BY x.staff_id)
      FROM bank.unit u CROSS JOIN LATERAL (
           SELECT p.staff_id, bank.in_language(p.name_zh, p.name_en) AS name
             FROM bank.desk_people(c, u, bank.desk_queue(c, u, c.queue, false)) p ORDER BY p.staff_id LIMIT 3) x
     WHERE u.kind = 'head' AND bank.desk_queue(c, u, c.queue, false) IS NOT NULL GROUP BY u.unit_id
$$;
GRANT EXECUTE ON FUNCTION bank.desk_queue, bank.desk_above TO bankops_api;

-- Where the case can go, with how many people of its queue are there and what they have open.
CREATE FUNCTION api.case_desks(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (code text, unit text, people text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    c bank.case_file;
BEGIN
    PERFORM bank.customer_require(p_customer_id);
    SELECT * INTO c FROM bank.case_file f
     WHERE f.customer_id = p_customer_id AND f.case_id = p_case_id AND bank.in_scope(f.unit_id);
    RETURN QUERY
    SELECT u.code, bank.in_language(u.name_zh, u.name_en),
           CASE WHEN q.queue <> c.queue THEN (SELECT bank.in_language(n.label_zh, n.label_en) || ': '
                                                FROM bank.queue n WHERE n.queue = q.queue) ELSE '' END
           || format(bank.in_language('%s 人，在办 %s 件', 'people %s, open cases %s'), count(p.staff_id), coalesce(sum(l.load), 0))
      FROM bank.unit u CROSS JOIN LATERAL bank.desk_queue(c, u, c.queue, false) q (queue)
     CROSS JOIN LATERAL bank.desk_people(c, u, q.queue) p
      LEFT JOIN bank.staff_loads() l ON l.staff_id = p.staff_id
     WHERE c.case_id IS NOT NULL AND (q.queue IS NOT NULL OR c.queue IS NULL) AND u.unit_id <> coalesce(c.desk_id, c.unit_id)
     GROUP BY u.unit_id, q.queue ORDER BY u.unit_id;
END $$;
SELECT bank.function_grant('case_desks', 'supervisor');

-- Hands the case to the desk of the unit of this code, into `p_queue` (empty: the one it is in, see desk_queue); a free person of
-- the team there becomes its owner. Its clocks go on in the other unit's calendar.
CREATE FUNCTION api.case_transfer(p_customer_id bigint, p_case_id bigint, p_unit text, p_queue text, p_note text,
                                  p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
    target bank.unit;
BEGIN
    answer := bank.request_replay(p_request, 'case_transfer', jsonb_build_array(p_customer_id, p_case_id, p_unit,
        p_queue, p_note, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    PERFORM bank.case_allowed(was, 'transfer');
    c := was;
    c.queue := coalesce(nullif(p_queue, ''), was.queue);
    SELECT * INTO target FROM bank.unit u WHERE u.code = btrim(p_unit);
    IF NOT FOUND THEN
        PERFORM bank.fail('BO422', 'There is no such unit.', p_unit, 'F4 lists the units.', 'p_unit');
    ELSIF NOT EXISTS (SELECT FROM bank.queue q WHERE q.queue = c.queue) THEN
        PERFORM bank.fail('BO422', 'Choose a queue.', c.number, NULL, 'p_queue');
    ELSIF target.unit_id = coalesce(was.desk_id, was.unit_id) THEN
        PERFORM bank.fail('BO422', 'The case is at this unit already.', bank.unit_name(target.unit_id),
                          'Choose another unit.', 'p_unit');
    ELSIF NOT EXISTS (SELECT FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id
                       WHERE s.unit_id = target.unit_id AND was.unit_id BETWEEN u.low AND u.high)
          AND NOT was.unit_id BETWEEN target.low AND target.high THEN
        PERFORM bank.fail('BO422', 'That region does not see this customer.',
                          bank.desk_above(was),
                          'Hand it to head office, which sees both and asks that unit.', 'p_unit');
    ELSIF bank.desk_queue(was, target, c.queue, coalesce(p_queue, '') <> '') IS NULL THEN
        PERFORM bank.fail('BO422', 'Nobody there can work on this case.',
                          concat_ws(', ', bank.unit_name(target.unit_id),
                                    (SELECT bank.in_language(q.label_zh, q.label_en) FROM bank.queue q
                                      WHERE q.queue = c.queue)),
                          'Choose a unit of the customer''s branch or head office, or another queue.', 'p_unit');
    END IF;
    c.queue := bank.desk_queue(was, target, c.queue, coalesce(p_queue, '') <> '');
    c.desk_id := nullif(target.unit_id, was.unit_id);
    c.route_seq := NULL;
    c.owner_id := CASE WHEN (SELECT y.to_person FROM bank.case_type y WHERE y.case_type = c.case_type)
                       THEN bank.route_person(c, c.queue, NULL) END;
    c := bank.case_step(was, c, 'transfer', p_note);
    RETURN bank.request_done(p_request, c.case_id::text, 'The case is at the other unit.');
END $$;
SELECT bank.function_grant('case_transfer', 'supervisor');
