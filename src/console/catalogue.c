#include "console/catalogue.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "base/language.h"
#include "base/place.h"
#include "console/check.h"
#include "console/part.h"
#include "console/schema.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 20 };

/* A file of panels or actions, and whether a screen that was read names it. */
struct part_file {
    char *path, *name;
    bool used;
};

struct catalogue {
    struct catalogue_entry *entries;
    int count, capacity;
    struct part_file *parts;
    int part_count, part_capacity;
    cJSON *schema;
};

static void entry_clear(struct catalogue_entry *entry)
{
    free(entry->path);
    free(entry->name);
    free(entry->code);
    free(entry->title[0]);
    free(entry->title[1]);
    free(entry->menu_group);
    definition_free(entry->definition);
    memset(entry, 0, sizeof *entry);
}

static char *copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

/* What the menu and the command line need to know of a screen without loading it. */
static void entry_read(struct catalogue_entry *entry, const char *path, const char *name)
{
    struct error error = ERROR_INIT;
    cJSON *json = json_read(path, &error);
    struct definition *definition = cJSON_IsObject(json) ? definition_new(json) : NULL;
    memset(entry, 0, sizeof *entry);
    entry->path = xstrdup(path);
    entry->name = xstrdup(name);
    entry->kind = KIND_FLOW;
    entry->roles = ROLE_ALL;
    entry->broken = !definition;
    if (!definition) {
        cJSON_Delete(json);
        return;
    }
    entry->code = copy(definition->code);
    entry->title[LANGUAGE_ENGLISH] = copy(definition->title.en);
    entry->title[LANGUAGE_CHINESE] = copy(definition->title.zh);
    entry->menu_group = copy(definition->menu_group);
    entry->menu_order = definition->menu_order;
    entry->kind = definition->kind;
    entry->roles = definition->roles;
    definition_free(definition);
}

static void add_file(struct catalogue *catalogue, const char *folder, const char *file)
{
    char *path = xasprintf("%s/%s", folder, file);
    char *name = xstrndup(file, strlen(file) - strlen(".json"));
    struct catalogue_entry *entry =
        (struct catalogue_entry *)catalogue_find(catalogue, name);
    if (entry) {
        entry_clear(entry);
    } else {
        ARRAY_RESERVE(catalogue->entries, catalogue->count, catalogue->capacity);
        entry = &catalogue->entries[catalogue->count++];
    }
    entry_read(entry, path, name);
    free(path);
    free(name);
}

static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name), more = strlen(end);
    return length > more && !strcmp(name + length - more, end);
}

static int is_screen(const struct dirent *file)
{
    return file->d_name[0] != '.' && ends_in(file->d_name, ".json") &&
           strcmp(file->d_name, "screen.schema.json") != 0;
}

static struct part_file *find_part(const struct catalogue *catalogue, const char *name)
{
    for (int i = 0; i < catalogue->part_count; i++)
        if (!strcmp(catalogue->parts[i].name, name))
            return &catalogue->parts[i];
    return NULL;
}

static void add_part(struct catalogue *catalogue, const char *folder, const char *name)
{
    struct part_file *part = find_part(catalogue, name);
    if (!part) {
        ARRAY_RESERVE(catalogue->parts, catalogue->part_count, catalogue->part_capacity);
        part = &catalogue->parts[catalogue->part_count++];
        *part = (struct part_file){NULL, xstrdup(name), false};
    }
    free(part->path);
    part->path = xasprintf("%s/%s", folder, name);
}

static bool add_folder(struct catalogue *catalogue, const char *folder, struct error *error)
{
    struct dirent **files;
    int count = scandir(folder, &files, is_screen, alphasort);
    if (count < 0)
        return error_errno(error, folder, _("Check the folder of screens."),
                           _("cannot read the screens"));
    for (int i = 0; i < count; i++) {
        (ends_in(files[i]->d_name, ".part.json") ? add_part : add_file)(catalogue, folder,
                                                                        files[i]->d_name);
        free(files[i]);
    }
    free(files);
    return true;
}

static bool add_folders(struct catalogue *catalogue, const char *folders, struct error *error)
{
    char *list = xstrdup(folders), *rest = list, *folder;
    bool good = true;
    while (good && (folder = strsep(&rest, ":")))
        good = !*folder || add_folder(catalogue, folder, error);
    free(list);
    return good;
}

