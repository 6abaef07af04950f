// Files that a command reads and writes.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool files_take(const char *path, size_t most, uint8_t **bytes, size_t *n)
{
    FILE *file = fopen(path, "rbe");
    *n = 0;
    *bytes = file != NULL ? malloc(most + 1) : NULL;
    if (*bytes != NULL) {
        (void)setvbuf(file, NULL, _IONBF, 0); // no copy of what may be secret stays in a buffer
        *n = fread(*bytes, 1, most + 1, file);
    }
    const bool ok = *bytes != NULL && ferror(file) == 0 && *n <= most;
    const int reason = *n > most ? EFBIG : errno;
    if (!ok && *bytes != NULL) {
        explicit_bzero(*bytes, *n);
        free(*bytes);
        *bytes = NULL;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    errno = reason;
    return ok;
}

bool files_read(const struct cli_arguments *arguments, const char *path, size_t most, uint8_t **bytes,
                size_t *n)
{
    if (files_take(path, most, bytes, n)) {
        return true;
    }
    return (errno == EFBIG ? cli_fail(arguments, "%s: is too long", path)
                           : cli_fail(arguments, "%s: cannot be read: %s", path, strerror(errno))) == CLI_OK;
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

static void folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    (void)snprintf(folder, PATH_MAX, "%.*s", length == 0 ? 1 : (int)length, length == 0 ? "." : path);
}

// A new file's name is on the disk once its folder is.
static bool flush_folder(const char *path)
{
    char folder[PATH_MAX];
    folder_of(path, folder);
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool ok = descriptor >= 0 && fsync(descriptor) == 0;
    return descriptor >= 0 && close(descriptor) == 0 && ok;
}

// A file without a name, which nothing is left of when the process is killed; where the file system has none,
// one with a name of its own.
static int open_unnamed(const char *path, char temporary[PATH_MAX])
{
    char folder[PATH_MAX];
    folder_of(path, folder);
    temporary[0] = '\0';
    const int descriptor = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        return descriptor;
    }
    const int length = snprintf(temporary, PATH_MAX, "%s.XXXXXX", path);
    if (length < 0 || length >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return mkostemp(temporary, O_CLOEXEC);
}

static bool give_name(int descriptor, const char *temporary, const char *path)
{
    char own[32];
    (void)snprintf(own, sizeof own, "/proc/self/fd/%d", descriptor);
    return linkat(AT_FDCWD, temporary[0] != '\0' ? temporary : own, AT_FDCWD, path,
                  temporary[0] != '\0' ? 0 : AT_SYMLINK_FOLLOW) == 0;
}

bool files_create(const char *path, const void *bytes, size_t n)
{
    char temporary[PATH_MAX];
    const int descriptor = open_unnamed(path, temporary);
    if (descriptor < 0) {
        return false;
    }
    FILE *file = fdopen(descriptor, "wb");
    const bool ok = file != NULL && fwrite(bytes, 1, n, file) == n && fflush(file) == 0 &&
                    fsync(descriptor) == 0 && give_name(descriptor, temporary, path);
    const int reason = errno;
    (void)(file != NULL ? fclose(file) : close(descriptor));
    if (temporary[0] != '\0') {
        (void)unlink(temporary);
    }
    errno = reason;
    return ok && flush_folder(path);
}

bool files_replace(const struct cli_arguments *arguments, const char *path, const void *bytes, size_t n)
{
    char temporary[PATH_MAX];
    const int length = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    const int descriptor =
        length > 0 && length < PATH_MAX ? mkostemp(temporary, O_CLOEXEC) : (errno = ENAMETOOLONG, -1);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    bool ok = file != NULL && fwrite(bytes, 1, n, file) == n && fflush(file) == 0 &&
              fchmod(descriptor, 0644) == 0 && fsync(descriptor) == 0;
    int reason = errno;
    if (descriptor >= 0) {
        (void)(file != NULL ? fclose(file) : close(descriptor));
        if (ok && rename(temporary, path) != 0) {
            ok = false;
            reason = errno;
        }
        if (!ok) {
            (void)unlink(temporary);
        }
    }
    if (!ok) {
        (void)cli_fail(arguments, "%s: cannot be written: %s", path, strerror(reason));
    }
    return ok && flush_folder(path);
}
