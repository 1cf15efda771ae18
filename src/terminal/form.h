#ifndef BANKOPS_TERMINAL_FORM_H
#define BANKOPS_TERMINAL_FORM_H

#include "terminal/edit.h"

/* Entry forms. Fields are visited in the order they were added, always; keys give the same result
 * whatever else is going on. Values are UTF-8 strings: money "1234.50", date "2026-11-21", bool
 * "true"/"false", choice and lookup the value (not the title), "" = empty. */
enum form_type {
    FORM_TEXT,
    FORM_MEMO,    /* several lines, wrapped */
    FORM_INTEGER, /* optional sign, digits */
    FORM_MONEY,   /* major units of `currency`; thousands commas may be typed */
    FORM_DATE,    /* YYYY-MM-DD or YYYYMMDD, or +3 / -1 (days from today), "." = today */
    FORM_DATETIME, /* YYYY-MM-DD HH:MM; HH:MM = today, -1 HH:MM = yesterday */
    FORM_CHOICE,  /* one of `values`: typed letters pick, Left/Right/Space step */
    FORM_LOOKUP,  /* typed, or picked from a list through FORM_PROMPT */
    FORM_PASSWORD,
    FORM_BOOL, /* Space toggles, y/n */
    FORM_TYPE_COUNT
};

struct form_choice {
    const char *value;
    const char *title;
};

/* Strings are copied by form_add. */
struct form_field {
    const char *name;
    const char *label;
    const char *help; /* shown while the field has the focus; NULL = none */
    enum form_type type;
    int length;  /* characters; 0 = what suits the type (text 255, memo 4000) */
    int width;   /* cells of the box; 0 = from length, at most what fits */
    int rows;    /* memo: lines shown; 0 = 4 */
    bool required;
    bool listed;   /* F4 finds values also for a type that has none by itself (memo) */
    bool readonly; /* shown, never has the focus */
    const struct form_choice *choices; /* choice: the values; lookup: titles known so far */
    int choice_count;
    const char *currency; /* money; NULL = "CNY" */
    /* Text: whether it can be, else why not; asked when the field is left. NULL = anything. */
    bool (*check)(const char *text, const char **problem);
};

struct form;

/* Without fields yet. Free it with form_free(). */
struct form *form_new(void);
void form_free(struct form *form); /* wipes passwords */
/* Adds a field behind the others; answers its index. The first that takes input has the focus. */
int form_add(struct form *form, const struct form_field *field);
int form_count(const struct form *form);
/* The field as it was added; owned by the form. */
const struct form_field *form_get(const struct form *form, int field);
int form_find(const struct form *form, const char *name); /* -1 when absent */
/* Today for dates typed as +3, in days since 1970-01-01 (the bank's date, not the machine's). */
void form_set_today(struct form *form, int days);
/* Replaces the choices of a field (a lookup's answer came). */
void form_set_choices(struct form *form, int field, const struct form_choice *choices, int count);

/* The value in its plain form (see above), as typed when it is not valid. Owned by the form until
 * the next call for the same field. */
const char *form_value(struct form *form, int field);
void form_set(struct form *form, int field, const char *value);
/* A value that comes late: form_set, unless the user has changed the field meanwhile; then what was
 * typed stays, and the value is what it counts as changed from. The first character typed into such a
 * number, amount or day replaces it; after any other key of the editor it is edited. */
void form_fill(struct form *form, int field, const char *value);
/* Takes the values of a form of the same fields, and which of them count as changed. */
void form_copy(struct form *form, const struct form *from);
/* Puts a value in the place of the present one as if it was typed: it counts as changed and can be
 * undone. False when it is longer than the field; then nothing changes. */
bool form_type(struct form *form, int field, const char *value);
/* Whether anything differs from the last form_set / form_clean. */
bool form_changed(const struct form *form);
/* Takes the present values as unchanged. */
void form_clean(struct form *form);
/* What was sent last in this field, for Dup (Ctrl-D puts it into the focused field). */
void form_recall(struct form *form, int field, const char *value);

enum form_result {
    FORM_IGNORED, /* not a key of the form: the caller's */
    FORM_HANDLED, /* focus or cursor moved */
    FORM_EDITED,  /* a value changed */
    FORM_BELL,    /* refused: field full, wrong character, end of the form */
    FORM_PICK,    /* F4 or Alt-Down on a choice, lookup or date: open a list of values */
    FORM_SUBMIT,  /* Enter on the last field, or F10/Ctrl-S anywhere: validate, then send */
};

/* Handles the editor's keys (terminal/edit.h) and Tab, Enter, Down (next field), Shift-Tab, Up
 * (previous), Ctrl-D (dup), Ctrl-X (erase field), Ctrl-N in memo (new line; also Enter there),
 * Home/End within the field, Ctrl-Home/Ctrl-End (first, last field), Page Up/Down (the field a screen
 * away) in a form longer than its rows. Function keys other than F4 and F10 are ignored here. */
enum form_result form_key(struct form *form, const struct key *key);

int form_focus(const struct form *form); /* -1 when no field takes input */
/* False when the field is read-only. */
bool form_set_focus(struct form *form, int field);

/* Checks every field; returns the first bad one or -1, and puts the focus there. Messages stay with
 * their fields until they are edited. */
int form_validate(struct form *form);
/* The message of a field, translated; NULL when it is right. */
const char *form_message(const struct form *form, int field);
/* Whether the messages of all fields are shown whole. */
bool form_messages_fit(const struct form *form);
/* A message from elsewhere (the database refused the value); NULL removes it. */
void form_set_message(struct form *form, int field, const char *message);

/* Lays the form out in `columns` x `rows` cells: labels left of the boxes when columns >= 50, else
 * above them. The form scrolls to keep the focus in view. Returns the lines that the whole form
 * has. */
int form_layout(struct form *form, int columns, int rows);
/* Whether lines stand below those of the layout. */
bool form_more(const struct form *form);
/* Appends line `row` (0 … rows-1 of the layout) of the form. */
void form_line(struct form *form, int row, struct line *line, bool ascii);
/* Where the cursor stands, relative to the form's upper left; false when nothing has the focus. */
bool form_cursor(struct form *form, int *row, int *column);

#endif
