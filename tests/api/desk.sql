-- The desk of a case: checklist, presence, changes of others, files, many cases at once, intake.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.open(p_business text, p_reason text, p_level text DEFAULT 'simple') RETURNS bigint
LANGUAGE sql AS $$ SELECT pg_temp.as('t_clerk', format('SELECT (api.case_open(101, ''A032'', %L, %L, ''s'', ''f'','
    'p_level => %L, p_request => gen_random_uuid())).id', p_business, p_reason, p_level))::bigint $$;
CREATE FUNCTION pg_temp.call(p_login text, p_what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.%s gen_random_uuid())).status', p_what)) $$;
CREATE FUNCTION pg_temp.version(p_case bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT version FROM bank.case_file WHERE case_id = p_case $$;
CREATE FUNCTION pg_temp.take(p_login text, p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('case_take(101, %s, %s,', p_case, pg_temp.version(p_case))) $$;
CREATE FUNCTION pg_temp.resolve(p_login text, p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call(p_login, format('case_resolve(101, %s, ''paid back'', ''app'', '''', ''resolved'', %s,', p_case,
                                        pg_temp.version(p_case))) $$;

-- Checklist.
SELECT pg_temp.open('B02', 'C10') AS a \gset
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(seq::text, '' '' ORDER BY seq) FROM api.case_checklist(101, %s)'
          ' JOIN api.checklist_list USING (item)', :a)), '10 40 50', 'the items of its class');
SELECT matches(pg_temp.as('t_west', format('SELECT count(*) FROM api.case_checklist(101, %s)', :a)), '^(0|BO404)$',
          'not for another branch');
SELECT pg_temp.take('t_clerk', :a);
SELECT is(pg_temp.resolve('t_clerk', :a), 'BO423', 'a required item keeps it from its decision');
SELECT is(pg_temp.as('t_clerk', format('SELECT outcome FROM api.case_resolve_form(101, %s)', :a)), 'BO423',
          'which its form says before anybody writes');
SELECT throws_ok(format('UPDATE bank.case_file SET stage = ''decided'', decision = ''d'' WHERE case_id = %s', :a),
                 'BO423', 'Required items of the checklist are open.', 'whoever writes');
SELECT item AS stop FROM bank.checklist WHERE reason = 'C10' AND required \gset
SELECT is(pg_temp.call('t_clerk2', format('case_check(101, %s, %s, true,', :a, :stop)), 'done', 'a colleague ticks it');
SELECT is(pg_temp.as('t_clerk', format('SELECT done_by FROM api.case_checklist(101, %s) WHERE item = %s', :a, :stop)),
          'clerk2', 'and is named');
SELECT is(pg_temp.call('t_clerk', format('case_check(101, %s, %s, false,', :a, :stop)), 'done', 'the tick is taken away');
SELECT is(pg_temp.resolve('t_clerk', :a), 'BO423', 'and the item counts again');
SELECT is(pg_temp.call('t_clerk', format('case_check(101, %s, %s, true,', :a, :stop)), 'done', 'ticked again');
SELECT is(pg_temp.call('t_clerk', format('case_check(101, %s, 999999,', :a) || 'true,'), 'BO404', 'no item of the list');
SELECT is(pg_temp.as('t_audit', format('SELECT (api.case_check(101, %s, %s, true, gen_random_uuid())).id', :a, :stop)),
          '42501', 'an auditor ticks nothing');
SELECT is((SELECT string_agg(action, ' ' ORDER BY event_id) FROM bank.case_event WHERE case_id = :a
            AND action ~ 'check'), 'check uncheck check', 'the history knows');
SELECT is(pg_temp.as('t_clerk', format('SELECT how || '' '' || outcome FROM api.case_resolve_form(101, %s)', :a)), 'app resolved',
          'the form opens');
SELECT is(pg_temp.resolve('t_clerk', :a), 'done', 'now it is decided');
SELECT is(pg_temp.call('t_clerk', format('case_check(101, %s, %s, false,', :a, :stop)), 'BO423', 'a closed list stays');
SELECT is(pg_temp.call('t_super', 'checklist_save('''', ''complaint'', ''B02'', '''', '''', 60, ''Card seen'', ''已验卡'','
          ' true, true, 0,'), 'done', 'a supervisor adds an item');
SELECT is(pg_temp.call('t_super', 'checklist_save('''', ''complaint'', ''B02'', '''', '''', 60, ''Card seen'', ''已验卡'','
          ' true, true, 3,'), 'BO409', 'of the version he read');
SELECT is(pg_temp.call('t_super', 'checklist_save('''', ''complaint'', ''B77'', '''', '''', 60, ''Card seen'', ''已验卡'','
          ' true, true, 0,'), 'BO422', 'with a code that exists');

-- Presence.
SELECT pg_temp.open('B02', 'C07') AS b \gset
SELECT is(pg_temp.as('t_clerk', format('SELECT coalesce(here, ''-'') FROM api.case_desk(101, %s)', :b)), '-', 'alone');
SELECT matches(pg_temp.as('t_clerk2', format('SELECT here FROM api.case_desk(101, %s)', :b)), '^clerk [0-9:]+$',
               'a colleague is seen');
UPDATE bank.case_presence SET seen_at = seen_at - interval '2 minutes' WHERE staff_id = 901;
SELECT is(pg_temp.as('t_clerk2', format('SELECT coalesce(here, ''-'') FROM api.case_desk(101, %s)', :b)), '-',
          'until his screen asks no more');
SELECT is(pg_temp.as('t_clerk2', format('SELECT checks || files FROM api.case_desk(101, %s)', :b)), '0/30',
          'ticks and files are counted');

-- Who complains, in a strip beside the case.
UPDATE bank.customer SET elderly = true, no_contact = true WHERE customer_id = 101;
INSERT INTO bank.member (customer_id, member_number, tier, since, joined_on, unit_id)
SELECT 101, 'M101', (SELECT tier FROM bank.tier_def ORDER BY rank LIMIT 1), bank.today(), bank.today(), unit_id FROM bank.customer
 WHERE customer_id = 101 ON CONFLICT DO NOTHING;
SELECT is(pg_temp.as('t_clerk2', format('SELECT concat_ws(''|'', tier_en, care_en, care_zh, open_cases, recent_cases)'
          ' FROM api.case_customer(101, %s)', :b)),
    (SELECT name_en FROM bank.tier_def ORDER BY rank LIMIT 1) || '|elderly, no contact|老年客户、谢绝打扰|'
        || (SELECT count(*) FILTER (WHERE closed_at IS NULL) || '|' || count(closed_at) FROM bank.case_file
             WHERE customer_id = 101 AND case_id <> :b), 'tier, what to mind, other cases');
SELECT is(pg_temp.as('t_west', format('SELECT count(*) FROM api.case_customer(101, %s)', :b)), 'BO404', 'not for others');

-- What others changed.
SELECT pg_temp.take('t_clerk', :b);
SELECT pg_temp.version(:b) AS read \gset
SELECT is(pg_temp.call('t_clerk2', format('case_classify(101, %s, ''A033'', ''B03'', ''C07'', ''complex'', %s,', :b, :read)),
          'done', 'another changes the class');
SELECT is(pg_temp.call('t_clerk', format('case_classify(101, %s, ''A032'', ''B02'', ''C05'', ''simple'', %s,', :b, :read)),
          'BO409', 'the first is told');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(field || '':'' || before_en || ''>'' || now_zh || '':'' || value,'
          ' '' '' ORDER BY field) FROM api.case_changes(101, %s, %s) WHERE field IN (''business'', ''channel'', ''level'')',
          :b, :read)), 'business:Bank card>贷款:B03 channel:Telephone bank>移动客户端:A033 level:Simple>复杂:complex',
          'field by field');
