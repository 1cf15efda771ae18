#include "base/error.h"

#include "base/buffer.h"
#include "base/language.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool fill(struct error *error, enum error_kind kind, const char *where, const char *todo,
                 const char *what, va_list arguments) __attribute__((format(printf, 5, 0)));

static bool fill(struct error *error, enum error_kind kind, const char *where, const char *todo,
                 const char *what, va_list arguments)
{
    if (!error)
        return false;
    error->kind = kind;
    error->code[0] = '\0';
    vsnprintf(error->what, sizeof error->what, what, arguments);
    snprintf(error->where, sizeof error->where, "%s", where ? where : "");
    snprintf(error->todo, sizeof error->todo, "%s", todo ? todo : "");
    return false;
}

bool error_set(struct error *error, enum error_kind kind, const char *where, const char *todo,
               const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    fill(error, kind, where, todo, what, arguments);
    va_end(arguments);
    return false;
}

bool error_errno(struct error *error, const char *where, const char *todo, const char *what, ...)
{
    int number = errno;
    va_list arguments;
    if (!error)
        return false;
    va_start(arguments, what);
    fill(error, ERROR_SYSTEM, where, todo, what, arguments);
    va_end(arguments);
    size_t used = strlen(error->what);
    snprintf(error->what + used, sizeof error->what - used, ": %s", strerror(number));
    return false;
}

void error_print(const struct error *error)
{
    struct buffer line = BUFFER_INIT;
    buffer_add(&line, "bankops: ");
    /* A parameter of a function of the database goes by its name without the "p_". */
    const char *where = error->where + (strncmp(error->where, "p_", 2) ? 0 : 2);
    if (*where) {
        text_safe(&line, where, strlen(where));
        buffer_add(&line, ": ");
    }
    text_safe(&line, error->what, strlen(error->what));
    if (error->todo[0]) {
        buffer_add(&line, "\n  ");
        text_safe(&line, error->todo, strlen(error->todo));
    }
    fprintf(stderr, "%s\n", line.data);
    buffer_free(&line);
}

int error_exit_status(const struct error *error)
{
    switch (error->kind) {
    case ERROR_NONE:
        return 0;
    case ERROR_USAGE:
        return 2;
    case ERROR_UNREACHABLE:
        return 3;
    case ERROR_UNCERTAIN:
        return 4;
    case ERROR_CANCELLED:
        return 130;
    case ERROR_INPUT:
    case ERROR_REFUSED:
    case ERROR_SYSTEM:
        return 1;
    }
    return 1;
}
