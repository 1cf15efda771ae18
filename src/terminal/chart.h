#ifndef BANKOPS_TERMINAL_CHART_H
#define BANKOPS_TERMINAL_CHART_H

#include "terminal/line.h"

#include <stdbool.h>
#include <stdint.h>

/* Small charts in text cells, with Unicode blocks or, when `ascii`, plain characters. Values are
 * whole numbers (minor units of money, counts); CHART_NONE = no value (a gap). */
#define CHART_NONE INT64_MIN

/* Appends one line of at most `cells` cells: one column per value; more values than cells are
 * averaged. Scaled from the least to the greatest value; a flat series shows at half height. */
void chart_spark(struct line *line, unsigned style, const int64_t *values, int count, int cells,
                 bool ascii);

/* Appends a bar of exactly `cells` cells filled in the ratio value / greatest (eighths of a cell);
 * values outside 0 … greatest are cut. */
void chart_bar(struct line *line, unsigned style, int64_t value, int64_t greatest, int cells,
               bool ascii);

/* A chart of `rows` lines of exactly `cells` cells each, filled columns from the least value (or
 * zero, if that is not above it) upwards: lines[0] is the top one. A value takes up to four cells
 * where there is room. */
void chart_area(struct line *lines, int rows, unsigned style, const int64_t *values, int count,
                int cells, bool ascii);

/* The same values as a line of points. */
void chart_points(struct line *lines, int rows, unsigned style, const int64_t *values, int count,
                  int cells, bool ascii);

#endif
