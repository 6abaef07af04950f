// Files that a command reads and writes.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool files_read(const struct cli_arguments *arguments, const char *path, size_t most, uint8_t **bytes,
                size_t *n)
{
    FILE *file = fopen(path, "rbe");
    *bytes = file != NULL ? malloc(most + 1) : NULL;
    if (*bytes == NULL) {
        (void)cli_fail(arguments, "%s: cannot be read: %s", path, strerror(errno));
        if (file != NULL) {
            (void)fclose(file);
        }
        return false;
    }
    (void)setvbuf(file, NULL, _IONBF, 0); // no copy of what may be secret stays in a buffer
    *n = fread(*bytes, 1, most + 1, file);
    const bool ok = ferror(file) == 0 && *n <= most;
    if (!ok) {
        (void)cli_fail(arguments, "%s: %s", path, *n > most ? "is too long" : "cannot be read");
        explicit_bzero(*bytes, *n);
        free(*bytes);
        *bytes = NULL;
    }
    (void)fclose(file);
    return ok;
}

bool files_write(const struct cli_arguments *arguments, const char *folder, const char *name,
                 const void *bytes, size_t n)
{
    char path[PATH_MAX];
    const int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        (void)cli_fail(arguments, "%s/%s: the path is too long", folder, name);
        return false;
    }
    return files_write_at(arguments, path, bytes, n);
}

bool files_write_at(const struct cli_arguments *arguments, const char *path, const void *bytes, size_t n)
{
    // A person's data: for whoever tapped the card only.
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    bool ok = file != NULL && fwrite(bytes, 1, n, file) == n;
    ok = file != NULL && fclose(file) == 0 && ok;
    if (!ok) {
        (void)cli_fail(arguments, "%s: cannot be written: %s", path, strerror(errno));
    }
    return ok;
}

// A new file's name is on the disk once its folder is.
static bool flush_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    (void)snprintf(folder, sizeof folder, "%.*s", length == 0 ? 1 : (int)length, length == 0 ? "." : path);
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool ok = descriptor >= 0 && fsync(descriptor) == 0;
    return descriptor >= 0 && close(descriptor) == 0 && ok;
}

bool files_create(const char *path, const void *bytes, size_t n)
{
    char temporary[PATH_MAX];
    const int length = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (length < 0 || (size_t)length >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    const int descriptor = mkostemp(temporary, O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    FILE *file = fdopen(descriptor, "wb");
    if (file == NULL) {
        (void)close(descriptor);
    }
    bool ok = file != NULL && fwrite(bytes, 1, n, file) == n && fflush(file) == 0 && fsync(descriptor) == 0;
    ok = file != NULL && fclose(file) == 0 && ok;
    ok = ok && link(temporary, path) == 0;
    const int reason = errno;
    (void)unlink(temporary);
    errno = reason;
    return ok && flush_folder(path);
}
