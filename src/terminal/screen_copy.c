#include "terminal/screen.h"

#include "terminal/screen_internal.h"

#include <stdint.h>
#include <stdlib.h>

#define COPY_MAX 74994

static void add_base64(struct buffer *out, const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t at = 0; at < length; at += 3) {
        size_t left = length - at;
        uint32_t group = (uint32_t)(unsigned char)bytes[at] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)bytes[at + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)bytes[at + 2] : 0;
        buffer_add_char(out, digits[group >> 18]);
        buffer_add_char(out, digits[group >> 12 & 63]);
        buffer_add_char(out, left > 1 ? digits[group >> 6 & 63] : '=');
        buffer_add_char(out, left > 2 ? digits[group & 63] : '=');
    }
}

/* The same bytes wrapped so that GNU screen hands them to the terminal outside. */
static void add_for_screen(struct buffer *out, const struct buffer *copy)
{
    for (size_t at = 0; at < copy->length; at += 700) {
        size_t part = copy->length - at < 700 ? copy->length - at : 700;
        buffer_add(out, "\033P");
        buffer_add_bytes(out, copy->data + at, part);
        buffer_add(out, "\033\\");
    }
}

bool screen_copy(const char *text, size_t length)
{
    struct buffer copy = BUFFER_INIT, out = BUFFER_INIT;
    if (!screen_usable() || length > COPY_MAX)
        return false;
    buffer_add(&copy, "\033]52;c;");
    add_base64(&copy, text, length);
    buffer_add(&copy, "\a");
    if (getenv("STY")) {
        add_for_screen(&out, &copy);
    } else {
        buffer_add_bytes(&out, copy.data, copy.length);
        if (getenv("TMUX")) /* for a tmux that passes sequences on but takes no OSC 52 */
            buffer_format(&out, "\033Ptmux;\033%s\033\\", copy.data);
    }
    screen_send(out.data, out.length);
    buffer_free(&copy);
    buffer_free(&out);
    return true;
}
