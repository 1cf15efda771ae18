#include "reconcile/match_store.h"

#include <pthread.h>
#include <stdlib.h>

struct half {
    void (*work)(void *part);
    void *part;
};

static void *run(void *context)
{
    struct half *half = context;
    half->work(half->part);
    return NULL;
}

struct match_task {
    struct half half;
    pthread_t thread;
    bool beside;
};

struct match_task *match_begin(void (*work)(void *part), void *part)
{
    struct match_task *task = xcalloc(1, sizeof *task);
    task->half = (struct half){work, part};
    task->beside = !pthread_create(&task->thread, NULL, run, &task->half);
    if (!task->beside)
        work(part);
    return task;
}

void match_end(struct match_task *task)
{
    if (task->beside)
        pthread_join(task->thread, NULL);
    free(task);
}

void match_both(void (*work)(void *part), void *one, void *other)
{
    struct half half = {work, one};
    pthread_t thread;
    bool beside = !pthread_create(&thread, NULL, run, &half);
    if (!beside)
        work(one);
    work(other);
    if (beside)
        pthread_join(thread, NULL);
}
