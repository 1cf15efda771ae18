EXTRA_DIST += tests/lib/check.h
