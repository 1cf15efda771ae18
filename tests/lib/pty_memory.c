/* Memory of the program in the pseudo-terminal. */
#include "tests/lib/pty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Number of kB in the line of /proc/PID/FILE that begins with `name`. */
static long memory(const struct pty *pty, const char *file, const char *name)
{
    char path[64], line[256];
    long kilobytes = -1;
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pty_pid(pty), file);
    FILE *stream = fopen(path, "r");
    while (stream && kilobytes < 0 && fgets(line, sizeof line, stream))
        if (!strncmp(line, name, strlen(name)))
            kilobytes = atol(line + strlen(name));
    if (stream)
        fclose(stream);
    return kilobytes;
}

long pty_rss(const struct pty *pty)
{
    return memory(pty, "status", "VmRSS:");
}

long pty_pss(const struct pty *pty)
{
    return memory(pty, "smaps_rollup", "Pss:");
}
