#ifndef BANKOPS_TESTS_RECONCILE_READING_H
#define BANKOPS_TESTS_RECONCILE_READING_H

#include "reconcile/control.h"
#include "reconcile/source.h"

#include "../lib/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a parser handed over: counts, sums, and the first items and statements in full. */
enum { KEPT = 8 };

struct kept_item {
    int64_t amount;
    int value_date, book_date, statement;
    uint64_t line;
    char kind[16], reference[80], bank_reference[80], counterparty[80], narrative[400];
    char source_id[40], batch[80];
    uint64_t batch_count;
    bool reversal;
};

struct kept_statement {
    struct statement statement;
    char account[80], reference[80];
};

struct kept_control {
    struct control control;
    char label[40];
};

struct seen {
    int items, statements, wrong;
    int controls, broken; /* control totals; those that do not hold */
    struct kept_control control[4 * KEPT];
    int64_t sum, total; /* of the items; of the movements that statements state */
    struct kept_item item[KEPT];
    struct kept_statement statement[KEPT];
    int refuse_at; /* the sink fails at this item; 0: never */
};

static inline void keep_text(char *target, size_t size, struct slice text)
{
    snprintf(target, size, "%.*s", (int)text.length, text.length ? text.text : "");
}

/* Touches every byte, so that a sanitizer sees a slice that is too long. */
static inline unsigned touch(struct slice text)
{
    unsigned sum = 0;
    for (size_t i = 0; i < text.length; i++)
        sum = sum * 31 + (unsigned char)text.text[i];
    return sum;
}

static inline bool see_item(void *context, const struct item *item, struct error *error)
{
    struct seen *seen = context;
    volatile unsigned sum = touch(item->kind) + touch(item->reference) + touch(item->narrative) +
                            touch(item->bank_reference) + touch(item->counterparty) +
                            touch(item->source_id);
    (void)sum;
    if (seen->refuse_at && seen->items + 1 == seen->refuse_at)
        return error_set(error, ERROR_SYSTEM, "sink", NULL, "full");
    if (seen->items < KEPT) {
        struct kept_item *kept = &seen->item[seen->items];
        *kept = (struct kept_item){.amount = item->amount, .value_date = item->value_date,
                                   .book_date = item->book_date, .line = item->line,
                                   .statement = item->statement,
                                   .batch_count = item->batch_count, .reversal = item->reversal};
        keep_text(kept->batch, sizeof kept->batch, item->batch);
        keep_text(kept->kind, sizeof kept->kind, item->kind);
        keep_text(kept->reference, sizeof kept->reference, item->reference);
        keep_text(kept->bank_reference, sizeof kept->bank_reference, item->bank_reference);
        keep_text(kept->counterparty, sizeof kept->counterparty, item->counterparty);
        keep_text(kept->narrative, sizeof kept->narrative, item->narrative);
        keep_text(kept->source_id, sizeof kept->source_id, item->source_id);
    }
    seen->items++;
    seen->sum = (int64_t)((uint64_t)seen->sum + (uint64_t)item->amount);
    return true;
}

static inline bool see_statement(void *context, const struct statement *statement,
                                 struct error *error)
{
    struct seen *seen = context;
    (void)error;
    if (seen->statements < KEPT) {
        struct kept_statement *kept = &seen->statement[seen->statements];
        kept->statement = *statement;
        keep_text(kept->account, sizeof kept->account, statement->account);
        keep_text(kept->reference, sizeof kept->reference, statement->reference);
    }
    seen->wrong += !statement->account.length || strlen(statement->currency) != 3;
    seen->statements++;
    seen->total = (int64_t)((uint64_t)seen->total + (uint64_t)statement->movement);
    return true;
}

static inline bool see_control(void *context, const struct control *control, struct error *error)
{
    struct seen *seen = context;
    (void)error;
    if (seen->controls < 4 * KEPT) {
        struct kept_control *kept = &seen->control[seen->controls];
        kept->control = *control;
        keep_text(kept->label, sizeof kept->label, control->label);
    }
    seen->controls++;
    seen->broken += !control_holds(control);
    return true;
}

/* The control of this kind and label; fails the test when there is none. */
static inline struct control find_control(const struct seen *seen, enum control_kind kind,
                                          const char *label)
{
    for (int i = 0; i < seen->controls && i < 4 * KEPT; i++)
        if (seen->control[i].control.kind == kind && !strcmp(seen->control[i].label, label))
            return seen->control[i].control;
    fail_msg("no control %s of %s", control_name(kind), label);
    return (struct control){.statement = -1};
}

/* The error has a place and a text, and the place names what is wanted. */
#define assert_refused(error, place, text)                                                         \
    do {                                                                                           \
        if (!strstr((error).where, place) || !strstr((error).what, text))                         \
            fail_msg("got \"%s: %s\", wanted \"%s: %s\"", (error).where, (error).what, place,    \
                     text);                                                                        \
    } while (0)

/* Numbers that are the same in every run. */
static inline uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Changes, drops, doubles or moves some bytes of text[0..length); returns the new length, at most
 * `room`. */
static inline size_t mutate(char *text, size_t length, size_t room, uint32_t *state)
{
    static const char pieces[][8] = {":61:", ":86:", ":62F:", "\n", "\"", ",", "RC", "\r\n", "//",
                                     "-}",   "{4:",  "?20",   "\xFF", "\xD6\xD0", "99999999", "#"};
    for (uint32_t changes = 1 + next_random(state) % 4; changes && length; changes--) {
        size_t at = next_random(state) % length;
        switch (next_random(state) % 4) {
        case 0: text[at] = (char)(1 + next_random(state) % 255); break;
        case 1: {
            size_t count = 1 + next_random(state) % 12;
            count = count < length - at ? count : length - at;
            memmove(text + at, text + at + count, length - at - count);
            length -= count;
            break;
        }
        case 2: {
            const char *piece = pieces[next_random(state) % (sizeof pieces / sizeof *pieces)];
            size_t count = strnlen(piece, 8);
            if (length + count > room)
                break;
            memmove(text + at + count, text + at, length - at);
            memcpy(text + at, piece, count);
            length += count;
            break;
        }
        default: {
            size_t count = 1 + next_random(state) % 40, from = next_random(state) % length;
            count = count < length - from ? count : length - from;
            count = count < length - at ? count : length - at;
            memmove(text + at, text + from, count);
        }
        }
    }
    return length;
}

#endif
