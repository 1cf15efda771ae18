#include "terminal/key.h"

#include "base/alloc.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define ESC               0x1B
#define PASTE_END         "\033[201~"
#define PASTE_END_LENGTH  6
#define PASTE_SILENCE_MS  2000
#define AFTER_ESCAPE_MS   1000
#define SEQUENCE_MAX      32

struct learnt {
    char *sequence;
    size_t length;
    int code;
};

struct key_decoder {
    struct buffer in; /* bytes received */
    size_t at;        /* bytes of it already used */
    int64_t last;     /* when the last byte came */
    bool pasting;
    size_t pasted; /* bytes of this paste so far */
    struct buffer raw, paste;
    int64_t escaped; /* when a lone Esc was given out, 0 = not the last key */
    struct learnt *learnt;
    size_t count, capacity;
};

struct key_decoder *key_decoder_new(void)
{
    return xcalloc(1, sizeof(struct key_decoder));
}

void key_decoder_free(struct key_decoder *decoder)
{
    if (!decoder)
        return;
    for (size_t i = 0; i < decoder->count; i++)
        free(decoder->learnt[i].sequence);
    free(decoder->learnt);
    buffer_free(&decoder->in);
    buffer_free(&decoder->raw);
    buffer_free(&decoder->paste);
    free(decoder);
}

static int normal(int code)
{
    int plain = code & ~K_MODIFIERS;
    return plain > K_F(12) && plain <= K_F_LAST ? (code & K_MODIFIERS) | K_SHIFT | (plain - 12)
                                                : code;
}

void key_decoder_learn(struct key_decoder *decoder, const char *sequence, int code)
{
    if (!sequence || sequence[0] != ESC || !sequence[1])
        return;
    ARRAY_RESERVE(decoder->learnt, decoder->count, decoder->capacity);
    decoder->learnt[decoder->count++] =
        (struct learnt){xstrdup(sequence), strlen(sequence), normal(code)};
}

void key_decoder_feed(struct key_decoder *decoder, const char *bytes, size_t count, int64_t now)
{
    if (decoder->at == decoder->in.length) {
        buffer_clear(&decoder->in);
        decoder->at = 0;
    }
    buffer_add_bytes(&decoder->in, bytes, count);
    decoder->last = now;
}

void key_decoder_flush(struct key_decoder *decoder)
{
    buffer_clear(&decoder->in);
    decoder->at = 0;
    decoder->pasting = false;
    decoder->pasted = 0;
    buffer_clear(&decoder->raw);
}

/* Key of "CSI number ~". */
static int tilde_key(int number)
{
    static const short keys[][2] = {
        {1, K_HOME - K_BASE},    {2, K_INSERT - K_BASE},    {3, K_DELETE - K_BASE},
        {4, K_END - K_BASE},     {5, K_PAGE_UP - K_BASE},   {6, K_PAGE_DOWN - K_BASE},
        {7, K_HOME - K_BASE},    {8, K_END - K_BASE},
    };
    static const signed char function[] = {1,  2,  3,  4,  5,  0,  6,  7,  8,  9,  10, 0,
                                           11, 12, 13, 14, 0,  15, 16, 0,  17, 18, 19, 20};
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
        if (keys[i][0] == number)
            return K_BASE + keys[i][1];
    if (number >= 11 && number < 11 + (int)sizeof function && function[number - 11])
        return K_F(function[number - 11]);
    return K_NONE;
}

static int letter_key(int letter)
{
    switch (letter) {
    case 'A':
        return K_UP;
    case 'B':
        return K_DOWN;
    case 'C':
        return K_RIGHT;
    case 'D':
        return K_LEFT;
    case 'H':
        return K_HOME;
    case 'F':
        return K_END;
    case 'P':
    case 'Q':
    case 'R':
    case 'S':
        return K_F(letter - 'P' + 1);
    case 'Z':
        return K_SHIFT | K_TAB;
    case 'I':
        return K_FOCUS_IN;
    case 'a':
        return K_SHIFT | K_UP;
    case 'b':
        return K_SHIFT | K_DOWN;
    case 'c':
        return K_SHIFT | K_RIGHT;
    case 'd':
        return K_SHIFT | K_LEFT;
    default:
        return K_NONE;
    }
}

