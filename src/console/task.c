#include "console/task.h"

#include "base/clock.h"

#include <stdio.h>

void task_key(struct console *console)
{
    if (!console->task_start) {
        console->task_start = clock_ms();
        console->task_keys = 0;
    }
    console->task_keys++;
}

void task_uncount(struct console *console)
{
    if (console->task_start && console->task_keys > 0)
        console->task_keys--;
}

static void forget(struct console *console)
{
    console->task_start = 0;
}

/* The measurement is a help, not a duty: its failure is not shown. */
static void logged(void *data, struct answer *answer)
{
    (void)data;
    (void)answer;
}

void task_done(struct page *page, const char *task)
{
    struct console *console = page->console;
    char keys[16], ms[24];
    const char *values[] = {task, page->name, keys, ms};
    struct request request = {
        .sql = "SELECT api.task_timing_log(p_task => $1, p_screen => $2, p_keystrokes => $3, "
               "p_milliseconds => $4, p_outcome => 'done')",
        .n = 4,
        .values = values,
        .kind = REQUEST_READ};
    if (!console->task_start)
        return;
    snprintf(keys, sizeof keys, "%d", console->task_keys);
    snprintf(ms, sizeof ms, "%lld", (long long)(clock_ms() - console->task_start));
    connection_request(console->connection, console, &request, logged, NULL);
    forget(console);
}
