#include "command/work_tree.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/language.h"
#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { JOBS = 5, ARGUMENTS = 16, FIRST_PAUSE = 1000, LONGEST_PAUSE = 60000, PATIENCE = 20000 };

/* The name in --jobs and in the log; what the child is told; whether it links to other systems. */
static const struct {
    const char *name;
    const char *words[3];
    bool link;
} kinds[JOBS] = {{"clock", {"clock"}, false},
                 {"deliver", {"deliver"}, true},
                 {"pull-cases", {"pull-cases"}, true},
                 {"classify", {"classify", "cases"}, false},
                 {"train", {"classify", "nightly"}, false}};

struct job {
    bool wanted;
    pid_t child; /* 0: does not run */
    int pipe;
    struct buffer line; /* said and not yet ended */
    int64_t started, next, pause;
    int failures;
};

struct tree {
    const struct work_choices *choices;
    const char *program;
    struct job jobs[JOBS];
    int state;
};

static volatile sig_atomic_t told_to_end;

static void end(int number)
{
    (void)number;
    told_to_end = 1;
}

static void wake(int number)
{
    (void)number;
}

static bool named(const char *jobs, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = jobs; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : "")
        if (!strncmp(at, name, length) && (!at[length] || at[length] == ','))
            return true;
    return !jobs;
}

bool work_jobs_known(const char *jobs, struct error *error)
{
    size_t known = 0, wanted = 1;
    for (int i = 0; i < JOBS; i++)
        known += named(jobs, kinds[i].name);
    for (const char *at = jobs; at && *at; at++)
        wanted += *at == ',';
    return !jobs || (*jobs && known == wanted) ||
           error_set(error, ERROR_USAGE, "--jobs", _("bankops work --help lists the jobs."),
                     _("there is no such job: %.60s"), jobs);
}

static void say(const char *job, const char *text)
{
    char at[32];
    time_t now = time(NULL);
    struct tm local;
    strftime(at, sizeof at, "%Y-%m-%d %H:%M:%S", localtime_r(&now, &local));
    printf("%s %-10s %s\n", at, job, text);
    fflush(stdout);
}

/* What runs now, for `bankops work --status`. */
static void write_state(const struct tree *tree)
{
    struct buffer out = BUFFER_INIT;
    buffer_format(&out, "%ld\n", (long)getpid());
    for (int i = 0; i < JOBS; i++) {
        const struct job *job = &tree->jobs[i];
        if (!job->wanted)
            continue;
        buffer_format(&out, "%-10s ", kinds[i].name);
        if (job->child)
            buffer_format(&out, _("runs, process %ld"), (long)job->child);
        else
            buffer_format(&out, _("waits to be started again"));
        if (job->failures)
            buffer_format(&out, _("; ended by itself: %d"), job->failures);
        buffer_add_char(&out, '\n');
    }
    if (ftruncate(tree->state, 0) == 0 &&
        pwrite(tree->state, out.data, out.length, 0) != (ssize_t)out.length)
        say("work", strerror(errno));
    buffer_free(&out);
}

static void become(const struct tree *tree, int kind, int output, pid_t parent)
{
    const struct work_choices *choices = tree->choices;
    const char *argv[ARGUMENTS] = {tree->program};
    int n = 1;
    for (int i = 0; i < 3 && kinds[kind].words[i]; i++)
        argv[n++] = kinds[kind].words[i];
    const char *const pairs[][2] = {{"--as", choices->as},
                                    {"--database", choices->conninfo},
                                    {"--secrets", kinds[kind].link ? choices->secrets : NULL},
                                    {"--authority", kinds[kind].link ? choices->authority : NULL}};
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
        if (pairs[i][1]) {
            argv[n++] = pairs[i][0];
            argv[n++] = pairs[i][1];
        }
    if (choices->quiet)
        argv[n++] = "--quiet";
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, 0);
    dup2(output, 1);
    dup2(output, 2);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(tree->program, (char *const *)argv);
    dprintf(2, "%s: %s\n", tree->program, strerror(errno));
    _exit(127);
}

static void start(struct tree *tree, int kind)
{
    struct job *job = &tree->jobs[kind];
    int ends[2];
    pid_t parent = getpid();
    job->next = clock_ms() + job->pause;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return say(kinds[kind].name, strerror(errno));
    pid_t child = fork();
    if (child == 0)
        become(tree, kind, ends[1], parent);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return say(kinds[kind].name, strerror(errno));
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    job->child = child;
    job->pipe = ends[0];
    job->started = clock_ms();
}

