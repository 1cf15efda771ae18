#include "complaint/features.h"

#include "base/alloc.h"
#include "base/icu.h"
#include "base/language.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES = 64, SHORTEST = 2, LONGEST = 5, FURTHEST = 10 };
enum { KIND_WORD = 1, KIND_PAIR, KIND_CHARACTERS };

struct features {
    const struct icu *icu;
    const UNormalizer2 *normal;
    UChar *wide, *folded;
    char *plain;        /* the normalised text */
    uint64_t *words;    /* hashes of the words of the text */
    size_t word_count;
    uint32_t *places;   /* by bucket: position in the list + 1, 0 = not met */
    struct feature *list;
    size_t count, capacity;
    bool keep_places;
    struct occurrence *occurrences;
    size_t occurrence_count, occurrence_capacity;
    size_t first, second; /* the words of what is being added */
};

/* A UTF-8 text of LIMIT bytes has at most LIMIT UTF-16 units; folding makes at most 18 of one, so
 * a text that grows out of the room keeps its plain form. */
enum { WIDE_ROOM = FEATURE_TEXT_LIMIT * 2, PLAIN_ROOM = WIDE_ROOM * 3 };

struct features *features_open(struct error *error)
{
    UErrorCode status = U_ZERO_ERROR;
    const struct icu *icu = icu_load(error);
    if (!icu)
        return NULL;
    const UNormalizer2 *normal = icu->unorm2_getNFKCCasefoldInstance(&status);
    if (U_FAILURE(status)) {
        error_set(error, ERROR_SYSTEM, "ICU", _("Install the ICU library with its data."),
                  _("the rules for normal forms cannot be loaded (%s)"), icu->u_errorName(status));
        return NULL;
    }
    struct features *features = xcalloc(1, sizeof *features);
    features->icu = icu;
    features->normal = normal;
    features->wide = xmalloc(WIDE_ROOM * sizeof *features->wide);
    features->folded = xmalloc(WIDE_ROOM * sizeof *features->folded);
    features->plain = xmalloc(PLAIN_ROOM + 1);
    features->words = xmalloc(PLAIN_ROOM * sizeof *features->words);
    features->places = xcalloc(FEATURE_BUCKETS, sizeof *features->places);
    return features;
}

void features_close(struct features *features)
{
    if (!features)
        return;
    free(features->wide);
    free(features->folded);
    free(features->plain);
    free(features->words);
    free(features->places);
    free(features->list);
    free(features->occurrences);
    free(features);
}

static uint64_t mix(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= 0xD6E8FEB86659FD93u;
    hash ^= hash >> 32;
    hash *= 0xD6E8FEB86659FD93u;
    return hash ^ hash >> 32;
}

static uint64_t hash_bytes(const char *text, size_t length)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001B3u;
    return hash;
}

static void add_place(struct features *features, uint32_t bucket)
{
    ARRAY_RESERVE(features->occurrences, features->occurrence_count,
                  features->occurrence_capacity);
    features->occurrences[features->occurrence_count++] =
        (struct occurrence){bucket, (uint16_t)features->first, (uint16_t)features->second};
}

static void add(struct features *features, int kind, uint64_t hash)
{
    uint32_t bucket = (uint32_t)(mix(hash + (uint64_t)kind * 0x9E3779B97F4A7C15u) >> 16) &
                      (FEATURE_BUCKETS - 1);
    uint32_t place = features->places[bucket];
    if (features->keep_places)
        add_place(features, bucket);
    if (place) {
        features->list[place - 1].count++;
        return;
    }
    ARRAY_RESERVE(features->list, features->count, features->capacity);
    features->list[features->count++] = (struct feature){bucket, 1};
    features->places[bucket] = (uint32_t)features->count;
}

static void forget(struct features *features)
{
    for (size_t i = 0; i < features->count; i++)
        features->places[features->list[i].bucket] = 0;
    features->count = features->word_count = features->occurrence_count = 0;
}

/* Compatibility forms and case folded into *plain; returns its length. ASCII needs no ICU, and
 * what ICU refuses stays as it is. */
static size_t fold(struct features *features, const char *text, size_t length)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t wide = 0, folded, plain = 0;
    bool ascii = true;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        ascii = ascii && byte < 0x80;
        features->plain[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
    }
    if (ascii)
        return length;
    const struct icu *icu = features->icu;
    icu->u_strFromUTF8WithSub(features->wide, WIDE_ROOM, &wide, text, (int32_t)length, 0xFFFD,
                              NULL, &status);
    folded = icu->unorm2_normalize(features->normal, features->wide, wide, features->folded,
                                   WIDE_ROOM, &status);
    if (U_FAILURE(status))
        return length;
    icu->u_strToUTF8(features->plain, PLAIN_ROOM, &plain, features->folded, folded, &status);
    return U_SUCCESS(status) ? (size_t)plain : length;
}

