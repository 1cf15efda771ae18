/* A reader for the subset of YAML that Python's dumper writes: block mappings and lists, plain and
 * quoted strings over several lines, literal blocks, anchors and aliases. */
#include "corpus_file.h"

#include "base/alloc.h"
#include "base/buffer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct yaml {
    const char *line;   /* start of the current line */
    const char *at;     /* on it */
    const char *skip;
    cJSON *anchors;     /* copies by name */
    int depth;
};

static cJSON *read_node(struct yaml *yaml, int indent);

static const char *line_end(const char *at)
{
    return at + strcspn(at, "\n");
}

static void next_line(struct yaml *yaml)
{
    const char *end = line_end(yaml->at);
    yaml->line = yaml->at = *end ? end + 1 : end;
}

static int indent_of(const char *line)
{
    return (int)strspn(line, " ");
}

/* On to the next line that says something. */
static bool on_text(struct yaml *yaml)
{
    while (*yaml->at) {
        yaml->at += strspn(yaml->at, " ");
        if (*yaml->at && *yaml->at != '\n')
            return true;
        if (*yaml->at)
            next_line(yaml);
    }
    return false;
}

/* Passes over !tags and takes &anchor into `anchor`; on *alias returns its copy. */
static cJSON *read_properties(struct yaml *yaml, char anchor[40])
{
    for (;;) {
        yaml->at += strspn(yaml->at, " ");
        char mark = *yaml->at;
        if (mark != '!' && mark != '&' && mark != '*')
            return NULL;
        size_t length = strcspn(yaml->at, " \n");
        if (mark != '!') {
            snprintf(anchor, 40, "%.*s", (int)length - 1, yaml->at + 1);
        }
        yaml->at += length;
        if (mark == '*') {
            const cJSON *known = cJSON_GetObjectItemCaseSensitive(yaml->anchors, anchor);
            return known ? cJSON_Duplicate(known, true) : cJSON_CreateNull();
        }
    }
}

/* One line end inside a quoted text is a blank, each further empty line is a line feed. */
static void fold(struct yaml *yaml, struct buffer *text)
{
    int feeds = 0;
    while (text->length && text->data[text->length - 1] == ' ')
        text->length--;
    while (*yaml->at == '\n') {
        feeds++;
        next_line(yaml);
        yaml->at += strspn(yaml->at, " ");
    }
    if (feeds == 1)
        buffer_add_char(text, ' ');
    for (int i = 1; i < feeds; i++)
        buffer_add_char(text, '\n');
}

static void add_code(struct buffer *text, unsigned long code)
{
    if (code < 0x80) {
        buffer_add_char(text, (char)code);
    } else if (code < 0x800) {
        buffer_add_char(text, (char)(0xC0 | code >> 6));
        buffer_add_char(text, (char)(0x80 | (code & 0x3F)));
    } else {
        buffer_add_char(text, (char)(0xE0 | code >> 12));
        buffer_add_char(text, (char)(0x80 | (code >> 6 & 0x3F)));
        buffer_add_char(text, (char)(0x80 | (code & 0x3F)));
    }
}

