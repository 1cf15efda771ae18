#include "matching.h"

/* Pairs that look sure until one sees what lies beside them. One scene a row: lines as "id day amount
 * reference" (all of one account), what is in a confirmed match, and a text of the evidence of what
 * was doubted. */
static const struct scene {
    const char *name, *lines, *confirmed, *evidence;
} scenes[] = {
    {"two references cut at one place are no pair",
     "L1 12 500 SHOP02382024;S2 10 500 SHOP02382024;S1 12 500 SHOP023820240612001183;"
     "L2 10 500 SHOP023820240610000511",
     "", "nearly this reference"},
    {"nor are they a reversal",
     "L1 3 680 SHOP03912024;L2 4 -680 SHOP03912024;S1 3 680 SHOP039120240603000375;"
     "S2 4 -680 SHOP039120240613001989",
     "", "nearly this reference"},
    {"a piece of letters and few digits is one too",
     "L1 1 460 SHOP00002024;L2 1 -460 SHOP00002024;S1 1 460 SHOP000020240617000420", "",
     "nearly this reference"},
    {"parts of two movements that cancel out are no reversal",
     "L1 1 9000 344977/0020;S1 1 500 344977/0020-1;S2 1 8500 344977/0020-2;"
     "L2 1 -700 344977/0020;S3 1 -500 344977/0020-1;S4 1 -201 344977/0020-2",
     "L1 S1 S2", NULL},
    {"a line of another writing that lies nearer in days could be the partner",
     "L1 8 500 248111940021;S1 8 500 REF 248111940021;S2 14 500 248111940021", "", "nearer in days"},
    {"crosswise writings of a reference that comes again",
     "L1 16 500 165342940040;S1 16 500 REF 165342940040;L2 17 500 REF 165342940040;"
     "S2 18 500 165342940040",
     "", "nearer in days"},
    {"a damaged line may be the owner's own",
     "L1 2 500 40003176;S1 3 500 4000317;S2 3 500 40003176;L2 2 500 400003576", "",
     "nearly this reference"},
    {"equal lines of which one is mistyped",
     "L1 1 500 40018183;L2 1 500 40018183;S2 1 500 40018183;S1 1 500 40018103;L3 1 500 40018102",
     "", NULL},
    {"a fee of another whose statement is one digit away",
     "L1 1 380000 40016200;S1 1 378290 40016600;S2 1 378290 40016200", "", "nearly this reference"},
    {"two channels may use one number", "L1 1 500 UPOP8347265190;S1 1 500 ALI8347265190", "", NULL},
    {"a counter-movement of the same writing, whatever the other writings",
     "L1 1 500 WEB200000236;L2 1 -500 WEB200000236;S1 1 500 WEB200000236;S2 1 -500 POS200000236", "",
     NULL},
    {"movement and counter-movement of a reference that stands for another amount as well",
     "L1 1 500 84726519;L2 1 -500 84726519;L3 1 700 84726519", "", NULL},
    {"among running numbers another writing of the reference may be the partner",
     "L1 1 500 40090882;L2 1 500 REF 40090882;S1 1 500 40090882", "",
     "in another writing"},
    {"in another month it is not",
     "L1 1 500 40090882;L2 31 500 REF 40090882;S1 1 500 40090882", "L1 S1", NULL},
    {"movement and counter-movement whose number the other side cut",
     "L1 1 500 590b6454a57f9695;L2 1 -500 590b6454a57f9695;S1 1 500 590b6454a57f", "",
     "nearly this reference"},
    {"a total with a line whose own statement is one digit away",
     "L1 1 290 40066011;L2 1 490 40066011;L3 1 490 40066011;S1 1 1270 40066011;"
     "S2 2 490 40066015",
     "", "nearly this reference"},
    {"the same where that one has another amount",
     "L1 1 290 40066011;L2 1 490 40066011;L3 1 490 40066011;S1 1 1270 40066011;"
     "S2 2 480 40066015",
     "L1 L2 L3 S1", NULL},
    {"two pairs or two reversals, one of them doubtful",
     "L1 6 215 40012312;L2 7 -215 40012312;S1 6 215 40012312;S2 7 -215 40012312;"
     "L3 6 -215 40012342",
     "", "partner of another kind"},
    {"two lines that are a total too",
     "L1 1 500 40066011;L2 1 500 40066011;S1 1 1000 40066011;S2 1 500 40066011", "",
     "parts and their total"},
    {"a pair, of which a third line could be a part",
     "L1 1 500 40066011;S1 1 500 40066011;L2 1 300 40066011;S2 1 800 40066011", "",
     "parts and their total"},
    {"a number of many digits has another writing as well, which is open",
     "L1 14 500 aac372441eb19be1;S1 14 500 REF aac372441eb19be1;S2 14 500 aac372441eb19be1", "",
     "in another writing"},
    {"movement and counter-movement that both sides have, one of them mistyped",
     "L1 6 500 40011757;L2 6 -500 40011757;S1 6 500 40011767;S2 6 -500 40011767", "",
     "nearly this reference"},
    {"movement and counter-movement that the other side has in parts",
     "S1 2 1000 60200234;S2 2 -1000 60200234;L1 2 200 60200234-1;L2 2 800 60200234-2;"
     "L3 2 -100 60200234-1;L4 2 -900 60200234-2",
     "", "parts and their total"},
    {"a number of few digits behind zeros, in another writing",
     "L1 1 500 00001234;S1 1 500 REF:00001234", "L1 S1", NULL},
    {"a number behind zeros that is another's but for two digits swapped",
     "L1 1 500 00001234;S1 1 500 00001234;L2 1 500 00010234", "", "nearly this reference"},
    {"a number behind zeros whose last digit is lost reads like another's",
     "L1 1 500 00001751;L2 1 500 00017510;S1 1 500 0001751", "", "nearly this reference"},
    {"the copy of such a number is no other",
     "L1 1 500 00012345;S1 1 500 00012345;S2 1 500 00012345", "L1 S1", NULL},
    {"parts of a number and amount that two lines have, one in another writing",
     "L1 1 12000 INV20247881;S1 1 4500 INV20247881-1;S2 1 7500 INV20247881-2;"
     "L2 3 12000 inv20247881;S3 3 12000 INV20247881",
     "", "parts and their total"},
    {"an exact copy beside its mistyped original, among numbers that are too many to meet by chance",
     "L1 1 500 TX20240602109860672595;S1 1 500 TX20240602109860672595;S2 1 500 TX20240602109860673595",
     "", "nearly this reference"},
    {"the same where two digits in the middle are swapped",
     "L1 1 500 483920571946;S1 1 500 483920571946;S2 2 500 483902571946", "", "nearly this reference"},
    {"the same where the book has both, and one lacks a digit",
     "L1 1 500 483920571946;S1 1 500 483920571946;L2 1 500 48392057194", "", "nearly this reference"},
    {"such a line of another amount",
     "L1 1 500 483920571946;S1 1 500 483920571946;S2 1 501 483920571947", "L1 S1", NULL},
    {"a surplus line that a total could be guessed of",
     "L1 1 500 48392057;S1 1 500 48392057;S2 1 500 48392057;L2 1 200 19283746;L3 1 300 56473829",
     "L1 S1", NULL},
    {"equal lines of which one is damaged twice",
     "L1 1 500 40111905;L2 1 500 40111905;S2 1 500 40111905;S1 1 500 0111901", "", NULL},
};

