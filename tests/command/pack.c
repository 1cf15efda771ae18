/* pack ARCHIVE NAME FILE…: a zip archive with these files under these names, for tests. A name may
 * hold \xHH: its bytes go in as they are, without a mark of their encoding. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

static void unescape(char *text)
{
    char *to = text;
    for (char *at = text; *at; to++) {
        if (at[0] == '\\' && at[1] == 'x' && at[2] && at[3]) {
            char digits[3] = {at[2], at[3], '\0'};
            *to = (char)strtol(digits, NULL, 16);
            at += 4;
        } else {
            *to = *at++;
        }
    }
    *to = '\0';
}

int main(int count, char **words)
{
    int code;
    zip_t *archive = count > 1 ? zip_open(words[1], ZIP_CREATE | ZIP_TRUNCATE, &code) : NULL;
    for (int i = 2; archive && i + 1 < count; i += 2) {
        unescape(words[i]);
        zip_source_t *file = zip_source_file(archive, words[i + 1], 0, 0);
        if (!file || zip_file_add(archive, words[i], file, ZIP_FL_ENC_RAW) < 0)
            return 1;
    }
    return archive && zip_close(archive) == 0 ? 0 : 1;
}
