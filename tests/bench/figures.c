#include "tests/bench/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *figures_program(void)
{
    static char path[1024];
    const char *build = getenv("BANKOPS_BUILD");
    snprintf(path, sizeof path, "%s/bankops", build ? build : ".");
    return path;
}

const char *figures_source(const char *name)
{
    static char path[1024];
    const char *source = getenv("BANKOPS_SOURCE");
    snprintf(path, sizeof path, "%s/%s", source ? source : "..", name);
    return path;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void figures_sort(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
}

void figures_print(const char *what, double *values, int count)
{
    figures_sort(values, count);
    printf("%-42s p50 %7.2f ms  p99 %7.2f ms\n", what, values[count / 2],
           values[count * 99 / 100]);
    fflush(stdout);
}

void figures_machine(void)
{
    double load[3] = {0, 0, 0};
    char day[32];
    time_t now = time(NULL);
    getloadavg(load, 3);
    strftime(day, sizeof day, "%Y-%m-%d %H:%M", localtime(&now));
    printf("%s, %ld processors, load %.1f %.1f %.1f\n", day, sysconf(_SC_NPROCESSORS_ONLN), load[0],
           load[1], load[2]);
}

bool figures_sql(const char *sql)
{
    pid_t child = fork();
    int status = 1;
    if (child == 0) {
        execlp("psql", "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-c", sql,
               (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}
