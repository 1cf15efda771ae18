-- Identifiers: their check digits, what they tell of a person, the bank's own numbers; names as compared.

-- GB 32100-2015: the 18th character over 31 signs, weight 3^i mod 31. NULL: right; form or check.
CREATE FUNCTION bank.credit_code_fault(p_code text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    signs constant text := '0123456789ABCDEFGHJKLMNPQRTUWXY';
    code text := upper(p_code);
    total int := 0;
    weight int := 1;
BEGIN
    IF code IS NULL OR code !~ '^[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$'
       OR NOT bank.province_known(substr(code, 3, 2)) THEN
        RETURN 'form';
    END IF;
    FOR i IN 1 .. 17 LOOP
        total := total + (strpos(signs, substr(code, i, 1)) - 1) * weight;
        weight := weight * 3 % 31;
    END LOOP;
    RETURN CASE WHEN substr(signs, (31 - total % 31) % 31 + 1, 1) <> substr(code, 18, 1)
                THEN 'check' END;
END $$;

-- Provinces of GB/T 2260, with the residence permits of Taiwan, Hong Kong and Macao.
CREATE FUNCTION bank.province_known(p_code text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_code ~ '^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])$'
$$;

-- GB 11643-1999. NULL: right; form, birth or check.
CREATE FUNCTION bank.resident_id_fault(p_number text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    weights constant int[] := '{7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2}';
    number text := upper(p_number);
    total int := 0;
BEGIN
    IF number IS NULL OR number !~ '^[0-9]{17}[0-9X]$'
       OR NOT bank.province_known(substr(number, 1, 2)) THEN
        RETURN 'form';
    END IF;
    BEGIN
        PERFORM make_date(substr(number, 7, 4)::int, substr(number, 11, 2)::int,
                          substr(number, 13, 2)::int);
    EXCEPTION WHEN datetime_field_overflow THEN
        RETURN 'birth';
    END;
    FOR i IN 1 .. 17 LOOP
        total := total + substr(number, i, 1)::int * weights[i];
    END LOOP;
    RETURN CASE WHEN substr('10X98765432', total % 11 + 1, 1) <> substr(number, 18, 1)
                THEN 'check' END;
END $$;

-- Years between the birth day in the number and p_day.
CREATE FUNCTION bank.resident_age(p_number text, p_day date) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN bank.resident_id_fault(p_number) IS NULL
                THEN extract(year FROM age(p_day, to_date(substr(p_number, 7, 8), 'YYYYMMDD')))::int END
$$;

-- ISO 7064 MOD 97-10 over branch (4), product (2), serial (8): the bank's own account numbers.
CREATE FUNCTION bank.account_number_make(p_branch int, p_product int, p_serial bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT s || lpad((98 - (s || '00')::numeric % 97)::text, 2, '0')
      FROM (SELECT lpad(p_branch::text, 4, '0') || lpad(p_product::text, 2, '0')
                   || lpad(p_serial::text, 8, '0') AS s) t
$$;

-- ISO 7064 MOD 11,10 over nine digits: the bank's own customer numbers.
CREATE FUNCTION bank.customer_number_make(p_serial bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    digits text := lpad(p_serial::text, 9, '0');
    product int := 10;
    total int;
BEGIN
    FOR i IN 1 .. 9 LOOP
        total := (substr(digits, i, 1)::int + product) % 10;
        product := (CASE total WHEN 0 THEN 10 ELSE total END) * 2 % 11;
    END LOOP;
    RETURN digits || (11 - product) % 10;
END $$;

-- Names as they are compared: without blanks, brackets in one width, case folded.
CREATE FUNCTION bank.name_fold(p_name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace(lower(normalize(p_name, NFKC)), '[[:space:]·•.]', '', 'g')
$$;

GRANT EXECUTE ON FUNCTION bank.credit_code_fault, bank.resident_id_fault, bank.province_known,
    bank.resident_age, bank.account_number_make, bank.customer_number_make, bank.name_fold
    TO bankops_api;
