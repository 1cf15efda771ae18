#ifndef BANKOPS_CONSOLE_PAGE_FORM_CONFLICT_H
#define BANKOPS_CONSOLE_PAGE_FORM_CONFLICT_H

#include "console/entry.h"

/* What a form keeps of its state for the case that somebody else was first (page_form.c). */
struct form_conflict {
    struct entry *entry;
    struct values *loaded; /* what the form was opened with; gets what it holds now */
    char *version;         /* the present version, NULL until it is known */
    bool asking;           /* what became of it has not come */
};

/* The change was refused because the object has another version by now (BO409 of p_version): asks the
 * form's `conflict` source, else its `load`, what became of it and shows it. False when the form has
 * neither, or the error is another one. */
bool form_conflict_ask(struct page *page, struct form_conflict *conflict,
                       const struct error *error);

#endif
