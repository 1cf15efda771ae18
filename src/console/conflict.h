#ifndef BANKOPS_CONSOLE_CONFLICT_H
#define BANKOPS_CONSOLE_CONFLICT_H

#include "console/entry.h"

/* Two people changed the same object: what was before, what the other made of it and what stands in
 * the form, field by field. Where both changed a field the user chooses; what only one of them
 * changed is taken over. Nothing typed is lost. */
struct conflict;

/* `entry` is the form; `loaded` what it was opened with. */
struct conflict *conflict_new(struct page *page, struct entry *entry, const struct values *loaded);

/* Adds what the other did. `field`: name of the form's field, "" or another name when the form does
 * not have it; `value` what the field holds now; `before` and `now` for people (may be NULL: named
 * from the field's own values); `who` may be NULL. */
void conflict_add(struct conflict *conflict, const char *field, const char *label,
                  const char *before, const char *now, const char *value, const char *who);

/* Shows it. done(page, true) after the user chose and the fields took the values; (page, false) when
 * he left all as it was. Frees it afterwards. */
void conflict_show(struct conflict *conflict, void (*done)(struct page *page, bool go_on));

#endif
