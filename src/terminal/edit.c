#include "terminal/edit.h"

#include "base/alloc.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define UNDO_STEPS 50

/* A former text; the newest first. */
struct edit_undo {
    struct edit_undo *next;
    size_t cursor;
    char *text;
};

/* Kinds of change: typing in a row is one step of undo. */
enum { CHANGE_NONE, CHANGE_TYPE, CHANGE_ERASE, CHANGE_OTHER };

const char *edit_text(const struct edit *edit)
{
    return buffer_text(&edit->text);
}

static uint32_t character_at(const char *text, size_t length, size_t at)
{
    uint32_t character = 0;
    if (at < length)
        text_decode(text + at, length - at, &character);
    return character;
}

static bool is_mark(uint32_t character)
{
    return character >= 0x300 && text_character_width(character) == 0;
}

size_t edit_next(const char *text, size_t length, size_t at)
{
    uint32_t character;
    if (at >= length)
        return length;
    at += text_decode(text + at, length - at, &character);
    while (at < length && is_mark(character_at(text, length, at)))
        at += text_decode(text + at, length - at, &character);
    return at;
}

size_t edit_previous(const char *text, size_t at)
{
    size_t length = at;
    while (at > 0) {
        at--;
        while (at > 0 && (text[at] & 0xC0) == 0x80)
            at--;
        if (!is_mark(character_at(text, length, at)))
            break;
    }
    return at;
}

static size_t count_characters(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += (text[i] & 0xC0) != 0x80;
    return count;
}

static size_t characters(const struct edit *edit)
{
    return count_characters(edit_text(edit), edit->text.length);
}

static void drop_undo(struct edit *edit)
{
    while (edit->undo) {
        struct edit_undo *next = edit->undo->next;
        explicit_bzero(edit->undo->text, strlen(edit->undo->text));
        free(edit->undo->text);
        free(edit->undo);
        edit->undo = next;
    }
    edit->undo_kind = CHANGE_NONE;
}

/* Remembers the text before a change, unless the change goes on with the one before. */
static void remember(struct edit *edit, int kind)
{
    bool same = kind != CHANGE_OTHER && kind == edit->undo_kind;
    edit->undo_kind = kind;
    if (same || edit->secret)
        return;
    struct edit_undo *step = xmalloc(sizeof *step);
    *step = (struct edit_undo){edit->undo, edit->cursor, xstrdup(edit_text(edit))};
    edit->undo = step;
    for (int i = 1; step && i < UNDO_STEPS; i++)
        step = step->next;
    if (step && step->next) {
        free(step->next->text);
        free(step->next);
        step->next = NULL;
    }
}

/* Removes bytes from … to and puts `text` there. */
static void replace(struct edit *edit, size_t from, size_t to, const char *text, size_t length)
{
    struct buffer joined = BUFFER_INIT;
    buffer_add_bytes(&joined, edit_text(edit), from);
    buffer_add_bytes(&joined, text, length);
    buffer_add(&joined, edit_text(edit) + to);
    if (edit->secret && edit->text.data)
        explicit_bzero(edit->text.data, edit->text.capacity);
    buffer_free(&edit->text);
    edit->text = joined;
    edit->cursor = from + length;
    if (edit->view > edit->text.length)
        edit->view = 0;
}

/* Appends what an editor may hold of some bytes. */
static void clean(const struct edit *edit, struct buffer *out, const char *text, size_t length)
{
    buffer_add_bytes(out, "", 0);
    for (size_t at = 0; at < length;) {
        uint32_t c;
        at += text_decode(text + at, length - at, &c);
        if (c == '\r') {
            if (at < length && text[at] == '\n')
                continue;
            c = '\n';
        }
        if (c == '\n' && edit->multiline)
            buffer_add_char(out, '\n');
        else if (c == '\n' || c == '\t')
            buffer_add_char(out, ' ');
        else if (c >= ' ' && c != 0x7F && !(c >= 0x80 && c < 0xA0))
            text_encode(out, c);
    }
}

static size_t limit(const struct edit *edit)
{
    return edit->limit ? edit->limit : KEY_PASTE_MAX;
}

void edit_set(struct edit *edit, const char *text)
{
    struct buffer cleaned = BUFFER_INIT;
    clean(edit, &cleaned, text ? text : "", text ? strlen(text) : 0);
    size_t end = 0, count = 0;
    while (end < cleaned.length && count++ < limit(edit)) {
        uint32_t character;
        end += text_decode(cleaned.data + end, cleaned.length - end, &character);
    }
    replace(edit, 0, edit->text.length, cleaned.data, end);
    edit->view = 0;
    drop_undo(edit);
    if (edit->secret)
        explicit_bzero(cleaned.data, cleaned.capacity);
    buffer_free(&cleaned);
}

