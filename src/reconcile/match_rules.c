#include "reconcile/match_rules.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/language.h"
#include "base/place.h"
#include "reconcile/match_store.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 20, MILLION = 1000000, DAYS_MOST = 400 };

/* Where a rule set is read from, for messages. */
struct reading {
    const char *name, *text;
    size_t length;
    struct error *error;
};

/* The members that a rule of a kind may have beside name, match, status, title and days. */
static const struct kind {
    const char *name, *members, *cardinality;
} kinds[MATCH_KINDS] = {
    [MATCH_REFERENCE] = {"reference", "writing ambiguity amount fee cardinality", "1:1"},
    [MATCH_REVERSAL] = {"reversal", "cardinality", "1:1"},
    [MATCH_TOTAL] = {"total", "cardinality parts", "1:n n:m"},
    [MATCH_SPLIT] = {"split", "cardinality parts", "1:n"},
    [MATCH_NARRATIVE] = {"narrative", "cardinality", "1:1"},
    [MATCH_TRUNCATED] = {"truncated", "cardinality block length", "1:1"},
    [MATCH_NEAR] = {"near", "cardinality block neighbours risk", "1:1"},
    [MATCH_PAYER] = {"payer", "cardinality block", "1:1"},
    [MATCH_AMOUNT] = {"amount", "cardinality block", "1:1"},
    [MATCH_SUBSET] = {"subset", "cardinality parts pool steps", "1:n"}};

/* Sets the error with the line of the value at the pointer, or of what should hold it. */
static bool refuse(const struct reading *reading, const char *pointer, const char *what)
{
    char *place = xstrdup(pointer), *where;
    int line = json_line(reading->text, reading->length, place);
    while (!line && strrchr(place, '/')) {
        *strrchr(place, '/') = '\0';
        line = json_line(reading->text, reading->length, place);
    }
    where = xasprintf("%s:%d: %s", reading->name, line ? line : 1, pointer[0] ? pointer : "/");
    error_set(reading->error, ERROR_INPUT, where,
              _("rules/rules.schema.json says what a rule set may hold."), "%s", what);
    free(where);
    free(place);
    return false;
}

static bool refuse_member(const struct reading *reading, const char *pointer, const char *member,
                          const char *what)
{
    char *place = xasprintf("%s/%s", pointer, member);
    refuse(reading, place, what);
    free(place);
    return false;
}

/* Whether `word` is one of the words of `list`, which blanks separate. */
static bool is_listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(list, word); length && at; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
            return true;
    return false;
}

static bool check_members(const struct reading *reading, const char *pointer, const cJSON *object,
                          const char *common, const char *own)
{
    if (!cJSON_IsObject(object))
        return refuse(reading, pointer, _("an object is expected"));
    for (const cJSON *at = object->child; at; at = at->next)
        if (!is_listed(common, at->string) && !is_listed(own, at->string))
            return refuse_member(reading, pointer, at->string,
                                 _("nothing of this name belongs here"));
    return true;
}

/* A whole number within limits; without the member *value stays. */
static bool read_count(const struct reading *reading, const char *pointer, const cJSON *object,
                       const char *member, double low, double high, uint64_t *value)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, member);
    char what[120];
    if (!number)
        return true;
    if (cJSON_IsNumber(number) && number->valuedouble >= low && number->valuedouble <= high &&
        number->valuedouble == (double)(int64_t)number->valuedouble) {
        *value = (uint64_t)number->valuedouble;
        return true;
    }
    snprintf(what, sizeof what, _("a whole number from %.0f to %.0f is expected"), low, high);
    return refuse_member(reading, pointer, member, what);
}

static bool read_small(const struct reading *reading, const char *pointer, const cJSON *object,
                       const char *member, double high, uint32_t *value)
{
    uint64_t wide = *value;
    if (!read_count(reading, pointer, object, member, 1, high, &wide))
        return false;
    *value = (uint32_t)wide;
    return true;
}

/* Digits with up to `places` decimals as a whole number of the last place, at most 10^15. */
static bool parse_decimal(const char *text, int places, int64_t *value)
{
    int64_t number = 0;
    int decimals = -1;
    if (!isdigit((unsigned char)*text))
        return false;
    for (; *text; text++) {
        if (*text == '.' && decimals < 0 && places && isdigit((unsigned char)text[1]))
            decimals = 0;
        else if (!isdigit((unsigned char)*text) || decimals == places || number > 100000000000000)
            return false;
        else if (number = number * 10 + (*text - '0'), decimals >= 0)
            decimals++;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < places; decimals++)
        number *= 10;
    *value = number;
    return true;
}

