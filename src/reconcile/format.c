#include "reconcile/format.h"

#include "base/alloc.h"
#include "base/language.h"
#include "reconcile/formats/bai2.h"
#include "reconcile/formats/camt.h"
#include "reconcile/formats/mt940.h"
#include "reconcile/formats/ofx.h"
#include "reconcile/formats/table.h"

#include <string.h>

/* Formats that are told by what the file begins with. */
static const struct {
    const char *name;
    bool (*recognise)(struct slice head);
    bool (*read)(struct source *source, const struct sink *sink, struct error *error);
} formats[] = {{"camt", camt_recognise, camt_read}, {"mt940", mt940_recognise, mt940_read},
             {"bai2", bai2_recognise, bai2_read}, {"ofx", ofx_recognise, ofx_read}};

static bool refuse_unknown(struct source *source, struct error *error)
{
    return error_set(error, ERROR_INPUT, source_name(source),
                     _("Name a profile with --profile; bankops import --profiles lists them."),
                     _("the format is not recognised: neither MT940 (:20: … :61:), camt XML "
                       "(BkToCstmr…), BAI2 (01,…) nor OFX (<OFX>), nor a table with the header "
                       "of a known profile"));
}

static bool take_profile(const struct source *source, const struct profile *profile,
                         struct format *format)
{
    if (profile && profile->layout == LAYOUT_FIXED)
        format->name = "fixed";
    else if (source_is_sheet(source))
        format->name = "sheet";
    format->profile = profile;
    return profile != NULL;
}

bool format_recognise(struct source *source, const struct profiles *profiles, bool forced,
                      struct format *format, struct error *error)
{
    *format = (struct format){.name = "csv"};
    if (forced)
        return take_profile(source, profiles->list[0], format);
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
        if (formats[i].recognise(source_peek(source))) {
            format->name = formats[i].name;
            return true;
        }
    if (take_profile(source, table_recognise(source, profiles, error), format))
        return true;
    return error->kind == ERROR_NONE && refuse_unknown(source, error);
}

bool format_read(struct source *source, const struct format *format, const struct sink *sink,
                 struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
        if (!strcmp(format->name, formats[i].name))
            return formats[i].read(source, sink, error);
    return table_read(source, format->profile, sink, error);
}

bool format_unused(struct source *source, const struct format *format, struct buffer *out,
                   struct error *error)
{
    return !format->profile || table_unused(source, format->profile, out, error);
}
