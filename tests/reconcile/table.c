/* Bills and statements as their senders write them, byte for byte, through the shipped profiles. */
#include "reading.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/icu.h"
#include "reconcile/control.h"
#include "reconcile/format.h"

static struct profiles profiles;

/* What one file gave, and its control totals. */
struct bill {
    struct seen seen;
    struct format format;
    int controls, broken;
    int64_t expected, found; /* of the last one that does not hold */
    char label[80];
    uint64_t line;
};

static bool bill_control(void *context, const struct control *control, struct error *error)
{
    struct bill *bill = context;
    (void)error;
    bill->controls++;
    if (control_holds(control))
        return true;
    bill->broken++;
    bill->expected = control->expected;
    bill->found = control->found;
    bill->line = control->line;
    keep_text(bill->label, sizeof bill->label, control->label);
    return true;
}

static bool bill_item(void *context, const struct item *item, struct error *error)
{
    return see_item(&((struct bill *)context)->seen, item, error);
}

static bool bill_statement(void *context, const struct statement *statement, struct error *error)
{
    return see_statement(&((struct bill *)context)->seen, statement, error);
}

static bool read_named(const char *name, const char *text, size_t length, struct bill *bill,
                       struct error *error)
{
    struct sink sink = {bill, bill_item, bill_statement, bill_control};
    *bill = (struct bill){.controls = 0};
    struct source *source = source_memory(name, text, length, error);
    bool done = source && format_recognise(source, &profiles, false, &bill->format, error) &&
                format_read(source, &bill->format, &sink, error);
    source_close(source);
    return done;
}

/* Reads a text of UTF-8 that is written in GB18030 first when `chinese`. */
static bool read_text(const char *name, const char *text, bool chinese, struct bill *bill,
                      struct error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    const struct icu *icu = icu_load(error);
    if (!chinese)
        return read_named(name, text, strlen(text), bill, error);
    UConverter *from = icu->ucnv_open("UTF-8", &code), *to = icu->ucnv_open("GB18030", &code);
    size_t room = 2 * strlen(text) + 1;
    char *bytes = malloc(room), *at = bytes;
    const char *end = text + strlen(text), *start = text;
    icu->ucnv_convertEx(to, from, &at, bytes + room, &start, end, NULL, NULL, NULL, NULL, true,
                        true, &code);
    bool done = read_named(name, bytes, (size_t)(at - bytes), bill, error);
    icu->ucnv_close(from);
    icu->ucnv_close(to);
    free(bytes);
    return done;
}

static struct bill reads(const char *name, const char *text, bool chinese, const char *profile)
{
    struct error error = ERROR_INIT;
    struct bill bill;
    if (!read_text(name, text, chinese, &bill, &error))
        fail_msg("%s: %s", error.where, error.what);
    assert_string_equal(bill.format.profile->name, profile);
    assert_int_equal(bill.seen.sum, bill.seen.total);
    return bill;
}

static struct error refuses(const char *name, const char *text, bool chinese)
{
    struct error error = ERROR_INIT;
    struct bill bill;
    assert_false(read_text(name, text, chinese, &bill, &error));
    assert_true(error.what[0] && error.where[0]);
    return error;
}

static int day_of(const char *text)
{
    int day = 0;
    assert_true(date_parse(text, &day));
    return day;
}

#define TRADE_HEAD \
    "#支付宝业务明细查询\n#账号：[20880000000000000156]\n" \
    "#起始日期：[2019年09月16日 00:00:00]   终止日期：[2019年09月17日 00:00:00]\n" \
    "#-----------------------------------------业务明细列表----------------------------------------\n" \
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户," \
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）," \
    "券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）," \
    "分润（元）,备注\n"
#define TRADE_ROW(number, order, kind, amount, refund) \
    number "\t," order "\t," kind "\t,餐费,2019-09-16 14:56:35,2019-09-16 15:00:38,\t,\t,\t,\t,*某" \
    "(602***@qq.com)\t," amount "," amount ",0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00," refund \
    "\t,0.00,0.00,\n"
#define TRADE_FOOT(count, sum) \
    "#-----------------------------------------业务明细列表结束------------------------------------\n" \
    "#交易合计：" count "笔，商家实收共" sum "元，商家优惠共0.00元\n" \
    "#退款合计：1笔，商家实收退款共-0.50元，商家优惠退款共0.00元\n" \
    "#导出时间：[2019年09月17日 05:46:49]\n"

