-- What staff do with suggestions and their themes; what came of it, month by month.

CREATE FUNCTION bank.theme_event_write(was bank.theme, now bank.theme, p_action text, p_note text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    old jsonb := CASE WHEN was.theme_id IS NOT NULL
                      THEN bank.json_changes(to_jsonb(was), to_jsonb(was), to_jsonb(now)) END;
    new jsonb := CASE WHEN was.theme_id IS NULL THEN jsonb_strip_nulls(to_jsonb(now))
                      ELSE bank.json_changes(to_jsonb(now), to_jsonb(was), to_jsonb(now)) END;
BEGIN
    INSERT INTO bank.theme_event (theme_id, staff_id, action, note, before, after)
    VALUES (now.theme_id, bank.my_staff_id(), p_action, coalesce(p_note, ''), old, new);
    PERFORM bank.audit_write('theme_' || p_action, 'theme', now.theme_id::text, NULL, old, new);
END $$;

CREATE FUNCTION bank.theme_lock(p_theme_id int, p_version bigint) RETURNS bank.theme
LANGUAGE plpgsql AS $$
DECLARE
    t bank.theme;
BEGIN
    SELECT * INTO t FROM bank.theme x WHERE x.theme_id = p_theme_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such theme.', p_theme_id::text,
                          'Choose one of the list, or write a title for a new one.', 'p_theme');
    ELSIF t.version <> p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this in the meantime.', t.title,
                          'Look at it again.', 'p_version');
    END IF;
    RETURN t;
END $$;

-- A decision on a theme moves all its suggestions: the decider must see the units of all of them.
CREATE FUNCTION bank.theme_whole(t bank.theme) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM bank.theme_votes() v WHERE v.theme_id = t.theme_id AND v.outside > 0) THEN
        PERFORM bank.fail('BO403', 'Customers of other units suggest the same: a superior unit decides.',
                          t.title, 'Leave it to the branch or to head office.');
    END IF;
END $$;

