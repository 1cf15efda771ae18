#include "customer/conceal_part.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { HAN = 3, WORDS = 3 };

/* Family names that most people in China have, and those of two characters. */
static const char families[] =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕"
    "丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃"
    "武戴莫孔向汤";
static const char *const double_families[] = {"欧阳", "上官", "司马", "诸葛", "司徒", "东方", "尉迟",
                                              "皇甫", "慕容", "令狐", "端木", "公孙", NULL};
/* What begins like a name and is none. */
static const char *const no_names[] = {"高级", "高端", "金额", "金融", "余额", "白金", "任何", "方便", "方面",
                                       "许多", "向我", "向客", "高管", "金卡", "白条", "程序", "万一", "于是", NULL};

/* What goes on after a name of two characters. */
static const char *const after_name[] = {"说", "的", "在", "是", "和", "让", "给", "把", "对", "不", NULL};

static size_t which(const char *const *words, const char *text, size_t length)
{
    for (; *words; words++)
        if (conceal_starts(text, length, *words))
            return strlen(*words);
    return 0;
}

/* Bytes of a family name that stands here. */
static size_t family_at(const char *text, size_t length)
{
    size_t both = which(double_families, text, length);
    if (both || length < HAN)
        return both;
    for (const char *at = families; *at; at += HAN)
        if (!memcmp(at, text, HAN))
            return HAN;
    return 0;
}

/* Bytes of up to `most` Han characters. */
static size_t han_bytes(const char *text, size_t length, int most)
{
    size_t at = 0;
    for (int i = 0; i < most && conceal_han(text + at, length - at); i++)
        at += HAN;
    return at;
}

static bool letter(char c)
{
    return isalpha((unsigned char)c);
}

/* Bytes of a name that is given, with whatever blanks; a name in Latin letters is a word of its own. */
static size_t same_name(const char *text, size_t length, const char *name)
{
    size_t at = 0, kept = 0;
    for (const char *next = name; *next; next++) {
        if (*next == ' ')
            continue;
        while (at && at < length && text[at] == ' ')
            at++;
        if (at >= length || tolower((unsigned char)text[at]) != tolower((unsigned char)*next))
            return 0;
        at++;
        kept++;
    }
    return kept < 2 || (letter(text[at - 1]) && at < length && letter(text[at])) ? 0 : at;
}

static size_t given_name_at(const char *text, size_t length, const char *const *names, bool inside)
{
    size_t longest = 0;
    for (; names && *names; names++) {
        size_t used = inside && letter(**names) ? 0 : same_name(text, length, *names);
        longest = used > longest ? used : longest;
    }
    return longest;
}

/* 王先生, 李小红女士, 张经理: bytes of the name before the title, 0 when none stands here. */
static size_t titled_name_at(const char *text, size_t length)
{
    static const char *const titles[] = {"先生", "女士", "小姐", "经理", "主任", "行长",
                                         "师傅", "老师", "阿姨", "大爷", NULL};
    size_t family = family_at(text, length);
    for (int more = 0; more <= 2 && family; more++) {
        size_t bytes = family + (size_t)more * HAN;
        if (han_bytes(text, length, (int)(bytes / HAN)) != bytes)
            return 0;
        size_t blank = bytes < length && text[bytes] == ' ';
        if (which(titles, text + bytes + blank, length - bytes - blank))
            return bytes;
    }
    return 0;
}

/* Words of Latin letters after a cue: capitalised ones, or with `any` those that do not go on with
 * the sentence; at least `least`. */
static size_t latin_name(const char *text, size_t length, bool any, int least)
{
    static const char *const others[] = {"and ", "but ", "i ",  "from ", "is ",   "on ", "of ",
                                         "the ", "my ",  "at ", "with ", "your ", "a ",  NULL};
    size_t at = 0, end = 0;
    int words = 0;
    for (; words < WORDS && at < length && letter(text[at]); words++) {
        if (any ? which(others, text + at, length - at) > 0 : !isupper((unsigned char)text[at]))
            break;
        while (at < length && (letter(text[at]) || strchr("'-", text[at])))
            at++;
        end = at;
        at += at < length && text[at] == ' ';
    }
    return words < least ? 0 : end;
}

/* A cue: what it says, whether the name is in Han characters, of any case, how many words at least,
 * whether a known family name must follow. */
struct cue {
    const char *text;
    bool han, any, family;
    int least;
};

static const struct cue cues[] = {
    {"我叫", true, false, false, 1},        {"我的名字是", true, false, false, 1},
    {"姓名是", true, false, false, 1},      {"姓名", true, false, false, 1},
    {"户名", true, false, false, 1},        {"联系人", true, false, true, 1},
    {"本人姓名", true, false, false, 1},    {"我是", true, false, true, 1},
    {"本人", true, false, true, 1},         {"柜员", true, false, true, 1},
    {"员工", true, false, true, 1},         {"客户经理", true, false, true, 1},
    {"my name is ", false, true, false, 1}, {"i am mr ", false, true, false, 1},
    {"i am ms ", false, true, false, 1},    {"mr. ", false, true, false, 1},
    {"mrs. ", false, true, false, 1},       {"ms. ", false, true, false, 1},
    {"dr. ", false, true, false, 1},        {"mr ", false, false, false, 1},
    {"mrs ", false, false, false, 1},       {"ms ", false, false, false, 1},
    {"miss ", false, false, false, 1},      {"name: ", false, true, false, 1},
    {"i am ", false, false, false, 2},      {"i'm ", false, false, false, 2},
    {"this is ", false, false, false, 2},   {"regards,", false, false, false, 1},
    {"sincerely,", false, false, false, 1}, {"faithfully,", false, false, false, 1},
};

/* Bytes of a name in Han characters: a family name and one or two more, without one just two. */
static size_t han_name(const char *text, size_t length, bool family_needed)
{
    size_t family = family_at(text, length);
    if ((!family && family_needed) || which(no_names, text, length))
        return 0;
    size_t bytes = han_bytes(text, length, family ? (int)(family / HAN) + 2 : 2);
    if (family && bytes == family + 2 * (size_t)HAN && which(after_name, text + bytes - HAN, HAN))
        bytes -= HAN;
    return bytes > family || !family_needed ? bytes : 0;
}

/* A cue and its name; returns the bytes dealt with, 0 when nothing is here. */
static size_t conceal_cue(struct buffer *out, const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof cues / sizeof *cues; i++) {
        const struct cue *cue = &cues[i];
        if (!conceal_starts(text, length, cue->text))
            continue;
        size_t before = strlen(cue->text);
        if (cue->han && conceal_starts(text + before, length - before, "："))
            before += strlen("：");
        while (before < length && strchr(cue->han ? ": " : " \r\n", text[before]))
            before++;
        size_t name = latin_name(text + before, length - before, cue->any, cue->least);
        if (cue->han && !name)
            name = han_name(text + before, length - before, cue->family);
        if (!name)
            continue;
        buffer_add_bytes(out, text, before);
        buffer_add(out, "[NAME]");
        return before + name;
    }
    return 0;
}

size_t conceal_name(struct buffer *out, const char *text, size_t length, const char *const *names,
                    bool inside)
{
    size_t used = given_name_at(text, length, names, inside);
    if (!used && !inside && (used = conceal_cue(out, text, length)))
        return used;
    if (!used)
        used = titled_name_at(text, length);
    if (used)
        buffer_add(out, "[NAME]");
    return used;
}
