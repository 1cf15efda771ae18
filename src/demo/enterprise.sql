-- Small enterprises that apply for an account; after application.sql, with its functions.

-- Services of accounts opened in the last days still wait: a lane for a second person, a task.
CREATE FUNCTION pg_temp.serve(c bank.case_file, p_account bank.account,
    a bank.application) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
    change bigint;
    task bigint;
    s bank.account_service;
BEGIN
    FOR s IN SELECT * FROM bank.account_service x WHERE x.customer_id = c.customer_id
        AND x.account_id = p_account.account_id LOOP
        IF s.kind = 'reconciliation' THEN
            INSERT INTO bank.recon_lane_change (unit_id, code, after, note, maker, made_at)
            VALUES (c.unit_id, 'CORP-' || p_account.number, jsonb_build_object('name', c.subject,
                'kind', 'internal', 'buffer_days', 1,
                    'unit_id', c.unit_id, 'book_account', p_account.number, 'external_account',
                        'E' || p_account.number,
                    'external_bank', c.subject, 'currency', 'CNY', 'opening_date', p_account.opened_on,
                        'opening', 0), c.number,
                    (SELECT t.login FROM bank.staff t WHERE t.staff_id = a.executed_by), a.executed_at)
                        RETURNING change_id INTO change;
        ELSE
            INSERT INTO bank.task (customer_id, title, note, due_at, owner_id, created_by, created_at,
                source, unit_id)
            VALUES (c.customer_id, format('代发工资开通 / Payroll set-up: %s × %s', s.staff_count,
                s.pay_day),
                    c.number || ' ' || bank.mask_account(p_account.number),
                    (s.next_on - 3 + time '18:00') AT TIME ZONE bank.timezone(), c.opened_by,
                        a.executed_by, a.executed_at,
                    'staff', c.unit_id) RETURNING task_id INTO task;
        END IF;
        UPDATE bank.account_service x SET change_id = coalesce(change, x.change_id),
            task_id = coalesce(task, x.task_id)
         WHERE x.customer_id = s.customer_id AND x.account_id = s.account_id AND x.kind = s.kind;
        change := NULL;
        task := NULL;
    END LOOP;
END $f$;

-- Small enterprises that want an account; those that have it are customers now.
DO $d$
#variable_conflict use_column
DECLARE
    now_at timestamptz := to_timestamp(bank.setting('demo_now')::bigint);
    wanted int := (SELECT least(60, 14 + bank.setting('demo_customers')::bigint / 150));
    rep record;
    c bank.case_file;
    a bank.application;
    made bank.account;
    id bigint;
    code text; name text; salt text; how text;
    v jsonb;
    office timestamptz := pg_temp.office(now_at);
