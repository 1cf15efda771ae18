/* A server that takes every login and says that it is PostgreSQL 9.6: what a client must refuse.
 * usage: old_server SOCKET_FOLDER; prints its process number once it listens, serves until killed. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void send_message(int fd, char type, const void *body, size_t length)
{
    char message[256];
    uint32_t size = htonl((uint32_t)length + 4);
    message[0] = type;
    memcpy(message + 1, &size, 4);
    memcpy(message + 5, body, length);
    if (write(fd, message, length + 5) < 0)
        _exit(0);
}

static void send_parameter(int fd, const char *name, const char *value)
{
    char body[128];
    size_t length = (size_t)snprintf(body, sizeof body, "%s%c%s", name, '\0', value) + 1;
    send_message(fd, 'S', body, length);
}

static int read_exactly(int fd, void *data, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t got = read(fd, (char *)data + done, length - done);
        if (got <= 0)
            return 0;
        done += (size_t)got;
    }
    return 1;
}

/* Reads "length, body"; the first four bytes of the body in host order, 0 at the end. */
static uint32_t read_packet(int fd)
{
    uint32_t size, code = 0;
    char body[8192];
    if (!read_exactly(fd, &size, 4) || (size = ntohl(size) - 4) > sizeof body ||
        !read_exactly(fd, body, size))
        return 0;
    memcpy(&code, body, size < 4 ? size : 4);
    return ntohl(code);
}

static void serve(int fd)
{
    static const char refusal[] = "SERROR\0C0A000\0Mold server\0";
    uint32_t code;
    char type;
    while ((code = read_packet(fd)) == 80877103 || code == 80877104) /* SSL, GSSAPI */
        if (write(fd, "N", 1) < 0)
            return;
    if (!code)
        return;
    send_message(fd, 'R', "\0\0\0\0", 4);
    send_parameter(fd, "server_version", "9.6.24");
    send_parameter(fd, "server_encoding", "UTF8");
    send_parameter(fd, "client_encoding", "UTF8");
    send_parameter(fd, "standard_conforming_strings", "on");
    send_message(fd, 'K', "\0\0\0\1\0\0\0\1", 8);
    send_message(fd, 'Z', "I", 1);
    while (read_exactly(fd, &type, 1) && type != 'X') {
        read_packet(fd);
        if (type != 'Q' && type != 'S')
            continue;
        send_message(fd, 'E', refusal, sizeof refusal);
        send_message(fd, 'Z', "I", 1);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (argc != 2 || snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432",
                              argv[1]) >= (int)sizeof address.sun_path)
        return 2;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 8) < 0) {
        perror(argv[1]);
        return 1;
    }
    pid_t server = fork();
    if (server > 0) {
        printf("%d\n", (int)server);
        return 0;
    }
    if (!freopen("/dev/null", "w", stdout))
        return 1;
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            return 1;
        serve(fd);
        close(fd);
    }
}
