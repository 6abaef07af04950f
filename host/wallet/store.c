// A wallet's file: JSON under AES-256-GCM, whose key comes from the passphrase by PBKDF2 (SP 800-38D,
// RFC 8018 §5.2).
// SPDX-License-Identifier: Apache-2.0
//
// "JUMINWAL", version (1 byte), iterations (4), salt (16), nonce (12), then what is sealed, with all before
// it as additional data. Each writing has a nonce of its own.
#include "host/file.h"
#include "host/json_fields.h"
#include "host/pki/private_key.h"
#include "host/wallet/wallet_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static const char magic[] = "JUMINWAL";

enum {
    VERSION = 1,
    MAGIC = sizeof magic - 1,
    SALT = 16,
    HEADER = MAGIC + 1 + 4 + SALT + CRYPTO_GCM_NONCE,
    ITERATIONS_MAX = 6000000, // a forged file must not keep a phone busy for hours
};

static bool derive(struct jumin_wallet *wallet, const char *passphrase)
{
    return crypto_pbkdf2(CRYPTO_SHA256, span_of(passphrase, strlen(passphrase)),
                         span_of(wallet->salt, sizeof wallet->salt), wallet->iterations, wallet->store_key,
                         sizeof wallet->store_key);
}

// --- Writing -----------------------------------------------------------------------------------------------------

static bool put_header(const struct jumin_wallet *wallet, struct writer *w, uint8_t nonce[CRYPTO_GCM_NONCE])
{
    const struct crypto_random random = crypto_system_random();
    if (!random.fill(random.context, nonce, CRYPTO_GCM_NONCE)) {
        return false;
    }
    writer_put(w, span_of(magic, MAGIC));
    writer_put_u8(w, VERSION);
    writer_put_u16(w, (uint16_t)(wallet->iterations >> 16));
    writer_put_u16(w, (uint16_t)wallet->iterations);
    writer_put(w, span_of(wallet->salt, sizeof wallet->salt));
    writer_put(w, span_of(nonce, CRYPTO_GCM_NONCE));
    return !w->overflow;
}

static enum jumin_error seal(struct jumin_wallet *wallet, struct span plain, bool is_new)
{
    uint8_t nonce[CRYPTO_GCM_NONCE];
    const size_t capacity = HEADER + plain.n + CRYPTO_GCM_TAG;
    uint8_t *bytes = malloc(capacity);
    struct writer w = writer_of(bytes, capacity);
    enum jumin_error error = bytes != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    if (error == JUMIN_OK && (!put_header(wallet, &w, nonce) ||
                              !crypto_gcm_seal(span_of(wallet->store_key, sizeof wallet->store_key), nonce,
                                               span_of(bytes, HEADER), plain, bytes + HEADER))) {
        error = JUMIN_ERROR_CRYPTO;
    }
    if (error == JUMIN_OK) {
        const struct span content = span_of(bytes, capacity);
        error = is_new ? disk_create(wallet->path, 0600, content) : disk_write(wallet->path, 0600, content);
    }
    free(bytes);
    return error;
}

static enum jumin_error save(struct jumin_wallet *wallet, bool is_new)
{
    json_t *json = wallet_to_json(wallet);
    char *text = json_text(json, JSON_COMPACT);
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    if (text != NULL) {
        const size_t n = strlen(text);
        error = n <= WALLET_FILE_MAX ? seal(wallet, span_of(text, n), is_new) : JUMIN_ERROR_TOO_LONG;
        crypto_wipe(text, n);
    }
    free(text);
    json_wipe(json);
    json_decref(json);
    return error;
}

enum jumin_error wallet_save(struct jumin_wallet *wallet)
{
    const enum jumin_error error = save(wallet, false);
    wallet->unsure = error != JUMIN_OK;
    if (error != JUMIN_OK) {
        return detail_set(&wallet->detail, error, "the wallet's file could not be written: %s",
                          error == JUMIN_ERROR_FILE ? strerror(errno) : jumin_error_text(error));
    }
    wallet_trim_events(wallet);
    wallet_remove_spares(wallet);
    return JUMIN_OK;
}

