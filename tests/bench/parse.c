/* Speed and memory of the statement readers on generated files: `make tests/bench/parse` and run it
 * in the build folder, perhaps with the names of formats. Each round is a process of its own that
 * reads a file as the program does, the digest and the encoding included. Prints the median of the
 * rounds in processor time, so that other work on the machine counts less, and the peak of memory.
 * Beside camt stands expat alone, which does nothing with what it reads. */
#include "parse_files.h"

#include "reconcile/container.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5 };

struct work {
    const char *name;
    int lines;
    void (*write)(FILE *out, int lines);
    int (*read)(const char *path); /* number of lines found */
};

static int items;

static bool take_item(void *context, const struct item *item, struct error *error)
{
    (void)context, (void)error;
    items += item->amount != 0;
    return true;
}

static bool take_statement(void *context, const struct statement *statement, struct error *error)
{
    (void)context, (void)statement, (void)error;
    return true;
}

static bool take_control(void *context, const struct control *control, struct error *error)
{
    (void)context, (void)error;
    return control->expected == control->found;
}

static int read_statement(const char *path)
{
    struct error error = ERROR_INIT;
    struct profiles profiles;
    struct format format;
    struct source *source;
    struct sink sink = {NULL, take_item, take_statement, take_control};
    struct container *container = container_open(path, &error);
    bool done = container && profiles_read("share/profiles", NULL, &profiles, &error);
    if (done)
        profiles_assume(&profiles, NULL, 20000);
    if (done && container_recognise(container, 0, &profiles, false, &source, &format, &error) &&
        format_read(source, &format, &sink, &error)) {
        source_close(source);
        return items;
    }
    error_print(&error);
    exit(1);
}

static void XMLCALL count_start(void *count, const XML_Char *name, const XML_Char **attributes)
{
    (void)attributes;
    *(int *)count += !strcmp(name, "TxDtls");
}

static void XMLCALL count_end(void *count, const XML_Char *name)
{
    (void)count, (void)name;
}

static void XMLCALL count_text(void *count, const XML_Char *text, int length)
{
    (void)count, (void)text, (void)length;
}

static int read_expat(const char *path)
{
    static char block[1 << 18];
    int count = 0;
    FILE *in = fopen(path, "r");
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetUserData(parser, &count);
    XML_SetElementHandler(parser, count_start, count_end);
    XML_SetCharacterDataHandler(parser, count_text);
    for (size_t got; in && (got = fread(block, 1, sizeof block, in)) > 0;)
        if (XML_Parse(parser, block, (int)got, 0) != XML_STATUS_OK)
            exit(1);
    XML_ParserFree(parser);
    if (in)
        fclose(in);
    return count;
}

static const struct work works[] = {
    {"MT940", 500000, parse_files_mt940, read_statement},
    {"camt", 100000, parse_files_camt, read_statement},
    {"expat", 100000, parse_files_camt, read_expat},
    {"camt-batch", 200000, parse_files_camt_batch, read_statement},
    {"expat-batch", 200000, parse_files_camt_batch, read_expat},
    {"BAI2", 200000, parse_files_bai2, read_statement},
    {"OFX", 200000, parse_files_ofx, read_statement},
    {"CSV", 500000, parse_files_csv, read_statement},
    {"CSV-gzip", 500000, parse_files_gzip, read_statement},
    {"GB18030", 300000, parse_files_gb18030, read_statement},
    {"fixed", 300000, parse_files_fixed, read_statement},
    {"XLSX", 200000, parse_files_sheet, read_statement},
};

static double seconds_of(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/* One reading in a process of its own. */
static double read_once(const struct work *work, const char *path, long *peak)
{
    struct rusage usage;
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(work->read(path) == work->lines ? 0 : 1);
    if (child < 0 || wait4(child, &status, 0, &usage) < 0 || status) {
        fprintf(stderr, "%s: not read whole\n", work->name);
        exit(1);
    }
    *peak = usage.ru_maxrss > *peak ? usage.ru_maxrss : *peak;
    return seconds_of(&usage);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const struct work *work, const char *path)
{
    double seconds[ROUNDS];
    long peak = 0;
    struct stat status;
    FILE *out = fopen(path, "w");
    if (!out) {
        perror(path);
        exit(1);
    }
    work->write(out, work->lines);
    if (fclose(out) || stat(path, &status)) {
        perror(path);
        exit(1);
    }
    for (int i = 0; i < ROUNDS; i++)
        seconds[i] = read_once(work, path, &peak);
    qsort(seconds, ROUNDS, sizeof *seconds, compare);
    double median = seconds[ROUNDS / 2];
    printf("%-11s %9.0f lines/s, %4.0f MB/s, median of %d (%.3f s; %.3f to %.3f s), %.0f MB, "
           "peak %.1f MB\n",
           work->name, work->lines / median, (double)status.st_size / median / 1e6, ROUNDS, median,
           seconds[0], seconds[ROUNDS - 1], (double)status.st_size / 1e6, (double)peak / 1e3);
    fflush(stdout);
}

static bool wanted(const struct work *work, int count, char **names)
{
    bool found = count < 2;
    for (int i = 1; i < count; i++)
        found = found || !strcmp(names[i], work->name);
    return found;
}

int main(int count, char **names)
{
    char path[] = "/tmp/bankops-parse-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) {
        perror(path);
        return 1;
    }
    close(fd);
    for (size_t i = 0; i < sizeof works / sizeof *works; i++)
        if (wanted(&works[i], count, names))
            measure(&works[i], path);
    unlink(path);
    return 0;
}