static void alipay_merchant_trade(void **state)
{
    (void)state;
    struct bill bill = reads(
        "trade.csv",
        TRADE_HEAD TRADE_ROW("2019091622001465870515233238", "QD2019-1", "交易", "12.30", "")
        TRADE_ROW("2019091622001465870515233238", "QD2019-1", "退款", "-0.50", "re_2019")
        TRADE_ROW("2019091622001465870515233239", "QD2019-2", "交易", "1.20", "")
        TRADE_FOOT("2", "13.50"), true, "alipay-merchant-trade");
    assert_int_equal(bill.seen.items, 3);
    assert_int_equal(bill.seen.sum, 1300);
    assert_int_equal(bill.controls, 4);
    assert_int_equal(bill.broken, 0);
    assert_string_equal(bill.seen.statement[0].account, "20880000000000000156");
    assert_int_equal(bill.seen.statement[0].statement.open_date, day_of("2019-09-16"));
    assert_string_equal(bill.seen.item[0].reference, "QD2019-1");
    assert_string_equal(bill.seen.item[1].reference, "re_2019");
    assert_string_equal(bill.seen.item[1].bank_reference, "2019091622001465870515233238");
    assert_int_equal(bill.seen.item[1].amount, -50);
}

static void a_wrong_total_is_a_control_that_does_not_hold(void **state)
{
    (void)state;
    struct bill bill = reads(
        "trade.csv",
        TRADE_HEAD TRADE_ROW("2019091622001465870515233238", "QD1", "交易", "12.30", "")
        TRADE_ROW("2019091622001465870515233237", "QD1", "退款", "-0.50", "re")
        TRADE_FOOT("1", "12.31"), true, "alipay-merchant-trade");
    assert_int_equal(bill.broken, 1);
    assert_int_equal(bill.expected, 1231);
    assert_int_equal(bill.found, 1230);
    assert_string_equal(bill.label, "#交易合计：");
    assert_int_equal(bill.line, 9);
}

static void a_bill_without_its_end_was_cut(void **state)
{
    (void)state;
    assert_refused(refuses("trade.csv",
                           TRADE_HEAD TRADE_ROW("20190916220014658705", "Q", "交易", "1.00", ""),
                           true),
                   "trade.csv", "it was cut");
}

#define ACCOUNT_HEAD \
    "#支付宝账务明细查询\r\n#账号：[20880000000000000156]\r\n" \
    "#起始日期：[2012年12月29日 00:00:00]   终止日期：[2012年12月30日 00:00:00]\r\n" \
    "#------------------账务明细列表-----------------\r\n" \
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）," \
    "账户余额（元）,交易渠道,业务类型,备注\r\n"
#define ACCOUNT_FOOT \
    "#-----------------账务明细列表结束--------------\r\n#支出合计：1笔，共-3.00元\r\n" \
    "#收入合计：2笔，共2667.00元\r\n#导出时间：[2012年12月31日 13:19:01]\r\n"

static void alipay_merchant_account_with_running_balance(void **state)
{
    (void)state;
    struct bill bill = reads(
        "account.csv",
        ACCOUNT_HEAD
        "54632446537373\t,2012122923922031\t,3226563\t,机票\t,2012-12-29 21:02:06,某 (k@126.com)\t,"
        "2274.00,0.00,14533.03,支付宝,在线支付,\r\n"
        "54632446537372\t,2012122923922030\t,3226562\t,服务费\t,2012-12-29 20:40:00,支付宝\t,0.00,-3.00,"
        "12259.03,支付宝,收费,\r\n"
        "54632446537371\t,2012122923922029\t,3226561\t,机票\t,2012-12-29 20:31:32,某\t,393.00,0.00,"
        "12262.03,支付宝,在线支付,\r\n" ACCOUNT_FOOT, true, "alipay-merchant-account");
    const struct statement *statement = &bill.seen.statement[0].statement;
    assert_int_equal(bill.broken, 0);
    assert_int_equal(bill.controls, 4);
    assert_true(statement->has_opening && statement->has_closing);
    assert_int_equal(statement->opening, 1186903);
    assert_int_equal(statement->closing, 1453303);
    assert_int_equal(statement->opening + statement->movement, statement->closing);
    assert_string_equal(bill.seen.item[1].source_id, "54632446537372");
}

