-- Business hours: several intervals a day, holidays, make-up workdays. Due times are always
-- computed from these rows and from recorded pauses; a remaining time is never stored.

-- Which days are holidays or make-up workdays is said by bank.calendar_day, for the whole bank.
-- `holidays`: the calendar keeps them. A make-up workday has the hours of `makeup_weekday`.
CREATE TABLE bank.calendar (
    calendar       text COLLATE "C" PRIMARY KEY,
    label_en       text NOT NULL,
    label_zh       text NOT NULL,
    zone           text NOT NULL DEFAULT 'Asia/Shanghai',
    holidays       boolean NOT NULL DEFAULT true,
    makeup_weekday smallint NOT NULL DEFAULT 1 CHECK (makeup_weekday BETWEEN 1 AND 7),
    version        bigint NOT NULL DEFAULT 1
);

-- Hours of a weekday, from day `since` until before day `until`: other hours leave what was counted as it was.
CREATE TABLE bank.calendar_slot (
    calendar text COLLATE "C" NOT NULL REFERENCES bank.calendar,
    weekday  smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens    time NOT NULL,
    closes   time NOT NULL,
    since    date NOT NULL DEFAULT '-infinity',
    until    date NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (calendar, weekday, opens, since),
    CHECK (opens < closes),
    CHECK (since < until)
);

-- Days on which one calendar differs from its week and from the bank: closed, or open with the hours of
-- `makeup_weekday`.
CREATE TABLE bank.calendar_own_day (
    calendar text COLLATE "C" NOT NULL REFERENCES bank.calendar,
    day      date NOT NULL,
    open     boolean NOT NULL,
    PRIMARY KEY (calendar, day)
);

-- The calendar of a unit; it holds for those below it that have none of their own.
CREATE TABLE bank.unit_calendar (
    unit_id  int PRIMARY KEY REFERENCES bank.unit,
    calendar text COLLATE "C" NOT NULL REFERENCES bank.calendar
);
SELECT bank.table_protect('bank.calendar', 'SELECT, INSERT, UPDATE');
SELECT bank.table_protect(('bank.' || t)::regclass, 'SELECT, INSERT, UPDATE, DELETE')
  FROM unnest('{calendar_slot,calendar_own_day,unit_calendar}'::text[]) t;

INSERT INTO bank.calendar (calendar, label_en, label_zh)
    VALUES ('service', 'Customer service hours', '客户服务时间');
INSERT INTO bank.calendar_slot
    SELECT 'service', d, o, c
      FROM generate_series(1, 5) d,
           (VALUES (time '09:00', time '12:00'), (time '13:30', time '17:30')) h(o, c);

-- The calendar of the innermost unit that has one. Lists call it as who reads them.
CREATE FUNCTION bank.calendar_of(p_unit_id int) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT k.calendar FROM unit_calendar k JOIN unit u USING (unit_id)
                      WHERE p_unit_id BETWEEN u.low AND u.high ORDER BY u.high - u.low LIMIT 1), 'service');
END $$;
ALTER FUNCTION bank.calendar_of OWNER TO bankops_owner;
GRANT EXECUTE ON FUNCTION bank.calendar_of TO bankops_staff;

-- Opening intervals of one local day of a calendar, in order.
CREATE FUNCTION bank.calendar_hours(p_calendar text, p_day date)
RETURNS TABLE (opens time, closes time)
LANGUAGE sql STABLE AS $$
    SELECT s.opens, s.closes
      FROM bank.calendar c
      LEFT JOIN bank.calendar_day d ON d.day = p_day AND c.holidays
      LEFT JOIN bank.calendar_own_day o ON o.calendar = c.calendar AND o.day = p_day
     CROSS JOIN extract(isodow FROM p_day) w (weekday)
      JOIN bank.calendar_slot s ON s.calendar = c.calendar AND p_day >= s.since AND p_day < s.until
       AND s.weekday = CASE WHEN coalesce(o.open, d.kind = 'makeup' OR d.kind = 'workday' AND w.weekday > 5)
                            THEN c.makeup_weekday ELSE w.weekday END
     WHERE c.calendar = p_calendar
       AND coalesce(o.open, (d.kind = 'holiday' OR d.kind = 'weekend' AND w.weekday <= 5) IS NOT TRUE)
     ORDER BY s.opens
