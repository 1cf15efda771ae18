/* Judges a file of matches against the truth of a labelled set: a match is right only when its
 * whole set of lines is right. With the two files of lines as well, lines that nothing but the id tells
 * apart stand for each other: what counts is how many of them are matched with what. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 96, NAME = 40 };

struct line {
    char id[NAME]; /* side, then the id */
    long group;
    int kind;
    uint64_t content; /* a number for all but the id, or for the line alone */
};

struct lines {
    struct line *list;
    size_t count, capacity;
};

struct kind {
    char name[NAME];
    long groups, lines, confirmed, suggested, wrong_confirmed, wrong_suggested;
};

static struct kind kinds[KINDS];
static int kind_count;

static void die(const char *what, const char *which)
{
    fprintf(stderr, "score: %s: %s\n", which, what);
    exit(2);
}

static int kind_of(const char *name)
{
    for (int i = 0; i < kind_count; i++)
        if (!strcmp(kinds[i].name, name))
            return i;
    if (kind_count == KINDS)
        die("too many kinds", name);
    snprintf(kinds[kind_count].name, NAME, "%s", name);
    return kind_count++;
}

static struct line *add(struct lines *lines)
{
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity ? lines->capacity * 2 : 1024;
        lines->list = realloc(lines->list, lines->capacity * sizeof *lines->list);
        if (!lines->list)
            die("no memory", "lines");
    }
    return &lines->list[lines->count++];
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct line *)a)->id, ((const struct line *)b)->id);
}

static int by_group(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    return x->group < y->group ? -1 : x->group > y->group;
}

/* Fields of a row without quotes; returns how many. */
static int cut(char *row, char *fields[], int most)
{
    int count = 0;
    row[strcspn(row, "\r\n")] = '\0';
    for (char *at = row; at && count < most; count++) {
        fields[count] = at;
        if ((at = strchr(at, ',')))
            *at++ = '\0';
    }
    return count;
}

static FILE *open_table(const char *path, const char *header)
{
    char row[256];
    FILE *file = fopen(path, "r");
    if (!file || !fgets(row, sizeof row, file))
        die("cannot be read", path);
    row[strcspn(row, "\r\n")] = '\0';
    if (strcmp(row, header))
        die("has another header", path);
    return file;
}

/* A sum of these numbers stands for a set of lines. */
static uint64_t number_of(char side, const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u ^ (uint64_t)side;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    hash ^= hash >> 32;
    return hash * 0x9e3779b97f4a7c15u ^ hash >> 29;
}

static void read_truth(const char *path, struct lines *lines)
{
    char row[256], *fields[4];
    FILE *file = open_table(path, "match_id,kind,side,line_id");
    while (fgets(row, sizeof row, file)) {
        if (cut(row, fields, 4) != 4)
            die("a row has not four fields", path);
        struct line *line = add(lines);
        snprintf(line->id, NAME, "%.1s%.30s", fields[2], fields[3]);
        line->kind = kind_of(fields[1]);
        line->group = atol(fields[0]);
        line->content = number_of(0, line->id);
        kinds[line->kind].lines++;
    }
    fclose(file);
}

/* Size of each group, by number. */
static long *measure(const struct lines *truth, long *most)
{
    *most = 0;
    for (size_t i = 0; i < truth->count; i++)
        if (truth->list[i].group > *most)
            *most = truth->list[i].group;
    long *sizes = calloc((size_t)*most + 1, sizeof *sizes);
    if (!sizes)
        die("no memory", "groups");
    for (size_t i = 0; i < truth->count; i++)
        if (!sizes[truth->list[i].group]++)
            kinds[truth->list[i].kind].groups++;
    return sizes;
}

/* Rows of matches; `kind` is 1 for a confirmed one. */
static void read_matches(const char *path, struct lines *lines)
{
    char row[256], *fields[5];
    FILE *file = open_table(path, "match_id,status,rule,side,line_id");
    while (fgets(row, sizeof row, file)) {
        if (cut(row, fields, 5) != 5)
            die("a row has not five fields", path);
        struct line *line = add(lines);
        snprintf(line->id, NAME, "%.1s%.30s", fields[3], fields[4]);
        line->kind = !strcmp(fields[1], "confirmed");
        line->group = atol(fields[0]);
    }
    fclose(file);
    if (lines->count)
        qsort(lines->list, lines->count, sizeof *lines->list, by_group);
}

/* Gives the lines of a file what they hold beside the id. */
static void read_contents(const char *path, char side, const struct lines *truth)
{
    char row[512];
    FILE *file = open_table(path, "id,value_date,account,ccy,dc,amount_minor,ref,narrative");
    while (fgets(row, sizeof row, file)) {
        struct line wanted;
        char *comma = strchr(row, ',');
        if (!comma)
            die("a row has no fields", path);
        *comma = '\0';
        snprintf(wanted.id, NAME, "%c%.30s", side, row);
        struct line *line = bsearch(&wanted, truth->list, truth->count, sizeof wanted, by_id);
        if (line)
            line->content = number_of(side, comma + 1);
    }
    fclose(file);
}

/* Groups of several lines that no match has met yet, by their content: open addressing. */
struct met {
    uint64_t content;
    long left;
};

static struct met *sets;
static size_t set_mask;

static struct met *set_of(uint64_t content)
{
    size_t at = content & set_mask;
    while (sets[at].left && sets[at].content != content)
        at = (at + 1) & set_mask;
    return &sets[at];
}

