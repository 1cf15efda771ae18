#include "base/json.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_LIMIT = 32, FILE_LIMIT = 1 << 20 };

static void line_and_column(const char *text, size_t at, int *line, int *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < at; i++) {
        if (text[i] == '\n') {
            ++*line;
            *column = 1;
        } else {
            ++*column;
        }
    }
}

static bool refuse(struct error *error, const char *name, const char *text, size_t at,
                   const char *what)
{
    int line, column;
    line_and_column(text, at, &line, &column);
    char *where = xasprintf("%s:%d:%d", name, line, column);
    error_set(error, ERROR_INPUT, where, _("Correct the file at this place."), "%s", what);
    free(where);
    return false;
}

/* What cJSON accepts although RFC 8259 does not, found by one pass over the bytes. */
static bool check_bytes(const char *name, const char *text, size_t length, bool nul,
                        struct error *error)
{
    bool in_string = false;
    size_t bad;
    if (!text_valid(text, length, &bad))
        return refuse(error, name, text, bad, _("this byte is not UTF-8"));
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (in_string && c == '\\') {
            if (!nul && i + 5 < length && !strncmp(text + i + 1, "u0000", 5))
                return refuse(error, name, text, i, _("\\u0000 is not allowed in a string"));
            i++;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (c < 0x20 && (in_string || (c != '\n' && c != '\r' && c != '\t'))) {
            return refuse(error, name, text, i, _("control character"));
        } else if (!in_string && c == '+' && i && !strchr("eE", text[i - 1])) {
            return refuse(error, name, text, i, _("a number may not begin with '+'"));
        } else if (!in_string && c == '0' && i + 1 < length && text[i + 1] >= '0' &&
                   text[i + 1] <= '9' && (i == 0 || !strchr("0123456789.eE+", text[i - 1]))) {
            return refuse(error, name, text, i, _("a number may not begin with a zero"));
        }
    }
    return true;
}

static bool check_tree(const char *name, const cJSON *value, int depth, const cJSON *except,
                       struct error *error)
{
    if (depth > DEPTH_LIMIT)
        return error_set(error, ERROR_INPUT, name, NULL, _("nested deeper than %d"), DEPTH_LIMIT);
    if (cJSON_IsNumber(value) &&
        (!isfinite(value->valuedouble) || fabs(value->valuedouble) > 9007199254740992.0))
        return error_set(error, ERROR_INPUT, name, _("Write large numbers as strings."),
                         _("a number is too large"));
    for (const cJSON *child = value->child; child; child = child->next) {
        for (const cJSON *other = child->next; other && child->string; other = other->next)
            if (!strcmp(child->string, other->string))
                return error_set(error, ERROR_INPUT, name, _("Keep one of them."),
                                 _("the name \"%.80s\" appears twice in one object"), child->string);
        if (child != except && !check_tree(name, child, depth + 1, except, error))
            return false;
    }
    return true;
}

bool json_judge(const char *name, const cJSON *value, const cJSON *except, struct error *error)
{
    return check_tree(name, value, 0, except, error);
}

static void replace_nul(char *text)
{
    for (char *p = text; (p = strchr(p, '\\')) && p[1]; p += 2) {
        if (!strncmp(p + 1, "u0000", 5))
            memcpy(p + 2, "fffd", 4);
    }
}

static cJSON *parse(const char *name, const char *text, size_t length, bool nul,
                    struct error *error)
{
    const char *end = NULL;
    if (!check_bytes(name, text, length, nul, error))
        return NULL;
    char *copy = xmalloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    replace_nul(copy);
    cJSON *value = cJSON_ParseWithLengthOpts(copy, length + 1, &end, true);
    if (!value) {
        size_t at = end ? (size_t)(end - copy) : 0;
        refuse(error, name, text, at < length ? at : length, _("not valid JSON from here on"));
    }
    free(copy);
    return value;
}