BEGIN
    FOR rep IN SELECT c.customer_id, c.name, c.unit_id, i.number, i.expires_on, p.phone,
        row_number() OVER (ORDER BY md5('rep' || c.customer_id))::int AS n
    FROM bank.customer c JOIN bank.customer_identity i ON i.customer_id = c.customer_id
        AND i.kind = 'resident_id'
    JOIN bank.phone p ON p.customer_id = c.customer_id AND p.main
    WHERE c.kind = 'person' AND NOT c.restricted AND NOT c.aml_flag
        AND c.birth_date BETWEEN bank.today() - interval '60 years'
        AND bank.today() - interval '24 years' AND c.customer_id > 50
    AND i.expires_on > bank.today() + 40
    ORDER BY 7 LIMIT wanted LOOP
        salt := 'opening' || rep.n;
        how := CASE rep.n % 10 WHEN 3 THEN 'draft' WHEN 7 THEN 'returned' ELSE 'manual' END;
        code := pg_temp.code(rep.n);
        name := (ARRAY['沪', '江', '申', '浦', '苏', '甬', '杭', '越'])[1 + rep.n % 8] || (ARRAY['启',
            '恒', '嘉', '瑞', '博', '宏', '锦', '安', '泰', '合', '润'])[1 + pg_temp.h(salt || 1) % 11]
        || (ARRAY['达', '诚', '源', '丰', '悦', '新', '通', '盛', '佳', '荣', '航', '和',
            '林'])[1 + pg_temp.h(salt || 2) % 13]
        || (ARRAY['餐饮管理', '科技', '商贸', '物流', '装饰工程', '文化传媒', '医疗器械', '农产品',
            '信息技术', '教育咨询'])[1 + pg_temp.h(salt || 3) % 10] || '有限公司';
        id := nextval(pg_get_serial_sequence('bank.customer', 'customer_id'));
        INSERT INTO bank.customer (customer_id, customer_number, kind, name, unit_id, lifecycle,
            opened_on, updated_at) VALUES
        (id, bank.customer_number_make(100000000 + (id * 7 + 3) % 900000000), 'company', name,
            rep.unit_id, 'prospect', bank.today(), now_at);
        INSERT INTO bank.customer_identity (customer_id, kind, number, unit_id)
            VALUES (id, 'credit_code', code, rep.unit_id);
        INSERT INTO bank.address (customer_id, kind, address, unit_id) SELECT id, 'registered',
            x.address, rep.unit_id FROM bank.address x WHERE x.customer_id = rep.customer_id LIMIT 1;
        INSERT INTO bank.phone (customer_id, phone, kind, unit_id) VALUES (id, rep.phone, 'work',
            rep.unit_id);
        v := jsonb_strip_nulls(jsonb_build_object('enterprise', name, 'credit_code', code,
            'licence_from', (bank.today() - 40 - pg_temp.h(salt) % 900)::text,
        'registered_address', (SELECT x.address FROM bank.address x WHERE x.customer_id = id),
            'contact_phone', rep.phone, 'rep_name', rep.name, 'rep_id', rep.number, 'rep_id_to',
            rep.expires_on::text,
        'owner_name', rep.name, 'owner_id', rep.number, 'owner_share',
            (51 + pg_temp.h(salt) % 49)::text, 'account_kind', CASE WHEN rep.n % 5 = 0 THEN 'general'
            ELSE 'basic' END,
        'basic_bank', CASE WHEN rep.n % 5 = 0 THEN '邻江农村商业银行' END, 'recon_cycle',
            (ARRAY['monthly', 'monthly', 'daily', 'quarterly', 'none'])[1 + rep.n % 5],
        'payroll_staff', CASE WHEN rep.n % 3 > 0 THEN (3 + pg_temp.h(salt) % 45)::text END,
            'payroll_day', CASE WHEN rep.n % 3 > 0 THEN (ARRAY['5', '10', '15'])[1 + rep.n % 3] END));
        IF rep.n % 20 = 13 THEN
            v := v || jsonb_build_object('rep_id', left(rep.number, 17) || CASE right(rep.number, 1)
                WHEN '1' THEN '2' ELSE '1' END);
        END IF;
        c := pg_temp.apply('account_opening', id, CASE WHEN rep.n % 5 < 2
            THEN office - make_interval(mins => 5 + pg_temp.h(salt) % 170) ELSE bank.due_at('service',
            now_at - make_interval(days => 4 + pg_temp.h(salt) % 50), 40 + pg_temp.h(salt) % 300) END,
            now_at,
        name, name || E'\n' || code, v, NULL, NULL, NULL, how, rep.n % 17 = 0, salt);
        INSERT INTO bank.application_document (customer_id, case_id, kind, unit_id, number, holder,
            issued_on, expires_on, added_by, added_at)
        SELECT id, c.case_id, d.kind, c.unit_id, d.number, d.holder, d.issued, d.expires, c.opened_by,
            c.received_at + interval '2 minutes'
        FROM (VALUES ('licence', code, name, (v ->> 'licence_from')::date, NULL::date),
            ('rep_id', rep.number, rep.name, NULL, rep.expires_on), ('tax', code, name, NULL, NULL),
        ('address', '', name, bank.today() - 200, bank.today() + 500)) d (kind, number, holder, issued,
            expires)
        WHERE how <> 'draft' OR pg_temp.h(salt || d.kind) % 2 = 0;
        PERFORM pg_temp.scan(c, how);
        PERFORM pg_temp.look(c);
        IF c.stage IN ('executed', 'closed') THEN
            SELECT * INTO a FROM bank.application x WHERE x.customer_id = id;
            INSERT INTO bank.account (customer_id, account_id, number, product, balance, opened_on,
                unit_id)
            SELECT id, n, bank.account_number_make(bank.unit_code(c.unit_id)::int, 2, 90000000 + n % 10000000), 'CUR',
                500000 + pg_temp.h(salt) % 9000000, bank.local_day(a.executed_at), c.unit_id
            FROM nextval(pg_get_serial_sequence('bank.account', 'account_id')) n RETURNING * INTO made;
            UPDATE bank.application SET account_id = made.account_id WHERE customer_id = id;
            UPDATE bank.customer SET lifecycle = 'new', opened_on = made.opened_on WHERE customer_id = id;
            INSERT INTO bank.account_service (customer_id, account_id, kind, unit_id, cycle,
                staff_count, pay_day, next_on, opened_at, opened_by, case_id)
            SELECT id, made.account_id, s.kind, c.unit_id, s.cycle, s.people, s.day,
                (date_trunc('month', bank.today()) + interval '1 month')::date
                + CASE s.kind WHEN 'payroll' THEN s.day - 1 ELSE 0 END, a.executed_at,
                a.executed_by, c.case_id
            FROM (VALUES ('reconciliation', v ->> 'recon_cycle', NULL::int, NULL::int),
                ('payroll', 'monthly', (v ->> 'payroll_staff')::int,
                (v ->> 'payroll_day')::int)) s (kind, cycle, people, day)
            WHERE s.cycle <> 'none' AND (s.kind = 'reconciliation' OR s.people > 0);
            PERFORM pg_temp.serve(c, made, a) WHERE a.executed_at > now_at - interval '3 days';
            INSERT INTO bank.relation (customer_id, other_id, kind, share_percent, since, unit_id) VALUES
            (id, rep.customer_id, 'represented_by', NULL, made.opened_on, c.unit_id), (rep.customer_id,
                id, 'legal_representative_of', NULL, made.opened_on, rep.unit_id),
            (id, rep.customer_id, 'owned_by', (v ->> 'owner_share')::numeric, made.opened_on,
                c.unit_id), (rep.customer_id, id, 'owner_of', (v ->> 'owner_share')::numeric,
                made.opened_on, rep.unit_id);
        END IF;
        PERFORM bank.search_refresh(id);
    END LOOP;
