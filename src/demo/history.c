#include "demo/maker.h"

#include <stdio.h>
#include <string.h>

enum { HOUR = 3600 };

static int64_t moment_since(struct maker *maker, struct profile *p, int days)
{
    int open_days = maker->plan->day - p->opened;
    int span = open_days < days ? open_days : days;
    int day = maker->plan->day - (int)random_below(&p->random, (uint32_t)span + 1);
    int64_t at = plan_moment(day, (int)random_between(&p->random, 9 * HOUR, 17 * HOUR));
    return at > maker->plan->now ? at - 86400 : at;
}

static void write_member(struct maker *maker, const struct profile *p, int since)
{
    struct rows *rows = maker->rows;
    char number[16];
    snprintf(number, sizeof number, "M%010lld", (long long)p->id);
    rows_integer(rows, ROWS_MEMBER, p->id);
    rows_text(rows, ROWS_MEMBER, number);
    rows_text(rows, ROWS_MEMBER, plan_tiers[p->tier].code);
    rows_day(rows, ROWS_MEMBER, since);
    if (p->tier > 0)
        rows_day(rows, ROWS_MEMBER, since + 365);
    else
        rows_null(rows, ROWS_MEMBER);
    rows_integer(rows, ROWS_MEMBER, p->assets_average);
    rows_day(rows, ROWS_MEMBER, p->opened);
    rows_integer(rows, ROWS_MEMBER, p->unit);
    rows_end(rows, ROWS_MEMBER);
}

struct talk {
    const char *channel, *direction, *topic, *summary, *outcome;
    int weight;
};

static const struct talk talks[] = {
    {"phone", "in", "service", "来电询问本月信用卡账单金额，已核对并解释", "done", 14},
    {"phone", "in", "service", "咨询手机银行转账限额，已指导在App内调整", "done", 12},
    {"branch", "in", "service", "到网点更换银行卡，当场办结", "done", 10},
    {"app", "in", "service", "在线咨询定期存款到期转存方式", "done", 9},
    {"phone", "out", "care", "生日问候，客户表示感谢", "done", 8},
    {"phone", "out", "sales", "介绍稳享半年理财，客户有意向，约定下周到网点详谈", "interested", 8},
    {"phone", "out", "sales", "介绍大额存单，客户表示暂不考虑", "declined", 8},
    {"phone", "out", "sales", "联系客户未接听", "no_answer", 7},
    {"wechat", "out", "care", "发送节日问候和网点营业时间安排", "done", 6},
    {"phone", "out", "risk", "提醒证件即将到期，客户称下周来网点更新", "call_back", 5},
    {"branch", "in", "sales", "到网点咨询提前还款流程，已告知所需资料", "done", 5},
    {"visit", "out", "sales", "上门拜访，了解企业年底备货资金需求", "interested", 3},
    {"sms", "out", "service", "发送定期存款到期提醒短信", "done", 6},
    {"phone", "out", "risk", "反诈提醒：核实一笔大额转账，客户确认为本人操作", "done", 4},
    {"email", "in", "service", "Asked by e-mail for a balance certificate in English; sent", "done",
     2},
};

static void write_contact(struct maker *maker, struct profile *p, const struct talk *talk)
{
    struct rows *rows = maker->rows;
    int staff = plan_person(maker->plan, &p->random, p->unit,
                            strcmp(talk->topic, "sales") ? "clerk" : "rm");
    rows_integer(rows, ROWS_CONTACT, p->id);
    rows_integer(rows, ROWS_CONTACT, maker->next_contact++);
    rows_moment(rows, ROWS_CONTACT, moment_since(maker, p, 540));
    if (!strcmp(talk->channel, "app") || !strcmp(talk->channel, "sms"))
        rows_null(rows, ROWS_CONTACT);
    else
        rows_integer(rows, ROWS_CONTACT, staff);
    rows_text(rows, ROWS_CONTACT, talk->channel);
    rows_text(rows, ROWS_CONTACT, talk->direction);
    rows_text(rows, ROWS_CONTACT, talk->topic);
    rows_text(rows, ROWS_CONTACT, talk->summary);
    rows_text(rows, ROWS_CONTACT, talk->outcome);
    rows_integer(rows, ROWS_CONTACT, p->unit);
    rows_end(rows, ROWS_CONTACT);
}