// --- Reading -----------------------------------------------------------------------------------------------------

static enum jumin_error read_json(struct jumin_wallet *wallet, struct span plain)
{
    json_t *json = json_loadb((const char *)plain.p, plain.n, JSON_REJECT_DUPLICATES, NULL);
    const char *token = json_string_value(json_object_get(json, "token"));
    enum jumin_error error = token != NULL ? wallet_use_token(wallet, token) : JUMIN_OK;
    if (error == JUMIN_OK && !wallet_from_json(wallet, json)) {
        error = JUMIN_ERROR_INPUT;
    }
    json_wipe(json);
    json_decref(json);
    return error;
}

static bool take_header(struct jumin_wallet *wallet, struct span *rest, struct span *nonce)
{
    struct span found, version, iterations, salt;
    if (!span_take(rest, MAGIC, &found) || !span_equal(found, span_of(magic, MAGIC)) ||
        !span_take(rest, 1, &version) || version.p[0] != VERSION || !span_take(rest, 4, &iterations) ||
        !span_take(rest, SALT, &salt) || !span_take(rest, CRYPTO_GCM_NONCE, nonce) ||
        rest->n < CRYPTO_GCM_TAG) {
        return false;
    }
    for (size_t i = 0; i < iterations.n; i++) {
        wallet->iterations = wallet->iterations << 8 | iterations.p[i];
    }
    memcpy(wallet->salt, salt.p, SALT);
    return wallet->iterations >= 1 && wallet->iterations <= ITERATIONS_MAX;
}

static enum jumin_error open_sealed(struct jumin_wallet *wallet, struct span content, const char *passphrase)
{
    struct span rest = content, nonce;
    if (!take_header(wallet, &rest, &nonce)) {
        return JUMIN_ERROR_INPUT;
    }
    const size_t n = rest.n - CRYPTO_GCM_TAG;
    uint8_t *plain = malloc(n + 1);
    if (plain == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = derive(wallet, passphrase) ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
    if (error == JUMIN_OK && !crypto_gcm_open(span_of(wallet->store_key, sizeof wallet->store_key), nonce.p,
                                              span_first(content, HEADER), rest, plain)) {
        error = JUMIN_ERROR_INPUT;
    }
    if (error == JUMIN_OK) {
        error = read_json(wallet, span_of(plain, n));
    }
    crypto_wipe(plain, n);
    free(plain);
    return error;
}

// A file of any length up to the limit, in memory of that length.
static enum jumin_error load(struct jumin_wallet *wallet, const char *passphrase)
{
    const size_t capacity = WALLET_FILE_MAX + HEADER + CRYPTO_GCM_TAG;
    size_t n = 0;
    uint8_t *bytes = malloc(capacity);
    enum jumin_error error =
        bytes != NULL ? disk_read(wallet->path, bytes, capacity, &n) : JUMIN_ERROR_MEMORY;
    if (error == JUMIN_OK) {
        error = open_sealed(wallet, span_of(bytes, n), passphrase);
    }
    free(bytes);
    return error;
}

// --- One program at a time -----------------------------------------------------------------------------------

static enum jumin_error hold(struct jumin_wallet *wallet)
{
    char path[4096];
    const int n = snprintf(path, sizeof path, "%s.lock", wallet->path);
    if (n < 0 || (size_t)n >= sizeof path) {
        return JUMIN_ERROR_FILE;
    }
    const int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return JUMIN_ERROR_FILE;
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const enum jumin_error error = errno == EWOULDBLOCK ? JUMIN_ERROR_CONFLICT : JUMIN_ERROR_FILE;
        close(descriptor);
        return error;
    }
    wallet->lock = descriptor + 1;
    return JUMIN_OK;
}

// --- The calls -----------------------------------------------------------------------------------------------

