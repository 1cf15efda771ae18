#include "base/encoding.h"

#include "base/alloc.h"
#include "base/icu.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    ENOUGH = 4,      /* characters before anything can be said of a text */
    PAIRS = 4,       /* of other encodings of two bytes fewer have a high second one */
    MIXED_SHARE = 10 /* of so many lines with Chinese one may be UTF-8 by accident, not more */
};

/* Bytes of the character of GB18030 at `text`, 0 when it is none. */
static size_t character(const unsigned char *text, size_t length)
{
    if (text[0] < 0x80)
        return 1;
    if (text[0] == 0x80 || text[0] == 0xFF || length < 2)
        return 0;
    if (text[1] >= 0x40 && text[1] != 0x7F && text[1] != 0xFF)
        return 2;
    bool four = length >= 4 && text[1] >= '0' && text[1] <= '9' && text[2] >= 0x81 && text[2] <= 0xFE &&
                text[3] >= '0' && text[3] <= '9';
    return four ? 4 : 0;
}

bool encoding_is_gb18030(const char *text, size_t length)
{
    size_t lines = 0, valid = 0, pairs = 0, others = 0;
    if (text_valid(text, length, NULL))
        return false;
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t stop = end ? (size_t)(end - text) : length;
        bool high = false;
        for (size_t i = at, step; i < stop; i += step) {
            step = character((const unsigned char *)text + i, stop - i);
            if (!step)
                return false;
            high |= step > 1;
            if (step > 1 && (unsigned char)text[i + 1] >= 0x80)
                pairs++;
            else
                others += step > 1;
        }
        lines += high;
        valid += high && text_valid(text + at, stop - at, NULL);
        at = stop + 1;
    }
    return valid * MIXED_SHARE < lines && pairs >= ENOUGH && pairs > PAIRS * others;
}

bool encoding_to_utf8(char **data, size_t *length, struct error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    if (!encoding_is_gb18030(*data, *length))
        return true;
    const struct icu *icu = icu_load(error);
    if (!icu)
        return false;
    size_t room = 2 * *length; /* two bytes become three at most, four stay four */
    UConverter *from = icu->ucnv_open("GB18030", &code), *to = icu->ucnv_open("UTF-8", &code);
    char *text = xmalloc(room + 1), *at = text;
    const char *raw = *data;
    if (U_SUCCESS(code))
        icu->ucnv_convertEx(to, from, &at, text + room, &raw, raw + *length, NULL, NULL,
                            NULL, NULL, true, true, &code);
    *at = '\0';
    if (from)
        icu->ucnv_close(from);
    if (to)
        icu->ucnv_close(to);
    if (U_FAILURE(code) || strstr(text, "\xEF\xBF\xBD")) {
        free(text); /* a character that does not exist: the reader names its row */
        return true;
    }
    free(*data);
    *length = (size_t)(at - text);
    *data = text;
    return true;
}
