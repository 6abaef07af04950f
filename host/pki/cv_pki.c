// The folder of CV certificates and their keys: read, searched, handed to terminals (TR-03110-2 §2).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/cv_pki.h"

#include "host/file.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 64 * CVC_MAX, WAY_MAX = 8 };

const char cv_ending_key[] = ".key";
const char cv_ending_certificate[] = ".cvc";
const char cv_ending_link[] = ".link.cvc";
const char cv_ending_request[] = ".req";
const char cv_ending_sector[] = ".sector";

// --- References ----------------------------------------------------------------------------------------------

struct span cv_name_of(struct span reference)
{
    return span_of(reference.p + CV_COUNTRY, reference.n - CV_COUNTRY - CV_NUMBER);
}

bool cv_same_holder(struct span a, struct span b)
{
    return span_equal(span_first(a, a.n - CV_NUMBER), span_first(b, b.n - CV_NUMBER));
}

static uint8_t capital(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

bool cv_is_called(struct span reference, const char *text)
{
    const struct span called = span_of(text, strlen(text));
    const struct span name = cv_name_of(reference);
    if (span_equal(reference, called)) {
        return true;
    }
    if (name.n != called.n) {
        return false;
    }
    for (size_t i = 0; i < name.n; i++) {
        if (capital(name.p[i]) != capital(called.p[i])) {
            return false;
        }
    }
    return true;
}

bool cv_name_parse(const char *text, char name[CV_NAME_MAX + 1])
{
    const size_t n = strlen(text);
    bool ok = n >= 1 && n <= CV_NAME_MAX;
    for (size_t i = 0; i < n && ok; i++) {
        const uint8_t c = capital((uint8_t)text[i]);
        ok = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        name[i] = (char)c;
    }
    name[ok ? n : 0] = '\0';
    return ok;
}

const char *cv_usual_name(enum jumin_terminal_type type, bool dv)
{
    static const char *const names[2][4] = {{"", "CVCAIS", "CVCAAT", "CVCAST"}, {"", "DVIS", "DVAT", "DVST"}};
    return names[dv ? 1 : 0][type];
}

bool cv_type_is_known(enum jumin_terminal_type type)
{
    return type >= JUMIN_TERMINAL_INSPECTION && type <= JUMIN_TERMINAL_SIGNATURE;
}

// --- The handle ----------------------------------------------------------------------------------------------

enum jumin_error jumin_eac_pki_new(struct jumin_eac_pki **pki, const char *folder)
{
    if (pki == NULL || folder == NULL || strlen(folder) >= CV_FOLDER_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pki = calloc(1, sizeof **pki);
    if (*pki == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy((*pki)->folder, folder, strlen(folder) + 1);
    return JUMIN_OK;
}

static void drop_entries(struct jumin_eac_pki *pki)
{
    for (size_t i = 0; i < pki->count; i++) {
        free(pki->entries[i]);
    }
    free((void *)pki->entries);
    pki->entries = NULL;
    pki->count = 0;
}

void jumin_eac_pki_free(struct jumin_eac_pki *pki)
{
    if (pki != NULL) {
        drop_entries(pki);
        free(pki);
    }
}

enum jumin_error jumin_eac_pki_use_tokens(struct jumin_eac_pki *pki, struct jumin_tokens *tokens,
                                          const char *uri)
{
    if (pki == NULL || tokens == NULL || (uri != NULL && strlen(uri) >= sizeof pki->token)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    pki->tokens = tokens;
    (void)snprintf(pki->token, sizeof pki->token, "%s", uri != NULL ? uri : "");
    return JUMIN_OK;
}

const char *jumin_eac_pki_detail(const struct jumin_eac_pki *pki)
{
    return pki == NULL ? "" : pki->detail.text;
}

const char *jumin_eac_pki_issued(const struct jumin_eac_pki *pki)
{
    return pki == NULL || pki->issued[0] == '\0' ? NULL : pki->issued;
}

bool cv_path(const struct jumin_eac_pki *pki, const char *reference, const char *ending, char *path,
             size_t capacity)
{
    const int n = snprintf(path, capacity, "%s/%s%s", pki->folder, reference, ending);
    return n > 0 && (size_t)n < capacity;
}

// --- Loading -------------------------------------------------------------------------------------------------

static bool ends_with(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

static int is_certificate_file(const struct dirent *item)
{
    return ends_with(item->d_name, cv_ending_certificate) && strlen(item->d_name) < CV_FILE_NAME_MAX;
}

// Certificate and file must bear the same name, so that keys and certificates stay together.
static bool bears_its_name(const struct cv_entry *entry)
{
    const struct span holder = entry->certificate.holder;
    const char *ending = entry->link ? cv_ending_link : cv_ending_certificate;
    return strlen(entry->file) == holder.n + strlen(ending) && memcmp(entry->file, holder.p, holder.n) == 0;
}

// The first certificate of a file; those behind it are copies of others.
static enum jumin_error load_entry(struct jumin_eac_pki *pki, struct cv_entry *entry, uint8_t *file)
{
    char path[PATH_MAX];
    size_t n = 0;
    struct tlv first;
    if (!disk_join(path, sizeof path, pki->folder, entry->file)) {
        return detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT, "%s: the path is too long", entry->file);
    }
    const enum jumin_error error = disk_read(path, file, FILE_MAX, &n);
    if (error != JUMIN_OK) {
        return detail_set(&pki->detail, error, "%s: cannot be read: %s", path,
                          error == JUMIN_ERROR_FILE ? strerror(errno) : "it is too long");
    }
    struct span rest = span_of(file, n);
    if (!tlv_expect(&rest, CVC_CERTIFICATE, &first) || first.whole.n > sizeof entry->bytes) {
        return detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s: is no CV certificate", path);
    }
    memcpy(entry->bytes, first.whole.p, first.whole.n);
    entry->n = first.whole.n;
    if (!cv_certificate_parse_file(span_of(entry->bytes, entry->n), &entry->certificate)) {
        return detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s: is no CV certificate that is known here",
                          path);
    }
    return bears_its_name(entry)
               ? JUMIN_OK
               : detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s: is the certificate of %.*s", path,
                            (int)entry->certificate.holder.n, (const char *)entry->certificate.holder.p);
}

static enum jumin_error add_entry(struct jumin_eac_pki *pki, const char *name, uint8_t *file)
{
    struct cv_entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL) {
        return detail_set(&pki->detail, JUMIN_ERROR_MEMORY, "no memory for %s", name);
    }
    memcpy(entry->file, name, strlen(name) + 1);
    entry->link = ends_with(name, cv_ending_link);
    pki->entries[pki->count++] = entry;
    return load_entry(pki, entry, file);
}

static enum jumin_error load_all(struct jumin_eac_pki *pki, struct dirent *const *names, size_t count)
{
    enum jumin_error error = JUMIN_OK;
    uint8_t *file = malloc(FILE_MAX);
    pki->entries = (struct cv_entry **)calloc(count + 1, sizeof *pki->entries);
    if (file == NULL || pki->entries == NULL) {
        error = detail_set(&pki->detail, JUMIN_ERROR_MEMORY, "no memory for certificates");
    }
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        error = add_entry(pki, names[i]->d_name, file);
    }
    free(file);
    return error;
}

