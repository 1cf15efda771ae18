#include "console/offer.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/dialog.h"

#include <stdlib.h>
#include <string.h>

struct question {
    struct console *console;
    const char *screen; /* the definition's */
    struct values arguments;
};

static void answered(void *data, bool yes)
{
    struct question *question = data;
    if (yes)
        console_open(question->console, question->screen, &question->arguments);
    values_clear(&question->arguments);
    free(question);
}

bool offer_ask(struct page *page, const struct offer *offer, const struct error *error,
               value_lookup lookup, void *data)
{
    struct catalogue *catalogue = console_catalogue(page->console);
    if (!offer->error || strcmp(error->code, offer->error) != 0 || !catalogue)
        return false;
    const struct catalogue_entry *entry = catalogue_find(catalogue, offer->jump.screen);
    if (!entry)
        return false;
    struct question *question = xcalloc(1, sizeof *question);
    struct buffer text = BUFFER_INIT;
    *question = (struct question){page->console, offer->jump.screen, VALUES_INIT};
    values_bind(&question->arguments, &offer->jump.arguments, lookup, data);
    buffer_format(&text, "%s\n\n%s\n\n", error->what, error->todo);
    buffer_format(&text, _("Open \"%s\" now?"), catalogue_title(entry));
    screen_bell();
    dialog_confirm(page->console, _("Not possible"), buffer_text(&text), answered, question);
    buffer_free(&text);
    return true;
}
