#include "base/language.h"
#include "console/action.h"
#include "terminal/key.h"
#include "tests/lib/check.h"

#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_action_is_described(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action *action = action_at((enum action_id)i);
        assert_non_null(action->name);
        assert_true(strlen(action->label) > 0 && strlen(action->label) <= 14);
        assert_true(strlen(action->help) > 10);
        assert_int_equal(action->help[strlen(action->help) - 1], '.');
        for (int map = 0; map < KEYMAP_COUNT; map++)
            assert_non_null(action->keys[map]);
    }
}

/* Both translations: English is the source, Chinese comes from the build tree's catalogue. */
static void every_action_is_translated(void **state)
{
    struct error error = ERROR_INIT;
    const char *build = getenv("BANKOPS_BUILD");
    char locale[4096];
    (void)state;
    snprintf(locale, sizeof locale, "%s/share/locale", build ? build : ".");
    assert_true(language_start("zh", locale, &error));
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action *action = action_at((enum action_id)i);
        if (!strcmp(_(action->label), action->label) || !strcmp(_(action->help), action->help))
            fail_msg("%s is not translated", action->name);
    }
    for (const struct command_word *word = command_words; word->name; word++)
        if (!strcmp(_(word->help), word->help))
            fail_msg(":%s is not translated", word->name);
}

/* Each key of the table, on each kind of screen and in each map, means one action only. */
static void no_key_is_bound_twice(void **state)
{
    (void)state;
    for (int map = 0; map < KEYMAP_COUNT; map++)
        for (int one = 0; one < ACTION_COUNT; one++) {
            char *keys = strdup(action_at((enum action_id)one)->keys[map]), *rest = keys, *key;
            while ((key = strsep(&rest, " ")))
                for (int context = CONTEXT_LIST; context <= CONTEXT_FLOW; context *= 2) {
                    if (!*key || !(action_at((enum action_id)one)->contexts & (unsigned)context))
                        continue;
                    assert_true(key_parse(key) != K_NONE);
                    enum action_id found = action_for_key((enum keymap)map, (enum context)context,
                                                          false, key_parse(key));
                    if (found != (enum action_id)one)
                        fail_msg("%s: %s is both %s and %s", keymap_name((enum keymap)map), key,
                                 action_at((enum action_id)one)->name,
                                 action_at(found)->name);
                }
            free(keys);
        }
}

static bool leaves(enum action_id id)
{
    return id == ACTION_EXIT || id == ACTION_CANCEL || id == ACTION_QUIT || id == ACTION_BACK;
}

/* What leaves in one map must not post in another. */
static void leaving_keys_never_post(void **state)
{
    (void)state;
    for (int map = 0; map < KEYMAP_COUNT; map++)
        for (int other = 0; other < KEYMAP_COUNT; other++)
            for (int key = K_BASE; key <= K_F_LAST; key++)
                for (int context = CONTEXT_LIST; context <= CONTEXT_FLOW; context *= 2) {
                    enum action_id one = action_for_key((enum keymap)map, (enum context)context,
                                                        false, key);
                    enum action_id two = action_for_key((enum keymap)other, (enum context)context,
                                                        false, key);
                    if (one != ACTION_NONE && two != ACTION_NONE && leaves(one))
                        assert_int_not_equal(action_at(two)->danger, DANGER_POST);
                }
}

/* Function keys are lost in some terminals: whatever has one has another key too, or Esc+digit. */
static void function_keys_have_a_second_binding(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++)
        for (int map = 0; map < KEYMAP_COUNT; map++) {
            const char *keys = action_at((enum action_id)i)->keys[map];
            const char *f = strstr(keys, "F");
            if (f && (f == keys || f[-1] == ' ') && atoi(f + 1) > 10)
                assert_non_null(strchr(keys, ' '));
        }
}

static void typing_keeps_characters(void **state)
{
    (void)state;
    assert_int_equal(action_for_key(KEYMAP_VIM, CONTEXT_LIST, true, 'j'), ACTION_NONE);
    assert_int_equal(action_for_key(KEYMAP_VIM, CONTEXT_LIST, false, 'j'), ACTION_DOWN);
    assert_int_equal(action_for_key(KEYMAP_IBM, CONTEXT_FORM, true, K_F(3)), ACTION_EXIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_is_described),
        cmocka_unit_test(every_action_is_translated),
        cmocka_unit_test(no_key_is_bound_twice),
        cmocka_unit_test(leaving_keys_never_post),
        cmocka_unit_test(function_keys_have_a_second_binding),
        cmocka_unit_test(typing_keeps_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
