#include "reconcile/match_store.h"

#include <pthread.h>

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