SELECT is(pg_temp.as('t_clerk', format('SELECT max(version) FROM api.case_changes(101, %s, %s)', :b, :read)),
          pg_temp.version(:b)::text, 'with the version to go on with');
SELECT is(pg_temp.call('t_super', format('case_note(101, %s, ''still here'',', :b)), 'done', 'a note is in nobody''s way');
SELECT is(pg_temp.as('t_clerk', format('SELECT count(*) FROM api.case_changes(101, %s, %s)', :b, pg_temp.version(:b))),
          '1', 'nothing changed: the version alone');

-- Files.
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_attach(101, %s, E''../..\\\\/.\u202epaper\n.pdf'', ''%%PDF-1.7 x'','
          ' gen_random_uuid())).message', :b)), 'The file is attached.', 'a file is attached');
SELECT is(pg_temp.as('t_clerk2', format('SELECT name || kind || bytes || left(sha256, 8) FROM api.case_attachments(101, %s)',
          :b)), 'paper.pdfpdf10' || left(encode(sha256('%PDF-1.7 x'), 'hex'), 8), 'under a safe name, with its hash');
SELECT is(pg_temp.call('t_clerk2', format('case_attach(101, %s, ''again.pdf'', ''%%PDF-1.7 x'',', :b)), 'BO423',
          'the same once');
