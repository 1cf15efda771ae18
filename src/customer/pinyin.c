#include "customer/pinyin.h"

#include "base/alloc.h"
#include "base/icu.h"
#include "base/language.h"
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_SLOTS = 1 << 15, READING_BYTES = 24, LETTERS = 256 };

/* One cached reading: syllables separated by blanks. key = character, or for the first
 * position of a name its character with bit 62 set. */
struct reading {
    uint64_t key;
    char text[READING_BYTES];
};

struct pinyin {
    const struct icu *icu;
    UTransliterator *names;
    UTransliterator *plain;
    struct reading *cache;
    size_t used;
};

/* Words of company names that are not read character by character. */
static const struct {
    const char *word, *reading;
} words[] = {
    {"重庆", "chong qing"},  {"银行", "yin hang"},    {"长沙", "chang sha"}, {"长春", "chang chun"},
    {"长江", "chang jiang"}, {"长城", "chang cheng"}, {"厦门", "xia men"},   {"行业", "hang ye"},
    {"长安", "chang an"},    {"长兴", "chang xing"},  {"乐器", "yue qi"},    {"音乐", "yin yue"},
    {"会计", "kuai ji"},     {"调味", "tiao wei"},    {"朝阳", "chao yang"}, {"番禺", "pan yu"},
    {"蚌埠", "beng bu"},     {"六安", "lu an"},
};

/* Compound surnames, and single ones whose reading as a surname ICU 72 does not know. */
static const struct {
    const char *surname, *reading;
} surnames[] = {
    {"欧阳", "ou yang"},   {"上官", "shang guan"}, {"司马", "si ma"},   {"诸葛", "zhu ge"},
    {"皇甫", "huang fu"},  {"夏侯", "xia hou"},    {"令狐", "ling hu"}, {"慕容", "mu rong"},
    {"东方", "dong fang"}, {"宇文", "yu wen"},     {"司徒", "si tu"},   {"轩辕", "xuan yuan"},
    {"端木", "duan mu"},   {"公孙", "gong sun"},   {"呼延", "hu yan"},  {"南宫", "nan gong"},
    {"独孤", "du gu"},     {"西门", "xi men"},     {"闻人", "wen ren"}, {"钟离", "zhong li"},
    {"申屠", "shen tu"},   {"濮阳", "pu yang"},    {"淳于", "chun yu"}, {"尉迟", "yu chi"},
    {"万俟", "mo qi"},     {"长孙", "zhang sun"},  {"澹台", "tan tai"}, {"单于", "chan yu"},
    {"单", "shan"},        {"曾", "zeng"},         {"仇", "qiu"},       {"解", "xie"},
    {"查", "zha"},         {"盖", "ge"},           {"区", "ou"},        {"朴", "piao"},
    {"任", "ren"},         {"华", "hua"},          {"纪", "ji"},        {"乐", "yue"},
    {"覃", "qin"},         {"尹", "yin"},          {"缪", "miao"},      {"卜", "bu"},
    {"翟", "zhai"},        {"员", "yun"},          {"召", "shao"},      {"晟", "cheng"},
    {"逄", "pang"},        {"臧", "zang"},         {"隗", "wei"},       {"黑", "he"},
    {"折", "she"},         {"种", "chong"},        {"秘", "bi"},        {"冼", "xian"},
    {"洗", "xian"},        {"燕", "yan"},          {"葛", "ge"},        {"宁", "ning"},
    {"邢", "xing"},        {"牟", "mu"},           {"贾", "jia"},       {"褚", "chu"},
    {"佴", "nai"},         {"郗", "xi"},           {"那", "na"},        {"逯", "lu"},
};

/* Characters of real names that ICU 72 has no reading for. */
static const struct {
    uint32_t character;
    const char *reading;
} rare[] = {
    {0x20BB7, "ji"},
};

static const char *rare_reading(uint32_t character)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rare); i++)
        if (rare[i].character == character)
            return rare[i].reading;
    return NULL;
}

static UTransliterator *open_rules(const struct icu *icu, const char *id, UErrorCode *status)
{
    UChar wide[128];
    icu->u_uastrcpy(wide, id);
    return icu->utrans_openU(wide, -1, UTRANS_FORWARD, NULL, 0, NULL, status);
}

struct pinyin *pinyin_open(struct error *error)
{
    UErrorCode status = U_ZERO_ERROR;
    const struct icu *icu = icu_load(error);
    if (!icu)
        return NULL;
    struct pinyin *pinyin = xcalloc(1, sizeof *pinyin);
    pinyin->icu = icu;
    pinyin->names = open_rules(icu, "Han-Latin/Names; Latin-ASCII; Lower", &status);
    pinyin->plain = open_rules(icu, "Any-Latin; Latin-ASCII; Lower", &status);
    pinyin->cache = xcalloc(CACHE_SLOTS, sizeof *pinyin->cache);
    if (U_SUCCESS(status))
        return pinyin;
    error_set(error, ERROR_SYSTEM, "ICU", _("Install the ICU library with its data."),
              _("the rules for Chinese readings cannot be loaded (%s)"), icu->u_errorName(status));
    pinyin_close(pinyin);
    return NULL;
}

