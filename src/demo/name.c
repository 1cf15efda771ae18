#include "demo/name.h"

#include "base/text.h"
#include "demo/name-table.h"

#include <stdio.h>
#include <string.h>

const struct name_city name_cities[NAME_CITIES] = {
    {"上海",
     "Shanghai",
     310000,
     {"黄浦区", "徐汇区", "静安区", "浦东新区", "闵行区", "嘉定区"},
     {310101, 310104, 310106, 310115, 310112, 310114}},
    {"杭州",
     "Hangzhou",
     330100,
     {"上城区", "西湖区", "滨江区", "萧山区", "余杭区", "拱墅区"},
     {330102, 330106, 330108, 330109, 330110, 330105}},
    {"苏州",
     "Suzhou",
     320500,
     {"姑苏区", "虎丘区", "吴中区", "相城区", "吴江区", "昆山市"},
     {320508, 320505, 320506, 320507, 320509, 320583}},
    {"宁波",
     "Ningbo",
     330200,
     {"海曙区", "江北区", "北仑区", "镇海区", "鄞州区", "慈溪市"},
     {330203, 330205, 330206, 330211, 330212, 330282}},
};

int name_region(int index)
{
    static const int regions[] = {
        310101, 310104, 310115, 310112, 330102, 330106, 330109, 330203, 330212, 330282, 330302,
        330402, 330502, 330602, 330702, 331002, 320102, 320106, 320202, 320311, 320402, 320505,
        320508, 320583, 320602, 320703, 320802, 320902, 321002, 321102, 321202, 340102, 340202,
        340803, 341103, 341202, 341502, 341802, 350102, 350203, 350502, 360102, 360402, 360702,
        361102, 370102, 370202, 370602, 371302, 371702, 410102, 410302, 411302, 411402, 411602,
        420102, 420502, 420902, 421002, 421102, 430102, 430402, 430602, 440103, 440305, 440604,
        450102, 500103, 500112, 510104, 510703, 511302, 520102, 530102, 610102, 620102, 230102,
        220102, 210102, 150102, 140105, 130102, 110101, 110105, 120101, 650102};
    _Static_assert(sizeof regions / sizeof *regions == NAME_REGIONS, "one code for each index");
    return regions[index];
}

static size_t count_list(const char *const *list)
{
    size_t count = 0;
    while (list[count])
        count++;
    return count;
}

static const char *pick(struct random *random, const char *const *list)
{
    return list[random_below(random, (uint32_t)count_list(list))];
}

const char *name_surname(struct random *random)
{
    static int total;
    int sum = total;
    if (!sum) {
        for (const struct name_weight *each = name_surnames; each->text; each++)
            sum += each->weight;
        total = sum;
    }
    int at = (int)random_below(random, (uint32_t)sum);
    const struct name_weight *each = name_surnames;
    while (at >= each->weight)
        at -= each++->weight;
    return each->text;
}

/* Appends the index-th character of a UTF-8 text. */
static void add_character(char *name, const char *text, size_t index)
{
    size_t length = strlen(text), at = 0, used = 0;
    uint32_t c;
    for (size_t i = 0; i <= index && at + used < length; i++) {
        at += used;
        used = text_decode(text + at, length - at, &c);
    }
    strncat(name, text + at, used);
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += (*text & 0xC0) != 0x80;
    return count;
}

static void add_any(struct random *random, char *name, const char *pool)
{
    add_character(name, pool, random_ranked(random, characters(pool)));
}

/* Appends one of the blank-separated words. */
static void add_word(struct random *random, char *name, const char *words)
{
    size_t count = 1;
    for (const char *at = words; *at; at++)
        count += *at == ' ';
    size_t index = random_ranked(random, count);
    while (index--)
        words = strchr(words, ' ') + 1;
    strncat(name, words, strcspn(words, " "));
}

