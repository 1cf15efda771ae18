/* Changing one's own password, and unlocking with it, on a server that asks for one. Prints TAP. */
#include "tests/lib/pty.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT = 8000 };

static struct pty *start(const char *as, const char *language)
{
    const char *argv[] = {stage_program, "console", "--language", language, "--as", as, NULL};
    static char config[1100];
    const char *environment[] = {config, "BANKOPS_LANGUAGE_SET=1", "PGUSER", NULL};
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/config", getenv("BANKOPS_FIXTURE"));
    return pty_start(24, 80, argv, environment);
}

static struct pty *log_in(const char *as, const char *password)
{
    struct pty *pty = start(as, "en");
    pty_wait_text(pty, "Password", WAIT);
    pty_type(pty, password);
    pty_type(pty, "\r");
    return pty;
}

static bool ask_for_passwords(void)
{
    return system("f=$BANKOPS_DATA/cluster/pg_hba.conf; o=$(stat -c %U:%G \"$f\"); "
                  "printf 'local all clerk01,clerk02 scram-sha-256\\nlocal all all trust\\n' >\"$f\"; "
                  "chown $o \"$f\"; psql -Xq -c \"ALTER ROLE clerk01 PASSWORD 'of the first clerk'\" "
                  "-c \"ALTER SYSTEM SET log_statement = 'all'\" "
                  "-c 'ALTER SYSTEM SET log_parameter_max_length_on_error = -1' "
                  "-c 'SELECT pg_reload_conf()' >/dev/null") == 0;
}

static bool in_log(const char *text)
{
    char command[300];
    snprintf(command, sizeof command, "grep -rqF '%s' \"$BANKOPS_DATA/log\" \"$BANKOPS_DATA\"/*.log "
             "2>/dev/null && echo yes; true", text);
    return !strcmp(stage_line(command), "yes");
}

static void changes(void)
{
    struct pty *pty = log_in("clerk01", "of the first clerk");
    stage_ok(pty_wait_text(pty, "clerk01 ·", WAIT), "logged in with the first password");
    pty_type(pty, ":password\r");
    stage_ok(pty_wait_text(pty, "Present password", WAIT), "the box asks for the present one");
    pty_type(pty, "of the first clark\rsecret of mine\rsecret of mine\r");
    stage_ok(pty_wait_text(pty, "not your present", WAIT) && !pty_has(pty, "secret"),
             "a wrong one is refused, and nothing is shown");
    pty_type(pty, "of the first clerk\rshort\rshort\r");
    stage_ok(pty_wait_text(pty, "at least 10", WAIT), "a short one is refused");
    pty_type(pty, "clerk01 and more\rclerk01 and more\r");
    stage_ok(pty_wait_text(pty, "Your login must not", WAIT), "so is one with the login in it");
    pty_type(pty, "secret of mine\rsecret of others\r");
    stage_ok(pty_wait_text(pty, "passwords differ", WAIT), "both must be the same");
    pty_type(pty, "secret of mine\rsecret of mine\r");
    stage_ok(pty_wait_text(pty, "Your password is changed.", WAIT) &&
                 pty_wait_gone(pty, "Present password", WAIT), "then it is changed");
    pty_type(pty, "\033l");
    stage_ok(pty_wait_text(pty, "locked", WAIT), "the console is locked");
    pty_type(pty, "\r");
    pty_wait_text(pty, "Password", WAIT);
    pty_type(pty, "of the first clerk\r");
    stage_ok(pty_wait_text(pty, "Name or password is wrong.", WAIT), "the former one unlocks nothing");
    pty_type(pty, "secret of mine\r");
    stage_ok(pty_wait_text(pty, "clerk01 ·", WAIT) && pty_wait_gone(pty, "locked", WAIT),
             "the new one does");
    pty_free(pty);
    pty = log_in("clerk01", "of the first clerk");
    stage_ok(pty_wait_text(pty, "Name or password is wrong.", WAIT), "the former one logs nobody in");
    pty_type(pty, "secret of mine\r");
    stage_ok(pty_wait_text(pty, "clerk01 ·", WAIT), "the new one does");
    pty_free(pty);
    stage_ok(in_log("password_change") && !in_log("secret of mine"),
             "a log of every statement has no password");
    stage_ok(!strcmp(stage_sql("SELECT count(*) || max(coalesce(after::text, '')) FROM bank.audit "
                               "WHERE action = 'password_change'"), "1"),
             "the trail says that it was changed, not to what");
}

static void guards(void)
{
    struct pty *pty = log_in("clerk01", "secret of mine");
    pty_wait_text(pty, "clerk01 ·", WAIT);
    pty_type(pty, ":password\r");
    pty_wait_text(pty, "Present password", WAIT);
    pty_type(pty, "wrong wrong 1\rsecret of mine\rsecret of mine\r");
    pty_wait_text(pty, "not your present", WAIT);
    pty_type(pty, "wrong wrong 2\rsecret of mine\rsecret of mine\r");
    pty_wait_text(pty, "not your present", WAIT);
    pty_type(pty, "wrong wrong 3\rsecret of mine\rsecret of mine\r");
    stage_ok(pty_wait_text(pty, "The console is locked", WAIT), "after three tries it is locked");
    pty_free(pty);
    pty = start("super01", "en");
    pty_wait_text(pty, "super01 ·", WAIT);
    pty_type(pty, ":password\r");
    stage_ok(pty_wait_text(pty, "does not ask you for a password", WAIT),
             "without passwords there is no box");
    pty_free(pty);
}

static void first(void)
{
    char command[1300];
    snprintf(command, sizeof command,
             "echo 'from the office' | '%s' --language en staff password clerk02", stage_program);
    stage_ok(strstr(stage_line(command), "clerk02 is set") != NULL,
             "an administrator sets a password");
    struct pty *pty = log_in("clerk02", "from the office");
    stage_ok(pty_wait_text(pty, "Somebody else chose", WAIT), "whoever gets one must choose another");
    pty_keys(pty, "F12", NULL);
    stage_ok(pty_wait_text(pty, "First choose a password", WAIT) && pty_has(pty, "Present password"),
             "before anything else");
    pty_type(pty, "from the office\rnobody elses\rnobody elses\r");
    stage_ok(pty_wait_text(pty, "Your password is changed.", WAIT), "no key leads around it");
    pty_free(pty);
    pty = log_in("clerk02", "nobody elses");
    stage_ok(pty_wait_text(pty, "clerk02 ·", WAIT) && pty_wait_text(pty, "My work", WAIT),
             "then he is in");
    pty_settle(pty, 200, WAIT);
    stage_ok(!pty_has(pty, "Somebody else"), "and is asked no more");
    pty_free(pty);
}

int main(void)
{
    if (!stage_begin("demo 2000"))
        return stage_end();
    stage_ok(ask_for_passwords(), "a server that asks for passwords");
    changes();
    guards();
    first();
    return stage_end();
}
