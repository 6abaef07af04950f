// Flash in a file. Each step is one write to the file, so a process that is killed leaves whole steps behind.
// SPDX-License-Identifier: Apache-2.0
#include "card/port/host/flash_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ERASED = 0xFF };

static bool write_at(int descriptor, uint32_t offset, const uint8_t *data, size_t n)
{
    while (n > 0) {
        const ssize_t written = pwrite(descriptor, data, n, (off_t)offset);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        data += written;
        offset += (uint32_t)written;
        n -= (size_t)written;
    }
    return true;
}

static bool inside(const struct flash_file *flash, uint32_t offset, size_t n)
{
    const uint64_t size = (uint64_t)flash->pages * STORE_PAGE;
    return flash->open && offset <= size && n <= size - offset;
}

static bool flash_read(void *context, uint32_t offset, uint8_t *out, size_t n)
{
    const struct flash_file *flash = context;
    if (!inside(flash, offset, n)) {
        return false;
    }
    while (n > 0) {
        const ssize_t got = pread(flash->descriptor, out, n, (off_t)offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        out += got;
        offset += (uint32_t)got;
        n -= (size_t)got;
    }
    return true;
}

static bool flash_program(void *context, uint32_t offset, const uint8_t *data, size_t n)
{
    const struct flash_file *flash = context;
    return inside(flash, offset, n) && write_at(flash->descriptor, offset, data, n);
}

static bool flash_erase(void *context, uint32_t page)
{
    const struct flash_file *flash = context;
    uint8_t erased[STORE_PAGE];
    memset(erased, ERASED, sizeof erased);
    return page < flash->pages && inside(flash, page * STORE_PAGE, sizeof erased) &&
           write_at(flash->descriptor, page * STORE_PAGE, erased, sizeof erased);
}

static enum flash_file_status fail(struct flash_file *flash, enum flash_file_status status)
{
    const int reason = errno;
    if (flash->open) {
        close(flash->descriptor);
        flash->open = false;
    }
    errno = reason;
    return status;
}

// The lock belongs to this opening of the file, so it also keeps a second handle of the same process out.
static enum flash_file_status lock(struct flash_file *flash)
{
    if (flock(flash->descriptor, LOCK_EX | LOCK_NB) == 0) {
        return FLASH_FILE_OK;
    }
    return errno == EWOULDBLOCK ? FLASH_FILE_IN_USE : FLASH_FILE_SYSTEM;
}

enum flash_file_status flash_file_create(struct flash_file *flash, const char *path, uint32_t pages)
{
    flash->descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    flash->open = flash->descriptor >= 0;
    flash->pages = pages;
    if (!flash->open) {
        return FLASH_FILE_SYSTEM;
    }
    enum flash_file_status status = lock(flash);
    for (uint32_t page = 0; status == FLASH_FILE_OK && page < pages; page++) {
        status = flash_erase(flash, page) ? FLASH_FILE_OK : FLASH_FILE_SYSTEM;
    }
    return status == FLASH_FILE_OK ? status : fail(flash, status);
}

enum flash_file_status flash_file_open(struct flash_file *flash, const char *path)
{
    struct stat file;
    flash->descriptor = open(path, O_RDWR | O_CLOEXEC);
    flash->open = flash->descriptor >= 0;
    if (!flash->open || fstat(flash->descriptor, &file) != 0) {
        return fail(flash, FLASH_FILE_SYSTEM);
    }
    if (!S_ISREG(file.st_mode) || file.st_size % STORE_PAGE != 0 ||
        file.st_size / STORE_PAGE < STORE_PAGES_MIN || file.st_size / STORE_PAGE > STORE_PAGES_MAX) {
        return fail(flash, FLASH_FILE_NO_IMAGE);
    }
    flash->pages = (uint32_t)(file.st_size / STORE_PAGE);
    const enum flash_file_status status = lock(flash);
    return status == FLASH_FILE_OK ? status : fail(flash, status);
}

void flash_file_close(struct flash_file *flash)
{
    if (flash->open) {
        close(flash->descriptor);
        flash->open = false;
    }
}

struct store_flash flash_file_port(struct flash_file *flash)
{
    return (struct store_flash){flash_read, flash_program, flash_erase, flash, flash->pages};
}
