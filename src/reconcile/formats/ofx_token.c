#include "reconcile/formats/ofx_token.h"

#include "base/language.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 1 << 16 };

static bool next_block(struct ofx_tokens *tokens, struct error *error)
{
    struct slice block;
    if (!source_block(tokens->source, &block, error))
        return false;
    tokens->line = source_line(tokens->source);
    tokens->offset = source_offset(tokens->source);
    block = source_text(tokens->source, block);
    tokens->block = tokens->at = tokens->counted = block.text;
    tokens->end = block.text + block.length;
    return true;
}

static uint64_t line_here(struct ofx_tokens *tokens)
{
    const char *at = tokens->counted;
    while ((at = memchr(at, '\n', (size_t)(tokens->at - at)))) {
        tokens->line++;
        at++;
    }
    tokens->counted = tokens->at;
    return tokens->line;
}

static bool too_long(struct ofx_tokens *tokens, struct error *error)
{
    return source_refuse_at(tokens->source, line_here(tokens),
                            tokens->offset + (uint64_t)(tokens->at - tokens->block), NULL, NULL,
                            error, _("the element is longer than 64 KiB"));
}

/* Appends everything up to the byte to `buffer` (NULL: drops it) and stops at it. False at the end
 * of the file. */
static bool read_to(struct ofx_tokens *tokens, char byte, struct buffer *buffer,
                    struct error *error)
{
    for (;;) {
        const char *found = memchr(tokens->at, byte, (size_t)(tokens->end - tokens->at));
        const char *stop = found ? found : tokens->end;
        if (buffer && buffer->length + (size_t)(stop - tokens->at) > TEXT_LIMIT)
            return too_long(tokens, error);
        if (buffer)
            buffer_add_bytes(buffer, tokens->at, (size_t)(stop - tokens->at));
        tokens->at = stop;
        if (found)
            return true;
        if (!next_block(tokens, error))
            return false;
    }
}

static bool begins(const struct buffer *buffer, const char *with)
{
    size_t length = strlen(with);
    return buffer->length >= length && !memcmp(buffer->data, with, length);
}

static bool ends(const struct buffer *buffer, const char *with)
{
    size_t length = strlen(with);
    return buffer->length >= length &&
           !memcmp(buffer->data + buffer->length - length, with, length);
}

/* Reads what stands between < and >, that of a comment or CDATA up to its own end. The position is
 * on the <, and behind the > afterwards. */
static bool read_markup(struct ofx_tokens *tokens, struct error *error)
{
    buffer_clear(&tokens->markup);
    tokens->at++;
    for (;;) {
        if (!read_to(tokens, '>', &tokens->markup, error))
            return false;
        tokens->at++;
        bool comment = begins(&tokens->markup, "!--"), data = begins(&tokens->markup, "![CDATA[");
        if ((!comment || ends(&tokens->markup, "--")) && (!data || ends(&tokens->markup, "]]")))
            return true;
        buffer_add_char(&tokens->markup, '>');
    }
}

