-- What passes between bank and applicant: the files of his papers, what he is told and why, and the
-- services that come with his account.

ALTER TABLE bank.application_file ADD FOREIGN KEY (customer_id, case_id, attachment_id)
    REFERENCES bank.attachment;

-- Papers that the rule wants as files and that have none; the owner who is the representative shows
-- his document once.
CREATE FUNCTION bank.files_finding(c bank.case_file, v jsonb, p jsonb) RETURNS bank.finding
LANGUAGE plpgsql STABLE AS $$
DECLARE
    lacking text[] := (SELECT array_agg(k.kind ORDER BY k.n)
        FROM regexp_split_to_table(p ->> 'files', '[ ,]+') WITH ORDINALITY k (kind, n)
       WHERE NOT (k.kind = 'owner_id' AND upper(v ->> 'owner_id') = upper(v ->> 'rep_id'))
         AND NOT EXISTS (SELECT FROM bank.application_file f JOIN bank.attachment a
                  USING (customer_id, case_id, attachment_id)
                 WHERE f.customer_id = c.customer_id AND f.case_id = c.case_id AND f.kind = k.kind
                   AND f.replaced_at IS NULL AND a.removed_at IS NULL));
BEGIN
    RETURN CASE WHEN lacking IS NULL THEN bank.found('files', 'pass', 'Each paper has its file.',
        '各项资料均有影像文件。')
        ELSE bank.found('files', 'missing',
            'No file: ' || (SELECT string_agg(bank.paper_name(k, true), ', ')
                FROM unnest(lacking) k) || '.',
            '缺少影像：' || (SELECT string_agg(bank.paper_name(k, false), '、')
                FROM unnest(lacking) k) || '。') END;
END $$;

-- Puts a file to a paper; the one before it stays as a replaced edition. A file that the case has
-- already (one scan of several papers) is not kept twice.
CREATE FUNCTION bank.application_file_put(c bank.case_file, p_kind text, p_name text, p_data bytea)
RETURNS bank.application_file LANGUAGE plpgsql AS $$
DECLARE
    a bank.attachment := bank.attachment_add(c, p_name, p_data, false);
    now_one bank.application_file;
    f bank.application_file;
BEGIN
    SELECT * INTO now_one FROM bank.application_file x
     WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id AND x.kind = p_kind
       AND x.replaced_at IS NULL FOR UPDATE;
    IF now_one.attachment_id = a.attachment_id THEN
        PERFORM bank.fail('BO423', 'This is the file of this paper already.', a.name, NULL, 'p_file');
    END IF;
    UPDATE bank.application_file x SET replaced_at = clock_timestamp(), replaced_by = bank.my_staff_id()
     WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id AND x.kind = p_kind
       AND x.replaced_at IS NULL;
    INSERT INTO bank.application_file (customer_id, case_id, kind, edition, unit_id, attachment_id,
        added_by)
    SELECT c.customer_id, c.case_id, p_kind, 1 + coalesce(max(x.edition), 0), c.unit_id, a.attachment_id,
           bank.my_staff_id()
      FROM bank.application_file x
     WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id AND x.kind = p_kind
    RETURNING * INTO f;
    PERFORM bank.case_event_write(c, c, 'document', bank.paper_name(p_kind, false) || ': ' || a.name
        || ' sha256 ' || encode(a.sha256, 'hex') || CASE WHEN f.edition > 1 THEN ' #' || f.edition
            ELSE '' END);
    RETURN f;
END $$;