static void add_lines(struct match_store *store, const char *text)
{
    char copy[1000], *next = copy;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *row; (row = strsep(&next, ";"));) {
        char id[8], reference[60];
        int day;
        long amount;
        assert_int_equal(sscanf(row, "%7s %d %ld %59[^\n]", id, &day, &amount, reference), 4);
        add(store, &(struct input){*id == 'L' ? L : S, id, "A", day, amount, reference, NULL});
    }
}

static void scene_plays(void **state)
{
    const struct scene *scene = *state;
    struct buffer sure = BUFFER_INIT, evidence = BUFFER_INIT;
    struct match_store *store = match_store_new(rules);
    add_lines(store, scene->lines);
    match_run(store);
    for (size_t i = 0; i < match_line_count(store); i++) {
        const struct match_line *line = match_line_at(store, i);
        struct slice id = match_line_id(store, line);
        if (match_line_status(line) == MATCH_CONFIRMED)
            buffer_format(&sure, "%s%.*s", sure.length ? " " : "", (int)id.length, id.text);
        else if (match_line_leads(store, i))
            match_evidence(store, i, &evidence);
    }
    assert_string_equal(sure.length ? sure.data : "", scene->confirmed);
    if (scene->evidence)
        assert_non_null(strstr(evidence.length ? evidence.data : "", scene->evidence));
    match_store_free(store);
    buffer_free(&sure);
    buffer_free(&evidence);
}

