#include "base/alloc.h"
#include "base/language.h"
#include "base/place.h"
#include "command/doctor.h"
#include "config.h"
#include "console/catalogue.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

static void check_files(struct doctor *doctor)
{
    static const char *const needed[] = {"screens/home.json", "schema/001-roles.sql"};
    char *program = place_program();
    doctor_say(doctor, DOCTOR_OK, _("program"), NULL, "%s (%s)", PACKAGE_STRING, program);
    free(program);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        char *path = place_share(needed[i]);
        if (access(path, R_OK) < 0)
            doctor_say(doctor, DOCTOR_FAIL, _("files"),
                       _("Install bankops again, or point BANKOPS_SHARE at its shared files."),
                       _("%s is missing or cannot be read"), path);
        free(path);
    }
    char *catalogues = place_locale();
    char *chinese = xasprintf("%s/zh_CN/LC_MESSAGES/bankops.mo", catalogues);
    if (access(chinese, R_OK) < 0)
        doctor_say(doctor, DOCTOR_WARN, _("files"), _("Install bankops again."),
                   _("%s is missing: everything is shown in English"), chinese);
    free(chinese);
    free(catalogues);
}

struct screen_findings {
    struct doctor *doctor;
    int count;
};

static void say_screen(void *data, const char *path, int line, const char *pointer,
                       const char *what)
{
    struct screen_findings *findings = data;
    if (findings->count++ == 0)
        doctor_say(findings->doctor, DOCTOR_FAIL, _("screens"),
                   _("Correct the file; bankops screens check lists every error."), "%s:%d: %s: %s",
                   path, line, pointer, what);
}

static void check_screens(struct doctor *doctor)
{
    struct error error = ERROR_INIT;
    struct screen_findings findings = {doctor, 0};
    struct catalogue *catalogue = catalogue_new(NULL, &error);
    if (!catalogue) {
        doctor_say(doctor, DOCTOR_FAIL, _("screens"), error.todo, "%s: %s", error.where, error.what);
        return;
    }
    for (int i = 0; i < catalogue_count(catalogue); i++)
        catalogue_check(catalogue, catalogue_at(catalogue, i), say_screen, &findings);
    if (!findings.count)
        doctor_say(doctor, DOCTOR_OK, _("screens"), NULL, _("%d, all valid"),
                   catalogue_count(catalogue));
    catalogue_free(catalogue);
}

/* A locale that is not installed counts by its name, as for the program itself. */
static bool is_utf8(const char *name)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, name, (locale_t)0);
    bool utf8 = strcasestr(name, "utf-8") || strcasestr(name, "utf8");
    if (locale) {
        utf8 = !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
        freelocale(locale);
    }
    return utf8;
}

static void check_locale(struct doctor *doctor)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = NULL, *name = NULL;
    for (int i = 0; i < 3 && (!value || !*value); i++)
        value = getenv(name = names[i]);
    const char *language =
        language_current() == LANGUAGE_CHINESE ? _("Chinese") : _("English");
    if (!value || !*value)
        doctor_say(doctor, DOCTOR_WARN, _("locale"), _("Set LANG=C.UTF-8, or LANG=zh_CN.UTF-8."),
                   _("none is set; UTF-8 and %s are assumed"), language);
    else if (!is_utf8(value))
        doctor_say(doctor, DOCTOR_WARN, _("locale"), _("Set LANG=C.UTF-8, or LANG=zh_CN.UTF-8."),
                   _("%s=%s does not name UTF-8; it is assumed"), name, value);
    else
        doctor_say(doctor, DOCTOR_OK, _("locale"), NULL, _("%s=%s, messages in %s"), name, value,
                   language);
}

static void check_size(struct doctor *doctor)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
        doctor_say(doctor, DOCTOR_WARN, _("terminal size"), _("Run: stty rows 24 cols 80"),
                   _("the terminal does not tell its size"));
    else
        doctor_say(doctor, size.ws_col < 80 || size.ws_row < 24 ? DOCTOR_WARN : DOCTOR_OK,
                   _("terminal size"), _("Make the window larger: every screen fits 80x24."),
                   _("%d columns, %d lines"), size.ws_col, size.ws_row);
}

static void check_terminal(struct doctor *doctor)
{
    const char *term = getenv("TERM");
    int status;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        doctor_say(doctor, DOCTOR_OK, _("terminal"), NULL,
                   _("none here: commands work, the console needs one"));
        return;
    }
    if (!term || !*term || setupterm(term, STDOUT_FILENO, &status) == ERR) {
        doctor_say(doctor, DOCTOR_FAIL, _("terminal"),
                   _("Set TERM=xterm-256color, or install the package ncurses-term."),
                   _("the terminal type '%s' is unknown"), term ? term : "");
        return;
    }
    if (!cursor_address) {
        doctor_say(doctor, DOCTOR_FAIL, _("terminal"),
                   _("Set TERM to your terminal's type, or use bankops console --plain."),
                   _("%s cannot place the cursor"), term);
        return;
    }
    int number = tigetnum("colors");
    doctor_say(doctor, DOCTOR_OK, _("terminal"), NULL, _("%s, %d colours%s"), term,
               number > 0 ? number : 0, getenv("NO_COLOR") ? _(", not used (NO_COLOR)") : "");
    check_size(doctor);
}

static void check_account(struct doctor *doctor)
{
    struct passwd *entry = getpwuid(geteuid());
    if (geteuid() != 0)
        doctor_say(doctor, DOCTOR_OK, _("account"), NULL, "%s", entry ? entry->pw_name : "?");
    else if (getpwnam("postgres"))
        doctor_say(doctor, DOCTOR_OK, _("account"), NULL,
                   _("root; the private server runs as postgres"));
    else
        doctor_say(doctor, DOCTOR_FAIL, _("account"),
                   _("Install the package postgresql, or use bankops as another user."),
                   _("root, but there is no user postgres to run the private server"));
}

void doctor_program(struct doctor *doctor)
{
    check_files(doctor);
    check_screens(doctor);
    check_locale(doctor);
    check_terminal(doctor);
    check_account(doctor);
}
