#include "base/alloc.h"
#include "base/text.h"
#include "terminal/editor.h"

#include <string.h>

enum { TAB = 8 };

/* Takes one line end or tab of the text at *data; false when it is something else. */
static bool clean_space(const char **data, const char *end, struct buffer *out, size_t *line)
{
    switch (**data) {
    case '\r':
        *data += *data + 1 < end && (*data)[1] == '\n';
        /* fall through */
    case '\n':
        buffer_add_char(out, '\n');
        *line = out->length;
        break;
    case '\t':
        do
            buffer_add_char(out, ' ');
        while ((out->length - *line) % TAB);
        break;
    default:
        return false;
    }
    (*data)++;
    return true;
}

char *editor_clean(const char *data, size_t length)
{
    struct buffer out = BUFFER_INIT;
    const char *end = data + length;
    size_t line = 0;
    if (length >= 3 && !memcmp(data, "\xEF\xBB\xBF", 3))
        data += 3;
    while (data < end) {
        uint32_t character;
        if (clean_space(&data, end, &out, &line))
            continue;
        data += text_decode(data, (size_t)(end - data), &character);
        if (character >= ' ' && character != 0x7F && (character < 0x80 || character >= 0xA0))
            text_encode(&out, character);
    }
    while (out.length && strchr(" \n", out.data[out.length - 1]))
        out.data[--out.length] = '\0';
    char *clean = xstrdup(buffer_text(&out));
    buffer_free(&out);
    return clean;
}
