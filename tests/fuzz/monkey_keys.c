/* What the monkey presses: mostly what gets somewhere, now and then what no keyboard sends. */
#include "tests/fuzz/monkey.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCREENS_MOST = 250 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char screens[SCREENS_MOST][64];
static unsigned screen_count;
static uint64_t state;

void monkey_seed(uint64_t seed)
{
    state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
}

unsigned monkey_random(unsigned limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 11) % limit);
}

void monkey_know_screens(void)
{
    char command[1200], name[64], kind[32], code[32];
    snprintf(command, sizeof command, "'%s' --language en screens list", stage_program);
    FILE *pipe = popen(command, "r");
    while (pipe && screen_count < SCREENS_MOST &&
           fscanf(pipe, "%63s %31s %31s%*[^\n]", name, kind, code) == 3)
        snprintf(screens[screen_count++], sizeof screens[0], "%s", strcmp(code, "-") ? code : name);
    if (pipe)
        pclose(pipe);
}

#define ONE(list) (list)[monkey_random(COUNT(list))]

static const char *const moves[] = {
    "\r",      "\r",      "\r",      "\r",       "\033[A",   "\033[B",   "\033[B",   "\033[C",
    "\033[D",  "\033[H",  "\033[F",  "\033[5~",  "\033[6~",  "\t",       "\t",       "\t",
    "\033[Z",  " ",       " ",       "*",        "\\",       "\033",     "\033",     "\177",
    "\033OP",  "\033OR",  "\033OS",  "\033OS",   "\033[15~", "\033[15~", "\033[17~", "\033[17~",
    "\033[18~", "\033[19~", "\033[20~", "\033[21~", "\033[21~", "\033[21~", "\033[24~", "\033[24~",
    "\033[2~", "\033[3~", "\033[1;5H", "\033[1;5F", "\033[1;3D", "\033[1;3C", "\033[1;3B", "/", "=",
    "s",       "o",       "x",       "y",        "y",        "y",        "y",        "n",
    "(",       ")",       "[",       "]",        "z",        "v",        "<",        ">",
    "\033l",   "\0331",   "\033[1;2P", "\033[I", "\033[O",
};

static const char *const commands[] = {
    "q0",          "language zh", "language en", "theme mono",   "theme default", "keymap vim",
    "keymap ibm",  "keymap finacle", "set",      "password",     "view list",     "view save eins",
    "view eins",   "view reset",  "plain",       "home",        "help",         "refresh",       "sort",
    "nonsense xy", "",            "cus 13800138000", "cus 王",   "cmp overdue",   "rec 20260617",
};

static const char *const texts[] = {
    "li",         "王",         "13800138000", "2026-06-17",   "20260618",    "100.50",
    "-1",         "0",          "999999999999999999999",       "=1+1",        "'; DROP TABLE x; --",
    "%s%n%d",     "宽字符测试", "ＡＢＣ１２３", "e\xCC\x81o\xCC\x88",
    "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9",
    "\xE2\x80\xAE" "abc",       "\xE2\x80\x8B\xEF\xBB\xBF",    "10:30",       "+3",          ".",
    "clerk01",    "T000000012", "B02",         "C07",          "true",        "{}",
    "NULL",       "\\x00",      "1,2,3",       "1e999",        "on leave until Monday",
    "\xC2\x9B" "31m",           "\xC2\xA0",    "９",           "$(id)",       "../../etc/passwd",
};

static const char *const broken[] = {
    "\xFF\xFE", "\xE4\xB8", "\xC0\xAF", "\xED\xA0\x80", "\xF8\x88\x80\x80\x80", "\x80\x81",
    "\xF4\x90\x80\x80",
    "\033[", "\033[999;999;999H", "\033[<0;10;5M\033[<0;10;5m", "\033[M !!", "\033[?1;2c", "\033OX",
    "\033[1;99P", "\033[38;5;200~", "\033\033\033", "\033[12;40R",
};

static size_t put(char *bytes, size_t capacity, const char *text)
{
    size_t length = strlen(text);
    length = length < capacity ? length : capacity;
    memcpy(bytes, text, length);
    return length;
}

static size_t command(char *bytes, size_t capacity)
{
    char line[160];
    bool listed = !screen_count || monkey_random(4) == 0;
    const char *name = listed ? ONE(commands) : screens[monkey_random(screen_count)];
    const char *more = monkey_random(6) == 0 ? ONE(texts) : "";
    snprintf(line, sizeof line, "\007%s%s%s\r", name, *more ? " " : "", more);
    return put(bytes, capacity, line);
}

/* A text, several of them, or one that is longer than any field. */
static size_t paste(char *bytes, size_t capacity)
{
    size_t length = put(bytes, capacity, "\033[200~");
    unsigned parts = monkey_random(10) ? 1 + monkey_random(4) : 600;
    for (unsigned i = 0; i < parts && length + 64 < capacity; i++) {
        static const char *const between[] = {"",   " ",        "\n",       "\r\n",
                                              "\t", "\033[31m", "\001\002", "\a"};
        length += put(bytes + length, capacity - length,
                      monkey_random(8) ? ONE(texts) : broken[monkey_random(7)]);
        length += put(bytes + length, capacity - length, ONE(between));
    }
    return length + put(bytes + length, capacity - length, "\033[201~");
}

/* A form from field to field, then sent and confirmed; before it, mostly, the action that opens it. */
static size_t fill(char *bytes, size_t capacity)
{
    size_t length = 0;
    if (monkey_random(4))
        bytes[length++] = (char)('a' + monkey_random(26) - (monkey_random(2) ? 32 : 0));
    for (unsigned i = 1 + monkey_random(9); i; i--) {
        if (monkey_random(3))
            length += put(bytes + length, capacity - length, ONE(texts));
        else
            length += put(bytes + length, capacity - length, monkey_random(2) ? " " : "\033OS\r");
        length += put(bytes + length, capacity - length, "\t");
    }
    return length + put(bytes + length, capacity - length, monkey_random(3) ? "\033[21~y" : "\033[21~");
}

static size_t character(char *bytes)
{
    do
        bytes[0] = (char)(monkey_random(3) ? ' ' + monkey_random(95) : 'a' + monkey_random(26));
    while (bytes[0] == ':');
    return 1;
}

/* Ctrl-Q ends the program: that is tried elsewhere. */
static size_t control(char *bytes)
{
    do
        bytes[0] = (char)(1 + monkey_random(31));
    while (bytes[0] == 17);
    return 1;
}

size_t monkey_keys(char *bytes, size_t capacity)
{
    unsigned of = monkey_random(100);
    if (of < 12)
        return command(bytes, capacity);
    if (of < 16)
        return fill(bytes, capacity);
    if (of < 55)
        return put(bytes, capacity, ONE(moves));
    if (of < 80)
        return character(bytes);
    if (of < 90)
        return put(bytes, capacity, ONE(texts));
    if (of < 94)
        return control(bytes);
    if (of < 97)
        return put(bytes, capacity, ONE(broken));
    return paste(bytes, capacity);
}
