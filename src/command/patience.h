#ifndef BANKOPS_COMMAND_PATIENCE_H
#define BANKOPS_COMMAND_PATIENCE_H

/* From the second second on a terminal is told on standard error that the database is still at work,
 * and for how long; nothing when standard error is no terminal. One at a time. */
void patience_begin(void);
/* Takes the note away again. */
void patience_end(void);

#endif
