#include "console/schema.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/json.h"
#include "base/language.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

struct check {
    const cJSON *root;
    schema_report report;
    void *data;
    int findings;
};

static bool check_value(struct check *check, const cJSON *schema, const cJSON *value,
                        const char *pointer);

static bool finding(struct check *check, const char *pointer, char *what)
{
    check->findings++;
    if (check->report)
        check->report(check->data, pointer, what);
    free(what);
    return false;
}

static const cJSON *follow(const struct check *check, const cJSON *schema)
{
    const char *reference = json_string(schema, "$ref", NULL);
    if (!reference)
        return schema;
    const cJSON *definitions = json_member(check->root, "$defs");
    return json_member(definitions, strrchr(reference, '/') + 1);
}

static const char *type_name(const cJSON *value)
{
    if (cJSON_IsString(value))
        return "string";
    if (cJSON_IsNumber(value))
        return value->valuedouble == (double)value->valueint ? "integer" : "number";
    if (cJSON_IsBool(value))
        return "boolean";
    if (cJSON_IsArray(value))
        return "array";
    return cJSON_IsObject(value) ? "object" : "null";
}

static char *join(const cJSON *array)
{
    struct buffer text = BUFFER_INIT;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (text.length)
            buffer_add(&text, ", ");
        buffer_add(&text, cJSON_IsString(item) ? item->valuestring : "?");
    }
    return buffer_take(&text);
}

