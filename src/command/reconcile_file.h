#ifndef BANKOPS_COMMAND_RECONCILE_FILE_H
#define BANKOPS_COMMAND_RECONCILE_FILE_H

/* What to match without a database. */
struct reconcile_file {
    const char *book, *statement, *output; /* paths */
    const char *profile;                   /* name or path, or NULL */
    const char *account;                   /* of both files, or NULL: as they say */
    const char *rules;                     /* path of a rule set, or NULL for the shipped one */
};

/* Matches two files, writes the matches and prints a summary unless `quiet`. Returns the exit
 * status. */
int reconcile_file(const struct reconcile_file *files, int quiet);

#endif
