#include "console/field_check.h"

#include "base/alloc.h"
#include "base/language.h"
#include "customer/identifier.h"

#include <string.h>

static bool credit_code(const char *text, const char **problem)
{
    *problem = strlen(text) == 18 ? _("The check character is wrong: read it again.")
                                  : _("A credit code has 18 characters.");
    return identifier_credit_good(text);
}

static bool resident_id(const char *text, const char **problem)
{
    *problem = strlen(text) == 18 ? _("The check character is wrong: read it again.")
                                  : _("An identity number has 18 characters.");
    return identifier_resident_good(text);
}

static const struct {
    const char *name;
    field_check check;
} checks[] = {{"credit-code", credit_code}, {"resident-id", resident_id}};

field_check field_check_find(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_LENGTH(checks); i++)
        if (!strcmp(checks[i].name, name))
            return checks[i].check;
    return NULL;
}
