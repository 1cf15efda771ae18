#ifndef BANKOPS_COMMAND_WORK_H
#define BANKOPS_COMMAND_WORK_H

#include "base/error.h"

/* Ends the workers that `bankops work` runs on this data folder and waits until they have gone.
 * *ended: whether there were any. */
bool work_end_here(bool *ended, struct error *error);

#endif