$$;

-- As due_at, day by day.
CREATE FUNCTION bank.due_at_slowly(p_calendar text, p_start timestamptz, p_minutes numeric)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_zone text := (SELECT c.zone FROM bank.calendar c WHERE c.calendar = p_calendar);
    v_left interval := make_interval(secs => 60 * p_minutes::float);
    v_day  date := (p_start AT TIME ZONE v_zone)::date;
    v_slot record;
    v_from timestamptz;
    v_to   timestamptz;
BEGIN
    FOR i IN 0 .. 366 + (p_minutes / 60)::int LOOP
        FOR v_slot IN SELECT * FROM bank.calendar_hours(p_calendar, v_day + i) LOOP
            v_from := greatest(p_start, (v_day + i + v_slot.opens) AT TIME ZONE v_zone);
            v_to := (v_day + i + v_slot.closes) AT TIME ZONE v_zone;
            CONTINUE WHEN v_from >= v_to;
            IF v_to - v_from >= v_left THEN
                RETURN v_from + v_left;
            END IF;
            v_left := v_left - (v_to - v_from);
        END LOOP;
    END LOOP;
    PERFORM bank.fail('BO422', 'This calendar has no working time.', p_calendar,
                      'Give the calendar opening hours.');
END $$;

-- Opening intervals worked out ahead, with the opening seconds before each. A change of a calendar
-- empties it and bank.calendar_fill() fills it; without it due times are worked out day by day.
CREATE TABLE bank.calendar_open (
    calendar  text COLLATE "C" NOT NULL,
    opens_at  timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    before    bigint NOT NULL,
    PRIMARY KEY (calendar, opens_at)
);
CREATE UNIQUE INDEX calendar_open_before ON bank.calendar_open (calendar, before);
SELECT bank.table_protect('bank.calendar_open', 'SELECT');

CREATE FUNCTION bank.calendar_forget() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
BEGIN
    DELETE FROM calendar_open;
    RETURN NULL;
END $$;
ALTER FUNCTION bank.calendar_forget() OWNER TO bankops_owner;
CREATE TRIGGER forget AFTER INSERT OR UPDATE OR DELETE ON bank.calendar
    FOR EACH STATEMENT EXECUTE FUNCTION bank.calendar_forget();
CREATE TRIGGER forget AFTER INSERT OR UPDATE OR DELETE ON bank.calendar_slot
    FOR EACH STATEMENT EXECUTE FUNCTION bank.calendar_forget();
CREATE TRIGGER forget AFTER INSERT OR UPDATE OR DELETE ON bank.calendar_own_day
    FOR EACH STATEMENT EXECUTE FUNCTION bank.calendar_forget();
CREATE TRIGGER forget AFTER INSERT OR UPDATE OR DELETE ON bank.calendar_day
    FOR EACH STATEMENT EXECUTE FUNCTION bank.calendar_forget();

