// Which counters' codes a verifier has taken.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/counter_memory.h"

#include "card/wire/span.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORD = COUNTER_ID + 8, FILE_MODE = 0600, PATH_MAX_BYTES = 4096 };

bool counter_memory_init(struct counter_memory *memory, const char *folder)
{
    char path[PATH_MAX_BYTES];
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

// What the file holds into `seen`. False: it is none of ours, or not to be read.
static bool read_file(int file, struct counter_memory *memory)
{
    uint8_t record[RECORD];
    struct stat about;
    memory->count = 0;
    if (fstat(file, &about) != 0 || about.st_size % RECORD != 0 ||
        about.st_size / RECORD > COUNTER_SEEN_MAX) {
        return false;
    }
    while (memory->count < (size_t)about.st_size / RECORD) {
        if (pread(file, record, RECORD, (off_t)(memory->count * RECORD)) != RECORD) {
            return false;
        }
        struct counter_seen *seen = &memory->seen[memory->count++];
        memcpy(seen->id, record, COUNTER_ID);
        seen->expires = time_of(record + COUNTER_ID);
    }
    return true;
}

static bool write_file(int file, const struct counter_memory *memory)
{
    const size_t n = memory->count * RECORD;
    struct writer w = writer_of(malloc(n), n);
    for (size_t i = 0; i < memory->count && w.p != NULL; i++) {
        writer_put(&w, span_of(memory->seen[i].id, COUNTER_ID));
        for (unsigned shift = 64; shift > 0; shift -= 8) {
            writer_put_u8(&w, (uint8_t)((uint64_t)memory->seen[i].expires >> (shift - 8)));
        }
    }
    const bool good = w.p != NULL && pwrite(file, w.p, n, 0) == (ssize_t)n && ftruncate(file, (off_t)n) == 0;
    free(w.p);
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

static enum jumin_error take_in_file(struct counter_memory *memory, const uint8_t id[COUNTER_ID],
                                     int64_t expires, int64_t now, struct detail *detail)
{
    const int file = open(memory->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    enum jumin_error error =
        detail_set(detail, JUMIN_ERROR_FILE, "which codes were shown before is not known: %s: %s",
                   memory->path, file < 0 ? strerror(errno) : "damaged, or not to be locked");
    if (file >= 0 && flock(file, LOCK_EX) == 0 && read_file(file, memory)) {
        error = take(memory, id, expires, now, detail);
        if (error == JUMIN_OK && !write_file(file, memory)) {
            error = detail_set(detail, JUMIN_ERROR_FILE, "%s: %s", memory->path, strerror(errno));
        }
    }
    if (file >= 0) {
        (void)close(file);
    }
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