void pinyin_close(struct pinyin *pinyin)
{
    if (!pinyin)
        return;
    if (pinyin->names)
        pinyin->icu->utrans_close(pinyin->names);
    if (pinyin->plain)
        pinyin->icu->utrans_close(pinyin->plain);
    free(pinyin->cache);
    free(pinyin);
}

static void transliterate(const struct icu *icu, const UTransliterator *rules, const char *text,
                          size_t length, char reading[READING_BYTES])
{
    UErrorCode status = U_ZERO_ERROR;
    UChar wide[64];
    int32_t count = 0, bytes = 0;
    icu->u_strFromUTF8(wide, 32, &count, text, (int32_t)length, &status);
    int32_t limit = count;
    if (U_SUCCESS(status))
        icu->utrans_transUChars(rules, wide, &count, 64, 0, &limit, &status);
    if (U_SUCCESS(status))
        icu->u_strToUTF8(reading, READING_BYTES - 1, &bytes, wide, count, &status);
    reading[U_SUCCESS(status) ? bytes : 0] = '\0';
}

/* The cached reading of a key, made by `rules` when it is new. */
static const char *cached(struct pinyin *pinyin, uint64_t key, const UTransliterator *rules,
                          const char *text, size_t length)
{
    size_t slot = (size_t)(key * 0x9E3779B97F4A7C15u >> 40) % CACHE_SLOTS;
    while (pinyin->cache[slot].key && pinyin->cache[slot].key != key)
        slot = (slot + 1) % CACHE_SLOTS;
    struct reading *found = &pinyin->cache[slot];
    if (found->key)
        return found->text;
    if (pinyin->used > CACHE_SLOTS / 2) {
        memset(pinyin->cache, 0, CACHE_SLOTS * sizeof *pinyin->cache);
        pinyin->used = 0;
    }
    const char *known = rare_reading((uint32_t)key);
    if (known)
        snprintf(found->text, sizeof found->text, "%s", known);
    else
        transliterate(pinyin->icu, rules, text, length, found->text);
    found->key = key;
    pinyin->used++;
    return found->text;
}

/* Adds the letters and digits of a reading; the first of each syllable is an initial. */
static void add_reading(const char *reading, bool begins, struct buffer *full,
                        struct buffer *initials)
{
    bool first = begins;
    for (; *reading; reading++) {
        char c = *reading;
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter && first && full->length)
            buffer_add_char(full, ' ');
        if (letter)
            buffer_add_char(full, c);
        if (letter && first && initials)
            buffer_add_char(initials, c);
        first = letter ? false : c == ' ' || first;
    }
}

static size_t known_surname(const char *name, const char **reading)
{
    for (size_t i = 0; i < ARRAY_LENGTH(surnames); i++) {
        size_t length = strlen(surnames[i].surname);
        if (!strncmp(name, surnames[i].surname, length)) {
            *reading = surnames[i].reading;
            return length;
        }
    }
    return 0;
}

static size_t known_word(const char *text, const char **reading)
{
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (!strncmp(text, words[i].word, strlen(words[i].word))) {
            *reading = words[i].reading;
            return strlen(words[i].word);
        }
    return 0;
}

/* Latin words keep their letters; the first of each word is an initial. */
static size_t latin_word(struct pinyin *pinyin, const char *text, struct buffer *full,
                         struct buffer *initials)
{
    size_t length = strlen(text), at = 0, used;
    bool first = true;
    uint32_t c;
    for (; at < length; at += used) {
        used = text_decode(text + at, length - at, &c);
        if (c >= 0x2E80 || c == ' ' || c == 0xB7)
            break;
        size_t before = full->length;
        add_reading(cached(pinyin, c, pinyin->plain, text + at, used), first, full, initials);
        first = first && full->length == before;
    }
    return at;
}

static void read_from(struct pinyin *pinyin, const char *text, bool company, struct buffer *full,
                      struct buffer *initials)
{
    while (*text) {
        const char *reading;
        uint32_t c;
        size_t used = company ? known_word(text, &reading) : 0;
        if (!used) {
            used = text_decode(text, strlen(text), &c);
            if (c < 0x2E80 && c != ' ' && c != 0xB7) {
                text += latin_word(pinyin, text, full, initials);
                continue;
            }
            reading = c < 0x2E80 ? "" : cached(pinyin, c, pinyin->plain, text, used);
        }
        add_reading(reading, true, full, initials);
        text += used;
    }
}

/* The surname's reading; returns the bytes it takes. */
static size_t read_surname(struct pinyin *pinyin, const char *name, struct buffer *full,
                           struct buffer *initials)
{
    const char *reading;
    uint32_t c;
    size_t used = known_surname(name, &reading);
    if (!used) {
        used = text_decode(name, strlen(name), &c);
        if (c < 0x2E80)
            return 0;
        reading = cached(pinyin, (uint64_t)1 << 62 | c, pinyin->names, name, used);
    }
    add_reading(reading, true, full, initials);
    return used;
}

void pinyin_name(struct pinyin *pinyin, const char *name, struct buffer *full,
                 struct buffer *initials)
{
    if (*name)
        name += read_surname(pinyin, name, full, initials);
    read_from(pinyin, name, false, full, initials);
}

void pinyin_text(struct pinyin *pinyin, const char *text, struct buffer *full,
                 struct buffer *initials)
{
    read_from(pinyin, text, true, full, initials);
}
