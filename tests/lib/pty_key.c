/* Keys as the bytes that a terminal sends. */
#include "tests/lib/pty.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/text.h"
#include "terminal/key.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pty_type(struct pty *pty, const char *text)
{
    pty_send(pty, text, strlen(text));
}

void pty_paste(struct pty *pty, const char *text, size_t length)
{
    pty_type(pty, "\033[200~");
    pty_send(pty, text, length);
    pty_type(pty, "\033[201~");
}

/* The bytes that xterm sends for a key. */
static void add_key(struct buffer *out, const char *name)
{
    static const struct {
        int code;
        const char *letter; /* one letter, or the number of a "~" sequence */
    } keys[] = {{K_UP, "A"},         {K_DOWN, "B"},      {K_RIGHT, "C"},   {K_LEFT, "D"},
                {K_HOME, "H"},       {K_END, "F"},       {K_F(1), "P"},    {K_F(2), "Q"},
                {K_F(3), "R"},       {K_F(4), "S"},      {K_INSERT, "2"},  {K_DELETE, "3"},
                {K_PAGE_UP, "5"},    {K_PAGE_DOWN, "6"}, {K_F(5), "15"},   {K_F(6), "17"},
                {K_F(7), "18"},      {K_F(8), "19"},     {K_F(9), "20"},   {K_F(10), "21"},
                {K_F(11), "23"},     {K_F(12), "24"}};
    int code = key_parse(name), plain = code & ~K_MODIFIERS;
    int bits = 1 + (code & K_SHIFT ? 1 : 0) + (code & K_ALT ? 2 : 0) + (code & K_CTRL ? 4 : 0);
    if (code == K_NONE) {
        fprintf(stderr, "pty_keys: unknown key %s\n", name);
        abort();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        if (keys[i].code != plain)
            continue;
        bool number = keys[i].letter[0] >= '0' && keys[i].letter[0] <= '9';
        if (number && bits > 1)
            buffer_format(out, "\033[%s;%d~", keys[i].letter, bits);
        else if (number)
            buffer_format(out, "\033[%s~", keys[i].letter);
        else if (bits > 1)
            buffer_format(out, "\033[1;%d%s", bits, keys[i].letter);
        else
            buffer_format(out, "\033%s%s", plain >= K_F(1) && plain <= K_F(4) ? "O" : "[",
                          keys[i].letter);
        return;
    }
    if (code == (K_SHIFT | K_TAB)) {
        buffer_add(out, "\033[Z");
        return;
    }
    if (code & K_ALT)
        buffer_add(out, "\033");
    switch (plain) {
    case K_ENTER:
        buffer_add(out, "\r");
        break;
    case K_TAB:
        buffer_add(out, "\t");
        break;
    case K_ESCAPE:
        buffer_add(out, "\033");
        break;
    case K_BACKSPACE:
        buffer_add(out, "\177");
        break;
    default:
        if (code & K_CTRL)
            buffer_add_char(out, (char)(plain & 0x1F));
        else
            text_encode(out, (uint32_t)plain);
    }
}

void pty_keys(struct pty *pty, const char *key, ...)
{
    struct buffer out = BUFFER_INIT;
    va_list keys;
    va_start(keys, key);
    for (; key; key = va_arg(keys, const char *))
        add_key(&out, key);
    va_end(keys);
    pty_send(pty, out.data, out.length);
    buffer_free(&out);
}

/* Text of one cell. */
