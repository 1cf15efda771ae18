#ifndef BANKOPS_COMMAND_OPTIONS_H
#define BANKOPS_COMMAND_OPTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <unistd.h> /* optind */

/* One option of a subcommand: `name` without its dashes; with a value, which is put into *value, or
 * without one, which sets *flag. The other of the two is NULL. Both may be set where the value may
 * be left out (--name or --name=VALUE). */
struct command_option {
    const char *name;
    const char **value;
    bool *flag;
};

/* Reads the options that stand anywhere among the words of a subcommand (argv[0]); optind is the
 * first of its other words then. Values belong to argv; the last of a repeated option counts. -h
 * and --help end the reading with *helped. Errors: an option that is not in the list, one without
 * its value. */
bool options_read(const struct command_option *options, size_t count, int argc, char **argv,
                  bool *helped, struct error *error);

/* Fills *error with a wrong use of the subcommand and the hint which help lists its options;
 * returns false. */
bool options_refuse(struct error *error, const char *command, const char *where, const char *what,
                    ...) __attribute__((format(printf, 4, 5)));

/* The same for the first word behind the options of a command that takes none; true: there is none.
 */
bool options_end(const char *command, int argc, char **argv, struct error *error);

/* Ends a subcommand: prints its help when that was asked for, else the error when it is not `good`.
 * Returns the exit status. `help` is English and translated here. */
int options_finish(bool good, bool helped, const char *help, const struct error *error);

#endif
