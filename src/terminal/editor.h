#ifndef BANKOPS_TERMINAL_EDITOR_H
#define BANKOPS_TERMINAL_EDITOR_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum editor_end {
    EDITOR_DONE,
    EDITOR_BROKEN, /* it was killed or ended with an error; what it had saved was read all the same */
};

/* Hands the terminal to the editor with `text` in a file that nobody else can read, in a folder of
 * its own ($XDG_RUNTIME_DIR, else $TMPDIR, else /tmp), and takes the terminal back. *edited gets what
 * the file holds then, as plain text (see editor_clean); the caller frees it. The folder is removed
 * with all the editor left in it. False with an error, and *edited NULL, when no editor is named, it
 * cannot be started, or the file is gone or above 1 MiB: then the file stays and the error names it. */
bool editor_run(const char *text, char **edited, enum editor_end *end, struct error *error);

/* Shows bytes in another program (a pager, a viewer) as a file called `name` in such a folder, and
 * waits. less cannot start programs or write files then. */
bool editor_show(const char *program, const char *name, const char *data, size_t length,
                 struct error *error);

/* Plain text from what editors write: UTF-8 without byte order mark, line ends \n, tabs as blanks to
 * the next eighth cell, no other control characters, no blank lines at the end. The caller frees. */
char *editor_clean(const char *data, size_t length);

#endif
