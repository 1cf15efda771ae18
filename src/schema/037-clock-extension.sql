-- More time for a statutory clock: asked, approved by a superior unit, told to the customer. And the
-- administrator's changes of clock rules, which recompute what runs.

-- The running clock, locked. BO423: it does not run, or its time is over and can only be late.
CREATE FUNCTION bank.clock_running(c bank.case_file, p_clock text) RETURNS bank.case_clock
LANGUAGE plpgsql AS $$
DECLARE
    k bank.case_clock;
BEGIN
    SELECT * INTO k FROM bank.case_clock x WHERE x.customer_id = c.customer_id
       AND x.case_id = c.case_id AND x.clock = p_clock AND x.stopped_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO423', 'This clock does not run.', p_clock,
                          'Choose a running clock of the case.', 'p_clock');
    ELSIF k.due_at < clock_timestamp() AND NOT bank.clock_held(k) THEN
        PERFORM bank.fail('BO423', 'The deadline has passed; it is not extended any more.',
                          to_char(k.due_at AT TIME ZONE bank.timezone(), 'YYYY-MM-DD HH24:MI'),
                          'Answer the customer now.', 'p_clock');
    END IF;
    RETURN k;
END $$;

-- Asks for more days for a clock of the caller's case.
CREATE FUNCTION api.case_extend_ask(p_customer_id bigint, p_case_id bigint, p_clock text,
                                    p_days int, p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
    k bank.case_clock;
    room int;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'case_extend_ask', jsonb_build_array(p_customer_id,
        p_case_id, p_clock, p_days, p_reason));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.case_lock(p_customer_id, p_case_id, NULL);
    k := bank.clock_running(c, p_clock);
    SELECT r.extend_days - k.extension INTO room FROM bank.clock_rules(c) r WHERE r.clock = p_clock;
    IF (bank.me()).staff_id IS DISTINCT FROM c.owner_id AND (bank.me()).role <> 'supervisor' THEN
        PERFORM bank.case_own_fail(c);
    ELSIF coalesce(btrim(p_reason), '') = '' THEN
        PERFORM bank.fail('BO422', 'Write the reason.', NULL, NULL, 'p_reason');
    ELSIF NOT coalesce(p_days BETWEEN 1 AND room, false) THEN
        PERFORM bank.fail('BO422', 'The rules do not allow so many more days.',
                          greatest(coalesce(room, 0), 0)::text,
                          'The detail says how many days are left to ask for.', 'p_days');
    END IF;
    INSERT INTO bank.case_extension (customer_id, case_id, unit_id, clock, run, days, reason,
                                     maker_id)
    VALUES (c.customer_id, c.case_id, c.unit_id, k.clock, k.run, p_days, btrim(p_reason),
            (bank.me()).staff_id);
    PERFORM bank.case_event_write(c, c, 'extend_ask', (SELECT d.label_zh || ' / ' || d.label_en
        FROM bank.clock_kind d WHERE d.clock = p_clock) || ' +' || p_days || ': ' || p_reason);
    RETURN bank.request_done(p_request, c.case_id::text, 'The extension waits for approval.');
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.fail('BO409', 'An extension of this clock already waits for approval.', p_clock);
END $$;

