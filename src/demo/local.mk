noinst_LIBRARIES += libdemo.a
libdemo_a_SOURCES = \
  src/demo/account.c \
  src/demo/benefit.c \
  src/demo/case-load.c \
  src/demo/complaint-history.c src/demo/complaint-part.c src/demo/complaint-part.h \
  src/demo/complaint-sample.c src/demo/complaint-sample.h \
  src/demo/complaint-text.c src/demo/complaint-text.h \
  src/demo/complaint.c \
  src/demo/desk.c src/demo/desk.h \
  src/demo/history.c \
  src/demo/holding.c \
  src/demo/learn.c src/demo/learn.h \
  src/demo/load.c src/demo/load.h \
  src/demo/maker.c src/demo/maker.h \
  src/demo/name-table.c src/demo/name-table.h \
  src/demo/name.c src/demo/name.h \
  src/demo/organisation.c \
  src/demo/person.c \
  src/demo/plan-table.c \
  src/demo/plan.c src/demo/plan.h \
  src/demo/points.c \
  src/demo/random.c src/demo/random.h \
  src/demo/rows.c src/demo/rows.h \
  src/demo/statement.c src/demo/statement.h src/demo/statement-part.h \
  src/demo/statement-event.c src/demo/statement-held.c src/demo/statement-text.c \
  src/demo/summary.c src/demo/summary.h

# What the database makes itself is SQL, read at run time.
demodir = $(pkgdatadir)/demo
dist_demo_DATA = src/demo/application.sql src/demo/after.sql src/demo/core.sql src/demo/enterprise.sql \
  src/demo/payroll.sql src/demo/voice.sql

demo_tests = tests/api/demo.sql
TESTS += $(demo_tests)
EXTRA_DIST += $(demo_tests)

if HAVE_CMOCKA
check_PROGRAMS += tests/demo/rows.t
TESTS += tests/demo/rows.t
tests_demo_rows_t_SOURCES = tests/demo/rows.c
tests_demo_rows_t_LDADD = libdemo.a libcustomer.a libbase.a $(CMOCKA_LIBS)
endif