/* Modifier bits of the parameter that xterm adds (1 + shift + 2 alt + 4 ctrl). */
static int modifier_bits(int parameter)
{
    int bits = parameter > 1 ? parameter - 1 : 0;
    return (bits & 1 ? K_SHIFT : 0) | (bits & 2 ? K_ALT : 0) | (bits & 4 ? K_CTRL : 0);
}

/* Key of a control byte. */
static int control_key(unsigned char byte)
{
    switch (byte) {
    case 0:
        return K_CTRL | ' ';
    case '\t':
        return K_TAB;
    case '\r':
    case '\n':
        return K_ENTER;
    case '\b':
    case 0x7F:
        return K_BACKSPACE;
    case ESC:
        return K_ESCAPE;
    default:
        return K_CTRL | (byte < 0x1B ? byte + 'a' - 1 : byte + '@');
    }
}

/* Key of a character number that a terminal reports in a sequence (CSI … u). */
static int reported_key(int number, int bits)
{
    if (number < ' ' || number == 0x7F)
        return number >= 0 ? bits | control_key((unsigned char)number) : K_NONE;
    if (number >= 57344 && number <= 63743) /* kitty's codes for keys without a character */
        return K_NONE;
    if (bits & K_CTRL && number >= 'A' && number <= 'Z')
        number += 'a' - 'A';
    if (number >= K_BASE || (number >= 0x80 && number < 0xA0))
        return K_NONE;
    return (bits & ~K_SHIFT) | number;
}

static int csi_key(const int *numbers, int final)
{
    int bits = modifier_bits(numbers[1]);
    switch (final) {
    case '~':
        if (numbers[0] == 27)
            return reported_key(numbers[2], bits);
        return tilde_key(numbers[0]) ? bits | tilde_key(numbers[0]) : K_NONE;
    case 'u':
        return reported_key(numbers[0], bits);
    case '^':
        return tilde_key(numbers[0]) ? K_CTRL | tilde_key(numbers[0]) : K_NONE;
    case '$':
        return tilde_key(numbers[0]) ? K_SHIFT | tilde_key(numbers[0]) : K_NONE;
    case '@':
        return tilde_key(numbers[0]) ? K_CTRL | K_SHIFT | tilde_key(numbers[0]) : K_NONE;
    default:
        return letter_key(final) ? bits | letter_key(final) : K_NONE;
    }
}

/* Reads "ESC [ …". Returns the bytes used (0 = unfinished); *code K_NONE for an unknown one,
 * K_PASTE where a paste begins. */
static size_t read_csi(const char *text, size_t length, int *code)
{
    int numbers[4] = {0}, count = 0;
    *code = K_NONE;
    if (length > 2 && text[2] == '[') { /* Linux console: ESC [ [ A … E */
        if (length > 3 && text[3] >= 'A' && text[3] <= 'E')
            *code = K_F(text[3] - 'A' + 1);
        return length > 3 ? 4 : 0;
    }
    for (size_t at = 2; at < length && at < SEQUENCE_MAX; at++) {
        unsigned char byte = (unsigned char)text[at];
        if (byte >= '0' && byte <= '9') {
            if (numbers[count] < 100000)
                numbers[count] = numbers[count] * 10 + byte - '0';
        } else if (byte == ';' || byte == ':') {
            count = count < 3 ? count + 1 : 3;
        } else if ((byte >= 0x40 && byte <= 0x7E) || byte == '$') {
            *code = byte == '~' && numbers[0] == 200 ? K_PASTE : csi_key(numbers, byte);
            return at + 1;
        } else if (byte < 0x20 || byte > 0x7E) {
            return at; /* broken off by another key */
        }
    }
    return length >= SEQUENCE_MAX ? SEQUENCE_MAX : 0;
}

