-- Repeats are found, duplicates merged, parties and flags kept.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.open(p_login text, p_customer bigint, p_facts text, p_reason text DEFAULT 'C07')
RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_open(%s, ''A032'', ''B02'', %L, ''s'', %L, '
        'p_request => gen_random_uuid())).id', p_customer, p_reason, p_facts))::bigint $$;
CREATE FUNCTION pg_temp.field(p_case bigint, p_field text) RETURNS text LANGUAGE sql AS
$$ SELECT to_jsonb(f) ->> p_field FROM bank.case_file f WHERE f.case_id = p_case $$;
CREATE FUNCTION pg_temp.merge(p_login text, p_case bigint, p_into text DEFAULT '', p_new boolean DEFAULT false)
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_merge(%s, %s, %L, %L, NULL, gen_random_uuid())).status',
        f.customer_id, p_case, p_into, p_new)) FROM bank.case_file f WHERE f.case_id = p_case $$;

SELECT pg_temp.open('t_clerk', 101, '信用卡年费重复收取两次') AS a \gset
SELECT pg_temp.open('t_clerk', 101, '手机银行无法登录', 'C02') AS other \gset
SELECT pg_temp.open('t_clerk', 101, '信用卡年费又收了') AS b \gset
SELECT pg_temp.open('t_clerk', 102, '信用卡年费重复收取两次') AS stranger \gset
SELECT is(pg_temp.field(:a, 'repeat_of'), NULL, 'the first repeats nothing');
SELECT is(pg_temp.field(:other, 'repeat_of'), NULL, 'nor does one about something else');
SELECT is(pg_temp.field(:b, 'repeat_of'), :'a', 'the same codes again are a repeat');
SELECT is(pg_temp.field(:stranger, 'repeat_of'), NULL, 'of another customer it is not');
SELECT is(pg_temp.field(pg_temp.open('t_clerk', 101, '信用卡年费重复收取两次，请退', 'C03'), 'repeat_of'), :'b',
          'the same words with another code are one too');