static void make_contacts(struct maker *maker, struct profile *p)
{
    int weights[sizeof talks / sizeof *talks], total = 0;
    size_t kinds = sizeof talks / sizeof *talks;
    for (size_t i = 0; i < kinds; i++) {
        bool foreign = !strcmp(talks[i].channel, "email"),
             visit = !strcmp(talks[i].channel, "visit");
        weights[i] = foreign != p->latin || (visit && !p->company) ? 0 : talks[i].weight;
        if (foreign && p->latin)
            weights[i] = 40;
        total += weights[i];
    }
    int times = p->dormant ? (int)random_below(&p->random, 2)
                           : (int)random_below(&p->random, (uint32_t)(p->wealth >= 3 ? 9 : 4));
    while (times-- > 0)
        write_contact(maker, p, &talks[random_weighted(&p->random, weights, kinds, total)]);
}

static void write_consent(struct maker *maker, struct profile *p, const char *channel,
                          const char *purpose, bool granted)
{
    static const char *const sources[] = {"app", "branch", "phone", "paper"};
    struct rows *rows = maker->rows;
    rows_integer(rows, ROWS_CONSENT, p->id);
    rows_text(rows, ROWS_CONSENT, channel);
    rows_text(rows, ROWS_CONSENT, purpose);
    rows_bool(rows, ROWS_CONSENT, granted);
    rows_moment(rows, ROWS_CONSENT, moment_since(maker, p, 900));
    rows_text(rows, ROWS_CONSENT, sources[random_ranked(&p->random, 4)]);
    rows_integer(rows, ROWS_CONSENT, p->unit);
    rows_end(rows, ROWS_CONSENT);
}

static void make_consents(struct maker *maker, struct profile *p)
{
    write_consent(maker, p, "phone", "service", true);
    write_consent(maker, p, "sms", "service", true);
    write_consent(maker, p, "sms", "marketing", !p->no_contact && random_chance(&p->random, 6800));
    write_consent(maker, p, "phone", "marketing",
                  !p->no_contact && random_chance(&p->random, 4200));
    if (random_chance(&p->random, 3500))
        write_consent(maker, p, "wechat", "marketing",
                      !p->no_contact && random_chance(&p->random, 7000));
}

static void write_tag(struct maker *maker, struct profile *p, const char *tag, const char *source,
                      int confidence)
{
    struct rows *rows = maker->rows;
    char text[16];
    bool verified = !strcmp(source, "staff") || random_chance(&p->random, 800);
    snprintf(text, sizeof text, "%d.%02d", confidence / 100, confidence % 100);
    rows_integer(rows, ROWS_CUSTOMER_TAG, p->id);
    rows_text(rows, ROWS_CUSTOMER_TAG, tag);
    rows_text(rows, ROWS_CUSTOMER_TAG, source);
    rows_text(rows, ROWS_CUSTOMER_TAG, text);
    rows_bool(rows, ROWS_CUSTOMER_TAG, verified);
    if (verified)
        rows_integer(rows, ROWS_CUSTOMER_TAG, plan_person(maker->plan, &p->random, p->unit, "rm"));
    else
        rows_null(rows, ROWS_CUSTOMER_TAG);
    rows_moment(rows, ROWS_CUSTOMER_TAG, moment_since(maker, p, 300));
    rows_integer(rows, ROWS_CUSTOMER_TAG, p->unit);
    rows_end(rows, ROWS_CUSTOMER_TAG);
}

