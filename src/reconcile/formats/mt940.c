#include "reconcile/formats/mt940.h"

#include "base/alloc.h"
#include "base/language.h"
#include "reconcile/control.h"
#include "reconcile/formats/mt940_parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void keep(char *target, struct slice text)
{
    size_t length = text.length < MT940_SHORT - 1 ? text.length : MT940_SHORT - 1;
    while (length < text.length && length && ((unsigned char)text.text[length] & 0xC0) == 0x80)
        length--; /* not inside a character */
    memcpy(target, text.text, length);
    target[length] = '\0';
}

/* Pages of one statement in one file: each follows the one before. */
static bool report_page(struct mt940 *mt940)
{
    static const char label[] = ":28C:";
    const struct statement *statement = &mt940->statement;
    bool same = statement->number > 0 && statement->page > 0 && mt940->last_page > 0 &&
                statement->number == mt940->last_number &&
                !strcmp(mt940->account, mt940->last_account);
    struct control control = {.statement = statement->position,
                              .kind = CONTROL_PAGE,
                              .expected = (int64_t)mt940->last_page + 1,
                              .found = statement->page,
                              .line = statement->line,
                              .label = {label, sizeof label - 1}};
    mt940->last_number = statement->number;
    mt940->last_page = statement->page;
    memcpy(mt940->last_account, mt940->account, sizeof mt940->last_account);
    return !same || control_report(mt940->sink, &control, mt940->error);
}

static bool finish_statement(struct mt940 *mt940)
{
    struct statement *statement = &mt940->statement;
    if (!mt940->open)
        return true;
    mt940->open = false;
    struct mt940_field start = {.line = statement->line, .offset = mt940->statement_offset};
    struct mt940_field end = {
        .text = mt940->field.text, .line = mt940->last_line, .offset = mt940->last_offset};
    if (!*mt940->account)
        return mt940_refuse(mt940, &start, _("the statement names no account (:25:)"));
    if (statement->kind != STATEMENT_INTERIM && !statement->has_opening)
        return mt940_refuse(mt940, &start, _("the statement has no opening balance (:60F:)"));
    if (statement->kind != STATEMENT_INTERIM && !statement->has_closing)
        return mt940_refuse(mt940, &end,
                            _("the statement ends without a closing balance (:62F:): the file is "
                              "truncated"));
    if (!*statement->currency)
        return mt940_refuse(mt940, &start, _("the statement names no currency"));
    statement->account = source_text(mt940->source, (struct slice){mt940->account,
                                                                  strlen(mt940->account)});
    statement->reference = source_text(mt940->source, (struct slice){mt940->reference,
                                                                    strlen(mt940->reference)});
    return report_page(mt940) &&
           mt940->sink->statement(mt940->sink->context, statement, mt940->error);
}

static void start_statement(struct mt940 *mt940)
{
    int position = mt940->statement.position + 1;
    mt940->statement = (struct statement){.position = position,
                                          .line = mt940->field.line,
                                          .number = -1,
                                          .page = -1,
                                          .open_date = ITEM_NO_DATE,
                                          .close_date = ITEM_NO_DATE};
    mt940->statement_offset = mt940->field.offset;
    mt940->account[0] = mt940->reference[0] = '\0';
    mt940->open = true;
    mt940->debit.sum = mt940->credit.sum = 0;
    mt940->debit.count = mt940->credit.count = 0;
}

static bool append(struct mt940 *mt940, struct mt940_field *field, struct slice text)
{
    if (field->length + text.length + 1 > MT940_FIELD_LIMIT)
        return mt940_refuse(mt940, field, _("the field is longer than 64 KiB"));
    if (field->length)
        field->text[field->length++] = '\n';
    memcpy(field->text + field->length, text.text, text.length);
    field->length += text.length;
    return true;
}

static bool take_entry(struct mt940 *mt940)
{
    if (!mt940->open || !*mt940->statement.currency)
        return mt940_refuse(mt940, &mt940->field, _("a line stands before any opening balance"));
    if (mt940->statement.has_closing)
        return mt940_refuse(mt940, &mt940->field, _("a line stands behind the closing balance"));
    struct mt940_field swap = mt940->entry;
    mt940->entry = mt940->field;
    mt940->field = swap;
    mt940->details.length = 0;
    mt940->entry_waits = mt940->behind_entry = true;
    return true;
}

static bool is_tag(const struct mt940 *mt940, const char *tag)
{
    return mt940->tag[0] == tag[0] && mt940->tag[1] == tag[1];
}

/* The field in mt940->field is complete. */
static bool finish_field(struct mt940 *mt940)
{
    if (!mt940->tag[0])
        return true;
    if (is_tag(mt940, "86")) {
        struct slice text = {mt940->field.text, mt940->field.length};
        return !mt940->behind_entry || append(mt940, &mt940->details, text);
    }
    if (is_tag(mt940, "NS") && mt940->behind_entry)
        return mt940_entry_non_swift(mt940);
    if (!mt940_entry_finish(mt940))
        return false;
    if (is_tag(mt940, "20")) {
        if (!finish_statement(mt940))
            return false;
        start_statement(mt940);
        keep(mt940->reference, mt940_first_line(&mt940->field));
    } else if (is_tag(mt940, "61")) {
        return take_entry(mt940);
    } else if (!mt940->open) {
        return true;
    } else if (is_tag(mt940, "25")) {
        if (*mt940->account)
            return mt940_refuse(mt940, &mt940->field, _("the statement names its account twice"));
        keep(mt940->account, mt940_first_line(&mt940->field));
    } else if (is_tag(mt940, "28")) {
        return mt940_field_number(mt940);
    } else if (is_tag(mt940, "60")) {
        return mt940_field_opening(mt940);
    } else if (is_tag(mt940, "62")) {
        return mt940_field_closing(mt940);
    } else if (is_tag(mt940, "34")) {
        return mt940_field_floor(mt940);
    } else if (is_tag(mt940, "64")) {
        return mt940_field_available(mt940);
    } else if (is_tag(mt940, "13")) {
        mt940_field_time(mt940);
    } else if (is_tag(mt940, "90")) {
        return mt940_field_total(mt940);
    }
    return true;
}

