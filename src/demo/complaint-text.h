#ifndef BANKOPS_DEMO_COMPLAINT_TEXT_H
#define BANKOPS_DEMO_COMPLAINT_TEXT_H

/* Texts of complaints. [a|b] stands for one of the choices; {day} {time} {sum} {small} {count}
 * {card} {days} are filled in for each case. */
struct complaint_text {
    const char *business, *reason; /* codes of JR/T 0169, provisional */
    int weight;                    /* of 100,000 complaints */
    const char *subject, *facts, *remedy;
};
/* End with a NULL business. English ones are for customers who are served in English. */
extern const struct complaint_text complaint_texts[], complaint_texts_english[];

/* What the bank decided, by reason; the last entry, with an empty reason, fits all. */
struct complaint_decision {
    const char *reason, *upheld, *not_upheld;
};
extern const struct complaint_decision complaint_decisions[];

#endif
