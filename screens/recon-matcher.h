#ifndef BANKOPS_SCREENS_RECON_MATCHER_H
#define BANKOPS_SCREENS_RECON_MATCHER_H

#include "console/flow.h"

#include "base/buffer.h"

#include <stdint.h>

/* The two-pane matcher: breaks on the left, candidates of one of them on the right. */

enum { LEFT, RIGHT, SIDES };

struct matcher {
    struct panel panels[SIDES];
    int focus;
    char *of; /* key of the break that the candidates are of */
    char *back; /* key of the break just taken back, where the cursor goes; else NULL */
    int line; /* after a match the cursor stays on this row, which is another one; else -1 */
    bool calling; /* a match was sent, its answer has not come */
    bool renewing; /* it has come, what is open now has not */
    struct buffer items; /* the lines that a match would take, as an array of SQL */
    struct buffer words; /* the same for people, one line of text for each up to a few */
    struct panel_pick {
        int count[SIDES]; /* of them, by L and S */
        int said;         /* rows that stand in `words` or should */
        int64_t total;    /* their sum in minor units, book lines plus, statement lines minus */
        const char *account, *currency; /* of the panel, until it is read again; NULL: no line */
    } pick;
};

/* Cell of that column; NULL when there is none. Of the panel, until it is read again. */
const char *matcher_cell(struct panel *panel, const char *const *cells, const char *name);

/* The break that candidates are wanted of: the first marked, else that under the cursor. Its cells,
 * NULL when there is none; *key is its key. Both of the panel, until it is read again. */
const char *const *matcher_wanted(struct matcher *state, const char **key);

/* Sets `items` and `pick` to what would be matched: the marked lines, else the break and the
 * candidate under the cursor. */
void matcher_pick(struct matcher *state);

/* Whether the marked breaks are of one account; those of another cannot be matched with it. */
bool matcher_one_account(struct matcher *state);

/* What would be matched in words, line by line and with its difference, for whoever confirms it; to
 * be freed. NULL when there is none. */
char *matcher_about(struct matcher *state);

#endif
