/* Files as they are delivered: archives, workbooks, other encodings; and what is refused. */
#include "reading.h"

#include "base/date.h"
#include "reconcile/container.h"

#include <unistd.h>
#include <zip.h>
#include <zlib.h>

#define TABLE "id,value_date,account,ccy,dc,amount_minor,ref,narrative\n" \
              "1,2026-11-20,ACC,EUR,C,150,R1,rent\n"

static char folder[] = "/tmp/bankops-container.XXXXXX", path[200];
static struct profiles profiles;

static const char *place(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_bytes(const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(place(name), "w");
    fwrite(bytes, 1, length, file);
    fclose(file);
}

struct member {
    const char *name, *text;
    size_t length; /* 0: of the text */
};

/* Names go in as bytes without any mark of their encoding. */
static void write_zip(const char *name, const struct member *members, size_t count,
                      const char *password)
{
    int code;
    unlink(place(name));
    zip_t *archive = zip_open(path, ZIP_CREATE, &code);
    assert_non_null(archive);
    for (size_t i = 0; i < count; i++) {
        size_t length = members[i].length ? members[i].length : strlen(members[i].text);
        zip_source_t *source = zip_source_buffer(archive, members[i].text, length, 0);
        zip_int64_t at = zip_file_add(archive, members[i].name, source, ZIP_FL_ENC_RAW);
        assert_true(at >= 0);
        if (password)
            zip_file_set_encryption(archive, (zip_uint64_t)at, ZIP_EM_TRAD_PKWARE, password);
    }
    assert_int_equal(zip_close(archive), 0);
}

static bool read_part(struct container *container, size_t part, struct seen *seen,
                      struct error *error)
{
    struct sink sink = {seen, see_item, see_statement, see_control};
    struct source *source;
    struct format format;
    bool done = container_recognise(container, part, &profiles, false, &source, &format, error) &&
                format_read(source, &format, &sink, error);
    source_close(source);
    return done;
}

static struct seen reads(const char *name)
{
    struct seen seen = {0};
    struct error error = ERROR_INIT;
    struct container *container = container_open(place(name), &error);
    if (!container || !read_part(container, 0, &seen, &error))
        fail_msg("%s: %s", error.where, error.what);
    container_close(container);
    return seen;
}

static struct error refuses(const char *name)
{
    struct seen seen = {0};
    struct error error = ERROR_INIT;
    struct container *container = container_open(place(name), &error);
    assert_false(container && read_part(container, 0, &seen, &error));
    container_close(container);
    assert_true(error.what[0] && strstr(error.where, name));
    return error;
}

static void several_files_with_chinese_names(void **state)
{
    /* 明细 in GBK, as Windows writes it; a folder; what macOS adds. */
    static const struct member members[] = {{"\xC3\xF7\xCF\xB8.csv", TABLE, 0},
                                            {"__MACOSX/._x.csv", "junk", 0},
                                            {"2026/b.csv", TABLE "2,2026-11-21,ACC,EUR,D,50,R2,\n", 0}};
    struct error error = ERROR_INIT;
    struct seen seen = {0};
    (void)state;
    write_zip("day.zip", members, 3, NULL);
    struct container *container = container_open(place("day.zip"), &error);
    assert_int_equal(container_count(container), 2);
    assert_true(strstr(container_name(container, 1), "day.zip/明细.csv"));
    assert_true(read_part(container, 0, &seen, &error));
    assert_int_equal(seen.sum, 100);
    assert_true(read_part(container, 1, &seen, &error));
    assert_int_equal(seen.sum, 250);
    container_close(container);
}

static void gzip_and_utf16(void **state)
{
    static const char text[] = TABLE;
    char wide[2 * sizeof text + 2] = "\xFF\xFE", *at = wide + 2;
    (void)state;
    gzFile file = gzopen(place("day.csv.gz"), "wb");
    gzputs(file, TABLE);
    gzclose(file);
    assert_int_equal(reads("day.csv.gz").sum, 150);
    for (size_t i = 0; i + 1 < sizeof text; i++, at += 2)
        at[0] = text[i], at[1] = '\0';
    write_bytes("little.csv", wide, (size_t)(at - wide));
    assert_int_equal(reads("little.csv").sum, 150);
    write_bytes("unmarked.csv", wide + 2, (size_t)(at - wide) - 2);
    assert_int_equal(reads("unmarked.csv").sum, 150);
    for (char *p = wide; p < at; p += 2) {
        char first = p[0];
        p[0] = p[1], p[1] = first;
    }
    write_bytes("big.csv", wide, (size_t)(at - wide));
    assert_int_equal(reads("big.csv").sum, 150);
    write_bytes("wrong.csv", "\xFF\xFE" "a\0,\0b\0\n\0", 10);
    refuses("wrong.csv");
}

/* Two members, and bytes behind them, as one file. */
static void write_members(const char *one, const char *two, const char *more, size_t length)
{
    const char *const texts[] = {one, two};
    unlink(place("members.gz"));
    for (int i = 0; i < 2; i++) {
        gzFile file = gzopen(place("members.gz"), "ab");
        gzputs(file, texts[i]);
        gzclose(file);
    }
    FILE *file = fopen(place("members.gz"), "a");
    fwrite(more, 1, length, file);
    fclose(file);
}

static void members_of_gzip_are_read_and_nothing_is_left_out(void **state)
{
    static const char second[] = "2,2026-11-20,ACC,EUR,C,100,R2,rent\n";
    (void)state;
    write_members(TABLE, second, "", 0);
    assert_int_equal(reads("members.gz").sum, 250);
    write_members(TABLE, "", "\0\0\0\0", 4);
    assert_int_equal(reads("members.gz").sum, 150);
    write_members(TABLE, second, "2,2026-11-21", 12);
    assert_refused(refuses("members.gz"), "members.gz", "other bytes follow its data");
    write_members(TABLE, second, "\0\0rest", 6);
    assert_refused(refuses("members.gz"), "members.gz", "other bytes follow its data");
    write_members(TABLE, second, "\037\213\010\0", 4);
    assert_refused(refuses("members.gz"), "members.gz", "truncated");
}

#define BOOK_LIST "<workbook xmlns:r='x'><workbookPr/><sheets><sheet name='a' r:id='r1'/>" \
                  "<sheet name='b' r:id='r2'/></sheets></workbook>"
#define BOOK_LINKS "<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/>" \
                   "<Relationship Id='r2' Target='/xl/worksheets/sheet2.xml'/></Relationships>"
#define BOOK_STYLES \
    "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='yyyy\"年\"m;@'/></numFmts>" \
    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>" \
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='22'/><xf numFmtId='170'/></cellXfs></styleSheet>"
#define BOOK_TEXTS_XML \
    "<sst><si><t>value_date</t></si><si><r><t>account</t></r></si><si><t>ccy</t></si>" \
    "<si><t>dc</t></si><si><t>amount_minor</t></si><si><t>ref</t></si><si><t>ACC</t>" \
    "<rPh><t>phonetic</t></rPh></si><si><t>EUR</t></si><si><t>C</t></si></sst>"
#define BOOK_HEADER "<row r='3'><c r='A3' t='s'><v>0</v></c><c r='B3' t='s'><v>1</v></c>" \
                    "<c r='C3' t='s'><v>2</v></c><c r='D3' t='s'><v>3</v></c>" \
                    "<c r='E3' t='s'><v>4</v></c><c r='F3' t='s'><v>5</v></c></row>"
#define BOOK_ROW_XML(row, date, amount, reference) \
    "<row r='" row "'>" date "<c r='B" row "' t='s'><v>6</v></c><c r='C" row "' t='s'><v>7</v></c>" \
    "<c r='D" row "' t='s'><v>8</v></c><c r='E" row "'><v>" amount "</v></c>" reference "</row>"
#define SHEET(rows) "<?xml version='1.0'?><x:worksheet xmlns:x='m'><x:sheetData>" rows \
                    "</x:sheetData></x:worksheet>"

static void write_book(const char *name, const char *sheet)
{
    const struct member members[] = {{"[Content_Types].xml", "<Types/>", 0},
                                     {"xl/workbook.xml", BOOK_LIST, 0},
                                     {"xl/_rels/workbook.xml.rels", BOOK_LINKS, 0},
                                     {"xl/styles.xml", BOOK_STYLES, 0},
                                     {"xl/sharedStrings.xml", BOOK_TEXTS_XML, 0},
                                     {"xl/worksheets/sheet1.xml", SHEET("<row><c t='inlineStr'><is><t>"
                                                                        "notes</t></is></c></row>"), 0},
                                     {"xl/worksheets/sheet2.xml", sheet, 0}};
    write_zip(name, members, 7, NULL);
}

static void workbooks(void **state)
{
    int day;
    (void)state;
    date_parse("2026-11-20", &day);
    write_book("book.xlsx",
               SHEET(BOOK_HEADER
                     BOOK_ROW_XML("4", "<c r='A4' s='1'><v>46346.5</v></c>", "150",
                                  "<c r='F4' t='inlineStr'><is><t>R\t1</t></is></c>")
                     BOOK_ROW_XML("6", "<c r='A6' s='2'><v>46346</v></c>", "16.0",
                                  "<c r='F6' t='str'><v>R2</v></c>")));
    struct seen seen = reads("book.xlsx");
    assert_int_equal(seen.items, 2);
    assert_int_equal(seen.sum, 166);
    assert_int_equal(seen.item[0].value_date, day);
    assert_int_equal(seen.item[1].value_date, day);
    assert_string_equal(seen.item[0].reference, "R 1");
    assert_int_equal(seen.item[1].line, 6);
    write_book("long.xlsx",
               SHEET(BOOK_HEADER BOOK_ROW_XML("4", "<c r='A4' s='1'><v>46346</v></c>", "150",
                                              "<c r='F4'><v>4.2000009252021E+27</v></c>")));
    assert_refused(refuses("long.xlsx"), "long.xlsx, row 4, field reference", "spreadsheet");
    write_book("doctype.xlsx", "<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>");
    assert_refused(refuses("doctype.xlsx"), "doctype.xlsx", "header");
    write_book("order.xlsx", SHEET(BOOK_HEADER "<row r='2'></row>"));
    refuses("order.xlsx");
    write_book("index.xlsx", SHEET("<row><c t='s'><v>99</v></c></row>"));
    refuses("index.xlsx");
}

static void a_workbook_in_an_archive(void **state)
{
    char bytes[20000];
    (void)state;
    write_book("inner.xlsx",
               SHEET(BOOK_HEADER BOOK_ROW_XML("4", "<c r='A4' s='1'><v>46346</v></c>", "7", "")));
    FILE *file = fopen(place("inner.xlsx"), "r");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    const struct member members[] = {{"inner.xlsx", bytes, length}};
    write_zip("outer.zip", members, 1, NULL);
    assert_int_equal(reads("outer.zip").sum, 7);
    const struct member twice[] = {{"a.zip", "PK\003\004", 4}};
    write_zip("twice.zip", twice, 1, NULL);
    refuses("twice.zip");
}

static void what_is_no_statement_is_refused_with_its_reason(void **state)
{
    static const struct member secret[] = {{"a.csv", TABLE, 0}}, pdf[] = {{"a.pdf", "%PDF-1.4", 0}};
    enum { BOMB = 80 << 20 };
    (void)state;
    write_zip("secret.zip", secret, 1, "1234");
    assert_refused(refuses("secret.zip"), "secret.zip/a.csv", "password");
    write_zip("pdf.zip", pdf, 1, NULL);
    assert_refused(refuses("pdf.zip"), "pdf.zip/a.pdf", "PDF");
    char *zeros = calloc(1, BOMB);
    memset(zeros, 'a', BOMB);
    const struct member bomb[] = {{"a.csv", zeros, BOMB}};
    write_zip("bomb.zip", bomb, 1, NULL);
    assert_refused(refuses("bomb.zip"), "bomb.zip/a.csv", "no statement");
    gzFile file = gzopen(place("bomb.gz"), "wb");
    gzwrite(file, zeros, BOMB);
    gzclose(file);
    assert_refused(refuses("bomb.gz"), "bomb.gz", "no statement");
    free(zeros);
    write_bytes("cut.gz", "\037\213\010\0\0\0\0\0\0\3\113\114", 12);
    refuses("cut.gz");
    write_bytes("cut.zip", "PK\003\004rest", 8);
    assert_refused(refuses("cut.zip"), "cut.zip", "cannot be read");
    write_bytes("none.zip", "PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    assert_refused(refuses("none.zip"), "none.zip", "empty");
    write_bytes("old.xls", "\320\317\021\340\241\261\032\341 and no more", 20);
    assert_refused(refuses("old.xls"), "old.xls", "FreeXL");
    assert_refused(refuses("absent.zip"), "absent.zip", "No such file");
}

/* Bytes are changed at random: whatever comes of it, it is read whole or refused with a reason. */
static void damaged_containers_do_no_harm(void **state)
{
    static const char *const names[] = {"book.xlsx", "day.zip", "day.csv.gz"};
    static char whole[20000], bytes[40000];
    uint32_t random = 11;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        FILE *file = fopen(place(names[i]), "r");
        size_t length = fread(whole, 1, sizeof whole, file);
        fclose(file);
        for (int round = 0; round < 1500; round++) {
            struct seen seen = {0};
            struct error error = ERROR_INIT;
            memcpy(bytes, whole, length);
            write_bytes("damaged", bytes, mutate(bytes, length, sizeof bytes, &random));
            struct container *container = container_open(place("damaged"), &error);
            bool done = container != NULL;
            for (size_t part = 0; done && part < container_count(container); part++)
                done = read_part(container, part, &seen, &error);
            assert_true(done || (error.what[0] && error.where[0]));
            container_close(container);
        }
    }
}

static int begin(void **state)
{
    struct error error = ERROR_INIT;
    char shipped[4096];
    (void)state;
    snprintf(shipped, sizeof shipped, "%s/src/reconcile/profiles",
             getenv("BANKOPS_SOURCE") ? getenv("BANKOPS_SOURCE") : ".");
    return mkdtemp(folder) && profiles_read(shipped, "generic", &profiles, &error) ? 0 : -1;
}

static int end(void **state)
{
    static const char *const names[] = {
        "day.zip", "day.csv.gz", "little.csv", "unmarked.csv", "big.csv", "wrong.csv", "book.xlsx",
        "long.xlsx", "doctype.xlsx", "order.xlsx", "index.xlsx", "inner.xlsx", "outer.zip",
        "twice.zip", "secret.zip", "pdf.zip", "bomb.zip", "bomb.gz", "cut.gz", "cut.zip",
        "none.zip", "old.xls", "members.gz", "damaged"};
    (void)state;
    profiles_free(&profiles);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(place(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_files_with_chinese_names),
        cmocka_unit_test(gzip_and_utf16),
        cmocka_unit_test(members_of_gzip_are_read_and_nothing_is_left_out),
        cmocka_unit_test(workbooks),
        cmocka_unit_test(a_workbook_in_an_archive),
        cmocka_unit_test(what_is_no_statement_is_refused_with_its_reason),
        cmocka_unit_test(damaged_containers_do_no_harm)};
    return cmocka_run_group_tests(tests, begin, end);
}
