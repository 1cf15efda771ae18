/* What random keys found, each with the keys that show it. Prints TAP. */
#include "tests/lib/person.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A value that the database cannot read is refused in our words, in both languages. */
static void not_a_number(void)
{
    struct pty *pty = person_start("clerk01", "home");
    pty_type(pty, ":core nonsense\r");
    stage_ok(pty_wait_text(pty, "This value is not possible here. \"nonsense\"", WAIT) &&
                 !pty_has(pty, "invalid input"),
             "a word where a number is asked for is refused in our words");
    pty_keys(pty, "Esc", NULL);
    pty_type(pty, ":language zh\r");
    pty_wait_text(pty, "F1 帮助", WAIT);
    pty_type(pty, ":core nonsense\r");
    stage_ok(pty_wait_text(pty, "此处不能使用该值。", WAIT) && !pty_has(pty, "invalid input"),
             "in Chinese, too");
    pty_keys(pty, "Esc", NULL);
    pty_type(pty, ":language en\r");
    pty_wait_text(pty, "F1 Help", WAIT);
    pty_free(pty);
}

/* A form about a case is not opened by one half of its key. */
static void half_a_key(void)
{
    struct pty *pty = person_start("clerk01", "home");
    pty_type(pty, ":case-reply 12\r");
    stage_ok(pty_wait_text(pty, "open it from its row in a list", WAIT) &&
                 !pty_has(pty, "does not exist"),
             "a form that needs more than a command can give is opened from its row");
    pty_free(pty);
}

int main(void)
{
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    not_a_number();
    half_a_key();
    return stage_end();
}