/* A decimal in a string: amounts and rates never are JSON numbers. */
static bool read_decimal(const struct reading *reading, const char *pointer, const cJSON *object,
                         const char *member, int places, int64_t most, int64_t *value)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(object, member);
    if (!text)
        return true;
    if (cJSON_IsString(text) && parse_decimal(text->valuestring, places, value) && *value <= most)
        return true;
    return refuse_member(reading, pointer, member,
                         places ? _("a percentage in a string is expected, such as \"0.38\"")
                                : _("minor units in a string are expected, such as \"100\""));
}

/* A percentage in millionths. */
static bool read_percent(const struct reading *reading, const char *pointer, const cJSON *object,
                         const char *member, int *value)
{
    int64_t wide = *value;
    if (!read_decimal(reading, pointer, object, member, 4, MILLION, &wide))
        return false;
    *value = (int)wide;
    return true;
}

/* A string out of a list; -1 when it is none of them. Without the member the first. */
static int read_choice(const struct reading *reading, const char *pointer, const cJSON *object,
                       const char *member, const char *const choices[])
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(object, member);
    char what[200];
    int length;
    if (!text)
        return 0;
    length = snprintf(what, sizeof what, "%s", _("expected is one of:"));
    for (int i = 0; choices[i]; i++) {
        if (cJSON_IsString(text) && !strcmp(text->valuestring, choices[i]))
            return i;
        length += snprintf(what + length, sizeof what - (size_t)length, " %s", choices[i]);
    }
    refuse_member(reading, pointer, member, what);
    return -1;
}

static bool is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return length && !name[length] && length <= MATCH_NAME;
}

static bool read_name(const struct reading *reading, const char *pointer, const cJSON *object,
                      char name[MATCH_NAME + 1])
{
    const char *text = json_string(object, "name", "");
    if (!is_name(text))
        return refuse_member(reading, pointer, "name",
                             _("a name of at most 32 of a-z, 0-9, _ and - is expected"));
    snprintf(name, MATCH_NAME + 1, "%s", text);
    return true;
}

static bool read_days(const struct reading *reading, const char *pointer, const cJSON *json,
                      struct match_rule *rule)
{
    const cJSON *days = cJSON_GetObjectItemCaseSensitive(json, "days");
    char *place = xasprintf("%s/days", pointer);
    uint64_t early = (uint64_t)rule->early, late = (uint64_t)rule->late;
    bool done = !days || (check_members(reading, place, days, "early late", "") &&
                          read_count(reading, place, days, "early", 0, DAYS_MOST, &early) &&
                          read_count(reading, place, days, "late", 0, DAYS_MOST, &late));
    rule->early = (int)early;
    rule->late = (int)late;
    free(place);
    return done;
}

static bool read_amount(const struct reading *reading, const char *pointer, const cJSON *json,
                        struct match_rule *rule)
{
    const cJSON *amount = cJSON_GetObjectItemCaseSensitive(json, "amount");
    char *place = xasprintf("%s/amount", pointer);
    rule->percent = MILLION;
    bool done = !amount || (check_members(reading, place, amount, "tolerance percent", "") &&
                            read_decimal(reading, place, amount, "tolerance", 0, INT64_MAX,
                                         &rule->tolerance) &&
                            read_percent(reading, place, amount, "percent", &rule->percent));
    if (done && amount && !cJSON_GetObjectItemCaseSensitive(amount, "tolerance"))
        rule->tolerance = INT64_MAX;
    free(place);
    return done;
}

static bool read_fee(const struct reading *reading, const char *pointer, const cJSON *json,
                     struct match_rule *rule)
{
    const cJSON *fee = cJSON_GetObjectItemCaseSensitive(json, "fee");
    struct match_fee *to = &rule->fee;
    char *place = xasprintf("%s/fee", pointer);
    to->most = INT64_MAX;
    bool done = !fee || (check_members(reading, place, fee, "low high fixed least most", "") &&
                         read_percent(reading, place, fee, "low", &to->low) &&
                         read_percent(reading, place, fee, "high", &to->high) &&
                         read_decimal(reading, place, fee, "fixed", 0, INT64_MAX, &to->fixed) &&
                         read_decimal(reading, place, fee, "least", 0, INT64_MAX, &to->least) &&
                         read_decimal(reading, place, fee, "most", 0, INT64_MAX, &to->most));
    to->given = fee != NULL;
    if (done && (to->low > to->high || to->least > to->most))
        done = refuse(reading, place, _("the lower limit is above the upper one"));
    if (done && fee && rule->tolerance)
        done = refuse(reading, place, _("a rule has a fee or a tolerance, not both"));
    free(place);
    return done;
}

