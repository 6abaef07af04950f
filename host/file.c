// Files as libjumin reads and writes them: whole, bounded, and never half written.
// SPDX-License-Identifier: Apache-2.0
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// Reads until the end or until the buffer is full; an interrupted call goes on.
static bool read_all(int fd, uint8_t *bytes, size_t capacity, size_t *n)
{
    *n = 0;
    while (*n < capacity) {
        const ssize_t got = read(fd, bytes + *n, capacity - *n);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return false;
        }
        *n += got > 0 ? (size_t)got : 0;
    }
    return true;
}

enum jumin_error disk_read(const char *path, uint8_t *bytes, size_t capacity, size_t *n)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return JUMIN_ERROR_FILE;
    }
    enum jumin_error error = JUMIN_ERROR_FILE;
    if (read_all(fd, bytes, capacity, n)) {
        uint8_t more = 0;
        size_t behind = 0;
        error = read_all(fd, &more, 1, &behind) && behind == 0 ? JUMIN_OK : JUMIN_ERROR_INPUT;
    }
    close(fd);
    return error;
}

static bool write_all(int fd, struct span content)
{
    while (content.n > 0) {
        const ssize_t put = write(fd, content.p, content.n);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        content = span_from(content, put > 0 ? (size_t)put : 0);
    }
    return fsync(fd) == 0;
}

// The name in its folder is on the disk only once the folder is. A file system that flushes no folders
// (EINVAL) has nothing to be waited for.
static bool flush_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const size_t n = slash == NULL ? 0 : (size_t)(slash - path);
    if (n >= sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(folder, path, n);
    memcpy(folder + n, n > 0 || slash == NULL ? "." : "/", 2);
    if (n > 0) {
        folder[n] = '\0';
    }
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const bool ok = fsync(fd) == 0 || errno == EINVAL;
    const int reason = errno;
    close(fd);
    errno = reason;
    return ok;
}

// Gives the complete temporary file its name: in place of what is there, or only where nothing is.
static bool publish(const char *temporary, const char *path, bool replace)
{
    if (replace) {
        return rename(temporary, path) == 0;
    }
    const bool linked = link(temporary, path) == 0;
    const int reason = errno;
    (void)unlink(temporary);
    errno = reason;
    return linked;
}

static enum jumin_error write_file(const char *path, unsigned mode, struct span content, bool replace)
{
    char temporary[PATH_MAX];
    const int length = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (length < 0 || (size_t)length >= sizeof temporary) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const int fd = mkstemp(temporary); // mode 0600
    if (fd < 0) {
        return JUMIN_ERROR_FILE;
    }
    bool ok = write_all(fd, content) && fchmod(fd, (mode_t)mode) == 0;
    ok = close(fd) == 0 && ok;
    ok = ok && publish(temporary, path, replace);
    if (!ok) {
        const int reason = errno;
        (void)unlink(temporary);
        errno = reason;
        return JUMIN_ERROR_FILE;
    }
    return flush_folder(path) ? JUMIN_OK : JUMIN_ERROR_FILE;
}

enum jumin_error disk_write(const char *path, unsigned mode, struct span content)
{
    return write_file(path, mode, content, true);
}

enum jumin_error disk_create(const char *path, unsigned mode, struct span content)
{
    return write_file(path, mode, content, false);
}

// All zeros, as long as it is.
static void overwrite(int fd)
{
    static const uint8_t zeros[512];
    struct stat status;
    if (fstat(fd, &status) == 0 && lseek(fd, 0, SEEK_SET) == 0) {
        for (off_t left = status.st_size; left > 0;) {
            const ssize_t put = write(fd, zeros, left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros);
            if (put < 0 && errno != EINTR) {
                break;
            }
            left -= put > 0 ? put : 0;
        }
        (void)fsync(fd);
    }
}

enum jumin_error disk_replace_secret(const char *path, struct span content)
{
    const int before = open(path, O_WRONLY | O_CLOEXEC);
    const enum jumin_error error = disk_write(path, 0600, content);
    if (before >= 0) {
        if (error == JUMIN_OK) {
            overwrite(before);
        }
        close(before);
    }
    return error;
}

enum jumin_error disk_lock(const char *folder, int *descriptor)
{
    *descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*descriptor >= 0 && flock(*descriptor, LOCK_EX | LOCK_NB) == 0) {
        return JUMIN_OK;
    }
    const bool held = *descriptor >= 0 && errno == EWOULDBLOCK;
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
    return held ? JUMIN_ERROR_CONFLICT : JUMIN_ERROR_FILE;
}

bool disk_join(char *path, size_t capacity, const char *folder, const char *name)
{
    const int n = snprintf(path, capacity, "%s/%s", folder, name);
    return n > 0 && (size_t)n < capacity;
}
