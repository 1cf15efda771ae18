noinst_LIBRARIES += libreconcile.a
libreconcile_a_SOURCES =

profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA = \
  src/reconcile/profiles/generic.json