/* Fields of MT940, MT942, MT950 and of what banks add; a text may begin with :12:11 as well. */
static bool is_known(const char *tag)
{
    static const char *const known[] = {"20", "21", "25", "28", "60", "61", "62", "64", "65", "86",
                                        "90", "34", "13", "NS"};
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (tag[0] == known[i][0] && tag[1] == known[i][1])
            return true;
    return false;
}

/* Length of ":NN:" or ":NNA:" at the start of the line, 0 when there is none. */
static size_t tag_length(struct slice line)
{
    if (line.length < 4 || line.text[0] != ':' || !is_known(line.text + 1))
        return 0;
    if (line.text[3] == ':')
        return 4;
    return line.length > 4 && isupper((unsigned char)line.text[3]) && line.text[4] == ':' ? 5 : 0;
}

static bool start_field(struct mt940 *mt940, struct slice line, size_t tag)
{
    if (!finish_field(mt940))
        return false;
    memcpy(mt940->tag, line.text + 1, tag - 2);
    mt940->tag[tag - 2] = '\0';
    mt940->field.length = 0;
    mt940->field.line = mt940->last_line = source_line(mt940->source);
    mt940->field.offset = mt940->last_offset = source_offset(mt940->source);
    return append(mt940, &mt940->field, (struct slice){line.text + tag, line.length - tag});
}

static bool finish_message(struct mt940 *mt940)
{
    bool done = finish_field(mt940) && mt940_entry_finish(mt940) && finish_statement(mt940);
    mt940->tag[0] = '\0';
    mt940->in_block = false;
    return done;
}

static bool ends_message(const struct mt940 *mt940, struct slice line)
{
    if (line.length >= 2 && line.text[0] == '-' && line.text[1] == '}')
        return true;
    bool complete = mt940->statement.has_closing ||
                    mt940->statement.kind == STATEMENT_INTERIM || is_tag(mt940, "62");
    return line.length == 1 && ((line.text[0] == '-' && complete) || line.text[0] == '$');
}

static bool take_line(struct mt940 *mt940, struct slice line)
{
    size_t tag = tag_length(line);
    if (tag)
        return start_field(mt940, line, tag);
    if (ends_message(mt940, line))
        return finish_message(mt940);
    if (line.length && line.text[0] == '{') {
        mt940->in_block = line.length < 2 || !strchr("5S", line.text[1]); /* not a trailer */
        const char *block = memmem(line.text, line.length, "{4:", 3);
        size_t skipped = block ? (size_t)(block + 3 - line.text) : line.length;
        line = (struct slice){line.text + skipped, line.length - skipped};
        if ((tag = tag_length(line)))
            return start_field(mt940, line, tag);
        return true;
    }
    return !mt940->tag[0] || append(mt940, &mt940->field, line);
}

static void release(struct mt940 *mt940)
{
    free(mt940->field.text);
    free(mt940->entry.text);
    free(mt940->details.text);
    free(mt940->purpose);
}

/* The file ends; a message in FIN blocks must have done so before. */
static bool finish_file(struct mt940 *mt940)
{
    bool cut = mt940->in_block;
    return finish_message(mt940) &&
           (!cut || !mt940->statement.position ||
            source_refuse_at(mt940->source, source_line(mt940->source),
                             source_offset(mt940->source), NULL,
                             _("Ask the bank for the statement again; nothing was imported."),
                             mt940->error, _("the last message does not end with -}: the file is "
                                             "truncated")));
}

bool mt940_read(struct source *source, const struct sink *sink, struct error *error)
{
    struct mt940 mt940 = {.source = source, .sink = sink, .error = error};
    struct slice line;
    bool done = true;
    error->kind = ERROR_NONE;
    mt940.field.text = xmalloc(MT940_FIELD_LIMIT);
    mt940.entry.text = xmalloc(MT940_FIELD_LIMIT);
    mt940.details.text = xmalloc(MT940_FIELD_LIMIT);
    /* Decoding may lengthen a field threefold, and a narrative needs three times that; behind it
     * lies room to join the supplement. */
    mt940.purpose = xmalloc((MT940_JOINED + 4) * MT940_FIELD_LIMIT);
    while (done && source_next(source, &line, error))
        done = take_line(&mt940, line);
    done = done && error->kind == ERROR_NONE && finish_file(&mt940);
    if (done && !mt940.statement.position)
        done = source_refuse(source, 0, NULL, NULL, error, _("the file holds no statement"));
    release(&mt940);
    return done;
}

bool mt940_recognise(struct slice head)
{
    bool reference = false;
    for (const char *at = head.text, *end = head.text + head.length; at < end;) {
        const char *stop = at;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        size_t tag = tag_length((struct slice){at, (size_t)(stop - at)});
        reference |= tag && (!memcmp(at, ":20:", 4) || !memcmp(at, ":25:", 4));
        if (tag && reference && (!memcmp(at, ":60", 3) || !memcmp(at, ":61:", 4) ||
                                 !memcmp(at, ":28", 3) || (tag == 5 && !memcmp(at, ":34F:", 5))))
            return true;
        at = stop < end ? stop + 1 : end;
    }
    return false;
}