/* Reads "ESC O …" (application keys and the number pad). */
static size_t read_ss3(const char *text, size_t length, int *code)
{
    static const char pad[] = "*+,-./0123456789"; /* j … y */
    int bits = 0;
    size_t at = 2;
    *code = K_NONE;
    if (at < length && text[at] >= '2' && text[at] <= '8')
        bits = modifier_bits(text[at++] - '0');
    if (at >= length)
        return 0;
    int final = (unsigned char)text[at];
    if (final == 'M')
        *code = K_ENTER;
    else if (final >= 'a' && final <= 'd')
        *code = K_CTRL | letter_key(final - 'a' + 'A');
    else if (final >= 'j' && final <= 'y')
        *code = pad[final - 'j'];
    else if (final != 'Z' && final != 'I' && letter_key(final))
        *code = bits | letter_key(final);
    return at + 1;
}

/* Longest learnt sequence that the bytes begin with; *partial: they may yet become one. */
static const struct learnt *find_learnt(const struct key_decoder *decoder, const char *text,
                                        size_t length, bool *partial)
{
    const struct learnt *best = NULL;
    *partial = false;
    for (size_t i = 0; i < decoder->count; i++) {
        const struct learnt *entry = &decoder->learnt[i];
        if (entry->length <= length && !memcmp(text, entry->sequence, entry->length)) {
            if (!best || entry->length > best->length)
                best = entry;
        } else if (entry->length > length && !memcmp(text, entry->sequence, length)) {
            *partial = true;
        }
    }
    return best;
}

/* Whether the bytes are the beginning of a UTF-8 character whose rest has not come. */
static bool unfinished_character(const char *text, size_t length)
{
    unsigned char lead = (unsigned char)text[0];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || length >= need)
        return false;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80)
            return false;
    return true;
}

/* A character or control byte. Returns the bytes used, 0 = unfinished. */
static size_t read_character(const char *text, size_t length, bool late, int *code)
{
    unsigned char byte = (unsigned char)text[0];
    uint32_t character;
    if (byte < ' ' || byte == 0x7F) {
        *code = control_key(byte);
        return 1;
    }
    if (unfinished_character(text, length) && !late)
        return 0;
    size_t used = text_decode(text, length, &character);
    *code = (character >= 0x80 && character < 0xA0) || (used == 1 && character >= 0x80)
                ? K_NONE
                : (int)character;
    return used;
}

static size_t read_escape(struct key_decoder *decoder, const char *text, size_t length, bool late,
                          int *code)
{
    bool partial;
    const struct learnt *entry = find_learnt(decoder, text, length, &partial);
    if (entry) {
        *code = entry->code;
        return entry->length;
    }
    *code = K_ESCAPE;
    if (length == 1 || text[1] == ESC)
        return length > 1 || late ? 1 : 0;
    size_t used;
    if (text[1] == '[' || text[1] == 'O') {
        used = text[1] == '[' ? read_csi(text, length, code) : read_ss3(text, length, code);
        if (used || !late)
            return used;
        *code = length == 2 ? K_ALT | text[1] : K_NONE;
        return length;
    }
    if (partial && !late)
        return 0;
    used = read_character(text + 1, length - 1, late, code);
    if (used && *code >= '0' && *code <= '9')
        *code = K_F(*code == '0' ? 10 : *code - '0');
    else if (used && *code)
        *code |= K_ALT;
    return used ? used + 1 : 0;
}

