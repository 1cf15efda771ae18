-- Messages leave the bank: a worker takes what is due under a lease, sends it with the message's own
-- key, and says what became of it. A worker that dies loses its lease and the message is sent
-- again under the same key: at least once, and once for a gateway that honours the key.

-- Where each way leads. Secrets are not here: the worker reads them from a file by this name.
CREATE TABLE bank.endpoint (
    channel    text COLLATE "C" PRIMARY KEY CHECK (channel IN ('sms', 'email', 'app')),
    kind       text COLLATE "C" NOT NULL CHECK (kind IN ('http', 'webhook', 'smtp')),
    url        text NOT NULL CHECK (length(url) BETWEEN 1 AND 500),
    sender     text NOT NULL DEFAULT '',
    secret     text COLLATE "C" NOT NULL DEFAULT '' CHECK (secret ~ '^[A-Za-z0-9_.-]*$'),
    timeout_ms int NOT NULL DEFAULT 10000 CHECK (timeout_ms BETWEEN 100 AND 120000),
    attempts   int NOT NULL DEFAULT 10 CHECK (attempts BETWEEN 1 AND 100),
    active     boolean NOT NULL DEFAULT true,
    version    bigint NOT NULL DEFAULT 1,
    CHECK ((channel = 'email') = (kind = 'smtp'))
);
SELECT bank.table_protect('bank.endpoint', 'SELECT, INSERT, UPDATE', false);

CREATE VIEW api.endpoint_list WITH (security_barrier) AS
SELECT e.channel, e.kind, e.url, e.sender, e.secret, e.timeout_ms, e.attempts, e.active, e.version
  FROM bank.endpoint e WHERE (SELECT bank.my_role()) IN ('admin', 'auditor', 'worker');
SELECT bank.view_grant('endpoint_list', 'admin', 'auditor', 'worker');

