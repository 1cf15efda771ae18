#ifndef BANKOPS_BASE_ALLOC_H
#define BANKOPS_BASE_ALLOC_H

#include <stddef.h>

/* Allocation that cannot fail: on exhaustion the program prints one line and exits with 70.
 * A screen registers alloc_on_exit() so that the terminal is restored first. */
void *xmalloc(size_t bytes) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t bytes) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *block, size_t bytes) __attribute__((returns_nonnull));
/* The same for a large array that is read here and there: with large pages where the system has them,
 * so that an access seldom waits for the address of a page. */
void *xrealloc_large(void *block, size_t bytes) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *text, size_t bytes) __attribute__((malloc, returns_nonnull));
/* printf into a new string; the caller frees it. */
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

/* Function called before the program dies of exhausted memory (restores the terminal). */
void alloc_on_exit(void (*restore)(void));

/* Grows `array` (element type of *array) so that index `count` is valid; doubles the capacity. */
#define ARRAY_RESERVE(array, count, capacity)                                                      \
    do {                                                                                           \
        if ((count) >= (capacity)) {                                                               \
            (capacity) = (capacity) ? (capacity) * 2 : 8;                                          \
            while ((count) >= (capacity))                                                          \
                (capacity) *= 2;                                                                   \
            (array) = xrealloc((array), (size_t)(capacity) * sizeof *(array));                     \
        }                                                                                          \
    } while (0)

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof *(array))

#endif
