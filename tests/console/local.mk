if HAVE_CMOCKA
console_tests = tests/console/action.t tests/console/query.t tests/console/format.t
check_PROGRAMS += $(console_tests)
TESTS += $(console_tests)
tests_console_action_t_SOURCES = tests/console/action.c
tests_console_query_t_SOURCES = tests/console/query.c
tests_console_format_t_SOURCES = tests/console/format.c
tests_console_action_t_LDADD = libconsole.a libreport.a libcomplaint.a libterminal.a libdatabase.a libbase.a $(CMOCKA_LIBS) \
  $(NCURSES_LIBS) $(LIBPQ_LIBS) $(CJSON_LIBS) $(CRYPTO_LIBS) -lm
tests_console_query_t_LDADD = $(tests_console_action_t_LDADD)
tests_console_format_t_LDADD = $(tests_console_action_t_LDADD)
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
check_PROGRAMS += tests/console/console.t tests/console/flows.t tests/console/pages.t
TESTS += tests/console/console.t tests/console/flows.t tests/console/pages.t

check_PROGRAMS += tests/console/desk.t
TESTS += tests/console/desk.t
tests_console_desk_t_SOURCES = tests/console/desk.c
tests_console_desk_t_LDADD = $(pty_libraries)
tests_console_pages_t_SOURCES = tests/console/pages.c
tests_console_pages_t_LDADD = $(pty_libraries)
check_PROGRAMS += tests/console/matcher.t
TESTS += tests/console/matcher.t
tests_console_matcher_t_SOURCES = tests/console/matcher.c
tests_console_matcher_t_LDADD = $(pty_libraries)
tests_console_flows_t_SOURCES = tests/console/flows.c
tests_console_flows_t_LDADD = $(pty_libraries)
tests_console_console_t_SOURCES = tests/console/console.c
tests_console_console_t_LDADD = $(pty_libraries)
endif
EXTRA_DIST += \
  tests/console/golden/home-clerk-80x24-en.txt \
  tests/console/golden/home-clerk-80x24-zh.txt \
  tests/console/golden/home-clerk-132x43-en.txt \
  tests/console/golden/home-clerk-132x43-zh.txt \
  tests/console/golden/home-manager-80x24-en.txt \
  tests/console/golden/home-manager-80x24-zh.txt \
  tests/console/golden/home-manager-132x43-en.txt \
  tests/console/golden/home-manager-132x43-zh.txt \
  tests/console/golden/home-administrator-80x24-en.txt \
  tests/console/golden/home-administrator-80x24-zh.txt \
  tests/console/golden/home-administrator-132x43-en.txt \
  tests/console/golden/home-administrator-132x43-zh.txt \
  tests/console/golden/search-80x24-en.txt \
  tests/console/golden/search-80x24-zh.txt \
  tests/console/golden/search-132x43-en.txt \
  tests/console/golden/search-132x43-zh.txt \
  tests/console/golden/customer-80x24-en.txt \
  tests/console/golden/customer-80x24-zh.txt \
  tests/console/golden/customer-132x43-en.txt \
  tests/console/golden/customer-132x43-zh.txt \
  tests/console/golden/customer-assets-80x24-en.txt \
  tests/console/golden/customer-assets-80x24-zh.txt \
  tests/console/golden/customer-assets-132x43-en.txt \
  tests/console/golden/customer-assets-132x43-zh.txt \
  tests/console/golden/customer-relations-80x24-en.txt \
  tests/console/golden/customer-relations-80x24-zh.txt \
  tests/console/golden/customer-relations-132x43-en.txt \
  tests/console/golden/customer-relations-132x43-zh.txt \
  tests/console/golden/customer-contacts-80x24-en.txt \
  tests/console/golden/customer-contacts-80x24-zh.txt \
  tests/console/golden/customer-contacts-132x43-en.txt \
  tests/console/golden/customer-contacts-132x43-zh.txt \
  tests/console/golden/customer-timeline-80x24-en.txt \
  tests/console/golden/customer-timeline-80x24-zh.txt \
  tests/console/golden/customer-timeline-132x43-en.txt \
  tests/console/golden/customer-timeline-132x43-zh.txt \
  tests/console/golden/points-80x24-en.txt \
  tests/console/golden/points-80x24-zh.txt \
  tests/console/golden/points-132x43-en.txt \
  tests/console/golden/points-132x43-zh.txt \
  tests/console/golden/cases-80x24-en.txt \
  tests/console/golden/cases-80x24-zh.txt \
  tests/console/golden/cases-132x43-en.txt \
  tests/console/golden/cases-132x43-zh.txt \
  tests/console/golden/case-80x24-en.txt \
  tests/console/golden/case-80x24-zh.txt \
  tests/console/golden/case-132x43-en.txt \
  tests/console/golden/case-132x43-zh.txt \
  tests/console/golden/queues-80x24-en.txt \
  tests/console/golden/queues-80x24-zh.txt \
  tests/console/golden/queues-132x43-en.txt \
  tests/console/golden/queues-132x43-zh.txt \
  tests/console/golden/lanes-80x24-en.txt \
  tests/console/golden/lanes-80x24-zh.txt \
  tests/console/golden/lanes-132x43-en.txt \
  tests/console/golden/lanes-132x43-zh.txt \
  tests/console/golden/lane-80x24-en.txt \
  tests/console/golden/lane-80x24-zh.txt \
  tests/console/golden/lane-132x43-en.txt \
  tests/console/golden/lane-132x43-zh.txt \
  tests/console/golden/breaks-80x24-en.txt \
  tests/console/golden/breaks-80x24-zh.txt \
  tests/console/golden/breaks-132x43-en.txt \
  tests/console/golden/breaks-132x43-zh.txt \
  tests/console/golden/files-80x24-en.txt \
  tests/console/golden/files-80x24-zh.txt \
  tests/console/golden/files-132x43-en.txt \
  tests/console/golden/files-132x43-zh.txt \
  tests/console/golden/worklist-80x24-en.txt \
  tests/console/golden/worklist-80x24-zh.txt \
  tests/console/golden/worklist-132x43-en.txt \
  tests/console/golden/worklist-132x43-zh.txt \
  tests/console/golden/service-level-80x24-en.txt \
  tests/console/golden/service-level-80x24-zh.txt \
  tests/console/golden/service-level-132x43-en.txt \
  tests/console/golden/service-level-132x43-zh.txt \
  tests/console/golden/calendar-80x24-en.txt \
  tests/console/golden/calendar-80x24-zh.txt \
  tests/console/golden/calendar-132x43-en.txt \
  tests/console/golden/calendar-132x43-zh.txt \
  tests/console/golden/staff-80x24-en.txt \
  tests/console/golden/staff-80x24-zh.txt \
  tests/console/golden/staff-132x43-en.txt \
  tests/console/golden/staff-132x43-zh.txt \
  tests/console/golden/help-80x24-en.txt \
  tests/console/golden/help-80x24-zh.txt \
  tests/console/golden/help-132x43-en.txt \
  tests/console/golden/help-132x43-zh.txt \
  tests/console/golden/command-line-80x24-en.txt \
  tests/console/golden/command-line-80x24-zh.txt \
  tests/console/golden/command-line-132x43-en.txt \
  tests/console/golden/command-line-132x43-zh.txt
