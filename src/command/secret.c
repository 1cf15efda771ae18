#include "command/secret.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool secret_read(const char *path, char **secrets, struct error *error)
{
    struct stat status;
    size_t length;
    if (stat(path, &status) == 0 && (status.st_mode & 077))
        return error_set(error, ERROR_INPUT, path, _("chmod 600 makes it yours alone."),
                         _("others may read this file of secrets"));
    free(*secrets);
    *secrets = NULL;
    return file_read(path, 65536, secrets, &length, error);
}

char *secret_find(const char *secrets, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = secrets; line && *name; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *value = line + strspn(line, " \t");
        if (strncmp(value, name, length) || !strchr(" \t=", value[length]))
            continue;
        value += length + strspn(value + length, " \t");
        if (*value != '=')
            continue;
        value += 1 + strspn(value + 1, " \t");
        size_t end = strcspn(value, "\r\n");
        return xstrndup(value, end);
    }
    return xstrdup("");
}
