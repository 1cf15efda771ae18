#include "reconcile/formats/table.h"
#include "reconcile/formats/table_part.h"

#include "base/alloc.h"
#include "base/language.h"

#include <ctype.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

static struct slice field_text(struct source *source, struct slice field, bool decoded)
{
    field = record_trim(field);
    return decoded ? field : source_text(source, field);
}

static bool is_named(struct slice text, char *const names[PROFILE_NAMES])
{
    for (int i = 0; i < PROFILE_NAMES && names[i]; i++)
        if (table_same_text(text, names[i]))
            return true;
    return false;
}

bool table_columns(struct source *source, const struct record *record, bool decoded,
                   const struct profile *profile, int columns[PROFILE_COLUMNS])
{
    for (int i = 0; i < profile->column_count; i++)
        columns[i] = -1;
    for (int at = record->count - 1; at >= 0; at--) {
        struct slice text = field_text(source, record->fields[at], decoded);
        if (!text.length)
            continue;
        for (int i = 0; i < profile->column_count; i++)
            if (profile->columns[i].names[0] && is_named(text, profile->columns[i].names))
                columns[i] = at;
        if (is_named(text, profile->absent))
            return false;
    }
    for (int i = 0; i < profile->column_count; i++)
        if (profile->columns[i].required && !profile->columns[i].fixed && columns[i] < 0)
            return false;
    return true;
}

/* What one profile has seen of a file so far. */
struct candidate {
    unsigned markers; /* those found */
    int score;        /* columns of its header, 0: not found */
};

struct search {
    struct source *source;
    const struct profiles *profiles;
    struct candidate *candidates;
    struct record record;
};

static unsigned all_markers(const struct profile *profile)
{
    unsigned all = 0;
    for (int i = 0; i < PROFILE_TEXTS && profile->markers[i]; i++)
        all |= 1u << i;
    return all;
}

static void see_markers(struct search *search, const struct profile *profile,
                        struct candidate *candidate, bool decoded)
{
    for (int i = 0; i < PROFILE_TEXTS && profile->markers[i]; i++) {
        size_t length = strlen(profile->markers[i]);
        for (int at = 0; at < search->record.count; at++) {
            struct slice text =
                field_text(search->source, search->record.fields[at], decoded);
            if (memmem(text.text, text.length, profile->markers[i], length))
                candidate->markers |= 1u << i;
        }
    }
}

static bool see_row(struct search *search, char separator, const struct record_style *style)
{
    int columns[PROFILE_COLUMNS];
    bool found = false, sheet = source_is_sheet(search->source);
    for (size_t i = 0; i < search->profiles->count; i++) {
        const struct profile *profile = search->profiles->list[i];
        struct candidate *candidate = &search->candidates[i];
        if (profile->layout == LAYOUT_FIXED || (!sheet && !strchr(profile->separators, separator)))
            continue;
        see_markers(search, profile, candidate, style->decode);
        if (candidate->markers != all_markers(profile) ||
            !table_columns(search->source, &search->record, style->decode, profile, columns))
            continue;
        candidate->score = profile->layout == LAYOUT_SUMMARY;
        for (int at = 0; at < profile->column_count; at++)
            candidate->score += columns[at] >= 0;
        found |= profile->layout != LAYOUT_SUMMARY;
    }
    return found;
}

/* Looks for a header with this separator in the first lines. */
static bool search_header(struct search *search, char separator, struct error *error)
{
    struct record_style style =
        record_style(separator, source_scan(search->source)->encoding);
    bool found = false;
    style.quotes = !source_is_sheet(search->source);
    if (!source_rewind(search->source, error))
        return false;
    for (int line = 0; line < PROFILE_HEADER_LINES && !found; line++) {
        if (!record_next(search->source, &style, &search->record, error))
            break;
        found = see_row(search, separator, &style);
    }
    error->kind = ERROR_NONE;
    return true;
}

static bool fits_fixed(struct source *source, const struct profile *profile, struct slice line)
{
    struct table probe = {.source = source, .profile = profile, .year_day = 20000};
    int day;
    bool known = false;
    for (int i = 0; i < profile->length_count; i++)
        known |= line.length == (size_t)profile->lengths[i];
    for (int i = 0; known && i < profile->column_count; i++) {
        const struct profile_column *column = &profile->columns[i];
        struct slice text = {line.text + column->at, (size_t)column->length};
        if (!column->length)
            continue;
        if ((size_t)column->at + text.length > line.length)
            return false;
        if (i == COLUMN_VALUE_DATE)
            known = table_day_text(&probe, text, &day);
        for (size_t at = 1; known && column->minor_units && at < text.length; at++)
            known = isdigit((unsigned char)text.text[at]);
    }
    return known;
}

