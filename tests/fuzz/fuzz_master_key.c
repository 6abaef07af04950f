// Master key files: 64 hexadecimal digits or a refusal that leaves no key behind.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include <jumin/perso.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const uint8_t nothing[JUMIN_MASTER_KEY];
    uint8_t key[JUMIN_MASTER_KEY] = {1};
    char path[64];
    const int file = memfd_create("master key", MFD_CLOEXEC);
    require(file >= 0 && write(file, bytes, n) == (ssize_t)n);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (jumin_master_key_load(path, false, key) == JUMIN_OK) {
        require(n >= 2 * sizeof key);
    } else {
        require(memcmp(key, nothing, sizeof key) == 0);
    }
    (void)close(file);
    return 0;
}