cJSON *json_parse(const char *name, const char *text, size_t length, struct error *error)
{
    cJSON *value = parse(name, text, length, false, error);
    if (value && !json_judge(name, value, NULL, error)) {
        cJSON_Delete(value);
        value = NULL;
    }
    return value;
}

cJSON *json_parse_parts(const char *name, const char *text, size_t length, struct error *error)
{
    return parse(name, text, length, true, error);
}

cJSON *json_read(const char *path, struct error *error)
{
    char *text;
    size_t length;
    if (!file_read(path, FILE_LIMIT, &text, &length, error))
        return NULL;
    cJSON *value = json_parse(path, text, length, error);
    free(text);
    return value;
}

/* A cursor over text already known to be valid JSON. */
struct walk {
    const char *text;
    size_t length, at;
};

static void skip_blanks(struct walk *walk)
{
    while (walk->at < walk->length && strchr(" \t\r\n", walk->text[walk->at]))
        walk->at++;
}

static void skip_string(struct walk *walk)
{
    for (walk->at++; walk->at < walk->length && walk->text[walk->at] != '"'; walk->at++)
        if (walk->text[walk->at] == '\\')
            walk->at++;
    walk->at++;
}

static void skip_value(struct walk *walk)
{
    int depth = 0;
    skip_blanks(walk);
    do {
        if (walk->at >= walk->length)
            return;
        char c = walk->text[walk->at];
        if (c == '"') {
            skip_string(walk);
        } else {
            depth += c == '{' || c == '[';
            depth -= c == '}' || c == ']';
            walk->at++;
            if (depth == 0 && c != '}' && c != ']')
                while (walk->at < walk->length && !strchr(",]} \t\r\n", walk->text[walk->at]))
                    walk->at++;
        }
    } while (depth > 0);
}

/* Moves to the member or element named by the next pointer token; false when it is absent. */
static bool descend(struct walk *walk, const char *token, size_t token_length)
{
    skip_blanks(walk);
    if (walk->at >= walk->length || !strchr("{[", walk->text[walk->at]))
        return false;
    bool object = walk->text[walk->at++] == '{';
    for (long index = 0;; index++) {
        skip_blanks(walk);
        if (walk->at >= walk->length || strchr("}]", walk->text[walk->at]))
            return false;
        bool hit = !object && index == strtol(token, NULL, 10);
        if (object) {
            size_t start = walk->at + 1;
            skip_string(walk);
            hit = walk->at - 1 - start == token_length &&
                  !strncmp(walk->text + start, token, token_length);
            skip_blanks(walk);
            walk->at++;
            skip_blanks(walk);
        }
        if (hit)
            return true;
        skip_value(walk);
        skip_blanks(walk);
        if (walk->at < walk->length && walk->text[walk->at] == ',')
            walk->at++;
    }
}

int json_line(const char *text, size_t length, const char *pointer)
{
    struct walk walk = {text, length, 0};
    int line, column;
    while (*pointer == '/') {
        const char *token = pointer + 1;
        size_t token_length = strcspn(token, "/");
        if (!descend(&walk, token, token_length))
            return 0;
        pointer = token + token_length;
    }
    skip_blanks(&walk);
    line_and_column(text, walk.at < length ? walk.at : length, &line, &column);
    return line;
}

const cJSON *json_member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *json_string(const cJSON *object, const char *name, const char *fallback)
{
    const cJSON *member = json_member(object, name);
    return cJSON_IsString(member) ? member->valuestring : fallback;
}

int json_int(const cJSON *object, const char *name, int fallback)
{
    const cJSON *member = json_member(object, name);
    return cJSON_IsNumber(member) ? member->valueint : fallback;
}

bool json_bool(const cJSON *object, const char *name, bool fallback)
{
    const cJSON *member = json_member(object, name);
    return cJSON_IsBool(member) ? cJSON_IsTrue(member) : fallback;
}
