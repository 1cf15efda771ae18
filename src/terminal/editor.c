#include "terminal/editor.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"
#include "terminal/screen.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT_MOST = 1 << 20 };

/* The user's own editor: $VISUAL, else $EDITOR. NULL when neither is set. */
static const char *users_command(void)
{
    const char *command = getenv("VISUAL");
    if (!command || !*command)
        command = getenv("EDITOR");
    return command && *command ? command : NULL;
}

/* Whether the folder is ours alone. */
static bool own_folder(const char *path)
{
    struct stat status;
    return path && path[0] == '/' && stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == geteuid() && !(status.st_mode & 077);
}

/* A fresh folder (0700); the caller frees its name. NULL with an error. */
static char *make_folder(struct error *error)
{
    const char *base = getenv("XDG_RUNTIME_DIR");
    if (!own_folder(base))
        base = getenv("TMPDIR");
    if (!base || base[0] != '/')
        base = "/tmp";
    char *folder = xasprintf("%s/bankops-XXXXXX", base);
    if (mkdtemp(folder))
        return folder;
    error_errno(error, folder, _("Set TMPDIR to a folder that you may write to."),
                _("cannot be made"));
    free(folder);
    return NULL;
}

/* The folder and what the editor left in it: backups, swap files. */
static void remove_folder(const char *folder)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    while (directory && (entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(directory), entry->d_name, 0);
    if (directory)
        closedir(directory);
    rmdir(folder);
}

static bool write_bytes(const char *path, const char *data, size_t length, const char *more,
                        struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    bool good = file && fwrite(data, 1, length, file) == length && fputs(more, file) >= 0;
    if (!file && fd >= 0)
        close(fd);
    good = file && fclose(file) == 0 && good;
    return good || error_errno(error, path, NULL, _("cannot be written"));
}

/* The command may have arguments, and quotes, as everywhere where $EDITOR is used. */
static bool run(const char *command, char *path, int *status, struct error *error)
{
    char *line = xasprintf("%s \"$1\"", command);
    char shell[] = "/bin/sh", option[] = "-c", name[] = "sh";
    char *const argv[] = {shell, option, line, name, path, NULL};
    bool started = screen_run(argv, status, error);
    free(line);
    if (started && WIFEXITED(*status) && WEXITSTATUS(*status) == 127)
        return error_set(error, ERROR_SYSTEM, command,
                         _("Set EDITOR, PAGER or BANKOPS_VIEWER to a program that exists."),
                         _("the program was not found"));
    return started;
}

bool editor_run(const char *text, char **edited, enum editor_end *end, struct error *error)
{
    char *folder, *path, *data = NULL;
    size_t length = 0;
    int status = 0;
    *edited = NULL;
    if (!users_command())
        return error_set(error, ERROR_SYSTEM, "EDITOR",
                         _("Write here, or set EDITOR before starting the program."),
                         _("no editor is named"));
    if (!(folder = make_folder(error)))
        return false;
    path = xasprintf("%s/text.txt", folder);
    bool started = write_bytes(path, text, strlen(text), *text ? "\n" : "", error) &&
                   run(users_command(), path, &status, error);
    bool good = started && file_read(path, TEXT_MOST, &data, &length, error);
    if (good) {
        *edited = editor_clean(data, length);
        *end = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? EDITOR_DONE : EDITOR_BROKEN;
    }
    if (data)
        explicit_bzero(data, length);
    free(data);
    if (good || !started)
        remove_folder(folder);
    free(path);
    free(folder);
    return good;
}

bool editor_show(const char *program, const char *name, const char *data, size_t length,
                 struct error *error)
{
    char *folder = make_folder(error), *path;
    int status = 0;
    if (!folder)
        return false;
    path = xasprintf("%s/%s", folder, name);
    setenv("LESSSECURE", "1", 1);
    setenv("LESSCHARSET", "utf-8", 0);
    bool good = write_bytes(path, data, length, "", error) && run(program, path, &status, error);
    unsetenv("LESSSECURE");
    remove_folder(folder);
    free(path);
    free(folder);
    return good;
}
