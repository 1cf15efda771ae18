noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = src/report/table.c src/report/table.h

if HAVE_CMOCKA
check_PROGRAMS += tests/report/table.t
TESTS += tests/report/table.t
tests_report_table_t_SOURCES = tests/report/table.c
tests_report_table_t_LDADD = libreport.a libterminal.a libbase.a $(CMOCKA_LIBS) $(CJSON_LIBS) \
  $(NCURSES_LIBS)
endif
