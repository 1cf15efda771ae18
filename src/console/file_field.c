#include "console/file_field.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"
#include "console/dialog.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MOST = 32 << 20, LISTED_MOST = 2000 };

static char *whole_path(const char *path)
{
    const char *home = getenv("HOME");
    return path[0] == '~' && path[1] == '/' && home ? xasprintf("%s%s", home, path + 1)
                                                    : xstrdup(path);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static char *as_hex(const char *data, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char *text = xmalloc(2 * length + 3), *to = text;
    *to++ = '\\';
    *to++ = 'x';
    for (size_t i = 0; i < length; i++) {
        *to++ = digits[(unsigned char)data[i] >> 4];
        *to++ = digits[(unsigned char)data[i] & 15];
    }
    *to = '\0';
    return text;
}

bool file_field_read(const char *path, const char *name, struct values *values,
                     struct error *error)
{
    char *whole = whole_path(path), *data = NULL;
    size_t length = 0;
    bool good = file_read(whole, FILE_MOST, &data, &length, error);
    if (good && !length)
        good = error_set(error, ERROR_INPUT, whole, _("Name another file."),
                         _("The file is empty."));
    if (good) {
        char *hex = as_hex(data, length), *named = xasprintf("%s_name", name);
        values_set(values, name, hex);
        values_set(values, named, last_part(whole));
        free(named);
        free(hex);
    }
    free(data);
    free(whole);
    return good;
}

bool file_field_named(const struct fields *fields, const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; fields && i < fields->count; i++)
        if (fields->items[i].type == FIELD_FILE && length == strlen(fields->items[i].name) + 5 &&
            !strncmp(name, fields->items[i].name, length - 5) &&
            !strcmp(name + length - 5, "_name"))
            return true;
    return false;
}

/* A walk through folders; `folder` ends in a slash. `begun` is what a name was typed of: while any
 * begins so, those alone are listed. */
struct walk {
    struct console *console;
    char *title, *folder, *begun, **names;
    int count, capacity;
    void (*picked)(void *data, const char *path);
    void *data;
};

static void walk_free(struct walk *walk)
{
    for (int i = 0; i < walk->count; i++)
        free(walk->names[i]);
    free(walk->names);
    free(walk->folder);
    free(walk->begun);
    free(walk->title);
    free(walk);
}

static int by_name(const void *one, const void *other)
{
    const char *a = *(char *const *)one, *b = *(char *const *)other;
    bool folder = a[strlen(a) - 1] == '/', other_folder = b[strlen(b) - 1] == '/';
    return folder != other_folder ? other_folder - folder : strcmp(a, b);
}

/* Names of the folder that begin with `begun`, those of folders with a slash; hidden ones are left
 * out. */
static void read_names(struct walk *walk, const char *begun)
{
    DIR *directory = opendir(walk->folder);
    struct dirent *entry;
    struct stat status;
    for (int i = 0; i < walk->count; i++)
        free(walk->names[i]);
    walk->count = 0;
    while (directory && walk->count < LISTED_MOST && (entry = readdir(directory))) {
        bool up = !strcmp(entry->d_name, "..");
        if ((entry->d_name[0] == '.' && !up) || strncmp(entry->d_name, begun, strlen(begun)) ||
            fstatat(dirfd(directory), entry->d_name, &status, 0) != 0 ||
            (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)))
            continue;
        ARRAY_RESERVE(walk->names, walk->count, walk->capacity);
        walk->names[walk->count++] =
            xasprintf("%s%s", entry->d_name, S_ISDIR(status.st_mode) ? "/" : "");
    }
    if (directory)
        closedir(directory);
    if (walk->count)
        qsort(walk->names, (size_t)walk->count, sizeof *walk->names, by_name);
}

/* Whether what was typed leaves one name. */
static bool read_folder(struct walk *walk)
{
    read_names(walk, walk->begun);
    bool one = walk->begun[0] && walk->count == 1 && strcmp(walk->names[0], walk->begun) != 0;
    if (!one && walk->count < 2)
        read_names(walk, "");
    walk->begun[0] = '\0';
    return one;
}

static void show(struct walk *walk);

static void chosen(void *data, int tag)
{
    struct walk *walk = data;
    if (tag >= 0) {
        const char *name = walk->names[tag];
        char *path = xasprintf("%s%s", walk->folder, name);
        if (name[strlen(name) - 1] == '/') {
            char *real = realpath(path, NULL);
            free(walk->folder);
            walk->folder = real ? xasprintf("%s%s", real, strcmp(real, "/") ? "/" : "") : path;
            if (real)
                free(path);
            free(real);
            show(walk);
            return;
        }
        walk->picked(walk->data, path);
        free(path);
    } else {
        walk->picked(walk->data, NULL);
    }
    walk_free(walk);
}

static void show(struct walk *walk)
{
    struct dialog_items items = {NULL, 0, 0};
    if (read_folder(walk)) { /* nothing to choose: it is taken, or the folder opened */
        chosen(walk, 0);
        return;
    }
    char *title = xasprintf("%s  %s", walk->title, walk->folder);
    for (int i = 0; i < walk->count; i++)
        dialog_item_add(&items, i, walk->names[i], NULL, NULL, NULL);
    dialog_choose(walk->console, title, &items, chosen, walk);
    free(title);
}

void file_field_pick(struct console *console, const char *title, const char *typed,
                     void (*picked)(void *data, const char *path), void *data)
{
    struct walk *walk = xcalloc(1, sizeof *walk);
    char *path = whole_path(typed), *slash = strrchr(path, '/'), *real;
    char *begun = xstrdup(slash ? slash + 1 : path);
    if (slash)
        slash[1] = '\0';
    real = realpath(slash ? path : ".", NULL);
    *walk = (struct walk){.console = console,
                          .title = xstrdup(title),
                          .folder = xasprintf("%s/", real && strcmp(real, "/") ? real : ""),
                          .begun = begun,
                          .picked = picked,
                          .data = data};
    free(real);
    free(path);
    show(walk);
}
