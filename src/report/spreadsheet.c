#include "report/spreadsheet.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"

#include <ctype.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { EXACT_DIGITS = 15, DECIMALS_MOST = 4, WIDTH_LEAST = 6, WIDTH_MOST = 60 };
enum { TEXT_MOST = 32000, CHART_MOST = 100 };

#define HEX_DIGITS "0123456789abcdefABCDEF"

#define FUNCTIONS(X) \
    X(workbook_new_opt) X(workbook_add_worksheet) X(workbook_add_format) X(workbook_close) \
    X(workbook_set_properties) X(format_set_num_format) X(format_set_bold) X(format_set_align) \
    X(format_set_font_size) X(format_set_bottom) X(format_set_top) X(format_set_text_wrap) \
    X(worksheet_write_string) X(worksheet_write_number) X(worksheet_write_datetime) \
    X(worksheet_set_column) X(worksheet_freeze_panes) X(worksheet_repeat_rows) \
    X(worksheet_set_landscape) X(worksheet_set_paper) X(worksheet_fit_to_pages) \
    X(worksheet_set_footer) X(lxw_strerror) X(workbook_add_chart) X(chart_add_series) \
    X(chart_series_set_categories) X(chart_series_set_values) X(chart_title_set_name) \
    X(chart_legend_set_position) X(worksheet_insert_chart)

#define MEMBER(function) __typeof__(function) *function;
struct library {
    FUNCTIONS(MEMBER)
};

#define QUOTED(name) #name
#define SYMBOL(function) {QUOTED(function), offsetof(struct library, function)},
static const struct symbol {
    const char *name;
    size_t offset;
} symbols[] = {FUNCTIONS(SYMBOL){NULL, 0}};

static const struct library *library_load(struct error *error)
{
    static struct library library;
    static bool loaded;
    void *handle = loaded ? NULL : dlopen("libxlsxwriter.so." LXW_SOVERSION, RTLD_LAZY | RTLD_LOCAL);
    bool good = loaded || handle;
    for (const struct symbol *symbol = symbols; good && !loaded && symbol->name; symbol++) {
        void *address = dlsym(handle, symbol->name);
        *(void **)(void *)((char *)&library + symbol->offset) = address;
        good = address != NULL;
    }
    loaded = good;
    if (!good)
        error_set(error, ERROR_SYSTEM, "XLSX", _("Install the package libxlsxwriter4."),
                  _("the library cannot be loaded: %.300s"), dlerror());
    return good ? &library : NULL;
}

struct spreadsheet {
    const struct library *library;
    lxw_workbook *book;
    lxw_worksheet *page;
    lxw_format *title, *head, *head_right, *muted, *text, *wrapped, *strong, *right, *date, *time;
    lxw_format *numbers[2][DECIMALS_MOST + 1]; /* [strong][decimals] */
    const struct spreadsheet_column *columns;
    int *widths;
    int count, headings;
    lxw_row_t row, first, last; /* next; of the rows that are no totals: first, behind the last */
    char name[128];
    lxw_error failure;
    char *path;
};

static void note_failure(struct spreadsheet *sheet, lxw_error failure)
{
    if (failure != LXW_NO_ERROR && sheet->failure == LXW_NO_ERROR)
        sheet->failure = failure;
}

static lxw_format *format_of(struct spreadsheet *sheet, const char *number, bool bold, int align)
{
    lxw_format *format = sheet->library->workbook_add_format(sheet->book);
    if (number)
        sheet->library->format_set_num_format(format, number);
    if (bold)
        sheet->library->format_set_bold(format);
    sheet->library->format_set_align(format, (uint8_t)align);
    sheet->library->format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    return format;
}

static void make_formats(struct spreadsheet *sheet)
{
    const struct library *library = sheet->library;
    sheet->title = format_of(sheet, NULL, true, LXW_ALIGN_LEFT);
    library->format_set_font_size(sheet->title, 14);
    sheet->muted = format_of(sheet, NULL, false, LXW_ALIGN_LEFT);
    sheet->head = format_of(sheet, NULL, true, LXW_ALIGN_LEFT);
    sheet->head_right = format_of(sheet, NULL, true, LXW_ALIGN_RIGHT);
    library->format_set_bottom(sheet->head, LXW_BORDER_THIN);
    library->format_set_bottom(sheet->head_right, LXW_BORDER_THIN);
    sheet->text = format_of(sheet, "@", false, LXW_ALIGN_LEFT);
    sheet->wrapped = format_of(sheet, "@", false, LXW_ALIGN_LEFT);
    library->format_set_text_wrap(sheet->wrapped);
    sheet->strong = format_of(sheet, "@", true, LXW_ALIGN_LEFT);
    library->format_set_top(sheet->strong, LXW_BORDER_THIN);
    sheet->right = format_of(sheet, "@", false, LXW_ALIGN_RIGHT);
    sheet->date = format_of(sheet, "yyyy-mm-dd", false, LXW_ALIGN_LEFT);
    sheet->time = format_of(sheet, "yyyy-mm-dd hh:mm:ss", false, LXW_ALIGN_LEFT);
    for (int strong = 0; strong < 2; strong++)
        for (int decimals = 0; decimals <= DECIMALS_MOST; decimals++) {
            char number[16] = "#,##0";
            if (decimals)
                snprintf(number + 5, sizeof number - 5, ".%.*s", decimals, "0000");
            lxw_format *format = format_of(sheet, number, strong, LXW_ALIGN_RIGHT);
            if (strong)
                library->format_set_top(format, LXW_BORDER_THIN);
            sheet->numbers[strong][decimals] = format;
        }
}

