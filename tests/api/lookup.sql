-- The lookup box: every kind of key, in the right order, nothing from elsewhere, whatever is typed.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

INSERT INTO bank.customer (customer_id, customer_number, kind, name, name_en, pinyin, pinyin_other,
                           initials, unit_id, opened_on)
SELECT n, 'K' || n, CASE WHEN n = 309 THEN 'company' ELSE 'person' END, name, en, pinyin, other,
       initials, unit, '2020-01-01'
  FROM (VALUES (301, '单雄信', 'Shan Xiongxin', 'shan xiong xin', 'dan xiong xin', 'sxx', 3),
               (302, '曾国藩', NULL, 'zeng guo fan', 'ceng guo fan', 'zgf', 3),
               (303, '仇英', NULL, 'qiu ying', 'chou ying', 'qy', 3),
               (304, '吕布', NULL, 'lu bu', NULL, 'lb', 3),
               (305, '欧阳修', NULL, 'ou yang xiu', NULL, 'oyx', 3),
               (306, '张三', NULL, 'zhang san', NULL, 'zs', 2),
               (307, '张三丰', NULL, 'zhang san feng', NULL, 'zsf', 3),
               (308, '李张三', NULL, 'li zhang san', NULL, 'lzs', 3),
               (309, '港湾机械有限公司', 'Harbour Machinery Co., Ltd.', 'gang wan ji xie', NULL, 'gwjx', 3),
               (310, '张三', NULL, 'zhang san', NULL, 'zs', 5),
               (311, '张三', NULL, 'zhang san', NULL, 'zs', 3),
               (312, '阿依古丽·买买提', NULL, 'a yi gu li mai mai ti', NULL, 'ayglmmt', 3),
               (313, '𠮷田花', NULL, 'ji tian hua', NULL, 'jth', 3),
               (314, 'O''Neil-Smith', 'O''Neil-Smith', NULL, NULL, NULL, 3))
       t (n, name, en, pinyin, other, initials, unit);
UPDATE bank.customer SET pinyin = 'zhou min', initials = 'zm' WHERE customer_id = 109;
UPDATE bank.customer SET pinyin = 'chan yu ting', initials = 'cyt' WHERE customer_id = 103;
INSERT INTO bank.phone (customer_id, phone, unit_id) VALUES (301, '13812340048', 3),
    (302, '13912340048', 3), (306, '15012340048', 2), (310, '13712340048', 5), (103, '13300008888', 2);
INSERT INTO bank.customer_identity (customer_id, kind, number, unit_id) VALUES
    (301, 'resident_id', '11010519491231002X', 3), (309, 'credit_code', '91350211M000100Y43', 3),
    (310, 'resident_id', '440524188001010014', 5), (302, 'passport', 'E12345678', 3);
INSERT INTO bank.product (product, name_zh, name_en, kind)
VALUES ('tp', '活期', 'Current', (SELECT min(kind) FROM (VALUES ('deposit')) v (kind)));
INSERT INTO bank.account (customer_id, account_id, number, product, opened_on, unit_id) VALUES
    (301, 9001, '3301001234567', 'tp', '2020-01-01', 3), (310, 9002, '3301007654321', 'tp', '2020-01-01', 5);
INSERT INTO bank.card (customer_id, card_number, account_id, kind, unit_id) VALUES
    (301, '6228480402564890018', 9001, 'debit', 3), (310, '6228480402564890026', 9002, 'debit', 5);
SELECT bank.search_refresh(customer_id) FROM bank.customer WHERE customer_id < 1000;

