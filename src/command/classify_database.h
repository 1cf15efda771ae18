#ifndef BANKOPS_COMMAND_CLASSIFY_DATABASE_H
#define BANKOPS_COMMAND_CLASSIFY_DATABASE_H

#include "database/session.h"

#include <stdint.h>

/* The parts of `bankops classify` that work on the bank's cases. They print what they did. */

/* train --from-database [--promote] */
bool classify_learn(const struct session_options *session, bool and_promote, struct error *error);
/* promote [--model N]; NULL: the newest in shadow */
bool classify_promote(const struct session_options *session, const char *model,
                      struct error *error);
bool classify_rollback(const struct session_options *session, struct error *error);
bool classify_models(const struct session_options *session, struct error *error);
/* cases [--once] [--quiet]: a worker */
bool classify_cases(const struct session_options *session, bool once, bool quiet,
                    struct error *error);
/* nightly [--once] [--quiet]: a worker that trains once each night, at the time of the setting */
bool classify_nightly(const struct session_options *session, bool once, bool quiet,
                      struct error *error);
/* texts --count N --seed S [--output FILE] */
bool classify_texts(int count, uint64_t seed, const char *output, struct error *error);

#endif
