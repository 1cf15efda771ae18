#ifndef BANKOPS_RECONCILE_FORMATS_MT940_H
#define BANKOPS_RECONCILE_FORMATS_MT940_H

#include "reconcile/item.h"
#include "reconcile/source.h"

/* Reads customer statements MT940, interim reports MT942 and nostro statements MT950 (SWIFT
 * category 9) with the liberties banks take: optional entry date, funds code, missing `//`,
 * references over 16 characters, decimal point, FIN and RJE wrappers, several :86:, statement-level
 * :86: behind :62:. Several statements and pages per file. Memory does not depend on the size. */
bool mt940_read(struct source *source, const struct sink *sink, struct error *error);

/* True when the first bytes of a file look like one of these. */
bool mt940_recognise(struct slice head);

#endif
