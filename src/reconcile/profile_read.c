#include "reconcile/profile.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/language.h"
#include "reconcile/profile_json.h"

#include <stdlib.h>
#include <string.h>

static const char *const role_names[COLUMN_ROLES] = {
    "source_id", "value_date", "book_date", "account", "currency", "direction", "amount",
    "income", "expense", "reference", "bank_reference", "counterparty", "narrative", "kind",
    "balance", "fee", "net"};

static const char profile_members[] =
    "$schema name version format title help encoding separator quotes field_mark decimal_mark "
    "date_format negate trim empty short_rows tell_unused columns extra balances footer "
    "footer_required file_names lengths "
    "recognise labels rows totals checks";

struct reading {
    struct profile_json json;
    struct profile *profile;
};

static int find_column(const struct profile *profile, const char *key)
{
    for (int i = 0; i < profile->column_count; i++)
        if (profile->columns[i].key && !strcmp(profile->columns[i].key, key))
            return i;
    return -1;
}

static bool read_values(struct reading *r, const cJSON *values, struct profile_column *column)
{
    int count = 0;
    if (!values)
        return true;
    size_t mark = profile_json_enter(&r->json, "values");
    if (!cJSON_IsObject(values))
        return profile_json_refuse(&r->json, _("an object {…} is expected"));
    for (const cJSON *at = values->child; at; at = at->next) {
        if (!cJSON_IsString(at) || count == PROFILE_VALUES)
            return profile_json_refuse(&r->json, _("at most %d texts, each with its meaning, are "
                                                   "expected"), PROFILE_VALUES);
        column->from[count] = xstrdup(at->string);
        column->to[count++] = xstrdup(at->valuestring);
    }
    profile_json_leave(&r->json, mark);
    return true;
}

static bool read_place(struct reading *r, const cJSON *value, struct profile_column *column)
{
    bool fixed = r->profile->layout == LAYOUT_FIXED;
    column->at = -1;
    if (!profile_json_number(&r->json, value, "at", 0, 65535, &column->at) ||
        !profile_json_number(&r->json, value, "length", 1, 4096, &column->length))
        return false;
    if (fixed && !column->fixed && (column->at < 0 || !column->length))
        return profile_json_refuse(&r->json, _("at and length are missing"));
    if (!fixed && (column->at >= 0 || column->length))
        return profile_json_refuse(&r->json, _("at and length belong to format \"fixed\""));
    if (!fixed && !column->fixed && !column->names[0])
        return profile_json_refuse(&r->json, _("name or value is missing"));
    column->required |= fixed;
    return true;
}

static bool read_column(struct reading *r, const cJSON *value, int place, const char *members)
{
    static const char *const units[] = {"decimal", "minor", NULL};
    struct profile_column *column = &r->profile->columns[place];
    int unit = 0;
    column->key = xstrdup(value->string);
    size_t mark = profile_json_enter(&r->json, value->string);
    if (!profile_json_members(&r->json, value, members) ||
        !profile_json_texts(&r->json, value, "name", column->names, PROFILE_NAMES) ||
        !profile_json_text(&r->json, value, "value", &column->fixed) ||
        !profile_json_flag(&r->json, value, "required", &column->required) ||
        !profile_json_flag(&r->json, value, "optional", &column->optional) ||
        !profile_json_flag(&r->json, value, "negative", &column->negative) ||
        !profile_json_choice(&r->json, value, "unit", units, &unit) ||
        !read_values(r, json_member(value, "values"), column) || !read_place(r, value, column))
        return false;
    column->minor_units = unit == 1;
    if (place == COLUMN_DIRECTION) {
        if (!profile_json_texts(&r->json, value, "credit", r->profile->credit, PROFILE_NAMES) ||
            !profile_json_texts(&r->json, value, "debit", r->profile->debit, PROFILE_NAMES))
            return false;
        if (!r->profile->credit[0] || !r->profile->debit[0])
            return profile_json_refuse(&r->json, _("credit and debit must list the values"));
    }
    profile_json_leave(&r->json, mark);
    return true;
}