/* Standing orders: the same reference and amount each week. Both sides are whole for years, but for
 * the book of one week and the statement of the next. */
static void another_week_is_not_the_partner(void **state)
{
    struct match_store *store = match_store_new(rules);
    char id[8], reference[20];
    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(reference, sizeof reference, "M%08d", 20000000 + i * 7919);
        snprintf(id, sizeof id, "L%d", i);
        add(store, &(struct input){L, id, "A", i % 5, 4500, reference, NULL});
        *id = 'S';
        add(store, &(struct input){S, id, "A", i % 5 + i % 2, 4500, reference, NULL});
    }
    add(store, &(struct input){L, "L200", "A", 0, 900, "M77777777", NULL});
    add(store, &(struct input){S, "S200", "A", 7, 900, "M77777777", NULL});
    add(store, &(struct input){L, "L300", "A", 0, 900, "M88888888", NULL});
    add(store, &(struct input){S, "S300", "A", 0, 900, "M88888888", NULL});
    add(store, &(struct input){L, "L301", "A", 20, 900, "M88888888", NULL});
    match_run(store);
    expect(store, "L42 S42", "exact", MATCH_CONFIRMED);
    expect(store, "L200 S200", "exact", MATCH_SUGGESTED);
    match_store_free(store);
}

/* A lane of shops, so that a piece of a reference is sure of its owner where nothing speaks against
 * it. */
static void add_shops(struct match_store *store)
{
    char id[8], reference[40];
    for (unsigned i = 0; i < 400; i++) {
        snprintf(reference, sizeof reference, "SHOP%04u202406%02u%06u", i * 2654435761u % 9000,
                 1 + i % 28, i * 40503u % 1000000);
        snprintf(id, sizeof id, "L%u", 100 + i);
        add(store, &(struct input){L, id, "A", i % 9, 100 + i, reference, NULL});
        *id = 'S';
        add(store, &(struct input){S, id, "A", i % 9, 100 + i, reference, NULL});
    }
}

/* The copy of a line does not matter; in another writing it may be the partner, and the pair another's
 * line whose number was cut. */
static void a_copy_in_another_writing_may_be_the_partner(void **state)
{
    struct match_store *store = match_store_new(rules);
    (void)state;
    add_shops(store);
    add_lines(store, "L1 9 670 SHOP013620240609002015;S1 9 670 SHOP013620240609002015;"
                     "S2 9 670 shop-0136-20240609-002015");
    add_lines(store, "L3 9 680 SHOP013720240609002015;S3 9 680 SHOP013720240609002015;"
                     "S4 9 680 SHOP013720240609002015");
    match_run(store);
    expect(store, "L1 S1", "exact", MATCH_SUGGESTED);
    expect(store, "L3 S3", "identical", MATCH_CONFIRMED);
    expect_open(store, "S4");
    match_store_free(store);
}

static void pieces_that_could_be_of_others(void **state)
{
    struct match_store *store = match_store_new(rules);
    (void)state;
    add_shops(store);
    add_lines(store, "L1 9 670 SHOP0136202406090020;S1 9 670 SHOP013620240609002015");
    add_lines(store, "L2 9 680 SHOP0137202406090020;S2 9 680 SHOP013720240609002015;"
                     "L3 9 680 SHOP013720240609002018;S3 9 680 SHOP013720240609002018");
    add_lines(store, "L4 9 690000 SHOP0138202406090020;S4 9 690000 SHOP013820240609002011;"
                     "S5 9 600000 SHOP013820240609002015");
    add_lines(store, "L6 9 710 SHOP0102202406090003135;S6 9 710 SHOP010220240609000313;"
                     "S7 9 710 SHOP010220240609003135");
    add_lines(store, "L8 9 720 SHOP0140202406090020;S8 9 720 SHOP014020240609002011;"
                     "L9 9 723 SHOP014020240609002011");
    add_lines(store, "L10 1 730 SHOP0204202406010002;S10 2 730 SHOP020420240601000202;"
                     "S11 1 730 SHOP020420240610000245");
    match_run(store);
    expect(store, "L8 S8", "truncated", MATCH_SUGGESTED); /* less a fee, S8 is L9's */
    expect(store, "L10 S10", "truncated", MATCH_SUGGESTED); /* S11 with two digits swapped */
    expect(store, "L1 S1", "truncated", MATCH_CONFIRMED);
    expect(store, "L2 S2", "truncated", MATCH_SUGGESTED);
    expect(store, "L4 S4", "truncated", MATCH_SUGGESTED);
    expect(store, "L6 S6", "truncated", MATCH_SUGGESTED);
    match_store_free(store);
}

