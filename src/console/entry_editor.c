#include "console/entry_editor.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "terminal/editor.h"

#include <stdlib.h>
#include <string.h>

bool entry_editor_offered(const struct fields *fields)
{
    for (int i = 0; i < fields->count; i++)
        if (fields->items[i].type == FIELD_MEMO)
            return true;
    return false;
}

static bool is_memo(const struct form *form, int field)
{
    return field >= 0 && form_get(form, field)->type == FORM_MEMO;
}

/* The memo with the cursor, else the first; -1: none. */
static int memo_of(const struct form *form)
{
    int at = form_focus(form);
    for (int i = 0; !is_memo(form, at) && i < form_count(form); i++)
        if (is_memo(form, i) && !form_get(form, i)->readonly)
            at = i;
    return is_memo(form, at) ? at : -1;
}

static size_t characters(const char *text)
{
    size_t count = 0, length = strlen(text);
    uint32_t character;
    for (size_t at = 0; at < length; count++)
        at += text_decode(text + at, length - at, &character);
    return count;
}

static void keep(struct entry_kept *kept, int field, char *text)
{
    free(kept->text);
    *kept = (struct entry_kept){text, field};
}

/* Takes the text over, or keeps it for the next time. */
static void take(struct console *console, struct form *form, int field, char *text,
                 enum editor_end end, struct entry_kept *kept)
{
    if (!form_type(form, field, text)) {
        screen_bell();
        console_say(console, STYLE_WARNING,
                    _("The text has %zu characters, %d fit. It is kept: F9 opens it again."),
                    characters(text), form_get(form, field)->length);
        keep(kept, field, text);
        return;
    }
    keep(kept, field, NULL);
    free(text);
    if (end == EDITOR_BROKEN)
        console_say(console, STYLE_WARNING, "%s",
                    _("The editor ended with an error. What it had saved is here."));
    else
        console_say(console, STYLE_MESSAGE, "%s", _("The text of the editor is here."));
}

void entry_editor(struct page *page, struct form **place, struct entry_kept *kept)
{
    struct form *form = *place;
    struct console *console = page->console;
    struct error error = ERROR_INIT;
    enum editor_end end = EDITOR_DONE;
    int field = memo_of(form);
    char *text;
    if (field < 0) {
        console_refuse(console, _("This form has no text to write in an editor."));
        return;
    }
    form_set_focus(form, field);
    bool again = kept->text && kept->field == field;
    char *before = xstrdup(again ? kept->text : form_value(form, field));
    bool good = editor_run(before, &text, &end, &error);
    form = *place; /* answers that came meanwhile may have made it anew */
    console->last_key = clock_ms(); /* the time in the editor was not idle */
    if (good)
        take(console, form, field, text, end, kept);
    else
        console_error(console, &error);
    free(before);
    screen_dirty();
}
