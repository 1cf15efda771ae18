-- Signing the balance reconciliation statement (余额调节表) of an account and day.

-- The figures as signed. The equation is a constraint: no sign-off can exist that does not add up.
-- `adjusted` are approved adjustments that our book has not written yet.
CREATE TABLE bank.recon_signoff (
    account_id bigint NOT NULL,
    day date NOT NULL,
    revision int NOT NULL DEFAULT 1,
    lane_id int NOT NULL,
    unit_id int NOT NULL,
    book bigint NOT NULL,
    statement_only bigint NOT NULL,
    book_only bigint NOT NULL,
    adjusted bigint NOT NULL,
    statement bigint NOT NULL,
    difference bigint NOT NULL GENERATED ALWAYS AS
        (book + statement_only - book_only + adjusted - statement) STORED CHECK (difference = 0),
    open_lines int NOT NULL,
    items bigint[] NOT NULL,                 -- what was outstanding
    status text COLLATE "C" NOT NULL DEFAULT 'prepared'
        CHECK (status IN ('prepared', 'signed', 'refused', 'reopened')),
    preparer text NOT NULL DEFAULT session_user,
    prepared_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reviewer text,
    reviewed_at timestamptz,
    reason text NOT NULL DEFAULT '',         -- why refused or reopened
    changed boolean NOT NULL DEFAULT false,  -- a file that came since changes the balances
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, day, revision),
    CHECK (reviewer IS DISTINCT FROM preparer),
    CHECK (status <> 'signed' OR reviewer IS NOT NULL)
);
CREATE UNIQUE INDEX recon_signoff_live ON bank.recon_signoff (account_id, day)
    WHERE status IN ('prepared', 'signed');
CREATE INDEX recon_signoff_waiting ON bank.recon_signoff (unit_id, day) WHERE status = 'prepared';
SELECT bank.table_protect('bank.recon_signoff', 'SELECT, INSERT, UPDATE');

-- What a difference may come from: statements that do not add up, lines of its amount or half of it.
CREATE FUNCTION bank.recon_difference_clues(p_account_id bigint, p_day date, p_difference bigint)
RETURNS text LANGUAGE sql STABLE SET search_path = bank, pg_temp AS $$
    SELECT coalesce(string_agg(c.clue, '; ' ORDER BY c.rank, c.clue), '') FROM (
        (SELECT 1 AS rank, coalesce(nullif(s.fault_code, ''), 'balance') || ' '
                || concat_ws('/', s.number, s.page) || ' ' || s.close_date || ' '
                || bank.recon_money(s.closing - s.opening - s.movement, s.currency) AS clue
           FROM recon_statement s
          WHERE s.account_id = p_account_id AND s.live AND s.close_date <= p_day
            AND (s.fault_code <> '' OR s.opening + s.movement <> s.closing)
          ORDER BY s.close_date DESC, s.statement_id DESC LIMIT 3)
        UNION ALL
        (SELECT 2, coalesce(nullif(i.reference, ''), '#' || i.item_id) || ' ' || i.value_date || ' '
                || bank.recon_money(CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END, i.currency)
           FROM recon_item i
          WHERE i.account_id = p_account_id AND i.day <= p_day
            AND (abs(i.amount) = abs(p_difference) OR 2 * abs(i.amount) = abs(p_difference))
          ORDER BY i.day DESC, i.item_id DESC LIMIT 5)) c
$$;

-- Marks what is signed of a lane from a day on where the balances are others now.
CREATE FUNCTION bank.recon_signed_refresh(p_lane_id int, p_first date) RETURNS void
LANGUAGE sql SET search_path = bank, pg_temp AS $$
    UPDATE recon_signoff s SET changed = p.changed
      FROM (SELECT x.account_id, x.day, x.revision,
                   (x.book, x.statement) <> (p.book, p.statement) OR p.difference <> 0 AS changed
              FROM recon_signoff x, LATERAL bank.recon_proof(x.account_id, x.day) p
             WHERE x.lane_id = p_lane_id AND x.day >= p_first
               AND x.status IN ('prepared', 'signed')) p
     WHERE s.account_id = p.account_id AND s.day = p.day AND s.revision = p.revision
       AND s.changed <> p.changed