/* Running numbers of one amount. Where many lines are mistyped and many lost, two that are left may
 * agree by chance; where an amount is rare they do not. */
static void faults_of_a_lane_decide(void **state)
{
    (void)state;
    for (unsigned every = 8; every <= 400; every *= 50) {
        struct match_store *store = match_store_new(rules);
        char id[8], reference[20];
        for (unsigned i = 0; i < 4000; i++)
            for (int side = 0; side < 2; side++) {
                unsigned dice = (i * 2 + (unsigned)side) * 2654435761u >> 8;
                if (dice % (every * 3) == 0)
                    continue;
                snprintf(reference, sizeof reference, "%u", 40000000 + i);
                if (dice / 1000 % every == 0)
                    reference[4 + i % 4] = (char)('0' + (reference[4 + i % 4] - '0' + 3) % 10);
                snprintf(id, sizeof id, "%c%u", side ? 'S' : 'L', i);
                add(store, &(struct input){side ? S : L, id, "A", (int)i / 400, 500, reference, NULL});
            }
        add_lines(store, "L9000 5 777 40009000;S9000 5 777 40009000");
        match_run(store);
        struct match_counts counts;
        match_count(store, &counts);
        if (every == 8)
            assert_int_equal(counts.confirmed_lines[L], 1);
        else
            assert_in_range(counts.confirmed_lines[L], 3000, 4000);
        expect(store, "L9000 S9000", "exact", MATCH_CONFIRMED);
        match_store_free(store);
    }
}

/* L2 is S2 mistyped, or S1: then L1 and S2 are lost. Where many lines of the amount are lost the
 * second is no less likely than the first. */
static void losses_of_a_lane_decide(void **state)
{
    (void)state;
    for (int lost = 0; lost < 2; lost++) {
        struct match_store *store = match_store_new(rules);
        char id[8], reference[20];
        for (int i = 1; i < 1600; i++) {
            snprintf(reference, sizeof reference, "%d", 40000000 + i);
            for (int side = 0; side < 2; side++) {
                snprintf(id, sizeof id, "%c%d", side ? 'S' : 'L', 100 + i);
                if (!lost || i % 4 != 2 * side)
                    add(store, &(struct input){side ? S : L, id, "A", 1, i % 2 || i >= 100 ? i : 9000,
                                               reference, NULL});
            }
        }
        add_lines(store, "L1 1 9000 40015514;S1 1 9000 40015514;L2 1 9000 40015541;"
                         "S2 1 9000 40015540");
        match_run(store);
        expect(store, "L1 S1", "exact", lost ? MATCH_SUGGESTED : MATCH_CONFIRMED);
        expect(store, "L2 S2", "near", MATCH_SUGGESTED);
        match_store_free(store);
    }
}

/* Numbers of twelve digits far from each other, but for every tenth, which has one beside it in
 * another amount. */
static void add_sparse(struct match_store *store, bool neighbours)
{
    char id[8], reference[20];
    for (unsigned i = 0; i < 600; i++) {
        long long number = 100000000000 + (i * 2654435761ll) * 7919 % 800000000000;
        for (int k = 0; k < (neighbours && i % 10 == 0 ? 2 : 1); k++) {
            snprintf(reference, sizeof reference, "%lld", number + (number % 10 < 5 ? k : -k));
            for (int side = 0; side < 2; side++) {
                snprintf(id, sizeof id, "%c%u", side ? 'S' : 'L', 1000 + 2 * i + (unsigned)k);
                add(store, &(struct input){side ? S : L, id, "A", 1, 500 + i + 7 * k, reference, NULL});
            }
        }
    }
    for (unsigned i = 1; i <= 4; i++) { /* typing errors, so that the lane knows some */
        snprintf(reference, sizeof reference, "95%u34726481%u", i, i);
        snprintf(id, sizeof id, "L%u", i);
        add(store, &(struct input){L, id, "A", 1, 90000 + i, reference, NULL});
        reference[7] = '0';
        *id = 'S';
        add(store, &(struct input){S, id, "A", 1, 90000 + i, reference, NULL});
    }
}

