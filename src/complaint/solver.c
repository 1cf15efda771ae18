#include "complaint/solver.h"

#include "base/alloc.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Part of the greatest gradient of a round beyond which a row that does not press comes to rest;
 * the gradient itself where none is known. */
#define EAGER 0.1
#define AT_FIRST 0.3

/* Columns in a line of the cache; of the next row so many are fetched, the processor does the rest. */
enum { LINE = 16, NEXT = 8 * LINE };

struct work {
    const struct solver_rows *rows;
    float *alpha;   /* dual variable */
    double *length; /* of a row, squared, with the constant feature */
    int8_t *side;           /* +1: of the class */
    double slack[2];        /* 1 / (2 C), of another class and of the class */
    uint32_t *order;
    size_t active;
    uint64_t random;
    float *weights; /* times the size of their column */
    double constant;
    double above, highest, lowest; /* projected gradients: bound of this round, range found */
};

static void prepare(struct work *work, const int *label, int wanted, const bool *out)
{
    const struct solver_rows *rows = work->rows;
    work->length = xcalloc(rows->count, sizeof *work->length);
    work->side = xcalloc(rows->count, sizeof *work->side);
    work->order = xcalloc(rows->count, sizeof *work->order);
    for (size_t i = 0; i < rows->count; i++) {
        double sum = rows->starts[i] < rows->starts[i + 1] ? 2 : 1;
        work->side[i] = label[i] == wanted ? 1 : -1;
        work->length[i] = sum + work->slack[work->side[i] > 0];
        if (!out || !out[i])
            work->order[work->active++] = (uint32_t)i;
    }
}

/* Adds a row, so many times, to the weights. */
static void add(struct work *work, uint32_t row, float much)
{
    const struct solver_rows *rows = work->rows;
    const uint32_t *column = rows->column + rows->starts[row];
    const float *times = rows->times + rows->times_starts[row], *square = rows->square;
    size_t count = rows->starts[row + 1] - rows->starts[row];
    size_t once = count - (rows->times_starts[row + 1] - rows->times_starts[row]), at = 0;
    float step = much * rows->scale[row], *weights = work->weights;
    for (; at < once; at++)
        weights[column[at]] += step * square[column[at]];
    for (; at < count; at++)
        weights[column[at]] += step * square[column[at]] * *times++;
    work->constant += (double)much;
}

/* The weights that the dual variables given stand for. From nothing each row is looked at once. */
static void begin(struct work *work)
{
    const struct solver_rows *rows = work->rows;
    work->above = HUGE_VAL;
    for (size_t i = 0; i < rows->count; i++) {
        float much = work->alpha[i] * work->side[i];
        if (much == 0)
            continue;
        work->above = AT_FIRST;
        add(work, (uint32_t)i, much);
    }
}

static void release(struct work *work)
{
    free(work->length);
    free(work->side);
    free(work->order);
}

static uint64_t draw(struct work *work, uint64_t below)
{
    work->random ^= work->random << 13;
    work->random ^= work->random >> 7;
    work->random ^= work->random << 17;
    return (work->random >> 32) * below >> 32;
}

static void shuffle(struct work *work)
{
    for (size_t i = 0; i + 1 < work->active; i++) {
        size_t other = i + (size_t)draw(work, work->active - i);
        uint32_t kept = work->order[i];
        work->order[i] = work->order[other];
        work->order[other] = kept;
    }
}

/* Of a row and the weights, in four sums, which the processor adds side by side. */
static double product(const struct solver_rows *rows, uint32_t row, const float *weights)
{
    const uint32_t *column = rows->column + rows->starts[row];
    const float *times = rows->times + rows->times_starts[row];
    size_t count = rows->starts[row + 1] - rows->starts[row];
    size_t once = count - (rows->times_starts[row + 1] - rows->times_starts[row]), at = 0;
    float one = 0, two = 0, three = 0, four = 0;
    for (; at + 4 <= once; at += 4) {
        one += weights[column[at]];
        two += weights[column[at + 1]];
        three += weights[column[at + 2]];
        four += weights[column[at + 3]];
    }
    for (; at < once; at++)
        one += weights[column[at]];
    for (; at < count; at++)
        two += weights[column[at]] * *times++;
    return (double)((one + two + (three + four)) * rows->scale[row]);
}

/* One step on the dual variable of a row; false when the row can rest. */
static bool step(struct work *work, uint32_t row)
{
    const struct solver_rows *rows = work->rows;
    double side = work->side[row], alpha = (double)work->alpha[row];
    double gradient = side * (product(rows, row, work->weights) + work->constant) - 1 +
                      alpha * work->slack[side > 0];
    double projected = gradient;
    if (alpha <= 0) {
        if (gradient > work->above)
            return false;
        projected = gradient < 0 ? gradient : 0;
    }
    work->highest = projected > work->highest ? projected : work->highest;
    work->lowest = projected < work->lowest ? projected : work->lowest;
    if (fabs(projected) < 1e-12)
        return true;
    double moved = alpha - gradient / work->length[row];
    work->alpha[row] = moved > 0 ? (float)moved : 0;
    add(work, row, (float)(((double)work->alpha[row] - alpha) * side));
    return true;
}

/* Fetches the beginning of the row that comes next. */
static void prefetch(const struct work *work, size_t at)
{
    if (at >= work->active)
        return;
    const struct solver_rows *rows = work->rows;
    size_t start = rows->starts[work->order[at]];
    for (size_t line = 0; line < NEXT; line += LINE)
        __builtin_prefetch(rows->column + start + line);
}

static void run_round(struct work *work)
{
    work->highest = -HUGE_VAL;
    work->lowest = HUGE_VAL;
    shuffle(work);
    for (size_t at = 0; at < work->active;) {
        uint32_t row = work->order[at];
        prefetch(work, at + 1);
        if (step(work, row)) {
            at++;
            continue;
        }
        work->order[at] = work->order[--work->active];
        work->order[work->active] = row;
    }
}

double solver_run(const struct solver_rows *rows, const int *label, int wanted,
                  const struct solver_costs *costs, const bool *out, float *alpha,
                  float *weights)
{
    struct work work = {.rows = rows, .weights = weights, .alpha = alpha};
    work.random = 88172645463325252u;
    work.slack[0] = 0.5 / costs->negative;
    work.slack[1] = 0.5 / costs->positive;
    memset(weights, 0, rows->columns * sizeof *weights);
    prepare(&work, label, wanted, out);
    begin(&work);
    for (int round = 0; round < costs->rounds; round++) {
        run_round(&work);
        if (work.highest - work.lowest <= costs->tolerance)
            break;
        work.above = work.highest > 0 ? EAGER * work.highest : AT_FIRST;
    }
    release(&work);
    for (uint32_t i = 0; i < rows->columns; i++)
        weights[i] /= rows->size[i];
    return work.constant;
}
