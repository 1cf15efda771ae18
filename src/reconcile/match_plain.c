#include "reconcile/match_plain.h"

#include "reconcile/match_slip.h"

#include <string.h>

bool match_is_explained(const struct match_store *store, uint32_t index, uint32_t taken)
{
    const struct match_line *line = &store->lines[index];
    const struct match_rule *rule = match_line_rule(store, line);
    if (!rule || rule->kind != MATCH_NEAR)
        return false;
    struct match_form one = match_line_form(store, index);
    struct match_form partner = match_line_form(store, line->next);
    struct match_form pair = match_line_form(store, taken);
    return match_form_distance(&one, &partner) == 1 && match_form_distance(&one, &pair) == 1 &&
           match_form_distance(&partner, &pair) > 1;
}

static bool has(struct slice text, struct slice part)
{
    return part.length && part.length <= text.length &&
           memmem(text.text, text.length, part.text, part.length) != NULL;
}

static bool is_same(struct slice one, struct slice other)
{
    return one.length == other.length && !memcmp(one.text, other.text, one.length);
}

/* Whether anything but the number says that the line is the partner of the pair's other line. */
static bool is_spoken_for(const struct match_store *store, uint32_t line, uint32_t taken)
{
    uint32_t mate = store->lines[taken].next;
    struct slice text = match_narrative(store, &store->lines[line]);
    struct slice other = match_narrative(store, &store->lines[mate]);
    uint32_t payer = store->lines[line].payer;
    return has(text, match_reference(store, &store->lines[taken])) ||
           has(other, match_reference(store, &store->lines[line])) ||
           (text.length && is_same(text, other) &&
            !is_same(other, match_narrative(store, &store->lines[taken]))) ||
           (payer && payer == store->lines[mate].payer && payer != store->lines[taken].payer);
}

/* Whether the reference stands for the lines of the pair alone, but for lines of other amounts. */
static bool is_only(const struct match_store *store, uint32_t taken)
{
    const struct match_line *line = &store->lines[taken];
    const struct match_keys *keys = &store->references;
    uint64_t key = match_reference_key(line);
    size_t lines = 0;
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key; at++) {
        const struct match_line *other = &store->lines[keys->list[at].line];
        lines += other->account == line->account &&
                 (other->amount == line->amount || other->amount == -line->amount);
    }
    return lines == 2;
}

bool match_is_plain(const struct match_store *store, uint32_t index, uint32_t taken)
{
    const struct match_line *line = &store->lines[index], *one = &store->lines[taken];
    const struct match_line *mate = &store->lines[one->next];
    const struct match_rule *rule = match_line_rule(store, one), *own = match_line_rule(store, line);
    if (rule->kind != MATCH_REFERENCE || rule->writing != MATCH_SAME || rule->fee.given ||
        rule->ambiguity != MATCH_LEAVE || mate->side == one->side ||
        &store->lines[mate->next] != one || !match_same_writing(store, taken, one->next))
        return false;
    if (one->side != line->side || one->amount != line->amount || mate->amount != line->amount ||
        match_has_part(store, line) || match_has_part(store, one))
        return false;
    if (own && own->kind != MATCH_NEAR && own->kind != MATCH_SUBSET && own->kind != MATCH_AMOUNT &&
        own->kind != MATCH_PAYER)
        return false;
    return is_only(store, taken) && !is_spoken_for(store, index, taken);
}

/* Whether leaving out one character, the same of both, makes the shorter text of either. */
static bool is_cut_of(struct slice shorter, struct slice one, struct slice other)
{
    for (size_t i = 0; i <= shorter.length; i++)
        if (!memcmp(shorter.text, one.text, i) && !memcmp(shorter.text, other.text, i) &&
            !memcmp(shorter.text + i, one.text + i + 1, shorter.length - i) &&
            !memcmp(shorter.text + i, other.text + i + 1, shorter.length - i))
            return true;
    return false;
}

bool match_is_slip_of(struct slice text, struct slice one, struct slice other)
{
    size_t at = 0;
    if (one.length != other.length || !one.length)
        return false;
    if (text.length + 1 == one.length)
        return is_cut_of(text, one, other);
    if (text.length != one.length)
        return false;
    while (at + 1 < text.length && text.text[at] == one.text[at] && text.text[at] == other.text[at])
        at++;
    size_t rest = text.length - at - 1;
    return text.text[at] != one.text[at] && text.text[at] != other.text[at] &&
           !memcmp(text.text + at + 1, one.text + at + 1, rest) &&
           !memcmp(text.text + at + 1, other.text + at + 1, rest);
}

static bool is_slip(struct slice one, struct slice other)
{
    return match_slip_between(one, other).kind != MATCH_SLIP_NONE;
}

uint32_t match_crossed(const struct match_store *store, uint32_t index, uint32_t taken)
{
    const struct match_line *line = &store->lines[index], *mate = &store->lines[line->next];
    const struct match_rule *rule = match_line_rule(store, line);
    struct slice own = match_reference(store, line), other = match_reference(store, mate);
    struct slice pair = match_reference(store, &store->lines[taken]);
    if (!rule || rule->kind != MATCH_NEAR || mate->side == line->side ||
        &store->lines[mate->next] != line || mate->amount != line->amount)
        return UINT32_MAX;
    bool crossed = match_is_slip_of(own, other, pair) || match_is_slip_of(other, own, pair) ||
                   (is_slip(own, other) && is_slip(own, pair) && is_slip(other, pair));
    return crossed ? line->next : UINT32_MAX;
}
