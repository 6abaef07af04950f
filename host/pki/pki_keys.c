// The keys of the issuer's folder: made, written, loaded and compared with their certificates.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"

#include "host/file.h"
#include "host/pki/private_key.h"
#include "host/pki/x509.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>

enum { SIGNING_KEYS = 2 };

// Where each that signs belongs.
struct signing_file {
    const char *name; // of the file; with another ending, of the certificate and in a token
    struct signing_key *key;
    const struct pki_bytes *certificate;
};

static struct signing_file file_of(struct jumin_pki *pki, size_t i)
{
    const struct signing_file files[SIGNING_KEYS] = {{"csca", &pki->csca_key, &pki->csca},
                                                     {"ds", &pki->signer_key, &pki->signer}};
    return files[i];
}

static const char generation_file[] = "generation";

void pki_release_keys(struct jumin_pki *pki)
{
    for (size_t i = 0; i < SIGNING_KEYS; i++) {
        signing_key_release(file_of(pki, i).key);
    }
    crypto_ec_release(&pki->generation_key);
    pki->loaded = pki->in_folder = false;
}

void pki_discard_keys(struct jumin_pki *pki)
{
    for (size_t i = 0; i < SIGNING_KEYS; i++) {
        signing_key_discard(file_of(pki, i).key);
    }
    pki_release_keys(pki);
}

// The generation key goes into every chip, so it cannot live in a token that gives no key away.
enum jumin_error pki_make_keys(struct jumin_pki *pki, enum crypto_curve curve)
{
    const struct crypto_random random = crypto_system_random();
    const struct key_place place = {pki->tokens, pki->token[0] != '\0' ? pki->token : NULL};
    struct detail why;
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < SIGNING_KEYS && error == JUMIN_OK; i++) {
        const struct signing_file file = file_of(pki, i);
        error = signing_key_make(file.key, &place, file.name, curve, &random, &why);
    }
    if (error == JUMIN_OK && !crypto_ec_generate(&pki->generation_key, curve, &random)) {
        error = detail_set(&why, JUMIN_ERROR_CRYPTO, "no random bytes");
    }
    if (error != JUMIN_OK) {
        pki_discard_keys(pki);
        return pki_fail(pki, error, "keys cannot be made: %s", why.text);
    }
    return JUMIN_OK;
}

// --- Writing -------------------------------------------------------------------------------------------------

static enum jumin_error path_of(struct jumin_pki *pki, const char *name, char path[PATH_MAX])
{
    const int n = snprintf(path, PATH_MAX, "%s/%s.key", pki->folder, name);
    return n > 0 && n < PATH_MAX
               ? JUMIN_OK
               : pki_fail(pki, JUMIN_ERROR_ARGUMENT, "%s/%s.key: the path is too long", pki->folder, name);
}

static enum jumin_error save(struct jumin_pki *pki, const char *name, struct writer *text, bool ok)
{
    char path[PATH_MAX];
    enum jumin_error error = path_of(pki, name, path);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!ok) {
        return pki_fail(pki, JUMIN_ERROR_CRYPTO, "%s: cannot be encrypted", path);
    }
    error = disk_write(path, 0600, writer_span(text));
    return error == JUMIN_OK ? JUMIN_OK
                             : pki_fail(pki, error, "%s: cannot be written: %s", path, strerror(errno));
}

enum jumin_error pki_save_keys(struct jumin_pki *pki, struct span passphrase)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[SIGNING_KEY_TEXT_MAX];
    struct writer text = writer_of(bytes, sizeof bytes);
    bool ok = private_key_put_text(&pki->generation_key, passphrase, &random, &text);
    enum jumin_error error = save(pki, generation_file, &text, ok);
    for (size_t i = 0; i < SIGNING_KEYS && error == JUMIN_OK; i++) {
        const struct signing_file file = file_of(pki, i);
        text = writer_of(bytes, sizeof bytes);
        ok = signing_key_put(file.key, passphrase, &random, &text);
        error = save(pki, file.name, &text, ok);
    }
    return error;
}

