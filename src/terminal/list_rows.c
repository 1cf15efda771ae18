#include "terminal/list_rows.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

struct list_rows_page {
    char *texts; /* NUL-terminated strings one after the other */
    size_t used, size;
    uint32_t *offsets; /* per row: key, cells; 1 + place in texts, 0 = NULL */
    size_t offset_count, offset_capacity;
    int rows;
    int start; /* number of its first row in the list */
};

struct list_rows_page *list_rows_page_new(void)
{
    return xcalloc(1, sizeof(struct list_rows_page));
}

void list_rows_page_free(struct list_rows_page *page)
{
    if (!page)
        return;
    free(page->texts);
    free(page->offsets);
    free(page);
}

int list_rows_page_count(const struct list_rows_page *page)
{
    return page->rows;
}

static void add_text(struct list_rows_page *page, const char *text)
{
    uint32_t offset = 0;
    if (text) {
        size_t length = strlen(text) + 1;
        if (page->used + length > page->size) {
            page->size = page->size ? page->size * 2 : 1024;
            while (page->used + length > page->size)
                page->size *= 2;
            page->texts = xrealloc(page->texts, page->size);
        }
        memcpy(page->texts + page->used, text, length);
        offset = (uint32_t)page->used + 1;
        page->used += length;
    }
    ARRAY_RESERVE(page->offsets, page->offset_count, page->offset_capacity);
    page->offsets[page->offset_count++] = offset;
}

void list_rows_page_add(const struct list_rows *rows, struct list_rows_page *page, const char *key,
                        const char *const *cells)
{
    add_text(page, key);
    for (int i = 0; i < rows->cells; i++)
        add_text(page, cells[i]);
    page->rows++;
}

/* Gives back what growing took too much. */
static void trim(struct list_rows_page *page)
{
    page->texts = xrealloc(page->texts, page->used);
    page->size = page->used;
    page->offsets = xrealloc(page->offsets, page->offset_count * sizeof *page->offsets);
    page->offset_capacity = page->offset_count;
}

static void renumber(struct list_rows *rows)
{
    rows->count = 0;
    for (size_t i = 0; i < rows->page_count; i++) {
        rows->pages[i]->start = rows->count;
        rows->count += rows->pages[i]->rows;
    }
}

static void put_page(struct list_rows *rows, struct list_rows_page *page, size_t place)
{
    if (page->rows == 0) {
        list_rows_page_free(page);
        return;
    }
    trim(page);
    ARRAY_RESERVE(rows->pages, rows->page_count, rows->page_capacity);
    memmove(rows->pages + place + 1, rows->pages + place,
            (rows->page_count - place) * sizeof *rows->pages);
    rows->pages[place] = page;
    rows->page_count++;
    renumber(rows);
}

void list_rows_append(struct list_rows *rows, struct list_rows_page *page)
{
    put_page(rows, page, rows->page_count);
}

void list_rows_prepend(struct list_rows *rows, struct list_rows_page *page)
{
    put_page(rows, page, 0);
}

static int drop_page(struct list_rows *rows, size_t place)
{
    int dropped = rows->pages[place]->rows;
    list_rows_page_free(rows->pages[place]);
    rows->page_count--;
    memmove(rows->pages + place, rows->pages + place + 1,
            (rows->page_count - place) * sizeof *rows->pages);
    renumber(rows);
    return dropped;
}

int list_rows_drop_first(struct list_rows *rows)
{
    return drop_page(rows, 0);
}

int list_rows_drop_last(struct list_rows *rows)
{
    return drop_page(rows, rows->page_count - 1);
}

int list_rows_first_count(const struct list_rows *rows)
{
    return rows->page_count ? rows->pages[0]->rows : 0;
}

int list_rows_last_count(const struct list_rows *rows)
{
    return rows->page_count ? rows->pages[rows->page_count - 1]->rows : 0;
}

void list_rows_clear(struct list_rows *rows)
{
    for (size_t i = 0; i < rows->page_count; i++)
        list_rows_page_free(rows->pages[i]);
    rows->page_count = 0;
    rows->count = 0;
}

void list_rows_free(struct list_rows *rows)
{
    list_rows_clear(rows);
    free(rows->pages);
    rows->pages = NULL;
    rows->page_capacity = 0;
}

/* Page that holds a row; the caller has checked that it is held. */
static const struct list_rows_page *page_of(const struct list_rows *rows, int row)
{
    size_t low = 0, high = rows->page_count - 1;
    while (low < high) {
        size_t middle = (low + high + 1) / 2;
        if (rows->pages[middle]->start <= row)
            low = middle;
        else
            high = middle - 1;
    }
    return rows->pages[low];
}

static const char *text_of(const struct list_rows *rows, const struct list_rows_page *page, int row,
                           int cell)
{
    uint32_t offset = page->offsets[(size_t)row * (size_t)(rows->cells + 1) + (size_t)(cell + 1)];
    return offset ? page->texts + offset - 1 : NULL;
}

const char *list_rows_get(const struct list_rows *rows, int row, int cell)
{
    if (row < 0 || row >= rows->count || cell < -1 || cell >= rows->cells)
        return NULL;
    const struct list_rows_page *page = page_of(rows, row);
    return text_of(rows, page, row - page->start, cell);
}

int list_rows_find(const struct list_rows *rows, const char *key)
{
    for (size_t i = 0; i < rows->page_count; i++)
        for (int row = 0; row < rows->pages[i]->rows; row++)
            if (!strcmp(text_of(rows, rows->pages[i], row, -1), key))
                return rows->pages[i]->start + row;
    return -1;
}

size_t list_rows_memory(const struct list_rows *rows)
{
    size_t bytes = rows->page_capacity * sizeof *rows->pages;
    for (size_t i = 0; i < rows->page_count; i++)
        bytes += sizeof *rows->pages[i] + rows->pages[i]->size +
                 rows->pages[i]->offset_capacity * sizeof *rows->pages[i]->offsets;
    return bytes;
}
