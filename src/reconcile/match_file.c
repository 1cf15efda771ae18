#include "reconcile/match_file.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "reconcile/container.h"
#include "reconcile/match_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct load {
    struct match_store *store;
    enum match_side side;
    size_t first;       /* the file's first line in the store */
    uint32_t *accounts; /* of the file's statements, by position */
    size_t capacity;
    uint64_t line, turn; /* of the file, and which of its lines without a number of their own */
};

/* A line without a number is known by its line of the file, the second one there as LINE.2. */
static struct slice number_line(struct load *load, uint64_t line, char text[48])
{
    load->turn = line == load->line ? load->turn + 1 : 1;
    load->line = line;
    int length = load->turn == 1
                     ? snprintf(text, 48, "%" PRIu64, line)
                     : snprintf(text, 48, "%" PRIu64 ".%" PRIu64, line, load->turn);
    return (struct slice){text, (size_t)length};
}

/* Statements follow their lines: until then a line carries its statement's position. */
static bool take_item(void *context, const struct item *item, struct error *error)
{
    struct load *load = context;
    struct item copy = *item;
    char number[48];
    if (!copy.source_id.length)
        copy.source_id = number_line(load, item->line, number);
    return match_add(load->store, load->side, (uint32_t)item->statement, &copy, error);
}

static bool take_statement(void *context, const struct statement *statement, struct error *error)
{
    struct load *load = context;
    (void)error;
    ARRAY_RESERVE(load->accounts, (size_t)statement->position, load->capacity);
    load->accounts[statement->position] =
        match_account(load->store, statement->account, statement->currency);
    return true;
}

static bool load_part(struct match_store *store, enum match_side side, struct source *source,
                      const struct format *format, struct error *error)
{
    struct load load = {.store = store, .side = side, .first = store->count};
    struct sink sink = {&load, take_item, take_statement, NULL};
    struct error why = ERROR_INIT;
    bool done = format_read(source, format, &sink, &why) && source_unchanged(source, &why);
    done = done || !strcmp(why.code, FORMAT_EMPTY); /* no movements: all lines stay open */
    if (!done)
        *error = why;
    for (size_t i = load.first; done && i < store->count; i++)
        store->lines[i].account = load.accounts[store->lines[i].account];
    store->has_ids[side] |= format->profile && format->profile->columns[COLUMN_SOURCE_ID].names[0];
    free(load.accounts);
    return done;
}

/* What is to be said about the header of one part, kept with the name it has. */
static bool remark(struct match_store *store, enum match_side side, const char *name,
                   struct source *source, const struct format *format, struct error *error)
{
    struct buffer text = BUFFER_INIT, *out = &store->remarks[side];
    bool done = format_unused(source, format, &text, error);
    if (done && text.length) {
        text_safe(out, name, strlen(name));
        buffer_format(out, ": %s\n", buffer_text(&text));
    }
    buffer_free(&text);
    return done;
}

bool match_load(struct match_store *store, enum match_side side, const char *path,
                const struct profiles *profiles, bool forced, struct error *error)
{
    struct container *container = container_open(path, error);
    bool done = container != NULL;
    for (size_t i = 0; done && i < container_count(container); i++) {
        struct source *source;
        struct format format;
        done = container_recognise(container, i, profiles, forced, &source, &format, error);
        if (done && !(format.profile && format.profile->layout == LAYOUT_SUMMARY))
            done = remark(store, side, container_name(container, i), source, &format, error) &&
                   load_part(store, side, source, &format, error);
        source_close(source);
    }
    container_close(container);
    if (!done && !error->where[0])
        snprintf(error->where, sizeof error->where, "%s", path);
    return done;
}

bool match_check_ids(const struct match_store *store, enum match_side side, const char *path,
                     struct error *error)
{
    if (!store->has_ids[side] || !store->repeated[side])
        return true;
    struct slice id = match_line_id(store, &store->lines[store->repeated[side] - 1]);
    return error_set(error, ERROR_INPUT, path,
                     _("Give each line an id of its own; nothing was written."),
                     _("several lines have the id %.*s: the result could not say which it means"),
                     (int)(id.length < 60 ? id.length : 60), id.text);
}