-- Works out two years back and three ahead, unless that is done already.
CREATE FUNCTION bank.calendar_fill() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = bank, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM calendar_open WHERE opens_at > now() + interval '2 years') THEN
        RETURN;
    END IF;
    DELETE FROM calendar_open;
    INSERT INTO calendar_open
    SELECT x.calendar, x.opens_at, x.closes_at,
           coalesce(sum(x.seconds) OVER (PARTITION BY x.calendar ORDER BY x.opens_at
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
      FROM (SELECT c.calendar, (g::date + h.opens) AT TIME ZONE c.zone AS opens_at,
                   (g::date + h.closes) AT TIME ZONE c.zone AS closes_at,
                   extract(epoch FROM h.closes - h.opens)::bigint AS seconds
              FROM calendar c,
                   generate_series(now()::date - 730, now()::date + 1100, interval '1 day') g,
                   LATERAL calendar_hours(c.calendar, g::date) h) x
    ON CONFLICT DO NOTHING;
END $$;
ALTER FUNCTION bank.calendar_fill() OWNER TO bankops_owner;

-- The moment when `p_minutes` of opening time have passed since `p_start`. Zero minutes from a
-- closed moment is the next opening. BO422 when the calendar never opens.
CREATE FUNCTION bank.due_at(p_calendar text, p_start timestamptz, p_minutes numeric)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    o bank.calendar_open;
    target numeric;
    answer timestamptz;
BEGIN
    SELECT * INTO o FROM bank.calendar_open x
     WHERE x.calendar = p_calendar AND x.opens_at <= p_start ORDER BY x.opens_at DESC LIMIT 1;
    IF FOUND AND p_minutes > 0 THEN
        target := o.before + extract(epoch FROM least(p_start, o.closes_at) - o.opens_at)
                  + 60 * p_minutes;
        SELECT * INTO o FROM bank.calendar_open x
         WHERE x.calendar = p_calendar AND x.before < ceil(target)::bigint
         ORDER BY x.before DESC LIMIT 1;
        answer := o.opens_at + make_interval(secs => target - o.before);
        IF answer <= o.closes_at THEN
            RETURN answer;
        END IF;
    END IF;
    RETURN bank.due_at_slowly(p_calendar, p_start, p_minutes);
END $$;

-- Minutes of opening time between two moments (0 when they are in the wrong order).
CREATE FUNCTION bank.working_time(p_calendar text, p_from timestamptz, p_to timestamptz)
RETURNS numeric
LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(greatest(0, extract(epoch FROM
                least(p_to, (d::date + h.closes) AT TIME ZONE c.zone)
              - greatest(p_from, (d::date + h.opens) AT TIME ZONE c.zone)))) / 60, 0)
      FROM bank.calendar c,
           generate_series((p_from AT TIME ZONE c.zone)::date::timestamp,
                           (p_to AT TIME ZONE c.zone)::date::timestamp, interval '1 day') d,
           bank.calendar_hours(c.calendar, d::date) h
     WHERE c.calendar = p_calendar
$$;
CREATE FUNCTION bank.working_minutes(p_calendar text, p_from timestamptz, p_to timestamptz)
RETURNS int LANGUAGE sql STABLE AS $$ SELECT bank.working_time(p_calendar, p_from, p_to)::int $$;

-- A statutory clock: it ends with the last moment of the p_days-th calendar day after the start.
CREATE FUNCTION bank.due_day(p_calendar text, p_start timestamptz, p_days int)
RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT (((p_start AT TIME ZONE c.zone)::date + p_days + 1)::timestamp AT TIME ZONE c.zone)
      FROM bank.calendar c WHERE c.calendar = p_calendar
$$;

GRANT EXECUTE ON FUNCTION bank.calendar_of, bank.calendar_hours, bank.calendar_fill, bank.due_at_slowly, bank.due_at,
    bank.working_time, bank.working_minutes, bank.due_day TO bankops_api;

-- The end of the p_days-th day with opening hours after the day of the start. BO422 when the
-- calendar never opens.
CREATE FUNCTION bank.due_workday(p_calendar text, p_start timestamptz, p_days int)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_zone text := (SELECT c.zone FROM bank.calendar c WHERE c.calendar = p_calendar);
    v_day  date := (p_start AT TIME ZONE v_zone)::date;
    v_left int := p_days;
BEGIN
    FOR i IN 1 .. 366 + p_days * 7 LOOP
        IF EXISTS (SELECT FROM bank.calendar_hours(p_calendar, v_day + i)) THEN
            v_left := v_left - 1;
            IF v_left = 0 THEN
                RETURN (v_day + i + 1)::timestamp AT TIME ZONE v_zone;
            END IF;
        END IF;
    END LOOP;
    PERFORM bank.fail('BO422', 'This calendar has no working time.', p_calendar,
                      'Give the calendar opening hours.');
END $$;
GRANT EXECUTE ON FUNCTION bank.due_workday TO bankops_api;
