#ifndef BANKOPS_TERMINAL_FORM_INTERNAL_H
#define BANKOPS_TERMINAL_FORM_INTERNAL_H

#include "terminal/form.h"

/* Shared by the files of terminal/form only. */

struct form_entry {
    struct form_field field; /* with copies of all strings */
    struct edit edit;        /* text as typed; the value of a choice or bool */
    char *clean;             /* value when it was set */
    char *remembered;        /* for Dup; NULL = none */
    char *message;           /* NULL = right */
    struct buffer value;     /* what form_value gave */
    struct buffer typed;     /* letters typed to find a choice */
    int memo_top;            /* first memo line shown */
    bool untouched;          /* filled from elsewhere, not edited since: a digit replaces it */
};

/* One line of the laid-out form. */
struct form_place {
    enum { PLACE_LABEL, PLACE_BOX, PLACE_MESSAGE } part;
    int field;
    int row; /* memo: line within the box */
};

struct form {
    struct form_entry *entries;
    size_t count, capacity;
    int focus;
    int today;
    bool has_today;
    /* layout */
    int columns, rows, label_cells, top;
    bool beside; /* labels left of the boxes */
    struct form_place *places;
    size_t place_count, place_capacity;
};

/* One line of a wrapped memo: bytes start … end of its text. */
struct form_memo_line {
    size_t start, end;
};

/* Puts the plain form of the field's text into *out ("1234.50", "2026-11-21"). False, with a
 * message in *problem (translated, static), when the text is not a value of its type. */
bool form_check_value(const struct form *form, const struct form_entry *entry, struct buffer *out,
                      const char **problem);
/* The text that the editor shows for a value in plain form ("1,234.50"); the caller frees. */
char *form_shown_value(const struct form_entry *entry, const char *value);
/* Full-width digits and signs to ASCII, then whether the field takes the character. */
bool form_takes(const struct form_entry *entry, uint32_t *character);
/* Shows a value in its usual form once its field is left, or says what is wrong with it. */
void form_tidy(struct form *form, int field);
/* Says in the field with the focus why a pasted text was not taken. */
void form_refuse_paste(struct form *form);
/* Position of a value among the choices, -1 when absent. */
int form_choice(const struct form_entry *entry, const char *value);

/* Moves the cursor `by` lines up or down; false at the first or last one. */
bool form_memo_move(struct form *form, struct form_entry *entry, int by);

#endif
