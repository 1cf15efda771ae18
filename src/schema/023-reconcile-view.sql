-- What the screens of reconciliation show. Amounts here are movements: money in is positive on
-- either side.

CREATE VIEW api.lane_list WITH (security_barrier) AS
SELECT l.lane_id, l.code, bank.in_language(l.name, l.name_en) AS name, l.kind, u.name_zh AS unit_zh, u.name_en AS unit_en, l.unit_id,
       l.buffer_days, l.active
  FROM bank.recon_lane l JOIN bank.unit u USING (unit_id)
 WHERE l.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- What a line or match is called in questions and results: its reference, else its amount.
CREATE FUNCTION bank.recon_label(p_reference text, p_amount bigint, p_currency text) RETURNS text
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT coalesce(nullif(p_reference, ''), bank.recon_money(p_amount, p_currency) || ' ' || p_currency)
$$;
ALTER FUNCTION bank.recon_label OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.recon_label TO bankops_staff;

-- `proof`: is the balance of the day explained; `cause`: why the lane is not done, by code.
CREATE VIEW api.lane_day WITH (security_barrier) AS
SELECT d.day, d.lane_id, l.code, bank.in_language(l.name, l.name_en) AS name, l.kind, d.status, d.book_count, d.statement_count,
       d.book_open, d.statement_open, d.book_open + d.statement_open AS open_count,
       CASE WHEN d.book_count + d.statement_count > 0
            THEN round(100.0 * (d.book_count + d.statement_count - d.book_open - d.statement_open)
                       / (d.book_count + d.statement_count), 6) END AS rate,
       CASE WHEN d.value > 0 THEN round(100.0 * (d.value - d.open_value) / d.value, 6) END AS value_rate,
       d.difference_count, d.held_files, d.run_id, d.run_at,
       (SELECT bank.login_name(r.started_by) FROM bank.recon_run r WHERE r.run_id = d.run_id) AS run_by,
       (SELECT count(*) FROM bank.recon_break b
         WHERE b.lane_id = d.lane_id AND EXISTS
               (SELECT FROM bank.recon_open o WHERE o.account_id = b.account_id
                AND o.item_id = b.item_id AND o.day = d.day)) AS break_count,
       CASE WHEN d.held_files > 0 THEN 'held'
            WHEN d.book_count = 0 OR d.statement_count = 0 THEN 'missing'
            WHEN d.difference_count > 0 THEN 'differs' ELSE 'proved' END AS proof,
       CASE WHEN d.held_files > 0 THEN
                (SELECT min(f.reason_code) FROM bank.recon_file f
                   JOIN bank.recon_statement s USING (file_id)
                   JOIN bank.recon_account a USING (account_id)
                  WHERE f.status = 'quarantined' AND a.lane_id = d.lane_id
                    AND s.close_date = d.day)
            WHEN d.statement_count = 0 THEN 'no-statement'
            WHEN d.book_count = 0 THEN 'no-book'
            WHEN d.run_id IS NULL THEN 'not-run'
            WHEN d.difference_count > 0 THEN 'differs'
            WHEN d.book_open + d.statement_open > 0 THEN 'open' ELSE '' END AS cause
  FROM bank.recon_lane_day d JOIN bank.recon_lane l USING (lane_id)
 WHERE d.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- What the gate says, in Chinese: its sentences are few and fixed.
