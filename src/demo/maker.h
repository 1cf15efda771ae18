#ifndef BANKOPS_DEMO_MAKER_H
#define BANKOPS_DEMO_MAKER_H

#include "customer/pinyin.h"
#include "demo/plan.h"
#include "demo/rows.h"

/* The state that runs from one customer to the next, and the profile of the customer in the works.
 * Each part of a customer is written by its own file: person, account, history, points, complaint.
 */

struct profile {
    int64_t id;
    struct random random;
    bool company, male, latin;
    char name[NAME_BYTES], name_en[NAME_BYTES];
    char number[11];   /* customer number */
    char identity[24]; /* resident id, passport or credit code */
    char phone[16];
    int birth; /* day; of a company the day it was founded */
    int unit, city, manager;
    int opened;  /* day he became a customer */
    int wealth;  /* 0 … 5, what the tier will mostly be */
    bool active; /* uses the account */
    bool dormant, restricted, elderly, no_contact;
    int64_t income;         /* of a month, minor units; turnover of a company */
    const char *occupation; /* of a company its industry */
    /* Filled by account_make(): */
    int64_t salary_account;
    int64_t assets_average; /* last full month, minor units */
    bool holds_funds, holds_wealth, owes;
    int tier;
};

struct maker {
    const struct plan *plan;
    struct pinyin *pinyin;
    struct rows *rows; /* block being filled */
    int64_t next_customer, next_account, next_entry, next_holding, next_household, next_asset;
    int64_t next_event, next_contact, next_task, next_transaction, next_case, next_use;
    int64_t card_serial;
    int64_t companies;
    int staff_done;       /* members of staff who have their own record */
    struct profile owner; /* head of the last household, owner of companies that follow */
};

/* Begins the bank of the plan; both are kept, not copied. */
void maker_start(struct maker *maker, const struct plan *plan, struct pinyin *pinyin);
/* Makes customers into `rows` until it holds at least `customers` more, or all are made. */
void maker_fill(struct maker *maker, struct rows *rows, int64_t customers);

/* Identity, phones, addresses, search terms of the profile. */
void person_write(struct maker *maker, struct profile *profile);
/* Accounts, cards, entries, holdings, balances; fills assets and tier. */
void account_make(struct maker *maker, struct profile *profile);
/* One month-end balance of an account (0: of all holdings). */
void account_month(struct maker *maker, const struct profile *profile, int64_t account, int slot,
                   int64_t balance, int64_t average);
/* Holdings worth `value`, and their month values, which drift towards it. Answers the average of
 * the last full month. */
int64_t holding_make(struct maker *maker, struct profile *profile, int64_t value);
/* What the customer has elsewhere. */
void holding_external(struct maker *maker, struct profile *profile);
/* Contacts, consents, tags, lifecycle, tasks, campaigns. */
void history_make(struct maker *maker, struct profile *profile);
/* Uses of what the tier has, without drawing from the numbers of the others. */
void benefit_make(struct maker *maker, struct profile *profile);
/* Points ledger of the last 18 months. */
void points_make(struct maker *maker, struct profile *profile);
/* Complaints, about one for each 40 customers. */
void complaint_make(struct maker *maker, struct profile *profile);

#endif