/* A sheet's name has 1 to 31 characters and none of []:*?/\\'. */
static void sheet_name(const char *title, char name[128])
{
    size_t length = 0;
    int characters = 0;
    for (; *title; title++) {
        bool starts = ((unsigned char)*title & 0xC0) != 0x80;
        if (starts && characters++ == 31)
            break;
        bool allowed = !strchr("[]:*?/\\'", *title) && (unsigned char)*title >= ' ';
        name[length++] = allowed ? *title : ' ';
    }
    name[length] = '\0';
    if (!length)
        strcpy(name, "1");
}

struct spreadsheet *spreadsheet_open(const char *path, const char *title, struct error *error)
{
    const struct library *library = library_load(error);
    lxw_workbook_options options = {.constant_memory = 1};
    if (!library)
        return NULL;
    struct spreadsheet *sheet = xcalloc(1, sizeof *sheet);
    sheet->library = library;
    sheet->path = xstrdup(path);
    sheet->book = library->workbook_new_opt(path, &options);
    sheet_name(title, sheet->name);
    sheet->page = sheet->book ? library->workbook_add_worksheet(sheet->book, sheet->name) : NULL;
    if (!sheet->page) {
        error_set(error, ERROR_SYSTEM, path, NULL, _("cannot create the file"));
        free(sheet->path);
        free(sheet);
        return NULL;
    }
    make_formats(sheet);
    lxw_doc_properties properties = {.title = (char *)title, .company = (char *)"bankops"};
    library->workbook_set_properties(sheet->book, &properties);
    library->worksheet_set_landscape(sheet->page);
    library->worksheet_set_paper(sheet->page, 9); /* A4 */
    library->worksheet_fit_to_pages(sheet->page, 1, 0);
    library->worksheet_set_footer(sheet->page, "&L&A&R&P / &N");
    return sheet;
}

/* "_x001B_" stands for the character 1B in a cell (ECMA-376 part 1, 22.9.2.19, ST_Xstring): a text
 * with it is written so that it stays what it is. */
static void add_literally(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        bool escape = text[0] == '_' && text[1] == 'x' && strspn(text + 2, HEX_DIGITS) >= 4 &&
                      text[6] == '_';
        buffer_add(out, escape ? "_x005F" : "");
        buffer_add_char(out, *text);
    }
}

