#ifndef BANKOPS_RECONCILE_MATCH_STORE_H
#define BANKOPS_RECONCILE_MATCH_STORE_H

#include "reconcile/match.h"

/* Inside of the matching engine: the lines, and lines grouped by a key. */

struct match_account {
    char *name;
    char currency[4];
};

struct match_store {
    struct match_line *lines;
    size_t count, capacity;
    char *text;
    size_t text_length, text_capacity;
    struct match_account *accounts;
    size_t account_count, account_capacity;
    uint32_t *account_table; /* open addressing: number plus one */
    size_t account_slots;
};

/* A line under the key by which a rule compares. */
struct match_key {
    uint64_t key;
    uint32_t line;
};

struct match_keys {
    struct match_key *list;
    size_t count, capacity;
};

uint64_t match_mix(uint64_t a, uint64_t b);
uint64_t match_hash(const char *text, size_t length);

void match_keys_add(struct match_keys *keys, uint64_t key, uint32_t line);
/* By key; equal keys keep the order of their lines. */
void match_keys_sort(struct match_keys *keys);
/* Keys from `from` that are equal. */
size_t match_keys_run(const struct match_keys *keys, size_t from);
/* Place of the first key that is not below this one. */
size_t match_keys_find(const struct match_keys *keys, uint64_t key);
void match_keys_free(struct match_keys *keys);

/* Brings the lines into the store's own order, whatever the order they came in. */
void match_store_sort(struct match_store *store);

struct slice match_reference(const struct match_store *store, const struct match_line *line);
struct slice match_narrative(const struct match_store *store, const struct match_line *line);
bool match_is_open(const struct match_store *store, uint32_t line);
/* Makes one match of open lines. */
void match_join(struct match_store *store, const uint32_t *lines, size_t count,
                enum match_rule rule, enum match_status status);
/* The lines of both sides among keys, each in order; at most `limit` of a side are stored but all
 * are counted. */
void match_part(const struct match_store *store, const struct match_key *keys, size_t count,
                uint32_t *sides[2], size_t counts[2], size_t limit);

/* The rules, in their order. */
void match_exact(struct match_store *store);
void match_truncated(struct match_store *store);
void match_surplus(struct match_store *store);
void match_grouped(struct match_store *store, const struct match_limits *limits);
void match_fuzzy(struct match_store *store, const struct match_limits *limits);
void match_subset(struct match_store *store, const struct match_limits *limits);

#endif
