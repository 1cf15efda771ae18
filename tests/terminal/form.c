#include "terminal/editor.h"
#include "terminal/form.h"
#include "../lib/check.h"
#include "base/alloc.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static struct form *form;

static enum form_result press(int code)
{
    struct key key = {.code = code};
    return form_key(form, &key);
}

static void type(const char *text)
{
    for (; *text; text++)
        press(*text == '\t' ? K_TAB : *text == '\r' ? K_ENTER : (unsigned char)*text);
}

static const struct form_choice kinds[] = {
    {"complaint", "投诉"}, {"credit", "Credit"}, {"account", "Account"}};

static int open_form(void **state)
{
    (void)state;
    form = form_new();
    form_add(form, &(struct form_field){.name = "name", .label = "Name", .length = 5,
                                        .required = true});
    form_add(form, &(struct form_field){.name = "id", .label = "Id", .readonly = true});
    form_add(form, &(struct form_field){.name = "amount", .label = "Amount", .type = FORM_MONEY});
    form_add(form, &(struct form_field){.name = "day", .label = "Day", .type = FORM_DATE});
    form_add(form, &(struct form_field){.name = "kind", .label = "Kind", .type = FORM_CHOICE,
                                        .choices = kinds, .choice_count = 3});
    form_add(form, &(struct form_field){.name = "note", .label = "Note", .type = FORM_MEMO});
    form_add(form, &(struct form_field){.name = "ok", .label = "Sure", .type = FORM_BOOL});
    form_set_today(form, 20778); /* 2026-11-21 */
    return 0;
}

static int close_form(void **state)
{
    (void)state;
    form_free(form);
    return 0;
}

/* The amount is wrong: it says so as soon as it is left, and no longer while it is typed again. */
static void a_wrong_value_is_named_when_left(void **state)
{
    (void)state;
    type("Li\t1.234");
    assert_null(form_message(form, 2));
    type("\t");
    assert_non_null(form_message(form, 2));
    press(K_SHIFT | K_TAB);
    press(K_BACKSPACE);
    assert_null(form_message(form, 2));
}

static void blind_typing_fills_it(void **state)
{
    (void)state;
    type("Li\t1,234.5\t+3\tcr\tfirst\rsecond\ty");
    assert_int_equal(press(K_ENTER), FORM_SUBMIT);
    assert_string_equal(form_value(form, 0), "Li");
    assert_string_equal(form_value(form, 2), "1234.50");
    assert_string_equal(form_value(form, 3), "2026-11-24");
    assert_string_equal(form_value(form, 4), "credit");
    assert_string_equal(form_value(form, 6), "true");
    assert_int_equal(form_validate(form), -1);
    assert_true(form_changed(form));
    form_clean(form);
    assert_false(form_changed(form));
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    type("12345");
    assert_int_equal(press('6'), FORM_BELL);
    press(K_TAB);
    assert_int_equal(form_focus(form), 2);
    assert_int_equal(press('x'), FORM_BELL);
    assert_int_equal(press(0xFF11), FORM_EDITED); /* full-width 1 */
    assert_string_equal(form_value(form, 2), "1.00");
    form_set(form, 0, "");
    assert_int_equal(form_validate(form), 0);
    assert_non_null(form_message(form, 0));
    form_set(form, 0, "x");
    form_set(form, 3, "2026-02-30");
    assert_int_equal(form_validate(form), 3);
}

static void paste(const char *text, size_t length)
{
    struct key key = {.code = K_PASTE, .text = text, .length = length};
    assert_int_equal(form_key(form, &key), FORM_BELL);
    assert_string_equal(form_value(form, form_focus(form)), "");
}

/* A bell alone does not say why nothing came of it. */
static void says_why_a_paste_is_refused(void **state)
{
    (void)state;
    assert_null(form_message(form, 0));
    paste("abcdefgh", 8);
    assert_string_equal(form_message(form, 0), "Too long: at most 5 characters; not taken.");
    type("A");
    assert_null(form_message(form, 0));
    type("\t");
    paste("see above", 9);
    assert_string_equal(form_message(form, 2), "This does not fit the field; not taken.");
    type("\t\t\t");
    paste(NULL, 10 << 20);
    assert_non_null(strstr(form_message(form, 5), "Too long: at most "));
}

