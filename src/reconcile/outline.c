#include "reconcile/outline.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/language.h"
#include "base/money.h"
#include "base/text.h"
#include "reconcile/control.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 50, WORST = 20 };

struct outline_statement {
    struct statement statement;
    char *account;
};

struct outline_lines {
    uint64_t in, out;
    int64_t in_sum, out_sum;
};

struct outline_control {
    struct control control;
    char *label;
};

static bool take_item(void *context, const struct item *item, struct error *error)
{
    struct outline *outline = context;
    size_t at = (size_t)item->statement;
    while (outline->line_count <= at) {
        ARRAY_RESERVE(outline->lines, outline->line_count, outline->line_capacity);
        outline->lines[outline->line_count++] = (struct outline_lines){0, 0, 0, 0};
    }
    struct outline_lines *lines = &outline->lines[at];
    /* The parser has summed them before without overflow. */
    if (item->amount < 0) {
        lines->out++;
        lines->out_sum = (int64_t)((uint64_t)lines->out_sum - (uint64_t)item->amount);
    } else {
        lines->in++;
        lines->in_sum = (int64_t)((uint64_t)lines->in_sum + (uint64_t)item->amount);
    }
    return outline->next->item(outline->next->context, item, error);
}

static bool take_statement(void *context, const struct statement *statement, struct error *error)
{
    struct outline *outline = context;
    ARRAY_RESERVE(outline->list, outline->count, outline->capacity);
    outline->list[outline->count++] = (struct outline_statement){
        *statement, xstrndup(statement->account.text ? statement->account.text : "",
                             statement->account.length)};
    return outline->next->statement(outline->next->context, statement, error);
}

static bool take_control(void *context, const struct control *control, struct error *error)
{
    struct outline *outline = context;
    outline->controls++;
    if (!control_holds(control)) {
        outline->broken++;
        if (!outline->worst)
            outline->worst = xcalloc(WORST, sizeof *outline->worst);
        if (outline->worst_count < WORST)
            outline->worst[outline->worst_count++] = (struct outline_control){
                *control, xstrndup(control->label.text ? control->label.text : "",
                                   control->label.length)};
    }
    return control_report(outline->next, control, error);
}

struct sink outline_sink(struct outline *outline, const struct sink *next)
{
    outline->next = next;
    return (struct sink){outline, take_item, take_statement, take_control};
}

static void print_safe(FILE *out, const char *text)
{
    struct buffer safe = BUFFER_INIT;
    text_safe(&safe, text, strlen(text));
    fputs(buffer_text(&safe), out);
    buffer_free(&safe);
}

static const char *day(int days, char text[11])
{
    if (days == ITEM_NO_DATE)
        return "–";
    date_format(days, text);
    return text;
}

static void print_statement(const struct outline *outline, const struct outline_statement *entry,
                            FILE *out)
{
    const struct statement *s = &entry->statement;
    struct outline_lines none = {0, 0, 0, 0};
    const struct outline_lines *lines = (size_t)s->position < outline->line_count
                                            ? &outline->lines[s->position] : &none;
    char from[11], to[11], in[40], gone[40];
    fputs("  ", out);
    print_safe(out, entry->account);
    fprintf(out, _(" %s, %s to %s: %llu in %s, %llu out %s"), s->currency,
            day(s->open_date, from), day(s->close_date, to), (unsigned long long)lines->in,
            money_format(lines->in_sum, s->currency, in, sizeof in),
            (unsigned long long)lines->out,
            money_format(lines->out_sum, s->currency, gone, sizeof gone));
    if (s->has_opening)
        fprintf(out, _(", opening %s"), money_format(s->opening, s->currency, in, sizeof in));
    if (s->has_closing)
        fprintf(out, _(", closing %s"), money_format(s->closing, s->currency, in, sizeof in));
    fputc('\n', out);
}

static void print_value(FILE *out, const struct control *control, int64_t value)
{
    char text[40];
    if (control_is_amount(control->kind))
        fputs(money_format(value, control->currency[0] ? control->currency : "CNY", text,
                           sizeof text), out);
    else
        fprintf(out, "%lld", (long long)value);
}

static void print_control(const struct outline_control *entry, FILE *out)
{
    fprintf(out, _("  line %llu: "), (unsigned long long)entry->control.line);
    print_safe(out, entry->label);
    fputs(_(" states "), out);
    print_value(out, &entry->control, entry->control.expected);
    fputs(_(", the lines give "), out);
    print_value(out, &entry->control, entry->control.found);
    fputc('\n', out);
}

void outline_print(const struct outline *outline, FILE *out)
{
    for (size_t i = 0; i < outline->count && i < SHOWN; i++)
        print_statement(outline, &outline->list[i], out);
    if (outline->count > SHOWN)
        fprintf(out,
                ngettext("  and %zu more statement\n", "  and %zu more statements\n",
                         (unsigned long)(outline->count - SHOWN)),
                outline->count - SHOWN);
    if (outline->controls)
        fprintf(out,
                ngettext("  control totals: %llu, of which %llu does not hold\n",
                         "  control totals: %llu, of which %llu do not hold\n",
                         (unsigned long)outline->broken),
                (unsigned long long)outline->controls, (unsigned long long)outline->broken);
    for (size_t i = 0; i < outline->worst_count; i++)
        print_control(&outline->worst[i], out);
}

void outline_free(struct outline *outline)
{
    for (size_t i = 0; i < outline->count; i++)
        free(outline->list[i].account);
    for (size_t i = 0; i < outline->worst_count; i++)
        free(outline->worst[i].label);
    free(outline->list);
    free(outline->lines);
    free(outline->worst);
    *outline = (struct outline){.next = NULL};
}
