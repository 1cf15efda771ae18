noinst_LIBRARIES += libreconcile.a
libreconcile_a_SOURCES = \
  src/reconcile/item.h src/reconcile/control.c src/reconcile/control.h \
  src/reconcile/format.c src/reconcile/format.h \
  src/reconcile/match.c src/reconcile/match.h \
  src/reconcile/match_beside.c src/reconcile/match_block.c src/reconcile/match_both.c src/reconcile/match_chance.c src/reconcile/match_cut.c \
  src/reconcile/match_cover.c src/reconcile/match_days.c src/reconcile/match_days.h src/reconcile/match_doubt.c src/reconcile/match_evidence.c src/reconcile/match_odds.c src/reconcile/match_plain.c src/reconcile/match_plain.h src/reconcile/match_dense.c src/reconcile/match_dense.h src/reconcile/match_slip.c src/reconcile/match_slip.h \
  src/reconcile/match_file.c src/reconcile/match_file.h src/reconcile/match_lane.c \
  src/reconcile/match_crowded.c src/reconcile/match_lot.h src/reconcile/match_narrative.c src/reconcile/match_near.c src/reconcile/match_neighbour.c \
  src/reconcile/match_reference.c src/reconcile/match_total.c \
  src/reconcile/match_rival.c src/reconcile/match_rules.c src/reconcile/match_rules.h \
  src/reconcile/match_payer.c src/reconcile/match_sibling.c src/reconcile/match_spend.c src/reconcile/match_split.c \
  src/reconcile/match_pair.c src/reconcile/match_pair.h \
  src/reconcile/match_sort.c src/reconcile/match_store.c src/reconcile/match_store.h \
  src/reconcile/match_subset.c src/reconcile/match_text.c src/reconcile/match_text.h \
  src/reconcile/profile.c src/reconcile/profile.h \
  src/reconcile/profile_json.c src/reconcile/profile_json.h src/reconcile/profile_read.c \
  src/reconcile/outline.c src/reconcile/outline.h \
  src/reconcile/stream.c src/reconcile/stream.h \
  src/reconcile/archive.c src/reconcile/archive.h src/reconcile/gzip.c \
  src/reconcile/book.c src/reconcile/book.h src/reconcile/book_old.c \
  src/reconcile/book_part.h src/reconcile/book_shared.c src/reconcile/book_sheet.c \
  src/reconcile/container.c src/reconcile/container.h \
  src/reconcile/scan.c src/reconcile/scan.h \
  src/reconcile/source.c src/reconcile/source.h \
  src/reconcile/run.c src/reconcile/run.h src/reconcile/run_lines.c src/reconcile/run_lines.h \
  src/reconcile/run_claims.c src/reconcile/run_claims.h \
  src/reconcile/run_try.c src/reconcile/run_try.h \
  src/reconcile/run_unique.c src/reconcile/run_unique.h src/reconcile/plain_key.h \
  src/reconcile/fingerprint.c src/reconcile/fingerprint.h \
  src/reconcile/original.c src/reconcile/original.h \
  src/reconcile/upload.c src/reconcile/upload.h \
  src/reconcile/upload_segment.c src/reconcile/upload_segment.h \
  src/reconcile/xml_reason.c src/reconcile/xml_reason.h \
  src/reconcile/formats/bai2.c src/reconcile/formats/bai2.h \
  src/reconcile/formats/bai2_account.c src/reconcile/formats/bai2_parse.h \
  src/reconcile/formats/camt.c src/reconcile/formats/camt.h \
  src/reconcile/formats/camt_entry.c src/reconcile/formats/camt_parse.h \
  src/reconcile/formats/camt_place.c src/reconcile/formats/camt_place.h \
  src/reconcile/formats/camt_statement.c \
  src/reconcile/formats/mt940.c src/reconcile/formats/mt940.h \
  src/reconcile/formats/mt940_entry.c src/reconcile/formats/mt940_field.c \
  src/reconcile/formats/mt940_parse.h \
  src/reconcile/formats/narrative.c src/reconcile/formats/narrative.h \
  src/reconcile/formats/ofx.c src/reconcile/formats/ofx.h \
  src/reconcile/formats/ofx_token.c src/reconcile/formats/ofx_token.h \
  src/reconcile/formats/record.c src/reconcile/formats/record.h \
  src/reconcile/formats/table.c src/reconcile/formats/table.h \
  src/reconcile/formats/table_account.c src/reconcile/formats/table_begin.c \
  src/reconcile/formats/table_cell.c src/reconcile/formats/table_separator.c \
  src/reconcile/formats/table_find.c src/reconcile/formats/table_label.c \
  src/reconcile/formats/table_part.h src/reconcile/formats/table_total.c \
  src/reconcile/formats/table_unused.c src/reconcile/formats/table_value.c

