#include "reconcile/upload_segment.h"

#include "base/alloc.h"
#include "base/language.h"
#include "database/copy_binary.h"
#include "database/session.h"

#include <stdlib.h>

enum { MOST_PARTS = 100000 }; /* a file of more statements is no large one, but many small */

static struct upload_part *part_of(struct upload_segment *segment, int position)
{
    if (position < 1 || position > MOST_PARTS)
        return NULL;
    while (segment->count < (size_t)position) {
        ARRAY_RESERVE(segment->parts, segment->count, segment->capacity);
        segment->parts[segment->count++] = (struct upload_part){
            .from = ITEM_NO_DATE, .to = ITEM_NO_DATE, .close_day = ITEM_NO_DATE};
    }
    return &segment->parts[position - 1];
}

void upload_segment_count(struct upload_segment *segment, const struct item *item)
{
    struct upload_part *part = part_of(segment, item->statement);
    if (!part)
        return;
    if (part->from == ITEM_NO_DATE || item->value_date < part->from)
        part->from = item->value_date;
    if (part->to == ITEM_NO_DATE || item->value_date > part->to)
        part->to = item->value_date;
}

const struct upload_part *upload_segment_close(struct upload_segment *segment,
                                               const struct statement *statement)
{
    struct upload_part *part = part_of(segment, statement->position);
    if (part && statement->has_closing)
        part->close_day = statement->close_date;
    return part;
}

const struct upload_part *upload_segment_part(const struct upload_segment *segment, int position)
{
    return position >= 1 && (size_t)position <= segment->count ? &segment->parts[position - 1]
                                                               : NULL;
}

bool upload_segment_ask(struct upload_segment *segment, PGconn *connection, char side,
                        const char *lane, const char *statements, struct error *error)
{
    const char text[2] = {side, '\0'};
    const char *values[] = {text, lane, statements};
    PGresult *rows;
    if (!session_rows(connection,
                      "SELECT segment, position, statement_id, account_id "
                      "FROM api.import_segment($1, $2, $3::jsonb) ORDER BY position",
                      3, values, &rows, error))
        return false;
    size_t count = (size_t)PQntuples(rows);
    for (size_t i = 0; i < count && count == segment->count; i++) {
        segment->parts[i].statement = atoll(PQgetvalue(rows, (int)i, 2));
        segment->parts[i].account = atoll(PQgetvalue(rows, (int)i, 3));
    }
    segment->low = segment->next = count ? atoll(PQgetvalue(rows, 0, 0)) : 0;
    PQclear(rows);
    return !count || count == segment->count ||
           error_set(error, ERROR_SYSTEM, "import_segment", NULL,
                     _("the database sent a line that cannot be read"));
}

bool upload_segment_given(const struct upload_segment *segment)
{
    return segment->low != 0;
}

void upload_segment_copy(struct upload_segment *segment, const struct upload_part *part,
                         const struct item *item, struct copy *copy)
{
    int day = part->close_day != ITEM_NO_DATE   ? part->close_day
              : item->book_date != ITEM_NO_DATE ? item->book_date
                                                : item->value_date;
    copy_binary_int8(copy, segment->next++);
    copy_binary_int8(copy, part->account);
    copy_binary_date(copy, day);
    copy_binary_int8(copy, part->statement);
}

void upload_segment_forget(struct upload_segment *segment)
{
    segment->low = 0;
}

void upload_segment_free(struct upload_segment *segment)
{
    free(segment->parts);
    *segment = (struct upload_segment){.low = 0};
}
