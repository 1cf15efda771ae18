#include "reconcile/format.h"

#include "base/language.h"
#include "reconcile/formats/csv.h"
#include "reconcile/formats/mt940.h"

#include <string.h>

bool format_recognise(struct source *source, const struct profiles *profiles, bool forced,
                      struct format *format, struct error *error)
{
    *format = (struct format){.name = "csv"};
    if (forced) {
        format->profile = profiles->list[0];
        return true;
    }
    if (mt940_recognise(source_peek(source))) {
        format->name = "mt940";
        return true;
    }
    format->profile = csv_recognise(source, profiles, error);
    if (format->profile)
        return true;
    if (error->kind != ERROR_NONE)
        return false;
    return error_set(error, ERROR_INPUT, source_name(source),
                     _("Name a profile with --profile; bankops import --profiles lists them."),
                     _("the format is not recognised: neither MT940 (:20: … :61:) nor a table "
                       "with the header of a known profile"));
}

bool format_read(struct source *source, const struct format *format, const struct sink *sink,
                 struct error *error)
{
    if (!strcmp(format->name, "mt940"))
        return mt940_read(source, sink, error);
    if (format->profile->has_encoding &&
        !source_set_encoding(source, format->profile->encoding, error))
        return false;
    return csv_read(source, format->profile, sink, error);
}
