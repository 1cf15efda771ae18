#include "../lib/check.h"
#include "../lib/http_server.h"
#include "link/opinion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan {
    const char *answer;
    int status;
    bool hang;
    char target[64], body[4096], headers[1024];
};

static struct plan plan;
static struct http_server *server;
static struct opinion_question question;
static struct opinion opinion;
static struct error error;

static void handle(struct http_served *served, void *data)
{
    (void)data;
    snprintf(plan.target, sizeof plan.target, "%s", served->target);
    snprintf(plan.body, sizeof plan.body, "%.*s", (int)served->body_length, served->body);
    snprintf(plan.headers, sizeof plan.headers, "%s", served->headers);
    served->status = plan.status;
    served->hang = plan.hang;
    served->answer = strdup(plan.answer);
}

static int start(void **state)
{
    static char url[128];
    (void)state;
    plan = (struct plan){.status = 200, .answer = ""};
    error = (struct error)ERROR_INIT;
    server = http_server_start(handle, NULL);
    snprintf(url, sizeof url, "%s/v1/", http_server_address(server));
    question = (struct opinion_question){.url = url,
                                         .model = "m",
                                         .key = "secret",
                                         .timeout_ms = 2000,
                                         .codes = "B02 Bank card\nC07 Fees",
                                         .text = "a \"quoted\" text"};
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_server_stop(server);
    return 0;
}

static bool say(const char *answer)
{
    plan.answer = answer;
    return opinion_ask(&question, &opinion, &error);
}

static void asks(void **state)
{
    (void)state;
    assert_true(say("{\"model\":\"m-2\",\"choices\":[{\"message\":{\"content\":"
                    "\"{\\\"business\\\":\\\"B02\\\",\\\"reason\\\":\\\"C07\\\","
                    "\\\"confidence\\\":0.8}\"}}]}"));
    assert_string_equal(opinion.business, "B02");
    assert_string_equal(opinion.reason, "C07");
    assert_true(opinion.confidence > 0.79 && opinion.confidence < 0.81);
    assert_string_equal(opinion.model, "m-2");
    assert_string_equal(plan.target, "/v1/chat/completions");
    assert_non_null(strstr(plan.headers, "Authorization: Bearer secret"));
    assert_non_null(strstr(plan.body, "a \\\"quoted\\\" text"));
    assert_non_null(strstr(plan.body, "B02 Bank card"));
}

static void reads_around_words(void **state)
{
    (void)state;
    assert_true(say("{\"choices\":[{\"message\":{\"content\":\"Sure:\\n```json\\n{"
                    "\\\"business\\\":\\\"B13\\\","
                    "\\\"reason\\\":\\\"C12\\\",\\\"confidence\\\":7}\\n```\"}}]}"));
    assert_string_equal(opinion.business, "B13");
    assert_true(opinion.confidence > 0.49 && opinion.confidence < 0.51);
    assert_string_equal(opinion.model, "m");
}

static void refuses_nonsense(void **state)
{
    static const char *const answers[] = {
        "", "no json", "{}", "{\"choices\":[]}", "{\"choices\":[{\"message\":{\"content\":null}}]}",
        "{\"choices\":[{\"message\":{\"content\":\"I cannot say\"}}]}",
        ("{\"choices\":[{\"message\":{\"content\":\"{\\\"business\\\":\\\"drop table\\\","
         "\\\"reason\\\":\\\"C01\\\"}\"}}]}"),
        "[1,2,3]"};
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        error = (struct error)ERROR_INIT;
        assert_false(say(answers[i]));
        assert_int_equal(error.kind, ERROR_INPUT);
    }
}

static void says_what_failed(void **state)
{
    (void)state;
    plan.status = 500;
    assert_false(say("{}"));
    assert_non_null(strstr(error.what, "500"));
    plan.status = 200;
    plan.hang = true;
    question.timeout_ms = 100;
    error = (struct error)ERROR_INIT;
    assert_false(say("{}"));
    assert_int_equal(error.kind, ERROR_UNREACHABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(asks, start, stop),
        cmocka_unit_test_setup_teardown(reads_around_words, start, stop),
        cmocka_unit_test_setup_teardown(refuses_nonsense, start, stop),
        cmocka_unit_test_setup_teardown(says_what_failed, start, stop),
    };
    unsetenv("http_proxy");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