static void read_escape(struct yaml *yaml, struct buffer *text)
{
    char c = *yaml->at++, digits[5] = "";
    if (c == '\n') {
        /* A line end behind a backslash is none; the blanks before the text are not of it. */
        yaml->line = yaml->at;
        yaml->at += strspn(yaml->at, " ");
    } else if (c == 'x' || c == 'u') {
        size_t length = c == 'x' ? 2 : 4;
        memcpy(digits, yaml->at, length);
        yaml->at += length;
        add_code(text, strtoul(digits, NULL, 16));
    } else {
        buffer_add_char(text, c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
    }
}

static cJSON *read_quoted(struct yaml *yaml)
{
    struct buffer text = BUFFER_INIT;
    char quote = *yaml->at++;
    while (*yaml->at) {
        if (*yaml->at == quote && quote == '\'' && yaml->at[1] == quote) {
            buffer_add_char(&text, quote);
            yaml->at += 2;
        } else if (*yaml->at == quote) {
            break;
        } else if (*yaml->at == '\n') {
            fold(yaml, &text);
        } else if (*yaml->at == '\\' && quote == '"') {
            yaml->at++;
            read_escape(yaml, &text);
        } else {
            buffer_add_char(&text, *yaml->at++);
        }
    }
    next_line(yaml);
    cJSON *value = cJSON_CreateString(buffer_text(&text));
    buffer_free(&text);
    return value;
}

static cJSON *read_literal(struct yaml *yaml, int indent)
{
    struct buffer text = BUFFER_INIT;
    next_line(yaml);
    while (*yaml->at && (indent_of(yaml->at) > indent || *yaml->at == '\n')) {
        yaml->at += strspn(yaml->at, " ");
        buffer_add_bytes(&text, yaml->at, (size_t)(line_end(yaml->at) - yaml->at));
        next_line(yaml);
    }
    cJSON *value = cJSON_CreateString(buffer_text(&text));
    buffer_free(&text);
    return value;
}

/* A plain text goes on over lines that are further in. */
static cJSON *read_plain(struct yaml *yaml, int indent)
{
    struct buffer text = BUFFER_INIT;
    for (;;) {
        const char *end = line_end(yaml->at);
        buffer_add_bytes(&text, yaml->at, (size_t)(end - yaml->at));
        next_line(yaml);
        if (!*yaml->at || *yaml->at == '\n' || indent_of(yaml->at) <= indent)
            break;
        yaml->at += strspn(yaml->at, " ");
        buffer_add_char(&text, ' ');
    }
    const char *made = buffer_text(&text);
    cJSON *value = !strcmp(made, "null") ? cJSON_CreateNull() : cJSON_CreateString(made);
    buffer_free(&text);
    return value;
}

/* Length of the key of a mapping here, without its colon; 0 when there is none. */
static size_t key_length(const char *at)
{
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_')
        length++;
    return length && at[length] == ':' && (at[length + 1] == ' ' || at[length + 1] == '\n')
               ? length : 0;
}

static void skip_inside(struct yaml *yaml, int indent)
{
    next_line(yaml);
    while (*yaml->at && (*yaml->at == '\n' || indent_of(yaml->at) > indent))
        next_line(yaml);
}

static cJSON *read_mapping(struct yaml *yaml, int indent)
{
    cJSON *object = cJSON_CreateObject();
    while (on_text(yaml) && (int)(yaml->at - yaml->line) == indent) {
        char key[80];
        size_t length = key_length(yaml->at);
        if (!length || length >= sizeof key)
            break;
        memcpy(key, yaml->at, length);
        key[length] = '\0';
        yaml->at += length + 1;
        if (yaml->depth == 1 && !strcmp(key, yaml->skip))
            skip_inside(yaml, indent);
        else
            cJSON_AddItemToObject(object, key, read_node(yaml, indent));
    }
    return object;
}

static cJSON *read_list(struct yaml *yaml, int indent)
{
    cJSON *list = cJSON_CreateArray();
    while (on_text(yaml) && (int)(yaml->at - yaml->line) == indent && yaml->at[0] == '-' &&
           yaml->at[1] == ' ') {
        yaml->at += 2;
        cJSON_AddItemToArray(list, read_node(yaml, indent + 1));
    }
    return list;
}

/* What stands behind a key or a dash whose column is `indent`. */
static cJSON *read_value(struct yaml *yaml, int indent)
{
    if (*yaml->at == '\'' || *yaml->at == '"')
        return read_quoted(yaml);
    if (*yaml->at == '|')
        return read_literal(yaml, indent);
    if (!strncmp(yaml->at, "[]", 2) || !strncmp(yaml->at, "{}", 2)) {
        bool list = *yaml->at == '[';
        next_line(yaml);
        return list ? cJSON_CreateArray() : cJSON_CreateObject();
    }
    if (*yaml->at != '\n' && !key_length(yaml->at))
        return read_plain(yaml, indent);
    if (!on_text(yaml))
        return cJSON_CreateNull();
    int inside = (int)(yaml->at - yaml->line);
    if (yaml->at[0] == '-' && yaml->at[1] == ' ' && inside >= indent)
        return read_list(yaml, inside);
    return inside > indent ? read_mapping(yaml, inside) : cJSON_CreateNull();
}

static cJSON *read_node(struct yaml *yaml, int indent)
{
    char anchor[40] = "";
    cJSON *value = read_properties(yaml, anchor);
    if (value) {
        next_line(yaml);
        return value;
    }
    yaml->depth++;
    value = read_value(yaml, indent);
    yaml->depth--;
    if (*anchor)
        cJSON_AddItemToObject(yaml->anchors, anchor, cJSON_Duplicate(value, true));
    return value;
}

cJSON *corpus_yaml(const char *text, const char *skip)
{
    struct yaml yaml = {.line = text, .at = text, .skip = skip, .anchors = cJSON_CreateObject()};
    cJSON *value = read_node(&yaml, -1);
    cJSON_Delete(yaml.anchors);
    return value;
}
