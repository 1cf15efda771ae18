#include "console/finding.h"

#include <stdarg.h>
#include <stdio.h>

void finding(struct findings *found, const char *pointer, const char *what, ...)
{
    char text[512];
    va_list list;
    va_start(list, what);
    vsnprintf(text, sizeof text, what, list);
    va_end(list);
    found->count++;
    found->report(found->data, pointer, text);
}
