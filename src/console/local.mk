noinst_LIBRARIES += libconsole.a
libconsole_a_SOURCES =
