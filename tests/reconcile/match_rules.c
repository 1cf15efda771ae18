#include "matching.h"

/* Rule sets: what is refused, and that each member does what it says. */

static struct match_rules *parse(const char *text, struct error *error)
{
    *error = (struct error)ERROR_INIT;
    return match_rules_parse("r.json", text, strlen(text), error);
}

static void expect_refused(const char *text, const char *where)
{
    struct error error;
    struct match_rules *refused = parse(text, &error);
    assert_null(refused);
    if (!strstr(error.where, where))
        fail_msg("%s is not in %s: %s", where, error.where, error.what);
}

/* A rule set of one rule with these members. */
#define ONE(members)                                                                               \
    "{\"name\": \"t\", \"version\": 1,\n\"rules\": [\n{\"name\": \"r\"" members "}]}"

static void wrong_rule_sets_are_refused_with_their_place(void **state)
{
    (void)state;
    expect_refused("[]", "r.json:1");
    expect_refused("{\"name\": \"t\", \"version\": 1, \"rules\": []}", "r.json:1: /rules");
    expect_refused("{\"name\": \"t\",\n\"version\": 0}", "r.json:2: /version");
    expect_refused("{\"name\": \"T\", \"version\": 1}", "/name");
    expect_refused("{\"name\": \"t\", \"version\": 1, \"prefixes\": [\"a\"]}", "/prefixes");
    expect_refused("{\"name\": \"t\", \"version\": 1, \"rulez\": []}", "/rulez");
    expect_refused(ONE(""), "r.json:3: /rules/0/match");
    expect_refused(ONE(", \"match\": \"magic\""), "r.json:3: /rules/0/match");
    expect_refused(ONE(", \"match\": \"reference\""), "/rules/0/status");
    expect_refused(ONE(", \"match\": \"reference\", \"status\": \"maybe\""), "/rules/0/status");
    expect_refused(ONE(", \"match\": \"reference\", \"status\": \"confirm\", \"pool\": 3"),
                   "/rules/0/pool");
    expect_refused(ONE(", \"match\": \"amount\", \"status\": \"confirm\""), "/rules/0/status");
    expect_refused(ONE(", \"match\": \"payer\", \"status\": \"confirm\""), "/rules/0/status");
    expect_refused("{\"name\": \"t\", \"version\": 1, \"payers\": [[\"A\"]]}", "/payers");
    expect_refused(ONE(", \"match\": \"subset\", \"status\": \"confirm\""), "/rules/0/status");
    expect_refused(ONE(", \"match\": \"subset\", \"status\": \"suggest\", \"parts\": 9"),
                   "/rules/0/parts");
    expect_refused(ONE(", \"match\": \"split\", \"status\": \"suggest\", \"cardinality\": \"n:m\""),
                   "/rules/0/cardinality");
    expect_refused(ONE(", \"match\": \"near\", \"status\": \"suggest\",\n\"days\": {\"late\": -1}"),
                   "r.json:4: /rules/0/days/late");
    expect_refused(ONE(", \"match\": \"near\", \"status\": \"suggest\", \"neighbours\": \"x\""),
                   "/rules/0/neighbours");
    expect_refused(ONE(", \"match\": \"reference\", \"status\": \"confirm\",\n"
                       "\"fee\": {\"low\": \"1\", \"high\": \"0.5\"}"),
                   "r.json:4: /rules/0/fee");
    expect_refused(
        ONE(", \"match\": \"reference\", \"status\": \"confirm\", \"fee\": {\"low\": 1}"),
        "/rules/0/fee/low");
    expect_refused(ONE(", \"match\": \"reference\", \"status\": \"confirm\", \"writing\": \"any\", "
                       "\"ambiguity\": \"order\""),
                   "/rules/0/ambiguity");
    expect_refused(ONE(", \"match\": \"reference\", \"status\": \"confirm\"}, {\"name\": \"r\", "
                       "\"match\": \"reference\", \"status\": \"confirm\""),
                   "/rules/1/name");
}

/* Matches by a rule set of its own. */
#define RUN_BY(text, ...)                                                                          \
    struct error error;                                                                            \
    struct match_rules *shipped = rules, *own = parse(text, &error);                               \
    assert_non_null(own);                                                                          \
    rules = own;                                                                                   \
    RUN(__VA_ARGS__)

#define END                                                                                        \
    match_store_free(store);                                                                       \
    match_rules_free(own);                                                                         \
    rules = shipped

static void amounts_may_differ_by_a_tolerance(void **state)
{
    RUN_BY(ONE(", \"match\": \"reference\", \"status\": \"confirm\", "
               "\"amount\": {\"tolerance\": \"100\", \"percent\": \"1\"}"),
           {L, "L1", "A", 0, 20000, "83472651", NULL}, {S, "S1", "A", 0, 20100, "83472651", NULL},
           {L, "L2", "A", 0, 20000, "19283746", NULL}, {S, "S2", "A", 0, 20101, "19283746", NULL},
           {L, "L3", "A", 0, 200, "55512345", NULL}, {S, "S3", "A", 0, 203, "55512345", NULL});
    expect(store, "L1 S1", "r", MATCH_CONFIRMED);
    expect_open(store, "L2");
    expect_open(store, "L3");
    for (size_t i = 0; i < match_line_count(store); i++)
        if (match_line_at(store, i) == line(store, "L1"))
            assert_int_equal(match_difference(store, i), -100);
    END;
}

