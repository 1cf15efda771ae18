#include "database/session.h"
#include "demo/load.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>

/* One INSERT of texts; NULL is null. */
static bool insert(PGconn *connection, const char *sql, int n, const char *const *values,
                   struct error *error)
{
    return session_do(connection, sql, n, values, error);
}

static bool load_units(PGconn *connection, const struct plan *plan, struct error *error)
{
    for (int i = 0; i < PLAN_UNITS; i++) {
        const struct plan_unit *unit = &plan->units[i];
        char id[16], parent[16], high[16];
        snprintf(id, sizeof id, "%d", unit->id);
        snprintf(parent, sizeof parent, "%d", unit->parent);
        snprintf(high, sizeof high, "%d", unit->high);
        const char *values[] = {
            id,  unit->parent ? parent : NULL, unit->kind, unit->code, unit->name_zh, unit->name_en,
            high};
        if (!insert(connection,
                    "INSERT INTO bank.unit (unit_id, parent_id, kind, code, name_zh, name_en, low,"
                    " high) VALUES ($1::int, $2::int, $3, $4, $5, $6, $1::int, $7::int)",
                    7, values, error))
            return false;
    }
    return true;
}

static bool add_staff_row(PGconn *connection, const struct plan_staff *staff, struct error *error)
{
    char id[16], unit[16], scope[16], customer[24];
    snprintf(id, sizeof id, "%d", staff->id);
    snprintf(unit, sizeof unit, "%d", staff->unit);
    snprintf(scope, sizeof scope, "%d", staff->scope);
    snprintf(customer, sizeof customer, "%lld", (long long)staff->customer);
    const char *values[] = {
        id,          staff->login, staff->name_zh, staff->name_en,
        staff->role, unit,         scope,          staff->customer ? customer : NULL};
    return insert(connection,
                  "INSERT INTO bank.staff (staff_id, login, name_zh, name_en, role, unit_id,"
                  " scope_id, customer_id) VALUES ($1::int, $2, $3, $4, $5, $6::int, $7::int,"
                  " $8::bigint)",
                  8, values, error);
}

/* The demo logins are added as `bankops staff add` does it, with a database role. */
static bool add_login(PGconn *connection, const struct plan *plan, const struct plan_staff *staff,
                      struct error *error)
{
    char customer[24];
    snprintf(customer, sizeof customer, "%lld", (long long)staff->customer);
    const char *values[] = {staff->login,
                            staff->name_zh,
                            staff->name_en,
                            staff->role,
                            plan_unit(plan, staff->unit)->code,
                            plan_unit(plan, staff->scope)->code};
    const char *own[] = {staff->login, staff->customer ? customer : NULL};
    char id[16];
    const char *next[] = {id};
    snprintf(id, sizeof id, "%d", staff->id);
    return session_do(connection,
                      "SELECT setval(pg_get_serial_sequence('bank.staff', 'staff_id'), $1, false)",
                      1, next, error) &&
           session_do(connection, "SELECT bank.staff_add($1, $2, $3, $4, $5, $6)", 6, values,
                      error) &&
           session_do(connection, "UPDATE bank.staff SET customer_id = $2::bigint WHERE login = $1",
                      2, own, error);
}

static bool load_staff(PGconn *connection, const struct plan *plan, struct error *error)
{
    for (int i = 0; i < PLAN_STAFF; i++) {
        const struct plan_staff *staff = &plan->staff[i];
        if (!(staff->has_login ? add_login(connection, plan, staff, error)
                               : add_staff_row(connection, staff, error)))
            return false;
    }
    return true;
}