static void a_running_balance_that_breaks_is_told_with_its_line(void **state)
{
    (void)state;
    struct bill bill = reads(
        "account.csv",
        ACCOUNT_HEAD
        "1\t,1\t,A\t,x\t,2012-12-29 20:31:32,某\t,1.00,0.00,101.00,z,p,\r\n"
        "2\t,2\t,B\t,x\t,2012-12-29 20:32:32,某\t,2.00,0.00,103.00,z,p,\r\n"
        "3\t,3\t,C\t,x\t,2012-12-29 20:33:32,某\t,4.00,0.00,107.01,z,p,\r\n"
        "4\t,4\t,D\t,x\t,2012-12-29 20:34:32,某\t,1.00,0.00,108.01,z,p,\r\n"
        "#---\r\n", true, "alipay-merchant-account");
    assert_int_equal(bill.broken, 1);
    assert_int_equal(bill.line, 8);
    assert_int_equal(bill.expected, 10701);
    assert_int_equal(bill.found, 10700);
    assert_string_equal(bill.label, "账户余额（元）");
}

#define WECHAT_HEAD \
    "\xEF\xBB\xBF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态," \
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型," \
    "退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n"
#define WECHAT_ROW(order, status, amount, refund, back, goods, fee) \
    "`2021-01-28 17:07:11,`wx81be3101902f7cb2,`1601959334,`0,`,`4200000925202101284997714292,`" \
    order ",`ofy,`NATIVE,`" status ",`OTHERS,`CNY,`" amount ",`0.00,`0,`" refund ",`" back \
    ",`0.00,`,`,`" goods ",`,`" fee ",`0.60%,`" amount ",`" back ",`\r\n"
#define WECHAT_FOOT(values) \
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n" values "\r\n"

static void wechat_merchant(void **state)
{
    (void)state;
    struct bill bill = reads(
        "bill.csv",
        WECHAT_HEAD WECHAT_ROW("S1", "SUCCESS", "100.00", "0", "0.00", "茶, 两杯, \"大\"", "0.60000")
        WECHAT_ROW("S2", "SUCCESS", "0.01", "0", "0.00", "x", "0.00006")
        WECHAT_ROW("S1", "REFUND", "0.00", "R1", "40.00", "茶", "-0.24000")
        WECHAT_FOOT("`3,`100.01,`40.00,`0.00,`0.36006,`100.01,`40.00"), false, "wechat-merchant");
    assert_int_equal(bill.seen.items, 3);
    assert_int_equal(bill.seen.sum, 6001);
    assert_int_equal(bill.controls, 6);
    assert_int_equal(bill.broken, 0);
    assert_string_equal(bill.seen.item[0].narrative, "茶, 两杯, \"大\"");
    assert_string_equal(bill.seen.item[2].reference, "R1");
    assert_string_equal(bill.seen.statement[0].account, "1601959334");
    bill = reads("bill.csv",
                 WECHAT_HEAD WECHAT_ROW("S1", "SUCCESS", "100.00", "0", "0.00", "x", "0.60000")
                 WECHAT_FOOT("`2,`100.00,`0.00,`0.00,`0.60000,`100.00,`0.00"), false,
                 "wechat-merchant");
    assert_int_equal(bill.broken, 1);
    assert_int_equal(bill.found, 1);
    assert_refused(refuses("bill.csv", WECHAT_HEAD WECHAT_ROW("S1", "SUCCESS", "1.00", "0", "0.00",
                                                              "x", "0.00000"), false),
                   "bill.csv", "it was cut");
    assert_refused(refuses("bill.csv",
                           WECHAT_HEAD WECHAT_ROW("S1", "SUCCESS", "1.00", "0", "0.00", "x", "0")
                           WECHAT_FOOT("`1,`1.00"), false),
                   "bill.csv:4", "row of totals");
}

/* A record of fixed width: fields of these bytes, a blank behind each but the last. */
static void add_record(struct buffer *out, const char *const *fields, const int *widths, int count)
{
    for (int i = 0; i < count; i++)
        buffer_format(out, "%-*.*s%s", widths[i], widths[i], fields[i], i + 1 < count ? " " : "");
    buffer_add(out, "\r\n");
}

static const int zm_widths[42] = {3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4,
                                  15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13,
                                  13, 12, 2, 1, 32, 98};

static void add_zm(struct buffer *out, const char *amount, const char *fee, const char *net,
                   const char *query, const char *order)
{
    const char *fields[42];
    for (int i = 0; i < 42; i++)
        fields[i] = "";
    fields[0] = "S22", fields[1] = "00010000", fields[3] = "123456", fields[4] = "1104093015";
    fields[5] = "622588******1234", fields[6] = amount, fields[9] = query, fields[11] = order;
    fields[15] = fee, fields[16] = net, fields[19] = "01", fields[27] = "777290058110048";
    /* 测试商户 in GBK: its bytes count, not its characters. */
    fields[30] = "\xB2\xE2\xCA\xD4\xC9\xCC\xBB\xA7", fields[40] = order;
    add_record(out, fields, zm_widths, 42);
}