static bool read_limits(const struct reading *reading, const char *pointer, const cJSON *json,
                        struct match_rule *rule)
{
    double parts = rule->kind == MATCH_SUBSET ? MATCH_SUBSET_PARTS : MATCH_PARTS;
    int neighbours = (int)rule->neighbours;
    if (!read_small(reading, pointer, json, "parts", parts, &rule->parts) ||
        !read_small(reading, pointer, json, "pool", 200, &rule->pool) ||
        !read_small(reading, pointer, json, "block", 100000, &rule->block) ||
        !read_small(reading, pointer, json, "length", 64, &rule->length) ||
        !read_count(reading, pointer, json, "steps", 1, 1e9, &rule->steps) ||
        !read_percent(reading, pointer, json, "neighbours", &neighbours) ||
        !read_small(reading, pointer, json, "risk", MILLION, &rule->risk))
        return false;
    rule->neighbours = (uint32_t)neighbours;
    return true;
}

static bool read_choices(const struct reading *reading, const char *pointer, const cJSON *json,
                         struct match_rule *rule)
{
    static const char *const statuses[] = {"suggest", "confirm", NULL};
    static const char *const writings[] = {"same", "any", NULL};
    static const char *const ambiguities[] = {"leave", "order", "date", NULL};
    const char *cardinality = json_string(json, "cardinality", "1:1");
    int status = read_choice(reading, pointer, json, "status", statuses);
    int writing = read_choice(reading, pointer, json, "writing", writings);
    int ambiguity = read_choice(reading, pointer, json, "ambiguity", ambiguities);
    if (status < 0 || writing < 0 || ambiguity < 0)
        return false;
    if (!cJSON_GetObjectItemCaseSensitive(json, "status"))
        return refuse_member(reading, pointer, "status", _("confirm or suggest is missing"));
    if (cJSON_GetObjectItemCaseSensitive(json, "cardinality") &&
        !is_listed(kinds[rule->kind].cardinality, cardinality))
        return refuse_member(reading, pointer, "cardinality",
                             _("rules of this kind have another cardinality"));
    rule->confirm = status == 1;
    rule->writing = (enum match_writing)writing;
    rule->ambiguity = (enum match_ambiguity)ambiguity;
    rule->many = !strcmp(cardinality, "n:m");
    return true;
}

/* What only a person may decide, whatever the rule set says. */
static bool check_status(const struct reading *reading, const char *pointer,
                         const struct match_rule *rule)
{
    if (rule->confirm && (rule->kind == MATCH_AMOUNT || rule->kind == MATCH_PAYER))
        return refuse_member(reading, pointer, "status",
                             _("without a reference a match can only be suggested"));
    if (rule->confirm && rule->kind == MATCH_SUBSET)
        return refuse_member(reading, pointer, "status",
                             _("a total without a reference can only be suggested"));
    if (rule->confirm && rule->ambiguity == MATCH_DATE)
        return refuse_member(reading, pointer, "status",
                             _("lines paired by date can only be suggested"));
    if (rule->ambiguity != MATCH_LEAVE &&
        (rule->fee.given || rule->tolerance || rule->writing == MATCH_ANY))
        return refuse_member(reading, pointer, "ambiguity",
                             _("only lines equal in writing and amount pair in order or by date"));
    return true;
}

static bool read_rule(const struct reading *reading, const char *pointer, const cJSON *json,
                      struct match_rule *rule)
{
    const char *match = json_string(json, "match", "");
    *rule = (struct match_rule){.early = 5,
                                .late = 10,
                                .parts = MATCH_PARTS,
                                .pool = 40,
                                .block = 4096,
                                .length = 12,
                                .steps = MILLION,
                                .neighbours = 1000,
                                .risk = 10};
    rule->kind = 0;
    while (rule->kind < MATCH_KINDS && strcmp(kinds[rule->kind].name, match))
        rule->kind++;
    if (!cJSON_IsObject(json))
        return refuse(reading, pointer, _("an object is expected"));
    if (rule->kind == MATCH_KINDS)
        return refuse_member(reading, pointer, "match", _("the program knows no such kind"));
    if (rule->kind == MATCH_SUBSET)
        rule->parts = 5;
    return check_members(reading, pointer, json, "name match status title days",
                         kinds[rule->kind].members) &&
           read_name(reading, pointer, json, rule->name) &&
           read_choices(reading, pointer, json, rule) && read_days(reading, pointer, json, rule) &&
           read_amount(reading, pointer, json, rule) && read_fee(reading, pointer, json, rule) &&
           read_limits(reading, pointer, json, rule) && check_status(reading, pointer, rule);
}

