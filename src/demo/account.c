#include "base/date.h"
#include "customer/identifier.h"
#include "demo/maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_MOVES = 24, SLOTS = PLAN_MONTHS + 1, DAY = 86400 };

/* One movement before it has a running balance. */
struct move {
    int64_t at, amount;
    const char *channel, *party, *narrative;
};

/* One account while its months are made. */
struct ledger {
    int64_t id, balance, average; /* average of the last full month */
    const char *product;
    int opened;
    bool monthly; /* keeps month balances */
    struct move moves[MOST_MOVES];
    int count;
};

/* The accounts of a customer that move together. */
struct books {
    struct maker *maker;
    struct profile *p;
    struct ledger main, card, loan;
    int64_t rent, instalment;
    const char *employer;
};

static void add_move(struct ledger *ledger, int64_t at, int64_t amount, const char *channel,
                     const char *party, const char *narrative)
{
    if (ledger->count < MOST_MOVES && amount)
        ledger->moves[ledger->count++] = (struct move){at, amount, channel, party, narrative};
}

static int by_time(const void *left, const void *right)
{
    const struct move *a = left, *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->amount < b->amount) - (a->amount > b->amount);
}

static void write_entry(const struct books *b, const struct ledger *ledger, const struct move *move)
{
    struct rows *rows = b->maker->rows;
    rows_integer(rows, ROWS_ENTRY, b->p->id);
    rows_integer(rows, ROWS_ENTRY, b->maker->next_entry++);
    rows_integer(rows, ROWS_ENTRY, ledger->id);
    rows_moment(rows, ROWS_ENTRY, move->at);
    rows_integer(rows, ROWS_ENTRY, move->amount);
    rows_text(rows, ROWS_ENTRY, "CNY");
    rows_integer(rows, ROWS_ENTRY, ledger->balance);
    rows_text(rows, ROWS_ENTRY, move->channel);
    rows_text(rows, ROWS_ENTRY, move->party);
    rows_text(rows, ROWS_ENTRY, move->narrative);
    rows_integer(rows, ROWS_ENTRY, b->p->unit);
    rows_end(rows, ROWS_ENTRY);
}

void account_month(struct maker *maker, const struct profile *p, int64_t account, int slot,
                   int64_t balance, int64_t average)
{
    struct rows *rows = maker->rows;
    rows_integer(rows, ROWS_BALANCE_MONTH, p->id);
    rows_integer(rows, ROWS_BALANCE_MONTH, account);
    rows_day(rows, ROWS_BALANCE_MONTH, maker->plan->month_start[slot]);
    rows_integer(rows, ROWS_BALANCE_MONTH, balance);
    rows_integer(rows, ROWS_BALANCE_MONTH, average);
    rows_text(rows, ROWS_BALANCE_MONTH, "CNY");
    rows_integer(rows, ROWS_BALANCE_MONTH, p->unit);
    rows_end(rows, ROWS_BALANCE_MONTH);
}

/* Applies the month's movements in order of time: a payment that the balance does not cover is
 * not made (`least` is the lowest balance allowed). Then writes the month's balance and average. */
static void close_month(struct books *b, struct ledger *ledger, int slot, int64_t least)
{
    const struct plan *plan = b->maker->plan;
    int64_t start = plan_moment(plan->month_start[slot], 0);
    int64_t end = plan_moment(plan->month_start[slot + 1], 0), last = start;
    int64_t sum = 0;
    qsort(ledger->moves, (size_t)ledger->count, sizeof *ledger->moves, by_time);
    for (int i = 0; i < ledger->count; i++) {
        struct move *move = &ledger->moves[i];
        if (move->at > plan->now || (move->amount < 0 && ledger->balance + move->amount < least))
            continue;
        sum += ledger->balance / 100 * ((move->at - last) / 3600);
        last = move->at;
        ledger->balance += move->amount;
        write_entry(b, ledger, move);
    }
    ledger->count = 0;
    sum += ledger->balance / 100 * ((end - last) / 3600);
    int64_t average = sum / ((end - start) / 3600) * 100;
    if (slot >= PLAN_MONTHS || ledger->opened >= plan->month_start[slot + 1])
        return;
    if (ledger->monthly)
        account_month(b->maker, b->p, ledger->id, slot, ledger->balance, average);
    ledger->average = average;
}