static void unionpay_zm(void **state)
{
    struct buffer text = BUFFER_INIT;
    struct error error = ERROR_INIT;
    struct bill bill;
    (void)state;
    add_zm(&text, "000000010000", "D000000000060", "C000000009940", "201611040930151234568", "ORD1");
    assert_int_equal(text.length, 609);
    add_zm(&text, "000000002000", "C000000000012", "D000000001988", "201611040930151234578", "ORD2");
    assert_true(read_named("in/INN16110488ZM_777290058110048", text.data, text.length, &bill,
                           &error));
    assert_string_equal(bill.format.profile->name, "unionpay-zm");
    assert_string_equal(bill.format.name, "fixed");
    assert_int_equal(bill.seen.items, 2);
    assert_int_equal(bill.seen.item[0].amount, 10000);
    assert_int_equal(bill.seen.item[1].amount, -2000);
    assert_int_equal(bill.seen.item[0].value_date, day_of("2016-11-04"));
    assert_string_equal(bill.seen.item[1].reference, "ORD2");
    assert_string_equal(bill.seen.item[1].source_id, "201611040930151234578");
    assert_string_equal(bill.seen.item[0].counterparty, "测试商户");
    assert_string_equal(bill.seen.statement[0].account, "777290058110048");
    assert_int_equal(bill.broken, 0);
    add_zm(&text, "000000002000", "C000000000012", "D000000001987", "201611040930151234579", "ORD3");
    assert_true(read_named("INN16110488ZM_777290058110048", text.data, text.length, &bill, &error));
    assert_int_equal(bill.broken, 1);
    assert_int_equal(bill.expected, -1987);
    assert_int_equal(bill.found, -1988);
    assert_false(read_named("renamed", text.data, text.length, &bill, &error));
    assert_refused(error, "renamed:1, byte 35, field value date", "no year");
    text.length -= 100;
    assert_false(read_named("INN16110488ZM_1", text.data, text.length, &bill, &error));
    assert_refused(error, "INN16110488ZM_1:3", "the record has 509 bytes, 607 are expected");
    buffer_free(&text);
}

static void unionpay_zme(void **state)
{
    static const int widths[22] = {3, 11, 11, 6, 10, 19, 12, 4, 2, 2, 6, 10, 4, 12, 13, 13, 15, 15,
                                   1, 12, 2, 135};
    const char *fields[22] = {"E74", "00010000", "00010000", "000123", "1105101010", "6225",
                              "000000000500", "5411", "01", "01", "123456", "1104093015", "4544",
                              "164512345678", "C000000000003", "D000000000497", "777290058110048",
                              "", "0", "", "", ""};
    struct buffer text = BUFFER_INIT;
    struct error error = ERROR_INIT;
    struct bill bill;
    (void)state;
    add_record(&text, fields, widths, 22);
    assert_int_equal(text.length, 341);
    assert_true(read_named("INN16110588ZME_777290058110048", text.data, text.length, &bill,
                           &error));
    assert_string_equal(bill.format.profile->name, "unionpay-zme");
    assert_int_equal(bill.seen.item[0].amount, -500);
    assert_string_equal(bill.seen.item[0].reference, "164512345678");
    assert_int_equal(bill.broken, 0);
    /* Named so it is judged as such, however damaged its first record is. */
    static const struct {
        size_t at;
        const char *with, *where, *what;
    } bad[] = {{70, "x", "byte 66, field amount", "minor units"},
               {35, "1305", "byte 35, field value date", "(MMDDhhmmss)"},
               {35, "          ", "byte 35, field value date", "(MMDDhhmmss)"},
               {126, "Q", "byte 126, field fee", "minor units"},
               {140, "X", "byte 140, field direction", "mark of money in"},
               {154, "               ", "byte 154, field account", "names no account"}};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        char *copy = xstrndup(buffer_text(&text), text.length), where[80];
        memcpy(copy + bad[i].at, bad[i].with, strlen(bad[i].with));
        snprintf(where, sizeof where, "INN16110588ZME_7:1, %s", bad[i].where);
        assert_false(read_named("INN16110588ZME_7", copy, text.length, &bill, &error));
        assert_refused(error, where, bad[i].what);
        free(copy);
    }
    assert_false(read_named("INN16110588ZME_7", text.data, 200, &bill, &error));
    assert_refused(error, "INN16110588ZME_7:1", "the record has 200 bytes, 339 are expected");
    buffer_free(&text);
}

/* A record of blanks with texts at their places. */
static void place(char *record, int at, const char *text)
{
    memcpy(record + at, text, strlen(text));
}

