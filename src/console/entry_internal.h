#ifndef BANKOPS_CONSOLE_ENTRY_INTERNAL_H
#define BANKOPS_CONSOLE_ENTRY_INTERNAL_H

#include "console/console.h"
#include "console/dialog.h"
#include "console/entry.h"
#include "console/entry_editor.h"

/* Shared by the files of console/entry only. */

struct entry {
    struct page *page;
    const struct fields *fields;
    struct form *form;
    struct values stored; /* result of entry_value */
    int asked;            /* field of a lookup under way, -1 none */
    PGresult *found;
    struct dialog *picker;  /* the list of what was found, NULL when it is not open */
    char *sought;           /* typed there, NULL: what stands in the field */
    bool asking, again;     /* a search is under way; something was typed since */
    int naming;             /* field whose typed code is looked up for its name, -1 none */
    bool held;              /* the form is sent when the name has come */
    struct entry_kept kept; /* from the editor */
};

/* Asks for the values that a field can take and opens a list of them. Where the source searches,
 * what is typed in the list asks again. */
void entry_lookup(struct entry *entry, int at);
/* A code was typed in a field that is looked up: asks what it is called, unless it was asked before.
 * Whether it asks. */
bool entry_name(struct entry *entry, int at);
/* The same for the codes that stand in fields already, one after the other. */
void entry_name_rest(struct entry *entry);

#endif
