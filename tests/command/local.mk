command_tests = \
  tests/command/audit.t tests/command/audit_words.t \
  tests/command/classify.t \
  tests/command/classify_cases.t \
  tests/command/clock.t \
  tests/command/console.t \
  tests/command/deliver.t \
  tests/command/demo.t \
  tests/command/doctor.t \
  tests/command/fault.t tests/command/files.t \
  tests/command/import.t \
  tests/command/import_cases.t \
  tests/command/import_core.t \
  tests/command/import_formats.t \
  tests/command/import_table.t \
  tests/command/newcomer.t \
  tests/command/opening.t \
  tests/command/pull_cases.t tests/command/work.t \
  tests/command/reconcile_both.t tests/command/reconcile_same.t tests/command/reconcile_kill.t \
  tests/command/report.t \
  tests/command/server.t \
  tests/command/sessions.t
check_PROGRAMS += tests/command/old_server
TESTS += $(command_tests)
server_tests += $(command_tests)
EXTRA_DIST += $(command_tests) tests/command/lib.sh
if HAVE_CMOCKA
check_PROGRAMS += tests/command/gateway tests/command/chat_server
tests_command_chat_server_SOURCES = tests/command/chat_server.c
tests_command_chat_server_LDADD = libhttpserver.a -lpthread
tests_command_gateway_SOURCES = tests/command/gateway.c
tests_command_gateway_LDADD = libhttpserver.a -lpthread
endif
check_PROGRAMS += tests/command/pack
tests_command_pack_SOURCES = tests/command/pack.c
tests_command_pack_LDADD = $(LIBZIP_LIBS)
