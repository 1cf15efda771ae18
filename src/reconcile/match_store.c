#include "reconcile/match_store.h"

#include "base/alloc.h"
#include "base/language.h"
#include "reconcile/match_text.h"

#include <stdlib.h>
#include <string.h>

struct match_store *match_store_new(const struct match_rules *rules)
{
    struct match_store *store = xcalloc(1, sizeof *store);
    store->rules = rules;
    return store;
}

void match_store_free(struct match_store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->account_count; i++)
        free(store->accounts[i].name);
    free(store->accounts);
    free(store->account_table);
    match_keys_free(&store->references);
    match_keys_free(&store->residue);
    free(store->rest);
    free(store->notes);
    free(store->lines);
    free(store->texts[0].bytes);
    free(store->texts[1].bytes);
    buffer_free(&store->remarks[0]);
    buffer_free(&store->remarks[1]);
    free(store);
}

uint64_t match_mix(uint64_t a, uint64_t b)
{
    uint64_t mixed = ((a + 1) * 0x9e3779b97f4a7c15u ^ b) * 0xff51afd7ed558ccdu;
    mixed = (mixed ^ (mixed >> 32)) * 0xc4ceb9fe1a85ec53u;
    return mixed ^ (mixed >> 29);
}

uint64_t match_hash(const char *text, size_t length)
{
    uint64_t hash = length, word;
    for (; length >= 8; text += 8, length -= 8) {
        memcpy(&word, text, 8);
        hash = match_mix(hash, word);
    }
    word = 0;
    memcpy(&word, text, length);
    return match_mix(hash, word);
}

static uint64_t account_hash(const char *name, size_t length, const char *currency)
{
    return match_mix(match_hash(name, length), match_hash(currency, 3));
}

static void grow_accounts(struct match_store *store)
{
    store->account_slots = store->account_slots ? store->account_slots * 2 : 64;
    free(store->account_table);
    store->account_table = xcalloc(store->account_slots, sizeof *store->account_table);
    for (size_t i = 0; i < store->account_count; i++) {
        const struct match_account *account = &store->accounts[i];
        size_t at = account_hash(account->name, strlen(account->name), account->currency) &
                    (store->account_slots - 1);
        while (store->account_table[at])
            at = (at + 1) & (store->account_slots - 1);
        store->account_table[at] = (uint32_t)i + 1;
    }
}

uint32_t match_account(struct match_store *store, struct slice name, const char currency[4])
{
    if ((store->account_count + 1) * 2 > store->account_slots)
        grow_accounts(store);
    size_t at = account_hash(name.text, name.length, currency) & (store->account_slots - 1);
    for (; store->account_table[at]; at = (at + 1) & (store->account_slots - 1)) {
        const struct match_account *account = &store->accounts[store->account_table[at] - 1];
        if (strlen(account->name) == name.length &&
            !memcmp(account->name, name.text, name.length) &&
            !memcmp(account->currency, currency, 3))
            return store->account_table[at] - 1;
    }
    ARRAY_RESERVE(store->accounts, store->account_count, store->account_capacity);
    struct match_account *account = &store->accounts[store->account_count++];
    *account = (struct match_account){.name = xstrndup(name.text, name.length)};
    memcpy(account->currency, currency, 3);
    store->account_table[at] = (uint32_t)store->account_count;
    return (uint32_t)store->account_count - 1;
}

static void add_text(struct match_text *to, struct slice text)
{
    MATCH_RESERVE(to->bytes, to->length + text.length, to->capacity);
    if (text.length)
        memcpy(to->bytes + to->length, text.text, text.length);
    to->length += text.length;
}

static bool fits(const struct match_store *store, int side, const struct item *item,
                 struct error *error)
{
    if (item->source_id.length > ITEM_TEXT_LIMIT || item->reference.length > ITEM_TEXT_LIMIT ||
        item->narrative.length > ITEM_TEXT_LIMIT)
        return error_set(error, ERROR_INPUT, NULL, NULL, _("a text of more than 65535 bytes"));
    if (store->texts[side].length + 3 * ITEM_TEXT_LIMIT > UINT32_MAX || store->count >= UINT32_MAX - 1)
        return error_set(error, ERROR_INPUT, NULL,
                         _("Reconcile fewer days or accounts at a time."),
                         _("more lines than one run can hold (4 GiB of text)"));
    return true;
}

/* Without a form only equal writings meet: texts beyond MATCH_FORM. */
static uint64_t hash_form(const struct match_store *store, const struct item *item)
{
    struct slice quick;
    if (match_quick_core(item->reference, store->rules, &quick))
        return match_hash(quick.text, quick.length) | 1;
    struct match_form form = match_form_of(item->reference, item->narrative, store->rules);
    struct slice core = match_form_core(&form);
    if (!core.length && item->reference.length > MATCH_FORM)
        core = item->reference;
    return core.length ? match_hash(core.text, core.length) | 1 : 0;
}

