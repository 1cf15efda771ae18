#include "console/catalogue.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "base/language.h"
#include "base/place.h"
#include "console/check.h"
#include "console/schema.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 20 };

struct catalogue {
    struct catalogue_entry *entries;
    int count, capacity;
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
    struct definition *definition = cJSON_IsObject(json) ? definition_new(path, json) : NULL;
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

static int is_screen(const struct dirent *file)
{
    size_t length = strlen(file->d_name);
    return length > 5 && file->d_name[0] != '.' && !strcmp(file->d_name + length - 5, ".json") &&
           strcmp(file->d_name, "screen.schema.json") != 0;
}

static bool add_folder(struct catalogue *catalogue, const char *folder, struct error *error)
{
    struct dirent **files;
    int count = scandir(folder, &files, is_screen, alphasort);
    if (count < 0)
        return error_errno(error, folder, _("Check the folder of screens."),
                           _("cannot read the screens"));
    for (int i = 0; i < count; i++) {
        add_file(catalogue, folder, files[i]->d_name);
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

/* Turns pointers into lines of the file's text. */
struct reading {
    const char *path, *text;
    size_t length;
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

int catalogue_line(const char *path, const char *pointer)
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

static void found(void *data, const char *pointer, const char *what)
{
    struct reading *reading = data;
    reading->findings++;
    reading->report(reading->data, reading->path,
                    line_of(reading->text, reading->length, pointer), pointer, what);
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

static struct definition *read_definition(struct catalogue *catalogue, const char *path,
                                          const char *name, struct reading *reading)
{
    struct error error = ERROR_INIT;
    struct definition *definition = NULL;
    char *text = NULL;
    if (!file_read(path, FILE_LIMIT, &text, &reading->length, &error)) {
        found_syntax(reading, &error);
        return NULL;
    }
    reading->text = text;
    cJSON *json = json_parse(path, text, reading->length, &error);
    if (!json) {
        found_syntax(reading, &error);
    } else if (schema_check(catalogue->schema, json, found, reading)) {
        cJSON_Delete(json);
    } else {
        definition = definition_new(path, json);
        check_references(definition, name, catalogue, found, reading);
    }
    free(text);
    return definition;
}

int catalogue_check(struct catalogue *catalogue, const struct catalogue_entry *entry,
                    catalogue_report report, void *data)
{
    struct reading reading = {entry->path, NULL, 0, report, data, 0};
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
    struct reading reading = {entry->path, NULL, 0, keep_first, &first, 0};
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
