#include "tests/lib/stage.h"

#include "tests/lib/fixture.h"

char stage_program[1024], stage_source[1024];

static int count, failures;
static bool open;

bool stage_begin(const char *kind)
{
    const char *build = getenv("BANKOPS_BUILD"), *source = getenv("BANKOPS_SOURCE");
    snprintf(stage_program, sizeof stage_program, "%s/bankops", build ? build : ".");
    snprintf(stage_source, sizeof stage_source, "%s", source ? source : "..");
    open = fixture_start(kind);
    if (!open)
        printf("Bail out! no database\n");
    return open;
}

void stage_ok(bool good, const char *what)
{
    failures += !good;
    printf("%sok %d - %s\n", good ? "" : "not ", ++count, what);
    fflush(stdout);
}

const char *stage_line(const char *command)
{
    static char line[512];
    FILE *pipe = popen(command, "r");
    line[0] = '\0';
    if (!pipe || !fgets(line, sizeof line, pipe))
        line[0] = '\0';
    if (pipe)
        pclose(pipe);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

const char *stage_sql(const char *text)
{
    char command[8192];
    snprintf(command, sizeof command,
             "PGOPTIONS='-c client_min_messages=warning' psql -XqAt -v ON_ERROR_STOP=1 -c \"%s\"",
             text);
    return stage_line(command);
}

int stage_end(void)
{
    if (!open)
        return 1;
    fixture_stop();
    printf("1..%d\n", count);
    return failures != 0;
}
