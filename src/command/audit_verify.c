#include "command/audit_verify.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/language.h"
#include "database/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIELDS = 11, ANCHOR_LIMIT = 64 << 20 };

/* Rows of a cursor, fetched in parts. */
struct reader {
    PGconn *connection;
    const char *fetch;
    PGresult *part;
    int at;
};

struct place {
    int64_t epoch;
    uint64_t xid;
    int64_t id;
};

struct block {
    int64_t number;
    int64_t *ids;
    int count;
    const char *hashes, *previous, *head, *id_text;
    struct place last;
};

/* False at the end (error->kind stays ERROR_NONE) or on failure. */
static bool reader_ready(struct reader *reader, struct error *error)
{
    if (reader->part && reader->at < PQntuples(reader->part))
        return true;
    PQclear(reader->part);
    reader->part = NULL;
    reader->at = 0;
    if (!session_rows(reader->connection, reader->fetch, 0, NULL, &reader->part, error))
        return false;
    return PQntuples(reader->part) > 0;
}

static const char *cell(const struct reader *reader, int column)
{
    return PQgetvalue(reader->part, reader->at, column);
}

static struct place row_place(const struct reader *rows)
{
    return (struct place){strtoll(cell(rows, 1), NULL, 10), strtoull(cell(rows, 2), NULL, 10),
                          strtoll(cell(rows, 0), NULL, 10)};
}

static bool beyond(struct place a, struct place b)
{
    if (a.epoch != b.epoch)
        return a.epoch > b.epoch;
    return a.xid != b.xid ? a.xid > b.xid : a.id > b.id;
}

static bool unhex(const char *text, struct buffer *out)
{
    for (unsigned value; text[0] && text[1]; text += 2) {
        if (sscanf(text, "%2x", &value) != 1)
            return false;
        buffer_add_char(out, (char)value);
    }
    return *text == '\0';
}

/* The hash that bank.audit_hash computes, done again here. */
static void row_hash(const struct reader *rows, char text[65])
{
    struct buffer all = BUFFER_INIT;
    for (int i = 0; i < FIELDS; i++) {
        if (PQgetisnull(rows->part, rows->at, i))
            buffer_add_char(&all, '-');
        else
            buffer_format(&all, "%d:%s", PQgetlength(rows->part, rows->at, i), cell(rows, i));
    }
    digest_sha256(all.data, all.length, text);
    buffer_free(&all);
}

static bool broken(struct error *error, const char *kind, int64_t number, const char *what)
{
    char where[64];
    snprintf(where, sizeof where, "%s %" PRId64, kind, number);
    return error_set(error, ERROR_REFUSED, where,
                     _("Keep the database as it is and call the auditors."), "%s", what);
}

static bool known(const struct block *block, int64_t id)
{
    for (int i = 0; i < block->count; i++)
        if (block->ids[i] == id)
            return true;
    return false;
}

/* The sealed id is not where it was: is it gone, or elsewhere, or is another row in front of it? */
static bool misplaced(struct reader *rows, const struct block *block, int64_t id, bool end,
                      struct error *error)
{
    char number[24], *found;
    const char *values[] = {number};
    snprintf(number, sizeof number, "%" PRId64, id);
    if (!end && !known(block, row_place(rows).id))
        return broken(error, "row", row_place(rows).id,
                      _("this row was inserted into a sealed part of the audit trail"));
    if (!session_value(rows->connection,
                       "SELECT 1 FROM api.audit_evidence_row WHERE audit_id = $1::bigint", 1,
                       values, &found, error))
        return false;
    bool elsewhere = *found != '\0';
    free(found);
    return broken(error, "row", id,
                  elsewhere ? _("this row of the audit trail was moved")
                            : _("this row of the audit trail is missing"));
}

static bool check_row(struct reader *rows, const struct block *block, int at, struct error *error)
{
    char hash[65];
    bool ready = reader_ready(rows, error);
    if (!ready && error->kind != ERROR_NONE)
        return false;
    if (!ready || row_place(rows).id != block->ids[at])
        return misplaced(rows, block, block->ids[at], !ready, error);
    row_hash(rows, hash);
    if (strncmp(hash, block->hashes + (size_t)at * 64, 64))
        return broken(error, "row", block->ids[at], _("this row of the audit trail was edited"));
    rows->at++;
    return true;
}

static bool check_block(struct block *block, int64_t number, const char *head,
                        struct error *error)
{
    struct buffer text = BUFFER_INIT;
    char own[65];
    if (block->number != number)
        return broken(error, "block", number, _("this block of the audit trail is missing"));
    buffer_format(&text, "%" PRId64 ":%d:%s:%s:", number, block->count, block->previous,
                  block->id_text);
    bool whole = unhex(block->hashes, &text) && strlen(block->hashes) == (size_t)block->count * 64;
    digest_sha256(text.data, text.length, own);
    buffer_free(&text);
    if (!whole || strcmp(block->previous, head) || strcmp(own, block->head))
        return broken(error, "block", number, _("this block of the audit trail was changed"));
    return true;
}