struct catalogue *catalogue_new(const char *extra, struct error *error)
{
    struct catalogue *catalogue = xcalloc(1, sizeof *catalogue);
    char *folder = place_share("screens");
    char *schema = xasprintf("%s/screen.schema.json", folder);
    const char *own = getenv("BANKOPS_SCREENS");
    bool good = add_folder(catalogue, folder, error);
    good = good && (!own || !*own || add_folders(catalogue, own, error));
    good = good && (!extra || !*extra || add_folders(catalogue, extra, error));
    catalogue->schema = good ? json_read(schema, error) : NULL;
    free(schema);
    free(folder);
    if (!catalogue->schema) {
        catalogue_free(catalogue);
        return NULL;
    }
    return catalogue;
}

void catalogue_free(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    for (int i = 0; i < catalogue->count; i++)
        entry_clear(&catalogue->entries[i]);
    for (int i = 0; i < catalogue->part_count; i++) {
        free(catalogue->parts[i].path);
        free(catalogue->parts[i].name);
    }
    free(catalogue->parts);
    free(catalogue->entries);
    cJSON_Delete(catalogue->schema);
    free(catalogue);
}

int catalogue_count(const struct catalogue *catalogue)
{
    return catalogue->count;
}

const struct catalogue_entry *catalogue_at(const struct catalogue *catalogue, int index)
{
    return &catalogue->entries[index];
}

const struct catalogue_entry *catalogue_find(const struct catalogue *catalogue, const char *name)
{
    for (int i = 0; i < catalogue->count; i++)
        if (!strcmp(catalogue->entries[i].name, name))
            return &catalogue->entries[i];
    return NULL;
}

const struct catalogue_entry *catalogue_find_code(const struct catalogue *catalogue,
                                                  const char *code)
{
    for (int i = 0; i < catalogue->count; i++)
        if (catalogue->entries[i].code && !strcmp(catalogue->entries[i].code, code))
            return &catalogue->entries[i];
    return NULL;
}

const char *catalogue_title(const struct catalogue_entry *entry)
{
    const char *title = entry->title[language_current()];
    return title ? title : entry->name;
}

/* Turns pointers into files and lines. */
struct reading {
    const char *path;
    const struct parts *parts; /* NULL: pointers are of `path` itself */
    catalogue_report report;
    void *data;
    int findings;
};

/* Line of what a pointer names, or of the nearest member around it; 0 when there is none. */
static int line_of(const char *text, size_t length, const char *pointer)
{
    char *place = xstrdup(pointer);
    int line = json_line(text, length, place);
    while (!line && strrchr(place, '/')) {
        *strrchr(place, '/') = '\0';
        line = json_line(text, length, place);
    }
    free(place);
    return line;
}

static int line_in(const char *path, const char *pointer)
{
    struct error error = ERROR_INIT;
    char *text = NULL;
    size_t length;
    int line = file_read(path, FILE_LIMIT, &text, &length, &error)
                   ? line_of(text, length, pointer)
                   : 0;
    free(text);
    return line;
}

void catalogue_report_at(const struct definition *definition, const char *pointer,
                         const char *what, catalogue_report report, void *data)
{
    char *place;
    const char *path = parts_place(definition->parts, pointer, &place);
    report(data, path, line_in(path, place), place, what);
    free(place);
}

static void found(void *data, const char *pointer, const char *what)
{
    struct reading *reading = data;
    char *place = NULL;
    const char *path =
        reading->parts ? parts_place(reading->parts, pointer, &place) : reading->path;
    reading->findings++;
    pointer = place ? place : pointer;
    reading->report(reading->data, path, line_in(path, pointer), pointer, what);
    free(place);
}

/* Line of an error of json_parse ("path:line:column"). */
static void found_syntax(struct reading *reading, const struct error *error)
{
    const char *place = error->where;
    size_t length = strlen(reading->path);
    int line = !strncmp(place, reading->path, length) && place[length] == ':'
                   ? atoi(place + length + 1)
                   : 0;
    reading->findings++;
    reading->report(reading->data, reading->path, line, "", error->what);
}

/* A file by itself, good for the schema; NULL with its findings reported. */
static cJSON *read_alone(const struct catalogue *catalogue, const char *path,
                         struct reading *reading)
{
    struct reading own = {path, NULL, reading->report, reading->data, 0};
    struct error error = ERROR_INIT;
    cJSON *json = json_read(path, &error);
    if (!json)
        found_syntax(&own, &error);
    else if (schema_check(catalogue->schema, json, found, &own)) {
        cJSON_Delete(json);
        json = NULL;
    }
    reading->findings += own.findings;
    return json;
}

