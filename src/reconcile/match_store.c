#include "reconcile/match_store.h"

#include "base/alloc.h"
#include "base/language.h"
#include "reconcile/match_text.h"

#include <stdlib.h>
#include <string.h>

struct match_store *match_store_new(void)
{
    return xcalloc(1, sizeof(struct match_store));
}

void match_store_free(struct match_store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->account_count; i++)
        free(store->accounts[i].name);
    free(store->accounts);
    free(store->account_table);
    free(store->lines);
    free(store->text);
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

static void add_text(struct match_store *store, struct slice text)
{
    ARRAY_RESERVE(store->text, store->text_length + text.length, store->text_capacity);
    if (text.length)
        memcpy(store->text + store->text_length, text.text, text.length);
    store->text_length += text.length;
}

bool match_add(struct match_store *store, enum match_side side, uint32_t account,
               const struct item *item, struct error *error)
{
    const struct slice id = item->source_id, reference = item->reference;
    if (id.length > UINT16_MAX || reference.length > UINT16_MAX ||
        item->narrative.length > UINT16_MAX)
        return error_set(error, ERROR_INPUT, NULL, NULL, _("a text of more than 65535 bytes"));
    if (store->text_length + 3 * UINT16_MAX > UINT32_MAX || store->count >= UINT32_MAX - 1)
        return error_set(error, ERROR_INPUT, NULL,
                         _("Reconcile fewer days or accounts at a time."),
                         _("more lines than one run can hold (4 GiB of text)"));
    struct match_form form = match_form_of(reference, item->narrative);
    ARRAY_RESERVE(store->lines, store->count, store->capacity);
    store->lines[store->count] = (struct match_line){
        .amount = item->amount,
        .form = form.length ? match_hash(form.text, form.length) | 1 : 0,
        .text = (uint32_t)store->text_length,
        .account = account,
        .date = item->value_date,
        .next = (uint32_t)store->count,
        .id_length = (uint16_t)id.length,
        .reference_length = (uint16_t)reference.length,
        .narrative_length = (uint16_t)item->narrative.length,
        .side = (uint8_t)side};
    store->count++;
    add_text(store, id);
    add_text(store, reference);
    add_text(store, item->narrative);
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
    return (struct slice){store->text + line->text, line->id_length};
}

struct slice match_reference(const struct match_store *store, const struct match_line *line)
{
    return (struct slice){store->text + line->text + line->id_length, line->reference_length};
}

struct slice match_narrative(const struct match_store *store, const struct match_line *line)
{
    return (struct slice){store->text + line->text + line->id_length + line->reference_length,
                          line->narrative_length};
}

enum match_rule match_line_rule(const struct match_line *line)
{
    return line->mark >> 2;
}

enum match_status match_line_status(const struct match_line *line)
{
    return line->mark & 3;
}

bool match_is_open(const struct match_store *store, uint32_t line)
{
    return !store->lines[line].mark;
}

void match_join(struct match_store *store, const uint32_t *lines, size_t count,
                enum match_rule rule, enum match_status status)
{
    for (size_t i = 0; i < count; i++) {
        struct match_line *line = &store->lines[lines[i]];
        line->next = lines[i + 1 < count ? i + 1 : 0];
        line->mark = (uint8_t)(rule << 2 | status);
    }
}
