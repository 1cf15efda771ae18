#include "demo/maker.h"
#include "demo/plan.h"
#include "demo/rows.h"

/* A year of uses of what each tier has. */

enum { TOPIC = 0x62656e65, HOUR = 3600 };

static void use(struct maker *maker, struct profile *p, struct random *random,
                const struct plan_benefit *benefit)
{
    struct rows *rows = maker->rows;
    int day = maker->plan->day - (int)random_between(random, 1, 330);
    if (day < p->opened)
        return;
    rows_integer(rows, ROWS_BENEFIT_USE, p->id);
    rows_integer(rows, ROWS_BENEFIT_USE, maker->next_use++);
    rows_text(rows, ROWS_BENEFIT_USE, benefit->code);
    rows_integer(rows, ROWS_BENEFIT_USE, 1);
    rows_day(rows, ROWS_BENEFIT_USE, day);
    rows_moment(rows, ROWS_BENEFIT_USE,
                plan_moment(day, 9 * HOUR + (int)random_below(random, 8 * HOUR)));
    rows_integer(rows, ROWS_BENEFIT_USE, plan_person(maker->plan, random, p->unit, "clerk"));
    rows_integer(rows, ROWS_BENEFIT_USE, p->unit);
    rows_end(rows, ROWS_BENEFIT_USE);
}

void benefit_make(struct maker *maker, struct profile *p)
{
    struct random random;
    if (p->company || p->dormant)
        return;
    random_start(&random, maker->plan->seed, TOPIC, (uint64_t)p->id);
    for (int i = 0; plan_benefits[i].code; i++) {
        int most = plan_benefits[i].of_tier[p->tier];
        int times = (int)random_below(&random, 100) < 35 ? 1 + (int)random_below(&random, 3) : 0;
        for (int n = 0; n < times && (most == PLAN_UNLIMITED || n < most); n++)
            use(maker, p, &random, &plan_benefits[i]);
    }
}
