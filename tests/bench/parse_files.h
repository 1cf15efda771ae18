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
/* A bank's export in GB18030 with two columns of amounts, and an Alipay bill with its totals. */
void parse_files_gb18030(FILE *out, int lines);
/* UnionPay ACOM: 299 bytes a record. */
void parse_files_fixed(FILE *out, int lines);
/* A workbook of one sheet, its texts shared. */
void parse_files_sheet(FILE *out, int lines);
/* parse_files_csv, packed with gzip. */
void parse_files_gzip(FILE *out, int lines);

#endif
