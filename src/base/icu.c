#include "base/icu.h"

#include "base/language.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

/* The headers of ICU rename every function to one with the version (u_errorName_72): expanded
 * before it is made a string, it is the symbol's name. */
#define QUOTED(name) #name
#define STRING(name) QUOTED(name)
#define SYMBOL(function) {STRING(function), offsetof(struct icu, function)},
#define LIBRARY(name) name ".so." STRING(U_ICU_VERSION_MAJOR_NUM)

struct symbol {
    const char *name;
    size_t offset;
};

static const struct symbol common[] = {ICU_COMMON(SYMBOL){NULL, 0}};
static const struct symbol rules[] = {ICU_RULES(SYMBOL){NULL, 0}};

static bool load(const char *library, const struct symbol *symbols, struct icu *icu,
                 struct error *error)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    bool good = handle != NULL;
    for (; good && symbols->name; symbols++) {
        void *address = dlsym(handle, symbols->name);
        *(void **)(void *)((char *)icu + symbols->offset) = address;
        good = address != NULL;
    }
    return good || error_set(error, ERROR_SYSTEM, "ICU",
                             _("Install the ICU library with its data."),
                             _("the library cannot be loaded: %.300s"), dlerror());
}

const struct icu *icu_load(struct error *error)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* two files are read at once */
    static struct icu icu;
    static bool loaded;
    pthread_mutex_lock(&mutex);
    loaded = loaded || (load(LIBRARY("libicuuc"), common, &icu, error) &&
                        load(LIBRARY("libicui18n"), rules, &icu, error));
    bool done = loaded;
    pthread_mutex_unlock(&mutex);
    return done ? &icu : NULL;
}
