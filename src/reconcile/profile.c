#include "reconcile/profile.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/language.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const role_names[COLUMN_ROLES] = {
    "source_id", "value_date",     "book_date",    "account",   "currency",
    "direction", "amount",         "income",       "expense",   "reference",
    "bank_reference", "counterparty", "narrative", "kind"};

static bool bad(const char *path, const char *pointer, struct error *error, const char *what)
{
    char *where = xasprintf("%s: %s", path, pointer);
    error_set(error, ERROR_INPUT, where, _("See the profiles that come with the program."), "%s",
              what);
    free(where);
    return false;
}

/* A string or an array of strings into a list of at most PROFILE_NAMES. */
static bool read_names(const cJSON *value, char *names[PROFILE_NAMES])
{
    size_t count = 0;
    if (cJSON_IsString(value))
        return names[0] = xstrdup(value->valuestring), true;
    if (!cJSON_IsArray(value))
        return false;
    for (const cJSON *at = value->child; at; at = at->next) {
        if (!cJSON_IsString(at) || count == PROFILE_NAMES)
            return false;
        names[count++] = xstrdup(at->valuestring);
    }
    return count > 0;
}

static char *copy(const cJSON *object, const char *name)
{
    const char *text = json_string(object, name, NULL);
    return text ? xstrdup(text) : NULL;
}

static bool read_column(const char *path, const cJSON *value, struct profile *profile,
                        struct error *error)
{
    size_t role = 0;
    while (role < COLUMN_ROLES && strcmp(role_names[role], value->string))
        role++;
    if (role == COLUMN_ROLES)
        return bad(path, value->string, error, _("the program knows no such column"));
    struct profile_column *column = &profile->columns[role];
    column->required = json_bool(value, "required", false);
    column->fixed = copy(value, "value");
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(value, "name");
    if (!column->fixed && !read_names(name, column->names))
        return bad(path, value->string, error, _("name must be a header text or a list of them"));
    if (role == COLUMN_DIRECTION &&
        (!read_names(cJSON_GetObjectItemCaseSensitive(value, "credit"), profile->credit) ||
         !read_names(cJSON_GetObjectItemCaseSensitive(value, "debit"), profile->debit)))
        return bad(path, value->string, error, _("credit and debit must list the values"));
    if (role == COLUMN_AMOUNT)
        profile->minor_units = !strcmp(json_string(value, "unit", "decimal"), "minor");
    return true;
}

static bool has(const struct profile *profile, enum column_role role)
{
    return profile->columns[role].names[0] || profile->columns[role].fixed;
}

static bool check(const char *path, const struct profile *profile, struct error *error)
{
    if (!has(profile, COLUMN_VALUE_DATE))
        return bad(path, "columns", error, _("value_date is missing"));
    if (!has(profile, COLUMN_ACCOUNT) || !has(profile, COLUMN_CURRENCY))
        return bad(path, "columns", error, _("account or currency is missing"));
    if (!has(profile, COLUMN_AMOUNT) &&
        !(has(profile, COLUMN_INCOME) && has(profile, COLUMN_EXPENSE)))
        return bad(path, "columns", error, _("amount, or income and expense, is missing"));
    return true;
}

static bool fill(const char *path, const cJSON *json, struct profile *profile,
                 struct error *error)
{
    const char *separator = json_string(json, "separator", ",");
    const char *encoding = json_string(json, "encoding", NULL);
    const cJSON *balances = cJSON_GetObjectItemCaseSensitive(json, "balances");
    const cJSON *columns = cJSON_GetObjectItemCaseSensitive(json, "columns");
    profile->name = copy(json, "name");
    profile->version = json_int(json, "version", 1);
    profile->separator = separator[0];
    profile->decimal_mark = json_string(json, "decimal_mark", ".")[0];
    profile->negate = json_bool(json, "negate", false);
    profile->date_format = copy(json, "date_format");
    profile->footer = copy(json, "footer");
    profile->opening = copy(balances, "opening");
    profile->closing = copy(balances, "closing");
    if (!profile->name)
        return bad(path, "name", error, _("the profile has no name"));
    if (encoding && !encoding_find(encoding, &profile->encoding))
        return bad(path, "encoding", error, _("utf-8, gb18030 or windows-1252 is expected"));
    profile->has_encoding = encoding != NULL;
    /* Not a byte that can be the second half of a GB18030 character, as the bar can. */
    if (!separator[0] || separator[1] || !strchr(",;\t", separator[0]))
        return bad(path, "separator", error, _("a comma, semicolon or tab is expected"));
    for (const cJSON *at = columns ? columns->child : NULL; at; at = at->next)
        if (!read_column(path, at, profile, error))
            return false;
    return check(path, profile, error);
}

struct profile *profile_read(const char *path, struct error *error)
{
    cJSON *json = json_read(path, error);
    if (!json)
        return NULL;
    struct profile *profile = xcalloc(1, sizeof *profile);
    bool done = fill(path, json, profile, error);
    cJSON_Delete(json);
    if (done)
        return profile;
    profile_free(profile);
    return NULL;
}

static void free_names(char *names[PROFILE_NAMES])
{
    for (size_t i = 0; i < PROFILE_NAMES; i++)
        free(names[i]);
}

void profile_free(struct profile *profile)
{
    if (!profile)
        return;
    for (size_t i = 0; i < COLUMN_ROLES; i++) {
        free_names(profile->columns[i].names);
        free(profile->columns[i].fixed);
    }
    free_names(profile->credit);
    free_names(profile->debit);
    free(profile->name);
    free(profile->date_format);
    free(profile->opening);
    free(profile->closing);
    free(profile->footer);
    free(profile);
}

static int is_profile(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && entry->d_name[0] != '.' && !strcmp(dot, ".json");
}

static bool add(const char *folder, const char *file, const char *name, struct profiles *profiles,
                struct error *error)
{
    char *path = xasprintf("%s/%s", folder, file);
    struct profile *profile = profile_read(path, error);
    free(path);
    if (!profile)
        return false;
    if (name && strcmp(profile->name, name)) {
        profile_free(profile);
        return true;
    }
    profiles->list = xrealloc(profiles->list, (profiles->count + 1) * sizeof(struct profile *));
    profiles->list[profiles->count++] = profile;
    return true;
}

bool profiles_read(const char *folder, const char *name, struct profiles *profiles,
                   struct error *error)
{
    struct dirent **entries;
    *profiles = (struct profiles){NULL, 0};
    int count = scandir(folder, &entries, is_profile, alphasort);
    if (count < 0)
        return error_errno(error, folder, _("Install the program again."),
                           _("the folder of the profiles cannot be read"));
    bool done = true;
    for (int i = 0; i < count; i++) {
        done = done && add(folder, entries[i]->d_name, name, profiles, error);
        free(entries[i]);
    }
    free(entries);
    if (done && name && !profiles->count)
        done = error_set(error, ERROR_INPUT, name, _("bankops import --profiles lists them."),
                         _("there is no profile of this name"));
    if (!done)
        profiles_free(profiles);
    return done;
}

void profiles_free(struct profiles *profiles)
{
    for (size_t i = 0; i < profiles->count; i++)
        profile_free(profiles->list[i]);
    free(profiles->list);
    *profiles = (struct profiles){NULL, 0};
}
