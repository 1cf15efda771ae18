EXTRA_DIST += tests/bench/lane tests/bench/README.md tests/bench/MATCHING.md tests/bench/bank tests/bench/peers tests/bench/growth \
  tests/bench/points tests/bench/intake
EXTRA_DIST += tests/bench/console.c tests/bench/figures.c tests/bench/figures.h tests/bench/lookup.c \
  tests/bench/first.c tests/bench/proxy.c tests/bench/classify.c

EXTRA_PROGRAMS = tests/bench/lookup
CLEANFILES += tests/bench/lookup$(EXEEXT)
bench_sources = tests/bench/figures.c tests/bench/figures.h
tests_bench_lookup_SOURCES = tests/bench/lookup.c $(bench_sources)
tests_bench_lookup_LDADD = libbase.a $(LIBPQ_LIBS)

EXTRA_DIST += tests/bench/parse.c tests/bench/parse_files.c tests/bench/parse_files.h \
  tests/bench/parse_tables.c
EXTRA_PROGRAMS += tests/bench/parse
CLEANFILES += tests/bench/parse$(EXEEXT)
tests_bench_parse_SOURCES = tests/bench/parse.c tests/bench/parse_files.c \
  tests/bench/parse_files.h tests/bench/parse_tables.c
tests_bench_parse_LDADD = $(reconcile_libraries) $(LIBZIP_LIBS)

EXTRA_PROGRAMS += tests/bench/classify
CLEANFILES += tests/bench/classify$(EXEEXT)
tests_bench_classify_SOURCES = tests/bench/classify.c $(bench_sources)
tests_bench_classify_LDADD = libcomplaint.a libbase.a $(CRYPTO_LIBS) -lm

if HAVE_VTERM
EXTRA_PROGRAMS += tests/bench/console tests/bench/first tests/bench/proxy
CLEANFILES += tests/bench/console$(EXEEXT) tests/bench/first$(EXEEXT) tests/bench/proxy$(EXEEXT)
tests_bench_first_SOURCES = tests/bench/first.c $(bench_sources)
tests_bench_first_LDADD = $(pty_libraries)
tests_bench_console_SOURCES = tests/bench/console.c $(bench_sources)
tests_bench_console_LDADD = $(pty_libraries)
tests_bench_proxy_SOURCES = tests/bench/proxy.c $(bench_sources)
tests_bench_proxy_LDADD = $(pty_libraries)
bench: bankops tests/bench/console tests/bench/first tests/bench/proxy
	$(AM_TESTS_ENVIRONMENT) tests/bench/first
	$(AM_TESTS_ENVIRONMENT) tests/bench/console
	$(AM_TESTS_ENVIRONMENT) tests/bench/proxy
endif

# The labelled generator and the scorer; tests use them too.
check_PROGRAMS += tests/bench/generate tests/bench/crowd tests/bench/score
tests_bench_generate_SOURCES = tests/bench/generate.c tests/bench/generate.h \
  tests/bench/generate_noise.c tests/bench/generate_trap.c \
  tests/bench/labelled.c tests/bench/labelled.h
tests_bench_crowd_SOURCES = tests/bench/crowd.c tests/bench/crowd.h tests/bench/crowd_style.c \
  tests/bench/crowd_trap.c tests/bench/labelled.c tests/bench/labelled.h
tests_bench_score_SOURCES = tests/bench/score.c
EXTRA_DIST += tests/bench/volume tests/bench/cases.sql tests/bench/around.sql tests/bench/intake
