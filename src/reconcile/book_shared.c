#include "reconcile/book_part.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* What is open while a shared part is read. */
struct shared {
    struct book *book;
    int texts, phonetic; /* depth */
    bool cells;          /* within cellXfs */
};

static void start_text(void *user, const char *name, const char **attributes)
{
    struct shared *shared = XML_GetUserData(user);
    (void)attributes;
    name = book_local(name);
    shared->texts += !strcmp(name, "t");
    shared->phonetic += !strcmp(name, "rPh");
}

static void end_text(void *user, const char *name)
{
    struct shared *shared = XML_GetUserData(user);
    struct book *book = shared->book;
    name = book_local(name);
    shared->texts -= !strcmp(name, "t");
    shared->phonetic -= !strcmp(name, "rPh");
    if (strcmp(name, "si"))
        return;
    ARRAY_RESERVE(book->ends, book->text_count, book->text_capacity);
    book->ends[book->text_count++] = book->texts.length;
}

static void add_text(void *user, const char *text, int length)
{
    struct shared *shared = XML_GetUserData(user);
    /* What is left out shows as a cell without text and is refused there. */
    if (shared->texts && !shared->phonetic &&
        shared->book->texts.length + (size_t)length <= BOOK_TEXTS)
        buffer_add_bytes(&shared->book->texts, text, (size_t)length);
}

bool book_read_texts(struct book *book, struct error *error)
{
    struct shared shared = {.book = book};
    size_t member;
    return !archive_find(book->archive, "xl/sharedStrings.xml", &member) ||
           book_parse(book, "xl/sharedStrings.xml", &shared, start_text, end_text, add_text, error);
}

/* What a format code shows: letters outside quotes and brackets. */
static enum book_format format_of_code(const char *code)
{
    bool date = false, time = false;
    for (; *code; code++) {
        if (*code == '"' || *code == '[') {
            const char *end = strchr(code + 1, *code == '"' ? '"' : ']');
            if (*code == '[' && end && strchr("hms", code[1]))
                time = true;
            if (!end)
                break;
            code = end;
        } else if (*code == '\\' && code[1]) {
            code++;
        } else if (strchr("yYdD", *code)) {
            date = true;
        } else if (strchr("hHsS", *code)) {
            time = true;
        }
    }
    return date ? (time ? BOOK_DATE_TIME : BOOK_DATE) : time ? BOOK_TIME : BOOK_NUMBER;
}

/* Numbers of formats that every workbook has (ECMA-376 part 1, 18.8.30). */
static enum book_format format_of_number(const struct book *book, int id)
{
    for (size_t i = 0; i < book->number_count; i++)
        if (book->numbers[i].id == id)
            return book->numbers[i].format;
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
        id == 57 || id == 58)
        return BOOK_DATE;
    if (id == 22)
        return BOOK_DATE_TIME;
    return (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) ||
                   id == 55 || id == 56
               ? BOOK_TIME : BOOK_NUMBER;
}

static void start_format(void *user, const char *name, const char **attributes)
{
    struct shared *shared = XML_GetUserData(user);
    struct book *book = shared->book;
    const char *id = book_attribute(attributes, "numFmtId");
    const char *code = book_attribute(attributes, "formatCode");
    name = book_local(name);
    shared->cells |= !strcmp(name, "cellXfs");
    if (!strcmp(name, "numFmt") && id && code) {
        ARRAY_RESERVE(book->numbers, book->number_count, book->number_capacity);
        book->numbers[book->number_count].id = atoi(id);
        book->numbers[book->number_count++].format = format_of_code(code);
    } else if (!strcmp(name, "xf") && shared->cells) {
        ARRAY_RESERVE(book->formats, book->format_count, book->format_capacity);
        book->formats[book->format_count++] =
            (unsigned char)format_of_number(book, id ? atoi(id) : 0);
    }
}

static void end_format(void *user, const char *name)
{
    struct shared *shared = XML_GetUserData(user);
    shared->cells &= strcmp(book_local(name), "cellXfs") != 0;
}

bool book_read_formats(struct book *book, struct error *error)
{
    struct shared shared = {.book = book};
    size_t member;
    return !archive_find(book->archive, "xl/styles.xml", &member) ||
           book_parse(book, "xl/styles.xml", &shared, start_format, end_format, NULL, error);
}
