#ifndef BANKOPS_DEMO_PLAN_H
#define BANKOPS_DEMO_PLAN_H

#include "customer/pinyin.h"
#include "demo/name.h"
#include "demo/random.h"

#include <stdbool.h>
#include <stdint.h>

/* What is decided before the first customer is made: dates, organisation, people of the bank,
 * products, tiers, tags and campaigns. */

enum {
    PLAN_MONTHS = 18, /* full months of history before the current one */
    PLAN_BRANCHES = 4,
    PLAN_SUB_BRANCHES = 5, /* of each branch */
    PLAN_ROOM = 16, /* numbers of a branch and its sub-branches: some are free for new ones */
    PLAN_UNITS = 1 + PLAN_BRANCHES * (1 + PLAN_SUB_BRANCHES),
    PLAN_STAFF = 120,
    PLAN_STAFF_RECORDS = 40, /* members of staff who are customers: the first customers */
    PLAN_CAMPAIGNS = 8,
    PLAN_TIERS = 6,
};

struct plan_unit {
    int id, parent, high; /* parent 0: head office */
    const char *kind;     /* head, branch, sub_branch */
    char code[8];         /* four digits, in account numbers too */
    char name_zh[64], name_en[64];
    int city; /* index of name_cities */
};

struct plan_staff {
    int id;
    char login[40], name_zh[NAME_BYTES], name_en[NAME_BYTES];
    const char *role;
    int unit, scope;
    bool male;
    int birth;        /* day */
    bool has_login;   /* one of the demo logins: gets a database role */
    int64_t customer; /* his own record, 0 = none */
};

/* What each tier may use in every month, quarter or year. */
enum { PLAN_UNLIMITED = -1 };
struct plan_benefit {
    const char *code, *kind, *name_zh, *name_en, *period;
    int of_tier[PLAN_TIERS];
};
extern const struct plan_benefit plan_benefits[];

struct plan_campaign {
    const char *code, *name_zh, *name_en, *purpose, *state;
    int starts, ends; /* months before and after the current one: -3 … +2 */
    int reach;        /* customers of 10,000 */
};
extern const struct plan_campaign plan_campaigns[PLAN_CAMPAIGNS];

struct plan_tier {
    const char *code, *name_zh, *name_en;
    int64_t threshold; /* minor units */
};
extern const struct plan_tier plan_tiers[PLAN_TIERS];

struct plan_product {
    const char *code, *kind, *name_zh, *name_en, *risk, *currency;
};
extern const struct plan_product plan_products[];
struct plan_tag {
    const char *code, *name_zh, *name_en, *kind;
};
extern const struct plan_tag plan_tags[];

struct plan {
    uint64_t seed;
    int64_t customers;
    bool bare;                        /* no history: people, accounts and holdings only */
    int day;                          /* the bank's business day */
    int64_t now;                      /* moment that counts as now, seconds since 1970 */
    int month_start[PLAN_MONTHS + 2]; /* first days: the full months, the current one, the next */
    struct plan_unit units[PLAN_UNITS];
    struct plan_staff staff[PLAN_STAFF];
};

/* Fills the plan. `now` is in seconds since 1970 UTC; the business day is its day in China. */
void plan_make(struct plan *plan, struct pinyin *pinyin, uint64_t seed, int64_t customers,
               int64_t now);
/* First day of the month `months` from the current one. */
int plan_month(const struct plan *plan, int months);
/* Moment of a day at this second of the day in China. */
int64_t plan_moment(int day, int second);
/* Id of the sub-branch of a branch, both counted from 0. */
int plan_sub_branch(int branch, int sub);
/* The unit with this id, the plan's own. */
const struct plan_unit *plan_unit(const struct plan *plan, int id);
/* staff_id of someone with this role who works in the unit, its branch or head office. */
int plan_person(const struct plan *plan, struct random *random, int unit, const char *role);
/* Tier (index) of average assets in minor units. */
int plan_tier(int64_t assets);
/* English form of a Chinese name by its reading: "zhang wei min" -> "Zhang Weimin". */
void plan_english_name(const char *reading, char name[NAME_BYTES]);

#endif
