/* The fuzz targets for a bounded time: each reader gets its seed, changed at random in the same way
 * in every run, some thousand times. The long runs are those of README.md. */
#include "check.h"

#include "../reconcile/reading.h"

#ifdef __SANITIZE_ADDRESS__
enum { ROUNDS = 1000 };
#else
enum { ROUNDS = 20000 };
#endif
enum { ROOM = 1 << 16 };

static char *folder(const char *name)
{
    static char path[4096];
    const char *source = getenv("BANKOPS_SOURCE");
    snprintf(path, sizeof path, "%s/%s", source ? source : ".", name);
    return path;
}

static size_t read_seed(const char *name, char *text)
{
    char path[100];
    snprintf(path, sizeof path, "tests/fuzz/seeds/%s", name);
    FILE *in = fopen(folder(path), "r");
    assert_non_null(in);
    size_t length = fread(text, 1, ROOM, in);
    fclose(in);
    assert_true(length > 100 && length < ROOM / 2);
    return length;
}

static void fuzz(const char *format, const char *seed)
{
    static char whole[ROOM], changed[ROOM];
    size_t length = read_seed(seed, whole);
    uint32_t state = 20261122;
    char *profiles = strdup(folder("src/reconcile/profiles"));
    check_bytes(format, profiles, (const uint8_t *)whole, length);
    /* Archives are opened anew each time. */
    int rounds = strcmp(format, "table") ? ROUNDS : ROUNDS / 4;
    for (int round = 0; round < rounds; round++) {
        memcpy(changed, whole, length);
        size_t now = mutate(changed, length, ROOM, &state);
        if (round % 8 == 0)
            now = next_random(&state) % (now + 1); /* cut off */
        if (now)
            check_bytes(format, profiles, (const uint8_t *)changed, now);
    }
    free(profiles);
}

static void mt940(void **state)
{
    (void)state;
    fuzz("mt940", "statement.sta");
}

static void camt(void **state)
{
    (void)state;
    fuzz("camt", "statement.xml");
}

static void bai2(void **state)
{
    (void)state;
    fuzz("bai2", "statement.bai");
}

static void ofx(void **state)
{
    (void)state;
    fuzz("ofx", "statement.ofx");
}

static void csv(void **state)
{
    (void)state;
    fuzz("csv", "statement.csv");
}

static void bills(void **state)
{
    (void)state;
    fuzz("table", "bill-alipay.csv");
    fuzz("table", "bill-wechat.csv");
}

static void fixed(void **state)
{
    (void)state;
    fuzz("table", "fixed-acom.txt");
}

static void archive(void **state)
{
    (void)state;
    fuzz("table", "bill.zip");
}

static void sheet(void **state)
{
    (void)state;
    fuzz("sheet", "sheet.xml");
}

static void profile(void **state)
{
    (void)state;
    fuzz("profile", "profile.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mt940), cmocka_unit_test(camt),
                                       cmocka_unit_test(bai2), cmocka_unit_test(ofx),
                                       cmocka_unit_test(csv), cmocka_unit_test(bills),
                                       cmocka_unit_test(fixed), cmocka_unit_test(archive),
                                       cmocka_unit_test(sheet), cmocka_unit_test(profile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