static bool load_catalogue(PGconn *connection, struct error *error)
{
    for (const struct plan_product *each = plan_products; each->code; each++) {
        const char *values[] = {each->code,    each->kind, each->name_zh,
                                each->name_en, each->risk, each->currency};
        if (!insert(connection,
                    "INSERT INTO bank.product (product, kind, name_zh, name_en, risk_level,"
                    " currency) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                    6, values, error))
            return false;
    }
    for (const struct plan_tag *each = plan_tags; each->code; each++) {
        const char *values[] = {each->code, each->name_zh, each->name_en, each->kind};
        if (!insert(connection,
                    "INSERT INTO bank.tag_def (tag, name_zh, name_en, kind)"
                    " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                    4, values, error))
            return false;
    }
    return true;
}

static bool load_tiers(PGconn *connection, struct error *error)
{
    for (int i = 0; i < PLAN_TIERS; i++) {
        char rank[16], threshold[24];
        snprintf(rank, sizeof rank, "%d", i);
        snprintf(threshold, sizeof threshold, "%lld", (long long)plan_tiers[i].threshold);
        const char *values[] = {plan_tiers[i].code, rank, plan_tiers[i].name_zh,
                                plan_tiers[i].name_en, threshold};
        if (!insert(connection,
                    "INSERT INTO bank.tier_def (tier, rank, name_zh, name_en, threshold)"
                    " VALUES ($1, $2::int, $3, $4, $5::bigint) ON CONFLICT DO NOTHING",
                    5, values, error))
            return false;
    }
    return true;
}

static bool load_benefits(PGconn *connection, struct error *error)
{
    bool good = true;
    for (int i = 0; good && plan_benefits[i].code; i++) {
        const struct plan_benefit *each = &plan_benefits[i];
        char seq[12];
        snprintf(seq, sizeof seq, "%d", i + 1);
        const char *values[] = {each->code, seq, each->kind, each->name_zh,
                                each->name_en, each->period};
        good = session_do(connection,
                          "INSERT INTO bank.benefit (benefit, seq, kind, name_zh, name_en, period)"
                          " VALUES ($1, $2::int, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                          6, values, error);
        for (int tier = 0; good && tier < PLAN_TIERS; tier++) {
            char quantity[12];
            snprintf(quantity, sizeof quantity, "%d", each->of_tier[tier]);
            const char *of[] = {plan_tiers[tier].code, each->code,
                                each->of_tier[tier] == PLAN_UNLIMITED ? NULL : quantity};
            good = each->of_tier[tier] == 0 ||
                   session_do(connection,
                              "INSERT INTO bank.tier_benefit (tier, benefit, quantity)"
                              " VALUES ($1, $2, $3::int) ON CONFLICT DO NOTHING",
                              3, of, error);
        }
    }
    return good;
}

static bool load_campaigns(PGconn *connection, const struct plan *plan, struct error *error)
{
    for (int i = 0; i < PLAN_CAMPAIGNS; i++) {
        const struct plan_campaign *each = &plan_campaigns[i];
        char id[16], starts[11], ends[11];
        snprintf(id, sizeof id, "%d", i + 1);
        date_format(plan_month(plan, each->starts), starts);
        date_format(plan_month(plan, each->ends + 1) - 1, ends);
        const char *values[] = {id,     each->code, each->name_zh, each->name_en, each->purpose,
                                starts, ends,       each->state};
        if (!insert(connection,
                    "INSERT INTO bank.campaign (campaign_id, code, name_zh, name_en, purpose,"
                    " starts_on, ends_on, state)"
                    " VALUES ($1::int, $2, $3, $4, $5, $6::date, $7::date, $8)",
                    8, values, error))
            return false;
    }
    return true;
}

/* Holidays and make-up workdays as the State Council announced them for 2025 and 2026. */
static const char calendar_sql[] =
    "INSERT INTO bank.calendar_day (day, kind, name_zh, name_en) "
    "SELECT d::date, CASE WHEN m.day IS NOT NULL THEN 'makeup' WHEN h.zh IS NOT NULL THEN "
    "'holiday' "
    "WHEN extract(isodow FROM d) > 5 THEN 'weekend' ELSE 'workday' END, "
    "coalesce(h.zh, CASE WHEN m.day IS NOT NULL THEN '调休上班' END, ''), "
    "coalesce(h.en, CASE WHEN m.day IS NOT NULL THEN 'Make-up workday' END, '') "
    "FROM generate_series(date '2024-01-01', $1::date + 800, interval '1 day') d "
    "LEFT JOIN (VALUES "
    "(date '2025-01-01', date '2025-01-01', '元旦', 'New Year'), "
    "(date '2025-01-28', date '2025-02-04', '春节', 'Spring Festival'), "
    "(date '2025-04-04', date '2025-04-06', '清明节', 'Qingming'), "
    "(date '2025-05-01', date '2025-05-05', '劳动节', 'Labour Day'), "
    "(date '2025-05-31', date '2025-06-02', '端午节', 'Dragon Boat Festival'), "
    "(date '2025-10-01', date '2025-10-08', '国庆节、中秋节', 'National Day, Mid-Autumn'), "
    "(date '2026-01-01', date '2026-01-03', '元旦', 'New Year'), "
    "(date '2026-02-15', date '2026-02-23', '春节', 'Spring Festival'), "
    "(date '2026-04-04', date '2026-04-06', '清明节', 'Qingming'), "
    "(date '2026-05-01', date '2026-05-05', '劳动节', 'Labour Day'), "
    "(date '2026-06-19', date '2026-06-21', '端午节', 'Dragon Boat Festival'), "
    "(date '2026-09-25', date '2026-09-27', '中秋节', 'Mid-Autumn Festival'), "
    "(date '2026-10-01', date '2026-10-07', '国庆节', 'National Day')) h (first, last, zh, en) "
    "ON d BETWEEN h.first AND h.last "
    "LEFT JOIN (VALUES (date '2025-01-26'), ('2025-02-08'), ('2025-04-27'), ('2025-09-28'), "
    "('2025-10-11'), ('2026-01-04'), ('2026-02-14'), ('2026-02-28'), ('2026-05-09'), "
    "('2026-09-20'), ('2026-10-10')) m (day) ON d = m.day "
    "ON CONFLICT DO NOTHING";

static bool set(PGconn *connection, const char *name, const char *value, const char *note,
                struct error *error)
{
    const char *values[] = {name, value, note};
    return session_do(connection,
                      "INSERT INTO bank.setting (name, value, note) VALUES ($1, $2, $3)"
                      " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                      3, values, error);
}

static bool load_settings(PGconn *connection, const struct plan *plan, struct error *error)
{
    char day[11], seed[24], customers[24], now[24];
    date_format(plan->day, day);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)plan->seed);
    snprintf(customers, sizeof customers, "%lld", (long long)plan->customers);
    snprintf(now, sizeof now, "%lld", (long long)plan->now);
    const char *values[] = {day};
    return session_do(connection, calendar_sql, 1, values, error) &&
           set(connection, "business_date", day, "", error) &&
           set(connection, "bank_name_zh", "江澜银行（演示）", "", error) &&
           set(connection, "bank_name_en", "Jianglan Bank (demonstration)", "", error) &&
           set(connection, "demo_seed", seed, "seed of the demo bank", error) &&
           set(connection, "demo_customers", customers, "size of the demo bank", error) &&
           set(connection, "demo_now", now, "moment for which it was made", error);
}

bool organisation_load(PGconn *connection, const struct plan *plan, struct error *error)
{
    return load_settings(connection, plan, error) && load_units(connection, plan, error) &&
           load_staff(connection, plan, error) && load_catalogue(connection, error) &&
           load_tiers(connection, error) && load_benefits(connection, error) &&
           load_campaigns(connection, plan, error);
}
