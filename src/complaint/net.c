#include "complaint/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Side by side, so that all compilers add in the same order. */
typedef float wide __attribute__((vector_size(16)));
enum { LANES = 4, WIDE = NET_SIDES / LANES };
/* So many features ahead the rows of weights are asked for, as in model.c. */
enum { NEAR = 8, FAR = 16 };

static float sum_lanes(wide sum)
{
    return sum[0] + sum[1] + (sum[2] + sum[3]);
}

/* clang turns this loop into vectors by itself. */
#if defined(__GNUC__) && !defined(__clang__)
__attribute__((optimize("O3")))
#endif
/* base + weights * values of unit length, both sides. */
static void find_hidden(const struct net *net, const float *rarity, const struct feature *list,
                        size_t count, float *hidden)
{
    float square = 0;
    memset(hidden, 0, NET_HIDDEN * sizeof *hidden);
    for (size_t i = 0; i < count; i++) {
        if (i + FAR < count)
            __builtin_prefetch(&net->rows[list[i + FAR].bucket]);
        if (i + NEAR < count && net->rows[list[i + NEAR].bucket]) {
            size_t next_row = net->rows[list[i + NEAR].bucket] - 1;
            const int8_t *next = net->weights + next_row * NET_HIDDEN;
            __builtin_prefetch(next);
            __builtin_prefetch(next + NET_HIDDEN - 1);
        }
        uint32_t row = net->rows[list[i].bucket];
        if (!row--)
            continue;
        float value = net_value(rarity[list[i].bucket], list[i].count);
        square += value * value;
        value *= net->scales[row];
        const int8_t *weights = net->weights + (size_t)row * NET_HIDDEN;
        for (int unit = 0; unit < NET_HIDDEN; unit++)
            hidden[unit] += value * weights[unit];
    }
    float length = square > 0 ? sqrtf(square) : 1;
    for (int unit = 0; unit < NET_HIDDEN; unit++) {
        float said = hidden[unit] / length + net->base[unit];
        hidden[unit] = fmaxf(said, 0);
        hidden[NET_HIDDEN + unit] = fmaxf(-said, 0);
    }
}

void net_add_scores(const struct net *net, const float *rarity, const struct feature *list,
                    size_t count, float *scores)
{
    _Alignas(16) float hidden[NET_SIDES];
    find_hidden(net, rarity, list, count, hidden);
    for (int k = 0; k < net->label_count; k++) {
        wide sum = {0};
        for (int i = 0; i < WIDE; i++) {
            wide weights, units;
            memcpy(&weights, net->out + (size_t)k * NET_SIDES + i * LANES, sizeof weights);
            memcpy(&units, hidden + i * LANES, sizeof units);
            sum += weights * units;
        }
        scores[k] += net->out_base[k] + sum_lanes(sum);
    }
}

void net_free(struct net *net)
{
    if (!net)
        return;
    free(net->rows);
    free(net->weights);
    free(net->scales);
    free(net->out);
    free(net->out_base);
    free(net);
}