static bool ends(const char *word, size_t length, const char *tail, size_t kept)
{
    size_t count = strlen(tail);
    return length >= kept + count && !memcmp(word + length - count, tail, count);
}

/* Bytes of the word without its commonest English endings. */
static size_t stem(const char *word, size_t length)
{
    if (ends(word, length, "'s", 1))
        length -= 2;
    if (ends(word, length, "ies", 2) || ends(word, length, "ied", 2))
        return length - 2;
    if (ends(word, length, "sses", 1))
        length -= 2;
    else if (ends(word, length, "s", 3) && !ends(word, length, "ss", 1) &&
             !ends(word, length, "us", 1))
        length--;
    if (ends(word, length, "ing", 3))
        length -= 3;
    else if (ends(word, length, "ed", 3))
        length -= 2;
    else if (ends(word, length, "ly", 3))
        length -= 2;
    else if (ends(word, length, "e", 3))
        length--;
    else
        return length;
    /* stopp(ed), gett(ing) */
    if (length > 3 && word[length - 1] == word[length - 2] && !strchr("lsz", word[length - 1]))
        length--;
    else if (length > 3 && word[length - 1] == 'e')
        length--;
    return length;
}

/* Words beyond the greatest number share it. */
static size_t word_number(size_t number)
{
    return number < UINT16_MAX ? number : UINT16_MAX;
}

static void add_word(struct features *features, uint64_t hash)
{
    features->words[features->word_count++] = hash;
    features->first = features->second = word_number(features->word_count - 1);
    add(features, KIND_WORD, hash);
    for (size_t back = 1; back <= FURTHEST && back < features->word_count; back++) {
        uint64_t before = features->words[features->word_count - 1 - back];
        features->second = word_number(features->word_count - 1 - back);
        add(features, KIND_PAIR, back == 1 ? mix(before) * 3 + hash : mix(before) + mix(hash));
    }
}

/* Runs of 2-5 characters of the word with a blank on both sides. */
static void add_characters(struct features *features, const char *word, size_t length)
{
    char padded[WORD_BYTES + 2];
    features->second = features->first;
    size_t starts[WORD_BYTES + 3], count = 0;
    padded[0] = padded[length + 1] = ' ';
    memcpy(padded + 1, word, length);
    for (size_t i = 0; i < length + 2; i++)
        if (((unsigned char)padded[i] & 0xC0) != 0x80)
            starts[count++] = i;
    starts[count] = length + 2;
    for (size_t n = SHORTEST; n <= LONGEST; n++)
        for (size_t i = 0; i + n <= count; i++)
            add(features, KIND_CHARACTERS,
                hash_bytes(padded + starts[i], starts[i + n] - starts[i]));
}

/* Letters and digits of all scripts: what is no blank, control character, sign or punctuation. */
static bool in_word(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'';
    return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c < 0x2C00) &&
           !(c >= 0x3000 && c < 0x3040) && !(c >= 0xE000 && c < 0xF900) &&
           !(c >= 0xFE00 && c < 0xFE70) && c < 0x1F000 && c != 0xFFFD;
}

/* Han, and what stands alone with a meaning of its own: emoji. */
static bool stands_alone(uint32_t c)
{
    return (c >= 0x3400 && c < 0xA000) || (c >= 0xF900 && c < 0xFB00) || c >= 0x1F000;
}

static void end_word(struct features *features, const char *word, size_t length)
{
    while (length && word[length - 1] == '\'')
        length--;
    while (length && *word == '\'')
        word++, length--;
    if (!length)
        return;
    size_t kept = length < WORD_BYTES ? length : WORD_BYTES;
    while (kept < length && kept && ((unsigned char)word[kept] & 0xC0) == 0x80)
        kept--;
    add_word(features, hash_bytes(word, stem(word, kept)));
    add_characters(features, word, kept);
}

size_t features_of(struct features *features, const char *text, size_t length,
                   const struct feature **list)
{
    size_t used, start = 0;
    uint32_t c;
    if (length > FEATURE_TEXT_LIMIT)
        length = FEATURE_TEXT_LIMIT;
    forget(features);
    length = fold(features, text, length);
    for (size_t at = 0; at < length; at += used) {
        used = text_decode(features->plain + at, length - at, &c);
        bool alone = stands_alone(c);
        if (in_word(c) && !alone)
            continue;
        end_word(features, features->plain + start, at - start);
        start = at + used;
        if (alone)
            add_word(features, hash_bytes(features->plain + at, used));
    }
    if (start < length)
        end_word(features, features->plain + start, length - start);
    *list = features->list;
    return features->count;
}

void features_keep_places(struct features *features)
{
    features->keep_places = true;
}

size_t features_places(const struct features *features, const struct occurrence **list,
                       size_t *words)
{
    *list = features->occurrences;
    *words = features->word_count < UINT16_MAX ? features->word_count : UINT16_MAX + 1;
    return features->occurrence_count;
}