static bool search_fixed(struct search *search, struct error *error)
{
    struct slice line;
    if (!source_rewind(search->source, error))
        return false;
    while (source_next(search->source, &line, error)) {
        if (!record_trim(line).length)
            continue;
        for (size_t i = 0; i < search->profiles->count; i++) {
            const struct profile *profile = search->profiles->list[i];
            if (profile->layout == LAYOUT_FIXED && fits_fixed(search->source, profile, line))
                search->candidates[i].score = profile->column_count;
        }
        break;
    }
    error->kind = ERROR_NONE;
    return true;
}

/* A file that bears the name of a fixed width one is judged as such, however damaged its first record
 * is: of two names that fit the longer one says more. */
static void search_named(struct search *search)
{
    struct slice captures[TABLE_CAPTURES];
    for (size_t i = 0; i < search->profiles->count; i++)
        if (search->candidates[i].score)
            return;
    for (size_t i = 0; i < search->profiles->count; i++) {
        const struct profile *profile = search->profiles->list[i];
        const char *pattern = profile->layout == LAYOUT_FIXED
                                  ? table_name_pattern(profile, search->source, captures) : NULL;
        search->candidates[i].score = pattern ? (int)strlen(pattern) : 0;
    }
}

static const struct profile *choose(const struct search *search, struct error *error)
{
    const struct profile *best = NULL;
    int score = 0, equal = 0;
    char names[300] = "";
    for (size_t i = 0; i < search->profiles->count; i++)
        if (search->candidates[i].score > score) {
            score = search->candidates[i].score;
            best = search->profiles->list[i];
        }
    for (size_t i = 0; score && i < search->profiles->count; i++) {
        if (search->candidates[i].score != score)
            continue;
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.60s",
                 equal++ ? ", " : "", search->profiles->list[i]->name);
    }
    if (equal < 2)
        return best;
    error_set(error, ERROR_INPUT, source_name(search->source),
              _("Name the right one with --profile."),
              _("several profiles fit this file equally well: %s"), names);
    return NULL;
}

/* The same; markers that another separator let see do not count with this one. */
static bool search_with(struct search *search, char separator, struct error *error)
{
    for (size_t i = 0; i < search->profiles->count; i++)
        if (!search->candidates[i].score)
            search->candidates[i].markers = 0;
    return search_header(search, separator, error);
}

/* Tells a header that is one but for its separators. */
static void refuse_mixed(struct source *source, const struct profiles *profiles,
                         struct error *error)
{
    for (size_t i = 0; i < profiles->count; i++)
        if (profiles->list[i]->layout != LAYOUT_FIXED &&
            table_mixed(source, profiles->list[i], error))
            return;
}

const struct profile *table_recognise(struct source *source, const struct profiles *profiles,
                                      struct error *error)
{
    struct search search = {.source = source, .profiles = profiles};
    bool seen[128] = {false}, done = true;
    search.candidates = xcalloc(profiles->count + 1, sizeof *search.candidates);
    for (size_t i = 0; done && i < profiles->count; i++) {
        const char *separators = source_is_sheet(source) ? "\t" : profiles->list[i]->separators;
        for (; done && *separators && profiles->list[i]->layout != LAYOUT_FIXED; separators++)
            if (!seen[(int)*separators]) {
                seen[(int)*separators] = true;
                done = search_with(&search, *separators, error);
            }
    }
    done = done && search_fixed(&search, error);
    if (done)
        search_named(&search);
    record_free(&search.record);
    const struct profile *found = done ? choose(&search, error) : NULL;
    free(search.candidates);
    if (done && !found && error->kind == ERROR_NONE)
        refuse_mixed(source, profiles, error);
    if (!source_rewind(source, error))
        return NULL;
    return found;
}

static bool has_footer(const struct profile *profile, struct slice line)
{
    for (int i = 0; i < PROFILE_TEXTS && profile->footer[i]; i++)
        if (line.length >= strlen(profile->footer[i]) &&
            !memcmp(line.text, profile->footer[i], strlen(profile->footer[i])))
            return true;
    return false;
}

/* The next record of fixed width: a field for each column, cut out of its bytes. */
bool table_fixed_next(struct table *table)
{
    const struct profile *profile = table->profile;
    struct slice line;
    do
        if (!source_next(table->source, &line, table->error))
            return false;
    while (!record_trim(line).length);
    bool known = has_footer(profile, line);
    table->line = line;
    table->record.count = 1;
    table->record.fields[0] = line;
    if (known)
        return true;
    for (int i = 0; i < profile->length_count; i++)
        known |= line.length == (size_t)profile->lengths[i];
    if (!known)
        return source_refuse(table->source, 0, NULL,
                             _("Ask the sender for the file again; nothing was imported."),
                             table->error, _("the record has %zu bytes, %d are expected"),
                             line.length, profile->lengths[0]);
    table->record.count = profile->column_count;
    for (int i = 0; i < profile->column_count; i++) {
        const struct profile_column *column = &profile->columns[i];
        bool inside = (size_t)column->at + (size_t)column->length <= line.length;
        table->record.fields[i] = column->length && inside
                                      ? (struct slice){line.text + column->at,
                                                       (size_t)column->length}
                                      : (struct slice){line.text, 0};
    }
    return true;
}
