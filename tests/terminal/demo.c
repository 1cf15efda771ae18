/* A small program over terminal/loop and screen, driven by tests/terminal/screen. */
#include "terminal/draw.h"
#include "terminal/screen.h"
#include "terminal/theme.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct loop *loop;
static int row, keys;
static char last[128];

static void on_key(const struct key *key, void *data)
{
    struct buffer name = BUFFER_INIT;
    (void)data;
    keys += key->code != K_RESIZE;
    if (key->code == K_DOWN)
        row = (row + 1) % 18;
    if (key->code == 'q')
        loop_stop(loop, 7);
    if (key->code == 'c')
        abort();
    if (key->code == 'y')
        screen_copy("copied 张", strlen("copied 张"));
    if (key->code == (K_CTRL | 'z'))
        screen_suspend();
    if (key->code == 'e') {
        char *argv[] = {(char *)"echo", (char *)"from outside", NULL};
        int status;
        screen_run(argv, &status, NULL);
    }
    if (key->code == K_PASTE)
        snprintf(last, sizeof last, "paste %zu %s", key->length, key->text ? "taken" : "refused");
    else if (key->code != K_RESIZE) {
        key_format(&name, key->code);
        snprintf(last, sizeof last, "key %s", buffer_text(&name));
    }
    buffer_free(&name);
    screen_dirty();
}

static void on_paint(void *data)
{
    char text[200];
    (void)data;
    draw_text(0, 0, screen_columns(), STYLE_TITLE, "demo \033[31m张伟");
    snprintf(text, sizeof text, "keys %d size %dx%d %s", keys, screen_rows(), screen_columns(), last);
    draw_text(1, 0, screen_columns(), STYLE_MESSAGE, text);
    draw_box(2, 0, screen_rows() - 2, screen_columns(), STYLE_BORDER, "list");
    for (int i = 0; i < 18; i++) {
        snprintf(text, sizeof text, "row %d", i);
        draw_text(3 + i, 2, screen_columns() - 4, i == row ? STYLE_SELECTED : STYLE_NORMAL, text);
    }
    draw_cursor(3 + row, 2, true);
}

int main(void)
{
    struct error error = ERROR_INIT;
    struct screen_handlers handlers = {on_key, on_paint, NULL, NULL, NULL};
    setlocale(LC_ALL, "C.UTF-8");
    theme_set(NULL, &error);
    loop = loop_new();
    if (!screen_open(loop, &handlers, &error)) {
        error_print(&error);
        return error_exit_status(&error);
    }
    screen_title("demo title");
    int status = loop_run(loop);
    unsigned long frames = screen_frames();
    screen_close();
    printf("frames %lu\n", frames);
    loop_free(loop);
    return status;
}