-- A paper as it was read, with or without its file; another of the kind takes its place. With the file
-- alone what was read before stays. The pre-check runs again.
CREATE FUNCTION api.application_document_save(p_customer_id bigint, p_case_id bigint, p_kind text,
    p_number text, p_holder text, p_issued_on date, p_expires_on date, p_file_name text, p_file bytea,
    p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_document_save', jsonb_build_array(
        p_customer_id, p_case_id, p_kind, p_number, p_holder, p_issued_on, p_expires_on, p_file_name,
        encode(sha256(p_file), 'hex')));
    c bank.case_file;
    nothing boolean := p_file IS NOT NULL AND concat(btrim(p_number), btrim(p_holder), p_issued_on,
        p_expires_on) = '';
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, NULL, '{draft,returned,review}');
    PERFORM bank.choice_require(p_kind, 'p_kind',
                                '{licence,rep_id,owner_id,address,tax,contract,income,other}');
    IF p_expires_on <= p_issued_on THEN
        PERFORM bank.fail('BO422', 'It ends before it begins.', p_expires_on::text, NULL, 'p_expires_on');
    END IF;
    INSERT INTO bank.application_document AS d (customer_id, case_id, kind, unit_id, number, holder,
                                                issued_on, expires_on, added_by)
    VALUES (p_customer_id, p_case_id, p_kind, c.unit_id, upper(coalesce(btrim(p_number), '')),
            coalesce(btrim(p_holder), ''), p_issued_on, p_expires_on, bank.my_staff_id())
    ON CONFLICT (customer_id, case_id, kind) DO UPDATE SET number = EXCLUDED.number,
        holder = EXCLUDED.holder,
        issued_on = EXCLUDED.issued_on, expires_on = EXCLUDED.expires_on, added_by = EXCLUDED.added_by,
        added_at = EXCLUDED.added_at, version = d.version + 1 WHERE NOT nothing;
    PERFORM bank.case_event_write(c, c, 'document', bank.paper_name(p_kind, false)) WHERE NOT nothing;
    IF p_file IS NOT NULL THEN
        PERFORM bank.application_file_put(c, p_kind, p_file_name, p_file);
    END IF;
    PERFORM bank.application_look(c);
    RETURN bank.request_done(p_request, p_case_id::text,
        'The document is kept; the pre-check has run again.');
END $$;

-- Attaches a file to one paper of an application, which is entered when it is not there yet. The
-- pre-check runs again.
CREATE FUNCTION api.application_file_attach(p_customer_id bigint, p_case_id bigint, p_kind text,
    p_file_name text, p_file bytea, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_file_attach', jsonb_build_array(
        p_customer_id, p_case_id, p_kind, p_file_name, encode(sha256(p_file), 'hex')));
    c bank.case_file;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, NULL, '{draft,returned,review,approved}');
    PERFORM bank.choice_require(p_kind, 'p_kind',
                                '{licence,rep_id,owner_id,address,tax,contract,income,other}');
    INSERT INTO bank.application_document (customer_id, case_id, kind, unit_id, added_by)
    VALUES (c.customer_id, c.case_id, p_kind, c.unit_id, bank.my_staff_id()) ON CONFLICT DO NOTHING;
    PERFORM bank.application_file_put(c, p_kind, p_file_name, p_file);
    PERFORM bank.application_look(c);
    RETURN bank.request_done(p_request, p_case_id::text,
        'The file is attached; the pre-check has run again.');
END $$;