static bool needs_quotes(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.text[i] == ',' || text.text[i] == '"' || (unsigned char)text.text[i] < ' ')
            return true;
    return false;
}

static void add_cell(struct buffer *out, struct slice text)
{
    if (!needs_quotes(text)) {
        buffer_add_bytes(out, text.text, text.length);
        return;
    }
    buffer_add_char(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        if (text.text[i] == '"')
            buffer_add_char(out, '"');
        buffer_add_char(out, text.text[i]);
    }
    buffer_add_char(out, '"');
}

/* The id; numbers that a bank gave twice are told apart as ID#2 and so on. */
static void add_id(const struct match_store *store, size_t at, struct buffer *out)
{
    struct slice id = match_line_id(store, &store->lines[at]), before;
    size_t turn = 1, first = store->lines[at].side ? store->counts[0] : 0;
    for (; store->repeated[store->lines[at].side] && at > first; at--, turn++) {
        before = match_line_id(store, &store->lines[at - 1]);
        if (before.length != id.length || memcmp(before.text, id.text, id.length))
            break;
    }
    if (turn == 1) {
        add_cell(out, id);
        return;
    }
    struct buffer text = BUFFER_INIT;
    buffer_format(&text, "%.*s#%zu", (int)id.length, id.text, turn);
    add_cell(out, (struct slice){text.data, text.length});
    buffer_free(&text);
}

static void add_match(const struct match_store *store, size_t first, uint64_t number,
                      struct buffer *out)
{
    const struct match_line *line = &store->lines[first];
    char head[100];
    int length =
        snprintf(head, sizeof head, "%" PRIu64 ",%s,%s,", number,
                 match_line_status(line) == MATCH_CONFIRMED ? "confirmed" : "suggested",
                 match_line_rule(store, line)->name);
    size_t at = first;
    do {
        line = &store->lines[at];
        buffer_add_bytes(out, head, (size_t)length);
        buffer_add_bytes(out, line->side == MATCH_BOOK ? "L," : "S,", 2);
        add_id(store, at, out);
        buffer_add_char(out, '\n');
        at = line->next;
    } while (at != first);
}

/* Lines of the store, and what the result file says of the matches that they lead. */
struct portion {
    const struct match_store *store;
    size_t from, end;
    uint64_t number; /* matches before */
    struct buffer out;
};

static void write_portion(void *part)
{
    struct portion *portion = part;
    const struct match_store *store = portion->store;
    for (size_t i = portion->from; i < portion->end; i++) {
        if (i + 32 < store->count) {
            __builtin_prefetch(&store->lines[store->lines[i + 32].next]);
            __builtin_prefetch(match_text_of(store, &store->lines[store->lines[i + 16].next]));
        }
        if (match_line_leads(store, i))
            add_match(store, i, ++portion->number, &portion->out);
    }
}

bool match_write(const struct match_store *store, const char *path, struct error *error)
{
    size_t middle = store->count / 4; /* the book leads nearly all matches and comes first */
    struct portion first = {store, 0, middle, 0, BUFFER_INIT};
    struct portion second = {store, middle, store->count, 0, BUFFER_INIT};
    buffer_add(&first.out, "match_id,status,rule,side,line_id\n");
    for (size_t i = 0; i < middle; i++) {
        __builtin_prefetch(&store->lines[store->lines[i + 16 < middle ? i + 16 : i].next]);
        second.number += match_line_leads(store, i);
    }
    match_both(write_portion, &first, &second);
    buffer_add_bytes(&first.out, second.out.data, second.out.length);
    bool done = file_write(path, first.out.data, first.out.length, error);
    buffer_free(&first.out);
    buffer_free(&second.out);
    return done;
}
