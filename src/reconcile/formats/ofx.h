#ifndef BANKOPS_RECONCILE_FORMATS_OFX_H
#define BANKOPS_RECONCILE_FORMATS_OFX_H

#include "reconcile/source.h"

/* Reads Open Financial Exchange files: version 1 (SGML, leaf tags unclosed), version 2 (XML) and
 * what banks make of them, bank and credit card statements, several accounts. The encoding is that
 * of the content, whatever the header says. LEDGERBAL is the closing balance; there is no opening
 * one. Investment statements are refused: their lines are trades, not movements of an account. */
bool ofx_read(struct source *source, const struct sink *sink, struct error *error);

/* Whether the head of a file is such a file. */
bool ofx_recognise(struct slice head);

#endif
