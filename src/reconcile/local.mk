noinst_LIBRARIES += libreconcile.a
libreconcile_a_SOURCES = \
  src/reconcile/item.h \
  src/reconcile/format.c src/reconcile/format.h \
  src/reconcile/profile.c src/reconcile/profile.h \
  src/reconcile/scan.c src/reconcile/scan.h \
  src/reconcile/source.c src/reconcile/source.h \
  src/reconcile/upload.c src/reconcile/upload.h \
  src/reconcile/formats/csv.c src/reconcile/formats/csv.h \
  src/reconcile/formats/mt940.c src/reconcile/formats/mt940.h \
  src/reconcile/formats/narrative.c src/reconcile/formats/narrative.h \
  src/reconcile/formats/record.c src/reconcile/formats/record.h

profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA = \
  src/reconcile/profiles/generic.json

if HAVE_CMOCKA
check_PROGRAMS += tests/reconcile/mt940.t
TESTS += tests/reconcile/mt940.t
tests_reconcile_mt940_t_SOURCES = tests/reconcile/mt940.c
tests_reconcile_mt940_t_LDADD = libreconcile.a libbase.a $(CMOCKA_LIBS) $(CJSON_LIBS) \
  $(CRYPTO_LIBS)
endif
