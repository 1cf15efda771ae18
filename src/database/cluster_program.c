#include "database/cluster_inside.h"

#include "base/alloc.h"
#include "base/language.h"
#include "database/process.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OLDEST = 14 };

/* Version that a packager's path promises, 0 when it says nothing. */
static int path_version(const char *directory)
{
    int version = 0, end = 0;
    if ((sscanf(directory, "/usr/lib/postgresql/%d/bin%n", &version, &end) == 1 ||
         sscanf(directory, "/usr/pgsql-%d/bin%n", &version, &end) == 1) &&
        end && !directory[end])
        return version;
    return 0;
}

static int ask_version(const char *postgres)
{
    const char *const argv[] = {postgres, "-V", NULL};
    struct buffer output = BUFFER_INIT;
    int version = 0;
    if (process_run(argv, process_clean_environment(), &output, NULL) == 0) {
        const char *number = strchr(buffer_text(&output), ')');
        version = number ? (int)strtol(number + 1, NULL, 10) : 0;
    }
    buffer_free(&output);
    return version;
}

/* Major version of the server programs in a directory, 0 when there are none. */
static int directory_version(const char *directory)
{
    char *initdb = xasprintf("%s/initdb", directory);
    char *postgres = xasprintf("%s/postgres", directory);
    int version = 0;
    if (access(initdb, X_OK) == 0 && access(postgres, X_OK) == 0) {
        version = path_version(directory);
        if (!version)
            version = ask_version(postgres);
    }
    free(initdb);
    free(postgres);
    return version;
}

struct candidates {
    char *paths[64];
    int count;
};

static void add(struct candidates *list, char *path)
{
    if (list->count < (int)ARRAY_LENGTH(list->paths))
        list->paths[list->count++] = path;
    else
        free(path);
}

static long first_number(const char *path)
{
    return strtol(path + strcspn(path, "0123456789"), NULL, 10);
}

static int by_number_down(const void *a, const void *b)
{
    long left = first_number(*(char *const *)a), right = first_number(*(char *const *)b);
    return (left < right) - (left > right);
}

static void add_pattern(struct candidates *list, const char *pattern)
{
    glob_t found;
    int first = list->count;
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            add(list, xstrdup(found.gl_pathv[i]));
    globfree(&found);
    qsort(list->paths + first, (size_t)(list->count - first), sizeof *list->paths, by_number_down);
}

static void add_pg_config(struct candidates *list)
{
    const char *const argv[] = {"/usr/bin/pg_config", "--bindir", NULL};
    struct buffer output = BUFFER_INIT;
    if (access(argv[0], X_OK) == 0 &&
        process_run(argv, process_clean_environment(), &output, NULL) == 0 && output.length > 1)
        add(list, xstrndup(output.data, output.length - 1));
    buffer_free(&output);
}

static void add_path(struct candidates *list)
{
    const char *path = getenv("PATH");
    for (; path && *path; path += strcspn(path, ":"), path += *path == ':')
        if (*path == '/')
            add(list, xstrndup(path, strcspn(path, ":")));
}

/* In the order in which they are tried. */
static void collect(struct candidates *list, int major)
{
    const char *named = getenv("PG_BINDIR");
    if (named && *named)
        add(list, xstrdup(named));
    if (major) {
        add(list, xasprintf("/usr/lib/postgresql/%d/bin", major));
        add(list, xasprintf("/usr/pgsql-%d/bin", major));
    }
    add_pattern(list, "/usr/lib/postgresql/[0-9]*/bin");
    add_pattern(list, "/usr/pgsql-[0-9]*/bin");
    add_path(list);
}

/* Takes the first that serves and frees the rest; *seen becomes the newest version met. */
static char *pick(struct candidates *list, int major, int *seen)
{
    char *found = NULL;
    for (int i = 0; i < list->count; i++) {
        int version = found ? 0 : directory_version(list->paths[i]);
        if (version > *seen)
            *seen = version;
        if (version && (major ? version == major : version >= OLDEST))
            found = list->paths[i];
        else
            free(list->paths[i]);
    }
    list->count = 0;
    return found;
}

char *program_directory(int major, struct error *error)
{
    struct candidates list = {.count = 0};
    int seen = 0;
    collect(&list, major);
    char *found = pick(&list, major, &seen);
    if (!found) { /* a script, which takes its time */
        add_pg_config(&list);
        found = pick(&list, major, &seen);
    }
    if (found)
        return found;
    if (major)
        error_set(error, ERROR_SYSTEM, "PG_VERSION",
                  _("Install that version of PostgreSQL, or make a backup with it and restore the "
                    "backup into a new data folder."),
                  _("the data folder was made by PostgreSQL %d, whose programs are not installed"),
                  major);
    else
        error_set(error, ERROR_SYSTEM, "initdb",
                  _("Install the package postgresql, or set PG_BINDIR to the folder of initdb."),
                  seen ? _("only PostgreSQL %d was found; 14 or newer is needed")
                       : _("PostgreSQL's server programs were not found"),
                  seen);
    return NULL;
}

int program_data_version(const struct home *home)
{
    char *path = xasprintf("%s/PG_VERSION", home->data);
    FILE *file = fopen(path, "re");
    int version = 0;
    if (file) {
        if (fscanf(file, "%d", &version) != 1)
            version = 0;
        fclose(file);
    }
    free(path);
    return version;
}

char *cluster_program(const char *name, struct error *error)
{
    struct home home;
    if (!home_open(&home, false, error))
        return NULL;
    char *directory = program_directory(program_data_version(&home), error);
    home_free(&home);
    char *path = directory ? xasprintf("%s/%s", directory, name) : NULL;
    free(directory);
    if (path && access(path, X_OK) < 0) {
        error_errno(error, path, _("Install PostgreSQL's client programs."), _("cannot be run"));
        free(path);
        path = NULL;
    }
    return path;
}
