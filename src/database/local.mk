noinst_LIBRARIES += libdatabase.a
libdatabase_a_SOURCES = \
  src/database/address.c src/database/address.h \
  src/database/backup.c src/database/backup.h \
  src/database/cluster.c src/database/cluster.h src/database/cluster_inside.h \
  src/database/cluster_home.c \
  src/database/cluster_init.c \
  src/database/cluster_linger.c \
  src/database/cluster_login.c \
  src/database/cluster_make.c \
  src/database/cluster_program.c \
  src/database/cluster_server.c \
  src/database/connection.c src/database/connection.h \
  src/database/connection_canceller.c \
  src/database/connection_host.c src/database/connection_host.h \
  src/database/connection_inside.h src/database/connection_link.c \
  src/database/connection_prepare.c src/database/connection_queue.c \
  src/database/copy.c src/database/copy.h \
  src/database/copy_binary.c src/database/copy_binary.h \
  src/database/failure.c src/database/failure.h src/database/failure_connect.c \
  src/database/migrate.c src/database/migrate.h \
  src/database/process.c src/database/process.h \
  src/database/script.c src/database/script.h \
  src/database/session.c src/database/session.h

if HAVE_CMOCKA
database_server_tests = tests/database/connect.t tests/database/connection.t tests/database/copy.t \
  tests/database/private.t
database_tests = tests/database/script.t tests/database/refused.t
check_PROGRAMS += $(database_tests) $(database_server_tests)
TESTS += $(database_tests) $(database_server_tests)
server_tests += $(database_server_tests)
tests_database_connection_t_SOURCES = tests/database/connection.c tests/lib/drive.c tests/lib/drive.h
tests_database_connection_t_LDADD = libdatabase.a libbase.a $(CMOCKA_LIBS) $(LIBPQ_LIBS) \
  $(CRYPTO_LIBS) $(CJSON_LIBS)
tests_database_connect_t_SOURCES = tests/database/connect.c tests/lib/drive.c tests/lib/drive.h
tests_database_connect_t_LDADD = $(tests_database_connection_t_LDADD)
tests_database_copy_t_SOURCES = tests/database/copy.c
tests_database_copy_t_LDADD = $(tests_database_connection_t_LDADD)
tests_database_script_t_SOURCES = tests/database/script.c
tests_database_script_t_LDADD = $(tests_database_connection_t_LDADD)
tests_database_refused_t_SOURCES = tests/database/refused.c
tests_database_refused_t_LDADD = $(tests_database_connection_t_LDADD)
tests_database_private_t_SOURCES = tests/database/private.c
tests_database_private_t_LDADD = $(tests_database_connection_t_LDADD)
endif

database_scripts = tests/database/cluster.t tests/database/first-start.t \
  tests/database/migrate.t
TESTS += $(database_scripts)
server_tests += $(database_scripts)
EXTRA_DIST += $(database_scripts)
