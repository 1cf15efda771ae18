#ifndef BANKOPS_DEMO_COMPLAINT_PART_H
#define BANKOPS_DEMO_COMPLAINT_PART_H

enum { PART_CHOICES = 10 };

/* Phrases for one code of an axis, in Chinese and English; NULL after the last. In them {p} is a
 * product of the business, and the blanks and choices of complaint-text.h. */
struct complaint_part {
    const char *code;
    const char *zh[PART_CHOICES], *en[PART_CHOICES];
};

/* What the complaint is about (B), what went wrong (C), where it happened (A). End with NULL. */
extern const struct complaint_part complaint_products[], complaint_faults[], complaint_places[];

/* What people write besides: how they begin, why it hurts, what they threaten or ask. */
extern const struct complaint_part complaint_openings, complaint_harms, complaint_wishes,
    complaint_moods;

#endif