static void neighbours_of_other_amounts_count(void **state)
{
    (void)state;
    for (int neighbours = 0; neighbours < 2; neighbours++) {
        struct match_store *store = match_store_new(rules);
        add_sparse(store, neighbours);
        match_run(store);
        expect(store, "L1 S1", "near", neighbours ? MATCH_SUGGESTED : MATCH_CONFIRMED);
        match_store_free(store);
    }
}

/* Each customer counts his orders: a number stands for those of many, every third day or month. */
static void numbers_that_come_again_are_no_keys(void **state)
{
    char id[8], reference[20];
    (void)state;
    for (int days = 3; days <= 30; days += 27) {
        struct match_store *store = match_store_new(rules);
        for (int i = 0; i < 100; i++)
            for (int side = 0; side < 2; side++) {
                snprintf(reference, sizeof reference, "INV-%06d", 1000 + i % 20);
                snprintf(id, sizeof id, "%c%d", side ? 'S' : 'L', 100 + i);
                add(store, &(struct input){side ? S : L, id, "A", i / 20 * days, 4500, reference,
                                            NULL});
            }
        add_lines(store, "L1 1 4500 INW-001207;S1 2 4500 INW-001207");
        match_run(store);
        expect(store, "L1 S1", "exact", days == 3 ? MATCH_SUGGESTED : MATCH_CONFIRMED);
        match_store_free(store);
    }
}

static void two_references_of_a_narrative_are_not_told_apart(void **state)
{
    RUN({L, "L1", "A", 0, 500, "8347265190", NULL}, {L, "L2", "A", 0, 600, "7263548190", NULL},
        {S, "S1", "A", 0, 500, "NONREF", "7263548190 FOR 8347265190"},
        {L, "L4", "A", 0, 520, "70262400", NULL}, {L, "L5", "A", 0, 530, "70377300/5", NULL},
        {S, "S4", "A", 0, 520, "NONREF", "70377300/5 FOR 70262400"},
        {L, "L3", "A", 0, 510, "8347265777", NULL},
        {S, "S3", "A", 0, 510, "NONREF", "INV 8800112233/PAYMENT 8347265777"});
    expect(store, "L1 S1", "narrative", MATCH_SUGGESTED);
    expect(store, "L4 S4", "narrative", MATCH_SUGGESTED);
    expect(store, "L3 S3", "narrative", MATCH_CONFIRMED);
    match_store_free(store);
}

static void a_reversal_that_the_other_side_names_is_none(void **state)
{
    RUN({S, "S1", "A", 0, 500, "89f9ad3bd36d3364", NULL},
        {S, "S2", "A", 0, -500, "89f9ad3bd36d3364", NULL},
        {L, "L2", "A", 0, -500, "NONREF", "TRF 89f9ad3bd36d3364 B/O"});
    expect(store, "S1 S2", "reversal", MATCH_SUGGESTED);
    match_store_free(store);
}

/* References that are not letters before digits are known by their owner alone. */
static void a_narrative_may_hold_any_reference(void **state)
{
    RUN({L, "L1", "A", 0, 500, "9f8b66ac-aafd-41d7-8f7f-6ee6ce4a7f47", NULL},
        {S, "S1", "A", 0, 500, "NONREF", "PAYMENT 9f8b66ac-aafd-41d7-8f7f-6ee6ce4a7f47 THANK YOU"},
        {L, "L2", "A", 0, 600, "K7Q2MW94ZB", NULL},
        {S, "S2", "A", 0, 600, "", "/EREF/K7Q2MW94ZB//REMI/INVOICE 2024Q1-77"},
        {L, "L3", "A", 0, 700, "590b6454a57f9695", NULL},
        {L, "L4", "A", 0, 701, "6ac0d454ee7f96f1", NULL},
        {S, "S3", "A", 0, 700, "NONREF", "590b6454a57f9695, 6ac0d454ee7f96f1"},
        {L, "L5", "A", 0, 800, "AB12CD3", NULL},
        {S, "S5", "A", 0, 800, "NONREF", "AB12CD3"});
    expect(store, "L1 S1", "narrative", MATCH_CONFIRMED);
    expect(store, "L2 S2", "narrative", MATCH_CONFIRMED);
    expect(store, "L3 S3", "narrative", MATCH_SUGGESTED);
    expect(store, "L5 S5", "amount", MATCH_SUGGESTED);
    match_store_free(store);
}

