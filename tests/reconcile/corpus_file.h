#ifndef BANKOPS_TESTS_RECONCILE_CORPUS_FILE_H
#define BANKOPS_TESTS_RECONCILE_CORPUS_FILE_H

#include "reconcile/control.h"
#include "reconcile/profile.h"

#include <cjson/cJSON.h>

/* One line as the program read it, its texts copied. Never freed apart from its file. */
struct corpus_item {
    struct item item;
    char *id, *kind, *reference, *bank_reference, *counterparty, *narrative, *batch;
};

struct corpus_statement {
    struct statement statement;
    char *account, *reference;
};

/* All that one file gave, or why it was refused. */
struct corpus_file {
    const char *path;
    bool read;
    struct error error;
    const char *format;
    struct corpus_item *items;
    struct corpus_statement *statements;
    size_t item_count, item_room, statement_count, statement_room;
    int controls, broken;
};

void corpus_file_read(struct corpus_file *file, const char *path, const struct profiles *profiles);
void corpus_file_free(struct corpus_file *file);
/* The whole file as a string that the caller frees; NULL when there is none. */
char *corpus_text(const char *path);

/* A member of what the other program dumped, NULL where it is missing or null; of a text "" then. */
static inline const cJSON *corpus_get(const cJSON *object, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNull(value) ? NULL : value;
}

static inline const char *corpus_string(const cJSON *object, const char *name)
{
    const cJSON *value = corpus_get(object, name);
    return cJSON_IsString(value) ? value->valuestring : "";
}

/* Differences from what another program read are accepted when a row of CORPUS.md lists them. */
void corpus_table_open(const char *path);
/* Notes what they and we have for a field of the file; equal texts are no difference. */
void corpus_differ(const char *path, const char *field, const char *theirs, const char *ours);
/* Number of differences that no row lists, and of rows that nothing met; prints them. */
int corpus_table_close(void);

/* Compares the file with what another program made of it. */
void corpus_mt940(const struct corpus_file *file, const char *yml);
void corpus_camt(const struct corpus_file *file, const char *json);
/* With the ledger in the file's folder, if there is one: every movement of each has its like. */
void corpus_ledger(const struct corpus_file *file);

/* The YAML that a Python program dumps, as JSON: mappings, lists, strings, anchors; tags are
 * dropped, and so is the part under the key `skip` of the outermost mapping. NULL when it is not. */
cJSON *corpus_yaml(const char *text, const char *skip);

#endif
