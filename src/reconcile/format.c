#include "reconcile/format.h"

#include "base/alloc.h"
#include "base/language.h"
#include "reconcile/control.h"
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

/* What payment platforms send in place of the bill of a day without trade. */
static bool says_no_bill(struct slice head)
{
    static const char *const answers[] = {"No Bill Exist", "NO_STATEMENT_EXIST", "NO_BILL_EXIST"};
    for (size_t i = 0; i < ARRAY_LENGTH(answers); i++)
        if (memmem(head.text, head.length, answers[i], strlen(answers[i])))
            return true;
    return false;
}

static bool refuse_unknown(struct source *source, struct error *error)
{
    struct slice head = source_peek(source);
    if (head.length && (*head.text == '<' || *head.text == '{') && says_no_bill(head))
        return error_set(error, ERROR_INPUT, source_name(source),
                         _("If there was trade on that day, ask for the bill again."),
                         _("this is no bill, but the platform's answer that there is none"));
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

/* A sink that lets no text through which matching could not hold. */
struct guard {
    const struct sink *sink;
    const struct source *source;
};

static bool take_item(void *context, const struct item *item, struct error *error)
{
    const struct guard *guard = context;
    const struct {
        struct slice text;
        size_t limit;
        const char *name;
    } texts[] = {{item->reference, ITEM_REFERENCE_LIMIT, N_("reference")},
                 {item->bank_reference, ITEM_REFERENCE_LIMIT, N_("bank reference")},
                 {item->source_id, ITEM_REFERENCE_LIMIT, N_("id")},
                 {item->narrative, ITEM_TEXT_LIMIT, N_("narrative")},
                 {item->counterparty, ITEM_TEXT_LIMIT, N_("counterparty")},
                 {item->kind, ITEM_TEXT_LIMIT, N_("kind")}};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (texts[i].text.length > texts[i].limit)
            return source_refuse_at(guard->source, item->line, source_offset(guard->source),
                                    _(texts[i].name),
                                    _("Ask the sender for the file again; nothing was imported."),
                                    error, _("the text is longer than %zu bytes"), texts[i].limit);
    return guard->sink->item(guard->sink->context, item, error);
}

static bool take_statement(void *context, const struct statement *statement, struct error *error)
{
    const struct guard *guard = context;
    return guard->sink->statement(guard->sink->context, statement, error);
}

static bool take_control(void *context, const struct control *control, struct error *error)
{
    const struct guard *guard = context;
    return control_report(guard->sink, control, error);
}

bool format_read(struct source *source, const struct format *format, const struct sink *sink,
                 struct error *error)
{
    struct guard guard = {sink, source};
    const struct sink guarded = {&guard, take_item, take_statement, take_control};
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
        if (!strcmp(format->name, formats[i].name))
            return formats[i].read(source, &guarded, error);
    return table_read(source, format->profile, &guarded, error);
}

bool format_unused(struct source *source, const struct format *format, struct buffer *out,
                   struct error *error)
{
    return !format->profile || table_unused(source, format->profile, out, error);
}
