#include "base/place.h"

#include "base/alloc.h"

#include <stdbool.h>

#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool set_in_environment(const char *name, const char **value)
{
    *value = getenv(name);
    return *value && **value;
}

static const char *home(void)
{
    const char *value;
    if (set_in_environment("HOME", &value))
        return value;
    struct passwd *entry = getpwuid(geteuid());
    return entry ? entry->pw_dir : "/";
}

char *place_program(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    return length > 0 ? xstrndup(path, (size_t)length) : xstrdup("bankops");
}

/* SHARE/NAME of the installation that the program is part of, moved or not, else NULL. */
static char *installed_share(const char *name)
{
    char *program = place_program();
    char *path = NULL;
    size_t length = strlen(program), tail = strlen("/bin/bankops");
    if (length > tail && !strcmp(program + length - tail, "/bin/bankops"))
        path = xasprintf("%.*s/share/%s", (int)(length - tail), program, name);
    free(program);
    if (path && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* The build tree's share/ when the program runs from there, else NULL. */
static char *build_share(const char *name)
{
    struct stat status;
    char *program = place_program();
    char *slash = strrchr(program, '/');
    char *path = NULL;
    if (slash) {
        char *mark = xasprintf("%.*s/config.status", (int)(slash - program), program);
        if (stat(mark, &status) == 0)
            path = xasprintf("%.*s/share/%s", (int)(slash - program), program, name);
        free(mark);
    }
    free(program);
    return path;
}

char *place_share(const char *name)
{
    const char *share;
    if (set_in_environment("BANKOPS_SHARE", &share))
        return xasprintf("%s/%s", share, name);
    char *built = build_share(name);
    if (built)
        return built;
    char *relative = xasprintf("bankops/%s", name);
    char *moved = installed_share(relative);
    free(relative);
    return moved ? moved : xasprintf("%s/%s", PKGDATADIR, name);
}

char *place_locale(void)
{
    const char *share;
    if (set_in_environment("BANKOPS_SHARE", &share))
        return xasprintf("%s/locale", share);
    char *built = build_share("locale");
    if (built)
        return built;
    char *moved = installed_share("locale");
    return moved ? moved : xstrdup(LOCALEDIR);
}

char *place_data(void)
{
    const char *value;
    if (set_in_environment("BANKOPS_DATA", &value))
        return xstrdup(value);
    if (geteuid() == 0)
        return xstrdup("/var/lib/bankops");
    if (set_in_environment("XDG_DATA_HOME", &value))
        return xasprintf("%s/bankops", value);
    return xasprintf("%s/.local/share/bankops", home());
}

char *place_config(const char *name)
{
    const char *value;
    if (set_in_environment("XDG_CONFIG_HOME", &value))
        return xasprintf("%s/bankops/%s", value, name);
    return xasprintf("%s/.config/bankops/%s", home(), name);
}
