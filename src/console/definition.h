#ifndef BANKOPS_CONSOLE_DEFINITION_H
#define BANKOPS_CONSOLE_DEFINITION_H

#include "base/error.h"
#include "terminal/style.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* A screen file as structs. All strings belong to the file's JSON tree, which lives as long as the
 * definition. screens/screen.schema.json describes every member. */

enum role { ROLE_CLERK = 1, ROLE_RM = 2, ROLE_SUPERVISOR = 4, ROLE_AUDITOR = 8, ROLE_ADMIN = 16 };
enum { ROLE_ALL = 31 };

struct both {
    const char *en, *zh;
};

/* Text in the current language, "" when absent. */
const char *both_text(const struct both *both);

/* One argument: a parameter or column, and the name of its value, a fixed text, or several values as
 * one JSON object of texts by name. */
struct binding {
    const char *parameter;
    const char *name;           /* NULL when fixed or an object; of a view also panel.1.column */
    const char *value;          /* the fixed text */
    const struct cJSON *fields; /* names of the values of an object, else NULL */
};

struct bindings {
    struct binding *items;
    int count;
};

struct source {
    const char *view;
    struct bindings where;
    const char *function;
    struct bindings arguments;
    const char *limit;
};

enum format {
    FORMAT_TEXT,
    FORMAT_INTEGER,
    FORMAT_MONEY,
    FORMAT_DATE,
    FORMAT_MONTH, /* year and month of a date */
    FORMAT_DATETIME,
    FORMAT_TIME,
    FORMAT_DUE,
    FORMAT_PERCENT,
    FORMAT_BADGE,
    FORMAT_BOOL,
    FORMAT_MASKED,
};

struct named_value {
    const char *value;
    struct both title;
    enum style style;
};

/* A code list of the database; see console/names.h. */
struct defined_names {
    const char *view; /* NULL: none */
    const char *value, *en, *zh, *order;
    int own; /* values of the file among those known, -1 before the list was read */
};

struct reveal {
    const char *function;
    struct bindings arguments;
    unsigned roles; /* enum role */
};

struct defined_column {
    const char *name;
    const char *english; /* column read instead when the language is English, or NULL */
    struct both title, help;
    int width; /* cells; chosen from the format when the file says none */
    bool right;
    enum format format;
    const char *currency; /* name of the column with the ISO code, or NULL */
    int currency_at;      /* its index, -1 when none */
    const char *ends;     /* due: name of the column with the moment when the clock stopped, or NULL */
    int ends_at;          /* its index, -1 when none */
    const char *whole;    /* a letter and zeros, as T000000000: 357 typed for it means T000000357 */
    bool share;           /* of a report: its total is one sum in percent of another */
    int share_at[2];      /* the columns of both, -1 when not listed */
    int flex, least, most, priority;
    struct named_value *values;
    int value_count;
    struct defined_names names;
    bool hidden, sortable;
    struct reveal reveal;
};

struct defined_columns {
    struct defined_column *items;
    int count;
};

struct order {
    int column; /* index */
    bool descending;
};

enum comparison {
    OPERATOR_EQUAL,
    OPERATOR_PREFIX,
    OPERATOR_FROM,
    OPERATOR_TO,
    OPERATOR_CONTAINS,
    OPERATOR_IN,
};

struct defined_filter {
    const char *name;
    struct both title;
    const char *column;   /* of a view */
    const char *argument; /* of a function */
    enum comparison operation;
    const char *type;
    struct named_value *values;
    int value_count;
    struct defined_names names;
    const char *initial;
};

struct jump {
    const char *screen;      /* NULL: none */
    const char *screen_from; /* name of the value that says which screen; NULL: always `screen` */
    struct bindings arguments;
};

/* An error of the database that another screen helps with. */
struct offer {
    const char *error; /* its code; NULL: none */
    struct jump jump;
};

enum then { THEN_STAY, THEN_BACK, THEN_OPEN };

struct after {
    enum then then;
    struct jump jump;
};

/* What the function of an action answers: an outcome, or a file to be kept or looked at. */
enum answer_kind { ANSWER_OUTCOME, ANSWER_SAVE, ANSWER_SHOW };
enum danger { DANGER_NONE, DANGER_CONFIRM, DANGER_POST };
enum need { NEED_ROW = 1, NEED_MARKS = 2, NEED_WRITE = 4, NEED_CONNECTION = 8 };

struct defined_lookup {
    struct source source;
    const char *search, *value;
    struct defined_columns columns;
};

enum field_type {
    FIELD_TEXT,
    FIELD_MEMO,
    FIELD_INTEGER,
    FIELD_MONEY,
    FIELD_DATE,
    FIELD_CHOICE,
    FIELD_BOOL,
    FIELD_PASSWORD,
    FIELD_SHOW,
    FIELD_DATETIME, /* day and time by the bank's clock */
    FIELD_FILE, /* a path; the change gets its bytes and its name (file_field.h) */
};

struct condition {
    int column;
    const char **values;
    int count;
};