static int64_t moment_in(struct books *b, int slot, int first_day, int last_day, int from, int to)
{
    struct random *random = &b->p->random;
    int day =
        b->maker->plan->month_start[slot] + (int)random_between(random, first_day, last_day) - 1;
    return plan_moment(day, (int)random_between(random, from * 3600, to * 3600));
}

/* Amounts that people pay: small ones with jiao and fen, large ones round. */
static int64_t price(struct random *random, int64_t low, int64_t high)
{
    int64_t amount = random_scale(random, low, high);
    return amount > 100000 ? amount - amount % 1000 : amount - (amount % 10 > 6 ? amount % 10 : 0);
}

struct shop {
    const char *party, *narrative, *channel;
    int low, high; /* minor units */
};

static const struct shop shops[] = {
    {"便民超市", "消费", "pos", 1500, 32000},
    {"家常菜馆", "餐饮消费", "wallet", 2000, 28000},
    {"早点铺", "餐饮消费", "wallet", 500, 3000},
    {"城市地铁", "乘车", "wallet", 300, 1200},
    {"网上商城", "网上购物", "online", 3000, 90000},
    {"加油站", "加油", "pos", 20000, 48000},
    {"水果店", "消费", "wallet", 1200, 9000},
    {"社区医院", "医疗", "pos", 3000, 60000},
    {"供电公司", "电费代缴", "batch", 6000, 42000},
    {"自来水公司", "水费代缴", "batch", 3000, 16000},
    {"通信公司", "话费", "mobile", 3000, 20000},
    {"药房", "购药", "pos", 2500, 26000},
    {"影城", "文娱消费", "wallet", 4000, 16000},
    {"铁路客票", "购票", "online", 5000, 90000},
    {"培训学校", "学费", "mobile", 80000, 600000},
    {"物业服务", "物业费", "mobile", 20000, 160000},
};

static void spend(struct books *b, struct ledger *ledger, int slot, int times)
{
    struct random *random = &b->p->random;
    while (times-- > 0) {
        const struct shop *shop = &shops[random_ranked(random, sizeof shops / sizeof *shops)];
        int64_t amount = price(random, shop->low, shop->high);
        add_move(ledger, moment_in(b, slot, 1, 28, 7, 22), -amount, shop->channel, shop->party,
                 shop->narrative);
    }
}

static void transfers(struct books *b, int slot)
{
    struct random *random = &b->p->random;
    int64_t spare = b->main.balance;
    if (random_chance(random, 2200)) {
        const char *payer = name_surname(random);
        int64_t amount = price(random, 20000, 1200000);
        add_move(&b->main, moment_in(b, slot, 1, 28, 8, 22), amount, "mobile", payer, "转账汇入");
    }
    if (random_chance(random, 3000) && spare > 100000) {
        const char *payee = name_surname(random);
        int64_t amount = price(random, 10000, spare / 3 < 50000 ? 50000 : spare / 3);
        add_move(&b->main, moment_in(b, slot, 1, 28, 8, 22), -amount, "mobile", payee, "转账汇出");
    }
    if (random_chance(random, 3500) && spare > 300000) {
        int64_t amount = price(random, 20000, 300000);
        add_move(&b->main, moment_in(b, slot, 1, 28, 8, 23), -amount, "wallet", "电子钱包",
                 "快捷支付充值");
    }
    if (random_chance(random, 500)) {
        int64_t amount = random_between(random, 1, 30) * 10000;
        add_move(&b->main, moment_in(b, slot, 1, 28, 9, 20), -amount, "atm", "", "取现");
    }
}

