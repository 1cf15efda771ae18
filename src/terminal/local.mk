noinst_LIBRARIES += libterminal.a
libterminal_a_SOURCES = \
  src/terminal/chart.c \
  src/terminal/chart.h \
  src/terminal/column.c \
  src/terminal/column.h \
  src/terminal/draw.c \
  src/terminal/draw.h \
  src/terminal/draw_curses.h \
  src/terminal/edit.c \
  src/terminal/edit.h \
  src/terminal/editor.c \
  src/terminal/editor.h \
  src/terminal/editor_clean.c \
  src/terminal/form.c \
  src/terminal/form.h \
  src/terminal/form_internal.h \
  src/terminal/form_key.c \
  src/terminal/form_layout.c \
  src/terminal/form_value.c \
  src/terminal/key.c \
  src/terminal/key.h \
  src/terminal/key_decoder.c \
  src/terminal/line.c \
  src/terminal/line.h \
  src/terminal/list.c \
  src/terminal/list.h \
  src/terminal/list_internal.h \
  src/terminal/list_marks.c \
  src/terminal/list_marks.h \
  src/terminal/list_rows.c \
  src/terminal/list_rows.h \
  src/terminal/list_step.c \
  src/terminal/loop.c \
  src/terminal/loop.h \
  src/terminal/screen.c \
  src/terminal/screen.h \
  src/terminal/screen_copy.c \
  src/terminal/screen_errors.c \
  src/terminal/screen_errors.h \
  src/terminal/screen_internal.h \
  src/terminal/screen_kind.c \
  src/terminal/screen_restore.c \
  src/terminal/screen_restore.h \
  src/terminal/screen_run.c \
  \
  src/terminal/style.h \
  src/terminal/theme.c \
  src/terminal/theme.h

if HAVE_CMOCKA
terminal_tests = tests/terminal/list.t tests/terminal/key.t tests/terminal/form.t \
  tests/terminal/column.t
check_PROGRAMS += $(terminal_tests)
TESTS += $(terminal_tests)
# The pure layers link without ncurses.
terminal_test_libraries = libterminal.a libbase.a $(CMOCKA_LIBS)
tests_terminal_list_t_SOURCES = tests/terminal/list.c
tests_terminal_list_t_LDADD = $(terminal_test_libraries)
tests_terminal_key_t_SOURCES = tests/terminal/key.c
tests_terminal_key_t_LDADD = $(terminal_test_libraries)
tests_terminal_form_t_SOURCES = tests/terminal/form.c
tests_terminal_form_t_LDADD = $(terminal_test_libraries)
tests_terminal_column_t_SOURCES = tests/terminal/column.c
tests_terminal_column_t_LDADD = $(terminal_test_libraries)
if HAVE_VTERM
check_PROGRAMS += tests/terminal/demo tests/terminal/screen.t
TESTS += tests/terminal/screen.t
tests_terminal_demo_SOURCES = tests/terminal/demo.c
tests_terminal_demo_LDADD = libterminal.a libbase.a $(NCURSES_LIBS)
tests_terminal_screen_t_SOURCES = tests/terminal/screen.c
tests_terminal_screen_t_LDADD = $(pty_libraries) $(CMOCKA_LIBS)
endif
endif
