#ifndef BANKOPS_CONSOLE_CATALOGUE_H
#define BANKOPS_CONSOLE_CATALOGUE_H

#include "console/definition.h"

/* All screen files: the program's folder and the bank's own ($BANKOPS_SCREENS, colon-separated, and
 * the `screens` setting). A file of the bank replaces ours of the same name, also one that holds
 * panels or actions of a screen (part.h). The index is read once;
 * a screen is validated and loaded when it is first asked for. */

struct catalogue;

struct catalogue_entry {
    char *path, *name, *code; /* code may be NULL */
    char *title[2];           /* by enum language */
    char *menu_group;         /* NULL: not in the menu */
    int menu_order;
    enum screen_kind kind;
    unsigned roles;
    struct definition *definition; /* NULL until loaded */
    bool broken;                   /* not even the index could be read from it */
};

/* `extra`: further folder or NULL. A folder that cannot be read is an error only when it is ours. */
struct catalogue *catalogue_new(const char *extra, struct error *error);
void catalogue_free(struct catalogue *catalogue);

int catalogue_count(const struct catalogue *catalogue);
const struct catalogue_entry *catalogue_at(const struct catalogue *catalogue, int index);
const struct catalogue_entry *catalogue_find(const struct catalogue *catalogue, const char *name);
const struct catalogue_entry *catalogue_find_code(const struct catalogue *catalogue,
                                                  const char *code);
const char *catalogue_title(const struct catalogue_entry *entry);

/* The screen, validated; owned by the catalogue. NULL with the first finding (file:line: pointer:
 * what) when the file is bad; other screens are not affected. */
const struct definition *catalogue_load(struct catalogue *catalogue, const char *name,
                                        struct error *error);

/* One finding about a file. `line` is 0 when unknown, `pointer` "" for the whole file. */
typedef void (*catalogue_report)(void *data, const char *path, int line, const char *pointer,
                                 const char *what);
/* Validates one file completely; returns the number of findings. */
int catalogue_check(struct catalogue *catalogue, const struct catalogue_entry *entry,
                    catalogue_report report, void *data);
/* Reports the files of panels and actions (part.h) that no screen checked or loaded so far names;
 * returns their number. */
int catalogue_check_unused(const struct catalogue *catalogue, catalogue_report report, void *data);
/* Reports one finding about a loaded screen, by the pointer of the joined screen. */
void catalogue_report_at(const struct definition *definition, const char *pointer,
                         const char *what, catalogue_report report, void *data);

#endif
