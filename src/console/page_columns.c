#include "console/page_columns.h"

struct columns *page_columns(const struct defined_columns *defined, int most, int *shown_of)
{
    struct columns *columns = columns_new();
    for (int i = 0; i < defined->count && i < most; i++) {
        const struct defined_column *from = &defined->items[i];
        struct column column = {.name = from->name,
                                .title = both_text(&from->title),
                                .width = from->width,
                                .flex = from->flex,
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