/* Passes on the lines that a child has said; true while it may say more. */
static bool read_job(struct job *job, const char *name)
{
    char bytes[4096];
    ssize_t got;
    while ((got = read(job->pipe, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < got; i++) {
            if (bytes[i] != '\n') {
                buffer_add_char(&job->line, bytes[i]);
                continue;
            }
            say(name, buffer_text(&job->line));
            buffer_clear(&job->line);
        }
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static void ended(struct job *job, const char *name, int status)
{
    char text[120];
    read_job(job, name);
    if (job->line.length)
        say(name, buffer_text(&job->line));
    buffer_clear(&job->line);
    close(job->pipe);
    job->pipe = -1;
    job->child = 0;
    if (told_to_end)
        return;
    int64_t now = clock_ms();
    if (now - job->started >= LONGEST_PAUSE)
        job->pause = FIRST_PAUSE;
    job->failures++;
    job->next = now + job->pause;
    snprintf(text, sizeof text,
             WIFSIGNALED(status) ? _("ended by signal %d; started again in %d s")
                                 : _("ended with status %d; started again in %d s"),
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
             (int)(job->pause / 1000));
    say(name, text);
    job->pause = job->pause * 2 < LONGEST_PAUSE ? job->pause * 2 : LONGEST_PAUSE;
}

static bool reap(struct tree *tree)
{
    bool some = false;
    int status;
    for (int i = 0; i < JOBS; i++)
        if (tree->jobs[i].child && waitpid(tree->jobs[i].child, &status, WNOHANG) > 0) {
            ended(&tree->jobs[i], kinds[i].name, status);
            some = true;
        }
    return some;
}

/* Waits for output, a signal, or the moment that a job is to be started again. */
static void wait_on(struct tree *tree, int64_t longest, const sigset_t *open)
{
    struct pollfd fds[JOBS];
    int64_t now = clock_ms(), wait = longest;
    for (int i = 0; i < JOBS; i++) {
        const struct job *job = &tree->jobs[i];
        fds[i] = (struct pollfd){.fd = job->child ? job->pipe : -1, .events = POLLIN};
        if (job->wanted && !job->child && !told_to_end && job->next - now < wait)
            wait = job->next > now ? job->next - now : 0;
    }
    struct timespec time = {wait / 1000, wait % 1000 * 1000000};
    if (ppoll(fds, JOBS, &time, open) <= 0)
        return;
    for (int i = 0; i < JOBS; i++)
        /* At the end of its output a child is about to end: SIGCHLD says when. */
        if (fds[i].revents && !read_job(&tree->jobs[i], kinds[i].name))
            ppoll(NULL, 0, &(struct timespec){0, 10000000}, open);
}

static void run(struct tree *tree, const sigset_t *open)
{
    while (!told_to_end) {
        bool changed = reap(tree);
        for (int i = 0; i < JOBS; i++)
            if (tree->jobs[i].wanted && !tree->jobs[i].child &&
                clock_ms() >= tree->jobs[i].next) {
                start(tree, i);
                changed = true;
            }
        if (changed)
            write_state(tree);
        wait_on(tree, 3600000, open);
    }
}

static bool any(const struct tree *tree)
{
    for (int i = 0; i < JOBS; i++)
        if (tree->jobs[i].child)
            return true;
    return false;
}

static void send_all(const struct tree *tree, int number)
{
    for (int i = 0; i < JOBS; i++)
        if (tree->jobs[i].child)
            kill(tree->jobs[i].child, number);
}

static void end_all(struct tree *tree, const sigset_t *open)
{
    int64_t until = clock_ms() + PATIENCE;
    send_all(tree, SIGTERM);
    while (reap(tree), any(tree)) {
        if (clock_ms() >= until)
            send_all(tree, SIGKILL);
        wait_on(tree, 200, open);
    }
}

static void catch_signals(sigset_t *open)
{
    struct sigaction stop = {.sa_handler = end}, look = {.sa_handler = wake};
    const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    sigset_t ours;
    sigemptyset(&ours);
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        sigaddset(&ours, numbers[i]);
        sigaction(numbers[i], numbers[i] == SIGCHLD ? &look : &stop, NULL);
    }
    sigprocmask(SIG_BLOCK, &ours, open);
}

bool work_tree_run(const struct work_choices *choices, int state, struct error *error)
{
    sigset_t open;
    char *program = place_program();
    struct tree tree = {.choices = choices, .program = program, .state = state};
    if (!program)
        return error_set(error, ERROR_SYSTEM, "bankops", NULL, _("cannot be found"));
    for (int i = 0; i < JOBS; i++)
        tree.jobs[i] = (struct job){
            .wanted = named(choices->jobs, kinds[i].name), .pipe = -1, .pause = FIRST_PAUSE};
    catch_signals(&open);
    say("work", _("started"));
    run(&tree, &open);
    end_all(&tree, &open);
    say("work", _("ended"));
    for (int i = 0; i < JOBS; i++)
        buffer_free(&tree.jobs[i].line);
    free(program);
    return true;
}
