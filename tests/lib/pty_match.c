/* Golden screens. */
#include "tests/lib/pty.h"

#include "base/alloc.h"
#include "base/buffer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HIDDEN_MOST = 8, QUIET = 400 };

static char hidden[HIDDEN_MOST][16];
static int hidden_count;

void pty_hide(const char *text)
{
    if (hidden_count < HIDDEN_MOST)
        snprintf(hidden[hidden_count++], sizeof hidden[0], "%s", text);
}

/* Length of " 14:03" or " 14:03:22" at a place, 0 when there is none. */
static size_t clock_at(const char *at)
{
    static const char form[] = " 00:00:00";
    size_t length = 0;
    while (form[length] && (form[length] == '0' ? isdigit((unsigned char)at[length]) != 0
                                                : at[length] == form[length]))
        length++;
    return length >= 9 ? 9 : length >= 6 ? 6 : 0;
}

/* Hidden texts, and a time of day behind them, become #. */
static void cover(char *text)
{
    for (int i = 0; i < hidden_count; i++)
        for (char *at = text; (at = strstr(at, hidden[i]));) {
            size_t length = strlen(hidden[i]);
            length += clock_at(at + length);
            memset(at, '#', length);
            at += length;
        }
}

static char *read_text(const char *path)
{
    FILE *stream = fopen(path, "r");
    struct buffer text = BUFFER_INIT;
    char part[4096];
    size_t count;
    if (!stream)
        return NULL;
    while ((count = fread(part, 1, sizeof part, stream)) > 0)
        buffer_add_bytes(&text, part, count);
    fclose(stream);
    return buffer_take(&text);
}

static bool write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    if (!stream) {
        perror(path);
        return false;
    }
    fputs(text, stream);
    return fclose(stream) == 0;
}

/* Prints the first line that differs. */
static void show_difference(const char *name, const char *wanted, const char *found)
{
    for (int line = 1; *wanted || *found; line++) {
        size_t a = strcspn(wanted, "\n"), b = strcspn(found, "\n");
        if (a != b || memcmp(wanted, found, a) != 0) {
            fprintf(stderr, "# %s line %d\n# wanted |%.*s\n# found  |%.*s\n", name, line, (int)a,
                    wanted, (int)b, found);
            return;
        }
        wanted += a + (wanted[a] == '\n');
        found += b + (found[b] == '\n');
    }
}

static char *covered(struct pty *pty)
{
    char *text = xstrdup(pty_screen(pty));
    cover(text);
    return text;
}

static char *golden_path(const char *name)
{
    const char *source = getenv("BANKOPS_SOURCE");
    return xasprintf("%s/tests/%s.txt", source ? source : ".", name);
}

static bool generate(struct pty *pty, const char *path)
{
    char *found = covered(pty);
    bool good = write_text(path, found);
    free(found);
    return good;
}

static bool equals(struct pty *pty, void *wanted)
{
    char *found = covered(pty);
    bool same = wanted && !strcmp(wanted, found);
    free(found);
    return same;
}

static void explain(struct pty *pty, const char *name, const char *path, const char *wanted)
{
    char *found = covered(pty);
    if (wanted)
        show_difference(name, wanted, found);
    else
        fprintf(stderr, "# %s is missing; GENERATE=1 makes it\n", path);
    free(found);
}

static bool compare(struct pty *pty, const char *name, int ms)
{
    char *path = golden_path(name), *wanted = getenv("GENERATE") ? NULL : read_text(path);
    bool same;
    if (getenv("GENERATE")) {
        if (ms)
            pty_settle(pty, QUIET, ms);
        same = generate(pty, path);
    } else {
        same = ms && wanted ? pty_wait(pty, equals, wanted, ms) : equals(pty, wanted);
        if (!same)
            explain(pty, name, path, wanted);
    }
    free(wanted);
    free(path);
    return same;
}

bool pty_matches(struct pty *pty, const char *name)
{
    return compare(pty, name, 0);
}

bool pty_wait_matches(struct pty *pty, const char *name, int ms)
{
    return compare(pty, name, ms);
}
