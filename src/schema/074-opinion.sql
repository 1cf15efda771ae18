-- A second opinion on cases the machine is not sure of: a model service over HTTP, off by default.
-- Here are its bounds: what may be asked, how often in a day, and when to leave it alone.

INSERT INTO bank.setting (name, value, note) VALUES
    ('opinion_url', '', 'chat service that is asked for a second opinion (…/v1); empty: none'),
    ('opinion_model', '', 'name of the model at that service'),
    ('opinion_daily', '200', 'questions a day at most'),
    ('opinion_timeout', '8000', 'milliseconds to wait for an answer'),
    ('opinion_failures', '5', 'failures in a row after which it is left alone'),
    ('opinion_pause', '300', 'seconds it is left alone then');

CREATE TABLE bank.opinion_call (
    customer_id bigint NOT NULL,
    case_id     bigint NOT NULL,
    unit_id     int NOT NULL,
    asked_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    day         date NOT NULL,
    state       text COLLATE "C" NOT NULL DEFAULT 'asked'
                CHECK (state IN ('asked', 'answered', 'failed')),
    error       text,
    PRIMARY KEY (customer_id, case_id),
    FOREIGN KEY (customer_id, case_id) REFERENCES bank.case_file
);
CREATE INDEX opinion_call_day ON bank.opinion_call (day);
-- One row: the circuit breaker.
CREATE TABLE bank.opinion_breaker (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    failures     int NOT NULL DEFAULT 0,
    closed_until timestamptz
);
INSERT INTO bank.opinion_breaker DEFAULT VALUES;
SELECT bank.table_protect('bank.opinion_call', 'SELECT, INSERT, UPDATE');
SELECT bank.table_protect('bank.opinion_breaker', 'SELECT, UPDATE');

-- Names of people and firms that the bank knows of and that may stand in a case's text: the customer's in all
-- spellings (also the family name last) and, of a person, each word of the Latin ones; those related to him, the parties of the case, the
-- member of staff complained about, and staff whose name the text holds.
CREATE FUNCTION bank.case_names(f bank.case_file) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH known AS (
        SELECT c.kind, v.name FROM bank.customer c
         CROSS JOIN LATERAL unnest(ARRAY[c.name, c.name_en, c.pinyin, c.pinyin_other]) v (name)
         WHERE c.customer_id = f.customer_id
            OR c.customer_id IN (SELECT r.other_id FROM bank.relation r WHERE r.customer_id = f.customer_id)
            OR c.customer_id IN (SELECT r.customer_id FROM bank.relation r WHERE r.other_id = f.customer_id)),
    latin AS (
        SELECT w.name FROM known k CROSS JOIN LATERAL regexp_split_to_table(k.name, '[^A-Za-z]+') w (name)
         WHERE k.kind = 'person' AND length(w.name) > 2)
    SELECT array_agg(DISTINCT n.name) FROM (
        SELECT k.name FROM known k
        UNION SELECT regexp_replace(k.name, '^([^ ]+) (.+)$', '\2 \1') FROM known k WHERE k.kind = 'person'
        UNION SELECT l.name FROM latin l
        UNION SELECT p.name FROM bank.case_party p WHERE p.customer_id = f.customer_id AND p.case_id = f.case_id
        UNION SELECT v.name FROM bank.staff s CROSS JOIN LATERAL (VALUES (s.name_zh), (s.name_en)) v (name)
               WHERE s.staff_id = f.complained_staff_id
                  OR position(lower(v.name) IN lower(f.subject || E'\n' || f.facts)) > 0) n
     WHERE length(n.name) > 1
$$;
GRANT EXECUTE ON FUNCTION bank.case_names TO bankops_api;

