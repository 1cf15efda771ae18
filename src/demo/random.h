#ifndef BANKOPS_DEMO_RANDOM_H
#define BANKOPS_DEMO_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reproducible random numbers (xoshiro256**, seeded by splitmix64): the same seed and stream give
 * the same sequence on every machine. Integer arithmetic only. */
struct random {
    uint64_t state[4];
};

/* Starts the sequence of (seed, topic, id): every customer has his own, whatever else is made. */
void random_start(struct random *random, uint64_t seed, uint64_t topic, uint64_t id);
uint64_t random_next(struct random *random);
/* Uniform in 0 … below-1; `below` > 0. */
uint32_t random_below(struct random *random, uint32_t below);
/* Uniform in low … high, both included. */
int64_t random_between(struct random *random, int64_t low, int64_t high);
/* True in `parts` of 10,000 cases. */
bool random_chance(struct random *random, uint32_t parts);
/* Index of a list of `count` items, where an early one is more likely (Zipf-like: 1/(rank+8)). */
size_t random_ranked(struct random *random, size_t count);
/* Index by weights that sum to `total`. */
size_t random_weighted(struct random *random, const int *weights, size_t count, int total);
/* Log-uniform amount between low and high (both > 0): as many between 1 and 10 as 10 and 100. */
int64_t random_scale(struct random *random, int64_t low, int64_t high);
/* A number that looks drawn from a bell curve around `mean` with this spread, never below 0. */
int64_t random_around(struct random *random, int64_t mean, int64_t spread);

#endif
