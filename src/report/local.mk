noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = src/report/table.c src/report/table.h
