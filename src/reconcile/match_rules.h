#ifndef BANKOPS_RECONCILE_MATCH_RULES_H
#define BANKOPS_RECONCILE_MATCH_RULES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A rule set: which lines belong together, as data (rules/rules.schema.json, rules/default.json).
 * The rules are tried in their order; what one takes is gone for those after it. */

enum {
    MATCH_RULES_MOST = 62,
    MATCH_NAME = 32,    /* bytes of a name */
    MATCH_WORDS = 64,   /* prefixes, and words that stand for no reference */
    MATCH_WORD = 16,    /* bytes of one of them */
    MATCH_PARTS = 512,  /* lines of one split or total */
    MATCH_SUBSET_PARTS = 8
};

/* By what a rule compares. */
enum match_kind {
    MATCH_REFERENCE, /* one line of each side with one reference and the amount the rule asks for */
    MATCH_REVERSAL,  /* movement and counter-movement of one reference on one side alone */
    MATCH_TOTAL,     /* all lines of one reference, whose totals are equal on both sides */
    MATCH_SPLIT,     /* one line against all lines that carry its reference and a part number */
    MATCH_NARRATIVE, /* a line without reference whose narrative holds that of the other */
    MATCH_TRUNCATED, /* amount equal, one reference is the beginning or the end of the other */
    MATCH_NEAR,      /* amount equal, references a few typing errors apart */
    MATCH_PAYER,     /* amount and payer equal */
    MATCH_AMOUNT,    /* amount equal, one line has no reference at all */
    MATCH_SUBSET,    /* one line against some lines of one day with that total */
    MATCH_KINDS
};

enum match_writing {
    MATCH_SAME, /* byte for byte */
    MATCH_ANY   /* but for case, marks, known prefixes, leading zeros, place in the narrative */
};

/* What happens to lines that have several equal partners. */
enum match_ambiguity {
    MATCH_LEAVE, /* they stay open */
    MATCH_ORDER, /* those that cannot be told apart pair in order, a surplus stays open */
    MATCH_DATE   /* they pair by date, for a person to decide */
};

/* Fee taken from the statement's amount. Rates in millionths, amounts in minor units. */
struct match_fee {
    bool given;
    int low, high;
    int64_t fixed, least, most;
};

struct match_rule {
    char name[MATCH_NAME + 1];
    enum match_kind kind;
    bool confirm; /* else it only suggests */
    enum match_writing writing;
    enum match_ambiguity ambiguity;
    int early, late;         /* days that the statement may precede and follow the book */
    int64_t tolerance;       /* minor units by which the amounts may differ */
    int percent;             /* and at most this share of the book's amount, in millionths */
    struct match_fee fee;
    bool many;               /* n:m, not only 1:n */
    uint32_t parts, pool;    /* lines of one match, lines they are drawn from */
    uint32_t block;          /* lines of one account and amount that are compared */
    uint32_t length;         /* characters that must be left of a cut reference */
    uint64_t steps;          /* of one search */
    uint32_t neighbours;     /* millionths of a lane's references that may have a near neighbour */
    uint32_t risk;           /* chance pairs expected to a million suggested ones */
};

struct match_words {
    char words[MATCH_WORDS][MATCH_WORD + 1];
    size_t count;
};

/* Two names of one payer, as match_payer_name() has them. */
struct match_payer {
    uint32_t name, meaning;
};

struct match_payers {
    struct match_payer *list; /* by name */
    size_t count, capacity;
};

struct match_rules {
    char name[MATCH_NAME + 1];
    int version;
    char digest[65];              /* SHA-256 of the text in hexadecimal */
    struct match_words prefixes;  /* what channels put before a reference, longest first */
    struct match_words absent;    /* stand for "no reference" */
    struct match_payers payers;   /* names that one side writes, and what the other calls them */
    struct match_rule list[MATCH_RULES_MOST];
    size_t count;
};

/* Reads a rule set. NULL with file, line and JSON pointer of what is wrong. */
struct match_rules *match_rules_read(const char *path, struct error *error);
/* The same from memory; `name` stands for the file in messages. */
struct match_rules *match_rules_parse(const char *name, const char *text, size_t length,
                                      struct error *error);
/* The rule set that comes with the program. */
struct match_rules *match_rules_default(struct error *error);
void match_rules_free(struct match_rules *rules);

#endif