/* Tags that follow from what is known come from a rule, guesses from the model. */
static void make_tags(struct maker *maker, struct profile *p)
{
    static const char *const guessed[] = {"app-active",     "fee-sensitive", "home-buyer",
                                          "education",      "night-shopper", "traveller",
                                          "deposit-leaver", "multi-debt"};
    struct random *random = &p->random;
    if (p->active && !p->company && !p->elderly && random_chance(random, 6000))
        write_tag(maker, p, "salary", "rule", 100);
    if (p->holds_funds)
        write_tag(maker, p, "fund-holder", "rule", 100);
    if (p->holds_wealth)
        write_tag(maker, p, "wealth-fan", "model", (int)random_between(random, 62, 97));
    if (p->elderly && random_chance(random, 5500))
        write_tag(maker, p, random_chance(random, 5000) ? "large-type" : "branch-visitor", "staff",
                  100);
    if (p->elderly && random_chance(random, 2500))
        write_tag(maker, p, "pension", "model", (int)random_between(random, 55, 92));
    if (p->latin)
        write_tag(maker, p, "english", "customer", 100);
    if (p->company && random_chance(random, 3500))
        write_tag(maker, p, "business-loan", "staff", (int)random_between(random, 60, 95));
    if (!p->company && !p->dormant && random_chance(random, 5000)) {
        int percent = (int)random_between(random, 51, 96);
        write_tag(maker, p, guessed[random_ranked(random, 8)], "model", percent);
    }
    if (random_chance(random, 40))
        write_tag(maker, p, "fraud-victim", "staff", 100);
}

static void write_event(struct maker *maker, struct profile *p, int64_t at, const char *kind,
                        const char *from, const char *to, const char *reason)
{
    struct rows *rows = maker->rows;
    rows_integer(rows, ROWS_LIFECYCLE_EVENT, p->id);
    rows_integer(rows, ROWS_LIFECYCLE_EVENT, maker->next_event++);
    rows_moment(rows, ROWS_LIFECYCLE_EVENT, at);
    rows_text(rows, ROWS_LIFECYCLE_EVENT, kind);
    rows_text_or_null(rows, ROWS_LIFECYCLE_EVENT, from);
    rows_text(rows, ROWS_LIFECYCLE_EVENT, to);
    rows_text(rows, ROWS_LIFECYCLE_EVENT, reason);
    rows_integer(rows, ROWS_LIFECYCLE_EVENT, p->unit);
    rows_end(rows, ROWS_LIFECYCLE_EVENT);
}

/* Answers the day since which the customer has the tier. */
static int make_lifecycle(struct maker *maker, struct profile *p)
{
    int since = p->opened;
    int64_t opened = plan_moment(p->opened, 10 * HOUR);
    if (p->opened >= maker->plan->month_start[0])
        write_event(maker, p, opened, "stage", NULL, "new", "开户");
    if (p->opened < maker->plan->day - 90 && p->opened >= maker->plan->month_start[0])
        write_event(maker, p, opened + 90 * 86400, "stage", "new", "active", "满90天且有交易");
    if (p->tier > 0 && p->opened < maker->plan->day - 60) {
        int64_t reached = moment_since(maker, p, 360);
        since = (int)((reached - plan_moment(0, 0)) / 86400);
        write_event(maker, p, reached, "tier", plan_tiers[p->tier - 1].code,
                    plan_tiers[p->tier].code, "月日均资产达标");
    }
    if (p->dormant && random_chance(&p->random, 4000))
        write_event(maker, p, moment_since(maker, p, 200), "stage", "active", "dormant",
                    "180天无主动交易");
    return since;
}

struct errand {
    const char *title, *note;
};
static const struct errand errands[] = {
    {"回访：理财产品到期", "确认到期资金安排，介绍在售稳健产品"},
    {"提醒更新身份证件", "证件三个月内到期，请客户携新证件到网点"},
    {"大额存款到期跟进", "存单到期前三天联系，争取续存"},
    {"风险测评过期", "预约客户重新测评后再推荐产品"},
    {"贵宾客户节日问候", "电话问候并邀请参加网点沙龙"},
    {"企业年检资料补充", "缺最新营业执照副本和受益所有人信息"},
    {"贷后回访", "了解经营情况和还款来源"},
};

/* A weekday: what would be due on one of the next two days is due today, on a weekend before it the
 * Friday. */
