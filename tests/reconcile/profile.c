#include "reconcile/profile.h"

#include "../lib/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS "\"value_date\": {\"name\": \"d\"}, \"account\": {\"name\": \"a\"}, " \
                "\"currency\": {\"value\": \"EUR\"}, \"amount\": {\"name\": \"m\"}"

static char folder[] = "/tmp/bankops-profile.XXXXXX";

static struct profile *read_text(const char *text, struct error *error)
{
    char path[64];
    snprintf(path, sizeof path, "%s/p.json", folder);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    return profile_read(path, error);
}

static void the_shipped_ones_are_read(void **state)
{
    char path[4096];
    struct error error = ERROR_INIT;
    struct profiles profiles;
    (void)state;
    snprintf(path, sizeof path, "%s/src/reconcile/profiles",
             getenv("BANKOPS_SOURCE") ? getenv("BANKOPS_SOURCE") : ".");
    assert_true(profiles_read(path, NULL, &profiles, &error));
    assert_true(profiles.count > 0);
    profiles_free(&profiles);
    assert_false(profiles_read(path, "nothing", &profiles, &error));
    assert_true(strstr(error.what, "no profile"));
    assert_false(profiles_read("/nonexistent", NULL, &profiles, &error));
}

static void a_profile_is_taken_as_written(void **state)
{
    struct error error = ERROR_INIT;
    (void)state;
    struct profile *profile = read_text(
        "{\"name\": \"x\", \"separator\": \"|\", \"decimal_mark\": \",\", \"encoding\": \"gbk\", "
        "\"footer\": [\"#\", \"sum\"], \"trim\": \"¥'\", \"empty\": \"/\", \"quotes\": false, "
        "\"recognise\": {\"texts\": \"bank\", \"absent\": [\"q\"]}, \"date_format\": \"DD.MM.YYYY\", "
        "\"columns\": {" COLUMNS ", \"direction\": {\"name\": [\"dc\", \"借贷\"], "
        "\"credit\": [\"C\"], \"debit\": [\"D\"], \"required\": true}, "
        "\"fee\": {\"name\": \"f\"}, \"net\": {\"name\": \"n\", \"unit\": \"minor\"}}, "
        "\"extra\": {\"status\": {\"name\": \"s\", \"values\": {\"1\": \"ok\"}}}, "
        "\"rows\": [{\"when\": {\"status\": [\"closed*\"]}, \"take\": \"skip\"}], "
        "\"totals\": [{\"line\": \"all {count}\", \"as\": \"net\"}, {\"sum\": \"Sum\", "
        "\"column\": \"fee\", \"as\": \"fee\"}], "
        "\"checks\": [{\"label\": \"l\", \"sum\": [\"amount\", \"fee\"], \"equals\": \"net\"}]}",
        &error);
    if (!profile)
        fail_msg("%s: %s", error.where, error.what);
    assert_string_equal(profile->separators, "|");
    assert_int_equal(profile->decimal_mark, ',');
    assert_true(profile->has_encoding && profile->encoding == ENCODING_GB18030);
    assert_string_equal(profile->columns[COLUMN_CURRENCY].fixed, "EUR");
    assert_string_equal(profile->columns[COLUMN_DIRECTION].names[1], "借贷");
    assert_true(profile->columns[COLUMN_DIRECTION].required && !profile->quotes);
    assert_true(profile->columns[COLUMN_NET].minor_units);
    assert_string_equal(profile->footer[1], "sum");
    assert_string_equal(profile->absent[0], "q");
    assert_int_equal(profile->column_count, COLUMN_ROLES + 1);
    assert_string_equal(profile->columns[COLUMN_ROLES].to[0], "ok");
    assert_int_equal(profile->rules[0].take, TAKE_SKIP);
    assert_int_equal(profile->rules[0].when.tests[0].column, COLUMN_ROLES);
    assert_true(profile->totals[0].is_signed && profile->totals[1].column == COLUMN_FEE);
    assert_int_equal(profile->checks[0].terms[1], COLUMN_FEE);
    profile_free(profile);
}