/* What is left of a paste: line ends \n, no control characters, valid UTF-8. */
static void clean_paste(struct buffer *out, const char *text, size_t length)
{
    buffer_clear(out);
    buffer_add_bytes(out, "", 0);
    for (size_t at = 0; at < length;) {
        uint32_t c;
        size_t used = text_decode(text + at, length - at, &c);
        at += used;
        if (c == '\r') {
            if (at < length && text[at] == '\n')
                at++;
            c = '\n';
        }
        if (c == '\n' || c == '\t' || (c >= ' ' && c != 0x7F && (c < 0x80 || c >= 0xA0)))
            text_encode(out, c);
    }
}

static void end_paste(struct key_decoder *decoder, struct key *key)
{
    decoder->pasting = false;
    *key = (struct key){.code = K_PASTE, .length = decoder->pasted};
    if (decoder->pasted <= KEY_PASTE_MAX) {
        clean_paste(&decoder->paste, buffer_text(&decoder->raw), decoder->raw.length);
        key->text = decoder->paste.data;
        key->length = decoder->paste.length;
    }
    buffer_free(&decoder->raw);
    decoder->pasted = 0;
}

static void keep_paste(struct key_decoder *decoder, size_t count)
{
    decoder->pasted += count;
    if (decoder->pasted <= KEY_PASTE_MAX)
        buffer_add_bytes(&decoder->raw, decoder->in.data + decoder->at, count);
    else
        buffer_free(&decoder->raw);
    decoder->at += count;
}

/* Bytes at the end of the input that may be the beginning of the paste's end. */
static size_t tail(const char *text, size_t length)
{
    size_t most = length < PASTE_END_LENGTH - 1 ? length : PASTE_END_LENGTH - 1;
    for (size_t count = most; count > 0; count--)
        if (!memcmp(text + length - count, PASTE_END, count))
            return count;
    return 0;
}

static bool next_paste(struct key_decoder *decoder, int64_t now, struct key *key)
{
    const char *text = decoder->in.data + decoder->at;
    size_t length = decoder->in.length - decoder->at;
    const char *end = length ? memmem(text, length, PASTE_END, PASTE_END_LENGTH) : NULL;
    if (end) {
        keep_paste(decoder, (size_t)(end - text));
        decoder->at += PASTE_END_LENGTH;
        end_paste(decoder, key);
        return true;
    }
    if (now - decoder->last >= PASTE_SILENCE_MS) { /* the end never came */
        keep_paste(decoder, length);
        end_paste(decoder, key);
        return true;
    }
    keep_paste(decoder, length ? length - tail(text, length) : 0);
    return false;
}

static void give(struct key_decoder *decoder, int code, int64_t now, struct key *key)
{
    *key = (struct key){.code = normal(code)};
    key->after_escape = decoder->escaped && now - decoder->escaped <= AFTER_ESCAPE_MS &&
                        code >= '0' && code <= '9';
    decoder->escaped = code == K_ESCAPE ? now : 0;
}

bool key_decoder_next(struct key_decoder *decoder, int64_t now, struct key *key)
{
    for (;;) {
        if (decoder->pasting)
            return next_paste(decoder, now, key);
        size_t length = decoder->in.length - decoder->at;
        if (length == 0)
            return false;
        const char *text = decoder->in.data + decoder->at;
        bool late = now - decoder->last >= KEY_ESCAPE_MS;
        int code = K_NONE;
        size_t used = text[0] == ESC ? read_escape(decoder, text, length, late, &code)
                                     : read_character(text, length, late, &code);
        if (used == 0)
            return false;
        decoder->at += used;
        if (code == K_PASTE) {
            decoder->pasting = true;
        } else if (code) {
            give(decoder, code, now, key);
            return true;
        }
    }
}

int key_decoder_wait(const struct key_decoder *decoder, int64_t now)
{
    if (!decoder->pasting && decoder->at == decoder->in.length)
        return -1;
    int64_t left = decoder->last + (decoder->pasting ? PASTE_SILENCE_MS : KEY_ESCAPE_MS) - now;
    return left > 0 ? (int)left : 0;
}
