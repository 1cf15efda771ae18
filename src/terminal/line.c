#include "terminal/line.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static void add_span(struct line *line, unsigned style, size_t bytes, int cells)
{
    if (bytes == 0)
        return;
    line->cells += cells;
    struct line_span *last = line->count ? &line->spans[line->count - 1] : NULL;
    if (last && last->style == style) {
        last->bytes += bytes;
        last->cells += cells;
        return;
    }
    ARRAY_RESERVE(line->spans, line->count, line->capacity);
    line->spans[line->count++] = (struct line_span){bytes, cells, style};
}

/* Printable ASCII needs no cleaning and takes one cell a byte. */
static bool plain(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7E)
            return false;
    return true;
}

void line_add_safe(struct line *line, unsigned style, const char *text, size_t bytes)
{
    size_t start = line->text.length;
    buffer_add_bytes(&line->text, text, bytes);
    add_span(line, style, bytes, text_width(line->text.data + start));
}

void line_add(struct line *line, unsigned style, const char *text)
{
    size_t start = line->text.length;
    if (plain(text))
        buffer_add(&line->text, text);
    else
        text_safe(&line->text, text, strlen(text));
    if (line->text.length > start)
        add_span(line, style, line->text.length - start, text_width(line->text.data + start));
}

void line_add_fit(struct line *line, unsigned style, const char *text, int cells,
                  enum text_align align)
{
    if (cells <= 0)
        return;
    size_t start = line->text.length;
    if (plain(text)) {
        text_fit(&line->text, text, cells, align);
    } else {
        /* No text needs more bytes than this to fill the cells; the rest is not looked at. */
        size_t length = strnlen(text, (size_t)cells * 24 + 64);
        struct buffer safe = BUFFER_INIT;
        text_safe(&safe, text, length);
        text_fit(&line->text, safe.data, cells, align);
        buffer_free(&safe);
    }
    add_span(line, style, line->text.length - start, cells);
}

void line_pad(struct line *line, unsigned style, int cells)
{
    int missing = cells - line->cells;
    if (missing <= 0)
        return;
    for (int i = 0; i < missing; i++)
        buffer_add_char(&line->text, ' ');
    add_span(line, style, (size_t)missing, missing);
}

void line_clear(struct line *line)
{
    buffer_clear(&line->text);
    line->count = 0;
    line->cells = 0;
}

void line_free(struct line *line)
{
    buffer_free(&line->text);
    free(line->spans);
    *line = (struct line)LINE_INIT;
}