-- Approves or refuses. The checker is another person, of a superior unit of the one who asked or of
-- head office (CBIRC Order 2020-3, article 21). Approval tells the customer in the same transaction.
CREATE FUNCTION api.case_extend_decide(p_customer_id bigint, p_case_id bigint,
    p_extension_id bigint, p_approve boolean, p_note text, p_how text, p_version bigint,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.case_file;
    e bank.case_extension;
    k bank.case_clock;
    who bank.staff := bank.me();
    told text;
BEGIN
    PERFORM bank.require_role('supervisor');
    answer := bank.request_replay(p_request, 'case_extend_decide', jsonb_build_array(p_customer_id,
        p_case_id, p_extension_id, p_approve, p_note, p_how, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.case_lock(p_customer_id, p_case_id, NULL);
    SELECT * INTO e FROM bank.case_extension x WHERE x.customer_id = p_customer_id
       AND x.case_id = p_case_id AND x.extension_id = p_extension_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such extension.', p_extension_id::text);
    ELSIF e.state <> 'asked' OR e.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this in the meantime.', e.state,
                          'Look at it again.', 'p_version');
    ELSIF e.maker_id = who.staff_id THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', c.number,
                          'Ask another supervisor.');
    ELSIF NOT bank.unit_above(who.unit_id, (SELECT s.unit_id FROM bank.staff s
                                             WHERE s.staff_id = e.maker_id)) THEN
        PERFORM bank.fail('BO403', 'A superior unit must approve this.', c.number,
                          'Leave it to the branch or to head office.');
    ELSIF NOT p_approve AND coalesce(btrim(p_note), '') = '' THEN
        PERFORM bank.fail('BO422', 'Write a note.', NULL, NULL, 'p_note');
    END IF;
    IF p_approve THEN
        PERFORM bank.case_way_check(c, p_how);
        told := p_how;
        k := bank.clock_running(c, e.clock);
        UPDATE bank.case_clock SET extension = extension + e.days
         WHERE customer_id = k.customer_id AND case_id = k.case_id AND clock = k.clock
           AND run = k.run;
        c.due_at := bank.case_clock_refresh(c, 'extension');
        UPDATE bank.case_file SET due_at = c.due_at
         WHERE customer_id = c.customer_id AND case_id = c.case_id;
        PERFORM bank.case_message(c, p_how, bank.extension_notice(c, k, e), 'case_extension',
                                  p_request);
    END IF;
    UPDATE bank.case_extension x SET state = CASE WHEN p_approve THEN 'approved' ELSE 'refused' END,
           checker_id = who.staff_id, decided_at = clock_timestamp(), note = coalesce(p_note, ''),
           told_at = CASE WHEN p_approve THEN clock_timestamp() END, told_how = told,
           version = version + 1
     WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id
       AND x.extension_id = p_extension_id;
    PERFORM bank.case_event_write(c, c, CASE WHEN p_approve THEN 'extend_approve'
        ELSE 'extend_refuse' END, (SELECT d.label_zh || ' / ' || d.label_en
        FROM bank.clock_kind d WHERE d.clock = e.clock) || ' +' || e.days || coalesce(': ' || p_note, ''));
    RETURN bank.request_done(p_request, c.case_id::text,
        CASE WHEN p_approve THEN 'The extension is approved and the customer is told.'
             ELSE 'The extension is refused.' END);
END $$;

-- Whether the first unit is the head office or lies properly above the second.
CREATE FUNCTION bank.unit_above(p_unit_id int, p_of int) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM bank.unit u WHERE u.unit_id = p_unit_id
                      AND (u.kind = 'head' OR p_of BETWEEN u.low AND u.high AND p_of <> u.unit_id))
$$;

-- What the customer is told, in his language.
CREATE FUNCTION bank.extension_notice(c bank.case_file, k bank.case_clock, e bank.case_extension)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE bank.case_language(c) WHEN 'zh' THEN
               format('%s：您的投诉办理期限延长 %s 天，最迟于 %s 前答复。原因：%s', c.number, e.days, t.day, e.reason)
           ELSE format('Your complaint %s needs %s more day%s; you will have our answer by %s. Reason: %s',
                       c.number, e.days, CASE WHEN e.days > 1 THEN 's' ELSE '' END, t.day, e.reason) END
      FROM (SELECT to_char((x.due_at - interval '1 second') AT TIME ZONE bank.timezone(),
                           'YYYY-MM-DD') AS day
              FROM bank.case_clock x WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id
               AND x.clock = k.clock AND x.run = k.run) t
$$;

CREATE VIEW api.case_extension_list WITH (security_barrier) AS
SELECT k.asked_at, k.customer_id, k.case_id, k.extension_id, e.clock, e.label_zh AS clock_zh,
       e.label_en AS clock_en, e.days, e.reason, k.state, e.number,
       (SELECT y.screen FROM bank.case_type y WHERE y.case_type = e.case_type) AS screen,
       CASE WHEN k.customer_id IN (SELECT bank.my_locked()) THEN '***' ELSE e.subject END AS subject,
       e.level, e.clock_due AS due_at, bank.staff_name(e.maker_id) AS maker,
       bank.staff_name(e.checker_id) AS checker, e.decided_at, e.note, e.told_at, e.told_how,
       k.unit_id, bank.unit_name(k.unit_id) AS unit, e.version,
       k.state = 'asked' AND e.maker_id <> (SELECT bank.my_staff_id())
           AND (SELECT bank.my_role()) = 'supervisor' AS decidable,
       k.state <> 'asked' OR e.superior AS superior
  FROM bank.case_extension k -- keys in the order of times, the rest for those of the page: OFFSET keeps the planner to it
 CROSS JOIN LATERAL (
        SELECT x.*,
               EXISTS (SELECT FROM bank.staff s, bank.unit u WHERE s.staff_id = x.maker_id AND u.unit_id = (SELECT bank.my_unit())
                          AND (u.kind = 'head' OR s.unit_id BETWEEN u.low AND u.high AND s.unit_id <> u.unit_id)) AS superior,
                f.number, f.case_type, f.subject, f.level, c.due_at AS clock_due, d.label_zh, d.label_en
          FROM bank.case_extension x
          JOIN bank.case_file f ON f.customer_id = x.customer_id AND f.case_id = x.case_id
          JOIN bank.case_clock c ON c.customer_id = x.customer_id AND c.case_id = x.case_id
                                AND c.clock = x.clock AND c.run = x.run
          JOIN bank.clock_kind d ON d.clock = x.clock
         WHERE x.customer_id = k.customer_id AND x.case_id = k.case_id AND x.extension_id = k.extension_id OFFSET 0) e
 WHERE (k.unit_id < (SELECT bank.my_scope_low())) IS NOT TRUE AND (k.unit_id > (SELECT bank.my_scope_high())) IS NOT TRUE
 ORDER BY k.asked_at DESC, k.customer_id, k.case_id, k.extension_id;
