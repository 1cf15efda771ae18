#include "generate.h"

#include <string.h>

/* The first nine are those of the reference mix. */
enum { USUAL = 9 };

static const char *const noises[] = {
    "case",  "punct",  "prefix", "nozero", "trunc16",   "innarr", "drop1",   "transpose",
    "subst", "insert", "subst2", "spaces", "fullwidth", "tail",   "trunc14", "innarr2"};

static void lower(char *text)
{
    for (; *text; text++)
        *text = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
}

static void widen(const char *old, char *text)
{
    size_t length = 0;
    for (; *old && length + 4 < REFERENCE; old++)
        length += (size_t)(length < 24 && *old >= '0' && *old <= '9'
                               ? snprintf(text + length, REFERENCE - length, "\xEF\xBC%c",
                                          (char)(0x90 + *old - '0'))
                               : snprintf(text + length, REFERENCE - length, "%c", *old));
}

static void replace(struct set *set, char *text, size_t at)
{
    text[at] = (char)('0' + (text[at] - '0' + 1 + below(&set->all, 9)) % 10);
}

static bool spoil_typed(struct set *set, const char *which, char *text)
{
    char old[REFERENCE];
    size_t length = strlen(text), at = length - 1 - (size_t)below(&set->all, 6);
    memcpy(old, text, REFERENCE);
    if (!strcmp(which, "drop1")) {
        memmove(text + at, text + at + 1, length - at);
    } else if (!strcmp(which, "transpose")) {
        text[at] = old[at - 1];
        text[at - 1] = old[at];
    } else if (!strcmp(which, "subst")) {
        replace(set, text, at);
    } else if (!strcmp(which, "insert")) {
        memmove(text + at + 1, old + at, length - at + 1);
        text[at] = (char)('0' + below(&set->all, 10));
    } else if (!strcmp(which, "subst2")) {
        replace(set, text, length - 1);
        replace(set, text, length - 2 - (size_t)below(&set->all, 4));
    } else {
        return false;
    }
    return true;
}

static void spoil(struct set *set, const char *which, struct line *line)
{
    static const char *const prefixes[] = {"REF:", "ALI", "UPOP", "NET"};
    char *text = line->reference, old[REFERENCE];
    size_t length = strlen(text), skip = 0;
    memcpy(old, text, REFERENCE);
    if (spoil_typed(set, which, text))
        return;
    if (!strcmp(which, "case")) {
        lower(text);
    } else if (!strcmp(which, "punct")) {
        snprintf(text, REFERENCE, "%.2s-%.2s/%.30s", old, old + 2, old + 4);
    } else if (!strcmp(which, "prefix")) {
        snprintf(text, REFERENCE, "%s%.30s", prefixes[below(&set->all, 4)], old);
    } else if (!strcmp(which, "nozero")) {
        while (old[skip] == 'T' || old[skip] == 'X' || old[skip] == '0')
            skip++;
        memmove(text, old + skip, length - skip + 1);
    } else if (!strcmp(which, "trunc16") || !strcmp(which, "trunc14")) {
        size_t most = which[6] == '6' ? 16 : 14;
        text[length > most ? most : length] = '\0';
    } else if (!strcmp(which, "tail")) {
        memmove(text, old + (length > 14 ? length - 14 : 0), length > 14 ? 15 : length + 1);
    } else if (!strcmp(which, "spaces")) {
        snprintf(text, REFERENCE, " %.4s %.30s ", old, old + 4);
    } else if (!strcmp(which, "fullwidth")) {
        widen(old, text);
    } else {
        if (which[6])
            snprintf(line->narrative, sizeof line->narrative, "INV 88%08d/PAYMENT %s",
                     (int)below(&set->all, 100000000), old);
        else
            snprintf(line->narrative, sizeof line->narrative, "PAYMENT %s THANK YOU", old);
        snprintf(text, REFERENCE, "NONREF");
    }
}

void noise(struct set *set)
{
    int kinds = set->mix.more_noise ? (int)(sizeof noises / sizeof *noises) : USUAL;
    const char *which = noises[below(&set->all, kinds)];
    char kind[40];
    struct line line = movement(set);
    /* Two wrong digits of a short number are another number. */
    if (!strcmp(which, "subst2") && strlen(line.reference) < 10)
        which = "subst";
    snprintf(kind, sizeof kind, "refnoise:%s", which);
    struct line *statement = pair(set, &line, kind);
    bool book = set->mix.both_sides && below(&set->all, 2);
    spoil(set, which, book ? statement - 1 : statement);
}