CREATE FUNCTION pg_temp.find(p_login text, p_query text, p_limit text DEFAULT '51') RETURNS text
LANGUAGE sql AS $$ SELECT pg_temp.as(p_login, format('SELECT string_agg(customer_id::text, '' ''
    ORDER BY place) FROM api.customer_search(%L, %s)', p_query, p_limit)) $$;

SELECT is(pg_temp.find('t_clerk', typed), found, 'typed: ' || typed)
FROM (VALUES
    ('13812340048', '301'), ('+8613812340048', '301'), ('+86 138 1234 0048', '301'),
    ('0086-138-1234-0048', '301'), (E'单\u00ad雄\u2061信', '301'), ('8613812340048', '301'), ('138-1234-0048', '301'), ('(86)13812340048', '301'), ('（+86）138 1234 0048', '301'),
    ('１３８１２３４００４８', '301'), ('＋８６１３８１２３４００４８', '301'), ('1381234', '301'), ('138123', NULL),
    ('  13812340048  ', '301'), ('0048', '301 302 306'), ('００４８', '301 302 306'), ('13712340048', NULL),
    ('11010519491231002X', '301'), ('11010519491231002x', '301'), ('110105 19491231 002x', '301'),
    ('１１０１０５１９４９１２３１００２Ｘ', '301'), ('11010519491231002', NULL), ('440524188001010014', NULL),
    ('6228480402564890018', '301'), ('6228 4804 0256 4890 018', '301'), ('6228480402564890026', NULL),
    ('622848040256489001', NULL), ('3301001234567', '301'), ('3301-0012-34567', '301'),
    ('3301007654321', NULL), ('K301', '301'), ('k301', '301'), ('Ｋ３０１', '301'), ('K310', NULL),
    ('91350211M000100Y43', '309'), ('91350211m000100y43', '309'), ('e12345678', '302'),
    ('张三', '311 306 307 308'), ('张 三', '311 306 307 308'), ('雄信', '301'), ('单雄', '301'), ('信', NULL),
    ('机械', '309'), ('港湾', '309'), ('有限公司', '309'), ('张三丰', '307'), ('𠮷田', '313'), ('田花', '313'),
    ('zhang san', '311 306 307'), ('zhangsan', '311 306 307'), ('ZhangSan', '311 306 307'),
    ('zs', '311 306 307'), ('ZS', '311 306 307'), ('ｚｓ', '311 306 307'), ('zsf', '307'), ('zhangsanf', '307'),
    ('ouyang', '305'), ('ou yang', '305'), ('oyx', '305'),
    ('shan xiong', '301'), ('shanxiongxin', '301'), ('danxiong', '301'), ('zengguofan', '302'), ('ceng guo', '302'),
    ('qiuying', '303'), ('chou ying', '303'), ('lubu', '304'), ('lvbu', '304'), ('lv bu', '304'), ('lübu', '304'),
    ('LÜ BU', '304'), ('harbour', '309'), ('Machinery', '309'), ('harbour mach', '309'), ('machinery co', '309'),
    ('Co., Ltd', '309'), ('arbour', NULL), ('阿依古丽买买提', '312'), ('阿依古丽·买', '312'), ('阿依古丽•买', '312'),
    ('古丽', '312'), ('O''Neil', '314'), ('smith', NULL)) AS t (typed, found);

-- Hostile input is text: it finds what its letters find, mostly nothing, and fails in no way.
CREATE TEMP TABLE hostile AS SELECT x, n FROM unnest(ARRAY[
    '%', '_', '\', '%%', '_三', '张%', '张_', '\张', '*', '?', '.', '..', '-', '+', '++86', '(', '[', '[-', '{}', '{a,b}',
    '{"a":1}', '''', '"', '''''', ''';DROP TABLE bank.audit;--', '$$', '$1', '%s%n', E'\t', E'\n\r', ' ', '　', E'\x01',
    E'\x1b[31m', U&'\202E', U&'\200B\200D\FEFF', U&'\2066\2069', '😀', '👨‍👩‍👧', '1e3', 'NaN', 'null', '-0',
    '9223372036854775808', '00', '86', '+86', '0086', repeat('9', 10000), repeat('张', 10000), repeat('a', 10000),
    repeat('''', 10000), repeat('%', 10000), repeat(U&'\0301', 10000), repeat('张三 ', 5000)])
    WITH ORDINALITY AS u (x, n);
SELECT is(pg_temp.find('t_clerk', x), NULL, 'nothing and no error for hostile text ' || n) FROM hostile;
SELECT is(pg_temp.find('t_clerk', typed), '311 306 307 308', 'invisible characters do not count: ' || n)
FROM unnest(ARRAY[U&'\202E\5F20\4E09', U&'\5F20\200B\4E09', U&'\FEFF\5F20\4E09\2069', E'张\x01三']) WITH ORDINALITY t (typed, n);
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.customer_search(NULL)'), '0', 'nothing typed');

-- Nothing from outside the caller's units, by no key; the other branch finds its own.
SELECT is(pg_temp.find('t_west', typed), '310', 'the other branch: ' || typed)
FROM unnest(ARRAY['13712340048', '0048', '440524188001010014', '6228480402564890026', '3301007654321', 'K310',
                  '张三', 'zhang san', 'zs']) AS t (typed);
SELECT is(pg_temp.find('t_super2', '张三'), '306 311 310 307 308', 'head office finds all, exact first');
SELECT is(pg_temp.find('t_audit', '张三'), '42501', 'an auditor does not look customers up');

-- The same through the probes for a bank of many units, and for words so common that they are hot.
UPDATE bank.unit SET high = 99 WHERE unit_id = 1;
SELECT is(pg_temp.find('t_super2', typed), found, 'wide: ' || typed)
FROM (VALUES ('张三', '306 310 311 307 308'), ('zs', '306 310 311 307'), ('0048', '306 301 302 310'),
             ('古丽', '312'), ('机械', '309'), ('lvbu', '304')) AS t (typed, found);
INSERT INTO bank.search_hot VALUES ('张三'), ('雄信');
SELECT is(pg_temp.find('t_super2', typed), found, 'hot: ' || typed)
FROM (VALUES ('张三', '306 310 311 307 308'), ('雄信', '301')) AS t (typed, found);

-- Who is restricted, and the caller's own record, are found but hardly named.
SELECT is(pg_temp.as('t_clerk', format('SELECT name || '' '' || locked FROM api.customer_search(%L)', typed)),
          shown, 'masked: ' || typed)
FROM (VALUES ('单于婷', '*于婷 true'), ('chanyuting', '*于婷 true'), ('13300008888', '*于婷 true'),
             ('周敏', '*敏 true'), ('K109', '*敏 true'), ('单雄信', '单雄信 false')) AS t (typed, shown);
SELECT is(pg_temp.as('t_rm', 'SELECT name FROM api.customer_search(''周敏'')'), '周敏', 'a colleague''s record is open');
SELECT is(pg_temp.as('t_clerk', 'SELECT phone || identity FROM api.customer_search(''K301'')'),
          '138****00481****************X', 'phone and identity are masked in every row');

-- A page and one row more tells that there is more; no customer twice.
INSERT INTO bank.customer (customer_id, customer_number, kind, name, pinyin, initials, unit_id, opened_on)
SELECT 400 + n, 'K' || 400 + n, 'person', '诸葛' || substr('亮瑾恪', n % 3 + 1, 1), 'zhu ge', 'zg',
       CASE WHEN n % 2 = 0 THEN 3 ELSE 2 END, '2020-01-01' FROM generate_series(1, 60) n;
SELECT bank.search_refresh(customer_id) FROM bank.customer WHERE customer_id > 400;
SELECT is(pg_temp.as('t_clerk', format('SELECT count(*) || '' '' || count(DISTINCT customer_id)
              FROM api.customer_search(%L, %s)', typed, most)), found, format('%s, at most %s', typed, most))
FROM (VALUES ('诸葛', '51', '51 51'), ('诸葛', '60', '60 60'), ('诸葛', '61', '60 60'), ('zg', '21', '21 21'),
             ('诸葛', '500', '60 60'), ('诸葛', '100000', '60 60'), ('诸葛', '0', '1 1'), ('诸葛', '-5', '1 1'),
             ('诸葛', 'NULL', '51 51'), ('zhuge', '60', '60 60')) AS t (typed, most, found);
SELECT is(pg_temp.as('t_clerk', 'SELECT string_agg(DISTINCT unit_id::text, '','') FROM api.customer_search(''诸葛'', 30)'),
          '3', 'the own branch fills the first page');

SELECT * FROM finish();
ROLLBACK;
