#include "customer/conceal.h"

#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { DIGITS = 40 };

/* A run of digits as it stands in the text. */
struct run {
    char digits[DIGITS + 1];
    size_t count, bytes;
    bool plus, ends_x;
};

/* The digit that a character is, -1 for none; full-width ones too. */
static int digit_at(const char *text, size_t length, size_t *used)
{
    uint32_t c;
    *used = text_decode(text, length, &c);
    return c >= '0' && c <= '9' ? (int)c - '0' : c >= 0xFF10 && c <= 0xFF19 ? (int)c - 0xFF10 : -1;
}

/* Digits from here on, with at most one blank, hyphen, dot or bracket between two of them. */
static struct run read_run(const char *text, size_t length)
{
    struct run run = {.plus = length && *text == '+'};
    size_t at = run.plus, used;
    for (int digit; at < length && (digit = digit_at(text + at, length - at, &used)) >= 0;) {
        if (run.count < DIGITS)
            run.digits[run.count++] = (char)('0' + digit);
        run.bytes = at += used;
        size_t next;
        if (at + 1 < length && strchr(" -.()", text[at]) &&
            digit_at(text + at + 1, length - at - 1, &next) >= 0)
            at++;
    }
    if (run.count == 17 && run.bytes < length && (text[run.bytes] | 32) == 'x') {
        run.ends_x = true;
        run.bytes++;
    }
    return run;
}

static const char *name_run(const struct run *run)
{
    const char *d = run->digits;
    if (run->ends_x || (run->count == 18 && strchr("123456", d[0]) &&
                        (!strncmp(d + 6, "19", 2) || !strncmp(d + 6, "20", 2))))
        return "[ID]";
    if (run->plus && run->count >= 8)
        return "[PHONE]";
    if (run->count == 11 && d[0] == '1' && d[1] >= '3')
        return "[PHONE]";
    if ((run->count == 13 && !strncmp(d, "861", 3)) ||
        (d[0] == '0' && run->count >= 10 && run->count <= 12) ||
        (run->count == 10 && !strncmp(d, "400", 3)))
        return "[PHONE]";
    if (run->count == 15 && strchr("123456", d[0]))
        return "[ID]";
    if (run->count >= 12)
        return "[CARD]";
    return run->count >= 6 ? "[NUMBER]" : NULL;
}

static bool word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Bytes of a mail address that stands here, 0 for none. */
static size_t mail_at(const char *text, size_t length)
{
    size_t at = 0, dots = 0;
    while (at < length && (word_byte(text[at]) || strchr(".+-%", text[at])))
        at++;
    if (!at || at >= length || text[at] != '@')
        return 0;
    size_t start = ++at;
    while (at < length && (word_byte(text[at]) || text[at] == '-' || text[at] == '.'))
        dots += text[at++] == '.';
    while (at > start && text[at - 1] == '.')
        at--, dots--;
    return at > start + 2 && dots ? at : 0;
}

/* A passport or permit: one or two letters and 7 to 9 digits. */
static size_t passport_at(const char *text, size_t length)
{
    size_t letters = 0, digits = 0;
    while (letters < length && letters < 3 && isalpha((unsigned char)text[letters]))
        letters++;
    while (letters + digits < length && isdigit((unsigned char)text[letters + digits]))
        digits++;
    return letters >= 1 && letters <= 2 && digits >= 7 && digits <= 9 ? letters + digits : 0;
}

static size_t given_name_at(const char *text, size_t length, const char *const *names)
{
    for (; names && *names; names++) {
        size_t count = strlen(*names);
        if (count > 1 && count <= length && !strncasecmp(text, *names, count))
            return count;
    }
    return 0;
}

/* Family names that most people in China have. */
static const char families[] =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕"
    "丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃"
    "武戴莫孔向汤";

static bool is_family(const char *character, size_t used)
{
    for (const char *at = families; *at; at += 3)
        if (used == 3 && !strncmp(at, character, 3))
            return true;
    return false;
}

static bool starts(const char *text, size_t length, const char *word)
{
    return strlen(word) <= length && !strncasecmp(text, word, strlen(word));
}

