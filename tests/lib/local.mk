EXTRA_DIST += tests/lib/check.h tests/lib/pty.c tests/lib/pty.h tests/lib/pty_key.c \
  tests/lib/pty_match.c tests/lib/pty_memory.c tests/lib/stage.c tests/lib/stage.h \
  tests/lib/person.c tests/lib/person.h \
  tests/lib/small-bank.sql tests/lib/audit-codes.pl
EXTRA_DIST += tests/lib/fixture tests/lib/fixture.h tests/lib/run-sql

clean-local: clean-fixture
clean-fixture:
	-test ! -x bankops || BANKOPS_BUILD='$(abs_top_builddir)' $(SHELL) $(srcdir)/tests/lib/fixture clean
if HAVE_VTERM
check_LIBRARIES += libpty.a
libpty_a_SOURCES = tests/lib/pty.c tests/lib/pty.h tests/lib/pty_key.c \
  tests/lib/pty_match.c tests/lib/pty_memory.c \
  tests/lib/stage.c tests/lib/stage.h tests/lib/person.c tests/lib/person.h
libpty_a_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
pty_libraries = libpty.a libterminal.a libbase.a $(VTERM_LIBS) -lutil
endif
