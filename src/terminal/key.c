#include "terminal/key.h"

#include "base/alloc.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct name {
    const char *text;
    int code;
};

/* The first name of a code is the one shown; the others are read. */
static const struct name names[] = {
    {"Enter", K_ENTER},       {"Return", K_ENTER},      {"Tab", K_TAB},
    {"Esc", K_ESCAPE},        {"Escape", K_ESCAPE},     {"Backspace", K_BACKSPACE},
    {"BS", K_BACKSPACE},      {"Ins", K_INSERT},        {"Insert", K_INSERT},
    {"Del", K_DELETE},        {"Delete", K_DELETE},     {"Up", K_UP},
    {"Down", K_DOWN},         {"Left", K_LEFT},         {"Right", K_RIGHT},
    {"Home", K_HOME},         {"End", K_END},           {"PgUp", K_PAGE_UP},
    {"PageUp", K_PAGE_UP},    {"PgDn", K_PAGE_DOWN},    {"PageDown", K_PAGE_DOWN},
    {"Paste", K_PASTE},       {"Resize", K_RESIZE},     {"Focus", K_FOCUS_IN},
    {"Space", ' '},
};

static const struct name modifiers[] = {
    {"Ctrl-", K_CTRL}, {"Alt-", K_ALT}, {"Shift-", K_SHIFT}, {"C-", K_CTRL},
    {"M-", K_ALT},     {"S-", K_SHIFT}, {"Ctrl+", K_CTRL},   {"Alt+", K_ALT},
    {"Shift+", K_SHIFT},
};

void key_format(struct buffer *out, int code)
{
    int plain = code & ~K_MODIFIERS;
    for (int i = 0; i < 3; i++)
        if (code & modifiers[i].code)
            buffer_add(out, modifiers[i].text);
    if (plain > K_F0 && plain <= K_F_LAST) {
        buffer_format(out, "F%d", plain - K_F0);
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (names[i].code == plain) {
            buffer_add(out, names[i].text);
            return;
        }
    if (code & (K_CTRL | K_ALT) && plain >= 'a' && plain <= 'z' && !(code & K_ALT))
        plain -= 'a' - 'A';
    if (plain > ' ' && plain < K_BASE)
        text_encode(out, (uint32_t)plain);
}

/* F-key number of "F5" or "5" (mark 0), -1 when it is not one. */
static int function_number(const char *text)
{
    char *end;
    if (*text < '0' || *text > '9')
        return -1;
    long number = strtol(text, &end, 10);
    return *end == '\0' && number <= 24 ? (int)number : -1;
}

static int function_key(int number)
{
    return number > 12 ? K_SHIFT | K_F(number - 12) : K_F(number);
}

static int parse_plain(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (!strcasecmp(name, names[i].text))
            return names[i].code;
    if ((name[0] == 'F' || name[0] == 'f') && function_number(name + 1) > 0)
        return function_key(function_number(name + 1));
    uint32_t character;
    size_t length = strlen(name);
    if (length == 0 || text_decode(name, length, &character) != length || character < ' ')
        return K_NONE;
    return (int)character;
}

int key_parse(const char *name)
{
    int bits = 0;
    if (!strncasecmp(name, "Esc ", 4) && strlen(name) == 5 && function_number(name + 4) >= 0)
        return K_F(name[4] == '0' ? 10 : name[4] - '0');
    for (size_t i = 0; i < ARRAY_LENGTH(modifiers); i++) {
        size_t length = strlen(modifiers[i].text);
        if (!strncasecmp(name, modifiers[i].text, length) && name[length]) {
            bits |= modifiers[i].code;
            name += length;
            i = (size_t)-1;
        }
    }
    if (name[0] == '^' && name[1] && !name[2]) {
        bits |= K_CTRL;
        name++;
    }
    int code = parse_plain(name);
    if (code == K_NONE)
        return K_NONE;
    if (bits & K_CTRL && code >= 'A' && code <= 'Z')
        code += 'a' - 'A';
    return bits | code;
}
