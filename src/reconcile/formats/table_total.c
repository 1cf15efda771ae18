#include "reconcile/formats/table_part.h"

#include "base/language.h"
#include "base/money.h"
#include "reconcile/control.h"

#include <stdio.h>
#include <string.h>

static int64_t scale(const char *currency)
{
    int64_t factor = 1;
    for (int digits = money_digits(currency); digits < 6; digits++)
        factor *= 10;
    return factor;
}

/* Adds the current row, a movement of `amount` minor units, to the totals that are about it. */
void table_tally(struct table *table, const char *currency, int64_t amount)
{
    const struct profile *profile = table->profile;
    for (int i = 0; i < profile->total_count; i++) {
        const struct profile_total *total = &profile->totals[i];
        struct table_tally *tally = &table->tallies[i];
        int64_t micro = 0;
        if ((total->sum_kind == CONTROL_CREDIT_SUM && amount <= 0) ||
            (total->sum_kind == CONTROL_DEBIT_SUM && amount >= 0) ||
            !table_when(table, &total->when))
            continue;
        table_wide value = (table_wide)amount * scale(currency);
        if (total->column >= 0) {
            if (!table_micro(table, total->column, currency, &micro))
                *table->error = (struct error)ERROR_INIT;
            value = micro;
        }
        tally->count++;
        tally->sum += value < 0 && !total->is_signed ? -value : value;
    }
}

static int64_t bounded(table_wide value)
{
    return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

/* To minor units; halves away from zero. */
static int64_t to_minor(table_wide micro, const char *currency)
{
    int64_t factor = scale(currency);
    return bounded((micro + (micro < 0 ? -factor / 2 : factor / 2)) / factor);
}

static bool check_row(struct table *table, const struct profile_check *check, const char *currency,
                      int64_t amount)
{
    int64_t net, term;
    table_wide sum = 0;
    for (int i = 0; i < check->count; i++) {
        if (check->terms[i] == COLUMN_AMOUNT)
            sum += (table_wide)amount * scale(currency);
        else if (!table_micro(table, check->terms[i], currency, &term))
            return false;
        else
            sum += term;
    }
    if (!table_micro(table, check->equals, currency, &net))
        return false;
    if (sum == net || table->check_breaks++ >= CONTROL_LINES)
        return true;
    struct control control = {.statement = table->accounts[table->last].statement.position,
                              .kind = CONTROL_NET,
                              .expected = to_minor(net, currency),
                              .found = to_minor(sum, currency),
                              .line = source_line(table->source),
                              .label = {check->label, strlen(check->label)}};
    if (control.expected == control.found)
        control.found++; /* they differ by less than a minor unit */
    memcpy(control.currency, currency, 4);
    return control_report(table->sink, &control, table->error);
}

bool table_check(struct table *table, const char *currency, int64_t amount)
{
    for (int i = 0; i < table->profile->check_count; i++)
        if (!check_row(table, &table->profile->checks[i], currency, amount))
            return false;
    return true;
}

static int place_of(struct table *table, const char *name)
{
    for (int i = 0; i < table->record.count; i++) {
        struct slice text = record_trim(table->record.fields[i]);
        if (table_same_text(table->decoded ? text : source_text(table->source, text), name))
            return i;
    }
    return -1;
}

static bool refuse_summary(struct table *table)
{
    return source_refuse(table->source, 0, NULL, _("Ask the sender for the file again."),
                         table->error, _("the row of totals is cut or cannot be read"));
}

static bool take_summary(struct table *table, const int counts[], const int sums[])
{
    for (int i = 0; i < table->profile->total_count; i++) {
        struct table_tally *tally = &table->tallies[i];
        int places[2] = {counts[i], sums[i]};
        int64_t values[2] = {0, 0};
        for (int k = 0; k < 2; k++) {
            if (places[k] >= table->record.count)
                return refuse_summary(table);
            if (places[k] < 0)
                continue;
            struct slice text = record_trim(table->record.fields[places[k]]);
            if (text.length && *text.text == '`')
                text.text++, text.length--;
            if (!table_micro_text(table, text, &values[k]))
                return refuse_summary(table);
        }
        if (places[0] >= 0) {
            tally->has_count = true;
            tally->stated_count = values[0] / 1000000;
        }
        if (places[1] >= 0) {
            tally->has_sum = true;
            tally->stated_sum = values[1];
        }
        tally->line = source_line(table->source);
    }
    return true;
}

/* If the current row heads the totals: takes the next one. Sets footer_seen then. */
bool table_summary(struct table *table)
{
    const struct profile *profile = table->profile;
    int counts[PROFILE_TOTALS], sums[PROFILE_TOTALS], found = 0, wanted = 0;
    for (int i = 0; i < profile->total_count; i++) {
        const struct profile_total *total = &profile->totals[i];
        counts[i] = total->count_name ? place_of(table, total->count_name) : -1;
        sums[i] = total->sum_name ? place_of(table, total->sum_name) : -1;
        wanted += (total->count_name != NULL) + (total->sum_name != NULL);
        found += (counts[i] >= 0) + (sums[i] >= 0);
        if (!found && wanted)
            return true;
    }
    if (!found)
        return true;
    table->footer_seen = true;
    if (record_next(table->source, &table->style, &table->record, table->error))
        return take_summary(table, counts, sums);
    return table->error->kind == ERROR_NONE && refuse_summary(table);
}

static bool report(struct table *table, const struct profile_total *total, bool sums,
                   const struct table_tally *tally)
{
    const char *name = sums ? total->sum_name : total->count_name;
    const char *label = total->pattern ? total->pattern : name;
    struct control control = {.statement = table->count == 1 ? 1 : 0,
                              .kind = sums ? total->sum_kind : total->count_kind,
                              .line = tally->line,
                              .label = {label, strcspn(label, "{")}};
    while (control.label.length > 1 && strchr(" (", label[control.label.length - 1]))
        control.label.length--;
    if (sums) {
        const char *currency = table->count ? table->accounts[0].statement.currency
                                            : table->currency;
        int64_t stated = tally->stated_sum;
        memcpy(control.currency, currency, 4);
        control.expected = to_minor(stated < 0 && !total->is_signed ? -stated : stated, currency);
        control.found = to_minor(tally->sum, currency);
    } else {
        control.expected = tally->stated_count;
        control.found = (int64_t)tally->count;
    }
    return control_report(table->sink, &control, table->error);
}

bool table_report_totals(struct table *table)
{
    for (int i = 0; i < table->profile->total_count; i++) {
        const struct table_tally *tally = &table->tallies[i];
        const struct profile_total *total = &table->profile->totals[i];
        if ((tally->has_count && !report(table, total, false, tally)) ||
            (tally->has_sum && !report(table, total, true, tally)))
            return false;
    }
    return true;
}