static void person_month(struct books *b, int slot)
{
    struct random *random = &b->p->random;
    if (b->employer) {
        int64_t extra = random_between(random, -b->p->income / 20, b->p->income / 10);
        add_move(&b->main, moment_in(b, slot, 8, 12, 2, 4), b->p->income + extra, "batch",
                 b->employer, "代发工资");
    }
    if (b->rent)
        add_move(&b->main, moment_in(b, slot, 3, 6, 9, 20), -b->rent, "mobile", "房东", "房租");
    transfers(b, slot);
    spend(b, &b->main, slot, (int)random_below(random, 3));
}

static void company_month(struct books *b, int slot)
{
    struct random *random = &b->p->random;
    int64_t turnover = b->p->income;
    static const char *const buyers[] = {"宏达商贸有限公司", "瑞通供应链有限公司",
                                         "佳和连锁超市",     "中联建设集团",
                                         "新锐电子有限公司", "海润进出口有限公司"};
    for (int i = (int)random_between(random, 1, 3); i > 0; i--) {
        const char *buyer = buyers[random_below(random, 6)];
        int64_t amount = price(random, turnover / 8, turnover / 2);
        add_move(&b->main, moment_in(b, slot, 1, 28, 9, 17), amount, "online", buyer, "货款");
    }
    for (int i = (int)random_between(random, 0, 2); i > 0; i--) {
        const char *seller = buyers[random_below(random, 6)];
        int64_t amount = price(random, turnover / 9, turnover / 3);
        add_move(&b->main, moment_in(b, slot, 1, 28, 9, 17), -amount, "online", seller, "采购款");
    }
    add_move(&b->main, moment_in(b, slot, 9, 11, 2, 5), -turnover / 5, "batch", "", "代发工资批扣");
    if (slot % 3 == 0)
        add_move(&b->main, moment_in(b, slot, 12, 15, 9, 17), -turnover / 25, "online", "国家金库",
                 "缴税");
}

/* The card's debt at the end of the month before is paid from the main account. */
static void card_month(struct books *b, int slot)
{
    int64_t owed = -b->card.balance;
    if (!b->card.id)
        return;
    if (owed > 0 && b->main.balance > owed) {
        int64_t at = moment_in(b, slot, 18, 20, 6, 7);
        add_move(&b->main, at, -owed, "batch", "信用卡中心", "信用卡自动还款");
        add_move(&b->card, at, owed, "batch", "", "自动还款");
    }
    if (b->p->active || random_chance(&b->p->random, 1000))
        spend(b, &b->card, slot, (int)random_below(&b->p->random, 3));
}

static void loan_month(struct books *b, int slot)
{
    if (!b->loan.id || b->loan.balance >= 0 || b->main.balance < b->instalment * 2)
        return;
    int64_t at = moment_in(b, slot, 20, 21, 5, 6);
    add_move(&b->main, at, -b->instalment, "batch", "", "贷款还款");
    add_move(&b->loan, at, b->instalment * 2 / 3, "batch", "", "归还本金");
}

/* Interest for the quarter on 21 March, June, September, December. */
static void interest(struct books *b, int slot)
{
    int year, month, day;
    date_to_civil(b->maker->plan->month_start[slot], &year, &month, &day);
    if (month % 3 == 0)
        add_move(&b->main, plan_moment(b->maker->plan->month_start[slot] + 20, 3600),
                 b->main.balance / 8000, "batch", "", "结息");
}

static void write_account(const struct books *b, const struct ledger *ledger, int64_t balance,
                          const char *currency, int matures)
{
    struct rows *rows = b->maker->rows;
    const struct plan_unit *unit = plan_unit(b->maker->plan, b->p->unit);
    static const char products[][8] = {"SAV", "CUR", "USD", "TD03", "TD12", "TD36",
                                       "CC",  "CCG", "LNH", "LNC",  "LNB"};
    char number[17];
    int product = 0;
    while (product < 10 && strcmp(products[product], ledger->product))
        product++;
    identifier_account_make(atoi(unit->code), 10 + product, (int)(ledger->id % 100000000), number);
    rows_integer(rows, ROWS_ACCOUNT, b->p->id);
    rows_integer(rows, ROWS_ACCOUNT, ledger->id);
    rows_text(rows, ROWS_ACCOUNT, number);
    rows_text(rows, ROWS_ACCOUNT, ledger->product);
    rows_text(rows, ROWS_ACCOUNT, currency);
    rows_integer(rows, ROWS_ACCOUNT, balance);
    rows_text(rows, ROWS_ACCOUNT,
              b->p->dormant && ledger->monthly && !matures ? "dormant"
              : random_chance(&b->p->random, 12)           ? "frozen"
                                                           : "open");
    rows_day(rows, ROWS_ACCOUNT, ledger->opened);
    if (matures)
        rows_day(rows, ROWS_ACCOUNT, matures);
    else
        rows_null(rows, ROWS_ACCOUNT);
    rows_integer(rows, ROWS_ACCOUNT, b->p->unit);
    rows_end(rows, ROWS_ACCOUNT);
}

