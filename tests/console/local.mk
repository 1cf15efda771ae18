if HAVE_CMOCKA
console_tests = tests/console/action.t tests/console/query.t tests/console/format.t \
  tests/console/settings.t
check_PROGRAMS += $(console_tests)
TESTS += $(console_tests)
tests_console_action_t_SOURCES = tests/console/action.c
tests_console_query_t_SOURCES = tests/console/query.c
tests_console_format_t_SOURCES = tests/console/format.c
tests_console_settings_t_SOURCES = tests/console/settings.c
tests_console_action_t_LDADD = libconsole.a libreport.a libreconcile.a libcomplaint.a libcustomer.a libterminal.a libdatabase.a libbase.a \
  $(CMOCKA_LIBS) \
  $(NCURSES_LIBS) $(LIBPQ_LIBS) $(CJSON_LIBS) $(CRYPTO_LIBS) $(EXPAT_LIBS) $(ZLIB_LIBS) -lm
tests_console_query_t_LDADD = $(tests_console_action_t_LDADD)
tests_console_format_t_LDADD = $(tests_console_action_t_LDADD)
tests_console_settings_t_LDADD = $(tests_console_action_t_LDADD)
endif
TESTS += tests/console/screens.t
EXTRA_DIST += tests/console/screens.t
EXTRA_DIST += tests/console/golden/form-80x24-en.txt \
  tests/console/golden/form-80x24-zh.txt \
  tests/console/golden/form-132x43-en.txt \
  tests/console/golden/form-132x43-zh.txt \
  tests/console/golden/list-80x24-en.txt \
  tests/console/golden/list-80x24-zh.txt \
  tests/console/golden/list-132x43-en.txt \
  tests/console/golden/list-132x43-zh.txt \
  tests/console/golden/view-80x24-en.txt \
  tests/console/golden/view-80x24-zh.txt \
  tests/console/golden/view-132x43-en.txt \
  tests/console/golden/view-132x43-zh.txt
EXTRA_DIST += tests/console/probe.sql tests/console/screens/probe-bad.json \
  tests/console/screens/probe-form.json tests/console/screens/probe-list.json \
  tests/console/screens/probe-search.json tests/console/screens/probe-slow.json \
  tests/console/screens/probe-view.json

if HAVE_VTERM
console_programs = tests/console/console.t tests/console/flows.t tests/console/pages.t \
  tests/console/desk.t tests/console/matcher.t tests/console/work.t tests/console/casework.t tests/console/quick.t \
  tests/console/hands.t \
  tests/console/application.t tests/console/voice.t tests/console/complaint.t \
  tests/console/ahead.t tests/console/routing.t tests/console/unread.t tests/console/found.t \
  tests/console/password.t
check_PROGRAMS += $(console_programs)
TESTS += $(console_programs)
tests_console_console_t_SOURCES = tests/console/console.c
tests_console_console_t_LDADD = $(pty_libraries)
tests_console_flows_t_SOURCES = tests/console/flows.c
tests_console_flows_t_LDADD = $(pty_libraries)
tests_console_pages_t_SOURCES = tests/console/pages.c
tests_console_pages_t_LDADD = $(pty_libraries)
tests_console_desk_t_SOURCES = tests/console/desk.c
tests_console_desk_t_LDADD = $(pty_libraries)
tests_console_matcher_t_SOURCES = tests/console/matcher.c
tests_console_matcher_t_LDADD = $(pty_libraries)
tests_console_casework_t_SOURCES = tests/console/casework.c
tests_console_quick_t_SOURCES = tests/console/quick.c
tests_console_hands_t_SOURCES = tests/console/hands.c
tests_console_casework_t_LDADD = $(pty_libraries)
tests_console_quick_t_LDADD = $(pty_libraries)
tests_console_hands_t_LDADD = $(pty_libraries)
tests_console_application_t_SOURCES = tests/console/application.c
tests_console_application_t_LDADD = $(pty_libraries)
tests_console_password_t_SOURCES = tests/console/password.c
tests_console_password_t_LDADD = $(pty_libraries)
tests_console_voice_t_SOURCES = tests/console/voice.c
tests_console_voice_t_LDADD = $(pty_libraries)
tests_console_complaint_t_SOURCES = tests/console/complaint.c
tests_console_complaint_t_LDADD = $(pty_libraries)
tests_console_routing_t_SOURCES = tests/console/routing.c
tests_console_routing_t_LDADD = $(pty_libraries)
tests_console_ahead_t_SOURCES = tests/console/ahead.c
tests_console_ahead_t_LDADD = $(pty_libraries)
tests_console_unread_t_SOURCES = tests/console/unread.c
tests_console_unread_t_LDADD = $(pty_libraries)
tests_console_found_t_SOURCES = tests/console/found.c
tests_console_found_t_LDADD = $(pty_libraries)
tests_console_work_t_SOURCES = tests/console/work.c
tests_console_work_t_LDADD = $(pty_libraries)
endif
EXTRA_DIST += tests/console/golden