/* A string cell, cut where the format ends. */
static void write_text(struct spreadsheet *sheet, int column, const char *text, lxw_format *format)
{
    char *cut = NULL;
    struct buffer plain = BUFFER_INIT, literal = BUFFER_INIT;
    text_plain(&plain, text, strlen(text), '\n');
    add_literally(&literal, buffer_text(&plain));
    text = buffer_text(&literal);
    if (strlen(text) > TEXT_MOST) {
        size_t length = TEXT_MOST;
        while (((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
        cut = xstrndup(text, length);
    }
    note_failure(sheet, sheet->library->worksheet_write_string(
                            sheet->page, sheet->row, (lxw_col_t)column, cut ? cut : text, format));
    free(cut);
    buffer_free(&plain);
    buffer_free(&literal);
}

void spreadsheet_heading(struct spreadsheet *sheet, const char *text)
{
    write_text(sheet, 0, text, sheet->row ? sheet->muted : sheet->title);
    sheet->row++;
}

void spreadsheet_columns(struct spreadsheet *sheet, const struct spreadsheet_column *columns,
                         int count)
{
    sheet->row += sheet->row > 0; /* a blank row below the heading */
    sheet->columns = columns;
    sheet->count = count;
    sheet->widths = xcalloc((size_t)count, sizeof *sheet->widths);
    for (int i = 0; i < count; i++) {
        bool right = columns[i].right || columns[i].kind == SHEET_NUMBER;
        sheet->widths[i] = text_width(columns[i].title);
        write_text(sheet, i, columns[i].title, right ? sheet->head_right : sheet->head);
    }
    sheet->row++;
    sheet->first = sheet->last = sheet->row;
    sheet->library->worksheet_freeze_panes(sheet->page, sheet->row, 0);
    sheet->library->worksheet_repeat_rows(sheet->page, sheet->row - 1, sheet->row - 1);
}

/* Decimals of a number that a spreadsheet holds exactly, -1 when the text is none. */
static int exact_decimals(const char *text)
{
    int significant = 0, decimals = -1;
    bool any = false;
    for (text += *text == '-'; *text; text++) {
        if (*text == '.' && decimals < 0 && any) {
            decimals = 0;
            continue;
        }
        if (!isdigit((unsigned char)*text))
            return -1;
        any = true;
        significant += significant || *text != '0';
        decimals += decimals >= 0;
    }
    if (!any || decimals == 0 || significant > EXACT_DIGITS || decimals > DECIMALS_MOST)
        return -1;
    return decimals < 0 ? 0 : decimals;
}

static bool read_time(const char *text, lxw_datetime *time)
{
    int second = 0;
    memset(time, 0, sizeof *time);
    int fields = sscanf(text, "%4d-%2d-%2d%*[ T]%2d:%2d:%2d", &time->year, &time->month, &time->day,
                        &time->hour, &time->min, &second);
    time->sec = second;
    return fields >= 3 && time->year >= 1900 && time->month >= 1 && time->month <= 12 &&
           time->day >= 1 && time->day <= 31;
}

static void write_cell(struct spreadsheet *sheet, int column, const char *text, bool strong)
{
    enum spreadsheet_kind kind = sheet->columns[column].kind;
    lxw_datetime time;
    int decimals = kind == SHEET_NUMBER ? exact_decimals(text) : -1;
    if (decimals >= 0)
        note_failure(sheet, sheet->library->worksheet_write_number(
                                sheet->page, sheet->row, (lxw_col_t)column, strtod(text, NULL),
                                sheet->numbers[strong][decimals]));
    else if ((kind == SHEET_DATE || kind == SHEET_DATETIME) && read_time(text, &time))
        note_failure(sheet, sheet->library->worksheet_write_datetime(
                                sheet->page, sheet->row, (lxw_col_t)column, &time,
                                kind == SHEET_DATE ? sheet->date : sheet->time));
    else
        write_text(sheet, column, text,
                   strong                                                 ? sheet->strong
                   : kind == SHEET_NUMBER || sheet->columns[column].right ? sheet->right
                   : text_width(text) > WIDTH_MOST                        ? sheet->wrapped
                                                                          : sheet->text);
}

void spreadsheet_row(struct spreadsheet *sheet, const char *const *cells, bool strong)
{
    for (int i = 0; i < sheet->count; i++) {
        if (!cells[i] || !*cells[i])
            continue;
        int width = text_width(cells[i]);
        if (sheet->columns[i].kind == SHEET_NUMBER)
            width += width / 3; /* thousands separators */
        sheet->widths[i] = width > sheet->widths[i] ? width : sheet->widths[i];
        write_cell(sheet, i, cells[i], strong);
    }
    sheet->row++;
    if (!strong)
        sheet->last = sheet->row;
}

void spreadsheet_chart(struct spreadsheet *sheet, int label, int value)
{
    const struct library *library = sheet->library;
    lxw_row_t rows = sheet->last - sheet->first;
    if (!rows || rows > CHART_MOST)
        return;
    lxw_chart *chart = library->workbook_add_chart(sheet->book, LXW_CHART_COLUMN);
    lxw_chart_series *series = chart ? library->chart_add_series(chart, NULL, NULL) : NULL;
    if (!series)
        return;
    library->chart_series_set_categories(series, sheet->name, sheet->first, (lxw_col_t)label,
                                         sheet->last - 1, (lxw_col_t)label);
    library->chart_series_set_values(series, sheet->name, sheet->first, (lxw_col_t)value,
                                     sheet->last - 1, (lxw_col_t)value);
    library->chart_title_set_name(chart, sheet->columns[value].title);
    library->chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    note_failure(sheet, library->worksheet_insert_chart(sheet->page, sheet->first,
                                                        (lxw_col_t)(sheet->count + 1), chart));
}

void spreadsheet_note(struct spreadsheet *sheet, const char *text)
{
    sheet->row++;
    write_text(sheet, 0, text, sheet->muted);
    sheet->row++;
}

/* The library writes its errors to standard error, where a console may be painting; they are
 * returned as well. */
static lxw_error close_quietly(struct spreadsheet *sheet)
{
    int kept = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kept >= 0 && nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
    lxw_error failure = sheet->library->workbook_close(sheet->book);
    if (kept >= 0) {
        dup2(kept, STDERR_FILENO);
        close(kept);
    }
    if (nowhere >= 0)
        close(nowhere);
    return failure;
}

bool spreadsheet_close(struct spreadsheet *sheet, struct error *error)
{
    const struct library *library = sheet->library;
    for (int i = 0; i < sheet->count; i++) {
        int width = sheet->widths[i] * 11 / 10 + 2;
        width = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
        library->worksheet_set_column(sheet->page, (lxw_col_t)i, (lxw_col_t)i, width, NULL);
    }
    note_failure(sheet, close_quietly(sheet));
    bool good = sheet->failure == LXW_NO_ERROR;
    if (!good)
        error_set(error, ERROR_SYSTEM, sheet->path, _("Choose another file; nothing was written."),
                  "%s", library->lxw_strerror(sheet->failure));
    free(sheet->widths);
    free(sheet->path);
    free(sheet);
    return good;
}
