#ifndef BANKOPS_TESTS_BENCH_PARSE_FILES_H
#define BANKOPS_TESTS_BENCH_PARSE_FILES_H

#include <stdio.h>

/* Writes a generated file of so many lines (transactions) of a format: the same bytes each time. */
void parse_files_mt940(FILE *out, int lines);
void parse_files_camt(FILE *out, int lines);
/* Entries of a hundred transactions each. */
void parse_files_camt_batch(FILE *out, int lines);
void parse_files_bai2(FILE *out, int lines);
void parse_files_ofx(FILE *out, int lines);
void parse_files_csv(FILE *out, int lines);

#endif
