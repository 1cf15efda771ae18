#include "link/curl.h"

#include "base/language.h"

#include <dlfcn.h>
#include <stddef.h>

static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
    {"curl_global_init", offsetof(struct curl, global_init)},
    {"curl_easy_init", offsetof(struct curl, easy_init)},
    {"curl_easy_setopt", offsetof(struct curl, easy_setopt)},
    {"curl_easy_perform", offsetof(struct curl, easy_perform)},
    {"curl_easy_getinfo", offsetof(struct curl, easy_getinfo)},
    {"curl_easy_cleanup", offsetof(struct curl, easy_cleanup)},
    {"curl_easy_strerror", offsetof(struct curl, easy_strerror)},
    {"curl_slist_append", offsetof(struct curl, slist_append)},
    {"curl_slist_free_all", offsetof(struct curl, slist_free_all)},
};

static bool load(struct curl *curl, struct error *error)
{
    void *handle = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
    bool good = handle != NULL;
    for (size_t i = 0; good && i < sizeof symbols / sizeof *symbols; i++) {
        void *address = dlsym(handle, symbols[i].name);
        *(void **)(void *)((char *)curl + symbols[i].offset) = address;
        good = address != NULL;
    }
    if (!good)
        return error_set(error, ERROR_SYSTEM, "libcurl", _("Install libcurl 7.85 or later."),
                         _("the library cannot be loaded: %.300s"), dlerror());
    return curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ||
           error_set(error, ERROR_SYSTEM, "libcurl", _("Install libcurl 7.85 or later."),
                     _("the library does not start"));
}

const struct curl *curl_load(struct error *error)
{
    static struct curl curl;
    static bool loaded;
    loaded = loaded || load(&curl, error);
    return loaded ? &curl : NULL;
}
