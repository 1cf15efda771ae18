#ifndef BANKOPS_TESTS_LIB_FIXTURE_H
#define BANKOPS_TESTS_LIB_FIXTURE_H

/* The throw-away database of tests/lib/fixture for tests in C. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs "fixture ACTION" and takes over the variables that it prints. */
static inline bool fixture_run(const char *action)
{
    char command[1024], line[512];
    const char *source = getenv("BANKOPS_SOURCE");
    snprintf(command, sizeof command, "'%s/tests/lib/fixture' %s", source ? source : "..", action);
    FILE *pipe = popen(command, "r");
    while (pipe && fgets(line, sizeof line, pipe)) {
        for (char *rest = NULL, *part = strtok_r(line, "; \n", &rest); part;
             part = strtok_r(NULL, "; \n", &rest)) {
            char *value = strchr(part, '=');
            if (!value)
                continue;
            *value++ = '\0';
            size_t length = strlen(value);
            if (*value == '\'' && length > 1) {
                value[length - 1] = '\0';
                value++;
            }
            setenv(part, value, 1);
        }
    }
    return pipe && pclose(pipe) == 0;
}

/* kind: "" or "demo 2000". Sets BANKOPS_DATA, BANKOPS_SHARE, PGHOST, PGDATABASE and PGUSER. */
static inline bool fixture_start(const char *kind)
{
    char action[64];
    snprintf(action, sizeof action, "start %s", kind);
    return fixture_run(action);
}

static inline void fixture_stop(void)
{
    fixture_run("stop");
}

#endif