END $d$;

-- Two who came early and whom the machine did not know again: one was compared at the counter, which a
-- colleague has to confirm; of the other nothing else was seen yet.
DO $d$
DECLARE
    c record;
    f bank.case_file;
    a bank.application;
    now_at timestamptz := to_timestamp(bank.setting('demo_now')::bigint);
BEGIN
    FOR c IN SELECT x.customer_id, x.case_id, x.opened_by, row_number() OVER (ORDER BY EXISTS (SELECT
            FROM bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id AND x.unit_id BETWEEN u.low AND u.high
            WHERE s.login = 'super01') DESC, x.received_at DESC, x.case_id) AS n, greatest(y.at, least(pg_temp.office(now_at) - interval '9 minutes', now_at)) AS at
        FROM bank.case_file x, LATERAL (SELECT max(e.at) AS at FROM bank.case_event e
            WHERE e.customer_id = x.customer_id AND e.case_id = x.case_id) y
        WHERE x.case_type = 'account_opening' AND x.stage IN ('review', 'approved')
        ORDER BY 4 LIMIT 2 LOOP
        UPDATE bank.application x SET visited_at = c.at, visited_by = c.opened_by,
            face_score = 97 + pg_temp.h('late' || c.n) % 150 / 100.0,
            identity_means = CASE c.n WHEN 1 THEN 'counter' END,
            identity_proof = CASE c.n WHEN 1 THEN pg_temp.check_number(c.at, 'late') ELSE '' END
         WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id RETURNING * INTO a;
        SELECT * INTO f FROM bank.case_file x WHERE x.customer_id = c.customer_id AND x.case_id = c.case_id;
        PERFORM pg_temp.note(f, c.at, c.opened_by, 'visit', f.stage, f.stage, f.queue, f.queue, bank.visit_words(a));
        PERFORM bank.application_look(f);
        UPDATE bank.application_check k SET checked_at = c.at
         WHERE k.customer_id = c.customer_id AND k.case_id = c.case_id AND k.run = bank.application_run(f);
    END LOOP;
END $d$;
