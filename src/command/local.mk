bankops_SOURCES = src/main.c src/command/command.h \
  src/command/audit.c src/command/audit_verify.c src/command/audit_verify.h \
  src/command/classify.c src/command/classify_database.c src/command/classify_database.h \
  src/command/classify_opinion.c src/command/classify_opinion.h src/command/console.c src/command/database.c src/command/demo.c \
  src/command/doctor.c src/command/doctor.h src/command/doctor_folder.c src/command/doctor_machine.c \
  src/command/doctor_log.c src/command/doctor_program.c src/command/doctor_server.c \
  src/command/pull_cases.c src/command/secret.c src/command/secret.h \
  src/command/case_rows.c src/command/case_rows.h src/command/import_cases.c src/command/import_core.c \
  src/command/core_rows.c src/command/core_rows.h \
  src/command/clock.c src/command/deliver.c src/command/worker.c src/command/worker.h \
  src/command/worker_options.c src/command/worker_options.h \
  src/command/classify_nightly.c src/command/work.c src/command/work.h src/command/work_tree.c src/command/work_tree.h \
  src/command/import.c src/command/import_file.c src/command/import_file.h \
  src/command/opening.c src/command/options.c src/command/options.h src/command/reconcile.c \
  src/command/reconcile_file.c src/command/reconcile_file.h src/command/reconcile_hint.c src/command/reconcile_hint.h \
  src/command/reconcile_lane.c src/command/reconcile_lane.h \
  src/command/patience.c src/command/patience.h \
  src/command/report.c src/command/report_file.c src/command/report_file.h src/command/report_stream.c src/command/report_stream.h src/command/files.c src/command/route.c src/command/screens.c src/command/seal.c src/command/seal.h \
  src/command/staff.c
bankops_LDADD = libconsole.a libdemo.a libreport.a libreconcile.a libcomplaint.a liblink.a libcustomer.a libterminal.a \
  libdatabase.a libbase.a \
  $(NCURSES_LIBS) $(LIBPQ_LIBS) $(CJSON_LIBS) $(EXPAT_LIBS) $(ZLIB_LIBS) $(CRYPTO_LIBS) -lm