CREATE FUNCTION bank.recon_gate_zh(p_text text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    said text := p_text;
    pair text[];
BEGIN
    FOREACH pair SLICE 1 IN ARRAY ARRAY[
        ['^statement (\S+) of account (\S+): ', '账户 \2 对账单 \1：'],
        ['opening (\S+) \+ movements (\S+) = (\S+), as stated', '期初 \1 + 发生额 \2 = \3，与期末余额一致'],
        ['opening (\S+) \+ movements (\S+) = (\S+), but closing is (\S+)', '期初 \1 + 发生额 \2 = \3，但期末余额为 \4'],
        ['statement (\d+) follows (\d+): one between them is missing', '第 \1 号接在第 \2 号之后，中间缺号'],
        ['page (\d+) follows page (\d+): one between them is missing', '第 \1 页接在第 \2 页之后，中间缺页'],
        ['statement (\d+) ended with page (\d+), another one was to follow', '第 \1 号止于第 \2 页，应有后续页'],
        ['statement (\d+) begins with page (\d+)', '第 \1 号从第 \2 页开始'],
        ['follows statement (\d+)', '接第 \1 号对账单'],
        ['follows the statement of (\S+), which is held back in file (\d+)', '接 \1 的对账单，而该单在文件 \2 中暂扣'],
        ['the statement before closes with (\S+) on (\S+), this one opens with (\S+)', '上期（\2）期末余额 \1，本期期初余额 \3'],
        ['the statement before closes with (\S+) on (\S+), the new lines make it (\S+), but closing is (\S+)',
         '上期（\2）期末余额 \1，加新增明细应为 \3，但期末余额为 \4'],
        ['the account starts with (\S+), this statement opens with (\S+)', '账户起始余额 \1，本对账单期初余额 \2'],
        ['the same statement is there from file (\d+) \((.*)\), in another form', '同一对账单已由文件 \1（\2）以其他格式导入'],
        ['the same statement is there from file (\d+) \((.*)\), with other lines', '同一对账单已由文件 \1（\2）导入，但明细不同'],
        ['the file holds the same statement twice', '文件中同一对账单出现两次'],
        ['the first of its account', '该账户首份对账单'],
        ['a period told before', '该期间先前已导入'],
        ['^follows (\d{4}-\d{2}-\d{2})$', '接 \1'],
        ['\mline (\d+): ', '第 \1 行 '],
        ['(\S.*): (\S+) stated, (\S+) in the lines', '\1：声明 \2，明细合计 \3']] LOOP
        said := regexp_replace(said, pair[1], pair[2]);
    END LOOP;
    RETURN said;
END $$;
GRANT EXECUTE ON FUNCTION bank.recon_gate_zh TO bankops_staff;

-- One step of a held file in words, for whoever decides about it; NULL without the step.
CREATE FUNCTION bank.recon_file_step(p_zh text, p_en text, p_login text, p_at timestamptz, p_words text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT bank.in_language(p_zh || '：', p_en || ': ') || bank.login_name(p_login) || ' '
           || to_char(p_at AT TIME ZONE bank.timezone(), 'YYYY-MM-DD HH24:MI')
           || coalesce(' — ' || nullif(p_words, ''), '')
$$;
ALTER FUNCTION bank.recon_file_step OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.recon_file_step TO bankops_staff;

-- The file that tells all statements of a held one again and was let in; NULL: there is none. What has
-- neither number nor balances is told again when its sender was asked and as many lines of its days came.
CREATE FUNCTION bank.recon_came(p_file bank.recon_file) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = bank, pg_temp AS $$
    SELECT CASE WHEN bool_and(n.file_id IS NOT NULL) THEN max(n.file_id) END
      FROM recon_statement h
      LEFT JOIN LATERAL (
           SELECT t.file_id FROM recon_statement t
            WHERE t.account_id = h.account_id AND t.side = h.side AND t.live AND t.kind = h.kind
              AND t.file_id > h.file_id AND t.close_date = h.close_date
              AND (t.number, t.page) IS NOT DISTINCT FROM (h.number, h.page)
              AND (h.number IS NOT NULL OR h.opening = t.opening OR h.closing = t.closing
                   OR coalesce(h.opening, h.closing) IS NULL AND p_file.requested_by IS NOT NULL
                      AND (t.open_date, t.line_count) = (h.open_date, h.line_count))
            ORDER BY t.file_id DESC LIMIT 1) n ON true
     WHERE h.file_id = p_file.file_id AND p_file.status = 'quarantined'
$$;
ALTER FUNCTION bank.recon_came OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.recon_came TO bankops_staff;

CREATE VIEW api.statement_file_list WITH (security_barrier) AS
SELECT f.file_id, f.name, f.side, f.format, f.profile, f.encoding, f.bytes, f.status,
       f.reason_code, f.reason, bank.recon_gate_zh(f.reason) AS reason_zh, f.statement_count, f.line_count, f.new_count,
       f.line_count - f.new_count AS known_count, bank.login_name(f.imported_by) AS imported_by, f.imported_at,
       bank.login_name(f.decided_by) AS decided_by,
       f.decided_at, f.version, encode(f.sha256, 'hex') AS sha256, bank.login_name(f.requested_by) AS requested_by, f.requested_at,
       f.request_note, bank.login_name(f.waived_by) AS waived_by, f.waived_at, f.waive_reason, f.decision,
       concat_ws(E'\n', bank.recon_file_step('索取更正', 'Asked the sender', f.requested_by, f.requested_at,
                                             f.request_note),
                 bank.recon_file_step('申请放行', 'Waiver', f.waived_by, f.waived_at, f.waive_reason),
                 bank.recon_file_step(CASE f.status WHEN 'rejected' THEN '退回' ELSE '放行' END,
                                      CASE f.status WHEN 'rejected' THEN 'Rejected' ELSE 'Released' END,
                                      f.decided_by, f.decided_at, f.decision),
                 CASE WHEN f.status = 'accepted' THEN
                      bank.in_language('缺失部分已补齐，自动放行：文件 ', 'What was missing came, let in by file ')
                      || substring(f.decision FROM '[0-9]+$') END,
                 bank.in_language('已收到更正文件：', 'A correct file came: ') || c.file_id
                     || coalesce(' ' || (SELECT o.name FROM bank.recon_file o WHERE o.file_id = c.file_id), '')) AS steps,
       CASE WHEN f.status <> 'quarantined' THEN '' WHEN c.file_id IS NOT NULL THEN 'came'
            WHEN f.waived_by IS NOT NULL THEN 'waiver'
            WHEN f.requested_by IS NOT NULL THEN 'asked' ELSE '' END AS step, c.file_id AS came_file
  FROM bank.recon_file f
  LEFT JOIN LATERAL (SELECT bank.recon_came(f) AS file_id) c ON f.status = 'quarantined'
 WHERE f.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.statement_list WITH (security_barrier) AS
SELECT s.statement_id, s.file_id, f.name AS file, s.position, s.account_id, a.lane_id,
       l.code AS lane, s.side, s.account, s.number, s.page, s.reference, s.currency, s.open_date,
       s.close_date, s.opening, s.movement, s.opening + s.movement AS expected, s.closing,
       s.closing - s.opening - s.movement AS difference, s.line_count, s.live,
       CASE WHEN s.live THEN 'live' WHEN f.status = 'quarantined' THEN 'held'
            ELSE 'rejected' END AS state,
       s.fault_code, s.fault, bank.recon_gate_zh(s.fault) AS fault_zh
  FROM bank.recon_statement s
  JOIN bank.recon_file f USING (file_id)
  JOIN bank.recon_account a USING (account_id)
  JOIN bank.recon_lane l USING (lane_id)
 WHERE s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- Lines of a statement, those of a held file among them (state held, no item yet).
CREATE VIEW api.statement_line_list WITH (security_barrier) AS
SELECT i.account_id, i.item_id, i.statement_id, i.line, i.side, i.value_date, i.day, i.currency,
       CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END AS movement, i.kind, i.reference,
       i.bank_reference, i.counterparty, i.narrative, i.source_id, i.occurrence,
       CASE WHEN o.item_id IS NOT NULL THEN 'open' ELSE 'matched' END AS state,
       (SELECT mi.match_id FROM bank.recon_match_item mi
         WHERE mi.account_id = i.account_id AND mi.item_id = i.item_id AND mi.live) AS match_id
  FROM bank.recon_item i
  LEFT JOIN bank.recon_open o ON o.account_id = i.account_id AND o.item_id = i.item_id
 WHERE i.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high())
UNION ALL
SELECT s.account_id, NULL, s.statement_id, h.line, s.side, h.value_date, s.close_date, s.currency,
       h.amount, h.kind, h.reference, h.bank_reference, h.counterparty, h.narrative, h.source_id, 1,
       CASE WHEN s.kind = 'booked' THEN 'held' ELSE s.kind END, NULL
  FROM bank.recon_held_line h
  JOIN bank.recon_statement s ON s.file_id = h.file_id AND s.position = h.position
 WHERE s.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.break_note_list WITH (security_barrier) AS
SELECT n.account_id, n.item_id, n.note_id, n.written_at, bank.login_name(n.written_by) AS written_by, n.text
  FROM bank.recon_note n JOIN bank.recon_account a USING (account_id)
 WHERE a.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

-- The engine's reasons in Chinese: its sentences are few and fixed.
CREATE FUNCTION bank.recon_evidence_zh(p_text text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    said text := p_text;
    pair text[];
BEGIN
    FOREACH pair SLICE 1 IN ARRAY ARRAY[
        ['References (.*) and (.*): the one is a piece of the other and the amount is the same', '参考号 \1 与 \2 一方为另一方的片段，金额一致'],
        ['References (.*) and (.*) are (\d+) typing errors? apart and the amount is the same', '参考号 \1 与 \2 相差 \3 处录入差错，金额一致'],
        ['Reference, amount and currency agree and are unique on both sides\.', '参考号、金额与币种一致，且双方均唯一。'],
        ['Reference, amount and currency agree', '参考号、金额与币种一致'],
        ['Amount and payer are the same, by the names as they are written or as the rules say; no other line of these days has both', '金额与付款人（按所写名称或规则所定别名）一致；这几日内无其他明细两者皆同'],
        ['; no other open line of the amount is within two', '；同金额未达账项中无两处以内的其他明细'],
        ['; the next best is (\d+) apart', '；次优者相差 \1 处'],
        ['^Reference (.*?) is the same(?=[,;])', '参考号 \1 一致'],
        ['^References (.*?) and (.*?) are one as ([^ ,;]+)', '参考号 \1 与 \2 同为 \3'],
        ['\(in the narrative\)', '（在附言中）'],
        [', the amount is the same, and no other line has both', '，金额一致，且无其他同号同额明细'],
        [', as amount and dates are; equal lines pair in their order', '，金额与日期亦一致；相同明细按顺序配对'],
        [', as the amount is; several lines pair by their dates', '，金额一致；多笔按日期配对'],
        ['; the statement is ([-0-9.,]+ \w+) less, ([0-9.]+) % of the amount', '；对账单少 \1，为金额的 \2%'],
        [', the amounts cancel out on the book side and the other side has neither', '，我方两笔互相冲抵，对方均无'],
        [', the amounts cancel out on the statement side and the other side has neither', '，对方两笔互相冲抵，我方均无'],
        ['The narrative of the one line holds the reference of the other, and the amount is the same', '一方附言含另一方参考号，金额一致'],
        ['The amount is the same and one line has no reference; no other line of these days has the amount', '金额一致，其中一方无参考号；这几日内无其他同额明细'],
        ['(\d+) book lines of one day', '我方同日 \1 笔'],
        ['(\d+) statement lines of one day', '对方同日 \1 笔'],
        ['(\d+) book lines with the reference (\S+)', '我方参考号 \2 的 \1 笔'],
        ['(\d+) statement lines with the reference (\S+)', '对方参考号 \2 的 \1 笔'],
        [' add up to (\d+) statement lines?', '合计等于对方 \1 笔'],
        [' add up to (\d+) book lines?', '合计等于我方 \1 笔'],
        ['; no other set of as many among (\d+) lines does', '；\1 笔中无其他同样笔数的组合'],
        ['[.;] [Nn]ot confirmed: ', '。未直接确认：'],
        ['another open line is this amount less the known fee', '另有未达明细等于该金额减去已知手续费'],
        ['parts and their total are there, which are another match of these lines', '另有合计与分拆各笔可作另一种匹配'],
        ['an open line of the amount has the reference in another writing', '同金额未达明细的参考号写法不同而实为同号'],
        ['an open line of the amount has nearly this reference', '同金额未达明细的参考号与之相近'],
        ['the reference stands for many lines, some without a partner', '该参考号对应多笔，部分无对应方'],
        ['an equal line has a partner of another kind', '相同明细另有他类对应方'],
        ['another line of the reference and amount lies nearer in days', '另有同号同额明细日期更近'],
        ['another reference of the amount begins or ends with the piece', '同金额另有参考号以该片段开头或结尾'],
        ['references of this account mostly come again with the same amount', '该账户的参考号多以相同金额重复出现'],
        ['references of this account lie so close that a piece may be another''s', '该账户的参考号彼此相近，片段可能属于另一笔'],
        ['so many lines of the amount are mistyped or without a partner that chance makes such pairs', '该金额录入差错或无对应方的明细较多，可能偶然成对'],
        ['the other side has hardly any lines of those days, and may have these too', '另一方在这几日几乎没有明细，其对应明细可能尚未提供'],
        ['references of this account are used for other movements so often that chance makes such pairs', '该账户的参考号常被其他业务重复使用，可能偶然成对'],
        ['a settled line of the reference lies nearer in days', '另有已核销的同号明细日期更近'],
        ['lines of one side that are no reversal', '同侧明细并非冲正'],
        ['references come again in this lane and few pairs are so many days apart', '该通道参考号会重复使用，而极少有对应方相隔这么多天'],
        ['the rule only suggests', '该规则只作建议'],
        ['the reference is used twice', '该参考号使用了两次'],
        ['another line carries the reference', '另有明细使用该参考号'],
        ['the lines do not carry one reference', '两方参考号不同'],
        ['another reference is as near', '另有参考号同样相近'],
        ['the difference is not the fee of the lane', '差额不是该通道的手续费'],
        ['two pairs of one reference', '同一参考号有两组']] LOOP
        said := regexp_replace(said, pair[1], pair[2], 'g');
    END LOOP;
    RETURN said;
END $$;
GRANT EXECUTE ON FUNCTION bank.recon_evidence_zh TO bankops_staff;

-- Why a match was made. An exact pair keeps no sentence of its own, because there are so many.
CREATE FUNCTION bank.recon_why(p_rule text, p_evidence text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_evidence LIKE '; not confirmed: %'
                THEN 'Reference, amount and currency agree' || p_evidence
                WHEN p_rule = 'exact' AND p_evidence = ''
                THEN 'Reference, amount and currency agree and are unique on both sides.'
                ELSE p_evidence END
$$;
GRANT EXECUTE ON FUNCTION bank.recon_why TO bankops_staff;

CREATE VIEW api.match_list WITH (security_barrier) AS
SELECT m.account_id, m.match_id, l.lane_id, l.code AS lane, a.book_account, a.external_account,
       m.rule, m.rule_version, m.cardinality, m.status, m.key AS reference, m.amount AS movement,
       a.currency, m.adjustment, m.first_day, m.last_day, m.run_id, bank.login_name(m.maker) AS maker,
       coalesce(bank.login_name(m.checker), '') AS checker, m.decided_at, coalesce(m.undo_reason, '') AS undo_reason,
       m.version,
       bank.recon_why(m.rule, m.evidence) AS evidence,
       bank.recon_evidence_zh(bank.recon_why(m.rule, m.evidence)) AS evidence_zh
  FROM bank.recon_match m
  JOIN bank.recon_account a USING (account_id)
  JOIN bank.recon_lane l USING (lane_id)
 WHERE m.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.match_line_list WITH (security_barrier) AS
SELECT mi.account_id, mi.match_id, mi.item_id, i.side, i.value_date, i.currency,
       CASE i.side WHEN 'L' THEN i.amount ELSE -i.amount END AS movement, i.reference,
       i.bank_reference, i.counterparty, i.narrative, i.statement_id, i.line,
       f.name AS file, mi.live
  FROM bank.recon_match_item mi
  JOIN bank.recon_item i ON i.account_id = mi.account_id AND i.item_id = mi.item_id
  LEFT JOIN bank.recon_statement s ON s.statement_id = i.statement_id
  LEFT JOIN bank.recon_file f ON f.file_id = s.file_id
 WHERE i.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.lane_run_list WITH (security_barrier) AS
SELECT r.run_id, r.lane_id, l.code AS lane, r.as_of, r.book_count, r.statement_count,
       r.match_count, r.break_count, bank.login_name(r.started_by) AS started_by, r.started_at, r.ended_at,
       round(extract(epoch FROM r.ended_at - r.started_at), 3) AS seconds,
       CASE WHEN r.book_count + r.statement_count > 0
            THEN round(100.0 * (2 * r.match_count + g.more) / (r.book_count + r.statement_count), 6)
            END AS rate -- lines that it matched, of those that it saw
  FROM bank.recon_run r JOIN bank.recon_lane l USING (lane_id)
 CROSS JOIN LATERAL (
     SELECT coalesce(sum(split_part(m.cardinality, ':', 1)::int
                         + split_part(m.cardinality, ':', 2)::int - 2), 0) AS more
       FROM bank.recon_match m
      WHERE m.match_id < 10000000000 -- segments hold pairs alone (095)
        AND m.run_id = r.run_id AND m.cardinality <> '1:1' AND m.checker IS NULL
        AND m.status IN ('confirmed', 'undone') AND m.maker = r.started_by) g
 WHERE r.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

CREATE VIEW api.reconcile_account_list WITH (security_barrier) AS
SELECT a.account_id, a.lane_id, l.code AS lane, a.book_account, a.external_account,
       a.external_bank, a.currency, a.opening_date
  FROM bank.recon_account a JOIN bank.recon_lane l USING (lane_id)
 WHERE a.unit_id BETWEEN (SELECT bank.my_scope_low()) AND (SELECT bank.my_scope_high());

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['lane_list', 'lane_day', 'statement_file_list', 'statement_list',
        'statement_line_list', 'break_note_list', 'match_list', 'match_line_list',
        'lane_run_list', 'reconcile_account_list'] LOOP
        PERFORM bank.view_grant(name, 'clerk', 'supervisor', 'auditor', 'admin');
    END LOOP;
END $$;