SELECT is(pg_temp.as('t_clerk', format('SELECT string_agg(relation, '' '' ORDER BY case_id) FROM
    api.case_related(101, %s)', :a)), 'open repeats open', 'related cases are shown');

SELECT is(pg_temp.merge('t_clerk', :other), 'BO423', 'a case that repeats none names where it belongs');
SELECT is(pg_temp.merge('t_clerk', :b), 'done', 'one key merges a repeat');
SELECT is((SELECT stage || outcome || merged_into FROM bank.case_file WHERE case_id = :b),
          'closedmerged' || :'a', 'the child is closed and stays in the register');
SELECT is((SELECT count(*) FROM bank.case_clock WHERE case_id = :b AND stopped_at IS NULL), 0::bigint,
          'its clocks stand');
SELECT ok((SELECT note LIKE '%信用卡年费又收了%' FROM bank.case_event WHERE case_id = :a AND action = 'merge_in'),
          'its text is in the history of the other');
SELECT is(pg_temp.merge('t_clerk', :b), 'BO423', 'only once');
SELECT case_id AS again FROM bank.case_file WHERE repeat_of = :b \gset
CREATE FUNCTION pg_temp.into(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', format('SELECT d.mergeable || '' '' || left(d.repeats, 10) FROM api.case_detail(%s, %s) d
        JOIN api.case_list l ON l.lane = ''all'' AND l.case_id = d.case_id AND (l.mergeable, l.repeats) = (d.mergeable, d.repeats)',
        customer_id, case_id)) FROM bank.case_file WHERE case_id = p_case $$;
SELECT is(pg_temp.into(:again), 'true ' || (SELECT number FROM bank.case_file WHERE case_id = :a),
          'what repeats a merged one belongs where that one went');
SELECT is(pg_temp.merge('t_clerk', :again), 'done', 'by the same key');
SELECT is(pg_temp.field(:again, 'merged_into'), :'a', 'and is found there');
SELECT pg_temp.open('t_clerk', 102, '信用卡年费又收了') AS late \gset
SELECT is(pg_temp.into(:late), 'true ' || (SELECT number FROM bank.case_file WHERE case_id = :stranger), 'it could be merged');
SELECT pg_temp.as('t_clerk', format('SELECT (api.case_step(102, %s, ''withdraw'', ''n'', NULL, gen_random_uuid())).status', :stranger));
SELECT is(pg_temp.into(:late), 'false ' || (SELECT number FROM bank.case_file WHERE case_id = :stranger),
          'into what is closed it cannot, which is said at once');
SELECT is(pg_temp.merge('t_clerk', :other, :'a', true), 'done', 'another one by hand, with new facts');
SELECT is((SELECT max(run) FROM bank.case_clock WHERE case_id = :a AND clock = 'statutory'), 2::smallint,
          'new facts start the statutory clock again');
SELECT is(pg_temp.merge('t_clerk', :a, :'a'), 'BO422', 'not into itself');
SELECT is(pg_temp.merge('t_clerk', :stranger, :'a'), 'BO404', 'nor into a case of somebody else');
SELECT is(pg_temp.as('t_super', format('SELECT (api.case_step(101, %s, ''reopen'', ''n'', NULL,
    gen_random_uuid())).status', :b)), 'done', 'a wrong merge is undone');
SELECT is(pg_temp.field(:b, 'merged_into'), NULL, 'and stands for itself again');

-- What an authority forwarded is answered in time wherever it is merged.
CREATE FUNCTION pg_temp.clocks(p_case bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(clock || ' ' || bank.local_day(due_at) - bank.local_day(now()), ', ' ORDER BY clock)
      FROM bank.case_clock WHERE case_id = p_case AND stopped_at IS NULL AND clock IN ('forwarded', 'statutory') $$;
SELECT pg_temp.open('t_clerk', 102, '贷款提前还款被收违约金', 'C03') AS plain \gset
SELECT pg_temp.as('t_clerk', format('SELECT (api.case_take(102, %s, NULL, gen_random_uuid())).status', :plain));
SELECT pg_temp.as('t_clerk', 'SELECT (api.case_open(102, ''A032'', ''B02'', ''C03'', ''s'', ''贷款提前还款被收违约金，监管局转来'','
    ' p_level => ''major'', p_source => ''regulator'', p_request => gen_random_uuid())).id') AS heavy \gset
UPDATE bank.case_clock SET extension = 10 WHERE case_id = :heavy AND clock = 'forwarded';
SELECT pg_temp.as('t_clerk', format('SELECT (api.case_mark(102, %s, ''media'', 1, NULL, '''', NULL, gen_random_uuid())).status', :heavy));
SELECT is(pg_temp.clocks(:plain), 'statutory 16', 'a plain one has no answer to give');
SELECT is(pg_temp.merge('t_clerk', :heavy, :'plain'), 'done', 'a forwarded repeat is merged');
SELECT is(pg_temp.clocks(:plain), 'forwarded 26, statutory 31', 'the other now answers the authority by the same day');
SELECT is((SELECT concat_ws(' ', source, level, urgency, flags, queue, (SELECT login FROM bank.staff s WHERE s.staff_id = f.owner_id))
             FROM bank.case_file f WHERE case_id = :plain), 'regulator major 1 {media} executive t_super',
          'and is where such ones go, as heavy as the one it took in');
SELECT is((SELECT (after ->> 'source') || (before ->> 'source') || (after ? 'owner_id') FROM bank.case_event
            WHERE case_id = :plain AND action = 'merge_in'), 'regulatorhotlinetrue', 'which its history tells');
SELECT matches(pg_temp.as('t_clerk', format('SELECT changes_en FROM api.case_history WHERE case_id = %s AND action = ''merge_in''', :plain)),
               'Simple > Major.*, Hotline > Regulator', 'in words');
SELECT is((SELECT count(*)::int FROM bank.case_clock WHERE case_id = :plain AND clock = 'idle' AND stopped_at IS NULL), 1,
          'the new owner''s time begins');
SELECT pg_temp.open('t_clerk', 102, '装修贷还款日被改', 'C03') AS told \gset
SELECT pg_temp.open('t_clerk', 102, '装修贷还款日被改，又来', 'C03') AS more \gset
SELECT pg_temp.as('t_clerk', format('SELECT (api.case_take(102, %s, NULL, gen_random_uuid())).status', :told));
SELECT pg_temp.as('t_clerk', format('SELECT (api.case_resolve(102, %s, ''d'', ''phone'', '''', '''', NULL, gen_random_uuid())).status', :told));
SELECT is(pg_temp.field(:told, 'stage'), 'decided', 'decided');
SELECT is(pg_temp.merge('t_clerk', :more, :'told'), 'BO423', 'nothing is merged into a case whose clocks stand');

-- A complaint about a member of staff merged into a case takes the case from that person.
CREATE FUNCTION pg_temp.about(p_login text, p_facts text) RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_temp.as('t_super2', format('SELECT (api.case_open(102, ''A032'', ''B02'', ''C07'', ''s'', %L, '
        'p_complained => %L, p_request => gen_random_uuid())).id', p_facts, p_login))::bigint $$;
SELECT pg_temp.open('t_clerk2', 102, '柜台办卡等了一上午') AS held \gset
UPDATE bank.case_file SET owner_id = 901 WHERE case_id = :held;
SELECT pg_temp.about('t_clerk', '柜台办卡等了一上午，柜员骂人') AS rude \gset
SELECT is(pg_temp.merge('t_clerk2', :rude, :'held'), 'done', 'a complaint about the owner of a case is merged into it');
SELECT isnt(pg_temp.field(:held, 'owner_id'), '901', 'who loses it');
SELECT is(pg_temp.field(:held, 'complained_staff_id'), '901', 'and does not get it back');
SELECT pg_temp.about('t_clerk2', '柜台办卡等了一上午，大堂的人也骂人') AS ruder \gset
SELECT is(pg_temp.merge('t_super2', :ruder, :'held'), 'BO422', 'complaints about two people stay two');

CREATE FUNCTION pg_temp.party(p_role text, p_authority text DEFAULT '', p_name text DEFAULT '赵律师', p_until text DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', format('SELECT (api.case_party_add(101, %s, %L, %L, ''139'', %L,
        gen_random_uuid(), %L)).status', (SELECT min(case_id) FROM bank.case_file WHERE customer_id = 101),
        p_role, p_name, p_authority, p_until)) $$;
CREATE FUNCTION pg_temp.parties(p_what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', format('SELECT %s FROM api.case_parties(101, %s)', p_what,
        (SELECT min(case_id) FROM bank.case_file WHERE customer_id = 101))) $$;
CREATE FUNCTION pg_temp.party_end(p_name text, p_why text DEFAULT 'withdrawn') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_clerk', format('SELECT (api.case_party_end(101, %s, %s, %L, gen_random_uuid())).status', case_id,
        party_id, p_why)) FROM bank.case_party WHERE name = p_name ORDER BY party_id DESC LIMIT 1 $$;
