#include "console/part.h"

#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* Elements first .. first + count - 1 of the joined list are those of a file. */
struct stretch {
    int first, count, file;
};

struct stretches {
    struct stretch *items;
    int count, capacity;
};

struct parts {
    char **files; /* the first is the screen's own */
    int file_count, file_capacity;
    struct stretches lists[PART_LISTS];
};

const char *part_member(enum part_list list)
{
    return list == PART_PANELS ? "panels" : "actions";
}

const char *part_name(const cJSON *element)
{
    return json_string(element, "file", NULL);
}

static int add_file(struct parts *parts, const char *path)
{
    ARRAY_RESERVE(parts->files, parts->file_count, parts->file_capacity);
    parts->files[parts->file_count] = xstrdup(path);
    return parts->file_count++;
}

struct parts *parts_new(const char *path)
{
    struct parts *parts = xcalloc(1, sizeof *parts);
    add_file(parts, path);
    return parts;
}

void parts_free(struct parts *parts)
{
    if (!parts)
        return;
    for (int i = 0; i < parts->file_count; i++)
        free(parts->files[i]);
    for (int i = 0; i < PART_LISTS; i++)
        free(parts->lists[i].items);
    free(parts->files);
    free(parts);
}

/* Moves `count` elements, or all, from the front of one array to the end of another. */
static int move_elements(cJSON *from, cJSON *to, int count)
{
    int moved = 0;
    for (cJSON *item; moved != count && (item = cJSON_DetachItemFromArray(from, 0)); moved++)
        cJSON_AddItemToArray(to, item);
    return moved;
}

void parts_join(struct parts *parts, cJSON *json, enum part_list list, int index, cJSON *part,
                const char *path)
{
    struct stretches *stretches = &parts->lists[list];
    cJSON *to = cJSON_GetObjectItemCaseSensitive(json, part_member(list));
    cJSON *from = cJSON_GetObjectItemCaseSensitive(part, part_member(list));
    cJSON *joined = cJSON_CreateArray();
    move_elements(to, joined, index);
    cJSON_DeleteItemFromArray(to, 0);
    int count = move_elements(from, joined, -1);
    move_elements(to, joined, -1);
    to->child = joined->child;
    joined->child = NULL;
    cJSON_Delete(joined);
    ARRAY_RESERVE(stretches->items, stretches->count, stretches->capacity);
    stretches->items[stretches->count++] =
        (struct stretch){index, count, add_file(parts, path)};
}

/* Where element `index` of the joined list stands: its file, and its index there. */
static int find(const struct stretches *stretches, int *index)
{
    int more = 0;
    for (int i = 0; i < stretches->count; i++) {
        const struct stretch *stretch = &stretches->items[i];
        if (*index < stretch->first)
            break;
        if (*index < stretch->first + stretch->count) {
            *index -= stretch->first;
            return stretch->file;
        }
        more += stretch->count - 1;
    }
    *index -= more;
    return 0;
}

const char *parts_place(const struct parts *parts, const char *pointer, char **place)
{
    for (int list = 0; list < PART_LISTS; list++) {
        const char *member = part_member((enum part_list)list);
        size_t length = strlen(member);
        char *rest;
        if (*pointer != '/' || strncmp(pointer + 1, member, length) != 0 ||
            pointer[length + 1] != '/')
            continue;
        int index = (int)strtol(pointer + length + 2, &rest, 10);
        int file = find(&parts->lists[list], &index);
        *place = xasprintf("/%s/%d%s", member, index, rest);
        return parts->files[file];
    }
    *place = xstrdup(pointer);
    return parts->files[0];
}
