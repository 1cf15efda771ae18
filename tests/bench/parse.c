/* Speed of the statement readers on generated input in memory: `make tests/bench/parse` and run it
 * in the build folder. Prints the median of five runs and the spread, in processor time: other work
 * on the machine counts less. */
#include "base/buffer.h"
#include "reconcile/formats/csv.h"
#include "reconcile/formats/mt940.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LINES = 500000, ROUNDS = 5 };

struct work {
    const char *name;
    struct buffer text;
    const struct profile *profile; /* NULL: MT940 */
};

static uint64_t items;

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

static void write_mt940(struct buffer *text)
{
    long long sum = 0;
    buffer_format(text, ":20:BENCH\r\n:25:DE40500105178812345678\r\n:28C:1/1\r\n"
                        ":60F:C261120EUR0,00\r\n");
    for (int i = 1; i <= LINES; i++) {
        buffer_format(text, ":61:2611201120C%d,%02dNTRFREF%012d//BANK%08d\r\n:86:166?00TRANSFER"
                            "?20EREF+INV%09d?21invoice of May?32Example Trading Ltd\r\n",
                      i, i % 100, i, i, i);
        sum += i * 100LL + i % 100;
    }
    buffer_format(text, ":62F:C261120EUR%lld,%02lld\r\n-\r\n", sum / 100, sum % 100);
}

static void write_csv(struct buffer *text)
{
    buffer_format(text, "id,value_date,account,ccy,dc,amount_minor,ref,narrative\n");
    for (int i = 1; i <= LINES; i++)
        buffer_format(text, "L%08d,20261120,A%03d,CNY,%c,%d,TX20261120%012d,transfer of line %d\n",
                      i, i % 7, i & 1 ? 'C' : 'D', i, i, i);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Seconds of one reading; the scan for the digest and the encoding is part of it. */
static double read_once(const struct work *work)
{
    struct error error = ERROR_INIT;
    struct sink sink = {NULL, take_item, take_statement, NULL};
    double start = processor_seconds();
    struct source *source = source_memory(work->name, work->text.data, work->text.length, &error);
    items = 0;
    if (!source || !(work->profile ? csv_read(source, work->profile, &sink, &error)
                                   : mt940_read(source, &sink, &error)) ||
        items != LINES) {
        error_print(&error);
        exit(1);
    }
    source_close(source);
    return processor_seconds() - start;
}

static void measure(const struct work *work)
{
    double seconds[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        seconds[i] = read_once(work);
    qsort(seconds, ROUNDS, sizeof *seconds, compare);
    double median = seconds[ROUNDS / 2];
    printf("%-6s %.2f M lines/s, %.0f MB/s, median of %d (%.3f s; %.3f to %.3f s), %zu bytes\n",
           work->name, LINES / median / 1e6, (double)work->text.length / median / 1e6, ROUNDS,
           median, seconds[0], seconds[ROUNDS - 1], work->text.length);
}

int main(void)
{
    struct error error = ERROR_INIT;
    struct profiles profiles;
    struct work mt940 = {"MT940", BUFFER_INIT, NULL}, csv = {"CSV", BUFFER_INIT, NULL};
    if (!profiles_read("share/profiles", "generic", &profiles, &error)) {
        error_print(&error);
        return 1;
    }
    write_mt940(&mt940.text);
    write_csv(&csv.text);
    csv.profile = profiles.list[0];
    measure(&mt940);
    measure(&csv);
    buffer_free(&mt940.text);
    buffer_free(&csv.text);
    profiles_free(&profiles);
    return 0;
}
