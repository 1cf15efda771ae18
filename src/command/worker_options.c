#include "command/worker_options.h"

#include "base/alloc.h"
#include "command/options.h"
#include "command/secret.h"

bool worker_options(struct worker *worker, struct worker_choices *choices, bool link, int argc,
                    char **argv, struct error *error)
{
    enum { OF_LINK = 2 };
    const char *secrets = NULL;
    const struct command_option options[] = {
        {"secrets", &secrets, NULL},   {"authority", &choices->authority, NULL},
        {"once", NULL, &worker->once}, {"quiet", NULL, &choices->quiet},
        {"as", &worker->as, NULL},     {"database", &worker->conninfo, NULL},
    };
    const size_t from = link ? 0 : OF_LINK;
    return options_read(options + from, ARRAY_LENGTH(options) - from, argc, argv, &choices->helped,
                        error) &&
           (choices->helped || ((!secrets || secret_read(secrets, &choices->secrets, error)) &&
                                options_end(argv[0], argc, argv, error)));
}
