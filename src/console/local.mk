noinst_LIBRARIES += libconsole.a
libconsole_a_SOURCES = \
  src/console/action.c src/console/action.h \
  src/console/catalogue.c src/console/catalogue.h \
  src/console/check.c src/console/check.h \
  src/console/check_database.c src/console/check_database.h \
  src/console/definition.c src/console/definition.h \
  src/console/definition_part.c src/console/definition_part.h \
  src/console/query.c src/console/query.h \
  src/console/schema.c src/console/schema.h \
  src/console/values.c src/console/values.h
