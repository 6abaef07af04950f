// The keys of the issuer's folder: made, written, loaded and compared with their certificates.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"

#include "host/file.h"
#include "host/pki/pem.h"
#include "host/pki/private_key.h"
#include "host/pki/x509.h"

#include <stdio.h>

static const char *const names[PKI_KEYS] = {
    [PKI_CSCA_KEY] = "csca", [PKI_SIGNER_KEY] = "ds", [PKI_GENERATION_KEY] = "generation"};

// The generation key goes into every chip: it is none that signs, and in no token, which would not give it.
static struct signing_key *signing_key_of(struct jumin_pki *pki, enum pki_key which)
{
    return which == PKI_CSCA_KEY ? &pki->csca_key : &pki->signer_key;
}

static void release(struct jumin_pki *pki, enum pki_key which)
{
    if (which == PKI_GENERATION_KEY) {
        crypto_ec_release(&pki->generation_key);
    } else {
        signing_key_release(signing_key_of(pki, which));
    }
}

void pki_release_keys(struct jumin_pki *pki)
{
    for (unsigned i = 0; i < PKI_KEYS; i++) {
        release(pki, (enum pki_key)i);
    }
    pki->loaded = pki->in_folder = pki->authority = false;
}

void pki_discard_keys(struct jumin_pki *pki)
{
    signing_key_discard(&pki->csca_key);
    signing_key_discard(&pki->signer_key);
    pki_release_keys(pki);
}

// --- Making --------------------------------------------------------------------------------------------------

enum jumin_error pki_make_signing_key(struct jumin_pki *pki, enum pki_key which, const char *token,
                                      enum crypto_curve curve)
{
    const struct crypto_random random = crypto_system_random();
    const struct key_place place = {pki->tokens, token[0] != '\0' ? token : NULL};
    struct detail why;
    const enum jumin_error error =
        signing_key_make(signing_key_of(pki, which), &place, names[which], curve, &random, &why);
    return error == JUMIN_OK ? JUMIN_OK : pki_fail(pki, error, "a key cannot be made: %s", why.text);
}

enum jumin_error pki_make_keys(struct jumin_pki *pki, enum crypto_curve curve)
{
    const struct crypto_random random = crypto_system_random();
    enum jumin_error error = pki_make_signing_key(pki, PKI_CSCA_KEY, pki->token, curve);
    if (error == JUMIN_OK) {
        error = pki_make_signing_key(pki, PKI_SIGNER_KEY, pki->token, curve);
    }
    if (error == JUMIN_OK && !crypto_ec_generate(&pki->generation_key, curve, &random)) {
        error = pki_fail(pki, JUMIN_ERROR_CRYPTO, "a key cannot be made: no random bytes");
    }
    if (error != JUMIN_OK) {
        pki_discard_keys(pki);
    }
    return error;
}

enum jumin_error pki_fail_to_sign(struct jumin_pki *pki, const char *what)
{
    struct detail why;
    const enum jumin_error error = signing_key_failure(&pki->csca_key, &why);
    return pki_fail(pki, error, "%s: %s", what, why.text);
}

// --- Files ---------------------------------------------------------------------------------------------------

static void name_of(enum pki_key which, char name[PKI_NAME_MAX])
{
    (void)snprintf(name, PKI_NAME_MAX, "%s.key", names[which]);
}

enum jumin_error pki_put_key(struct jumin_pki *pki, enum pki_key which, struct span passphrase,
                             struct writer *text)
{
    const struct crypto_random random = crypto_system_random();
    const bool good = which == PKI_GENERATION_KEY
                          ? private_key_put_text(&pki->generation_key, passphrase, &random, text)
                          : signing_key_put(signing_key_of(pki, which), passphrase, &random, text);
    if (!good) {
        return pki_fail(pki, JUMIN_ERROR_CRYPTO, "%s.key: cannot be encrypted", names[which]);
    }
    if (which == PKI_SIGNER_KEY) {
        pem_put(text, pki_certificate_label, span_of(pki->signer.p, pki->signer.n));
    }
    return JUMIN_OK;
}

enum jumin_error pki_save_key_file(struct jumin_pki *pki, enum pki_key which, const struct writer *text)
{
    char name[PKI_NAME_MAX];
    name_of(which, name);
    return pki_save_file(pki, name, true, text);
}

enum jumin_error pki_save_key(struct jumin_pki *pki, enum pki_key which, struct span passphrase)
{
    uint8_t bytes[PKI_KEY_FILE_MAX];
    struct writer text = writer_of(bytes, sizeof bytes);
    const enum jumin_error error = pki_put_key(pki, which, passphrase, &text);
    return error == JUMIN_OK ? pki_save_key_file(pki, which, &text) : error;
}

static enum jumin_error read_key_file(struct jumin_pki *pki, enum pki_key which,
                                      uint8_t text[PKI_KEY_FILE_MAX], size_t *n)
{
    char name[PKI_NAME_MAX];
    name_of(which, name);
    return pki_read_file(pki, name, text, PKI_KEY_FILE_MAX, n);
}

enum jumin_error pki_key_file_digest(struct jumin_pki *pki, enum pki_key which,
                                     uint8_t digest[CRYPTO_HASH_MAX])
{
    uint8_t text[PKI_KEY_FILE_MAX];
    size_t n = 0;
    const enum jumin_error error = read_key_file(pki, which, text, &n);
    const struct span whole = span_of(text, n);
    return error == JUMIN_OK && !crypto_hash_parts(CRYPTO_SHA256, &whole, 1, digest) ? JUMIN_ERROR_CRYPTO
                                                                                     : error;
}

// --- Loading -------------------------------------------------------------------------------------------------

enum jumin_error pki_load_key(struct jumin_pki *pki, enum pki_key which, struct span passphrase)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[PKI_KEY_FILE_MAX];
    size_t n = 0;
    struct detail why;
    enum jumin_error error = read_key_file(pki, which, bytes, &n);
    if (error != JUMIN_OK) {
        return error;
    }
    const struct span text = pem_before(span_of(bytes, n), pki_certificate_label);
    release(pki, which);
    if (which == PKI_GENERATION_KEY) {
        error = private_key_take_text(text, passphrase, &random, &pki->generation_key)
                    ? JUMIN_OK
                    : detail_set(&why, JUMIN_ERROR_INPUT, "wrong passphrase, or a damaged file");
    } else {
        error = signing_key_take(signing_key_of(pki, which), text, passphrase, pki->tokens, &random, &why);
    }
    return error == JUMIN_OK ? JUMIN_OK
                             : pki_fail(pki, error, "%s/%s.key: %s", pki->folder, names[which], why.text);
}

enum jumin_error pki_match(struct jumin_pki *pki, enum pki_key which)
{
    const struct pki_bytes *certificate = which == PKI_CSCA_KEY ? &pki->csca : &pki->signer;
    const struct crypto_ec_key *key = &signing_key_of(pki, which)->key;
    struct x509_certificate parsed;
    const char *why = "";
    if (!x509_parse(span_of(certificate->p, certificate->n), &parsed, &why)) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "%s/%s.crt: %s", pki->folder, names[which], why);
    }
    if (!x509_certifies(&parsed, key)) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "%s/%s.crt: certifies another key than the one beside it",
                        pki->folder, names[which]);
    }
    return JUMIN_OK;
}
