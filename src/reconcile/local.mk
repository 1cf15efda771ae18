noinst_LIBRARIES += libreconcile.a
libreconcile_a_SOURCES =
