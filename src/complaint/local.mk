noinst_LIBRARIES += libcomplaint.a
# The same sums by every compiler, so that the same texts give the same model.
libcomplaint_a_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
libcomplaint_a_SOURCES = \
  src/complaint/confidence.c src/complaint/confidence.h \
  src/complaint/corpus.c src/complaint/corpus.h \
  src/complaint/evaluate.c src/complaint/evaluate.h \
  src/complaint/features.c src/complaint/features.h \
  src/complaint/net.c src/complaint/net.h src/complaint/net_school.c \
  src/complaint/model.c src/complaint/model.h src/complaint/model_file.c \
  src/complaint/solver.c src/complaint/solver.h \
  src/complaint/store.c src/complaint/store.h \
  src/complaint/train.c src/complaint/train.h \
  src/complaint/triage.c src/complaint/triage.h

if HAVE_CMOCKA
complaint_tests = tests/complaint/features.t tests/complaint/model.t
check_PROGRAMS += $(complaint_tests)
TESTS += $(complaint_tests)
tests_complaint_features_t_SOURCES = tests/complaint/features.c
tests_complaint_model_t_SOURCES = tests/complaint/model.c tests/complaint/texts.h
tests_complaint_features_t_LDADD = libcomplaint.a libbase.a $(CMOCKA_LIBS) -lm
tests_complaint_model_t_LDADD = libcomplaint.a libbase.a $(CMOCKA_LIBS) $(CRYPTO_LIBS) -lm
endif
