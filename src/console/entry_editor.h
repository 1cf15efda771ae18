#ifndef BANKOPS_CONSOLE_ENTRY_EDITOR_H
#define BANKOPS_CONSOLE_ENTRY_EDITOR_H

#include "console/entry.h"

/* A text too long for its field, as the editor left it: the next time it is opened again. */
struct entry_kept {
    char *text; /* NULL: none */
    int field;
};

/* Writes a text of the form in the user's own editor: the memo with the cursor, else the first one.
 * Nothing typed is lost: what an editor saved before it failed is taken in, a text that does not fit
 * stays in *kept and the field as it was. */
void entry_editor(struct page *page, struct form **form, struct entry_kept *kept);

/* Whether a screen's fields have a text for it. */
bool entry_editor_offered(const struct fields *fields);

#endif
