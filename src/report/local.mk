noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = src/report/paper.c src/report/paper.h src/report/spreadsheet.c \
  src/report/spreadsheet.h src/report/table.c src/report/table.h

if HAVE_CMOCKA
check_PROGRAMS += tests/report/table.t
TESTS += tests/report/table.t
tests_report_table_t_SOURCES = tests/report/table.c
tests_report_table_t_LDADD = libreport.a libterminal.a libbase.a $(CMOCKA_LIBS) $(CJSON_LIBS) \
  $(NCURSES_LIBS)
check_PROGRAMS += tests/report/spreadsheet.t tests/report/paper.t
TESTS += tests/report/spreadsheet.t tests/report/paper.t
tests_report_spreadsheet_t_SOURCES = tests/report/spreadsheet.c
tests_report_spreadsheet_t_LDADD = libreport.a libterminal.a libbase.a $(CMOCKA_LIBS) \
  $(CJSON_LIBS) $(NCURSES_LIBS)
tests_report_paper_t_SOURCES = tests/report/paper.c
tests_report_paper_t_LDADD = $(tests_report_spreadsheet_t_LDADD)
endif