-- Many customers are told in writing only.
CREATE FUNCTION bank.told_many_check(p_how text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF NOT coalesce(p_how = ANY ('{sms,email,app,letter}'), false) THEN
        PERFORM bank.fail('BO422', 'Say how the customer was told.', p_how, 'sms, email, app, letter',
                          'p_how');
    END IF;
    RETURN p_how;
END $$;

-- Takes a step with every suggestion of the theme that stands in `p_stage` and that the caller may
-- handle; answers how many. `p_how`: the customers are told the note.
CREATE FUNCTION bank.theme_step(p_theme_id int, p_stage text, p_action text, p_note text, p_how text,
                                p_request uuid)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    was bank.case_file;
    c bank.case_file;
    done int := 0;
BEGIN
    FOR was IN SELECT * FROM bank.case_file f
                WHERE f.case_type = 'suggestion' AND f.fields ->> 'theme' = p_theme_id::text
                  AND f.stage = p_stage AND bank.in_scope(f.unit_id)
                  AND f.customer_id IS DISTINCT FROM (bank.me()).customer_id
                ORDER BY f.customer_id, f.case_id FOR UPDATE LOOP
        c := was;
        IF p_how <> '' THEN
            c.told_how := p_how;
        END IF;
        c := bank.case_step(was, c, p_action, p_note);
        IF p_how <> '' AND c.customer_id > 0 THEN
            PERFORM bank.case_message(c, p_how, p_note, 'case_' || p_action,
                                      md5(p_request || ' ' || c.case_id)::uuid);
        END IF;
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;

-- Puts one suggestion into a theme: its number, or a title; a title that no open theme has makes a new
-- one. In a theme that is already on its way the suggestion follows it at once.
CREATE FUNCTION api.suggestion_group(p_customer_id bigint, p_case_id bigint, p_theme text,
                                     p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.case_file;
    c bank.case_file;
    t bank.theme;
    wanted text := btrim(coalesce(p_theme, ''));
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'suggestion_group', jsonb_build_array(p_customer_id,
        p_case_id, p_theme, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.case_lock(p_customer_id, p_case_id, p_version);
    IF was.case_type <> 'suggestion' THEN
        PERFORM bank.fail('BO422', 'This is no suggestion.', was.number, NULL, 'p_case_id');
    ELSIF length(wanted) NOT BETWEEN 1 AND 120 THEN
        PERFORM bank.fail('BO422', 'Name a theme.', NULL,
                          'Choose one of the list, or write a title for a new one.', 'p_theme');
    ELSIF wanted ~ '^[0-9]{1,9}$' THEN
        t := bank.theme_lock(wanted::int, NULL);
    ELSE
        PERFORM pg_advisory_xact_lock(hashtextextended('theme ' || lower(wanted), 0));
        SELECT * INTO t FROM bank.theme x WHERE lower(x.title) = lower(wanted)
           AND x.state IN ('open', 'assessed') FOR UPDATE;
        IF NOT FOUND THEN
            PERFORM bank.text_require(wanted, 'p_theme', 2, 120);
            INSERT INTO bank.theme (title, topic, pain_point, created_by)
            VALUES (wanted, was.fields ->> 'topic', was.fields ->> 'pain_point', bank.my_staff_id())
            RETURNING * INTO t;
            PERFORM bank.theme_event_write(NULL, t, 'create', was.number);
        END IF;
    END IF;
    IF t.state = 'declined' THEN
        PERFORM bank.fail('BO423', 'This theme was declined.', t.title || ': ' || t.reason,
                          'Make a new theme if something has changed.');
    END IF;
    c := was;
    c.fields := was.fields || jsonb_build_object('theme', t.theme_id::text);
    c := bank.case_step(was, c, 'group', t.theme_id || ' ' || t.title);
    IF t.state IN ('assessed', 'accepted') THEN
        c := bank.case_step(c, c, 'assess', t.note);
    END IF;
    IF t.state = 'accepted' THEN
        c := bank.case_step(c, c, 'accept', t.title);
        IF t.step >= 2 THEN
            c := bank.case_step(c, c, 'plan', t.title);
        END IF;
        IF t.step = 6 THEN
            c := bank.case_step(c, c, 'ship', t.release);
        END IF;
    END IF;
    RETURN bank.request_done(p_request, p_case_id::text, 'The suggestion belongs to the theme.');
END $$;

-- Judges a theme: how much it hurts and how much work it is, 1 to 5 each.
CREATE FUNCTION api.theme_assess(p_theme_id int, p_pain int, p_effort int, p_note text,
                                 p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.theme;
    t bank.theme;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'theme_assess', jsonb_build_array(p_theme_id, p_pain,
        p_effort, p_note, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.theme_lock(p_theme_id, p_version);
    IF was.state NOT IN ('open', 'assessed') THEN
        PERFORM bank.fail('BO423', 'The theme cannot take this step in its present state.', was.title);
    ELSIF NOT coalesce(p_pain BETWEEN 1 AND 5, false) THEN
        PERFORM bank.fail('BO422', 'Judge it with 1 to 5.', p_pain::text, NULL, 'p_pain');
    ELSIF NOT coalesce(p_effort BETWEEN 1 AND 5, false) THEN
        PERFORM bank.fail('BO422', 'Judge it with 1 to 5.', p_effort::text, NULL, 'p_effort');
    END IF;
    UPDATE bank.theme SET state = 'assessed', pain = p_pain, effort = p_effort,
           note = left(coalesce(btrim(p_note), ''), 2000),
           assessed_at = coalesce(assessed_at, clock_timestamp()), version = version + 1
     WHERE theme_id = p_theme_id RETURNING * INTO t;
    PERFORM bank.theme_event_write(was, t, 'assess', p_note);
    PERFORM bank.theme_step(p_theme_id, 'grouped', 'assess', p_note, '', p_request);
    RETURN bank.request_done(p_request, p_theme_id::text, 'The theme is assessed.');
END $$;

-- Accepts an assessed theme: it enters the backlog, its suggestions are adopted.
CREATE FUNCTION api.theme_accept(p_theme_id int, p_note text, p_owner text, p_target_on date,
                                 p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.theme;
    t bank.theme;
BEGIN
    PERFORM bank.require_role('supervisor');
    answer := bank.request_replay(p_request, 'theme_accept', jsonb_build_array(p_theme_id, p_note,
        p_owner, p_target_on, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.theme_lock(p_theme_id, p_version);
    PERFORM bank.theme_whole(was);
    IF was.state <> 'assessed' THEN
        PERFORM bank.fail('BO423', 'The theme cannot take this step in its present state.', was.title,
                          'Assess it first.');
    ELSIF p_target_on < bank.today() THEN
        PERFORM bank.fail('BO422', 'The day has passed.', p_target_on::text, NULL, 'p_target_on');
    END IF;
    UPDATE bank.theme SET state = 'accepted', step = 1, decided_at = clock_timestamp(),
           decided_by = bank.my_staff_id(), owner_id = bank.staff_of_login(p_owner, 'p_owner'),
           target_on = p_target_on, version = version + 1
     WHERE theme_id = p_theme_id RETURNING * INTO t;
    PERFORM bank.theme_event_write(was, t, 'accept', p_note);
    PERFORM bank.theme_step(p_theme_id, 'grouped', 'assess', '', '', p_request);
    PERFORM bank.theme_step(p_theme_id, 'assessed', 'accept', coalesce(nullif(btrim(p_note), ''),
                            t.title), '', p_request);
    RETURN bank.request_done(p_request, p_theme_id::text, 'The theme is accepted; it is in the backlog.');
END $$;

-- Declines an assessed theme with a reason, which every one of its customers is told.
CREATE FUNCTION api.theme_decline(p_theme_id int, p_reason text, p_how text, p_version bigint,
                                  p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.theme;
    t bank.theme;
BEGIN
    PERFORM bank.require_role('supervisor');
    answer := bank.request_replay(p_request, 'theme_decline', jsonb_build_array(p_theme_id, p_reason,
        p_how, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.theme_lock(p_theme_id, p_version);
    PERFORM bank.theme_whole(was);
    PERFORM bank.text_require(p_reason, 'p_reason', 2, 2000);
    IF was.state <> 'assessed' THEN
        PERFORM bank.fail('BO423', 'The theme cannot take this step in its present state.', was.title,
                          'Assess it first.');
    END IF;
    UPDATE bank.theme SET state = 'declined', reason = btrim(p_reason), decided_at = clock_timestamp(),
           decided_by = bank.my_staff_id(), version = version + 1
     WHERE theme_id = p_theme_id RETURNING * INTO t;
    PERFORM bank.theme_event_write(was, t, 'decline', p_reason);
    PERFORM bank.theme_step(p_theme_id, 'grouped', 'assess', '', '', p_request);
    PERFORM bank.theme_step(p_theme_id, 'assessed', 'decline', p_reason, bank.told_many_check(p_how),
                            p_request);
    RETURN bank.request_done(p_request, p_theme_id::text,
        'The theme is declined and its customers are told.');
END $$;

-- Moves an accepted theme one step of the backlog on, or one back with the reason. The last step says
-- what brought it (a release, a new rule); its suggestions count as shipped then.
CREATE FUNCTION api.theme_move(p_theme_id int, p_back boolean, p_note text, p_version bigint,
                               p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.theme;
    t bank.theme;
BEGIN
    PERFORM bank.require_role('supervisor', 'rm', 'clerk');
    answer := bank.request_replay(p_request, 'theme_move', jsonb_build_array(p_theme_id, p_back,
        p_note, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.theme_lock(p_theme_id, p_version);
    IF was.owner_id IS DISTINCT FROM bank.my_staff_id() AND bank.my_role() <> 'supervisor' THEN
        PERFORM bank.fail('BO403', 'Only the owner of the theme or a supervisor may do this.', was.title);
    ELSIF coalesce(was.step = CASE WHEN p_back THEN 1 ELSE 6 END, true) OR p_back AND was.step = 6 THEN
        PERFORM bank.fail('BO423', 'The theme cannot take this step in its present state.', was.title);
    ELSIF (p_back OR was.step = 5) AND coalesce(p_note, '') !~ '[^[:space:]]' THEN
        PERFORM bank.fail('BO422', 'Write a note.', NULL,
                          'Back: why. In use: the release or rule that brought it.', 'p_note');
    END IF;
    IF was.step = 5 AND NOT p_back THEN
        PERFORM bank.theme_whole(was);
    END IF;
    UPDATE bank.theme SET step = step + CASE WHEN p_back THEN -1 ELSE 1 END,
           release = CASE WHEN step = 5 AND NOT p_back THEN left(btrim(p_note), 200) ELSE release END,
           shipped_at = CASE WHEN step = 5 AND NOT p_back THEN clock_timestamp() END,
           version = version + 1
     WHERE theme_id = p_theme_id RETURNING * INTO t;
    PERFORM bank.theme_event_write(was, t, CASE WHEN p_back THEN 'back' ELSE 'move' END, p_note);
    IF t.step = 2 AND NOT p_back THEN
        PERFORM bank.theme_step(p_theme_id, 'accepted', 'plan', t.title, '', p_request);
    ELSIF t.step = 6 THEN
        PERFORM bank.theme_step(p_theme_id, 'planned', 'ship', t.release, '', p_request);
    END IF;
    RETURN bank.request_done(p_request, p_theme_id::text, 'The theme has moved on.');
END $$;

-- Tells the customers of a theme in use, all that the caller sees.
CREATE FUNCTION api.theme_tell(p_theme_id int, p_text text, p_how text, p_version bigint,
                               p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    t bank.theme;
    told int;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'theme_tell', jsonb_build_array(p_theme_id, p_text, p_how,
        p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    t := bank.theme_lock(p_theme_id, p_version);
    PERFORM bank.text_require(p_text, 'p_text', 2, 2000);
    told := bank.theme_step(p_theme_id, 'shipped', 'tell', p_text, bank.told_many_check(p_how),
        p_request);
    IF told = 0 THEN
        PERFORM bank.fail('BO423', 'No customer of this theme waits to be told.', t.title);
    END IF;
    UPDATE bank.theme SET version = version + 1 WHERE theme_id = p_theme_id;
    PERFORM bank.theme_event_write(t, t, 'tell', told || ': ' || p_text);
    RETURN bank.request_done(p_request, told::text, 'The customers are told.');
END $$;

-- Title, topic, pain point, owner and day of a theme.
CREATE FUNCTION api.theme_save(p_theme_id int, p_title text, p_topic text, p_pain_point text,
    p_owner text, p_target_on date, p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.theme;
    t bank.theme;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'theme_save', jsonb_build_array(p_theme_id, p_title,
        p_topic, p_pain_point, p_owner, p_target_on, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    was := bank.theme_lock(p_theme_id, p_version);
    PERFORM bank.text_require(p_title, 'p_title', 2, 120);
    IF NOT EXISTS (SELECT FROM bank.case_choice k WHERE k.case_type = 'suggestion'
                      AND k.field = 'topic' AND k.choice = p_topic) THEN
        PERFORM bank.fail('BO422', 'There is no such code.', p_topic, 'Choose one of the list.',
                          'p_topic');
    ELSIF nullif(p_pain_point, '') IS NOT NULL AND NOT EXISTS (
              SELECT FROM bank.case_choice k WHERE k.case_type = 'suggestion'
                 AND k.field = 'pain_point' AND k.choice = p_pain_point) THEN
        PERFORM bank.fail('BO422', 'There is no such code.', p_pain_point, 'Choose one of the list.',
                          'p_pain_point');
    END IF;
    UPDATE bank.theme SET title = btrim(p_title), topic = p_topic,
           pain_point = nullif(p_pain_point, ''), owner_id = bank.staff_of_login(p_owner, 'p_owner'),
           target_on = p_target_on, version = version + 1
     WHERE theme_id = p_theme_id RETURNING * INTO t;
    PERFORM bank.theme_event_write(was, t, 'edit', '');
    RETURN bank.request_done(p_request, p_theme_id::text, 'The theme is kept.');
EXCEPTION WHEN unique_violation THEN
    PERFORM bank.fail('BO409', 'Another open theme has this title.', p_title,
                      'Group the suggestions there.', 'p_title');
END $$;

SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor')
  FROM unnest('{suggestion_group,theme_assess,theme_move,theme_tell,theme_save}'::text[]) name;
SELECT bank.function_grant(name, 'supervisor') FROM unnest('{theme_accept,theme_decline}'::text[]) name;
GRANT EXECUTE ON FUNCTION bank.theme_event_write, bank.theme_lock, bank.theme_whole, bank.theme_step,
    bank.told_many_check TO bankops_api;

-- Suggestions month by month. Received counts by the day of receipt, every step by the day it was taken.
-- adoption: of those assessed in the month, how many were accepted by now. Without a period: the last
-- twelve months.
CREATE FUNCTION api.report_suggestion(p_period text)
RETURNS TABLE (month text, received bigint, app bigint, survey bigint, branch bigint, other bigint,
    assessed bigint, adopted bigint, accepted bigint, declined bigint, shipped bigint, told bigint, adoption numeric,
    target numeric, met boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    p record := bank.period(p_period);
    zone text := bank.timezone();
    goal numeric := bank.setting('suggestion_target')::numeric;
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    IF coalesce(p_period, '') = '' THEN
        p.begins := bank.month_start('', -11);
        p.ends := bank.month_start('', 1);
    END IF;
    RETURN QUERY
    WITH f AS MATERIALIZED (
        SELECT x.* FROM bank.case_file x WHERE x.case_type = 'suggestion' AND x.received_at < p.ends
           AND x.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())),
    step AS (
        SELECT f.customer_id, f.case_id, e.action, min(e.at) AS at,
               EXISTS (SELECT FROM bank.case_event a WHERE a.customer_id = f.customer_id
                          AND a.case_id = f.case_id AND a.action = 'accept') AS adopted
          FROM f JOIN bank.case_event e ON e.customer_id = f.customer_id AND e.case_id = f.case_id
           AND e.action IN ('assess', 'accept', 'decline', 'ship', 'tell')
         GROUP BY f.customer_id, f.case_id, e.action),
    happened AS (
        SELECT f.received_at AS at, 'receive' AS what, f.source, false AS adopted FROM f
        UNION ALL
        SELECT s.at, s.action, NULL, s.adopted FROM step s),
    m AS MATERIALIZED (
        SELECT to_char(h.at AT TIME ZONE zone, 'YYYY-MM') AS month, h.*
          FROM happened h WHERE h.at >= p.begins AND h.at < p.ends)
    SELECT d.month, count(*) FILTER (WHERE m.what = 'receive'),
           count(*) FILTER (WHERE m.source = 'app'), count(*) FILTER (WHERE m.source = 'survey'),
           count(*) FILTER (WHERE m.source = 'branch'),
           count(*) FILTER (WHERE m.source NOT IN ('app', 'survey', 'branch')),
           count(*) FILTER (WHERE m.what = 'assess'), count(*) FILTER (WHERE m.what = 'assess' AND m.adopted),
           count(*) FILTER (WHERE m.what = 'accept'),
           count(*) FILTER (WHERE m.what = 'decline'), count(*) FILTER (WHERE m.what = 'ship'),
           count(*) FILTER (WHERE m.what = 'tell'),
           bank.share(count(*) FILTER (WHERE m.what = 'assess' AND m.adopted),
                      count(*) FILTER (WHERE m.what = 'assess')), goal,
           bank.share(count(*) FILTER (WHERE m.what = 'assess' AND m.adopted),
                      count(*) FILTER (WHERE m.what = 'assess')) >= goal
      FROM (SELECT to_char(g, 'YYYY-MM') AS month
              FROM generate_series(p.begins AT TIME ZONE zone,
                   least(p.ends, now()) AT TIME ZONE zone - interval '1 second',
                   interval '1 month') g) d
      LEFT JOIN m ON m.month = d.month
     GROUP BY d.month ORDER BY d.month;
END $$;

-- The month in a few figures, for the board.
CREATE FUNCTION api.voice_summary()
RETURNS TABLE (assessed text, adoption numeric, target numeric, waiting bigint, in_work bigint,
               to_tell bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT a.assessed || ' / ' || a.adopted, bank.share(a.adopted, a.assessed),
           bank.setting('suggestion_target')::numeric,
           (SELECT count(*) FROM bank.case_file f WHERE f.case_type = 'suggestion'
               AND f.closed_at IS NULL AND f.stage IN ('new', 'grouped')
               AND f.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()),
           (SELECT count(*) FROM bank.theme t WHERE t.step < 6),
           (SELECT count(*) FROM bank.case_file f WHERE f.case_type = 'suggestion'
               AND f.closed_at IS NULL AND f.stage = 'shipped'
               AND f.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high())
      FROM (SELECT count(*) AS assessed, count(*) FILTER (WHERE EXISTS (
                   SELECT FROM bank.case_event e WHERE e.customer_id = f.customer_id
                      AND e.case_id = f.case_id AND e.action = 'accept')) AS adopted
              FROM bank.case_file f
             WHERE f.case_type = 'suggestion' AND EXISTS (
                   SELECT FROM bank.case_event e WHERE e.customer_id = f.customer_id
                      AND e.case_id = f.case_id AND e.action = 'assess'
                      AND e.at >= bank.month_start(''))
               AND f.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()) a
     WHERE bank.my_staff_id() IS NOT NULL
$$;
SELECT bank.function_grant('voice_summary', 'clerk', 'rm', 'supervisor', 'auditor');

-- What customers ask for: suggestions received in the period by topic and pain point, and the theme that
-- has most of them.
CREATE FUNCTION api.report_suggestion_topic(p_period text)
RETURNS TABLE (topic_zh text, topic_en text, pain_zh text, pain_en text, received bigint,
    share numeric, themes bigint, accepted bigint, declined bigint, undecided bigint, theme text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    p record := bank.period(p_period);
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    SELECT coalesce(a.label_zh, '-'), coalesce(a.label_en, '-'), coalesce(b.label_zh, '-'),
           coalesce(b.label_en, '-'), count(*), bank.share(count(*), (sum(count(*)) OVER ())::bigint),
           count(DISTINCT f.fields ->> 'theme'),
           count(*) FILTER (WHERE f.stage IN ('accepted', 'planned', 'shipped', 'told')),
           count(*) FILTER (WHERE f.stage = 'declined'),
           count(*) FILTER (WHERE f.stage IN ('new', 'grouped', 'assessed')),
           (SELECT t.title FROM bank.theme t
             WHERE t.theme_id = mode() WITHIN GROUP (ORDER BY (f.fields ->> 'theme')::int))
      FROM bank.case_file f
      LEFT JOIN bank.case_choice a ON a.case_type = 'suggestion' AND a.field = 'topic'
            AND a.choice = f.fields ->> 'topic'
      LEFT JOIN bank.case_choice b ON b.case_type = 'suggestion' AND b.field = 'pain_point'
            AND b.choice = f.fields ->> 'pain_point'
     WHERE f.case_type = 'suggestion' AND f.received_at >= p.begins AND f.received_at < p.ends
       AND f.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()
     GROUP BY a.label_zh, a.label_en, b.label_zh, b.label_en
     ORDER BY count(*) DESC, a.label_zh, b.label_zh;
END $$;
SELECT bank.function_grant(name, 'supervisor', 'auditor', 'admin')
  FROM unnest('{report_suggestion,report_suggestion_topic}'::text[]) name;
