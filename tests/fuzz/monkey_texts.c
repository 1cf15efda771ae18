/* English that has Chinese: the texts of the program and of the screen files. */
#include "tests/fuzz/monkey.h"
#include "tests/lib/stage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS_MOST = 20000, LEAST = 12, MOST = 22 };

static char *texts[TEXTS_MOST];
static int text_count;

/* Keeps the beginning of a text of several words, up to what may be another text or a number. */
static void keep(const char *text)
{
    size_t length = strcspn(text, "%\\{}\n");
    length = length > MOST ? MOST : length;
    char *copy = strndup(text, length);
    bool words = length >= LEAST && strchr(copy, ' ') && copy[0] != ' ';
    for (size_t i = 0; i < length; i++)
        words = words && (unsigned char)copy[i] < 0x80;
    if (words && text_count < TEXTS_MOST)
        texts[text_count++] = copy;
    else
        free(copy);
}

static char *read_file(const char *path)
{
    FILE *stream = fopen(path, "r");
    char *text = NULL;
    size_t length = 0;
    if (!stream || getdelim(&text, &length, '\0', stream) < 0) {
        free(text);
        text = NULL;
    }
    if (stream)
        fclose(stream);
    return text;
}

/* The string that begins behind the next quote at `at`; `end` gets what follows it. */
static char *quoted(char *at, char **end)
{
    char *start = strchr(at, '"'), *to;
    if (!start)
        return NULL;
    for (to = start + 1; *to && *to != '"'; to++)
        if (*to == '\\' && to[1])
            to++;
    if (*to)
        *to++ = '\0';
    *end = to;
    return start + 1;
}

static void read_catalogue(char *text)
{
    for (char *at = text; (at = strstr(at, "\nmsgid \""));) {
        char *one = quoted(at + 7, &at);
        if (one && *one)
            keep(one);
    }
}

/* "en": "…" that stands before "zh": "…" in another wording. */
static void read_screen(char *text)
{
    for (char *at = text; (at = strstr(at, "\"en\""));) {
        char *colon = at + 4 + strspn(at + 4, " :");
        at += 4;
        if (*colon != '"')
            continue;
        char *english = quoted(colon, &at);
        if (strncmp(at + strspn(at, ", \n"), "\"zh\"", 4) == 0)
            keep(english);
    }
}

void monkey_know_texts(void)
{
    char path[1600];
    snprintf(path, sizeof path, "%s/po/zh_CN.po", stage_source);
    char *text = read_file(path);
    if (text)
        read_catalogue(text);
    free(text);
    snprintf(path, sizeof path, "%s/screens", stage_source);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".json") || strstr(entry->d_name, "schema"))
            continue;
        snprintf(path, sizeof path, "%s/screens/%s", stage_source, entry->d_name);
        if ((text = read_file(path)))
            read_screen(text);
        free(text);
    }
    if (folder)
        closedir(folder);
    printf("# %d texts that have Chinese\n", text_count);
}

const char *monkey_untranslated(const char *screen)
{
    for (int i = 0; i < text_count; i++)
        if (strstr(screen, texts[i]))
            return texts[i];
    return NULL;
}
