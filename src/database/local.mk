noinst_LIBRARIES += libdatabase.a
libdatabase_a_SOURCES =
