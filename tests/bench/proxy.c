/* The customer view over a line with 40 ms of round trip: a proxy between two sockets holds every
 * byte back for half of it and counts the round trips. See README.md. */
#include "base/alloc.h"
#include "base/clock.h"
#include "tests/bench/figures.h"
#include "tests/lib/fixture.h"
#include "tests/lib/pty.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* DELAY: us, one way. STILL: ms without output after which the paint counts as complete. */
enum { DELAY = 20000, STILL = 150, WAIT = 10000, LINES = 8, CHUNK = 1 << 16, VIEWS = 20 };

/* Bytes on their way. */
struct parcel {
    struct parcel *next;
    int64_t due;
    size_t length, sent;
    char bytes[];
};

/* One direction of a connection; `to_server` when the client speaks. */
struct lane {
    int from, to;
    bool to_server;
    struct parcel *first, **last;
};

/* Shared with the measuring process: times that the client spoke after the server had. */
static struct counters {
    _Atomic unsigned turns;
    _Atomic bool answered;
} *counters;

static int socket_at(const char *folder, struct sockaddr_un *address)
{
    address->sun_family = AF_UNIX;
    snprintf(address->sun_path, sizeof address->sun_path, "%.80s/.s.PGSQL.5432", folder);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
}

/* Takes what the lane's sender wrote; false at its end. */
static bool take(struct lane *lane)
{
    char bytes[CHUNK];
    ssize_t got = read(lane->from, bytes, sizeof bytes);
    if (got <= 0)
        return false;
    if (lane->to_server && atomic_exchange(&counters->answered, false))
        counters->turns++;
    struct parcel *parcel = xcalloc(1, sizeof *parcel + (size_t)got);
    parcel->due = clock_us() + DELAY;
    parcel->length = (size_t)got;
    memcpy(parcel->bytes, bytes, (size_t)got);
    *lane->last = parcel;
    lane->last = &parcel->next;
    return true;
}

/* Passes on what is due. */
static void pass(struct lane *lane)
{
    while (lane->first && lane->first->due <= clock_us()) {
        struct parcel *parcel = lane->first;
        ssize_t sent = write(lane->to, parcel->bytes + parcel->sent, parcel->length - parcel->sent);
        if (sent < 0)
            return;
        parcel->sent += (size_t)sent;
        if (parcel->sent < parcel->length)
            return;
        if (!lane->to_server)
            counters->answered = true;
        lane->first = parcel->next;
        if (!lane->first)
            lane->last = &lane->first;
        free(parcel);
    }
}

static void open_lanes(struct lane lanes[2], int client, const char *server)
{
    struct sockaddr_un address;
    int fd = socket_at(server, &address);
    connect(fd, (struct sockaddr *)&address, sizeof address);
    fcntl(client, F_SETFL, O_NONBLOCK);
    lanes[0] = (struct lane){.from = client, .to = fd, .to_server = true};
    lanes[1] = (struct lane){.from = fd, .to = client};
    lanes[0].last = &lanes[0].first;
    lanes[1].last = &lanes[1].first;
}

static void close_lanes(struct lane lanes[2])
{
    for (int i = 0; i < 2; i++)
        while (lanes[i].first) {
            struct parcel *parcel = lanes[i].first;
            lanes[i].first = parcel->next;
            free(parcel);
        }
    close(lanes[0].from);
    close(lanes[1].from);
    lanes[0].from = lanes[1].from = -1;
}

/* Passes bytes on until it is ended. Waits in steps of 0.2 ms while something is on its way. */
static void serve(int listener, const char *server)
{
    static struct lane lanes[LINES][2];
    for (int i = 0; i < LINES; i++)
        lanes[i][0].from = lanes[i][1].from = -1;
    for (;;) {
        struct pollfd waits[1 + 2 * LINES] = {{listener, POLLIN, 0}};
        struct timespec step = {0, 200000};
        bool moving = false;
        for (int i = 0; i < 2 * LINES; i++) {
            struct lane *lane = &lanes[i / 2][i % 2];
            waits[1 + i] = (struct pollfd){lane->from, POLLIN, 0};
            moving = moving || lane->first;
        }
        ppoll(waits, 1 + 2 * LINES, moving ? &step : NULL, NULL);
        for (int i = 0; i < 2 * LINES; i++) {
            if (waits[1 + i].revents && lanes[i / 2][i % 2].from >= 0 &&
                !take(&lanes[i / 2][i % 2]))
                close_lanes(lanes[i / 2]);
            pass(&lanes[i / 2][i % 2]);
        }
        int client = waits[0].revents ? accept(listener, NULL, NULL) : -1;
        for (int i = 0; client >= 0 && i < LINES; i++)
            if (lanes[i][0].from < 0) {
                open_lanes(lanes[i], client, server);
                client = -1;
            }
        if (client >= 0)
            close(client);
    }
}

static pid_t start_proxy(const char *folder, const char *server)
{
    struct sockaddr_un address;
    int listener = socket_at(folder, &address);
    pid_t child;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 8) < 0)
        return -1;
    child = fork();
    if (child == 0)
        serve(listener, server);
    close(listener);
    return child;
}

/* Waits until nothing was painted for STILL ms; the time of the last bytes. */
static int64_t last_paint(struct pty *pty)
{
    int64_t last = clock_us();
    while (clock_us() - last < STILL * 1000) {
        unsigned long frame = pty_frames(pty);
        pty_settle(pty, 1, 1);
        if (pty_frames(pty) != frame)
            last = clock_us();
    }
    return last;
}

static void view(int rows, int columns)
{
    const char *argv[] = {figures_program(), "console", "--language", "en",
                          "--as",            "super02", NULL};
    static double times[VIEWS];
    unsigned turns = 0;
    char label[64];
    struct pty *pty = pty_start(rows, columns, argv, NULL);
    pty_wait_text(pty, "Customers", WAIT);
    for (int i = 0; i < VIEWS; i++) {
        pty_keys(pty, ":", NULL);
        snprintf(label, sizeof label, "cid %d", 100 + i * 7);
        pty_type(pty, label);
        last_paint(pty);
        unsigned before = counters->turns;
        counters->answered = true;
        int64_t then = clock_us();
        pty_keys(pty, "Enter", NULL);
        pty_wait_text(pty, "Identity", WAIT);
        times[i] = (double)(last_paint(pty) - then) / 1000;
        turns += counters->turns - before;
        pty_keys(pty, "F12", NULL);
        pty_wait_gone(pty, "Identity", WAIT);
        last_paint(pty);
    }
    snprintf(label, sizeof label, "customer view, %dx%d, key to last byte", columns, rows);
    figures_print(label, times, VIEWS);
    printf("%-42s %.1f round trips\n", "", (double)turns / VIEWS);
    pty_free(pty);
}

int main(void)
{
    char folder[] = "/tmp/bankops-line-XXXXXX", path[80];
    if (!fixture_start("demo"))
        return 1;
    char *server = xstrdup(getenv("PGHOST"));
    counters = mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                    0);
    pid_t proxy = mkdtemp(folder) ? start_proxy(folder, server) : -1;
    if (proxy > 0 && figures_sql("UPDATE bank.customer SET restricted = false")) {
        figures_machine();
        setenv("PGHOST", folder, 1);
        view(24, 80);
        view(50, 200);
        kill(proxy, SIGKILL);
    }
    setenv("PGHOST", server, 1);
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432", folder);
    unlink(path);
    rmdir(folder);
    fixture_stop();
    free(server);
    return proxy > 0 ? 0 : 1;
}
