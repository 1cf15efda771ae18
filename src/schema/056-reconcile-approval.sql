-- Second persons: approving and refusing matches with their adjustments, unmatching, the inbox.

-- The voucher of an approved adjustment came with our book: the line and the adjustment cancel.
-- Called by a run before its rules; answers the number of vouchers found.
CREATE FUNCTION bank.recon_vouchers_settle(p_lane bank.recon_lane, p_as_of date, p_run bigint)
RETURNS int LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    v record;
    v_match bigint;
    settled int := 0;
BEGIN
    FOR v IN SELECT DISTINCT ON (j.account_id, j.adjustment_id) j.account_id, j.adjustment_id,
                    j.unit_id, j.amount, j.voucher, o.item_id, o.day
               FROM recon_adjustment j
               JOIN recon_open o ON o.account_id = j.account_id AND o.side = 'L'
                    AND o.key = j.voucher AND o.amount = j.amount AND o.day <= p_as_of
              WHERE j.lane_id = p_lane.lane_id AND j.status = 'approved'
                AND NOT EXISTS (SELECT FROM recon_match_item x WHERE x.account_id = o.account_id
                                AND x.item_id = o.item_id AND x.live)
              ORDER BY j.account_id, j.adjustment_id, o.item_id LOOP
        INSERT INTO recon_match (account_id, unit_id, run_id, rule, cardinality, key, amount,
            first_day, last_day, adjustment, evidence, status)
        VALUES (v.account_id, v.unit_id, p_run, 'voucher', '1:0', v.voucher, v.amount, v.day, v.day,
            -v.amount, v.voucher, 'confirmed')
        RETURNING match_id INTO v_match;
        INSERT INTO recon_member (account_id, match_id, item_id, amount)
        VALUES (v.account_id, v_match, v.item_id, v.amount);
        PERFORM bank.recon_match_close(v.account_id, v_match, 1);
        UPDATE recon_adjustment SET status = 'booked', booked_match_id = v_match,
               version = version + 1
         WHERE account_id = v.account_id AND adjustment_id = v.adjustment_id;
        DELETE FROM recon_open WHERE account_id = v.account_id AND item_id = v.item_id;
        DELETE FROM recon_break WHERE account_id = v.account_id AND item_id = v.item_id;
        settled := settled + 1;
    END LOOP;
    RETURN settled;
END $$;

