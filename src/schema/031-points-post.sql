-- How points move. One account row serialises the postings of a customer, so that a second call
-- with the same key, at the same moment, waits and then finds the first one's transaction.

-- The account locked; made when the customer has none yet.
CREATE FUNCTION bank.points_lock(p_customer_id bigint, p_programme text, p_unit_id int)
RETURNS bank.points_account LANGUAGE plpgsql AS $$
DECLARE
    a bank.points_account;
BEGIN
    LOOP
        SELECT * INTO a FROM bank.points_account
         WHERE customer_id = p_customer_id AND programme = p_programme FOR UPDATE;
        IF FOUND THEN
            RETURN a;
        END IF;
        INSERT INTO bank.points_account (customer_id, programme, unit_id)
        VALUES (p_customer_id, p_programme, p_unit_id) ON CONFLICT DO NOTHING;
    END LOOP;
END $$;

-- The answer to a request that was posted before, NULL for a new one. BO409 when the key belongs
-- to other content: another kind, rule, amount, note or poster.
CREATE FUNCTION bank.points_replay(t bank.points_transaction) RETURNS api.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    known bank.points_transaction;
BEGIN
    IF t.request IS NULL THEN
        PERFORM bank.fail('BO422', 'The request key is missing.', NULL,
                          'Pass a fresh uuid as p_request.', 'p_request');
    END IF;
    SELECT * INTO known FROM bank.points_transaction
     WHERE customer_id = t.customer_id AND request = t.request;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF (known.kind, known.rule, known.note, known.staff_id, known.reverses)
           IS DISTINCT FROM (t.kind, t.rule, t.note, t.staff_id, t.reverses)
       OR (t.kind <> 'reverse' AND known.points <> t.points) THEN
        PERFORM bank.fail('BO409', 'This request key was used for another request.',
                          t.request::text, 'Start the entry again.', 'p_request');
    END IF;
    RETURN ('replayed', known.transaction_id::text, 'The points are posted.')::api.outcome;
END $$;

-- Last day on which points earned on a day can be used.
CREATE FUNCTION bank.points_expiry(p_programme text, p_day date) RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT CASE expiry_round
           WHEN 'day' THEN (p_day + make_interval(months => expiry_months))::date
           ELSE (date_trunc(expiry_round, p_day + make_interval(months => expiry_months))
                 + ('1 ' || expiry_round)::interval - interval '1 day')::date END
      FROM bank.programme WHERE programme = p_programme);
END $$;

