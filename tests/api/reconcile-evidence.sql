-- What the engine and the judge say about a match is there in Chinese: no two English words are left.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();

CREATE TEMP TABLE said (text text);
INSERT INTO said VALUES
    ('Reference TX20240601 is the same, the amount is the same, and no other line has both'),
    ('References REF 8347265 and 8347265 are one as 8347265, the amount is the same, and no other line has both'),
    ('References (in the narrative) and 83472651 are one as 83472651, the amount is the same, and no other line has both'),
    ('Reference R1 is the same, as amount and dates are; equal lines pair in their order'),
    ('Reference R1 is the same, as the amount is; several lines pair by their dates'),
    ('Reference R1 is the same; the statement is 4.50 CNY less, 0.450 % of the amount'),
    ('Reference R1 is the same, the amounts cancel out on the book side and the other side has neither'),
    ('Reference R1 is the same, the amounts cancel out on the statement side and the other side has neither'),
    ('The narrative of the one line holds the reference of the other, and the amount is the same'),
    ('References 83472651 and 834726: the one is a piece of the other and the amount is the same'),
    ('References A1 and A2 are 1 typing error apart and the amount is the same; no other open line of the amount is within two'),
    ('References A1 and A2 are 2 typing errors apart and the amount is the same; the next best is 3 apart'),
    ('Amount and payer are the same, by the names as they are written or as the rules say; no other line of these days has both'),
    ('The amount is the same and one line has no reference; no other line of these days has the amount'),
    ('3 book lines with the reference R1 add up to 1 statement line'),
    ('3 statement lines with the reference R1 add up to 1 book line'),
    ('2 statement lines of one day add up to 1 book line; no other set of as many among 9 lines does'),
    ('2 book lines of one day add up to 1 statement line; no other set of as many among 9 lines does');
-- Every reason not to confirm, of the engine and of the judge.
INSERT INTO said
SELECT 'Reference R1 is the same, the amount is the same, and no other line has both' || mark || why
  FROM unnest(ARRAY['. Not confirmed: ', '; not confirmed: ']) mark, unnest(ARRAY[
    'another open line is this amount less the known fee',
    'parts and their total are there, which are another match of these lines',
    'an open line of the amount has the reference in another writing',
    'an open line of the amount has nearly this reference',
    'the reference stands for many lines, some without a partner',
    'an equal line has a partner of another kind',
    'another line of the reference and amount lies nearer in days',
    'references come again in this lane and few pairs are so many days apart',
    'another reference of the amount begins or ends with the piece',
    'references of this account mostly come again with the same amount',
    'the rule only suggests', 'the reference is used twice', 'another line carries the reference',
    'the lines do not carry one reference', 'another reference is as near',
    'the difference is not the fee of the lane', 'two pairs of one reference',
    'a settled line of the reference lies nearer in days', 'lines of one side that are no reversal']) why;
SELECT is_empty($$SELECT text, bank.recon_evidence_zh(text) FROM said
    WHERE bank.recon_evidence_zh(text) ~ '[A-Za-z]{2,} [a-z]{2,}|[.;] ?[A-Za-z]{2,}|, '$$,
    'every sentence is there in Chinese');

-- What the judge of this database can say is among them.
SELECT is_empty($$SELECT why[1] FROM pg_proc, regexp_matches(prosrc,
    'INSERT INTO run_doubt\s+SELECT \S+match_id, ''([^'']+)''', 'g') why
    WHERE pronamespace = 'bank'::regnamespace
      AND NOT EXISTS (SELECT FROM said WHERE text LIKE '%; not confirmed: ' || why[1])$$,
    'no reason of the judge is missing here');

-- An exact pair keeps no sentence; one that is not confirmed says why.
SELECT is(bank.recon_why('exact', ''),
    'Reference, amount and currency agree and are unique on both sides.', 'an exact pair has its sentence');
SELECT is(bank.recon_evidence_zh(bank.recon_why('exact', '')), '参考号、金额与币种一致，且双方均唯一。',
    'in Chinese too');
SELECT is(bank.recon_evidence_zh(bank.recon_why('exact', '; not confirmed: the reference is used twice')),
    '参考号、金额与币种一致。未直接确认：该参考号使用了两次', 'a doubtful one says why');
SELECT is(bank.recon_why('manual', 'as the customer wrote'), 'as the customer wrote',
    'what a person wrote stays');
SELECT is((SELECT string_agg(a || ' ' || b, ', ' ORDER BY a, b) FROM (VALUES ('27807137', '27807317'), ('1234567', '12345678'),
           ('12345678', '12345687'), ('1234567890', '2134567809'), ('1234567890', '123456789012')) v (a, b)
           WHERE NOT bank.recon_typed(a, b)), NULL, 'a typing error or two are seen');
SELECT is((SELECT string_agg(a || ' ' || b, ', ' ORDER BY a, b) FROM (VALUES ('123456', '123465'), ('1234567', '123456'),
           ('12345678', '21345687'), ('1234567890', '3214567899'), ('1234567890', '1234567890123'),
           ('1234567890', '0987654321'), ('1234567890', NULL)) v (a, b)
           WHERE bank.recon_typed(a, b)), NULL, 'more than that is another reference');
SELECT * FROM finish();
ROLLBACK;
