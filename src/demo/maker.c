#include "demo/maker.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum { TOPIC_CUSTOMER = 2, YEAR = 365 };

void maker_start(struct maker *maker, const struct plan *plan, struct pinyin *pinyin)
{
    memset(maker, 0, sizeof *maker);
    maker->plan = plan;
    maker->pinyin = pinyin;
    maker->next_customer = maker->next_account = maker->next_entry = maker->next_holding = 1;
    maker->next_household = maker->next_asset = maker->next_event = maker->next_contact = 1;
    maker->next_task = maker->next_transaction = maker->next_case = 1;
    maker->next_use = 1;
}

/* Moves a birth day by less than 1.5 years so that no two customers who share district and
 * sequence of their identity numbers share it (up to 22 million customers). */
static int unique_birth(int64_t id, int birth)
{
    uint64_t class = (uint64_t)id % (500 * NAME_REGIONS);
    uint64_t turn = (uint64_t)id / (500 * NAME_REGIONS);
    int wanted = (int)((class * 2654435761u + turn) % 512);
    int base = birth - ((birth % 512) + 512) % 512;
    return base + wanted;
}

/* Ages of adults: many in their thirties to fifties. */
static int adult_age(struct random *random)
{
    static const int weights[] = {9, 22, 22, 19, 15, 9, 4};
    static const int from[] = {19, 26, 36, 46, 56, 66, 76}, to[] = {25, 35, 45, 55, 65, 75, 92};
    size_t band = random_weighted(random, weights, 7, 100);
    return (int)random_between(random, from[band], to[band]);
}

static const char *occupation(struct random *random, int age)
{
    static const char *const jobs[] = {"企业职员", "工人",     "个体工商户", "教师",     "医护人员",
                                       "公务员",   "技术人员", "销售人员",   "自由职业", "司机",
                                       "企业主",   "会计",     "厨师",       "农民"};
    if (age < 23 && random_chance(random, 7000))
        return "学生";
    if (age >= 60 && random_chance(random, 9000))
        return "退休";
    return jobs[random_ranked(random, sizeof jobs / sizeof *jobs)];
}

static void set_standing(const struct maker *maker, struct profile *p)
{
    static const int weights[] = {6200, 2100, 1050, 480, 150, 20};
    struct random *random = &p->random;
    int age_days = maker->plan->day - p->birth;
    p->wealth = (int)random_weighted(random, weights, 6, 10000);
    if (age_days < 24 * YEAR && p->wealth > 2)
        p->wealth = 1;
    p->dormant = random_chance(random, p->wealth ? 700 : 1800);
    p->active = !p->dormant && random_chance(random, 6500);
    p->restricted = random_chance(random, p->wealth >= 4 ? 300 : 12);
    p->elderly = !p->company && age_days >= 60 * YEAR;
    p->no_contact = random_chance(random, 180);
    int oldest = age_days / YEAR < 40 ? 10 * YEAR : 24 * YEAR;
    if (oldest > age_days - 16 * YEAR)
        oldest = age_days > 16 * YEAR ? age_days - 16 * YEAR : 200;
    if (oldest < 60)
        oldest = 60;
    p->opened =
        maker->plan->day - (int)(random_chance(random, 7500) ? random_between(random, 30, oldest)
                                                             : random_scale(random, 5, oldest));
    p->income = random_around(random, 600000 + 350000 * p->wealth, 420000) + 250000;
    if (p->wealth >= 3 || random_chance(random, 600))
        p->manager = plan_person(maker->plan, random, p->unit, "rm");
}

static void begin(struct maker *maker, struct profile *p, int unit)
{
    memset(p, 0, sizeof *p);
    p->id = maker->next_customer++;
    random_start(&p->random, maker->plan->seed, TOPIC_CUSTOMER, (uint64_t)p->id);
    p->unit = unit;
    p->city = unit ? plan_unit(maker->plan, unit)->city : 0;
}

