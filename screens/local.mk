screensdir = $(pkgdatadir)/screens
dist_screens_DATA = screens/screen.schema.json \
  screens/home.json
EXTRA_DIST += screens/README.md
