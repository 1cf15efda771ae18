#ifndef BANKOPS_CONSOLE_DEFINITION_PART_H
#define BANKOPS_CONSOLE_DEFINITION_PART_H

#include "console/definition.h"

/* Readers of the parts of a screen file, for definition.c: what is shown in definition_part.c, what is
 * asked for and done in definition_action.c. Each takes the member of that name in
 * `object`; an absent member gives an empty part. The arrays are freed by the part's free. */

/* Index of a text in a NULL-terminated list; 0 when absent. */
int read_word(const char *text, const char *const *names);
/* Room for each element of a list, zeroed, and how many there are; NULL for none. */
void *read_array(const cJSON *array, size_t size, int *count);
struct both read_both(const cJSON *object, const char *name);
struct bindings read_bindings(const cJSON *object, const char *name);
struct source read_source(const cJSON *object, const char *name);
struct named_value *read_values(const cJSON *object, int *count);
struct defined_names read_code_list(const cJSON *object);
/* Of the member "format", FORMAT_TEXT without one. */
enum format read_format(const cJSON *object);
struct defined_columns read_columns(const cJSON *object, const char *name);
struct order *read_order(const cJSON *object, const struct defined_columns *columns, int *count);
int *read_column_names(const cJSON *object, const char *name, const struct defined_columns *columns,
                       int *count);
struct jump read_jump(const cJSON *object, const char *name);
struct after read_after(const cJSON *object);
struct offer read_offer(const cJSON *object);
enum danger read_danger(const cJSON *object);
unsigned read_roles(const cJSON *object);
struct fields read_fields(const cJSON *object, const char *name);
struct actions read_actions(const cJSON *object, const struct defined_columns *columns);
struct defined_filter *read_filters(const cJSON *object, int *count);
struct defined_chart read_chart(const cJSON *object, const struct defined_columns *columns);
struct defined_panel *read_panels(const cJSON *object, int *count);

void source_free(struct source *source);
void defined_columns_free(struct defined_columns *columns);
void fields_free(struct fields *fields);
void actions_free(struct actions *actions);
void panels_free(struct defined_panel *panels, int count);

#endif
