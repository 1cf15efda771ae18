#include "http_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 4 * 1024 * 1024 };

struct http_server {
    int listener, stop[2];
    pthread_t thread;
    http_handler handler;
    void *data;
    char address[64];
    int requests;
};

/* Waits until `fd` can be read; false when the server is to stop. */
static bool readable(const struct http_server *server, int fd)
{
    struct pollfd wanted[] = {{fd, POLLIN, 0}, {server->stop[0], POLLIN, 0}};
    while (poll(wanted, 2, -1) < 0)
        continue;
    return !wanted[1].revents;
}

static size_t length_of_body(const char *headers)
{
    for (const char *line = headers; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!strncasecmp(line, "content-length:", 15))
            return strtoul(line + 15, NULL, 10);
    }
    return 0;
}

/* Reads one request into `text`; the end of its headers is replaced by NUL. Returns its body. */
static char *read_request(const struct http_server *server, int fd, char *text)
{
    size_t length = 0;
    char *body = NULL;
    while (length < MOST && readable(server, fd)) {
        ssize_t got = read(fd, text + length, MOST - length);
        if (got <= 0)
            return NULL;
        length += (size_t)got;
        text[length] = '\0';
        if (!body && (body = strstr(text, "\r\n\r\n"))) {
            *body = '\0';
            body += 4;
            if (strcasestr(text, "\nexpect: 100-continue") &&
                write(fd, "HTTP/1.1 100 Continue\r\n\r\n", 25) < 0)
                return NULL;
        }
        if (body && (size_t)(text + length - body) >= length_of_body(text))
            return body;
    }
    return NULL;
}

static void send_all(int fd, const char *text, size_t length)
{
    while (length) {
        ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        length -= (size_t)sent;
    }
}

static void answer(const struct http_server *server, int fd, struct http_served *served)
{
    char head[1024], byte;
    const char *body = served->answer ? served->answer : "";
    size_t length = strlen(body);
    while (served->hang && readable(server, fd) && read(fd, &byte, 1) > 0)
        continue;
    if (served->hang)
        return;
    int used = snprintf(head, sizeof head,
                        "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%s"
                        "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                        served->status, served->extra, length);
    send_all(fd, head, (size_t)used);
    send_all(fd, body, served->cut ? length / 2 : length);
}

static void serve(struct http_server *server, int fd)
{
    char *text = calloc(1, MOST + 1), *body = read_request(server, fd, text);
    if (body) {
        struct http_served served = {.status = 200, .body = body};
        served.body_length = length_of_body(text);
        served.number = __atomic_add_fetch(&server->requests, 1, __ATOMIC_SEQ_CST);
        served.headers = strstr(text, "\r\n");
        if (served.headers) {
            *served.headers = '\0';
            served.headers += 2;
        } else {
            served.headers = text + strlen(text);
        }
        served.method = text;
        served.target = strchr(text, ' ');
        if (served.target) {
            *served.target++ = '\0';
            served.target[strcspn(served.target, " ")] = '\0';
        }
        server->handler(&served, server->data);
        answer(server, fd, &served);
        free(served.answer);
    }
    free(text);
}

static void *run(void *data)
{
    struct http_server *server = data;
    while (readable(server, server->listener)) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            continue;
        serve(server, fd);
        shutdown(fd, SHUT_WR);
        close(fd);
    }
    return NULL;
}

struct http_server *http_server_start(http_handler handler, void *data)
{
    struct http_server *server = calloc(1, sizeof *server);
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof place;
    server->handler = handler;
    server->data = data;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&place, size) ||
        listen(server->listener, 16) || pipe(server->stop) ||
        getsockname(server->listener, (struct sockaddr *)&place, &size))
        abort();
    snprintf(server->address, sizeof server->address, "http://127.0.0.1:%d",
             ntohs(place.sin_port));
    if (pthread_create(&server->thread, NULL, run, server))
        abort();
    return server;
}

const char *http_server_address(const struct http_server *server)
{
    return server->address;
}

int http_server_requests(struct http_server *server)
{
    return __atomic_load_n(&server->requests, __ATOMIC_SEQ_CST);
}

void http_server_stop(struct http_server *server)
{
    if (write(server->stop[1], "", 1) < 0)
        abort();
    pthread_join(server->thread, NULL);
    close(server->listener);
    close(server->stop[0]);
    close(server->stop[1]);
    free(server);
}