-- Takes a confirmed match apart, with its adjustment and the line of its voucher.
CREATE FUNCTION bank.recon_unmatch_now(p_lane bank.recon_lane, p_match bank.recon_match,
                                       p_code text, p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    j recon_adjustment;
    booked recon_match;
BEGIN
    SELECT * INTO j FROM recon_adjustment
     WHERE account_id = p_match.account_id AND match_id = p_match.match_id FOR UPDATE;
    IF j.booked_match_id IS NOT NULL THEN
        SELECT * INTO booked FROM recon_match
         WHERE account_id = j.account_id AND match_id = j.booked_match_id FOR UPDATE;
        PERFORM bank.recon_match_release(p_lane, booked, 'undone', p_code, p_reason);
    END IF;
    UPDATE recon_adjustment SET status = 'undone', version = version + 1
     WHERE account_id = p_match.account_id AND match_id = p_match.match_id;
    -- The voucher's own match: its adjustment waits for a line of our book again.
    UPDATE recon_adjustment SET status = 'approved', booked_match_id = NULL, version = version + 1
     WHERE account_id = p_match.account_id AND booked_match_id = p_match.match_id
       AND status = 'booked';
    PERFORM bank.recon_match_release(p_lane, p_match, 'undone', p_code, p_reason);
END $$;

-- A proposal that was withdrawn was never made: reports count it as no match.
CREATE FUNCTION bank.recon_match_never(m bank.recon_match) RETURNS void
LANGUAGE sql SET search_path = bank, pg_temp AS $$
    UPDATE recon_match SET made_at = NULL
     WHERE account_id = m.account_id AND match_id = m.match_id AND m.status = 'proposed'
$$;

-- Dismisses a suggestion, withdraws one's own proposal, or takes a confirmed match apart: at once
-- when nobody checked it and the amount is within the caller's limit, else a second person decides.
-- p_code: wrong-match (the rule or person erred), returned, correction, other.
CREATE FUNCTION api.match_undo(p_account_id bigint, p_match_id bigint, p_version bigint,
                               p_code text, p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    lane bank.recon_lane;
    m bank.recon_match;
    v_limit bank.recon_limit;
    v_value bigint;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'match_undo',
        jsonb_build_array(p_account_id, p_match_id, p_version, p_code, p_reason));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF coalesce(length(trim(p_reason)), 0) < 3 THEN
        PERFORM bank.fail('BO422', 'A reason is needed.', NULL, 'Say why in a few words.', 'p_reason');
    ELSIF p_code IS NULL OR p_code NOT IN ('wrong-match', 'returned', 'correction', 'other') THEN
        PERFORM bank.fail('BO422', 'There is no such reason.', p_code, 'Choose one of the list.',
                          'p_code');
    END IF;
    lane := bank.recon_lane_locked(p_account_id);
    m := bank.recon_match_locked(p_account_id, p_match_id, p_version, 'suggested', 'proposed',
                                 'confirmed');
    IF m.status = 'proposed' AND m.maker <> session_user THEN
        PERFORM bank.fail('BO403', 'Only its maker withdraws a proposal.', bank.login_name(m.maker),
                          'Approve or refuse it in the approvals (:apr).');
    ELSIF m.status <> 'confirmed' THEN
        UPDATE recon_adjustment SET status = 'withdrawn', version = version + 1
         WHERE account_id = p_account_id AND match_id = p_match_id;
        PERFORM bank.recon_match_release(lane, m, 'undone', p_code, p_reason);
        PERFORM bank.recon_match_never(m);
        RETURN bank.request_done(p_request, p_match_id::text, 'The match is undone.');
    END IF;
    SELECT max(abs(mi.amount)) INTO v_value FROM recon_match_item mi
     WHERE mi.account_id = p_account_id AND mi.match_id = p_match_id;
    v_limit := bank.recon_limit_of('unmatch',
        (SELECT currency FROM recon_account WHERE account_id = p_account_id));
    IF m.checker IS NULL AND m.adjustment = 0 AND v_value <= v_limit.alone_limit THEN
        PERFORM bank.recon_unmatch_now(lane, m, p_code, p_reason);
        RETURN bank.request_done(p_request, p_match_id::text, 'The match is undone.');
    END IF;
    IF EXISTS (SELECT FROM recon_unmatch WHERE account_id = p_account_id
               AND match_id = p_match_id AND status = 'proposed') THEN
        PERFORM bank.fail('BO423', 'Undoing this match waits for a second person already.', NULL,
                          'See the approvals (:apr).');
    END IF;
    INSERT INTO recon_unmatch (account_id, match_id, unit_id, code, reason)
    VALUES (p_account_id, p_match_id, m.unit_id, p_code, p_reason);
    PERFORM bank.audit_write('undo-ask', 'recon_match', p_match_id::text, NULL, NULL,
        jsonb_build_object('code', p_code, 'reason', p_reason));
    RETURN bank.request_done(p_request, p_match_id::text,
                             'Undoing the match waits for a second person.');
END $$;
SELECT bank.function_grant('match_undo', 'clerk', 'supervisor');

-- May the caller check this? Fails when he made it or it is above his limit.
CREATE FUNCTION bank.recon_check_right(p_action text, p_maker text, p_amount bigint, p_currency text)
RETURNS void LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
BEGIN
    IF p_maker = session_user THEN
        PERFORM bank.fail('BO403', 'A second person must decide this.', bank.login_name(p_maker),
                          'Ask a colleague who may check it.');
    END IF;
    PERFORM bank.recon_require_limit(p_amount,
        (bank.recon_limit_of(p_action, p_currency)).check_limit, p_currency);
END $$;

CREATE FUNCTION bank.recon_decide_match(p_account_id bigint, p_match_id bigint, p_version bigint,
                                        p_approve boolean, p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    lane recon_lane := bank.recon_lane_locked(p_account_id);
    m recon_match := bank.recon_match_locked(p_account_id, p_match_id, p_version, 'proposed');
    j recon_adjustment;
    v_currency text := (SELECT currency FROM recon_account WHERE account_id = p_account_id);
    v_value bigint := (SELECT greatest(sum(amount) FILTER (WHERE amount > 0),
                                       -sum(amount) FILTER (WHERE amount < 0))
                         FROM recon_match_item
                        WHERE account_id = p_account_id AND match_id = p_match_id);
BEGIN
    SELECT * INTO j FROM recon_adjustment
     WHERE account_id = p_account_id AND match_id = p_match_id FOR UPDATE;
    PERFORM bank.recon_check_right('match', m.maker, v_value, v_currency);
    IF j.account_id IS NOT NULL THEN
        PERFORM bank.recon_check_right(j.kind, j.maker, abs(j.amount), v_currency);
    END IF;
    UPDATE recon_adjustment SET status = CASE WHEN p_approve THEN 'approved' ELSE 'refused' END,
           checker = session_user, decided_at = clock_timestamp(), version = version + 1
     WHERE account_id = p_account_id AND match_id = p_match_id;
    IF NOT p_approve THEN
        UPDATE recon_match SET checker = session_user
         WHERE account_id = p_account_id AND match_id = p_match_id;
        PERFORM bank.recon_match_release(lane, m, 'refused', NULL, p_reason);
        RETURN;
    END IF;
    UPDATE recon_match SET status = 'confirmed', checker = session_user, version = version + 1,
           decided_at = clock_timestamp()
     WHERE account_id = p_account_id AND match_id = p_match_id;
    PERFORM bank.recon_match_settle(lane.lane_id, p_account_id, p_match_id);
    PERFORM bank.recon_learn(lane, p_account_id, p_match_id);
    PERFORM bank.audit_write('approve', 'recon_match', p_match_id::text, NULL,
        jsonb_build_object('status', m.status, 'maker', m.maker),
        jsonb_build_object('status', 'confirmed', 'voucher', j.voucher));
END $$;

CREATE FUNCTION bank.recon_decide_unmatch(p_account_id bigint, p_unmatch_id bigint,
    p_version bigint, p_approve boolean, p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    lane recon_lane := bank.recon_lane_locked(p_account_id);
    u recon_unmatch;
    m recon_match;
BEGIN
    SELECT * INTO u FROM recon_unmatch WHERE account_id = p_account_id
       AND unmatch_id = p_unmatch_id AND status = 'proposed' FOR UPDATE;
    IF NOT FOUND OR u.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.', NULL,
                          'Refresh and try again.');
    END IF;
    SELECT * INTO m FROM recon_match
     WHERE account_id = p_account_id AND match_id = u.match_id FOR UPDATE;
    PERFORM bank.recon_check_right('unmatch', u.maker,
        (SELECT max(abs(amount)) FROM recon_match_item
          WHERE account_id = p_account_id AND match_id = u.match_id),
        (SELECT currency FROM recon_account WHERE account_id = p_account_id));
    UPDATE recon_unmatch SET status = CASE WHEN p_approve THEN 'approved' ELSE 'refused' END,
           checker = session_user, decided_at = clock_timestamp(), decision = p_reason,
           version = version + 1
     WHERE account_id = p_account_id AND unmatch_id = p_unmatch_id;
    IF p_approve THEN
        PERFORM bank.recon_unmatch_now(lane, m, u.code, u.reason);
    END IF;
    PERFORM bank.audit_write(CASE WHEN p_approve THEN 'undo-approve' ELSE 'undo-refuse' END,
        'recon_match', u.match_id::text, NULL, jsonb_build_object('maker', u.maker),
        jsonb_build_object('reason', coalesce(p_reason, '')));
END $$;

-- The voucher of a fee that a rule found: its match is confirmed already. Refused, the match is
-- taken apart.
CREATE FUNCTION bank.recon_decide_voucher(p_account_id bigint, p_adjustment_id bigint,
    p_version bigint, p_approve boolean, p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    lane recon_lane := bank.recon_lane_locked(p_account_id);
    j recon_adjustment;
    m recon_match;
BEGIN
    SELECT * INTO j FROM recon_adjustment WHERE account_id = p_account_id
       AND adjustment_id = p_adjustment_id AND status = 'proposed' FOR UPDATE;
    SELECT * INTO m FROM recon_match WHERE account_id = p_account_id AND match_id = j.match_id
       AND status = 'confirmed' FOR UPDATE;
    IF m.match_id IS NULL OR j.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.', bank.login_name(j.maker),
                          'Refresh and try again.');
    END IF;
    PERFORM bank.recon_check_right(j.kind, j.maker, abs(j.amount), j.currency::text);
    UPDATE recon_adjustment SET status = CASE WHEN p_approve THEN 'approved' ELSE 'refused' END,
           checker = session_user, decided_at = clock_timestamp(), version = version + 1
     WHERE account_id = p_account_id AND adjustment_id = p_adjustment_id;
    IF NOT p_approve THEN
        PERFORM bank.recon_match_release(lane, m, 'undone', 'wrong-match', p_reason);
    END IF;
    PERFORM bank.audit_write(CASE WHEN p_approve THEN 'approve' ELSE 'refuse' END,
        'recon_adjustment', j.voucher, NULL, jsonb_build_object('maker', j.maker),
        jsonb_build_object('reason', coalesce(p_reason, '')));
END $$;

-- Decides what waits in the approvals. p_kind and p_object as the list shows them; p_verdict:
-- approve or refuse, which needs a reason.
CREATE FUNCTION api.recon_decide(p_kind text, p_account_id bigint, p_object bigint,
    p_version bigint, p_verdict text, p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    yes boolean := p_verdict = 'approve';
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'recon_decide', jsonb_build_array(p_kind,
        p_account_id, p_object, p_version, p_verdict, p_reason));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF p_verdict IS NULL OR p_verdict NOT IN ('approve', 'refuse') THEN
        PERFORM bank.fail('BO422', 'The decision is approve or refuse.', p_verdict, NULL, 'p_verdict');
    ELSIF NOT yes AND coalesce(length(trim(p_reason)), 0) < 3 THEN
        PERFORM bank.fail('BO422', 'A reason is needed.', NULL, 'Say why in a few words.', 'p_reason');
    ELSIF p_kind IN ('match', 'adjustment') THEN
        PERFORM bank.recon_decide_match(p_account_id, p_object, p_version, yes, p_reason);
    ELSIF p_kind = 'unmatch' THEN
        PERFORM bank.recon_decide_unmatch(p_account_id, p_object, p_version, yes, p_reason);
    ELSIF p_kind = 'voucher' THEN
        PERFORM bank.recon_decide_voucher(p_account_id, p_object, p_version, yes, p_reason);
    ELSIF p_kind = 'waiver' AND yes THEN
        PERFORM api.file_release(p_object, p_version,
            coalesce(nullif(trim(p_reason), ''), 'approved'), gen_random_uuid());
    ELSIF p_kind = 'waiver' THEN
        PERFORM api.file_reject(p_object, p_version, p_reason, gen_random_uuid());
    ELSIF p_kind = 'rules' THEN
        PERFORM api.rule_set_decide(p_object::int, p_verdict,
            coalesce(nullif(trim(p_reason), ''), 'approved'), p_version, gen_random_uuid());
    ELSIF p_kind = 'lane' THEN
        PERFORM api.lane_decide(p_object, p_verdict,
            coalesce(nullif(trim(p_reason), ''), 'approved'), p_version, gen_random_uuid());
    ELSIF p_kind = 'alias' THEN
        PERFORM bank.recon_decide_alias(p_object, p_version, yes, p_reason);
    ELSIF p_kind = 'signoff' THEN
        PERFORM bank.recon_decide_signoff(p_account_id, p_object, p_version, yes, p_reason);
    ELSE
        PERFORM bank.fail('BO422', 'There is no such approval.', p_kind, NULL, 'p_kind');
    END IF;
    RETURN bank.request_done(p_request, p_object::text,
        CASE WHEN yes THEN 'Approved.' ELSE 'Refused.' END);
END $$;
SELECT bank.function_grant('recon_decide', 'clerk', 'supervisor');

-- Takes back what the caller matched or proposed last in the lane and account ('' and 0: any), within
-- the hour and not checked yet. The outcome's id is ACCOUNT/ITEM of one of its lines.
CREATE FUNCTION api.match_take_back(p_lane text, p_account_id bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    m bank.recon_match;
    lane bank.recon_lane;
    v_item bigint;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'match_take_back',
                                  jsonb_build_array(p_lane, p_account_id));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO m FROM recon_match x
     WHERE x.maker = session_user AND x.status IN ('proposed', 'confirmed') AND x.checker IS NULL
       AND x.made_at > clock_timestamp() - interval '1 hour'
       AND x.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()
       AND coalesce(p_account_id, 0) IN (0, x.account_id)
       AND (coalesce(p_lane, '') = '' OR EXISTS (SELECT FROM recon_account a JOIN recon_lane l USING (lane_id)
                                    WHERE a.account_id = x.account_id AND l.code = p_lane))
     ORDER BY x.made_at DESC LIMIT 1;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'You matched nothing here in the last hour that can be taken back.',
                          NULL, 'Undo older matches in the list of matches (:mat).');
    END IF;
    lane := bank.recon_lane_locked(m.account_id);
    m := bank.recon_match_locked(m.account_id, m.match_id, m.version, 'proposed', 'confirmed');
    UPDATE recon_adjustment SET status = 'withdrawn', version = version + 1
     WHERE account_id = m.account_id AND match_id = m.match_id;
    v_item := (SELECT min(i.item_id) FROM recon_match_item i
                WHERE i.account_id = m.account_id AND i.match_id = m.match_id);
    PERFORM bank.recon_match_release(lane, m, 'undone', 'correction', 'taken back at once');
    PERFORM bank.recon_match_never(m);
    RETURN bank.request_done(p_request, format('%s/%s', m.account_id, v_item), 'The last match is undone.');
END $$;
SELECT bank.function_grant('match_take_back', 'clerk', 'supervisor');