-- The papers of an application: those that are wanted and lacking, those that were read, their files
-- and the editions before.
CREATE FUNCTION api.application_documents(p_customer_id bigint, p_case_id bigint)
RETURNS TABLE (customer_id bigint, case_id bigint, kind text, paper_en text, paper_zh text, number text,
    holder text, issued_on date,
    expires_on date, state text, edition int, attachment_id bigint, file text, type text, bytes int,
    sha256 text, added_by text, added_at timestamptz, stage text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    WITH c AS MATERIALIZED (SELECT * FROM bank.application_seen(p_customer_id, p_case_id)),
    wanted AS (
        SELECT k.kind, k.n FROM c JOIN bank.check_rule_now r ON r.case_type = c.case_type
            AND r.rule = 'files'
               AND r.active, regexp_split_to_table(r.parameter, '[ ,]+') WITH ORDINALITY k (kind, n)
         WHERE NOT (k.kind = 'owner_id' AND upper(c.fields ->> 'owner_id') = upper(c.fields ->>
             'rep_id'))),
    paper AS (SELECT d.* FROM c JOIN bank.application_document d USING (customer_id, case_id))
    SELECT c.customer_id, c.case_id, k.kind, bank.paper_name(k.kind, true), bank.paper_name(k.kind,
        false), CASE WHEN k.kind IN ('rep_id', 'owner_id')
        THEN bank.mask_identity(d.number)
               ELSE d.number END, CASE WHEN k.kind IN ('rep_id', 'owner_id') THEN bank.mask_name(d.holder)
                   ELSE d.holder END,
           d.issued_on, d.expires_on,
           CASE WHEN f.replaced_at IS NOT NULL THEN 'replaced' WHEN a.removed_at IS NOT NULL
               THEN 'removed'
                WHEN f.edition IS NOT NULL THEN 'here' WHEN d.kind IS NULL THEN 'wanted' ELSE 'read' END,
           f.edition, CASE WHEN a.removed_at IS NULL THEN a.attachment_id END, a.name, a.kind, a.bytes,
           encode(a.sha256, 'hex'), bank.staff_name(coalesce(f.added_by, d.added_by)),
           coalesce(f.added_at, d.added_at), c.stage
      FROM c CROSS JOIN (SELECT x.kind FROM wanted x UNION SELECT p.kind FROM paper p) k
      LEFT JOIN paper d ON d.kind = k.kind
      LEFT JOIN wanted w ON w.kind = k.kind
      LEFT JOIN bank.application_file f ON f.customer_id = c.customer_id AND f.case_id = c.case_id
          AND f.kind = d.kind
      LEFT JOIN bank.attachment a ON a.customer_id = f.customer_id AND a.case_id = f.case_id
                                 AND a.attachment_id = f.attachment_id
     ORDER BY f.replaced_at IS NOT NULL, w.n, k.kind, f.edition DESC
$$;
SELECT bank.function_grant('application_file_attach', 'clerk', 'rm', 'supervisor'),
       bank.function_grant('application_document_save', 'clerk', 'rm', 'supervisor'),
       bank.function_grant('application_documents', 'clerk', 'rm', 'supervisor', 'auditor');

-- Everything that stops the application, as one text: the customer comes once. `p_told`: only what he
-- may know.
CREATE FUNCTION bank.application_missing(c bank.case_file,
    p_told boolean DEFAULT false) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    zh boolean := bank.case_language(c) = 'zh';
BEGIN
    RETURN (SELECT string_agg(l.n || CASE WHEN zh THEN '. ' || l.label_zh || '：' || l.advice_zh
        || l.more_zh
                                          ELSE '. ' || l.label_en || ': ' || l.advice_en || l.more_en END,
                              E'\n' ORDER BY l.n)
              FROM (SELECT row_number() OVER (ORDER BY r.seq) AS n, r.*,
                           CASE WHEN k.rule = 'files' THEN ' ' || k.detail_en ELSE '' END AS more_en,
                           CASE WHEN k.rule = 'files' THEN k.detail_zh ELSE '' END AS more_zh
                      FROM bank.application_check k
                      JOIN bank.check_rule r ON r.case_type = c.case_type AND r.rule = k.rule
                     WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id
                       AND k.run = bank.application_run(c) AND (r.told OR NOT p_told)
                       AND (k.weight = 'must' AND k.result IN ('missing', 'fail')
                           OR k.result = 'visit')) l);
END $$;

-- Why a credit was declined, for the customer: what refused it, then where most points were lost
-- against the best that the card gives for the fact; four at most. NULL: the card lost nothing.
CREATE FUNCTION bank.decline_reasons(c bank.case_file, p_english boolean) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT string_agg(l.n || '. ' || l.label, E'\n' ORDER BY l.n)
      FROM (SELECT row_number() OVER (ORDER BY p.effect = 'refuse' DESC, b.best - p.points DESC,
          r.seq) AS n,
                   CASE WHEN p_english THEN r.label_en ELSE r.label_zh END AS label
              FROM (SELECT x.* FROM bank.application_score x WHERE x.customer_id = c.customer_id
                       AND x.case_id = c.case_id ORDER BY x.run DESC LIMIT 1) s
              JOIN bank.application_point p USING (customer_id, case_id, run)
              JOIN bank.scorecard_rule r ON r.card = s.card AND r.version = s.version AND r.rule = p.rule
              JOIN LATERAL (SELECT max(y.points) AS best FROM bank.scorecard_rule y
                             WHERE y.card = r.card AND y.version = r.version
                                 AND y.fact = r.fact) b ON true
             WHERE p.effect = 'refuse' OR b.best > p.points) l
     WHERE l.n <= 4
$$;

-- Tells the customer how it went, in his language; a decline with its reasons and with what he can do.
CREATE FUNCTION bank.application_tell(c bank.case_file, a bank.application, p_request uuid)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    english boolean := bank.case_language(c) = 'en';
    amount text := bank.money_text(a.granted);
    rate numeric := round(a.rate_bp / 100.0, 2);
    why text := coalesce(nullif(a.told, ''), bank.decline_reasons(c, english));
BEGIN
    PERFORM bank.case_message(c, 'sms', CASE a.verdict WHEN 'approve' THEN
        format(CASE WHEN english THEN 'Your application %s is approved.' ELSE '您的申请%s已通过。' END,
            c.number)
        || CASE WHEN a.granted IS NULL OR rate IS NULL THEN '' ELSE
           format(CASE WHEN english THEN ' Amount %s CNY at %s %% a year.'
                                ELSE '批准金额%s元，年利率%s%%。' END, amount, rate) END
        ELSE format(CASE WHEN english THEN
                E'Your application %s is declined. Main reasons:\n%s\nYou may ask your branch within 30 days '
                'that a person looks at it again.'
            ELSE E'您的申请%s未获通过。主要原因：\n%s\n如有异议，可在30日内向经办网点申请人工复核。'
                END, c.number, why)
        END, 'application', p_request);
END $$;

-- A supervisor takes back what the rules decided: two persons decide it anew, against a refusal of the
-- card up to the limit that their unit has for that.
CREATE FUNCTION api.application_override(p_customer_id bigint, p_case_id bigint, p_note text,
    p_version bigint, p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome := bank.request_replay(p_request, 'application_override',
        jsonb_build_array(p_customer_id, p_case_id, p_note, p_version));
    c bank.case_file;
    a bank.application;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    c := bank.application_open_case(p_customer_id, p_case_id, p_version, '{declined,approved}');
    a := bank.application_lock(c);
    IF a.how IS DISTINCT FROM 'auto' THEN
        PERFORM bank.fail('BO423', 'Only what the rules decided is taken up again.', c.number,
                          'Two persons have decided this; begin another application.');
    ELSIF a.verdict = 'refuse' AND a.amount > bank.my_decision_limit(true) THEN
        PERFORM bank.fail('BO403', 'The amount is above your limit.',
            bank.money_text(bank.my_decision_limit(true)),
                          'Ask a supervisor of head office.');
    END IF;
    UPDATE bank.application SET how = NULL, verdict = NULL, granted = NULL, rate_bp = NULL,
        maker_id = NULL,
           made_at = NULL, checker_id = NULL, decided_at = NULL, reason = ''
     WHERE customer_id = p_customer_id AND case_id = p_case_id;
    PERFORM bank.application_move(c, 'override', p_note);
    RETURN bank.request_done(p_request, p_case_id::text, 'Taken up again: two persons decide.');
END $$;
SELECT bank.function_grant('application_override', 'supervisor');

-- What comes with an account: reconciliation statements, payroll.
CREATE TABLE bank.account_service (
    customer_id bigint NOT NULL,
    account_id  bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL CHECK (kind IN ('reconciliation', 'payroll')),
    unit_id     int NOT NULL,
    state       text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'stopped')),
    cycle       text NOT NULL CHECK (cycle IN ('daily', 'monthly', 'quarterly')),
    staff_count int CHECK (staff_count > 0),
    pay_day     int CHECK (pay_day BETWEEN 1 AND 28),
    next_on     date NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    opened_by   int,
    case_id     bigint,
    change_id   bigint REFERENCES bank.recon_lane_change, -- the lane that was proposed for it
    task_id     bigint,                                   -- what the manager has to set up
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_id, account_id, kind),
    FOREIGN KEY (customer_id, account_id) REFERENCES bank.account,
    CHECK (kind <> 'payroll' OR staff_count IS NOT NULL AND pay_day IS NOT NULL)
);
SELECT bank.table_protect('bank.account_service', 'SELECT, INSERT, UPDATE');

