#include "terminal/draw.h"

#include "base/buffer.h"
#include "base/text.h"
#include "terminal/draw_curses.h"
#include "terminal/screen.h"
#include "terminal/theme.h"

#include <curses.h>
#include <string.h>

#define CLIP_DEPTH 10
#define COLOURS    17 /* the terminal's own and sixteen */

struct area {
    int top, left, bottom, right; /* bottom and right: first row and column outside */
};

static struct area clips[CLIP_DEPTH];
static int depth, too_deep;
static int cursor_row, cursor_column;
static bool cursor_visible;
static short pairs[COLOURS][COLOURS];
static short pair_count;
static bool colours;

void draw_start(void)
{
    memset(pairs, 0, sizeof pairs);
    pair_count = 0;
    colours = has_colors() && start_color() == OK && use_default_colors() == OK;
}

/* Pair number of a foreground and background (own = -1), made when first used. */
static short colour_pair(short foreground, short background)
{
    short *pair = &pairs[foreground + 1][background + 1];
    if (foreground < 0 && background < 0)
        return 0;
    if (!*pair && pair_count + 1 < COLOR_PAIRS && pair_count < 250) {
        *pair = ++pair_count;
        init_pair(*pair, foreground, background);
    }
    return *pair;
}

static attr_t curses_attributes(unsigned attributes)
{
    return (attributes & THEME_BOLD ? A_BOLD : 0) | (attributes & THEME_REVERSE ? A_REVERSE : 0) |
           (attributes & THEME_UNDERLINE ? A_UNDERLINE : 0) |
           (attributes & THEME_DIM ? A_DIM : 0) | (attributes & THEME_STANDOUT ? A_STANDOUT : 0);
}

static void look(unsigned style, attr_t *attributes, short *pair)
{
    struct theme_look wanted = theme_look(style);
    *attributes = curses_attributes(wanted.attributes);
    *pair = 0;
    if (!colours) {
        if (wanted.background > 0 && wanted.background != theme_look(STYLE_NORMAL).background)
            *attributes |= A_REVERSE;
        return;
    }
    if (wanted.foreground >= 8 && COLORS < 16) {
        wanted.foreground = (short)(wanted.foreground - 8);
        *attributes |= A_BOLD;
    }
    if (wanted.background >= 8 && COLORS < 16)
        wanted.background = (short)(wanted.background - 8);
    *pair = colour_pair(wanted.foreground, wanted.background);
}

static void use_style(unsigned style)
{
    attr_t attributes;
    short pair;
    look(style, &attributes, &pair);
    attr_set(attributes, pair, NULL);
}

void draw_begin(void)
{
    attr_t attributes;
    short pair;
    cchar_t blank;
    look(STYLE_NORMAL, &attributes, &pair);
    setcchar(&blank, L" ", attributes, pair, NULL);
    bkgrndset(&blank);
    erase();
    depth = too_deep = 0;
    clips[0] = (struct area){0, 0, screen_rows(), screen_columns()};
    cursor_visible = false;
    cursor_row = cursor_column = 0;
}

void draw_end(void)
{
    move(cursor_row, cursor_column);
    curs_set(cursor_visible ? 1 : 0);
    wnoutrefresh(stdscr);
    doupdate();
}

void draw_clip(int row, int column, int rows, int columns)
{
    struct area now = clips[depth];
    struct area next = {row > now.top ? row : now.top, column > now.left ? column : now.left,
                        row + rows < now.bottom ? row + rows : now.bottom,
                        column + columns < now.right ? column + columns : now.right};
    if (depth + 1 < CLIP_DEPTH)
        clips[++depth] = next;
    else
        too_deep++;
}

void draw_clip_end(void)
{
    if (too_deep > 0)
        too_deep--;
    else if (depth > 0)
        depth--;
}

void draw_cursor(int row, int column, bool visible)
{
    bool inside = row >= 0 && row < screen_rows() && column >= 0 && column < screen_columns();
    cursor_row = inside ? row : 0;
    cursor_column = inside ? column : 0;
    cursor_visible = visible && inside;
}

/* A cell where a double-width character goes on. curses keeps the number of the cell within its
 * character among the attributes. */
static bool goes_on(int row, int column)
{
    cchar_t cell;
    return column > 0 && column < COLS && mvin_wch(row, column, &cell) == OK &&
           (cell.attr & A_CHARTEXT) > 1;
}

/* What is written next begins or ends at this column. A double-width character that stands across
 * it becomes blanks: curses would keep its left half and later take it for painted. */
static void split(int row, int column)
{
    cchar_t cell, blank;
    wchar_t text[CCHARW_MAX + 1];
    attr_t attributes;
    short pair;
    if (!goes_on(row, column) || mvin_wch(row, column - 1, &cell) != OK ||
        getcchar(&cell, text, &attributes, &pair, NULL) != OK)
        return;
    setcchar(&blank, L" ", attributes & ~A_CHARTEXT, pair, NULL);
    mvadd_wch(row, column - 1, &blank);
    mvadd_wch(row, column, &blank);
}

static void write_text(int row, int column, const char *text, size_t bytes, int cells)
{
    split(row, column);
    split(row, column + cells);
    mvaddnstr(row, column, text, (int)bytes);
}

