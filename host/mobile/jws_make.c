// JSON Web Signatures, made (RFC 7515 §5.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/jws.h"

#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include "host/pki/pem.h"
#include <stdlib.h>

static json_t *make_chain(const struct jws_header *header)
{
    json_t *chain = json_array();
    for (size_t i = 0; i < header->chain_count; i++) {
        const struct span der = header->chain[i];
        struct writer w = writer_of(malloc(der.n * 2 + 4), der.n * 2 + 4); // base64 needs four thirds of it
        if (w.p != NULL) {
            base64_put(&w, der);
            (void)json_array_append_new(chain, json_stringn((const char *)w.p, w.n));
        }
        free(w.p);
    }
    if (json_array_size(chain) != header->chain_count) {
        json_decref(chain);
        return NULL;
    }
    return chain;
}

// RFC 7515 §4.1. NULL: no memory, or a text that is not UTF-8.
static json_t *make_header(const struct jws_header *header, const struct signer *signer)
{
    json_t *object = json_pack("{ss,ss}", "alg", "ES256", "typ", header->type);
    bool good = object != NULL;
    if (header->chain != NULL) {
        good = good && json_object_set_new(object, "x5c", make_chain(header)) == 0;
    }
    if (header->with_key) {
        good = good && json_object_set_new(object, "jwk", jwk_make(signer->point)) == 0;
    }
    if (header->key_id != NULL) {
        good = good && json_object_set_new(object, "kid", json_string(header->key_id)) == 0;
    }
    if (header->key_attestation != NULL) {
        good =
            good && json_object_set_new(object, "key_attestation", json_string(header->key_attestation)) == 0;
    }
    if (!good) {
        json_decref(object);
        return NULL;
    }
    return object;
}

enum jumin_error jws_sign(const struct signer *signer, const struct jws_header *header, struct span payload,
                          struct writer *out)
{
    const size_t start = out->n;
    uint8_t digest[SIGNER_DIGEST], signature[SIGNER_SIGNATURE];
    json_t *object = make_header(header, signer);
    char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (text == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    base64url_put(out, span_of(text, strlen(text)));
    free(text);
    writer_put_u8(out, '.');
    base64url_put(out, payload);
    if (out->overflow) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct span input = span_from(writer_span(out), start);
    if (!crypto_hash_parts(CRYPTO_SHA256, &input, 1, digest) ||
        !signer->sign(signer->context, digest, signature)) {
        return JUMIN_ERROR_CRYPTO;
    }
    writer_put_u8(out, '.');
    base64url_put(out, span_of(signature, sizeof signature));
    return out->overflow ? JUMIN_ERROR_ARGUMENT : JUMIN_OK;
}

enum jumin_error jws_sign_claims(const struct signer *signer, const struct jws_header *header,
                                 const json_t *claims, struct writer *out)
{
    char *text = json_text(claims, JSON_COMPACT);
    if (text == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const size_t n = strlen(text);
    const enum jumin_error error = jws_sign(signer, header, span_of(text, n), out);
    crypto_wipe(text, n);
    free(text);
    return error;
}
