#ifndef BANKOPS_TESTS_FUZZ_MONKEY_H
#define BANKOPS_TESTS_FUZZ_MONKEY_H

#include "tests/lib/pty.h"

#include <stdint.h>

/* A number from 0 to limit - 1; the same row of them after the same seed. */
unsigned monkey_random(unsigned limit);
void monkey_seed(uint64_t seed);

/* What is pressed next, of all that can be: codes of screens, keys, texts, pastes, bytes that are no
 * keys. Writes it into `bytes`, which holds `capacity`, and returns how many there are. */
size_t monkey_keys(char *bytes, size_t capacity);
/* Reads the codes of all screens from the program. */
void monkey_know_screens(void);

/* Reads the texts of the program and of its screens that have Chinese. */
void monkey_know_texts(void);
/* An English text of them on a screen in Chinese, NULL when there is none. */
const char *monkey_untranslated(const char *screen);

#endif
