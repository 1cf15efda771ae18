#ifndef BANKOPS_BASE_ERROR_H
#define BANKOPS_BASE_ERROR_H

#include <stdbool.h>

/* What went wrong, for the exit status and for the colour of the message. */
enum error_kind {
    ERROR_NONE,
    ERROR_USAGE,       /* wrong option or argument: exit 2 */
    ERROR_INPUT,       /* file, row or field is bad: exit 1 */
    ERROR_REFUSED,     /* a rule of the bank or a permission refuses: exit 1 */
    ERROR_SYSTEM,      /* the machine: disk, process, permission: exit 1 */
    ERROR_UNREACHABLE, /* no database server: exit 3 */
    ERROR_UNCERTAIN,   /* connection lost after sending a write: exit 4 */
    ERROR_CANCELLED,   /* the user stopped it: exit 130 */
};

/* One error, in three parts a user can act on. All texts are UTF-8 and may hold hostile data:
 * print them with error_print() or through text_safe(). */
struct error {
    enum error_kind kind;
    char code[8];     /* SQLSTATE or "" */
    char where[256];  /* file:line, field, object */
    char what[512];   /* what is wrong, what was expected */
    char todo[256];   /* what the user can do */
};

#define ERROR_INIT {ERROR_NONE, "", "", "", ""}

/* Fills *error (may be NULL) and returns false, so that a function can `return error_set(...)`.
 * `where` and `todo` may be NULL. */
bool error_set(struct error *error, enum error_kind kind, const char *where, const char *todo,
               const char *what, ...) __attribute__((format(printf, 5, 6)));

/* As error_set, and appends the text of errno. */
bool error_errno(struct error *error, const char *where, const char *todo, const char *what, ...)
    __attribute__((format(printf, 4, 5)));

/* Prints "bankops: WHERE: WHAT" and the hint line to standard error, made safe for a terminal. */
void error_print(const struct error *error);

/* Exit status of a command that ended with this error. */
int error_exit_status(const struct error *error);

#endif
