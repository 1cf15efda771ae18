#ifndef BANKOPS_CONSOLE_COMMAND_ARGUMENTS_H
#define BANKOPS_CONSOLE_COMMAND_ARGUMENTS_H

#include "console/definition.h"
#include "console/values.h"

/* What a text after a screen's code means: values of filters, what is searched for, fields of a
 * report, a parameter. Sets `values`. */
void command_arguments(const struct definition *definition, const char *rest,
                       struct values *values);

#endif
