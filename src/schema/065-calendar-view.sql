-- The business calendar by month, with what is due for the caller, and its days as an administrator
-- sets them: due times of running clocks move with it.

CREATE FUNCTION api.calendar_month(p_month date)
RETURNS TABLE (day date, kind text, working boolean, name_zh text, name_en text, today boolean,
               due bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT s.day, coalesce(c.kind, k.kind), coalesce(c.working, k.kind = 'workday'),
           coalesce(c.name_zh, ''), coalesce(c.name_en, ''), s.day = bank.today(),
           (SELECT count(*) FROM api.worklist w WHERE bank.local_day(w.due_at) = s.day)
      FROM (SELECT bank.my_staff_id() AS me OFFSET 0) m,
           LATERAL (SELECT date_trunc('month', coalesce(p_month, bank.today()))::date + i AS day
                      FROM generate_series(0, 30) i) s
      CROSS JOIN LATERAL (SELECT CASE WHEN extract(isodow FROM s.day) > 5 THEN 'weekend'
                                      ELSE 'workday' END AS kind) k
      LEFT JOIN bank.calendar_day c ON c.day = s.day
     WHERE m.me IS NOT NULL
       AND s.day < date_trunc('month', coalesce(p_month, bank.today())) + interval '1 month'
     ORDER BY s.day
$$;

-- Says what a coming day is. Days that have begun stay as they were.
CREATE FUNCTION api.calendar_day_set(p_day date, p_kind text, p_name_zh text, p_name_en text,
                                     p_request uuid)
RETURNS api.outcome LANGUAGE plpgsql SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
DECLARE
    answer api.outcome;
    before jsonb;
BEGIN
    PERFORM bank.require_role('admin');
    answer := bank.request_replay(p_request, 'calendar_day_set',
                                  jsonb_build_array(p_day, p_kind, p_name_zh, p_name_en));
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF p_day IS NULL OR p_day <= bank.today() THEN
        PERFORM bank.fail('BO422', 'Only a coming day can be changed.', p_day::text,
                          'Choose a day after the business date.', 'p_day');
    ELSIF p_kind IS NULL OR p_kind NOT IN ('workday', 'weekend', 'holiday', 'makeup') THEN
        PERFORM bank.fail('BO422', 'There is no such kind of day.', p_kind,
                          'Choose workday, weekend, holiday or makeup.', 'p_kind');
    ELSIF p_kind = 'makeup' AND extract(isodow FROM p_day) <= 5 THEN
        PERFORM bank.fail('BO422', 'A make-up workday is a Saturday or Sunday.', p_day::text,
                          'Choose workday for this day.', 'p_kind');
    END IF;
    SELECT to_jsonb(c) INTO before FROM bank.calendar_day c WHERE c.day = p_day FOR UPDATE;
    INSERT INTO bank.calendar_day (day, kind, name_zh, name_en)
    VALUES (p_day, p_kind, coalesce(btrim(p_name_zh), ''), coalesce(btrim(p_name_en), ''))
    ON CONFLICT (day) DO UPDATE SET kind = EXCLUDED.kind, name_zh = EXCLUDED.name_zh,
                                    name_en = EXCLUDED.name_en;
    PERFORM bank.audit_write('calendar_day_set', 'calendar', p_day::text, NULL, before,
        (SELECT to_jsonb(c) FROM bank.calendar_day c WHERE c.day = p_day));
    PERFORM bank.calendar_fill();
    PERFORM bank.case_clock_recompute(NULL, 'calendar');
    RETURN bank.request_done(p_request, p_day::text, 'The day is changed.');
END $$;

SELECT bank.function_grant('calendar_month', 'staff');
SELECT bank.function_grant('calendar_day_set', 'admin');
