#ifndef BANKOPS_TESTS_LIB_CHECK_H
#define BANKOPS_TESTS_LIB_CHECK_H

/* cmocka with the headers it needs first. Test programs print TAP (CMOCKA_MESSAGE_OUTPUT=tap). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
