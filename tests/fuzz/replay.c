// Runs a fuzz target without a fuzzer: every file of its corpus, cut off at each byte, and with one bit of
// each byte flipped. Arguments: at how many places of a file at most, and the folder with the files.
// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { FILE_MAX = 1 << 20 };

// The input ends where the buffer ends, so that a sanitizer sees the first byte read too far.
static void run(const uint8_t *bytes, size_t n)
{
    static uint8_t buffer[FILE_MAX];
    uint8_t *copy = buffer + sizeof buffer - n;
    memcpy(copy, bytes, n);
    (void)LLVMFuzzerTestOneInput(copy, n);
}

static void run_variants(uint8_t *bytes, size_t n, size_t places)
{
    // Odd, so that no place in a unit of two, four, eight bytes is never met.
    const size_t step = n <= places ? 1 : (n / places + 1) | 1;
    run(bytes, n);
    for (size_t i = 0; i < n; i += step) {
        const uint8_t bit = (uint8_t)(1U << (i % 8));
        run(bytes, i);
        bytes[i] ^= bit;
        run(bytes, n);
        bytes[i] ^= bit;
    }
}

static bool run_file(const char *folder, const char *name, size_t places)
{
    static uint8_t bytes[FILE_MAX];
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    const size_t n = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    run_variants(bytes, n, places);
    return true;
}

static unsigned run_folder(const char *folder, size_t places)
{
    unsigned files = 0;
    DIR *directory = opendir(folder);
    if (directory == NULL) {
        return 0;
    }
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (entry->d_name[0] != '.' && run_file(folder, entry->d_name, places)) {
            files++;
        }
    }
    (void)closedir(directory);
    return files;
}

int main(int argc, char **argv)
{
    const unsigned long places = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    if (places == 0) {
        (void)fprintf(stderr, "usage: %s PLACES FOLDER\n", argv[0]);
        return 2;
    }
    const unsigned files = run_folder(argv[2], places);
    printf("%s: %u files\n", argv[2], files);
    return files == 0 ? 1 : 0;
}
