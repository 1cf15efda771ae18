#ifndef BANKOPS_BASE_ICU_H
#define BANKOPS_BASE_ICU_H

#include "base/error.h"

#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

/* The functions of ICU that are called here, by library. */
#define ICU_COMMON(X) \
    X(u_errorName) X(u_strFromUTF8) X(u_strFromUTF8WithSub) X(u_strToUTF8) X(u_uastrcpy) \
    X(ucnv_close) X(ucnv_convertEx) X(ucnv_open) X(ucnv_reset) X(unorm2_getNFKCCasefoldInstance) \
    X(unorm2_normalize)
#define ICU_RULES(X) X(utrans_close) X(utrans_openU) X(utrans_transUChars)

/* ICU is loaded when it is first needed and not linked: it would cost every console some 2 MB and
 * 3 ms of its start, for Chinese readings and GB18030 files that it never meets. */
#define ICU_MEMBER(function) __typeof__(function) *function;
struct icu {
    ICU_COMMON(ICU_MEMBER)
    ICU_RULES(ICU_MEMBER)
};
#undef ICU_MEMBER

/* The library of the version this program was built with, loaded on the first call and kept.
 * NULL with an error when it is not installed. */
const struct icu *icu_load(struct error *error);

#endif
