#ifndef BANKOPS_TERMINAL_LINE_H
#define BANKOPS_TERMINAL_LINE_H

#include "base/text.h"
#include "terminal/style.h"

/* One line of cells made by the pure layers (column, form, edit, chart) and shown by
 * draw_line(): safe UTF-8 text and the styles of its parts. */
struct line_span {
    size_t bytes; /* length in text */
    int cells;
    unsigned style; /* enum style with STYLE_ON_… flags */
};

struct line {
    struct buffer text; /* safe for a terminal: only text_safe() output goes in */
    struct line_span *spans;
    size_t count, capacity;
    int cells; /* width of all spans */
};

#define LINE_INIT {BUFFER_INIT, NULL, 0, 0, 0}

/* Appends `text` (any bytes; made safe here), as wide as it is. */
void line_add(struct line *line, unsigned style, const char *text);
/* Appends `text` cut or padded to exactly `cells`; a cut text ends in "…". */
void line_add_fit(struct line *line, unsigned style, const char *text, int cells,
                  enum text_align align);
/* Appends text that is already safe (from text_safe) without looking at it again. */
void line_add_safe(struct line *line, unsigned style, const char *text, size_t bytes);
/* Appends blanks until the line is `cells` wide. */
void line_pad(struct line *line, unsigned style, int cells);
/* Empties the line and keeps its memory. */
void line_clear(struct line *line);
void line_free(struct line *line);

#endif