# What a program that reads statements links.
reconcile_libraries = libreconcile.a libbase.a $(CJSON_LIBS) $(EXPAT_LIBS) $(ZLIB_LIBS) $(CRYPTO_LIBS) -lm

profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA = \
  src/reconcile/profiles/profile.schema.json \
  src/reconcile/profiles/abc-debit.json \
  src/reconcile/profiles/alipay-merchant-account-summary.json \
  src/reconcile/profiles/alipay-merchant-account.json \
  src/reconcile/profiles/alipay-merchant-trade-summary.json \
  src/reconcile/profiles/alipay-merchant-trade.json \
  src/reconcile/profiles/alipay-personal.json \
  src/reconcile/profiles/boc-credit.json \
  src/reconcile/profiles/boc-debit.json \
  src/reconcile/profiles/ccb-debit.json \
  src/reconcile/profiles/citic-credit.json \
  src/reconcile/profiles/cmb-credit.json \
  src/reconcile/profiles/cmb-debit.json \
  src/reconcile/profiles/generic.json \
  src/reconcile/profiles/icbc-credit.json \
  src/reconcile/profiles/icbc-debit-v2.json \
  src/reconcile/profiles/icbc-debit.json \
  src/reconcile/profiles/unionpay-acom.json \
  src/reconcile/profiles/unionpay-acomn.json \
  src/reconcile/profiles/unionpay-aerr.json \
  src/reconcile/profiles/unionpay-aerrn.json \
  src/reconcile/profiles/unionpay-zm.json \
  src/reconcile/profiles/unionpay-zme.json \
  src/reconcile/profiles/wechat-merchant.json \
  src/reconcile/profiles/wechat-personal.json

rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = src/reconcile/rules/default.json src/reconcile/rules/rules.schema.json

if HAVE_CMOCKA
reconcile_tests = tests/reconcile/mt940.t tests/reconcile/camt.t tests/reconcile/bai2.t \
  tests/reconcile/ofx.t tests/reconcile/csv.t tests/reconcile/profile.t \
  tests/reconcile/scan.t tests/reconcile/corpus.t tests/reconcile/table.t \
  tests/reconcile/table_rule.t tests/reconcile/container.t tests/reconcile/fingerprint.t
