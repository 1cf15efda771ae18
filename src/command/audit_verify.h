#ifndef BANKOPS_COMMAND_AUDIT_VERIFY_H
#define BANKOPS_COMMAND_AUDIT_VERIFY_H

#include "base/error.h"

#include <libpq-fe.h>
#include <stdint.h>

struct audit_count {
    int64_t blocks, rows;  /* checked */
    int64_t open_rows;     /* not sealed yet */
    char head[65];         /* of the last block, hexadecimal */
};

/* Recomputes every block and row hash of the audit trail in order. False with ERROR_REFUSED, where
 * = "row N" or "block N", at the first edited, missing, inserted or reordered one. `anchor` (or
 * NULL) is a file of "block head" lines kept outside the database; each must still be there. */
bool audit_verify(PGconn *connection, const char *anchor, struct audit_count *count,
                  struct error *error);

/* Newest block named in an anchor file, 0 when the file is empty or absent. False when it is no
 * anchor. */
bool audit_anchor_newest(const char *path, int64_t *newest, struct error *error);

#endif
