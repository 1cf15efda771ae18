#include "base/language.h"
#include "base/digest.h"
#include "database/connection_inside.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

/* Asked this often, a text is worth a statement on the server. */
enum { WORTH = 2 };

static void digest_of(const char *sql, unsigned char digest[PREPARED_DIGEST])
{
    unsigned char whole[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)sql, strlen(sql), whole);
    memcpy(digest, whole, PREPARED_DIGEST);
}

/* The place of the text, a new one where there was none; NULL when all are taken. */
static struct prepared *find(struct connection *c, const char *sql)
{
    unsigned char digest[PREPARED_DIGEST];
    digest_of(sql, digest);
    for (int i = 0; i < c->prepared_count; i++)
        if (!memcmp(c->prepared[i].digest, digest, sizeof digest))
            return &c->prepared[i];
    if (c->prepared_count == PREPARED_MOST)
        return NULL;
    struct prepared *fresh = &c->prepared[c->prepared_count++];
    *fresh = (struct prepared){.uses = 0};
    memcpy(fresh->digest, digest, sizeof digest);
    return fresh;
}

/* The name is the content's: behind a pooler another program may have made the same one, and then
 * it is the same statement. */
static void name_of(const struct prepared *prepared, char name[PREPARED_NAME])
{
    enum { LEAD = sizeof "bankops_" - 1 };
    memcpy(name, "bankops_", LEAD);
    digest_hex(prepared->digest, PREPARED_DIGEST, name + LEAD);
}

bool prepare_send(struct connection *c, struct pending *p)
{
    char name[PREPARED_NAME];
    const char *const *values = (const char *const *)p->values;
    struct prepared *prepared = p->repeats && !c->prepare_refused ? find(c, p->sql) : NULL;
    p->prepared = prepared && ++prepared->uses > WORTH;
    if (!p->prepared)
        return PQsendQueryParams(c->pg, p->sql, p->n, NULL, values, NULL, NULL, 0);
    name_of(prepared, name);
    if (!prepared->known && !PQsendPrepare(c->pg, name, p->sql, p->n, NULL))
        return false;
    prepared->known = true;
    return PQsendQueryPrepared(c->pg, name, p->n, values, NULL, NULL, 0);
}

bool prepare_failed(struct connection *c, const struct pending *p, const char *code)
{
    bool refused =
        p->prepared && (!strcmp(code, "26000") || !strcmp(code, "42P05") || !strcmp(code, "0A000"));
    c->prepare_refused = c->prepare_refused || refused;
    return refused;
}

void prepare_forget(struct connection *c)
{
    c->prepared_count = 0;
    c->prepare_refused = false;
}

/* An export may take longer than a screen should, and names come in the language of the program: both
 * said for the request's own transaction only, because a session may be a pooler's. */
static const char *prelude(const struct pending *p)
{
    bool english = language_current() == LANGUAGE_ENGLISH;
    if (p->stream && english)
        return "SELECT set_config('statement_timeout', '30min', true), "
               "set_config('bankops.language', 'en', true)";
    if (p->stream)
        return "SELECT set_config('statement_timeout', '30min', true)";
    return english ? "SELECT set_config('bankops.language', 'en', true)" : NULL;
}

bool prelude_send(struct connection *c, struct pending *p)
{
    const char *sql = prelude(p);
    p->single_row = false;
    p->prelude = sql != NULL;
    return !sql || PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}