$$;

-- Whether the day of an account can be signed: held, missing (a statement), differs, no-book or proved.
-- What came last of one side, on the day or before it, asks for the other side of that day or a later
-- one. p_difference: of its balance proof.
CREATE FUNCTION bank.recon_day_state(p_account_id bigint, p_day date, p_difference bigint)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    lane int := (SELECT lane_id FROM recon_account WHERE account_id = p_account_id);
    ours date := (SELECT max(t.day) FROM recon_day_total t
                   WHERE t.account_id = p_account_id AND t.side = 'L' AND t.day <= p_day AND t.lines > 0);
    theirs date := (SELECT max(t.day) FROM recon_day_total t
                     WHERE t.account_id = p_account_id AND t.side = 'S' AND t.day <= p_day AND t.lines > 0);
BEGIN
    RETURN CASE
        WHEN EXISTS (SELECT FROM recon_file f JOIN recon_statement s USING (file_id)
                      WHERE f.status = 'quarantined' AND s.account_id = p_account_id
                        AND s.close_date <= p_day) THEN 'held'
        WHEN NOT EXISTS (SELECT FROM recon_statement s WHERE s.account_id = p_account_id
                          AND s.side = 'S' AND s.live AND s.closing IS NOT NULL
                          AND s.kind = 'booked' AND s.close_date <= p_day)
             OR NOT EXISTS (SELECT FROM recon_statement s WHERE s.account_id = p_account_id
                             AND s.side = 'S' AND s.live AND s.close_date BETWEEN ours AND p_day)
                AND ours IS NOT NULL
            THEN 'missing'
        WHEN p_difference <> 0 THEN 'differs'
        WHEN theirs IS NOT NULL
             AND NOT EXISTS (SELECT FROM recon_account o JOIN recon_day_total t USING (account_id)
                              WHERE o.lane_id = lane AND t.side = 'L' AND t.day BETWEEN theirs AND p_day
                                AND t.lines > 0)
             AND NOT EXISTS (SELECT FROM recon_account o JOIN recon_statement s USING (account_id)
                              WHERE o.lane_id = lane AND s.side = 'L' AND s.live
                                AND s.close_date BETWEEN theirs AND p_day) THEN 'no-book'
        ELSE 'proved' END;
END $$;

-- Refuses unless the day of the account is complete and its balance proved.
CREATE FUNCTION bank.recon_require_proof(p_account bank.recon_account, p_day date)
RETURNS record LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    p record;
    state text;
    clues text;
BEGIN
    SELECT * INTO p FROM bank.recon_proof(p_account.account_id, p_day);
    state := bank.recon_day_state(p_account.account_id, p_day, p.difference);
    IF state = 'held' THEN
        PERFORM bank.fail('BO423', 'A file of this account is held back.', p_day::text,
                          'Release or reject it first (:stm).', 'p_day');
    ELSIF state = 'missing' THEN
        PERFORM bank.fail('BO423', 'The statement of this day is not there yet.', p_day::text,
                          'Import it first.', 'p_day');
    ELSIF p.difference <> 0 THEN
        clues := bank.recon_difference_clues(p_account.account_id, p_day, p.difference);
        PERFORM bank.fail('BO423', 'The balance is not proved, so it cannot be signed.',
            concat_ws(': ', bank.recon_money(p.difference, p_account.currency) || ' '
                            || p_account.currency, nullif(clues, '')),
            'Find the lines that are missing or wrong.', 'p_day');
    ELSIF state = 'no-book' THEN
        PERFORM bank.fail('BO423', 'The book file of this day is not there yet.', p_day::text,
                          'Import it first.', 'p_day');
    END IF;
    RETURN p;
END $$;

CREATE FUNCTION bank.recon_account_in_scope(p_account_id bigint)
RETURNS bank.recon_account LANGUAGE plpgsql STABLE SET search_path = bank, pg_temp AS $$
DECLARE
    a recon_account;
