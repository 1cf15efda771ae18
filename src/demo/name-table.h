#ifndef BANKOPS_DEMO_NAME_TABLE_H
#define BANKOPS_DEMO_NAME_TABLE_H

/* Tables behind demo/name.h. */

struct name_weight {
    const char *text;
    int weight;
};
/* Surnames, weight = people of 100,000; ends with NULL. */
extern const struct name_weight name_surnames[];

/* Given names of one generation and sex: whole names that were the fashion (blank separated), and
 * characters to combine, frequent ones first. */
struct name_fashion {
    int until;           /* last year of birth */
    int single;          /* names of one character, per 100 */
    const char *popular; /* whole given names */
    const char *first;   /* characters */
    const char *second;
};
extern const struct name_fashion name_men[], name_women[];

extern const char *const name_latin_men[], *const name_latin_women[], *const name_latin_surnames[];
extern const char *const name_dotted_men[], *const name_dotted_women[]; /* joined by a dot */
extern const char *const name_rare[]; /* rare characters, some beyond 16 bits */

struct name_word {
    const char *chinese, *english;
    const char *industry; /* of a trade */
};
extern const struct name_word name_trades[], name_forms[];
extern const char *const name_brands; /* characters of company names */
extern const char *const name_streets[];

#endif
