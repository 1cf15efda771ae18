-- What staff write about a customer: contacts, tasks, verified tags; and what leaves the mask or
-- the bank: reveal and export, each audited.

-- Logs a contact, now; with a day to call back also a task for the caller.
CREATE FUNCTION api.contact_log(p_customer_id bigint, p_channel text, p_direction text,
                                p_topic text, p_summary text, p_outcome text,
                                p_call_back_on date, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff;
    c bank.customer;
    answer api.outcome;
    made bigint;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    me := bank.me();
    c := bank.customer_require(p_customer_id);
    answer := bank.request_replay(p_request, 'contact_log', jsonb_build_array(p_customer_id,
        p_channel, p_direction, p_topic, p_summary, p_outcome, p_call_back_on));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.text_require(p_summary, 'p_summary', 2, 2000);
    PERFORM bank.choice_require(p_channel, 'p_channel', '{phone,branch,visit,wechat,sms,email,app}');
    PERFORM bank.choice_require(p_direction, 'p_direction', '{in,out}');
    PERFORM bank.choice_require(p_topic, 'p_topic', '{service,sales,care,complaint,risk,other}');
    PERFORM bank.choice_require(coalesce(p_outcome, 'done'), 'p_outcome',
                                '{done,no_answer,interested,declined,call_back}');
    IF p_outcome = 'call_back' AND p_call_back_on IS NULL THEN
        PERFORM bank.fail('BO422', 'Say when to call back.', NULL, 'Enter a day.', 'p_call_back_on');
    END IF;
    INSERT INTO bank.contact (customer_id, staff_id, channel, direction, topic, summary, outcome,
                              unit_id)
    VALUES (c.customer_id, me.staff_id, p_channel, p_direction, p_topic, p_summary,
            coalesce(p_outcome, 'done'), c.unit_id)
    RETURNING contact_id INTO made;
    IF p_call_back_on IS NOT NULL THEN
        PERFORM bank.task_insert(c, me, me.staff_id, 'Call back', p_summary, p_call_back_on);
    END IF;
    PERFORM bank.audit_write('contact_log', 'contact', made::text, c.customer_id, NULL,
        jsonb_build_object('channel', p_channel, 'direction', p_direction, 'topic', p_topic,
                           'outcome', p_outcome));
    RETURN bank.request_done(p_request, made::text, 'Contact logged.');
END $$;

-- BO422 unless the text has p_least to p_most characters.
CREATE FUNCTION bank.text_require(p_text text, p_field text, p_least int, p_most int)
RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF length(btrim(coalesce(p_text, ''))) NOT BETWEEN p_least AND p_most THEN
        PERFORM bank.fail('BO422', 'The text is missing, too short or too long.',
                          p_least || '-' || p_most, 'Write a little more, or less.', p_field);
    END IF;
END $$;

-- BO422 unless the value is one of the choices.
CREATE FUNCTION bank.choice_require(p_value text, p_field text, p_choices text[])
RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF NOT coalesce(p_value = ANY (p_choices), false) THEN
        PERFORM bank.fail('BO422', 'This is none of the choices.', p_value,
                          array_to_string(p_choices, ', '), p_field);
    END IF;
END $$;

-- A task about a customer, due at the end of p_due_on (bank's zone).
CREATE FUNCTION bank.task_insert(c bank.customer, me bank.staff, p_owner_id int, p_title text,
                                 p_note text, p_due_on date)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    IF p_due_on IS NULL OR p_due_on < bank.today() THEN
        PERFORM bank.fail('BO422', 'The day must not lie in the past.', p_due_on::text,
                          'Enter today or a later day.', 'p_due_on');
    END IF;
    INSERT INTO bank.task (customer_id, title, note, due_at, owner_id, created_by, unit_id)
    VALUES (c.customer_id, p_title, coalesce(p_note, ''),
            (p_due_on + time '18:00') AT TIME ZONE bank.setting('timezone'), p_owner_id, me.staff_id,
            c.unit_id)
    RETURNING task_id INTO made;
    RETURN made;
END $$;

-- Makes a task for oneself, or (p_owner a login) for a colleague who may see the customer.
CREATE FUNCTION api.task_create(p_customer_id bigint, p_title text, p_note text, p_due_on date,
                                p_owner text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff;
    c bank.customer;
    answer api.outcome;
    owner_id int;
    made bigint;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    me := bank.me();
    c := bank.customer_require(p_customer_id);
    answer := bank.request_replay(p_request, 'task_create',
        jsonb_build_array(p_customer_id, p_title, p_note, p_due_on, p_owner));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.text_require(p_title, 'p_title', 2, 100);
    SELECT s.staff_id INTO owner_id FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id
    WHERE s.login = coalesce(nullif(btrim(p_owner), ''), me.login) AND s.active
      AND s.role IN ('clerk', 'rm', 'supervisor') AND c.unit_id BETWEEN u.low AND u.high;
    IF owner_id IS NULL THEN
        PERFORM bank.fail('BO422', 'This colleague may not see the customer.', p_owner,
                          'Choose a colleague of the customer''s branch.', 'p_owner');
    END IF;
    made := bank.task_insert(c, me, owner_id, p_title, p_note, p_due_on);
    PERFORM bank.audit_write('task_create', 'task', made::text, c.customer_id, NULL,
        jsonb_build_object('title', p_title, 'due_on', p_due_on, 'owner_id', owner_id));
    RETURN bank.request_done(p_request, made::text, 'Task created.');
END $$;

-- Ends a task: p_state done | cancelled.
CREATE FUNCTION bank.task_end(p_customer_id bigint, p_task_id bigint, p_note text,
                              p_version bigint, p_state text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql AS $$
DECLARE
    me bank.staff;
    t bank.task;
    answer api.outcome;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    me := bank.me();
    PERFORM bank.customer_require(p_customer_id);
    answer := bank.request_replay(p_request, 'task_' || p_state,
        jsonb_build_array(p_customer_id, p_task_id, p_note, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO t FROM bank.task WHERE customer_id = p_customer_id AND task_id = p_task_id
    FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such task.', p_task_id::text, NULL, 'p_task_id');
    ELSIF t.owner_id <> me.staff_id AND me.role <> 'supervisor' THEN
        PERFORM bank.fail('BO403', 'Only the owner or a supervisor may end this task.',
                          bank.staff_name(t.owner_id), NULL, 'p_task_id');
    ELSIF t.state <> 'open' THEN
        PERFORM bank.fail('BO423', 'This task has ended already.', t.done_at::text, NULL, 'p_task_id');
    ELSIF t.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this in the meantime.', p_task_id::text,
                          'Look at it again.', 'p_version');
    END IF;
    UPDATE bank.task SET state = p_state, done_at = now(), done_note = p_note, version = version + 1
    WHERE customer_id = p_customer_id AND task_id = p_task_id;
    PERFORM bank.audit_write('task_' || p_state, 'task', p_task_id::text, p_customer_id,
        jsonb_build_object('state', t.state), jsonb_build_object('state', p_state));
    RETURN bank.request_done(p_request, p_task_id::text,
        CASE p_state WHEN 'done' THEN 'Task done.' ELSE 'Task cancelled.' END);
END $$;

-- Ends a task of one's own, or of the caller's units for a supervisor.
CREATE FUNCTION api.task_done(p_customer_id bigint, p_task_id bigint, p_note text,
                              p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE sql SECURITY DEFINER SET search_path = api, bank, pg_temp
AS $$ SELECT bank.task_end(p_customer_id, p_task_id, p_note, p_version, 'done', p_request) $$;

CREATE FUNCTION api.task_cancel(p_customer_id bigint, p_task_id bigint, p_note text,
                                p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE sql SECURITY DEFINER SET search_path = api, bank, pg_temp
AS $$ SELECT bank.task_end(p_customer_id, p_task_id, p_note, p_version, 'cancelled', p_request) $$;

-- Confirms a tag after talking to the customer.
CREATE FUNCTION api.tag_verify(p_customer_id bigint, p_tag text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff;
    c bank.customer;
    answer api.outcome;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    me := bank.me();
    c := bank.customer_require(p_customer_id);
    answer := bank.request_replay(p_request, 'tag_verify', jsonb_build_array(p_customer_id, p_tag));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    UPDATE bank.customer_tag SET verified = true, verified_by = me.staff_id, at = now()
    WHERE customer_id = p_customer_id AND tag = p_tag AND NOT verified;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO423', 'This tag is not there or is confirmed already.', p_tag, NULL,
                          'p_tag');
    END IF;
    PERFORM bank.audit_write('tag_verify', 'customer', c.customer_number, p_customer_id, NULL,
                             jsonb_build_object('tag', p_tag));
    RETURN bank.request_done(p_request, p_tag, 'Tag confirmed.');
END $$;

-- The full value of one masked field, in two calls with the same key. The first records who looks
-- and why, and answers no value; the second, in a later transaction and within a minute, answers it:
-- nobody can read a value and roll its record back. One row in reveal_log and audit, even if the
-- console then fails to show it; at most setting reveal_per_hour in an hour for a member of staff.
-- p_field: phone | identity | address | birth_date | account:ID | card:ID (ID = account_id).
CREATE FUNCTION api.customer_reveal(p_customer_id bigint, p_field text, p_reason text,
                                    p_request uuid)
RETURNS TABLE (status text, id text, message text, value text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me bank.staff;
    c bank.customer;
    answer api.outcome;
    shown text;
    used int;
    told bank.reveal_log;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    me := bank.me();
    c := bank.customer_require(p_customer_id);
    shown := bank.customer_field(c, p_field);
    answer := bank.request_replay(p_request, 'customer_reveal',
                                  jsonb_build_array(p_customer_id, p_field, p_reason));
    IF answer IS NOT NULL THEN
        SELECT * INTO told FROM bank.reveal_log
        WHERE customer_id = p_customer_id AND staff_id = me.staff_id AND request = p_request;
        IF told.at < clock_timestamp() - interval '1 minute' THEN
            PERFORM bank.fail('BO423', 'This reveal has ended.', p_field, 'Reveal the field again.',
                              'p_request');
        END IF;
        RETURN QUERY SELECT answer.status, answer.id, answer.message,
                            CASE WHEN told.xid <> pg_current_xact_id() THEN shown END;
        RETURN;
    END IF;
    PERFORM bank.text_require(p_reason, 'p_reason', 5, 200);
    PERFORM FROM bank.staff WHERE staff_id = me.staff_id FOR UPDATE; -- two sessions, one budget
    SELECT count(*) INTO used FROM bank.reveal_log
    WHERE staff_id = me.staff_id AND at > clock_timestamp() - interval '1 hour';
    IF used >= bank.setting('reveal_per_hour')::int THEN
        PERFORM bank.fail('BO403', 'You have revealed as many fields as one hour allows.',
                          used::text, 'Wait, or ask a supervisor.', 'p_field');
    END IF;
    INSERT INTO bank.reveal_log (customer_id, staff_id, field, reason, unit_id, request)
    VALUES (p_customer_id, me.staff_id, p_field, p_reason, c.unit_id, p_request);
    PERFORM bank.audit_write('customer_reveal', 'customer', c.customer_number, p_customer_id, NULL,
                             jsonb_build_object('field', p_field, 'reason', p_reason));
    answer := bank.request_done(p_request, p_field, 'Shown for half a minute; the view is recorded.');
    RETURN QUERY SELECT answer.status, answer.id, answer.message, NULL::text;
END $$;

CREATE FUNCTION bank.customer_field(c bank.customer, p_field text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    part bigint := substring(p_field FROM '^(?:account|card|party_name|party_contact):([0-9]{1,18})$')::bigint;
    answer text;
BEGIN
    answer := CASE
        WHEN p_field = 'phone' THEN (SELECT string_agg(phone, ', ' ORDER BY main DESC, phone)
                                     FROM bank.phone WHERE customer_id = c.customer_id)
        WHEN p_field = 'identity' THEN (SELECT number FROM bank.customer_identity
                                        WHERE customer_id = c.customer_id ORDER BY kind DESC LIMIT 1)
        WHEN p_field = 'address' THEN (SELECT address FROM bank.address
                                       WHERE customer_id = c.customer_id ORDER BY kind LIMIT 1)
        WHEN p_field = 'birth_date' THEN c.birth_date::text
        WHEN p_field LIKE 'account:%' THEN (SELECT number FROM bank.account
            WHERE customer_id = c.customer_id AND account_id = part)
        WHEN p_field LIKE 'card:%' THEN (SELECT string_agg(card_number, ', ' ORDER BY card_number)
            FROM bank.card WHERE customer_id = c.customer_id AND account_id = part)
        WHEN p_field LIKE 'party_name:%' THEN (SELECT name FROM bank.case_party
            WHERE customer_id = c.customer_id AND party_id = part)
        WHEN p_field LIKE 'party_contact:%' THEN (SELECT nullif(contact, '') FROM bank.case_party
            WHERE customer_id = c.customer_id AND party_id = part) END;
    IF answer IS NULL THEN
        PERFORM bank.fail('BO404', 'There is nothing in this field.', p_field, NULL, 'p_field');
    END IF;
    RETURN answer;
END $$;

-- Records an export before the file is written: what, how many rows, hash of the content.
-- p_customer_id NULL for a list.
CREATE FUNCTION api.export_log(p_screen text, p_rows int, p_hash text, p_customer_id bigint,
                               p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff := bank.me();
    answer api.outcome;
    made bigint;
BEGIN
    IF p_customer_id IS NOT NULL THEN
        PERFORM bank.panel_require(p_customer_id);
    END IF;
    answer := bank.request_replay(p_request, 'export_log',
                                  jsonb_build_array(p_screen, p_rows, p_hash, p_customer_id));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.text_require(p_screen, 'p_screen', 1, 60);
    PERFORM bank.text_require(p_hash, 'p_hash', 16, 128);
    IF p_rows IS NULL OR p_rows < 0 THEN
        PERFORM bank.fail('BO422', 'The number of rows is missing.', p_rows::text, NULL, 'p_rows');
    END IF;
    INSERT INTO bank.export_log (staff_id, screen, rows, content_hash, customer_id, unit_id)
    VALUES (me.staff_id, p_screen, p_rows, p_hash, p_customer_id, me.unit_id)
    RETURNING export_id INTO made;
    PERFORM bank.audit_write('export', 'screen', p_screen, p_customer_id, NULL,
                             jsonb_build_object('rows', p_rows, 'hash', p_hash));
    RETURN bank.request_done(p_request, made::text, 'Export recorded.');
END $$;

-- Settings of a list that a member of staff keeps under a name; replaced when it exists.
CREATE FUNCTION api.saved_view_save(p_screen text, p_name text, p_definition jsonb, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff := bank.me();
    answer api.outcome;
BEGIN
    answer := bank.request_replay(p_request, 'saved_view_save',
                                  jsonb_build_array(p_screen, p_name, p_definition));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.text_require(p_screen, 'p_screen', 1, 60);
    PERFORM bank.text_require(p_name, 'p_name', 1, 40);
    PERFORM bank.text_require(p_definition::text, 'p_definition', 2, 20000);
    INSERT INTO bank.saved_view (staff_id, screen, name, definition)
    VALUES (me.staff_id, p_screen, p_name, p_definition)
    ON CONFLICT (staff_id, screen, name) DO UPDATE SET definition = EXCLUDED.definition, at = now();
    RETURN bank.request_done(p_request, p_name, 'View saved.');
END $$;

-- Takes a kept view of the caller's away; nothing happens when there is none.
CREATE FUNCTION api.saved_view_delete(p_screen text, p_name text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'saved_view_delete',
                                              jsonb_build_array(p_screen, p_name));
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    DELETE FROM bank.saved_view
    WHERE staff_id = (bank.me()).staff_id AND screen = p_screen AND name = p_name;
    RETURN bank.request_done(p_request, p_name, 'View deleted.');
END $$;

CREATE VIEW api.saved_view_list WITH (security_barrier) AS
    SELECT v.screen, v.name, v.definition, v.at FROM bank.saved_view v
    WHERE v.staff_id = (SELECT bank.my_staff_id());

-- Keystrokes and time of one piece of work, from its first key to its commit.
CREATE FUNCTION api.task_timing_log(p_task text, p_screen text, p_keystrokes int,
                                    p_milliseconds bigint, p_outcome text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff := bank.me();
BEGIN
    PERFORM bank.choice_require(p_outcome, 'p_outcome', '{done,cancelled,failed}');
    IF coalesce(least(p_keystrokes, p_milliseconds), -1) < 0 OR p_keystrokes IS NULL
       OR p_milliseconds IS NULL OR p_task IS NULL OR p_screen IS NULL THEN
        PERFORM bank.fail('BO422', 'This is no measurement.', p_task, NULL, 'p_milliseconds');
    END IF;
    INSERT INTO bank.task_timing (staff_id, task, screen, keystrokes, milliseconds, outcome, unit_id)
    VALUES (me.staff_id, left(p_task, 60), left(p_screen, 60), p_keystrokes, p_milliseconds,
            p_outcome, me.unit_id);
END $$;

-- Where the screens are slow, for supervisors: the last 30 days of their units. "complaint" is a whole
-- one, from its taking to the answer: the tasks of one person up to an answer, within a quarter of an hour.
CREATE VIEW api.task_timing_summary WITH (security_barrier) AS
    WITH step AS (
        SELECT t.*, count(*) FILTER (WHERE t.task = 'case-reply') OVER (PARTITION BY t.staff_id ORDER BY t.at DESC)
                    AS piece
        FROM bank.task_timing t
        WHERE t.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
          AND t.at > now() - interval '30 days' AND t.outcome = 'done'
          AND t.task IN ('take', 'case_machine', 'choose1', 'choose2', 'choose3', 'choose4', 'case-classify',
                         'route', 'case-route', 'case-reply')),
    complaint AS (
        SELECT sum(keystrokes) AS keystrokes, sum(milliseconds) AS milliseconds FROM step
        GROUP BY staff_id, piece
        HAVING bool_or(task = 'case-reply') AND bool_or(task = 'take')
           AND max(at) - min(at) < interval '15 minutes')
    SELECT 'complaint' AS task, 'case' AS screen, count(*) AS times,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds)::bigint AS median_ms,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY milliseconds)::bigint AS slow_ms,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY keystrokes)::int AS keystrokes, 0::bigint AS given_up
    FROM complaint HAVING count(*) > 0
    UNION ALL
    SELECT t.task, t.screen, count(*) AS times,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY t.milliseconds)::bigint AS median_ms,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY t.milliseconds)::bigint AS slow_ms,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY t.keystrokes)::int AS keystrokes,
           count(*) FILTER (WHERE t.outcome <> 'done') AS given_up
    FROM bank.task_timing t
    WHERE t.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
      AND t.at > now() - interval '30 days'
    GROUP BY t.task, t.screen;

-- Open tasks about one customer, and all open tasks of the caller.
CREATE FUNCTION api.customer_tasks(p_customer_id bigint)
RETURNS TABLE (customer_id bigint, task_id bigint, title text, note text, due_at timestamptz,
               owner text, state text, version bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT t.customer_id, t.task_id, bank.name_side(t.title) AS title, t.note, t.due_at, bank.in_language(s.name_zh, s.name_en),
           t.state, t.version
    FROM bank.task t LEFT JOIN bank.staff s ON s.staff_id = t.owner_id
    WHERE t.customer_id = p_customer_id AND t.state = 'open' ORDER BY t.due_at, t.task_id LIMIT 20;
END $$;

CREATE VIEW api.task_list WITH (security_barrier) AS
    SELECT t.customer_id, t.task_id, bank.name_side(t.title) AS title, t.note, t.due_at, t.state, t.version,
           CASE WHEN c.restricted THEN bank.mask_name(c.name) ELSE c.name END AS customer,
           t.created_at
    FROM bank.task t JOIN bank.customer c ON c.customer_id = t.customer_id
    WHERE t.owner_id = (SELECT bank.my_staff_id()) AND t.state = 'open'
      AND t.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
FROM unnest(ARRAY['contact_log', 'task_create', 'task_done', 'task_cancel', 'tag_verify',
                  'customer_reveal', 'customer_tasks']) AS t (name);
SELECT bank.function_grant(name, 'staff')
FROM unnest(ARRAY['export_log', 'saved_view_save', 'saved_view_delete', 'task_timing_log']) AS t (name);
SELECT bank.view_grant('saved_view_list', 'staff');
SELECT bank.view_grant('task_timing_summary', 'supervisor', 'admin');
SELECT bank.view_grant('task_list', 'clerk', 'rm', 'supervisor');
