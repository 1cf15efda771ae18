-- What staff do with points. p_request is the idempotency key: after a lost connection the same
-- call answers with the posting that was made, or makes it.

-- Nobody moves points on his own record, whatever grant lets him look at it.
CREATE FUNCTION bank.points_not_own(p_customer_id bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF (bank.me()).customer_id = p_customer_id THEN
        PERFORM bank.fail('BO403', 'You may not move points on your own record.',
                          p_customer_id::text, 'Leave it to a colleague.', 'p_customer_id');
    END IF;
END $$;

-- Posts `p_points` (> 0) by a rule: the rule says whether they are earned or redeemed, who may do
-- it, and the most in one posting and in a business day.
CREATE FUNCTION api.points_post(p_customer_id bigint, p_rule text, p_points bigint, p_note text,
                                p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    r bank.points_rule;
    person bank.customer := bank.customer_require(p_customer_id);
BEGIN
    PERFORM bank.points_not_own(p_customer_id);
    SELECT * INTO r FROM bank.points_rule WHERE rule = p_rule AND active;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO422', 'There is no such rule for points.', p_rule,
                          'Choose one of the list.', 'p_rule');
    END IF;
    PERFORM bank.require_role(VARIADIC r.roles);
    IF p_points IS NULL OR NOT p_points BETWEEN 1 AND r.most THEN
        PERFORM bank.fail('BO422', 'The rule does not allow this number of points.',
                          '1 - ' || r.most, NULL, 'p_points');
    END IF;
    RETURN bank.points_by_rule(r, person, p_points, left(coalesce(p_note, ''), 500), p_request);
END $$;

-- Undoes an earning, a redemption or an adjustment, once.
CREATE FUNCTION api.points_reverse(p_customer_id bigint, p_transaction_id bigint, p_note text,
                                   p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    person bank.customer := bank.customer_require(p_customer_id);
    a bank.points_account;
    old bank.points_transaction;
    t bank.points_transaction;
    answer api.outcome;
    other text;
BEGIN
    PERFORM bank.require_role('supervisor');
    PERFORM bank.points_not_own(p_customer_id);
    SELECT * INTO old FROM bank.points_transaction
     WHERE customer_id = p_customer_id AND transaction_id = p_transaction_id;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such posting.', p_transaction_id::text,
                          'Look at the history again.', 'p_transaction_id');
    END IF;
    a := bank.points_lock(p_customer_id, old.programme, person.unit_id);
    t := bank.points_begin(p_customer_id, old.programme, person.unit_id, 'reverse', p_request);
    t.rule := old.rule;
    t.note := left(coalesce(p_note, ''), 500);
    t.reverses := old.transaction_id;
    t.points := -old.points;
    answer := bank.points_replay(t);
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF NOT old.kind = ANY ('{earn,redeem,adjust}')
       OR EXISTS (SELECT FROM bank.points_transaction x WHERE x.customer_id = p_customer_id
                     AND x.reverses = old.transaction_id) THEN
        PERFORM bank.fail('BO423', 'This posting cannot be reversed.', p_transaction_id::text,
                          'It is a reversal itself, or was reversed before.');
    ELSIF coalesce(btrim(p_note), '') = '' THEN
        PERFORM bank.fail('BO422', 'Write a note.', NULL, NULL, 'p_note');
    END IF;
    other := CASE old.kind WHEN 'adjust' THEN 'bank:adjust' WHEN 'redeem' THEN 'bank:redeemed'
                           ELSE 'bank:issue' END;
    IF old.points > 0 THEN
        RETURN bank.points_take_back(t, a, old, other);
    END IF;
    RETURN bank.points_give_back(t, a, old, other);
END $$;

-- Asks for an adjustment (signed); a supervisor other than the maker decides.
CREATE FUNCTION api.points_adjust(p_customer_id bigint, p_points bigint, p_reason text,
                                  p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    person bank.customer;
    answer api.outcome;
    made bigint;
BEGIN
    PERFORM bank.require_role('clerk', 'rm', 'supervisor');
    answer := bank.request_replay(p_request, 'points_adjust',
                                  jsonb_build_array(p_customer_id, p_points, p_reason));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    person := bank.customer_require(p_customer_id);
    PERFORM bank.points_not_own(p_customer_id);
    IF coalesce(p_points, 0) = 0 OR abs(p_points) > 1000000 THEN
        PERFORM bank.fail('BO422', 'An adjustment takes up to 1000000 points, up or down.',
                          p_points::text, NULL, 'p_points');
    ELSIF NOT coalesce(length(btrim(p_reason)) BETWEEN 1 AND 500, false) THEN
        PERFORM bank.fail('BO422', 'Write the reason.', NULL, NULL, 'p_reason');
    END IF;
    INSERT INTO bank.points_adjustment (customer_id, programme, unit_id, points, reason, maker_id)
    VALUES (p_customer_id, 'main', person.unit_id, p_points, btrim(p_reason),
            (bank.me()).staff_id)
    RETURNING adjustment_id INTO made;
    PERFORM bank.audit_write('points_adjust', 'points_adjustment', made::text, p_customer_id,
        NULL, jsonb_build_object('points', p_points, 'reason', p_reason));
    RETURN bank.request_done(p_request, made::text, 'The adjustment waits for approval.');
END $$;

-- Decides an adjustment: `p_decision` approve (it is posted) or refuse.
CREATE FUNCTION api.points_adjust_decide(p_customer_id bigint, p_adjustment_id bigint,
                                         p_decision text, p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    who bank.staff := bank.me();
    person bank.customer;
    j bank.points_adjustment;
    t bank.points_transaction;
    a bank.points_account;
    answer api.outcome;
BEGIN
    PERFORM bank.require_role('supervisor');
    answer := bank.request_replay(p_request, 'points_adjust_decide',
        jsonb_build_array(p_customer_id, p_adjustment_id, p_decision, p_note));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    person := bank.customer_require(p_customer_id);
    PERFORM bank.points_not_own(p_customer_id);
    SELECT * INTO j FROM bank.points_adjustment
     WHERE customer_id = p_customer_id AND adjustment_id = p_adjustment_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such adjustment.', p_adjustment_id::text);
    ELSIF j.status <> 'waiting' THEN
        PERFORM bank.fail('BO423', 'This adjustment was decided before.', j.status,
                          'Refresh the list.');
    ELSIF j.maker_id = who.staff_id THEN
        PERFORM bank.fail('BO403', 'A second person must check this.', j.adjustment_id::text,
                          'Ask another supervisor.');
    ELSIF NOT coalesce(p_decision = ANY ('{approve,refuse}'), false) THEN
        PERFORM bank.fail('BO422', 'Approve or refuse.', p_decision, NULL, 'p_decision');
    END IF;
    IF p_decision = 'approve' THEN
        a := bank.points_lock(p_customer_id, j.programme, person.unit_id);
        t := bank.points_begin(p_customer_id, j.programme, person.unit_id, 'adjust', p_request);
        t.points := j.points;
        t.note := j.reason;
        t.staff_id := j.maker_id;
        t.checked_by := who.staff_id;
        answer := CASE WHEN j.points > 0 THEN bank.points_in(t, a, 'bank:adjust', 0)
                       ELSE bank.points_out(t, a, 'bank:adjust') END;
    ELSE
        PERFORM bank.audit_write('points_adjust_refuse', 'points_adjustment',
            j.adjustment_id::text, p_customer_id, NULL, jsonb_build_object('note', p_note));
    END IF;
    UPDATE bank.points_adjustment
       SET status = CASE p_decision WHEN 'approve' THEN 'approved' ELSE 'refused' END,
           checker_id = who.staff_id, checked_at = clock_timestamp(),
           checker_note = coalesce(p_note, ''), transaction_id = answer.id::bigint,
           version = version + 1
     WHERE customer_id = p_customer_id AND adjustment_id = p_adjustment_id;
    RETURN bank.request_done(p_request, p_adjustment_id::text,
        CASE p_decision WHEN 'approve' THEN 'The adjustment is posted.'
                        ELSE 'The adjustment is refused.' END);
END $$;

-- Day end of one bucket: pending points whose day has come become available, points past their last
-- day expire. False when somebody did so in the meantime, or spent them.
CREATE FUNCTION bank.points_bucket_end(p_customer_id bigint, p_bucket_id bigint, p_day date,
                                       p_request uuid)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    b bank.points_bucket;
    a bank.points_account;
    t bank.points_transaction;
BEGIN
    SELECT * INTO b FROM bank.points_bucket x
     WHERE x.customer_id = p_customer_id AND x.bucket_id = p_bucket_id;
    a := bank.points_lock(b.customer_id, b.programme, b.unit_id);
    SELECT * INTO b FROM bank.points_bucket x
     WHERE x.customer_id = p_customer_id AND x.bucket_id = p_bucket_id AND x.remaining > 0
       AND (x.pending AND x.available_on <= p_day OR x.expires_on < p_day);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    t := bank.points_begin(b.customer_id, b.programme, b.unit_id, 'expire',
                           md5(p_request::text || b.customer_id || '-' || b.bucket_id)::uuid);
    t.reverses := NULL;
    IF b.expires_on < p_day THEN
        PERFORM bank.points_expire(t, a, b);
    ELSE
        PERFORM bank.points_release(t, a, b);
    END IF;
    RETURN true;
END $$;

-- The day end of points by hand, for the caller's units. The id of the answer is the number of
-- buckets. The worker does it every night (036).
CREATE FUNCTION api.points_day_end(p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    b record;
    day date := bank.today();
    done bigint := 0;
BEGIN
    PERFORM bank.require_role('supervisor', 'admin');
    answer := bank.request_replay(p_request, 'points_day_end', to_jsonb(day));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    FOR b IN SELECT x.customer_id, x.bucket_id FROM bank.points_bucket x
              WHERE x.unit_id BETWEEN (SELECT bank.my_scope_low())
               AND (SELECT bank.my_scope_high()) AND x.remaining > 0
                AND (x.pending AND x.available_on <= day OR x.expires_on < day)
              ORDER BY x.customer_id, x.bucket_id LOOP
        done := done + bank.points_bucket_end(b.customer_id, b.bucket_id, day, p_request)::int;
    END LOOP;
    RETURN bank.request_done(p_request, done::text, 'The day end of points is done.');
END $$;

CREATE FUNCTION bank.points_expire(t bank.points_transaction, a bank.points_account,
                                   b bank.points_bucket)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    t.points := -b.remaining;
    PERFORM bank.points_line(t, 1, CASE WHEN b.pending THEN 'member:pending'
                                        ELSE 'member:available' END, 'bank:expired', b.remaining);
    UPDATE bank.points_bucket SET remaining = 0, pending = false
     WHERE customer_id = b.customer_id AND bucket_id = b.bucket_id;
    INSERT INTO bank.points_use VALUES (t.customer_id, t.transaction_id, b.bucket_id, t.unit_id,
                                        b.remaining);
    IF b.pending THEN
        a.pending := a.pending - b.remaining;
    ELSE
        a.available := a.available - b.remaining;
    END IF;
    PERFORM bank.points_finish(t, a);
END $$;

CREATE FUNCTION bank.points_release(t bank.points_transaction, a bank.points_account,
                                    b bank.points_bucket)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    t.kind := 'release';
    t.points := 0;
    PERFORM bank.points_line(t, 1, 'member:pending', 'member:available', b.remaining);
    UPDATE bank.points_bucket SET pending = false
     WHERE customer_id = b.customer_id AND bucket_id = b.bucket_id;
    a.pending := a.pending - b.remaining;
    a.available := a.available + b.remaining;
    PERFORM bank.points_finish(t, a);
END $$;
GRANT EXECUTE ON FUNCTION bank.points_bucket_end, bank.points_expire, bank.points_release TO bankops_api;

SELECT bank.function_grant('points_post', 'clerk', 'rm', 'supervisor');
SELECT bank.function_grant('points_reverse', 'supervisor');
SELECT bank.function_grant('points_adjust', 'clerk', 'rm', 'supervisor');
SELECT bank.function_grant('points_adjust_decide', 'supervisor');
SELECT bank.function_grant('points_day_end', 'supervisor', 'admin');
