#ifndef BANKOPS_CONSOLE_ENTRY_H
#define BANKOPS_CONSOLE_ENTRY_H

#include "console/console.h"
#include "terminal/form.h"

/* The fields of a screen file as a form: used by form screens, questions and report parameters. */
struct entry;

/* `page` gives currencies and the values of lookups; fields live at least as long. */
struct entry *entry_new(struct page *page, const struct fields *fields);
/* Frees the form and wipes passwords. */
void entry_free(struct entry *entry);
/* Sets fields from stored values (money in minor units) by name, others from their defaults; what
 * the user has changed before stays. */
void entry_fill(struct entry *entry, const struct values *values);

/* What stands in the fields was sent: Ctrl-D puts it into a field of the same screen the next time. */
void entry_remember(struct entry *entry);

enum entry_result { ENTRY_IGNORED, ENTRY_USED, ENTRY_SUBMIT };
/* ENTRY_SUBMIT: all fields are valid. */
enum entry_result entry_key(struct entry *entry, const struct key *key);
/* Draws the form; the cursor stands in the field with the focus. */
void entry_paint(struct entry *entry, const struct area *area);
/* Lines the form takes at this width. */
int entry_rows(struct entry *entry, int columns);
/* The values to be stored (money in minor units), by field name; empty fields are null. */
void entry_values(struct entry *entry, struct values *values);
/* One stored value; NULL when empty or no such field. */
const char *entry_value(struct entry *entry, const char *name);
/* The form itself; owned by the entry. */
struct form *entry_form(struct entry *entry);
/* Whether the list of a field was asked for and has not come: keys are meant for it. */
bool entry_waits(const struct entry *entry);
/* Whether the key waits for code lists of the screen that have not come: a choice takes none of them
 * yet, and what stands in it would not be valid. */
bool entry_unnamed(const struct entry *entry, const struct key *key);
/* Whether the key is about what a form reads when it is opened: its field gets a value, or looks for
 * values that go by others. */
bool entry_unread(const struct entry *entry, const struct key *key);
/* That list is not wanted any more; false when there was none. */
bool entry_give_up(struct entry *entry);
/* Marks the field that the server refused; false when it has no such field. */
bool entry_refuse(struct entry *entry, const char *column, const char *message);
/* Whether what was said to the fields is shown whole. */
bool entry_says_all(const struct entry *entry);
/* The value of a looked-up field for people, "Li Na (e10084)", NULL when no name is known; the caller
 * frees it. */
char *entry_named(struct entry *entry, int field);
void entry_translate(struct entry *entry);

#endif