static void add_acom(struct buffer *out, int length, const char *message, const char *processing)
{
    char record[600];
    memset(record, ' ', sizeof record);
    place(record, 0, "00010000"), place(record, 24, "000456"), place(record, 31, "0101103000");
    place(record, 62, "000000012345"), place(record, 101, message);
    place(record, 106, processing), place(record, 127, "898110048990001");
    place(record, 143, "010110300045"), place(record, 156, "00");
    if (length == 500)
        place(record, 323, "ORDER-77");
    buffer_add_bytes(out, record, (size_t)length);
    buffer_add(out, "\n");
}

static void unionpay_member_files(void **state)
{
    struct buffer text = BUFFER_INIT;
    struct error error = ERROR_INIT;
    struct bill bill;
    (void)state;
    add_acom(&text, 299, "0200", "000000");
    add_acom(&text, 299, "0420", "000000");
    add_acom(&text, 299, "0220", "200000");
    add_acom(&text, 299, "0100", "030000");
    assert_true(read_named("IND17010101ACOM", text.data, text.length, &bill, &error));
    assert_string_equal(bill.format.profile->name, "unionpay-acom");
    assert_int_equal(bill.seen.items, 3);
    assert_int_equal(bill.seen.sum, -12345);
    assert_int_equal(bill.seen.item[0].value_date, day_of("2017-01-01"));
    assert_string_equal(bill.seen.item[0].reference, "010110300045");
    add_acom(&text, 299, "0600", "000000");
    assert_false(read_named("IND17010101ACOM", text.data, text.length, &bill, &error));
    assert_refused(error, "IND17010101ACOM:5", "no rule");
    buffer_clear(&text);
    add_acom(&text, 500, "0200", "000000");
    assert_true(read_named("IND17010201ACOMN", text.data, text.length, &bill, &error));
    assert_string_equal(bill.format.profile->name, "unionpay-acomn");
    assert_string_equal(bill.seen.item[0].reference, "ORDER-77");
    buffer_free(&text);
}

static void add_aerr(struct buffer *out, int length, const char *flag)
{
    char record[600];
    memset(record, ' ', sizeof record);
    place(record, 0, flag), place(record, 4, "00010000"), place(record, 28, "000457");
    place(record, 35, "1231235959"), place(record, 66, "000000000700");
    place(record, 105, "010110300046"), place(record, 244, "4544");
    if (length == 545)
        place(record, 355, "898110048990001");
    buffer_add_bytes(out, record, (size_t)length);
    buffer_add(out, "\n");
}

static void unionpay_error_files(void **state)
{
    static const int lengths[] = {354, 545};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct buffer text = BUFFER_INIT;
        struct error error = ERROR_INIT;
        struct bill bill;
        add_aerr(&text, lengths[i], "E22");
        add_aerr(&text, lengths[i], "E23");
        add_aerr(&text, lengths[i], "E05");
        add_aerr(&text, lengths[i], "E32");
        if (!read_named("IND17010101AERR", text.data, text.length, &bill, &error))
            fail_msg("%s: %s", error.where, error.what);
        assert_string_equal(bill.format.profile->name, i ? "unionpay-aerrn" : "unionpay-aerr");
        assert_int_equal(bill.seen.items, 3);
        assert_int_equal(bill.seen.sum, -700);
        assert_int_equal(bill.seen.item[0].value_date, day_of("2016-12-31"));
        assert_string_equal(bill.seen.item[1].narrative, "4544");
        buffer_free(&text);
    }
}

static int find_profiles(void **state)
{
    struct error error = ERROR_INIT;
    char folder[4096];
    (void)state;
    snprintf(folder, sizeof folder, "%s/src/reconcile/profiles",
             getenv("BANKOPS_SOURCE") ? getenv("BANKOPS_SOURCE") : ".");
    return profiles_read(folder, NULL, &profiles, &error) ? 0 : -1;
}

static int free_profiles(void **state)
{
    (void)state;
    profiles_free(&profiles);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alipay_merchant_trade),
        cmocka_unit_test(a_wrong_total_is_a_control_that_does_not_hold),
        cmocka_unit_test(a_bill_without_its_end_was_cut),
        cmocka_unit_test(alipay_merchant_account_with_running_balance),
        cmocka_unit_test(a_running_balance_that_breaks_is_told_with_its_line),
        cmocka_unit_test(wechat_merchant),
        cmocka_unit_test(unionpay_zm),
        cmocka_unit_test(unionpay_zme),
        cmocka_unit_test(unionpay_member_files),
        cmocka_unit_test(unionpay_error_files)};
    return cmocka_run_group_tests(tests, find_profiles, free_profiles);
}