bool match_add(struct match_store *store, enum match_side side, uint32_t account,
               const struct item *item, struct error *error)
{
    const struct slice id = item->source_id, reference = item->reference;
    if (!fits(store, side, item, error))
        return false;
    MATCH_RESERVE(store->lines, store->count, store->capacity);
    store->lines[store->count] = (struct match_line){
        .amount = item->amount,
        .form = hash_form(store, item),
        .text = (uint32_t)store->texts[side].length,
        .account = account,
        .payer = match_payer_of(&store->rules->payers, item->counterparty),
        .date = item->value_date,
        .next = (uint32_t)store->count,
        .id_length = (uint16_t)id.length,
        .reference_length = (uint16_t)reference.length,
        .narrative_length = (uint16_t)item->narrative.length,
        .side = (uint8_t)side};
    store->count++;
    store->counts[side]++;
    add_text(&store->texts[side], id);
    add_text(&store->texts[side], reference);
    add_text(&store->texts[side], item->narrative);
    return true;
}

size_t match_line_count(const struct match_store *store)
{
    return store->count;
}

const struct match_line *match_line_at(const struct match_store *store, size_t index)
{
    return &store->lines[index];
}

struct slice match_line_id(const struct match_store *store, const struct match_line *line)
{
    return (struct slice){match_text_of(store, line), line->id_length};
}

struct slice match_reference(const struct match_store *store, const struct match_line *line)
{
    return (struct slice){match_text_of(store, line) + line->id_length, line->reference_length};
}

struct slice match_narrative(const struct match_store *store, const struct match_line *line)
{
    return (struct slice){match_text_of(store, line) + line->id_length + line->reference_length,
                          line->narrative_length};
}

const struct match_rule *match_line_rule(const struct match_store *store,
                                         const struct match_line *line)
{
    return line->mark >> 2 ? &store->rules->list[(line->mark >> 2) - 1] : NULL;
}

enum match_status match_line_status(const struct match_line *line)
{
    return line->mark & 3;
}

bool match_is_open(const struct match_store *store, uint32_t line)
{
    return !store->lines[line].mark;
}

bool match_has_part(const struct match_store *store, const struct match_line *line)
{
    struct slice parent;
    return match_parent(match_reference(store, line), &parent);
}

struct match_form match_line_form(const struct match_store *store, uint32_t line)
{
    return match_form_of(match_reference(store, &store->lines[line]),
                         match_narrative(store, &store->lines[line]), store->rules);
}

bool match_in_days(const struct match_line *one, const struct match_line *other,
                   const struct match_rule *rule)
{
    int64_t days = (int64_t)other->date - one->date;
    if (one->side == MATCH_STATEMENT)
        days = -days;
    return days >= -rule->early && days <= rule->late;
}

void match_join(struct match_store *store, const uint32_t *lines, size_t count,
                const struct match_rule *rule, bool sure)
{
    size_t number = (size_t)(rule - store->rules->list) + 1;
    enum match_status status = rule->confirm && sure ? MATCH_CONFIRMED : MATCH_SUGGESTED;
    for (size_t i = 0; i < count; i++) {
        struct match_line *line = &store->lines[lines[i]];
        line->next = lines[i + 1 < count ? i + 1 : 0];
        line->mark = (uint8_t)(number << 2 | status);
    }
}

uint32_t match_first(const struct match_store *store, uint32_t line)
{
    uint32_t first = line;
    for (uint32_t at = store->lines[line].next; at != line; at = store->lines[at].next)
        first = at < first ? at : first;
    return first;
}

void match_note_add(struct match_store *store, struct match_note note)
{
    ARRAY_RESERVE(store->notes, store->note_count, store->note_capacity);
    store->notes[store->note_count++] = note;
}

void match_demote(struct match_store *store, uint32_t line, enum match_doubt doubt, uint32_t other)
{
    uint32_t at = line;
    if (match_line_status(&store->lines[line]) != MATCH_CONFIRMED)
        return;
    do {
        store->lines[at].mark = (uint8_t)((store->lines[at].mark & ~3) | MATCH_SUGGESTED);
        at = store->lines[at].next;
    } while (at != line);
    match_note_add(store, (struct match_note){.line = match_first(store, line),
                                              .other = other,
                                              .second = 3,
                                              .doubt = (uint8_t)doubt});
}

const struct match_note *match_note_find(const struct match_store *store, uint32_t line)
{
    size_t low = 0, high = store->note_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (store->notes[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low < store->note_count && store->notes[low].line == line ? &store->notes[low] : NULL;
}

void match_store_absorb(struct match_store *store, struct match_store *other)
{
    uint32_t *accounts = xmalloc((other->account_count + 1) * sizeof *accounts);
    for (size_t i = 0; i < other->account_count; i++) {
        const struct match_account *account = &other->accounts[i];
        struct slice name = {account->name, strlen(account->name)};
        accounts[i] = match_account(store, name, account->currency);
    }
    MATCH_RESERVE(store->lines, store->count + other->count, store->capacity);
    for (size_t i = 0; i < other->count; i++) {
        struct match_line *line = &store->lines[store->count + i];
        *line = other->lines[i];
        line->account = accounts[line->account];
    }
    store->count += other->count;
    for (int side = 0; side < 2; side++) {
        store->counts[side] += other->counts[side];
        store->has_ids[side] |= other->has_ids[side];
        buffer_add(&store->remarks[side], buffer_text(&other->remarks[side]));
    }
    for (int side = 0; side < 2; side++)
        if (other->texts[side].length) {
            free(store->texts[side].bytes);
            store->texts[side] = other->texts[side];
            other->texts[side] = (struct match_text){NULL, 0, 0};
        }
    free(accounts);
    match_store_free(other);
}
