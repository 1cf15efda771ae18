#ifndef BANKOPS_TERMINAL_KEY_H
#define BANKOPS_TERMINAL_KEY_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is one number: a Unicode character or one of the K_ codes, with modifier bits.
 * Ctrl with a letter is K_CTRL | lower-case letter (Ctrl-L = K_CTRL | 'l'), but Ctrl-I, Ctrl-M,
 * Ctrl-J and Ctrl-H arrive as K_TAB, K_ENTER, K_ENTER and K_BACKSPACE, since a terminal cannot tell
 * them apart. Shift is only ever set on K_ codes. Control characters never arrive as characters.
 * F13 … F24 are K_SHIFT with F1 … F12, as on a 5250. Alt-x and Esc typed fast before x are the same
 * bytes: read an Alt key without a binding as Esc followed by the key. */
enum key_code {
    K_NONE = 0,
    K_BASE = 0x110000,
    K_ENTER,
    K_TAB,
    K_ESCAPE,
    K_BACKSPACE,
    K_INSERT,
    K_DELETE,
    K_UP,
    K_DOWN,
    K_LEFT,
    K_RIGHT,
    K_HOME,
    K_END,
    K_PAGE_UP,
    K_PAGE_DOWN,
    K_F0, /* K_F(1) … K_F(24) follow */
    K_F_LAST = K_F0 + 24,
    K_PASTE,  /* text pasted as one event: see struct key */
    K_RESIZE, /* the terminal's size changed (already applied) */
    K_FOCUS_IN,
};
#define K_F(number) ((int)(K_F0 + (number)))

#define K_CTRL  0x1000000
#define K_ALT   0x2000000
#define K_SHIFT 0x4000000
#define K_MODIFIERS (K_CTRL | K_ALT | K_SHIFT)

struct key {
    int code;
    /* K_PASTE: the bytes, valid UTF-8 (invalid bytes became U+FFFD), line ends as \n, control
     * characters other than \n and \t dropped; owned by the decoder until the next event. NULL
     * with `length` > 0 when the paste was longer than KEY_PASTE_MAX and was refused whole. */
    const char *text;
    size_t length;
    /* A digit typed within a second after a lone Esc: an action table may read it as a function
     * key when that Esc had nothing to do. (Esc and digit sent together are the function key
     * already.) */
    bool after_escape;
};

/* Longest paste delivered, in bytes; a longer one is refused and costs no memory. */
#define KEY_PASTE_MAX 65536

/* True for a character that can be typed into a field. */
static inline bool key_is_text(int code)
{
    return code >= ' ' && code < K_BASE && code != 0x7F;
}

/* Name of a key as people read it: "F5", "Shift-F4", "Ctrl-L", "PgDn", "Enter", "Space", "a".
 * Appends to `out`. */
void key_format(struct buffer *out, int code);

/* Reads one key name; inverse of key_format, in any case, and also "Esc 5" (= F5, 0 = F10), "C-l",
 * "M-x", "S-F4", "^L", "PageDown", "Return", "Del", "Ins". K_NONE when unknown. */
int key_parse(const char *name);

/* Decoder from terminal bytes to keys. Knows the sequences of xterm, VT220, rxvt, Linux console,
 * screen and PuTTY; others are learnt with key_decoder_learn (from terminfo). */
struct key_decoder;

/* That knows these sequences. Free it with key_decoder_free(). */
struct key_decoder *key_decoder_new(void);
void key_decoder_free(struct key_decoder *decoder);
/* Binds a byte sequence that begins with ESC to a key code. */
void key_decoder_learn(struct key_decoder *decoder, const char *sequence, int code);
/* Takes bytes as read from the terminal; `now` in ms of clock_ms(). */
void key_decoder_feed(struct key_decoder *decoder, const char *bytes, size_t count, int64_t now);
/* Next key, false when more bytes are needed. An unfinished sequence is resolved once
 * KEY_ESCAPE_MS have passed since its last byte: call again then (key_decoder_wait). */
bool key_decoder_next(struct key_decoder *decoder, int64_t now, struct key *key);
/* Milliseconds until key_decoder_next can give more without further bytes; -1 = never. */
int key_decoder_wait(const struct key_decoder *decoder, int64_t now);
/* Forgets everything not yet delivered (after an error: the 5250's Error Reset). */
void key_decoder_flush(struct key_decoder *decoder);

#define KEY_ESCAPE_MS 25

#endif
