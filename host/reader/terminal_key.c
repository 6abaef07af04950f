// A terminal's credential whose key is in memory, and the search for the way from its certificate to a trust
// point (TR-03110-2 §2.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/file.h"
#include "host/pki/pem.h"
#include "host/pki/private_key.h"
#include "host/reader/terminal.h"

#include <stdlib.h>

enum {
    CERTIFICATES_MAX = 64,
    LINKS_MAX = 8, // link certificates, document verifier, terminal
    FILE_MAX = CERTIFICATES_MAX * CVC_MAX,
};

struct certificate {
    uint8_t bytes[CVC_MAX];
    size_t n;
    struct cv_certificate parsed; // borrows `bytes`
    bool own;                     // for the key that is here
};

struct local_terminal {
    struct crypto_ec_key key;
    struct crypto_random random;
    struct certificate *certificates[CERTIFICATES_MAX];
    size_t count;
    const struct certificate *current; // the own certificate that was handed out last
    uint8_t chain[LINKS_MAX * CVC_MAX];
    struct detail detail;
};

// --- The way to a trust point --------------------------------------------------------------------------------

// From the terminal's own certificate upwards.
struct way {
    const struct certificate *links[LINKS_MAX];
    size_t count;
};

// Extends the way until `authority` has signed its last link, within `limit` links.
static bool find_way(const struct local_terminal *local, struct span authority, size_t limit, struct way *way)
{
    const struct cv_certificate *last = &way->links[way->count - 1]->parsed;
    if (span_equal(last->authority, authority)) {
        return true;
    }
    if (way->count >= limit) {
        return false;
    }
    for (size_t i = 0; i < local->count; i++) {
        const struct cv_certificate *next = &local->certificates[i]->parsed;
        const bool signed_last = span_equal(next->holder, last->authority);
        if (!signed_last || next->authorization.role == ROLE_TERMINAL ||
            span_equal(next->holder, next->authority)) {
            continue;
        }
        way->links[way->count++] = local->certificates[i];
        if (find_way(local, authority, limit, way)) {
            return true;
        }
        way->count--;
    }
    return false;
}

// The shortest way; of certificates that do equally, the one that came last.
static bool find_shortest_way(const struct local_terminal *local, struct span authority, struct way *way)
{
    for (size_t limit = 1; limit <= LINKS_MAX; limit++) {
        for (size_t i = local->count; i > 0; i--) {
            way->links[0] = local->certificates[i - 1];
            way->count = 1;
            if (local->certificates[i - 1]->own && find_way(local, authority, limit, way)) {
                return true;
            }
        }
    }
    return false;
}

// --- The functions -----------------------------------------------------------------------------------------

static enum jumin_error certificate(void *context, const uint8_t **bytes, size_t *n)
{
    struct local_terminal *local = context;
    for (size_t i = local->count; i > 0; i--) {
        if (local->certificates[i - 1]->own) {
            local->current = local->certificates[i - 1];
            *bytes = local->current->bytes;
            *n = local->current->n;
            return JUMIN_OK;
        }
    }
    return detail_set(&local->detail, JUMIN_ERROR_INPUT, "there is no certificate for the terminal's key");
}

static enum jumin_error chain(void *context, const char *authority, const uint8_t **bytes, size_t *n)
{
    struct local_terminal *local = context;
    struct way way;
    if (!find_shortest_way(local, span_of(authority, strlen(authority)), &way)) {
        return detail_set(&local->detail, JUMIN_ERROR_SIGNER_UNKNOWN,
                          "no certificates lead from the terminal to %s", authority);
    }
    struct writer w = writer_of(local->chain, sizeof local->chain);
    for (size_t i = way.count; i > 0; i--) {
        writer_put(&w, span_of(way.links[i - 1]->bytes, way.links[i - 1]->n));
    }
    local->current = way.links[0];
    *bytes = w.p;
    *n = w.n;
    return JUMIN_OK;
}

static enum jumin_error sign(void *context, const uint8_t *message, size_t n, uint8_t *signature,
                             size_t capacity, size_t *length)
{
    struct local_terminal *local = context;
    const struct span part = span_of(message, n);
    uint8_t digest[CRYPTO_HASH_MAX];
    if (local->current == NULL) {
        return detail_set(&local->detail, JUMIN_ERROR_INPUT, "there is no certificate for the key");
    }
    const enum crypto_hash hash = local->current->parsed.hash;
    const size_t needed = 2 * crypto_curve_length(crypto_ec_curve(&local->key));
    if (capacity < needed || !crypto_hash_parts(hash, &part, 1, digest) ||
        !crypto_ecdsa_sign(&local->key, &local->random, span_of(digest, crypto_hash_length(hash)),
                           signature)) {
        return detail_set(&local->detail, JUMIN_ERROR_CRYPTO, "the crypto library failed");
    }
    *length = needed;
    return JUMIN_OK;
}

static const char *detail(void *context)
{
    return ((const struct local_terminal *)context)->detail.text;
}

static void release(void *context)
{
    struct local_terminal *local = context;
    crypto_ec_release(&local->key);
    for (size_t i = 0; i < local->count; i++) {
        free(local->certificates[i]);
    }
    crypto_wipe(local, sizeof *local);
    free(local);
}

static const struct jumin_terminal_functions functions = {
    .certificate = certificate, .chain = chain, .sign = sign, .detail = detail, .release = release};

