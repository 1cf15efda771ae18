#ifndef BANKOPS_RECONCILE_FORMATS_CAMT_H
#define BANKOPS_RECONCILE_FORMATS_CAMT_H

#include "reconcile/source.h"

/* Reads ISO 20022 bank-to-customer messages of all published versions: camt.052 (report, interim),
 * camt.053 (statement) and camt.054 (notification), with any namespace prefix or none, alone or in
 * an envelope. Elements are told by their local names and their place; unknown ones are passed
 * over. Streams in constant memory; document types and entities are refused.
 *
 * Only booked entries become items. An entry with several transaction details that sum to its
 * amount becomes one item per detail; else it is one item. A Stmt in several currencies is one
 * statement per currency. Sequence: ElctrncSeqNb, else LglSeqNb. */
bool camt_read(struct source *source, const struct sink *sink, struct error *error);

/* Whether the head of a file is such a message. */
bool camt_recognise(struct slice head);

#endif
