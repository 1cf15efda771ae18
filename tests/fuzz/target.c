/* libFuzzer target for one statement reader, that of FUZZ_FORMAT; see README.md here. */
#include "check.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *folder = getenv("BANKOPS_PROFILES");
    if (length)
        check_bytes(FUZZ_FORMAT, folder ? folder : "share/profiles", bytes, length);
    return 0;
}