/* Issuer numbers that no bank uses: 629990 for debit cards (19 digits), 629991 for credit cards. */
static void write_card(const struct books *b, const struct ledger *ledger, bool credit)
{
    struct rows *rows = b->maker->rows;
    char number[24];
    int length = credit ? 15 : 18;
    snprintf(number, sizeof number, credit ? "629991%09lld" : "629990%012lld",
             (long long)(++b->maker->card_serial * 7919 % (credit ? 1000000000 : 1000000000000)));
    number[length] = identifier_luhn_check(number, (size_t)length);
    number[length + 1] = '\0';
    rows_integer(rows, ROWS_CARD, b->p->id);
    rows_text(rows, ROWS_CARD, number);
    rows_integer(rows, ROWS_CARD, ledger->id);
    rows_text(rows, ROWS_CARD, credit ? "credit" : "debit");
    rows_text(rows, ROWS_CARD, random_chance(&b->p->random, 60) ? "lost" : "open");
    rows_day(rows, ROWS_CARD, ledger->opened + (credit ? 5 : 10) * 365);
    rows_integer(rows, ROWS_CARD, b->p->unit);
    rows_end(rows, ROWS_CARD);
}

static void open_ledger(struct books *b, struct ledger *ledger, const char *product, int opened)
{
    ledger->id = b->maker->next_account++;
    ledger->product = product;
    ledger->opened = opened;
}

/* What the customer has with the bank, in minor units. */
static int64_t pick_assets(struct profile *p)
{
    static const int64_t low[] = {5000, 5000000, 20000000, 52000000, 205000000, 1050000000};
    static const int64_t high[] = {4500000, 19000000, 48000000, 190000000, 900000000, 6000000000};
    return random_scale(&p->random, low[p->wealth], high[p->wealth]) * (p->company ? 3 : 1);
}

static void start_books(struct books *b, struct maker *maker, struct profile *p, int64_t cash)
{
    static const char *const employers[] = {
        "恒信电子有限公司", "市第一中学",     "仁和医院",         "长风机械厂",
        "锦程物流有限公司", "区机关事务中心", "博雅软件有限公司", "万家连锁超市"};
    struct random *random = &p->random;
    memset(b, 0, sizeof *b);
    b->maker = maker;
    b->p = p;
    open_ledger(b, &b->main, p->company ? "CUR" : "SAV", p->opened);
    b->main.monthly = true;
    p->salary_account = b->main.id;
    if (p->opened < maker->plan->month_start[0])
        b->main.balance = cash;
    bool works = !p->company && !p->elderly && p->active && strcmp(p->occupation, "学生");
    if (works && random_chance(random, 7500))
        b->employer = employers[random_below(random, 8)];
    if (works && random_chance(random, 2500))
        b->rent = random_between(random, 12, 60) * 10000;
    if (!p->company && !p->dormant && random_chance(random, p->wealth ? 5500 : 3200))
        open_ledger(b, &b->card, p->wealth >= 3 ? "CCG" : "CC",
                    p->opened +
                        (int)random_below(random, (uint32_t)(maker->plan->day - p->opened + 1)));
    if (!p->dormant && random_chance(random, p->company ? 2500 : 700)) {
        open_ledger(b, &b->loan,
                    p->company                    ? "LNB"
                    : random_chance(random, 6000) ? "LNH"
                                                  : "LNC",
                    p->opened);
        b->loan.balance =
            -random_scale(random, 3000000, b->loan.product[2] == 'C' ? 20000000 : 300000000);
        b->instalment = -b->loan.balance / 150;
        p->owes = true;
    }
}

