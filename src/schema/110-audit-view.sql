-- The audit trail as people read it: in words, and what was changed field by field.

-- One value as people read it. p_kind: how (bank.audit_field); p_type: of a case, its type.
CREATE FUNCTION bank.audit_text(p_kind text, p_object_kind text, p_field text, p_value jsonb, p_type text,
                                p_currency text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    said text := p_value #>> '{}';
    whole boolean := jsonb_typeof(p_value) IN ('number', 'string') AND said ~ '^-?[0-9]{1,18}$';
    english boolean := bank.in_language('zh', 'en') = 'en';
    word text;
BEGIN
    -- Each call by itself: an expression with a query in it would plan the functions anew every time.
    IF said IS NULL OR said IN ('', '{}', '[]') THEN
        RETURN NULL;
    ELSIF jsonb_typeof(p_value) = 'array' AND p_field <> 'flags' AND jsonb_typeof(p_value -> 0) <> 'object' THEN
        RETURN (SELECT string_agg(v, ', ' ORDER BY n) FROM jsonb_array_elements_text(p_value) WITH ORDINALITY x (v, n));
    ELSIF jsonb_typeof(p_value) = 'boolean' OR p_kind = 'text' AND p_object_kind <> 'case' AND p_field <> 'regime' THEN
        NULL;
    ELSIF p_kind = 'money' AND whole THEN
        word := bank.recon_money(said::bigint, p_currency) || ' ' || p_currency;
    ELSIF p_kind = 'staff' AND whole THEN
        SELECT bank.in_language(x.name_zh, x.name_en) INTO word FROM bank.staff x WHERE x.staff_id = said::int;
    ELSIF p_kind = 'login' THEN
        word := bank.login_name(said);
    ELSIF p_kind = 'unit' AND whole THEN
        SELECT bank.in_language(x.name_zh, x.name_en) INTO word FROM bank.unit x WHERE x.unit_id = said::int;
    ELSIF p_kind = 'lane' THEN
        word := bank.recon_setting_text(p_field, said, p_currency);
        word := bank.recon_setting_word(word, NOT english);
    ELSIF p_kind = 'moment' THEN
        word := to_char(said::timestamptz, 'YYYY-MM-DD HH24:MI');
    ELSIF p_kind = 'rule_set' AND whole THEN
        SELECT r.name || ' ' || r.version INTO word FROM bank.recon_rule_set r WHERE r.rule_set_id = said::int;
    ELSIF p_field = 'regime' THEN
        SELECT bank.in_language(g.label_zh, g.label_en) INTO word FROM bank.regime g WHERE g.regime = said;
    ELSIF p_field = 'case_type' THEN
        SELECT bank.in_language(y.label_zh, y.label_en) INTO word FROM bank.case_type y WHERE y.case_type = said;
    ELSIF p_field = 'stage' THEN
        SELECT bank.in_language(x.label_zh, x.label_en) INTO word FROM bank.case_stage x
         WHERE x.case_type = p_type AND x.stage = said;
    ELSIF p_field = 'queue' THEN
        SELECT bank.in_language(q.label_zh, q.label_en) INTO word FROM bank.queue q WHERE q.queue = said;
    ELSIF p_field IN ('business', 'reason', 'channel') AND p_kind = 'case' THEN
        SELECT bank.in_language(k.label_zh, k.label_en) INTO word FROM bank.class_code k
         WHERE k.axis = CASE p_field WHEN 'channel' THEN 'A' WHEN 'business' THEN 'B' ELSE 'C' END AND k.code = said;
    ELSIF p_kind = 'case' OR p_object_kind = 'case' THEN
        word := bank.case_value(p_type, p_field, said, english);
    END IF;
    IF (word IS NULL OR word = said) AND said ~ '^[A-Za-z_-]{1,20}$' THEN
        SELECT bank.in_language(v.label_zh, v.label_en) INTO word FROM bank.audit_value v
         WHERE v.object_kind IN (p_object_kind, '') AND v.value = said
           AND v.field IN (p_field, CASE jsonb_typeof(p_value) WHEN 'boolean' THEN '' END)
         ORDER BY v.object_kind DESC, v.field DESC LIMIT 1;
    END IF;
    RETURN coalesce(word, said);
END $$;

-- What differs between before and after, a row for each field, the fields of an object in it each by itself;
-- of what was new, all that is known. `context`: only said of before, to tell what this was about.
CREATE FUNCTION bank.audit_lines(p_object_kind text, p_object_id text, p_before jsonb, p_after jsonb)
RETURNS TABLE (field text, title text, before text, after text, context boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    was jsonb := CASE jsonb_typeof(p_before) WHEN 'object' THEN p_before ELSE '{}' END;
    now jsonb := CASE jsonb_typeof(p_after) WHEN 'object' THEN p_after ELSE '{}' END;
    money text := coalesce(nullif(now ->> 'currency', ''), nullif(was ->> 'currency', ''), 'CNY');
    type text;
    d record;
BEGIN
    IF p_object_kind = 'case' THEN
        SELECT f.case_type INTO type FROM bank.case_file f WHERE f.number = p_object_id LIMIT 1;
    END IF;
    FOR d IN
        SELECT x.part, x.key, x.was, x.now, w.kind, w.label_zh, w.label_en
          FROM (SELECT k AS part, k AS key, was -> k AS was, now -> k AS now FROM jsonb_object_keys(was || now) k
                 WHERE was -> k IS DISTINCT FROM now -> k AND jsonb_typeof((was || now) -> k) <> 'object'
                 UNION ALL
                SELECT k, s, was -> k -> s, now -> k -> s
                  FROM jsonb_object_keys(was || now) k
                 CROSS JOIN jsonb_object_keys(CASE WHEN jsonb_typeof((was || now) -> k) = 'object' THEN
                     CASE jsonb_typeof(was -> k) WHEN 'object' THEN was -> k ELSE '{}' END || ((was || now) -> k) END) s
                 WHERE was -> k -> s IS DISTINCT FROM now -> k -> s) x
          LEFT JOIN LATERAL (SELECT f.kind, f.label_zh, f.label_en FROM bank.audit_field f
                              WHERE f.object_kind IN (p_object_kind, '') AND f.field = x.key
                              ORDER BY f.object_kind DESC LIMIT 1) w ON true
    LOOP
        IF d.part = 'fields' AND type IS NOT NULL THEN
            SELECT 'text', c.label_zh, c.label_en INTO d.kind, d.label_zh, d.label_en FROM bank.case_field c
             WHERE c.case_type = type AND c.field = d.key;
        END IF;
        CONTINUE WHEN d.kind = 'hidden';
        before := NULL;
        after := NULL;
        IF d.was IS NOT NULL THEN
            before := bank.audit_text(coalesce(d.kind, 'text'), p_object_kind, d.key, d.was, type, money);
        END IF;
        IF d.now IS NOT NULL THEN
            after := bank.audit_text(coalesce(d.kind, 'text'), p_object_kind, d.key, d.now, type, money);
        END IF;
        CONTINUE WHEN before IS NOT DISTINCT FROM after;
        context := p_after IS NOT NULL AND d.now IS NULL;
        field := d.key;
        title := coalesce(bank.in_language(d.label_zh, d.label_en), d.key);
        RETURN NEXT;
    END LOOP;
END $$;

CREATE FUNCTION bank.audit_changes(p_object_kind text, p_object_id text, p_before jsonb, p_after jsonb)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN (SELECT string_agg(l.title || bank.in_language('：', ': ') || CASE WHEN l.context THEN l.before
                              ELSE coalesce(left(l.before, 200) || ' → ', '') || coalesce(left(l.after, 200), '-') END, bank.in_language('；', '; ') ORDER BY l.title, l.field)
              FROM bank.audit_lines(p_object_kind, p_object_id, p_before, p_after) l);
END $$;
DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY '{audit_text,audit_lines,audit_changes}'::text[] LOOP
        EXECUTE format('ALTER FUNCTION bank.%I OWNER TO bankops_owner', f);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION bank.audit_changes TO bankops_staff;

-- The trail as the auditor reads it. No barrier, whose rows would all be sorted first: it hides all rows or none.
CREATE VIEW api.audit_list AS
    SELECT a.epoch, a.xid, a.audit_id, a.at, to_char(a.at, 'YYYY-MM-DD HH24:MI:SS') AS moment, a.login,
           bank.in_language(s.name_zh, s.name_en) AS staff, s.role, bank.unit_name(s.unit_id) AS unit, a.action,
           a.object_kind, a.object_id, a.customer_id, c.customer_number, bank.mask_name(c.name) AS customer,
           bank.audit_changes(a.object_kind, a.object_id, a.before, a.after) AS changes,
           a.action AS action_code, a.object_kind AS object_code, a.before::text AS before, a.after::text AS after
    FROM bank.audit a LEFT JOIN bank.staff s ON s.login = a.login
    LEFT JOIN bank.customer c ON c.customer_id = a.customer_id
    WHERE (SELECT bank.may_audit());

-- The codes of the trail and what they are called. Steps of cases by the names of the types of case.
CREATE VIEW api.audit_action_list WITH (security_barrier) AS
    SELECT w.action, w.label_zh, w.label_en FROM bank.audit_action w WHERE (SELECT bank.may_audit())
    UNION ALL
    (SELECT DISTINCT ON (x.action) 'case_' || x.action, x.label_zh, x.label_en FROM bank.case_action x
      WHERE (SELECT bank.may_audit())
        AND NOT EXISTS (SELECT FROM bank.audit_action w WHERE w.action = 'case_' || x.action)
      ORDER BY x.action, x.case_type);
CREATE VIEW api.audit_object_list WITH (security_barrier) AS
    SELECT o.object_kind, o.label_zh, o.label_en FROM bank.audit_object o WHERE (SELECT bank.may_audit());

-- One entry of the trail, a row for each field that it changed.
CREATE FUNCTION api.audit_changes(p_epoch int, p_xid text, p_audit_id bigint)
RETURNS TABLE (field text, title text, before text, after text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('auditor');
    RETURN QUERY SELECT l.field, l.title, l.before, l.after
      FROM bank.audit a CROSS JOIN LATERAL bank.audit_lines(a.object_kind, a.object_id, a.before, a.after) l
     WHERE a.epoch = p_epoch AND a.xid = p_xid::xid8 AND a.audit_id = p_audit_id ORDER BY l.title, l.field;
END $$;

-- One entry of the trail as a record: who, what, of which object, in which sealed block, and (`screen` with its
-- arguments) where the object is looked at.
CREATE FUNCTION api.audit_entry(p_epoch int, p_xid text, p_audit_id bigint)
RETURNS TABLE (audit_id bigint, moment text, login text, staff text, role text, unit text, action text, action_code text,
               object_kind text, object_code text, object_id text, customer_id bigint, customer_number text, customer text, block text,
               screen text, opens text, case_id bigint, account_id bigint, match_id bigint, item_id bigint, file_id bigint,
               lane_id int, rule_set_id int, theme_id int, model_id int, card text, version int, case_type text, rule text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
DECLARE
    a bank.audit;
    number bigint;
    part text[];
BEGIN
    PERFORM bank.require_role('auditor');
    SELECT * INTO a FROM bank.audit x WHERE x.epoch = p_epoch AND x.xid = p_xid::xid8 AND x.audit_id = p_audit_id;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    number := substring(a.object_id FROM '^[0-9]{1,9}$')::bigint;
    part := string_to_array(a.object_id, ' ');
    audit_id := a.audit_id;
    moment := to_char(a.at, 'YYYY-MM-DD HH24:MI:SS');
    login := a.login;
    SELECT bank.in_language(s.name_zh, s.name_en), s.role, bank.unit_name(s.unit_id) INTO staff, role, unit
      FROM bank.staff s WHERE s.login = a.login;
    action := a.action;
    action_code := a.action;
    object_kind := a.object_kind;
    object_code := a.object_kind;
    object_id := a.object_id;
    SELECT c.customer_id, c.customer_number, bank.mask_name(c.name) INTO customer_id, customer_number, customer
      FROM bank.customer c WHERE c.customer_id = a.customer_id;
    SELECT b.block_id || ', ' || to_char(b.sealed_at, 'YYYY-MM-DD HH24:MI:SS') INTO block FROM bank.audit_block b
     WHERE (b.last_epoch, b.last_xid, b.last_audit_id) >= (a.epoch, a.xid, a.audit_id)
     ORDER BY b.block_id LIMIT 1;
    CASE a.object_kind
    WHEN 'case' THEN
        SELECT y.screen, f.case_id, f.customer_id INTO screen, case_id, customer_id
          FROM bank.case_file f JOIN bank.case_type y USING (case_type) WHERE f.number = a.object_id LIMIT 1;
    WHEN 'recon_match' THEN
        SELECT 'recon-match', m.account_id, m.match_id INTO screen, account_id, match_id
          FROM bank.recon_match m WHERE m.match_id = number LIMIT 1;
    WHEN 'recon_adjustment' THEN
        SELECT 'recon-match', j.account_id, j.match_id INTO screen, account_id, match_id
          FROM bank.recon_adjustment j WHERE j.voucher = a.object_id;
    WHEN 'recon_item' THEN
        SELECT 'recon-item', i.account_id, i.item_id INTO screen, account_id, item_id
          FROM bank.recon_item i WHERE i.item_id = number LIMIT 1;
    WHEN 'recon_file', 'file' THEN
        SELECT 'recon-file', f.file_id INTO screen, file_id FROM bank.recon_file f WHERE f.file_id = number;
    WHEN 'recon_lane' THEN
        SELECT 'recon-lane', l.lane_id INTO screen, lane_id FROM bank.recon_lane l WHERE l.code = a.object_id;
    WHEN 'recon_rule_set' THEN
        SELECT 'recon-rule-set', r.rule_set_id INTO screen, rule_set_id FROM bank.recon_rule_set r
         WHERE r.name = part[1] AND r.version::text = part[2];
    WHEN 'theme' THEN
        SELECT 'suggestion-theme', t.theme_id INTO screen, theme_id FROM bank.theme t WHERE t.theme_id = number;
    WHEN 'model' THEN
        SELECT 'model', m.model_id INTO screen, model_id FROM bank.model m WHERE m.model_id = number;
    WHEN 'scorecard' THEN
        SELECT 'scorecard', s.card, s.version INTO screen, card, version FROM bank.scorecard s
         WHERE s.card = part[1] AND s.version::text = part[2];
    WHEN 'check_rule' THEN
        SELECT 'check-rule', v.case_type, v.rule, v.version INTO screen, case_type, rule, version
          FROM bank.check_rule_version v WHERE v.case_type = part[1] AND v.rule = part[2] AND v.version::text = part[3];
    ELSE
        screen := (SELECT v.screen FROM (VALUES ('staff', 'staff-list'), ('setting', 'settings'), ('recon_limit', 'recon-limits'),
                       ('route_rule', 'route-rules'), ('endpoint', 'endpoints'), ('source', 'case-sources'),
                       ('calendar', 'calendars'), ('unit', 'units'), ('rule', 'clock-rules'), ('message', 'outbox'),
                       ('macro', 'macros'), ('class_code', 'class-codes'), ('recon_signoff', 'recon-signoffs'), ('recon_alias', 'recon-aliases'),
                       ('core_line', 'core-lines'), ('payroll', 'payroll-lists'), ('core_document', 'core-documents'), ('core_import', 'core-imports'),
                       ('import', 'case-imports'), ('reject', 'case-rejects')) v (kind, screen)
                    WHERE v.kind = a.object_kind);
    END CASE;
    opens := CASE WHEN screen IS NULL THEN 'no' ELSE 'yes' END;
    RETURN NEXT;
END $$;
SELECT bank.view_grant(name, 'auditor') FROM unnest('{audit_list,audit_action_list,audit_object_list}'::text[]) name;
SELECT bank.function_grant(name, 'auditor') FROM unnest('{audit_entry,audit_changes}'::text[]) name;

-- The program was opened as the caller, or unlocked again: kept once for each start, with the passwords that were refused
-- at the form before it and the name that was typed last with one of them.
CREATE FUNCTION api.sign_in(p_refused int, p_refused_name text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    me bank.staff := bank.me();
    answer api.outcome := bank.request_replay(p_request, 'sign_in', jsonb_build_array(p_refused, p_refused_name));
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF p_refused > 0 THEN
        PERFORM bank.audit_write('sign_in_failed', 'staff', left(coalesce(nullif(p_refused_name, ''), me.login), 63), NULL, NULL,
            jsonb_build_object('attempts', p_refused));
    END IF;
    PERFORM bank.audit_write('sign_in', 'staff', me.login, NULL, NULL, jsonb_build_object('from',
        coalesce(host(inet_client_addr()), 'local'), 'programme', left(current_setting('application_name'), 60)));
    RETURN bank.request_done(p_request, me.login, 'Signed in.');
END $$;
SELECT bank.function_grant('sign_in', 'staff');