/* Of a customer's orders "number/order" a narrative is not read to its end. */
static void two_orders_of_a_narrative_do_not_cancel_out(void **state)
{
    RUN({S, "S1", "A", 8, -270000, "NONREF", "TRF 70103900/5 B/O"},
        {S, "S2", "A", 9, 270000, "NONREF", "TRF 70103900/19 B/O"},
        {S, "S3", "A", 8, 310000, "70358500", NULL},
        {S, "S4", "A", 9, -310000, "NONREF", "TRF 70358500/19 B/O"},
        {S, "S5", "A", 8, 330000, "70358511", NULL},
        {S, "S6", "A", 9, -330000, "NONREF", "TRF 70358511 B/O"},
        {S, "S7", "A", 9, 350000, "NONREF", "TRF 70358577/19 B/O"},
        {L, "L7", "A", 9, 350000, "70358577", NULL});
    expect(store, "S1 S2", "reversal", MATCH_SUGGESTED);
    expect(store, "S3 S4", "reversal", MATCH_SUGGESTED);
    expect(store, "S5 S6", "reversal", MATCH_CONFIRMED);
    expect(store, "S7 L7", "normalised", MATCH_SUGGESTED);
    match_store_free(store);
}

/* A narrative may speak of another movement, and the amount does not say that it is this one. */
static void a_fee_is_not_taken_from_what_a_narrative_speaks_of(void **state)
{
    RUN({L, "L1", "A", 9, 16600, "2478072134730065", NULL},
        {S, "S1", "A", 9, 16500, "NONREF", "2478072134730065 FOR 27c4b7f4dfeeb843"},
        {L, "L2", "A", 9, 16600, "2478072134730071", NULL},
        {S, "S2", "A", 9, 16500, "2478072134730071", NULL});
    expect(store, "L1 S1", "fee", MATCH_SUGGESTED);
    expect(store, "L2 S2", "fee", MATCH_CONFIRMED);
    match_store_free(store);
}

/* Among pairs of scattered numbers one whose statement has another last digit; and beside it a line
 * whose digits are swapped and whose amount is that of the statement before its fee. */
static void a_near_line_may_be_anothers_less_a_fee(void **state)
{
    (void)state;
    for (int fee = 0; fee < 2; fee++) {
        struct match_store *store = match_store_new(rules);
        char id[8], reference[20];
        for (int i = 0; i < 200; i++) {
            snprintf(id, sizeof id, "%c%d", i % 2 ? 'S' : 'L', 100 + i / 2);
            snprintf(reference, sizeof reference, "%014llu",
                     (unsigned long long)(i / 2 + 3) * 7046029254386353131u % 100000000000000u);
            add(store, &(struct input){i % 2 ? S : L, id, "A", 1, 500 + i / 2, reference, NULL});
        }
        add_lines(store, "L1 1 -736670 60012815349854;S1 2 -736670 60012815349852");
        if (fee)
            add_lines(store, "L2 1 -740000 60021815349852");
        match_run(store);
        expect(store, "L1 S1", "near", fee ? MATCH_SUGGESTED : MATCH_CONFIRMED);
        match_store_free(store);
    }
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(a_copy_in_another_writing_may_be_the_partner),
        cmocka_unit_test(pieces_that_could_be_of_others),
        cmocka_unit_test(faults_of_a_lane_decide),
        cmocka_unit_test(losses_of_a_lane_decide),
        cmocka_unit_test(another_week_is_not_the_partner),
        cmocka_unit_test(neighbours_of_other_amounts_count),
        cmocka_unit_test(numbers_that_come_again_are_no_keys),
        cmocka_unit_test(two_references_of_a_narrative_are_not_told_apart),
        cmocka_unit_test(a_narrative_may_hold_any_reference),
        cmocka_unit_test(two_orders_of_a_narrative_do_not_cancel_out),
        cmocka_unit_test(a_fee_is_not_taken_from_what_a_narrative_speaks_of),
        cmocka_unit_test(a_near_line_may_be_anothers_less_a_fee),
        cmocka_unit_test(a_reversal_that_the_other_side_names_is_none)};
    struct CMUnitTest tests[sizeof scenes / sizeof *scenes + sizeof others / sizeof *others];
    size_t count = sizeof scenes / sizeof *scenes;
    for (size_t i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){scenes[i].name, scene_plays, NULL, NULL, (void *)&scenes[i]};
    memcpy(&tests[count], others, sizeof others);
    return cmocka_run_group_tests(tests, load, unload);
}
