#ifndef BANKOPS_TERMINAL_EDIT_H
#define BANKOPS_TERMINAL_EDIT_H

#include "terminal/key.h"
#include "terminal/line.h"

/* One line of text being edited: form fields, command line, filter boxes. Moves by what a reader
 * sees as one character (base with its combining marks); wide characters are never split.
 * The text is UTF-8 without control characters. */
struct edit {
    struct buffer text;
    size_t cursor;   /* byte offset, always on a character's start */
    size_t limit;    /* characters, 0 = KEY_PASTE_MAX */
    bool overwrite;  /* Insert toggles it */
    bool secret;     /* shown as "*" */
    bool multiline;  /* keeps \n (memo fields) */
    size_t view;     /* byte offset of the first shown character; kept by edit_line */
    struct edit_undo *undo; /* steps back, newest first */
    int undo_kind;
};

enum edit_result {
    EDIT_IGNORED, /* not a key of the editor: the caller's */
    EDIT_MOVED,   /* handled, text unchanged */
    EDIT_CHANGED,
    EDIT_FULL, /* refused: the limit is reached (bell) */
};

#define EDIT_INIT {.text = BUFFER_INIT}

/* Replaces the text (made clean and cut to the limit), puts the cursor at the end, forgets undo. */
void edit_set(struct edit *edit, const char *text);
/* The text, "" when empty; owned by the edit until its next change. */
const char *edit_text(const struct edit *edit);
/* Inserts bytes (typed or pasted) at the cursor: control characters are dropped, line ends become
 * a blank unless multiline. EDIT_FULL when not all of it fitted; then nothing is inserted. */
enum edit_result edit_insert(struct edit *edit, const char *text, size_t length);
/* Puts another text in the place of all of it, as one change that can be undone. EDIT_FULL when it is
 * too long; then nothing changes. */
enum edit_result edit_replace(struct edit *edit, const char *text);

/* Handles characters, K_PASTE, Left Right Home End, Ctrl-Left Ctrl-Right (words), Backspace Delete,
 * Ctrl-W (word back), Ctrl-U (to start), Ctrl-K (to end), Ctrl-A Ctrl-E, Ctrl-_ (undo), Insert. */
enum edit_result edit_key(struct edit *edit, const struct key *key);
/* Removes all of it, as one change that can be undone. */
void edit_erase(struct edit *edit);

/* Appends the visible part, exactly `cells` wide, keeping the cursor in view. *cursor_cell is
 * where it stands (0 … cells-1). Text beyond an edge shows as "‹" or "›" in the outer cell. */
void edit_line(struct edit *edit, struct line *line, unsigned style, int cells, int *cursor_cell);

/* Byte offset of the next or previous reader's character; `text` is UTF-8. */
size_t edit_next(const char *text, size_t length, size_t at);
size_t edit_previous(const char *text, size_t at);

/* Frees the memory and wipes a secret. */
void edit_free(struct edit *edit);

#endif
