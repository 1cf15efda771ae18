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
    {"the copy of a line does not make its pair doubtful",
     "L1 1 500 TX20240601223344556677;S1 1 500 TX20240601223344556677;"
     "S2 1 500 20240601223344556677",
     "L1 S1", NULL},
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

static void pieces_that_could_be_of_others(void **state)
{
    struct match_store *store = match_store_new(rules);
    (void)state;
    add_shops(store);
    add_lines(store, "L1 9 670 SHOP01362024060900201;S1 9 670 SHOP013620240609002015");
    add_lines(store, "L2 9 680 SHOP01372024060900201;S2 9 680 SHOP013720240609002015;"
                     "L3 9 680 SHOP013720240609002018;S3 9 680 SHOP013720240609002018");
    add_lines(store, "L4 9 690000 SHOP01382024060900201;S4 9 690000 SHOP013820240609002011;"
                     "S5 9 600000 SHOP013820240609002015");
    add_lines(store, "L6 9 710 SHOP0102202406090003135;S6 9 710 SHOP010220240609000313;"
                     "S7 9 710 SHOP010220240609003135");
    match_run(store);
    expect(store, "L1 S1", "truncated", MATCH_CONFIRMED);
    expect(store, "L2 S2", "truncated", MATCH_SUGGESTED);
    expect(store, "L4 S4", "truncated", MATCH_SUGGESTED);
    expect(store, "L6 S6", "truncated", MATCH_SUGGESTED);
    match_store_free(store);
}

int main(void)
{
    struct CMUnitTest tests[sizeof scenes / sizeof *scenes + 2];
    size_t count = sizeof scenes / sizeof *scenes;
    for (size_t i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){scenes[i].name, scene_plays, NULL, NULL, (void *)&scenes[i]};
    tests[count + 1] = (struct CMUnitTest)cmocka_unit_test(pieces_that_could_be_of_others);
    tests[count] = (struct CMUnitTest)cmocka_unit_test(another_week_is_not_the_partner);
    return cmocka_run_group_tests(tests, load, unload);
}
