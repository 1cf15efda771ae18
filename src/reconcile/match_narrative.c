#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* A line whose narrative holds the reference of one of the other side. */
struct mention {
    uint32_t line, owner;
    bool only; /* and of nobody else, and no other line carries the reference */
};

struct mentions {
    struct mention *list;
    size_t count, capacity;
};

enum { KNOWN = 1, CARRIED = 2, WORD_LEAST = 5, WHOLE_LEAST = 8 };

/* What ends a word of a narrative. */
static const char ends[] = " ,;:", all_ends[] = " ,;:/";

/* Adds the owners of the reference. Returns whether the other side has it, whatever the amount, and
 * whether another line of this side carries it with the amount: then that is the partner. */
static int mention(const struct match_store *store, const struct match_rule *rule, uint32_t from,
                    const struct match_form *form, struct mentions *mentions)
{
    int found = 0;
    const struct match_line *line = &store->lines[from];
    const struct match_keys *keys = &store->references;
    struct slice core = match_form_core(form);
    uint64_t key = match_mix(match_hash(core.text, core.length) | 1, line->account);
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key;
         at++) {
        uint32_t owner = keys->list[at].line;
        const struct match_line *other = &store->lines[owner];
        struct slice reference = match_reference(store, other);
        struct match_form own = match_core(reference, &store->rules->prefixes);
        if (other == line || other->account != line->account || !match_same_reference(form, &own))
            continue;
        if (other->side == line->side) {
            found |= other->amount == line->amount ? CARRIED : 0;
            continue;
        }
        found |= KNOWN;
        if (other->mark || other->amount != line->amount || !match_in_days(line, other, rule) ||
            (mentions->count && mentions->list[mentions->count - 1].line == from &&
             mentions->list[mentions->count - 1].owner == owner))
            continue;
        ARRAY_RESERVE(mentions->list, mentions->count, mentions->capacity);
        mentions->list[mentions->count++] = (struct mention){from, owner, true};
    }
    return found;
}

/* The reference with the one or two digits that follow it behind a mark, which are its own where they
 * are no number of a part; as it is without them. `end` is where it ends in the narrative. */
static struct match_form with_number(const struct match_form *form, struct slice narrative, size_t end,
                                     const struct match_words *prefixes)
{
    char text[MATCH_FORM];
    size_t digits = match_numbered(narrative, end);
    if (!digits || form->length + digits > MATCH_FORM)
        return *form;
    memcpy(text, form->text, form->length);
    memcpy(text + form->length, narrative.text + end + 1, digits);
    return match_core((struct slice){text, form->length + digits}, prefixes);
}

/* The next word with a digit; false without another. `at` is where it begins, then where it ends. */
static bool next_word(struct slice text, const char *marks, size_t *at, struct slice *word)
{
    while (*at < text.length) {
        size_t start = *at, end = start;
        bool digit = false;
        for (; end < text.length && !strchr(marks, text.text[end]); end++)
            digit = digit || (text.text[end] >= '0' && text.text[end] <= '9');
        *at = end + 1;
        *word = (struct slice){text.text + start, end - start};
        if (digit)
            return true;
    }
    return false;
}

/* References of letters and digits in any order are told from words by their owner alone: whole words
 * that a line of the other side carries. Returns whether there are several. */
static bool read_words(const struct match_store *store, const struct match_rule *rule, uint32_t from,
                       const char *marks, struct mentions *mentions)
{
    struct slice narrative = match_narrative(store, &store->lines[from]), word;
    struct match_form known = {.length = 0};
    bool several = false;
    for (size_t at = 0; next_word(narrative, marks, &at, &word);) {
        struct match_form form = match_core(word, &store->rules->prefixes);
        if (word.length > MATCH_FORM || form.length < WHOLE_LEAST + form.head)
            continue;
        int found = mention(store, rule, from, &form, mentions);
        several = several || found & CARRIED ||
                  (found && known.length && !match_same_reference(&known, &form));
        known = found ? form : known;
    }
    return several;
}

