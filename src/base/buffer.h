#ifndef BANKOPS_BASE_BUFFER_H
#define BANKOPS_BASE_BUFFER_H

#include <stddef.h>

/* Growing byte string, always NUL-terminated once something was added.
 * Read one that may be untouched with buffer_text(). */
struct buffer {
    char *data;
    size_t length;   /* bytes, without the terminator */
    size_t capacity; /* bytes */
};

#define BUFFER_INIT {NULL, 0, 0}

/* Append a text, bytes, one byte, or what printf would print. */
void buffer_add(struct buffer *buffer, const char *text);
void buffer_add_bytes(struct buffer *buffer, const void *bytes, size_t count);
void buffer_add_char(struct buffer *buffer, char byte);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Drops the content, keeps the memory. */
void buffer_clear(struct buffer *buffer);
/* Frees the memory; the buffer is empty and may be used again. */
void buffer_free(struct buffer *buffer);
/* The content, "" when nothing was added; owned by the buffer. */
const char *buffer_text(const struct buffer *buffer);
/* The content as a string that the caller frees; the buffer is empty afterwards. */
char *buffer_take(struct buffer *buffer);

/* Copies what follows the first *taken bytes, at most `room` bytes, and counts it as taken; returns
 * how much. */
size_t buffer_read(const struct buffer *buffer, size_t *taken, char *bytes, size_t room);

#endif