static enum edit_result insert(struct edit *edit, const char *text, size_t length, int kind)
{
    struct buffer cleaned = BUFFER_INIT;
    enum edit_result result = EDIT_CHANGED;
    while (!edit->multiline && kind == CHANGE_OTHER && length && strchr("\r\n", text[length - 1]))
        length--; /* a copied line ends in a line end that is not meant */
    clean(edit, &cleaned, text, length);
    size_t to = edit->cursor;
    if (edit->overwrite && kind == CHANGE_TYPE && edit_text(edit)[to] != '\n')
        to = edit_next(edit_text(edit), edit->text.length, to);
    size_t now = characters(edit) - count_characters(edit_text(edit) + edit->cursor,
                                                          to - edit->cursor);
    if (cleaned.length == 0) {
        result = EDIT_MOVED;
    } else if (now + count_characters(cleaned.data, cleaned.length) > limit(edit)) {
        result = EDIT_FULL;
    } else {
        remember(edit, kind);
        replace(edit, edit->cursor, to, cleaned.data, cleaned.length);
    }
    if (edit->secret)
        explicit_bzero(cleaned.data, cleaned.capacity);
    buffer_free(&cleaned);
    return result;
}

enum edit_result edit_insert(struct edit *edit, const char *text, size_t length)
{
    return insert(edit, text, length, CHANGE_OTHER);
}

enum edit_result edit_replace(struct edit *edit, const char *text)
{
    struct buffer cleaned = BUFFER_INIT;
    enum edit_result result = EDIT_CHANGED;
    clean(edit, &cleaned, text, strlen(text));
    if (!strcmp(buffer_text(&cleaned), edit_text(edit))) {
        result = EDIT_MOVED;
    } else if (count_characters(buffer_text(&cleaned), cleaned.length) > limit(edit)) {
        result = EDIT_FULL;
    } else {
        remember(edit, CHANGE_OTHER);
        replace(edit, 0, edit->text.length, buffer_text(&cleaned), cleaned.length);
    }
    buffer_free(&cleaned);
    return result;
}

/* Takes back the last change; false when there is none. */
static bool take_back(struct edit *edit)
{
    struct edit_undo *step = edit->undo;
    if (!step)
        return false;
    replace(edit, 0, edit->text.length, step->text, strlen(step->text));
    edit->cursor = step->cursor;
    edit->undo = step->next;
    edit->undo_kind = CHANGE_NONE;
    free(step->text);
    free(step);
    return true;
}

static enum edit_result erase(struct edit *edit, size_t from, size_t to, int kind)
{
    if (from == to)
        return EDIT_MOVED;
    remember(edit, kind);
    replace(edit, from, to, "", 0);
    return EDIT_CHANGED;
}

void edit_erase(struct edit *edit)
{
    erase(edit, 0, edit->text.length, CHANGE_OTHER);
}

static bool is_blank(const struct edit *edit, size_t at)
{
    return edit_text(edit)[at] == ' ' || edit_text(edit)[at] == '\n';
}

/* Wide characters are words of their own length: Chinese has no blanks. */
static size_t word_left(const struct edit *edit)
{
    size_t at = edit->cursor;
    while (at > 0 && is_blank(edit, at - 1))
        at--;
    while (at > 0 && !is_blank(edit, at - 1)) {
        size_t before = edit_previous(edit_text(edit), at);
        bool wide = text_character_width(character_at(edit_text(edit), at, before)) == 2;
        if (wide && at != edit->cursor && !is_blank(edit, at))
            break;
        at = before;
        if (wide)
            break;
    }
    return at;
}

static size_t word_right(const struct edit *edit)
{
    const char *text = edit_text(edit);
    size_t at = edit->cursor, length = edit->text.length;
    while (at < length && !is_blank(edit, at)) {
        bool wide = text_character_width(character_at(text, length, at)) == 2;
        if (wide && at != edit->cursor)
            break;
        at = edit_next(text, length, at);
        if (wide)
            break;
    }
    while (at < length && is_blank(edit, at))
        at++;
    return at;
}