static bool read_roles(struct reading *r, const cJSON *columns)
{
    size_t mark = profile_json_enter(&r->json, "columns");
    if (!columns && r->profile->layout == LAYOUT_SUMMARY)
        return profile_json_leave(&r->json, mark), true;
    if (!columns)
        return profile_json_refuse(&r->json, _("the profile names no columns"));
    if (!profile_json_members(&r->json, columns,
                              "source_id value_date book_date account currency direction amount "
                              "income expense reference bank_reference counterparty narrative "
                              "kind balance fee net"))
        return false;
    for (const cJSON *at = columns->child; at; at = at->next) {
        int role = 0;
        while (strcmp(role_names[role], at->string))
            role++;
        if (!read_column(r, at, role,
                         role == COLUMN_DIRECTION
                             ? "name value required values at length credit debit"
                         : role == COLUMN_AMOUNT || role == COLUMN_INCOME ||
                                 role == COLUMN_EXPENSE || role >= COLUMN_BALANCE
                             ? "name value required values at length unit optional negative"
                             : "name value required values at length"))
            return false;
    }
    profile_json_leave(&r->json, mark);
    return true;
}

static bool read_extras(struct reading *r, const cJSON *extras)
{
    size_t mark = profile_json_enter(&r->json, "extra");
    if (extras && !cJSON_IsObject(extras))
        return profile_json_refuse(&r->json, _("an object {…} is expected"));
    for (const cJSON *at = extras ? extras->child : NULL; at; at = at->next) {
        if (r->profile->column_count == PROFILE_COLUMNS)
            return profile_json_refuse(&r->json, _("more than %d columns"), PROFILE_EXTRAS);
        if (find_column(r->profile, at->string) >= 0)
            return profile_json_refuse(&r->json, _("a column of this name stands in columns: %s"),
                                       at->string);
        if (!read_column(r, at, r->profile->column_count++,
                         "name value required values at length unit"))
            return false;
    }
    profile_json_leave(&r->json, mark);
    return true;
}

/* Column of this key; refuses an unknown one. */
static bool read_key(struct reading *r, const char *key, int *column)
{
    *column = find_column(r->profile, key);
    return *column >= 0 ||
           profile_json_refuse(&r->json, _("no column of columns or extra is called %s"), key);
}

static bool read_when(struct reading *r, const cJSON *parent, struct profile_when *when)
{
    const cJSON *object = json_member(parent, "when");
    if (!object)
        return true;
    size_t mark = profile_json_enter(&r->json, "when");
    if (!cJSON_IsObject(object))
        return profile_json_refuse(&r->json, _("an object {…} is expected"));
    for (const cJSON *at = object->child; at; at = at->next) {
        if (when->count == PROFILE_TESTS)
            return profile_json_refuse(&r->json, _("more than %d conditions"), PROFILE_TESTS);
        struct profile_test *test = &when->tests[when->count++];
        if (!read_key(r, at->string, &test->column) ||
            !profile_json_texts(&r->json, object, at->string, test->values, PROFILE_VALUES))
            return false;
    }
    profile_json_leave(&r->json, mark);
    return true;
}

static bool read_rule(struct reading *r, const cJSON *value)
{
    static const char *const takes[] = {"signed", "income", "expense", "neutral", "skip", NULL};
    struct profile_rule *rule = &r->profile->rules[r->profile->rule_count++];
    char *reference = NULL;
    int take = 0;
    rule->reference = -1;
    bool done = profile_json_members(&r->json, value, "when take reference") &&
                read_when(r, value, &rule->when) &&
                profile_json_choice(&r->json, value, "take", takes, &take) &&
                profile_json_text(&r->json, value, "reference", &reference) &&
                (!reference || read_key(r, reference, &rule->reference));
    free(reference);
    rule->take = (enum profile_take)take;
    if (done && !json_member(value, "take"))
        return profile_json_refuse(&r->json, _("take is missing"));
    return done;
}