static void finish(struct maker *maker, struct profile *p)
{
    account_make(maker, p);
    person_write(maker, p);
    if (maker->plan->bare)
        return;
    history_make(maker, p);
    benefit_make(maker, p);
    points_make(maker, p);
    complaint_make(maker, p);
}

static int year_of(int day)
{
    int year, month, of_month;
    date_to_civil(day, &year, &month, &of_month);
    return year;
}

/* Sub-branches differ in size: the first of each branch has most customers. */
static int pick_unit(struct random *random)
{
    static const int weights[PLAN_SUB_BRANCHES] = {30, 24, 20, 15, 11};
    static const int branches[PLAN_BRANCHES] = {36, 27, 20, 17};
    int branch = (int)random_weighted(random, branches, PLAN_BRANCHES, 100);
    int sub = (int)random_weighted(random, weights, PLAN_SUB_BRANCHES, 100);
    return plan_sub_branch(branch, sub);
}

static void make_person(struct maker *maker, struct profile *p, int age, const char *surname)
{
    struct random *random = &p->random;
    p->birth = unique_birth(p->id, maker->plan->day - age * YEAR - (int)random_below(random, YEAR));
    if (surname)
        name_with_surname(random, surname, year_of(p->birth), p->male, p->name);
    else
        name_person(random, year_of(p->birth), p->male, p->name);
    p->latin = name_is_latin(p->name);
    p->occupation = occupation(random, age);
    set_standing(maker, p);
}

static void add_member(struct maker *maker, const struct profile *p, int64_t household,
                       const char *role)
{
    rows_integer(maker->rows, ROWS_HOUSEHOLD_MEMBER, p->id);
    rows_integer(maker->rows, ROWS_HOUSEHOLD_MEMBER, household);
    rows_text(maker->rows, ROWS_HOUSEHOLD_MEMBER, role);
    rows_integer(maker->rows, ROWS_HOUSEHOLD_MEMBER, p->unit);
    rows_end(maker->rows, ROWS_HOUSEHOLD_MEMBER);
}

static int64_t add_household(struct maker *maker, const struct profile *head)
{
    char name[NAME_BYTES + 16];
    snprintf(name, sizeof name, head->latin ? "%s family" : "%s一家", head->name);
    int64_t household = maker->next_household++;
    rows_integer(maker->rows, ROWS_HOUSEHOLD, household);
    rows_text(maker->rows, ROWS_HOUSEHOLD, name);
    rows_integer(maker->rows, ROWS_HOUSEHOLD, head->id);
    rows_integer(maker->rows, ROWS_HOUSEHOLD, head->unit);
    rows_end(maker->rows, ROWS_HOUSEHOLD);
    add_member(maker, head, household, "head");
    return household;
}

/* Spouse, child and parent of a head of household. */
static void make_relative(struct maker *maker, const struct profile *head, int64_t household,
                          const char *role, int age, const char *surname)
{
    struct profile p;
    begin(maker, &p, head->unit);
    p.male = !strcmp(role, "spouse") ? !head->male : random_chance(&p.random, 5000);
    make_person(maker, &p, age, surname);
    add_member(maker, &p, household, role);
    finish(maker, &p);
}

static void make_family(struct maker *maker, const struct profile *head, int age,
                        const char *surname)
{
    struct random random = head->random;
    const struct plan *plan = maker->plan;
    int64_t household = 0;
    if (maker->next_customer <= plan->customers && random_chance(&random, 7500)) {
        household = add_household(maker, head);
        make_relative(maker, head, household, "spouse", age + (int)random_between(&random, -4, 4),
                      NULL);
    }
    if (household && age > 44 && maker->next_customer <= plan->customers &&
        random_chance(&random, 3500))
        make_relative(maker, head, household, "child", age - (int)random_between(&random, 23, 26),
                      head->male ? surname : NULL);
    if (household && age < 62 && maker->next_customer <= plan->customers &&
        random_chance(&random, 1500)) {
        const char *same = random_chance(&random, 5000) ? surname : NULL;
        make_relative(maker, head, household, "parent", age + (int)random_between(&random, 22, 30),
                      same);
    }
}