/* `left` counts from 1, so that a place that was used stays so. */
static void collect_sets(const struct lines *truth, const long *sizes, long most)
{
    uint64_t *sums = calloc((size_t)most + 1, sizeof *sums);
    for (set_mask = 1; set_mask < 2 * (size_t)most + 2;)
        set_mask *= 2;
    sets = calloc(set_mask--, sizeof *sets);
    if (!sums || !sets)
        die("no memory", "groups");
    for (size_t i = 0; i < truth->count; i++)
        sums[truth->list[i].group] += truth->list[i].content;
    for (long i = 0; i <= most; i++)
        if (sizes[i] > 1) {
            struct met *set = set_of(sums[i]);
            set->content = sums[i];
            set->left += set->left ? 1 : 2;
        }
    free(sums);
}

/* One match of `count` rows; right as well when as many lines of the same content belong together
 * elsewhere, and no other match has taken those. */
static void judge(const struct lines *truth, const long *sizes, const struct line *rows,
                  size_t count)
{
    bool right = true;
    uint64_t content = 0;
    const struct line *first = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct line *line =
            bsearch(&rows[i], truth->list, truth->count, sizeof *rows, by_id);
        if (!line)
            die("no line of the truth", rows[i].id);
        first = first ? first : line;
        right = right && line->group == first->group;
        content += line->content;
    }
    struct met *set = set_of(content);
    right = right && count > 1 && sizes[first->group] == (long)count;
    right = right || (count > 1 && set->left > 1);
    set->left -= right && set->left > 1;
    struct kind *kind = &kinds[first->kind];
    *(rows->kind ? right ? &kind->confirmed : &kind->wrong_confirmed
                 : right ? &kind->suggested : &kind->wrong_suggested) += 1;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct kind *)a)->name, ((const struct kind *)b)->name);
}

/* Whether nothing but the amounts says what belongs together, so that no rule may be sure. */
static bool has_no_key(const struct kind *kind)
{
    return strstr(kind->name, ":noref") != NULL;
}

/* A wrong, lost, added or swapped character: among running numbers it makes another one. */
static bool is_typed(const struct kind *kind)
{
    static const char *const typed[] = {"drop1", "transpose", "subst", "insert", "subst2"};
    const char *colon = strchr(kind->name, ':');
    for (size_t i = 0; colon && i < sizeof typed / sizeof *typed; i++)
        if (!strcmp(colon + 1, typed[i]))
            return true;
    return false;
}

static double percent(long part, long whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 100.0;
}

/* What a program that knows the truth could confirm by a key, of all lines. */
static void report_bound(size_t lines)
{
    long keyed = 0, typed = 0;
    for (int i = 0; i < kind_count; i++)
        if (kinds[i].lines > kinds[i].groups && !has_no_key(&kinds[i])) {
            keyed += kinds[i].lines;
            typed += is_typed(&kinds[i]) ? kinds[i].lines : 0;
        }
    printf("lines with a key: %.2f%%, without typed errors %.2f%%\n",
           percent(keyed, (long)lines), percent(keyed - typed, (long)lines));
}

static long report(size_t cleared, size_t lines)
{
    struct kind all = {.name = "all"};
    qsort(kinds, (size_t)kind_count, sizeof *kinds, by_name);
    printf("%-20s %9s %10s %6s %9s %10s %6s %8s\n", "kind", "groups", "confirmed", "false",
           "recall", "suggested", "wrong", "prec.");
    for (int i = 0; i <= kind_count; i++) {
        const struct kind *kind = i < kind_count ? &kinds[i] : &all;
        printf("%-20s %9ld %10ld %6ld %8.2f%% %10ld %6ld %7.3f%%\n", kind->name, kind->groups,
               kind->confirmed, kind->wrong_confirmed, percent(kind->confirmed, kind->groups),
               kind->suggested, kind->wrong_suggested,
               percent(kind->confirmed, kind->confirmed + kind->wrong_confirmed));
        if (kind == &all)
            break;
        all.groups += kind->groups;
        all.confirmed += kind->confirmed;
        all.suggested += kind->suggested;
        all.wrong_confirmed += kind->wrong_confirmed;
        all.wrong_suggested += kind->wrong_suggested;
    }
    printf("lines cleared: %zu of %zu, %.2f%%\n", cleared, lines,
           percent((long)cleared, (long)lines));
    report_bound(lines);
    return all.wrong_confirmed;
}

int main(int argc, char **argv)
{
    struct lines truth = {NULL, 0, 0}, matches = {NULL, 0, 0};
    size_t cleared = 0;
    long most;
    if (argc != 3 && argc != 5) {
        fputs("Usage: score truth.csv matches.csv [ledger.csv statement.csv]\n", stderr);
        return 2;
    }
    read_truth(argv[1], &truth);
    if (!truth.count)
        die("has no rows", argv[1]);
    long *sizes = measure(&truth, &most);
    qsort(truth.list, truth.count, sizeof *truth.list, by_id);
    if (argc == 5) {
        read_contents(argv[3], 'L', &truth);
        read_contents(argv[4], 'S', &truth);
    }
    collect_sets(&truth, sizes, most);
    read_matches(argv[2], &matches);
    for (size_t at = 0, end; at < matches.count; at = end) {
        for (end = at; end < matches.count && matches.list[end].group == matches.list[at].group;)
            end++;
        judge(&truth, sizes, &matches.list[at], end - at);
        cleared += matches.list[at].kind ? end - at : 0;
    }
    long wrong = report(cleared, truth.count);
    free(sets);
    free(sizes);
    free(truth.list);
    free(matches.list);
    return wrong ? 1 : 0;
}