static void total_kinds(struct profile_total *total, int as)
{
    static const enum control_kind kinds[][2] = {{CONTROL_COUNT, CONTROL_SUM},
                                                 {CONTROL_CREDIT_COUNT, CONTROL_CREDIT_SUM},
                                                 {CONTROL_DEBIT_COUNT, CONTROL_DEBIT_SUM},
                                                 {CONTROL_COUNT, CONTROL_NET},
                                                 {CONTROL_COUNT, CONTROL_FEE}};
    total->count_kind = kinds[as][0];
    total->sum_kind = kinds[as][1];
    total->is_signed = as >= 3;
}

static bool read_total(struct reading *r, const cJSON *value)
{
    static const char *const kinds[] = {"all", "credit", "debit", "net", "fee", NULL};
    struct profile_total *total = &r->profile->totals[r->profile->total_count++];
    char *column = NULL;
    int as = 0;
    total->column = -1;
    bool done = profile_json_members(&r->json, value, "line count sum when column as") &&
                profile_json_text(&r->json, value, "line", &total->pattern) &&
                profile_json_text(&r->json, value, "count", &total->count_name) &&
                profile_json_text(&r->json, value, "sum", &total->sum_name) &&
                read_when(r, value, &total->when) &&
                profile_json_choice(&r->json, value, "as", kinds, &as) &&
                profile_json_text(&r->json, value, "column", &column) &&
                (!column || read_key(r, column, &total->column));
    free(column);
    total_kinds(total, as);
    if (done && !total->pattern == !(total->count_name || total->sum_name))
        return profile_json_refuse(&r->json, _("either line, or count and sum, is expected"));
    return done;
}

static bool read_check(struct reading *r, const cJSON *value)
{
    struct profile_check *check = &r->profile->checks[r->profile->check_count++];
    char *equals = NULL, *terms[PROFILE_TERMS] = {NULL};
    bool done = profile_json_members(&r->json, value, "label sum equals") &&
                profile_json_text(&r->json, value, "label", &check->label) &&
                profile_json_texts(&r->json, value, "sum", terms, PROFILE_TERMS) &&
                profile_json_text(&r->json, value, "equals", &equals);
    if (done && (!check->label || !terms[0] || !equals))
        done = profile_json_refuse(&r->json, _("label, sum and equals are expected"));
    for (int i = 0; done && i < PROFILE_TERMS && terms[i]; i++)
        done = read_key(r, terms[i], &check->terms[check->count++]);
    done = done && read_key(r, equals, &check->equals);
    for (int i = 0; i < PROFILE_TERMS; i++)
        free(terms[i]);
    free(equals);
    return done;
}

/* The elements of an optional list, each read by `one`. */
static bool read_list(struct reading *r, const char *name, int room,
                      bool (*one)(struct reading *r, const cJSON *value))
{
    const cJSON *list = json_member(r->json.root, name);
    int index = 0;
    if (!list)
        return true;
    size_t mark = profile_json_enter(&r->json, name);
    if (!cJSON_IsArray(list))
        return profile_json_refuse(&r->json, _("a list […] is expected"));
    for (const cJSON *at = list->child; at; at = at->next, index++) {
        size_t inner = profile_json_enter_index(&r->json, index);
        if (index == room)
            return profile_json_refuse(&r->json, _("more than %d elements"), room);
        if (!one(r, at))
            return false;
        profile_json_leave(&r->json, inner);
    }
    profile_json_leave(&r->json, mark);
    return true;
}

static bool read_both(struct reading *r, const char *name, char *texts[2])
{
    const cJSON *object = json_member(r->json.root, name);
    if (!object)
        return true;
    size_t mark = profile_json_enter(&r->json, name);
    if (!profile_json_members(&r->json, object, "en zh") ||
        !profile_json_text(&r->json, object, "en", &texts[0]) ||
        !profile_json_text(&r->json, object, "zh", &texts[1]))
        return false;
    profile_json_leave(&r->json, mark);
    return true;
}