SELECT is(pg_temp.party('agent'), 'BO422', 'an agent needs a power of attorney');
SELECT is(pg_temp.party('agent', '2026-11-01 第3号'), 'done', 'which is kept');
SELECT is(pg_temp.party('agent', '2026-11-01 第3号'), 'BO422', 'once');
SELECT is(pg_temp.party('agent', 'of last year', '钱律师', (bank.today() - 1)::text), 'BO422', 'not one that has expired');
SELECT is(pg_temp.party('agent', 'of this week', '钱律师', bank.today()::text), 'done', 'one that ends today speaks today');
SELECT is((SELECT string_agg(pg_temp.party('representative', '', '代表' || n), ' ') FROM generate_series(1, 6) n),
          'done done done done done BO422', 'a group has five representatives at most');
SELECT is(pg_temp.party_end('代表2', ''), 'BO422', 'that somebody speaks no more has a reason');
SELECT is(pg_temp.party_end('代表2'), 'done', 'one steps back');
SELECT is(pg_temp.party_end('代表2'), 'BO404', 'once');
SELECT is(pg_temp.party('representative', '', '代表6'), 'done', 'and another takes the place');
UPDATE bank.case_party SET valid_until = bank.today() - 1 WHERE name = '钱律师';
SELECT is(pg_temp.parties('string_agg(name || '' '' || state, '', '')'), '*律师 current, *表1 current, *表3 current, *表4 current, '
          '*表5 current, *表6 current, *律师 expired, *表2 ended', 'who may speak stands first, and who may not is said');