struct defined_field {
    const char *name;
    struct both title, help;
    enum field_type type;
    int length, rows;
    bool required;
    bool loaded; /* read by the form's `load` */
    struct named_value *values;
    int value_count;
    struct defined_names names;
    struct defined_lookup *lookup; /* NULL: none */
    const char *initial, *currency;
    const char *check;  /* of a text; see console/field_check.h */
    enum format format; /* of a show field */
    struct condition *when; /* of an action: asked of rows for which all of them hold */
    int when_count;
};

struct fields {
    struct defined_field *items;
    int count;
};

struct defined_action {
    const char *name, *key, *option;
    struct both title, help;
    const char *function, *form, *screen;
    const char *screen_from; /* as in struct jump */
    const char *work; /* see console/work.h */
    struct bindings arguments;
    struct fields ask;
    unsigned needs; /* enum need */
    unsigned roles; /* enum role */
    struct condition *when;
    int when_count;
    enum danger danger;
    int amount; /* column, -1 when none */
    enum answer_kind result;
    struct after after;
    struct offer offer;
};

struct actions {
    struct defined_action *items;
    int count;
};

enum plot { PLOT_NONE, PLOT_BAR, PLOT_LINE, PLOT_SPARK };

struct defined_chart {
    enum plot kind;
    int x, y; /* columns */
};

enum panel_kind { PANEL_FIELDS, PANEL_TABLE, PANEL_CHART, PANEL_TIMELINE, PANEL_TEXT };
enum side { SIDE_LEFT, SIDE_RIGHT, SIDE_FULL };

struct defined_panel {
    const char *name;
    struct both title, empty;
    enum panel_kind kind;
    struct source source;
    struct defined_columns columns;
    struct order *order;
    int order_count;
    int *key, key_count, label;
    struct defined_chart chart;
    int limit, page, rows;
    enum side side;
    bool focus; /* the cursor starts here */
    bool fit;   /* takes the rows that its content needs */
    struct jump enter;
    struct actions actions;
};

enum screen_kind { KIND_LIST, KIND_FORM, KIND_VIEW, KIND_REPORT, KIND_MENU, KIND_FLOW };

struct group {
    const char *name;
    struct both title;
};

struct submit {
    struct both title;
    const char *function;
    struct bindings arguments;
    enum danger danger;
    const char *label;
    struct after after;
    struct offer offer;
};

struct definition {
    cJSON *json;
    struct parts *parts; /* files of its panels and actions (part.h); NULL: not read as a whole */
    const char *name, *code;
    enum screen_kind kind;
    struct both title, help, empty, notes;
    unsigned roles;
    const char *menu_group; /* NULL: not in the menu */
    int menu_order;
    const char **parameters;
    int parameter_count;
    const char **given; /* names that the C file of a flow has values for */
    int given_count;
    /* list and report */
    struct source source;
    const char *search, *command, *position;
    struct defined_columns columns;
    int *key, key_count, label; /* column indexes; label -1 when none */
    struct order *order;
    int order_count;
    struct defined_filter *filters;
    int filter_count;
    struct jump enter;
    struct actions actions;
    int refresh; /* seconds, 0 never */
    int ahead;   /* screenfuls that a list reads at once, 0 = what is usual */
    bool machine; /* view of a complaint that the classifier looks at (machine.h) */
    /* form and report */
    struct fields fields;
    struct source load;
    struct source conflict; /* what others changed since a version; no function: `load` is asked */
    struct source presence; /* who else has the object open: column `here`; asked every minute */
    struct source leave;    /* the object is open no more; also of a view */
    struct submit submit;
    /* view */
    struct both *pages;
    int page_count;
    struct defined_panel *panels;
    int panel_count;
    /* report */
    int *totals, total_count;
    int sheet; /* each value of this column has a sheet of paper of its own; -1: none, -2: unknown */
    struct defined_chart chart;
    /* menu */
    struct group *groups;
    int group_count;
};

/* Builds the structs from a tree that schema_check() found good and takes the tree over. Names that
 * point nowhere become -1 or NULL; check_references() reports them. Never fails. */
struct definition *definition_new(cJSON *json);
void definition_free(struct definition *definition);

/* Columns that the actions of the screen refer to: its own, for a view those of the first panel of
 * fields, for a flow without one those of its first panel. */
const struct defined_columns *definition_action_columns(const struct definition *definition);

enum { LOAD_MOST = 80 };
/* Columns that the form's `load` is asked for: its fields but those said not to be loaded, and what
 * else `submit` needs; but none that `given` says has a value already. Items hold LOAD_MOST. */
struct defined_columns definition_load(const struct definition *definition,
                                       bool (*given)(void *data, const char *name), void *data,
                                       struct defined_column *items);

/* A cell that a view's action names as panel.1.column: of that panel, in the row of this number. */
struct place_of_cell {
    int panel, row, column; /* indexes from 0 */
};
/* False when the name is none of a cell, or the definition has no such panel or column. */
bool definition_cell(const struct definition *definition, const char *name,
                     struct place_of_cell *place);

/* Name of the value that is sent as this parameter; the parameter itself when none is. */
const char *bindings_name(const struct bindings *bindings, const char *parameter);

/* Index of a column by name, -1 when absent. */
int defined_columns_find(const struct defined_columns *columns, const char *name);
const struct named_value *named_value_find(const struct named_value *values, int count,
                                           const char *value);
/* Bit of a role's name, 0 when unknown. */
unsigned role_bit(const char *name);

#endif