static struct local_terminal *local_of(const struct jumin_terminal *terminal)
{
    return terminal->functions == &functions ? terminal->context : NULL;
}

// --- Making it ---------------------------------------------------------------------------------------------

static enum jumin_error new_local(struct jumin_terminal **terminal, struct local_terminal **local)
{
    *local = calloc(1, sizeof **local);
    if (*local == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    (*local)->random = crypto_system_random();
    const enum jumin_error error = jumin_terminal_new(terminal, &functions, *local);
    if (error != JUMIN_OK) {
        free(*local);
    }
    return error;
}

static enum jumin_error drop(struct jumin_terminal **terminal, enum jumin_error error)
{
    jumin_terminal_free(*terminal);
    *terminal = NULL;
    return error;
}

enum jumin_error terminal_new_with_key(struct jumin_terminal **terminal, enum crypto_curve curve,
                                       struct span secret)
{
    struct local_terminal *local = NULL;
    const enum jumin_error error = new_local(terminal, &local);
    if (error != JUMIN_OK) {
        return error;
    }
    return crypto_ec_load_secret(&local->key, curve, secret, &local->random)
               ? JUMIN_OK
               : drop(terminal, JUMIN_ERROR_INPUT);
}

// DER, or the first block of PEM.
static struct span key_bytes(struct span key, struct writer *der)
{
    struct span rest = key, label;
    return pem_next(&rest, &label, der) ? writer_span(der) : key;
}

enum jumin_error jumin_terminal_load(struct jumin_terminal **terminal, const uint8_t *key, size_t n,
                                     const char *passphrase)
{
    if (terminal == NULL || key == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *terminal = NULL;
    struct local_terminal *local = NULL;
    uint8_t buffer[PRIVATE_KEY_DER_MAX];
    struct writer der = writer_of(buffer, sizeof buffer);
    enum jumin_error error = new_local(terminal, &local);
    if (error != JUMIN_OK) {
        return error;
    }
    error = private_key_decrypt(key_bytes(span_of(key, n), &der), span_of(passphrase, strlen(passphrase)),
                                &local->random, &local->key);
    return error == JUMIN_OK ? JUMIN_OK : drop(terminal, error);
}

static enum jumin_error add_certificate(struct jumin_terminal *terminal, struct local_terminal *local,
                                        struct span bytes)
{
    uint8_t point[CRYPTO_POINT_MAX];
    if (local->count == CERTIFICATES_MAX) {
        return detail_set(&terminal->detail, JUMIN_ERROR_INPUT, "a terminal has at most %d certificates",
                          CERTIFICATES_MAX);
    }
    struct certificate *added = calloc(1, sizeof *added);
    if (added == NULL) {
        return detail_set(&terminal->detail, JUMIN_ERROR_MEMORY, "no memory for a certificate");
    }
    const bool fits = bytes.n <= sizeof added->bytes;
    if (fits) {
        memcpy(added->bytes, bytes.p, bytes.n);
        added->n = bytes.n;
    }
    if (!fits || !cv_certificate_parse_file(span_of(added->bytes, added->n), &added->parsed)) {
        free(added);
        return detail_set(&terminal->detail, JUMIN_ERROR_INPUT,
                          "certificate %zu is no card verifiable certificate that is known here",
                          local->count + 1);
    }
    added->own = added->parsed.authorization.role == ROLE_TERMINAL && crypto_ec_public(&local->key, point) &&
                 span_equal(added->parsed.point,
                            span_of(point, crypto_curve_point_length(crypto_ec_curve(&local->key))));
    local->certificates[local->count++] = added;
    return JUMIN_OK;
}

enum jumin_error jumin_terminal_add_certificates(struct jumin_terminal *terminal, const uint8_t *certificates,
                                                 size_t n)
{
    if (terminal == NULL || certificates == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct local_terminal *local = local_of(terminal);
    struct span rest = span_of(certificates, n);
    struct tlv object;
    detail_clear(&terminal->detail);
    if (local == NULL) {
        return detail_set(&terminal->detail, JUMIN_ERROR_ARGUMENT, "the terminal's key is not here");
    }
    enum jumin_error error =
        n > 0 ? JUMIN_OK
              : detail_set(&terminal->detail, JUMIN_ERROR_INPUT, "there are no certificates in it");
    const size_t before = local->count;
    while (error == JUMIN_OK && rest.n > 0) {
        error = tlv_expect(&rest, CVC_CERTIFICATE, &object)
                    ? add_certificate(terminal, local, object.whole)
                    : detail_set(&terminal->detail, JUMIN_ERROR_INPUT,
                                 "what is there is no card verifiable certificate (7F21)");
    }
    while (error != JUMIN_OK && local->count > before) {
        free(local->certificates[--local->count]);
    }
    return error;
}

enum jumin_error jumin_terminal_add_file(struct jumin_terminal *terminal, const char *path)
{
    if (terminal == NULL || path == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    size_t n = 0;
    uint8_t *bytes = malloc(FILE_MAX);
    if (bytes == NULL) {
        return detail_set(&terminal->detail, JUMIN_ERROR_MEMORY, "no memory for %s", path);
    }
    enum jumin_error error = disk_read(path, bytes, FILE_MAX, &n);
    if (error != JUMIN_OK) {
        error = detail_set(&terminal->detail, error, "%s cannot be read, or is too long", path);
    } else {
        error = jumin_terminal_add_certificates(terminal, bytes, n);
    }
    free(bytes);
    return error;
}