SELECT pg_temp.open('B03', 'C07') AS c \gset
SELECT is(pg_temp.call('t_clerk2', format('case_attach(101, %s, ''again.pdf'', ''%%PDF-1.7 x'',', :c)), 'done',
          'to another case it may go');
SELECT is((SELECT count(*) FROM bank.file_content), 1::bigint, 'kept once');
SELECT is(pg_temp.call('t_clerk', format('case_attach(101, %s, ''e.txt'', '''',', :b)), 'BO422', 'an empty one is refused');
SELECT is(pg_temp.call('t_clerk', format('case_attach(101, %s, ''x.pdf'', ''\x4d5a9000'',', :b)), 'BO422', 'a program too');
SAVEPOINT many;
UPDATE bank.setting SET value = '1' WHERE name = 'attachments_per_case';
SELECT is(pg_temp.call('t_clerk', format('case_attach(101, %s, ''l.txt'', ''another'',', :b)), 'BO422', 'as are too many');
ROLLBACK TO many;
UPDATE bank.setting SET value = '5' WHERE name = 'attachment_bytes';
SELECT is(pg_temp.call('t_clerk', format('case_attach(101, %s, ''l.txt'', ''123456'',', :b)), 'BO422', 'a large one too');
SELECT attachment_id AS f FROM bank.attachment WHERE case_id = :b \gset
SELECT is(pg_temp.as('t_rm', format('SELECT convert_from(data, ''UTF8'') FROM api.attachment_read(101, %s, %s, '
          'gen_random_uuid())', :b, :f)), '%PDF-1.7 x', 'its bytes come back');
SELECT is((SELECT count(*) FROM bank.audit WHERE action = 'attachment_read'), 1::bigint, 'who read it is kept');
SELECT is(pg_temp.as('t_west', format('SELECT data FROM api.attachment_read(101, %s, %s, gen_random_uuid())', :b, :f)),
          'BO404', 'not in another branch');
SELECT is(pg_temp.call('t_clerk2', format('attachment_remove(101, %s, %s, ''wrong customer'',', :b, :f)), 'BO403',
          'not everybody removes it');
SELECT is(pg_temp.call('t_clerk', format('attachment_remove(101, %s, %s, ''wrong customer'',', :b, :f)), 'done',
          'who attached it does');
SELECT is((SELECT count(*) FROM bank.file_content), 1::bigint, 'the content stays for the other case');
SELECT is(pg_temp.as('t_clerk', format('SELECT removed FROM api.case_attachments(101, %s)', :b)), 'clerk: wrong customer',
          'the name stays with the reason');
SELECT is(pg_temp.call('t_super', format('attachment_remove(101, %s, %s, ''not needed'',', :c,
          (SELECT attachment_id FROM bank.attachment WHERE case_id = :c))), 'done', 'a supervisor removes the other');
SELECT is((SELECT count(*) FROM bank.file_content), 0::bigint, 'and the content goes');
SELECT is(bank.file_name(repeat('长', 300) || '.pdf'), repeat('长', 100) || '_' || repeat('长', 15) || '.pdf',
          'a long name loses its middle');
SELECT is(bank.file_name('..'), 'file', 'a name of dots is none');

-- Many at once.
CREATE FUNCTION pg_temp.rows(VARIADIC p_cases bigint[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(jsonb_build_object('customer_id', 101, 'case_id', c, 'version', pg_temp.version(c)) ORDER BY n)
      FROM unnest(p_cases) WITH ORDINALITY t(c, n) $$;
CREATE FUNCTION pg_temp.bulk(p_login text, p_rows jsonb, p_what text, p_key uuid DEFAULT gen_random_uuid())
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT string_agg(status, '' '') FROM api.case_bulk(%L, %s, %L)', p_rows, p_what,
                                      p_key)) $$;
SELECT pg_temp.open('B03', 'C07') AS d \gset
SELECT pg_temp.open('B03', 'C10') AS e \gset
SELECT pg_temp.rows(:d, :a, :e) AS three \gset
SELECT is(pg_temp.bulk('t_super', :'three', '''assign'', ''t_clerk2'', NULL, NULL, NULL, ''please''',
          '22222222-2222-2222-2222-222222222222'), 'done refused done', 'each for itself; the closed one is named');
SELECT is(pg_temp.bulk('t_super', :'three', '''assign'', ''t_clerk2'', NULL, NULL, NULL, ''please''',
          '22222222-2222-2222-2222-222222222222'), 'replayed refused replayed', 'a repeat does nothing twice');
SELECT is((SELECT count(*) FROM bank.case_event WHERE action = 'assign' AND case_id IN (:d, :e)), 2::bigint, 'indeed');
SELECT is(pg_temp.bulk('t_clerk', pg_temp.rows(:d, :e), '''assign'', ''t_clerk'', NULL, NULL, NULL, ''x'''),
          'refused refused', 'a clerk assigns nothing');
SELECT is(pg_temp.bulk('t_clerk2', pg_temp.rows(:d, :e), '''route'', NULL, ''service'', NULL, NULL, ''x'''), 'done done',
          'routed');
SELECT is(pg_temp.bulk('t_super', pg_temp.rows(:d, :e), '''assign'', ''t_clerk2'', NULL, NULL, NULL, '''''), 'done done',
          'assigned again');
SELECT is(pg_temp.bulk('t_clerk2', pg_temp.rows(:d, :e), '''close'', NULL, NULL, ''resolved'', ''app'', ''outage over'''),
          'done refused', 'closed with one reason, but not past an open checklist');
SELECT is((SELECT stage || decision FROM bank.case_file WHERE case_id = :d), 'closedoutage over', 'with that reason');
SELECT is(pg_temp.as('t_clerk', 'SELECT status FROM api.case_bulk(''[]'', ''route'', NULL, NULL, NULL, NULL, NULL, gen_random_uuid())'),
          'BO422', 'nothing is refused');

-- Taken down as it was told.
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_take_down(NULL, ''A032'', ''B02'', ''C01'', ''rude'', ''at the desk'', '''','
    '''simple'', 2, ''letter'', NULL, ''media'', 12, ''agency'', ''representative'', ''Li'', ''138'', '''', ''price list'','
    ' ''33333333-3333-3333-3333-333333333333'')).id') AS n \gset
SELECT is((SELECT customer_id || ' ' || unit_id || ' ' || flags::text || group_size || third_party || urgency
             FROM bank.case_file WHERE case_id = :n), '-3 3 {media}12agency2', 'anonymous, for a group, with its flags');
SELECT is(pg_temp.as('t_clerk', format('SELECT how FROM api.case_reply_form(-3, %s)', :n)), 'phone',
          'no message reaches him, which the forms propose none for');
SELECT is((SELECT fields ->> 'basis' FROM bank.case_file WHERE case_id = :n), 'price list', 'and what the claim rests on');
SELECT is(pg_temp.as('t_clerk', format('SELECT role || name FROM api.case_parties(-3, %s)', :n)), 'representativeL***',
          'and who speaks for it');
SELECT is(pg_temp.as('t_clerk', 'SELECT (api.case_take_down(101, ''A032'', NULL, NULL, ''s'', ''f'', '''', ''simple'', 3,'
    ' ''letter'', NULL, '''', NULL, '''', ''agent'', ''Li'', '''', '''', '''', gen_random_uuid())).id'), 'BO422',
    'an agent needs his power of attorney');
SELECT is((SELECT count(*) FROM bank.case_file WHERE subject = 's' AND facts = 'f' AND source = 'letter'), 0::bigint,
          'then nothing is opened');

SELECT is(pg_temp.as('t_clerk', format('SELECT changes || ''|'' || changes_en FROM api.case_history WHERE case_id = %s'
          ' AND action = ''classify'' AND changes ~ ''贷款''', :b)), '银行卡 > 贷款, 电话银行 > 移动客户端, 普通 > 复杂|'
          'Bank card > Loan, Telephone bank > Mobile app, Simple > Complex', 'the history names the codes');

-- Mediation.
SELECT pg_temp.open('B03', 'C07') AS h \gset
SELECT is(pg_temp.call('t_clerk', format('case_mediation_set(101, %s, ''Centre'', ''2026-01-05'', ''agreed'', ''2026-01-09'', '''', 0,',
          :h)), 'BO422', 'an agreement is written down');
SELECT is(pg_temp.call('t_clerk', format('case_mediation_set(101, %s, ''Centre'', ''2026-01-05'', ''asked'', NULL, '''', 0,', :h)),
          'done', 'a mediation begins');
SELECT is(pg_temp.call('t_clerk', format('case_mediation_set(101, %s, ''Centre'', ''2026-01-05'', ''agreed'', ''2026-01-04'', ''half'', 1,',
          :h)), 'BO422', 'it does not end before it began');
SELECT is(pg_temp.call('t_clerk', format('case_mediation_set(101, %s, ''Centre'', ''2026-01-05'', ''agreed'', ''2026-01-09'', ''half'', 0,',
          :h)), 'BO409', 'nobody overwrites what he has not read');
SELECT is(pg_temp.call('t_clerk', format('case_mediation_set(101, %s, ''Centre'', ''2026-01-05'', ''agreed'', ''2026-01-09'', ''half'', 1,',
          :h)), 'done', 'and ends');
SELECT is(pg_temp.as('t_audit', format('SELECT body || result || agreement FROM api.case_mediation(101, %s)', :h)),
          'Centreagreedhalf', 'as the register shows');

-- A decided case shows no time.
SELECT pg_temp.open('B03', 'C07') AS g \gset
SELECT pg_temp.take('t_clerk', :g);
SELECT pg_temp.call('t_clerk', format('case_resolve(101, %s, ''d'', ''app'', '''', '''', %s,', :g, pg_temp.version(:g)));
SELECT is(pg_temp.as('t_clerk', format('SELECT stage || (stopped_at IS NOT NULL) FROM api.case_list WHERE lane = ''open'''
          ' AND case_id = %s', :g)), 'decidedtrue', 'the clock of a decided case has stopped');
SELECT * FROM finish();
ROLLBACK;