EXTRA_DIST += tests/console/golden/matcher-80x24-en.txt \
  tests/console/golden/matcher-80x24-zh.txt \
  tests/console/golden/matcher-132x43-en.txt \
  tests/console/golden/matcher-132x43-zh.txt
EXTRA_DIST += \
  tests/console/golden/portfolio-80x24-en.txt \
  tests/console/golden/portfolio-80x24-zh.txt \
  tests/console/golden/portfolio-132x43-en.txt \
  tests/console/golden/portfolio-132x43-zh.txt \
  tests/console/golden/portfolio-tiers-80x24-en.txt \
  tests/console/golden/portfolio-tiers-80x24-zh.txt \
  tests/console/golden/portfolio-tiers-132x43-en.txt \
  tests/console/golden/portfolio-tiers-132x43-zh.txt \
  tests/console/golden/my-customers-80x24-en.txt \
  tests/console/golden/my-customers-80x24-zh.txt \
  tests/console/golden/my-customers-132x43-en.txt \
  tests/console/golden/my-customers-132x43-zh.txt \
  tests/console/golden/settings-80x24-en.txt \
  tests/console/golden/settings-80x24-zh.txt \
  tests/console/golden/settings-132x43-en.txt \
  tests/console/golden/settings-132x43-zh.txt
