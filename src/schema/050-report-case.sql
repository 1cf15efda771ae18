-- Reports on complaints of one month (p_month: YYYY-MM, empty for the month of the business date).
-- Cases count in the month they were received in; the caller's units.

-- First day of the month, in the bank's zone, as a moment.
CREATE FUNCTION bank.month_start(p_month text, p_ahead int DEFAULT 0) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    first date;
BEGIN
    IF coalesce(p_month, '') = '' THEN
        first := date_trunc('month', bank.today());
    ELSIF p_month !~ '^\d{4}-(0[1-9]|1[0-2])(-\d\d)?$' THEN
        PERFORM bank.fail('BO422', 'A month is written YYYY-MM.', p_month, 'For example 2026-10.',
                          'p_month');
    ELSE
        first := to_date(left(p_month, 7), 'YYYY-MM');
    END IF;
    RETURN (first + make_interval(months => p_ahead)) AT TIME ZONE bank.setting('timezone');
END $$;
GRANT EXECUTE ON FUNCTION bank.month_start TO bankops_api;

-- The month's cases with what the reports measure. `in_time`: the first answer came before its
-- clock ran out; NULL while that is still open. `resolved` counts closed cases without those that
-- were withdrawn or merged.
CREATE FUNCTION bank.report_case(p_month text)
RETURNS TABLE (day date, unit_id int, queue text, owner_id int, business text, reason text,
    channel text, level text, closed boolean, counted boolean, resolved boolean,
    answered boolean, in_time boolean, minutes numeric, statutory boolean, reopened boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM bank.require_role('supervisor', 'auditor', 'admin');
    RETURN QUERY
    SELECT bank.local_day(f.received_at), f.unit_id, f.queue, f.owner_id, f.business, f.reason,
           f.channel, f.level, f.closed_at IS NOT NULL,
           f.closed_at IS NOT NULL AND f.outcome NOT IN ('withdrawn', 'merged'),
           f.closed_at IS NOT NULL AND f.outcome = 'resolved',
           f.responded_at IS NOT NULL,
           CASE WHEN k.stopped_at IS NOT NULL THEN k.stopped_at <= k.due_at
                WHEN k.due_at < now() THEN false END,
           extract(epoch FROM f.responded_at - f.received_at) / 60,
           CASE WHEN s.stopped_at IS NOT NULL THEN s.stopped_at <= s.due_at
                WHEN s.due_at < now() THEN false END,
           f.reopened > 0
      FROM bank.case_file f
      LEFT JOIN bank.case_clock k ON k.customer_id = f.customer_id AND k.case_id = f.case_id
            AND k.clock = 'first_response' AND k.run = 1
      LEFT JOIN bank.case_clock s ON s.customer_id = f.customer_id AND s.case_id = f.case_id
            AND s.clock = 'statutory' AND s.run = 1
     WHERE f.case_type = 'complaint' AND f.received_at >= bank.month_start(p_month)
       AND f.received_at < bank.month_start(p_month, 1)
       AND f.unit_id BETWEEN bank.my_scope_low() AND bank.my_scope_high();
END $$;
GRANT EXECUTE ON FUNCTION bank.report_case TO bankops_api;

-- p_part of p_all in percent, one decimal; NULL when there is nothing to divide by.
CREATE FUNCTION bank.share(p_part bigint, p_all bigint) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$ SELECT round(100.0 * p_part / nullif(p_all, 0), 1) $$;
GRANT EXECUTE ON FUNCTION bank.share TO bankops_api, bankops_staff;

-- Service level by queue.
CREATE FUNCTION api.report_service_level(p_month text)
RETURNS TABLE (queue text, received bigint, answered bigint, in_time bigint,
    response_rate numeric, median_minutes int, closed bigint, resolved bigint,
    resolution_rate numeric, statutory_rate numeric, still_open bigint, reopened bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT coalesce(r.queue, '-'), count(*), count(*) FILTER (WHERE r.answered),
           count(*) FILTER (WHERE r.in_time),
           bank.share(count(*) FILTER (WHERE r.in_time), count(r.in_time)),
           percentile_disc(0.5) WITHIN GROUP (ORDER BY r.minutes)::int,
           count(*) FILTER (WHERE r.closed), count(*) FILTER (WHERE r.resolved),
           bank.share(count(*) FILTER (WHERE r.resolved), count(*) FILTER (WHERE r.counted)),
           bank.share(count(*) FILTER (WHERE r.statutory), count(r.statutory)),
           count(*) FILTER (WHERE NOT r.closed), count(*) FILTER (WHERE r.reopened)
      FROM bank.report_case(p_month) r
     GROUP BY r.queue
     ORDER BY count(*) DESC, r.queue
$$;

-- The same by owner.
CREATE FUNCTION api.report_case_owner(p_month text)
RETURNS TABLE (login text, owner text, owner_en text, unit text, unit_en text, received bigint, in_time bigint,
    response_rate numeric, median_minutes int, closed bigint, resolved bigint,
    resolution_rate numeric, still_open bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT coalesce(s.login, '-'), coalesce(s.name_zh, '-'), coalesce(s.name_en, '-'),
           coalesce(u.name_zh, '-'), coalesce(u.name_en, '-'), count(*),
           count(*) FILTER (WHERE r.in_time),
           bank.share(count(*) FILTER (WHERE r.in_time), count(r.in_time)),
           percentile_disc(0.5) WITHIN GROUP (ORDER BY r.minutes)::int,
           count(*) FILTER (WHERE r.closed), count(*) FILTER (WHERE r.resolved),
           bank.share(count(*) FILTER (WHERE r.resolved), count(*) FILTER (WHERE r.counted)),
           count(*) FILTER (WHERE NOT r.closed)
      FROM bank.report_case(p_month) r
      LEFT JOIN bank.staff s ON s.staff_id = r.owner_id
      LEFT JOIN bank.unit u ON u.unit_id = s.unit_id
     GROUP BY s.login, s.name_zh, s.name_en, u.name_zh, u.name_en
     ORDER BY count(*) DESC, s.login
$$;

-- The same by day; days without a case are there with zeros, for the chart.
CREATE FUNCTION api.report_case_day(p_month text)
RETURNS TABLE (day date, received bigint, in_time bigint, response_rate numeric, closed bigint,
    still_open bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT d::date, count(r.day), count(*) FILTER (WHERE r.in_time),
           bank.share(count(*) FILTER (WHERE r.in_time), count(r.in_time)),
           count(*) FILTER (WHERE r.closed), count(*) FILTER (WHERE NOT r.closed)
      FROM generate_series(bank.local_day(bank.month_start(p_month))::timestamp,
               least(bank.local_day(bank.month_start(p_month, 1)) - 1, bank.today())::timestamp,
               interval '1 day') d
      LEFT JOIN bank.report_case(p_month) r ON r.day = d::date
     GROUP BY d ORDER BY d
$$;

-- Volume by business and reason.
CREATE FUNCTION api.report_case_mix(p_month text)
RETURNS TABLE (business text, reason text, received bigint, share numeric, in_time bigint,
    response_rate numeric, resolved bigint, resolution_rate numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = api, bank, pg_temp AS $$
    SELECT coalesce(r.business, '-'), coalesce(r.reason, '-'), count(*),
           bank.share(count(*), (sum(count(*)) OVER ())::bigint),
           count(*) FILTER (WHERE r.in_time),
           bank.share(count(*) FILTER (WHERE r.in_time), count(r.in_time)),
           count(*) FILTER (WHERE r.resolved),
           bank.share(count(*) FILTER (WHERE r.resolved), count(*) FILTER (WHERE r.counted))
      FROM bank.report_case(p_month) r
     GROUP BY r.business, r.reason
     ORDER BY count(*) DESC, r.business, r.reason
$$;
SELECT bank.function_grant(name, 'supervisor', 'auditor', 'admin')
  FROM unnest('{report_service_level,report_case_owner,report_case_day,report_case_mix}'::text[])
       name;
