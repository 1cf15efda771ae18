#ifndef BANKOPS_RECONCILE_BOOK_H
#define BANKOPS_RECONCILE_BOOK_H

#include "reconcile/archive.h"

/* Workbooks as text: the rows of a sheet, cells parted by tabs, a line for every row (ECMA-376
 * SpreadsheetML by expat; the old binary form by FreeXL, loaded on first use). Numbers come as they
 * are shown at full width, dates as YYYY-MM-DD with a time where there is one; line ends and tabs
 * within a cell become blanks. */

enum { BOOK_TEXTS = 256 << 20, BOOK_SHEETS = 64, BOOK_ROW = 1 << 20 };

/* Whether an archive is a workbook. */
bool book_is(struct archive *archive);

struct book;
/* Reads what all sheets share: texts (at most BOOK_TEXTS bytes, in memory), formats, their list.
 * The archive stays the caller's and must outlive the book. */
struct book *book_open(struct archive *archive, const char *name, struct error *error);
void book_close(struct book *book);
size_t book_sheets(const struct book *book);
/* The rows of a sheet; the book must outlive the stream. */
bool book_stream(struct book *book, size_t sheet, struct stream *stream, struct error *error);

/* The old binary form (BIFF, .xls): number of its sheets, and the rows of one. */
bool old_book_sheets(const char *path, const char *name, size_t *sheets, struct error *error);
bool old_book_stream(const char *path, const char *name, size_t sheet, struct stream *stream,
                     struct error *error);

#endif
