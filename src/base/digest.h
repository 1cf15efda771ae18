#ifndef BANKOPS_BASE_DIGEST_H
#define BANKOPS_BASE_DIGEST_H

#include <stddef.h>

enum { DIGEST_TEXT = 65 }; /* bytes of a SHA-256 digest in hexadecimal with its end */

/* Writes `count` bytes in lower-case hexadecimal; `text` has room for 2 * count + 1. */
void digest_hex(const unsigned char *bytes, size_t count, char *text);

/* SHA-256 (FIPS 180-4) of the bytes, in hexadecimal. */
void digest_sha256(const void *bytes, size_t length, char text[DIGEST_TEXT]);

#endif