-- Writes one posting line of the transaction.
CREATE FUNCTION bank.points_line(t bank.points_transaction, p_line int, p_from text, p_to text,
                                 p_points bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_points > 0 THEN
        INSERT INTO bank.points_posting
        VALUES (t.customer_id, t.transaction_id, p_line, t.unit_id, p_from, p_to, p_points);
    END IF;
END $$;

-- Takes points out of the available buckets, `p_first` before the others, then the earliest expiry.
CREATE FUNCTION bank.points_consume(t bank.points_transaction, p_points bigint, p_first bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    b record;
    left_over bigint := p_points;
    part bigint;
BEGIN
    FOR b IN SELECT bucket_id, remaining FROM bank.points_bucket
              WHERE customer_id = t.customer_id AND programme = t.programme AND remaining > 0
                AND NOT pending
              ORDER BY bucket_id IS NOT DISTINCT FROM p_first DESC, expires_on, bucket_id LOOP
        EXIT WHEN left_over = 0;
        part := least(b.remaining, left_over);
        UPDATE bank.points_bucket SET remaining = remaining - part
         WHERE customer_id = t.customer_id AND bucket_id = b.bucket_id;
        INSERT INTO bank.points_use VALUES (t.customer_id, t.transaction_id, b.bucket_id, t.unit_id,
                                            part)
        ON CONFLICT (customer_id, transaction_id, bucket_id)
        DO UPDATE SET points = points_use.points + excluded.points;
        left_over := left_over - part;
    END LOOP;
    IF left_over > 0 THEN
        RAISE EXCEPTION 'buckets of customer % are short of % points', t.customer_id, left_over;
    END IF;
END $$;

-- Stores the transaction and the account's new balances. Points owed are repaid first from what
-- became available.
CREATE FUNCTION bank.points_finish(t bank.points_transaction, a bank.points_account)
RETURNS api.outcome LANGUAGE plpgsql AS $$
DECLARE
    repay bigint := least(a.available, a.negative);
BEGIN
    t.balance_after := a.available - a.negative;
    t.posted_at := clock_timestamp();
    IF repay > 0 THEN
        PERFORM bank.points_line(t, 9, 'member:available', 'member:negative', repay);
        PERFORM bank.points_consume(t, repay, NULL);
        a.available := a.available - repay;
        a.negative := a.negative - repay;
    END IF;
    UPDATE bank.points_account SET available = a.available, pending = a.pending,
           negative = a.negative, version = version + 1
     WHERE customer_id = a.customer_id AND programme = a.programme;
    INSERT INTO bank.points_transaction VALUES (t.*);
    PERFORM bank.audit_write('points_' || t.kind, 'points', t.transaction_id::text, t.customer_id,
        NULL, jsonb_build_object('rule', t.rule, 'points', t.points, 'note', t.note,
                                 'balance', t.balance_after));
    RETURN ('done', t.transaction_id::text, 'The points are posted.')::api.outcome;
END $$;

-- A transaction by the caller, today, not yet stored.
CREATE FUNCTION bank.points_begin(p_customer_id bigint, p_programme text, p_unit_id int,
                                  p_kind text, p_request uuid)
RETURNS bank.points_transaction LANGUAGE plpgsql AS $$
DECLARE
    t bank.points_transaction;
BEGIN
    t.customer_id := p_customer_id;
    t.transaction_id := nextval('bank.points_transaction_transaction_id_seq');
    t.programme := p_programme;
    t.unit_id := p_unit_id;
    t.kind := p_kind;
    t.note := '';
    t.request := p_request;
    t.staff_id := bank.my_staff_id();
    t.business_date := bank.today();
    RETURN t;
END $$;

-- Points in: a new bucket, pending when its rule says so.
CREATE FUNCTION bank.points_in(t bank.points_transaction, a bank.points_account, p_from text,
                               p_pending_days int)
RETURNS api.outcome LANGUAGE plpgsql AS $$
DECLARE
    waits boolean := p_pending_days > 0;
BEGIN
    INSERT INTO bank.points_bucket
    VALUES (t.customer_id, t.transaction_id, t.programme, t.unit_id, waits, t.points, t.points,
            t.business_date, t.business_date + p_pending_days,
            bank.points_expiry(t.programme, t.business_date));
    IF waits THEN
        PERFORM bank.points_line(t, 1, p_from, 'member:pending', t.points);
        a.pending := a.pending + t.points;
    ELSE
        PERFORM bank.points_line(t, 1, p_from, 'member:available', t.points);
        a.available := a.available + t.points;
    END IF;
    RETURN bank.points_finish(t, a);
END $$;

-- Points out, the earliest expiry first; t.points is negative.
CREATE FUNCTION bank.points_out(t bank.points_transaction, a bank.points_account, p_to text)
RETURNS api.outcome LANGUAGE plpgsql AS $$
BEGIN
    IF a.available < -t.points THEN
        PERFORM bank.fail('BO422', 'There are not enough points.',
                          a.available::text || ' < ' || (-t.points)::text,
                          'Points that are pending cannot be used yet.', 'p_points');
    END IF;
    PERFORM bank.points_consume(t, -t.points, NULL);
    PERFORM bank.points_line(t, 1, 'member:available', p_to, -t.points);
    a.available := a.available + t.points;
    RETURN bank.points_finish(t, a);
END $$;

-- Takes an earning back: from its own bucket, then from others, the rest is owed.
CREATE FUNCTION bank.points_take_back(t bank.points_transaction, a bank.points_account,
                                      old bank.points_transaction, p_to text)
RETURNS api.outcome LANGUAGE plpgsql AS $$
DECLARE
    b bank.points_bucket;
    from_pending bigint := 0;
    from_available bigint;
BEGIN
    SELECT * INTO b FROM bank.points_bucket
     WHERE customer_id = t.customer_id AND bucket_id = old.transaction_id;
    IF b.pending THEN
        from_pending := b.remaining;
        UPDATE bank.points_bucket SET remaining = 0, pending = false
         WHERE customer_id = b.customer_id AND bucket_id = b.bucket_id;
    END IF;
    from_available := least(old.points - from_pending, a.available);
    PERFORM bank.points_consume(t, from_available, b.bucket_id);
    PERFORM bank.points_line(t, 1, 'member:pending', p_to, from_pending);
    PERFORM bank.points_line(t, 2, 'member:available', p_to, from_available);
    PERFORM bank.points_line(t, 3, 'member:negative', p_to,
                             old.points - from_pending - from_available);
    a.pending := a.pending - from_pending;
    a.available := a.available - from_available;
    a.negative := a.negative + old.points - from_pending - from_available;
    RETURN bank.points_finish(t, a);
END $$;

-- Gives redeemed points back to the buckets they came from, with thirty days to use them at least.
CREATE FUNCTION bank.points_give_back(t bank.points_transaction, a bank.points_account,
                                      old bank.points_transaction, p_from text)
RETURNS api.outcome LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.points_bucket b
       SET remaining = b.remaining + u.points,
           expires_on = CASE WHEN b.expires_on < t.business_date THEN t.business_date + 30
                             ELSE b.expires_on END
      FROM bank.points_use u
     WHERE u.customer_id = t.customer_id AND u.transaction_id = old.transaction_id
       AND b.customer_id = u.customer_id AND b.bucket_id = u.bucket_id;
    PERFORM bank.points_line(t, 1, p_from, 'member:available', -old.points);
    a.available := a.available - old.points;
    RETURN bank.points_finish(t, a);
END $$;

-- Posts by a rule for a customer whom the caller may open. Runs as the tables' owner, so that row
-- level security, which the caller has passed, is not computed again for each of its statements.
CREATE FUNCTION bank.points_by_rule(r bank.points_rule, person bank.customer, p_points bigint,
                                    p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    a bank.points_account := bank.points_lock(person.customer_id, r.programme, person.unit_id);
    t bank.points_transaction := bank.points_begin(person.customer_id, r.programme,
                                                   person.unit_id, r.kind, p_request);
    answer api.outcome;
    today_sum bigint;
BEGIN
    t.rule := r.rule;
    t.note := p_note;
    t.points := CASE r.kind WHEN 'earn' THEN p_points ELSE -p_points END;
    answer := bank.points_replay(t);
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT coalesce(sum(abs(points)), 0) INTO today_sum FROM bank.points_transaction x
     WHERE x.customer_id = t.customer_id AND x.business_date = t.business_date
       AND x.rule = r.rule AND x.kind = r.kind;
    IF today_sum + p_points > r.per_day THEN
        PERFORM bank.fail('BO422', 'The rule''s limit for one day is reached.',
                          today_sum || ' + ' || p_points || ' > ' || r.per_day, NULL, 'p_points');
    ELSIF r.kind = 'earn' THEN
        RETURN bank.points_in(t, a, 'bank:issue', r.pending_days);
    ELSIF person.aml_flag THEN
        PERFORM bank.fail('BO403', 'Points of this customer are blocked.', person.customer_number,
                          'Ask the compliance desk.');
    END IF;
    RETURN bank.points_out(t, a, 'bank:redeemed');
END $$;
ALTER FUNCTION bank.points_by_rule OWNER TO bankops_owner;
GRANT USAGE ON SCHEMA api TO bankops_owner;
GRANT USAGE ON TYPE api.outcome TO bankops_owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bank TO bankops_owner;

GRANT EXECUTE ON FUNCTION bank.points_lock, bank.points_replay, bank.points_expiry,
    bank.points_line, bank.points_consume, bank.points_finish, bank.points_begin, bank.points_in,
    bank.points_out, bank.points_take_back, bank.points_give_back, bank.points_by_rule
    TO bankops_api;
GRANT USAGE ON SEQUENCE bank.points_transaction_transaction_id_seq TO bankops_api;
GRANT UPDATE ON bank.points_use TO bankops_api;
