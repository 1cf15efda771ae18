-- Who may open which customer, and how personal data is shown.

-- Masks: what is hidden stays hidden whatever its length; short values are hidden whole.
CREATE FUNCTION bank.mask(p_text text, p_head int, p_tail int) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN length(p_text) > p_head + p_tail
                  THEN left(p_text, p_head) || repeat('*', length(p_text) - p_head - p_tail)
                       || right(p_text, p_tail)
                  ELSE repeat('*', length(p_text)) END $$;

CREATE FUNCTION bank.mask_phone(p_phone text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN length(p_phone) >= 11 THEN bank.mask(p_phone, 3, 4)
                  ELSE bank.mask(p_phone, 0, 4) END $$;

CREATE FUNCTION bank.mask_identity(p_number text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT bank.mask(p_number, 1, 1) $$;

CREATE FUNCTION bank.mask_card(p_number text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT bank.mask(p_number, 6, 4) $$;

CREATE FUNCTION bank.mask_account(p_number text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT bank.mask(p_number, 4, 4) $$;

-- 张伟民 -> *伟民; a name in letters keeps its first letter and its length stays unknown.
CREATE FUNCTION bank.mask_name(p_name text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN p_name ~ '^[ -~]' THEN left(p_name, 1) || '***'
                  WHEN length(p_name) <= 1 THEN '*'
                  WHEN length(p_name) <= 4 THEN '*' || substr(p_name, 2)
                  ELSE left(p_name, 1) || '****' || right(p_name, 1) END $$;

CREATE FUNCTION bank.mask_address(p_address text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT left(p_address, 6) || '****' $$;

-- True while a supervisor's grant opens this customer to the caller.
CREATE FUNCTION bank.access_granted(p_customer_id bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM bank.access_grant
                     WHERE staff_id = bank.my_staff_id() AND customer_id = p_customer_id
                       AND state = 'granted' AND expires_at > clock_timestamp());
END $$;

CREATE FUNCTION bank.customer_number(p_customer_id bigint) RETURNS text LANGUAGE sql STABLE
AS $$ SELECT customer_number FROM bank.customer WHERE customer_id = p_customer_id $$;

-- A customer of the caller's units, whom he may know of and perhaps not open. BO404 outside (as if it did not exist).
CREATE FUNCTION bank.customer_known(p_customer_id bigint) RETURNS bank.customer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    answer bank.customer;
BEGIN
    SELECT * INTO answer FROM bank.customer
    WHERE customer_id = p_customer_id
      AND unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high();
    IF NOT FOUND THEN
        PERFORM bank.fail('BO404', 'There is no such customer in your units.', p_customer_id::text,
                          'Check the number, or ask the customer''s branch.', 'p_customer_id');
    END IF;
    RETURN answer;
END $$;

-- The customer, if the caller may open it now. BO404 as customer_known, BO428 for his own record or a
-- restricted customer without a grant.
CREATE FUNCTION bank.customer_require(p_customer_id bigint) RETURNS bank.customer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    me bank.staff := bank.me();
    answer bank.customer := bank.customer_known(p_customer_id);
BEGIN
    IF (answer.restricted OR answer.customer_id IS NOT DISTINCT FROM me.customer_id)
       AND NOT bank.access_granted(p_customer_id) THEN
        PERFORM bank.fail('BO428', CASE WHEN answer.restricted
                              THEN 'This customer is restricted.'
                              ELSE 'This is your own record.' END,
                          answer.customer_number, 'Ask a supervisor for access.', 'p_customer_id');
    END IF;
    RETURN answer;
END $$;

GRANT EXECUTE ON FUNCTION bank.mask, bank.mask_phone, bank.mask_identity, bank.mask_card,
    bank.mask_account, bank.mask_name, bank.mask_address TO bankops_staff;