SELECT bank.view_grant('case_extension_list', 'clerk', 'rm', 'supervisor', 'auditor');
SELECT bank.function_grant('case_extend_ask', 'clerk', 'rm', 'supervisor');
SELECT bank.function_grant('case_extend_decide', 'supervisor');

-- The clocks of a case that can be lengthened, for the form.
CREATE FUNCTION api.case_extend_form(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (number text, subject text, clock text, due_at text, days text, room int,
               reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    c bank.case_file;
BEGIN
    PERFORM bank.customer_require(p_customer_id);
    SELECT * INTO c FROM bank.case_file f WHERE f.customer_id = p_customer_id
       AND f.case_id = p_case_id AND bank.in_scope(f.unit_id);
    IF c.case_id IS NOT NULL AND bank.case_hand(c.owner_id) <> 'you' THEN
        PERFORM bank.case_own_fail(c);
    ELSIF EXISTS (SELECT FROM bank.case_extension x WHERE x.customer_id = p_customer_id AND x.case_id = p_case_id
                     AND x.state = 'asked') THEN
        PERFORM bank.fail('BO409', 'An extension of this clock already waits for approval.', c.number,
                          'A superior unit decides it first.');
    END IF;
    RETURN QUERY SELECT c.number, c.subject, k.clock,
                        to_char(k.due_at AT TIME ZONE bank.timezone(), 'YYYY-MM-DD HH24:MI'),
                        (r.extend_days - k.extension)::text, r.extend_days - k.extension, ''::text
      FROM bank.clock_rules(c) r JOIN bank.case_clock k USING (clock)
     WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id AND k.stopped_at IS NULL
       AND r.extend_days > k.extension
     ORDER BY k.due_at LIMIT 1;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO423', 'No clock of this case can be extended.', c.number,
                          'Only statutory clocks of complex and major cases can.');
    END IF;
END $$;
SELECT bank.function_grant('case_extend_form', 'clerk', 'rm', 'supervisor');

-- Recomputes every running clock of cases of the type (NULL: all) after a change of policy.
CREATE FUNCTION bank.case_clock_recompute(p_case_type text, p_cause text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file;
    due timestamptz;
    done bigint := 0;
BEGIN
    FOR c IN SELECT * FROM bank.case_file f
              WHERE f.closed_at IS NULL AND f.case_type = coalesce(p_case_type, f.case_type)
              ORDER BY f.customer_id, f.case_id FOR UPDATE LOOP
        due := bank.case_clock_refresh(c, p_cause);
        UPDATE bank.case_file SET due_at = due WHERE customer_id = c.customer_id
           AND case_id = c.case_id AND due_at IS DISTINCT FROM due;
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;

CREATE VIEW api.clock_rule_list WITH (security_barrier) AS
SELECT r.case_type, r.regime, r.clock, d.label_zh AS clock_zh, d.label_en AS clock_en, r.level,
       r.source, r.measure, r.amount, coalesce(r.calendar, 'unit') AS calendar, r.pausable, r.extend_days, r.version
  FROM bank.clock_rule r JOIN bank.clock_kind d USING (clock)
 WHERE (SELECT bank.my_staff_id()) IS NOT NULL;
SELECT bank.view_grant('clock_rule_list', 'supervisor', 'auditor', 'admin');

GRANT EXECUTE ON FUNCTION bank.clock_running, bank.unit_above, bank.extension_notice,
    bank.case_clock_recompute TO bankops_api;
