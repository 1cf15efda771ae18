EXTRA_DIST += tests/fuzz/README.md

EXTRA_PROGRAMS += tests/fuzz/statement
CLEANFILES += tests/fuzz/statement$(EXEEXT)
tests_fuzz_statement_SOURCES = tests/fuzz/statement.c
tests_fuzz_statement_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer,address,undefined
tests_fuzz_statement_LDADD = $(reconcile_libraries)

fuzz-statement: tests/fuzz/statement$(EXEEXT)
.PHONY: fuzz-statement
