#include "reconcile/book_part.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/language.h"
#include "reconcile/xml_reason.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *book_local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *book_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (!strcmp(attributes[0], name) || !strcmp(book_local(attributes[0]), name))
            return attributes[1];
    return NULL;
}

static void stop_at_doctype(void *parser, const char *name, const char *system, const char *public,
                            int subset)
{
    (void)name, (void)system, (void)public, (void)subset;
    XML_StopParser(parser, XML_FALSE);
}

void book_no_doctype(XML_Parser parser)
{
    XML_UseParserAsHandlerArg(parser);
    XML_SetStartDoctypeDeclHandler(parser, stop_at_doctype);
}

bool book_refuse(const struct book *book, XML_Parser parser, struct error *error)
{
    enum XML_Error code = XML_GetErrorCode(parser);
    return error_set(error, ERROR_INPUT, book->name, _("Ask the sender for the file again."),
                     _("the workbook is damaged: line %lu, byte %ld: %s"),
                     XML_GetCurrentLineNumber(parser), (long)XML_GetCurrentByteIndex(parser),
                     code == XML_ERROR_ABORTED ? _("not allowed there, or too large")
                                               : xml_reason(code));
}

bool book_parse(struct book *book, const char *member, void *user, XML_StartElementHandler start,
                XML_EndElementHandler end, XML_CharacterDataHandler text, struct error *error)
{
    enum { BLOCK = 1 << 16 };
    size_t index;
    struct stream stream;
    if (!archive_find(book->archive, member, &index))
        return error_set(error, ERROR_INPUT, book->name, _("Ask the sender for the file again."),
                         _("the workbook is damaged: %.100s is missing"), member);
    if (!archive_stream(book->archive, index, &stream, error))
        return false;
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, text);
    book_no_doctype(parser);
    XML_SetUserData(parser, user);
    ssize_t got = 1;
    bool done = true;
    while (done && got > 0) {
        void *block = XML_GetBuffer(parser, BLOCK);
        got = block ? stream.read(stream.context, block, BLOCK, error) : -1;
        done = got >= 0 && (XML_ParseBuffer(parser, (int)got, got == 0) == XML_STATUS_OK ||
                            book_refuse(book, parser, error));
    }
    XML_ParserFree(parser);
    stream_close(&stream);
    return done;
}

static void add_day(struct buffer *out, int64_t day, bool from_1904)
{
    char text[11];
    int base;
    date_from_civil(from_1904 ? 1904 : 1899, from_1904 ? 1 : 12, from_1904 ? 1 : 30, &base);
    /* The calendar of 1900 has a 29 February that never was. */
    if (!from_1904 && day < 60)
        day++;
    date_format(base + (int)day, text);
    buffer_add(out, text);
}

void book_add_double(struct buffer *out, double value, enum book_format format, bool from_1904)
{
    if (format == BOOK_NUMBER || !(value >= 0 && value < 2958466)) {
        buffer_format(out, "%.15G", value);
        return;
    }
    int64_t seconds = llround(value * 86400), day = seconds / 86400;
    int time = (int)(seconds % 86400);
    if (format != BOOK_TIME)
        add_day(out, day, from_1904);
    if (format == BOOK_DATE && !time)
        return;
    buffer_format(out, "%s%02d:%02d:%02d", format == BOOK_TIME ? "" : " ", time / 3600,
                  time / 60 % 60, time % 60);
}

void book_add_number(struct buffer *out, const char *text, enum book_format format,
                     bool from_1904)
{
    size_t digits = strspn(text, "0123456789-");
    char *end;
    if (format == BOOK_NUMBER && !text[digits] && digits <= 15) {
        buffer_add(out, text);
        return;
    }
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value))
        buffer_add(out, text);
    else
        book_add_double(out, value, format, from_1904);
}

/* The list of sheets: their relations first, then the members that these name. */
struct list {
    struct book *book;
    char *targets[BOOK_SHEETS];
};

static void see_sheet(void *user, const char *name, const char **attributes)
{
    struct book *book = XML_GetUserData(user);
    const char *id = book_attribute(attributes, "r:id"), *from;
    if (!strcmp(book_local(name), "sheet") && book->sheet_count < BOOK_SHEETS) {
        if (!id)
            id = book_attribute(attributes, "id");
        if (id)
            book->sheets[book->sheet_count++] = xstrdup(id);
    } else if (!strcmp(book_local(name), "workbookPr")) {
        from = book_attribute(attributes, "date1904");
        book->from_1904 = from && (*from == '1' || *from == 't');
    }
}

static void see_relation(void *user, const char *name, const char **attributes)
{
    struct list *list = XML_GetUserData(user);
    const char *id = book_attribute(attributes, "Id");
    const char *target = book_attribute(attributes, "Target");
    if (strcmp(book_local(name), "Relationship") || !id || !target)
        return;
    for (size_t i = 0; i < list->book->sheet_count; i++)
        if (!strcmp(list->book->sheets[i], id) && !list->targets[i])
            list->targets[i] = *target == '/' ? xstrdup(target + 1) : xasprintf("xl/%s", target);
}

static bool read_list(struct book *book, struct error *error)
{
    struct list list = {.book = book};
    bool done = book_parse(book, "xl/workbook.xml", book, see_sheet, NULL, NULL, error) &&
                book_parse(book, "xl/_rels/workbook.xml.rels", &list, see_relation, NULL, NULL,
                           error);
    size_t count = 0;
    for (size_t i = 0; i < book->sheet_count; i++) {
        free(book->sheets[i]);
        if (list.targets[i])
            book->sheets[count++] = list.targets[i];
    }
    book->sheet_count = count;
    return done && (count || error_set(error, ERROR_INPUT, book->name, NULL,
                                       _("the workbook has no sheet")));
}

bool book_is(struct archive *archive)
{
    size_t member;
    return archive_find(archive, "[Content_Types].xml", &member) &&
           archive_find(archive, "xl/workbook.xml", &member);
}

struct book *book_open(struct archive *archive, const char *name, struct error *error)
{
    struct book *book = xcalloc(1, sizeof *book);
    book->archive = archive;
    book->name = xstrdup(name);
    if (read_list(book, error) && book_read_formats(book, error) && book_read_texts(book, error))
        return book;
    book_close(book);
    return NULL;
}

void book_close(struct book *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < book->sheet_count; i++)
        free(book->sheets[i]);
    buffer_free(&book->texts);
    free(book->ends);
    free(book->formats);
    free(book->numbers);
    free(book->name);
    free(book);
}

size_t book_sheets(const struct book *book)
{
    return book->sheet_count;
}
