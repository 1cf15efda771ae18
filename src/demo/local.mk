noinst_LIBRARIES += libdemo.a
libdemo_a_SOURCES =