static int task_day(int today, int days)
{
    int day = today + (days == 1 || days == 2 ? 0 : days);
    int weekday = (day + 4) % 7; /* 0: Sunday */
    return day - (weekday == 6 ? 1 : weekday == 0 ? 2 : 0);
}

static void make_task(struct maker *maker, struct profile *p)
{
    struct rows *rows = maker->rows;
    struct random *random = &p->random;
    const struct errand *errand = &errands[random_below(random, 7)];
    int owner = p->manager && random_chance(random, 7500)
                    ? p->manager
                    : plan_person(maker->plan, random, p->unit, "clerk");
    int day = task_day(maker->plan->day, (int)random_between(random, -40, 12));
    int64_t due = plan_moment(day, 17 * HOUR);
    bool late = due < maker->plan->now && day < maker->plan->day;
    bool done = late && (random_chance(random, 8500) || day < maker->plan->day - 6);
    rows_integer(rows, ROWS_TASK, p->id);
    rows_integer(rows, ROWS_TASK, maker->next_task++);
    rows_text(rows, ROWS_TASK, errand->title);
    rows_text(rows, ROWS_TASK, errand->note);
    rows_moment(rows, ROWS_TASK, due);
    rows_integer(rows, ROWS_TASK, owner);
    rows_integer(rows, ROWS_TASK, plan_person(maker->plan, random, p->unit, "supervisor"));
    int64_t created = due - random_between(random, 2, 12) * 86400;
    rows_moment(rows, ROWS_TASK, created < maker->plan->now ? created : maker->plan->now - 86400);
    rows_text(rows, ROWS_TASK, done ? "done" : "open");
    if (done) {
        rows_moment(rows, ROWS_TASK, due - random_between(random, 1, 40) * HOUR);
        rows_text(rows, ROWS_TASK, "已联系客户，办结");
    } else {
        rows_null(rows, ROWS_TASK);
        rows_null(rows, ROWS_TASK);
    }
    rows_text(rows, ROWS_TASK, random_chance(random, 6000) ? "campaign" : "staff");
    rows_integer(rows, ROWS_TASK, p->unit);
    rows_end(rows, ROWS_TASK);
}

static void join_campaign(struct maker *maker, struct profile *p, int index)
{
    static const char *const ended[] = {"seen", "sent", "accepted", "declined"};
    const struct plan_campaign *campaign = &plan_campaigns[index];
    struct rows *rows = maker->rows;
    struct random *random = &p->random;
    uint32_t draw = random_below(random, 100);
    bool control = draw<10, future = campaign->starts> 0;
    int start = plan_month(maker->plan, campaign->starts);
    int64_t at = plan_moment(start + (int)random_below(random, 20), 10 * HOUR);
    rows_integer(rows, ROWS_CAMPAIGN_MEMBER, p->id);
    rows_integer(rows, ROWS_CAMPAIGN_MEMBER, index + 1);
    rows_text(rows, ROWS_CAMPAIGN_MEMBER, control ? "control" : draw < 55 ? "A" : "B");
    rows_text(rows, ROWS_CAMPAIGN_MEMBER,
              control                           ? "held_back"
              : future || at > maker->plan->now ? "planned"
                                                : ended[random_ranked(random, 4)]);
    rows_moment(rows, ROWS_CAMPAIGN_MEMBER, at > maker->plan->now ? maker->plan->now - 3600 : at);
    rows_integer(rows, ROWS_CAMPAIGN_MEMBER, p->unit);
    rows_end(rows, ROWS_CAMPAIGN_MEMBER);
}

void history_make(struct maker *maker, struct profile *p)
{
    make_contacts(maker, p);
    make_consents(maker, p);
    make_tags(maker, p);
    write_member(maker, p, make_lifecycle(maker, p));
    if (random_chance(&p->random, p->wealth >= 3 ? 1500 : 120))
        make_task(maker, p);
    for (int i = 0; i < PLAN_CAMPAIGNS; i++)
        if (!p->no_contact && !p->company &&
            random_chance(&p->random, (uint32_t)plan_campaigns[i].reach) &&
            p->opened < plan_month(maker->plan, plan_campaigns[i].starts))
            join_campaign(maker, p, i);
}
