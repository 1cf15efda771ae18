#ifndef BANKOPS_CONSOLE_PLAIN_INTERNAL_H
#define BANKOPS_CONSOLE_PLAIN_INTERNAL_H

#include "console/console.h"

/* Shared by the files plain*.c. */

enum { PLAIN_ROWS = 20, PLAIN_CELLS = 60 };

/* A conversation: one screen at a time, on a stack that "b" goes back through. */
struct plain {
    bool ending; /* q was said on a screen that was opened from another */
    const struct console_options *options;
    struct catalogue *catalogue;
    PGconn *connection;
    struct identity identity;
};

/* A screen that is open: its arguments, and the rows last read. */
struct sheet {
    struct plain *plain;
    const struct definition *definition;
    struct values arguments;
    PGresult *rows;
    int row; /* row that values come from, -1 none */
    const struct values *entered;
};

/* plain.c: opens a screen; false when the user wants to end the program. */
bool plain_visit(struct plain *plain, const char *screen, const struct values *arguments);

/* What is typed after ":", a screen's code and what to look for; false to end the program. */
bool plain_command(struct plain *plain, const char *text);

/* plain_talk.c: one line out; an error and what to do. */
void plain_say(const char *text);
void plain_error(const struct error *error);
/* An answer that ends the program: q, quit or exit, with a colon or without. */
bool plain_is_end(const char *text);
/* One line of standard input without its end; NULL at the end of input. The caller frees. */
char *plain_ask(const char *question);
/* A row in one line, or a line for each of its `fields`; number 0 = none. */
void plain_row(struct plain *plain, const struct defined_columns *columns, const PGresult *rows,
               int row, int number, bool fields);
/* Asks for each field until it is valid; an empty line takes what the sheet has for it. False at
 * the end of input. */
bool plain_fields(struct sheet *sheet, const struct fields *fields, struct values *values);
bool plain_yes(const char *question);

/* plain_sheet.c: what a name stands for, as a value_lookup with the sheet as data. */
const char *sheet_value(void *sheet, const char *name);
/* Runs and frees the query; NULL after an error that was said. */
PGresult *sheet_query(struct plain *plain, struct query *query);
/* A change: one call with an idempotency key, its outcome said. */
bool sheet_call(struct sheet *sheet, const char *function, const struct bindings *arguments);
/* False after saying why not. */
bool plain_permits(struct plain *plain, unsigned roles, bool write);
void sheet_act(struct sheet *sheet, const struct defined_columns *columns,
               const struct defined_action *action);
/* Their names and titles; `of_row`: those of a row with a number, as they are typed. */
void sheet_actions(const struct actions *actions, bool of_row);
const struct defined_action *sheet_action(const struct actions *actions, const char *name);
void sheet_jump(struct sheet *sheet, const struct jump *to);

/* plain_list.c, plain_view.c, plain_menu.c: false when the user wants to end the program. */
bool plain_list(struct sheet *sheet);
bool plain_view(struct sheet *sheet);
bool plain_menu(struct sheet *sheet);

#endif
