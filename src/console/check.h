#ifndef BANKOPS_CONSOLE_CHECK_H
#define BANKOPS_CONSOLE_CHECK_H

#include "console/catalogue.h"
#include "console/schema.h"

/* Checks what a JSON Schema cannot: that names lead somewhere (columns, parameters, fields, other
 * screens), that an order ends in the key, that keys are free. `name` is the file's name without
 * its ending. Reports each finding with its JSON Pointer; returns their number. */
int check_references(const struct definition *definition, const char *name,
                     const struct catalogue *catalogue, schema_report report, void *data);

#endif