static void put_blanks(int row, int column, int count)
{
    static const char blanks[] = "                                                                ";
    const struct area *clip = &clips[depth];
    if (column < clip->left) {
        count -= clip->left - column;
        column = clip->left;
    }
    if (count > clip->right - column)
        count = clip->right - column;
    for (int part; count > 0 && row >= clip->top && row < clip->bottom; count -= part) {
        part = count < (int)sizeof blanks - 1 ? count : (int)sizeof blanks - 1;
        write_text(row, column, blanks, (size_t)part, part);
        column += part;
    }
}

/* Puts safe text of `cells` cells in the style set; cuts it at the clip area. */
static void put(int row, int column, const char *text, size_t bytes, int cells)
{
    const struct area *clip = &clips[depth];
    if (row < clip->top || row >= clip->bottom || column >= clip->right ||
        column + cells <= clip->left)
        return;
    while (bytes && column < clip->left) {
        uint32_t character;
        size_t used = text_decode(text, bytes, &character);
        int width = text_character_width(character);
        if (column + width > clip->left)
            put_blanks(row, column, width);
        column += width;
        cells -= width;
        text += used;
        bytes -= used;
    }
    if (column + cells > clip->right) {
        struct buffer copy = BUFFER_INIT;
        int used, room = clip->right - column;
        buffer_add_bytes(&copy, text, bytes);
        size_t fits = text_clip(copy.data, room, &used);
        if (fits)
            write_text(row, column, copy.data, fits, used);
        put_blanks(row, column + used, room - used);
        buffer_free(&copy);
    } else if (bytes) {
        write_text(row, column, text, bytes, cells);
    }
}

static void draw_aligned(int row, int column, int width, unsigned style, const char *text,
                         enum text_align align)
{
    struct line line = LINE_INIT;
    if (width <= 0 || row < 0 || row >= screen_rows())
        return;
    line_add_fit(&line, style, text ? text : "", width, align);
    draw_line(row, column, width, &line, style, 0);
    line_free(&line);
}

void draw_text(int row, int column, int width, unsigned style, const char *text)
{
    draw_aligned(row, column, width, style, text, TEXT_LEFT);
}

void draw_text_right(int row, int column, int width, unsigned style, const char *text)
{
    draw_aligned(row, column, width, style, text, TEXT_RIGHT);
}

int draw_word(int row, int column, unsigned style, const char *text)
{
    struct line line = LINE_INIT;
    int room = clips[depth].right - column;
    line_add(&line, style, text ? text : "");
    int cells = line.cells < room ? line.cells : room;
    if (cells > 0)
        draw_line(row, column, cells, &line, style, 0);
    line_free(&line);
    return cells > 0 ? cells : 0;
}

void draw_line(int row, int column, int width, const struct line *line, unsigned style,
               unsigned flags)
{
    const char *text = buffer_text(&line->text);
    int end = column + width;
    draw_clip(row, column, 1, width);
    for (size_t i = 0; i < line->count && column < end; i++) {
        use_style(line->spans[i].style | flags);
        put(row, column, text, line->spans[i].bytes, line->spans[i].cells);
        text += line->spans[i].bytes;
        column += line->spans[i].cells;
    }
    if (column < end) {
        use_style(style | flags);
        put_blanks(row, column, end - column);
    }
    draw_clip_end();
}

void draw_fill(int row, int column, int rows, int columns, unsigned style)
{
    use_style(style);
    for (int i = 0; i < rows; i++)
        put_blanks(row + i, column, columns);
}

void draw_rule(int row, int column, int columns, unsigned style)
{
    use_style(style);
    for (int i = 0; i < columns; i++)
        put(row, column + i, screen_unicode() ? "─" : "-", screen_unicode() ? 3 : 1, 1);
}

void draw_rule_down(int row, int column, int rows, unsigned style)
{
    use_style(style);
    for (int i = 0; i < rows; i++)
        put(row + i, column, screen_unicode() ? "│" : "|", screen_unicode() ? 3 : 1, 1);
}

static void corner(int row, int column, const char *unicode)
{
    put(row, column, screen_unicode() ? unicode : "+", screen_unicode() ? 3 : 1, 1);
}

void draw_box(int row, int column, int rows, int columns, unsigned style, const char *title)
{
    if (rows < 2 || columns < 2)
        return;
    draw_rule(row, column + 1, columns - 2, style);
    draw_rule(row + rows - 1, column + 1, columns - 2, style);
    draw_rule_down(row + 1, column, rows - 2, style);
    draw_rule_down(row + 1, column + columns - 1, rows - 2, style);
    corner(row, column, "┌");
    corner(row, column + columns - 1, "┐");
    corner(row + rows - 1, column, "└");
    corner(row + rows - 1, column + columns - 1, "┘");
    if (title && *title && columns > 8) {
        struct line line = LINE_INIT;
        line_add(&line, STYLE_TITLE, " ");
        line_add(&line, STYLE_TITLE, title);
        line_add(&line, STYLE_TITLE, " ");
        int width = line.cells < columns - 4 ? line.cells : columns - 4;
        draw_line(row, column + 2, width, &line, STYLE_TITLE, 0);
        line_free(&line);
    }
}