static bool read_list(const struct reading *reading, const cJSON *list, struct match_rules *rules)
{
    bool done = true;
    if (!cJSON_IsArray(list) || !list->child)
        return refuse(reading, "/rules", _("a list of at least one rule is expected"));
    for (const cJSON *at = list->child; done && at; at = at->next) {
        char *pointer = xasprintf("/rules/%zu", rules->count);
        struct match_rule *rule = &rules->list[rules->count];
        if (rules->count == MATCH_RULES_MOST)
            done = refuse(reading, pointer, _("there are more than 62 rules"));
        else
            done = read_rule(reading, pointer, at, rule);
        for (size_t i = 0; done && i < rules->count; i++)
            if (!strcmp(rules->list[i].name, rule->name))
                done = refuse_member(reading, pointer, "name", _("another rule has this name"));
        rules->count += done;
        free(pointer);
    }
    return done;
}

/* Upper case letters and digits only; longest first, so that the longest prefix is found. */
static bool read_words(const struct reading *reading, const cJSON *json, const char *member,
                       struct match_words *words)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, member);
    if (list && !cJSON_IsArray(list))
        return refuse_member(reading, "", member, _("a list of words is expected"));
    for (const cJSON *at = list ? list->child : NULL; at; at = at->next) {
        const char *word = cJSON_IsString(at) ? at->valuestring : "";
        size_t length = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), place = words->count;
        if (!length || word[length] || length > MATCH_WORD || words->count == MATCH_WORDS)
            return refuse_member(reading, "", member,
                                 _("at most 64 words of at most 16 of A-Z and 0-9 are expected"));
        for (; place && strlen(words->words[place - 1]) < length; place--)
            memcpy(words->words[place], words->words[place - 1], MATCH_WORD + 1);
        snprintf(words->words[place], MATCH_WORD + 1, "%s", word);
        words->count++;
    }
    return true;
}

/* Pairs of names: what one side writes and what the other does. */
static bool read_payers(const struct reading *reading, const cJSON *json,
                        struct match_payers *payers)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "payers");
    if (list && !cJSON_IsArray(list))
        return refuse_member(reading, "", "payers", _("a list of pairs of names is expected"));
    for (const cJSON *at = list ? list->child : NULL; at; at = at->next) {
        uint32_t names[2] = {0, 0};
        for (int i = 0; i < 2 && cJSON_GetArraySize(at) == 2; i++) {
            const char *name = cJSON_GetStringValue(cJSON_GetArrayItem(at, i));
            names[i] = name ? match_payer_name((struct slice){name, strlen(name)}) : 0;
        }
        if (!names[0] || !names[1])
            return refuse_member(reading, "", "payers", _("a list of pairs of names is expected"));
        ARRAY_RESERVE(payers->list, payers->count, payers->capacity);
        payers->list[payers->count++] = (struct match_payer){names[0], names[1]};
    }
    match_payers_sort(payers);
    return true;
}

static bool fill(const struct reading *reading, const cJSON *json, struct match_rules *rules)
{
    uint64_t version = 0;
    static const char members[] = "$schema name version title prefixes absent payers rules";
    if (!check_members(reading, "", json, members, "") ||
        !read_name(reading, "", json, rules->name) ||
        !read_count(reading, "", json, "version", 1, INT_MAX, &version))
        return false;
    if (!version)
        return refuse(reading, "/version", _("the version is missing"));
    rules->version = (int)version;
    return read_words(reading, json, "prefixes", &rules->prefixes) &&
           read_words(reading, json, "absent", &rules->absent) &&
           read_payers(reading, json, &rules->payers) &&
           read_list(reading, cJSON_GetObjectItemCaseSensitive(json, "rules"), rules);
}

struct match_rules *match_rules_parse(const char *name, const char *text, size_t length,
                                      struct error *error)
{
    const struct reading reading = {name, text, length, error};
    cJSON *json = json_parse(name, text, length, error);
    if (!json)
        return NULL;
    struct match_rules *rules = xcalloc(1, sizeof *rules);
    digest_sha256(text, length, rules->digest);
    bool done = fill(&reading, json, rules);
    cJSON_Delete(json);
    if (done)
        return rules;
    match_rules_free(rules);
    return NULL;
}

struct match_rules *match_rules_read(const char *path, struct error *error)
{
    struct match_rules *rules;
    size_t length;
    char *text;
    if (!file_read(path, FILE_LIMIT, &text, &length, error))
        return NULL;
    rules = match_rules_parse(path, text, length, error);
    free(text);
    return rules;
}

struct match_rules *match_rules_default(struct error *error)
{
    char *folder = place_share("rules"), *path = xasprintf("%s/default.json", folder);
    struct match_rules *rules = match_rules_read(path, error);
    free(path);
    free(folder);
    return rules;
}

void match_rules_free(struct match_rules *rules)
{
    if (rules)
        free(rules->payers.list);
    free(rules);
}