static enum jumin_error make(const char *path, const struct jumin_wallet_options *options,
                             struct jumin_wallet **wallet)
{
    struct jumin_wallet *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    made->path = strdup(path);
    made->credentials = calloc(WALLET_CREDENTIALS_MAX, sizeof *made->credentials);
    made->keys = options != NULL && options->keys != NULL ? *options->keys : wallet_file_keys;
    made->tokens = options != NULL ? options->tokens : NULL;
    if (made->path == NULL || made->credentials == NULL) {
        jumin_wallet_free(made);
        return JUMIN_ERROR_MEMORY;
    }
    *wallet = made;
    return JUMIN_OK;
}

static enum jumin_error begin(struct jumin_wallet *wallet, const char *passphrase,
                              const struct jumin_wallet_options *options)
{
    const struct crypto_random random = crypto_system_random();
    if (access(wallet->path, F_OK) == 0) { // before a key is made
        errno = EEXIST;
        return JUMIN_ERROR_FILE;
    }
    if (options != NULL && options->token != NULL) {
        const enum jumin_error error = wallet_use_token(wallet, options->token);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    wallet->iterations = PRIVATE_KEY_ITERATIONS;
    if (!random.fill(random.context, wallet->salt, sizeof wallet->salt) || !derive(wallet, passphrase)) {
        return JUMIN_ERROR_CRYPTO;
    }
    enum jumin_error error = wallet_make_key(wallet, &wallet->device);
    if (error != JUMIN_OK) {
        return error;
    }
    error = save(wallet, true);
    if (error != JUMIN_OK) {
        const int reason = errno;
        wallet->unsure = error == JUMIN_ERROR_FILE && reason != EEXIST && access(wallet->path, F_OK) == 0;
        wallet_spare_key(wallet, &wallet->device);
        wallet_remove_spares(wallet);
        errno = reason;
    }
    return error;
}

static enum jumin_error enter(struct jumin_wallet **wallet, const char *path, const char *passphrase,
                              const struct jumin_wallet_options *options,
                              enum jumin_error (*step)(struct jumin_wallet *, const char *,
                                                       const struct jumin_wallet_options *))
{
    struct jumin_wallet *made = NULL;
    if (wallet == NULL || path == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (passphrase[0] == '\0') {
        return JUMIN_ERROR_INPUT;
    }
    enum jumin_error error = make(path, options, &made);
    if (error != JUMIN_OK) {
        return error;
    }
    error = hold(made);
    if (error == JUMIN_OK) {
        error = step(made, passphrase, options);
    }
    if (error != JUMIN_OK) {
        const int saved = errno;
        if (options != NULL && options->why != NULL) {
            (void)snprintf(options->why, JUMIN_WALLET_TEXT, "%s", made->detail.text);
        }
        jumin_wallet_free(made);
        errno = saved;
        return error;
    }
    *wallet = made;
    return JUMIN_OK;
}

enum jumin_error jumin_wallet_create(struct jumin_wallet **wallet, const char *path, const char *passphrase,
                                     const struct jumin_wallet_options *options)
{
    return enter(wallet, path, passphrase, options, begin);
}

static enum jumin_error open_existing(struct jumin_wallet *wallet, const char *passphrase,
                                      const struct jumin_wallet_options *options)
{
    (void)options;
    enum jumin_error error = load(wallet, passphrase);
    if (error == JUMIN_OK) {
        error = wallet_load_trust(wallet);
    }
    // Nobody is asked for a token's PIN because of these: they go with the next writing.
    if (error == JUMIN_OK && wallet->token_uri == NULL) {
        wallet_remove_spares(wallet);
    }
    return error;
}

enum jumin_error jumin_wallet_open(struct jumin_wallet **wallet, const char *path, const char *passphrase,
                                   const struct jumin_wallet_options *options)
{
    // No lock file is left beside what is not there.
    if (path != NULL && access(path, R_OK) != 0) {
        return JUMIN_ERROR_FILE;
    }
    return enter(wallet, path, passphrase, options, open_existing);
}