static size_t line_start(const struct edit *edit)
{
    size_t at = edit->cursor;
    while (at > 0 && edit_text(edit)[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const struct edit *edit)
{
    return edit->cursor + strcspn(edit_text(edit) + edit->cursor, "\n");
}

static enum edit_result move_to(struct edit *edit, size_t at)
{
    edit->cursor = at;
    edit->undo_kind = CHANGE_NONE;
    return EDIT_MOVED;
}

static enum edit_result type(struct edit *edit, int code)
{
    struct buffer bytes = BUFFER_INIT;
    text_encode(&bytes, (uint32_t)code);
    enum edit_result result = insert(edit, bytes.data, bytes.length, CHANGE_TYPE);
    if (edit->secret)
        explicit_bzero(bytes.data, bytes.capacity);
    buffer_free(&bytes);
    return result;
}

enum edit_result edit_key(struct edit *edit, const struct key *key)
{
    const char *text = edit_text(edit);
    size_t length = edit->text.length, at = edit->cursor;
    if (key_is_text(key->code))
        return type(edit, key->code);
    switch (key->code) {
    case K_PASTE:
        return key->text ? edit_insert(edit, key->text, key->length) : EDIT_FULL;
    case K_LEFT:
        return move_to(edit, edit_previous(text, at));
    case K_RIGHT:
        return move_to(edit, edit_next(text, length, at));
    case K_HOME:
    case K_CTRL | 'a':
        return move_to(edit, line_start(edit));
    case K_END:
    case K_CTRL | 'e':
        return move_to(edit, line_end(edit));
    case K_CTRL | K_LEFT:
    case K_ALT | 'b':
        return move_to(edit, word_left(edit));
    case K_CTRL | K_RIGHT:
    case K_ALT | 'f':
        return move_to(edit, word_right(edit));
    case K_BACKSPACE:
        return erase(edit, edit_previous(text, at), at, CHANGE_ERASE);
    case K_DELETE:
        return erase(edit, at, edit_next(text, length, at), CHANGE_ERASE);
    case K_CTRL | 'w':
    case K_ALT | K_BACKSPACE:
        return erase(edit, word_left(edit), at, CHANGE_OTHER);
    case K_CTRL | 'u':
        return erase(edit, line_start(edit), at, CHANGE_OTHER);
    case K_CTRL | 'k':
        return erase(edit, at, line_end(edit), CHANGE_OTHER);
    case K_CTRL | '_':
        return take_back(edit) ? EDIT_CHANGED : EDIT_MOVED;
    case K_INSERT:
        edit->overwrite = !edit->overwrite;
        return EDIT_MOVED;
    default:
        return EDIT_IGNORED;
    }
}

/* The safe form of one reader's character, or "*". */
static void shown(const struct edit *edit, size_t from, size_t to, struct buffer *out)
{
    buffer_clear(out);
    if (edit->secret)
        buffer_add(out, "*");
    else
        text_safe(out, edit_text(edit) + from, to - from);
}

/* Cells of the text between two offsets. */
static int cells_between(const struct edit *edit, size_t from, size_t to)
{
    struct buffer part = BUFFER_INIT;
    int cells = 0;
    while (from < to) {
        size_t next = edit_next(edit_text(edit), edit->text.length, from);
        shown(edit, from, next, &part);
        cells += text_width(buffer_text(&part));
        from = next;
    }
    buffer_free(&part);
    return cells;
}

/* Chooses the first shown character so that the cursor, one cell wide, is in view. */
static void scroll(struct edit *edit, int cells)
{
    int edge = cells > 2 ? 1 : 0; /* room for the mark of hidden text */
    if (edit->view > edit->cursor)
        edit->view = edit->cursor;
    if (cells_between(edit, 0, edit->text.length) < cells)
        edit->view = 0;
    while (edit->view > 0 && edit->view == edit->cursor)
        edit->view = edit_previous(edit_text(edit), edit->view);
    while (edit->view < edit->cursor) {
        int before = cells_between(edit, edit->view, edit->cursor) + (edit->view ? edge : 0);
        int after = edit->cursor < edit->text.length ? edge + 1 : 0;
        if (before + (after > 1 ? after : 1) <= cells)
            break;
        edit->view = edit_next(edit_text(edit), edit->text.length, edit->view);
    }
}

void edit_line(struct edit *edit, struct line *line, unsigned style, int cells, int *cursor_cell)
{
    const char *text = edit_text(edit);
    size_t length = edit->text.length;
    struct buffer part = BUFFER_INIT;
    if (cells <= 0)
        return;
    scroll(edit, cells);
    int edge = cells > 2 ? 1 : 0, used = edit->view && edge ? 1 : 0, cursor = used;
    if (used)
        line_add(line, style, "‹");
    size_t at = edit->view;
    while (at < length) {
        size_t next = edit_next(text, length, at);
        shown(edit, at, next, &part);
        int width = text_width(buffer_text(&part));
        if (used + width > cells - (next < length ? edge : 0))
            break;
        if (at == edit->cursor)
            cursor = used;
        line_add_safe(line, style, buffer_text(&part), part.length);
        used += width;
        at = next;
    }
    if (edit->cursor >= at)
        cursor = used;
    if (at < length && edge) {
        line_pad(line, style, line->cells + cells - used - 1);
        line_add(line, style, "›");
        used = cells;
    }
    line_pad(line, style, line->cells + cells - used);
    if (cursor_cell)
        *cursor_cell = cursor < cells ? cursor : cells - 1;
    buffer_free(&part);
}

void edit_free(struct edit *edit)
{
    if (edit->secret && edit->text.data)
        explicit_bzero(edit->text.data, edit->text.capacity);
    buffer_free(&edit->text);
    drop_undo(edit);
    *edit = (struct edit)EDIT_INIT;
}
