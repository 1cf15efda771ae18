#include "corpus_file.h"

#include "base/alloc.h"
#include "reconcile/container.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy(struct slice text)
{
    return xstrndup(text.length ? text.text : "", text.length);
}

static bool take_item(void *context, const struct item *item, struct error *error)
{
    struct corpus_file *file = context;
    (void)error;
    ARRAY_RESERVE(file->items, file->item_count, file->item_room);
    file->items[file->item_count++] = (struct corpus_item){
        .item = *item,
        .id = copy(item->source_id),
        .kind = copy(item->kind),
        .reference = copy(item->reference),
        .bank_reference = copy(item->bank_reference),
        .counterparty = copy(item->counterparty),
        .narrative = copy(item->narrative),
        .batch = copy(item->batch)};
    return true;
}

static bool take_statement(void *context, const struct statement *statement, struct error *error)
{
    struct corpus_file *file = context;
    (void)error;
    ARRAY_RESERVE(file->statements, file->statement_count, file->statement_room);
    file->statements[file->statement_count++] = (struct corpus_statement){
        *statement, copy(statement->account), copy(statement->reference)};
    return true;
}

static bool take_control(void *context, const struct control *control, struct error *error)
{
    struct corpus_file *file = context;
    (void)error;
    file->controls++;
    file->broken += !control_holds(control);
    return true;
}

void corpus_file_read(struct corpus_file *file, const char *path, const struct profiles *profiles)
{
    struct sink sink = {file, take_item, take_statement, take_control};
    struct format format = {.name = ""};
    *file = (struct corpus_file){.path = path};
    struct source *source = NULL;
    struct container *container = container_open(path, &file->error);
    file->read = container &&
                 container_recognise(container, 0, profiles, false, &source, &format,
                                     &file->error) &&
                 format_read(source, &format, &sink, &file->error);
    file->format = format.name;
    source_close(source);
    container_close(container);
}

void corpus_file_free(struct corpus_file *file)
{
    for (size_t i = 0; i < file->item_count; i++) {
        struct corpus_item *item = &file->items[i];
        free(item->id), free(item->kind), free(item->reference), free(item->bank_reference);
        free(item->counterparty), free(item->narrative), free(item->batch);
    }
    for (size_t i = 0; i < file->statement_count; i++)
        free(file->statements[i].account), free(file->statements[i].reference);
    free(file->items);
    free(file->statements);
}

char *corpus_text(const char *path)
{
    FILE *in = fopen(path, "r");
    size_t length = 0, room = 1 << 20;
    if (!in)
        return NULL;
    char *text = xmalloc(room);
    for (size_t got; (got = fread(text + length, 1, room - length - 1, in)) > 0;) {
        length += got;
        if (length + 1 == room)
            text = xrealloc(text, room *= 2);
    }
    fclose(in);
    text[length] = '\0';
    return text;
}

/* A row of the table: patterns as of file names. */
static struct row {
    char *file, *field, *theirs, *ours;
    int met;
} *rows;
static size_t row_count, row_room;
static char *table;
static int unlisted;

static char *trim(char *text)
{
    while (*text == ' ')
        text++;
    char *end = text + strlen(text);
    while (end > text && end[-1] == ' ')
        *--end = '\0';
    return text;
}

static void add_row(char *line)
{
    char *cells[5];
    for (int i = 0; i < 5; i++) {
        char *bar = strchr(line, '|');
        if (!bar)
            return;
        line = bar + 1;
        bar = strchr(line, '|');
        if (!bar)
            return;
        cells[i] = line;
        line = bar;
    }
    for (int i = 0; i < 5; i++) {
        *strchr(cells[i], '|') = '\0';
        cells[i] = trim(cells[i]);
    }
    if (!strcmp(cells[0], "file") || strspn(cells[0], "-: ") == strlen(cells[0]))
        return;
    ARRAY_RESERVE(rows, row_count, row_room);
    rows[row_count++] = (struct row){cells[0], cells[1], cells[2], cells[3], 0};
}

void corpus_table_open(const char *path)
{
    table = corpus_text(path);
    for (char *line = table, *end; line && *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        if (*line == '|')
            add_row(line);
    }
}

/* One cell: no bar, no line end, at most 70 bytes. */
static char *cell(const char *text)
{
    char *made = xmalloc(74);
    size_t used = 0;
    for (; *text && used < 70; text++)
        made[used++] = (unsigned char)*text < ' ' || *text == '|' ? ' ' : *text;
    while (used && ((unsigned char)made[used - 1] >= 0x80 || made[used - 1] == ' ') && *text)
        used--; /* no half character at the cut */
    while (used && made[used - 1] == ' ')
        used--;
    made[used] = '\0';
    char *start = made;
    while (*start == ' ')
        start++;
    memmove(made, start, strlen(start) + 1);
    return made;
}

void corpus_differ(const char *path, const char *field, const char *theirs, const char *ours)
{
    const char *corpus = getenv("BANKOPS_CORPUS");
    size_t prefix = strlen(corpus) + strlen("/statements/");
    const char *name = strlen(path) > prefix ? path + prefix : path;
    if (!strcmp(theirs, ours))
        return;
    char *left = cell(theirs), *right = cell(ours);
    bool found = false;
    for (size_t i = 0; i < row_count && !found; i++) {
        found = !fnmatch(rows[i].file, name, 0) && !fnmatch(rows[i].field, field, 0) &&
                !fnmatch(rows[i].theirs, left, 0) && !fnmatch(rows[i].ours, right, 0);
        rows[i].met += found;
    }
    if (!found) {
        printf("# | %s | %s | %s | %s |\n", name, field, left, right);
        unlisted++;
    }
    free(left);
    free(right);
}

int corpus_table_close(void)
{
    for (size_t i = 0; i < row_count; i++)
        if (!rows[i].met) {
            printf("# nothing meets the row | %s | %s | %s | %s |\n", rows[i].file, rows[i].field,
                   rows[i].theirs, rows[i].ours);
            unlisted++;
        }
    free(rows);
    free(table);
    return unlisted;
}
