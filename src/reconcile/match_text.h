#ifndef BANKOPS_RECONCILE_MATCH_TEXT_H
#define BANKOPS_RECONCILE_MATCH_TEXT_H

#include "reconcile/item.h"
#include "reconcile/match_rules.h"

enum { MATCH_FORM = 96, MATCH_CORE_LEAST = 5 };

/* A reference without what writings of it differ in: letters in upper case and digits, full-width
 * ones included, and bytes of other scripts. text + head is its core: what is left without a
 * channel's prefix and leading zeros. Empty when the reference has more than MATCH_FORM bytes. */
struct match_form {
    char text[MATCH_FORM];
    uint8_t length, head;
};

/* Whether the field says that there is no reference: empty, marks or zeros alone, or a word of the
 * list. */
bool match_no_reference(struct slice reference, const struct match_words *absent);

/* The form with head 0. */
struct match_form match_plain(struct slice reference);
/* The form and its core: letters before at least eight digits, or a known prefix, and leading
 * zeros are cut, but for the last five characters. Core and form are empty when there are fewer. */
struct match_form match_core(struct slice reference, const struct match_words *prefixes);
/* The core as a slice of the form. */
struct slice match_form_core(const struct match_form *form);

/* Next word of a narrative from *at that can be a reference: at least eight digits, letters only
 * before them, no date. Moves *at behind it; false at the end. */
bool match_mined(struct slice narrative, const struct match_words *prefixes, size_t *at,
                 struct match_form *form);

/* Digits of the number, one or two, that follows behind a mark at `end`, where a reference ends; 0
 * without one. */
size_t match_numbered(struct slice text, size_t end);

/* Form of the reference or, when the field says there is none, the one reference that the
 * narrative holds; as it is written when it has no core. Empty with several in the narrative. */
struct match_form match_form_of(struct slice reference, struct slice narrative,
                                const struct match_rules *rules);

/* The core of a reference that is capitals before nothing but digits, without making its form; false
 * for others. */
bool match_quick_core(struct slice reference, const struct match_rules *rules, struct slice *core);

/* Whether two forms of one core are writings of one reference: their letters before it are the
 * same, or those of one are the end of the other's. Two channels that both write their name before
 * the number mean two numbers. */
bool match_same_head(const struct match_form *one, const struct match_form *other);
/* The same, and their cores are equal. */
bool match_same_reference(const struct match_form *one, const struct match_form *other);

/* The reference without its part number: 1 to 99 after one of - / . # _ */
bool match_parent(struct slice reference, struct slice *parent);

/* Bytes in which two forms of one length differ; from 9 on it need not be exact. */
int match_differences(const struct match_form *one, const struct match_form *other);

/* Edits (insert, drop, replace, swap neighbours) that make one text of the other, 3 when more than
 * two, 0 when equal. */
int match_distance(struct slice one, struct slice other);
/* The same between two forms, or between their cores when that is less. */
int match_form_distance(const struct match_form *one, const struct match_form *other);

#endif
