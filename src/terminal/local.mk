noinst_LIBRARIES += libterminal.a
libterminal_a_SOURCES = \
  src/terminal/chart.h \
  src/terminal/column.h \
  src/terminal/draw.h \
  src/terminal/edit.h \
  src/terminal/form.h \
  src/terminal/key.h \
  src/terminal/line.h \
  src/terminal/list.h \
  src/terminal/loop.h \
  src/terminal/screen.h \
  src/terminal/style.h \
  src/terminal/theme.h