static bool read_character(struct reading *r, const char *name, char *character)
{
    char *text = NULL;
    if (!profile_json_text(&r->json, r->json.root, name, &text))
        return false;
    bool good = !text || (!text[1] && (unsigned char)text[0] < 0x80 && text[0] != '"' &&
                          text[0] != '\n' && text[0] != '\r');
    if (text && good)
        *character = text[0];
    free(text);
    if (good)
        return true;
    profile_json_enter(&r->json, name);
    return profile_json_refuse(&r->json, _("a single ASCII character is expected"));
}

static bool read_separators(struct reading *r)
{
    char *text = NULL;
    if (!profile_json_text(&r->json, r->json.root, "separator", &text))
        return false;
    bool good = !text || (*text && strlen(text) <= PROFILE_SEPARATORS);
    for (const char *at = text; good && at && *at; at++)
        good = (unsigned char)*at < 0x80 && !strchr("\"\r\n", *at);
    if (text && good)
        strcpy(r->profile->separators, text);
    free(text);
    if (good)
        return true;
    profile_json_enter(&r->json, "separator");
    return profile_json_refuse(&r->json, _("one to four ASCII characters are expected"));
}

static bool read_encoding(struct reading *r)
{
    char *name = NULL;
    if (!profile_json_text(&r->json, r->json.root, "encoding", &name))
        return false;
    r->profile->has_encoding = name != NULL;
    bool good = !name || encoding_find(name, &r->profile->encoding);
    free(name);
    if (good)
        return true;
    profile_json_enter(&r->json, "encoding");
    return profile_json_refuse(&r->json, _("utf-8, gb18030 or windows-1252 is expected; UTF-16 is "
                                           "recognised by itself"));
}

static bool read_length(struct reading *r, const cJSON *value)
{
    if (!cJSON_IsNumber(value) || value->valueint < 1 || value->valueint > 65535)
        return profile_json_refuse(&r->json, _("a whole number from %d to %d is expected"), 1,
                                   65535);
    r->profile->lengths[r->profile->length_count++] = value->valueint;
    return true;
}

static bool read_parts(struct reading *r, const char *name, const char *first, char *first_texts[],
                       size_t room, const char *second, char *second_texts[])
{
    const cJSON *object = json_member(r->json.root, name);
    char known[80];
    if (!object)
        return true;
    size_t mark = profile_json_enter(&r->json, name);
    strcat(strcat(strcpy(known, first), " "), second);
    if (!profile_json_members(&r->json, object, known) ||
        !profile_json_texts(&r->json, object, first, first_texts, room) ||
        !profile_json_texts(&r->json, object, second, second_texts, room))
        return false;
    profile_json_leave(&r->json, mark);
    return true;
}

static bool read_heads(struct reading *r)
{
    static const char *const layouts[] = {"csv", "fixed", "summary", NULL};
    const cJSON *root = r->json.root;
    struct profile *profile = r->profile;
    int layout = 0;
    if (!profile_json_members(&r->json, root, profile_members) ||
        !profile_json_text(&r->json, root, "name", &profile->name) ||
        !profile_json_number(&r->json, root, "version", 1, 1000000, &profile->version) ||
        !profile_json_choice(&r->json, root, "format", layouts, &layout) ||
        !read_both(r, "title", profile->title) || !read_both(r, "help", profile->help) ||
        !read_encoding(r) || !read_separators(r) ||
        !read_character(r, "field_mark", &profile->field_mark) ||
        !read_character(r, "decimal_mark", &profile->decimal_mark) ||
        !profile_json_flag(&r->json, root, "quotes", &profile->quotes) ||
        !profile_json_flag(&r->json, root, "negate", &profile->negate) ||
        !profile_json_flag(&r->json, root, "short_rows", &profile->short_rows) ||
        !profile_json_flag(&r->json, root, "tell_unused", &profile->tell_unused) ||
        !profile_json_flag(&r->json, root, "footer_required", &profile->footer_required) ||
        !profile_json_text(&r->json, root, "trim", &profile->trim))
        return false;
    profile->layout = (enum profile_layout)layout;
    if (profile->name)
        return true;
    profile_json_enter(&r->json, "name");
    return profile_json_refuse(&r->json, _("the profile has no name"));
}

