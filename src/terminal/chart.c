#include "terminal/chart.h"

#include "base/alloc.h"

#include <stdlib.h>

static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const ascii_blocks[] = {" ", "_", "_", ".", "-", "-", "=", "*", "#"};
static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

/* One value per column of the chart: averages when there are more values than columns. Returns the
 * columns filled; the caller frees *columns. */
static int squeeze(const int64_t *values, int count, int cells, int64_t **columns)
{
    int filled = count < cells ? count : cells;
    *columns = xcalloc((size_t)(filled > 0 ? filled : 1), sizeof **columns);
    for (int i = 0; i < filled; i++) {
        int from = (int)((int64_t)i * count / filled), to = (int)((int64_t)(i + 1) * count / filled);
        double sum = 0;
        int known = 0;
        for (int at = from; at < to; at++)
            if (values[at] != CHART_NONE) {
                sum += (double)values[at];
                known++;
            }
        (*columns)[i] = !known              ? CHART_NONE
                        : to - from == 1 ? values[from]
                                         : (int64_t)(sum / known);
    }
    return filled;
}

static bool range(const int64_t *values, int count, int64_t *least, int64_t *greatest)
{
    bool any = false;
    for (int i = 0; i < count; i++) {
        if (values[i] == CHART_NONE)
            continue;
        *least = !any || values[i] < *least ? values[i] : *least;
        *greatest = !any || values[i] > *greatest ? values[i] : *greatest;
        any = true;
    }
    return any;
}

/* Value scaled to 0 … steps. */
static int scale(int64_t value, int64_t least, int64_t greatest, int steps)
{
    double span = (double)greatest - (double)least;
    if (span <= 0)
        return steps / 2;
    double part = ((double)value - (double)least) / span;
    int step = (int)(part * steps + 0.5);
    return step < 0 ? 0 : step > steps ? steps : step;
}

void chart_spark(struct line *line, unsigned style, const int64_t *values, int count, int cells,
                 bool ascii)
{
    int64_t *columns, least = 0, greatest = 0;
    int filled = squeeze(values, count, cells, &columns);
    range(columns, filled, &least, &greatest);
    for (int i = 0; i < filled; i++) {
        int step = columns[i] == CHART_NONE ? 0 : 1 + scale(columns[i], least, greatest, 7);
        line_add(line, style, (ascii ? ascii_blocks : blocks)[step]);
    }
    free(columns);
}

void chart_bar(struct line *line, unsigned style, int64_t value, int64_t greatest, int cells,
               bool ascii)
{
    int end = line->cells + (cells > 0 ? cells : 0);
    int eighths = 0;
    if (cells > 0 && value > 0 && greatest > 0)
        eighths = value >= greatest ? cells * 8 : scale(value, 0, greatest, cells * 8);
    for (int i = 0; i < eighths / 8; i++)
        line_add(line, style, ascii ? "#" : "█");
    if (!ascii && eighths % 8)
        line_add(line, style, parts[eighths % 8]);
    line_pad(line, style, end);
}

/* Cells of each value where there is room: a month is easier to tell from the next. */
static int slot_of(int cells, int filled)
{
    int slot = filled > 0 ? cells / filled : 1;
    return slot < 1 ? 1 : slot > 4 ? 4 : slot;
}

static void add_times(struct line *line, unsigned style, const char *text, int times)
{
    while (times-- > 0)
        line_add(line, style, text);
}

void chart_area(struct line *lines, int rows, unsigned style, const int64_t *values, int count,
                int cells, bool ascii)
{
    int64_t *columns, least = 0, greatest = 0;
    int filled = squeeze(values, count, cells, &columns);
    range(columns, filled, &least, &greatest);
    if (least > 0)
        least = 0;
    for (int row = 0; row < rows; row++) {
        int end = lines[row].cells + cells, floor = (rows - 1 - row) * 8;
        for (int i = 0; i < filled; i++) {
            int height = columns[i] == CHART_NONE || greatest == least
                             ? 0
                             : scale(columns[i], least, greatest, rows * 8);
            int part = height - floor < 0 ? 0 : height - floor > 8 ? 8 : height - floor;
            add_times(lines + row, style, (ascii ? ascii_blocks : blocks)[part],
                      slot_of(cells, filled));
        }
        line_pad(lines + row, style, end);
    }
    free(columns);
}

void chart_points(struct line *lines, int rows, unsigned style, const int64_t *values, int count,
                  int cells, bool ascii)
{
    int64_t *columns, least = 0, greatest = 0;
    int filled = squeeze(values, count, cells, &columns);
    range(columns, filled, &least, &greatest);
    for (int row = 0; row < rows; row++) {
        int end = lines[row].cells + cells;
        for (int i = 0; i < filled; i++) {
            bool here = columns[i] != CHART_NONE &&
                        rows - 1 - scale(columns[i], least, greatest, rows - 1) == row;
            line_add(lines + row, style, !here ? " " : ascii ? "*" : "•");
            add_times(lines + row, style, " ", slot_of(cells, filled) - 1);
        }
        line_pad(lines + row, style, end);
    }
    free(columns);
}
