#ifndef BANKOPS_DATABASE_CONNECTION_HOST_H
#define BANKOPS_DATABASE_CONNECTION_HOST_H

#include "database/address.h"
#include "database/cluster.h"

/* The hosts that libpq would try, as three lists with commas. libpq looks names up itself, but it
 * blocks meanwhile, and a dead network takes the name server along. */
struct host_list {
    char *host, *hostaddr, *port; /* "" where libpq's default holds */
};

/* What connection string, environment and service file say together. Connects to nothing. */
void host_list_read(struct host_list *list, const struct address *address);
void host_list_free(struct host_list *list);
int host_list_count(const struct host_list *list);
/* True when a name has no address yet. */
bool host_list_needs_lookup(const struct host_list *list);

/* A process_work: looks the names up and reports the list with all addresses, one text for each of
 * the three parts, which host_list_take() puts in place. */
bool host_list_lookup(void *list, const struct progress *progress, struct error *error);
void host_list_take(struct host_list *list, const char *text);

/* Moves the first hosts to the end. */
void host_list_rotate(struct host_list *list, int by);
/* Adds the list to the address; it must outlive it. */
void host_list_apply(const struct host_list *list, struct address *address);

#endif
