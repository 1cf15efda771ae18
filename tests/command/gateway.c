/* The outside world for tests of bankops deliver: an HTTP gateway and a mail server on 127.0.0.1.
 * gateway LOG: prints their two addresses, then serves until standard input ends. What it does
 * follows the text of the message: "fail" answers 500 once, "garbage" answers nonsense once after
 * taking it, "hang" takes it once and never answers, "refuse" answers 400. Every message that is
 * taken becomes a line "KEY TEXT" of the log, as often as it is taken; mails "MAIL …". The mail server
 * knows nobody with c3 in the address, and has no room once for one with full. */
#include "../lib/http_server.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *log_path;
static char seen[64][64];

static void log_line(const char *what, const char *text)
{
    FILE *file = fopen(log_path, "a");
    if (!file)
        abort();
    fprintf(file, "%s %s\n", what, text);
    fclose(file);
}

/* True the first time for this key. */
static bool first_time(const char *key)
{
    for (int i = 0; i < 64; i++) {
        if (!strcmp(seen[i], key))
            return false;
        if (!seen[i][0]) {
            snprintf(seen[i], sizeof seen[i], "%s", key);
            return true;
        }
    }
    return false;
}

static void header(const struct http_served *served, const char *name, char *out, size_t size)
{
    const char *found = strcasestr(served->headers, name);
    out[0] = '\0';
    if (found) {
        found += strlen(name) + 2;
        snprintf(out, size, "%.*s", (int)strcspn(found, "\r\n"), found);
    }
}

/* Two pages of complaints; the second fails once. The customer number is in the path. */
static void serve_complaints(struct http_served *served)
{
    char customer[64] = "", *query = strchr(served->target, '?');
    snprintf(customer, sizeof customer, "%.*s", (int)strcspn(served->target + 6, "?"),
             served->target + 6);
    served->answer = malloc(1024);
    log_line("PULL", query ? query : "-");
    if (!query)
        snprintf(served->answer, 1024,
                 "{\"complaints\":[{\"id\":1,\"customer\":\"%s\",\"text\":\"one\"},"
                 "{\"id\":2,\"customer\":\"nobody\",\"text\":\"lost\"}],"
                 "\"next\":\"p 2\",\"more\":true}",
                 customer);
    else if (first_time("page 2"))
        served->status = 500;
    else if (strcmp(query, "?cursor=p%202"))
        snprintf(served->answer, 1024, "{\"complaints\":[],\"next\":\"end\",\"more\":false}");
    else
        snprintf(served->answer, 1024,
                 "{\"complaints\":[{\"id\":3,\"customer\":\"%s\",\"text\":\"three\"},"
                 "{\"id\":4,\"customer\":\"%s\",\"text\":\"fo\\u0000ur\"},"
                 "{\"id\":5,\"customer\":6222021234567890123,\"text\":\"five\"}],"
                 "\"next\":\"end\",\"more\":false}",
                 customer, customer);
    if (served->status == 500)
        strcpy(served->answer, "{}");
}

/* A page of orders of the core enterprise and for the supplier in the path, then one with a bad row. */
static void serve_orders(struct http_served *served)
{
    char core[64] = "", supplier[64] = "";
    sscanf(served->target, "/core/%63[^/]/%63[^?]", core, supplier);
    served->answer = malloc(1024);
    bool first = !strchr(served->target, '?');
    snprintf(served->answer, 1024,
             "{\"documents\":[{\"core\":\"%s\",\"kind\":\"order\",\"number\":\"N%s\","
             "\"supplier\":\"%s\",\"amount\":\"%s\",\"issued\":\"2026-11-01\","
             "\"due\":\"2027-03-01\"}],\"next\":\"2\",\"more\":%s}",
             core, first ? "1" : "2", supplier, first ? "12.50" : "much", first ? "true" : "false");
}

/* Pages without complaints whose cursors go round in a circle: a, b, a … */
static void serve_circle(struct http_served *served)
{
    served->answer = malloc(100);
    snprintf(served->answer, 100, "{\"complaints\":[],\"next\":\"%s\",\"more\":true}",
             strstr(served->target, "cursor=a") ? "b" : "a");
    log_line("CIRCLE", served->target);
}

static void serve(struct http_served *served, void *data)
{
    (void)data;
    if (!strncmp(served->target, "/circle", 7)) {
        serve_circle(served);
        return;
    }
    if (!strncmp(served->target, "/core/", 6)) {
        serve_orders(served);
        return;
    }
    if (!strncmp(served->target, "/pull/", 6)) {
        serve_complaints(served);
        return;
    }
    char key[64], sign[96];
    header(served, "Idempotency-Key", key, sizeof key);
    header(served, "X-Bankops-Signature", sign, sizeof sign);
    bool first = first_time(key);
    served->answer = strdup("{\"id\":\"m-1\"}");
    if (strstr(served->body, "refuse")) {
        served->status = 400;
        return;
    }
    if (strstr(served->body, "fail") && first) {
        served->status = 500;
        return;
    }
    char line[4096];
    snprintf(line, sizeof line, "%s %.*s", sign, (int)served->body_length, served->body);
    log_line(key, line);
    if (strstr(served->body, "garbage") && first)
        strcpy(served->answer, "<html>!");
    served->hang = strstr(served->body, "hang") && first;
}

static void say(FILE *peer, const char *line)
{
    fprintf(peer, "%s\r\n", line);
    fflush(peer);
}

static void talk(FILE *peer)
{
    char line[2048], mail[65536] = "";
    bool data = false;
    say(peer, "220 test");
    while (fgets(line, sizeof line, peer)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (data && !strcmp(line, ".")) {
            data = false;
            if (strstr(mail, "To: <busy") && first_time("busy")) {
                say(peer, "451 not now");
                continue;
            }
            log_line("MAIL", mail);
            say(peer, "250 taken");
        } else if (data) {
            size_t used = strlen(mail);
            snprintf(mail + used, sizeof mail - used, "%s|", line);
        } else if (!strncmp(line, "EHLO", 4)) {
            say(peer, "250 test");
        } else if (strstr(line, "RCPT") && strstr(line, "c3")) {
            say(peer, "550 no such person");
        } else if (strstr(line, "RCPT") && strstr(line, "full") && first_time("full")) {
            say(peer, "452 no room now");
        } else if (!strncmp(line, "DATA", 4)) {
            data = true;
            say(peer, "354 go on");
        } else if (!strncmp(line, "QUIT", 4)) {
            say(peer, "221 bye");
            return;
        } else {
            say(peer, "250 good");
        }
    }
}

static void *serve_mail(void *data)
{
    for (;;) {
        int fd = accept(*(int *)data, NULL, NULL);
        FILE *peer = fd < 0 ? NULL : fdopen(fd, "r+");
        if (!peer)
            return NULL;
        setvbuf(peer, NULL, _IONBF, 0);
        talk(peer);
        fclose(peer);
    }
}

static int listen_mail(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) || listen(fd, 5) ||
        getsockname(fd, (struct sockaddr *)&address, &length))
        abort();
    *port = ntohs(address.sin_port);
    return fd;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    int port, fd = listen_mail(&port);
    if (argc != 2)
        return 2;
    log_path = argv[1];
    struct http_server *server = http_server_start(serve, NULL);
    if (pthread_create(&thread, NULL, serve_mail, &fd))
        return 1;
    printf("%s smtp://127.0.0.1:%d\n", http_server_address(server), port);
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    return 0;
}
