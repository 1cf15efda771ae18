#ifndef BANKOPS_DATABASE_ADDRESS_H
#define BANKOPS_DATABASE_ADDRESS_H

#include "base/error.h"

#include <libpq-fe.h>

/* Which server to use and as whom. An outside server is one that the user names in libpq's own
 * way (connection string, PGHOST, PGSERVICE …); without any of these it is the private cluster. */
struct address {
    const char *keywords[24]; /* NULL-terminated, for PQconnectdbParams with expand_dbname = 1 */
    const char *values[24];
    char *owned[4]; /* strings that this address allocated */
    int count, owned_count;
    bool private_cluster;
};

/* True when neither `conninfo` nor the environment names a server. */
bool address_is_private(const char *conninfo);

/* Fills the address. `conninfo` and `as` (role) may be NULL; both must outlive the address.
 * `socket` is the private cluster's socket directory, used when the address is private.
 * `interactive` adds time limits for statements, right for a console and wrong for a loader.
 * Fails on a malformed connection string. Free with address_free(). */
bool address_set(struct address *address, const char *conninfo, const char *as, const char *socket,
                 bool interactive, struct error *error);
/* Adds one parameter; both strings must outlive the address. */
void address_add(struct address *address, const char *keyword, const char *value);
void address_free(struct address *address);
/* Whether libpq can use the settings of connection string, environment and service file at all;
 * connects to nothing. True for the private cluster. */
bool address_check(const char *conninfo, struct error *error);
/* All settings as libpq puts them together from the address, environment and service file, without
 * connecting; NULL when it cannot. The caller frees with PQconninfoFree(). */
PQconninfoOption *address_settings(const struct address *address);
/* Value of one of them, "" when it has none. */
const char *address_setting(const PQconninfoOption *settings, const char *keyword);
/* The role that psql would use on that server: of the connection string, environment or service
 * file, else the name of the operating-system account (*named is false then). The caller frees. */
char *address_user(const char *conninfo, bool *named);

#endif
