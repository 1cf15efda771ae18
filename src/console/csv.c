#include "console/csv.h"

#include "base/text.h"

#include <string.h>

/* True for an optional sign, digits, and one decimal part: what a spreadsheet may take as it is. */
static bool is_number(const char *text)
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

bool csv_is_formula(const char *text)
{
    static const char *const starts[] = {"=", "+", "-", "@", "|", "＝", "＋", "－", "＠"};
    text += strspn(text, " \t\r\n");
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(text, starts[i], strlen(starts[i])))
            return !is_number(text) && strcmp(text, "-") != 0;
    return false;
}

void csv_field(struct buffer *out, const char *text)
{
    struct buffer plain = BUFFER_INIT;
    if (!text || !*text)
        return;
    text_plain(&plain, text, strlen(text), '\n');
    text = buffer_text(&plain);
    bool guard = csv_is_formula(text);
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
    buffer_free(&plain);
}

void csv_separator(struct buffer *out)
{
    buffer_add_char(out, ',');
}

void csv_end(struct buffer *out)
{
    buffer_add(out, "\r\n");
}
