EXTRA_DIST += tests/fuzz/README.md tests/fuzz/seeds/bill-alipay.csv \
  tests/fuzz/seeds/bill-wechat.csv tests/fuzz/seeds/bill.zip tests/fuzz/seeds/fixed-acom.txt \
  tests/fuzz/seeds/profile.json tests/fuzz/seeds/sheet.xml tests/fuzz/seeds/statement.bai \
  tests/fuzz/seeds/statement.csv tests/fuzz/seeds/statement.ofx tests/fuzz/seeds/statement.sta \
  tests/fuzz/seeds/statement.xml

# libFuzzer targets, one for each reader: made on demand with clang, see README.md.
fuzz_targets = tests/fuzz/mt940 tests/fuzz/camt tests/fuzz/bai2 tests/fuzz/ofx tests/fuzz/csv \
  tests/fuzz/table tests/fuzz/sheet tests/fuzz/profile
fuzz_sources = tests/fuzz/target.c tests/fuzz/check.c tests/fuzz/check.h tests/fuzz/check_table.c
fuzz_flags = $(AM_LDFLAGS) -fsanitize=fuzzer,address,undefined
EXTRA_PROGRAMS += $(fuzz_targets)
CLEANFILES += $(fuzz_targets)
tests_fuzz_mt940_SOURCES = $(fuzz_sources)
tests_fuzz_mt940_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT='"mt940"'
tests_fuzz_mt940_LDFLAGS = $(fuzz_flags)
tests_fuzz_mt940_LDADD = $(reconcile_libraries)
tests_fuzz_camt_SOURCES = $(fuzz_sources)
tests_fuzz_camt_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT='"camt"'
tests_fuzz_camt_LDFLAGS = $(fuzz_flags)
tests_fuzz_camt_LDADD = $(reconcile_libraries)
tests_fuzz_bai2_SOURCES = $(fuzz_sources)
tests_fuzz_bai2_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT='"bai2"'
tests_fuzz_bai2_LDFLAGS = $(fuzz_flags)
tests_fuzz_bai2_LDADD = $(reconcile_libraries)
tests_fuzz_ofx_SOURCES = $(fuzz_sources)
tests_fuzz_ofx_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT='"ofx"'
tests_fuzz_ofx_LDFLAGS = $(fuzz_flags)
tests_fuzz_ofx_LDADD = $(reconcile_libraries)
tests_fuzz_csv_SOURCES = $(fuzz_sources)
tests_fuzz_csv_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT='"csv"'
tests_fuzz_csv_LDFLAGS = $(fuzz_flags)
tests_fuzz_csv_LDADD = $(reconcile_libraries)
tests_fuzz_table_SOURCES = $(fuzz_sources)
tests_fuzz_table_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT='"table"'
tests_fuzz_table_LDFLAGS = $(fuzz_flags)
tests_fuzz_table_LDADD = $(reconcile_libraries)
tests_fuzz_sheet_SOURCES = $(fuzz_sources)
tests_fuzz_sheet_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT='"sheet"'
tests_fuzz_sheet_LDFLAGS = $(fuzz_flags)
tests_fuzz_sheet_LDADD = $(reconcile_libraries)
tests_fuzz_profile_SOURCES = $(fuzz_sources)
tests_fuzz_profile_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FORMAT='"profile"'
tests_fuzz_profile_LDFLAGS = $(fuzz_flags)
tests_fuzz_profile_LDADD = $(reconcile_libraries)

fuzz: $(fuzz_targets)
.PHONY: fuzz

# The same for a bounded time with every `make check`.
if HAVE_CMOCKA
check_PROGRAMS += tests/fuzz/bounded.t
TESTS += tests/fuzz/bounded.t
tests_fuzz_bounded_t_SOURCES = tests/fuzz/bounded.c tests/fuzz/check.c tests/fuzz/check.h \
  tests/fuzz/check_table.c \
  tests/reconcile/reading.h
tests_fuzz_bounded_t_LDADD = $(reconcile_libraries) $(CMOCKA_LIBS)
endif

# Random keys in the console: a short run with every `make check`, a long one by hand.
if HAVE_VTERM
check_PROGRAMS += tests/fuzz/monkey.t
TESTS += tests/fuzz/monkey.t
tests_fuzz_monkey_t_SOURCES = tests/fuzz/monkey.c tests/fuzz/monkey.h tests/fuzz/monkey_keys.c \
  tests/fuzz/monkey_texts.c
tests_fuzz_monkey_t_LDADD = $(pty_libraries)
endif
