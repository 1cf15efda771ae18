#include "demo/plan.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum { CHINA = 8 * 3600, TOPIC_STAFF = 1 };

int64_t plan_moment(int day, int second)
{
    return (int64_t)day * 86400 + second - CHINA;
}

int plan_month(const struct plan *plan, int months)
{
    int year, month, day, first = 0;
    date_to_civil(plan->day, &year, &month, &day);
    int count = year * 12 + month - 1 + months;
    date_from_civil(count / 12, count % 12 + 1, 1, &first);
    return first;
}

static void set_unit(struct plan_unit *unit, int number, int id, int parent, int high,
                     const char *kind)
{
    unit->id = id;
    unit->parent = parent;
    unit->high = high;
    unit->kind = kind;
    snprintf(unit->code, sizeof unit->code, "%04d", 1000 + number);
}

/* Five sub-branches of each branch, in the order of name_cities. */
static const char *const sub_names[PLAN_BRANCHES][PLAN_SUB_BRANCHES][2] = {
    {{"外滩", "Bund"},
     {"徐汇", "Xuhui"},
     {"静安", "Jing'an"},
     {"张江", "Zhangjiang"},
     {"虹桥", "Hongqiao"}},
    {{"西湖", "West Lake"},
     {"钱江新城", "Qianjiang New City"},
     {"滨江", "Binjiang"},
     {"萧山", "Xiaoshan"},
     {"余杭", "Yuhang"}},
    {{"观前街", "Guanqian Street"},
     {"工业园区", "Industrial Park"},
     {"吴中", "Wuzhong"},
     {"吴江", "Wujiang"},
     {"昆山", "Kunshan"}},
    {{"天一广场", "Tianyi Square"},
     {"江北", "Jiangbei"},
     {"鄞州", "Yinzhou"},
     {"北仑", "Beilun"},
     {"慈溪", "Cixi"}},
};

int plan_sub_branch(int branch, int sub)
{
    return 2 + branch * PLAN_ROOM + 1 + sub;
}

static void make_units(struct plan *plan)
{
    struct plan_unit *unit = plan->units;
    int number = 1;
    set_unit(unit, number++, 1, 0, 1 + PLAN_BRANCHES * PLAN_ROOM, "head");
    strcpy(unit->name_zh, "总行");
    strcpy(unit->name_en, "Head Office");
    unit++;
    for (int b = 0; b < PLAN_BRANCHES; b++) {
        int branch = 2 + b * PLAN_ROOM;
        set_unit(unit, number++, branch, 1, branch + PLAN_ROOM - 1, "branch");
        snprintf(unit->name_zh, sizeof unit->name_zh, "%s分行", name_cities[b].chinese);
        snprintf(unit->name_en, sizeof unit->name_en, "%s Branch", name_cities[b].english);
        unit++->city = b;
        for (int s = 0; s < PLAN_SUB_BRANCHES; s++, unit++) {
            int id = plan_sub_branch(b, s);
            set_unit(unit, number++, id, branch, id, "sub_branch");
            snprintf(unit->name_zh, sizeof unit->name_zh, "%s支行", sub_names[b][s][0]);
            snprintf(unit->name_en, sizeof unit->name_en, "%s Sub-branch", sub_names[b][s][1]);
            unit->city = b;
        }
    }
}

const struct plan_unit *plan_unit(const struct plan *plan, int id)
{
    int branch = (id - 2) / PLAN_ROOM, within = (id - 2) % PLAN_ROOM;
    return &plan->units[id < 2 ? 0 : 1 + branch * (1 + PLAN_SUB_BRANCHES) + within];
}

/* Syllables of the surname in a reading: two for 欧阳, 司徒 and their like. */
static int surname_syllables(const char *reading)
{
    static const char *const compounds[] = {"ou yang ",  "shang guan ", "si tu ",   "zhu ge ",
                                            "huang fu ", "yu chi ",     "ling hu ", "si ma ",
                                            "xia hou ",  "mu rong ",    "mo qi ",   "duan mu "};
    for (size_t i = 0; i < sizeof compounds / sizeof *compounds; i++)
        if (!strncmp(reading, compounds[i], strlen(compounds[i])))
            return 2;
    return 1;
}

void plan_english_name(const char *reading, char name[NAME_BYTES])
{
    int surname = surname_syllables(reading);
    size_t at = 0;
    int blanks = 0;
    for (bool first = true; *reading && at + 1 < NAME_BYTES; reading++) {
        if (*reading == ' ') {
            first = ++blanks == surname;
            if (first)
                name[at++] = ' ';
            continue;
        }
        name[at++] = first ? (char)(*reading - 'a' + 'A') : *reading;
        first = false;
    }
    name[at] = '\0';
}

