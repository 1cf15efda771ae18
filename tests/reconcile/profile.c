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
        "{\"name\": \"x\", \"separator\": \";\", \"decimal_mark\": \",\", \"encoding\": \"gbk\", "
        "\"footer\": \"#\", \"columns\": {" COLUMNS ", \"direction\": {\"name\": [\"dc\", \"借贷\"], "
        "\"credit\": [\"C\"], \"debit\": [\"D\"], \"required\": true}}}", &error);
    assert_non_null(profile);
    assert_int_equal(profile->separator, ';');
    assert_int_equal(profile->decimal_mark, ',');
    assert_true(profile->has_encoding && profile->encoding == ENCODING_GB18030);
    assert_string_equal(profile->columns[COLUMN_CURRENCY].fixed, "EUR");
    assert_string_equal(profile->columns[COLUMN_DIRECTION].names[1], "借贷");
    assert_true(profile->columns[COLUMN_DIRECTION].required);
    assert_string_equal(profile->footer, "#");
    profile_free(profile);
}

/* Each refusal names the file and the member. */
static void wrong_ones_name_file_and_member(void **state)
{
    static const struct {
        const char *text, *where;
    } wrong[] = {
        {"{", "p.json"},
        {"{\"columns\": {" COLUMNS "}}", "p.json: name"},
        {"{\"name\": \"x\"}", "p.json: columns"},
        {"{\"name\": \"x\", \"columns\": {\"colour\": {\"name\": \"c\"}}}", "p.json: colour"},
        {"{\"name\": \"x\", \"columns\": {\"amount\": {\"name\": 5}}}", "p.json: amount"},
        {"{\"name\": \"x\", \"columns\": {\"amount\": {\"name\": []}}}", "p.json: amount"},
        {"{\"name\": \"x\", \"columns\": {\"amount\": {\"name\": [\"1\",\"2\",\"3\",\"4\",\"5\","
         "\"6\",\"7\",\"8\",\"9\"]}}}", "p.json: amount"},
        {"{\"name\": \"x\", \"columns\": {\"direction\": {\"name\": \"dc\"}}}", "p.json: direction"},
        {"{\"name\": \"x\", \"encoding\": \"klingon\", \"columns\": {" COLUMNS "}}",
         "p.json: encoding"},
        {"{\"name\": \"x\", \"separator\": \"ab\", \"columns\": {" COLUMNS "}}",
         "p.json: separator"}};
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
                                       cmocka_unit_test(wrong_ones_name_file_and_member)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
