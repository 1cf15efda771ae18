#ifndef BANKOPS_COMMAND_IMPORT_FILE_H
#define BANKOPS_COMMAND_IMPORT_FILE_H

#include "reconcile/upload.h"

/* What `bankops import` does with each file. */
struct import_file {
    struct upload_options upload;
    const struct profiles *profiles;
    bool forced; /* there is one profile, to be used without looking */
    bool quiet;
};

/* Imports one file, or all files of an archive: in one transaction, whole or not at all. Files of
 * an archive that were imported before are left out, and so are summaries without movements; says
 * so and what became of the others on standard output. A file that the gate holds back is kept as
 * such and reported as an error, the first of them in *error. */
bool import_file(const struct import_file *import, PGconn *connection, const char *path,
                 struct error *error);

#endif
