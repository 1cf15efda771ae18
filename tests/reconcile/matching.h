#ifndef BANKOPS_TESTS_RECONCILE_MATCHING_H
#define BANKOPS_TESTS_RECONCILE_MATCHING_H

/* A few lines, the matches of the shipped rule set, and what is expected of them. */

#include "reconcile/match.h"

#include "../lib/check.h"
#include "base/alloc.h"
#include "reconcile/match_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 19000 };

struct input {
    enum match_side side;
    const char *id, *account;
    int day;
    int64_t amount;
    const char *reference, *narrative;
};

static inline struct slice slice(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static inline void add(struct match_store *store, const struct input *input)
{
    struct error error = ERROR_INIT;
    struct item item = {.amount = input->amount,
                        .value_date = DAY + input->day,
                        .source_id = slice(input->id),
                        .reference = slice(input->reference),
                        .narrative = slice(input->narrative ? input->narrative : "")};
    assert_true(match_add(store, input->side,
                          match_account(store, slice(input->account), "CNY"), &item, &error));
}

static struct match_rules *rules;

static inline struct match_store *run(const struct input *inputs, size_t count)
{
    struct match_store *store = match_store_new(rules);
    for (size_t i = 0; i < count; i++)
        add(store, &inputs[i]);
    match_run(store);
    return store;
}

static inline const struct match_line *line(const struct match_store *store, const char *id)
{
    for (size_t i = 0; i < match_line_count(store); i++) {
        const struct match_line *found = match_line_at(store, i);
        struct slice text = match_line_id(store, found);
        if (text.length == strlen(id) && !memcmp(text.text, id, text.length))
            return found;
    }
    fail_msg("no line %s", id);
    return NULL;
}

static inline const char *rule_name(const struct match_store *store, const struct match_line *line)
{
    const struct match_rule *rule = match_line_rule(store, line);
    return rule ? rule->name : "none";
}

/* The lines are in one match of exactly this rule and status. */
static inline void expect(const struct match_store *store, const char *ids, const char *rule,
                   enum match_status status)
{
    char copy[100], *next = copy;
    const char *names[10];
    size_t count = 0, ring = 0;
    snprintf(copy, sizeof copy, "%s", ids);
    for (char *name; (name = strsep(&next, " "));)
        names[count++] = name;
    const struct match_line *first = line(store, names[0]), *at = first;
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        at = first;
        do {
            found = found || at == line(store, names[i]);
            at = match_line_at(store, at->next);
        } while (at != first);
        assert_true(found);
        assert_string_equal(rule_name(store, line(store, names[i])), rule);
        assert_int_equal(match_line_status(line(store, names[i])), status);
    }
    do {
        ring++;
        at = match_line_at(store, at->next);
    } while (at != first);
    assert_int_equal(ring, count);
}

static inline void expect_open(const struct match_store *store, const char *id)
{
    assert_int_equal(match_line_status(line(store, id)), MATCH_OPEN);
}

#define L MATCH_BOOK
#define S MATCH_STATEMENT
#define RUN(...)                                                                                   \
    const struct input inputs[] = {__VA_ARGS__};                                                   \
    struct match_store *store = run(inputs, sizeof inputs / sizeof *inputs);                       \
    (void)state

static inline int load(void **state)
{
    struct error error = ERROR_INIT;
    const char *source = getenv("BANKOPS_SOURCE");
    char *path = xasprintf("%s/src/reconcile/rules/default.json", source ? source : ".");
    (void)state;
    rules = match_rules_read(path, &error);
    free(path);
    assert_non_null(rules);
    return 0;
}

static inline int unload(void **state)
{
    (void)state;
    match_rules_free(rules);
    return 0;
}

#endif
