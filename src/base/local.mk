noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
  src/base/alloc.c src/base/alloc.h \
  src/base/buffer.c src/base/buffer.h \
  src/base/clock.c src/base/clock.h \
  src/base/csv_reader.c src/base/csv_reader.h \
  src/base/date.c src/base/date.h \
  src/base/digest.c src/base/digest.h \
  src/base/encoding.c src/base/encoding.h \
  src/base/error.c src/base/error.h \
  src/base/file.c src/base/file.h \
  src/base/icu.c src/base/icu.h \
  src/base/json.c src/base/json.h \
  src/base/language.c src/base/language.h \
  src/base/money.c src/base/money.h \
  src/base/place.c src/base/place.h \
  src/base/text.c src/base/text.h

if HAVE_CMOCKA
base_tests = tests/base/text.t tests/base/money.t tests/base/date.t tests/base/json.t \
  tests/base/csv_reader.t tests/base/digest.t
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)
tests_base_text_t_SOURCES = tests/base/text.c
tests_base_money_t_SOURCES = tests/base/money.c
tests_base_date_t_SOURCES = tests/base/date.c
tests_base_json_t_SOURCES = tests/base/json.c
tests_base_text_t_LDADD = libbase.a $(CMOCKA_LIBS) $(CJSON_LIBS)
tests_base_money_t_LDADD = $(tests_base_text_t_LDADD)
tests_base_date_t_LDADD = $(tests_base_text_t_LDADD)
tests_base_json_t_LDADD = $(tests_base_text_t_LDADD)
tests_base_csv_reader_t_SOURCES = tests/base/csv_reader.c
tests_base_csv_reader_t_LDADD = $(tests_base_text_t_LDADD)
tests_base_digest_t_SOURCES = tests/base/digest.c
tests_base_digest_t_LDADD = libbase.a $(CMOCKA_LIBS) $(CRYPTO_LIBS)
endif
