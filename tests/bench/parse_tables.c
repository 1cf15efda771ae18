#include "parse_files.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* Appends UTF-8 as GB18030. */
static void add_chinese(FILE *out, iconv_t converter, char *text)
{
    char bytes[4096], *to = bytes;
    size_t left = strlen(text), room = sizeof bytes;
    if (iconv(converter, &text, &left, &to, &room) == (size_t)-1)
        die("iconv");
    fwrite(bytes, 1, sizeof bytes - room, out);
}

void parse_files_gb18030(FILE *out, int lines)
{
    char text[2000];
    long long sum = 0;
    iconv_t converter = iconv_open("GB18030", "UTF-8");
    if (converter == (iconv_t)-1)
        die("iconv_open");
    add_chinese(out, converter, strcpy(text, "#支付宝业务明细查询\n#账号：[20880000000000000156]\n"
                "#起始日期：[2026年11月20日 00:00:00]   终止日期：[2026年11月21日 00:00:00]\n#---\n"
                "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店名称,对方账户,"
                "订单金额（元）,商家实收（元）,退款批次号/请求号,服务费（元）,备注\n"));
    for (int i = 1; i <= lines; i++) {
        snprintf(text, sizeof text, "20261120220014658705152%08d\t,ORDER%012d\t,交易\t,五月份货款与运费,"
                 "2026-11-20 10:00:00,2026-11-20 10:00:%02d,北京朝阳门店,*某某(186****0000)\t,%d.%02d,"
                 "%d.%02d,\t,0.00,\n", i, i, i % 60, i, i % 100, i, i % 100);
        add_chinese(out, converter, text);
        sum += i * 100LL + i % 100;
    }
    snprintf(text, sizeof text, "#---\n#交易合计：%d笔，商家实收共%lld.%02lld元，商家优惠共0.00元\n", lines,
             sum / 100, sum % 100);
    add_chinese(out, converter, text);
    iconv_close(converter);
}

void parse_files_fixed(FILE *out, int lines)
{
    char record[300], amount[13], number[13];
    memset(record, ' ', 299);
    record[299] = '\n';
    memcpy(record, "00010000", 8);
    memcpy(record + 31, "1120103000", 10);
    memcpy(record + 101, "0200 000000", 11);
    memcpy(record + 127, "898110048990001", 15);
    for (int i = 1; i <= lines; i++) {
        snprintf(amount, sizeof amount, "%012d", i);
        snprintf(number, sizeof number, "%012d", i);
        memcpy(record + 24, number + 6, 6);
        memcpy(record + 62, amount, 12);
        memcpy(record + 143, number, 12);
        fwrite(record, 1, sizeof record, out);
    }
}

void parse_files_gzip(FILE *out, int lines)
{
    char *text = NULL;
    size_t length;
    FILE *plain = open_memstream(&text, &length);
    parse_files_csv(plain, lines);
    fclose(plain);
    fflush(out);
    gzFile packed = gzdopen(dup(fileno(out)), "wb");
    if (!packed || gzwrite(packed, text, (unsigned)length) != (int)length)
        die("gzip");
    gzclose(packed);
    free(text);
}

static char *sheet_rows(int lines, size_t *length)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    fputs("<?xml version=\"1.0\"?><worksheet><sheetData><row r=\"1\">", out);
    for (int i = 0; i < 8; i++)
        fprintf(out, "<c r=\"%c1\" t=\"s\"><v>%d</v></c>", 'A' + i, i);
    fputs("</row>", out);
    for (int i = 1; i <= lines; i++)
        fprintf(out, "<row r=\"%d\"><c r=\"A%d\"><v>%d</v></c><c r=\"B%d\" s=\"1\"><v>46346</v></c>"
                     "<c r=\"C%d\" t=\"s\"><v>8</v></c><c r=\"D%d\" t=\"s\"><v>9</v></c>"
                     "<c r=\"E%d\" t=\"s\"><v>10</v></c><c r=\"F%d\"><v>%d</v></c>"
                     "<c r=\"G%d\" t=\"s\"><v>%d</v></c><c r=\"H%d\" t=\"s\"><v>11</v></c></row>",
                i + 1, i + 1, i, i + 1, i + 1, i + 1, i + 1, i + 1, i, i + 1, i + 11, i + 1);
    fputs("</sheetData></worksheet>", out);
    fclose(out);
    return text;
}

static char *shared_texts(int lines, size_t *length)
{
    static const char *const texts[] = {"id", "value_date", "account", "ccy", "dc", "amount_minor",
                                        "ref", "narrative", "A001", "CNY", "C", "五月份货款"};
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    fputs("<sst>", out);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        fprintf(out, "<si><t>%s</t></si>", texts[i]);
    for (int i = 1; i <= lines; i++)
        fprintf(out, "<si><t>TX20261120%012d</t></si>", i);
    fputs("</sst>", out);
    fclose(out);
    return text;
}

static void add_part(zip_t *book, const char *name, const void *text, size_t length)
{
    zip_source_t *source = zip_source_buffer(book, text, length, 0);
    if (!source || zip_file_add(book, name, source, 0) < 0)
        die(name);
}

void parse_files_sheet(FILE *out, int lines)
{
    static const char types[] = "<Types/>",
        list[] = "<workbook><sheets><sheet r:id=\"a\" xmlns:r=\"r\"/></sheets></workbook>",
        links[] = "<R><Relationship Id=\"a\" Target=\"worksheets/sheet1.xml\"/></R>",
        styles[] = "<s><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></s>";
    char path[] = "/tmp/bankops-sheet-XXXXXX", block[65536];
    size_t row_bytes, text_bytes;
    int fd = mkstemp(path), code;
    zip_t *book = fd < 0 ? NULL : zip_open(path, ZIP_TRUNCATE, &code);
    if (!book)
        die(path);
    char *rows = sheet_rows(lines, &row_bytes), *texts = shared_texts(lines, &text_bytes);
    add_part(book, "[Content_Types].xml", types, sizeof types - 1);
    add_part(book, "xl/workbook.xml", list, sizeof list - 1);
    add_part(book, "xl/_rels/workbook.xml.rels", links, sizeof links - 1);
    add_part(book, "xl/styles.xml", styles, sizeof styles - 1);
    add_part(book, "xl/sharedStrings.xml", texts, text_bytes);
    add_part(book, "xl/worksheets/sheet1.xml", rows, row_bytes);
    if (zip_close(book))
        die(path);
    FILE *in = fopen(path, "r");
    for (size_t got; in && (got = fread(block, 1, sizeof block, in)) > 0;)
        fwrite(block, 1, got, out);
    if (in)
        fclose(in);
    close(fd);
    unlink(path);
    free(rows);
    free(texts);
}
