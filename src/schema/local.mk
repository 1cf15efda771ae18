# Migrations are installed as they are; the program reads them at run time.
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = \
  src/schema/020-reconcile.sql
