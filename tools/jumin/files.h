// Files that a command reads and writes.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_FILES_H
#define JUMIN_TOOLS_FILES_H

#include "tools/jumin/cli.h"
#include <stdint.h>

// Reads a whole file of at most `most` bytes into memory of the caller's (free). False: said so on stderr.
bool files_read(const struct cli_arguments *arguments, const char *path, size_t most, uint8_t **bytes,
                size_t *n);
// The same. False: errno says why, EFBIG that it is longer; nothing was said.
bool files_take(const char *path, size_t most, uint8_t **bytes, size_t *n);
// Writes a file whole. False: said so on stderr.
bool files_write(const struct cli_arguments *arguments, const char *folder, const char *name,
                 const void *bytes, size_t n);
bool files_write_at(const struct cli_arguments *arguments, const char *path, const void *bytes, size_t n);
// Writes a file that must not be there yet (mode 0600): after a power cut it is there whole or not at all.
// False: errno is EEXIST when it is there already; nothing was said.
bool files_create(const char *path, const void *bytes, size_t n);
// Writes a file in place of the one that may be there (mode 0644): after a power cut it is as before or
// whole. False: said so on stderr.
bool files_replace(const struct cli_arguments *arguments, const char *path, const void *bytes, size_t n);

#endif