-- The next case to ask about, counted against the day's budget before it is asked; no row when the
-- service is off, left alone, the budget is used up, or nothing waits. `names` are those the
-- bank knows of in it, to be concealed. The breaker's row is locked: one claim at a time.
CREATE FUNCTION api.opinion_claim()
RETURNS TABLE (customer_id bigint, case_id bigint, text text, names text[], url text, model text,
               timeout_ms int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    b bank.opinion_breaker;
    f bank.case_file;
BEGIN
    PERFORM bank.require_role('worker');
    IF bank.setting('opinion_url') = '' THEN
        RETURN;
    END IF;
    SELECT * INTO b FROM bank.opinion_breaker FOR UPDATE;
    IF b.closed_until > clock_timestamp()
       OR (SELECT count(*) FROM bank.opinion_call c WHERE c.day = bank.local_day(now()))
          >= bank.setting('opinion_daily')::int THEN
        RETURN;
    END IF;
    SELECT x.* INTO f FROM bank.case_file x
     WHERE x.case_type = 'complaint' AND x.stage = 'registered' AND x.business IS NULL
       AND bank.in_scope(x.unit_id)
       AND EXISTS (SELECT FROM bank.prediction p WHERE p.customer_id = x.customer_id
                      AND p.case_id = x.case_id AND p.decision IN ('asked', 'unknown'))
       AND NOT EXISTS (SELECT FROM bank.opinion_call c WHERE c.customer_id = x.customer_id
                          AND c.case_id = x.case_id)
     ORDER BY x.case_id LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO bank.opinion_call (customer_id, case_id, unit_id, day)
    VALUES (f.customer_id, f.case_id, f.unit_id, bank.local_day(now()));
    RETURN QUERY SELECT f.customer_id, f.case_id, f.subject || E'\n' || f.facts,
        bank.case_names(f),
        bank.setting('opinion_url'), bank.setting('opinion_model'),
        bank.setting('opinion_timeout')::int;
END $$;

-- The service's answer becomes a suggestion under its name.
CREATE FUNCTION api.opinion_answer(p_customer_id bigint, p_case_id bigint, p_business text,
                                   p_reason text, p_confidence real, p_service text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    c bank.opinion_call;
BEGIN
    PERFORM bank.require_role('worker');
    answer := bank.request_replay(p_request, 'opinion_answer', jsonb_build_array(p_customer_id,
        p_case_id, p_business, p_reason, p_confidence, p_service));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    UPDATE bank.opinion_call SET state = 'answered' WHERE customer_id = p_customer_id
       AND case_id = p_case_id AND state = 'asked' RETURNING * INTO c;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'Nobody was asked about this case.', p_case_id::text);
    END IF;
    INSERT INTO bank.prediction (customer_id, case_id, unit_id, service, business, reason,
                                 confidence, threshold, decision)
    VALUES (p_customer_id, p_case_id, c.unit_id, left(p_service, 60),
            ARRAY[bank.class_check('B', p_business, 'p_business')],
            ARRAY[bank.class_check('C', p_reason, 'p_reason')],
            ARRAY[least(greatest(p_confidence, 0), 1)], 1, 'advice');
    UPDATE bank.opinion_breaker SET failures = 0, closed_until = NULL
     WHERE failures > 0 OR closed_until IS NOT NULL;
    RETURN bank.request_done(p_request, p_case_id::text, 'The second opinion is stored.');
END $$;

-- No answer: counted, and after too many in a row the service is left alone for a while.
CREATE FUNCTION api.opinion_failed(p_customer_id bigint, p_case_id bigint, p_why text,
                                   p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
BEGIN
    PERFORM bank.require_role('worker');
    answer := bank.request_replay(p_request, 'opinion_failed',
                                  jsonb_build_array(p_customer_id, p_case_id));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    UPDATE bank.opinion_call SET state = 'failed', error = left(p_why, 300)
     WHERE customer_id = p_customer_id AND case_id = p_case_id AND state = 'asked';
    UPDATE bank.opinion_breaker SET failures = failures + 1,
           closed_until = CASE WHEN failures + 1 >= bank.setting('opinion_failures')::int
               THEN clock_timestamp() + make_interval(secs => bank.setting('opinion_pause')::int)
               END;
    RETURN bank.request_done(p_request, p_case_id::text, 'The failure is counted.');
END $$;
SELECT bank.function_grant(name, 'worker')
  FROM unnest('{opinion_claim,opinion_answer,opinion_failed}'::text[]) name;
