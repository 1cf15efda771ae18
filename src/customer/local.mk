noinst_LIBRARIES += libcustomer.a
libcustomer_a_SOURCES =