static bool read_texts(struct reading *r)
{
    const cJSON *root = r->json.root;
    struct profile *p = r->profile;
    char *balances[2][1] = {{NULL}, {NULL}};
    if (!profile_json_text(&r->json, root, "date_format", &p->date_format) ||
        !profile_json_texts(&r->json, root, "empty", p->empty, PROFILE_TEXTS) ||
        !profile_json_texts(&r->json, root, "footer", p->footer, PROFILE_TEXTS) ||
        !profile_json_texts(&r->json, root, "file_names", p->file_names, PROFILE_TEXTS) ||
        !profile_json_texts(&r->json, root, "labels", p->labels, PROFILE_LABELS) ||
        !read_list(r, "lengths", PROFILE_TEXTS, read_length) ||
        !read_parts(r, "recognise", "texts", p->markers, PROFILE_TEXTS, "absent", p->absent))
        return false;
    bool done = read_parts(r, "balances", "opening", balances[0], 1, "closing", balances[1]);
    p->opening = balances[0][0];
    p->closing = balances[1][0];
    return done;
}

static bool has(const struct profile *profile, enum column_role role)
{
    const struct profile_column *column = &profile->columns[role];
    return column->names[0] || column->fixed || column->length;
}

static bool check_whole(struct reading *r)
{
    struct profile *p = r->profile;
    const char *format = p->date_format;
    if (p->layout == LAYOUT_SUMMARY)
        return true;
    profile_json_enter(&r->json, "columns");
    if (!has(p, COLUMN_VALUE_DATE))
        return profile_json_refuse(&r->json, _("value_date is missing"));
    if (!has(p, COLUMN_AMOUNT) && !(has(p, COLUMN_INCOME) && has(p, COLUMN_EXPENSE)))
        return profile_json_refuse(&r->json, _("amount, or income and expense, is missing"));
    /* No header without these. */
    p->columns[COLUMN_VALUE_DATE].required = true;
    p->columns[has(p, COLUMN_AMOUNT) ? COLUMN_AMOUNT : COLUMN_INCOME].required = true;
    r->json.pointer[0] = '\0';
    if (format && (!strstr(format, "MM") || !strstr(format, "DD"))) {
        profile_json_enter(&r->json, "date_format");
        return profile_json_refuse(&r->json, _("MM and DD, and mostly YYYY, are expected"));
    }
    if (p->layout == LAYOUT_FIXED && !p->length_count) {
        profile_json_enter(&r->json, "lengths");
        return profile_json_refuse(&r->json, _("the lengths of a record in bytes are missing"));
    }
    return true;
}

struct profile *profile_read(const char *path, struct error *error)
{
    struct reading r;
    if (!profile_json_open(&r.json, path, error))
        return NULL;
    r.profile = xcalloc(1, sizeof *r.profile);
    r.profile->version = 1;
    strcpy(r.profile->separators, ",");
    r.profile->decimal_mark = '.';
    r.profile->quotes = true;
    r.profile->column_count = COLUMN_ROLES;
    r.profile->day = ITEM_NO_DATE;
    bool done = read_heads(&r) && read_texts(&r) &&
                read_roles(&r, json_member(r.json.root, "columns")) &&
                read_extras(&r, json_member(r.json.root, "extra")) &&
                read_list(&r, "rows", PROFILE_RULES, read_rule) &&
                read_list(&r, "totals", PROFILE_TOTALS, read_total) &&
                read_list(&r, "checks", PROFILE_CHECKS, read_check) && check_whole(&r);
    profile_json_close(&r.json);
    if (done)
        return r.profile;
    profile_free(r.profile);
    return NULL;
}