-- The services that were chosen: reconciliation as a lane that a second person approves, payroll as a
-- task for the customer's manager, due three working days before the first pay day.
CREATE FUNCTION bank.services_open(c bank.case_file, p_account bank.account, p_request uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    cycle text := coalesce(c.fields ->> 'recon_cycle', 'none');
    people int := (c.fields ->> 'payroll_staff')::int;
    pay_day int := coalesce((c.fields ->> 'payroll_day')::int, 1);
    month date := date_trunc('month', bank.today()) + interval '1 month';
    first_pay date := month + pay_day - 1;
    who bank.customer := bank.customer_require(c.customer_id);
    owner int := coalesce(who.manager_id, (SELECT s.staff_id FROM bank.staff s
        WHERE s.staff_id = c.opened_by AND s.role IN ('clerk', 'rm', 'supervisor')), bank.my_staff_id());
    change bigint;
    task bigint;
BEGIN
    IF cycle <> 'none' THEN
        change := (api.lane_open('CORP-' || p_account.number, who.name, '', 'internal', c.unit_id, 1,
            p_account.number,
            'E' || p_account.number, who.name, p_account.currency::text, bank.today(), 0, c.number,
            md5(p_request || 'lane')::uuid)).id::bigint;
        INSERT INTO bank.account_service (customer_id, account_id, kind, unit_id, cycle, next_on,
            opened_by,
                                          case_id, change_id)
        VALUES (c.customer_id, p_account.account_id, 'reconciliation', c.unit_id, cycle,
                CASE cycle WHEN 'daily' THEN bank.working_day_after(bank.today(), 1) WHEN 'monthly'
                    THEN month
                     ELSE (date_trunc('quarter', bank.today()) + interval '3 months')::date END,
                bank.my_staff_id(), c.case_id, change);
    END IF;
    IF people > 0 THEN
        task := bank.task_insert(who, bank.me(), owner, format('代发工资开通：%1$s人，每月%2$s日 / Payroll set-up: %1$s people, day %2$s',
            people, pay_day),
            c.number || ' ' || bank.mask_account(p_account.number),
            greatest(bank.today(), coalesce((SELECT d.day FROM bank.calendar_day d WHERE d.working
                AND d.day < first_pay
                ORDER BY d.day DESC OFFSET 2 LIMIT 1), first_pay)));
        INSERT INTO bank.account_service (customer_id, account_id, kind, unit_id, cycle, staff_count,
            pay_day,
                                          next_on, opened_by, case_id, task_id)
        VALUES (c.customer_id, p_account.account_id, 'payroll', c.unit_id, 'monthly', people, pay_day,
            first_pay,
                bank.my_staff_id(), c.case_id, task);
    END IF;
END $$;

-- Account services of a customer, for his view: how far each has come, and the screen with what it did.
CREATE FUNCTION api.customer_services(p_customer_id bigint)
RETURNS TABLE (customer_id bigint, account_id bigint, screen text, account text, kind text, cycle text,
    staff_count int, next_on date, state text, note text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM bank.panel_require(p_customer_id);
    RETURN QUERY
    SELECT s.customer_id, s.account_id, CASE s.kind WHEN 'payroll' THEN 'payroll-lists' ELSE 'account-statements' END,
           bank.mask_account(a.number), s.kind, s.cycle, s.staff_count, s.next_on,
           CASE WHEN s.state = 'stopped' THEN 'stopped' WHEN l.list_id IS NOT NULL THEN 'live'
                WHEN h.status = 'proposed' OR t.state = 'open' THEN 'waits'
                WHEN h.status IN ('refused', 'withdrawn') OR t.state = 'cancelled' THEN 'refused'
                    ELSE 'live' END,
           CASE WHEN h.change_id IS NOT NULL THEN h.code
                WHEN l.list_id IS NOT NULL THEN l.pay_on || ' ' || bank.money_text(l.total)
                WHEN t.task_id IS NOT NULL THEN bank.staff_name(t.owner_id) || ' '
                    || bank.local_day(t.due_at) END
      FROM bank.account_service s
      JOIN bank.account a ON a.customer_id = s.customer_id AND a.account_id = s.account_id
      LEFT JOIN bank.recon_lane_change h ON h.change_id = s.change_id
      LEFT JOIN bank.task t ON t.customer_id = s.customer_id AND t.task_id = s.task_id
      LEFT JOIN LATERAL (SELECT x.* FROM bank.payroll_list x WHERE s.kind = 'payroll'
            AND x.customer_id = s.customer_id AND x.account_id = s.account_id AND x.state IN ('approved', 'paid')
          ORDER BY x.list_id DESC LIMIT 1) l ON true
     WHERE s.customer_id = p_customer_id ORDER BY a.number, s.kind;
END $$;
SELECT bank.function_grant('customer_services', 'clerk', 'rm', 'supervisor');
GRANT EXECUTE ON FUNCTION bank.files_finding, bank.application_file_put, bank.application_missing,
    bank.decline_reasons, bank.application_tell, bank.services_open TO bankops_api;