BEGIN
    SELECT * INTO a FROM recon_account WHERE account_id = p_account_id
       AND unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high();
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such account in your units.', p_account_id::text,
                          'Choose it from a list.', 'p_account_id');
    END IF;
    RETURN a;
END $$;

-- Signs the statement of an account and day as preparer; a reviewer signs after him.
CREATE FUNCTION api.balance_prepare(p_account_id bigint, p_day date, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    a bank.recon_account;
    p record;
    v_items bigint[];
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'balance_prepare',
                                  jsonb_build_array(p_account_id, p_day));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    a := bank.recon_account_in_scope(p_account_id);
    PERFORM FROM recon_account WHERE account_id = p_account_id FOR UPDATE;
    IF EXISTS (SELECT FROM recon_signoff WHERE account_id = p_account_id AND day = p_day
               AND status IN ('prepared', 'signed')) THEN
        PERFORM bank.fail('BO423', 'This day is signed already.', p_day::text,
                          'Reopen it to sign it again.', 'p_day');
    END IF;
    SELECT * INTO p FROM bank.recon_require_proof(a, p_day)
        AS (book bigint, statement_only bigint, book_only bigint, statement bigint,
            statement_stated boolean, difference bigint, adjusted bigint);
    v_items := ARRAY(SELECT o.item_id FROM bank.recon_outstanding(p_account_id, p_day) o
                      ORDER BY o.item_id);
    INSERT INTO recon_signoff (account_id, day, revision, lane_id, unit_id, book, statement_only,
        book_only, adjusted, statement, open_lines, items)
    SELECT p_account_id, p_day, 1 + coalesce(max(s.revision), 0), a.lane_id, a.unit_id, p.book,
           p.statement_only, p.book_only, p.adjusted, p.statement, cardinality(v_items), v_items
      FROM recon_signoff s WHERE s.account_id = p_account_id AND s.day = p_day;
    PERFORM bank.audit_write('prepare', 'recon_signoff', a.book_account || ' ' || p_day, NULL, NULL,
        jsonb_build_object('book', p.book::text, 'statement', p.statement::text, 'currency', a.currency,
                           'open', cardinality(v_items)));
    RETURN bank.request_done(p_request, p_account_id::text,
                             'Signed as preparer; a second person reviews it.');
END $$;
SELECT bank.function_grant('balance_prepare', 'clerk', 'supervisor');