static void turns_pages_when_it_does_not_fit(void **state)
{
    (void)state;
    form_layout(form, 80, 40);
    assert_false(form_more(form));
    assert_int_equal(press(K_PAGE_DOWN), FORM_IGNORED);
    form_layout(form, 80, 4);
    assert_true(form_more(form));
    assert_int_equal(press(K_PAGE_DOWN), FORM_HANDLED);
    assert_int_equal(form_focus(form), 3);
    assert_int_equal(press(K_PAGE_DOWN), FORM_HANDLED);
    assert_int_equal(form_focus(form), 5);
    assert_int_equal(press(K_PAGE_DOWN), FORM_HANDLED);
    assert_int_equal(form_focus(form), 6);
    form_layout(form, 80, 4);
    assert_false(form_more(form));
    assert_int_equal(press(K_PAGE_DOWN), FORM_BELL);
    assert_int_equal(press(K_PAGE_UP), FORM_HANDLED);
    assert_int_equal(form_focus(form), 5);
    assert_int_equal(press(K_PAGE_UP), FORM_HANDLED);
    assert_int_equal(form_focus(form), 2);
    assert_int_equal(press(K_PAGE_UP), FORM_HANDLED);
    assert_int_equal(form_focus(form), 0);
    assert_int_equal(press(K_PAGE_UP), FORM_BELL);
}

static void edits_wide_characters(void **state)
{
    struct edit edit = EDIT_INIT;
    struct line line = LINE_INIT;
    int cell;
    (void)state;
    edit_set(&edit, "张伟民ab");
    struct key left = {.code = K_LEFT}, back = {.code = K_BACKSPACE}, undo = {.code = K_CTRL | '_'};
    edit_key(&edit, &left);
    edit_key(&edit, &left);
    edit_key(&edit, &back);
    assert_string_equal(edit_text(&edit), "张伟ab");
    edit_key(&edit, &undo);
    assert_string_equal(edit_text(&edit), "张伟民ab");
    edit_line(&edit, &line, STYLE_INPUT, 5, &cell);
    assert_int_equal(line.cells, 5);
    assert_true(cell < 5);
    line_free(&line);
    edit_free(&edit);
}

/* A text from elsewhere takes the place of what was typed, as one step that can be undone. */
static void takes_a_text_from_elsewhere(void **state)
{
    struct form *memo = form_new();
    struct form_field field = {.name = "text", .label = "Text", .type = FORM_MEMO, .length = 10};
    struct key undo = {.code = K_CTRL | '_'};
    (void)state;
    form_add(memo, &field);
    form_set(memo, 0, "first");
    assert_true(form_type(memo, 0, "one\ntwo"));
    assert_string_equal(form_value(memo, 0), "one\ntwo");
    assert_true(form_changed(memo));
    assert_false(form_type(memo, 0, "one two three"));
    assert_string_equal(form_value(memo, 0), "one\ntwo");
    form_key(memo, &undo);
    assert_string_equal(form_value(memo, 0), "first");
    form_free(memo);
}

/* What editors write: marks, line ends, tabs, escapes, bytes that are no text. */
static void keeps_what_was_typed_before_values_come(void **state)
{
    struct form *late = form_new(), *other = form_new();
    struct form_field note = {.name = "note", .label = "Note", .type = FORM_TEXT, .length = 10},
                      name = {.name = "name", .label = "Name", .type = FORM_TEXT, .length = 10};
    (void)state;
    form_add(late, &note);
    form_add(late, &name);
    form_add(other, &note);
    form_add(other, &name);
    assert_true(form_type(late, 0, "typed"));
    form_fill(late, 0, "stored");
    form_fill(late, 1, "Wu");
    assert_string_equal(form_value(late, 0), "typed");
    assert_string_equal(form_value(late, 1), "Wu");
    assert_true(form_changed(late));
    form_copy(other, late);
    assert_string_equal(form_value(other, 0), "typed");
    assert_true(form_changed(other));
    assert_true(form_type(other, 0, "stored"));
    assert_false(form_changed(other));
    form_free(late);
    form_free(other);
}

static void types_over_a_number_that_stood_there(void **state)
{
    (void)state;
    form_fill(form, 0, "Wu");
    form_fill(form, 2, "3000");
    form_fill(form, 3, "2026-11-21");
    type("x\t25\t+3\t");
    assert_string_equal(form_value(form, 0), "Wux"); /* words are gone on with */
    assert_string_equal(form_value(form, 2), "25.00");
    assert_string_equal(form_value(form, 3), "2026-11-24");
    form_set_focus(form, 2);
    type("0");
    assert_string_equal(form_value(form, 2), "25.00"); /* 25.000: two decimals are shown */
    form_clean(form);
    form_fill(form, 2, "3000");
    press(K_HOME);
    type("1");
    assert_string_equal(form_value(form, 2), "13000.00");
}

