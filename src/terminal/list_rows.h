#ifndef BANKOPS_TERMINAL_LIST_ROWS_H
#define BANKOPS_TERMINAL_LIST_ROWS_H

#include <stddef.h>
#include <stdint.h>

/* The rows held by a list: pages in order, each with its texts in one block of memory. */
struct list_rows {
    struct list_rows_page **pages;
    size_t page_count, page_capacity;
    int cells; /* strings per row, the key not counted */
    int count; /* rows in all pages */
};

/* A page being filled, empty at first. */
struct list_rows_page *list_rows_page_new(void);
void list_rows_page_free(struct list_rows_page *page);
/* Rows it has. */
int list_rows_page_count(const struct list_rows_page *page);
/* Adds a row; all texts are copied. */
void list_rows_page_add(const struct list_rows *rows, struct list_rows_page *page, const char *key,
                        const char *const *cells);
/* Takes the page over at the end or the start; an empty one is freed. */
void list_rows_append(struct list_rows *rows, struct list_rows_page *page);
void list_rows_prepend(struct list_rows *rows, struct list_rows_page *page);
/* Drops the first or last page; returns its rows. */
int list_rows_drop_first(struct list_rows *rows);
int list_rows_drop_last(struct list_rows *rows);
int list_rows_first_count(const struct list_rows *rows);
int list_rows_last_count(const struct list_rows *rows);
void list_rows_clear(struct list_rows *rows);
void list_rows_free(struct list_rows *rows);

/* cell -1 is the key. NULL for SQL NULL or a row that is not held. */
const char *list_rows_get(const struct list_rows *rows, int row, int cell);
/* Row with this key, -1 when not held. */
int list_rows_find(const struct list_rows *rows, const char *key);
size_t list_rows_memory(const struct list_rows *rows);

#endif