/* Puts the elements of the file that element `index` names in its place; answers how many. */
static int join_part(struct catalogue *catalogue, struct reading *reading, struct parts *parts,
                     cJSON *json, enum part_list list, int index, const char *name)
{
    struct part_file *file = find_part(catalogue, name);
    char *place = xasprintf("/%s/%d/file", part_member(list), index);
    cJSON *part = NULL;
    int count = 1;
    if (!file) {
        char *what = xasprintf(_("there is no file \"%s\" in the folders of screens"), name);
        found(reading, place, what);
        free(what);
    } else if ((part = read_alone(catalogue, file->path, reading))) {
        const cJSON *items = cJSON_GetObjectItemCaseSensitive(part, part_member(list));
        file->used = true;
        count = cJSON_GetArraySize(items);
        if (strcmp(json_string(part, "kind", ""), "part") != 0 || !count) {
            char *what = xasprintf(_("the file \"%s\" is no part with \"%s\""), name,
                                   part_member(list));
            found(reading, place, what);
            free(what);
            count = 1;
        } else {
            parts_join(parts, json, list, index, part, file->path);
        }
        cJSON_Delete(part);
    }
    free(place);
    return count;
}

static void join_all(struct catalogue *catalogue, struct reading *reading, struct parts *parts,
                     cJSON *json)
{
    static const int most[PART_LISTS] = {24, 64};
    reading->parts = parts;
    for (int list = 0; list < PART_LISTS; list++) {
        cJSON *items = cJSON_GetObjectItemCaseSensitive(json, part_member((enum part_list)list));
        for (int i = 0; i < cJSON_GetArraySize(items);) {
            const char *name = part_name(cJSON_GetArrayItem(items, i));
            i += name ? join_part(catalogue, reading, parts, json, (enum part_list)list, i, name)
                      : 1;
        }
        if (cJSON_GetArraySize(items) > most[list]) {
            char *what = xasprintf(_("more than %d entries"), most[list]);
            found(reading, list == PART_PANELS ? "/panels" : "/actions", what);
            free(what);
        }
    }
}

static struct definition *read_definition(struct catalogue *catalogue, const char *path,
                                          const char *name, struct reading *reading)
{
    cJSON *json = read_alone(catalogue, path, reading);
    if (!json)
        return NULL;
    struct parts *parts = parts_new(path);
    join_all(catalogue, reading, parts, json);
    struct definition *definition = definition_new(json);
    definition->parts = parts;
    if (!reading->findings)
        check_references(definition, name, catalogue, found, reading);
    reading->parts = NULL;
    return definition;
}

int catalogue_check_unused(const struct catalogue *catalogue, catalogue_report report, void *data)
{
    int findings = 0;
    for (int i = 0; i < catalogue->part_count; i++) {
        if (catalogue->parts[i].used)
            continue;
        report(data, catalogue->parts[i].path, 1, "", _("no screen names this file"));
        findings++;
    }
    return findings;
}

int catalogue_check(struct catalogue *catalogue, const struct catalogue_entry *entry,
                    catalogue_report report, void *data)
{
    struct reading reading = {entry->path, NULL, report, data, 0};
    definition_free(read_definition(catalogue, entry->path, entry->name, &reading));
    return reading.findings;
}

static void keep_first(void *data, const char *path, int line, const char *pointer,
                       const char *what)
{
    struct error *error = data;
    if (error->kind != ERROR_NONE)
        return;
    char *where = line ? xasprintf("%s:%d", path, line) : xstrdup(path);
    error_set(error, ERROR_INPUT, where,
              _("Correct the file; bankops screens check lists every error."), "%s%s%s", pointer,
              *pointer ? ": " : "", what);
    free(where);
}

const struct definition *catalogue_load(struct catalogue *catalogue, const char *name,
                                        struct error *error)
{
    struct catalogue_entry *entry = (struct catalogue_entry *)catalogue_find(catalogue, name);
    struct error first = ERROR_INIT;
    if (!entry) {
        error_set(error, ERROR_INPUT, name, _("Press F1 for the list of screens."),
                  _("there is no such screen"));
        return NULL;
    }
    if (entry->definition)
        return entry->definition;
    struct reading reading = {entry->path, NULL, keep_first, &first, 0};
    struct definition *definition = read_definition(catalogue, entry->path, name, &reading);
    if (reading.findings) {
        definition_free(definition);
        if (error)
            *error = first;
        return NULL;
    }
    entry->definition = definition;
    return definition;
}