/* Expressions of the schema, compiled once: there are only a few. */
static bool matches(const char *pattern, const char *text)
{
    enum { KEPT = 16 };
    static struct {
        char *pattern;
        regex_t expression;
    } kept[KEPT];
    int at = 0;
    while (at < KEPT - 1 && kept[at].pattern && strcmp(kept[at].pattern, pattern) != 0)
        at++;
    if (!kept[at].pattern || strcmp(kept[at].pattern, pattern) != 0) {
        if (kept[at].pattern) {
            regfree(&kept[at].expression);
            free(kept[at].pattern);
            kept[at].pattern = NULL;
        }
        if (regcomp(&kept[at].expression, pattern, REG_EXTENDED | REG_NOSUB))
            return false;
        kept[at].pattern = xstrdup(pattern);
    }
    return regexec(&kept[at].expression, text, 0, NULL, 0) == 0;
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static bool check_string(struct check *check, const cJSON *schema, const char *text,
                         const char *pointer)
{
    const char *pattern = json_string(schema, "pattern", NULL);
    size_t least = (size_t)json_int(schema, "minLength", 0);
    size_t most = (size_t)json_int(schema, "maxLength", 1 << 20);
    if (pattern && !matches(pattern, text))
        return finding(check, pointer,
                       xasprintf(_("\"%.60s\" is not of the form %s"), text, pattern));
    if (characters(text) < least)
        return finding(check, pointer, xstrdup(_("the text is empty")));
    if (characters(text) > most)
        return finding(check, pointer, xasprintf(_("longer than %zu characters"), most));
    return true;
}

static bool check_number(struct check *check, const cJSON *schema, int number, const char *pointer)
{
    int least = json_int(schema, "minimum", -2147483647);
    int most = json_int(schema, "maximum", 2147483647);
    if (number < least || number > most)
        return finding(check, pointer,
                       xasprintf(_("%d is not between %d and %d"), number, least, most));
    return true;
}

static bool check_array(struct check *check, const cJSON *schema, const cJSON *value,
                        const char *pointer)
{
    const cJSON *items = json_member(schema, "items");
    int count = cJSON_GetArraySize(value), index = 0;
    bool good = true;
    const cJSON *item;
    if (count < json_int(schema, "minItems", 0))
        good = finding(check, pointer, xstrdup(_("the list is empty")));
    if (count > json_int(schema, "maxItems", 10000))
        good = finding(check, pointer,
                       xasprintf(_("more than %d entries"), json_int(schema, "maxItems", 0)));
    cJSON_ArrayForEach(item, value)
    {
        char *place = xasprintf("%s/%d", pointer, index++);
        if (items && !check_value(check, items, item, place))
            good = false;
        free(place);
    }
    return good;
}

static bool check_member(struct check *check, const cJSON *schema, const cJSON *member,
                         const char *pointer)
{
    const cJSON *properties = json_member(schema, "properties");
    const cJSON *names = json_member(schema, "propertyNames");
    const cJSON *additional = json_member(schema, "additionalProperties");
    const cJSON *known = json_member(properties, member->string);
    if (known)
        return check_value(check, known, member, pointer);
    if (cJSON_IsFalse(additional)) {
        char *allowed = NULL;
        struct buffer text = BUFFER_INIT;
        const cJSON *property;
        cJSON_ArrayForEach(property, properties)
        {
            if (property->string[0] == '$')
                continue;
            if (text.length)
                buffer_add(&text, ", ");
            buffer_add(&text, property->string);
        }
        allowed = buffer_take(&text);
        finding(check, pointer,
                xasprintf(_("unknown member \"%.40s\"; known here: %s"), member->string, allowed));
        free(allowed);
        return false;
    }
    const char *pattern = names ? json_string(names, "pattern", NULL) : NULL;
    if (pattern && !matches(pattern, member->string))
        return finding(check, pointer,
                       xasprintf(_("\"%.60s\" is not of the form %s"), member->string, pattern));
    return additional ? check_value(check, additional, member, pointer) : true;
}

static bool check_object(struct check *check, const cJSON *schema, const cJSON *value,
                         const char *pointer)
{
    bool good = true;
    const cJSON *name, *member;
    cJSON_ArrayForEach(name, json_member(schema, "required"))
    {
        if (!json_member(value, name->valuestring))
            good = finding(check, pointer,
                           xasprintf(_("member \"%s\" is missing"), name->valuestring));
    }
    cJSON_ArrayForEach(member, value)
    {
        char *place = xasprintf("%s/%s", pointer, member->string);
        if (!check_member(check, schema, member, place))
            good = false;
        free(place);
    }
    return good;
}

/* anyOf without noise: silent attempts, then the findings of the alternative of the value's type that
 * has the fewest. */
static bool check_any(struct check *check, const cJSON *choices, const cJSON *value,
                      const char *pointer)
{
    const cJSON *choice, *nearest = NULL;
    int fewest = 0;
    cJSON_ArrayForEach(choice, choices)
    {
        struct check silent = {check->root, NULL, NULL, 0};
        if (check_value(&silent, choice, value, pointer))
            return true;
        const char *type = json_string(follow(check, choice), "type", "string");
        if (!strcmp(type, type_name(value)) && (!nearest || silent.findings <= fewest)) {
            nearest = choice;
            fewest = silent.findings;
        }
    }
    if (nearest)
        return check_value(check, nearest, value, pointer);
    return finding(check, pointer, xasprintf(_("%s is not allowed here"), type_name(value)));
}

/* oneOf: the alternative whose member "kind" is the value's own. */
static bool check_kind(struct check *check, const cJSON *choices, const cJSON *value,
                       const char *pointer)
{
    const char *kind = json_string(value, "kind", "");
    struct buffer known = BUFFER_INIT;
    const cJSON *choice;
    cJSON_ArrayForEach(choice, choices)
    {
        const cJSON *target = follow(check, choice);
        const cJSON *properties = json_member(target, "properties");
        const char *name =
            json_string(json_member(properties, "kind"), "const", "");
        if (!strcmp(name, kind)) {
            buffer_free(&known);
            return check_value(check, target, value, pointer);
        }
        buffer_format(&known, "%s%s", known.length ? ", " : "", name);
    }
    char *place = xasprintf("%s/kind", pointer);
    finding(check, cJSON_IsObject(value) && *kind ? place : pointer,
            xasprintf(_("\"kind\" must be one of %s"), buffer_text(&known)));
    free(place);
    buffer_free(&known);
    return false;
}

static bool check_choice(struct check *check, const cJSON *choices, const cJSON *value,
                         const char *pointer)
{
    const cJSON *choice;
    cJSON_ArrayForEach(choice, choices)
    {
        if (cJSON_IsString(value) && !strcmp(choice->valuestring, value->valuestring))
            return true;
    }
    char *known = join(choices);
    char *shown = cJSON_IsString(value) ? xasprintf("\"%.60s\"", value->valuestring)
                                        : xstrdup(type_name(value));
    finding(check, pointer, xasprintf(_("%s is not one of %s"), shown, known));
    free(shown);
    free(known);
    return false;
}

static bool check_type(struct check *check, const char *type, const cJSON *value,
                       const char *pointer)
{
    const char *actual = type_name(value);
    if (!type || !strcmp(type, actual) || (!strcmp(type, "number") && cJSON_IsNumber(value)))
        return true;
    return finding(check, pointer, xasprintf(_("must be of type %s, not %s"), type, actual));
}

static bool check_value(struct check *check, const cJSON *schema, const cJSON *value,
                        const char *pointer)
{
    schema = follow(check, schema);
    const cJSON *any = json_member(schema, "anyOf");
    const cJSON *one = json_member(schema, "oneOf");
    const cJSON *choices = json_member(schema, "enum");
    if (any)
        return check_any(check, any, value, pointer);
    if (one)
        return check_kind(check, one, value, pointer);
    if (choices)
        return check_choice(check, choices, value, pointer);
    if (!check_type(check, json_string(schema, "type", NULL), value, pointer))
        return false;
    if (cJSON_IsString(value))
        return check_string(check, schema, value->valuestring, pointer);
    if (cJSON_IsNumber(value))
        return check_number(check, schema, value->valueint, pointer);
    if (cJSON_IsArray(value))
        return check_array(check, schema, value, pointer);
    if (cJSON_IsObject(value))
        return check_object(check, schema, value, pointer);
    return true;
}

int schema_check(const cJSON *schema, const cJSON *value, schema_report report, void *data)
{
    struct check check = {schema, report, data, 0};
    check_value(&check, schema, value, "");
    return check.findings;
}