/* Bytes of up to `most` Han characters. */
static size_t han_bytes(const char *text, size_t length, int most)
{
    size_t at = 0, used;
    uint32_t c;
    for (int i = 0; i < most && at < length; i++, at += used) {
        used = text_decode(text + at, length - at, &c);
        if (c < 0x4E00 || c > 0x9FFF)
            break;
    }
    return at;
}

/* 王先生, 李小红女士, 张经理: bytes of the name before the title, 0 when none stands here. */
static size_t titled_name_at(const char *text, size_t length)
{
    static const char *const titles[] = {"先生", "女士", "小姐", "经理", "主任", "行长",
                                         "师傅", "老师", "阿姨", "大爷", NULL};
    uint32_t c;
    if (!length || !is_family(text, text_decode(text, length, &c)))
        return 0;
    for (int more = 0; more <= 2; more++) {
        size_t bytes = han_bytes(text, length, 1 + more);
        for (int i = 0; titles[i] && bytes == 3u * (unsigned)(1 + more); i++)
            if (starts(text + bytes, length - bytes, titles[i]))
                return bytes;
    }
    return 0;
}

/* Capitalised words after a cue. */
static size_t latin_name(const char *text, size_t length)
{
    size_t at = 0, end = 0;
    for (int words = 0; words < 3 && at < length && isupper((unsigned char)text[at]); words++) {
        while (at < length && (isalpha((unsigned char)text[at]) || strchr("'-", text[at])))
            at++;
        end = at;
        at += at < length && text[at] == ' ';
    }
    return end;
}

/* Bytes of a cue for a name that stands here, 0 for none; the name follows it. */
static size_t cue_at(const char *text, size_t length, bool *han)
{
    static const char *const chinese[] = {"我叫",   "我的名字是", "姓名：", "姓名:", "姓名是",
                                          "户名：", "户名:",      "联系人：", "本人姓名", NULL};
    static const char *const english[] = {"my name is ", "i am mr ", "i am ms ", "mr. ", "mrs. ",
                                          "ms. ",        "dr. ",     "mr ",      "mrs ", "ms ",
                                          "miss ",       "name: ",   NULL};
    *han = true;
    for (int i = 0; chinese[i]; i++)
        if (starts(text, length, chinese[i]))
            return strlen(chinese[i]);
    *han = false;
    for (int i = 0; english[i]; i++)
        if (starts(text, length, english[i]))
            return strlen(english[i]);
    return 0;
}

/* A cue and its name; returns the bytes dealt with, 0 when nothing is here. */
static size_t conceal_cue(struct buffer *out, const char *text, size_t length)
{
    bool han;
    size_t cue = cue_at(text, length, &han);
    if (!cue)
        return 0;
    size_t name = latin_name(text + cue, length - cue);
    uint32_t c;
    if (han && !name && cue < length) {
        size_t used = text_decode(text + cue, length - cue, &c);
        name = han_bytes(text + cue, length - cue, is_family(text + cue, used) ? 3 : 2);
    }
    if (!name)
        return 0;
    buffer_add_bytes(out, text, cue);
    buffer_add(out, "[NAME]");
    return cue + name;
}

/* What stands at the beginning of a word of letters and digits. */
static size_t conceal_word(struct buffer *out, const char *text, size_t length)
{
    size_t used = mail_at(text, length);
    const char *name = "[EMAIL]";
    if (!used) {
        used = passport_at(text, length);
        name = "[ID]";
    }
    if (used)
        buffer_add(out, name);
    return used ? used : conceal_cue(out, text, length);
}

void conceal(struct buffer *out, const char *text, size_t length, const char *const *names)
{
    bool inside = false; /* a word of ASCII letters or digits */
    for (size_t at = 0, used; at < length; at += used) {
        const char *here = text + at;
        size_t left = length - at;
        if ((used = given_name_at(here, left, names)) || (used = titled_name_at(here, left))) {
            buffer_add(out, "[NAME]");
            inside = false;
            continue;
        }
        if (!inside && (used = conceal_word(out, here, left)))
            continue;
        struct run run = read_run(here, left);
        const char *name = run.count ? name_run(&run) : NULL;
        uint32_t c;
        used = name || run.count ? run.bytes : text_decode(here, left, &c);
        if (name)
            buffer_add(out, name);
        else
            buffer_add_bytes(out, here, used);
        inside = word_byte(here[used - 1]);
    }
}
