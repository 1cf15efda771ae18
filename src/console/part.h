#ifndef BANKOPS_CONSOLE_PART_H
#define BANKOPS_CONSOLE_PART_H

#include <cjson/cJSON.h>

/* Panels and actions of a screen that are kept in files of their own: an element {"file": NAME} of
 * `panels` or `actions` stands for all elements of the member of that name in the file NAME, which
 * is of kind "part". Joined, the screen reads as if it stood in one file; what is wrong in it is
 * still said of the file and the place where it is written. */

struct parts;

enum part_list { PART_PANELS, PART_ACTIONS, PART_LISTS };

/* For the screen file of this path. Free it with parts_free(). */
struct parts *parts_new(const char *path);
void parts_free(struct parts *parts);

/* Puts the elements of the part's file `path` where element `index` of the member stands in `json`,
 * and takes them out of `part`. `index` counts what was joined before. */
void parts_join(struct parts *parts, cJSON *json, enum part_list list, int index, cJSON *part,
                const char *path);

/* The file, and the pointer in it (owned by the caller), of what stands at a pointer of the joined
 * screen. The file is the screen's own where no part is concerned. */
const char *parts_place(const struct parts *parts, const char *pointer, char **place);

/* "panels" or "actions". */
const char *part_member(enum part_list list);

/* NAME of an element {"file": NAME}, NULL when it is an element of its own. */
const char *part_name(const cJSON *element);

#endif