static void add_staff(struct plan *plan, struct pinyin *pinyin, int index, const char *login,
                      const char *role, int unit, int scope)
{
    struct plan_staff *staff = &plan->staff[index];
    struct random random;
    struct buffer reading = BUFFER_INIT;
    random_start(&random, plan->seed, TOPIC_STAFF, (uint64_t)index);
    staff->id = index + 1;
    staff->role = role;
    staff->unit = unit;
    staff->scope = scope;
    staff->male = random_chance(&random, 4500);
    staff->birth = plan->day - (int)random_between(&random, 24 * 365, 56 * 365);
    staff->has_login = login != NULL;
    if (login)
        snprintf(staff->login, sizeof staff->login, "%s", login);
    else
        snprintf(staff->login, sizeof staff->login, "e%05d", 10000 + index * 7);
    int year, month, day;
    date_to_civil(staff->birth, &year, &month, &day);
    name_with_surname(&random, name_surname(&random), year, staff->male, staff->name_zh);
    pinyin_name(pinyin, staff->name_zh, &reading, NULL);
    plan_english_name(buffer_text(&reading), staff->name_en);
    buffer_free(&reading);
}

/* Demo logins: the first clerk and relationship manager work in a sub-branch of the first branch
 * and see the whole branch. */
static int add_demo_staff(struct plan *plan, struct pinyin *pinyin)
{
    int count = 0;
    add_staff(plan, pinyin, count++, "clerk01", "clerk", 3, 2);
    add_staff(plan, pinyin, count++, "clerk02", "clerk", plan_sub_branch(1, 0), 2 + PLAN_ROOM);
    add_staff(plan, pinyin, count++, "rm01", "rm", 3, 2);
    add_staff(plan, pinyin, count++, "super01", "supervisor", 2, 2);
    add_staff(plan, pinyin, count++, "super02", "supervisor", 1, 1);
    add_staff(plan, pinyin, count++, "audit01", "auditor", 1, 1);
    add_staff(plan, pinyin, count++, "admin01", "admin", 1, 1);
    return count;
}

static void make_staff(struct plan *plan, struct pinyin *pinyin)
{
    static const char *const sub_roles[5] = {"supervisor", "clerk", "clerk", "rm", "rm"};
    static const char *const branch_roles[3] = {"supervisor", "clerk", "rm"};
    int count = add_demo_staff(plan, pinyin);
    for (int u = 0; u < PLAN_UNITS && count < PLAN_STAFF - 1; u++) {
        const struct plan_unit *unit = &plan->units[u];
        bool sub = !strcmp(unit->kind, "sub_branch");
        if (unit->parent)
            for (int i = 0; i < (sub ? 5 : 3) && count < PLAN_STAFF - 1; i++)
                add_staff(plan, pinyin, count++, NULL, sub ? sub_roles[i] : branch_roles[i],
                          unit->id, sub ? unit->parent : unit->id);
    }
    while (count < PLAN_STAFF - 1)
        add_staff(plan, pinyin, count++, NULL, "clerk", 1, 1);
    add_staff(plan, pinyin, count, "worker01", "worker", 1, 1);
    snprintf(plan->staff[count].name_zh, sizeof plan->staff->name_zh, "%s", "系统任务");
    snprintf(plan->staff[count].name_en, sizeof plan->staff->name_en, "%s", "Unattended jobs");
}

void plan_make(struct plan *plan, struct pinyin *pinyin, uint64_t seed, int64_t customers,
               int64_t now)
{
    memset(plan, 0, sizeof *plan);
    plan->seed = seed;
    plan->customers = customers;
    plan->now = now;
    plan->day = (int)((now + CHINA) / 86400);
    for (int i = 0; i < PLAN_MONTHS + 2; i++)
        plan->month_start[i] = plan_month(plan, i - PLAN_MONTHS);
    make_units(plan);
    make_staff(plan, pinyin);
    for (int i = 0; i < PLAN_STAFF_RECORDS && i < customers / 10; i++)
        plan->staff[i].customer = i + 1;
}

/* Nearest first: the unit itself, its branch, head office. */
int plan_person(const struct plan *plan, struct random *random, int unit, const char *role)
{
    while (unit) {
        int count = 0, found = 0;
        for (int i = 0; i < PLAN_STAFF; i++)
            if (plan->staff[i].unit == unit && !strcmp(plan->staff[i].role, role) &&
                random_below(random, (uint32_t)++count) == 0)
                found = plan->staff[i].id;
        if (found)
            return found;
        unit = plan_unit(plan, unit)->parent;
    }
    return plan->staff[0].id;
}

int plan_tier(int64_t assets)
{
    int tier = 0;
    while (tier + 1 < PLAN_TIERS && assets >= plan_tiers[tier + 1].threshold)
        tier++;
    return tier;
}
