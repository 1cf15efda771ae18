#include "console/csv.h"

#include <string.h>

bool csv_is_number(const char *text)
{
    size_t digits;
    text += *text == '-' || *text == '+';
    digits = strspn(text, "0123456789");
    if (!digits)
        return false;
    text += digits;
    if (*text == '.') {
        digits = strspn(text + 1, "0123456789");
        if (!digits)
            return false;
        text += digits + 1;
    }
    return *text == '\0';
}

static bool dangerous(const char *text)
{
    static const char *const starts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                         "＝", "＋", "－", "＠", "\n", "|"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(text, starts[i], strlen(starts[i])))
            return true;
    return false;
}

void csv_field(struct buffer *out, const char *text)
{
    if (!text || !*text)
        return;
    bool guard = dangerous(text) && !csv_is_number(text);
    bool quoted = guard || strpbrk(text, ",\"\r\n") || text[0] == ' ';
    if (quoted)
        buffer_add_char(out, '"');
    if (guard)
        buffer_add_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buffer_add_char(out, '"');
        buffer_add_char(out, *text);
    }
    if (quoted)
        buffer_add_char(out, '"');
}

void csv_separator(struct buffer *out)
{
    buffer_add_char(out, ',');
}

void csv_end(struct buffer *out)
{
    buffer_add(out, "\r\n");
}
