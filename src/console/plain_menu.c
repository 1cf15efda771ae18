#include "console/plain_internal.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The menu read out: the entries of each group in their order, under one numbering. */

static int by_order(const void *a, const void *b)
{
    const struct catalogue_entry *one = *(const struct catalogue_entry *const *)a;
    const struct catalogue_entry *other = *(const struct catalogue_entry *const *)b;
    return one->menu_order != other->menu_order ? one->menu_order - other->menu_order
                                                : strcmp(one->name, other->name);
}

/* Says a group and adds its entries to `entries`; returns how many there are now. */
static int say_group(const struct plain *plain, const struct group *group,
                     const struct catalogue_entry **entries, int count)
{
    int first = count;
    for (int i = 0; i < catalogue_count(plain->catalogue); i++) {
        const struct catalogue_entry *entry = catalogue_at(plain->catalogue, i);
        if (entry->menu_group && !strcmp(entry->menu_group, group->name) &&
            (entry->roles & plain->identity.role_bit))
            entries[count++] = entry;
    }
    qsort(entries + first, (size_t)(count - first), sizeof *entries, by_order);
    if (count > first)
        plain_say(both_text(&group->title));
    for (int i = first; i < count; i++)
        printf("%d. %s%s%s\n", i + 1, catalogue_title(entries[i]), entries[i]->code ? " :" : "",
               entries[i]->code ? entries[i]->code : "");
    return count;
}

bool plain_menu(struct sheet *sheet)
{
    struct plain *plain = sheet->plain;
    int total = catalogue_count(plain->catalogue), count = 0;
    const struct catalogue_entry **entries = xcalloc((size_t)total + 1, sizeof *entries);
    bool go_on = true, say = true;
    while (go_on) {
        for (int i = 0; say && i < sheet->definition->group_count; i++)
            count = say_group(plain, &sheet->definition->groups[i], entries, i ? count : 0);
        char *text = plain_ask(_("Number, a code and what to look for, ? or q:"));
        int wanted = text ? atoi(text) : 0;
        say = text && (!*text || !strcmp(text, "?"));
        if (!text || plain_is_end(text))
            go_on = false;
        else if (wanted > 0 && wanted <= count)
            go_on = plain_visit(plain, entries[wanted - 1]->name, NULL);
        else if (!say && wanted)
            plain_say(_("There is no entry with this number."));
        else if (!say)
            go_on = plain_command(plain, text);
        free(text);
    }
    free(entries);
    return false;
}
