#include "console/page_columns.h"

#include "base/language.h"

/* Names of people and units are half as long again in English. */
static int width_of(const struct defined_column *column)
{
    int wider = column->width * 3 / 2;
    if (language_current() != LANGUAGE_ENGLISH || column->most <= column->width)
        return column->width;
    return wider < column->most ? wider : column->most;
}

struct columns *page_columns(const struct defined_columns *defined, int most, int *shown_of)
{
    struct columns *columns = columns_new();
    for (int i = 0; i < defined->count && i < most; i++) {
        const struct defined_column *from = &defined->items[i];
        struct column column = {.name = from->name,
                                .title = both_text(&from->title),
                                .width = width_of(from),
                                .minimum = from->least,
                                .flex = from->flex,
                                .roomy = width_of(from) > from->width ? from->most : 0,
                                .priority = from->priority - 1,
                                .align = from->right ? TEXT_RIGHT : TEXT_LEFT};
        if (!from->hidden)
            shown_of[columns_add(columns, &column)] = i;
    }
    return columns;
}

void page_columns_translate(struct columns *columns, const struct defined_columns *defined,
                            const int *shown_of)
{
    for (int i = 0; i < columns_count(columns); i++)
        columns_set_title(columns, i, both_text(&defined->items[shown_of[i]].title));
}
