#include "console/command_complete.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/action.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct completing {
    const char *text;
    struct completions *found;
};

static void offer(struct completing *completing, const char *candidate, const char *title)
{
    struct completions *found = completing->found;
    if (strncmp(candidate, completing->text, strlen(completing->text)) != 0)
        return;
    for (int i = 0; i < found->count; i++)
        if (!strcmp(found->items[i].text, candidate))
            return;
    found->items = xrealloc(found->items, ((size_t)found->count + 1) * sizeof *found->items);
    found->items[found->count++] =
        (struct completion){xstrdup(candidate), xstrdup(title ? title : "")};
}

void completions_free(struct completions *found)
{
    for (int i = 0; i < found->count; i++) {
        free(found->items[i].text);
        free(found->items[i].title);
    }
    free(found->items);
    *found = (struct completions){NULL, 0};
}

/* Offers a text before each of several words: "en|zh", "save [NAME]|NAME|list". */
static void offer_choices(struct completing *completing, const char *before, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, "| ");
        char *whole = xasprintf("%s %.*s", before, (int)length, words);
        if (length && !isupper((unsigned char)*words) && *words != '[')
            offer(completing, whole, NULL);
        free(whole);
        words += strcspn(words, "|");
        words += *words == '|';
    }
}

/* What may stand after a word of the command line. */
static void offer_after_word(struct completing *completing, const char *name)
{
    const char *setting;
    for (const struct command_word *word = command_words; word->name; word++)
        if (!strcmp(word->name, name))
            offer_choices(completing, name, word->arguments);
    for (int i = 0; !strcmp(name, "set") && (setting = settings_name(i)); i++) {
        char *whole = xasprintf("set %s", setting);
        if (strchr(completing->text + strlen("set "), ' '))
            offer_choices(completing, whole, settings_choices(i));
        else
            offer(completing, whole, NULL);
        free(whole);
    }
}

/* Values of the filters of the screen whose code stands first. */
static void offer_values(struct console *console, struct completing *completing)
{
    char code[64];
    size_t length = strcspn(completing->text, " ");
    const char *last = strrchr(completing->text, ' ');
    snprintf(code, sizeof code, "%.*s", (int)length, completing->text);
    offer_after_word(completing, code);
    const struct catalogue_entry *entry = catalogue_find_code(console->catalogue, code);
    const struct definition *definition =
        entry ? catalogue_load(console->catalogue, entry->name, NULL) : NULL;
    for (int i = 0; definition && i < definition->filter_count; i++)
        for (int v = 0; v < definition->filters[i].value_count; v++) {
            char *whole = xasprintf("%.*s%s", (int)(last + 1 - completing->text), completing->text,
                                    definition->filters[i].values[v].value);
            char *title = xasprintf("%s: %s", both_text(&definition->filters[i].title),
                                    both_text(&definition->filters[i].values[v].title));
            offer(completing, whole, title);
            free(title);
            free(whole);
        }
}

void completions_find(struct console *console, const char *text, struct completions *found)
{
    struct completing completing = {text, found};
    struct page *page = console_page(console);
    const struct defined_action *own;
    struct catalogue *catalogue = console_catalogue(console);
    *found = (struct completions){NULL, 0};
    if (strchr(text, ' ')) {
        offer_values(console, &completing);
        return;
    }
    for (int i = 0; catalogue && i < catalogue_count(catalogue); i++) {
        const struct catalogue_entry *entry = catalogue_at(catalogue, i);
        if (entry->code && (entry->roles & console->identity.role_bit))
            offer(&completing, entry->code, catalogue_title(entry));
    }
    for (int i = 0; page && (own = page_action(page, i)); i++)
        offer(&completing, own->name, both_text(&own->title));
    for (int i = 0; i < console->settings.alias_count; i++)
        offer(&completing, console->settings.aliases[i].name, console->settings.aliases[i].text);
    for (int i = 0; i < ACTION_COUNT; i++)
        if (!page || page_offers(page, (enum action_id)i))
            offer(&completing, action_at((enum action_id)i)->name,
                  _(action_at((enum action_id)i)->help));
    for (const struct command_word *word = command_words; word->name; word++)
        offer(&completing, word->name, _(word->help));
}
