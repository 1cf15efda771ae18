#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void (*restore_terminal)(void);

void alloc_on_exit(void (*restore)(void))
{
    restore_terminal = restore;
}

static void *checked(void *block)
{
    static const char message[] = "bankops: out of memory; nothing was written\n";
    if (block)
        return block;
    if (restore_terminal)
        restore_terminal();
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(71);
    _exit(70);
}

void *xmalloc(size_t bytes)
{
    return checked(malloc(bytes ? bytes : 1));
}

void *xcalloc(size_t count, size_t bytes)
{
    return checked(calloc(count ? count : 1, bytes ? bytes : 1));
}

void *xrealloc(void *block, size_t bytes)
{
    return checked(realloc(block, bytes ? bytes : 1));
}

void *xrealloc_large(void *block, size_t bytes)
{
    static const size_t worth = 4 << 20;
    char *large = xrealloc(block, bytes);
    if (bytes >= worth) {
        /* whole pages, the allocator's head included: what is mapped in two kinds cannot grow */
        uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
        uintptr_t from = (uintptr_t)large & ~(page - 1);
        uintptr_t end = ((uintptr_t)large + bytes + page - 1) & ~(page - 1);
        madvise((void *)from, end - from, MADV_HUGEPAGE);
    }
    return large;
}

char *xstrdup(const char *text)
{
    return checked(strdup(text));
}

char *xstrndup(const char *text, size_t bytes)
{
    return checked(strndup(text, bytes));
}

char *xasprintf(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return checked(text);
}