void name_with_surname(struct random *random, const char *surname, int year, bool male,
                       char name[NAME_BYTES])
{
    const struct name_fashion *fashion = male ? name_men : name_women;
    while (year > fashion->until)
        fashion++;
    snprintf(name, NAME_BYTES, "%s", surname);
    if (random_chance(random, 60)) {
        if (random_chance(random, 5000))
            add_any(random, name, fashion->first);
        strcat(name, pick(random, name_rare));
    } else if (random_below(random, 100) < 22) {
        add_word(random, name, fashion->popular);
    } else {
        if ((int)random_below(random, 100) >= fashion->single)
            add_any(random, name, fashion->first);
        add_any(random, name, fashion->second);
    }
}

void name_person(struct random *random, int year, bool male, char name[NAME_BYTES])
{
    if (random_chance(random, 70)) {
        const char *const *given = male ? name_latin_men : name_latin_women;
        const char *surname = pick(random, name_latin_surnames);
        snprintf(name, NAME_BYTES, "%s %s", pick(random, given), surname);
    } else if (random_chance(random, 60)) {
        const char *const *given = male ? name_dotted_men : name_dotted_women;
        const char *father = pick(random, name_dotted_men);
        snprintf(name, NAME_BYTES, "%s·%s", pick(random, given), father);
    } else {
        name_with_surname(random, name_surname(random), year, male, name);
    }
}

bool name_is_latin(const char *name)
{
    return (unsigned char)*name < 0xE0;
}

static size_t count_words(const struct name_word *list)
{
    size_t count = 0;
    while (list[count].chinese)
        count++;
    return count;
}

/* Reading of a character of name_brands, in the same order. */
static const char *const brand_readings[] = {
    "xin",  "hong", "heng", "rui",   "hua",  "sheng", "tong", "da",    "tai",   "feng",   "yuan",
    "xing", "long", "jia",  "cheng", "xin",  "de",    "lian", "he",    "zhong", "chuang", "bo",
    "yuan", "an",   "kang", "zheng", "da",   "xin",   "ya",   "zhong", "tian",  "jin",    "yi",
    "hai",  "run",  "jia",  "mei",   "shun", "he",    "wan",  "li",    "bai",   "hui",    "qi",
    "ming", "dong", "fang", "yong",  "gu",   "kai",   "xuan", "zhuo",  "yue",   "jin",    "cheng",
    "teng", "fei",  "xing", "chen",  "hao",  "lang"};

const char *name_company(struct random *random, int city, char chinese[NAME_BYTES],
                         char english[NAME_BYTES])
{
    const struct name_word *trade = &name_trades[random_ranked(random, count_words(name_trades))];
    const struct name_word *form =
        &name_forms[random_below(random, (uint32_t)count_words(name_forms))];
    char brand[16] = "", reading[32] = "";
    size_t syllables = random_chance(random, 3500) ? 3 : 2;
    size_t pool = sizeof brand_readings / sizeof *brand_readings;
    for (size_t i = 0, last = pool; i < syllables; i++) {
        size_t index = random_below(random, (uint32_t)pool);
        if (index == last)
            index = (index + 1) % pool;
        last = index;
        add_character(brand, name_brands, index);
        strcat(reading, brand_readings[index]);
    }
    reading[0] = (char)(reading[0] - 'a' + 'A');
    const struct name_city *place = &name_cities[city];
    snprintf(chinese, NAME_BYTES, random_chance(random, 3000) ? "%s市%s%s%s" : "%s%s%s%s",
             place->chinese, brand, trade->chinese, form->chinese);
    snprintf(english, NAME_BYTES, "%s %s %s %s", place->english, reading, trade->english,
             form->english);
    return trade->industry;
}

void name_address(struct random *random, int city, char address[NAME_BYTES])
{
    const struct name_city *place = &name_cities[city];
    const char *district = place->districts[random_below(random, 6)];
    const char *street = pick(random, name_streets);
    int floor = (int)random_between(random, 1, 28);
    int room = floor * 100 + (int)random_between(random, 1, 8);
    int house = (int)random_between(random, 1, 40);
    snprintf(address, NAME_BYTES, "%s市%s%s%d号%d幢%d室", place->chinese, district, street,
             (int)random_between(random, 1, 880), house, room);
}
