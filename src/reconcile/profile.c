#include "reconcile/profile.h"

#include "base/alloc.h"
#include "base/language.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

bool profile_lists(char *const texts[], size_t room, struct slice text)
{
    for (size_t i = 0; i < room && texts[i]; i++)
        if (strlen(texts[i]) == text.length && !memcmp(texts[i], text.text, text.length))
            return true;
    return false;
}

static void free_texts(char *texts[], size_t room)
{
    for (size_t i = 0; i < room; i++)
        free(texts[i]);
}

static void free_when(struct profile_when *when)
{
    for (int i = 0; i < PROFILE_TESTS; i++)
        free_texts(when->tests[i].values, PROFILE_VALUES);
}

static void free_columns(struct profile *profile)
{
    for (size_t i = 0; i < PROFILE_COLUMNS; i++) {
        struct profile_column *column = &profile->columns[i];
        free(column->key);
        free(column->fixed);
        free_texts(column->names, PROFILE_NAMES);
        free_texts(column->from, PROFILE_VALUES);
        free_texts(column->to, PROFILE_VALUES);
    }
}

static void free_lists(struct profile *profile)
{
    free_texts(profile->title, 2);
    free_texts(profile->help, 2);
    free_texts(profile->empty, PROFILE_TEXTS);
    free_texts(profile->credit, PROFILE_NAMES);
    free_texts(profile->debit, PROFILE_NAMES);
    free_texts(profile->markers, PROFILE_TEXTS);
    free_texts(profile->absent, PROFILE_TEXTS);
    free_texts(profile->file_names, PROFILE_TEXTS);
    free_texts(profile->footer, PROFILE_TEXTS);
    free_texts(profile->labels, PROFILE_LABELS);
    for (int i = 0; i < PROFILE_RULES; i++)
        free_when(&profile->rules[i].when);
    for (int i = 0; i < PROFILE_TOTALS; i++) {
        free_when(&profile->totals[i].when);
        free(profile->totals[i].pattern);
        free(profile->totals[i].count_name);
        free(profile->totals[i].sum_name);
    }
    for (int i = 0; i < PROFILE_CHECKS; i++)
        free(profile->checks[i].label);
}

void profile_free(struct profile *profile)
{
    if (!profile)
        return;
    free_columns(profile);
    free_lists(profile);
    free(profile->name);
    free(profile->trim);
    free(profile->date_format);
    free(profile->opening);
    free(profile->closing);
    free(profile);
}

static int is_profile(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && entry->d_name[0] != '.' && !strcmp(dot, ".json") &&
           !strstr(entry->d_name, ".schema.");
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
    for (size_t i = 0; i < profiles->count; i++)
        if (!strcmp(profiles->list[i]->name, profile->name)) {
            profile_free(profiles->list[i]);
            profiles->list[i] = profile;
            return true;
        }
    profiles->list = xrealloc(profiles->list, (profiles->count + 1) * sizeof(struct profile *));
    profiles->list[profiles->count++] = profile;
    return true;
}

static bool read_folder(const char *folder, const char *name, struct profiles *profiles,
                        struct error *error)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_profile, alphasort);
    if (count < 0)
        return error_errno(error, folder, _("Install the program again, or correct the name."),
                           _("the folder of the profiles cannot be read"));
    bool done = true;
    for (int i = 0; i < count; i++) {
        done = done && add(folder, entries[i]->d_name, name, profiles, error);
        free(entries[i]);
    }
    free(entries);
    return done;
}

bool profiles_read(const char *folder, const char *name, struct profiles *profiles,
                   struct error *error)
{
    const char *own = getenv("BANKOPS_PROFILES");
    *profiles = (struct profiles){NULL, 0};
    bool done = read_folder(folder, name, profiles, error) &&
                (!own || !*own || read_folder(own, name, profiles, error));
    if (done && name && !profiles->count)
        done = error_set(error, ERROR_INPUT, name, _("bankops import --profiles lists them."),
                         _("there is no profile of this name"));
    if (!done)
        profiles_free(profiles);
    return done;
}

bool profiles_choose(const char *folder, const char *name, struct profiles *profiles,
                     struct error *error)
{
    const char *dot = name ? strrchr(name, '.') : NULL;
    if (!name || (!strchr(name, '/') && (!dot || strcmp(dot, ".json"))))
        return profiles_read(folder, name, profiles, error);
    struct profile *profile = profile_read(name, error);
    *profiles = (struct profiles){NULL, 0};
    if (!profile)
        return false;
    profiles->list = xmalloc(sizeof *profiles->list);
    profiles->list[0] = profile;
    profiles->count = 1;
    return true;
}

void profiles_assume(struct profiles *profiles, const char *account, int day)
{
    for (size_t i = 0; i < profiles->count; i++) {
        profiles->list[i]->account = account;
        profiles->list[i]->day = day;
    }
}

void profiles_fall_back(struct profiles *profiles, const char *account)
{
    for (size_t i = 0; i < profiles->count; i++)
        profiles->list[i]->fallback = account;
}

void profiles_free(struct profiles *profiles)
{
    for (size_t i = 0; i < profiles->count; i++)
        profile_free(profiles->list[i]);
    free(profiles->list);
    *profiles = (struct profiles){NULL, 0};
}