SELECT is(pg_temp.party('agent', 'a new one', '钱律师', (bank.today() + 30)::text), 'done', 'an expired authority is replaced');
SELECT is((SELECT bank.note_side(action, note, true) FROM bank.case_event WHERE action = 'party_end'), 'Representative: *表2, withdrawn', 'the history tells it');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_mark(101, %s, ''media legal'', 1, 30, ''某支付公司'',
    NULL, gen_random_uuid())).status', :a)), 'done', 'marked');
SELECT is((SELECT array_to_string(flags, ' ') || urgency || group_size FROM bank.case_file WHERE case_id = :a),
          'legal media130', 'flags, urgency and group');
-- Whom the complaint is about may turn out later.
SELECT pg_temp.open('t_clerk2', 102, '网点开户排队太久，经办人推脱') AS found \gset
UPDATE bank.case_file SET owner_id = 901 WHERE case_id = :found;
CREATE FUNCTION pg_temp.tell(p_login text, p_case bigint, p_about text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as(p_login, format('SELECT (api.case_mark(102, %s, '''', 2, NULL, '''', NULL, gen_random_uuid(), %L)).status',
                                      p_case, p_about)) $$;
SELECT is(pg_temp.tell('t_clerk2', :found, 'nobody'), 'BO422', 'it is about somebody of the bank');
SELECT is(pg_temp.tell('t_clerk2', :found, 't_clerk'), 'done', 'a case is said to be about its owner');
SELECT is((SELECT (owner_id = 901) IS TRUE || ' ' || complained_staff_id FROM bank.case_file WHERE case_id = :found), 'false 901',
          'who loses it at once');
SELECT is(pg_temp.tell('t_clerk', :found, ''), 'BO403', 'and marks it no more');
SELECT is(pg_temp.tell('t_clerk2', :found, ''), 'done', 'an empty name');
SELECT is(pg_temp.field(:found, 'complained_staff_id'), '901', 'changes nothing');
SELECT is(pg_temp.tell('t_clerk2', :found, 't_clerk2'), 'BO403', 'no clerk puts another name in its place');
SELECT is(pg_temp.tell('t_super2', :found, 't_clerk2'), 'done', 'a supervisor does');
SELECT is(pg_temp.as('t_clerk', format('SELECT (api.case_mark(101, %s, ''loud'', 1, 30, '''', NULL,
    gen_random_uuid())).status', :a)), 'BO422', 'an unknown flag is refused');
-- A subject made of the facts.
SELECT is(bank.facts_title(E'Charged\n twice '), 'Charged twice', 'few words are the subject');
SELECT is(bank.facts_title('Transfer number 3 never arrived, wrong account charged'),
          'Transfer number 3 never arrived, wrong…', 'of many the first, none cut in two');
SELECT is(bank.facts_title(repeat('扣', 60)), repeat('扣', 40) || '…', 'without blanks the first forty characters');
SELECT is(bank.facts_title('Transfer number 13 never arrived at all.'), 'Transfer number 13 never arrived at all.', 'forty fit');

SELECT * FROM finish();
ROLLBACK;
