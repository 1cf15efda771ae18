noinst_LIBRARIES += libterminal.a
libterminal_a_SOURCES =