check_PROGRAMS += $(reconcile_tests)
TESTS += $(reconcile_tests)
tests_reconcile_mt940_t_SOURCES = tests/reconcile/mt940.c tests/reconcile/parsing.h tests/reconcile/reading.h
tests_reconcile_camt_t_SOURCES = tests/reconcile/camt.c tests/reconcile/parsing.h tests/reconcile/reading.h
tests_reconcile_camt_t_LDADD = $(reconcile_libraries) $(CMOCKA_LIBS)
tests_reconcile_bai2_t_SOURCES = tests/reconcile/bai2.c tests/reconcile/parsing.h tests/reconcile/reading.h
tests_reconcile_bai2_t_LDADD = $(tests_reconcile_camt_t_LDADD)
tests_reconcile_ofx_t_SOURCES = tests/reconcile/ofx.c tests/reconcile/parsing.h tests/reconcile/reading.h
tests_reconcile_ofx_t_LDADD = $(tests_reconcile_camt_t_LDADD)
tests_reconcile_mt940_t_LDADD = $(reconcile_libraries) $(CMOCKA_LIBS)
tests_reconcile_fingerprint_t_SOURCES = tests/reconcile/fingerprint.c
tests_reconcile_fingerprint_t_LDADD = $(tests_reconcile_mt940_t_LDADD)
tests_reconcile_csv_t_SOURCES = tests/reconcile/csv.c tests/reconcile/parsing.h tests/reconcile/reading.h
tests_reconcile_csv_t_LDADD = $(tests_reconcile_mt940_t_LDADD)
tests_reconcile_profile_t_SOURCES = tests/reconcile/profile.c
tests_reconcile_profile_t_LDADD = $(tests_reconcile_mt940_t_LDADD)
tests_reconcile_table_t_SOURCES = tests/reconcile/table.c tests/reconcile/reading.h
tests_reconcile_table_t_LDADD = $(tests_reconcile_mt940_t_LDADD)
tests_reconcile_table_rule_t_SOURCES = tests/reconcile/table_rule.c tests/reconcile/reading.h
tests_reconcile_table_rule_t_LDADD = $(tests_reconcile_mt940_t_LDADD)
tests_reconcile_container_t_SOURCES = tests/reconcile/container.c tests/reconcile/reading.h
tests_reconcile_container_t_LDADD = $(tests_reconcile_mt940_t_LDADD) $(LIBZIP_LIBS)
tests_reconcile_scan_t_SOURCES = tests/reconcile/scan.c
tests_reconcile_scan_t_LDADD = $(tests_reconcile_mt940_t_LDADD)
tests_reconcile_corpus_t_SOURCES = tests/reconcile/corpus.c tests/reconcile/reading.h \
  tests/reconcile/corpus_file.c tests/reconcile/corpus_file.h tests/reconcile/corpus_camt.c \
  tests/reconcile/corpus_ledger.c tests/reconcile/corpus_mt940.c tests/reconcile/corpus_yaml.c
EXTRA_DIST += tests/reconcile/CORPUS.md
tests_reconcile_corpus_t_LDADD = $(tests_reconcile_mt940_t_LDADD)
endif

if HAVE_CMOCKA
match_tests = tests/reconcile/match.t tests/reconcile/match_trap.t tests/reconcile/match_doubt.t \
  tests/reconcile/match_days.t tests/reconcile/match_odds.t tests/reconcile/match_rules.t
check_PROGRAMS += $(match_tests)
TESTS += $(match_tests)
tests_reconcile_match_doubt_t_SOURCES = tests/reconcile/match_doubt.c tests/reconcile/matching.h
tests_reconcile_match_doubt_t_LDADD = $(reconcile_libraries) $(CMOCKA_LIBS)
tests_reconcile_match_days_t_SOURCES = tests/reconcile/match_days.c tests/reconcile/matching.h
tests_reconcile_match_days_t_LDADD = $(reconcile_libraries) $(CMOCKA_LIBS)
tests_reconcile_match_odds_t_SOURCES = tests/reconcile/match_odds.c tests/reconcile/matching.h
tests_reconcile_match_odds_t_LDADD = $(reconcile_libraries) $(CMOCKA_LIBS)
tests_reconcile_match_t_SOURCES = tests/reconcile/match.c tests/reconcile/matching.h
tests_reconcile_match_t_LDADD = $(reconcile_libraries) $(CMOCKA_LIBS)
tests_reconcile_match_trap_t_SOURCES = tests/reconcile/match_trap.c tests/reconcile/matching.h
tests_reconcile_match_trap_t_LDADD = $(tests_reconcile_match_t_LDADD)
tests_reconcile_match_rules_t_SOURCES = tests/reconcile/match_rules.c tests/reconcile/matching.h
tests_reconcile_match_rules_t_LDADD = $(tests_reconcile_match_t_LDADD)
endif
TESTS += tests/reconcile/labelled.t tests/reconcile/filemode.t tests/reconcile/formats.t
EXTRA_DIST += tests/reconcile/labelled.t tests/reconcile/filemode.t tests/reconcile/formats.t