/* All references that a narrative holds. */
static void read_narrative(const struct match_store *store, const struct match_rule *rule,
                           uint32_t from, struct mentions *mentions)
{
    const struct match_words *prefixes = &store->rules->prefixes;
    struct match_form form, known = {.length = 0};
    size_t at = 0, first = mentions->count;
    bool several = false;
    struct slice narrative = match_narrative(store, &store->lines[from]);
    while (match_mined(narrative, prefixes, &at, &form)) {
        struct match_form longer = with_number(&form, narrative, at - 1, prefixes);
        int found = mention(store, rule, from, &form, mentions);
        if (longer.length > form.length) {
            int more = mention(store, rule, from, &longer, mentions);
            form = more ? longer : form;
            several = several || (found && more);
            found |= more;
        }
        several = several || found & CARRIED ||
                  (found && known.length && !match_same_reference(&known, &form));
        known = found ? form : known;
    }
    if (!known.length)
        several = read_words(store, rule, from, ends, mentions);
    if (!known.length && mentions->count == first)
        several = read_words(store, rule, from, all_ends, mentions) || several;
    for (size_t i = first; i < mentions->count; i++)
        mentions->list[i].only = !several;
}

/* Whether a line carries the word of a narrative as its reference, in any writing, that is not of the
 * form of `owner`. */
static bool is_of_another(const struct match_store *store, struct slice word, uint32_t line,
                          uint32_t owner)
{
    const struct match_keys *keys = &store->references;
    struct match_form form = match_form_of(word, (struct slice){"", 0}, store->rules);
    struct match_form own = match_line_form(store, owner);
    struct slice core = match_form_core(&form), known = match_form_core(&own);
    uint32_t account = store->lines[line].account;
    uint64_t key = match_mix(match_hash(core.text, core.length) | 1, account);
    if (!core.length || (core.length == known.length && !memcmp(core.text, known.text, core.length)))
        return false;
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key; at++)
        if (keys->list[at].line != line && store->lines[keys->list[at].line].account == account)
            return true;
    return false;
}

bool match_names_another(const struct match_store *store, uint32_t line, uint32_t owner)
{
    struct slice text = match_narrative(store, &store->lines[line]), word;
    for (size_t at = 0; next_word(text, ends, &at, &word);)
        if (word.length >= WORD_LEAST && is_of_another(store, word, line, owner))
            return true;
    return false;
}

/* Joins a line with the owner of the reference when neither has to do with another. It is sure when
 * the line has no reference of its own and its narrative no other reference that is known. */
static void join_mentions(struct match_store *store, const struct match_rule *rule,
                          const struct mentions *mentions)
{
    struct match_keys uses = {NULL, 0, 0};
    for (size_t i = 0; i < mentions->count; i++) {
        match_keys_add(&uses, match_mix(mentions->list[i].line, 0), 0);
        match_keys_add(&uses, match_mix(mentions->list[i].owner, 0), 0);
    }
    match_keys_sort(&uses);
    for (size_t i = 0; i < mentions->count; i++) {
        const uint32_t lines[] = {mentions->list[i].owner, mentions->list[i].line};
        size_t a = match_keys_find(&uses, match_mix(lines[0], 0));
        size_t b = match_keys_find(&uses, match_mix(lines[1], 0));
        if (match_keys_run(&uses, a) == 1 && match_keys_run(&uses, b) == 1)
            match_join(store, lines, 2, rule,
                       mentions->list[i].only && !match_names_another(store, lines[1], lines[0]) &&
                           match_no_reference(match_reference(store, &store->lines[lines[1]]),
                                              &store->rules->absent));
    }
    match_keys_free(&uses);
}

void match_rule_narrative(struct match_store *store, const struct match_rule *rule)
{
    struct mentions mentions = {NULL, 0, 0};
    for (size_t i = 0; i < match_rest_count(store); i++) {
        const struct match_line *line = &store->lines[match_rest(store, i)];
        if (!line->mark && line->narrative_length)
            read_narrative(store, rule, match_rest(store, i), &mentions);
    }
    join_mentions(store, rule, &mentions);
    free(mentions.list);
}