static void run_months(struct books *b, int64_t cash)
{
    const struct plan *plan = b->maker->plan;
    struct profile *p = b->p;
    for (int slot = 0; slot < SLOTS; slot++) {
        if (p->opened >= plan->month_start[slot + 1])
            continue;
        if (p->opened >= plan->month_start[slot])
            add_move(&b->main, plan_moment(p->opened, 36000), cash, "branch", "", "开户存入");
        else if (p->active && random_chance(&p->random, 5500))
            p->company ? company_month(b, slot) : person_month(b, slot);
        else if (!p->dormant && random_chance(&p->random, 1200))
            transfers(b, slot);
        if (p->opened < plan->month_start[slot]) {
            card_month(b, slot);
            loan_month(b, slot);
            interest(b, slot);
        }
        close_month(b, &b->main, slot, 0);
        if (b->card.id)
            close_month(b, &b->card, slot, -5000000);
        if (b->loan.id)
            close_month(b, &b->loan, slot, INT64_MIN / 2);
    }
}

static int64_t make_deposits(struct books *b, int64_t amount)
{
    static const char *const products[] = {"TD12", "TD36", "TD03"};
    static const int days[] = {365, 1095, 91};
    const struct plan *plan = b->maker->plan;
    struct random *random = &b->p->random;
    amount -= amount % 100000;
    if (amount <= 0)
        return 0;
    struct ledger deposit = {.monthly = true};
    size_t kind = random_below(random, 3);
    int opened = plan->day - (int)random_below(random, (uint32_t)days[kind]);
    open_ledger(b, &deposit, products[kind], opened < b->p->opened ? b->p->opened : opened);
    int64_t at = plan_moment(deposit.opened, (int)random_between(random, 33000, 57000));
    if (deposit.opened < plan->month_start[0])
        deposit.balance = amount;
    for (int slot = 0; slot < SLOTS; slot++) {
        if (deposit.opened >= plan->month_start[slot + 1])
            continue;
        if (deposit.opened >= plan->month_start[slot])
            add_move(&deposit, at > plan->now ? plan->now - 60 : at, amount, "branch", "",
                     "定期开户");
        close_month(b, &deposit, slot, 0);
    }
    write_account(b, &deposit, deposit.balance, "CNY", deposit.opened + days[kind]);
    return deposit.average;
}

void account_make(struct maker *maker, struct profile *p)
{
    struct books b;
    int64_t assets = pick_assets(p), held = 0, deposit = 0;
    bool invests = p->wealth > 0 || random_chance(&p->random, 600);
    if (invests && !p->company)
        held = assets / 100 * random_between(&p->random, 10, 60);
    if (p->wealth > 0 && random_chance(&p->random, 6000))
        deposit = (assets - held) / 100 * random_between(&p->random, 30, 75);
    if (!p->wealth && assets > 2000000 && random_chance(&p->random, 2500))
        deposit = assets / 2;
    int64_t cash = assets - held - deposit;
    start_books(&b, maker, p, cash);
    run_months(&b, cash);
    write_account(&b, &b.main, b.main.balance, "CNY", 0);
    p->assets_average = b.main.average;
    if (!p->company)
        write_card(&b, &b.main, false);
    if (b.card.id) {
        write_account(&b, &b.card, b.card.balance, "CNY", 0);
        write_card(&b, &b.card, true);
    }
    if (b.loan.id)
        write_account(&b, &b.loan, b.loan.balance, "CNY",
                      maker->plan->day + (int)random_between(&p->random, 200, 7000));
    if (deposit)
        p->assets_average += make_deposits(&b, deposit);
    if (held > 100000)
        p->assets_average += holding_make(maker, p, held);
    if (p->wealth >= 2 && random_chance(&p->random, 2500))
        holding_external(maker, p);
    p->tier = plan_tier(p->assets_average);
}
