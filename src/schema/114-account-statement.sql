-- Reconciliation with an enterprise: at the end of each cycle it is told the balance, says whether its own books
-- agree, and a difference is work of its manager. Also what the day end does for services of accounts.

CREATE TABLE bank.account_statement (
    customer_id bigint NOT NULL,
    account_id  bigint NOT NULL,
    as_of       date NOT NULL,        -- the last day of the cycle
    unit_id     int NOT NULL,
    balance     bigint NOT NULL,
    entries     int NOT NULL,         -- of the cycle
    told_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    answer      text COLLATE "C" CHECK (answer IN ('agrees', 'differs')),
    note        text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
    answered_at timestamptz,
    answered_by int,
    PRIMARY KEY (customer_id, account_id, as_of),
    FOREIGN KEY (customer_id, account_id) REFERENCES bank.account,
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
SELECT bank.table_protect('bank.account_statement', 'SELECT, INSERT, UPDATE');
CREATE INDEX account_service_due ON bank.account_service (next_on) WHERE state = 'active';

-- The balance at the end of the day before the service's next day goes to the customer; then the next cycle.
CREATE FUNCTION bank.statement_send(p_customer_id bigint, p_account_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    s account_service;
    a account;
    who customer;
    cut timestamptz;
    began date;
    held bigint;
    n int;
    says text;
BEGIN
    SELECT * INTO s FROM account_service x WHERE x.customer_id = p_customer_id AND x.account_id = p_account_id
       AND x.kind = 'reconciliation' FOR UPDATE;
    IF s.state <> 'active' OR s.next_on > today() THEN
        RETURN;
    END IF;
    SELECT * INTO a FROM account x WHERE x.customer_id = s.customer_id AND x.account_id = s.account_id;
    SELECT * INTO who FROM customer x WHERE x.customer_id = s.customer_id;
    cut := s.next_on::timestamp AT TIME ZONE timezone();
    began := greatest(a.opened_on, CASE s.cycle WHEN 'daily' THEN s.next_on - 1
        WHEN 'monthly' THEN (s.next_on - interval '1 month')::date ELSE (s.next_on - interval '3 months')::date END);
    SELECT a.balance - coalesce(sum(e.amount) FILTER (WHERE e.at >= cut), 0), count(*) FILTER (WHERE e.at < cut)
      INTO held, n FROM entry e
     WHERE e.customer_id = a.customer_id AND e.account_id = a.account_id
       AND e.at >= began::timestamp AT TIME ZONE timezone();
    INSERT INTO account_statement (customer_id, account_id, as_of, unit_id, balance, entries)
    VALUES (a.customer_id, a.account_id, s.next_on - 1, s.unit_id, held, n) ON CONFLICT DO NOTHING;
    says := CASE WHEN coalesce(who.language, text_language(who.name)) = 'zh'
        THEN format('账户%s截至%s余额%s元，本期%s笔。请核对并回复相符或不符。', mask_account(a.number), s.next_on - 1,
            money_text(held), n)
        ELSE format('Account %s held %s CNY on %s, with %s entries of the period. Please answer whether your books agree.',
            mask_account(a.number), money_text(held), s.next_on - 1, n) END;
    INSERT INTO outbox (customer_id, unit_id, kind, channel, body, request)
    VALUES (a.customer_id, s.unit_id, 'account_statement', 'app', says,
        md5(concat_ws(' ', 'statement', a.account_id, s.next_on))::uuid) ON CONFLICT DO NOTHING;
    UPDATE account_service x SET version = version + 1, next_on = CASE s.cycle
               WHEN 'daily' THEN coalesce(working_day_after(s.next_on, 1), s.next_on + 1)
               WHEN 'monthly' THEN (s.next_on + interval '1 month')::date
               ELSE (s.next_on + interval '3 months')::date END
     WHERE x.customer_id = s.customer_id AND x.account_id = s.account_id AND x.kind = s.kind;
END $$;

-- Three working days before a pay day without a list the manager is asked for it, once.
CREATE FUNCTION bank.payroll_ask(p_customer_id bigint, p_account_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bank, pg_temp AS $$
DECLARE
    s account_service;
BEGIN
    SELECT * INTO s FROM account_service x WHERE x.customer_id = p_customer_id AND x.account_id = p_account_id
       AND x.kind = 'payroll' FOR UPDATE;
    IF s.state <> 'active' OR EXISTS (SELECT FROM task t WHERE t.customer_id = s.customer_id AND t.task_id = s.task_id
            AND (t.state = 'open' OR t.created_at > s.next_on - 20)) THEN
        RETURN;
    END IF;
    UPDATE account_service x SET version = version + 1,
           task_id = service_task(s, format('催收代发清单：%1$s / List of wages is due: %1$s', s.next_on), '')
     WHERE x.customer_id = s.customer_id AND x.account_id = s.account_id AND x.kind = 'payroll';
END $$;

-- What is due for services of accounts today, up to p_limit of each kind: statements, lists of wages to be asked
-- for, wages to be paid. Answers how many failed.
CREATE FUNCTION bank.services_run(p_limit int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    s record;
    failed int := 0;
BEGIN
    FOR s IN
        (SELECT 'statement' AS what, x.customer_id, x.account_id AS id FROM bank.account_service x
           LEFT JOIN bank.recon_lane_change h USING (change_id)
          WHERE x.state = 'active' AND x.kind = 'reconciliation' AND x.next_on <= bank.today()
            AND (x.change_id IS NULL OR h.status = 'approved')
            AND NOT bank.day_rests(x.customer_id, 'statement', x.account_id) ORDER BY x.next_on LIMIT p_limit)
        UNION ALL
        (SELECT 'ask', x.customer_id, x.account_id FROM bank.account_service x
          WHERE x.state = 'active' AND x.kind = 'payroll'
            AND x.next_on <= bank.working_day_after(bank.today(), 3)
            AND NOT EXISTS (SELECT FROM bank.task t WHERE t.customer_id = x.customer_id AND t.task_id = x.task_id
                AND (t.state = 'open' OR t.created_at > x.next_on - 20))
            AND NOT EXISTS (SELECT FROM bank.payroll_list l WHERE l.customer_id = x.customer_id
                AND l.account_id = x.account_id AND l.state IN ('proposed', 'approved'))
            AND NOT bank.day_rests(x.customer_id, 'ask', x.account_id)
          ORDER BY x.next_on LIMIT p_limit)
        UNION ALL
        (SELECT 'pay', l.customer_id, l.list_id FROM bank.payroll_list l
           JOIN bank.account a ON a.customer_id = l.customer_id AND a.account_id = l.account_id
          WHERE l.state = 'approved' AND l.pay_on <= bank.today()
            AND (a.status = 'open' AND a.balance >= l.total OR l.told_on IS DISTINCT FROM bank.today())
            AND NOT bank.day_rests(l.customer_id, 'pay', l.list_id)
          ORDER BY l.pay_on LIMIT p_limit)
    LOOP
        BEGIN
            IF s.what = 'statement' THEN
                PERFORM bank.statement_send(s.customer_id, s.id);
            ELSIF s.what = 'ask' THEN
                PERFORM bank.payroll_ask(s.customer_id, s.id);
            ELSE
                PERFORM bank.payroll_pay(s.customer_id, s.id);
            END IF;
            DELETE FROM bank.day_failure x WHERE x.customer_id = s.customer_id AND x.work = s.what AND x.object_id = s.id;
        EXCEPTION WHEN query_canceled OR admin_shutdown OR crash_shutdown THEN
            RAISE;
        WHEN OTHERS THEN
            failed := failed + 1;
            PERFORM bank.day_failed(s.customer_id, s.what, s.id, SQLERRM);
        END;
    END LOOP;
    RETURN failed;
END $$;
ALTER FUNCTION bank.statement_send OWNER TO bankops_owner;
ALTER FUNCTION bank.payroll_ask OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.statement_send, bank.payroll_ask, bank.services_run TO bankops_api;

-- What the enterprise answers. A difference is a task of its manager.
CREATE FUNCTION api.statement_answer(p_customer_id bigint, p_account_id bigint, p_as_of date, p_answer text,
    p_note text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'statement_answer', jsonb_build_array(p_customer_id,
        p_account_id, p_as_of, p_answer, p_note));
    x bank.account_statement;
    s bank.account_service;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.customer_require(p_customer_id);
    PERFORM bank.choice_require(p_answer, 'p_answer', '{agrees,differs}');
    SELECT * INTO x FROM bank.account_statement y WHERE y.customer_id = p_customer_id
       AND y.account_id = p_account_id AND y.as_of = p_as_of AND bank.in_scope(y.unit_id) FOR UPDATE;
    IF NOT FOUND OR x.answer = 'agrees' THEN
        PERFORM bank.fail('BO423', 'There is nothing to answer.', p_as_of::text, 'Refresh the list.');
    ELSIF p_answer = 'differs' THEN
        PERFORM bank.text_require(p_note, 'p_note', 3, 200);
        SELECT * INTO s FROM bank.account_service y WHERE y.customer_id = p_customer_id
           AND y.account_id = p_account_id AND y.kind = 'reconciliation';
        PERFORM bank.service_task(s, format('银企对账不符：%1$s / Books of the customer differ: %1$s', p_as_of),
            left(btrim(p_note), 200));
    END IF;
    UPDATE bank.account_statement y SET answer = p_answer, note = coalesce(btrim(p_note), ''),
           answered_at = clock_timestamp(), answered_by = bank.my_staff_id()
     WHERE y.customer_id = p_customer_id AND y.account_id = p_account_id AND y.as_of = p_as_of;
    PERFORM bank.audit_write('statement_answer', 'account', p_account_id::text, p_customer_id, NULL,
        jsonb_build_object('as_of', p_as_of, 'answer', p_answer, 'note', p_note));
    RETURN bank.request_done(p_request, p_account_id::text, 'The answer is kept.');
END $$;

-- Ends a service; a list of wages that waits must be paid or withdrawn first.
CREATE FUNCTION api.service_stop(p_customer_id bigint, p_account_id bigint, p_kind text, p_note text,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'service_stop', jsonb_build_array(p_customer_id,
        p_account_id, p_kind, p_note));
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM bank.service_lock(p_customer_id, p_account_id, p_kind), bank.text_require(p_note, 'p_note', 3, 200);
    IF p_kind = 'payroll' AND EXISTS (SELECT FROM bank.payroll_list l WHERE l.customer_id = p_customer_id
            AND l.account_id = p_account_id AND l.state IN ('proposed', 'approved')) THEN
        PERFORM bank.fail('BO423', 'A list of this account waits already.', NULL,
            'Have that one paid or withdrawn first.');
    END IF;
    UPDATE bank.account_service x SET state = 'stopped', version = version + 1
     WHERE x.customer_id = p_customer_id AND x.account_id = p_account_id AND x.kind = p_kind;
    PERFORM bank.audit_write('service_stop', 'account', p_account_id::text, p_customer_id, NULL,
        jsonb_build_object('kind', p_kind, 'note', p_note));
    RETURN bank.request_done(p_request, p_account_id::text, 'The service is stopped.');
END $$;

-- Statements of the accounts of the caller's units.
CREATE VIEW api.account_statements WITH (security_barrier) AS
SELECT x.customer_id, x.account_id, x.as_of, bank.company_name(x.customer_id) COLLATE "C" AS name,
       bank.mask(a.number, 4, 4) AS account, a.currency, x.balance, x.entries, x.told_at,
       coalesce(x.answer, 'waits') COLLATE "C" AS answer, x.note, x.answered_at,
       bank.staff_name(x.answered_by) AS answered_by
  FROM bank.account_statement x
  JOIN bank.account a ON a.customer_id = x.customer_id AND a.account_id = x.account_id
 WHERE x.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

SELECT bank.function_grant(name, 'clerk', 'rm', 'supervisor') FROM unnest('{statement_answer,service_stop}'::text[]) name;
SELECT bank.view_grant('account_statements', 'clerk', 'rm', 'supervisor', 'auditor');
