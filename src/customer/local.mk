noinst_LIBRARIES += libcustomer.a
libcustomer_a_SOURCES = \
  src/customer/conceal.c src/customer/conceal.h src/customer/conceal_part.h \
  src/customer/conceal_name.c src/customer/conceal_place.c \
  src/customer/identifier.c src/customer/identifier.h \
  src/customer/pinyin.c src/customer/pinyin.h \
  src/customer/search_key.c src/customer/search_key.h

if HAVE_CMOCKA
customer_tests = tests/customer/identifier.t tests/customer/search_key.t tests/customer/conceal.t tests/customer/pinyin.t
check_PROGRAMS += $(customer_tests)
TESTS += $(customer_tests)
tests_customer_identifier_t_SOURCES = tests/customer/identifier.c
tests_customer_conceal_t_SOURCES = tests/customer/conceal.c
tests_customer_conceal_t_LDADD = libcustomer.a libbase.a $(CMOCKA_LIBS)
tests_customer_search_key_t_SOURCES = tests/customer/search_key.c
tests_customer_pinyin_t_SOURCES = tests/customer/pinyin.c
tests_customer_identifier_t_LDADD = libcustomer.a libbase.a $(CMOCKA_LIBS)
tests_customer_search_key_t_LDADD = $(tests_customer_identifier_t_LDADD)
tests_customer_pinyin_t_LDADD = $(tests_customer_identifier_t_LDADD)
endif
