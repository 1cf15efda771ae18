#include "reconcile/formats/record.h"

#include "base/alloc.h"
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

static bool is_padding(char c)
{
    return c == ' ' || c == '\t';
}

struct slice record_trim(struct slice text)
{
    while (text.length && is_padding(*text.text))
        text.text++, text.length--;
    while (text.length && is_padding(text.text[text.length - 1]))
        text.length--;
    return text;
}

static bool add(struct source *source, struct record *record, const char *start, const char *end,
                struct error *error)
{
    if (record->count == RECORD_FIELDS)
        return source_refuse(source, 0, NULL, _("Check the separator of the profile."), error,
                             _("the row has more than %d fields"), RECORD_FIELDS);
    record->fields[record->count++] = (struct slice){start, (size_t)(end - start)};
    return true;
}

static bool split_plain(struct source *source, struct slice line, char separator,
                        struct record *record, struct error *error)
{
    const char *start = line.text, *end = line.text + line.length;
    for (const char *at; start < end && (at = memchr(start, separator, (size_t)(end - start)));
         start = at + 1)
        if (!add(source, record, start, at, error))
            return false;
    return add(source, record, start, end, error);
}

/* Fields that all begin with a mark: a separator before another character is text. */
static bool split_marked(struct source *source, struct slice line, const struct record_style *style,
                         struct record *record, struct error *error)
{
    const char *start = line.text + 1, *end = line.text + line.length;
    for (const char *at = start; at < end; at++) {
        if (*at != style->separator || at + 1 == end || at[1] != style->mark)
            continue;
        if (!add(source, record, start, at, error))
            return false;
        start = at + 2;
    }
    return add(source, record, start, end, error);
}

enum { QUOTED_DONE, QUOTED_OPEN, QUOTED_BAD };

/* Copies one quoted field without its quotes; *at is behind the opening quote. */
static int read_quoted(const char **at, const char *end, char separator, struct record *record)
{
    const char *from = *at;
    for (;; from++) {
        if (from >= end)
            return QUOTED_OPEN;
        if (*from == '"' && from + 1 < end && from[1] == '"')
            from++;
        else if (*from == '\r' && from + 1 < end && from[1] == '\n')
            continue; /* the same lines, whichever way the file ends them */
        else if (*from == '"')
            break;
        record->scratch[record->used++] = *from;
    }
    from++;
    while (from < end && (*from == ' ' || *from == '\t') && *from != separator)
        from++;
    *at = from;
    return from == end || *from == separator ? QUOTED_DONE : QUOTED_BAD;
}

static int split_quoted(struct source *source, struct slice line, char separator,
                        struct record *record, struct error *error)
{
    const char *at = line.text, *end = line.text + line.length;
    record->count = 0;
    record->used = 0;
    for (;;) {
        const char *start = at, *stop;
        if (at < end && *at == '"') {
            at++;
            char *target = record->scratch + record->used;
            int state = read_quoted(&at, end, separator, record);
            if (state != QUOTED_DONE)
                return state;
            start = target;
            stop = record->scratch + record->used;
        } else {
            const char *found = memchr(at, separator, (size_t)(end - at));
            at = stop = found ? found : end;
        }
        if (!add(source, record, start, stop, error))
            return QUOTED_BAD;
        if (at >= end)
            return QUOTED_DONE;
        at++;
    }
}

static bool refuse_quotes(struct source *source, struct error *error)
{
    if (error->kind != ERROR_NONE)
        return false;
    return source_refuse(source, 0, NULL, _("Ask the sender for the file again."), error,
                         _("a quoted field does not end where it should"));
}

static bool next_quoted(struct source *source, struct slice line,
                        const struct record_style *style,
                        struct record *record, struct error *error)
{
    if (!record->scratch)
        record->scratch = xmalloc(2 * SOURCE_LINE_LIMIT);
    for (int lines = 1; lines <= RECORD_LINES; lines++) {
        int state = split_quoted(source, line, style->separator, record, error);
        if (state == QUOTED_DONE)
            return true;
        if (state == QUOTED_BAD || style->decode || !source_extend(source, &line, error))
            break;
    }
    return refuse_quotes(source, error);
}

bool record_next(struct source *source, const struct record_style *style, struct record *record,
                 struct error *error)
{
    struct slice line;
    record->count = 0;
    if (!source_next(source, &line, error))
        return false;
    if (style->decode)
        line = source_text(source, line);
    if (style->mark && line.length && *line.text == style->mark)
        return split_marked(source, line, style, record, error);
    if (style->quotes && memchr(line.text, '"', line.length))
        return next_quoted(source, line, style, record, error);
    return split_plain(source, line, style->separator, record, error);
}

struct record_style record_style(char separator, enum encoding encoding)
{
    /* Bytes from 0x30 can be the second to fourth of a GB18030 character; blanks, commas, tabs and
     * semicolons (0x3B) cannot: of those above only the digits stand there below 0x40. */
    bool inside = separator >= 0x40 || (separator >= '0' && separator <= '9');
    return (struct record_style){.separator = separator, .quotes = true,
                                 .decode = encoding == ENCODING_GB18030 && inside};
}

void record_free(struct record *record)
{
    free(record->scratch);
    record->scratch = NULL;
}
