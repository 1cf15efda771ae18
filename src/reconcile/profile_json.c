#include "reconcile/profile_json.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "base/language.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool profile_json_open(struct profile_json *json, const char *path, struct error *error)
{
    *json = (struct profile_json){.path = path, .error = error};
    if (!file_read(path, 1 << 20, &json->text, &json->length, error))
        return false;
    json->root = json_parse(path, json->text, json->length, error);
    if (json->root)
        return true;
    profile_json_close(json);
    return false;
}

void profile_json_close(struct profile_json *json)
{
    cJSON_Delete(json->root);
    free(json->text);
    json->root = NULL;
    json->text = NULL;
}

size_t profile_json_enter(struct profile_json *json, const char *member)
{
    size_t mark = strlen(json->pointer);
    snprintf(json->pointer + mark, sizeof json->pointer - mark, "/%.60s", member);
    return mark;
}

size_t profile_json_enter_index(struct profile_json *json, int index)
{
    char member[16];
    snprintf(member, sizeof member, "%d", index);
    return profile_json_enter(json, member);
}

void profile_json_leave(struct profile_json *json, size_t mark)
{
    json->pointer[mark] = '\0';
}

/* Line of the current place, or of the nearest one around it that is there. */
static int line_of(const struct profile_json *json)
{
    char pointer[sizeof json->pointer];
    memcpy(pointer, json->pointer, sizeof pointer);
    for (;;) {
        int line = json_line(json->text, json->length, pointer);
        char *slash = strrchr(pointer, '/');
        if (line || !slash)
            return line ? line : 1;
        *slash = '\0';
    }
}

bool profile_json_refuse(struct profile_json *json, const char *what, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    char *where = xasprintf("%s:%d: %s", json->path, line_of(json),
                            json->pointer[0] ? json->pointer : "/");
    error_set(json->error, ERROR_INPUT, where,
              _("profile.schema.json beside the shipped profiles says what may stand there."),
              "%s", text);
    free(where);
    return false;
}

static bool is_known(const char *known, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = known; length && (at = strstr(at, name)); at += length)
        if ((at == known || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

bool profile_json_members(struct profile_json *json, const cJSON *object, const char *known)
{
    if (!cJSON_IsObject(object))
        return profile_json_refuse(json, _("an object {…} is expected"));
    for (const cJSON *at = object->child; at; at = at->next) {
        if (is_known(known, at->string))
            continue;
        profile_json_enter(json, at->string);
        return profile_json_refuse(json, _("the program knows no such member; known are: %s"),
                                   known);
    }
    return true;
}

static bool wrong(struct profile_json *json, const char *member, const char *what)
{
    profile_json_enter(json, member);
    return profile_json_refuse(json, "%s", what);
}

bool profile_json_text(struct profile_json *json, const cJSON *object, const char *member,
                       char **text)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, member);
    if (!value)
        return true;
    if (!cJSON_IsString(value) || !value->valuestring[0])
        return wrong(json, member, _("a text is expected"));
    free(*text);
    *text = xstrdup(value->valuestring);
    return true;
}

bool profile_json_flag(struct profile_json *json, const cJSON *object, const char *member,
                       bool *flag)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, member);
    if (value && !cJSON_IsBool(value))
        return wrong(json, member, _("true or false is expected"));
    if (value)
        *flag = cJSON_IsTrue(value);
    return true;
}

bool profile_json_number(struct profile_json *json, const cJSON *object, const char *member,
                         int low, int high, int *number)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, member);
    if (!value)
        return true;
    if (!cJSON_IsNumber(value) || value->valuedouble != value->valueint ||
        value->valueint < low || value->valueint > high) {
        profile_json_enter(json, member);
        return profile_json_refuse(json, _("a whole number from %d to %d is expected"), low, high);
    }
    *number = value->valueint;
    return true;
}

bool profile_json_texts(struct profile_json *json, const cJSON *object, const char *member,
                        char *texts[], size_t room)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, member);
    size_t count = 0;
    if (!value)
        return true;
    if (cJSON_IsString(value) && value->valuestring[0])
        return texts[0] = xstrdup(value->valuestring), true;
    profile_json_enter(json, member);
    if (!cJSON_IsArray(value) || !value->child)
        return profile_json_refuse(json, _("a text or a list of texts is expected"));
    for (const cJSON *at = value->child; at; at = at->next) {
        if (!cJSON_IsString(at) || !at->valuestring[0])
            return profile_json_refuse(json, _("a text or a list of texts is expected"));
        if (count == room)
            return profile_json_refuse(json, _("more than %zu texts"), room);
        texts[count++] = xstrdup(at->valuestring);
    }
    *strrchr(json->pointer, '/') = '\0';
    return true;
}

bool profile_json_choice(struct profile_json *json, const cJSON *object, const char *member,
                         const char *const names[], int *choice)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, member);
    if (!value)
        return true;
    for (int i = 0; cJSON_IsString(value) && names[i]; i++)
        if (!strcmp(names[i], value->valuestring))
            return *choice = i, true;
    char known[200] = "";
    for (int i = 0; names[i]; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "",
                 names[i]);
    profile_json_enter(json, member);
    return profile_json_refuse(json, _("one of these is expected: %s"), known);
}
