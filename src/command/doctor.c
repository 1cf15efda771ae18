#include "command/doctor.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "command/command.h"
#include "command/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const words[] = {"OK", "WARN", "FAIL"};
static const char *const colours[] = {"\033[32m", "\033[33m", "\033[31m"};

void doctor_say(struct doctor *doctor, enum doctor_level level, const char *topic, const char *todo,
                const char *what, ...)
{
    char text[1024];
    struct buffer line = BUFFER_INIT;
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    doctor->warnings += level == DOCTOR_WARN;
    doctor->failures += level == DOCTOR_FAIL;
    bool colour = !doctor->plain && isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    if (doctor->plain) {
        buffer_format(&line, "%s\t%s\t", words[level], topic);
    } else {
        buffer_format(&line, "%s%-4s%s  ", colour ? colours[level] : "", words[level],
                      colour ? "\033[0m" : "");
        text_fit(&line, topic, 14, TEXT_LEFT);
        buffer_add(&line, "  ");
    }
    text_safe(&line, text, strlen(text));
    if (level != DOCTOR_OK && todo) {
        buffer_add(&line, doctor->plain ? "\t" : "\n                      ");
        text_safe(&line, todo, strlen(todo));
    }
    puts(line.data);
    buffer_free(&line);
}

static void help(void)
{
    puts(_("Usage: bankops doctor [--plain] [--database CONNINFO] [--as NAME]\n"
           "\n"
           "Looks at this machine and says what is wrong for bankops and what to do about it.\n"
           "Changes nothing and starts nothing.\n"
           "\n"
           "  --plain              one tab-separated line per finding: level, topic, finding, remedy\n"
           "  --database CONNINFO  look at this server instead of the private one\n"
           "  --as NAME            log in as this role\n"
           "\n"
           "Exit status: 0 when nothing fails (warnings allowed), 1 when something does."));
}

int command_doctor(int argc, char **argv)
{
    struct doctor doctor = {0};
    struct error error = ERROR_INIT;
    bool helped = false;
    const struct command_option options[] = {
        {"plain", NULL, &doctor.plain},
        {"database", &doctor.conninfo, NULL},
        {"as", &doctor.as, NULL},
    };
    if (!options_read(options, ARRAY_LENGTH(options), argc, argv, &helped, &error) ||
        (!helped && !options_end("doctor", argc, argv, &error))) {
        error_print(&error);
        return error_exit_status(&error);
    }
    if (helped)
        return help(), 0;
    doctor_program(&doctor);
    doctor_machine(&doctor);
    doctor_server(&doctor);
    if (!doctor.plain)
        printf(doctor.failures ? _("\nSomething has to be repaired: %d failed, %d to watch.\n")
                               : _("\nReady: %d failed, %d to watch.\n"),
               doctor.failures, doctor.warnings);
    return doctor.failures ? 1 : 0;
}