-- The reviewer's decision (p_object: days since 2000-01-01). The figures must still be those prepared.
CREATE FUNCTION bank.recon_decide_signoff(p_account_id bigint, p_object bigint, p_version bigint,
                                          p_approve boolean, p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = bank, pg_temp AS $$
DECLARE
    a recon_account := bank.recon_account_in_scope(p_account_id);
    v_day date := date '2000-01-01' + p_object::int;
    s recon_signoff;
    p record;
BEGIN
    SELECT * INTO s FROM recon_signoff WHERE account_id = p_account_id AND day = v_day
       AND status = 'prepared' FOR UPDATE;
    IF NOT FOUND OR s.version IS DISTINCT FROM p_version THEN
        PERFORM bank.fail('BO409', 'Somebody changed this record meanwhile.', bank.login_name(s.preparer),
                          'Refresh and try again.');
    ELSIF s.preparer = session_user THEN
        PERFORM bank.fail('BO403', 'A second person must decide this.', bank.login_name(s.preparer),
                          'Ask a colleague who may check it.');
    END IF;
    IF p_approve THEN
        SELECT * INTO p FROM bank.recon_require_proof(a, v_day)
            AS (book bigint, statement_only bigint, book_only bigint, statement bigint,
                statement_stated boolean, difference bigint, adjusted bigint);
        IF (p.book, p.statement_only, p.book_only, p.adjusted, p.statement)
           IS DISTINCT FROM (s.book, s.statement_only, s.book_only, s.adjusted, s.statement) THEN
            PERFORM bank.fail('BO409', 'The figures changed since this was prepared.', v_day::text,
                              'Refuse it and have it prepared again.');
        END IF;
    END IF;
    UPDATE recon_signoff SET status = CASE WHEN p_approve THEN 'signed' ELSE 'refused' END,
           reviewer = session_user, reviewed_at = clock_timestamp(),
           reason = coalesce(p_reason, ''), version = version + 1
     WHERE account_id = p_account_id AND day = v_day AND revision = s.revision;
    PERFORM bank.audit_write(CASE WHEN p_approve THEN 'sign' ELSE 'refuse' END, 'recon_signoff',
        a.book_account || ' ' || v_day, NULL, jsonb_build_object('preparer', s.preparer),
        jsonb_build_object('reason', coalesce(p_reason, '')));
END $$;

-- Opens a signed or prepared day again, with a reason; the signed figures stay in the history.
CREATE FUNCTION api.balance_reopen(p_account_id bigint, p_day date, p_reason text, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    a bank.recon_account;
    s bank.recon_signoff;
BEGIN
    PERFORM bank.require_role('clerk', 'supervisor');
    answer := bank.request_replay(p_request, 'balance_reopen',
                                  jsonb_build_array(p_account_id, p_day, p_reason));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF coalesce(length(trim(p_reason)), 0) < 3 THEN
        PERFORM bank.fail('BO422', 'A reason is needed.', NULL, 'Say why in a few words.', 'p_reason');
    END IF;
    a := bank.recon_account_in_scope(p_account_id);
    SELECT * INTO s FROM recon_signoff WHERE account_id = p_account_id AND day = p_day
       AND status IN ('prepared', 'signed') FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM bank.fail('BO423', 'This day is not signed.', p_day::text, 'Refresh the list.');
    ELSIF s.status = 'signed' OR s.preparer <> session_user THEN
        PERFORM bank.require_role('supervisor');
    END IF;
    UPDATE recon_signoff SET status = 'reopened', reason = p_reason, version = version + 1
     WHERE account_id = p_account_id AND day = p_day AND revision = s.revision;
    PERFORM bank.audit_write('reopen', 'recon_signoff', a.book_account || ' ' || p_day, NULL,
        jsonb_build_object('status', s.status, 'preparer', s.preparer, 'reviewer', s.reviewer),
        jsonb_build_object('reason', p_reason));
    RETURN bank.request_done(p_request, p_account_id::text, 'The day is open again.');
END $$;
SELECT bank.function_grant('balance_reopen', 'clerk', 'supervisor');

-- Balance reconciliation statements of a lane at the end of a day: one row per account.
CREATE FUNCTION api.balance_statement(p_lane_id int, p_day date)
RETURNS TABLE (account_id bigint, day date, lane text, book_account text, external_account text,
    external_bank text, currency text, book bigint, statement_only bigint, book_only bigint,
    adjusted bigint, calculated bigint, statement bigint, difference bigint, stated boolean,
    state text, sign text, preparer text, reviewer text, object bigint, version bigint,
    ready text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT a.account_id, p_day, l.code, a.book_account, a.external_account, a.external_bank,
           a.currency::text, p.book, p.statement_only, p.book_only, p.adjusted,
           p.book + p.statement_only - p.book_only + p.adjusted, p.statement, p.difference,
           p.statement_stated,
           CASE WHEN p.difference <> 0 THEN 'differs'
                WHEN p.statement_only = 0 AND p.book_only = 0 AND p.adjusted = 0 THEN 'equal'
                ELSE 'explained' END,
           CASE WHEN s.status IS NULL THEN 'open'
                -- Lines matched since are no change; other balances behind a signature are.
                WHEN (s.book, s.statement) <> (p.book, p.statement) OR p.difference <> 0
                     THEN 'changed'
                ELSE s.status END,
           coalesce(bank.login_name(s.preparer), ''), coalesce(bank.login_name(s.reviewer), ''),
           (p_day - date '2000-01-01')::bigint, s.version,
           bank.recon_day_state(a.account_id, p_day, p.difference)
      FROM recon_account a JOIN recon_lane l USING (lane_id)
      LEFT JOIN recon_signoff s ON s.account_id = a.account_id AND s.day = p_day
           AND s.status IN ('prepared', 'signed'),
           LATERAL bank.recon_proof(a.account_id, p_day) p
     WHERE a.lane_id = p_lane_id
       AND a.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()
     ORDER BY a.account_id
$$;
SELECT bank.function_grant('balance_statement', 'clerk', 'supervisor', 'auditor', 'admin');

-- An account of the caller's units at the end of a day as it stands now, for the view below; without a
-- statement there is no difference.
CREATE FUNCTION api.balance_day_figures(p_account_id bigint, p_day date)
RETURNS TABLE (state text, book bigint, statement bigint, difference bigint, open_lines bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT bank.recon_day_state(a.account_id, p_day, p.difference), p.book,
           CASE WHEN p.statement_stated THEN p.statement END,
           CASE WHEN p.statement_stated THEN p.difference END,
           (SELECT coalesce(sum(t.lines - t.closed_lines), 0)::bigint FROM recon_day_total t
             WHERE t.account_id = a.account_id AND t.day <= p_day)
      FROM recon_account a, LATERAL bank.recon_proof(a.account_id, p_day) p
     WHERE a.account_id = p_account_id
       AND a.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high();
END $$;
SELECT bank.function_grant('balance_day_figures', 'clerk', 'supervisor', 'auditor', 'admin');

-- Days of the accounts with their figures and who signed them; one row an account and day. What is
-- prepared or signed shows what was signed, all else what it is now.
CREATE VIEW api.balance_day_list WITH (security_barrier) AS
SELECT d.day, to_char(d.day, 'YYYY-MM') AS month, a.account_id, a.lane_id, l.code AS lane,
       a.book_account, a.external_bank, a.currency::text AS currency,
       coalesce(CASE WHEN s.changed THEN 'changed' ELSE s.status END, f.state) AS state,
       coalesce(s.statement, f.statement) AS statement, coalesce(s.book, f.book) AS book,
       coalesce(s.difference, f.difference) AS difference,
       coalesce(s.open_lines, f.open_lines) AS open_lines,
       coalesce(bank.login_name(s.preparer), '') AS preparer, s.prepared_at,
       coalesce(bank.login_name(s.reviewer), '') AS reviewer, s.reviewed_at, coalesce(s.revision, 0) AS revision,
       (s.day - date '2000-01-01')::bigint AS object, s.version
  FROM bank.recon_lane_day d
  JOIN bank.recon_lane l ON l.lane_id = d.lane_id
  JOIN bank.recon_account a ON a.lane_id = d.lane_id
  LEFT JOIN bank.recon_signoff s ON s.account_id = a.account_id AND s.day = d.day
       AND s.status IN ('prepared', 'signed')
  LEFT JOIN LATERAL (SELECT * FROM api.balance_day_figures(a.account_id, d.day)
                      WHERE s.day IS NULL) f ON true
 WHERE d.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- Every sign-off there ever was, with its figures.
CREATE VIEW api.signoff_list WITH (security_barrier) AS
SELECT s.account_id, s.day, s.revision, l.code AS lane, a.book_account, a.currency::text AS currency,
       s.book, s.statement_only, s.book_only, s.adjusted, s.statement, s.difference, s.open_lines,
       CASE WHEN s.changed AND s.status IN ('prepared', 'signed') THEN 'changed' ELSE s.status END AS status,
       bank.login_name(s.preparer) AS preparer, s.prepared_at,
       coalesce(bank.login_name(s.reviewer), '') AS reviewer, s.reviewed_at,
       s.reason
  FROM bank.recon_signoff s JOIN bank.recon_account a USING (account_id)
  JOIN bank.recon_lane l ON l.lane_id = s.lane_id
 WHERE s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());
SELECT bank.view_grant('balance_day_list', 'clerk', 'supervisor', 'auditor', 'admin'),
       bank.view_grant('signoff_list', 'clerk', 'supervisor', 'auditor', 'admin');

-- 余额调节表 as it is read from top to bottom: lines 1 to 6 add up to line 7.
CREATE FUNCTION api.balance_sheet(p_lane_id int, p_day date)
RETURNS TABLE (account_id bigint, line int, account text, item text, lines bigint, amount bigint,
               currency text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT b.account_id, e.line,
           CASE e.line WHEN 1 THEN b.book_account WHEN 8 THEN b.external_account ELSE '' END,
           e.item, e.lines, e.amount, b.currency
      FROM api.balance_statement(p_lane_id, p_day) b,
           LATERAL (SELECT count(*) FILTER (WHERE i.side = 'S' AND i.amount < 0) AS bank_in_lines,
                           count(*) FILTER (WHERE i.side = 'S' AND i.amount > 0) AS bank_out_lines,
                           count(*) FILTER (WHERE i.side = 'L' AND i.amount > 0) AS ours_in_lines,
                           count(*) FILTER (WHERE i.side = 'L' AND i.amount < 0) AS ours_out_lines,
                           coalesce(sum(-i.amount) FILTER (WHERE i.side = 'S' AND i.amount < 0), 0)
                               AS bank_in,
                           coalesce(sum(-i.amount) FILTER (WHERE i.side = 'S' AND i.amount > 0), 0)
                               AS bank_out,
                           coalesce(sum(i.amount) FILTER (WHERE i.side = 'L' AND i.amount > 0), 0)
                               AS ours_in,
                           coalesce(sum(i.amount) FILTER (WHERE i.side = 'L' AND i.amount < 0), 0)
                               AS ours_out,
                           (SELECT count(*) FROM recon_match m WHERE m.account_id = b.account_id
                               AND m.adjustment <> 0 AND m.status = 'confirmed'
                               AND m.last_day <= p_day) AS adjusted_lines
                      FROM bank.recon_outstanding(b.account_id, p_day) o
                      JOIN recon_item i ON i.account_id = b.account_id
                           AND i.item_id = o.item_id) s,
           LATERAL (VALUES (1, 'book', NULL, b.book),
                           (2, 'bank-in', s.bank_in_lines, s.bank_in),
                           (3, 'bank-out', s.bank_out_lines, s.bank_out),
                           (4, 'ours-in', s.ours_in_lines, -s.ours_in),
                           (5, 'ours-out', s.ours_out_lines, -s.ours_out),
                           (6, 'adjusted', s.adjusted_lines, b.adjusted),
                           (7, 'calculated', NULL, b.calculated),
                           (8, CASE WHEN b.stated THEN 'statement' ELSE 'no-statement' END, NULL,
                            b.statement),
                           (9, 'difference', NULL, b.difference)) e (line, item, lines, amount)
    UNION ALL
    SELECT b.account_id, 9 + c.n::int, '', c.clue, NULL, NULL, NULL
      FROM api.balance_statement(p_lane_id, p_day) b,
           LATERAL bank.recon_difference_clues(b.account_id, p_day, b.difference) d (clues),
           LATERAL regexp_split_to_table('clues; ' || d.clues, '; ') WITH ORDINALITY c (clue, n)
     WHERE b.difference <> 0 AND d.clues <> ''
     ORDER BY 1, 2
$$;
SELECT bank.function_grant('balance_sheet', 'clerk', 'supervisor', 'auditor', 'admin');

-- The lines behind the sheet: what only one side had at the end of the day.
CREATE FUNCTION api.balance_items(p_lane_id int, p_day date)
RETURNS TABLE (account_id bigint, item_id bigint, side char(1), value_date date, currency text,
    movement bigint, reference text, counterparty text, narrative text, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT i.account_id, i.item_id, i.side, i.value_date, i.currency::text,
           CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END, i.reference, i.counterparty,
           i.narrative,
           CASE WHEN EXISTS (SELECT FROM recon_open x WHERE x.account_id = i.account_id
                             AND x.item_id = i.item_id) THEN 'open' ELSE 'later' END
      FROM recon_account a, LATERAL bank.recon_outstanding(a.account_id, p_day) o
      JOIN recon_item i ON i.item_id = o.item_id
     WHERE a.lane_id = p_lane_id AND i.account_id = a.account_id
       AND a.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high()
     ORDER BY i.side, i.value_date, i.item_id
     LIMIT 500
$$;
SELECT bank.function_grant('balance_items', 'clerk', 'supervisor', 'auditor', 'admin');
