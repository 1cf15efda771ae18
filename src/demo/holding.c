#include "demo/maker.h"

#include <stdio.h>
#include <string.h>

static void write_holding(struct maker *maker, struct profile *p,
                          const struct plan_product *product, int64_t value)
{
    struct rows *rows = maker->rows;
    struct random *random = &p->random;
    const struct plan *plan = maker->plan;
    int span = plan->day - p->opened < 900 ? plan->day - p->opened : 900;
    char units[32];
    snprintf(units, sizeof units, "%lld.%04d", (long long)(value / 100 - value / 1000),
             (int)random_below(random, 10000));
    bool dated = !strcmp(product->kind, "wealth") || !strcmp(product->kind, "bond");
    rows_integer(rows, ROWS_HOLDING, p->id);
    rows_integer(rows, ROWS_HOLDING, maker->next_holding++);
    rows_text(rows, ROWS_HOLDING, product->code);
    rows_text(rows, ROWS_HOLDING, units);
    rows_integer(rows, ROWS_HOLDING, value);
    rows_integer(rows, ROWS_HOLDING, value - value / 100 * random_between(random, -14, 16));
    rows_text(rows, ROWS_HOLDING, "CNY");
    rows_day(rows, ROWS_HOLDING, plan->day - (int)random_below(random, (uint32_t)span + 1));
    if (dated)
        rows_day(rows, ROWS_HOLDING, plan->day + (int)random_between(random, 3, 700));
    else
        rows_null(rows, ROWS_HOLDING);
    rows_integer(rows, ROWS_HOLDING, p->unit);
    rows_end(rows, ROWS_HOLDING);
    if (!strcmp(product->kind, "fund"))
        p->holds_funds = true;
    if (!strcmp(product->kind, "wealth"))
        p->holds_wealth = true;
}

int64_t holding_make(struct maker *maker, struct profile *p, int64_t value)
{
    const struct plan *plan = maker->plan;
    struct random *random = &p->random;
    int count = value > 20000000 ? (int)random_between(random, 2, 4) : 1;
    size_t first = 0, products = 0;
    while (strcmp(plan_products[first].kind, "wealth"))
        first++;
    while (plan_products[first + products].code)
        products++;
    size_t product = random_below(random, (uint32_t)products);
    for (int i = 0; i < count; i++, product = (product + 3) % products)
        write_holding(maker, p, &plan_products[first + product], value / count);
    value = value / count * count;
    int64_t last = value, average = 0, drift = random_between(random, -12, 25);
    for (int slot = 0; slot < PLAN_MONTHS; slot++) {
        if (p->opened >= plan->month_start[slot + 1])
            continue;
        int64_t ago = PLAN_MONTHS - slot;
        int64_t then = value - value / 1000 * (drift * ago / 4 + random_between(random, -8, 8));
        average = (last + then) / 2;
        account_month(maker, p, 0, slot, then, average);
        last = then;
    }
    return average;
}

void holding_external(struct maker *maker, struct profile *p)
{
    static const char *const banks[] = {"他行存款", "外部基金平台", "他行理财", "商业保险"};
    static const char *const kinds[] = {"deposit", "fund", "wealth", "insurance"};
    struct rows *rows = maker->rows;
    struct random *random = &p->random;
    size_t kind = random_below(random, 4);
    rows_integer(rows, ROWS_EXTERNAL_ASSET, p->id);
    rows_integer(rows, ROWS_EXTERNAL_ASSET, maker->next_asset++);
    rows_text(rows, ROWS_EXTERNAL_ASSET, banks[kind]);
    rows_text(rows, ROWS_EXTERNAL_ASSET, kinds[kind]);
    rows_integer(rows, ROWS_EXTERNAL_ASSET, random_between(random, 2, 300) * 1000000);
    rows_text(rows, ROWS_EXTERNAL_ASSET, "CNY");
    rows_day(rows, ROWS_EXTERNAL_ASSET, maker->plan->day - (int)random_below(random, 400));
    rows_text(rows, ROWS_EXTERNAL_ASSET, random_chance(random, 7000) ? "told" : "document");
    rows_integer(rows, ROWS_EXTERNAL_ASSET, p->unit);
    rows_end(rows, ROWS_EXTERNAL_ASSET);
}
