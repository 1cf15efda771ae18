#include "console/perform_file.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "terminal/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 1000 };

/* The database made the name safe; a hostile server shall not write elsewhere either. */
static char *safe_name(const char *name)
{
    struct buffer safe = BUFFER_INIT;
    const char *slash = strrchr(name, '/');
    text_safe(&safe, slash ? slash + 1 : name, strlen(slash ? slash + 1 : name));
    char *text = xasprintf("%s%s", buffer_text(&safe)[0] == '.' ? "_" : "",
                           safe.length ? buffer_text(&safe) : "file");
    buffer_free(&safe);
    return text;
}

/* paper.pdf, paper-2.pdf, paper-3.pdf … */
static char *numbered(const char *path, int number)
{
    const char *dot = strrchr(path, '.');
    int stem = dot && dot > path && !strchr(dot, '/') ? (int)(dot - path) : (int)strlen(path);
    return number < 2 ? xstrdup(path) : xasprintf("%.*s-%d%s", stem, path, number, path + stem);
}

static int create(const char *wanted, char **written)
{
    for (int number = 1; number <= TRIES; number++) {
        char *path = numbered(wanted, number);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        *written = path;
        if (fd >= 0 || errno != EEXIST)
            return fd;
        free(path);
    }
    *written = xstrdup(wanted);
    return -1;
}

static bool put(int fd, const unsigned char *data, size_t length)
{
    while (length) {
        ssize_t put = write(fd, data, length);
        if (put < 0 && errno != EINTR)
            return false;
        data += put > 0 ? put : 0;
        length -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

bool perform_file_write(const PGresult *rows, const char *path, char **written,
                        struct error *error)
{
    char *name = safe_name(PQgetvalue(rows, 0, 0));
    size_t length = 0;
    unsigned char *data =
        PQunescapeBytea((const unsigned char *)PQgetvalue(rows, 0, 2), &length);
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
                  : create(name, written);
    if (path)
        *written = xstrdup(path);
    bool good = fd >= 0 && data && put(fd, data, length) && fsync(fd) == 0;
    free(name);
    if (!good)
        error_errno(error, *written, _("Go to a folder that you may write to."),
                    _("cannot be written"));
    if (fd >= 0)
        close(fd);
    if (!good && fd >= 0)
        unlink(*written);
    PQfreemem(data);
    return good;
}

static bool save(struct console *console, const PGresult *rows)
{
    struct error error = ERROR_INIT;
    char *path = NULL, *real = NULL;
    bool good = perform_file_write(rows, NULL, &path, &error);
    if (good) {
        real = realpath(path, NULL);
        console_say(console, STYLE_GOOD, _("Saved: %s"), real ? real : path);
    } else {
        console_error(console, &error);
    }
    free(real);
    free(path);
    return good;
}

/* What shows this kind of file here, NULL: nothing. */
static const char *viewer_of(const char *kind)
{
    const char *viewer = getenv("BANKOPS_VIEWER"), *pager = getenv("PAGER");
    if (!strcmp(kind, "text"))
        return pager && *pager ? pager : "less";
    return viewer && *viewer ? viewer : NULL;
}

static bool show(struct console *console, const PGresult *rows)
{
    struct error error = ERROR_INIT;
    const char *viewer = viewer_of(PQgetvalue(rows, 0, 1));
    char *name;
    size_t length = 0;
    bool good = false;
    if (!viewer) {
        console_refuse(console, _("Nothing here shows this kind of file (BANKOPS_VIEWER); save it."));
        return false;
    }
    name = safe_name(PQgetvalue(rows, 0, 0));
    unsigned char *data =
        PQunescapeBytea((const unsigned char *)PQgetvalue(rows, 0, 2), &length);
    if (data)
        good = editor_show(viewer, name, (const char *)data, length, &error);
    console->last_key = clock_ms();
    if (good)
        console_say(console, STYLE_MESSAGE, "%s", name);
    else
        console_error(console, &error);
    PQfreemem(data);
    free(name);
    screen_dirty();
    return good;
}

bool perform_file(struct console *console, enum answer_kind wanted, const PGresult *rows)
{
    return wanted == ANSWER_SAVE ? save(console, rows) : show(console, rows);
}