// --- Loading -------------------------------------------------------------------------------------------------

static enum jumin_error read_text(struct jumin_pki *pki, const char *name, uint8_t text[SIGNING_KEY_TEXT_MAX],
                                  size_t *n)
{
    char path[PATH_MAX];
    enum jumin_error error = path_of(pki, name, path);
    if (error != JUMIN_OK) {
        return error;
    }
    error = disk_read(path, text, SIGNING_KEY_TEXT_MAX, n);
    return error == JUMIN_OK ? JUMIN_OK
                             : pki_fail(pki, error, "%s: cannot be read: %s (`jumin pki init` makes it)",
                                        path, error == JUMIN_ERROR_FILE ? strerror(errno) : "it is too long");
}

// The public key of a certificate.
static enum jumin_error certified_key(struct jumin_pki *pki, const struct signing_file *file,
                                      struct public_key *key)
{
    struct x509_certificate parsed;
    const char *why = "";
    if (!x509_parse(span_of(file->certificate->p, file->certificate->n), &parsed, &why)) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "%s/%s.crt: %s", pki->folder, file->name, why);
    }
    *key = parsed.key;
    return JUMIN_OK;
}

// What a certificate certifies must be the key beside it.
static enum jumin_error match(struct jumin_pki *pki, const struct signing_file *file)
{
    struct public_key certified = {0};
    uint8_t point[CRYPTO_POINT_MAX];
    const enum crypto_curve curve = crypto_ec_curve(&file->key->key);
    const enum jumin_error error = certified_key(pki, file, &certified);
    if (error != JUMIN_OK) {
        return error;
    }
    if (certified.kind != PUBLIC_KEY_EC || certified.curve != curve ||
        !crypto_ec_public(&file->key->key, point) ||
        !span_equal(certified.point, span_of(point, crypto_curve_point_length(curve)))) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "%s/%s.crt: certifies another key than the one beside it",
                        pki->folder, file->name);
    }
    return JUMIN_OK;
}

// The CSCA's token may lie in a safe while cards are signed: the public half does until it is asked to sign.
static bool may_be_away(struct jumin_pki *pki, const struct signing_file *file, enum jumin_error error)
{
    struct public_key certified = {0};
    return error == JUMIN_ERROR_TOKEN && file->key == &pki->csca_key &&
           certified_key(pki, file, &certified) == JUMIN_OK && certified.kind == PUBLIC_KEY_EC &&
           crypto_ec_load_public(&file->key->key, certified.curve, certified.point);
}

static enum jumin_error load_signing_key(struct jumin_pki *pki, const struct signing_file *file,
                                         struct span passphrase)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t text[SIGNING_KEY_TEXT_MAX];
    size_t n = 0;
    struct detail why;
    enum jumin_error error = read_text(pki, file->name, text, &n);
    if (error != JUMIN_OK) {
        return error;
    }
    error = signing_key_take(file->key, span_of(text, n), passphrase, pki->tokens, &random, &why);
    if (error != JUMIN_OK && !may_be_away(pki, file, error)) {
        return pki_fail(pki, error, "%s/%s.key: %s", pki->folder, file->name, why.text);
    }
    return match(pki, file);
}

enum jumin_error pki_load_keys(struct jumin_pki *pki, struct span passphrase)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t text[SIGNING_KEY_TEXT_MAX];
    size_t n = 0;
    pki_release_keys(pki);
    enum jumin_error error = read_text(pki, generation_file, text, &n);
    if (error == JUMIN_OK &&
        !private_key_take_text(span_of(text, n), passphrase, &random, &pki->generation_key)) {
        error = pki_fail(pki, JUMIN_ERROR_INPUT, "%s/%s.key: wrong passphrase, or a damaged file",
                         pki->folder, generation_file);
    }
    for (size_t i = 0; i < SIGNING_KEYS && error == JUMIN_OK; i++) {
        const struct signing_file file = file_of(pki, i);
        error = load_signing_key(pki, &file, passphrase);
    }
    return error;
}
