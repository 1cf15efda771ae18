#ifndef BANKOPS_RECONCILE_FORMATS_NARRATIVE_H
#define BANKOPS_RECONCILE_FORMATS_NARRATIVE_H

#include "reconcile/item.h"

/* What the text of an MT940 :86: field says. Slices point into `text`, which narrative_read()
 * filled, or into the input. */
struct narrative {
    char *text; /* memory of the caller, at least three times the input and eight bytes */
    struct slice purpose;
    struct slice name;
    struct slice reference; /* end-to-end or customer reference, empty when none */
};

/* Reads the dialects: German ?20…?32 (also with ~ or > as mark), Dutch /EREF/…/REMI/…, free text.
 * Lines of the input are separated by '\n'. Never fails: unknown text is the purpose. */
void narrative_read(struct slice input, struct narrative *narrative);

/* True for what banks write when there is no reference: "", NONREF, NOTPROVIDED, NOREF. */
bool narrative_no_reference(struct slice reference);

#endif
