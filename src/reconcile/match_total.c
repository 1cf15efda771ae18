#include "reconcile/match_lot.h"

#include <stdlib.h>

enum { PARTS_MOST = 64 }; /* lines of one reference */

/* Rules about all lines of one reference: those that cancel out, and totals. */

/* Movement and counter-movement on one side, and no other line of that reference and amount: with
 * one, they are two movements of a reference that was used twice. Not sure where the reference stands
 * for other amounts as well. */
static void net_run(struct match_store *store, const struct match_rule *rule,
                    const struct match_lot *run)
{
    size_t counts[2][2];
    uint32_t first[2][2];
    for (size_t from = 0, end; from < run->count; from = end) {
        end = match_lot_end(store, run->lines, from, run->count);
        match_count_open(store, &(struct match_lot){run->lines + from, end - from}, counts, first);
        for (int side = 0; side < 2; side++) {
            const uint32_t lines[] = {first[side][MATCH_IN], first[side][MATCH_OUT]};
            if (end - from != 2 || counts[side][MATCH_IN] != 1 || counts[side][MATCH_OUT] != 1 ||
                counts[!side][MATCH_IN] || counts[!side][MATCH_OUT] ||
                !match_same_form(store, lines[0], lines[1]) ||
                match_is_numbered(store, &store->lines[lines[0]])) /* parts of two movements */
                continue;
            int days = abs(store->lines[lines[0]].date - store->lines[lines[1]].date);
            if (days <= rule->late && store->lines[lines[0]].amount)
                match_join(store, lines, 2, rule,
                           run->count == 2 && match_sure_writing(store, lines[0], lines[1]));
        }
    }
}

void match_rule_reversal(struct match_store *store, const struct match_rule *rule)
{
    match_each_run(store, rule, net_run);
}

/* All lines of one reference and direction, when none of them was used before. */
static void total_run(struct match_store *store, const struct match_rule *rule,
                      const struct match_lot *run)
{
    uint32_t lines[2 * MATCH_PARTS];
    for (int way = MATCH_IN; way <= MATCH_OUT; way++) {
        size_t count = 0, sides[2] = {0, 0};
        __int128 rest = 0;
        bool whole = true;
        for (size_t i = 0; i < run->count && whole; i++) {
            const struct match_line *line = &store->lines[run->lines[i]];
            if (match_direction(line) != way)
                continue;
            whole = !line->mark && sides[line->side] < rule->parts &&
                    match_same_writing(store, run->lines[0], run->lines[i]) &&
                    match_in_days(&store->lines[run->lines[0]], line,
                                  &(struct match_rule){.early = rule->late, .late = rule->late});
            if (whole) {
                sides[line->side]++;
                rest += line->side ? -(__int128)line->amount : line->amount;
                lines[count++] = run->lines[i];
            }
        }
        if (whole && !rest && count > 2 && sides[0] && sides[1] &&
            (sides[0] == 1 || sides[1] == 1 || rule->many))
            match_join(
                store, lines, count, rule,
                match_is_key(match_reference(store, &store->lines[lines[0]]),
                             &store->lines[lines[0]]));
    }
}

void match_rule_total(struct match_store *store, const struct match_rule *rule)
{
    match_each_run(store, rule, total_run);
}

/* Lines of one reference: an open one, and those of the other side that could be its parts. */
struct parts {
    int64_t whole, open;              /* its amount, and the total of the open ones */
    uint32_t line, taken[PARTS_MOST]; /* the open line, and those in confirmed pairs */
    size_t count;
};

static bool add_up(const struct match_store *store, const struct parts *parts, size_t i, size_t j)
{
    int64_t sum = store->lines[parts->taken[i]].amount;
    if (i != j && __builtin_add_overflow(sum, store->lines[parts->taken[j]].amount, &sum))
        return false;
    if (i != j && sum == parts->whole)
        return true;
    return parts->open && !__builtin_add_overflow(sum, parts->open, &sum) && sum == parts->whole;
}

static void find_parts(const struct match_store *store, const struct match_key *keys, size_t count,
                       struct parts *parts)
{
    const struct match_line *whole = &store->lines[parts->line];
    for (size_t i = 0; i < count; i++) {
        const struct match_line *line = &store->lines[keys[i].line];
        const struct match_rule *rule = match_line_rule(store, line);
        if (line->side == whole->side || line->account != whole->account ||
            match_direction(line) != match_direction(whole))
            continue;
        bool sure = match_line_status(line) == MATCH_CONFIRMED;
        if (!sure && __builtin_add_overflow(parts->open, line->amount, &parts->open))
            parts->open = 0;
        if (sure && rule->kind == MATCH_REFERENCE && parts->count < PARTS_MOST)
            parts->taken[parts->count++] = keys[i].line;
    }
}

/* A line without a sure partner whose amount is the total of lines of the other side, some of them
 * paired: with two explanations the pairs are left to a person. */
void match_doubt_totals(struct match_store *store)
{
    const struct match_keys *keys = &store->residue;
    for (size_t at = 0, run; at < keys->count; at += run) {
        run = match_keys_run(keys, at);
        for (size_t k = at; run > 2 && run <= PARTS_MOST && k < at + run; k++) {
            if (match_line_status(&store->lines[keys->list[k].line]) == MATCH_CONFIRMED)
                continue;
            struct parts parts = {.line = keys->list[k].line,
                                  .whole = store->lines[keys->list[k].line].amount};
            find_parts(store, &keys->list[at], run, &parts);
            for (size_t i = 0; i < parts.count; i++)
                for (size_t j = i; j < parts.count; j++)
                    if (add_up(store, &parts, i, j)) {
                        match_demote(store, parts.taken[i], MATCH_DOUBT_PARTS, parts.line);
                        match_demote(store, parts.taken[j], MATCH_DOUBT_PARTS, parts.line);
                    }
        }
    }
}
