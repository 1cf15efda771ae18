-- Rule sets and lanes as data: versions that one person drafts and another approves.

-- What the program comes with, as src/reconcile/rules/default.json has it (tests/house compares).
INSERT INTO bank.recon_rule_set (name, spec, status, created_by, approved_by, decided_by, decided_at)
VALUES ('default', $rules${
  "$schema": "rules.schema.json",
  "name": "default",
  "version": 1,
  "title": {"en": "Rules the program comes with", "zh": "系统默认规则"},
  "prefixes": ["REF", "UPOP", "NET", "ALI", "WX", "TX"],
  "absent": ["NONREF", "NOTPROVIDED", "NOREF", "NA", "NONE", "NULL", "NIL", "UNKNOWN"],
  "rules": [
    {
      "name": "exact",
      "title": {"en": "Reference and amount equal, once on each side", "zh": "参考号与金额一致且两边唯一"},
      "match": "reference",
      "writing": "same",
      "days": {"early": 5, "late": 10},
      "cardinality": "1:1",
      "ambiguity": "leave",
      "status": "confirm"
    },
    {
      "name": "reversal",
      "title": {"en": "Movement and counter-movement on one side", "zh": "同侧冲正对冲"},
      "match": "reversal",
      "days": {"early": 10, "late": 10},
      "status": "confirm"
    },
    {
      "name": "normalised",
      "title": {"en": "Reference equal but for its writing", "zh": "参考号规范化后一致"},
      "match": "reference",
      "writing": "any",
      "days": {"early": 5, "late": 10},
      "ambiguity": "leave",
      "status": "confirm"
    },
    {
      "name": "narrative",
      "title": {"en": "Reference found in the narrative", "zh": "参考号在摘要中"},
      "match": "narrative",
      "days": {"early": 5, "late": 10},
      "status": "confirm"
    },
    {
      "name": "truncated",
      "title": {"en": "One reference is a piece of the other", "zh": "参考号被截断"},
      "match": "truncated",
      "days": {"early": 5, "late": 10},
      "length": 12,
      "block": 4096,
      "status": "confirm"
    },
    {
      "name": "identical",
      "title": {"en": "Lines that cannot be told apart, in order", "zh": "完全相同的明细按顺序配对"},
      "match": "reference",
      "writing": "same",
      "days": {"early": 5, "late": 10},
      "ambiguity": "order",
      "status": "confirm"
    },
    {
      "name": "split",
      "title": {"en": "One line against its numbered parts", "zh": "一笔对应分拆的多笔"},
      "match": "split",
      "days": {"early": 5, "late": 10},
      "cardinality": "1:n",
      "parts": 512,
      "status": "confirm"
    },
    {
      "name": "total",
      "title": {"en": "Totals of one reference", "zh": "同一参考号合计一致"},
      "match": "total",
      "days": {"early": 5, "late": 10},
      "cardinality": "1:n",
      "parts": 512,
      "status": "confirm"
    },
    {
      "name": "fee",
      "title": {"en": "Amount less the known fee", "zh": "扣除已知手续费"},
      "match": "reference",
      "writing": "any",
      "days": {"early": 5, "late": 10},
      "fee": {"low": "0.38", "high": "0.60"},
      "status": "confirm"
    },
    {
      "name": "near",
      "title": {"en": "A typing error in the reference", "zh": "参考号录入差错"},
      "match": "near",
      "days": {"early": 1, "late": 3},
      "block": 4096,
      "neighbours": "0.1",
      "risk": 2,
      "status": "confirm"
    },
    {
      "name": "ambiguous",
      "title": {"en": "Equal lines of several dates", "zh": "日期不同的相同明细"},
      "match": "reference",
      "writing": "same",
      "days": {"early": 10, "late": 30},
      "ambiguity": "date",
      "status": "suggest"
    },
    {
      "name": "payer",
      "title": {"en": "Amount and payer equal", "zh": "金额与付款人一致"},
      "match": "payer",
      "days": {"early": 1, "late": 3},
      "block": 4096,
      "status": "suggest"
    },
    {
      "name": "amount",
      "title": {"en": "Amount alone, for a line without reference", "zh": "无参考号，仅金额一致"},
      "match": "amount",
      "days": {"early": 1, "late": 3},
      "block": 4096,
      "status": "suggest"
    },
    {
      "name": "subset",
      "title": {"en": "Some lines of one day with that total", "zh": "同日若干笔合计一致"},
      "match": "subset",
      "days": {"early": 1, "late": 3},
      "cardinality": "1:n",
      "parts": 5,
      "pool": 40,
      "steps": 1000000,
      "status": "suggest"
    }
  ]
}
$rules$, 'approved', 'bankops', 'release', 'release', clock_timestamp());

