#include "customer/conceal_part.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Han characters of a place before its number, of one after it; words before Street. */
enum { HAN = 3, LONGEST = 24, AFTER = 6, WORDS = 3, HOUSE_DIGITS = 5 };

static const char *const roads[] = {
    "路", "街", "道", "巷", "弄", "里", "村", "区", "园", "苑", "庄", "城", "府", "湾", "庭", "同", "镇", "乡",
    "场", "厦", "楼", "院", "号", "栋", "幢", "组", NULL};
static const char *const no_roads[] = {
    "这里", "那里", "哪里", "账号", "卡号", "单号", "工号", NULL};
static const char *const units[] = {
    "号院", "号楼", "号", "弄", "栋", "幢", "单元", "座", "组", "楼", "层", "室", "户", NULL};
static const char *const no_units[] = {
    "窗", "柜", "线", "机", NULL};
static const char *const stops[] = {
    "在", "住", "到", "址", "是", "我", "你", "他", "她", "往", "寄", "送", "的", "了", "给", NULL};
static const char *const regions[] = {
    "省", "市", "区", "县", "镇", "乡", "路", "街", NULL};

static size_t which(const char *const *words, const char *text, size_t length)
{
    for (; *words; words++)
        if (conceal_starts(text, length, *words))
            return strlen(*words);
    return 0;
}

size_t conceal_figures(const char *text, size_t length)
{
    static const char *const han[] = {
        "零", "〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", NULL};
    size_t at = 0, used;
    bool digit = false;
    while (at < length) {
        used = which(han, text + at, length - at);
        digit = digit || used || isdigit((unsigned char)text[at]);
        if (!used && !(at ? isalnum((unsigned char)text[at]) || text[at] == '-'
                          : isdigit((unsigned char)text[at])))
            break;
        at += used ? used : 1;
    }
    return digit ? at : 0;
}

/* 88号, 3号楼, 502室: bytes of a number and what it counts, 0 for none. */
static size_t house_at(const char *text, size_t length)
{
    size_t figures = conceal_figures(text, length);
    size_t blank = figures && figures < length && text[figures] == ' ';
    size_t unit = figures ? which(units, text + figures + blank, length - figures - blank) : 0;
    size_t end = figures + blank + unit;
    return unit && !which(no_units, text + end, length - end) ? end : 0;
}

/* Bytes of all that follows a house number and belongs to it: 阳光花园2栋 1单元 502室. */
static size_t rest_at(const char *text, size_t length)
{
    size_t at = 0;
    for (;;) {
        size_t next = at;
        for (int i = 0; i < AFTER && !house_at(text + next, length - next); i++) {
            bool blank = next < length && text[next] == ' ';
            if (!blank && !conceal_han(text + next, length - next))
                break;
            next += blank ? 1 : HAN;
        }
        size_t house = house_at(text + next, length - next);
        if (!house) {
            size_t figures = at || !length ? 0 : conceal_figures(text, length);
            return figures ? figures : at;
        }
        at = next + house;
    }
}

static bool ends_with(const struct buffer *out, size_t end, const char *const *words)
{
    for (; *words; words++) {
        size_t count = strlen(*words);
        if (count <= end && !memcmp(out->data + end - count, *words, count))
            return true;
    }
    return false;
}

/* Where the place begins that ends at the end of *out; its length when no street is there. */
static size_t street_start(const struct buffer *out)
{
    size_t end = out->length;
    while (end && out->data[end - 1] == ' ')
        end--;
    if (!ends_with(out, end, roads) || ends_with(out, end, no_roads))
        return out->length;
    for (int i = 0; i < LONGEST && end; i++) {
        bool blank = out->data[end - 1] == ' ';
        if (blank ? !ends_with(out, end - 1, regions)
                  : end < HAN || !conceal_han(out->data + end - HAN, HAN) || ends_with(out, end, stops))
            break;
        end -= blank ? 1 : HAN;
    }
    return end;
}

static bool word_end(const char *text, size_t length, size_t at)
{
    return at >= length || !isalnum((unsigned char)text[at]);
}

/* Bytes of the letters that stand here. */
static size_t word_at(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && (isalpha((unsigned char)text[at]) || strchr("'.", text[at])))
        at++;
    return at;
}

static bool is_word(const char *const *words, const char *text, size_t count)
{
    for (; *words; words++)
        if (strlen(*words) == count && !strncasecmp(*words, text, count))
            return true;
    return false;
}

/* 12 High Street, 221b baker street. */
static size_t street_at(const char *text, size_t length)
{
    static const char *const always[] = {
        "street", "road", "avenue", "lane", "boulevard", "crescent", "terrace", "rd", "ave",
        "blvd", "rd.", "ave.", "st.", NULL};
    static const char *const with_capital[] = {
        "Drive", "Close", "Court", "Way", "Place", "Square", "Gardens", "Grove", "Hill",
        "Walk", "Mews", "St", "Ln", "Dr", NULL};
    static const char *const no_names[] = {
        "the", "a", "on", "in", "of", "to", "for", "my", "at", "per", "by", "times", "days",
        "weeks", "months", "years", "hours", "minutes", "miles", "people", NULL};
    size_t at = 0;
    while (at < length && isdigit((unsigned char)text[at]))
        at++;
    if (!at || at > HOUSE_DIGITS)
        return 0;
    if (at < length && isalpha((unsigned char)text[at]) && word_end(text, length, at + 1))
        at++;
    for (int words = 0; words <= WORDS && at < length && text[at] == ' '; words++) {
        at++;
        size_t count = word_at(text + at, length - at);
        const char *word = text + at;
        if (!count || is_word(no_names, word, count))
            return 0;
        at += count;
        if (words && (is_word(always, word, count) ||
                      (isupper((unsigned char)*word) && is_word(with_capital, word, count))))
            return at;
    }
    return 0;
}

/* SW1A 1AA, as the post office of the United Kingdom writes it. */
static size_t postcode_at(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && at < 2 && isalpha((unsigned char)text[at]))
        at++;
    if (!at || at >= length || !isdigit((unsigned char)text[at]))
        return 0;
    at++;
    at += at + 3 < length && isalnum((unsigned char)text[at]) &&
          (text[at + 1] == ' ' || isdigit((unsigned char)text[at + 1]));
    at += at < length && text[at] == ' ';
    if (at + 3 > length || !isdigit((unsigned char)text[at]) || !word_end(text, length, at + 3))
        return 0;
    for (size_t i = at + 1; i < at + 3; i++)
        if (!isalpha((unsigned char)text[i]) || strchr("CIKMOV", toupper((unsigned char)text[i])))
            return 0;
    return at + 3;
}

size_t conceal_place(struct buffer *out, const char *text, size_t length, bool inside)
{
    size_t used = inside ? 0 : street_at(text, length);
    if (!used && !inside)
        used = postcode_at(text, length);
    if (!used && (used = house_at(text, length))) {
        size_t start = street_start(out);
        if (start == out->length)
            return 0;
        out->length = start;
        used += rest_at(text + used, length - used);
    }
    if (used)
        buffer_add(out, "[ADDRESS]");
    return used;
}
