// Files as libjumin reads and writes them: whole, bounded, and never half written.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_FILE_H
#define JUMIN_HOST_FILE_H

#include "card/wire/span.h"
#include <jumin/error.h>

// Reads a whole file of at most `capacity` bytes. JUMIN_ERROR_FILE: not readable; JUMIN_ERROR_INPUT: longer.
enum jumin_error disk_read(const char *path, uint8_t *bytes, size_t capacity, size_t *n);
// Writes to a temporary file beside `path`, flushes it to the disk and renames it: after a power cut `path`
// is as before or complete. `mode` is 0644, or 0600 for secrets. JUMIN_ERROR_FILE: it is as before; or, where
// the folder could not be flushed, complete, and not safe from a power cut.
enum jumin_error disk_write(const char *path, unsigned mode, struct span content);
// The same for a file that must not be there yet: of two that come at once, one wins and the other gets
// JUMIN_ERROR_FILE with errno EEXIST.
enum jumin_error disk_create(const char *path, unsigned mode, struct span content);
// As disk_write with mode 0600, and what was there before is overwritten with zeros: a secret that is no
// longer to be had. (Copies that the disk itself keeps are beyond reach.)
enum jumin_error disk_replace_secret(const char *path, struct span content);
// Holds a folder against other programs that ask for it, until the descriptor is closed or the program ends.
// JUMIN_ERROR_CONFLICT: another one holds it; JUMIN_ERROR_FILE: it cannot be opened.
enum jumin_error disk_lock(const char *folder, int *descriptor);
// Joins folder and name into `path`; false when it does not fit.
bool disk_join(char *path, size_t capacity, const char *folder, const char *name);

#endif
