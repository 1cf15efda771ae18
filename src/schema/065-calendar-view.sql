-- The business calendar by month, with what is due for the caller.

-- The days of a month (NULL: the present one), with how much is due on each for the caller.
CREATE FUNCTION api.calendar_month(p_month date)
RETURNS TABLE (day date, kind text, working boolean, name_zh text, name_en text, today boolean,
               due bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT s.day, coalesce(c.kind, k.kind), coalesce(c.working, k.kind = 'workday'),
           coalesce(c.name_zh, ''), coalesce(c.name_en, ''), s.day = bank.today(),
           coalesce(d.due, 0)
      FROM (SELECT bank.my_staff_id() AS me OFFSET 0) m,
           LATERAL (SELECT date_trunc('month', coalesce(p_month, bank.today()))::date + i AS day
                      FROM generate_series(0, 30) i) s
      CROSS JOIN LATERAL (SELECT CASE WHEN extract(isodow FROM s.day) > 5 THEN 'weekend'
                                      ELSE 'workday' END AS kind) k
      LEFT JOIN bank.calendar_day c ON c.day = s.day
      LEFT JOIN (SELECT bank.local_day(w.due_at) AS day, count(*) AS due FROM api.worklist w GROUP BY 1) d ON d.day = s.day
     WHERE m.me IS NOT NULL
       AND s.day < date_trunc('month', coalesce(p_month, bank.today())) + interval '1 month'
     ORDER BY s.day
$$;

SELECT bank.function_grant('calendar_month', 'staff');