static void read_block(const struct reader *blocks, struct block *block)
{
    int capacity = 0;
    *block = (struct block){.number = strtoll(cell(blocks, 0), NULL, 10),
                            .hashes = cell(blocks, 5),
                            .previous = cell(blocks, 6),
                            .head = cell(blocks, 7),
                            .id_text = cell(blocks, 4)};
    block->last = (struct place){strtoll(cell(blocks, 1), NULL, 10),
                                 strtoull(cell(blocks, 2), NULL, 10),
                                 strtoll(cell(blocks, 3), NULL, 10)};
    for (const char *at = block->id_text; *at; at += *at == ',') {
        char *end;
        ARRAY_RESERVE(block->ids, block->count, capacity);
        block->ids[block->count++] = strtoll(at, &end, 10);
        if (end == at)
            break;
        at = end;
    }
}

/* Each line of the anchor: a block number, its head, perhaps more. */
static bool check_anchor(const char *text, int64_t number, const char *head, struct error *error)
{
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        int64_t anchored;
        char anchored_head[65];
        line += *line == '\n';
        if (sscanf(line, "%" SCNd64 " %64s", &anchored, anchored_head) == 2 &&
            anchored == number && strcmp(anchored_head, head))
            return broken(error, "block", number,
                          _("this block differs from the anchor outside the database"));
    }
    return true;
}

static int64_t anchor_last(const char *text)
{
    int64_t last = 0, number;
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (sscanf(line, "%" SCNd64, &number) == 1 && number > last)
            last = number;
    }
    return last;
}

static bool is_anchor_line(const char *line)
{
    char *end;
    return strtoll(line, &end, 10) > 0 && *end == ' ' &&
           strspn(end + 1, "0123456789abcdef") == 64 && strchr(" \n", end[65]);
}

/* Reads the whole anchor, every line of which must be one. The caller frees it. */
static bool read_anchor(const char *path, char **text, struct error *error)
{
    char where[200];
    size_t length;
    int number = 1;
    if (!file_read(path, ANCHOR_LIMIT, text, &length, error))
        return false;
    const char *line = *text;
    for (; *line && is_anchor_line(line) && strchr(line, '\n'); number++)
        line = strchr(line, '\n') + 1;
    if (line == *text + length)
        return true;
    snprintf(where, sizeof where, "%s:%d", path, number);
    free(*text);
    *text = NULL;
    return error_set(error, ERROR_INPUT, where,
                     _("Name the file that bankops audit seal --anchor writes."),
                     _("this is no line of an anchor (block, hash, time)"));
}

bool audit_anchor_newest(const char *path, int64_t *newest, struct error *error)
{
    char *text;
    *newest = 0;
    if (access(path, F_OK) < 0)
        return true;
    if (!read_anchor(path, &text, error))
        return false;
    *newest = anchor_last(text);
    free(text);
    return true;
}

static bool verify_block(struct reader *blocks, struct reader *rows, const char *anchor,
                         struct audit_count *count, struct error *error)
{
    struct block block;
    read_block(blocks, &block);
    bool good = check_block(&block, count->blocks + 1, count->head, error) &&
                (!anchor || check_anchor(anchor, block.number, block.head, error));
    for (int i = 0; good && i < block.count; i++)
        good = check_row(rows, &block, i, error);
    if (good && reader_ready(rows, error) && !beyond(row_place(rows), block.last))
        good = broken(error, "row", row_place(rows).id,
                      _("this row was inserted into a sealed part of the audit trail"));
    good = good && error->kind == ERROR_NONE;
    if (good) {
        count->blocks++;
        count->rows += block.count;
        snprintf(count->head, sizeof count->head, "%s", block.head);
    }
    free(block.ids);
    blocks->at++;
    return good;
}

static bool verify_all(PGconn *connection, const char *anchor, struct audit_count *count,
                       struct error *error)
{
    struct reader blocks = {.connection = connection, .fetch = "FETCH 4 FROM audit_blocks"};
    struct reader rows = {.connection = connection, .fetch = "FETCH 5000 FROM audit_rows"};
    bool good = true;
    memset(count->head, '0', 64);
    while (good && reader_ready(&blocks, error))
        good = verify_block(&blocks, &rows, anchor, count, error);
    good = good && error->kind == ERROR_NONE;
    while (good && reader_ready(&rows, error)) {
        count->open_rows++;
        rows.at++;
    }
    if (good && anchor && anchor_last(anchor) > count->blocks)
        good = broken(error, "block", count->blocks + 1,
                      _("the anchor outside the database knows later blocks: the end was cut off"));
    PQclear(blocks.part);
    PQclear(rows.part);
    return good && error->kind == ERROR_NONE;
}

bool audit_verify(PGconn *connection, const char *anchor, struct audit_count *count,
                  struct error *error)
{
    static const char begin[] =
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
        "DECLARE audit_blocks NO SCROLL CURSOR FOR SELECT block_id, last_epoch, last_xid,"
        " last_audit_id, audit_ids, hashes, previous, head FROM api.audit_evidence_block"
        " ORDER BY block_id;"
        "DECLARE audit_rows NO SCROLL CURSOR FOR SELECT audit_id, epoch, xid, at, login, action,"
        " object_kind, object_id, customer_id, before, after FROM api.audit_evidence_row"
        " ORDER BY epoch, xid, audit_id";
    char *text = NULL;
    *count = (struct audit_count){0};
    if (anchor && !read_anchor(anchor, &text, error))
        return false;
    bool good = session_script(connection, begin, error) &&
                verify_all(connection, text, count, error);
    PQclear(PQexec(connection, "ROLLBACK"));
    free(text);
    return good;
}
