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

struct work {
    const struct solver_rows *rows;
    double *alpha, *square; /* dual variable, length squared with the constant feature */
    int8_t *side;           /* +1: of the class */
    double slack[2];        /* 1 / (2 C), of another class and of the class */
    uint32_t *order;
    size_t active;
    uint64_t random;
    float *weights;
    double constant;
    double above, highest, lowest; /* projected gradients: bound of this round, range found */
};

static void prepare(struct work *work, const int *label, int wanted)
{
    const struct solver_rows *rows = work->rows;
    work->square = xcalloc(rows->count, sizeof *work->square);
    work->side = xcalloc(rows->count, sizeof *work->side);
    work->order = xcalloc(rows->count, sizeof *work->order);
    for (size_t i = 0; i < rows->count; i++) {
        double sum = 1;
        for (size_t at = rows->starts[i]; at < rows->starts[i + 1]; at++)
            sum += (double)rows->value[at] * (double)rows->value[at];
        work->side[i] = label[i] == wanted ? 1 : -1;
        work->square[i] = sum + work->slack[work->side[i] > 0];
        work->order[i] = (uint32_t)i;
    }
    work->active = rows->count;
}

/* The weights that the dual variables given stand for. From nothing each row is looked at once. */
static void begin(struct work *work)
{
    const struct solver_rows *rows = work->rows;
    work->above = HUGE_VAL;
    for (size_t i = 0; i < rows->count; i++) {
        float much = (float)(work->alpha[i] * work->side[i]);
        if (much == 0)
            continue;
        work->above = AT_FIRST;
        for (size_t at = rows->starts[i]; at < rows->starts[i + 1]; at++)
            work->weights[rows->column[at]] += much * rows->value[at];
        work->constant += (double)much;
    }
}

static void release(struct work *work)
{
    free(work->square);
    free(work->side);
    free(work->order);
}

static uint64_t draw(struct work *work, uint64_t below)
{
    work->random ^= work->random << 13;
    work->random ^= work->random >> 7;
    work->random ^= work->random << 17;
    return work->random % below;
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

/* In four sums, which the processor adds side by side. */
static double product(const struct solver_rows *rows, uint32_t row, const float *weights)
{
    size_t at = rows->starts[row], end = rows->starts[row + 1];
    const uint32_t *column = rows->column;
    const float *value = rows->value;
    float sums[4] = {0};
    for (; at + 4 <= end; at += 4)
        for (size_t i = 0; i < 4; i++)
            sums[i] += weights[column[at + i]] * value[at + i];
    for (; at < end; at++)
        sums[0] += weights[column[at]] * value[at];
    return (double)(sums[0] + sums[1] + (sums[2] + sums[3]));
}

/* One step on the dual variable of a row; false when the row can rest. */
static bool step(struct work *work, uint32_t row)
{
    const struct solver_rows *rows = work->rows;
    const size_t end = rows->starts[row + 1];
    float *weights = work->weights;
    double side = work->side[row], alpha = work->alpha[row];
    double gradient = side * (product(rows, row, weights) + work->constant) - 1 +
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
    double moved = alpha - gradient / work->square[row];
    work->alpha[row] = moved > 0 ? moved : 0;
    float change = (float)((work->alpha[row] - alpha) * side);
    for (size_t at = rows->starts[row]; at < end; at++)
        weights[rows->column[at]] += change * rows->value[at];
    work->constant += (double)change;
    return true;
}

/* Fetches the beginning of the row that comes next. */
static void prefetch(const struct work *work, size_t at)
{
    if (at >= work->active)
        return;
    const struct solver_rows *rows = work->rows;
    size_t start = rows->starts[work->order[at]];
    for (size_t line = 0; line < 64; line += 16) {
        __builtin_prefetch(rows->column + start + line);
        __builtin_prefetch(rows->value + start + line);
    }
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
                  const struct solver_costs *costs, double *alpha, float *weights)
{
    struct work work = {.rows = rows, .weights = weights, .alpha = alpha};
    work.random = 88172645463325252u;
    work.slack[0] = 0.5 / costs->negative;
    work.slack[1] = 0.5 / costs->positive;
    memset(weights, 0, rows->columns * sizeof *weights);
    prepare(&work, label, wanted);
    begin(&work);
    for (int round = 0; round < costs->rounds; round++) {
        run_round(&work);
        if (work.highest - work.lowest <= costs->tolerance)
            break;
        work.above = work.highest > 0 ? EAGER * work.highest : AT_FIRST;
    }
    release(&work);
    return work.constant;
}