static void make_individual(struct maker *maker)
{
    struct profile p;
    begin(maker, &p, 0);
    p.unit = pick_unit(&p.random);
    p.city = plan_unit(maker->plan, p.unit)->city;
    int age = adult_age(&p.random);
    p.male = random_chance(&p.random, 5100);
    bool family = age >= 26 && random_chance(&p.random, 3200);
    const char *surname = family ? name_surname(&p.random) : NULL;
    make_person(maker, &p, age, surname);
    finish(maker, &p);
    if (age >= 24 && age < 70)
        maker->owner = p;
    if (family)
        make_family(maker, &p, age, surname);
}

static void make_staff_customer(struct maker *maker)
{
    const struct plan_staff *staff = &maker->plan->staff[maker->staff_done++];
    struct profile p;
    begin(maker, &p, staff->unit > 1 ? staff->unit : 3);
    p.male = staff->male;
    p.birth = unique_birth(p.id, staff->birth);
    snprintf(p.name, sizeof p.name, "%s", staff->name_zh);
    p.occupation = "银行职员";
    set_standing(maker, &p);
    if (p.wealth > 2)
        p.wealth = 2;
    finish(maker, &p);
}

static void add_relation(struct maker *maker, const struct profile *from, int64_t to,
                         const char *kind, int share, int since)
{
    rows_integer(maker->rows, ROWS_RELATION, from->id);
    rows_integer(maker->rows, ROWS_RELATION, to);
    rows_text(maker->rows, ROWS_RELATION, kind);
    if (share)
        rows_integer(maker->rows, ROWS_RELATION, share);
    else
        rows_null(maker->rows, ROWS_RELATION);
    rows_day(maker->rows, ROWS_RELATION, since);
    rows_integer(maker->rows, ROWS_RELATION, from->unit);
    rows_end(maker->rows, ROWS_RELATION);
}

static void make_company(struct maker *maker)
{
    struct profile p;
    const struct profile *owner = &maker->owner;
    begin(maker, &p, 0);
    p.unit = owner->id && random_chance(&p.random, 8000) ? owner->unit : pick_unit(&p.random);
    p.city = plan_unit(maker->plan, p.unit)->city;
    p.company = true;
    maker->companies++;
    p.birth = maker->plan->day - (int)random_scale(&p.random, 200, 30 * YEAR);
    p.occupation = name_company(&p.random, p.city, p.name, p.name_en);
    set_standing(maker, &p);
    p.manager = plan_person(maker->plan, &p.random, p.unit, "rm");
    p.income *= random_between(&p.random, 8, 60);
    if (p.opened < p.birth)
        p.opened = p.birth + 20;
    if (owner->id && owner->unit == p.unit) {
        int share = (int)random_between(&p.random, 5, 20) * 5;
        add_relation(maker, owner, p.id, "owner_of", share, p.birth);
        add_relation(maker, &p, owner->id, "owned_by", share, p.birth);
        add_relation(maker, owner, p.id, "legal_representative_of", 0, p.birth);
        add_relation(maker, &p, owner->id, "represented_by", 0, p.birth);
        maker->owner.id = 0;
    }
    finish(maker, &p);
}

/* One customer in twenty is a company; the first ones are members of staff. */
void maker_fill(struct maker *maker, struct rows *rows, int64_t customers)
{
    const struct plan *plan = maker->plan;
    int64_t until = maker->next_customer + customers;
    maker->rows = rows;
    rows->bare = plan->bare;
    while (maker->next_customer < until && maker->next_customer <= plan->customers) {
        if (maker->staff_done < PLAN_STAFF && plan->staff[maker->staff_done].customer)
            make_staff_customer(maker);
        else if (maker->companies * 20 < maker->next_customer)
            make_company(maker);
        else
            make_individual(maker);
    }
    rows->customers = maker->next_customer - 1;
    rows->last = maker->next_customer > plan->customers;
}
