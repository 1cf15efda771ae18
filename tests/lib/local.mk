EXTRA_DIST += tests/lib/check.h tests/lib/pty.h tests/lib/small-bank.sql
EXTRA_DIST += tests/lib/fixture tests/lib/fixture.h tests/lib/run-sql

clean-local: clean-fixture
clean-fixture:
	-test ! -x bankops || BANKOPS_BUILD='$(abs_top_builddir)' $(SHELL) $(srcdir)/tests/lib/fixture clean
