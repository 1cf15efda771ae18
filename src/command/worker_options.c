#include "command/worker_options.h"

#include "base/language.h"
#include "command/secret.h"

#include <getopt.h>

static bool take(struct worker *worker, struct worker_choices *choices, int option,
                 const char *name, const char *todo, struct error *error)
{
    switch (option) {
    case 'o':
        return worker->once = true;
    case 'q':
        return choices->quiet = true;
    case 'h':
        return choices->helped = true;
    case 'a':
        worker->as = optarg;
        return true;
    case 'd':
        worker->conninfo = optarg;
        return true;
    case 's':
        return secret_read(optarg, &choices->secrets, error);
    case 'c':
        choices->authority = optarg;
        return true;
    default:
        return error_set(error, ERROR_USAGE, name, todo,
                         option == ':' ? _("this option needs a value") : _("unknown option"));
    }
}

bool worker_options(struct worker *worker, struct worker_choices *choices, bool link,
                    const char *todo, int argc, char **argv, struct error *error)
{
    static const struct option list[] = {
        {"secrets", required_argument, NULL, 's'}, {"authority", required_argument, NULL, 'c'},
        {"once", no_argument, NULL, 'o'},          {"quiet", no_argument, NULL, 'q'},
        {"as", required_argument, NULL, 'a'},      {"database", required_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    enum { OF_LINK = 2 };
    int option;
    opterr = 0;
    while (!choices->helped &&
           (option = getopt_long(argc, argv, ":", list + (link ? 0 : OF_LINK), NULL)) != -1)
        if (!take(worker, choices, option, argv[optind - 1], todo, error))
            return false;
    return choices->helped || optind == argc ||
           error_set(error, ERROR_USAGE, argv[optind], todo, _("unexpected argument"));
}