-- Sets where a channel leads. `p_version` 0: it is new.
CREATE FUNCTION api.endpoint_save(p_channel text, p_kind text, p_url text, p_sender text,
    p_secret text, p_timeout_ms int, p_attempts int, p_active boolean, p_version bigint,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    was bank.endpoint;
    e bank.endpoint;
BEGIN
    PERFORM bank.require_role('admin');
    answer := bank.request_replay(p_request, 'endpoint_save', jsonb_build_array(p_channel, p_kind,
        p_url, p_sender, p_secret, p_timeout_ms, p_attempts, p_active, p_version));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO was FROM bank.endpoint x WHERE x.channel = p_channel FOR UPDATE;
    IF coalesce(was.version, 0) IS DISTINCT FROM coalesce(p_version, 0) THEN
        PERFORM bank.fail('BO409', 'Somebody changed this in the meantime.', p_channel,
                          'Look at it again.', 'p_version');
    ELSIF NOT coalesce(p_url ~ CASE p_kind WHEN 'smtp' THEN '^smtps?://(?![a-z]+:/)[^[:space:][:cntrl:]]+$'
                                    ELSE '^https?://(?![a-z]+:/)[^[:space:][:cntrl:]]+$' END, false) THEN
        PERFORM bank.fail('BO422', 'This is no address of that kind.', p_url,
                          'Write https://… for gateways, smtp://… or smtps://… for mail.', 'p_url');
    ELSIF p_url ~ '^(http|smtp)://'
          AND NOT p_url ~ '^(http|smtp)://(127\.0\.0\.1|localhost|\[::1\])([:/]|$)' AND p_kind <> 'smtp' THEN
        PERFORM bank.fail('BO422', 'Messages leave the bank only encrypted.', p_url,
                          'Use https.', 'p_url');
    END IF;
    INSERT INTO bank.endpoint VALUES (p_channel, p_kind, p_url, coalesce(p_sender, ''),
        coalesce(p_secret, ''), coalesce(p_timeout_ms, 10000), coalesce(p_attempts, 10),
        coalesce(p_active, true), 1)
    ON CONFLICT (channel) DO UPDATE SET kind = excluded.kind, url = excluded.url,
        sender = excluded.sender, secret = excluded.secret, timeout_ms = excluded.timeout_ms,
        attempts = excluded.attempts, active = excluded.active, version = endpoint.version + 1
    RETURNING * INTO e;
    PERFORM bank.audit_write('endpoint_save', 'endpoint', p_channel, NULL, to_jsonb(was), to_jsonb(e));
    RETURN bank.request_done(p_request, p_channel, 'The endpoint is kept.');
EXCEPTION WHEN check_violation THEN
    PERFORM bank.fail('BO422', 'This endpoint cannot be.', SQLERRM,
                      'sms: http; app: webhook or http; email: smtp.', 'p_kind');
END $$;
SELECT bank.function_grant('endpoint_save', 'admin');

-- First values of the form; an empty channel is a new one.
CREATE FUNCTION api.endpoint_form(p_channel text)
RETURNS TABLE (way text, kind text, url text, sender text, secret text, timeout_ms text,
               attempts text, active text, version text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('admin');
    RETURN QUERY SELECT e.channel, e.kind, e.url, e.sender, e.secret, e.timeout_ms::text,
                        e.attempts::text, e.active::text, e.version::text
      FROM bank.endpoint e WHERE e.channel = p_channel;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'sms', 'http', '', '', '', '10000', '10', 'true', '0';
    END IF;
END $$;
SELECT bank.function_grant('endpoint_form', 'admin');

-- What the message is sent to: a verified main number or address first. NULL: the bank has none.
CREATE FUNCTION bank.message_address(o bank.outbox) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE o.channel
        WHEN 'sms' THEN (SELECT p.phone FROM bank.phone p
                          WHERE p.customer_id = o.customer_id
                            AND p.phone ~ '^1[3-9][0-9]{9}$'
                          ORDER BY p.kind <> 'mobile', NOT p.main, p.verified_at IS NULL, p.phone LIMIT 1)
        WHEN 'email' THEN (SELECT m.address FROM bank.email m WHERE m.customer_id = o.customer_id
                            ORDER BY NOT m.main, m.verified_at IS NULL, m.address LIMIT 1)
        ELSE (SELECT c.customer_number FROM bank.customer c WHERE c.customer_id = o.customer_id) END
$$;

-- Why a message was given up, as the history of a case keeps what a rule wrote: in both languages, but for what
-- a gateway said.
CREATE FUNCTION bank.message_why(p_error text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_error
        WHEN 'the bank has no address of the customer for this way' THEN ', 没有客户的该渠道联系方式 / no address of the customer'
        WHEN 'the worker did not come back; it may have been sent' THEN ', 发送中断可能已发出 / interrupted and possibly sent'
        ELSE ': ' || coalesce(left(p_error, 500), '') END
$$;

-- Gives the message up, for a person to decide: it is work of supervisors and of the owner of its case, whose
-- history tells it.
CREATE FUNCTION bank.message_bury(o bank.outbox, p_error text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c bank.case_file;
BEGIN
    SELECT * INTO c FROM bank.case_file f WHERE f.customer_id = o.customer_id AND f.case_id = o.case_id;
    IF FOUND THEN
        PERFORM bank.case_event_write(c, c, 'undelivered', (SELECT v.zh || ' / ' || v.en
            FROM (VALUES ('app', '手机银行消息', 'App message'), ('sms', '短信', 'Text message'), ('email', '电子邮件', 'E-mail'),
                         ('letter', '信函', 'Letter')) v (channel, zh, en) WHERE v.channel = o.channel) || bank.message_why(p_error));
    END IF;
    UPDATE bank.outbox SET status = 'dead', claimed_at = NULL, error = left(p_error, 500)
     WHERE customer_id = o.customer_id AND outbox_id = o.outbox_id;
    PERFORM bank.audit_write('message_dead', 'message', o.outbox_id::text, o.customer_id, NULL,
                             jsonb_build_object('error', left(p_error, 500)));
END $$;

-- Takes up to p_limit messages that are due and holds them for p_lease seconds. Those without an
-- address are given up at once. `attempt` goes back to deliver_done.
CREATE FUNCTION api.deliver_claim(p_limit int, p_lease int DEFAULT 300)
RETURNS TABLE (customer_id bigint, outbox_id bigint, channel text, kind text, address text,
               subject text, body text, key text, attempt int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    o bank.outbox;
    lost text := 'the worker did not come back; it may have been sent';
BEGIN
    PERFORM bank.require_role('worker');
    FOR o IN SELECT x.* FROM bank.outbox x
               JOIN bank.endpoint e ON e.channel = x.channel AND e.active
              WHERE x.status IN ('ready', 'failed', 'sending') AND x.next_at <= clock_timestamp()
              ORDER BY x.next_at, x.outbox_id LIMIT least(p_limit, 100)
                FOR UPDATE OF x SKIP LOCKED LOOP
        IF bank.message_address(o) IS NULL THEN
            PERFORM bank.message_bury(o, 'the bank has no address of the customer for this way');
            CONTINUE;
        ELSIF o.attempts >= (SELECT e.attempts FROM bank.endpoint e WHERE e.channel = o.channel) THEN
            PERFORM bank.message_bury(o, coalesce(o.error, lost));
            CONTINUE;
        END IF;
        UPDATE bank.outbox x SET status = 'sending', attempts = o.attempts + 1,
               claimed_at = clock_timestamp(),
               error = CASE WHEN o.status = 'sending' THEN lost ELSE o.error END,
               next_at = clock_timestamp() + make_interval(secs => p_lease)
         WHERE x.customer_id = o.customer_id AND x.outbox_id = o.outbox_id;
        RETURN QUERY SELECT o.customer_id, o.outbox_id, o.channel, o.kind, bank.message_address(o),
            (SELECT f.number || ' ' || bank.setting('bank_name_' || bank.case_language(f)) FROM bank.case_file f
              WHERE f.customer_id = o.customer_id AND f.case_id = o.case_id),
            o.body, o.request::text, o.attempts + 1;
    END LOOP;
END $$;

-- What became of it. sent; retry: not now, in p_after seconds or later by the back-off (30 s, doubled
-- each time up to an hour); refused: never. A worker whose lease ran out has no say any more.
CREATE FUNCTION api.deliver_done(p_customer_id bigint, p_outbox_id bigint, p_attempt int,
                                 p_result text, p_provider_id text, p_error text, p_after int)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    o bank.outbox;
    pause int;
BEGIN
    PERFORM bank.require_role('worker');
    SELECT * INTO o FROM bank.outbox x WHERE x.customer_id = p_customer_id
       AND x.outbox_id = p_outbox_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such message.', p_outbox_id::text);
    ELSIF NOT coalesce(p_result IN ('sent', 'retry', 'refused'), false) THEN
        PERFORM bank.fail('BO422', 'There is no such result.', p_result, NULL, 'p_result');
    ELSIF o.status = 'sent' OR (p_result <> 'sent' AND
                                (o.status <> 'sending' OR o.attempts <> p_attempt)) THEN
        RETURN o.status;
    ELSIF p_result = 'sent' THEN
        UPDATE bank.outbox SET status = 'sent', sent_at = clock_timestamp(), claimed_at = NULL,
               provider_id = left(p_provider_id, 200), error = NULL
         WHERE customer_id = p_customer_id AND outbox_id = p_outbox_id;
        PERFORM bank.audit_write('message_sent', 'message', p_outbox_id::text, p_customer_id, NULL,
            jsonb_build_object('channel', o.channel, 'attempt', p_attempt, 'provider_id',
                               left(p_provider_id, 200)));
        RETURN 'sent';
    ELSIF p_result = 'refused'
          OR o.attempts >= (SELECT e.attempts FROM bank.endpoint e WHERE e.channel = o.channel) THEN
        PERFORM bank.message_bury(o, p_error);
        RETURN 'dead';
    END IF;
    pause := greatest(least(3600, 30 * 2 ^ least(o.attempts - 1, 7))::int,
                      least(coalesce(p_after, 0), 86400));
    UPDATE bank.outbox SET status = 'failed', claimed_at = NULL, error = left(p_error, 500),
           next_at = clock_timestamp() + make_interval(secs => pause)
     WHERE customer_id = p_customer_id AND outbox_id = p_outbox_id;
    RETURN 'failed';
END $$;

-- Milliseconds until a message is due; NULL: none waits for a channel that is open.
CREATE FUNCTION api.deliver_wait() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    PERFORM bank.require_role('worker');
    RETURN (SELECT greatest(0, ceil(extract(epoch FROM min(x.next_at) - clock_timestamp()) * 1000))
              FROM bank.outbox x JOIN bank.endpoint e ON e.channel = x.channel AND e.active
             WHERE x.status IN ('ready', 'failed', 'sending'));
END $$;
SELECT bank.function_grant(name, 'worker')
  FROM unnest('{deliver_claim,deliver_done,deliver_wait}'::text[]) name;

-- A person sends a message that was given up once more, under its old key, or says that it is settled
-- otherwise (told by phone, a letter was posted).
CREATE FUNCTION api.message_settle(p_customer_id bigint, p_outbox_id bigint, p_again boolean,
                                   p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    o bank.outbox;
BEGIN
    PERFORM bank.require_role('supervisor');
    answer := bank.request_replay(p_request, 'message_settle', jsonb_build_array(p_customer_id,
        p_outbox_id, p_again, p_note));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.customer_require(p_customer_id);
    SELECT * INTO o FROM bank.outbox x WHERE x.customer_id = p_customer_id
       AND x.outbox_id = p_outbox_id AND bank.in_scope(x.unit_id) FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such message.', p_outbox_id::text);
    ELSIF NOT (o.status = 'dead' OR o.channel = 'letter' AND o.status = 'ready' AND NOT p_again) THEN
        PERFORM bank.fail('BO423', 'This message does not wait for a person.', o.status,
                          'Refresh the list.');
    ELSIF NOT p_again AND coalesce(btrim(p_note), '') = '' THEN
        PERFORM bank.fail('BO422', 'Write a note.', NULL, NULL, 'p_note');
    END IF;
    UPDATE bank.outbox SET status = CASE WHEN p_again THEN 'ready' ELSE 'sent' END,
           attempts = CASE WHEN p_again THEN 0 ELSE attempts END, next_at = clock_timestamp(),
           sent_at = CASE WHEN p_again THEN NULL ELSE clock_timestamp() END,
           error = CASE WHEN p_again THEN error ELSE left(btrim(p_note), 500) END
     WHERE customer_id = p_customer_id AND outbox_id = p_outbox_id;
    IF NOT p_again AND o.status = 'dead' THEN
        PERFORM bank.case_event_write(f, f, 'note', btrim(p_note)) FROM bank.case_file f
          WHERE f.customer_id = o.customer_id AND f.case_id = o.case_id;
    END IF;
    PERFORM bank.audit_write(CASE WHEN p_again THEN 'message_again' ELSE 'message_settled' END,
        'message', p_outbox_id::text, p_customer_id, to_jsonb(o) - '{body}'::text[],
        jsonb_build_object('note', p_note));
    RETURN bank.request_done(p_request, p_outbox_id::text,
        CASE WHEN p_again THEN 'The message will be sent again.' ELSE 'The message is settled.' END);
END $$;
SELECT bank.function_grant('message_settle', 'supervisor');
GRANT EXECUTE ON FUNCTION bank.message_address, bank.message_why, bank.message_bury TO bankops_api;

CREATE VIEW api.outbox_list WITH (security_barrier) AS
SELECT k.customer_id, k.outbox_id, o.case_id, f.number,
       (SELECT y.screen FROM bank.case_type y WHERE y.case_type = f.case_type) AS screen, o.kind, o.channel, left(o.body, 80) AS body,
       k.status, o.attempts, k.created_at, o.next_at, o.sent_at, o.error, o.provider_id,
       CASE WHEN k.status = 'dead' THEN 'dead'
            WHEN o.channel = 'letter' AND k.status = 'ready' THEN 'letter' ELSE '' END AS settle
  FROM bank.outbox k -- its keys in the order of times, the rest for those of the page: OFFSET keeps the planner to it
 CROSS JOIN LATERAL (SELECT x.* FROM bank.outbox x WHERE x.customer_id = k.customer_id AND x.outbox_id = k.outbox_id OFFSET 0) o
  LEFT JOIN LATERAL (SELECT x.number, x.case_type FROM bank.case_file x
                      WHERE x.customer_id = o.customer_id AND x.case_id = o.case_id OFFSET 0) f ON true
 WHERE (k.unit_id < (SELECT bank.my_scope_low())) IS NOT TRUE AND (k.unit_id > (SELECT bank.my_scope_high())) IS NOT TRUE
   AND bank.may_open(k.customer_id)
 ORDER BY k.created_at DESC, k.customer_id, k.outbox_id;
SELECT bank.view_grant('outbox_list', 'supervisor', 'auditor');