enum jumin_error jumin_eac_pki_load(struct jumin_eac_pki *pki)
{
    if (pki == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct dirent **names = NULL;
    detail_clear(&pki->detail);
    drop_entries(pki);
    const int count = scandir(pki->folder, &names, is_certificate_file, alphasort);
    if (count < 0) {
        return errno == ENOENT ? JUMIN_OK
                               : detail_set(&pki->detail, JUMIN_ERROR_FILE, "%s: cannot be read: %s",
                                            pki->folder, strerror(errno));
    }
    const enum jumin_error error = load_all(pki, names, (size_t)count);
    for (int i = 0; i < count; i++) {
        free(names[i]);
    }
    free((void *)names);
    if (error != JUMIN_OK) {
        drop_entries(pki);
    }
    return error;
}

// --- Searching -----------------------------------------------------------------------------------------------

const struct cv_entry *cv_newest(const struct jumin_eac_pki *pki, cv_wanted *wanted, const void *context,
                                 bool *several)
{
    const struct cv_entry *newest = NULL;
    *several = false;
    for (size_t i = 0; i < pki->count; i++) { // by name, so that a higher number comes later
        const struct cv_entry *entry = pki->entries[i];
        if (entry->link || !wanted(&entry->certificate, context)) {
            continue;
        }
        if (newest != NULL && !cv_same_holder(newest->certificate.holder, entry->certificate.holder)) {
            *several = true;
        }
        newest = entry;
    }
    return newest;
}

static const struct cv_entry *find(const struct jumin_eac_pki *pki, struct span reference)
{
    for (size_t i = 0; i < pki->count; i++) {
        if (!pki->entries[i]->link && span_equal(pki->entries[i]->certificate.holder, reference)) {
            return pki->entries[i];
        }
    }
    return NULL;
}

const struct cv_entry *cv_root_of(const struct jumin_eac_pki *pki, const struct cv_entry *entry)
{
    for (int i = 0; entry != NULL && i < WAY_MAX; i++) {
        if (entry->certificate.authorization.role == ROLE_CVCA) {
            return entry;
        }
        entry = find(pki, entry->certificate.authority);
    }
    return NULL;
}

// --- Keys ----------------------------------------------------------------------------------------------------

static enum jumin_error key_path(struct jumin_eac_pki *pki, const struct cv_entry *entry, char *path,
                                 size_t capacity)
{
    char reference[CVC_REFERENCE_MAX + 1] = "";
    memcpy(reference, entry->certificate.holder.p, entry->certificate.holder.n);
    return cv_path(pki, reference, cv_ending_key, path, capacity)
               ? JUMIN_OK
               : detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT, "%s: the path is too long", reference);
}

