#include "demo/random.h"

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

void random_start(struct random *random, uint64_t seed, uint64_t topic, uint64_t id)
{
    uint64_t state = seed;
    state = splitmix(&state) ^ topic * 0xD1B54A32D192ED03u;
    state = splitmix(&state) ^ id;
    for (int i = 0; i < 4; i++)
        random->state[i] = splitmix(&state);
}

uint64_t random_next(struct random *random)
{
    uint64_t *s = random->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint32_t random_below(struct random *random, uint32_t below)
{
    return (uint32_t)((random_next(random) >> 32) * below >> 32);
}

int64_t random_between(struct random *random, int64_t low, int64_t high)
{
    uint64_t span = (uint64_t)(high - low) + 1;
    return low + (int64_t)((unsigned __int128)random_next(random) * span >> 64);
}

bool random_chance(struct random *random, uint32_t parts)
{
    return random_below(random, 10000) < parts;
}

size_t random_ranked(struct random *random, size_t count)
{
    uint32_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += 100000u / (uint32_t)(i + 8);
    uint32_t at = random_below(random, total);
    for (size_t i = 0; i < count; i++) {
        uint32_t weight = 100000u / (uint32_t)(i + 8);
        if (at < weight)
            return i;
        at -= weight;
    }
    return count - 1;
}

size_t random_weighted(struct random *random, const int *weights, size_t count, int total)
{
    int at = (int)random_below(random, (uint32_t)total);
    for (size_t i = 0; i < count; i++) {
        if (at < weights[i])
            return i;
        at -= weights[i];
    }
    return count - 1;
}

int64_t random_scale(struct random *random, int64_t low, int64_t high)
{
    int doublings = 0;
    for (int64_t top = low; top <= high / 2; top *= 2)
        doublings++;
    if (!doublings)
        return random_between(random, low, high);
    int64_t from = low << random_below(random, (uint32_t)doublings);
    return random_between(random, from, from * 2 < high ? from * 2 : high);
}

int64_t random_around(struct random *random, int64_t mean, int64_t spread)
{
    int64_t sum = 0;
    for (int i = 0; i < 4; i++)
        sum += random_between(random, -spread, spread);
    int64_t value = mean + sum / 2;
    return value < 0 ? 0 : value;
}
