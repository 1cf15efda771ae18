noinst_LIBRARIES += libdatabase.a
libdatabase_a_SOURCES = \
  src/database/address.c src/database/address.h \
  src/database/cluster.h \
  src/database/connection.h \
  src/database/copy.c src/database/copy.h \
  src/database/failure.c src/database/failure.h \
  src/database/migrate.h \
  src/database/session.h