static enum jumin_error read_key(struct jumin_eac_pki *pki, const char *path,
                                 uint8_t text[SIGNING_KEY_TEXT_MAX], size_t *n)
{
    const enum jumin_error error = disk_read(path, text, SIGNING_KEY_TEXT_MAX, n);
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(&pki->detail, error, "%s: cannot be read: %s", path,
                                          error == JUMIN_ERROR_FILE ? strerror(errno) : "it is too long");
}

static bool is_key_of(const struct crypto_ec_key *key, enum crypto_curve curve, struct span point)
{
    uint8_t own[CRYPTO_POINT_MAX];
    return crypto_ec_curve(key) == curve && crypto_ec_public(key, own) &&
           span_equal(span_of(own, crypto_curve_point_length(curve)), point);
}

enum jumin_error cv_load_key(struct jumin_eac_pki *pki, const struct cv_entry *entry, enum crypto_curve curve,
                             const char *passphrase, struct signing_key *key)
{
    char path[PATH_MAX];
    uint8_t text[SIGNING_KEY_TEXT_MAX];
    size_t n = 0;
    struct detail why;
    const struct crypto_random random = crypto_system_random();
    enum jumin_error error = key_path(pki, entry, path, sizeof path);
    if (error == JUMIN_OK) {
        error = read_key(pki, path, text, &n);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    error = signing_key_take(key, span_of(text, n), span_of(passphrase, strlen(passphrase)), pki->tokens,
                             &random, &why);
    if (error != JUMIN_OK) {
        return detail_set(&pki->detail, error, "%s: %s", path, why.text);
    }
    if (!is_key_of(&key->key, curve, entry->certificate.point)) {
        signing_key_release(key);
        return detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s: is another key than its certificate's", path);
    }
    return JUMIN_OK;
}

void cv_token_of_key(const struct jumin_eac_pki *pki, const struct cv_entry *entry, char token[TOKEN_URI_MAX])
{
    char path[PATH_MAX], reference[CVC_REFERENCE_MAX + 1] = "", uri[TOKEN_URI_MAX] = "";
    size_t n = 0;
    token[0] = '\0';
    memcpy(reference, entry->certificate.holder.p, entry->certificate.holder.n);
    if (cv_path(pki, reference, cv_ending_key, path, sizeof path) &&
        disk_read(path, (uint8_t *)uri, sizeof uri - 1, &n) == JUMIN_OK && token_is_uri(span_of(uri, n))) {
        uri[strcspn(uri, "\r\n")] = '\0';
        if (!token_of_key(uri, token)) {
            token[0] = '\0';
        }
    }
}

// --- Using ---------------------------------------------------------------------------------------------------

static bool is_terminal_called(const struct cv_certificate *certificate, const void *context)
{
    return certificate->authorization.role == ROLE_TERMINAL && cv_is_called(certificate->holder, context);
}

static enum jumin_error find_terminal(struct jumin_eac_pki *pki, const char *name,
                                      const struct cv_entry **entry)
{
    bool several = false;
    *entry = cv_newest(pki, is_terminal_called, name, &several);
    if (*entry == NULL) {
        return detail_set(&pki->detail, JUMIN_ERROR_NO_SUCH_FILE, "%s: there is no terminal %s", pki->folder,
                          name);
    }
    return several ? detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT,
                                "several terminals are called %s: give the whole reference", name)
                   : JUMIN_OK;
}

// The terminal's own certificates, and all that may lead from it to a trust point.
static enum jumin_error add_certificates(struct jumin_eac_pki *pki, const struct cv_entry *own,
                                         struct jumin_terminal *terminal)
{
    for (size_t i = 0; i < pki->count; i++) {
        const struct cv_entry *entry = pki->entries[i];
        if (entry != own && (entry->certificate.authorization.role == ROLE_TERMINAL ||
                             (entry->certificate.authorization.role == ROLE_CVCA && !entry->link))) {
            continue;
        }
        const enum jumin_error error = jumin_terminal_add_certificates(terminal, entry->bytes, entry->n);
        if (error != JUMIN_OK) {
            return detail_set(&pki->detail, error, "%s: %s", entry->file, jumin_terminal_detail(terminal));
        }
    }
    return JUMIN_OK;
}

enum jumin_error jumin_eac_pki_terminal(struct jumin_eac_pki *pki, const char *name, const char *passphrase,
                                        struct jumin_terminal **terminal)
{
    char path[PATH_MAX];
    uint8_t text[SIGNING_KEY_TEXT_MAX];
    size_t n = 0;
    const struct cv_entry *own = NULL;
    if (pki == NULL || name == NULL || passphrase == NULL || terminal == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *terminal = NULL;
    enum jumin_error error = find_terminal(pki, name, &own);
    if (error != JUMIN_OK) {
        return error;
    }
    error = key_path(pki, own, path, sizeof path);
    if (error == JUMIN_OK) {
        error = read_key(pki, path, text, &n);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    error = jumin_terminal_load(terminal, text, n, passphrase);
    if (error != JUMIN_OK) {
        return detail_set(&pki->detail, error, "%s: wrong passphrase, or a damaged file", path);
    }
    error = add_certificates(pki, own, *terminal);
    if (error != JUMIN_OK) {
        jumin_terminal_free(*terminal);
        *terminal = NULL;
    }
    return error;
}
