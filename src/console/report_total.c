#include "console/report_total.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void report_total_start(struct report_total *total, const struct definition *definition)
{
    const struct defined_columns *columns = &definition->columns;
    *total = (struct report_total){.definition = definition};
    total->sums = xcalloc((size_t)columns->count + 1, sizeof *total->sums);
    for (int i = 0; i < definition->total_count; i++)
        if (definition->totals[i] >= 0)
            total->sums[definition->totals[i]].wanted = true;
    for (int i = 0; i < columns->count; i++) {
        for (int part = 0; columns->items[i].share && part < 2; part++)
            if (columns->items[i].share_at[part] >= 0)
                total->sums[columns->items[i].share_at[part]].wanted = true;
        total->sums[i].sound = true;
    }
}

static bool same_currency(struct report_sum *sum, const char *currency)
{
    if (!sum->currency[0])
        snprintf(sum->currency, sizeof sum->currency, "%s", currency ? currency : "");
    return currency && !strcmp(sum->currency, currency);
}

void report_total_add(struct report_total *total, const char *const *cells)
{
    const struct defined_columns *columns = &total->definition->columns;
    total->rows++;
    for (int i = 0; i < columns->count; i++) {
        struct report_sum *sum = &total->sums[i];
        int currency = columns->items[i].currency_at;
        if (!sum->wanted || !cells[i])
            continue;
        if (__builtin_add_overflow(sum->value, strtoll(cells[i], NULL, 10), &sum->value) ||
            (currency >= 0 && !same_currency(sum, cells[currency])))
            sum->sound = false;
    }
}

static const struct report_sum *sound_sum(const struct report_total *total, int column)
{
    const struct report_sum *sum = column < 0 ? NULL : &total->sums[column];
    return sum && sum->wanted && sum->sound ? sum : NULL;
}

static bool is_total(const struct report_total *total, int column)
{
    for (int i = 0; i < total->definition->total_count; i++)
        if (total->definition->totals[i] == column)
            return sound_sum(total, column) != NULL;
    return false;
}

static const char *share(const struct report_total *total, const struct defined_column *column,
                         char text[32])
{
    const struct report_sum *part = sound_sum(total, column->share_at[0]);
    const struct report_sum *whole = sound_sum(total, column->share_at[1]);
    if (!part || !whole || !whole->value)
        return NULL;
    snprintf(text, 32, "%.3f", 100.0 * (double)part->value / (double)whole->value);
    return text;
}

const char *report_total_cell(const struct report_total *total, int column, char text[32])
{
    const struct defined_columns *columns = &total->definition->columns;
    if (!total->rows)
        return NULL;
    if (is_total(total, column)) {
        snprintf(text, 32, "%lld", (long long)total->sums[column].value);
        return text;
    }
    if (columns->items[column].share)
        return share(total, &columns->items[column], text);
    for (int i = 0; i < columns->count; i++)
        if (columns->items[i].currency_at == column && is_total(total, i)) {
            snprintf(text, 32, "%s", total->sums[i].currency);
            return text;
        }
    return NULL;
}

void report_total_free(struct report_total *total)
{
    free(total->sums);
    *total = (struct report_total){0};
}
