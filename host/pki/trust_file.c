// Filling the trust store from files and folders.
// SPDX-License-Identifier: Apache-2.0
#include "host/file.h"
#include "host/pki/trust.h"

#include <dirent.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

enum {
    TRUST_FILE_MAX = 256 * 1024 * 1024, // the lists of all states in one LDIF have some ten million bytes
    TRUST_PATH_MAX = 4096,
};

// The bytes are to be freed.
static enum jumin_error load(struct jumin_trust *trust, const char *path, uint8_t **bytes, size_t *n)
{
    struct stat kind;
    if (stat(path, &kind) != 0 || !S_ISREG(kind.st_mode)) {
        return detail_set(&trust->detail, JUMIN_ERROR_FILE, "%s cannot be read", path);
    }
    if (kind.st_size > TRUST_FILE_MAX) {
        return detail_set(&trust->detail, JUMIN_ERROR_INPUT, "%s is too long", path);
    }
    *bytes = malloc((size_t)kind.st_size + 1);
    if (*bytes == NULL) {
        return detail_set(&trust->detail, JUMIN_ERROR_MEMORY, "no memory for the trust store");
    }
    const enum jumin_error error = disk_read(path, *bytes, (size_t)kind.st_size, n);
    if (error != JUMIN_OK) {
        free(*bytes);
        (void)detail_set(&trust->detail, error, "%s cannot be read", path);
    }
    return error;
}

static enum jumin_error take_file(struct trust_intake *intake)
{
    uint8_t *bytes = NULL;
    size_t n = 0;
    enum jumin_error error = load(intake->trust, intake->path, &bytes, &n);
    if (error == JUMIN_OK) {
        error = trust_take_any(intake, span_of(bytes, n));
        free(bytes);
    }
    return error;
}

enum jumin_error jumin_trust_add_file(struct jumin_trust *trust, const char *path)
{
    struct trust_intake intake = {.trust = trust, .lenient = true, .path = path};
    if (trust == NULL || path == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = take_file(&intake);
    if (error != JUMIN_OK && error != JUMIN_ERROR_FILE && error != JUMIN_ERROR_MEMORY) {
        const struct detail reason = trust->detail;
        return detail_set(&trust->detail, error, "%.120s: %.120s", path, reason.text);
    }
    return error;
}

// --- Folders -----------------------------------------------------------------------------------------------

static bool ends_in(const char *name, const char *const *endings, size_t count)
{
    const size_t n = strlen(name);
    for (size_t i = 0; i < count; i++) {
        const size_t length = strlen(endings[i]);
        if (n > length && strcasecmp(name + n - length, endings[i]) == 0) {
            return name[0] != '.';
        }
    }
    return false;
}

static bool is_list(const char *name)
{
    static const char *const endings[] = {".ml", ".ldif"};
    return ends_in(name, endings, sizeof endings / sizeof *endings);
}

static bool is_single(const char *name)
{
    static const char *const endings[] = {".crt", ".cer", ".pem", ".der", ".crl"};
    return ends_in(name, endings, sizeof endings / sizeof *endings);
}

static enum jumin_error add_entry(struct jumin_trust *trust, const char *folder, const char *name)
{
    char path[TRUST_PATH_MAX];
    if (!disk_join(path, sizeof path, folder, name)) {
        return detail_set(&trust->detail, JUMIN_ERROR_FILE, "a path under %s is too long", folder);
    }
    struct trust_intake intake = {.trust = trust, .lenient = true, .path = path};
    const size_t before = trust->skipped;
    const enum jumin_error error = take_file(&intake);
    if (error == JUMIN_OK || error == JUMIN_ERROR_FILE || error == JUMIN_ERROR_MEMORY) {
        return error;
    }
    if (trust->skipped == before) {
        trust_pass_over(&intake, span_of(NULL, 0));
    }
    return JUMIN_OK;
}

enum jumin_error jumin_trust_add_directory(struct jumin_trust *trust, const char *path)
{
    if (trust == NULL || path == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct dirent **entries = NULL;
    const int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        return detail_set(&trust->detail, JUMIN_ERROR_FILE, "%s is no folder that can be read", path);
    }
    enum jumin_error error = JUMIN_OK;
    // Lists last: whom the store knows by then, must have signed them.
    for (int i = 0; i < count && error == JUMIN_OK; i++) {
        error = is_single(entries[i]->d_name) ? add_entry(trust, path, entries[i]->d_name) : JUMIN_OK;
    }
    for (int i = 0; i < count && error == JUMIN_OK; i++) {
        error = is_list(entries[i]->d_name) ? add_entry(trust, path, entries[i]->d_name) : JUMIN_OK;
    }
    for (int i = 0; i < count; i++) {
        free(entries[i]);
    }
    free((void *)entries);
    if (error == JUMIN_OK) {
        detail_clear(&trust->detail);
    }
    return error;
}
