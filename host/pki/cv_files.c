// The files of a new holder, written all or none.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/cv_files.h"

#include "host/file.h"
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

void cv_file_append(struct cv_file *file, const struct cv_entry *entry)
{
    if (entry->n <= sizeof file->bytes - file->n) {
        memcpy(file->bytes + file->n, entry->bytes, entry->n);
        file->n += entry->n;
    }
}

bool cv_files_exist(const struct jumin_eac_pki *pki, const char *reference)
{
    const char *const endings[] = {cv_ending_key, cv_ending_link, cv_ending_request, cv_ending_certificate};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char path[PATH_MAX];
        if (cv_path(pki, reference, endings[i], path, sizeof path) && access(path, F_OK) == 0) {
            return true;
        }
    }
    return false;
}

// Never in place of a file that is there: of two who issue at once, one gets the number.
static enum jumin_error create(struct jumin_eac_pki *pki, const char *reference, const char *ending,
                               unsigned mode, struct span content)
{
    char path[PATH_MAX];
    if (!cv_path(pki, reference, ending, path, sizeof path)) {
        return detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT, "%s: the path is too long", reference);
    }
    const enum jumin_error error = disk_create(path, mode, content);
    return error == JUMIN_OK
               ? JUMIN_OK
               : detail_set(&pki->detail, error, "%s: cannot be written: %s", path, strerror(errno));
}

static void take_back(struct jumin_eac_pki *pki, const char *reference, const char *ending)
{
    char path[PATH_MAX];
    if (cv_path(pki, reference, ending, path, sizeof path)) {
        (void)unlink(path);
    }
}

// The first of a holder's files: whoever creates it has the name.
static enum jumin_error write_key(struct jumin_eac_pki *pki, const char *reference,
                                  const struct signing_key *key, const char *passphrase)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[SIGNING_KEY_TEXT_MAX];
    struct writer text = writer_of(bytes, sizeof bytes);
    if (mkdir(pki->folder, 0700) != 0 && errno != EEXIST) {
        return detail_set(&pki->detail, JUMIN_ERROR_FILE, "%s: cannot be made: %s", pki->folder,
                          strerror(errno));
    }
    return signing_key_put(key, span_of(passphrase, strlen(passphrase)), &random, &text)
               ? create(pki, reference, cv_ending_key, 0600, writer_span(&text))
               : detail_set(&pki->detail, JUMIN_ERROR_CRYPTO, "%s: the key cannot be encrypted", reference);
}

enum jumin_error cv_files_write(struct jumin_eac_pki *pki, const char *reference,
                                const struct signing_key *key, const char *passphrase,
                                const struct cv_files *files)
{
    const struct {
        const struct cv_file *file;
        const char *ending;
    } parts[] = {{&files->link, cv_ending_link},
                 {&files->request, cv_ending_request},
                 {&files->certificate, cv_ending_certificate}};
    enum jumin_error error = key != NULL ? write_key(pki, reference, key, passphrase) : JUMIN_OK;
    if (error != JUMIN_OK) {
        return error;
    }
    size_t written = 0;
    for (; written < sizeof parts / sizeof *parts && error == JUMIN_OK; written++) {
        const struct cv_file *file = parts[written].file;
        error = file->n > 0
                    ? create(pki, reference, parts[written].ending, 0644, span_of(file->bytes, file->n))
                    : JUMIN_OK;
    }
    if (error == JUMIN_OK) {
        return JUMIN_OK;
    }
    // The last of them is not ours: it could not be created.
    for (size_t i = 0; i + 1 < written; i++) {
        if (parts[i].file->n > 0) {
            take_back(pki, reference, parts[i].ending);
        }
    }
    if (key != NULL) {
        take_back(pki, reference, cv_ending_key);
    }
    return error;
}

enum jumin_error cv_files_write_sector(struct jumin_eac_pki *pki, const char *name,
                                       const struct signing_key *key, const char *passphrase,
                                       struct span public_key)
{
    enum jumin_error error = write_key(pki, name, key, passphrase);
    if (error != JUMIN_OK) {
        return error;
    }
    error = create(pki, name, cv_ending_sector, 0644, public_key);
    if (error != JUMIN_OK) {
        take_back(pki, name, cv_ending_key);
    }
    return error;
}
