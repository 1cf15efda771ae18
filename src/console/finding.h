#ifndef BANKOPS_CONSOLE_FINDING_H
#define BANKOPS_CONSOLE_FINDING_H

#include "console/schema.h"

/* What is found wrong with a screen file goes to `report`; `count` says how much it was. */
struct findings {
    schema_report report;
    void *data;
    int count;
};

/* Reports what is wrong at a JSON Pointer, in the words of a printf format, and counts it. */
void finding(struct findings *found, const char *pointer, const char *what, ...)
    __attribute__((format(printf, 3, 4)));

#endif
