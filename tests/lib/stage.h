#ifndef BANKOPS_TESTS_LIB_STAGE_H
#define BANKOPS_TESTS_LIB_STAGE_H

/* What every test of the console needs: the program, a throw-away bank, and TAP lines. */
#include <stdbool.h>

/* The program under test, and the folder of its sources. */
extern char stage_program[1024], stage_source[1024];

/* Starts a database of this kind (see fixture_start) and sets stage_program and stage_source.
 * False: there is none; the plan has been printed and main() returns stage_end(). */
bool stage_begin(const char *kind);
/* Prints one TAP line. */
void stage_ok(bool good, const char *what);
/* First line that a shell command prints, without its end; valid until the next call. */
const char *stage_line(const char *command);
/* First line of a query's answer as the owner of the database; the text stands in double quotes of
 * the shell. Valid until the next call. */
const char *stage_sql(const char *text);
/* Stops the database and prints the plan. Returns the exit status of the test. */
int stage_end(void);

#endif
