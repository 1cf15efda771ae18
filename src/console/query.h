#ifndef BANKOPS_CONSOLE_QUERY_H
#define BANKOPS_CONSOLE_QUERY_H

#include "base/buffer.h"
#include "console/definition.h"

/* Statements over api built from a screen's own names (letters, digits, underscores, checked when
 * the screen was loaded) and bound values, never from typed text. Values are text; the server
 * infers their types from the columns and parameters they meet. */
struct query {
    struct buffer sql;
    char **values;
    int count, capacity;
    bool repeats; /* as in struct request */
};

#define QUERY_INIT {BUFFER_INIT, NULL, 0, 0, false}

/* Frees text and values. */
void query_free(struct query *query);

/* One condition of a list: a filter of the screen and the text chosen. */
struct query_filter {
    const struct defined_filter *filter;
    const char *text;
};

enum query_edge { EDGE_FIRST, EDGE_LAST, EDGE_AFTER, EDGE_BEFORE, EDGE_AT, EDGE_POSITION };

/* A page of a list. `order` holds column indexes and must end in the key. */
struct query_page {
    const struct source *source;
    const struct defined_columns *columns;
    const struct order *order;
    int order_count;
    bool nullable; /* ordered columns may be null (the user's own sort): nulls stand last */
    const struct query_filter *filters;
    int filter_count;
    enum query_edge edge;
    /* AFTER, BEFORE, AT: the row to start from, one text for each column of the list;
     * POSITION: NULL, and `position` is the least value of the first ordered column */
    const char *const *row;
    const char *position;
    int limit; /* 0 = all rows (export) */
    /* Values of source.where and source.arguments. */
    const char *(*value)(void *data, const char *name);
    void *data;
};

/* SELECT of all columns of the page in the order of `columns`. BEFORE and LAST give the rows in
 * reverse order. */
void query_page(struct query *query, const struct query_page *page);

/* SELECT of a source without paging (panels, forms, lookups), at most `limit` rows, 0 = all. */
void query_source(struct query *query, const struct source *source,
                  const struct defined_columns *columns, int limit,
                  const char *(*value)(void *data, const char *name), void *data);

/* SELECT status, id, message FROM api.FUNCTION(p_a => $1 …, p_request => $n). */
void query_call(struct query *query, const char *function, const struct bindings *arguments,
                const char *request, const char *(*value)(void *data, const char *name),
                void *data);

/* The same for a function that takes rows and answers one for each: also a detail. */
void query_call_rows(struct query *query, const char *function, const struct bindings *arguments,
                     const char *request, const char *(*value)(void *data, const char *name),
                     void *data);

/* The same for a function that answers a file: SELECT name, kind, data FROM …. */
void query_call_file(struct query *query, const char *function, const struct bindings *arguments,
                     const char *request, const char *(*value)(void *data, const char *name),
                     void *data);

/* The same for a function that also returns a value: SELECT value, message FROM api.FUNCTION(…). */
void query_reveal(struct query *query, const char *function, const struct bindings *arguments,
                  const char *request, const char *(*value)(void *data, const char *name),
                  void *data);

#endif
