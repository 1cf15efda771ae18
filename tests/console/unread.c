/* Keys typed into a form, a filter, a calendar or the matcher before what they are about has been
 * read, in the real program: they wait, and do then what they always do. Prints TAP. */
#include "tests/lib/person.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long backend;

/* The console of a person, on its first screen. */
static struct pty *begin(const char *login)
{
    char text[200];
    struct pty *pty = person_start(login, "home");
    snprintf(text, sizeof text,
             "SELECT pid FROM pg_stat_activity WHERE usename = '%s' AND backend_type = "
             "'client backend'",
             login);
    pty_settle(pty, 300, 3000);
    backend = atol(stage_sql(text));
    return pty;
}

static void halt(const char *how)
{
    char command[64];
    snprintf(command, sizeof command, "kill -%s %ld", how, backend);
    stage_line(command);
}

static bool column_is(const char *column, const char *value)
{
    char text[160];
    snprintf(text, sizeof text, "SELECT %s FROM bank.macro WHERE macro = 'unread'", column);
    return !strcmp(stage_sql(text), value);
}

/* The form of the template while the server keeps its values back. */
static struct pty *begin_template(void)
{
    struct pty *pty = begin("super01");
    pty_type(pty, ":mac\r");
    pty_wait_text(pty, "Reply templates", WAIT);
    pty_type(pty, "=");
    pty_wait_text(pty, "Position to", WAIT);
    pty_type(pty, "unread\r");
    pty_wait_gone(pty, "Position to", WAIT);
    pty_settle(pty, 300, 3000);
    halt("STOP");
    pty_type(pty, "E");
    pty_wait_text(pty, "Reading…", WAIT);
    return pty;
}

/* Ctrl-U, a character at the end, Backspace: on the values, not on the empty field before them. */
static void edited(void)
{
    stage_sql("INSERT INTO bank.macro (macro, title_zh, title_en, body_zh, body_en) VALUES "
              "('unread', 'Title', 'Heading', 'Text', 'Words')");
    struct pty *pty = begin_template();
    pty_keys(pty, "Tab", "End", NULL);
    pty_type(pty, "s");
    pty_keys(pty, "Tab", "Ctrl-U", NULL);
    pty_type(pty, "Mine");
    pty_keys(pty, "Tab", "Tab", "Backspace", NULL);
    stage_ok(pty_wait_text(pty, "Keys that wait: 12", WAIT),
             "keys wait for the values of the form");
    pty_keys(pty, "F10", NULL);
    halt("CONT");
    stage_ok(pty_wait_text(pty, "The template is kept.", WAIT) && column_is("title_zh", "Titles"),
             "then a character goes behind what was there");
    stage_ok(column_is("title_en", "Mine"), "Ctrl-U takes away what was there");
    stage_ok(column_is("body_en", "Word") && column_is("body_zh", "Text"),
             "Backspace takes its last character, the other field stays");
    pty_free(pty);
}

/* F10 twice is sent once, and not pressed on the screen behind the form. */
static void impatient(void)
{
    struct pty *pty = begin_template();
    pty_keys(pty, "Tab", "End", NULL);
    pty_type(pty, "x");
    pty_keys(pty, "F10", "F10", NULL);
    pty_wait_text(pty, "Keys that wait: ", WAIT);
    halt("CONT");
    stage_ok(pty_wait_gone(pty, "Keys that wait", WAIT) &&
                 pty_wait_text(pty, "The template is kept.", WAIT) &&
                 column_is("title_zh", "Titlesx"),
             "a second F10 is for the form as well");
    pty_free(pty);
}

/* A filter is asked with the names of its codes. */
static void filtered(void)
{
    struct pty *pty = begin("super01");
    halt("STOP");
    pty_type(pty, ":mac\r");
    pty_wait_text(pty, "Reply templates", WAIT);
    pty_type(pty, "/");
    stage_ok(pty_wait_text(pty, "Keys that wait: 1", WAIT), "the filter waits for its code lists");
    halt("CONT");
    pty_wait_text(pty, "Rows that meet", WAIT);
    stage_ok(pty_wait_text(pty, "(all)", WAIT), "and has a choice of them then");
    pty_free(pty);
}

/* Enter on a day, on a line of the matcher. */
static void flows(void)
{
    struct pty *pty = begin("clerk01");
    halt("STOP");
    pty_type(pty, ":cal\r");
    pty_wait_text(pty, "Mo ", WAIT);
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "Keys that wait: 1", WAIT), "Enter waits for the days");
    halt("CONT");
    stage_ok(pty_wait_gone(pty, "Keys that wait", WAIT) && pty_wait_gone(pty, "w Work", WAIT) &&
                 pty_wait_text(pty, "My work", WAIT),
             "and opens what is due then");
    halt("STOP");
    pty_type(pty, ":mtc\r");
    pty_wait_text(pty, "Matcher", WAIT);
    pty_type(pty, " \r");
    stage_ok(pty_wait_text(pty, "Keys that wait: 2", WAIT), "Space and Enter wait for the breaks");
    halt("CONT");
    stage_ok(pty_wait_text(pty, "Line · ", WAIT) && pty_wait_gone(pty, "Keys that wait", WAIT),
             "and open a line then");
    pty_free(pty);
}

/* Every row that was asked for is marked. */
static void marked(void)
{
    struct pty *pty = begin("super01");
    halt("STOP");
    pty_type(pty, ":cmp all\r");
    pty_wait_text(pty, "Complaints", WAIT);
    pty_type(pty, "*");
    pty_wait_text(pty, "Keys that wait: 1", WAIT);
    halt("CONT");
    stage_ok(pty_wait_text(pty, "marked", WAIT), "to mark all waits for the rows");
    pty_settle(pty, 300, 3000);
    halt("STOP");
    pty_keys(pty, "F5", NULL);
    pty_type(pty, "u");
    stage_ok(pty_wait_text(pty, "Keys that wait: 1", WAIT),
             "a question with code lists waits while they are read anew");
    halt("CONT");
    pty_wait_gone(pty, "Keys that wait", WAIT);
    pty_free(pty);
}

int main(void)
{
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    edited();
    impatient();
    filtered();
    flows();
    marked();
    return stage_end();
}
