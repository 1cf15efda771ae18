EXTRA_DIST += tests/bench/points
EXTRA_DIST += tests/bench/README.md tests/bench/lookup tests/bench/console.c

if HAVE_VTERM
EXTRA_PROGRAMS = tests/bench/console
CLEANFILES += tests/bench/console$(EXEEXT)
tests_bench_console_SOURCES = tests/bench/console.c
tests_bench_console_LDADD = $(pty_libraries)
bench: bankops tests/bench/console
	$(AM_TESTS_ENVIRONMENT) tests/bench/console
endif
