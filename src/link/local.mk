noinst_LIBRARIES += liblink.a
liblink_a_SOURCES = \
  src/link/curl.c src/link/curl.h \
  src/link/http.c src/link/http.h \
  src/link/opinion.c src/link/opinion.h \
  src/link/mail.c src/link/mail.h \
  src/link/message.c src/link/message.h

if HAVE_CMOCKA
link_tests = tests/link/http.t tests/link/opinion.t
check_PROGRAMS += $(link_tests)
TESTS += $(link_tests)
check_LIBRARIES += libhttpserver.a
libhttpserver_a_SOURCES = tests/lib/http_server.c tests/lib/http_server.h
tests_link_opinion_t_SOURCES = tests/link/opinion.c
tests_link_opinion_t_LDADD = liblink.a libhttpserver.a libbase.a $(CMOCKA_LIBS) $(CJSON_LIBS) -lpthread
tests_link_http_t_SOURCES = tests/link/http.c
tests_link_http_t_LDADD = liblink.a libhttpserver.a libbase.a $(CMOCKA_LIBS) -lpthread
endif
