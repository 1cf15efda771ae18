#include "database/connection_host.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/language.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ADDRESSES = 8 };

void host_list_read(struct host_list *list, const struct address *address)
{
    PQconninfoOption *settings = address_settings(address);
    *list = (struct host_list){xstrdup(address_setting(settings, "host")),
                               xstrdup(address_setting(settings, "hostaddr")),
                               xstrdup(address_setting(settings, "port"))};
    PQconninfoFree(settings);
}

void host_list_free(struct host_list *list)
{
    free(list->host);
    free(list->hostaddr);
    free(list->port);
    *list = (struct host_list){NULL, NULL, NULL};
}

/* Entry `index` of a list with commas; a list of one entry holds for all. The caller frees. */
static char *entry(const char *list, int index, bool holds_for_all)
{
    if (holds_for_all && !strchr(list, ','))
        return xstrdup(list);
    for (; index > 0 && *list; index--) {
        list += strcspn(list, ",");
        list += *list == ',';
    }
    return xstrndup(list, strcspn(list, ","));
}

static int commas(const char *list)
{
    int count = 0;
    for (; list && *list; list++)
        count += *list == ',';
    return count;
}

int host_list_count(const struct host_list *list)
{
    return 1 + commas(list->host && *list->host ? list->host : list->hostaddr);
}

static bool is_name(const char *host)
{
    unsigned char bytes[16];
    return *host && *host != '/' && *host != '@' && inet_pton(AF_INET, host, bytes) != 1 &&
           inet_pton(AF_INET6, host, bytes) != 1;
}

bool host_list_needs_lookup(const struct host_list *list)
{
    bool needs = false;
    if (*list->hostaddr)
        return false;
    for (int i = 0; !needs && i < host_list_count(list); i++) {
        char *host = entry(list->host, i, false);
        needs = is_name(host);
        free(host);
    }
    return needs;
}

/* The three lists while they grow. */
struct growing {
    struct buffer parts[3];
    int count;
};

static void add_entry(struct growing *to, const char *host, const char *address, const char *port)
{
    const char *const texts[] = {host, address, port};
    for (int i = 0; i < 3; i++) {
        if (to->count)
            buffer_add_char(&to->parts[i], ',');
        buffer_add(&to->parts[i], texts[i]);
    }
    to->count++;
}

/* Adds one host with each of its addresses, nothing when the name is unknown. */
static void add_host(struct growing *to, const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    char text[INET6_ADDRSTRLEN];
    if (!is_name(host)) {
        add_entry(to, host, *host == '/' || *host == '@' ? "" : host, port);
        return;
    }
    if (getaddrinfo(host, NULL, &hints, &found) != 0)
        return;
    int count = 0;
    for (struct addrinfo *a = found; a && count < MOST_ADDRESSES; a = a->ai_next, count++)
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
            add_entry(to, host, text, port);
    freeaddrinfo(found);
}

bool host_list_lookup(void *data, const struct progress *progress, struct error *error)
{
    static const char marks[] = "hap";
    const struct host_list *list = data;
    struct growing all = {.count = 0};
    for (int i = 0; i < host_list_count(list); i++) {
        char *host = entry(list->host, i, false), *port = entry(list->port, i, true);
        add_host(&all, host, port);
        free(host);
        free(port);
    }
    for (int i = 0; i < 3; i++) {
        char *text = xasprintf("%c%s", marks[i], buffer_text(&all.parts[i]));
        if (all.count)
            progress_say(progress, text);
        free(text);
        buffer_free(&all.parts[i]);
    }
    return all.count || error_set(error, ERROR_UNREACHABLE, list->host,
                                  _("Check the name and that the network is up."),
                                  _("the name of the server cannot be found"));
}

void host_list_take(struct host_list *list, const char *text)
{
    char **part = *text == 'h' ? &list->host : *text == 'a' ? &list->hostaddr : &list->port;
    free(*part);
    *part = xstrdup(text + 1);
}

/* "a,b,c" becomes "b,c,a". */
static void rotate(char **list)
{
    char *comma = *list ? strchr(*list, ',') : NULL;
    if (!comma)
        return;
    char *moved = xasprintf("%s,%.*s", comma + 1, (int)(comma - *list), *list);
    free(*list);
    *list = moved;
}

void host_list_rotate(struct host_list *list, int by)
{
    for (; by > 0; by--) {
        rotate(&list->host);
        rotate(&list->hostaddr);
        rotate(&list->port);
    }
}

void host_list_apply(const struct host_list *list, struct address *address)
{
    if (*list->host)
        address_add(address, "host", list->host);
    if (*list->hostaddr)
        address_add(address, "hostaddr", list->hostaddr);
    if (*list->port)
        address_add(address, "port", list->port);
}
