#include "base/language.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum language current;

static const char *environment(const char *category)
{
    const char *names[] = {"LC_ALL", category, "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return "C.UTF-8";
}

static bool utf8_codeset(const char *locale)
{
    const char *codeset = strchr(locale, '.');
    if (!codeset)
        return true;
    codeset++;
    size_t length = strcspn(codeset, "@");
    return (length == 5 && !strncasecmp(codeset, "UTF-8", 5)) ||
           (length == 4 && !strncasecmp(codeset, "utf8", 4));
}

void language_set(enum language language)
{
    extern int _nl_msg_cat_cntr;
    current = language;
    setenv("LANGUAGE", language == LANGUAGE_CHINESE ? "zh_CN" : "en", 1);
    _nl_msg_cat_cntr++;
}

enum language language_current(void)
{
    return current;
}

bool language_start(const char *wanted, const char *locale_directory, struct error *error)
{
    const char *characters = environment("LC_CTYPE");
    const char *messages = wanted ? wanted : environment("LC_MESSAGES");
    if (!utf8_codeset(characters))
        return error_set(error, ERROR_USAGE, characters,
                         "Set a UTF-8 locale, for example: LC_ALL=C.UTF-8 bankops",
                         "the locale's character set is not UTF-8, which bankops needs");
    if (wanted && strncmp(wanted, "en", 2) && strncmp(wanted, "zh", 2))
        return error_set(error, ERROR_USAGE, "--language", "Use en or zh.",
                         "unknown language '%.40s'", wanted);
    if (!setlocale(LC_ALL, "C.UTF-8") && !setlocale(LC_ALL, "en_US.UTF-8"))
        return error_set(error, ERROR_SYSTEM, "locale", "Install the package libc-bin.",
                         "the locale C.UTF-8 is missing on this machine");
    setlocale(LC_NUMERIC, "C");
    setenv("PGLOCALEDIR", "/dev/null", 1); /* libpq says all in English: we know its words */
    bindtextdomain("bankops", locale_directory);
    bind_textdomain_codeset("bankops", "UTF-8");
    textdomain("bankops");
    language_set(!strncmp(messages, "zh", 2) ? LANGUAGE_CHINESE : LANGUAGE_ENGLISH);
    return true;
}
