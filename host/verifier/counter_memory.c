// Which counters' codes a verifier has taken.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/counter_memory.h"

#include "host/file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { RECORD = COUNTER_ID + 8, FILE_MODE = 0600, FILE_MOST = COUNTER_SEEN_MAX * RECORD, SUFFIX = 8 };

bool counter_memory_init(struct counter_memory *memory, const char *folder)
{
    char path[PATH_MAX - SUFFIX];
    *memory = (struct counter_memory){.path = NULL};
    if (folder == NULL) {
        return true;
    }
    const int n = snprintf(path, sizeof path, "%s/counter-codes", folder);
    memory->path = n > 0 && (size_t)n < sizeof path ? strdup(path) : NULL;
    return memory->path != NULL;
}

void counter_memory_release(struct counter_memory *memory)
{
    free(memory->path);
    free(memory->seen);
    *memory = (struct counter_memory){.path = NULL};
}

// --- The file ------------------------------------------------------------------------------------------------------

static int64_t time_of(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof value; i++) {
        value = value << 8 | bytes[i];
    }
    return (int64_t)value;
}

// What the file holds into `seen`. A piece behind the last whole record is of a code that was not taken: its
// writing has failed. False: none of ours, or not to be read; `why` says which.
static bool read_file(struct counter_memory *memory, const char **why)
{
    size_t n = 0;
    memory->count = 0;
    uint8_t *bytes = malloc(FILE_MOST);
    if (bytes == NULL) {
        *why = strerror(ENOMEM);
        return false;
    }
    const enum jumin_error error = disk_read(memory->path, bytes, FILE_MOST, &n);
    const bool none = error == JUMIN_ERROR_FILE && errno == ENOENT;
    *why = error == JUMIN_ERROR_FILE ? strerror(errno) : "longer than it can be";
    for (size_t i = 0; error == JUMIN_OK && i < n / RECORD; i++) {
        struct counter_seen *seen = &memory->seen[memory->count++];
        memcpy(seen->id, bytes + i * RECORD, COUNTER_ID);
        seen->expires = time_of(bytes + i * RECORD + COUNTER_ID);
    }
    free(bytes);
    return error == JUMIN_OK || none;
}

// As a new file in place of the old one: whatever stops it, the codes of before are all there.
static bool write_file(const struct counter_memory *memory)
{
    const size_t n = memory->count * RECORD;
    struct writer w = writer_of(malloc(n), n);
    if (w.p == NULL) {
        errno = ENOMEM;
        return false;
    }
    for (size_t i = 0; i < memory->count; i++) {
        writer_put(&w, span_of(memory->seen[i].id, COUNTER_ID));
        for (unsigned shift = 64; shift > 0; shift -= 8) {
            writer_put_u8(&w, (uint8_t)((uint64_t)memory->seen[i].expires >> (shift - 8)));
        }
    }
    const bool good = disk_write(memory->path, FILE_MODE, writer_span(&w)) == JUMIN_OK;
    const int reason = errno;
    free(w.p);
    errno = reason;
    return good;
}

// --- Taking --------------------------------------------------------------------------------------------------------

static enum jumin_error take(struct counter_memory *memory, const uint8_t id[COUNTER_ID], int64_t expires,
                             int64_t now, struct detail *detail)
{
    size_t kept = 0;
    for (size_t i = 0; i < memory->count; i++) {
        if (memory->seen[i].expires <= now) {
            continue;
        }
        if (memcmp(memory->seen[i].id, id, COUNTER_ID) == 0) {
            return detail_set(detail, JUMIN_ERROR_CONFLICT, "this code was shown here before");
        }
        memory->seen[kept++] = memory->seen[i];
    }
    memory->count = kept;
    if (kept == COUNTER_SEEN_MAX) {
        return detail_set(detail, JUMIN_ERROR_RULES,
                          "more codes were shown within a minute than are remembered");
    }
    memcpy(memory->seen[kept].id, id, COUNTER_ID);
    memory->seen[kept].expires = expires;
    memory->count = kept + 1;
    return JUMIN_OK;
}

// The lock is a file of its own, since the codes' own file is another one after each writing.
static int lock(const struct counter_memory *memory)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s.lock", memory->path);
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (file >= 0 && flock(file, LOCK_EX) != 0) {
        const int reason = errno;
        (void)close(file);
        errno = reason;
        return -1;
    }
    return file;
}

static enum jumin_error take_in_file(struct counter_memory *memory, const uint8_t id[COUNTER_ID],
                                     int64_t expires, int64_t now, struct detail *detail)
{
    const int locked = lock(memory);
    const char *why = locked < 0 ? strerror(errno) : NULL;
    if (locked < 0 || !read_file(memory, &why)) {
        if (locked >= 0) {
            (void)close(locked);
        }
        return detail_set(detail, JUMIN_ERROR_FILE, "which codes were shown before is not known: %s: %s",
                          memory->path, why);
    }
    enum jumin_error error = take(memory, id, expires, now, detail);
    if (error == JUMIN_OK && !write_file(memory)) {
        error = detail_set(detail, JUMIN_ERROR_FILE, "%s: %s", memory->path, strerror(errno));
    }
    (void)close(locked);
    return error;
}

enum jumin_error counter_memory_take(struct counter_memory *memory, const uint8_t id[COUNTER_ID],
                                     int64_t expires, int64_t now, struct detail *detail)
{
    if (memory->seen == NULL) {
        memory->seen = calloc(COUNTER_SEEN_MAX, sizeof *memory->seen);
        if (memory->seen == NULL) {
            return JUMIN_ERROR_MEMORY;
        }
    }
    return memory->path != NULL ? take_in_file(memory, id, expires, now, detail)
                                : take(memory, id, expires, now, detail);
}