-- What is wrong with a rule set, NULL when nothing: the engine's reader checks the rest.
CREATE FUNCTION bank.recon_rules_fault(p_spec jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN jsonb_typeof(p_spec->'rules') IS DISTINCT FROM 'array'
             OR jsonb_array_length(p_spec->'rules') NOT BETWEEN 1 AND 62 THEN '1 to 62 rules are needed'
        ELSE (SELECT min(CASE
            WHEN coalesce(r->>'name', '') !~ '^[a-z0-9_-]{1,32}$' THEN 'a rule has no proper name'
            WHEN coalesce(r->>'match', '') NOT IN ('reference', 'reversal', 'total', 'split', 'narrative',
                 'truncated', 'near', 'payer', 'amount', 'subset') THEN (r->>'name') || ': match'
            WHEN coalesce(r->>'status', '') NOT IN ('confirm', 'suggest')
                 OR r->>'status' = 'confirm' AND (r->>'match' IN ('payer', 'amount', 'subset')
                                                  OR r->>'ambiguity' = 'date') THEN
                 (r->>'name') || ': it can only suggest'
            WHEN coalesce(r->'days'->>'early', '0') !~ '^[0-9]{1,3}$'
                 OR coalesce(r->'days'->>'late', '0') !~ '^[0-9]{1,3}$' THEN (r->>'name') || ': days'
            WHEN (SELECT count(*) FROM jsonb_array_elements(p_spec->'rules') o
                   WHERE o->>'name' = r->>'name') > 1 THEN (r->>'name') || ': there are two of this name'
            WHEN EXISTS (SELECT FROM jsonb_object_keys(r) k WHERE k NOT IN ('name', 'title', 'match',
                 'status', 'writing', 'ambiguity', 'cardinality', 'days', 'amount', 'fee', 'parts', 'pool',
                 'block', 'length', 'steps', 'neighbours', 'risk')) THEN (r->>'name') || ': unknown setting'
            END) FROM jsonb_array_elements(p_spec->'rules') r) END
$$;

-- Rules of every version in their order.
CREATE VIEW api.rule_list WITH (security_barrier) AS
SELECT s.rule_set_id, s.name AS rule_set, s.version, s.status AS set_status, e.n::int AS seq,
       e.rule->>'name' AS rule, e.rule->>'match' AS match, e.rule->>'status' AS mode,
       coalesce(e.rule->'title'->>'en', e.rule->>'name') AS title_en,
       coalesce(e.rule->'title'->>'zh', e.rule->>'name') AS title_zh,
       (e.rule->'days'->>'early')::int AS early, (e.rule->'days'->>'late')::int AS late,
       (e.rule - '{name,title,match,status,days}'::text[])::text AS settings, s.row_version
  FROM bank.recon_rule_set s,
       LATERAL jsonb_array_elements(s.spec::jsonb->'rules') WITH ORDINALITY AS e (rule, n)
 WHERE (SELECT bank.my_scope_low()) IS NOT NULL;

CREATE VIEW api.rule_set_list WITH (security_barrier) AS
SELECT s.rule_set_id, s.name, s.version, s.status, s.note, s.sha256, bank.login_name(s.created_by) AS created_by,
       s.created_at, s.proposed_at, bank.login_name(s.decided_by) AS decided_by, s.decided_at, s.decision, s.row_version,
       jsonb_array_length(s.spec::jsonb->'rules') AS rules,
       (SELECT count(*) FROM bank.recon_lane l WHERE l.rule_set_id = s.rule_set_id) AS lanes,
       s.trial->>'lane' AS trial_lane, (s.trial->>'from')::date AS trial_from,
       (s.trial->>'day')::date AS trial_day, (s.trial->>'lines')::bigint AS trial_lines,
       (s.trial->>'confirmed_before')::bigint AS confirmed_before,
       (s.trial->>'confirmed_after')::bigint AS confirmed_after,
       (s.trial->>'suggested_before')::bigint AS suggested_before,
       (s.trial->>'suggested_after')::bigint AS suggested_after,
       (s.trial->>'gained')::bigint AS gained, (s.trial->>'lost')::bigint AS lost,
       CASE WHEN s.trial IS NULL THEN 'untried'
            WHEN s.trial->>'sha256' <> s.sha256 THEN 'changed' ELSE 'tried' END AS tried
  FROM bank.recon_rule_set s
 WHERE (SELECT bank.my_scope_low()) IS NOT NULL;

-- What a version changes against the approved one before it: a row for each rule and setting.
CREATE FUNCTION api.rule_set_diff(p_rule_set_id int)
RETURNS TABLE (rule text, setting text, change text, before text, after text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    WITH own AS (SELECT * FROM recon_rule_set WHERE rule_set_id = p_rule_set_id),
    base AS (SELECT b.* FROM recon_rule_set b JOIN own ON b.name = own.name AND b.version < own.version
              WHERE b.status IN ('approved', 'retired') ORDER BY b.version DESC LIMIT 1),
    cell AS (
        SELECT x.side, e.rule->>'name' AS rule, e.n, k.key, k.value #>> '{}' AS value
          FROM (SELECT 'a' AS side, spec FROM own UNION ALL SELECT 'b', spec FROM base) x,
               jsonb_array_elements(x.spec::jsonb->'rules') WITH ORDINALITY AS e (rule, n),
               LATERAL (SELECT * FROM jsonb_each(e.rule - '{name,title}'::text[])
                        UNION ALL SELECT 'position', to_jsonb(e.n)) k)
    SELECT coalesce(a.rule, b.rule), coalesce(a.key, b.key),
           CASE WHEN NOT EXISTS (SELECT FROM cell c WHERE c.side = 'b' AND c.rule = a.rule)
                     AND a.rule IS NOT NULL THEN 'added'
                WHEN NOT EXISTS (SELECT FROM cell c WHERE c.side = 'a' AND c.rule = b.rule)
                     AND b.rule IS NOT NULL THEN 'removed' ELSE 'changed' END,
           coalesce(b.value, ''), coalesce(a.value, '')
      FROM (SELECT * FROM cell WHERE side = 'a') a
      FULL JOIN (SELECT * FROM cell WHERE side = 'b') b ON b.rule = a.rule AND b.key = a.key
     WHERE a.value IS DISTINCT FROM b.value
     ORDER BY coalesce(a.n, b.n), 1, 2
$$;

-- "fee confirmed" as the engine tells it, for whoever reads it.
CREATE FUNCTION bank.recon_trial_state(p_text text) RETURNS text LANGUAGE sql STABLE
SET search_path = bank, pg_temp AS $$
    SELECT coalesce(bank.in_language(replace(replace(p_text, ' confirmed', ' 确认'), ' suggested', ' 建议'), p_text), '')
$$;

-- What a dry run of a version gave beside the approved one: matches that are made by one only, or
-- in another state.
CREATE FUNCTION api.rule_set_trial(p_rule_set_id int)
RETURNS TABLE (line int, change text, before text, after text, currency text, amount bigint,
               reference text, side text, value_date date, account_id bigint, item_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT e.n::int, e.o->>'change', bank.recon_trial_state(e.o->>'before'), bank.recon_trial_state(e.o->>'after'),
           coalesce(i.currency::text, e.o->>'currency'), (e.o->>'amount')::bigint,
           coalesce(nullif(i.reference, ''), i.narrative, e.o->>'reference', ''), split_part(e.o->>'reference', ' ', 1),
           i.value_date, i.account_id, i.item_id
      FROM recon_rule_set s
     CROSS JOIN jsonb_array_elements(coalesce(s.trial->'examples', '[]')) WITH ORDINALITY AS e (o, n)
      LEFT JOIN recon_item i ON i.item_id = substring(e.o->>'reference' FROM '^[LS] ([0-9]+)$')::bigint
     WHERE s.rule_set_id = p_rule_set_id
       AND EXISTS (SELECT FROM recon_lane l WHERE l.code = s.trial->>'lane'
                   AND l.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high())
     ORDER BY e.n
$$;
SELECT bank.view_grant('rule_list', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.view_grant('rule_set_list', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.function_grant('rule_set_diff', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.function_grant('rule_set_trial', 'clerk', 'supervisor', 'auditor', 'admin');

-- A version in one of the states, locked, at the row version seen.
CREATE FUNCTION bank.recon_rule_set_locked(p_rule_set_id int, p_row_version bigint, VARIADIC p_states text[])
RETURNS bank.recon_rule_set LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    s recon_rule_set;
BEGIN
    SELECT * INTO s FROM recon_rule_set WHERE rule_set_id = p_rule_set_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such rule set.', p_rule_set_id::text,
                          'Choose it from the list (:rules).', 'p_rule_set_id');
    ELSIF s.row_version IS DISTINCT FROM p_row_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.', bank.login_name(s.created_by),
                          'Refresh and try again.');
    ELSIF NOT s.status = ANY (p_states) THEN
        PERFORM bank.fail('BO423', 'The rule set is not in a state for this.', s.status,
                          'An approved version never changes: draft a new one.');
    END IF;
    RETURN s;
END $$;

-- Drafts a new version of a rule set from its approved one; under a new name, a set of its own. The
-- answer's id is the draft.
CREATE FUNCTION api.rule_set_draft(p_rule_set_id int, p_name text, p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    base bank.recon_rule_set;
    v_name text;
    v_version int;
    v_id int;
BEGIN
    PERFORM bank.require_role('supervisor', 'admin');
    answer := bank.request_replay(p_request, 'rule_set_draft',
                                  jsonb_build_array(p_rule_set_id, p_name, p_note));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO base FROM recon_rule_set WHERE rule_set_id = p_rule_set_id;
    v_name := coalesce(nullif(trim(p_name), ''), base.name);
    IF base.rule_set_id IS NULL THEN
        PERFORM bank.fail('BO404', 'There is no such rule set.', p_rule_set_id::text,
                          'Choose it from the list (:rules).', 'p_rule_set_id');
    ELSIF v_name !~ '^[a-z0-9_-]{1,32}$' THEN
        PERFORM bank.fail('BO422', 'The name has 1 to 32 small letters, digits and dashes.', v_name,
                          NULL, 'p_name');
    ELSIF EXISTS (SELECT FROM recon_rule_set WHERE name = v_name AND status IN ('draft', 'proposed')) THEN
        PERFORM bank.fail('BO423', 'A version of this rule set is in work already.', v_name,
                          'Finish it first.');
    END IF;
    SELECT coalesce(max(version), 0) + 1 INTO v_version FROM recon_rule_set WHERE name = v_name;
    INSERT INTO recon_rule_set (name, version, spec, note)
    VALUES (v_name, v_version, jsonb_pretty(base.spec::jsonb || jsonb_build_object('name', v_name,
            'version', v_version)), coalesce(p_note, ''))
    RETURNING rule_set_id INTO v_id;
    PERFORM bank.audit_write('draft', 'recon_rule_set', v_name || ' ' || v_version, NULL, NULL,
        jsonb_build_object('name', v_name, 'version', v_version, 'from', p_rule_set_id));
    RETURN bank.request_done(p_request, v_id::text, 'The draft is made.');
END $$;
SELECT bank.function_grant('rule_set_draft', 'supervisor', 'admin');

-- Changes one rule of a draft. p_mode: confirm, suggest, or off to take it out. p_seq: its place.
-- p_settings: its other settings as a JSON object.
CREATE FUNCTION api.rule_change(p_rule_set_id int, p_rule text, p_match text, p_seq int, p_mode text,
    p_early int, p_late int, p_settings text, p_row_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    s bank.recon_rule_set;
    others jsonb;
    v_rule jsonb;
    v_spec jsonb;
    v_fault text;
BEGIN
    PERFORM bank.require_role('supervisor', 'admin');
    answer := bank.request_replay(p_request, 'rule_change', jsonb_build_array(p_rule_set_id, p_rule,
        p_match, p_seq, p_mode, p_early, p_late, p_settings, p_row_version));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    s := bank.recon_rule_set_locked(p_rule_set_id, p_row_version, 'draft');
    IF s.created_by <> session_user THEN
        PERFORM bank.fail('BO403', 'Only its author changes a draft.', bank.login_name(s.created_by), 'Ask the author.');
    END IF;
    BEGIN
        v_rule := coalesce((SELECT jsonb_build_object('title', r->'title')
                              FROM jsonb_array_elements(s.spec::jsonb->'rules') r
                             WHERE r->>'name' = p_rule AND r ? 'title'), '{}')
                  || coalesce(nullif(trim(p_settings), ''), '{}')::jsonb
                  || jsonb_build_object('name', p_rule, 'match', p_match, 'status', p_mode,
                         'days', jsonb_build_object('early', coalesce(p_early, 0),
                                                    'late', coalesce(p_late, 0)));
    EXCEPTION WHEN OTHERS THEN
        PERFORM bank.fail('BO422', 'The settings are no JSON object.', p_settings,
                          'Like {"block": 4096}.', 'p_settings');
    END;
    SELECT coalesce(jsonb_agg(r ORDER BY n), '[]') INTO others
      FROM jsonb_array_elements(s.spec::jsonb->'rules') WITH ORDINALITY AS e (r, n)
     WHERE r->>'name' <> p_rule;
    IF p_mode IS DISTINCT FROM 'off' THEN
        SELECT jsonb_agg(x.r ORDER BY x.place) INTO others
          FROM (SELECT r, n::numeric AS place FROM jsonb_array_elements(others) WITH ORDINALITY AS e (r, n)
                UNION ALL SELECT v_rule, coalesce(p_seq, 99) - 0.5) x;
    END IF;
    v_spec := jsonb_set(s.spec::jsonb, '{rules}', others);
    v_fault := bank.recon_rules_fault(v_spec);
    IF v_fault IS NOT NULL THEN
        PERFORM bank.fail('BO422', 'The rule set is not valid.', v_fault, NULL, 'p_settings');
    END IF;
    UPDATE recon_rule_set SET spec = jsonb_pretty(v_spec), row_version = row_version + 1
     WHERE rule_set_id = p_rule_set_id;
    PERFORM bank.audit_write('change', 'recon_rule_set', s.name || ' ' || s.version, NULL,
        (SELECT r FROM jsonb_array_elements(s.spec::jsonb->'rules') r WHERE r->>'name' = p_rule),
        CASE p_mode WHEN 'off' THEN NULL ELSE v_rule END);
    RETURN bank.request_done(p_request, p_rule_set_id::text, 'The draft is changed.');
END $$;
SELECT bank.function_grant('rule_change', 'supervisor', 'admin');

-- Keeps what a dry run of a version gave beside the approved one (bankops reconcile --try).
CREATE FUNCTION api.rule_set_tried(p_rule_set_id int, p_trial jsonb, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    v_name text;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor', 'admin');
    answer := bank.request_replay(p_request, 'rule_set_tried', jsonb_build_array(p_rule_set_id, p_trial));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    UPDATE recon_rule_set s SET trial = p_trial || jsonb_build_object('sha256', s.sha256, 'by',
           session_user, 'at', clock_timestamp())
     WHERE s.rule_set_id = p_rule_set_id AND s.status IN ('draft', 'proposed')
    RETURNING s.name || ' ' || s.version INTO v_name;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO423', 'Only a draft or a proposal is tried.', p_rule_set_id::text, NULL,
                          'p_rule_set_id');
    END IF;
    PERFORM bank.audit_write('try', 'recon_rule_set', v_name, NULL, NULL, p_trial - 'examples');
    RETURN bank.request_done(p_request, p_rule_set_id::text, 'The trial is kept.');
END $$;
SELECT bank.function_grant('rule_set_tried', 'clerk', 'supervisor', 'admin');

-- Moves a version on. p_verb: propose (by its author, once it was tried), approve or refuse (by
-- somebody else), drop (by its author).
CREATE FUNCTION api.rule_set_decide(p_rule_set_id int, p_verb text, p_reason text, p_row_version bigint,
                                    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    s bank.recon_rule_set;
    own boolean;
BEGIN
    PERFORM bank.require_role('supervisor', 'admin');
    PERFORM bank.choice_require(p_verb, 'p_verb', '{propose,approve,refuse,drop}');
    answer := bank.request_replay(p_request, 'rule_set_decide',
                                  jsonb_build_array(p_rule_set_id, p_verb, p_reason, p_row_version));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF p_verb = 'propose' THEN
        s := bank.recon_rule_set_locked(p_rule_set_id, p_row_version, 'draft');
    ELSIF p_verb = 'drop' THEN
        s := bank.recon_rule_set_locked(p_rule_set_id, p_row_version, 'draft', 'proposed');
    ELSE
        s := bank.recon_rule_set_locked(p_rule_set_id, p_row_version, 'proposed');
        PERFORM bank.recon_require_reason(p_reason);
    END IF;
    own := s.created_by = session_user;
    IF own <> (p_verb IN ('propose', 'drop')) THEN
        PERFORM bank.fail('BO403', CASE WHEN own THEN 'A second person must decide this.'
                                        ELSE 'Only its author changes a draft.' END, bank.login_name(s.created_by),
                          'Ask a colleague.');
    ELSIF p_verb IN ('propose', 'approve') AND s.trial->>'sha256' IS DISTINCT FROM s.sha256 THEN
        PERFORM bank.fail('BO423', 'The rule set was not tried as it stands now.', NULL,
                          'Try it first (T): it shows what changes.');
    END IF;
    IF p_verb = 'approve' THEN
        UPDATE recon_rule_set SET status = 'retired', row_version = row_version + 1
         WHERE name = s.name AND status = 'approved';
    END IF;
    UPDATE recon_rule_set
       SET status = CASE p_verb WHEN 'propose' THEN 'proposed' WHEN 'approve' THEN 'approved'
                                ELSE 'refused' END,
           proposed_at = CASE p_verb WHEN 'propose' THEN clock_timestamp() ELSE proposed_at END,
           approved_by = CASE p_verb WHEN 'approve' THEN session_user END,
           decided_by = CASE p_verb WHEN 'propose' THEN NULL ELSE session_user END,
           decided_at = CASE p_verb WHEN 'propose' THEN NULL ELSE clock_timestamp() END,
           decision = coalesce(p_reason, ''), row_version = row_version + 1
     WHERE rule_set_id = p_rule_set_id;
    IF p_verb = 'approve' THEN
        UPDATE recon_lane l SET rule_set_id = p_rule_set_id, version = l.version + 1
          FROM recon_rule_set o WHERE o.rule_set_id = l.rule_set_id AND o.name = s.name;
    END IF;
    PERFORM bank.audit_write(p_verb, 'recon_rule_set', s.name || ' ' || s.version, NULL,
        jsonb_build_object('status', s.status),
        jsonb_build_object('name', s.name, 'version', s.version, 'reason', p_reason));
    RETURN bank.request_done(p_request, p_rule_set_id::text, CASE p_verb
        WHEN 'propose' THEN 'The rule set waits for a second person.'
        WHEN 'approve' THEN 'The rule set is approved; the next run uses it.'
        ELSE 'The rule set is dropped.' END);
END $$;
SELECT bank.function_grant('rule_set_decide', 'supervisor', 'admin');