#define WITH(more) "{\"name\": \"x\",\n\"columns\": {" COLUMNS "},\n" more "}"

/* Each refusal names the file, the line and the member. */
static void wrong_ones_name_file_line_and_member(void **state)
{
    static const struct {
        const char *text, *where;
    } wrong[] = {
        {"{", "p.json"},
        {"[]", "p.json:1: /"},
        {"{\"columns\": {" COLUMNS "}}", "p.json:1: /name"},
        {"{\"name\": \"x\"}", "p.json:1: /columns"},
        {"{\"name\": \"x\", \"columns\": {\n\"colour\": {\"name\": \"c\"}}}",
         "p.json:2: /columns/colour"},
        {"{\"name\": \"x\", \"columns\": {\n\n\"amount\": {\"name\": 5}}}",
         "p.json:3: /columns/amount/name"},
        {"{\"name\": \"x\", \"columns\": {\"amount\": {\"name\": []}}}", "/columns/amount/name"},
        {"{\"name\": \"x\", \"columns\": {\"amount\": {\"name\": \"m\",\n\"units\": \"minor\"}}}",
         "p.json:2: /columns/amount/units"},
        {"{\"name\": \"x\", \"columns\": {\"amount\": {\"name\": [\"1\",\"2\",\"3\",\"4\",\"5\","
         "\"6\",\"7\",\"8\",\"9\"]}}}", "/columns/amount/name"},
        {"{\"name\": \"x\", \"columns\": {\"direction\": {\"name\": \"dc\"}}}",
         "/columns/direction"},
        {"{\"name\": \"x\", \"columns\": {\"amount\": {\"at\": 3, \"length\": 4}}}",
         "/columns/amount"},
        {"{\"name\": \"x\", \"format\": \"fixed\", \"columns\": {\"amount\": {\"name\": \"m\"}}}",
         "/columns/amount"},
        {"{\"name\": \"x\", \"columns\": {\"value_date\": {\"name\": \"d\"}}}", "/columns"},
        {WITH("\"encoding\": \"klingon\""), "p.json:3: /encoding"},
        {WITH("\"separator\": \",;:|_\""), "p.json:3: /separator"},
        {WITH("\"separator\": \"\""), "p.json:3: /separator"},
        {WITH("\"colour\": 1"), "p.json:3: /colour"},
        {WITH("\"\": 1"), "p.json:3: /"},
        {WITH("\"version\": \"1\""), "p.json:3: /version"},
        {WITH("\"quotes\": \"no\""), "p.json:3: /quotes"},
        {WITH("\"date_format\": \"YYYY\""), "p.json:3: /date_format"},
        {WITH("\"rows\": [{\"when\": {\"state\": \"x\"},\n\"take\": \"skip\"}]"),
         "p.json:3: /rows/0/when"},
        {WITH("\"rows\": [{\"take\": \"lose\"}]"), "p.json:3: /rows/0/take"},
        {WITH("\"rows\": [{\"when\": {\"amount\": \"1\"}}]"), "p.json:3: /rows/0"},
        {WITH("\"totals\": [{\"line\": \"a\", \"sum\": \"b\"}]"), "p.json:3: /totals/0"},
        {WITH("\"checks\": [{\"sum\": \"amount\"}]"), "p.json:3: /checks/0"},
        {WITH("\"recognise\": {\"text\": \"b\"}"), "p.json:3: /recognise/text"},
        {WITH("\"labels\": {}"), "p.json:3: /labels"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error error = ERROR_INIT;
        assert_null(read_text(wrong[i].text, &error));
        if (!strstr(error.where, wrong[i].where) || !error.what[0])
            fail_msg("%s: got \"%s: %s\"", wrong[i].text, error.where, error.what);
    }
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "%s/p.json", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_shipped_ones_are_read),
                                       cmocka_unit_test(a_profile_is_taken_as_written),
                                       cmocka_unit_test(wrong_ones_name_file_line_and_member)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