static void add_character(struct buffer *buffer, unsigned long code)
{
    if (code < 0x80) {
        buffer_add_char(buffer, (char)code);
    } else if (code < 0x800) {
        buffer_add_char(buffer, (char)(0xC0 | code >> 6));
        buffer_add_char(buffer, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        buffer_add_char(buffer, (char)(0xE0 | code >> 12));
        buffer_add_char(buffer, (char)(0x80 | (code >> 6 & 0x3F)));
        buffer_add_char(buffer, (char)(0x80 | (code & 0x3F)));
    } else {
        buffer_add_char(buffer, (char)(0xF0 | code >> 18));
        buffer_add_char(buffer, (char)(0x80 | (code >> 12 & 0x3F)));
        buffer_add_char(buffer, (char)(0x80 | (code >> 6 & 0x3F)));
        buffer_add_char(buffer, (char)(0x80 | (code & 0x3F)));
    }
}

/* Length of the reference that begins at text, decoded into the buffer; 0 when it is none: then the
 * ampersand stands for itself, as many files have it. */
static size_t read_reference(const char *text, size_t length, struct buffer *buffer)
{
    static const struct {
        const char *name;
        char byte;
    } known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
                 {"&quot;", '"'}, {"&apos;", '\''}, {"&nbsp;", ' '}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t wanted = strlen(known[i].name);
        if (length >= wanted && !memcmp(text, known[i].name, wanted)) {
            buffer_add_char(buffer, known[i].byte);
            return wanted;
        }
    }
    if (length < 4 || text[1] != '#')
        return 0;
    size_t at = text[2] == 'x' || text[2] == 'X' ? 3 : 2, start = at;
    int base = at == 3 ? 16 : 10;
    unsigned long code = 0;
    for (; at < length && at < start + 7 && isxdigit((unsigned char)text[at]); at++) {
        char digit[2] = {text[at], '\0'};
        code = code * (unsigned long)base + strtoul(digit, NULL, 16);
    }
    if (at == start || at == length || text[at] != ';' || code < ' ' || code > 0x10FFFF ||
        (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    add_character(buffer, code);
    return at + 1;
}

static void decode(const struct buffer *raw, struct buffer *value)
{
    for (size_t i = 0; i < raw->length;) {
        size_t length = raw->data[i] == '&'
                            ? read_reference(raw->data + i, raw->length - i, value) : 0;
        if (!length)
            buffer_add_char(value, raw->data[i]);
        i += length ? length : 1;
    }
}

/* The text behind an opening tag, with what CDATA sections in it hold. */
static bool read_value(struct ofx_tokens *tokens, struct error *error)
{
    static const char data[] = "![CDATA[";
    buffer_clear(&tokens->value);
    for (;;) {
        buffer_clear(&tokens->raw);
        bool more = read_to(tokens, '<', &tokens->raw, error);
        decode(&tokens->raw, &tokens->value);
        if (!more)
            return error->kind == ERROR_NONE;
        if (tokens->value.length > TEXT_LIMIT)
            return too_long(tokens, error);
        if ((size_t)(tokens->end - tokens->at) < sizeof data ||
            memcmp(tokens->at + 1, data, sizeof data - 1))
            return true;
        if (!read_markup(tokens, error))
            return false;
        buffer_add_bytes(&tokens->value, tokens->markup.data + sizeof data - 1,
                         tokens->markup.length - sizeof data + 1 - 2);
    }
}

static void read_name(const struct buffer *markup, struct ofx_token *token)
{
    const char *at = buffer_text(markup);
    size_t used = 0;
    token->closes = *at == '/';
    at += token->closes;
    for (; *at && !isspace((unsigned char)*at) && *at != '/' && used + 1 < sizeof token->tag; at++)
        token->tag[used++] = (char)toupper((unsigned char)*at);
    token->tag[used] = '\0';
}

bool ofx_token_next(struct ofx_tokens *tokens, struct ofx_token *token, struct error *error)
{
    for (;;) {
        if (!read_to(tokens, '<', NULL, error))
            return false;
        token->line = line_here(tokens);
        token->offset = tokens->offset + (uint64_t)(tokens->at - tokens->block);
        if (!read_markup(tokens, error))
            return false;
        if (begins(&tokens->markup, "!DOCTYPE"))
            return source_refuse_at(tokens->source, token->line, token->offset, "DOCTYPE",
                                    _("Ask the bank for the file again; nothing was imported."),
                                    error, _("a document type is not accepted"));
        if (!begins(&tokens->markup, "!") && !begins(&tokens->markup, "?"))
            break;
    }
    read_name(&tokens->markup, token);
    token->value = (struct slice){"", 0};
    if (token->closes)
        return true;
    if (!read_value(tokens, error))
        return false;
    token->value = slice_trim(buffer_text(&tokens->value), tokens->value.length);
    return true;
}

void ofx_token_free(struct ofx_tokens *tokens)
{
    buffer_free(&tokens->markup);
    buffer_free(&tokens->raw);
    buffer_free(&tokens->value);
}
