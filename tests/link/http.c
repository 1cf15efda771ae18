#include "../lib/check.h"
#include "../lib/http_server.h"
#include "base/clock.h"
#include "link/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the next answer shall be, and the last request. */
struct plan {
    int status;
    bool hang, cut;
    size_t bytes;
    char extra[128];
    char method[16], target[64], body[64], headers[1024];
};

static void handle(struct http_served *served, void *data)
{
    struct plan *plan = data;
    snprintf(plan->method, sizeof plan->method, "%s", served->method);
    snprintf(plan->target, sizeof plan->target, "%s", served->target);
    snprintf(plan->body, sizeof plan->body, "%.*s", (int)served->body_length, served->body);
    snprintf(plan->headers, sizeof plan->headers, "%s", served->headers);
    snprintf(served->extra, sizeof served->extra, "%s", plan->extra);
    served->status = plan->status ? plan->status : 200;
    served->hang = plan->hang;
    served->cut = plan->cut;
    served->answer = calloc(1, plan->bytes + 16);
    if (plan->bytes)
        memset(served->answer, 'x', plan->bytes);
    else
        strcpy(served->answer, "{\"good\":true}");
}

struct scene {
    struct plan plan;
    struct http_server *server;
    char url[128];
    struct http_request request;
    struct http_answer answer;
    struct error error;
};

static int start(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    scene->server = http_server_start(handle, &scene->plan);
    snprintf(scene->url, sizeof scene->url, "%s/v1/x?a=1", http_server_address(scene->server));
    scene->request.url = scene->url;
    scene->answer = (struct http_answer)HTTP_ANSWER_INIT;
    *state = scene;
    return 0;
}

static int stop(void **state)
{
    struct scene *scene = *state;
    http_answer_free(&scene->answer);
    http_server_stop(scene->server);
    free(scene);
    return 0;
}

static bool send_it(struct scene *scene)
{
    return http_send(&scene->request, &scene->answer, &scene->error);
}

static void test_get(void **state)
{
    struct scene *s = *state;
    assert_true(send_it(s));
    assert_int_equal(s->answer.status, 200);
    assert_string_equal(buffer_text(&s->answer.body), "{\"good\":true}");
    assert_string_equal(s->answer.type, "application/json");
    assert_string_equal(s->plan.method, "GET");
    assert_string_equal(s->plan.target, "/v1/x?a=1");
    assert_int_equal(s->answer.retry_after, -1);
}

static void test_post(void **state)
{
    struct scene *s = *state;
    const char *const headers[] = {"Authorization: Bearer k", "Content-Type: application/json",
                                   NULL};
    s->request.headers = headers;
    s->request.body = "{\"a\":\"\xE4\xB8\xAD\"}";
    s->request.body_length = strlen(s->request.body);
    assert_true(send_it(s));
    assert_string_equal(s->plan.method, "POST");
    assert_string_equal(s->plan.body, s->request.body);
    assert_non_null(strstr(s->plan.headers, "Authorization: Bearer k\r\n"));
}

static void test_status_and_retry(void **state)
{
    struct scene *s = *state;
    s->plan.status = 503;
    strcpy(s->plan.extra, "Retry-After: 17\r\n");
    assert_true(send_it(s));
    assert_int_equal(s->answer.status, 503);
    assert_int_equal(s->answer.retry_after, 17);
}

static void test_redirect_stays(void **state)
{
    struct scene *s = *state;
    s->plan.status = 302;
    strcpy(s->plan.extra, "Location: http://127.0.0.1:1/elsewhere\r\n");
    assert_true(send_it(s));
    assert_int_equal(s->answer.status, 302);
    assert_int_equal(http_server_requests(s->server), 1);
}

static void test_timeout(void **state)
{
    struct scene *s = *state;
    int64_t began = clock_ms();
    s->plan.hang = true;
    s->request.timeout_ms = 150;
    assert_false(send_it(s));
    assert_true(clock_ms() - began < 5000);
    assert_int_equal(s->error.kind, ERROR_UNREACHABLE);
    assert_true(s->answer.maybe_sent);
}

static void test_cut(void **state)
{
    struct scene *s = *state;
    s->plan.cut = true;
    assert_false(send_it(s));
    assert_true(s->answer.maybe_sent);
}

static void test_too_long(void **state)
{
    struct scene *s = *state;
    s->plan.bytes = 5000;
    s->request.limit = 4999;
    assert_false(send_it(s));
    assert_non_null(strstr(s->error.what, "4999"));
    http_answer_free(&s->answer);
    s->request.limit = 5000;
    assert_true(send_it(s));
    assert_int_equal(s->answer.body.length, 5000);
}

static void test_refused_connection(void **state)
{
    struct scene *s = *state;
    s->request.url = "http://127.0.0.1:1/";
    assert_false(send_it(s));
    assert_int_equal(s->error.kind, ERROR_UNREACHABLE);
    assert_false(s->answer.maybe_sent);
}

static void test_bad_use(void **state)
{
    struct scene *s = *state;
    const char *const headers[] = {"X-Name: a\r\nX-Other: b", NULL};
    s->request.headers = headers;
    assert_false(send_it(s));
    assert_int_equal(s->error.kind, ERROR_USAGE);
    s->request.headers = NULL;
    s->request.url = "file:///etc/passwd";
    assert_false(send_it(s));
    assert_int_equal(s->error.kind, ERROR_USAGE);
    assert_int_equal(http_server_requests(s->server), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_get),      TEST(test_post),     TEST(test_status_and_retry),
        TEST(test_timeout),  TEST(test_cut),      TEST(test_redirect_stays),
        TEST(test_too_long), TEST(test_bad_use),  TEST(test_refused_connection),
    };
    unsetenv("http_proxy");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
