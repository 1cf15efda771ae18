#ifndef BANKOPS_TESTS_LIB_PERSON_H
#define BANKOPS_TESTS_LIB_PERSON_H

/* A member of staff: at the console, in psql, at work on a complaint. */
#include "tests/lib/pty.h"

/* Longest wait for what the screen shall show, in ms. */
enum { WAIT = 15000 };

/* Opens the console at 80x24 as a member of staff on a screen; the settings of the test's people
 * stand beside its database. The caller frees it with pty_free. */
struct pty *person_start(const char *login, const char *screen);
/* First line of a query as a member of staff; valid until the next call of this or of stage.h. */
const char *person_sql(const char *login, const char *text);

/* Opens a complaint of a customer of clerk01's who has none yet; business and reason are SQL, a
 * code in quotes or NULL. Answers its id. */
long person_case(const char *business, const char *reason, const char *subject);
/* clerk01 takes the case. */
void person_takes(long id);
/* An expression over bank.case_file f for this case; valid as long as that of person_sql. */
const char *person_case_field(long id, const char *expression);
/* Moves a due time of the newest case of a type, as a change of the calendar does; whether the page
 * of this number of its pane, which is open, says so. Goes back to page 1. */
bool person_sees_moved(struct pty *pty, const char *type, const char *page);
/* The console on a list, with the cursor on the case. */
struct pty *person_start_at(const char *login, const char *screen, long id);

#endif
