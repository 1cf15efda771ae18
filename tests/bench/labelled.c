/* What the generators of labelled sets share: dice, lines and files. */
#include "labelled.h"

#include <stdlib.h>
#include <string.h>

static uint64_t next(struct labelled *set)
{
    uint64_t z = set->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

int64_t below(struct labelled *set, int64_t limit)
{
    return (int64_t)(next(set) % (uint64_t)limit);
}

static FILE *open_file(const char *folder, const char *name, const char *header)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(2);
    }
    fprintf(file, "%s\n", header);
    return file;
}

static void close_file(FILE *file, const char *folder)
{
    if (ferror(file) || fclose(file)) {
        perror(folder);
        exit(2);
    }
}

void labelled_begin(struct labelled *set, const char *folder)
{
    set->truth = open_file(folder, "truth.csv", "match_id,kind,side,line_id");
}

struct line *labelled_put(struct labelled *set, char side, const struct line *like,
                          const char *kind)
{
    if (set->count == set->capacity) {
        set->capacity = set->capacity ? set->capacity * 2 : 4096;
        set->lines = realloc(set->lines, set->capacity * sizeof *set->lines);
        if (!set->lines)
            abort();
    }
    struct line *line = &set->lines[set->count++];
    *line = *like;
    line->side = side;
    line->id = ++set->ids[side == 'S'];
    fprintf(set->truth, "%ld,%s,%c,%c%08d\n", set->group, kind, side, side, line->id);
    return line;
}

static void write_side(struct labelled *set, const char *folder, char side)
{
    FILE *file = open_file(folder, side == 'L' ? "ledger.csv" : "statement.csv",
                           "id,value_date,account,ccy,dc,amount_minor,ref,narrative");
    for (size_t i = set->count; i > 1; i--) {
        size_t other = (size_t)below(set, (int64_t)i);
        struct line swap = set->lines[i - 1];
        set->lines[i - 1] = set->lines[other];
        set->lines[other] = swap;
    }
    for (size_t i = 0; i < set->count; i++) {
        const struct line *line = &set->lines[i];
        if (line->side == side)
            fprintf(file, "%c%08d,2024%02d%02d,A%03d,%s,%c,%lld,%s,%s\n", side, line->id,
                    6 + (line->day - 1) / 30, 1 + (line->day - 1) % 30, line->account,
                    line->currency, line->direction, (long long)line->amount, line->reference,
                    line->narrative);
    }
    close_file(file, folder);
}

void labelled_end(struct labelled *set, const char *folder)
{
    close_file(set->truth, folder);
    write_side(set, folder, 'L');
    write_side(set, folder, 'S');
    free(set->lines);
}

bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(name, names[i]))
            return true;
    return false;
}