static void a_fee_has_a_fixed_part_and_limits(void **state)
{
    RUN_BY(ONE(", \"match\": \"reference\", \"status\": \"suggest\", \"fee\": {\"low\": \"0.5\", "
               "\"high\": \"0.5\", \"fixed\": \"30\", \"least\": \"50\", \"most\": \"1000\"}"),
           {L, "L1", "A", 0, 10000, "83472651", NULL}, {S, "S1", "A", 0, 9920, "83472651", NULL},
           {L, "L2", "A", 0, 1000, "19283746", NULL}, {S, "S2", "A", 0, 950, "19283746", NULL},
           {L, "L3", "A", 0, 1000000, "55512345", NULL},
           {S, "S3", "A", 0, 999000, "55512345", NULL}, {L, "L4", "A", 0, 10000, "66612345", NULL},
           {S, "S4", "A", 0, 9950, "66612345", NULL});
    expect(store, "L1 S1", "r", MATCH_SUGGESTED);
    expect(store, "L2 S2", "r", MATCH_SUGGESTED);
    expect(store, "L3 S3", "r", MATCH_SUGGESTED);
    expect_open(store, "L4");
    END;
}

static void what_a_rule_set_lacks_is_not_matched(void **state)
{
    RUN_BY(ONE(", \"match\": \"reversal\", \"status\": \"suggest\", \"days\": {\"late\": 2}"),
           {L, "L1", "A", 0, 500, "83472651", NULL}, {S, "S1", "A", 0, 500, "83472651", NULL},
           {L, "L2", "A", 0, 600, "19283746", NULL}, {L, "L3", "A", 2, -600, "19283746", NULL},
           {L, "L4", "A", 0, 600, "55512345", NULL}, {L, "L5", "A", 3, -600, "55512345", NULL});
    expect_open(store, "L1");
    expect(store, "L2 L3", "r", MATCH_SUGGESTED);
    expect_open(store, "L4");
    END;
}

static void prefixes_are_those_of_the_rule_set(void **state)
{
    RUN_BY("{\"name\": \"t\", \"version\": 7, \"prefixes\": [\"SHOP\", \"SHOP12\"], "
           "\"absent\": [\"NIL\"], \"rules\": [{\"name\": \"r\", \"match\": \"reference\", "
           "\"writing\": \"any\", \"status\": \"confirm\"}]}",
           {L, "L1", "A", 0, 500, "SHOP12A83472", NULL}, {S, "S1", "A", 0, 500, "A83472", NULL},
           {L, "L2", "A", 0, 600, "ALIA83473", NULL}, {S, "S2", "A", 0, 600, "A83473", NULL},
           {L, "L3", "A", 0, 700, "NIL", NULL}, {S, "S3", "A", 0, 700, "NIL", NULL});
    assert_int_equal(own->version, 7);
    assert_int_equal(strlen(own->digest), 64);
    expect(store, "L1 S1", "r", MATCH_CONFIRMED);
    expect_open(store, "L2");
    expect_open(store, "L3");
    END;
}

static void totals_of_many_with_many_are_asked_for(void **state)
{
    RUN_BY(ONE(", \"match\": \"total\", \"cardinality\": \"n:m\", \"status\": \"confirm\""),
           {L, "L1", "A", 0, 500, "83472651", NULL}, {L, "L2", "A", 0, 400, "83472651", NULL},
           {S, "S1", "A", 0, 300, "83472651", NULL}, {S, "S2", "A", 0, 600, "83472651", NULL});
    expect(store, "L1 L2 S1 S2", "r", MATCH_CONFIRMED);
    END;
}

static void add_paid(struct match_store *store, enum match_side side, const char *id, int64_t amount,
                     const char *reference, const char *payer)
{
    struct error error = ERROR_INIT;
    struct item item = {.amount = amount, .value_date = DAY, .source_id = slice(id),
                        .reference = slice(reference), .counterparty = slice(payer),
                        .narrative = slice("")};
    assert_true(match_add(store, side, match_account(store, slice("A"), "CNY"), &item, &error));
}

static void names_of_one_payer_are_told(void **state)
{
    struct error error;
    struct match_rules *own = parse(
        "{\"name\": \"t\", \"version\": 1, \"payers\": [[\"ACME TRADING\", \"上海爱可贸易\"]],"
        "\"rules\": [{\"name\": \"r\", \"match\": \"payer\", \"status\": \"suggest\"}]}",
        &error);
    (void)state;
    assert_non_null(own);
    struct match_store *store = match_store_new(own);
    add_paid(store, L, "L1", 500, "83472651", "上海爱可贸易");
    add_paid(store, L, "L2", 500, "19283746", "Bolt & Co.");
    add_paid(store, S, "S1", 500, "", "Acme-Trading");
    add_paid(store, S, "S2", 500, "NONREF", "BOLT CO");
    add_paid(store, L, "L3", 600, "55512345", "Bolt & Co.");
    add_paid(store, S, "S3", 600, "", "BOLT CO");
    add_paid(store, S, "S4", 600, "", "BOLT CO");
    add_paid(store, L, "L5", 700, "66612345", "--");
    add_paid(store, S, "S5", 700, "", "");
    match_run(store);
    expect(store, "L1 S1", "r", MATCH_SUGGESTED);
    expect(store, "L2 S2", "r", MATCH_SUGGESTED);
    expect_open(store, "L3");
    expect_open(store, "L5");
    match_store_free(store);
    match_rules_free(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_one_payer_are_told),
        cmocka_unit_test(wrong_rule_sets_are_refused_with_their_place),
        cmocka_unit_test(amounts_may_differ_by_a_tolerance),
        cmocka_unit_test(a_fee_has_a_fixed_part_and_limits),
        cmocka_unit_test(what_a_rule_set_lacks_is_not_matched),
        cmocka_unit_test(prefixes_are_those_of_the_rule_set),
        cmocka_unit_test(totals_of_many_with_many_are_asked_for),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