static void pastes_over_a_number_that_stood_there(void **state)
{
    (void)state;
    form_fill(form, 2, "3000");
    form_set_focus(form, 2);
    assert_int_equal(press('x'), FORM_BELL);
    assert_string_equal(form_value(form, 2), "3000.00");
    struct key wrong = {.code = K_PASTE, .text = (char *)"7x", .length = 2};
    assert_int_equal(form_key(form, &wrong), FORM_BELL);
    assert_string_equal(form_value(form, 2), "3000.00");
    struct key right = {.code = K_PASTE, .text = (char *)"77", .length = 2};
    assert_int_equal(form_key(form, &right), FORM_EDITED);
    assert_string_equal(form_value(form, 2), "77.00");
}

static void cleans_what_an_editor_wrote(void **state)
{
    static const char wrote[] = "\xEF\xBB\xBF\ta\r\nb\rc\x1b[31m\0d\xff\n\n  \n";
    char *clean = editor_clean(wrote, sizeof wrote - 1);
    (void)state;
    assert_string_equal(clean, "        a\nb\nc[31md\xEF\xBF\xBD");
    free(clean);
    clean = editor_clean("", 0);
    assert_string_equal(clean, "");
    free(clean);
}

static void lays_out_at_any_size(void **state)
{
    (void)state;
    form_set(form, 5, "a long note about 张伟 that has to be wrapped over several lines");
    for (int columns = 1; columns < 100; columns += 3)
        for (int focus = 0; focus < 7; focus++) {
            int row, column;
            form_set_focus(form, focus);
            form_layout(form, columns, 5);
            for (int i = 0; i < 5; i++) {
                struct line line = LINE_INIT;
                form_line(form, i, &line, false);
                line_free(&line);
            }
            assert_true(form_cursor(form, &row, &column));
            assert_true(row >= 0 && row < 5);
        }
}

/* The message below the field, as it is shown. */
static char *message_line(int columns)
{
    char *found = NULL;
    form_layout(form, columns, 40);
    for (int i = 0; i < 40 && !found; i++) {
        struct line line = LINE_INIT;
        form_line(form, i, &line, false);
        const char *at = line.text.data ? strstr(line.text.data, "! ") : NULL;
        found = at ? xstrdup(at) : NULL;
        line_free(&line);
    }
    return found;
}

static void a_message_without_room_ends_in_an_ellipsis(void **state)
{
    (void)state;
    form_set_message(form, 0, "That region does not see this customer.");
    char *whole = message_line(80);
    assert_string_equal(whole, "! That region does not see this customer.");
    assert_true(form_messages_fit(form));
    char *cut = message_line(40);
    assert_true(text_width(cut) <= 40);
    assert_string_equal(cut + strlen(cut) - strlen("…"), "…");
    assert_false(form_messages_fit(form));
    free(whole);
    free(cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blind_typing_fills_it, open_form, close_form),
        cmocka_unit_test_setup_teardown(a_wrong_value_is_named_when_left, open_form, close_form),
        cmocka_unit_test_setup_teardown(refuses_what_does_not_fit, open_form, close_form),
        cmocka_unit_test_setup_teardown(says_why_a_paste_is_refused, open_form, close_form),
        cmocka_unit_test_setup_teardown(turns_pages_when_it_does_not_fit, open_form, close_form),
        cmocka_unit_test(edits_wide_characters),
        cmocka_unit_test(takes_a_text_from_elsewhere),
        cmocka_unit_test(keeps_what_was_typed_before_values_come),
        cmocka_unit_test(cleans_what_an_editor_wrote),
        cmocka_unit_test_setup_teardown(types_over_a_number_that_stood_there, open_form,
                                        close_form),
        cmocka_unit_test_setup_teardown(pastes_over_a_number_that_stood_there, open_form,
                                        close_form),
        cmocka_unit_test_setup_teardown(lays_out_at_any_size, open_form, close_form),
        cmocka_unit_test_setup_teardown(a_message_without_room_ends_in_an_ellipsis, open_form,
                                        close_form),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
