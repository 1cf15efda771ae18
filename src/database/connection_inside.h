#ifndef BANKOPS_DATABASE_CONNECTION_INSIDE_H
#define BANKOPS_DATABASE_CONNECTION_INSIDE_H

/* Shared by the connection*.c files only. */
#include "database/address.h"
#include "database/connection.h"
#include "database/connection_host.h"

#include <stdint.h>
#include <sys/types.h>

enum { PREPARED_MOST = 32, PREPARED_DIGEST = 16, PREPARED_NAME = 48 };

/* A text that is asked again and again. */
struct prepared {
    unsigned char digest[PREPARED_DIGEST];
    unsigned uses;
    bool known; /* the server was told */
};

/* One request from connection_request() to its last answer. */
struct pending {
    struct pending *next;
    unsigned id;
    const void *owner;
    char *sql;
    char **values;
    int n;
    enum request_kind kind;
    bool stream;
    bool repeats;
    bool prepared;   /* sent as a statement that the server keeps */
    bool prelude;    /* an answer comes before that of the request */
    bool single_row; /* libpq was told to hand out the rows one by one */
    bool dropped;    /* the owner left: no callback */
    bool cancelled;  /* the owner wants it stopped */
    bool resent;     /* a write that was in doubt */
    int attempts;
    int64_t not_before; /* clock_ms() */
    answer_function answer;
    void *data;
    PGresult *result;   /* kept until the server has closed the transaction */
    struct error error; /* why it failed without the server */
};

struct queue {
    struct pending *head, **tail;
};

struct connection {
    char *conninfo, *as, *password;
    bool any_schema;

    enum connection_state state;
    struct error error;
    char banner[512];
    char doing[256]; /* a long step, for the banner */
    void (*changed)(void *data);
    void *changed_data;

    PGconn *pg; /* NULL while there is none */
    bool open;  /* pg is ready for requests */
    PostgresPollingStatusType wants;
    int64_t deadline;       /* of the present try */
    int64_t retry_at;       /* of the next try, 0 = none */
    int retry_seconds;      /* last pause */
    struct host_list hosts; /* of an outside server, with their addresses */
    int host_shift;         /* how many silent hosts were moved to the end of the list */
    char tried_host[256];
    time_t lost_at, last_answer;

    pid_t starter; /* child that starts the private cluster or looks up names, 0 = none */
    int starter_fd;

    pid_t canceller; /* child that delivers a cancel request, 0 = none */
    int64_t cancel_deadline;
    unsigned cancelled_id; /* the request it was for */
    int64_t cancel_again;  /* when the same request may be cancelled again */
    int64_t cancel_until;  /* until then a cancel may hit a request that follows */

    struct queue waiting; /* not sent */
    struct queue sent;    /* in the order of their answers */
    struct queue failed;  /* to be told at the next step */
    unsigned last_id;
    bool unconfirmed; /* the present answer came with "committed locally" */
    bool writing;     /* libpq could not send everything */

    struct prepared prepared[PREPARED_MOST]; /* of this connection to the server */
    int prepared_count;
    bool prepare_refused; /* the server does not keep them: a pooler stands before it */
};

/* connection_link.c: getting and losing a connection */
void link_begin(struct connection *connection, bool by_user);
void link_step(struct connection *connection, short revents);
/* The connection is gone: `error` says why. */
void link_lost(struct connection *connection, const struct error *error);
void link_refuse(struct connection *connection, enum connection_state state,
                 const struct error *error);
/* Everything is checked: requests and screens may rely on it. */
void link_ready(struct connection *connection);
void link_close(struct connection *connection);
void link_set_state(struct connection *connection, enum connection_state state);

/* connection_prepare.c: what a request is sent as, statements that the server keeps */
/* Sends what comes before the request, if anything does. */
bool prelude_send(struct connection *connection, struct pending *pending);
/* Sends the request, without its sync. */
bool prepare_send(struct connection *connection, struct pending *pending);
/* True when the request failed only because the server did not keep its statement, before anything
 * was done: it is to be sent again, and from now on nothing is prepared. */
bool prepare_failed(struct connection *connection, const struct pending *pending, const char *code);
/* Another connection: the server knows nothing. */
void prepare_forget(struct connection *connection);

/* connection_queue.c: requests and answers */
void queue_init(struct connection *connection);
void queue_free(struct connection *connection);
/* Sends what waits and may be sent. */
void queue_pump(struct connection *connection);
void queue_receive(struct connection *connection, bool readable);
/* Sorts everything under way after a loss: reads fail, sent writes are in doubt. */
void queue_lost(struct connection *connection, const struct error *error);
/* Gives up writes in doubt: they must not be sent again in somebody else's name. */
void queue_disown(struct connection *connection);
/* Tells the owners of requests that failed without the server. */
void queue_tell_failed(struct connection *connection);
/* Puts a check of the schema before everything else. */
void queue_check_schema(struct connection *connection);

/* connection_canceller.c: a child that asks the server to stop the first request sent, when its owner
 * wants that; and what became of it. */
void canceller_start(struct connection *connection);
void canceller_check(struct connection *connection);

#endif
