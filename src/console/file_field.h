#ifndef BANKOPS_CONSOLE_FILE_FIELD_H
#define BANKOPS_CONSOLE_FILE_FIELD_H

#include "console/console.h"

/* Fields of type file: the user names a file, the change gets its bytes and its name. */

/* Reads the file at `path` (~/ is the home folder). Sets in *values NAME to its bytes as the database
 * takes them (\x…) and NAME_name to the last part of its path. False with an error: no regular file,
 * empty, above 32 MiB (what the bank allows is less; the database says so). */
bool file_field_read(const char *path, const char *name, struct values *values,
                     struct error *error);

/* Whether `name` is NAME_name of a file field of `fields`. */
bool file_field_named(const struct fields *fields, const char *name);

/* Lets the user walk through folders from what is typed. picked(data, path) with the file chosen. */
void file_field_pick(struct console *console, const char *title, const char *typed,
                     void (*picked)(void *data, const char *path), void *data);

#endif
