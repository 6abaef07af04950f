// JSON Web Encryption, the sender's side (RFC 7516 §5.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/jwe.h"

#include "host/mobile/base64url.h"
#include <stdlib.h>

static bool add_bytes(json_t *header, const char *name, struct span bytes)
{
    const size_t room = base64url_length(bytes.n);
    if (bytes.n == 0) {
        return true;
    }
    struct writer w = writer_of(malloc(room), room);
    if (w.p == NULL) {
        return false;
    }
    base64url_put(&w, bytes);
    const bool good = json_object_set_new(header, name, json_stringn((const char *)w.p, w.n)) == 0;
    free(w.p);
    return good;
}

// The header's JSON text, which the caller frees; NULL: no memory.
static char *make_header(const struct jwe_recipient *recipient, const uint8_t ephemeral[SIGNER_POINT])
{
    json_t *header = json_pack("{ss,ss,so}", "alg", "ECDH-ES", "enc",
                               jwe_encryption_name(recipient->encryption), "epk", jwk_make(ephemeral));
    bool good = header != NULL && add_bytes(header, "apu", recipient->apu) &&
                add_bytes(header, "apv", recipient->apv);
    if (recipient->key_id != NULL) {
        good = good && json_object_set_new(header, "kid", json_string(recipient->key_id)) == 0;
    }
    char *text = good ? json_dumps(header, JSON_COMPACT) : NULL;
    json_decref(header);
    return text;
}

// The ephemeral key's point, and the content's key.
static enum jumin_error agree(const struct jwe_recipient *recipient, const struct crypto_random *random,
                              uint8_t ephemeral[SIGNER_POINT], uint8_t key[JWE_KEY_MAX])
{
    struct crypto_ec_key pair = {0};
    uint8_t shared[SIGNER_SHARED];
    enum jumin_error error = JUMIN_ERROR_CRYPTO;
    if (crypto_ec_generate(&pair, CRYPTO_P256, random) && crypto_ec_public(&pair, ephemeral)) {
        const struct span point = span_of(recipient->point, SIGNER_POINT);
        const bool good = crypto_ecdh(&pair, random, point, shared) &&
                          jwe_derive(shared, recipient->encryption, recipient->apu, recipient->apv, key);
        error = good ? JUMIN_OK : JUMIN_ERROR_INPUT;
    }
    crypto_ec_release(&pair);
    crypto_wipe(shared, sizeof shared);
    return error;
}

// Behind the header, which is in `out` from `start` on and authenticated as it stands (RFC 7516 §5.1, 14).
static enum jumin_error put_content(const struct jwe_recipient *recipient, const struct crypto_random *random,
                                    const uint8_t key[JWE_KEY_MAX], struct span plain, size_t start,
                                    struct writer *out)
{
    uint8_t nonce[CRYPTO_GCM_NONCE];
    uint8_t *sealed = malloc(plain.n + CRYPTO_GCM_TAG);
    if (sealed == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (!random->fill(random->context, nonce, sizeof nonce) ||
        !crypto_gcm_seal(span_of(key, jwe_key_length(recipient->encryption)), nonce,
                         span_from(writer_span(out), start), plain, sealed)) {
        free(sealed);
        return JUMIN_ERROR_CRYPTO;
    }
    writer_put(out, span_of("..", 2)); // no encrypted key: the agreed one is used directly
    base64url_put(out, span_of(nonce, sizeof nonce));
    writer_put_u8(out, '.');
    base64url_put(out, span_of(sealed, plain.n));
    writer_put_u8(out, '.');
    base64url_put(out, span_of(sealed + plain.n, CRYPTO_GCM_TAG));
    free(sealed);
    return out->overflow ? JUMIN_ERROR_ARGUMENT : JUMIN_OK;
}

enum jumin_error jwe_encrypt(const struct jwe_recipient *recipient, const struct crypto_random *random,
                             struct span plain, struct writer *out)
{
    const size_t start = out->n;
    uint8_t ephemeral[SIGNER_POINT], key[JWE_KEY_MAX];
    enum jumin_error error = agree(recipient, random, ephemeral, key);
    char *header = error == JUMIN_OK ? make_header(recipient, ephemeral) : NULL;
    if (header != NULL) {
        base64url_put(out, span_of(header, strlen(header)));
        error = out->overflow ? JUMIN_ERROR_ARGUMENT : put_content(recipient, random, key, plain, start, out);
    } else if (error == JUMIN_OK) {
        error = JUMIN_ERROR_MEMORY;
    }
    free(header);
    crypto_wipe(key, sizeof key);
    return error;
}
