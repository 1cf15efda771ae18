#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Safeguard of cut references: a piece names its line only while no other line of the amount has
 * a reference that begins or ends so. That one may have its partner; whoever wrote "…00201" for one of
 * the numbers 002010 to 002019 meant any of them. And while no line of the piece's side has the whole
 * reference itself. */

enum { FILTER = 1 << 20 }; /* bits */

static bool is_cut_pair(const struct match_store *store, uint32_t line)
{
    const struct match_rule *rule = match_line_rule(store, &store->lines[line]);
    return rule && rule->kind == MATCH_TRUNCATED && store->lines[line].side == MATCH_BOOK &&
           match_line_status(&store->lines[line]) == MATCH_CONFIRMED;
}

static uint64_t amount_key(const struct match_line *line)
{
    return match_mix(line->account, (uint64_t)line->amount);
}

/* All lines of the accounts and amounts that a cut pair has. */
static void collect(const struct match_store *store, struct match_keys *keys)
{
    uint8_t *filter = xcalloc(FILTER / 8, 1);
    size_t pairs = 0;
    for (size_t i = 0; i < match_rest_count(store); i++)
        if (is_cut_pair(store, match_rest(store, i))) {
            uint64_t bit = amount_key(&store->lines[match_rest(store, i)]) & (FILTER - 1);
            filter[bit >> 3] |= (uint8_t)(1 << (bit & 7));
            pairs++;
        }
    for (size_t i = 0; pairs && i < store->count; i++) {
        uint64_t key = amount_key(&store->lines[i]), bit = key & (FILTER - 1);
        if (store->lines[i].form && filter[bit >> 3] >> (bit & 7) & 1)
            match_keys_add(keys, key, (uint32_t)i);
    }
    free(filter);
    match_keys_sort(keys);
}

static bool has_piece(const struct match_form *form, const struct match_form *piece)
{
    return form->length > piece->length &&
           (!memcmp(form->text, piece->text, piece->length) ||
            !memcmp(form->text + form->length - piece->length, piece->text, piece->length));
}

/* Whether the form without a typing error would begin or end with the piece: its line may be the one
 * that was cut, and be mistyped besides. */
static bool nearly_has_piece(const struct match_form *form, const struct match_form *piece)
{
    for (int more = -1; more <= 1; more++) {
        size_t length = (size_t)(piece->length + more);
        struct slice text = {form->text, length};
        if (length > form->length)
            return false;
        for (int end = 0; end < 2; end++, text.text = form->text + form->length - length)
            if (match_distance(text, (struct slice){piece->text, piece->length}) <= 1)
                return true;
    }
    return false;
}

static bool same_text(const struct match_form *one, const struct match_form *other)
{
    return one->length == other->length && !memcmp(one->text, other->text, one->length);
}

/* A line of this one's other side that carries its whole reference, whatever the amount; UINT32_MAX
 * without one. */
static uint32_t owner_of(const struct match_store *store, uint32_t whole)
{
    const struct match_keys *keys = &store->references;
    uint64_t key = match_reference_key(&store->lines[whole]);
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key; at++)
        if (store->lines[keys->list[at].line].side != store->lines[whole].side &&
            match_same_form(store, keys->list[at].line, whole))
            return keys->list[at].line;
    return UINT32_MAX;
}

static void doubt_pair(struct match_store *store, const struct match_key *keys,
                       const struct match_form *forms, size_t count, uint32_t book)
{
    struct match_form a = match_plain(match_reference(store, &store->lines[book]));
    struct match_form b =
        match_plain(match_reference(store, &store->lines[store->lines[book].next]));
    const struct match_form *piece = a.length < b.length ? &a : &b;
    const struct match_form *whole = a.length < b.length ? &b : &a;
    uint32_t owner = owner_of(store, a.length < b.length ? store->lines[book].next : book);
    if (match_near_crowded(store, store->lines[book].account)) {
        match_demote(store, book, MATCH_DOUBT_CROWDED, UINT32_MAX);
        return;
    }
    if (owner != UINT32_MAX) {
        match_demote(store, book, MATCH_DOUBT_PIECE, owner);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (!same_text(&forms[i], whole) &&
            (has_piece(&forms[i], piece) ||
             (match_line_status(&store->lines[keys[i].line]) != MATCH_CONFIRMED &&
              forms[i].length > piece->length && nearly_has_piece(&forms[i], piece)))) {
            match_demote(store, book, MATCH_DOUBT_PIECE, keys[i].line);
            return;
        }
}

static void doubt_block(struct match_store *store, const struct match_key *keys, size_t count)
{
    struct match_form *forms = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!is_cut_pair(store, keys[i].line))
            continue;
        if (!forms) {
            forms = xmalloc(count * sizeof *forms);
            for (size_t j = 0; j < count; j++)
                forms[j] = match_plain(match_reference(store, &store->lines[keys[j].line]));
        }
        doubt_pair(store, keys, forms, count, keys[i].line);
    }
    free(forms);
}

void match_doubt_cut(struct match_store *store)
{
    struct match_keys keys = {NULL, 0, 0};
    collect(store, &keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        doubt_block(store, &keys.list[at], run);
    }
    match_keys_free(&keys);
}
